//! Calls for help: an administrator hears of each at once, and from where it comes.

use model::{CallId, UserId};

use super::{Core, JournalEntry, LiveEvent, Output};
use crate::call::Plan;
use crate::dialplan;

/// A call for help, from the moment at which it was dialled.
#[derive(Debug)]
pub(super) struct Emergency {
    by: Option<UserId>,
    dialled: &'static str,
    trunk: Option<String>,
}

impl Core {
    /// Whether somebody calls for help with this. `responsible`: who has dialled; nobody outside can.
    pub(super) fn emergency(&self, responsible: Option<UserId>, dialled: &str, plan: &Plan) -> Option<Emergency> {
        let by = Some(responsible?);
        let dialled = dialplan::emergency_number(&self.directory, dialled)?;
        let trunk = self.first_trunk(plan);
        Some(Emergency { by, dialled, trunk })
    }

    fn first_trunk(&self, plan: &Plan) -> Option<String> {
        let first = match plan {
            Plan::Ring { branches, .. } => branches.first()?.leg,
            Plan::Serve { .. } | Plan::Refuse { .. } => return None,
        };
        let line = self.calls.legs.get(&first)?.line?;
        let mut trunks = self.directory.directory().trunks.iter();
        trunks.find(|trunk| trunk.id == line.trunk).map(|trunk| trunk.name.clone())
    }

    /// Tells everybody who has to know. The call is in the journal by now.
    pub(super) fn tell_of_emergency(&mut self, call: CallId, emergency: Emergency) {
        let Emergency { by, dialled, trunk } = emergency;
        let person = by.and_then(|user| self.directory.user(user));
        let location = person.and_then(|user| user.calling.location.clone());
        let (name, extension) = (person.map(|user| user.name.clone()), person.and_then(|user| user.extension.clone()));
        let user = by.map(|user| user.0);
        tracing::warn!(%call, user, name, trunk, "an emergency call begins");
        tracing::debug!(%call, dialled, extension, location, "the emergency call's number and place");
        self.outputs.push_back(Output::Journal(JournalEntry::Emergency {
            call,
            location: location.clone(),
        }));
        self.tell(LiveEvent::EmergencyCalled {
            call,
            user: by,
            name,
            extension,
            dialled,
            location,
            trunk,
        });
    }
}
