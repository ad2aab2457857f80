//! From evidence to nodes and edges.

mod outside;
mod routers;

pub(super) use outside::{latest_of, stun_id};

use super::words::{Words, counted};
use super::{Edge, Node, NodeKind};
use crate::evidence::{DeskPhone, Evidence, InterfaceRole, Locality, UserNetwork};
use crate::finding::Finding;

/// Names of a group that are listed.
const NAMES_MAX: usize = 5;
/// Interfaces of the server that are listed.
const INTERFACES_MAX: usize = 6;

pub(super) const SERVER: &str = "server";
pub(super) const INTERNET: &str = "internet";
pub(super) const PHONES: &str = "phones";
pub(super) const MORE_NETWORKS: &str = "networks-more";
const OFFICE: &str = "office";
const HAIRPIN: &str = "office-by-public-address";
const VPN: &str = "vpn";

pub(super) fn build(evidence: &Evidence, findings: &[Finding], words: &Words) -> (Vec<Node>, Vec<Edge>) {
    let mut sketch = Sketch {
        evidence,
        findings,
        words,
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    sketch.inside();
    sketch.server();
    sketch.routers();
    sketch.add(INTERNET, NodeKind::Internet, words.internet, Vec::new());
    sketch.stun_servers();
    sketch.trunks();
    sketch.networks();
    (sketch.nodes, sketch.edges)
}

/// The node in which a person's network is drawn.
pub(super) fn node_of(network: &UserNetwork) -> String {
    match network.locality {
        Locality::Lan => OFFICE.to_owned(),
        Locality::Vpn => VPN.to_owned(),
        Locality::Hairpin => HAIRPIN.to_owned(),
        Locality::Internet | Locality::Unknown => network_id(network.address.map(|address| address.to_canonical().to_string())),
    }
}

/// The node in which a desk phone is drawn.
pub(super) fn node_of_phone(phone: &DeskPhone) -> String {
    if phone.is_outside {
        network_id(phone.address.map(|address| address.to_canonical().to_string()))
    } else {
        PHONES.to_owned()
    }
}

fn network_id(address: Option<String>) -> String {
    format!("network-{}", address.unwrap_or_default())
}

/// A plan in the making.
struct Sketch<'a> {
    evidence: &'a Evidence,
    findings: &'a [Finding],
    words: &'a Words,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

impl Sketch<'_> {
    fn add(&mut self, id: impl Into<String>, kind: NodeKind, label: impl Into<String>, lines: Vec<String>) {
        let (id, label) = (id.into(), label.into());
        self.nodes.push(Node {
            id,
            kind,
            label,
            lines,
            is_culprit: false,
        });
    }

    fn join(&mut self, from: impl Into<String>, to: impl Into<String>, label: impl Into<String>) {
        let (from, to, label) = (from.into(), to.into(), label.into());
        self.edges.push(Edge {
            from,
            to,
            label,
            is_culprit: false,
        });
    }

    /// People and phones in the office, and those whose tunnels end there.
    fn inside(&mut self) {
        let words = self.words;
        for (locality, id, kind, label) in [
            (Locality::Lan, OFFICE, NodeKind::Office, words.office),
            (Locality::Hairpin, HAIRPIN, NodeKind::Office, words.office),
            (Locality::Vpn, VPN, NodeKind::Vpn, words.vpn),
        ] {
            let here: Vec<&UserNetwork> = self
                .evidence
                .networks
                .iter()
                .filter(|network| network.locality == locality)
                .collect();
            if here.is_empty() {
                continue;
            }
            let mut names: Vec<String> = here.iter().map(|network| who(network, words)).collect();
            names.sort();
            names.dedup();
            let mut lines = listed(&names, words);
            if locality == Locality::Hairpin {
                lines.insert(0, words.by_public_address.to_owned());
            }
            self.add(id, kind, format!("{label}: {}", names.len()), lines);
            self.join(id, SERVER, "");
        }
        let phones: Vec<&DeskPhone> = self.evidence.phones.iter().filter(|phone| !phone.is_outside).collect();
        if phones.is_empty() {
            return;
        }
        let off: Vec<&&DeskPhone> = phones.iter().filter(|phone| phone.transport.is_none()).collect();
        let mut lines = Vec::new();
        if !off.is_empty() {
            let names: Vec<String> = off.iter().map(|phone| phone.name.clone()).collect();
            lines.push(format!("{}: {}", words.phones_off, off.len()));
            lines.extend(listed(&names, words));
        }
        self.add(PHONES, NodeKind::Phones, format!("{}: {}", words.phones, phones.len()), lines);
        self.join(PHONES, SERVER, "");
    }

    fn server(&mut self) {
        let (server, words) = (&self.evidence.server, self.words);
        let real = || {
            server
                .interfaces
                .iter()
                .filter(|interface| interface.role != InterfaceRole::Virtual)
        };
        let mut lines: Vec<String> = server.public_host.iter().cloned().collect();
        if server.tcp_port != 0 {
            lines.push(format!("TCP {}", server.tcp_port));
        }
        for interface in real().take(INTERFACES_MAX) {
            lines.push(format!("{} {} ({})", interface.name, interface.address, words.role(interface.role)));
        }
        let count = real().count();
        if count > INTERFACES_MAX {
            lines.push(counted(words.more, count - INTERFACES_MAX));
        }
        if count == 0 {
            lines.push(words.nothing_yet.to_owned());
        }
        self.add(SERVER, NodeKind::Server, words.server, lines);
    }
}

/// "Anna (101)", or whatever of that is known.
fn who(network: &UserNetwork, words: &Words) -> String {
    match (network.name.as_str(), network.extension.as_str()) {
        ("", "") => words.guest.to_owned(),
        (name, "") => format!("{name} ({})", words.guest),
        ("", extension) => extension.to_owned(),
        (name, extension) => format!("{name} ({extension})"),
    }
}

/// The first of them, and how many more.
fn listed(names: &[String], words: &Words) -> Vec<String> {
    let mut lines: Vec<String> = names.iter().take(NAMES_MAX).cloned().collect();
    if names.len() > NAMES_MAX {
        lines.push(counted(words.more, names.len() - NAMES_MAX));
    }
    lines
}
