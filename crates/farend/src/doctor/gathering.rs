//! The evidence, put together from what is known already.

use std::collections::BTreeMap;
use std::net::IpAddr;

use doctor::evidence::{Certificate, Evidence, Page, Server, StrangerAt, UnixMs};
use media::addresses::is_inside;
use model::UserId;
use switchboard::directory::Directory;
use tokio::time::{Duration, Instant};

use super::links::Links;
use super::task::Task;
use super::{lines, office, people, shown};
use crate::api::live::Picture;
use crate::api::network::picture::Picture as NetworkPicture;

/// Desk phones have registered again so long after a start, if they are going to: those by UDP do every minute.
const SETTLED_AFTER: Duration = Duration::from_secs(90);

/// Checks as the database numbers them, by person and address.
pub(super) type CheckIds = BTreeMap<(String, IpAddr), u64>;

impl Task {
    /// All that is known at this moment, and which checks of the database it rests on.
    pub(super) fn evidence(&mut self, network: &NetworkPicture, at: UnixMs) -> (Evidence, CheckIds) {
        let links = Links::look(self.sources.bind).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot look at our network interfaces");
            Links::default()
        });
        let is_settled = Instant::now().duration_since(self.begun) >= SETTLED_AFTER;
        let (live, directory) = (self.sources.live.picture(), self.sources.live.directory());
        let publics = office::publics(network);
        let mut ways_in = publics.clone();
        ways_in.extend(network.pages.iter().flat_map(|page| &page.addresses).filter(|ip| !is_inside(**ip)));
        let locality = |peer: IpAddr| links.locality(peer, &ways_in);
        let names = |user: UserId| {
            let user = directory.users.iter().find(|known| known.id == user)?;
            Some((user.extension.clone()?, user.name.clone()))
        };
        let is_known = |user: UserId| directory.users.iter().any(|known| known.id == user);
        let (networks, pages, arrivals, clock_ahead_ms, checks) = self.doctor.arrivals(|arrivals| {
            arrivals.forget(is_known, at);
            let pages = arrivals.pages(locality, |host| addresses(network, host));
            let (networks, checks) = (arrivals.networks(&names, locality), arrivals.check_ids(&names));
            (networks, pages, arrivals.by_interface(), arrivals.clock_ahead_ms(at), checks)
        });
        self.look_around(network, &links, &publics, &pages);
        let evidence = Evidence {
            taken_at: at,
            server: Server {
                tcp_port: network.tcp_port,
                udp_port: network.udp_port,
                interfaces: links.interfaces(),
                public_host: network.public_host.clone(),
                stated: network.stated.clone(),
                stun: office::stun(network, &self.unheard, &mut self.since, at),
                nat: office::nat(network),
                pages,
                arrivals,
                strangers: self.strangers(&live, &directory, at),
                forward: self.forwards.told(),
                certificate: self.certificate(),
                clock_ahead_ms,
            },
            trunks: lines::trunks(&directory, &live, network, &mut self.since, at),
            networks,
            phones: people::phones(&directory, (&live, is_settled), locality, &mut self.since, at),
            people: people::people(&directory, &self.mobiles),
            calls: self.doctor.calls(at),
        };
        self.since.tidy();
        (evidence, checks)
    }

    /// Begins what takes a while: what is found out comes with a later look.
    fn look_around(&mut self, network: &NetworkPicture, links: &Links, publics: &[IpAddr], pages: &[Page]) {
        self.unheard.follow(&office::doubtful(network), self.sources.bind, Instant::now());
        let outside = pages.iter().filter(|page| page.from_outside_at.is_some());
        let mut doors: Vec<IpAddr> = publics.iter().chain(outside.flat_map(|page| &page.addresses)).copied().collect();
        doors.retain(|ip| !is_inside(*ip) && !links.has(*ip));
        doors.sort();
        doors.dedup();
        self.forwards
            .follow(&doors, network.tcp_port, &self.sources.certificate.end_entity(), Instant::now());
    }

    fn certificate(&self) -> Option<Certificate> {
        let certificate = &self.sources.certificate;
        shown::certificate(&certificate.end_entity(), certificate.is_self_signed())
    }

    /// Who has knocked and is no phone and no provider of ours.
    fn strangers(&self, live: &Picture, directory: &Directory, at: UnixMs) -> Vec<StrangerAt> {
        let is_phone = |ip: IpAddr| live.registered.values().any(|registered| registered.from.ip().to_canonical() == ip);
        let is_provider = |ip: IpAddr| {
            let mut servers = lines::servers(live);
            let mut networks = directory.trunks.iter().flat_map(|trunk| &trunk.networks);
            // Providers have more servers than the one that a line has chosen, mostly beside it.
            servers.any(|server| is_beside(server, ip)) || networks.any(|network| network.contains(ip))
        };
        let strangers = self.doctor.strangers();
        strangers.told(self.sources.sip_port, |ip| is_phone(ip) || is_provider(ip), at)
    }
}

/// What a page's host means, as far as our DNS knows.
fn addresses(network: &NetworkPicture, host: &str) -> Vec<IpAddr> {
    if let Ok(ip) = host.parse() {
        return vec![ip];
    }
    let page = network.pages.iter().find(|page| page.host == host);
    page.map(|page| page.addresses.clone()).unwrap_or_default()
}

/// Whether two addresses share what a provider's servers do: 24 bits of IPv4, 64 of IPv6.
fn is_beside(one: IpAddr, other: IpAddr) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => one.to_bits() >> 8 == other.to_bits() >> 8,
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() >> 64 == other.to_bits() >> 64,
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_servers_stand_beside_each_other() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(is_beside(ip("198.51.100.60"), ip("198.51.100.61")));
        assert!(!is_beside(ip("198.51.100.60"), ip("198.51.101.60")));
        assert!(is_beside(ip("2001:db8::1"), ip("2001:db8::2")) && !is_beside(ip("2001:db8::1"), ip("198.51.100.60")));
    }

    #[test]
    fn a_host_that_is_an_address_means_itself() {
        let network = NetworkPicture {
            pages: vec![crate::api::network::picture::Page {
                host: "pbx".to_owned(),
                addresses: vec![IpAddr::from([198, 51, 100, 2])],
            }],
            ..NetworkPicture::default()
        };
        assert_eq!(addresses(&network, "pbx"), [IpAddr::from([198, 51, 100, 2])]);
        assert_eq!(addresses(&network, "192.0.2.7"), [IpAddr::from([192, 0, 2, 7])]);
        assert!(addresses(&network, "elsewhere").is_empty());
    }
}
