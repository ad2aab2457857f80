use proptest::prelude::*;

use super::*;

/// A second of 600 Hz, louder on the left, as different programs write it (`tests/sounds`, made with ffmpeg).
const TONES: [(&str, &[u8]); 10] = [
    ("MP3", include_bytes!("../../../tests/sounds/tone.mp3")),
    ("FLAC", include_bytes!("../../../tests/sounds/tone.flac")),
    ("Ogg Vorbis", include_bytes!("../../../tests/sounds/tone-vorbis.ogg")),
    ("Ogg Opus", include_bytes!("../../../tests/sounds/tone-opus.ogg")),
    ("M4A", include_bytes!("../../../tests/sounds/tone.m4a")),
    ("AAC", include_bytes!("../../../tests/sounds/tone.aac")),
    ("WAV of 24 bits", include_bytes!("../../../tests/sounds/tone-24-bit.wav")),
    ("WAV of 8 bits", include_bytes!("../../../tests/sounds/tone-8-bit.wav")),
    ("WAV of floats", include_bytes!("../../../tests/sounds/tone-float.wav")),
    ("WAV of ADPCM", include_bytes!("../../../tests/sounds/tone-adpcm.wav")),
];

/// What makes a file look like one of them.
const BEGINNINGS: [&[u8]; 8] = [
    b"",
    b"OggS\0\x02",
    b"RIFF\xff\xff\0\0WAVEfmt ",
    b"fLaC\0\0\0\x22",
    b"\xff\xfb\x90",
    b"\xff\xf1\x50",
    b"ID3\x04\0\0",
    b"\0\0\0\x18ftypM4A ",
];

fn read_all(file: &[u8]) -> Result<Samples, NotAudio> {
    read(file.to_vec(), || false)
}

/// What the samples have of a frequency, and of everything: their powers.
fn powers(samples: &[i16], hz: f32) -> (f32, f32) {
    let step = hz * std::f32::consts::TAU / RATE_HZ as f32;
    let (mut sine, mut cosine, mut all) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let (value, phase) = (f32::from(*sample), (n as f32 * step) % std::f32::consts::TAU);
        sine += value * phase.sin();
        cosine += value * phase.cos();
        all += value * value;
    }
    let length = samples.len() as f32;
    ((sine * sine + cosine * cosine) * 2.0 / (length * length), all / length)
}

#[test]
fn a_tone_comes_out_of_every_kind_of_file_as_long_and_as_high_as_it_was() {
    for (kind, file) in TONES {
        let samples = read_all(file).unwrap_or_else(|why| panic!("{kind}: {why}"));
        // Coders begin and end with whole frames.
        assert!(
            (990..1_110).contains(&samples.duration_ms()),
            "{kind}: {} ms",
            samples.duration_ms()
        );
        let middle = &samples.as_slice()[4_000..12_000];
        let (tone, all) = powers(middle, 600.0);
        assert!(tone > all * 0.97, "{kind}: {tone} of {all}");
        // 9,000 on the left and 5,000 on the right, mixed.
        assert!((4_500.0..5_300.0).contains(&all.sqrt()), "{kind}: {}", all.sqrt());
    }
}

#[test]
fn what_is_no_sound_is_told_in_words() {
    let told = |file: &[u8]| read_all(file).unwrap_err();
    assert_eq!(told(b""), NotAudio::Unknown);
    assert_eq!(told(&b"Dear Anna, ".repeat(50)), NotAudio::Unknown);
    assert_eq!(told(include_bytes!("../../../tests/sounds/video.mp4")), NotAudio::Video);
    assert_eq!(told(include_bytes!("../../../tests/sounds/alac.m4a")), NotAudio::UnknownCodec);
    assert_eq!(told(b"RIFF\x00\x10\x00\x00AVI LIST"), NotAudio::Video);
    assert_eq!(told(&vec![0; FILE_BYTES_MAX + 1]), NotAudio::TooLarge);
    let (_, tone) = TONES[0];
    assert_eq!(read(tone.to_vec(), || true), Err(NotAudio::TooSlow));
    let minutes = Some(14);
    assert_eq!(NotAudio::TooLong { minutes }.to_string(), "this is 14 minutes long, at most 10");
    assert_eq!(NotAudio::TooLong { minutes: None }.to_string(), "this is longer than 10 minutes");
}

