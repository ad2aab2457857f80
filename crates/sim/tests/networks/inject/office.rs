//! What goes wrong at the office: routers, STUN, the one port, papers.

use doctor::evidence::UnixMs;
use doctor::finding::{Fault, Subject};
use rand::Rng;
use rand::rngs::SmallRng;
use sim::nat::Named;

use super::super::company::*;
use super::super::draw::{is, own_stun, pick, provider, router, stun_host, wan};
use super::outside_place;

/// Certificate and clock.
pub(super) fn papers(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    if fault == Fault::P3ClockWrong {
        // Fewer clients than three tell nothing: their own clocks may be wrong.
        if company.workers.len() < 3 {
            return None;
        }
        let ahead_ms = random.random_range(75_000..HOUR_MS);
        company.office.clock_ahead_ms = if is(random, 2) { ahead_ms } else { -ahead_ms };
        return Some(Subject::Server);
    }
    // Names and trust matter to those who come from outside.
    if fault != Fault::P3CertificateExpiring {
        outside_place(company, random)?;
    }
    let paper = &mut company.office.certificate;
    match fault {
        Fault::P3CertificateUntrusted => paper.is_self_signed = true,
        Fault::P3CertificateName => {
            let lan = company.office.lan.map(|lan| lan.to_string());
            paper.names = ["alte-firma.example".to_owned()].into_iter().chain(lan).collect();
        }
        _ => match random.random_range(0..3) {
            0 => paper.not_after = ago(-random.random_range(HOUR_MS..13 * DAY_MS)),
            1 => paper.not_after = ago(random.random_range(HOUR_MS..40 * DAY_MS)),
            _ => paper.not_before = ago(-random.random_range(HOUR_MS..5 * DAY_MS)),
        },
    }
    if paper.not_after < paper.not_before {
        paper.not_before = UnixMs(paper.not_after.0 - 90 * DAY_MS);
    }
    Some(Subject::Server)
}

/// Where ports lead.
pub(super) fn forward(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    let office = &mut company.office;
    if office.is_cloud() || office.web().is_wan {
        return None;
    }
    let web = office.web;
    match fault {
        Fault::RcUnneededForward => {
            let opened = [
                (5_060, "udp", "SIP of desk phones"),
                (5_060, "tcp", "SIP of desk phones"),
                (30_018, "udp", "RTP of desk phones and trunks"),
            ];
            office.uplinks[web].opened = Some(pick(random, &opened));
        }
        // Whoever has a name for people outside, and nobody comes.
        Fault::N1ForwardUnproven => {
            office.is_closed = true;
            office.host = Some("telefon.firma.example".to_owned());
            // A name that leads inside may be for people inside alone.
            office.is_dns_split = false;
            office.certificate.names.push("telefon.firma.example".to_owned());
            // Whether the port is forwarded cannot be seen from inside.
            office.uplinks[web].hairpin = false;
            empty_outside(company);
        }
        // From inside only a router that turns packets back shows where the port leads; and we must know its address.
        Fault::N1ForwardElsewhere | Fault::N1ForwardMissing => {
            if office.host.is_none() || office.is_dns_split {
                return None;
            }
            let is_missing = fault == Fault::N1ForwardMissing;
            office.uplinks[web].hairpin = true;
            office.uplinks[web].forward = if is_missing { Forward::Missing } else { Forward::Elsewhere };
            // Most routers refuse from inside what they forward from outside: it must be known that this one does not.
            office.uplinks[web].was_ours = is_missing && is(random, 2);
            if is_missing && !office.uplinks[web].was_ours {
                if office.default != Some(web) {
                    return None;
                }
                office.is_nat_probed = true;
                with_servers(company, 2, random)?;
            }
        }
        _ => return None,
    }
    Some(Subject::Server)
}

/// Nobody is outside any more.
fn empty_outside(company: &mut Company) {
    for worker in &mut company.workers {
        worker
            .places
            .retain(|place| place.at != Where::Internet && place.at != Where::Hairpin);
    }
    company.desks.retain(|desk| desk.outside.is_none());
    let devices: Vec<u64> = company.desks.iter().map(|desk| desk.device).collect();
    for worker in &mut company.workers {
        worker.controls = worker.controls.filter(|device| devices.contains(device));
    }
}

/// How routers stand and behave.
pub(super) fn routers(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    match fault {
        Fault::RaNoRoute => {
            company.office.default = None;
            Some(Subject::Server)
        }
        Fault::RaCarrierNat => carrier(company, random),
        Fault::RbWebOnWan => web_on_wan(company, random),
        Fault::RePublicAddressDiffers => public_differs(company, random),
        Fault::ReTrunkLeavesElsewhere | Fault::RiOwnStunElsewhere => trunk_elsewhere(company, fault, random),
        Fault::RhAlgOffice => alg(company, random),
        _ => symmetric(company, random),
    }
}

