//! Trunks as administrators see them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use doctor::alg::Verdict;
use model::control;
use serde::{Deserialize, Serialize};
use switchboard::directory;
use switchboard::trunks::{self, LineId, LineMeasure, LineReport, LineState};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::stun::StunInForce;
use crate::api::live::Picture;
use crate::api::network::picture::Picture as Network;
use crate::{store, surroundings};

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Transport {
    Udp,
    Tcp,
    Tls,
}

/// Whether audio is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Srtp {
    Off,
    /// Where the provider does it, too.
    Preferred,
    /// Or there is no call.
    Mandatory,
}

/// Where the caller's number is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum IdentityHeader {
    /// In `From` alone.
    From,
    /// In `P-Asserted-Identity`, too.
    Asserted,
    /// In `P-Preferred-Identity`, too.
    Preferred,
    /// In `P-Preferred-Identity`; `From` is the account.
    AccountFrom,
}

/// Whose number the provider is told when a call of the world is handed on to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Forwarded {
    /// That of the person who hands it on.
    Own,
    /// The caller's; `Diversion` (RFC 5806) tells who has handed it on.
    OriginalWithDiversion,
}

/// How the provider's servers prove over TLS who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Trust {
    /// By an authority that browsers trust, too.
    Public,
    /// By this authority.
    Authority {
        /// Its certificate.
        pem: String,
    },
    /// By this very certificate.
    Pinned {
        /// Of its DER, in hexadecimal.
        sha256: String,
    },
}

/// Calls to and from the world by one provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct Trunk {
    id: u64,
    name: String,
    enabled: bool,
    /// The profile whose facts it was made of.
    #[schema(required)]
    profile: Option<String>,
    /// The registrar or outbound proxy: a name or an address.
    host: String,
    /// Null: as DNS says, else the usual one.
    #[schema(required)]
    port: Option<u16>,
    /// Null: as DNS says, else UDP.
    #[schema(required)]
    transport: Option<Transport>,
    /// The address of ours to go out from; null: as the system routes.
    #[schema(required)]
    from_address: Option<String>,
    /// The provider's own STUN server; null: the system's servers count.
    #[schema(required, example = "stun.example.com:3478")]
    stun: Option<String>,
    stun_in_force: StunInForce,
    trust: Trust,
    /// The host part of addresses.
    domain: String,
    srtp: Srtp,
    /// How often OPTIONS asks whether the provider lives; null: never.
    #[schema(required)]
    ping_seconds: Option<u64>,
    /// Networks that calls may come from, besides the provider's servers.
    networks: Vec<String>,
    identity: IdentityHeader,
    forwarded: Forwarded,
    /// How numbers are written to the provider.
    #[schema(example = "plus")]
    outgoing: &'static str,
    /// How the provider writes numbers.
    #[schema(example = "plus")]
    incoming: &'static str,
    /// Shown for people who have no number of their own.
    #[schema(required)]
    number: Option<String>,
    /// A number that answers with an echo, as people dial it: for the trunk's test.
    #[schema(required)]
    echo_number: Option<String>,
    accounts: Vec<Account>,
    /// One for each account, and one without an account if there is none; nothing while the trunk is disabled.
    lines: Vec<Line>,
}

/// An account at a provider. Its password is never told.
#[derive(Serialize, ToSchema)]
struct Account {
    user: String,
    #[schema(required)]
    auth_user: Option<String>,
    #[schema(required)]
    realm: Option<String>,
    #[schema(required)]
    contact_user: Option<String>,
    /// How long registrations shall last; null: it does not register.
    #[schema(required)]
    expires_seconds: Option<u64>,
}

/// How a line to a provider is.
#[derive(Serialize, ToSchema)]
struct Line {
    /// The account's user; null without one.
    #[schema(required)]
    account: Option<String>,
    state: State,
    /// Since when it is up.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    since: Option<OffsetDateTime>,
    /// The server that it goes by.
    #[schema(required)]
    server: Option<Server>,
    /// Our address and port as the provider sees them.
    #[schema(required)]
    seen_as: Option<String>,
    /// What is wrong, or was before it came right.
    #[schema(required)]
    trouble: Option<Trouble>,
    /// Milliseconds from the last OPTIONS or REGISTER to its answer.
    #[schema(required)]
    round_trip_ms: Option<f64>,
    /// What rewrites SIP messages on the way to the provider; null where nothing does, or nobody can tell.
    #[schema(required)]
    alg: Option<Alg>,
    /// When it is tried again.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    retry_at: Option<OffsetDateTime>,
}

