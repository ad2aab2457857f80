//! People and devices as clients see them.

use serde::{Deserialize, Serialize};
use switchboard::core;
use switchboard::directory;
use utoipa::ToSchema;

use super::live::Picture;
use crate::store;

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
    /// Only for administrators and oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) devices: Option<Vec<Device>>,
}

/// A phone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Device {
    pub(super) id: u64,
    pub(super) user_id: u64,
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
            devices,
        }
    }
}

impl Device {
    pub(super) fn of(device: store::Device, picture: &Picture) -> Self {
        let from = picture.registered.get(&device.id);
        Self {
            id: device.id.0,
            user_id: device.user.0,
            kind: device.kind.into(),
            label: device.label,
            sip_user: device.sip_user,
            registered: from.is_some(),
            registered_from: from.map(ToString::to_string),
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
