//! What a phone's RTCP tells of both directions, beside loss and jitter (RFC 3550 section 6.4).

use std::time::Instant;

use model::quality::PeerReport;

use super::hush::ms;

/// What one packet of ours takes, in milliseconds.
const PACKET_MS: u32 = 20;
/// Packets behind that mean a number from before ours began, or one ahead of ours: nothing that can be believed.
const BEHIND_MAX: u16 = 60_000;

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    /// When anything authentic came last.
    heard_at: Option<Instant>,
    reported_at: Option<Instant>,
    report_interval_ms: Option<u32>,
    /// The stream of the latest sender report, and how many more packets it had sent than we had got.
    ahead: Option<(u32, i64)>,
    missing: Option<(u32, Instant)>,
    deaf: Option<(u32, Instant)>,
}

impl Told {
    /// Something authentic has come.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.heard_at = Some(now);
    }

    /// A compound of reports has come.
    pub(crate) fn reported(&mut self, now: Instant) {
        if let Some(before) = self.reported_at.replace(now) {
            let apart = ms(now.saturating_duration_since(before));
            self.report_interval_ms = Some(self.report_interval_ms.unwrap_or(0).max(apart));
        }
    }

    /// A sender report: the peer had sent so many packets of this stream, and we had got so many of all.
    pub(crate) fn sender_report(&mut self, ssrc: u32, sent: u32, received: u64, now: Instant) {
        let ahead = i64::from(sent) - i64::try_from(received).unwrap_or(i64::MAX);
        let before = self.ahead.replace((ssrc, ahead));
        // Another stream counts from zero, while ours has been counting on.
        let missing = match before {
            Some((known, before)) if known == ssrc => ahead.saturating_sub(before),
            Some(_) => 0,
            None => ahead,
        };
        self.missing = Some((u32::try_from(missing).unwrap_or(0), now));
    }

    /// A receiver report: the highest number of ours that has arrived, while `sent` was ours last.
    pub(crate) fn receiver_report(&mut self, highest: u32, sent: u64, now: Instant) {
        let low = |number: u64| (number & 0xffff) as u16;
        let behind = low(sent).wrapping_sub(low(highest.into()));
        let behind = if behind > BEHIND_MAX { 0 } else { u32::from(behind) };
        self.deaf = Some((behind * PACKET_MS, now));
    }

    pub(crate) fn report(&self, now: Instant) -> PeerReport {
        let since = |at: Instant| ms(now.saturating_duration_since(at));
        PeerReport {
            heard_ms: self.heard_at.map(since),
            report_interval_ms: self.report_interval_ms,
            missing: self.missing.map(|(missing, _)| missing),
            missing_ms: self.missing.map(|(_, at)| since(at)),
            deaf_ms: self.deaf.map(|(deaf, _)| deaf),
            deaf_told_ms: self.deaf.map(|(_, at)| since(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::audio::testing::start;

    #[test]
    fn what_is_sent_and_does_not_arrive_is_missing() {
        let (mut told, now) = (Told::default(), start());
        told.sender_report(1, 250, 250, now);
        assert_eq!(told.report(now).missing, Some(0));
        told.sender_report(1, 500, 260, now + Duration::from_secs(5));
        let report = told.report(now + Duration::from_secs(6));
        assert_eq!((report.missing, report.missing_ms), (Some(240), Some(1_000)));
        told.sender_report(1, 750, 510, now + Duration::from_secs(10));
        assert_eq!(told.report(now).missing, Some(0), "it arrives again");
        told.sender_report(2, 10, 520, now + Duration::from_secs(15));
        assert_eq!(told.report(now).missing, Some(0), "another stream");
    }

    #[test]
    fn what_a_peer_has_not_got_is_told_in_time() {
        let (mut told, now) = (Told::default(), start());
        told.receiver_report(0x0003_fff0, 0x0004_0009, now);
        assert_eq!(told.report(now).deaf_ms, Some(25 * 20), "numbers wrap");
        told.receiver_report(100, 99, now);
        assert_eq!(told.report(now).deaf_ms, Some(0), "one ahead of ours is no loss");
    }

    #[test]
    fn the_longest_wait_for_a_report_is_known_from_the_second_on() {
        let (mut told, now) = (Told::default(), start());
        told.reported(now);
        assert_eq!(told.report(now).report_interval_ms, None);
        told.reported(now + Duration::from_secs(6));
        told.reported(now + Duration::from_secs(9));
        assert_eq!(told.report(now).report_interval_ms, Some(6_000));
    }
}
