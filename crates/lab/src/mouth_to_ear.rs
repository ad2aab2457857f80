//! How long a voice takes from one browser's microphone to another one's loudspeaker, and how much of it the listener's browser makes up.
//!
//! Both ends speak short bursts, each with one of four markers, and note by the wall clock when they said one and when they heard one of the
//! other side. What a burst takes includes the audio engines of both browsers, some ten milliseconds each: compare two lines on the same
//! path, and the difference is the lines'.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::browser::Browser;
use crate::net::Host;
use crate::tone::BROWSER_HZ;
use crate::wait;

const VOICE: &str = include_str!("browser/voice.js");
/// `voice.js` says a burst so often.
const BURST_EVERY_MS: u32 = 257;
/// What is heard later belongs to a later burst with the same marker.
const LATE_MS_MAX: f64 = 1000.0;

/// What came to one ear in a while.
#[derive(Clone, Debug)]
pub struct Listened {
    /// From mouth to ear, one for each burst that was heard, shortest first.
    delays_ms: Vec<f64>,
    said: usize,
    /// How much of what was played was made up for want of packets, while somebody could be heard or not.
    pub concealed_share: f64,
    /// How much was made up as silence, because nothing had come for long.
    pub silent_share: f64,
    /// How long packets waited in the browser's jitter buffer, on average.
    pub buffer_ms: f64,
    /// How long the browser wanted them to.
    pub buffer_target_ms: f64,
    /// Packets that never came.
    pub packets_lost: f64,
    /// Packets that came.
    pub packets_received: f64,
    /// How much was left out to catch up, of what was played.
    pub squeezed_share: f64,
    /// How much was put in to gain time, of what was played.
    pub stretched_share: f64,
}

/// Starts a browser whose microphone speaks bursts.
///
/// # Errors
///
/// When it does not come up.
pub fn open_voice_on(host: &Host, name: &str) -> anyhow::Result<Browser> {
    let browser = Browser::open_on(host, name, BROWSER_HZ, &[])?;
    browser.prepare(VOICE)?;
    Ok(browser)
}

/// Lets two browsers in a call with each other talk for a while, and gives what each of them heard.
///
/// # Errors
///
/// When one of them is not in a call.
#[track_caller]
pub fn converse(one: &Browser, other: &Browser, seconds: u32) -> anyhow::Result<[Listened; 2]> {
    let before = [take(one)?, take(other)?];
    let bursts = u64::from(seconds * 1000 / BURST_EVERY_MS);
    let limit = Duration::from_secs(u64::from(seconds) * 2);
    wait::until_true_seldom("both have talked long enough", limit, || {
        [one, other].iter().all(|browser| {
            let count = browser.evaluate("voice.count()");
            count.is_ok_and(|count| count.as_u64().is_some_and(|count| count >= bursts))
        })
    });
    let after = [take(one)?, take(other)?];
    Ok([
        Listened::to(&after[1], [&before[0], &after[0]])?,
        Listened::to(&after[0], [&before[1], &after[1]])?,
    ])
}

fn take(browser: &Browser) -> anyhow::Result<Value> {
    browser.evaluate("voice.take()")
}

impl Listened {
    /// The share of all bursts within whose time one is heard, such as 0.5 for the median.
    pub fn delay_ms(&self, share: f64) -> f64 {
        let last = self.delays_ms.len().saturating_sub(1);
        self.delays_ms
            .get((last as f64 * share).round() as usize)
            .copied()
            .unwrap_or(f64::INFINITY)
    }

    /// How many bursts were heard.
    pub fn heard(&self) -> usize {
        self.delays_ms.len()
    }

    /// How many were said meanwhile.
    pub fn said(&self) -> usize {
        self.said
    }

    fn to(speaker: &Value, listener: [&Value; 2]) -> anyhow::Result<Listened> {
        let (said, heard) = (bursts(&speaker["said"])?, bursts(&listener[1]["heard"])?);
        let more = |name: &str| -> anyhow::Result<f64> {
            let [before, after] = listener.map(|taken| taken["inbound"][name].as_f64());
            after
                .zip(before)
                .map(|(after, before)| after - before)
                .with_context(|| format!("no {name} in {}", listener[1]["inbound"]))
        };
        let samples = more("totalSamplesReceived")?;
        let emitted = more("jitterBufferEmittedCount")?;
        ensure!(samples > 0.0 && emitted > 0.0, "nothing was played");
        Ok(Listened {
            delays_ms: delays(&said, &heard),
            said: said.len(),
            concealed_share: more("concealedSamples")? / samples,
            silent_share: more("silentConcealedSamples")? / samples,
            buffer_ms: more("jitterBufferDelay")? / emitted * 1000.0,
            buffer_target_ms: more("jitterBufferTargetDelay")? / emitted * 1000.0,
            packets_lost: more("packetsLost")?,
            packets_received: more("packetsReceived")?,
            squeezed_share: more("removedSamplesForAcceleration")? / samples,
            stretched_share: more("insertedSamplesForDeceleration")? / samples,
        })
    }
}

impl fmt::Display for Listened {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "p50 {:.0} p95 {:.0} ms ({} of {} bursts), concealed {:.2} % (silent {:.2} %), buffer {:.0} of {:.0} ms, squeezed {:.2} % stretched {:.2} %, lost {} of {}",
            self.delay_ms(0.5),
            self.delay_ms(0.95),
            self.delays_ms.len(),
            self.said,
            self.concealed_share * 100.0,
            self.silent_share * 100.0,
            self.buffer_ms,
            self.buffer_target_ms,
            self.squeezed_share * 100.0,
            self.stretched_share * 100.0,
            self.packets_lost,
            self.packets_received + self.packets_lost,
        )
    }
}

/// A burst's marker and when it began.
type Burst = (u64, f64);

fn bursts(taken: &Value) -> anyhow::Result<Vec<Burst>> {
    let all = taken.as_array().context("no list of bursts")?;
    all.iter()
        .map(|one| one[0].as_u64().zip(one[1].as_f64()).with_context(|| format!("{one} is no burst")))
        .collect()
}

/// How long each burst that was heard had taken, shortest first.
fn delays(said: &[Burst], heard: &[Burst]) -> Vec<f64> {
    let mut delays: Vec<f64> = heard
        .iter()
        .filter_map(|(marker, at)| {
            let before = said.iter().rev().find(|(said, begun)| said == marker && begun <= at)?;
            Some(at - before.1).filter(|delay| *delay < LATE_MS_MAX)
        })
        .collect();
    delays.sort_by(f64::total_cmp);
    delays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_belongs_to_the_last_one_with_its_marker() {
        let said = [(0, 0.0), (1, 257.0), (2, 514.0), (3, 771.0), (0, 1028.0)];
        let heard = [(0, 300.0), (1, 1200.0), (0, 1100.0)];
        assert_eq!(delays(&said, &heard), [72.0, 300.0, 943.0]);
    }

    #[test]
    fn what_was_said_before_anybody_counted_or_comes_a_second_late_does_not_count() {
        assert!(delays(&[(0, 100.0)], &[(0, 50.0), (1, 120.0), (0, 1100.0)]).is_empty());
    }
}
