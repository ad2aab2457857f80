//! What is so: a company, whatever anybody measures of it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use doctor::evidence::{BrowserSide, PeerKind, Permission, PhoneTransport, Stage, UnixMs};
use sim::nat::{Behaviour, Chain, Filtering, Mapping, Named, Nat, Ports};

/// When everything is looked at.
pub const NOW: UnixMs = UnixMs(1_800_000_000_000);
pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// The one port.
pub const PORT: u16 = 8_802;

/// So many milliseconds before [`NOW`].
pub fn ago(ms: i64) -> UnixMs {
    UnixMs(NOW.0 - ms)
}

pub fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

#[derive(Clone, Debug)]
pub struct Company {
    pub seed: u64,
    pub office: Office,
    /// STUN servers of the configuration.
    pub stun: Vec<StunHost>,
    pub providers: Vec<Provider>,
    pub workers: Vec<Worker>,
    pub desks: Vec<Desk>,
    pub talks: Vec<Talk>,
}

#[derive(Clone, Debug)]
pub struct Office {
    /// The server's address inside; none for one in a data centre.
    pub lan: Option<IpAddr>,
    /// Ways out.
    pub uplinks: Vec<Uplink>,
    /// That of the default route; `None`: there is no default route.
    pub default: Option<usize>,
    /// That by whose public address people come from outside.
    pub web: usize,
    /// The name by which they do.
    pub host: Option<String>,
    /// The same name leads to the server's inner address, for those who ask inside.
    pub is_dns_split: bool,
    pub has_dns: bool,
    /// Nobody can or does come from outside.
    pub is_closed: bool,
    /// UDP 8802 is forwarded as well, which nobody needs.
    pub is_udp_forwarded: bool,
    /// The NAT has been looked at.
    pub is_nat_probed: bool,
    pub certificate: Paper,
    pub clock_ahead_ms: i64,
    pub has_bridge: bool,
    pub has_vpn: bool,
    /// A global IPv6 address beside.
    pub ipv6: Option<IpAddr>,
}

impl Office {
    /// The uplink of the default route.
    pub fn way_out(&self) -> Option<&Uplink> {
        self.default.map(|index| &self.uplinks[index])
    }

    pub fn web(&self) -> &Uplink {
        &self.uplinks[self.web]
    }

    /// The server stands in a data centre, with nothing inside.
    pub fn is_cloud(&self) -> bool {
        self.lan.is_none()
    }
}

/// A certificate.
#[derive(Clone, Debug)]
pub struct Paper {
    pub names: Vec<String>,
    pub is_self_signed: bool,
    pub not_before: UnixMs,
    pub not_after: UnixMs,
}

#[derive(Clone, Debug)]
pub struct Uplink {
    /// Our end of it.
    pub local: IpAddr,
    /// Our end is an interface that leads out by itself.
    pub is_wan: bool,
    pub gateway: IpAddr,
    pub public: IpAddr,
    pub nat: Kind,
    pub hairpin: bool,
    pub forward: Forward,
    /// The forward has been looked at before, and was right then.
    pub was_ours: bool,
    /// A port that it lets strangers reach.
    pub opened: Option<(u16, &'static str, &'static str)>,
    pub alg: Option<Alg>,
    pub firewall: Firewall,
}

impl Uplink {
    /// The routers on it.
    pub fn chain(&self, seed: u64) -> Chain {
        let mut chain = self.nat.chain(self.public, seed);
        let hairpinning = chain.nats().iter().map(|nat| {
            let behaviour = Behaviour {
                hairpin: self.hairpin,
                ..*nat.behaviour()
            };
            Nat::new(behaviour, nat.public(), seed)
        });
        Chain::new(hairpinning.collect())
    }
}

/// Where the one port leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forward {
    Ours,
    Elsewhere,
    Missing,
}

/// What an uplink does with our questions to STUN servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firewall {
    Open,
    Drops,
    Rejects,
    /// The system's own table has no way to them.
    Unroutable,
}

/// How a router meddles with SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alg {
    /// Rewrites requests, and responses back, as Linux does.
    Thorough,
    /// Rewrites the address in requests alone.
    Careless,
    /// Rewrites the Call-ID, too.
    CallId,
}

/// A NAT's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Named(Named),
    /// Looks normal to two servers.
    Trap,
}

impl Kind {
    pub fn chain(self, public: IpAddr, seed: u64) -> Chain {
        match self {
            Self::Named(named) => named.chain(public, seed),
            Self::Trap => {
                let behaviour = Behaviour {
                    mapping: Mapping::SharedByTwo,
                    ports: Ports::Random,
                    ..Behaviour::default()
                };
                Chain::new(vec![Nat::new(behaviour, public, seed)])
            }
        }
    }

    /// Mapping, filtering, and whether UDP passes.
    pub fn traits(self) -> (Mapping, Filtering, bool) {
        let chain = self.chain(v4(192, 0, 2, 1), 0);
        (chain.mapping(), chain.filtering(), chain.passes_udp())
    }

