//! `farend doctor`: what it prints, and its exit status.

use doctor::evidence::{Evidence, UnixMs};
use doctor::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject};
use farend::store::{Kept, Snapshot};
use serde_json::json;
use tempfile::TempDir;
use time::OffsetDateTime;

use crate::{company, farend, json, open, text};

/// A company whose server has found this, so many seconds ago.
async fn found(severity: Option<Severity>, seconds_ago: i64) -> TempDir {
    let folder = company().await;
    let looked_at = UnixMs((OffsetDateTime::now_utc().unix_timestamp() - seconds_ago) * 1_000);
    let kept = |severity| Kept {
        row: 1,
        finding: Finding {
            fault: Fault::RfStunSilent,
            subject: Subject::Server,
            severity,
            culprit: Culprit::Firewall,
            confidence: Confidence::High,
            evidence: Vec::new(),
        },
        since: looked_at,
        last_seen_at: looked_at,
        cleared_at: None,
    };
    let store = open(folder.path()).await;
    let snapshot = Snapshot {
        looked_at,
        open: severity.map(kept).into_iter().collect(),
        evidence: Evidence::default(),
    };
    store.keep_snapshot(&snapshot).await.expect("written");
    store.close().await;
    folder
}

/// Exit status, standard output, standard error.
fn doctor(folder: &TempDir, further: &[&str]) -> (Option<i32>, String, String) {
    let data = folder.path().to_str().expect("a path");
    let output = farend(&[&["doctor", "--data", data], further].concat(), "");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn the_exit_status_says_whether_something_is_worse_than_a_note() {
    for (severity, expected) in [
        (None, 0),
        (Some(Severity::Note), 0),
        (Some(Severity::Warning), 1),
        (Some(Severity::Problem), 1),
    ] {
        let folder = found(severity, 0).await;
        for further in [&[][..], &["--json"], &["--language", "de"]] {
            let (status, out, err) = doctor(&folder, further);
            assert_eq!((status, err.as_str()), (Some(expected), ""), "{severity:?} {further:?}");
            assert!(!out.is_empty() && !out.contains('\u{1b}'), "{out}");
        }
    }
    assert_eq!(doctor(&found(None, 0).await, &[]).1, "Nothing is wrong.\n");
}

#[tokio::test]
async fn programs_get_rule_severity_culprit_evidence_and_fix() {
    let (_, out, _) = doctor(&found(Some(Severity::Warning), 0).await, &["--json"]);
    let finding = &json(&out)["findings"][0];
    for (field, expected) in [
        ("rule", "R-f"),
        ("fault", "rf_stun_silent"),
        ("severity", "warning"),
        ("culprit", "firewall"),
    ] {
        assert_eq!(finding[field], expected);
    }
    assert_eq!(finding["evidence"], json!([]));
    assert!(finding["fix"].is_array() && finding["sentence"].is_string(), "{finding}");
}

#[tokio::test]
async fn without_a_running_server_there_is_no_answer() {
    let (status, out, err) = doctor(&found(None, 120).await, &["--json"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(
        err.starts_with("farend: farend is not running: what its database tells is 2 minutes old"),
        "{err}"
    );
    let (status, _, err) = doctor(&company().await, &[]);
    assert_eq!(status, Some(2));
    assert!(err.starts_with("farend: no server has ever looked"), "{err}");
    let nothing = tempfile::tempdir().expect("a folder");
    let (status, _, err) = doctor(&nothing, &[]);
    assert_eq!(status, Some(2));
    assert!(err.contains("there is no farend.db"), "{err}");
}

#[test]
fn a_configuration_without_a_database_is_told_and_none_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let file = folder.path().join("farend.toml");
    std::fs::write(&file, format!("data_dir = {:?}\n", data.to_str().expect("a path"))).expect("written");
    let output = farend(&["doctor", "--config", file.to_str().expect("a path")], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no server has run with this configuration yet"));
    assert!(!data.exists());
}
