//! Is every router what its name says? Asked with a STUN client as small as can be, and with packets that nobody has asked for.

use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use lab::net::addresses::{
    CARRIER_PUBLIC, HOME_PUBLIC, ITSP, OFFICE_PC, OFFICE_PUBLIC, PBX, SECOND_ROUTER_PUBLIC, SERVER, SERVER_WAN, STUN_ONE, STUN_ONE_OTHER,
    STUN_PORT, STUN_TWO,
};
use lab::net::{Behaviour, Filtering, Home, Host, Lab, Mapping, Nat, Network, Office};
use lab::server::PORT;
use lab::world::in_namespaces;

use crate::stun::{Change, heard_from, mapped, socket_on};

/// RFC 5780: the other port of a server with two addresses.
const STUN_PORT_OTHER: u16 = STUN_PORT + 1;
const CONNECT_LIMIT: Duration = Duration::from_millis(500);
/// For what has to come through the proxy: a connection and a name stand before it.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

const NATS: [Nat; 7] = [
    Nat::Open,
    Nat::FullCone,
    Nat::AddressRestricted,
    Nat::PortRestricted,
    Nat::Remapping,
    Nat::Symmetric,
    Nat::UdpBlocked,
];

#[test]
fn every_home_router_maps_and_filters_as_its_name_says() {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        for nat in NATS {
            network.set_home(nat.into()).unwrap();
            assert_behaves(&network, network.home_pc(), nat.behaviour(), HOME_PUBLIC, &format!("home {nat}"));
            assert_ports(network.home_pc(), nat, HOME_PUBLIC);
        }
        for nat in [Nat::PortRestricted, Nat::Symmetric] {
            network.set_home(Home::Carrier(nat)).unwrap();
            assert_behaves(
                &network,
                network.home_pc(),
                nat.behaviour(),
                CARRIER_PUBLIC,
                &format!("carrier {nat}"),
            );
        }
    });
}

#[test]
fn every_office_router_maps_and_filters_as_its_name_says() {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        for nat in NATS {
            network.set_office(nat.into()).unwrap();
            assert_behaves(&network, network.server(), nat.behaviour(), OFFICE_PUBLIC, &format!("office {nat}"));
            assert_ports(network.server(), nat, OFFICE_PUBLIC);
        }
        network.set_office(Office::ServerWithWan).unwrap();
        assert_behaves(
            &network,
            network.server(),
            Nat::Open.behaviour(),
            SERVER_WAN,
            "the server's own interface",
        );
    });
}

#[test]
fn routes_to_stun_and_itsp_lead_over_the_second_router_and_all_others_over_the_first() {
    in_namespaces(|folder| {
        let mut network = Lab::new().office(Office::StunOverSecondRouter).start(folder).unwrap();
        let itsp = network.itsp().within(|| UdpSocket::bind((ITSP, 5060)).unwrap()).unwrap();
        let home = network
            .internet()
            .within(|| UdpSocket::bind(("198.51.100.1", 4000)).unwrap())
            .unwrap();
        for (office, over) in [
            (Office::StunOverSecondRouter, SECOND_ROUTER_PUBLIC),
            (Office::Behind(Nat::PortRestricted), OFFICE_PUBLIC),
            (Office::ServerWithWan, SERVER_WAN),
            (Office::StunOverSecondRouter, SECOND_ROUTER_PUBLIC),
        ] {
            network.set_office(office).unwrap();
            let server = socket_on(network.server());
            for stun in [STUN_ONE, STUN_TWO] {
                let seen = mapped(&server, (stun, STUN_PORT), Change::Nothing).map(|seen| *seen.ip());
                assert_eq!(seen, Some(over), "{office}");
            }
            server.send_to(b"hello", (ITSP, 5060)).unwrap();
            assert_eq!(heard_from(&itsp).map(|from| *from.ip()), Some(over), "{office}");
            server.send_to(b"hello", ("198.51.100.1", 4000)).unwrap();
            let direct = if office == Office::ServerWithWan {
                SERVER_WAN
            } else {
                OFFICE_PUBLIC
            };
            assert_eq!(heard_from(&home).map(|from| *from.ip()), Some(direct), "{office}");
        }
    });
}

