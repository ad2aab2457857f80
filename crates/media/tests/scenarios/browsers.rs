//! Browsers: ICE over UDP and TCP, both roles, hold, ICE restart.

use std::sync::Arc;

use media::audio::codec::Codec;
use media::engine::{Path, worker_of};
use model::LegId;
use model::control::{Command, Direction, Event, Failure, Peer, Reached, Source, Srtp};
use model::quality::Transport;
use str0m::net::Protocol;

use crate::browser::Browser;
use crate::phone::Phone;
use crate::world::{Packet, World, addr, browser_peer, ip, phone_peer, reached};

pub const WEB: LegId = LegId(10);
pub const WEB2: LegId = LegId(11);
pub const DESK: LegId = LegId(20);
pub const WEB_AT: &str = "198.51.100.7:61000";
pub const DESK_AT: &str = "192.0.2.6:5000";

/// A browser calls a desk phone.
pub fn call(browser: impl FnOnce(&World) -> Browser, desk: Codec) -> World {
    let mut world = World::new();
    let browser = browser(&world);
    world.browsers.push(browser);
    world.phones.push(Phone::new(DESK_AT, desk, 1_000.0, world.now));
    connect(&mut world);
    world
}

pub fn connect(world: &mut World) {
    connect_between(world, browser_peer(), "192.0.2.6");
}

/// As [`connect`], with a browser that reaches us in some way, and a phone somewhere.
pub fn connect_between(world: &mut World, browser: Peer, phone: &str) {
    let offer = world.browsers[0].offer();
    assert_eq!(
        world.receive_offer(WEB, browser, offer),
        Event::OfferReceived {
            leg: WEB,
            direction: Direction::SendRecv
        }
    );
    let offer = world.make_offer(DESK, phone_peer(phone, Srtp::Accepted), Some(WEB), Direction::SendRecv);
    world.phones[0].aim(&offer);
    let answer = world.phones[0].sdp(&[], "");
    world.accept_answer(DESK, answer);
    let answer = world.answer_offer(WEB, Some(DESK));
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    world.bridge(WEB, DESK);
}

#[test]
fn a_browser_and_a_phone_hear_each_other_in_a_common_codec() {
    for codec in [Codec::Pcmu, Codec::G722, Codec::Opus] {
        let mut world = call(|world| Browser::new(WEB_AT, 440.0, world.now), codec);
        world.browsers[0].change_codec(codec);
        world.run_ms(4_000);
        assert!(world.phones[0].ear.has_tone(440.0, 3_500), "{codec:?} phone");
        assert!(world.browsers[0].ear.has_tone(1_000.0, 3_500), "{codec:?} browser");
        assert!(
            world.phones[0]
                .received
                .iter()
                .all(|r| r.packet.payload_type == codec.payload_type()),
            "relayed as it is"
        );
        world.phones[0].assert_continuous();
        let events = world.events();
        assert!(events.contains(&Event::Connected { leg: WEB }));
        assert!(events.iter().any(|event| matches!(event, Event::Measured { leg: WEB, .. })));
        let report = world.close(WEB);
        assert_eq!((report.transport, report.codec), (Transport::Udp, Some(codec.name())));
        assert!(
            report.round_trip_ms.is_some() && report.received.packets > 180 && report.sent.packets > 180,
            "{report:?}"
        );
        world.close(DESK);
        assert_eq!((world.engine.legs(), world.engine.ports_free()), (0, 8));
    }
}

#[test]
fn the_answer_lists_the_far_side_s_codec_first() {
    let mut world = World::new();
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now));
    world.phones.push(Phone::new(DESK_AT, Codec::Pcma, 1_000.0, world.now));
    let offer = world.browsers[0].offer();
    world.receive_offer(WEB, browser_peer(), offer);
    let offer = world.make_offer(DESK, phone_peer("192.0.2.6", Srtp::Accepted), Some(WEB), Direction::SendRecv);
    assert!(offer.contains("RTP/AVP 111 "), "the caller's codecs first: {offer}");
    let answer = world.phones[0].sdp(&[], "");
    world.accept_answer(DESK, answer);
    let answer = world.answer_offer(WEB, Some(DESK));
    assert!(answer.contains("UDP/TLS/RTP/SAVPF 8 "), "the callee's codec first: {answer}");
}

#[test]
fn the_connection_is_up_soon_after_the_answer() {
    let mut world = call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu);
    let start = world.now;
    while !world.browsers[0].connected {
        world.run_ms(5);
        assert!(
            world.now < start + std::time::Duration::from_millis(400),
            "ICE and DTLS take too long"
        );
    }
}

