//! Trunks, numbers, routes and permissions: what administrators change, and what a call would come to.

use std::time::{Duration, Instant};

use model::{CallId, TrunkId, UserId};
use serde_json::{Value, json};
use switchboard::core::{LiveEvent, Suspicion};
use switchboard::trunks::{LineId, LineReport, LineState, Server, Trouble};

use super::company::{Answer, Company};
use super::events::{Served, next};

const TRUNKS: &str = "/api/v1/trunks";
const SECRET: &str = "hunter2-hunter2";

/// The company with an administrator's token.
struct Scene {
    company: Company,
    admin: String,
}

impl Scene {
    async fn new() -> Self {
        let company = Company::new().await;
        let admin = company.sign_in("admin").await;
        Self { company, admin }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Answer {
        self.company.ask(&self.admin, method, path, body).await
    }

    async fn works(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(method, path, body).await;
        assert!(answer.status.is_success(), "{method} {path}: {}", answer.text);
        answer.json()
    }

    /// A trunk with two accounts.
    async fn trunk(&self, name: &str) -> u64 {
        let new = json!({ "name": name, "host": "sip.example.com", "transport": "tls", "outgoing": "digits", "number": "+4989123450", "accounts": [
            { "user": "4989123450", "password": SECRET, "expires_seconds": 600 },
            { "user": "4989123451", "auth_user": "customer", "password": "other", "realm": "example.com" },
        ] });
        self.works("POST", TRUNKS, new).await["id"].as_u64().expect("a key")
    }

    async fn in_munich(&self) {
        self.works("PUT", "/api/v1/number-plan", munich()).await;
    }

    fn line(&self, trunk: u64, account: u16, state: LineState, trouble: Option<Trouble>) {
        let line = LineId {
            trunk: TrunkId(trunk),
            account,
        };
        let seen_as = Some("198.51.100.7:5060".parse().expect("an address"));
        let report = LineReport { state, trouble, seen_as };
        self.company.live.publish(LiveEvent::Line { line, report });
    }
}

fn munich() -> Value {
    json!({ "country": "de", "area": "89", "outside": "0", "emergency_trunk_id": null, "time_zone": "Europe/Berlin",
            "limits": { "calls_per_minute_max": 10, "costly_calls_max": 5, "costly_minutes_per_day_max": 300 } })
}

fn up() -> LineState {
    LineState::Up {
        server: Server {
            transport: sip::Transport::Tls,
            address: "192.0.2.1:5061".parse().expect("an address"),
            name: "sip.example.com".to_owned(),
        },
        since: Instant::now(),
    }
}

/// The fields that a problem names.
fn fields(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{}", answer.text);
    let errors = answer.json()["errors"].as_array().expect("errors").clone();
    errors
        .iter()
        .map(|error| error["field"].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
async fn a_trunk_is_added_shown_changed_and_removed_and_its_password_never_told() {
    let scene = Scene::new().await;
    let id = scene.trunk("Example Telecom").await;
    assert_eq!(scene.company.directories_told(), 1, "the switchboard has it");
    let directory = scene.company.directories.lock().expect("no panic").last().cloned().expect("one");
    assert_eq!(directory.trunks[0].accounts[0].password, SECRET);
    let path = format!("{TRUNKS}/{id}");
    let shown = scene.ask("GET", &path, Value::Null).await;
    assert!(!shown.text.contains(SECRET) && !shown.text.contains("password"), "{}", shown.text);
    let shown = shown.json();
    for (field, expected) in [
        ("enabled", json!(true)),
        ("domain", json!("sip.example.com")),
        ("incoming", json!("digits")),
        ("ping_seconds", json!(60)),
        ("srtp", json!("preferred")),
        ("forwarded", json!("own")),
        ("trust", json!({ "kind": "public" })),
        ("port", json!(null)),
    ] {
        assert_eq!(shown[field], expected, "{field}");
    }
    let changed = json!({ "port": 5071, "number": null, "srtp": "mandatory", "networks": ["192.0.2.0/24"], "forwarded": "original_with_diversion",
                          "accounts": [{ "user": "4989123450" }], "trust": { "kind": "pinned", "sha256": "AB:".repeat(31) + "AB" } });
    let changed = scene.works("PATCH", &path, changed).await;
    assert_eq!((&changed["port"], &changed["number"]), (&json!(5071), &json!(null)));
    assert_eq!(changed["trust"]["sha256"], "ab".repeat(32));
    assert_eq!(changed["forwarded"], "original_with_diversion");
    assert_eq!(changed["name"], "Example Telecom");
    let stored = scene.company.store.trunk(TrunkId(id)).await.expect("there");
    assert_eq!(stored.terms.accounts.len(), 1);
    assert_eq!(
        stored.terms.accounts[0].password, SECRET,
        "an account keeps its password unless another is given"
    );
    assert_eq!(scene.ask("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(scene.ask("GET", &path, Value::Null).await.problem().0, 404);
    assert_eq!(scene.company.directories_told(), 3);
}

#[tokio::test]
async fn a_trunk_has_the_providers_own_stun_server_until_it_is_taken_away() {
    let scene = Scene::new().await;
    let new = json!({ "name": "Example Telecom", "host": "sip.example.com", "stun": " STUN.example.com:3479 " });
    let added = scene.works("POST", TRUNKS, new).await;
    assert_eq!(added["stun"], "stun.example.com:3479");
    let path = format!("{TRUNKS}/{}", added["id"]);
    let renamed = scene.works("PATCH", &path, json!({ "name": "Example" })).await;
    assert_eq!(renamed["stun"], "stun.example.com:3479");
    // Nobody is asked in this company.
    assert_eq!(
        renamed["stun_in_force"],
        json!({ "server": null, "own": false, "state": "unused", "public": null, "round_trip_ms": null, "code": "not_needed",
                "text": "None of our addresses is behind a router, so no STUN server is asked." })
    );
    let directory = scene.company.directories.lock().expect("no panic").last().cloned().expect("one");
    assert_eq!(
        directory.trunks[0].stun.as_ref().map(ToString::to_string).as_deref(),
        Some("stun.example.com:3479")
    );
    assert_eq!(scene.works("PATCH", &path, json!({ "stun": null })).await["stun"], Value::Null);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_trunk_is_told_at_once() {
    let scene = Scene::new().await;
    let new = json!({
        "name": " ", "host": "sip:example.com", "port": 0, "from_address": "here", "stun": "stun:x", "domain": "a b", "ping_seconds": 5, "networks": ["192.0.2.0/40"],
        "outgoing": "loud", "incoming": "plus", "number": "089123", "trust": { "kind": "authority", "pem": "nothing" }, "accounts": [
            { "user": "x\r\nVia: y", "password": "p", "expires_seconds": 1 },
            { "user": "101" },
            { "user": "101", "password": "p", "realm": "" },
        ],
    });
    let answer = scene.ask("POST", TRUNKS, new).await;
    let expected = [
        "name",
        "host",
        "port",
        "from_address",
        "stun",
        "trust",
        "domain",
        "ping_seconds",
        "networks",
        "outgoing",
        "number",
        "accounts[0].user",
        "accounts[0].expires_seconds",
        "accounts[1].password",
        "accounts[2].user",
        "accounts[2].realm",
    ];
    assert_eq!(fields(&answer), expected);
    let answer = scene.ask("POST", TRUNKS, json!({ "name": "x" })).await;
    assert_eq!(answer.problem().0, 400, "a trunk has a host");
    scene.trunk("Twice").await;
    let answer = scene.ask("POST", TRUNKS, json!({ "name": "Twice", "host": "192.0.2.1" })).await;
    assert_eq!(answer.problem(), (409, "taken".to_owned()));
    assert_eq!(answer.json()["errors"][0]["field"], "name");
}

#[tokio::test]
async fn a_trunk_shows_how_its_lines_are() {
    let scene = Scene::new().await;
    let id = scene.trunk("Example Telecom").await;
    let lines = async || {
        let shown = scene.works("GET", &format!("{TRUNKS}/{id}"), Value::Null).await;
        shown["lines"].as_array().expect("lines").clone()
    };
    assert_eq!(
        lines().await.iter().map(|line| &line["state"]).collect::<Vec<_>>(),
        ["starting", "starting"]
    );
    scene.line(id, 0, up(), None);
    let refused = Trouble::WrongPassword {
        status: 403,
        reason: "Forbidden".to_owned(),
    };
    let later = Instant::now() + Duration::from_secs(60);
    scene.line(id, 1, LineState::Waiting { until: later }, Some(refused));
    let now = lines().await;
    assert_eq!((&now[0]["state"], &now[0]["account"]), (&json!("up"), &json!("4989123450")));
    assert_eq!(
        now[0]["server"],
        json!({ "transport": "tls", "address": "192.0.2.1:5061", "name": "sip.example.com" })
    );
    assert!(now[0]["since"].is_string() && now[0]["retry_at"].is_null());
    assert_eq!(
        (&now[1]["state"], &now[1]["seen_as"]),
        (&json!("waiting"), &json!("198.51.100.7:5060"))
    );
    assert_eq!(
        now[1]["trouble"],
        json!({ "code": "wrong-password", "text": "the provider refuses user name or password (403 Forbidden)" })
    );
    assert!(now[1]["retry_at"].is_string());
    let metrics = scene.ask("GET", "/metrics", Value::Null).await.text;
    for figure in [
        "farend_trunks_up 1\n",
        "farend_trunk_lines{kind=\"up\"} 1\n",
        "farend_trunk_lines{kind=\"waiting\"} 1\n",
    ] {
        assert!(metrics.contains(figure), "{figure} in {metrics}");
    }
    let line = LineId {
        trunk: TrunkId(id),
        account: 0,
    };
    scene.company.live.publish(LiveEvent::LineClosed { line });
    assert_eq!(lines().await[0]["state"], "starting");
    let off = scene.works("PATCH", &format!("{TRUNKS}/{id}"), json!({ "enabled": false })).await;
    assert_eq!(off["lines"], json!([]));
}

#[tokio::test]
async fn what_is_known_about_providers_is_told_with_its_sources() {
    let scene = Scene::new().await;
    let told = scene.works("GET", "/api/v1/trunk-profiles", Value::Null).await;
    assert_eq!(told["mistakes"], json!([]));
    let profiles = told["profiles"].as_array().expect("profiles");
    let telnyx = profiles.iter().find(|profile| profile["id"] == "telnyx").expect("there");
    assert_eq!((&telnyx["host"], &telnyx["tls_port"]), (&json!("sip.telnyx.com"), &json!(5061)));
    assert_eq!(telnyx["sources"]["host"]["date"], "2026-10");
    assert_eq!(telnyx["realm"], json!(null), "nobody knows it");
}

#[tokio::test]
async fn routes_are_added_changed_ordered_and_removed() {
    let scene = Scene::new().await;
    let trunk = scene.trunk("Example Telecom").await;
    let all = scene
        .works("POST", "/api/v1/routes", json!({ "name": "all", "trunks": [trunk] }))
        .await;
    assert_eq!(
        all["classes"],
        json!(["free", "local", "national", "mobile", "international", "premium"])
    );
    let new = json!({ "name": "home", "prefix": "+49", "classes": ["national"], "cost": 3, "trunks": [trunk] });
    let home = scene.works("POST", "/api/v1/routes", new).await;
    assert_eq!((&home["prefix"], &home["cost"]), (&json!("49"), &json!(3)));
    let order = json!({ "ids": [home["id"], all["id"]] });
    let ordered = scene.works("PUT", "/api/v1/routes/order", order).await;
    assert_eq!(ordered["routes"][0]["name"], "home");
    let answer = scene.ask("PUT", "/api/v1/routes/order", json!({ "ids": [home["id"]] })).await;
    assert_eq!(fields(&answer), ["ids"]);
    let path = format!("/api/v1/routes/{}", home["id"]);
    let wrong = json!({ "name": "", "prefix": "0049", "classes": ["cheap"], "trunks": [trunk, trunk] });
    assert_eq!(
        fields(&scene.ask("PATCH", &path, wrong).await),
        ["name", "prefix", "classes", "trunks"]
    );
    let answer = scene.ask("PATCH", &path, json!({ "trunks": [4711] })).await;
    assert_eq!(fields(&answer), ["trunks"]);
    let changed = scene.works("PATCH", &path, json!({ "cost": 9 })).await;
    assert_eq!((&changed["cost"], &changed["name"]), (&json!(9), &json!("home")));
    assert_eq!(scene.ask("DELETE", &path, Value::Null).await.status, 204);
    let left = scene.works("GET", "/api/v1/routes", Value::Null).await;
    assert_eq!(left["routes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn numbers_are_added_once_and_removed() {
    let scene = Scene::new().await;
    let trunk = scene.trunk("Example Telecom").await;
    let block = json!({ "block": "+49 89 12345 (100-199)", "target": "extension", "trunk_id": trunk });
    let added = scene.works("POST", "/api/v1/numbers", block).await;
    assert_eq!(added["block"], "+498912345(100-199)");
    let across = json!({ "block": "+498912345(150-249)", "target": "*43" });
    let answer = scene.ask("POST", "/api/v1/numbers", across.clone()).await;
    assert_eq!(answer.problem(), (409, "overlap".to_owned()));
    assert!(answer.text.contains("+498912345(100-199)"), "{}", answer.text);
    let exception = json!({ "block": "+498912345150", "target": "*43" });
    scene.works("POST", "/api/v1/numbers", exception.clone()).await;
    let answer = scene.ask("POST", "/api/v1/numbers", exception).await;
    assert_eq!(answer.problem(), (409, "overlap".to_owned()));
    assert!(answer.text.contains("+498912345150"), "{}", answer.text);
    let wrong = json!({ "block": "089", "target": "the kitchen" });
    assert_eq!(fields(&scene.ask("POST", "/api/v1/numbers", wrong).await), ["block", "target"]);
    let nobody = json!({ "block": "+4930123456", "target": "101", "trunk_id": 4711 });
    assert_eq!(fields(&scene.ask("POST", "/api/v1/numbers", nobody).await), ["trunk_id"]);
    let path = format!("/api/v1/numbers/{}", added["id"]);
    assert_eq!(scene.ask("DELETE", &path, Value::Null).await.status, 204);
    let left = scene.works("GET", "/api/v1/numbers", Value::Null).await;
    assert_eq!(left["numbers"][0]["target"], "*43");
}

#[tokio::test]
async fn the_number_plan_is_checked_before_it_counts() {
    let scene = Scene::new().await;
    let before = scene.works("GET", "/api/v1/number-plan", Value::Null).await;
    assert_eq!(
        (&before["country"], &before["limits"]["costly_calls_max"]),
        (&json!(null), &json!(5))
    );
    let with = |field: &str, value: Value| {
        let mut plan = munich();
        plan[field] = value;
        plan
    };
    for (field, value) in [
        ("country", json!("Atlantis")),
        ("area", json!("089")),
        ("outside", json!("*9")),
        ("emergency_trunk_id", json!(4711)),
        ("time_zone", json!("Europe/Atlantis")),
    ] {
        let answer = scene.ask("PUT", "/api/v1/number-plan", with(field, value)).await;
        assert_eq!(fields(&answer), [field], "{}", answer.text);
    }
    assert_eq!(scene.company.directories_told(), 0);
    scene.in_munich().await;
    assert_eq!(scene.works("GET", "/api/v1/number-plan", Value::Null).await["country"], "DE");

    let new = json!({ "login": "dora", "name": "Dora", "extension": "112", "role": "user", "password": "correct horse" });
    let answer = scene.ask("POST", "/api/v1/users", new).await;
    assert_eq!(fields(&answer), ["extension"]);
    assert!(answer.text.contains("emergency number"), "{}", answer.text);
    let anna = format!("/api/v1/users/{}", scene.company.user("anna").await);
    assert_eq!(
        fields(&scene.ask("PATCH", &anna, json!({ "extension": "110" })).await),
        ["extension"]
    );
    // In Britain 101 is no emergency number, but 999 is.
    scene.works("PATCH", &anna, json!({ "extension": "999" })).await;
    let answer = scene.ask("PUT", "/api/v1/number-plan", with("country", json!("GB"))).await;
    assert_eq!(fields(&answer), ["country"], "{}", answer.text);
}

#[tokio::test]
async fn what_somebody_may_call_is_decided_by_administrators() {
    let scene = Scene::new().await;
    let user = scene.company.user("anna").await;
    let path = format!("/api/v1/users/{user}/calling");
    let usual = scene.works("GET", &path, Value::Null).await;
    assert_eq!(usual["classes"], json!(["free", "local", "national", "mobile"]));
    let decided = json!({ "classes": ["national", "international"], "number": "+4989123451", "hidden": true, "location": "Main Street 1",
                          "windows": [{ "days": ["monday", "sunday"], "from": "08:00", "to": "24:00" }], "profile_id": null });
    assert_eq!(scene.works("PUT", &path, decided.clone()).await, decided);
    assert_eq!(scene.works("GET", &path, Value::Null).await, decided);
    let wrong = json!({ "classes": ["cheap"], "number": "089", "hidden": false, "location": "a\nb",
                        "windows": [{ "days": [], "from": "8:00", "to": "24:01" }] });
    let answer = scene.ask("PUT", &path, wrong).await;
    let expected = [
        "classes",
        "windows[0].days",
        "windows[0].from",
        "windows[0].to",
        "number",
        "location",
    ];
    assert_eq!(fields(&answer), expected);
    assert_eq!(scene.ask("GET", "/api/v1/users/4711/calling", Value::Null).await.problem().0, 404);
}

#[tokio::test]
async fn what_a_number_comes_to_is_explained_as_a_call_would_take_it() {
    let scene = Scene::new().await;
    scene.in_munich().await;
    let trunk = scene.trunk("Example Telecom").await;
    scene
        .works("POST", "/api/v1/routes", json!({ "name": "all", "trunks": [trunk] }))
        .await;
    let explain = async |dialled: &str, at: Option<&str>| {
        let question = json!({ "extension": "101", "dialled": dialled, "at": at });
        scene.works("POST", "/api/v1/number-plan/explain", question).await
    };
    let world = explain("0 030 123456", None).await;
    assert_eq!(
        (&world["class"], &world["means"]["number"]),
        (&json!("national"), &json!("+4930123456"))
    );
    assert_eq!(
        world["leads"],
        json!({
            "kind": "outside",
            "text": "no trunk that leads there is connected to its provider now",
            "ways": [{
                "trunk_id": trunk, "trunk": "Example Telecom", "route": "all", "number": "4930123456", "display": "", "up": false,
                "from": "sip:4989123450@sip.example.com",
                "headers": [{ "name": "P-Asserted-Identity", "value": "<sip:4989123450@sip.example.com>" }],
            }],
        })
    );
    scene.line(trunk, 1, up(), None);
    let world = explain("0030123456", None).await;
    assert_eq!(world["leads"]["text"], "goes out by Example Telecom as 4930123456");
    assert_eq!(world["leads"]["ways"][0]["up"], true);
    assert_eq!(explain("112", None).await["leads"]["ways"][0]["number"], "112");
    let inside = explain("102", None).await;
    assert_eq!(
        (&inside["leads"]["kind"], &inside["means"]["kind"]),
        (&json!("person"), &json!("internal"))
    );
    assert_eq!(
        explain("*43", None).await["leads"],
        json!({ "kind": "feature", "text": "Echo test" })
    );
    let abroad = explain("0 0043 1 234567", None).await["leads"].clone();
    let denied = json!({ "kind": "nowhere", "code": "not_permitted", "values": { "class": "international" },
                         "text": "international numbers may not be called from this extension" });
    assert_eq!(abroad, denied);

    let path = format!("/api/v1/users/{}/calling", scene.company.user("anna").await);
    let office = json!({ "classes": ["national"], "number": null, "hidden": false, "location": null,
                         "windows": [{ "days": ["thursday"], "from": "08:00", "to": "18:00" }] });
    scene.works("PUT", &path, office).await;
    // Half past seven in Greenwich is half past eight in Munich.
    let open = explain("0030123456", Some("2026-11-26T07:30:00Z")).await;
    assert_eq!(open["leads"]["kind"], "outside");
    let closed = explain("0030123456", Some("2026-11-26T06:30:00Z")).await;
    assert_eq!(closed["leads"]["text"], "such numbers may not be called at this time");
    assert_eq!(
        (&closed["leads"]["code"], &closed["leads"]["values"]),
        (&json!("not_at_this_time"), &json!({ "class": "national" }))
    );

    for (question, field) in [
        (json!({ "extension": "199", "dialled": "102" }), "extension"),
        (json!({ "extension": "101", "dialled": "1".repeat(65) }), "dialled"),
        (json!({ "extension": "101", "dialled": "102", "at": "soon" }), "at"),
    ] {
        assert_eq!(fields(&scene.ask("POST", "/api/v1/number-plan/explain", question).await), [field]);
    }
}

#[tokio::test]
async fn every_reason_why_a_call_is_not_put_through_has_its_code() {
    let scene = Scene::new().await;
    let code = async |dialled: &str| {
        let question = json!({ "extension": "101", "dialled": dialled });
        let explained = scene.works("POST", "/api/v1/number-plan/explain", question).await;
        let (code, values) = (explained["leads"]["code"].clone(), explained["leads"]["values"].clone());
        (code.as_str().unwrap_or_default().to_owned(), values)
    };
    let none = json!({});
    assert_eq!(
        code("030123456").await,
        ("no_such_number".to_owned(), none.clone()),
        "there is no number plan"
    );
    let of_class = |class: &str| json!({ "class": class });
    for (country, dialled, expected, values) in [
        ("DE", "garage", "not_a_number", none.clone()),
        ("DE", "*99", "no_such_code", none.clone()),
        ("DE", "199", "too_short", none.clone()),
        ("DE", "0891234567890123", "too_long", none.clone()),
        ("DE", "123456", "area_missing", none.clone()),
        ("FR", "42685300", "prefix_missing", none),
        ("DE", "09001234567", "not_permitted", of_class("premium")),
        ("DE", "030123456", "no_route", of_class("national")),
    ] {
        let site = json!({ "country": country, "limits": munich()["limits"] });
        scene.works("PUT", "/api/v1/number-plan", site).await;
        assert_eq!(code(dialled).await, (expected.to_owned(), values), "{dialled}");
    }
}

#[tokio::test]
async fn administrators_hear_of_trunks_of_fraud_and_of_calls_for_help_and_nobody_else_does() {
    let served = Served::new().await;
    let company = &served.company;
    let mut admin = served.watch(&company.sign_in("admin").await).await;
    let mut anna = served.watch(&company.sign_in("101").await).await;
    for socket in [&mut admin, &mut anna] {
        next(socket).await;
    }
    let line = LineId {
        trunk: TrunkId(7),
        account: 0,
    };
    company.live.publish(LiveEvent::LineClosed { line });
    let (user, suspicion) = (UserId(company.user("anna").await), Suspicion::TooManyCalls);
    company.live.publish(LiveEvent::Suspected { user, suspicion });
    company.live.publish(LiveEvent::EmergencyCalled {
        call: CallId(3),
        user: Some(user),
        name: Some("Anna".to_owned()),
        extension: Some("101".to_owned()),
        dialled: "112",
        location: None,
        trunk: Some("Example Telecom".to_owned()),
    });
    company.live.publish_directory(&company.store).await.expect("published");
    assert_eq!(next(&mut admin).await, json!({ "type": "trunk_changed", "trunk_id": 7 }));
    let fraud = json!({ "type": "fraud_suspected", "user_id": user.0, "text": "stopped: too many calls to the world in a minute" });
    assert_eq!(next(&mut admin).await, fraud);
    let help = json!({ "type": "emergency_call", "user": user.0, "name": "Anna", "extension": "101", "dialled": "112", "location": null,
                       "trunk": "Example Telecom", "call": company.run.call(CallId(3)) });
    assert_eq!(next(&mut admin).await, help);
    assert_eq!(next(&mut anna).await, json!({ "type": "directory_changed" }));
}
