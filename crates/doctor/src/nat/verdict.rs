//! From evidence to verdict: a pure function. It says "unknown" rather than more than the evidence does.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use super::{Confidence, Count, Dependence, Destination, Evidence, FilterEvidence, Origin, Reach, Reason, Verdict};

/// A server that was asked less often than this has not been silent long enough.
const TRIES_MIN: u32 = 10;
/// Answers of which a destination's word is trusted.
const ANSWERS_MIN: u32 = 2;
/// So many destinations that see the same are enough to be sure.
const DESTINATIONS_SURE: usize = 3;

/// What follows from the evidence.
#[must_use]
pub fn verdict(evidence: &Evidence) -> Verdict {
    let answered: Vec<&Destination> = evidence.destinations.iter().filter(|d| d.count.answered > 0).collect();
    let reason = if answered.is_empty() {
        silence(&evidence.destinations)
    } else {
        seen(&answered)
    };
    let mapping = mapping(reason, &answered);
    let filtering = evidence.filter.as_ref().map_or(Dependence::Unknown, |filter| {
        let is_told = filter.is_proven || reason == Reason::SeenDifferently;
        if is_told {
            filtering(filter, evidence.control)
        } else {
            received(filter)
        }
    });
    let is_altered = answered.iter().any(|d| d.is_altered);
    let is_unproven = filtering != Dependence::Unknown && evidence.filter.as_ref().is_some_and(|filter| !filter.is_proven);
    let sure = confidence(reason, &answered);
    Verdict {
        reason,
        mapping,
        filtering,
        port_preserved: port_preserved(&answered),
        public_addresses: public_addresses(&answered),
        hairpin: hairpin(evidence, reason),
        confidence: if is_altered || is_unproven {
            sure.min(Confidence::Medium)
        } else {
            sure
        },
        is_altered,
    }
}

/// Nobody has answered.
fn silence(destinations: &[Destination]) -> Reason {
    let named = || destinations.iter().filter(|d| d.origin == Origin::Named);
    let with = |reach| named().any(move |d| d.reach == reach);
    let asked: Vec<&Destination> = named().filter(|d| d.reach != Reach::NoRoute).collect();
    let silent: BTreeSet<IpAddr> = asked
        .iter()
        .filter(|d| d.count.asked >= TRIES_MIN)
        .map(|d| d.address.ip())
        .collect();
    if named().next().is_none() {
        Reason::NobodyAsked
    } else if asked.is_empty() {
        Reason::NoRoute
    } else if with(Reach::Refused) {
        Reason::Refused
    } else if silent.len() >= 2 || (silent.len() == 1 && with(Reach::ByTcp)) {
        Reason::AllSilent {
            servers: silent.len(),
            by_tcp: with(Reach::ByTcp),
        }
    } else {
        Reason::OnlyServerSilent
    }
}

/// Somebody has answered.
fn seen(answered: &[&Destination]) -> Reason {
    let steady: Vec<&Destination> = answered.iter().filter(|d| d.public().is_some()).copied().collect();
    let publics: BTreeSet<_> = steady.iter().filter_map(|d| d.public()).collect();
    let addresses: BTreeSet<_> = publics.iter().map(std::net::SocketAddr::ip).collect();
    let hosts: BTreeSet<_> = steady.iter().map(|d| d.address.ip()).collect();
    if steady.is_empty() {
        Reason::Unsteady
    } else if differ_at_the_same_time(&steady) {
        Reason::SeenDifferently
    } else if addresses.len() > 1 {
        Reason::SeveralWays
    } else if publics.len() > 1 || steady.len() < answered.len() {
        Reason::Unsteady
    } else if steady.iter().all(|d| d.public() == d.local) {
        Reason::NoNat
    } else if hosts.len() >= 2 {
        Reason::SeenAlike {
            destinations: steady.len(),
        }
    } else if steady.len() >= 2 {
        Reason::OneHost
    } else {
        Reason::OneDestination
    }
}

/// Whether two destinations have seen different ports of one public address, each of them both before and after the other: so it
/// was not the router that has changed its mind in between.
fn differ_at_the_same_time(steady: &[&Destination]) -> bool {
    pairs(steady).any(|(a, b)| is_differing(a, b) && are_simultaneous(a, b))
}

fn is_differing(a: &Destination, b: &Destination) -> bool {
    match (a.public(), b.public()) {
        (Some(a), Some(b)) => a.ip() == b.ip() && a.port() != b.port(),
        (None, _) | (_, None) => false,
    }
}

fn are_simultaneous(a: &Destination, b: &Destination) -> bool {
    let span = |d: &Destination| d.answered_at.unwrap_or((Duration::ZERO, Duration::ZERO));
    let ((a_first, a_last), (b_first, b_last)) = (span(a), span(b));
    let is_long = |d: &Destination| d.count.answered >= ANSWERS_MIN;
    is_long(a) && is_long(b) && a_first <= b_last && b_first <= a_last
}

