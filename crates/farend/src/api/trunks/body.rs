//! What administrators write about trunks, checked field by field.

use std::collections::BTreeSet;
use std::time::Duration;

use model::host::is_host;
use model::{NotAStunServer, StunServer, control};
use numbers::{E164, Format};
use serde::Deserialize;
use switchboard::directory::{self, Network, NotANetwork};
use switchboard::trunks::{self, Place};
use utoipa::ToSchema;

use super::view::{Forwarded, IdentityHeader, Srtp, Transport, Trust};
use crate::api::json::present;
use crate::api::problem::{Fields, Problem};
use crate::api::types::dialled;
use crate::store::name::Label;
use crate::store::{self, ACCOUNTS_MAX};

/// Of a trunk at most.
const NETWORKS_MAX: usize = 64;
/// Of a user, a realm or a password at most.
const CHARS_MAX: usize = 128;
/// Registrations last from a minute to a day.
const EXPIRES_SECONDS: std::ops::RangeInclusive<u32> = 60..=86_400;
/// OPTIONS is sent from every ten seconds to every hour.
const PING_SECONDS: std::ops::RangeInclusive<u16> = 10..=3_600;
/// Unless another time is wished.
const PING_EVERY: Duration = Duration::from_secs(60);

/// A trunk to be added.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewTrunk {
    name: String,
    /// The registrar or outbound proxy: a name or an address.
    #[schema(example = "sip.example.com")]
    host: String,
    #[serde(flatten)]
    terms: TrunkTerms,
}

/// What is to be changed about a trunk; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ChangedTrunk {
    #[serde(default)]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(default)]
    #[schema(nullable = false)]
    host: Option<String>,
    #[serde(flatten)]
    terms: TrunkTerms,
}

/// What there is to say about a trunk besides its name and its servers.
#[derive(Deserialize, ToSchema)]
pub(super) struct TrunkTerms {
    #[serde(default)]
    #[schema(nullable = false)]
    enabled: Option<bool>,
    /// The profile whose facts it is made of.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    profile: Option<Option<String>>,
    /// Null: as DNS says, else the usual one.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u16>)]
    port: Option<Option<u16>>,
    /// Null: as DNS says, else UDP.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Transport>)]
    transport: Option<Option<Transport>>,
    /// The address of ours to go out from; null: as the system routes.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    from_address: Option<Option<String>>,
    /// The provider's own STUN server, a name or an address, with a port where it is not 3478; null: the system's servers count.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "stun.example.com:3478")]
    stun: Option<Option<String>>,
    /// Public unless said otherwise.
    #[serde(default)]
    #[schema(nullable = false)]
    trust: Option<Trust>,
    /// The host part of addresses; the host unless said otherwise.
    #[serde(default)]
    #[schema(nullable = false)]
    domain: Option<String>,
    /// Preferred unless said otherwise.
    #[serde(default)]
    #[schema(nullable = false)]
    srtp: Option<Srtp>,
    /// From 10 to 3600, 60 unless said otherwise; null: never.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u16>)]
    ping_seconds: Option<Option<u16>>,
    /// Such as `192.0.2.0/24`.
    #[serde(default)]
    #[schema(nullable = false)]
    networks: Option<Vec<String>>,
    /// Asserted unless said otherwise.
    #[serde(default)]
    #[schema(nullable = false)]
    identity: Option<IdentityHeader>,
    /// Own unless said otherwise.
    #[serde(default)]
    #[schema(nullable = false)]
    forwarded: Option<Forwarded>,
    /// plus, digits, double-zero, international, national, national-bare, local, nanp-11 or nanp-10; plus unless said otherwise.
    #[serde(default)]
    #[schema(nullable = false, example = "plus")]
    outgoing: Option<String>,
    /// Likewise; a new trunk's is as `outgoing` unless said otherwise.
    #[serde(default)]
    #[schema(nullable = false, example = "plus")]
    incoming: Option<String>,
    /// An international number, shown for people who have none of their own.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    number: Option<Option<String>>,
    /// A number that answers with an echo, as people dial it: for the trunk's test.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    echo_number: Option<Option<String>>,
    /// None: the provider knows us by our address.
    #[serde(default)]
    #[schema(nullable = false)]
    accounts: Option<Vec<NewAccount>>,
}

