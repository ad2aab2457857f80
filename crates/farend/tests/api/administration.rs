//! People and devices: what administrators change, what others see.

use axum::http::StatusCode;
use serde_json::{Value, json};
use switchboard::core::{LiveEvent, UserState};

use super::company::{Company, PASSWORD, credentials};

#[tokio::test]
async fn users_see_everybodys_state_but_only_their_own_devices() {
    let company = Company::new().await;
    let desk = company.device("101-desk").await;
    company.live.publish(LiveEvent::Registered {
        device: model::DeviceId(desk),
        from: "192.0.2.20:5060".parse().expect("an address"),
        transport: sip::Transport::Udp,
        is_behind_nat: false,
    });
    company.live.publish(LiveEvent::UserState {
        user: model::UserId(company.user("anna").await),
        state: UserState::OnACall,
    });
    let token = company.sign_in("101").await;
    let users = company.ask(&token, "GET", "/api/v1/users", Value::Null).await.json();
    let told = |login: &str| {
        users["users"]
            .as_array()
            .and_then(|all| all.iter().find(|u| u["login"] == login))
            .expect("there")
            .clone()
    };
    assert_eq!(told("anna")["state"], "on_a_call");
    assert_eq!(told("ben")["state"], "offline");
    assert_eq!(told("ben").get("devices"), None);
    let own = told("anna")["devices"].as_array().expect("devices").clone();
    assert_eq!(own.len(), 2);
    let expected = json!({
        "id": desk, "user_id": company.user("anna").await, "kind": "desk_phone", "label": "Desk phone", "sip_user": "101-desk",
        "registered": true, "registered_from": "192.0.2.20:5060", "shared": null, "rings": "after", "rings_after_s": 0, "seat": null, "in_use": false,
    });
    assert!(own.contains(&expected), "{own:?}");

    let devices = company.ask(&token, "GET", "/api/v1/devices", Value::Null).await.json();
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(2));
    let admin = company.sign_in("admin").await;
    let devices = company.ask(&admin, "GET", "/api/v1/devices", Value::Null).await.json();
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(7));
    let ben = format!("/api/v1/users/{}", company.user("ben").await);
    assert_eq!(
        company.ask(&admin, "GET", &ben, Value::Null).await.json()["devices"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(company.ask(&token, "GET", &ben, Value::Null).await.json().get("devices"), None);
}

#[tokio::test]
async fn a_new_person_can_sign_in_and_has_a_browser_phone_at_once() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let new = json!({ "login": "dora", "name": "Dora", "extension": "104", "role": "user", "password": PASSWORD });
    let answer = company.ask(&admin, "POST", "/api/v1/users", new).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json()["devices"][0]["sip_user"], "104-web");
    assert_eq!(company.directories_told(), 1, "the switchboard has the new directory");
    let directory = company.directories.lock().expect("no panic").last().cloned().expect("one");
    assert!(directory.users.iter().any(|user| user.extension.as_deref() == Some("104")));
    company.sign_in("104").await;
}

#[tokio::test]
async fn all_that_is_wrong_with_a_new_person_is_told_at_once() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let new = json!({ "login": "1", "name": " ", "extension": "one", "role": "user", "password": "short" });
    let answer = company.ask(&admin, "POST", "/api/v1/users", new).await;
    assert_eq!(answer.problem(), (422, "invalid".to_owned()));
    let fields: Vec<_> = answer.json()["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| error["field"].clone())
        .collect();
    assert_eq!(fields, ["login", "name", "extension", "password"]);

    let new = json!({ "login": "dora", "name": "Dora", "extension": "101", "role": "user", "password": PASSWORD });
    let answer = company.ask(&admin, "POST", "/api/v1/users", new).await;
    assert_eq!(answer.problem(), (409, "taken".to_owned()));
    assert_eq!(answer.json()["errors"][0]["field"], "extension");
    let answer = company.ask(&admin, "POST", "/api/v1/users", json!({ "login": "dora" })).await;
    assert_eq!(answer.problem(), (400, "invalid".to_owned()));
    assert_eq!(company.directories_told(), 0);
}

