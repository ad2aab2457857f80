//! Ways into a menu, and out of it.

use model::control::Source;
use model::{AnnouncementId, TeamId};
use sim::Want;
use switchboard::core::Action;
use switchboard::directory::{BusyWhen, Callers, Forward, Member, MemberKind, Night, Order, Overflow, Room, RoomId, Team, When};

use super::*;

fn reception() -> Menu {
    with_keys(menu(1), &[('2', number("102")), ('3', number("103"))])
}

/// Who is in a menu now chooses Cleo, and talks to her.
#[track_caller]
fn choose_cleo(world: &mut World, phone: &'static str) {
    assert!(
        world.media.spoken.iter().any(|(_, sound)| *sound == prompt(Prompt::Welcome)),
        "{}",
        world.trace()
    );
    press(world, phone, "3");
    assert_rings(world, &["103-desk"]);
    world.act(Act::Answer("103-desk"));
    world.run_ms(500);
    assert_talk(world, [phone, "103-desk"]);
}

#[test]
fn by_a_blind_transfer_of_a_phone_or_in_the_app() {
    for by_phone in [true, false] {
        let mut world = world(vec![reception()]);
        call(&mut world, "101-desk", "102");
        world.act(Act::Answer("102-desk"));
        world.run_ms(500);
        if by_phone {
            let to = "<sip:501@farend>";
            world.act(Act::Refer { phone: "102-desk", to });
        } else {
            assert!(world.want(BEN, Want::Transfer("501")).is_ok());
        }
        world.run_ms(500);
        choose_cleo(&mut world, "101-desk");
        assert_nothing_left(&mut world);
        let told = [
            "101 to 102, answered at 3, 102 to 501, 501 to 103: Answered",
            "101 to 103, answered at 5: Answered",
        ];
        assert_eq!(stories(&world), told);
    }
}

#[test]
fn by_an_attended_transfer_in_any_phase() {
    for is_ringing in [false, true] {
        for by_phone in [true, false] {
            let mut world = world(vec![reception()]);
            call(&mut world, "101-desk", "102");
            world.act(Act::Answer("102-desk"));
            world.run_ms(500);
            call(&mut world, "102-desk", "501");
            if is_ringing {
                assert!(world.want(BEN, Want::Keys("3")).is_ok());
                world.run_ms(200);
            }
            if by_phone {
                world.act(Act::ReferToCall("102-desk"));
            } else {
                assert!(world.want(BEN, Want::Connect).is_ok(), "{}", world.trace());
            }
            world.run_ms(1_000);
            assert!(!world.phone("102-desk").talks(), "{}", world.trace());
            if is_ringing {
                assert_eq!(
                    world.media.hears(world.media.legs()[0]),
                    Some(Source::RingBack),
                    "{}",
                    world.trace()
                );
                world.act(Act::Answer("103-desk"));
                world.run_ms(500);
                assert_talk(&world, ["101-desk", "103-desk"]);
            } else {
                choose_cleo(&mut world, "101-desk");
            }
            assert_nothing_left(&mut world);
        }
    }
}

/// Anna is with Ben, who has a menu ask in vain as often as it may, and is listening to the last thing that it says.
fn consulted_in_vain() -> World {
    let mut world = world(vec![Menu {
        plays_max: 1,
        waits_s: 1,
        otherwise: Choice::Hear(AnnouncementId(4)),
        ..reception()
    }]);
    call(&mut world, "101-desk", "102");
    world.act(Act::Answer("102-desk"));
    world.run_ms(500);
    call(&mut world, "102-desk", "501");
    world.run_ms(2_300);
    assert_eq!(
        said(&world).last(),
        Some(&Sound::Announcement(AnnouncementId(4))),
        "{}",
        world.trace()
    );
    world
}

