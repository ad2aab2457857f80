//! What a call is, for whoever only looks: which legs it has, who is in it, and when it wants to be woken.

use std::time::Instant;

use model::{CallId, LegId, UserId};

use super::conference::Conference;
use super::fork::Fork;
use super::leg::Leg;
use super::picking::Pickers;
use super::{Call, State};
use crate::core::{Party, Side, UserState};

impl Call {
    /// The call by which the journal knows who is being called.
    pub(crate) fn story(&self) -> CallId {
        let of_others = match &self.state {
            State::Conference(conference) => conference.story_of_team(),
            State::Attending(attendant) => attendant.story(),
            State::Lifting(_)
            | State::Ringing { .. }
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::Transferring { .. }
            | State::HandingOver { .. }
            | State::Parked(_)
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        };
        of_others.unwrap_or(self.story)
    }

    /// Whether the call can be forgotten.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// When [`Call::handle_timeout`] wants to be called next.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let own = match &self.state {
            State::Ringing { fork, .. } | State::Transferring { fork, .. } => Some(fork.deadline()),
            State::LoggingOn(log_on) => Some(log_on.deadline()),
            State::Attending(attendant) => Some(attendant.deadline()),
            State::Echoing(echo) => Some(echo.deadline()),
            State::Lifting(lifting) => Some(lifting.deadline()),
            State::Moving(moving) => Some(moving.deadline()),
            State::Parked(parked) => Some(parked.deadline()),
            State::Conference(conference) => conference.deadline(),
            State::Farewell(farewell) => Some(farewell.until),
            State::Answering { until, .. }
            | State::Greeting { until, .. }
            | State::HandingOver { until, .. }
            | State::Unmade { until }
            | State::Ending { until, .. } => Some(*until),
            State::Serving { .. } | State::Talking { .. } | State::Over => None,
        };
        let legs = self.legs().filter_map(Leg::deadline);
        let epilogues = self.closing.iter().filter_map(|closing| Some(closing.epilogue?.until));
        own.into_iter().chain(legs).chain(epilogues).min()
    }

    /// The legs that are alive, in no particular order.
    pub(super) fn legs(&self) -> impl Iterator<Item = &Leg> {
        let (some, branches): ([Option<&Leg>; 3], &[Leg]) = match &self.state {
            State::Ringing { caller, fork } => ([Some(caller), None, None], &fork.branches),
            State::Answering { caller, called, .. } => ([Some(caller), Some(called), None], &[]),
            State::Greeting { caller, .. } | State::Serving { caller, .. } => ([Some(caller), None, None], &[]),
            State::Talking { pair: [a, b] } => ([Some(a), Some(b), None], &[]),
            State::Lifting(lifting) => ([lifting.lifted(), None, None], lifting.fork().map_or(&[], |fork| &fork.branches)),
            State::Moving(moving) => {
                let branches = moving.fork().map_or(&[][..], |fork| &fork.branches);
                ([Some(&moving.mover), Some(&moving.other), moving.arriving()], branches)
            }
            State::Transferring { transfer, fork } => ([transfer.transferor.as_ref(), Some(&transfer.transferee), None], &fork.branches),
            State::HandingOver { transfer, target, .. } => ([transfer.transferor.as_ref(), Some(&transfer.transferee), Some(target)], &[]),
            State::LoggingOn(log_on) => ([Some(log_on.leg()), None, None], &[]),
            State::Attending(attendant) => {
                let branches = attendant.fork().map_or(&[][..], |fork| &fork.branches);
                ([Some(attendant.caller()), attendant.target(), None], branches)
            }
            State::Echoing(echo) => ([Some(echo.leg()), None, None], &[]),
            State::Parked(parked) => ([Some(parked.party()), None, None], &[]),
            State::Farewell(farewell) => ([Some(&farewell.leg), None, None], &[]),
            State::Conference(_) | State::Ending { .. } | State::Unmade { .. } | State::Over => ([None; 3], &[]),
        };
        let members = self.conference().into_iter().flat_map(Conference::legs);
        let pickers = self.pickers().into_iter().flat_map(Pickers::legs);
        some.into_iter().flatten().chain(branches).chain(pickers).chain(members)
    }

    /// Whether the leg is alive, or its media's last word is still to come.
    pub(crate) fn knows(&self, leg: LegId) -> bool {
        let is_reserve = match &self.state {
            State::Ringing { fork, .. } | State::Transferring { fork, .. } => fork.holds_in_reserve(leg),
            State::Echoing(echo) => echo.holds_in_reserve(leg),
            State::Lifting(lifting) => lifting.fork().is_some_and(|fork| fork.holds_in_reserve(leg)),
            State::Moving(moving) => moving.fork().is_some_and(|fork| fork.holds_in_reserve(leg)),
            State::Attending(attendant) => attendant.fork().is_some_and(|fork| fork.holds_in_reserve(leg)),
            State::Parked(parked) => parked.pickers().knows(leg),
            State::Conference(conference) => conference.forks().any(|fork| fork.holds_in_reserve(leg)),
            State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::HandingOver { .. }
            | State::LoggingOn(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => false,
        };
        is_reserve || self.closing.iter().any(|closing| closing.leg == leg) || self.legs().any(|alive| alive.id == leg)
    }

    /// The party that `leg` talks to, while two talk: who would be handed over by a transfer.
    pub(crate) fn peer_of(&self, leg: LegId) -> Option<(LegId, &Party)> {
        match &self.state {
            State::Talking { pair: [a, b] } if a.id == leg => Some((b.id, &b.party)),
            State::Talking { pair: [a, b] } if b.id == leg => Some((a.id, &a.party)),
            State::Talking { .. }
            | State::Ringing { .. }
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Transferring { .. }
            | State::HandingOver { .. }
            | State::Parked(_)
            | State::LoggingOn(_)
            | State::Attending(_)
            | State::Echoing(_)
            | State::Lifting(_)
            | State::Moving(_)
            | State::Conference(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        }
    }

    /// The caller's leg, while phones ring and it is not up itself.
    pub(crate) fn waiting_caller(&self) -> Option<LegId> {
        match &self.state {
            State::Ringing { caller, .. } if !caller.is_established() => Some(caller.id),
            State::Ringing { .. }
            | State::Lifting(_)
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
            | State::Conference(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        }
    }

    /// Who has answered, while both sides' audio is being set up, or since then.
    pub(crate) fn answering(&self) -> Option<&Party> {
        match &self.state {
            State::Answering { called, .. } => Some(&called.party),
            State::Talking { pair } => pair.iter().find(|leg| leg.side == Side::Called).map(|leg| &leg.party),
            State::Lifting(_)
            | State::Ringing { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Moving(_)
            | State::Transferring { .. }
            | State::HandingOver { .. }
            | State::LoggingOn(_)
            | State::Attending(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Parked(_)
            | State::Conference(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        }
    }

    /// Who is in the call, by a phone that rings or by one that is on it.
    pub(crate) fn parties(&self) -> impl Iterator<Item = (&Party, UserState)> {
        // Who dials in the app is on a call as soon as their phone is called.
        let forks = || self.forks().chain(self.pickers().into_iter().flat_map(Pickers::rung));
        let ringing: Vec<LegId> = forks().flat_map(|fork| &fork.branches).map(|branch| branch.id).collect();
        let silent = forks().flat_map(Fork::silent);
        let on_legs = self.legs().map(move |leg| {
            let rings = ringing.contains(&leg.id);
            (&leg.party, if rings { UserState::Ringing } else { UserState::OnACall })
        });
        on_legs.chain(silent.map(|(_, party)| (party, UserState::Ringing)))
    }

    /// Colleagues who are about to answer in another one's place.
    pub(super) fn pickers(&self) -> Option<&Pickers> {
        let at_slot = if let State::Parked(parked) = &self.state {
            Some(parked.pickers())
        } else {
            None
        };
        at_slot.or_else(|| self.forks().next().map(Fork::pickers))
    }

    /// The phones that ring for whoever is called.
    pub(super) fn forks(&self) -> impl Iterator<Item = &Fork> {
        let one = match &self.state {
            State::Ringing { fork, .. } | State::Transferring { fork, .. } => Some(fork),
            State::Moving(moving) => moving.fork(),
            State::Attending(attendant) => attendant.fork(),
            State::Lifting(_)
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Conference(_)
            | State::HandingOver { .. }
            | State::Parked(_)
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        };
        one.into_iter().chain(self.conference().into_iter().flat_map(Conference::forks))
    }

    /// What the call makes of its users' states.
    pub(crate) fn users(&self) -> Vec<(UserId, UserState)> {
        self.parties().filter_map(|(party, state)| Some((party.user?, state))).collect()
    }
}
