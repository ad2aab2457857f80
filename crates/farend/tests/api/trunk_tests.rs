//! Tests of trunks: begun, looked at, and never two at once.

use std::time::Duration;

use model::TrunkId;
use serde_json::{Value, json};
use switchboard::core::LiveEvent;
use switchboard::trunks::{CheckReport, Finding, StepState};

use super::company::Company;

/// A company with a trunk of two accounts; an administrator's token, and the test's path.
async fn with_trunk() -> (Company, String, String) {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let new = json!({ "name": "Example Telecom", "host": "sip.example.com", "accounts": [
        { "user": "4989123450", "password": "hunter2-hunter2", "expires_seconds": 600 },
        { "user": "4989123451", "password": "hunter2-hunter2", "expires_seconds": 600 },
    ] });
    let added = company.ask(&admin, "POST", "/api/v1/trunks", new).await.json();
    let path = format!("/api/v1/trunks/{}/test", added["id"]);
    (company, admin, path)
}

async fn report(company: &Company) -> CheckReport {
    let trunks = company.store.trunks().await.expect("trunks");
    CheckReport::before(&trunks[0].terms)
}

#[tokio::test]
async fn a_test_is_begun_fills_and_can_be_made_again() {
    let (company, admin, path) = with_trunk().await;
    assert_eq!(
        company.ask(&admin, "GET", &path, Value::Null).await.problem(),
        (404, "not-found".to_owned())
    );
    let wanted = json!({ "echo_number": null });
    let rubbish = company.ask(&admin, "POST", &path, json!({ "echo_number": "!" })).await;
    assert_eq!(rubbish.problem(), (422, "invalid".to_owned()));
    let begun = company.ask(&admin, "POST", &path, json!({ "echo_number": "030 123456" })).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    let begun = begun.json();
    assert_eq!(begun["running"], true);
    let steps: Vec<(&str, &Value)> = begun["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| (step["step"].as_str().expect("a name"), &step["account"]))
        .collect();
    let (none, first, second) = (Value::Null, json!("4989123450"), json!("4989123451"));
    assert_eq!(
        steps,
        [
            ("name", &none),
            ("connection", &none),
            ("options", &none),
            ("registration", &first),
            ("registration", &second),
            ("stun", &none),
            ("router", &none),
            ("echo_call", &none)
        ]
    );
    assert_eq!(company.tested(), [(1, Some("030 123456".to_owned()))], "the switchboard was asked");
    let again = company.ask(&admin, "POST", &path, wanted.clone()).await;
    assert_eq!(again.problem(), (409, "busy".to_owned()));

    let mut report = report(&company).await;
    report.steps[0].state = StepState::Passed;
    report.steps[0].took = Some(Duration::from_millis(12));
    report.steps[0].finding = Some(Finding::new(
        "name_found",
        "found",
        vec![("servers", "UDP 192.0.2.1:5060".to_owned())],
    ));
    let trunk = TrunkId(1);
    company.live.publish(LiveEvent::TrunkTested { trunk, report });
    let why = Finding::new("trunk_changed", "changed", Vec::new());
    company.live.publish(LiveEvent::TrunkNotTested { trunk, why });
    let shown = company.ask(&admin, "GET", &path, Value::Null).await.json();
    assert_eq!(shown["running"], false);
    let expected = json!({ "step": "name", "account": null, "result": "passed", "code": "name_found", "text": "found",
                           "values": { "servers": "UDP 192.0.2.1:5060" }, "took_ms": 12 });
    assert_eq!(shown["steps"][0], expected);
    assert_eq!(
        (&shown["steps"][1]["result"], &shown["steps"][1]["code"]),
        (&json!("left_out"), &json!("trunk_changed"))
    );
    assert_eq!(
        company.ask(&admin, "POST", &path, wanted).await.status,
        202,
        "once it is over, it can be made again"
    );
}

#[tokio::test]
async fn what_is_no_trunk_is_not_tested_and_a_removed_one_forgotten() {
    let (company, admin, path) = with_trunk().await;
    let wanted = json!({ "echo_number": null });
    let nobody = company.ask(&admin, "POST", "/api/v1/trunks/4711/test", wanted.clone()).await;
    assert_eq!(nobody.problem(), (404, "not-found".to_owned()));
    assert_eq!(company.ask(&admin, "POST", &path, wanted).await.status, 202);
    assert_eq!(company.ask(&admin, "DELETE", "/api/v1/trunks/1", Value::Null).await.status, 204);
    assert_eq!(
        company.ask(&admin, "GET", &path, Value::Null).await.problem(),
        (404, "not-found".to_owned())
    );
}
