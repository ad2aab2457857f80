//! `farend nat`

mod progress;
mod report;

use std::net::{IpAddr, SocketAddr, SocketAddrV4};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use model::StunServer;

use self::progress::Progress;
use self::report::Report;
use crate::config::Config;
use crate::nat::{Family, alg, behaviour, lifetime};
use crate::resolve::Resolver;

/// DNS has this time; with that of the probe it makes less than the five seconds that the command may take.
const DNS_MAX: Duration = Duration::from_millis(1_200);
/// More servers than these are refused.
const SERVERS_MAX: usize = 8;

#[derive(Args)]
pub(super) struct Nat {
    /// Whom to ask, by name or address; two on different hosts tell more than one [default: the servers of the configuration]
    #[arg(long = "stun", value_name = "HOST:PORT", value_parser = parse_server)]
    servers: Vec<StunServer>,
    /// Our address to ask from, where the computer has several
    #[arg(long, value_name = "IP")]
    bind: Option<IpAddr>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    /// Finds out how long idle mappings live as well: takes up to five minutes
    #[arg(long)]
    lifetime: bool,
    /// Finds out whether a router on the way to this farend server rewrites SIP (SIP ALG), by its SIP port [default port: 5060]
    #[arg(long, value_name = "SERVER[:PORT]", value_parser = parse_server)]
    alg: Option<StunServer>,
    /// The configuration file to take STUN servers from
    #[arg(long, value_name = "FILE", conflicts_with = "servers")]
    config: Option<PathBuf>,
}

pub(super) async fn run(nat: Nat) -> anyhow::Result<()> {
    let servers = if nat.servers.is_empty() {
        match configured(nat.config.as_deref()) {
            // Who asks for that alone needs no STUN server.
            Err(_) if nat.alg.is_some() && nat.config.is_none() => Vec::new(),
            configured => configured?,
        }
    } else {
        nat.servers
    };
    if servers.len() > SERVERS_MAX {
        bail!("{} STUN servers are too many; name at most {SERVERS_MAX}", servers.len());
    }
    let resolver = Resolver::system();
    let lookups = servers.iter().map(|server| resolver.resolve(server, DNS_MAX));
    let (mut addresses, mut unresolved) = (Vec::new(), Vec::new());
    for found in futures_util::future::join_all(lookups).await {
        match found {
            Ok(found) => addresses.extend(found),
            Err(error) => unresolved.push(error),
        }
    }
    if let (true, Some(_)) = (addresses.is_empty(), unresolved.first()) {
        return Err(unresolved.remove(0).into());
    }
    let both = Family::ALL.map(|family| behaviour::look(family, &addresses, nat.bind));
    let evidence = futures_util::future::try_join_all(both).await?;
    let mut report = Report::new(Family::ALL.into_iter().zip(evidence), &unresolved);
    if let Some(server) = &nat.alg {
        report.add_alg(alg::look(sip_port(&resolver, server).await?, nat.bind).await?);
    }
    if report.is_empty() {
        bail!("no server could be asked; check --bind and the servers");
    }
    if nat.lifetime {
        let families = report.families();
        let progress = Progress::default();
        let measure = |family| lifetime::find(family, &addresses, nat.bind, progress.of(family));
        let found = futures_util::future::try_join_all(families.iter().copied().map(measure)).await;
        progress.end();
        report.add_lifetimes(&found.context("cannot measure how long mappings live: the system gives no more sockets")?);
    }
    if nat.json {
        super::print_json(&report.json())
    } else {
        super::print(&report.to_string())
    }
}

fn parse_server(text: &str) -> Result<StunServer, String> {
    let remedy = "write name and port, e.g. stun.example.com:3478";
    text.parse().map_err(|wrong| format!("{wrong}; {remedy}"))
}

/// The SIP port of a server, by IPv4.
async fn sip_port(resolver: &Resolver, server: &StunServer) -> anyhow::Result<SocketAddrV4> {
    let server = StunServer {
        port: server.port.or(Some(alg::SIP_PORT)),
        ..server.clone()
    };
    let addresses = resolver.resolve(&server, DNS_MAX).await?;
    let mut by_ipv4 = addresses.iter().filter_map(|address| match address {
        SocketAddr::V4(address) => Some(*address),
        SocketAddr::V6(_) => None,
    });
    by_ipv4.next().with_context(|| {
        let host = &server.host;
        format!("{host} has no IPv4 address, and routers rewrite no other; there is nothing to look for")
    })
}

/// The servers of the configuration; without `--config` a file at the usual place will do, but need not exist.
fn configured(file: Option<&Path>) -> anyhow::Result<Vec<StunServer>> {
    let remedy = "name one with --stun HOST:PORT, better two on different hosts";
    let usual = Path::new(super::CONFIG);
    let Some(file) = file.or_else(|| usual.exists().then_some(usual)) else {
        bail!("no STUN server is known; {remedy}")
    };
    let servers = Config::read(file)?.stun.servers;
    if servers.is_empty() {
        bail!("{} names no STUN servers; {remedy}", file.display());
    }
    Ok(servers)
}
