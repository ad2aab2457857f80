//! Desk phones: calls, hold, latching, ports.

use media::audio::codec::Codec;
use media::engine::Path;
use model::LegId;
use model::control::{Command, Direction, Event, Refusal, Source, Srtp};

use crate::phone::Phone;
use crate::world::{World, addr, phone_peer};

pub const A: LegId = LegId(1);
pub const B: LegId = LegId(2);
pub const A_AT: &str = "192.0.2.5:4000";
pub const B_AT: &str = "192.0.2.6:5000";

/// A call between two phones: A offers, B answers.
pub fn call(codec_a: Codec, more_a: &[Codec], codec_b: Codec, more_b: &[Codec]) -> World {
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, codec_a, 440.0, world.now));
    world.phones.push(Phone::new(B_AT, codec_b, 1_000.0, world.now));
    let offer = world.phones[0].sdp(more_a, "");
    assert_eq!(
        world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer),
        Event::OfferReceived {
            leg: A,
            direction: Direction::SendRecv
        }
    );
    let offer = world.make_offer(B, phone_peer("192.0.2.6", Srtp::Accepted), Some(A), Direction::SendRecv);
    world.phones[1].aim(&offer);
    let answer = world.phones[1].sdp(more_b, "");
    assert_eq!(
        world.accept_answer(B, answer),
        Event::AnswerAccepted {
            leg: B,
            direction: Direction::SendRecv
        }
    );
    let answer = world.answer_offer(A, Some(B));
    world.phones[0].aim(&answer);
    world.bridge(A, B);
    world
}

#[test]
fn two_phones_with_one_codec_hear_each_other() {
    for codec in Codec::ALL {
        let mut world = call(codec, &[], codec, &[]);
        world.run_ms(3_000);
        assert!(world.phones[0].ear.has_tone(1_000.0, 2_500), "{codec:?}");
        assert!(world.phones[1].ear.has_tone(440.0, 2_500), "{codec:?}");
        world.phones[0].assert_continuous();
        let events = world.events();
        assert!(events.contains(&Event::Connected { leg: A }) && events.contains(&Event::Connected { leg: B }));
        let report = world.close(A);
        assert_eq!((report.codec, report.dropped, report.received.lost), (Some(codec.name()), 0, 0));
        assert!(report.received.packets >= 145 && report.sent.packets >= 140, "{report:?}");
        assert!(report.received.mos.is_some_and(|mos| mos > 3.5), "{report:?}");
        world.close(B);
        assert_eq!((world.engine.legs(), world.engine.ports_free()), (0, 8));
    }
}

#[test]
fn a_common_codec_is_chosen_though_each_prefers_another() {
    let mut world = call(Codec::Pcmu, &[Codec::Pcma], Codec::Pcma, &[]);
    // A goes on in what it likes best until it sees our answer; then both use A-law.
    world.phones[0].change_codec(Codec::Pcma);
    world.run_ms(1_000);
    assert!(world.phones[0].ear.has_tone(1_000.0, 800) && world.phones[1].ear.has_tone(440.0, 800));
    assert!(world.phones[0].received.iter().all(|received| received.packet.payload_type == 8));
}

#[test]
fn payload_types_are_rewritten_between_phones() {
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::Opus, 440.0, world.now));
    world.phones.push(Phone::new(B_AT, Codec::Opus, 1_000.0, world.now));
    world.phones[0].payload_type = 96;
    world.phones[0].map = vec![(96, Codec::Opus)];
    let offer = world.phones[0].sdp(&[], "");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    let offer = world.make_offer(B, phone_peer("192.0.2.6", Srtp::Never), Some(A), Direction::SendRecv);
    world.phones[1].aim(&offer);
    let answer = world.phones[1].sdp(&[], "");
    world.accept_answer(B, answer);
    let answer = world.answer_offer(A, Some(B));
    assert!(answer.contains("a=rtpmap:96 opus/48000/2"), "{answer}");
    world.phones[0].aim(&answer);
    world.bridge(A, B);
    world.run_ms(1_000);
    assert!(world.phones[0].ear.has_tone(1_000.0, 800) && world.phones[1].ear.has_tone(440.0, 800));
}

