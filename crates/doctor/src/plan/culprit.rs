//! Which nodes and edges are red.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use super::build::{INTERNET, MORE_NETWORKS, PHONES, SERVER, latest_of, node_of, node_of_phone, stun_id};
use super::{Edge, Node, NodeKind};
use crate::evidence::{Evidence, StunState};
use crate::finding::{Culprit, Finding, Subject, What};

pub(super) fn mark(evidence: &Evidence, findings: &[Finding], nodes: &mut [Node], edges: &mut [Edge]) {
    let mut red = BTreeSet::new();
    for finding in findings {
        for id in culprits(evidence, finding, nodes) {
            // Who is not drawn stands in the rest.
            let is_drawn = nodes.iter().any(|node| node.id == id);
            red.insert(if is_drawn || !id.starts_with("network-") {
                id
            } else {
                MORE_NETWORKS.to_owned()
            });
        }
    }
    for node in nodes.iter_mut() {
        node.is_culprit = red.contains(&node.id);
    }
    // The server has ways to everybody, and not all of them are bad when it is.
    let is_red = |id: &String| id != SERVER && red.contains(id);
    for edge in edges.iter_mut() {
        edge.is_culprit = is_red(&edge.from) || is_red(&edge.to);
    }
}

fn culprits(evidence: &Evidence, finding: &Finding, nodes: &[Node]) -> Vec<String> {
    match finding.culprit {
        Culprit::OfficeRouter => router(finding, nodes).into_iter().collect(),
        Culprit::Firewall => match place(evidence, &finding.subject) {
            Some(place) => vec![place],
            None => router(finding, nodes).into_iter().collect(),
        },
        Culprit::Provider => trunk(finding).into_iter().collect(),
        Culprit::StunServer => stun_servers(evidence, finding),
        Culprit::HomeRouter | Culprit::Computer | Culprit::Headset => place(evidence, &finding.subject).into_iter().collect(),
        Culprit::DeskPhone => vec![place(evidence, &finding.subject).unwrap_or_else(|| PHONES.to_owned())],
        Culprit::Configuration => vec![SERVER.to_owned()],
        Culprit::Nobody | Culprit::Unknown => Vec::new(),
    }
}

/// The router that a finding's addresses name, those of STUN servers and providers before that of the page; the first one otherwise.
fn router(finding: &Finding, nodes: &[Node]) -> Option<String> {
    let routers: Vec<&Node> = nodes.iter().filter(|node| node.kind == NodeKind::Router).collect();
    let named = [What::StunAddress, What::ReceivedAddress, What::MediaAddress, What::PageAddress]
        .into_iter()
        .find_map(|what| {
            let values = finding.evidence.iter().filter(|fact| fact.what == what);
            let addresses: Vec<IpAddr> = values.flat_map(|fact| addresses(&fact.value)).collect();
            let is_named = |node: &&&Node| addresses.iter().any(|address| node.id == format!("router-{address}"));
            routers.iter().find(is_named).map(|node| node.id.clone())
        });
    named.or_else(|| routers.first().map(|node| node.id.clone()))
}

/// Addresses in a value, with ports or without.
fn addresses(value: &str) -> impl Iterator<Item = IpAddr> + '_ {
    let words = value.split([' ', ',', ';', '(', ')']);
    words.filter_map(|word| word.parse().ok().or_else(|| Some(word.parse::<SocketAddr>().ok()?.ip())))
}

fn trunk(finding: &Finding) -> Option<String> {
    let name = match &finding.subject {
        Subject::Trunk { name } => Some(name.as_str()),
        Subject::Server | Subject::Network { .. } | Subject::Person { .. } | Subject::Phone { .. } | Subject::Call { .. } => {
            finding.value(What::Trunk)
        }
    };
    name.map(|name| format!("trunk-{name}"))
}

/// The server that is named, a trunk's own, or else all that do not answer.
fn stun_servers(evidence: &Evidence, finding: &Finding) -> Vec<String> {
    let named = finding.value(What::StunServer);
    let trunk = match &finding.subject {
        Subject::Trunk { name } => Some(name.as_str()),
        Subject::Server | Subject::Network { .. } | Subject::Person { .. } | Subject::Phone { .. } | Subject::Call { .. } => None,
    };
    let servers = evidence.server.stun.servers.iter().filter(|server| match (named, trunk) {
        (_, Some(trunk)) => server.trunk.as_deref() == Some(trunk),
        (Some(named), None) => server.name == named,
        (None, None) => match server.state {
            StunState::Silent | StunState::Refused | StunState::Error { .. } | StunState::NoDns => true,
            StunState::Answering { .. } | StunState::Asking | StunState::NoRoute | StunState::Unused => false,
        },
    });
    servers.map(|server| stun_id(&server.name, server.trunk.as_deref())).collect()
}

/// Where whoever a finding is about is drawn; `None` for the server and for trunks.
fn place(evidence: &Evidence, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Server | Subject::Trunk { .. } => None,
        Subject::Network { extension, address } => {
            let is_it = |seen: IpAddr| seen.to_canonical().to_string() == *address;
            let mut theirs = evidence.networks.iter().filter(|network| network.extension == *extension);
            theirs.find(|network| network.address.is_some_and(is_it)).map(node_of)
        }
        Subject::Person { extension } => latest_of(evidence, extension),
        Subject::Phone { device } => evidence.phones.iter().find(|phone| phone.device == *device).map(node_of_phone),
        Subject::Call { id, leg } => {
            let call = evidence.calls.iter().find(|call| call.id == *id)?;
            let leg = call.legs.iter().find(|candidate| candidate.leg == *leg)?;
            leg.trunk
                .as_ref()
                .map(|trunk| format!("trunk-{trunk}"))
                .or_else(|| latest_of(evidence, &leg.party))
                .or_else(|| Some(INTERNET.to_owned()))
        }
    }
}
