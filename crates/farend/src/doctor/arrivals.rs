//! Who has come from where, by which name: one entry for each person and network, with what is known of that network.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use doctor::evidence::{Arrivals as ByInterface, Check, Locality, MediaWay, Page, UnixMs, UserNetwork};
use model::UserId;
use model::quality::{LegReport, Transport};

/// Networks that are remembered at most; the one that was seen longest ago goes first.
pub(super) const NETWORKS_MAX: usize = 2_000;

/// Names by which one person comes from one network.
const HOSTS_MAX: usize = 4;

/// Pages that the evidence names.
const PAGES_MAX: usize = 64;

/// A network in which nobody was for so long is forgotten.
const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Of a check, whose clock counts.
const CLOCK_KEPT_MS: u64 = 24 * 60 * 60 * 1_000;

/// Clocks that agree, at least.
const CLOCKS_MIN: usize = 3;

/// Somebody has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival<'a> {
    pub(super) user: UserId,
    /// From where.
    pub(super) peer: IpAddr,
    /// Our address that they have reached.
    pub(super) local: IpAddr,
    /// As their browser has named us.
    pub(super) host: &'a str,
}

/// Somebody's network: an address of IPv4, or 64 bits of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    user: UserId,
    network: IpAddr,
}

#[derive(Clone, Debug)]
struct Entry {
    address: IpAddr,
    /// Names, and when each was used last; the latest last.
    hosts: Vec<(String, UnixMs)>,
    local: IpAddr,
    seen_at: UnixMs,
    way: Option<MediaWay>,
    round_trip_ms: Option<f32>,
    check: Option<Check>,
    /// As the database numbers it.
    check_id: Option<u64>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    entries: BTreeMap<Key, Entry>,
    /// The latest network of each person.
    latest: BTreeMap<UserId, Key>,
}

/// What a network's people are called.
pub(super) type Names<'a> = dyn Fn(UserId) -> Option<(String, String)> + 'a;

impl Key {
    fn new(user: UserId, peer: IpAddr) -> Self {
        let network = match peer.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        };
        Self { user, network }
    }
}

impl Arrivals {
    /// Notes it; true when that is news: another person, network, name or interface.
    pub(super) fn note(&mut self, arrival: Arrival<'_>, now: UnixMs) -> bool {
        let key = Key::new(arrival.user, arrival.peer);
        self.latest.insert(arrival.user, key);
        if let Some(entry) = self.entries.get_mut(&key) {
            return entry.seen_again(arrival, now);
        }
        self.make_room();
        let entry = Entry {
            address: arrival.peer.to_canonical(),
            hosts: vec![(arrival.host.to_owned(), now)],
            local: arrival.local.to_canonical(),
            seen_at: now,
            way: None,
            round_trip_ms: None,
            check: None,
            check_id: None,
        };
        self.entries.insert(key, entry);
        true
    }

    /// How a person's media goes; it is that of the network where they were last.
    pub(super) fn measured(&mut self, user: UserId, report: &LegReport) {
        let way = match report.transport {
            Transport::None => return,
            Transport::Rtp => MediaWay::Rtp,
            Transport::Udp => MediaWay::Udp,
            Transport::Tcp => MediaWay::Tcp,
            Transport::Relay => MediaWay::Relay,
        };
        // A desk phone's media says nothing of where its person's browser is.
        if way == MediaWay::Rtp {
            return;
        }
        if let Some(entry) = self.latest.get(&user).and_then(|key| self.entries.get_mut(key)) {
            entry.way = Some(way);
            entry.round_trip_ms = report.round_trip_ms.or(entry.round_trip_ms);
        }
    }

    /// A check of somebody's browser has ended.
    pub(super) fn checked(&mut self, arrival: Arrival<'_>, (id, check): (Option<u64>, Check), now: UnixMs) {
        self.note(arrival, now);
        if let Some(entry) = self.entries.get_mut(&Key::new(arrival.user, arrival.peer)) {
            (entry.check, entry.check_id) = (Some(check), id);
        }
    }

