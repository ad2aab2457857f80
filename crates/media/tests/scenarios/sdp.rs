//! What our descriptions look like.

use media::audio::codec::Codec;
use model::control::{Direction, Srtp};

use crate::browser::Browser;
use crate::browsers::WEB;
use crate::phone::Phone;
use crate::phones::{A, A_AT};
use crate::world::{World, browser_peer, phone_peer};

/// Without what is random.
fn steady(sdp: &str) -> String {
    let line = |line: &str| {
        let random = ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=ssrc:"];
        match random.iter().find(|prefix| line.starts_with(**prefix)) {
            Some(prefix) => format!("{prefix}…\n"),
            None if line.starts_with("o=") => {
                let words: Vec<&str> = line.split(' ').collect();
                format!("{} … {} {}\n", words[0], words[2], words[3..].join(" "))
            }
            None if line.starts_with("a=crypto:") => format!("{}…\n", line.split_once("inline:").expect("a key").0),
            None if line.starts_with("a=candidate:") => format!("a=candidate:… {}\n", line.split_once(' ').expect("words").1),
            None => format!("{line}\n"),
        }
    };
    assert!(sdp.ends_with("\r\n"));
    sdp.lines().map(line).collect()
}

#[test]
fn offer_to_a_phone() {
    let mut world = World::new();
    insta::assert_snapshot!(steady(&world.make_offer(
        A,
        phone_peer("192.0.2.5", Srtp::Never),
        None,
        Direction::SendRecv
    )));
}

#[test]
fn offer_to_a_phone_that_must_encrypt() {
    let mut world = World::new();
    insta::assert_snapshot!(steady(&world.make_offer(
        A,
        phone_peer("192.0.2.5", Srtp::Required),
        None,
        Direction::RecvOnly
    )));
}

#[test]
fn offer_to_a_browser() {
    let mut world = World::new();
    insta::assert_snapshot!(steady(&world.make_offer(WEB, browser_peer(), None, Direction::SendRecv)));
}

#[test]
fn answer_to_a_phone_with_video() {
    let mut world = World::new();
    let phone = Phone::new(A_AT, Codec::Pcma, 440.0, world.now);
    let video = "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
    let offer = phone.sdp(&[Codec::G722], "").replace("m=audio", &format!("{video}m=audio"));
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer.clone());
    insta::assert_snapshot!(steady(&world.answer_offer(A, None)));
    // The version grows, the rest stays.
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer + "a=sendonly\r\n");
    let again = world.answer_offer(A, None);
    assert!(
        again.lines().nth(1).is_some_and(|line| line.contains(" 2 IN IP4 10.0.0.1")) && again.contains("a=recvonly"),
        "{again}"
    );
}

#[test]
fn answer_to_a_browser() {
    let mut world = World::new();
    let offer = Browser::new("198.51.100.7:61000", 440.0, world.now).offer();
    world.receive_offer(WEB, browser_peer(), offer.clone());
    let mid = offer
        .lines()
        .find_map(|line| line.strip_prefix("a=mid:"))
        .expect("a mid")
        .to_owned();
    insta::assert_snapshot!(steady(&world.answer_offer(WEB, None)).replace(&mid, "MID"));
}
