//! Who am I to you? A server that answers that, for the candidate test of browsers: stateless, and of no use to those who forge addresses.
//!
//! An answer is 12 bytes longer than the request, or 20 with a checksum, which is as little as RFC 8489 allows. So that nobody can have others flooded, each address gets
//! few answers, and all together get no more than a bound.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::{Change, Class, Fingerprint, MESSAGE_BYTES_MAX, Message};
use crate::pace::{Buckets, Pace, household};

/// For one address: a browser asks each server a few times from each of its sockets, and a household may have several browsers.
const ONE: Pace = Pace {
    burst: 50,
    every: Duration::from_millis(200),
    keys_max: 4_096,
};
/// For all together.
const ALL: Pace = Pace {
    burst: 1_000,
    every: Duration::from_millis(1),
    keys_max: 1,
};

/// Answers binding requests (RFC 8489 section 6.3.1.1 without authentication).
#[derive(Clone, Debug)]
pub struct Responder {
    one: Buckets<IpAddr>,
    all: Buckets<()>,
    /// Requests that were answered.
    pub answered: u64,
    /// Requests that came too fast.
    pub refused: u64,
}

impl Default for Responder {
    fn default() -> Self {
        Self {
            one: Buckets::new(ONE),
            all: Buckets::new(ALL),
            answered: 0,
            refused: 0,
        }
    }
}

/// Whether this looks like a request of somebody who only wants to know who they are: ICE's own checks name a user, and are for others.
#[must_use]
pub fn is_question(packet: &[u8]) -> bool {
    packet.len() <= MESSAGE_BYTES_MAX && matches!(packet, [0, 1, _, _, 0x21, 0x12, 0xa4, 0x42, ..]) && !has_user(packet)
}

/// Whether there is a USERNAME among the attributes.
fn has_user(packet: &[u8]) -> bool {
    const USERNAME: u16 = 0x0006;
    let mut rest = packet.get(super::HEADER_BYTES..).unwrap_or_default();
    while let Some((head, body)) = rest.split_first_chunk::<4>() {
        if u16::from_be_bytes([head[0], head[1]]) == USERNAME {
            return true;
        }
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        rest = body.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    false
}

impl Responder {
    /// The answer to a packet; `None` for what is no well-formed request, asks for more than that, or comes too fast.
    pub fn answer(&mut self, packet: &[u8], source: SocketAddr, now: Instant) -> Option<Vec<u8>> {
        if !is_question(packet) {
            return None;
        }
        let request = Message::read(packet).ok()?;
        let asks_for_more = request.change != Change::default() || request.response_port.is_some();
        // An answer to somebody else's port would be a flood, and from another address we have none. A changed message is nobody's.
        if request.class != Class::Request || asks_for_more || request.fingerprint == Fingerprint::Wrong || source.port() == 0 {
            return None;
        }
        // The common bucket last: whoever is refused takes nothing out of it.
        if self.one.take(&household(source.ip()), now).is_err() || self.all.take(&(), now).is_err() {
            self.refused += 1;
            return None;
        }
        self.answered += 1;
        let source = SocketAddr::new(source.ip().to_canonical(), source.port());
        let answer = Message {
            mapped: None,
            fingerprint: request.fingerprint,
            ..request.answer(source)
        };
        Some(answer.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::TransactionId;
    use super::*;

    #[allow(clippy::disallowed_methods, reason = "a test's clock begins somewhere")]
    fn now() -> Instant {
        Instant::now()
    }

    fn request() -> Message {
        Message::request(TransactionId(*b"0123456789ab"))
    }

    fn source() -> SocketAddr {
        "192.0.2.7:50000".parse().unwrap()
    }

    #[test]
    fn whoever_asks_hears_their_address_and_gets_a_checksum_when_they_sent_one() {
        for fingerprint in [Fingerprint::Absent, Fingerprint::Right] {
            let request = Message { fingerprint, ..request() };
            let asked = request.to_bytes();
            let answer = Responder::default().answer(&asked, source(), now()).unwrap();
            assert_eq!(answer.len(), asked.len() + 12, "no more than the address");
            let read = Message::read(&answer).unwrap();
            assert_eq!((read.class, read.id, read.xor_mapped), (Class::Success, request.id, Some(source())));
            assert_eq!((read.mapped, read.fingerprint), (None, fingerprint));
        }
    }

    #[test]
    fn an_address_of_ipv4_inside_ipv6_is_told_as_ipv4() {
        let mapped = "[::ffff:192.0.2.7]:50000".parse().unwrap();
        let answer = Responder::default().answer(&request().to_bytes(), mapped, now()).unwrap();
        assert_eq!(Message::read(&answer).unwrap().xor_mapped, Some(source()));
    }

    #[test]
    fn what_asks_for_more_or_is_broken_is_not_answered() {
        let elsewhere = Message {
            change: Change { ip: true, port: false },
            ..request()
        };
        let to_another_port = Message {
            response_port: Some(53),
            ..request()
        };
        let changed = Message {
            fingerprint: Fingerprint::Wrong,
            ..request()
        };
        let answer = request().answer(source());
        for message in [elsewhere, to_another_port, changed, answer] {
            assert_eq!(
                Responder::default().answer(&message.to_bytes(), source(), now()),
                None,
                "{message:?}"
            );
        }
        let mut unknown = request().to_bytes();
        unknown.extend([0x7f, 0xff, 0, 0]);
        unknown[3] = 4;
        assert_eq!(
            Responder::default().answer(&unknown, source(), now()),
            None,
            "an attribute that has to be understood"
        );
        let nowhere = SocketAddr::new(source().ip(), 0);
        assert_eq!(Responder::default().answer(&request().to_bytes(), nowhere, now()), None);
    }

    #[test]
    fn checks_of_ice_are_for_others() {
        let mut check = request().to_bytes();
        check.extend([0, 6, 0, 4, b'a', b':', b'b', b'c']);
        check[3] = 8;
        assert!(!is_question(&check));
        assert!(is_question(&request().to_bytes()));
    }

    #[test]
    fn one_address_gets_few_answers_and_others_get_theirs_all_the_same() {
        let (mut responder, now) = (Responder::default(), now());
        let asked = request().to_bytes();
        let answers = (0..1_000).filter(|_| responder.answer(&asked, source(), now).is_some()).count();
        assert_eq!(answers, ONE.burst as usize);
        let other = "192.0.2.8:50000".parse().unwrap();
        assert!(responder.answer(&asked, other, now).is_some());
        assert!(responder.answer(&asked, source(), now + ONE.every).is_some());
        assert_eq!(responder.refused, 1_000 - u64::from(ONE.burst));
    }

    #[test]
    fn whatever_addresses_are_forged_there_is_a_bound_and_little_is_remembered() {
        let (mut responder, now) = (Responder::default(), now());
        let asked = request().to_bytes();
        let forged = (0..20_000_u32).map(|n| SocketAddr::new(IpAddr::from(n.to_be_bytes()), 53));
        let answers = forged.filter(|source| responder.answer(&asked, *source, now).is_some()).count();
        assert_eq!(answers, ALL.burst as usize);
        assert!(responder.one.len() <= ONE.keys_max);
    }

    proptest! {
        #[test]
        fn rubbish_does_no_harm(packet in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _nothing = Responder::default().answer(&packet, source(), now());
        }

        #[test]
        fn requests_with_rubbish_behind_do_no_harm(rest in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut packet = request().to_bytes();
            packet.extend(&rest);
            if let Some(answer) = Responder::default().answer(&packet, source(), now()) {
                prop_assert!(answer.len() <= packet.len() + 12);
            }
        }
    }
}
