//! Phones that are shared, teams, and the log of who has changed what.

use serde_json::{Value, json};

use super::company::{Company, OWN_PAGE, PASSWORD, request};

#[tokio::test]
async fn owners_change_how_a_phone_rings_and_administrators_everything() {
    let company = Company::new().await;
    let (token, admin, anna) = (
        company.sign_in("101").await,
        company.sign_in("admin").await,
        company.user("anna").await,
    );
    let own = format!("/api/v1/devices/{}", company.device("101-desk").await);
    let wanted = json!({ "label": "At home", "rings": "after", "rings_after_s": 15 });
    let changed = company.ask(&token, "PATCH", &own, wanted).await.json();
    assert_eq!(
        (&changed["label"], &changed["rings"], &changed["rings_after_s"]),
        (&json!("At home"), &json!("after"), &json!(15))
    );
    let changed = company.ask(&token, "PATCH", &own, json!({ "rings": "when_answered" })).await.json();
    assert_eq!((&changed["label"], &changed["rings"]), (&json!("At home"), &json!("when_answered")));
    for (path, body, problem) in [
        (&own, json!({ "shared": { "open_to": "everybody" } }), (403, "not-permitted")),
        (&own, json!({ "user_id": null }), (403, "not-permitted")),
        (&own, json!({ "rings_after_s": 301 }), (422, "invalid")),
        (
            &format!("/api/v1/devices/{}", company.device("102-desk").await),
            json!({ "rings": "never" }),
            (404, "not-found"),
        ),
        (
            &format!("/api/v1/devices/{}", company.device("desk-1").await),
            json!({ "rings": "never" }),
            (404, "not-found"),
        ),
    ] {
        let answer = company.ask(&token, "PATCH", path, body).await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()), "{path}");
    }

    let shared = json!({ "user_id": null, "shared": { "open_to": "people", "people": [anna] } });
    let changed = company.ask(&admin, "PATCH", &own, shared).await.json();
    assert_eq!(
        (&changed["user_id"], &changed["shared"]),
        (&Value::Null, &json!({ "open_to": "people", "people": [anna] }))
    );
    assert_eq!(changed["seat"], json!({ "user_id": null, "mobile_user_id": null }));
    let browser = format!("/api/v1/devices/{}", company.device("101-web").await);
    let answer = company.ask(&admin, "PATCH", &browser, json!({ "user_id": null })).await;
    assert_eq!(answer.problem(), (422, "invalid".to_owned()));
    let new = json!({ "user_id": null, "kind": "desk_phone", "label": "Hall", "sip_user": "hall", "shared": { "open_to": "everybody" } });
    let added = company.ask(&admin, "POST", "/api/v1/devices", new).await;
    assert_eq!(added.status, 201);
    assert_eq!(added.json()["device"]["shared"], json!({ "open_to": "everybody", "people": [] }));
}

