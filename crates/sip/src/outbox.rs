//! What the state machines put out: bytes and events in order, and one ordered set of deadlines.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use crate::Flow;
use crate::agent::{DialogId, Event, Output, RequestId, WatchId};
use crate::transaction::{ClientKey, ServerId};

/// Outputs and deadlines.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// To be drained by the owner of the agent.
    pub(crate) queue: VecDeque<Queued>,
    /// Deadlines.
    pub(crate) timers: Timers,
}

impl Outbox {
    pub(crate) fn send(&mut self, flow: Flow, bytes: Vec<u8>) {
        self.push(Output::Send { flow, bytes });
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    pub(crate) fn push(&mut self, output: Output) {
        self.queue.push_back(Queued::Output(output));
    }

    /// 100 to an INVITE, unless whatever stands before it in the queue makes a better answer.
    pub(crate) fn try_later(&mut self, request: ServerId) {
        self.queue.push_back(Queued::Trying(request));
    }
}

/// An output, or what may become one.
#[derive(Debug)]
pub(crate) enum Queued {
    /// As it goes out.
    Output(Output),
    /// 100 to this request, if it is still without an answer.
    Trying(ServerId),
}

/// Whose deadline it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// A client transaction's.
    Client(ClientKey),
    /// A server transaction's.
    Server(ServerId),
    /// A session's.
    Session(DialogId, SessionDue),
    /// [`crate::agent::OutgoingRequest::response_max`] of a request of ours.
    Response(RequestId),
    /// The end of a subscription that nobody refreshes.
    Watch(WatchId),
}

/// What a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionDue {
    /// ACK for our 2xx: repeat it, or give up.
    Acknowledgement,
    /// PRACK for our reliable provisional response: repeat it, or give up.
    Prack,
    /// Still ringing: tell proxies, or give up (RFC 3261 section 13.3.1.1).
    Ringing,
    /// The session's refresh or its end (RFC 4028).
    Refresh,
    /// Another try after glare (RFC 3261 section 14.1).
    Reoffer,
    /// The lost flow's device has not come back.
    FlowLost,
    /// Nothing has come back to our INVITE.
    FirstResponse,
}

/// A deadline that can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerId {
    at: Instant,
    number: u64,
}

/// All deadlines, the earliest first.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeMap<TimerId, Due>,
    number: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, at: Instant, due: Due) -> TimerId {
        self.number += 1;
        let id = TimerId { at, number: self.number };
        self.queue.insert(id, due);
        id
    }

    /// Cancels; one that has fired already is no longer there.
    pub(crate) fn cancel(&mut self, id: TimerId) {
        self.queue.remove(&id);
    }

    /// Cancels what a slot holds, if anything.
    pub(crate) fn clear(&mut self, slot: &mut Option<TimerId>) {
        if let Some(id) = slot.take() {
            self.cancel(id);
        }
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.queue.first_key_value().map(|(id, _)| id.at)
    }

    /// The earliest deadline that has come.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Due> {
        let entry = self.queue.first_entry()?;
        (entry.key().at <= now).then(|| entry.remove())
    }

    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Due, Timers};
    use crate::transaction::ServerId;

    #[test]
    fn deadlines_come_in_order_and_cancelled_ones_never() {
        #[allow(clippy::disallowed_methods, reason = "any instant will do")]
        let start = Instant::now();
        let mut timers = Timers::default();
        let second = timers.set(start + Duration::from_secs(2), Due::Server(ServerId(2)));
        timers.set(start + Duration::from_secs(3), Due::Server(ServerId(3)));
        timers.set(start + Duration::from_secs(1), Due::Server(ServerId(1)));
        timers.cancel(second);
        assert_eq!(timers.next(), Some(start + Duration::from_secs(1)));
        assert_eq!(timers.pop(start), None);
        let late = start + Duration::from_secs(9);
        assert_eq!(timers.pop(late), Some(Due::Server(ServerId(1))));
        assert_eq!(timers.pop(late), Some(Due::Server(ServerId(3))));
        assert_eq!(timers.pop(late), None);
    }
}
