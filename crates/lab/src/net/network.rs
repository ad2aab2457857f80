//! The laboratory while it runs.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

use super::Lab;
use super::addresses::{
    CARRIER_ROUTER, HOME_PC, HOME_PUBLIC, HOME_ROUTER, HOME_SPARE, INTERNET, ITSP, OFFICE_PUBLIC, OFFICE_ROUTER, OFFICE_SPARE, PBX,
    PBX_V6_ONLY, PROXY_PORT, SECOND_ROUTER, SERVER, SERVER_V6, SERVER_WAN, STUN_ONE, STUN_ONE_OTHER, STUN_TWO, WORLD,
};
use super::cables::{Computers, use_name_server};
use super::dns::Names;
use super::forwarder::Cable;
use super::host::Host;
use super::ipv6::{self, Walls};
use super::namespace::{Namespace, configure_here};
use super::nat::{Home, Nat, Office};
use super::proxy::Proxy;
use super::rules::{Passage, Router};
use super::stun;
use crate::process::Process;
use crate::server::{PORT, SIP_PORT, SIP_TLS_PORT};

/// Networks, routers and servers, as they are now. Everything ends with the test.
#[derive(Debug)]
pub struct Network {
    home: Home,
    office: Office,
    hairpin: bool,
    /// Where there is IPv6.
    pub(super) walls: Option<Walls>,
    pub(super) computers: Computers,
    /// The mobile network's router, as soon as somebody needs it.
    pub(super) mobile: Option<Namespace>,
    /// The office router's, of which it has two by turns.
    pub(super) office_address: Ipv4Addr,
    hosts: Hosts,
    names: Names,
    proxy: Proxy,
    stun_one: Process,
    stun_two: Process,
}

/// The computers on which something may be started.
#[derive(Debug)]
struct Hosts {
    server: Host,
    desk_phone: Host,
    office_pc: Host,
    home_pc: Host,
    itsp: Host,
    world: Host,
    internet: Host,
}

impl Network {
    pub(super) fn start(lab: Lab, folder: &Path) -> anyhow::Result<Network> {
        fs::create_dir_all(folder)?;
        let computers = Computers::connected(lab.line)?;
        use_name_server(folder)?;
        let names = Names::default();
        for (name, address) in [
            ("stun-one.example.test", STUN_ONE),
            ("stun-two.example.test", STUN_TWO),
            ("itsp.example.test", ITSP),
        ] {
            names.set(name, address);
        }
        names.serve(&computers.internet)?;
        let proxy = Proxy::default();
        proxy.serve(&computers.home_router)?;
        let mut network = Network {
            home: lab.home,
            office: lab.office,
            hairpin: lab.hairpin,
            walls: lab.walls,
            hosts: Hosts::of(&computers, folder),
            stun_one: stun::start(&computers.internet, "stun-one", &[STUN_ONE, STUN_ONE_OTHER], folder)?,
            stun_two: stun::start(&computers.internet, "stun-two", &[STUN_TWO], folder)?,
            computers,
            mobile: None,
            office_address: OFFICE_PUBLIC,
            names,
            proxy,
        };
        network.set_office(lab.office)?;
        network.set_home(lab.home)?;
        if lab.walls.is_some() {
            ipv6::lay(&network.computers)?;
            network.names.set_v6(PBX, SERVER_V6);
            network.names.set_v6(PBX_V6_ONLY, SERVER_V6);
        }
        stun::wait_until_ready(&network.computers.internet, &[STUN_ONE, STUN_ONE_OTHER, STUN_TWO])?;
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
        self.computers.home_router.configure(&["link set wan up"])?;
        let (nat, outside, passage) = match home {
            Home::Lan => (Nat::PortRestricted, "wan", Passage::ByNat),
            Home::Behind(nat) => (nat, "wan", Passage::ByNat),
            Home::Carrier(_) => (Nat::PortRestricted, "uplink", Passage::ByNat),
            Home::ConnectProxyOnly | Home::TlsOnly => (Nat::PortRestricted, "wan", Passage::ProxyAt(PROXY_PORT)),
        };
        self.expose(
            &self.computers.home_router,
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
            self.computers.home_router.configure(&[
                "link set wan down".to_owned(),
                format!("route replace default via {CARRIER_ROUTER}"),
            ])?;
        }
        self.computers.carrier_router.load_rules(
            &Router {
                nat: if let Home::Carrier(nat) = home { nat } else { Nat::PortRestricted },
                outside: "wan",
                forward: None,
                hairpin: None,
                passage: Passage::ByNat,
            }
            .rules(),
        )?;
        self.computers.home_router.load_rules(
            &Router {
                nat,
                outside,
                forward: None,
                hairpin: None,
                passage,
            }
            .rules(),
        )?;
        self.raise_walls()
    }

    /// Exchanges how the office is connected. Routers forget their connections.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn set_office(&mut self, office: Office) -> anyhow::Result<()> {
        self.office = office;
        self.office_address = OFFICE_PUBLIC;
        let nat = match office {
            Office::Behind(nat) => nat,
            Office::StunOverSecondRouter | Office::ServerWithWan => Nat::PortRestricted,
        };
        self.expose(
            &self.computers.office_router,
            &self.hosts.server,
            Exposure {
                now: nat == Nat::Open,
                public: OFFICE_PUBLIC,
                spare: OFFICE_SPARE,
                host: SERVER,
                router: OFFICE_ROUTER,
            },
        )?;
        let mut lines = static_routes(office == Office::StunOverSecondRouter);
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
        self.computers.second_router.load_rules(
            &Router {
                nat: Nat::PortRestricted,
                outside: "wan",
                forward: None,
                hairpin: None,
                passage: Passage::ByNat,
            }
            .rules(),
        )?;
        self.computers.office_router.load_rules(
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
        self.raise_walls()
    }

