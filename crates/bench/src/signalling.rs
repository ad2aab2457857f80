//! The phones' and browsers' signalling: one user agent of ours plays them all.

use std::collections::{BTreeMap, VecDeque};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use sip::agent::{Agent, Body, Config, Credentials, DialogId, Event, Invite, NameAddr, OutgoingRequest, Output};
use sip::{Flow, Transport};
use tungstenite::{Message, WebSocket};

use crate::figures::Samples;
use crate::server::{PASSWORD, SIP_SECRET, Server};
use crate::web::Stream;

/// Who calls: the demo's Anna, at her desk or in her browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Desk,
    Browser,
}

const CALLER_PORT: u16 = 15_090;
const CALLEE_PORT: u16 = 15_092;
pub(crate) const CALLEE_NUMBER: &str = "102";
/// The demo's conference room.
pub(crate) const ROOM_NUMBER: &str = "800";
/// Every agent has Call-IDs of its own, or the server would take its registrations for old ones.
static STARTS: AtomicU8 = AtomicU8::new(1);
/// How often datagrams are looked for while set-ups are measured: what it adds stays small beside them.
const POLL_EVERY: Duration = Duration::from_micros(50);
/// Nobody listens there, and nobody talks.
const SILENT_SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 26004 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
const DATAGRAM_BYTES_MAX: usize = 65_536;

pub(crate) struct Signalling {
    agent: Agent,
    /// The calling and the called desk phone.
    phones: [(UdpSocket, Flow); 2],
    browser: (WebSocket<Stream>, Flow),
    events: VecDeque<Event>,
}

impl Signalling {
    /// Everybody registers.
    pub(crate) fn start(server: &Server) -> anyhow::Result<Self> {
        let now = Instant::now();
        let config = Config {
            realm: "farend".to_owned(),
            product: "farend-bench".to_owned(),
            transactions_max: 100_000,
            dialogs_max: 100_000,
            session_expires: Duration::from_secs(1800),
            udp_request_bytes_max: 9000,
        };
        let token = server.web().sign_in("101", PASSWORD)?;
        let socket = server.web().sip(&token)?;
        let flow = Flow {
            transport: Transport::Wss,
            local: socket.get_ref().sock.local_addr()?,
            peer: socket.get_ref().sock.peer_addr()?,
            connection: 1,
        };
        let mut signalling = Self {
            agent: Agent::new(config, [STARTS.fetch_add(1, Ordering::Relaxed); 32], now),
            phones: [desk_phone(CALLER_PORT, server.sip())?, desk_phone(CALLEE_PORT, server.sip())?],
            browser: (socket, flow),
            events: VecDeque::new(),
        };
        signalling.register("101-desk", signalling.phones[0].1)?;
        signalling.register("102-desk", signalling.phones[1].1)?;
        signalling.register("101-web", flow)?;
        Ok(signalling)
    }

