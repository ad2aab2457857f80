//! Whom a client may reach: our media, and nobody else.

use std::time::Duration;

use relay::stun::{attribute, method};
use relay::{CHANNEL_LIFE, CHANNELS_MAX, Dropped, PERMISSION_LIFE, PERMISSIONS_MAX, Peers, Refusal, What};

use super::client::{MEDIA, MEDIA_V6, Turn, address, channel_data, send};

/// What attackers try first.
const OTHERS: [&str; 12] = [
    "127.0.0.1:8802",
    "127.0.0.1:22",
    "10.0.0.1:8802",
    "192.168.1.1:80",
    "172.16.0.1:8802",
    "169.254.169.254:80",
    "169.254.0.1:8802",
    "0.0.0.0:8802",
    "255.255.255.255:8802",
    "224.0.0.251:5353",
    "198.18.0.6:1024",
    "192.0.2.11:8802",
];

const OTHERS_V6: [&str; 9] = [
    "[::1]:8802",
    "[::]:8802",
    "[::ffff:192.0.2.10]:8802",
    "[::ffff:127.0.0.1]:8802",
    "[::ffff:169.254.169.254]:80",
    "[fe80::1]:8802",
    "[fd00:ec2::254]:80",
    "[ff02::1]:8802",
    "[64:ff9b::c000:20a]:8802",
];

fn with_both_families() -> Turn {
    let mut turn = Turn::new();
    let response = turn.ask(method::ALLOCATE, |request| {
        request
            .attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0])
            .attribute(attribute::ADDITIONAL_ADDRESS_FAMILY, &[2, 0, 0, 0]);
    });
    assert_eq!(response.code(), 0);
    turn
}

#[test]
fn nobody_but_our_media_is_reached() {
    let mut turn = with_both_families();
    for (number, other) in (0x4000..).zip(OTHERS.into_iter().chain(OTHERS_V6)) {
        assert_eq!(turn.permit(&[other]).code(), 403, "{other}");
        assert_eq!(turn.bind(number, other).code(), 403, "{other}");
        assert_eq!(turn.what(&send(other, b"x")), What::Nothing, "{other}");
        assert_eq!(turn.what(&channel_data(number, b"x")), What::Nothing, "{other}");
        assert_eq!(turn.deliver(other, b"x"), None, "{other}");
        turn.pass(Duration::from_secs(1));
    }
    let others = (OTHERS.len() + OTHERS_V6.len()) as u64;
    assert_eq!(turn.refused(), [(Refusal::Forbidden, 2 * others)]);
    assert_eq!(turn.counters.dropped(Dropped::NoChannel), others);
    assert_eq!(turn.counters.dropped(Dropped::NoPermission), 2 * others);
    assert_eq!((turn.counters.bytes_from_clients, turn.counters.bytes_to_clients), (0, 0));
}

#[test]
fn another_port_of_ours_is_not_reached() {
    let mut turn = Turn::allocated();
    assert_eq!(turn.permit(&["192.0.2.10:22"]).code(), 0, "a permission is for an address");
    for port in [0, 22, 5060, 8801, 8803] {
        let other = format!("192.0.2.10:{port}");
        assert_eq!(turn.what(&send(&other, b"x")), What::Nothing, "{other}");
        assert_eq!(turn.bind(0x4001, &other).code(), 403, "{other}");
    }
    assert_eq!(turn.counters.dropped(Dropped::NotAllowed), 5);
    assert!(matches!(turn.what(&send(MEDIA, b"x")), What::Data { .. }));
}

#[test]
fn one_forbidden_address_spoils_the_request() {
    let mut turn = Turn::allocated();
    assert_eq!(turn.permit(&[MEDIA, "10.0.0.1:8802"]).code(), 403);
    assert_eq!(turn.what(&send(MEDIA, b"x")), What::Nothing);
    assert_eq!(turn.permit(&[]).code(), 400);
    assert_eq!(turn.deliver(MEDIA, b"x"), None);
}

#[test]
fn an_address_that_is_ours_no_more_is_not_reached_any_more() {
    let mut turn = Turn::with_channel();
    assert!(matches!(turn.what(&channel_data(0x4000, b"x")), What::Data { .. }));
    turn.peers = Peers::new([address("192.0.2.99:8802")]);
    assert_eq!(turn.what(&channel_data(0x4000, b"x")), What::Nothing);
    assert_eq!(turn.what(&send(MEDIA, b"x")), What::Nothing);
    assert_eq!(turn.counters.dropped(Dropped::NotAllowed), 2);
    assert_eq!(turn.bind(0x4000, MEDIA).code(), 403, "nor is its channel prolonged");
    assert_eq!(turn.permit(&["192.0.2.99:8802"]).code(), 0, "the new one is");
}

