//! The way to whoever carries out what people want done with their calls.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use model::UserId;
use switchboard::core::{Action, Controlled, Objection};
use tokio::time::timeout;

/// Longer than the core takes for anything: a phone that does not answer is given up before.
const ANSWER_MAX: Duration = Duration::from_secs(45);

type Answer = Pin<Box<dyn Future<Output = Controlled> + Send>>;

/// Has something done with somebody's calls. Cheap to clone.
#[derive(Clone)]
pub struct Control(Arc<dyn Fn(UserId, Action) -> Answer + Send + Sync>);

impl Control {
    /// `ask` hands the action on; its future ends with what came of it.
    pub fn new<F: Future<Output = Controlled> + Send + 'static>(ask: impl Fn(UserId, Action) -> F + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |user, action| Box::pin(ask(user, action))))
    }

    pub(super) async fn ask(&self, user: UserId, action: Action) -> Controlled {
        timeout(ANSWER_MAX, (self.0)(user, action)).await.unwrap_or(Err(Objection::Busy))
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}
