//! What the core asks of a call that is a conference, or shall be one.

use std::mem;
use std::time::{Duration, Instant};

use model::{CallId, LegId};
use sip::agent::RequestId;

use super::making::{self, Invite, Leaver};
use super::{Conference, Newcomer, Pin};
use crate::call::{Call, Cause, Command, State};
use crate::core::{ConferenceView, MemberDeed, Objection};
use crate::directory::Room;

impl Call {
    /// The call of a room in which nobody is yet: somebody has to come in at once.
    pub(crate) fn meet(id: CallId, room: &Room, ring_max: Duration) -> Self {
        let mut call = Self::new(id, ring_max);
        call.state = State::Conference(super::empty(room));
        call
    }

    pub(in crate::call) fn conference(&self) -> Option<&Conference> {
        match &self.state {
            State::Conference(conference) => Some(conference),
            State::Lifting(_)
            | State::Ringing { .. }
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::Transferring { .. }
            | State::HandingOver { .. }
            | State::LoggingOn(_)
            | State::Attending(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Parked(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        }
    }

    /// The conference, as all who are in it see it.
    pub(crate) fn conference_view(&self) -> Option<ConferenceView> {
        self.conference().map(|conference| ConferenceView {
            call: self.id,
            room: conference.room(),
            is_locked: conference.is_locked(),
            members: conference.views(),
        })
    }

    /// Whether it is a conference that somebody can still come to.
    pub(crate) fn has_room_for(&self, needs_pin: bool) -> bool {
        self.conference().is_some_and(|conference| conference.has_room_for(needs_pin))
    }

    /// Somebody comes to the room whose call it is. Ask [`Call::has_room_for`] before.
    pub(crate) fn enter(&mut self, room: Room, newcomer: Newcomer, now: Instant, commands: &mut Vec<Command>) {
        let _ = self.confer(now, commands, |conference, fx| {
            conference.enter(room, newcomer, fx);
            Ok(())
        });
    }

    /// Somebody comes to the room whose phone is up already, and is asked for the PIN.
    pub(crate) fn welcome(&mut self, room: Room, leaver: Leaver, pin: Option<Pin>, now: Instant, commands: &mut Vec<Command>) {
        let _ = self.confer(now, commands, |conference, fx| {
            conference.welcome(room, leaver, pin, fx);
            Ok(())
        });
    }

    /// Does something with a member for the one whose leg is `by`.
    ///
    /// # Errors
    ///
    /// When that is not theirs to do, or cannot be done now.
    pub(crate) fn do_to_member(
        &mut self,
        by: LegId,
        member: LegId,
        deed: MemberDeed,
        now: Instant,
        commands: &mut Vec<Command>,
    ) -> Result<(), Objection> {
        self.confer(now, commands, |conference, fx| conference.do_to(by, member, deed, fx))
    }

    /// Lets nobody else in, or everybody who may again.
    ///
    /// # Errors
    ///
    /// As [`Call::do_to_member`].
    pub(crate) fn lock(&mut self, by: LegId, is_locked: bool, now: Instant, commands: &mut Vec<Command>) -> Result<(), Objection> {
        self.confer(now, commands, |conference, _| conference.lock(by, is_locked))
    }

    /// Asks nobody for the PIN any more: whoever still has to enter it is sent away.
    pub(crate) fn shut_out(&mut self, cause: Cause, now: Instant, commands: &mut Vec<Command>) {
        let _ = self.confer(now, commands, |conference, fx| {
            conference.shut_out(cause, fx);
            Ok(())
        });
    }

    /// Whether whoever has this leg may call others into it: two talk, or it is a conference with room for another one.
    pub(crate) fn can_invite(&self, by: LegId) -> bool {
        let is_pair = self.peer_of(by).is_some();
        is_pair
            || self
                .conference()
                .is_some_and(|conference| conference.has_room_for(false) && conference.is_open_to_guests_of(by))
    }

    /// Whether whoever has this leg holds, by their phone or from the app.
    pub(crate) fn is_held_by(&self, leg: LegId) -> bool {
        self.legs().any(|own| own.id == leg && own.holds())
    }

    /// Whether a team rings for it.
    pub(crate) fn calls_a_team(&self) -> bool {
        self.conference().is_some_and(Conference::calls_a_team)
    }

    /// Calls somebody in. Ask [`Call::can_invite`] before.
    pub(crate) fn invite(&mut self, invite: Invite, now: Instant, commands: &mut Vec<Command>) {
        self.make_conference(invite.by, now, commands);
        let _ = self.confer(now, commands, |conference, fx| {
            conference.invite(invite, fx);
            Ok(())
        });
    }

    /// Lets a party of another call in. Ask [`Call::can_invite`] before.
    pub(crate) fn join(&mut self, by: LegId, leaver: Leaver, now: Instant, commands: &mut Vec<Command>) {
        self.make_conference(by, now, commands);
        let _ = self.confer(now, commands, |conference, fx| {
            conference.admit(leaver, fx);
            Ok(())
        });
    }

    /// Lets the party whose leg is `leg` go into another call; the other one, who may have asked for it by REFER, is hung up. This call is over
    /// without a word in the journal: for that it goes on where the party has gone. `None`: no two talk.
    pub(crate) fn release_into(
        &mut self,
        leg: LegId,
        into: CallId,
        request: Option<RequestId>,
        now: Instant,
        commands: &mut Vec<Command>,
    ) -> Option<Leaver> {
        self.peer_of(leg)?;
        let State::Talking { pair } = mem::replace(&mut self.state, State::Over) else {
            return None;
        };
        let mut fx = self.effects(now, commands);
        let leaver = making::release(pair, leg, into, request, &mut fx);
        self.state = fx.unmade();
        self.finish(now, commands);
        Some(leaver)
    }

    /// The same for somebody whose own phone was called first, and is up.
    pub(crate) fn release_lifted(&mut self, into: CallId, now: Instant, commands: &mut Vec<Command>) -> Option<Leaver> {
        let state = mem::replace(&mut self.state, State::Over);
        let State::Lifting(lifting) = state else {
            self.state = state;
            return None;
        };
        let mut fx = self.effects(now, commands);
        let leaver = lifting
            .into_legs()
            .into_iter()
            .next()
            .map(|leg| Leaver::set_out(leg, into, None, &mut fx));
        self.state = fx.unmade();
        self.finish(now, commands);
        leaver
    }

    fn make_conference(&mut self, by: LegId, now: Instant, commands: &mut Vec<Command>) {
        let state = mem::replace(&mut self.state, State::Over);
        self.state = match state {
            State::Talking { pair } => State::Conference(Conference::of_pair(pair, by, &mut self.effects(now, commands))),
            state => state,
        };
    }

    fn confer(
        &mut self,
        now: Instant,
        commands: &mut Vec<Command>,
        change: impl FnOnce(&mut Conference, &mut super::Effects<'_>) -> Result<(), Objection>,
    ) -> Result<(), Objection> {
        let state = mem::replace(&mut self.state, State::Over);
        let State::Conference(mut conference) = state else {
            self.state = state;
            return Err(Objection::NotNow);
        };
        let mut fx = self.effects(now, commands);
        let result = change(&mut conference, &mut fx);
        self.state = conference.settle(&mut fx);
        self.finish(now, commands);
        result
    }
}
