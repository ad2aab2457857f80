//! Echo legs: who may have one, how long, and what was heard on it. Pure: commands to the media threads come out, their events go in.
//!
//! ```text
//!   open ──► Opening ──answer──► Running ──15 s, the browser is done or gone──► Ended ──a minute──► forgotten
//!               └──refused──► forgotten
//! ```

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use media::sdp::way::Way;
use model::control::{Command, Event, Peer, Reached, Refusal, Source};
use model::quality::{LegReport, Transport};
use model::{CallId, LegId, UserId};

/// How long an echo lasts at most.
pub const ECHO_MAX: Duration = Duration::from_secs(15);
/// Echoes of one person or link at the same time.
pub const PER_OWNER_MAX: usize = 2;
/// Echoes at the same time in all.
pub(crate) const ECHOES_MAX: usize = 20;
/// What was heard can be asked for so long after the end.
const REMEMBERED: Duration = Duration::from_secs(60);
/// Echoes that are over and are remembered at most.
const ENDED_MAX: usize = 200;
/// So much of the tone is the tone: less may be chance.
const TONE_MS_MIN: u32 = 300;

/// Whose echo it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// Somebody who is signed in.
    User(UserId),
    /// Whoever has this link.
    Link(u64),
}

/// What the server has received on an echo leg.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    /// ICE and DTLS were done.
    pub is_connected: bool,
    /// The way that the media takes.
    pub transport: Transport,
    /// RTP packets.
    pub packets: u64,
    /// Packets lost on the way to the server.
    pub lost: u64,
    /// Jitter of what arrived, in milliseconds.
    pub jitter_ms: f32,
    /// So much of the tone was heard, in milliseconds.
    pub tone_ms: u32,
}

impl Heard {
    /// Whether the tone came through.
    #[must_use]
    pub fn is_tone_heard(&self) -> bool {
        self.tone_ms >= TONE_MS_MIN
    }

    fn take(&mut self, report: &LegReport) {
        self.transport = report.transport;
        self.packets = report.received.packets;
        self.lost = report.received.lost;
        self.jitter_ms = report.received.jitter_ms;
    }
}

/// Why there is no echo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEcho {
    /// One person has enough.
    #[error("{PER_OWNER_MAX} echoes are running already")]
    TooMany,
    /// There are enough in all, or the media threads have no room.
    #[error("no echo is free")]
    Full,
    /// The offer cannot be answered.
    #[error("the offer makes no sense")]
    Refused,
}

/// What an offer has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) leg: LegId,
    pub(super) answer: Result<String, NoEcho>,
}

#[derive(Debug)]
struct Echo {
    owner: Owner,
    way: Way,
    stage: Stage,
    heard: Heard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The offer is with the media thread.
    Opening {
        until: Instant,
    },
    Running {
        until: Instant,
    },
    /// Its last figures may still come.
    Ended {
        forgotten_at: Instant,
    },
}

/// All echo legs.
#[derive(Debug, Default)]
pub(super) struct Desk {
    echoes: BTreeMap<LegId, Echo>,
    opened: u64,
}

/// What holds a leg in the media threads.
pub(super) fn call_of(leg: LegId) -> CallId {
    CallId(leg.0)
}

impl Desk {
    /// Begins an echo: its number, and what to command. What comes of it is [`Settled`].
    pub(super) fn open(
        &mut self,
        owner: Owner,
        way: Way,
        offer: &str,
        reached: Reached,
        now: Instant,
    ) -> Result<(LegId, Vec<Command>), NoEcho> {
        let running = || self.echoes.values().filter(|echo| echo.stage.is_running());
        if running().count() >= ECHOES_MAX {
            return Err(NoEcho::Full);
        }
        if running().filter(|echo| echo.owner == owner).count() >= PER_OWNER_MAX {
            return Err(NoEcho::TooMany);
        }
        self.opened += 1;
        let leg = LegId::of_check(self.opened);
        let echo = Echo {
            owner,
            way,
            stage: Stage::Opening { until: now + ECHO_MAX },
            heard: Heard::default(),
        };
        self.echoes.insert(leg, echo);
        let offer = Command::ReceiveOffer {
            call: call_of(leg),
            leg,
            peer: Peer::Browser { reached },
            offer: way.of_offer(offer),
        };
        let hear = Command::Hear {
            leg,
            source: Source::Mirror,
        };
        Ok((leg, vec![offer, hear, Command::AnswerOffer { leg, toward: None }]))
    }