/// Whether calls can go by a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LineState)]
enum State {
    /// Servers are being looked for, or asked.
    Starting,
    /// They can.
    Up,
    /// They cannot; it is tried again later.
    Waiting,
}

/// A provider's server.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunkServer)]
struct Server {
    transport: Transport,
    /// Address and port.
    address: String,
    /// The name that its certificate must have.
    name: String,
}

/// Something on the way that rewrites SIP messages.
#[derive(Serialize, ToSchema)]
#[schema(as = SipAlg)]
struct Alg {
    /// `sip_alg`.
    code: &'static str,
    /// For people, with evidence and remedy.
    text: String,
}

/// What is wrong with a line.
#[derive(Serialize, ToSchema)]
struct Trouble {
    /// For programs: stable.
    code: &'static str,
    /// For people, with the remedy.
    text: String,
}

impl Trunk {
    pub(super) fn of(trunk: store::Trunk, picture: &Picture, network: &Network) -> Self {
        let store::Trunk { enabled, profile, terms } = trunk;
        let reports = picture.lines.iter().filter(|(line, _)| line.trunk == terms.id);
        let reports: Vec<&LineReport> = reports.map(|(_, report)| report).collect();
        let stun_in_force = StunInForce::of(&terms, enabled, &reports, network);
        let lines = if enabled { lines(&terms, picture, network) } else { Vec::new() };
        Self {
            id: terms.id.0,
            name: terms.name,
            enabled,
            profile,
            host: terms.place.host,
            port: terms.place.port,
            transport: terms.place.transport.map(Into::into),
            from_address: terms.place.from.map(|from| from.to_string()),
            stun: terms.stun.map(|stun| stun.to_string()),
            stun_in_force,
            trust: Trust::of(&terms.trust),
            domain: terms.domain,
            srtp: terms.srtp.into(),
            ping_seconds: terms.ping_every.map(|every| every.as_secs()),
            networks: terms.networks.iter().map(ToString::to_string).collect(),
            identity: terms.identity.into(),
            forwarded: terms.forwarded.into(),
            outgoing: terms.outgoing.name(),
            incoming: terms.incoming.name(),
            number: terms.number.map(|number| number.to_string()),
            echo_number: terms.echo_number,
            accounts: terms.accounts.into_iter().map(Account::of).collect(),
            lines,
        }
    }
}

fn lines(trunk: &directory::Trunk, picture: &Picture, network: &Network) -> Vec<Line> {
    let line = |account: u16, user: Option<String>| {
        let id = LineId { trunk: trunk.id, account };
        Line::of(user, picture.lines.get(&id), picture.measures.get(&id), network)
    };
    if trunk.accounts.is_empty() {
        return vec![line(0, None)];
    }
    let users = trunk.accounts.iter().map(|account| Some(account.user.clone()));
    (0..).zip(users).map(|(account, user)| line(account, user)).collect()
}

impl Line {
    /// Without a report nothing is known yet.
    fn of(account: Option<String>, report: Option<&LineReport>, measure: Option<&LineMeasure>, network: &Network) -> Self {
        let (state, since, server, retry_at) = match report.map(|report| &report.state) {
            None | Some(LineState::Starting) => (State::Starting, None, None, None),
            Some(LineState::Up { server, since }) => (State::Up, Some(wall(*since)), Some(Server::of(server)), None),
            Some(LineState::Waiting { until }) => (State::Waiting, None, None, Some(wall(*until))),
        };
        Self {
            account,
            state,
            since,
            server,
            seen_as: report.and_then(|report| report.seen_as).map(|address| address.to_string()),
            trouble: report.and_then(|report| report.trouble.as_ref()).map(Trouble::of),
            round_trip_ms: measure.map(|measure| tenths(measure.round_trip)),
            alg: measure.and_then(|measure| Alg::of(&surroundings::verdict(network, measure))),
            retry_at,
        }
    }
}

/// A moment of the switchboard's clock on the wall's, in whole seconds.
fn wall(at: Instant) -> OffsetDateTime {
    let (now, wall) = (Instant::now(), OffsetDateTime::now_utc());
    let moment = wall + at.saturating_duration_since(now) - now.saturating_duration_since(at);
    moment.replace_nanosecond(0).unwrap_or(moment)
}

impl Server {
    fn of(server: &trunks::Server) -> Self {
        Self {
            transport: server.transport.into(),
            address: server.address.to_string(),
            name: server.name.clone(),
        }
    }
}

