//! How often memory is allocated for a packet that is relayed or mixed: never between phones, once by `rtc-srtp` wherever a phone encrypts,
//! as rarely as str0m permits with a browser.

#![allow(clippy::unwrap_used, reason = "tests, and what helps them")]
#![allow(unreachable_pub, dead_code, reason = "modules shared with the scenarios")]

#[path = "scenarios/browser.rs"]
mod browser;
#[path = "scenarios/phone.rs"]
mod phone;
#[path = "scenarios/world.rs"]
mod world;

use std::net::SocketAddr;
use std::time::Duration;

use data_encoding::BASE64;
use media::audio::codec::Codec;
use media::engine::{Arrival, Outbox, Path, Said};
use model::control::{Command, Direction, Source, Srtp};
use model::{Channel, LegId, RecordingId, Track};
use rtc_srtp::context::Context;
use rtc_srtp::crypto::providers::AwsLcRsCrypto;
use rtc_srtp::protection_profile::ProtectionProfile;

use browser::Browser;
use phone::Phone;
use world::{OUR_UDP, World, addr, browser_peer, phone_peer};

const A: LegId = LegId(1);
const B: LegId = LegId(2);
/// Packets that are measured.
const PACKETS: u64 = 1_000;

/// What str0m needs for a packet from a browser to a phone: the decrypted payload.
const FROM_BROWSER_MAX: u64 = 1;
/// What str0m needs for a packet from a phone to a browser: the payload and the datagram.
const TO_BROWSER_MAX: u64 = 2;

/// What `rtc-srtp` needs to encrypt or decrypt a packet: its result. It has no way to do so in place.
const SDES: u64 = 1;

/// Bytes that a running browser leg and phone leg hold at most.
const BROWSER_BYTES_MAX: i64 = 100_000;
const PHONE_BYTES_MAX: i64 = 4_000;

/// Counts, so that a test that relays nothing fails: packets sent, and packets recorded.
#[derive(Default)]
struct Counted(u64, u64);

impl Outbox for Counted {
    fn send(&mut self, _: Path, _: SocketAddr, _: SocketAddr, packet: &[u8]) {
        self.0 += u64::from(packet[0] >= 128 && !(192..=223).contains(&packet[1]));
    }

    fn record(&mut self, _: Track, said: &Said<'_>) {
        self.1 += u64::from(said.payload.len() == 160);
    }
}

/// Feeds packets that were made beforehand, 20 ms apart; allocations of the engine alone.
fn measure(world: &mut World, path: Path, source: SocketAddr, packets: Vec<Vec<u8>>) -> u64 {
    measure_recorded(world, path, source, packets).0
}

/// As [`measure`]; and packets that were recorded.
fn measure_recorded(world: &mut World, path: Path, source: SocketAddr, mut packets: Vec<Vec<u8>>) -> (u64, u64) {
    let mut outbox = Counted::default();
    let arrival = Arrival {
        path,
        source,
        destination: addr(OUR_UDP),
    };
    let mut now = world.now;
    let counted = allocation_counter::measure(|| {
        for packet in &mut packets {
            now += Duration::from_micros(1_900);
            world.engine.receive(arrival, packet, now, &mut outbox);
        }
    });
    assert_eq!(outbox.0, PACKETS, "every packet is relayed");
    (counted.count_total, outbox.1)
}

fn phone_packets(phone: &mut Phone) -> Vec<Vec<u8>> {
    let mut timestamp = phone.timestamp;
    let make = |_| {
        timestamp = timestamp.wrapping_add(160);
        phone.packet(0, false, timestamp, &[0x55; 160])
    };
    (0..PACKETS).map(make).collect()
}

fn phones() -> World {
    let mut world = World::new();
    for (leg, at, host) in [(A, "192.0.2.5:4000", "192.0.2.5"), (B, "192.0.2.6:5000", "192.0.2.6")] {
        world.phones.push(Phone::new(at, Codec::Pcmu, 440.0, world.now));
        let offer = world.phones.last().unwrap().sdp(&[], "");
        world.receive_offer(leg, phone_peer(host, Srtp::Accepted), offer);
        let answer = world.answer_offer(leg, None);
        world.phones.last_mut().unwrap().aim(&answer);
    }
    world.bridge(A, B);
    world.run_ms(2_010);
    world
}

#[test]
fn nothing_is_allocated_for_a_packet_between_phones() {
    let mut world = phones();
    let packets = phone_packets(&mut world.phones[0]);
    let (port, source) = (world.phones[0].remote.unwrap().port(), world.phones[0].address);
    assert_eq!(measure(&mut world, Path::Rtp { port }, source, packets), 0);
}

#[test]
fn nothing_is_allocated_for_a_packet_that_is_recorded() {
    let mut world = phones();
    let track = Track {
        recording: RecordingId(1),
        channel: Channel::Own,
    };
    for (into, recorded) in [(Some(track), PACKETS), (None, 0)] {
        world.command(Command::Record { leg: A, into });
        let packets = phone_packets(&mut world.phones[0]);
        let (port, source) = (world.phones[0].remote.unwrap().port(), world.phones[0].address);
        assert_eq!(measure_recorded(&mut world, Path::Rtp { port }, source, packets), (0, recorded));
    }
}

