//! The laboratory while it runs.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::Lab;
use super::addresses::{
    CARRIER_PUBLIC, CARRIER_ROUTER, DESK_PHONE, HOME_BEHIND_CARRIER, HOME_PC, HOME_PUBLIC, HOME_ROUTER, HOME_SPARE, INTERNET, ITSP,
    NAME_SERVER, OFFICE_PC, OFFICE_PUBLIC, OFFICE_ROUTER, OFFICE_SPARE, PBX, PROXY_PORT, SECOND_ROUTER, SECOND_ROUTER_PUBLIC, SERVER,
    SERVER_WAN, STUN_ONE, STUN_ONE_OTHER, STUN_TWO,
};
use super::dns::Names;
use super::host::Host;
use super::namespace::{Namespace, configure_here, set_here};
use super::nat::{Home, Nat, Office};
use super::proxy::Proxy;
use super::rules::{Passage, Router};
use super::stun;
use crate::process::{Process, run};
use crate::server::PORT;

/// Everybody's programs and the Debian packages that have them.
const PROGRAMS: [(&str, &str); 5] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("nsenter", "util-linux"),
    ("mount", "mount"),
    ("turnserver", "coturn"),
];

/// Networks, routers and servers, as they are now. Everything ends with the test.
#[derive(Debug)]
pub struct Network {
    home: Home,
    office: Office,
    hairpin: bool,
    internet: Namespace,
    /// The office's switch, which is there as long as somebody holds it.
    _office_lan: Namespace,
    office_router: Namespace,
    second_router: Namespace,
    home_router: Namespace,
    carrier_router: Namespace,
    hosts: Hosts,
    names: Names,
    proxy: Proxy,
    stun_one: Process,
    stun_two: Process,
}

#[derive(Debug)]
struct Hosts {
    server: Host,
    desk_phone: Host,
    office_pc: Host,
    home_pc: Host,
    itsp: Host,
    internet: Host,
    home_router: Host,
}

impl Network {
    pub(super) fn start(lab: Lab, folder: &Path) -> anyhow::Result<Network> {
        check_programs()?;
        fs::create_dir_all(folder)?;
        let [internet, office_router, second_router, home_router, carrier_router] = namespaces()?;
        let [office_lan, desk_phone, office_pc, home_pc, itsp] = namespaces()?;
        for router in [
            &internet,
            &office_router,
            &second_router,
            &home_router,
            &carrier_router,
            &office_lan,
        ] {
            router.within(become_router)??;
        }
        lay_internet(
            &internet,
            [
                (&office_router, "wan", Some(OFFICE_PUBLIC)),
                (&second_router, "wan", Some(SECOND_ROUTER_PUBLIC)),
                (&home_router, "wan", None),
                (&carrier_router, "wan", Some(CARRIER_PUBLIC)),
                (&itsp, "wan", Some(ITSP)),
            ],
        )?;
        lay_office(
            &office_lan,
            [
                (&office_router, OFFICE_ROUTER, None),
                (&second_router, SECOND_ROUTER, None),
                (&desk_phone, DESK_PHONE, Some(OFFICE_ROUTER)),
                (&office_pc, OFFICE_PC, Some(OFFICE_ROUTER)),
            ],
        )?;
        lay_server(&internet, &office_lan)?;
        lay_home(&home_router, &carrier_router, &home_pc)?;
        use_name_server(folder)?;

        let names = Names::default();
        names.serve(&internet)?;
        let proxy = Proxy::default();
        proxy.serve(&home_router)?;
        let stun_one = stun::start(&internet, "stun-one", &[STUN_ONE, STUN_ONE_OTHER], folder)?;
        let stun_two = stun::start(&internet, "stun-two", &[STUN_TWO], folder)?;
        let hosts = Hosts {
            server: Host::own(folder),
            desk_phone: Host::new(desk_phone, folder),
            office_pc: Host::new(office_pc, folder),
            home_pc: Host::new(home_pc, folder),
            itsp: Host::new(itsp, folder),
            internet: Host::new(internet.clone(), folder),
            home_router: Host::new(home_router.clone(), folder),
        };
        let mut network = Network {
            home: lab.home,
            office: lab.office,
            hairpin: lab.hairpin,
            internet,
            _office_lan: office_lan,
            office_router,
            second_router,
            home_router,
            carrier_router,
            hosts,
            names,
            proxy,
            stun_one,
            stun_two,
        };
        for (name, address) in [
            ("stun-one.example.test", STUN_ONE),
            ("stun-two.example.test", STUN_TWO),
            ("itsp.example.test", ITSP),
        ] {
            network.names.set(name, address);
        }
        network.set_office(lab.office)?;
        network.set_home(lab.home)?;
        stun::wait_until_ready(&network.internet, &[STUN_ONE, STUN_ONE_OTHER, STUN_TWO])?;
        Ok(network)
    }

