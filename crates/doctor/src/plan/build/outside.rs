//! What is out on the internet: STUN servers, providers, and where people are.

use std::collections::BTreeMap;

use super::super::words::counted;
use super::super::{NETWORKS_MAX, NodeKind, SERVERS_MAX};
use super::{INTERNET, MORE_NETWORKS, Sketch, node_of, node_of_phone, who};
use crate::evidence::{Evidence, Locality, StunState, UnixMs};
use crate::finding::{Fault, Finding, Subject};

/// People and phones behind one address.
#[derive(Default)]
struct Home {
    names: Vec<String>,
    lines: Vec<String>,
    seen_at: UnixMs,
    /// Somebody there has a finding.
    is_hurt: bool,
}

impl Sketch<'_> {
    pub(super) fn stun_servers(&mut self) {
        let words = self.words;
        let mut servers: Vec<_> = self.evidence.server.stun.servers.iter().collect();
        // Those that do not answer are worth more room than those that do.
        servers.sort_by_key(|server| match server.state {
            StunState::Silent | StunState::Refused | StunState::Error { .. } | StunState::NoRoute | StunState::NoDns => 0,
            StunState::Answering { .. } | StunState::Asking => 1,
            StunState::Unused => 2,
        });
        for server in servers.iter().take(SERVERS_MAX) {
            let mut lines = vec![words.stun_state(server.state)];
            if let Some(trunk) = &server.trunk {
                lines.push(format!("{} {trunk}", words.stun_of));
            }
            lines.extend(server.address.map(|address| address.to_string()));
            let id = stun_id(&server.name, server.trunk.as_deref());
            if self.nodes.iter().any(|node| node.id == id) {
                continue;
            }
            self.add(id.clone(), NodeKind::StunServer, format!("STUN {}", server.name), lines);
            self.join(INTERNET, id, "");
        }
        self.rest("stun-more", NodeKind::StunServer, servers.len());
    }

    pub(super) fn trunks(&mut self) {
        let words = self.words;
        for trunk in self.evidence.trunks.iter().take(SERVERS_MAX) {
            let transport = if trunk.is_encrypted { "SIP, TLS" } else { "SIP" };
            let mut lines = vec![words.trunk_state(trunk.state).to_owned()];
            lines.extend(trunk.server.map(|server| format!("{server} ({transport})")));
            lines.extend(trunk.received.map(|received| format!("{} {received}", words.sees_us)));
            let id = format!("trunk-{}", trunk.name);
            self.add(id.clone(), NodeKind::Trunk, format!("{} {}", words.trunk, trunk.name), lines);
            self.join(INTERNET, id, "");
        }
        self.rest("trunks-more", NodeKind::Trunk, self.evidence.trunks.len());
    }

    fn rest(&mut self, id: &str, kind: NodeKind, count: usize) {
        if count > SERVERS_MAX {
            self.add(id, kind, counted(self.words.more, count - SERVERS_MAX), Vec::new());
            self.join(INTERNET, id, "");
        }
    }

    /// Where people are, one node for each address: first those with findings, then those seen last.
    pub(super) fn networks(&mut self) {
        let mut homes: Vec<(String, Home)> = self.homes().into_iter().collect();
        homes.sort_by(|(a_id, a), (b_id, b)| {
            let key = |home: &Home| (!home.is_hurt, std::cmp::Reverse(home.seen_at));
            key(a).cmp(&key(b)).then_with(|| a_id.cmp(b_id))
        });
        let more = homes.len().saturating_sub(NETWORKS_MAX);
        for (id, home) in homes.into_iter().take(NETWORKS_MAX) {
            self.add(id.clone(), NodeKind::Network, home.names.join(", "), home.lines);
            self.join(INTERNET, id, "");
        }
        if more > 0 {
            self.add(
                MORE_NETWORKS,
                NodeKind::Network,
                counted(self.words.more_networks, more),
                Vec::new(),
            );
            self.join(INTERNET, MORE_NETWORKS, "");
        }
    }

    fn homes(&self) -> BTreeMap<String, Home> {
        let words = self.words;
        let mut homes: BTreeMap<String, Home> = BTreeMap::new();
        let is_away = |locality| locality == Locality::Internet || locality == Locality::Unknown;
        for network in self.evidence.networks.iter().filter(|network| is_away(network.locality)) {
            let home = homes.entry(node_of(network)).or_default();
            let name = who(network, words);
            let address = network
                .address
                .map(|address| address.to_canonical().to_string())
                .unwrap_or_default();
            if home.lines.is_empty() && !address.is_empty() {
                home.lines.push(address.clone());
            }
            if !home.names.contains(&name) {
                home.names.push(name);
            }
            home.seen_at = home.seen_at.max(network.seen_at);
            let round_trip = network.round_trip_ms.map(|ms| format!("{ms:.0} ms"));
            let way: Vec<String> = network
                .way
                .map(|way| words.way(way).to_owned())
                .into_iter()
                .chain(round_trip)
                .collect();
            let lines = [Some(way.join(" · ")), self.kind_of_network(&network.extension, &address)];
            for line in lines.into_iter().flatten().filter(|line| !line.is_empty()) {
                if !home.lines.contains(&line) {
                    home.lines.push(line);
                }
            }
            home.is_hurt |= self.findings.iter().any(|finding| is_about(finding, &network.extension, &address));
        }
        for phone in self.evidence.phones.iter().filter(|phone| phone.is_outside) {
            let home = homes.entry(node_of_phone(phone)).or_default();
            if home.lines.is_empty() {
                home.lines.extend(phone.address.map(|address| address.to_canonical().to_string()));
            }
            let off = if phone.transport.is_none() {
                format!(", {}", words.phones_off)
            } else {
                String::new()
            };
            home.lines.push(format!("{} {}{off}", words.desk_phone, phone.name));
            if home.names.is_empty() {
                home.names.push(phone.name.clone());
            }
            let subject = Subject::Phone { device: phone.device };
            home.is_hurt |= self.findings.iter().any(|finding| finding.subject == subject);
        }
        homes
    }

    /// What a finding says about somebody's router.
    fn kind_of_network(&self, extension: &str, address: &str) -> Option<String> {
        let words = self.words;
        let mut theirs = self.findings.iter().filter(|finding| is_about(finding, extension, address));
        theirs.find_map(|finding| match finding.fault {
            Fault::RjSymmetric => Some(words.symmetric[0].to_owned()),
            Fault::RjUdpBlocked => Some(words.udp_blocked.to_owned()),
            Fault::RjNoWay => Some(words.no_way.to_owned()),
            _ => None,
        })
    }
}

pub(in super::super) fn stun_id(name: &str, trunk: Option<&str>) -> String {
    match trunk {
        Some(trunk) => format!("stun-{name}-{trunk}"),
        None => format!("stun-{name}"),
    }
}

fn is_about(finding: &Finding, extension: &str, address: &str) -> bool {
    match &finding.subject {
        Subject::Network {
            extension: theirs,
            address: there,
        } => theirs == extension && there == address,
        Subject::Server | Subject::Trunk { .. } | Subject::Person { .. } | Subject::Phone { .. } | Subject::Call { .. } => false,
    }
}

/// The network in which somebody was seen last.
pub(in super::super) fn latest_of(evidence: &Evidence, extension: &str) -> Option<String> {
    let theirs = evidence.networks.iter().filter(|network| network.extension == extension);
    theirs.max_by_key(|network| network.seen_at).map(node_of)
}
