//! Calls that are parked.

use model::control::Direction;
use switchboard::core::{Action, CallState, Objection};

use super::*;

/// Ben parks Anna by his desk phone.
fn park(world: &mut World, to: &'static str) {
    world.act(Act::Refer { phone: "102-desk", to });
    world.run_ms(500);
}

fn hears(world: &World) -> Vec<Source> {
    world.heard().into_iter().map(|(_, source)| source).collect()
}

#[test]
fn a_call_is_parked_and_taken_at_another_phone() {
    let mut world = talking();
    park(&mut world, "sip:*70@farend");
    assert_talks(&world, &["101-desk"]);
    assert_eq!(hears(&world), [Source::Music]);
    assert_eq!(world.phone("102-desk").reasons, ["SIP;cause=200;text=\"Parked in slot 1\""]);
    let [call] = &parked(&world)[..] else { panic!("{}", world.trace()) };
    assert_eq!((call.slot, call.party.name.as_str(), call.by.name.as_str()), (1, "Anna", "Ben"));
    assert_eq!(world.calls_of(ANNA)[0].state, CallState::Held);
    assert_eq!(world.calls_of(BEN).len(), 0, "he is done with it");
    dial(&mut world, "103-desk", "*701");
    assert_talks(&world, &["101-desk", "103-desk"]);
    assert_bridged(&world);
    assert_eq!(world.phone("101-desk").identified, ["\"Cleo\" <sip:103@farend>"]);
    assert_eq!(world.phone("103-desk").identified, ["\"Anna\" <sip:101@farend>"]);
    assert_eq!(parked(&world), []);
    assert!(
        matches!(world.journal.last(), Some(JournalEntry::Transferred { by, to, .. }) if by.user == Some(BEN) && to.user == Some(CLEO))
    );
    assert_nothing_left(&mut world);
    assert_eq!(ends(&world), [Outcome::Answered], "it was one call all the time");
}

