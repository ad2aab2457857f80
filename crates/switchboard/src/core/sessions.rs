//! Between a call's legs and their SIP sessions.

use std::time::{Duration, Instant};

use model::control::{self, Peer, Reached};
use model::{CallId, LegId};
use sip::agent::{Body, DialogId, End, Event, Header, Invite, NameAddr};
use sip::message::Replaces;

use super::calls::Signalling;
use super::requests::{header, reason, reason_value};
use super::{Core, DialogBegan, JournalEntry, LiveEvent, Output, Party, info};
use crate::call::{Cause, Command, HangUp, Mover, News};

/// How long a provider may say nothing at all to an INVITE; then the next way has its turn.
const FIRST_RESPONSE_MAX: Duration = Duration::from_secs(4);
/// The same where it has another server: by then a datagram has been sent three times.
const FIRST_RESPONSE_OF_SEVERAL_MAX: Duration = Duration::from_secs(2);

impl Core {
    /// News from the agent about a session.
    pub(super) fn session_reports(&mut self, event: Event, now: Instant) {
        let (dialog, news) = match event {
            Event::Progressed { dialog, body, .. } => match sdp(body.as_ref()) {
                Some(answer) => (dialog, News::Previewed { answer }),
                None => (dialog, News::Rang),
            },
            Event::Answered { dialog, body, .. } => (dialog, News::Answered { sdp: sdp(body.as_ref()) }),
            Event::Refused {
                dialog,
                status,
                is_silence,
                ..
            } => {
                if is_silence {
                    self.server_is_silent(dialog, now);
                }
                (dialog, News::Refused { status })
            }
            Event::Confirmed { dialog, body } => (dialog, News::Confirmed { sdp: sdp(body.as_ref()) }),
            Event::Reoffered { dialog, request, body } => (
                dialog,
                News::Reoffered {
                    request,
                    offer: sdp(body.as_ref()),
                    reached: self.whereabouts(dialog),
                },
            ),
            Event::Referred { dialog, request, refer_to } => {
                let Some(leg) = self.calls.dialogs.get(&dialog).copied() else {
                    return;
                };
                match Replaces::embedded(&refer_to) {
                    Ok(None) if self.refer_to_conference(leg, &refer_to, Some(request), now) => return,
                    Ok(None) => {
                        let to = self.plan_transfer(leg, &refer_to, Mover::Transfer, now);
                        let request = Some(request);
                        (dialog, News::Referred { request, to })
                    }
                    Ok(Some(replaces)) => return self.connect_by_refer((dialog, leg), request, &replaces, now),
                    Err(error) => return self.agent.respond(request, 400, vec![reason(400, &error.to_string())], None, now),
                }
            }
            Event::Informed { dialog, body } => {
                let Some(body) = body else { return };
                let Some((digit, duration_ms)) = info::pressed(&body) else {
                    return self.trickled(dialog, &body);
                };
                (dialog, News::Pressed { digit, duration_ms })
            }
            Event::RecordingAsked { dialog, request, is_on } => return self.record_by_phone(dialog, request, is_on, now),
            Event::Ended { dialog, end } => (dialog, News::HungUp { how: how(&end) }),
            Event::ReofferEnded { dialog, result: Ok(body) } => (
                dialog,
                News::Reanswered {
                    answer: sdp(body.as_ref()),
                },
            ),
            Event::ReofferEnded { dialog, result: Err(_) } => (dialog, News::ReofferRefused),
            // These are routed elsewhere.
            Event::Requested { .. } | Event::Invited { .. } | Event::Pinged { .. } | Event::Responded { .. } => return,
            Event::Rewatched { .. } | Event::Notified { .. } | Event::Unwatched { .. } => return,
        };
        let Some(leg) = self.calls.dialogs.get(&dialog).copied() else {
            return;
        };
        if let News::Refused { status } = news
            && let Some(line) = self.calls.legs.get(&leg).and_then(|entry| entry.line)
        {
            self.line_refused_call(line, status, now);
        }
        if matches!(news, News::Refused { .. } | News::HungUp { .. }) {
            self.calls.detach(leg, &mut self.flows);
        }
        self.deliver(leg, news, now);
    }

    /// How the browser of a dialog reaches us now.
    fn whereabouts(&self, dialog: DialogId) -> Option<Reached> {
        let leg = self.calls.dialogs.get(&dialog)?;
        match self.peer(self.calls.legs.get(leg)?.flow) {
            Peer::Browser { reached } => Some(reached),
            Peer::Phone { .. } => None,
        }
    }

    /// Candidates concern media alone: the call need not know.
    fn trickled(&mut self, dialog: DialogId, body: &Body) {
        let Some(leg) = self.calls.dialogs.get(&dialog).copied() else {
            return;
        };
        let Some(call) = self.calls.legs.get(&leg).map(|entry| entry.call) else {
            return;
        };
        let commands = info::candidates(body).into_iter().map(|candidate| Output::Media {
            call,
            command: control::Command::AddCandidate { leg, candidate },
        });
        self.outputs.extend(commands);
    }

