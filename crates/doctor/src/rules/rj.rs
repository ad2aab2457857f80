//! R-j: the NAT where somebody is.
//!
//! Asks for: a check's candidates ([`super::gathering`]), its audio by each way, and how the person's last call went; and packets of calls
//! that get lost on the way from or to somebody.
//!
//! * Two ports of one public address from one base: symmetric; high where the base is known.
//! * The same port for all servers that were asked, and yet UDP fails on the way to an office whose router we know to be no hindrance: symmetric
//!   towards further destinations, or a firewall that lets out only some; low.
//! * Nothing from two servers or more, by a gathering that was waited for: UDP is blocked. A dead server looks the same, so that only
//!   servers count that we see alive ourselves; high when UDP has failed on the way to us, too.
//! * Neither TCP nor TLS nor UDP: no way. Nothing follows while one of them was not tried.
//!
//! In the office, and through a tunnel, media crosses no NAT: there UDP is called blocked only when it has failed by itself while TCP
//! works. What adapters of a VPN see counts only where there are no others. Concludes nothing without a check, except from calls.

mod call;

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::gathering::{self, HomeNat};
use super::stun::{self, Fate};
use super::{LOOK_FRESH_MS, is_fresh, line, note_if, place, rg};
use crate::evidence::{
    Candidate, CandidateKind, Check, Evidence, Gathering, Locality, MediaWay, Outcome, Protocol, UserNetwork, Way, WayTest,
};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

/// A way on which that much is lost carries nothing.
const LOST_PERCENT: f32 = 99.0;

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let checked = evidence
        .networks
        .iter()
        .filter_map(|network| Some((network, network.check.as_ref()?)));
    let fresh = checked.filter(|(_, check)| is_fresh(evidence, check.at, LOOK_FRESH_MS));
    let mut findings: Vec<Finding> = fresh.filter_map(|(network, check)| home(evidence, network, check)).collect();
    findings.extend(call::findings(evidence));
    findings
}

fn home(evidence: &Evidence, network: &UserNetwork, check: &Check) -> Option<Finding> {
    let works = |way| carries(check, way);
    let was_tried = |way| check.ways.iter().any(|test| test.way == way);
    let udp_fails = works(Way::Udp) == Some(false);
    if works(Way::Tcp) == Some(false) && works(Way::Tls) == Some(false) && (udp_fails || !was_tried(Way::Udp)) {
        let confidence = if udp_fails { Confidence::High } else { Confidence::Medium };
        let finding = Finding::new(
            Fault::RjNoWay,
            Subject::network(network),
            Severity::Problem,
            Culprit::HomeRouter,
            confidence,
        );
        return Some(named(finding, network));
    }
    match network.locality {
        Locality::Unknown | Locality::Internet => symmetric(network, check)
            .or_else(|| blocked(evidence, network, check))
            .or_else(|| symmetric_further_on(evidence, network, check)),
        Locality::Lan | Locality::Vpn | Locality::Hairpin => blocked_inside(network, check),
    }
}

/// Whether audio has come through by this way; `None`: it was not tried, or cannot be told.
fn carries(check: &Check, way: Way) -> Option<bool> {
    let test: &WayTest = check.ways.iter().find(|test| test.way == way)?;
    match test.echo {
        _ if !test.is_connected => Some(false),
        // Packets do go there and back: that the tone was not found again is no fault of the network.
        Some(echo) if !echo.is_heard => (echo.loss_there_percent.max(echo.loss_back_percent) >= LOST_PERCENT).then_some(false),
        Some(_) => Some(true),
        None => None,
    }
}

/// Whether something shows that this person's calls have audio.
fn has_audio(network: &UserNetwork, check: &Check) -> bool {
    let by_check = [Way::Udp, Way::Tcp, Way::Tls]
        .into_iter()
        .any(|way| carries(check, way) == Some(true));
    by_check || matches!(network.way, Some(MediaWay::Tcp | MediaWay::Relay))
}

