//! Whether a tone comes: our own one back, which an echo call listens for, or that of a browser's check.

use model::control::Heard;

use super::codec::{Codec, Decoder, PACKET_SAMPLES_MAX, Rate};
use super::quality::level_pcm;
use super::tone::{Cadence, goertzel, sound};

/// Our tone: no telephone in the world uses this frequency, neither for keys nor for ringing, busy lines, fax or tests.
pub const TONE: Cadence = Cadence::of([sound(TONE_HZ, 900, 100)]);
const TONE_HZ: f32 = 1_250.0;
/// What browsers send while they check a way. Not our own tone, so that neither is taken for the other.
pub const CHECK_TONE_HZ: f32 = 1_000.0;
/// Quieter than this is silence, in dBov.
const SOUND_DBOV_MIN: i8 = -50;
/// The tone has at most so much beside it: three quarters of what is heard are it.
const BESIDE_DB_MAX: f32 = 1.25;
/// Packets between two reports.
pub(crate) const PACKETS_PER_REPORT: u32 = 10;

/// Listens to one stream. Allocates when the codec changes, and never else.
pub struct Probe {
    tone_hz: f32,
    decoder: Option<(Codec, Decoder)>,
    pcm: Box<[i16; PACKET_SAMPLES_MAX]>,
    heard: Heard,
    packets: u32,
}

impl Default for Probe {
    fn default() -> Self {
        Self::of(TONE_HZ)
    }
}

impl Probe {
    /// Listens for a tone of this frequency.
    #[must_use]
    pub fn of(tone_hz: f32) -> Self {
        Self {
            tone_hz,
            decoder: None,
            pcm: Box::new([0; PACKET_SAMPLES_MAX]),
            heard: Heard::default(),
            packets: 0,
        }
    }

    /// Takes a packet; says what has been heard since the beginning when that is to be told.
    pub fn hear(&mut self, codec: Codec, payload: &[u8]) -> Option<Heard> {
        if self.decoder.as_ref().is_none_or(|(known, _)| *known != codec) {
            self.decoder = Decoder::new(codec, rate(codec)).ok().map(|decoder| (codec, decoder));
        }
        let (_, decoder) = self.decoder.as_mut()?;
        let samples = decoder.decode(payload, &mut self.pcm[..]).ok()?;
        let (pcm, hz) = (&self.pcm[..samples], rate(codec).hz());
        let duration_ms = u32::try_from(samples).unwrap_or(0) * 1_000 / hz;
        let level = level_pcm(pcm);
        if level > SOUND_DBOV_MIN {
            self.heard.sound_ms += duration_ms;
            if goertzel(pcm, hz, self.tone_hz) >= f32::from(level) - BESIDE_DB_MAX {
                self.heard.tone_ms += duration_ms;
            }
        }
        self.packets += 1;
        self.packets.is_multiple_of(PACKETS_PER_REPORT).then_some(self.heard)
    }
}

/// The least that is needed to hear the tone.
fn rate(codec: Codec) -> Rate {
    match codec {
        Codec::G722 => Rate::Wide,
        Codec::Opus | Codec::Pcma | Codec::Pcmu => Rate::Narrow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::codec::{Encoder, PAYLOAD_BYTES_MAX};
    use crate::audio::music;
    use crate::audio::tone::{Dtmf, Tone};
    use crate::audio::tones::COUNTRIES;

    const FRAMES: usize = 100;

    /// What is heard of two seconds of sound.
    fn heard(codec: Codec, mut sound: impl FnMut(&mut [i16])) -> Heard {
        let rate = rate(codec);
        let (mut encoder, mut probe) = (Encoder::new(codec, rate).unwrap(), Probe::default());
        let (mut last, mut payload) = (Heard::default(), [0; PAYLOAD_BYTES_MAX]);
        for _ in 0..FRAMES {
            let mut pcm = vec![0; rate.frame_samples()];
            sound(&mut pcm);
            let length = encoder.encode(&pcm, &mut payload).unwrap();
            last = probe.hear(codec, &payload[..length]).unwrap_or(last);
        }
        last
    }

    #[test]
    fn our_tone_is_known_in_every_codec() {
        for codec in Codec::ALL {
            let mut probe = Probe::default();
            let mut last = Heard::default();
            for frame in 0..FRAMES {
                last = probe.hear(codec, music::probe(codec).frame(frame)).unwrap_or(last);
            }
            assert!(last.tone_ms >= 1_600 && last.sound_ms <= 2_000, "{codec:?}: {last:?}");
        }
    }

    #[test]
    fn the_tone_of_a_check_is_known_and_is_not_ours() {
        const CHECK: Cadence = Cadence::of([sound(CHECK_TONE_HZ, 1_000, 0)]);
        for codec in Codec::ALL {
            let rate = rate(codec);
            let (mut tone, mut encoder) = (Tone::new(CHECK, rate), Encoder::new(codec, rate).unwrap());
            let (mut check, mut ours) = (Probe::of(CHECK_TONE_HZ), Probe::default());
            let mut last = (Heard::default(), Heard::default());
            for _ in 0..FRAMES {
                let (mut pcm, mut payload) = (vec![0; rate.frame_samples()], [0; PAYLOAD_BYTES_MAX]);
                tone.fill(&mut pcm);
                let length = encoder.encode(&pcm, &mut payload).unwrap();
                last.0 = check.hear(codec, &payload[..length]).unwrap_or(last.0);
                last.1 = ours.hear(codec, &payload[..length]).unwrap_or(last.1);
            }
            assert!(last.0.tone_ms >= 1_800, "{codec:?}: {last:?}");
            assert!(last.1.sound_ms >= 1_800 && last.1.tone_ms <= 40, "{codec:?}: {last:?}");
        }
    }

    #[test]
    fn silence_is_nothing_and_other_sounds_are_not_ours() {
        let silence = heard(Codec::Pcma, |pcm| pcm.fill(0));
        assert_eq!(silence, Heard::default());
        for country in &COUNTRIES {
            for cadence in [country.ring_back, country.busy, country.congestion, country.special_information] {
                let mut tone = Tone::new(cadence, Rate::Narrow);
                let heard = heard(Codec::Pcmu, |pcm| tone.fill(pcm));
                assert!(heard.sound_ms > 0 && heard.tone_ms == 0, "{}: {heard:?}", country.code);
            }
        }
        for event in 0..16 {
            let digit = model::control::Digit::from_event(event).unwrap();
            let mut key = Dtmf::new(digit, Rate::Narrow, 2_000);
            let heard = heard(Codec::Pcma, |pcm| {
                key.fill(pcm);
            });
            assert_eq!(heard.tone_ms, 0, "{digit:?}");
        }
        let piece = music::render();
        let mut at = 0;
        let music = heard(Codec::G722, |pcm| {
            pcm.copy_from_slice(&piece[at..at + pcm.len()]);
            at += pcm.len();
        });
        assert!(music.sound_ms > 1_500 && music.tone_ms == 0, "{music:?}");
    }

    #[test]
    fn rubbish_is_not_heard() {
        let mut probe = Probe::default();
        for _ in 0..PACKETS_PER_REPORT {
            assert_eq!(probe.hear(Codec::Opus, &[]), None);
        }
    }
}
