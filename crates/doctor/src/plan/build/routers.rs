//! The office's routers. Nobody shows them to us: each public address that somebody sees, and that is not our own, is one.

use std::net::{IpAddr, Ipv4Addr};

use super::super::words::Words;
use super::super::{NodeKind, ROUTERS_MAX};
use super::{INTERNET, SERVER, Sketch};
use crate::evidence::{Evidence, Interface, InterfaceRole, Nat, Outcome, StunState};

/// A router, as far as it has been seen.
#[derive(Default)]
struct Router {
    public: Option<IpAddr>,
    gateway: Option<IpAddr>,
    interface: Option<String>,
    /// STUN servers of the configuration see it.
    has_stun: bool,
    /// People come in by it.
    has_page: bool,
    /// Providers that see it.
    trunks: Vec<String>,
}

impl Sketch<'_> {
    pub(super) fn routers(&mut self) {
        let (evidence, words) = (self.evidence, self.words);
        let routers = routers(evidence);
        for router in &routers {
            let id = format!(
                "router-{}",
                router.public.map_or_else(|| "unknown".to_owned(), |public| public.to_string())
            );
            let label = match (router.gateway, router.public) {
                (Some(gateway), _) => format!("{} {gateway}", words.router),
                (None, Some(_)) => words.router.to_owned(),
                (None, None) => words.router_unknown.to_owned(),
            };
            let lines = lines(evidence, router, words);
            self.add(id.clone(), NodeKind::Router, label, lines);
            self.join(SERVER, id.clone(), router.interface.clone().unwrap_or_default());
            self.join(id, INTERNET, "");
        }
        for interface in evidence
            .server
            .interfaces
            .iter()
            .filter(|interface| interface.role == InterfaceRole::Wan)
        {
            let is_carriers = !is_public(interface.address);
            let leads_out = interface.address.is_ipv4() && !(is_carriers && routers.iter().any(|router| router.public.is_some()));
            if leads_out {
                self.join(SERVER, INTERNET, format!("{} {}", interface.name, interface.address));
            }
        }
    }
}

fn routers(evidence: &Evidence) -> Vec<Router> {
    let server = &evidence.server;
    let mut all: Vec<Router> = Vec::new();
    for stun in &server.stun.servers {
        if let (StunState::Answering { public, .. }, trunk) = (stun.state, &stun.trunk) {
            note(evidence, &mut all, public.ip(), |router| match trunk {
                None => router.has_stun = true,
                Some(trunk) => add_trunk(router, trunk),
            });
        }
    }
    for public in server.nat.iter().flat_map(|nat| &nat.public_addresses) {
        note(evidence, &mut all, *public, |router| router.has_stun = true);
    }
    for page in &server.pages {
        for address in &page.addresses {
            note(evidence, &mut all, *address, |router| router.has_page = true);
        }
    }
    for trunk in &evidence.trunks {
        if let Some(received) = trunk.received {
            note(evidence, &mut all, received, |router| add_trunk(router, &trunk.name));
        }
    }
    // The default route's router is the one that STUN servers see.
    all.sort_by_key(|router| !router.has_stun);
    all.truncate(ROUTERS_MAX);
    for interface in server.interfaces.iter().filter(|interface| is_behind_router(interface)) {
        let known = all
            .iter_mut()
            .find(|router| router.gateway.is_none() && (router.has_stun || router.has_page));
        if let Some(router) = known {
            (router.gateway, router.interface) = (interface.gateway, Some(interface.name.clone()));
        } else if all.is_empty() {
            all.push(Router {
                gateway: interface.gateway,
                interface: Some(interface.name.clone()),
                ..Router::default()
            });
        }
    }
    let has_way_out = server.interfaces.iter().any(|interface| interface.role == InterfaceRole::Wan);
    if all.is_empty() && !has_way_out {
        all.push(Router::default());
    }
    all
}

fn add_trunk(router: &mut Router, trunk: &str) {
    if !router.trunks.iter().any(|known| known == trunk) {
        router.trunks.push(trunk.to_owned());
    }
}

/// Its default route leads to a router, by IPv4.
fn is_behind_router(interface: &Interface) -> bool {
    interface.gateway.is_some_and(|gateway| gateway.is_ipv4()) && !is_public(interface.address)
}

fn note(evidence: &Evidence, all: &mut Vec<Router>, public: IpAddr, take: impl FnOnce(&mut Router)) {
    let public = public.to_canonical();
    let is_own = evidence
        .server
        .interfaces
        .iter()
        .any(|interface| interface.address.to_canonical() == public);
    if public.is_ipv6() || is_own || !is_public(public) {
        return;
    }
    if let Some(known) = all.iter_mut().find(|router| router.public == Some(public)) {
        take(known);
        return;
    }
    let mut router = Router {
        public: Some(public),
        ..Router::default()
    };
    take(&mut router);
    all.push(router);
}

fn lines(evidence: &Evidence, router: &Router, words: &Words) -> Vec<String> {
    let Some(public) = router.public else {
        let has_route = evidence.server.interfaces.iter().any(|interface| interface.gateway.is_some());
        let is_cut = !evidence.server.interfaces.is_empty() && !has_route;
        return vec![if is_cut { words.no_route } else { words.public_unknown }.to_owned()];
    };
    let mut lines = vec![format!("{} {public}", words.public_address)];
    if router.has_page {
        lines.push(words.comes_in.to_owned());
    }
    if router.has_stun {
        lines.push(words.stun_goes.to_owned());
    }
    lines.extend(router.trunks.iter().map(|trunk| format!("{trunk} {}", words.trunk_goes)));
    let measured = evidence.server.nat.iter().find(|nat| !nat.is_ipv6);
    let is_its = |nat: &&Nat| nat.public_addresses.contains(&public) || (nat.public_addresses.is_empty() && router.has_stun);
    if let Some(nat) = measured.filter(is_its) {
        lines.extend(nat_words(nat, words));
    }
    lines
}

/// In the words of RFC 3489 for people, and in those of RFC 4787 for engineers.
fn nat_words(nat: &Nat, words: &Words) -> Vec<String> {
    let kind: &[&str] = match nat.outcome {
        Outcome::NotSymmetric => &words.not_symmetric,
        Outcome::Symmetric => &words.symmetric,
        Outcome::UdpBlocked => &[words.udp_blocked],
        Outcome::Unknown => &[words.nat_unknown],
    };
    let ports = match nat.port_preserved {
        Some(true) => Some(words.ports_kept),
        Some(false) => Some(words.ports_changed),
        None => None,
    };
    kind.iter().copied().chain(ports).map(str::to_owned).collect()
}

/// Whether it is an address of the internet: not a private one, a carrier's (RFC 6598) or a link's.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let is_carriers = Ipv4Addr::from(u32::from(v4) & 0xffc0_0000) == Ipv4Addr::new(100, 64, 0, 0);
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || is_carriers)
        }
        IpAddr::V6(v6) => !(v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified()),
    }
}
