//! What is heard of calls.

use doctor::evidence::{Call, CallLeg, MediaWay, PeerKind, Stage, Trouble};

use super::super::company::*;

pub(super) fn call(company: &Company, talk: &Talk) -> Call {
    let legs = talk.sides.iter().map(|side| CallLeg {
        leg: side.leg,
        party: side.party.clone(),
        name: side.name.clone(),
        kind: side.kind,
        trunk: side.trunk.clone(),
        way: Some(match side.kind {
            PeerKind::Browser if company.seed.is_multiple_of(3) => MediaWay::Tcp,
            PeerKind::Browser => MediaWay::Udp,
            PeerKind::Phone | PeerKind::Trunk => MediaWay::Rtp,
        }),
        browser: side.browser,
    });
    let troubles = talk.losses.iter().map(|loss| Trouble {
        from_leg: talk.sides[loss.of].leg,
        to_leg: match loss.stage {
            Stage::NetworkOut | Stage::Output => Some(talk.sides[1 - loss.of].leg),
            Stage::Microphone
            | Stage::Sender
            | Stage::SilentAudio
            | Stage::NetworkIn
            | Stage::WrongAddress
            | Stage::Decryption
            | Stage::Decoding => None,
        },
        stage: loss.stage,
        since: loss.since,
        until: loss.until,
    });
    Call {
        id: talk.id,
        answered_at: talk.answered_at,
        ended_at: talk.ended_at,
        legs: legs.collect(),
        troubles: troubles.collect(),
    }
}
