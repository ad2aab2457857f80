//! People and devices as clients see them.

use std::collections::BTreeSet;

use model::UserId;
use serde::{Deserialize, Serialize};
use switchboard::core;
use switchboard::directory;
use utoipa::ToSchema;

use super::live::Picture;
use crate::store::{self, RINGS_AFTER_S_MAX};

/// Of a number that people dial.
const DIALLED_MAX: usize = 40;

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// Telephones.
    User,
    /// Sees and changes everything.
    Administrator,
}

/// What a person is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum UserState {
    /// No device is registered.
    Offline,
    /// Reachable and free.
    Available,
    /// A phone rings.
    Ringing,
    /// Talking.
    OnACall,
}

/// What kind of phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeviceKind {
    /// The app.
    Browser,
    /// A SIP phone.
    DeskPhone,
}

/// A person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct User {
    pub(super) id: u64,
    /// What one signs in with besides the extension.
    pub(super) login: String,
    /// Shown on displays.
    pub(super) name: String,
    /// The number; null for people without a phone.
    #[schema(required)]
    pub(super) extension: Option<String>,
    pub(super) role: Role,
    pub(super) state: UserState,
    /// Whether they can log on at shared phones.
    pub(super) has_pin: bool,
    /// Only for administrators and oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) devices: Option<Vec<Device>>,
}

/// A phone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Device {
    pub(super) id: u64,
    /// Whose it is; null: it belongs to a place or to a team.
    #[schema(required)]
    pub(super) user_id: Option<u64>,
    pub(super) kind: DeviceKind,
    /// Shown to its owner.
    pub(super) label: String,
    /// User part of its SIP address, and its user name for the digest.
    pub(super) sip_user: String,
    /// Whether it can be reached now.
    pub(super) registered: bool,
    /// Address and port that it registered from.
    #[schema(required)]
    pub(super) registered_from: Option<String>,
    /// Who may log on at a shared phone; null: it is nobody's but its owner's.
    #[schema(required)]
    pub(super) shared: Option<Sharing>,
    pub(super) rings: Rings,
    /// With `after`: after so many seconds.
    pub(super) rings_after_s: u16,
    /// Who is logged on at a shared phone; null for other phones.
    #[schema(required)]
    pub(super) seat: Option<Seat>,
    /// Whether somebody talks, dials or holds there.
    pub(super) in_use: bool,
}

/// Who may log on at a shared phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Sharing {
    pub(super) open_to: OpenTo,
    /// With `people`: these.
    #[serde(default)]
    #[schema(required)]
    pub(super) people: Vec<u64>,
}

/// To whom a shared phone is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OpenTo {
    /// Everybody who has a PIN.
    Everybody,
    /// Some people.
    People,
}

/// How a phone takes part when its person is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rings {
    /// It rings, at once or after some seconds.
    After,
    /// Silent: it answers by itself once its person answers in the app.
    WhenAnswered,
    /// Never.
    Never,
}

/// Who is logged on at a shared phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Seat {
    /// Whose number the phone has; null: emergency calls and logging on alone are possible.
    #[schema(required)]
    pub(super) user_id: Option<u64>,
    /// Whose number is with their browser meanwhile.
    #[schema(required)]
    pub(super) mobile_user_id: Option<u64>,
}

impl User {
    /// `devices` are those that the viewer may see of this person.
    pub(super) fn of(user: store::User, devices: Option<Vec<Device>>, picture: &Picture) -> Self {
        Self {
            id: user.id.0,
            login: user.login,
            name: user.name,
            extension: user.extension,
            role: user.role.into(),
            state: picture.state(user.id).into(),
            has_pin: user.has_pin,
            devices,
        }
    }
}

