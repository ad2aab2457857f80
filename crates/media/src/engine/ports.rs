//! The pool of RTP ports, handed out least recently used first: packets of an old call that still arrive meet nobody.
//!
//! Behind a NAT some free ports are kept ready for phones outside: the shell knows what they look like from there before a call needs them.
//! Servers in different places may see a port differently, so each port is known as the system's servers see it and as each provider's own does.

use std::collections::VecDeque;
use std::net::SocketAddr;

use model::TrunkId;
use rustc_hash::FxHashMap;

/// Free pairs of ports that are kept ready for phones outside.
const READY_PAIRS: usize = 6;

/// What a port of the pool looks like from outside. By default nobody knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// As a STUN server of the system sees it.
    pub by_system: Option<SocketAddr>,
    /// As providers' own servers see it: of a trunk at most one address of each family.
    pub by_own: Vec<(TrunkId, SocketAddr)>,
}

/// What a pair of ports whose mappings are worth knowing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is free, and kept ready for whoever is outside.
    Ready,
    /// A leg has it: of a provider by its trunk, or of a phone.
    Leg(Option<TrunkId>),
}

impl Seen {
    fn is_unknown(&self) -> bool {
        self.by_system.is_none() && self.by_own.is_empty()
    }

    /// As the own server of this trunk sees it, in the family of `local`.
    pub(super) fn by_own_of(&self, trunk: TrunkId, local: SocketAddr) -> Option<SocketAddr> {
        let mut seen = self.by_own.iter().filter(|(of, _)| *of == trunk);
        seen.find(|(_, public)| public.is_ipv4() == local.is_ipv4())
            .map(|(_, public)| *public)
    }
}

/// Even ports; the odd one above belongs to each.
#[derive(Debug)]
pub(super) struct Ports {
    free: VecDeque<u16>,
    /// What ports, RTP's and RTCP's, look like from outside.
    seen: FxHashMap<u16, Seen>,
    /// Ports of legs outside, and whose provider is there.
    used_outside: Vec<(u16, Option<TrunkId>)>,
    /// Ports of other pools that came with their legs.
    guests: Vec<u16>,
    /// Guests whose legs are gone.
    left: Vec<u16>,
}

/// What is known of a pair of ports that goes to another pool with its leg.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) port: u16,
    /// Of the leg outside that has it: whose provider is there.
    outside: Option<Option<TrunkId>>,
    /// What the two look like from outside.
    seen: [Seen; 2],
}

impl Ports {
    pub(super) fn new(ports: &[u16]) -> Self {
        Self {
            free: ports.iter().copied().collect(),
            seen: FxHashMap::default(),
            used_outside: Vec::new(),
            guests: Vec::new(),
            left: Vec::new(),
        }
    }

    /// A port for a phone that reaches us as we are; those made ready for others come last.
    pub(super) fn take(&mut self) -> Option<u16> {
        let plain = self.free.iter().position(|port| !self.seen.contains_key(port)).unwrap_or(0);
        self.free.remove(plain)
    }

    /// A port for a phone outside, or for a trunk's provider: rather one that is known to the provider's own server, else to any.
    pub(super) fn take_outside(&mut self, trunk: Option<TrunkId>) -> Option<u16> {
        let is_own = |seen: &Seen| seen.by_own.iter().any(|(of, _)| Some(*of) == trunk);
        let own = self.free.iter().position(|port| self.seen.get(port).is_some_and(is_own));
        let known = own.or_else(|| self.free.iter().position(|port| self.seen.contains_key(port)));
        let port = self.free.remove(known.unwrap_or(0))?;
        self.used_outside.push((port, trunk));
        Some(port)
    }

    pub(super) fn give_back(&mut self, port: u16) {
        self.used_outside.retain(|(used, _)| *used != port);
        if let Some(at) = self.guests.iter().position(|guest| *guest == port) {
            self.guests.swap_remove(at);
            self.forget(port);
            self.left.push(port);
        } else {
            self.free.push_back(port);
        }
    }

    /// A pair in use goes to another pool.
    pub(super) fn release(&mut self, port: u16) -> Guest {
        let outside = self.used_outside.iter().find(|(used, _)| *used == port).map(|(_, trunk)| *trunk);
        self.used_outside.retain(|(used, _)| *used != port);
        self.guests.retain(|guest| *guest != port);
        Guest {
            port,
            outside,
            seen: self.forget(port),
        }
    }

    /// A pair in use comes from another pool, for as long as its leg is here.
    pub(super) fn adopt(&mut self, Guest { port, outside, seen }: Guest) {
        let [rtp, rtcp] = seen;
        self.map(port, rtp);
        self.map(port + 1, rtcp);
        self.used_outside.extend(outside.map(|trunk| (port, trunk)));
        self.guests.push(port);
    }

    /// A guest whose leg is gone.
    pub(super) fn poll_left(&mut self) -> Option<u16> {
        self.left.pop()
    }

    /// A free port that belongs here from now on.
    pub(super) fn add(&mut self, port: u16) {
        self.free.push_back(port);
    }

    fn forget(&mut self, port: u16) -> [Seen; 2] {
        [port, port + 1].map(|port| self.seen.remove(&port).unwrap_or_default())
    }

    pub(super) fn free(&self) -> usize {
        self.free.len()
    }

    /// How a port looks from outside, if that is known.
    pub(super) fn seen(&self, port: u16) -> Option<&Seen> {
        self.seen.get(&port)
    }

    pub(super) fn map(&mut self, port: u16, seen: Seen) {
        if seen.is_unknown() {
            self.seen.remove(&port);
        } else {
            self.seen.insert(port, seen);
        }
    }

