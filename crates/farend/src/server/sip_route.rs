//! `/sip`: the WebSocket of browser phones (RFC 7118).

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Extension, Router};

use crate::api::{Api, OriginCheck, Problem};
use crate::portal::Endpoints;
use crate::portal::limits::Permit;
use crate::portal::page::page;
use crate::reach::Reach;
use crate::signalling::Signalling;
use crate::sip_io::Connections;
use crate::sip_io::websocket::{self, MESSAGE_BYTES_MAX, Phone};

/// Bytes that may wait for a browser that does not read.
const WRITE_BYTES_MAX: usize = 1024 * 1024;

#[derive(Clone)]
struct Route {
    api: Api,
    signalling: Signalling,
    connections: Connections,
    reach: Reach,
}

/// The route, to be merged into the app.
pub(super) fn router(api: Api, signalling: Signalling, connections: Connections, reach: Reach) -> Router {
    Router::new().route("/sip", any(open)).with_state(Route {
        api,
        signalling,
        connections,
        reach,
    })
}

/// A page of ours comes with its session, which proves its browser phone. Anybody else may come too and has to prove a
/// device by digest; pages of foreign sites may not.
async fn open(
    State(route): State<Route>,
    Extension(endpoints): Extension<Endpoints>,
    Extension(permit): Extension<Arc<Permit>>,
    request: Request,
) -> Response {
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
            session: route.api.watch_session(&user),
        })
    });
    let page = page(&parts);
    if let (Some(page), Some(_)) = (&page, &phone) {
        route.reach.page_opened(page);
    }
    upgrade
        .protocols(["sip"])
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .max_write_buffer_size(WRITE_BYTES_MAX)
        .on_upgrade(move |socket| async move {
            websocket::serve(socket, phone, (endpoints, page), route.connections, route.signalling).await;
            drop(permit);
        })
}
