//! The demo company.

use model::control::Digit;
use model::{TeamId, UserId};
use switchboard::directory::{
    BusyWhen, Choice, DeviceKind, LogOn, Member, MemberKind, Menu, MenuId, Order, PickUpGroup, PickUpGroupId, Room, RoomId, Team,
    TimeProfile, TimeProfileId, Window,
};
use time::OffsetDateTime;

use super::name::{Extension, Label, Login, Password, Pin, SipUser};
use super::secret::Secret;
use super::{Device, NewDevice, NewUser, Role, Store, StoreError, UserChange};

/// Login, name and extension of everybody in the demo company.
const PEOPLE: [(&str, &str, Option<&str>, Role); 4] = [
    ("anna", "Anna", Some("101"), Role::User),
    ("ben", "Ben", Some("102"), Role::User),
    ("cleo", "Cleo", Some("103"), Role::User),
    ("admin", "Administrator", None, Role::Administrator),
];

/// The phone that is nobody's, and its label.
const SHARED: (&str, &str) = ("desk-1", "Shared desk");
/// The team of everybody with an extension.
const TEAM: (&str, &str) = ("Sales", "200");

/// The pick-up group of everybody with an extension.
const GROUP: &str = "Office";
/// The conference room, and its name.
const ROOM: (&str, &str) = ("800", "Meeting room");
/// The attendant, its name, and where its keys lead: 0 to the front desk, 1 to the team, 2 to somebody.
const MENU: (&str, &str) = ("700", "Reception");
const MENU_KEYS: [(char, &str); 3] = [('0', "101"), ('1', TEAM.1), ('2', "102")];
/// When the office works: Monday to Friday, from 8 to 18, but for holidays of the region.
const OFFICE_HOURS: (&str, &str) = ("Office hours", "DE-BY");

/// The setting that tells that the demo company is complete and its passwords have been seen.
const SEEDED: &str = "demo_company";

/// What everybody in the demo company signs in with; `None` makes it up.
#[derive(Clone, Debug, Default)]
pub struct DemoSecrets {
    /// Password of all people (`FAREND_DEMO_PASSWORD`).
    pub password: Option<Password>,
    /// Secret of all desk phones (`FAREND_DEMO_SIP_SECRET`).
    pub sip_secret: Option<Secret>,
    /// PIN of all people (`FAREND_DEMO_PIN`).
    pub pin: Option<Pin>,
}

/// What has been made up and has to be printed once; `None` when it was given or is known from an earlier start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// Password of all people.
    pub password: Option<Secret>,
    /// Secret of all desk phones.
    pub sip_secret: Option<Secret>,
    /// PIN of all people.
    pub pin: Option<Pin>,
}

impl Seeded {
    /// Whether there is something that nobody knows yet.
    #[must_use]
    pub fn has_to_be_told(&self) -> bool {
        self.password.is_some() || self.sip_secret.is_some() || self.pin.is_some()
    }
}

