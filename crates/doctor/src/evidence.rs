//! What has been seen: typed facts, each with the time at which it was so. Nothing here judges.
//!
//! ```text
//!   server, trunks ─┐
//!   desk phones ────┤
//!   people's networks, and what their browsers' checks found ──┼──► Evidence ──► rules::diagnose ──► findings
//!   calls ──────────┘
//! ```
//!
//! What was not measured is absent (`None`, an empty list): no rule may take that for "all is well" or for "it fails".

mod call;
mod check;
mod network;
mod phone;
mod server;
mod trunk;

use serde::{Deserialize, Serialize};

pub use call::{BrowserSide, Call, CallLeg, Microphone, PeerKind, Stage, Trouble};
pub use check::{
    Bandwidth, Browser, Candidate, CandidateKind, Check, Echo, Gathering, Headset, HeadsetState, MicrophoneCheck, Owner, Permission,
    Protocol, Reached, SpeakerCheck, Way, WayTest, Whose,
};
pub use network::{Locality, MediaWay, UserNetwork};
pub use phone::{DeskPhone, Display, PhoneTransport};
pub use server::{
    Arrivals, Certificate, ForwardProbe, Interface, InterfaceRole, Nat, Outcome, Page, ProbeOutcome, Server, StrangerAt, Stun, StunServer,
    StunState,
};
pub use trunk::{Trunk, TrunkState};

/// A moment in milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// Milliseconds from `earlier` until this moment; 0 when it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
}

/// Everything that is known at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// When all of this was put together.
    pub taken_at: UnixMs,
    /// The server and the office's way to the internet.
    pub server: Server,
    /// Lines to providers.
    pub trunks: Vec<Trunk>,
    /// Where people are, one entry for each person and network: the office LAN, a home, a hotel.
    pub networks: Vec<UserNetwork>,
    /// Desk phones, wherever they are.
    pub phones: Vec<DeskPhone>,
    /// People, for what is set up rather than measured.
    pub people: Vec<Person>,
    /// Calls that run, and those that have ended within the last minutes.
    pub calls: Vec<Call>,
}

/// What is set up for a person, as far as a rule asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The extension.
    pub extension: String,
    /// As people call them.
    pub name: String,
    /// They have chosen a desk phone to be controlled from the app (F1): its id.
    pub controls_phone: Option<u64>,
    /// The number of their mobile, when calls shall reach them there (H2).
    pub mobile: Option<String>,
    /// Whether a call to that number would find a trunk; `None`: not known, or no mobile.
    pub mobile_has_route: Option<bool>,
    /// Settings of another system that were imported and mean "use internal SBC" (N4): the setting's name.
    pub internal_sbc: Option<String>,
}
