//! Where STUN servers are, as DNS has it: asked for again and again, since servers move, and never waited for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use model::StunServer;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::resolve::{Resolver, Unresolved};

/// How often a server that is known is looked up again.
const KNOWN_EVERY: Duration = Duration::from_secs(60);

/// How often one that is not known is looked up.
const UNKNOWN_EVERY: Duration = Duration::from_secs(5);

/// So long an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(4);

/// The servers, and the questions under way.
pub(super) struct Servers {
    resolver: Arc<Resolver>,
    servers: Vec<Server>,
    questions: JoinSet<(StunServer, Result<Vec<SocketAddr>, Unresolved>)>,
}

/// One of them.
pub(super) struct Server {
    pub(super) server: StunServer,
    pub(super) addresses: Vec<SocketAddr>,
    /// Why it has none.
    pub(super) error: Option<String>,
    ask_at: Instant,
}

#[cfg(test)]
impl Server {
    /// One whose addresses are known, or why they are not.
    pub(super) fn known(server: StunServer, addresses: Vec<SocketAddr>, error: Option<&str>) -> Self {
        Self {
            server,
            addresses,
            error: error.map(ToOwned::to_owned),
            ask_at: Instant::now(),
        }
    }
}

impl Servers {
    pub(super) fn new(resolver: Arc<Resolver>) -> Self {
        Self {
            resolver,
            servers: Vec::new(),
            questions: JoinSet::new(),
        }
    }

    /// These count from now on; what is known of those that stay is kept.
    pub(super) fn configure(&mut self, servers: &[StunServer]) {
        let mut before = std::mem::take(&mut self.servers);
        let server = |server: &StunServer| {
            let known = before.iter().position(|known| known.server == *server);
            known.map(|index| before.swap_remove(index)).unwrap_or_else(|| Server {
                server: server.clone(),
                addresses: Vec::new(),
                error: None,
                ask_at: Instant::now(),
            })
        };
        self.servers = servers.iter().map(server).collect();
    }

    /// What is known of one of them.
    pub(super) fn known(&self, server: &StunServer) -> Option<&Server> {
        self.servers.iter().find(|known| known.server == *server)
    }

    /// Its addresses; none while they are not known.
    pub(super) fn addresses(&self, server: &StunServer) -> &[SocketAddr] {
        self.known(server).map(|known| &*known.addresses).unwrap_or_default()
    }

    /// Returns when something may have changed.
    pub(super) async fn changed(&mut self) {
        loop {
            let next = self.ask_those_due(Instant::now());
            let answered = tokio::select! {
                Some(answered) = self.questions.join_next() => answered,
                () = sleep_until(next) => continue,
            };
            let Ok((server, found)) = answered else { continue };
            let Some(known) = self.servers.iter_mut().find(|known| known.server == server) else {
                continue;
            };
            match found {
                Ok(addresses) => {
                    known.ask_at = Instant::now() + KNOWN_EVERY;
                    known.addresses = addresses;
                    known.error = None;
                }
                Err(error) => known.error = Some(error.to_string()),
            }
            return;
        }
    }

    /// Asks for what is due; when to come again.
    fn ask_those_due(&mut self, now: Instant) -> Instant {
        for known in self.servers.iter_mut().filter(|known| known.ask_at <= now) {
            known.ask_at = now + UNKNOWN_EVERY;
            let (resolver, server) = (Arc::clone(&self.resolver), known.server.clone());
            self.questions.spawn(async move {
                let found = resolver.resolve(&server, ANSWER_TIME_MAX).await;
                if let Err(error) = &found {
                    tracing::debug!(host = server.host, ?error, "a STUN server has no address");
                }
                (server, found)
            });
        }
        let next = self.servers.iter().map(|known| known.ask_at).min();
        next.unwrap_or(now + KNOWN_EVERY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, port: u16) -> StunServer {
        StunServer {
            host: host.to_owned(),
            port: Some(port),
        }
    }

    fn known(servers: &Servers) -> Vec<Vec<String>> {
        let texts = |addresses: &[SocketAddr]| addresses.iter().map(ToString::to_string).collect();
        servers.servers.iter().map(|server| texts(&server.addresses)).collect()
    }

    #[tokio::test]
    async fn addresses_are_known_at_once_and_stay_with_their_server() {
        let mut servers = Servers::new(Arc::new(Resolver::system()));
        servers.configure(&[server("192.0.2.1", 3478), server("192.0.2.2", 3479)]);
        while known(&servers).iter().any(Vec::is_empty) {
            servers.changed().await;
        }
        assert_eq!(known(&servers), [["192.0.2.1:3478"], ["192.0.2.2:3479"]]);
        servers.configure(&[server("192.0.2.2", 3479), server("192.0.2.3", 3478)]);
        assert_eq!(known(&servers), [vec!["192.0.2.2:3479".to_owned()], Vec::new()]);
        assert_eq!(servers.addresses(&server("192.0.2.2", 3479)).len(), 1);
        assert!(
            servers.addresses(&server("192.0.2.1", 3478)).is_empty(),
            "it is not one of them any more"
        );
    }
}
