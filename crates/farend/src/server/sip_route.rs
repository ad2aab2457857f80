//! `/sip`: the WebSocket of browser phones (RFC 7118).

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Extension, Router};

use model::control::Page;

use crate::api::{Api, OriginCheck, Problem};
use crate::portal::Endpoints;
use crate::portal::limits::Permit;
use crate::reach::Reach;
use crate::signalling::Signalling;
use crate::sip_io::Connections;
use crate::sip_io::websocket::{self, MESSAGE_BYTES_MAX, Phone};

/// Bytes that may wait for a browser that does not read.
const WRITE_BYTES_MAX: usize = 1024 * 1024;

/// RFC 1035 section 2.3.4.
const HOST_BYTES_MAX: usize = 255;

/// The port that an address without one means.
const HTTPS_PORT: u16 = 443;

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

/// Where the page was loaded from: as far as the browser can tell, its WebSocket goes to the same place.
fn page(parts: &Parts) -> Option<Page> {
    let host = parts.headers.get(header::HOST)?.to_str().ok()?;
    let authority: Authority = host.parse().ok()?;
    let port = match authority.port_u16() {
        Some(port) => port,
        None if host.ends_with(authority.host()) => HTTPS_PORT,
        None => return None,
    };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    (!name.is_empty() && name.len() <= HOST_BYTES_MAX).then(|| Page { host: name.into(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(host: &str) -> Option<(String, u16)> {
        let (parts, ()) = axum::http::Request::builder().header("host", host).body(()).unwrap().into_parts();
        page(&parts).map(|page| (page.host.to_string(), page.port))
    }

    #[test]
    fn the_page_s_address_is_told_by_the_host_header() {
        assert_eq!(of("PBX.example.com:8802"), Some(("pbx.example.com".to_owned(), 8802)));
        assert_eq!(of("pbx.example.com"), Some(("pbx.example.com".to_owned(), 443)));
        assert_eq!(of("[2001:db8::7]:8802"), Some(("2001:db8::7".to_owned(), 8802)));
        assert_eq!(of("198.51.100.2:443"), Some(("198.51.100.2".to_owned(), 443)));
    }

    #[test]
    fn nonsense_is_no_page() {
        for host in ["", ":8802", "a b", "pbx.example.com:99999", &"x".repeat(300)] {
            assert_eq!(of(host), None, "{host}");
        }
        let (parts, ()) = axum::http::Request::new(()).into_parts();
        assert_eq!(page(&parts), None);
    }
}
