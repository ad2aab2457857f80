//! Permissions and channels (RFC 8656 sections 9, 10 and 12): only toward our own media.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::answer::Granted;
use super::{Allocation, Channel, Client, Permission, World};
use crate::counters::Refusal;
use crate::stun::{Attribute, Message, attribute};
use crate::unit::CHANNELS;

/// What a permission lives (RFC 8656 section 9).
pub const PERMISSION_LIFE: Duration = Duration::from_secs(300);

/// What a channel lives (RFC 8656 section 12).
pub const CHANNEL_LIFE: Duration = Duration::from_secs(600);

/// Permissions of one allocation; there are no more addresses of ours than a machine has.
pub const PERMISSIONS_MAX: usize = 32;

/// Channels of one allocation.
pub const CHANNELS_MAX: usize = 32;

impl Client {
    /// Grants permission for all addresses of a request, or none. Ports do not count here: they are checked with every packet.
    pub(super) fn create_permission(&mut self, request: &Message<'_>, world: &World<'_>) -> Result<Granted, Refusal> {
        let allocation = self.allocation()?;
        let mut permissions = allocation.permissions.clone();
        let mut named = false;
        for attribute in request
            .attributes()
            .filter(|attribute| attribute.kind == attribute::XOR_PEER_ADDRESS)
        {
            let peer = peer_of(request, attribute, allocation)?;
            if !world.peers.has_ip(peer.ip()) {
                return Err(Refusal::Forbidden);
            }
            permit(&mut permissions, peer.ip(), world.now)?;
            named = true;
        }
        if !named {
            return Err(Refusal::BadRequest);
        }
        allocation.permissions = permissions;
        Ok(Granted::Permitted)
    }

    /// Binds a channel, or prolongs it; the permission goes with it.
    pub(super) fn bind_channel(&mut self, request: &Message<'_>, world: &World<'_>) -> Result<Granted, Refusal> {
        let allocation = self.allocation()?;
        let (Some(number), Some(peer)) = (request.find(attribute::CHANNEL_NUMBER), request.find(attribute::XOR_PEER_ADDRESS)) else {
            return Err(Refusal::BadRequest);
        };
        let number = match *number.value {
            [high, low, _, _] => u16::from_be_bytes([high, low]),
            _ => return Err(Refusal::BadRequest),
        };
        let peer = peer_of(request, peer, allocation)?;
        if !CHANNELS.contains(&number) {
            return Err(Refusal::BadRequest);
        }
        if !world.peers.contains(peer) {
            return Err(Refusal::Forbidden);
        }
        allocation.channels.retain(|channel| channel.expires > world.now);
        let bound = allocation
            .channels
            .iter()
            .position(|channel| channel.number == number || channel.peer == peer);
        match bound.map(|index| allocation.channels[index]) {
            Some(channel) if channel.number == number && channel.peer == peer => {}
            Some(_) => return Err(Refusal::BadRequest),
            None if allocation.channels.len() >= CHANNELS_MAX => return Err(Refusal::InsufficientCapacity),
            None => {}
        }
        permit(&mut allocation.permissions, peer.ip(), world.now)?;
        let expires = world.now + CHANNEL_LIFE;
        if let Some(index) = bound {
            allocation.channels[index].expires = expires;
        } else {
            allocation.channels.push(Channel { number, peer, expires });
        }
        Ok(Granted::Permitted)
    }
}

impl Allocation {
    pub(super) fn permits(&self, ip: IpAddr, now: Instant) -> bool {
        self.permissions
            .iter()
            .any(|permission| permission.ip == ip && permission.expires > now)
    }

    pub(super) fn channel(&self, number: u16, now: Instant) -> Option<&Channel> {
        self.channels
            .iter()
            .find(|channel| channel.number == number && channel.expires > now)
    }

    pub(super) fn channel_to(&self, peer: SocketAddr, now: Instant) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.peer == peer && channel.expires > now)
    }
}

/// Gives or prolongs a permission.
fn permit(permissions: &mut Vec<Permission>, ip: IpAddr, now: Instant) -> Result<(), Refusal> {
    let expires = now + PERMISSION_LIFE;
    if let Some(permission) = permissions.iter_mut().find(|permission| permission.ip == ip) {
        permission.expires = expires;
        return Ok(());
    }
    permissions.retain(|permission| permission.expires > now);
    if permissions.len() >= PERMISSIONS_MAX {
        return Err(Refusal::InsufficientCapacity);
    }
    permissions.push(Permission { ip, expires });
    Ok(())
}

fn peer_of(request: &Message<'_>, attribute: Attribute<'_>, allocation: &Allocation) -> Result<SocketAddr, Refusal> {
    let peer = request.xor_address(attribute.value).ok_or(Refusal::BadRequest)?;
    if allocation.families.has(peer) {
        Ok(peer)
    } else {
        Err(Refusal::PeerAddressFamilyMismatch)
    }
}
