//! Packets on their way.

use std::time::Duration;

use relay::stun::{Class, Message, attribute, method};
use relay::{BURST_BYTES, Dropped, Peers, RATE_BYTES_PER_S, UNIT_BYTES_MAX, What};

use super::client::{MEDIA, Turn, address, channel_data, send};

#[test]
fn channel_data_goes_both_ways_with_four_bytes_of_header() {
    let mut turn = Turn::with_channel();
    let expected = What::Data {
        peer: address(MEDIA),
        relayed: address("198.18.0.5:1024"),
        packet: 4..9,
    };
    assert_eq!(turn.what(&channel_data(0x4000, b"hello")), expected);
    assert_eq!(turn.deliver(MEDIA, b"world!"), Some(channel_data(0x4000, b"world!")));
    assert_eq!(turn.deliver(MEDIA, b""), Some(channel_data(0x4000, b"")));
    assert_eq!((turn.counters.bytes_from_clients, turn.counters.bytes_to_clients), (5, 6));
}

#[test]
fn indications_do_the_same_without_a_channel() {
    let mut turn = Turn::allocated();
    assert_eq!(turn.permit(&[MEDIA]).code(), 0);
    let sent = send(MEDIA, b"hello");
    let What::Data { peer, relayed, packet } = turn.what(&sent) else {
        panic!("it is permitted")
    };
    assert_eq!((peer, relayed), (address(MEDIA), address("198.18.0.5:1024")));
    assert_eq!(&sent[packet], b"hello");

    let framed = turn.deliver(MEDIA, b"world").expect("it is permitted");
    let message = Message::parse(&framed).expect("a message");
    assert_eq!((message.class(), message.method()), (Class::Indication, method::DATA));
    assert_eq!(message.find(attribute::DATA).expect("data").value, b"world");
    let peer = message.find(attribute::XOR_PEER_ADDRESS).expect("a peer");
    assert_eq!(message.xor_address(peer.value), Some(address(MEDIA)));
}

#[test]
fn media_behind_a_router_answers_from_the_address_that_the_client_knows() {
    const PUBLIC: &str = "203.0.113.9:41000";
    const INSIDE: &str = "192.168.1.10:8802";
    let mut turn = Turn::allocated();
    turn.peers = Peers::new([address(PUBLIC), address(INSIDE)]);
    assert_eq!(turn.bind(0x4000, PUBLIC).code(), 0);
    assert_eq!(turn.deliver(INSIDE, b"x"), None, "nobody has asked for it");
    assert!(matches!(turn.what(&channel_data(0x4000, b"x")), What::Data { .. }));
    assert_eq!(turn.deliver(INSIDE, b"x"), Some(channel_data(0x4000, b"x")));

    assert_eq!(turn.bind(0x4001, INSIDE).code(), 0);
    assert_eq!(
        turn.deliver(INSIDE, b"x"),
        Some(channel_data(0x4000, b"x")),
        "not before it has been used"
    );
    assert!(matches!(turn.what(&channel_data(0x4001, b"x")), What::Data { .. }));
    assert_eq!(turn.deliver(INSIDE, b"x"), Some(channel_data(0x4001, b"x")));
    assert_eq!(turn.deliver(PUBLIC, b"x"), Some(channel_data(0x4000, b"x")));
    assert_eq!(
        turn.deliver("192.168.1.11:8802", b"x"),
        Some(channel_data(0x4001, b"x")),
        "the latest counts"
    );
}

#[test]
fn addresses_in_use_are_bounded() {
    let ours = |index: u16| format!("192.0.2.10:{}", 9000 + index);
    let mut turn = Turn::allocated();
    turn.peers = Peers::new((0..20).map(|index| address(&ours(index))));
    assert_eq!(turn.permit(&[MEDIA]).code(), 0);
    for index in 0..20 {
        assert!(matches!(turn.what(&send(&ours(index), b"x")), What::Data { .. }));
    }
    let from = |turn: &mut Turn, source: &str| {
        let framed = turn.deliver(source, b"x").expect("it is permitted");
        let message = Message::parse(&framed).expect("a message");
        message.xor_address(message.find(attribute::XOR_PEER_ADDRESS).expect("a peer").value)
    };
    assert_eq!(from(&mut turn, &ours(12)), Some(address(&ours(12))));
    assert_eq!(
        from(&mut turn, &ours(11)),
        Some(address(&ours(19))),
        "forgotten: eight are remembered"
    );
}

