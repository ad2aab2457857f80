//! SDES-SRTP, both suites, offered and answered.

use data_encoding::BASE64;
use media::audio::codec::Codec;
use model::control::{Direction, Event, Refusal, Source, Srtp};
use rtc_srtp::context::Context;
use rtc_srtp::crypto::providers::AwsLcRsCrypto;
use rtc_srtp::protection_profile::ProtectionProfile;

use crate::phone::Phone;
use crate::phones::{A, A_AT};
use crate::world::{World, phone_peer};

const SUITES: [(&str, ProtectionProfile, usize); 2] = [
    ("AES_CM_128_HMAC_SHA1_80", ProtectionProfile::Aes128CmHmacSha1_80, 30),
    ("AEAD_AES_128_GCM", ProtectionProfile::AeadAes128Gcm, 28),
];

fn context(profile: ProtectionProfile, key: &[u8]) -> Context {
    Context::new(&key[..16], &key[16..], profile, None, None, &AwsLcRsCrypto).expect("a context")
}

/// The key of a crypto line for this suite.
fn key(sdp: &str, suite: &str) -> Vec<u8> {
    let line = sdp
        .lines()
        .find(|line| line.starts_with("a=crypto:") && line.contains(suite))
        .unwrap_or_else(|| panic!("{suite} in {sdp}"));
    BASE64.decode(line.split_once("inline:").unwrap().1.as_bytes()).expect("base64")
}

fn secured(sdp: &str, suite: &str, key: &[u8]) -> String {
    sdp.replace("RTP/AVP", "RTP/SAVP") + &format!("a=crypto:4 {suite} inline:{}|2^31\r\n", BASE64.encode(key))
}

#[test]
fn srtp_is_answered_as_offered() {
    for (suite, profile, length) in SUITES {
        let mut world = World::new();
        world.phones.push(Phone::new(A_AT, Codec::Pcmu, 440.0, world.now));
        let theirs: Vec<u8> = (0..length).map(|n| n as u8).collect();
        let offer = secured(&world.phones[0].sdp(&[], ""), suite, &theirs);
        world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer);
        let answer = world.answer_offer(A, None);
        assert!(
            answer.contains("RTP/SAVP 0") && answer.contains(&format!("a=crypto:4 {suite} ")),
            "{answer}"
        );
        let ours = key(&answer, suite);
        world.phones[0].srtp = Some((context(profile, &theirs), context(profile, &ours)));
        world.phones[0].aim(&answer);
        world.hear(A, Source::Echo);
        world.run_ms(8_000);
        assert!(world.phones[0].ear.has_tone(440.0, 7_000), "{suite}");
        assert!(!world.phones[0].rtcp.is_empty(), "reports are encrypted, too");
        // In the clear nothing gets through.
        let port = world.phones[0].remote.unwrap().port();
        world.phones[0].srtp = None;
        let clear = world.phones[0].packet(0, false, 1, &[0x55; 160]);
        world.inject(media::engine::Path::Rtp { port }, world.phones[0].address, clear);
        assert_eq!(world.engine.counters().unauthenticated, 1);
    }
}

#[test]
fn srtp_is_offered_where_required_and_the_answer_chooses() {
    for (suite, profile, length) in SUITES {
        let mut world = World::new();
        world.phones.push(Phone::new(A_AT, Codec::Pcmu, 440.0, world.now));
        let offer = world.make_offer(A, phone_peer("192.0.2.5", Srtp::Required), None, Direction::SendRecv);
        assert!(offer.contains("RTP/SAVP "), "{offer}");
        let theirs: Vec<u8> = (0..length).map(|n| 100 + n as u8).collect();
        let ours = key(&offer, suite);
        let answer = secured(&world.phones[0].sdp(&[], ""), suite, &theirs);
        assert_eq!(
            world.accept_answer(A, answer),
            Event::AnswerAccepted {
                leg: A,
                direction: Direction::SendRecv
            }
        );
        world.phones[0].srtp = Some((context(profile, &theirs), context(profile, &ours)));
        world.phones[0].aim(&offer);
        world.hear(A, Source::Echo);
        world.run_ms(1_000);
        assert!(world.phones[0].ear.has_tone(440.0, 800), "{suite}");
    }
}

#[test]
fn a_hold_keeps_keys_and_counters() {
    let (suite, profile, length) = SUITES[0];
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::Pcmu, 440.0, world.now));
    let theirs: Vec<u8> = vec![7; length];
    let offer = secured(&world.phones[0].sdp(&[], ""), suite, &theirs);
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer.clone());
    let answer = world.answer_offer(A, None);
    world.phones[0].srtp = Some((context(profile, &theirs), context(profile, &key(&answer, suite))));
    world.phones[0].aim(&answer);
    world.hear(A, Source::Echo);
    // Long enough for the phone's sequence numbers to wrap around.
    world.run_ms(2_000);
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer);
    let again = world.answer_offer(A, None);
    assert_eq!(key(&answer, suite), key(&again, suite));
    world.run_ms(1_000);
    assert!(world.phones[0].ear.has_tone(440.0, 2_800));
}

