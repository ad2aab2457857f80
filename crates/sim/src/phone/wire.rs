//! Requests that the agent does not know how to send: REFER and INFO, written by hand into its dialogs.

use std::collections::BTreeMap;

use sip::Transport;
use sip::agent::Output;

use super::Phone;

/// What the agent does not tell: enough of each dialog to send a REFER or an INFO in it, by Call-ID.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire {
    dialogs: BTreeMap<String, DialogOnWire>,
    /// Their Call-IDs, the newest one last.
    order: Vec<String>,
    /// What rings at the other end: as `Replaces` names it, with its Call-ID.
    early: Option<(String, String)>,
    count: u32,
}

/// One dialog.
#[derive(Clone, Debug)]
struct DialogOnWire {
    ours: String,
    theirs: String,
    target: String,
    cseq: u32,
    /// Added to the numbers of the agent's requests, for the ones that it does not know of.
    shift: u32,
    /// The agent's numbers, and what became of them; a retransmission and an ACK keep theirs.
    renumbered: BTreeMap<u32, u32>,
}

impl Phone {
    /// A REFER or INFO in the last dialog.
    pub(crate) fn send_in_dialog(&mut self, method: &str, lines: &str, content: &str) -> Option<Output> {
        let newest = self.wire.order.last()?.clone();
        self.send_within(&newest, method, lines, content)
    }

    /// A REFER that hands the party of one dialog over to that of another: the newest one, or the one that rings there; without another one to
    /// itself.
    pub(crate) fn refer_to_dialog(&mut self) -> Option<Output> {
        let [.., newest] = self.wire.order.as_slice() else {
            return None;
        };
        let older = self.wire.order.iter().rev().nth(1).unwrap_or(newest);
        let (within, named) = match &self.wire.early {
            Some((_, named)) => (newest, named.clone()),
            None => (older, self.replaces()?),
        };
        let escaped: String = named
            .replace('%', "%25")
            .replace('@', "%40")
            .replace(';', "%3B")
            .replace('=', "%3D");
        let line = format!("Refer-To: <sip:somebody@farend?Replaces={escaped}>\r\n");
        self.send_within(&within.clone(), "REFER", &line, "")
    }

    /// The newest dialog as `Replaces` names it, to be sent to the switchboard.
    pub(crate) fn replaces(&self) -> Option<String> {
        let call_id = self.wire.order.last()?;
        let dialog = self.wire.dialogs.get(call_id)?;
        Some(named(call_id, &dialog.ours, &dialog.theirs))
    }