#[test]
fn only_the_one_tcp_port_is_forwarded_to_the_server() {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        let _page = TcpListener::bind((SERVER, PORT)).unwrap();
        let _sip = TcpListener::bind((SERVER, 5060)).unwrap();
        let media = socket_on(network.server());
        let media_port = media.local_addr().unwrap().port();
        for nat in NATS.into_iter().filter(|nat| *nat != Nat::Open) {
            network.set_office(nat.into()).unwrap();
            assert!(connects(network.home_pc(), PBX, PORT), "{nat}");
            assert!(!connects(network.home_pc(), PBX, 5060), "{nat}");
            let home = socket_on(network.home_pc());
            home.send_to(b"hello", (OFFICE_PUBLIC, media_port)).unwrap();
            assert_eq!(heard_from(&media), None, "{nat}");
        }
    });
}

#[test]
fn the_page_loads_behind_every_home_router() {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        let _page = TcpListener::bind((SERVER, PORT)).unwrap();
        let homes = NATS.into_iter().map(Home::Behind);
        for home in homes.chain([Home::Carrier(Nat::PortRestricted), Home::Carrier(Nat::Symmetric)]) {
            network.set_home(home).unwrap();
            assert!(connects(network.home_pc(), PBX, PORT), "{home}");
        }
    });
}

#[test]
fn from_inside_the_office_the_public_address_works_only_with_hairpin() {
    in_namespaces(|folder| {
        let network = Lab::new().hairpin().start(folder).unwrap();
        assert_hairpin(&network, true);
    });
}

#[test]
fn without_hairpin_the_name_leads_to_the_lan_address_inside() {
    in_namespaces(|folder| {
        let network = Lab::new().start(folder).unwrap();
        assert_hairpin(&network, false);
        let _page = TcpListener::bind((SERVER, PORT)).unwrap();
        assert!(connects(network.office_pc(), PBX, PORT));
        let seen = network
            .office_pc()
            .within(|| TcpStream::connect((PBX, PORT)).unwrap().peer_addr().unwrap());
        assert_eq!(seen.unwrap().ip(), SERVER);
    });
}

#[test]
fn behind_a_proxy_nothing_else_leads_out_and_an_inspecting_one_lets_only_tls_through() {
    in_namespaces(|folder| {
        let mut network = Lab::new().home(Home::ConnectProxyOnly).start(folder).unwrap();
        let page = TcpListener::bind((SERVER, PORT)).unwrap();
        std::thread::spawn(move || {
            for stream in page.incoming() {
                let mut stream = stream.unwrap();
                let mut bytes = [0; 6];
                if std::io::Read::read_exact(&mut stream, &mut bytes).is_ok() {
                    std::io::Write::write_all(&mut stream, &bytes).unwrap();
                }
            }
        });
        assert!(!connects(network.home_pc(), &OFFICE_PUBLIC.to_string(), PORT));
        assert_eq!(mapped(&socket_on(network.home_pc()), (STUN_ONE, STUN_PORT), Change::Nothing), None);
        // The proxy passes on a whole record (RFC 8446, section 5.1), as short as can be here.
        let (tls, ssl2, plain) = ([0x16, 3, 1, 0, 1, 1], [0x80, 0x46, 1, 3, 1, 0], *b"GET / ");
        for first in [tls, ssl2, plain] {
            assert!(passes_proxy(network.home_pc(), first), "{first:?}");
        }
        network.set_home(Home::TlsOnly).unwrap();
        assert!(passes_proxy(network.home_pc(), tls));
        assert!(!passes_proxy(network.home_pc(), ssl2));
        assert!(!passes_proxy(network.home_pc(), plain));
    });
}

