//! Sequence numbers of what we send. Under SRTP a number must never be used twice, whatever a peer repeats.

use rand::RngCore;
use rand::rngs::StdRng;

/// Numbers so low do not wrap soon: a receiver that misses the first packets would guess SRTP's rollover wrongly.
const FIRST_MAX: u64 = 0x3fff;

/// The numbers of one stream, extended by how often they wrapped around.
pub(super) struct Numbers {
    /// The highest.
    latest: u64,
    /// Late ones up to this one are past: numbers were inserted or left out since.
    floor: u64,
    /// Which of the last are used up: bit n for `latest` - n.
    used: u64,
}

impl Numbers {
    pub(super) fn new(random: &mut StdRng) -> Self {
        Self {
            latest: u64::from(random.next_u32()) & FIRST_MAX,
            floor: 0,
            used: 0,
        }
    }

    /// For another peer, whose rollover counter begins again.
    pub(super) fn begin_again(&mut self) {
        self.latest &= FIRST_MAX;
        self.floor = self.latest;
        self.used = u64::MAX;
    }

    pub(super) fn latest(&self) -> u64 {
        self.latest
    }

    /// The one after the highest.
    pub(super) fn next(&self) -> u64 {
        self.latest + 1
    }

    /// Numbers up to this one are past, used or not.
    pub(super) fn advance(&mut self, to: u64) {
        let by = u32::try_from(to.saturating_sub(self.latest)).unwrap_or(u32::MAX);
        self.used = self.used.checked_shl(by).unwrap_or(0);
        self.latest = self.latest.max(to);
    }

    /// This one is used up.
    pub(super) fn take(&mut self, number: u64) {
        self.advance(number);
        self.used |= 1u64.checked_shl(self.behind(number)).unwrap_or(0);
    }

    /// No late packet may take a number up to this one.
    pub(super) fn close(&mut self, number: u64) {
        self.floor = number;
    }

    /// Whether a late packet may have this one.
    pub(super) fn is_free(&self, number: u64) -> bool {
        let bits = (number <= self.latest && number > self.floor).then(|| self.used.checked_shr(self.behind(number)));
        bits.flatten().is_some_and(|bits| bits & 1 == 0)
    }

    fn behind(&self, number: u64) -> u32 {
        u32::try_from(self.latest.saturating_sub(number)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_number_that_was_passed_over_is_free_once() {
        let mut numbers = Numbers::new(&mut StdRng::seed_from_u64(1));
        let first = numbers.next();
        numbers.take(first);
        numbers.take(first + 3);
        assert!(!numbers.is_free(first) && numbers.is_free(first + 1) && !numbers.is_free(first + 3));
        numbers.take(first + 1);
        assert!(!numbers.is_free(first + 1) && numbers.is_free(first + 2));
        assert!(!numbers.is_free(first + 4), "not yet");
        numbers.take(first + 66);
        assert!(!numbers.is_free(first + 2), "too long ago to know");
        assert!(numbers.is_free(first + 4));
        numbers.close(first + 4);
        assert!(!numbers.is_free(first + 4) && numbers.is_free(first + 5));
    }
}
