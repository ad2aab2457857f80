//! Client transactions whose flow comes up, closes, or is another one now.

use std::time::Instant;

use super::messages::over;
use super::{Client, ClientKey, Clients, State, T1};
use crate::Flow;
use crate::outbox::Outbox;

impl<O: Copy> Clients<O> {
    /// Requests that waited for this connection go out over it; their `Via` names it.
    pub(crate) fn connected(&mut self, instead_of: Flow, flow: Flow, now: Instant, outbox: &mut Outbox) {
        for key in self.waiting_for(instead_of) {
            let Some(client) = self.map.get_mut(&key) else { continue };
            client.request = client.request.take().map(|request| over(&request, flow, key));
            client.flow = flow;
            client.call(key, now, outbox);
            self.connecting -= 1;
            self.flows.remove(&(instead_of, key));
            self.flows.insert((flow, key));
        }
    }

    /// Requests that waited for a connection go out as datagrams all the same.
    pub(crate) fn connect_failed(&mut self, instead_of: Flow, now: Instant, outbox: &mut Outbox) {
        for key in self.waiting_for(instead_of) {
            let Some(client) = self.map.get_mut(&key) else { continue };
            client.call(key, now, outbox);
            self.connecting -= 1;
        }
    }

    /// Whether a request waits for a connection in place of this flow.
    pub(crate) fn awaits_connection(&self, instead_of: Flow) -> bool {
        !self.waiting_for(instead_of).is_empty()
    }

    fn waiting_for(&self, instead_of: Flow) -> Vec<ClientKey> {
        if self.connecting == 0 {
            return Vec::new();
        }
        let mut keys = self.on_flow(instead_of);
        keys.retain(|key| self.map.get(key).is_some_and(|client| client.state == State::Connecting));
        keys
    }

    /// A flow is gone: ends what `ends` says. The rest waits for its peer to come back by another flow, until its own time is up.
    pub(crate) fn flow_closed(&mut self, flow: Flow, ends: impl Fn(O) -> bool, outbox: &mut Outbox) -> Vec<O> {
        let mut owners = Vec::new();
        for key in self.on_flow(flow) {
            if let Some(owner) = self.map.get(&key).and_then(|client| client.owner).filter(|owner| ends(*owner)) {
                owners.push(owner);
                self.remove(key, outbox);
            }
        }
        owners
    }

    /// What went over `from`, as far as `which` says, goes over `to`; what may have got lost is sent again. `which` gets the owner, `None`
    /// where nobody waits any more, and who is at the other end.
    pub(crate) fn move_some(
        &mut self,
        from: Flow,
        to: Flow,
        which: impl Fn(Option<O>, Option<u64>) -> bool,
        now: Instant,
        outbox: &mut Outbox,
    ) {
        for key in self.on_flow(from) {
            let Some(client) = self.map.get_mut(&key).filter(|client| which(client.owner, client.whose)) else {
                continue;
            };
            self.flows.remove(&(from, key));
            self.flows.insert((to, key));
            client.move_to(to, key, now, outbox);
        }
    }
}

impl<O: Copy> Client<O> {
    /// Goes on over another flow.
    fn move_to(&mut self, flow: Flow, key: ClientKey, now: Instant, outbox: &mut Outbox) {
        self.flow = flow;
        let unanswered = match self.state {
            State::Calling => true,
            State::Proceeding => !self.invite,
            State::Connecting | State::Completed | State::Accepted => false,
        };
        let Some(request) = self.request.as_ref().filter(|_| unanswered) else {
            return;
        };
        outbox.send(flow, request.to_bytes());
        self.interval = T1;
        self.await_answer(key, now, outbox);
    }
}
