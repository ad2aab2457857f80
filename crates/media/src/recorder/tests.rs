use std::io::Cursor;
use std::time::{Duration, Instant};

use model::{Channel, LegId};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::{PRE_SKIP, Page, Peak, Recorder, repair};
use crate::audio::codec::{Codec, Encoder};
use crate::audio::quality::level_pcm;
use crate::audio::testing::start;
use crate::audio::tone::goertzel;
use crate::engine::Said;

const HZ: u32 = 48_000;
const MS: Duration = Duration::from_millis(1);

/// Somebody who sends a tone, and a network that may lose it or make it wait.
struct Talker {
    leg: u64,
    channel: Channel,
    codec: Codec,
    encoder: Encoder,
    hz: f32,
    phase: f32,
    sequence: u16,
    timestamp: u32,
    /// Milliseconds from and until it talks.
    talks: std::ops::Range<u64>,
    lost: f64,
    jitter_ms: u64,
}

impl Talker {
    fn new(leg: u64, channel: Channel, codec: Codec, hz: f32) -> Self {
        Self {
            leg,
            channel,
            codec,
            encoder: Encoder::new(codec, codec.rate()).unwrap(),
            hz,
            phase: 0.0,
            sequence: 65_000,
            timestamp: u32::MAX - 9_000,
            talks: 0..u64::MAX,
            lost: 0.0,
            jitter_ms: 0,
        }
    }

    fn during(self, talks: std::ops::Range<u64>) -> Self {
        Self { talks, ..self }
    }

    fn payload(&mut self) -> Vec<u8> {
        let rate = self.codec.rate();
        let pcm: Vec<i16> = (0..rate.frame_samples())
            .map(|_| {
                self.phase = (self.phase + self.hz / rate.hz() as f32).fract();
                ((self.phase * std::f32::consts::TAU).sin() * 8_000.0) as i16
            })
            .collect();
        let mut payload = [0; 1_300];
        let length = self.encoder.encode(&pcm, &mut payload).unwrap();
        payload[..length].to_vec()
    }
}

/// A packet, when it arrives.
struct Sent {
    at: Instant,
    talker: usize,
    codec: Codec,
    sequence: u16,
    timestamp: u32,
    payload: Vec<u8>,
}

/// All pages of a recording of so many milliseconds, asked for every 60 ms as a thread would.
fn record(talkers: &mut [Talker], ms: u64) -> Vec<Page> {
    let begun = start();
    let mut recorder = Recorder::new(begun).unwrap();
    let mut random = SmallRng::seed_from_u64(3);
    let mut sent = Vec::new();
    for at_ms in (0..ms).step_by(20) {
        for (index, talker) in talkers.iter_mut().enumerate() {
            talker.sequence = talker.sequence.wrapping_add(1);
            talker.timestamp = talker.timestamp.wrapping_add(talker.codec.frame_ticks());
            if !talker.talks.contains(&at_ms) {
                continue;
            }
            let payload = talker.payload();
            if random.random_bool(talker.lost) {
                continue;
            }
            sent.push(Sent {
                // No two at the same moment of the tick.
                at: begun + MS * (at_ms as u32 + random.random_range(0..=talker.jitter_ms) as u32) + MS / 7 * index as u32,
                talker: index,
                codec: talker.codec,
                sequence: talker.sequence,
                timestamp: talker.timestamp,
                payload,
            });
        }
    }
    sent.sort_by_key(|packet| packet.at);
    let mut pages = Vec::new();
    let mut sent = sent.iter().peekable();
    for at_ms in (0..=ms).step_by(60) {
        let now = begun + MS * at_ms as u32;
        while let Some(packet) = sent.next_if(|packet| packet.at <= now) {
            let talker = &talkers[packet.talker];
            recorder.push(talker.channel, &said(talker.leg, packet));
        }
        pages.extend(std::iter::from_fn(|| recorder.poll(now)));
    }
    pages.extend(recorder.finish(begun + MS * ms as u32));
    pages
}

fn said(leg: u64, packet: &Sent) -> Said<'_> {
    Said {
        leg: LegId(leg),
        codec: packet.codec,
        ssrc: leg as u32,
        sequence: packet.sequence,
        timestamp: packet.timestamp,
        marker: false,
        payload: &packet.payload,
        at: packet.at,
    }
}

fn bytes(pages: &[Page]) -> Vec<u8> {
    pages.iter().flat_map(|page| &page.bytes).copied().collect()
}

fn peaks(pages: &[Page]) -> Vec<Peak> {
    pages.iter().flat_map(|page| &page.peaks).copied().collect()
}

/// A file as a player reads it: both channels at 48 kHz; and whether it is marked as ended.
struct Played {
    channels: [Vec<i16>; 2],
    is_ended: bool,
}

