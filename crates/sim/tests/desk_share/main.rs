//! Desk share, step by step: the guide's rules k.i to k.iv, and everything that may come between.

mod interleavings;

use model::control::{Digit, Event as MediaEvent, Source};
use model::{DeviceId, Language, Prompt, Sound, UserId};
use sim::{Act, Habit, Way, World};
use switchboard::core::{Guest, Input, JournalEntry, LiveEvent, PhoneSeat, Remembered, Seats};
use switchboard::directory::{Directory, LogOn};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const ANNAS_DESK: DeviceId = DeviceId(1);
const BENS_DESK: DeviceId = DeviceId(3);
/// Nobody's, in the lobby.
const LOBBY: DeviceId = DeviceId(5);
const PHONES: [&str; 6] = ["101-desk", "101-web", "102-desk", "102-web", "103-desk", "103-web"];
const DESKS: [&str; 3] = ["101-desk", "102-desk", "103-desk"];

/// Anna and Ben share their phones, and Cleo's desk phone is the lobby's. Cleo herself has her browser alone.
fn company() -> Directory {
    let mut directory = World::company();
    for index in [0, 2, 4] {
        directory.devices[index].shared = Some(LogOn::Everybody);
    }
    directory.devices[4].user = None;
    directory
}

/// All desk phones are registered.
fn office(seed: u64) -> World {
    let mut world = World::with(company(), Seats::default(), seed);
    for desk in DESKS {
        world.act(Act::Reconnect(desk));
    }
    world.run_ms(1_000);
    world
}

/// Somebody calls: who rings?
fn ringing(world: &mut World, caller: &'static str, number: &'static str) -> Vec<String> {
    world.act(Act::Call { phone: caller, number });
    world.run_ms(500);
    let rings = world.phones.iter().filter(|phone| phone.rings());
    let ringing = rings.map(|phone| phone.name.clone()).collect();
    world.act(Act::HangUp(caller));
    world.run_ms(5_000);
    assert_eq!(world.faults, [""; 0], "{}", world.trace());
    ringing
}

fn shown(world: &World, phone: &str) -> String {
    world.phone(phone).shown.last().cloned().unwrap_or_default()
}

/// Dials the code, and waits until the call is over.
fn dial(world: &mut World, phone: &'static str, number: &'static str) {
    world.act(Act::Call { phone, number });
    world.run_ms(5_000);
    assert!(world.phone(phone).calls.is_empty(), "{}", world.trace());
}

#[test]
fn the_phone_needs_no_code_gives_the_number_to_the_browser_and_brings_it_back() {
    let mut world = office(1);
    world.record();
    world.act(Act::StartAnew("103-web"));
    world.run_ms(500);
    // k.i, k.ii: the phone is Anna's as soon as it is registered.
    assert_eq!(world.core.person_at(ANNAS_DESK), Some(ANNA));
    assert_eq!(shown(&world, "101-desk"), "Anna (101)");
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-desk"]);
    // k.iii: her browser phone starts.
    world.act(Act::StartAnew("101-web"));
    world.run_ms(500);
    assert_eq!(
        (world.core.person_at(ANNAS_DESK), shown(&world, "101-desk")),
        (None, "Cancel mobility: dial *9419".to_owned())
    );
    let told = LiveEvent::Seated {
        device: ANNAS_DESK,
        user: None,
        mobile: Some(ANNA),
    };
    assert!(world.events.contains(&told));
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-web"]);
    // The phone makes no calls meanwhile.
    world.act(Act::Call {
        phone: "101-desk",
        number: "102",
    });
    world.run_ms(500);
    assert_eq!(world.phone("101-desk").refusals, [403]);
    // k.iv: Cancel mobility.
    dial(&mut world, "101-desk", "*9419");
    assert_eq!(
        (world.core.person_at(ANNAS_DESK), shown(&world, "101-desk")),
        (Some(ANNA), "Anna (101)".to_owned())
    );
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-desk"]);
    // The page that is still open does not take it again, whatever its connection does; one that is loaded again does.
    world.act(Act::Register("101-web"));
    world.run_ms(500);
    assert_eq!(world.phone("101-web").refusals, [403]);
    world.act(Act::Disconnect {
        phone: "101-web",
        noticed_after_ms: 100,
    });
    world.run_ms(1_000);
    world.act(Act::Reconnect("101-web"));
    world.run_ms(1_000);
    assert_eq!(
        (world.phone("101-web").is_registered, world.core.person_at(ANNAS_DESK)),
        (false, Some(ANNA))
    );
    world.act(Act::StartAnew("101-web"));
    world.run_ms(1_000);
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-web"]);
    // The browser is closed: after a moment the number is back.
    world.act(Act::Disconnect {
        phone: "101-web",
        noticed_after_ms: 0,
    });
    world.run_ms(9_000);
    assert_eq!(world.core.person_at(ANNAS_DESK), None);
    world.run_ms(2_000);
    assert_eq!(world.core.person_at(ANNAS_DESK), Some(ANNA));
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-desk"]);
}

