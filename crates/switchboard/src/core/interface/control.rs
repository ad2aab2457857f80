//! What somebody wants done with their calls from the app, and what the app sees of them.

use std::time::Instant;

use model::{CallId, DeviceId, LegId, TeamId, UserId};

use super::{Party, Side};
use crate::directory::RoomId;

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
    /// Connects the other parties of two calls with each other, and leaves both (attended transfer).
    Connect {
        /// One of them.
        call: CallId,
        /// The other one.
        with: CallId,
    },
    /// Makes two calls one conference, or puts a call's other party into the conference that `with` is.
    Confer {
        /// The call.
        call: CallId,
        /// The other one: its call goes on as the conference.
        with: CallId,
    },
    /// Calls somebody into a conference; a call of two becomes one.
    Invite {
        /// The call.
        call: CallId,
        /// The number, as people dial it.
        number: String,
    },
    /// Does something with somebody who is in a conference.
    Member {
        /// The call.
        call: CallId,
        /// Who, as in [`ConferenceView`].
        member: LegId,
        /// What. Their own microphone and hand are everybody's own business, the rest is the hosts'.
        deed: MemberDeed,
    },
    /// Lets nobody else into a conference, or everybody who may again.
    Lock {
        /// The call.
        call: CallId,
        /// Whether nobody else comes in.
        is_locked: bool,
    },
    /// Records a call from now on, or not any more.
    Record {
        /// The call.
        call: CallId,
        /// Whether it is recorded.
        is_on: bool,
    },
    /// Parks a call; its other party hears music until somebody takes it.
    Park {
        /// The call.
        call: CallId,
        /// Where; `None`: in the first slot that is free.
        slot: Option<u8>,
    },
    /// Takes a parked call by a phone.
    Unpark {
        /// Where it is.
        slot: u8,
        /// The phone, which rings or answers by itself.
        device: DeviceId,
    },
    /// Answers a call that rings at somebody else of one's group.
    PickUp {
        /// The call.
        call: CallId,
        /// By this phone, which rings or answers by itself.
        device: DeviceId,
    },
    /// Is to be called, once this person is free, and then they are.
    CallBack {
        /// Their number.
        number: String,
    },
    /// Does not want that any more.
    NoCallBack {
        /// Their number.
        number: String,
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
    /// Whether it is recorded for them.
    pub recording: RecordingState,
}

/// Whether a call is recorded, as one of those in it sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordingState {
    /// It is not.
    #[default]
    Off,
    /// Those in it are being told that it will be.
    Announcing {
        /// They can call it off: it is theirs, and no rule's.
        may_end: bool,
    },
    /// It is.
    On {
        /// By a rule: nobody can end it.
        is_by_rule: bool,
        /// They can end it: it is theirs, and no rule's.
        may_end: bool,
    },
    /// It was, until that was not possible any more.
    Stopped(RecordingTrouble),
}

/// Why a recording ended before its call did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingTrouble {
    /// Recordings have used up the space that they may have.
    QuotaReached,
    /// The disk is full.
    DiskFull,
    /// It could not be written, or the writer did not keep up.
    Failed,
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
    /// They are in a conference.
    Conferring,
    /// They wait, with music, for somebody to let them into a conference.
    Waiting,
}

/// What is done with somebody who is in a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberDeed {
    /// They are not heard, or are heard again.
    Mute {
        /// Whether they are not heard.
        is_on: bool,
    },
    /// They want to speak, or do not any more.
    RaiseHand {
        /// Whether they do.
        is_up: bool,
    },
    /// They are hung up.
    Remove,
    /// They come in from the lobby.
    Admit,
}

/// A conference, as all who are in it see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConferenceView {
    /// The call.
    pub call: CallId,
    /// The room whose it is.
    pub room: Option<RoomId>,
    /// Nobody else comes in.
    pub is_locked: bool,
    /// In the order in which they have come.
    pub members: Vec<MemberView>,
}

impl ConferenceView {
    /// Whether one of its people sees a member. Whoever waits in the lobby sees themselves and the hosts who are there, and not who else is.
    #[must_use]
    pub fn shows(&self, reader: UserId, member: &MemberView) -> bool {
        let is_theirs = |member: &MemberView| member.party.user == Some(reader);
        let is_inside = self.members.iter().any(|member| is_theirs(member) && member.presence.is_inside());
        is_inside || is_theirs(member) || (member.is_host && member.presence.is_inside())
    }
}

/// Somebody in a conference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Names them.
    pub leg: LegId,
    /// Who.
    pub party: Party,
    /// How far they are.
    pub presence: Attendance,
    /// Whether they lead.
    pub is_host: bool,
    /// They are not heard.
    pub is_muted: bool,
    /// They want to speak.
    pub hand_is_up: bool,
    /// Since when they are there.
    pub since: Instant,
}

/// How far somebody is on their way into a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attendance {
    /// Their phone rings.
    Invited,
    /// They wait in the lobby.
    Waiting,
    /// They are in it.
    Present,
    /// They hold.
    Away,
}

impl Attendance {
    /// Whether they are in it, and not only on their way there.
    #[must_use]
    pub fn is_inside(self) -> bool {
        match self {
            Self::Present | Self::Away => true,
            Self::Invited | Self::Waiting => false,
        }
    }
}

/// A call that is parked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedCall {
    /// The call.
    pub call: CallId,
    /// Where.
    pub slot: u8,
    /// Who waits.
    pub party: Party,
    /// Who has parked it.
    pub by: Party,
    /// Since when.
    pub since: Instant,
}

/// A call that rings at somebody, and that others of their group may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingingCall {
    /// The call.
    pub call: CallId,
    /// At whom.
    pub at: UserId,
    /// Who calls.
    pub from: Party,
    /// Since when.
    pub since: Instant,
}

/// How a transfer has ended, for whoever has asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferEnd {
    /// They talk.
    Connected,
    /// The target was busy, or declined.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// It could not be called.
    Failed,
    /// The one who was to be handed over has hung up.
    PartyLeft,
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
