//! How well a line carries audio, by the echo of a check.

use crate::evidence::{Check, Echo, Locality, UserNetwork, Way, WayTest};
use crate::finding::{Fact, What};

/// A round trip above that makes people talk at the same time: with codecs and buffers it is more than 250 ms from mouth to ear, from where
/// on ITU-T G.107 and G.114 see a strong decline.
const ROUND_TRIP_POOR_MS: f32 = 400.0;
/// Loss that concealment does not hide any more: with G.711 (Bpl 25.1) it costs 16 points of the E-model's R, and more when it comes in
/// bursts.
const LOSS_POOR_PERCENT: f32 = 5.0;
/// Jitter is a mean: its peaks are four times as high, and no jitter buffer of ours waits longer than 200 ms.
const JITTER_POOR_MS: f32 = 50.0;
/// One call with G.711 needs 90 kbit/s with all its headers, and a line is never for one call alone.
const BANDWIDTH_POOR_KBIT: u32 = 128;
/// A shorter echo has too few packets for a share of them.
const ECHO_LONG_ENOUGH_MS: u32 = 3_000;

/// Why the line is poor, by the way that calls take. `None`: it is good, or it is not known.
pub(super) fn poor(check: &Check) -> Option<Vec<Fact>> {
    let echoes = check.ways.iter().filter_map(|way| Some((way, usable(way)?)));
    let taken = echoes.min_by_key(|(way, _)| turn(way.way));
    let mut facts = taken.map(|(way, echo)| weak_points(check, way, &echo)).unwrap_or_default();
    if let Some(bandwidth) = check.bandwidth {
        let kbit = bandwidth.up_kbit.min(bandwidth.down_kbit);
        // Zero is a measurement that has failed.
        if (1..BANDWIDTH_POOR_KBIT).contains(&kbit) {
            facts.push(fact(What::Bandwidth, format!("{kbit} kbit/s"), check));
        }
    }
    (!facts.is_empty()).then_some(facts)
}

/// The echo of a way, where it says something: what was not heard has other reasons than a poor line.
fn usable(way: &WayTest) -> Option<Echo> {
    way.echo
        .filter(|echo| way.is_connected && echo.is_heard && echo.lasted_ms >= ECHO_LONG_ENOUGH_MS)
}

/// Calls go by the first way that is open, as ICE prefers them: one that is open and loses sound is not left for another.
fn turn(way: Way) -> u8 {
    match way {
        Way::Udp => 0,
        Way::Tcp => 1,
        Way::Tls => 2,
    }
}

fn weak_points(check: &Check, way: &WayTest, echo: &Echo) -> Vec<Fact> {
    let mut facts = Vec::new();
    let loss = echo.loss_there_percent.max(echo.loss_back_percent);
    if loss >= LOSS_POOR_PERCENT {
        facts.push(fact(What::Loss, format!("{loss:.0} %"), check));
    }
    if echo.jitter_ms >= JITTER_POOR_MS {
        facts.push(fact(What::Jitter, format!("{:.0} ms", echo.jitter_ms), check));
    }
    if echo.round_trip_ms >= ROUND_TRIP_POOR_MS {
        facts.push(fact(What::Time, format!("{:.0} ms", echo.round_trip_ms), check));
    }
    if !facts.is_empty() {
        facts.push(fact(What::Way, way_code(way.way).to_owned(), check));
    }
    facts
}

fn fact(what: What, value: String, check: &Check) -> Fact {
    Fact {
        what,
        value,
        at: Some(check.at),
    }
}

/// Whether a round trip of media is too long.
pub(super) fn is_slow(round_trip_ms: f32) -> bool {
    round_trip_ms >= ROUND_TRIP_POOR_MS
}

/// Whether the media of somebody goes through a VPN: one that ends at the office, or one that leaves the computer no other way.
pub(super) fn is_by_vpn(network: &UserNetwork) -> bool {
    match network.locality {
        Locality::Vpn => true,
        Locality::Lan | Locality::Hairpin => false,
        Locality::Unknown | Locality::Internet => {
            let gathering = network.check.as_ref().and_then(|check| check.gathering.as_ref());
            let candidates = gathering.iter().flat_map(|gathering| &gathering.candidates);
            let mut kinds = candidates.filter_map(|candidate| candidate.network.as_deref()).peekable();
            kinds.peek().is_some() && kinds.all(|kind| kind == "vpn")
        }
    }
}

/// For programs, and for tables of words: never changes.
pub(super) fn way_code(way: Way) -> &'static str {
    match way {
        Way::Udp => "udp",
        Way::Tcp => "tcp",
        Way::Tls => "tls",
    }
}
