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
    // The browser's mid is random, and short enough to stand inside other numbers.
    let answer = ["a=mid:", "a=group:BUNDLE "]
        .iter()
        .fold(steady(&world.answer_offer(WEB, None)), |answer, line| {
            answer.replace(&format!("{line}{mid}"), &format!("{line}MID"))
        });
    insta::assert_snapshot!(answer);
}

/// An offer in the shape of Chromium's: a video line, RED and comfort noise, no address yet.
const CHROMIUM: &str = "v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS 1f2e
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1467250027 1 udp 2122260223 5f1c2f3e-0000-4000-8000-123456789abc.local 46154 typ host generation 0 network-id 1
a=candidate:435653019 1 tcp 1518280447 192.168.1.20 9 typ host tcptype active generation 0 network-id 1
a=ice-ufrag:F7gI
a=ice-pwd:x9cml/YzichV2+XlhiMu8g+t
a=ice-options:trickle
a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F
a=setup:actpass
a=mid:0
a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:1f2e 3c4d
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:1001 cname:abc
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=mid:1
a=rtpmap:96 VP8/90000
a=rtpmap:97 rtx/90000
";

#[test]
fn answer_to_chromium() {
    let mut world = World::new();
    world.receive_offer(WEB, browser_peer(), CHROMIUM.into());
    insta::assert_snapshot!(steady(&world.answer_offer(WEB, None)));
}

#[test]
fn what_we_write_we_can_read() {
    use media::sdp::Description;
    let mut world = World::new();
    // Four codecs and events at two clocks; browsers know redundancy, too.
    for (text, maps) in [
        (
            world.make_offer(A, phone_peer("192.0.2.5", Srtp::Required), None, Direction::SendOnly),
            6,
        ),
        (world.make_offer(WEB, browser_peer(), None, Direction::RecvOnly), 7),
    ] {
        let description = Description::parse(&text).unwrap();
        let audio = &description.media[0];
        assert_eq!(audio.maps.len(), maps);
        assert_eq!(audio.packet_ms, Some(20));
        // Cut short anywhere it is refused, or read as far as it goes; never worse.
        for end in 0..text.len() {
            let _ = Description::parse(&text[..end]);
        }
    }
}
