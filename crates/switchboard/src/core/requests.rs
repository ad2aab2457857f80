//! Requests outside of calls: REGISTER, and polite answers to the rest.

use std::time::Instant;

use model::DeviceId;
use sip::Flow;
use sip::agent::{Header, RequestId};
use sip::message::{Contacts, Request};

use super::Core;
use super::identity::Identity;
use crate::registrar::{Contact, EXPIRES_MIN, Refusal, Registration, Wish};

const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, UPDATE, PRACK, INFO, REFER, NOTIFY, SUBSCRIBE";

impl Core {
    pub(super) fn requested(&mut self, request: RequestId, flow: Flow, message: &Request, now: Instant) {
        match message.method() {
            // The agent tells what we can do; anybody may ask.
            "OPTIONS" => self.agent.turn_away(request, 200, &[]),
            "REGISTER" => {
                if let Some(device) = self.proved(request, flow, message, now) {
                    self.register(request, flow, device, message, now);
                }
            }
            "SUBSCRIBE" => {
                if let Some(device) = self.proved(request, flow, message, now) {
                    self.subscribed(request, device, message, now);
                }
            }
            method @ ("PUBLISH" | "MESSAGE" | "REFER") => {
                let (status, headers) = match method {
                    "PUBLISH" => (489, Vec::new()),
                    "REFER" => (403, vec![reason(403, "a transfer needs a call")]),
                    _ => (405, vec![header("Allow", ALLOW)]),
                };
                if self.proved(request, flow, message, now).is_some() {
                    self.agent.respond(request, status, headers, None, now);
                }
            }
            _ => self.agent.respond(request, 405, vec![header("Allow", ALLOW)], None, now),
        }
    }

    /// The device that sent it; otherwise the request has been answered.
    fn proved(&mut self, request: RequestId, flow: Flow, message: &Request, now: Instant) -> Option<DeviceId> {
        match self.identify(flow, message, now) {
            Identity::Device(id) => return Some(id),
            Identity::Unproved { stale } => self.agent.challenge(request, stale, now),
            Identity::LockedOut => {
                let headers = [reason(403, "too many wrong passwords: wait a minute")];
                self.agent.turn_away(request, 403, &headers);
            }
        }
        None
    }

    fn register(&mut self, request: RequestId, flow: Flow, id: DeviceId, message: &Request, now: Instant) {
        let device = self.directory.device(id);
        let own = device.filter(|device| message.to_user().as_deref() == Some(device.sip_user.as_str()));
        let Some(kind) = own.map(|device| device.kind) else {
            let headers = vec![reason(403, "a phone registers only its own SIP user name")];
            return self.agent.respond(request, 403, headers, None, now);
        };
        if self.flows.is_displaced(flow) {
            let headers = vec![reason(403, "signed in elsewhere")];
            return self.agent.respond(request, 403, headers, None, now);
        }
        let (Some(wish), Some(cseq)) = (wish(message), cseq(message)) else {
            return self.agent.respond(request, 400, Vec::new(), None, now);
        };
        let call_id = message.call_id();
        let stays = match &wish {
            Wish::Change(contacts) => contacts.iter().any(|contact| contact.expires_s != Some(0)),
            Wish::Query | Wish::RemoveAll => false,
        };
        if stays && self.is_given_up(id, call_id) {
            let headers = vec![reason(403, "your number is at your desk phone")];
            return self.agent.respond(request, 403, headers, None, now);
        }
        match self.registrar.register(
            &Registration {
                device: id,
                kind,
                flow,
                call_id,
                cseq,
                wish,
            },
            now,
        ) {
            Ok(changes) => {
                self.flows.register(flow, id);
                let headers = self.contacts_of(id, message, now);
                self.agent.respond(request, 200, headers, None, now);
                self.registrations_changed(changes, now);
                if stays {
                    self.came_by(id, flow, message, now);
                }
                self.watch_over(id, flow, now);
                if stays {
                    self.arrived(id, flow, message, now);
                }
            }
            Err(refusal) => {
                self.refused += u64::from(refusal == Refusal::Full);
                let (status, mut headers) = match refusal {
                    Refusal::TooBrief => (423, vec![header("Min-Expires", &EXPIRES_MIN.as_secs().to_string())]),
                    Refusal::OutOfOrder => (500, Vec::new()),
                    Refusal::Full => (503, vec![header("Retry-After", "60")]),
                    Refusal::TooManyContacts => (400, Vec::new()),
                };
                headers.push(reason(status, &refusal.to_string()));
                self.agent.respond(request, status, headers, None, now);
            }
        }
    }

    /// The bindings as a 200 tells them (RFC 3261 section 10.3 step 8).
    fn contacts_of(&self, device: DeviceId, message: &Request, now: Instant) -> Vec<Header> {
        let bindings = self.registrar.contacts(device);
        let mut headers: Vec<Header> = bindings.iter().map(|b| header("Contact", &b.to_header(now))).collect();
        let is_outbound = bindings.iter().any(crate::registrar::Binding::is_outbound)
            && message
                .headers("Supported")
                .any(|line| line.split(',').any(|option| option.trim() == "outbound"));
        if is_outbound {
            headers.push(header("Require", "outbound"));
        }
        headers
    }
}

fn wish(message: &Request) -> Option<Wish> {
    match message.contacts().ok()? {
        Contacts::None => Some(Wish::Query),
        Contacts::All => (message.expires() == Some(0)).then_some(Wish::RemoveAll),
        Contacts::List(contacts) => {
            let contacts = contacts.into_iter().map(|contact| Contact {
                uri: contact.uri,
                expires_s: contact.expires.or(message.expires()),
                instance: contact.instance,
                reg_id: contact.reg_id,
            });
            Some(Wish::Change(contacts.collect()))
        }
    }
}

fn cseq(message: &Request) -> Option<u32> {
    message.header("CSeq")?.split_ascii_whitespace().next()?.parse().ok()
}

pub(super) fn header(name: &str, value: &str) -> Header {
    (name.to_owned(), value.to_owned())
}

/// `Reason` in words that a person understands (RFC 3326).
pub(super) fn reason(status: u16, text: &str) -> Header {
    header("Reason", &reason_value(status, text))
}

pub(super) fn reason_value(status: u16, text: &str) -> String {
    format!("SIP;cause={status};text=\"{text}\"")
}
