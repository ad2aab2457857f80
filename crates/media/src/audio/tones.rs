//! What callers hear from the network of their country: ring-back, busy, congestion, and that something is wrong (special information).

mod countries;

use std::sync::OnceLock;

use super::codec::Codec;
use super::music::{EncodedLoop, encode_tone};
use super::tone::Cadence;

pub use countries::COUNTRIES;

/// The tones of a country.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Country {
    /// ISO 3166-1 alpha-2, in capitals.
    pub code: &'static str,
    /// Heard while the far end rings.
    pub ring_back: Cadence,
    /// Heard when the far end is busy.
    pub busy: Cadence,
    /// Heard when the network, or we, cannot carry the call now.
    pub congestion: Cadence,
    /// Heard when the call cannot succeed at all: three rising notes.
    pub special_information: Cadence,
}

/// One of a country's tones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It rings.
    RingBack,
    /// It is busy.
    Busy,
    /// There is no way at the moment.
    Congestion,
    /// There is no way at all.
    SpecialInformation,
}

const KINDS: [Kind; 4] = [Kind::RingBack, Kind::Busy, Kind::Congestion, Kind::SpecialInformation];

type ByKind = [[OnceLock<EncodedLoop>; Codec::ALL.len()]; KINDS.len()];

static ENCODED: [ByKind; COUNTRIES.len()] =
    [const { [const { [const { OnceLock::new() }; Codec::ALL.len()] }; KINDS.len()] }; COUNTRIES.len()];

/// The tones that callers hear: those of one country, chosen for all calls of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan(usize);

impl Default for Plan {
    /// Germany's.
    fn default() -> Self {
        Self(0)
    }
}

impl Plan {
    /// Those of the country with this ISO 3166-1 code; Germany's where we do not know them.
    #[must_use]
    pub fn of(code: &str) -> Self {
        Self(
            COUNTRIES
                .iter()
                .position(|country| country.code.eq_ignore_ascii_case(code))
                .unwrap_or(0),
        )
    }

    /// Whose they are.
    #[must_use]
    pub fn country(self) -> &'static Country {
        &COUNTRIES[self.0]
    }

    /// Encodes all of them, so that no call has to wait for it: before a thread is told. It takes some tens of milliseconds.
    pub fn prepare(self) {
        for codec in Codec::ALL {
            for kind in KINDS {
                let _kept = self.encoded(kind, codec);
            }
        }
    }

    /// A tone, encoded.
    #[must_use]
    pub fn encoded(self, kind: Kind, codec: Codec) -> &'static EncodedLoop {
        let country = self.country();
        let cadence = match kind {
            Kind::RingBack => country.ring_back,
            Kind::Busy => country.busy,
            Kind::Congestion => country.congestion,
            Kind::SpecialInformation => country.special_information,
        };
        ENCODED[self.0][kind as usize][codec as usize].get_or_init(|| encode_tone(codec, cadence))
    }
}

/// A country's tones; Germany's where we do not know them.
#[must_use]
pub fn country(code: &str) -> &'static Country {
    Plan::of(code).country()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::codec::{Decoder, PACKET_SAMPLES_MAX, Rate};
    use crate::audio::tone::{Tone, goertzel};

    #[test]
    fn countries_are_found_by_their_codes_and_the_others_get_germanys() {
        for code in ["DE", "AT", "CH", "FR", "GB", "US", "IT", "ES"] {
            assert_eq!((country(code).code, country(&code.to_lowercase()).code), (code, code));
        }
        assert_eq!((country("XX").code, Plan::default().country().code), ("DE", "DE"));
    }

    /// Loops are whole frames: what is left over must not be missed.
    #[test]
    fn every_tone_ends_with_a_pause_of_a_frame_at_least_and_sounds_once() {
        for country in &COUNTRIES {
            for cadence in [country.ring_back, country.busy, country.congestion, country.special_information] {
                let sounds: Vec<_> = cadence.sounds.iter().filter(|sound| sound.on_ms > 0).collect();
                assert!(sounds.last().is_some_and(|last| last.off_ms >= 20), "{}: {cadence:?}", country.code);
                assert!(sounds.iter().all(|sound| (300.0..2_000.0).contains(&sound.frequencies_hz[0])));
                assert!(cadence.period_ms() <= 6_500);
            }
        }
    }

    /// Every sound of every tone is found at its place with its frequencies, and pauses are silent.
    #[test]
    fn every_tone_of_every_country_is_what_the_table_says() {
        for country in &COUNTRIES {
            for cadence in [country.ring_back, country.busy, country.congestion, country.special_information] {
                let mut pcm = vec![0; 8 * cadence.period_ms() as usize];
                Tone::new(cadence, Rate::Narrow).fill(&mut pcm);
                let mut start = 0;
                for sound in cadence.sounds {
                    let (on, off) = (8 * usize::from(sound.on_ms), 8 * usize::from(sound.off_ms));
                    for hz in sound.frequencies_hz.into_iter().filter(|hz| *hz > 0.0 && on > 0) {
                        let level = goertzel(&pcm[start..start + on], 8_000, hz);
                        assert!((-18.0..-15.0).contains(&level), "{}: {level} dBov of {hz} Hz", country.code);
                    }
                    assert!(pcm[start + on..start + on + off].iter().all(|sample| *sample == 0));
                    start += on + off;
                }
                assert_eq!(start, pcm.len());
            }
        }
    }

    #[test]
    fn a_special_information_tone_rises_in_every_codec() {
        for codec in Codec::ALL {
            let encoded = Plan::of("DE").encoded(Kind::SpecialInformation, codec);
            let rate = if codec.rate() == Rate::Narrow { Rate::Narrow } else { Rate::Wide };
            let mut decoder = Decoder::new(codec, rate).expect("a decoder");
            let mut heard = Vec::new();
            for frame in 0..encoded.frames() {
                let mut pcm = [0; PACKET_SAMPLES_MAX];
                let samples = decoder.decode(encoded.frame(frame), &mut pcm).expect("our own payload");
                heard.extend_from_slice(&pcm[..samples]);
            }
            let per_ms = rate.hz() as usize / 1_000;
            for (n, hz) in [950.0, 1_400.0, 1_800.0].into_iter().enumerate() {
                let middle = (330 * n + 100) * per_ms;
                assert!(
                    goertzel(&heard[middle..middle + 100 * per_ms], rate.hz(), hz) > -20.0,
                    "{codec:?}: {hz} Hz"
                );
            }
        }
    }
}