#[test]
fn a_browser_without_udp_talks_over_tcp() {
    let mut world = World::new();
    world.udp_blocked = true;
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now).with_tcp(77));
    world.phones.push(Phone::new(DESK_AT, Codec::Pcmu, 1_000.0, world.now));
    world.browsers[0].change_codec(Codec::Pcmu);
    connect(&mut world);
    world.run_ms(4_000);
    assert!(world.phones[0].ear.has_tone(440.0, 3_000) && world.browsers[0].ear.has_tone(1_000.0, 3_000));
    assert_eq!(world.browsers[0].via, Some(Protocol::Tcp));
    let report = world.close(WEB);
    assert_eq!(report.transport, Transport::Tcp);
}

#[test]
fn a_redialled_connection_takes_over_at_once() {
    let mut world = World::new();
    world.udp_blocked = true;
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now).with_tcp(1));
    world.phones.push(Phone::new(DESK_AT, Codec::Pcmu, 1_000.0, world.now));
    world.browsers[0].change_codec(Codec::Pcmu);
    connect(&mut world);
    world.run_ms(2_000);
    // The connection breaks; the browser dials again from another port, its ICE still at the old pair.
    let now = world.now;
    world.engine.connection_closed(1, now);
    assert_eq!(world.engine.legs(), 2, "the leg lives on");
    world.browsers[0].redial(2);
    world.browsers[0].ear.forget();
    world.run_ms(6_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 1_000), "heard again");
    assert!(world.phones[0].ear.has_tone(440.0, 1_000));
}

#[test]
fn we_can_call_a_browser() {
    let mut world = World::new();
    world.phones.push(Phone::new(DESK_AT, Codec::Pcmu, 1_000.0, world.now));
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now));
    let offer = world.phones[0].sdp(&[], "");
    world.receive_offer(DESK, phone_peer("192.0.2.6", Srtp::Accepted), offer);
    let offer = world.make_offer(WEB, browser_peer(), Some(DESK), Direction::SendRecv);
    assert!(offer.contains("UDP/TLS/RTP/SAVPF 0 "), "the caller's codec first: {offer}");
    let now = world.now;
    let answer = world.browsers[0].answer(&offer, now);
    // The answer takes its time; the browser's first packets are here before it.
    world.run_ms(200);
    assert_eq!(
        world.accept_answer(WEB, answer),
        Event::AnswerAccepted {
            leg: WEB,
            direction: Direction::SendRecv
        }
    );
    let answer = world.answer_offer(DESK, Some(WEB));
    world.phones[0].aim(&answer);
    world.bridge(WEB, DESK);
    world.browsers[0].change_codec(Codec::Pcmu);
    world.run_ms(3_000);
    assert!(world.phones[0].ear.has_tone(440.0, 2_000) && world.browsers[0].ear.has_tone(1_000.0, 2_000));
}

/// Two browsers in a call.
pub fn call_between_browsers() -> World {
    let mut world = World::new();
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now));
    world.browsers.push(Browser::new("203.0.113.5:40000", 1_000.0, world.now));
    let offer = world.browsers[0].offer();
    world.receive_offer(WEB, browser_peer(), offer);
    let offer = world.make_offer(WEB2, browser_peer(), Some(WEB), Direction::SendRecv);
    let now = world.now;
    let answer = world.browsers[1].answer(&offer, now);
    world.accept_answer(WEB2, answer);
    let answer = world.answer_offer(WEB, Some(WEB2));
    world.browsers[0].accept(&answer, now);
    world.bridge(WEB, WEB2);
    world
}

#[test]
fn two_browsers_hear_each_other() {
    let mut world = call_between_browsers();
    world.run_ms(3_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 2_500) && world.browsers[1].ear.has_tone(440.0, 2_500));
}

