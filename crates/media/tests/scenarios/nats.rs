//! Every home with every office, through simulated NATs: who can talk over UDP does, all others over TCP, and nobody stays silent.

use std::sync::Arc;
use std::time::Duration;

use media::addresses::Mapped;
use media::audio::codec::Codec;
use model::control::{Event, Page, Peer, Reached};
use sim::nat::{Chain, Filtering, Mapping, Named};
use str0m::net::Protocol;

use crate::browser::Browser;
use crate::browsers::{DESK, WEB, connect_between};
use crate::phone::Phone;
use crate::world::{Nats, OFFICE, OUR_PORT, OUR_UDP, World, addr, config, ip};

/// Where the home and a STUN server are on the internet.
const HOME: &str = "203.0.113.9";
const STUN: &str = "198.51.100.10:3478";
/// The browser, behind its NAT.
const BROWSER: &str = "192.168.1.50:61000";

/// What RFC 4787 says of two full ICE agents: one must get through to what a STUN server has seen of the other.
fn udp_is_possible(home: Named, office: Named) -> bool {
    let gets_in = |from: Kind, to: Kind| {
        to.mapping == Mapping::EndpointIndependent
            && (to.filtering != Filtering::AddressAndPortDependent || from.mapping == Mapping::EndpointIndependent)
    };
    match (kind(home), kind(office)) {
        (Some(home), Some(office)) => gets_in(home, office) || gets_in(office, home),
        (None, _) | (_, None) => false,
    }
}

#[derive(Clone, Copy)]
struct Kind {
    mapping: Mapping,
    filtering: Filtering,
}

/// The strictest of the NATs in a row; `None` where no UDP passes.
fn kind(named: Named) -> Option<Kind> {
    let mut chain = named.chain(ip(HOME), 0);
    let behaviours: Vec<_> = chain.nats().iter().map(|nat| *nat.behaviour()).collect();
    behaviours.iter().all(|behaviour| behaviour.udp).then(|| Kind {
        mapping: behaviours
            .iter()
            .map(|behaviour| behaviour.mapping)
            .max()
            .unwrap_or(Mapping::EndpointIndependent),
        filtering: behaviours
            .iter()
            .map(|behaviour| behaviour.filtering)
            .max()
            .unwrap_or(Filtering::EndpointIndependent),
    })
}

/// A call between a browser at home and a desk phone in the office.
fn call(home: Named, office: Named, seed: u64, knows_stun: bool) -> World {
    let now = crate::world::beginning();
    let mut nats = Nats {
        home: home.chain(ip(HOME), seed),
        office: office.chain(ip(OFFICE), seed.wrapping_add(77)),
    };
    let seen = |chain: &mut Chain, inside: &str| chain.outbound(addr(inside), addr(STUN), now);
    let office_seen = seen(&mut nats.office, OUR_UDP).filter(|_| knows_stun);
    let home_seen = seen(&mut nats.home, BROWSER).filter(|_| knows_stun);

    let mut config = config();
    Arc::make_mut(&mut config.addresses).mapped = office_seen
        .into_iter()
        .map(|public| Mapped {
            local: ip("10.0.0.1"),
            public,
        })
        .collect();
    let mut world = World::with(config);
    world.now = now;
    world.delay = Duration::from_millis(10 + seed % 50);
    world.nats = Some(nats);
    let mut browser = Browser::new(BROWSER, 440.0, now).with_tcp(77);
    if let Some(public) = home_seen.filter(|public| *public != addr(BROWSER)) {
        browser.knows_itself_as(public);
    }
    browser.change_codec(Codec::Pcmu);
    world.browsers.push(browser);
    world.phones.push(Phone::new("10.0.0.6:5000", Codec::Pcmu, 1_000.0, now));
    connect_between(&mut world, outside(OFFICE), "10.0.0.6");
    world
}

/// A browser that has loaded its page from there.
fn outside(host: &str) -> Peer {
    Peer::Browser {
        reached: Reached {
            local: ip("10.0.0.1"),
            peer: ip(HOME),
            page: Some(Page {
                host: Arc::from(host),
                port: OUR_PORT,
            }),
        },
    }
}

/// The first second decides; then everybody must be heard.
fn assert_heard(world: &mut World, what: &str) -> Protocol {
    world.run_ms(2_500);
    assert!(
        world.browsers[0].ear.has_tone(1_000.0, 1_000) && world.phones[0].ear.has_tone(440.0, 1_000),
        "silence: {what}"
    );
    world.browsers[0].via.expect("it was sent something")
}

