//! What goes into the core and what comes out of it.

mod control;
mod seating;
mod settings;
mod ways;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use model::quality::LegReport;
use model::{CallId, DeviceId, LegId, RecordingId, TeamId, TrunkId, UserId, control as media};
use sip::{Flow, Transport};

pub use self::control::{
    Action, Attendance, CallState, CallView, ConferenceView, Controlled, LineCall, MemberDeed, MemberView, Objection, ParkedCall,
    RecordingState, RecordingTrouble, RingingCall, Ticket, TransferEnd,
};
pub use self::seating::{Guest, PersonSeat, PhoneSeat, Remembered, Seats};
pub use self::settings::Setting;
pub use self::ways::{Echo, Named, PhoneDisplay, PhoneWay};

use super::Suspicion;
use crate::directory::{Directory, RecordingRuleId, WallClock};
use crate::trunks::{
    CheckId, CheckReport, Errand, Finding, LineId, LineMeasure, LineReport, Located, Place, Retrieved, Server, Trouble, Trust,
};

/// What comes in.
#[derive(Debug)]
pub enum Input<'a> {
    /// A connection was accepted. `device`: the app's session has proved this browser phone; no digest is asked of it.
    FlowOpened {
        /// The connection.
        flow: Flow,
        /// Who it is, where the shell knows.
        device: Option<DeviceId>,
        /// Where a browser has loaded its page from.
        page: Option<media::Page>,
    },
    /// A connection is gone.
    FlowClosed {
        /// The connection.
        flow: Flow,
    },
    /// Bytes of SIP: one datagram, one WebSocket message, or one framed message of a stream.
    Received {
        /// Where from.
        flow: Flow,
        /// The message.
        bytes: &'a [u8],
    },
    /// The TCP connection asked for with [`Output::Connect`] is up.
    Connected {
        /// The UDP flow that it stands in for.
        instead_of: Flow,
        /// The connection.
        flow: Flow,
    },
    /// It could not be opened.
    ConnectFailed {
        /// The UDP flow that it should have stood in for.
        instead_of: Flow,
    },
    /// What [`Output::Locate`] has found.
    Located {
        /// For whom.
        line: LineId,
        /// The provider's servers, or why there are none.
        found: Result<Located, Trouble>,
    },
    /// The way that [`Output::ConnectLine`] asked for is open: a connection, or over UDP the address of ours that leads there.
    LineConnected {
        /// For whom.
        line: LineId,
        /// The way.
        flow: Flow,
    },
    /// It cannot be opened.
    LineNotConnected {
        /// For whom.
        line: LineId,
        /// Why.
        trouble: Trouble,
    },
    /// An administrator tests a trunk: [`LiveEvent::TrunkTested`] tells how it goes.
    TestTrunk {
        /// Which.
        trunk: TrunkId,
        /// A number that answers with an echo, as people dial it; `None`: the trunk's, or no call.
        echo_number: Option<String>,
    },
    /// Somebody wants to know now whether phones behind a NAT answer: [`LiveEvent::PhoneWay`] tells of those that do not.
    AskPhones,
    /// What [`Output::Errand`] has found.
    Retrieved {
        /// Whose test.
        trunk: TrunkId,
        /// Which of its tests.
        check: CheckId,
        /// What was found.
        retrieved: Retrieved,
    },
    /// Somebody wants something done with their calls; [`Output::Controlled`] tells what came of it.
    Control {
        /// For the answer.
        ticket: Ticket,
        /// Who.
        user: UserId,
        /// What.
        action: Action,
    },
    /// What [`Output::CheckPin`] has come to.
    PinChecked {
        /// As it was asked.
        ticket: Ticket,
        /// Whether it is their PIN.
        is_right: bool,
    },
    /// What [`Output::Settle`] has come to.
    Settled {
        /// As it was asked.
        ticket: Ticket,
        /// Whether it is in force now.
        is_done: bool,
    },
    /// A recording cannot go on; what was recorded is kept.
    RecordingStopped {
        /// Which.
        recording: RecordingId,
        /// Why.
        trouble: RecordingTrouble,
    },
    /// News from the media threads.
    Media(media::Event),
    /// The directory changed.
    Directory(Arc<Directory>),
    /// What the clock on the wall says; told at the start and once in a minute.
    Clock(WallClock),
    /// No new calls from now on (503); running ones go on.
    Drain,
    /// Running calls have had their time: all are hung up, and the journal says why.
    EndCalls,
}

