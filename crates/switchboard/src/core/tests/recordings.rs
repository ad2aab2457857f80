//! Which calls with the world are recorded, and what phones are answered that want it.

use model::control::{Command, Event};
use model::{CallId, LegId};

use super::mobiles::bens_mobile_alone;
use super::trunks::{FIRST, SECOND, Scene, company, provider};
use super::*;
use crate::directory::{Announced, RecordedCalls, RecordingOf, RecordingRule, RecordingRuleId};

const ANNA: UserId = UserId(1);
const ANNAS: (u8, &str) = (2, "101-web");
const BEN: UserId = UserId(2);
const WORLD: &str = "030556677";

fn rule(whose: RecordingOf, calls: RecordedCalls) -> RecordingRule {
    RecordingRule {
        id: RecordingRuleId(1),
        whose,
        calls,
        announced: Announced::Silently,
    }
}

/// Anna may record, and this rule holds.
fn scene(rule: Option<RecordingRule>) -> Scene {
    let mut company = company();
    company.users[0].may_record = true;
    company.recordings.announced = Announced::Silently;
    company.recordings.rules = rule.into_iter().collect();
    Scene::of(company)
}

/// For whom recordings have begun, and with whom.
fn begun(scene: &Scene) -> Vec<(Option<UserId>, String)> {
    let outputs = scene.bench.outputs.iter();
    let begun = outputs.filter_map(|output| match output {
        Output::BeginRecording(new) => Some((new.own.user, new.other.number.clone())),
        _ => None,
    });
    begun.collect()
}

fn ended(scene: &Scene) -> usize {
    let outputs = scene.bench.outputs.iter();
    outputs.filter(|output| matches!(output, Output::EndRecording { .. })).count()
}

fn run(scene: &mut Scene, call: &str) {
    match call {
        "inside" => drop(scene.talk((wss(ANNAS.0), ANNAS.1), "102", wss(3))),
        "out" => drop(scene.talk((wss(ANNAS.0), ANNAS.1), WORLD, provider(FIRST))),
        _ => drop(scene.answer_the_world("4989123450101", wss(2))),
    }
}

#[test]
fn rules_are_for_calls_inside_from_outside_and_to_outside() {
    let all = ["inside", "in", "out"];
    let cases: [(RecordingOf, RecordedCalls, &[&str]); 9] = [
        (RecordingOf::Everybody, RecordedCalls::All, &all),
        (RecordingOf::Everybody, RecordedCalls::Outside, &["in", "out"]),
        (RecordingOf::Everybody, RecordedCalls::Incoming, &["in"]),
        (RecordingOf::Everybody, RecordedCalls::Outgoing, &["out"]),
        (RecordingOf::Person(ANNA), RecordedCalls::Outgoing, &["out"]),
        (RecordingOf::Person(BEN), RecordedCalls::All, &["inside"]),
        (RecordingOf::Trunk(FIRST), RecordedCalls::All, &["in", "out"]),
        (RecordingOf::Trunk(FIRST), RecordedCalls::Incoming, &["in"]),
        (RecordingOf::Trunk(SECOND), RecordedCalls::All, &[]),
    ];
    for (whose, calls, recorded) in cases {
        for call in all {
            let mut scene = scene(Some(rule(whose, calls)));
            run(&mut scene, call);
            let expected = usize::from(recorded.contains(&call));
            assert_eq!(begun(&scene).len(), expected, "{whose:?} {calls:?}: {call}");
        }
    }
}

#[test]
fn a_call_with_the_world_is_recorded_for_whoever_of_us_is_in_it() {
    for call in ["in", "out"] {
        let mut scene = scene(Some(rule(RecordingOf::Trunk(FIRST), RecordedCalls::All)));
        run(&mut scene, call);
        let begun = begun(&scene);
        let [(own, other)] = &begun[..] else { panic!("{begun:?}") };
        assert_eq!((*own, other.is_empty()), (Some(ANNA), false));
    }
}

#[test]
fn whoever_talks_by_their_mobile_is_recorded_as_one_of_us() {
    let whose: [RecordingOf; 3] = [RecordingOf::Person(BEN), RecordingOf::Trunk(FIRST), RecordingOf::Everybody];
    for (whose, calls, expected) in [
        (whose[0], RecordedCalls::All, vec![Some(BEN)]),
        (whose[1], RecordedCalls::All, vec![]),
        (whose[2], RecordedCalls::Outside, vec![]),
    ] {
        let mut scene = bens_mobile_alone(|company| company.recordings.rules = vec![rule(whose, calls)]);
        scene.talk((wss(ANNAS.0), ANNAS.1), "102", provider(FIRST));
        let own: Vec<Option<UserId>> = begun(&scene).into_iter().map(|(own, _)| own).collect();
        assert_eq!(own, expected, "{whose:?}: Anna and Ben talk, nobody of the world does");
    }
}

#[test]
fn emergency_calls_are_recorded_by_nobody() {
    for number in ["112", "*31*112", "+49-112"] {
        for whose in [RecordingOf::Everybody, RecordingOf::Person(ANNA), RecordingOf::Trunk(SECOND)] {
            let mut scene = scene(Some(rule(whose, RecordedCalls::All)));
            scene.talk((wss(ANNAS.0), ANNAS.1), number, provider(SECOND));
            let call = *scene.bench.core.calls.calls.keys().next().unwrap();
            let wish = scene.control(ANNA, Action::Record { call, is_on: true });
            assert_eq!(wish, Err(Objection::Refused("emergency calls are not recorded")), "{number}");
            assert_eq!(begun(&scene), [], "{number}");
        }
    }
}

