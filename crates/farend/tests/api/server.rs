//! The server itself: health, figures, headers, the web app.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::company::{Company, from, request};

#[tokio::test]
async fn healthz_says_when_the_server_is_about_to_go() {
    let company = Company::new().await;
    let answer = company.ask("", "GET", "/healthz", Value::Null).await;
    assert_eq!((answer.status, answer.json()["status"].clone()), (StatusCode::OK, json!("ok")));
    company.live.drain();
    let answer = company.ask("", "GET", "/healthz", Value::Null).await;
    assert_eq!(
        (answer.status, answer.json()["status"].clone()),
        (StatusCode::SERVICE_UNAVAILABLE, json!("draining"))
    );
}

#[tokio::test]
async fn a_server_that_cannot_make_calls_says_so() {
    let company = Company::new().await;
    company.live.fail();
    let answer = company.ask("", "GET", "/healthz", Value::Null).await;
    assert_eq!(
        (answer.status, answer.json()["status"].clone()),
        (StatusCode::SERVICE_UNAVAILABLE, json!("failing"))
    );
}

#[tokio::test]
async fn figures_are_for_this_machine_and_for_administrators() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let local = |address: &str| from(address, request("", "GET", "/metrics", &Value::Null));
    for address in ["127.0.0.1:4711", "[::1]:4711", "[::ffff:127.0.0.1]:4711"] {
        assert_eq!(company.send(local(address)).await.status, StatusCode::OK, "{address}");
    }
    assert_eq!(company.send(local("192.0.2.7:4711")).await.status, StatusCode::UNAUTHORIZED);
    let mut proxied = local("127.0.0.1:4711");
    proxied
        .headers_mut()
        .insert("x-forwarded-for", "192.0.2.7".parse().expect("a value"));
    assert_eq!(
        company.send(proxied).await.status,
        StatusCode::UNAUTHORIZED,
        "a proxy on this machine speaks for others"
    );

    for method in ["BREW", "PROPFIND"] {
        company.ask("", method, "/api/v1/session", Value::Null).await;
    }
    let figures = company.ask(&admin, "GET", "/metrics", Value::Null).await.text;
    for line in [
        "farend_sign_ins_total{result=\"Accepted\"} 1",
        "farend_http_requests_total{method=\"GET\",route=\"/metrics\",status=\"200\"} 3",
        "farend_http_requests_total{method=\"other\",route=\"/api/v1/session\",status=\"405\"} 2",
        "farend_calls 0",
        "# EOF",
    ] {
        assert!(figures.lines().any(|l| l == line), "{line} is not in\n{figures}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_browsers() {
    let company = Company::new().await;
    for path in ["/", "/api/v1/me", "/api/v1/nowhere", "/healthz", "/assets/missing.js"] {
        let headers = company.ask("", "GET", path, Value::Null).await.headers;
        assert!(
            headers["content-security-policy"]
                .to_str()
                .expect("text")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["strict-transport-security"], "max-age=15552000", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    }
    assert_eq!(
        company.ask("", "GET", "/api/v1/me", Value::Null).await.headers["cache-control"],
        "no-store"
    );
}

#[tokio::test]
async fn the_page_serves_the_apps_own_routes_but_not_missing_files() {
    let company = Company::new().await;
    let page = company.ask("", "GET", "/", Value::Null).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers["cache-control"], "no-cache");
    assert_eq!(company.ask("", "GET", "/settings/devices", Value::Null).await.text, page.text);
    for missing in ["/assets/missing-4711.js", "/robots.txt", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
        assert_eq!(
            company.ask("", "GET", missing, Value::Null).await.status,
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
    let unknown = company.ask("", "GET", "/api/v1/nowhere", Value::Null).await;
    assert_eq!(unknown.problem(), (404, "not-found".to_owned()));
    assert_eq!(
        company.ask("", "POST", "/", Value::Null).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );

    let mut again = request("", "GET", "/", &Value::Null);
    again.headers_mut().insert("if-none-match", page.headers["etag"].clone());
    assert_eq!(company.send(again).await.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let company = Company::new().await;
    let answer = company
        .ask(
            "",
            "POST",
            "/api/v1/session",
            json!({ "name": "101", "password": "x".repeat(100_000) }),
        )
        .await;
    assert_eq!(answer.problem(), (400, "invalid".to_owned()));
}

#[tokio::test]
async fn the_description_is_served_as_it_is_kept() {
    let company = Company::new().await;
    let answer = company.ask("", "GET", "/openapi.json", Value::Null).await;
    assert_eq!(answer.text, farend::api::openapi_json());
}
