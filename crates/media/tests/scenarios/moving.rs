//! Legs that move from one engine to another: whoever is at their far end must not notice.

use std::time::Duration;

use media::audio::codec::Codec;
use media::engine::{Engine, Path};
use model::control::{Command, Direction, Event, Failure, Source, Srtp};
use model::{CallId, LegId};

use crate::browser::Browser;
use crate::browsers::{self, DESK, WEB, WEB_AT};
use crate::phone::Phone;
use crate::phones::{self, A, A_AT, B};
use crate::secure;
use crate::world::{World, browser_peer, config, phone_peer};

/// The other thread's first call.
const OTHER: CallId = CallId(2);
const THERE: u8 = 4;

/// So long before a world the other engine has begun: its grid of frames is its own.
const BEGUN: Duration = Duration::from_micros(12_345);

/// An engine of another thread. It has no RTP ports.
fn elsewhere(world: &World) -> Engine {
    let mut config = config();
    config.worker = THERE;
    config.rtp_ports.clear();
    Engine::new(config, [9; 32], world.now.checked_sub(BEGUN).unwrap())
}

/// Moves these legs at once.
fn move_all(world: &mut World, legs: &[LegId], call: CallId) {
    for leg in legs {
        world.move_leg(*leg, call);
        world.turn_to_the_other_engine();
    }
    world.turn_to_the_other_engine();
}

/// NTP time in milliseconds of each sender report.
fn report_times_ms(phone: &Phone) -> Vec<u64> {
    let sent = phone.rtcp.iter().filter(|packet| packet[1] == 200);
    sent.map(|packet| {
        let ntp = u64::from_be_bytes(packet[8..16].try_into().unwrap());
        u64::try_from((u128::from(ntp) * 1_000) >> 32).unwrap()
    })
    .collect()
}

#[test]
fn two_phones_that_move_together_notice_nothing() {
    for (a, b) in [(Codec::Pcmu, Codec::Pcmu), (Codec::Opus, Codec::Pcmu), (Codec::G722, Codec::Opus)] {
        let mut world = phones::call(a, &[], b, &[]);
        world.elsewhere = Some(elsewhere(&world));
        for legs in [[A, B], [B, A], [A, B]] {
            world.run_ms(4_010);
            move_all(&mut world, &legs, OTHER);
        }
        world.run_ms(4_010);
        for (phone, hz) in world.phones.iter().zip([1_000.0, 440.0]) {
            phone.assert_continuous();
            assert!((795..=803).contains(&phone.received.len()), "{a:?} {b:?}: {}", phone.received.len());
            assert!(phone.ear.has_tone(hz, 15_500), "{a:?} {b:?}: without a gap");
            let times = report_times_ms(phone);
            assert!(
                times.len() >= 2 && times.windows(2).all(|pair| (2_000..=8_000).contains(&(pair[1] - pair[0]))),
                "{times:?}"
            );
        }
        let (a, b) = (world.close(A), world.close(B));
        for report in [a, b] {
            assert_eq!((report.received.lost, report.dropped), (0, 0));
            assert!(report.received.packets > 790 && report.sent.packets > 790, "all of it: {report:?}");
        }
    }
}

#[test]
fn who_hears_a_leg_that_has_not_come_yet_hears_it_when_it_comes() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.elsewhere = Some(elsewhere(&world));
    world.run_ms(1_000);
    world.move_leg(A, OTHER);
    world.run_ms(500);
    let (at_a, at_b) = (world.phones[0].received.len(), world.phones[1].received.len());
    world.run_ms(500);
    assert_eq!(
        (world.phones[0].received.len(), world.phones[1].received.len()),
        (at_a, at_b),
        "they are apart"
    );
    world.turn_to_the_other_engine();
    world.move_leg(B, OTHER);
    world.phones.iter_mut().for_each(|phone| phone.ear.forget());
    world.run_ms(1_000);
    assert!(world.phones[0].ear.has_tone(1_000.0, 950) && world.phones[1].ear.has_tone(440.0, 950));
    let sequence = |phone: &Phone| phone.received.iter().map(|received| received.packet.sequence).collect::<Vec<_>>();
    for phone in &world.phones {
        // A second is missing, and looks like one.
        assert!(
            sequence(phone)
                .windows(2)
                .all(|pair| matches!(pair[1].wrapping_sub(pair[0]), 1 | 49..=52))
        );
    }
}

