//! SIP over WebSocket (RFC 7118): one text or binary message is one SIP message.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use model::DeviceId;
use model::control::Page;
use sip::{Flow, Transport};
use switchboard::core::CloseReason;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, sleep_until, timeout};

use super::{Connections, PEER_TIME_MAX};
use crate::api::{SessionChange, SessionWatch};
use crate::portal::Endpoints;
use crate::signalling::{OUTBOUND_MESSAGES_MAX, Outbound, Signal, Signalling};

/// How often a ping goes out: keeps middleboxes' state and finds dead browsers.
const PING_EVERY: Duration = Duration::from_secs(25);

/// A browser that answers no ping for that long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// Time for somebody without a session to prove a device by digest.
const PROOF_TIME_MAX: Duration = Duration::from_secs(30);

/// A SIP message's size at most, in bytes.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// A browser phone that the app's session has proved.
#[derive(Debug)]
pub(crate) struct Phone {
    pub(crate) device: DeviceId,
    pub(crate) session: SessionWatch,
}

/// Serves one WebSocket: of a browser phone, or of somebody who will have to prove a device by digest.
pub(crate) async fn serve(
    socket: WebSocket,
    phone: Option<Phone>,
    (at, page): (Endpoints, Option<Page>),
    connections: Connections,
    signalling: Signalling,
) {
    let flow = connections.flow(Transport::Wss, at.local, at.peer);
    let (sender, outbound) = mpsc::channel(OUTBOUND_MESSAGES_MAX);
    let device = phone.as_ref().map(|phone| phone.device);
    signalling
        .deliver(Signal::FlowOpened {
            flow,
            device,
            page,
            sender,
        })
        .await;
    let (writer, reader) = socket.split();
    let connection = Connection {
        flow,
        writer,
        heard: Instant::now(),
        signalling: &signalling,
    };
    let end = connection.exchange(reader, outbound, phone).await;
    tracing::debug!(%flow, end, "a SIP WebSocket ended");
    signalling.deliver(Signal::FlowClosed { flow }).await;
}

struct Connection<'a> {
    flow: Flow,
    writer: SplitSink<WebSocket, Message>,
    heard: Instant,
    signalling: &'a Signalling,
}

impl Connection<'_> {
    async fn exchange(
        mut self,
        mut reader: SplitStream<WebSocket>,
        mut outbound: mpsc::Receiver<Outbound>,
        mut phone: Option<Phone>,
    ) -> &'static str {
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        let mut is_proved = phone.is_some();
        let proof_until = Instant::now() + PROOF_TIME_MAX;
        loop {
            let (message, last) = tokio::select! {
                received = reader.next() => match self.received(received).await {
                    None => continue,
                    Some(end) => return end,
                },
                to_send = outbound.recv() => match to_send {
                    Some(Outbound::Message(bytes)) => {
                        is_proved |= shows_proof(&bytes);
                        (as_message(bytes), None)
                    }
                    Some(Outbound::Close(reason)) => {
                        (Message::Close(Some(close_frame(reason))), Some("we closed it"))
                    }
                    Some(Outbound::Full) => (Message::Close(Some(full())), Some("there are too many connections")),
                    None => return "the switchboard gave it up",
                },
                () = session_ends(phone.as_mut()) => {
                    (Message::Close(Some(CloseFrame { code: SESSION_ENDED, reason: "the session has ended".into() })), Some("the session ended"))
                }
                () = sleep_until(proof_until), if !is_proved => {
                    (Message::Close(Some(close_frame(CloseReason::Abuse))), Some("it proved no device"))
                }
                _ = pings.tick() => {
                    if self.heard.elapsed() > SILENCE_MAX {
                        return "the browser is silent";
                    }
                    (Message::Ping(bytes::Bytes::new()), None)
                }
            };
            match (timeout(PEER_TIME_MAX, self.writer.send(message)).await, last) {
                (Ok(Ok(())), None) => {}
                (Ok(Ok(())), Some(end)) => return end,
                (Ok(Err(_)), _) => return "the connection broke",
                (Err(_late), _) => return "the browser does not read",
            }
        }
    }

    /// Hands a message on; says why the connection has ended when it has.
    async fn received(&mut self, received: Option<Result<Message, axum::Error>>) -> Option<&'static str> {
        self.heard = Instant::now();
        let bytes = match received {
            Some(Ok(Message::Text(text))) => text.as_bytes().to_vec(),
            Some(Ok(Message::Binary(bytes))) => bytes.into(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return None,
            Some(Ok(Message::Close(_))) | None => return Some("the browser closed it"),
            Some(Err(_)) => return Some("the connection broke"),
        };
        self.signalling.deliver(Signal::Received { flow: self.flow, bytes }).await;
        None
    }
}

/// Returns when the phone's session ends; never for somebody without a session.
async fn session_ends(phone: Option<&mut Phone>) {
    let Some(phone) = phone else {
        return std::future::pending().await;
    };
    while phone.session.changed().await != SessionChange::Ended {}
}

/// Text where it is text, as browsers' SIP libraries expect (RFC 7118 section 5).
fn as_message(bytes: Vec<u8>) -> Message {
    match String::from_utf8(bytes) {
        Ok(text) => Message::Text(text.into()),
        Err(error) => Message::Binary(error.into_bytes().into()),
    }
}

/// Whether a message of ours shows that the peer has proved a device: a request, or an answer that strangers do not get. They get refusals, "trying"
/// and what OPTIONS asks for.
fn shows_proof(message: &[u8]) -> bool {
    let mut lines = message.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next().unwrap_or_default();
    let Some(status) = first.strip_prefix(b"SIP/2.0 ") else {
        return first.ends_with(b" SIP/2.0");
    };
    let is_refusal_or_trying = !matches!(status.first(), Some(b'1' | b'2')) || status.starts_with(b"100");
    let cseq = lines.find(|line| line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"CSeq:")));
    !is_refusal_or_trying && cseq.is_some_and(|cseq| !cseq.ends_with(b"OPTIONS"))
}

/// RFC 6455 section 7.4.1 and its registry: try again later.
fn full() -> CloseFrame {
    CloseFrame {
        code: close_code::AGAIN,
        reason: "too many connections".into(),
    }
}

/// The close code of a session that has ended.
const SESSION_ENDED: u16 = 4002;

/// Close codes of our own (RFC 6455 section 7.4.2: 4000 to 4999 are free for applications).
fn close_frame(reason: CloseReason) -> CloseFrame {
    let (code, reason) = match reason {
        CloseReason::SignedInElsewhere => (4001, "signed in elsewhere"),
        CloseReason::DeviceRemoved => (SESSION_ENDED, "this phone has been removed"),
        CloseReason::NotNeeded => (4000, "not needed any more"),
        CloseReason::Abuse => (4003, "too many errors"),
    };
    CloseFrame {
        code,
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_that_strangers_do_not_get_show_proof() {
        for (message, expected) in [
            ("SIP/2.0 200 OK\r\nVia: x\r\nCSeq: 2 REGISTER\r\n\r\n", true),
            ("SIP/2.0 180 Ringing\r\ncseq: 2 INVITE\r\n\r\n", true),
            ("BYE sip:101-web@farend SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n", true),
            ("SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n\r\n", false),
            ("SIP/2.0 100 Trying\r\nCSeq: 1 INVITE\r\n\r\n", false),
            ("SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n\r\n", false),
            ("\r\n", false),
            ("", false),
        ] {
            assert_eq!(shows_proof(message.as_bytes()), expected, "{message}");
        }
    }
}
