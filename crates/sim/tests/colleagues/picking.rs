//! Calls that ring at somebody and are answered by somebody else.

use model::TeamId;
use switchboard::core::{Action, CallState, Objection};
use switchboard::directory::{BusyWhen, Member, MemberKind, Order, Team};

use super::*;

#[test]
fn a_colleague_answers_by_the_code_with_the_number() {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    assert_rings(&world, &["102-desk", "102-web"]);
    let [offered] = &pick_ups(&world, CLEO)[..] else {
        panic!("{}", world.trace())
    };
    assert_eq!((offered.at, offered.from.name.as_str()), (BEN, "Anna"));
    assert_eq!(pick_ups(&world, BEN), [], "it rings at him anyway");
    assert_eq!(pick_ups(&world, ANNA), [], "it is her own call");
    dial(&mut world, "103-desk", "**102");
    assert_talks(&world, &["101-desk", "103-desk"]);
    assert_rings(&world, &[]);
    assert_bridged(&world);
    assert_eq!(world.phone("101-desk").identified, ["\"Cleo\" <sip:103@farend>"]);
    assert_eq!(world.phone("103-desk").identified, ["\"Anna\" <sip:101@farend>"]);
    for name in ["102-desk", "102-web"] {
        let reasons = &world.phone(name).reasons;
        assert_eq!(reasons[..], ["SIP;cause=200;text=\"Call completed elsewhere\""], "{name}");
    }
    assert_eq!(world.calls_of(CLEO)[0].state, CallState::Talking);
    let device = Some(world.phone("103-desk").device);
    assert!(matches!(world.journal[..], [JournalEntry::Started { .. }, JournalEntry::Answered { device: by, .. }] if by == device));
    assert_nothing_left(&mut world);
    assert_eq!(ends(&world), [Outcome::Answered]);
}

#[test]
fn without_a_number_the_call_is_answered_that_has_rung_for_longest() {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    dial(&mut world, "101-web", "103");
    // It rings at her, too; but Ben's has rung for longer.
    dial(&mut world, "103-desk", "*8");
    assert_talks(&world, &["101-desk", "103-desk"]);
    assert_rings(&world, &["103-desk", "103-web"]);
    dial(&mut world, "102-desk", "*8");
    assert_talks(&world, &["101-desk", "101-web", "102-desk", "103-desk"]);
    assert_rings(&world, &[]);
    dial(&mut world, "102-web", "*8");
    assert_eq!(world.phone("102-web").refusals.last(), Some(&404), "nothing rings any more");
    assert_nothing_left(&mut world);
}