#[test]
fn a_leg_of_another_call_takes_the_place_of_the_one_that_goes() {
    const Y: LegId = LegId(3);
    const Y_AT: &str = "192.0.2.7:6000";
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    let mut other = config();
    other.worker = THERE;
    other.rtp_ports = vec![30_100];
    world.elsewhere = Some(Engine::new(other, [9; 32], world.now));
    world.phones.push(Phone::new(Y_AT, Codec::G722, 600.0, world.now));
    world.turn_to_the_other_engine();
    let offer = world.phones[2].sdp(&[], "");
    world.receive_offer(Y, phone_peer("192.0.2.7", Srtp::Never), offer);
    let answer = world.answer_offer(Y, None);
    world.phones[2].aim(&answer);
    world.hear(Y, Source::Music);
    world.run_ms(2_000);

    // The switchboard does not wait for the leg to arrive.
    world.turn_to_the_other_engine();
    world.hear(B, Source::Leg(Y));
    world.close(A);
    world.turn_to_the_other_engine();
    world.move_leg(Y, crate::world::CALL);
    world.hear(Y, Source::Leg(B));
    world.phones.iter_mut().for_each(|phone| phone.ear.forget());
    world.run_ms(2_000);
    assert!(world.phones[1].ear.has_tone(600.0, 1_900) && world.phones[2].ear.has_tone(1_000.0, 1_900));
    world.phones[1].assert_continuous();
    world.phones[2].assert_continuous();

    world.close(Y);
    assert_eq!(
        (world.engine.poll_port(), world.engine.poll_port()),
        (Some(30_100), None),
        "it goes home"
    );
    world.turn_to_the_other_engine();
    assert_eq!((world.engine.legs(), world.engine.ports_free()), (0, 0));
    world.engine.add_port(30_100);
    assert_eq!(world.engine.ports_free(), 1);
}

#[test]
fn music_does_not_miss_a_beat() {
    let mut world = phones::call(Codec::Pcma, &[], Codec::Pcma, &[]);
    world.elsewhere = Some(elsewhere(&world));
    world.hear(B, Source::Music);
    let begun = [world.now, world.now.checked_sub(BEGUN).unwrap()];
    for turn in 1..=5 {
        world.run_ms(1_007);
        world.move_leg(B, OTHER);
        let due = world.engine.poll_timeout().unwrap();
        let on_the_grid = (due - begun[turn % 2]).as_nanos().is_multiple_of(2_000_000);
        assert!(on_the_grid, "its frames are due when others are there");
    }
    world.run_ms(1_007);
    world.phones[1].assert_continuous();
    let times = world.phones[1]
        .received
        .iter()
        .map(|received| received.packet.timestamp)
        .collect::<Vec<_>>();
    assert!(times.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == 160));
    assert!((299..=303).contains(&times.len()), "{}", times.len());
}

#[test]
fn srtp_goes_on_before_and_after_the_numbers_wrap_around() {
    for suite in 0..2 {
        let (mut world, ..) = secure::secured_echo(suite);
        world.elsewhere = Some(elsewhere(&world));
        // The phone's numbers wrap around after 700 ms.
        for _ in 0..8 {
            world.run_ms(250);
            world.move_leg(A, OTHER);
        }
        world.run_ms(8_000);
        assert!(world.phones[0].ear.has_tone(440.0, 9_800));
        assert!(!world.phones[0].rtcp.is_empty());
        world.phones[0].assert_continuous();
        assert_eq!(world.close(A).dropped, 0);
    }
}

#[test]
fn a_key_that_is_down_while_its_leg_moves_is_told_once() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.elsewhere = Some(elsewhere(&world));
    world.run_ms(500);
    let (source, port, timestamp) = (
        world.phones[0].address,
        world.phones[0].remote.unwrap().port(),
        world.phones[0].timestamp,
    );
    world.phones[0].talking = false;
    for step in 1..=10_u16 {
        let end = if step > 8 { 0x80 } else { 0 };
        let [high, low] = (step.min(8) * 160).to_be_bytes();
        let packet = world.phones[0].packet(101, step == 1, timestamp, &[5, end | 10, high, low]);
        world.inject(Path::Rtp { port }, source, packet);
        world.run_ms(20);
        if step == 4 {
            move_all(&mut world, &[A, B], OTHER);
        }
    }
    let keys = world
        .events()
        .into_iter()
        .filter(|event| matches!(event, Event::DigitReceived { leg: A, .. }));
    assert_eq!(keys.count(), 1);
}

