//! What is refused and dropped, by cause.

/// Why a request was refused: the codes of RFC 8489 section 14.8 and RFC 8656 section 19.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// An attribute is missing, wrong, or does not fit another one.
    BadRequest,
    /// Wrong password, another's user name, or an expired one.
    Unauthorized,
    /// No peer that may be reached.
    Forbidden,
    /// An attribute that must be understood is not.
    UnknownAttribute,
    /// There is an allocation already, or none yet.
    AllocationMismatch,
    /// The nonce is too old.
    StaleNonce,
    /// Not a family that we relay.
    AddressFamilyNotSupported,
    /// The allocation is another credential's.
    WrongCredentials,
    /// Only UDP is relayed.
    UnsupportedTransport,
    /// The peer's family is not the allocation's.
    PeerAddressFamilyMismatch,
    /// The user, or all users together, have as many allocations as they may have.
    AllocationQuotaReached,
    /// As many permissions or channels as there may be, or a reservation, which there are none of.
    InsufficientCapacity,
}

/// Why a packet was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dropped {
    /// Neither a request nor an indication of a kind that we know, or not well-formed.
    Malformed,
    /// Before there was an allocation, or after it has ended.
    NoAllocation,
    /// The channel is bound to nobody.
    NoChannel,
    /// The client has given no permission for this address.
    NoPermission,
    /// The address or port is none of our media's.
    NotAllowed,
    /// More than the rate allows.
    TooFast,
}

/// What has happened since somebody began to count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Allocations made.
    pub allocations: u64,
    /// Bytes that clients sent to our media.
    pub bytes_from_clients: u64,
    /// Bytes that our media sent to clients.
    pub bytes_to_clients: u64,
    refused: [u64; Refusal::ALL.len()],
    dropped: [u64; Dropped::ALL.len()],
}

impl Counters {
    /// Requests refused for this cause. First requests, which are sent without credentials on purpose, are not among them.
    #[must_use]
    pub fn refused(&self, cause: Refusal) -> u64 {
        self.refused[cause as usize]
    }

    /// Packets dropped for this cause.
    #[must_use]
    pub fn dropped(&self, cause: Dropped) -> u64 {
        self.dropped[cause as usize]
    }

    pub(crate) fn refuse(&mut self, cause: Refusal) {
        self.refused[cause as usize] += 1;
    }

    pub(crate) fn drop(&mut self, cause: Dropped) {
        self.dropped[cause as usize] += 1;
    }
}

impl Refusal {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::UnknownAttribute,
        Self::AllocationMismatch,
        Self::StaleNonce,
        Self::AddressFamilyNotSupported,
        Self::WrongCredentials,
        Self::UnsupportedTransport,
        Self::PeerAddressFamilyMismatch,
        Self::AllocationQuotaReached,
        Self::InsufficientCapacity,
    ];

    /// The error code on the wire.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::UnknownAttribute => 420,
            Self::AllocationMismatch => 437,
            Self::StaleNonce => 438,
            Self::AddressFamilyNotSupported => 440,
            Self::WrongCredentials => 441,
            Self::UnsupportedTransport => 442,
            Self::PeerAddressFamilyMismatch => 443,
            Self::AllocationQuotaReached => 486,
            Self::InsufficientCapacity => 508,
        }
    }

    /// The RFC's words for it.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::BadRequest => "Bad Request",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::UnknownAttribute => "Unknown Attribute",
            Self::AllocationMismatch => "Allocation Mismatch",
            Self::StaleNonce => "Stale Nonce",
            Self::AddressFamilyNotSupported => "Address Family not Supported",
            Self::WrongCredentials => "Wrong Credentials",
            Self::UnsupportedTransport => "Unsupported Transport Protocol",
            Self::PeerAddressFamilyMismatch => "Peer Address Family Mismatch",
            Self::AllocationQuotaReached => "Allocation Quota Reached",
            Self::InsufficientCapacity => "Insufficient Capacity",
        }
    }

    /// For figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden_peer",
            Self::UnknownAttribute => "unknown_attribute",
            Self::AllocationMismatch => "allocation_mismatch",
            Self::StaleNonce => "stale_nonce",
            Self::AddressFamilyNotSupported => "address_family",
            Self::WrongCredentials => "wrong_credentials",
            Self::UnsupportedTransport => "unsupported_transport",
            Self::PeerAddressFamilyMismatch => "peer_address_family",
            Self::AllocationQuotaReached => "quota",
            Self::InsufficientCapacity => "capacity",
        }
    }
}

impl Dropped {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Malformed,
        Self::NoAllocation,
        Self::NoChannel,
        Self::NoPermission,
        Self::NotAllowed,
        Self::TooFast,
    ];

    /// For figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NoAllocation => "no_allocation",
            Self::NoChannel => "no_channel",
            Self::NoPermission => "no_permission",
            Self::NotAllowed => "forbidden_peer",
            Self::TooFast => "too_fast",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_counted_at_a_place_of_its_own() {
        for (number, cause) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(cause as usize, number, "{cause:?}");
        }
        for (number, cause) in Dropped::ALL.into_iter().enumerate() {
            assert_eq!(cause as usize, number, "{cause:?}");
        }
        let mut counters = Counters::default();
        counters.refuse(Refusal::InsufficientCapacity);
        counters.drop(Dropped::TooFast);
        assert_eq!(counters.refused(Refusal::InsufficientCapacity), 1);
        assert_eq!(counters.dropped(Dropped::TooFast), 1);
    }
}
