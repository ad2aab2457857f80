use std::time::Duration;

use super::*;
use crate::Transport;
use crate::digest::nonce::{IN_USE_MAX, LIFETIME};
use crate::message::{Parsed, parse};

const REALM: &str = "farend";
const USER: &str = "101-desk";
const PASSWORD: &str = "correct horse";
const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

struct Desk {
    guard: Guard,
    start: Instant,
}

#[derive(Clone, Copy)]
struct Attempt<'a> {
    username: &'a str,
    password: &'a str,
    hash: Hash,
    count: u32,
    digest_uri: &'a str,
}

const HONEST: Attempt<'static> = Attempt {
    username: USER,
    password: PASSWORD,
    hash: Hash::Sha256,
    count: 1,
    digest_uri: "sip:farend",
};

impl Desk {
    fn new() -> Self {
        // The only way to an Instant in a test; all times are relative to it.
        #[allow(clippy::disallowed_methods, reason = "an origin for simulated time")]
        let start = Instant::now();
        Self {
            guard: Guard::new(REALM, [7; 32], start),
            start,
        }
    }

    fn nonce(&mut self, after: Duration) -> String {
        let challenge = self
            .guard
            .challenges(&register("Digest"), PEER, false, self.start + after)
            .next()
            .unwrap();
        DigestFields::read(&challenge).unwrap().value("nonce").unwrap().into_owned()
    }

    fn try_with(&mut self, nonce: &str, attempt: Attempt<'_>, after: Duration) -> Proof {
        let request = register(&authorization(nonce, attempt));
        let known = |user: &str| (user == USER).then(|| Ha1::new(USER, REALM, PASSWORD));
        self.guard.check(&request, PEER, known, self.start + after)
    }
}

fn authorization(nonce: &str, attempt: Attempt<'_>) -> String {
    let Attempt {
        username,
        password,
        hash,
        count,
        digest_uri,
    } = attempt;
    let algorithm = Algorithm { hash, session: false };
    let ha1 = hash.of(&[username, REALM, password]);
    let count = format!("{count:08x}");
    let exchange = Exchange {
        method: "REGISTER",
        uri: digest_uri,
        nonce,
        counted: Some(Counted {
            count: &count,
            cnonce: "c",
            protected: Protected::Line,
        }),
    };
    let response = exchange.response(algorithm, &ha1);
    format!(
        "Digest username=\"{username}\", realm=\"{REALM}\", nonce=\"{nonce}\", uri=\"{digest_uri}\", response=\"{response}\", \
         algorithm={}, cnonce=\"c\", qop=auth, nc={count}",
        algorithm.name()
    )
}

fn register(authorization: &str) -> Request {
    let text = format!(
        "REGISTER sip:farend SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:{USER}@farend>;tag=1\r\n\
         To: <sip:{USER}@farend>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nAuthorization: {authorization}\r\n\r\n"
    );
    match parse(text.as_bytes(), Transport::Udp) {
        Parsed::Request(request) => *request,
        other => panic!("{other:?}"),
    }
}

fn given() -> Proof {
    Proof::Given { username: USER.to_owned() }
}

const SOON: Duration = Duration::from_secs(1);

#[test]
fn right_password_is_given_with_either_algorithm() {
    let mut desk = Desk::new();
    for hash in [Hash::Sha256, Hash::Md5] {
        let nonce = desk.nonce(Duration::ZERO);
        assert_eq!(desk.try_with(&nonce, Attempt { hash, ..HONEST }, SOON), given(), "{hash:?}");
    }
}

#[test]
fn wrong_password_and_unknown_user_get_the_same_answer() {
    let mut desk = Desk::new();
    let nonce = desk.nonce(Duration::ZERO);
    assert_eq!(
        desk.try_with(
            &nonce,
            Attempt {
                password: "guess",
                ..HONEST
            },
            SOON
        ),
        Proof::Wrong
    );
    assert_eq!(desk.try_with(&nonce, Attempt { username: "999", ..HONEST }, SOON), Proof::Wrong);
}

