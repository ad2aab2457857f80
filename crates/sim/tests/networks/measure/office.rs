//! What the server sees of itself and its ways out.

use std::net::{IpAddr, SocketAddr};

use doctor::evidence::{
    Arrivals, Certificate, ForwardProbe, Interface, InterfaceRole, Nat, Outcome, Page, ProbeOutcome, Server, StrangerAt, Stun, StunServer,
    StunState, UnixMs,
};
use doctor::finding::Confidence;
use doctor::nat::{self, Local, Probe, Reach, Socket, verdict};
use rand::Rng;
use rand::rngs::SmallRng;
use sim::nat::Chain;

use super::super::company::*;
use super::super::draw::is;
use super::super::host::{self, World};
use super::{arrives_at, page_host};

const FIRST: u16 = 40_000;
const SECOND: u16 = 40_002;

pub(super) fn server(company: &Company, random: &mut SmallRng) -> Server {
    let office = &company.office;
    let asks = asks(office);
    let stun = Stun {
        mode: "automatic".to_owned(),
        asks,
        servers: servers(company, asks, random),
    };
    let is_probed = asks && office.is_nat_probed && !company.stun.is_empty();
    let people = company.workers.len();
    Server {
        tcp_port: PORT,
        udp_port: PORT,
        interfaces: interfaces(office),
        public_host: office.host.clone(),
        stated: Vec::new(),
        nat: if is_probed { vec![nat(company, random)] } else { Vec::new() },
        pages: pages(company),
        arrivals: arrivals(company),
        strangers: office.uplinks.iter().filter_map(|uplink| stranger(uplink, random)).collect(),
        forward: forward(company, &stun, random),
        certificate: Some(Certificate {
            names: office.certificate.names.clone(),
            is_self_signed: office.certificate.is_self_signed,
            not_before: office.certificate.not_before,
            not_after: office.certificate.not_after,
        }),
        clock_ahead_ms: (people >= 3).then(|| office.clock_ahead_ms + random.random_range(-900..900)),
        stun,
    }
}

/// With a public address of its own on the way out, the server asks nobody.
fn asks(office: &Office) -> bool {
    office.way_out().is_none_or(|uplink| uplink.public != uplink.local)
}

fn interfaces(office: &Office) -> Vec<Interface> {
    let interface = |name: &str, address, role, gateway| Interface {
        name: name.to_owned(),
        address,
        role,
        gateway,
    };
    let mut all = Vec::new();
    let default = office.way_out();
    if let Some(lan) = office.lan {
        let gateway = default.filter(|uplink| uplink.local == lan).map(|uplink| uplink.gateway);
        all.push(interface("eth0", lan, InterfaceRole::Lan, gateway));
    }
    for uplink in office.uplinks.iter().filter(|uplink| uplink.is_wan) {
        let gateway = default.filter(|default| default.local == uplink.local).map(|uplink| uplink.gateway);
        all.push(interface("eth1", uplink.local, InterfaceRole::Wan, gateway));
    }
    if let Some(ipv6) = office.ipv6 {
        let role = InterfaceRole::Wan;
        // A global IPv6 address stands on whatever interface leads out.
        let role = if office.is_cloud() { role } else { InterfaceRole::Lan };
        all.push(interface("eth0", ipv6, role, None));
    }
    if office.has_vpn {
        all.push(interface("wg0", v4(10, 8, 0, 1), InterfaceRole::Vpn, None));
    }
    if office.has_bridge {
        all.push(interface("docker0", v4(172, 17, 0, 1), InterfaceRole::Virtual, None));
    }
    all
}

fn servers(company: &Company, asks: bool, random: &mut SmallRng) -> Vec<StunServer> {
    let office = &company.office;
    let mut chains: Vec<Chain> = office.uplinks.iter().map(|uplink| uplink.chain(company.seed)).collect();
    let is_unnamed = office.default.is_none() && company.seed.is_multiple_of(2);
    let own = company
        .providers
        .iter()
        .filter_map(|provider| Some((provider.own.as_ref()?, Some(provider.name.clone()))));
    let all = company.stun.iter().map(|host| (host, None)).chain(own);
    let mut seen = Vec::new();
    for (host, trunk) in all {
        let state = if !asks && trunk.is_none() {
            StunState::Unused
        } else if is_unnamed {
            StunState::NoDns
        } else {
            ask(office, host, &mut chains, random)
        };
        seen.push(StunServer {
            name: host.name.clone(),
            trunk,
            address: (state != StunState::NoDns).then_some(host.address),
            state,
            since: host.since,
        });
    }
    seen
}