    /// News of a leg: what to command, and what its offer has come to where that is known now.
    pub(super) fn take(&mut self, event: &Event, now: Instant) -> (Option<Command>, Option<Settled>) {
        let Some((leg, echo)) = event.leg().and_then(|leg| Some((leg, self.echoes.get_mut(&leg)?))) else {
            return (None, None);
        };
        match event {
            Event::OfferAnswered { answer, .. } => {
                if let Stage::Opening { until } = echo.stage {
                    echo.stage = Stage::Running { until };
                }
                let answer = Ok(echo.way.of_answer(answer));
                (None, Some(Settled { leg, answer }))
            }
            Event::OfferRefused { reason, .. } => {
                let why = match reason {
                    Refusal::Full => NoEcho::Full,
                    Refusal::Malformed | Refusal::NotAcceptable | Refusal::OutOfTurn => NoEcho::Refused,
                };
                self.echoes.remove(&leg);
                // It may exist: a leg whose offer was taken, and could not be answered.
                let close = Command::Close { leg };
                (Some(close), Some(Settled { leg, answer: Err(why) }))
            }
            Event::Connected { .. } => {
                echo.heard.is_connected = true;
                (None, None)
            }
            Event::Listened { heard, .. } => {
                echo.heard.tone_ms = heard.tone_ms;
                (None, None)
            }
            Event::Measured { report, .. } => {
                echo.heard.take(report);
                (None, None)
            }
            Event::Closed { report, .. } => {
                echo.heard.take(report);
                echo.stage.end(now);
                (None, None)
            }
            Event::LegFailed { .. } => {
                let was_running = echo.stage.is_running();
                echo.stage.end(now);
                (was_running.then_some(Command::Close { leg }), None)
            }
            Event::OfferReceived { .. }
            | Event::OfferMade { .. }
            | Event::AnswerAccepted { .. }
            | Event::AnswerRefused { .. }
            | Event::Narrowed { .. }
            | Event::DigitReceived { .. }
            | Event::Played { .. }
            | Event::Joined { .. }
            | Event::Speaking { .. } => (None, None),
        }
    }

    /// What was heard on somebody's echo; `None` where there is no such echo of theirs.
    pub(super) fn look(&self, owner: Owner, leg: LegId) -> Option<Heard> {
        self.echoes.get(&leg).filter(|echo| echo.owner == owner).map(|echo| echo.heard)
    }

    /// The browser is done with its echo: what was heard so far, and what to command.
    pub(super) fn close(&mut self, owner: Owner, leg: LegId, now: Instant) -> Option<(Heard, Option<Command>)> {
        let echo = self.echoes.get_mut(&leg).filter(|echo| echo.owner == owner)?;
        let was_running = echo.stage.is_running();
        echo.stage.end(now);
        Some((echo.heard, was_running.then_some(Command::Close { leg })))
    }

    /// Ends what has lasted long enough, and forgets what has ended long ago.
    pub(super) fn handle_timeout(&mut self, now: Instant) -> Vec<Command> {
        let mut commands = Vec::new();
        for (leg, echo) in &mut self.echoes {
            if echo.stage.is_running() && echo.stage.due() <= now {
                echo.stage.end(now);
                commands.push(Command::Close { leg: *leg });
            }
        }
        self.echoes.retain(|_, echo| echo.stage.is_running() || echo.stage.due() > now);
        let ended: Vec<LegId> = self
            .echoes
            .iter()
            .filter(|(_, echo)| !echo.stage.is_running())
            .map(|(leg, _)| *leg)
            .collect();
        // The oldest have the lowest numbers.
        for leg in ended.iter().take(ended.len().saturating_sub(ENDED_MAX)) {
            self.echoes.remove(leg);
        }
        commands
    }

