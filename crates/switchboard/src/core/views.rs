//! Everybody's running calls, as the app shows them: told only when they change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use model::{CallId, UserId};

use super::{CallState, CallView, Core, LiveEvent};
use crate::call::Seen;

/// Calls of one person that are told at most; they have as many as that only when something is wrong.
pub(super) const CALLS_TOLD_MAX: usize = 32;

/// What was told last; nothing of those who are in no call.
#[derive(Debug, Default)]
pub(super) struct Views {
    told: BTreeMap<UserId, Arc<[CallView]>>,
}

impl Core {
    /// A call may look different now: to whom.
    pub(super) fn views_changed(&mut self, id: CallId, now: Instant) -> Vec<UserId> {
        let Some(entry) = self.calls.calls.get_mut(&id) else {
            return Vec::new();
        };
        let seen = entry.call.seen();
        let is_same = seen.len() == entry.views.len()
            && seen
                .iter()
                .zip(&entry.views)
                .all(|(seen, view)| is_shown(seen, view) && view.1.team == entry.team && view.1.recording == entry.tape.seen_by(seen.user));
        if is_same {
            return Vec::new();
        }
        let before = |user| entry.views.iter().find(|(of, _)| *of == user).map(|(_, view)| view);
        let views: Vec<(UserId, CallView)> = seen
            .into_iter()
            .map(|seen| {
                let answered = before(seen.user).and_then(|view| view.answered);
                let view = CallView {
                    recording: entry.tape.seen_by(seen.user),
                    call: id,
                    side: seen.side,
                    state: seen.state,
                    devices: seen.devices,
                    other: seen.other.clone(),
                    team: entry.team,
                    begun: seen.since.unwrap_or(entry.begun),
                    answered: answered.or(has_answered(seen.state).then_some(now)),
                };
                (seen.user, view)
            })
            .collect();
        let before = std::mem::replace(&mut entry.views, views);
        before.iter().chain(&entry.views).map(|(user, _)| *user).collect()
    }

    /// Tells somebody's calls if they are others than before.
    pub(super) fn tell_calls(&mut self, user: UserId) {
        let views = self
            .watch
            .calls_of(user)
            .filter_map(|id| self.calls.calls.get(&id))
            .flat_map(|entry| &entry.views);
        let calls: Arc<[CallView]> = views
            .filter(|(of, _)| *of == user)
            .map(|(_, view)| view.clone())
            .take(CALLS_TOLD_MAX)
            .collect();
        let told = self.views.told.get(&user);
        if told.map_or(calls.is_empty(), |told| *told == calls) {
            return;
        }
        if calls.is_empty() {
            self.views.told.remove(&user);
        } else {
            self.views.told.insert(user, Arc::clone(&calls));
        }
        self.tell(LiveEvent::Calls { user, calls });
    }
}

fn is_shown(seen: &Seen<'_>, (user, view): &(UserId, CallView)) -> bool {
    (seen.user, seen.side, seen.state) == (*user, view.side, view.state) && seen.devices == view.devices && *seen.other == view.other
}

/// Whether they talk, or have talked.
fn has_answered(state: CallState) -> bool {
    match state {
        CallState::Talking | CallState::Holding | CallState::Held | CallState::Moving | CallState::Conferring => true,
        CallState::Lifting | CallState::Dialling | CallState::Ringing | CallState::Waiting => false,
    }
}
