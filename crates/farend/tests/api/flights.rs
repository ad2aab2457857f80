//! What is kept of calls: who may see it, and what stands in the audit log of those who did.

use std::io::Write as _;
use std::time::SystemTime;

use axum::http::StatusCode;
use farend::flight::story::{Leg, LegKind, Mark, MarkKind, Message, Story};
use farend::store::KeptFlight;
use farend::store::journal::Writer;
use model::{CallId, UserId};
use serde_json::{Value, json};
use switchboard::core::{JournalEntry, Party};
use time::OffsetDateTime;

use super::company::Company;

/// A call of Anna's with Ben, and what was recorded of it.
async fn call(company: &Company) -> String {
    call_of(company, ("102", "Ben")).await
}

/// A call of Anna's with somebody of this number and name, and what was recorded of it.
pub(super) async fn call_of(company: &Company, (number, name): (&str, &str)) -> String {
    let (writer, task) = Writer::start(company.store.clone(), company.run, |_| {});
    let party = |id: u64, number: &str, name: &str| Party {
        user: Some(UserId(id)),
        device: None,
        number: number.to_owned(),
        name: name.to_owned(),
    };
    let entry = JournalEntry::Started {
        call: CallId(7),
        caller: party(company.user("anna").await, "101", "Anna"),
        called: party(company.user("ben").await, number, name),
    };
    writer.write(entry, SystemTime::now());
    drop(writer);
    task.await.expect("no panic");
    let id = company.run.call(CallId(7));
    let leg = |leg, party: &str, name: &str| Leg {
        leg,
        party: party.to_owned(),
        name: name.to_owned(),
        kind: Some(LegKind::Browser),
        trunk: Some("A provider".to_owned()),
        codec: None,
    };
    let story = Story {
        call: id.clone(),
        begun_at: OffsetDateTime::now_utc(),
        ended_at_ms: Some(5_000),
        legs: vec![leg(8, "101", "Anna"), leg(9, number, name)],
        ladder: vec![Message {
            at_ms: 0,
            leg: Some(8),
            from: "Anna (browser)".to_owned(),
            to: "farend".to_owned(),
            what: "INVITE".to_owned(),
            note: String::new(),
        }],
        marks: vec![Mark {
            at_ms: 1,
            leg: None,
            kind: MarkKind::Answered,
            text: "answered".to_owned(),
        }],
        series: Vec::new(),
        left_out: 0,
    };
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&serde_json::to_vec(&story).expect("JSON")).expect("memory");
    let kept = KeptFlight {
        call: id.clone(),
        begun_at: story.begun_at,
        story: packer.finish().expect("memory"),
    };
    company.store.keep_flights(&[kept]).await.expect("kept");
    id
}

#[tokio::test]
async fn parties_see_how_it_was_administrators_how_it_was_signalled_and_others_nothing() {
    let company = Company::new().await;
    let path = format!("/api/v1/calls/{}/flight", call(&company).await);
    let admin = company.ask(&company.sign_in("admin").await, "GET", &path, Value::Null).await.json();
    assert_eq!(
        (&admin["ladder"][0]["what"], &admin["legs"][0]["trunk"]),
        (&json!("INVITE"), &json!("A provider"))
    );
    let anna = company.ask(&company.sign_in("101").await, "GET", &path, Value::Null).await.json();
    assert_eq!((&anna["ladder"], &anna["legs"][0]["trunk"]), (&json!([]), &Value::Null));
    assert_eq!(anna["marks"][0]["kind"], "answered");
    let cleo = company.ask(&company.sign_in("103").await, "GET", &path, Value::Null).await;
    assert_eq!(cleo.problem(), (404, "not-found".to_owned()));
}