fn ask(office: &Office, host: &StunHost, chains: &mut [Chain], random: &mut SmallRng) -> StunState {
    if !office.has_dns || host.life == Life::Nameless {
        return StunState::NoDns;
    }
    let Some(index) = host.via.or(office.default) else {
        return StunState::NoRoute;
    };
    let uplink = &office.uplinks[index];
    match (uplink.firewall, host.life) {
        (Firewall::Drops, _) | (Firewall::Open, Life::Dead) => StunState::Silent,
        (Firewall::Rejects, _) | (Firewall::Open, Life::PortClosed) => StunState::Refused,
        (Firewall::Unroutable, _) => StunState::NoRoute,
        (Firewall::Open, Life::Refusing(code)) => StunState::Error { code },
        (Firewall::Open, Life::Nameless) => StunState::NoDns,
        (Firewall::Open, Life::Alive) if host.is_young => StunState::Asking,
        (Firewall::Open, Life::Alive) => {
            let inside = SocketAddr::new(uplink.local, PORT);
            let public = outbound(&mut chains[index], inside, host.address);
            let round_trip_ms = random.random_range(4.0..80.0);
            public.map_or(StunState::Silent, |public| StunState::Answering { public, round_trip_ms })
        }
    }
}

/// Where a packet comes out of a chain that may have no NAT at all.
#[allow(clippy::disallowed_methods, reason = "nothing expires while one evidence is taken")]
pub(super) fn outbound(chain: &mut Chain, inside: SocketAddr, to: SocketAddr) -> Option<SocketAddr> {
    chain.outbound(inside, to, std::time::Instant::now())
}

/// The real probe, against the real (simulated) router.
fn nat(company: &Company, random: &mut SmallRng) -> Nat {
    let office = &company.office;
    let out = office.way_out();
    let named: Vec<&StunHost> = company
        .stun
        .iter()
        .filter(|host| office.has_dns && host.life != Life::Nameless)
        .collect();
    let is_open = out.is_some_and(|uplink| uplink.firewall == Firewall::Open);
    let alive = named.iter().filter(|host| is_open && host.life == Life::Alive);
    let servers = alive.map(|host| {
        host.other.map_or_else(
            || host::Server::plain(host.address),
            |other| host::Server::rfc5780(host.address, other),
        )
    });
    let chain = out.map(|uplink| uplink.chain(company.seed + 1)).unwrap_or_default();
    let local = out.map_or(v4(192, 168, 1, 10), |uplink| uplink.local);
    let mut world = World::new(local, chain, servers.collect(), company.seed);
    world.loss_percent = random.random_range(0..=2);
    world.has_alg = out.is_some_and(|uplink| uplink.alg == Some(Alg::Thorough));
    let addresses: Vec<SocketAddr> = named.iter().map(|host| host.address).collect();
    let reach = named.iter().map(|host| (host.address, reach(out, host))).collect::<Vec<_>>();
    let verdict = probe(&mut world, &addresses, &reach, company.seed);
    Nat {
        is_ipv6: false,
        outcome: match verdict.outcome() {
            nat::Outcome::NotSymmetric => Outcome::NotSymmetric,
            nat::Outcome::Symmetric => Outcome::Symmetric,
            nat::Outcome::UdpBlocked => Outcome::UdpBlocked,
            nat::Outcome::Unknown => Outcome::Unknown,
        },
        public_addresses: verdict.public_addresses,
        port_preserved: verdict.port_preserved,
        confidence: match verdict.confidence {
            nat::Confidence::Low => Confidence::Low,
            nat::Confidence::Medium => Confidence::Medium,
            nat::Confidence::High => Confidence::High,
        },
        is_altered: verdict.is_altered,
        hairpin: verdict.hairpin,
        lifetime_less_than_s: is(random, 4).then_some(150),
        at: ago(random.random_range(5_000..HOUR_MS)),
    }
}

/// What the system tells apart from answers.
fn reach(out: Option<&Uplink>, host: &StunHost) -> Reach {
    match out.map(|uplink| uplink.firewall) {
        None | Some(Firewall::Unroutable) => Reach::NoRoute,
        Some(Firewall::Rejects) => Reach::Refused,
        Some(Firewall::Drops) => Reach::ByTcp,
        Some(Firewall::Open) => match host.life {
            Life::PortClosed | Life::Refusing(_) => Reach::Refused,
            Life::Dead | Life::Nameless => Reach::Unknown,
            Life::Alive => Reach::ByTcp,
        },
    }
}