#[test]
fn only_members_of_the_same_group_or_team_answer() {
    let mut world = world();
    world.change(|directory| directory.pick_up_groups[0].members = vec![ANNA, CLEO]);
    dial(&mut world, "101-desk", "102");
    assert_eq!(pick_ups(&world, CLEO), []);
    dial(&mut world, "103-desk", "**102");
    dial(&mut world, "103-desk", "*8");
    dial(&mut world, "103-desk", "**999");
    assert_eq!(world.phone("103-desk").refusals[..], [403, 404, 404]);
    let call = world.calls_of(BEN)[0].call;
    let device = world.phone("103-desk").device;
    assert_eq!(world.control(CLEO, Action::PickUp { call, device }), Err(Objection::NoSuchCall));
    // Who comes into the group while it rings may answer.
    world.change(|directory| directory.pick_up_groups[0].members.push(BEN));
    assert_eq!(pick_up(&world, CLEO), call);
    world.change(|directory| directory.pick_up_groups.clear());
    assert_eq!(pick_ups(&world, CLEO), []);
    let member = |user| Member {
        kind: MemberKind::Person(user),
        rings: false,
    };
    world.change(|directory| {
        directory.teams = vec![Team {
            id: TeamId(1),
            name: "Sales".to_owned(),
            extension: "201".to_owned(),
            has_line: true,
            order: Order::All,
            members: vec![member(BEN), member(CLEO)],
            busy_when: BusyWhen::All,
            overflow: None,
            night: None,
        }];
    });
    assert_eq!(pick_up(&world, CLEO), call);
    dial(&mut world, "103-desk", "**102");
    assert_talks(&world, &["101-desk", "103-desk"]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_member_who_does_not_ring_answers_for_the_team() {
    let mut world = world();
    let member = |user, rings| Member {
        kind: MemberKind::Person(user),
        rings,
    };
    world.change(|directory| {
        directory.pick_up_groups.clear();
        directory.teams = vec![Team {
            id: TeamId(1),
            name: "Sales".to_owned(),
            extension: "201".to_owned(),
            has_line: true,
            order: Order::InTurn { turn_s: 10 },
            members: vec![member(BEN, true), member(CLEO, false)],
            busy_when: BusyWhen::All,
            overflow: None,
            night: None,
        }];
    });
    for code in ["**201", "*8"] {
        dial(&mut world, "101-desk", "201");
        assert_rings(&world, &["102-desk", "102-web"]);
        dial(&mut world, "103-desk", code);
        assert_talks(&world, &["101-desk", "103-desk"]);
        assert_rings(&world, &[]);
        hang_up(&mut world, "101-desk");
    }
    dial(&mut world, "101-desk", "**201");
    assert_eq!(world.phone("101-desk").refusals.last(), Some(&403), "she is no member");
    assert_nothing_left(&mut world);
}

#[test]
fn in_the_app_the_phone_is_called_and_answers_by_itself() {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    let call = pick_up(&world, CLEO);
    let device = world.phone("103-desk").device;
    assert_eq!(world.control(CLEO, Action::PickUp { call, device }), Ok(Some(call)));
    world.run_ms(100);
    assert_rings(&world, &["102-desk", "102-web", "103-desk"]);
    assert_eq!(world.phone("103-desk").calls[0].display.display, "Anna");
    assert_eq!(world.calls_of(CLEO)[0].state, CallState::Lifting);
    let twice = world.control(CLEO, Action::PickUp { call, device });
    assert_eq!(twice, Err(Objection::NotNow));
    world.run_ms(500);
    assert_talks(&world, &["101-desk", "103-desk"]);
    assert_bridged(&world);
    assert_eq!(world.phone("101-desk").identified, ["\"Cleo\" <sip:103@farend>"]);
    assert_eq!(world.control(BEN, Action::PickUp { call, device }), Err(Objection::NoSuchCall));
    assert_nothing_left(&mut world);
}

#[test]
fn a_phone_that_does_not_take_it_leaves_it_ringing() {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    let call = pick_up(&world, CLEO);
    let device = world.phone("103-desk").device;
    let other = world.phone("102-desk").device;
    assert_eq!(
        world.control(CLEO, Action::PickUp { call, device: other }),
        Err(Objection::NoSuchDevice)
    );
    let phone = world.phone_mut("103-desk");
    phone.answers_when_asked = false;
    phone.habit = Habit::Refuse {
        after: Duration::from_secs(1),
        status: 603,
    };
    world.control(CLEO, Action::PickUp { call, device }).unwrap();
    world.run_ms(2_000);
    assert_rings(&world, &["102-desk", "102-web"]);
    assert_eq!(world.phone("101-desk").refusals, [0_u16; 0]);
    // The last moment: Ben's phones ring on for as long as hers does.
    world.phone_mut("103-desk").habit = Habit::Ignore;
    world.run_ms(25_000);
    world.control(CLEO, Action::PickUp { call, device }).unwrap();
    world.run_ms(20_000);
    assert_rings(&world, &["102-desk", "102-web", "103-desk"]);
    lift(&mut world, "103-desk");
    assert_talks(&world, &["101-desk", "103-desk"]);
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_is_faster_has_it() {
    for delay_ms in [0, 5, 20, 60, 100, 200] {
        let mut world = world();
        world.media_delay_ms_max = 50;
        dial(&mut world, "101-desk", "102");
        world.act(Act::Call {
            phone: "103-desk",
            number: "**102",
        });
        world.plan(delay_ms, Act::Answer("102-desk"));
        world.run_ms(1_000);
        let talks = |name| usize::from(world.phone(name).talks());
        assert_eq!(
            (talks("101-desk"), talks("102-desk") + talks("103-desk")),
            (1, 1),
            "{delay_ms}\n{}",
            world.trace()
        );
        assert_rings(&world, &[]);
        assert_bridged(&world);
        assert_nothing_left(&mut world);
        assert_eq!(ends(&world), [Outcome::Answered], "{delay_ms}");
    }
}

#[test]
fn of_two_who_pick_up_one_has_it_and_the_other_is_told() {
    for delay_ms in [0, 2, 10, 30] {
        let mut world = world();
        world.media_delay_ms_max = 40;
        dial(&mut world, "101-desk", "102");
        let (first, second) = ("103-desk", "103-web");
        world.act(Act::Call {
            phone: first,
            number: "**102",
        });
        world.plan(
            delay_ms,
            Act::Call {
                phone: second,
                number: "*8",
            },
        );
        world.run_ms(1_000);
        assert_eq!(
            usize::from(world.phone(first).talks()) + usize::from(world.phone(second).talks()),
            1,
            "{}",
            world.trace()
        );
        let loser = if world.phone(first).talks() { second } else { first };
        assert_eq!(world.phone(loser).calls.len(), 0, "{}", world.trace());
        assert_rings(&world, &[]);
        assert_bridged(&world);
        assert_nothing_left(&mut world);
    }
}

#[test]
fn a_caller_who_gives_up_ends_it_for_whoever_is_about_to_answer() {
    for delay_ms in [0, 2, 5, 20, 60] {
        let mut world = world();
        world.media_delay_ms_max = 50;
        dial(&mut world, "101-desk", "102");
        world.act(Act::Call {
            phone: "103-desk",
            number: "**102",
        });
        world.plan(delay_ms, Act::HangUp("101-desk"));
        world.run_ms(1_000);
        assert_rings(&world, &[]);
        assert_talks(&world, &[]);
        assert_nothing_left(&mut world);
    }
}

#[test]
fn a_picker_who_hangs_up_before_the_audio_is_up_leaves_it_ringing() {
    let mut world = world();
    world.media_delay_ms_max = 200;
    dial(&mut world, "101-desk", "102");
    world.run_ms(1_000);
    for act in [
        Act::Call {
            phone: "103-desk",
            number: "**102",
        },
        Act::CallWithoutOffer {
            phone: "103-desk",
            number: "**102",
        },
        Act::CallWithoutAudio {
            phone: "103-desk",
            number: "**102",
        },
    ] {
        world.act(act);
        world.run_ms(12);
        world.act(Act::HangUp("103-desk"));
        world.run_ms(1_000);
        assert_rings(&world, &["102-desk", "102-web"]);
        assert_talks(&world, &[]);
    }
    lift(&mut world, "102-web");
    world.run_ms(1_000);
    assert_talks(&world, &["101-desk", "102-web"]);
    assert_bridged(&world);
    assert_nothing_left(&mut world);
}

#[test]
fn an_invite_without_offer_picks_up_as_well_and_so_it_is_with_the_caller() {
    let mut world = world();
    world.act(Act::CallWithoutOffer {
        phone: "101-web",
        number: "102",
    });
    world.run_ms(500);
    world.act(Act::CallWithoutOffer {
        phone: "103-web",
        number: "**102",
    });
    world.run_ms(1_000);
    assert_talks(&world, &["101-web", "103-web"]);
    assert_bridged(&world);
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_that_was_dialled_in_the_app_is_picked_up_while_its_caller_hears_it_ring() {
    let mut world = world();
    let (device, number) = (world.phone("101-web").device, "102".to_owned());
    world.control(ANNA, Action::Dial { device, number }).unwrap();
    world.run_ms(1_000);
    assert_talks(&world, &["101-web"]);
    assert_rings(&world, &["102-desk", "102-web"]);
    dial(&mut world, "103-desk", "*8");
    assert_talks(&world, &["101-web", "103-desk"]);
    assert_rings(&world, &[]);
    assert_bridged(&world);
    assert_eq!(
        world.phone("101-web").identified.last().map(String::as_str),
        Some("\"Cleo\" <sip:103@farend>")
    );
    assert_nothing_left(&mut world);
}

#[test]
fn two_pick_up_each_others_calls() {
    let mut world = world();
    // Cleo's two phones call Anna and Ben, who answer crosswise.
    dial(&mut world, "103-desk", "101");
    dial(&mut world, "103-web", "102");
    for (phone, number) in [("101-desk", "**102"), ("102-desk", "**101")] {
        world.act(Act::Call { phone, number });
    }
    world.run_ms(500);
    assert_talks(&world, &["101-desk", "102-desk", "103-desk", "103-web"]);
    assert_rings(&world, &[]);
    let heard = world.heard();
    let peer = |leg| heard.iter().find(|(id, _)| *id == leg).map(|(_, source)| *source);
    for (leg, source) in &heard {
        let Source::Leg(other) = source else { panic!("{source:?}") };
        assert_eq!(peer(*other), Some(Source::Leg(*leg)));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn nobody_answers_their_own_call_for_somebody_else() {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    dial(&mut world, "101-web", "**102");
    assert_eq!(world.phone("101-web").refusals, [404]);
    assert_rings(&world, &["102-desk", "102-web"]);
    // But whom it rings at takes it to another phone.
    dial(&mut world, "102-web", "**102");
    assert_talks(&world, &["101-desk", "102-web"]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_that_is_handed_over_can_be_picked_up_at_its_target() {
    let mut world = world();
    world.phone_mut("102-desk").habit = answers_after(1);
    dial(&mut world, "101-desk", "102");
    world.run_ms(1_500);
    world.act(Act::Refer {
        phone: "102-desk",
        to: "sip:103@farend",
    });
    world.run_ms(500);
    assert_rings(&world, &["103-desk", "103-web"]);
    dial(&mut world, "102-web", "**103");
    assert_eq!(world.phone("102-web").refusals, [404], "it is he who hands over");
    hang_up(&mut world, "102-desk");
    dial(&mut world, "102-web", "**103");
    assert_talks(&world, &["101-desk", "102-web"]);
    assert_bridged(&world);
    assert_nothing_left(&mut world);
}

#[test]
fn somebody_is_told_of_a_bounded_number_of_calls() {
    let mut world = world();
    world.change(|directory| {
        for device in &mut directory.devices {
            device.rings = switchboard::directory::Rings::WhenAnswered;
        }
    });
    for _ in 0..17 {
        for phone in ["101-desk", "101-web"] {
            world.act(Act::Call { phone, number: "102" });
        }
        world.run_ms(500);
    }
    assert_eq!(world.calls_of(BEN).len(), 32);
    assert_eq!(pick_ups(&world, CLEO).len(), 32);
    let told = world
        .events
        .iter()
        .filter(|event| matches!(event, LiveEvent::PickUps { user: CLEO, .. }));
    assert_eq!(told.count(), 32, "what does not change is not told");
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_that_rings_is_picked_up_while_no_new_ones_begin() {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    world.act(Act::Drain);
    dial(&mut world, "103-desk", "101");
    assert_eq!(world.phone("103-desk").refusals, [503]);
    dial(&mut world, "103-desk", "*8");
    assert_talks(&world, &["101-desk", "103-desk"]);
    assert_nothing_left(&mut world);
}