#[test]
fn whoever_is_handed_over_into_a_menu_begins_there_anew() {
    let mut world = consulted_in_vain();
    assert!(world.want(BEN, Want::Connect).is_ok(), "{}", world.trace());
    world.run_ms(500);
    assert_eq!(said(&world).last(), Some(&prompt(Prompt::Welcome)), "{}", world.trace());
    world.run_ms(2_300);
    let heard = [
        prompt(Prompt::Welcome),
        Sound::Announcement(AnnouncementId(4)),
        prompt(Prompt::Welcome),
        Sound::Announcement(AnnouncementId(4)),
    ];
    assert_eq!(said(&world), heard, "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_waits_for_somebody_in_the_place_of_another_one_hears_the_menu_again() {
    let keys = [('1', Choice::Again), ('3', number("103"))];
    let mut world = world(vec![Menu {
        plays_max: 1,
        waits_s: 30,
        ..with_keys(menu(1), &keys)
    }]);
    call(&mut world, "101-desk", "102");
    world.act(Act::Answer("102-desk"));
    world.run_ms(500);
    call(&mut world, "102-desk", "501");
    // Most of the time that somebody may stay is over.
    for _ in 0..29 {
        assert!(world.want(BEN, Want::Keys("1")).is_ok(), "{}", world.trace());
        world.run_ms(20_000);
    }
    assert!(world.want(BEN, Want::Keys("3")).is_ok());
    world.run_ms(200);
    assert_rings(&world, &["103-desk"]);
    assert!(world.want(BEN, Want::Connect).is_ok(), "{}", world.trace());
    world.run_ms(25_000);
    world.act(Act::HangUp("103-desk"));
    world.run_ms(2_500);
    assert_eq!(said(&world).last(), Some(&prompt(Prompt::Welcome)), "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn by_a_forward_at_once_and_one_that_waits() {
    for (when, waits_ms) in [(When::Always, 0), (When::NoAnswer { after_s: 5 }, 5_000)] {
        let mut world = world(vec![reception()]);
        world.change(|directory| {
            directory.users[1].reaching.forwards = vec![Forward {
                is_on: true,
                when,
                from: Callers::Anybody,
                during: None,
                to: "501".to_owned(),
            }];
        });
        call(&mut world, "101-desk", "102");
        world.run_ms(waits_ms + 500);
        choose_cleo(&mut world, "101-desk");
        assert_nothing_left(&mut world);
        let told = stories(&world);
        assert!(told[0].contains("forwarded by 102 to 501"), "{told:?}");
    }
}

#[test]
fn from_a_menu_to_somebody_who_forwards_to_a_menu() {
    for (when, waits_ms) in [(When::Always, 0), (When::NoAnswer { after_s: 5 }, 5_000)] {
        let mut world = world(vec![reception(), with_keys(menu(2), &[('3', number("103"))])]);
        world.change(|directory| {
            directory.users[1].reaching.forwards = vec![Forward {
                is_on: true,
                when,
                from: Callers::Anybody,
                during: None,
                to: "502".to_owned(),
            }];
        });
        call(&mut world, "101-desk", "501");
        press(&mut world, "101-desk", "2");
        world.run_ms(waits_ms + 500);
        assert_says(&world, &[Prompt::Welcome, Prompt::Welcome]);
        choose_cleo(&mut world, "101-desk");
        assert_nothing_left(&mut world);
    }
}

fn team(overflow: Option<Overflow>, night: Option<Night>) -> Team {
    Team {
        id: TeamId(1),
        name: "Sales".to_owned(),
        extension: "600".to_owned(),
        order: Order::All,
        busy_when: BusyWhen::All,
        has_line: true,
        members: vec![Member {
            kind: MemberKind::Person(BEN),
            rings: true,
        }],
        overflow,
        night,
    }
}

#[test]
fn by_a_team_at_night_or_one_that_does_not_answer() {
    let number = || "501".to_owned();
    let overflow = Overflow {
        after_s: 5,
        number: number(),
    };
    let night = Night {
        day: Vec::new(),
        hours: None,
        number: number(),
    };
    for (team, waits_ms) in [(team(Some(overflow), None), 5_000), (team(None, Some(night)), 0)] {
        let mut company = World::company();
        company.menus = vec![reception()];
        company.teams = vec![team];
        let mut world = world_of(company);
        call(&mut world, "101-desk", "600");
        world.run_ms(waits_ms + 500);
        choose_cleo(&mut world, "101-desk");
        assert_nothing_left(&mut world);
    }
}

#[test]
fn from_a_menu_to_a_team_whose_call_it_is_then() {
    let mut company = World::company();
    company.menus = vec![with_keys(menu(1), &[('6', number("600"))])];
    company.teams = vec![team(None, None)];
    let mut world = world_of(company);
    call(&mut world, "101-desk", "501");
    press(&mut world, "101-desk", "6");
    assert_rings(&world, &["102-desk"]);
    world.act(Act::Answer("102-desk"));
    world.run_ms(500);
    assert_talk(&world, ["101-desk", "102-desk"]);
    world.act(Act::HangUp("101-desk"));
    world.run_ms(500);
    assert_eq!(stories(&world)[1], "101 to 600, answered at 3: Answered");
    assert_nothing_left(&mut world);
}

#[test]
fn from_a_menu_into_another_one_and_into_a_room() {
    let room = Room {
        id: RoomId(1),
        name: "Board".to_owned(),
        extension: "800".to_owned(),
        pin: None,
        hosts: Vec::new(),
        waits_for_host: false,
        has_tones: false,
        members_max: 10,
    };
    let mut company = World::company();
    company.menus = vec![
        with_keys(menu(1), &[('5', number("502"))]),
        with_keys(menu(2), &[('8', number("800"))]),
    ];
    company.rooms = vec![room];
    let mut world = world_of(company);
    for phone in ["101-desk", "102-desk"] {
        call(&mut world, phone, "501");
        press(&mut world, phone, "5");
        press(&mut world, phone, "8");
        world.run_ms(300);
    }
    let legs = world.media.legs();
    assert!(
        world.media.is_heard_by(legs[0], legs[1]) && world.media.is_heard_by(legs[1], legs[0]),
        "{}",
        world.trace()
    );
    assert_nothing_left(&mut world);
    let of = |who: &str| format!("{who} to 501, answered, 501 to 502, 502 to 800: Answered");
    assert_eq!(stories(&world), [of("101"), of("102")]);
}

#[test]
fn by_dialling_in_the_app_and_a_colleague_may_answer_what_rings() {
    let mut world = world(vec![with_keys(menu(1), &[('2', number("102"))])]);
    world.change(|directory| {
        directory.pick_up_groups = vec![switchboard::directory::PickUpGroup {
            id: switchboard::directory::PickUpGroupId(1),
            name: "All".to_owned(),
            members: directory.users.iter().map(|user| user.id).collect(),
        }];
    });
    let dial = Want::Dial {
        by: "101-desk",
        number: "501",
    };
    assert!(world.want(ANNA, dial).is_ok());
    world.run_ms(1_000);
    press(&mut world, "101-desk", "2");
    assert_rings(&world, &["102-desk"]);
    call(&mut world, "103-desk", "*8");
    assert_talk(&world, ["101-desk", "103-desk"]);
    assert!(
        world.phone("103-desk").identified.last().unwrap().contains("Anna"),
        "{}",
        world.trace()
    );
    assert!(
        world.phone("101-desk").identified.last().unwrap().contains("Cleo"),
        "{}",
        world.trace()
    );
    let call = world.calls_of(ANNA)[0].call;
    assert!(world.control(ANNA, Action::Hold { call }).is_ok(), "as in every call");
    assert_nothing_left(&mut world);
}
