//! Packets in and out of str0m, and time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::control::Failure;
use model::quality::Transport as Way;
use str0m::media::Pt;
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::stats::{MediaEgressStats, PeerStats};
use str0m::{Event, IceConnectionState, Input, Output};

use super::{LOST_LIMIT, State, WebRtc};
use crate::addresses::is_relayed;
use crate::engine::{Arrival, Outbox, Path};
use crate::leg::Outgoing;
use crate::leg::rtp::{Dropped, PeerView};

/// TCP connections of one browser that are remembered.
const CONNECTIONS_MAX: usize = 8;
/// UDP addresses of one browser that are remembered.
const BOUND_MAX: usize = 16;
/// DTLS packets kept that came before the answer which names the peer's certificate.
const EARLY_MAX: usize = 4;
/// Between two time steps of one session.
const STEP_MIN: Duration = Duration::from_millis(1);

impl WebRtc {
    /// Takes a packet that belongs to this leg. RTP comes out in `received`.
    ///
    /// # Errors
    ///
    /// When it is no STUN, DTLS, RTP or RTCP.
    pub(crate) fn receive(
        &mut self,
        arrival: Arrival,
        data: &[u8],
        now: Instant,
        received: &mut Vec<RtpPacket>,
        outbox: &mut impl Outbox,
    ) -> Result<(), Dropped> {
        let proto = match arrival.path {
            Path::Udp | Path::Rtp { .. } => Protocol::Udp,
            Path::Tcp { .. } => {
                self.note_connection(arrival.source, arrival.path);
                Protocol::Tcp
            }
            // The far end of a relayed packet is UDP: a virtual one, at the relayed address.
            Path::Relayed { .. } => {
                self.note_connection(arrival.source, arrival.path);
                Protocol::Udp
            }
        };
        self.heard_by_stream = matches!(arrival.path, Path::Tcp { .. } | Path::Relayed { .. });
        let destination = self.destination(arrival);
        let Some(session) = &mut self.session else { return Ok(()) };
        if session.fingerprint.is_none() && matches!(data.first(), Some(20..=63)) {
            // DTLS before the answer that names the peer's certificate.
            if self.early.len() < EARLY_MAX {
                self.early.push((arrival, data.to_vec()));
            }
            return Ok(());
        }
        session.expect_stream_of(data);
        let contents = data.try_into().map_err(|_| Dropped::Malformed)?;
        let input = Input::Receive(
            now,
            Receive {
                proto,
                source: arrival.source,
                destination,
                contents,
            },
        );
        if session.rtc.handle_input(input).is_err() {
            self.fail(Failure::DtlsFailed);
            return Ok(());
        }
        self.drain(now, received, outbox);
        Ok(())
    }

    /// str0m knows a packet only by the very address of one of our candidates.
    fn destination(&self, arrival: Arrival) -> SocketAddr {
        match arrival.path {
            Path::Tcp { .. } => self.tcp,
            Path::Udp | Path::Relayed { .. } | Path::Rtp { .. } => {
                let to = arrival.destination;
                let same = self.hosts.iter().find(|address| **address == to);
                let family = || self.hosts.iter().find(|address| address.is_ipv4() == to.is_ipv4());
                same.or_else(family).copied().unwrap_or(to)
            }
        }
    }

    fn note_connection(&mut self, source: SocketAddr, path: Path) {
        if self.connections.last() == Some(&(source, path)) {
            return;
        }
        self.connections.retain(|(_, known)| *known != path);
        if self.connections.len() == CONNECTIONS_MAX {
            self.connections.remove(0);
        }
        self.connections.push((source, path));
    }

    /// Notes an address that is bound to this leg from now on; the one to be forgotten for it, if there are too many.
    pub(crate) fn bind(&mut self, source: SocketAddr) -> Option<SocketAddr> {
        self.bound.retain(|known| *known != source);
        self.bound.push(source);
        (self.bound.len() > BOUND_MAX).then(|| self.bound.remove(0))
    }

    /// A connection is gone. Others, or a new one, go on.
    pub(crate) fn connection_closed(&mut self, connection: u64) {
        let gone = [Path::Tcp { connection }, Path::Relayed { connection }];
        self.connections.retain(|(_, known)| !gone.contains(known));
    }