#[tokio::test]
async fn teams_are_added_changed_and_removed() {
    let company = Company::new().await;
    let (token, admin) = (company.sign_in("101").await, company.sign_in("admin").await);
    let (anna, shared) = (company.user("anna").await, company.device("desk-1").await);
    let day = json!([{ "days": ["monday", "friday"], "from": "08:00", "to": "18:00" }]);
    let new = json!({
        "name": "Support", "extension": "210", "has_line": true, "order": "in_turn", "turn_s": 15, "busy_when": "first",
        "members": [{ "user_id": anna, "device_id": null, "rings": true }, { "user_id": null, "device_id": shared, "rings": false }],
        "overflow": { "after_s": 30, "number": "102" }, "night": { "day": day, "profile_id": null, "number": "103" },
    });
    let answer = company.ask(&admin, "POST", "/api/v1/teams", new.clone()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let mut expected = new;
    expected["id"] = answer.json()["id"].clone();
    assert_eq!(answer.json(), expected);
    let shown = company.ask(&token, "GET", "/api/v1/teams", Value::Null).await.json();
    assert_eq!(shown["teams"][1], expected, "everybody may read");
    assert_eq!(shown["teams"][0]["name"], "Sales");

    let path = format!("/api/v1/teams/{}", expected["id"]);
    let changed = company
        .ask(&admin, "PATCH", &path, json!({ "order": "all", "night": null, "members": [] }))
        .await
        .json();
    assert_eq!(
        (&changed["order"], &changed["night"], &changed["members"]),
        (&json!("all"), &Value::Null, &json!([]))
    );
    assert_eq!(
        (&changed["overflow"], &changed["name"]),
        (&expected["overflow"], &json!("Support")),
        "what is absent stays"
    );
    let directory = company.directories.lock().expect("no panic").last().cloned().expect("one");
    assert_eq!(directory.teams.len(), 2);
    assert_eq!(company.ask(&admin, "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(
        company.ask(&admin, "PATCH", &path, json!({})).await.problem(),
        (404, "not-found".to_owned())
    );
}

#[tokio::test]
async fn a_team_that_cannot_be_is_refused_with_words() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let anna = company.user("anna").await;
    let member = json!({ "user_id": anna, "device_id": null, "rings": true });
    for (field, value, problem) in [
        ("extension", json!("101"), (409, "taken")),
        ("extension", json!("200"), (409, "taken")),
        ("extension", json!("sales"), (422, "invalid")),
        ("turn_s", json!(2), (422, "invalid")),
        (
            "members",
            json!([{ "user_id": 4711, "device_id": null, "rings": true }]),
            (422, "invalid"),
        ),
        (
            "members",
            json!([{ "user_id": null, "device_id": null, "rings": true }]),
            (422, "invalid"),
        ),
        ("members", json!([member, member]), (422, "invalid")),
        ("overflow", json!({ "after_s": 301, "number": "102" }), (422, "invalid")),
        ("night", json!({ "day": [], "number": "102" }), (422, "invalid")),
    ] {
        let mut new = json!({ "name": "Support", "extension": "210" });
        new[field] = value.clone();
        let answer = company.ask(&admin, "POST", "/api/v1/teams", new).await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()), "{field} {value}");
        let named = answer.json()["errors"][0]["field"].as_str().expect("a field").to_owned();
        assert!(named.starts_with(field), "{named}");
    }
    // The other way round.
    let path = format!("/api/v1/users/{anna}");
    let answer = company.ask(&admin, "PATCH", &path, json!({ "extension": "200" })).await;
    assert_eq!(answer.problem(), (409, "taken".to_owned()));
}

