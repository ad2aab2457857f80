//! One number, several phones: live calls, PINs, ringing, where a number is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{CallId, DeviceId, TeamId, UserId};
use serde_json::{Value, json};
use switchboard::core::{Action, CallState, CallView, LineCall, LiveEvent, Objection, Party, Side};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::company::{Company, PASSWORD, PIN};
use super::events::{Served, next};

fn party(number: &str) -> Party {
    Party {
        user: None,
        device: None,
        number: number.to_owned(),
        name: String::new(),
    }
}

fn view(call: u64, state: CallState, devices: &[u64], begun: Instant) -> CallView {
    CallView {
        recording: switchboard::core::RecordingState::Off,
        call: CallId(call),
        side: Side::Called,
        state,
        devices: devices.iter().copied().map(DeviceId).collect(),
        other: party("+4930123456"),
        team: Some(TeamId(9)),
        begun,
        answered: None,
    }
}

fn told(company: &Company, user: u64, calls: &[CallView]) {
    company.live.publish(LiveEvent::Calls {
        user: UserId(user),
        calls: Arc::from(calls),
    });
}

#[tokio::test]
async fn what_is_wanted_of_a_call_reaches_the_switchboard() {
    let company = Company::new().await;
    let (token, anna) = (company.sign_in("101").await, UserId(company.user("anna").await));
    company.will_answer(Ok(Some(CallId(7))));
    let name = company.run.call(CallId(7));
    let (call, device) = (CallId(7), DeviceId(5));
    let new = json!({ "device_id": 5, "number": " 102 " });
    let answer = company.ask(&token, "POST", "/api/v1/me/live-calls", new).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (202, json!({ "call": name })));
    let number = "102".to_owned();
    assert_eq!(company.asked(), [(anna, Action::Dial { device, number })]);

    let at = json!({ "device_id": 5 });
    let (digits, number) = ("1#".to_owned(), "0301234".to_owned());
    for (what, body, expected) in [
        ("answer", at.clone(), Action::Answer { call, device }),
        ("decline", Value::Null, Action::Decline { call }),
        ("hold", Value::Null, Action::Hold { call }),
        ("resume", Value::Null, Action::Resume { call }),
        ("digits", json!({ "digits": "1#" }), Action::SendDigits { call, digits }),
        ("transfer", json!({ "number": "0301234" }), Action::Transfer { call, number }),
        ("move", at.clone(), Action::Move { call, to: device }),
        ("take", at, Action::TakeHeld { call, device }),
        ("hang-up", Value::Null, Action::HangUp { call }),
    ] {
        let answer = company
            .ask(&token, "POST", &format!("/api/v1/me/live-calls/{name}/{what}"), body)
            .await;
        assert_eq!((answer.status.as_u16(), company.asked()), (204, vec![(anna, expected)]), "{what}");
    }
    for (path, expected) in [("cancel-mobility", Action::CancelMobility), ("log-off", Action::LogOff)] {
        let answer = company.ask(&token, "POST", &format!("/api/v1/me/place/{path}"), Value::Null).await;
        assert_eq!((answer.status.as_u16(), company.asked()), (204, vec![(anna, expected)]));
    }
}