/// The server has a mobile router's address: one of the carrier's own.
fn carrier(company: &mut Company, random: &mut SmallRng) -> Option<Subject> {
    let lan = company.office.lan?;
    let carrier = Uplink {
        local: v4(100, 72, 3, 4),
        is_wan: true,
        gateway: v4(100, 72, 0, 1),
        nat: Kind::Named(pick(random, &[Named::PortRestricted, Named::FullCone])),
        hairpin: false,
        forward: Forward::Missing,
        ..router(random, lan, 9)
    };
    let office = &mut company.office;
    office.uplinks = vec![carrier];
    (office.default, office.web) = (Some(0), 0);
    (office.is_closed, office.host, office.is_dns_split) = (true, None, false);
    empty_outside(company);
    for provider in &mut company.providers {
        provider.via = 0;
        provider.own.iter_mut().for_each(|own| own.via = Some(0));
    }
    Some(Subject::Server)
}

/// People come by the interface that is there for the provider.
fn web_on_wan(company: &mut Company, random: &mut SmallRng) -> Option<Subject> {
    company.office.lan?;
    outside_place(company, random)?;
    let office = &mut company.office;
    let index = office.uplinks.iter().position(|uplink| uplink.is_wan).unwrap_or_else(|| {
        office.uplinks.push(wan());
        office.uplinks.len() - 1
    });
    (office.default, office.web) = (Some(index), index);
    office.is_dns_split = false;
    for provider in &mut company.providers {
        (provider.via, provider.own) = (index, None);
    }
    // By the public name they would come from inside as from outside.
    for worker in &mut company.workers {
        worker.places.retain(|place| place.at != Where::Hairpin);
    }
    Some(Subject::Server)
}

/// A second router of the LAN.
fn second_router(company: &mut Company, random: &mut SmallRng) -> Option<usize> {
    let lan = company.office.lan?;
    let uplinks = &mut company.office.uplinks;
    let known = (1..uplinks.len()).find(|index| !uplinks[*index].is_wan);
    Some(known.unwrap_or_else(|| {
        uplinks.push(router(random, lan, 2));
        uplinks.len() - 1
    }))
}

/// The default route leads by router 2, while people come by router 1. Seen where the server's DNS tells by which address they come.
fn public_differs(company: &mut Company, random: &mut SmallRng) -> Option<Subject> {
    if company.stun.is_empty() {
        return None;
    }
    let second = second_router(company, random)?;
    outside_place(company, random)?;
    company.office.default = Some(second);
    company.office.is_dns_split = false;
    for provider in company.providers.iter_mut().filter(|provider| provider.via == 0) {
        provider.via = second;
        provider.own.iter_mut().for_each(|own| own.via = Some(second));
    }
    Some(Subject::Server)
}

/// Makes sure that so many servers of the configuration answer.
fn with_servers(company: &mut Company, count: usize, random: &mut SmallRng) -> Option<()> {
    if company
        .office
        .way_out()
        .is_none_or(|uplink| uplink.public == uplink.local || uplink.firewall != Firewall::Open)
    {
        return None;
    }
    for host in &mut company.stun {
        (host.is_young, host.since) = (false, ago(HOUR_MS));
    }
    while company.stun.iter().filter(|host| host.life == Life::Alive).count() < count {
        let host = stun_host(random, 4 + u8::try_from(company.stun.len()).expect("few"));
        company.stun.push(host);
    }
    Some(())
}

fn any_provider(company: &mut Company, random: &mut SmallRng) -> usize {
    if company.providers.is_empty() {
        let provider = provider(random, &company.office, 3);
        company.providers.push(provider);
    }
    random.random_range(0..company.providers.len())
}

fn trunk_subject(company: &Company, index: usize) -> Subject {
    Subject::Trunk {
        name: company.providers[index].name.clone(),
    }
}

/// A static route sends the provider's SIP by router 2, while its media's address is told by whoever is asked by router 1. Only a provider that says
/// where it sees us shows it.
fn trunk_elsewhere(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    with_servers(company, 1, random)?;
    if company.office.default != Some(0) {
        return None;
    }
    let second = second_router(company, random)?;
    let index = any_provider(company, random);
    let number = u8::try_from(index).expect("few");
    let own = own_stun(random, number, 0);
    let provider = &mut company.providers[index];
    (provider.via, provider.tells_received, provider.is_rejecting) = (second, true, false);
    provider.own = (fault == Fault::RiOwnStunElsewhere).then_some(own);
    Some(trunk_subject(company, index))
}

