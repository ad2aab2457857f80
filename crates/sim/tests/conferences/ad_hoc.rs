//! Conferences that are made of running calls, and become ordinary calls again.

use model::control::{Direction, Source};
use model::{CallId, TeamId, UserId};
use sim::{Act, Habit, World};
use switchboard::core::{Action, Attendance, CallState, JournalEntry, MemberDeed, Objection, Outcome};
use switchboard::directory::{BusyWhen, Callers, Forward, Member, MemberKind, Order, Team, When};

use crate::check::{assert_nothing_left, run_ms};
use crate::company::{ANNA, BEN, CLEO, SOON, attendance, comes, conference_of, leg, member, sees, world};

const PRESENT: Attendance = Attendance::Present;

/// Anna talks to Ben by her browser, and holds him while she talks to Cleo by her desk phone; and the two calls.
fn two_calls() -> (World, CallId, CallId) {
    let mut world = world(1);
    for (phone, callee, number) in [("101-web", "102-web", "102"), ("101-desk", "103-web", "103")] {
        world.phone_mut(callee).habit = SOON;
        comes(&mut world, phone, number);
        run_ms(&mut world, 2_000);
    }
    world.act(Act::Offer("101-web", Direction::SendOnly));
    run_ms(&mut world, 200);
    let calls: Vec<CallId> = world.calls_of(ANNA).iter().map(|view| view.call).collect();
    let [one, other] = calls[..] else { panic!("{calls:?}") };
    (world, one, other)
}

/// A conference of the three, by Anna's desk phone.
fn three() -> (World, CallId) {
    let (mut world, call, with) = two_calls();
    assert_eq!(world.control(ANNA, Action::Confer { call, with }), Ok(Some(with)));
    run_ms(&mut world, 500);
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (3, PRESENT), (2, PRESENT)]);
    (world, with)
}

#[track_caller]
fn assert_relayed(world: &World) {
    match world.heard().as_slice() {
        [(a, for_a), (b, for_b)] => assert_eq!((*for_a, *for_b), (Source::Leg(*b), Source::Leg(*a)), "{}", world.trace()),
        other => panic!("{other:?}\n{}", world.trace()),
    }
}