    /// Where the home worker is now.
    pub fn home(&self) -> Home {
        self.home
    }

    /// How the office is connected now.
    pub fn office(&self) -> Office {
        self.office
    }

    /// Exchanges what the home worker's PC is behind. Routers forget their connections.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn set_home(&mut self, home: Home) -> anyhow::Result<()> {
        self.home = home;
        self.proxy.set_tls_only(home == Home::TlsOnly);
        self.home_router.configure(&["link set wan up"])?;
        let (nat, outside, passage) = match home {
            Home::Lan => (Nat::PortRestricted, "wan", Passage::ByNat),
            Home::Behind(nat) => (nat, "wan", Passage::ByNat),
            Home::Carrier(_) => (Nat::PortRestricted, "uplink", Passage::ByNat),
            Home::ConnectProxyOnly | Home::TlsOnly => (Nat::PortRestricted, "wan", Passage::ProxyAt(PROXY_PORT)),
        };
        self.expose(
            &self.home_router,
            &self.hosts.home_pc,
            Exposure {
                now: nat == Nat::Open,
                public: HOME_PUBLIC,
                spare: HOME_SPARE,
                host: HOME_PC,
                router: HOME_ROUTER,
            },
        )?;
        if outside == "uplink" {
            self.home_router.configure(&[
                "link set wan down".to_owned(),
                format!("route replace default via {CARRIER_ROUTER}"),
            ])?;
        }
        self.carrier_router.load_rules(
            &Router {
                nat: if let Home::Carrier(nat) = home { nat } else { Nat::PortRestricted },
                outside: "wan",
                forward: None,
                hairpin: None,
                passage: Passage::ByNat,
            }
            .rules(),
        )?;
        self.home_router.load_rules(
            &Router {
                nat,
                outside,
                forward: None,
                hairpin: None,
                passage,
            }
            .rules(),
        )
    }

    /// Exchanges how the office is connected. Routers forget their connections.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn set_office(&mut self, office: Office) -> anyhow::Result<()> {
        self.office = office;
        let nat = match office {
            Office::Behind(nat) => nat,
            Office::StunOverSecondRouter | Office::ServerWithWan => Nat::PortRestricted,
        };
        self.expose(
            &self.office_router,
            &self.hosts.server,
            Exposure {
                now: nat == Nat::Open,
                public: OFFICE_PUBLIC,
                spare: OFFICE_SPARE,
                host: SERVER,
                router: OFFICE_ROUTER,
            },
        )?;
        let over_second = [STUN_ONE, STUN_ONE_OTHER, STUN_TWO, ITSP];
        let routes = over_second.iter().map(|host| match office {
            Office::StunOverSecondRouter => format!("route replace {host} via {SECOND_ROUTER}"),
            // Replaced first, so that there is one to delete.
            Office::Behind(_) | Office::ServerWithWan => format!("route replace {host} via {OFFICE_ROUTER}\nroute del {host}"),
        });
        let mut lines: Vec<String> = routes.collect();
        lines.push(match office {
            Office::ServerWithWan => format!("link set wan up\nroute replace default via {INTERNET}"),
            Office::Behind(Nat::Open) => {
                format!("link set wan down\nroute replace default via {OFFICE_ROUTER} src {OFFICE_PUBLIC}")
            }
            Office::Behind(_) | Office::StunOverSecondRouter => {
                format!("link set wan down\nroute replace default via {OFFICE_ROUTER}")
            }
        });
        configure_here(&lines)?;
        self.second_router.load_rules(
            &Router {
                nat: Nat::PortRestricted,
                outside: "wan",
                forward: None,
                hairpin: None,
                passage: Passage::ByNat,
            }
            .rules(),
        )?;
        self.office_router.load_rules(
            &Router {
                nat,
                outside: "wan",
                forward: (nat != Nat::Open).then_some((PORT, SERVER)),
                hairpin: self.hairpin.then_some(OFFICE_PUBLIC),
                passage: Passage::ByNat,
            }
            .rules(),
        )?;
        let public = self.office_public();
        let in_office = if self.hairpin { public } else { SERVER };
        self.names.set_split(PBX, public, in_office);
        Ok(())
    }

    /// Where the internet reaches the server's page.
    pub fn office_public(&self) -> Ipv4Addr {
        match self.office {
            Office::Behind(_) | Office::StunOverSecondRouter => OFFICE_PUBLIC,
            Office::ServerWithWan => SERVER_WAN,
        }
    }

    /// The name server's names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The first STUN server.
    pub fn stun_one(&mut self) -> &mut Process {
        &mut self.stun_one
    }

    /// The second STUN server.
    pub fn stun_two(&mut self) -> &mut Process {
        &mut self.stun_two
    }

    /// The server, on which the test runs too.
    pub fn server(&self) -> &Host {
        &self.hosts.server
    }

    /// The desk phone's place in the office.
    pub fn desk_phone(&self) -> &Host {
        &self.hosts.desk_phone
    }

    /// A PC in the office.
    pub fn office_pc(&self) -> &Host {
        &self.hosts.office_pc
    }

    /// The PC at home.
    pub fn home_pc(&self) -> &Host {
        &self.hosts.home_pc
    }

    /// The ITSP, or any SIP peer on the internet.
    pub fn itsp(&self) -> &Host {
        &self.hosts.itsp
    }

    /// A host that everybody reaches, with the addresses of the STUN servers and the name server.
    pub fn internet(&self) -> &Host {
        &self.hosts.internet
    }

    /// The home's router, for those who want to look into it.
    pub fn home_router(&self) -> &Host {
        &self.hosts.home_router
    }

    /// Moves a router's public address to a host behind it, or back.
    fn expose(&self, router: &Namespace, host: &Host, exposure: Exposure) -> anyhow::Result<()> {
        let Exposure {
            now,
            public,
            spare,
            host: inside,
            router: gateway,
        } = exposure;
        let (kept, given) = if now { (spare, public) } else { (public, spare) };
        router.set("ipv4/conf/wan/proxy_arp", if now { "1" } else { "0" })?;
        router.set("ipv4/neigh/wan/proxy_delay", "0")?;
        let mut lines = vec![
            "address flush dev wan".to_owned(),
            format!("address add {kept}/24 dev wan"),
            format!("route replace default via {INTERNET}"),
            format!("route replace {given} via {inside}"),
        ];
        if !now {
            lines.push(format!("route del {given}"));
        }
        router.configure(&lines)?;
        let mut lines = vec![format!("address replace {public}/32 dev lan")];
        lines.push(if now {
            format!("route replace default via {gateway} src {public}")
        } else {
            format!("address del {public}/32 dev lan\nroute replace default via {gateway}")
        });
        host.within(|| configure_here(&lines))?
    }
}

