//! Credentials for TURN.

use axum::http::StatusCode;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::company::Company;

#[tokio::test]
async fn everybody_who_is_signed_in_gets_a_credential_of_their_own() {
    let company = Company::new().await;
    let mut users = Vec::new();
    for login in ["101", "102", "admin"] {
        let token = company.sign_in(login).await;
        let id = company.ask(&token, "GET", "/api/v1/me", Value::Null).await.json()["id"].clone();
        let before = OffsetDateTime::now_utc();
        let answer = company.ask(&token, "GET", "/api/v1/me/relay", Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["cache-control"], "no-store");
        let document = answer.json();
        assert_eq!(document.as_object().expect("an object").len(), 5);
        assert_eq!(document["stun"], serde_json::json!(["stun:stun.example.com:3478"]));
        assert_eq!(document["lifetime_s"], 8 * 3600);

        let text = |name: &str| document[name].as_str().expect("text").to_owned();
        let expires_at = OffsetDateTime::parse(&text("expires_at"), &Rfc3339).expect("a time");
        let lifetime_s = (expires_at - before).whole_seconds();
        assert!((8 * 3600 - 1..=8 * 3600 + 60).contains(&lifetime_s), "{lifetime_s} s");
        assert_eq!(text("username"), format!("{}:{id}", expires_at.unix_timestamp()));
        let secret = relay::Secret::new([7; 32]);
        let issued = secret
            .issue(&id.to_string(), expires_at.unix_timestamp().unsigned_abs())
            .expect("a name");
        assert_eq!(text("credential"), issued.password);
        users.push(text("username").split_once(':').expect("two halves").1.to_owned());
    }
    users.sort();
    users.dedup();
    assert_eq!(users.len(), 3);
}

#[tokio::test]
async fn nobody_else_gets_one() {
    let company = Company::new().await;
    let answer = company.ask("", "GET", "/api/v1/me/relay", Value::Null).await;
    assert_eq!(answer.problem(), (401, "not-signed-in".to_owned()));
}
