//! Findings over time: raised when they stay, cleared when they stay away, so that one lost packet makes no news.
//!
//! ```text
//!              there in two looks running,                 away for 10 s
//!    Suspected ──────────────────────────► Open ─────────────────────────► Cleared ──► forgotten after 60 s
//!        │     or still there after 4 s      ▲                                │
//!        │     (problems of calls: at once)  └─ there again within 60 s: the ─┘
//!        ▼ away for 10 s                        old one goes on, with its beginning
//!    forgotten
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evidence::UnixMs;
use crate::finding::{Fault, Finding, Severity, Subject};

/// So many looks in a row make it certain that it stays.
const LOOKS_MIN: u32 = 2;
/// And so long a time does, with looks in between in which it was away.
const STAYS_MS: u64 = 4_000;
/// Away for so long, it is over. With looks every two seconds that is told within fifteen.
const CLEARED_AFTER_MS: u64 = 10_000;
/// What comes back within this time has never been mended.
const COMES_BACK_MS: u64 = 60_000;
/// Other values of its evidence are told no oftener than this; another severity, culprit or confidence at once.
const CHANGED_EVERY_MS: u64 = 60_000;
/// So many findings can be open, as many suspected, and as many remembered: a company with more has one cause for them all.
pub const OPEN_MAX: usize = 1_000;

/// A finding with its times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// As it was seen last.
    pub finding: Finding,
    /// Since when it has been there.
    pub since: UnixMs,
    /// When it was there last.
    pub last_seen_at: UnixMs,
    /// When it was over; `None`: it is not.
    pub cleared_at: Option<UnixMs>,
}

/// What has happened to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is there; or there again, then with the old beginning.
    Raised(Standing),
    /// It is still there, and not as it was.
    Changed(Standing),
    /// It is over.
    Cleared(Standing),
}

/// What makes two findings the same one.
type Key = (Fault, Subject);

/// All findings that are open, with what is needed to know when they come and go.
#[derive(Clone, Debug, Default)]
pub struct History {
    suspected: BTreeMap<Key, Suspect>,
    open: BTreeMap<Key, Open>,
    cleared: BTreeMap<Key, Standing>,
    dropped: u64,
}

/// Not certain yet.
#[derive(Clone, Debug)]
struct Suspect {
    since: UnixMs,
    last_seen_at: UnixMs,
    looks: u32,
}

#[derive(Clone, Debug)]
struct Open {
    standing: Standing,
    /// When it was told last.
    told_at: UnixMs,
    /// And how it was then.
    told: Finding,
}

impl History {
    /// Goes on with what was open before a restart: it is told as cleared if it does not show again.
    #[must_use]
    pub fn resume(now: UnixMs, open: Vec<Standing>) -> Self {
        let mut history = Self::default();
        for mut standing in open.into_iter().take(OPEN_MAX) {
            standing.last_seen_at = now;
            standing.cleared_at = None;
            let told = standing.finding.clone();
            history.open.insert(
                key(&told),
                Open {
                    standing,
                    told_at: now,
                    told,
                },
            );
        }
        history
    }

    /// What has changed with these findings, which are all that there are now.
    pub fn look(&mut self, now: UnixMs, findings: Vec<Finding>) -> Vec<Change> {
        self.follow_clock(now);
        let mut changes = Vec::new();
        let mut seen = BTreeMap::new();
        for finding in worst_first(findings) {
            if seen.len() < OPEN_MAX {
                seen.entry(key(&finding)).or_insert(finding);
            } else {
                self.dropped += 1;
            }
        }
        self.miss(now, &seen, &mut changes);
        for finding in worst_first(seen.into_values().collect()) {
            changes.extend(self.see(now, finding));
        }
        changes
    }

    /// What is open: the worst first, and the oldest of these.
    #[must_use]
    pub fn open(&self) -> Vec<&Standing> {
        let mut open: Vec<&Standing> = self.open.values().map(|open| &open.standing).collect();
        open.sort_by(|a, b| (b.finding.severity, a.since).cmp(&(a.finding.severity, b.since)));
        open
    }

    /// How many findings there was no room for, each look counted.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// A clock that was set back must not keep anything open for as long as that.
    fn follow_clock(&mut self, now: UnixMs) {
        for suspect in self.suspected.values_mut() {
            suspect.since = suspect.since.min(now);
            suspect.last_seen_at = suspect.last_seen_at.min(now);
        }
        for open in self.open.values_mut() {
            open.standing.since = open.standing.since.min(now);
            open.standing.last_seen_at = open.standing.last_seen_at.min(now);
            open.told_at = open.told_at.min(now);
        }
        for standing in self.cleared.values_mut() {
            standing.cleared_at = standing.cleared_at.map(|at| at.min(now));
        }
    }