/// An account at a provider.
#[derive(Deserialize, ToSchema)]
struct NewAccount {
    /// The user part of its address, e.g. the number.
    user: String,
    /// The digest user name, where it is another.
    auth_user: Option<String>,
    /// May be absent where there is an account of this user already: it keeps its password.
    password: Option<String>,
    /// The only realm whose challenges are answered; null: the first that challenges.
    realm: Option<String>,
    /// The user part of our Contact, where it is another than `user`.
    contact_user: Option<String>,
    /// How long registrations shall last, from 60 to 86400; null: it does not register.
    expires_seconds: Option<u32>,
}

impl NewTrunk {
    /// # Errors
    /// With everything that is wrong.
    pub(super) fn parse(self) -> Result<store::Trunk, Problem> {
        let (has_domain, has_incoming) = (self.terms.domain.is_some(), self.terms.incoming.is_some());
        let changed = ChangedTrunk {
            name: Some(self.name),
            host: Some(self.host),
            terms: self.terms,
        };
        let mut trunk = changed.parse(blank())?;
        if !has_domain {
            trunk.terms.domain.clone_from(&trunk.terms.place.host);
        }
        if !has_incoming {
            trunk.terms.incoming = trunk.terms.outgoing;
        }
        Ok(trunk)
    }
}

/// A trunk of which nothing has been said yet.
pub(super) fn blank() -> store::Trunk {
    store::Trunk {
        enabled: true,
        profile: None,
        terms: directory::Trunk {
            id: model::TrunkId(0),
            name: String::new(),
            place: Place {
                host: String::new(),
                port: None,
                transport: None,
                from: None,
            },
            stun: None,
            trust: trunks::Trust::Public,
            domain: String::new(),
            accounts: Vec::new(),
            srtp: control::Srtp::Accepted,
            ping_every: Some(PING_EVERY),
            networks: Vec::new(),
            identity: directory::IdentityHeader::default(),
            forwarded: directory::Forwarded::default(),
            outgoing: Format::Plus,
            incoming: Format::Plus,
            number: None,
            echo_number: None,
        },
    }
}

impl ChangedTrunk {
    /// The trunk of before with the changes.
    ///
    /// # Errors
    /// With everything that is wrong.
    pub(super) fn parse(self, before: store::Trunk) -> Result<store::Trunk, Problem> {
        let (mut fields, mut trunk) = (Fields::default(), before);
        let name = fields.check_some("name", self.name.as_deref().map(Label::parse));
        put(&mut trunk.terms.name, name.map(|name| name.as_str().to_owned()));
        put(
            &mut trunk.terms.place.host,
            fields.check_some("host", self.host.as_deref().map(host)),
        );
        put(&mut trunk.enabled, self.terms.enabled);
        let profile = self
            .terms
            .profile
            .as_ref()
            .map(|profile| optional(profile.as_deref(), Label::parse));
        let profile = fields.check_some("profile", profile);
        put(
            &mut trunk.profile,
            profile.map(|profile| profile.map(|name| name.as_str().to_owned())),
        );
        self.terms.apply(&mut trunk.terms, &mut fields);
        fields.finish()?;
        Ok(trunk)
    }
}

impl TrunkTerms {
    fn apply(self, terms: &mut directory::Trunk, fields: &mut Fields) {
        let place = &mut terms.place;
        let port = self
            .port
            .map(|port| optional(port, |port| if port > 0 { Ok(port) } else { Err("write a port from 1 to 65535") }));
        put(&mut place.port, fields.check_some("port", port));
        put(&mut place.transport, self.transport.map(|transport| transport.map(Into::into)));
        let from = self.from_address.as_ref().map(|from| optional(from.as_deref(), str::parse));
        put(&mut place.from, fields.check_some("from_address", from));
        let stun = self.stun.as_ref().map(|stun| optional(stun.as_deref(), stun_server));
        put(&mut terms.stun, fields.check_some("stun", stun));
        put(&mut terms.trust, fields.check_some("trust", self.trust.map(Trust::parse)));
        put(&mut terms.domain, fields.check_some("domain", self.domain.as_deref().map(host)));
        put(&mut terms.srtp, self.srtp.map(Into::into));
        let ping = self.ping_seconds.map(|seconds| optional(seconds, ping));
        put(&mut terms.ping_every, fields.check_some("ping_seconds", ping));
        put(
            &mut terms.networks,
            fields.check_some("networks", self.networks.as_deref().map(networks)),
        );
        put(&mut terms.identity, self.identity.map(Into::into));
        put(&mut terms.forwarded, self.forwarded.map(Into::into));
        put(
            &mut terms.outgoing,
            fields.check_some("outgoing", self.outgoing.as_deref().map(str::parse::<Format>)),
        );
        put(
            &mut terms.incoming,
            fields.check_some("incoming", self.incoming.as_deref().map(str::parse::<Format>)),
        );
        let number = self.number.as_ref().map(|number| optional(number.as_deref(), str::parse::<E164>));
        put(&mut terms.number, fields.check_some("number", number));
        let echo_number = self.echo_number.as_ref().map(|number| optional(number.as_deref(), dialled));
        put(&mut terms.echo_number, fields.check_some("echo_number", echo_number));
        if let Some(written) = self.accounts {
            let before = std::mem::take(&mut terms.accounts);
            terms.accounts = accounts(written, &before, fields);
        }
    }
}

fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// Checks what may be null.
fn optional<A, T, E>(value: Option<A>, check: impl FnOnce(A) -> Result<T, E>) -> Result<Option<T>, E> {
    value.map(check).transpose()
}

fn host(text: &str) -> Result<String, &'static str> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    if is_host(text) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("write a name or an address alone, such as sip.example.com")
    }
}

fn stun_server(text: &str) -> Result<StunServer, &'static str> {
    let server = text.trim().parse();
    server.map_err(|_: NotAStunServer| "write a name or an address, with a port where it is not 3478, such as stun.example.com:3478")
}

fn ping(seconds: u16) -> Result<Duration, &'static str> {
    if PING_SECONDS.contains(&seconds) {
        Ok(Duration::from_secs(seconds.into()))
    } else {
        Err("write seconds from 10 to 3600, or null for never")
    }
}

fn networks(written: &[String]) -> Result<Vec<Network>, String> {
    if written.len() > NETWORKS_MAX {
        return Err(format!("write {NETWORKS_MAX} networks at most"));
    }
    let network = |text: &String| text.trim().parse().map_err(|error: NotANetwork| error.to_string());
    written.iter().map(network).collect()
}

fn accounts(written: Vec<NewAccount>, before: &[directory::Account], fields: &mut Fields) -> Vec<directory::Account> {
    if written.len() > ACCOUNTS_MAX {
        fields.note("accounts", format!("write {ACCOUNTS_MAX} accounts at most"));
        return Vec::new();
    }
    let mut users = BTreeSet::new();
    let mut read = Vec::with_capacity(written.len());
    for (index, account) in written.into_iter().enumerate() {
        if !users.insert(account.user.clone()) {
            fields.note(&format!("accounts[{index}].user"), "another account has this user");
        }
        read.extend(account.parse(index, before, fields));
    }
    read
}

impl NewAccount {
    fn parse(self, index: usize, before: &[directory::Account], fields: &mut Fields) -> Option<directory::Account> {
        let field = |name: &str| format!("accounts[{index}].{name}");
        let user = fields.check(&field("user"), user_part(&self.user));
        let auth_user = fields.check(&field("auth_user"), optional(self.auth_user.as_deref(), words));
        let realm = fields.check(&field("realm"), optional(self.realm.as_deref(), words));
        let contact_user = fields.check(&field("contact_user"), optional(self.contact_user.as_deref(), user_part));
        let kept = || {
            before
                .iter()
                .find(|account| account.user == self.user)
                .map(|account| account.password.clone())
        };
        let password = match &self.password {
            Some(password) => fields.check(&field("password"), words(password)),
            None => fields.check(&field("password"), kept().ok_or("write the password")),
        };
        let expires = fields.check(&field("expires_seconds"), optional(self.expires_seconds, expires));
        Some(directory::Account {
            user: user?,
            auth_user: auth_user?,
            password: password?,
            realm: realm?,
            contact_user: contact_user?,
            expires: expires?,
        })
    }
}

/// The user part of an address as it stands in messages (RFC 3261 section 25.1), without what would have to be escaped.
fn user_part(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-_.!~*'()&=$".contains(&byte);
    if (1..=CHARS_MAX).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("write the part before the @, such as 4989123450: letters, digits and + - _ . only")
    }
}

/// What stands between quotation marks, or goes into a hash.
fn words(text: &str) -> Result<String, String> {
    if (1..=CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(format!("write 1 to {CHARS_MAX} characters"))
    }
}

fn expires(seconds: u32) -> Result<Duration, &'static str> {
    if EXPIRES_SECONDS.contains(&seconds) {
        Ok(Duration::from_secs(seconds.into()))
    } else {
        Err("write seconds from 60 to 86400, or null for an account that does not register")
    }
}
