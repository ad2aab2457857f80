use std::sync::Arc;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn reached(local: &str, peer: &str, page: Option<(&str, u16)>) -> Reached {
    Reached {
        local: ip(local),
        peer: ip(peer),
        page: page.map(|(host, port)| Page {
            host: Arc::from(host),
            port,
        }),
    }
}

/// An office behind a router, whose public address a STUN server has told.
fn office() -> Addresses {
    Addresses {
        interfaces: vec![ip("192.168.10.10"), ip("10.8.0.1"), ip("127.0.0.1")],
        udp_port: 8802,
        tcp_port: 8802,
        mapped: vec![Mapped {
            local: ip("192.168.10.10"),
            public: at("198.51.100.2:41000"),
        }],
        own: BTreeMap::from([(
            TrunkId(1),
            vec![Mapped {
                local: ip("192.168.10.10"),
                public: at("203.0.113.99:52000"),
            }],
        )]),
        stated: Vec::new(),
        names: BTreeMap::from([("pbx.example.com".to_owned(), vec![ip("198.51.100.2")])]),
    }
}

fn offer(addresses: &Addresses, reached: &Reached) -> Vec<(Way, String)> {
    let offered = addresses.offered(reached);
    offered
        .into_iter()
        .map(|offered| (offered.way, offered.address.to_string()))
        .collect()
}

