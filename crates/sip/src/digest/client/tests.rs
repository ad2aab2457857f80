use std::time::Instant;

use super::*;
use crate::Transport;
use crate::agent::{Ha1, Proof};
use crate::digest::Guard;
use crate::digest::algorithm::Hash;
use crate::message::{Parsed, parse};

const PEER: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn credentials() -> Credentials {
    Credentials {
        username: "Mufasa".to_owned(),
        password: "Circle of Life".to_owned(),
    }
}

fn unauthorized(challenges: &[&str]) -> Response {
    let challenges: String = challenges.iter().map(|challenge| format!("{challenge}\r\n")).collect();
    let text = format!(
        "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n\
         Call-ID: 1\r\nCSeq: 1 REGISTER\r\n{challenges}\r\n"
    );
    match parse(text.as_bytes(), Transport::Udp) {
        Parsed::Response(response) => *response,
        other => panic!("{other:?}"),
    }
}

fn register(headers: &[(&str, String)]) -> Request {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let text = format!(
        "REGISTER sip:b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n\
         Call-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}\r\n"
    );
    match parse(text.as_bytes(), Transport::Udp) {
        Parsed::Request(request) => *request,
        other => panic!("{other:?}"),
    }
}

fn field(value: &str, name: &str) -> String {
    DigestFields::read(value).unwrap().value(name).unwrap_or_default().into_owned()
}

#[test]
fn example_of_rfc_7616_is_met_by_both_hashes() {
    // RFC 7616 section 3.9.1.
    let counted = Counted {
        count: "00000001",
        cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    };
    let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    let exchange = Exchange {
        method: "GET",
        uri: "/dir/index.html",
        nonce,
        counted: Some(counted),
    };
    let answer = |hash: Hash| {
        let ha1 = hash.of(&["Mufasa", "http-auth@example.org", "Circle of Life"]);
        exchange.response(Algorithm { hash, session: false }, &ha1)
    };
    assert_eq!(answer(Hash::Md5), "8ca523f5e9506fed4657c9700eebdbec");
    assert_eq!(
        answer(Hash::Sha256),
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    );
}

#[test]
fn guard_accepts_what_we_answer() {
    #[allow(clippy::disallowed_methods, reason = "an origin for simulated time")]
    let now = Instant::now();
    let mut guard = Guard::new("farend", [1; 32], now);
    let mut answerer = Answerer::default();
    let ours = register(&[("User-Agent", "farend/0.1.0".to_owned())]);
    let challenges: Vec<_> = guard
        .challenges(&ours, PEER, false, now)
        .map(|challenge| format!("WWW-Authenticate: {challenge}"))
        .collect();
    let lines: Vec<_> = challenges.iter().map(String::as_str).collect();
    answerer.challenged(&ours, &unauthorized(&lines)).unwrap();
    for _ in 0..3 {
        let headers = answerer.authorization(&credentials(), "REGISTER", "sip:b", "nonce of ours");
        assert!(headers[0].1.contains("algorithm=SHA-256"));
        let proof = guard.check(
            &register(&headers),
            PEER,
            |user| Some(Ha1::new(user, "farend", "Circle of Life")),
            now,
        );
        assert_eq!(
            proof,
            Proof::Given {
                username: "Mufasa".to_owned()
            }
        );
    }
}

#[test]
fn strongest_algorithm_is_taken_and_unknown_ones_are_passed_over() {
    let mut answerer = Answerer::default();
    let response = unauthorized(&[
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", algorithm=SHA-999, qop=\"auth\"",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", algorithm=MD5, qop=\"auth\"",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"3\", algorithm=SHA-512-256, qop=\"auth-int,auth\", opaque=\"o\"",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"4\", algorithm=SHA-256, qop=\"auth\"",
        "WWW-Authenticate: Basic realm=\"r\"",
    ]);
    answerer.challenged(&register(&[]), &response).unwrap();
    let headers = answerer.authorization(&credentials(), "REGISTER", "sip:b", "c");
    let [(name, value)] = headers.as_slice() else {
        panic!("{headers:?}")
    };
    assert_eq!(*name, "Authorization");
    assert_eq!(
        (field(value, "nonce"), field(value, "opaque"), field(value, "nc")),
        ("3".into(), "o".into(), "00000001".into())
    );
}

#[test]
fn several_challenges_in_one_line_are_told_apart() {
    let mut answerer = Answerer::default();
    let line = "WWW-Authenticate: Basic realm=\"x, y\", Digest realm=\"r\", nonce=\"1\", qop=\"auth, auth-int\", \
                Digest realm=\"r\", nonce=\"2\", algorithm=SHA-256, qop=\"auth\"";
    answerer.challenged(&register(&[]), &unauthorized(&[line])).unwrap();
    let headers = answerer.authorization(&credentials(), "REGISTER", "sip:b", "c");
    assert_eq!(field(&headers[0].1, "nonce"), "2");
}

#[test]
fn peer_without_qop_gets_the_old_formula() {
    let mut answerer = Answerer::default();
    answerer
        .challenged(&register(&[]), &unauthorized(&["WWW-Authenticate: Digest realm=\"r\",nonce=\"n\""]))
        .unwrap();
    let headers = answerer.authorization(&credentials(), "REGISTER", "sip:b", "c");
    let value = &headers[0].1;
    let ha1 = Hash::Md5.of(&["Mufasa", "r", "Circle of Life"]);
    assert_eq!(
        field(value, "response"),
        Hash::Md5.of(&[&ha1, "n", &Hash::Md5.of(&["REGISTER", "sip:b"])])
    );
    assert!(!value.contains("nc=") && !value.contains("cnonce"));
}

#[test]
fn second_challenge_after_a_fresh_answer_means_refused() {
    let mut answerer = Answerer::default();
    let challenge = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";
    answerer.challenged(&register(&[]), &unauthorized(&[challenge])).unwrap();
    let first = register(&answerer.authorization(&credentials(), "REGISTER", "sip:b", "c"));
    assert_eq!(answerer.challenged(&first, &unauthorized(&[challenge])), Err(ClientError::Refused));
    let stale = format!("{challenge}, stale=TRUE");
    assert_eq!(answerer.challenged(&first, &unauthorized(&[&stale])), Ok(()));
    // A kept nonce that the peer has forgotten is no refusal.
    answerer.authorization(&credentials(), "REGISTER", "sip:b", "c");
    let second = register(&answerer.authorization(&credentials(), "REGISTER", "sip:b", "c"));
    assert_eq!(answerer.challenged(&second, &unauthorized(&[challenge])), Ok(()));
}

#[test]
fn nothing_usable_is_an_error() {
    let mut answerer = Answerer::default();
    for lines in [
        &[][..],
        &["WWW-Authenticate: Basic realm=\"r\""],
        &["WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\""],
    ] {
        assert_eq!(
            answerer.challenged(&register(&[]), &unauthorized(lines)),
            Err(ClientError::NoneUsable)
        );
    }
    assert!(answerer.authorization(&credentials(), "REGISTER", "sip:b", "c").is_empty());
}
