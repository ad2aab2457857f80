//! What the check page asks of the server: where it has come from, whom to ask, echoes, bytes, and what its findings mean.
//!
//! Somebody who is signed in may use it, or a guest with a link, whose token opens nothing but this.

mod echo;
mod found;
mod guest;
mod line;
mod links;
mod news;
mod pace;
mod results;

use std::net::IpAddr;

use axum::Json;
use axum::extract::DefaultBodyLimit;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::middleware::from_fn_with_state;
use doctor::evidence::Locality;
use media::addresses::is_inside;
use model::control;
use serde::Serialize;
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::guest::{Checker, Who};
pub use self::news::PageNews;
pub(super) use self::pace::Paces;
use super::Api;
use super::problem::{Problem, ProblemDocument};
use super::session::Sender;
use crate::check::Echoes;
use crate::portal::Endpoints;
use crate::portal::page::page;

/// So long a credential for TURN works: a check takes a minute, and somebody may run it again.
const RELAY_LIFETIME: Duration = Duration::minutes(10);

/// What checks need of the rest of the program.
#[derive(Debug)]
pub struct Checks {
    /// Echo legs.
    pub echoes: Echoes,
    /// UDP ports of ours that answer STUN, beside that of media.
    pub stun_ports: Vec<u16>,
    /// Who learns what pages checks come from.
    pub pages: PageNews,
}

/// A server for `RTCPeerConnection`'s `iceServers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct IceServer {
    #[schema(example = json!(["turns:pbx.example.com:8802?transport=tcp"]))]
    urls: Vec<String>,
    username: String,
    credential: String,
}

/// What a check page can do, and whom it asks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct CheckPage {
    /// It was opened by a link, without a sign-in.
    is_guest: bool,
    /// The link's label; for those who are signed in, their name.
    label: String,
    /// The extension that the results count for; null for nobody's.
    #[schema(required)]
    extension: Option<String>,
    /// When the link ends; null for those who are signed in.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    expires_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    server_time: OffsetDateTime,
    /// Whom to ask, as URLs: ports of this server first, then the servers of the configuration.
    #[schema(example = json!(["stun:pbx.example.com:8802", "stun:stun.example.com:3478"]))]
    stun: Vec<String>,
    /// Our TURN, for the way inside TLS.
    ice: Vec<IceServer>,
    /// The address by which this server sees the browser.
    #[schema(example = "198.51.100.7")]
    seen_as: String,
    /// Where that is.
    locality: Place,
    /// What is to be tried.
    tasks: [Task; 10],
}

/// Where somebody is, seen from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckLocality)]
pub(super) enum Place {
    Lan,
    Vpn,
    Hairpin,
    Internet,
    Unknown,
}

/// A part of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckTask)]
pub(super) enum Task {
    Page,
    Websocket,
    Candidates,
    Ways,
    Bandwidth,
    Permission,
    Microphone,
    Speaker,
    Playback,
    Headset,
}

const TASKS: [Task; 10] = [
    Task::Page,
    Task::Websocket,
    Task::Candidates,
    Task::Ways,
    Task::Bandwidth,
    Task::Permission,
    Task::Microphone,
    Task::Speaker,
    Task::Playback,
    Task::Headset,
];

/// For whoever is signed in, or has a link.
pub(super) fn routes(guard: Option<&Api>) -> OpenApiRouter<Api> {
    let upload = OpenApiRouter::new()
        .routes(routes!(line::send, line::take))
        .layer(DefaultBodyLimit::max(line::BYTES_MAX));
    let routes = OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(echo::open))
        .routes(routes!(echo::look, echo::close))
        .merge(upload)
        .routes(routes!(line::socket))
        .routes(routes!(results::judge))
        .routes(routes!(results::show));
    match guard {
        Some(api) => routes.route_layer(from_fn_with_state(api.clone(), guest::checker)),
        None => routes,
    }
}

/// For administrators.
pub(super) fn administrator_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(links::list, links::add))
        .routes(routes!(links::remove))
}

