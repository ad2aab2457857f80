//! The demo company behind a router in process, and a client for it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use farend::api::{Api, Checks, Control, Live, Metrics, Network, PageNews, Parts, SipServer, Tester, WebRules};
use farend::check::Echoes;
use farend::doctor::Doctor;
use farend::flight::Flights;
use farend::recording::vault::Vault;
use farend::store::name::{Password, Pin};
use farend::store::{DemoSecrets, RunId, Secret, Store};
use http_body_util::BodyExt as _;
use model::UserId;
use model::control::{Command, Event, Heard};
use model::quality::{LegReport, StreamReport, Transport};
use serde_json::Value;
use switchboard::core::{Action, Controlled, Objection};
use switchboard::directory::Directory;
use time::OffsetDateTime;
use tower::ServiceExt as _;

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const PIN: &str = "2580";
pub(crate) const HOST: &str = "pbx.example.com:8802";
pub(crate) const OWN_PAGE: &str = "https://pbx.example.com:8802";
/// A site that the configuration allows.
pub(crate) const ALLOWED_PAGE: &str = "https://intranet.example.com";
/// Some client's address.
pub(crate) const HOME: &str = "192.0.2.7:50000";

/// A trunk that is to be tested, and the number for an echo.
pub(crate) type Wanted = (u64, Option<String>);

pub(crate) struct Company {
    /// Where its recordings are, while it exists.
    pub(crate) data: tempfile::TempDir,
    pub(crate) vault: Vault,
    pub(crate) store: Store,
    pub(crate) live: Live,
    pub(crate) doctor: Doctor,
    pub(crate) run: RunId,
    pub(crate) flights: Flights,
    /// The directories that the switchboard was given.
    pub(crate) directories: Arc<Mutex<Vec<Arc<Directory>>>>,
    /// The trunks that the switchboard was asked to test, with the numbers for an echo.
    tested: Arc<Mutex<Vec<Wanted>>>,
    /// What people wanted done with their calls.
    asked: Arc<Mutex<Vec<(UserId, Action)>>>,
    /// What the switchboard says to that.
    answer: Arc<Mutex<Controlled>>,
    pub(crate) app: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The same, where it is none.
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Status and `code` of a problem document.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        let document = self.json();
        assert_eq!(document["status"], self.status.as_u16());
        assert!(
            document["detail"].as_str().is_some_and(|detail| detail.ends_with('.')),
            "{document}"
        );
        (self.status.as_u16(), document["code"].as_str().expect("a code").to_owned())
    }
}

impl Company {
    pub(crate) async fn new() -> Self {
        Self::with_sip_secret("1234").await
    }

    /// With desk phones that have this password.
    pub(crate) async fn with_sip_secret(sip_secret: &str) -> Self {
        let store = Store::in_memory().await.expect("a database");
        let secrets = DemoSecrets {
            password: Some(Password::for_demo(PASSWORD)),
            sip_secret: Some(Secret::chosen(sip_secret)),
            pin: Some(Pin::for_demo(PIN).expect("a PIN")),
        };
        store.seed_demo(&secrets, OffsetDateTime::now_utc()).await.expect("seeded");
        let run = store.begin_run(OffsetDateTime::now_utc()).await.expect("begun");
        let directories = Arc::new(Mutex::new(Vec::new()));
        let live = Live::new({
            let directories = Arc::clone(&directories);
            move |directory| directories.lock().expect("no panic").push(directory)
        });
        let data = tempfile::tempdir().expect("a folder");
        let vault = Vault::open(data.path(), None, &store).await.expect("a vault");
        let tested = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(Mutex::new(Err(Objection::NoSuchCall)));
        let control = Control::new({
            let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
            move |user, action| {
                asked.lock().expect("no panic").push((user, action));
                std::future::ready(*answer.lock().expect("no panic"))
            }
        });
        let doctor = Doctor::unattended();
        let flights = Flights::unattended(run, data.path());
        let api = Api::new(Parts {
            store: store.clone(),
            live: live.clone(),
            metrics: Metrics::new(),
            run,
            web: Arc::new(ArcSwap::from_pointee(WebRules {
                allowed_origins: vec![ALLOWED_PAGE.to_owned()],
                strict_transport: true,
                stun: vec!["stun:stun.example.com:3478".to_owned()],
            })),
            sip_server: SipServer {
                host: "192.0.2.10".to_owned(),
                port: 5060,
                tls_port: 5061,
            },
            network: Network::unattended(),
            doctor: doctor.clone(),
            tester: Tester::new({
                let tested = Arc::clone(&tested);
                move |trunk, echo_number| {
                    tested.lock().expect("no panic").push((trunk.0, echo_number));
                    true
                }
            }),
            control,
            profile_dir: "/nonexistent".into(),
            recordings: vault.clone(),
            flights: flights.clone(),
            relay: relay::Secret::new([7; 32]),
            checks: Checks {
                echoes: echoing(),
                stun_ports: vec![8803, 8804],
                pages: PageNews::new(|_page| {}),
            },
        });
        let app = api.app(Router::new());
        Self {
            data,
            vault,
            store,
            live,
            doctor,
            run,
            flights,
            directories,
            tested,
            asked,
            answer,
            app,
        }
    }

