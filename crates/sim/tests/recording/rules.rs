//! Rules.

use model::TeamId;
use switchboard::directory::{BusyWhen, Member, MemberKind, Order, Team};

use super::*;

const SALES: TeamId = TeamId(4);

#[test]
fn a_rule_records_from_the_beginning_and_nobody_ends_it() {
    let mut world = world_with(&[rule(RecordingOf::Person(BEN), RecordedCalls::All, Announced::Prompt)]);
    dial(&mut world, "101-desk", "102");
    assert_eq!(recordings(&world), []);
    lift(&mut world, "102-desk");
    world.run_ms(5_000);
    assert_eq!(recordings(&world), [("Ben", "Anna", false)], "{}", world.trace());
    assert_eq!(world.recordings[0].0.rule, Some(RecordingRuleId(7)));
    assert_eq!(channels(&world), [Channel::Others, Channel::Own]);
    assert_eq!(told(&world), [[Prompt::Recorded], [Prompt::Recorded]]);
    let on = RecordingState::On {
        is_by_rule: true,
        may_end: false,
    };
    assert_eq!((state(&world, ANNA), state(&world, BEN)), (on, on));
    let call = world.calls_of(BEN)[0].call;
    for (user, is_on) in [(BEN, false), (ANNA, false), (ANNA, true)] {
        let refused = world.control(user, Action::Record { call, is_on });
        assert!(matches!(refused, Err(Objection::Refused(_))), "{refused:?}");
    }
    assert_eq!(channels(&world).len(), 2);
    assert_nothing_left(&mut world);
}

#[test]
fn the_first_rule_that_fits_counts() {
    let outside = rule(RecordingOf::Everybody, RecordedCalls::Outside, Announced::Prompt);
    let cleo = rule(RecordingOf::Person(CLEO), RecordedCalls::All, Announced::Prompt);
    let all = RecordingRule {
        id: RecordingRuleId(9),
        ..rule(RecordingOf::Everybody, RecordedCalls::All, Announced::Silently)
    };
    let mut world = world_with(&[outside.clone(), cleo.clone(), all]);
    talk(&mut world);
    assert_eq!(recordings(&world), [("Anna", "Ben", false)], "{}", world.trace());
    assert_eq!(told(&world), [[], []], "silently");
    assert_nothing_left(&mut world);
    let mut world = world_with(&[outside, cleo]);
    talk(&mut world);
    world.run_ms(5_000);
    assert_eq!(recordings(&world), [], "nobody of the world, and not Cleo");
    assert_nothing_left(&mut world);
}

#[test]
fn when_its_person_leaves_the_rules_are_asked_anew() {
    let mut world = world_with(&[rule(RecordingOf::Everybody, RecordedCalls::All, Announced::Tone)]);
    talk(&mut world);
    world.run_ms(5_000);
    assert_eq!(recordings(&world), [("Anna", "Ben", false)]);
    world.act(Act::Refer {
        phone: "101-desk",
        to: "<sip:103@farend>",
    });
    world.run_ms(500);
    lift(&mut world, "103-desk");
    world.run_ms(5_000);
    let new = recordings(&world);
    assert_eq!(
        (new.len(), new[0], new[1].2),
        (2, ("Anna", "Ben", true), false),
        "{}",
        world.trace()
    );
    assert_eq!(channels(&world).len(), 2);
    assert_nothing_left(&mut world);
}

#[test]
fn a_team_is_recorded_for_whoever_of_it_answers() {
    let mut world = world();
    world.change(|directory| {
        directory.teams = vec![sales()];
        directory.recordings.rules = vec![rule(RecordingOf::Team(SALES), RecordedCalls::All, Announced::Prompt)];
    });
    dial(&mut world, "101-desk", "200");
    lift(&mut world, "103-desk");
    world.run_ms(5_000);
    assert_eq!(recordings(&world), [("Cleo", "Anna", false)], "{}", world.trace());
    for phone in ["101-desk", "103-desk"] {
        world.act(Act::HangUp(phone));
    }
    world.run_ms(500);
    dial(&mut world, "101-desk", "103");
    lift(&mut world, "103-desk");
    world.run_ms(5_000);
    assert_eq!(recordings(&world).len(), 1, "that was no call to the team");
    assert_nothing_left(&mut world);
}

#[test]
fn echo_calls_are_not_recorded() {
    let mut world = world_with(&[rule(RecordingOf::Everybody, RecordedCalls::All, Announced::Prompt)]);
    dial(&mut world, "101-desk", "*43");
    world.run_ms(10_000);
    assert_eq!((recordings(&world), told(&world)), (vec![], vec![vec![]]));
    assert_nothing_left(&mut world);
}

/// Cleo's team.
fn sales() -> Team {
    Team {
        id: SALES,
        name: "Sales".to_owned(),
        extension: "200".to_owned(),
        has_line: true,
        order: Order::All,
        members: vec![Member {
            kind: MemberKind::Person(CLEO),
            rings: true,
        }],
        busy_when: BusyWhen::All,
        overflow: None,
        night: None,
    }
}

#[test]
fn after_trouble_the_rules_count_again_once_its_person_has_left() {
    let mut world = world_with(&[rule(RecordingOf::Everybody, RecordedCalls::All, Announced::Tone)]);
    talk(&mut world);
    world.run_ms(5_000);
    let recording = world.recordings[0].0.recording;
    let trouble = switchboard::core::RecordingTrouble::Failed;
    world.input(switchboard::core::Input::RecordingStopped { recording, trouble });
    world.run_ms(5_000);
    assert_eq!(recordings(&world), [("Anna", "Ben", true)], "not with Anna in it");
    world.act(Act::Refer {
        phone: "101-desk",
        to: "<sip:103@farend>",
    });
    world.run_ms(500);
    lift(&mut world, "103-desk");
    world.run_ms(5_000);
    assert_eq!(recordings(&world)[1..], [("Cleo", "Ben", false)], "{}", world.trace());
    assert_nothing_left(&mut world);
}
