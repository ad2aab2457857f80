//! The signalling loop: one thread that owns the [`switchboard::core::Core`] and the SIP UDP socket.
//!
//! Everything else reaches it through a [`Mailbox`]; it never waits for disk, DNS or another thread.

mod deliveries;
mod flows;
mod mirror;
mod run;
mod tickets;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use arc_swap::ArcSwapOption;
use model::{RecordingId, TrunkId, UserId, control};
use sip::Flow;
use switchboard::core::{
    Action, CloseReason, Controlled, JournalEntry, LiveEvent, NewRecording, Objection, RecordingTrouble, Remembered, Setting, Ticket,
};
use switchboard::directory::{Directory, WallClock};
use switchboard::trunks::{CheckId, Errand, LineId, Located, Place, Retrieved, Trouble};
use tokio::sync::oneshot;

use crate::mailbox::{Mailbox, Undelivered};
use crate::sip_io::lines::Way;

pub(crate) use run::{Prepared, Setup, prepare, start};

/// Messages waiting for the signalling loop. Beyond that, connections are told to wait and datagrams are lost, as on a full wire.
pub(crate) const INBOX_MESSAGES_MAX: usize = 16_384;

/// Messages waiting for one SIP connection; a peer that reads slower is disconnected.
pub(crate) const OUTBOUND_MESSAGES_MAX: usize = 256;

/// What a connection's task is asked to do.
#[derive(Debug)]
pub(crate) enum Outbound {
    /// Send one message.
    Message(Vec<u8>),
    /// Say why, and close.
    Close(CloseReason),
    /// There is no room for another connection: close.
    Full,
}

/// How the signalling loop reaches a connection.
pub(crate) type FlowSender = tokio::sync::mpsc::Sender<Outbound>;

/// What the other threads tell the signalling loop.
#[derive(Debug)]
pub(crate) enum Signal {
    /// A connection was accepted.
    FlowOpened {
        flow: Flow,
        device: Option<model::DeviceId>,
        page: Option<control::Page>,
        sender: FlowSender,
    },
    /// A connection has ended.
    FlowClosed { flow: Flow },
    /// One message from a connection.
    Received { flow: Flow, bytes: Vec<u8> },
    /// A connection that the core asked for is up.
    Connected { instead_of: Flow, flow: Flow, sender: FlowSender },
    /// It could not be opened.
    ConnectFailed { instead_of: Flow },
    /// A provider's servers, or why there are none.
    Located { line: LineId, found: Result<Located, Trouble> },
    /// A way to a provider's server is open; over UDP it has no sender of its own.
    LineConnected {
        line: LineId,
        flow: Flow,
        sender: Option<FlowSender>,
    },
    /// It could not be opened.
    LineNotConnected { line: LineId, trouble: Trouble },
    /// An administrator tests a trunk.
    TestTrunk { trunk: TrunkId, echo_number: Option<String> },
    /// Somebody looks anew at what is wrong: do phones answer?
    AskPhones,
    /// What a test of a trunk has sent for.
    Retrieved {
        trunk: TrunkId,
        check: CheckId,
        retrieved: Retrieved,
    },
    /// Somebody wants something done with their calls.
    Control {
        user: UserId,
        action: Action,
        answer: oneshot::Sender<Controlled>,
    },
    /// What a PIN was found to be.
    PinChecked { ticket: Ticket, is_right: bool },
    /// Whether a setting that somebody has changed by a code is in force.
    Settled { ticket: Ticket, is_done: bool },
    /// A recording cannot go on.
    RecordingStopped { recording: RecordingId, trouble: RecordingTrouble },
    /// News from a media thread.
    Media(control::Event),
    /// The database has changed: [`Signalling::hand_over`] has left the directory.
    Directory,
    /// What the clock on the wall says.
    Clock(WallClock),
    /// No new calls; [`Figures::calls`] is up to date when the sender is told.
    Drain { done: oneshot::Sender<()> },
    /// Running calls are hung up.
    EndCalls,
    /// End the loop.
    Stop,
}

/// Where the loop's results go. Each of these must not wait.
pub(crate) trait Outlets: Send + 'static {
    /// A line of a call's story, stamped.
    fn journal(&self, at: SystemTime, entry: JournalEntry);
    /// News for everybody who watches.
    fn live(&self, event: LiveEvent);
    /// Open a TCP connection to `peer` and report it as [`Signal::Connected`] or [`Signal::ConnectFailed`].
    fn connect(&self, instead_of: Flow, peer: std::net::SocketAddr);
    /// Find a provider's servers and report them as [`Signal::Located`].
    fn locate(&self, line: LineId, place: Place);
    /// Open a way to a provider's server and report it as [`Signal::LineConnected`] or [`Signal::LineNotConnected`].
    fn connect_line(&self, line: LineId, way: Way);
    /// Find something out for the test of a trunk and report it as [`Signal::Retrieved`].
    fn run_errand(&self, trunk: TrunkId, check: CheckId, errand: Errand);
    /// Check somebody's PIN and report it as [`Signal::PinChecked`].
    fn check_pin(&self, ticket: Ticket, user: UserId, pin: String);
    /// Commit a setting that somebody has changed by a code, hand the directory over with it, and report it as [`Signal::Settled`].
    fn settle(&self, ticket: Ticket, user: UserId, setting: Setting);
    /// Begin a recording; when it cannot go on, report it as [`Signal::RecordingStopped`].
    fn begin_recording(&self, at: SystemTime, recording: NewRecording);
    /// No leg of it is recorded any more.
    fn end_recording(&self, at: SystemTime, recording: RecordingId);
    /// A change of desk share, for the next run.
    fn remember(&self, at: SystemTime, change: Remembered);
}