    /// The even ports whose mappings are worth knowing: those in use outside, and some free ones, the same as long as they are free.
    pub(super) fn to_be_mapped(&self) -> Vec<(u16, Use)> {
        let (known, others): (Vec<u16>, Vec<u16>) = self.free.iter().partition(|port| self.seen.contains_key(port));
        let ready = known.into_iter().chain(others).take(READY_PAIRS);
        let used = self.used_outside.iter().map(|(port, trunk)| (*port, Use::Leg(*trunk)));
        used.chain(ready.map(|port| (port, Use::Ready))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: TrunkId = TrunkId(1);
    const TWO: TrunkId = TrunkId(2);

    fn public(port: u16) -> SocketAddr {
        SocketAddr::from(([198, 51, 100, 2], port))
    }

    fn by_system(port: u16) -> Seen {
        Seen {
            by_system: Some(public(port)),
            by_own: Vec::new(),
        }
    }

    fn by_own_of(trunk: TrunkId) -> Seen {
        Seen {
            by_system: None,
            by_own: vec![(trunk, public(1))],
        }
    }

    #[test]
    fn the_port_used_last_is_handed_out_last() {
        let mut ports = Ports::new(&[30_000, 30_002, 30_004]);
        let first = ports.take().unwrap();
        ports.give_back(first);
        assert_eq!(
            [ports.take(), ports.take(), ports.take(), ports.take()],
            [Some(30_002), Some(30_004), Some(30_000), None]
        );
    }

    #[test]
    fn ports_known_outside_are_for_phones_outside() {
        let mut ports = Ports::new(&[30_000, 30_002, 30_004]);
        ports.map(30_000, by_system(41_000));
        assert_eq!(ports.take(), Some(30_002));
        assert_eq!(ports.take_outside(None), Some(30_000));
        assert_eq!(ports.seen(30_000), Some(&by_system(41_000)));
        assert_eq!(ports.take_outside(None), Some(30_004), "better one that is not known than none");
        assert_eq!((ports.take(), ports.take_outside(None)), (None, None));
    }

    #[test]
    fn inside_takes_what_is_left_at_the_end() {
        let mut ports = Ports::new(&[30_000]);
        ports.map(30_000, by_system(1));
        assert_eq!(ports.take(), Some(30_000));
    }

    #[test]
    fn what_is_ready_stays_ready_and_what_is_used_stays_mapped() {
        let mut ports = Ports::new(&(0..20).map(|n| 30_000 + 2 * n).collect::<Vec<_>>());
        let first = ports.to_be_mapped();
        assert_eq!(first.len(), READY_PAIRS);
        first.iter().for_each(|(port, _)| ports.map(*port, by_system(*port)));
        let used = ports.take_outside(Some(ONE)).unwrap();
        ports.take();
        let then = ports.to_be_mapped();
        assert_eq!(then[0], (used, Use::Leg(Some(ONE))));
        assert_eq!(then.len(), 1 + READY_PAIRS);
        assert!(first.iter().all(|(port, _)| then.iter().any(|(then, _)| then == port)));
        ports.give_back(used);
        ports.map(used, Seen::default());
        assert!(ports.to_be_mapped().len() == READY_PAIRS && ports.seen(used).is_none());
    }

    #[test]
    fn a_port_goes_to_another_pool_with_what_is_known_of_it_and_comes_back() {
        let (mut home, mut away) = (Ports::new(&[30_000]), Ports::new(&[30_002]));
        home.map(30_000, by_own_of(ONE));
        home.map(30_001, by_system(7));
        let port = home.take_outside(Some(ONE)).unwrap();
        away.adopt(home.release(port));
        assert_eq!((home.seen(30_000), home.seen(30_001)), (None, None));
        assert_eq!(home.take(), None);
        assert!(!home.to_be_mapped().iter().any(|(port, _)| *port == 30_000));
        assert_eq!((away.seen(30_000), away.seen(30_001)), (Some(&by_own_of(ONE)), Some(&by_system(7))));
        assert_eq!(away.to_be_mapped()[0], (30_000, Use::Leg(Some(ONE))));
        assert_eq!(away.free(), 1);
        away.give_back(30_000);
        assert_eq!((away.poll_left(), away.poll_left(), away.free()), (Some(30_000), None, 1));
        assert_eq!(away.seen(30_000), None);
        home.add(30_000);
        assert_eq!(home.take(), Some(30_000));
    }

    #[test]
    fn a_port_that_comes_back_with_its_leg_is_a_guest_like_any() {
        let (mut home, mut away) = (Ports::new(&[30_000]), Ports::new(&[]));
        let port = home.take().unwrap();
        away.adopt(home.release(port));
        home.adopt(away.release(port));
        home.give_back(port);
        assert_eq!((home.poll_left(), away.poll_left()), (Some(30_000), None));
    }

    #[test]
    fn a_provider_gets_a_port_that_its_own_server_knows() {
        let mut ports = Ports::new(&[30_000, 30_002, 30_004]);
        ports.map(30_000, by_own_of(TWO));
        ports.map(30_002, by_own_of(ONE));
        assert_eq!(ports.take_outside(Some(ONE)), Some(30_002));
        assert_eq!(ports.take_outside(Some(ONE)), Some(30_000), "else one that somebody knows");
        assert_eq!(ports.take(), Some(30_004));
        let local = |text: &str| SocketAddr::new(text.parse().unwrap(), 0);
        assert_eq!(by_own_of(ONE).by_own_of(ONE, local("192.168.10.10")), Some(public(1)));
        assert_eq!(by_own_of(ONE).by_own_of(TWO, local("192.168.10.10")), None);
        assert_eq!(
            by_own_of(ONE).by_own_of(ONE, local("2001:db8::10")),
            None,
            "of the same family alone"
        );
    }
}
