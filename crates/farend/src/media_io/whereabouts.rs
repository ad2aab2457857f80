//! Which thread has the leg that a packet is for.
//!
//! A connectivity check names the thread where its leg was described last; what comes from the same peer goes the same way. Where a leg has moved
//! since, all threads are told so before it leaves. One that has not been told sends the packet to where the leg was, which sends it on; a packet
//! is never forwarded more often than that, whatever the threads believe.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use media::engine::{Departing, local_ufrag, worker_of_ufrag};

/// How often a packet is forwarded at most: to the thread that it names, and on from there.
pub(super) const HOPS_MAX: u8 = 2;

/// Peers of other threads' legs that the kernel gives to this thread; more than that are forgotten and learnt anew.
const FOREIGN_PEERS_MAX: usize = 16_384;

/// Legs that are elsewhere than they say; of more than that, those that moved first are forgotten.
const MOVED_LEGS_MAX: usize = 16_384;

/// Where a leg is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct News {
    /// The ICE user name fragment that its peer uses.
    ufrag: Box<str>,
    /// Where its peer is known to be.
    sources: Vec<SocketAddr>,
    /// `None` when there is no such leg any more, or it has got another name.
    at: Option<u8>,
}

impl News {
    /// A leg goes to a thread; `None` when it is none that is named in packets.
    pub(super) fn of(departing: &Departing, at: u8) -> Option<Self> {
        Some(Self {
            ufrag: departing.ufrag()?.into(),
            sources: departing.sources().to_vec(),
            at: Some(at),
        })
    }

    /// A name means nothing any more.
    pub(super) fn over(ufrag: Box<str>) -> Self {
        Self {
            ufrag,
            sources: Vec::new(),
            at: None,
        }
    }
}

/// What one thread knows of all threads' legs.
#[derive(Debug)]
pub(super) struct Whereabouts {
    worker: u8,
    threads: usize,
    /// By user name fragment: legs that are elsewhere than it says.
    moved: HashMap<Box<str>, u8>,
    /// The same names, in the order in which they became known.
    order: VecDeque<Box<str>>,
    /// Which other thread owns a peer that ends up here.
    foreign: HashMap<SocketAddr, u8>,
}

impl Whereabouts {
    /// Of the thread `worker` among so many.
    pub(super) fn new(worker: u8, threads: usize) -> Self {
        Self {
            worker,
            threads,
            moved: HashMap::new(),
            order: VecDeque::new(),
            foreign: HashMap::new(),
        }
    }

    /// Which other thread's packet of the one UDP port this is, after it has been forwarded so often.
    pub(super) fn owner(&mut self, source: SocketAddr, packet: &[u8], hops: u8) -> Option<u8> {
        if self.threads == 1 || hops >= HOPS_MAX {
            return None;
        }
        let Some(worker) = self.named(packet) else {
            return self.foreign.get(&source).copied();
        };
        self.note(source, worker);
        self.is_another(worker).then_some(worker)
    }

    /// Which other thread a connection is for, by a packet that came through it.
    pub(super) fn owner_of_connection(&self, packet: &[u8]) -> Option<u8> {
        self.named(packet).filter(|worker| self.is_another(*worker))
    }

    /// A leg has moved, or a name means nothing any more.
    pub(super) fn follow(&mut self, News { ufrag, sources, at }: &News) {
        match *at {
            Some(worker) if worker_of_ufrag(ufrag) != Some(worker) => {
                if self.moved.insert(ufrag.clone(), worker).is_none() {
                    self.order.push_back(ufrag.clone());
                }
                if self.order.len() > MOVED_LEGS_MAX
                    && let Some(first) = self.order.pop_front()
                {
                    self.moved.remove(&first);
                }
            }
            Some(_) | None => {
                if self.moved.remove(ufrag).is_some() {
                    self.order.retain(|known| known != ufrag);
                }
            }
        }
        for (source, worker) in sources.iter().zip(std::iter::repeat(*at)) {
            if let Some(worker) = worker {
                self.note(*source, worker);
            }
        }
    }

    /// The thread that has the leg which a connectivity check is for.
    fn named(&self, packet: &[u8]) -> Option<u8> {
        let ufrag = local_ufrag(packet)?;
        self.moved.get(ufrag).copied().or_else(|| worker_of_ufrag(ufrag))
    }

    fn is_another(&self, worker: u8) -> bool {
        worker != self.worker && usize::from(worker) < self.threads
    }

    fn note(&mut self, source: SocketAddr, worker: u8) {
        if self.is_another(worker) {
            if self.foreign.len() >= FOREIGN_PEERS_MAX {
                self.foreign.clear();
            }
            self.foreign.insert(source, worker);
        } else {
            self.foreign.remove(&source);
        }
    }
}

#[cfg(test)]
mod tests {
    use media::stun::ufrag;
    use rand::rngs::SmallRng;
    use rand::{Rng as _, SeedableRng as _};

    use super::*;

    const THREADS: u8 = 4;