#[test]
fn a_guest_has_the_phone_until_they_leave_or_another_one_comes() {
    let mut world = office(2);
    world.record();
    world.act(Act::StartAnew("103-web"));
    world.act(Act::StartAnew("102-web"));
    world.run_ms(500);
    assert_eq!(shown(&world, "103-desk"), "Nobody is logged on: dial *9419");
    dial(&mut world, "103-desk", "*9419102*1002");
    assert_eq!((world.core.person_at(LOBBY), world.core.person_at(BENS_DESK)), (Some(BEN), None));
    assert_eq!(shown(&world, "103-desk"), "Ben (102)");
    assert_eq!(shown(&world, "102-desk"), "Nobody is logged on: dial *9419");
    assert_eq!(ringing(&mut world, "103-web", "102"), ["103-desk"]);
    // Who calls from there calls as Ben.
    world.act(Act::Call {
        phone: "103-desk",
        number: "101",
    });
    world.run_ms(500);
    assert_eq!(world.phone("101-desk").calls[0].display.display, "Ben");
    world.act(Act::HangUp("103-desk"));
    world.run_ms(1_000);
    // Ben comes home: his own phone needs no PIN.
    dial(&mut world, "102-desk", "*9419");
    assert_eq!((world.core.person_at(LOBBY), world.core.person_at(BENS_DESK)), (None, Some(BEN)));
    // He takes Anna's phone; she is away meanwhile, and has it again after him.
    dial(&mut world, "101-desk", "*9419102*1002");
    assert_eq!(world.core.person_at(ANNAS_DESK), Some(BEN));
    assert_eq!(ringing(&mut world, "103-web", "101"), [""; 0]);
    dial(&mut world, "101-desk", "*9419");
    assert_eq!(
        (world.core.person_at(ANNAS_DESK), world.core.person_at(BENS_DESK)),
        (Some(ANNA), Some(BEN))
    );
    // Nowhere in the journal is a PIN.
    assert!(!format!("{:?}", world.journal).contains("1002"));
}

#[test]
fn an_owner_logs_off_and_is_back_with_the_code_alone() {
    let mut world = office(3);
    dial(&mut world, "101-desk", "*9419");
    assert_eq!(
        (world.core.person_at(ANNAS_DESK), shown(&world, "101-desk")),
        (None, "Nobody is logged on: dial *9419".to_owned())
    );
    dial(&mut world, "101-desk", "*9419");
    assert_eq!(world.core.person_at(ANNAS_DESK), Some(ANNA));
}

/// What the one who dials hears.
fn heard(world: &World) -> Source {
    world.heard().last().map_or(Source::Nothing, |(_, source)| *source)
}

