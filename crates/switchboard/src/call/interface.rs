//! What goes into a call and what comes out of it.

use std::sync::Arc;
use std::time::Duration;

use model::control::{self, Digit, Direction, Failure, Heard, Peer, Reached, Refusal, Sdp};
use model::quality::LegReport;
use model::{CallId, LegId, Prompt, Sound, UserId};
use sip::agent::RequestId;

use super::{Echoed, Page, Slot, Trial};
use crate::core::{JournalEntry, Party, TransferEnd};
use crate::directory::MenuId;

/// Who calls, as a call needs it.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) leg: LegId,
    pub(crate) party: Party,
    pub(crate) peer: Peer,
    pub(crate) offer: Option<Sdp>,
}

/// News about one leg.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// Their phone rings.
    Rang,
    /// They can be heard before they answer: an announcement, or the ring-back tone of their country.
    Previewed { answer: Sdp },
    /// They answered our INVITE.
    Answered { sdp: Option<Sdp> },
    /// They refused our INVITE.
    Refused { status: u16 },
    /// They acknowledged our answer.
    Confirmed { sdp: Option<Sdp> },
    /// They want to change the media. A browser may have come from elsewhere.
    Reoffered {
        request: RequestId,
        offer: Option<Sdp>,
        reached: Option<Reached>,
    },
    /// They hand the other party over, by REFER or (`None`) from the app.
    Referred { request: Option<RequestId>, to: Handover },
    /// Their person holds the other party from the app, or talks again.
    Parked { is_on: bool },
    /// What the number that they wait for comes to.
    Planned { plan: Plan },
    /// Their answer to our own re-INVITE; `None` where it brought no description.
    Reanswered { answer: Option<Sdp> },
    /// They refused our own re-INVITE: everything is as before.
    ReofferRefused,
    /// They pressed a key (SIP INFO).
    Pressed { digit: Digit, duration_ms: u16 },
    /// They pressed a key (in the audio).
    Keyed { digit: Digit },
    /// The menu that they have come to; `None`: it is gone.
    MenuOpened { page: Option<Box<Page>> },
    /// What the number comes to that they have chosen in a menu.
    Chosen { trial: Trial, plan: Plan },
    /// Whether what they have entered was their PIN.
    PinJudged { is_right: bool },
    /// Whether the setting that they have changed by a code is in force.
    Settled { is_done: bool },
    /// They left.
    HungUp { how: HangUp },
    /// Their device is no longer in the directory.
    Removed,

    /// Media: the offer can be answered.
    OfferReceived { direction: Direction },
    /// Media: it cannot.
    OfferRefused { reason: Refusal },
    /// Media: the answer to send.
    OfferAnswered { answer: Sdp },
    /// Media: the offer to send.
    OfferMade { offer: Sdp },
    /// Media: they take G.711 alone, and whom they hear sends something else.
    Narrowed,
    /// Media: the answer is in force.
    AnswerAccepted { direction: Direction },
    /// Media: the answer makes no sense.
    AnswerRefused { reason: Refusal },
    /// Media: what has come back of our tone.
    Listened { heard: Heard },
    /// Media: all that they were to be told was played.
    Played,
    /// Media: stopped for good.
    MediaFailed { reason: Failure },
    /// Media: the leg is gone.
    Closed { report: Box<LegReport> },
}

/// How a party left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HangUp {
    /// By hanging up.
    Bye,
    /// By giving up before the answer.
    Cancel,
    /// By silence.
    TimedOut,
    /// With its connection.
    FlowLost,
    /// By a word in the app: the phone itself does not know yet.
    Asked,
}

/// What a dialled number, or the target of a transfer, comes to.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Ring these phones.
    Ring { called: Party, branches: Vec<Branch>, pace: Pace },
    /// Serve a feature code, or a menu.
    Serve { called: Party, feature: Service },
    /// It comes to nothing.
    Refuse { called: Party, cause: Cause },
}

