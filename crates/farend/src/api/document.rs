//! The OpenAPI document. It comes from the handlers; `openapi.json` beside this crate is its snapshot.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::events::EventMessage;
use super::guard::COOKIE_NAME;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "farend",
        description = "The office phone, at home. Errors are RFC 9457 problem documents whose `code` is stable. Times are RFC 3339 UTC. \
                       Requests that change something and carry the cookie must come from our own pages (Origin).",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact()
    ),
    components(schemas(EventMessage)),
    tags(
        (name = "session", description = "Signing in and out"),
        (name = "me", description = "Oneself"),
        (name = "users", description = "People"),
        (name = "devices", description = "Browser phones and desk phones"),
        (name = "calls", description = "The journal"),
        (name = "live", description = "Calls that run now, and what is to be done with them"),
        (name = "teams", description = "One number, several people or phones"),
        (name = "rooms", description = "Conference rooms"),
        (name = "menus", description = "Attendants: callers choose by keys where their call goes; announcements and prompts that they hear"),
        (name = "pick_up", description = "Who may answer whose ringing calls, and where calls are parked"),
        (name = "times", description = "When offices work"),
        (name = "recordings", description = "Calls that were recorded, and which are"),
        (name = "features", description = "What is dialled for which feature"),
        (name = "audit", description = "Who has changed what"),
        (name = "doctor", description = "What is wrong with the audio: findings, by what they were found, and the rules"),
        (name = "network", description = "How the world reaches this server"),
        (name = "trunks", description = "Calls to and from the world by providers"),
        (name = "profiles", description = "What is known about providers"),
        (name = "numbers", description = "Our numbers, and where calls to them go"),
        (name = "routes", description = "By which trunks numbers of the world are reached"),
        (name = "plan", description = "Where the company is in the telephone world, and what dialled numbers come to"),
        (name = "calling", description = "What people may do with the world"),
        (name = "events", description = "What happens now"),
        (name = "server", description = "The server itself"),
    ),
    security(("token" = []), ("cookie" = [])),
    modifiers(&Schemes)
)]
struct Frame;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of POST /api/v1/session"));
        components.add_security_scheme("token", SecurityScheme::Http(bearer.build()));
        let cookie = ApiKeyValue::with_description(COOKIE_NAME, "Set by POST /api/v1/session");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The description of the API.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = Frame::openapi();
    document.merge(super::described(None).into_openapi());
    for path in document.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch];
        operations.into_iter().flatten().for_each(name_by_tag);
    }
    document
}

/// Handlers are called `list` or `add` in a module for each tag; outside, `users_list` tells them apart.
fn name_by_tag(operation: &mut Operation) {
    if let (Some(id), Some(tag)) = (&operation.operation_id, operation.tags.iter().flatten().next()) {
        operation.operation_id = Some(format!("{tag}_{id}"));
    }
}

/// The same as text, as it is kept in `openapi.json`.
///
/// # Panics
/// Never: the document holds nothing that JSON cannot say, and a test makes it.
#[must_use]
pub fn openapi_json() -> String {
    let mut text = openapi().to_pretty_json().expect("the document holds nothing that JSON cannot say");
    text.push('\n');
    text
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "server", operation_id = "openapi", security(()), responses(
    (status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json"),
))]
pub(super) async fn show() -> impl IntoResponse {
    static TEXT: LazyLock<String> = LazyLock::new(openapi_json);
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str())
}