impl Played {
    /// By an independent reader of Ogg, and libopus.
    fn of(file: &[u8]) -> Self {
        let mut reader = ogg::PacketReader::new(Cursor::new(file));
        let head = reader.read_packet_expected().unwrap().data;
        assert_eq!(&head[..10], b"OpusHead\x01\x02");
        let skip = usize::from(u16::from_le_bytes(head[10..12].try_into().unwrap()));
        assert_eq!(skip, usize::from(PRE_SKIP));
        assert_eq!(head[18], 1, "channel mapping family 1");
        let mut decoder = opus::MSDecoder::new(HZ, head[19], head[20], &head[21..]).unwrap();
        let tags = reader.read_packet_expected().unwrap().data;
        assert!(tags.starts_with(b"OpusTags") && String::from_utf8_lossy(&tags).contains("ENCODER=farend "));
        let (mut pcm, mut channels, mut granule, mut is_ended) = ([0; 5_760 * 2], [Vec::new(), Vec::new()], 0, false);
        while let Ok(Some(packet)) = reader.read_packet() {
            let samples = decoder.decode(&packet.data, &mut pcm, false).unwrap();
            for (channel, heard) in channels.iter_mut().enumerate() {
                heard.extend(pcm[..samples * 2].iter().skip(channel).step_by(2));
            }
            granule = packet.absgp_page();
            is_ended = packet.last_in_stream();
        }
        // What is before the beginning and behind the end is not played (RFC 7845 section 4).
        let end = usize::try_from(granule).unwrap();
        let channels = channels.map(|heard| heard[skip.min(end)..end].to_vec());
        Self { channels, is_ended }
    }

    fn duration_ms(&self) -> u64 {
        self.channels[0].len() as u64 * 1_000 / u64::from(HZ)
    }

    fn part(&self, channel: Channel, ms: std::ops::Range<u64>) -> &[i16] {
        let [from, until] = [ms.start, ms.end].map(|ms| ms as usize * 48);
        &self.channels[super::index(channel)][from..until]
    }

    /// How loud this tone is, in dBov.
    fn tone(&self, channel: Channel, hz: f32, ms: std::ops::Range<u64>) -> f32 {
        goertzel(self.part(channel, ms), HZ, hz)
    }

    /// When a channel is loud first, in milliseconds.
    fn onset_ms(&self, channel: Channel) -> usize {
        let loud = |sample: &i16| sample.unsigned_abs() > 2_000;
        self.channels[super::index(channel)].iter().position(loud).unwrap() / 48
    }
}

const OWN: Channel = Channel::Own;
const OTHERS: Channel = Channel::Others;

#[test]
fn each_side_is_on_its_channel_and_not_on_the_other() {
    for (a, b) in [(Codec::Pcmu, Codec::Opus), (Codec::G722, Codec::Pcma)] {
        let pages = record(&mut [Talker::new(1, OWN, a, 440.0), Talker::new(2, OTHERS, b, 1_150.0)], 5_000);
        let played = Played::of(&bytes(&pages));
        assert_eq!(played.duration_ms(), 5_000);
        assert!(played.is_ended);
        for (channel, own, other) in [(OWN, 440.0, 1_150.0), (OTHERS, 1_150.0, 440.0)] {
            let (heard, leaked) = (played.tone(channel, own, 500..4_900), played.tone(channel, other, 500..4_900));
            assert!(
                heard > -18.0 && leaked < heard - 50.0,
                "{a:?} {b:?}: {heard} and {leaked} dBov on {channel:?}"
            );
        }
        let skew_ms = played.onset_ms(OWN).abs_diff(played.onset_ms(OTHERS));
        assert!(skew_ms <= 40, "{a:?} {b:?}: {skew_ms} ms");
    }
}

#[test]
fn losses_and_jitter_are_concealed_and_both_sides_stay_together() {
    let talkers = |own: u64, others: u64| {
        let mut talkers = [
            Talker::new(1, OWN, Codec::Pcmu, 440.0).during(own..u64::MAX),
            Talker::new(2, OTHERS, Codec::Opus, 1_150.0).during(others..u64::MAX),
        ];
        talkers[1].lost = 0.03;
        talkers[1].jitter_ms = 30;
        talkers
    };
    let played = Played::of(&bytes(&record(&mut talkers(0, 0), 20_000)));
    assert_eq!(played.duration_ms(), 20_000);
    for second in 1..19 {
        let ms = second * 1_000..second * 1_000 + 1_000;
        assert!(played.tone(OWN, 440.0, ms.clone()) > -18.0);
        assert!(played.tone(OTHERS, 1_150.0, ms) > -22.0, "second {second}");
    }
    let played = Played::of(&bytes(&record(&mut talkers(2_000, 2_000), 5_000)));
    let skew_ms = played.onset_ms(OWN).abs_diff(played.onset_ms(OTHERS));
    assert!(skew_ms <= 40, "{skew_ms} ms");
}

