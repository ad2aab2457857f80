//! 100,000 mutations of good and bad messages: nothing panics, and what comes out can be used.
#![allow(clippy::unwrap_used, reason = "a test may")]

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sip::Transport;
use sip::framing::{Frame, StreamFramer};
use sip::message::{Parsed, parse};

const MUTATIONS: u32 = 100_000;

/// Every test vector of this crate.
#[allow(clippy::disallowed_methods, reason = "a test may read its vectors")]
fn vectors() -> Vec<Vec<u8>> {
    let mut vectors = Vec::new();
    for folder in ["rfc4475", "phones"] {
        let folder = format!("{}/tests/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "dat" || extension == "sip"));
        paths.sort();
        vectors.extend(paths.iter().map(|path| std::fs::read(path).unwrap()));
    }
    assert_eq!(vectors.len(), 58);
    vectors
}

/// One to three small changes.
fn mutate(bytes: &mut Vec<u8>, vectors: &[Vec<u8>], random: &mut StdRng) {
    for _ in 0..random.random_range(1..=3) {
        let at = random.random_range(0..=bytes.len());
        let until = random.random_range(at..=bytes.len().min(at + 40));
        match random.random_range(0..6) {
            0 => drop(bytes.drain(at..until)),
            1 => bytes.insert(at, random.random()),
            2 => {
                let delimiters = b"\r\n :;,<>\"\\@?=%[]()*#\0/\xff";
                bytes.insert(at, *delimiters.choose(random).unwrap());
            }
            3 => {
                let again = bytes[at..until].to_vec();
                bytes.splice(at..at, again);
            }
            4 => bytes[at..until].iter_mut().for_each(|byte| *byte ^= 1 << random.random_range(0..8)),
            _ => {
                let other = vectors.choose(random).unwrap();
                let from = random.random_range(0..=other.len());
                bytes.splice(at..until, other[from..(from + 60).min(other.len())].iter().copied());
            }
        }
    }
}

/// Looks at everything that a message offers.
fn use_up(parsed: &Parsed) {
    let peer = "203.0.113.9:5060".parse().unwrap();
    match parsed {
        Parsed::Request(request) => {
            let _ = (
                request.from(),
                request.to(),
                request.request_user(),
                request.to_user(),
                request.from_user(),
            );
            let _ = (
                request.contacts(),
                request.expires(),
                request.body(),
                request.user_agent(),
                request.has_authorization(),
            );
            assert!(request.all_headers().count() <= sip::message::HEADERS_MAX);
            assert!(!request.method().is_empty() && !request.request_uri().is_empty() && !request.call_id().is_empty());
            // What we pass on is understood again.
            let again = parse(&request.to_bytes(), Transport::Udp);
            assert!(
                matches!(&again, Parsed::Request(same) if same.from() == request.from()),
                "{again:?}"
            );
        }
        Parsed::Response(response) => {
            let _ = (
                response.status(),
                response.reason(),
                response.contacts(),
                response.retry_after(),
                response.explanation(),
                response.to(),
                response.body(),
            );
        }
        Parsed::Salvaged(salvage) => {
            let refusal = salvage.refusal(peer, "test");
            assert!(refusal.starts_with(b"SIP/2.0 ") && refusal.ends_with(b"\r\n\r\n"));
            let blank_lines = refusal.windows(4).filter(|window| window == b"\r\n\r\n").count();
            assert_eq!(blank_lines, 1, "nothing that a peer sends splits our answer");
        }
        Parsed::KeepAlive(keep_alive) => drop(keep_alive.reply(peer)),
        Parsed::Garbage(_) => {}
    }
}

#[test]
fn no_mutation_of_a_message_panics() {
    let vectors = vectors();
    let mut random = StdRng::seed_from_u64(4475);
    let mut taken = 0;
    for _ in 0..MUTATIONS {
        let mut bytes = vectors.choose(&mut random).unwrap().clone();
        mutate(&mut bytes, &vectors, &mut random);
        let parsed = parse(
            &bytes,
            *[Transport::Udp, Transport::Tcp, Transport::Wss].choose(&mut random).unwrap(),
        );
        taken += u32::from(matches!(parsed, Parsed::Request(_)));
        use_up(&parsed);
    }
    // The mutations are small enough to reach behind the first check, and large enough to break things.
    assert!((MUTATIONS / 10..MUTATIONS * 9 / 10).contains(&taken), "{taken}");
}

#[test]
fn no_mutation_of_a_stream_panics_or_goes_on_for_ever() {
    let vectors = vectors();
    let mut random = StdRng::seed_from_u64(5626);
    for _ in 0..MUTATIONS / 10 {
        let mut stream: Vec<u8> = (0..3).flat_map(|_| vectors.choose(&mut random).unwrap().clone()).collect();
        mutate(&mut stream, &vectors, &mut random);
        let mut framer = StreamFramer::new();
        let mut out_len = 0;
        for piece in stream.chunks(random.random_range(1..=stream.len().max(1))) {
            framer.push(piece);
            while let Ok(Some(frame)) = framer.poll() {
                match frame {
                    Frame::Message(message) => {
                        out_len += message.len();
                        use_up(&parse(&message, Transport::Tcp));
                    }
                    Frame::KeepAlive(_) => out_len += 1,
                }
            }
        }
        assert!(out_len + framer.pending_bytes() <= stream.len(), "no byte comes out twice");
    }
}
