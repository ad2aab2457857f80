//! Finding things in a directory snapshot without walking through it.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{DeviceId, UserId};

use super::{Device, Directory, Feature, User};

/// A snapshot with its indices.
#[derive(Debug)]
pub(crate) struct Lookup {
    directory: Arc<Directory>,
    users: BTreeMap<UserId, usize>,
    extensions: BTreeMap<String, usize>,
    devices: BTreeMap<DeviceId, usize>,
    sip_users: BTreeMap<String, usize>,
    owned: BTreeMap<UserId, Vec<usize>>,
}

impl Lookup {
    /// Indexes a snapshot. Of two with the same extension or SIP user name the first one counts.
    pub(crate) fn new(directory: &Arc<Directory>) -> Self {
        let mut lookup = Self {
            directory: Arc::clone(directory),
            users: BTreeMap::new(),
            extensions: BTreeMap::new(),
            devices: BTreeMap::new(),
            sip_users: BTreeMap::new(),
            owned: BTreeMap::new(),
        };
        for (index, user) in directory.users.iter().enumerate() {
            lookup.users.insert(user.id, index);
            if let Some(extension) = &user.extension {
                lookup.extensions.entry(extension.to_lowercase()).or_insert(index);
            }
        }
        for (index, device) in directory.devices.iter().enumerate() {
            lookup.devices.insert(device.id, index);
            lookup.sip_users.entry(device.sip_user.clone()).or_insert(index);
            lookup.owned.entry(device.user).or_default().push(index);
        }
        lookup
    }

    /// The snapshot.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// A person.
    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id).map(|index| &self.directory.users[*index])
    }

    /// Whose number this is.
    pub(crate) fn user_at(&self, extension: &str) -> Option<&User> {
        self.extensions.get(extension).map(|index| &self.directory.users[*index])
    }

    /// A phone.
    pub(crate) fn device(&self, id: DeviceId) -> Option<&Device> {
        self.devices.get(&id).map(|index| &self.directory.devices[*index])
    }

    /// The phone with this SIP user name.
    pub(crate) fn device_named(&self, sip_user: &str) -> Option<&Device> {
        self.sip_users.get(sip_user).map(|index| &self.directory.devices[*index])
    }

    /// Somebody's phones.
    pub(crate) fn devices_of(&self, user: UserId) -> impl Iterator<Item = &Device> {
        let indices = self.owned.get(&user).map_or(&[][..], Vec::as_slice);
        indices.iter().map(|index| &self.directory.devices[*index])
    }

    /// What a star code does.
    pub(crate) fn feature(&self, code: &str) -> Option<Feature> {
        self.directory
            .features
            .iter()
            .find(|(known, _)| known == code)
            .map(|(_, feature)| *feature)
    }
}
