//! Teams: numbers that several answer.

use super::trunks::{FIRST, Scene, company, incoming, provider};
use super::*;
use crate::dialplan::{Leads, explain};
use crate::directory::{BusyWhen, Inbound, Member, MemberKind, Night, Order, Overflow, Target, Team};
use crate::registrar::{Contact, Registration, Wish};

pub(super) const SALES: TeamId = TeamId(1);

/// Sales, 200.
pub(super) fn team(order: Order, members: &[MemberKind]) -> Team {
    Team {
        id: SALES,
        name: "Sales".to_owned(),
        extension: "200".to_owned(),
        has_line: true,
        order,
        members: members.iter().map(|kind| Member { kind: *kind, rings: true }).collect(),
        busy_when: BusyWhen::All,
        overflow: None,
        night: None,
    }
}

const BEN: MemberKind = MemberKind::Person(UserId(2));

/// Ben is the team; nobody answers for him after no time at all.
fn overflowing(number: &str) -> Scene {
    let mut company = company();
    company.teams = vec![Team {
        overflow: Some(Overflow {
            after_s: 0,
            number: number.to_owned(),
        }),
        ..team(Order::All, &[BEN])
    }];
    let plan = company.plan.as_mut().unwrap();
    plan.inbound.insert(
        0,
        Inbound {
            trunk: None,
            block: "+4989123450199".parse().unwrap(),
            target: Target::Number("200".to_owned()),
        },
    );
    Scene::of(company)
}

#[test]
fn the_world_reaches_a_team_by_a_number_of_its_own_and_by_its_extension() {
    for number in ["4989123450199", "4989123450200"] {
        let mut scene = overflowing("999");
        let mut directory = scene.bench.core.directory.directory().clone();
        let plan = directory.plan.as_mut().unwrap();
        plan.inbound[1].block = "+4989123450(100-299)".parse().unwrap();
        scene.bench.handle(Input::Directory(Arc::new(directory)));
        incoming(&mut scene, provider(FIRST), number);
        let sent = scene.settle();
        assert!(sent.iter().any(|message| message.starts_with("SIP/2.0 180")), "{sent:?}");
        let invite = sent.iter().find(|message| message.starts_with("INVITE")).expect("Ben rings");
        assert!(invite.starts_with("INVITE sip:102-web@"), "{invite}");
        let to = header(invite, "To").map(|to| to.split(';').next().unwrap_or_default());
        assert_eq!(to, Some("\"Sales\" <sip:200@farend>"));
    }
}

#[test]
fn a_team_hands_on_to_the_world_with_the_permissions_of_whoever_calls() {
    let mut scene = overflowing("030556677");
    scene.bench.invite(wss(2), "101-web", "200");
    scene.bench.after(std::time::Duration::ZERO);
    assert_eq!(scene.carried(), ["INVITE sip:4930556677@one.example.com SIP/2.0"]);

    let mut scene = overflowing("030556677");
    incoming(&mut scene, provider(FIRST), "4989123450199");
    scene.bench.after(std::time::Duration::ZERO);
    assert_eq!(scene.carried(), [""; 0], "nobody outside has permissions here");
    let sent = scene.bench.messages();
    assert!(
        sent.iter().any(|message| message.starts_with("INVITE sip:102-web@")),
        "Ben rings on: {sent:?}"
    );
}

#[test]
fn a_team_never_calls_for_help() {
    let mut scene = overflowing("112");
    scene.bench.invite(wss(2), "101-web", "200");
    scene.bench.after(std::time::Duration::ZERO);
    assert_eq!(scene.carried(), [""; 0]);
    assert!(!scene.bench.rest().iter().any(|output| output.contains("Emergency")));
}

#[test]
fn a_team_is_explained() {
    let mut directory = directory();
    let gone = MemberKind::Person(UserId(9));
    directory.teams = vec![team(
        Order::InTurn { turn_s: 15 },
        &[BEN, gone, MemberKind::Device(ANNA_DESK), MemberKind::Person(UserId(1))],
    )];
    directory.teams[0].members[3].rings = false;
    let explain = |directory: &Directory| {
        let explanation = explain(&Arc::new(directory.clone()), "101", "200", WallClock::default()).unwrap();
        match explanation.leads {
            Leads::Team(lead) => lead,
            other => panic!("{other:?}"),
        }
    };
    let lead = explain(&directory);
    assert_eq!((lead.extension.as_str(), lead.name.as_str(), lead.night), ("200", "Sales", None));
    assert_eq!(lead.members, ["Ben", "101-desk"]);
    assert_eq!(lead.order, Order::InTurn { turn_s: 15 });
    directory.teams[0].night = Some(Night {
        day: Vec::new(),
        hours: None,
        number: "102".to_owned(),
    });
    assert_eq!(
        explain(&directory).night.as_deref(),
        Some("102"),
        "without any window it is always night"
    );
}

#[test]
fn a_team_in_which_all_phones_ring_has_a_limit() {
    let mut company = directory();
    company.teams = vec![team(Order::All, &[])];
    for id in 10..150 {
        let device = Device {
            id: DeviceId(id),
            user: None,
            sip_user: format!("handset-{id}"),
            kind: DeviceKind::DeskPhone,
            ..company.devices[1].clone()
        };
        company.devices.push(device);
        let kind = MemberKind::Device(DeviceId(id));
        company.teams[0].members.push(Member { kind, rings: true });
    }
    let mut bench = Bench::of(Config::new("farend", "farend/test"), company, testing::start());
    bench.open(wss(2), ANNA_WEB);
    bench.register(wss(2), "101-web", "Contact: <sip:101-web@10.0.0.2;transport=ws>\r\n");
    for id in 10..150 {
        let device = DeviceId(id);
        let registration = Registration {
            device,
            kind: DeviceKind::DeskPhone,
            flow: udp(9),
            call_id: "x",
            cseq: 1,
            wish: Wish::Change(vec![Contact {
                uri: format!("sip:{id}@10.0.0.9"),
                expires_s: None,
                instance: None,
                reg_id: None,
            }]),
        };
        bench.core.registrar.register(&registration, bench.now).unwrap();
    }
    bench.invite(wss(2), "101-web", "200");
    assert_eq!(bench.core.figures().legs, super::super::teams::TEAM_BRANCHES_MAX + 1);
    bench.handle(Input::EndCalls);
    bench.after(std::time::Duration::from_secs(10));
    assert_eq!((bench.core.figures().calls, bench.core.figures().legs), (0, 0));
}
