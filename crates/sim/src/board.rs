//! A phone with lamps: it subscribes, answers NOTIFYs, and keeps what they said last.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sip::Flow;

/// What a lamp was told last.
#[derive(Clone, Debug)]
pub struct Lamp {
    /// The number that it watches.
    pub number: String,
    /// The document, empty before the first one.
    pub document: String,
    /// `Subscription-State`.
    pub state: String,
    /// NOTIFYs so far.
    pub told: u32,
    /// When what it shows ceased to be true, as far as the app was told.
    pub(crate) stale_since: Option<Instant>,
}

/// See the module.
#[derive(Debug)]
pub struct Board {
    /// Its connection, as the switchboard sees it.
    pub(crate) flow: Flow,
    /// By Call-ID.
    lamps: BTreeMap<String, Lamp>,
    sequence: u32,
    /// Whether it answers NOTIFYs.
    pub answers: bool,
    /// From a change to the NOTIFY that tells it.
    pub delays: Vec<Duration>,
}

impl Board {
    pub(crate) fn new(flow: Flow) -> Self {
        Self {
            flow,
            lamps: BTreeMap::new(),
            sequence: 0,
            answers: true,
            delays: Vec::new(),
        }
    }

    /// Its lamps.
    pub fn lamps(&self) -> impl Iterator<Item = &Lamp> {
        self.lamps.values()
    }

    /// The first lamp that watches a number.
    #[must_use]
    pub fn lamp(&self, number: &str) -> Option<&Lamp> {
        self.lamps().find(|lamp| lamp.number == number)
    }

    /// A SUBSCRIBE for one more lamp.
    pub(crate) fn subscribe(&mut self, number: &str, event: &str, expires_s: u32) -> Vec<u8> {
        self.sequence += 1;
        let (sequence, peer) = (self.sequence, self.flow.peer);
        let call_id = format!("lamp-{sequence}-{}", peer.port());
        let lamp = Lamp {
            number: number.to_owned(),
            document: String::new(),
            state: String::new(),
            told: 0,
            stale_since: None,
        };
        let message = format!(
            "SUBSCRIBE sip:{number}@farend SIP/2.0\r\nVia: SIP/2.0/WSS {peer};branch=z9hG4bK{call_id}\r\nMax-Forwards: 70\r\n\
             From: <sip:board@farend>;tag=board\r\nTo: <sip:{number}@farend>\r\nCall-ID: {call_id}\r\nCSeq: 1 SUBSCRIBE\r\n\
             Contact: <sip:board@{peer};transport=ws>\r\nEvent: {event}\r\nExpires: {expires_s}\r\nContent-Length: 0\r\n\r\n"
        );
        self.lamps.insert(call_id, lamp);
        message.into_bytes()
    }

    /// Takes a message, and gives the answer to a NOTIFY.
    pub(crate) fn take(&mut self, bytes: &[u8], now: Instant) -> Option<Vec<u8>> {
        let message = String::from_utf8_lossy(bytes);
        if !message.starts_with("NOTIFY ") {
            return None;
        }
        let (head, body) = message.split_once("\r\n\r\n")?;
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let lamp = self.lamps.get_mut(field("Call-ID")?)?;
        body.clone_into(&mut lamp.document);
        field("Subscription-State")?.clone_into(&mut lamp.state);
        lamp.told += 1;
        let since = lamp.stale_since.take();
        self.delays.extend(since.map(|since| now.saturating_duration_since(since)));
        if !self.answers {
            return None;
        }
        let echoed = ["Via", "From", "To", "Call-ID", "CSeq"].map(|name| format!("{name}: {}\r\n", field(name).unwrap_or_default()));
        Some(format!("SIP/2.0 200 OK\r\n{}Content-Length: 0\r\n\r\n", echoed.concat()).into_bytes())
    }

    /// What this number does has changed.
    pub(crate) fn changed(&mut self, number: &str, now: Instant) {
        for lamp in self.lamps.values_mut().filter(|lamp| lamp.number == number) {
            lamp.stale_since.get_or_insert(now);
        }
    }
}