#[test]
fn without_a_slot_ones_own_call_is_meant_or_the_only_one() {
    let mut world = talking();
    dial(&mut world, "103-desk", "*70");
    assert_eq!(world.phone("103-desk").refusals, [404], "nothing is parked");
    park(&mut world, "sip:*703@farend");
    assert_eq!(parked(&world)[0].slot, 3);
    dial(&mut world, "103-desk", "*70");
    assert_talks(&world, &["101-desk", "103-desk"]);
    hang_up(&mut world, "103-desk");
    // Two of them: each has parked one.
    dial(&mut world, "101-desk", "102");
    lift(&mut world, "102-desk");
    park(&mut world, "sip:*70@farend");
    dial(&mut world, "101-web", "103");
    lift(&mut world, "103-desk");
    let call = world.calls_of(CLEO)[0].call;
    assert_eq!(world.control(CLEO, Action::Park { call, slot: None }), Ok(Some(call)));
    world.run_ms(500);
    assert_eq!(parked(&world).iter().map(|call| call.slot).collect::<Vec<_>>(), [1, 2]);
    assert_talks(&world, &["101-desk", "101-web"]);
    dial(&mut world, "103-web", "*70");
    assert_talks(&world, &["101-desk", "101-web", "103-web"]);
    assert_eq!(parked(&world)[0].slot, 1, "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_has_several_to_choose_from_has_to_say_which() {
    let mut world = talking();
    park(&mut world, "sip:*70@farend");
    dial(&mut world, "101-web", "102");
    lift(&mut world, "102-desk");
    park(&mut world, "sip:*70@farend");
    dial(&mut world, "103-desk", "*70");
    assert_eq!(world.phone("103-desk").refusals, [484]);
    assert_eq!(parked(&world).len(), 2);
    // Whoever waits cannot take themselves.
    world.act(Act::HangUp("101-web"));
    world.run_ms(500);
    dial(&mut world, "101-web", "*701");
    assert_eq!(world.phone("101-web").refusals.last(), Some(&404));
    // Ben takes his own.
    dial(&mut world, "102-web", "*70");
    assert_talks(&world, &["101-desk", "102-web"]);
    assert_eq!(world.phone("101-desk").identified, [""; 0], "she talks to Ben as before");
    assert_nothing_left(&mut world);
}

#[test]
fn slots_that_are_taken_or_do_not_exist_are_refused_and_the_talk_goes_on() {
    let mut world = talking();
    world.change(|directory| directory.parking.slots = 1);
    park(&mut world, "sip:*704@farend");
    park(&mut world, "sip:*70x@farend");
    assert_talks(&world, &["101-desk", "102-desk"]);
    park(&mut world, "sip:*701@farend");
    assert_talks(&world, &["101-desk"]);
    dial(&mut world, "101-web", "102");
    lift(&mut world, "102-web");
    let call = world.calls_of(BEN)[0].call;
    for slot in [None, Some(1), Some(2)] {
        let refused = world.control(BEN, Action::Park { call, slot });
        assert!(matches!(refused, Err(Objection::Refused(_))), "{refused:?}");
    }
    assert_talks(&world, &["101-desk", "101-web", "102-web"]);
    // Anna is parked there: it is nothing that she can park.
    let parked_call = parked(&world)[0].call;
    assert_eq!(
        world.control(
            ANNA,
            Action::Park {
                call: parked_call,
                slot: None
            }
        ),
        Err(Objection::NotNow)
    );
    assert_eq!(
        world.control(
            CLEO,
            Action::Park {
                call: parked_call,
                slot: None
            }
        ),
        Err(Objection::NoSuchCall)
    );
    // Fewer slots than before: who is in one stays there.
    world.change(|directory| directory.parking.slots = 0);
    dial(&mut world, "103-desk", "*701");
    assert!(world.phone("103-desk").talks(), "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn in_the_app_a_parked_call_comes_to_the_phone() {
    let mut world = talking();
    let call = world.calls_of(BEN)[0].call;
    world.control(BEN, Action::Park { call, slot: Some(9) }).unwrap();
    world.run_ms(500);
    assert_eq!(parked(&world)[0].slot, 9);
    let device = world.phone("103-web").device;
    assert_eq!(world.control(CLEO, Action::Unpark { slot: 1, device }), Err(Objection::NoSuchCall));
    let anna = world.phone("101-web").device;
    assert_eq!(
        world.control(ANNA, Action::Unpark { slot: 9, device: anna }),
        Err(Objection::NotNow)
    );
    assert_eq!(world.control(CLEO, Action::Unpark { slot: 9, device }), Ok(Some(call)));
    world.run_ms(100);
    assert_eq!(world.phone("103-web").calls[0].display.display, "Anna");
    world.run_ms(500);
    assert_talks(&world, &["101-desk", "103-web"]);
    assert_bridged(&world);
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_that_nobody_takes_rings_back_until_somebody_does() {
    let mut world = talking();
    park(&mut world, "sip:*70@farend");
    world.run_ms(89_000);
    assert_rings(&world, &[]);
    world.run_ms(1_000);
    assert_rings(&world, &["102-desk", "102-web"]);
    assert_eq!(world.phone("102-desk").calls[0].display.display, "Parked: Anna");
    assert_eq!(parked(&world).len(), 1, "others may still take it");
    world.run_ms(30_000);
    assert_rings(&world, &[]);
    assert_eq!(hears(&world), [Source::Music]);
    // One declines for all his phones; it will ring again.
    world.run_ms(90_000);
    assert_rings(&world, &["102-desk", "102-web"]);
    let call = parked(&world)[0].call;
    assert_eq!(world.control(BEN, Action::Decline { call }), Ok(Some(call)));
    world.run_ms(500);
    assert_rings(&world, &[]);
    world.run_ms(120_000);
    assert_rings(&world, &["102-desk", "102-web"]);
    lift(&mut world, "102-web");
    assert_talks(&world, &["101-desk", "102-web"]);
    assert_rings(&world, &[]);
    assert_bridged(&world);
    assert_eq!(parked(&world), []);
    assert_nothing_left(&mut world);
}

#[test]
fn while_it_rings_back_whoever_has_parked_it_is_not_on_a_call() {
    let mut world = talking();
    world.change(|directory| directory.users[1].while_busy = switchboard::directory::WhileBusy::Busy);
    park(&mut world, "sip:*70@farend");
    world.run_ms(92_000);
    assert_rings(&world, &["102-desk", "102-web"]);
    let call = parked(&world)[0].call;
    assert_eq!(world.calls_of(BEN)[0].state, CallState::Ringing);
    dial(&mut world, "103-desk", "102");
    assert_eq!(world.phone("103-desk").refusals, [0; 0], "it rings at him, too");
    hang_up(&mut world, "103-desk");
    // In the app he answers it at one of his phones, and could call somebody by the other.
    let device = world.phone("102-web").device;
    assert_eq!(world.control(BEN, Action::Answer { call, device }), Ok(Some(call)));
    world.run_ms(1_000);
    assert_talks(&world, &["101-desk", "102-web"]);
    assert_bridged(&world);
    assert_nothing_left(&mut world);
}

#[test]
fn while_it_rings_back_other_numbers_can_be_dialled_in_the_app() {
    let mut world = talking();
    park(&mut world, "sip:*70@farend");
    world.run_ms(92_000);
    let device = world.phone("102-web").device;
    let number = "103".to_owned();
    assert!(world.control(BEN, Action::Dial { device, number }).is_ok());
    world.run_ms(1_000);
    assert!(world.phone("103-desk").rings(), "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn while_it_rings_back_somebody_else_takes_it() {
    let mut world = talking();
    park(&mut world, "sip:*70@farend");
    world.run_ms(92_000);
    assert_rings(&world, &["102-desk", "102-web"]);
    dial(&mut world, "103-desk", "*701");
    assert_talks(&world, &["101-desk", "103-desk"]);
    assert_rings(&world, &[]);
    assert_nothing_left(&mut world);
}

#[test]
fn it_does_not_ring_back_where_no_phone_is_and_tries_again() {
    let mut world = talking();
    world.change(|directory| directory.parking.rings_back_after_s = 20);
    park(&mut world, "sip:*70@farend");
    world.act(Act::Unregister("102-desk"));
    world.act(Act::Unregister("102-web"));
    world.run_ms(25_000);
    assert_rings(&world, &[]);
    // The desk phone registers again by itself.
    world.run_ms(50_000);
    assert_rings(&world, &["102-desk"]);
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_waits_holds_and_talks_again_and_hangs_up() {
    let mut world = talking();
    park(&mut world, "sip:*70@farend");
    world.act(Act::Offer("101-desk", Direction::SendOnly));
    world.run_ms(500);
    assert_eq!(hears(&world), [Source::Nothing]);
    world.act(Act::Offer("101-desk", Direction::SendRecv));
    world.run_ms(500);
    assert_eq!(hears(&world), [Source::Music]);
    world.act(Act::Refer {
        phone: "101-desk",
        to: "sip:*702@farend",
    });
    world.run_ms(500);
    assert_eq!(parked(&world)[0].slot, 1, "there is nobody to hand over");
    // On hold again, she is taken: Cleo hears music.
    world.act(Act::Offer("101-desk", Direction::SendOnly));
    world.run_ms(500);
    dial(&mut world, "103-desk", "*70");
    assert_eq!(hears(&world), [Source::Nothing, Source::Music]);
    world.act(Act::Offer("101-desk", Direction::SendRecv));
    world.run_ms(500);
    assert_bridged(&world);
    world.act(Act::Refer {
        phone: "103-desk",
        to: "sip:*702@farend",
    });
    world.run_ms(500);
    assert_eq!(parked(&world)[0].by.name, "Cleo");
    hang_up(&mut world, "101-desk");
    assert_eq!(parked(&world), []);
    assert_nothing_left(&mut world);
    assert_eq!(ends(&world), [Outcome::Answered]);
}

#[test]
fn of_two_who_take_it_one_has_it() {
    for delay_ms in [0, 2, 10, 30] {
        let mut world = talking();
        park(&mut world, "sip:*70@farend");
        world.media_delay_ms_max = 40;
        world.act(Act::Call {
            phone: "103-desk",
            number: "*70",
        });
        world.plan(
            delay_ms,
            Act::Call {
                phone: "102-web",
                number: "*701",
            },
        );
        world.run_ms(1_000);
        let takers = ["103-desk", "102-web"].map(|name| usize::from(world.phone(name).talks()));
        assert_eq!(takers.iter().sum::<usize>(), 1, "{}", world.trace());
        assert_bridged(&world);
        assert_nothing_left(&mut world);
    }
}

#[test]
fn a_taker_who_leaves_at_once_leaves_it_parked() {
    let mut world = talking();
    park(&mut world, "sip:*70@farend");
    world.media_delay_ms_max = 200;
    for act in [
        Act::Call {
            phone: "103-desk",
            number: "*70",
        },
        Act::CallWithoutOffer {
            phone: "103-desk",
            number: "*70",
        },
    ] {
        world.act(act);
        world.run_ms(12);
        hang_up(&mut world, "103-desk");
        assert_eq!(hears(&world), [Source::Music], "{}", world.trace());
        assert_eq!(parked(&world).len(), 1);
    }
    assert_nothing_left(&mut world);
}

#[test]
fn a_parked_phone_that_is_removed_or_loses_its_media_is_parked_no_more() {
    for fate in [Act::RemoveDevice("101-desk"), Act::FailMedia(0)] {
        let mut world = talking();
        park(&mut world, "sip:*70@farend");
        world.act(fate);
        world.run_ms(3_000);
        assert_eq!(parked(&world), [], "{fate:?}");
        assert_nothing_left(&mut world);
    }
}

#[test]
fn what_is_parked_is_taken_while_no_new_calls_begin_and_ends_with_all_others() {
    let mut world = talking();
    park(&mut world, "sip:*70@farend");
    world.act(Act::Drain);
    dial(&mut world, "103-desk", "*70");
    assert_talks(&world, &["101-desk", "103-desk"]);
    world.act(Act::Refer {
        phone: "103-desk",
        to: "sip:*70@farend",
    });
    world.run_ms(500);
    assert_eq!(parked(&world).len(), 1);
    world.input(switchboard::core::Input::EndCalls);
    world.run_ms(3_000);
    assert_eq!(parked(&world), []);
    assert_talks(&world, &[]);
    assert_nothing_left(&mut world);
}
