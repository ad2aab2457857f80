//! Finding things in a directory snapshot without walking through it.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{DeviceId, TeamId, UserId};

use super::{Device, Directory, Feature, Team, User};

/// A snapshot with its indices.
#[derive(Debug)]
pub(crate) struct Lookup {
    directory: Arc<Directory>,
    users: BTreeMap<UserId, usize>,
    extensions: BTreeMap<String, usize>,
    devices: BTreeMap<DeviceId, usize>,
    sip_users: BTreeMap<String, usize>,
    owned: BTreeMap<UserId, Vec<usize>>,
    teams: BTreeMap<TeamId, usize>,
    team_extensions: BTreeMap<String, usize>,
}

impl Lookup {
    /// Indexes a snapshot. Of two with the same extension or SIP user name the first one counts; people come before teams.
    pub(crate) fn new(directory: Arc<Directory>) -> Self {
        let mut users = BTreeMap::new();
        let mut extensions = BTreeMap::new();
        for (index, user) in directory.users.iter().enumerate() {
            users.insert(user.id, index);
            if let Some(extension) = &user.extension {
                extensions.entry(extension.to_lowercase()).or_insert(index);
            }
        }
        let mut devices = BTreeMap::new();
        let mut sip_users = BTreeMap::new();
        let mut owned: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, device) in directory.devices.iter().enumerate() {
            devices.insert(device.id, index);
            sip_users.entry(device.sip_user.clone()).or_insert(index);
            if let Some(user) = device.user {
                owned.entry(user).or_default().push(index);
            }
        }
        let mut teams = BTreeMap::new();
        let mut team_extensions = BTreeMap::new();
        for (index, team) in directory.teams.iter().enumerate() {
            teams.insert(team.id, index);
            team_extensions.entry(team.extension.to_lowercase()).or_insert(index);
        }
        Self {
            directory,
            users,
            extensions,
            devices,
            sip_users,
            owned,
            teams,
            team_extensions,
        }
    }

    /// The snapshot.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The same, to keep while the core changes.
    pub(crate) fn shared(&self) -> Arc<Directory> {
        Arc::clone(&self.directory)
    }

    /// A person.
    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id).map(|index| &self.directory.users[*index])
    }

    /// Whose number this is.
    pub(crate) fn user_at(&self, extension: &str) -> Option<&User> {
        self.extensions.get(extension).map(|index| &self.directory.users[*index])
    }

    /// A team.
    pub(crate) fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(&id).map(|index| &self.directory.teams[*index])
    }

    /// Which team's number this is.
    pub(crate) fn team_at(&self, extension: &str) -> Option<&Team> {
        self.team_extensions.get(extension).map(|index| &self.directory.teams[*index])
    }

    /// Whether it is the number of a person or a team.
    pub(crate) fn is_extension(&self, number: &str) -> bool {
        self.extensions.contains_key(number) || self.team_extensions.contains_key(number)
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