    fn source(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn name(worker: u8) -> Box<str> {
        ufrag(worker, "abcdefghij").into()
    }

    /// A connectivity check for this name.
    fn check(ufrag: &str) -> Vec<u8> {
        let username = format!("{ufrag}:theirs");
        let mut packet = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        packet.extend([7; 12]);
        packet.extend([0, 6, 0, u8::try_from(username.len()).unwrap()]);
        packet.extend(username.as_bytes());
        packet.resize(packet.len().next_multiple_of(4), 0);
        packet
    }

    fn news(ufrag: &str, sources: &[u16], at: Option<u8>) -> News {
        News {
            ufrag: ufrag.into(),
            sources: sources.iter().map(|port| source(*port)).collect(),
            at,
        }
    }

    fn all() -> Vec<Whereabouts> {
        (0..THREADS).map(|worker| Whereabouts::new(worker, THREADS.into())).collect()
    }

    /// Where a packet ends up that comes in at a thread, and how often it is forwarded.
    fn journey(threads: &mut [Whereabouts], first: u8, source: SocketAddr, packet: &[u8]) -> (u8, u8) {
        let (mut at, mut hops) = (first, 0);
        while let Some(next) = threads[usize::from(at)].owner(source, packet, hops) {
            assert_ne!(next, at, "to another thread, if at all");
            (at, hops) = (next, hops + 1);
            assert!(hops <= HOPS_MAX);
        }
        (at, hops)
    }

    const AUDIO: [u8; 12] = [0x80; 12];

    #[test]
    fn a_check_names_its_thread_and_what_follows_goes_the_same_way() {
        let mut threads = all();
        assert_eq!(journey(&mut threads, 1, source(1), &AUDIO), (1, 0), "nobody knows it yet");
        assert_eq!(journey(&mut threads, 1, source(1), &check(&name(3))), (3, 1));
        assert_eq!(journey(&mut threads, 1, source(1), &AUDIO), (3, 1));
        assert_eq!(
            journey(&mut threads, 1, source(1), &check(&name(1))),
            (1, 0),
            "another leg of the same peer"
        );
        assert_eq!(journey(&mut threads, 1, source(1), &AUDIO), (1, 0));
        assert_eq!(
            journey(&mut threads, 1, source(1), &check(&name(THREADS))),
            (1, 0),
            "no such thread"
        );
        let mut alone = Whereabouts::new(0, 1);
        assert_eq!(alone.owner(source(1), &check(&name(3)), 0), None);
    }

    #[test]
    fn all_who_know_that_a_leg_has_moved_forward_at_once_and_the_others_by_where_it_was() {
        let mut threads = all();
        journey(&mut threads, 1, source(1), &check(&name(0)));
        let moved = news(&name(0), &[1], Some(2));
        for worker in [0, 1, 2] {
            threads[worker].follow(&moved);
        }
        for packet in [&check(&name(0))[..], &AUDIO] {
            for (first, hops) in [(0, 1), (1, 1), (2, 0)] {
                assert_eq!(journey(&mut threads, first, source(1), packet), (2, hops), "{first}");
            }
        }
        assert_eq!(journey(&mut threads, 3, source(1), &check(&name(0))), (2, 2));
        assert_eq!(journey(&mut threads, 3, source(1), &AUDIO), (2, 2));
        // On, and home again.
        for (at, hops) in [(3, [1, 1, 1, 0]), (0, [0, 1, 1, 1])] {
            threads.iter_mut().for_each(|thread| thread.follow(&news(&name(0), &[1], Some(at))));
            for (first, hops) in (0..THREADS).zip(hops) {
                assert_eq!(journey(&mut threads, first, source(1), &check(&name(0))), (at, hops));
                assert_eq!(journey(&mut threads, first, source(1), &AUDIO), (at, hops));
            }
        }
        assert!(threads.iter().all(|thread| thread.moved.is_empty() && thread.order.is_empty()));
    }

    #[test]
    fn a_connection_goes_where_the_leg_is_and_stays_there() {
        let mut threads = all();
        threads.iter_mut().for_each(|thread| thread.follow(&news(&name(0), &[], Some(2))));
        let owners = threads.iter().map(|thread| thread.owner_of_connection(&check(&name(0))));
        assert_eq!(owners.collect::<Vec<_>>(), [Some(2), Some(2), None, Some(2)]);
        assert_eq!(threads[1].owner_of_connection(&AUDIO), None);
    }

    #[test]
    fn a_name_that_is_over_is_forgotten() {
        let mut thread = Whereabouts::new(1, THREADS.into());
        thread.follow(&news(&name(0), &[1], Some(2)));
        thread.follow(&News::over(name(0)));
        assert!(thread.moved.is_empty() && thread.order.is_empty());
        assert_eq!(thread.owner_of_connection(&check(&name(0))), Some(0));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let mut thread = Whereabouts::new(1, THREADS.into());
        let name = |n: usize| ufrag(0, &n.to_string());
        for n in 0..=MOVED_LEGS_MAX {
            thread.follow(&news(&name(n), &[], Some(2)));
            thread.follow(&news(&name(n), &[], Some(3)));
        }
        assert_eq!((thread.moved.len(), thread.order.len()), (MOVED_LEGS_MAX, MOVED_LEGS_MAX));
        assert!(!thread.moved.contains_key(&*name(0)) && thread.moved.contains_key(&*name(MOVED_LEGS_MAX)));
        for port in 0..=u16::MAX {
            thread.note(source(port), 0);
        }
        assert!(thread.foreign.len() <= FOREIGN_PEERS_MAX);
    }

    #[test]
    fn no_packet_goes_round_in_circles_whatever_the_threads_believe() {
        let mut random = SmallRng::seed_from_u64(1);
        for _ in 0..2_000 {
            let mut threads = all();
            for thread in &mut threads {
                for worker in 0..THREADS {
                    let at = random.random_bool(0.8).then(|| random.random_range(0..THREADS + 1));
                    thread.follow(&news(&name(worker), &[u16::from(worker)], at));
                }
            }
            for first in 0..THREADS {
                for named in 0..THREADS {
                    // Its bound is asserted on the way.
                    journey(&mut threads, first, source(named.into()), &check(&name(named)));
                    journey(&mut threads, first, source(named.into()), &AUDIO);
                }
            }
        }
    }
}
