//! What is foretold of a call and what becomes of it are the same, whatever people have said.

use std::time::Duration;

use numbers::Class;
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use super::teams::team;
use super::trunks::{FIRST, Scene, company, provider};
use super::*;
use crate::dialplan::{Event as Foretold, Step, Whereabouts, foretell, simulate};
use crate::directory::{
    Callers, Choice, DoNotDisturb, During, Forward, MemberKind, Menu, MenuId, Night, Order, Overflow, TimeProfile, TimeProfileId, When,
    Window,
};

/// Whoever has one of these phones has its number.
const PHONES: [&str; 5] = ["101-web", "102-web", "103-web", "104-web", "105-web"];
const TARGETS: [&str; 13] = [
    "101",
    "102",
    "103",
    "104",
    "105",
    "200",
    "500",
    "*43",
    "*26",
    "999",
    "01712345678",
    "+4917187654321",
    "112",
];

fn flow_of(user: u64) -> Flow {
    wss(u8::try_from(user).unwrap() + 1)
}

fn random_rule(random: &mut StdRng) -> Forward {
    let callers = [
        Callers::Anybody,
        Callers::Anybody,
        Callers::Anybody,
        Callers::Inside,
        Callers::Outside,
        Callers::Anonymous,
        Callers::These(vec!["101".to_owned(), "+49 30 777777".to_owned()]),
    ];
    let after_s = random.random_range(0..40);
    let unanswered = When::NoAnswer { after_s };
    Forward {
        is_on: random.random_bool(0.9),
        when: *[When::Always, unanswered, unanswered, When::Busy, When::Unreachable]
            .choose(random)
            .unwrap(),
        from: callers.choose(random).unwrap().clone(),
        during: random.random_bool(0.2).then(|| During {
            profile: TimeProfileId(1),
            is_open: random.random_bool(0.5),
        }),
        to: (*TARGETS.choose(random).unwrap()).to_owned(),
    }
}

/// Five people and a team who hand calls on to each other.
fn random_company(random: &mut StdRng) -> Directory {
    let mut company = company();
    let (anna, web) = (company.users[0].clone(), company.devices[0].clone());
    company.users.clear();
    company.devices.clear();
    for (id, phone) in (1..).zip(PHONES) {
        let mut user = User {
            id: UserId(id),
            name: phone.to_owned(),
            extension: Some(phone[..3].to_owned()),
            ..anna.clone()
        };
        user.calling.classes = [Class::Mobile].into_iter().filter(|_| random.random_bool(0.6)).collect();
        let rules = random.random_range(0..6);
        user.reaching.forwards = (0..rules).map(|_| random_rule(random)).collect();
        user.reaching.rejects_anonymous = random.random_bool(0.3);
        user.reaching.do_not_disturb = DoNotDisturb {
            is_on: random.random_bool(0.15),
            except: vec!["101".to_owned()],
        };
        company.users.push(user);
        company.devices.push(Device {
            id: DeviceId(id),
            user: Some(UserId(id)),
            sip_user: phone.to_owned(),
            ..web.clone()
        });
    }
    company.features.push(("*26".to_owned(), Feature::DoNotDisturb));
    let members = [2, 3].map(|id| MemberKind::Person(UserId(id)));
    company.teams = vec![team(Order::All, &members)];
    company.menus = vec![Menu {
        id: MenuId(1),
        name: "Reception".to_owned(),
        extension: "500".to_owned(),
        language: None,
        greeting: None,
        keys: Vec::new(),
        takes_extensions: false,
        waits_s: 5,
        plays_max: 1,
        otherwise: Choice::HangUp,
        hours: None,
    }];
    company.teams[0].overflow = random.random_bool(0.6).then(|| Overflow {
        after_s: random.random_range(0..40),
        number: (*TARGETS.choose(random).unwrap()).to_owned(),
    });
    company.teams[0].night = random.random_bool(0.3).then(|| Night {
        day: Vec::new(),
        hours: random.random_bool(0.5).then_some(TimeProfileId(1)),
        number: (*TARGETS.choose(random).unwrap()).to_owned(),
    });
    company.time_profiles = vec![TimeProfile {
        id: TimeProfileId(1),
        name: "Mornings".to_owned(),
        windows: vec![Window {
            days: 0b111_1111,
            from_minute: 0,
            to_minute: 720,
        }],
        region: Some("DE-BY".to_owned()),
        closed_days: Vec::new(),
    }];
    company
}

