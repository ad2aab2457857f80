use std::time::{Duration, Instant};

use super::*;
use crate::audio::codec::{Decoder, Encoder, PACKET_SAMPLES_MAX};
use crate::audio::quality::level_pcm;
use crate::audio::testing::start;
use crate::audio::tone::goertzel;

const FRAME: Duration = Duration::from_millis(20);
/// Not to be heard: the sidelobes of other tones are louder than this in a short window.
const INAUDIBLE_DBOV: f32 = -50.0;

/// What a member says.
#[derive(Clone, Copy)]
enum Says {
    Nothing,
    Tone { hz: f64, peak: f64 },
    Noise { peak: f64 },
}

struct Person {
    seat: Seat,
    attendance: Attendance,
    codec: Codec,
    encoder: Encoder,
    decoder: Decoder,
    says: Says,
    sequence: u16,
    samples: u64,
    /// What it has heard, at its codec's own rate.
    heard: Vec<i16>,
    frames: usize,
}

struct Room {
    mixer: Mixer,
    people: Vec<Person>,
    now: Instant,
    spoken: Vec<Vec<(Seat, i8)>>,
}

fn tone(hz: f64) -> Says {
    Says::Tone { hz, peak: 4_000.0 }
}

impl Person {
    /// The next 20 ms of what it says.
    fn frame(&mut self) -> Vec<i16> {
        let rate = self.codec.rate();
        (0..rate.frame_samples())
            .map(|_| {
                self.samples += 1;
                let seconds = self.samples as f64 / f64::from(rate.hz());
                match self.says {
                    Says::Nothing => 0,
                    Says::Tone { hz, peak } => ((seconds * hz * std::f64::consts::TAU).sin() * peak) as i16,
                    Says::Noise { peak } => {
                        let random = self.samples.wrapping_mul(6_364_136_223_846_793_005).rotate_left(29) % 2_000;
                        ((random as f64 / 1_000.0 - 1.0) * peak) as i16
                    }
                }
            })
            .collect()
    }

    /// How loud everything is that is none of these tones, in dBov.
    fn beside(&self, tones: &[f64]) -> f32 {
        let rate = f64::from(self.codec.rate().hz());
        let start = self.heard.len() - rate as usize / 2;
        let mut rest: Vec<f64> = self.heard[start..].iter().map(|sample| f64::from(*sample)).collect();
        for hz in tones {
            for quarter in [0.0, 0.25] {
                let wave = |n: usize| ((n as f64 / rate * hz + quarter) * std::f64::consts::TAU).sin();
                let share = rest.iter().enumerate().map(|(n, sample)| sample * wave(n)).sum::<f64>() * 2.0 / rest.len() as f64;
                rest.iter_mut().enumerate().for_each(|(n, sample)| *sample -= share * wave(n));
            }
        }
        let power = rest.iter().map(|sample| sample.powi(2)).sum::<f64>() / rest.len() as f64;
        (10.0 * (power / 32_768.0_f64.powi(2)).max(1e-13).log10()) as f32
    }

    fn level(&self, hz: f64) -> f32 {
        let rate = self.codec.rate().hz();
        let last = &self.heard[self.heard.len() - rate as usize / 2..];
        goertzel(last, rate, hz as f32)
    }
}

impl Room {
    fn of(people: &[(Codec, Says)]) -> Self {
        let mut room = Self {
            mixer: Mixer::new(),
            people: Vec::new(),
            now: start(),
            spoken: Vec::new(),
        };
        for (codec, says) in people {
            room.enter(*codec, *says);
        }
        room
    }

    fn enter(&mut self, codec: Codec, says: Says) {
        let seat = self.mixer.enter();
        let attendance = Attendance {
            hears: Some(codec),
            is_heard: true,
            loss_percent: 0,
        };
        self.mixer.attend(seat, attendance);
        self.people.push(Person {
            seat,
            attendance,
            codec,
            encoder: Encoder::new(codec, codec.rate()).expect("an encoder"),
            decoder: Decoder::new(codec, codec.rate()).expect("a decoder"),
            says,
            sequence: 0,
            samples: 0,
            heard: Vec::new(),
            frames: 0,
        });
    }

