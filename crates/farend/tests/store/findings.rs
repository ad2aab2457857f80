//! What the store promises about the doctor's findings.

use doctor::evidence::{Evidence, Server, UnixMs};
use doctor::finding::{Confidence, Culprit, Fault, Finding, Rule, Severity, Subject};
use farend::store::{FindingFilter, Kept, Snapshot, Store};

fn kept(fault: Fault, since: i64) -> Kept {
    Kept {
        row: 0,
        finding: Finding {
            fault,
            subject: Subject::Person {
                extension: "101".to_owned(),
            },
            severity: Severity::Warning,
            culprit: Culprit::Configuration,
            confidence: Confidence::High,
            evidence: Vec::new(),
        },
        since: UnixMs(since),
        last_seen_at: UnixMs(since),
        cleared_at: None,
    }
}

async fn all(store: &Store) -> Vec<Kept> {
    store.findings(&FindingFilter::default(), 500).await.expect("read").0
}

pub(crate) async fn a_finding_comes_back_as_it_was_written_and_ends(store: Store) {
    let mut finding = kept(Fault::H2MobileNoRoute, 1_000);
    finding.row = store.add_finding(&finding).await.expect("written");
    assert_eq!(store.open_findings().await.expect("read"), [finding.clone()]);
    finding.cleared_at = Some(UnixMs(9_000));
    finding.last_seen_at = UnixMs(8_000);
    finding.finding.severity = Severity::Problem;
    store.change_finding(&finding).await.expect("written");
    assert!(store.open_findings().await.expect("read").is_empty());
    assert_eq!(all(&store).await, [finding]);
    let of = |rule, extension: &str| FindingFilter {
        before: None,
        rule: Some(rule),
        extension: Some(extension.to_owned()),
    };
    for (filter, count) in [(of(Rule::H2, "101"), 1), (of(Rule::H1, "101"), 0), (of(Rule::H2, "102"), 0)] {
        assert_eq!(store.findings(&filter, 10).await.expect("read").0.len(), count, "{filter:?}");
    }
}

pub(crate) async fn a_finding_is_forgotten_90_days_after_it_was_cleared(store: Store) {
    let day_ms = 24 * 60 * 60 * 1_000;
    let mut old = kept(Fault::H2MobileNoRoute, 0);
    old.cleared_at = Some(UnixMs(1));
    store.add_finding(&old).await.expect("written");
    store.add_finding(&kept(Fault::RgSymmetric, 0)).await.expect("written");
    store.add_finding(&kept(Fault::RdStunMissing, 90 * day_ms)).await.expect("written");
    assert_eq!(all(&store).await.len(), 3);
    store.add_finding(&kept(Fault::RbWebOnWan, 90 * day_ms + 2)).await.expect("written");
    let left: Vec<Fault> = all(&store).await.iter().map(|kept| kept.finding.fault).collect();
    assert_eq!(
        left,
        [Fault::RbWebOnWan, Fault::RdStunMissing, Fault::RgSymmetric],
        "what is open stays"
    );
}

pub(crate) async fn what_the_doctor_knew_last_takes_the_place_of_what_it_knew_before(store: Store) {
    assert_eq!(store.snapshot().await.expect("read"), None);
    for looked_at in [1_000, 2_000] {
        let snapshot = Snapshot {
            looked_at: UnixMs(looked_at),
            open: vec![kept(Fault::RgSymmetric, looked_at)],
            evidence: Evidence {
                server: Server {
                    tcp_port: 8802,
                    ..Server::default()
                },
                ..Evidence::default()
            },
        };
        store.keep_snapshot(&snapshot).await.expect("written");
        assert_eq!(store.snapshot().await.expect("read"), Some(snapshot));
    }
}
