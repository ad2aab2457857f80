//! Follows a session for as long as a WebSocket stays open on it: whether it is still in force, and what it permits.

use std::sync::Arc;
use std::time::Duration;

use model::UserId;
use time::OffsetDateTime;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::guard::SessionUser;
use super::live::Ending;
use super::{Api, Live};
use crate::store::{Role, SessionKey, Store};

/// When the database is asked again that did not answer.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// One session that somebody relies on.
#[derive(Debug)]
pub struct SessionWatch {
    endings: Receiver<Arc<Ending>>,
    store: Store,
    session: SessionKey,
    user: UserId,
    role: Role,
    /// Whether the database has to say how the session stands: at the start, since it may have ended before we listened, and after missed news.
    is_unsure: bool,
}

/// What became of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// It is over.
    Ended,
    /// Its user may do something else now.
    Role(Role),
}

impl Api {
    /// Follows a session from now on. To be called before the WebSocket opens, so that no end is missed.
    #[must_use]
    pub fn watch_session(&self, who: &SessionUser) -> SessionWatch {
        SessionWatch::new(self.live(), self.store().clone(), who)
    }
}

impl SessionWatch {
    fn new(live: &Live, store: Store, who: &SessionUser) -> Self {
        Self {
            endings: live.endings(),
            store,
            session: who.session.clone(),
            user: who.user.id,
            role: who.user.role,
            is_unsure: true,
        }
    }

    /// The next change. Nothing is lost when it is dropped half way.
    pub async fn changed(&mut self) -> SessionChange {
        loop {
            if self.is_unsure
                && let Some(change) = self.look_up().await
            {
                return change;
            }
            let heard = if self.is_unsure {
                match timeout(AGAIN_AFTER, self.endings.recv()).await {
                    Ok(heard) => heard,
                    Err(_again) => continue,
                }
            } else {
                self.endings.recv().await
            };
            match heard {
                Ok(ending) => {
                    if let Some(change) = self.heard(&ending) {
                        return change;
                    }
                }
                Err(RecvError::Lagged(_)) => self.is_unsure = true,
                // The program ends.
                Err(RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    fn heard(&mut self, ending: &Ending) -> Option<SessionChange> {
        match ending {
            Ending::Session(_) | Ending::Sessions { .. } => ending.ends(&self.session, self.user).then_some(SessionChange::Ended),
            Ending::Others(in_force) => match in_force.get(&self.session) {
                Some(role) => self.now(*role),
                // It may be younger than the list.
                None => {
                    self.is_unsure = true;
                    None
                }
            },
        }
    }

    async fn look_up(&mut self) -> Option<SessionChange> {
        match self.store.session_role(&self.session, OffsetDateTime::now_utc()).await {
            Ok(Some(role)) => {
                self.is_unsure = false;
                self.now(role)
            }
            Ok(None) => Some(SessionChange::Ended),
            Err(error) => {
                tracing::warn!(%error, "cannot look up a session; trying again in ten seconds");
                None
            }
        }
    }

    fn now(&mut self, role: Role) -> Option<SessionChange> {
        (std::mem::replace(&mut self.role, role) != role).then_some(SessionChange::Role(role))
    }
}
