//! The core: the signalling loop's state, without its I/O.
//!
//! Owns the [`sip::Agent`], the registrar and all calls. [`Input`]s go in with `now`, [`Output`]s are drained until `None`.
//!
//! ```text
//! Core::new(config: Config, directory: Arc<Directory>, seed: [u8; 32], now) -> Core
//! handle(&mut self, input: Input<'_>, now)     handle_timeout(&mut self, now)     poll_timeout(&self) -> Option<Instant>
//! poll_output(&mut self) -> Option<Output>     figures(&self) -> Figures { calls, legs, dialogs, transactions, registrations, … }
//! ```

use std::net::SocketAddr;
use std::sync::Arc;

use model::quality::LegReport;
use model::{CallId, DeviceId, LegId, UserId, control};
use sip::Flow;

use crate::directory::Directory;

/// What comes in.
#[derive(Debug)]
pub enum Input<'a> {
    /// A connection was accepted. `device`: the app's session has proved this browser phone; no digest is asked of it.
    FlowOpened {
        /// The connection.
        flow: Flow,
        /// Who it is, where the shell knows.
        device: Option<DeviceId>,
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
    /// News from the media threads.
    Media(control::Event),
    /// The directory changed.
    Directory(Arc<Directory>),
    /// No new calls from now on (503); running ones go on.
    Drain,
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
        command: control::Command,
    },
    /// For the journal.
    Journal(JournalEntry),
    /// For everybody who watches.
    Event(LiveEvent),
}

/// Why we close a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The same browser phone registered from another place.
    SignedInElsewhere,
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
        /// On this device; `None` for a feature code.
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
    },
    /// It has none any more.
    Unregistered {
        /// The device.
        device: DeviceId,
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
        /// The figures.
        report: Box<LegReport>,
    },
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
