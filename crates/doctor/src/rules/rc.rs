//! R-c: only the one TCP port is forwarded.
//!
//! Asks for: strangers of the internet who have reached other ports. That they have is proof enough (high; a single one by UDP medium: a
//! provider may send from elsewhere). Concludes nothing for the one port, by TCP or UDP, nor from addresses of inside.

use super::{LOOK_FRESH_MS, is_fresh, place};
use crate::evidence::{Evidence, StrangerAt};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

/// So many different addresses are no mistake of one.
const SOURCES_SURE: u32 = 3;

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let server = &evidence.server;
    let counts = |stranger: &&StrangerAt| {
        let is_tcp = stranger.protocol.eq_ignore_ascii_case("tcp");
        let ours = if is_tcp { server.tcp_port } else { server.udp_port };
        let is_of_outside = stranger.sources > 0 && place::is_public(stranger.from);
        stranger.port != ours && is_of_outside && is_fresh(evidence, stranger.at, LOOK_FRESH_MS)
    };
    let strangers: Vec<&StrangerAt> = server.strangers.iter().filter(counts).collect();
    if strangers.is_empty() {
        return Vec::new();
    }
    let is_sure = |stranger: &&StrangerAt| stranger.sources >= SOURCES_SURE || stranger.protocol.eq_ignore_ascii_case("tcp");
    let confidence = if strangers.iter().any(is_sure) {
        Confidence::High
    } else {
        Confidence::Medium
    };
    // Nobody forwards to a server that is on the internet itself: its firewall has to stop them.
    let is_behind_router = !server.interfaces.iter().any(|interface| place::is_wan(evidence, interface));
    let culprit = if is_behind_router {
        Culprit::OfficeRouter
    } else {
        Culprit::Firewall
    };
    let finding = Finding::new(Fault::RcUnneededForward, Subject::Server, Severity::Warning, culprit, confidence);
    vec![strangers.into_iter().fold(finding, |finding, stranger| {
        let port = format!("{} {}", stranger.protocol.to_uppercase(), stranger.port);
        finding
            .with(What::Port, port, Some(stranger.at))
            .with(What::PeerAddress, stranger.from, Some(stranger.at))
            .with(What::Count, stranger.sources, Some(stranger.at))
    })]
}
