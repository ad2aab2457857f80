//! The laboratory: an office, a home and an internet between them on one machine, with routers of every kind.
//!
//! ```text
//!                      internet 198.51.100.0/24
//!      STUN one .10 .11   STUN two .20   names .53   ITSP .60 .61   world .62
//!   ─────┬──────────┬───────────┬────────────────┬─────────┬──────
//!        │.2        │.3         │.5              │.100     │.110
//!   ┌────┴───┐ ┌────┴───┐       │            ┌───┴──┐ ┌────┴────┐
//!   │ router │ │ second │       │            │ home ├─┤ carrier │ 100.64.0.0/24
//!   │        │ │ router │       │            │router│ └─────────┘
//!   └────┬───┘ └────┬───┘       │            └───┬──┘
//!        │.1        │.2         │(WAN)           │.1
//!   ─────┴──┬───────┴─┬─────────┼────        ────┴──┬──────
//!        .20│      .30│      .10│                .50│
//!      desk phone    PC      server                PC
//!         office 192.168.10.0/24          home 192.168.1.0/24
//! ```
//!
//! Every box is a network namespace; the server's is the test's own. Small services are threads of the test that have entered one. What is
//! behind what can be changed while everything runs.
//!
//! ```no_run
//! # use lab::net::{Home, Lab, Nat};
//! # let folder = std::path::Path::new("target/lab/example");
//! let mut network = Lab::new().home(Nat::Symmetric).office(Nat::PortRestricted).start(folder)?;
//! network.set_home(Home::Carrier(Nat::PortRestricted))?;
//! # Ok::<(), anyhow::Error>(())
//! ```

use std::path::Path;

use ipv6::Walls;

mod accidents;
pub mod addresses;
mod cables;
mod dns;
mod forwarder;
mod forwards;
mod host;
mod ipv6;
mod line;
mod namespace;
mod nat;
mod network;
mod prediction;
mod proxy;
mod rules;
mod stun;
mod tcp;
mod vpn;
mod walls;
mod watch;

pub use dns::{Names, Pointer, Service};
pub use forwarder::{Cable, Direction};
pub use host::Host;
pub use ipv6::Wall;
pub use line::{Counters, FRAMES_UNDER_WAY_MAX, Line, Loss};
pub use namespace::Namespace;
pub use nat::{Behaviour, Filtering, Home, Mapping, Nat, Office};
pub use network::Network;
pub use prediction::udp_is_possible;
pub use tcp::TcpCounters;
pub use walls::Verdict;
pub use watch::Watch;

/// What a laboratory is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    home: Home,
    office: Office,
    hairpin: bool,
    line: Option<Line>,
    walls: Option<Walls>,
}

impl Default for Lab {
    fn default() -> Lab {
        Lab::new()
    }
}

impl Lab {
    /// The usual one: both routers are port-restricted, and the office's does not hairpin.
    pub fn new() -> Lab {
        Lab {
            home: Nat::PortRestricted.into(),
            office: Nat::PortRestricted.into(),
            hairpin: false,
            line: None,
            walls: None,
        }
    }

    /// Where the home worker is.
    #[must_use]
    pub fn home(mut self, home: impl Into<Home>) -> Lab {
        self.home = home.into();
        self
    }

    /// How the office is connected.
    #[must_use]
    pub fn office(mut self, office: impl Into<Office>) -> Lab {
        self.office = office.into();
        self
    }

    /// The office's router lets its own LAN reach public addresses of its own, and names have no other addresses inside.
    #[must_use]
    pub fn hairpin(mut self) -> Lab {
        self.hairpin = true;
        self
    }

    /// Office and home have IPv6 besides, with these fire walls. It goes past every NAT, but not past a carrier's router.
    #[must_use]
    pub fn ipv6(mut self, home: Wall, office: Wall) -> Lab {
        self.walls = Some(Walls { home, office });
        self
    }

    /// The cable between the home PC and its router is such a line, in both directions: it lies on the way whatever the home is behind. It can
    /// be made better or worse while everything runs, by [`Network::home_line`].
    #[must_use]
    pub fn home_line(mut self, line: Line) -> Lab {
        self.line = Some(line);
        self
    }

    /// Builds it around the caller's network namespace, which becomes the server's. Logs go into the folder.
    ///
    /// # Errors
    ///
    /// When something is missing: says what, and which package has it.
    pub fn start(self, folder: &Path) -> anyhow::Result<Network> {
        Network::start(self, folder)
    }
}
