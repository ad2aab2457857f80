//! Requests and their responses.

use super::authenticate::Denial;
use super::{Client, World};
use crate::address::Relayed;
use crate::counters::Refusal;
use crate::credentials::Key;
use crate::stun::{Class, Message, Writer, attribute, method};

/// Attributes that a 420 names, at most.
const UNKNOWN_MAX: usize = 16;

/// What a request has brought about.
#[derive(Debug)]
pub(super) enum Granted {
    Allocated {
        families: super::Families,
        lifetime_s: u32,
    },
    Refreshed {
        lifetime_s: u32,
    },
    /// A permission or a channel, which have nothing to tell.
    Permitted,
}

impl Client {
    /// Answers a request of a method that we know.
    pub(super) fn answer(&mut self, method: u16, request: &Message<'_>, world: &mut World<'_>, reply: &mut Vec<u8>) {
        if method == method::BINDING {
            self.answer_binding(request, world, reply);
            return;
        }
        let proven = match self.authenticate(request, world) {
            Ok(proven) => proven,
            Err(denial) => {
                self.deny(denial, request, world, reply);
                return;
            }
        };
        let unknown = unknown_attributes(request);
        let granted = if !unknown.is_empty() {
            Err(Refusal::UnknownAttribute)
        } else {
            match method {
                method::ALLOCATE => self.allocate(request, &proven, world),
                method::REFRESH => self.refresh(request, &proven, world),
                method::CREATE_PERMISSION => self.create_permission(request, world),
                method::CHANNEL_BIND => self.bind_channel(request, world),
                // Those are all that come here.
                _ => Err(Refusal::BadRequest),
            }
        };
        match granted {
            Ok(granted) => self.grant(&granted, &proven.key, request, reply),
            Err(refusal) => {
                world.counters.refuse(refusal);
                let mut response = begin_error(refusal, request, reply);
                name_unknown(&mut response, &unknown);
                response.integrity(&proven.key);
                end(response, request);
            }
        }
    }

    fn answer_binding(&self, request: &Message<'_>, world: &mut World<'_>, reply: &mut Vec<u8>) {
        let unknown = unknown_attributes(request);
        let response = if unknown.is_empty() {
            let mut response = Writer::new(reply, Class::Success, method::BINDING, request.transaction());
            response.xor_address(attribute::XOR_MAPPED_ADDRESS, self.address);
            response
        } else {
            world.counters.refuse(Refusal::UnknownAttribute);
            let mut response = begin_error(Refusal::UnknownAttribute, request, reply);
            name_unknown(&mut response, &unknown);
            response
        };
        end(response, request);
    }

    fn grant(&self, granted: &Granted, key: &Key, request: &Message<'_>, reply: &mut Vec<u8>) {
        let mut response = Writer::new(reply, Class::Success, request.method(), request.transaction());
        match granted {
            Granted::Allocated { families, lifetime_s } => {
                let Relayed { v4, v6 } = self.relayed;
                for relayed in [families.v4.then_some(v4), families.v6.then_some(v6)].into_iter().flatten() {
                    response.xor_address(attribute::XOR_RELAYED_ADDRESS, relayed);
                }
                response.xor_address(attribute::XOR_MAPPED_ADDRESS, self.address);
                response.number(attribute::LIFETIME, *lifetime_s);
            }
            Granted::Refreshed { lifetime_s } => {
                response.number(attribute::LIFETIME, *lifetime_s);
            }
            Granted::Permitted => {}
        }
        response.integrity(key);
        end(response, request);
    }

    /// What a client needs to try again stands in 401 and 438; neither is signed, since nobody has proved anything.
    fn deny(&self, denial: Denial, request: &Message<'_>, world: &mut World<'_>, reply: &mut Vec<u8>) {
        let refusal = match denial {
            Denial::NoCredentials => Refusal::Unauthorized,
            Denial::Refused(refusal) => refusal,
            Denial::Foreign(_) => Refusal::WrongCredentials,
        };
        if denial != Denial::NoCredentials {
            world.counters.refuse(refusal);
        }
        let mut response = begin_error(refusal, request, reply);
        if matches!(refusal, Refusal::Unauthorized | Refusal::StaleNonce) {
            response
                .attribute(attribute::REALM, self.config.realm.as_bytes())
                .attribute(attribute::NONCE, self.nonce.text.as_bytes());
        }
        if let Denial::Foreign(key) = denial {
            response.integrity(&key);
        }
        end(response, request);
    }
}

fn begin_error<'a>(refusal: Refusal, request: &Message<'_>, reply: &'a mut Vec<u8>) -> Writer<'a> {
    let mut response = Writer::new(reply, Class::Error, request.method(), request.transaction());
    response.error(refusal.code(), refusal.reason());
    response
}

/// Who sends FINGERPRINT gets it (RFC 8489 section 7).
fn end(mut response: Writer<'_>, request: &Message<'_>) {
    if request.has_fingerprint() {
        response.fingerprint();
    }
}

/// Attributes that must be understood and are not (RFC 8489 section 6.3.1).
pub(super) fn unknown_attributes(message: &Message<'_>) -> Vec<u16> {
    let unknown = message.attributes().map(|attribute| attribute.kind).filter(|kind| !is_known(*kind));
    unknown.take(UNKNOWN_MAX).collect()
}

fn is_known(kind: u16) -> bool {
    use attribute::{
        CHANNEL_NUMBER, DATA, DONT_FRAGMENT, ERROR_CODE, EVEN_PORT, LIFETIME, MESSAGE_INTEGRITY, NONCE, REALM, REQUESTED_ADDRESS_FAMILY,
        REQUESTED_TRANSPORT, RESERVATION_TOKEN, UNKNOWN_ATTRIBUTES, USERNAME, XOR_MAPPED_ADDRESS, XOR_PEER_ADDRESS, XOR_RELAYED_ADDRESS,
    };
    const KNOWN: [u16; 17] = [
        USERNAME,
        MESSAGE_INTEGRITY,
        ERROR_CODE,
        UNKNOWN_ATTRIBUTES,
        CHANNEL_NUMBER,
        LIFETIME,
        XOR_PEER_ADDRESS,
        DATA,
        REALM,
        NONCE,
        XOR_RELAYED_ADDRESS,
        REQUESTED_ADDRESS_FAMILY,
        EVEN_PORT,
        REQUESTED_TRANSPORT,
        DONT_FRAGMENT,
        XOR_MAPPED_ADDRESS,
        RESERVATION_TOKEN,
    ];
    kind >= 0x8000 || KNOWN.contains(&kind)
}

fn name_unknown(response: &mut Writer<'_>, unknown: &[u16]) {
    if !unknown.is_empty() {
        let kinds: Vec<u8> = unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
        response.attribute(attribute::UNKNOWN_ATTRIBUTES, &kinds);
    }
}
