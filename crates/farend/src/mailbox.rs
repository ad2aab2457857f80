//! A bounded queue into a thread that sleeps in a [`Poller`](crate::poller::Poller).

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::poller::Waker;

/// The sending end.
#[derive(Debug)]
pub(crate) struct Mailbox<T> {
    queue: SyncSender<T>,
    waker: Waker,
}

/// What could not be sent, and comes back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Undelivered<T> {
    /// The thread does not keep up.
    Full(T),
    /// The thread has ended.
    Gone(T),
}

/// A mailbox for at most `messages_max` messages.
pub(crate) fn mailbox<T>(messages_max: usize, waker: Waker) -> (Mailbox<T>, Receiver<T>) {
    let (queue, inbox) = sync_channel(messages_max);
    (Mailbox { queue, waker }, inbox)
}

impl<T> Mailbox<T> {
    /// Sends and wakes; never waits.
    pub(crate) fn send(&self, message: T) -> Result<(), Undelivered<T>> {
        let sent = self.post(message);
        self.wake();
        sent
    }

    /// Sends without waking: for several messages and one [`Mailbox::wake`] after them.
    pub(crate) fn post(&self, message: T) -> Result<(), Undelivered<T>> {
        self.queue.try_send(message).map_err(|error| match error {
            TrySendError::Full(message) => Undelivered::Full(message),
            TrySendError::Disconnected(message) => Undelivered::Gone(message),
        })
    }

    /// Lets the thread look at what was posted.
    pub(crate) fn wake(&self) {
        self.waker.wake();
    }
}

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            waker: self.waker.clone(),
        }
    }
}
