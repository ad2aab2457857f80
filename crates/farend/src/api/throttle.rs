//! Sign-in attempts: who may try, and when again. Bounded in memory, forgets by itself.
//!
//! Every attempt is counted as a failure before its password is looked at, and taken back when it was right.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use model::UserId;

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
/// How long an address is known as one of an account's own after a right password: as long as a session lasts.
const HOME_MEMORY: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Such pairs at most.
const HOMES_MAX: usize = 20_000;

/// Whose password is tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Account {
    /// Somebody's, by whichever name.
    Known(UserId),
    /// Nobody's.
    Unknown(String),
}

impl Account {
    /// Names are typed in any case; a novel is not a name.
    pub(super) fn unknown(name: &str) -> Self {
        Self::Unknown(name.trim().to_lowercase().chars().take(64).collect())
    }
}

/// Who tries what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Pair(Account, IpAddr),
    Address(IpAddr),
    Account(Account),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    failures: u32,
    last: Instant,
    locked_until: Option<Instant>,
}

/// An attempt that counts as a failure unless it is taken back.
#[derive(Debug)]
pub(super) struct Charge {
    account: Account,
    /// A whole /64 of IPv6.
    address: IpAddr,
    /// What was known of each key before the attempt, and with it.
    counted: [(Option<Entry>, Entry); 3],
}

/// The attempts of the last half hour, and where people are at home.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    entries: BTreeMap<Key, Entry>,
    /// The same keys by their last failure, so that forgetting costs no search.
    by_age: BTreeSet<(Instant, Key)>,
    homes: Homes,
}

impl Throttle {
    /// Counts an attempt if this account may be tried from this address now; if not, says how long to wait.
    pub(super) fn charge(&mut self, account: Account, address: IpAddr, now: Instant) -> Result<Charge, Duration> {
        let address = prefix(address);
        let keys = keys(&account, address);
        // What strangers do, behind the same address or elsewhere, does not keep people out where they are at home.
        let counting = if self.homes.has(&account, address, now) {
            &keys[..1]
        } else {
            &keys[..]
        };
        let locks = counting.iter().filter_map(|(key, ..)| self.entries.get(key)?.locked_until);
        let wait = locks.max().and_then(|until| until.checked_duration_since(now));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        let counted = keys.map(|(key, failures_max, wait_max)| self.count(&key, failures_max, wait_max, now));
        Ok(Charge { account, address, counted })
    }

    /// The password was right. The address is not forgiven what else it did: its owner may have an account of its own and guess others.
    pub(super) fn succeeded(&mut self, charge: Charge, now: Instant) {
        self.refund(&charge);
        self.forget(&Key::Pair(charge.account.clone(), charge.address));
        self.homes.add(charge.account, charge.address, now);
    }

    /// The attempt came to nothing, and says nothing about the password.
    pub(super) fn refund(&mut self, charge: &Charge) {
        for ((key, ..), (before, with)) in keys(&charge.account, charge.address).into_iter().zip(charge.counted) {
            let Some(mut entry) = self.forget(&key) else { continue };
            entry.failures = entry.failures.saturating_sub(1);
            if entry.locked_until == with.locked_until {
                entry.locked_until = before.and_then(|before| before.locked_until);
            }
            // Right passwords do not keep older failures in memory.
            if entry.last == with.last
                && let Some(before) = before
            {
                entry.last = before.last;
            }
            if entry.failures > 0 {
                self.by_age.insert((entry.last, key.clone()));
                self.entries.insert(key, entry);
            }
        }
    }

    /// Notes one more failure; tells what was known of the key before, and is now.
    fn count(&mut self, key: &Key, failures_max: u32, wait_max: Duration, now: Instant) -> (Option<Entry>, Entry) {
        self.forget_old(now);
        let before = self.forget(key);
        let failures = before.map_or(0, |entry| entry.failures).saturating_add(1);
        let locked_until = if failures >= failures_max {
            let doublings = (failures - failures_max).min(16);
            Some(now + (WAIT_MIN * 2_u32.pow(doublings)).min(wait_max))
        } else {
            before.and_then(|entry| entry.locked_until)
        };
        if self.entries.len() >= ENTRIES_MAX {
            self.forget_oldest();
        }
        let entry = Entry {
            failures,
            last: now,
            locked_until,
        };
        self.entries.insert(key.clone(), entry);
        self.by_age.insert((now, key.clone()));
        (before, entry)
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

/// Addresses from which an account's right password came lately.
#[derive(Debug, Default)]
struct Homes {
    last: BTreeMap<(Account, IpAddr), Instant>,
    by_age: BTreeSet<(Instant, (Account, IpAddr))>,
}

impl Homes {
    fn has(&self, account: &Account, address: IpAddr, now: Instant) -> bool {
        self.last
            .get(&(account.clone(), address))
            .is_some_and(|last| now.saturating_duration_since(*last) <= HOME_MEMORY)
    }

    fn add(&mut self, account: Account, address: IpAddr, now: Instant) {
        let home = (account, address);
        if let Some(before) = self.last.insert(home.clone(), now) {
            self.by_age.remove(&(before, home.clone()));
        }
        self.by_age.insert((now, home));
        if self.last.len() > HOMES_MAX
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.last.remove(&oldest);
        }
    }
}

fn keys(account: &Account, address: IpAddr) -> [(Key, u32, Duration); 3] {
    [
        (Key::Pair(account.clone(), address), PAIR_FAILURES_MAX, WAIT_MAX),
        (Key::Address(address), ADDRESS_FAILURES_MAX, WAIT_MAX),
        (Key::Account(account.clone()), ACCOUNT_FAILURES_MAX, ACCOUNT_WAIT_MAX),
    ]
}

/// One household has a whole IPv6 /64.
fn prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests;
