//! How the world reaches this server, for administrators. The picture is there already: nobody is asked for it.

pub(crate) mod picture;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use tokio::sync::{mpsc, watch};

use self::picture::Picture;
use super::Api;
use super::problem::{Problem, ProblemDocument};

/// The router is not looked at more often than that on demand.
const PROBE_EVERY_MIN: Duration = Duration::from_secs(10);

/// The way to what is known, and to those who find out more. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Network {
    picture: watch::Receiver<Arc<Picture>>,
    wanted: mpsc::Sender<()>,
    last: Arc<Mutex<Option<Instant>>>,
}

/// Why nothing is looked at now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NotNow {
    /// The last time is too fresh; how long to wait.
    TooSoon(Duration),
    /// No STUN server is asked, or none is known.
    NobodyToAsk,
}

impl Network {
    /// With what is known at any time; whoever wants to know more is told by `wanted`.
    pub(crate) fn new(picture: watch::Receiver<Arc<Picture>>, wanted: mpsc::Sender<()>) -> Self {
        Self {
            picture,
            wanted,
            last: Arc::default(),
        }
    }

    /// Where nothing is known, and nobody finds out more.
    #[must_use]
    pub fn unattended() -> Self {
        Self::new(watch::channel(Arc::default()).1, mpsc::channel(1).0)
    }

    /// What is known now.
    pub(crate) fn picture(&self) -> Arc<Picture> {
        Arc::clone(&self.picture.borrow())
    }

    /// Tells when something else is known.
    pub(crate) fn changes(&self) -> watch::Receiver<Arc<Picture>> {
        self.picture.clone()
    }

    /// The router is to be looked at anew.
    pub(crate) fn look_anew(&self) {
        // When one waits already, that will do.
        let _waiting = self.wanted.try_send(());
    }

    /// Waits until what is known is so, and gives it.
    #[cfg(test)]
    pub(crate) async fn once(mut self, is_so: impl Fn(&Picture) -> bool) -> Arc<Picture> {
        let picture = self.picture.wait_for(|picture| is_so(picture)).await;
        Arc::clone(&picture.expect("the task runs"))
    }

    fn probe(&self, now: Instant) -> Result<(), NotNow> {
        if !self.picture.borrow().stun.has_somebody_to_ask() {
            return Err(NotNow::NobodyToAsk);
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = last.map(|last| (last + PROBE_EVERY_MIN).saturating_duration_since(now));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(NotNow::TooSoon(wait));
        }
        *last = Some(now);
        // When one waits already, that will do.
        let _waiting = self.wanted.try_send(());
        Ok(())
    }
}

impl From<NotNow> for Problem {
    fn from(why: NotNow) -> Self {
        match why {
            NotNow::TooSoon(wait) => Self::too_soon(wait),
            NotNow::NobodyToAsk => Self::nobody_to_ask(),
        }
    }
}

/// Addresses, STUN servers, and how the router on the way behaves.
#[utoipa::path(get, path = "/network", tag = "network", responses(
    (status = 200, description = "As things are", body = Picture),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>) -> Json<Picture> {
    Json(Picture::clone(&api.0.parts.network.picture()))
}

/// Looks at the router anew; what comes out is in the picture a few seconds later, and how long mappings live some minutes later.
#[utoipa::path(post, path = "/network/probe", tag = "network", responses(
    (status = 202, description = "It begins"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`nobody-to-ask`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`too-soon`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn probe(State(api): State<Api>) -> Result<StatusCode, Problem> {
    api.0.parts.network.probe(Instant::now())?;
    Ok(StatusCode::ACCEPTED)
}

#[cfg(test)]
mod tests {
    use super::picture::Stun;
    use super::*;

    #[test]
    fn the_router_is_looked_at_every_ten_seconds_at_most_and_never_without_servers() {
        let (publish, picture) = watch::channel(Arc::default());
        let (wanted, mut wants) = mpsc::channel(1);
        let network = Network::new(picture, wanted);
        let now = Instant::now();
        assert_eq!(network.probe(now), Err(NotNow::NobodyToAsk));
        publish.send_replace(Arc::new(Picture {
            stun: Stun::example(),
            ..Picture::default()
        }));
        assert_eq!(network.probe(now), Ok(()));
        assert_eq!(wants.try_recv(), Ok(()));
        let soon = now + Duration::from_secs(7);
        assert_eq!(network.clone().probe(soon), Err(NotNow::TooSoon(Duration::from_secs(3))));
        assert!(wants.try_recv().is_err());
        assert_eq!(network.probe(now + PROBE_EVERY_MIN), Ok(()));
        assert_eq!(wants.try_recv(), Ok(()));
    }
}
