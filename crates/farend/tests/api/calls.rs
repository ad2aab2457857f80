//! The journal as each side sees it.

use std::time::{Duration, SystemTime};

use farend::store::journal::Writer;
use model::{CallId, DeviceId};
use serde_json::{Value, json};
use switchboard::core::{JournalEntry, Outcome, Party};

use super::company::Company;

/// Writes calls of Anna (101) to others, a minute apart, each ended with its outcome; answered ones after four seconds on Ben's desk phone.
async fn write(company: &Company, outcomes: &[Outcome]) {
    let (writer, task) = Writer::start(company.store.clone(), company.run, |_| {});
    let (caller, called) = (company.party("anna", "101-web").await, company.party("ben", "102-desk").await);
    for (call, outcome) in (1..).zip(outcomes) {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + call * 60);
        let id = CallId(call);
        writer.write(
            JournalEntry::Started {
                call: id,
                caller: caller.clone(),
                called: called.clone(),
            },
            start,
        );
        if *outcome == Outcome::Answered {
            writer.write(
                JournalEntry::Answered {
                    call: id,
                    device: called.device,
                },
                start + Duration::from_secs(4),
            );
        }
        let end = JournalEntry::Ended {
            call: id,
            outcome: *outcome,
            reason: "caller hung up",
            legs: Vec::new(),
        };
        writer.write(end, start + Duration::from_secs(14));
    }
    drop(writer);
    task.await.expect("no panic");
}

impl Company {
    async fn party(&self, login: &str, sip_user: &str) -> Party {
        let user = self.store.user_named(login).await.expect("answer").expect("somebody");
        let device = Some(DeviceId(self.device(sip_user).await));
        Party {
            user: Some(user.id),
            device,
            number: user.extension.unwrap_or_default(),
            name: user.name,
        }
    }
}

#[tokio::test]
async fn each_side_sees_the_other_one_and_its_own_device() {
    let company = Company::new().await;
    write(&company, &[Outcome::Answered]).await;
    let (anna, ben) = (company.sign_in("101").await, company.sign_in("102").await);
    let call = company.ask(&anna, "GET", "/api/v1/calls", Value::Null).await.json()["calls"][0].clone();
    let party =
        async |login: &str, name: &str, number: &str| json!({ "name": name, "number": number, "user_id": company.user(login).await });
    let expected = json!({
        "id": call["id"], "direction": "outgoing", "peer": party("ben", "Ben", "102").await,
        "caller": party("anna", "Anna", "101").await, "called": party("ben", "Ben", "102").await,
        "started_at": "2027-01-15T08:01:00Z", "answered_at": "2027-01-15T08:01:04Z", "ended_at": "2027-01-15T08:01:14Z",
        "duration_seconds": 10, "outcome": "answered", "end_reason": "caller hung up", "device_label": "Browser", "quality": null,
        "emergency": false, "recording_id": null, "location": null,
    });
    assert_eq!(call, expected);
    let call = company.ask(&ben, "GET", "/api/v1/calls", Value::Null).await.json()["calls"][0].clone();
    assert_eq!(
        (&call["direction"], &call["peer"]["name"], &call["device_label"]),
        (&json!("incoming"), &json!("Anna"), &json!("Desk phone"))
    );
    let cleo = company.sign_in("103").await;
    assert_eq!(
        company.ask(&cleo, "GET", "/api/v1/calls", Value::Null).await.json(),
        json!({ "calls": [], "next": null })
    );
}