fn probe(world: &mut World, named: &[SocketAddr], reach: &[(SocketAddr, Reach)], seed: u64) -> nat::Verdict {
    let local = Local {
        first: FIRST,
        second: Some(SECOND),
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let mut probe = Probe::new(named, local, bytes, world.now);
    for (address, reach) in reach {
        probe.note(*address, *reach, world.now);
    }
    while let Some(due) = probe.poll_timeout() {
        while let Some(transmit) = probe.poll_transmit() {
            let port = match transmit.socket {
                Socket::First => FIRST,
                Socket::Second => SECOND,
            };
            world.send(port, transmit.to, transmit.packet);
        }
        let next = world.next().map_or(due, |arrival| arrival.min(due));
        for arrival in world.pass(next) {
            let socket = if arrival.port == FIRST { Socket::First } else { Socket::Second };
            probe.receive(socket, arrival.from, world.host, &arrival.packet, next);
        }
        probe.handle_timeout(next);
    }
    verdict(&probe.evidence())
}

fn pages(company: &Company) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for place in company.workers.iter().flat_map(|worker| &worker.places) {
        let host = page_host(company, place);
        let index = pages.iter().position(|page| page.host == host).unwrap_or_else(|| {
            let addresses = means(&company.office, &host);
            pages.push(Page {
                host: host.clone(),
                addresses,
                ..Page::default()
            });
            pages.len() - 1
        });
        let page = &mut pages[index];
        let (at, is_inside) = match place.at {
            Where::Lan | Where::Vpn | Where::Hairpin => (place.seen_at, true),
            Where::Internet => (came_at(company, place), false),
        };
        let latest = if is_inside {
            &mut page.from_inside_at
        } else {
            &mut page.from_outside_at
        };
        *latest = (*latest).max(Some(at));
    }
    pages
}

/// Nobody comes any more by a forward that is broken; before, they did.
fn came_at(company: &Company, place: &Place) -> UnixMs {
    match company.office.web().forward {
        Forward::Ours => place.seen_at,
        Forward::Elsewhere | Forward::Missing => place.seen_at.min(ago(DAY_MS)),
    }
}

/// What the server's DNS makes of a host.
fn means(office: &Office, host: &str) -> Vec<IpAddr> {
    if let Ok(address) = host.parse() {
        return vec![address];
    }
    let is_public = office.host.as_deref() == Some(host);
    match (office.has_dns && office.default.is_some(), is_public, office.is_dns_split) {
        (false, _, _) => Vec::new(),
        (true, true, false) => [office.web().public].into_iter().chain(office.ipv6).collect(),
        (true, _, _) => office.lan.into_iter().collect(),
    }
}

fn arrivals(company: &Company) -> Vec<Arrivals> {
    let mut arrivals: Vec<Arrivals> = Vec::new();
    for worker in &company.workers {
        for place in &worker.places {
            let local = arrives_at(company, place);
            match arrivals.iter_mut().find(|arrivals| arrivals.local == local) {
                Some(known) => {
                    known.people += 1;
                    known.at = known.at.max(place.seen_at);
                }
                None => arrivals.push(Arrivals {
                    local,
                    people: 1,
                    at: place.seen_at,
                }),
            }
        }
    }
    arrivals
}

fn stranger(uplink: &Uplink, random: &mut SmallRng) -> Option<StrangerAt> {
    let (port, protocol, purpose) = uplink.opened?;
    Some(StrangerAt {
        port,
        protocol: protocol.to_owned(),
        purpose: purpose.to_owned(),
        from: v4(45, 9, 20, random.random_range(1..200)),
        sources: random.random_range(3..40),
        at: ago(random.random_range(1_000..HOUR_MS)),
    })
}

/// We try to reach ourselves by the addresses that we know of.
fn forward(company: &Company, stun: &Stun, random: &mut SmallRng) -> Vec<ForwardProbe> {
    let office = &company.office;
    let by_stun = stun.servers.iter().filter_map(|server| match server.state {
        StunState::Answering { public, .. } if server.trunk.is_none() => Some(public.ip()),
        StunState::Answering { .. }
        | StunState::Asking
        | StunState::Silent
        | StunState::Refused
        | StunState::Error { .. }
        | StunState::NoRoute
        | StunState::NoDns
        | StunState::Unused => None,
    });
    let by_name = office
        .host
        .iter()
        .flat_map(|host| means(office, host))
        .filter(|address| address.is_ipv4());
    let mut addresses: Vec<IpAddr> = by_stun.chain(by_name).filter(|address| Some(*address) != office.lan).collect();
    addresses.sort();
    addresses.dedup();
    let probe = |address: IpAddr| {
        let uplink = office.uplinks.iter().find(|uplink| uplink.public == address)?;
        let outcome = match uplink.forward {
            // Many routers answer themselves, from inside.
            _ if !uplink.hairpin && is(random, 3) => ProbeOutcome::Refused,
            _ if !uplink.hairpin => ProbeOutcome::Silent,
            Forward::Ours => ProbeOutcome::Ours,
            Forward::Elsewhere => ProbeOutcome::SomebodyElse,
            Forward::Missing => ProbeOutcome::Refused,
        };
        let address = SocketAddr::new(address, PORT);
        let before = ForwardProbe {
            address,
            outcome: ProbeOutcome::Ours,
            at: ago(40 * MINUTE_MS),
        };
        let latest = ForwardProbe {
            address,
            outcome,
            at: ago(10 * MINUTE_MS),
        };
        Some([uplink.was_ours.then_some(before), Some(latest)].into_iter().flatten())
    };
    addresses.into_iter().filter_map(probe).flatten().collect()
}