    fn mute(&mut self, who: usize, is_muted: bool) {
        let person = &mut self.people[who];
        person.attendance.is_heard = !is_muted;
        self.mixer.attend(person.seat, person.attendance);
    }

    fn run(&mut self, ms: usize) {
        for _ in 0..ms / 20 {
            self.now += FRAME;
            for person in &mut self.people {
                let pcm = person.frame();
                let mut payload = [0; 1_276];
                let length = person.encoder.encode(&pcm, &mut payload).expect("a frame");
                person.sequence = person.sequence.wrapping_add(1);
                let packet = Packet {
                    ssrc: 7,
                    sequence: person.sequence,
                    timestamp: u32::from(person.sequence) * person.codec.frame_ticks(),
                    marker: false,
                    payload: &payload[..length],
                };
                self.mixer.push(person.seat, person.codec, &packet, self.now);
            }
            self.mixer.tick(self.now);
            self.spoken.extend(self.mixer.speaking());
            for person in &mut self.people {
                let Some(frame) = self.mixer.frame(person.seat) else { continue };
                let mut pcm = [0; PACKET_SAMPLES_MAX];
                let samples = person.decoder.decode(frame.bytes(), &mut pcm).expect("a payload of its codec");
                assert_eq!(samples, person.codec.rate().frame_samples());
                person.heard.extend_from_slice(&pcm[..samples]);
                person.frames += 1;
            }
        }
    }

    fn forget(&mut self) {
        for person in &mut self.people {
            (person.heard, person.frames) = (Vec::new(), 0);
        }
    }
}

/// Ends of no other's harmonics, within the telephone's band.
const TONES: [f64; 4] = [440.0, 710.0, 1_150.0, 1_870.0];

#[test]
fn everybody_hears_all_others_and_never_themselves_whatever_the_codecs() {
    let people: Vec<_> = Codec::ALL.into_iter().zip(TONES.map(tone)).collect();
    let mut room = Room::of(&people);
    room.run(3_000);
    for (who, person) in room.people.iter().enumerate() {
        for (whose, hz) in TONES.into_iter().enumerate() {
            let level = person.level(hz);
            if who == whose {
                assert!(level < INAUDIBLE_DBOV, "{:?} hears itself at {level} dBov", person.codec);
            } else {
                assert!(level > -28.0, "{:?} hears {hz} Hz at {level} dBov", person.codec);
            }
        }
    }
}

#[test]
fn a_muted_one_is_in_nobodys_mix_and_hears_all_the_same() {
    for codec in Codec::ALL {
        let mut room = Room::of(&[(codec, tone(440.0)), (Codec::Pcmu, tone(710.0)), (Codec::G722, Says::Nothing)]);
        room.run(1_000);
        assert!(room.people[2].level(440.0) > -30.0);
        room.mute(0, true);
        room.run(40);
        room.forget();
        room.run(1_000);
        assert!(room.people[1].level(440.0) < INAUDIBLE_DBOV && room.people[2].level(440.0) < INAUDIBLE_DBOV);
        assert!(room.people[0].level(710.0) > -28.0 && room.people[2].level(710.0) > -28.0);
        room.mute(0, false);
        room.run(1_000);
        assert!(room.people[1].level(440.0) > -30.0 && room.people[2].level(440.0) > -30.0);
    }
}

#[test]
fn all_who_listen_share_one_encoding() {
    let mut room = Room::of(&[(Codec::Opus, tone(440.0)), (Codec::Pcmu, tone(710.0))]);
    (0..8).for_each(|n| room.enter([Codec::Opus, Codec::Pcmu][n % 2], Says::Nothing));
    room.run(1_000);
    let frame = |who: usize| std::ptr::from_ref(room.mixer.frame(room.people[who].seat).expect("a frame"));
    for listener in 4..10 {
        assert_eq!(frame(listener), frame(listener - 2), "listener {listener}");
    }
    assert_ne!(frame(0), frame(2), "who talks hears something else");
    assert_ne!(frame(1), frame(3));
}

