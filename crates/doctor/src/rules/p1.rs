//! P1: from the company's LAN, media stays on the LAN.
//!
//! Asks for: people whom the server sees at its own public address, so that they must have gone out by the router and come back in. That is
//! certain; that their media takes the same way is not (ICE may find the LAN), so it is a note of medium confidence. Concludes nothing for
//! people in the LAN, by whatever name.

use super::{LOOK_FRESH_MS, is_fresh, place};
use crate::evidence::{Evidence, Locality};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let networks = evidence.networks.iter();
    let mine = networks.filter(|network| network.locality == Locality::Hairpin && is_fresh(evidence, network.seen_at, LOOK_FRESH_MS));
    mine.map(|network| {
        Finding::new(
            Fault::P1LanByRouter,
            Subject::network(network),
            Severity::Note,
            Culprit::Configuration,
            Confidence::Medium,
        )
        .with_known(What::PageHost, Some(&network.page_host), Some(network.seen_at))
        .with_known(What::PeerAddress, network.address, Some(network.seen_at))
        .with_known(What::Person, Some(place::who(network)), None)
    })
    .collect()
}