#[test]
fn a_browser_notices_nothing_and_learns_the_new_thread_when_it_restarts_ice() {
    for tcp in [false, true] {
        let mut world = World::new();
        world.udp_blocked = tcp;
        let browser = Browser::new(WEB_AT, 440.0, world.now);
        world.browsers.push(if tcp { browser.with_tcp(77) } else { browser });
        world.phones.push(Phone::new(browsers::DESK_AT, Codec::Pcmu, 1_000.0, world.now));
        world.browsers[0].change_codec(Codec::Pcmu);
        browsers::connect(&mut world);
        world.elsewhere = Some(elsewhere(&world));
        world.run_ms(3_000);
        let lost = |world: &World| {
            world.browsers[0]
                .received
                .windows(2)
                .filter(|pair| *pair[1].seq_no != *pair[0].seq_no + 1)
                .count()
        };
        let (before, at_phone) = (world.browsers[0].received.len(), world.phones[0].received.len());
        for legs in [[WEB, DESK], [DESK, WEB], [WEB, DESK]] {
            move_all(&mut world, &legs, OTHER);
            assert_eq!(world.engine.knows_connection(77), tcp);
            // Longer than consent lasts (RFC 7675), so that its checks are answered by whoever has the leg.
            world.run_ms(31_000);
        }
        let frames = 3 * 31_000 / 20;
        for received in [world.browsers[0].received.len() - before, world.phones[0].received.len() - at_phone] {
            assert!((frames - 1..=frames + 1).contains(&received), "{received}");
        }
        assert_eq!(lost(&world), 0, "TCP: {tcp}");
        world.phones[0].assert_continuous();

        let offer = world.browsers[0].offer();
        world.receive_offer(WEB, browser_peer(), offer);
        let old = world.engine.ufrag(WEB).unwrap().to_owned();
        let answer = world.answer_offer(WEB, Some(DESK));
        let new = world.engine.ufrag(WEB).unwrap().to_owned();
        assert!(old.starts_with("03") && new.starts_with("04"), "{old} {new}");
        assert!(answer.contains(&format!("a=ice-ufrag:{new}")));
        let now = world.now;
        world.browsers[0].accept(&answer, now);
        world.run_ms(3_000);
        assert!(world.browsers[0].ear.has_tone(1_000.0, 2_000) && world.phones[0].ear.has_tone(440.0, 2_000));
        let (web, desk) = (world.close(WEB), world.close(DESK));
        assert_eq!((web.received.lost, desk.received.lost), (0, 0));
        assert!(!world.events().iter().any(|event| matches!(event, Event::LegFailed { .. })));
        assert_eq!((world.engine.legs(), world.elsewhere.unwrap().legs()), (0, 0));
    }
}

#[test]
fn two_browsers_move_one_after_the_other() {
    let mut world = browsers::call_between_browsers();
    world.elsewhere = Some(elsewhere(&world));
    world.run_ms(2_000);
    world.move_leg(WEB, OTHER);
    world.run_ms(40);
    world.turn_to_the_other_engine();
    world.move_leg(browsers::WEB2, OTHER);
    world.browsers.iter_mut().for_each(|browser| browser.ear.forget());
    world.run_ms(2_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 1_800) && world.browsers[1].ear.has_tone(440.0, 1_800));
}

#[test]
fn a_call_that_moves_before_it_is_answered_connects() {
    let mut world = World::new();
    world.elsewhere = Some(elsewhere(&world));
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now));
    let offer = world.make_offer(WEB, browser_peer(), None, Direction::SendRecv);
    let now = world.now;
    let answer = world.browsers[0].answer(&offer, now);
    // Its first packets come before its answer.
    world.run_ms(30);
    world.move_leg(WEB, OTHER);
    world.run_ms(100);
    world.accept_answer(WEB, answer);
    world.hear(WEB, Source::Echo);
    world.run_ms(2_000);
    assert!(world.browsers[0].ear.has_tone(440.0, 1_500));
}

#[test]
fn a_leg_that_is_not_here_cannot_go_and_whoever_waits_for_it_is_told() {
    let mut world = World::new();
    assert!(world.engine.release(A).is_none());
    let failed = Event::LegFailed {
        leg: A,
        reason: Failure::Unknown,
    };
    assert_eq!(world.command(Command::Join { leg: A, call: OTHER }), [failed]);
}

#[test]
fn a_leg_that_has_gone_leaves_nothing_behind() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Opus, &[]);
    world.elsewhere = Some(elsewhere(&world));
    world.run_ms(1_000);
    move_all(&mut world, &[A, B], OTHER);
    world.turn_to_the_other_engine();
    assert_eq!((world.engine.legs(), world.engine.poll_timeout()), (0, None));
    assert_eq!(world.engine.ports_free(), 6, "its ports are away");
    let port = world.phones[0].remote.unwrap().port();
    let unused = world.engine.counters().unused_port;
    world.inject(Path::Rtp { port }, crate::world::addr(A_AT), vec![0x80; 40]);
    assert_eq!(world.engine.counters().unused_port, unused + 1);
}