    /// Does what is due, including DTLS packets that waited for the answer.
    pub(crate) fn handle_timeout(&mut self, now: Instant, received: &mut Vec<RtpPacket>, outbox: &mut impl Outbox) {
        if !self.early.is_empty() && self.session.as_ref().is_some_and(|session| session.fingerprint.is_some()) {
            for (arrival, data) in std::mem::take(&mut self.early) {
                let _ = self.receive(arrival, &data, now, received, outbox);
            }
        }
        match self.state {
            State::Connecting { until } | State::Lost { until } if until <= now => self.fail(Failure::IceFailed),
            State::New | State::Connecting { .. } | State::Connected | State::Lost { .. } | State::Failed(_) => {}
        }
        if let Some(session) = &mut self.session
            && session.due <= now
        {
            if session.rtc.handle_input(Input::Timeout(now)).is_err() {
                self.fail(Failure::DtlsFailed);
            }
            self.drain(now, received, outbox);
            if let Some(session) = &mut self.session {
                // Time must pass, whatever str0m says.
                session.due = session.due.max(now + STEP_MIN);
            }
        }
    }

    /// Sends one RTP packet; whether str0m took it.
    pub(crate) fn send(&mut self, out: &Outgoing<'_>, now: Instant, received: &mut Vec<RtpPacket>, outbox: &mut impl Outbox) -> bool {
        if !self.is_ready() {
            return false;
        }
        let Some(session) = &mut self.session else { return false };
        let ssrc = session.ssrc;
        let payload = out.payload.shared.map_or_else(|| Arc::from(out.payload.bytes), Arc::clone);
        let mut direct = session.rtc.direct_api();
        let Some(stream) = direct.stream_tx(&ssrc) else { return false };
        stream.write_rtp(RtpWrite::new(Pt::from(out.payload_type), out.sequence.into(), out.timestamp, now, payload).marker(out.marker));
        // str0m sends what was written at its next timeout, which is now.
        if session.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.fail(Failure::DtlsFailed);
            return false;
        }
        self.drain(now, received, outbox);
        true
    }

    /// Says goodbye.
    pub(crate) fn close(&mut self, now: Instant, received: &mut Vec<RtpPacket>, outbox: &mut impl Outbox) {
        if let Some(session) = &mut self.session
            && self.state == State::Connected
        {
            let _ = session.rtc.close();
            self.drain(now, received, outbox);
        }
    }

    /// Takes all that str0m has to say.
    fn drain(&mut self, now: Instant, received: &mut Vec<RtpPacket>, outbox: &mut impl Outbox) {
        let Some(session) = &mut self.session else { return };
        loop {
            match session.rtc.poll_output() {
                Ok(Output::Timeout(due)) => {
                    session.due = due;
                    return;
                }
                Ok(Output::Transmit(transmit)) => {
                    let path = path_to(transmit.destination, transmit.proto, &self.connections);
                    if let Some(path) = path {
                        if transmit.contents.first().is_some_and(|first| *first >= 128) {
                            self.transport = way(path);
                        }
                        outbox.send(path, transmit.source, transmit.destination, &transmit.contents);
                    }
                }
                Ok(Output::Event(Event::RtpPacket(packet))) => {
                    session.prove_stream(*packet.header.ssrc);
                    received.push(packet);
                }
                Ok(Output::Event(event)) => {
                    if let Some(state) = news(&event, self.state, now) {
                        self.state = state;
                    }
                    view(&event, &mut self.peer, &mut self.transport);
                    if let Event::MediaEgressStats(stats) = &event {
                        self.loss_reported = self.loss_view.look(stats).or(self.loss_reported);
                    }
                }
                Err(_) => {
                    session.due = now + LOST_LIMIT;
                    self.state = State::Failed(Failure::DtlsFailed);
                    return;
                }
            }
        }
    }
}

/// What a browser's receiver reports said last about what we send. str0m has shares of its own, but not before the second report:
/// ten seconds into a call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LossView {
    lost: i64,
    highest: Option<u64>,
}

impl LossView {
    /// The share lost since the report before, in percent, when there is a new one.
    fn look(&mut self, stats: &MediaEgressStats) -> Option<f32> {
        let remote = stats.remote.as_ref()?;
        // 24 bits with a sign: repeated packets count against lost ones (RFC 3550 section 6.4.1).
        let lost = i64::try_from(remote.packets_lost).ok()?;
        let lost = if lost < 1 << 23 { lost } else { lost - (1 << 24) };
        let highest = *remote.maximum_sequence_number;
        let expected = self.highest.map_or(stats.packets, |before| highest.saturating_sub(before));
        let lost_since = lost - self.lost;
        if expected == 0 {
            return None;
        }
        *self = Self {
            lost,
            highest: Some(highest),
        };
        Some((lost_since as f32 * 100.0 / expected as f32).clamp(0.0, 100.0))
    }
}

