//! The web app inside the program.

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
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
        Some((path, file)) => answer(path, file, &headers),
        None if is_page(path, &headers) => match Files::get(INDEX) {
            Some(file) => answer(INDEX, file, &headers),
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

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let caching = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let (encoding, file) = match compressed(path, headers) {
        Some((encoding, smaller)) => (Some(encoding), smaller),
        None => (None, file),
    };
    let mut answered = HeaderMap::from_iter([
        (ETAG, etag(&file)),
        (CACHE_CONTROL, HeaderValue::from_static(caching)),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ]);
    if headers.get(IF_NONE_MATCH) == answered.get(ETAG) {
        return (StatusCode::NOT_MODIFIED, answered).into_response();
    }
    if let Some(encoding) = encoding {
        answered.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == "text" {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    };
    let kind = HeaderValue::try_from(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    answered.insert(CONTENT_TYPE, kind);
    (answered, file.data).into_response()
}

/// What the build has compressed, where the browser takes it (RFC 9110 section 12.5.3): the smallest first.
fn compressed(path: &str, headers: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let accepted = headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let mut encodings = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts(accepted, encoding));
    encodings.find_map(|(encoding, extension)| Some((encoding, Files::get(&format!("{path}.{extension}"))?)))
}

/// Whether an `Accept-Encoding` names an encoding, and not only to refuse it.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight != Some(0.0_f32)
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn an_encoding_is_taken_where_it_is_named_and_not_refused() {
        for named in ["br", "gzip, deflate, br", "gzip;q=0.5,BR;q=0.7", " br ;q=1"] {
            assert!(accepts(named, "br"), "{named}");
        }
        for other in ["", "gzip", "br;q=0", "br; q=0.0", "brotli"] {
            assert!(!accepts(other, "br"), "{other}");
        }
    }

    /// Every file that the build has compressed is answered so; each form has a tag of its own.
    #[test]
    fn compressed_files_are_served_to_those_who_take_them() {
        for small in Files::iter().filter(|name| name.ends_with(".br")) {
            let path = small.trim_end_matches(".br");
            let answers = ["br, gzip", "gzip", "identity"].map(|encodings| answer(path, Files::get(path).unwrap(), &asking(encodings)));
            let field = |name| answers.each_ref().map(|answer| answer.headers().get(&name).cloned());
            assert_eq!(
                field(CONTENT_ENCODING),
                [Some(HeaderValue::from_static("br")), Some(HeaderValue::from_static("gzip")), None],
                "{path}"
            );
            let [br, gzip, whole] = field(ETAG);
            assert!(br != gzip && gzip != whole && whole != br, "{path}");
            let [kind, others @ ..] = field(CONTENT_TYPE);
            assert!(others.iter().all(|other| *other == kind), "{path}");
        }
    }
}
