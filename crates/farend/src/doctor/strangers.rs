//! Who has knocked at SIP's ports from the internet and is nobody of ours: counted beside the packets, in a table of fixed size.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use doctor::evidence::{StrangerAt, UnixMs};
use media::addresses::{is_inside, is_relayed};

/// Strangers that are told apart, for each door; a new one takes the place of the oldest.
const SOURCES_MAX: usize = 64;

/// A stranger who was not heard for so long counts no more.
const KEPT_MS: u64 = 24 * 60 * 60 * 1_000;

/// A port that nobody outside needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Door {
    /// SIP in datagrams.
    SipUdp,
    /// SIP over TCP without TLS.
    SipTcp,
}

/// Shared with those who receive.
#[derive(Debug, Default)]
pub(crate) struct Strangers {
    tables: Mutex<[Vec<Source>; 2]>,
}

#[derive(Clone, Copy, Debug)]
struct Source {
    from: IpAddr,
    at: UnixMs,
    /// It was a phone or a provider of ours at one look: it may knock once more when it is none any more.
    is_ours: bool,
}

impl Door {
    const ALL: [Self; 2] = [Self::SipUdp, Self::SipTcp];

    fn protocol(self) -> &'static str {
        match self {
            Self::SipUdp => "udp",
            Self::SipTcp => "tcp",
        }
    }
}

impl Strangers {
    /// A packet or a connection has come. Waits for nobody: while the table is being read, it is not counted.
    pub(crate) fn knocked(&self, door: Door, from: IpAddr) {
        let from = from.to_canonical();
        if is_inside(from) || is_relayed(from) {
            return;
        }
        if let Ok(mut tables) = self.tables.try_lock() {
            note(&mut tables[door as usize], from, super::now());
        }
    }

    /// Those of the last day who are nobody of ours and never were, by port.
    pub(super) fn told(&self, sip_port: u16, is_known: impl Fn(IpAddr) -> bool, now: UnixMs) -> Vec<StrangerAt> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        for source in tables.iter_mut().flatten() {
            source.is_ours |= is_known(source.from);
        }
        let strangers = Door::ALL.into_iter().filter_map(|door| {
            let strange = |source: &&Source| now.since(source.at) <= KEPT_MS && !source.is_ours;
            let sources: Vec<&Source> = tables[door as usize].iter().filter(strange).collect();
            let latest = sources.iter().max_by_key(|source| source.at)?;
            Some(StrangerAt {
                port: sip_port,
                protocol: door.protocol().to_owned(),
                purpose: "SIP".to_owned(),
                from: latest.from,
                sources: u32::try_from(sources.len()).unwrap_or(u32::MAX),
                at: latest.at,
            })
        });
        strangers.collect()
    }
}

fn note(table: &mut Vec<Source>, from: IpAddr, at: UnixMs) {
    let source = Source { from, at, is_ours: false };
    if let Some(known) = table.iter_mut().find(|source| source.from == from) {
        // After a day, somebody else may have the address.
        let is_ours = known.is_ours && at.since(known.at) <= KEPT_MS;
        *known = Source { is_ours, ..source };
    } else if table.len() < SOURCES_MAX {
        table.push(source);
    } else if let Some(oldest) = table.iter_mut().min_by_key(|source| source.at) {
        *oldest = source;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([198, 51, 100, last])
    }

    #[test]
    fn only_strangers_from_the_internet_are_told_by_their_port() {
        let strangers = Strangers::default();
        for from in ["192.168.1.7", "10.0.0.1", "127.0.0.1", "::1", "198.18.0.5"] {
            strangers.knocked(Door::SipUdp, from.parse().unwrap());
        }
        strangers.knocked(Door::SipUdp, ip(60));
        let now = super::super::now();
        assert!(strangers.told(5060, |from| from == ip(60), now).is_empty(), "that is the provider");
        strangers.knocked(Door::SipUdp, ip(7));
        strangers.knocked(Door::SipUdp, ip(7));
        strangers.knocked(Door::SipTcp, ip(8));
        let told = strangers.told(5060, |from| from == ip(60), now);
        let told: Vec<_> = told.iter().map(|at| (at.port, at.protocol.as_str(), at.from, at.sources)).collect();
        assert_eq!(told, [(5060, "udp", ip(7), 1), (5060, "tcp", ip(8), 1)]);
        let tomorrow = UnixMs(now.0 + 60_000 + i64::try_from(KEPT_MS).unwrap());
        assert!(strangers.told(5060, |_| false, tomorrow).is_empty());
    }

    #[test]
    fn a_phone_that_leaves_is_no_stranger_until_a_day_later_somebody_has_its_address() {
        let strangers = Strangers::default();
        strangers.knocked(Door::SipUdp, ip(7));
        let now = super::super::now();
        assert!(strangers.told(5060, |from| from == ip(7), now).is_empty(), "it is registered");
        // It says that it goes.
        strangers.knocked(Door::SipUdp, ip(7));
        assert!(strangers.told(5060, |_| false, now).is_empty());
        // The other door has a table of its own.
        strangers.knocked(Door::SipTcp, ip(7));
        assert_eq!(strangers.told(5060, |_| false, now).len(), 1);
        let later = UnixMs(now.0 + 60_000 + i64::try_from(KEPT_MS).unwrap());
        note(&mut strangers.tables.lock().unwrap()[Door::SipUdp as usize], ip(7), later);
        assert_eq!(strangers.told(5060, |_| false, later).len(), 1);
    }

    #[test]
    fn the_oldest_makes_room_when_the_table_is_full() {
        let mut table = Vec::new();
        for number in 0..=SOURCES_MAX {
            let last = u8::try_from(number).unwrap();
            note(&mut table, ip(last), UnixMs(i64::from(last)));
        }
        assert_eq!(table.len(), SOURCES_MAX);
        assert!(table.iter().all(|source| source.from != ip(0)) && table.iter().any(|source| source.from == ip(64)));
    }
}
