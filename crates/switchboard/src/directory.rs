//! The directory snapshot: people, devices, trunks and feature codes, as the database has them. Immutable; a change is a new one.

mod extensions;
mod feature;
mod lookup;
mod menu;
mod plan;
mod reaching;
mod recording;
mod ringing;
mod room;
mod team;
mod time;
mod trunk;

use model::{DeviceId, Language, UserId};
use sip::agent::Ha1;

pub(crate) use self::extensions::Extensions;
pub use self::feature::{Feature, Takes};
pub(crate) use self::lookup::{Lookup, StarCode};
pub use self::menu::{Choice, Menu, MenuHours, MenuId};
pub use self::plan::{Calling, Classes, Inbound, Limits, NumberPlan, Route, RouteId, Target, WallClock, Window};
pub use self::reaching::{Callers, DoNotDisturb, During, Forward, Parking, PickUpGroup, PickUpGroupId, Reaching, When};
pub use self::recording::{Announced, RecordedCalls, RecordingOf, RecordingRule, RecordingRuleId, Recordings};
pub use self::ringing::{LogOn, Mobile, Rings, WhileBusy};
pub use self::room::{Room, RoomId};
pub use self::team::{BusyWhen, Member, MemberKind, Night, Order, Overflow, Team};
pub(crate) use self::time::is_open_by;
pub use self::time::{TimeProfile, TimeProfileId};
pub use self::trunk::{Account, Forwarded, IdentityHeader, Network, NotANetwork, Trunk};

/// People, devices, trunks and feature codes at one moment.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// People.
    pub users: Vec<User>,
    /// Their phones.
    pub devices: Vec<Device>,
    /// Numbers that several people or devices answer.
    pub teams: Vec<Team>,
    /// Conference rooms.
    pub rooms: Vec<Room>,
    /// Attendants, and announcements that have a number.
    pub menus: Vec<Menu>,
    /// In which language prompts are spoken.
    pub language: Language,
    /// Which calls are recorded.
    pub recordings: Recordings,
    /// Who may answer whose ringing calls.
    pub pick_up_groups: Vec<PickUpGroup>,
    /// Where calls are parked.
    pub parking: Parking,
    /// When offices work.
    pub time_profiles: Vec<TimeProfile>,
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
    /// What becomes of a second call while they are on one.
    pub while_busy: WhileBusy,
    /// Their mobile, which rings as well.
    pub mobile: Option<Mobile>,
    /// What becomes of calls to them.
    pub reaching: Reaching,
    /// Whether they may record their calls.
    pub may_record: bool,
}

impl User {
    /// Somebody without a number and without permissions: whose calls are nobody's.
    pub(crate) fn nobody() -> Self {
        Self {
            id: UserId(0),
            name: String::new(),
            extension: None,
            calling: Calling::default(),
            while_busy: WhileBusy::default(),
            mobile: None,
            reaching: Reaching::default(),
            may_record: false,
        }
    }
}

/// A phone.
#[derive(Clone, Debug)]
pub struct Device {
    /// The key.
    pub id: DeviceId,
    /// Whose it is. Of a shared desk phone: who needs no code to use it. `None`: it belongs to a place or to a team.
    pub user: Option<UserId>,
    /// Browser or desk phone.
    pub kind: DeviceKind,
    /// A desk phone that people log on to and off from (desk share): who may. `None`: it is nobody's but its owner's.
    pub shared: Option<LogOn>,
    /// How it takes part when its person is called.
    pub rings: Rings,
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
