//! Deny by default: every route of the description is tried by strangers, users and administrators.

use serde_json::{Value, json};

use super::company::Company;

/// Who may use a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum For {
    Everybody,
    SignedIn,
    Administrators,
}

/// Every route. One that is missing here fails the test: think about who may use it.
const ROUTES: &[(&str, &str, For)] = &[
    ("POST", "/api/v1/session", For::Everybody),
    ("DELETE", "/api/v1/session", For::Everybody),
    ("GET", "/healthz", For::Everybody),
    ("GET", "/openapi.json", For::Everybody),
    ("GET", "/api/v1/session", For::SignedIn),
    ("GET", "/api/v1/me", For::SignedIn),
    ("PUT", "/api/v1/me/password", For::SignedIn),
    ("PUT", "/api/v1/me/pin", For::SignedIn),
    ("DELETE", "/api/v1/me/pin", For::SignedIn),
    ("GET", "/api/v1/me/ringing", For::SignedIn),
    ("PUT", "/api/v1/me/ringing", For::SignedIn),
    ("GET", "/api/v1/me/place", For::SignedIn),
    ("POST", "/api/v1/me/place/cancel-mobility", For::SignedIn),
    ("POST", "/api/v1/me/place/log-off", For::SignedIn),
    ("GET", "/api/v1/me/conferences", For::SignedIn),
    ("GET", "/api/v1/me/live-calls", For::SignedIn),
    ("POST", "/api/v1/me/live-calls", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/answer", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/decline", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/hold", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/resume", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/digits", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/transfer", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/move", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/take", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/hang-up", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/connect", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/confer", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/invite", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/members/{leg}/mute", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/members/{leg}/hand", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/members/{leg}/remove", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/members/{leg}/admit", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/lock", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/park", For::SignedIn),
    ("POST", "/api/v1/me/parked/{slot}/take", For::SignedIn),
    ("POST", "/api/v1/me/pick-ups/{call}/answer", For::SignedIn),
    ("GET", "/api/v1/me/call-backs", For::SignedIn),
    ("POST", "/api/v1/me/call-backs", For::SignedIn),
    ("DELETE", "/api/v1/me/call-backs/{number}", For::SignedIn),
    ("GET", "/api/v1/me/reaching", For::SignedIn),
    ("PUT", "/api/v1/me/reaching", For::SignedIn),
    ("POST", "/api/v1/me/reaching/simulate", For::SignedIn),
    ("GET", "/api/v1/rooms", For::SignedIn),
    ("GET", "/api/v1/pick-up-groups", For::SignedIn),
    ("GET", "/api/v1/parking", For::SignedIn),
    ("GET", "/api/v1/time-profiles", For::SignedIn),
    ("GET", "/api/v1/holidays", For::SignedIn),
    ("GET", "/api/v1/holidays/regions", For::SignedIn),
    ("GET", "/api/v1/features", For::SignedIn),
    ("PATCH", "/api/v1/devices/{id}", For::SignedIn),
    ("GET", "/api/v1/teams", For::SignedIn),
    ("GET", "/api/v1/users", For::SignedIn),
    ("GET", "/api/v1/me/relay", For::SignedIn),
    ("GET", "/api/v1/users/{id}", For::SignedIn),
    ("GET", "/api/v1/devices", For::SignedIn),
    ("GET", "/api/v1/calls", For::SignedIn),
    ("GET", "/api/v1/recordings", For::SignedIn),
    ("DELETE", "/api/v1/recordings/{id}", For::SignedIn),
    ("GET", "/api/v1/recordings/{id}/audio", For::SignedIn),
    ("GET", "/api/v1/recordings/{id}/peaks", For::SignedIn),
    ("POST", "/api/v1/me/live-calls/{call}/record", For::SignedIn),
    ("GET", "/api/v1/events", For::SignedIn),
    ("GET", "/api/v1/check", For::SignedIn),
    ("POST", "/api/v1/check/echo", For::SignedIn),
    ("GET", "/api/v1/check/echo/{id}", For::SignedIn),
    ("DELETE", "/api/v1/check/echo/{id}", For::SignedIn),
    ("GET", "/api/v1/check/bytes", For::SignedIn),
    ("POST", "/api/v1/check/bytes", For::SignedIn),
    ("GET", "/api/v1/check/ws", For::SignedIn),
    ("POST", "/api/v1/check/results", For::SignedIn),
    ("GET", "/api/v1/check/results/{id}", For::SignedIn),
    ("GET", "/api/v1/check/links", For::Administrators),
    ("POST", "/api/v1/check/links", For::Administrators),
    ("DELETE", "/api/v1/check/links/{id}", For::Administrators),
    ("POST", "/api/v1/users", For::Administrators),
    ("GET", "/api/v1/doctor", For::Administrators),
    ("GET", "/api/v1/doctor/history", For::Administrators),
    ("POST", "/api/v1/doctor/retest", For::Administrators),
    ("GET", "/api/v1/doctor/rules", For::Administrators),
    ("GET", "/api/v1/doctor/networks", For::Administrators),
    ("GET", "/api/v1/doctor/evidence", For::Administrators),
    ("GET", "/api/v1/doctor/plan", For::Administrators),
    ("GET", "/api/v1/doctor/plan.svg", For::Administrators),
    ("GET", "/api/v1/doctor/plan.md", For::Administrators),
    ("PATCH", "/api/v1/users/{id}", For::Administrators),
    ("DELETE", "/api/v1/users/{id}", For::Administrators),
    ("POST", "/api/v1/devices", For::Administrators),
    ("DELETE", "/api/v1/devices/{id}", For::Administrators),
    ("POST", "/api/v1/devices/{id}/secret", For::Administrators),
    ("GET", "/api/v1/network", For::Administrators),
    ("POST", "/api/v1/network/probe", For::Administrators),
    ("GET", "/api/v1/trunks", For::Administrators),
    ("POST", "/api/v1/trunks", For::Administrators),
    ("GET", "/api/v1/trunks/{id}", For::Administrators),
    ("PATCH", "/api/v1/trunks/{id}", For::Administrators),
    ("DELETE", "/api/v1/trunks/{id}", For::Administrators),
    ("GET", "/api/v1/trunks/{id}/test", For::Administrators),
    ("POST", "/api/v1/trunks/{id}/test", For::Administrators),
    ("GET", "/api/v1/trunk-profiles", For::Administrators),
    ("GET", "/api/v1/routes", For::Administrators),
    ("POST", "/api/v1/routes", For::Administrators),
    ("PUT", "/api/v1/routes/order", For::Administrators),
    ("PATCH", "/api/v1/routes/{id}", For::Administrators),
    ("DELETE", "/api/v1/routes/{id}", For::Administrators),
    ("GET", "/api/v1/numbers", For::Administrators),
    ("POST", "/api/v1/numbers", For::Administrators),
    ("DELETE", "/api/v1/numbers/{id}", For::Administrators),
    ("GET", "/api/v1/number-plan", For::Administrators),
    ("PUT", "/api/v1/number-plan", For::Administrators),
    ("POST", "/api/v1/number-plan/explain", For::Administrators),
    ("GET", "/api/v1/users/{id}/calling", For::Administrators),
    ("PUT", "/api/v1/users/{id}/calling", For::Administrators),
    ("GET", "/api/v1/users/{id}/recording", For::Administrators),
    ("PUT", "/api/v1/users/{id}/recording", For::Administrators),
    ("GET", "/api/v1/recording-settings", For::Administrators),
    ("PUT", "/api/v1/recording-settings", For::Administrators),
    ("GET", "/api/v1/recordings/storage", For::Administrators),
    ("PUT", "/api/v1/users/{id}/pin", For::Administrators),
    ("DELETE", "/api/v1/users/{id}/pin", For::Administrators),
    ("GET", "/api/v1/users/{id}/ringing", For::Administrators),
    ("PUT", "/api/v1/users/{id}/ringing", For::Administrators),
    ("POST", "/api/v1/teams", For::Administrators),
    ("PATCH", "/api/v1/teams/{id}", For::Administrators),
    ("DELETE", "/api/v1/teams/{id}", For::Administrators),
    ("GET", "/api/v1/users/{id}/reaching", For::Administrators),
    ("PUT", "/api/v1/users/{id}/reaching", For::Administrators),
    ("POST", "/api/v1/users/{id}/reaching/simulate", For::Administrators),
    ("POST", "/api/v1/rooms", For::Administrators),
    ("PATCH", "/api/v1/rooms/{id}", For::Administrators),
    ("DELETE", "/api/v1/rooms/{id}", For::Administrators),
    ("GET", "/api/v1/announcements", For::Administrators),
    ("POST", "/api/v1/announcements", For::Administrators),
    ("PATCH", "/api/v1/announcements/{id}", For::Administrators),
    ("DELETE", "/api/v1/announcements/{id}", For::Administrators),
    ("GET", "/api/v1/announcements/{id}/audio", For::Administrators),
    ("PUT", "/api/v1/announcements/{id}/audio", For::Administrators),
    ("GET", "/api/v1/prompts", For::Administrators),
    ("PUT", "/api/v1/prompts/language", For::Administrators),
    ("GET", "/api/v1/prompts/{language}/{name}/audio", For::Administrators),
    ("PUT", "/api/v1/prompts/{language}/{name}/audio", For::Administrators),
    ("DELETE", "/api/v1/prompts/{language}/{name}/audio", For::Administrators),
    ("GET", "/api/v1/menus", For::Administrators),
    ("POST", "/api/v1/menus", For::Administrators),
    ("PATCH", "/api/v1/menus/{id}", For::Administrators),
    ("DELETE", "/api/v1/menus/{id}", For::Administrators),
    ("POST", "/api/v1/pick-up-groups", For::Administrators),
    ("PATCH", "/api/v1/pick-up-groups/{id}", For::Administrators),
    ("DELETE", "/api/v1/pick-up-groups/{id}", For::Administrators),
    ("PUT", "/api/v1/parking", For::Administrators),
    ("POST", "/api/v1/time-profiles", For::Administrators),
    ("PATCH", "/api/v1/time-profiles/{id}", For::Administrators),
    ("DELETE", "/api/v1/time-profiles/{id}", For::Administrators),
    ("PUT", "/api/v1/features/{name}", For::Administrators),
    ("DELETE", "/api/v1/features/{name}", For::Administrators),
    ("GET", "/api/v1/audit", For::Administrators),
    ("GET", "/metrics", For::Administrators),
];