#[tokio::test]
async fn why_something_was_not_done_is_told() {
    let company = Company::new().await;
    let token = company.sign_in("101").await;
    let path = format!("/api/v1/me/live-calls/{}/hold", company.run.call(CallId(7)));
    for (objection, status, code) in [
        (Objection::NoSuchCall, 404, "not-found"),
        (Objection::NoSuchDevice, 404, "not-found"),
        (Objection::DeviceUnreachable, 409, "device-unreachable"),
        (Objection::NotNow, 409, "not-now"),
        (Objection::Refused("you may not call premium numbers"), 403, "refused"),
        (Objection::Busy, 503, "busy"),
    ] {
        company.will_answer(Err(objection));
        let answer = company.ask(&token, "POST", &path, Value::Null).await;
        assert_eq!(answer.problem(), (status, code.to_owned()));
        if code == "refused" {
            assert_eq!(answer.json()["detail"], "You may not call premium numbers.");
        }
    }
    company.asked();
    // Never asked: calls of other runs, and what makes no sense.
    let earlier = format!("/api/v1/me/live-calls/{}-7", company.run.number() - 1);
    for name in [&earlier, "/api/v1/me/live-calls/nonsense", "/api/v1/me/live-calls/1-+7"] {
        let answer = company.ask(&token, "POST", &format!("{name}/hold"), Value::Null).await;
        assert_eq!(answer.problem(), (404, "not-found".to_owned()), "{name}");
    }
    let call = path.trim_end_matches("hold");
    for (what, body) in [
        ("digits", json!({ "digits": "" })),
        ("digits", json!({ "digits": "12E" })),
        ("digits", json!({ "digits": "1".repeat(33) })),
        ("transfer", json!({ "number": "nobody's" })),
    ] {
        let answer = company.ask(&token, "POST", &format!("{call}{what}"), body).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()));
    }
    assert_eq!(company.asked(), []);
}

#[tokio::test]
async fn ones_own_calls_are_shown_with_the_time_on_the_wall() {
    let company = Company::new().await;
    let (token, anna) = (company.sign_in("101").await, company.user("anna").await);
    let desk = company.device("101-desk").await;
    let begun = Instant::now()
        .checked_sub(Duration::from_secs(60))
        .expect("the machine runs for a minute");
    told(&company, anna, &[view(7, CallState::Ringing, &[desk], begun)]);
    told(&company, company.user("ben").await, &[view(8, CallState::Talking, &[], begun)]);
    let own = async || company.ask(&token, "GET", "/api/v1/me/live-calls", Value::Null).await.json();
    let in_use = async || {
        let devices = company.ask(&token, "GET", "/api/v1/devices", Value::Null).await.json();
        let devices = devices["devices"].as_array().expect("devices").clone();
        devices.iter().find(|device| device["id"] == desk).expect("there")["in_use"].clone()
    };
    let shown = own().await;
    let begun_at = shown["calls"][0]["begun_at"].as_str().expect("a time").to_owned();
    let expected = json!({ "calls": [{
        "call": company.run.call(CallId(7)), "side": "called", "state": "ringing", "device_ids": [desk],
        "other": { "name": null, "number": "+4930123456", "user_id": null }, "team_id": 9, "begun_at": begun_at, "answered_at": null,
        "recording": { "state": "off", "is_by_rule": false, "may_end": false, "trouble": null },
    }]});
    assert_eq!(shown, expected);
    let age = OffsetDateTime::now_utc() - OffsetDateTime::parse(&begun_at, &Rfc3339).expect("a time");
    assert!((60..70).contains(&age.whole_seconds()), "{age}");
    assert_eq!(in_use().await, false, "it only rings");

    let talking = CallView {
        answered: Some(Instant::now()),
        ..view(7, CallState::Talking, &[desk], begun)
    };
    told(&company, anna, &[talking]);
    assert_eq!(own().await["calls"][0]["begun_at"], begun_at, "it did not begin at another time");
    assert_eq!(in_use().await, true);
    told(&company, anna, &[]);
    assert_eq!(own().await, json!({ "calls": [] }));
    let left: Vec<UserId> = company.live.picture().calls.into_keys().collect();
    assert_eq!(left, [UserId(company.user("ben").await)], "nothing empty is kept");
}