    /// Sets or removes the server's static routes to the STUN servers and the ITSP over the second router, and touches nothing else.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn route_over_second_router(&mut self, over_second: bool) -> anyhow::Result<()> {
        self.office = if over_second {
            Office::StunOverSecondRouter
        } else {
            Office::Behind(Nat::PortRestricted)
        };
        configure_here(&static_routes(over_second))
    }

    /// Lets SIP in over UDP by the office's router, for a peer on the internet.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn forward_sip(&mut self) -> anyhow::Result<()> {
        self.computers.office_router.add_rules(&format!(
            "table ip sip {{ chain arriving {{ type nat hook prerouting priority -101; iifname wan udp dport {SIP_PORT} dnat to {SERVER}; }}; }}\n"
        ))
    }

    /// Lets SIP in over TLS, for desk phones at home.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn forward_sip_tls(&mut self) -> anyhow::Result<()> {
        self.computers.office_router.add_rules(&format!(
            "table ip sips {{ chain arriving {{ type nat hook prerouting priority -101; iifname wan tcp dport {SIP_TLS_PORT} dnat to {SERVER}; }}; }}\n"
        ))
    }

    /// From now on the office's router helps SIP over UDP through its NAT, as Linux does (`nf_conntrack_sip`, `nf_nat_sip`): what comes from or goes
    /// to port 5060 is rewritten where it names private addresses.
    ///
    /// # Errors
    ///
    /// When the kernel has no such helper.
    pub fn start_sip_helper(&self) -> anyhow::Result<()> {
        Self::help_sip(&self.computers.office_router)
    }

    /// As [`Network::start_sip_helper`], at home.
    ///
    /// # Errors
    ///
    /// When the kernel has no such helper.
    pub fn start_sip_helper_at_home(&self) -> anyhow::Result<()> {
        Self::help_sip(&self.computers.home_router)
    }

    /// The home's router helps no more.
    ///
    /// # Errors
    ///
    /// When it did not.
    pub fn stop_sip_helper_at_home(&self) -> anyhow::Result<()> {
        self.computers.home_router.add_rules("delete table ip helper\n")?;
        self.computers.home_router.forget_connections()
    }

    fn help_sip(router: &Namespace) -> anyhow::Result<()> {
        let rules = "table ip helper {
               ct helper sip { type \"sip\" protocol udp; l3proto ip; }
               chain arriving { type filter hook prerouting priority mangle; udp dport 5060 ct helper set \"sip\"; }
             }\n";
        router.add_rules(rules)?;
        router.forget_connections()
    }

    /// From now on the proxy at home knows pages by their names for HTTP in TLS, and ends everything else: [`Home::TlsOnly`] at its worst.
    pub fn let_pages_only_through_proxy(&self) {
        self.proxy.set_pages_only(true);
    }

    /// Starts a STUN server of the ITSP's own, on its host.
    ///
    /// # Errors
    ///
    /// When it does not come up.
    pub fn start_itsp_stun(&self, folder: &Path) -> anyhow::Result<Process> {
        let server = stun::start(&self.computers.itsp, "stun-itsp", &[ITSP], folder)?;
        stun::wait_until_ready(&self.computers.itsp, &[ITSP])?;
        Ok(server)
    }

    /// Where the internet reaches the server's page.
    pub fn office_public(&self) -> Ipv4Addr {
        match self.office {
            Office::Behind(_) | Office::StunOverSecondRouter => self.office_address,
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

    /// Whom the ITSP connects us with.
    pub fn world(&self) -> &Host {
        &self.hosts.world
    }

    /// A host that everybody reaches, with the addresses of the STUN servers and the name server.
    pub fn internet(&self) -> &Host {
        &self.hosts.internet
    }

    /// The home's line, if it was asked for when the laboratory was built.
    pub fn home_line(&self) -> Option<&Cable> {
        self.computers.home_line.as_ref()
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

fn static_routes(over_second: bool) -> Vec<String> {
    let hosts = [STUN_ONE, STUN_ONE_OTHER, STUN_TWO, ITSP, WORLD].into_iter();
    let routes = hosts.map(|host| {
        if over_second {
            format!("route replace {host} via {SECOND_ROUTER}")
        } else {
            // Replaced first, so that there is one to delete.
            format!("route replace {host} via {OFFICE_ROUTER}\nroute del {host}")
        }
    });
    routes.collect()
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

impl Hosts {
    fn of(computers: &Computers, folder: &Path) -> Hosts {
        let host = |namespace: &Namespace| Host::new(namespace.clone(), folder);
        Hosts {
            server: Host::own(folder),
            desk_phone: host(&computers.desk_phone),
            office_pc: host(&computers.office_pc),
            home_pc: host(&computers.home_pc),
            itsp: host(&computers.itsp),
            world: host(&computers.world),
            internet: host(&computers.internet),
        }
    }
}
