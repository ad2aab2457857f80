//! Phones: a [`sip::Agent`] with the habits of the person in front of it.

mod wire;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use model::DeviceId;
use model::control::Direction;
use sip::agent::{Agent, Body, Config, Credentials, DialogId, Event, Invite, NameAddr, OutgoingRequest, RequestId, SeriesId};
use sip::{Flow, Transport};
use switchboard::directory::DeviceKind;

use self::wire::Wire;
use crate::media::describe;

/// How long a phone takes that answers by itself.
const LIFTS_BY_ITSELF: Duration = Duration::from_millis(200);

/// What the person does when the phone rings.
#[derive(Clone, Copy, Debug)]
pub enum Habit {
    /// Lets it ring.
    Ignore,
    /// Lifts after a while.
    Answer {
        /// How long it rings before.
        after: Duration,
    },
    /// Refuses after a while.
    Refuse {
        /// How long it rings before.
        after: Duration,
        /// With this status.
        status: u16,
    },
}

/// How a phone reaches the switchboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Datagrams.
    Udp,
    /// Datagrams through a router that gives out ports of its own.
    Nat,
    /// A connection.
    Tcp,
    /// A browser's connection.
    Wss,
}

/// How far a call of a phone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Somebody calls.
    Incoming,
    /// We call.
    Calling,
    /// We call, and it rings there.
    RingsThere,
    /// Talking.
    Talking,
}

/// A call as a phone sees it.
#[derive(Clone, Debug)]
pub struct PhoneCall {
    /// The agent's name for it.
    pub dialog: DialogId,
    /// How far it is.
    pub progress: Progress,
    /// What the display shows of the other side.
    pub display: NameAddr,
    /// We called without an offer: theirs comes with the answer.
    asks_for_offer: bool,
}

/// What a person is about to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan {
    /// Lift.
    Answer(DialogId),
    /// Refuse.
    Refuse(DialogId, u16),
}

/// See the module.
#[derive(Debug)]
pub struct Phone {
    /// What scenarios call it: the SIP user name, but for a person's further browsers.
    pub name: String,
    /// The SIP user name.
    pub sip_user: String,
    /// The device in the directory.
    pub device: DeviceId,
    /// Browser or desk phone.
    pub kind: DeviceKind,
    /// What the person does when it rings.
    pub habit: Habit,
    /// How it reaches the switchboard.
    pub way: Way,
    /// Whether it answers by itself when it is asked to (`Call-Info` with `answer-after=0`).
    pub answers_when_asked: bool,
    /// Whether it lets itself be told to talk and to hold (`Allow-Events`).
    pub obeys: bool,
    /// Whether a desk phone tells which one it is (`+sip.instance`); browsers always do.
    pub tells_instance: bool,
    /// What its router makes of its address.
    pub(crate) outside: Option<SocketAddr>,
    /// As this phone sees it; `None` while its connection is broken.
    pub flow: Option<Flow>,
    /// The calls of this phone.
    pub calls: Vec<PhoneCall>,
    /// The statuses with which calls and registrations of this phone were refused, oldest first.
    pub refusals: Vec<u16>,
    /// `Reason`s of calls that were ended by the other side.
    pub reasons: Vec<String>,
    /// Whom this phone was told to talk to now, oldest first.
    pub identified: Vec<String>,
    /// Status lines of a transfer, oldest first.
    pub notified: Vec<String>,
    /// What its display was told to show, oldest first.
    pub shown: Vec<String>,
    /// Whether the last REGISTER was granted.
    pub is_registered: bool,
    /// Which browser this is (`+sip.instance`).
    pub instance: u64,
    pub(crate) agent: Agent,
    /// It has taken its registration back: nobody expects it any more.
    pub(crate) has_left: bool,
    /// The connection that broke last.
    pub(crate) lost_flow: Option<Flow>,
    /// The last re-INVITE asked for an offer.
    has_asked: bool,
    /// Somebody hung up while there was no connection.
    is_leaving: bool,
    /// Whether it registers again and again.
    pub(crate) refreshes: bool,
    registering: Option<RequestId>,
    /// Its registrations, by one Call-ID until it is started anew.
    series: Option<SeriesId>,
    password: String,
    /// What it was told to do and has not done yet.
    orders: Vec<String>,
    wire: Wire,
}

