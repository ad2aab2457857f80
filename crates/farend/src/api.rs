//! REST, events and figures. Handlers do three things: parse, one store call or one input to the core, map the error.
//!
//! Everything under `/api/v1` wants a session unless it stands in [`open_routes`]; what only administrators may do
//! stands in [`administrator_routes`], and what guests with a link may do, too, in [`check::routes`]. The OpenAPI document comes from the handlers.

pub mod live;
pub mod metrics;
pub mod problem;

mod announcements;
mod audit_log;
mod calling;
mod calls;
mod check;
mod conferences;
mod control;
mod devices;
mod doctor;
mod document;
mod events;
mod explain;
mod features;
mod guard;
mod headers;
mod health;
mod holidays;
mod housekeeping;
mod json;
mod live_calls;
mod me;
mod menus;
pub(crate) mod network;
mod number_plan;
mod numbers;
mod origin;
mod pick_up_groups;
mod pins;
mod place;
mod prompts;
mod reaching;
mod recordings;
mod relay;
mod ringing;
mod rooms;
mod routes;
mod session;
mod session_watch;
mod teams;
mod throttle;
mod time_limit;
mod time_profiles;
mod trunk_profiles;
mod trunks;
mod types;
mod upload;
mod users;
mod waiting_calls;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::doctor::Doctor;
use crate::recording::vault::Vault;
use crate::store::{RunId, Store};

pub use check::{Checks, PageNews};
pub use control::Control;
pub use document::{openapi, openapi_json};
pub use guard::SessionUser;
pub use housekeeping::keep_house;
pub use live::{Ending, Live, News};
pub use me::SipServer;
pub use metrics::Metrics;
pub use network::Network;
pub use origin::OriginCheck;
pub use problem::Problem;
pub(crate) use recordings::audio::file_name as recording_file_name;
pub use session_watch::{SessionChange, SessionWatch};
pub use trunks::tested::Tester;

use throttle::Throttle;

/// Bytes of a request's body at most.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// The path that everything of the app's own lives under.
pub const BASE: &str = "/api/v1";

/// What the API needs of the rest of the program.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// What happens now.
    pub live: Live,
    /// Figures for `/metrics`.
    pub metrics: Arc<Metrics>,
    /// This run, for the journal's names of calls.
    pub run: RunId,
    /// What the configuration says about web pages; it may change while we serve.
    pub web: Arc<ArcSwap<WebRules>>,
    /// Where desk phones register.
    pub sip_server: SipServer,
    /// How the world reaches this server.
    pub network: Network,
    /// What is wrong with the audio.
    pub doctor: Doctor,
    /// Tests trunks.
    pub tester: Tester,
    /// Has things done with people's calls.
    pub control: Control,
    /// Where an administrator's own profiles of providers are.
    pub profile_dir: PathBuf,
    /// Where recordings are.
    pub recordings: Vault,
    /// Makes the credentials of TURN.
    pub relay: ::relay::Secret,
    /// What browsers' checks need.
    pub checks: Checks,
}

/// What the configuration says about web pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRules {
    /// Further origins whose pages may open WebSockets (`[web] allowed_origins`).
    pub allowed_origins: Vec<String>,
    /// Whether browsers may be told to insist on https for this host: not with a self-signed certificate.
    pub strict_transport: bool,
    /// STUN servers that browsers may ask, as URLs (RFC 7064).
    pub stun: Vec<String>,
}

/// The API's state. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    parts: Parts,
    throttle: Mutex<Throttle>,
    events_open: events::Count,
    heard: recordings::Heard,
    uploads: upload::Desk,
    paces: Arc<check::Paces>,
}