    pub(crate) fn tested(&self) -> Vec<Wanted> {
        self.tested.lock().expect("no panic").clone()
    }

    /// What people have wanted done with their calls since this was asked last.
    pub(crate) fn asked(&self) -> Vec<(UserId, Action)> {
        std::mem::take(&mut *self.asked.lock().expect("no panic"))
    }

    /// From now on the switchboard answers this.
    pub(crate) fn will_answer(&self, answer: Controlled) {
        *self.answer.lock().expect("no panic") = answer;
    }

    /// Sends a request that has been made elsewhere.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request
                .extensions_mut()
                .insert(ConnectInfo(HOME.parse::<SocketAddr>().expect("an address")));
        }
        let response = self.app.clone().oneshot(request).await.expect("infallible");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    /// Sends a request with a bearer token (none when empty) and a JSON body (none when null).
    pub(crate) async fn ask(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        self.send(request(token, method, path, &body)).await
    }

    pub(crate) async fn sign_in(&self, name: &str) -> String {
        let answer = self.ask("", "POST", "/api/v1/session", credentials(name, PASSWORD)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["token"].as_str().expect("a token").to_owned()
    }

    /// The key of a person.
    pub(crate) async fn user(&self, name: &str) -> u64 {
        self.store.user_named(name).await.expect("answer").expect("somebody").id.0
    }

    /// The key of a device.
    pub(crate) async fn device(&self, sip_user: &str) -> u64 {
        let devices = self.store.devices(None).await.expect("devices");
        devices.iter().find(|device| device.sip_user == sip_user).expect("there").id.0
    }

    pub(crate) fn directories_told(&self) -> usize {
        self.directories.lock().expect("no panic").len()
    }
}

/// Media that answers every offer, and hears fifty packets and a tone on each leg.
fn echoing() -> Echoes {
    let (events, inbox) = tokio::sync::mpsc::channel(100);
    let commands = move |_call, command: Command| {
        let leg = command.leg();
        let news = match command {
            Command::AnswerOffer { .. } => {
                let heard = Heard {
                    sound_ms: 1_000,
                    tone_ms: 1_000,
                };
                let report = Box::new(LegReport {
                    transport: Transport::Tcp,
                    received: StreamReport {
                        packets: 50,
                        lost: 1,
                        ..StreamReport::default()
                    },
                    ..LegReport::default()
                });
                vec![
                    Event::OfferAnswered {
                        leg,
                        answer: "v=0\r\n".to_owned(),
                    },
                    Event::Connected { leg },
                    Event::Listened { leg, heard },
                    Event::Measured { leg, report },
                ]
            }
            _ => Vec::new(),
        };
        news.into_iter().all(|event| events.try_send(event).is_ok())
    };
    Echoes::start(commands, inbox)
}

pub(crate) fn credentials(name: &str, password: &str) -> Value {
    serde_json::json!({ "name": name, "password": password })
}

pub(crate) fn request(token: &str, method: &str, path: &str, body: &Value) -> Request<Body> {
    let mut request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).expect("a method"))
        .uri(path)
        .header("host", HOST);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        request = request.header("content-type", "application/json");
        Body::from(body.to_string())
    };
    request.body(body).expect("a request")
}

/// The same, from another address.
pub(crate) fn from(address: &str, mut request: Request<Body>) -> Request<Body> {
    request
        .extensions_mut()
        .insert(ConnectInfo(address.parse::<SocketAddr>().expect("an address")));
    request
}