#[test]
fn extension_and_pin_are_asked_for_with_tones() {
    for by_audio in [true, false] {
        for (keys, ends_with, is_on) in [
            ("102#1002#", Source::Confirmation, true),
            ("102#1003#", Source::Rejection, false),
            ("999#1002#", Source::Rejection, false),
            ("#", Source::Rejection, false),
            ("102#1234567890123", Source::Rejection, false),
            ("102", Source::Rejection, false),
        ] {
            let mut world = office(4);
            world.record();
            world.act(Act::Call {
                phone: "103-desk",
                number: "*9419",
            });
            world.run_ms(1_000);
            assert_eq!(heard(&world), Source::Prompt, "{}", world.trace());
            for key in keys.chars() {
                if by_audio {
                    let (leg, _) = *world.heard().last().unwrap();
                    let digit = Digit::from_char(key).unwrap();
                    let event = MediaEvent::DigitReceived {
                        leg,
                        digit,
                        duration_ms: 100,
                    };
                    world.input(Input::Media(event));
                } else {
                    world.act(Act::Press("103-desk", key));
                }
                world.run_ms(300);
            }
            let wait_ms = if keys.ends_with('2') { 10_000 } else { 3_000 };
            world.run_ms(if keys.len() == 1 || keys.ends_with('3') || is_on {
                0
            } else {
                wait_ms
            });
            assert_eq!(heard(&world), ends_with, "{keys}: {}", world.trace());
            assert_eq!(world.core.person_at(LOBBY).is_some(), is_on, "{keys}");
            world.run_ms(4_000);
            assert!(world.phone("103-desk").calls.is_empty(), "{keys}: {}", world.trace());
            world.close_down();
            assert_eq!((world.figures().legs, world.media.complaints.len()), (0, 0));
        }
    }
}

#[test]
fn what_can_be_no_pin_is_refused_in_the_same_words_as_a_wrong_one() {
    for (keys, wait_ms) in [("102#1003#", 3_100), ("102##", 0), ("102#1234567890123", 0), ("102#10", 10_000)] {
        let mut world = office(4);
        world.record();
        world.act(Act::Call {
            phone: "103-desk",
            number: "*9419",
        });
        world.run_ms(1_000);
        for key in keys.chars() {
            world.act(Act::Press("103-desk", key));
            world.run_ms(100);
        }
        world.run_ms(wait_ms);
        let (prompt, language) = (Prompt::WrongPin, Language::English);
        let said = world.media.spoken.last().map(|(_, sound)| *sound);
        assert_eq!(said, Some(Sound::Prompt { prompt, language }), "{keys}: {}", world.trace());
        world.run_ms(4_000);
        assert!(world.phone("103-desk").calls.is_empty(), "{keys}: {}", world.trace());
        world.close_down();
    }
}

#[test]
fn who_guesses_pins_has_to_wait_and_the_rightful_person_does_not() {
    let mut world = office(5);
    // Ben has been in the lobby before.
    dial(&mut world, "103-desk", "*9419102*1002");
    dial(&mut world, "103-desk", "*9419");
    // Somebody guesses at Anna's phone: five times it is looked at.
    for _ in 0..6 {
        dial(&mut world, "101-desk", "*9419102*9999");
    }
    assert_eq!(world.pins_checked, 1 + 5);
    // There even the right one is not looked at now.
    dial(&mut world, "101-desk", "*9419102*1002");
    assert_eq!((world.pins_checked, world.core.person_at(ANNAS_DESK)), (6, Some(ANNA)));
    // Where he is known he is let in.
    dial(&mut world, "103-desk", "*9419102*1002");
    assert_eq!(world.core.person_at(LOBBY), Some(BEN));
    // And after a while he is here, too.
    world.run_ms(30_000);
    dial(&mut world, "101-desk", "*9419102*1002");
    assert_eq!(world.core.person_at(ANNAS_DESK), Some(BEN));
}

#[test]
fn a_wrong_pin_and_an_unknown_extension_cannot_be_told_apart() {
    let time = |number: &'static str| {
        let mut world = office(6);
        world.media_delay_ms_max = 0;
        world.act(Act::Call { phone: "103-desk", number });
        let mut waited_ms = 0;
        while heard(&world) != Source::Rejection {
            world.run_ms(1);
            waited_ms += 1;
            assert!(waited_ms < 10_000);
        }
        waited_ms / 20
    };
    assert_eq!(time("*9419102*9999"), time("*9419999*9999"));
    // What is unknown counts like what is wrong.
    let mut world = office(7);
    for number in ["*9419991*1", "*9419992*1", "*9419993*1", "*9419994*1", "*9419995*1"] {
        dial(&mut world, "103-desk", number);
    }
    dial(&mut world, "103-desk", "*9419102*1002");
    assert_eq!((world.pins_checked, world.core.person_at(LOBBY)), (0, None));
}

