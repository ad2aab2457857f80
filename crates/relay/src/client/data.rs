//! Packets, both ways (RFC 8656 sections 11 and 12).

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Instant;

use rand::RngCore as _;

use super::answer::unknown_attributes;
use super::{Allocation, Client, State, What, World};
use crate::address::Relayed;
use crate::counters::{Counters, Dropped};
use crate::stun::{Class, Message, Transaction, Writer, attribute, method};
use crate::unit::{UNIT_BYTES_MAX, write_channel_data};

/// What a packet may have besides itself in a Data indication: header, an IPv6 address, the head of DATA, padding.
const INDICATION_OVERHEAD_BYTES: usize = 20 + 24 + 4 + 3;

/// Addresses of ours that a client is remembered to have sent to.
pub(super) const USED_MAX: usize = 8;

impl Client {
    pub(super) fn channel_data(&mut self, number: u16, packet: Range<usize>, world: &mut World<'_>) -> What {
        let relayed = self.relayed;
        let State::Allocated(allocation) = &mut self.state else {
            return dropped(Dropped::NoAllocation, world.counters);
        };
        match allocation.channel(number, world.now).map(|channel| channel.peer) {
            Some(peer) => allocation.pass(peer, relayed, packet, world),
            None => dropped(Dropped::NoChannel, world.counters),
        }
    }

    pub(super) fn send_indication(&mut self, message: &Message<'_>, world: &mut World<'_>) -> What {
        let relayed = self.relayed;
        let State::Allocated(allocation) = &mut self.state else {
            return dropped(Dropped::NoAllocation, world.counters);
        };
        let peer = message
            .find(attribute::XOR_PEER_ADDRESS)
            .and_then(|peer| message.xor_address(peer.value));
        let (Some(peer), Some(data)) = (peer, message.find(attribute::DATA)) else {
            return dropped(Dropped::Malformed, world.counters);
        };
        if !unknown_attributes(message).is_empty() {
            return dropped(Dropped::Malformed, world.counters);
        }
        if !allocation.permits(peer.ip(), world.now) {
            return dropped(Dropped::NoPermission, world.counters);
        }
        allocation.pass(peer, relayed, data.at..data.at + data.value.len(), world)
    }

    /// Wraps a packet of our media for the stream, and appends that to `out`: ChannelData where the peer has a channel, a Data indication otherwise.
    ///
    /// `source` is our address that the packet comes from. Media knows itself by its interfaces' addresses, while the client may know it by what a
    /// router makes of them; then the packet comes from the address of ours that the client sent to last, as a router would have it.
    ///
    /// False when the client does not want it, or has had too much.
    pub fn frame_to_client(&mut self, source: SocketAddr, packet: &[u8], now: Instant, counters: &mut Counters, out: &mut Vec<u8>) -> bool {
        self.handle_timeout(now);
        let State::Allocated(allocation) = &mut self.state else {
            counters.drop(Dropped::NoAllocation);
            return false;
        };
        let peer = allocation.known_as(source);
        if !allocation.permits(peer.ip(), now) {
            counters.drop(Dropped::NoPermission);
            return false;
        }
        let length = match u32::try_from(packet.len()) {
            Ok(length) if packet.len() + INDICATION_OVERHEAD_BYTES <= UNIT_BYTES_MAX => length,
            Ok(_) | Err(_) => {
                counters.drop(Dropped::Malformed);
                return false;
            }
        };
        if !allocation.to_client.take(length, now) {
            counters.drop(Dropped::TooFast);
            return false;
        }
        counters.bytes_to_clients += u64::from(length);
        match allocation.channel_to(peer, now) {
            Some(channel) => write_channel_data(channel.number, packet, out),
            None => {
                let mut transaction = Transaction::default();
                self.random.fill_bytes(&mut transaction);
                Writer::new(out, Class::Indication, method::DATA, &transaction)
                    .xor_address(attribute::XOR_PEER_ADDRESS, peer)
                    .attribute(attribute::DATA, packet);
                true
            }
        }
    }
}

impl Allocation {
    /// The last check: this very address and port must be our media's now.
    fn pass(&mut self, peer: SocketAddr, relayed: Relayed, packet: Range<usize>, world: &mut World<'_>) -> What {
        if !world.peers.contains(peer) {
            return dropped(Dropped::NotAllowed, world.counters);
        }
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        if !self.from_client.take(length, world.now) {
            return dropped(Dropped::TooFast, world.counters);
        }
        world.counters.bytes_from_clients += u64::from(length);
        self.note_use(peer);
        What::Data {
            peer,
            relayed: relayed.toward(peer),
            packet,
        }
    }

    fn note_use(&mut self, peer: SocketAddr) {
        if self.used.last() == Some(&peer) {
            return;
        }
        self.used.retain(|used| *used != peer);
        if self.used.len() == USED_MAX {
            self.used.remove(0);
        }
        self.used.push(peer);
    }

    /// By which address the client knows our media.
    fn known_as(&self, source: SocketAddr) -> SocketAddr {
        if self.used.contains(&source) {
            return source;
        }
        let same_family = self.used.iter().rev().find(|used| used.is_ipv4() == source.is_ipv4());
        same_family.copied().unwrap_or(source)
    }
}

fn dropped(cause: Dropped, counters: &mut Counters) -> What {
    counters.drop(cause);
    What::Nothing
}
