//! The event WebSocket, over a real connection.

use std::net::SocketAddr;

use farend::store::UserChange;
use farend::store::name::Password;
use futures_util::StreamExt as _;
use model::quality::{LegReport, StreamReport};
use model::{CallId, DeviceId, LegId, UserId};
use serde_json::{Value, json};
use switchboard::core::{LiveEvent, UserState};
use time::OffsetDateTime;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::company::Company;

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(super) struct Served {
    pub(super) company: Company,
    address: SocketAddr,
}

impl Served {
    pub(super) async fn new() -> Self {
        let company = Company::new().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let service = company.app.clone().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { company, address }
    }

    /// Opens the WebSocket with headers.
    async fn open(&self, headers: &[(&'static str, String)]) -> Result<Socket, tungstenite::Error> {
        let mut request = format!("ws://{}/api/v1/events", self.address)
            .into_client_request()
            .expect("a request");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a value"));
        }
        tokio_tungstenite::connect_async(request).await.map(|(socket, _)| socket)
    }

    pub(super) async fn watch(&self, token: &str) -> Socket {
        self.open(&[("authorization", format!("Bearer {token}"))]).await.expect("open")
    }

    /// The status that refused it.
    async fn refused(&self, headers: &[(&'static str, String)]) -> u16 {
        match self.open(headers).await {
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            other => panic!("not refused: {other:?}"),
        }
    }
}

pub(super) async fn next(socket: &mut Socket) -> Value {
    match socket.next().await {
        Some(Ok(Message::Text(text))) => serde_json::from_str(&text).expect("JSON"),
        other => panic!("no event: {other:?}"),
    }
}

async fn close_code(socket: &mut Socket) -> u16 {
    match socket.next().await {
        Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
        other => panic!("not closed: {other:?}"),
    }
}

#[tokio::test]
async fn a_watcher_gets_the_picture_and_then_what_changes_it() {
    let served = Served::new().await;
    let company = &served.company;
    let (anna, ben) = (company.user("anna").await, company.user("ben").await);
    let (annas_desk, bens_desk) = (company.device("101-desk").await, company.device("102-desk").await);
    let from = "192.0.2.20:5060".parse().expect("an address");
    for device in [annas_desk, bens_desk] {
        company.live.publish(LiveEvent::Registered {
            device: DeviceId(device),
            from,
            transport: sip::Transport::Udp,
            is_behind_nat: false,
        });
    }
    company.live.publish(LiveEvent::UserState {
        user: UserId(ben),
        state: UserState::Available,
    });

    let mut socket = served.watch(&company.sign_in("101").await).await;
    let expected = json!({
        "type": "snapshot", "users": [{ "id": ben, "state": "available" }], "devices": [{ "id": annas_desk, "registered": true }],
        "calls": [], "lines": [], "seats": [], "conferences": [], "parked": [], "pick_ups": [], "call_backs": [],
    });
    assert_eq!(next(&mut socket).await, expected);

    company.live.publish(LiveEvent::Unregistered {
        device: DeviceId(bens_desk),
    });
    company.live.publish(LiveEvent::UserState {
        user: UserId(ben),
        state: UserState::Offline,
    });
    assert_eq!(
        next(&mut socket).await,
        json!({ "type": "user_state", "id": ben, "state": "offline" }),
        "others' devices are not told"
    );
    company.live.publish(LiveEvent::Unregistered {
        device: DeviceId(annas_desk),
    });
    assert_eq!(next(&mut socket).await, json!({ "type": "device_unregistered", "id": annas_desk }));
    company.live.journal_changed(&[UserId(ben)]);
    company.live.journal_changed(&[UserId(ben), UserId(anna)]);
    assert_eq!(next(&mut socket).await, json!({ "type": "journal_changed" }));
    let browser = DeviceId(company.device("101-web").await);
    company.live.publish(LiveEvent::Displaced {
        device: DeviceId(company.device("102-web").await),
    });
    company.live.publish(LiveEvent::Displaced { device: browser });
    assert_eq!(
        next(&mut socket).await,
        json!({ "type": "phone_displaced", "device_id": browser.0 }),
        "only one event for Anna's journal"
    );
    company.live.publish_directory(&company.store).await.expect("published");
    assert_eq!(next(&mut socket).await, json!({ "type": "directory_changed" }));
}

#[tokio::test]
async fn a_watcher_hears_how_its_own_calls_sound() {
    let served = Served::new().await;
    let company = &served.company;
    let mut socket = served.watch(&company.sign_in("101").await).await;
    next(&mut socket).await;
    let received = StreamReport {
        packets: 90,
        lost: 10,
        jitter_ms: 2.5,
        mos: Some(4.0),
        ..StreamReport::default()
    };
    let report = LegReport {
        received,
        ..LegReport::default()
    };
    // The second time nothing more was lost.
    let later = LegReport {
        received: StreamReport {
            packets: 190,
            ..report.received
        },
        ..report.clone()
    };
    let (anna, ben) = (Some(company.user("anna").await), Some(company.user("ben").await));
    // Every other one is told.
    for (user, report) in [
        (ben, &report),
        (None, &report),
        (anna, &report),
        (anna, &report),
        (anna, &later),
        (anna, &later),
    ] {
        let (user, report) = (user.map(UserId), Box::new(report.clone()));
        company.live.publish(LiveEvent::Measured {
            call: CallId(7),
            leg: LegId(9),
            user,
            talks: None,
            report,
        });
    }
    for loss_percent in [10.0, 0.0] {
        let expected = json!({
            "type": "call_quality", "call": company.run.call(CallId(7)), "leg": 9, "mos": 4.0, "loss_percent": loss_percent, "jitter_ms": 2.5,
            "round_trip_ms": null,
        });
        assert_eq!(next(&mut socket).await, expected);
    }
}

#[tokio::test]
async fn a_watcher_of_a_session_that_ends_is_closed_with_4002() {
    let served = Served::new().await;
    let company = &served.company;
    let (first, second) = (company.sign_in("101").await, company.sign_in("101").await);
    let (mut watcher, mut other) = (served.watch(&first).await, served.watch(&second).await);
    next(&mut watcher).await;
    next(&mut other).await;
    company.ask(&first, "DELETE", "/api/v1/session", Value::Null).await;
    assert_eq!(close_code(&mut watcher).await, 4002);
    company.live.journal_changed(&[UserId(company.user("anna").await)]);
    assert_eq!(
        next(&mut other).await,
        json!({ "type": "journal_changed" }),
        "the other session goes on"
    );
    let path = format!("/api/v1/users/{}", company.user("anna").await);
    company
        .ask(
            &company.sign_in("admin").await,
            "PATCH",
            &path,
            json!({ "password": "another horse" }),
        )
        .await;
    assert_eq!(close_code(&mut other).await, 4002);
}

#[tokio::test]
async fn a_watcher_that_is_too_slow_gets_a_fresh_picture() {
    let served = Served::new().await;
    let company = &served.company;
    let mut socket = served.watch(&company.sign_in("101").await).await;
    next(&mut socket).await;
    let ben = UserId(company.user("ben").await);
    // Nobody runs in between: more than the exchange holds.
    for state in [UserState::Ringing, UserState::OnACall].into_iter().cycle().take(3_000) {
        company.live.publish(LiveEvent::UserState { user: ben, state });
    }
    let mut told = next(&mut socket).await;
    while told["type"] != "snapshot" {
        told = next(&mut socket).await;
    }
    assert_eq!(told["users"], json!([{ "id": ben.0, "state": "on_a_call" }]));
}

#[tokio::test]
async fn only_our_own_pages_may_watch_with_a_cookie() {
    let served = Served::new().await;
    let token = served.company.sign_in("101").await;
    let cookie = ("cookie", format!("farend_session={token}"));
    let origin = |page: &str| ("origin", page.to_owned());
    assert_eq!(served.refused(&[]).await, 401);
    assert_eq!(served.refused(std::slice::from_ref(&cookie)).await, 403);
    assert_eq!(served.refused(&[cookie.clone(), origin("https://evil.example.com")]).await, 403);
    let bearer = ("authorization", format!("Bearer {token}"));
    assert_eq!(served.refused(&[bearer, origin("https://evil.example.com")]).await, 403);
    for page in [format!("https://{}", served.address), super::company::ALLOWED_PAGE.to_owned()] {
        let mut socket = served.open(&[cookie.clone(), origin(&page)]).await.expect("open");
        assert_eq!(next(&mut socket).await["type"], "snapshot");
        socket.close(None).await.expect("closed");
    }
}

#[tokio::test]
async fn what_the_command_line_ends_is_closed_too_and_nothing_else() {
    let served = Served::new().await;
    let company = &served.company;
    let mut annas = served.watch(&company.sign_in("101").await).await;
    let mut bens = served.watch(&company.sign_in("102").await).await;
    next(&mut annas).await;
    next(&mut bens).await;
    // As `farend user password` does, in a program of its own.
    let change = UserChange {
        password: Some(Password::for_demo("another horse")),
        ..UserChange::default()
    };
    let anna = UserId(company.user("anna").await);
    company
        .store
        .change_user(anna, &change, OffsetDateTime::now_utc())
        .await
        .expect("changed");
    company.live.follow_directory(&company.store).await.expect("followed");
    // What everybody is told may come first: whether the session goes on has to be looked up.
    let code: u16 = loop {
        match annas.next().await {
            Some(Ok(Message::Close(Some(frame)))) => break frame.code.into(),
            Some(Ok(Message::Text(text))) => assert_eq!(text, r#"{"type":"directory_changed"}"#),
            other => panic!("neither told nor closed: {other:?}"),
        }
    };
    assert_eq!(code, 4002);
    assert_eq!(next(&mut bens).await, json!({ "type": "directory_changed" }));
}

#[tokio::test]
async fn a_session_that_gives_way_to_newer_ones_closes_its_watchers() {
    let served = Served::new().await;
    let mut first = served.watch(&served.company.sign_in("101").await).await;
    next(&mut first).await;
    for _ in 0..50 {
        served.company.sign_in("101").await;
    }
    assert_eq!(close_code(&mut first).await, 4002);
}

#[tokio::test]
async fn an_administrator_no_more_sees_only_what_everybody_sees() {
    let served = Served::new().await;
    let company = &served.company;
    let role = async |role: &str| {
        let path = format!("/api/v1/users/{}", company.user("ben").await);
        let answer = company
            .ask(&company.sign_in("admin").await, "PATCH", &path, json!({ "role": role }))
            .await;
        assert_eq!(answer.status, 200);
    };
    role("administrator").await;
    let from = "192.0.2.20:5060".parse().expect("an address");
    let (annas, bens) = (company.device("101-desk").await, company.device("102-desk").await);
    for device in [annas, bens].map(DeviceId) {
        company.live.publish(LiveEvent::Registered {
            device,
            from,
            transport: sip::Transport::Udp,
            is_behind_nat: false,
        });
    }
    let mut socket = served.watch(&company.sign_in("102").await).await;
    let shown = |devices: &[u64]| {
        let devices: Vec<_> = devices.iter().map(|id| json!({ "id": id, "registered": true })).collect();
        json!({
            "type": "snapshot", "users": [], "devices": devices, "calls": [], "lines": [], "seats": [],
            "conferences": [], "parked": [], "pick_ups": [], "call_backs": [],
        })
    };
    assert_eq!(next(&mut socket).await, shown(&[annas, bens]));
    role("user").await;
    assert_eq!(next(&mut socket).await, shown(&[bens]));
    assert_eq!(next(&mut socket).await, json!({ "type": "directory_changed" }));
    for device in [annas, bens].map(DeviceId) {
        company.live.publish(LiveEvent::Unregistered { device });
    }
    assert_eq!(next(&mut socket).await, json!({ "type": "device_unregistered", "id": bens }));
}
