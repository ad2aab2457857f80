//! What becomes of calls, when offices work, rooms, pick-up groups, parking, and what is dialled for which feature.

use std::sync::Arc;

use serde_json::{Value, json};
use switchboard::directory::Directory;

use super::company::Company;

impl Company {
    /// The directory that the switchboard was given last.
    pub(super) fn directory(&self) -> Arc<Directory> {
        self.directories.lock().expect("no panic").last().cloned().expect("one")
    }
}

fn forward() -> Value {
    json!({
        "is_on": true, "when": "always", "after_s": null, "from": "anybody", "numbers": [], "during": null, "to": "102",
    })
}

fn reaching(forward: &Value) -> Value {
    json!({ "forwards": [forward], "do_not_disturb": { "is_on": false, "except": [] }, "rejects_anonymous": false })
}

async fn in_germany(company: &Company, admin: &str) {
    let mut plan = company.ask(admin, "GET", "/api/v1/number-plan", Value::Null).await.json();
    plan["country"] = json!("DE");
    plan["area"] = json!("30");
    let answer = company.ask(admin, "PUT", "/api/v1/number-plan", plan).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn people_decide_what_becomes_of_calls_to_them() {
    let company = Company::new().await;
    let (token, admin) = (company.sign_in("101").await, company.sign_in("admin").await);
    let nothing = json!({ "forwards": [], "do_not_disturb": { "is_on": false, "except": [] }, "rejects_anonymous": false });
    assert_eq!(company.ask(&token, "GET", "/api/v1/me/reaching", Value::Null).await.json(), nothing);
    in_germany(&company, &admin).await;
    let hours = company.ask(&token, "GET", "/api/v1/time-profiles", Value::Null).await.json()["time_profiles"][0]["id"].clone();
    let during = json!({ "profile_id": hours, "is_open": false });
    let wanted = json!({
        "forwards": [
            { "is_on": true, "when": "no_answer", "after_s": 20, "from": "these", "numbers": ["102", "030 123456"], "during": null, "to": "0170 1234567" },
            { "is_on": false, "when": "busy", "after_s": null, "from": "outside", "numbers": [], "during": during, "to": "200" },
        ],
        "do_not_disturb": { "is_on": true, "except": ["0049 30 123457"] }, "rejects_anonymous": true,
    });
    let answer = company.ask(&token, "PUT", "/api/v1/me/reaching", wanted.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut kept = wanted;
    kept["forwards"][0]["numbers"] = json!(["102", "+4930123456"]);
    kept["do_not_disturb"]["except"] = json!(["+4930123457"]);
    assert_eq!(answer.json(), kept, "callers are kept as the switchboard knows them");
    let path = format!("/api/v1/users/{}/reaching", company.user("anna").await);
    assert_eq!(company.ask(&admin, "GET", &path, Value::Null).await.json(), kept);
    let directory = company.directory();
    assert!(
        directory
            .users
            .iter()
            .any(|user| user.reaching.forwards.len() == 2 && user.reaching.rejects_anonymous)
    );

    let used = company
        .ask(&admin, "DELETE", &format!("/api/v1/time-profiles/{hours}"), Value::Null)
        .await;
    assert_eq!(used.problem(), (409, "in-use".to_owned()));
    assert_eq!(company.ask(&admin, "PUT", &path, nothing.clone()).await.json(), nothing);
    let unused = company
        .ask(&admin, "DELETE", &format!("/api/v1/time-profiles/{hours}"), Value::Null)
        .await;
    assert_eq!(unused.status, 204);
    let nobody = company.ask(&admin, "PUT", "/api/v1/users/4711/reaching", nothing).await;
    assert_eq!(nobody.problem(), (404, "not-found".to_owned()));
}

#[tokio::test]
async fn a_rule_that_makes_no_sense_is_refused_with_words() {
    let company = Company::new().await;
    let (token, admin) = (company.sign_in("101").await, company.sign_in("admin").await);
    in_germany(&company, &admin).await;
    for (part, value, named) in [
        ("to", json!("nobody's"), "forwards[0].to"),
        ("to", json!("112"), "forwards[0].to"),
        ("when", json!("no_answer"), "forwards[0].after_s"),
        ("from", json!("these"), "forwards[0].numbers"),
        ("during", json!({ "profile_id": 4711, "is_open": true }), "forwards"),
    ] {
        let mut wrong = forward();
        wrong[part] = value.clone();
        let answer = company.ask(&token, "PUT", "/api/v1/me/reaching", reaching(&wrong)).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{part} {value}");
        assert_eq!(answer.json()["errors"][0]["field"], named, "{part} {value}");
    }
    for (after_s, status) in [(301, 422), (300, 200)] {
        let mut late = forward();
        (late["when"], late["after_s"]) = (json!("no_answer"), json!(after_s));
        let answer = company.ask(&token, "PUT", "/api/v1/me/reaching", reaching(&late)).await;
        assert_eq!(answer.status, status);
    }
    let mut strangers = forward();
    (strangers["from"], strangers["numbers"]) = (json!("these"), json!(["102", "110", "*43"]));
    let answer = company.ask(&token, "PUT", "/api/v1/me/reaching", reaching(&strangers)).await;
    let fields: Vec<_> = answer.json()["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| error["field"].clone())
        .collect();
    assert_eq!(fields, ["forwards[0].numbers[1]", "forwards[0].numbers[2]"]);
    for (count, status) in [(20, 200), (21, 422)] {
        let mut many = reaching(&forward());
        many["forwards"] = json!(vec![forward(); count]);
        assert_eq!(
            company.ask(&token, "PUT", "/api/v1/me/reaching", many).await.status,
            status,
            "{count}"
        );
    }
}

#[tokio::test]
async fn what_would_happen_to_a_call_is_told() {
    let company = Company::new().await;
    let (token, admin) = (company.sign_in("101").await, company.sign_in("admin").await);
    let own = "/api/v1/me/reaching/simulate";
    let ask = async |token: &str, path: &str, body: Value| company.ask(token, "POST", path, body).await;
    let steps = |answer: Value| answer["steps"].as_array().cloned().expect("steps");
    let now = json!({ "from": "103", "at": null, "reaching": null });
    let first = steps(ask(&token, own, now.clone()).await.json())[0].clone();
    assert_eq!((&first["code"], &first["values"]["number"]), (&json!("rings"), &json!("101")));

    // As if Anna had decided something, and as Ben has.
    let as_if = json!({ "from": null, "at": "2026-11-26T09:30:00+01:00", "reaching": reaching(&forward()) });
    let story = steps(ask(&token, own, as_if).await.json());
    assert_eq!(
        (&story[0]["code"], &story[0]["values"]["to"]),
        (&json!("forwarded_always"), &json!("102"))
    );
    assert_eq!((&story[1]["code"], &story[1]["values"]["number"]), (&json!("rings"), &json!("102")));
    let nothing = company.ask(&token, "GET", "/api/v1/me/reaching", Value::Null).await.json();
    assert_eq!(nothing["forwards"], json!([]), "it was only asked");
    let bens = format!("/api/v1/users/{}/reaching", company.user("ben").await);
    let quiet = json!({ "forwards": [], "do_not_disturb": { "is_on": true, "except": [] }, "rejects_anonymous": false });
    assert_eq!(company.ask(&admin, "PUT", &bens, quiet).await.status, 200);
    let story = steps(ask(&admin, &format!("{bens}/simulate"), now.clone()).await.json());
    assert_eq!(
        (&story[0]["code"], &story[0]["values"]["status"]),
        (&json!("refused"), &json!("480"))
    );
    // What Ben has decided is not for Anna, whatever she asks as if she had decided.
    let as_if = json!({ "from": "103", "at": null, "reaching": reaching(&forward()) });
    let story = steps(ask(&token, own, as_if).await.json());
    assert_eq!((&story[1]["code"], &story[1]["values"]["number"]), (&json!("rings"), &json!("102")));

    let nobody = ask(&admin, "/api/v1/users/4711/reaching/simulate", now).await;
    assert_eq!(nobody.problem(), (404, "not-found".to_owned()));
    for (field, value) in [("from", json!("")), ("at", json!("yesterday"))] {
        let mut wrong = json!({ "from": "103", "at": null, "reaching": null });
        wrong[field] = value;
        assert_eq!(ask(&token, own, wrong).await.problem(), (422, "invalid".to_owned()), "{field}");
    }
}

#[tokio::test]
async fn a_room_tells_its_pin_to_whom_it_concerns() {
    let company = Company::new().await;
    let (anna_token, ben_token, admin) = (
        company.sign_in("101").await,
        company.sign_in("102").await,
        company.sign_in("admin").await,
    );
    let anna = company.user("anna").await;
    let new = json!({ "name": "Board", "extension": "810", "pin": "4826", "host_ids": [anna], "waits_for_host": true, "members_max": 5 });
    let answer = company.ask(&admin, "POST", "/api/v1/rooms", new).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let room = answer.json();
    let path = format!("/api/v1/rooms/{}", room["id"]);
    assert_eq!((&room["pin"], &room["has_tones"]), (&json!("4826"), &json!(true)));
    for (token, pin) in [(&anna_token, json!("4826")), (&ben_token, Value::Null), (&admin, json!("4826"))] {
        let rooms = company.ask(token, "GET", "/api/v1/rooms", Value::Null).await.json();
        assert_eq!((&rooms["rooms"][0]["extension"], &rooms["rooms"][1]["pin"]), (&json!("800"), &pin));
    }
    assert_eq!(company.directory().rooms.len(), 2);
    let changed = company
        .ask(&admin, "PATCH", &path, json!({ "name": "Big room", "pin": null }))
        .await
        .json();
    assert_eq!(
        (&changed["name"], &changed["pin"], &changed["members_max"]),
        (&json!("Big room"), &Value::Null, &json!(5))
    );
    for (field, value, problem) in [
        ("extension", json!("101"), (409, "taken")),
        ("extension", json!("200"), (409, "taken")),
        ("extension", json!("800"), (409, "taken")),
        ("extension", json!("room"), (422, "invalid")),
        ("pin", json!("1234"), (422, "invalid")),
        ("members_max", json!(1), (422, "invalid")),
        ("members_max", json!(65), (422, "invalid")),
        ("host_ids", json!([4711]), (422, "invalid")),
    ] {
        let answer = company.ask(&admin, "PATCH", &path, json!({ field: value })).await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()), "{field} {value}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{field} {value}");
    }
    assert_eq!(company.ask(&admin, "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(company.ask(&admin, "DELETE", &path, Value::Null).await.problem().0, 404);
}

#[tokio::test]
async fn groups_parking_and_time_profiles_are_the_administrators() {
    let company = Company::new().await;
    let (token, admin) = (company.sign_in("101").await, company.sign_in("admin").await);
    let (anna, ben) = (company.user("anna").await, company.user("ben").await);
    let added = company
        .ask(
            &admin,
            "POST",
            "/api/v1/pick-up-groups",
            json!({ "name": "Hall", "member_ids": [ben, anna] }),
        )
        .await
        .json();
    assert_eq!(added["member_ids"], json!([anna, ben]));
    let path = format!("/api/v1/pick-up-groups/{}", added["id"]);
    let changed = company.ask(&admin, "PATCH", &path, json!({ "member_ids": [ben] })).await.json();
    assert_eq!((&changed["name"], &changed["member_ids"]), (&json!("Hall"), &json!([ben])));
    let unknown = company.ask(&admin, "PATCH", &path, json!({ "member_ids": [4711] })).await;
    assert_eq!(unknown.problem(), (422, "invalid".to_owned()));
    let shown = company.ask(&token, "GET", "/api/v1/pick-up-groups", Value::Null).await.json();
    assert_eq!(
        (&shown["pick_up_groups"][0]["name"], &shown["pick_up_groups"][1]),
        (&json!("Office"), &changed)
    );
    assert_eq!(company.ask(&admin, "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(company.directory().pick_up_groups.len(), 1);

    let usual = json!({ "slots": 9, "rings_back_after_s": 90 });
    assert_eq!(company.ask(&token, "GET", "/api/v1/parking", Value::Null).await.json(), usual);
    let fewer = json!({ "slots": 2, "rings_back_after_s": 30 });
    assert_eq!(company.ask(&admin, "PUT", "/api/v1/parking", fewer.clone()).await.json(), fewer);
    assert_eq!(company.directory().parking.slots, 2);
    let wrong = company
        .ask(&admin, "PUT", "/api/v1/parking", json!({ "slots": 10, "rings_back_after_s": 9 }))
        .await;
    assert_eq!(wrong.json()["errors"].as_array().map(Vec::len), Some(2));

    let night = json!([{ "days": ["sunday"], "from": "22:00", "to": "06:00" }]);
    let new = json!({ "name": "Night", "windows": night, "region": "fr", "closed_days": ["2026-12-24", "2026-05-02", "2026-12-24"] });
    let added = company.ask(&admin, "POST", "/api/v1/time-profiles", new).await.json();
    assert_eq!(
        (&added["windows"], &added["region"], &added["closed_days"]),
        (&night, &json!("FR"), &json!(["2026-05-02", "2026-12-24"]))
    );
    let path = format!("/api/v1/time-profiles/{}", added["id"]);
    let changed = company.ask(&admin, "PATCH", &path, json!({ "region": null })).await.json();
    assert_eq!((&changed["region"], &changed["closed_days"]), (&Value::Null, &added["closed_days"]));
    for (field, value, named) in [
        ("region", json!("Bavaria"), "region"),
        ("region", json!("ZZ"), "region"),
        ("closed_days", json!(["24.12."]), "closed_days"),
        (
            "windows",
            json!([{ "days": [], "from": "08:00", "to": "18:00" }]),
            "windows[0].days",
        ),
    ] {
        let answer = company.ask(&admin, "PATCH", &path, json!({ field: value })).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{field}");
        assert_eq!(answer.json()["errors"][0]["field"], named);
    }
    assert_eq!(company.directory().time_profiles.len(), 2);
}

#[tokio::test]
async fn holidays_are_told_where_they_are_known() {
    let company = Company::new().await;
    let token = company.sign_in("101").await;
    let regions = company.ask(&token, "GET", "/api/v1/holidays/regions", Value::Null).await.json();
    let regions = regions["regions"].as_array().expect("regions");
    let bavaria = regions.iter().find(|region| region["region"] == "DE-BY").expect("known");
    assert!(bavaria["name"].as_str().is_some_and(|name| name.starts_with("Bayern")), "{bavaria}");
    let holidays = company
        .ask(&token, "GET", "/api/v1/holidays?region=DE-BY&year=2026", Value::Null)
        .await
        .json();
    let dates: Vec<_> = holidays["holidays"]
        .as_array()
        .expect("holidays")
        .iter()
        .map(|day| day["date"].clone())
        .collect();
    assert_eq!((&dates[0], &dates[1]), (&json!("2026-01-01"), &json!("2026-01-06")));
    for (query, problem) in [
        ("region=ZZ&year=2026", (404, "not-found")),
        ("region=DE-BY&year=1969", (422, "invalid")),
        ("region=DE-BY", (400, "invalid")),
    ] {
        let answer = company.ask(&token, "GET", &format!("/api/v1/holidays?{query}"), Value::Null).await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn a_feature_gets_another_code_unless_something_else_is_dialled_so() {
    let company = Company::new().await;
    let (token, admin) = (company.sign_in("101").await, company.sign_in("admin").await);
    in_germany(&company, &admin).await;
    let shown = company.ask(&token, "GET", "/api/v1/features", Value::Null).await.json();
    assert_eq!(shown["features"].as_array().map(Vec::len), Some(19));
    let echo = json!({ "name": "echo_test", "code": "*43", "usual_code": "*43", "takes": "nothing" });
    assert_eq!(shown["features"][0], echo);
    let put = async |name: &str, code: &str| {
        let path = format!("/api/v1/features/{name}");
        company.ask(&admin, "PUT", &path, json!({ "code": code })).await
    };
    assert_eq!(put("echo_test", "*99").await.json()["code"], "*99");
    assert!(company.directory().features.iter().any(|(code, _)| code == "*99"));
    let me = company.ask(&token, "GET", "/api/v1/me", Value::Null).await.text;
    assert!(me.contains("*99"), "it is told wherever codes are told: {me}");
    for (name, code, by) in [
        ("echo_test", "*44", "Music on hold"),
        ("echo_test", "800", "Meeting room"),
        ("echo_test", "110", "emergency"),
        ("echo_test", "*703", "Park"),
        ("park", "*31", "*31*"),
        ("park", "*6", "begins with *6"),
    ] {
        let answer = put(name, code).await;
        assert_eq!(answer.problem(), (409, "taken".to_owned()), "{name} {code}");
        let (why, field) = (
            answer.json()["errors"][0]["message"].to_string(),
            answer.json()["errors"][0]["field"].clone(),
        );
        assert!(why.contains(by) && field == "code", "{name} {code}: {why}");
    }
    for (name, code) in [("park", "99"), ("echo_test", "*"), ("echo_test", "echo")] {
        assert_eq!(put(name, code).await.problem(), (422, "invalid".to_owned()), "{name} {code}");
    }
    assert_eq!(put("nothing", "*99").await.problem(), (404, "not-found".to_owned()));

    assert_eq!(put("music", "*43").await.status, 200, "free now");
    let path = "/api/v1/features/echo_test";
    let taken = company.ask(&admin, "DELETE", path, Value::Null).await;
    assert_eq!(taken.problem(), (409, "taken".to_owned()));
    assert_eq!(
        company.ask(&admin, "DELETE", "/api/v1/features/music", Value::Null).await.status,
        204
    );
    assert_eq!(company.ask(&admin, "DELETE", path, Value::Null).await.status, 204);
    let shown = company.ask(&token, "GET", "/api/v1/features", Value::Null).await.json();
    assert_eq!(shown["features"][0], echo);
}

#[tokio::test]
async fn what_is_decided_stands_in_the_log_without_a_pin() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let seeded = company.store.audit(None, 1).await.expect("the log")[0].id;
    let (anna, new) = (
        company.user("anna").await,
        json!({ "name": "Board", "extension": "810", "pin": "4826" }),
    );
    for (method, path, body) in [
        ("POST", "rooms".to_owned(), new),
        ("POST", "pick-up-groups".to_owned(), json!({ "name": "Hall" })),
        ("PUT", "parking".to_owned(), json!({ "slots": 3, "rings_back_after_s": 60 })),
        ("POST", "time-profiles".to_owned(), json!({ "name": "Night", "windows": [] })),
        ("PUT", "features/music".to_owned(), json!({ "code": "*99" })),
        ("PUT", format!("users/{anna}/reaching"), reaching(&forward())),
    ] {
        for _again in 0..2 {
            let answer = company.ask(&admin, method, &format!("/api/v1/{path}"), body.clone()).await;
            assert!(answer.status.is_success(), "{path}: {}", answer.text);
            if method == "POST" {
                break;
            }
        }
    }
    let log = company.ask(&admin, "GET", "/api/v1/audit?limit=50", Value::Null).await.json();
    let entries = log["entries"].as_array().expect("entries").iter();
    let told: Vec<_> = entries.filter(|entry| entry["id"].as_u64() > Some(seeded)).collect();
    let actions: Vec<_> = told.iter().rev().map(|entry| entry["action"].clone()).collect();
    let expected = [
        "room.added",
        "pick_up_group.added",
        "parking.changed",
        "time_profile.added",
        "feature.changed",
        "user.reaching_changed",
    ];
    assert_eq!(actions, expected, "each once: what changes nothing is no change");
    assert_eq!(told[1]["details"], json!({ "code": { "from": "*44", "to": "*99" } }));
    assert!(!log.to_string().contains("4826"));
}
