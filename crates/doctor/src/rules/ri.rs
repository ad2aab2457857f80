//! R-i: a provider by another router does not work when it uses its own STUN.
//!
//! Asks for: what the provider's own STUN server sees, and what its SIP server does (`received`). Two addresses of one family mean two
//! routers: medium confidence, high when another server or a page knows the first of them as well. Concludes nothing while either is not
//! known, nor from a `received` that an ALG may have written. A provider by a second router whose STUN goes there, too, is as it should be.

use super::{place, stun};
use crate::evidence::{Evidence, Trunk};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    evidence.trunks.iter().filter_map(|trunk| elsewhere(evidence, trunk)).collect()
}

fn elsewhere(evidence: &Evidence, trunk: &Trunk) -> Option<Finding> {
    let received = trunk.received.filter(|ip| place::is_public(*ip))?.to_canonical();
    if trunk.is_rewritten == Some(true) {
        return None;
    }
    let servers = stun::servers(evidence);
    let mut own = stun::publics(&servers, Some(&trunk.name));
    let (server, seen) = own.find(|(_, seen)| place::is_same_family(*seen, received) && !place::is_same_site(*seen, received))?;
    let is_known = stun::publics(&servers, None).any(|(_, public)| place::is_same_site(public, seen))
        || place::entrances(evidence)
            .iter()
            .any(|entrance| place::is_same_site(*entrance, seen));
    let finding = Finding::new(
        Fault::RiOwnStunElsewhere,
        Subject::trunk(&trunk.name),
        Severity::Warning,
        Culprit::OfficeRouter,
        if is_known { Confidence::High } else { Confidence::Medium },
    );
    Some(
        finding
            .with(What::StunAddress, seen, server.since())
            .with(What::ReceivedAddress, received, Some(trunk.since))
            .with(What::StunServer, server.name, server.since())
            .with(What::Trunk, &trunk.name, None),
    )
}
