//! Round trips, the RFC's own examples, and what is not STUN.

use std::net::SocketAddr;

use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;

/// RFC 5769 section 2.1: a request with MESSAGE-INTEGRITY and FINGERPRINT, password "VOkJxbRl1RmTxUk/WvJxBt".
const SAMPLE_REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36\
                              000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";

/// RFC 5769 section 2.2: its response, which tells 192.0.2.1:32853.
const SAMPLE_RESPONSE: &str = "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c3\
                               8c7489f92af9ba53f06be7d780280004c07d4c96";

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

#[test]
fn the_rfcs_request_is_read_and_authentic() {
    let bytes = bytes(SAMPLE_REQUEST);
    let message = Message::parse(&bytes).unwrap();
    assert_eq!((message.class(), message.method()), (Class::Request, method::BINDING));
    assert_eq!(message.text(attribute::USERNAME), Some("evtj:h6vY"));
    assert!(message.has_fingerprint());
    assert!(message.is_authentic(b"VOkJxbRl1RmTxUk/WvJxBt"));
    assert!(!message.is_authentic(b"VOkJxbRl1RmTxUk/WvJxBu"));
}

#[test]
fn the_rfcs_response_tells_its_address() {
    let bytes = bytes(SAMPLE_RESPONSE);
    let message = Message::parse(&bytes).unwrap();
    assert_eq!((message.class(), message.method()), (Class::Success, method::BINDING));
    let address = message.find(attribute::XOR_MAPPED_ADDRESS).unwrap();
    assert_eq!(message.xor_address(address.value), Some("192.0.2.1:32853".parse().unwrap()));
    assert!(message.is_authentic(b"VOkJxbRl1RmTxUk/WvJxBt"));
}

#[test]
fn what_follows_the_integrity_does_not_count() {
    let mut out = Vec::new();
    Writer::new(&mut out, Class::Request, method::REFRESH, &[1; 12])
        .integrity(b"key")
        .number(attribute::LIFETIME, 7);
    let message = Message::parse(&out).unwrap();
    assert!(message.is_authentic(b"key"));
    assert_eq!(message.find(attribute::LIFETIME), None);
}

#[test]
fn an_integrity_of_another_length_is_wrong() {
    let mut out = Vec::new();
    Writer::new(&mut out, Class::Request, method::REFRESH, &[1; 12]).attribute(attribute::MESSAGE_INTEGRITY, &[0; 4]);
    assert!(!Message::parse(&out).unwrap().is_authentic(b"key"));
    out.clear();
    Writer::new(&mut out, Class::Request, method::REFRESH, &[1; 12]).attribute(attribute::MESSAGE_INTEGRITY, &[]);
    assert!(!Message::parse(&out).unwrap().is_authentic(b"key"));
}

#[test]
fn a_fingerprint_must_be_right_and_last() {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, Class::Indication, method::BINDING, &[1; 12]);
    writer.fingerprint();
    writer.number(attribute::LIFETIME, 7);
    assert_eq!(Message::parse(&out).unwrap_err(), Malformed);
    let mut wrong = bytes(SAMPLE_REQUEST);
    *wrong.last_mut().unwrap() ^= 1;
    assert_eq!(Message::parse(&wrong).unwrap_err(), Malformed);
}

#[test]
fn cut_short_or_prolonged_it_is_no_message() {
    let whole = bytes(SAMPLE_RESPONSE);
    for length in 0..whole.len() {
        assert!(Message::parse(&whole[..length]).is_err(), "{length}");
    }
    assert!(Message::parse(&[whole, vec![0; 4]].concat()).is_err());
}

fn addresses() -> impl Strategy<Value = SocketAddr> {
    (any::<std::net::IpAddr>(), any::<u16>()).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        transaction: [u8; 12],
        method in 0u16..0x1000,
        class in prop_oneof![Just(Class::Request), Just(Class::Indication), Just(Class::Success), Just(Class::Error)],
        address in addresses(),
        value in proptest::collection::vec(any::<u8>(), 0..50),
        key: [u8; 16],
    ) {
        let mut out = vec![9; 3];
        let mut writer = Writer::new(&mut out, class, method, &transaction);
        writer.attribute(attribute::DATA, &value).xor_address(attribute::XOR_PEER_ADDRESS, address).error(437, "x").integrity(&key);
        writer.fingerprint();
        let message = Message::parse(&out[3..]).unwrap();
        prop_assert_eq!((message.class(), message.method(), *message.transaction()), (class, method, transaction));
        let data = message.find(attribute::DATA).unwrap();
        prop_assert_eq!(data.value, &value[..]);
        prop_assert_eq!(&out[3 + data.at..][..value.len()], &value[..]);
        let peer = message.find(attribute::XOR_PEER_ADDRESS).unwrap();
        prop_assert_eq!(message.xor_address(peer.value), Some(address));
        prop_assert_eq!(&message.find(attribute::ERROR_CODE).unwrap().value[2..], b"\x04\x25x");
        prop_assert!(message.is_authentic(&key));
        prop_assert!(message.has_fingerprint());
    }

    #[test]
    fn any_bytes_are_survived(mut bytes: Vec<u8>, place: proptest::sample::Index) {
        let _any = Message::parse(&bytes);
        // Past the checks of the header.
        let length = (bytes.len() / 4 * 4) as u16;
        bytes.truncate(usize::from(length));
        let mut message = vec![0, 1];
        message.extend(length.to_be_bytes());
        message.extend(COOKIE);
        message.extend([place.index(256) as u8; 12]);
        message.extend(bytes);
        if let Ok(message) = Message::parse(&message) {
            for attribute in message.attributes() {
                let _any = message.xor_address(attribute.value);
            }
            let _any = message.is_authentic(b"key");
        }
    }
}