    /// As the database numbers the checks of networks.
    pub(super) fn check_ids(&self, names: &Names<'_>) -> BTreeMap<(String, IpAddr), u64> {
        let id = |(key, entry): (&Key, &Entry)| {
            let (extension, _) = names(key.user)?;
            Some(((extension, entry.address), entry.check_id?))
        };
        self.entries.iter().filter_map(id).collect()
    }

    /// Forgets people who are none any more, and networks where nobody was for long.
    pub(super) fn forget(&mut self, is_known: impl Fn(UserId) -> bool, now: UnixMs) {
        self.entries
            .retain(|key, entry| is_known(key.user) && now.since(entry.seen_at) <= KEPT_MS);
        self.latest.retain(|_, key| self.entries.contains_key(key));
    }

    /// What was known before the program was started again.
    pub(super) fn restore(&mut self, networks: &[UserNetwork], user_of: impl Fn(&str) -> Option<UserId>) {
        for network in networks.iter().take(NETWORKS_MAX) {
            let (Some(user), Some(address)) = (user_of(&network.extension), network.address) else {
                continue;
            };
            let entry = Entry {
                address,
                hosts: vec![(network.page_host.clone(), network.seen_at)],
                local: network.arrived_at.unwrap_or(IpAddr::from([0, 0, 0, 0])),
                seen_at: network.seen_at,
                way: network.way,
                round_trip_ms: network.round_trip_ms,
                check: network.check.clone(),
                check_id: None,
            };
            self.entries.entry(Key::new(user, address)).or_insert(entry);
        }
    }

    /// One entry for each network, for the evidence; the latest first.
    pub(super) fn networks(&self, names: &Names<'_>, locality: impl Fn(IpAddr) -> Locality) -> Vec<UserNetwork> {
        let network = |(key, entry): (&Key, &Entry)| {
            let (extension, name) = names(key.user)?;
            Some(UserNetwork {
                extension,
                name,
                address: Some(entry.address),
                locality: locality(entry.address),
                page_host: entry.host().to_owned(),
                arrived_at: (!entry.local.is_unspecified()).then_some(entry.local),
                seen_at: entry.seen_at,
                way: entry.way,
                round_trip_ms: entry.round_trip_ms,
                check: entry.check.clone(),
            })
        };
        let mut networks: Vec<_> = self.entries.iter().filter_map(network).collect();
        networks.sort_by_key(|network| std::cmp::Reverse(network.seen_at));
        networks
    }

    /// Names by which people have come, and from where; `addresses` are what a name means.
    pub(super) fn pages(&self, locality: impl Fn(IpAddr) -> Locality, addresses: impl Fn(&str) -> Vec<IpAddr>) -> Vec<Page> {
        let mut pages: BTreeMap<&str, Page> = BTreeMap::new();
        for entry in self.entries.values() {
            let place = locality(entry.address);
            for (host, at) in &entry.hosts {
                let page = pages.entry(host).or_default();
                let latest = match place {
                    Locality::Lan | Locality::Vpn => &mut page.from_inside_at,
                    Locality::Internet => &mut page.from_outside_at,
                    Locality::Hairpin | Locality::Unknown => continue,
                };
                *latest = (*latest).max(Some(*at));
            }
        }
        let page = |(host, page): (&str, Page)| Page {
            host: host.to_owned(),
            addresses: addresses(host),
            ..page
        };
        pages.into_iter().map(page).take(PAGES_MAX).collect()
    }

