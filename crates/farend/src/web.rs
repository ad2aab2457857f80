//! The web app inside the program.

use std::borrow::Cow;

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::api::Problem;

/// Built by `web/`; `build.rs` puts a page there that says so when it has not been.
#[derive(RustEmbed)]
#[folder = "$FAREND_WEB_DIR"]
struct Files;

/// The page itself.
const INDEX: &str = "index.html";
/// Files under this folder have their content's hash in their name.
const HASHED: &str = "assets/";

/// One file.
struct Found {
    data: Cow<'static, [u8]>,
    hash: [u8; 32],
}

/// Looks among the files that were built.
fn find(path: &str) -> Option<Found> {
    Files::get(path).map(|file| Found {
        data: file.data,
        hash: file.metadata.sha256_hash(),
    })
}

/// Whatever no other route serves: a file of the app, or the page for the app's own routes.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found("page").into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    match find(path).map(|file| (path, file)) {
        Some((path, file)) => answer(path, file, &headers, find),
        None if is_page(path, &headers) => match find(INDEX) {
            Some(file) => answer(INDEX, file, &headers, find),
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

fn answer(path: &str, file: Found, headers: &HeaderMap, find: impl Fn(&str) -> Option<Found>) -> Response {
    let caching = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let (encoding, file) = match compressed(path, headers, find) {
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
fn compressed(path: &str, headers: &HeaderMap, find: impl Fn(&str) -> Option<Found>) -> Option<(&'static str, Found)> {
    let accepted = headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let mut encodings = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts(accepted, encoding));
    encodings.find_map(|(encoding, extension)| Some((encoding, find(&format!("{path}.{extension}"))?)))
}

/// Whether an `Accept-Encoding` names an encoding, and not only to refuse it.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight != Some(0.0_f32)
    })
}

fn etag(file: &Found) -> HeaderValue {
    let hash: String = file.hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sha2::{Digest as _, Sha256};

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

    /// Three forms of one file, whatever the build has made.
    fn built(path: &str) -> Option<Found> {
        let forms = ["app.js", "app.js.br", "app.js.gz"];
        let data = forms.into_iter().find(|form| *form == path)?.as_bytes();
        Some(Found {
            data: data.into(),
            hash: Sha256::digest(data).into(),
        })
    }

    /// Each form has a tag of its own.
    #[tokio::test]
    async fn compressed_files_are_served_to_those_who_take_them() {
        let mut tags = BTreeSet::new();
        for (asked, encoding, form) in [
            ("br, gzip", Some("br"), "app.js.br"),
            ("gzip", Some("gzip"), "app.js.gz"),
            ("identity", None, "app.js"),
        ] {
            let answer = answer("app.js", built("app.js").unwrap(), &asking(asked), built);
            let field = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(field(CONTENT_ENCODING).as_deref(), encoding);
            assert_eq!(field(CONTENT_TYPE).as_deref(), Some("text/javascript; charset=utf-8"));
            tags.insert(field(ETAG));
            let body = axum::body::to_bytes(answer.into_body(), 64).await.unwrap();
            assert_eq!(body, form);
        }
        assert_eq!(tags.len(), 3);
    }

    #[test]
    fn the_page_is_inside() {
        assert!(find(INDEX).is_some());
    }
}