#[test]
fn who_talks_alone_hears_comfort_noise_that_nobody_encodes() {
    let mut room = Room::of(&[(Codec::Pcmu, tone(440.0)), (Codec::Pcmu, Says::Nothing)]);
    room.run(1_000);
    let comfort = std::ptr::from_ref(room.mixer.tracks.comfort(Codec::Pcmu));
    assert_eq!(room.mixer.frame(room.people[0].seat).map(std::ptr::from_ref), Some(comfort));
    assert!(level_pcm(&room.people[0].heard) < -60);
}

#[test]
fn silence_is_comfort_noise_for_five_seconds_and_then_a_frame_now_and_then() {
    let mut room = Room::of(&[
        (Codec::Pcmu, tone(440.0)),
        (Codec::Opus, Says::Nothing),
        (Codec::G722, Says::Nothing),
    ]);
    room.run(1_000);
    room.people[0].says = Says::Nothing;
    room.run(700);
    room.forget();
    room.run(4_000);
    for person in &room.people {
        assert_eq!(person.frames, 200);
        assert!((-75..=-60).contains(&level_pcm(&person.heard)), "{} dBov", level_pcm(&person.heard));
    }
    room.run(1_000);
    room.forget();
    room.run(4_000);
    assert!(room.people.iter().all(|person| person.frames == 10));
    room.people[1].says = tone(710.0);
    room.run(1_000);
    assert!(room.people[0].level(710.0) > -28.0, "whoever talks then is heard at once");
}

#[test]
fn the_noise_of_those_who_are_silent_is_out() {
    let mut room = Room::of(&[(Codec::Pcmu, tone(440.0)), (Codec::Pcma, Says::Nothing)]);
    (0..30).for_each(|_| room.enter(Codec::Pcmu, Says::Noise { peak: 100.0 }));
    room.run(2_000);
    let listener = &room.people[1];
    let (spoken, beside) = (listener.level(440.0), listener.beside(&[440.0]));
    // Thirty noises of -55 dBov would be at -40; what is left is that of G.711 itself.
    assert!(spoken > -26.0 && beside < -52.0, "{beside} dBov beside {spoken}");
}

#[test]
fn no_more_than_the_loudest_are_heard() {
    let mut room = Room::of(&[(Codec::Pcmu, Says::Nothing)]);
    let tones = [440.0, 710.0, 1_150.0, 1_870.0, 2_300.0, 2_900.0];
    for (hz, peak) in tones.into_iter().zip([9_000.0, 9_000.0, 300.0, 9_000.0, 300.0, 9_000.0]) {
        room.enter(Codec::Pcmu, Says::Tone { hz, peak });
    }
    room.run(3_000);
    let heard: Vec<f64> = tones.into_iter().filter(|hz| room.people[0].level(*hz) > INAUDIBLE_DBOV).collect();
    assert_eq!(heard, [440.0, 710.0, 1_870.0, 2_900.0]);
    assert_eq!(room.spoken.last().map(Vec::len), Some(TALKERS_MAX));
}

#[test]
fn loud_and_quiet_talkers_sound_alike_after_a_while() {
    let mut room = Room::of(&[
        (Codec::Pcmu, Says::Nothing),
        (Codec::G722, Says::Nothing),
        (Codec::Pcma, Says::Nothing),
    ]);
    room.run(200);
    room.people[0].says = Says::Tone { hz: 440.0, peak: 16_000.0 };
    room.people[1].says = Says::Tone {
        hz: 1_150.0,
        peak: 1_000.0,
    };
    room.run(800);
    let apart = room.people[2].level(440.0) - room.people[2].level(1_150.0);
    room.run(12_000);
    let together = room.people[2].level(440.0) - room.people[2].level(1_150.0);
    assert!(apart > 20.0 && together < 9.0, "{apart} dB, then {together}");
    // Nor is it forgotten while somebody is muted.
    room.mute(0, true);
    room.run(3_000);
    room.mute(0, false);
    room.run(1_000);
    let after = room.people[2].level(440.0) - room.people[2].level(1_150.0);
    assert!((after - together).abs() < 1.0, "{together} dB, then {after}");
}

