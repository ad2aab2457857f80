//! What is played to people once: prompts, announcements, and the tone that tells of a recording.
//!
//! Everything is encoded beforehand for every codec, outside the media threads; these only look it up. A second takes 28 KiB in all codecs together.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use model::Sound;

use crate::audio::codec::{Codec, Rate};
use crate::audio::music::EncodedLoop;
use crate::audio::tone::{RECORDING, Tone};

/// One sound in every codec.
pub struct Clip {
    /// By codec.
    payloads: [EncodedLoop; 4],
    frames: usize,
}

impl Clip {
    /// Encodes mono PCM at 16 kHz. This takes about a hundredth of the time that it plays.
    #[must_use]
    pub fn encode(pcm: &[i16]) -> Self {
        // The end of a word must come out of filters and encoders.
        let frames = pcm.len().div_ceil(Rate::Wide.frame_samples()) + 1;
        let mut padded = pcm.to_vec();
        padded.resize(frames * Rate::Wide.frame_samples(), 0);
        let encode = |codec| EncodedLoop::encode_once(codec, &padded, Rate::Wide);
        Self {
            payloads: Codec::ALL.map(encode),
            frames,
        }
    }

    /// Frames of 20 ms.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The payload of a frame.
    #[must_use]
    pub fn frame(&self, codec: Codec, index: usize) -> &[u8] {
        self.payloads[codec as usize].frame(index)
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clip").field("frames", &self.frames).finish_non_exhaustive()
    }
}

/// All that can be played. It never changes: who changes one sound makes another library, with the other clips as they are.
#[derive(Clone, Debug)]
pub struct Library {
    clips: BTreeMap<Sound, Arc<Clip>>,
}

impl Default for Library {
    /// The recording tone alone.
    fn default() -> Self {
        Self::from_iter([])
    }
}

impl Library {
    /// These sounds, and the recording tone unless it is among them: mono PCM at 16 kHz, encoded now. Call it outside the media threads.
    #[must_use]
    pub fn new(sounds: impl IntoIterator<Item = (Sound, impl AsRef<[i16]>)>) -> Self {
        let encode = |(sound, pcm): (Sound, _)| (sound, Arc::new(Clip::encode(AsRef::as_ref(&pcm))));
        sounds.into_iter().map(encode).collect()
    }

    /// What this sounds like, if it is there.
    #[must_use]
    pub fn clip(&self, sound: Sound) -> Option<&Arc<Clip>> {
        self.clips.get(&sound)
    }
}

impl FromIterator<(Sound, Arc<Clip>)> for Library {
    /// Of clips that are encoded already, and the recording tone unless it is among them.
    fn from_iter<I: IntoIterator<Item = (Sound, Arc<Clip>)>>(clips: I) -> Self {
        let tone = (Sound::RecordingTone, Arc::clone(recording_tone()));
        Self {
            clips: std::iter::once(tone).chain(clips).collect(),
        }
    }
}

fn recording_tone() -> &'static Arc<Clip> {
    static TONE: OnceLock<Arc<Clip>> = OnceLock::new();
    TONE.get_or_init(|| {
        let mut pcm = vec![0; (RECORDING.period_ms() * (Rate::Wide.hz() / 1_000)) as usize];
        Tone::new(RECORDING, Rate::Wide).fill(&mut pcm);
        Arc::new(Clip::encode(&pcm))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::codec::{Decoder, PACKET_SAMPLES_MAX};
    use crate::audio::quality::level_pcm;
    use crate::audio::tone::goertzel;
    use model::AnnouncementId;

    fn decode(clip: &Clip, codec: Codec) -> Vec<i16> {
        let mut decoder = Decoder::new(codec, codec.rate()).unwrap();
        let mut pcm = [0; PACKET_SAMPLES_MAX];
        let frames = (0..clip.frames()).flat_map(|frame| {
            let samples = decoder.decode(clip.frame(codec, frame), &mut pcm).unwrap();
            pcm[..samples].to_vec()
        });
        frames.collect()
    }

    #[test]
    fn the_recording_tone_is_there_in_every_codec() {
        let library = Library::default();
        let clip = library.clip(Sound::RecordingTone).unwrap();
        assert_eq!(clip.frames(), 26);
        for codec in Codec::ALL {
            let (heard, hz) = (decode(clip, codec), codec.rate().hz());
            let tone = &heard[hz as usize / 20..hz as usize * 9 / 20];
            assert!(goertzel(tone, hz, 1_400.0) > -20.0, "{codec:?}");
            assert!(level_pcm(&heard[heard.len() - hz as usize / 100..]) < -40, "{codec:?} ends");
        }
    }

    #[test]
    fn a_sound_is_played_from_its_beginning_and_not_with_its_end_before() {
        // Loud at the end, as a loop's run-up would bring it to the beginning.
        let pcm: Vec<i16> = (0..16_000_u16)
            .map(|n| if n < 12_000 { 0 } else { ((n % 32) as i16 - 16) * 800 })
            .collect();
        let sound = Sound::Announcement(AnnouncementId(5));
        let library = Library::new([(sound, pcm)]);
        for codec in Codec::ALL {
            let heard = decode(library.clip(sound).unwrap(), codec);
            let (quiet, loud) = heard.split_at(heard.len() * 70 / 100);
            assert!(
                level_pcm(quiet) < -60 && level_pcm(loud) > -25,
                "{codec:?}: {} {}",
                level_pcm(quiet),
                level_pcm(loud)
            );
        }
        assert!(library.clip(Sound::Announcement(AnnouncementId(6))).is_none());
    }

    #[test]
    fn another_library_shares_what_is_encoded() {
        let (a, b) = (Sound::Announcement(AnnouncementId(1)), Sound::RecordingTone);
        let clip = Arc::new(Clip::encode(&[0; 100]));
        let library: Library = [(a, Arc::clone(&clip)), (b, Arc::clone(&clip))].into_iter().collect();
        assert!(Arc::ptr_eq(library.clip(a).unwrap(), &clip));
        assert!(Arc::ptr_eq(library.clip(b).unwrap(), &clip), "the tone can be replaced");
        assert_eq!(clip.frames(), 2);
    }
}
