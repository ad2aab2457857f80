//! Recordings by the command line.

use farend::config::Database;
use farend::recording::vault::{Piece, Vault};
use farend::store::journal::Party;
use farend::store::{Cost, Recording, RecordingName, RecordingStage, Store};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::{company, fails, json, works};

/// 2026-11-26 11:05 UTC.
fn begun() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::seconds(1_795_691_100)
}

#[tokio::test]
async fn a_recording_is_listed_exported_and_deleted() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    let store = Store::open_with(&Database::Sqlite, folder.path(), Cost::Weak)
        .await
        .expect("a database");
    let vault = Vault::open(folder.path(), None, &store).await.expect("a vault");
    let party = |number: &str| Party {
        user: None,
        number: number.to_owned(),
        name: String::new(),
    };
    let mut recording = Recording {
        name: RecordingName { run: 12, number: 3 },
        call_id: "12-40".to_owned(),
        is_by_rule: false,
        own: party("101"),
        other: party("+4989123"),
        started_at: begun(),
        duration_ms: 64_200,
        stage: RecordingStage::Complete,
        stopped: None,
        bytes: 0,
        path: "2026/11/12-3.frec".to_owned(),
        delete_after: begun() + Duration::days(90),
    };
    let piece = Piece {
        audio: b"OggS and so on".to_vec(),
        peaks: Vec::new(),
    };
    recording.bytes = vault.write(&recording, &[piece]).expect("written");
    store.add_recording(&recording).await.expect("added");
    store.close().await;

    assert_eq!(
        works(&["recording", "list", "--data", data]),
        "12-3       2026-11-26T11:05:00Z    1:05 complete   101 - +4989123\n"
    );
    let listed = json(&works(&["recording", "list", "--json", "--data", data]));
    assert_eq!(
        (&listed["recordings"][0]["id"], &listed["recordings"][0]["by"]),
        (&json!("12-3"), &json!("button"))
    );
    let file = folder.path().join("call.ogg");
    let to = file.to_str().expect("a path");
    assert_eq!(
        works(&["recording", "export", "12-3", "--to", to, "--data", data]),
        format!("Wrote {to}.\n")
    );
    assert_eq!(std::fs::read(&file).expect("there"), b"OggS and so on");
    let again = fails(&["recording", "export", "12-3", "--to", to, "--data", data], "");
    assert!(again.contains("give a file that is not there yet with --to"), "{again}");
    assert_eq!(works(&["recording", "delete", "12-3", "--data", data]), "Deleted 12-3.\n");
    assert!(!folder.path().join("recordings/2026/11/12-3.frec").exists());
    let gone = fails(&["recording", "delete", "12-3", "--data", data], "");
    assert!(
        gone.starts_with("there is no recording 12-3; `farend recording list` shows all"),
        "{gone}"
    );
    let log = works(&["audit", "--data", data]);
    assert!(log.contains("recording.exported") && log.contains("recording.deleted"), "{log}");
}

#[tokio::test]
async fn how_recording_is_done_is_shown() {
    let folder = company().await;
    let data = folder.path().to_str().expect("a path");
    assert_eq!(
        works(&["recording", "rules", "--data", data]),
        "The button is announced: prompt. Kept for 90 days, in 10240 MiB at most.\n"
    );
    let shown = json(&works(&["recording", "rules", "--json", "--data", data]));
    assert_eq!(
        shown,
        json!({ "announced": "prompt", "keep_days": 90, "quota_mib": 10_240, "rules": [] })
    );
}
