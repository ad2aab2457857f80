use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::finding::{Confidence, Culprit, What};

fn finding(fault: Fault, device: u64, severity: Severity) -> Finding {
    Finding::new(fault, Subject::Phone { device }, severity, Culprit::DeskPhone, Confidence::High)
}

fn warning() -> Finding {
    finding(Fault::RkStuck, 1, Severity::Warning)
}

fn at(seconds: i64) -> UnixMs {
    UnixMs(1_000_000 + seconds * 1000)
}

fn kinds(changes: &[Change]) -> Vec<&'static str> {
    let kind = |change: &Change| match change {
        Change::Raised(_) => "raised",
        Change::Changed(_) => "changed",
        Change::Cleared(_) => "cleared",
    };
    changes.iter().map(kind).collect()
}

#[test]
fn a_finding_is_raised_by_the_second_look_and_cleared_after_ten_seconds() {
    let mut history = History::default();
    assert_eq!(history.look(at(0), vec![warning()]), []);
    let raised = history.look(at(2), vec![warning()]);
    assert_eq!(kinds(&raised), ["raised"]);
    assert_eq!(history.open()[0].since, at(0));
    for second in [4, 6, 8, 10] {
        assert_eq!(history.look(at(second), vec![]), []);
    }
    let cleared = history.look(at(12), vec![]);
    let [Change::Cleared(standing)] = &cleared[..] else {
        panic!("{cleared:?}")
    };
    assert_eq!((standing.last_seen_at, standing.cleared_at), (at(2), Some(at(12))));
    assert_eq!(history.open(), Vec::<&Standing>::new());
}

#[test]
fn what_is_there_in_one_look_alone_is_no_news() {
    let mut history = History::default();
    for second in 0..100 {
        let there = if second % 20 == 0 { vec![warning()] } else { vec![] };
        assert_eq!(history.look(at(second), there), [], "{second}");
    }
}

#[test]
fn what_keeps_coming_back_is_raised_after_four_seconds() {
    let mut history = History::default();
    let mut raised_at = Vec::new();
    for second in 0..20 {
        let there = if second % 2 == 0 { vec![warning()] } else { vec![] };
        if !history.look(at(second), there).is_empty() {
            raised_at.push(second);
        }
    }
    assert_eq!(raised_at, [4]);
}

#[test]
fn a_problem_of_a_call_is_raised_at_once() {
    let subject = Subject::Call { id: 1, leg: 2 };
    let problem = Finding::new(
        Fault::RjCallLost,
        subject,
        Severity::Problem,
        Culprit::HomeRouter,
        Confidence::Medium,
    );
    let mut history = History::default();
    assert_eq!(kinds(&history.look(at(0), vec![problem])), ["raised"]);
}

#[test]
fn what_flaps_goes_on_with_its_old_beginning() {
    let mut history = History::default();
    history.look(at(0), vec![warning()]);
    history.look(at(2), vec![warning()]);
    history.look(at(12), vec![]);
    history.look(at(60), vec![warning()]);
    let again = history.look(at(62), vec![warning()]);
    let [Change::Raised(standing)] = &again[..] else {
        panic!("{again:?}")
    };
    assert_eq!((standing.since, standing.cleared_at), (at(0), None));
    history.look(at(72), vec![]);
    history.look(at(200), vec![warning()]);
    let anew = history.look(at(202), vec![warning()]);
    let [Change::Raised(standing)] = &anew[..] else {
        panic!("{anew:?}")
    };
    assert_eq!(standing.since, at(200), "after more than a minute it is another one");
}

#[test]
fn a_worse_finding_is_told_at_once_and_other_values_once_a_minute() {
    let mut history = History::default();
    let with = |severity, value: &str| finding(Fault::RkStuck, 1, severity).with(What::Time, value, None);
    history.look(at(0), vec![with(Severity::Note, "1 s")]);
    history.look(at(2), vec![with(Severity::Note, "3 s")]);
    assert_eq!(kinds(&history.look(at(4), vec![with(Severity::Problem, "5 s")])), ["changed"]);
    let mut told = Vec::new();
    for second in (6..130).step_by(2) {
        let changes = history.look(at(second), vec![with(Severity::Problem, &format!("{second} s"))]);
        told.extend(changes.iter().map(|_| second));
    }
    assert_eq!(told, [64, 124]);
    assert_eq!(
        history.open()[0].finding.value(What::Time),
        Some("128 s"),
        "what is shown is never old"
    );
}