    pub(super) fn execute(&mut self, call: CallId, command: Command, now: Instant) {
        match command {
            Command::Media(command) => {
                if let control::Command::Hear { leg, .. } = &command {
                    self.calls.plays_nothing(*leg);
                }
                self.outputs.push_back(Output::Media { call, command });
            }
            Command::Ring { leg } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    self.agent.ring(dialog, 180, None, self.headers_of(call, leg), now);
                }
            }
            Command::Preview { leg, sdp } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    self.agent.ring(dialog, 183, Some(body(sdp)), self.headers_of(call, leg), now);
                }
            }
            Command::Answer { leg, sdp } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    let mut headers = self.headers_of(call, leg);
                    headers.extend(self.who_answers(call, leg));
                    self.agent.answer(dialog, body(sdp), headers, now);
                }
            }
            Command::Refuse { leg, cause } => {
                if let Some(dialog) = self.calls.detach(leg, &mut self.flows) {
                    self.refuse(dialog, cause, now);
                }
            }
            Command::Invite { leg, from, to, offer } => self.invite_or_wait((call, leg), from, to, offer, now),
            Command::Dial { leg, number } => self.lifted(call, leg, &number, now),
            Command::Reoffer { leg, offer } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    self.agent.reoffer(dialog, Some(body(offer)), now);
                }
            }
            Command::HangUp { leg, cause } => {
                if let Some(dialog) = self.calls.detach(leg, &mut self.flows) {
                    let reason = cause.map(|cause| reason_value(cause.status, cause.text));
                    self.agent.hang_up(dialog, reason.as_deref(), now);
                }
            }
            Command::Respond { request, cause, sdp } => {
                let headers = if cause.status < 300 { Vec::new() } else { refusal_headers(cause) };
                self.agent.respond(request, cause.status, headers, sdp.map(body), now);
            }
            // A provider has its own idea of who is at our end.
            Command::Identify { leg, .. } if self.calls.is_outside(leg) => {}
            Command::Identify { leg, party } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    let who = self.name_addr(&party);
                    let headers = [self.call_header(call)];
                    self.agent.identify(dialog, &who, &headers, now);
                }
            }
            Command::NotifyRefer { leg, cause } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    self.agent.notify_refer(dialog, cause.status, cause.text, now);
                }
            }
            Command::Tell { leg, prompt } => self.say(call, leg, prompt),
            Command::Play { leg, sounds } => {
                self.play(call, leg, sounds);
            }
            Command::OpenMenu { leg, menu } => self.open_menu(leg, menu, now),
            Command::Choose { leg, number } => self.choose(call, leg, &number, now),
            Command::GivenUp { counted } => self.give_up(call, counted),
            Command::CheckPin { leg, extension, pin } => self.check_pin(leg, &extension, pin, now),
            Command::WrongPin => self.conferences.guessed(call, now),
            Command::Echoed(echoed) => self.check_echoed(call, &echoed, now),
            Command::Transferred { user, party, to, end } => self.tell(LiveEvent::Transferred { user, party, to, end }),
            Command::Return { to, party } => self.return_call(call, &to, &party, now),
            Command::RingBack { party, to } => self.ring_back(call, &party, to, now),
            Command::Settle { leg } => self.settle(call, leg, now),
            Command::CountsHere { story } => self.guard.joined(story, call),
            Command::Next { lack } => self.next_turn(call, lack, now),
            Command::Record(entry) => self.outputs.push_back(Output::Journal(entry)),
            Command::Journal(entry) => {
                match &entry {
                    JournalEntry::Answered { call: told, device } => {
                        self.calls.answered(call);
                        if device.is_some() {
                            // A mobile that has rung as well costs nothing from now on.
                            self.guard.answered(*told, now);
                        }
                    }
                    JournalEntry::Transferred { to, .. } => self.team_took_over(call, to),
                    // Of somebody who was called into a conference, which goes on.
                    JournalEntry::Ended { call: told, .. } if *told != call => self.guard.ended(*told, now),
                    JournalEntry::Started { .. }
                    | JournalEntry::Forwarded { .. }
                    | JournalEntry::Emergency { .. }
                    | JournalEntry::Ended { .. } => {}
                }
                self.outputs.push_back(Output::Journal(entry));
            }
        }
    }

    pub(super) fn invite(&mut self, (call, leg): (CallId, LegId), from: &Party, to: &Party, offer: String, now: Instant) {
        let (Some(entry), Some(hops)) = (self.calls.legs.get_mut(&leg), self.calls.calls.get(&call).map(|entry| entry.hops)) else {
            return;
        };
        let (flow, device, line) = (entry.flow, entry.device, entry.line);
        let hops = header("Max-Forwards", &hops.to_string());
        let invite = match std::mem::replace(&mut entry.signalling, Signalling::Done) {
            Signalling::Planned { target, answers } => Invite {
                flow,
                target,
                from: self.name_addr(from),
                to: self.name_addr(to),
                body: Some(body(offer)),
                headers: [self.call_header(call), hops].into_iter().chain(answering(answers)).collect(),
                routes: Vec::new(),
                credentials: None,
                contact_user: None,
                first_response_max: None,
            },
            Signalling::PlannedOutside {
                target,
                identity,
                instead_of,
            } => {
                let is_first_of_several = instead_of.is_none() && line.is_some_and(|line| self.trunks.next_way_of(line).is_some());
                let first_response_max = if is_first_of_several {
                    FIRST_RESPONSE_OF_SEVERAL_MAX
                } else {
                    FIRST_RESPONSE_MAX
                };
                let to = NameAddr {
                    display: String::new(),
                    uri: target.clone(),
                };
                let from = NameAddr {
                    display: identity.display,
                    uri: identity.from,
                };
                Invite {
                    flow,
                    target,
                    from,
                    to,
                    body: Some(body(offer)),
                    headers: identity.headers.into_iter().chain([hops]).collect(),
                    routes: line.map(|line| self.trunks.routes_of(line)).unwrap_or_default(),
                    credentials: line.and_then(|line| self.credentials_of(line)),
                    contact_user: line.and_then(|line| self.contact_user_of(line)),
                    first_response_max: Some(first_response_max),
                }
            }
            signalling @ (Signalling::Dialog(_) | Signalling::Done) => {
                entry.signalling = signalling;
                return;
            }
        };
        let dialog = self.agent.invite(invite, now);
        if let Some(device) = device {
            self.agent.label(dialog, device.0);
        }
        self.dialog_begins(leg, dialog);
    }

    /// The leg has a dialog from now on.
    pub(super) fn dialog_begins(&mut self, leg: LegId, dialog: DialogId) {
        self.calls.attach(leg, dialog, &mut self.flows);
        let (Some(entry), Some(call_id)) = (self.calls.legs.get(&leg), self.agent.call_id(dialog)) else {
            return;
        };
        self.outputs.push_back(Output::DialogBegan(Box::new(DialogBegan {
            call: entry.call,
            leg,
            call_id: call_id.to_owned(),
            flow: entry.flow,
            user: entry.user,
            device: entry.device,
            trunk: entry.line.map(|line| line.trunk),
        })));
    }

    /// What a caller is told about the call, and that candidates may follow (RFC 8840 section 4.4). Providers are told nothing.
    fn headers_of(&self, call: CallId, leg: LegId) -> Vec<Header> {
        if self.calls.is_outside(leg) {
            return Vec::new();
        }
        vec![self.call_header(call), header("Recv-Info", "trickle-ice")]
    }

    /// Who answers a call that was forwarded, for the caller's display (RFC 3325 section 9.2).
    fn who_answers(&self, call: CallId, leg: LegId) -> Option<Header> {
        let entry = self.calls.calls.get(&call).filter(|entry| entry.is_forwarded)?;
        let who = entry.call.answering().filter(|_| !self.calls.is_outside(leg))?;
        Some(header("P-Asserted-Identity", &self.name_addr(who).to_string()))
    }

    /// The journal's name of a call: by it the app finds its events, and an administrator the call of a SIP trace.
    fn call_header(&self, call: CallId) -> Header {
        header("X-Farend-Call", &format!("{}-{}", self.config.run, call.0))
    }

    pub(super) fn name_addr(&self, party: &Party) -> NameAddr {
        let user = party.number.replace('%', "%25").replace('#', "%23");
        // A conference without a room has no number.
        let at = if user.is_empty() { "" } else { "@" };
        NameAddr {
            display: party.name.clone(),
            uri: format!("sip:{user}{at}{}", self.config.agent.realm),
        }
    }
}

