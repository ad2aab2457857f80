//! Recordings over HTTP: who hears what, piece by piece, and what the audit log says of it.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_RANGE};
use farend::recording::vault::Piece;
use farend::store::journal::Party;
use farend::store::{Hears, Recording, RecordingName, RecordingPermission, RecordingStage};
use model::UserId;
use serde_json::{Value, json};
use switchboard::core::Action;
use time::{Duration, OffsetDateTime};

use super::company::{Company, request};

/// Three chunks of sound that is text, so that an answer can be read.
const SOUND: [&str; 3] = ["OggS one ", "OggS two ", "OggS three"];

/// 2026-11-26 11:05 UTC.
fn begun() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::seconds(1_795_691_100)
}

/// A recording of somebody's.
async fn recorded(company: &Company, number: u64, own: UserId) -> Recording {
    let party = |user, number: &str| Party {
        user,
        number: number.to_owned(),
        name: String::new(),
    };
    let mut recording = Recording {
        name: RecordingName { run: 1, number },
        call_id: format!("1-{number}"),
        is_by_rule: true,
        own: party(Some(own), "101"),
        other: party(None, "+4989123"),
        started_at: begun(),
        duration_ms: 3_000,
        stage: RecordingStage::Complete,
        stopped: None,
        bytes: 0,
        path: format!("2026/11/1-{number}.frec"),
        delete_after: begun() + Duration::days(90),
    };
    let piece = |text: &str| Piece {
        audio: text.as_bytes().to_vec(),
        peaks: vec![[7, 9]; 10],
    };
    recording.bytes = company.vault.write(&recording, &SOUND.map(piece)).expect("written");
    company.store.add_recording(&recording).await.expect("added");
    recording
}

async fn hears(company: &Company, name: &str, hears: Hears) -> (UserId, String) {
    let user = UserId(company.user(name).await);
    let permission = RecordingPermission { may_record: true, hears };
    company.store.set_recording_permission(user, permission).await.expect("set");
    (user, company.sign_in(name).await)
}

async fn ids(company: &Company, token: &str, query: &str) -> Vec<String> {
    let answer = company.ask(token, "GET", &format!("/api/v1/recordings{query}"), Value::Null).await;
    let listed = answer.json()["recordings"].as_array().expect("a list").clone();
    listed.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

async fn actions(company: &Company) -> Vec<String> {
    let lines = company.store.audit(None, 50).await.expect("lines");
    let lines = lines.into_iter().filter(|line| line.action.starts_with("recording."));
    lines
        .map(|line| format!("{} {} {}", line.author.name, line.action, line.subject))
        .collect()
}

#[tokio::test]
async fn one_hears_what_one_may_and_the_rest_is_not_there() {
    let company = Company::new().await;
    let (anna, own) = hears(&company, "101", Hears::Own).await;
    let (ben, all) = hears(&company, "102", Hears::All).await;
    let (_, none) = hears(&company, "103", Hears::None).await;
    let admin = company.sign_in("admin").await;
    recorded(&company, 1, anna).await;
    recorded(&company, 2, ben).await;
    assert_eq!(ids(&company, &own, "").await, ["1-1"]);
    assert_eq!(ids(&company, &all, "").await, ["1-2", "1-1"]);
    assert_eq!(ids(&company, &all, "?limit=1&before=1-2").await, ["1-1"]);
    assert_eq!(ids(&company, &all, "?call=1-2").await, ["1-2"]);
    for token in [&none, &admin] {
        assert!(ids(&company, token, "").await.is_empty(), "administering is not hearing");
    }
    for (token, id, expected) in [
        (&own, "1-1", 200),
        (&own, "1-2", 404),
        (&all, "1-2", 200),
        (&none, "1-1", 404),
        (&admin, "1-1", 404),
    ] {
        for kind in ["audio", "peaks"] {
            let answer = company
                .ask(token, "GET", &format!("/api/v1/recordings/{id}/{kind}"), Value::Null)
                .await;
            assert_eq!(answer.status.as_u16(), expected, "{id} {kind}");
        }
    }
    for (query, field) in [("?limit=0", "limit"), ("?before=x", "before"), ("?call=%00", "call")] {
        let answer = company.ask(&all, "GET", &format!("/api/v1/recordings{query}"), Value::Null).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()));
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    let me = company.ask(&own, "GET", "/api/v1/me", Value::Null).await.json();
    assert_eq!((&me["may_record"], &me["hears_recordings"]), (&json!(true), &json!("own")));
}