    fn send_within(&mut self, call_id: &str, method: &str, lines: &str, content: &str) -> Option<Output> {
        let flow = self.flow.filter(|_| self.talks())?;
        let dialog = self.wire.dialogs.get_mut(call_id)?;
        dialog.shift += 1;
        dialog.cseq += 1;
        self.wire.count += 1;
        let DialogOnWire {
            ours,
            theirs,
            target,
            cseq,
            ..
        } = dialog;
        let via = match flow.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Wss => "WSS",
        };
        let bytes = format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/{via} {};rport;branch=z9hG4bKsim{}x{}\r\nMax-Forwards: 70\r\n\
             From: {ours}\r\nTo: {theirs}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:{}@{}>\r\n{lines}Content-Length: {}\r\n\r\n{content}",
            flow.local,
            self.device.0,
            self.wire.count,
            self.sip_user,
            flow.local,
            content.len(),
        );
        Some(Output::Send {
            flow,
            bytes: bytes.into_bytes(),
        })
    }

    /// What the agent sends, with numbers that leave room for what it does not know of.
    pub(crate) fn outgoing(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let message = Message::read(&bytes);
        if !message.is_request() {
            if message.first.starts_with("SIP/2.0 200") && message.cseq.1 == "INVITE" {
                self.learn(&message, true);
            }
            return bytes;
        }
        let Some(dialog) = self.wire.dialogs.get_mut(&message.call_id) else {
            return bytes;
        };
        let (number, shift) = (message.cseq.0, dialog.shift);
        let number = *dialog.renumbered.entry(number).or_insert(number + shift);
        dialog.cseq = dialog.cseq.max(number);
        message.with_cseq(number).into_bytes()
    }

    /// What comes in; `None` when the agent shall not see it. A NOTIFY is answered here.
    pub(crate) fn incoming(&mut self, bytes: &[u8]) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let message = Message::read(bytes);
        if message.is_request() {
            if message.cseq.1 == "NOTIFY" {
                if let Some(order) = message.header("Event").filter(|event| !event.starts_with("refer")) {
                    self.orders.push(order.to_owned());
                    return (None, Some(message.accepted().into_bytes()));
                }
                let line = message.text.rsplit("\r\n\r\n").next().unwrap_or_default();
                self.notified.push(line.trim_end().to_owned());
                return (None, Some(message.accepted().into_bytes()));
            }
            if message.cseq.1 == "UPDATE" {
                self.identified.extend(message.header("P-Asserted-Identity").map(str::to_owned));
            }
            if message.cseq.1 == "BYE" || message.cseq.1 == "CANCEL" {
                self.reasons.extend(message.header("Reason").map(str::to_owned));
            }
            return (Some(bytes.to_vec()), None);
        }
        if message.text.contains(";branch=z9hG4bKsim") {
            if !message.first.starts_with("SIP/2.0 2") {
                self.refusals.push(message.status());
            }
            return (None, None);
        }
        if message.first.starts_with("SIP/2.0 200") && message.cseq.1 == "INVITE" {
            self.learn(&message, false);
        }
        self.hear_of_early(&message);
        let dialog = self.wire.dialogs.get(&message.call_id);
        let original = dialog.and_then(|dialog| dialog.renumbered.iter().find(|(_, wire)| **wire == message.cseq.0));
        match original {
            Some((number, _)) => (Some(message.with_cseq(*number).into_bytes()), None),
            None => (Some(bytes.to_vec()), None),
        }
    }

    /// From other responses to INVITE: what rings, until it does not any more.
    fn hear_of_early(&mut self, message: &Message) {
        let is_known = self.wire.dialogs.contains_key(&message.call_id);
        let (Some(from), Some(to)) = (message.header("From"), message.header("To")) else {
            return;
        };
        if message.cseq.1 == "INVITE" && (101..200).contains(&message.status()) && !is_known {
            let call_id = message.call_id.clone();
            self.wire.early = Some((call_id.clone(), named(&call_id, from, to)));
        } else if message.cseq.1 == "INVITE" && message.status() >= 200 {
            self.wire.early.take_if(|(call_id, _)| *call_id == message.call_id);
        }
    }

    /// From a 200 to INVITE: both sides of the dialog.
    fn learn(&mut self, message: &Message, is_ours: bool) {
        let known = self.wire.dialogs.contains_key(&message.call_id);
        let (Some(from), Some(to)) = (message.header("From"), message.header("To")) else {
            return;
        };
        if known || (is_ours && message.header("Contact").is_none()) {
            return;
        }
        let contact = message
            .header("Contact")
            .and_then(|c| c.split(['<', '>']).nth(1))
            .unwrap_or("sip:farend");
        let (ours, theirs) = if is_ours { (to, from) } else { (from, to) };
        let dialog = DialogOnWire {
            ours: ours.to_owned(),
            theirs: theirs.to_owned(),
            target: if is_ours { "sip:farend".to_owned() } else { contact.to_owned() },
            cseq: if is_ours { 0 } else { message.cseq.0 },
            shift: 0,
            renumbered: BTreeMap::new(),
        };
        self.wire.order.push(message.call_id.clone());
        self.wire.dialogs.insert(message.call_id.clone(), dialog);
    }
}

/// A dialog as `Replaces` names it, to the one at its other end.
fn named(call_id: &str, ours: &str, theirs: &str) -> String {
    let tag = |field: &str| field.rsplit_once(";tag=").map(|(_, tag)| tag.to_owned()).unwrap_or_default();
    format!("{call_id};to-tag={};from-tag={}", tag(theirs), tag(ours))
}

/// Just enough of a message to answer or renumber it.
struct Message {
    text: String,
    first: String,
    call_id: String,
    cseq: (u32, String),
}

impl Message {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let first = text.lines().next().unwrap_or_default().to_owned();
        let mut message = Self {
            text,
            first,
            call_id: String::new(),
            cseq: (0, String::new()),
        };
        message.call_id = message.header("Call-ID").unwrap_or_default().to_owned();
        let cseq = message.header("CSeq").unwrap_or_default().to_owned();
        let (number, method) = cseq.split_once(' ').unwrap_or_default();
        message.cseq = (number.parse().unwrap_or_default(), method.to_owned());
        message
    }

    fn is_request(&self) -> bool {
        !self.first.starts_with("SIP/2.0")
    }

    fn status(&self) -> u16 {
        self.first
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.text.lines().take_while(|line| !line.is_empty());
        lines
            .find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)))
            .map(|(_, v)| v.trim())
    }

    fn with_cseq(&self, number: u32) -> String {
        let (old, method) = &self.cseq;
        self.text
            .replacen(&format!("CSeq: {old} {method}"), &format!("CSeq: {number} {method}"), 1)
    }

    /// A 200 to it.
    fn accepted(&self) -> String {
        let kept = ["Via", "From", "To", "Call-ID", "CSeq"];
        let mut answer = "SIP/2.0 200 OK\r\n".to_owned();
        for line in self.text.lines().take_while(|line| !line.is_empty()) {
            if line.split_once(':').is_some_and(|(name, _)| kept.contains(&name)) {
                answer.push_str(line);
                answer.push_str("\r\n");
            }
        }
        answer + "Content-Length: 0\r\n\r\n"
    }
}
