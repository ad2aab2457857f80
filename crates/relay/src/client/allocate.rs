//! Allocations begin, are prolonged, and end (RFC 8656 sections 7 and 8).

use std::time::Duration;

use super::answer::Granted;
use super::authenticate::Proven;
use super::data::USED_MAX;
use super::{Allocation, Client, Families, State, World};
use crate::bucket::{BURST_BYTES, Bucket, RATE_BYTES_PER_S};
use crate::counters::Refusal;
use crate::stun::{Message, attribute, family};

/// What an allocation lives when its client does not say, in seconds.
pub const LIFETIME_DEFAULT_S: u32 = 600;

/// What it lives at most, in seconds; never longer than the credential.
pub const LIFETIME_MAX_S: u32 = 3600;

/// The protocol number of UDP.
const UDP: u8 = 17;

/// In EVEN-PORT: keep the next port free, too.
const RESERVE_NEXT: u8 = 0x80;

impl Client {
    pub(super) fn allocate(&mut self, request: &Message<'_>, proven: &Proven<'_>, world: &mut World<'_>) -> Result<Granted, Refusal> {
        if let State::Allocated(_) = self.state {
            return Err(Refusal::AllocationMismatch);
        }
        let families = wanted(request)?;
        let lifetime_s = lifetime(request, proven, world)?;
        let place = self.config.quotas.take(proven.user).ok_or(Refusal::AllocationQuotaReached)?;
        let bucket = Bucket::new(RATE_BYTES_PER_S, BURST_BYTES, world.now);
        self.state = State::Allocated(Box::new(Allocation {
            username: proven.username.into(),
            families,
            expires: world.now + Duration::from_secs(lifetime_s.into()),
            permissions: Vec::new(),
            channels: Vec::new(),
            used: Vec::with_capacity(USED_MAX),
            from_client: bucket,
            to_client: bucket,
            _place: place,
        }));
        world.counters.allocations += 1;
        Ok(Granted::Allocated { families, lifetime_s })
    }

    pub(super) fn refresh(&mut self, request: &Message<'_>, proven: &Proven<'_>, world: &World<'_>) -> Result<Granted, Refusal> {
        let allocation = self.allocation()?;
        if let Some(families) = requested_family(request, attribute::REQUESTED_ADDRESS_FAMILY)?
            && (families.v4 && !allocation.families.v4 || families.v6 && !allocation.families.v6)
        {
            return Err(Refusal::PeerAddressFamilyMismatch);
        }
        let lifetime_s = match number(request, attribute::LIFETIME)? {
            Some(0) => 0,
            Some(_) | None => lifetime(request, proven, world)?,
        };
        if lifetime_s == 0 {
            self.state = State::Idle { since: world.now };
        } else {
            allocation.expires = world.now + Duration::from_secs(lifetime_s.into());
        }
        Ok(Granted::Refreshed { lifetime_s })
    }
}

/// Checks what kind of relay is asked for, in the order of RFC 8656 section 7.2.
fn wanted(request: &Message<'_>) -> Result<Families, Refusal> {
    match request.find(attribute::REQUESTED_TRANSPORT).map(|transport| transport.value) {
        Some([UDP, _, _, _]) => {}
        Some([_, _, _, _]) => return Err(Refusal::UnsupportedTransport),
        Some(_) | None => return Err(Refusal::BadRequest),
    }
    // DONT-FRAGMENT is granted: what never becomes a datagram is never cut.
    let first = requested_family(request, attribute::REQUESTED_ADDRESS_FAMILY)?;
    let second = requested_family(request, attribute::ADDITIONAL_ADDRESS_FAMILY)?;
    let even_port = match request.find(attribute::EVEN_PORT).map(|port| port.value) {
        Some([bits, ..]) => Some(bits & RESERVE_NEXT != 0),
        Some([]) => return Err(Refusal::BadRequest),
        None => None,
    };
    if request.find(attribute::RESERVATION_TOKEN).is_some() {
        let contradicts = first.is_some() || second.is_some() || even_port.is_some();
        // We reserve nothing, so no token is one of ours.
        return Err(if contradicts {
            Refusal::BadRequest
        } else {
            Refusal::InsufficientCapacity
        });
    }
    let families = match (first, second) {
        (Some(_), Some(_)) => return Err(Refusal::BadRequest),
        (Some(family), None) => family,
        // It adds IPv6 to IPv4, and nothing else.
        (None, Some(Families { v4: true, .. })) => return Err(Refusal::BadRequest),
        (None, Some(_)) => Families { v4: true, v6: true },
        (None, None) => Families { v4: true, v6: false },
    };
    match even_port {
        Some(true) if second.is_some() => Err(Refusal::BadRequest),
        Some(true) => Err(Refusal::InsufficientCapacity),
        // Ours are all even.
        Some(false) | None => Ok(families),
    }
}

fn requested_family(request: &Message<'_>, kind: u16) -> Result<Option<Families>, Refusal> {
    match request.find(kind).map(|family| family.value) {
        None => Ok(None),
        Some([family::V4, _, _, _]) => Ok(Some(Families { v4: true, v6: false })),
        Some([family::V6, _, _, _]) => Ok(Some(Families { v4: false, v6: true })),
        Some([_, _, _, _]) => Err(Refusal::AddressFamilyNotSupported),
        Some(_) => Err(Refusal::BadRequest),
    }
}

/// RFC 8656 section 7.2: at least the default, at most the maximum; and no allocation outlives its credential.
fn lifetime(request: &Message<'_>, proven: &Proven<'_>, world: &World<'_>) -> Result<u32, Refusal> {
    let asked = number(request, attribute::LIFETIME)?.unwrap_or(LIFETIME_DEFAULT_S);
    let left = proven.expires_unix_s.saturating_sub(world.unix_s);
    let lifetime = asked.clamp(LIFETIME_DEFAULT_S, LIFETIME_MAX_S);
    Ok(lifetime.min(u32::try_from(left).unwrap_or(u32::MAX)))
}

fn number(request: &Message<'_>, kind: u16) -> Result<Option<u32>, Refusal> {
    let Some(attribute) = request.find(kind) else { return Ok(None) };
    let bytes = attribute.value.try_into().map_err(|_| Refusal::BadRequest)?;
    Ok(Some(u32::from_be_bytes(bytes)))
}
