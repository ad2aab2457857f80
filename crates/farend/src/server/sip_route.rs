//! `/sip`: the WebSocket of browser phones (RFC 7118).

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Extension, Router};

use crate::api::{Api, Live, OriginCheck, Problem};
use crate::portal::Endpoints;
use crate::signalling::Signalling;
use crate::sip_io::Connections;
use crate::sip_io::websocket::{self, MESSAGE_BYTES_MAX, Phone};

/// Bytes that may wait for a browser that does not read.
const WRITE_BYTES_MAX: usize = 1024 * 1024;

#[derive(Clone)]
struct Route {
    api: Api,
    live: Live,
    signalling: Signalling,
    connections: Connections,
}

/// The route, to be merged into the app.
pub(super) fn router(api: Api, live: Live, signalling: Signalling, connections: Connections) -> Router {
    Router::new().route("/sip", any(open)).with_state(Route {
        api,
        live,
        signalling,
        connections,
    })
}

/// A page of ours comes with its session, which proves its browser phone. Anybody else may come too and has to prove a
/// device by digest; pages of foreign sites may not.
async fn open(State(route): State<Route>, Extension(endpoints): Extension<Endpoints>, request: Request) -> Response {
    let (mut parts, _body) = request.into_parts();
    if route.api.origin(&parts) == OriginCheck::Foreign {
        return Problem::foreign_origin().into_response();
    }
    let user = match route.api.session_of(&parts).await {
        Ok(user) => user,
        Err(problem) => return problem.into_response(),
    };
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let phone = user.and_then(|user| {
        let device = user.browser?;
        Some(Phone {
            device,
            user: user.user.id,
            session: user.session,
            live: route.live.clone(),
        })
    });
    upgrade
        .protocols(["sip"])
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .max_write_buffer_size(WRITE_BYTES_MAX)
        .on_upgrade(move |socket| websocket::serve(socket, phone, endpoints, route.connections, route.signalling))
}