#[test]
fn two_calls_become_one_conference_whose_maker_leads() {
    let (mut world, call) = three();
    assert!(!world.phone("101-web").talks() && world.phone("101-desk").talks());
    for user in [ANNA, BEN, CLEO] {
        assert_eq!(sees(&world, user), (CallState::Conferring, "Conference".to_owned()));
    }
    assert!(member(&world, BEN, ANNA).is_host && !member(&world, BEN, BEN).is_host);
    assert_eq!(
        world.phone("102-web").identified.last().map(String::as_str),
        Some("\"Conference\" <sip:farend>")
    );
    let lock = Action::Lock { call, is_locked: true };
    assert!(matches!(world.control(BEN, lock.clone()), Err(Objection::Refused(_))));
    world.control(ANNA, lock).unwrap();
    let number = "104".to_owned();
    assert_eq!(
        world.control(BEN, Action::Invite { call, number }),
        Err(Objection::NotNow),
        "it is locked"
    );
    for phone in ["101-desk", "102-web", "103-web"] {
        world.act(Act::HangUp(phone));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn two_who_are_left_talk_as_in_any_other_call_whoever_leaves_and_in_which_order() {
    let phones = ["101-desk", "102-web", "103-web"];
    for (first, second) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
        let (mut world, _) = three();
        world.act(Act::HangUp(phones[first]));
        run_ms(&mut world, 500);
        assert_relayed(&world);
        let left: Vec<UserId> = [ANNA, BEN, CLEO]
            .into_iter()
            .enumerate()
            .filter(|(index, _)| *index != first)
            .map(|(_, user)| user)
            .collect();
        let names = ["", "Anna", "Ben", "Cleo"];
        for (user, other) in [(left[0], left[1]), (left[1], left[0])] {
            let name = names[usize::try_from(other.0).unwrap()];
            assert_eq!(sees(&world, user), (CallState::Talking, name.to_owned()));
            assert_eq!(conference_of(&world, user), None);
        }
        world.act(Act::HangUp(phones[second]));
        assert_nothing_left(&mut world);
        let transferred = world
            .journal
            .iter()
            .filter(|entry| matches!(entry, JournalEntry::Transferred { .. }))
            .count();
        assert_eq!(transferred, usize::from(first == 0), "Anna has left the two to each other");
        let reports = world.journal.iter().map(|entry| match entry {
            JournalEntry::Ended { legs, .. } => legs.len(),
            JournalEntry::Started { .. }
            | JournalEntry::Answered { .. }
            | JournalEntry::Transferred { .. }
            | JournalEntry::Forwarded { .. }
            | JournalEntry::Emergency { .. } => 0,
        });
        assert!((3..=4).contains(&reports.sum::<usize>()), "{:#?}", world.journal);
    }
}

#[test]
fn the_two_who_are_left_can_do_what_is_done_with_any_call() {
    let (mut world, _) = three();
    world.act(Act::HangUp("103-web"));
    run_ms(&mut world, 500);
    world.phone_mut("104-web").habit = SOON;
    world.act(Act::Refer {
        phone: "101-desk",
        to: "<sip:104@farend>",
    });
    run_ms(&mut world, 3_000);
    assert_relayed(&world);
    assert_eq!(sees(&world, BEN), (CallState::Talking, "Person 4".to_owned()));
    world.act(Act::HangUp("102-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_has_muted_themselves_stays_so_when_the_third_one_leaves() {
    let (mut world, call) = three();
    let member_leg = leg(&world, ANNA, ANNA);
    let mute = |is_on| Action::Member {
        call,
        member: member_leg,
        deed: MemberDeed::Mute { is_on },
    };
    world.control(ANNA, mute(true)).unwrap();
    world.act(Act::HangUp("103-web"));
    run_ms(&mut world, 500);
    assert!(!world.media.is_heard_by(leg(&world, BEN, BEN), member_leg));
    world.control(ANNA, mute(false)).unwrap();
    assert_relayed(&world);
    world.act(Act::HangUp("102-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn somebody_is_called_into_a_talk_and_the_two_talk_on_meanwhile() {
    let mut world = world(1);
    world.phone_mut("102-web").habit = SOON;
    comes(&mut world, "101-web", "102");
    run_ms(&mut world, 2_000);
    let call = world.calls_of(ANNA)[0].call;
    for (habit, outcome) in [
        (
            Habit::Refuse {
                after: std::time::Duration::from_secs(1),
                status: 486,
            },
            Outcome::Busy,
        ),
        (Habit::Ignore, Outcome::NoAnswer),
    ] {
        for phone in ["103-web", "103-desk"] {
            world.phone_mut(phone).habit = habit;
        }
        let number = "103".to_owned();
        world.control(ANNA, Action::Invite { call, number }).unwrap();
        run_ms(&mut world, 500);
        assert!(world.phone("103-web").rings());
        assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (2, PRESENT), (3, Attendance::Invited)]);
        assert_eq!(sees(&world, CLEO), (CallState::Ringing, "Anna".to_owned()));
        assert_eq!(conference_of(&world, CLEO), None, "she has not come yet");
        run_ms(&mut world, 31_000);
        assert_relayed(&world);
        assert_eq!(sees(&world, ANNA), (CallState::Talking, "Ben".to_owned()));
        assert!(matches!(world.journal.last(), Some(JournalEntry::Ended { outcome: of, .. }) if *of == outcome));
    }
    world.phone_mut("103-desk").habit = SOON;
    let number = "103".to_owned();
    world.control(BEN, Action::Invite { call, number }).unwrap();
    run_ms(&mut world, 3_000);
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (2, PRESENT), (3, PRESENT)]);
    assert!(!world.phone("103-web").rings());
    for phone in ["101-web", "102-web", "103-desk"] {
        world.act(Act::HangUp(phone));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn an_invitation_is_called_off_answered_in_the_app_or_left_alone() {
    for way in 0..4 {
        let (mut world, call) = three();
        let number = "104".to_owned();
        world.control(ANNA, Action::Invite { call, number }).unwrap();
        run_ms(&mut world, 500);
        assert!(world.phone("104-web").rings());
        match way {
            0 => {
                let member = leg(&world, ANNA, UserId(4));
                let deed = MemberDeed::Remove;
                world.control(ANNA, Action::Member { call, member, deed }).unwrap();
            }
            1 => {
                let device = world.phone("104-web").device;
                world.control(UserId(4), Action::Answer { call, device }).unwrap();
                run_ms(&mut world, 1_000);
                assert_eq!(attendance(&world, ANNA).len(), 4);
            }
            2 => drop(world.control(UserId(4), Action::Decline { call }).unwrap()),
            _ => {}
        }
        for phone in ["101-desk", "102-web", "103-web"] {
            world.act(Act::HangUp(phone));
            run_ms(&mut world, 100);
        }
        assert!(!world.phone("104-web").rings());
        assert_nothing_left(&mut world);
    }
}

#[test]
fn a_third_call_comes_into_the_conference_from_the_app_and_by_the_phones_code() {
    let (mut world, with) = three();
    world.phone_mut("104-web").habit = SOON;
    comes(&mut world, "101-web", "104");
    run_ms(&mut world, 2_000);
    let call = world.calls_of(ANNA).last().unwrap().call;
    // Named the other way round it is the same.
    assert_eq!(world.control(ANNA, Action::Confer { call: with, with: call }), Ok(Some(with)));
    run_ms(&mut world, 500);
    assert_eq!(attendance(&world, ANNA).len(), 4);

    world.phone_mut("105-web").habit = SOON;
    comes(&mut world, "101-web", "105");
    run_ms(&mut world, 2_000);
    world.act(Act::Refer {
        phone: "101-web",
        to: "<sip:*3@farend>",
    });
    run_ms(&mut world, 1_000);
    assert_eq!(attendance(&world, ANNA).len(), 5);
    assert_eq!(world.phone("101-web").notified.last().map(String::as_str), Some("SIP/2.0 200 OK"));
    assert!(!world.phone("101-web").talks());
    for phone in ["101-desk", "102-web", "103-web", "104-web", "105-web"] {
        world.act(Act::HangUp(phone));
        run_ms(&mut world, 100);
    }
    assert_nothing_left(&mut world);
}

#[test]
fn two_calls_of_one_phone_become_a_conference_by_its_code() {
    let mut world = world(1);
    for (callee, number) in [("102-web", "102"), ("103-web", "103")] {
        world.phone_mut(callee).habit = SOON;
        comes(&mut world, "101-desk", number);
        run_ms(&mut world, 2_000);
    }
    // The transfer goes out in the dialog of the first call.
    world.act(Act::Refer {
        phone: "101-desk",
        to: "<sip:*3@farend>",
    });
    run_ms(&mut world, 1_000);
    assert_eq!(attendance(&world, ANNA).len(), 3, "{}", world.trace());
    for phone in ["101-desk", "102-web", "103-web"] {
        world.act(Act::HangUp(phone));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn what_cannot_become_a_conference_is_refused_and_changes_nothing() {
    let (mut world, call, with) = two_calls();
    let confer = |call, with| Action::Confer { call, with };
    assert_eq!(world.control(ANNA, confer(call, call)), Err(Objection::NotNow));
    assert_eq!(world.control(BEN, confer(call, with)), Err(Objection::NoSuchCall));
    let invite = |number: &str| Action::Invite {
        call: with,
        number: number.to_owned(),
    };
    for number in ["999", "*43", "800"] {
        assert!(
            matches!(world.control(ANNA, invite(number)), Err(Objection::Refused(_) | Objection::NotNow)),
            "{number}"
        );
    }
    assert_eq!(world.calls_of(ANNA).len(), 2);
    assert_eq!(conference_of(&world, ANNA), None);
    // While Ben is handed over to somebody, he is not free.
    world.act(Act::Refer {
        phone: "101-web",
        to: "<sip:104@farend>",
    });
    run_ms(&mut world, 500);
    assert_eq!(world.control(ANNA, confer(call, with)), Err(Objection::NotNow));
    for phone in ["101-web", "101-desk", "102-web", "103-web"] {
        world.act(Act::HangUp(phone));
    }
    assert_nothing_left(&mut world);
}

/// Anna talks to Ben, and calls somebody in: the call.
fn invites(world: &mut World, number: &str) -> CallId {
    world.phone_mut("102-web").habit = SOON;
    comes(world, "101-web", "102");
    run_ms(world, 2_000);
    let call = world.calls_of(ANNA)[0].call;
    let number = number.to_owned();
    assert_eq!(world.control(ANNA, Action::Invite { call, number }), Ok(Some(call)));
    run_ms(world, 500);
    call
}

fn rule(when: When, to: &str) -> Forward {
    Forward {
        is_on: true,
        when,
        from: Callers::Anybody,
        during: None,
        to: to.to_owned(),
    }
}

fn forwards_told(world: &World) -> usize {
    let entries = world.journal.iter();
    entries.filter(|entry| matches!(entry, JournalEntry::Forwarded { .. })).count()
}

#[test]
fn whoever_is_called_in_and_declines_is_not_waited_for_whatever_their_rules_say() {
    let mut world = world(1);
    world.change(|company| company.users[2].reaching.forwards = vec![rule(When::NoAnswer { after_s: 20 }, "104"), rule(When::Busy, "104")]);
    let call = invites(&mut world, "103");
    assert_eq!(attendance(&world, ANNA).len(), 3);
    world.control(CLEO, Action::Decline { call }).unwrap();
    run_ms(&mut world, 500);
    assert_eq!(sees(&world, ANNA), (CallState::Talking, "Ben".to_owned()), "{}", world.trace());
    assert_eq!(forwards_told(&world), 0);
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_is_called_in_may_have_forwarded_their_calls_and_the_journal_tells_of_it() {
    let mut world = world(1);
    world.change(|company| company.users[2].reaching.forwards = vec![rule(When::Always, "104")]);
    world.phone_mut("104-web").habit = SOON;
    invites(&mut world, "103");
    assert!(world.phone("104-web").rings(), "{}", world.trace());
    run_ms(&mut world, 2_000);
    assert_eq!(attendance(&world, ANNA).len(), 3);
    assert_eq!(forwards_told(&world), 1);
    for phone in ["101-web", "102-web", "104-web"] {
        world.act(Act::HangUp(phone));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn a_team_that_is_called_in_rings_member_after_member() {
    let mut world = world(1);
    world.change(|company| {
        let member = |user| Member {
            kind: MemberKind::Person(UserId(user)),
            rings: true,
        };
        company.teams = vec![Team {
            id: TeamId(1),
            name: "Sales".to_owned(),
            extension: "200".to_owned(),
            has_line: true,
            order: Order::InTurn { turn_s: 5 },
            members: vec![member(4), member(5)],
            busy_when: BusyWhen::All,
            overflow: None,
            night: None,
        }];
    });
    let call = invites(&mut world, "200");
    assert!(world.phone("104-web").rings(), "{}", world.trace());
    // Somebody who is called in as well has no part in the team's turns.
    world.change(|company| company.users[5].reaching.forwards = vec![rule(When::Busy, "107")]);
    let number = "106".to_owned();
    world.control(ANNA, Action::Invite { call, number }).unwrap();
    run_ms(&mut world, 500);
    world.control(UserId(6), Action::Decline { call }).unwrap();
    run_ms(&mut world, 5_000);
    assert!(
        !world.phone("104-web").rings() && world.phone("105-web").rings(),
        "{}",
        world.trace()
    );
    world.phone_mut("105-web").habit = SOON;
    world.act(Act::Answer("105-web"));
    run_ms(&mut world, 1_000);
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (2, PRESENT), (5, PRESENT)]);
    for phone in ["101-web", "102-web", "105-web"] {
        world.act(Act::HangUp(phone));
    }
    assert_nothing_left(&mut world);
}