#[tokio::test]
async fn every_change_by_rest_says_who_has_made_it() {
    let company = Company::new().await;
    let (admin, by) = (company.sign_in("admin").await, company.user("admin").await);
    let seen = async || company.store.audit(None, 1).await.expect("the log")[0].id;
    let seeded = seen().await;
    let (anna, desk) = (company.user("anna").await, company.device("101-desk").await);
    let add = async |path: &str, body| {
        let answer = company.ask(&admin, "POST", path, body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    };
    let change = async |method: &str, path: String, body| {
        let answer = company.ask(&admin, method, &path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
    };
    let dora = json!({ "login": "dora", "name": "Dora", "extension": "104", "role": "user", "password": PASSWORD });
    add("/api/v1/users", dora).await;
    change("PATCH", format!("/api/v1/users/{anna}"), json!({ "name": "Anna Abel" })).await;
    change("PUT", format!("/api/v1/users/{anna}/pin"), json!({ "pin": "4826" })).await;
    let ringing = json!({ "while_busy": "busy", "mobile": null });
    change("PUT", format!("/api/v1/users/{anna}/ringing"), ringing).await;
    let calling = json!({ "classes": ["free"], "windows": [], "number": null, "hidden": false, "location": null });
    change("PUT", format!("/api/v1/users/{anna}/calling"), calling).await;
    change("PATCH", format!("/api/v1/devices/{desk}"), json!({ "rings": "never" })).await;
    change("POST", format!("/api/v1/devices/{desk}/secret"), Value::Null).await;
    change("DELETE", format!("/api/v1/devices/{desk}"), Value::Null).await;
    let trunk = add("/api/v1/trunks", json!({ "name": "Example Telecom", "host": "sip.example.com" })).await["id"].clone();
    let route = add("/api/v1/routes", json!({ "name": "World", "trunks": [trunk] })).await["id"].clone();
    change("PUT", "/api/v1/routes/order".to_owned(), json!({ "ids": [route] })).await;
    change("DELETE", format!("/api/v1/routes/{route}"), Value::Null).await;
    change("DELETE", format!("/api/v1/trunks/{trunk}"), Value::Null).await;
    let team = add("/api/v1/teams", json!({ "name": "Support", "extension": "210" })).await["id"].clone();
    change("DELETE", format!("/api/v1/teams/{team}"), Value::Null).await;
    change("DELETE", format!("/api/v1/users/{anna}"), Value::Null).await;

    let log = company.ask(&admin, "GET", "/api/v1/audit?limit=500", Value::Null).await.json();
    let entries: Vec<Value> = log["entries"].as_array().expect("entries").clone();
    let mine: Vec<&Value> = entries.iter().filter(|entry| entry["id"].as_u64() > Some(seeded)).collect();
    for entry in &mine {
        assert_eq!(
            (&entry["by_user_id"], &entry["by_name"], &entry["via"]),
            (&json!(by), &json!("Administrator"), &json!("api")),
            "{entry}"
        );
    }
    let actions: Vec<&str> = mine.iter().rev().map(|entry| entry["action"].as_str().expect("text")).collect();
    let expected = [
        "user.added",
        "user.changed",
        "user.pin_set",
        "user.ringing_changed",
        "user.calling_changed",
        "device.changed",
        "device.secret_changed",
        "device.removed",
        "trunk.added",
        "route.added",
        "routes.ordered",
        "route.removed",
        "trunk.removed",
        "team.added",
        "team.removed",
        "user.removed",
    ];
    assert_eq!(actions, expected);
    assert_eq!(
        mine[mine.len() - 2]["details"],
        json!({ "name": { "from": "Anna", "to": "Anna Abel" } })
    );
    assert!(!log.to_string().contains("4826") && !log.to_string().contains("horse"));
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_knows_the_app() {
    let company = Company::new().await;
    let (admin, anna) = (company.sign_in("admin").await, company.sign_in("101").await);
    let mut by_cookie = request("", "DELETE", "/api/v1/me/pin", &Value::Null);
    let headers = by_cookie.headers_mut();
    headers.insert("cookie", format!("farend_session={anna}").parse().expect("a value"));
    headers.insert("origin", OWN_PAGE.parse().expect("a value"));
    assert_eq!(company.send(by_cookie).await.status, 204);
    let page = async |query: String| {
        company
            .ask(&admin, "GET", &format!("/api/v1/audit?{query}"), Value::Null)
            .await
            .json()
    };
    let first = page("limit=1".to_owned()).await;
    let entry = &first["entries"][0];
    assert_eq!(
        (&entry["by_name"], &entry["via"], &entry["action"], &entry["subject"]),
        (&json!("Anna"), &json!("app"), &json!("user.pin_removed"), &json!("Anna (101)"))
    );
    let (mut told, mut next) = (1, first["next"].clone());
    while let Some(before) = next.as_u64() {
        let older = page(format!("limit=3&before={before}")).await;
        let entries = older["entries"].as_array().expect("entries").clone();
        assert!(entries.iter().all(|entry| entry["id"].as_u64() < Some(before)));
        told += entries.len();
        next = older["next"].clone();
    }
    let all = page("limit=500".to_owned()).await;
    assert_eq!((all["entries"].as_array().map(Vec::len), &all["next"]), (Some(told), &Value::Null));
    let answer = company.ask(&admin, "GET", "/api/v1/audit?limit=501", Value::Null).await;
    assert_eq!(answer.problem(), (422, "invalid".to_owned()));
}
