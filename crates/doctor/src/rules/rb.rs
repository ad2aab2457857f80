//! R-b: web clients come by the LAN.
//!
//! Asks for: by which of our addresses browsers have come, and what those interfaces are for. Both are facts. Concludes nothing for a
//! server that has no LAN interface (one in a data centre has nothing else), nor for IPv6 addresses of a LAN, which are public as well.

use super::{LOOK_FRESH_MS, is_fresh, place};
use crate::evidence::{Arrivals, Evidence, Interface, InterfaceRole};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let interfaces = &evidence.server.interfaces;
    let has_lan = interfaces.iter().any(|interface| interface.role == InterfaceRole::Lan);
    let arrivals = evidence.server.arrivals.iter();
    let counted = arrivals.filter(|arrivals| arrivals.people > 0 && is_fresh(evidence, arrivals.at, LOOK_FRESH_MS));
    let by_wan: Vec<(&Arrivals, &Interface)> = counted.filter_map(|arrivals| Some((arrivals, wan(evidence, arrivals)?))).collect();
    if !has_lan || by_wan.is_empty() {
        return Vec::new();
    }
    let finding = Finding::new(
        Fault::RbWebOnWan,
        Subject::Server,
        Severity::Warning,
        Culprit::Configuration,
        Confidence::High,
    );
    vec![by_wan.into_iter().fold(finding, |finding, (arrivals, interface)| {
        finding
            .with(What::Interface, &interface.name, Some(arrivals.at))
            .with(What::LocalAddress, interface.address, Some(arrivals.at))
            .with(What::Count, arrivals.people, Some(arrivals.at))
    })]
}

fn wan<'a>(evidence: &'a Evidence, arrivals: &Arrivals) -> Option<&'a Interface> {
    let mut interfaces = evidence.server.interfaces.iter();
    interfaces.find(|interface| place::is_wan(evidence, interface) && interface.address.to_canonical() == arrivals.local.to_canonical())
}