pub(super) fn refusal_headers(cause: Cause) -> Vec<(String, String)> {
    let mut headers = vec![reason(cause.status, cause.text)];
    if cause.status == 503 {
        headers.push(header("Retry-After", "10"));
    }
    headers
}

/// Asks a phone to answer by itself: most understand one of these.
fn answering(is_wanted: bool) -> impl Iterator<Item = Header> {
    let headers = [
        header("Call-Info", "<sip:farend>;answer-after=0"),
        header("Alert-Info", "<http://notused>;info=alert-autoanswer;delay=0"),
    ];
    headers.into_iter().filter(move |_| is_wanted)
}

fn how(end: &End) -> HangUp {
    match end {
        End::Bye { .. } => HangUp::Bye,
        End::Cancel { .. } => HangUp::Cancel,
        End::TimedOut => HangUp::TimedOut,
        End::FlowLost => HangUp::FlowLost,
    }
}

fn body(sdp: String) -> Body {
    Body {
        content_type: "application/sdp".to_owned(),
        bytes: sdp.into_bytes(),
    }
}

pub(super) fn is_of_type(body: &Body, wanted: &str) -> bool {
    body.content_type
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

pub(super) fn sdp(body: Option<&Body>) -> Option<String> {
    let body = body.filter(|body| is_of_type(body, "application/sdp"))?;
    Some(String::from_utf8_lossy(&body.bytes).into_owned())
}
