//! A TURN client that wants more than audio, against the built server: it has the credential of a person of the company and knows TURN well.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lab::net::addresses::{DESK_PHONE, ITSP, OFFICE_PC, OFFICE_PUBLIC, SERVER, SERVER_V6};
use lab::net::{Host, Network, Wall, Watch};
use lab::server::PORT;
use lab::turn::{Answer, Attribute, Carrier, Credential, Method, Turn};
use lab::world::in_namespaces;
use lab::{Farend, Lab, wait};

use crate::stage::CONFIG;

#[path = "hostile_turn/targets.rs"]
mod targets;

use targets::{FOREIGN, MEDIA, OTHER_PORTS_OF_OURS, targets};

/// Every packet of the client begins so.
const MARK: [u8; 8] = *b"hostile!";
/// A packet of the test's own that says that no other one comes.
const FAREWELL: &[u8] = b"farewell";
/// Figures are copied once a second.
const FIGURES_LIMIT: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_secs(10);
const UDP: Attribute = Attribute::RequestedTransport(17);
/// A connection may ask a hundred questions at once: two for each target, and a few others.
const TARGETS_OF_ONE_CONNECTION: usize = 40;
/// Allocations that one person may have.
const ALLOCATIONS_PER_PERSON_MAX: usize = 32;
/// Requests that may come at once, and some more.
const TOO_MANY_REQUESTS: u32 = 200;

/// The server, seen from a home somewhere.
struct Scene {
    network: Network,
    server: Farend,
    /// Of 101.
    credential: Credential,
}

impl Scene {
    /// Runs a story against a server that has IPv6, too.
    fn play(story: impl FnOnce(&Scene)) {
        in_namespaces(|folder| {
            let network = Lab::new().ipv6(Wall::LetsOut, Wall::LetsOut).start(folder).unwrap();
            let server = Farend::start_in(folder, "::", CONFIG).unwrap();
            let credential = Credential::of(&server.sign_in("101").unwrap()).unwrap();
            let scene = Scene {
                network,
                server,
                credential,
            };
            story(&scene);
            assert!(scene.server.serves_its_page(), "the server goes on");
        });
    }

    fn connect(&self, carrier: Carrier) -> Turn {
        Turn::connect(self.network.home_pc(), OFFICE_PUBLIC.into(), carrier, &self.credential).unwrap()
    }

    fn allocated(&self, carrier: Carrier) -> Turn {
        let mut turn = self.connect(carrier);
        let answer = turn.allocate().unwrap();
        assert!(answer.is_granted(), "{answer:?}");
        turn
    }

    fn credential_of(&self, name: &str) -> Credential {
        Credential::of(&self.server.sign_in(name).unwrap()).unwrap()
    }

    fn figure(&self, name: &str) -> f64 {
        self.server.metrics().unwrap().get(name).copied().unwrap_or_default()
    }

    fn wait_for_figure(&self, name: &str, expected: f64) {
        wait::until_true(&format!("{name} is {expected}"), FIGURES_LIMIT, || self.figure(name) >= expected);
        assert!(
            (self.figure(name) - expected).abs() < 0.5,
            "{name} is {}, not {expected}",
            self.figure(name)
        );
    }
}

