use std::time::Instant;

use super::*;
use crate::Transport;
use crate::agent::{Ha1, Proof};
use crate::digest::Guard;
use crate::digest::algorithm::Hash;
use crate::message::{Parsed, parse};

const PEER: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

/// Method, URI and body.
const REGISTER: (&str, &str, &[u8]) = ("REGISTER", "sip:b", b"");

fn credentials() -> Credentials {
    Credentials {
        username: "Mufasa".to_owned(),
        password: "Circle of Life".to_owned(),
        realm: None,
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
        protected: Protected::Line,
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
fn bodies_and_sessions_are_hashed_as_rfc_7616_says() {
    // No RFC has an example. By coreutils, for MD5 (sha256sum for the others), with the example above and a body of `v=0\r\n`:
    //   md5() { printf "$1" | md5sum | cut -d' ' -f1; }
    //   HA1=$(md5 'Mufasa:http-auth@example.org:Circle of Life')            SESS=$(md5 "$HA1:$NONCE:$CNONCE")
    //   LINE=$(md5 GET:/dir/index.html)                                      BODY=$(md5 "GET:/dir/index.html:$(md5 'v=0\r\n')")
    //   md5 "$HA1:$NONCE:00000001:$CNONCE:auth-int:$BODY"
    //   md5 "$SESS:$NONCE:00000001:$CNONCE:auth:$LINE"                       md5 "$SESS:$NONCE:00000001:$CNONCE:auth-int:$BODY"
    let body = Protected::LineAndBody(b"v=0\r\n");
    let cases = [
        (Hash::Md5, false, body, "d1b8e2ac3f6782372de4bf3d8735b406"),
        (Hash::Md5, true, Protected::Line, "e783283f46242139c486a698fec7211d"),
        (Hash::Md5, true, body, "4321e8772738f242cc32334079264d8c"),
        (
            Hash::Sha256,
            false,
            body,
            "385d2de062660ced11876f42d9497c69cacf5caaf3d951dd424aee9f7157d563",
        ),
        (
            Hash::Sha256,
            true,
            Protected::Line,
            "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7",
        ),
        (
            Hash::Sha256,
            true,
            body,
            "cade7e5b751d9c3c2f066a95f2405c5509ad0171cf93f117e98b7f0ebb212e57",
        ),
    ];
    for (hash, session, protected, expected) in cases {
        let exchange = Exchange {
            method: "GET",
            uri: "/dir/index.html",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            counted: Some(Counted {
                count: "00000001",
                cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                protected,
            }),
        };
        let ha1 = hash.of(&["Mufasa", "http-auth@example.org", "Circle of Life"]);
        assert_eq!(exchange.response(Algorithm { hash, session }, &ha1), expected, "{hash:?} {session}");
    }
}

#[test]
fn body_is_protected_only_where_nothing_else_is_offered() {
    for (offered, taken) in [("auth-int", "auth-int"), ("auth-int,auth", "auth"), ("AUTH-INT, token", "auth-int")] {
        let mut answerer = Answerer::new(None);
        let line = format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"{offered}\"");
        answerer.challenged(&register(&[]), &unauthorized(&[&line])).unwrap();
        let mut answer = |body| answerer.authorization(&credentials(), ("REGISTER", "sip:b", body), "c").remove(0).1;
        let (first, second) = (answer(b"one"), answer(b"two"));
        assert_eq!(
            (field(&first, "qop"), field(&second, "nc")),
            (taken.to_owned(), "00000002".to_owned())
        );
    }
}

#[test]
fn session_key_keeps_the_first_client_nonce() {
    let mut answerer = Answerer::new(None);
    let line = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess, qop=\"auth\"";
    answerer.challenged(&register(&[]), &unauthorized(&[line])).unwrap();
    let mut answer = |cnonce| answerer.authorization(&credentials(), REGISTER, cnonce).remove(0).1;
    let (first, second) = (answer("first"), answer("second"));
    assert_eq!(
        (field(&first, "cnonce"), field(&second, "cnonce")),
        ("first".into(), "first".into())
    );
    assert_eq!(
        (field(&second, "nc"), field(&second, "algorithm")),
        ("00000002".into(), "MD5-sess".into())
    );
}

#[test]
fn challenges_of_other_realms_are_left_alone() {
    let ours = "WWW-Authenticate: Digest realm=\"ours\", nonce=\"1\", qop=\"auth\"";
    let strange = "WWW-Authenticate: Digest realm=\"strange\", nonce=\"2\", algorithm=SHA-256, qop=\"auth\"";
    for realm in [Some("ours".to_owned()), None] {
        let mut answerer = Answerer::new(realm.clone());
        if realm.is_none() {
            // The first one that it meets is its own, however strong the others are.
            assert_eq!(answerer.challenged(&register(&[]), &unauthorized(&[ours, strange])), Ok(()));
        }
        assert_eq!(
            answerer.challenged(&register(&[]), &unauthorized(&[strange])),
            Err(ClientError::NoneUsable)
        );
        assert_eq!(answerer.challenged(&register(&[]), &unauthorized(&[strange, ours])), Ok(()));
        let answer = answerer.authorization(&credentials(), REGISTER, "c");
        assert_eq!((answer.len(), field(&answer[0].1, "realm")), (1, "ours".to_owned()));
    }
}

#[test]
fn announced_nonce_is_used_next_and_may_be_refused() {
    let mut answerer = Answerer::new(None);
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";
    answerer.challenged(&register(&[]), &unauthorized(&[challenge])).unwrap();
    answerer.authorization(&credentials(), REGISTER, "c");
    answerer.accepted(&unauthorized(&["Authentication-Info: qop=auth, nextnonce=\"next\", nc=00000001"]));
    let next = register(&answerer.authorization(&credentials(), REGISTER, "c"));
    let answer = next.header("Authorization").unwrap();
    assert_eq!((field(answer, "nonce"), field(answer, "nc")), ("next".into(), "00000001".into()));
    // The peer has started anew and knows nothing of what it has announced: the password is no worse for that.
    assert_eq!(answerer.challenged(&next, &unauthorized(&[challenge])), Ok(()));
}

#[test]
fn who_finds_every_nonce_stale_is_not_asked_for_ever() {
    for lines in [
        &["WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", stale=true"][..],
        &["Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", stale=true"],
    ] {
        let mut answerer = Answerer::new(None);
        let stale = unauthorized(lines);
        let mut answered = 0;
        let mut request = register(&[]);
        while answerer.challenged(&request, &stale).is_ok() {
            request = register(&answerer.authorization(&credentials(), REGISTER, "c"));
            answered += 1;
            assert!(answered < 100);
        }
        assert_eq!(answered, 4);
        assert!(answerer.authorization(&credentials(), REGISTER, "c").is_empty());
        assert_eq!(answerer.challenged(&register(&[]), &stale), Ok(()));
    }
}

#[test]
fn guard_accepts_what_we_answer() {
    #[allow(clippy::disallowed_methods, reason = "an origin for simulated time")]
    let now = Instant::now();
    let mut guard = Guard::new("farend", [1; 32], now);
    let mut answerer = Answerer::new(None);
    let ours = register(&[("User-Agent", "farend/0.1.0".to_owned())]);
    let challenges: Vec<_> = guard
        .challenges(&ours, PEER, false, now)
        .map(|challenge| format!("WWW-Authenticate: {challenge}"))
        .collect();
    let lines: Vec<_> = challenges.iter().map(String::as_str).collect();
    answerer.challenged(&ours, &unauthorized(&lines)).unwrap();
    for _ in 0..3 {
        let headers = answerer.authorization(&credentials(), REGISTER, "nonce of ours");
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
    let mut answerer = Answerer::new(None);
    let response = unauthorized(&[
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", algorithm=SHA-999, qop=\"auth\"",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", algorithm=MD5, qop=\"auth\"",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"3\", algorithm=SHA-512-256, qop=\"auth-int,auth\", opaque=\"o\"",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"4\", algorithm=SHA-256, qop=\"auth\"",
        "WWW-Authenticate: Basic realm=\"r\"",
    ]);
    answerer.challenged(&register(&[]), &response).unwrap();
    let headers = answerer.authorization(&credentials(), REGISTER, "c");
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
    let mut answerer = Answerer::new(None);
    let line = "WWW-Authenticate: Basic realm=\"x, y\", Digest realm=\"r\", nonce=\"1\", qop=\"auth, auth-int\", \
                Digest realm=\"r\", nonce=\"2\", algorithm=SHA-256, qop=\"auth\"";
    answerer.challenged(&register(&[]), &unauthorized(&[line])).unwrap();
    let headers = answerer.authorization(&credentials(), REGISTER, "c");
    assert_eq!(field(&headers[0].1, "nonce"), "2");
}

#[test]
fn peer_without_qop_gets_the_old_formula() {
    let mut answerer = Answerer::new(None);
    answerer
        .challenged(&register(&[]), &unauthorized(&["WWW-Authenticate: Digest realm=\"r\",nonce=\"n\""]))
        .unwrap();
    let headers = answerer.authorization(&credentials(), REGISTER, "c");
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
    let mut answerer = Answerer::new(None);
    let challenge = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"";
    answerer.challenged(&register(&[]), &unauthorized(&[challenge])).unwrap();
    let first = register(&answerer.authorization(&credentials(), REGISTER, "c"));
    assert_eq!(answerer.challenged(&first, &unauthorized(&[challenge])), Err(ClientError::Refused));
    let stale = format!("{challenge}, stale=TRUE");
    assert_eq!(answerer.challenged(&first, &unauthorized(&[&stale])), Ok(()));
    // A nonce that was good and that the peer has forgotten since is no refusal, with counts and without.
    for challenge in [challenge, "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\""] {
        let mut answerer = Answerer::new(None);
        answerer.challenged(&register(&[]), &unauthorized(&[challenge])).unwrap();
        answerer.authorization(&credentials(), REGISTER, "c");
        answerer.accepted(&unauthorized(&[]));
        let second = register(&answerer.authorization(&credentials(), REGISTER, "c"));
        assert_eq!(answerer.challenged(&second, &unauthorized(&[challenge])), Ok(()));
    }
}

#[test]
fn nothing_usable_is_an_error() {
    let mut answerer = Answerer::new(None);
    for lines in [
        &[][..],
        &["WWW-Authenticate: Basic realm=\"r\""],
        &["WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth-conf\""],
    ] {
        assert_eq!(
            answerer.challenged(&register(&[]), &unauthorized(lines)),
            Err(ClientError::NoneUsable)
        );
    }
    assert!(answerer.authorization(&credentials(), REGISTER, "c").is_empty());
}