/// What somebody who hands the other party over hands it to.
#[derive(Clone, Debug)]
pub(crate) enum Handover {
    /// Somebody else, or a feature code: they give it away.
    Number(Plan),
    /// Another phone that takes their place: the talk goes on until it has answered.
    Phone(Move),
    /// The same, but it is the other phone that has called.
    Here(Box<Caller>),
    /// A slot: they are parked.
    Slot(Slot),
}

/// A running call's way to another phone.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    /// Who will talk.
    pub(crate) to: Party,
    /// Their phones.
    pub(crate) branches: Vec<Branch>,
    /// Who wants it.
    pub(crate) by: Mover,
}

/// Who wants a running call to be somewhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mover {
    /// Its person, from the app.
    App,
    /// Its person, who has transferred it to the code for that: such a phone may leave at once.
    Transfer,
    /// Its person, who has dialled the code for that at the other phone.
    Code,
    /// A member of its team.
    Colleague,
}

impl Plan {
    /// The same, but it is this party that was called.
    pub(crate) fn to(self, called: Party) -> Self {
        match self {
            Self::Ring { branches, pace, .. } => Self::Ring { called, branches, pace },
            Self::Serve { feature, .. } => Self::Serve { called, feature },
            Self::Refuse { cause, .. } => Self::Refuse { called, cause },
        }
    }
}

/// What a call of one party alone can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Their own voice.
    EchoTest,
    /// Music on hold.
    Music,
    /// Nothing, until the setting that they have changed is in force, or is not; then one of the next two.
    Settling,
    /// The tone that says that it is done; then it is hung up.
    Confirmation,
    /// The tone that says that it cannot be done; then it is hung up.
    Rejection,
    /// An attendant's menu.
    Menu(MenuId),
}

/// What a call of one party alone listens to, and by which number it was called.
#[derive(Clone, Debug)]
pub(crate) struct Listening {
    pub(crate) service: Service,
    pub(crate) called: Party,
}

/// A phone to ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    /// Its leg to be.
    pub(crate) leg: LegId,
    /// Whose it is.
    pub(crate) party: Party,
    /// How media reaches it.
    pub(crate) peer: Peer,
    /// How long the others ring before; it rings earlier when none of them does any more.
    pub(crate) after: Duration,
    /// It does not ring: its person answers in the app, and then it is called.
    pub(crate) is_silent: bool,
    /// What to try when this fails, in this order.
    pub(crate) reserves: Vec<Reserve>,
}

impl Branch {
    /// A phone with all the ways to it; `None` where there is none. The first way's own `after` does not matter.
    pub(crate) fn of(party: Party, after: Duration, mut ways: Vec<Reserve>) -> Option<Self> {
        if ways.is_empty() {
            return None;
        }
        let Reserve { leg, peer, .. } = ways.remove(0);
        Some(Self {
            leg,
            party,
            peer,
            after,
            is_silent: false,
            reserves: ways,
        })
    }

    /// The legs that it may come to.
    pub(crate) fn legs(&self) -> impl Iterator<Item = LegId> {
        [self.leg].into_iter().chain(self.reserves.iter().map(|reserve| reserve.leg))
    }
}

/// How a call goes on that nobody answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// It is a team that is called: whoever declines does so for themselves, and the caller hears the ring-back tone all the time.
    pub(crate) is_team: bool,
    /// How long these ring before others have their turn; `None`: to the end.
    pub(crate) turn: Option<Duration>,
    /// How long it rings before the call goes elsewhere; `None`: it does not.
    pub(crate) overflow: Option<Duration>,
    /// Whether it may go elsewhere once nobody is left who rings.
    pub(crate) goes_on: bool,
}

impl Pace {
    /// The same, where the call goes nowhere else.
    pub(crate) fn going_nowhere_else(self) -> Self {
        Self {
            turn: None,
            overflow: None,
            goes_on: false,
            ..self
        }
    }
}

/// Why a call needs somebody else to ring: see [`Command::Next`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Those who have their turn have rung in vain for all of it.
    TurnOver,
    /// They have all refused, or their phones have not reacted.
    Refusal,
    /// The time to ring is over, or nobody of a team is left: the call should go elsewhere.
    Overflow,
    /// The person who was called is busy on all phones, or has declined.
    Busy,
    /// No phone of theirs can be reached.
    Unreachable,
}

