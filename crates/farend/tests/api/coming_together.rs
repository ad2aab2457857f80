//! Calls that come together, or wait for somebody: conferences, parked calls, pick-up, call-back, and how transfers end.

use std::sync::Arc;
use std::time::Instant;

use model::{CallId, DeviceId, LegId, UserId};
use serde_json::{Value, json};
use switchboard::core::{
    Action, Attendance, ConferenceView, LiveEvent, MemberDeed, MemberView, ParkedCall, Party, RingingCall, TransferEnd,
};
use switchboard::directory::RoomId;

use super::company::Company;
use super::events::{Served, next};

fn party(number: &str, user: Option<u64>) -> Party {
    Party {
        user: user.map(UserId),
        device: None,
        number: number.to_owned(),
        name: String::new(),
    }
}

fn member(leg: u64, party: Party, since: Instant) -> MemberView {
    MemberView {
        leg: LegId(leg),
        party,
        presence: Attendance::Present,
        is_host: leg == 1,
        is_muted: false,
        hand_is_up: true,
        since,
    }
}

fn conference(company: &Company, users: &[u64], members: Vec<MemberView>) {
    company.live.publish(LiveEvent::Conference {
        users: users.iter().copied().map(UserId).collect(),
        view: Arc::new(ConferenceView {
            call: CallId(7),
            room: Some(RoomId(3)),
            is_locked: true,
            members,
        }),
    });
}

#[tokio::test]
async fn what_is_wanted_of_calls_together_reaches_the_switchboard() {
    let company = Company::new().await;
    let (token, anna) = (company.sign_in("101").await, UserId(company.user("anna").await));
    company.will_answer(Ok(None));
    let (call, with, device, member) = (CallId(7), CallId(8), DeviceId(5), LegId(9));
    let name = company.run.call(call);
    let other = json!({ "with": company.run.call(with) });
    let (mute, hand) = (MemberDeed::Mute { is_on: true }, MemberDeed::RaiseHand { is_up: false });
    let number = || "102".to_owned();
    let deed = |deed| Action::Member { call, member, deed };
    let of_call = |what: &str| format!("live-calls/{name}/{what}");
    for (path, body, expected) in [
        (of_call("connect"), other.clone(), Action::Connect { call, with }),
        (of_call("confer"), other, Action::Confer { call, with }),
        (
            of_call("invite"),
            json!({ "number": "102" }),
            Action::Invite { call, number: number() },
        ),
        (of_call("members/9/mute"), json!({ "is_on": true }), deed(mute)),
        (of_call("members/9/hand"), json!({ "is_up": false }), deed(hand)),
        (of_call("members/9/remove"), Value::Null, deed(MemberDeed::Remove)),
        (of_call("members/9/admit"), Value::Null, deed(MemberDeed::Admit)),
        (
            of_call("lock"),
            json!({ "is_locked": true }),
            Action::Lock { call, is_locked: true },
        ),
        (of_call("park"), json!({ "slot": null }), Action::Park { call, slot: None }),
        (of_call("park"), json!({ "slot": 3 }), Action::Park { call, slot: Some(3) }),
        (
            "parked/3/take".to_owned(),
            json!({ "device_id": 5 }),
            Action::Unpark { slot: 3, device },
        ),
        (
            format!("pick-ups/{name}/answer"),
            json!({ "device_id": 5 }),
            Action::PickUp { call, device },
        ),
        (
            "call-backs".to_owned(),
            json!({ "number": "102" }),
            Action::CallBack { number: number() },
        ),
    ] {
        let answer = company.ask(&token, "POST", &format!("/api/v1/me/{path}"), body).await;
        assert_eq!((answer.status.as_u16(), company.asked()), (204, vec![(anna, expected)]), "{path}");
    }
    let answer = company.ask(&token, "DELETE", "/api/v1/me/call-backs/102", Value::Null).await;
    assert_eq!(answer.status, 204);
    assert_eq!(company.asked(), [(anna, Action::NoCallBack { number: number() })]);

    // Never asked: calls of other runs, and what makes no sense.
    let earlier = json!({ "with": format!("{}-8", company.run.number() - 1) });
    for (path, body, problem) in [
        (of_call("connect"), earlier, (404, "not-found")),
        (of_call("members/nobody/remove"), Value::Null, (404, "not-found")),
        (of_call("invite"), json!({ "number": "nobody's" }), (422, "invalid")),
        ("parked/third/take".to_owned(), json!({ "device_id": 5 }), (404, "not-found")),
        ("call-backs".to_owned(), json!({ "number": "" }), (422, "invalid")),
    ] {
        let answer = company.ask(&token, "POST", &format!("/api/v1/me/{path}"), body).await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()), "{path}");
    }
    assert_eq!(company.asked(), []);
}

