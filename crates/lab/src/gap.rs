//! How long a tone was away, and since when it is back.

use std::iter;
use std::time::Duration;

use crate::tone::Sound;

/// A sound is looked at in pieces of this length.
const PIECE_MS: usize = 20;
/// Nothing of the tone for longer than this is a break that people hear.
pub const BREAK_MIN: Duration = Duration::from_millis(100);

/// When pieces of a tone were heard, in order, since somebody began to listen; and then it was there.
#[derive(Clone, Debug, Default)]
pub struct Presence {
    heard: Vec<Duration>,
}

impl Presence {
    /// In a recording that goes on while nothing comes.
    pub fn in_continuous(sound: &Sound, frequency_hz: f64) -> Presence {
        let length = piece_of(sound);
        let heard =
            pieces_with_tone(sound, frequency_hz).map(|at| Duration::from_secs_f64((at + length) as f64 / f64::from(sound.rate_hz)));
        Presence { heard: heard.collect() }
    }

    /// In a recording that stands still while nothing comes: `growth` has how many samples there were at which times, in order.
    pub fn in_growing(sound: &Sound, frequency_hz: f64, growth: &[(Duration, usize)]) -> Presence {
        let length = piece_of(sound);
        let heard = pieces_with_tone(sound, frequency_hz).filter_map(|at| {
            let grown = growth.partition_point(|(_, samples)| *samples < at + length);
            Some(growth.get(grown)?.0)
        });
        Presence { heard: heard.collect() }
    }

    /// How long the tone was away: from where the first break begins to where the last one ends. Without a break the longest time between two
    /// pieces.
    pub fn away(&self) -> Duration {
        let breaks: Vec<(Duration, Duration)> = self.spaces().filter(|(from, to)| *to - *from > BREAK_MIN).collect();
        match (breaks.first(), breaks.last()) {
            (Some((from, _)), Some((_, to))) => (*to - *from).saturating_sub(PIECE),
            (None, _) | (_, None) => self
                .spaces()
                .map(|(from, to)| (to - from).saturating_sub(PIECE))
                .max()
                .unwrap_or_default(),
        }
    }

    /// When it was heard first.
    pub fn first(&self) -> Option<Duration> {
        self.heard.first().copied()
    }

    /// When it was heard last.
    pub fn last(&self) -> Option<Duration> {
        self.heard.last().copied()
    }

    /// Whether the tone is there now, and has been without a break for so long.
    pub fn is_steady(&self, now: Duration, long: Duration) -> bool {
        let Some(last) = self.heard.last() else {
            return false;
        };
        let back = self.spaces().filter(|(from, to)| *to - *from > BREAK_MIN).last();
        let since = back.map_or(Duration::ZERO, |(_, to)| to);
        now.saturating_sub(*last) <= BREAK_MIN && last.saturating_sub(since) >= long
    }

    fn spaces(&self) -> impl Iterator<Item = (Duration, Duration)> {
        let before = iter::once(Duration::ZERO).chain(self.heard.iter().copied());
        before.zip(self.heard.iter().copied())
    }
}

const PIECE: Duration = Duration::from_millis(PIECE_MS as u64);

fn piece_of(sound: &Sound) -> usize {
    (sound.rate_hz as usize * PIECE_MS / 1000).max(1)
}

/// Where the pieces begin that have the tone.
fn pieces_with_tone(sound: &Sound, frequency_hz: f64) -> impl Iterator<Item = usize> {
    let length = piece_of(sound);
    let pieces = sound.samples.chunks_exact(length).enumerate();
    pieces
        .filter(move |(_, piece)| sound.is_tone(piece, frequency_hz))
        .map(move |(at, _)| at * length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::BROWSER_HZ;

    const RATE_HZ: u32 = 8000;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// A tone that is silent for some times: pairs of beginning and end in milliseconds.
    fn broken(seconds: u32, silences: &[(usize, usize)]) -> Sound {
        let mut sound = Sound::sine(BROWSER_HZ, seconds, RATE_HZ);
        for (from, to) in silences {
            sound.samples[from * 8..to * 8].fill(0.0);
        }
        sound
    }

    #[test]
    fn a_break_is_as_long_as_the_silence() {
        let presence = Presence::in_continuous(&broken(6, &[(1000, 2500)]), BROWSER_HZ);
        assert_eq!(presence.away(), ms(1500));
        assert!(presence.is_steady(ms(6000), ms(3000)));
        assert!(!presence.is_steady(ms(6000), ms(3600)));
        assert!(!presence.is_steady(ms(6200), ms(1000)), "it may have gone again");
    }

    #[test]
    fn a_sound_that_comes_and_goes_is_away_until_it_stays() {
        let presence = Presence::in_continuous(&broken(6, &[(1000, 2000), (2200, 2400)]), BROWSER_HZ);
        assert_eq!(presence.away(), ms(1400));
    }

    #[test]
    fn what_nobody_hears_is_no_break() {
        let presence = Presence::in_continuous(&broken(3, &[(1000, 1080)]), BROWSER_HZ);
        assert_eq!(presence.away(), ms(80));
        assert!(presence.is_steady(ms(3000), ms(2900)));
    }

    #[test]
    fn a_recording_that_stands_still_has_a_break_where_it_stood() {
        let growth: Vec<(Duration, usize)> = (1..=100)
            .map(|packet| (ms(20 * packet + if packet > 50 { 900 } else { 0 }), packet as usize * 160))
            .collect();
        let presence = Presence::in_growing(&broken(2, &[]), BROWSER_HZ, &growth);
        assert_eq!(presence.away(), ms(900));
        assert!(presence.is_steady(ms(2900), ms(900)));
    }

    #[test]
    fn a_break_may_begin_with_the_listening() {
        let presence = Presence::in_continuous(&broken(4, &[(0, 1500)]), BROWSER_HZ);
        assert_eq!(presence.away(), ms(1500));
        assert!(!presence.is_steady(ms(4000), ms(2600)));
    }

    #[test]
    fn silence_is_never_steady() {
        let presence = Presence::in_continuous(&broken(2, &[(0, 2000)]), BROWSER_HZ);
        assert!(!presence.is_steady(ms(2000), ms(0)));
    }
}
