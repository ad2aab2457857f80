//! `/sip`: the WebSocket of browser phones (RFC 7118).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Extension, Router};

use crate::api::{Api, OriginCheck, Problem};
use crate::portal::Endpoints;
use crate::portal::limits::Permit;
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
    public: Arc<[IpAddr]>,
}

/// The route, to be merged into the app. `public`: by which addresses browsers outside of the network reach us.
pub(super) fn router(api: Api, signalling: Signalling, connections: Connections, public: &[IpAddr]) -> Router {
    Router::new().route("/sip", any(open)).with_state(Route {
        api,
        signalling,
        connections,
        public: public.into(),
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
    upgrade
        .protocols(["sip"])
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .max_write_buffer_size(WRITE_BYTES_MAX)
        .on_upgrade(move |socket| async move {
            let endpoints = as_seen_outside(endpoints, &route.public);
            websocket::serve(socket, phone, endpoints, route.connections, route.signalling).await;
            drop(permit);
        })
}

/// Where the browser has reached us: that is the address that it is offered for media over TCP. Through a router's port forward it is not the one
/// that we see.
fn as_seen_outside(endpoints: Endpoints, public: &[IpAddr]) -> Endpoints {
    let Endpoints { peer, local } = endpoints;
    let forwarded = !is_inside(peer.ip()) && is_inside(local.ip());
    let ours = public.iter().find(|ip| ip.is_ipv4() == local.ip().to_canonical().is_ipv4());
    match ours {
        Some(ip) if forwarded => Endpoints {
            peer,
            local: SocketAddr::new(*ip, local.port()),
        },
        _ => endpoints,
    }
}

/// Whether an address means something only in a network of its own: this machine, an office, a VPN, behind a carrier's NAT (RFC 6598).
fn is_inside(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_through_the_router_is_offered_its_address() {
        let public: [IpAddr; 2] = ["203.0.113.7".parse().unwrap(), "2001:db8::7".parse().unwrap()];
        for (peer, local, expected) in [
            ("198.51.100.9:4711", "192.168.1.10:8802", "203.0.113.7:8802"),
            ("192.168.1.30:4711", "192.168.1.10:8802", "192.168.1.10:8802"),
            ("100.64.3.4:4711", "100.64.1.2:8802", "100.64.1.2:8802"),
            ("198.51.100.9:4711", "203.0.113.9:8802", "203.0.113.9:8802"),
            ("[2001:db8:1::1]:4711", "[fd00::1]:8802", "[2001:db8::7]:8802"),
            ("[::ffff:198.51.100.9]:4711", "[::ffff:10.0.0.1]:8802", "203.0.113.7:8802"),
        ] {
            let at = Endpoints {
                peer: peer.parse().unwrap(),
                local: local.parse().unwrap(),
            };
            assert_eq!(as_seen_outside(at, &public).local, expected.parse().unwrap(), "{peer} to {local}");
            assert_eq!(
                as_seen_outside(at, &[]).local,
                at.local,
                "without an address there is none to offer"
            );
        }
    }
}