impl Store {
    /// Fills a fresh database with the demo company. In one that has it already, only secrets that are given anew are
    /// changed. Until [`Store::demo_is_told`] is called, the next start finishes what this one began, with other passwords.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn seed_demo(&self, secrets: &DemoSecrets, now: OffsetDateTime) -> Result<Seeded, StoreError> {
        if self.setting(SEEDED).await?.is_some() {
            self.renew_secrets(secrets, now).await?;
            return Ok(Seeded {
                password: None,
                sip_secret: None,
                pin: None,
            });
        }
        let password = Secret::random();
        let sip_secret = Secret::random();
        let pin = Pin::random();
        let complete = DemoSecrets {
            password: secrets.password.clone().or_else(|| Password::parse(password.reveal()).ok()),
            sip_secret: secrets.sip_secret.clone().or_else(|| Some(sip_secret.clone())),
            pin: secrets.pin.clone().or_else(|| Some(pin.clone())),
        };
        for (login, name, extension, role) in PEOPLE {
            self.seed_person(login, name, extension, role, &complete, now).await?;
        }
        self.seed_shared(&sip_secret, now).await?;
        self.seed_office().await?;
        // Whoever an earlier, unfinished start has added has another password.
        self.renew_secrets(&complete, now).await?;
        Ok(Seeded {
            password: secrets.password.is_none().then_some(password),
            sip_secret: secrets.sip_secret.is_none().then_some(sip_secret),
            pin: secrets.pin.is_none().then_some(pin),
        })
    }

    /// Whoever has to know the passwords has seen them: they stay from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn demo_is_told(&self) -> Result<(), StoreError> {
        if self.setting(SEEDED).await?.is_some() {
            return Ok(());
        }
        self.note(SEEDED, "yes").await
    }

    async fn seed_person(
        &self,
        login: &str,
        name: &str,
        extension: Option<&str>,
        role: Role,
        secrets: &DemoSecrets,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let strange = |_| StoreError::Strange("demo company");
        let (Some(password), Some(sip_secret)) = (&secrets.password, &secrets.sip_secret) else {
            return Err(StoreError::Strange("demo company"));
        };
        if self.user_named(login).await?.is_some() {
            return Ok(());
        }
        let extension = extension.map(Extension::parse).transpose().map_err(strange)?;
        let new = NewUser {
            login: Login::parse(login).map_err(strange)?,
            name: Label::parse(name).map_err(strange)?,
            extension: extension.clone(),
            role,
            password: password.clone(),
        };
        let user = self.add_user(&new, now).await?;
        if let Some(extension) = extension {
            let sip_user = SipUser::parse(&format!("{extension}-desk")).map_err(strange)?;
            let label = Label::parse("Desk phone").map_err(strange)?;
            let desk = NewDevice {
                user: Some(user.id),
                kind: DeviceKind::DeskPhone,
                shared: None,
                label,
                sip_user,
            };
            self.add_device(&desk, sip_secret, now).await?;
        }
        Ok(())
    }

    /// A phone and a number that several people share.
    async fn seed_shared(&self, sip_secret: &Secret, now: OffsetDateTime) -> Result<(), StoreError> {
        let strange = |_| StoreError::Strange("demo company");
        if !self.devices(None).await?.iter().any(|device| device.sip_user == SHARED.0) {
            let desk = NewDevice {
                user: None,
                kind: DeviceKind::DeskPhone,
                shared: Some(LogOn::Everybody),
                label: Label::parse(SHARED.1).map_err(strange)?,
                sip_user: SipUser::parse(SHARED.0).map_err(strange)?,
            };
            self.add_device(&desk, sip_secret, now).await?;
        }
        if self.teams().await?.iter().any(|team| team.extension == TEAM.1) {
            return Ok(());
        }
        let people = self.users().await?.into_iter().filter(|user| user.extension.is_some());
        let member = |user: UserId| Member {
            kind: MemberKind::Person(user),
            rings: true,
        };
        let team = Team {
            id: TeamId(0),
            name: TEAM.0.to_owned(),
            extension: TEAM.1.to_owned(),
            has_line: true,
            order: Order::All,
            members: people.map(|user| member(user.id)).collect(),
            busy_when: BusyWhen::All,
            overflow: None,
            night: None,
        };
        self.add_team(&team).await.map(drop)
    }

    /// What an office has besides.
    async fn seed_office(&self) -> Result<(), StoreError> {
        if self.pick_up_groups().await?.is_empty() {
            let people = self.users().await?.into_iter().filter(|user| user.extension.is_some());
            let group = PickUpGroup {
                id: PickUpGroupId(0),
                name: GROUP.to_owned(),
                members: people.map(|user| user.id).collect(),
            };
            self.add_pick_up_group(&group).await?;
        }
        if self.rooms().await?.is_empty() {
            let room = Room {
                id: RoomId(0),
                name: ROOM.1.to_owned(),
                extension: ROOM.0.to_owned(),
                pin: None,
                hosts: Vec::new(),
                waits_for_host: false,
                has_tones: true,
                members_max: 20,
            };
            self.add_room(&room).await?;
        }
        if self.menus().await?.is_empty() {
            self.seed_menu().await?;
        }
        if self.time_profiles().await?.is_empty() {
            let weekdays = Window {
                days: 0b001_1111,
                from_minute: 8 * 60,
                to_minute: 18 * 60,
            };
            let profile = TimeProfile {
                id: TimeProfileId(0),
                name: OFFICE_HOURS.0.to_owned(),
                windows: vec![weekdays],
                region: Some(OFFICE_HOURS.1.to_owned()),
                closed_days: Vec::new(),
            };
            self.add_time_profile(&profile).await?;
        }
        Ok(())
    }

    /// What callers hear who do not know yet to whom they want to speak.
    async fn seed_menu(&self) -> Result<(), StoreError> {
        let key = |(key, number): (char, &str)| Digit::from_char(key).map(|digit| (digit, Choice::Number(number.to_owned())));
        let menu = Menu {
            id: MenuId(0),
            name: MENU.1.to_owned(),
            extension: MENU.0.to_owned(),
            language: None,
            greeting: None,
            keys: MENU_KEYS.into_iter().filter_map(key).collect(),
            takes_extensions: true,
            waits_s: 5,
            plays_max: 3,
            otherwise: Choice::Number(MENU_KEYS[0].1.to_owned()),
            hours: None,
        };
        self.add_menu(&menu).await.map(drop)
    }

    async fn renew_secrets(&self, secrets: &DemoSecrets, now: OffsetDateTime) -> Result<(), StoreError> {
        let mut people = Vec::with_capacity(PEOPLE.len());
        for (login, ..) in PEOPLE {
            let Some(user) = self.user_named(login).await? else { continue };
            people.push(Some(user.id));
            if let Some(password) = &secrets.password
                && self.sign_in(login, password.as_str()).await?.is_none()
            {
                let change = UserChange {
                    password: Some(password.clone()),
                    ..UserChange::default()
                };
                self.change_user(user.id, &change, now).await?;
            }
            if let Some(pin) = secrets.pin.as_ref().filter(|_| user.extension.is_some())
                && !self.check_pin(user.id, pin.as_str()).await?
            {
                self.set_pin(user.id, Some(pin)).await?;
            }
        }
        if let Some(secret) = &secrets.sip_secret {
            let is_ours = |device: &&Device| people.contains(&device.user) || device.sip_user == SHARED.0;
            let is_desk_phone = |device: &&Device| device.kind == DeviceKind::DeskPhone;
            for device in self.devices(None).await?.iter().filter(is_ours).filter(is_desk_phone) {
                let has_it = SipUser::parse(&device.sip_user).is_ok_and(|name| device.ha1 == Some(secret.ha1(&name)));
                if !has_it {
                    self.set_secret(device.id, secret).await?;
                }
            }
        }
        Ok(())
    }
}
