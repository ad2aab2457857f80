//! The world at an attendant: it reaches people, teams and rooms of ours, and never gets out.

use model::control::{Command, Source};
use model::{LegId, Prompt, Sound};

use super::teams::team;
use super::trunks::{FIRST, Scene, company, provider};
use super::*;
use crate::directory::{
    Callers, Choice, Classes, Forward, MemberKind, Menu, MenuId, Mobile, Night, Order, Overflow, Room, RoomId, Team, When,
};

/// Anna may call it; nobody may call the other one.
const CHEAP: &str = "030556677";
const DEAR: &str = "00431234567";
const CARRIED: &str = "INVITE sip:4930556677@one.example.com SIP/2.0";

/// The menu 190, with a number of the world.
fn with_menu(mut company: Directory, to: &str) -> Directory {
    company.menus = vec![Menu {
        id: MenuId(1),
        name: "Reception".to_owned(),
        extension: "190".to_owned(),
        language: None,
        greeting: None,
        keys: vec![(model::control::Digit::from_char('1').unwrap(), Choice::Number(to.to_owned()))],
        takes_extensions: true,
        waits_s: 5,
        plays_max: 3,
        otherwise: Choice::HangUp,
        hours: None,
    }];
    company
}

impl Scene {
    /// Somebody in the world comes to the menu and presses these keys; their leg.
    fn attended(&mut self, keys: &str) -> LegId {
        self.bench.outputs.clear();
        let lines = "Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n";
        let uri = "sip:+4989123450190@10.0.0.1";
        self.bench.request(provider(FIRST), "INVITE", uri, "+49305550100", lines, "v=0\r\n");
        let leg = self.answer_all().unwrap();
        self.press(leg, keys);
        leg
    }

    /// What was said last.
    fn said(&self) -> Option<Prompt> {
        let commands = calls::medias(&self.bench).into_iter().rev();
        let mut said = commands.filter_map(|command| match command {
            Command::Play { sounds, .. } => sounds.last().copied(),
            _ => None,
        });
        match said.next()? {
            Sound::Prompt { prompt, .. } => Some(prompt),
            Sound::Announcement(_) | Sound::RecordingTone => None,
        }
    }
}

#[test]
fn keys_lead_to_nobody_who_is_not_inside() {
    for to in [CHEAP, DEAR, "+4930556677", "*31*030556677", "112", "*43", "*21", "999"] {
        let mut scene = Scene::of(with_menu(company(), to));
        scene.attended("1#");
        assert_eq!(scene.said(), Some(Prompt::TryAgain), "{to}");
        assert_eq!(scene.carried(), [""; 0], "{to}");
    }
}

#[test]
fn nothing_that_is_typed_gets_out() {
    for keys in [
        "030556677#",
        "00431234567#",
        "9030556677#",
        "*31*030556677#",
        "*43#",
        "*21101#",
        "112#",
        "#",
        "**102",
    ] {
        let mut scene = Scene::of(with_menu(company(), "999"));
        scene.attended(keys);
        assert_eq!(scene.carried(), [""; 0], "{keys}");
    }
}

#[test]
fn a_team_hands_nobody_from_a_menu_on_to_the_world() {
    let overflow = Overflow {
        after_s: 0,
        number: CHEAP.to_owned(),
    };
    let night = Night {
        day: Vec::new(),
        hours: None,
        number: CHEAP.to_owned(),
    };
    for (overflow, night) in [(Some(overflow), None), (None, Some(night))] {
        let mut company = with_menu(company(), "200");
        company.teams = vec![Team {
            overflow,
            night,
            ..team(Order::All, &[MemberKind::Person(UserId(2))])
        }];
        let mut scene = Scene::of(company);
        scene.attended("1#");
        scene.bench.after(std::time::Duration::from_secs(40));
        assert_eq!(scene.carried(), [""; 0]);
    }
}

#[test]
fn forwards_go_with_the_permissions_of_whoever_forwards() {
    for (person, to, carried) in [(0, CHEAP, vec![CARRIED]), (0, DEAR, vec![]), (1, CHEAP, vec![])] {
        let mut company = with_menu(company(), if person == 0 { "101" } else { "102" });
        company.users[person].reaching.forwards = vec![Forward {
            is_on: true,
            when: When::Always,
            from: Callers::Anybody,
            during: None,
            to: to.to_owned(),
        }];
        let mut scene = Scene::of(company);
        scene.attended("1#");
        assert_eq!(scene.carried(), carried, "{person} {to}");
    }
}

#[test]
fn a_costly_mobile_that_was_rung_in_vain_costs_nothing_where_the_call_goes_on() {
    let mut company = with_menu(company(), "101");
    let anna = &mut company.users[0];
    anna.calling.classes = Classes::ALL;
    anna.mobile = Some(Mobile {
        number: DEAR.to_owned(),
        delay_s: 0,
    });
    anna.reaching.forwards = vec![Forward {
        is_on: true,
        when: When::NoAnswer { after_s: 5 },
        from: Callers::Anybody,
        during: None,
        to: "190".to_owned(),
    }];
    let mut scene = Scene::of(company);
    scene.attended("1#");
    let counted = |scene: &Scene| {
        let calls = scene.bench.core.calls.calls.keys();
        calls.map(|call| scene.bench.core.guard.counted(*call)).collect::<Vec<_>>()
    };
    assert_eq!(counted(&scene), [1], "it rings");
    scene.bench.outputs.clear();
    scene.bench.after(std::time::Duration::from_secs(6));
    assert_eq!(scene.said(), Some(Prompt::DialExtension), "they are in the menu again");
    assert_eq!(counted(&scene), [0]);
}

#[test]
fn the_world_comes_from_a_menu_into_a_room_with_its_pin_alone() {
    for (pin, said) in [(Some("2468"), Prompt::EnterPin), (None, Prompt::TryAgain)] {
        let mut company = with_menu(company(), "150");
        company.rooms = vec![Room {
            id: RoomId(1),
            name: "Meeting room".to_owned(),
            extension: "150".to_owned(),
            pin: pin.map(str::to_owned),
            hosts: Vec::new(),
            waits_for_host: false,
            has_tones: true,
            members_max: 10,
        }];
        let mut scene = Scene::of(company);
        let leg = scene.attended("1#");
        assert_eq!(scene.said(), Some(said));
        if pin.is_none() {
            continue;
        }
        assert_eq!(scene.hears(leg), Some(Source::Prompt));
        scene.press(leg, "1111#");
        assert_eq!((scene.hears(leg), scene.said()), (Some(Source::Rejection), Some(Prompt::WrongPin)));
        let number = scene.bench.core.calls.legs[&leg].playing.unwrap();
        for number in [number - 1, number] {
            assert_eq!(scene.said(), Some(Prompt::WrongPin), "what came before is no matter");
            scene.bench.handle(Input::Media(model::control::Event::Played { leg, number }));
        }
        assert_eq!((scene.hears(leg), scene.said()), (Some(Source::Prompt), Some(Prompt::EnterPin)));
        scene.press(leg, "2468#");
        assert_eq!(scene.hears(leg), Some(Source::Conference { is_muted: false }));
        assert_eq!(scene.said(), Some(Prompt::FirstInConference));
    }
}
