//! Headers that keep browsers from doing what other sites' pages ask of them.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::Api;

/// Everything from ourselves; styles also from attributes, which the component library sets.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    media-src 'self' blob: data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What a phone needs of the browser, for our page alone.
const PERMISSIONS: &str = "microphone=(self), speaker-selection=(self), hid=(self), camera=(), geolocation=(), payment=(), usb=()";
/// Half a year.
const STRICT_TRANSPORT: &str = "max-age=15552000";

/// Adds them to every answer.
pub(super) async fn add(State(api): State<Api>, request: Request, next: Next) -> Response {
    let uncached = request.uri().path().starts_with(super::BASE);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set(headers, CONTENT_SECURITY_POLICY, POLICY);
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, X_FRAME_OPTIONS, "DENY");
    set(headers, REFERRER_POLICY, "no-referrer");
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if api.0.parts.web.load().strict_transport {
        set(headers, STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    if uncached {
        set(headers, CACHE_CONTROL, "no-store");
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