#[test]
fn a_small_file_that_unpacks_to_hours_is_given_up_at_ten_minutes() {
    // The same frames again and again: no header says how many.
    let (_, aac) = TONES[5];
    let long = aac.repeat(11 * 60);
    assert!(long.len() < FILE_BYTES_MAX);
    let read = read_all(&long);
    assert!(
        matches!(read, Err(NotAudio::TooLong { .. })),
        "{:?}",
        read.map(|samples| samples.duration_ms())
    );
}

#[test]
fn a_small_file_that_promises_huge_packets_is_refused_before_there_is_room_for_them() {
    /// A millisecond of sound by QuickTime's sound description of the second version.
    const SOUND: &[u8] = include_bytes!("../../../tests/sounds/lpcm.mov");
    const CHANNELS: usize = 44;
    const PACKET_SAMPLES: usize = 64;
    let description = SOUND.windows(4).position(|window| window == b"lpcm").unwrap();
    let with = |place: usize, number: u32| {
        let mut file = SOUND.to_vec();
        file[description + place..][..4].copy_from_slice(&number.to_be_bytes());
        read_all(&file).map(|samples| samples.as_slice().len())
    };
    assert_eq!(with(PACKET_SAMPLES, 1), Ok(16), "as it is");
    assert_eq!(with(PACKET_SAMPLES, 1 << 20), Ok(16));
    assert_eq!(with(PACKET_SAMPLES, (1 << 20) + 1), Err(NotAudio::Damaged));
    assert_eq!(with(PACKET_SAMPLES, u32::MAX), Err(NotAudio::Damaged));
    assert_eq!(with(CHANNELS, 9), Err(NotAudio::TooManyChannels));
}

#[test]
fn every_rate_becomes_ours() {
    for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000] {
        let mut converter = Converter::new(rate, vec![1, 2, 3]).unwrap();
        let wave = (0..rate * 2).map(|n| (n as f32 * 600.0 * std::f32::consts::TAU / rate as f32).sin() * 0.25);
        let wave: Vec<f32> = wave.collect();
        for part in wave.chunks(777) {
            converter.take(part.iter().copied()).unwrap();
        }
        let samples = converter.finish().unwrap();
        assert_eq!((samples.len(), &samples[..3]), (32_003, &[1, 2, 3][..]), "{rate} Hz");
        let (tone, all) = powers(&samples[4_000..28_000], 600.0);
        assert!(
            tone > all * 0.99 && (5_500.0..6_000.0).contains(&all.sqrt()),
            "{rate} Hz: {tone} of {all}"
        );
        // Nothing is late: the wave begins where it began.
        let crossings = samples[3..].windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((1_198..=1_201).contains(&crossings), "{rate} Hz: {crossings}");
    }
    for rate in [0, 3_999, 400_000, u32::MAX] {
        assert!(Converter::new(rate, Vec::new()).is_err(), "{rate} Hz");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_bytes_do_no_harm(begins in prop::sample::select(&BEGINNINGS[..]), bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let file = [begins, &bytes[..]].concat();
        let _whatever = read_all(&file);
    }

    #[test]
    fn files_that_are_cut_off_or_damaged_do_no_harm(
        kind in 0..TONES.len(),
        keeps in 0.0..1.0_f64,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        let (_, file) = TONES[kind];
        let mut file = file[..(file.len() as f64 * keeps) as usize].to_vec();
        for (place, byte) in damage {
            if !file.is_empty() {
                let place = place.index(file.len());
                file[place] = byte;
            }
        }
        if let Ok(samples) = read_all(&file) {
            prop_assert!(samples.as_slice().len() <= SAMPLES_MAX);
        }
    }
}