impl Api {
    /// With everything it needs.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            throttle: Mutex::new(Throttle::default()),
            events_open: events::Count::default(),
            heard: recordings::Heard::default(),
            uploads: upload::Desk::default(),
            paces: Arc::default(),
        }))
    }

    /// The whole of HTTP: the API, the web app, and what else the caller serves (`/sip`), under the same headers.
    pub fn app(&self, further: Router) -> Router {
        let (router, _document) = described(Some(self)).split_for_parts();
        router
            .route_layer(from_fn_with_state(self.clone(), metrics::count_requests))
            .with_state(self.clone())
            .merge(further)
            .fallback(crate::web::serve)
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(from_fn(time_limit::keep))
            .layer(from_fn_with_state(self.clone(), headers::add))
    }

    fn store(&self) -> &Store {
        &self.0.parts.store
    }

    pub(crate) fn live(&self) -> &Live {
        &self.0.parts.live
    }

    fn metrics(&self) -> &Metrics {
        &self.0.parts.metrics
    }

    fn uploads(&self) -> &upload::Desk {
        &self.0.uploads
    }

    /// A short look at the sign-in attempts; never held across an await.
    fn throttle<T>(&self, look: impl FnOnce(&mut Throttle) -> T) -> T {
        look(&mut self.0.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells the switchboard and everybody who watches that people or devices have changed. To be called after every commit; where nothing has changed after
    /// all, nobody is told.
    async fn directory_changed(&self) -> Result<(), Problem> {
        self.live().follow_directory(self.store()).await.map_err(Problem::from)
    }
}

/// All routes with their description; guarded, unless only the description is wanted.
fn described(guard: Option<&Api>) -> OpenApiRouter<Api> {
    let (mut signed_in, mut administrators) = (signed_in_routes(), administrator_routes());
    if let Some(api) = guard {
        signed_in = signed_in.route_layer(from_fn_with_state(api.clone(), guard::signed_in));
        administrators = administrators.route_layer(from_fn_with_state(api.clone(), guard::administrator));
    }
    OpenApiRouter::new()
        .nest(
            BASE,
            open_routes().merge(check::routes(guard)).merge(signed_in).merge(administrators),
        )
        .merge(top_routes())
}

/// For everybody.
fn open_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(session::sign_in, session::show, session::sign_out))
}

/// For everybody who is signed in; what one may see of others is up to the handlers.
fn signed_in_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(me::show))
        .routes(routes!(me::change_password))
        .routes(routes!(pins::set_own, pins::remove_own))
        .routes(routes!(ringing::show_own, ringing::change_own))
        .routes(routes!(reaching::show_own, reaching::change_own))
        .routes(routes!(reaching::simulate::simulate_own))
        .routes(routes!(place::show))
        .routes(routes!(place::cancel_mobility))
        .routes(routes!(place::log_off))
        .routes(routes!(live_calls::list, live_calls::dial))
        .routes(routes!(live_calls::answer))
        .routes(routes!(live_calls::decline))
        .routes(routes!(live_calls::hold))
        .routes(routes!(live_calls::resume))
        .routes(routes!(live_calls::send_digits))
        .routes(routes!(live_calls::transfer))
        .routes(routes!(live_calls::move_to))
        .routes(routes!(live_calls::take))
        .routes(routes!(live_calls::hang_up))
        .routes(routes!(live_calls::record))
        .merge(further_live_routes())
        .routes(routes!(relay::show))
        .routes(routes!(users::list))
        .routes(routes!(users::show))
        .routes(routes!(devices::list))
        .routes(routes!(devices::change))
        .routes(routes!(teams::list))
        .routes(routes!(rooms::list))
        .routes(routes!(pick_up_groups::list))
        .routes(routes!(pick_up_groups::show_parking))
        .routes(routes!(time_profiles::list))
        .routes(routes!(holidays::regions))
        .routes(routes!(holidays::list))
        .routes(routes!(features::list))
        .routes(routes!(calls::list))
        .routes(routes!(recordings::list))
        .routes(routes!(recordings::remove))
        .routes(routes!(recordings::audio::play))
        .routes(routes!(recordings::audio::peaks))
        .routes(routes!(events::open))
}

