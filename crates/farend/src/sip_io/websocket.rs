//! SIP over WebSocket (RFC 7118): one text or binary message is one SIP message.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{SinkExt as _, StreamExt as _};
use model::DeviceId;
use sip::{Flow, Transport};
use switchboard::core::CloseReason;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, timeout};

use super::{Connections, PEER_TIME_MAX};
use crate::portal::Endpoints;
use crate::signalling::{OUTBOUND_MESSAGES_MAX, Outbound, Signal, Signalling};

/// How often a ping goes out: keeps middleboxes' state and finds dead browsers.
const PING_EVERY: Duration = Duration::from_secs(25);

/// A browser that answers no ping for that long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// A SIP message's size at most, in bytes.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Serves one WebSocket. `device` is the browser phone that the app's session has proved.
pub(crate) async fn serve(socket: WebSocket, device: Option<DeviceId>, at: Endpoints, connections: Connections, signalling: Signalling) {
    let flow = connections.flow(Transport::Wss, at.local, at.peer);
    let (sender, outbound) = mpsc::channel(OUTBOUND_MESSAGES_MAX);
    signalling.deliver(Signal::FlowOpened { flow, device, sender }).await;
    let end = exchange(socket, flow, outbound, &signalling).await;
    tracing::debug!(%flow, end, "a SIP WebSocket ended");
    signalling.deliver(Signal::FlowClosed { flow }).await;
}

async fn exchange(socket: WebSocket, flow: Flow, mut outbound: mpsc::Receiver<Outbound>, signalling: &Signalling) -> &'static str {
    let (mut writer, mut reader) = socket.split();
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    let mut heard = Instant::now();
    loop {
        let (message, last) = tokio::select! {
            received = reader.next() => {
                heard = Instant::now();
                match received {
                    Some(Ok(Message::Text(text))) => signalling.deliver(Signal::Received { flow, bytes: text.as_bytes().to_vec() }).await,
                    Some(Ok(Message::Binary(bytes))) => signalling.deliver(Signal::Received { flow, bytes: bytes.into() }).await,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_))) | None => return "the browser closed it",
                    Some(Err(_)) => return "the connection broke",
                }
                continue;
            }
            to_send = outbound.recv() => match to_send {
                Some(Outbound::Message(bytes)) => (as_message(bytes), false),
                Some(Outbound::Close(reason)) => (Message::Close(Some(close_frame(reason))), true),
                None => return "the switchboard gave it up",
            },
            _ = pings.tick() => {
                if heard.elapsed() > SILENCE_MAX {
                    return "the browser is silent";
                }
                (Message::Ping(bytes::Bytes::new()), false)
            }
        };
        match timeout(PEER_TIME_MAX, writer.send(message)).await {
            Ok(Ok(())) if last => return "we closed it",
            Ok(Ok(())) => {}
            Ok(Err(_)) => return "the connection broke",
            Err(_late) => return "the browser does not read",
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

/// Close codes of our own (RFC 6455 section 7.4.2: 4000 to 4999 are free for applications).
fn close_frame(reason: CloseReason) -> CloseFrame {
    let (code, reason) = match reason {
        CloseReason::SignedInElsewhere => (4001, "signed in elsewhere"),
        CloseReason::DeviceRemoved => (4002, "this phone has been removed"),
        CloseReason::Abuse => (4003, "too many errors"),
    };
    CloseFrame { code, reason: reason.into() }
}