#[test]
fn a_recording_ends_where_somebody_calls_for_help_into_the_conference() {
    let mut scene = scene(None);
    scene.talk((wss(ANNAS.0), ANNAS.1), "102", wss(3));
    let call = *scene.bench.core.calls.calls.keys().next().unwrap();
    assert!(scene.control(ANNA, Action::Record { call, is_on: true }).is_ok());
    assert_eq!((begun(&scene).len(), ended(&scene)), (1, 0));
    let number = "112".to_owned();
    assert!(scene.control(ANNA, Action::Invite { call, number }).is_ok());
    let sent = scene.settle();
    let invite = sent.iter().find(|message| message.starts_with("INVITE sip:112@")).unwrap().clone();
    assert_eq!(ended(&scene), 0, "nobody has answered");
    scene.accept(provider(SECOND), &invite);
    scene.settle();
    assert_eq!((begun(&scene).len(), ended(&scene)), (1, 1));
}

#[test]
fn the_button_of_a_phone_is_answered() {
    let mut scene = scene(None);
    let (mut anna, mut ben) = scene.talk((wss(ANNAS.0), ANNAS.1), "102", wss(3));
    let press = |scene: &mut Scene, dialog: &mut dialogs::Dialog, value: &str| {
        let sent = scene.within(dialog, "INFO", &format!("Record: {value}\r\n"), "");
        let answers = sent.iter().filter(|message| message.starts_with("SIP/2.0 "));
        let answers: Vec<String> = answers.map(|answer| answer.chars().skip(8).take(3).collect()).collect();
        answers.join(" ")
    };
    assert_eq!(press(&mut scene, &mut ben, "on"), "403", "he may not");
    assert_eq!(begun(&scene), []);
    assert_eq!(press(&mut scene, &mut anna, "on"), "200");
    assert_eq!(begun(&scene), [(Some(ANNA), "102".to_owned())]);
    assert_eq!(press(&mut scene, &mut anna, "On"), "200", "it is on");
    assert_eq!(press(&mut scene, &mut ben, "off"), "403", "it is hers");
    assert_eq!(press(&mut scene, &mut anna, "perhaps"), "200", "that says nothing");
    assert_eq!((begun(&scene).len(), ended(&scene)), (1, 0));
    assert_eq!(press(&mut scene, &mut anna, "OFF"), "200");
    assert_eq!((begun(&scene).len(), ended(&scene)), (1, 1));
}

#[test]
fn the_world_records_nothing() {
    let mut scene = scene(None);
    let (mut world, _anna) = scene.answer_the_world("4989123450101", wss(2));
    let sent = scene.within(&mut world, "INFO", "Record: on\r\n", "");
    assert!(sent.iter().any(|message| message.starts_with("SIP/2.0 403")), "{sent:?}");
    assert_eq!(begun(&scene), []);
}

/// What legs were told, by its number.
fn plays(scene: &Scene) -> Vec<(LegId, u32)> {
    let commands = calls::medias(&scene.bench).into_iter();
    let plays = commands.filter_map(|command| match command {
        Command::Play { leg, number, .. } => Some((leg, number)),
        _ => None,
    });
    plays.collect()
}

/// The legs that were told something.
fn told(scene: &Scene) -> Vec<LegId> {
    plays(scene).into_iter().map(|(leg, _)| leg).collect()
}

/// Anna talks to Ben, and wants that to be recorded; both are told in words.
fn announcing() -> (Scene, CallId) {
    let mut company = company();
    company.users[0].may_record = true;
    company.recordings.announced = Announced::Prompt;
    let mut scene = Scene::of(company);
    scene.talk((wss(ANNAS.0), ANNAS.1), "102", wss(3));
    let call = *scene.bench.core.calls.calls.keys().next().unwrap();
    assert!(scene.control(ANNA, Action::Record { call, is_on: true }).is_ok());
    (scene, call)
}

#[test]
fn what_something_else_is_said_over_is_said_once_more() {
    let (mut scene, call) = announcing();
    let [anna, ben] = told(&scene)[..] else {
        panic!("{:?}", told(&scene))
    };
    let words = crate::call::Command::Tell {
        leg: ben,
        prompt: model::Prompt::FirstInConference,
    };
    let now = scene.bench.now;
    scene.bench.core.execute_all(call, vec![words], now);
    scene.bench.core.recordings_follow(&[call], now);
    scene.bench.drain();
    assert_eq!(told(&scene), [anna, ben, ben, ben], "that, and once more");
}

#[test]
fn only_what_was_said_last_counts_as_said() {
    let (mut scene, call) = announcing();
    for is_on in [false, true] {
        assert!(scene.control(ANNA, Action::Record { call, is_on }).is_ok());
    }
    let plays = plays(&scene);
    assert_eq!(plays.len(), 6, "that it is recorded, that it is not, that it is");
    for (leg, number) in &plays[..4] {
        scene.bench.handle(Input::Media(Event::Played {
            leg: *leg,
            number: *number,
        }));
        assert_eq!(begun(&scene), []);
    }
    for (leg, number) in &plays[4..] {
        scene.bench.handle(Input::Media(Event::Played {
            leg: *leg,
            number: *number,
        }));
    }
    assert_eq!(begun(&scene).len(), 1);
}
