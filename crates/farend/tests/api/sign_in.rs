//! Signing in and out, and keeping guessers out.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::company::{Company, HOST, OWN_PAGE, PASSWORD, credentials, from, request};

#[tokio::test]
async fn signing_in_gives_a_token_a_cookie_and_oneself() {
    let company = Company::new().await;
    let answer = company.ask("", "POST", "/api/v1/session", credentials("101", PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let session = answer.json();
    let token = session["token"].as_str().expect("a token");
    assert_eq!(token.len(), 64);
    let cookie = answer.headers["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with(&format!("farend_session={token}; Path=/; Max-Age=")), "{cookie}");
    assert!(cookie.ends_with("; HttpOnly; Secure; SameSite=Strict"), "{cookie}");

    let me = company.ask(token, "GET", "/api/v1/me", Value::Null).await.json();
    assert_eq!(me, session["user"]);
    let expected = json!({
        "id": company.user("anna").await, "login": "anna", "name": "Anna", "extension": "101", "role": "user",
        "phone": { "device_id": company.device("101-web").await, "sip_user": "101-web", "realm": "farend", "websocket_path": "/sip" },
        "may_record": false, "hears_recordings": "none",
        "server": { "version": env!("CARGO_PKG_VERSION"), "echo_test": "*43", "music": "*44", "desk_share": "*9419", "take_call": "*11", "send_call": "*12" },
        "sip_server": { "host": "192.0.2.10", "port": 5060, "tls_port": 5061 },
    });
    assert_eq!(me, expected);
}

#[tokio::test]
async fn an_administrator_without_an_extension_has_no_phone() {
    let company = Company::new().await;
    let token = company.sign_in("admin").await;
    let me = company.ask(&token, "GET", "/api/v1/me", Value::Null).await.json();
    assert_eq!(
        (&me["phone"], &me["extension"], &me["role"]),
        (&Value::Null, &Value::Null, &json!("administrator"))
    );
}

#[tokio::test]
async fn unknown_names_and_wrong_passwords_look_the_same() {
    let company = Company::new().await;
    let wrong = company.ask("", "POST", "/api/v1/session", credentials("101", "wrong")).await;
    let unknown = company.ask("", "POST", "/api/v1/session", credentials("999", "wrong")).await;
    assert_eq!(wrong.problem(), (401, "wrong-password".to_owned()));
    assert_eq!((wrong.text, wrong.headers), (unknown.text, unknown.headers));
}

#[tokio::test]
async fn the_fifth_wrong_password_locks_out_even_the_right_one_but_not_elsewhere() {
    let company = Company::new().await;
    for _ in 0..5 {
        let answer = company.ask("", "POST", "/api/v1/session", credentials("101", "wrong")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let answer = company.ask("", "POST", "/api/v1/session", credentials("101", PASSWORD)).await;
    assert_eq!(answer.problem(), (429, "locked-out".to_owned()));
    let wait: u64 = answer.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((25..=30).contains(&wait), "{wait}");
    let elsewhere = from(
        "198.51.100.1:4711",
        request("", "POST", "/api/v1/session", &credentials("101", PASSWORD)),
    );
    assert_eq!(company.send(elsewhere).await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_the_cookie() {
    let company = Company::new().await;
    let token = company.sign_in("101").await;
    assert_eq!(
        company.ask(&token, "GET", "/api/v1/session", Value::Null).await.json()["user"]["login"],
        "anna"
    );
    let answer = company.ask(&token, "DELETE", "/api/v1/session", Value::Null).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(
        answer.headers["set-cookie"]
            .to_str()
            .expect("text")
            .starts_with("farend_session=; Path=/; Max-Age=0;")
    );
    let over = company.ask(&token, "GET", "/api/v1/session", Value::Null).await;
    assert_eq!(over.problem(), (401, "not-signed-in".to_owned()));
    let again = company.ask(&token, "DELETE", "/api/v1/session", Value::Null).await;
    assert_eq!(again.status, StatusCode::NO_CONTENT, "signing out twice is no mistake");
}

#[tokio::test]
async fn a_new_password_needs_the_current_one_and_ends_other_sessions() {
    let company = Company::new().await;
    let (here, elsewhere) = (company.sign_in("101").await, company.sign_in("101").await);
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let wrong = company
        .ask(&here, "PUT", "/api/v1/me/password", change("wrong", "another horse"))
        .await;
    assert_eq!(wrong.problem(), (401, "wrong-password".to_owned()));
    let short = company.ask(&here, "PUT", "/api/v1/me/password", change(PASSWORD, "horse")).await;
    assert_eq!(short.problem(), (422, "invalid".to_owned()));
    assert_eq!(
        short.json()["errors"],
        json!([{ "field": "new", "message": "use 8 characters at least and 256 at most" }])
    );

    let mut endings = company.live.endings();
    let done = company
        .ask(&here, "PUT", "/api/v1/me/password", change(PASSWORD, "another horse"))
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    assert_eq!(company.ask(&here, "GET", "/api/v1/me", Value::Null).await.status, StatusCode::OK);
    assert_eq!(
        company.ask(&elsewhere, "GET", "/api/v1/me", Value::Null).await.status,
        StatusCode::UNAUTHORIZED
    );
    let told = endings.recv().await.expect("an ending");
    let anna = model::UserId(company.user("anna").await);
    let key = |token: &str| farend::store::Token::presented(token).key();
    assert!(told.ends(&key(&elsewhere), anna) && !told.ends(&key(&here), anna));
}

#[tokio::test]
async fn guessing_the_current_password_locks_out_too() {
    let company = Company::new().await;
    let token = company.sign_in("101").await;
    let guess = json!({ "current": "wrong", "new": "another horse" });
    for _ in 0..5 {
        company.ask(&token, "PUT", "/api/v1/me/password", guess.clone()).await;
    }
    let answer = company.ask(&token, "PUT", "/api/v1/me/password", guess).await;
    assert_eq!(answer.problem(), (429, "locked-out".to_owned()));
}

#[tokio::test]
async fn another_sites_page_cannot_sign_anybody_in() {
    let company = Company::new().await;
    let mut request = request("", "POST", "/api/v1/session", &credentials("101", PASSWORD));
    request
        .headers_mut()
        .insert("origin", "https://evil.example.com".parse().expect("a value"));
    assert_eq!(company.send(request).await.problem(), (403, "foreign-origin".to_owned()));
}

#[tokio::test]
async fn a_cookie_changes_something_only_from_our_own_page() {
    let company = Company::new().await;
    let token = company.sign_in("101").await;
    let with_cookie = |method: &str, path: &str, origin: Option<&str>| {
        let mut request = request("", method, path, &Value::Null);
        request
            .headers_mut()
            .insert("cookie", format!("theme=dark; farend_session={token}").parse().expect("a value"));
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("a value"));
        }
        request
    };
    for (origin, expected) in [
        (None, 403),
        (Some("https://evil.example.com"), 403),
        (Some("null"), 403),
        (Some(&*format!("http://{HOST}")), 403),
        (Some("https://pbx.example.com"), 403),
        (Some(OWN_PAGE), 422),
        (Some(super::company::ALLOWED_PAGE), 422),
    ] {
        // 422: let through, and then it turns out that the new password is too short.
        let mut request = with_cookie("PUT", "/api/v1/me/password", origin);
        request
            .headers_mut()
            .insert("content-type", "application/json".parse().expect("a value"));
        *request.body_mut() = json!({ "current": PASSWORD, "new": "short" }).to_string().into();
        assert_eq!(company.send(request).await.status, expected, "{origin:?}");
    }
    let reading = company.send(with_cookie("GET", "/api/v1/me", None)).await;
    assert_eq!(reading.status, StatusCode::OK, "reading needs no Origin: browsers do not send one");
}

#[tokio::test]
async fn whoever_shows_a_session_by_cookie_gets_a_cookie_that_lasts_as_long() {
    let company = Company::new().await;
    let token = company.sign_in("101").await;
    let mut request = request("", "GET", "/api/v1/session", &Value::Null);
    request
        .headers_mut()
        .insert("cookie", format!("farend_session={token}").parse().expect("a value"));
    let answer = company.send(request).await;
    let cookie = answer.headers["set-cookie"].to_str().expect("text");
    assert!(
        cookie.starts_with(&format!("farend_session={token}; Path=/; Max-Age=2591")),
        "{cookie}"
    );
    let by_token = company.ask(&token, "GET", "/api/v1/session", Value::Null).await;
    assert!(!by_token.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn an_account_has_one_throttle_for_both_of_its_names() {
    let company = Company::new().await;
    for name in ["101", "anna", "ANNA", "101", "anna"] {
        company.ask("", "POST", "/api/v1/session", credentials(name, "wrong")).await;
    }
    let answer = company.ask("", "POST", "/api/v1/session", credentials("101", PASSWORD)).await;
    assert_eq!(answer.problem(), (429, "locked-out".to_owned()));
}

#[tokio::test]
async fn many_guesses_at_once_are_no_more_than_five() {
    let company = Company::new().await;
    let guesses = (0..20).map(|_| company.ask("", "POST", "/api/v1/session", credentials("101", "wrong")));
    let answers = futures_util::future::join_all(guesses).await;
    let wrong = answers.iter().filter(|answer| answer.status == StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.count(), 5);
}
