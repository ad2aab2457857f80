//! What a leg hears, made into one RTP stream: sequence numbers and timestamps run on whatever the source.
//!
//! ```text
//!                    ┌── Relay: the same codec, payloads as they are ───────────┐
//!   another leg ─────┤                                                          │
//!                    └── Transcode: jitter buffer, decoder, encoder ── tick ────┼──► sequence, timestamp ──► the wire
//!   a conference ─────── Mix: encoded by the mixer, often for many ─ tick ──────┤
//!   tones, music ─────── Loop: frames encoded beforehand ───────────── tick ────┤
//!   prompts ──────────── Recital: the same, once ───────────────────── tick ────┤
//!   keys pressed ─────── Player: RFC 4733, or tones in the codec ────── tick ───┘   (audio is not sent meanwhile)
//! ```

mod feed;
mod frames;
mod keys;
mod numbers;
mod recital;
pub(crate) mod redundancy;

use std::time::{Duration, Instant};

use model::LegId;
use model::control::Digit;
use model::quality::Transport as Way;
use rand::RngCore;
use rand::rngs::StdRng;
use str0m::rtp::RtpPacket;

use crate::audio::codec::Codec;
use crate::audio::jitter;
use crate::audio::loss::ExpectedLoss;
use crate::audio::transcode::Transcoder;
use crate::dtmf::{Player, Press};
use crate::engine::Outbox;
use crate::leg::dialogue::Agreement;
use crate::leg::hush::ms;
use crate::leg::{Outgoing, Payload, Transport};
use crate::sdp::negotiate::{Format, RedundancyFormat, listens};
pub(crate) use feed::Ticks;
use feed::{Feed, LeftOutLately, Newcomer, Relay};
use keys::InBand;
use numbers::Numbers;
use redundancy::Redundancy;

/// Between two frames.
pub(crate) const TICK: Duration = Duration::from_millis(20);
/// A gap in a relayed stream larger than this is a new beginning, not loss.
const SEQUENCE_GAP_MAX: i16 = 1_000;
/// Between two changes of what one leg sends: each may take a new transcoder.
const SWITCH_INTERVAL_MIN: Duration = Duration::from_millis(200);

/// An audio packet of another leg.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) from: LegId,
    pub(crate) codec: Codec,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Payload<'a>,
}

/// A packet that is not passed on: a key press, which is played anew, or what nobody understands.
#[derive(Clone, Copy)]
pub(crate) struct LeftOut {
    pub(crate) from: LegId,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
}

/// Where packets go out.
pub(crate) struct Wire<'a, O> {
    pub(crate) transport: &'a mut Transport,
    pub(crate) now: Instant,
    /// What str0m may find while it sends.
    pub(crate) received: &'a mut Vec<RtpPacket>,
    pub(crate) outbox: &'a mut O,
}

impl<O: Outbox> Wire<'_, O> {
    fn is_ready(&self) -> bool {
        match &*self.transport {
            Transport::WebRtc(web) => web.is_ready(),
            Transport::Rtp(rtp) => rtp.is_ready(),
        }
    }

    fn is_datagrams_to_a_browser(&self) -> bool {
        matches!(&*self.transport, Transport::WebRtc(web) if web.transport == Way::Udp)
    }

    fn send(&mut self, out: &Outgoing<'_>) -> bool {
        match self.transport {
            Transport::WebRtc(web) => web.send(out, self.now, self.received, self.outbox),
            Transport::Rtp(rtp) => rtp.send(out, self.outbox),
        }
    }
}

/// The stream to a peer.
pub(crate) struct Outbound {
    feed: Feed,
    numbers: Numbers,
    /// Timestamp of the packet sent last, and when.
    timestamp: u32,
    sent_at: Option<Instant>,
    /// The next packet begins a talk spurt.
    marker: bool,
    player: Player,
    /// Segments of the key being played that are over.
    segment: u32,
    newcomer: Option<Newcomer>,
    switched_at: Option<Instant>,
    /// Where the grid of frames begins.
    epoch: Instant,
    in_band: Option<Box<InBand>>,
    /// On the way to the peer.
    loss: ExpectedLoss,
    /// Once it was needed.
    redundancy: Option<Box<Redundancy>>,
    /// Several frames on their way into one packet.
    packed: Vec<u8>,
    packed_timestamp: u32,
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
}