#[test]
fn four_who_shout_at_once_do_not_clip() {
    let shout = |hz| Says::Tone { hz, peak: 30_000.0 };
    let mut room = Room::of(&[(Codec::Opus, Says::Nothing)]);
    TONES.into_iter().for_each(|hz| room.enter(Codec::Pcmu, shout(hz)));
    room.run(2_000);
    let heard = &room.people[0];
    let (least, beside) = (
        TONES.map(|hz| heard.level(hz)).into_iter().fold(0.0, f32::min),
        heard.beside(&TONES),
    );
    assert!(least > -22.0 && beside < least - 10.0, "{beside} dBov beside tones of {least}");
}

/// The level of a tone in every 20 ms is what it is in the others: nothing is lost or doubled where streams are changed.
fn assert_steady(pcm: &[i16], rate: Rate, hz: f64, what: &str) {
    let window = rate.frame_samples() * 2;
    let levels: Vec<f32> = pcm
        .chunks_exact(window)
        .map(|frame| goertzel(frame, rate.hz(), hz as f32))
        .collect();
    let (least, most) = levels
        .iter()
        .fold((0.0_f32, -127.0_f32), |(least, most), level| (least.min(*level), most.max(*level)));
    assert!(most - least < 3.0, "{what}: from {least} to {most} dBov");
}

#[test]
fn going_on_the_stage_and_leaving_it_changes_nothing_in_what_one_hears() {
    for codec in Codec::ALL {
        let steady = Says::Tone {
            hz: 1_150.0,
            peak: 3_300.0,
        };
        let mut room = Room::of(&[(codec, Says::Nothing), (Codec::G722, steady), (codec, Says::Nothing)]);
        room.run(2_000);
        room.forget();
        for _ in 0..3 {
            room.people[0].says = tone(440.0);
            room.run(500);
            room.people[0].says = Says::Nothing;
            room.run(1_500);
        }
        assert_steady(&room.people[0].heard, codec.rate(), 1_150.0, codec.name());
    }
}

#[test]
fn a_codec_that_changes_is_followed_and_strays_are_not() {
    let mut room = Room::of(&[(Codec::Pcmu, tone(440.0)), (Codec::Pcma, Says::Nothing)]);
    room.run(1_000);
    // Strays of another codec, never two in a row.
    for n in 0..50_u16 {
        let stray = Packet {
            ssrc: 9,
            sequence: n * 2,
            timestamp: 0,
            marker: false,
            payload: &[0; 160],
        };
        room.mixer.push(room.people[0].seat, Codec::G722, &stray, room.now);
        room.run(20);
    }
    assert!(room.people[1].level(440.0) > -28.0);
    let person = &mut room.people[0];
    person.codec = Codec::G722;
    person.encoder = Encoder::new(Codec::G722, Rate::Wide).expect("an encoder");
    person.decoder = Decoder::new(Codec::G722, Rate::Wide).expect("a decoder");
    person.attendance.hears = Some(Codec::G722);
    person.says = tone(710.0);
    let (seat, attendance) = (person.seat, person.attendance);
    room.mixer.attend(seat, attendance);
    room.forget();
    room.run(1_000);
    assert!(room.people[1].level(710.0) > -28.0 && room.people[1].level(440.0) < INAUDIBLE_DBOV);
}

#[test]
fn a_browser_that_comes_to_phones_and_another_one_are_followed_by_the_rates() {
    let mut room = Room::of(&[(Codec::Pcmu, tone(440.0)), (Codec::Opus, tone(710.0))]);
    room.run(1_000);
    assert_eq!(room.mixer.plan.rates().collect::<Vec<_>>(), [Rate::Narrow]);
    room.enter(Codec::Opus, tone(1_150.0));
    room.run(1_000);
    assert_eq!(room.mixer.plan.rates().last(), Some(Rate::Full));
    let gone = room.people.pop().expect("three");
    assert!(room.people[0].level(1_150.0) > -28.0 && room.people[1].level(1_150.0) > -28.0);
    assert!(gone.level(440.0) > -28.0 && gone.level(710.0) > -28.0);
    room.mixer.leave(gone.seat);
    room.run(1_000);
    assert_eq!(room.mixer.plan.rates().collect::<Vec<_>>(), [Rate::Narrow]);
    assert!(room.people[0].level(1_150.0) < INAUDIBLE_DBOV && room.people[0].level(710.0) > -28.0);
    assert!(room.people[1].level(440.0) > -28.0);
}