#[tokio::test]
async fn the_sound_comes_whole_and_in_parts_and_is_noted_once() {
    let company = Company::new().await;
    let (anna, token) = hears(&company, "101", Hears::Own).await;
    recorded(&company, 1, anna).await;
    let whole = SOUND.concat();
    let answer = company.ask(&token, "GET", "/api/v1/recordings/1-1/audio", Value::Null).await;
    assert_eq!((answer.status, &answer.text), (StatusCode::OK, &whole));
    assert_eq!(answer.headers["content-type"], "audio/ogg");
    assert_eq!(answer.headers["accept-ranges"], "bytes");
    assert_eq!(answer.headers["content-length"], whole.len().to_string());
    for (range, from, to) in [("bytes=5-12", 5, 13), ("bytes=-5", 23, 28), ("bytes=9-", 9, 28)] {
        let mut asked = request(&token, "GET", "/api/v1/recordings/1-1/audio", &Value::Null);
        asked.headers_mut().insert("range", range.parse().expect("a header"));
        let answer = company.send(asked).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (StatusCode::PARTIAL_CONTENT, &whole[from..to])
        );
        assert_eq!(answer.headers[CONTENT_RANGE], format!("bytes {from}-{}/28", to - 1));
    }
    let mut asked = request(&token, "GET", "/api/v1/recordings/1-1/audio", &Value::Null);
    asked.headers_mut().insert("range", "bytes=28-".parse().expect("a header"));
    let answer = company.send(asked).await;
    assert_eq!(
        (answer.status, &answer.headers[CONTENT_RANGE]),
        (StatusCode::RANGE_NOT_SATISFIABLE, &"bytes */28".parse().expect("a header"))
    );
    assert_eq!(actions(&company).await, ["Anna recording.heard 1-1"]);

    let answer = company
        .ask(&token, "GET", "/api/v1/recordings/1-1/audio?download=1", Value::Null)
        .await;
    let disposition = answer.headers[CONTENT_DISPOSITION].to_str().expect("text");
    assert!(
        disposition.starts_with("attachment; filename=\"2026-11-26_") && disposition.ends_with("_+4989123.ogg\""),
        "{disposition}"
    );
    assert_eq!(actions(&company).await[0], "Anna recording.downloaded 1-1");
    let peaks = company.ask(&token, "GET", "/api/v1/recordings/1-1/peaks", Value::Null).await.json();
    assert_eq!(peaks, json!({ "step_ms": 100, "own": vec![7; 30], "others": vec![9; 30] }));
}

#[tokio::test]
async fn a_deleted_recording_is_gone_and_so_is_its_file() {
    let company = Company::new().await;
    let (anna, token) = hears(&company, "101", Hears::Own).await;
    let (_, other) = hears(&company, "103", Hears::Own).await;
    let recording = recorded(&company, 1, anna).await;
    let file = company.data.path().join("recordings").join(&recording.path);
    let delete = async |token: &str| {
        company
            .ask(token, "DELETE", "/api/v1/recordings/1-1", Value::Null)
            .await
            .status
            .as_u16()
    };
    assert_eq!(delete(&other).await, 404);
    assert!(file.exists());
    let mut news = company.live.watch_own(anna);
    assert_eq!(delete(&token).await, 204);
    assert!(!file.exists() && news.try_recv().is_ok());
    assert_eq!(delete(&token).await, 404);
    assert_eq!(actions(&company).await, ["Anna recording.deleted 1-1"]);
    let running = Recording {
        stage: RecordingStage::Running,
        name: RecordingName { run: 1, number: 2 },
        ..recording
    };
    company.store.add_recording(&running).await.expect("added");
    let answer = company.ask(&token, "DELETE", "/api/v1/recordings/1-2", Value::Null).await;
    assert_eq!(answer.problem(), (409, "in-use".to_owned()));
}

