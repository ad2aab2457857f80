//! What the names in pages' addresses mean.
//!
//! A browser looks its page's name up itself, but cannot tell us the result; so we look it up, too. Where the two differ (a company's own
//! name server), the TURN client in the browser still goes by the name.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

/// Names that are remembered. They come from browser phones of people that we know.
const NAMES_MAX: usize = 64;

/// So long an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// Not more often than that a name is asked for again.
const ASK_EVERY_MIN: Duration = Duration::from_secs(2);

/// How often a name is asked for when nobody comes by it: addresses of homes and small offices change.
const KEEP_EVERY: Duration = Duration::from_secs(30);

/// Names that are kept.
const KEPT_MAX: usize = 16;

/// Addresses of one name that are believed.
const ADDRESSES_MAX: usize = 8;

/// The names, and the questions under way.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// When each was asked for last.
    asked: BTreeMap<String, Instant>,
    /// Those of the configuration, asked for all the time.
    kept: Vec<String>,
    questions: JoinSet<(String, Option<Vec<IpAddr>>)>,
}

impl Names {
    /// This name will be needed.
    pub(super) fn ask(&mut self, name: &str, now: Instant) {
        let is_fresh = self.asked.get(name).is_some_and(|at| now.duration_since(*at) < ASK_EVERY_MIN);
        if is_fresh || name.parse::<IpAddr>().is_ok() {
            return;
        }
        if !self.asked.contains_key(name) && self.asked.len() >= NAMES_MAX {
            let oldest = self.asked.iter().min_by_key(|(_, at)| **at).map(|(name, _)| name.clone());
            self.asked.remove(&oldest.unwrap_or_default());
        }
        self.asked.insert(name.to_owned(), now);
        let name = name.to_owned();
        self.questions.spawn(async move {
            let addresses = look_up(&name).await;
            (name, addresses)
        });
    }

    /// These names are asked for again and again.
    pub(super) fn keep(&mut self, names: Vec<String>) {
        self.kept = names;
        self.kept.truncate(KEPT_MAX);
    }

    /// Asks for what is kept and due; when to come again.
    fn ask_for_kept(&mut self, now: Instant) -> Instant {
        for name in self.kept.clone() {
            if self.asked.get(&name).is_none_or(|at| *at + KEEP_EVERY <= now) {
                self.ask(&name, now);
            }
        }
        let next = self
            .kept
            .iter()
            .filter_map(|name| self.asked.get(name))
            .map(|at| *at + KEEP_EVERY)
            .min();
        next.unwrap_or(now + KEEP_EVERY)
    }

    /// Whether a name is still remembered.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.asked.contains_key(name)
    }

    /// The next answer. What was known of a name stays while it cannot be looked up.
    pub(super) async fn answer(&mut self) -> (String, Vec<IpAddr>) {
        loop {
            let next = self.ask_for_kept(Instant::now());
            let answered = tokio::select! {
                Some(answered) = self.questions.join_next() => answered,
                () = sleep_until(next) => continue,
            };
            match answered {
                Ok((name, Some(addresses))) => return (name, addresses),
                Ok((name, None)) => tracing::debug!(name, "the page's name cannot be looked up"),
                Err(error) => tracing::error!(%error, "a question about a name came to nothing"),
            }
        }
    }
}

async fn look_up(name: &str) -> Option<Vec<IpAddr>> {
    let found = timeout(ANSWER_TIME_MAX, tokio::net::lookup_host((name, 0))).await.ok()?.ok()?;
    let mut addresses: Vec<_> = found.map(|address| address.ip().to_canonical()).collect();
    addresses.dedup();
    addresses.truncate(ADDRESSES_MAX);
    (!addresses.is_empty()).then_some(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_are_bounded_and_the_oldest_goes() {
        let (mut names, mut now) = (Names::default(), Instant::now());
        for number in 0..=NAMES_MAX {
            names.ask(&format!("pbx-{number}.invalid"), now);
            now += Duration::from_millis(1);
        }
        assert_eq!(names.asked.len(), NAMES_MAX);
        assert!(!names.is_known("pbx-0.invalid") && names.is_known("pbx-1.invalid"));
    }

    #[tokio::test]
    async fn addresses_are_not_looked_up_and_names_not_too_often() {
        let (mut names, now) = (Names::default(), Instant::now());
        names.ask("198.51.100.2", now);
        names.ask("2001:db8::1", now);
        assert!(names.questions.is_empty());
        names.ask("localhost", now);
        names.ask("localhost", now);
        assert_eq!(names.questions.len(), 1);
        names.ask("localhost", now + ASK_EVERY_MIN);
        assert_eq!(names.questions.len(), 2);
    }

    #[tokio::test]
    async fn a_name_means_its_addresses() {
        let mut names = Names::default();
        names.keep(vec!["localhost".to_owned()]);
        let (name, addresses) = names.answer().await;
        assert_eq!(name, "localhost");
        assert!(!addresses.is_empty() && addresses.iter().all(IpAddr::is_loopback), "{addresses:?}");
    }
}
