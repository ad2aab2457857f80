//! A flight for people who read text: the ladder, what happened, and how it sounded as small plots.

use std::fmt::Write as _;

use super::story::{Direction, Series, Story};

/// Width of a plot; longer series are gathered.
const PLOT_CHARS: usize = 60;
/// Letters of a name in the ladder.
const NAME_CHARS: usize = 24;

/// With which signs plots are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// Eighths of blocks.
    Unicode,
    /// What any terminal and any ticket shows.
    Ascii,
}

impl Signs {
    fn of(self) -> &'static [char] {
        match self {
            Self::Unicode => &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
            Self::Ascii => &['_', '.', '-', '=', '+', '*', '#'],
        }
    }
}

/// All of it.
#[must_use]
pub fn flight(story: &Story, signs: Signs) -> String {
    let length = story
        .ended_at_ms
        .map_or_else(|| "still runs".to_owned(), |ms| format!("{} s", seconds(ms)));
    let mut text = format!("Call {} of {}, {length}\n", story.call, when(story.begun_at));
    for leg in &story.legs {
        let who = [leg.name.as_str(), leg.party.as_str()].into_iter().filter(|part| !part.is_empty());
        let who: Vec<_> = who.collect();
        let kind = leg.kind.map_or("unknown", |kind| match kind {
            super::story::LegKind::Browser => "browser",
            super::story::LegKind::Phone => "desk phone",
            super::story::LegKind::Trunk => "trunk",
        });
        let further = [leg.trunk.as_deref(), leg.codec.as_deref()].into_iter().flatten();
        let further: String = further.map(|part| format!(", {part}")).collect();
        put(&mut text, format_args!("  leg {}: {} ({kind}{further})\n", leg.leg, who.join(" ")));
    }
    if !story.ladder.is_empty() {
        text += "\nSignalling\n";
        text += &ladder(story);
    }
    if !story.marks.is_empty() {
        text += "\nWhat happened\n";
        for mark in &story.marks {
            let leg = mark.leg.map_or_else(String::new, |leg| format!("leg {leg}: "));
            put(
                &mut text,
                format_args!("  {:>9}  {:<12} {leg}{}\n", seconds(mark.at_ms), mark.kind.word(), mark.text),
            );
        }
    }
    if !story.series.is_empty() {
        text += "\nHow it sounded\n";
        for series in &story.series {
            text += &plots(series, signs);
        }
    }
    if story.left_out > 0 {
        put(
            &mut text,
            format_args!("\n{} messages or marks were left out in the middle.\n", story.left_out),
        );
    }
    text
}

/// The messages, one a line: `0.012  Anna (browser) ──────► farend   INVITE`.
#[must_use]
pub fn ladder(story: &Story) -> String {
    let mut text = String::new();
    for message in &story.ladder {
        let is_inbound = message.to == "farend";
        let (peer, arrow) = if is_inbound {
            (&message.from, "--->")
        } else {
            (&message.to, "<---")
        };
        let peer: String = peer.chars().take(NAME_CHARS).collect();
        put(
            &mut text,
            format_args!(
                "  {:>9}  {peer:<NAME_CHARS$} {arrow} farend  {:<32} {}\n",
                seconds(message.at_ms),
                message.what,
                message.note
            ),
        );
    }
    text
}

fn plots(series: &Series, signs: Signs) -> String {
    let direction = match series.direction {
        Direction::Received => "received",
        Direction::Sent => "sent",
    };
    let packets: u64 = series.packets.iter().map(|packets| u64::from(*packets)).sum();
    let mut text = format!(
        "  leg {} {direction}: {packets} packets, {} s each step, from {}\n",
        series.leg,
        series.step_ms / 1_000,
        seconds(series.from_ms)
    );
    let levels: Vec<_> = series.level_dbov.iter().map(|level| level.map(f32::from)).collect();
    let round_trips: Vec<_> = series.round_trip_ms.iter().map(|ms| ms.map(f32::from)).collect();
    for (what, values, range, unit) in [
        ("level", &levels, Some((-60.0, 0.0)), "dBov"),
        ("loss", &series.loss_percent, None, "%"),
        ("jitter", &series.jitter_ms, None, "ms"),
        ("round trip", &round_trips, None, "ms"),
        ("MOS", &series.mos, Some((1.0, 4.5)), "of 4.5"),
    ] {
        if let Some(plot) = plot(values, range, signs) {
            let (least, most) = bounds(values);
            put(
                &mut text,
                format_args!("    {what:<10} {plot}  {} to {} {unit}\n", short(least), short(most)),
            );
        }
    }
    text
}