fn expect(addresses: &Addresses, reached: &Reached, expected: &[(Way, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(way, address)| (*way, (*address).to_owned())).collect();
    assert_eq!(offer(addresses, reached), expected, "{reached:?}");
}

#[test]
fn who_is_in_the_office_gets_the_office_s_address_and_who_is_in_the_vpn_the_vpn_s() {
    for (local, peer) in [("192.168.10.10", "192.168.10.30"), ("10.8.0.1", "10.8.0.7")] {
        expect(
            &office(),
            &reached(local, peer, Some((local, 8802))),
            &[(Way::Host, &format!("{local}:8802")), (Way::Tcp, &format!("{local}:8802"))],
        );
    }
}

#[test]
fn who_comes_through_the_router_gets_what_stun_saw_and_where_the_page_came_from() {
    expect(
        &office(),
        &reached("192.168.10.10", "198.51.100.100", Some(("pbx.example.com", 8802))),
        &[
            (Way::Reflexive, "198.51.100.2:41000"),
            (Way::Guessed, "198.51.100.2:8802"),
            (Way::Tcp, "198.51.100.2:8802"),
        ],
    );
}

#[test]
fn a_second_router_on_the_way_to_stun_does_not_hide_the_one_that_the_page_came_through() {
    let mut office = office();
    office.mapped[0].public = at("198.51.100.3:8802");
    expect(
        &office,
        &reached("192.168.10.10", "198.51.100.100", Some(("198.51.100.2", 443))),
        &[
            (Way::Reflexive, "198.51.100.3:8802"),
            (Way::Guessed, "198.51.100.2:8802"),
            (Way::Guessed, "198.51.100.2:443"),
            (Way::Tcp, "198.51.100.2:443"),
            (Way::Tcp, "198.51.100.3:443"),
        ],
    );
}

#[test]
fn a_server_with_a_public_interface_offers_it_to_the_outside_only() {
    let mut both = office();
    both.interfaces = vec![ip("198.51.100.5"), ip("192.168.10.10")];
    both.mapped.clear();
    both.names.insert("pbx.example.com".to_owned(), vec![ip("198.51.100.5")]);
    expect(
        &both,
        &reached("198.51.100.5", "198.51.100.100", Some(("pbx.example.com", 8802))),
        &[(Way::Host, "198.51.100.5:8802"), (Way::Tcp, "198.51.100.5:8802")],
    );
    // Through a router to the other interface: packets to there would leave by that way, too.
    let through = reached("192.168.10.10", "198.51.100.100", Some(("198.51.100.2", 8802)));
    expect(
        &both,
        &through,
        &[(Way::Guessed, "198.51.100.2:8802"), (Way::Tcp, "198.51.100.2:8802")],
    );
    assert_eq!(both.hosts(&through), [at("192.168.10.10:8802")]);
    expect(
        &both,
        &reached("192.168.10.10", "192.168.10.30", Some(("192.168.10.10", 8802))),
        &[(Way::Host, "192.168.10.10:8802"), (Way::Tcp, "192.168.10.10:8802")],
    );
}

#[test]
fn who_is_inside_and_came_by_the_public_name_gets_both() {
    expect(
        &office(),
        &reached("192.168.10.10", "192.168.10.1", Some(("pbx.example.com", 8802))),
        &[
            (Way::Host, "192.168.10.10:8802"),
            (Way::Reflexive, "198.51.100.2:41000"),
            (Way::Guessed, "198.51.100.2:8802"),
            (Way::Tcp, "198.51.100.2:8802"),
            (Way::Tcp, "192.168.10.10:8802"),
        ],
    );
}

#[test]
fn without_stun_and_dns_there_is_still_something_to_try() {
    let lost = Addresses {
        mapped: Vec::new(),
        names: BTreeMap::new(),
        ..office()
    };
    let by_name = reached("192.168.10.10", "198.51.100.100", Some(("pbx.example.com", 8802)));
    expect(&lost, &by_name, &[(Way::Tcp, "192.168.10.10:8802")]);
    let stated = Addresses {
        stated: vec![ip("198.51.100.2")],
        ..lost.clone()
    };
    expect(&stated, &by_name, &[(Way::Tcp, "198.51.100.2:8802")]);
    let by_address = reached("192.168.10.10", "198.51.100.100", Some(("198.51.100.2", 8802)));
    expect(
        &lost,
        &by_address,
        &[(Way::Guessed, "198.51.100.2:8802"), (Way::Tcp, "198.51.100.2:8802")],
    );
}

#[test]
fn loopback_is_for_loopback_alone() {
    let loopback = reached("127.0.0.1", "127.0.0.1", Some(("localhost", 8802)));
    expect(
        &office(),
        &loopback,
        &[
            (Way::Host, "127.0.0.1:8802"),
            (Way::Host, "192.168.10.10:8802"),
            (Way::Host, "10.8.0.1:8802"),
            (Way::Tcp, "127.0.0.1:8802"),
        ],
    );
    assert!(office().hosts(&loopback).contains(&at("127.0.0.1:8802")));
    let outside = reached("192.168.10.10", "198.51.100.100", None);
    assert!(!office().hosts(&outside).contains(&at("127.0.0.1:8802")));
}

#[test]
fn ipv6_is_offered_as_it_is_reached() {
    let mut dual = office();
    dual.interfaces.insert(0, ip("2001:db8::10"));
    expect(
        &dual,
        &reached("2001:db8::10", "2001:db8:1::1", Some(("2001:db8::10", 8802))),
        &[
            (Way::Host, "[2001:db8::10]:8802"),
            (Way::Reflexive, "198.51.100.2:41000"),
            (Way::Tcp, "[2001:db8::10]:8802"),
            (Way::Tcp, "198.51.100.2:8802"),
        ],
    );
}

#[test]
fn too_many_addresses_leave_a_place_for_tcp() {
    let mut many = office();
    many.mapped = (0..40)
        .map(|n| Mapped {
            local: ip("192.168.10.10"),
            public: SocketAddr::new(ip("198.51.100.2"), 40_000 + n),
        })
        .collect();
    let offered = many.offered(&reached("192.168.10.10", "198.51.100.100", Some(("198.51.100.2", 8802))));
    assert_eq!(offered.len(), OFFERED_MAX);
    assert_eq!(offered.last().map(|offered| offered.way), Some(Way::Tcp));
}

#[test]
fn nobody_is_sent_to_an_address_that_is_none() {
    let mut broken = office();
    broken.mapped.push(Mapped {
        local: ip("192.168.10.10"),
        public: at("0.0.0.0:5"),
    });
    broken.names.insert("pbx.example.com".to_owned(), vec![ip("224.0.0.1"), ip("::")]);
    let offered = broken.offered(&reached("192.168.10.10", "198.51.100.100", Some(("pbx.example.com", 8802))));
    assert!(offered.iter().all(|offered| is_usable(offered.address)));
}

#[test]
fn every_udp_candidate_comes_before_every_tcp_candidate() {
    let lines = candidates(&office().offered(&reached("192.168.10.10", "192.168.10.1", Some(("pbx.example.com", 8802)))));
    insta::assert_snapshot!(lines.join("\n"), @r"
    candidate:1 1 udp 2130706431 192.168.10.10 8802 typ host
    candidate:2 1 udp 1694498559 198.51.100.2 41000 typ srflx raddr 0.0.0.0 rport 0
    candidate:3 1 udp 1677721087 198.51.100.2 8802 typ srflx raddr 0.0.0.0 rport 0
    candidate:4 1 tcp 1526725887 198.51.100.2 8802 typ host tcptype passive
    candidate:5 1 tcp 1526725631 192.168.10.10 8802 typ host tcptype passive
    ");
    let priority = |line: &String| line.split(' ').nth(3).unwrap().parse::<u32>().unwrap();
    assert!(lines.is_sorted_by_key(|line| std::cmp::Reverse(priority(line))));
}

#[test]
fn what_is_inside_is_told_from_what_is_outside() {
    for (address, inside) in [
        ("192.168.1.1", true),
        ("10.1.2.3", true),
        ("172.31.0.1", true),
        ("172.32.0.1", false),
        ("100.64.0.1", true),
        ("100.128.0.1", false),
        ("127.0.0.1", true),
        ("169.254.1.1", true),
        ("198.51.100.9", false),
        ("::1", true),
        ("fd00::1", true),
        ("fe80::1", true),
        ("2001:db8::1", false),
        ("::ffff:10.0.0.1", true),
        ("::ffff:198.51.100.9", false),
    ] {
        assert_eq!(is_inside(ip(address)), inside, "{address}");
    }
}