#[test]
fn a_turn_client_reaches_our_media_and_nobody_else() {
    Scene::play(|scene| {
        let watch = Watch::on(scene.network.server(), MARK).unwrap();
        let listeners = listeners(&scene.network);
        let mut other = scene.connect(Carrier::Tcp);
        let Answer::Granted(allocation) = other.allocate().unwrap() else {
            panic!("there is no other client");
        };
        assert_eq!(allocation.relayed().len(), 2, "{allocation:?}");
        let (mut sent_to_media, mut to_other_ports, mut unpermitted) = (0, 0, 0);
        for carrier in [Carrier::Tcp, Carrier::Tls] {
            sent_to_media += reach_media(scene, carrier);
            to_other_ports += try_targets(scene, carrier, &targets(&OTHER_PORTS_OF_OURS), None);
            let foreign = [targets(&FOREIGN), allocation.relayed()].concat();
            unpermitted += try_targets(scene, carrier, &foreign, Some(403));
        }

        // Everything is accounted for: what was for our media was passed on, all the rest was dropped for the right cause. That our media takes
        // what comes so is seen with a browser behind a proxy.
        let bytes = f64::from(sent_to_media) * MARK.len() as f64;
        scene.wait_for_figure(r#"farend_turn_bytes_total{kind="from_client"}"#, bytes);
        scene.wait_for_figure(r#"farend_turn_dropped_total{kind="forbidden_peer"}"#, f64::from(to_other_ports));
        scene.wait_for_figure(r#"farend_turn_dropped_total{kind="no_permission"}"#, f64::from(unpermitted));
        scene.wait_for_figure(
            r#"farend_turn_dropped_total{kind="no_channel"}"#,
            f64::from(to_other_ports + unpermitted),
        );

        assert!(other.ask(Method::Refresh, &[]).unwrap().is_granted());
        assert_eq!(other.unasked(), 0, "another client has been reached");
        for listener in &listeners {
            listener.has_heard_nothing();
        }
        assert_eq!(watch.seen().unwrap(), 0, "something has left the server");
        // The watch is not blind, on the wire or on this machine.
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        socket.send_to(&MARK, (DESK_PHONE, PORT)).unwrap();
        socket.send_to(&MARK, ("127.0.0.1", 9)).unwrap();
        assert_eq!(watch.seen().unwrap(), 2);
    });
}

/// Sends a packet to each of our media's addresses, as an indication and on a channel. Gives how many there were.
fn reach_media(scene: &Scene, carrier: Carrier) -> u32 {
    let mut turn = scene.allocated(carrier);
    let mut sent = 0;
    for (peer, channel) in targets(&MEDIA).into_iter().zip(0x4000..) {
        let bind = [Attribute::Channel(channel), Attribute::Peer(peer)];
        // What STUN servers see of us is known soon.
        wait::until_true_seldom(&format!("{peer} is our media"), SOON, || {
            turn.ask(Method::ChannelBind, &bind).unwrap().is_granted()
        });
        assert!(turn.ask(Method::CreatePermission, &[Attribute::Peer(peer)]).unwrap().is_granted());
        turn.send_to(peer, &MARK).unwrap();
        turn.send_on(channel, &MARK).unwrap();
        sent += 2;
    }
    assert!(turn.ask(Method::Refresh, &[]).unwrap().is_granted());
    sent
}

/// Tries to reach every target in both ways; a permission is refused with this code or granted, a channel always refused. Gives how many targets
/// there were.
fn try_targets(scene: &Scene, carrier: Carrier, targets: &[SocketAddr], permission: Option<u16>) -> u32 {
    let mut tried = 0;
    for some in targets.chunks(TARGETS_OF_ONE_CONNECTION) {
        let mut turn = scene.allocated(carrier);
        for (peer, channel) in some.iter().zip(0x4000..) {
            let answer = turn.ask(Method::CreatePermission, &[Attribute::Peer(*peer)]).unwrap();
            assert_eq!(
                (answer.is_granted(), answer.refusal()),
                (permission.is_none(), permission),
                "{peer}"
            );
            turn.send_to(*peer, &MARK).unwrap();
            let answer = turn
                .ask(Method::ChannelBind, &[Attribute::Channel(channel), Attribute::Peer(*peer)])
                .unwrap();
            assert_eq!(answer.refusal(), Some(403), "{peer}");
            turn.send_on(channel, &MARK).unwrap();
            tried += 1;
        }
        assert!(turn.ask(Method::Refresh, &[]).unwrap().is_granted());
        assert_eq!(turn.unasked(), 0, "somebody has answered");
    }
    tried
}

#[test]
fn peers_of_a_family_that_the_allocation_has_not_are_refused() {
    Scene::play(|scene| {
        let mut turn = scene.connect(Carrier::Tls);
        assert!(turn.allocate_as(&[UDP]).unwrap().is_granted());
        let media_v6 = Attribute::Peer(SocketAddr::new(SERVER_V6.into(), PORT));
        let v4_in_v6 = Attribute::PeerOfFamily(2, SERVER.octets().to_vec());
        let v6_in_v4 = Attribute::PeerOfFamily(1, SERVER_V6.octets().to_vec());
        let unknown = Attribute::PeerOfFamily(9, SERVER.octets().to_vec());
        let empty = Attribute::PeerOfFamily(1, Vec::new());
        for (peer, code) in [(media_v6, 443), (v4_in_v6, 400), (v6_in_v4, 400), (unknown, 400), (empty, 400)] {
            let answer = turn.ask(Method::CreatePermission, std::slice::from_ref(&peer)).unwrap();
            assert_eq!(answer.refusal(), Some(code), "{peer:?}");
            let answer = turn.ask(Method::ChannelBind, &[Attribute::Channel(0x4000), peer.clone()]).unwrap();
            assert_eq!(answer.refusal(), Some(code), "{peer:?}");
        }
        // One wrong peer spoils the right ones beside it.
        let right = Attribute::Peer(SocketAddr::new(SERVER.into(), PORT));
        let wrong = Attribute::Peer(SocketAddr::new(OFFICE_PC.into(), PORT));
        assert_eq!(turn.ask(Method::CreatePermission, &[right, wrong]).unwrap().refusal(), Some(403));
        turn.send_to(SocketAddr::new(SERVER.into(), PORT), &MARK).unwrap();
        assert!(turn.ask(Method::Refresh, &[]).unwrap().is_granted());
        scene.wait_for_figure(r#"farend_turn_dropped_total{kind="no_permission"}"#, 1.0);
        assert!(scene.figure(r#"farend_turn_bytes_total{kind="from_client"}"#) < 0.5);
    });
}

#[test]
fn without_a_credential_of_ones_own_there_is_no_allocation() {
    Scene::play(|scene| {
        let own = &scene.credential;
        let others = scene.credential_of("102");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let wrong = |username: &str, password: &str| Credential {
            username: username.to_owned(),
            password: password.to_owned(),
        };
        let mut turn = scene.connect(Carrier::Tls);
        for _ in 0..2 {
            assert_eq!(turn.ask_unsigned(Method::Allocate, &[UDP]).unwrap().refusal(), Some(401));
        }
        for credential in [
            wrong(&own.username, "guessed"),
            wrong(&own.username, ""),
            wrong(&own.username, &others.password),
            wrong(&others.username, &own.password),
            // What is right once is right for its own end alone. That the right password stops working when its time is over is proved with
            // simulated time in the crate of the relay.
            own.expiring_at(now - 1).unwrap(),
            own.expiring_at(now + 86_400).unwrap(),
            own.expiring_at(0).unwrap(),
            wrong("101", lab::server::PASSWORD),
            wrong("", ""),
        ] {
            turn.sign_with(&credential);
            assert_eq!(turn.ask(Method::Allocate, &[UDP]).unwrap().refusal(), Some(401), "{credential:?}");
        }
        assert!(scene.figure("farend_turn_allocations") < 0.5);
        turn.sign_with(own);
        turn.borrow_nonce_of(&scene.allocated(Carrier::Tcp));
        assert_eq!(
            turn.ask(Method::Allocate, &[UDP]).unwrap().refusal(),
            Some(438),
            "another connection's nonce"
        );
        assert!(turn.ask(Method::Allocate, &[UDP]).unwrap().is_granted());
    });
}

#[test]
fn an_allocation_belongs_to_its_connection_and_its_person() {
    Scene::play(|scene| {
        let others = scene.credential_of("102");
        let mut owner = scene.allocated(Carrier::Tls);
        let permission = [Attribute::Peer(SocketAddr::new(SERVER.into(), PORT))];
        // Another connection with the same credential has none to prolong, end or use.
        let mut beside = scene.connect(Carrier::Tcp);
        assert_eq!(beside.ask_unsigned(Method::Refresh, &[]).unwrap().refusal(), Some(401));
        for lifetime in [0, 600] {
            assert_eq!(
                beside.ask(Method::Refresh, &[Attribute::Lifetime(lifetime)]).unwrap().refusal(),
                Some(437)
            );
        }
        assert_eq!(beside.ask(Method::CreatePermission, &permission).unwrap().refusal(), Some(437));
        beside.send_to(SocketAddr::new(SERVER.into(), PORT), &MARK).unwrap();
        beside.send_on(0x4000, &MARK).unwrap();
        // On the same connection somebody else has nothing to say.
        owner.sign_with(&others);
        assert_eq!(owner.ask(Method::Refresh, &[Attribute::Lifetime(0)]).unwrap().refusal(), Some(441));
        assert_eq!(owner.ask(Method::CreatePermission, &permission).unwrap().refusal(), Some(441));
        owner.sign_with(&scene.credential);
        assert_eq!(owner.allocate().unwrap().refusal(), Some(437), "one connection has one allocation");
        assert!(owner.ask(Method::Refresh, &[]).unwrap().is_granted());
        scene.wait_for_figure(r#"farend_turn_dropped_total{kind="no_allocation"}"#, 2.0);
    });
}

#[test]
fn relays_that_are_not_for_audio_over_udp_are_refused() {
    const TCP: Attribute = Attribute::RequestedTransport(6);
    Scene::play(|scene| {
        let mut turn = scene.connect(Carrier::Tcp);
        let reserve = Attribute::EvenPort { reserve_next: true };
        let token = Attribute::ReservationToken(*b"12345678");
        for (attributes, code) in [
            (vec![TCP], 442),
            (vec![], 400),
            (vec![Attribute::Other(0x0019, vec![17])], 400),
            (vec![UDP, reserve], 508),
            (vec![UDP, token.clone()], 508),
            (vec![UDP, token, Attribute::EvenPort { reserve_next: false }], 400),
            (vec![UDP, Attribute::Other(0x0017, vec![9, 0, 0, 0])], 440),
            // Must be understood, and exists nowhere.
            (vec![UDP, Attribute::Other(0x7F00, vec![])], 420),
            // CONNECTION-ID of TURN over TCP (RFC 6062).
            (vec![UDP, Attribute::Other(0x002A, vec![0; 4])], 420),
        ] {
            let answer = turn.allocate_as(&attributes).unwrap();
            assert_eq!(answer.refusal(), Some(code), "{attributes:?}");
        }
        let even = turn.allocate_as(&[UDP, Attribute::EvenPort { reserve_next: false }]).unwrap();
        let Answer::Granted(allocation) = even else { panic!("{even:?}") };
        assert!(allocation.relayed().iter().all(|relayed| relayed.port() % 2 == 0), "{allocation:?}");
    });
}

#[test]
fn one_person_has_so_many_allocations_and_others_still_get_theirs() {
    Scene::play(|scene| {
        let mut held: Vec<Turn> = (0..ALLOCATIONS_PER_PERSON_MAX).map(|_| scene.allocated(Carrier::Tcp)).collect();
        // A fresh credential is the same person's.
        let mut refused = scene.connect(Carrier::Tls);
        refused.sign_with(&scene.credential_of("101"));
        assert_eq!(refused.allocate().unwrap().refusal(), Some(486));
        let mut other = scene.connect(Carrier::Tls);
        other.sign_with(&scene.credential_of("102"));
        assert!(other.allocate().unwrap().is_granted());
        let given_up = held.pop().unwrap().ask(Method::Refresh, &[Attribute::Lifetime(0)]).unwrap();
        assert!(given_up.is_granted(), "{given_up:?}");
        assert!(refused.allocate().unwrap().is_granted(), "there is room again");
    });
}

#[test]
fn what_is_no_turn_ends_its_own_connection_and_nothing_else() {
    Scene::play(|scene| {
        let mut bystander = scene.allocated(Carrier::Tls);
        for carrier in [Carrier::Tcp, Carrier::Tls] {
            for nonsense in [
                // 65,548 bytes of STUN are announced, 65,535 and 4,096 of ChannelData.
                &[&[0, 3, 0xFF, 0xFC, 0x21, 0x12, 0xA4, 0x42][..], &[0; 12]].concat(),
                &[&[0x40, 0, 0xFF, 0xFF][..], &[0; 4096]].concat(),
                &[&[0x40, 0, 0x10, 0x00][..], &[0; 4096]].concat(),
                // No cookie; a length that is no multiple of four; bytes of neither.
                &[&[0, 3, 0, 0][..], &[0; 16]].concat(),
                &[&[0, 3, 0, 3, 0x21, 0x12, 0xA4, 0x42][..], &[0; 12]].concat(),
                &b"GET / HTTP/1.1\r\n\r\n".map(|byte| byte | 0x80).to_vec(),
            ] {
                let mut turn = scene.allocated(carrier);
                turn.write(nonsense).unwrap();
                assert!(turn.is_closed().unwrap(), "{:x?} over {carrier:?}", &nonsense[..4]);
            }
            let mut flooding = scene.allocated(carrier);
            let answers = (0..TOO_MANY_REQUESTS).map(|_| flooding.ask(Method::Refresh, &[]).unwrap());
            assert_eq!(answers.last(), Some(Answer::Closed));
            malformed_messages_are_passed_over(&mut scene.allocated(carrier));
        }
        assert!(bystander.ask(Method::Refresh, &[]).unwrap().is_granted());
        assert_eq!(bystander.unasked(), 0);
        drop(bystander);
        wait::until_true("no allocation is left", FIGURES_LIMIT, || {
            scene.figure("farend_turn_allocations") < 0.5
        });
        assert!(scene.figure("farend_media_thread_panics") < 0.5);
    });
}

/// What ends where it says it ends, and makes no sense in between, costs nobody the connection.
fn malformed_messages_are_passed_over(turn: &mut Turn) {
    let header = |kind: [u8; 2], length: u8| [&kind[..], &[0, length, 0x21, 0x12, 0xA4, 0x42], &[7; 12]].concat();
    for body in [
        // An attribute of 65,535 bytes; one of which there is half a head; one behind the signature.
        &[0x00, 0x06, 0xFF, 0xFF][..],
        &[0x00, 0x12, 0x00, 0x08, 0x00, 0x01, 0x00, 0x00],
        &[0x00, 0x13, 0x00, 0x05, 1, 2, 3, 4],
    ] {
        // An Allocate request, a Send indication, an error that nobody asked for, a method that does not exist.
        for kind in [[0x00, 0x03], [0x00, 0x16], [0x01, 0x13], [0x3E, 0xEF]] {
            turn.write(&[header(kind, body.len() as u8), body.to_vec()].concat()).unwrap();
        }
    }
    turn.send_on(0x4000, &[]).unwrap();
    turn.send_on(0x7FFF, &MARK).unwrap();
    assert!(turn.ask(Method::Refresh, &[]).unwrap().is_granted());
}

/// A socket that must hear nothing of the client.
struct Listener {
    socket: UdpSocket,
    address: SocketAddr,
}

/// Where packets would be heard that get through: on this machine, in the office, on the internet.
fn listeners(network: &Network) -> Vec<Listener> {
    let on = |host: &Host, ip: IpAddr, port: u16| {
        let socket = host.within(|| UdpSocket::bind((ip, port)).unwrap()).unwrap();
        socket.set_read_timeout(Some(SOON)).unwrap();
        let address = SocketAddr::new(ip, port);
        Listener { socket, address }
    };
    let (localhost_v4, localhost_v6) = ("127.0.0.1".parse().unwrap(), "::1".parse().unwrap());
    vec![
        on(network.server(), localhost_v4, 22),
        on(network.server(), localhost_v4, 80),
        on(network.server(), localhost_v6, 22),
        on(network.server(), SERVER.into(), 22),
        on(network.server(), SERVER.into(), 80),
        on(network.server(), SERVER_V6.into(), 22),
        on(network.desk_phone(), DESK_PHONE.into(), 5060),
        on(network.desk_phone(), DESK_PHONE.into(), PORT),
        on(network.office_pc(), OFFICE_PC.into(), PORT),
        on(network.itsp(), ITSP.into(), 5060),
    ]
}

impl Listener {
    /// A packet that is sent now from where the server runs is the first one that comes.
    fn has_heard_nothing(&self) {
        let any: IpAddr = if self.address.is_ipv4() {
            "0.0.0.0".parse().unwrap()
        } else {
            "::".parse().unwrap()
        };
        let from = UdpSocket::bind((any, 0)).unwrap();
        from.send_to(FAREWELL, self.address).unwrap();
        let mut packet = [0; 512];
        let (length, source) = self.socket.recv_from(&mut packet).unwrap();
        assert_eq!(&packet[..length], FAREWELL, "{} has heard {source}", self.address);
    }
}
