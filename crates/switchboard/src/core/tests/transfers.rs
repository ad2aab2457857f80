//! Attended transfers with the world at one end or at both, and what goes along with a leg that changes its call.

use model::{CallId, TeamId};

use super::dialogs::{Dialog, invite_among};
use super::trunks::{FIRST, Scene, company, provider};
use super::*;
use crate::directory::{BusyWhen, Classes, Member, MemberKind, Order, Team};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const ANNAS: (u8, &str) = (2, "101-web");
const CHEAP: &str = "030556677";
const DEAR: &str = "00431234567";

/// A call as the phone at its other end names it to us.
fn named(dialog: &Dialog) -> String {
    let (call, ours, theirs) = dialog.identifiers();
    format!("{call};to-tag={};from-tag={}", tag(&theirs), tag(&ours))
}

fn tag(field: &str) -> &str {
    field.rsplit_once(";tag=").map_or("", |(_, tag)| tag)
}

fn refer_to(named: &str) -> String {
    let escaped = named.replace(';', "%3B").replace('=', "%3D");
    format!("Refer-To: <sip:whoever@farend?Replaces={escaped}>\r\n")
}

/// Anna's browser calls somebody who answers: her side of it, and theirs.
fn talk(scene: &mut Scene, number: &str, called: Flow) -> (Dialog, Dialog) {
    scene.talk((wss(ANNAS.0), ANNAS.1), number, called)
}

fn count(messages: &[String], beginning: &str) -> usize {
    messages.iter().filter(|message| message.starts_with(beginning)).count()
}

fn ends(scene: &Scene) -> Vec<(UserId, TransferEnd)> {
    let events = scene.bench.outputs.iter().filter_map(|output| match output {
        Output::Event(LiveEvent::Transferred { user, end, .. }) => Some((*user, *end)),
        _ => None,
    });
    events.collect()
}

fn calls(scene: &Scene) -> Vec<CallId> {
    scene.bench.core.calls.calls.keys().copied().collect()
}

#[track_caller]
fn assert_nothing_left(scene: &Scene) {
    let figures = scene.bench.core.figures();
    assert_eq!((figures.calls, figures.legs), (0, 0));
}

/// Anna connects what she has in one dialog with the other one; both of hers are hung up, and she is told.
#[track_caller]
fn connects(scene: &mut Scene, within: &mut Dialog, other: &Dialog) {
    let sent = scene.within(within, "REFER", &refer_to(&named(other)), "");
    assert_eq!(count(&sent, "SIP/2.0 202"), 1, "{sent:?}");
    let notified = sent.iter().filter(|message| message.starts_with("NOTIFY"));
    let told: Vec<&str> = notified
        .filter_map(|message| message.split("\r\n\r\n").nth(1))
        .map(str::trim)
        .collect();
    assert_eq!(told, ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]);
    assert_eq!(count(&sent, "BYE"), 2, "{sent:?}");
    assert_eq!(ends(scene), [(ANNA, TransferEnd::Connected)]);
    assert_eq!(scene.bench.core.figures().legs, 2);
}

/// One of the two who are left hangs up, and so is the other one.
#[track_caller]
fn ends_for_both(scene: &mut Scene, one: &mut Dialog) {
    let sent = scene.within(one, "BYE", "", "");
    assert_eq!(count(&sent, "BYE"), 1, "{sent:?}");
    assert_nothing_left(scene);
}

#[test]
fn the_world_is_connected_with_a_colleague() {
    let mut scene = Scene::of(company());
    let (mut world, mut anna) = scene.answer_the_world("4989123450101", wss(2));
    let (second, _ben) = talk(&mut scene, "102", wss(3));
    connects(&mut scene, &mut anna, &second);
    ends_for_both(&mut scene, &mut world);
}