#[tokio::test]
async fn watchers_hear_of_their_calls_their_teams_and_of_seats() {
    let served = Served::new().await;
    let company = &served.company;
    let (anna, ben) = (company.user("anna").await, company.user("ben").await);
    let (sales, shared) = (company.store.teams().await.expect("teams")[0].id, company.device("desk-1").await);
    let seated = |user: Option<u64>, mobile: Option<u64>| LiveEvent::Seated {
        device: DeviceId(shared),
        user: user.map(UserId),
        mobile: mobile.map(UserId),
    };
    let held = |call| LineCall {
        call: CallId(call),
        state: CallState::Holding,
        by: Some(UserId(ben)),
        device: Some(DeviceId(shared)),
        other: party("0301234"),
        begun: Instant::now(),
    };
    let line = |team, calls: &[LineCall]| LiveEvent::TeamLine {
        team,
        calls: Arc::from(calls),
    };
    told(company, anna, &[view(7, CallState::Held, &[], Instant::now())]);
    company.live.publish(line(sales, &[held(8)]));
    company.live.publish(line(TeamId(4711), &[held(9)]));
    company.live.publish(seated(Some(anna), None));
    company.live.publish(LiveEvent::Registered {
        device: DeviceId(shared),
        from: "192.0.2.20:5060".parse().expect("an address"),
        transport: sip::Transport::Udp,
        is_behind_nat: false,
    });

    let mut annas = served.watch(&company.sign_in("101").await).await;
    let snapshot = next(&mut annas).await;
    assert_eq!(
        (&snapshot["calls"][0]["state"], snapshot["calls"].as_array().map(Vec::len)),
        (&json!("held"), Some(1))
    );
    assert_eq!(snapshot["lines"].as_array().map(Vec::len), Some(1), "of one's own teams only");
    let call = &snapshot["lines"][0]["calls"][0];
    let expected = json!({
        "call": company.run.call(CallId(8)), "state": "holding", "by_user_id": ben, "device_id": shared,
        "other": { "name": null, "number": "0301234", "user_id": null }, "begun_at": call["begun_at"],
    });
    assert_eq!((&snapshot["lines"][0]["team_id"], call), (&json!(sales.0), &expected));
    assert_eq!(
        snapshot["seats"],
        json!([{ "device_id": shared, "user_id": anna, "mobile_user_id": null }])
    );
    assert_eq!(snapshot["devices"], json!([{ "id": shared, "registered": true }]), "one's seat");
    let mut admins = served.watch(&company.sign_in("admin").await).await;
    let snapshot = next(&mut admins).await;
    assert_eq!((&snapshot["calls"], &snapshot["lines"]), (&json!([]), &json!([])));

    told(company, ben, &[view(8, CallState::Holding, &[], Instant::now())]);
    told(company, anna, &[]);
    assert_eq!(next(&mut annas).await, json!({ "type": "calls", "calls": [] }));
    company.live.publish(line(TeamId(4711), &[]));
    company.live.publish(line(sales, &[]));
    assert_eq!(
        next(&mut annas).await,
        json!({ "type": "team_line", "team_id": sales.0, "calls": [] })
    );
    company.live.publish(seated(None, Some(ben)));
    let moved = json!({ "type": "seated", "device_id": shared, "user_id": null, "mobile_user_id": ben });
    assert_eq!((next(&mut annas).await, next(&mut admins).await), (moved.clone(), moved));
    company.live.publish(LiveEvent::Unregistered { device: DeviceId(shared) });
    company.live.journal_changed(&[UserId(anna)]);
    assert_eq!(
        next(&mut annas).await,
        json!({ "type": "journal_changed" }),
        "it is not her phone any more"
    );
}

#[tokio::test]
async fn many_changes_of_ones_calls_end_in_the_last_one() {
    let served = Served::new().await;
    let company = &served.company;
    let anna = company.user("anna").await;
    let mut socket = served.watch(&company.sign_in("101").await).await;
    next(&mut socket).await;
    // Nobody runs in between: more than a person's own channel holds.
    let begun = Instant::now();
    for call in 0..200 {
        told(company, anna, &[view(call, CallState::Ringing, &[], begun)]);
    }
    let last = company.run.call(CallId(199));
    let mut heard = next(&mut socket).await;
    while heard["calls"][0]["call"] != last.as_str() {
        heard = next(&mut socket).await;
    }
}

