//! What is wrong with the audio, as administrators are told.

use std::sync::Arc;

use doctor::evidence::{Evidence, Person, UnixMs};
use doctor::finding::{Confidence, Culprit, Fact, Fault, Finding, Severity, Subject, What};
use farend::doctor::{Counts, Report};
use farend::store::Kept;
use serde_json::{Value, json};

use super::company::Company;
use super::events::{Served, next};

/// Anna's network, in which UDP is blocked.
fn blocked(since: i64) -> Kept {
    Kept {
        row: 0,
        finding: Finding {
            fault: Fault::RjUdpBlocked,
            subject: Subject::Network {
                extension: "101".to_owned(),
                address: "203.0.113.7".to_owned(),
            },
            severity: Severity::Note,
            culprit: Culprit::HomeRouter,
            confidence: Confidence::High,
            evidence: vec![Fact {
                what: What::PeerAddress,
                value: "203.0.113.7".to_owned(),
                at: Some(UnixMs(since)),
            }],
        },
        since: UnixMs(since),
        last_seen_at: UnixMs(since + 1_000),
        cleared_at: None,
    }
}

fn silent() -> Kept {
    let found = blocked(2_000);
    Kept {
        finding: Finding {
            fault: Fault::RfStunSilent,
            subject: Subject::Server,
            severity: Severity::Warning,
            culprit: Culprit::Firewall,
            ..found.finding
        },
        ..found
    }
}

fn evidence() -> Arc<Evidence> {
    Arc::new(Evidence {
        people: vec![Person {
            extension: "101".to_owned(),
            name: "Anna".to_owned(),
            ..Person::default()
        }],
        ..Evidence::default()
    })
}