#[tokio::test]
async fn names_in_a_bundle_want_a_reason_which_stands_in_the_audit_log() {
    let company = Company::new().await;
    let call = call(&company).await;
    let (path, admin) = (format!("/api/v1/calls/{call}/bundle"), company.sign_in("admin").await);
    let ask = async |query: &str| company.ask(&admin, "GET", &format!("{path}{query}"), Value::Null).await;
    let bundle = ask("").await;
    assert_eq!((bundle.status, &bundle.bytes[..4]), (StatusCode::OK, &b"PK\x03\x04"[..]));
    assert_eq!(bundle.headers["content-type"], "application/zip");
    assert_eq!(ask("?unmasked=true").await.problem(), (422, "invalid".to_owned()));
    assert_eq!(ask("?unmasked=true&reason=ticket%2012").await.status, StatusCode::OK);
    let log = company.store.audit(None, 2).await.expect("a log");
    let details: Vec<_> = log
        .iter()
        .map(|line| (line.action.as_str(), &line.details["unmasked"], &line.details["reason"]))
        .collect();
    assert_eq!(
        details,
        [
            ("bundle.downloaded", &json!(true), &json!("ticket 12")),
            ("bundle.downloaded", &json!(false), &Value::Null)
        ]
    );
    for id in ["1-99", "..%2F..", "x"] {
        let answer = company.ask(&admin, "GET", &format!("/api/v1/calls/{id}/bundle"), Value::Null).await;
        assert_eq!(answer.problem().0, 404, "{id}");
    }
}

#[tokio::test]
async fn captures_are_begun_seen_ended_and_deleted_by_administrators() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let begin = async |body: Value| company.ask(&admin, "POST", "/api/v1/captures", body).await;
    for (body, problem) in [
        (json!({"device": 1, "seconds": 0}), (422, "invalid")),
        (json!({"device": 1, "seconds": 601}), (422, "invalid")),
        (json!({"seconds": 5}), (422, "invalid")),
        (json!({"device": 1, "trunk": 1, "seconds": 5}), (422, "invalid")),
        (json!({"device": 1, "seconds": 5, "unmasked": true}), (422, "invalid")),
        (json!({"call": "1-99", "seconds": 5}), (404, "not-found")),
        (
            json!({"device": 1, "seconds": 5, "with_audio": true, "reason": "echo"}),
            (403, "not-permitted"),
        ),
    ] {
        let answer = begin(body.clone()).await.problem();
        assert_eq!((answer.0, answer.1.as_str()), problem, "{body}");
    }
    let begun = begin(json!({"device": 1, "seconds": 600})).await;
    assert_eq!((begun.status, &begun.json()["ended"]), (StatusCode::CREATED, &Value::Null));
    assert_eq!(
        begin(json!({"device": 2, "seconds": 5})).await.problem(),
        (409, "capture-runs".to_owned())
    );
    let (path, file) = ("/api/v1/captures/1", "/api/v1/captures/1/pcapng");
    assert_eq!(company.ask(&admin, "GET", file, Value::Null).await.problem().0, 404);
    assert_eq!(
        company.ask(&admin, "DELETE", path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    let list = company.ask(&admin, "GET", "/api/v1/captures", Value::Null).await.json();
    assert_eq!(
        (&list["captures"][0]["ended"], &list["captures"][0]["of"]),
        (&json!("asked"), &json!("phone 1"))
    );
    let answer = company.ask(&admin, "GET", file, Value::Null).await;
    assert_eq!((answer.status, &answer.bytes[..4]), (StatusCode::OK, &[0x0a, 0x0d, 0x0d, 0x0a][..]));
    assert_eq!(
        company.ask(&admin, "DELETE", path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(company.ask(&admin, "DELETE", path, Value::Null).await.problem().0, 404);
    let log = company.store.audit(None, 10).await.expect("a log");
    let actions: Vec<_> = log
        .iter()
        .map(|line| line.action.as_str())
        .filter(|action| action.starts_with("capture."))
        .collect();
    assert_eq!(
        actions,
        ["capture.deleted", "capture.downloaded", "capture.deleted", "capture.begun"],
        "the newest first"
    );
}
