//! What somebody wants done with their calls from the app, and what the app sees of them.

use std::time::Instant;

use model::{CallId, DeviceId, TeamId, UserId};

use super::{Party, Side};

/// Names a question to the shell, or one of the shell's, until it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What somebody wants done. Devices are those that they may use: their own, and the shared phone that they are logged on at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Calls a number by a phone: that one rings or answers by itself first (RFC 3725).
    Dial {
        /// The phone.
        device: DeviceId,
        /// The number, as people dial it.
        number: String,
    },
    /// Answers a call that rings.
    Answer {
        /// The call.
        call: CallId,
        /// At this phone.
        device: DeviceId,
    },
    /// Declines a call that rings.
    Decline {
        /// The call.
        call: CallId,
    },
    /// Puts the other party on hold.
    Hold {
        /// The call.
        call: CallId,
    },
    /// Talks again; another call that is talking on the same phone is held first (toggle).
    Resume {
        /// The call.
        call: CallId,
    },
    /// Sends keys to the other party.
    SendDigits {
        /// The call.
        call: CallId,
        /// Of `0-9*#A-D`; 32 at most.
        digits: String,
    },
    /// Hands the other party over to a number (blind transfer).
    Transfer {
        /// The call.
        call: CallId,
        /// The number, as people dial it.
        number: String,
    },
    /// Moves a running call to another phone; it stays where it is until that one answers.
    Move {
        /// The call.
        call: CallId,
        /// To this phone.
        to: DeviceId,
    },
    /// Takes a call that a member of one's team holds.
    TakeHeld {
        /// The call.
        call: CallId,
        /// By this phone, which rings or answers by itself.
        device: DeviceId,
    },
    /// Hangs up.
    HangUp {
        /// The call.
        call: CallId,
    },
    /// Brings one's number to the shared phone again, from the browser ("Cancel mobility").
    CancelMobility,
    /// Logs oneself off from the shared phone that one has logged on at.
    LogOff,
}

/// What came of an [`Action`]: the call that it began or changed, where there is one.
pub type Controlled = Result<Option<CallId>, Objection>;

/// Why an [`Action`] was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    /// There is no such call of theirs.
    NoSuchCall,
    /// There is no such phone of theirs.
    NoSuchDevice,
    /// The phone is not registered.
    DeviceUnreachable,
    /// The call is not in a state in which this can be done.
    NotNow,
    /// The number leads nowhere, or may not be called: why, in words.
    Refused(&'static str),
    /// There is no room for another call, or the server is shutting down.
    Busy,
}

/// One of somebody's calls, as they see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallView {
    /// The call.
    pub call: CallId,
    /// Which end they are at.
    pub side: Side,
    /// What it is doing, for them.
    pub state: CallState,
    /// The phones of theirs that are in it, or ring.
    pub devices: Vec<DeviceId>,
    /// Who is at the other end.
    pub other: Party,
    /// The team that was called.
    pub team: Option<TeamId>,
    /// When it began.
    pub begun: Instant,
    /// When they began to talk.
    pub answered: Option<Instant>,
}

/// What a call is doing, for one of those in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    /// Their own phone is called first, for a call that they dial in the app.
    Lifting,
    /// The other party's phone rings.
    Dialling,
    /// Theirs rings.
    Ringing,
    /// They talk.
    Talking,
    /// They hold the other party.
    Holding,
    /// The other party holds them.
    Held,
    /// They talk while another phone of theirs is called to take over.
    Moving,
}

/// Somebody on a team's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCall {
    /// The call.
    pub call: CallId,
    /// What it is doing; [`CallState::Holding`]: any member may take it.
    pub state: CallState,
    /// Which member talks or holds.
    pub by: Option<UserId>,
    /// By which phone.
    pub device: Option<DeviceId>,
    /// Who is at the other end.
    pub other: Party,
    /// When it began.
    pub begun: Instant,
}