#[test]
fn hold_brings_music_and_resume_brings_the_tone_back() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(1_000);
    // A holds: its re-INVITE says sendonly; the switchboard lets B hear music.
    let offer = world.phones[0].sdp(&[], "a=sendonly\r\n");
    assert_eq!(
        world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer),
        Event::OfferReceived {
            leg: A,
            direction: Direction::SendOnly
        }
    );
    let answer = world.answer_offer(A, Some(B));
    assert!(answer.contains("a=recvonly"), "{answer}");
    world.hear(B, Source::Music);
    world.hear(A, Source::Nothing);
    world.phones[0].talking = false;
    for phone in &mut world.phones {
        phone.ear.forget();
    }
    world.run_ms(3_000);
    assert!(
        world.phones[1].ear.heard_ms() >= 2_900,
        "music does not stutter: {} ms",
        world.phones[1].ear.heard_ms()
    );
    assert!(world.phones[1].ear.level(440.0) < -25.0, "no tone of A");
    assert_eq!(world.phones[0].ear.heard_ms(), 0, "nothing is sent to who holds");
    // A resumes.
    let offer = world.phones[0].sdp(&[], "a=sendrecv\r\n");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    world.answer_offer(A, Some(B));
    world.bridge(A, B);
    world.phones[0].talking = true;
    world.run_ms(1_000);
    assert!(world.phones[1].ear.has_tone(440.0, 900) && world.phones[0].ear.has_tone(1_000.0, 900));
    world.phones[1].assert_continuous();
    world.phones[0].assert_continuous();
}

#[test]
fn old_style_hold_stops_what_we_send_and_keeps_the_address() {
    let mut world = call(Codec::Pcma, &[], Codec::Pcma, &[]);
    world.run_ms(500);
    let offer = world.phones[0].sdp(&[], "").replace("c=IN IP4 192.0.2.5", "c=IN IP4 0.0.0.0");
    assert_eq!(
        world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer),
        Event::OfferReceived {
            leg: A,
            direction: Direction::SendOnly
        }
    );
    world.answer_offer(A, Some(B));
    world.run_ms(100);
    let held = world.phones[0].received.len();
    world.run_ms(500);
    assert_eq!(world.phones[0].received.len(), held);
}

#[test]
fn echo_comes_back() {
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::G722, 440.0, world.now));
    let offer = world.phones[0].sdp(&[], "");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    let answer = world.answer_offer(A, None);
    world.phones[0].aim(&answer);
    world.hear(A, Source::Echo);
    world.run_ms(1_000);
    assert!(world.phones[0].ear.has_tone(440.0, 900));
    world.hear(A, Source::RingBack);
    world.phones[0].ear.forget();
    world.run_ms(800);
    assert!(
        world.phones[0].ear.level(425.0).max(world.phones[0].ear.level(440.0)) > -40.0,
        "a tone in its first second"
    );
    world.close(A);
}

#[test]
fn a_stranger_cannot_take_over_a_stream() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(500);
    let port = world.phones[0].remote.unwrap().port();
    let noise = world.phones[0].packet(0, false, 1, &[0x55; 160]);
    // From another host: never. From another port of the phone's host: not any more, it has latched.
    for source in ["203.0.113.9:4000", "192.0.2.5:4444"] {
        for _ in 0..50 {
            world.inject(Path::Rtp { port }, addr(source), noise.clone());
        }
    }
    world.run_ms(500);
    assert_eq!(world.engine.counters().stranger, 100);
    assert!(world.phones[1].ear.has_tone(440.0, 900));
    assert!(world.phones[0].ear.has_tone(1_000.0, 900), "and the phone is still sent to");
    assert_eq!(world.close(A).dropped, 100);
}

#[test]
fn a_phone_behind_nat_is_found_by_its_first_packet_and_only_at_its_signalling_address() {
    let mut world = World::new();
    world.phones.push(Phone::new("198.51.100.7:61000", Codec::Pcmu, 440.0, world.now));
    // Its SDP tells an address that only its own network knows.
    let offer = world.phones[0]
        .sdp(&[], "")
        .replace("198.51.100.7", "192.168.1.20")
        .replace("61000", "4000");
    world.receive_offer(A, phone_peer("198.51.100.7", Srtp::Never), offer);
    let answer = world.answer_offer(A, None);
    world.phones[0].aim(&answer);
    world.hear(A, Source::Echo);
    world.run_ms(500);
    assert!(world.phones[0].ear.has_tone(440.0, 400));
    // It renegotiates and keeps silent: it is sent to all the same.
    let offer = world.phones[0]
        .sdp(&[], "a=recvonly\r\n")
        .replace("198.51.100.7", "192.168.1.20")
        .replace("61000", "4000");
    world.receive_offer(A, phone_peer("198.51.100.7", Srtp::Never), offer);
    world.answer_offer(A, None);
    world.phones[0].talking = false;
    world.hear(A, Source::Music);
    world.phones[0].ear.forget();
    world.run_ms(500);
    assert!(world.phones[0].ear.heard_ms() > 450);
}