#[test]
fn a_colleague_is_connected_with_the_world() {
    let mut scene = Scene::of(company());
    let (mut anna, mut ben) = talk(&mut scene, "102", wss(3));
    let (second, _world) = talk(&mut scene, CHEAP, provider(FIRST));
    connects(&mut scene, &mut anna, &second);
    ends_for_both(&mut scene, &mut ben);
}

#[test]
fn the_world_is_connected_with_the_world() {
    let mut scene = Scene::of(company());
    let (mut caller, mut anna) = scene.answer_the_world("4989123450101", wss(2));
    let (second, _called) = talk(&mut scene, CHEAP, provider(FIRST));
    connects(&mut scene, &mut anna, &second);
    ends_for_both(&mut scene, &mut caller);
}

/// The world has called Anna, who calls the world, where it rings: both sides of the first call, our INVITE, and how Anna's phone names it.
fn while_it_rings() -> (Scene, Dialog, Dialog, String, String) {
    let mut scene = Scene::of(company());
    let (world, anna) = scene.answer_the_world("4989123450101", wss(2));
    scene.bench.invite(wss(2), ANNAS.1, CHEAP);
    let invite = invite_among(&scene.settle());
    scene.respond(FIRST, &invite, "180 Ringing", "Contact: <sip:p@10.0.0.101>\r\n", "");
    let rings = scene
        .settle()
        .into_iter()
        .find(|message| message.starts_with("SIP/2.0 180"))
        .unwrap();
    let field = |name| header(&rings, name).unwrap();
    let named = format!("{};to-tag={};from-tag={}", field("Call-ID"), tag(field("To")), tag(field("From")));
    (scene, world, anna, invite, named)
}

#[test]
fn the_world_waits_for_the_world_to_answer() {
    let (mut scene, mut world, mut anna, invite, named) = while_it_rings();
    let sent = scene.within(&mut anna, "REFER", &refer_to(&named), "");
    assert_eq!(
        (count(&sent, "SIP/2.0 202"), count(&sent, "SIP/2.0 487"), count(&sent, "BYE")),
        (1, 1, 0),
        "{sent:?}"
    );
    assert_eq!(ends(&scene), []);
    let lines = "Contact: <sip:p@10.0.0.101>\r\n";
    scene.respond(FIRST, &invite, "200 OK", lines, "v=0\r\n");
    let sent = scene.settle();
    assert_eq!(count(&sent, "BYE"), 1, "Anna is let go: {sent:?}");
    assert_eq!(ends(&scene), [(ANNA, TransferEnd::Connected)]);
    ends_for_both(&mut scene, &mut world);
}

#[test]
fn a_number_that_is_busy_leaves_the_world_with_who_wanted_to_hand_it_over() {
    let (mut scene, mut world, mut anna, invite, named) = while_it_rings();
    scene.within(&mut anna, "REFER", &refer_to(&named), "");
    scene.respond(FIRST, &invite, "486 Busy Here", "", "");
    let sent = scene.settle();
    assert!(
        sent.iter()
            .any(|message| message.starts_with("NOTIFY") && message.contains("SIP/2.0 486 busy")),
        "{sent:?}"
    );
    assert_eq!(ends(&scene), [(ANNA, TransferEnd::Busy)]);
    ends_for_both(&mut scene, &mut world);
}

#[test]
fn the_world_that_is_handed_over_while_it_rings_comes_back_to_who_has_left() {
    let (mut scene, _world, mut anna, invite, named) = while_it_rings();
    scene.within(&mut anna, "REFER", &refer_to(&named), "");
    scene.within(&mut anna, "BYE", "", "");
    scene.respond(FIRST, &invite, "486 Busy Here", "", "");
    let again = invite_among(&scene.settle());
    assert!(again.starts_with("INVITE sip:101-web@10.0.0.2"), "{again}");
    assert!(
        header(&again, "From").is_some_and(|from| from.starts_with("\"Returned from +4930556677: ")),
        "{again}"
    );
    let mut anna = scene.accept(wss(2), &again);
    scene.settle();
    assert_eq!(ends(&scene), [(ANNA, TransferEnd::Busy)], "once");
    ends_for_both(&mut scene, &mut anna);
}

