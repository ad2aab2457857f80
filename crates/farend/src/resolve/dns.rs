//! Questions to the DNS servers of the system. "There is none" and "nobody answers" are told apart.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::ResolverOpts;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::rdata::{NAPTR, SRV};
use hickory_resolver::proto::rr::{RData, RecordType};

/// A question to a DNS server is repeated after this time.
const REPEAT: Duration = Duration::from_millis(350);
/// So often it is asked at most.
const ATTEMPTS: usize = 4;
/// That a name does not exist is believed no longer, whatever its zone says: somebody may just be putting it right.
const NEGATIVE_MAX: Duration = Duration::from_secs(5);

/// The DNS servers of the system; cheap to clone. Answers are kept as long as their TTL says, and the same question is not asked twice at a time.
#[derive(Clone)]
pub(crate) struct Dns {
    /// `None` when the system's settings cannot be read.
    resolver: Option<TokioResolver>,
}

/// What DNS has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found<T> {
    /// At least one.
    pub(super) records: Vec<T>,
    /// The shortest TTL on the way there.
    pub(super) fresh_for: Duration,
}

/// What is missing when nothing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// There is no such record.
    Name,
    /// Nobody has answered, or nobody who knows.
    Answer,
}

impl Dns {
    /// With the settings of the system: `/etc/resolv.conf`, `/etc/hosts`.
    pub(crate) fn system() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|mut builder| {
            configure(builder.options_mut());
            builder.build()
        });
        Self {
            resolver: resolver.inspect_err(|error| tracing::debug!(%error, "DNS settings")).ok(),
        }
    }

    /// With a server of a test's own.
    #[cfg(test)]
    pub(super) fn of(config: hickory_resolver::config::ResolverConfig) -> Self {
        let mut builder = TokioResolver::builder_with_config(config, hickory_resolver::net::runtime::TokioRuntimeProvider::default());
        configure(builder.options_mut());
        Self {
            resolver: builder.build().ok(),
        }
    }

    /// Whether the system says whom to ask.
    pub(super) fn is_configured(&self) -> bool {
        self.resolver.is_some()
    }

    /// A and AAAA, IPv4 first, each for itself: one that is not answered does not take the other with it.
    pub(super) async fn addresses(&self, host: &str, within: Duration) -> Result<Found<IpAddr>, Missing> {
        let ask = |kind| self.ask(host, kind, within, |data| data.ip_addr());
        match tokio::join!(ask(RecordType::A), ask(RecordType::AAAA)) {
            (Ok(v4), Ok(v6)) => Ok(Found {
                fresh_for: v4.fresh_for.min(v6.fresh_for),
                records: [v4.records, v6.records].concat(),
            }),
            (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
            (Err(Missing::Name), Err(Missing::Name)) => Err(Missing::Name),
            (Err(Missing::Answer), Err(_)) | (Err(_), Err(Missing::Answer)) => Err(Missing::Answer),
        }
    }

    /// The SRV records of a name that ends in a dot, in any order.
    pub(super) async fn services(&self, name: &str, within: Duration) -> Result<Found<SRV>, Missing> {
        self.ask(name, RecordType::SRV, within, |data| match data {
            RData::SRV(service) => Some(service.clone()),
            _ => None,
        })
        .await
    }

    /// The NAPTR records of a name that ends in a dot, in any order.
    pub(super) async fn pointers(&self, name: &str, within: Duration) -> Result<Found<NAPTR>, Missing> {
        self.ask(name, RecordType::NAPTR, within, |data| match data {
            RData::NAPTR(pointer) => Some(pointer.clone()),
            _ => None,
        })
        .await
    }

    async fn ask<T>(
        &self,
        name: &str,
        kind: RecordType,
        within: Duration,
        read: impl Fn(&RData) -> Option<T>,
    ) -> Result<Found<T>, Missing> {
        let Some(resolver) = &self.resolver else {
            return Err(Missing::Answer);
        };
        let found = match tokio::time::timeout(within, resolver.lookup(name, kind)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) if is_negative(&error) => return Err(Missing::Name),
            Ok(Err(error)) => {
                tracing::debug!(name, %kind, %error, "DNS");
                return Err(Missing::Answer);
            }
            Err(_late) => return Err(Missing::Answer),
        };
        let records: Vec<T> = found.answers().iter().filter_map(|record| read(&record.data)).collect();
        if records.is_empty() {
            return Err(Missing::Name);
        }
        Ok(Found {
            records,
            fresh_for: found.valid_until().saturating_duration_since(Instant::now()),
        })
    }
}

fn configure(options: &mut ResolverOpts) {
    options.timeout = REPEAT;
    options.attempts = ATTEMPTS;
    options.negative_max_ttl = Some(NEGATIVE_MAX);
}

/// Somebody has answered, and there is none. A server that does not know such questions (SRV and NAPTR above all) has none, either.
fn is_negative(error: &NetError) -> bool {
    error.is_no_records_found()
        || matches!(
            error,
            NetError::Dns(DnsError::ResponseCode(ResponseCode::NotImp | ResponseCode::FormErr))
        )
}
