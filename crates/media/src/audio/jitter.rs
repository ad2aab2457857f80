//! The jitter buffer of one received stream.
//!
//! ```text
//!             first packet            delay reached
//!   Idle ────────────────► Filling ────────────────► Playing ─┐ packets, concealment, recovery
//!    ▲                        ▲    wild jump, confirmed │     ◄┘
//!    │                        └────────────────────────┤
//!    └──────── nothing for half a second ──────────────┘
//! ```
//!
//! The *cursor* is the RTP timestamp to be played next. Its *delay* is how long ago the fastest packet with that timestamp would
//! have arrived; it should be the [`delay::DelayEstimator`]'s target. Where it is not, a frame is left out or put in: at once
//! where a packet is lost or the sender pauses anyway, else when it is quiet, and in speech only when the delay is far too long.
//!
//! Memory is [`SLOTS`] packets; every slot keeps its bytes, so that nothing is allocated once the largest packet has been seen.

mod delay;

use std::time::Instant;

use delay::DelayEstimator;

/// Packets kept at most: 640 ms of 10 ms packets.
pub const SLOTS: usize = 64;
/// The delay never aims below this, in milliseconds: one tick of playout.
pub const DELAY_MS_MIN: u32 = 20;
/// The delay never aims above this, in milliseconds: beyond it a conversation is none.
pub const DELAY_MS_MAX: u32 = 300;

/// Ordinary payloads fit without another allocation.
const PAYLOAD_BYTES_USUAL: usize = 176;
/// The larger ones are no audio of ours.
const PAYLOAD_BYTES_MAX: usize = 1500;
/// Silence for so long, and the next packet begins a new spurt.
const IDLE_MS: i64 = 500;
/// A transit so far from the usual one, or a sequence number, means that the sender began anew.
const JUMP_MS: i64 = 1_000;
const JUMP_SEQUENCE: i64 = 1_000;
/// Further behind than this, packets are left out even in speech: now and then, often, at once.
const BEHIND_MS: i64 = 40;
const FAR_BEHIND_MS: i64 = 80;
const LOST_TOUCH_MS: i64 = 160;
/// Ticks of playout between two corrections of the delay: in quiet, in speech when behind, in speech when far behind.
const CORRECTION_PULLS_QUIET: u32 = 4;
const CORRECTION_PULLS_BEHIND: u32 = 25;
const CORRECTION_PULLS_FAR_BEHIND: u32 = 3;

/// One received RTP packet.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// The source.
    pub ssrc: u32,
    /// Sequence number.
    pub sequence: u16,
    /// RTP timestamp.
    pub timestamp: u32,
    /// The marker bit: a talk spurt begins.
    pub marker: bool,
    /// The audio; empty for a packet of the same stream that carries none (a key press), which then is not missed.
    pub payload: &'a [u8],
}

/// What to play now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playout<'a> {
    /// Decode this.
    Frame {
        /// The payload.
        payload: &'a [u8],
        /// Something was left out before it: blend.
        spliced: bool,
    },
    /// A packet is lost, but the one after it is here, and may carry its redundancy (Opus FEC). Play so many ticks.
    Recover {
        /// The payload of the packet after.
        next: &'a [u8],
        /// Duration of the lost one in ticks of the RTP clock.
        ticks: u32,
    },
    /// Invent 20 ms.
    Conceal,
    /// The sender pauses, or has not begun: 20 ms of silence.
    Silence,
}

/// What became of the packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets pushed.
    pub received: u64,
    /// Packets played.
    pub played: u64,
    /// Packets that never came in time.
    pub lost: u64,
    /// Of the received: came after their time, and were dropped.
    pub late: u64,
    /// Of the received: were there already.
    pub duplicate: u64,
    /// Of the received: came after a later one, but in time.
    pub reordered: u64,
    /// Of the received: did not fit, or made no sense.
    pub refused: u64,
    /// Of the received: left out to shorten the delay.
    pub skipped: u64,
    /// Frames of 20 ms put in to lengthen the delay.
    pub inserted: u64,
    /// Frames of 20 ms invented for lost or late packets.
    pub concealed: u64,
    /// Lost packets played from the redundancy of the next.
    pub recovered: u64,
    /// New sources, or jumps of an old one.
    pub restarts: u64,
}