fn pairs<'d, 'a>(destinations: &'a [&'d Destination]) -> impl Iterator<Item = (&'d Destination, &'d Destination)> + use<'d, 'a> {
    let numbered = destinations.iter().enumerate();
    numbered.flat_map(|(index, a)| destinations[index + 1..].iter().map(|b| (*a, *b)))
}

fn mapping(reason: Reason, answered: &[&Destination]) -> Dependence {
    match reason {
        Reason::NoNat | Reason::SeenAlike { .. } => Dependence::EndpointIndependent,
        Reason::SeenDifferently => dependence(answered),
        Reason::NobodyAsked
        | Reason::NoRoute
        | Reason::AllSilent { .. }
        | Reason::OnlyServerSilent
        | Reason::Refused
        | Reason::OneDestination
        | Reason::OneHost
        | Reason::SeveralWays
        | Reason::Unsteady => Dependence::Unknown,
    }
}

/// On what the mapping of a symmetric NAT depends: two ports of one host tell.
fn dependence(answered: &[&Destination]) -> Dependence {
    let is_same_host = |(a, b): &(&Destination, &Destination)| a.address.ip() == b.address.ip();
    let is_alike = |(a, b): (&Destination, &Destination)| a.public().is_some() && a.public() == b.public();
    let mut same_host = pairs(answered).filter(is_same_host).peekable();
    if same_host.peek().is_none() {
        return Dependence::Unknown;
    }
    let mut other_hosts = pairs(answered).filter(|pair| !is_same_host(pair));
    if pairs(answered).any(|(a, b)| is_same_host(&(a, b)) && is_differing(a, b) && are_simultaneous(a, b)) {
        Dependence::AddressAndPortDependent
    } else if same_host.all(is_alike) && other_hosts.all(|(a, b)| is_differing(a, b)) {
        Dependence::AddressDependent
    } else {
        Dependence::Unknown
    }
}

/// What got in says something; what did not does, too, if the server really sent it and the way is good.
fn filtering(filter: &FilterEvidence, control: Count) -> Dependence {
    match received(filter) {
        Dependence::Unknown if filter.is_ignored => Dependence::Unknown,
        Dependence::Unknown if filter.other_port.is_silent(control) => Dependence::AddressAndPortDependent,
        Dependence::Unknown if filter.other_port.answered > 0 && filter.other_address.is_silent(control) => Dependence::AddressDependent,
        received @ (Dependence::EndpointIndependent
        | Dependence::AddressDependent
        | Dependence::AddressAndPortDependent
        | Dependence::Unknown) => received,
    }
}

/// What got in, alone.
fn received(filter: &FilterEvidence) -> Dependence {
    if filter.other_address.answered > 0 {
        Dependence::EndpointIndependent
    } else {
        Dependence::Unknown
    }
}

fn port_preserved(answered: &[&Destination]) -> Option<bool> {
    let is_kept = |d: &&Destination| {
        d.local
            .is_some_and(|local| d.publics.iter().all(|public| public.port() == local.port()))
    };
    (!answered.is_empty()).then(|| answered.iter().all(is_kept))
}

fn public_addresses(answered: &[&Destination]) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    for public in answered.iter().flat_map(|d| &d.publics) {
        if !addresses.contains(&public.ip()) {
            addresses.push(public.ip());
        }
    }
    addresses
}

fn hairpin(evidence: &Evidence, reason: Reason) -> Option<bool> {
    if evidence.hairpin.answered > 0 {
        return Some(true);
    }
    // To a symmetric NAT's other mappings a neighbour has no way, whatever it does with its own address.
    let could = matches!(reason, Reason::SeenAlike { .. });
    (could && evidence.hairpin.is_silent(evidence.control)).then_some(false)
}

fn confidence(reason: Reason, answered: &[&Destination]) -> Confidence {
    let is_thin = answered.iter().any(|d| d.count.answered < ANSWERS_MIN);
    let thin_or_sure = if is_thin { Confidence::Medium } else { Confidence::High };
    match reason {
        Reason::AllSilent {
            servers: 2..,
            by_tcp: true,
        }
        | Reason::NoNat
        | Reason::SeenDifferently => thin_or_sure,
        Reason::SeenAlike { destinations } if destinations >= DESTINATIONS_SURE => thin_or_sure,
        Reason::SeenAlike { .. } => Confidence::Medium,
        // Some firewalls answer TCP in the name of hosts that are down.
        Reason::AllSilent { .. }
        | Reason::NobodyAsked
        | Reason::NoRoute
        | Reason::OnlyServerSilent
        | Reason::Refused
        | Reason::OneDestination
        | Reason::OneHost
        | Reason::SeveralWays
        | Reason::Unsteady => Confidence::Low,
    }
}

#[cfg(test)]
mod tests;