#[test]
fn dummy_hash_is_no_way_in() {
    let mut desk = Desk::new();
    let nonce = desk.nonce(Duration::ZERO);
    // Whoever could compute the dummy still does not get in.
    let dummy = desk.guard.dummy("999").sha256;
    let exchange = Exchange {
        method: "REGISTER",
        uri: "sip:farend",
        nonce: &nonce,
        counted: Some(Counted {
            count: "00000001",
            cnonce: "c",
            protected: Protected::Line,
        }),
    };
    let response = exchange.response(
        Algorithm {
            hash: Hash::Sha256,
            session: false,
        },
        &dummy,
    );
    let request = register(&format!(
        "Digest username=\"999\", realm=\"{REALM}\", nonce=\"{nonce}\", uri=\"sip:farend\", response=\"{response}\", \
         algorithm=SHA-256, cnonce=\"c\", qop=auth, nc=00000001"
    ));
    assert_eq!(desk.guard.check(&request, PEER, |_| None, desk.start), Proof::Wrong);
}

#[test]
fn count_may_be_used_once_and_in_any_order() {
    let mut desk = Desk::new();
    let nonce = desk.nonce(Duration::ZERO);
    for count in [1, 3, 2, 70, 69] {
        assert_eq!(desk.try_with(&nonce, Attempt { count, ..HONEST }, SOON), given(), "{count}");
    }
    for count in [1, 3, 2, 70, 69, 5, 0] {
        // 5 was never seen, but lies before the window.
        assert_eq!(
            desk.try_with(&nonce, Attempt { count, ..HONEST }, SOON),
            Proof::Missing { stale: true },
            "{count}"
        );
    }
}

#[test]
fn aged_nonce_is_stale_whatever_the_password() {
    let mut desk = Desk::new();
    let nonce = desk.nonce(Duration::ZERO);
    let late = LIFETIME + SOON;
    assert_eq!(desk.try_with(&nonce, HONEST, late), Proof::Missing { stale: true });
    assert_eq!(
        desk.try_with(
            &nonce,
            Attempt {
                password: "guess",
                ..HONEST
            },
            late
        ),
        Proof::Missing { stale: true }
    );
}

#[test]
fn only_over_a_nonce_of_its_own_a_peer_is_right_or_wrong() {
    let mut desk = Desk::new();
    let before_restart = "00".repeat(32);
    let others = desk
        .guard
        .challenges(&register("Digest"), "192.0.2.2".parse().unwrap(), false, desk.start)
        .next()
        .unwrap();
    let others = DigestFields::read(&others).unwrap().value("nonce").unwrap().into_owned();
    let guess = Attempt {
        password: "guess",
        ..HONEST
    };
    for nonce in [before_restart.as_str(), "short", &others] {
        for attempt in [HONEST, guess] {
            assert_eq!(desk.try_with(nonce, attempt, SOON), Proof::Missing { stale: true }, "{nonce}");
        }
    }
    // The same peer in IPv6 clothes.
    let nonce = desk.nonce(Duration::ZERO);
    let request = register(&authorization(&nonce, HONEST));
    let mapped = "::ffff:192.0.2.1".parse().unwrap();
    let ha1 = |_: &str| Some(Ha1::new(USER, REALM, PASSWORD));
    assert_eq!(desk.guard.check(&request, mapped, ha1, desk.start + SOON), given());
}

#[test]
fn nonce_with_a_changed_time_is_refused() {
    let mut desk = Desk::new();
    let nonce = desk.nonce(Duration::ZERO);
    let younger = format!("{:016x}{}", 60_000, nonce.get(16..).unwrap());
    assert_eq!(
        desk.try_with(&younger, HONEST, Duration::from_secs(61)),
        Proof::Missing { stale: true }
    );
}

#[test]
fn digest_for_another_number_is_wrong() {
    let mut desk = Desk::new();
    let nonce = desk.nonce(Duration::ZERO);
    let other = Attempt {
        digest_uri: "sip:00900@farend",
        ..HONEST
    };
    assert_eq!(desk.try_with(&nonce, other, SOON), Proof::Wrong);
    let other_host = Attempt {
        digest_uri: "sip:192.0.2.7:5060",
        ..HONEST
    };
    assert_eq!(desk.try_with(&nonce, other_host, SOON), given());
}