fn symmetric(network: &UserNetwork, check: &Check) -> Option<Finding> {
    let gathering = check.gathering.as_ref()?;
    let nats = gathering::judge(gathering);
    // Adapters of a VPN count where media has no other.
    let has_other = nats.iter().any(|nat| !nat.is_vpn);
    let is_mine = |nat: &&HomeNat| nat.outcome == Outcome::Symmetric && nat.is_vpn != has_other;
    let nat = nats.iter().filter(is_mine).max_by_key(|nat| nat.confidence)?;
    let finding = Finding::new(
        Fault::RjSymmetric,
        Subject::network(network),
        note_if(has_audio(network, check)),
        Culprit::HomeRouter,
        nat.confidence,
    );
    let ports: BTreeSet<u16> = nat.ports.iter().copied().collect();
    let finding = finding.with(What::MappedPorts, rg::list(&ports), Some(check.at)).with_known(
        What::StunAddress,
        nat.public_addresses.first(),
        Some(check.at),
    );
    Some(with_way(with_vpn(named(finding, network), gathering, check), check))
}

/// A router that treats a few destinations alike, and further ones not: the trap in a test with two servers.
fn symmetric_further_on(evidence: &Evidence, network: &UserNetwork, check: &Check) -> Option<Finding> {
    let gathering = check.gathering.as_ref()?;
    let nats = gathering::judge(gathering);
    let looks_normal = |nat: &&HomeNat| nat.outcome == Outcome::NotSymmetric && !nat.is_vpn && !nat.is_ipv6;
    let nat = nats.iter().find(looks_normal)?;
    let by_stream = [Way::Tcp, Way::Tls].into_iter().any(|way| carries(check, way) == Some(true));
    let is_lost = carries(check, Way::Udp) == Some(false) && by_stream;
    // A call that went by UDP shows that it can.
    if !is_lost || network.way == Some(MediaWay::Udp) || !is_open_office(evidence) {
        return None;
    }
    let finding = Finding::new(
        Fault::RjSymmetric,
        Subject::network(network),
        note_if(has_audio(network, check)),
        Culprit::HomeRouter,
        Confidence::Low,
    );
    let finding = finding.with_known(What::StunAddress, nat.public_addresses.first(), Some(check.at));
    Some(with_way(named(finding, network), check))
}

/// Whether UDP from an ordinary home finds its way to the office: its router is no symmetric one, and STUN goes by the one at which people come in.
fn is_open_office(evidence: &Evidence) -> bool {
    let mut nats = evidence.server.nat.iter().filter(|nat| !nat.is_ipv6);
    let is_cone = nats.any(|nat| nat.outcome == Outcome::NotSymmetric && nat.confidence >= Confidence::Medium);
    let servers = stun::servers(evidence);
    let entrances = place::entrances(evidence);
    let is_entrance = |seen: IpAddr| entrances.is_empty() || entrances.contains(&seen);
    is_cone && stun::publics(&servers, None).any(|(_, seen)| is_entrance(seen))
}

fn blocked(evidence: &Evidence, network: &UserNetwork, check: &Check) -> Option<Finding> {
    let gathering = check.gathering.as_ref()?;
    let nats = gathering::judge(gathering);
    let nat = nats.iter().find(|nat| nat.outcome == Outcome::UdpBlocked)?;
    let udp = carries(check, Way::Udp);
    // A call that went by UDP outweighs what was not heard, unless UDP has just failed again.
    let has_called = network.way == Some(MediaWay::Udp) && udp != Some(false);
    if udp == Some(true) || has_called {
        return None;
    }
    let confidence = match (alive(evidence, network, gathering), udp) {
        (Alive::No, _) => return None,
        (Alive::Yes, Some(false)) => Confidence::High,
        (Alive::Yes, Some(true) | None) => nat.confidence,
        (Alive::Maybe, Some(false)) => Confidence::Medium,
        (Alive::Maybe, Some(true) | None) => Confidence::Low,
    };
    let is_host = |candidate: &Candidate| candidate.kind == CandidateKind::Host && candidate.protocol == Protocol::Udp;
    let has_sockets = gathering.candidates.is_empty() || gathering.candidates.iter().any(is_host);
    // A browser without a single UDP candidate is not allowed to have any.
    let culprit = if has_sockets { Culprit::HomeRouter } else { Culprit::Computer };
    let finding = Finding::new(
        Fault::RjUdpBlocked,
        Subject::network(network),
        note_if(has_audio(network, check)),
        culprit,
        confidence,
    );
    let finding = finding.with(What::Count, gathering::servers(gathering).len(), Some(check.at));
    Some(with_way(with_vpn(named(finding, network), gathering, check), check))
}

