//! Findings that are open, and which rows of the database they have.

use std::collections::BTreeMap;

use doctor::evidence::UnixMs;
use doctor::finding::{Fault, Finding, Subject};
use doctor::history::{Change, History, Standing};

use crate::store::Kept;

/// What makes two findings the same one.
type Key = (Fault, Subject);

/// What was open so long ago does not come back with its old beginning, in milliseconds; the history forgets it sooner.
const ROW_KEPT_MS: u64 = 120_000;

/// The open ones.
#[derive(Debug, Default)]
pub(super) struct Open {
    history: History,
    /// Of those that are open, and of those that may come back: they go on in the row that they had.
    rows: BTreeMap<Key, Row>,
}

/// A row of the database.
#[derive(Clone, Copy, Debug)]
struct Row {
    id: u64,
    /// Of the finding that has it; one with another beginning has another row.
    since: UnixMs,
    /// When that finding was open last.
    open_at: UnixMs,
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Write {
    /// A row of its own.
    Add(Kept),
    /// It stands otherwise now.
    Change(Kept),
}

impl Open {
    /// With what the run before has left open.
    pub(super) fn resume(left: Vec<Kept>, now: UnixMs) -> Self {
        let row = |kept: &Kept| Row {
            id: kept.row,
            since: kept.since,
            open_at: now,
        };
        let rows = left.iter().map(|kept| (key(&kept.finding), row(kept))).collect();
        let standings = left.into_iter().map(|kept| Standing {
            finding: kept.finding,
            since: kept.since,
            last_seen_at: kept.last_seen_at,
            cleared_at: None,
        });
        Self {
            history: History::resume(now, standings.collect()),
            rows,
        }
    }

    /// These are there now. What is to be written of that.
    pub(super) fn follow(&mut self, findings: Vec<Finding>, now: UnixMs) -> Vec<Write> {
        let changes = self.history.look(now, findings);
        let mut writes: Vec<Write> = changes.iter().map(|change| self.write(change)).collect();
        // The database was busy when these were raised.
        let is_new = |kept: &Kept| {
            !writes
                .iter()
                .any(|write| matches!(write, Write::Add(added) if added.finding.is_same(&kept.finding)))
        };
        let missing: Vec<Write> = self
            .all()
            .into_iter()
            .filter(|kept| kept.row == 0 && is_new(kept))
            .map(Write::Add)
            .collect();
        writes.extend(missing);
        for standing in self.history.open() {
            if let Some(row) = self.rows.get_mut(&key(&standing.finding)) {
                row.open_at = now;
            }
        }
        self.rows.retain(|_, row| now.since(row.open_at) <= ROW_KEPT_MS);
        writes
    }

    /// A finding has its row now.
    pub(super) fn has_row(&mut self, added: &Kept, id: u64) {
        let (since, open_at) = (added.since, added.last_seen_at);
        self.rows.insert(key(&added.finding), Row { id, since, open_at });
    }

    /// All that are open, the worst first.
    pub(super) fn all(&self) -> Vec<Kept> {
        self.history.open().into_iter().map(|standing| self.kept(standing)).collect()
    }

    fn write(&self, change: &Change) -> Write {
        let (Change::Raised(standing) | Change::Changed(standing) | Change::Cleared(standing)) = change;
        let kept = self.kept(standing);
        if kept.row == 0 { Write::Add(kept) } else { Write::Change(kept) }
    }

    fn kept(&self, standing: &Standing) -> Kept {
        let row = self.rows.get(&key(&standing.finding)).filter(|row| row.since == standing.since);
        Kept {
            row: row.map_or(0, |row| row.id),
            finding: standing.finding.clone(),
            since: standing.since,
            last_seen_at: standing.last_seen_at,
            cleared_at: standing.cleared_at,
        }
    }
}

fn key(finding: &Finding) -> Key {
    (finding.fault, finding.subject.clone())
}

#[cfg(test)]
mod tests {
    use doctor::finding::{Confidence, Culprit, Severity};

    use super::*;

    const SILENT: Fault = Fault::RfStunSilent;

    fn finding(fault: Fault, severity: Severity) -> Finding {
        Finding {
            fault,
            subject: Subject::Server,
            severity,
            culprit: Culprit::Firewall,
            confidence: Confidence::High,
            evidence: Vec::new(),
        }
    }

    /// Looks every two seconds until something is to be written.
    fn until_written(open: &mut Open, findings: &[Finding], now: &mut UnixMs) -> Vec<Write> {
        for _ in 0..60 {
            now.0 += 2_000;
            let writes = open.follow(findings.to_vec(), *now);
            if !writes.is_empty() {
                return writes;
            }
        }
        panic!("nothing in two minutes")
    }

    #[test]
    fn a_finding_has_one_row_from_its_beginning_to_its_end_and_when_it_comes_back() {
        let (mut open, mut now) = (Open::default(), UnixMs(1_000_000));
        let found = [finding(SILENT, Severity::Warning)];
        let writes = until_written(&mut open, &found, &mut now);
        let [Write::Add(added)] = &writes[..] else { panic!("{writes:?}") };
        open.has_row(added, 3);
        assert_eq!(open.all()[0].row, 3);
        let writes = until_written(&mut open, &[finding(SILENT, Severity::Problem)], &mut now);
        assert!(
            matches!(&writes[..], [Write::Change(kept)] if kept.row == 3 && kept.since == added.since),
            "{writes:?}"
        );
        let writes = until_written(&mut open, &[], &mut now);
        assert!(
            matches!(&writes[..], [Write::Change(kept)] if kept.row == 3 && kept.cleared_at.is_some()),
            "{writes:?}"
        );
        assert!(open.all().is_empty());
        let writes = until_written(&mut open, &found, &mut now);
        assert!(
            matches!(&writes[..], [Write::Change(kept)] if kept.row == 3 && kept.cleared_at.is_none()),
            "{writes:?}"
        );
    }

    #[test]
    fn what_could_not_be_written_is_written_at_the_next_look() {
        let (mut open, mut now) = (Open::default(), UnixMs(1_000_000));
        let found = [finding(SILENT, Severity::Warning)];
        until_written(&mut open, &found, &mut now);
        now.0 += 2_000;
        let writes = open.follow(found.to_vec(), now);
        assert!(matches!(&writes[..], [Write::Add(_)]), "{writes:?}");
    }

    #[test]
    fn what_was_open_before_a_restart_goes_on_or_is_over() {
        let left = |row, fault| Kept {
            row,
            finding: finding(fault, Severity::Warning),
            since: UnixMs(1),
            last_seen_at: UnixMs(2),
            cleared_at: None,
        };
        let mut now = UnixMs(1_000_000);
        let mut open = Open::resume(vec![left(4, SILENT), left(5, Fault::RgSymmetric)], now);
        let writes = until_written(&mut open, &[finding(SILENT, Severity::Warning)], &mut now);
        let over = |write: &Write| matches!(write, Write::Change(kept) if kept.row == 5 && kept.cleared_at.is_some());
        assert!(writes.iter().any(over), "{writes:?}");
        let [kept] = &open.all()[..] else { panic!("one") };
        assert_eq!((kept.row, kept.since), (4, UnixMs(1)));
    }
}