#[test]
fn nothing_is_allocated_for_a_frame_of_a_conference() {
    let mut world = World::new();
    let codecs = [Codec::Pcmu, Codec::G722, Codec::Opus, Codec::Opus, Codec::Pcma];
    for (n, codec) in codecs.into_iter().enumerate() {
        let (leg, host) = (LegId(n as u64 + 1), format!("192.0.2.{}", n + 5));
        let hz = 440.0 + 300.0 * n as f32;
        world
            .phones
            .push(Phone::new(&format!("{host}:{}", 4_000 + 10 * n), codec, hz, world.now));
        let offer = world.phones[n].sdp(&[], "");
        world.receive_offer(leg, phone_peer(&host, Srtp::Never), offer);
        let answer = world.answer_offer(leg, None);
        world.phones[n].aim(&answer);
        world.hear(leg, Source::Conference { is_muted: false });
    }
    // Everybody has talked.
    world.run_ms(5_000);
    let (mut outbox, mut frames, mut told) = (Counted::default(), 0, 0);
    for _ in 0..500 {
        let mut out = Vec::new();
        world.now += Duration::from_millis(20);
        world.phones.iter_mut().for_each(|phone| phone.run(world.now, &mut out));
        world.events();
        let counted = allocation_counter::measure(|| {
            for packet in &mut out {
                let port = packet.destination.port();
                let arrival = Arrival {
                    path: Path::Rtp { port },
                    source: packet.source,
                    destination: packet.destination,
                };
                world.engine.receive(arrival, &mut packet.data, world.now, &mut outbox);
            }
            world.engine.handle_timeout(world.now, &mut outbox);
        });
        // What is told takes memory, and nothing else.
        match world.events().len() {
            0 => assert_eq!(counted.count_total, 0, "frame {frames}"),
            _ => told += 1,
        }
        frames += 1;
    }
    assert!(outbox.0 > 2_400 && told < 100, "{} packets, told {told} times", outbox.0);
}

#[test]
fn with_sdes_rtc_srtp_alone_allocates() {
    for (suite, profile, length) in [
        ("AES_CM_128_HMAC_SHA1_80", ProtectionProfile::Aes128CmHmacSha1_80, 30),
        ("AEAD_AES_128_GCM", ProtectionProfile::AeadAes128Gcm, 28),
    ] {
        let mut world = phones();
        let theirs = vec![7; length];
        let offer = world.phones[0].sdp(&[], "").replace("RTP/AVP", "RTP/SAVP")
            + &format!("a=crypto:1 {suite} inline:{}\r\n", BASE64.encode(&theirs));
        world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer);
        let answer = world.answer_offer(A, None);
        let line = answer.lines().find_map(|line| line.split_once("inline:")).unwrap();
        let ours = BASE64.decode(line.1.as_bytes()).unwrap();
        let context = |key: &[u8]| Context::new(&key[..16], &key[16..], profile, None, None, &AwsLcRsCrypto).unwrap();
        world.phones[0].srtp = Some((context(&theirs), context(&ours)));
        // What was under way in the clear is over.
        world.net.clear();
        world.run_ms(2_010);
        for (from, to) in [(0, 1), (1, 0)] {
            let packets = phone_packets(&mut world.phones[from]);
            let (port, source) = (world.phones[from].remote.unwrap().port(), world.phones[from].address);
            let count = measure(&mut world, Path::Rtp { port }, source, packets);
            assert!(count <= PACKETS * SDES, "{suite} from {from} to {to}: {count}");
        }
    }
}

#[test]
fn with_a_browser_str0m_alone_allocates() {
    let mut world = World::new();
    world.phones.push(Phone::new("192.0.2.6:5000", Codec::Pcmu, 1_000.0, world.now));
    world.browsers.push(Browser::new("198.51.100.7:61000", 440.0, world.now));
    let offer = world.browsers[0].offer();
    world.receive_offer(A, browser_peer(), offer);
    let offer = world.make_offer(B, phone_peer("192.0.2.6", Srtp::Never), Some(A), Direction::SendRecv);
    world.phones[0].aim(&offer);
    let answer = world.phones[0].sdp(&[], "");
    world.accept_answer(B, answer);
    let answer = world.answer_offer(A, Some(B));
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    world.browsers[0].change_codec(Codec::Pcmu);
    world.bridge(A, B);
    world.run_ms(3_010);

    let packets = phone_packets(&mut world.phones[0]);
    let (port, source) = (world.phones[0].remote.unwrap().port(), world.phones[0].address);
    let to_browser = measure(&mut world, Path::Rtp { port }, source, packets);

    let mut packets = Vec::new();
    let (mut now, mut timestamp) = (world.now, world.browsers[0].timestamp);
    world.browsers[0].talking = false;
    while packets.len() < PACKETS as usize {
        let mut out = Vec::new();
        now += Duration::from_micros(1_900);
        timestamp = timestamp.wrapping_add(160);
        world.browsers[0].write(0, false, timestamp, &[0x55; 160], now);
        world.browsers[0].run(now, &mut out);
        packets.extend(
            out.into_iter()
                .map(|packet| packet.data)
                .filter(|data| data[0] >= 128 && !media::rtp::is_rtcp(data)),
        );
    }
    packets.truncate(PACKETS as usize);
    let source = world.browsers[0].address;
    let from_browser = measure(&mut world, Path::Udp, source, packets);
    // A few more come with time: str0m's statistics, reports, connectivity checks.
    let spare = 50;
    assert!(
        to_browser <= PACKETS * TO_BROWSER_MAX + spare,
        "{to_browser} allocations for {PACKETS} packets to a browser"
    );
    assert!(
        from_browser <= PACKETS * FROM_BROWSER_MAX + spare,
        "{from_browser} allocations for {PACKETS} packets from a browser"
    );

    // What a leg holds is what its end gives back.
    let browser = -allocation_counter::measure(|| drop(world.close(A))).bytes_current;
    let phone = -allocation_counter::measure(|| drop(world.close(B))).bytes_current;
    assert!(
        (10_000..BROWSER_BYTES_MAX).contains(&browser),
        "{browser} bytes for a browser's leg"
    );
    assert!((500..PHONE_BYTES_MAX).contains(&phone), "{phone} bytes for a phone's leg");
}
