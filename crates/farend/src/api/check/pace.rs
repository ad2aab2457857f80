//! How fast checks may go.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use doctor::pace::{Buckets, Pace, household};

use super::super::Api;
use super::super::problem::Problem;
use crate::check::Owner;

/// Whoever checks, at the same time.
const OWNERS_MAX: usize = 10_000;
/// Five results a minute.
const RESULTS: Pace = Pace {
    burst: 5,
    every: Duration::from_secs(12),
    keys_max: OWNERS_MAX,
};
/// A run needs three echoes; who runs it again and again waits.
const ECHOES: Pace = Pace {
    burst: 12,
    every: Duration::from_secs(3),
    keys_max: OWNERS_MAX,
};
/// Megabytes, each way: a run measures with some.
const BYTES: Pace = Pace {
    burst: 40,
    every: Duration::from_secs(1),
    keys_max: OWNERS_MAX,
};
/// Wrong tokens from one address.
const GUESSES: Pace = Pace {
    burst: 10,
    every: Duration::from_secs(6),
    keys_max: OWNERS_MAX,
};
/// WebSockets of one person or link at the same time.
const SOCKETS_PER_OWNER_MAX: usize = 2;
/// In all.
const SOCKETS_MAX: usize = 100;

/// What is done how fast.
#[derive(Debug)]
pub(in crate::api) struct Paces(Mutex<State>);

#[derive(Debug)]
struct State {
    results: Buckets<Owner>,
    echoes: Buckets<Owner>,
    bytes: Buckets<Owner>,
    guesses: Buckets<IpAddr>,
    sockets: Vec<Owner>,
}

impl Default for Paces {
    fn default() -> Self {
        Self(Mutex::new(State {
            results: Buckets::new(RESULTS),
            echoes: Buckets::new(ECHOES),
            bytes: Buckets::new(BYTES),
            guesses: Buckets::new(GUESSES),
            sockets: Vec::new(),
        }))
    }
}

impl Paces {
    pub(super) fn result(&self, owner: Owner, now: Instant) -> Result<(), Problem> {
        self.state().results.take(&owner, now).map_err(Problem::too_soon)
    }

    pub(super) fn echo(&self, owner: Owner, now: Instant) -> Result<(), Problem> {
        self.state().echoes.take(&owner, now).map_err(Problem::too_soon)
    }

    pub(super) fn bytes(&self, owner: Owner, now: Instant) -> Result<(), Problem> {
        self.state().bytes.take(&owner, now).map_err(Problem::too_soon)
    }

    /// Whether tokens from there are looked at.
    pub(super) fn may_guess(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        self.state().guesses.has(&household(address), now)
    }

    /// A token from there was wrong.
    pub(super) fn guessed(&self, address: IpAddr, now: Instant) {
        // Whoever had none left was not let so far.
        let _none = self.state().guesses.take(&household(address), now);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A WebSocket's place, free again when this is dropped.
pub(super) struct Seat {
    paces: Arc<Paces>,
    owner: Owner,
}

impl Seat {
    pub(super) fn take(api: &Api, owner: Owner) -> Option<Self> {
        let paces = Arc::clone(api.paces());
        {
            let mut state = paces.state();
            let of_owner = state.sockets.iter().filter(|other| **other == owner).count();
            if state.sockets.len() >= SOCKETS_MAX || of_owner >= SOCKETS_PER_OWNER_MAX {
                return None;
            }
            state.sockets.push(owner);
        }
        Some(Self { paces, owner })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.paces.state();
        if let Some(index) = state.sockets.iter().position(|owner| *owner == self.owner) {
            state.sockets.swap_remove(index);
        }
    }
}

impl Api {
    pub(super) fn paces(&self) -> &Arc<Paces> {
        &self.0.paces
    }
}
