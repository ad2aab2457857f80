//! Scripted SIP messages, and what comes out.

mod agreement;
mod calls;
mod checks;
mod colleagues;
mod conferences;
mod control;
mod detours;
mod dialogs;
mod emergency;
mod exceptions;
mod foretelling;
mod forwarding;
mod fraud;
mod menus;
mod mobiles;
mod phones;
mod reaching;
mod recordings;
mod registering;
mod seating;
mod teams;
mod transfers;
mod trunks;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use model::{DeviceId, TeamId, UserId};
use sip::Transport;
use sip::agent::Ha1;

use super::*;
use crate::directory::{Calling, Device, DeviceKind, Feature, Reaching, Rings, User, WhileBusy};
use crate::testing;

const ANNA_WEB: DeviceId = DeviceId(1);
const ANNA_DESK: DeviceId = DeviceId(2);
const BEN_WEB: DeviceId = DeviceId(3);

/// A core and everything that it wants done, with what nobody has looked at yet.
struct Bench {
    core: Core,
    now: Instant,
    outputs: Vec<Output>,
    sent: u32,
}

impl Bench {
    fn new() -> Self {
        Self::with(Config::new("farend", "farend/test"))
    }

    fn with(config: Config) -> Self {
        let now = testing::start();
        Self::of(config, directory(), now)
    }

    fn of(config: Config, directory: Directory, now: Instant) -> Self {
        let core = Core::new(config, Arc::new(directory), Seats::default(), [7; 32], now);
        Self {
            core,
            now,
            outputs: Vec::new(),
            sent: 0,
        }
    }

    fn handle(&mut self, input: Input<'_>) {
        self.core.handle(input, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.core.poll_output() {
            self.outputs.push(output);
        }
    }

    /// Lets time pass, and whatever is due happen.
    fn after(&mut self, duration: std::time::Duration) {
        let end = self.now + duration;
        while let Some(due) = self.core.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.core.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn open(&mut self, flow: Flow, device: DeviceId) {
        let device = Some(device);
        self.handle(Input::FlowOpened { flow, device, page: None });
    }

    /// A request; `lines` are its further headers, each with its line end.
    fn request(&mut self, flow: Flow, method: &str, uri: &str, user: &str, lines: &str, body: &str) {
        self.sent += 1;
        let via = match flow.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Wss => "WSS",
        };
        let (number, length) = (self.sent, body.len());
        let message = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{via} {peer};rport;branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
             From: \"Somebody\" <sip:{user}@farend>;tag=t{number}\r\nTo: <sip:{user}@farend>\r\nCall-ID: c{user}{method}\r\n\
             CSeq: {number} {method}\r\n{lines}Content-Length: {length}\r\n\r\n{body}",
            peer = flow.peer,
        );
        let bytes = message.as_bytes();
        self.handle(Input::Received { flow, bytes });
    }

    fn register(&mut self, flow: Flow, user: &str, lines: &str) {
        self.request(flow, "REGISTER", "sip:farend", user, lines, "");
    }

    fn invite(&mut self, flow: Flow, user: &str, number: &str) {
        let lines = format!("Contact: <sip:{user}@{}>\r\nContent-Type: application/sdp\r\n", flow.peer);
        self.request(flow, "INVITE", &format!("sip:{number}@farend"), user, &lines, "v=0\r\n");
    }

    /// The final responses and requests sent so far, first lines only.
    fn lines(&mut self) -> Vec<String> {
        let mut lines = self
            .messages()
            .into_iter()
            .map(|message| message.lines().next().unwrap_or_default().to_owned());
        lines.by_ref().filter(|line| !line.ends_with("100 Trying")).collect()
    }

    /// Takes the messages out of what was to be done.
    fn messages(&mut self) -> Vec<String> {
        let (messages, rest) = std::mem::take(&mut self.outputs)
            .into_iter()
            .partition(|output| matches!(output, Output::Send { .. }));
        self.outputs = rest;
        let text = |output| match output {
            Output::Send { bytes, .. } => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Output::Connect { .. }
            | Output::Locate { .. }
            | Output::ConnectLine { .. }
            | Output::CloseFlow { .. }
            | Output::Media { .. }
            | Output::DialogBegan(_)
            | Output::Journal(_)
            | Output::Errand { .. }
            | Output::Controlled { .. }
            | Output::CheckPin { .. }
            | Output::Settle { .. }
            | Output::Remember(_)
            | Output::BeginRecording(_)
            | Output::EndRecording { .. }
            | Output::Event(_) => None,
        };
        let messages: Vec<Output> = messages;
        messages.into_iter().filter_map(text).collect()
    }

    /// Takes the rest out of what was to be done.
    fn rest(&mut self) -> Vec<String> {
        std::mem::take(&mut self.outputs)
            .iter()
            .map(|output| format!("{output:?}"))
            .collect()
    }
}

fn directory() -> Directory {
    let user = |id, name: &str, extension: &str| User {
        id: UserId(id),
        name: name.to_owned(),
        extension: Some(extension.to_owned()),
        calling: Calling::default(),
        while_busy: WhileBusy::default(),
        mobile: None,
        reaching: Reaching::default(),
        may_record: false,
    };
    let device = |id, user, kind, sip_user: &str| Device {
        id,
        user: Some(UserId(user)),
        kind,
        shared: None,
        rings: Rings::default(),
        label: sip_user.to_owned(),
        sip_user: sip_user.to_owned(),
        ha1: (kind == DeviceKind::DeskPhone).then(|| Ha1::new(sip_user, "farend", "secret")),
    };
    Directory {
        users: vec![user(1, "Anna", "101"), user(2, "Ben", "102")],
        devices: vec![
            device(ANNA_WEB, 1, DeviceKind::Browser, "101-web"),
            device(ANNA_DESK, 1, DeviceKind::DeskPhone, "101-desk"),
            device(BEN_WEB, 2, DeviceKind::Browser, "102-web"),
        ],
        features: vec![("*43".to_owned(), Feature::EchoTest)],
        ring_seconds_max: 30,
        ..Directory::default()
    }
}

fn flow(transport: Transport, host: u8, connection: u64) -> Flow {
    Flow {
        transport,
        local: SocketAddr::from(([10, 0, 0, 1], 8802)),
        peer: SocketAddr::from(([10, 0, 0, host], 5060)),
        connection,
    }
}

fn wss(host: u8) -> Flow {
    flow(Transport::Wss, host, host.into())
}

fn udp(host: u8) -> Flow {
    flow(Transport::Udp, host, 0)
}

/// The value of a header in a message.
fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = message
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": "));
    fields.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The headers of a message by name; the last one wins.
fn headers(message: &str) -> BTreeMap<&str, &str> {
    message
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": "))
        .collect()
}