/// One sign for each step; a blank where nothing was measured. `None` when nothing was measured at all. `range`: what the lowest and the highest
/// sign stand for; without it 0 and the greatest value.
#[must_use]
pub fn plot(values: &[Option<f32>], range: Option<(f32, f32)>, signs: Signs) -> Option<String> {
    values.iter().flatten().next()?;
    let (low, high) = range.unwrap_or_else(|| (0.0, bounds(values).1.max(1.0)));
    let signs = signs.of();
    let gathered = values.chunks(values.len().div_ceil(PLOT_CHARS).max(1));
    let sign = |chunk: &[Option<f32>]| {
        let Some(most) = chunk.iter().flatten().copied().reduce(f32::max) else {
            return ' ';
        };
        #[expect(clippy::cast_precision_loss, reason = "a handful of signs")]
        let highest = (signs.len() - 1) as f32;
        let place = ((most - low) / (high - low)).clamp(0.0, 1.0) * highest;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the number of signs"
        )]
        let place = place.round() as usize;
        signs.get(place).copied().unwrap_or(' ')
    };
    Some(gathered.map(sign).collect())
}

fn bounds(values: &[Option<f32>]) -> (f32, f32) {
    let known = || values.iter().flatten().copied();
    (known().reduce(f32::min).unwrap_or(0.0), known().reduce(f32::max).unwrap_or(0.0))
}

fn short(value: f32) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn seconds(ms: u32) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

fn when(at: time::OffsetDateTime) -> String {
    at.replace_nanosecond(0)
        .unwrap_or(at)
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _never = text.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::super::story::{Leg, LegKind, Mark, MarkKind, Message};
    use super::*;

    #[test]
    fn a_plot_shows_the_loudest_of_each_step_and_a_gap_where_nothing_was_measured() {
        let values = [Some(-60.0), Some(0.0), None, Some(-30.0)];
        assert_eq!(plot(&values, Some((-60.0, 0.0)), Signs::Unicode).as_deref(), Some("▁█ ▅"));
        assert_eq!(plot(&values, Some((-60.0, 0.0)), Signs::Ascii).as_deref(), Some("_# ="));
        assert_eq!(plot(&[None, None], None, Signs::Ascii), None);
        let long = vec![Some(1.0); 10_000];
        assert!(plot(&long, None, Signs::Ascii).unwrap().len() <= PLOT_CHARS);
    }

    #[test]
    fn a_flight_reads_from_top_to_bottom() {
        let story = Story {
            call: "3-7".to_owned(),
            begun_at: OffsetDateTime::UNIX_EPOCH,
            ended_at_ms: Some(12_345),
            legs: vec![Leg {
                leg: 2,
                party: "101".to_owned(),
                name: "Anna".to_owned(),
                kind: Some(LegKind::Browser),
                trunk: None,
                codec: Some("opus".to_owned()),
            }],
            ladder: vec![
                Message {
                    at_ms: 0,
                    leg: Some(2),
                    from: "Anna (browser)".to_owned(),
                    to: "farend".to_owned(),
                    what: "INVITE".to_owned(),
                    note: "WSS, 2000 bytes, CSeq 1 INVITE".to_owned(),
                },
                Message {
                    at_ms: 12,
                    leg: Some(2),
                    from: "farend".to_owned(),
                    to: "Anna (browser)".to_owned(),
                    what: "180 Ringing".to_owned(),
                    note: "WSS, 500 bytes, CSeq 1 INVITE".to_owned(),
                },
            ],
            marks: vec![Mark {
                at_ms: 2_000,
                leg: Some(2),
                kind: MarkKind::Connected,
                text: "media has arrived".to_owned(),
            }],
            series: vec![Series {
                leg: 2,
                direction: Direction::Received,
                from_ms: 2_000,
                step_ms: 2_000,
                level_dbov: vec![Some(-20), Some(-25), None],
                loss_percent: vec![Some(0.0), Some(4.0), None],
                jitter_ms: vec![Some(1.5), Some(2.5), None],
                round_trip_ms: vec![Some(40), Some(41), None],
                mos: vec![None, Some(4.2), None],
                packets: vec![100, 96, 0],
            }],
            left_out: 0,
        };
        insta::assert_snapshot!(flight(&story, Signs::Ascii));
    }
}