    pub fn is_symmetric(self) -> bool {
        let (mapping, _, udp) = self.traits();
        udp && mapping != Mapping::EndpointIndependent
    }

    pub fn passes_udp(self) -> bool {
        self.traits().2
    }
}

#[derive(Clone, Debug)]
pub struct StunHost {
    /// With its port.
    pub name: String,
    pub address: SocketAddr,
    pub life: Life,
    /// The uplink by which it is asked; `None`: that of the default route.
    pub via: Option<usize>,
    /// It has another address and port, and answers from there (RFC 5780).
    pub other: Option<SocketAddr>,
    /// Its first question is under way.
    pub is_young: bool,
    /// What it does, it does since then.
    pub since: UnixMs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Alive,
    Dead,
    /// Nobody listens on its port any more.
    PortClosed,
    /// Its name is gone from DNS.
    Nameless,
    /// It answers with an error.
    Refusing(u16),
}

#[derive(Clone, Debug)]
pub struct Provider {
    pub name: String,
    pub server: SocketAddr,
    /// The uplink.
    pub via: usize,
    pub own: Option<StunHost>,
    pub is_encrypted: bool,
    /// It says where it has seen us.
    pub tells_received: bool,
    /// It is out of order by its own doing.
    pub is_rejecting: bool,
}

#[derive(Clone, Debug)]
pub struct Worker {
    pub extension: String,
    pub name: String,
    pub places: Vec<Place>,
    pub controls: Option<u64>,
    pub mobile: Option<String>,
    /// Some provider takes calls to that number.
    pub has_mobile_route: bool,
    pub internal_sbc: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    Lan,
    Vpn,
    /// In the LAN, and yet by the public name, through the router and back.
    Hairpin,
    Internet,
}

/// Somebody's computer in some network.
#[derive(Clone, Debug)]
pub struct Place {
    pub at: Where,
    pub nics: Vec<Nic>,
    /// The network's NAT.
    pub nat: Kind,
    /// A proxy or filter there stops the one port for everything but pages.
    pub is_walled: bool,
    pub line: Line,
    /// The browser hides addresses.
    pub hides_addresses: bool,
    pub is_checked: bool,
    /// The check has tried the ways of audio, and what the line carries.
    pub has_tried_ways: bool,
    /// Somebody has made a call there.
    pub has_called: bool,
    pub computer: Computer,
    pub seen_at: UnixMs,
}

/// A network interface of a computer, and how the world sees what leaves by it.
#[derive(Clone, Debug)]
pub struct Nic {
    pub kind: &'static str,
    pub address: IpAddr,
    pub public: IpAddr,
}

/// What a line does to packets.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub round_trip_ms: f32,
    pub jitter_ms: f32,
    pub loss_there: f32,
    pub loss_back: f32,
    pub up_kbit: u32,
    pub down_kbit: u32,
}

#[derive(Clone, Debug)]
pub struct Computer {
    pub browser: String,
    pub missing: Vec<String>,
    pub is_insecure: bool,
    pub tells_server: bool,
    pub tells_network: bool,
    pub permission: Permission,
    pub microphones: u32,
    /// Muted by a switch, or by the system.
    pub is_muted: bool,
    /// Somebody speaks this loud into it, and this arrives, in dBFS.
    pub peak_dbfs: i8,
    /// The person has been asked to speak, and has.
    pub has_spoken: bool,
    pub speakers: u32,
    pub tells_speakers: bool,
    pub play_error: Option<String>,
    /// Turned down, or the wrong one.
    pub is_inaudible: bool,
    /// The person has answered what they hear.
    pub has_answered: bool,
    pub headset: Option<Buttons>,
    pub clock_off_ms: i64,
}

/// What becomes of a headset's buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buttons {
    Work,
    /// Pressed, and nothing comes.
    Broken,
    /// Something else has it.
    Taken,
    /// Nobody has tried.
    Untried,
    /// Broken, and not to be used by the app.
    Unused,
}

#[derive(Clone, Debug)]
pub struct Desk {
    pub device: u64,
    pub name: String,
    pub extension: String,
    /// At home, with this public address.
    pub outside: Option<IpAddr>,
    pub transport: PhoneTransport,
    pub is_off: bool,
    /// The router there rewrites SIP.
    pub is_behind_alg: bool,
    /// The router there has forgotten it, for so long.
    pub unreachable_ms: Option<u64>,
    pub refuses_texts: bool,
    pub is_stuck: bool,
}

#[derive(Clone, Debug)]
pub struct Talk {
    pub id: u64,
    pub answered_at: UnixMs,
    pub ended_at: Option<UnixMs>,
    pub sides: Vec<Side>,
    pub losses: Vec<Loss>,
}

/// One party.
#[derive(Clone, Debug)]
pub struct Side {
    pub leg: u64,
    pub party: String,
    pub name: String,
    pub kind: PeerKind,
    pub trunk: Option<String>,
    pub browser: Option<BrowserSide>,
}

/// Where on its way one side's sound is lost.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// Whose sound: index of a side.
    pub of: usize,
    pub stage: Stage,
    pub since: UnixMs,
    pub until: Option<UnixMs>,
}
