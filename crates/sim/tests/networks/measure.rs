//! What a company's doctor gets to see of it: everything goes through the simulated routers.

mod check;
mod office;
mod outside;
mod talks;

use std::net::IpAddr;

use doctor::evidence::{Evidence, Locality, MediaWay, Person, UserNetwork};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use sim::nat::{Filtering, Mapping};

use super::company::*;

/// Everything that is known of a company.
pub fn evidence(company: &Company) -> Evidence {
    let random = &mut SmallRng::seed_from_u64(company.seed ^ 0x6d65_6173_7572_6500);
    let server = office::server(company, random);
    let trunks = outside::trunks(company, &server.stun);
    let networks = networks(company, random);
    Evidence {
        taken_at: NOW,
        server,
        trunks,
        networks,
        phones: outside::phones(company, random),
        people: company.workers.iter().map(person).collect(),
        calls: company.talks.iter().map(|talk| talks::call(company, talk)).collect(),
    }
}

fn person(worker: &Worker) -> Person {
    Person {
        extension: worker.extension.clone(),
        name: worker.name.clone(),
        controls_phone: worker.controls,
        mobile: worker.mobile.clone(),
        mobile_has_route: worker.mobile.as_ref().map(|_| worker.has_mobile_route),
        internal_sbc: worker.internal_sbc.clone(),
    }
}

fn networks(company: &Company, random: &mut SmallRng) -> Vec<UserNetwork> {
    let mut networks = Vec::new();
    for worker in &company.workers {
        for place in &worker.places {
            let tcp = place.has_called.then(|| way(company, place)).flatten();
            networks.push(UserNetwork {
                extension: worker.extension.clone(),
                name: worker.name.clone(),
                address: Some(seen_as(company, place)),
                locality: match place.at {
                    Where::Lan => Locality::Lan,
                    Where::Vpn => Locality::Vpn,
                    Where::Hairpin => Locality::Hairpin,
                    Where::Internet => Locality::Internet,
                },
                page_host: page_host(company, place),
                arrived_at: Some(arrives_at(company, place)),
                seen_at: place.seen_at,
                way: tcp,
                round_trip_ms: tcp.map(|_| place.line.round_trip_ms),
                check: place.is_checked.then(|| check::check(company, place, random)),
            });
        }
    }
    networks
}

/// The address by which the server sees somebody.
pub fn seen_as(company: &Company, place: &Place) -> IpAddr {
    match place.at {
        Where::Lan | Where::Vpn => place.nics[0].address,
        Where::Hairpin => company.office.web().public,
        Where::Internet => place.nics[0].public,
    }
}

/// The host in the page's address.
fn page_host(company: &Company, place: &Place) -> String {
    let office = &company.office;
    let by_name = match place.at {
        Where::Lan | Where::Vpn => office.is_dns_split,
        Where::Hairpin | Where::Internet => true,
    };
    let inner = || office.lan.map_or_else(|| "farend.lan".to_owned(), |lan| lan.to_string());
    office.host.clone().filter(|_| by_name).unwrap_or_else(inner)
}

/// Our address that somebody connects to.
fn arrives_at(company: &Company, place: &Place) -> IpAddr {
    let office = &company.office;
    match place.at {
        Where::Lan | Where::Vpn => office.lan.unwrap_or(office.web().local),
        Where::Hairpin | Where::Internet => office.web().local,
    }
}

/// How the audio of a call from there goes, as ICE finds it.
fn way(company: &Company, place: &Place) -> Option<MediaWay> {
    let reached = [(goes_by_udp(company, place), MediaWay::Udp), (!place.is_walled, MediaWay::Tcp)];
    reached.into_iter().find(|(goes, _)| *goes).map(|(_, way)| way)
}

/// Whether two agents find a pair over UDP: one of them must be found where its server has seen it, by the other's packets.
fn goes_by_udp(company: &Company, place: &Place) -> bool {
    let office = &company.office;
    let home = place.nat.traits();
    match place.at {
        Where::Lan | Where::Vpn | Where::Hairpin => !place.is_walled,
        Where::Internet if place.is_walled || !home.2 => false,
        Where::Internet if office.is_cloud() || office.is_udp_forwarded || office.web().is_wan => true,
        Where::Internet => {
            let is_answered = company.stun.iter().any(|host| host.life == Life::Alive);
            let out = office.way_out().filter(|uplink| uplink.firewall == Firewall::Open && is_answered);
            out.is_some_and(|uplink| reaches(home, uplink.nat.traits()) || reaches(uplink.nat.traits(), home))
        }
    }
}

fn reaches(from: (Mapping, Filtering, bool), to: (Mapping, Filtering, bool)) -> bool {
    let is_alike = |mapping| mapping == Mapping::EndpointIndependent;
    to.2 && is_alike(to.0) && (to.1 != Filtering::AddressAndPortDependent || is_alike(from.0))
}
