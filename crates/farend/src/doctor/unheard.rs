//! Why a STUN server is not heard: a socket that is connected to it is told what the one for media is not.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use doctor::stun::{Message, TransactionId};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

/// A silent server is looked at again after this time.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// A request is repeated after this time.
const PATIENCE: Duration = Duration::from_millis(350);

/// So often a request is sent. Routers limit how often they refuse (RFC 1812 section 4.3.2.8), many to once a second: of two servers that are
/// asked at the same time, the second is told of it later.
const TRIES_MAX: usize = 8;

/// A refusal counts for so long, though later requests meet silence: those may have been too many at a time.
const REFUSAL_COUNTS: Duration = Duration::from_secs(15);

/// Servers that are looked at.
const SERVERS_MAX: usize = 16;

const DATAGRAM_BYTES_MAX: usize = 2_048;

/// What a socket of its own was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing.
    Nothing,
    /// Something refuses such packets (ICMP).
    Refused,
    /// The system has no way there.
    NoRoute,
    /// The server answers: it is the media port's packets that are lost.
    Answered,
}

/// The servers that are not heard, and what is known of each.
#[derive(Debug, Default)]
pub(super) struct Unheard {
    known: BTreeMap<SocketAddr, (Told, Instant)>,
    asking: JoinSet<(SocketAddr, Told)>,
    asked: BTreeMap<SocketAddr, Instant>,
}

impl Unheard {
    /// These are in doubt now: those that were not looked at lately are, from `bind` where that is one address.
    pub(super) fn follow(&mut self, silent: &[SocketAddr], bind: IpAddr, now: Instant) {
        self.known.retain(|server, _| silent.contains(server));
        self.asked.retain(|server, _| silent.contains(server));
        for server in silent.iter().copied().take(SERVERS_MAX) {
            let is_due = self
                .asked
                .get(&server)
                .is_none_or(|asked| now.duration_since(*asked) >= AGAIN_AFTER);
            if is_due {
                self.asked.insert(server, now);
                self.asking.spawn(async move { (server, ask(server, bind).await) });
            }
        }
    }

    /// All of them are to be looked at again.
    pub(super) fn again(&mut self) {
        self.asked.clear();
    }

    /// What is known of a silent server; `None` until it was looked at.
    pub(super) fn told(&self, server: SocketAddr) -> Option<Told> {
        self.known.get(&server).map(|(told, _)| *told)
    }

    /// Returns when something has been found out; never, while nobody is asked.
    pub(super) async fn changed(&mut self) {
        loop {
            match self.asking.join_next().await {
                Some(Ok((server, told))) => {
                    self.learn(server, told, Instant::now());
                    return;
                }
                // A task that has panicked has been told of; it is asked again.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }

    fn learn(&mut self, server: SocketAddr, told: Told, now: Instant) {
        let is_refusal = |(before, at): &(Told, Instant)| *before == Told::Refused && now.duration_since(*at) < REFUSAL_COUNTS;
        if told != Told::Nothing || !self.known.get(&server).is_some_and(is_refusal) {
            self.known.insert(server, (told, now));
        }
    }
}

async fn ask(server: SocketAddr, bind: IpAddr) -> Told {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let ip = if bind.is_unspecified() || bind.is_ipv4() != server.is_ipv4() {
        any
    } else {
        bind
    };
    let Ok(socket) = UdpSocket::bind((ip, 0)).await else {
        return Told::NoRoute;
    };
    if socket.connect(server).await.is_err() {
        return Told::NoRoute;
    }
    let request = Message::request(TransactionId::random(&mut rand::rng())).to_bytes();
    for _ in 0..TRIES_MAX {
        if let Err(error) = socket.send(&request).await {
            return told(error.kind());
        }
        let mut buffer = [0; DATAGRAM_BYTES_MAX];
        match timeout(PATIENCE, socket.recv(&mut buffer)).await {
            Ok(Ok(_)) => return Told::Answered,
            Ok(Err(error)) => return told(error.kind()),
            Err(_late) => {}
        }
    }
    Told::Nothing
}

/// What an error of a connected socket means.
fn told(kind: ErrorKind) -> Told {
    match kind {
        ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown | ErrorKind::AddrNotAvailable => Told::NoRoute,
        // "Prohibited" comes as "host unreachable"; what this machine's own fire wall rejects is a lack of permission.
        ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::PermissionDenied => Told::Refused,
        _ => Told::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

    #[tokio::test]
    async fn a_closed_port_refuses_a_mute_one_says_nothing_and_a_server_answers() {
        let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let mute = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let answering = server.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; DATAGRAM_BYTES_MAX];
            let (length, peer) = server.recv_from(&mut buffer).await.unwrap();
            let answer = Message::read(&buffer[..length]).unwrap().answer(peer).to_bytes();
            server.send_to(&answer, peer).await.unwrap();
        });
        let silent = [closed, mute.local_addr().unwrap(), answering];
        let mut unheard = Unheard::default();
        unheard.follow(&silent, ANY, Instant::now());
        assert_eq!(unheard.told(closed), None);
        while silent.iter().any(|server| unheard.told(*server).is_none()) {
            unheard.changed().await;
        }
        let told = silent.map(|server| unheard.told(server).unwrap());
        assert_eq!(told, [Told::Refused, Told::Nothing, Told::Answered]);
        unheard.follow(&silent[1..], ANY, Instant::now());
        assert_eq!(unheard.told(closed), None, "it is heard again");
    }

    #[test]
    fn a_refusal_outlives_a_moment_of_silence_and_no_more() {
        let (mut unheard, now) = (Unheard::default(), Instant::now());
        let server = SocketAddr::from(([203, 0, 113, 1], 3478));
        unheard.learn(server, Told::Refused, now);
        unheard.learn(server, Told::Nothing, now + AGAIN_AFTER);
        assert_eq!(unheard.told(server), Some(Told::Refused), "routers do not refuse every time");
        unheard.learn(server, Told::Nothing, now + REFUSAL_COUNTS);
        assert_eq!(unheard.told(server), Some(Told::Nothing));
        unheard.learn(server, Told::Refused, now + REFUSAL_COUNTS);
        unheard.learn(server, Told::Answered, now + REFUSAL_COUNTS);
        assert_eq!(unheard.told(server), Some(Told::Answered));
    }

    #[test]
    fn errors_are_told_apart() {
        for (kind, expected) in [
            (ErrorKind::ConnectionRefused, Told::Refused),
            (ErrorKind::HostUnreachable, Told::Refused),
            (ErrorKind::PermissionDenied, Told::Refused),
            (ErrorKind::NetworkUnreachable, Told::NoRoute),
            (ErrorKind::AddrNotAvailable, Told::NoRoute),
            (ErrorKind::OutOfMemory, Told::Nothing),
        ] {
            assert_eq!(told(kind), expected, "{kind}");
        }
    }
}