#[test]
fn a_stream_may_be_cut_anywhere() {
    let mut turn = Turn::with_channel();
    let binding = turn.bare(method::BINDING, |_| {});
    let parts = [
        channel_data(0x4000, b"abcde"),
        binding,
        send(MEDIA, b"fgh"),
        channel_data(0x4000, b""),
    ];
    let stream = parts.concat();
    for cut in 0..=stream.len() {
        turn.pass(Duration::from_secs(1));
        let (mut at, mut heard, mut replies) = (0, Vec::new(), 0);
        while let (Ok(Some(step)), _) = turn.step(&stream[at..cut]) {
            match step.what {
                What::Data { packet, .. } => heard.extend_from_slice(&stream[at..cut][packet]),
                What::Reply => replies += 1,
                What::Nothing => panic!("everything comes to something"),
            }
            at += step.consumed;
        }
        let ends: Vec<usize> = parts.iter().scan(0, |end, part| (*end += part.len(), Some(*end)).1).collect();
        assert_eq!(at, ends.iter().copied().filter(|end| *end <= cut).max().unwrap_or(0));
        assert_eq!(
            heard,
            &b"abcdefgh"[..[0, 5, 5, 8, 8][ends.iter().filter(|end| **end <= cut).count()]]
        );
        assert_eq!(replies, usize::from(cut >= ends[1]));
    }
}

#[test]
fn each_direction_is_bounded() {
    let mut turn = Turn::with_channel();
    let packet = vec![0; 1024];
    let framed = channel_data(0x4000, &packet);
    for _ in 0..BURST_BYTES / 1024 {
        assert!(matches!(turn.what(&framed), What::Data { .. }));
        assert!(turn.deliver(MEDIA, &packet).is_some());
    }
    assert_eq!(turn.what(&framed), What::Nothing);
    assert_eq!(turn.deliver(MEDIA, &packet), None);
    assert_eq!(turn.counters.dropped(Dropped::TooFast), 2);
    turn.pass(Duration::from_secs(10));
    let mut passed = 0;
    for _ in 0..1000 {
        turn.pass(Duration::from_millis(1));
        passed += u32::from(turn.deliver(MEDIA, &packet).is_some()) * 1024;
    }
    assert!(
        (RATE_BYTES_PER_S - 1024..=RATE_BYTES_PER_S + BURST_BYTES).contains(&passed),
        "{passed}"
    );
}

#[test]
fn a_packet_that_fits_no_message_is_dropped() {
    let mut turn = Turn::with_channel();
    assert_eq!(turn.deliver(MEDIA, &vec![0; UNIT_BYTES_MAX]), None);
    assert!(turn.deliver(MEDIA, &vec![0; UNIT_BYTES_MAX - 64]).is_some());
    assert_eq!(turn.counters.dropped(Dropped::Malformed), 1);
}

#[test]
fn relaying_allocates_nothing() {
    let mut turn = Turn::with_channel();
    let framed = channel_data(0x4000, &[7; 172]);
    let (now, media, mut out) = (turn.now, address(MEDIA), Vec::with_capacity(256));
    let mut reply = Vec::new();
    let mut world = relay::World {
        peers: &turn.peers,
        now,
        unix_s: super::client::BEGIN_UNIX_S,
        counters: &mut turn.counters,
    };
    let counted = allocation_counter::measure(|| {
        for _ in 0..50 {
            let step = turn.client.receive(&framed, &mut world, &mut reply);
            assert!(step.is_ok_and(|step| step.is_some()));
            out.clear();
            assert!(turn.client.frame_to_client(media, &framed[4..], now, world.counters, &mut out));
        }
    });
    assert_eq!(counted.count_total, 0);
}