#[test]
fn pauses_are_as_long_as_they_were() {
    let mut talkers = [
        Talker::new(1, OWN, Codec::Pcma, 440.0).during(0..2_000),
        Talker::new(2, OTHERS, Codec::Pcma, 1_150.0).during(6_000..8_000),
    ];
    let pages = record(&mut talkers, 10_000);
    let played = Played::of(&bytes(&pages));
    assert_eq!(played.duration_ms(), 10_000);
    assert!(played.tone(OWN, 440.0, 100..1_900) > -18.0);
    assert!(level_pcm(played.part(OWN, 2_500..10_000)) < -70 && level_pcm(played.part(OTHERS, 0..5_900)) < -70);
    assert!(played.tone(OTHERS, 1_150.0, 6_200..7_900) > -18.0);
    assert!((6_000..6_080).contains(&played.onset_ms(OTHERS)), "{}", played.onset_ms(OTHERS));
    // One peak for every 100 ms, loud where somebody talks.
    let peaks = peaks(&pages);
    assert_eq!(peaks.len(), 100);
    let loud = |peak: u8| (55..=75).contains(&peak);
    assert!(peaks[1..19].iter().all(|peak| loud(peak.own) && peak.others == 0));
    assert!(peaks[30..60].iter().all(|peak| *peak == Peak::default()));
    assert!(peaks[62..79].iter().all(|peak| loud(peak.others) && peak.own == 0));
}

#[test]
fn several_are_mixed_one_leaves_and_another_one_comes() {
    let mut talkers = [
        Talker::new(1, OWN, Codec::Opus, 440.0),
        Talker::new(2, OTHERS, Codec::Pcmu, 710.0).during(0..4_000),
        Talker::new(3, OTHERS, Codec::G722, 1_150.0),
        Talker::new(4, OTHERS, Codec::Opus, 1_870.0).during(6_000..10_000),
    ];
    let played = Played::of(&bytes(&record(&mut talkers, 10_000)));
    for (ms, tones) in [
        (500..3_900, [false, true, true, false]),
        (4_500..5_900, [false, false, true, false]),
        (6_500..9_900, [false, false, true, true]),
    ] {
        for (hz, is_there) in [440.0, 710.0, 1_150.0, 1_870.0].into_iter().zip(tones) {
            let level = played.tone(OTHERS, hz, ms.clone());
            assert_eq!(level > -20.0, is_there, "{hz} Hz at {level} dBov in {ms:?}");
            assert!(is_there || level < -50.0, "{hz} Hz at {level} dBov in {ms:?}");
        }
        assert!(played.tone(OWN, 440.0, ms) > -18.0);
    }
}

#[test]
fn many_loud_voices_are_turned_down_and_those_beyond_the_limit_are_left_out() {
    let begun = start();
    let mut recorder = Recorder::new(begun).unwrap();
    let mut talkers: Vec<Talker> = (0..70).map(|leg| Talker::new(leg, OTHERS, Codec::Pcmu, 440.0)).collect();
    let mut pages = Vec::new();
    for frame in 0..100_u16 {
        let now = begun + MS * 20 * u32::from(frame);
        for talker in &mut talkers {
            let packet = Sent {
                at: now,
                talker: 0,
                codec: talker.codec,
                sequence: frame,
                timestamp: u32::from(frame) * 160,
                payload: talker.payload(),
            };
            recorder.push(talker.channel, &said(talker.leg, &packet));
        }
        pages.extend(recorder.poll(now));
    }
    assert_eq!(recorder.refused(), 600, "six legs too many");
    pages.extend(recorder.finish(begun + MS * 2_000));
    let played = Played::of(&bytes(&pages));
    let (fundamental, third) = (played.tone(OTHERS, 440.0, 1_000..1_900), played.tone(OTHERS, 1_320.0, 1_000..1_900));
    assert!(fundamental > -8.0 && third < fundamental - 25.0, "{fundamental} and {third} dBov");
}

