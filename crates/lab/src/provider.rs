//! A provider of telephone numbers: two Kamailio servers as registrars and proxies, and behind them the world, which is a phone.
//!
//! ```text
//!   farend ── office router ── internet ─┬─ first server .60 ──┬── world .62
//!                                        └─ second server .61 ─┘
//! ```
//!
//! An account is the seven digits that its numbers begin with, so that `+4989123101` rings at whoever has registered `4989123`. The provider
//! believes nobody's address: it asks every registration and every call for the password. What its servers hear is kept, request by request.

mod heard;
mod server;
mod world;

use std::net::Ipv4Addr;

use serde_json::{Value, json};

pub use self::heard::Request;
pub use self::server::Server;
pub use self::world::{NUMBER as WORLD_NUMBER, World};
use crate::Authority;
use crate::net::addresses::{ITSP, ITSP_SECOND};
use crate::net::{Network, Pointer, Service};

/// The provider's name, which leads to its first server.
pub const NAME: &str = "itsp.example.test";
/// Names for which DNS names servers ([`Provider::set_servers`]).
pub const SERVED_NAMES: [&str; 3] = ["lines.example.test", "moving.example.test", "pointed.example.test"];
/// What accounts are challenged for.
pub const REALM: &str = "itsp.example.test";
/// Every account's password.
pub const PASSWORD: &str = "gravel-otter-61";
/// How long registrations last: as short as the provider takes them.
pub const EXPIRES_SECONDS: u16 = 60;

/// One of the provider's servers, as DNS names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// At 198.51.100.60.
    First,
    /// At 198.51.100.61.
    Second,
}

/// How the provider's servers are spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// Plain connections.
    Tcp,
    /// Encrypted ones.
    Tls,
}

/// A running provider.
#[derive(Debug)]
pub struct Provider {
    first: Server,
    second: Server,
    world: World,
    authority: Authority,
}

impl Site {
    /// Its address.
    #[must_use]
    pub fn address(self) -> Ipv4Addr {
        match self {
            Site::First => ITSP,
            Site::Second => ITSP_SECOND,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Site::First => NAME,
            Site::Second => "second.itsp.example.test",
        }
    }
}

impl Transport {
    /// As the REST interface has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
        }
    }

    fn port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => server::PORT,
            Transport::Tls => server::TLS_PORT,
        }
    }

    fn wish(self) -> &'static str {
        match self {
            Transport::Udp => "SIP+D2U",
            Transport::Tcp => "SIP+D2T",
            Transport::Tls => "SIPS+D2T",
        }
    }

    fn service_of(self, name: &str) -> String {
        let service = match self {
            Transport::Udp => "_sip._udp",
            Transport::Tcp => "_sip._tcp",
            Transport::Tls => "_sips._tcp",
        };
        format!("{service}.{name}")
    }
}

impl Provider {
    /// Starts both servers and the world's phone.
    ///
    /// # Errors
    ///
    /// When one of them does not come up, with the package that has it where it is missing.
    pub fn start(network: &Network) -> anyhow::Result<Provider> {
        let host = network.itsp();
        let authority = Authority::new(host.folder())?;
        // One certificate for all servers, made out to the names that customers write (RFC 5922 section 4).
        let credentials = authority.certify(&[NAME, SERVED_NAMES[0], SERVED_NAMES[1], SERVED_NAMES[2]])?;
        let start = |site: Site, name| Server::start(host, name, site.address(), &credentials);
        let (first, second) = (start(Site::First, "provider-first")?, start(Site::Second, "provider-second")?);
        for site in [Site::First, Site::Second] {
            network.names().set(site.name(), site.address());
        }
        Ok(Provider {
            first,
            second,
            world: World::start(network.world())?,
            authority,
        })
    }

    /// One of the servers.
    pub fn server(&mut self, site: Site) -> &mut Server {
        match site {
            Site::First => &mut self.first,
            Site::Second => &mut self.second,
        }
    }

    /// The world: whom every number of the world leads to, and who calls our numbers.
    pub fn world(&mut self) -> &mut World {
        &mut self.world
    }

    /// Lets DNS name these servers for one of [`SERVED_NAMES`] over `transport`, best first, and no others any more.
    pub fn set_servers(network: &Network, transport: Transport, name: &str, sites: &[Site]) {
        let services = (1..).zip(sites).map(|(priority, site)| Service {
            priority,
            port: transport.port(),
            target: site.name(),
        });
        network
            .names()
            .set_services(&transport.service_of(name), &services.collect::<Vec<_>>());
    }

    /// Lets DNS say by which transports one of [`SERVED_NAMES`] would like to be reached, best first, and by no others any more.
    pub fn set_wishes(network: &Network, name: &str, transports: &[Transport]) {
        let pointers = (1..).zip(transports).map(|(order, transport)| Pointer {
            order,
            service: transport.wish(),
            target: transport.service_of(name),
        });
        network.names().set_pointers(name, &pointers.collect::<Vec<_>>());
    }

    /// All requests of a method that have arrived, retransmissions and those without a password too: at the first server, then at the second.
    pub fn heard(&self, method: &str) -> Vec<Request> {
        let requests = self.first.requests().into_iter().chain(self.second.requests());
        requests.filter(|request| request.method == method).collect()
    }

    /// A trunk with an account at this provider, as an administrator writes it; it may be changed before it is sent.
    pub fn trunk(&self, account: &str) -> Value {
        json!({
            "name": account,
            "host": NAME,
            "transport": "udp",
            "trust": {"kind": "authority", "pem": self.authority.pem()},
            "srtp": "off",
            "ping_seconds": 10,
            "number": format!("+{account}100"),
            "accounts": [{"user": account, "password": PASSWORD, "realm": REALM, "expires_seconds": EXPIRES_SECONDS}],
        })
    }
}
