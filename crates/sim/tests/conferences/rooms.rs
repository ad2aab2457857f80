//! Rooms that have a number.

use model::control::{Chime, Direction, Source};
use model::{CallId, UserId};
use sim::{Act, Want};
use switchboard::core::{Action, Attendance, CallState, JournalEntry, MemberDeed, Objection, Outcome, UserState};

use crate::check::{assert_nothing_left, run_ms};
use crate::company::{ANNA, BEN, CLEO, SOON, WEBS, attendance, comes, conference_of, leg, member, sees, user_of, world};

const PRESENT: Attendance = Attendance::Present;
const WAITING: Attendance = Attendance::Waiting;

#[test]
fn three_who_dial_a_rooms_number_hear_each_other() {
    let mut world = world(1);
    for web in &WEBS[..3] {
        comes(&mut world, web, "800");
        run_ms(&mut world, 1_000);
    }
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (2, PRESENT), (3, PRESENT)]);
    let view = conference_of(&world, BEN).unwrap();
    assert_eq!(view.room.map(|room| room.0), Some(1));
    for user in [ANNA, BEN, CLEO] {
        assert_eq!(sees(&world, user), (CallState::Conferring, "Meeting room".to_owned()));
    }
    assert_eq!(world.media.chimes, [], "this room has no tones");
    world.act(Act::HangUp("102-web"));
    run_ms(&mut world, 100);
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (3, PRESENT)]);
    assert_eq!(conference_of(&world, BEN), None, "he is told that he is out");
    world.act(Act::HangUp("101-web"));
    run_ms(&mut world, 100);
    assert_eq!(attendance(&world, CLEO), [(3, PRESENT)], "whoever is in a room may be alone");
    comes(&mut world, "101-web", "800");
    assert_eq!(attendance(&world, CLEO), [(3, PRESENT), (1, PRESENT)]);
    for web in &WEBS[..3] {
        world.act(Act::HangUp(web));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn the_journal_tells_everybody_of_their_own_part() {
    let mut world = world(1);
    comes(&mut world, "101-web", "800");
    comes(&mut world, "102-web", "800");
    run_ms(&mut world, 5_000);
    world.act(Act::HangUp("101-web"));
    run_ms(&mut world, 1_000);
    let mut calls = Vec::new();
    let told: Vec<String> = world.journal.iter().map(|entry| told(entry, &mut calls)).collect();
    assert_eq!(
        told,
        [
            "0: Anna calls Meeting room",
            "0: answered",
            "1: Ben calls Meeting room",
            "1: answered",
            "0: Answered, caller hung up, of 1 legs"
        ]
    );
    world.act(Act::HangUp("102-web"));
    assert_nothing_left(&mut world);
    assert!(matches!(
        world.journal.last(),
        Some(JournalEntry::Ended { outcome: Outcome::Answered, legs, .. }) if legs.len() == 1
    ));
}

/// An entry in words, its call as a number in the order of their beginning.
fn told(entry: &JournalEntry, calls: &mut Vec<CallId>) -> String {
    if let JournalEntry::Started { call, .. } = entry {
        calls.push(*call);
    }
    let name = |call| calls.iter().position(|known| known == call).unwrap();
    match entry {
        JournalEntry::Started { call, caller, called } => format!("{}: {} calls {}", name(call), caller.name, called.name),
        JournalEntry::Answered { call, .. } => format!("{}: answered", name(call)),
        JournalEntry::Ended {
            call,
            outcome,
            reason,
            legs,
        } => format!("{}: {outcome:?}, {reason}, of {} legs", name(call), legs.len()),
        JournalEntry::Transferred { .. } | JournalEntry::Forwarded { .. } | JournalEntry::Emergency { .. } => format!("{entry:?}"),
    }
}

#[test]
fn ten_come_and_an_eleventh_finds_the_room_full() {
    let mut world = world(1);
    for web in WEBS {
        comes(&mut world, web, "800");
    }
    run_ms(&mut world, 1_000);
    assert_eq!(attendance(&world, ANNA).len(), 10);
    comes(&mut world, "103-desk", "800");
    assert_eq!(world.phone("103-desk").refusals, [486]);
    let talkers = conference_of(&world, ANNA).unwrap().members;
    let heard = talkers
        .iter()
        .flat_map(|one| talkers.iter().map(|other| world.media.is_heard_by(one.leg, other.leg)));
    assert_eq!(heard.filter(|is_heard| *is_heard).count(), 90);
    for web in WEBS {
        world.act(Act::HangUp(web));
        run_ms(&mut world, 100);
    }
    assert_nothing_left(&mut world);
}

#[test]
fn everybody_waits_with_music_until_a_host_is_there_and_again_when_the_last_one_leaves() {
    let mut world = world(1);
    comes(&mut world, "102-web", "801");
    comes(&mut world, "103-web", "801");
    run_ms(&mut world, 500);
    assert_eq!(attendance(&world, BEN), [(2, WAITING), (3, WAITING)]);
    assert_eq!(sees(&world, BEN), (CallState::Waiting, "Hall".to_owned()));
    let [ben, cleo] = [leg(&world, BEN, BEN), leg(&world, BEN, CLEO)];
    assert!(!world.media.is_heard_by(ben, cleo));
    comes(&mut world, "101-web", "801");
    run_ms(&mut world, 500);
    assert_eq!(attendance(&world, BEN), [(2, PRESENT), (3, PRESENT), (1, PRESENT)]);
    assert!(member(&world, BEN, ANNA).is_host && !member(&world, BEN, BEN).is_host);
    assert_eq!(
        world.media.chimes.iter().map(|(_, chime)| *chime).collect::<Vec<_>>(),
        [Chime::Entered]
    );
    world.act(Act::HangUp("103-web"));
    run_ms(&mut world, 100);
    assert_eq!(world.media.chimes.last().map(|(_, chime)| *chime), Some(Chime::Left));
    world.act(Act::HangUp("101-web"));
    run_ms(&mut world, 100);
    assert_eq!(attendance(&world, BEN), [(2, WAITING)]);
    assert_eq!(world.media.chimes.len(), 2, "nobody is left who would hear it");
    world.act(Act::HangUp("102-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_host_locks_admits_mutes_and_removes() {
    let mut world = world(1);
    comes(&mut world, "101-web", "801");
    comes(&mut world, "102-web", "801");
    let call = conference_of(&world, ANNA).unwrap().call;
    let lock = |is_locked| Action::Lock { call, is_locked };
    let member_of = |member, deed| Action::Member { call, member, deed };
    assert!(matches!(world.control(BEN, lock(true)), Err(Objection::Refused(_))));
    assert_eq!(world.control(ANNA, lock(true)), Ok(Some(call)));
    assert!(conference_of(&world, BEN).unwrap().is_locked);
    comes(&mut world, "103-web", "801");
    run_ms(&mut world, 500);
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (2, PRESENT), (3, WAITING)]);
    let [anna, ben, cleo] = [ANNA, BEN, CLEO].map(|user| leg(&world, ANNA, user));
    assert!(matches!(
        world.control(CLEO, member_of(cleo, MemberDeed::Admit)),
        Err(Objection::Refused(_))
    ));
    world.control(ANNA, member_of(cleo, MemberDeed::Admit)).unwrap();
    assert_eq!(member(&world, BEN, CLEO).presence, PRESENT);
    run_ms(&mut world, 100);

    let mute = |is_on| MemberDeed::Mute { is_on };
    assert!(matches!(
        world.control(BEN, member_of(cleo, mute(true))),
        Err(Objection::Refused(_))
    ));
    world.control(ANNA, member_of(ben, mute(true))).unwrap();
    assert!(!world.media.is_heard_by(anna, ben) && world.media.is_heard_by(ben, anna));
    world.control(BEN, member_of(ben, mute(false))).unwrap();
    assert!(world.media.is_heard_by(anna, ben));
    let hand = MemberDeed::RaiseHand { is_up: true };
    world.control(BEN, member_of(ben, hand)).unwrap();
    assert!(member(&world, CLEO, BEN).hand_is_up);

    assert!(matches!(
        world.control(BEN, member_of(cleo, MemberDeed::Remove)),
        Err(Objection::Refused(_))
    ));
    world.control(ANNA, member_of(ben, MemberDeed::Remove)).unwrap();
    run_ms(&mut world, 200);
    assert_eq!(conference_of(&world, BEN), None);
    assert!(!world.media.is_heard_by(anna, ben) && !world.media.is_heard_by(ben, anna));
    let (prompt, language) = (model::Prompt::Removed, model::Language::English);
    assert_eq!(
        world.media.plays(ben),
        [model::Sound::Prompt { prompt, language }],
        "{}",
        world.trace()
    );
    assert!(world.control(BEN, member_of(ben, hand)).is_err());
    assert!(world.control(ANNA, member_of(ben, MemberDeed::Admit)).is_err());
    run_ms(&mut world, 2_000);
    assert!(!world.phone("102-web").talks());
    comes(&mut world, "102-web", "801");
    assert_eq!(member(&world, ANNA, BEN).presence, WAITING, "it is still locked");
    world.control(ANNA, lock(false)).unwrap();
    assert_eq!(member(&world, ANNA, BEN).presence, PRESENT);
    run_ms(&mut world, 100);
    for web in &WEBS[..3] {
        world.act(Act::HangUp(web));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn who_holds_is_away_and_no_music_comes_into_the_mix() {
    let mut world = world(1);
    for web in &WEBS[..2] {
        comes(&mut world, web, "800");
    }
    comes(&mut world, "103-desk", "800");
    world.act(Act::Offer("103-desk", Direction::SendOnly));
    run_ms(&mut world, 500);
    assert_eq!(member(&world, ANNA, CLEO).presence, Attendance::Away);
    assert_eq!(sees(&world, CLEO).0, CallState::Holding);
    assert_eq!(world.heard().iter().filter(|(_, source)| *source == Source::Music).count(), 0);
    world.act(Act::Offer("103-desk", Direction::SendRecv));
    run_ms(&mut world, 500);
    assert_eq!(member(&world, ANNA, CLEO).presence, PRESENT);
    // The same from the app.
    world.want(CLEO, Want::Hold).unwrap();
    run_ms(&mut world, 500);
    assert_eq!(member(&world, ANNA, CLEO).presence, Attendance::Away);
    world.want(CLEO, Want::Resume).unwrap();
    run_ms(&mut world, 500);
    assert_eq!(member(&world, ANNA, CLEO).presence, PRESENT);
    for phone in ["101-web", "102-web", "103-desk"] {
        world.act(Act::HangUp(phone));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn a_room_is_dialled_in_the_app_and_handed_over_to() {
    let mut world = world(1);
    world
        .want(
            ANNA,
            Want::Dial {
                by: "101-desk",
                number: "800",
            },
        )
        .unwrap();
    run_ms(&mut world, 1_000);
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT)]);
    world
        .want(
            CLEO,
            Want::Dial {
                by: "103-desk",
                number: "800",
            },
        )
        .unwrap();
    run_ms(&mut world, 1_000);
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (3, PRESENT)]);
    // Ben talks to Person 4, and hands them over.
    world.phone_mut("104-web").habit = SOON;
    comes(&mut world, "102-web", "104");
    run_ms(&mut world, 2_000);
    world.act(Act::Refer {
        phone: "102-web",
        to: "<sip:800@farend>",
    });
    run_ms(&mut world, 1_000);
    assert_eq!(attendance(&world, ANNA), [(1, PRESENT), (3, PRESENT), (4, PRESENT)]);
    assert!(!world.phone("102-web").talks());
    assert_eq!(world.phone("102-web").notified.last().map(String::as_str), Some("SIP/2.0 200 OK"));
    assert!(world.journal.iter().any(|entry| matches!(
        entry,
        JournalEntry::Transferred { by, to, .. } if by.user == Some(BEN) && to.number == "800"
    )));
    for phone in ["101-desk", "103-desk", "104-web"] {
        world.act(Act::HangUp(phone));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_has_come_leaves_in_any_way_and_the_others_talk_on() {
    for way in 0..6 {
        let mut world = world(way);
        for web in &WEBS[..4] {
            comes(&mut world, web, "800");
        }
        match way {
            0 => world.act(Act::HangUp("104-web")),
            1 => {
                let position = world.media.legs().iter().position(|own| *own == leg(&world, ANNA, UserId(4)));
                world.act(Act::FailMedia(position.unwrap()));
            }
            2 => world.act(Act::RemoveDevice("104-web")),
            3 => world.act(Act::Disconnect {
                phone: "104-web",
                noticed_after_ms: 10,
            }),
            4 => drop(world.want(UserId(4), Want::HangUp).unwrap()),
            _ => world.act(Act::Drain),
        }
        run_ms(&mut world, 60_000);
        let expected = if way == 5 { 4 } else { 3 };
        assert_eq!(attendance(&world, ANNA).len(), expected, "way {way}\n{}", world.trace());
        world.act(Act::Call {
            phone: "105-web",
            number: "800",
        });
        run_ms(&mut world, 500);
        assert_eq!(world.phone("105-web").talks(), way != 5);
        for web in &WEBS[..5] {
            world.act(Act::HangUp(web));
        }
        assert_nothing_left(&mut world);
    }
}

#[test]
fn the_server_ends_a_conference() {
    let mut world = world(1);
    for web in &WEBS[..3] {
        comes(&mut world, web, "800");
    }
    world.input(switchboard::core::Input::EndCalls);
    run_ms(&mut world, 1_000);
    for web in &WEBS[..3] {
        assert!(!world.phone(web).talks());
        assert_eq!(conference_of(&world, user_of(web)), None);
    }
    assert_nothing_left(&mut world);
    let ends = world
        .journal
        .iter()
        .filter(|entry| matches!(entry, JournalEntry::Ended { reason, .. } if reason.contains("shutting down")));
    assert_eq!(ends.count(), 3);
}

#[test]
fn who_is_in_a_room_is_on_a_call() {
    let mut world = world(1);
    comes(&mut world, "101-web", "801");
    let states = |world: &sim::World| {
        let mut states = world.events.iter().filter_map(|event| match event {
            switchboard::core::LiveEvent::UserState { user: ANNA, state } => Some(*state),
            _ => None,
        });
        states.next_back()
    };
    assert_eq!(states(&world), Some(UserState::OnACall));
    world.act(Act::HangUp("101-web"));
    run_ms(&mut world, 500);
    assert_eq!(states(&world), Some(UserState::Available));
    assert_nothing_left(&mut world);
}