impl Outbound {
    /// `epoch`: the same for all legs that share a thread.
    pub(crate) fn new(epoch: Instant, random: &mut StdRng) -> Self {
        Self {
            feed: Feed::Idle,
            numbers: Numbers::new(random),
            timestamp: random.next_u32(),
            sent_at: None,
            marker: true,
            player: Player::default(),
            segment: 0,
            newcomer: None,
            switched_at: None,
            epoch,
            in_band: None,
            loss: ExpectedLoss::default(),
            redundancy: None,
            packed: Vec::new(),
            packed_timestamp: 0,
            packets: 0,
            bytes: 0,
        }
    }

    /// The stream goes to another peer: its numbers begin low again, because SRTP's rollover counter does.
    pub(crate) fn renumber(&mut self) {
        self.numbers.begin_again();
        self.marker = true;
    }

    /// It goes on in another thread, whose grid of frames begins elsewhere.
    pub(crate) fn change_epoch(&mut self, epoch: Instant) {
        self.epoch = epoch;
        let clock = match &self.feed {
            Feed::Idle | Feed::Relay(_) | Feed::Mix(_) => None,
            Feed::Transcode(transcode) => transcode.clock,
            Feed::Loop(looped) => Some(looped.clock),
            Feed::Recital(recital) => recital.timing.map(|timing| timing.clock),
        };
        let Some(next) = clock.map(|clock| self.on_the_grid(clock.next)) else {
            return;
        };
        let clock = match &mut self.feed {
            Feed::Idle | Feed::Relay(_) | Feed::Mix(_) => None,
            Feed::Transcode(transcode) => transcode.clock.as_mut(),
            Feed::Loop(looped) => Some(&mut looped.clock),
            Feed::Recital(recital) => recital.timing.as_mut().map(|timing| &mut timing.clock),
        };
        if let Some(clock) = clock {
            clock.next = next;
        }
    }

    /// What the leg hears has changed.
    pub(crate) fn change_source(&mut self) {
        self.feed = Feed::Idle;
        self.packed.clear();
    }

    /// Timestamp of the packet sent last, carried on to `now`: for sender reports and for what comes next.
    pub(crate) fn timestamp_at(&self, now: Instant, clock: u32) -> u32 {
        let elapsed_us = self.sent_at.map_or(0, |at| now.saturating_duration_since(at).as_micros());
        self.timestamp.wrapping_add((elapsed_us * u128::from(clock) / 1_000_000) as u32)
    }

    /// Since the packet sent last, in milliseconds.
    pub(crate) fn quiet_ms(&self, now: Instant) -> Option<u32> {
        self.sent_at.map(|at| ms(now.saturating_duration_since(at)))
    }

    /// The highest number that was sent, extended by how often they wrapped around.
    pub(crate) fn latest_sequence(&self) -> u64 {
        self.numbers.latest()
    }

    /// The timestamp of a packet that does not follow from the one before.
    fn fresh_timestamp(&self, now: Instant, clock: u32) -> u32 {
        let carried = self.timestamp_at(now, clock);
        let behind = carried.wrapping_sub(self.timestamp);
        if self.sent_at.is_some() && behind < clock / 50 {
            self.timestamp.wrapping_add(clock / 50)
        } else {
            carried
        }
    }

    /// An audio packet of the leg that this one hears.
    pub(crate) fn hear(&mut self, heard: &Heard<'_>, agreement: &Agreement, wire: &mut Wire<'_, impl Outbox>) {
        if self.is_reciting() || !self.admits(heard, wire.now) {
            return;
        }
        let silent = !listens(agreement.direction) || !wire.is_ready();
        match agreement.formats.codec(heard.codec) {
            Some(_) if silent || self.player.is_pressing() => {
                let Heard {
                    from,
                    ssrc,
                    sequence,
                    timestamp,
                    marker,
                    ..
                } = *heard;
                self.skip(
                    &LeftOut {
                        from,
                        ssrc,
                        sequence,
                        timestamp,
                        marker,
                    },
                    wire.now,
                );
            }
            Some(format) => self.relay(heard, format, agreement.formats.redundancy, wire),
            None => {
                let Some(chosen) = agreement.formats.chosen() else { return };
                self.transcode(heard, chosen.codec, wire.now);
            }
        }
    }

