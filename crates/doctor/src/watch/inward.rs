//! Sound from a leg: whether there should be any, whether there is, and where it is lost before it is with us.
//!
//! ```text
//!   quiet for 1.5 s ──► refused meanwhile? ──► by its cause: decryption, decoding, wrong address
//!                         └─► may have paused? ──► its RTCP tells: it sends no more (fine), or it does (network)
//!                               └─► its RTCP: it does send (network) ─► it lives (sender) ─► nothing at all (network)
//! ```

use std::time::Instant;

use model::quality::{LegReport, Refused, Transport};

use super::{Part, Verdict};
use crate::evidence::{BrowserSide, Microphone, PeerKind, Stage};

/// Without a packet for this long there is no sound, in milliseconds: a network that stumbles is back by then.
const QUIET_MAX_MS: u32 = 1_500;
/// With a packet since so many milliseconds there is.
const SOUND_MS: u32 = 1_000;
/// Digital silence for this long is nobody's microphone, in milliseconds.
const ZERO_MAX_MS: u32 = 2_000;
/// How long the longer of two digital silences is that a phone has come back from by itself: it does that. In milliseconds.
const GATE_MIN_MS: u32 = 800;
/// Digital silence for as long, from a phone which does that between words, in milliseconds.
const ZERO_GATED_MAX_MS: u32 = 30_000;
/// Packets refused for one cause since the last sound that make it the cause.
const REFUSED_MIN: u64 = 10;
/// Packets sent and not arrived, by the sender's own report, that mean a lossy network.
const MISSING_MIN: u32 = 10;
/// A phone that may have paused has sent on for this long by its report, in milliseconds, so that it has not.
const SENT_ON_MS: u32 = 2_000;
/// What one packet takes, and what may be amiss when they are counted as time, in milliseconds.
const PACKET_MS: u32 = 20;
const SLACK_MS: u32 = 100;
/// A phone that has sent quiet sound for this long does not suppress silence, in milliseconds.
const SENDS_QUIET_MS: u32 = 1_000;
/// RTCP comes every five seconds, give or take half (RFC 3550 section 6.2): overdue after this long, in milliseconds.
const OVERDUE_MIN_MS: u32 = 8_000;
/// What has come after the sound has stopped came at least so much later, in milliseconds.
const AFTERWARDS_MS: u32 = 500;
/// How long a browser may take to connect, in milliseconds: by TCP through a slow line, say.
const CONNECTING_MAX_MS: u32 = 6_000;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Inward {
    latest: Option<(Part, Box<LegReport>)>,
    /// Since when there should be sound.
    expected_since: Option<Instant>,
    /// What had been refused when there was sound last, or when it began to be expected.
    refused_before: Refused,
    /// Digital silence at the report before, in milliseconds.
    zero_before_ms: u32,
    /// It falls digitally silent between words.
    is_gated: bool,
}

impl Inward {
    /// Somebody else is to hear it.
    pub(super) fn begin_again(&mut self) {
        self.expected_since = None;
    }

    pub(super) fn measured(&mut self, part: Part, report: &LegReport, now: Instant) {
        if !(part.is_talking && report.expected.from_peer) {
            self.expected_since = None;
        } else if self.expected_since.is_none() {
            self.expected_since = Some(now);
            self.refused_before = report.refused;
        }
        if report.received.quiet_ms.is_some_and(|quiet| quiet < SOUND_MS) {
            self.refused_before = report.refused;
        }
        let zero_ms = report.received.zero_ms.unwrap_or(0);
        if zero_ms < self.zero_before_ms && self.zero_before_ms >= GATE_MIN_MS && self.expected_since.is_some() {
            self.is_gated = true;
        }
        self.zero_before_ms = zero_ms;
        match &mut self.latest {
            Some((known, latest)) => {
                *known = part;
                (**latest).clone_from(report);
            }
            None => self.latest = Some((part, Box::new(report.clone()))),
        }
    }

