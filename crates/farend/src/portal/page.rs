//! The page that a browser has loaded, as its requests tell.

use axum::http::header;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use model::control::Page;

/// RFC 1035 section 2.3.4.
const HOST_BYTES_MAX: usize = 255;

/// The port that an address without one means.
const HTTPS_PORT: u16 = 443;

/// Where the page was loaded from: as far as the browser can tell, its WebSocket goes to the same place.
pub(crate) fn page(parts: &Parts) -> Option<Page> {
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
