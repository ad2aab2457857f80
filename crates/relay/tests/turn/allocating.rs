//! Allocations: how they begin, last and end.

use std::time::Duration;

use relay::stun::{Class, attribute, method};
use relay::{Dropped, LIFETIME_DEFAULT_S, LIFETIME_MAX_S, Quotas, Refusal, What};

use super::client::{BEGIN_UNIX_S, MEDIA, MEDIA_V6, Turn, address, channel_data, config_with};

const UDP: [u8; 4] = [17, 0, 0, 0];

#[test]
fn a_binding_request_is_told_where_it_comes_from() {
    let mut turn = Turn::new();
    let request = turn.bare(method::BINDING, |_| {});
    let response = turn.reply(&request);
    assert_eq!(response.code(), 0);
    assert_eq!(response.addresses(attribute::XOR_MAPPED_ADDRESS), [address("198.51.100.7:50000")]);
    assert!(!response.message().has_fingerprint());
    let request = turn.bare(method::BINDING, |request| request.fingerprint());
    assert!(turn.reply(&request).message().has_fingerprint(), "who sends one gets one");
}

#[test]
fn an_allocation_has_an_address_that_is_on_no_wire() {
    let mut turn = Turn::new();
    let response = turn.allocate();
    assert_eq!(response.code(), 0);
    assert_eq!(response.addresses(attribute::XOR_RELAYED_ADDRESS), [address("198.18.0.5:1024")]);
    assert_eq!(response.addresses(attribute::XOR_MAPPED_ADDRESS), [address("198.51.100.7:50000")]);
    assert_eq!(response.number(attribute::LIFETIME), LIFETIME_DEFAULT_S);
    assert_eq!(turn.counters.allocations, 1);
    assert_eq!(turn.refused(), [], "the first request asks for the realm on purpose");
    assert_eq!(turn.client.poll_timeout(), Some(turn.now + Duration::from_secs(600)));
}

#[test]
fn there_is_one_allocation_on_a_stream() {
    let mut turn = Turn::allocated();
    assert_eq!(turn.allocate().code(), 437);
    assert_eq!(turn.refused(), [(Refusal::AllocationMismatch, 1)]);
}

#[test]
fn nothing_works_without_an_allocation() {
    let mut turn = Turn::new();
    for code in [
        turn.refresh(600).code(),
        turn.permit(&[MEDIA]).code(),
        turn.bind(0x4000, MEDIA).code(),
    ] {
        assert_eq!(code, 437);
    }
    assert_eq!(turn.what(&channel_data(0x4000, b"x")), What::Nothing);
    assert_eq!(turn.deliver(MEDIA, b"x"), None);
    assert_eq!(turn.counters.dropped(Dropped::NoAllocation), 2);
}

#[test]
fn only_udp_is_relayed() {
    let mut turn = Turn::new();
    assert_eq!(turn.ask(method::ALLOCATE, |_| {}).code(), 400, "it must be said");
    let tcp = turn.ask(method::ALLOCATE, |request| {
        request.attribute(attribute::REQUESTED_TRANSPORT, &[6, 0, 0, 0]);
    });
    assert_eq!(tcp.code(), 442);
    let short = turn.ask(method::ALLOCATE, |request| {
        request.attribute(attribute::REQUESTED_TRANSPORT, &[17]);
    });
    assert_eq!(short.code(), 400);
    assert_eq!(turn.refused(), [(Refusal::BadRequest, 2), (Refusal::UnsupportedTransport, 1)]);
}