#[test]
fn two_engines_call_each_other_as_browsers() {
    let mut world = World::new();
    // Packets to the other stay under way until this test carries them.
    world.delay = std::time::Duration::from_millis(20);
    // The second engine is a browser to the first, and the other way round; its packets go by hand.
    let mut config = crate::world::config();
    Arc::make_mut(&mut config.addresses).interfaces = vec![ip("10.0.0.2")];
    let mut other = media::engine::Engine::new(config, [9; 32], world.now);
    let offer = world.make_offer(WEB, browser_peer(), None, Direction::SendRecv);
    let mut sent = crate::world::Sent::default();
    let peer = Peer::Browser {
        reached: Reached {
            local: ip("10.0.0.2"),
            ..reached()
        },
    };
    other.command(
        Command::ReceiveOffer {
            call: crate::world::CALL,
            leg: WEB2,
            peer,
            offer,
        },
        world.now,
        &mut sent,
    );
    other.command(Command::AnswerOffer { leg: WEB2, toward: None }, world.now, &mut sent);
    let answer = std::iter::from_fn(|| other.poll_event()).find_map(|event| match event {
        Event::OfferAnswered { answer, .. } => Some(answer),
        _ => None,
    });
    world.accept_answer(WEB, answer.expect("answered"));
    world.hear(WEB, Source::Music);
    let mut connected = false;
    for _ in 0..400 {
        world.run_ms(5);
        let (theirs, ours): (Vec<Packet>, Vec<Packet>) = std::mem::take(&mut world.net)
            .into_iter()
            .partition(|p| p.destination == addr("10.0.0.2:8802"));
        world.net = ours;
        for mut packet in theirs {
            let arrival = media::engine::Arrival {
                path: Path::Udp,
                source: packet.source,
                destination: packet.destination,
            };
            other.receive(arrival, &mut packet.data, world.now, &mut sent);
        }
        if other.poll_timeout().is_some_and(|due| due <= world.now) {
            other.handle_timeout(world.now, &mut sent);
        }
        for (_, source, destination, data) in sent.packets.drain(..) {
            world.net.push(Packet {
                at: world.now,
                connection: None,
                source,
                destination,
                data,
            });
        }
        connected |= std::iter::from_fn(|| other.poll_event()).any(|event| event == Event::Connected { leg: WEB2 });
    }
    assert!(connected && world.events().contains(&Event::Connected { leg: WEB }));
    other.command(Command::Close { leg: WEB2 }, world.now, &mut sent);
    let heard = std::iter::from_fn(|| other.poll_event()).find_map(|event| match event {
        Event::Closed { report, .. } => Some(report.received.packets),
        _ => None,
    });
    assert!(heard.unwrap() > 80, "{heard:?}");
}

#[test]
fn hold_by_the_browser_and_resume() {
    let mut world = call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.browsers[0].change_codec(Codec::Pcmu);
    world.run_ms(1_500);
    let offer = world.browsers[0].offer_direction(str0m::media::Direction::SendOnly);
    assert_eq!(
        world.receive_offer(WEB, browser_peer(), offer),
        Event::OfferReceived {
            leg: WEB,
            direction: Direction::SendOnly
        }
    );
    let answer = world.answer_offer(WEB, Some(DESK));
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    world.hear(DESK, Source::Music);
    world.run_ms(200);
    let (held, music) = (world.browsers[0].received.len(), world.phones[0].received.len());
    world.run_ms(1_000);
    assert_eq!(world.browsers[0].received.len(), held, "who holds is not sent to");
    assert_eq!(world.phones[0].received.len(), music + 50, "music instead");
    let offer = world.browsers[0].offer_direction(str0m::media::Direction::SendRecv);
    assert_eq!(
        world.receive_offer(WEB, browser_peer(), offer),
        Event::OfferReceived {
            leg: WEB,
            direction: Direction::SendRecv
        }
    );
    let answer = world.answer_offer(WEB, Some(DESK));
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    world.bridge(WEB, DESK);
    world.run_ms(1_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 900) && world.phones[0].ear.has_tone(440.0, 900));
    world.phones[0].assert_continuous();
}

#[test]
fn an_ice_restart_of_the_browser_keeps_the_call() {
    let mut world = call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.browsers[0].change_codec(Codec::Pcmu);
    world.run_ms(1_500);
    // It has moved to another network.
    world.browsers[0].move_to("203.0.113.77:33000");
    let offer = world.browsers[0].offer();
    world.receive_offer(WEB, browser_peer(), offer);
    let answer = world.answer_offer(WEB, Some(DESK));
    let ufrag = answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap();
    assert!(ufrag.starts_with("03"), "still tells the worker: {ufrag}");
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    for ear in [&mut world.browsers[0].ear, &mut world.phones[0].ear] {
        ear.forget();
    }
    world.run_ms(3_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 1_000) && world.phones[0].ear.has_tone(440.0, 1_000));
    assert!(!world.events().iter().any(|event| matches!(event, Event::LegFailed { .. })));
}

#[test]
fn a_reloaded_page_is_another_peer_on_the_same_leg() {
    let mut world = call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.run_ms(1_000);
    let now = world.now;
    world.browsers[0] = Browser::new("198.51.100.7:62000", 600.0, now);
    world.browsers[0].change_codec(Codec::Pcmu);
    let offer = world.browsers[0].offer();
    world.receive_offer(WEB, browser_peer(), offer);
    let answer = world.answer_offer(WEB, Some(DESK));
    world.browsers[0].accept(&answer, now);
    world.run_ms(3_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 2_000) && world.phones[0].ear.has_tone(600.0, 2_000));
}

#[test]
fn a_browser_that_vanishes_fails_its_leg_once() {
    let mut world = call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.run_ms(1_000);
    world.browsers.clear();
    world.run_ms(60_000);
    let failed = world.events().into_iter().filter(|event| {
        *event
            == Event::LegFailed {
                leg: WEB,
                reason: Failure::IceFailed,
            }
    });
    assert_eq!(failed.count(), 1);
    world.close(WEB);
}

