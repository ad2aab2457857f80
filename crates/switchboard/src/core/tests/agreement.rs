//! What the page explains and what a call does are the same, whatever the plan and whatever is dialled.

use model::control::Command;
use numbers::{Class, Country, Format, Locality};
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use super::teams::team;
use super::trunks::{Scene, company};
use super::*;
use crate::dialplan::{Leads, explain};
use crate::directory::{
    Calling, Classes, IdentityHeader, Limits, MemberKind, Night, NumberPlan, Order, Route, RouteId, Trunk, WallClock, Window,
};
use crate::testing::trunk;

const DIALLED: [&str; 42] = [
    "101",
    "200",
    "2-0-0",
    "102",
    "103",
    "*43",
    "*44",
    "112",
    "110",
    "0112",
    "911",
    "030556677",
    "0030556677",
    "556677",
    "5566778",
    "+4930556677",
    "004930556677",
    "+49-0-30556677",
    "01712345678",
    "+4917112345678",
    "+431234567",
    "0043123456789",
    "+18095551234",
    "0018095551234",
    "+881612345678",
    "+882161234567",
    "+979123456789",
    "0900123456",
    "01805123456",
    "08001234567",
    "118899",
    "116117",
    "115",
    "*31*030556677",
    "*31*112",
    "+4989123450101",
    "089123450102",
    "12345",
    "0",
    "00",
    "anna",
    "+99999",
];

fn some<T: Copy>(random: &mut StdRng, all: &[T]) -> Vec<T> {
    all.iter().copied().filter(|_| random.random_bool(0.5)).collect()
}

fn plan(random: &mut StdRng, trunks: &[Trunk]) -> NumberPlan {
    let country: Country = ["DE", "AT", "CH", "US"].choose(random).unwrap().parse().unwrap();
    let mut here = Locality::new(country);
    if random.random_bool(0.4) {
        here = here.with_outside("0").unwrap();
    }
    if country.letters() == "DE" && random.random_bool(0.5) {
        here = here.with_area("89").unwrap();
    }
    let ids: Vec<_> = trunks.iter().map(|trunk| trunk.id).collect();
    let routes = (0..random.random_range(0..6)).map(|id| Route {
        id: RouteId(id),
        name: id.to_string(),
        prefix: (*["", "", "49", "4930", "43", "1", "88"].choose(random).unwrap()).to_owned(),
        classes: if random.random_bool(0.6) {
            Classes::ALL
        } else {
            some(random, &Class::ALL).into_iter().collect()
        },
        cost: random.random_range(0..3),
        trunks: some(random, &ids),
    });
    NumberPlan {
        routes: routes.collect(),
        here,
        emergency: random.random_bool(0.5).then(|| *ids.choose(random).unwrap()),
        limits: Limits::default(),
        ..company().plan.unwrap()
    }
}

fn calling(random: &mut StdRng) -> Calling {
    let window = Window {
        days: random.random(),
        from_minute: random.random_range(0..1_440),
        to_minute: random.random_range(0..1_440),
    };
    Calling {
        classes: some(random, &Class::ALL).into_iter().collect(),
        windows: if random.random_bool(0.3) { vec![window] } else { Vec::new() },
        hours: None,
        number: random.random_bool(0.3).then(|| "+4989999".parse().unwrap()),
        is_hidden: random.random_bool(0.2),
        location: None,
    }
}

/// A company with a random plan.
fn random_company(random: &mut StdRng) -> Directory {
    let mut company = company();
    let names = ["one", "two", "three"];
    company.trunks = names.iter().zip(1..).map(|(name, id)| trunk(model::TrunkId(id), name)).collect();
    for trunk in &mut company.trunks {
        trunk.outgoing = *Format::ALL.choose(random).unwrap();
        trunk.identity = *[
            IdentityHeader::From,
            IdentityHeader::Asserted,
            IdentityHeader::Preferred,
            IdentityHeader::AccountFrom,
        ]
        .choose(random)
        .unwrap();
    }
    company.plan = Some(plan(random, &company.trunks));
    company.users[0].calling = calling(random);
    company.teams = vec![team(Order::All, &[MemberKind::Person(UserId(2))])];
    company.teams[0].night = Some(Night {
        day: vec![Window {
            days: 0b1_1111,
            from_minute: 480,
            to_minute: 1_200,
        }],
        hours: None,
        number: "*43".to_owned(),
    });
    company
}

#[test]
fn a_thousand_plans_are_explained_as_calls_go() {
    let (mut outside, mut denied, mut inside) = (0, 0, 0);
    for seed in 0..1_000 {
        let random = &mut StdRng::seed_from_u64(seed);
        let company = random_company(random);
        let clock = WallClock {
            day: 1,
            weekday: random.random_range(0..7),
            minute: random.random_range(0..1_440),
        };
        let dialled = *DIALLED.choose(random).unwrap();
        let explanation = explain(&Arc::new(company.clone()), "101", dialled, clock).unwrap();
        let mut scene = Scene::of(company);
        scene.bench.handle(Input::Clock(clock));
        scene.bench.outputs.clear();
        scene.bench.invite(wss(2), "101-web", dialled);
        let refusal = scene.refusal();
        let offers = scene
            .media()
            .iter()
            .filter(|command| matches!(command, Command::MakeOffer { .. }))
            .count();
        match &explanation.leads {
            Leads::Outside(way) => {
                outside += 1;
                scene.offer_all();
                let invite = scene.sent("INVITE");
                let first = &way.ways[0];
                let name = ["one", "two", "three"][usize::try_from(first.trunk.0).unwrap() - 1];
                let line = format!("INVITE sip:{}@{name}.example.com SIP/2.0", first.number);
                assert!(invite.starts_with(&line), "seed {seed}, {dialled}: {line}: {invite}");
                assert!(
                    header(&invite, "From").is_some_and(|from| from.contains(&first.identity.from)),
                    "seed {seed}"
                );
                for (name, value) in &first.identity.headers {
                    assert_eq!(header(&invite, name), Some(value.as_str()), "seed {seed}");
                }
            }
            Leads::Nowhere(denial) => {
                denied += 1;
                let status = denial.cause().status;
                assert!(
                    refusal.starts_with(&format!("SIP/2.0 {status} ")),
                    "seed {seed}, {dialled}: {denial:?}: {refusal}"
                );
                assert_eq!(offers, 0, "seed {seed}");
            }
            Leads::Person { extension, .. } => {
                inside += 1;
                let expected = if extension == "101" { "SIP/2.0 482 Loop Detected" } else { "" };
                assert_eq!(
                    (refusal.as_str(), offers),
                    (expected, usize::from(extension != "101")),
                    "seed {seed}, {dialled}"
                );
            }
            Leads::Room { .. } | Leads::Menu { .. } => unreachable!("this company has no room"),
            Leads::Team(team) => {
                inside += 1;
                let expected = ("", usize::from(team.night.is_none()));
                assert_eq!((refusal.as_str(), offers), expected, "seed {seed}");
            }
            Leads::Feature(_) => {
                inside += 1;
                assert_eq!((refusal.as_str(), offers), ("", 0), "seed {seed}");
            }
        }
    }
    assert!(outside > 100 && denied > 200 && inside > 50, "{outside} {denied} {inside}");
}
