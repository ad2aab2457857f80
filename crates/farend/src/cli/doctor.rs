//! `farend doctor`: what a running server has found, or has recorded of a call, out of its database.

mod flight;

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, ValueEnum};
use doctor::evidence::UnixMs;
use model::Language;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::place::Place;
use crate::doctor::told::{Finding, Severity, moment};
use crate::store::Snapshot;

/// A server that has not looked for so many milliseconds does not run.
const AGE_MS_MAX: u64 = 60_000;

/// Columns of the output.
const WIDTH: usize = 100;

/// The exit status when nothing could be looked at.
const COULD_NOT_LOOK: u8 = 2;

#[derive(Args)]
pub(super) struct Doctor {
    /// In which language
    #[arg(long, value_enum, default_value_t = Words::En)]
    language: Words,
    /// Prints what was recorded of this call instead, as the journal names it
    #[arg(long, value_name = "ID")]
    call: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Words {
    /// English
    En,
    /// German
    De,
}

/// How lines are set off on a terminal.
#[derive(Clone, Copy)]
struct Paint {
    is_on: bool,
}

/// Exit status 0: no finding is worse than a note; 1: one is; 2: it could not be looked at.
pub(super) async fn run(doctor: Doctor) -> ExitCode {
    match look(&doctor).await {
        Ok(is_fine) if is_fine => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) if super::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            super::complain(&error);
            ExitCode::from(COULD_NOT_LOOK)
        }
    }
}

/// Prints what was found; whether nothing of it is worse than a note.
async fn look(doctor: &Doctor) -> anyhow::Result<bool> {
    let store = doctor.place.open_existing().await?;
    if let Some(call) = &doctor.call {
        flight::print(&store, call, doctor.json).await?;
        return Ok(true);
    }
    let snapshot = fresh(store.snapshot().await?, crate::doctor::now())?;
    let language = match doctor.language {
        Words::En => Language::English,
        Words::De => Language::German,
    };
    let told = |kept| Finding::of(kept, &snapshot.evidence, language);
    let findings: Vec<Finding> = snapshot.open.iter().map(told).collect();
    let is_fine = findings.iter().all(|finding| finding.severity == Severity::Note);
    if doctor.json {
        let looked_at = moment(snapshot.looked_at).format(&Rfc3339)?;
        super::print_json(&json!({ "looked_at": looked_at, "findings": findings }))?;
    } else {
        let paint = Paint {
            is_on: std::io::stdout().is_terminal(),
        };
        super::print(&report(&findings, language, paint))?;
    }
    Ok(is_fine)
}

/// What a server knew that runs now.
fn fresh(snapshot: Option<Snapshot>, now: UnixMs) -> anyhow::Result<Snapshot> {
    let Some(snapshot) = snapshot else {
        bail!("no server has ever looked at this company's audio; start farend, and ask again ten seconds later");
    };
    let age_ms = now.since(snapshot.looked_at);
    if age_ms > AGE_MS_MAX {
        bail!(
            "farend is not running: what its database tells is {} old; start it, and ask again ten seconds later",
            age(age_ms)
        );
    }
    Ok(snapshot)
}

fn age(ms: u64) -> String {
    match ms / 1_000 {
        seconds @ 0..=119 => format!("{seconds} seconds"),
        seconds @ 120..=7_199 => format!("{} minutes", seconds / 60),
        seconds @ 7_200..=172_799 => format!("{} hours", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// For people: the sentence first.
fn report(findings: &[Finding], language: Language, paint: Paint) -> String {
    let pick = |english: &'static str, german: &'static str| match language {
        Language::English => english,
        Language::German => german,
    };
    if findings.is_empty() {
        return format!("{}\n", pick("Nothing is wrong.", "Alles in Ordnung."));
    }
    let mut text = String::new();
    for finding in findings {
        let word = match finding.severity {
            Severity::Problem => paint.with("31;1", pick("Problem", "Problem")),
            Severity::Warning => paint.with("33;1", pick("Warning", "Warnung")),
            Severity::Note => paint.with("36", pick("Note", "Hinweis")),
        };
        // Nothing can go wrong with a text in memory.
        let _ = writeln!(text, "{word} {}", finding.rule);
        wrap(&mut text, "  ", "  ", &finding.sentence);
        for seen in &finding.evidence {
            wrap(&mut text, "    · ", "      ", &seen.text);
        }
        if !finding.possible.is_empty() {
            wrap(&mut text, "  ", "  ", &finding.possible);
        }
        for (number, step) in (1..).zip(&finding.fix) {
            wrap(&mut text, &format!("    {number}. "), "       ", step);
        }
        if !finding.retest.is_empty() {
            wrap(&mut text, "  ", "  ", &finding.retest);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Words in lines of [`WIDTH`] columns, the first one after `first`, the others after `other`.
fn wrap(text: &mut String, first: &str, other: &str, words: &str) {
    let mut line = first.to_owned();
    let mut is_begun = false;
    for word in words.split_whitespace() {
        if is_begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            other.clone_into(&mut line);
            is_begun = false;
        }
        if is_begun {
            line.push(' ');
        }
        line.push_str(word);
        is_begun = true;
    }
    if is_begun {
        let _ = writeln!(text, "{line}");
    }
}

impl Paint {
    fn with(self, code: &str, word: &str) -> String {
        if self.is_on {
            format!("\u{1b}[{code}m{word}\u{1b}[0m")
        } else {
            word.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use doctor::evidence::Evidence;

    use super::*;

    #[test]
    fn what_is_older_than_a_minute_is_no_answer() {
        let snapshot = |looked_at| {
            Some(Snapshot {
                looked_at: UnixMs(looked_at),
                open: Vec::new(),
                evidence: Evidence::default(),
            })
        };
        assert!(fresh(snapshot(1_000), UnixMs(61_000)).is_ok());
        let stale = fresh(snapshot(1_000), UnixMs(61_001)).unwrap_err().to_string();
        assert!(
            stale.starts_with("farend is not running: what its database tells is 60 seconds old"),
            "{stale}"
        );
        assert!(fresh(None, UnixMs(0)).is_err());
        for (ms, expected) in [
            (119_000, "119 seconds"),
            (120_000, "2 minutes"),
            (7_200_000, "2 hours"),
            (172_800_000, "2 days"),
        ] {
            assert_eq!(age(ms), expected);
        }
    }

    #[test]
    fn lines_are_wrapped_at_words_and_keep_their_margin() {
        let mut text = String::new();
        wrap(&mut text, "    1. ", "       ", &"four ".repeat(40));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(
            lines.iter().all(|line| line.chars().count() <= WIDTH && !line.ends_with(' ')),
            "{text}"
        );
        assert!(lines[0].starts_with("    1. four") && lines[1].starts_with("       four"), "{text}");
        wrap(&mut text, "  ", "  ", "");
        assert_eq!(text.lines().count(), 3, "nothing is no line");
        let mut long = String::new();
        wrap(&mut long, "  ", "  ", &"x".repeat(WIDTH * 2));
        assert_eq!(long.lines().count(), 1, "a word is not cut");
    }

    #[test]
    fn colours_are_for_terminals() {
        assert_eq!(Paint { is_on: false }.with("31", "Problem"), "Problem");
        assert_eq!(Paint { is_on: true }.with("31", "Problem"), "\u{1b}[31mProblem\u{1b}[0m");
        assert_eq!(report(&[], Language::German, Paint { is_on: true }), "Alles in Ordnung.\n");
    }
}
