//! Who comes to rooms from outside, and what people are told of who speaks.

use std::time::Duration;

use model::control::{Command, Digit, Event as Report, Source};
use model::{CallId, LegId};

use super::trunks::{FIRST, Scene, company, provider};
use super::*;
use crate::directory::{Room, RoomId};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);

fn scene(pin: Option<&str>) -> Scene {
    let mut company = company();
    company.rooms = vec![Room {
        id: RoomId(1),
        name: "Meeting room".to_owned(),
        extension: "150".to_owned(),
        pin: pin.map(str::to_owned),
        hosts: Vec::new(),
        waits_for_host: false,
        has_tones: false,
        members_max: 10,
    }];
    Scene::of(company)
}

impl Scene {
    /// Somebody in the world calls the room; their leg, once media has answered.
    fn called_from_outside(&mut self) -> Option<LegId> {
        self.bench.outputs.clear();
        let lines = "Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n";
        let uri = "sip:+4989123450150@10.0.0.1";
        self.bench.request(provider(FIRST), "INVITE", uri, "+49305550100", lines, "v=0\r\n");
        self.answer_all()
    }

    /// Media answers all offers; the last leg of them.
    pub(super) fn answer_all(&mut self) -> Option<LegId> {
        self.offer_all();
        let mut last = None;
        for command in self.media() {
            if let Command::AnswerOffer { leg, .. } = command {
                let answer = "v=0\r\n".to_owned();
                self.bench.handle(Input::Media(Report::OfferAnswered { leg, answer }));
                last = Some(leg);
            }
        }
        last
    }

    fn come_inside(&mut self, host: u8, user: &str) -> LegId {
        self.bench.outputs.clear();
        self.bench.invite(wss(host), user, "150");
        self.answer_all().unwrap()
    }

    pub(super) fn press(&mut self, leg: LegId, keys: &str) {
        for key in keys.chars() {
            let digit = Digit::from_char(key).unwrap();
            let duration_ms = 100;
            self.bench.handle(Input::Media(Report::DigitReceived { leg, digit, duration_ms }));
        }
    }

    /// What a leg was told to hear last.
    pub(super) fn hears(&self, leg: LegId) -> Option<Source> {
        let commands = calls::medias(&self.bench).into_iter().rev();
        let mut heard = commands.filter_map(|command| match command {
            Command::Hear { leg: of, source } if of == leg => Some(source),
            _ => None,
        });
        heard.next()
    }
}

/// The calls whose media was commanded.
fn media_calls(bench: &Bench) -> Vec<CallId> {
    let calls = bench.outputs.iter().filter_map(|output| match output {
        Output::Media { call, .. } => Some(*call),
        _ => None,
    });
    calls.collect()
}

#[test]
fn whoever_calls_from_outside_comes_in_with_the_pin_and_joins_those_inside() {
    let mut scene = scene(Some("2468"));
    let anna = scene.come_inside(2, "101-web");
    assert_eq!(scene.hears(anna), Some(Source::Conference { is_muted: false }));
    let stranger = scene.called_from_outside().unwrap();
    assert_eq!(scene.hears(stranger), Some(Source::Prompt));
    scene.press(stranger, "2468#");
    assert_eq!(scene.hears(stranger), Some(Source::Conference { is_muted: false }));
    let views = scene.bench.outputs.iter().filter_map(|output| match output {
        Output::Event(LiveEvent::Conference { users, view }) => Some((users.to_vec(), view.members.len())),
        _ => None,
    });
    assert_eq!(views.collect::<Vec<_>>(), [(vec![ANNA], 2)]);
    let calls: Vec<CallId> = media_calls(&scene.bench);
    assert!(calls.windows(2).all(|pair| pair[0] == pair[1]), "one call: {calls:?}");
}

#[test]
fn a_room_without_a_pin_is_closed_to_the_world() {
    let mut scene = scene(None);
    assert_eq!(scene.called_from_outside(), None);
    assert_eq!(scene.refusal(), "SIP/2.0 403 Forbidden");
    assert_eq!(scene.bench.core.figures().calls, 0);
}

#[test]
fn who_guesses_too_much_is_asked_no_more_for_an_hour_while_people_inside_go_on() {
    let mut scene = scene(Some("2468"));
    for call in 0..7 {
        let stranger = scene.called_from_outside().unwrap_or_else(|| panic!("the {call}th call"));
        for _ in 0..3 {
            scene.press(stranger, "1111#");
            scene.bench.after(Duration::from_millis(3_100));
        }
        assert_eq!(scene.hears(stranger), Some(Source::Rejection));
        let report = Box::default();
        scene.bench.handle(Input::Media(Report::Closed { leg: stranger, report }));
    }
    assert_eq!(scene.called_from_outside(), None, "after 21 wrong ones");
    let anna = scene.come_inside(2, "101-web");
    assert_eq!(scene.hears(anna), Some(Source::Conference { is_muted: false }));
    scene.bench.after(Duration::from_secs(3_600));
    assert!(scene.called_from_outside().is_some());
}

