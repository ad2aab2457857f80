//! DTMF as RFC 4733 events: heard, and played. Tones of peers that know none: [`in_band`].
//!
//! ```text
//!   packets of one press (same timestamp) ──► Receiver ──► Began, Ended ──► Player of the hearing leg ──► packets of its own
//! ```
//! A browser's press may show as its end packets alone; then `Began` and `Ended` come together and the player takes its
//! time over them.

pub mod in_band;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use model::control::Digit;

/// Between two packets of an event.
pub const STEP: Duration = Duration::from_millis(20);
/// End packets of an event (RFC 4733 section 2.5.1.4).
const ENDS: u8 = 3;
/// A press without news for this long is over: its end packets were lost.
const SILENCE_LIMIT: Duration = Duration::from_millis(300);
/// Between two keys played.
const GAP: Duration = Duration::from_millis(60);
/// The longest segment of an event, in ticks.
pub const SEGMENT_TICKS: u32 = 0xffff;
/// A segment shorter than this is a whole press: what follows it closely is another one.
const SEGMENT_TICKS_MIN: u16 = 0x8000;
/// A timestamp so far behind, or less, is that of a press which is over; one further behind belongs to a stream that began anew.
/// Ten seconds at 48 kHz.
const REPEAT_TICKS_MAX: u32 = 480_000;
/// Keys that wait to be played at most.
pub const QUEUE_MAX: usize = 32;
/// A key is played for at least and at most this long, in milliseconds.
const PRESS_MS: (u16, u16) = (60, 6_000);

/// One RFC 4733 payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The key; `None` for events that are no DTMF keys.
    pub digit: Option<Digit>,
    /// The E bit.
    pub end: bool,
    /// In ticks of the event's clock.
    pub duration: u16,
}

/// Bytes of a payload.
pub const PAYLOAD_BYTES: usize = 4;

impl Payload {
    /// Reads a payload; `None` when it is too short.
    #[must_use]
    pub fn parse(data: &[u8]) -> Option<Self> {
        let data: &[u8; PAYLOAD_BYTES] = data.first_chunk()?;
        Some(Self {
            digit: Digit::from_event(data[0]),
            end: data[1] & 0x80 != 0,
            duration: u16::from_be_bytes([data[2], data[3]]),
        })
    }

    /// Writes an event at -10 dBm0.
    #[must_use]
    pub fn write(digit: Digit, end: bool, duration: u16) -> [u8; PAYLOAD_BYTES] {
        let [high, low] = duration.to_be_bytes();
        [digit.event(), if end { 0x8a } else { 0x0a }, high, low]
    }
}

/// News of a press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// A key went down.
    Began(Digit),
    /// It was released.
    Ended(Digit, u16),
}

#[derive(Clone, Copy, Debug)]
struct Held {
    /// Of the segment that is under way.
    timestamp: u32,
    digit: Digit,
    clock: u32,
    /// In ticks: of the segments before, and of the one that is under way.
    before: u32,
    duration: u16,
    heard: Instant,
}

impl Held {
    fn duration_ms(&self) -> u16 {
        let ticks = u64::from(self.before) + u64::from(self.duration);
        u16::try_from(ticks * 1_000 / u64::from(self.clock.max(1))).unwrap_or(u16::MAX)
    }

    fn ended(&self) -> Press {
        Press::Ended(self.digit, self.duration_ms())
    }

    /// Whether an event with this timestamp is the next segment of the same press (RFC 4733 section 2.5.1.3).
    fn continues_at(&self, timestamp: u32, digit: Digit) -> bool {
        let off = timestamp.wrapping_sub(self.timestamp.wrapping_add(u32::from(self.duration)));
        digit == self.digit && self.duration >= SEGMENT_TICKS_MIN && off.cast_signed().unsigned_abs() <= self.clock / 10
    }

    /// The segment that is under way is over, and another begins. Its last packets may be lost: the timestamps tell its length.
    fn next_segment(&mut self, timestamp: u32) {
        self.before = self.before.saturating_add(timestamp.wrapping_sub(self.timestamp));
        self.timestamp = timestamp;
        self.duration = 0;
    }
}

/// Turns event packets into presses: each once, whatever is repeated or lost.
#[derive(Debug, Default)]
pub struct Receiver {
    held: Option<Held>,
    /// Timestamp of the press that ended last: its end packets come three times.
    ended: Option<u32>,
}

