//! Where a provider's servers are (RFC 3263), best first.
//!
//! ```text
//!  host is an address ────────────────────────────────► it
//!  with a port ───────────────────────────────────────► A, AAAA
//!  with a transport ──────► SRV of that transport ────► A, AAAA of its targets; without SRV: of the host
//!  neither ───► NAPTR ────► SRV that it names ────────► A, AAAA of its targets
//!                 └ none ─► SRV of all transports ────► A, AAAA of their targets; without SRV: of the host, over UDP
//! ```
//!
//! What does not depend on each other is asked at the same time. A name server that says "no" leads on to the next step; one that does not
//! say anything does not: a line shall not move to another server only because an answer was lost. NAPTR is the exception, since some routers
//! never answer that.

mod order;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use hickory_resolver::proto::rr::rdata::NAPTR;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use sip::Transport;
use switchboard::trunks::{Located, Place, Records, Server, Trouble};
use tokio::time::timeout;

use super::dns::{Dns, Found, Missing};

/// All questions together.
const ALTOGETHER_MAX: Duration = Duration::from_secs(4);
/// More servers than these are passed over, and so are more hosts of one SRV name.
const SERVERS_MAX: usize = 16;
/// Addresses do not change.
const ADDRESS_FRESH: Duration = Duration::from_secs(24 * 3600);

/// Finds a provider's servers among those that are `usable` from here. The seed decides between servers of equal rank: the same one finds the
/// same order, however the name server turns its records, so a line stays where it is.
///
/// # Errors
///
/// When DNS knows none, when it does not answer within 4 s, or when no server is usable.
pub(crate) async fn locate(
    dns: &Dns,
    place: &Place,
    usable: impl Fn(Transport, SocketAddr) -> bool,
    seed: u64,
) -> Result<Located, Trouble> {
    let host = place.host.trim_start_matches('[').trim_end_matches([']', '.']);
    let search = Search { dns, host, seed };
    let found = match timeout(ALTOGETHER_MAX, search.endpoints(place.port, place.transport)).await {
        Ok(found) => found,
        Err(_late) => Err(Missing::Answer),
    };
    let found = found.map_err(|missing| match missing {
        Missing::Name => Trouble::UnknownName { host: place.host.clone() },
        Missing::Answer => Trouble::NameServerSilent { host: place.host.clone() },
    })?;
    let mut random = StdRng::seed_from_u64(seed);
    let mut servers: Vec<Server> = Vec::new();
    let (mut unusable, mut records) = (None, Records::Host);
    for endpoint in found.records {
        for ip in order::addresses(endpoint.addresses, &mut random) {
            let (transport, address) = (endpoint.transport, SocketAddr::new(ip, endpoint.port));
            if !usable(transport, address) {
                unusable = unusable.or(Some(address));
            } else if !servers.iter().any(|known| (known.transport, known.address) == (transport, address)) {
                let name = host.to_owned();
                if servers.is_empty() {
                    records = endpoint.found_by;
                }
                servers.push(Server { transport, address, name });
            }
        }
    }
    servers.truncate(SERVERS_MAX);
    match unusable {
        Some(server) if servers.is_empty() => Err(Trouble::NoRoute { server }),
        Some(_) | None => Ok(Located {
            servers,
            fresh_for: found.fresh_for,
            records,
        }),
    }
}

/// Addresses that are spoken to alike.
#[derive(Clone, Debug)]
struct Endpoint {
    transport: Transport,
    port: u16,
    addresses: Vec<IpAddr>,
    found_by: Records,
}

/// Why a service has no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absent {
    /// There is no SRV record.
    NoRecord,
    /// There is one that says no, or whose targets do not exist.
    Declined,
    /// Nobody answers.
    Silent,
}

#[derive(Clone, Copy)]
struct Search<'a> {
    dns: &'a Dns,
    host: &'a str,
    seed: u64,
}