impl Phone {
    pub(crate) fn new(name: &str, device: DeviceId, kind: DeviceKind, password: &str, seed: [u8; 32], now: Instant) -> Self {
        let config = Config {
            realm: "farend".to_owned(),
            product: "sim".to_owned(),
            transactions_max: 100,
            dialogs_max: 20,
            session_expires: Duration::from_secs(1_800),
            udp_request_bytes_max: 1_300,
        };
        Self {
            name: name.to_owned(),
            sip_user: name.to_owned(),
            device,
            kind,
            habit: Habit::Ignore,
            way: if kind == DeviceKind::Browser { Way::Wss } else { Way::Udp },
            answers_when_asked: true,
            obeys: false,
            tells_instance: kind == DeviceKind::Browser,
            outside: None,
            flow: None,
            calls: Vec::new(),
            refusals: Vec::new(),
            reasons: Vec::new(),
            identified: Vec::new(),
            notified: Vec::new(),
            shown: Vec::new(),
            is_registered: false,
            instance: device.0,
            agent: Agent::new(config, seed, now),
            has_left: false,
            lost_flow: None,
            has_asked: false,
            is_leaving: false,
            refreshes: false,
            registering: None,
            series: None,
            password: password.to_owned(),
            orders: Vec::new(),
            wire: Wire::default(),
        }
    }

    /// Whether somebody calls.
    #[must_use]
    pub fn rings(&self) -> bool {
        self.calls.iter().any(|call| call.progress == Progress::Incoming)
    }

    /// Whether the person hears that it rings at the other side.
    #[must_use]
    pub fn hears_ringing(&self) -> bool {
        self.calls.iter().any(|call| call.progress == Progress::RingsThere)
    }

    /// Whether the person talks.
    #[must_use]
    pub fn talks(&self) -> bool {
        self.calls.iter().any(|call| call.progress == Progress::Talking)
    }

    /// Somebody typed another password into the phone.
    pub fn change_password(&mut self, password: &str) {
        password.clone_into(&mut self.password);
    }

    /// What it says of itself when it is called.
    fn abilities(&self) -> Vec<(String, String)> {
        let events = ("Allow-Events".to_owned(), "talk, hold".to_owned());
        self.obeys.then_some(events).into_iter().collect()
    }

    /// Does what it was told to by NOTIFY, as if the key was pressed; a phone that has changed its mind does nothing.
    pub(crate) fn obey(&mut self, now: Instant) {
        for order in std::mem::take(&mut self.orders) {
            match order.as_str() {
                _ if !self.obeys => {}
                "talk" if self.rings() => self.answer(now),
                "talk" => self.reoffer(Some(describe(Direction::SendRecv)), now),
                "hold" => self.reoffer(Some(describe(Direction::SendOnly)), now),
                _ => {}
            }
        }
    }

    fn address(&self) -> NameAddr {
        NameAddr {
            display: "anything".to_owned(),
            uri: format!("sip:{}@farend", self.sip_user),
        }
    }

    fn credentials(&self) -> Option<Credentials> {
        Some(Credentials {
            username: self.sip_user.clone(),
            password: self.password.clone(),
            realm: None,
        })
    }