impl Receiver {
    /// Takes an event packet. Up to two pieces of news, in order.
    pub fn receive(&mut self, timestamp: u32, clock: u32, payload: Payload, now: Instant) -> [Option<Press>; 2] {
        let Some(digit) = payload.digit else { return [None, None] };
        let is_past = |of: u32| of.wrapping_sub(timestamp) <= REPEAT_TICKS_MAX;
        let before_held = self.held.is_some_and(|held| held.timestamp != timestamp && is_past(held.timestamp));
        if before_held || self.ended.is_some_and(is_past) {
            return [None, None];
        }
        let mut news = [None, None];
        match &mut self.held {
            Some(held) if held.timestamp == timestamp || held.continues_at(timestamp, digit) => {
                if held.timestamp != timestamp {
                    self.ended = Some(held.timestamp);
                    held.next_segment(timestamp);
                }
                held.duration = held.duration.max(payload.duration);
                held.heard = now;
            }
            held => {
                news[0] = held.map(|held| held.ended());
                if let Some(held) = *held {
                    self.ended = Some(held.timestamp);
                }
                *held = Some(Held {
                    timestamp,
                    digit,
                    clock,
                    before: 0,
                    duration: payload.duration,
                    heard: now,
                });
                let free = usize::from(news[0].is_some());
                news[free] = Some(Press::Began(digit));
                if free == 1 {
                    // No room to tell that the new press is over too: its next end packet will, or time.
                    return news;
                }
            }
        }
        if payload.end
            && let Some(held) = self.held.take()
        {
            self.ended = Some(timestamp);
            let free = usize::from(news[0].is_some());
            news[free] = Some(held.ended());
        }
        news
    }

    /// The end of a press whose end packets never came, when it is due.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Press> {
        let held = self.held.take_if(|held| held.heard + SILENCE_LIMIT <= now)?;
        self.ended = Some(held.timestamp);
        Some(held.ended())
    }

    /// When [`Self::handle_timeout`] has something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.held.map(|held| held.heard + SILENCE_LIMIT)
    }

    /// Forgets everything: the stream is another one.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

/// A key to play: for a known time, or until it is released.
#[derive(Clone, Copy, Debug)]
struct Key {
    digit: Digit,
    duration_ms: Option<u16>,
}

/// What to send now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The key.
    pub digit: Digit,
    /// How long it has been pressed, in milliseconds.
    pub elapsed_ms: u16,
    /// The first packet of the press: takes a new timestamp and the marker bit.
    pub first: bool,
    /// An end packet.
    pub end: bool,
}

#[derive(Debug)]
enum State {
    Idle,
    Pressed {
        key: Key,
        elapsed_ms: u16,
        ends: u8,
        next: Instant,
    },
    Gap {
        until: Instant,
    },
}

/// Plays keys, one after the other, a packet every 20 ms.
#[derive(Debug)]
pub struct Player {
    state: State,
    queue: VecDeque<Key>,
}

impl Default for Player {
    fn default() -> Self {
        Self {
            state: State::Idle,
            queue: VecDeque::new(),
        }
    }
}

impl Player {
    /// A key, for a known time; dropped when [`QUEUE_MAX`] keys wait already.
    pub fn play(&mut self, digit: Digit, duration_ms: u16, now: Instant) {
        self.push(
            Key {
                digit,
                duration_ms: Some(duration_ms.clamp(PRESS_MS.0, PRESS_MS.1)),
            },
            now,
        );
    }

    /// What another leg heard.
    pub fn follow(&mut self, press: Press, now: Instant) {
        match press {
            Press::Began(digit) => self.push(Key { digit, duration_ms: None }, now),
            Press::Ended(digit, duration_ms) => {
                let playing = match &mut self.state {
                    State::Pressed { key, .. } => Some(key),
                    State::Idle | State::Gap { .. } => None,
                };
                let open = playing
                    .into_iter()
                    .chain(&mut self.queue)
                    .find(|key| key.digit == digit && key.duration_ms.is_none());
                if let Some(key) = open {
                    key.duration_ms = Some(duration_ms.clamp(PRESS_MS.0, PRESS_MS.1));
                }
            }
        }
    }

    fn push(&mut self, key: Key, now: Instant) {
        if self.queue.len() < QUEUE_MAX {
            self.queue.push_back(key);
        }
        if let State::Idle = self.state {
            self.begin(now);
        }
    }

    fn begin(&mut self, now: Instant) {
        self.state = match self.queue.pop_front() {
            Some(key) => State::Pressed {
                key,
                elapsed_ms: 0,
                ends: 0,
                next: now,
            },
            None => State::Idle,
        };
    }

    /// Whether a key is being played: audio is not sent meanwhile.
    #[must_use]
    pub fn is_pressing(&self) -> bool {
        matches!(self.state, State::Pressed { .. })
    }

    /// When [`Self::step`] has something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Idle => None,
            State::Pressed { next, .. } => Some(next),
            State::Gap { until } => Some(until),
        }
    }

    /// The packet that is due at `now`; call until `None`.
    pub fn step(&mut self, now: Instant) -> Option<Step> {
        if let State::Gap { until } = self.state {
            if until > now {
                return None;
            }
            self.begin(now);
        }
        let State::Pressed {
            key,
            elapsed_ms,
            ends,
            next,
        } = &mut self.state
        else {
            return None;
        };
        if *next > now {
            return None;
        }
        *next += STEP;
        let first = *elapsed_ms == 0;
        let limit_ms = key.duration_ms.unwrap_or(PRESS_MS.1);
        if *ends == 0 {
            *elapsed_ms = (*elapsed_ms + 20).min(limit_ms.max(20));
        }
        let end = *elapsed_ms >= limit_ms;
        if end {
            *ends += 1;
        }
        let step = Step {
            digit: key.digit,
            elapsed_ms: *elapsed_ms,
            first,
            end,
        };
        if *ends == ENDS {
            self.state = State::Gap { until: now + GAP };
        }
        Some(step)
    }
}

#[cfg(test)]
mod tests;
