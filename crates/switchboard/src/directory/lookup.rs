//! Finding things in a directory snapshot without walking through it.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{DeviceId, TeamId, UserId};

use super::{Device, Directory, Extensions, Feature, Menu, MenuId, Room, Takes, Team, TimeProfile, TimeProfileId, User};

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
    /// The numbers of people, teams, rooms and menus.
    numbers: Arc<Extensions>,
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
        let rooms = directory.rooms.iter().map(|room| room.extension.clone());
        let menus = directory.menus.iter().map(|menu| menu.extension.clone());
        let numbers = extensions.keys().chain(team_extensions.keys()).cloned().chain(rooms).chain(menus);
        Self {
            numbers: Arc::new(numbers.collect()),
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

    /// Whether it is the number of a person, a team, a room or a menu.
    pub(crate) fn is_extension(&self, number: &str) -> bool {
        self.extensions.contains_key(number)
            || self.team_extensions.contains_key(number)
            || self.room_at(number).is_some()
            || self.menu_at(number).is_some()
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

    /// What a dialled star code does, and what stands behind it. The code itself counts first, then the longest one that something may follow.
    pub(crate) fn feature(&self, dialled: &str) -> Option<StarCode> {
        let features = &self.directory.features;
        if let Some((_, feature)) = features.iter().find(|(code, _)| code == dialled) {
            return (feature.takes() != Takes::Extension).then(|| StarCode {
                feature: *feature,
                rest: String::new(),
            });
        }
        let open = features.iter().filter(|(_, feature)| feature.takes() != Takes::Nothing);
        let fitting = open.filter_map(|(code, feature)| Some((code.len(), *feature, dialled.strip_prefix(code.as_str())?)));
        let (_, feature, rest) = fitting.max_by_key(|(length, ..)| *length)?;
        Some(StarCode {
            feature,
            rest: rest.to_owned(),
        })
    }

    /// A room.
    pub(crate) fn room_at(&self, extension: &str) -> Option<&Room> {
        self.directory
            .rooms
            .iter()
            .find(|room| room.extension.eq_ignore_ascii_case(extension))
    }

    /// A menu.
    pub(crate) fn menu_at(&self, extension: &str) -> Option<&Menu> {
        self.directory
            .menus
            .iter()
            .find(|menu| menu.extension.eq_ignore_ascii_case(extension))
    }

    /// A menu.
    pub(crate) fn menu(&self, id: MenuId) -> Option<&Menu> {
        self.directory.menus.iter().find(|menu| menu.id == id)
    }

    /// The numbers of people, teams, rooms and menus that keys can dial.
    pub(crate) fn numbers(&self) -> Arc<Extensions> {
        Arc::clone(&self.numbers)
    }

    /// A time profile.
    pub(crate) fn time_profile(&self, id: TimeProfileId) -> Option<&TimeProfile> {
        self.directory.time_profiles.iter().find(|profile| profile.id == id)
    }
}

/// A star code as it was dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StarCode {
    pub(crate) feature: Feature,
    /// What stands behind the code; empty where nothing does.
    pub(crate) rest: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_before_a_shorter_one_that_something_may_follow() {
        let features = Feature::ALL.map(|feature| (feature.usual_code().to_owned(), feature));
        let lookup = Lookup::new(Arc::new(Directory {
            features: features.into(),
            ..Directory::default()
        }));
        let found = |dialled: &str| lookup.feature(dialled).map(|code| (code.feature, code.rest));
        let code = |feature, rest: &str| Some((feature, rest.to_owned()));
        assert_eq!(found("*8"), code(Feature::PickUpGroup, ""));
        assert_eq!(found("*80102"), code(Feature::Intercom, "102"));
        assert_eq!(found("*80"), None, "whose loudspeaker?");
        assert_eq!(found("**102"), code(Feature::PickUp, "102"));
        assert_eq!(found("*70"), code(Feature::Park, ""));
        assert_eq!(found("*703"), code(Feature::Park, "3"));
        assert_eq!(found("*43"), code(Feature::EchoTest, ""));
        assert_eq!(found("*431"), None);
        assert_eq!(found("*21*0301234567#"), code(Feature::ForwardAlways, "*0301234567#"));
        assert_eq!(found("102"), None);
    }

    #[test]
    fn no_usual_code_hides_another_one() {
        for one in Feature::ALL {
            for other in Feature::ALL.into_iter().filter(|other| *other != one) {
                assert_ne!(one.usual_code(), other.usual_code());
            }
        }
    }
}