    /// Registers with the switchboard.
    pub(crate) fn register(&mut self, expires_s: u32, now: Instant) {
        let Some(flow) = self.flow else { return };
        let uri = match flow.transport {
            Transport::Wss => "sip:phone@x.invalid;transport=ws".to_owned(),
            Transport::Udp => format!("sip:{}@{}", self.sip_user, flow.local),
            Transport::Tcp | Transport::Tls => format!("sip:{}@{};transport=tcp", self.sip_user, flow.local),
        };
        let contact = if self.tells_instance {
            format!("<{uri}>;+sip.instance=\"<urn:uuid:{}>\";reg-id=1", self.instance)
        } else {
            format!("<{uri}>")
        };
        let request = OutgoingRequest {
            flow,
            method: "REGISTER".to_owned(),
            target: "sip:farend".to_owned(),
            routes: Vec::new(),
            from: self.address(),
            to: self.address(),
            headers: vec![
                ("Contact".to_owned(), contact),
                ("Expires".to_owned(), expires_s.to_string()),
                ("Allow".to_owned(), "INVITE, MESSAGE".to_owned()),
            ],
            body: None,
            credentials: self.credentials(),
            contact_user: None,
            series: Some(*self.series.get_or_insert_with(|| self.agent.open_series())),
            response_max: None,
        };
        self.has_left = expires_s == 0;
        self.registering = Some(self.agent.request(request, now));
    }

    /// Is switched off and on, or its page is loaded again: what registers next is somebody new to the switchboard.
    pub(crate) fn start_anew(&mut self) {
        if let Some(series) = self.series.take() {
            self.agent.close_series(series);
        }
    }

    /// The switchboard has lost its memory, and all connections with it.
    pub(crate) fn lose_switchboard(&mut self, now: Instant) {
        for call in std::mem::take(&mut self.calls) {
            self.agent.hang_up(call.dialog, None, now);
        }
        if let Some(flow) = self.flow.filter(|flow| flow.transport.is_reliable()) {
            self.agent.flow_closed(flow, now);
            self.flow = None;
            self.lost_flow = None;
        }
    }

    pub(crate) fn call(&mut self, number: &str, offer: Option<String>, headers: Vec<(String, String)>, now: Instant) {
        let Some(flow) = self.flow else { return };
        let display = NameAddr {
            display: String::new(),
            uri: format!("sip:{number}@farend"),
        };
        let invite = Invite {
            flow,
            target: display.uri.clone(),
            routes: Vec::new(),
            from: self.address(),
            to: display.clone(),
            body: offer.map(body),
            headers,
            credentials: self.credentials(),
            contact_user: None,
            first_response_max: None,
        };
        let asks_for_offer = invite.body.is_none();
        let dialog = self.agent.invite(invite, now);
        self.calls.push(PhoneCall {
            dialog,
            progress: Progress::Calling,
            display,
            asks_for_offer,
        });
    }

    pub(crate) fn carry_out(&mut self, plan: Plan, now: Instant) {
        match plan {
            Plan::Answer(dialog) => {
                let incoming = self.calls.iter_mut().find(|call| call.dialog == dialog);
                if let Some(call) = incoming.filter(|call| call.progress == Progress::Incoming) {
                    call.progress = Progress::Talking;
                    let abilities = self.abilities();
                    self.agent.answer(dialog, body(describe(Direction::SendRecv)), abilities, now);
                }
            }
            Plan::Refuse(dialog, status) => {
                let incoming = |call: &PhoneCall| call.dialog == dialog && call.progress == Progress::Incoming;
                if self.calls.iter().any(incoming) {
                    self.forget(dialog);
                    self.agent.refuse(dialog, status, Vec::new(), now);
                }
            }
        }
    }

    /// Lifts, whoever calls.
    pub(crate) fn answer(&mut self, now: Instant) {
        if let Some(dialog) = self
            .calls
            .iter()
            .find(|call| call.progress == Progress::Incoming)
            .map(|call| call.dialog)
        {
            self.carry_out(Plan::Answer(dialog), now);
        }
    }

    /// Hangs up everything. Without a connection that has to wait until there is one again, or until the agent gives up.
    pub(crate) fn hang_up(&mut self, now: Instant) {
        self.is_leaving = self.flow.is_none();
        if self.is_leaving {
            return;
        }
        for call in std::mem::take(&mut self.calls) {
            self.agent.hang_up(call.dialog, None, now);
        }
    }

