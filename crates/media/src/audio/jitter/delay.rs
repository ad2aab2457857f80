//! How long packets must wait so that nearly all of the next ones will be there in time.

/// Width of a class of the histogram.
const CLASS_MS: u32 = 5;
/// Classes: delays of 400 ms and more are one.
const CLASSES: usize = 80;
/// Share of the packets that shall be in time.
const IN_TIME: f32 = 0.98;
/// By which share the past counts less with every packet: half of it is forgotten in seven seconds.
const MEMORY_MAX: f32 = 0.998;
/// The fastest packet of the last one or two blocks of this length is what the others are compared with. A sender whose clock
/// is slow would make an eternal minimum ever older.
const BLOCK_MS: i64 = 4_000;
/// Packets that come closer together than this were held up together.
const TOGETHER_MS: i64 = 5;
/// So many of them count: what one long stall has held up must not look like many short ones. It is over, and whoever waits for the
/// next one talks with a long delay all the while.
const TOGETHER_MAX: u32 = 6;
/// One packet that comes a frame or more too late is chance. Two within this time are what the network is like now: both would have
/// been in time with the wait that holds for as long from then on.
const STALLS_SPAN_MS: i64 = 4_000;
/// Before so many packets the wait is not shorter than [`FIRST_MS`].
const LEARNING_PACKETS: u32 = 50;
const FIRST_MS: u32 = 40;

/// Learns from the arrival of each packet. All times are in ticks of the RTP clock.
#[derive(Clone, Debug)]
pub(super) struct DelayEstimator {
    ticks_per_ms: i64,
    histogram: [f32; CLASSES],
    packets: u32,
    /// Fastest transit of this block and of the one before.
    fastest: Option<i64>,
    fastest_before: Option<i64>,
    block_end: i64,
    /// RFC 3550 jitter, in ticks.
    jitter: f32,
    transit_before: Option<i64>,
    arrival_before: Option<i64>,
    /// Packets that have come together with this one so far.
    together: u32,
    /// The last two packets that came too late by a frame or more and not together: when, and how late.
    stalls: [Option<(i64, u32)>; 2],
}

impl DelayEstimator {
    pub(super) fn new(rtp_clock: u32) -> Self {
        Self {
            ticks_per_ms: i64::from(rtp_clock / 1000),
            histogram: [0.0; CLASSES],
            packets: 0,
            fastest: None,
            fastest_before: None,
            block_end: i64::MIN,
            jitter: 0.0,
            transit_before: None,
            arrival_before: None,
            together: 0,
            stalls: [None; 2],
        }
    }

    /// A packet with this timestamp came at `arrival`.
    pub(super) fn packet(&mut self, timestamp: i64, arrival: i64) {
        let transit = arrival - timestamp;
        if arrival >= self.block_end {
            self.fastest_before = self.fastest.take();
            self.block_end = arrival + BLOCK_MS * self.ticks_per_ms;
        }
        self.fastest = Some(self.fastest.map_or(transit, |fastest| fastest.min(transit)));
        if let Some(before) = self.transit_before.replace(transit) {
            self.jitter += ((transit - before).abs() as f32 - self.jitter) / 16.0;
        }
        let gap = self.arrival_before.replace(arrival).map_or(i64::MAX, |before| arrival - before);
        let is_together = gap < TOGETHER_MS * self.ticks_per_ms;
        self.together = if is_together { self.together.saturating_add(1) } else { 0 };
        if self.together >= TOGETHER_MAX {
            return;
        }
        self.packets = self.packets.saturating_add(1);
        let memory = MEMORY_MAX.min(1.0 - 1.0 / (self.packets as f32 + 1.0));
        let late_ms = (transit - self.fastest_transit()).max(0) / self.ticks_per_ms;
        if !is_together && late_ms >= i64::from(self.usual_ms() + crate::audio::FRAME_MS) {
            let late_ms = late_ms.min(i64::from(super::DELAY_MS_MAX)) as u32;
            self.stalls = [self.stalls[1], Some((arrival, late_ms))];
        }
        let class = (late_ms / i64::from(CLASS_MS)).min(CLASSES as i64 - 1) as usize;
        for share in &mut self.histogram {
            *share *= memory;
        }
        self.histogram[class] += 1.0 - memory;
    }

    /// The stream began anew: other clock, same network.
    pub(super) fn restart(&mut self) {
        self.fastest = None;
        self.fastest_before = None;
        self.transit_before = None;
        self.stalls = [None; 2];
    }

    /// Arrival minus timestamp of the fastest packet.
    pub(super) fn fastest_transit(&self) -> i64 {
        match (self.fastest, self.fastest_before) {
            (Some(now), Some(before)) => now.min(before),
            (now, before) => now.or(before).unwrap_or(0),
        }
    }

    /// How far this transit is from the usual, in milliseconds; 0 while nothing is usual yet.
    pub(super) fn strangeness_ms(&self, transit: i64) -> i64 {
        if self.fastest.is_none() && self.fastest_before.is_none() {
            return 0;
        }
        (transit - self.fastest_transit()).abs() / self.ticks_per_ms
    }

    /// How long the fastest packet should wait, in ticks.
    pub(super) fn target(&self) -> i64 {
        let wait_ms = self.usual_ms().max(self.stalled_ms());
        i64::from(wait_ms.clamp(super::DELAY_MS_MIN, super::DELAY_MS_MAX)) * self.ticks_per_ms
    }

    /// What would have been enough for two stalls of late; 0 when there were not as many.
    fn stalled_ms(&self) -> u32 {
        let now = self.arrival_before.unwrap_or(0);
        let recent = |stall: Option<(i64, u32)>| stall.filter(|(at, _)| now - at < STALLS_SPAN_MS * self.ticks_per_ms);
        match self.stalls.map(recent) {
            [Some((_, one_ms)), Some((_, other_ms))] => one_ms.min(other_ms) + CLASS_MS,
            [Some(_) | None, Some(_) | None] => 0,
        }
    }

    /// What is enough for nearly all packets, as far as they are remembered.
    fn usual_ms(&self) -> u32 {
        let total: f32 = self.histogram.iter().sum();
        let mut sum = 0.0;
        let class = self.histogram.iter().position(|share| {
            sum += share;
            sum >= total * IN_TIME
        });
        let late_ms = (class.unwrap_or(0) as u32 + 1) * CLASS_MS;
        let jitter_ms = (2.0 * self.jitter / self.ticks_per_ms as f32) as u32;
        let least_ms = if self.packets < LEARNING_PACKETS {
            FIRST_MS
        } else {
            super::DELAY_MS_MIN
        };
        late_ms.max(jitter_ms).max(least_ms)
    }
}