#[derive(Default)]
struct Slot {
    full: bool,
    sequence: i64,
    timestamp: i64,
    ticks: u32,
    payload: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Filling,
    Playing,
}

/// See the module.
pub struct Buffer {
    rtp_clock: u32,
    slots: Box<[Slot]>,
    phase: Phase,
    estimator: DelayEstimator,
    origin: Option<Instant>,
    ssrc: Option<u32>,
    /// Newest packet, extended over wraps.
    newest: (i64, i64),
    /// Sequence number and timestamp to be played next.
    next: i64,
    cursor: i64,
    /// Ticks played since the cursor stands still.
    concealed: i64,
    /// A packet from elsewhere: source, and the sequence number that would confirm it.
    stranger: Option<(u32, u16)>,
    /// Delay of the packet played last, in ticks.
    delay_played: i64,
    pulls_since_correction: u32,
    spliced: bool,
    counters: Counters,
}

impl Buffer {
    /// For a stream with so many ticks a second (a multiple of 1000).
    #[must_use]
    pub fn new(rtp_clock: u32) -> Self {
        let slot = || Slot {
            payload: Vec::with_capacity(PAYLOAD_BYTES_USUAL),
            ..Slot::default()
        };
        Self {
            rtp_clock,
            slots: (0..SLOTS).map(|_| slot()).collect(),
            phase: Phase::Idle,
            estimator: DelayEstimator::new(rtp_clock),
            origin: None,
            ssrc: None,
            newest: (0, 0),
            next: 0,
            cursor: 0,
            concealed: 0,
            stranger: None,
            delay_played: 0,
            pulls_since_correction: 0,
            spliced: false,
            counters: Counters::default(),
        }
    }

    /// Takes a packet that plays for `ticks` of the RTP clock (0 when it carries no audio).
    pub fn push(&mut self, packet: &Packet<'_>, ticks: u32, now: Instant) {
        self.counters.received += 1;
        if packet.payload.len() > PAYLOAD_BYTES_MAX {
            self.counters.refused += 1;
            return;
        }
        let arrival = self.ticks_at(now);
        let Some((sequence, timestamp)) = self.place(packet, arrival) else {
            self.counters.refused += 1;
            return;
        };
        if ticks > 0 {
            self.estimator.packet(timestamp, arrival);
        }
        if self.phase == Phase::Idle && sequence >= self.next {
            self.begin_spurt(sequence, timestamp);
        } else if sequence < self.next {
            let same_slot = &self.slots[slot_of(sequence)];
            // Bytes of a played packet stay in their slot until another takes it.
            let known = same_slot.sequence == sequence && !same_slot.payload.is_empty();
            if self.phase == Phase::Filling && self.next - sequence < SLOTS as i64 / 2 && !known {
                self.next = sequence;
                self.cursor = self.cursor.min(timestamp);
            } else {
                *if known {
                    &mut self.counters.duplicate
                } else {
                    &mut self.counters.late
                } += 1;
                return;
            }
        }
        while sequence - self.next >= SLOTS as i64 {
            self.leave_oldest();
        }
        let slot = &mut self.slots[slot_of(sequence)];
        if slot.full {
            self.counters.duplicate += 1;
            return;
        }
        slot.full = true;
        slot.sequence = sequence;
        slot.timestamp = timestamp;
        slot.ticks = ticks;
        slot.payload.clear();
        slot.payload.extend_from_slice(packet.payload);
        if sequence > self.newest.0 {
            self.newest = (sequence, timestamp);
        } else if sequence < self.newest.0 {
            self.counters.reordered += 1;
        }
    }