    /// Those that are not there now.
    fn miss(&mut self, now: UnixMs, seen: &BTreeMap<Key, Finding>, changes: &mut Vec<Change>) {
        self.suspected.retain(|key, suspect| {
            if !seen.contains_key(key) {
                suspect.looks = 0;
            }
            now.since(suspect.last_seen_at) < CLEARED_AFTER_MS || seen.contains_key(key)
        });
        let is_over = |(key, open): &(&Key, &Open)| !seen.contains_key(key) && now.since(open.standing.last_seen_at) >= CLEARED_AFTER_MS;
        let over: Vec<Key> = self.open.iter().filter(is_over).map(|(key, _)| key.clone()).collect();
        for key in over {
            changes.extend(self.clear(now, &key));
        }
        self.cleared
            .retain(|_, standing| standing.cleared_at.is_some_and(|at| now.since(at) < COMES_BACK_MS));
    }

    fn clear(&mut self, now: UnixMs, key: &Key) -> Option<Change> {
        let mut standing = self.open.remove(key)?.standing;
        standing.cleared_at = Some(now);
        if self.cleared.len() >= OPEN_MAX {
            self.cleared.pop_first();
        }
        self.cleared.insert(key.clone(), standing.clone());
        Some(Change::Cleared(standing))
    }

    /// One that is there now.
    fn see(&mut self, now: UnixMs, finding: Finding) -> Vec<Change> {
        let key = key(&finding);
        if let Some(open) = self.open.get_mut(&key) {
            return open.see(now, finding).into_iter().collect();
        }
        let has_room = self.suspected.len() < OPEN_MAX || self.suspected.contains_key(&key);
        if !has_room {
            self.dropped += 1;
            return Vec::new();
        }
        let suspect = self.suspected.entry(key.clone()).or_insert(Suspect {
            since: now,
            last_seen_at: now,
            looks: 0,
        });
        suspect.looks += 1;
        suspect.last_seen_at = now;
        let is_certain = suspect.looks >= LOOKS_MIN || now.since(suspect.since) >= STAYS_MS || is_urgent(&finding);
        if is_certain { self.raise(now, key, finding) } else { Vec::new() }
    }

    fn raise(&mut self, now: UnixMs, key: Key, finding: Finding) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.open.len() >= OPEN_MAX {
            let least = self.open.iter().min_by_key(|(_, open)| open.standing.finding.severity);
            let least = least.map(|(key, open)| (key.clone(), open.standing.finding.severity));
            self.dropped += 1;
            match least {
                Some((least, severity)) if severity < finding.severity => changes.extend(self.clear(now, &least)),
                Some(_) | None => return changes,
            }
        }
        let suspected = self.suspected.remove(&key).map_or(now, |suspect| suspect.since);
        let since = self.cleared.remove(&key).map_or(suspected, |old| old.since);
        let standing = Standing {
            finding: finding.clone(),
            since,
            last_seen_at: now,
            cleared_at: None,
        };
        changes.push(Change::Raised(standing.clone()));
        let open = Open {
            standing,
            told_at: now,
            told: finding,
        };
        self.open.insert(key, open);
        changes
    }
}

impl Open {
    fn see(&mut self, now: UnixMs, finding: Finding) -> Option<Change> {
        let grade = |finding: &Finding| (finding.severity, finding.culprit, finding.confidence);
        let is_other = grade(&finding) != grade(&self.told);
        let values = |finding: &Finding| {
            finding
                .evidence
                .iter()
                .map(|fact| (fact.what, fact.value.clone()))
                .collect::<Vec<_>>()
        };
        let is_due = now.since(self.told_at) >= CHANGED_EVERY_MS && values(&finding) != values(&self.told);
        self.standing.finding = finding;
        self.standing.last_seen_at = now;
        if !is_other && !is_due {
            return None;
        }
        self.told_at = now;
        self.told = self.standing.finding.clone();
        Some(Change::Changed(self.standing.clone()))
    }
}

fn key(finding: &Finding) -> Key {
    (finding.fault, finding.subject.clone())
}

/// Who has no audio in a call cannot wait for a second look.
fn is_urgent(finding: &Finding) -> bool {
    match finding.subject {
        Subject::Call { .. } => finding.severity == Severity::Problem,
        Subject::Server | Subject::Trunk { .. } | Subject::Network { .. } | Subject::Person { .. } | Subject::Phone { .. } => false,
    }
}

fn worst_first(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

#[cfg(test)]
mod tests;
