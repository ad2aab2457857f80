//! Peers outside: phones that see us through a NAT, browsers that come through our relay, addresses that change.

use std::net::SocketAddr;
use std::sync::Arc;

use media::addresses::{Mapped, is_relayed};
use media::audio::codec::Codec;
use media::engine::{Seen, Use};
use model::TrunkId;
use model::control::{Command, Direction, Event, Page, Peer, Reached, Srtp};
use model::quality::Transport;

use crate::browser::Browser;
use crate::browsers::{DESK, WEB, call};
use crate::phone::Phone;
use crate::world::{RELAY_CONNECTION, World, addr, config, ip, phone_peer};

/// Our router, as a STUN server sees it.
const ROUTER: &str = "198.51.100.2";

fn behind_nat() -> World {
    let mut config = config();
    Arc::make_mut(&mut config.addresses).mapped = vec![Mapped {
        local: ip("10.0.0.1"),
        public: SocketAddr::new(ip(ROUTER), 41_000),
    }];
    World::with(config)
}

fn outside() -> Peer {
    Peer::Browser {
        reached: Reached {
            local: ip("10.0.0.1"),
            peer: ip("203.0.113.9"),
            page: Some(Page {
                host: Arc::from(ROUTER),
                port: 443,
            }),
        },
    }
}

fn by_system(port: u16) -> Seen {
    Seen {
        by_system: Some(SocketAddr::new(ip(ROUTER), port)),
        by_own: Vec::new(),
    }
}

/// The provider of a trunk, outside.
fn provider(trunk: u64) -> Peer {
    Peer::Phone {
        local: ip("10.0.0.1"),
        signalling: ip("203.0.113.60"),
        srtp: Srtp::Never,
        trunk: Some(TrunkId(trunk)),
    }
}

fn candidates(description: &str) -> Vec<&str> {
    let lines = description.lines().filter_map(|line| line.strip_prefix("a=candidate:"));
    lines.map(|line| line.split_once(' ').unwrap().1).collect()
}

#[test]
fn a_phone_outside_is_told_what_the_port_looks_like_from_there() {
    let mut world = behind_nat();
    world.engine.map_port(30_004, by_system(43_210));
    world.engine.map_port(30_005, by_system(43_299));
    let offer = world.make_offer(DESK, phone_peer("203.0.113.60", Srtp::Accepted), None, Direction::SendRecv);
    for line in ["c=IN IP4 198.51.100.2\r\n", "m=audio 43210 ", "a=rtcp:43299\r\n"] {
        assert!(offer.contains(line), "{line} in {offer}");
    }
    let inside = world.make_offer(WEB, phone_peer("10.0.0.60", Srtp::Accepted), None, Direction::SendRecv);
    assert!(
        inside.contains("c=IN IP4 10.0.0.1\r\n") && inside.contains("m=audio 30000 "),
        "{inside}"
    );
}

#[test]
fn a_provider_is_told_what_its_own_stun_server_sees_and_another_one_is_not() {
    let mut world = behind_nat();
    for (port, own) in [(30_000, 51_000), (30_001, 51_777)] {
        let seen = Seen {
            by_own: vec![(TrunkId(1), SocketAddr::new(ip("198.51.100.3"), own))],
            ..by_system(port + 10_000)
        };
        world.engine.map_port(port, seen);
    }
    let offer = world.make_offer(DESK, provider(1), None, Direction::SendRecv);
    for line in ["c=IN IP4 198.51.100.3\r\n", "m=audio 51000 ", "a=rtcp:51777\r\n"] {
        assert!(offer.contains(line), "{line} in {offer}");
    }
    assert!(world.engine.ports_to_be_mapped().contains(&(30_000, Use::Leg(Some(TrunkId(1))))));
    world.command(Command::Close { leg: DESK });
    let other = world.make_offer(WEB, provider(2), None, Direction::SendRecv);
    assert!(other.contains("c=IN IP4 198.51.100.2\r\n"), "{other}");
}