/// A router rewrites SIP. Of several providers behind it all but one are spared by TLS, so that it is one fault.
fn alg(company: &mut Company, random: &mut SmallRng) -> Option<Subject> {
    with_servers(company, 1, random)?;
    let index = any_provider(company, random);
    let via = company.providers[index].via;
    if company.office.uplinks[via].is_wan {
        return None;
    }
    for provider in company.providers.iter_mut().filter(|provider| provider.via == via) {
        provider.is_encrypted = true;
    }
    let provider = &mut company.providers[index];
    (provider.is_encrypted, provider.tells_received, provider.is_rejecting) = (false, true, false);
    company.office.uplinks[via].alg = Some(pick(random, &[Alg::Thorough, Alg::Careless, Alg::CallId]));
    Some(trunk_subject(company, index))
}

/// The office's NAT is symmetric: seen with two servers, of which one has several addresses. The trap needs those.
fn symmetric(company: &mut Company, random: &mut SmallRng) -> Option<Subject> {
    with_servers(company, 2, random)?;
    let index = company.office.default?;
    if company.office.uplinks[index].is_wan {
        return None;
    }
    let spare = stun_host(random, 8);
    let alive = company.stun.iter_mut().find(|host| host.life == Life::Alive)?;
    alive.other = Some(std::net::SocketAddr::new(v4(203, 0, 113, 250), spare.address.port() + 1));
    let kinds = [Kind::Named(Named::Symmetric), Kind::Named(Named::CarrierSymmetric), Kind::Trap];
    company.office.uplinks[index].nat = pick(random, &kinds);
    company.office.is_nat_probed = true;
    Some(Subject::Server)
}

/// What becomes of questions to STUN servers.
pub(super) fn stun(company: &mut Company, fault: Fault, random: &mut SmallRng) -> Option<Subject> {
    let since = ago(random.random_range(30_000..5 * HOUR_MS));
    match fault {
        // With one server alone nobody can tell its end from a firewall's.
        Fault::N2StunServerDead => {
            with_servers(company, 2, random)?;
            // One that knows RFC 5780 is spared: it may be what a symmetric NAT is known by.
            if company.stun.iter().all(|host| host.other.is_some()) {
                let spare = StunHost {
                    other: None,
                    ..stun_host(random, 7)
                };
                company.stun.push(spare);
            }
            let plain: Vec<usize> = (0..company.stun.len())
                .filter(|index| company.stun[*index].other.is_none())
                .collect();
            let index = pick(random, &plain);
            let lives = [Life::Dead, Life::Dead, Life::PortClosed, Life::Nameless, Life::Refusing(500)];
            (company.stun[index].life, company.stun[index].since) = (pick(random, &lives), since);
            return Some(Subject::Server);
        }
        Fault::N3OwnStunDead => {
            with_servers(company, 1, random)?;
            let index = any_provider(company, random);
            let (via, number) = (company.providers[index].via, u8::try_from(index).expect("few"));
            if company.office.uplinks[via].is_wan {
                return None;
            }
            let mut own = company.providers[index]
                .own
                .clone()
                .unwrap_or_else(|| own_stun(random, number, via));
            (own.life, own.since) = (pick(random, &[Life::Dead, Life::PortClosed]), since);
            company.providers[index].own = Some(own);
            return Some(trunk_subject(company, index));
        }
        _ => {}
    }
    // Nobody asks where our end is public.
    if company.office.way_out().is_some_and(|uplink| uplink.public == uplink.local) {
        return None;
    }
    if fault == Fault::RdStunMissing {
        company.stun.clear();
        company.providers.iter_mut().for_each(|provider| provider.own = None);
        return Some(Subject::Server);
    }
    if company.stun.is_empty() {
        let host = stun_host(random, 4);
        company.stun.push(host);
    }
    let own = company.providers.iter_mut().filter_map(|provider| provider.own.as_mut());
    for host in company.stun.iter_mut().chain(own) {
        (host.is_young, host.since) = (false, since);
    }
    let firewall = match fault {
        Fault::RfStunNoDns => {
            company.office.has_dns = false;
            Firewall::Open
        }
        Fault::RfStunNoRoute => Firewall::Unroutable,
        Fault::RfStunRefused => Firewall::Rejects,
        _ => Firewall::Drops,
    };
    company.office.uplinks.iter_mut().for_each(|uplink| uplink.firewall = firewall);
    Some(Subject::Server)
}