/// What is to be done.
#[derive(Debug)]
pub enum Output {
    /// Send these bytes.
    Send {
        /// The way.
        flow: Flow,
        /// One whole message.
        bytes: Vec<u8>,
    },
    /// Open a TCP connection, then report [`Input::Connected`] or [`Input::ConnectFailed`].
    Connect {
        /// The UDP flow that it stands in for.
        instead_of: Flow,
        /// Where to.
        peer: SocketAddr,
    },
    /// Find a provider's servers (RFC 3263), then report [`Input::Located`].
    Locate {
        /// For whom.
        line: LineId,
        /// Where to look.
        place: Place,
    },
    /// Open a way to a provider's server, then report [`Input::LineConnected`] or [`Input::LineNotConnected`].
    ConnectLine {
        /// For whom.
        line: LineId,
        /// The server.
        server: Server,
        /// How it proves who it is, over TLS.
        trust: Trust,
        /// Our address to go out from; `None`: as the system routes.
        from: Option<IpAddr>,
    },
    /// Find something out for the test of a trunk, then report [`Input::Retrieved`].
    Errand {
        /// Whose test.
        trunk: TrunkId,
        /// Which of its tests.
        check: CheckId,
        /// What.
        errand: Errand,
    },
    /// What came of [`Input::Control`].
    Controlled {
        /// As it came.
        ticket: Ticket,
        /// The call, or why nothing was done.
        result: Controlled,
    },
    /// Check somebody's PIN, then report [`Input::PinChecked`].
    CheckPin {
        /// For the answer.
        ticket: Ticket,
        /// Whose.
        user: UserId,
        /// What was entered.
        pin: String,
    },
    /// Somebody has changed a setting of theirs by a code: commit it, then report [`Input::Settled`].
    Settle {
        /// For the answer.
        ticket: Ticket,
        /// Whose.
        user: UserId,
        /// What.
        setting: Setting,
    },
    /// A recording begins: its legs' sound follows at once ([`media::Command::Record`]). When it cannot, report [`Input::RecordingStopped`].
    BeginRecording(Box<NewRecording>),
    /// No leg of a recording is recorded any more.
    EndRecording {
        /// Which.
        recording: RecordingId,
    },
    /// Remember a change of desk share, for the next run.
    Remember(Remembered),
    /// Close a connection.
    CloseFlow {
        /// The connection.
        flow: Flow,
        /// Why.
        reason: CloseReason,
    },
    /// For the media thread of this call.
    Media {
        /// The call: all its legs live on one thread.
        call: CallId,
        /// What to do.
        command: media::Command,
    },
    /// A leg is in a SIP dialog from now on: whoever sees messages can tell by their Call-ID whose they are.
    DialogBegan(Box<DialogBegan>),
    /// For the journal.
    Journal(JournalEntry),
    /// For everybody who watches.
    Event(LiveEvent),
}

/// Whose messages a Call-ID marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogBegan {
    /// The leg's call.
    pub call: CallId,
    /// The leg.
    pub leg: LegId,
    /// As it stands in the messages (RFC 3261 section 8.1.1.4).
    pub call_id: String,
    /// The way of the first message.
    pub flow: Flow,
    /// Whose phone it is, where it is one of ours.
    pub user: Option<UserId>,
    /// The phone.
    pub device: Option<DeviceId>,
    /// The trunk that it goes by.
    pub trunk: Option<TrunkId>,
}

/// A recording that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecording {
    /// Which.
    pub recording: RecordingId,
    /// The call by which the journal knows it.
    pub call: CallId,
    /// The rule by which it is made; `None`: somebody has pressed the button.
    pub rule: Option<RecordingRuleId>,
    /// For whom it is made: [`model::Channel::Own`].
    pub own: Party,
    /// Whom they talk to: [`model::Channel::Others`].
    pub other: Party,
}

/// Why we close a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The same person has the app in more browsers than there is room for.
    SignedInElsewhere,
    /// A trunk goes by another connection now, or is no more.
    NotNeeded,
    /// The device or its owner was deleted.
    DeviceRemoved,
    /// Too much rubbish, or too many wrong passwords.
    Abuse,
}

