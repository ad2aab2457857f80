//! Which session a `Replaces` names (RFC 3891 section 3).

use super::session::{Phase, Session};
use super::stack::{TagOwner, parse_tag};
use super::{Agent, DialogId, DialogStage};
use crate::message::Replaces;

impl Agent {
    /// The session that `replaces` names, as the one knows it whom it was sent to, and how far it is. `None`: there is none, or it is over.
    #[must_use]
    pub fn find(&self, replaces: &Replaces) -> Option<(DialogId, DialogStage)> {
        let owner = self.stack.tags.get(&parse_tag(&replaces.to_tag)?)?;
        let id = match owner {
            TagOwner::Session(id) => *id,
            TagOwner::Ending => return None,
        };
        let session = self.sessions.get(&id).filter(|session| session.farewell.is_none())?;
        let stage = session.stage_of(replaces)?;
        Some((id, stage))
    }
}

impl Session {
    fn stage_of(&self, replaces: &Replaces) -> Option<DialogStage> {
        let is_named = |remote_tag: &str| replaces.names(&self.call_id, remote_tag);
        match &self.phase {
            Phase::Calling { forks, .. } => forks.iter().any(|fork| is_named(&fork.remote_tag)).then_some(DialogStage::Calling),
            Phase::Ringing(_) => is_named(&self.dialog.remote_tag).then_some(DialogStage::Called),
            Phase::Talking => is_named(&self.dialog.remote_tag).then_some(DialogStage::Confirmed),
        }
    }
}
