//! A line to a provider.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::UnixMs;

/// What is known of a trunk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trunk {
    /// Its name.
    pub name: String,
    /// Whether it works.
    pub state: TrunkState,
    /// Since when.
    pub since: UnixMs,
    /// What is wrong, in the words of the trunk's line.
    pub error: Option<String>,
    /// The provider's server in use.
    pub server: Option<SocketAddr>,
    /// Nobody on the way can read its SIP (TLS).
    pub is_encrypted: bool,
    /// Our address that its SIP leaves from.
    pub local: Option<IpAddr>,
    /// Where the provider's server says that it saw us (`received`, RFC 3581).
    pub received: Option<IpAddr>,
    /// And from which port (`rport`).
    pub rport: Option<u16>,
    /// Whether SIP is rewritten on the way, as [`crate::alg`] judges; `None`: not known.
    pub is_rewritten: Option<bool>,
    /// The sign of that, in a sentence.
    pub rewritten_sign: Option<String>,
    /// The public address that is told for its media now, whoever has told it.
    pub media_public: Option<IpAddr>,
    /// Its profile names a STUN server of the provider's own.
    pub has_own_stun: bool,
}

/// Whether a trunk works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrunkState {
    /// It is not switched on, or is only beginning.
    #[default]
    Unknown,
    /// Calls go through.
    Up,
    /// The name of its server has no address.
    NoDns,
    /// Its server does not answer.
    Silent,
    /// Its server refuses connections.
    Refused,
    /// User name or password are wrong (401, 403, 407).
    WrongPassword,
    /// TLS fails: a certificate that is not believed, or no TLS at all.
    TlsFailed,
    /// The provider refuses for another reason.
    Rejected,
}