#[tokio::test]
async fn a_pin_is_chosen_with_ones_password_or_by_an_administrator() {
    let company = Company::new().await;
    let (token, admin) = (company.sign_in("101").await, company.sign_in("admin").await);
    let anna = UserId(company.user("anna").await);
    let has = async |pin: &str| company.store.check_pin(anna, pin).await.expect("answer");
    assert!(has(PIN).await);
    let own = async |password: &str, pin: &str| {
        let body = json!({ "password": password, "pin": pin });
        company.ask(&token, "PUT", "/api/v1/me/pin", body).await
    };
    assert_eq!(own("wrong horse", "4826").await.problem(), (401, "wrong-password".to_owned()));
    for (pin, why) in [
        (
            "1234",
            "this is one of the first that anybody would try: use digits without a pattern",
        ),
        ("123", "use 4 to 12 digits"),
    ] {
        let answer = own(PASSWORD, pin).await;
        assert_eq!(answer.problem(), (422, "invalid".to_owned()));
        assert_eq!(answer.json()["errors"], json!([{ "field": "pin", "message": why }]));
    }
    assert!(has(PIN).await);
    assert_eq!(own(PASSWORD, "4826").await.status, 204);
    assert!(has("4826").await);

    let path = format!("/api/v1/users/{}/pin", anna.0);
    assert_eq!(company.ask(&admin, "PUT", &path, json!({ "pin": "7359" })).await.status, 204);
    assert!(has("7359").await);
    let shown = async || {
        company
            .ask(&token, "GET", &format!("/api/v1/users/{}", anna.0), Value::Null)
            .await
            .json()["has_pin"]
            .clone()
    };
    assert_eq!(shown().await, true);
    assert_eq!(company.ask(&token, "DELETE", "/api/v1/me/pin", Value::Null).await.status, 204);
    assert_eq!((has("7359").await, shown().await), (false, json!(false)));
}

#[tokio::test]
async fn people_decide_how_they_are_reached() {
    let company = Company::new().await;
    let token = company.sign_in("101").await;
    let usual = json!({ "while_busy": "call_waiting", "mobile": null });
    assert_eq!(company.ask(&token, "GET", "/api/v1/me/ringing", Value::Null).await.json(), usual);
    let wanted = json!({ "while_busy": "busy", "mobile": { "number": "0170 1234567", "delay_s": 15 } });
    let answer = company.ask(&token, "PUT", "/api/v1/me/ringing", wanted.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, wanted.clone()));
    let directory = company.directories.lock().expect("no panic").last().cloned().expect("one");
    assert!(
        directory
            .users
            .iter()
            .any(|user| user.mobile.as_ref().is_some_and(|mobile| mobile.delay_s == 15))
    );
    let path = format!("/api/v1/users/{}/ringing", company.user("anna").await);
    let admin = company.sign_in("admin").await;
    assert_eq!(company.ask(&admin, "GET", &path, Value::Null).await.json(), wanted);
    let wrong = json!({ "while_busy": "busy", "mobile": { "number": "nobody's", "delay_s": 301 } });
    let answer = company.ask(&admin, "PUT", &path, wrong).await;
    assert_eq!(answer.problem(), (422, "invalid".to_owned()));
    assert_eq!(answer.json()["errors"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn where_a_number_is_can_be_asked() {
    let company = Company::new().await;
    let (token, anna, shared) = (
        company.sign_in("101").await,
        company.user("anna").await,
        company.device("desk-1").await,
    );
    let place = async || company.ask(&token, "GET", "/api/v1/me/place", Value::Null).await.json();
    assert_eq!(place().await, json!({ "at": "browser", "device_id": null, "phones": [] }));
    company.live.publish(LiveEvent::Seated {
        device: DeviceId(shared),
        user: Some(UserId(anna)),
        mobile: None,
    });
    let there = json!({ "at": "desk_phone", "device_id": shared, "phones": [{ "id": shared, "label": "Shared desk" }] });
    assert_eq!(place().await, there);
    let devices = company.ask(&token, "GET", "/api/v1/devices", Value::Null).await.json();
    let seats: Vec<_> = devices["devices"]
        .as_array()
        .expect("devices")
        .iter()
        .map(|device| device["seat"].clone())
        .collect();
    assert_eq!(
        seats,
        [Value::Null, Value::Null, json!({ "user_id": anna, "mobile_user_id": null })]
    );
    // A phone that is removed takes its seat along.
    company.store.remove_device(DeviceId(shared)).await.expect("removed");
    company.live.follow_directory(&company.store).await.expect("followed");
    assert!(company.live.picture().seats.is_empty());
}