#[derive(Clone, Copy, Debug)]
struct Exposure {
    now: bool,
    public: Ipv4Addr,
    /// What the router keeps for itself meanwhile.
    spare: Ipv4Addr,
    /// The host's and the router's addresses inside.
    host: Ipv4Addr,
    router: Ipv4Addr,
}

fn check_programs() -> anyhow::Result<()> {
    let missing: Vec<&str> = PROGRAMS
        .iter()
        .filter(|(program, _)| run(Command::new("sh").args(["-c", "command -v \"$1\"", "sh", program])).is_err())
        .map(|(_, package)| *package)
        .collect();
    ensure!(
        missing.is_empty(),
        "the laboratory lacks programs of these Debian packages: {}; run `scripts/install.sh test`, or have them in PATH",
        missing.join(" ")
    );
    Ok(())
}

fn namespaces<const N: usize>() -> anyhow::Result<[Namespace; N]> {
    let made: Vec<Namespace> = (0..N).map(|_| Namespace::new()).collect::<anyhow::Result<_>>()?;
    made.try_into().ok().context("as many as asked for")
}

/// For the caller's own namespace: packets pass from one interface to another, and links come up without IPv6 addresses of their own. One
/// that comes up seconds later is a change of the network, at which Chromium drops what it is loading.
fn become_router() -> anyhow::Result<()> {
    set_here("ipv4/ip_forward", "1")?;
    prepare_links()?;
    // Bridged packets are no business of the fire wall. Without the module they are not anyway.
    let _ = set_here("bridge/bridge-nf-call-iptables", "0");
    Ok(())
}

