//! Checks: what guests may, what comes back, what is bounded.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::access::{NOTHING, described};
use super::company::{ALLOWED_PAGE, Answer, Company, HOST, OWN_PAGE, from, request};

/// The echo's answers come from a task.
const GUEST_PAGE: &str = "/api/v1/check";

/// The same request with a link's token.
fn with_token(token: &str, mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().insert("farend-check", token.parse().expect("a header"));
    request
}

async fn guest(company: &Company, token: &str, method: &str, path: &str, body: Value) -> Answer {
    company.send(with_token(token, request("", method, path, &body))).await
}

/// A link's token and key.
async fn link(company: &Company, body: Value) -> (String, u64) {
    let admin = company.sign_in("admin").await;
    let made = company.ask(&admin, "POST", "/api/v1/check/links", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    let url = made["url"].as_str().expect("a path");
    let token = url.strip_prefix("/check#").expect("the page's fragment");
    (token.to_owned(), made["id"].as_u64().expect("a key"))
}

/// A check with audio by UDP, or by the one port alone.
fn found(is_udp: bool) -> Value {
    let way = |way: &str, is_connected: bool| json!({ "way": way, "is_connected": is_connected, "took_ms": 300, "echo": null });
    json!({
        "took_ms": 12_000,
        "browser": { "name": "Chromium 130", "system": "Linux", "missing": [], "is_insecure": false },
        "page": { "is_reached": true, "took_ms": 80, "error": null },
        "websocket": { "is_reached": true, "took_ms": 40, "error": null },
        "gathering": null,
        "ways": [way("udp", is_udp), way("tcp", true), way("tls", true)],
        "bandwidth": null, "permission": "granted", "microphone": null, "speaker": null, "headset": null, "clock_behind_ms": 3
    })
}

#[tokio::test]
async fn a_guest_reaches_nothing_but_the_check() {
    let company = Company::new().await;
    let (token, _) = link(&company, json!({ "label": "Mrs Home" })).await;
    let open = ["/api/v1/session", "/healthz", "/openapi.json"];
    for (method, path) in described() {
        let at = NOTHING
            .into_iter()
            .fold(path.clone(), |path, (name, nothing)| path.replace(name, nothing));
        let body = if method == "GET" || method == "DELETE" {
            Value::Null
        } else {
            json!({ "nonsense": true })
        };
        let answer = guest(&company, &token, &method, &at, body).await;
        let is_denied = answer.status == 401 && answer.problem().1 == "not-signed-in";
        let is_checks = path.starts_with("/api/v1/check") && !path.starts_with("/api/v1/check/links");
        let is_open = open.contains(&path.as_str()) && (method, path.as_str()) != ("GET".to_owned(), "/api/v1/session");
        assert_eq!(is_denied, !is_checks && !is_open, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_check_begins_with_all_that_it_asks() {
    let company = Company::new().await;
    let (token, _) = link(&company, json!({ "label": "Mrs Home" })).await;
    let page = guest(&company, &token, "GET", GUEST_PAGE, Value::Null).await.json();
    assert_eq!(
        (&page["is_guest"], &page["label"], &page["extension"]),
        (&json!(true), &json!("Mrs Home"), &Value::Null)
    );
    let stun = json!([
        "stun:pbx.example.com:8803",
        "stun:pbx.example.com:8804",
        "stun:stun.example.com:3478"
    ]);
    assert_eq!(page["stun"], stun, "our own first");
    assert_eq!(page["ice"][0]["urls"], json!(["turns:pbx.example.com:8802?transport=tcp"]));
    assert!(
        page["ice"][0]["username"].as_str().is_some_and(|name| name.contains(":check-")),
        "{page}"
    );
    assert_eq!((&page["seen_as"], &page["locality"]), (&json!("192.0.2.7"), &json!("internet")));
    assert_eq!(page["tasks"].as_array().map(Vec::len), Some(10));
    assert!(page["expires_at"].is_string() && page["server_time"].is_string());

    let anna = company.sign_in("101").await;
    let page = company.ask(&anna, "GET", GUEST_PAGE, Value::Null).await.json();
    assert_eq!(
        (&page["is_guest"], &page["extension"], &page["expires_at"]),
        (&json!(false), &json!("101"), &Value::Null)
    );
}

#[tokio::test]
async fn an_echo_is_begun_looked_at_and_ended_by_whoever_has_begun_it() {
    let company = Company::new().await;
    let (token, _) = link(&company, json!({ "label": "Mrs Home" })).await;
    let anna = company.sign_in("101").await;
    let wanted = json!({ "way": "tcp", "offer": "v=0\r\n" });
    let begun = guest(&company, &token, "POST", "/api/v1/check/echo", wanted.clone()).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let begun = begun.json();
    assert_eq!(begun["answer"], "v=0\r\n");
    let path = format!("/api/v1/check/echo/{}", begun["id"].as_str().expect("a number"));
    assert_eq!(
        company.ask(&anna, "GET", &path, Value::Null).await.problem().0,
        404,
        "somebody else's"
    );
    assert_eq!(company.ask(&anna, "DELETE", &path, Value::Null).await.problem().0, 404);
    let mut heard = guest(&company, &token, "GET", &path, Value::Null).await.json();
    while heard["packets"] != 50 {
        heard = guest(&company, &token, "GET", &path, Value::Null).await.json();
    }
    assert_eq!(
        (&heard["is_connected"], &heard["is_tone_heard"], &heard["lost"], &heard["way"]),
        (&json!(true), &json!(true), &json!(1), &json!("tcp"))
    );
    assert_eq!(guest(&company, &token, "DELETE", &path, Value::Null).await.json()["packets"], 50);

    // Two at a time.
    for _ in 0..2 {
        assert_eq!(company.ask(&anna, "POST", "/api/v1/check/echo", wanted.clone()).await.status, 201);
    }
    let third = company.ask(&anna, "POST", "/api/v1/check/echo", wanted.clone()).await;
    assert_eq!(third.problem(), (429, "too-soon".to_owned()));
    let long = json!({ "way": "udp", "offer": "x".repeat(40_000) });
    assert_eq!(company.ask(&anna, "POST", "/api/v1/check/echo", long).await.problem().0, 422);
}

#[tokio::test]
async fn bytes_go_there_and_back_up_to_a_megabyte() {
    let company = Company::new().await;
    let anna = company.sign_in("101").await;
    let got = company.ask(&anna, "GET", "/api/v1/check/bytes?size=1048576", Value::Null).await;
    assert_eq!((got.status.as_u16(), got.bytes.len()), (200, 1_048_576));
    assert!(
        got.bytes.iter().any(|byte| *byte != got.bytes[0]),
        "nothing that could be made smaller"
    );
    assert_eq!(
        company
            .ask(&anna, "GET", "/api/v1/check/bytes?size=1048577", Value::Null)
            .await
            .problem()
            .0,
        400
    );
    let sent = |bytes: usize| {
        let mut request = request(&anna, "POST", "/api/v1/check/bytes", &Value::Null);
        *request.body_mut() = Body::from(vec![7; bytes]);
        request
    };
    assert_eq!(company.send(sent(1_048_576)).await.json()["bytes"], 1_048_576);
    assert_eq!(company.send(sent(1_048_577)).await.problem().0, 413);
}

#[tokio::test]
async fn results_are_judged_kept_and_seen_by_their_owner_and_administrators_alone() {
    let company = Company::new().await;
    let (token, _) = link(&company, json!({ "label": "Mrs Home" })).await;
    let (other, _) = link(&company, json!({ "label": "Somebody else" })).await;
    let (anna, admin) = (company.sign_in("101").await, company.sign_in("admin").await);
    let judged = guest(&company, &token, "POST", "/api/v1/check/results?language=de", found(true)).await;
    assert_eq!(judged.status, 201, "{}", judged.text);
    let judged = judged.json();
    assert_eq!((&judged["verdict"], &judged["findings"]), (&json!("good"), &json!([])));
    assert!(judged["headline"].as_str().is_some_and(|text| text.starts_with("Alles in Ordnung")));
    assert_eq!(judged["who"], json!({ "extension": null, "name": "Mrs Home", "label": "Mrs Home" }));
    let id = judged["id"].as_str().expect("a key");
    assert_eq!(judged["link"], format!("/admin/doctor/checks/{id}"));
    let path = format!("/api/v1/check/results/{id}");
    for (answer, status) in [
        (guest(&company, &token, "GET", &path, Value::Null).await, 200),
        (guest(&company, &other, "GET", &path, Value::Null).await, 404),
        (company.ask(&anna, "GET", &path, Value::Null).await, 404),
        (company.ask(&admin, "GET", &path, Value::Null).await, 200),
    ] {
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let seen = company.ask(&admin, "GET", &path, Value::Null).await.json();
    assert_eq!((&seen["check"]["ways"], &seen["at"]), (&found(true)["ways"], &judged["at"]));

    // By the one port alone: not as good, and still no trouble.
    let detour = company.ask(&anna, "POST", "/api/v1/check/results", found(false)).await.json();
    assert_eq!(detour["verdict"], "fair");
    assert_eq!(detour["who"], json!({ "extension": "101", "name": "Anna", "label": null }));
    let nothing = company.ask(&anna, "POST", "/api/v1/check/results", json!({})).await.json();
    assert_eq!(nothing["verdict"], "unknown");
}

#[tokio::test]
async fn a_test_as_somebody_counts_for_them_and_stands_in_the_audit_log() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let (token, _) = link(&company, json!({ "label": "Help desk", "extension": "102" })).await;
    for _ in 0..2 {
        let page = guest(&company, &token, "GET", GUEST_PAGE, Value::Null).await.json();
        assert_eq!(page["extension"], "102");
    }
    let judged = guest(&company, &token, "POST", "/api/v1/check/results", found(true)).await.json();
    assert_eq!(judged["who"], json!({ "extension": "102", "name": "Ben", "label": "Help desk" }));
    // It is the help desk's: Ben has not run it.
    let ben = company.sign_in("102").await;
    let path = format!("/api/v1/check/results/{}", judged["id"].as_str().expect("a key"));
    assert_eq!(company.ask(&ben, "GET", &path, Value::Null).await.problem().0, 404);

    let log = company.ask(&admin, "GET", "/api/v1/audit", Value::Null).await.json();
    let lines: Vec<&Value> = log["entries"].as_array().expect("lines").iter().collect();
    let actions: Vec<&str> = lines.iter().filter_map(|line| line["action"].as_str()).take(3).collect();
    assert_eq!(
        actions,
        ["check_link.used", "check_link.opened", "check_link.added"],
        "opened once: {log}"
    );
    assert_eq!(lines[0]["details"]["extension"], "102");
    assert_eq!(lines[2]["details"]["as_extension"], "102");
    assert!(!log.to_string().contains(&token), "no line has the token");
    let nobody = json!({ "label": "x", "extension": "999" });
    assert_eq!(company.ask(&admin, "POST", "/api/v1/check/links", nobody).await.problem().0, 422);
}

#[tokio::test]
async fn a_link_that_was_ended_or_is_guessed_opens_nothing_and_guessing_is_slowed_down() {
    let company = Company::new().await;
    let (token, id) = link(&company, json!({ "label": "Mrs Home" })).await;
    let admin = company.sign_in("admin").await;
    let links = company.ask(&admin, "GET", "/api/v1/check/links", Value::Null).await;
    assert!(!links.text.contains(&token), "it is shown once");
    assert_eq!(links.json()["links"][0]["used_at"], Value::Null);
    assert_eq!(guest(&company, &token, "GET", GUEST_PAGE, Value::Null).await.status, 200);
    let path = format!("/api/v1/check/links/{id}");
    assert_eq!(company.ask(&admin, "DELETE", &path, Value::Null).await.status, 204);
    let over = guest(&company, &token, "GET", GUEST_PAGE, Value::Null).await;
    assert_eq!(over.problem(), (401, "no-such-link".to_owned()));
    // Anna's session does not help: a guest is nobody else.
    let anna = company.sign_in("101").await;
    let both = with_token(&token, request(&anna, "GET", GUEST_PAGE, &Value::Null));
    assert_eq!(company.send(both).await.problem().1, "no-such-link");

    let guess = || with_token(&"0".repeat(32), request("", "GET", GUEST_PAGE, &Value::Null));
    for _ in 0..10 {
        let answer = company.send(from("203.0.113.9:1", guess())).await;
        assert_eq!(answer.problem().1, "no-such-link");
    }
    assert_eq!(company.send(from("203.0.113.9:1", guess())).await.problem().1, "too-soon");
    assert_eq!(company.send(from("203.0.113.10:1", guess())).await.problem().1, "no-such-link");
}

#[tokio::test]
async fn pages_of_other_sites_get_nothing_by_a_link() {
    let company = Company::new().await;
    let (token, _) = link(&company, json!({ "label": "Mrs Home" })).await;
    for (origin, status) in [(OWN_PAGE, 200), (ALLOWED_PAGE, 200), ("https://evil.example.com", 403)] {
        let mut request = with_token(&token, request("", "GET", GUEST_PAGE, &Value::Null));
        request.headers_mut().insert("origin", origin.parse().expect("a header"));
        assert_eq!(request.headers()["host"], HOST);
        assert_eq!(company.send(request).await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn results_have_bounds_and_come_five_a_minute() {
    let company = Company::new().await;
    let anna = company.sign_in("101").await;
    let mut long = found(true);
    long["browser"]["name"] = json!("x".repeat(201));
    let refused = company.ask(&anna, "POST", "/api/v1/check/results", long).await;
    assert_eq!(refused.problem().0, 422);
    assert_eq!(refused.json()["errors"][0]["field"], "browser.name");
    let mut large = found(true);
    large["browser"]["system"] = json!("x".repeat(70_000));
    assert_eq!(company.ask(&anna, "POST", "/api/v1/check/results", large).await.problem().0, 400);
    for _ in 0..4 {
        assert_eq!(company.ask(&anna, "POST", "/api/v1/check/results", found(true)).await.status, 201);
    }
    let sixth = company.ask(&anna, "POST", "/api/v1/check/results", found(true)).await;
    assert_eq!(sixth.problem(), (429, "too-soon".to_owned()));
    let ben = company.sign_in("102").await;
    assert_eq!(company.ask(&ben, "POST", "/api/v1/check/results", found(true)).await.status, 201);
}

#[tokio::test]
async fn a_hundred_links_are_enough() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    for _ in 0..100 {
        let made = company.ask(&admin, "POST", "/api/v1/check/links", json!({ "label": "One" })).await;
        assert_eq!(made.status, 201);
    }
    let one_more = company.ask(&admin, "POST", "/api/v1/check/links", json!({ "label": "One" })).await;
    assert_eq!(one_more.problem(), (409, "too-many".to_owned()));
}