#[test]
fn without_a_mapping_the_router_is_taken_to_keep_ports() {
    let mut world = behind_nat();
    let offer = world.make_offer(DESK, phone_peer("203.0.113.60", Srtp::Accepted), None, Direction::SendRecv);
    assert!(
        offer.contains("c=IN IP4 198.51.100.2\r\n") && offer.contains("m=audio 30000 "),
        "{offer}"
    );
    assert!(offer.contains("a=rtcp:30001\r\n"), "{offer}");
}

#[test]
fn a_browser_outside_is_offered_the_router_and_never_our_own_network() {
    let mut world = behind_nat();
    let offer = world.make_offer(WEB, outside(), None, Direction::SendRecv);
    let found = candidates(&offer);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(!offer.contains("10.0.0.1"), "{offer}");
    assert!(offer.contains("198.51.100.2 443 typ host tcptype passive"), "{offer}");
}

#[test]
fn a_running_call_learns_new_addresses_with_its_next_description() {
    let mut world = call(|world| Browser::new("198.51.100.7:61000", 440.0, world.now), Codec::Pcmu);
    world.browsers[0].change_codec(Codec::Pcmu);
    world.run_ms(1_000);
    let mut addresses = (*config().addresses).clone();
    addresses.mapped = vec![Mapped {
        local: ip("10.0.0.1"),
        public: addr("198.51.100.3:41000"),
    }];
    world.engine.change_addresses(Arc::new(addresses));
    world.run_ms(500);
    let offer = world.browsers[0].offer();
    assert!(matches!(world.receive_offer(WEB, outside(), offer), Event::OfferReceived { .. }));
    let answer = world.answer_offer(WEB, Some(DESK));
    assert!(answer.contains("198.51.100.3 41000 typ srflx"), "{answer}");
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    world.run_ms(2_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 3_000) && world.phones[0].ear.has_tone(440.0, 3_000));
}

/// A browser whose only way is our relay: all that the world sees of it is its relayed address.
fn relayed() -> World {
    let mut world = World::new();
    world.browsers.push(Browser::new("198.18.0.1:1", 440.0, world.now));
    world.phones.push(Phone::new("192.0.2.6:5000", Codec::Pcmu, 1_000.0, world.now));
    world.browsers[0].change_codec(Codec::Pcmu);
    crate::browsers::connect(&mut world);
    world
}

#[test]
fn a_browser_talks_through_the_relay() {
    let mut world = relayed();
    world.run_ms(3_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 2_500) && world.phones[0].ear.has_tone(440.0, 2_500));
    assert!(world.engine.knows_connection(RELAY_CONNECTION));
    assert_eq!(world.close(WEB).transport, Transport::Relay);
    assert!(!world.engine.knows_connection(RELAY_CONNECTION));
}

#[test]
fn what_is_meant_for_a_relay_that_is_gone_never_leaves_by_udp() {
    let mut world = relayed();
    world.run_ms(500);
    world.net.clear();
    let now = world.now;
    world.engine.connection_closed(RELAY_CONNECTION, now);
    world.browsers.clear();
    world.run_ms(500);
    assert!(world.net.iter().all(|packet| !is_relayed(packet.destination.ip())));
}

#[test]
fn a_candidate_of_somebody_else_s_relay_is_not_checked() {
    let mut world = World::new();
    world.browsers.push(Browser::new("198.51.100.7:61000", 440.0, world.now));
    let offer = world.browsers[0].offer();
    world.receive_offer(WEB, crate::world::browser_peer(), offer);
    world.answer_offer(WEB, None);
    let stolen = "candidate:9 1 udp 41885439 198.18.0.77 7 typ relay raddr 0.0.0.0 rport 0".to_owned();
    assert_eq!(
        world.command(Command::AddCandidate {
            leg: WEB,
            candidate: stolen
        }),
        []
    );
    world.browsers.clear();
    for _ in 0..200 {
        world.run_ms(5);
        assert!(world.net.iter().all(|packet| !is_relayed(packet.destination.ip())));
    }
}
