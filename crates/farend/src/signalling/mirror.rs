//! The mirror on our SIP port: who asks sees what routers have made of a SIP message on its way here ([`doctor::alg::mirror`]).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use doctor::alg::mirror;

/// Questions that are answered at once.
const BURST: u32 = 20;
/// After which time one more is.
const EVERY: Duration = Duration::from_millis(100);

/// Answers questions, but no more than a few each second: a flood of them is left to whoever refuses what is no SIP of ours.
#[derive(Debug)]
pub(super) struct Mirror {
    answers: u32,
    counted_at: Instant,
}

impl Mirror {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            answers: BURST,
            counted_at: now,
        }
    }

    /// The answer, where the packet is a question and it is its turn.
    pub(super) fn reflect(&mut self, packet: &[u8], source: SocketAddr, now: Instant) -> Option<Vec<u8>> {
        let answer = mirror::reflect(packet, source)?;
        let more = now.saturating_duration_since(self.counted_at).as_millis() / EVERY.as_millis();
        if more > 0 {
            let more = u32::try_from(more).unwrap_or(BURST);
            self.answers = self.answers.saturating_add(more).min(BURST);
            self.counted_at = now;
        }
        self.answers = self.answers.checked_sub(1)?;
        Some(answer)
    }
}

#[cfg(test)]
mod tests {
    use doctor::alg::mirror::Question;

    use super::*;

    #[test]
    fn a_flood_of_questions_is_answered_a_few_times_a_second() {
        let now = Instant::now();
        let peer = "198.51.100.7:5060".parse().unwrap();
        let question = Question::new(peer, "203.0.113.5:5060".parse().unwrap(), 1);
        let mut mirror = Mirror::new(now);
        let mut answered = |at: Instant| {
            (0..1_000)
                .filter(|_| mirror.reflect(question.bytes(), peer.into(), at).is_some())
                .count()
        };
        assert_eq!(answered(now), 20);
        assert_eq!(answered(now + Duration::from_millis(350)), 3);
        assert_eq!(answered(now + Duration::from_secs(3_600)), 20);
        assert_eq!(mirror.reflect(b"OPTIONS sip:101@farend SIP/2.0\r\n\r\n", peer.into(), now), None);
    }
}
