//! The web app inside the program.

use axum::http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::api::Problem;

/// Built by `web/`; `build.rs` puts a page there that says so when it has not been.
#[derive(RustEmbed)]
#[folder = "$FAREND_WEB_DIR"]
struct Files;

/// The page itself.
const INDEX: &str = "index.html";
/// Files under this folder have their content's hash in their name.
const HASHED: &str = "assets/";

/// Whatever no other route serves: a file of the app, or the page for the app's own routes.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found("page").into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    match Files::get(path).map(|file| (path, file)) {
        Some((path, file)) => answer(path, &file, &headers),
        None if is_page(path, &headers) => match Files::get(INDEX) {
            Some(file) => answer(INDEX, &file, &headers),
            None => Problem::not_found("page").into_response(),
        },
        None => Problem::not_found("page").into_response(),
    }
}

/// A route of the app rather than a file that is missing.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let html = headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"));
    let last = path.rsplit('/').next().unwrap_or_default();
    html && !last.contains('.')
}

fn answer(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let etag = etag(file);
    let caching = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = headers.get(IF_NONE_MATCH).is_some_and(|tags| tags.as_bytes() == etag.as_bytes());
    if known {
        return (
            StatusCode::NOT_MODIFIED,
            [(ETAG, etag), (CACHE_CONTROL, HeaderValue::from_static(caching))],
        )
            .into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == "text" {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    };
    let kind = HeaderValue::try_from(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    (
        [
            (CONTENT_TYPE, kind),
            (ETAG, etag),
            (CACHE_CONTROL, HeaderValue::from_static(caching)),
        ],
        file.data.clone(),
    )
        .into_response()
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}
