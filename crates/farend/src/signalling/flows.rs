//! The connections that the signalling loop can send through.

use std::collections::HashMap;

use sip::Flow;
use tokio::sync::mpsc::error::TrySendError;

use super::{FlowSender, Outbound};

/// Senders by connection.
#[derive(Debug, Default)]
pub(super) struct Flows {
    senders: HashMap<u64, FlowSender>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It is in the connection's queue.
    Yes,
    /// There is no such connection any more.
    NoSuchFlow,
    /// Its queue is full: it has been given up.
    TooSlow,
}

impl Flows {
    pub(super) fn open(&mut self, flow: Flow, sender: FlowSender) {
        self.senders.insert(flow.connection, sender);
    }

    /// Forgets a connection; its task ends when it has sent what is queued.
    pub(super) fn close(&mut self, flow: Flow) {
        self.senders.remove(&flow.connection);
    }

    pub(super) fn send(&mut self, flow: Flow, outbound: Outbound) -> Sent {
        let Some(sender) = self.senders.get(&flow.connection) else {
            return Sent::NoSuchFlow;
        };
        let (given_up, result) = match sender.try_send(outbound) {
            Ok(()) => (false, Sent::Yes),
            Err(TrySendError::Closed(_)) => (true, Sent::NoSuchFlow),
            Err(TrySendError::Full(_)) => (true, Sent::TooSlow),
        };
        if given_up {
            self.close(flow);
        }
        result
    }
}
