//! Numbers inside a block that lead elsewhere than the block says.

use super::dialogs::invite_among;
use super::trunks::{FIRST, SECOND, Scene, company, incoming, provider};
use super::*;
use crate::directory::{Inbound, Target};

fn entry(block: &str, target: Target, trunk: Option<model::TrunkId>) -> Inbound {
    let block = block.parse().unwrap();
    Inbound { trunk, block, target }
}

/// Anna's direct number, 101, is Ben's; a smaller block leads to other extensions.
fn with(exceptions: impl IntoIterator<Item = Inbound>) -> Scene {
    let mut company = company();
    company.users[1].calling = company.users[0].calling.clone();
    let plan = company.plan.as_mut().unwrap();
    plan.here = plan.here.clone().with_block(plan.inbound[0].block).unwrap();
    for exception in exceptions {
        plan.here = match &exception.target {
            Target::Extension => plan.here.clone().with_block(exception.block).unwrap(),
            Target::Number(number) => plan.here.clone().with_exception(exception.block, number).unwrap(),
        };
        plan.inbound.push(exception);
    }
    Scene::of(company)
}

fn bens(trunk: Option<model::TrunkId>) -> Inbound {
    entry("+4989123450101", Target::Number("102".to_owned()), trunk)
}

/// Whose phone rings when the world calls this number.
fn rings(scene: &mut Scene, trunk: model::TrunkId, number: &str) -> String {
    incoming(scene, provider(trunk), number);
    let invite = invite_among(&scene.settle());
    invite.split(['@', ' ']).nth(1).unwrap_or_default().to_owned()
}

/// The number that the world sees.
fn shown(scene: &mut Scene, (flow, user): (Flow, &str)) -> String {
    scene.bench.outputs.clear();
    scene.bench.invite(flow, user, "030556677");
    let invite = invite_among(&scene.settle());
    header(&invite, "P-Asserted-Identity").unwrap_or_default().to_owned()
}

#[test]
fn the_smaller_entry_counts_for_calls_from_outside() {
    let mut scene = with([bens(None)]);
    assert_eq!(rings(&mut scene, FIRST, "4989123450101"), "sip:102-web");
    let mut scene = with([
        entry("+49891234501(01-09)", Target::Number("102".to_owned()), None),
        entry("+4989123450101", Target::Number("101".to_owned()), None),
    ]);
    assert_eq!(
        rings(&mut scene, FIRST, "4989123450101"),
        "sip:101-web",
        "an exception inside an exception"
    );
    let mut scene = with([entry("+49891234501(01-09)", Target::Number("102".to_owned()), None)]);
    assert_eq!(rings(&mut scene, FIRST, "4989123450101"), "sip:102-web");
}

#[test]
fn an_exception_of_one_trunk_is_none_for_another_one() {
    let mut scene = with([bens(Some(SECOND))]);
    assert_eq!(rings(&mut scene, FIRST, "4989123450101"), "sip:101-web");
    let mut scene = with([bens(Some(SECOND))]);
    assert_eq!(rings(&mut scene, SECOND, "4989123450101"), "sip:102-web");
}

#[test]
fn nobody_shows_a_number_that_leads_to_somebody_else() {
    let account = "<sip:49891234500@one.example.com>";
    assert_eq!(shown(&mut with([]), (wss(2), "101-web")), "<sip:4989123450101@one.example.com>");
    for trunk in [None, Some(FIRST), Some(SECOND)] {
        assert_eq!(shown(&mut with([bens(trunk)]), (wss(2), "101-web")), account, "{trunk:?}");
    }
    let deeper = entry("+4989123450(101-101)", Target::Number("*43".to_owned()), None);
    assert_eq!(shown(&mut with([deeper]), (wss(2), "101-web")), account);
    // Ben has two that lead to him: that of the block, which is older, and the exception.
    assert_eq!(
        shown(&mut with([bens(None)]), (wss(3), "102-web")),
        "<sip:4989123450102@one.example.com>"
    );
}

#[test]
fn colleagues_who_dial_the_number_in_full_reach_whom_the_world_reaches() {
    let mut scene = with([bens(None)]);
    scene.bench.invite(wss(2), "101-web", "089123450101");
    let invite = invite_among(&scene.settle());
    assert!(invite.starts_with("INVITE sip:102-web@"), "{invite}");
}