#[tokio::test]
async fn a_conference_is_seen_by_those_who_are_in_it() {
    let served = Served::new().await;
    let company = &served.company;
    let (anna, ben) = (company.user("anna").await, company.user("ben").await);
    let mut annas = served.watch(&company.sign_in("101").await).await;
    assert_eq!(next(&mut annas).await["conferences"], json!([]));
    let begun = Instant::now();
    let members = || {
        vec![
            member(1, party("101", Some(anna)), begun),
            member(2, party("+4930123456", None), begun),
        ]
    };
    conference(company, &[anna], members());
    let told = next(&mut annas).await;
    assert_eq!(
        (&told["type"], &told["conference"]["is_locked"]),
        (&json!("conference"), &json!(true))
    );
    let told = &told["conference"];
    assert_eq!((&told["call"], &told["room_id"]), (&json!(company.run.call(CallId(7))), &json!(3)));
    let (me, other) = (&told["members"][0], &told["members"][1]);
    assert_eq!(
        (&me["is_me"], &me["is_host"], &me["presence"]),
        (&json!(true), &json!(true), &json!("present"))
    );
    assert_eq!(
        (&other["is_me"], &other["leg"], &other["party"]["number"]),
        (&json!(false), &json!(2), &json!("+4930123456"))
    );

    // Whoever opens the app now sees the same, with the same time; nobody else sees anything.
    let mut again = served.watch(&company.sign_in("101").await).await;
    assert_eq!(next(&mut again).await["conferences"], json!([told]));
    let mut bens = served.watch(&company.sign_in("102").await).await;
    assert_eq!(next(&mut bens).await["conferences"], json!([]));

    company.live.publish(LiveEvent::Speaking {
        call: CallId(7),
        users: [UserId(anna)].into(),
        levels: [(LegId(2), -20), (LegId(1), -35)].into(),
    });
    let levels = json!([{ "leg": 2, "dbov": -20 }, { "leg": 1, "dbov": -35 }]);
    let speaking = json!({ "type": "speaking", "call": company.run.call(CallId(7)), "levels": levels });
    assert_eq!(next(&mut annas).await, speaking);

    // Anna leaves and Ben comes: she sees nobody any more.
    let mut others = members();
    others[0] = member(3, party("102", Some(ben)), Instant::now());
    conference(company, &[anna, ben], others);
    assert_eq!(next(&mut annas).await["conference"]["members"], json!([]));
    assert_eq!(next(&mut bens).await["conference"]["members"].as_array().map(Vec::len), Some(2));
    assert_eq!(company.live.picture().conferences.len(), 1);
    // He is sent to the lobby, where only the host is shown to him besides himself.
    let mut others = members();
    others[1].is_host = false;
    let mut waiting = member(3, party("102", Some(ben)), Instant::now());
    waiting.presence = Attendance::Waiting;
    others.push(waiting);
    conference(company, &[ben], others);
    let shown = next(&mut bens).await["conference"]["members"].clone();
    assert_eq!(
        (&shown[0]["leg"], &shown[1]["leg"], &shown[2]),
        (&json!(1), &json!(3), &Value::Null)
    );
    conference(company, &[ben], Vec::new());
    assert_eq!(next(&mut bens).await["conference"]["members"], json!([]));
    assert!(company.live.picture().conferences.is_empty(), "over");
}

#[tokio::test]
async fn calls_that_wait_are_told_to_those_who_may_take_them() {
    let served = Served::new().await;
    let company = &served.company;
    let (anna, ben) = (company.user("anna").await, company.user("ben").await);
    company.live.publish_directory(&company.store).await.expect("published");
    let token = company.sign_in("101").await;
    let (mut annas, mut bens) = (served.watch(&token).await, served.watch(&company.sign_in("102").await).await);
    let first = next(&mut annas).await;
    assert_eq!(
        (&first["parked"], &first["pick_ups"], &first["call_backs"]),
        (&json!([]), &json!([]), &json!([]))
    );
    next(&mut bens).await;

    let since = Instant::now();
    let parked = ParkedCall {
        call: CallId(4),
        slot: 3,
        party: party("+4930123456", None),
        by: party("102", Some(ben)),
        since,
    };
    company.live.publish(LiveEvent::Parked([parked].into()));
    let told = next(&mut annas).await;
    assert_eq!((&told["type"], &told["parked"][0]["slot"]), (&json!("parked"), &json!(3)));
    assert_eq!(next(&mut bens).await, told, "everybody hears of it");

    let ringing = RingingCall {
        call: CallId(5),
        at: UserId(ben),
        from: party("+4930123457", None),
        since,
    };
    company.live.publish(LiveEvent::PickUps {
        user: UserId(anna),
        calls: [ringing].into(),
    });
    let picked = next(&mut annas).await;
    assert_eq!(
        (&picked["type"], &picked["pick_ups"][0]["at_user_id"]),
        (&json!("pick_ups"), &json!(ben))
    );
    company.live.publish(LiveEvent::CallBacks {
        user: UserId(anna),
        wanted: [UserId(ben), UserId(4711)].into(),
    });
    let wanted = json!([{ "user_id": ben, "name": "Ben", "number": "102" }]);
    assert_eq!(next(&mut annas).await, json!({ "type": "call_backs", "call_backs": wanted }));
    let shown = company.ask(&token, "GET", "/api/v1/me/call-backs", Value::Null).await.json();
    assert_eq!(shown["call_backs"], wanted);

    let again = next(&mut served.watch(&token).await).await;
    assert_eq!((&again["parked"], &again["pick_ups"]), (&told["parked"], &picked["pick_ups"]));
    assert_eq!(again["call_backs"], wanted);
    company.live.publish(LiveEvent::Transferred {
        user: UserId(ben),
        party: party("+4930123456", None),
        to: party("101", Some(anna)),
        end: TransferEnd::PartyLeft,
    });
    let ended = next(&mut bens).await;
    assert_eq!(
        (&ended["type"], &ended["to"]["user_id"], &ended["end"]),
        (&json!("transferred"), &json!(anna), &json!("party_left")),
        "and of Anna's nothing"
    );
    company.live.publish(LiveEvent::Parked(Arc::default()));
    assert_eq!(
        next(&mut annas).await,
        json!({ "type": "parked", "parked": [] }),
        "and of Ben's nothing"
    );
}
