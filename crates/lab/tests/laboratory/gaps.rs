//! How long sounds were away in all runs of all stories, as people read it, and which stories break the promise.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lab::process::report;
use serde_json::{Value, json};

use crate::ears::Away;
use crate::mid_call::Story;

/// In so many of 100 runs the sound is back in time.
const PERCENTILE: usize = 95;
const ENDS: [&str; 2] = ["in the page", "at the desk phone"];

/// One call that survived.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// How the sound travelled before and after.
    way: String,
    away: Away,
}

/// All runs of one test.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs {
    survived: BTreeMap<Story, Vec<Run>>,
    failures: Vec<String>,
}

impl Run {
    pub(crate) fn of(before: &str, after: &str, away: Away) -> Run {
        Run {
            way: format!("{before} → {after}"),
            away,
        }
    }
}

impl Runs {
    pub(crate) fn add(&mut self, played: Vec<(Story, Run)>) {
        for (story, run) in played {
            report(&format!(
                "{story}: {}, away for {} ms in the page and {} ms at the desk phone",
                run.way,
                run.away.in_page.as_millis(),
                run.away.at_phone.as_millis()
            ));
            self.survived.entry(story).or_default().push(run);
        }
    }

    pub(crate) fn add_failure(&mut self, why: String) {
        self.failures.push(why);
    }

    /// Keeps the runs, and writes the table of all that were ever kept to `mid_call/mid_call.md` beside the test's folder.
    pub(crate) fn keep(&self, folder: &Path) -> anyhow::Result<()> {
        let folder = folder.with_file_name("mid_call");
        fs::create_dir_all(&folder)?;
        for (story, runs) in &self.survived {
            let rows: Vec<Value> = rows_of(*story, runs, self.failures.len()).into_iter().map(Value::from).collect();
            fs::write(file_of(*story, &folder), serde_json::to_string_pretty(&json!(rows))?)?;
        }
        let table = folder.join("mid_call.md");
        fs::write(&table, table_of(&folder))?;
        report(&format!("the table is {}", table.display()));
        Ok(())
    }

    /// The stories that break the promise, and how.
    pub(crate) fn broken(&self) -> Vec<String> {
        let late = self.survived.iter().flat_map(|(story, runs)| {
            let limit = story.away_max();
            let ends = ENDS.into_iter().zip(sorted(runs));
            ends.filter_map(move |(end, times)| {
                let time = percentile(&times);
                (time > limit).then(|| {
                    format!(
                        "{story}: away for {} ms {end} (the {PERCENTILE}th percentile of {}), not {} ms at most",
                        time.as_millis(),
                        times.len(),
                        limit.as_millis()
                    )
                })
            })
        });
        late.chain(self.failures.iter().cloned()).collect()
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (story, runs) in &self.survived {
            for row in rows_of(*story, runs, self.failures.len()) {
                writeln!(out, "{row}")?;
            }
        }
        Ok(())
    }
}

fn file_of(story: Story, folder: &Path) -> PathBuf {
    folder.join(format!("{story:?}.json"))
}

fn table_of(folder: &Path) -> String {
    let mut table = format!(
        "How long the sound was away, in milliseconds: from the first break of more than 100 ms until it has come to stay, or the longest break \
         below that.\n\n| What happened in mid-call | Way | Heard | Runs | Failed | Min | Median | p{PERCENTILE} | Max |\n|{}\n",
        "---|".repeat(9)
    );
    for story in Story::ALL {
        let text = fs::read(file_of(story, folder)).unwrap_or_default();
        let rows: Vec<String> = serde_json::from_slice(&text).unwrap_or_else(|_| vec![format!("| {story} | not measured | | | | | | | |")]);
        for row in rows {
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{row}");
        }
    }
    table
}

fn rows_of(story: Story, runs: &[Run], failed: usize) -> Vec<String> {
    let mut ways: Vec<&str> = runs.iter().map(|run| run.way.as_str()).collect();
    ways.sort_unstable();
    ways.dedup();
    let ways = ways.join(", ");
    let rows = ENDS.into_iter().zip(sorted(runs)).map(|(end, times)| {
        let ms = |time: Option<&Duration>| time.map_or(0, Duration::as_millis);
        format!(
            "| {story} | {ways} | {end} | {} | {failed} | {} | {} | {} | {} |",
            runs.len() + failed,
            ms(times.first()),
            ms(times.get(times.len() / 2)),
            percentile(&times).as_millis(),
            ms(times.last()),
        )
    });
    rows.collect()
}

/// The times in the page and those at the desk phone, shortest first.
fn sorted(runs: &[Run]) -> [Vec<Duration>; 2] {
    let mut ends = [
        runs.iter().map(|run| run.away.in_page).collect::<Vec<_>>(),
        runs.iter().map(|run| run.away.at_phone).collect(),
    ];
    for times in &mut ends {
        times.sort_unstable();
    }
    ends
}

/// The shortest time that is not exceeded in [`PERCENTILE`] of 100 runs.
fn percentile(times: &[Duration]) -> Duration {
    let rank = (times.len() * PERCENTILE).div_ceil(100);
    times.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[test]
fn the_percentile_of_twenty_is_the_second_longest() {
    let times: Vec<Duration> = (1..=20).map(Duration::from_millis).collect();
    assert_eq!(percentile(&times), Duration::from_millis(19));
    assert_eq!(percentile(&times[..1]), Duration::from_millis(1));
    assert_eq!(percentile(&[]), Duration::ZERO);
}