#[test]
fn nobody_outside_connects_anything() {
    let mut scene = Scene::of(company());
    let (mut world, anna) = scene.answer_the_world("4989123450101", wss(2));
    let (second, _ben) = talk(&mut scene, "102", wss(3));
    for other in [&anna, &second] {
        let sent = scene.within(&mut world, "REFER", &refer_to(&named(other)), "");
        assert_eq!(count(&sent, "SIP/2.0 403"), 1, "{sent:?}");
        let lines = format!(
            "Contact: <sip:p@10.0.0.101>\r\nReplaces: {}\r\nContent-Type: application/sdp\r\n",
            named(other)
        );
        let uri = "sip:4989123450101@10.0.0.1";
        scene.bench.request(provider(FIRST), "INVITE", uri, "4930777777", &lines, "v=0\r\n");
        let sent = scene.settle();
        assert_eq!(count(&sent, "SIP/2.0 481"), 1, "{sent:?}");
    }
    assert_eq!(calls(&scene).len(), 2);
}

#[test]
fn somebody_elses_call_is_not_connected_with_ones_own() {
    let mut scene = Scene::of(company());
    let (_world, annas) = scene.answer_the_world("4989123450101", wss(2));
    let (_, mut ben) = talk(&mut scene, "102", wss(3));
    let sent = scene.within(&mut ben, "REFER", &refer_to(&named(&annas)), "");
    assert_eq!(count(&sent, "SIP/2.0 403"), 1, "{sent:?}");
    assert_eq!((calls(&scene).len(), ends(&scene)), (2, Vec::new()));
}

#[test]
fn a_costly_call_stays_costly_in_whatever_call_it_goes_on() {
    for is_costly_first in [true, false] {
        let mut company = company();
        company.users[0].calling.classes = Classes::ALL;
        company.plan.as_mut().unwrap().limits.costly_calls_max = 1;
        let mut scene = Scene::of(company);
        let (_, _world) = talk(&mut scene, DEAR, provider(FIRST));
        let (_, mut ben) = talk(&mut scene, "102", wss(3));
        let [costly, cheap] = calls(&scene)[..] else { panic!("two calls") };
        let (call, with) = if is_costly_first { (costly, cheap) } else { (cheap, costly) };
        assert_eq!(scene.control(ANNA, Action::Connect { call, with }), Ok(Some(call)));
        scene.settle();
        assert_eq!(calls(&scene), [call]);
        scene.bench.invite(wss(2), ANNAS.1, DEAR);
        assert_eq!(scene.carried(), [""; 0], "one at once");
        scene.bench.outputs.clear();
        scene.within(&mut ben, "BYE", "", "");
        scene.bench.invite(wss(2), ANNAS.1, DEAR);
        assert_eq!(scene.carried().len(), 1, "the other one is over");
    }
}

/// Anna may call anything, and so many costly calls may run at once.
fn costly_calls(costly_calls_max: u16) -> Scene {
    let mut company = company();
    company.users[0].calling.classes = Classes::ALL;
    company.plan.as_mut().unwrap().limits.costly_calls_max = costly_calls_max;
    Scene::of(company)
}

/// Whether Anna may begin another costly call now.
fn may_begin_another(scene: &mut Scene) -> bool {
    scene.bench.outputs.clear();
    scene.bench.invite(wss(2), ANNAS.1, DEAR);
    !scene.carried().is_empty()
}

