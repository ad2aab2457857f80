//! What is relayed and what is not: repeated, late, interleaved.

use media::audio::codec::Codec;
use media::engine::Path;

use crate::phones::call;
use crate::world::World;

#[test]
fn a_late_packet_is_passed_on_once_and_a_repeated_one_never_again() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(300);
    world.phones[0].talking = false;
    world.run_ms(100);
    let before = world.phones[1].received.len();
    let (source, port) = (world.phones[0].address, world.phones[0].remote.unwrap().port());
    let packets: Vec<Vec<u8>> = (1..=4u8)
        .map(|n| {
            let timestamp = world.phones[0].timestamp.wrapping_add(u32::from(n) * 160);
            world.phones[0].packet(0, false, timestamp, &[n; 160])
        })
        .collect();
    for n in [0, 2, 1, 1, 0, 3, 2, 3, 1] {
        world.inject(Path::Rtp { port }, source, packets[n].clone());
    }
    world.run_ms(50);
    let came: Vec<(u16, u8)> = world.phones[1].received[before..]
        .iter()
        .map(|r| (r.packet.sequence, r.payload[0]))
        .collect();
    let first = came[0].0;
    let expected: Vec<(u16, u8)> = [(0, 1), (2, 3), (1, 2), (3, 4)]
        .into_iter()
        .map(|(n, payload)| (first.wrapping_add(n), payload))
        .collect();
    assert_eq!(came, expected);
}

#[test]
fn no_number_is_used_twice_however_much_was_left_out() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(1_000);
    world.phones[0].talking = false;
    world.run_ms(100);
    let (source, port) = (world.phones[0].address, world.phones[0].remote.unwrap().port());
    let mut timestamp = world.phones[0].timestamp;
    let mut next = |world: &mut World, payload_type| {
        timestamp = timestamp.wrapping_add(160);
        world.phones[0].packet(payload_type, false, timestamp, &[1; 160])
    };
    let late = next(&mut world, 0);
    // Comfort noise, which nobody negotiated.
    for payload_type in std::iter::repeat_n(13, 20).chain([0]) {
        let packet = next(&mut world, payload_type);
        world.inject(Path::Rtp { port }, source, packet);
    }
    world.inject(Path::Rtp { port }, source, late);
    world.run_ms(50);
    let mut numbers: Vec<u16> = world.phones[1].received.iter().map(|r| r.packet.sequence).collect();
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), count);
}

#[test]
fn a_second_stream_among_the_packets_of_the_first_is_not_heard() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    let (source, port) = (world.phones[0].address, world.phones[0].remote.unwrap().port());
    world.run_ms(300);
    let before = world.phones[1].received.len();
    for n in 0..50u16 {
        world.run_ms(20);
        let mut packet = vec![0; 172];
        assert!(media::rtp::write(&mut packet, 0, false, n, u32::from(n) * 160, 99, &[0; 160]).is_some());
        world.inject(Path::Rtp { port }, source, packet);
    }
    assert!(world.phones[1].received[before..].iter().all(|r| r.payload[0..8] != [0; 8]));
    assert!(world.phones[1].ear.has_tone(440.0, 1_000));
    // Once the first has ended, the second is the one.
    world.phones[0].ssrc = 99;
    world.phones[0].sequence = 50;
    world.run_ms(500);
    assert!(world.phones[1].ear.has_tone(440.0, 400));
    world.phones[1].assert_continuous();
}