/// One line of a call's story. The shell stamps the wall clock and writes.
#[derive(Clone, Debug, PartialEq)]
pub enum JournalEntry {
    /// A call began.
    Started {
        /// The call.
        call: CallId,
        /// Who calls.
        caller: Party,
        /// Who is called.
        called: Party,
    },
    /// It was answered.
    Answered {
        /// The call.
        call: CallId,
        /// On this device; `None` for a feature code, a number of the world, or somebody's mobile.
        device: Option<DeviceId>,
    },
    /// It was handed to somebody else (blind transfer); the talk goes on as the same call.
    Transferred {
        /// The call.
        call: CallId,
        /// Who did it.
        by: Party,
        /// To whom.
        to: Party,
    },
    /// It was forwarded by somebody who was called, before it was answered.
    Forwarded {
        /// The call.
        call: CallId,
        /// By whom.
        by: Party,
        /// To whom.
        to: Party,
    },
    /// It is a call for help, from its beginning or since it was handed over to an emergency number.
    Emergency {
        /// The call.
        call: CallId,
        /// Where the one who has dialled is, as it is known at this moment.
        location: Option<String>,
    },
    /// It is over.
    Ended {
        /// The call.
        call: CallId,
        /// How.
        outcome: Outcome,
        /// Who or what ended it, in a few words for the journal, e.g. `caller hung up`.
        reason: &'static str,
        /// Media of the legs that talked: caller's first.
        legs: Vec<(LegId, Side, Box<LegReport>)>,
    },
}

/// Which end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one who dialled.
    Caller,
    /// The one who was dialled.
    Called,
}

/// Somebody in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The user, where it is one of ours.
    pub user: Option<UserId>,
    /// The device, where known.
    pub device: Option<DeviceId>,
    /// The number.
    pub number: String,
    /// The name; empty where unknown.
    pub name: String,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They talked.
    Answered,
    /// Nobody answered in time.
    NoAnswer,
    /// The called user was busy on all devices, or declined.
    Busy,
    /// The called user declined.
    Refused,
    /// The caller gave up first.
    Cancelled,
    /// It could not be connected: unknown number, nobody registered, media failed.
    Failed,
}

/// What watchers are told.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveEvent {
    /// A device has a way to it now.
    Registered {
        /// The device.
        device: DeviceId,
        /// From where.
        from: SocketAddr,
        /// By what.
        transport: Transport,
        /// Whether its contact names another address than the one that it has come from.
        is_behind_nat: bool,
    },
    /// It has none any more.
    Unregistered {
        /// The device.
        device: DeviceId,
    },
    /// What is known of the way to a desk phone is something else.
    PhoneWay {
        /// The device.
        device: DeviceId,
        /// The way; it ends with [`Self::Unregistered`].
        way: Box<PhoneWay>,
    },
    /// Other browsers of the same person have left no room for one of this browser phone's. A call of it goes on; its connection is closed after that.
    Displaced {
        /// The device.
        device: DeviceId,
    },
    /// A line of a trunk is in another state.
    Line {
        /// The line.
        line: LineId,
        /// How it is.
        report: LineReport,
    },
    /// A line of a trunk is no more.
    LineClosed {
        /// The line.
        line: LineId,
    },
    /// A provider has answered a line's OPTIONS or REGISTER.
    LineMeasured {
        /// The line.
        line: LineId,
        /// What that has shown.
        measure: Box<LineMeasure>,
    },
    /// A trunk's test goes on, or is over.
    TrunkTested {
        /// The trunk.
        trunk: TrunkId,
        /// What is known by now.
        report: CheckReport,
    },
    /// A trunk's test could not begin, or not go on.
    TrunkNotTested {
        /// The trunk.
        trunk: TrunkId,
        /// Why.
        why: Finding,
    },
    /// Somebody's calls to the world look like fraud: they were stopped, and an administrator has to look.
    Suspected {
        /// Whose.
        user: UserId,
        /// What is wrong with them.
        suspicion: Suspicion,
    },
    /// Somebody calls for help.
    EmergencyCalled {
        /// The call.
        call: CallId,
        /// Who has dialled.
        user: Option<UserId>,
        /// Their name.
        name: Option<String>,
        /// Their number.
        extension: Option<String>,
        /// The emergency number.
        dialled: &'static str,
        /// Where they are, as far as it is known.
        location: Option<String>,
        /// The trunk by which the call is tried first; `None`: no trunk can take it.
        trunk: Option<String>,
    },
    /// Somebody's calls are others, or in another state: all of them.
    Calls {
        /// Whose.
        user: UserId,
        /// Oldest first.
        calls: Arc<[CallView]>,
    },
    /// A conference is another one: who is in it, and how.
    Conference {
        /// People of ours who are in it now, or were before: all of them are to be told.
        users: Arc<[UserId]>,
        /// What it is now; without members: it is over.
        view: Arc<ConferenceView>,
    },
    /// How loud those are who talk in a conference, a few times a second while somebody does.
    Speaking {
        /// The call.
        call: CallId,
        /// People of ours who are in it.
        users: Arc<[UserId]>,
        /// The loudest first, in dBov (0 is full scale).
        levels: Arc<[(LegId, i8)]>,
    },
    /// What is parked has changed: all of it.
    Parked(Arc<[ParkedCall]>),
    /// What rings at others of somebody's groups has changed: all of it.
    PickUps {
        /// Who may answer.
        user: UserId,
        /// Oldest first.
        calls: Arc<[RingingCall]>,
    },
    /// Whom somebody wants to call back once they are free has changed: all of them.
    CallBacks {
        /// Who waits.
        user: UserId,
        /// For whom.
        wanted: Arc<[UserId]>,
    },
    /// A transfer is over; that its target was called is not success.
    Transferred {
        /// Who has asked for it.
        user: UserId,
        /// Who was handed over.
        party: Party,
        /// To whom.
        to: Party,
        /// How it has ended.
        end: TransferEnd,
    },
    /// What is on a team's line has changed: all of it.
    TeamLine {
        /// The team.
        team: TeamId,
        /// Oldest first.
        calls: Arc<[LineCall]>,
    },
    /// Another person is logged on at a shared phone, or nobody.
    Seated {
        /// The phone.
        device: DeviceId,
        /// Whose number it has; `None`: emergency calls and `*9419` alone are possible there.
        user: Option<UserId>,
        /// Whose number is with their browser meanwhile, and would come back with "Cancel mobility".
        mobile: Option<UserId>,
    },
    /// A user's state changed.
    UserState {
        /// The user.
        user: UserId,
        /// The state.
        state: UserState,
    },
    /// Running figures of a leg, for its user.
    Measured {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
        /// Whose leg.
        user: Option<UserId>,
        /// With whom it talks; `None`: it does not, or not yet.
        talks: Option<Box<Talks>>,
        /// The figures.
        report: Box<LegReport>,
    },
}