    /// By which of our addresses people have come.
    pub(super) fn by_interface(&self) -> Vec<ByInterface> {
        let mut by_local: BTreeMap<IpAddr, (BTreeSet<UserId>, UnixMs)> = BTreeMap::new();
        for (key, entry) in self.entries.iter().filter(|(_, entry)| !entry.local.is_unspecified()) {
            let (people, at) = by_local.entry(entry.local).or_default();
            people.insert(key.user);
            *at = (*at).max(entry.seen_at);
        }
        let arrivals = by_local.into_iter().map(|(local, (people, at))| ByInterface {
            local,
            people: u32::try_from(people.len()).unwrap_or(u32::MAX),
            at,
        });
        arrivals.collect()
    }

    /// By how much our clock is ahead of those of browsers that were checked lately, in milliseconds: the median.
    pub(super) fn clock_ahead_ms(&self, now: UnixMs) -> Option<i64> {
        let checks = self.entries.values().filter_map(|entry| entry.check.as_ref());
        let recent = checks.filter(|check| now.since(check.at) <= CLOCK_KEPT_MS);
        let mut behind: Vec<i64> = recent.filter_map(|check| check.clock_behind_ms).collect();
        behind.sort_unstable();
        (behind.len() >= CLOCKS_MIN).then(|| behind[behind.len() / 2])
    }

    fn make_room(&mut self) {
        if self.entries.len() < NETWORKS_MAX {
            return;
        }
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.seen_at).map(|(key, _)| *key);
        if let Some(oldest) = oldest {
            self.entries.remove(&oldest);
            self.latest.retain(|_, key| *key != oldest);
        }
    }
}

impl Entry {
    fn host(&self) -> &str {
        self.hosts.last().map_or("", |(host, _)| host)
    }

