//! The pool of RTP ports, handed out least recently used first: packets of an old call that still arrive meet nobody.
//!
//! Behind a NAT some free ports are kept ready for phones outside: the shell knows what they look like from there before a call needs them.

use std::collections::VecDeque;
use std::net::SocketAddr;

use rustc_hash::FxHashMap;

/// Free pairs of ports that are kept ready for phones outside.
const READY_PAIRS: usize = 6;

/// Even ports; the odd one above belongs to each.
#[derive(Debug)]
pub(super) struct Ports {
    free: VecDeque<u16>,
    /// What ports, RTP's and RTCP's, look like from outside.
    mapped: FxHashMap<u16, SocketAddr>,
    /// Ports of legs outside.
    used_outside: Vec<u16>,
}

impl Ports {
    pub(super) fn new(ports: &[u16]) -> Self {
        Self {
            free: ports.iter().copied().collect(),
            mapped: FxHashMap::default(),
            used_outside: Vec::new(),
        }
    }

    /// A port for a phone that reaches us as we are; those made ready for others come last.
    pub(super) fn take(&mut self) -> Option<u16> {
        let plain = self.free.iter().position(|port| !self.mapped.contains_key(port)).unwrap_or(0);
        self.free.remove(plain)
    }

    /// A port for a phone outside, rather one that is known there.
    pub(super) fn take_outside(&mut self) -> Option<u16> {
        let known = self.free.iter().position(|port| self.mapped.contains_key(port)).unwrap_or(0);
        let port = self.free.remove(known)?;
        self.used_outside.push(port);
        Some(port)
    }

    pub(super) fn give_back(&mut self, port: u16) {
        self.used_outside.retain(|used| *used != port);
        self.free.push_back(port);
    }

    pub(super) fn free(&self) -> usize {
        self.free.len()
    }

    /// How a port looks from outside, if it is known.
    pub(super) fn mapped(&self, port: u16) -> Option<SocketAddr> {
        self.mapped.get(&port).copied()
    }

    pub(super) fn map(&mut self, port: u16, public: Option<SocketAddr>) {
        match public {
            Some(public) => self.mapped.insert(port, public),
            None => self.mapped.remove(&port),
        };
    }

    /// The even ports whose mappings are worth knowing: those in use outside, and some free ones, the same as long as they are free.
    pub(super) fn to_be_mapped(&self) -> Vec<u16> {
        let (known, others): (Vec<u16>, Vec<u16>) = self.free.iter().partition(|port| self.mapped.contains_key(port));
        let ready = known.into_iter().chain(others).take(READY_PAIRS);
        self.used_outside.iter().copied().chain(ready).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(port: u16) -> SocketAddr {
        SocketAddr::from(([198, 51, 100, 2], port))
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
        ports.map(30_000, Some(public(41_000)));
        assert_eq!(ports.take(), Some(30_002));
        assert_eq!(ports.take_outside(), Some(30_000));
        assert_eq!(ports.mapped(30_000), Some(public(41_000)));
        assert_eq!(ports.take_outside(), Some(30_004), "better one that is not known than none");
        assert_eq!((ports.take(), ports.take_outside()), (None, None));
    }

    #[test]
    fn inside_takes_what_is_left_at_the_end() {
        let mut ports = Ports::new(&[30_000]);
        ports.map(30_000, Some(public(1)));
        assert_eq!(ports.take(), Some(30_000));
    }

    #[test]
    fn what_is_ready_stays_ready_and_what_is_used_stays_mapped() {
        let mut ports = Ports::new(&(0..20).map(|n| 30_000 + 2 * n).collect::<Vec<_>>());
        let first = ports.to_be_mapped();
        assert_eq!(first.len(), READY_PAIRS);
        first.iter().for_each(|port| ports.map(*port, Some(public(*port))));
        let used = ports.take_outside().unwrap();
        ports.take();
        let then = ports.to_be_mapped();
        assert_eq!(then[0], used);
        assert_eq!(then.len(), 1 + READY_PAIRS);
        assert!(first.iter().all(|port| then.contains(port)));
        ports.give_back(used);
        ports.map(used, None);
        assert!(ports.to_be_mapped().len() == READY_PAIRS && ports.mapped(used).is_none());
    }
}