#[tokio::test]
async fn a_damaged_recording_is_not_heard() {
    let company = Company::new().await;
    let (anna, token) = hears(&company, "101", Hears::Own).await;
    let recording = recorded(&company, 1, anna).await;
    let file = company.data.path().join("recordings").join(&recording.path);
    let mut bytes = std::fs::read(&file).expect("read");
    bytes[100] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let answer = company.ask(&token, "GET", "/api/v1/recordings/1-1/peaks", Value::Null).await;
    assert_eq!(answer.problem(), (500, "failed".to_owned()));
    std::fs::remove_file(&file).expect("removed");
    let answer = company.ask(&token, "GET", "/api/v1/recordings/1-1/audio", Value::Null).await;
    assert_eq!(answer.problem(), (404, "not-found".to_owned()));
}

#[tokio::test]
async fn administrators_decide_what_is_recorded_and_who_hears() {
    let company = Company::new().await;
    let (admin, anna) = (company.sign_in("admin").await, company.user("101").await);
    let settings = company.ask(&admin, "GET", "/api/v1/recording-settings", Value::Null).await.json();
    assert_eq!(
        settings,
        json!({ "announced": "prompt", "keep_days": 90, "quota_mib": 10_240, "rules": [] })
    );
    let wanted = json!({
        "announced": "tone", "keep_days": 30, "quota_mib": 100,
        "rules": [
            { "whose": "person", "id": anna, "calls": "incoming", "announced": "silently" },
            { "whose": "everybody", "id": null, "calls": "outside", "announced": "prompt" },
        ],
    });
    let told = company.directories_told();
    let answer = company.ask(&admin, "PUT", "/api/v1/recording-settings", wanted.clone()).await;
    assert_eq!(answer.json(), wanted);
    assert_eq!(company.directories_told(), told + 1);
    assert_eq!(
        company.ask(&admin, "GET", "/api/v1/recording-settings", Value::Null).await.json(),
        wanted
    );
    let directory = company.store.directory().await.expect("a directory");
    assert_eq!(directory.recordings.rules.len(), 2);
    for (field, value) in [
        ("keep_days", json!(0)),
        ("keep_days", json!(3_651)),
        ("quota_mib", json!(99)),
        (
            "rules",
            json!([{ "whose": "team", "id": 4_711, "calls": "all", "announced": "tone" }]),
        ),
    ] {
        let mut wrong = wanted.clone();
        wrong[field] = value;
        let answer = company.ask(&admin, "PUT", "/api/v1/recording-settings", wrong).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()));
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    let mut wrong = wanted.clone();
    wrong["rules"][0]["id"] = Value::Null;
    let answer = company.ask(&admin, "PUT", "/api/v1/recording-settings", wrong).await;
    assert_eq!(answer.json()["errors"][0]["field"], "rules.0.id");

    let path = format!("/api/v1/users/{anna}/recording");
    let nothing = json!({ "may_record": false, "hears": "none" });
    assert_eq!(company.ask(&admin, "GET", &path, Value::Null).await.json(), nothing);
    let permission = json!({ "may_record": true, "hears": "all" });
    assert_eq!(company.ask(&admin, "PUT", &path, permission.clone()).await.json(), permission);
    assert_eq!(company.ask(&admin, "GET", &path, Value::Null).await.json(), permission);
    let storage = company.ask(&admin, "GET", "/api/v1/recordings/storage", Value::Null).await.json();
    assert_eq!((&storage["used_bytes"], &storage["quota_bytes"]), (&json!(0), &json!(100 << 20)));
    assert_eq!((&storage["count"], &storage["oldest"]), (&json!(0), &Value::Null));
}

#[tokio::test]
async fn the_button_reaches_the_switchboard() {
    let company = Company::new().await;
    let (token, anna) = (company.sign_in("101").await, UserId(company.user("101").await));
    company.will_answer(Ok(None));
    let call = company.run.call(model::CallId(5));
    let answer = company
        .ask(
            &token,
            "POST",
            &format!("/api/v1/me/live-calls/{call}/record"),
            json!({ "is_on": true }),
        )
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let wanted = Action::Record {
        call: model::CallId(5),
        is_on: true,
    };
    assert_eq!(company.asked(), [(anna, wanted)]);
}
