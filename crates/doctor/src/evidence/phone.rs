//! A desk phone.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::UnixMs;

/// What is known of a desk phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskPhone {
    /// The device's id.
    pub device: u64,
    /// Its name.
    pub name: String,
    /// The extension it has now; empty for one that nobody has.
    pub extension: String,
    /// How it is registered; `None`: it is not.
    pub transport: Option<PhoneTransport>,
    /// Registered, or not, since then.
    pub since: UnixMs,
    /// The address by which the server sees it.
    pub address: Option<IpAddr>,
    /// That address is not of the office's own networks.
    pub is_outside: bool,
    /// Whether its registration names another address than the one it came from: it is behind a NAT.
    pub is_behind_nat: bool,
    /// Whether SIP is rewritten between it and the server ([`crate::alg::phone`]); `None`: not known.
    pub is_rewritten: Option<bool>,
    /// The sign of that, in a sentence.
    pub rewritten_sign: Option<String>,
    /// It is registered and has not answered for so many milliseconds, though asked.
    pub unanswered_ms: Option<u64>,
    /// Whether it takes what shall stand on its display (R-k.iii).
    pub display: Display,
    /// It shows a person whose number is at a browser, and does not take the text that says so.
    pub is_stuck: bool,
}

/// How a phone is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneTransport {
    /// SIP over UDP.
    Udp,
    /// SIP over TCP.
    Tcp,
    /// SIP over TLS.
    Tls,
}

/// Whether a phone takes texts for its display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// Nothing was to be shown, or it has not answered yet.
    #[default]
    Unknown,
    /// It takes them.
    Shown,
    /// It refuses every kind of them.
    Refused,
}