/// What a check page can do, and whom it asks.
#[utoipa::path(get, path = "/check", tag = "check", operation_id = "check_page", responses(
    (status = 200, description = "Everything that a check begins with", body = CheckPage),
    (status = 401, description = "`not-signed-in`, `no-such-link`: it is over, or never was", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, who: Checker, came: Came) -> Result<Json<CheckPage>, Problem> {
    let now = OffsetDateTime::now_utc();
    if let Some(page) = &came.page {
        // What its name means will be needed for the echoes.
        api.checks().pages.tell(page);
    }
    if let Who::Guest(link) = &who.0 {
        api.store().check_link_opened(link, &came.peer.to_string(), now).await?;
    }
    let (label, extension, expires_at) = match &who.0 {
        Who::User(user) => (user.user.name.clone(), user.user.extension.clone(), None),
        Who::Guest(link) => {
            let extension = link.user.as_ref().map(|(_, extension, _)| extension.clone());
            (link.label.clone(), extension, Some(link.expires_at))
        }
    };
    Ok(Json(CheckPage {
        is_guest: matches!(who.0, Who::Guest(_)),
        label,
        extension,
        expires_at,
        server_time: now,
        stun: came.stun(&api),
        ice: came.ice(&api, &who, now),
        seen_as: came.peer.to_string(),
        locality: came.locality(&api).into(),
        tasks: TASKS,
    }))
}

/// How a check has come.
pub(super) struct Came {
    peer: IpAddr,
    /// Our address that it has reached; `None` where that is not known.
    local: Option<IpAddr>,
    page: Option<control::Page>,
}

impl FromRequestParts<Api> for Came {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let sender = Sender::from_request_parts(parts, api).await?;
        Ok(Self {
            peer: sender.address().to_canonical(),
            local: parts.extensions.get::<Endpoints>().map(|endpoints| endpoints.local.ip()),
            page: page(parts),
        })
    }
}

impl Came {
    /// For media: what the browser is offered follows from that.
    pub(super) fn reached(&self) -> control::Reached {
        control::Reached {
            local: self.local.unwrap_or(IpAddr::from([0, 0, 0, 0])),
            peer: self.peer,
            page: self.page.clone(),
        }
    }

    pub(super) fn host(&self) -> String {
        self.page.as_ref().map(|page| page.host.to_string()).unwrap_or_default()
    }

    /// Our own ports by the page's name, then the servers of the configuration.
    fn stun(&self, api: &Api) -> Vec<String> {
        let media = api.0.parts.network.picture().udp_port;
        let ports = std::iter::once(media).chain(api.checks().stun_ports.iter().copied());
        let own = self.page.iter().flat_map(|page| {
            let host = host_of_url(&page.host);
            ports
                .clone()
                .filter(|port| *port != 0)
                .map(move |port| format!("stun:{host}:{port}"))
        });
        own.chain(api.0.parts.web.load().stun.iter().cloned()).collect()
    }

    /// Our relay by the page's name and port, inside TLS.
    fn ice(&self, api: &Api, who: &Checker, now: OffsetDateTime) -> Vec<IceServer> {
        let Some(page) = &self.page else { return Vec::new() };
        let expires = (now + RELAY_LIFETIME).unix_timestamp().unsigned_abs();
        let user = match &who.0 {
            Who::User(user) => user.user.id.0.to_string(),
            Who::Guest(link) => format!("check-{}", link.id),
        };
        let issued = api
            .0
            .parts
            .relay
            .issue(&user, expires)
            .expect("a number is a name that is short enough");
        vec![IceServer {
            urls: vec![format!("turns:{}:{}?transport=tcp", host_of_url(&page.host), page.port)],
            username: issued.username,
            credential: issued.password,
        }]
    }

    /// Where the browser is: the doctor knows it of people who were there before, and otherwise addresses tell.
    pub(super) fn locality(&self, api: &Api) -> Locality {
        let report = api.0.parts.doctor.report();
        let known = report.evidence.networks.iter().find(|network| network.address == Some(self.peer));
        if let Some(known) = known.filter(|known| known.locality != Locality::Unknown) {
            return known.locality;
        }
        let picture = api.0.parts.network.picture();
        let is_ours = |address: &IpAddr| *address == self.peer;
        if self.peer.is_unspecified() {
            Locality::Unknown
        } else if self.peer.is_loopback() || picture.interfaces.iter().any(is_ours) {
            Locality::Lan
        } else if picture.public_addresses.iter().any(|seen| is_ours(&seen.public.ip())) || picture.stated.iter().any(is_ours) {
            Locality::Hairpin
        } else if is_inside(self.peer) {
            // Without its netmask nobody can tell the office from a tunnel that ends at its router.
            Locality::Unknown
        } else {
            Locality::Internet
        }
    }
}

/// Addresses of IPv6 stand in brackets (RFC 3986 section 3.2.2).
fn host_of_url(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

impl From<Locality> for Place {
    fn from(locality: Locality) -> Self {
        match locality {
            Locality::Lan => Self::Lan,
            Locality::Vpn => Self::Vpn,
            Locality::Hairpin => Self::Hairpin,
            Locality::Internet => Self::Internet,
            Locality::Unknown => Self::Unknown,
        }
    }
}

impl Api {
    fn checks(&self) -> &Checks {
        &self.0.parts.checks
    }
}
