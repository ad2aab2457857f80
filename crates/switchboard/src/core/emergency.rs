//! Calls for help: an administrator hears of each at once, and from where it comes.

use model::{CallId, DeviceId, UserId};

use super::{Core, JournalEntry, LiveEvent, Output};
use crate::call::Plan;
use crate::dialplan;

/// A call for help, from the moment at which it was dialled.
#[derive(Debug)]
pub(super) struct Emergency {
    by: Option<UserId>,
    /// At this phone, which is not the person's alone.
    place: Option<DeviceId>,
    dialled: &'static str,
    trunk: Option<String>,
}

impl Core {
    /// Whether somebody calls for help with this. `by`: who has dialled; nobody outside can. `place`: at which shared phone, or which
    /// phone of nobody.
    pub(super) fn emergency(&self, by: Option<UserId>, place: Option<DeviceId>, dialled: &str, plan: &Plan) -> Option<Emergency> {
        if by.is_none() && place.is_none() {
            return None;
        }
        let dialled = dialplan::emergency_number(&self.directory, dialled)?;
        let trunk = self.first_trunk(plan);
        Some(Emergency { by, place, dialled, trunk })
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
        let Emergency { by, place, dialled, trunk } = emergency;
        let person = by.and_then(|user| self.directory.user(user));
        let device = place.and_then(|device| self.directory.device(device));
        // Whoever is logged on at somebody's phone is where that one works.
        let owner = device.and_then(|device| self.directory.user(device.user?));
        let location = owner.or(person).and_then(|user| user.calling.location.clone());
        let label = device.map(|device| device.label.clone());
        let (name, extension) = (
            person.map(|user| user.name.clone()).or(label),
            person.and_then(|user| user.extension.clone()),
        );
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
