//! Sound to a leg: whether we send any, and whether it arrives and is played there.

use std::time::Instant;

use model::quality::LegReport;

use super::{Part, Verdict};
use crate::evidence::{BrowserSide, PeerKind, Stage};

/// Of what we have sent nothing has arrived for this long, in milliseconds: there is no sound.
const DEAF_MAX_MS: u32 = 1_500;
/// Or for less than that: there is.
const HEARS_MS: u32 = 500;
/// Packets in the second between two reports that make a steady stream, of 20 ms each; it may be measured a little early.
const STEADY_PACKETS_MIN: u64 = 45;
/// A report of the peer that has come since ours before, in milliseconds.
const FRESH_MS: u32 = 1_100;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Outward {
    kind: Option<PeerKind>,
    /// Since when it should hear something.
    expected_since: Option<Instant>,
    packets: u64,
    /// We have been sending all the time between the latest two reports of a connection, which may be lost since.
    is_steady: bool,
    /// What the peer's latest report has said, where it is news.
    deaf_ms: Option<u32>,
}

impl Outward {
    /// It is to hear somebody else.
    pub(super) fn begin_again(&mut self) {
        self.expected_since = None;
    }

    pub(super) fn measured(&mut self, part: Part, report: &LegReport, now: Instant) {
        self.kind = Some(part.kind);
        let packets = report.sent.packets;
        // A browser that hears nothing takes another connection, at first in vain: what we would have sent meanwhile is lost as well.
        if !report.is_reconnecting {
            self.is_steady = packets.saturating_sub(self.packets) >= STEADY_PACKETS_MIN;
        }
        self.packets = packets;
        if !(part.is_talking && report.expected.to_peer) {
            self.expected_since = None;
        } else if self.expected_since.is_none() {
            // What was sent before went to somebody else's ears, or as music.
            self.expected_since = Some(now);
            self.is_steady = false;
        }
        let peer = report.peer;
        self.deaf_ms = peer.deaf_ms.filter(|_| peer.deaf_told_ms.is_some_and(|ago| ago < FRESH_MS));
    }

    pub(super) fn judge(&self, browser: BrowserSide, now: Instant) -> Verdict {
        let Some(since) = self.expected_since else { return Verdict::Fine };
        if browser.is_held {
            return Verdict::Fine;
        }
        if browser.is_output_lost {
            return Verdict::Lost(Stage::Output);
        }
        if browser.is_deaf {
            // Where we do not send, because there is nothing to be sent, nothing arrives.
            return if self.is_steady {
                Verdict::Lost(Stage::NetworkOut)
            } else {
                Verdict::Unclear
            };
        }
        let waited_ms = u32::try_from(now.saturating_duration_since(since).as_millis()).unwrap_or(u32::MAX);
        match self.deaf_ms {
            // Longer than it should have heard anything: numbers of another stream.
            Some(deaf) if deaf > waited_ms => Verdict::Unclear,
            Some(deaf) if deaf >= DEAF_MAX_MS => Verdict::Lost(Stage::NetworkOut),
            Some(deaf) if deaf < HEARS_MS => Verdict::Fine,
            // Browsers have told by now.
            None if self.kind == Some(PeerKind::Browser) => Verdict::Fine,
            Some(_) | None => Verdict::Unclear,
        }
    }
}