#[tokio::test]
async fn a_call_for_help_keeps_the_place_of_then() {
    let company = Company::new().await;
    let (writer, task) = Writer::start(company.store.clone(), company.run, |_| {});
    let (call, start) = (CallId(1), SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    let called = Party {
        user: None,
        device: None,
        number: "112".to_owned(),
        name: String::new(),
    };
    let caller = company.party("anna", "101-web").await;
    let location = Some("Main Street 1".to_owned());
    writer.write(JournalEntry::Started { call, caller, called }, start);
    writer.write(JournalEntry::Emergency { call, location }, start);
    drop(writer);
    task.await.expect("no panic");
    for (who, path, location) in [
        // Others may get to be in somebody's call for help: the place is for administrators.
        ("101", "/api/v1/calls", Value::Null),
        ("admin", "/api/v1/calls?all=true", json!("Main Street 1")),
    ] {
        let token = company.sign_in(who).await;
        let call = company.ask(&token, "GET", path, Value::Null).await.json()["calls"][0].clone();
        assert_eq!((&call["emergency"], &call["location"]), (&json!(true), &location), "{who}");
    }
}

#[tokio::test]
async fn what_the_caller_gave_up_the_called_one_missed() {
    let company = Company::new().await;
    write(
        &company,
        &[
            Outcome::NoAnswer,
            Outcome::Busy,
            Outcome::Refused,
            Outcome::Cancelled,
            Outcome::Failed,
        ],
    )
    .await;
    for (who, expected) in [
        ("101", ["failed", "cancelled", "refused", "busy", "no_answer"]),
        ("102", ["missed", "missed", "refused", "missed", "missed"]),
    ] {
        let token = company.sign_in(who).await;
        let calls = company.ask(&token, "GET", "/api/v1/calls", Value::Null).await.json();
        let outcomes: Vec<_> = calls["calls"]
            .as_array()
            .expect("calls")
            .iter()
            .map(|call| call["outcome"].clone())
            .collect();
        assert_eq!(outcomes, expected, "{who}");
    }
}

#[tokio::test]
async fn the_journal_comes_in_pages() {
    let company = Company::new().await;
    write(&company, &[Outcome::Busy; 5]).await;
    let token = company.sign_in("101").await;
    let page = async |query: &str| {
        company
            .ask(&token, "GET", &format!("/api/v1/calls?limit=2{query}"), Value::Null)
            .await
            .json()
    };
    let first = page("").await;
    let next = first["next"].as_str().expect("more").to_owned();
    let second = page(&format!("&before={next}")).await;
    let third = page(&format!("&before={}", second["next"].as_str().expect("more"))).await;
    let ids: Vec<_> = [&first, &second, &third]
        .iter()
        .flat_map(|p| p["calls"].as_array().expect("calls"))
        .map(|c| c["started_at"].clone())
        .collect();
    assert_eq!(ids.len(), 5);
    assert_eq!(third["next"], Value::Null);
    for (query, field) in [("limit=0", "limit"), ("limit=201", "limit"), ("before=yesterday", "before")] {
        let answer = company.ask(&token, "GET", &format!("/api/v1/calls?{query}"), Value::Null).await;
        assert_eq!((answer.problem().0, &answer.json()["errors"][0]["field"]), (422, &json!(field)));
    }
}

#[tokio::test]
async fn only_administrators_read_everybodys_journal() {
    let company = Company::new().await;
    write(&company, &[Outcome::Answered]).await;
    let anna = company.sign_in("101").await;
    assert_eq!(
        company.ask(&anna, "GET", "/api/v1/calls?all=true", Value::Null).await.problem(),
        (403, "not-permitted".to_owned())
    );
    let admin = company.sign_in("admin").await;
    assert_eq!(
        company.ask(&admin, "GET", "/api/v1/calls", Value::Null).await.json()["calls"],
        json!([])
    );
    let call = company.ask(&admin, "GET", "/api/v1/calls?all=true", Value::Null).await.json()["calls"][0].clone();
    let seen = (
        &call["direction"],
        &call["caller"]["name"],
        &call["peer"]["name"],
        &call["device_label"],
    );
    assert_eq!(seen, (&json!("internal"), &json!("Anna"), &json!("Ben"), &json!("Desk phone")));
}

#[tokio::test]
async fn who_got_a_call_by_transfer_sees_the_one_who_stayed() {
    let company = Company::new().await;
    let (anna, ben) = (company.party("anna", "101-web").await, company.party("ben", "102-desk").await);
    let cleo = Party {
        device: None,
        ..company.party("cleo", "103-desk").await
    };
    let (writer, task) = Writer::start(company.store.clone(), company.run, |_| {});
    for (call, by) in [(1, &ben), (2, &anna)] {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + call);
        writer.write(
            JournalEntry::Started {
                call: CallId(call),
                caller: anna.clone(),
                called: ben.clone(),
            },
            at,
        );
        writer.write(
            JournalEntry::Answered {
                call: CallId(call),
                device: ben.device,
            },
            at,
        );
        writer.write(
            JournalEntry::Transferred {
                call: CallId(call),
                by: by.clone(),
                to: cleo.clone(),
            },
            at,
        );
    }
    drop(writer);
    task.await.expect("no panic");
    let token = company.sign_in("103").await;
    let calls = company.ask(&token, "GET", "/api/v1/calls", Value::Null).await.json();
    let peers: Vec<_> = calls["calls"]
        .as_array()
        .expect("calls")
        .iter()
        .map(|c| (c["direction"].clone(), c["peer"]["name"].clone()))
        .collect();
    assert_eq!(peers, [(json!("incoming"), json!("Ben")), (json!("incoming"), json!("Anna"))]);
}
