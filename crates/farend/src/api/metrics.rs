//! Figures for Prometheus. The rest of the program counts into the public fields; [`Metrics::register`] adds more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{self, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use switchboard::trunks::{LineId, LineReport, LineState};

use super::Api;
use super::guard::SessionUser;
use super::problem::{Problem, ProblemDocument};
use crate::store::journal::Health;

/// One label, `kind`: what sort of thing is counted.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Kind {
    /// The sort.
    pub kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SignInLabels {
    result: SignIn,
}

/// How a sign-in went.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, EncodeLabelValue)]
pub(super) enum SignIn {
    Accepted,
    WrongPassword,
    LockedOut,
}

/// All figures.
#[derive(Default)]
pub struct Metrics {
    /// Calls now.
    pub calls: Gauge,
    /// Legs now.
    pub legs: Gauge,
    /// SIP dialogs now.
    pub dialogs: Gauge,
    /// SIP transactions now.
    pub transactions: Gauge,
    /// Registered contacts now.
    pub registrations: Gauge,
    /// Calls ended, by outcome.
    pub calls_ended: Family<Kind, Counter>,
    /// Media packets dropped, by cause.
    pub media_dropped: Family<Kind, Counter>,
    /// SIP messages dropped, by cause.
    pub sip_dropped: Family<Kind, Counter>,
    /// Portal connections accepted, by what their first bytes said.
    pub connections: Family<Kind, Counter>,
    /// Connections refused, on the one port and for SIP, by cause.
    pub connections_refused: Family<Kind, Counter>,
    /// Portal connections open now.
    pub connections_open: Gauge,
    trunks_up: Gauge,
    trunk_lines: Family<Kind, Gauge>,
    sign_ins: Family<SignInLabels, Counter>,
    requests: Family<RequestLabels, Counter>,
    events_open: Gauge,
    journal_written: Gauge,
    journal_lost: Gauge,
    journal_failing: Gauge,
    journal: Mutex<Option<Arc<Health>>>,
    registry: Mutex<Registry>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// With all figures registered.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let metrics = Self::default();
        metrics.register(|registry| {
            registry.register("calls", "Calls now", metrics.calls.clone());
            registry.register("legs", "Legs now", metrics.legs.clone());
            registry.register("sip_dialogs", "SIP dialogs now", metrics.dialogs.clone());
            registry.register("sip_transactions", "SIP transactions now", metrics.transactions.clone());
            registry.register("registrations", "Registered contacts now", metrics.registrations.clone());
            registry.register("calls_ended", "Calls ended, by outcome", metrics.calls_ended.clone());
            registry.register("media_dropped", "Media packets dropped, by cause", metrics.media_dropped.clone());
            registry.register("sip_dropped", "SIP messages dropped, by cause", metrics.sip_dropped.clone());
            registry.register(
                "connections",
                "Connections accepted on the one port, by kind",
                metrics.connections.clone(),
            );
            registry.register(
                "connections_refused",
                "Connections refused, on the one port and for SIP, by cause",
                metrics.connections_refused.clone(),
            );
            registry.register(
                "connections_open",
                "Connections open on the one port",
                metrics.connections_open.clone(),
            );
            registry.register("trunks_up", "Trunks that calls can go by", metrics.trunks_up.clone());
            registry.register("trunk_lines", "Lines of trunks, by state", metrics.trunk_lines.clone());
            registry.register("sign_ins", "Sign-ins, by result", metrics.sign_ins.clone());
            registry.register("http_requests", "HTTP requests, by route and status", metrics.requests.clone());
            registry.register("event_watchers", "Event WebSockets open", metrics.events_open.clone());
            registry.register(
                "journal_written",
                "Journal entries written since the start",
                metrics.journal_written.clone(),
            );
            registry.register("journal_lost", "Journal entries lost since the start", metrics.journal_lost.clone());
            registry.register(
                "journal_failing",
                "1 while the journal cannot be written",
                metrics.journal_failing.clone(),
            );
        });
        Arc::new(metrics)
    }

    /// Adds further figures; their names get the prefix `farend_`.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        add(registry.sub_registry_with_prefix("farend"));
    }

    /// Where to look how the journal is doing.
    pub fn watch_journal(&self, health: Arc<Health>) {
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = Some(health);
    }

    /// Whether the journal can be written.
    pub(super) fn journal_works(&self) -> bool {
        self.journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .is_none_or(|health| !health.failing())
    }

    pub(super) fn signed_in(&self, result: SignIn) {
        self.sign_ins.get_or_create(&SignInLabels { result }).inc();
    }

    fn show_lines(&self, lines: &BTreeMap<LineId, LineReport>) {
        let count = |state: fn(&LineState) -> bool| lines.values().filter(|report| state(&report.state)).count();
        for (kind, count) in [
            ("starting", count(|state| matches!(state, LineState::Starting))),
            ("up", count(|state| matches!(state, LineState::Up { .. }))),
            ("waiting", count(|state| matches!(state, LineState::Waiting { .. }))),
        ] {
            set(&self.trunk_lines.get_or_create(&Kind { kind }), count);
        }
        let up = lines.iter().filter(|(_, report)| matches!(report.state, LineState::Up { .. }));
        set(&self.trunks_up, up.map(|(line, _)| line.trunk).collect::<BTreeSet<_>>().len());
    }

    fn text(&self) -> Result<String, fmt::Error> {
        if let Some(health) = &*self.journal.lock().unwrap_or_else(PoisonError::into_inner) {
            let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            self.journal_written.set(count(health.written()));
            self.journal_lost.set(count(health.lost()));
            self.journal_failing.set(i64::from(health.failing()));
        }
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry.lock().unwrap_or_else(PoisonError::into_inner))?;
        Ok(text)
    }
}

fn set(gauge: &Gauge, count: usize) {
    gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
}

/// Counts requests by route, never by path: paths are endless.
pub(super) async fn count_requests(State(api): State<Api>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(String::new, |path| path.as_str().to_owned());
    let method = known(request.method());
    let response = next.run(request).await;
    let labels = RequestLabels {
        method,
        route,
        status: response.status().as_u16(),
    };
    api.metrics().requests.get_or_create(&labels).inc();
    response
}

/// Methods are endless, too: those that nobody serves are one.
fn known(method: &Method) -> &'static str {
    const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// A program on this machine, or an administrator.
pub(super) struct MayScrape;

impl FromRequestParts<Api> for MayScrape {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Behind a proxy on this machine everybody comes from this machine.
        let proxied = parts.headers.contains_key(header::FORWARDED) || parts.headers.contains_key("x-forwarded-for");
        if peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback()) && !proxied {
            return Ok(Self);
        }
        let who = <SessionUser as FromRequestParts<Api>>::from_request_parts(parts, api).await?;
        if who.is_administrator() {
            Ok(Self)
        } else {
            Err(Problem::not_permitted())
        }
    }
}

/// Figures in the text format of OpenMetrics: for programs on this machine, or with an administrator's token.
#[utoipa::path(get, path = "/metrics", tag = "server", operation_id = "metrics", responses(
    (status = 200, description = "Figures", body = String, content_type = "application/openmetrics-text"),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, MayScrape: MayScrape) -> Response {
    set(&api.metrics().events_open, api.0.events_open.now());
    api.metrics().show_lines(&api.live().picture().lines);
    match api.metrics().text() {
        Ok(text) => ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
