//! What no well-meaning client sends.

use std::time::Duration;

use proptest::prelude::*;
use relay::stun::{Class, Writer, attribute, method};
use relay::{Dropped, REQUESTS_BURST, UNIT_BYTES_MAX, Violation, What};

use super::client::{MEDIA, Turn, channel_data, send};

#[test]
fn what_is_not_turn_ends_the_stream() {
    let mut turn = Turn::with_channel();
    for bytes in [&[0x80, 0, 0, 0][..], b"\xff", &[0, 1, 0, 2], &[0, 1, 0, 0, 1, 2, 3, 4]] {
        assert_eq!(turn.step(bytes).0, Err(Violation::NotTurn), "{bytes:02x?}");
    }
    let long = (UNIT_BYTES_MAX as u16).to_be_bytes();
    assert_eq!(
        turn.step(&[0, 1, long[0], long[1]]).0,
        Err(Violation::TooLarge(UNIT_BYTES_MAX + 20))
    );
    assert_eq!(
        turn.step(&[0x40, 0, long[0], long[1]]).0,
        Err(Violation::TooLarge(UNIT_BYTES_MAX + 4))
    );
}

#[test]
fn messages_that_mean_nothing_are_dropped_and_counted() {
    let mut turn = Turn::with_channel();
    let mut messages = Vec::new();
    for (class, method) in [
        (Class::Success, method::BINDING),
        (Class::Error, method::ALLOCATE),
        (Class::Indication, method::DATA),
        (Class::Indication, method::ALLOCATE),
        (Class::Request, method::SEND),
        (Class::Request, method::DATA),
        // Connect of RFC 6062.
        (Class::Request, 0x00a),
        (Class::Request, 0xfff),
    ] {
        let mut out = Vec::new();
        Writer::new(&mut out, class, method, &[1; 12]);
        messages.push(out);
    }
    // An attribute that ends behind its message, and a wrong fingerprint.
    messages.push([&[0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42][..], &[0; 12], &[0, 6, 0, 1]].concat());
    messages.push([&[0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42][..], &[0; 12], &[0x80, 0x28, 0, 4, 1, 2, 3, 4]].concat());
    for message in &messages {
        assert_eq!(turn.what(message), What::Nothing, "{message:02x?}");
    }
    assert_eq!(turn.counters.dropped(Dropped::Malformed), messages.len() as u64);
}

#[test]
fn send_indications_that_are_not_whole_are_dropped() {
    let mut turn = Turn::with_channel();
    let mut indication = |write: &dyn Fn(&mut Writer<'_>)| {
        let mut out = Vec::new();
        write(&mut Writer::new(&mut out, Class::Indication, method::SEND, &[1; 12]));
        turn.what(&out)
    };
    let media = MEDIA.parse().expect("an address");
    assert_eq!(indication(&|_| {}), What::Nothing);
    let without_data = indication(&|writer| {
        writer.xor_address(attribute::XOR_PEER_ADDRESS, media);
    });
    let without_peer = indication(&|writer| {
        writer.attribute(attribute::DATA, b"x");
    });
    let unknown = indication(&|writer| {
        writer
            .xor_address(attribute::XOR_PEER_ADDRESS, media)
            .attribute(attribute::DATA, b"x")
            .attribute(0x7fff, b"?");
    });
    let no_fragments = indication(&|writer| {
        writer
            .xor_address(attribute::XOR_PEER_ADDRESS, media)
            .attribute(attribute::DONT_FRAGMENT, b"")
            .attribute(attribute::DATA, b"x");
    });
    assert_eq!([without_data, without_peer, unknown], [What::Nothing, What::Nothing, What::Nothing]);
    assert!(matches!(no_fragments, What::Data { .. }));
    assert_eq!(turn.counters.dropped(Dropped::Malformed), 4);
}

#[test]
fn channels_that_nobody_may_bind_carry_nothing() {
    let mut turn = Turn::with_channel();
    for number in [0x4001, 0x4fff, 0x5000, 0x7fff] {
        assert_eq!(turn.what(&channel_data(number, b"x")), What::Nothing);
    }
    assert_eq!(turn.counters.dropped(Dropped::NoChannel), 4);
}

#[test]
fn who_asks_without_end_is_not_answered_without_end() {
    let mut turn = Turn::new();
    let request = turn.bare(method::BINDING, |_| {});
    for _ in 0..REQUESTS_BURST {
        assert_eq!(turn.reply(&request).code(), 0);
    }
    assert_eq!(turn.step(&request).0, Err(Violation::TooManyRequests));
    turn.pass(Duration::from_secs(1));
    assert_eq!(turn.reply(&request).code(), 0);
}

/// A session as a browser's, with everything in it.
fn session() -> (Turn, Vec<Vec<u8>>) {
    let mut turn = Turn::with_channel();
    let messages = vec![
        turn.signed(method::REFRESH, |request| {
            request.number(attribute::LIFETIME, 700);
        }),
        turn.signed(method::CREATE_PERMISSION, |request| {
            request.xor_address(attribute::XOR_PEER_ADDRESS, MEDIA.parse().expect("an address"));
        }),
        turn.signed(method::CHANNEL_BIND, |request| {
            request.attribute(attribute::CHANNEL_NUMBER, &[0x40, 0, 0, 0]);
            request.xor_address(attribute::XOR_PEER_ADDRESS, MEDIA.parse().expect("an address"));
        }),
        turn.bare(method::BINDING, |request| request.fingerprint()),
        send(MEDIA, b"hello"),
        channel_data(0x4000, b"world"),
    ];
    (turn, messages)
}

#[test]
fn the_session_that_is_mutated_works() {
    let (mut turn, messages) = session();
    for message in messages {
        let (step, reply) = turn.step(&message);
        match step.expect("no violation").expect("whole").what {
            What::Reply => assert_eq!(super::client::Response { bytes: reply }.code(), 0),
            What::Data { .. } => {}
            What::Nothing => panic!("everything comes to something"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Whatever is changed: no panic, no peer but ours, and ranges that are in the buffer.
    #[test]
    fn mutations_reach_nobody_else(which in 0usize..6, changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4), cut: proptest::sample::Index) {
        let (mut turn, mut messages) = session();
        let mut message = messages.swap_remove(which);
        for (index, byte) in changes {
            *index.get_mut(&mut message) = byte;
        }
        for bytes in [&message[..], &message[..cut.index(message.len())]] {
            if let (Ok(Some(step)), reply) = turn.step(bytes) {
                prop_assert!(step.consumed > 0 && step.consumed <= bytes.len());
                prop_assert_eq!(step.what == What::Reply, !reply.is_empty());
                if let What::Data { peer, packet, .. } = step.what {
                    prop_assert_eq!(peer, MEDIA.parse().expect("an address"));
                    prop_assert!(packet.end <= step.consumed);
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes: Vec<u8>) {
        let mut turn = Turn::with_channel();
        let mut at = 0;
        while let (Ok(Some(step)), _) = turn.step(&bytes[at..]) {
            at += step.consumed;
        }
        prop_assert!(at <= bytes.len());
    }
}