async fn ask(company: &Company, path: &str) -> Value {
    let admin = company.sign_in("admin").await;
    let answer = company.ask(&admin, "GET", path, Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn before_the_first_look_nothing_is_known() {
    let company = Company::new().await;
    assert_eq!(
        ask(&company, "/api/v1/doctor").await,
        json!({ "looked_at": null, "findings": [], "counts": { "problem": 0, "warning": 0, "note": 0 } })
    );
    assert_eq!(ask(&company, "/api/v1/doctor/networks").await, json!([]));
    assert_eq!(
        ask(&company, "/api/v1/doctor/history").await,
        json!({ "findings": [], "next": null })
    );
}

#[tokio::test]
async fn what_is_open_is_told_in_the_language_that_is_asked_for() {
    let company = Company::new().await;
    company.doctor.publish(Report {
        looked_at: Some(UnixMs(5_000)),
        open: vec![silent(), blocked(1_000)],
        evidence: evidence(),
        ..Report::default()
    });
    let told = ask(&company, "/api/v1/doctor").await;
    assert_eq!(told["looked_at"], "1970-01-01T00:00:05Z");
    assert_eq!(told["counts"], json!({ "problem": 0, "warning": 1, "note": 1 }));
    let [first, second] = &told["findings"].as_array().expect("a list")[..] else {
        panic!("{told}")
    };
    assert_eq!(
        (&first["id"], &first["rule"], &first["culprit"]),
        (&json!("rf_stun_silent|server"), &json!("R-f"), &json!("firewall"))
    );
    assert_eq!(second["id"], "rj_udp_blocked|network:101@203.0.113.7");
    assert_eq!(
        second["subject"],
        json!({ "kind": "network", "name": "Anna", "extension": "101", "address": "203.0.113.7" })
    );
    assert_eq!(second["subject_text"], "Anna (101) at 203.0.113.7");
    let german = ask(&company, "/api/v1/doctor?language=de").await;
    assert_eq!(german["findings"][1]["subject_text"], "Anna (101) bei 203.0.113.7");
    let admin = company.sign_in("admin").await;
    let answer = company.ask(&admin, "GET", "/api/v1/doctor?language=xx", Value::Null).await;
    assert_eq!(answer.problem(), (422, "invalid".to_owned()));
}

#[tokio::test]
async fn the_history_is_read_page_by_page_and_rule_by_rule() {
    let company = Company::new().await;
    for since in [1_000, 2_000, 3_000] {
        company.store.add_finding(&blocked(since)).await.expect("written");
    }
    company.store.add_finding(&silent()).await.expect("written");
    let first = ask(&company, "/api/v1/doctor/history?limit=2").await;
    assert_eq!(first["findings"][0]["fault"], "rf_stun_silent");
    let next = first["next"].as_u64().expect("there is more");
    let second = ask(&company, &format!("/api/v1/doctor/history?limit=2&before={next}")).await;
    assert_eq!(second["findings"][1]["since"], "1970-01-01T00:00:01Z");
    for (query, count) in [
        ("rule=R-f", 1),
        ("rule=R-j", 3),
        ("extension=101", 3),
        ("extension=102", 0),
        ("rule=R-f&extension=101", 0),
    ] {
        let found = ask(&company, &format!("/api/v1/doctor/history?{query}")).await;
        assert_eq!(found["findings"].as_array().expect("a list").len(), count, "{query}");
    }
    let admin = company.sign_in("admin").await;
    for query in ["rule=R-z", "limit=0", "limit=501"] {
        let answer = company
            .ask(&admin, "GET", &format!("/api/v1/doctor/history?{query}"), Value::Null)
            .await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn everything_is_looked_at_anew_on_demand_but_not_time_and_again() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let answer = company.ask(&admin, "POST", "/api/v1/doctor/retest", Value::Null).await;
    assert_eq!(answer.status, 202);
    let answer = company.ask(&admin, "POST", "/api/v1/doctor/retest", Value::Null).await;
    assert_eq!(answer.problem(), (429, "too-soon".to_owned()));
}

#[tokio::test]
async fn every_rule_is_explained() {
    let company = Company::new().await;
    let rules = ask(&company, "/api/v1/doctor/rules?language=de").await;
    let ids: Vec<_> = rules
        .as_array()
        .expect("a list")
        .iter()
        .map(|rule| rule["id"].as_str().expect("a name"))
        .collect();
    assert_eq!((ids.len(), ids[0], ids[22]), (23, "F1", "R-l"));
}

#[tokio::test]
async fn only_administrators_hear_that_something_is_wrong() {
    let served = Served::new().await;
    let company = &served.company;
    let mut admin = served.watch(&company.sign_in("admin").await).await;
    let mut anna = served.watch(&company.sign_in("101").await).await;
    for socket in [&mut admin, &mut anna] {
        assert_eq!(next(socket).await["type"], "snapshot");
    }
    let counts = Counts {
        problem: 1,
        warning: 2,
        note: 3,
    };
    company.live.doctor_changed(counts);
    company.live.journal_changed(&[model::UserId(company.user("anna").await)]);
    assert_eq!(
        next(&mut admin).await,
        json!({ "type": "doctor_changed", "problem": 1, "warning": 2, "note": 3 })
    );
    assert_eq!(next(&mut anna).await, json!({ "type": "journal_changed" }));
}

#[tokio::test]
async fn the_evidence_is_there_as_the_rules_see_it() {
    let company = Company::new().await;
    company.doctor.publish(Report {
        evidence: evidence(),
        ..Report::default()
    });
    let evidence = ask(&company, "/api/v1/doctor/evidence").await;
    assert_eq!(evidence["people"][0]["name"], "Anna");
}

#[tokio::test]
async fn the_plan_is_there_as_data_as_a_picture_and_as_text() {
    let company = Company::new().await;
    company.doctor.publish(Report {
        open: vec![silent()],
        evidence: evidence(),
        ..Report::default()
    });
    let plan = ask(&company, "/api/v1/doctor/plan").await;
    assert_eq!(plan["findings"], json!(["rf_stun_silent|server"]));
    let nodes = plan["nodes"].as_array().expect("a list");
    assert!(nodes.iter().any(|node| node["kind"] == "server"), "{plan}");
    let admin = company.sign_in("admin").await;
    for (path, kind, beginning) in [
        ("plan.svg", "image/svg+xml", "<svg"),
        ("plan.md", "text/markdown; charset=utf-8", "#"),
    ] {
        let answer = company
            .ask(&admin, "GET", &format!("/api/v1/doctor/{path}?language=de"), Value::Null)
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &kind.parse().expect("a header"))
        );
        assert!(answer.text.trim_start().starts_with(beginning), "{}", answer.text);
    }
}