    fn seen_again(&mut self, arrival: Arrival<'_>, now: UnixMs) -> bool {
        let (address, local) = (arrival.peer.to_canonical(), arrival.local.to_canonical());
        let is_news = self.host() != arrival.host || self.local != local || self.address != address;
        (self.address, self.local, self.seen_at) = (address, local, now);
        if let Some(latest) = self.hosts.last_mut().filter(|(host, _)| host == arrival.host) {
            latest.1 = now;
            return is_news;
        }
        self.hosts.retain(|(host, _)| host != arrival.host);
        if self.hosts.len() == HOSTS_MAX {
            self.hosts.remove(0);
        }
        self.hosts.push((arrival.host.to_owned(), now));
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival<'a>(user: u64, peer: &str, host: &'a str) -> Arrival<'a> {
        Arrival {
            user: UserId(user),
            peer: peer.parse().unwrap(),
            local: "192.168.1.10".parse().unwrap(),
            host,
        }
    }

    fn names(user: UserId) -> Option<(String, String)> {
        Some((format!("10{}", user.0), "Anna".to_owned()))
    }

    fn place(peer: IpAddr) -> Locality {
        if peer.to_string().starts_with("192.168") {
            Locality::Lan
        } else {
            Locality::Internet
        }
    }

    #[test]
    fn a_person_has_one_entry_in_each_network_and_a_name_tells_from_where_it_was_used() {
        let mut arrivals = Arrivals::default();
        assert!(arrivals.note(arrival(1, "192.168.1.20", "pbx"), UnixMs(1)));
        assert!(!arrivals.note(arrival(1, "::ffff:192.168.1.20", "pbx"), UnixMs(2)));
        assert!(arrivals.note(arrival(1, "192.168.1.20", "192.168.1.10"), UnixMs(3)));
        assert!(arrivals.note(arrival(1, "2001:db8::1", "pbx"), UnixMs(4)));
        assert!(
            arrivals.note(arrival(1, "2001:db8::2", "pbx"), UnixMs(5)),
            "the same network by another address"
        );
        assert!(arrivals.note(arrival(2, "2001:db8::2", "pbx"), UnixMs(6)));
        let networks = arrivals.networks(&names, place);
        assert_eq!(networks.len(), 3);
        assert_eq!((networks[0].extension.as_str(), networks[0].locality), ("102", Locality::Internet));
        let pages = arrivals.pages(place, |_| Vec::new());
        let told: Vec<_> = pages
            .iter()
            .map(|page| (page.host.as_str(), page.from_inside_at, page.from_outside_at))
            .collect();
        assert_eq!(
            told,
            [("192.168.1.10", Some(UnixMs(3)), None), ("pbx", Some(UnixMs(2)), Some(UnixMs(6)))]
        );
        let [by] = &arrivals.by_interface()[..] else { panic!("one") };
        assert_eq!((by.people, by.at), (2, UnixMs(6)));
    }

    #[test]
    fn the_oldest_network_makes_room_and_names_are_few() {
        let mut arrivals = Arrivals::default();
        for number in 0..=i64::try_from(NETWORKS_MAX).unwrap() {
            arrivals.note(arrival(u64::try_from(number).unwrap(), "198.51.100.7", "pbx"), UnixMs(number));
        }
        assert_eq!(arrivals.entries.len(), NETWORKS_MAX);
        assert!(arrivals.entries.keys().all(|key| key.user != UserId(0)) && arrivals.latest.len() == NETWORKS_MAX);
        for number in 0..=HOSTS_MAX {
            arrivals.note(arrival(1, "198.51.100.7", &format!("host{number}")), UnixMs(9_000));
        }
        assert_eq!(
            arrivals.entries[&Key::new(UserId(1), "198.51.100.7".parse().unwrap())].hosts.len(),
            HOSTS_MAX
        );
    }

    #[test]
    fn who_was_not_here_for_a_month_or_is_nobody_of_ours_is_forgotten() {
        let mut arrivals = Arrivals::default();
        arrivals.note(arrival(1, "198.51.100.7", "pbx"), UnixMs(0));
        arrivals.note(arrival(2, "198.51.100.7", "pbx"), UnixMs(1));
        let after = i64::try_from(KEPT_MS).unwrap() + 1;
        arrivals.forget(|_| true, UnixMs(after));
        assert_eq!(arrivals.networks(&names, place).len(), 1);
        arrivals.forget(|user| user != UserId(2), UnixMs(after));
        assert!(arrivals.entries.is_empty() && arrivals.latest.is_empty());
    }

    #[test]
    fn what_was_known_is_known_after_a_restart() {
        let mut arrivals = Arrivals::default();
        arrivals.note(arrival(1, "198.51.100.7", "pbx"), UnixMs(5));
        let report = LegReport {
            transport: Transport::Tcp,
            round_trip_ms: Some(180.0),
            ..LegReport::default()
        };
        arrivals.measured(UserId(1), &report);
        let networks = arrivals.networks(&names, place);
        assert_eq!((networks[0].way, networks[0].round_trip_ms), (Some(MediaWay::Tcp), Some(180.0)));
        let mut again = Arrivals::default();
        again.restore(&networks, |extension| (extension == "101").then_some(UserId(1)));
        assert_eq!(again.networks(&names, place), networks);
        let mut gone = Arrivals::default();
        gone.restore(&networks, |_| None);
        assert!(gone.entries.is_empty());
    }

    #[test]
    fn clocks_count_when_three_of_them_were_asked_lately() {
        let mut arrivals = Arrivals::default();
        for (user, behind) in [(1, 100), (2, 90_000), (3, 95_000)] {
            assert_eq!(arrivals.clock_ahead_ms(UnixMs(10)), None);
            let check = Check {
                at: UnixMs(10),
                clock_behind_ms: Some(behind),
                ..Check::default()
            };
            arrivals.checked(arrival(user, "198.51.100.7", "pbx"), (None, check), UnixMs(10));
        }
        assert_eq!(arrivals.clock_ahead_ms(UnixMs(10)), Some(90_000));
        assert_eq!(arrivals.clock_ahead_ms(UnixMs(11 + i64::try_from(CLOCK_KEPT_MS).unwrap())), None);
    }
}