fn prepare_links() -> anyhow::Result<()> {
    const NO_ADDRESS: &str = "1";
    for conf in ["all", "default"] {
        set_here(&format!("ipv4/conf/{conf}/send_redirects"), "0")?;
        set_here(&format!("ipv4/conf/{conf}/rp_filter"), "0")?;
    }
    set_here("ipv6/conf/default/addr_gen_mode", NO_ADDRESS)
}

/// The internet is a bridge with some addresses of its own.
fn lay_internet(internet: &Namespace, hosts: [(&Namespace, &str, Option<Ipv4Addr>); 5]) -> anyhow::Result<()> {
    bridge(internet, &[INTERNET, STUN_ONE, STUN_ONE_OTHER, STUN_TWO, NAME_SERVER])?;
    for (at, (host, name, address)) in hosts.into_iter().enumerate() {
        plug(internet, at, host, name)?;
        if let Some(address) = address {
            host.configure(&[
                format!("address add {address}/24 dev {name}"),
                format!("route add default via {INTERNET}"),
            ])?;
        }
    }
    Ok(())
}

fn lay_office(lan: &Namespace, hosts: [(&Namespace, Ipv4Addr, Option<Ipv4Addr>); 4]) -> anyhow::Result<()> {
    bridge(lan, &[])?;
    for (at, (host, address, gateway)) in hosts.into_iter().enumerate() {
        plug(lan, at, host, "lan")?;
        host.configure(&[format!("address add {address}/24 dev lan")])?;
        if let Some(gateway) = gateway {
            host.configure(&[format!("route add default via {gateway}")])?;
        }
    }
    Ok(())
}

/// The server is the test's own namespace: a network card on the LAN, and one on the internet that is down at first.
fn lay_server(internet: &Namespace, lan: &Namespace) -> anyhow::Result<()> {
    prepare_links()?;
    configure_here(&[
        "link set lo up".to_owned(),
        format!("link add name lan type veth peer name server netns {}", lan.path()),
        format!("link add name wan type veth peer name server netns {}", internet.path()),
        format!("address add {SERVER}/24 dev lan"),
        format!("address add {SERVER_WAN}/24 dev wan"),
        "link set lan up".to_owned(),
    ])?;
    for bridge in [internet, lan] {
        bridge.configure(&["link set server master bridge up"])?;
    }
    Ok(())
}

fn lay_home(router: &Namespace, carrier: &Namespace, pc: &Namespace) -> anyhow::Result<()> {
    pc.within(prepare_links)??;
    router.configure(&[
        format!("link add name lan type veth peer name lan netns {}", pc.path()),
        format!("link add name uplink type veth peer name lan netns {}", carrier.path()),
        format!("address add {HOME_ROUTER}/24 dev lan"),
        format!("address add {HOME_BEHIND_CARRIER}/24 dev uplink"),
        "link set lan up".to_owned(),
        "link set dev uplink up".to_owned(),
    ])?;
    carrier.configure(&[format!("address add {CARRIER_ROUTER}/24 dev lan"), "link set lan up".to_owned()])?;
    pc.configure(&[
        format!("address add {HOME_PC}/24 dev lan"),
        "link set lan up".to_owned(),
        format!("route add default via {HOME_ROUTER}"),
    ])
}

fn bridge(place: &Namespace, addresses: &[Ipv4Addr]) -> anyhow::Result<()> {
    let mut lines = vec!["link add name bridge type bridge".to_owned(), "link set bridge up".to_owned()];
    lines.extend(addresses.iter().map(|address| format!("address add {address}/24 dev bridge")));
    place.configure(&lines)
}

/// A cable from a host to a bridge.
fn plug(bridge: &Namespace, at: usize, host: &Namespace, name: &str) -> anyhow::Result<()> {
    host.within(prepare_links)??;
    bridge.configure(&[
        format!("link add name port{at} type veth peer name {name} netns {}", host.path()),
        format!("link set port{at} master bridge up"),
    ])?;
    host.configure(&[format!("link set {name} up")])
}

/// Everybody in the test's mount namespace asks the laboratory's name server and nobody else.
fn use_name_server(folder: &Path) -> anyhow::Result<()> {
    for (file, text) in [
        ("resolv.conf", format!("nameserver {NAME_SERVER}\noptions timeout:1 attempts:2\n")),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n".to_owned()),
    ] {
        let ours = folder.join(file);
        fs::write(&ours, text)?;
        let place = format!("/etc/{file}");
        run(Command::new("mount").arg("--bind").arg(&ours).arg(&place))
            .with_context(|| format!("{place} cannot be replaced for the test: it must exist, and the test needs a mount namespace"))?;
    }
    Ok(())
}