    /// Whether the packet belongs to the stream that is passed on, or confirms another one: a leg that sends two at a time, or
    /// changes its mind with every packet, is heard with the first alone.
    fn admits(&mut self, heard: &Heard<'_>, now: Instant) -> bool {
        let known = match &self.feed {
            Feed::Relay(relay) if relay.from == heard.from => relay.continues(heard),
            Feed::Transcode(transcode) if transcode.from == heard.from => transcode.codecs.0 == heard.codec,
            Feed::Relay(_) | Feed::Transcode(_) | Feed::Idle | Feed::Loop(_) | Feed::Recital(_) | Feed::Mix(_) => true,
        };
        if known {
            self.newcomer = None;
            return true;
        }
        let confirmed = self.newcomer.is_some_and(|newcomer| newcomer.is_confirmed_by(heard))
            && self.switched_at.is_none_or(|at| at + SWITCH_INTERVAL_MIN <= now);
        if confirmed {
            self.newcomer = None;
            self.switched_at = Some(now);
        } else {
            self.newcomer = Some(Newcomer::after(heard));
        }
        confirmed
    }

    fn relay(&mut self, heard: &Heard<'_>, format: Format, redundant: Option<RedundancyFormat>, wire: &mut Wire<'_, impl Outbox>) {
        let now = wire.now;
        let (sequence, timestamp, marker) = match &mut self.feed {
            Feed::Relay(relay) if relay.continues(heard) => {
                let ahead = heard.sequence.wrapping_sub(relay.heard).cast_signed();
                let timestamp = heard.timestamp.wrapping_add(relay.timestamp_offset);
                if ahead <= 0 {
                    let behind = u64::from(ahead.unsigned_abs());
                    let late = self.numbers.latest().saturating_sub(behind) + relay.left_out.after(heard.sequence);
                    if ahead != 0 && self.numbers.is_free(late) {
                        let out = Outgoing {
                            payload_type: format.send,
                            marker: false,
                            sequence: late,
                            timestamp,
                            payload: heard.payload,
                        };
                        if wire.send(&out) {
                            self.numbers.take(late);
                            self.count(true, heard.payload.bytes.len());
                        }
                    }
                    return;
                }
                relay.heard = heard.sequence;
                (
                    self.numbers.latest() + u64::from(ahead.unsigned_abs()),
                    timestamp,
                    heard.marker || self.marker,
                )
            }
            Feed::Relay(_) | Feed::Idle | Feed::Transcode(_) | Feed::Loop(_) | Feed::Recital(_) | Feed::Mix(_) => {
                let timestamp = self.fresh_timestamp(now, heard.codec.rtp_clock());
                self.feed = Feed::Relay(Relay {
                    from: heard.from,
                    ssrc: heard.ssrc,
                    codec: heard.codec,
                    heard: heard.sequence,
                    timestamp_offset: timestamp.wrapping_sub(heard.timestamp),
                    left_out: LeftOutLately::default(),
                });
                self.numbers.close(self.numbers.next());
                (self.numbers.next(), timestamp, true)
            }
        };
        let out = Outgoing {
            payload_type: format.send,
            marker,
            sequence,
            timestamp,
            payload: heard.payload,
        };
        if self.send_audio(&out, format, redundant, wire) {
            self.sent(sequence, timestamp, heard.payload.bytes.len(), now);
        }
    }

    /// A packet of the stream is left out: its number must not look like a loss.
    pub(crate) fn skip(&mut self, left_out: &LeftOut, now: Instant) {
        let LeftOut {
            from,
            ssrc,
            sequence,
            timestamp,
            marker,
        } = *left_out;
        match &mut self.feed {
            Feed::Relay(relay) if relay.from == from && relay.ssrc == ssrc => {
                let ahead = sequence.wrapping_sub(relay.heard).cast_signed();
                if (1..=SEQUENCE_GAP_MAX).contains(&ahead) {
                    // What is missing before it is a loss still.
                    relay.heard = sequence;
                    relay.left_out.push(sequence);
                    self.numbers.advance(self.numbers.latest() + u64::from(ahead.unsigned_abs()) - 1);
                    self.marker = true;
                }
            }
            Feed::Transcode(transcode) if transcode.from == from => {
                transcode.transcoder.push(
                    &jitter::Packet {
                        ssrc,
                        sequence,
                        timestamp,
                        marker,
                        payload: &[],
                    },
                    now,
                );
            }
            Feed::Relay(_) | Feed::Transcode(_) | Feed::Idle | Feed::Loop(_) | Feed::Recital(_) | Feed::Mix(_) => {}
        }
    }