impl Alg {
    fn of(verdict: &Verdict) -> Option<Self> {
        match verdict {
            Verdict::Rewritten(_) => Some(Self {
                code: verdict.code(),
                text: verdict.to_string(),
            }),
            Verdict::Untouched | Verdict::Encrypted | Verdict::Unknown(_) => None,
        }
    }
}

/// Milliseconds to one decimal place.
fn tenths(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}

impl Trouble {
    fn of(trouble: &trunks::Trouble) -> Self {
        Self {
            code: trouble.code(),
            text: trouble.to_string(),
        }
    }
}

impl Account {
    fn of(account: directory::Account) -> Self {
        Self {
            user: account.user,
            auth_user: account.auth_user,
            realm: account.realm,
            contact_user: account.contact_user,
            expires_seconds: account.expires.map(|expires| expires.as_secs()),
        }
    }
}

impl Trust {
    fn of(trust: &trunks::Trust) -> Self {
        match trust {
            trunks::Trust::Public => Self::Public,
            trunks::Trust::Authority(pem) => Self::Authority { pem: pem.to_string() },
            trunks::Trust::Pinned(sha256) => Self::Pinned {
                sha256: HEXLOWER.encode(sha256),
            },
        }
    }

    /// # Errors
    /// With a sentence for whoever wrote it.
    pub(super) fn parse(self) -> Result<trunks::Trust, &'static str> {
        match self {
            Self::Public => Ok(trunks::Trust::Public),
            Self::Authority { pem } => match crate::certificate::count(&pem) {
                Some(1) => Ok(trunks::Trust::Authority(Arc::from(pem))),
                Some(_) | None => Err("give the certificate of one authority, in PEM"),
            },
            Self::Pinned { sha256 } => {
                let digits: String = sha256.chars().filter(|c| *c != ':').collect::<String>().to_ascii_lowercase();
                let bytes = HEXLOWER.decode(digits.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
                let wrong = "give the SHA-256 of the certificate: 64 hexadecimal digits, with or without colons";
                bytes.map(trunks::Trust::Pinned).ok_or(wrong)
            }
        }
    }
}

impl From<sip::Transport> for Transport {
    fn from(transport: sip::Transport) -> Self {
        match transport {
            sip::Transport::Udp => Self::Udp,
            sip::Transport::Tcp => Self::Tcp,
            sip::Transport::Tls | sip::Transport::Wss => Self::Tls,
        }
    }
}

impl From<Transport> for sip::Transport {
    fn from(transport: Transport) -> Self {
        match transport {
            Transport::Udp => Self::Udp,
            Transport::Tcp => Self::Tcp,
            Transport::Tls => Self::Tls,
        }
    }
}

impl From<control::Srtp> for Srtp {
    fn from(srtp: control::Srtp) -> Self {
        match srtp {
            control::Srtp::Never => Self::Off,
            control::Srtp::Accepted => Self::Preferred,
            control::Srtp::Required => Self::Mandatory,
        }
    }
}

impl From<Srtp> for control::Srtp {
    fn from(srtp: Srtp) -> Self {
        match srtp {
            Srtp::Off => Self::Never,
            Srtp::Preferred => Self::Accepted,
            Srtp::Mandatory => Self::Required,
        }
    }
}

impl From<directory::IdentityHeader> for IdentityHeader {
    fn from(header: directory::IdentityHeader) -> Self {
        match header {
            directory::IdentityHeader::From => Self::From,
            directory::IdentityHeader::Asserted => Self::Asserted,
            directory::IdentityHeader::Preferred => Self::Preferred,
            directory::IdentityHeader::AccountFrom => Self::AccountFrom,
        }
    }
}

impl From<IdentityHeader> for directory::IdentityHeader {
    fn from(header: IdentityHeader) -> Self {
        match header {
            IdentityHeader::From => Self::From,
            IdentityHeader::Asserted => Self::Asserted,
            IdentityHeader::Preferred => Self::Preferred,
            IdentityHeader::AccountFrom => Self::AccountFrom,
        }
    }
}

impl From<directory::Forwarded> for Forwarded {
    fn from(forwarded: directory::Forwarded) -> Self {
        match forwarded {
            directory::Forwarded::Own => Self::Own,
            directory::Forwarded::OriginalWithDiversion => Self::OriginalWithDiversion,
        }
    }
}

impl From<Forwarded> for directory::Forwarded {
    fn from(forwarded: Forwarded) -> Self {
        match forwarded {
            Forwarded::Own => Self::Own,
            Forwarded::OriginalWithDiversion => Self::OriginalWithDiversion,
        }
    }
}
