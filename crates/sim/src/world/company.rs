//! Anna, Ben and Cleo.

use std::time::Instant;

use model::{DeviceId, UserId};
use rand::Rng;
use rand::rngs::SmallRng;
use sip::agent::Ha1;
use switchboard::directory::{Calling, Device, DeviceKind, Directory, Feature, Reaching, Rings, User, WhileBusy};

use crate::Phone;

/// Their phones.
pub(super) const PHONES: [&str; 6] = ["101-desk", "101-web", "102-desk", "102-web", "103-desk", "103-web"];
const RING_SECONDS_MAX: u16 = 30;

pub(super) fn directory() -> Directory {
    let names = ["Anna", "Ben", "Cleo"];
    let users = names.iter().zip(1_u64..).map(|(name, id)| User {
        id: UserId(id),
        name: (*name).to_owned(),
        extension: Some(format!("{}", 100 + id)),
        calling: Calling::default(),
        while_busy: WhileBusy::default(),
        mobile: None,
        reaching: Reaching::default(),
        may_record: false,
    });
    let devices = PHONES.iter().zip(1_u64..).map(|(sip_user, id)| {
        let kind = if sip_user.ends_with("web") {
            DeviceKind::Browser
        } else {
            DeviceKind::DeskPhone
        };
        Device {
            id: DeviceId(id),
            user: Some(UserId(id.div_ceil(2))),
            kind,
            shared: None,
            rings: Rings::default(),
            label: (*sip_user).to_owned(),
            sip_user: (*sip_user).to_owned(),
            ha1: match kind {
                DeviceKind::Browser => None,
                DeviceKind::DeskPhone => Some(Ha1::new(sip_user, "farend", "secret")),
            },
        }
    });
    Directory {
        users: users.collect(),
        devices: devices.collect(),
        features: Feature::ALL.map(|feature| (feature.usual_code().to_owned(), feature)).into(),
        ring_seconds_max: RING_SECONDS_MAX,
        ..Directory::default()
    }
}

pub(super) fn phones(directory: &Directory, rng: &mut SmallRng, now: Instant) -> Vec<Phone> {
    let phone = |device: &Device| Phone::new(&device.sip_user, device.id, device.kind, "secret", rng.random(), now);
    directory.devices.iter().map(phone).collect()
}

/// Everybody's PIN: 1001 and so on.
pub(super) fn pin_of(user: UserId) -> String {
    format!("{}", 1_000 + user.0)
}