    /// What to play at `now`: call it whenever less than 20 ms of sound is left. `quiet`: what was played last is quiet enough for
    /// a frame to be left out or put in unheard.
    pub fn pull(&mut self, now: Instant, quiet: bool) -> Playout<'_> {
        let arrival = self.ticks_at(now);
        self.pulls_since_correction = self.pulls_since_correction.saturating_add(1);
        match self.phase {
            Phase::Idle => return Playout::Silence,
            Phase::Filling => {
                if self.delay(arrival, self.cursor) < self.estimator.target() {
                    return Playout::Silence;
                }
                self.phase = Phase::Playing;
                self.pulls_since_correction = 0;
            }
            Phase::Playing => {}
        }
        self.play(arrival, quiet)
    }

    /// What became of the packets so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// How long the fastest packets wait here now, in milliseconds; what it aims at while nothing plays.
    #[must_use]
    pub fn delay_ms(&self) -> f32 {
        let ticks = match self.phase {
            Phase::Playing => self.delay_played,
            Phase::Idle | Phase::Filling => self.estimator.target(),
        };
        ticks as f32 * 1000.0 / self.rtp_clock as f32
    }

    fn play(&mut self, arrival: i64, quiet: bool) -> Playout<'_> {
        // Every turn takes a packet out or returns.
        for _ in 0..=SLOTS {
            let Some(head) = self.head() else { return self.run_dry() };
            let slot = &self.slots[head];
            let (sequence, timestamp, ticks) = (slot.sequence, slot.timestamp, slot.ticks);
            let delay = self.delay(arrival, timestamp);
            let target = self.estimator.target();
            if ticks == 0 {
                self.take(head);
            } else if sequence != self.next && timestamp > self.cursor {
                let gap = timestamp - self.cursor - self.concealed;
                if gap > self.frame() / 2 && delay < target + self.frame() / 2 {
                    return self.bridge_loss(head, gap, ticks);
                }
                self.skip_lost(sequence, timestamp);
            } else if timestamp - self.cursor > self.frame() / 2 {
                if delay < target {
                    return Playout::Silence;
                }
                self.cursor = timestamp;
                self.concealed = 0;
            } else if self.must_leave_out(delay - target, ticks, quiet) && self.more_after(sequence) {
                self.take(head);
                let late = self.concealed >= i64::from(ticks);
                *if late {
                    &mut self.counters.late
                } else {
                    &mut self.counters.skipped
                } += 1;
                self.concealed = (self.concealed - i64::from(ticks)).max(0);
                self.spliced = true;
                self.pulls_since_correction = 0;
            } else if quiet && delay < target - self.frame() && self.pulls_since_correction > CORRECTION_PULLS_QUIET {
                self.pulls_since_correction = 0;
                self.counters.inserted += 1;
                return Playout::Conceal;
            } else {
                self.take(head);
                self.counters.played += 1;
                self.concealed = 0;
                self.delay_played = delay;
                let spliced = std::mem::take(&mut self.spliced);
                return Playout::Frame {
                    payload: &self.slots[head].payload,
                    spliced,
                };
            }
        }
        Playout::Conceal
    }

    /// Whether a packet that is next in turn shall be left out: it is `excess` ticks later than it should be.
    fn must_leave_out(&self, excess: i64, ticks: u32, quiet: bool) -> bool {
        let packet = i64::from(ticks);
        if self.concealed >= packet {
            // Its time has been filled already.
            return excess > self.frame();
        }
        let behind_ms = (excess - packet) / self.ticks_per_ms();
        let patience = match behind_ms {
            LOST_TOUCH_MS.. => return true,
            FAR_BEHIND_MS.. => CORRECTION_PULLS_FAR_BEHIND,
            _ if quiet && behind_ms >= i64::from(super::FRAME_MS) / 2 => CORRECTION_PULLS_QUIET,
            BEHIND_MS.. => CORRECTION_PULLS_BEHIND,
            _ => return false,
        };
        self.pulls_since_correction > patience
    }

    /// Nothing is there.
    fn run_dry(&mut self) -> Playout<'_> {
        if self.concealed >= IDLE_MS * self.ticks_per_ms() {
            self.phase = Phase::Idle;
            return Playout::Silence;
        }
        self.concealed += self.frame();
        self.counters.concealed += 1;
        Playout::Conceal
    }

    /// Packets before `head` are missing, for `gap` ticks more.
    fn bridge_loss(&mut self, head: usize, gap: i64, ticks: u32) -> Playout<'_> {
        // The redundancy in a packet is that of the one right before it.
        if gap <= i64::from(ticks) + self.frame() / 2 && gap >= i64::from(ticks) {
            self.concealed += i64::from(ticks);
            self.counters.recovered += 1;
            return Playout::Recover {
                next: &self.slots[head].payload,
                ticks,
            };
        }
        self.concealed += self.frame();
        self.counters.concealed += 1;
        Playout::Conceal
    }

    fn skip_lost(&mut self, sequence: i64, timestamp: i64) {
        self.counters.lost += (sequence - self.next).cast_unsigned();
        self.spliced |= timestamp - self.cursor > self.concealed + self.frame() / 2;
        self.next = sequence;
        self.cursor = timestamp;
        self.concealed = 0;
    }

    /// The earliest packet.
    fn head(&self) -> Option<usize> {
        (self.next..=self.newest.0.min(self.next + SLOTS as i64 - 1))
            .map(slot_of)
            .find(|slot| self.slots[*slot].full)
    }

    fn more_after(&self, sequence: i64) -> bool {
        self.newest.0 > sequence
    }

    /// Moves past a packet; its bytes stay until its slot is needed.
    fn take(&mut self, head: usize) {
        let slot = &mut self.slots[head];
        slot.full = false;
        self.counters.lost += (slot.sequence - self.next).max(0).cast_unsigned();
        self.next = slot.sequence + 1;
        if slot.ticks > 0 {
            self.cursor = slot.timestamp + i64::from(slot.ticks);
        }
    }

    /// Makes room for a packet that is far ahead.
    fn leave_oldest(&mut self) {
        match self.head() {
            Some(head) => {
                self.take(head);
                self.counters.refused += 1;
                self.spliced = true;
            }
            None => {
                self.counters.lost += 1;
                self.next += 1;
            }
        }
    }

    /// Where the packet belongs, extended over wraps; `None` for a stranger, until its successor confirms it.
    fn place(&mut self, packet: &Packet<'_>, arrival: i64) -> Option<(i64, i64)> {
        if self.ssrc == Some(packet.ssrc) {
            let sequence = self.newest.0 + i64::from(packet.sequence.wrapping_sub(self.newest.0 as u16).cast_signed());
            let timestamp = self.newest.1 + i64::from(packet.timestamp.wrapping_sub(self.newest.1 as u32).cast_signed());
            let strange = (sequence - self.newest.0).abs() > JUMP_SEQUENCE
                || !packet.payload.is_empty() && self.estimator.strangeness_ms(arrival - timestamp) > JUMP_MS;
            if !strange {
                self.stranger = None;
                return Some((sequence, timestamp));
            }
        }
        let confirmed = self.stranger == Some((packet.ssrc, packet.sequence));
        if !confirmed && self.ssrc.is_some() {
            self.stranger = Some((packet.ssrc, packet.sequence.wrapping_add(1)));
            return None;
        }
        self.restart(packet);
        Some(self.newest)
    }

    fn restart(&mut self, packet: &Packet<'_>) {
        self.counters.restarts += u64::from(self.ssrc.is_some());
        for slot in &mut self.slots {
            slot.full = false;
            slot.payload.clear();
        }
        self.estimator.restart();
        self.ssrc = Some(packet.ssrc);
        self.stranger = None;
        // One wrap ahead of zero, so that a packet from before the first one does not go below it.
        self.newest = (i64::from(packet.sequence) + (1 << 16), i64::from(packet.timestamp) + (1 << 32));
        self.phase = Phase::Idle;
        // Nothing is lost between two sources.
        self.next = self.newest.0;
    }

    fn begin_spurt(&mut self, sequence: i64, timestamp: i64) {
        self.counters.lost += (sequence - self.next).cast_unsigned();
        self.phase = Phase::Filling;
        self.next = sequence;
        self.cursor = timestamp;
        self.concealed = 0;
        self.spliced = false;
    }

    /// How long ago the fastest packet with this timestamp would have come.
    fn delay(&self, arrival: i64, timestamp: i64) -> i64 {
        arrival - self.estimator.fastest_transit() - timestamp
    }

    fn ticks_at(&mut self, now: Instant) -> i64 {
        let origin = *self.origin.get_or_insert(now);
        let nanos = now.saturating_duration_since(origin).as_nanos();
        (nanos * u128::from(self.rtp_clock) / 1_000_000_000) as i64
    }

    fn ticks_per_ms(&self) -> i64 {
        i64::from(self.rtp_clock / 1000)
    }

    /// 20 ms in ticks.
    fn frame(&self) -> i64 {
        i64::from(super::FRAME_MS) * self.ticks_per_ms()
    }
}

fn slot_of(sequence: i64) -> usize {
    sequence.rem_euclid(SLOTS as i64) as usize
}

#[cfg(test)]
mod tests;
