//! Who is free and who is not: told only when it changes.

use std::collections::{BTreeMap, BTreeSet};

use model::{CallId, DeviceId, UserId};

use super::{Core, LiveEvent, UserState};

/// The states as they were told last, and what they depend on.
#[derive(Debug, Default)]
pub(super) struct Watch {
    told: BTreeMap<UserId, UserState>,
    calls: BTreeMap<UserId, BTreeSet<CallId>>,
    phones: BTreeMap<DeviceId, BTreeMap<CallId, UserState>>,
}

impl Watch {
    /// A call has begun or ceased to concern a user.
    pub(super) fn set_call(&mut self, user: UserId, call: CallId, is_in: bool) {
        let calls = self.calls.entry(user).or_default();
        if is_in {
            calls.insert(call);
        } else {
            calls.remove(&call);
        }
        if calls.is_empty() {
            self.calls.remove(&user);
        }
    }

    /// A call does something else with a phone, or nothing any more.
    pub(super) fn set_phone(&mut self, device: DeviceId, call: CallId, state: Option<UserState>) {
        let calls = self.phones.entry(device).or_default();
        match state {
            Some(state) => calls.insert(call, state),
            None => calls.remove(&call),
        };
        if calls.is_empty() {
            self.phones.remove(&device);
        }
    }

    /// What a phone is doing in other calls than this one.
    pub(super) fn state_of_phone(&self, device: DeviceId, except: CallId) -> Option<UserState> {
        let others = self.phones.get(&device)?.iter().filter(|(call, _)| **call != except);
        others.map(|(_, state)| *state).max_by_key(|state| *state == UserState::OnACall)
    }

    /// The calls that concern a user, oldest first.
    pub(super) fn calls_of(&self, user: UserId) -> impl Iterator<Item = CallId> {
        self.calls.get(&user).into_iter().flatten().copied()
    }
}

impl Core {
    pub(super) fn device_changed(&mut self, device: DeviceId) {
        let seat = self.seating.seat(device);
        for user in [self.person_at(device), seat.mobile].into_iter().flatten() {
            self.user_changed(user);
        }
    }

    /// Tells a user's state if it is another one than before.
    pub(super) fn user_changed(&mut self, user: UserId) {
        self.call_backs.user_changed(user);
        let state = self.state_of(user);
        let told = self.watch.told.get(&user).copied().unwrap_or(UserState::Offline);
        if state == told {
            return;
        }
        match state {
            UserState::Offline => self.watch.told.remove(&user),
            UserState::Available | UserState::Ringing | UserState::OnACall => self.watch.told.insert(user, state),
        };
        if self.directory.user(user).is_some() {
            self.tell(LiveEvent::UserState { user, state });
        }
    }

    /// What somebody is doing.
    pub(super) fn state_of(&self, user: UserId) -> UserState {
        let in_calls = self.watch.calls_of(user).filter_map(|call| self.calls.state_of(call, user));
        let is_present = || self.devices_at(user).into_iter().any(|device| self.registrar.is_present(device.id));
        match in_calls.max_by_key(|state| *state == UserState::OnACall) {
            Some(state) => state,
            None if is_present() => UserState::Available,
            None => UserState::Offline,
        }
    }
}
