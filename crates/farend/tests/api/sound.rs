//! Whoever is not heard in a call is told, and so is whoever hears nothing.

use std::time::Instant;

use model::quality::{LegReport, Transport};
use model::{CallId, LegId, UserId};
use serde_json::json;
use switchboard::core::{CallState, CallView, LiveEvent, Party, RecordingState, Side, Talks};

use super::events::{Served, Socket, next};

fn party(user: UserId) -> Party {
    Party {
        user: Some(user),
        device: None,
        number: String::new(),
        name: String::new(),
    }
}

/// The next event about sound.
async fn next_of_sound(socket: &mut Socket) -> serde_json::Value {
    loop {
        let event = next(socket).await;
        if event["type"].as_str().is_some_and(|kind| kind.starts_with("audio")) {
            return event;
        }
    }
}

#[tokio::test]
async fn what_a_browser_says_of_its_microphone_is_told_to_both_sides_of_the_call() {
    let served = Served::new().await;
    let company = &served.company;
    let users = [company.user("anna").await, company.user("ben").await].map(UserId);
    tokio::spawn(company.live.clone().watch_sound());
    let anna = company.sign_in("101").await;
    let mut sockets = [served.watch(&anna).await, served.watch(&company.sign_in("102").await).await];
    for socket in &mut sockets {
        next(socket).await;
    }
    company.live.publish(LiveEvent::Calls {
        user: users[0],
        calls: [CallView {
            recording: RecordingState::Off,
            call: CallId(7),
            side: Side::Caller,
            state: CallState::Talking,
            devices: Vec::new(),
            other: party(users[1]),
            team: None,
            begun: Instant::now(),
            answered: Some(Instant::now()),
        }]
        .into(),
    });
    let mut report = LegReport {
        transport: Transport::Udp,
        ..LegReport::default()
    };
    report.expected.from_peer = true;
    report.received.packets = 50;
    report.received.quiet_ms = Some(5);
    for (user, leg) in [(users[0], 1), (users[1], 2)] {
        company.live.publish(LiveEvent::Measured {
            call: CallId(7),
            leg: LegId(leg),
            user: Some(user),
            talks: Some(Box::new(Talks {
                party: party(user),
                trunk: None,
                with: Some(LegId(3 - leg)),
            })),
            report: Box::new(report.clone()),
        });
    }
    let call = company.run.call(CallId(7));
    let path = format!("/api/v1/me/live-calls/{call}/browser");
    let say = async |body| company.ask(&anna, "POST", &path, body).await.status;
    assert_eq!(say(json!({ "microphone": "muted_by_system" })).await, 204);
    for (socket, (direction, whose)) in sockets.iter_mut().zip([("from_me", "me"), ("to_me", "them")]) {
        let expected = json!({
            "type": "audio_trouble", "call": call, "direction": direction, "whose": whose, "stage": "microphone",
            "sentence_code": format!("{direction}_microphone"),
        });
        assert_eq!(next_of_sound(socket).await, expected);
    }
    // Whoever comes later, or anew, hears it too.
    let mut late = served.watch(&anna).await;
    assert_eq!(next(&mut late).await["type"], "snapshot");
    assert_eq!(next(&mut late).await["sentence_code"], "from_me_microphone");
    assert_eq!(say(json!({ "microphone": "works" })).await, 204);
    for (socket, direction) in sockets.iter_mut().zip(["from_me", "to_me"]) {
        let fine = json!({ "type": "audio_fine", "call": call, "direction": direction });
        assert_eq!(next_of_sound(socket).await, fine);
    }
    assert_eq!(company.live.watching().open_of(users[0]), []);
    assert_eq!(say(json!({ "microphone": "broken" })).await, 400);
    let others = format!("/api/v1/me/live-calls/{}/browser", company.run.call(CallId(8)));
    assert_eq!(company.ask(&anna, "POST", &others, json!({})).await.status, 404);
}