/// What is alive, published by the loop for `/metrics` and for draining.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) calls: AtomicUsize,
    pub(crate) legs: AtomicUsize,
    pub(crate) dialogs: AtomicUsize,
    pub(crate) transactions: AtomicUsize,
    pub(crate) registrations: AtomicUsize,
    pub(crate) flows: AtomicUsize,
    pub(crate) watches: AtomicUsize,
    pub(crate) suspects: AtomicUsize,
    /// Messages that could not be handed on, or came when the loop could not keep up.
    pub(crate) dropped: AtomicUsize,
    /// Inputs refused because a limit was reached.
    pub(crate) refused: AtomicUsize,
}

impl Figures {
    fn publish(&self, core: &switchboard::core::Figures) {
        let switchboard::core::Figures {
            calls,
            legs,
            dialogs,
            transactions,
            registrations,
            flows,
            watches,
            suspects,
            refused,
        } = *core;
        let pairs = [
            (&self.calls, calls),
            (&self.legs, legs),
            (&self.dialogs, dialogs),
            (&self.transactions, transactions),
            (&self.registrations, registrations),
            (&self.flows, flows),
            (&self.watches, watches),
            (&self.suspects, suspects),
            (&self.refused, usize::try_from(refused).unwrap_or(usize::MAX)),
        ];
        for (figure, value) in pairs {
            figure.store(value, Ordering::Relaxed);
        }
    }
}

/// The way into the loop; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Signalling {
    mailbox: Mailbox<Signal>,
    figures: Arc<Figures>,
    /// The newest directory, until the loop takes it.
    directory: Arc<ArcSwapOption<Directory>>,
}

impl Signalling {
    /// Sends, or gives back what could not be sent.
    pub(crate) fn send(&self, signal: Signal) -> Result<(), Undelivered<Signal>> {
        self.mailbox.send(signal)
    }

    /// Leaves a new directory for the loop, and is back at once. Whatever is sent from now on is handled with this directory, or a newer one.
    pub(crate) fn hand_over(&self, directory: Arc<Directory>) {
        self.directory.store(Some(directory));
        // When there is no room, the signals that take it bring the directory along.
        let _full_or_gone = self.send(Signal::Directory);
    }

    /// Sends what must not be lost, waiting while the loop is busy.
    pub(crate) async fn deliver(&self, mut signal: Signal) {
        loop {
            match self.mailbox.send(signal) {
                Ok(()) | Err(Undelivered::Gone(_)) => return,
                Err(Undelivered::Full(back)) => signal = back,
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// Has something done with somebody's calls, and waits for what comes of it.
    pub(crate) async fn control(&self, user: UserId, action: Action) -> Controlled {
        let (answer, answered) = oneshot::channel();
        if self.send(Signal::Control { user, action, answer }).is_err() {
            return Err(Objection::Busy);
        }
        // Without an answer the loop has ended.
        answered.await.unwrap_or(Err(Objection::Busy))
    }

    /// The directory that the loop has not taken yet.
    #[cfg(test)]
    pub(crate) fn left(&self) -> Option<Arc<Directory>> {
        self.directory.load_full()
    }

    pub(crate) fn figures(&self) -> &Figures {
        &self.figures
    }
}

impl crate::media_io::Reports for Signalling {
    fn report(&self, event: control::Event) -> Result<(), control::Event> {
        match self.mailbox.post(Signal::Media(event)) {
            Ok(()) => Ok(()),
            // The loop has ended: the program is going down, and nobody wants to know any more.
            Err(Undelivered::Gone(_)) => Ok(()),
            Err(Undelivered::Full(Signal::Media(event))) => Err(event),
            Err(Undelivered::Full(_)) => unreachable!("what comes back is what was sent"),
        }
    }

    fn wake(&self) {
        self.mailbox.wake();
    }
}

#[cfg(test)]
mod tests {
    use model::{CallId, DeviceId};

    use super::*;

    fn dial() -> Action {
        Action::Dial {
            device: DeviceId(3),
            number: "102".to_owned(),
        }
    }

    #[tokio::test]
    async fn whoever_wants_something_done_hears_what_came_of_it() {
        let (signalling, inbox) = prepare().unwrap().unattended();
        let asked = tokio::spawn(async move { signalling.control(UserId(7), dial()).await });
        // In the loop's place.
        let signal = tokio::task::spawn_blocking(move || inbox.recv().unwrap()).await.unwrap();
        let Signal::Control { user, action, answer } = signal else {
            panic!("{signal:?}")
        };
        assert_eq!((user, action), (UserId(7), dial()));
        answer.send(Ok(Some(CallId(5)))).unwrap();
        assert_eq!(asked.await.unwrap(), Ok(Some(CallId(5))));
    }

    #[tokio::test]
    async fn a_loop_that_has_ended_or_is_too_busy_refuses() {
        let (signalling, inbox) = prepare().unwrap().unattended();
        for _ in 0..INBOX_MESSAGES_MAX {
            signalling.send(Signal::EndCalls).unwrap();
        }
        assert_eq!(signalling.control(UserId(7), dial()).await, Err(Objection::Busy));
        drop(inbox);
        assert_eq!(signalling.control(UserId(7), dial()).await, Err(Objection::Busy));
    }
}