#[test]
fn a_costly_call_stays_costly_when_it_is_handed_over_to_a_phone_that_rings() {
    let mut scene = costly_calls(1);
    let (_, mut world) = talk(&mut scene, DEAR, provider(FIRST));
    scene.bench.invite(wss(2), ANNAS.1, "102");
    let invite = invite_among(&scene.settle());
    let [costly, rings] = calls(&scene)[..] else { panic!("two calls") };
    let connect = Action::Connect { call: costly, with: rings };
    assert_eq!(scene.control(ANNA, connect), Ok(Some(rings)));
    scene.settle();
    scene.accept(wss(3), &invite);
    scene.settle();
    assert_eq!(calls(&scene), [rings]);
    assert!(!may_begin_another(&mut scene), "the world talks to Ben");
    scene.within(&mut world, "BYE", "", "");
    assert!(may_begin_another(&mut scene));
}

#[test]
fn two_costly_calls_stay_costly_when_who_has_brought_them_together_leaves() {
    let mut scene = costly_calls(2);
    let (mut anna, mut world) = talk(&mut scene, DEAR, provider(FIRST));
    let [call] = calls(&scene)[..] else { panic!("one call") };
    let number = "00431234568".to_owned();
    assert_eq!(scene.control(ANNA, Action::Invite { call, number }), Ok(Some(call)));
    let invite = invite_among(&scene.settle());
    scene.accept(provider(FIRST), &invite);
    scene.settle();
    scene.within(&mut anna, "BYE", "", "");
    assert_eq!(scene.bench.core.figures().legs, 2, "the world talks to the world");
    assert!(!may_begin_another(&mut scene));
    scene.within(&mut world, "BYE", "", "");
    assert!(may_begin_another(&mut scene));
}

#[test]
fn a_costly_call_stays_costly_when_it_cannot_be_handed_on_without_a_trunk() {
    let mut company = company();
    company.users[0].calling.classes = Classes::ALL;
    company.plan.as_mut().unwrap().routes[0].trunks = vec![FIRST];
    let mut scene = Scene::of(company);
    let (mut anna, _world) = talk(&mut scene, DEAR, provider(FIRST));
    scene.bench.after(std::time::Duration::from_secs(200));
    let renewal = scene.sent("REGISTER sip:one");
    scene.respond(FIRST, &renewal, "403 Forbidden", "", "");
    let [call] = calls(&scene)[..] else { panic!("one call") };
    scene.within(&mut anna, "REFER", "Refer-To: <sip:00431234568@farend>\r\n", "");
    assert_eq!(scene.bench.core.guard.counted(call), 1);
}

#[test]
fn a_teams_call_is_on_its_line_in_whatever_call_it_goes_on() {
    for is_teams_first in [true, false] {
        let member = |user| Member {
            kind: MemberKind::Person(user),
            rings: true,
        };
        let mut company = company();
        company.teams = vec![Team {
            id: TeamId(1),
            name: "Sales".to_owned(),
            extension: "200".to_owned(),
            has_line: true,
            order: Order::All,
            members: vec![member(ANNA), member(BEN)],
            busy_when: BusyWhen::All,
            overflow: None,
            night: None,
        }];
        let mut scene = Scene::of(company);
        let (mut world, _) = scene.answer_the_world("4989123450101", wss(2));
        let (_, _ben) = talk(&mut scene, "102", wss(3));
        let [teams, inside] = calls(&scene)[..] else { panic!("two calls") };
        scene.bench.core.calls.calls.get_mut(&teams).unwrap().team = Some(TeamId(1));
        let (call, with) = if is_teams_first { (teams, inside) } else { (inside, teams) };
        assert_eq!(scene.control(ANNA, Action::Connect { call, with }), Ok(Some(call)));
        let line = |scene: &Scene| {
            let told = scene.bench.outputs.iter().rev().find_map(|output| match output {
                Output::Event(LiveEvent::TeamLine { calls, .. }) => Some(calls.iter().map(|on| (on.call, on.by)).collect::<Vec<_>>()),
                _ => None,
            });
            told.unwrap_or_default()
        };
        assert_eq!(line(&scene), [(call, Some(BEN))], "teams first: {is_teams_first}");
        scene.within(&mut world, "BYE", "", "");
        assert_eq!(line(&scene), []);
    }
}
