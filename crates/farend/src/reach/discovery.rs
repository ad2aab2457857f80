//! Looks at the router on the way, from sockets of its own: at the start, when our network has changed, from time to time, and on demand.
//!
//! ```text
//!   wanted ──► how both families' routers behave (3 s) ──► how long their mappings live (up to 5 min)
//!                 ▲                                                    │
//!                 └───────────── wanted again: begins anew ────────────┘
//! ```

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use doctor::nat::lifetime::Lifetime;
use doctor::nat::{Evidence, Outcome, Reason, Verdict, verdict};
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::api::network::picture::Nat;
use crate::nat::{Behaviour, Family, behaviour, lifetime};

/// Routers are exchanged without our noticing.
const EVERY: Duration = Duration::from_hours(6);

/// A change seldom comes alone: interfaces come up one after the other, and so do the names of servers.
const SETTLING_TIME: Duration = Duration::from_secs(2);

/// A network that changes all the time makes us look no more often than that.
const CHANGES_EVERY_MIN: Duration = Duration::from_secs(30);

/// What is known, and what is under way.
#[derive(Debug)]
pub(super) struct Discovery {
    /// Where to ask from; `None` for wherever the system likes.
    bind: Option<IpAddr>,
    due: Instant,
    begun: Option<Instant>,
    steps: JoinSet<Step>,
    /// Steps under way that find out how a router behaves.
    looking: usize,
    findings: BTreeMap<Family, Finding>,
}

/// What is known of one family.
#[derive(Clone, Debug)]
struct Finding {
    verdict: Verdict,
    measured_at: OffsetDateTime,
    lifetime: Option<Lifetime>,
}

/// Something was found out.
#[derive(Debug)]
pub(super) enum Step {
    /// How a router behaves.
    Looked {
        family: Family,
        servers: Vec<SocketAddr>,
        found: anyhow::Result<Option<Evidence>>,
    },
    /// How long its mappings live.
    Measured {
        family: Family,
        found: io::Result<Option<Lifetime>>,
    },
}

impl Discovery {
    /// Looks as soon as there is somebody to ask. Media is received on `bound`.
    pub(super) fn new(bound: IpAddr, now: Instant) -> Self {
        Self {
            bind: (!bound.is_unspecified()).then_some(bound),
            due: now + EVERY,
            begun: None,
            steps: JoinSet::new(),
            looking: 0,
            findings: BTreeMap::new(),
        }
    }

    /// Our addresses, or the servers, are not what they were.
    pub(super) fn network_changed(&mut self, now: Instant) {
        let earliest = self.begun.map_or(now, |begun| begun + CHANGES_EVERY_MIN);
        self.due = self.due.min(earliest.max(now + SETTLING_TIME));
    }

    /// Somebody wants to know.
    pub(super) fn want(&mut self, now: Instant) {
        self.due = now;
    }

    /// Begins anew, with these servers. Without any nothing is known any more.
    pub(super) fn begin(&mut self, servers: &[SocketAddr], now: Instant) {
        self.due = now + EVERY;
        self.begun = Some(now);
        self.steps = JoinSet::new();
        self.looking = 0;
        if servers.is_empty() {
            self.findings.clear();
            return;
        }
        for family in Family::ALL {
            let (servers, bind) = (servers.to_vec(), self.bind);
            self.looking += 1;
            self.steps.spawn(async move {
                let found = behaviour::look(family, &servers, bind).await;
                Step::Looked { family, servers, found }
            });
        }
    }

    /// The next thing that is found out; `None` when it is time to [`Discovery::begin`].
    pub(super) async fn step(&mut self) -> Option<Step> {
        loop {
            let joined = tokio::select! {
                Some(joined) = self.steps.join_next() => joined,
                () = sleep_until(self.due) => return None,
            };
            match joined {
                Ok(step) => return Some(step),
                Err(error) => tracing::error!(%error, "a look at the router came to nothing"),
            }
        }
    }

    /// Takes down what was found out, and goes on from there.
    pub(super) fn take(&mut self, step: Step, now: OffsetDateTime) {
        match step {
            Step::Looked { family, servers, found } => {
                self.looking = self.looking.saturating_sub(1);
                match found {
                    Ok(Some(evidence)) => self.looked(family, servers, verdict(&evidence), now),
                    Ok(None) => drop(self.findings.remove(&family)),
                    Err(error) => tracing::debug!(%family, error = format!("{error:#}"), "the router cannot be looked at"),
                }
            }
            Step::Measured { family, found } => match found {
                Ok(found) => self.measured(family, found),
                Err(error) => tracing::debug!(%family, %error, "the life of mappings cannot be measured"),
            },
        }
    }

    /// How long mappings live, by family, where that is known.
    pub(super) fn lifetimes(&self) -> impl Iterator<Item = Lifetime> {
        self.findings.values().filter_map(|finding| finding.lifetime)
    }

    /// Whether it is being found out how a router behaves.
    pub(super) fn is_looking(&self) -> bool {
        self.looking > 0
    }