    /// When [`Self::handle_timeout`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.echoes.values().map(|echo| echo.stage.due()).min()
    }

    /// Echoes that run.
    #[cfg(test)]
    fn running(&self) -> usize {
        self.echoes.values().filter(|echo| echo.stage.is_running()).count()
    }
}

impl Stage {
    fn is_running(self) -> bool {
        match self {
            Self::Opening { .. } | Self::Running { .. } => true,
            Self::Ended { .. } => false,
        }
    }

    fn due(self) -> Instant {
        match self {
            Self::Opening { until } | Self::Running { until } => until,
            Self::Ended { forgotten_at } => forgotten_at,
        }
    }

    fn end(&mut self, now: Instant) {
        if self.is_running() {
            *self = Self::Ended {
                forgotten_at: now + REMEMBERED,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use model::control::{Failure, Heard as Listened};
    use model::quality::StreamReport;

    use super::*;

    const ANNA: Owner = Owner::User(UserId(1));
    const GUEST: Owner = Owner::Link(1);
    const OFFER: &str = "v=0\r\na=candidate:1 1 udp 1 192.168.1.50 50000 typ host\r\n";
    const ANSWER: &str =
        "v=0\r\na=candidate:1 1 udp 1 198.51.100.2 8802 typ host\r\na=candidate:2 1 tcp 1 198.51.100.2 8802 typ host tcptype passive\r\n";

    fn reached() -> Reached {
        Reached {
            local: "192.168.10.10".parse().unwrap(),
            peer: "198.51.100.100".parse().unwrap(),
            page: None,
        }
    }

    fn open(desk: &mut Desk, owner: Owner, now: Instant) -> Result<LegId, NoEcho> {
        desk.open(owner, Way::Tcp, OFFER, reached(), now).map(|(leg, _)| leg)
    }

    fn answered(desk: &mut Desk, leg: LegId, now: Instant) -> Settled {
        let answer = ANSWER.to_owned();
        let (command, settled) = desk.take(&Event::OfferAnswered { leg, answer }, now);
        assert_eq!(command, None);
        settled.unwrap()
    }

    fn measured(packets: u64, lost: u64) -> Box<LegReport> {
        Box::new(LegReport {
            transport: Transport::Tcp,
            received: StreamReport {
                packets,
                lost,
                jitter_ms: 3.5,
                ..StreamReport::default()
            },
            ..LegReport::default()
        })
    }

    #[test]
    fn an_echo_knows_its_way_alone_and_tells_what_it_hears() {
        let (mut desk, now) = (Desk::default(), Instant::now());
        let (leg, commands) = desk.open(ANNA, Way::Tcp, OFFER, reached(), now).unwrap();
        assert!(leg.is_of_check());
        let [
            Command::ReceiveOffer { offer, call, .. },
            Command::Hear { source, .. },
            Command::AnswerOffer { .. },
        ] = &commands[..]
        else {
            panic!("{commands:?}")
        };
        assert_eq!((offer.as_str(), *call, *source), ("v=0\r\n", call_of(leg), Source::Mirror));
        let answer = answered(&mut desk, leg, now).answer.unwrap();
        assert!(answer.contains("tcptype passive") && !answer.contains("udp"), "{answer}");

        desk.take(&Event::Connected { leg }, now);
        let heard = Listened {
            sound_ms: 1_000,
            tone_ms: 900,
        };
        desk.take(&Event::Listened { leg, heard }, now);
        let report = measured(50, 2);
        desk.take(&Event::Measured { leg, report }, now);
        let heard = desk.look(ANNA, leg).unwrap();
        assert!(heard.is_connected && heard.is_tone_heard());
        assert_eq!(
            (heard.packets, heard.lost, heard.jitter_ms, heard.transport),
            (50, 2, 3.5, Transport::Tcp)
        );

        let (_, command) = desk.close(ANNA, leg, now).unwrap();
        assert_eq!(command, Some(Command::Close { leg }));
        let report = measured(60, 3);
        desk.take(&Event::Closed { leg, report }, now);
        assert_eq!(desk.look(ANNA, leg).unwrap().packets, 60, "the last figures count");
        assert_eq!(desk.close(ANNA, leg, now).unwrap().1, None, "it is closed once");
        assert!(desk.handle_timeout(now + REMEMBERED).is_empty());
        assert_eq!(desk.look(ANNA, leg), None);
    }

    #[test]
    fn nobody_sees_or_ends_what_is_somebody_else_s() {
        let (mut desk, now) = (Desk::default(), Instant::now());
        let leg = open(&mut desk, ANNA, now).unwrap();
        assert_eq!(desk.look(GUEST, leg), None);
        assert_eq!(desk.close(GUEST, leg, now), None);
        assert_eq!(desk.running(), 1);
    }

    #[test]
    fn two_for_one_and_twenty_for_all() {
        let (mut desk, now) = (Desk::default(), Instant::now());
        let first = open(&mut desk, ANNA, now).unwrap();
        open(&mut desk, ANNA, now).unwrap();
        assert_eq!(open(&mut desk, ANNA, now), Err(NoEcho::TooMany));
        desk.close(ANNA, first, now).unwrap();
        open(&mut desk, ANNA, now).unwrap();
        for link in 0..u64::try_from(ECHOES_MAX - PER_OWNER_MAX).unwrap() {
            open(&mut desk, Owner::Link(link), now).unwrap();
        }
        assert_eq!(open(&mut desk, Owner::Link(4711), now), Err(NoEcho::Full));
    }

    #[test]
    fn an_echo_ends_after_fifteen_seconds_whatever_the_browser_does() {
        let (mut desk, now) = (Desk::default(), Instant::now());
        let leg = open(&mut desk, ANNA, now).unwrap();
        answered(&mut desk, leg, now);
        assert_eq!(desk.poll_timeout(), Some(now + ECHO_MAX));
        assert!(desk.handle_timeout(now + ECHO_MAX - Duration::from_millis(1)).is_empty());
        assert_eq!(desk.handle_timeout(now + ECHO_MAX), [Command::Close { leg }]);
        assert!(desk.handle_timeout(now + ECHO_MAX).is_empty());
    }

    #[test]
    fn a_browser_that_has_gone_frees_its_place() {
        let (mut desk, now) = (Desk::default(), Instant::now());
        let leg = open(&mut desk, ANNA, now).unwrap();
        let reason = Failure::IceFailed;
        assert_eq!(desk.take(&Event::LegFailed { leg, reason }, now).0, Some(Command::Close { leg }));
        assert_eq!(desk.take(&Event::LegFailed { leg, reason }, now).0, None);
        assert_eq!(desk.running(), 0);
    }

    #[test]
    fn an_offer_that_cannot_be_answered_leaves_nothing() {
        for (reason, why) in [
            (Refusal::Malformed, NoEcho::Refused),
            (Refusal::NotAcceptable, NoEcho::Refused),
            (Refusal::Full, NoEcho::Full),
        ] {
            let (mut desk, now) = (Desk::default(), Instant::now());
            let leg = open(&mut desk, ANNA, now).unwrap();
            let (command, settled) = desk.take(&Event::OfferRefused { leg, reason }, now);
            assert_eq!(command, Some(Command::Close { leg }));
            assert_eq!(settled, Some(Settled { leg, answer: Err(why) }));
            // What follows is about nobody.
            let reason = Failure::Unknown;
            assert_eq!(desk.take(&Event::LegFailed { leg, reason }, now), (None, None));
            assert_eq!(desk.poll_timeout(), None);
        }
    }

    #[test]
    fn what_has_ended_is_remembered_within_a_bound() {
        let (mut desk, now) = (Desk::default(), Instant::now());
        for _ in 0..2 * ENDED_MAX {
            let leg = open(&mut desk, ANNA, now).unwrap();
            desk.close(ANNA, leg, now).unwrap();
            desk.handle_timeout(now);
            assert!(desk.echoes.len() <= ENDED_MAX);
        }
    }
}
