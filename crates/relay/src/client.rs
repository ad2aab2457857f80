//! One client: what it may do, and what it has asked for.
//!
//! ```text
//!            Allocate                    Refresh 0, lifetime or credential over
//!   idle ───────────────► allocated ─────────────────────────────────────────► idle
//!                          │  CreatePermission: packets of that address come through
//!                          │  ChannelBind: packets of that peer come with four bytes of header
//! ```

mod allocate;
mod answer;
mod authenticate;
mod data;
mod permit;

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::address::{Peers, Relayed};
use crate::bucket::Bucket;
use crate::counters::{Counters, Dropped, Refusal};
use crate::credentials::Secret;
use crate::quota::{Place, Quotas};
use crate::stun::{Class, Message, method};
use crate::unit::{self, Unit};
use authenticate::Nonce;

pub use allocate::{LIFETIME_DEFAULT_S, LIFETIME_MAX_S};
pub use authenticate::NONCE_LIFE;
pub use permit::{CHANNEL_LIFE, CHANNELS_MAX, PERMISSION_LIFE, PERMISSIONS_MAX};

/// Requests that may come at once; each costs us a check sum or two.
pub const REQUESTS_BURST: u32 = 100;

/// Requests in the long run, in each second.
const REQUESTS_PER_S: u32 = 20;

/// What all clients share.
#[derive(Clone, Debug)]
pub struct Config {
    /// The realm of long-term credentials.
    pub realm: String,
    /// What the credentials were made with.
    pub secret: Secret,
    /// How many allocations there may be.
    pub quotas: Quotas,
}

/// What a client needs to know of the world for a moment.
#[derive(Debug)]
pub struct World<'a> {
    /// Whom clients may reach.
    pub peers: &'a Peers,
    /// Now.
    pub now: Instant,
    /// The same in seconds since 1970: credentials end by the calendar.
    pub unix_s: u64,
    /// Where to count.
    pub counters: &'a mut Counters,
}

/// What became of the first message of a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Bytes of the buffer that it took.
    pub consumed: usize,
    /// What it was.
    pub what: What,
}

/// What a message of a client comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The reply has been appended, to be sent on the stream.
    Reply,
    /// A packet for our media.
    Data {
        /// To which address of ours.
        peer: SocketAddr,
        /// From which relayed address.
        relayed: SocketAddr,
        /// Where it stands in the buffer.
        packet: Range<usize>,
    },
    /// Nothing; where it should have come to something, the cause is counted.
    Nothing,
}

/// Why the stream cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Where a message should begin, none does.
    #[error("the client does not speak TURN")]
    NotTurn,
    /// A message has more bytes than any that we know.
    #[error("the client announces a message of {0} bytes")]
    TooLarge(usize),
    /// Nobody has that many questions.
    #[error("the client asks too much")]
    TooManyRequests,
}

/// A client and its allocation.
#[derive(Debug)]
pub struct Client {
    config: Arc<Config>,
    relayed: Relayed,
    /// Where we see the client.
    address: SocketAddr,
    random: StdRng,
    nonce: Nonce,
    requests: Bucket,
    state: State,
}

#[derive(Debug)]
enum State {
    Idle { since: Instant },
    Allocated(Box<Allocation>),
}

#[derive(Debug)]
struct Allocation {
    /// Only with this credential it is changed.
    username: Box<str>,
    families: Families,
    expires: Instant,
    permissions: Vec<Permission>,
    channels: Vec<Channel>,
    /// The addresses of ours that the client has sent to, the latest last.
    used: Vec<SocketAddr>,
    from_client: Bucket,
    to_client: Bucket,
    _place: Place,
}

/// Which kinds of relayed address an allocation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Families {
    v4: bool,
    v6: bool,
}

/// Packets of this address come through, from whatever port.
#[derive(Clone, Copy, Debug)]
struct Permission {
    ip: IpAddr,
    expires: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Channel {
    number: u16,
    peer: SocketAddr,
    expires: Instant,
}

impl Client {
    /// A client at this address, which is going to be reached by these relayed ones. The seed makes nonces.
    #[must_use]
    pub fn new(config: Arc<Config>, relayed: Relayed, address: SocketAddr, seed: [u8; 32], now: Instant) -> Self {
        let mut random = StdRng::from_seed(seed);
        Self {
            config,
            relayed,
            address: SocketAddr::new(address.ip().to_canonical(), address.port()),
            nonce: Nonce::new(&mut random, now),
            random,
            requests: Bucket::new(REQUESTS_PER_S, REQUESTS_BURST, now),
            state: State::Idle { since: now },
        }
    }

    /// Looks at the first message of what the stream has brought. `Ok(None)` when it is not whole yet: no more than [`crate::UNIT_BYTES_MAX`] bytes
    /// have to be kept for that. A reply is appended to `reply`.
    ///
    /// # Errors
    ///
    /// When the stream cannot go on: close it.
    pub fn receive(&mut self, buffer: &[u8], world: &mut World<'_>, reply: &mut Vec<u8>) -> Result<Option<Step>, Violation> {
        let Some(unit) = unit::first(buffer)? else { return Ok(None) };
        self.handle_timeout(world.now);
        let step = match unit {
            Unit::Channel { number, data, consumed } => Step {
                consumed,
                what: self.channel_data(number, data, world),
            },
            Unit::Stun { consumed } => Step {
                consumed,
                what: self.message(&buffer[..consumed], world, reply)?,
            },
        };
        Ok(Some(step))
    }

    fn message(&mut self, bytes: &[u8], world: &mut World<'_>, reply: &mut Vec<u8>) -> Result<What, Violation> {
        let Ok(message) = Message::parse(bytes) else {
            world.counters.drop(Dropped::Malformed);
            return Ok(What::Nothing);
        };
        match (message.class(), message.method()) {
            (Class::Indication, method::SEND) => Ok(self.send_indication(&message, world)),
            // It keeps routers' memory alive.
            (Class::Indication, method::BINDING) => Ok(What::Nothing),
            (
                Class::Request,
                method @ (method::BINDING | method::ALLOCATE | method::REFRESH | method::CREATE_PERMISSION | method::CHANNEL_BIND),
            ) => {
                if !self.requests.take(1, world.now) {
                    return Err(Violation::TooManyRequests);
                }
                self.answer(method, &message, world, reply);
                Ok(What::Reply)
            }
            (Class::Request | Class::Indication | Class::Success | Class::Error, _) => {
                world.counters.drop(Dropped::Malformed);
                Ok(What::Nothing)
            }
        }
    }

    /// When [`Self::handle_timeout`] has something to do; `None` without an allocation.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Idle { .. } => None,
            State::Allocated(allocation) => Some(allocation.expires),
        }
    }

    /// Ends an allocation whose time is over; its place is free again.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|at| at <= now) {
            self.state = State::Idle { since: now };
        }
    }

    /// Since when there has been no allocation; `None` while there is one.
    #[must_use]
    pub fn idle_since(&self) -> Option<Instant> {
        match &self.state {
            State::Idle { since } => Some(*since),
            State::Allocated(_) => None,
        }
    }

    fn allocation(&mut self) -> Result<&mut Allocation, Refusal> {
        match &mut self.state {
            State::Idle { .. } => Err(Refusal::AllocationMismatch),
            State::Allocated(allocation) => Ok(allocation),
        }
    }
}

impl Families {
    fn has(self, address: SocketAddr) -> bool {
        if address.is_ipv4() { self.v4 } else { self.v6 }
    }
}
