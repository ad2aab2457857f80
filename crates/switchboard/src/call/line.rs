//! A call as the members of its team see it.

use super::leg::Leg;
use super::{Call, State};
use crate::core::{CallState, Party, Side};

/// See the module.
#[derive(Debug)]
pub(crate) struct OnLine<'a> {
    pub(crate) state: CallState,
    /// Who is on it for the team.
    pub(crate) member: Option<&'a Party>,
    /// Who is at the other end.
    pub(crate) other: &'a Party,
}

/// How far a call is from having found somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// Nobody has answered it yet.
    Underway,
    /// It has been answered, and is being handed over; or a team is called into the conference that it is.
    Again,
    /// It is over.
    Done,
}

impl Call {
    /// How far it is from having found somebody.
    pub(crate) fn search(&self) -> Search {
        match &self.state {
            State::Lifting(_) | State::Ringing { .. } | State::Answering { .. } | State::Greeting { .. } | State::Attending(_) => {
                Search::Underway
            }
            State::Transferring { .. } | State::HandingOver { .. } => Search::Again,
            State::Conference(conference) if conference.calls_a_team() => Search::Again,
            State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::Parked(_)
            | State::Conference(_)
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => Search::Done,
        }
    }

    /// What the members of a team see; `None`: the call does not run any more. `is_target`: it is being handed over to the team.
    /// Of two members who talk, the one who was called is there for the team.
    pub(crate) fn on_line(&self, is_target: bool, is_member: impl Fn(&Party) -> bool) -> Option<OnLine<'_>> {
        let for_team = |leg: &Leg, other: &Leg| match (is_member(&leg.party), is_member(&other.party)) {
            (true, false) => true,
            (false, true) => false,
            (true, true) | (false, false) => leg.side == Side::Called,
        };
        let (state, member, other) = match &self.state {
            State::Ringing { caller, .. } => (CallState::Ringing, None, caller),
            State::Transferring { transfer, .. } | State::HandingOver { transfer, .. } if is_target => {
                (CallState::Ringing, None, &transfer.transferee)
            }
            State::Attending(attendant) if attendant.story().is_some() => {
                let state = if attendant.target().is_some() {
                    CallState::Talking
                } else {
                    CallState::Ringing
                };
                (state, attendant.target(), attendant.caller())
            }
            State::Answering { caller, called, .. } => (CallState::Talking, Some(called), caller),
            State::Moving(moving) => {
                let (member, other) = if for_team(&moving.mover, &moving.other) {
                    (&moving.mover, &moving.other)
                } else {
                    (&moving.other, &moving.mover)
                };
                (CallState::Moving, Some(member), other)
            }
            State::Talking { pair: [a, b] } => {
                let (member, other) = if for_team(a, b) { (a, b) } else { (b, a) };
                let state = match (member.holds(), other.holds()) {
                    (true, _) => CallState::Holding,
                    (false, true) => CallState::Held,
                    (false, false) => CallState::Talking,
                };
                (state, Some(member), other)
            }
            State::Transferring { transfer, .. } | State::HandingOver { transfer, .. } => {
                let transferee = &transfer.transferee;
                match transferee.side {
                    Side::Called => (CallState::Dialling, Some(transferee), transferee),
                    Side::Caller => (CallState::Dialling, transfer.transferor.as_ref(), transferee),
                }
            }
            State::Lifting(_)
            | State::Greeting { .. }
            | State::Attending(_)
            | State::Serving { .. }
            | State::Parked(_)
            | State::Conference(_)
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => return None,
        };
        Some(OnLine {
            state,
            member: member.map(|leg| &leg.party),
            other: &other.party,
        })
    }
}
