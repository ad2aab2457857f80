//! Phones and providers that answer each other, and what they send within their calls.

use model::control::{Command, Direction, Event as Report};

use super::trunks::{FIRST, SECOND, Scene, incoming, provider};
use super::*;

/// One side of a call, as its phone knows it.
pub(super) struct Dialog {
    flow: Flow,
    call_id: String,
    from: String,
    to: String,
    cseq: u32,
}

impl Scene {
    /// Lets media do all that it is asked for. What was sent meanwhile.
    pub(super) fn settle(&mut self) -> Vec<String> {
        self.let_media_work();
        self.bench.messages()
    }

    /// The first lines of the INVITEs that providers have got by now.
    pub(super) fn carried(&mut self) -> Vec<String> {
        self.let_media_work();
        let carried = self.bench.outputs.iter().filter_map(|output| match output {
            Output::Send { flow, bytes } if [FIRST, SECOND].map(provider).contains(flow) => {
                let text = String::from_utf8_lossy(bytes);
                text.starts_with("INVITE")
                    .then(|| text.lines().next().unwrap_or_default().to_owned())
            }
            _ => None,
        });
        carried.collect()
    }

    fn let_media_work(&mut self) {
        loop {
            let (commands, rest): (Vec<Output>, Vec<Output>) = std::mem::take(&mut self.bench.outputs)
                .into_iter()
                .partition(|output| matches!(output, Output::Media { .. }));
            self.bench.outputs = rest;
            if commands.is_empty() {
                return;
            }
            for output in commands {
                let Output::Media { command, .. } = output else { continue };
                if let Some(report) = report(&command) {
                    self.bench.handle(Input::Media(report));
                }
            }
        }
    }

    /// A response to one of our requests; `To` gets a tag.
    pub(super) fn reply(&mut self, flow: Flow, request: &str, status: &str, lines: &str, body: &str) {
        let copied: String = request
            .lines()
            .take_while(|line| !line.is_empty())
            .filter_map(|line| match line.split(':').next()? {
                "Via" | "From" | "Call-ID" | "CSeq" => Some(format!("{line}\r\n")),
                "To" => Some(format!("{line};tag=phone\r\n")),
                _ => None,
            })
            .collect();
        let length = body.len();
        let message = format!("SIP/2.0 {status}\r\n{copied}{lines}Content-Length: {length}\r\n\r\n{body}");
        let bytes = message.as_bytes();
        self.bench.handle(Input::Received { flow, bytes });
    }

    /// Who is called answers our INVITE.
    pub(super) fn accept(&mut self, flow: Flow, invite: &str) -> Dialog {
        let lines = format!("Contact: <sip:x@{}>\r\nContent-Type: application/sdp\r\n", flow.peer);
        self.reply(flow, invite, "200 OK", &lines, "v=0\r\n");
        let field = |name| header(invite, name).expect(name).to_owned();
        Dialog {
            flow,
            call_id: field("Call-ID"),
            from: format!("{};tag=phone", field("To")),
            to: field("From"),
            cseq: 0,
        }
    }

    /// Who calls has got our 200 among these, and acknowledges it.
    fn confirm(&mut self, flow: Flow, messages: &[String]) -> Dialog {
        let answer = messages
            .iter()
            .find(|message| message.starts_with("SIP/2.0 200") && message.contains(" INVITE\r\n"));
        let answer = answer.unwrap_or_else(|| panic!("no answer: {messages:?}"));
        let field = |name| header(answer, name).expect(name).to_owned();
        let (cseq, _) = header(answer, "CSeq").and_then(|cseq| cseq.split_once(' ')).expect("CSeq");
        let mut dialog = Dialog {
            flow,
            call_id: field("Call-ID"),
            from: field("From"),
            to: field("To"),
            cseq: cseq.parse::<u32>().expect("a number") - 1,
        };
        self.within(&mut dialog, "ACK", "", "");
        dialog
    }

    /// A request within a call. What is sent thereupon.
    pub(super) fn within(&mut self, dialog: &mut Dialog, method: &str, lines: &str, body: &str) -> Vec<String> {
        self.request_within(dialog, method, lines, body);
        self.settle()
    }

    /// A request within a call.
    pub(super) fn request_within(&mut self, dialog: &mut Dialog, method: &str, lines: &str, body: &str) {
        self.bench.sent += 1;
        dialog.cseq += 1;
        let Dialog {
            flow,
            call_id,
            from,
            to,
            cseq,
        } = dialog;
        let via = if flow.transport == Transport::Wss { "WSS" } else { "UDP" };
        let message = format!(
            "{method} sip:farend SIP/2.0\r\nVia: SIP/2.0/{via} {};rport;branch=z9hG4bKin{}\r\nMax-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\n\
             Call-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n{lines}Content-Length: {}\r\n\r\n{body}",
            flow.peer,
            self.bench.sent,
            body.len()
        );
        let (flow, bytes) = (*flow, message.as_bytes());
        self.bench.handle(Input::Received { flow, bytes });
    }

    /// Somebody's browser calls, who is called answers, and they talk: both sides of it.
    pub(super) fn talk(&mut self, (flow, user): (Flow, &str), number: &str, called: Flow) -> (Dialog, Dialog) {
        self.bench.invite(flow, user, number);
        self.answered(flow, called)
    }

    /// Our INVITE is answered: who has called, and who is called.
    pub(super) fn answered(&mut self, caller: Flow, called: Flow) -> (Dialog, Dialog) {
        let invite = invite_among(&self.settle());
        let callee = self.accept(called, &invite);
        let messages = self.settle();
        (self.confirm(caller, &messages), callee)
    }

    /// A feature code answers somebody's browser.
    pub(super) fn served(&mut self, (flow, user): (Flow, &str), code: &str) -> Dialog {
        self.bench.invite(flow, user, code);
        let messages = self.settle();
        self.confirm(flow, &messages)
    }

    /// The world calls one of our numbers, and the browser there answers: the world's side of it, and ours.
    pub(super) fn answer_the_world(&mut self, number: &str, flow: Flow) -> (Dialog, Dialog) {
        incoming(self, provider(FIRST), number);
        self.answered(provider(FIRST), flow)
    }
}

impl Dialog {
    /// `Call-ID`, `From` and `To` of this side's requests.
    pub(super) fn identifiers(&self) -> (String, String, String) {
        (self.call_id.clone(), self.from.clone(), self.to.clone())
    }
}

/// The INVITE that we have sent.
pub(super) fn invite_among(messages: &[String]) -> String {
    let invite = messages.iter().find(|message| message.starts_with("INVITE"));
    invite.unwrap_or_else(|| panic!("no INVITE: {messages:?}")).clone()
}

fn report(command: &Command) -> Option<Report> {
    let direction = Direction::SendRecv;
    Some(match *command {
        Command::ReceiveOffer { leg, .. } => Report::OfferReceived { leg, direction },
        Command::MakeOffer { leg, .. } => Report::OfferMade {
            leg,
            offer: "v=0\r\n".to_owned(),
        },
        Command::AnswerOffer { leg, .. } => Report::OfferAnswered {
            leg,
            answer: "v=0\r\n".to_owned(),
        },
        Command::AcceptAnswer { leg, .. } => Report::AnswerAccepted { leg, direction },
        Command::Close { leg } => Report::Closed {
            leg,
            report: Box::default(),
        },
        _ => return None,
    })
}