#[test]
fn wishes_are_answered_as_the_rfc_says() {
    use attribute::{ADDITIONAL_ADDRESS_FAMILY, DONT_FRAGMENT, EVEN_PORT, REQUESTED_ADDRESS_FAMILY, RESERVATION_TOKEN};
    const V4: &[u8] = &[1, 0, 0, 0];
    const V6: &[u8] = &[2, 0, 0, 0];
    const TOKEN: &[u8] = &[7; 8];
    type Wishes = &'static [(u16, &'static [u8])];
    let cases: [(Wishes, u16); 19] = [
        (&[(DONT_FRAGMENT, &[])], 0),
        (&[(EVEN_PORT, &[0])], 0),
        (&[(EVEN_PORT, &[0x80])], 508),
        (&[(EVEN_PORT, &[])], 400),
        (&[(RESERVATION_TOKEN, TOKEN)], 508),
        (&[(RESERVATION_TOKEN, TOKEN), (EVEN_PORT, &[0])], 400),
        (&[(RESERVATION_TOKEN, TOKEN), (REQUESTED_ADDRESS_FAMILY, V4)], 400),
        (&[(RESERVATION_TOKEN, TOKEN), (ADDITIONAL_ADDRESS_FAMILY, V6)], 400),
        (&[(REQUESTED_ADDRESS_FAMILY, V4)], 0),
        (&[(REQUESTED_ADDRESS_FAMILY, V6)], 0),
        (&[(REQUESTED_ADDRESS_FAMILY, &[3, 0, 0, 0])], 440),
        (&[(REQUESTED_ADDRESS_FAMILY, &[1])], 400),
        (&[(REQUESTED_ADDRESS_FAMILY, V4), (ADDITIONAL_ADDRESS_FAMILY, V6)], 400),
        (&[(ADDITIONAL_ADDRESS_FAMILY, V6)], 0),
        (&[(ADDITIONAL_ADDRESS_FAMILY, V4)], 400),
        (&[(ADDITIONAL_ADDRESS_FAMILY, V6), (EVEN_PORT, &[0])], 0),
        (&[(ADDITIONAL_ADDRESS_FAMILY, V6), (EVEN_PORT, &[0x80])], 400),
        (&[(0x7abc, b"?")], 420),
        (&[(0xfabc, b"?")], 0),
    ];
    for (wishes, code) in cases {
        let mut turn = Turn::new();
        let response = turn.ask(method::ALLOCATE, |request| {
            request.attribute(attribute::REQUESTED_TRANSPORT, &UDP);
            for (kind, value) in wishes {
                request.attribute(*kind, value);
            }
        });
        assert_eq!(response.code(), code, "{wishes:02x?}");
        assert_eq!(turn.config.quotas.taken(), usize::from(code == 0), "what is refused takes no place");
    }
}

#[test]
fn what_is_not_understood_is_named() {
    let mut turn = Turn::new();
    let response = turn.ask(method::ALLOCATE, |request| {
        request.attribute(attribute::REQUESTED_TRANSPORT, &UDP);
        for kind in 0..20 {
            request.attribute(0x7000 + kind, &[]);
        }
    });
    let named = response
        .message()
        .find(attribute::UNKNOWN_ATTRIBUTES)
        .expect("names")
        .value
        .to_vec();
    assert_eq!(named.len(), 2 * 16, "of many, the first ones");
    assert_eq!(named[..4], [0x70, 0, 0x70, 1]);
    let request = turn.bare(method::BINDING, |request| {
        request.attribute(0x7000, &[]);
    });
    assert_eq!(turn.reply(&request).code(), 420);
}

#[test]
fn both_families_can_be_had_at_once() {
    let mut turn = Turn::new();
    let response = turn.ask(method::ALLOCATE, |request| {
        request
            .attribute(attribute::REQUESTED_TRANSPORT, &UDP)
            .attribute(attribute::ADDITIONAL_ADDRESS_FAMILY, &[2, 0, 0, 0]);
    });
    let relayed = response.addresses(attribute::XOR_RELAYED_ADDRESS);
    assert_eq!(relayed, [address("198.18.0.5:1024"), address("[2001:2::5]:1024")]);
    assert_eq!(turn.permit(&[MEDIA, MEDIA_V6]).code(), 0);
}