#[test]
fn who_talks_is_told_three_times_a_second_and_once_that_nobody_does() {
    let mut room = Room::of(&[
        (Codec::Pcmu, Says::Tone { hz: 440.0, peak: 3_000.0 }),
        (Codec::Opus, Says::Tone { hz: 710.0, peak: 9_000.0 }),
        (Codec::G722, Says::Nothing),
    ]);
    room.run(10_000);
    assert!((29..=30).contains(&room.spoken.len()), "{} times in ten seconds", room.spoken.len());
    let (quiet, loud) = (room.people[0].seat, room.people[1].seat);
    for levels in &room.spoken[1..] {
        let [(first, first_dbov), (second, second_dbov)] = levels[..] else {
            panic!("{levels:?}")
        };
        assert_eq!((first, second), (loud, quiet), "the loudest first");
        assert!(
            (-16..=-13).contains(&first_dbov) && (-25..=-22).contains(&second_dbov),
            "{levels:?}"
        );
    }
    for person in &mut room.people {
        person.says = Says::Nothing;
    }
    room.spoken.clear();
    room.run(5_000);
    assert_eq!(room.spoken.iter().filter(|levels| levels.is_empty()).count(), 1);
    assert!(room.spoken.last().is_some_and(Vec::is_empty), "it is the last word");
}

#[test]
fn a_chime_is_heard_by_all_also_by_who_talks_and_in_silence() {
    for says in [Says::Nothing, tone(440.0)] {
        let mut room = Room::of(&[(Codec::Pcmu, says), (Codec::Opus, Says::Nothing), (Codec::G722, Says::Nothing)]);
        room.run(1_000);
        room.mixer.chime(Chime::Entered);
        room.forget();
        room.run(400);
        for person in &room.people {
            let rate = person.codec.rate().hz();
            let second = &person.heard[rate as usize / 8..rate as usize / 4];
            assert!(goertzel(second, rate, 880.0) > -35.0, "{:?}", person.codec);
        }
        room.forget();
        room.run(1_000);
        assert!(room.people.iter().all(|person| person.level(880.0) < INAUDIBLE_DBOV));
    }
}

#[test]
fn a_key_press_is_no_gap_and_is_not_heard() {
    let mut room = Room::of(&[(Codec::Pcmu, tone(440.0)), (Codec::Pcmu, Says::Nothing)]);
    room.run(1_000);
    // Packets without audio take the place of audio: nothing is invented for them, and nothing counted as lost.
    for _ in 0..10 {
        let person = &mut room.people[0];
        person.sequence += 1;
        let packet = Packet {
            ssrc: 7,
            sequence: person.sequence,
            timestamp: u32::from(person.sequence) * 160,
            marker: false,
            payload: &[],
        };
        room.mixer.skip(person.seat, &packet, room.now);
    }
    room.run(1_000);
    let voice = room.mixer.members[room.people[0].seat.0].voice.as_ref().expect("a voice");
    assert_eq!(voice.source().buffer().counters().lost, 0);
    assert!(room.people[1].level(440.0) > -28.0);
}

#[test]
fn who_has_gone_is_forgotten() {
    let mut room = Room::of(&[(Codec::Pcmu, tone(440.0)), (Codec::Pcmu, Says::Nothing)]);
    room.run(500);
    let gone = room.people.remove(0);
    room.mixer.leave(gone.seat);
    assert!(room.mixer.frame(gone.seat).is_none() && room.mixer.heard_of(gone.seat).is_none());
    room.run(1_000);
    assert!(room.people[0].level(440.0) < INAUDIBLE_DBOV);
    let last = room.people.remove(0);
    room.mixer.leave(last.seat);
    assert!(room.mixer.is_empty());
    room.mixer.tick(room.now);
}