    fn register(&mut self, user: &str, flow: Flow) -> anyhow::Result<()> {
        let request = OutgoingRequest {
            flow,
            method: "REGISTER".to_owned(),
            target: "sip:farend".to_owned(),
            routes: Vec::new(),
            from: address(user),
            to: address(user),
            headers: vec![("Expires".to_owned(), "600".to_owned())],
            body: None,
            credentials: Some(credentials(user)),
            contact_user: None,
            series: None,
            response_max: None,
        };
        let asked = self.agent.request(request, Instant::now());
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            self.pump()?;
            for event in self.events.drain(..) {
                if let Event::Responded {
                    request, status, reason, ..
                } = event
                    && request == asked
                {
                    if status == 200 {
                        return Ok(());
                    }
                    bail!("{user} may not register: {status} {reason}");
                }
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bail!("no answer to the registration of {user}")
    }

    /// Calls the other desk phone, or the conference room.
    pub(crate) fn invite(&mut self, caller: Caller, number: &str, offer: String) -> DialogId {
        let (user, flow) = match caller {
            Caller::Desk => ("101-desk", self.phones[0].1),
            Caller::Browser => ("101-web", self.browser.1),
        };
        let invite = Invite {
            flow,
            target: format!("sip:{number}@farend"),
            routes: Vec::new(),
            from: address(user),
            to: address(number),
            body: Some(sdp(offer)),
            headers: Vec::new(),
            credentials: Some(credentials(user)),
            contact_user: None,
            first_response_max: None,
        };
        self.agent.invite(invite, Instant::now())
    }

    pub(crate) fn answer(&mut self, dialog: DialogId, answer: String) {
        self.agent.answer(dialog, sdp(answer), Vec::new(), Instant::now());
    }

    pub(crate) fn hang_up(&mut self, dialog: DialogId) {
        self.agent.hang_up(dialog, None, Instant::now());
    }

    /// So many calls in turn, ended as soon as they are answered: milliseconds from INVITE to 200, with the challenge between.
    pub(crate) fn set_up_times(&mut self, calls: usize, per_second: u32) -> anyhow::Result<Samples> {
        let gap = Duration::from_secs(1) / per_second;
        let mut calling: BTreeMap<DialogId, Instant> = BTreeMap::new();
        let (mut times, mut next, mut left) = (Samples::default(), Instant::now(), calls);
        while left > 0 || !calling.is_empty() {
            let now = Instant::now();
            if left > 0 && next <= now {
                next += gap;
                left -= 1;
                calling.insert(self.invite(Caller::Desk, CALLEE_NUMBER, SILENT_SDP.to_owned()), now);
            }
            self.pump()?;
            while let Some(event) = self.poll_event() {
                match event {
                    Event::Invited { dialog, .. } => self.answer(dialog, SILENT_SDP.to_owned()),
                    Event::Answered { dialog, .. } => {
                        if let Some(begun) = calling.remove(&dialog) {
                            times.add(begun.elapsed().as_secs_f64() * 1000.0);
                        }
                        self.hang_up(dialog);
                    }
                    Event::Refused { status, reason, .. } => bail!("call refused: {status} {reason}"),
                    other => drop(other),
                }
            }
            self.pump()?;
            std::thread::sleep(POLL_EVERY);
        }
        Ok(times)
    }

    /// What has happened since.
    pub(crate) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Reads what has come and sends what is due. Never waits.
    pub(crate) fn pump(&mut self) -> anyhow::Result<()> {
        let now = Instant::now();
        let mut bytes = [0; DATAGRAM_BYTES_MAX];
        for (socket, flow) in &self.phones {
            while let Ok((length, source)) = socket.recv_from(&mut bytes) {
                if source == flow.peer {
                    self.agent.receive(*flow, &bytes[..length], now);
                }
            }
        }
        loop {
            match self.browser.0.read() {
                Ok(Message::Text(text)) => self.agent.receive(self.browser.1, text.as_bytes(), now),
                Ok(Message::Binary(bytes)) => self.agent.receive(self.browser.1, &bytes, now),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
                Ok(Message::Close(frame)) => bail!("the server closed the WebSocket: {frame:?}"),
                Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error).context("the WebSocket broke"),
            }
        }
        if self.agent.poll_timeout().is_some_and(|due| due <= now) {
            self.agent.handle_timeout(now);
        }
        while let Some(output) = self.agent.poll_output() {
            match output {
                Output::Send { flow, bytes } => self.send(flow, bytes)?,
                Output::Connect { .. } => bail!("a request is too large for UDP"),
                // The server looks whether the phones live.
                Output::Event(Event::Requested { request, .. }) => self.agent.respond(request, 200, Vec::new(), None, now),
                Output::Event(event) => self.events.push_back(event),
            }
        }
        Ok(())
    }

    fn send(&mut self, flow: Flow, bytes: Vec<u8>) -> anyhow::Result<()> {
        if flow.transport == Transport::Wss {
            let text = String::from_utf8(bytes).context("a message of ours is text")?;
            return self
                .browser
                .0
                .send(Message::text(text))
                .context("the WebSocket does not take a message");
        }
        let (socket, _) = self
            .phones
            .iter()
            .find(|(_, phone)| phone.local == flow.local)
            .context("a flow that is not ours")?;
        socket.send_to(&bytes, flow.peer).map(|_| ()).context("cannot send SIP")
    }
}

fn desk_phone(port: u16, server: SocketAddr) -> anyhow::Result<(UdpSocket, Flow)> {
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let socket = UdpSocket::bind(local).with_context(|| format!("UDP {port}"))?;
    socket.set_nonblocking(true)?;
    Ok((
        socket,
        Flow {
            transport: Transport::Udp,
            local,
            peer: server,
            connection: 0,
        },
    ))
}

fn address(user: &str) -> NameAddr {
    NameAddr {
        display: String::new(),
        uri: format!("sip:{user}@farend"),
    }
}

fn credentials(user: &str) -> Credentials {
    Credentials {
        username: user.to_owned(),
        password: SIP_SECRET.to_owned(),
        realm: None,
    }
}

fn sdp(text: String) -> Body {
    Body {
        content_type: "application/sdp".to_owned(),
        bytes: text.into_bytes(),
    }
}