#[test]
fn a_phone_on_our_own_machine_may_name_another_address_than_it_sends_from() {
    let mut world = World::new();
    world.phones.push(Phone::new("127.0.0.1:61000", Codec::Pcmu, 440.0, world.now));
    let offer = world.phones[0].sdp(&[], "").replace("127.0.0.1", "192.168.1.20");
    world.receive_offer(A, phone_peer("192.168.1.20", Srtp::Never), offer);
    let answer = world.answer_offer(A, None);
    world.phones[0].aim(&answer);
    world.hear(A, Source::Echo);
    world.run_ms(500);
    assert!(world.phones[0].ear.has_tone(440.0, 400));
}

#[test]
fn a_new_offer_lets_a_phone_move() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(300);
    world.phones[0].address = addr("192.0.2.5:4900");
    let offer = world.phones[0].sdp(&[], "");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    world.answer_offer(A, Some(B));
    world.run_ms(500);
    assert!(world.phones[1].ear.has_tone(440.0, 450) && world.phones[0].ear.has_tone(1_000.0, 450));
}

#[test]
fn a_phone_whose_description_changes_but_not_its_nat_is_heard_again_after_a_second() {
    let mut world = World::new();
    world.phones.push(Phone::new("198.51.100.7:61000", Codec::Pcmu, 440.0, world.now));
    let behind_nat = |world: &World, port: &str| {
        let text = world.phones[0].sdp(&[], "");
        text.replace("198.51.100.7", "192.168.1.20").replace("61000", port)
    };
    let offer = behind_nat(&world, "4000");
    world.receive_offer(A, phone_peer("198.51.100.7", Srtp::Never), offer);
    let answer = world.answer_offer(A, None);
    world.phones[0].aim(&answer);
    world.hear(A, Source::Echo);
    world.run_ms(500);
    let offer = behind_nat(&world, "4002");
    world.receive_offer(A, phone_peer("198.51.100.7", Srtp::Never), offer);
    world.answer_offer(A, None);
    world.run_ms(900);
    world.phones[0].ear.forget();
    world.run_ms(1_000);
    assert!(world.phones[0].ear.has_tone(440.0, 800));
}

#[test]
fn a_phone_that_hears_nothing_is_sent_something_every_fifteen_seconds() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(1_000);
    world.hear(A, Source::Nothing);
    let mut last = world.now;
    for _ in 0..120 {
        let before = world.phones[0].keep_alives;
        world.run_ms(500);
        if world.phones[0].keep_alives > before {
            last = world.now;
        }
        assert!(world.now - last <= std::time::Duration::from_millis(15_500));
    }
    assert!((3..=10).contains(&world.phones[0].keep_alives), "{}", world.phones[0].keep_alives);
    assert_eq!(world.phones[1].keep_alives, 0, "who hears somebody needs none");
    world.bridge(A, B);
    world.run_ms(500);
    assert!(world.phones[0].ear.has_tone(1_000.0, 400));
    world.phones[0].assert_continuous();
}

#[test]
fn rejected_offers_change_nothing() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(300);
    let hold = world.phones[0].sdp(&[], "a=inactive\r\n");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), hold);
    assert_eq!(world.command(Command::RejectOffer { leg: A }), []);
    let video = "v=0\r\nm=video 9 RTP/AVP 31\r\n".to_owned();
    let refused = Event::OfferRefused {
        leg: A,
        reason: Refusal::NotAcceptable,
    };
    assert_eq!(world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), video), refused);
    world.run_ms(500);
    assert!(world.phones[0].ear.has_tone(1_000.0, 700) && world.phones[1].ear.has_tone(440.0, 700));
}

