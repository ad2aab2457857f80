//! How long a request may take.

use std::time::Duration;

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::time::timeout;

use super::problem::Problem;

/// Longer than any handler takes: what takes longer is a body that does not come.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(60);

/// Refuses what does not come to its end.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    within(REQUEST_TIME_MAX, request, next).await
}

async fn within(time_max: Duration, request: Request, next: Next) -> Response {
    match timeout(time_max, next.run(request)).await {
        Ok(response) => response,
        Err(_late) => {
            let mut response = Problem::too_slow().into_response();
            // The rest of the body would be taken for the next request.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use futures_util::stream::pending;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let app = Router::new()
            .route("/", post(|body: String| async { body }))
            .layer(from_fn(|request, next| within(Duration::from_millis(50), request, next)));
        let body = Body::from_stream(pending::<Result<bytes::Bytes, std::io::Error>>());
        let request = Request::builder().method("POST").uri("/").body(body).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 408);
        assert_eq!(response.headers()[CONNECTION], "close");
    }
}
