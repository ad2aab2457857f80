//! HTTP on one connection: the application inside TLS, a redirect outside.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Endpoints;
use super::limits::Permit;
use super::patient::Patient;

/// Time for a request's header, and between two requests of a kept connection.
const HEADER_TIME_MAX: Duration = Duration::from_secs(30);

/// A peer that takes nothing of an answer for this long is gone.
const STALL_MAX: Duration = Duration::from_secs(30);

fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME_MAX)
        .max_buf_size(64 * 1024);
    builder
}

/// Serves the application until the connection ends. Its place is kept for as long: a handler that takes the connection over, as a WebSocket,
/// takes a share of the permit with it.
pub(super) async fn serve<S>(stream: S, app: Router, endpoints: Endpoints, permit: Permit)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let app = app
        .layer(Extension(endpoints))
        .layer(Extension(Arc::new(permit)))
        .layer(Extension(axum::extract::ConnectInfo(endpoints.peer)));
    let served = builder()
        .serve_connection(TokioIo::new(Patient::new(stream, STALL_MAX)), TowerToHyperService::new(app))
        .with_upgrades()
        .await;
    if let Err(error) = served {
        tracing::debug!(peer = %endpoints.peer, %error, "an HTTP connection broke");
    }
}

/// Answers one request with the address to use instead.
pub(super) async fn redirect<S>(stream: S, endpoints: Endpoints)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request: Request<Incoming>| async move { Ok::<_, std::convert::Infallible>(redirection(&request)) });
    let served = builder().keep_alive(false).serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        tracing::debug!(peer = %endpoints.peer, %error, "an HTTP connection broke");
    }
}

/// The same address, by https; for a client that does not say which host it wants, a sentence.
fn redirection<B>(request: &Request<B>) -> Response<Body> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let target = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| Uri::builder().scheme("https").authority(host).path_and_query(path).build().ok())
        .and_then(|uri| HeaderValue::from_str(&uri.to_string()).ok());
    let mut response = Response::new(Body::from("This address speaks https only.\n"));
    match target {
        Some(target) => {
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            response.headers_mut().insert(header::LOCATION, target);
        }
        None => *response.status_mut() = StatusCode::BAD_REQUEST,
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(host: Option<&str>, path: &str) -> (u16, Option<String>) {
        let mut request = Request::builder().uri(path);
        if let Some(host) = host {
            request = request.header(header::HOST, host);
        }
        let response = redirection(&request.body(()).unwrap());
        let location = response
            .headers()
            .get(header::LOCATION)
            .map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), location)
    }

    #[test]
    fn plain_http_is_sent_to_the_same_address_by_https() {
        let expected = (308, Some("https://pbx.example.com:8802/call?to=102".to_owned()));
        assert_eq!(location(Some("pbx.example.com:8802"), "/call?to=102"), expected);
    }

    #[test]
    fn without_a_usable_host_there_is_a_sentence_instead() {
        assert_eq!(location(None, "/"), (400, None));
        assert_eq!(location(Some("a b"), "/"), (400, None));
    }
}