/// What has come of the call, by the second: phones that are called, and what the caller is told in the end.
fn told(sent: &[String], at_s: u32, story: &mut Vec<(u32, String)>) {
    let mut called: Vec<String> = Vec::new();
    for message in sent {
        let line = message.lines().next().unwrap_or_default();
        if let Some(phone) = PHONES.into_iter().find(|phone| line.starts_with(&format!("INVITE sip:{phone}@"))) {
            called.push(phone.to_owned());
        } else if line.starts_with("INVITE") {
            called.push("outside".to_owned());
        } else if let Some(status) = line.strip_prefix("SIP/2.0 ").filter(|status| !status.starts_with('1'))
            && message.contains(" INVITE\r\n")
        {
            called.push(status[..3].to_owned());
        }
    }
    called.sort_unstable();
    story.extend(called.into_iter().map(|what| (at_s, what)));
}

/// The same, as it is foretold.
fn foretold(steps: &[Step]) -> Vec<(u32, String)> {
    let mut story = Vec::new();
    for Step { after_s, event } in steps {
        let what = match event {
            Foretold::Rings { who, .. } => vec![who.name.clone()],
            Foretold::TeamRings { members, .. } => members.clone(),
            Foretold::Outside { .. } => vec!["outside".to_owned()],
            Foretold::Heard { .. } | Foretold::Menu { .. } => vec!["200".to_owned()],
            Foretold::Refused { status, .. } => vec![status.to_string()],
            Foretold::Unanswered => vec!["480".to_owned()],
            Foretold::Room { .. } => unreachable!("this company has no room"),
            Foretold::Forwarded { .. } | Foretold::PassedOver { .. } | Foretold::HandedOn { .. } | Foretold::Otherwise { .. } => Vec::new(),
        };
        story.extend(what.into_iter().map(|what| (*after_s, what)));
    }
    story
}

