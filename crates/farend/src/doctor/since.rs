//! Since when things are as they are.

use std::collections::{BTreeMap, BTreeSet};

use doctor::evidence::UnixMs;

/// Things that are watched at most: a name for each, and what it does now in a word.
const THINGS_MAX: usize = 8_192;

/// Remembers when each thing's state has changed last.
#[derive(Debug, Default)]
pub(super) struct Since {
    known: BTreeMap<String, (String, UnixMs)>,
    /// Those that were asked for since the last [`Since::tidy`].
    asked: BTreeSet<String>,
}

impl Since {
    /// Since when `thing` is in `state`: since now, when it was in another one before.
    pub(super) fn of(&mut self, thing: &str, state: &str, now: UnixMs) -> UnixMs {
        self.asked.insert(thing.to_owned());
        match self.known.get(thing) {
            Some((before, since)) if before == state => *since,
            _ if self.known.len() >= THINGS_MAX && !self.known.contains_key(thing) => now,
            _ => {
                self.known.insert(thing.to_owned(), (state.to_owned(), now));
                now
            }
        }
    }

    /// Whether it is watched.
    pub(super) fn knows(&self, thing: &str) -> bool {
        self.known.contains_key(thing)
    }

    /// Forgets what nobody has asked for since the last time.
    pub(super) fn tidy(&mut self) {
        let asked = std::mem::take(&mut self.asked);
        self.known.retain(|thing, _| asked.contains(thing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_its_beginning_and_what_is_gone_begins_anew() {
        let mut since = Since::default();
        assert_eq!(since.of("stun one", "silent", UnixMs(5)), UnixMs(5));
        assert_eq!(since.of("stun one", "silent", UnixMs(6)), UnixMs(5));
        assert_eq!(since.of("stun one", "answering", UnixMs(7)), UnixMs(7));
        since.tidy();
        assert_eq!(since.of("stun one", "answering", UnixMs(8)), UnixMs(7));
        since.tidy();
        since.tidy();
        assert_eq!(since.of("stun one", "answering", UnixMs(9)), UnixMs(9));
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let mut since = Since::default();
        for number in 0..=THINGS_MAX {
            since.of(&number.to_string(), "up", UnixMs(1));
        }
        assert_eq!(since.known.len(), THINGS_MAX);
    }
}
