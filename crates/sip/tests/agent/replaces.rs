//! Which session a `Replaces` names, at every stage of a call.

use std::time::Duration;

use sip::agent::{DialogId, DialogStage};
use sip::message::Replaces;

use crate::world::{ANNA, BEN, Network, World, invite, sdp, udp};

const SECOND: Duration = Duration::from_secs(1);

/// The call, as its other side names it to one of the two.
fn named_to(world: &World, who: usize) -> Replaces {
    let responses = world
        .sent
        .iter()
        .filter(|(from, message)| *from == BEN && message.starts_with("SIP/2.0"));
    let response = &responses.last().unwrap().1;
    let field = |name: &str| response.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let tag = |name: &str| field(name).rsplit_once(";tag=").map(|(_, tag)| tag.to_owned()).unwrap_or_default();
    let (annas, bens) = (tag("From:"), tag("To:"));
    let (to_tag, from_tag) = if who == BEN { (bens, annas) } else { (annas, bens) };
    Replaces {
        call_id: field("Call-ID:"),
        to_tag,
        from_tag,
        early_only: false,
    }
}

#[track_caller]
fn assert_found(world: &World, who: usize, expected: (DialogId, DialogStage)) {
    let named = named_to(world, who);
    assert_eq!(world.agents[who].find(&named), Some(expected));
    let swapped = Replaces {
        to_tag: named.from_tag.clone(),
        from_tag: named.to_tag.clone(),
        ..named.clone()
    };
    let elsewhere = Replaces {
        call_id: "another".to_owned(),
        ..named.clone()
    };
    let untagged = Replaces {
        from_tag: "0".to_owned(),
        ..named
    };
    for other in [swapped, elsewhere, untagged] {
        assert_eq!(world.agents[who].find(&other), None, "{other:?}");
    }
}

#[test]
fn a_session_is_found_as_long_as_it_lives() {
    let mut world = World::new(1, Network::GOOD);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
    world.run(SECOND);
    assert_found(&world, BEN, (called, DialogStage::Called));
    assert_found(&world, ANNA, (caller, DialogStage::Calling));
    world.tell(BEN, |agent, now| agent.answer(called, sdp("answer"), Vec::new(), now));
    world.run(SECOND);
    assert_found(&world, BEN, (called, DialogStage::Confirmed));
    assert_found(&world, ANNA, (caller, DialogStage::Confirmed));
    let named = [ANNA, BEN].map(|who| named_to(&world, who));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    assert_eq!(
        world.agents[ANNA].find(&named[0]),
        None,
        "it has been hung up, although the BYE is under way"
    );
    world.run(SECOND);
    assert_eq!(world.agents[BEN].find(&named[1]), None);
    world.assert_nothing_left();
}

#[test]
fn what_is_no_tag_of_ours_finds_nothing() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    for tag in ["", "0", "zzzzzzzzzzzzzzzz", "+123456789abcdef", "ffffffffffffffffffffffff"] {
        let named = Replaces {
            to_tag: tag.to_owned(),
            ..named_to(&world, ANNA)
        };
        assert_eq!(world.agents[ANNA].find(&named), None, "{tag}");
    }
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}