/// A phone with SRTP that hears itself; its key and ours.
pub fn secured_echo(which: usize) -> (World, Vec<u8>, String) {
    let (suite, profile, length) = SUITES[which];
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::Pcmu, 440.0, world.now));
    let theirs = vec![7; length];
    let offer = secured(&world.phones[0].sdp(&[], ""), suite, &theirs);
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer);
    let answer = world.answer_offer(A, None);
    let ours = key(&answer, suite);
    world.phones[0].srtp = Some((context(profile, &theirs), context(profile, &ours)));
    world.phones[0].aim(&answer);
    world.hear(A, Source::Echo);
    (world, ours, answer)
}

#[test]
fn a_new_key_of_the_peer_leaves_ours_and_its_counters_alone() {
    for (which, (suite, profile, length)) in SUITES.into_iter().enumerate() {
        let (mut world, ours, _) = secured_echo(which);
        // Losses bring our numbers, which follow the phone's, around quickly.
        for _ in 0..80 {
            world.phones[0].sequence = world.phones[0].sequence.wrapping_add(899);
            world.run_ms(20);
        }
        let numbers: Vec<u16> = world.phones[0].received.iter().map(|r| r.packet.sequence).collect();
        assert!(numbers.windows(2).any(|pair| pair[1] < pair[0]), "our numbers have wrapped");
        let fresh = vec![9; length];
        let offer = secured(&world.phones[0].sdp(&[], ""), suite, &fresh);
        world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer);
        let answer = world.answer_offer(A, None);
        assert_eq!(key(&answer, suite), ours);
        let (_, incoming) = world.phones[0].srtp.take().unwrap();
        world.phones[0].srtp = Some((context(profile, &fresh), incoming));
        world.phones[0].ear.forget();
        // The phone takes only what it can authenticate.
        world.run_ms(1_000);
        assert!(world.phones[0].ear.has_tone(440.0, 900), "{suite}");
    }
}

#[test]
fn streams_that_nobody_authenticated_do_not_take_the_place_of_real_ones() {
    for (which, (suite, ..)) in SUITES.into_iter().enumerate() {
        let (mut world, ..) = secured_echo(which);
        world.run_ms(300);
        let (source, port) = (world.phones[0].address, world.phones[0].remote.unwrap().port());
        for ssrc in 0..200u32 {
            let mut forged = vec![0; 12 + 160 + 16];
            assert!(media::rtp::write(&mut forged, 0, false, 40_000, 1, ssrc, &[0x55; 176]).is_some());
            world.inject(media::engine::Path::Rtp { port }, source, forged);
        }
        world.phones[0].ssrc = 0xfeed;
        world.phones[0].sequence = 7;
        world.phones[0].ear.forget();
        world.run_ms(1_000);
        assert!(world.phones[0].ear.has_tone(440.0, 800), "{suite}");
        assert!(world.engine.counters().unauthenticated >= 200);
    }
}

#[test]
fn an_answer_without_a_key_of_ours_leaves_the_agreement_as_it_was() {
    let (mut world, ..) = secured_echo(0);
    world.run_ms(300);
    world.make_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), None, Direction::SendRecv);
    let (suite, _, length) = SUITES[1];
    let answer = secured(&world.phones[0].sdp(&[], "a=inactive\r\n"), suite, &vec![3; length]);
    assert_eq!(
        world.accept_answer(A, answer),
        Event::AnswerRefused {
            leg: A,
            reason: Refusal::NotAcceptable
        }
    );
    world.phones[0].ear.forget();
    world.run_ms(500);
    assert!(world.phones[0].ear.has_tone(440.0, 400));
}

#[test]
fn the_policy_is_kept() {
    let refused = |srtp, offer: String| {
        let mut world = World::new();
        let event = world.receive_offer(A, phone_peer("192.0.2.5", srtp), offer);
        assert_eq!(
            world.engine.ports_free(),
            if matches!(event, Event::OfferRefused { .. }) { 8 } else { 7 }
        );
        event
            == Event::OfferRefused {
                leg: A,
                reason: Refusal::NotAcceptable,
            }
    };
    let world = World::new();
    let plain = Phone::new(A_AT, Codec::Pcmu, 440.0, world.now).sdp(&[], "");
    let secure = secured(&plain, SUITES[0].0, &[1; 30]);
    let unknown = secured(&plain, "AES_256_CM_HMAC_SHA1_80", &[1; 46]);
    let unkeyed = plain.replace("RTP/AVP", "RTP/SAVP");
    assert!(!refused(Srtp::Never, plain.clone()) && refused(Srtp::Never, secure.clone()));
    assert!(!refused(Srtp::Accepted, plain.clone()) && !refused(Srtp::Accepted, secure.clone()));
    assert!(refused(Srtp::Accepted, unknown) && refused(Srtp::Accepted, unkeyed));
    assert!(refused(Srtp::Required, plain) && !refused(Srtp::Required, secure));
}