#[test]
fn a_thousand_calls_go_as_they_are_foretold() {
    let (mut refused, mut unanswered, mut outside, mut long) = (0, 0, 0, 0);
    for seed in 0..1_000 {
        let random = &mut StdRng::seed_from_u64(seed);
        let company = random_company(random);
        let clock = WallClock {
            day: 20_450 + random.random_range(0..20),
            weekday: 3,
            minute: random.random_range(0..1_440),
        };
        let is_there: Vec<bool> = PHONES.iter().map(|_| random.random_bool(0.75)).collect();
        let from = *[Some("101"), Some("101"), Some("030777777"), Some("01712345678"), None]
            .choose(random)
            .unwrap();

        let lookup = Lookup::new(Arc::new(company.clone()));
        let presence = |user: UserId| match is_there[usize::try_from(user.0 - 1).unwrap()] {
            true => Whereabouts::Free,
            false => Whereabouts::Away,
        };
        let steps = foretell(&lookup, UserId(2), (from, clock), &presence, None);
        let expected = foretold(&steps);

        let mut scene = Scene::of(company);
        // Those of the usual scene leave first.
        for user in [1, 2] {
            scene.bench.handle(Input::FlowClosed { flow: flow_of(user) });
        }
        scene.bench.after(Duration::from_secs(60));
        for (id, phone) in (1..).zip(PHONES) {
            let is_calling = from == Some("101") && id == 1;
            if is_there[usize::try_from(id - 1).unwrap()] || is_calling {
                scene.bench.open(flow_of(id), DeviceId(id));
                let contact = format!("Contact: <sip:{phone}@{};transport=ws>\r\n", flow_of(id).peer);
                scene.bench.register(flow_of(id), phone, &contact);
            }
        }
        scene.bench.handle(Input::Clock(clock));
        scene.bench.outputs.clear();
        match from {
            Some("101") => scene.bench.invite(flow_of(1), "101-web", "102"),
            from => {
                let privacy = if from.is_none() { "Privacy: id\r\n" } else { "" };
                let number = from.unwrap_or("030777777").replacen('0', "49", 1);
                let lines = format!("Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n{privacy}");
                let uri = "sip:4989123450102@10.0.0.1";
                scene.bench.request(provider(FIRST), "INVITE", uri, &number, &lines, "v=0\r\n");
            }
        }
        let mut story = Vec::new();
        for at_s in 0..240 {
            let mut sent = scene.settle();
            while !sent.is_empty() {
                told(&sent, at_s, &mut story);
                // What is due at once.
                scene.bench.after(Duration::ZERO);
                sent = scene.settle();
            }
            if story.len() >= expected.len() {
                break;
            }
            scene.bench.after(Duration::from_secs(1));
        }
        assert_eq!(story, expected, "seed {seed}: {from:?} {clock:?} {is_there:?} {steps:#?}");
        refused += usize::from(expected.len() == 1 && expected[0].1.starts_with('4'));
        unanswered += usize::from(expected.last().is_some_and(|(_, what)| what == "480") && expected.len() > 1);
        outside += usize::from(expected.last().is_some_and(|(_, what)| what == "outside"));
        long += usize::from(expected.len() > 2);
    }
    assert!(
        refused > 100 && unanswered > 200 && outside > 30 && long > 50,
        "{refused} {unanswered} {outside} {long}"
    );
}

#[test]
fn what_would_happen_is_told_in_sentences() {
    let mut company = company();
    let rule = |when, to: &str| Forward {
        is_on: true,
        when,
        from: Callers::Anybody,
        during: None,
        to: to.to_owned(),
    };
    company.users[1].reaching.forwards = vec![
        rule(When::NoAnswer { after_s: 20 }, "112"),
        rule(When::NoAnswer { after_s: 15 }, "*43"),
        rule(When::Busy, "101"),
        rule(When::Unreachable, "*43"),
    ];
    let company = Arc::new(company);
    let tell = |from, reaching| {
        let steps = simulate(&company, UserId(2), from, WallClock::default(), reaching, None).unwrap();
        steps.iter().map(Step::text).collect::<Vec<_>>()
    };
    assert_eq!(
        tell(Some("030 777777"), None),
        [
            "Ben (102) rings: 1 phone",
            "After 15 s: Ben (102) would forward calls that are not answered to 112, but no call is forwarded to an emergency number",
            "After 15 s: Ben (102) forwards calls that are not answered to *43",
            "After 15 s: The caller hears: Echo test",
            "If Ben (102) is on a call or declines: to 101",
            "If Ben (102) has no phone that can be reached: to *43",
        ]
    );
    let mut other = company.users[1].reaching.clone();
    other.rejects_anonymous = true;
    assert_eq!(
        tell(None, Some(&other)),
        ["The caller is refused: calls without a number are not accepted here"]
    );
    let first = &simulate(&company, UserId(2), Some("101"), WallClock::default(), None, None).unwrap()[0];
    assert_eq!(first.code(), "rings");
    let values = [
        ("name", "Ben"),
        ("number", "102"),
        ("phones", "1"),
        ("mobile", "false"),
        ("after_s", "0"),
    ];
    assert_eq!(first.values(), values.map(|(name, value)| (name, value.to_owned())));
    assert!(simulate(&company, UserId(9), None, WallClock::default(), None, None).is_err());
}
