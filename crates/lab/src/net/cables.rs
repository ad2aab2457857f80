//! The laboratory's computers and the cables between them, before anything runs on them.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::addresses::{
    CARRIER_PUBLIC, CARRIER_ROUTER, DESK_PHONE, HOME_BEHIND_CARRIER, HOME_PC, HOME_ROUTER, INTERNET, ITSP, ITSP_SECOND, NAME_SERVER,
    OFFICE_PC, OFFICE_PUBLIC, OFFICE_ROUTER, SECOND_ROUTER, SECOND_ROUTER_PUBLIC, SERVER, SERVER_WAN, STUN_ONE, STUN_ONE_OTHER, STUN_TWO,
    WORLD,
};
use super::forwarder::Cable;
use super::line::Line;
use super::namespace::{Namespace, configure_here, set_here};
use crate::process::run;

/// The programs that are needed and the Debian packages that have them.
const PROGRAMS: [(&str, &str); 5] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("nsenter", "util-linux"),
    ("mount", "mount"),
    ("turnserver", "coturn"),
];

/// Every computer but the server, which is the test's own. Cables are there as long as the networks at their ends.
#[derive(Clone, Debug)]
pub(super) struct Computers {
    pub(super) internet: Namespace,
    /// The office's switch.
    _office_lan: Namespace,
    pub(super) office_router: Namespace,
    pub(super) second_router: Namespace,
    pub(super) home_router: Namespace,
    pub(super) carrier_router: Namespace,
    pub(super) desk_phone: Namespace,
    pub(super) office_pc: Namespace,
    pub(super) home_pc: Namespace,
    pub(super) itsp: Namespace,
    /// Whom the ITSP connects us with.
    pub(super) world: Namespace,
    /// Where it is no ordinary cable.
    pub(super) home_line: Option<Cable>,
}

impl Computers {
    /// Makes all of them and lays the cables.
    pub(super) fn connected(home_line: Option<Line>) -> anyhow::Result<Computers> {
        check_programs()?;
        let [internet, office_router, second_router, home_router, carrier_router] = namespaces()?;
        let [office_lan, desk_phone, office_pc, home_pc, itsp, world] = namespaces()?;
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
                (&office_router, Some(OFFICE_PUBLIC)),
                (&second_router, Some(SECOND_ROUTER_PUBLIC)),
                (&home_router, None),
                (&carrier_router, Some(CARRIER_PUBLIC)),
                (&itsp, Some(ITSP)),
                (&world, Some(WORLD)),
            ],
        )?;
        itsp.configure(&[format!("address add {ITSP_SECOND}/24 dev wan")])?;
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
        let home_line = lay_home(&home_router, &carrier_router, &home_pc, home_line)?;
        Ok(Computers {
            internet,
            _office_lan: office_lan,
            office_router,
            second_router,
            home_router,
            carrier_router,
            desk_phone,
            office_pc,
            home_pc,
            itsp,
            world,
            home_line,
        })
    }
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
fn lay_internet(internet: &Namespace, hosts: [(&Namespace, Option<Ipv4Addr>); 6]) -> anyhow::Result<()> {
    bridge(internet, &[INTERNET, STUN_ONE, STUN_ONE_OTHER, STUN_TWO, NAME_SERVER])?;
    for (at, (host, address)) in hosts.into_iter().enumerate() {
        plug(internet, at, host, "wan")?;
        if let Some(address) = address {
            host.configure(&[
                format!("address add {address}/24 dev wan"),
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

fn lay_home(router: &Namespace, carrier: &Namespace, pc: &Namespace, line: Option<Line>) -> anyhow::Result<Option<Cable>> {
    pc.within(prepare_links)??;
    let cable = line.map(|line| Cable::lay(pc, router, "lan", line)).transpose()?;
    if cable.is_none() {
        router.configure(&[format!("link add name lan type veth peer name lan netns {}", pc.path())])?;
    }
    router.configure(&[
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
    ])?;
    Ok(cable)
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
pub(super) fn use_name_server(folder: &Path) -> anyhow::Result<()> {
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
