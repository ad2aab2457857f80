//! What several fuzz targets share.

use sip::message::{Parsed, Replaces};

/// Looks at everything that a message offers, and builds the answers that it asks for.
pub fn use_up(parsed: &Parsed) {
    let peer = ([203, 0, 113, 9], 5060).into();
    match parsed {
        Parsed::Request(request) => {
            let _ = (
                request.from(),
                request.to(),
                request.request_user(),
                request.to_user(),
                request.from_user(),
            );
            let _ = (
                request.contacts(),
                request.expires(),
                request.body(),
                request.refer_to().map(Replaces::embedded),
                request.replaces(),
            );
            assert!(!request.method().is_empty() && !request.request_uri().is_empty() && !request.call_id().is_empty());
            assert!(request.all_headers().count() <= sip::message::HEADERS_MAX);
        }
        Parsed::Response(response) => {
            let _ = (
                response.reason(),
                response.contacts(),
                response.retry_after(),
                response.explanation(),
                response.to(),
                response.from(),
                response.body(),
            );
            assert!((100..700).contains(&response.status()));
        }
        Parsed::Salvaged(salvage) => {
            let refusal = salvage.refusal(peer, "fuzz");
            assert!(refusal.starts_with(b"SIP/2.0 ") && refusal.ends_with(b"\r\n\r\n"));
            assert_eq!(
                refusal.windows(4).filter(|window| window == b"\r\n\r\n").count(),
                1,
                "nothing splits our answer"
            );
        }
        Parsed::KeepAlive(keep_alive) => drop(keep_alive.reply(peer)),
        Parsed::Garbage(_) => {}
    }
}