/// Somebody who talks, as far as one must know to say who does not hear whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talks {
    /// Who it is.
    pub party: Party,
    /// By which trunk; `None`: by a phone of ours.
    pub trunk: Option<TrunkId>,
    /// The leg that hears them; `None`: all the others of a conference.
    pub with: Option<LegId>,
}

/// What a user is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserState {
    /// No device is registered.
    Offline,
    /// Reachable and free.
    Available,
    /// A phone rings.
    Ringing,
    /// Talking.
    OnACall,
}

/// Limits and names of the core.
#[derive(Clone, Debug)]
pub struct Config {
    /// The SIP side's limits and names.
    pub agent: sip::agent::Config,
    /// Calls at most; the next one is answered 503.
    pub calls_max: usize,
    /// Contacts in the registrar at most, of all devices together; the next REGISTER is answered 503.
    pub registrations_max: usize,
    /// Connections that are remembered at most; further ones are served, but carry no app session.
    pub flows_max: usize,
    /// Whether desk phones may use SRTP.
    pub srtp: media::Srtp,
    /// Which run of the server this is: calls are numbered anew in each, so their names outside begin with it.
    pub run: u64,
}

impl Config {
    /// What fits a company of up to 2,000 extensions. `product` goes into `Server`, e.g. `farend/0.1.0`.
    #[must_use]
    pub fn new(realm: &str, product: &str) -> Self {
        Self {
            agent: sip::agent::Config {
                realm: realm.to_owned(),
                product: product.to_owned(),
                transactions_max: 50_000,
                dialogs_max: 20_000,
                session_expires: std::time::Duration::from_secs(1_800),
                udp_request_bytes_max: 1_300,
            },
            calls_max: 5_000,
            registrations_max: 20_000,
            flows_max: 20_000,
            srtp: media::Srtp::Accepted,
            run: 0,
        }
    }
}

/// What is alive right now, for `/metrics` and for tests that nothing is left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Calls, those included that only wait for their legs' last figures.
    pub calls: usize,
    /// Legs of those calls.
    pub legs: usize,
    /// SIP dialogs.
    pub dialogs: usize,
    /// SIP transactions.
    pub transactions: usize,
    /// Contacts in the registrar.
    pub registrations: usize,
    /// Connections.
    pub flows: usize,
    /// Subscriptions of phones.
    pub watches: usize,
    /// Peers that sent wrong passwords lately.
    pub suspects: usize,
    /// Inputs dropped or refused because a limit was reached.
    pub refused: u64,
}