#[test]
fn a_peer_of_another_family_is_refused() {
    let mut turn = Turn::allocated();
    for code in [turn.permit(&[MEDIA_V6]).code(), turn.bind(0x4000, MEDIA_V6).code()] {
        assert_eq!(code, 443);
    }
    let refreshed = |turn: &mut Turn, family: u8| {
        let response = turn.ask(method::REFRESH, |request| {
            request.attribute(attribute::REQUESTED_ADDRESS_FAMILY, &[family, 0, 0, 0]);
        });
        response.code()
    };
    assert_eq!(
        (refreshed(&mut turn, 1), refreshed(&mut turn, 2), refreshed(&mut turn, 3)),
        (0, 443, 440)
    );
}

#[test]
fn an_allocation_lasts_as_long_as_it_is_refreshed() {
    let mut turn = Turn::with_channel();
    for (asked, granted) in [
        (1, LIFETIME_DEFAULT_S),
        (601, 601),
        (LIFETIME_MAX_S - 1, LIFETIME_MAX_S - 1),
        (u32::MAX, LIFETIME_MAX_S),
    ] {
        assert_eq!(turn.refresh(asked).number(attribute::LIFETIME), granted);
    }
    assert_eq!(turn.refresh(700).code(), 0);
    turn.pass(Duration::from_millis(699_999));
    turn.client.handle_timeout(turn.now);
    assert_eq!(turn.client.idle_since(), None);
    turn.pass(Duration::from_millis(1));
    turn.client.handle_timeout(turn.now);
    assert_eq!(turn.client.idle_since(), Some(turn.now));
    assert_eq!(turn.client.poll_timeout(), None);
    assert_eq!(turn.config.quotas.taken(), 0);
}

#[test]
fn an_allocation_ends_in_time_even_when_nobody_looks() {
    let mut turn = Turn::with_channel();
    turn.pass(Duration::from_secs(600));
    assert_eq!(turn.what(&channel_data(0x4000, b"late")), What::Nothing);
    assert_eq!(turn.counters.dropped(Dropped::NoAllocation), 1);
    let mut turn = Turn::with_channel();
    turn.pass(Duration::from_secs(600));
    assert_eq!(turn.deliver(MEDIA, b"late"), None);
}

#[test]
fn refresh_with_zero_ends_it_and_another_may_begin() {
    let mut turn = Turn::with_channel();
    let response = turn.refresh(0);
    assert_eq!((response.code(), response.number(attribute::LIFETIME)), (0, 0));
    assert_eq!(turn.config.quotas.taken(), 0);
    assert_eq!(turn.deliver(MEDIA, b"x"), None, "channels and permissions went with it");
    assert_eq!(turn.refresh(0).code(), 437);
    assert_eq!(turn.allocate().code(), 0);
    assert_eq!(turn.what(&channel_data(0x4000, b"x")), What::Nothing);
    assert_eq!(turn.counters.dropped(Dropped::NoChannel), 1);
}

#[test]
fn each_user_and_all_together_have_a_quota() {
    let config = config_with(Quotas::new(2, 3));
    let of = |user: &str| {
        let mut turn = Turn::with(config.clone());
        turn.credential = config.secret.issue(user, BEGIN_UNIX_S + 3600).expect("a name");
        let code = turn.allocate().code();
        (code, turn)
    };
    let (first, second, third) = (of("7"), of("7"), of("7"));
    assert_eq!([first.0, second.0, third.0], [0, 0, 486], "two of one user");
    assert_eq!(third.1.refused(), [(Refusal::AllocationQuotaReached, 1)]);
    let (fourth, fifth) = (of("8"), of("9"));
    assert_eq!([fourth.0, fifth.0], [0, 486], "three of all");
    drop(first);
    let sixth = of("9");
    assert_eq!(sixth.0, 0, "a connection that ends gives its place back");
}

#[test]
fn responses_carry_what_the_request_was() {
    let mut turn = Turn::new();
    for method in [method::ALLOCATE, method::REFRESH, method::CREATE_PERMISSION, method::CHANNEL_BIND] {
        let request = turn.bare(method, |_| {});
        let response = turn.reply(&request);
        let message = response.message();
        assert_eq!((message.class(), message.method()), (Class::Error, method));
        assert!(!message.has_integrity(), "before anybody has proved anything there is no key");
    }
}
