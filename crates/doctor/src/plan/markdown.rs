//! A plan as text for a ticket.

use std::fmt::Write;

use super::text::markdown as safe;
use super::words::Words;
use super::{NodeKind, Plan};
use crate::evidence::UnixMs;

const DAY_MS: i64 = 86_400_000;

pub(super) fn markdown(plan: &Plan) -> String {
    let words = Words::of(plan.language);
    let mut out = format!(
        "# {}\n\n{} {}\n\n## {}\n\n",
        words.title,
        words.looked_at,
        date(plan.taken_at),
        words.findings
    );
    for remark in &plan.remarks {
        let _ = writeln!(out, "- **{}** {}", remark.rule, safe(&remark.sentence));
    }
    if plan.remarks.is_empty() {
        let _ = writeln!(out, "{}", words.no_findings);
    }
    let [what, name, known] = words.columns;
    let _ = writeln!(out, "\n## {}\n\n| {what} | {name} | {known} |\n|---|---|---|", words.title);
    for node in plan.nodes.iter().filter(|node| node.kind != NodeKind::Internet) {
        let lines: Vec<String> = node.lines.iter().map(|line| safe(line)).collect();
        let red = if node.is_culprit {
            format!("**{}**: ", words.culprit)
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "| {} | {red}{} | {} |",
            kind(node.kind, words),
            safe(&node.label),
            lines.join("; ")
        );
    }
    out
}

/// What a node is, for people.
pub(super) fn kind(kind: NodeKind, words: &Words) -> &'static str {
    match kind {
        NodeKind::Office => words.office,
        NodeKind::Vpn => words.vpn,
        NodeKind::Phones => words.phones,
        NodeKind::Server => words.server,
        NodeKind::Router => words.router,
        NodeKind::Internet => words.internet,
        NodeKind::StunServer => words.stun,
        NodeKind::Trunk => words.trunk,
        NodeKind::Network => words.network,
    }
}

/// A moment as people write it, in UTC.
pub(super) fn date(at: UnixMs) -> String {
    let days = at.0.div_euclid(DAY_MS);
    let minutes = at.0.rem_euclid(DAY_MS) / 60_000;
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60, minutes % 60)
}

/// Year, month and day of a day since 1970: in years that begin in March, of which 400 have 146 097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_calendars_do() {
        for (ms, expected) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_400_000, "2000-02-29 00:00 UTC"),
            (1_800_000_000_000, "2027-01-15 08:00 UTC"),
            (-60_000, "1969-12-31 23:59 UTC"),
        ] {
            assert_eq!(date(UnixMs(ms)), expected);
        }
    }
}
