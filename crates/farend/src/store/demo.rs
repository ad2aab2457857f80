//! The demo company.

use switchboard::directory::DeviceKind;
use time::OffsetDateTime;

use super::name::{Extension, Label, Login, Password, SipUser};
use super::secret::Secret;
use super::{NewDevice, NewUser, Role, Store, StoreError, UserChange};

/// Login, name and extension of everybody in the demo company.
const PEOPLE: [(&str, &str, Option<&str>, Role); 4] = [
    ("anna", "Anna", Some("101"), Role::User),
    ("ben", "Ben", Some("102"), Role::User),
    ("cleo", "Cleo", Some("103"), Role::User),
    ("admin", "Administrator", None, Role::Administrator),
];

/// The setting that tells that the demo company is complete and its passwords have been seen.
const SEEDED: &str = "demo_company";

/// What everybody in the demo company signs in with; `None` makes it up.
#[derive(Clone, Debug, Default)]
pub struct DemoSecrets {
    /// Password of all people (`FAREND_DEMO_PASSWORD`).
    pub password: Option<Password>,
    /// Secret of all desk phones (`FAREND_DEMO_SIP_SECRET`).
    pub sip_secret: Option<Secret>,
}

/// What has been made up and has to be printed once; `None` when it was given or is known from an earlier start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// Password of all people.
    pub password: Option<Secret>,
    /// Secret of all desk phones.
    pub sip_secret: Option<Secret>,
}

impl Seeded {
    /// Whether there is something that nobody knows yet.
    #[must_use]
    pub fn has_to_be_told(&self) -> bool {
        self.password.is_some() || self.sip_secret.is_some()
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
            });
        }
        let password = Secret::random();
        let sip_secret = Secret::random();
        let complete = DemoSecrets {
            password: secrets.password.clone().or_else(|| Password::parse(password.reveal()).ok()),
            sip_secret: secrets.sip_secret.clone().or_else(|| Some(sip_secret.clone())),
        };
        for (login, name, extension, role) in PEOPLE {
            self.seed_person(login, name, extension, role, &complete, now).await?;
        }
        // Whoever an earlier, unfinished start has added has another password.
        self.renew_secrets(&complete, now).await?;
        Ok(Seeded {
            password: secrets.password.is_none().then_some(password),
            sip_secret: secrets.sip_secret.is_none().then_some(sip_secret),
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
        self.set_setting(SEEDED, "yes").await
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
                user: user.id,
                kind: DeviceKind::DeskPhone,
                label,
                sip_user,
            };
            self.add_device(&desk, sip_secret, now).await?;
        }
        Ok(())
    }

    async fn renew_secrets(&self, secrets: &DemoSecrets, now: OffsetDateTime) -> Result<(), StoreError> {
        for (login, ..) in PEOPLE {
            let Some(user) = self.user_named(login).await? else { continue };
            if let Some(password) = &secrets.password
                && self.sign_in(login, password.as_str()).await?.is_none()
            {
                let change = UserChange {
                    password: Some(password.clone()),
                    ..UserChange::default()
                };
                self.change_user(user.id, &change, now).await?;
            }
            if let Some(secret) = &secrets.sip_secret {
                let devices = self.devices(Some(user.id)).await?;
                for device in devices.iter().filter(|d| d.kind == DeviceKind::DeskPhone) {
                    self.set_secret(device.id, secret).await?;
                }
            }
        }
        Ok(())
    }
}
