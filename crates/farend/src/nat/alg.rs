//! Whether a router on the way to a farend server rewrites SIP: the socket of [`doctor::alg::mirror`].

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use anyhow::Context as _;
use doctor::alg::mirror::{Change, Question, Reflection};
use serde::Serialize;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use super::DATAGRAM_BYTES_MAX;

/// Where SIP is spoken, and what routers look for: a phone's port and a server's.
pub(crate) const SIP_PORT: u16 = 5060;
/// How often it is asked; each time waits longer for an answer than most ways take.
const QUESTIONS: u32 = 4;
/// Between two questions.
const EVERY: Duration = Duration::from_millis(500);

/// What was found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Found {
    server: SocketAddrV4,
    outcome: Outcome,
    /// Where the server sees us.
    seen_as: Option<SocketAddr>,
    /// Line by line.
    changes: Vec<Line>,
    /// For people, with what to do.
    sentence: String,
}

/// In a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Untouched,
    Rewritten,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Line {
    sent: Option<String>,
    arrived: Option<String>,
}

/// Asks the server's mirror, from the port that SIP phones have where that is free.
///
/// # Errors
///
/// When `bind` is not an address of this computer.
pub(crate) async fn look(server: SocketAddrV4, bind: Option<IpAddr>) -> anyhow::Result<Found> {
    let ip = match bind {
        None => Ipv4Addr::UNSPECIFIED,
        Some(IpAddr::V4(ip)) => ip,
        Some(IpAddr::V6(ip)) => anyhow::bail!("routers rewrite addresses of IPv4 alone, so --alg needs one of these with --bind, not {ip}"),
    };
    let socket = match UdpSocket::bind((ip, SIP_PORT)).await {
        Ok(socket) => socket,
        // A softphone has it, or something else.
        Err(_taken) => UdpSocket::bind((ip, 0))
            .await
            .with_context(|| format!("cannot ask from {ip}; give an address of this computer with --bind, or none"))?,
    };
    if socket.connect(server).await.is_err() {
        return Ok(Found::silent(server));
    }
    let SocketAddr::V4(local) = socket.local_addr()? else {
        return Ok(Found::silent(server));
    };
    let question = Question::new(local, server, rand::random());
    Ok(ask(&socket, &question)
        .await
        .map_or_else(|| Found::silent(server), |reflection| Found::new(server, &reflection)))
}

async fn ask(socket: &UdpSocket, question: &Question) -> Option<Reflection> {
    let mut buffer = [0; DATAGRAM_BYTES_MAX];
    for _ in 0..QUESTIONS {
        let until = Instant::now() + EVERY;
        // What a refusal of the last question has left behind is an error here; the next one may get through.
        let _lost = socket.send(question.bytes()).await;
        while let Ok(received) = timeout_at(until, socket.recv(&mut buffer)).await {
            let answer = received.ok().and_then(|length| question.read(&buffer[..length]));
            if answer.is_some() {
                return answer;
            }
        }
    }
    None
}

impl Found {
    fn new(server: SocketAddrV4, reflection: &Reflection) -> Self {
        let line = |change: &Change| Line {
            sent: change.sent.clone(),
            arrived: change.arrived.clone(),
        };
        let (outcome, sentence) = if reflection.changes.is_empty() {
            (
                Outcome::Untouched,
                "No router between here and there rewrites SIP: the message has arrived as it was sent.".to_owned(),
            )
        } else {
            (
                Outcome::Rewritten,
                format!(
                    "A router between here and {server} rewrites SIP messages (SIP ALG), which costs desk phones their audio: switch \"SIP ALG\" or \
                     \"SIP helper\" off in it, or let the phones use TLS."
                ),
            )
        };
        Self {
            server,
            outcome,
            seen_as: reflection.seen_as,
            changes: reflection.changes.iter().map(line).collect(),
            sentence,
        }
    }

    fn silent(server: SocketAddrV4) -> Self {
        Self {
            server,
            outcome: Outcome::Unknown,
            seen_as: None,
            changes: Vec::new(),
            sentence: format!(
                "Whether a router rewrites SIP is not known: nothing has answered at {server} by UDP. It may be no farend server, or its SIP port is not \
                 open from here, as it should be; phones that use TLS are not concerned."
            ),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sentence)?;
        for Line { sent, arrived } in &self.changes {
            writeln!(f)?;
            writeln!(f, "  sent     {}", sent.as_deref().unwrap_or("-"))?;
            writeln!(f, "  arrived  {}", arrived.as_deref().unwrap_or("-"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mirror on the loopback interface with a router before it.
    async fn mirror(router: fn(String) -> String) -> SocketAddrV4 {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let SocketAddr::V4(address) = socket.local_addr().unwrap() else {
            panic!("it is bound to IPv4")
        };
        tokio::spawn(async move {
            let mut buffer = [0; DATAGRAM_BYTES_MAX];
            while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
                let arrived = router(String::from_utf8(buffer[..length].to_vec()).unwrap());
                let answer = doctor::alg::mirror::reflect(arrived.as_bytes(), peer).unwrap();
                socket.send_to(&answer, peer).await.unwrap();
            }
        });
        address
    }

    async fn found(router: fn(String) -> String) -> Found {
        let bind = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        look(mirror(router).await, bind).await.unwrap()
    }

    #[tokio::test]
    async fn what_arrives_as_it_was_sent_is_untouched() {
        let found = found(|message| message).await;
        assert_eq!((found.outcome, found.changes.len()), (Outcome::Untouched, 0));
        assert!(found.seen_as.is_some_and(|seen| seen.ip().is_loopback()));
    }

    #[tokio::test]
    async fn what_was_rewritten_is_shown_line_by_line() {
        let found = found(|message| message.replace("c=IN IP4 127.0.0.1", "c=IN IP4 203.0.113.9")).await;
        assert_eq!(found.outcome, Outcome::Rewritten);
        let text = found.to_string();
        assert!(
            text.contains("  sent     c=IN IP4 127.0.0.1\n  arrived  c=IN IP4 203.0.113.9\n"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn nobody_who_answers_makes_it_unknown() {
        // Bound, and read by nobody.
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let SocketAddr::V4(address) = socket.local_addr().unwrap() else {
            panic!("it is bound to IPv4")
        };
        let found = look(address, Some(IpAddr::V4(Ipv4Addr::LOCALHOST))).await.unwrap();
        assert_eq!(found.outcome, Outcome::Unknown);
    }
}
