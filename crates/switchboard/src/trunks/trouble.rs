//! What can be wrong with a line to a provider, in words that end a ticket.

use std::net::SocketAddr;

/// Why a line is not up, or was not lately.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// DNS knows the name of no server.
    #[error("{host} is not known to DNS: check the name of the provider's server")]
    UnknownName {
        /// As configured.
        host: String,
    },
    /// DNS did not answer.
    #[error("the name server does not answer, so {host} cannot be found: check this machine's DNS")]
    NameServerSilent {
        /// As configured.
        host: String,
    },
    /// There is no way there.
    #[error("this machine has no route to {server}")]
    NoRoute {
        /// The provider's server.
        server: SocketAddr,
    },
    /// The connection was refused.
    #[error("{server} refuses the connection: check port and transport")]
    ConnectionRefused {
        /// The provider's server.
        server: SocketAddr,
    },
    /// No answer at all.
    #[error("{server} does not answer: a firewall, a wrong port or transport, or the provider is down")]
    Silent {
        /// The provider's server.
        server: SocketAddr,
    },
    /// The connection was closed.
    #[error("{server} closed the connection")]
    ConnectionLost {
        /// The provider's server.
        server: SocketAddr,
    },
    /// TLS did not come about.
    #[error("no TLS with {server}: {why}")]
    Tls {
        /// The provider's server.
        server: SocketAddr,
        /// As the TLS library says.
        why: String,
    },
    /// User name or password.
    #[error("the provider refuses user name or password ({status} {reason})")]
    WrongPassword {
        /// 401, 403 or 407.
        status: u16,
        /// The provider's words.
        reason: String,
    },
    /// The account.
    #[error("the provider does not accept this account ({status} {reason})")]
    Refused {
        /// Any other 4xx or 6xx.
        status: u16,
        /// The provider's words.
        reason: String,
    },
    /// The server.
    #[error("{server} cannot serve us now ({status} {reason})")]
    Unable {
        /// The provider's server.
        server: SocketAddr,
        /// 408, 429 or 5xx.
        status: u16,
        /// The provider's words.
        reason: String,
    },
}

impl Trouble {
    /// For programs: never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownName { .. } => "unknown-name",
            Self::NameServerSilent { .. } => "name-server-silent",
            Self::NoRoute { .. } => "no-route",
            Self::ConnectionRefused { .. } => "connection-refused",
            Self::Silent { .. } => "silent",
            Self::ConnectionLost { .. } => "connection-lost",
            Self::Tls { .. } => "tls",
            Self::WrongPassword { .. } => "wrong-password",
            Self::Refused { .. } => "refused",
            Self::Unable { .. } => "unable",
        }
    }

    /// What a provider's refusal of a REGISTER means.
    pub(super) fn of(server: SocketAddr, status: u16, reason: &str) -> Self {
        let reason = reason.to_owned();
        match status {
            401 | 403 | 407 => Self::WrongPassword { status, reason },
            408 | 429 | 500..=599 => Self::Unable { server, status, reason },
            _ => Self::Refused { status, reason },
        }
    }

    /// Whether another server of the provider may do better: the account is the same everywhere.
    pub(super) fn is_of_one_server(&self) -> bool {
        match self {
            Self::NoRoute { .. }
            | Self::ConnectionRefused { .. }
            | Self::Silent { .. }
            | Self::ConnectionLost { .. }
            | Self::Tls { .. }
            | Self::Unable { .. } => true,
            Self::UnknownName { .. } | Self::NameServerSilent { .. } | Self::WrongPassword { .. } | Self::Refused { .. } => false,
        }
    }
}