/// What becomes of a call that needs somebody else to ring: the core's reply to [`Command::Next`].
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    /// These have their turn, in place of those before.
    Ring { branches: Vec<Branch>, turn: Duration },
    /// There are no others: those who ring go on.
    Stay { turn: Duration },
    /// The call goes elsewhere.
    Divert { branches: Vec<Branch>, pace: Pace },
    /// It goes to a feature code, or to a menu.
    Serve { feature: Service },
    /// It goes nowhere: whoever rings goes on ringing.
    Nobody,
}

/// Another way to ring the same phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reserve {
    /// Its leg to be.
    pub(crate) leg: LegId,
    /// How media reaches it.
    pub(crate) peer: Peer,
    /// What makes it worth a try.
    pub(crate) after: Failing,
}

/// How a way to a phone failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failing {
    /// The phone cannot be reached this way.
    Unreachable,
    /// The phone cannot take this kind of audio.
    Unsuitable,
    /// The provider's server did not say anything: another one of its servers may.
    Silent,
    /// The provider does not carry the call: another one may.
    NotCarried,
}

impl Failing {
    /// Whether this is how it failed. Never when the called party meant it: busy, declined, nobody there.
    pub(super) fn covers(self, status: u16) -> bool {
        match self {
            Self::Unreachable => matches!(status, 408 | 430 | 503),
            Self::Silent => status == 408,
            Self::Unsuitable => matches!(status, 406 | 415 | 488 | 500 | 501 | 606),
            Self::NotCarried => matches!(status, 401..=403 | 407 | 408 | 430 | 500..=599),
        }
    }
}

/// Why something ended or was refused, for the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    /// A SIP status.
    pub(crate) status: u16,
    /// In words that a person understands.
    pub(crate) text: &'static str,
}

impl Cause {
    pub(crate) const OK: Self = Self { status: 200, text: "OK" };
    pub(super) const RINGING: Self = Self {
        status: 180,
        text: "Ringing",
    };
    pub(super) const ACCEPTED: Self = Self {
        status: 202,
        text: "Accepted",
    };
    pub(super) const COMPLETED_ELSEWHERE: Self = Self {
        status: 200,
        text: "Call completed elsewhere",
    };
    pub(super) const TOO_LATE: Self = Self {
        status: 480,
        text: "somebody else was faster",
    };
    pub(super) const DECLINED_ELSEWHERE: Self = Self {
        status: 603,
        text: "declined on another phone",
    };
    pub(super) const MOVED: Self = Self {
        status: 200,
        text: "Call moved",
    };
    pub(super) const TAKEN: Self = Self {
        status: 200,
        text: "taken by another member of the team",
    };
    pub(super) const NO_ANSWER: Self = Self {
        status: 480,
        text: "nobody answered",
    };
    pub(super) const NO_ANSWER_IN_ACK: Self = Self {
        status: 400,
        text: "the ACK brought no session description",
    };
    pub(super) const NO_ANSWER_IN_OK: Self = Self {
        status: 400,
        text: "the answer brought no session description",
    };
    pub(super) const PENDING: Self = Self {
        status: 491,
        text: "another request is pending",
    };
    pub(super) const TERMINATED: Self = Self {
        status: 487,
        text: "the call is over",
    };
    pub(super) const DEVICE_REMOVED: Self = Self {
        status: 403,
        text: "this phone was removed",
    };
    pub(crate) const BUSY: Self = Self { status: 486, text: "busy" };
    pub(crate) const STOPPING: Self = Self {
        status: 503,
        text: "farend is shutting down",
    };
    pub(super) const MEDIA_SILENT: Self = Self {
        status: 500,
        text: "the audio inside farend did not answer",
    };
    pub(crate) const ROOM_FULL: Self = Self {
        status: 486,
        text: "this room is full",
    };
    pub(super) const LEFT: Self = Self {
        status: 480,
        text: "the other party hung up",
    };
    pub(super) const NOBODY_TO_TRANSFER: Self = Self {
        status: 603,
        text: "there is nobody to hand over",
    };