impl Device {
    pub(super) fn of(device: store::Device, picture: &Picture) -> Self {
        let from = picture.registered.get(&device.id);
        let (rings, rings_after_s) = Rings::of(device.rings);
        let seat = device.shared.is_some().then(|| picture.seat(device.id, device.user));
        Self {
            id: device.id.0,
            user_id: device.user.map(|user| user.0),
            kind: device.kind.into(),
            label: device.label,
            sip_user: device.sip_user,
            registered: from.is_some(),
            registered_from: from.map(|registered| registered.from.to_string()),
            shared: device.shared.map(Sharing::of),
            rings,
            rings_after_s,
            seat: seat.map(|seat| Seat {
                user_id: seat.user.map(|user| user.0),
                mobile_user_id: seat.mobile.map(|user| user.0),
            }),
            in_use: picture.is_in_use(device.id),
        }
    }
}

impl Sharing {
    fn of(shared: directory::LogOn) -> Self {
        let (open_to, people) = match shared {
            directory::LogOn::Everybody => (OpenTo::Everybody, Vec::new()),
            directory::LogOn::People(people) => (OpenTo::People, people.into_iter().map(|user| user.0).collect()),
        };
        Self { open_to, people }
    }

    pub(super) fn log_on(self) -> directory::LogOn {
        match self.open_to {
            OpenTo::Everybody => directory::LogOn::Everybody,
            OpenTo::People => directory::LogOn::People(self.people.into_iter().map(UserId).collect()),
        }
    }
}

impl Rings {
    pub(super) fn of(rings: directory::Rings) -> (Self, u16) {
        match rings {
            directory::Rings::After { delay_s } => (Self::After, delay_s),
            directory::Rings::WhenAnswered => (Self::WhenAnswered, 0),
            directory::Rings::Never => (Self::Never, 0),
        }
    }

    pub(super) fn after(self, delay_s: u16) -> directory::Rings {
        match self {
            Self::After => directory::Rings::After { delay_s },
            Self::WhenAnswered => directory::Rings::WhenAnswered,
            Self::Never => directory::Rings::Never,
        }
    }
}

impl From<store::Role> for Role {
    fn from(role: store::Role) -> Self {
        match role {
            store::Role::User => Self::User,
            store::Role::Administrator => Self::Administrator,
        }
    }
}

impl From<Role> for store::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Administrator => Self::Administrator,
        }
    }
}

impl From<core::UserState> for UserState {
    fn from(state: core::UserState) -> Self {
        match state {
            core::UserState::Offline => Self::Offline,
            core::UserState::Available => Self::Available,
            core::UserState::Ringing => Self::Ringing,
            core::UserState::OnACall => Self::OnACall,
        }
    }
}

impl From<directory::DeviceKind> for DeviceKind {
    fn from(kind: directory::DeviceKind) -> Self {
        match kind {
            directory::DeviceKind::Browser => Self::Browser,
            directory::DeviceKind::DeskPhone => Self::DeskPhone,
        }
    }
}

impl From<DeviceKind> for directory::DeviceKind {
    fn from(kind: DeviceKind) -> Self {
        match kind {
            DeviceKind::Browser => Self::Browser,
            DeviceKind::DeskPhone => Self::DeskPhone,
        }
    }
}

/// A number as people dial it.
pub(super) fn dialled(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().count() <= DIALLED_MAX && numbers::normalise(text).is_some() {
        Ok(text.to_owned())
    } else {
        Err("write a number as you would dial it, such as 030 123456")
    }
}

/// How long something waits before it rings, in seconds.
pub(super) fn delay_s(seconds: u16) -> Result<u16, String> {
    let why = || format!("use {RINGS_AFTER_S_MAX} seconds at most");
    (seconds <= RINGS_AFTER_S_MAX).then_some(seconds).ok_or_else(why)
}

/// Keys of people, each once.
pub(super) fn people(ids: &[u64], max: usize) -> Result<Vec<UserId>, String> {
    let distinct: BTreeSet<UserId> = ids.iter().copied().map(UserId).collect();
    if ids.len() > max {
        return Err(format!("name {max} people at most"));
    }
    Ok(distinct.into_iter().collect())
}