/// Parts of paths, and what is not there.
pub(super) const NOTHING: [(&str, &str); 7] = [
    ("{language}", "nothing"),
    ("{id}", "4711"),
    ("{call}", "1-4711"),
    ("{leg}", "4711"),
    ("{slot}", "9"),
    ("{number}", "4711"),
    ("{name}", "nothing"),
];

#[tokio::test]
async fn every_described_route_is_denied_unless_listed_as_open() {
    let company = Company::new().await;
    for (method, path) in described() {
        let listed = ROUTES.iter().find(|(m, p, _)| (*m, *p) == (method.as_str(), path.as_str()));
        let (_, _, who) = listed.unwrap_or_else(|| panic!("{method} {path} is not listed: who may use it?"));
        // Anew for each: one of the routes signs out.
        let (user, administrator) = (company.sign_in("101").await, company.sign_in("admin").await);
        // Nothing has this key: nobody is harmed by those who may.
        let part = |path: String, (name, nothing)| path.replace(name, nothing);
        let path = NOTHING.into_iter().fold(path, part);
        let codes = [
            code(&company, "", &method, &path).await,
            code(&company, "0123456789abcdef", &method, &path).await,
            code(&company, &user, &method, &path).await,
            code(&company, &administrator, &method, &path).await,
        ];
        let denied = [
            codes[0] == "not-signed-in",
            codes[1] == "not-signed-in",
            codes[2] == "not-permitted",
            codes[3] == "not-permitted",
        ];
        let expected = match who {
            For::Everybody => [false; 4],
            For::SignedIn => [true, true, false, false],
            For::Administrators => [true, true, true, false],
        };
        assert_eq!(denied, expected, "{method} {path}: {codes:?}");
    }
}

#[test]
fn every_listed_route_is_described() {
    let described = described();
    for (method, path, _) in ROUTES {
        assert!(
            described.iter().any(|(m, p)| (m.as_str(), p.as_str()) == (*method, *path)),
            "{method} {path} is gone"
        );
    }
}

pub(super) fn described() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&farend::api::openapi_json()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let methods = |(path, item): (&String, &Value)| {
        let keys = item.as_object().expect("an item").keys();
        keys.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// The problem's code, or the status when there was none. The body is never right.
async fn code(company: &Company, token: &str, method: &str, path: &str) -> String {
    let body = if method == "GET" || method == "DELETE" {
        Value::Null
    } else {
        json!({ "nonsense": true })
    };
    let answer = company.ask(token, method, path, body).await;
    match answer.headers.get("content-type").and_then(|kind| kind.to_str().ok()) {
        Some("application/problem+json") => answer.problem().1,
        _ => answer.status.to_string(),
    }
}