#[test]
fn a_router_that_is_exchanged_forgets_its_connections_and_resets_them() {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        let page = TcpListener::bind((SERVER, PORT)).unwrap();
        let mut client = network.home_pc().within(|| TcpStream::connect((PBX, PORT)).unwrap()).unwrap();
        let (mut server, _) = page.accept().unwrap();
        network.set_home(Nat::Symmetric.into()).unwrap();
        std::io::Write::write_all(&mut client, b"hello").unwrap();
        client.set_read_timeout(Some(CONNECT_LIMIT)).unwrap();
        let error = std::io::Read::read(&mut client, &mut [0]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        server.set_read_timeout(Some(CONNECT_LIMIT)).unwrap();
        assert!(std::io::Read::read(&mut server, &mut [0]).is_err(), "nothing has arrived");
    });
}

/// Asks for the mapping from everywhere, then sends what was not asked for from everywhere.
#[track_caller]
fn assert_behaves(network: &Network, host: &Host, expected: Option<Behaviour>, public: Ipv4Addr, who: &str) {
    let socket = socket_on(host);
    let servers = [
        (STUN_ONE, STUN_PORT),
        (STUN_ONE, STUN_PORT_OTHER),
        (STUN_ONE_OTHER, STUN_PORT),
        (STUN_ONE_OTHER, STUN_PORT_OTHER),
        (STUN_TWO, STUN_PORT),
    ];
    let seen: Vec<Option<SocketAddrV4>> = servers.iter().map(|server| mapped(&socket, *server, Change::Nothing)).collect();
    let Some(expected) = expected else {
        assert_eq!(seen, [None; 5], "{who}");
        return;
    };
    let seen: Vec<SocketAddrV4> = seen
        .into_iter()
        .map(|seen| seen.unwrap_or_else(|| panic!("{who}: silence")))
        .collect();
    assert!(seen.iter().all(|seen| *seen.ip() == public), "{who}: {seen:?}");
    let mut ports: Vec<u16> = seen.iter().map(|seen| seen.port()).collect();
    ports.sort_unstable();
    ports.dedup();
    let mappings = match expected.mapping {
        Mapping::EndpointIndependent => 1,
        Mapping::AddressAndPortDependent => servers.len(),
    };
    assert_eq!(ports.len(), mappings, "{who}: {seen:?}");

    let (same_address, other_address) = match expected.filtering {
        Filtering::EndpointIndependent => (true, true),
        Filtering::AddressDependent => (true, false),
        Filtering::AddressAndPortDependent => (false, false),
    };
    // Once by RFC 5780, from a mapping that knows one server only...
    let fresh = socket_on(host);
    assert!(mapped(&fresh, (STUN_ONE, STUN_PORT), Change::Nothing).is_some(), "{who}");
    let answer = mapped(&fresh, (STUN_ONE, STUN_PORT), Change::Port);
    assert_eq!(answer.is_some(), same_address, "{who}: from another port of the server");
    let answer = mapped(&fresh, (STUN_ONE, STUN_PORT), Change::AddressAndPort);
    assert_eq!(answer.is_some(), other_address, "{who}: from another address of the server");
    // ... and once by strangers' packets to the mapping towards the second server.
    let (seen, stranger) = (seen[4], network.itsp().within(|| UdpSocket::bind((ITSP, 0)).unwrap()).unwrap());
    let neighbour = network.internet().within(|| UdpSocket::bind((STUN_TWO, 0)).unwrap()).unwrap();
    for (sender, passes) in [(&neighbour, same_address), (&stranger, other_address)] {
        sender.send_to(b"hello", seen).unwrap();
        assert_eq!(heard_from(&socket).is_some(), passes, "{who}: from {:?}", sender.local_addr());
        // A packet that was refused spoils nothing: the mapping stays what it was, also towards its sender.
        socket.send_to(b"hello", sender.local_addr().unwrap()).unwrap();
        sender.set_read_timeout(Some(CONNECT_LIMIT)).unwrap();
        let from = heard_from(sender).unwrap_or_else(|| panic!("{who}: nothing leads out any more"));
        match expected.mapping {
            Mapping::EndpointIndependent => assert_eq!(from, seen, "{who}"),
            Mapping::AddressAndPortDependent => assert_ne!(from, seen, "{who}"),
        }
        sender.send_to(b"hello", from).unwrap();
        assert_eq!(heard_from(&socket).map(|from| from.into()), sender.local_addr().ok(), "{who}");
    }
}