/// Calls that run now and come together, or wait for somebody: for everybody who is signed in.
fn further_live_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(conferences::list))
        .routes(routes!(conferences::connect))
        .routes(routes!(conferences::confer))
        .routes(routes!(conferences::invite))
        .routes(routes!(conferences::mute))
        .routes(routes!(conferences::raise_hand))
        .routes(routes!(conferences::remove))
        .routes(routes!(conferences::admit))
        .routes(routes!(conferences::lock))
        .routes(routes!(waiting_calls::park))
        .routes(routes!(waiting_calls::take_parked))
        .routes(routes!(waiting_calls::pick_up))
        .routes(routes!(waiting_calls::call_backs, waiting_calls::call_back))
        .routes(routes!(waiting_calls::no_call_back))
}

/// For administrators.
fn administrator_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(users::add))
        .routes(routes!(users::change, users::remove))
        .routes(routes!(devices::add))
        .routes(routes!(devices::remove))
        .routes(routes!(devices::renew_secret))
        .routes(routes!(network::show))
        .routes(routes!(network::probe))
        .merge(doctor_routes())
        .routes(routes!(trunks::list, trunks::add))
        .routes(routes!(trunks::show, trunks::change, trunks::remove))
        .routes(routes!(trunks::test::show, trunks::test::begin))
        .routes(routes!(trunk_profiles::list))
        .routes(routes!(routes::list, routes::add))
        .routes(routes!(routes::order))
        .routes(routes!(routes::change, routes::remove))
        .routes(routes!(numbers::list, numbers::add))
        .routes(routes!(numbers::remove))
        .routes(routes!(number_plan::show, number_plan::change))
        .routes(routes!(explain::explain))
        .routes(routes!(calling::show, calling::change))
        .routes(routes!(recordings::settings::show, recordings::settings::change))
        .routes(routes!(
            recordings::settings::show_permission,
            recordings::settings::change_permission
        ))
        .routes(routes!(recordings::storage))
        .routes(routes!(pins::set_for, pins::remove_of))
        .routes(routes!(ringing::show_of, ringing::change_of))
        .routes(routes!(reaching::show_of, reaching::change_of))
        .routes(routes!(reaching::simulate::simulate_for))
        .routes(routes!(rooms::add))
        .routes(routes!(rooms::change, rooms::remove))
        .merge(spoken_routes())
        .routes(routes!(pick_up_groups::add))
        .routes(routes!(pick_up_groups::change, pick_up_groups::remove))
        .routes(routes!(pick_up_groups::change_parking))
        .routes(routes!(time_profiles::add))
        .routes(routes!(time_profiles::change, time_profiles::remove))
        .routes(routes!(features::change, features::reset))
        .routes(routes!(teams::add))
        .routes(routes!(teams::change, teams::remove))
        .routes(routes!(audit_log::list))
        .merge(check::administrator_routes())
}

/// What is wrong with the audio: for administrators.
fn doctor_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(doctor::show))
        .routes(routes!(doctor::history))
        .routes(routes!(doctor::retest))
        .routes(routes!(doctor::rules))
        .routes(routes!(doctor::networks))
        .routes(routes!(doctor::evidence))
        .routes(routes!(doctor::plan::show))
        .routes(routes!(doctor::plan::svg))
        .routes(routes!(doctor::plan::markdown))
}

/// What callers hear and choose: for administrators.
fn spoken_routes() -> OpenApiRouter<Api> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(announcements::list, announcements::add))
        .routes(routes!(announcements::replace, announcements::hear))
        .routes(routes!(prompts::replace, prompts::restore, prompts::hear))
        .layer(DefaultBodyLimit::max(upload::BODY_BYTES_MAX));
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(announcements::rename, announcements::remove))
        .routes(routes!(prompts::list))
        .routes(routes!(prompts::choose_language))
        .routes(routes!(menus::list, menus::add))
        .routes(routes!(menus::change, menus::remove))
}

/// Outside of the API's path.
fn top_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(health::show))
        .routes(routes!(metrics::show))
        .routes(routes!(document::show))
}
