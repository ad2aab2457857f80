//! Who sends a request: the app's session or a digest tells, never the From header.

use std::time::Instant;

use model::DeviceId;
use sip::Flow;
use sip::agent::Proof;
use sip::message::Request;

use super::Core;

/// What is known of a request's sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// This device.
    Device(DeviceId),
    /// Not proved: challenge.
    Unproved {
        /// Only the nonce is not good (any more).
        stale: bool,
    },
    /// Too many wrong passwords came from there.
    LockedOut,
}

impl Core {
    pub(super) fn identify(&mut self, flow: Flow, message: &Request, now: Instant) -> Identity {
        if let Some(device) = self.flows.session(flow)
            && self.directory.device(device).is_some()
        {
            return Identity::Device(device);
        }
        let directory = &self.directory;
        let proof = self
            .agent
            .prove(message, flow, |name| directory.device_named(name)?.ha1.clone(), now);
        let is_locked_out = self.suspects.is_locked_out(flow.peer.ip(), now);
        match proof {
            Proof::Given { username } => match self.directory.device_named(&username).map(|device| device.id) {
                // One phone with a wrong password must not silence its neighbours behind the same address.
                Some(device) if !is_locked_out || self.is_at_home(device, flow) => Identity::Device(device),
                Some(_) => Identity::LockedOut,
                None => Identity::Unproved { stale: false },
            },
            Proof::Missing { stale } => Identity::Unproved { stale },
            Proof::Wrong => {
                self.suspects.count(flow.peer.ip(), now);
                if is_locked_out {
                    Identity::LockedOut
                } else {
                    Identity::Unproved { stale: false }
                }
            }
        }
    }

    /// Whether the device is registered over this very flow.
    fn is_at_home(&self, device: DeviceId, flow: Flow) -> bool {
        self.registrar.contacts(device).iter().any(|binding| binding.flow == flow)
    }
}
