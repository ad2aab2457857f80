//! How the world reaches this server, as clients see it.

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::nat::{Behaviour, Family, MappingLifetime};

/// Everything that is known at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = Network)]
pub(crate) struct Picture {
    /// The one TCP port.
    pub(crate) tcp_port: u16,
    /// The UDP port of browsers' media.
    pub(crate) udp_port: u16,
    /// Addresses of this machine.
    #[schema(value_type = Vec<String>, example = json!(["192.168.1.10"]))]
    pub(crate) interfaces: Vec<IpAddr>,
    /// `public.addresses` of the configuration.
    #[schema(value_type = Vec<String>)]
    pub(crate) stated: Vec<IpAddr>,
    /// `public.host` of the configuration.
    #[schema(required)]
    pub(crate) public_host: Option<String>,
    /// What the UDP port looks like from outside.
    pub(crate) public_addresses: Vec<PublicAddress>,
    /// Names by which browsers have reached the page.
    pub(crate) pages: Vec<Page>,
    pub(crate) stun: Stun,
    /// How the router on the way behaves, by address family; empty until it is known.
    pub(crate) nat: Vec<Nat>,
    /// Whether the router is being looked at. How long mappings live is found out later, beside everything else.
    pub(crate) probing: bool,
}

/// A public address and port of the UDP port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PublicAddress {
    /// The interface that leads there.
    #[schema(value_type = String, example = "192.168.1.10")]
    pub(crate) local: IpAddr,
    #[schema(value_type = String, example = "198.51.100.2:41000")]
    pub(crate) public: SocketAddr,
}

/// A name by which browsers have reached the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Page {
    #[schema(example = "pbx.example.com")]
    pub(crate) host: String,
    /// What it means, as far as this server's DNS knows.
    #[schema(value_type = Vec<String>, example = json!(["198.51.100.2"]))]
    pub(crate) addresses: Vec<IpAddr>,
}

/// Whom we ask for our public address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Stun {
    pub(crate) mode: StunMode,
    /// Whether servers are asked, in this mode and with these interfaces.
    pub(crate) asks: bool,
    pub(crate) servers: Vec<StunServer>,
}

/// When STUN is used: `stun.mode` of the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StunMode {
    #[default]
    Automatic,
    Always,
    Static,
    PortPreserving,
    Off,
}

/// One address of a STUN server; one that has addresses of both families stands here twice.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct StunServer {
    /// As it is configured.
    #[schema(example = "stun.example.com:3478")]
    pub(crate) name: String,
    /// The name of the trunk whose provider has it; null: it is one of the configuration.
    #[schema(required)]
    pub(crate) trunk: Option<String>,
    /// Null while DNS does not tell.
    #[schema(required, value_type = Option<String>, example = "203.0.113.1:3478")]
    pub(crate) address: Option<SocketAddr>,
    pub(crate) state: StunState,
    /// Milliseconds of the last answer.
    #[schema(required)]
    pub(crate) round_trip_ms: Option<f64>,
    /// How it sees our UDP port.
    #[schema(required, value_type = Option<String>, example = "198.51.100.2:41000")]
    pub(crate) public: Option<SocketAddr>,
    /// What is wrong, for people.
    #[schema(required)]
    pub(crate) error: Option<String>,
}

/// What a STUN server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StunState {
    Answering,
    /// It is being asked the first time.
    Asking,
    /// It does not answer.
    Silent,
    /// It answers with an error.
    Refusing,
    /// DNS has no address for it.
    Unresolved,
    /// It is not asked.
    Unused,
}

/// How the router on the way behaves, as `farend nat --json` says it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Nat {
    pub(crate) family: Family,
    #[serde(flatten)]
    pub(crate) behaviour: Behaviour,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) measured_at: OffsetDateTime,
    /// Null until it has been found out.
    #[schema(required)]
    pub(crate) mapping_lifetime: Option<MappingLifetime>,
}

impl Stun {
    /// Whether there is a server that can be asked.
    pub(super) fn has_somebody_to_ask(&self) -> bool {
        let is_configured = |server: &StunServer| server.trunk.is_none();
        let has_own_alone = !self.servers.iter().any(is_configured);
        let mut system = self.servers.iter().filter(|server| has_own_alone || is_configured(server));
        self.asks && system.any(|server| server.address.is_some())
    }
}

impl From<crate::config::StunMode> for StunMode {
    fn from(mode: crate::config::StunMode) -> Self {
        use crate::config::StunMode as Configured;
        match mode {
            Configured::Automatic => Self::Automatic,
            Configured::Always => Self::Always,
            Configured::Static => Self::Static,
            Configured::PortPreserving => Self::PortPreserving,
            Configured::Off => Self::Off,
        }
    }
}

#[cfg(test)]
impl Stun {
    /// With a server that answers, and one that has no address.
    pub(super) fn example() -> Self {
        let answering = StunServer {
            name: "stun.example.com:3478".to_owned(),
            trunk: None,
            address: Some(SocketAddr::from(([203, 0, 113, 1], 3_478))),
            state: StunState::Answering,
            round_trip_ms: Some(12.3),
            public: Some(SocketAddr::from(([198, 51, 100, 2], 41_000))),
            error: None,
        };
        let unresolved = StunServer {
            name: "stun.example.net".to_owned(),
            trunk: Some("Example Telecom".to_owned()),
            address: None,
            state: StunState::Unresolved,
            round_trip_ms: None,
            public: None,
            error: Some("there is no address of stun.example.net; check the name".to_owned()),
        };
        Self {
            mode: StunMode::PortPreserving,
            asks: true,
            servers: vec![answering, unresolved],
        }
    }
}

#[cfg(test)]
mod tests {
    use doctor::nat::lifetime::Lifetime;
    use doctor::nat::{Evidence, verdict};
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_picture_as_json() {
        let lifetime = Lifetime {
            at_least: Some(Duration::from_secs(28)),
            less_than: None,
            unknown: None,
        };
        let picture = Picture {
            tcp_port: 8802,
            udp_port: 8802,
            interfaces: vec![IpAddr::from([192, 168, 1, 10])],
            stated: vec![IpAddr::from([198, 51, 100, 2])],
            public_host: None,
            public_addresses: vec![PublicAddress {
                local: IpAddr::from([192, 168, 1, 10]),
                public: SocketAddr::from(([198, 51, 100, 2], 41_000)),
            }],
            pages: vec![Page {
                host: "pbx.example.com".to_owned(),
                addresses: vec![IpAddr::from([198, 51, 100, 2])],
            }],
            stun: Stun::example(),
            nat: vec![Nat {
                family: Family::Ipv4,
                behaviour: Behaviour::from(&verdict(&Evidence::default())),
                measured_at: OffsetDateTime::UNIX_EPOCH,
                mapping_lifetime: Some(lifetime.into()),
            }],
            probing: false,
        };
        insta::assert_json_snapshot!(picture);
    }
}
