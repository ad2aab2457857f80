//! What is full, unknown, malformed or out of turn.

use media::audio::codec::Codec;
use media::engine::Path;
use model::LegId;
use model::control::{Command, Direction, Event, Failure, Refusal, Source, Srtp};

use crate::phone::Phone;
use crate::phones::{self, A, A_AT, B};
use crate::world::{CALL, World, addr, browser_peer, config, phone_peer};

fn offer(world: &World) -> String {
    Phone::new(A_AT, Codec::Pcmu, 440.0, world.now).sdp(&[], "")
}

#[test]
fn ports_and_legs_run_out_and_come_back() {
    let mut config = config();
    config.rtp_ports.truncate(2);
    config.legs_max = 3;
    let mut world = World::with(config);
    let text = offer(&world);
    for leg in [1, 2] {
        world.receive_offer(LegId(leg), phone_peer("192.0.2.5", Srtp::Never), text.clone());
    }
    let full = |leg| Event::OfferRefused {
        leg: LegId(leg),
        reason: Refusal::Full,
    };
    assert_eq!(
        world.receive_offer(LegId(3), phone_peer("192.0.2.5", Srtp::Never), text.clone()),
        full(3)
    );
    assert_eq!(world.command(make_offer(4)), [full(4)]);
    world.make_offer(LegId(5), browser_peer(), None, Direction::SendRecv);
    assert_eq!(world.receive_offer(LegId(6), browser_peer(), text.clone()), full(6));
    assert_eq!((world.engine.legs(), world.engine.ports_free()), (3, 0));
    world.close(LegId(1));
    world.receive_offer(LegId(7), phone_peer("192.0.2.5", Srtp::Never), text);
    for leg in [2, 5, 7] {
        world.close(LegId(leg));
    }
    assert_eq!((world.engine.legs(), world.engine.ports_free()), (0, 2));
    assert_eq!(world.engine.poll_timeout(), None, "nothing is left to do");
}

fn make_offer(leg: u64) -> Command {
    Command::MakeOffer {
        call: CALL,
        leg: LegId(leg),
        peer: phone_peer("192.0.2.5", Srtp::Never),
        toward: None,
        direction: Direction::SendRecv,
    }
}

#[test]
fn every_promise_to_an_unknown_leg_is_kept() {
    let mut world = World::new();
    let gone = |leg| {
        [Event::LegFailed {
            leg,
            reason: Failure::Unknown,
        }]
    };
    assert_eq!(world.command(Command::AnswerOffer { leg: A, toward: None }), gone(A));
    assert_eq!(
        world.command(Command::AcceptAnswer {
            leg: A,
            answer: String::new()
        }),
        gone(A)
    );
    assert_eq!(world.command(Command::Close { leg: A }), gone(A));
    assert_eq!(
        world.command(Command::Hear {
            leg: A,
            source: Source::Music
        }),
        []
    );
    assert_eq!(world.command(Command::RejectOffer { leg: A }), []);
}

#[test]
fn answers_out_of_turn_are_refused() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    let text = offer(&world);
    let refused = Event::OfferRefused {
        leg: A,
        reason: Refusal::OutOfTurn,
    };
    assert_eq!(world.command(Command::AnswerOffer { leg: A, toward: None }), [refused]);
    assert_eq!(
        world.accept_answer(A, text.clone()),
        Event::AnswerRefused {
            leg: A,
            reason: Refusal::OutOfTurn
        }
    );
    // A second answer to one offer comes of a fork, or of 183 and 200: it replaces the first.
    let again = world.phones[1].sdp(&[], "");
    assert_eq!(
        world.accept_answer(B, again),
        Event::AnswerAccepted {
            leg: B,
            direction: Direction::SendRecv
        }
    );
}

#[test]
fn rubbish_is_refused_and_nothing_stays_behind() {
    let mut world = World::new();
    for text in ["", "v=0", "hello", "v=0\r\nm=audio nine RTP/AVP 0\r\n"] {
        let refused = Event::OfferRefused {
            leg: A,
            reason: Refusal::Malformed,
        };
        assert_eq!(
            world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), text.into()),
            refused,
            "{text}"
        );
    }
    for text in [
        "v=0\r\nm=audio 9 RTP/AVP 18\r\n",
        "v=0\r\nm=audio 0 RTP/AVP 0\r\n",
        "v=0\r\nm=video 9 RTP/AVP 0\r\n",
    ] {
        let refused = Event::OfferRefused {
            leg: A,
            reason: Refusal::NotAcceptable,
        };
        assert_eq!(
            world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), text.into()),
            refused,
            "{text}"
        );
        assert_eq!(world.receive_offer(A, browser_peer(), text.into()), refused, "{text}");
    }
    world.make_offer(B, phone_peer("192.0.2.6", Srtp::Never), None, Direction::SendRecv);
    assert_eq!(
        world.accept_answer(B, "v=0\r\nm=audio 0 RTP/AVP 0\r\n".into()),
        Event::AnswerRefused {
            leg: B,
            reason: Refusal::NotAcceptable
        }
    );
    world.close(B);
    assert_eq!((world.engine.legs(), world.engine.ports_free()), (0, 8));
}

#[test]
fn malformed_packets_are_counted_and_harm_nobody() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(500);
    let (source, port) = (world.phones[0].address, world.phones[0].remote.unwrap().port());
    for data in [vec![], vec![0x80], vec![0x80; 11], vec![0x9f; 12], vec![0xff; 100], vec![0; 1_500]] {
        world.inject(Path::Rtp { port }, source, data.clone());
        world.inject(Path::Rtp { port: port + 1 }, addr("192.0.2.5:4001"), data.clone());
        world.inject(Path::Rtp { port: 39_998 }, source, data.clone());
        world.inject(Path::Udp, source, data.clone());
        world.inject(Path::Tcp { connection: 1 }, source, data);
    }
    let counters = world.engine.counters();
    assert_eq!((counters.malformed, counters.unused_port, counters.unknown_source), (12, 6, 12));
    // A payload type that nobody negotiated: comfort noise, say.
    let packet = world.phones[0].packet(13, false, 1, &[60]);
    let packet = world.phones[0].envelope(world.now + world.delay, packet);
    world.net.push(packet);
    world.run_ms(500);
    assert_eq!(world.engine.counters().unknown_payload_type, 1);
    assert!(world.phones[1].ear.has_tone(440.0, 800));
    world.phones[1].assert_continuous();
}

#[test]
fn packets_after_the_end_meet_nobody() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(500);
    world.close(B);
    world.close(A);
    world.run_ms(500);
    assert!(world.engine.counters().unused_port > 0);
    assert_eq!(
        world
            .events()
            .iter()
            .filter(|event| matches!(event, Event::LegFailed { .. }))
            .count(),
        0
    );
}

#[test]
fn a_leg_may_hear_one_that_is_not_there_yet() {
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::Pcmu, 440.0, world.now));
    world.phones.push(Phone::new(phones::B_AT, Codec::Pcmu, 1_000.0, world.now));
    let text = world.phones[0].sdp(&[], "");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), text);
    let answer = world.answer_offer(A, None);
    world.phones[0].aim(&answer);
    world.hear(A, Source::Leg(B));
    world.run_ms(100);
    let text = world.phones[1].sdp(&[], "");
    world.receive_offer(B, phone_peer("192.0.2.6", Srtp::Never), text);
    let answer = world.answer_offer(B, None);
    world.phones[1].aim(&answer);
    world.run_ms(500);
    assert!(world.phones[0].ear.has_tone(1_000.0, 400));
}
