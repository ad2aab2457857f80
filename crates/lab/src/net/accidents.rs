//! What befalls networks in mid-call. Nobody is told: packets vanish, as they do outside of laboratories.

use std::time::Duration;

use super::addresses::{
    HOME_PC, HOME_PC_MOBILE, HOME_PUBLIC_CHANGED, HOME_ROUTER, INTERNET, MOBILE_PUBLIC, MOBILE_ROUTER, OFFICE_PUBLIC,
    OFFICE_PUBLIC_CHANGED, PBX, SERVER,
};
use super::namespace::Namespace;
use super::nat::Nat;
use super::network::Network;
use super::rules::{Passage, Router};
use crate::server::PORT;

/// Packets of connections that a router has forgotten vanish: the kinder ones, which reset them, are the usual ones of the laboratory.
const SILENT: &str = "meta l4proto tcp ct state invalid drop;";
/// UDP vanishes, but for names.
const NO_UDP: &str = "udp dport 53 accept; udp sport 53 accept; meta l4proto udp drop;";

impl Network {
    /// The home router gets another public address and remembers no connection.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn change_home_address(&mut self) -> anyhow::Result<()> {
        let router = &self.computers.home_router;
        befall(router, SILENT)?;
        router.configure(&[
            "address flush dev wan".to_owned(),
            format!("address add {HOME_PUBLIC_CHANGED}/24 dev wan"),
            format!("route replace default via {INTERNET}"),
        ])?;
        router.forget_connections()
    }

    /// The home router forgets UDP that is silent for so long, whatever has passed before.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn forget_udp_after(&self, time: Duration) -> anyhow::Result<()> {
        let seconds = time.as_secs().to_string();
        for key in ["nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"] {
            self.computers.home_router.set(&format!("netfilter/{key}"), &seconds)?;
        }
        Ok(())
    }

    /// The office's router gets another public address and remembers no connection: it moves between two of them. The name has the new one at
    /// once, and the old one is dead.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn change_office_address(&mut self) -> anyhow::Result<()> {
        let old = self.office_public();
        let new = if old == OFFICE_PUBLIC {
            OFFICE_PUBLIC_CHANGED
        } else {
            OFFICE_PUBLIC
        };
        let router = &self.computers.office_router;
        befall(router, SILENT)?;
        // Neighbours still know whose the old address was.
        router.add_rules(&format!(
            "add chain ip accident arriving {{ type filter hook prerouting priority raw; }}\nadd rule ip accident arriving ip daddr {old} drop\n"
        ))?;
        router.configure(&[
            "address flush dev wan".to_owned(),
            format!("address add {new}/24 dev wan"),
            format!("route replace default via {INTERNET}"),
        ])?;
        self.office_address = new;
        self.names().set_split(PBX, new, SERVER);
        router.forget_connections()
    }

    /// The PC at home loses its Wi-Fi, with the address and the routes that it had.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn lose_wi_fi(&mut self) -> anyhow::Result<()> {
        self.computers.home_pc.configure(&["link set lan down", "address flush dev lan"])
    }

    /// The PC at home gets a second network interface with another address, another gateway and another NAT. While the first one is there,
    /// that one is preferred.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn join_mobile_network(&mut self) -> anyhow::Result<()> {
        if self.mobile.is_none() {
            self.mobile = Some(mobile_network(&self.computers.internet, &self.computers.home_pc)?);
        }
        self.computers.home_pc.configure(&[
            "link set mobile up".to_owned(),
            format!("address add {HOME_PC_MOBILE}/24 dev mobile"),
            format!("route add default via {MOBILE_ROUTER} metric 100"),
        ])
    }

    /// From now on the home's router lets no UDP through. What it knows of TCP goes on.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn block_udp_at_home(&mut self) -> anyhow::Result<()> {
        befall(&self.computers.home_router, NO_UDP)
    }

    /// From now on the home's router passes nothing of IPv4 but names.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn lose_ipv4_at_home(&mut self) -> anyhow::Result<()> {
        befall(&self.computers.home_router, "udp dport 53 accept; udp sport 53 accept; drop;")
    }

    /// From now on IPv6 ends at the home's router: the PC has an address, and nothing that it sends arrives.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn lose_ipv6_at_home(&mut self) -> anyhow::Result<()> {
        self.computers
            .home_router
            .add_rules("table ip6 accident { chain passing { type filter hook forward priority -10; policy drop; }; }\n")
    }

    /// What the home's router has swallowed passes again.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn mend_home_router(&mut self) -> anyhow::Result<()> {
        mend(&self.computers.home_router)
    }

    /// TCP between home and the server stops: what is connected falls silent, what connects is refused. UDP goes on.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn cut_tcp_at_home(&mut self) -> anyhow::Result<()> {
        befall(
            &self.computers.home_router,
            &format!("iifname lan tcp dport {PORT} ct state new reject with tcp reset; tcp dport {PORT} drop; tcp sport {PORT} drop;"),
        )
    }

    /// The home is as it was set up. Its router forgets its connections.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn restore_home(&mut self) -> anyhow::Result<()> {
        if self.mobile.is_some() {
            self.computers
                .home_pc
                .configure(&["link set mobile down", "address flush dev mobile"])?;
        }
        self.computers.home_pc.configure(&[
            "link set lan up".to_owned(),
            format!("address replace {HOME_PC}/24 dev lan"),
            format!("route replace default via {HOME_ROUTER}"),
        ])?;
        self.set_home(self.home())
    }
}

/// Rules before the router's own, instead of those of the last accident.
fn befall(router: &Namespace, rules: &str) -> anyhow::Result<()> {
    mend(router)?;
    router.add_rules(&format!(
        "table ip accident {{ chain passing {{ type filter hook forward priority -10; policy accept; {rules} }}; }}\n"
    ))
}

fn mend(router: &Namespace) -> anyhow::Result<()> {
    // Made first, so that there is one to delete.
    router.add_rules("table ip accident\ndelete table ip accident\n")
}

/// A router of the internet to which the PC has a way that is down at first.
fn mobile_network(internet: &Namespace, pc: &Namespace) -> anyhow::Result<Namespace> {
    let router = Namespace::new()?;
    router.set("ipv4/ip_forward", "1")?;
    router.set("ipv6/conf/default/addr_gen_mode", "1")?;
    internet.configure(&[
        format!("link add name mobile type veth peer name wan netns {}", router.path()),
        "link set mobile master bridge up".to_owned(),
    ])?;
    router.configure(&[
        format!("link add name lan type veth peer name mobile netns {}", pc.path()),
        format!("address add {MOBILE_PUBLIC}/24 dev wan"),
        format!("address add {MOBILE_ROUTER}/24 dev lan"),
        "link set wan up".to_owned(),
        "link set lan up".to_owned(),
        format!("route add default via {INTERNET}"),
    ])?;
    let rules = Router {
        nat: Nat::PortRestricted,
        outside: "wan",
        forward: None,
        hairpin: None,
        passage: Passage::ByNat,
    };
    router.load_rules(&rules.rules())?;
    Ok(router)
}
