//! The last lines of the log, kept in memory so that a support bundle has those of its call.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Lines that are kept.
const LINES_MAX: usize = 2_000;
/// Of one line.
const LINE_BYTES_MAX: usize = 1_024;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) at: OffsetDateTime,
    pub(crate) level: Level,
    /// The call that it names, as the run numbers it.
    pub(crate) call: Option<String>,
    /// The leg.
    pub(crate) leg: Option<String>,
    pub(crate) text: String,
}

/// The lines of this program.
static LINES: Mutex<VecDeque<Line>> = Mutex::new(VecDeque::new());

/// A layer that keeps INFO and worse.
pub(crate) struct Keep;

impl<S: Subscriber> Layer<S> for Keep {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if *metadata.level() > Level::INFO {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        let mut text = format!("{}: {}{}", metadata.target(), words.message, words.fields);
        if text.len() > LINE_BYTES_MAX {
            let end = (0..=LINE_BYTES_MAX).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
        }
        keep(Line {
            at: OffsetDateTime::now_utc(),
            level: *metadata.level(),
            call: words.call,
            leg: words.leg,
            text,
        });
    }
}

fn keep(line: Line) {
    let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    if lines.len() >= LINES_MAX {
        lines.pop_front();
    }
    lines.push_back(line);
}

/// Those for which something holds, oldest first.
pub(crate) fn which(is_wanted: impl Fn(&Line) -> bool) -> Vec<Line> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().filter(|line| is_wanted(line)).cloned().collect()
}

#[derive(Default)]
struct Words {
    message: String,
    fields: String,
    call: Option<String>,
    leg: Option<String>,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => {
                let value = format!("{value:?}");
                match name {
                    "call" => self.call = Some(value.clone()),
                    "leg" => self.leg = Some(value.clone()),
                    _ => {}
                }
                // Writing into a String cannot fail.
                let _never = write!(self.fields, " {name}={value}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[test]
    fn the_last_lines_are_kept_with_the_call_that_they_name() {
        let call = model::CallId(987_654_321);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(Keep), || {
            tracing::debug!(%call, "not this one");
            tracing::warn!(%call, user = 7, "something is odd");
            tracing::info!(%call, long = "ä".repeat(LINE_BYTES_MAX), "a long one");
        });
        let kept = which(|line| line.call.as_deref() == Some("call-987654321"));
        assert_eq!(kept.len(), 2);
        assert_eq!(
            (kept[0].level, kept[0].text.ends_with("something is odd call=call-987654321 user=7")),
            (Level::WARN, true)
        );
        assert!(kept[1].text.len() <= LINE_BYTES_MAX);
        for _ in 0..LINES_MAX {
            keep(kept[0].clone());
        }
        assert_eq!(which(|_| true).len(), LINES_MAX);
    }
}
