//! Names of STUN servers to addresses: within a time limit, or what they were the last time.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::StunServer;
use tokio::time::timeout;

use super::dns::{Dns, Missing};

/// So long an SRV record is waited for; many resolvers never answer such questions.
const SRV_MAX: Duration = Duration::from_millis(700);
/// More hosts of one SRV name than these are passed over.
const TARGETS_MAX: usize = 4;
/// More addresses of one server than these are passed over.
const ADDRESSES_MAX: usize = 8;
/// So many servers' last addresses are remembered at most.
const KNOWN_MAX: usize = 64;

/// Asks the DNS servers of the system.
pub(crate) struct Resolver {
    dns: Dns,
    known: Mutex<BTreeMap<StunServer, Vec<SocketAddr>>>,
}

/// Why a server has no address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unresolved {
    /// DNS says so.
    #[error("there is no address of {0}; check the name")]
    Unknown(StunServer),
    /// DNS does not say anything.
    #[error("no DNS server answers for {0}; check /etc/resolv.conf, or give an address instead of a name")]
    Unanswered(StunServer),
    /// There is nobody to ask.
    #[error(
        "the system's DNS settings cannot be read, so {0} has no address; check /etc/resolv.conf, or give an address instead of a name"
    )]
    Unconfigured(StunServer),
}

impl Resolver {
    /// With the settings of the system: `/etc/resolv.conf`, `/etc/hosts`.
    pub(crate) fn system() -> Self {
        Self::with(Dns::system())
    }

    fn with(dns: Dns) -> Self {
        Self {
            dns,
            known: Mutex::default(),
        }
    }

    /// The addresses of a server, IPv4 first; those of the last time when DNS does not answer `within` this time.
    ///
    /// # Errors
    ///
    /// When there is none, and never was.
    pub(crate) async fn resolve(&self, server: &StunServer, within: Duration) -> Result<Vec<SocketAddr>, Unresolved> {
        if let Ok(ip) = server.host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, server.port_or_default())]);
        }
        if !self.dns.is_configured() {
            return Err(Unresolved::Unconfigured(server.clone()));
        }
        let found = look_up(&self.dns, server, within).await;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match found {
            Ok(addresses) => {
                if known.len() >= KNOWN_MAX && !known.contains_key(server) {
                    known.clear();
                }
                known.insert(server.clone(), addresses.clone());
                Ok(addresses)
            }
            Err(error) => known.get(server).cloned().ok_or(error),
        }
    }
}

async fn look_up(dns: &Dns, server: &StunServer, within: Duration) -> Result<Vec<SocketAddr>, Unresolved> {
    let by_name = addresses(dns, &server.host, server.port_or_default(), within);
    let by_service = async {
        match server.port {
            Some(_) => Vec::new(),
            None => timeout(SRV_MAX.min(within), by_service(dns, &server.host, within))
                .await
                .unwrap_or_default(),
        }
    };
    let (by_name, by_service) = tokio::join!(by_name, by_service);
    let mut found = if by_service.is_empty() { by_name } else { Ok(by_service) }.map_err(|missing| match missing {
        Missing::Name => Unresolved::Unknown(server.clone()),
        Missing::Answer => Unresolved::Unanswered(server.clone()),
    })?;
    found.truncate(ADDRESSES_MAX);
    Ok(found)
}

async fn addresses(dns: &Dns, host: &str, port: u16, within: Duration) -> Result<Vec<SocketAddr>, Missing> {
    let found = dns.addresses(host, within).await?;
    Ok(found.records.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
}

/// The hosts that the SRV record names, the best first (RFC 2782), with their ports. A target of "." says that there is no such service.
async fn by_service(dns: &Dns, host: &str, within: Duration) -> Vec<SocketAddr> {
    let Ok(found) = dns.services(&format!("_stun._udp.{host}."), within).await else {
        return Vec::new();
    };
    let mut targets = found.records;
    targets.retain(|target| !target.target.is_root() && target.port != 0);
    targets.sort_by_key(|target| (target.priority, u16::MAX - target.weight));
    targets.truncate(TARGETS_MAX);
    let look_up = targets.into_iter().map(async |target| {
        let found = addresses(dns, &target.target.to_ascii(), target.port, within).await;
        found.unwrap_or_default()
    });
    futures_util::future::join_all(look_up).await.concat()
}

#[cfg(test)]
mod tests;