#[test]
fn a_restart_goes_on_and_clears_what_does_not_show_again() {
    let mut history = History::default();
    history.look(at(0), vec![warning(), finding(Fault::RkStuck, 2, Severity::Note)]);
    history.look(at(2), vec![warning(), finding(Fault::RkStuck, 2, Severity::Note)]);
    let open: Vec<Standing> = history.open().into_iter().cloned().collect();
    let mut resumed = History::resume(at(100), open);
    assert_eq!(resumed.look(at(101), vec![warning()]), []);
    assert_eq!(kinds(&resumed.look(at(110), vec![warning()])), ["cleared"]);
    assert_eq!(resumed.open()[0].since, at(0));
}

#[test]
fn a_clock_that_is_set_back_keeps_nothing_open() {
    let mut history = History::default();
    history.look(at(10_000), vec![warning()]);
    history.look(at(10_002), vec![warning()]);
    assert_eq!(history.look(at(0), vec![]), []);
    assert_eq!(kinds(&history.look(at(10), vec![])), ["cleared"]);
}

#[test]
fn a_thousand_are_open_and_the_least_severe_makes_room() {
    let mut history = History::default();
    let many = |count: u64| {
        (0..count)
            .map(|device| finding(Fault::RkStuck, device, Severity::Note))
            .collect::<Vec<_>>()
    };
    let max = u64::try_from(OPEN_MAX).unwrap();
    history.look(at(0), many(max));
    assert_eq!(history.look(at(2), many(max)).len(), OPEN_MAX);
    assert_eq!(history.dropped(), 0);
    history.look(at(4), many(max + 1));
    history.look(at(6), many(max + 1));
    assert_eq!((history.open().len(), history.dropped()), (OPEN_MAX, 2));
    let worse = || finding(Fault::F1PhoneOffline, 7, Severity::Problem);
    let with_worse = || many(max - 1).into_iter().chain([worse()]).collect::<Vec<_>>();
    history.look(at(8), with_worse());
    assert_eq!(kinds(&history.look(at(10), with_worse())), ["cleared", "raised"]);
    assert_eq!((history.open().len(), &history.open()[0].finding), (OPEN_MAX, &worse()));
}

proptest! {
    #[test]
    fn raised_and_cleared_alternate_and_bounds_hold(
        looks in proptest::collection::vec((-2_000_i64..30_000, proptest::collection::vec((0_u64..6, 0_usize..3), 0..8)), 0..80),
    ) {
        let severities = [Severity::Note, Severity::Warning, Severity::Problem];
        let mut history = History::default();
        let mut is_open: BTreeMap<Subject, bool> = BTreeMap::new();
        let mut now = 1_000_000;
        for (step, there) in looks {
            now += step;
            let findings = there.iter().map(|(device, severity)| finding(Fault::RkStuck, *device, severities[*severity])).collect();
            for change in history.look(UnixMs(now), findings) {
                match change {
                    Change::Raised(standing) => {
                        prop_assert_eq!(is_open.insert(standing.finding.subject.clone(), true).unwrap_or(false), false);
                        prop_assert!(standing.since <= standing.last_seen_at && standing.cleared_at.is_none());
                    }
                    Change::Changed(standing) => prop_assert_eq!(is_open.get(&standing.finding.subject), Some(&true)),
                    Change::Cleared(standing) => {
                        prop_assert_eq!(is_open.insert(standing.finding.subject.clone(), false), Some(true));
                        prop_assert!(standing.cleared_at.is_some());
                    }
                }
            }
            let open = is_open.values().filter(|open| **open).count();
            prop_assert_eq!(history.open().len(), open);
            prop_assert!(open <= OPEN_MAX);
        }
    }
}
