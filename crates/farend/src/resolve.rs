//! Names of STUN servers to addresses: within a time limit, or what they were the last time.
//!
//! Nothing waits for DNS without a limit: a dead one costs a start, a command or a refresh of servers that limit, and a call nothing.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::rdata::SRV;
use hickory_resolver::proto::rr::{RData, RecordType};
use tokio::time::timeout;

use crate::config::StunServer;

/// So long an SRV record is waited for; many resolvers never answer such questions.
const SRV_MAX: Duration = Duration::from_millis(700);
/// A question to a DNS server is repeated after this time.
const REPEAT: Duration = Duration::from_millis(350);
/// So often it is asked at most.
const ATTEMPTS: usize = 4;
/// More hosts of one SRV name than these are passed over.
const TARGETS_MAX: usize = 4;
/// More addresses of one server than these are passed over.
const ADDRESSES_MAX: usize = 8;
/// So many servers' last addresses are remembered at most.
const KNOWN_MAX: usize = 64;

/// Asks the DNS servers of the system.
pub(crate) struct Resolver {
    /// `None` when the system's settings cannot be read.
    dns: Option<TokioResolver>,
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
        let dns = TokioResolver::builder_tokio().and_then(|mut builder| {
            let options = builder.options_mut();
            options.timeout = REPEAT;
            options.attempts = ATTEMPTS;
            builder.build()
        });
        Self {
            dns: dns.inspect_err(|error| tracing::debug!(%error, "DNS settings")).ok(),
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
        let Some(dns) = &self.dns else {
            return Err(Unresolved::Unconfigured(server.clone()));
        };
        let found = look_up(dns, server, within).await;
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

async fn look_up(dns: &TokioResolver, server: &StunServer, within: Duration) -> Result<Vec<SocketAddr>, Unresolved> {
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

/// What is missing when there is no address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Name,
    Answer,
}

/// A and AAAA, each for itself: one that is not answered does not take the other with it.
async fn addresses(dns: &TokioResolver, host: &str, port: u16, within: Duration) -> Result<Vec<SocketAddr>, Missing> {
    let ask = async |kind| match timeout(within, dns.lookup(host, kind)).await {
        Ok(Ok(found)) => Ok(found.answers().iter().filter_map(|record| ip(&record.data)).collect()),
        Ok(Err(error)) if is_negative(&error) => Err(Missing::Name),
        Ok(Err(_)) | Err(_) => Err(Missing::Answer),
    };
    let answers: [Result<Vec<IpAddr>, Missing>; 2] = tokio::join!(ask(RecordType::A), ask(RecordType::AAAA)).into();
    let found: Vec<_> = answers.iter().flatten().flatten().map(|ip| SocketAddr::new(*ip, port)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let is_silent = answers.contains(&Err(Missing::Answer));
    Err(if is_silent { Missing::Answer } else { Missing::Name })
}

/// The hosts that the SRV record names, the best first (RFC 2782), with their ports.
async fn by_service(dns: &TokioResolver, host: &str, within: Duration) -> Vec<SocketAddr> {
    let Ok(found) = dns.lookup(format!("_stun._udp.{host}."), RecordType::SRV).await else {
        return Vec::new();
    };
    let mut targets: Vec<&SRV> = found.answers().iter().filter_map(|record| service(&record.data)).collect();
    targets.sort_by_key(|target| (target.priority, u16::MAX - target.weight));
    targets.truncate(TARGETS_MAX);
    let look_up = targets.into_iter().map(async |target| {
        let found = addresses(dns, &target.target.to_ascii(), target.port, within).await;
        found.unwrap_or_default()
    });
    futures_util::future::join_all(look_up).await.concat()
}

fn ip(data: &RData) -> Option<IpAddr> {
    data.ip_addr()
}

/// A target of "." says that there is no such service.
fn service(data: &RData) -> Option<&SRV> {
    match data {
        RData::SRV(service) if !service.target.is_root() && service.port != 0 => Some(service),
        _ => None,
    }
}

/// Somebody has answered, and there is none.
fn is_negative(error: &NetError) -> bool {
    error.is_nx_domain() || error.is_no_records_found()
}

#[cfg(test)]
mod tests;