/// Whether the servers that a browser has asked would have answered.
enum Alive {
    Yes,
    Maybe,
    No,
}

fn alive(evidence: &Evidence, network: &UserNetwork, gathering: &Gathering) -> Alive {
    let known = stun::servers(evidence);
    let mut is_alive = false;
    let mut unknown = 0;
    for asked in gathering::servers(gathering) {
        let state = known
            .iter()
            .find(|server| gathering::server_name(server.name).as_ref() == Some(&asked));
        match state.map(|server| server.fate) {
            Some(Fate::Answers) => is_alive = true,
            Some(Fate::Error | Fate::Silent | Fate::Refused | Fate::NoRoute | Fate::NoDns) => {}
            None if is_own(network, &asked) => is_alive |= own_probes_answer(evidence),
            Some(Fate::Open) | None => unknown += 1,
        }
    }
    match (is_alive, unknown) {
        (true, _) => Alive::Yes,
        (false, gathering::SERVERS_MIN..) => Alive::Maybe,
        (false, _) => Alive::No,
    }
}

/// Whether a server that a browser has asked is one of our own probes, which answer by the page's host.
fn is_own(network: &UserNetwork, asked: &str) -> bool {
    let host = asked.rsplit_once(':').map(|(host, _)| host);
    host.is_some_and(|host| host.eq_ignore_ascii_case(&network.page_host))
}

/// Whether our own probes answer people outside: where somebody else has had an answer. As a rule they do not, since TCP alone is forwarded.
fn own_probes_answer(evidence: &Evidence) -> bool {
    let answers = |other: &UserNetwork| {
        let gathering = other.check.as_ref().and_then(|check| check.gathering.as_ref());
        let mut candidates = gathering.into_iter().flat_map(|gathering| &gathering.candidates);
        let is_outside = matches!(other.locality, Locality::Internet | Locality::Unknown);
        is_outside
            && candidates.any(|candidate| {
                candidate
                    .server
                    .as_deref()
                    .and_then(gathering::server_name)
                    .is_some_and(|name| is_own(other, &name))
            })
    };
    evidence.networks.iter().any(answers)
}

fn blocked_inside(network: &UserNetwork, check: &Check) -> Option<Finding> {
    let by_stream = [Way::Tcp, Way::Tls].into_iter().any(|way| carries(check, way) == Some(true));
    if carries(check, Way::Udp) != Some(false) || !by_stream {
        return None;
    }
    let finding = Finding::new(
        Fault::RjUdpBlocked,
        Subject::network(network),
        Severity::Note,
        Culprit::Firewall,
        Confidence::Medium,
    );
    Some(with_way(named(finding, network), check))
}

fn named(finding: Finding, network: &UserNetwork) -> Finding {
    finding.with_known(What::Person, Some(place::who(network)), None).with_known(
        What::PeerAddress,
        network.address.map(|ip| ip.to_canonical()),
        Some(network.seen_at),
    )
}

/// With a VPN, where there is one.
fn with_vpn(finding: Finding, gathering: &Gathering, check: &Check) -> Finding {
    let has_vpn = gathering
        .candidates
        .iter()
        .any(|candidate| candidate.network.as_deref() == Some("vpn"));
    finding.with_known(What::NetworkKind, has_vpn.then_some("vpn"), Some(check.at))
}

/// With the way that works.
fn with_way(finding: Finding, check: &Check) -> Finding {
    let way = [Way::Udp, Way::Tcp, Way::Tls]
        .into_iter()
        .find(|way| carries(check, *way) == Some(true));
    let test = way.and_then(|way| check.ways.iter().find(|test| test.way == way));
    let time = test.and_then(|test| test.echo).map(|echo| format!("{:.0} ms", echo.round_trip_ms));
    finding
        .with_known(What::Way, way.map(line::way_code), Some(check.at))
        .with_known(What::Time, time, Some(check.at))
}