#[test]
fn reports_flow_and_tell_loss_and_round_trip() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.phones[0].lose_every = 10;
    world.run_ms(12_000);
    assert!(!world.phones[0].rtcp.is_empty(), "reports every five seconds or so");
    let sender_report = world.phones[1]
        .rtcp
        .iter()
        .rfind(|packet| packet[1] == 200)
        .expect("we send, so it is a sender report")
        .clone();
    // B answers with what it saw of our stream: a quarter lost, 40 ms between our report and its own.
    let ssrc: [u8; 4] = sender_report[4..8].try_into().unwrap();
    let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 9];
    report.extend(ssrc);
    report.extend([64, 0, 0, 30, 0, 0, 1, 0, 0, 0, 0, 80]);
    report.extend(&sender_report[10..14]);
    report.extend((65_536u32 * 40 / 1_000).to_be_bytes());
    let (port, source) = (world.phones[1].remote.unwrap().port() + 1, addr("192.0.2.6:5001"));
    world.inject(Path::Rtp { port }, source, report);
    let (a, b) = (world.close(A), world.close(B));
    assert!((55..=65).contains(&a.received.lost), "{a:?}");
    assert!(a.received.mos.unwrap() < 3.5, "{a:?}");
    assert_eq!(b.sent.lost, 30);
    assert!((b.sent.jitter_ms - 10.0).abs() < 0.1 && b.round_trip_ms.is_some(), "{b:?}");
    world.run_ms(50);
    assert!(
        world.phones[1].rtcp.last().unwrap().windows(2).any(|bytes| bytes == [0x81, 203]),
        "BYE at the end"
    );
}

#[test]
fn silence_is_measured() {
    let mut world = call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.phones[0].talking = false;
    world.phones[1].voice = crate::phone::Voice::new(0.0);
    world.run_ms(3_000);
    let report = world.close(B);
    assert!(report.received.silent_percent.unwrap() > 99.0, "{report:?}");
}

#[test]
fn shared_rtcp_port_is_used_when_offered() {
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::Pcmu, 440.0, world.now));
    let offer = world.phones[0].sdp(&[], "a=rtcp-mux\r\n");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    let answer = world.answer_offer(A, None);
    assert!(answer.contains("a=rtcp-mux"), "{answer}");
    world.phones[0].aim(&answer);
    world.hear(A, Source::Echo);
    world.run_ms(8_000);
    assert!(!world.phones[0].rtcp.is_empty());
    world.phones[0].assert_continuous();
}

#[test]
fn longer_packets_are_made_for_who_asks_for_them() {
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::Pcma, 440.0, world.now));
    let offer = world.phones[0].sdp(&[], "a=ptime:60\r\n");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    let answer = world.answer_offer(A, None);
    world.phones[0].aim(&answer);
    world.hear(A, Source::Music);
    world.run_ms(1_200);
    assert!(world.phones[0].received.iter().all(|received| received.payload.len() == 480));
    assert!(world.phones[0].ear.heard_ms() >= 1_100);
    let times: Vec<u32> = world.phones[0].received.iter().map(|received| received.packet.timestamp).collect();
    assert!(times.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == 480));
}

#[test]
fn our_own_tone_is_known_when_it_comes_back_and_another_one_is_not_ours() {
    for (hz, is_ours) in [(1_250.0, true), (440.0, false)] {
        let mut world = World::new();
        world.phones.push(Phone::new("198.51.100.7:4000", Codec::Pcmu, hz, world.now));
        let offer = world.phones[0].sdp(&[], "");
        world.receive_offer(A, phone_peer("198.51.100.7", Srtp::Never), offer);
        let answer = world.answer_offer(A, None);
        world.phones[0].aim(&answer);
        world.hear(A, Source::Probe);
        world.run_ms(800);
        assert!(world.phones[0].ear.has_tone(1_250.0, 600), "it is sent our tone");
        world.run_ms(1_200);
        let mut heard = world.events().into_iter().filter_map(|event| match event {
            Event::Listened { leg: A, heard } => Some(heard),
            _ => None,
        });
        let heard = heard.next_back().expect("it was listened to");
        assert!(heard.sound_ms > 1_500 && (heard.tone_ms > 1_500) == is_ours, "{hz} Hz: {heard:?}");
        world.hear(A, Source::Nothing);
        world.run_ms(500);
        let listens = |event: &Event| matches!(event, Event::Listened { .. });
        assert!(!world.events().iter().any(listens), "nobody listens any more");
    }
}