#[tokio::test]
async fn a_change_tells_null_from_absent() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let cleo = format!("/api/v1/users/{}", company.user("cleo").await);
    let renamed = company.ask(&admin, "PATCH", &cleo, json!({ "name": "Cleo Cole" })).await.json();
    assert_eq!((&renamed["name"], &renamed["extension"]), (&json!("Cleo Cole"), &json!("103")));
    let without = company.ask(&admin, "PATCH", &cleo, json!({ "extension": null })).await.json();
    assert_eq!(without["extension"], Value::Null);
    assert_eq!(company.directories_told(), 2);
}

#[tokio::test]
async fn a_password_set_by_an_administrator_ends_that_persons_sessions() {
    let company = Company::new().await;
    let (admin, anna) = (company.sign_in("admin").await, company.sign_in("101").await);
    let path = format!("/api/v1/users/{}", company.user("anna").await);
    assert_eq!(
        company
            .ask(&admin, "PATCH", &path, json!({ "password": "another horse" }))
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        company.ask(&anna, "GET", "/api/v1/me", Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    let answer = company
        .ask("", "POST", "/api/v1/session", credentials("101", "another horse"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn the_last_administrator_cannot_be_removed() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let path = format!("/api/v1/users/{}", company.user("admin").await);
    assert_eq!(
        company.ask(&admin, "DELETE", &path, Value::Null).await.problem(),
        (409, "last-administrator".to_owned())
    );
    let path = format!("/api/v1/users/{}", company.user("cleo").await);
    assert_eq!(
        company.ask(&admin, "DELETE", &path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        company.ask(&admin, "GET", &path, Value::Null).await.problem(),
        (404, "not-found".to_owned())
    );
}

#[tokio::test]
async fn a_devices_secret_is_shown_once_and_kept_as_hashes() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let new = json!({ "user_id": company.user("anna").await, "kind": "desk_phone", "label": "Kitchen", "sip_user": "101-kitchen" });
    let answer = company.ask(&admin, "POST", "/api/v1/devices", new.clone()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let added = answer.json();
    let secret = added["secret"].as_str().expect("a secret").to_owned();
    assert_eq!(secret.len(), 20);
    let id = added["device"]["id"].as_u64().expect("a key");
    let hashes = async || company.store.device(model::DeviceId(id)).await.expect("there").ha1.expect("hashes");
    assert_eq!(hashes().await, sip::agent::Ha1::new("101-kitchen", "farend", &secret));
    assert_eq!(
        company.ask(&admin, "POST", "/api/v1/devices", new).await.problem(),
        (409, "taken".to_owned())
    );

    let renewed = company
        .ask(&admin, "POST", &format!("/api/v1/devices/{id}/secret"), Value::Null)
        .await
        .json();
    let renewed = renewed["secret"].as_str().expect("a secret");
    assert_ne!(renewed, secret);
    assert_eq!(hashes().await, sip::agent::Ha1::new("101-kitchen", "farend", renewed));
    let path = format!("/api/v1/devices/{id}");
    assert_eq!(
        company.ask(&admin, "DELETE", &path, Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        company.ask(&admin, "DELETE", &path, Value::Null).await.problem(),
        (404, "not-found".to_owned())
    );
    assert_eq!(company.directories_told(), 3);
}

#[tokio::test]
async fn changes_of_the_command_line_reach_the_switchboard() {
    let company = Company::new().await;
    company.live.follow_directory(&company.store).await.expect("followed");
    assert_eq!(company.directories_told(), 1);
    company.live.follow_directory(&company.store).await.expect("followed");
    assert_eq!(company.directories_told(), 1, "nothing has changed");
    company
        .store
        .remove_user(model::UserId(company.user("cleo").await))
        .await
        .expect("removed");
    company.live.follow_directory(&company.store).await.expect("followed");
    assert_eq!(company.directories_told(), 2);
}