impl Search<'_> {
    async fn endpoints(self, port: Option<u16>, transport: Option<Transport>) -> Result<Found<Endpoint>, Missing> {
        if let Ok(ip) = self.host.parse() {
            let transport = transport.unwrap_or(Transport::Udp);
            let endpoint = Endpoint {
                transport,
                port: port.unwrap_or(usual_port(transport)),
                addresses: vec![ip],
                found_by: Records::Address,
            };
            return Ok(Found {
                records: vec![endpoint],
                fresh_for: ADDRESS_FRESH,
            });
        }
        match (port, transport) {
            (Some(port), transport) => self.by_name(transport.unwrap_or(Transport::Udp), port).await,
            (None, Some(transport)) => {
                let (by_service, by_name) = tokio::join!(self.by_service(transport), self.by_name(transport, usual_port(transport)));
                match by_service {
                    Ok(found) => Ok(found),
                    Err(Absent::NoRecord) => by_name,
                    Err(Absent::Declined) => Err(Missing::Name),
                    Err(Absent::Silent) => Err(Missing::Answer),
                }
            }
            (None, None) => self.by_pointer().await,
        }
    }

    /// By NAPTR, else by any SRV, else by the name alone (sections 4.1 and 4.2).
    async fn by_pointer(self) -> Result<Found<Endpoint>, Missing> {
        let name = format!("{}.", self.host);
        let (pointers, udp, tcp, tls, by_name) = tokio::join!(
            self.dns.pointers(&name, ALTOGETHER_MAX),
            self.by_service(Transport::Udp),
            self.by_service(Transport::Tcp),
            self.by_service(Transport::Tls),
            self.by_name(Transport::Udp, usual_port(Transport::Udp)),
        );
        let by_pointer = match pointers {
            Ok(pointers) => self.follow(pointers).await,
            Err(Missing::Name | Missing::Answer) => Err(Absent::NoRecord),
        };
        match by_pointer {
            Ok(found) => return Ok(found),
            Err(Absent::Silent) => return Err(Missing::Answer),
            Err(Absent::NoRecord | Absent::Declined) => {}
        }
        let is_udp_declined = matches!(udp, Err(Absent::Declined));
        match together([udp, tcp, tls]) {
            Ok(found) => Ok(found),
            Err(Absent::Silent) => Err(Missing::Answer),
            Err(Absent::NoRecord | Absent::Declined) if is_udp_declined => Err(Missing::Name),
            Err(Absent::NoRecord | Absent::Declined) => by_name,
        }
    }

    /// The services of the lowest order that there are: those of a higher one are for clients that do not speak them (RFC 3403 section 4.1).
    async fn follow(self, pointers: Found<NAPTR>) -> Result<Found<Endpoint>, Absent> {
        for group in order::pointers(pointers.records) {
            let services = group.iter().map(|pointer| self.service(&pointer.service, pointer.transport));
            match together(join_all(services).await) {
                Ok(mut found) => {
                    found.records.iter_mut().for_each(|endpoint| endpoint.found_by = Records::Pointer);
                    return Ok(Found {
                        fresh_for: found.fresh_for.min(pointers.fresh_for),
                        records: found.records,
                    });
                }
                Err(Absent::Silent) => return Err(Absent::Silent),
                Err(Absent::NoRecord | Absent::Declined) => {}
            }
        }
        Err(Absent::NoRecord)
    }

    async fn by_service(self, transport: Transport) -> Result<Found<Endpoint>, Absent> {
        let service = match transport {
            Transport::Udp => "_sip._udp",
            Transport::Tcp => "_sip._tcp",
            Transport::Tls => "_sips._tcp",
            // Browsers speak that, not providers.
            Transport::Wss => return Err(Absent::NoRecord),
        };
        self.service(&format!("{service}.{}.", self.host), transport).await
    }

    async fn service(self, name: &str, transport: Transport) -> Result<Found<Endpoint>, Absent> {
        let services = self.dns.services(name, ALTOGETHER_MAX).await.map_err(|missing| match missing {
            Missing::Name => Absent::NoRecord,
            Missing::Answer => Absent::Silent,
        })?;
        let mut targets = services.records;
        // A target of "." says that there is no such service.
        targets.retain(|target| !target.target.is_root() && target.port != 0);
        let mut targets = order::services(targets, &mut StdRng::seed_from_u64(self.seed));
        targets.truncate(SERVERS_MAX);
        let looked_up = targets.iter().map(async |target| {
            let found = self.dns.addresses(&target.target.to_ascii(), ALTOGETHER_MAX).await;
            match found {
                Ok(found) => Ok(Found {
                    fresh_for: found.fresh_for.min(services.fresh_for),
                    records: vec![Endpoint {
                        transport,
                        port: target.port,
                        addresses: found.records,
                        found_by: Records::Service,
                    }],
                }),
                Err(Missing::Name) => Err(Absent::Declined),
                Err(Missing::Answer) => Err(Absent::Silent),
            }
        });
        match together(join_all(looked_up).await) {
            Err(Absent::NoRecord) => Err(Absent::Declined),
            found @ (Ok(_) | Err(Absent::Declined | Absent::Silent)) => found,
        }
    }

    async fn by_name(self, transport: Transport, port: u16) -> Result<Found<Endpoint>, Missing> {
        let found = self.dns.addresses(self.host, ALTOGETHER_MAX).await?;
        let endpoint = Endpoint {
            transport,
            port,
            addresses: found.records,
            found_by: Records::Host,
        };
        Ok(Found {
            records: vec![endpoint],
            fresh_for: found.fresh_for,
        })
    }
}

/// What has been found, in order; silence counts only where nothing has.
fn together(parts: impl IntoIterator<Item = Result<Found<Endpoint>, Absent>>) -> Result<Found<Endpoint>, Absent> {
    let mut all = Err(Absent::NoRecord);
    for part in parts {
        all = match (all, part) {
            (Ok(all), Ok(part)) => Ok(Found {
                records: [all.records, part.records].concat(),
                fresh_for: all.fresh_for.min(part.fresh_for),
            }),
            (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
            (Err(Absent::Silent), Err(_)) | (Err(_), Err(Absent::Silent)) => Err(Absent::Silent),
            (Err(Absent::Declined), Err(_)) | (Err(_), Err(Absent::Declined)) => Err(Absent::Declined),
            (Err(Absent::NoRecord), Err(Absent::NoRecord)) => Err(Absent::NoRecord),
        };
    }
    all
}

fn usual_port(transport: Transport) -> u16 {
    match transport {
        Transport::Udp | Transport::Tcp => 5060,
        Transport::Tls => 5061,
        Transport::Wss => 443,
    }
}