/// How a packet of str0m reaches its destination.
fn path_to(destination: SocketAddr, proto: Protocol, connections: &[(SocketAddr, Path)]) -> Option<Path> {
    let same = connections.iter().find(|(peer, _)| *peer == destination).map(|(_, path)| *path);
    match proto {
        Protocol::Udp if is_relayed(destination.ip()) => same,
        Protocol::Udp => Some(Path::Udp),
        // A browser that redialled has another port now, which ICE learns a second later than we do.
        Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => {
            let is_tcp = |path: &Path| matches!(path, Path::Tcp { .. });
            same.filter(is_tcp)
                .or_else(|| connections.iter().rev().map(|(_, path)| *path).find(is_tcp))
        }
    }
}

fn way(path: Path) -> Way {
    match path {
        Path::Udp => Way::Udp,
        Path::Tcp { .. } => Way::Tcp,
        Path::Relayed { .. } => Way::Relay,
        Path::Rtp { .. } => Way::Rtp,
    }
}

/// What an event of str0m makes of our state.
#[allow(clippy::wildcard_enum_match_arm, reason = "str0m's enum; most of it is about video and data")]
fn news(event: &Event, state: State, now: Instant) -> Option<State> {
    match (event, state) {
        (_, State::Failed(_)) => None,
        (Event::Connected, _) => Some(State::Connected),
        (Event::IceConnectionStateChange(IceConnectionState::Disconnected), State::Connected) => {
            Some(State::Lost { until: now + LOST_LIMIT })
        }
        (Event::IceConnectionStateChange(IceConnectionState::Connected | IceConnectionState::Completed), State::Lost { .. }) => {
            Some(State::Connected)
        }
        // The peer closed DTLS: it has gone without saying so by SIP.
        (Event::Closed, _) => Some(State::Failed(Failure::DtlsFailed)),
        _ => None,
    }
}

/// What an event of str0m tells about the way and about what the peer receives.
#[allow(clippy::wildcard_enum_match_arm, reason = "str0m's enum; most of it is about video and data")]
fn view(event: &Event, peer: &mut PeerView, transport: &mut Way) {
    let ms = |duration: Duration| duration.as_secs_f32() * 1_000.0;
    match event {
        Event::PeerStats(PeerStats {
            selected_candidate_pair: Some(pair),
            ..
        }) => {
            let is_relayed = is_relayed(pair.remote.addr.ip());
            *transport = match pair.protocol {
                Protocol::Udp if is_relayed => Way::Relay,
                Protocol::Udp => Way::Udp,
                Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Way::Tcp,
            };
            if let Some(round_trip) = pair.current_round_trip_time {
                peer.round_trip_ms = Some(ms(round_trip));
            }
        }
        Event::MediaEgressStats(stats) => {
            if let Some(remote) = &stats.remote {
                peer.has_reported = true;
                peer.lost = remote.packets_lost;
                peer.jitter_ticks = remote.jitter;
            }
            if let Some(round_trip) = stats.rtt {
                peer.round_trip_ms = Some(ms(round_trip));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::start;
    use str0m::stats::RemoteIngressStats;

    fn stats(packets: u64, packets_lost: u64, highest: u64) -> MediaEgressStats {
        MediaEgressStats {
            mid: "0".into(),
            rid: None,
            bytes: 0,
            packets,
            firs: 0,
            plis: 0,
            nacks: 0,
            rtt: None,
            loss: None,
            timestamp: start(),
            remote: Some(RemoteIngressStats {
                jitter: 0,
                maximum_sequence_number: highest.into(),
                packets_lost,
            }),
        }
    }

    #[test]
    fn the_loss_of_each_report_is_told_once() {
        let mut view = LossView::default();
        assert_eq!(view.look(&stats(100, 3, 5_100)), Some(3.0));
        assert_eq!(view.look(&stats(200, 3, 5_100)), None, "no news");
        assert_eq!(view.look(&stats(300, 8, 5_300)), Some(2.5));
        assert_eq!(view.look(&stats(400, 7, 5_400)), Some(0.0), "a packet came late");
        assert_eq!(view.look(&stats(500, 9, 5_500)), Some(2.0));
    }

    #[test]
    fn counts_that_make_no_sense_are_bounded() {
        let mut view = LossView::default();
        assert_eq!(view.look(&stats(100, (1 << 24) - 5, 100)), Some(0.0), "five packets came twice");
        assert_eq!(view.look(&stats(100, u64::MAX, 200)), None);
        assert_eq!(view.look(&stats(100, 90_000, 201)), Some(100.0));
        assert_eq!(view.look(&stats(0, 0, 0)), None);
    }
}
