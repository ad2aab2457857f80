use proptest::prelude::*;

use super::*;

/// RFC 5769 section 2.1.
const SAMPLE_REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae\
    802200105354554e207465737420636c69656e74 002400046e0001ff 80290008932ff9b151263b36\
    000600096576746a3a68367659202020 000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004e57a3bcf";
/// RFC 5769 section 2.2.
const SAMPLE_IPV4_RESPONSE: &str = "0101003c2112a442b7e7a701bc34d686fa87dfae 8022000b7465737420766563746f7220\
    002000080001a147e112a643 000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004c07d4c96";
/// RFC 5769 section 2.3.
const SAMPLE_IPV6_RESPONSE: &str = "010100482112a442b7e7a701bc34d686fa87dfae 8022000b7465737420766563746f7220\
    002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9 00080014a382954e4be67bf11784c97c8292c275bfe3ed41 80280004c8fb0b4c";
const SAMPLE_ID: TransactionId = TransactionId([0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae]);

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn message(kind: u16, attributes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(attributes.len()).unwrap();
    [&kind.to_be_bytes(), &length.to_be_bytes(), &COOKIE[..], &SAMPLE_ID.0, attributes].concat()
}

#[test]
fn the_samples_of_rfc_5769_are_read() {
    let request = Message::read(&bytes(SAMPLE_REQUEST)).unwrap();
    assert_eq!(
        request,
        Message {
            fingerprint: Fingerprint::Right,
            ..Message::request(SAMPLE_ID)
        }
    );
    for (sample, public) in [
        (SAMPLE_IPV4_RESPONSE, "192.0.2.1:32853"),
        (SAMPLE_IPV6_RESPONSE, "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
    ] {
        let answer = Message::read(&bytes(sample)).unwrap();
        assert_eq!((answer.class, answer.id), (Class::Success, SAMPLE_ID));
        assert_eq!((answer.public(), answer.fingerprint), (Some(addr(public)), Fingerprint::Right));
        assert!(!answer.is_altered());
    }
}

#[test]
fn one_changed_bit_shows_in_the_fingerprint_or_makes_it_no_message() {
    let sample = bytes(SAMPLE_IPV4_RESPONSE);
    for bit in 0..sample.len() * 8 {
        let mut changed = sample.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        if let Ok(answer) = Message::read(&changed) {
            assert_ne!(answer.fingerprint, Fingerprint::Right, "bit {bit}");
        }
    }
}

#[test]
fn a_request_is_as_short_as_can_be() {
    let plain = Message::request(SAMPLE_ID).to_bytes();
    assert_eq!(plain, bytes("000100002112a442b7e7a701bc34d686fa87dfae"));
    let change = Change { ip: true, port: true };
    let elsewhere = Message {
        change,
        ..Message::request(SAMPLE_ID)
    };
    assert_eq!(
        elsewhere.to_bytes(),
        bytes("000100082112a442b7e7a701bc34d686fa87dfae 0003000400000006")
    );
}

#[test]
fn a_response_port_is_written_as_two_bytes_and_read_with_its_padding_or_without() {
    let request = Message {
        response_port: Some(40_000),
        ..Message::request(SAMPLE_ID)
    };
    assert_eq!(
        request.to_bytes(),
        bytes("000100082112a442b7e7a701bc34d686fa87dfae 002700029c400000")
    );
    for written in ["002700029c400000", "002700049c400000"] {
        assert_eq!(Message::read(&message(REQUEST, &bytes(written))), Ok(request.clone()), "{written}");
    }
    for malformed in ["00270000", "002700019c000000", "002700089c40000000000000"] {
        assert_eq!(
            Message::read(&message(REQUEST, &bytes(malformed))),
            Err(ReadError::Malformed(0x0027)),
            "{malformed}"
        );
    }
}

#[test]
fn an_answer_of_an_rfc_3489_server_is_understood() {
    let attributes = bytes("00010008 00011388c0000201 00040008 00010d96c6336401 00050008 00010d97c6336402");
    let answer = Message::read(&message(SUCCESS, &attributes)).unwrap();
    assert_eq!(answer.public(), Some(addr("192.0.2.1:5000")));
    assert_eq!(answer.response_origin, Some(addr("198.51.100.1:3478")));
    assert_eq!(answer.other_address, Some(addr("198.51.100.2:3479")));
}

#[test]
fn a_rewritten_plain_address_is_noticed_and_not_believed() {
    let mut answer = Message::request(SAMPLE_ID).answer(addr("203.0.113.5:6000"));
    assert!(!answer.is_altered());
    answer.mapped = Some(addr("10.0.0.9:6000"));
    let read = Message::read(&answer.to_bytes()).unwrap();
    assert!(read.is_altered());
    assert_eq!(read.public(), Some(addr("203.0.113.5:6000")));
}

#[test]
fn errors_have_a_code() {
    let refusal = message(ERROR, &bytes("00090008 00000414 6e6f6e65"));
    assert_eq!(Message::read(&refusal).unwrap().class, Class::Error(420));
    assert_eq!(
        Message::read(&message(ERROR, &[])),
        Err(ReadError::Malformed(attribute::ERROR_CODE))
    );
    for (class, number) in [(2, 0), (7, 0), (4, 100)] {
        let refusal = message(ERROR, &[0, 9, 0, 4, 0, 0, class, number]);
        assert_eq!(Message::read(&refusal), Err(ReadError::Malformed(attribute::ERROR_CODE)));
    }
}

#[test]
fn what_is_no_binding_message_is_told() {
    let answer = Message::request(SAMPLE_ID).answer(addr("192.0.2.1:1")).to_bytes();
    for length in 0..answer.len() {
        assert!(Message::read(&answer[..length]).is_err(), "{length}");
    }
    let mut longer = answer.clone();
    longer.push(0);
    assert_eq!(Message::read(&longer), Err(ReadError::Length));
    let mut other = answer.clone();
    other[4] ^= 1;
    assert_eq!(Message::read(&other), Err(ReadError::OtherProtocol));
    assert_eq!(
        Message::read(&message(0x0003, &[])),
        Err(ReadError::OtherProtocol),
        "TURN's Allocate"
    );
    assert_eq!(
        Message::read(&message(SUCCESS, &[])),
        Err(ReadError::Malformed(attribute::XOR_MAPPED_ADDRESS))
    );
    assert_eq!(
        Message::read(&message(REQUEST, &bytes("7fff0000"))),
        Err(ReadError::Unknown(0x7fff)),
        "must be understood"
    );
    assert!(Message::read(&message(REQUEST, &bytes("ffff0001 ab000000"))).is_ok(), "need not be");
    assert_eq!(
        Message::read(&message(SUCCESS, &bytes("00200008 00030000 00000000"))),
        Err(ReadError::Malformed(0x0020)),
        "no such family"
    );
}

#[test]
fn the_longest_message_is_read_and_a_longer_one_is_not() {
    let filler = |value_bytes: usize| {
        let mut attribute = vec![0x80, 0x22];
        attribute.extend(u16::try_from(value_bytes).unwrap().to_be_bytes());
        attribute.resize(4 + value_bytes, b'x');
        attribute
    };
    let longest = message(REQUEST, &filler(MESSAGE_BYTES_MAX - HEADER_BYTES - 4));
    assert_eq!(longest.len(), MESSAGE_BYTES_MAX);
    assert!(Message::read(&longest).is_ok());
    let too_long = message(REQUEST, &filler(MESSAGE_BYTES_MAX - HEADER_BYTES));
    assert_eq!(Message::read(&too_long), Err(ReadError::TooLong));
}

fn any_address() -> impl Strategy<Value = Option<SocketAddr>> {
    let ipv4 = any::<([u8; 4], u16)>().prop_map(SocketAddr::from);
    let ipv6 = any::<([u8; 16], u16)>().prop_map(SocketAddr::from);
    prop_oneof![Just(None), ipv4.prop_map(Some), ipv6.prop_map(Some)]
}

prop_compose! {
    fn any_message()(
        kind in 0..3,
        code in (3_u16..7, 0_u16..100),
        (id, ip, port, response_port) in any::<([u8; 12], bool, bool, Option<u16>)>(),
        addresses in [any_address(), any_address(), any_address(), any_address()],
        fingerprint in prop_oneof![Just(Fingerprint::Absent), Just(Fingerprint::Right), Just(Fingerprint::Wrong)],
    ) -> Message {
        let [xor_mapped, mapped, response_origin, other_address] = addresses;
        let class = match kind {
            0 => Class::Request,
            1 if xor_mapped.or(mapped).is_some() => Class::Success,
            _ => Class::Error(code.0 * 100 + code.1),
        };
        Message { class, id: TransactionId(id), change: Change { ip, port }, response_port, xor_mapped, mapped, response_origin, other_address, fingerprint }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(message in any_message()) {
        prop_assert_eq!(Message::read(&message.to_bytes()), Ok(message));
    }

    #[test]
    fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut framed = message(SUCCESS, &bytes);
        let _ = Message::read(&framed);
        framed.truncate(bytes.len());
        let _ = Message::read(&framed);
    }
}