#[test]
fn trickled_candidates_are_taken_and_names_ignored() {
    let mut world = World::new();
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now));
    let offer = world.browsers[0].offer();
    let (rest, candidates): (Vec<&str>, Vec<&str>) = offer
        .lines()
        .partition(|line| !line.starts_with("a=candidate") && *line != "a=end-of-candidates");
    world.receive_offer(WEB, browser_peer(), rest.join("\r\n") + "\r\n");
    // Those that come before the answer wait for it.
    let early = candidates[0].strip_prefix("a=").unwrap().to_owned();
    assert_eq!(
        world.command(Command::AddCandidate {
            leg: WEB,
            candidate: early
        }),
        []
    );
    let answer = world.answer_offer(WEB, None);
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    world.hear(WEB, Source::Echo);
    let names = "candidate:1 1 udp 2122260223 3f1e6b2c.local 50000 typ host".to_owned();
    assert_eq!(
        world.command(Command::AddCandidate {
            leg: WEB,
            candidate: names
        }),
        []
    );
    assert_eq!(
        world.command(Command::AddCandidate {
            leg: WEB,
            candidate: "rubbish".into()
        }),
        []
    );
    for candidate in candidates.iter().filter_map(|line| line.strip_prefix("a=")) {
        world.command(Command::AddCandidate {
            leg: WEB,
            candidate: candidate.to_owned(),
        });
    }
    world.run_ms(2_000);
    assert!(world.browsers[0].ear.has_tone(440.0, 1_000));
}

#[test]
fn a_mirror_echoes_listens_for_the_tone_of_a_check_and_tells_its_figures_often() {
    for (hz, is_tone) in [(1_000.0, true), (440.0, false)] {
        let mut world = World::new();
        world.browsers.push(Browser::new(WEB_AT, hz, world.now));
        let offer = world.browsers[0].offer();
        world.receive_offer(WEB, browser_peer(), offer);
        let answer = world.answer_offer(WEB, None);
        let now = world.now;
        world.browsers[0].accept(&answer, now);
        world.hear(WEB, Source::Mirror);
        world.run_ms(2_500);
        assert!(world.browsers[0].ear.has_tone(hz, 1_000), "{hz} Hz comes back");
        let events = world.events();
        let heard = events.iter().rev().find_map(|event| match event {
            Event::Listened { leg: WEB, heard } => Some(*heard),
            _ => None,
        });
        let heard = heard.expect("it was listened to");
        assert!(heard.sound_ms > 1_000 && (heard.tone_ms > 1_000) == is_tone, "{hz} Hz: {heard:?}");
        let measured = events.iter().filter_map(|event| match event {
            Event::Measured { leg: WEB, report } => Some(report.received.packets),
            _ => None,
        });
        let measured: Vec<u64> = measured.collect();
        assert!(
            measured.len() >= 5 && measured.last().is_some_and(|packets| *packets >= 50),
            "{measured:?}"
        );
    }
}

#[test]
fn any_thread_can_tell_whose_packet_it_sees() {
    let mut world = World::new();
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now));
    let offer = world.browsers[0].offer();
    world.receive_offer(WEB, browser_peer(), offer);
    let answer = world.answer_offer(WEB, None);
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    let mut seen = Vec::new();
    for _ in 0..100 {
        world.run_ms(2);
        seen.extend(
            world
                .net
                .iter()
                .filter(|packet| packet.destination == addr("10.0.0.1:8802"))
                .filter_map(|packet| worker_of(&packet.data)),
        );
    }
    assert!(!seen.is_empty() && seen.iter().all(|worker| *worker == 3), "{seen:?}");
    world.inject(Path::Udp, addr("203.0.113.99:1"), vec![0x80; 40]);
    assert_eq!(world.engine.counters().unknown_source, 1);
}

#[test]
fn loopback_is_offered_only_to_who_came_by_loopback() {
    let mut config = crate::world::config();
    Arc::make_mut(&mut config.addresses).interfaces.push(ip("127.0.0.1"));
    let mut world = World::with(config);
    let far = world.make_offer(WEB, browser_peer(), None, Direction::SendRecv);
    assert!(!far.contains("127.0.0.1"), "{far}");
    let near = Peer::Browser {
        reached: Reached {
            local: ip("127.0.0.1"),
            peer: ip("127.0.0.1"),
            page: None,
        },
    };
    let near = world.make_offer(WEB2, near, None, Direction::SendRecv);
    let candidates: Vec<&str> = near.lines().filter(|line| line.starts_with("a=candidate")).collect();
    assert_eq!(candidates.len(), 3, "{candidates:?}");
    assert!(
        candidates
            .iter()
            .any(|line| line.contains("127.0.0.1 8802 typ host tcptype passive")),
        "{candidates:?}"
    );
}