#[test]
fn a_permission_lasts_five_minutes_and_can_be_prolonged() {
    let mut turn = Turn::allocated();
    assert_eq!(turn.permit(&[MEDIA]).code(), 0);
    turn.pass(PERMISSION_LIFE - Duration::from_millis(1));
    assert!(turn.deliver(MEDIA, b"x").is_some());
    assert_eq!(turn.permit(&[MEDIA]).code(), 0);
    assert_eq!(turn.refresh(600).code(), 0);
    turn.pass(PERMISSION_LIFE - Duration::from_millis(1));
    assert!(turn.deliver(MEDIA, b"x").is_some());
    assert!(matches!(turn.what(&send(MEDIA, b"x")), What::Data { .. }));
    turn.pass(Duration::from_millis(1));
    assert_eq!(turn.deliver(MEDIA, b"x"), None);
    assert_eq!(turn.what(&send(MEDIA, b"x")), What::Nothing);
    assert_eq!(turn.counters.dropped(Dropped::NoPermission), 2);
}

#[test]
fn a_channel_lasts_ten_minutes_and_can_be_prolonged() {
    let mut turn = Turn::with_channel();
    assert_eq!(turn.refresh(3600).code(), 0);
    turn.pass(CHANNEL_LIFE - Duration::from_millis(1));
    assert!(matches!(turn.what(&channel_data(0x4000, b"x")), What::Data { .. }));
    assert_eq!(turn.deliver(MEDIA, b"x"), None, "its permission was for five minutes");
    assert_eq!(turn.bind(0x4000, MEDIA).code(), 0);
    assert!(turn.deliver(MEDIA, b"x").is_some(), "which a new binding has prolonged");
    turn.pass(CHANNEL_LIFE - Duration::from_millis(1));
    assert!(matches!(turn.what(&channel_data(0x4000, b"x")), What::Data { .. }));
    turn.pass(Duration::from_millis(1));
    assert_eq!(turn.what(&channel_data(0x4000, b"x")), What::Nothing);
    assert_eq!(turn.counters.dropped(Dropped::NoChannel), 1);
    assert_eq!(turn.bind(0x4001, MEDIA).code(), 0, "the peer may have another one now");
}

#[test]
fn a_channel_and_a_peer_belong_together() {
    let mut turn = Turn::with_channel();
    turn.peers = Peers::new(["192.0.2.10:8802", "192.0.2.11:8802"].map(address));
    for (number, peer, code) in [
        (0x4000, "192.0.2.10:8802", 0),
        (0x4000, "192.0.2.11:8802", 400),
        (0x4001, "192.0.2.10:8802", 400),
        (0x3fff, "192.0.2.11:8802", 400),
        (0x5000, "192.0.2.11:8802", 400),
        (0x7fff, "192.0.2.11:8802", 400),
        (0x4fff, "192.0.2.11:8802", 0),
    ] {
        assert_eq!(turn.bind(number, peer).code(), code, "{number:#x} {peer}");
    }
    let without_peer = turn.ask(method::CHANNEL_BIND, |request| {
        request.attribute(attribute::CHANNEL_NUMBER, &[0x40, 9, 0, 0]);
    });
    let without_number = turn.ask(method::CHANNEL_BIND, |request| {
        request.xor_address(attribute::XOR_PEER_ADDRESS, address(MEDIA));
    });
    assert_eq!((without_peer.code(), without_number.code()), (400, 400));
}

#[test]
fn permissions_and_channels_are_bounded_and_old_ones_make_room() {
    let ours = |index: usize| format!("192.0.2.{index}:8802");
    let mut turn = Turn::allocated();
    turn.peers = Peers::new((1..=100).map(|index| address(&ours(index))));
    for index in 1..=PERMISSIONS_MAX {
        assert_eq!(turn.permit(&[&ours(index)]).code(), 0, "{index}");
    }
    assert_eq!(turn.permit(&[&ours(1)]).code(), 0, "one that there is already");
    assert_eq!(turn.permit(&[&ours(100)]).code(), 508);
    turn.pass(PERMISSION_LIFE);
    assert_eq!(turn.permit(&[&ours(100)]).code(), 0);

    let mut turn = Turn::allocated();
    turn.peers = Peers::new((1..=100).map(|index| address(&ours(index))));
    for index in 1..=CHANNELS_MAX {
        assert_eq!(turn.bind(0x4000 + index as u16, &ours(index)).code(), 0, "{index}");
    }
    assert_eq!(turn.bind(0x4001, &ours(1)).code(), 0, "one that there is already");
    assert_eq!(turn.bind(0x4100, &ours(100)).code(), 508);
    assert_eq!(turn.refresh(3600).code(), 0);
    turn.pass(CHANNEL_LIFE);
    assert_eq!(turn.bind(0x4100, &ours(100)).code(), 0);
}

#[test]
fn an_ipv6_peer_is_reached_by_an_ipv6_allocation() {
    let mut turn = with_both_families();
    assert_eq!(turn.bind(0x4000, MEDIA_V6).code(), 0);
    let What::Data { peer, relayed, .. } = turn.what(&channel_data(0x4000, b"x")) else {
        panic!("it is ours")
    };
    assert_eq!((peer, relayed), (address(MEDIA_V6), address("[2001:2::5]:1024")));
}
