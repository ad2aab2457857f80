//! Nobody there, circles, floods, and callers who leave whenever it is least convenient.

use std::time::Duration;

use model::AnnouncementId;
use sim::Habit;
use switchboard::directory::{DoNotDisturb, MenuHours, TimeProfile, TimeProfileId, WallClock, Window};

use super::*;

fn reception() -> Menu {
    with_keys(menu(1), &[('2', number("102")), ('3', number("103"))])
}

fn refuses(status: u16) -> Habit {
    let after = Duration::from_millis(100);
    Habit::Refuse { after, status }
}

#[test]
fn a_caller_is_told_why_nobody_answers_and_hears_the_menu_again() {
    for (status, said) in [
        (486, Prompt::LineBusy),
        (603, Prompt::LineBusy),
        (480, Prompt::NobodyAnswers),
        (488, Prompt::NobodyAnswers),
    ] {
        let mut world = world(vec![reception()]);
        world.phone_mut("102-desk").habit = refuses(status);
        call(&mut world, "101-desk", "501");
        press(&mut world, "101-desk", "2");
        world.run_ms(3_000);
        assert_says(&world, &[Prompt::Welcome, said, Prompt::Welcome]);
        press(&mut world, "101-desk", "3");
        assert_rings(&world, &["103-desk"]);
        world.act(Act::Answer("103-desk"));
        world.run_ms(300);
        assert_talk(&world, ["101-desk", "103-desk"]);
        assert_nothing_left(&mut world);
        assert_eq!(outcomes(&world).len(), 3, "{}", world.trace());
        assert!(
            stories(&world)[1].starts_with("101 to 102: "),
            "Ben has missed a call: {}",
            world.trace()
        );
    }
}

#[test]
fn it_rings_as_long_as_it_always_does() {
    let mut world = world(vec![reception()]);
    call(&mut world, "101-desk", "501");
    press(&mut world, "101-desk", "2");
    world.run_ms(29_000);
    assert_rings(&world, &["102-desk"]);
    world.run_ms(2_000);
    assert_rings(&world, &[]);
    assert_says(&world, &[Prompt::Welcome, Prompt::NobodyAnswers]);
    assert_eq!(stories(&world)[1], "101 to 102: NoAnswer");
    assert_nothing_left(&mut world);
}

#[test]
fn who_is_away_or_wants_quiet_has_missed_a_call() {
    for is_away in [true, false] {
        let mut world = world(vec![reception()]);
        if is_away {
            world.act(Act::Unregister("102-desk"));
        } else {
            world.change(|directory| {
                directory.users[1].reaching.do_not_disturb = DoNotDisturb {
                    is_on: true,
                    except: Vec::new(),
                };
            });
        }
        world.run_ms(500);
        call(&mut world, "101-desk", "501");
        press(&mut world, "101-desk", "2");
        assert_says(&world, &[Prompt::Welcome, Prompt::NobodyAnswers]);
        assert_eq!(
            stories(&world),
            ["101 to 501, answered", "101 to 102: NoAnswer"],
            "{}",
            world.trace()
        );
        assert_nothing_left(&mut world);
    }
}

#[test]
fn what_is_no_number_of_ours_leads_nowhere() {
    for outside in ["00431234567", "*21101", "*43", "999", "112", "*31*101", "+49301234567", "#", ""] {
        let mut world = world(vec![with_keys(menu(1), &[('1', number(outside))])]);
        call(&mut world, "101-desk", "501");
        press(&mut world, "101-desk", "1");
        assert_says(&world, &[Prompt::Welcome, Prompt::TryAgain]);
        assert_eq!(stories(&world), ["101 to 501, answered"], "{outside}");
        assert_nothing_left(&mut world);
    }
}

