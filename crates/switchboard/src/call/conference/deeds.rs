//! What people do with a conference and with who is in it, and what they see of it.

use model::LegId;

use super::{Conference, Member, Stage};
use crate::call::leg::Parting;
use crate::call::{Cause, Effects};
use crate::core::{Attendance, MemberDeed, MemberView, Objection, Outcome};
use crate::directory::RoomId;

impl Conference {
    /// The room whose it is.
    pub(in crate::call) fn room(&self) -> Option<RoomId> {
        self.room.as_ref().map(|room| room.id)
    }

    /// Whether nobody else comes in.
    pub(in crate::call) fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// Whether whoever has this leg leads, and is there.
    pub(in crate::call) fn is_led_by(&self, leg: LegId) -> bool {
        let led = |member: &Member| member.leg.id == leg && member.is_host && member.stage.is_present();
        self.members.iter().any(led)
    }

    /// Whether whoever has this leg may call others in.
    pub(in crate::call) fn is_open_to_guests_of(&self, leg: LegId) -> bool {
        let is_in = |member: &Member| member.leg.id == leg && member.stage.is_present();
        self.is_led_by(leg) || (!self.is_locked && self.members.iter().any(is_in))
    }

    /// Sends everybody away who still has to show that they may come in.
    pub(in crate::call) fn shut_out(&mut self, cause: Cause, fx: &mut Effects<'_>) {
        for index in (0..self.members.len()).rev() {
            if self.members[index].is_unproved() {
                self.leave(index, Parting::Because(cause), cause.text, fx);
            }
        }
    }

    /// Nobody else comes in, or everybody who may again.
    pub(in crate::call) fn lock(&mut self, by: LegId, is_locked: bool) -> Result<(), Objection> {
        if !self.is_led_by(by) {
            return Err(Objection::Refused("only who leads the conference may do this"));
        }
        self.is_locked = is_locked;
        Ok(())
    }

    /// Somebody does something with `whom`, who may be themselves by another phone.
    pub(in crate::call) fn do_to(&mut self, by: LegId, whom: LegId, deed: MemberDeed, fx: &mut Effects<'_>) -> Result<(), Objection> {
        let is_led = self.is_led_by(by);
        let user = self
            .members
            .iter()
            .find(|member| member.leg.id == by)
            .and_then(|member| member.leg.party.user);
        let Some(index) = self
            .members
            .iter()
            .position(|member| member.leg.id == whom && !member.is_unproved() && !member.stage.is_removed())
        else {
            return self.call_off_one(is_led, whom, deed, fx);
        };
        let member = &mut self.members[index];
        let is_own = user.is_some() && member.leg.party.user == user;
        let is_allowed = match deed {
            MemberDeed::Mute { .. } | MemberDeed::RaiseHand { .. } => is_own || is_led,
            MemberDeed::Remove | MemberDeed::Admit => is_led,
        };
        if !is_allowed {
            return Err(Objection::Refused("only who leads the conference may do this"));
        }
        match deed {
            MemberDeed::Mute { is_on } => member.is_muted = is_on,
            MemberDeed::RaiseHand { is_up } => member.hand_is_up = is_up,
            MemberDeed::Remove => self.remove(index, fx),
            MemberDeed::Admit if member.is_inside() => member.is_admitted = true,
            MemberDeed::Admit => return Err(Objection::NotNow),
        }
        Ok(())
    }

    /// The same for somebody whose phones ring.
    fn call_off_one(&mut self, is_led: bool, name: LegId, deed: MemberDeed, fx: &mut Effects<'_>) -> Result<(), Objection> {
        let index = self.invitations.iter().position(|invitation| invitation.name == name);
        let index = index.ok_or(Objection::NotNow)?;
        match deed {
            MemberDeed::Remove if is_led => {}
            MemberDeed::Remove => return Err(Objection::Refused("only who leads the conference may do this")),
            MemberDeed::Mute { .. } | MemberDeed::RaiseHand { .. } | MemberDeed::Admit => return Err(Objection::NotNow),
        }
        let mut invitation = self.invitations.remove(index);
        invitation.fork.cancel(Parting::HangUp, fx);
        invitation.tell(Outcome::Cancelled, "called off", fx);
        Ok(())
    }

    /// Everybody whom the others may see: not those who have yet to show that they may come in.
    pub(in crate::call) fn views(&self) -> Vec<MemberView> {
        let members = self.members.iter().filter_map(Member::view);
        let invited = self.invitations.iter().map(|invitation| MemberView {
            leg: invitation.name,
            party: invitation.fork.called.clone(),
            presence: Attendance::Invited,
            is_host: false,
            is_muted: false,
            hand_is_up: false,
            since: invitation.since,
        });
        members.chain(invited).collect()
    }
}

impl Member {
    fn view(&self) -> Option<MemberView> {
        let presence = match self.stage {
            Stage::Arriving { .. } | Stage::AtTheDoor(_) | Stage::Removed { .. } => return None,
            Stage::Waiting => Attendance::Waiting,
            Stage::Present if self.leg.holds() => Attendance::Away,
            Stage::Present => Attendance::Present,
        };
        Some(MemberView {
            leg: self.leg.id,
            party: self.leg.party.clone(),
            presence,
            is_host: self.is_host,
            is_muted: self.is_muted,
            hand_is_up: self.hand_is_up,
            since: self.since,
        })
    }
}
