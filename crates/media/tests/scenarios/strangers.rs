//! Who may not: packets on the one port that only look like those of a browser.

use media::audio::codec::Codec;
use media::engine::Path;
use model::control::Direction;
use std::net::SocketAddr;

use crate::browser::Browser;
use crate::browsers::{DESK, DESK_AT, WEB, WEB_AT, WEB2};
use crate::phone::Phone;
use crate::world::{World, browser_peer, phone_peer};

const WEB2_AT: &str = "203.0.113.5:40000";

fn ufrag(sdp: &str) -> &str {
    let line = sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:"));
    line.expect("our description names one")
}

/// A binding request for one of our legs, whose sender does not know our password.
fn forged(ufrag: &str) -> Vec<u8> {
    let username = format!("{ufrag}:evil");
    let mut packet = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    packet.extend([9; 12]);
    packet.extend([0, 6, 0, u8::try_from(username.len()).unwrap()]);
    packet.extend(username.as_bytes());
    packet.resize(packet.len().next_multiple_of(4), 0);
    // MESSAGE-INTEGRITY of nothing.
    packet.extend([0, 8, 0, 20]);
    packet.extend([1; 20]);
    let length = u16::try_from(packet.len() - 20).unwrap();
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    packet
}

/// Two browsers in a call, and the name of the first one's leg.
fn two_browsers(tcp: Option<u64>) -> (World, String) {
    let mut world = World::new();
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now));
    let mut second = Browser::new(WEB2_AT, 1_000.0, world.now);
    if let Some(connection) = tcp {
        second = second.with_tcp(connection);
        world.udp_blocked = true;
        let first = world.browsers.pop().unwrap();
        world.browsers.push(first.with_tcp(connection + 1));
    }
    world.browsers.push(second);
    let offer = world.browsers[0].offer();
    world.receive_offer(WEB, browser_peer(), offer);
    let offer = world.make_offer(WEB2, browser_peer(), Some(WEB), Direction::SendRecv);
    let now = world.now;
    let answer = world.browsers[1].answer(&offer, now);
    world.accept_answer(WEB2, answer);
    let answer = world.answer_offer(WEB, Some(WEB2));
    world.browsers[0].accept(&answer, now);
    world.bridge(WEB, WEB2);
    (world, ufrag(&answer).to_owned())
}

fn hears_on(world: &mut World, path: Path, source: SocketAddr, ufrag: &str) {
    world.run_ms(3_000);
    assert!(world.browsers[0].ear.has_tone(1_000.0, 1_000), "before");
    world.browsers[0].ear.forget();
    for _ in 0..20 {
        world.inject(path, source, forged(ufrag));
        world.run_ms(20);
    }
    assert!(
        world.browsers[0].ear.has_tone(1_000.0, 300),
        "the second browser's packets are still its own"
    );
}

#[test]
fn a_binding_request_without_our_password_takes_nobody_s_address_away() {
    let (mut world, ufrag) = two_browsers(None);
    let source = world.browsers[1].address;
    hears_on(&mut world, Path::Udp, source, &ufrag);
}

#[test]
fn a_binding_request_without_our_password_takes_nobody_s_connection_away() {
    let (mut world, ufrag) = two_browsers(Some(50));
    let (connection, source) = world.browsers[1].tcp.unwrap();
    hears_on(&mut world, Path::Tcp { connection }, source, &ufrag);
}

#[test]
fn forged_streams_do_not_keep_a_browser_from_being_heard() {
    let mut world = World::new();
    world.browsers.push(Browser::new(WEB_AT, 440.0, world.now));
    world.phones.push(Phone::new(DESK_AT, Codec::Pcmu, 1_000.0, world.now));
    world.browsers[0].change_codec(Codec::Pcmu);
    world.browsers[0].talking = false;
    // It does not announce its stream.
    let offer: String = world.browsers[0]
        .offer()
        .lines()
        .filter(|line| !line.starts_with("a=ssrc") && !line.starts_with("a=msid:"))
        .map(|line| format!("{line}\r\n"))
        .collect();
    world.receive_offer(WEB, browser_peer(), offer);
    let offer = world.make_offer(
        DESK,
        phone_peer("192.0.2.6", model::control::Srtp::Never),
        Some(WEB),
        Direction::SendRecv,
    );
    world.phones[0].aim(&offer);
    let answer = world.phones[0].sdp(&[], "");
    world.accept_answer(DESK, answer);
    let answer = world.answer_offer(WEB, Some(DESK));
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    world.bridge(WEB, DESK);
    world.run_ms(1_500);
    let source = world.browsers[0].address;
    for ssrc in 1..=100u32 {
        let mut packet = vec![0; 200];
        assert!(media::rtp::write(&mut packet, 0, false, 1, 1, ssrc, &[0; 188]).is_some());
        world.inject(Path::Udp, source, packet);
    }
    assert!(world.browsers[0].connected);
    world.browsers[0].talking = true;
    world.run_ms(1_000);
    assert!(world.phones[0].ear.has_tone(440.0, 800));
}