    /// There is a connection again.
    pub(crate) fn connected(&mut self, flow: Flow, now: Instant) {
        let old = self.flow.replace(flow).or(self.lost_flow.take());
        if let Some(old) = old.filter(|old| *old != flow) {
            self.agent.move_dialogs(old, flow, None, now);
        }
        if self.is_leaving {
            self.hang_up(now);
        }
        self.register(600, now);
    }

    pub(crate) fn reoffer(&mut self, offer: Option<String>, now: Instant) {
        if let Some(call) = self.calls.iter().find(|call| call.progress == Progress::Talking) {
            self.has_asked = offer.is_none();
            self.agent.reoffer(call.dialog, offer.map(body), now);
        }
    }

    /// What an event means to the person; what they will do about it, and when.
    pub(crate) fn react(&mut self, event: Event, now: Instant) -> Option<(Duration, Plan)> {
        match event {
            Event::Invited { dialog, message, .. } => {
                let abilities = self.abilities();
                self.agent.ring(dialog, 180, None, abilities, now);
                self.calls.push(PhoneCall {
                    dialog,
                    progress: Progress::Incoming,
                    display: message.from(),
                    asks_for_offer: false,
                });
                let is_asked = message.headers("Call-Info").any(|info| info.contains("answer-after=0"));
                if is_asked && self.answers_when_asked {
                    return Some((LIFTS_BY_ITSELF, Plan::Answer(dialog)));
                }
                return match self.habit {
                    Habit::Ignore => None,
                    Habit::Answer { after } => Some((after, Plan::Answer(dialog))),
                    Habit::Refuse { after, status } => Some((after, Plan::Refuse(dialog, status))),
                };
            }
            Event::Progressed { dialog, .. } => self.advance(dialog, Progress::RingsThere),
            Event::Answered { dialog, .. } => {
                self.advance(dialog, Progress::Talking);
                if self.calls.iter().any(|call| call.dialog == dialog && call.asks_for_offer) {
                    self.agent.acknowledge(dialog, body(describe(Direction::SendRecv)), now);
                }
            }
            Event::Refused { dialog, status, .. } => {
                self.refusals.push(status);
                self.forget(dialog);
            }
            Event::Ended { dialog, .. } => self.forget(dialog),
            Event::Responded { request, status, .. } if Some(request) == self.registering => {
                self.registering = None;
                self.is_registered = status == 200 && !self.has_left;
                if status != 200 {
                    self.refusals.push(status);
                }
            }
            Event::ReofferEnded { result: Err(status), .. } => self.refusals.push(status),
            Event::ReofferEnded { dialog, result: Ok(_) } if std::mem::take(&mut self.has_asked) => {
                self.agent.acknowledge(dialog, body(describe(Direction::SendRecv)), now);
            }
            Event::Reoffered { request, .. } => {
                self.agent
                    .respond(request, 200, Vec::new(), Some(body(describe(Direction::SendRecv))), now);
            }
            Event::Requested { request, message, .. } if message.method() == "MESSAGE" => {
                let text = message.body().map(|body| String::from_utf8_lossy(&body.bytes).into_owned());
                self.shown.extend(text);
                self.agent.respond(request, 200, Vec::new(), None, now);
            }
            Event::Requested { request, .. } | Event::Referred { request, .. } => {
                self.agent.respond(request, 501, Vec::new(), None, now);
            }
            Event::Confirmed { .. }
            | Event::ReofferEnded { .. }
            | Event::Informed { .. }
            | Event::RecordingAsked { .. }
            | Event::Pinged { .. }
            | Event::Responded { .. }
            | Event::Rewatched { .. }
            | Event::Notified { .. }
            | Event::Unwatched { .. } => {}
        }
        None
    }

    fn advance(&mut self, dialog: DialogId, progress: Progress) {
        if let Some(call) = self.calls.iter_mut().find(|call| call.dialog == dialog) {
            call.progress = progress;
        }
    }

    fn forget(&mut self, dialog: DialogId) {
        self.calls.retain(|call| call.dialog != dialog);
    }
}

fn body(sdp: String) -> Body {
    Body {
        content_type: "application/sdp".to_owned(),
        bytes: sdp.into_bytes(),
    }
}