#[test]
fn who_is_at_the_door_when_too_many_have_guessed_is_sent_away() {
    let mut scene = scene(Some("2468"));
    let anna = scene.come_inside(2, "101-web");
    let strangers: Vec<LegId> = (0..9).map(|_| scene.called_from_outside().unwrap()).collect();
    for _ in 0..3 {
        for stranger in &strangers {
            scene.press(*stranger, "1111#");
        }
        scene.bench.after(Duration::from_millis(3_100));
    }
    for stranger in strangers {
        let closed = calls::medias(&scene.bench);
        assert!(closed.contains(&Command::Close { leg: stranger }), "{stranger:?}");
    }
    let rejected = calls::medias(&scene.bench);
    let heard = rejected.iter().filter(|command| {
        matches!(
            command,
            Command::Hear {
                source: Source::Rejection,
                ..
            }
        )
    });
    assert_eq!(heard.count(), 20, "no more is guessed");
    assert_eq!(scene.hears(anna), None, "she goes on");
}

#[test]
fn who_says_nothing_at_the_door_has_not_guessed() {
    let mut scene = scene(Some("2468"));
    for _ in 0..7 {
        let stranger = scene.called_from_outside().unwrap();
        scene.bench.after(Duration::from_secs(40));
        let report = Box::default();
        scene.bench.handle(Input::Media(Report::Closed { leg: stranger, report }));
    }
    let stranger = scene.called_from_outside().unwrap();
    assert_eq!(scene.hears(stranger), Some(Source::Prompt));
}

#[test]
fn people_in_a_conference_are_told_who_speaks() {
    let mut scene = scene(None);
    let anna = scene.come_inside(2, "101-web");
    let ben = scene.come_inside(3, "102-web");
    let call = media_calls(&scene.bench)[0];
    scene.bench.outputs.clear();
    let levels = vec![(ben, -20), (anna, -40), (LegId(999), -10)];
    scene.bench.handle(Input::Media(Report::Speaking { call, levels }));
    let told: Vec<LiveEvent> = std::mem::take(&mut scene.bench.outputs)
        .into_iter()
        .filter_map(|output| match output {
            Output::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    let expected = LiveEvent::Speaking {
        call,
        users: [ANNA, BEN].into(),
        levels: [(ben, -20), (anna, -40)].into(),
    };
    assert_eq!(told, [expected]);
    let (call, levels) = (CallId(999), vec![(ben, -20)]);
    scene.bench.handle(Input::Media(Report::Speaking { call, levels }));
    assert!(
        scene.bench.outputs.is_empty(),
        "a conference that is over: {:?}",
        scene.bench.outputs
    );
}

#[test]
fn who_waits_in_the_lobby_is_not_told_who_speaks() {
    let mut room = scene(None).bench.core.directory.directory().clone();
    room.rooms[0].hosts = vec![ANNA];
    let mut scene = Scene::of(room);
    let anna = scene.come_inside(2, "101-web");
    let call = media_calls(&scene.bench)[0];
    assert_eq!(
        scene
            .bench
            .core
            .control(ANNA, Action::Lock { call, is_locked: true }, scene.bench.now),
        Ok(Some(call))
    );
    scene.come_inside(3, "102-web");
    scene.bench.outputs.clear();
    let levels = vec![(anna, -20)];
    scene.bench.handle(Input::Media(Report::Speaking { call, levels }));
    let told = scene.bench.outputs.iter().find_map(|output| match output {
        Output::Event(LiveEvent::Speaking { users, .. }) => Some(users.to_vec()),
        _ => None,
    });
    assert_eq!(told, Some(vec![ANNA]));
}

#[test]
fn whoever_waits_in_the_lobby_sees_hosts_alone() {
    let member = |leg, user, presence, is_host| MemberView {
        leg: LegId(leg),
        party: Party {
            user: Some(UserId(user)),
            device: None,
            number: String::new(),
            name: String::new(),
        },
        presence,
        is_host,
        is_muted: false,
        hand_is_up: false,
        since: testing::start(),
    };
    let view = ConferenceView {
        call: CallId(1),
        room: None,
        is_locked: true,
        members: vec![
            member(1, 1, Attendance::Away, true),
            member(2, 2, Attendance::Present, false),
            member(3, 3, Attendance::Waiting, false),
            member(4, 4, Attendance::Waiting, true),
            member(5, 5, Attendance::Invited, false),
        ],
    };
    let seen_by = |user| {
        let members = view.members.iter().filter(|member| view.shows(UserId(user), member));
        members.map(|member| member.leg.0).collect::<Vec<_>>()
    };
    for inside in [1, 2] {
        assert_eq!(seen_by(inside), [1, 2, 3, 4, 5]);
    }
    assert_eq!(seen_by(3), [1, 3]);
    assert_eq!(seen_by(4), [1, 4]);
    assert_eq!(seen_by(6), [1], "who has left");
}
