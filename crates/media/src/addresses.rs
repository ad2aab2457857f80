//! Our own addresses, and which of them a peer is told.
//!
//! Nothing here is a switch that somebody could set wrong: what a peer is told follows from how it has reached us.
//!
//! | The peer | is told |
//! |---|---|
//! | is in a network of ours (office, VPN) | the address that it has reached |
//! | is on this machine | all addresses of our interfaces |
//! | comes from outside | the address that it has reached where that is a public one, what STUN servers saw, and where its page was loaded from |
//! | is inside, but loaded its page from a public address (hairpin, a router that hides its clients) | both |

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use model::TrunkId;
use model::control::{Page, Reached};

/// Candidates of one description at most.
const OFFERED_MAX: usize = 12;

/// What is known of our addresses. The shell gives a new one whenever it learns something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Of our interfaces, those that a stranger may see first; never unspecified.
    pub interfaces: Vec<IpAddr>,
    /// The one UDP port.
    pub udp_port: u16,
    /// The one TCP port.
    pub tcp_port: u16,
    /// What the one UDP port looks like from outside.
    pub mapped: Vec<Mapped>,
    /// What it looks like from a provider, as that one's own STUN server sees it. Browsers are told nothing of that.
    pub own: BTreeMap<TrunkId, Vec<Mapped>>,
    /// Public addresses that somebody has written down.
    pub stated: Vec<IpAddr>,
    /// What the names in pages' addresses mean, as far as we know.
    pub names: BTreeMap<String, Vec<IpAddr>>,
}

/// A server-reflexive address (RFC 8445 section 5.1.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The interface that leads there.
    pub local: IpAddr,
    /// As seen from outside.
    pub public: SocketAddr,
}

/// One address on offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// How it is reached.
    pub way: Way,
    /// Where.
    pub address: SocketAddr,
}

/// How an address on offer is reached, and what it is. The order is that of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// UDP to an interface of ours.
    Host,
    /// UDP to what a STUN server saw.
    Reflexive,
    /// UDP to where the page was loaded from: right when the router keeps port numbers, or forwards UDP too.
    Guessed,
    /// TCP that the peer opens (RFC 6544).
    Tcp,
}

impl Way {
    /// Type preference (RFC 8445 section 5.1.2.2): every UDP candidate before any TCP candidate.
    fn preference(self) -> u32 {
        match self {
            Self::Host => 126,
            Self::Reflexive => 100,
            Self::Guessed => 99,
            Self::Tcp => 90,
        }
    }
}

/// Whether an address means something only in a network of its own: this machine, an office, a VPN, behind a carrier's NAT (RFC 6598).
#[must_use]
pub fn is_inside(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Whether an address is one of our TURN server's: they exist nowhere but in our own process, because nobody routes what
/// RFC 2544 (198.18.0.0/15) and RFC 5180 (2001:2::/48) reserve for benchmarks.
#[must_use]
pub fn is_relayed(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.octets()[0] == 198 && v4.octets()[1] & 0xfe == 18,
        IpAddr::V6(v6) => v6.segments()[..3] == [0x2001, 2, 0],
    }
}

impl Addresses {
    /// Our addresses on the one UDP port, as a session may send from them: the one that the peer has reached, since that is where the route to
    /// it begins, and those of the other family. A packet with another interface's address would leave by the same route all the same, and
    /// a router would take it for somebody else's. Who comes by loopback is on this machine, where every address works.
    pub(crate) fn hosts(&self, reached: &Reached) -> Vec<SocketAddr> {
        let local = reached.local.to_canonical();
        // It is not when media is bound to another address than the page.
        let is_ours = self.interfaces.contains(&local);
        let is_other = |ip: &IpAddr| !ip.is_loopback() && (!is_ours || ip.is_ipv4() != local.is_ipv4());
        let others = self.interfaces.iter().copied();
        let others = others.filter(|ip| *ip != local && (local.is_loopback() || is_other(ip)));
        let hosts = is_ours.then_some(local).into_iter().chain(others);
        hosts.map(|ip| SocketAddr::new(ip, self.udp_port)).collect()
    }