#[test]
fn menus_that_lead_to_each_other_end() {
    let to = |id, other: &str| {
        let otherwise = number(other);
        let plays_max = 1;
        Menu {
            otherwise,
            plays_max,
            waits_s: 1,
            ..with_keys(menu(id), &[('1', number("102"))])
        }
    };
    let mut world = world(vec![to(1, "502"), to(2, "501")]);
    call(&mut world, "101-desk", "501");
    world.run_ms(30_000);
    let welcomes = [Prompt::Welcome; 5].into_iter().chain([Prompt::Goodbye]).collect::<Vec<_>>();
    assert_says(&world, &welcomes);
    assert!(!world.phone("101-desk").talks(), "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn nobody_stays_longer_than_ten_minutes() {
    let keys = [('1', Choice::Hear(AnnouncementId(1))), ('2', Choice::Again)];
    for key in ["1", "2"] {
        let mut world = world(vec![with_keys(menu(1), &keys)]);
        call(&mut world, "101-desk", "501");
        let mut minutes = 0;
        while world.phone("101-desk").talks() {
            press(&mut world, "101-desk", key);
            world.run_ms(60_000);
            minutes += 1;
            assert!(minutes < 12, "{}", said(&world).len());
        }
        assert_eq!(said(&world).last(), Some(&prompt(Prompt::Goodbye)));
        assert_nothing_left(&mut world);
    }
}

#[test]
fn a_flood_of_keys_does_no_harm() {
    let mut world = world(vec![Menu {
        takes_extensions: true,
        ..reception()
    }]);
    call(&mut world, "101-desk", "501");
    for round in 0..500_u32 {
        let keys = ['0', '1', '9', '*', '#', '7', 'A'];
        let key = keys[usize::try_from(round).unwrap() % keys.len()];
        let (leg, digit, duration_ms) = (only_leg(&world), digit(key), 40);
        world.input(Input::Media(Event::DigitReceived { leg, digit, duration_ms }));
    }
    world.run_ms(100);
    assert!(world.phone("101-desk").talks(), "{}", world.trace());
    assert_nothing_left(&mut world);
}

fn wants_quiet(world: &mut World) {
    world.change(|directory| directory.users[1].reaching.do_not_disturb.is_on = true);
}

/// Presses them again and again, as fast as they can be told.
fn flood(world: &mut World, keys: &str) {
    call(world, "101-desk", "501");
    let leg = only_leg(world);
    for key in keys.chars().cycle().take(500) {
        let (digit, duration_ms) = (digit(key), 40);
        world.input(Input::Media(Event::DigitReceived { leg, digit, duration_ms }));
    }
}

#[test]
fn whoever_does_not_wait_for_the_menu_tries_no_more_often_than_it_is_played() {
    let mut world = world(vec![Menu {
        otherwise: number("103"),
        ..reception()
    }]);
    wants_quiet(&mut world);
    flood(&mut world, "2");
    assert_says(
        &world,
        &[Prompt::Welcome, Prompt::NobodyAnswers, Prompt::NobodyAnswers, Prompt::NobodyAnswers],
    );
    // The call itself, and three that Ben has missed.
    assert_eq!(world.journal.len(), 2 + 3 * 2, "{}", world.trace());
    world.run_ms(2_000);
    assert_rings(&world, &["103-desk"]);
    assert_nothing_left(&mut world);
}

#[test]
fn nobody_tries_more_than_twenty_numbers() {
    let keys = [('2', number("102")), ('4', Choice::Hear(AnnouncementId(1)))];
    let mut world = world(vec![with_keys(menu(1), &keys)]);
    wants_quiet(&mut world);
    flood(&mut world, "24");
    assert_eq!(world.journal.len(), 2 + 20 * 2, "{}", world.trace());
    assert_eq!(said(&world).last(), Some(&prompt(Prompt::Goodbye)));
    world.run_ms(2_000);
    assert!(!world.phone("101-desk").talks(), "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn a_caller_may_leave_whenever_they_like() {
    for after_ms in (0..4_000).step_by(70) {
        let mut world = world(vec![reception()]);
        world.media_delay_ms_max = 150;
        world.phone_mut("102-desk").habit = Habit::Answer {
            after: Duration::from_millis(600),
        };
        world.act(Act::Call {
            phone: "101-desk",
            number: "501",
        });
        world.plan(1_200, Act::Press("101-desk", '2'));
        world.plan(after_ms, Act::HangUp("101-desk"));
        world.run_ms(5_000);
        assert_nothing_left(&mut world);
        for story in stories(&world) {
            assert!(story.contains(": "), "{after_ms}: {story}");
        }
    }
}

#[test]
fn whoever_is_rung_may_vanish_in_any_phase() {
    for after_ms in (0..2_000).step_by(50) {
        for fate in [
            Act::HangUp("102-desk"),
            Act::RemoveDevice("102-desk"),
            Act::FailMedia(1),
            Act::FailMedia(0),
        ] {
            let mut world = world(vec![reception()]);
            world.media_delay_ms_max = 150;
            world.phone_mut("102-desk").habit = Habit::Answer {
                after: Duration::from_millis(400),
            };
            call(&mut world, "101-desk", "501");
            world.plan(200, Act::Press("101-desk", '2'));
            world.plan(after_ms, fate);
            world.run_ms(5_000);
            assert_nothing_left(&mut world);
        }
    }
}

#[test]
fn a_menu_may_change_or_go_while_it_is_heard() {
    let mut changed = world(vec![reception()]);
    call(&mut changed, "101-desk", "501");
    changed.change(|directory| directory.menus[0].greeting = Some(AnnouncementId(9)));
    press(&mut changed, "101-desk", "9");
    changed.run_ms(1_600);
    let heard = [
        prompt(Prompt::Welcome),
        prompt(Prompt::TryAgain),
        Sound::Announcement(AnnouncementId(9)),
    ];
    assert_eq!(said(&changed), heard);
    changed.change(|directory| directory.menus.clear());
    press(&mut changed, "101-desk", "9");
    changed.run_ms(5_000);
    assert_eq!(said(&changed)[3..], [prompt(Prompt::TryAgain), prompt(Prompt::Goodbye)]);
    assert!(!changed.phone("101-desk").talks());
    assert_nothing_left(&mut changed);
    let mut gone = world(vec![with_keys(menu(1), &[('2', number("502"))]), menu(2)]);
    call(&mut gone, "101-desk", "501");
    gone.change(|directory| directory.menus.truncate(1));
    press(&mut gone, "101-desk", "2");
    assert_says(&gone, &[Prompt::Welcome, Prompt::TryAgain]);
    assert_nothing_left(&mut gone);
}

fn at(hour: u16) -> WallClock {
    WallClock {
        day: 20_783,
        weekday: 0,
        minute: hour * 60,
    }
}

/// Open from eight to five; closed: this.
fn office(then: Choice) -> World {
    let mut world = world(vec![Menu {
        hours: Some(MenuHours {
            profile: TimeProfileId(1),
            greeting: None,
            then,
        }),
        ..reception()
    }]);
    world.change(|directory| {
        directory.time_profiles.push(TimeProfile {
            id: TimeProfileId(1),
            name: "Office".to_owned(),
            windows: vec![Window {
                days: 0b1_1111,
                from_minute: 8 * 60,
                to_minute: 17 * 60,
            }],
            region: None,
            closed_days: Vec::new(),
        });
    });
    world
}

#[test]
fn outside_its_hours_a_menu_says_so_and_does_something_else() {
    let mut world = office(number("103"));
    world.set_clock(at(20));
    call(&mut world, "101-desk", "501");
    assert_says(&world, &[Prompt::Closed]);
    world.run_ms(1_500);
    assert_rings(&world, &["103-desk"]);
    world.act(Act::HangUp("103-desk"));
    world.run_ms(4_000);
    assert_says(&world, &[Prompt::Closed, Prompt::NobodyAnswers, Prompt::Goodbye]);
    assert!(!world.phone("101-desk").talks());
    assert_nothing_left(&mut world);
}

#[test]
fn a_menu_may_close_while_it_is_heard() {
    let mut world = office(number("103"));
    world.set_clock(at(16));
    call(&mut world, "101-desk", "501");
    assert_says(&world, &[Prompt::Welcome]);
    world.set_clock(at(17));
    press(&mut world, "101-desk", "9");
    world.run_ms(1_500);
    assert_says(&world, &[Prompt::Welcome, Prompt::TryAgain, Prompt::Closed]);
    assert_nothing_left(&mut world);
}

#[test]
fn the_keys_of_the_day_do_nothing_while_it_is_closed() {
    for (then, said) in [
        (Choice::Hear(AnnouncementId(4)), Sound::Announcement(AnnouncementId(4))),
        (number("103"), prompt(Prompt::LineBusy)),
    ] {
        let mut world = office(then);
        world.set_clock(at(20));
        world.phone_mut("103-desk").habit = refuses(486);
        call(&mut world, "101-desk", "501");
        press(&mut world, "101-desk", "2");
        world.run_ms(300);
        press(&mut world, "101-desk", "2");
        world.run_ms(4_000);
        let heard = [prompt(Prompt::Closed), said, prompt(Prompt::Goodbye)];
        assert_eq!(super::said(&world), heard, "{}", world.trace());
        assert!(!world.phone("101-desk").talks());
        assert_nothing_left(&mut world);
        assert!(!stories(&world).iter().any(|story| story.contains("to 102")), "{}", world.trace());
    }
}

#[test]
fn what_is_done_at_the_end_is_done_once_whatever_is_pressed() {
    let mut world = world(vec![Menu {
        plays_max: 1,
        waits_s: 1,
        otherwise: Choice::Hear(AnnouncementId(4)),
        ..reception()
    }]);
    call(&mut world, "101-desk", "501");
    world.run_ms(2_500);
    assert_eq!(said(&world)[1..], [Sound::Announcement(AnnouncementId(4))], "{}", world.trace());
    press(&mut world, "101-desk", "2");
    world.run_ms(4_000);
    let heard = [
        prompt(Prompt::Welcome),
        Sound::Announcement(AnnouncementId(4)),
        prompt(Prompt::Goodbye),
    ];
    assert_eq!(said(&world), heard, "{}", world.trace());
    assert!(!world.phone("101-desk").talks());
    assert_nothing_left(&mut world);
    assert_eq!(stories(&world), ["101 to 501, answered: Answered"]);
}
