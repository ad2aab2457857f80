//! IPv6 in the laboratory: routed, never translated, with a fire wall in each router.
//!
//! ```text
//!         internet 2001:db8:0:1::/64
//!   ─────┬──────────────────────┬─────────
//!        │::2                   │::100
//!   ┌────┴───┐              ┌───┴──┐
//!   │ router │ wall         │ home │ wall
//!   └────┬───┘              └───┬──┘
//!        │::1                   │::1
//!   ─────┴─┬──────────┬──    ───┴───┬────
//!      ::10│      ::30│         ::50│
//!       server       PC            PC
//!      2001:db8:a::/64       2001:db8:b::/64
//! ```

use std::net::Ipv6Addr;

use super::addresses::{
    HOME_PC_V6, HOME_ROUTER_V6, HOME_ROUTER_WAN_V6, INTERNET_V6, OFFICE_PC_V6, OFFICE_ROUTER_V6, OFFICE_ROUTER_WAN_V6, SERVER_V6,
};
use super::cables::Computers;
use super::namespace::{Namespace, configure_here};
use super::network::Network;
use crate::server::PORT;

/// What a router's fire wall lets out of IPv6. From outside come only answers (RFC 6092), and TCP 8802 to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    /// Everything.
    LetsOut,
    /// TCP to ports 80, 443 and 8802.
    NoUdp,
}

/// Both of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Walls {
    pub(super) home: Wall,
    pub(super) office: Wall,
}

impl Network {
    /// Exchanges the fire walls of IPv6. Routers forget their connections.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn set_ipv6(&mut self, home: Wall, office: Wall) -> anyhow::Result<()> {
        self.walls = Some(Walls { home, office });
        self.raise_walls()
    }

    /// Whether office and home have IPv6.
    pub fn has_ipv6(&self) -> bool {
        self.walls.is_some()
    }

    /// Those that the routers had may be gone with their other rules.
    pub(super) fn raise_walls(&self) -> anyhow::Result<()> {
        let Some(walls) = self.walls else { return Ok(()) };
        walls.raise(&self.computers.home_router, &self.computers.office_router)
    }
}

/// Gives everybody addresses and routes. They are there at once: one that comes up seconds later is a change of the network.
pub(super) fn lay(computers: &Computers) -> anyhow::Result<()> {
    let Computers {
        internet,
        office_router,
        home_router,
        office_pc,
        home_pc,
        ..
    } = computers;
    for router in [internet, office_router, home_router] {
        router.set("ipv6/conf/all/forwarding", "1")?;
    }
    let mut lines = interface("bridge", INTERNET_V6, 1);
    lines.push(format!("route add 2001:db8:a::/64 via {OFFICE_ROUTER_WAN_V6}"));
    lines.push(format!("route add 2001:db8:b::/64 via {HOME_ROUTER_WAN_V6}"));
    internet.configure(&lines)?;
    for (router, outside, inside, number) in [
        (office_router, OFFICE_ROUTER_WAN_V6, OFFICE_ROUTER_V6, 2),
        (home_router, HOME_ROUTER_WAN_V6, HOME_ROUTER_V6, 3),
    ] {
        let mut lines = interface("wan", outside, number);
        lines.extend(interface("lan", inside, 1));
        lines.push(default_route(INTERNET_V6));
        router.configure(&lines)?;
    }
    office_pc.configure(&host(OFFICE_PC_V6, OFFICE_ROUTER_V6))?;
    home_pc.configure(&host(HOME_PC_V6, HOME_ROUTER_V6))?;
    configure_here(&host(SERVER_V6, OFFICE_ROUTER_V6))
}

/// A router's interface. A router asks for its neighbours from its link-local address, which nobody makes by itself here.
fn interface(name: &str, address: Ipv6Addr, number: u8) -> Vec<String> {
    vec![
        format!("address add {address}/64 dev {name} nodad"),
        format!("address add fe80::{number}/64 dev {name} nodad"),
    ]
}

fn host(address: Ipv6Addr, router: Ipv6Addr) -> Vec<String> {
    vec![format!("address add {address}/64 dev lan nodad"), default_route(router)]
}

/// `default` would be that of IPv4.
fn default_route(via: Ipv6Addr) -> String {
    format!("route add ::/0 via {via}")
}

impl Walls {
    /// Raises both, instead of those that are there.
    pub(super) fn raise(self, home_router: &Namespace, office_router: &Namespace) -> anyhow::Result<()> {
        let forwarded = format!("ip6 daddr {SERVER_V6} tcp dport {PORT} accept;");
        for (router, wall, inbound) in [(home_router, self.home, ""), (office_router, self.office, &forwarded)] {
            router.add_rules(&wall.rules(inbound))?;
            router.forget_connections()?;
        }
        Ok(())
    }
}

impl Wall {
    fn rules(self, inbound: &str) -> String {
        let out = match self {
            Wall::LetsOut => "iifname lan accept;",
            Wall::NoUdp => "iifname lan tcp dport { 80, 443, 8802 } accept;",
        };
        // Made first, so that there is one to delete. A connection that the router has forgotten is reset, so that nobody waits for it.
        format!(
            "table ip6 wall
             delete table ip6 wall
             table ip6 wall {{
               chain passing {{ type filter hook forward priority filter; policy drop;
                 meta l4proto tcp ct state invalid reject with tcp reset; ct state established,related accept; {inbound} {out}
               }}
             }}"
        )
    }
}
