//! SIP over WebSocket (RFC 7118): one text or binary message is one SIP message.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use model::{DeviceId, UserId};
use sip::{Flow, Transport};
use switchboard::core::CloseReason;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, timeout};

use super::{Connections, PEER_TIME_MAX};
use crate::api::{Live, News};
use crate::portal::Endpoints;
use crate::signalling::{OUTBOUND_MESSAGES_MAX, Outbound, Signal, Signalling};
use crate::store::SessionKey;

/// How often a ping goes out: keeps middleboxes' state and finds dead browsers.
const PING_EVERY: Duration = Duration::from_secs(25);

/// A browser that answers no ping for that long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// A SIP message's size at most, in bytes.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// A browser phone that the app's session has proved.
#[derive(Debug)]
pub(crate) struct Phone {
    pub(crate) device: DeviceId,
    pub(crate) user: UserId,
    pub(crate) session: SessionKey,
    pub(crate) live: Live,
}

/// Serves one WebSocket: of a browser phone, or of somebody who will have to prove a device by digest.
pub(crate) async fn serve(socket: WebSocket, phone: Option<Phone>, at: Endpoints, connections: Connections, signalling: Signalling) {
    let flow = connections.flow(Transport::Wss, at.local, at.peer);
    let (sender, outbound) = mpsc::channel(OUTBOUND_MESSAGES_MAX);
    let device = phone.as_ref().map(|phone| phone.device);
    signalling.deliver(Signal::FlowOpened { flow, device, sender }).await;
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
        phone: Option<Phone>,
    ) -> &'static str {
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        let mut news = phone.as_ref().map(|phone| phone.live.subscribe());
        loop {
            let (message, last) = tokio::select! {
                received = reader.next() => match self.received(received).await {
                    None => continue,
                    Some(end) => return end,
                },
                to_send = outbound.recv() => match to_send {
                    Some(Outbound::Message(bytes)) => (as_message(bytes), None),
                    Some(Outbound::Close(reason)) => {
                        (Message::Close(Some(close_frame(reason))), Some("we closed it"))
                    }
                    None => return "the switchboard gave it up",
                },
                () = session_ends(&mut news, phone.as_ref()) => {
                    (Message::Close(Some(CloseFrame { code: SESSION_ENDED, reason: "the session has ended".into() })), Some("the session ended"))
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
async fn session_ends(news: &mut Option<Receiver<Arc<News>>>, phone: Option<&Phone>) {
    let (Some(news), Some(phone)) = (news, phone) else {
        return std::future::pending().await;
    };
    loop {
        match news.recv().await {
            Ok(told) if told.ends(&phone.session, phone.user) => return,
            // What was missed may have been the end of this session: better to sign in once too often.
            Err(RecvError::Lagged(_)) => return,
            Ok(_) => {}
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}

/// Text where it is text, as browsers' SIP libraries expect (RFC 7118 section 5).
fn as_message(bytes: Vec<u8>) -> Message {
    match String::from_utf8(bytes) {
        Ok(text) => Message::Text(text.into()),
        Err(error) => Message::Binary(error.into_bytes().into()),
    }
}

/// The close code of a session that has ended.
const SESSION_ENDED: u16 = 4002;

/// Close codes of our own (RFC 6455 section 7.4.2: 4000 to 4999 are free for applications).
fn close_frame(reason: CloseReason) -> CloseFrame {
    let (code, reason) = match reason {
        CloseReason::SignedInElsewhere => (4001, "signed in elsewhere"),
        CloseReason::DeviceRemoved => (SESSION_ENDED, "this phone has been removed"),
        CloseReason::Abuse => (4003, "too many errors"),
    };
    CloseFrame {
        code,
        reason: reason.into(),
    }
}
