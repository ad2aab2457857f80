//! What a line is asked, what it wants, and what it says of itself.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip::{Flow, Transport};

use crate::trunks::Trouble;

/// A server of a provider, as DNS tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// How it is spoken to.
    pub transport: Transport,
    /// Where it is.
    pub address: SocketAddr,
    /// The name that its certificate must have.
    pub name: String,
}

/// What the administrator wants of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// As configured: for messages to people.
    pub(crate) host: String,
    /// How long registrations shall last; `None` without registration.
    pub(crate) expires: Option<Duration>,
    /// How often OPTIONS asks whether the server lives; `None`: never.
    pub(crate) ping_every: Option<Duration>,
}

/// What a line wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// Find the provider's servers.
    Locate,
    /// Open a way to this server; over UDP: find out which of our addresses leads there.
    Connect(Server),
    /// REGISTER over this flow.
    Register { flow: Flow, expires: Duration },
    /// REGISTER with `Expires: 0`: this flow is not needed any more.
    Unregister { flow: Flow },
    /// OPTIONS over this flow.
    Ping { flow: Flow },
}

/// What a line hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The servers, best first, and how long that holds.
    Located { servers: Vec<Server>, fresh_for: Duration },
    /// They cannot be found.
    NotLocated(Trouble),
    /// The way that was asked for last is open.
    Connected(Flow),
    /// It cannot be opened.
    NotConnected(Trouble),
    /// REGISTER was answered 200.
    Registered { flow: Flow, expires: Duration },
    /// REGISTER was refused; 408 when nothing came back.
    NotRegistered {
        flow: Flow,
        status: u16,
        reason: String,
        retry_after: Option<Duration>,
    },
    /// OPTIONS was answered, however; `None`: nothing came back.
    Pinged { flow: Flow, status: Option<u16> },
    /// An INVITE found nobody there.
    Unanswered(Flow),
    /// The connection is gone.
    Closed(Flow),
}

/// What comes of [`super::Line::try_now`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trying {
    /// The registrar is being asked.
    UnderWay,
    /// It has refused the account less than a minute ago: not before then.
    NotYet(Instant),
    /// The line does not register.
    NotRegistering,
}

/// How a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineState {
    /// Its servers are being looked for, or asked.
    Starting,
    /// Calls can go there.
    Up {
        /// By this server.
        server: Server,
        /// Since then.
        since: Instant,
    },
    /// It is tried again later.
    Waiting {
        /// Then.
        until: Instant,
    },
}