#[test]
fn a_restart_changes_nobodys_place() {
    let mut world = office(8);
    world.record();
    world.act(Act::StartAnew("101-web"));
    world.act(Act::StartAnew("103-web"));
    world.run_ms(500);
    dial(&mut world, "103-desk", "*9419102*1002");
    let lobby = Remembered::Phone(PhoneSeat {
        device: LOBBY,
        guest: Guest::Person(BEN),
    });
    assert!(world.remembered.contains(&lobby));
    for phone in &mut world.phones {
        phone.shown.clear();
    }
    world.act(Act::Restart);
    assert_eq!((world.core.person_at(LOBBY), world.core.person_at(ANNAS_DESK)), (Some(BEN), None));
    for desk in DESKS {
        world.act(Act::Reconnect(desk));
    }
    world.act(Act::Reconnect("103-web"));
    world.run_ms(1_000);
    // Phones are told again. Until Anna's browser is back she is called at her phone: better than nowhere.
    assert_eq!(
        (shown(&world, "103-desk"), shown(&world, "101-desk")),
        ("Ben (102)".to_owned(), "Cancel mobility: dial *9419".to_owned())
    );
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-desk"]);
    world.act(Act::Reconnect("101-web"));
    world.run_ms(1_000);
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-web"]);
    // The next time she does not come back.
    world.act(Act::Restart);
    for desk in DESKS {
        world.act(Act::Reconnect(desk));
    }
    world.run_ms(59_000);
    assert_eq!(world.core.person_at(ANNAS_DESK), None);
    world.run_ms(2_000);
    assert_eq!(world.core.person_at(ANNAS_DESK), Some(ANNA));
}

#[test]
fn a_number_that_was_given_up_stays_given_up_over_a_restart() {
    let mut world = office(9);
    world.act(Act::StartAnew("101-web"));
    world.run_ms(500);
    dial(&mut world, "101-desk", "*9419");
    world.act(Act::Restart);
    world.act(Act::Reconnect("101-desk"));
    world.act(Act::Reconnect("101-web"));
    world.run_ms(1_000);
    assert_eq!(
        (world.phone("101-web").is_registered, world.core.person_at(ANNAS_DESK)),
        (false, Some(ANNA))
    );
}

#[test]
fn what_a_display_has_missed_it_is_told_again() {
    let mut world = office(10);
    world.network.loss_percent = 100;
    world.act(Act::StartAnew("101-web"));
    world.run_ms(33_000);
    assert_eq!(
        (world.core.person_at(ANNAS_DESK), shown(&world, "101-desk")),
        (None, "Anna (101)".to_owned())
    );
    world.network.loss_percent = 0;
    world.run_ms(8_000);
    assert_eq!(shown(&world, "101-desk"), "Cancel mobility: dial *9419");
}

#[test]
fn a_call_goes_on_where_it_is() {
    let mut world = office(11);
    world.act(Act::StartAnew("103-web"));
    world.phone_mut("101-desk").habit = Habit::Answer {
        after: std::time::Duration::ZERO,
    };
    world.act(Act::Call {
        phone: "103-web",
        number: "101",
    });
    world.run_ms(1_000);
    world.act(Act::StartAnew("101-web"));
    world.run_ms(1_000);
    assert_eq!(world.core.person_at(ANNAS_DESK), None);
    assert!(world.phone("101-desk").talks() && world.phone("103-web").talks());
    world.act(Act::HangUp("103-web"));
    world.run_ms(1_000);
    assert!(world.phone("101-desk").calls.is_empty());
    let ended = world
        .journal
        .iter()
        .filter(|entry| matches!(entry, JournalEntry::Ended { .. }))
        .count();
    assert_eq!(ended, 1);
}

#[test]
fn all_browsers_of_a_person_ring_and_all_are_given_up_together() {
    let mut world = office(12);
    world.add_browser("101-web-at-home", "101-web");
    for phone in ["103-web", "101-web", "101-web-at-home"] {
        world.act(Act::StartAnew(phone));
    }
    world.run_ms(500);
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-web", "101-web-at-home"]);
    world.act(Act::Disconnect {
        phone: "101-web",
        noticed_after_ms: 0,
    });
    world.run_ms(20_000);
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-web-at-home"]);
    dial(&mut world, "101-desk", "*9419");
    for phone in ["101-web", "101-web-at-home"] {
        world.act(Act::Reconnect(phone));
        world.run_ms(500);
        assert!(!world.phone(phone).is_registered, "{phone}");
    }
    assert_eq!(ringing(&mut world, "103-web", "101"), ["101-desk"]);
}