#[test]
fn every_home_is_heard_by_every_office_and_by_udp_where_two_ice_agents_can() {
    for (index, home) in Named::ALL.into_iter().enumerate() {
        for office in Named::ALL {
            // An office with an address of its own has no address on a LAN.
            if office == Named::None {
                continue;
            }
            for round in 0..30 {
                let seed = (index as u64) << 8 | round;
                let mut world = call(home, office, seed, true);
                let what = format!("{home} with {office}, seed {seed}");
                let via = assert_heard(&mut world, &what);
                if udp_is_possible(home, office) {
                    assert_eq!(via, Protocol::Udp, "{what}");
                }
            }
        }
    }
}

#[test]
fn without_stun_everybody_is_heard_all_the_same() {
    for home in [Named::FullCone, Named::PortRestricted, Named::Symmetric, Named::UdpBlocked] {
        for office in [
            Named::FullCone,
            Named::PortRestricted,
            Named::Remapping,
            Named::Symmetric,
            Named::UdpBlocked,
        ] {
            let mut world = call(home, office, 5, false);
            assert_heard(&mut world, &format!("{home} with {office}"));
        }
    }
}

/// What the app does when the call has lost its way: new ICE credentials by re-INVITE, over a WebSocket that works.
fn restart(world: &mut World, peer: Peer) {
    world.run_ms(700);
    let offer = world.browsers[0].offer();
    assert!(matches!(world.receive_offer(WEB, peer, offer), Event::OfferReceived { .. }));
    let answer = world.answer_offer(WEB, Some(DESK));
    let now = world.now;
    world.browsers[0].accept(&answer, now);
}

/// Audio is back, both ways, so long after the restart.
fn assert_back(world: &mut World, ms: u64, what: &str) {
    world.run_ms(ms);
    world.run_ms(600);
    assert!(
        world.browsers[0].ear.has_tone(1_000.0, 500) && world.phones[0].ear.has_tone(440.0, 500),
        "not back: {what}"
    );
}

const CONES: [Named; 3] = [Named::FullCone, Named::PortRestricted, Named::Remapping];

#[test]
fn a_call_survives_that_udp_becomes_blocked() {
    for (home, seed) in CONES.into_iter().zip(0..) {
        let mut world = call(home, Named::PortRestricted, seed, true);
        assert_eq!(assert_heard(&mut world, "before"), Protocol::Udp);
        world.nats.as_mut().unwrap().home = Named::UdpBlocked.chain(ip(HOME), seed);
        restart(&mut world, outside(OFFICE));
        assert_back(&mut world, 1_000, &format!("{home}"));
        assert_eq!(world.browsers[0].via, Some(Protocol::Tcp));
    }
}

#[test]
fn a_call_goes_back_to_udp_when_that_works_again() {
    for (home, seed) in CONES.into_iter().zip(0..) {
        let mut world = call(Named::UdpBlocked, Named::PortRestricted, seed, true);
        assert_eq!(assert_heard(&mut world, "before"), Protocol::Tcp);
        let now = world.now;
        let mut chain = home.chain(ip(HOME), seed);
        let public = chain.outbound(addr(BROWSER), addr(STUN), now).unwrap();
        world.nats.as_mut().unwrap().home = chain;
        world.browsers[0].knows_itself_as(public);
        let heard = world.browsers[0].received.len();
        restart(&mut world, outside(OFFICE));
        world.run_ms(2_000);
        assert_eq!(world.browsers[0].via, Some(Protocol::Udp), "{home}");
        // 2.7 s of 20 ms each, and not one missing.
        assert!(world.browsers[0].received.len() >= heard + 133, "a gap: {home}");
        assert!(world.browsers[0].ear.has_tone(1_000.0, 2_000) && world.phones[0].ear.has_tone(440.0, 2_000));
    }
}

#[test]
fn a_call_survives_a_new_public_address_at_home_and_in_the_office() {
    for (home, seed) in CONES.into_iter().zip(0..) {
        let mut world = call(home, Named::PortRestricted, seed, true);
        assert_heard(&mut world, "before");
        world.nats.as_mut().unwrap().home.renumber(ip("203.0.113.10"));
        restart(&mut world, outside(OFFICE));
        assert_back(&mut world, 1_000, &format!("home, {home}"));
    }
    // The keeper has told the new address before the restart.
    let mut world = call(Named::PortRestricted, Named::FullCone, 9, true);
    assert_heard(&mut world, "before");
    let now = world.now;
    let nats = world.nats.as_mut().unwrap();
    let mut office = Named::FullCone.chain(ip(OFFICE), 4_711);
    let public = office.outbound(addr(OUR_UDP), addr(STUN), now).unwrap();
    nats.office = office;
    let mut addresses = (*config().addresses).clone();
    addresses.mapped = vec![Mapped {
        local: ip("10.0.0.1"),
        public,
    }];
    world.engine.change_addresses(Arc::new(addresses));
    restart(&mut world, outside(OFFICE));
    assert_back(&mut world, 1_000, "office");
}