#[test]
fn another_codec_takes_over_with_its_second_packet_and_a_single_one_does_not() {
    let begun = start();
    let mut recorder = Recorder::new(begun).unwrap();
    let mut talkers = [Talker::new(1, OWN, Codec::Pcmu, 440.0), Talker::new(1, OWN, Codec::Opus, 1_150.0)];
    for frame in 0..200_u16 {
        let talker = &mut talkers[usize::from(frame >= 100 || frame == 50)];
        let packet = Sent {
            at: begun + MS * 20 * u32::from(frame),
            talker: 0,
            codec: talker.codec,
            sequence: frame,
            timestamp: u32::from(frame) * talker.codec.frame_ticks(),
            payload: talker.payload(),
        };
        recorder.push(OWN, &said(1, &packet));
    }
    let played = Played::of(&bytes(&recorder.finish(begun + MS * 4_000)));
    assert!(played.tone(OWN, 440.0, 200..1_900) > -18.0 && played.tone(OWN, 1_150.0, 200..1_900) < -40.0);
    assert!(played.tone(OWN, 1_150.0, 2_200..3_900) > -18.0 && played.tone(OWN, 440.0, 2_200..3_900) < -40.0);
}

#[test]
fn a_file_that_is_cut_anywhere_plays_up_to_there_once_it_is_repaired() {
    let pages = record(
        &mut [
            Talker::new(1, OWN, Codec::Pcmu, 440.0),
            Talker::new(2, OTHERS, Codec::Pcmu, 1_150.0),
        ],
        4_500,
    );
    assert!(pages.iter().all(|page| !page.bytes.is_empty()));
    let durations: Vec<Duration> = pages.iter().map(|page| page.duration).collect();
    assert!(
        durations.windows(2).all(|pair| pair[1] - pair[0] <= Duration::from_secs(1)),
        "{durations:?}"
    );
    let whole = bytes(&pages);
    let mut ends: Vec<usize> = Vec::new();
    for page in &pages {
        ends.push(ends.last().unwrap_or(&0) + page.bytes.len());
    }
    for (n, end) in ends.iter().enumerate() {
        // As it is, and with a part of the next page.
        for cut in [*end, (*end + 100).min(whole.len())] {
            let mut file = whole[..cut].to_vec();
            assert_eq!(repair(&mut file), Some(durations[n]));
            assert_eq!(file.len(), *end);
            let played = Played::of(&file);
            let expected_ms = durations[n].as_millis() as u64;
            assert_eq!(played.duration_ms(), expected_ms);
            assert!(n == 0 || played.is_ended);
            if expected_ms > 600 {
                assert!(played.tone(OTHERS, 1_150.0, 100..expected_ms) > -18.0);
            }
        }
        // A later part of the file alone, as it is kept in chunks.
        let mut chunk = pages[n].bytes.clone();
        assert_eq!(repair(&mut chunk), Some(durations[n]));
    }
    assert_eq!(repair(&mut whole[..20].to_vec()), None);
    let mut broken = whole.clone();
    broken[ends[1] - 1] ^= 1;
    assert_eq!(repair(&mut broken), Some(durations[0]), "a page that is not sound is none");
    let mut finished = whole.clone();
    repair(&mut finished);
    assert_eq!(finished, whole, "an end stays one");
}

#[test]
fn three_hours_are_three_hours_and_two_days_are_two_days() {
    let begun = start();
    for hours in [3, 48] {
        let all = Duration::from_secs(hours * 3_600);
        let mut recorder = Recorder::new(begun).unwrap();
        let first = recorder.poll(begun + MS * 1_000 * 10);
        assert!(first.is_some());
        // As if time had been passing: but for its last ten seconds.
        let frames = hours * 3_600 * 50 - 1_000;
        recorder.frames += frames;
        recorder.due += MS * 20 * u32::try_from(frames).unwrap();
        let pages = recorder.finish(begun + all);
        let durations: Vec<Duration> = pages.iter().map(|page| page.duration).collect();
        assert_eq!(durations.last(), Some(&all));
        assert!(
            durations
                .windows(2)
                .skip(10)
                .all(|pair| pair[1] - pair[0] <= Duration::from_secs(1))
        );
        let last = &pages[pages.len() - 1].bytes;
        let granule = u64::from_le_bytes(last[6..14].try_into().unwrap());
        assert_eq!(granule, hours * 3_600 * 48_000 + u64::from(PRE_SKIP));
        let mut cut = bytes(&pages[pages.len() - 3..pages.len() - 1]);
        assert_eq!(repair(&mut cut), Some(durations[pages.len() - 2]));
        let silence = bytes(&pages[pages.len() - 6..pages.len() - 1]).len();
        assert!(silence < 5 * 1_500, "{silence} bytes for five seconds of silence");
    }
}

#[test]
fn what_is_skipped_is_what_the_encoder_looks_ahead() {
    let mut encoder = super::encoder().unwrap();
    let samples = encoder.get_lookahead().unwrap() * 48_000 / super::RATE.hz() as i32;
    assert_eq!(samples, i32::from(PRE_SKIP));
}