    /// What is known, for people.
    pub(super) fn findings(&self) -> Vec<Nat> {
        let finding = |(family, finding): (&Family, &Finding)| Nat {
            family: *family,
            behaviour: Behaviour::from(&finding.verdict),
            measured_at: finding.measured_at,
            mapping_lifetime: finding.lifetime.map(Into::into),
        };
        self.findings.iter().map(finding).collect()
    }

    fn looked(&mut self, family: Family, servers: Vec<SocketAddr>, verdict: Verdict, now: OffsetDateTime) {
        if verdict.reason == Reason::NoRoute {
            self.findings.remove(&family);
            return;
        }
        let before = self.findings.get(&family).filter(|before| is_alike(&before.verdict, &verdict));
        if before.is_none() {
            tracing::info!(%family, outcome = %verdict.outcome(), confidence = %verdict.confidence, "{verdict}");
        }
        let lifetime = before.and_then(|before| before.lifetime);
        let is_passing = verdict.outcome() != Outcome::UdpBlocked;
        let finding = Finding {
            verdict,
            measured_at: now,
            lifetime,
        };
        self.findings.insert(family, finding);
        if is_passing {
            let bind = self.bind;
            self.steps.spawn(async move {
                let found = lifetime::find(family, &servers, bind, |_probe| {}).await;
                Step::Measured { family, found }
            });
        }
    }

    fn measured(&mut self, family: Family, found: Option<Lifetime>) {
        let Some(finding) = self.findings.get_mut(&family) else { return };
        if let Some(found) = found.filter(|found| finding.lifetime != Some(*found)) {
            tracing::info!(%family, at_least_s = found.at_least_s(), less_than_s = found.less_than_s(), "{found}");
        }
        finding.lifetime = found;
    }
}

/// Whether two verdicts tell people the same; how many destinations were seen may differ.
fn is_alike(one: &Verdict, other: &Verdict) -> bool {
    let told = |verdict: &Verdict| (verdict.outcome(), verdict.nat_type(), verdict.public_addresses.clone());
    told(one) == told(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A STUN server on the loopback interface that sees everybody under this address.
    async fn server(seen: SocketAddr) -> SocketAddr {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 1_500];
            while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
                let request = doctor::stun::Message::read(&buffer[..length]).unwrap();
                socket.send_to(&request.answer(seen).to_bytes(), peer).await.unwrap();
            }
        });
        address
    }

    fn discovery(now: Instant) -> Discovery {
        Discovery::new("0.0.0.0".parse().unwrap(), now)
    }

    #[tokio::test]
    async fn a_router_is_looked_at_and_then_measured() {
        let servers = [
            server("198.51.100.2:41000".parse().unwrap()).await,
            server("198.51.100.2:41001".parse().unwrap()).await,
        ];
        let now = Instant::now();
        let mut discovery = discovery(now);
        discovery.begin(&servers, now);
        assert!(discovery.is_looking() && discovery.findings().is_empty());
        while discovery.is_looking() {
            let step = discovery.step().await.expect("it is not due again");
            discovery.take(step, OffsetDateTime::UNIX_EPOCH);
        }
        let [nat] = &discovery.findings()[..] else {
            panic!("one family alone has servers")
        };
        assert_eq!((nat.family, nat.mapping_lifetime), (Family::Ipv4, None));
        assert_eq!(serde_json::json!(nat)["outcome"], "symmetric");
        let lifetime = Lifetime {
            less_than: Some(Duration::from_secs(9)),
            ..Lifetime::default()
        };
        assert_eq!(discovery.steps.len(), 1, "it goes on by itself");
        let found = Ok(Some(lifetime));
        discovery.take(
            Step::Measured {
                family: Family::Ipv4,
                found,
            },
            OffsetDateTime::UNIX_EPOCH,
        );
        assert!(discovery.lifetimes().eq([lifetime]));
        discovery.begin(&[], now);
        assert!(
            discovery.findings().is_empty() && discovery.steps.is_empty(),
            "nobody may be asked any more"
        );
    }

    #[tokio::test]
    async fn changes_settle_first_and_are_not_followed_too_often() {
        let now = Instant::now();
        let mut discovery = discovery(now);
        assert_eq!(discovery.due, now + EVERY);
        discovery.network_changed(now);
        discovery.network_changed(now + Duration::from_secs(1));
        assert_eq!(discovery.due, now + SETTLING_TIME);
        discovery.begin(&[], discovery.due);
        let begun = discovery.begun.unwrap();
        discovery.network_changed(begun + Duration::from_secs(5));
        assert_eq!(discovery.due, begun + CHANGES_EVERY_MIN);
        let later = begun + Duration::from_secs(3_600);
        discovery.begin(&[], later - Duration::from_secs(60));
        discovery.network_changed(later);
        assert_eq!(discovery.due, later + SETTLING_TIME);
        discovery.want(later);
        assert_eq!(discovery.due, later);
    }
}