/// Whether the public port is the inside port.
#[track_caller]
fn assert_ports(host: &Host, nat: Nat, public: Ipv4Addr) {
    let socket = socket_on(host);
    let Some(seen) = mapped(&socket, (STUN_TWO, STUN_PORT), Change::Nothing) else {
        return;
    };
    let kept = seen.port() == socket.local_addr().unwrap().port();
    match nat {
        Nat::Open | Nat::FullCone | Nat::AddressRestricted | Nat::PortRestricted | Nat::Trap | Nat::UdpBlocked => assert!(kept, "{nat}"),
        Nat::Remapping => assert!(!kept, "{nat}"),
        // Random, and therefore seldom the same.
        Nat::Symmetric => {}
    }
    assert_eq!(*seen.ip(), public);
    if nat == Nat::Open {
        socket.connect((STUN_TWO, STUN_PORT)).unwrap();
        assert_eq!(socket.local_addr().unwrap().ip(), public, "the host has the public address itself");
    }
}

#[track_caller]
fn assert_hairpin(network: &Network, expected: bool) {
    let (receiver, sender) = (socket_on(network.server()), socket_on(network.office_pc()));
    let seen = mapped(&receiver, (STUN_ONE, STUN_PORT), Change::Nothing).unwrap();
    let public_sender = mapped(&sender, (STUN_ONE, STUN_PORT), Change::Nothing).unwrap();
    sender.send_to(b"hello", seen).unwrap();
    // The sender's public address is its name inside too (RFC 4787, REQ-9).
    assert_eq!(heard_from(&receiver), expected.then_some(public_sender));
    receiver.send_to(b"hello", seen).unwrap();
    assert_eq!(heard_from(&receiver), expected.then_some(seen), "a host reaches itself");

    let page = TcpListener::bind((SERVER, PORT)).unwrap();
    assert_eq!(connects(network.office_pc(), &OFFICE_PUBLIC.to_string(), PORT), expected);
    if expected {
        let (_, from) = page.accept().unwrap();
        assert_ne!(from.ip(), OFFICE_PC, "the router stands between them");
        assert!(connects(network.office_pc(), PBX, PORT), "the name's address is the public one");
    }
}

fn connects(host: &Host, name: &str, port: u16) -> bool {
    let connect = || {
        let mut addresses = std::net::ToSocketAddrs::to_socket_addrs(&(name, port)).unwrap();
        TcpStream::connect_timeout(&addresses.next().unwrap(), CONNECT_LIMIT).is_ok()
    };
    host.within(connect).unwrap()
}

/// Whether bytes come back from the page's port through the proxy.
fn passes_proxy(host: &Host, bytes: [u8; 6]) -> bool {
    use std::io::{Read, Write};
    let mut proxy = host.within(|| TcpStream::connect("192.168.1.1:3128").unwrap()).unwrap();
    write!(proxy, "CONNECT {PBX}:{PORT} HTTP/1.1\r\nHost: {PBX}\r\n\r\n").unwrap();
    proxy.set_read_timeout(Some(ANSWER_LIMIT)).unwrap();
    let mut answer = *b"HTTP/1.1 200 Connected\r\n\r\n";
    proxy.read_exact(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    proxy.write_all(&bytes).unwrap();
    let mut back = [0; 6];
    proxy.read_exact(&mut back).is_ok() && back == bytes
}