    pub(super) fn judge(&self, browser: BrowserSide, now: Instant) -> Verdict {
        let (Some((part, report)), Some(since)) = (&self.latest, self.expected_since) else {
            return Verdict::Fine;
        };
        if browser.is_muted_in_app || browser.is_held {
            return Verdict::Fine;
        }
        let zero_ms = report.received.zero_ms;
        match browser.microphone {
            Microphone::MutedBySystem | Microphone::Ended => return Verdict::Lost(Stage::Microphone),
            // What is heard here counts more.
            Microphone::Zero if zero_ms != Some(0) => return Verdict::Lost(Stage::Microphone),
            Microphone::Zero | Microphone::Works | Microphone::Unknown => {}
        }
        let waited_ms = u32::try_from(now.saturating_duration_since(since).as_millis()).unwrap_or(u32::MAX);
        let quiet_ms = report.received.quiet_ms.map_or(waited_ms, |quiet| quiet.min(waited_ms));
        if quiet_ms >= QUIET_MAX_MS {
            return self.silent(*part, report, quiet_ms, waited_ms);
        }
        // Browsers tell what their microphone does; others may have muted themselves.
        let zero_ms = zero_ms.filter(|_| part.kind != PeerKind::Browser).unwrap_or(0).min(waited_ms);
        let zero_max_ms = if self.is_gated { ZERO_GATED_MAX_MS } else { ZERO_MAX_MS };
        if zero_ms >= zero_max_ms {
            return Verdict::Lost(Stage::SilentAudio);
        }
        match report.received.quiet_ms {
            Some(quiet) if quiet < SOUND_MS => Verdict::Fine,
            Some(_) | None => Verdict::Unclear,
        }
    }

    /// Nothing has come for so long.
    fn silent(&self, part: Part, report: &LegReport, quiet_ms: u32, waited_ms: u32) -> Verdict {
        if let Some(stage) = self.refused_for(report.refused) {
            return Verdict::Lost(stage);
        }
        let is_connecting = part.kind == PeerKind::Browser && report.transport == Transport::None && report.received.quiet_ms.is_none();
        if is_connecting && waited_ms < CONNECTING_MAX_MS {
            return Verdict::Unclear;
        }
        let peer = report.peer;
        // A sender report since the sound has stopped knows whether it has been stopped.
        let told = peer
            .missing
            .filter(|_| peer.missing_ms.is_some_and(|ago| ago + AFTERWARDS_MS < quiet_ms));
        if may_have_paused(part.kind, report) {
            // It has gone on sending all the time until then: what a network loses that stumbles right before a pause is less.
            let told_at_ms = quiet_ms.saturating_sub(peer.missing_ms.unwrap_or(0));
            let sent_on = |missing: u32| told_at_ms >= SENT_ON_MS && missing.saturating_mul(PACKET_MS) + SLACK_MS >= told_at_ms;
            if told.is_some_and(sent_on) {
                return Verdict::Lost(Stage::NetworkIn);
            }
            let overdue_ms = peer
                .report_interval_ms
                .map(|interval| interval.saturating_mul(2).max(OVERDUE_MIN_MS));
            let is_gone = overdue_ms.is_some_and(|overdue| quiet_ms >= overdue && peer.heard_ms.is_none_or(|ago| ago >= overdue));
            return if is_gone { Verdict::Lost(Stage::NetworkIn) } else { Verdict::Fine };
        }
        if told.is_some_and(|missing| missing >= MISSING_MIN) {
            return Verdict::Lost(Stage::NetworkIn);
        }
        let lives = peer.heard_ms.is_some_and(|ago| ago + AFTERWARDS_MS < quiet_ms);
        Verdict::Lost(if lives { Stage::Sender } else { Stage::NetworkIn })
    }

    /// Why what comes is not heard.
    fn refused_for(&self, refused: Refused) -> Option<Stage> {
        let before = self.refused_before;
        let unheard = refused.malformed + refused.unknown_format;
        let unheard_before = before.malformed + before.unknown_format;
        let causes = [
            (refused.undecryptable.saturating_sub(before.undecryptable), Stage::Decryption),
            (unheard.saturating_sub(unheard_before), Stage::Decoding),
            (refused.stranger.saturating_sub(before.stranger), Stage::WrongAddress),
        ];
        let cause = causes.into_iter().max_by_key(|(packets, _)| *packets);
        cause.filter(|(packets, _)| *packets >= REFUSED_MIN).map(|(_, stage)| stage)
    }
}

/// Whether it may have stopped because nobody speaks. Browsers say so.
fn may_have_paused(kind: PeerKind, report: &LegReport) -> bool {
    let pauses = report.pauses;
    let is_quiet = kind != PeerKind::Browser && pauses.was_quiet == Some(true);
    // Whoever does it may do it while the network stumbles, which hides how it began.
    let suppresses = pauses.quiet_sent_ms < SENDS_QUIET_MS && (is_quiet || pauses.count > 0);
    pauses.is_announced || suppresses
}