    /// Plays a key.
    pub(crate) fn press(&mut self, digit: Digit, duration_ms: u16, now: Instant) {
        self.player.play(digit, duration_ms, now);
    }

    /// Plays what the leg that this one hears has heard.
    pub(crate) fn follow(&mut self, press: Press, now: Instant) {
        self.player.follow(press, now);
    }

    /// The peer reports which share of our packets it has lost lately, in percent.
    pub(crate) fn loss_reported(&mut self, percent: f32) {
        self.loss.report(percent);
        if let Feed::Transcode(transcode) = &mut self.feed {
            transcode.transcoder.expect_loss(self.loss.percent());
        }
    }

    /// Which share of our packets is lost on the way, in percent, as an encoder should know it.
    pub(crate) fn loss_percent(&self) -> u8 {
        self.loss.percent()
    }

    /// What decodes a leg's stream, where that is done here.
    pub(crate) fn transcoder_of(&self, from: LegId) -> Option<&Transcoder> {
        match &self.feed {
            Feed::Transcode(transcode) if transcode.from == from => Some(&transcode.transcoder),
            Feed::Transcode(_) | Feed::Idle | Feed::Relay(_) | Feed::Loop(_) | Feed::Recital(_) | Feed::Mix(_) => None,
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let feed = match &self.feed {
            Feed::Idle | Feed::Relay(_) | Feed::Mix(_) => None,
            Feed::Transcode(transcode) => transcode.clock.map(|clock| clock.next),
            Feed::Loop(looped) => Some(looped.clock.next),
            Feed::Recital(recital) => recital.timing.map(|timing| timing.clock.next),
        };
        [feed, self.player.poll_timeout()].into_iter().flatten().min()
    }

    /// Sends the frames and event packets that are due. The number of what was played once and has come to its end.
    pub(crate) fn handle_timeout(&mut self, agreement: &Agreement, wire: &mut Wire<'_, impl Outbox>) -> Option<u32> {
        while let Some(step) = self.player.step(wire.now) {
            self.play_step(step, agreement, wire);
        }
        let mut feed = std::mem::replace(&mut self.feed, Feed::Idle);
        match &mut feed {
            Feed::Idle | Feed::Relay(_) | Feed::Mix(_) => {}
            Feed::Transcode(transcode) => {
                let (to, now) = (transcode.codecs.1, wire.now);
                if let Some(clock) = &mut transcode.clock {
                    for _ in 0..clock.due(now, to.frame_ticks()) {
                        let timestamp = clock.step(to.frame_ticks());
                        let payload = transcode.transcoder.tick(now);
                        self.frame(payload.map(Payload::from), to, timestamp, agreement, wire);
                    }
                }
                transcode.clock = transcode.clock.filter(|_| !transcode.transcoder.is_idle());
            }
            Feed::Loop(looped) => {
                for _ in 0..looped.clock.due(wire.now, looped.codec.frame_ticks()) {
                    let timestamp = looped.clock.step(looped.codec.frame_ticks());
                    let payload = looped.sound.frame(looped.frame);
                    looped.frame += 1;
                    self.frame(Some(payload.into()), looped.codec, timestamp, agreement, wire);
                }
            }
            Feed::Recital(recital) => {
                if !self.recite_due(recital, agreement, wire) {
                    self.change_source();
                    return Some(recital.number);
                }
            }
        }
        self.feed = feed;
        None
    }

    /// The codec whose clock our timestamps follow.
    pub(crate) fn codec_in_use(&self, chosen: Codec) -> Codec {
        match &self.feed {
            Feed::Relay(relay) => relay.codec,
            Feed::Mix(mix) => mix.codec,
            Feed::Recital(recital) => recital.timing.map_or(chosen, |timing| timing.codec),
            Feed::Idle | Feed::Transcode(_) | Feed::Loop(_) => chosen,
        }
    }

    fn sent(&mut self, sequence: u64, timestamp: u32, bytes: usize, now: Instant) {
        self.numbers.take(sequence);
        self.timestamp = timestamp;
        self.sent_at = Some(now);
        self.marker = false;
        self.count(true, bytes);
    }

    fn count(&mut self, sent: bool, bytes: usize) {
        if sent {
            self.packets += 1;
            self.bytes += bytes as u64;
        }
    }
}
