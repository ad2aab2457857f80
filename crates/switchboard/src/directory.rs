//! The directory snapshot: people, devices, trunks and feature codes, as the database has them. Immutable; a change is a new one.

mod lookup;
mod plan;
mod trunk;

use model::{DeviceId, UserId};
use sip::agent::Ha1;

pub(crate) use self::lookup::Lookup;
pub use self::plan::{Calling, Classes, Inbound, Limits, NumberPlan, Route, RouteId, Target, WallClock, Window};
pub use self::trunk::{Account, Forwarded, IdentityHeader, Network, NotANetwork, Trunk};

/// People, devices, trunks and feature codes at one moment.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// People.
    pub users: Vec<User>,
    /// Their phones.
    pub devices: Vec<Device>,
    /// The ways to the world.
    pub trunks: Vec<Trunk>,
    /// What numbers of the world mean; `None`: there are only extensions.
    pub plan: Option<NumberPlan>,
    /// What star codes do.
    pub features: Vec<(String, Feature)>,
    /// How long a call rings before it counts as not answered, in seconds.
    pub ring_seconds_max: u16,
}

/// A person.
#[derive(Clone, Debug)]
pub struct User {
    /// The key.
    pub id: UserId,
    /// Shown on displays.
    pub name: String,
    /// The number, e.g. `101`; `None` for people without a phone.
    pub extension: Option<String>,
    /// What they may do with the world.
    pub calling: Calling,
}

/// A phone.
#[derive(Clone, Debug)]
pub struct Device {
    /// The key.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// Browser or desk phone.
    pub kind: DeviceKind,
    /// Shown to its owner, e.g. `Desk phone`.
    pub label: String,
    /// SIP user name, e.g. `101-desk`, unique.
    pub sip_user: String,
    /// For the digest; `None` when only an app session may use it.
    pub ha1: Option<Ha1>,
}

/// What kind of phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// WebRTC in a browser.
    Browser,
    /// A SIP phone.
    DeskPhone,
}

/// What a star code does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// `*43`: hear yourself.
    EchoTest,
    /// `*44`: music on hold.
    Music,
}
