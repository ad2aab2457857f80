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
        self.packets = self.packets.saturating_add(1);
        let memory = MEMORY_MAX.min(1.0 - 1.0 / (self.packets as f32 + 1.0));
        let late_ms = (transit - self.fastest_transit()).max(0) / self.ticks_per_ms;
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
        i64::from(late_ms.max(jitter_ms).clamp(least_ms, super::DELAY_MS_MAX)) * self.ticks_per_ms
    }
}
