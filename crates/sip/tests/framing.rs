//! Streams and keep-alives.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::net::SocketAddr;

use sip::Transport;
use sip::framing::{Frame, FramingError, KeepAlive, StreamFramer, StunRequest};
use sip::message::{Fault, MESSAGE_BYTES_MAX, Parsed, parse};

const HEAD: &str = "OPTIONS sip:farend SIP/2.0\r\nVia: SIP/2.0/TCP 192.168.1.20;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
                    To: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n";

fn message(body: &str) -> String {
    format!("{HEAD}Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn frames(framer: &mut StreamFramer) -> Vec<Frame> {
    std::iter::from_fn(|| framer.poll().unwrap()).collect()
}

/// A binding request with cookie, as RFC 5769 section 2.1 has it but without attributes.
fn binding_request() -> Vec<u8> {
    let mut bytes = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    bytes.extend([0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae]);
    bytes
}

fn with_attribute(mut request: Vec<u8>, kind: u16, value: &[u8]) -> Vec<u8> {
    request.extend(kind.to_be_bytes());
    request.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
    request.extend(value);
    request.resize(request.len().next_multiple_of(4), 0);
    let length = u16::try_from(request.len() - 20).unwrap();
    request[2..4].copy_from_slice(&length.to_be_bytes());
    request
}

fn peer() -> SocketAddr {
    "192.0.2.1:32853".parse().unwrap()
}

#[test]
fn messages_and_keep_alives_come_out_in_order_however_they_are_cut() {
    let mut stream = b"\r\n\r\n".to_vec();
    stream.extend(message("one").as_bytes());
    stream.extend(message("").as_bytes());
    stream.extend(b"\r\n");
    stream.extend(binding_request());
    stream.extend(message("a\r\n\r\nb").as_bytes());
    let expected = {
        let mut framer = StreamFramer::new();
        framer.push(&stream);
        frames(&mut framer)
    };
    assert_eq!(expected.len(), 6);
    assert_eq!(expected[0], Frame::KeepAlive(KeepAlive::Ping));
    assert_eq!(expected[1], Frame::Message(message("one").into_bytes()));
    assert_eq!(expected[3], Frame::KeepAlive(KeepAlive::Pong));
    assert!(matches!(expected[4], Frame::KeepAlive(KeepAlive::StunBinding(_))));
    assert_eq!(expected[5], Frame::Message(message("a\r\n\r\nb").into_bytes()));
    // Not within the ping, whose halves are a pong and a ping then.
    for cut in 4..stream.len() {
        let mut framer = StreamFramer::new();
        framer.push(&stream[..cut]);
        let mut found = frames(&mut framer);
        framer.push(&stream[cut..]);
        found.extend(frames(&mut framer));
        assert_eq!(found, expected, "cut at {cut}");
        assert_eq!(framer.pending_bytes(), 0);
    }
}

#[test]
fn ping_is_answered_even_when_it_comes_in_halves() {
    let mut framer = StreamFramer::new();
    let mut replies = Vec::new();
    for half in ["\r\n", "\r\n"] {
        framer.push(half.as_bytes());
        for frame in frames(&mut framer) {
            let Frame::KeepAlive(keep_alive) = frame else { panic!("{frame:?}") };
            replies.extend(keep_alive.reply(peer()));
        }
    }
    assert_eq!(replies, [b"\r\n"]);
}

#[test]
fn pong_is_not_answered_or_two_servers_would_never_stop() {
    let mut framer = StreamFramer::new();
    framer.push(format!("\r\n{}\r\n", message("")).as_bytes());
    for frame in frames(&mut framer) {
        if let Frame::KeepAlive(keep_alive) = frame {
            assert_eq!(keep_alive.reply(peer()), None);
        }
    }
}

#[test]
fn message_without_length_and_type_ends_with_its_head() {
    let mut framer = StreamFramer::new();
    framer.push(format!("{HEAD}\r\n{}", message("x")).as_bytes());
    assert_eq!(
        frames(&mut framer),
        [
            Frame::Message(format!("{HEAD}\r\n").into_bytes()),
            Frame::Message(message("x").into_bytes())
        ]
    );
}

#[test]
fn stream_that_is_out_of_step_is_refused_once_and_ends() {
    let table = [
        (
            format!("{HEAD}Content-Type: text/plain\r\n\r\nbody"),
            FramingError::ContentLength,
            Some(Fault::Missing("Content-Length")),
        ),
        (
            format!("{HEAD}l: 1\r\nContent-Length: 2\r\n\r\nbody"),
            FramingError::ContentLength,
            Some(Fault::Repeated("Content-Length")),
        ),
        (
            format!("{HEAD}l: +1\r\n\r\nbody"),
            FramingError::ContentLength,
            Some(Fault::Malformed("Content-Length")),
        ),
        (
            format!("{HEAD}l: {MESSAGE_BYTES_MAX}\r\n\r\nbody"),
            FramingError::MessageTooLong,
            Some(Fault::BodyTooLarge),
        ),
        (
            format!("{HEAD}X: {}", "x".repeat(MESSAGE_BYTES_MAX)),
            FramingError::HeadTooLong,
            Some(Fault::TooLarge),
        ),
        ("GET / HTTP/1.1\r\n".to_owned(), FramingError::NoSip, None),
        ("hello\r\n\r\n".to_owned(), FramingError::NoSip, None),
        ("\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}".to_owned(), FramingError::NoSip, None),
        ("\u{16}\u{3}\u{1}".to_owned(), FramingError::NoSip, None),
    ];
    for (stream, error, fault) in table {
        let mut framer = StreamFramer::new();
        framer.push(stream.as_bytes());
        if let Some(fault) = fault {
            let Ok(Some(Frame::Message(head))) = framer.poll() else {
                panic!("{stream}")
            };
            let Parsed::Salvaged(salvage) = parse(&head, Transport::Tcp) else {
                panic!("{stream}")
            };
            assert_eq!(salvage.fault(), fault);
            assert!(!head.ends_with(b"body"), "only the head, however much has come behind it");
        }
        for _ in 0..2 {
            assert_eq!(framer.poll(), Err(error), "{stream}");
            framer.push(message("").as_bytes());
        }
        assert_eq!(framer.pending_bytes(), 0, "a closed stream holds no memory");
    }
}

#[test]
fn largest_message_passes() {
    let head = format!("{HEAD}Content-Length: 00000\r\n\r\n");
    let body_len = MESSAGE_BYTES_MAX - head.len();
    let text = head.replace("00000", &body_len.to_string()) + &"b".repeat(body_len);
    let mut framer = StreamFramer::new();
    text.as_bytes().chunks(1460).for_each(|segment| framer.push(segment));
    assert_eq!(frames(&mut framer), [Frame::Message(text.clone().into_bytes())]);
    assert!(matches!(parse(text.as_bytes(), Transport::Tcp), Parsed::Request(_)));
}

#[test]
fn stun_answer_tells_the_peers_address_as_in_rfc_5769() {
    // RFC 5769 sections 2.2 and 2.3: the same transaction, the same mapped addresses.
    let attribute = |peer: &str| {
        let reply = StunRequest::read(&binding_request()).unwrap().response(peer.parse().unwrap());
        assert_eq!(reply[..2], [0x01, 0x01]);
        assert_eq!(usize::from(u16::from_be_bytes([reply[2], reply[3]])), reply.len() - 20);
        assert_eq!(reply[4..20], binding_request()[4..20]);
        reply[20..].to_vec()
    };
    assert_eq!(
        attribute("192.0.2.1:32853"),
        [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]
    );
    let v6 = [
        0, 0x20, 0, 20, 0, 2, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
    ];
    assert_eq!(attribute("[2001:db8:1234:5678:11:2233:4455:6677]:32853"), v6);
    assert_eq!(attribute("[::ffff:192.0.2.1]:32853"), attribute("192.0.2.1:32853"));
}

#[test]
fn old_stun_gets_the_plain_address() {
    let mut request = binding_request();
    request[4] = 0x42;
    let reply = StunRequest::read(&request).unwrap().response(peer());
    assert_eq!(reply[20..], [0, 1, 0, 8, 0, 1, 0x80, 0x55, 192, 0, 2, 1]);
}

#[test]
fn stun_with_what_must_be_understood_is_refused() {
    let kinds = [(0x0003, &[0, 0, 0, 6][..]), (0x7777, &[1])];
    for (kind, value) in kinds {
        let reply = StunRequest::read(&with_attribute(binding_request(), kind, value))
            .unwrap()
            .response(peer());
        assert_eq!(reply[..2], [0x01, 0x11]);
        assert_eq!(reply[20..28], [0, 9, 0, 21, 0, 0, 4, 20]);
        assert!(reply.ends_with(&[&[0, 10, 0, 2], kind.to_be_bytes().as_slice(), &[0, 0]].concat()));
    }
    let harmless = [(0x0003, &[0, 0, 0, 0][..]), (0x8022, b"phone"), (0x0006, b"user")];
    for (kind, value) in harmless {
        let reply = StunRequest::read(&with_attribute(binding_request(), kind, value))
            .unwrap()
            .response(peer());
        assert_eq!(reply[..2], [0x01, 0x01], "{kind:#06x}");
    }
}

#[test]
fn what_is_no_whole_binding_request_is_none() {
    let good = binding_request();
    let mut indication = good.clone();
    indication[1] = 0x11;
    let mut longer = good.clone();
    longer.push(0);
    let mut cut_attribute = with_attribute(good.clone(), 0x8022, b"abcd");
    cut_attribute[23] = 9;
    for bytes in [&good[..19], &indication, &longer, &cut_attribute, b"", b"OPTIONS sip:a SIP/2.0"] {
        assert_eq!(StunRequest::read(bytes), None, "{bytes:?}");
    }
}

#[test]
fn keep_alives_in_datagrams_and_websockets_are_told_from_messages() {
    let kind = |bytes: &[u8], transport| match parse(bytes, transport) {
        Parsed::KeepAlive(keep_alive) => keep_alive,
        other => panic!("{other:?}"),
    };
    for bytes in [&b""[..], b"\r\n\r\n", b"\0\0\0\0", b"jaK", b" \r\n"] {
        assert_eq!(
            kind(bytes, Transport::Udp),
            KeepAlive::Pong,
            "nobody expects an answer to {bytes:?}"
        );
    }
    assert_eq!(kind(b"\r\n\r\n", Transport::Wss), KeepAlive::Ping);
    assert_eq!(kind(b"\r\n", Transport::Wss), KeepAlive::Pong);
    assert!(matches!(kind(&binding_request(), Transport::Udp), KeepAlive::StunBinding(_)));
}