    /// What a browser is offered, best first.
    #[must_use]
    pub fn offered(&self, reached: &Reached) -> Vec<Offered> {
        let local = reached.local.to_canonical();
        let page = reached
            .page
            .as_ref()
            .map(|page| (self.meaning(page), page.port))
            .unwrap_or_default();
        let (page_ips, page_port) = (page.0, if page.1 == 0 { self.tcp_port } else { page.1 });
        let is_outside = !is_inside(reached.peer);
        let comes_through = is_outside || page_ips.iter().any(|ip| !is_inside(*ip) && *ip != local);

        let mut offers = Offers::default();
        if !is_outside || !is_inside(local) {
            offers.udp(Way::Host, [SocketAddr::new(local, self.udp_port)]);
        }
        if local.is_loopback() {
            // This machine: browsers rather use an address of the network than loopback.
            offers.udp(Way::Host, self.interfaces.iter().map(|ip| SocketAddr::new(*ip, self.udp_port)));
        }
        if comes_through {
            offers.udp(Way::Host, self.hosts(reached).into_iter().filter(|host| !is_inside(host.ip())));
            // What was seen on the interface that the peer has come by goes before the rest.
            let (same, others): (Vec<&Mapped>, Vec<&Mapped>) = self.mapped.iter().partition(|mapped| mapped.local == local);
            offers.udp(Way::Reflexive, same.iter().chain(&others).map(|mapped| mapped.public));
        }
        for port in [self.udp_port, page_port] {
            offers.udp(Way::Guessed, page_ips.iter().map(|ip| SocketAddr::new(*ip, port)));
        }

        offers.tcp(page_ips.iter().map(|ip| SocketAddr::new(*ip, page_port)));
        if comes_through {
            let seen = self.mapped.iter().map(|mapped| mapped.public.ip());
            let public = self.stated.iter().copied().chain(seen);
            offers.tcp(public.map(|ip| SocketAddr::new(ip, page_port)));
        }
        if !is_outside || !is_inside(local) || offers.0.is_empty() {
            offers.tcp([SocketAddr::new(local, self.tcp_port)]);
        }
        offers.sorted()
    }

    /// The addresses that a page's host stands for.
    fn meaning(&self, page: &Page) -> Vec<IpAddr> {
        match page.host.parse::<IpAddr>() {
            Ok(ip) => vec![ip.to_canonical()],
            Err(_name) => self.names.get(&*page.host).cloned().unwrap_or_default(),
        }
    }
}

/// Each address once, in the best way that leads there.
#[derive(Default)]
struct Offers(Vec<Offered>);

impl Offers {
    fn udp(&mut self, way: Way, addresses: impl IntoIterator<Item = SocketAddr>) {
        for address in addresses {
            let is_known = self.0.iter().any(|offered| offered.way != Way::Tcp && offered.address == address);
            if !is_known && is_usable(address) {
                self.0.push(Offered { way, address });
            }
        }
    }

    fn tcp(&mut self, addresses: impl IntoIterator<Item = SocketAddr>) {
        for address in addresses {
            let offered = Offered { way: Way::Tcp, address };
            if !self.0.contains(&offered) && is_usable(address) {
                self.0.push(offered);
            }
        }
    }

    /// The last place is TCP's: UDP alone may lead nowhere.
    fn sorted(mut self) -> Vec<Offered> {
        self.0.sort_by_key(|offered| offered.way);
        if self.0.len() > OFFERED_MAX {
            let tcp = self.0.iter().find(|offered| offered.way == Way::Tcp).copied();
            self.0.truncate(OFFERED_MAX - 1);
            self.0.extend(tcp.filter(|tcp| !self.0.contains(tcp)));
        }
        self.0
    }
}

fn is_usable(address: SocketAddr) -> bool {
    !address.ip().is_unspecified() && !address.ip().is_multicast() && address.port() != 0
}

/// The candidate attribute's value of each address (RFC 8839 section 5.1, RFC 6544 section 4.5), without `a=`.
pub(crate) fn candidates(offered: &[Offered]) -> Vec<String> {
    let line = |(index, Offered { way, address }): (usize, &Offered)| {
        let local_preference = 0xffff - u32::try_from(index).unwrap_or(0xffff);
        let priority = (way.preference() << 24) | (local_preference << 8) | 255;
        let (ip, port) = (address.ip(), address.port());
        // One foundation each: they share neither base nor server, as far as the peer knows.
        let foundation = index + 1;
        match way {
            Way::Host => format!("candidate:{foundation} 1 udp {priority} {ip} {port} typ host"),
            Way::Reflexive | Way::Guessed => {
                let related = if ip.is_ipv4() { "0.0.0.0" } else { "::" };
                format!("candidate:{foundation} 1 udp {priority} {ip} {port} typ srflx raddr {related} rport 0")
            }
            Way::Tcp => format!("candidate:{foundation} 1 tcp {priority} {ip} {port} typ host tcptype passive"),
        }
    };
    offered.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests;
