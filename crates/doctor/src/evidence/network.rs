//! Where a person is, network by network.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Check, UnixMs};

/// One person in one network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserNetwork {
    /// The person's extension; empty for a guest with a link.
    pub extension: String,
    /// The person's name.
    pub name: String,
    /// The address by which the server sees them: the network's public address, or their own one inside.
    pub address: Option<IpAddr>,
    /// Where that is.
    pub locality: Locality,
    /// The host of the page's address.
    pub page_host: String,
    /// The server's own address at which they have arrived.
    pub arrived_at: Option<IpAddr>,
    /// Seen last.
    pub seen_at: UnixMs,
    /// How the media of their last call went.
    pub way: Option<MediaWay>,
    /// Round trip of that media, in milliseconds.
    pub round_trip_ms: Option<f32>,
    /// The last check of a browser there.
    pub check: Option<Check>,
}

/// Where an address is, seen from the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locality {
    /// Not known.
    #[default]
    Unknown,
    /// In the office's own network.
    Lan,
    /// In a network behind a tunnel that ends at the office.
    Vpn,
    /// At the office, though by the router's public address: through it and back (hairpin).
    Hairpin,
    /// Somewhere else.
    Internet,
}

/// How media goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaWay {
    /// WebRTC over UDP.
    Udp,
    /// WebRTC over the one TCP port.
    Tcp,
    /// WebRTC through our relay (TURN) inside TLS, on the one TCP port.
    Relay,
    /// RTP of a desk phone or trunk.
    Rtp,
}