    pub(super) fn refused_offer(reason: Refusal) -> Self {
        match reason {
            Refusal::Malformed => Self {
                status: 400,
                text: "the session description makes no sense",
            },
            Refusal::NotAcceptable => Self {
                status: 488,
                text: "no audio format in common",
            },
            Refusal::Full => Self {
                status: 503,
                text: "no room for more audio",
            },
            Refusal::OutOfTurn => Self {
                status: 500,
                text: "audio was negotiated out of turn",
            },
        }
    }

    pub(super) fn failed_media(reason: Failure) -> Self {
        match reason {
            Failure::IceFailed => Self {
                status: 503,
                text: "no way for the audio was found",
            },
            Failure::DtlsFailed => Self {
                status: 503,
                text: "the audio's encryption failed",
            },
            Failure::ThreadLost => Self {
                status: 503,
                text: "the audio was lost inside farend",
            },
            Failure::Unknown => Self {
                status: 500,
                text: "the audio is gone",
            },
        }
    }
}

/// What a call wants done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// For the media thread.
    Media(control::Command),
    /// 180 to the one who calls.
    Ring { leg: LegId },
    /// 183 with this description to the one who calls: there is something to hear.
    Preview { leg: LegId, sdp: Sdp },
    /// 200 with this description to the one who calls.
    Answer { leg: LegId, sdp: Sdp },
    /// A final refusal to the one who calls.
    Refuse { leg: LegId, cause: Cause },
    /// Call this phone.
    Invite { leg: LegId, from: Party, to: Party, offer: Sdp },
    /// Their phone is lifted: find out what the number comes to that they want to call; [`News::Planned`] tells.
    Dial { leg: LegId, number: String },
    /// re-INVITE to this phone.
    Reoffer { leg: LegId, offer: Sdp },
    /// Part from a phone: whichever message fits.
    HangUp { leg: LegId, cause: Option<Cause> },
    /// The response to a request inside the session.
    Respond {
        request: RequestId,
        cause: Cause,
        sdp: Option<Sdp>,
    },
    /// Tell who is at the other end now.
    Identify { leg: LegId, party: Party },
    /// It was parked for long: ring at whoever has parked it; [`super::Call::ring_back`] is the reply.
    RingBack { party: Party, to: Party },
    /// What a part of a conference costs is counted by this call from now on: they talk on here.
    CountsHere { story: CallId },
    /// Say who rings next; [`Turn`] is the reply.
    Next { lack: Lack },
    /// How a transfer goes on; the agent has said 100 with the 202.
    NotifyRefer { leg: LegId, cause: Cause },
    /// How a transfer has ended, for whoever has asked for it.
    Transferred {
        user: UserId,
        party: Party,
        to: Party,
        end: TransferEnd,
    },
    /// Say which phones of the transferor ring, who has left, for the party whom nobody has answered; [`Turn::Divert`] is the reply.
    Return { to: Party, party: Party },
    /// Say this to somebody, in the company's language; [`News::Played`] is to follow unless something else ends it.
    Tell { leg: LegId, prompt: Prompt },
    /// The same for any sounds. Without any, only what is said ends.
    Play { leg: LegId, sounds: Arc<[Sound]> },
    /// Open a menu; [`News::MenuOpened`] is to follow.
    OpenMenu { leg: LegId, menu: MenuId },
    /// Find out what a number of ours comes to for somebody in a menu; [`News::Chosen`] is to follow, or they go into a room.
    Choose { leg: LegId, number: String },
    /// Whom they have chosen in a menu does not answer: of costly calls there are as many as before.
    GivenUp { counted: usize },
    /// Is this the PIN of whoever has this extension? [`News::PinJudged`] is to follow.
    CheckPin { leg: LegId, extension: String, pin: String },
    /// Commit the setting that they have changed by a code; [`News::Settled`] is to follow.
    Settle { leg: LegId },
    /// Somebody at the door of the room whose call it is has entered a wrong PIN.
    WrongPin,
    /// What has become of an echo call.
    Echoed(Box<Echoed>),
    /// For the journal.
    Journal(JournalEntry),
    /// The same, where nothing else follows from it: whose call it is stays as it was.
    Record(JournalEntry),
}