#[test]
fn table_of_nonces_is_bounded_and_what_it_forgets_is_stale() {
    let mut desk = Desk::new();
    let first = desk.nonce(Duration::ZERO);
    assert_eq!(desk.try_with(&first, HONEST, SOON), given());
    for index in 0..IN_USE_MAX as u64 {
        let nonce = desk.nonce(Duration::from_millis(1 + index / 100));
        let id = desk.guard.nonces.recognise(&nonce, PEER, desk.start + SOON).unwrap();
        assert_eq!(desk.guard.nonces.spend(id, 1, desk.start + SOON), Use::First);
    }
    assert_eq!(desk.guard.nonces.in_use(), IN_USE_MAX);
    assert_eq!(
        desk.try_with(&first, Attempt { count: 2, ..HONEST }, SOON),
        Proof::Missing { stale: true }
    );
    // All are forgotten once they have aged.
    let late = LIFETIME * 2;
    let fresh = desk.nonce(late);
    assert_eq!(desk.try_with(&fresh, HONEST, late), given());
    assert_eq!(desk.guard.nonces.in_use(), 1);
}

#[test]
fn challenge_alone_takes_no_memory() {
    let mut desk = Desk::new();
    for _ in 0..100 {
        let nonce = desk.nonce(Duration::ZERO);
        desk.try_with(
            &nonce,
            Attempt {
                password: "guess",
                ..HONEST
            },
            SOON,
        );
    }
    assert_eq!(desk.guard.nonces.in_use(), 0);
}

#[test]
fn challenges_differ_each_time() {
    let mut desk = Desk::new();
    assert_ne!(desk.nonce(Duration::ZERO), desk.nonce(Duration::ZERO));
}

#[test]
fn only_a_phone_that_can_choose_is_offered_sha256_and_that_first() {
    let mut desk = Desk::new();
    let mut offered = |request: &Request| -> Vec<String> { desk.guard.challenges(request, PEER, true, desk.start).collect() };
    let of_most = offered(&register("Digest"));
    let [md5] = of_most.as_slice() else { panic!("{of_most:?}") };
    assert!(
        md5.contains("algorithm=MD5") && md5.contains("stale=true") && md5.contains("qop=\"auth\"") && md5.contains("realm=\"farend\"")
    );

    let by_maker = offered(&register("Digest\r\nUser-Agent: Linphone/5.2.0 (belle-sip/5.2.0)"));
    let by_habit = offered(&register(&authorization("old", HONEST)));
    for challenges in [by_maker, by_habit] {
        let [sha256, md5] = challenges.as_slice() else {
            panic!("{challenges:?}")
        };
        assert!(sha256.contains("algorithm=SHA-256") && md5.contains("algorithm=MD5"));
    }
}

#[test]
fn phone_without_qop_may_use_a_nonce_once() {
    let mut desk = Desk::new();
    let nonce = desk.nonce(Duration::ZERO);
    let ha1 = Ha1::new(USER, REALM, PASSWORD);
    let response = Hash::Md5
        .of(&[&ha1.md5, &nonce, &Hash::Md5.of(&["REGISTER", "sip:farend"])])
        .to_uppercase();
    let request = register(&format!(
        "Digest username=\"{USER}\",realm=\"{REALM}\",nonce=\"{nonce}\",uri=\"sip:farend\",response=\"{response}\""
    ));
    let now = desk.start + SOON;
    assert_eq!(desk.guard.check(&request, PEER, |_| Some(ha1.clone()), now), given());
    assert_eq!(desk.guard.check(&request, PEER, |_| Some(ha1), now), Proof::Missing { stale: true });
}

#[test]
fn other_schemes_realms_and_halves_count_as_no_credentials() {
    let mut desk = Desk::new();
    let nonce = desk.nonce(Duration::ZERO);
    let good = authorization(&nonce, HONEST);
    for bad in [
        "NoOneKnowsThisScheme opaque-data=here".to_owned(),
        "Basic MTAxOnNlY3JldA==".to_owned(),
        "Digest".to_owned(),
        good.replace("realm=\"farend\"", "realm=\"elsewhere\""),
        good.replace("qop=auth", "qop=auth-int"),
        good.replace("algorithm=SHA-256", "algorithm=SHA-1"),
        good.replace("cnonce=\"c\"", "x=1"),
    ] {
        let request = register(&bad);
        let proof = desk
            .guard
            .check(&request, PEER, |_| Some(Ha1::new(USER, REALM, PASSWORD)), desk.start);
        assert_eq!(proof, Proof::Missing { stale: false }, "{bad}");
    }
}

#[test]
fn digest_covers_the_number_or_none() {
    let dialled = "sip:102@farend";
    for good in [dialled, "sip:102@192.0.2.7:5060", "sip:127.0.0.1:5060", "sip:%3102@farend"] {
        assert!(names_no_other_user(good, dialled), "{good}");
    }
    assert!(!names_no_other_user("sip:00900@farend", dialled));
}
