//! Sign-in attempts: who may try, and when again. Bounded in memory, forgets by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Wrong passwords in a row for one account from one address before it has to wait.
const PAIR_FAILURES_MAX: u32 = 5;
/// Wrong passwords from one address, whatever the account.
const ADDRESS_FAILURES_MAX: u32 = 30;
/// Wrong passwords for one account from anywhere: slows down guessing from many places, without locking the owner out for long.
const ACCOUNT_FAILURES_MAX: u32 = 100;
/// The first wait; doubled with every further failure.
const WAIT_MIN: Duration = Duration::from_secs(30);
/// The longest wait.
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);
/// The longest wait of an account as a whole: strangers must not be able to keep its owner out.
const ACCOUNT_WAIT_MAX: Duration = Duration::from_secs(30);
/// Failures are forgotten after this time without another.
const MEMORY: Duration = Duration::from_secs(30 * 60);
/// What is remembered at most.
const ENTRIES_MAX: usize = 20_000;

/// Who tries what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Pair(String, IpAddr),
    Address(IpAddr),
    Account(String),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    failures: u32,
    last: Instant,
    locked_until: Option<Instant>,
}

/// The attempts of the last half hour.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    entries: BTreeMap<Key, Entry>,
    /// The same keys by their last failure, so that forgetting costs no search.
    by_age: BTreeSet<(Instant, Key)>,
}

impl Throttle {
    /// Whether this account may be tried from this address now; if not, how long to wait.
    pub(super) fn may_try(&self, name: &str, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let waits = keys(name, address)
            .into_iter()
            .filter_map(|(key, ..)| self.entries.get(&key)?.locked_until);
        match waits
            .max()
            .and_then(|until| until.checked_duration_since(now))
            .filter(|wait| !wait.is_zero())
        {
            Some(wait) => Err(wait),
            None => Ok(()),
        }
    }

    /// The password was wrong (or the account unknown: no difference here).
    pub(super) fn failed(&mut self, name: &str, address: IpAddr, now: Instant) {
        for (key, failures_max, wait_max) in keys(name, address) {
            let failures = self.count(&key, now);
            if failures >= failures_max
                && let Some(entry) = self.entries.get_mut(&key)
            {
                let doublings = (failures - failures_max).min(16);
                entry.locked_until = Some(now + (WAIT_MIN * 2_u32.pow(doublings)).min(wait_max));
            }
        }
    }

    /// The password was right. The address is not forgiven: its owner may have an account of its own and guess others.
    pub(super) fn succeeded(&mut self, name: &str, address: IpAddr) {
        self.forget(&Key::Pair(account(name), prefix(address)));
    }

    /// Notes one more failure and tells how many there are now.
    fn count(&mut self, key: &Key, now: Instant) -> u32 {
        self.forget_old(now);
        let failures = self.forget(key).map_or(0, |entry| entry.failures).saturating_add(1);
        if self.entries.len() >= ENTRIES_MAX {
            self.forget_oldest();
        }
        self.entries.insert(
            key.clone(),
            Entry {
                failures,
                last: now,
                locked_until: None,
            },
        );
        self.by_age.insert((now, key.clone()));
        failures
    }

    fn forget_old(&mut self, now: Instant) {
        while self
            .by_age
            .first()
            .is_some_and(|(last, _)| now.saturating_duration_since(*last) > MEMORY)
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, key)) = self.by_age.pop_first() {
            self.entries.remove(&key);
        }
    }

    fn forget(&mut self, key: &Key) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.by_age.remove(&(entry.last, key.clone()));
        Some(entry)
    }
}

fn keys(name: &str, address: IpAddr) -> [(Key, u32, Duration); 3] {
    let (name, address) = (account(name), prefix(address));
    [
        (Key::Pair(name.clone(), address), PAIR_FAILURES_MAX, WAIT_MAX),
        (Key::Address(address), ADDRESS_FAILURES_MAX, WAIT_MAX),
        (Key::Account(name), ACCOUNT_FAILURES_MAX, ACCOUNT_WAIT_MAX),
    ]
}

/// Names are typed in any case; a novel is not a name.
fn account(name: &str) -> String {
    name.trim().to_lowercase().chars().take(64).collect()
}

/// One household has a whole IPv6 /64.
fn prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
    const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 9));

    fn fail(throttle: &mut Throttle, times: u32, name: &str, address: IpAddr, now: Instant) {
        for _ in 0..times {
            throttle.failed(name, address, now);
        }
    }

    #[test]
    fn the_fifth_wrong_password_locks_this_account_from_this_address_only() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        fail(&mut throttle, 4, "anna", HOME, now);
        assert_eq!(throttle.may_try("anna", HOME, now), Ok(()));
        fail(&mut throttle, 1, "ANNA ", HOME, now);
        assert_eq!(throttle.may_try("anna", HOME, now), Err(WAIT_MIN));
        assert_eq!(throttle.may_try("anna", ELSEWHERE, now), Ok(()));
        assert_eq!(throttle.may_try("ben", HOME, now), Ok(()));
        assert_eq!(throttle.may_try("anna", HOME, now + WAIT_MIN), Ok(()));
    }

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        fail(&mut throttle, 6, "anna", HOME, now);
        assert_eq!(throttle.may_try("anna", HOME, now), Err(WAIT_MIN * 2));
        fail(&mut throttle, 20, "anna", HOME, now);
        assert_eq!(throttle.may_try("anna", HOME, now), Err(WAIT_MAX));
    }

    #[test]
    fn a_right_password_forgives_the_account_but_not_the_address() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for i in 0..ADDRESS_FAILURES_MAX {
            throttle.succeeded("mallory", HOME);
            throttle.failed(&format!("user{i}"), HOME, now);
        }
        assert_eq!(throttle.may_try("mallory", HOME, now), Err(WAIT_MIN));
    }

    #[test]
    fn guessing_from_many_places_slows_an_account_down_for_half_a_minute_at_most() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for i in 0..ACCOUNT_FAILURES_MAX + 50 {
            throttle.failed("anna", IpAddr::V4((0x0a00_0000 + i).into()), now);
        }
        assert_eq!(throttle.may_try("anna", HOME, now), Err(ACCOUNT_WAIT_MAX));
    }

    #[test]
    fn one_ipv6_household_is_one_address() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for i in 0..PAIR_FAILURES_MAX {
            let address: IpAddr = format!("2001:db8::{i}").parse().expect("an address");
            throttle.failed("anna", address, now);
        }
        let neighbour: IpAddr = "2001:db8::ffff".parse().expect("an address");
        assert_eq!(throttle.may_try("anna", neighbour, now), Err(WAIT_MIN));
    }

    #[test]
    fn what_is_remembered_has_a_bound_and_an_expiry() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for i in 0..30_000_u32 {
            throttle.failed(&format!("user{i}"), IpAddr::V4(i.into()), now);
        }
        assert!(throttle.entries.len() <= ENTRIES_MAX);
        throttle.failed("anna", HOME, now + MEMORY + Duration::from_secs(1));
        assert_eq!((throttle.entries.len(), throttle.by_age.len()), (3, 3));
    }
}
