//! What people do in the world, and fate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use model::UserId;
use model::control::{Direction, Event as MediaEvent, Failure};
use rand::Rng;
use sip::Transport;
use sip::agent::Output as PhoneOutput;
use switchboard::core::{Action, Config, Controlled, Core, Input, Objection};
use switchboard::directory::DeviceKind;

use super::{REFRESH, What, World, flow, mirror};
use crate::media::{describe, unacceptable};
use crate::{Media, Way};

/// A phone that was away for longer may have given its calls up, or been given up: less than the 30 s that both sides wait.
const AWAY_MAX: Duration = Duration::from_secs(25);

/// What a person, or fate, does.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Dials.
    Call {
        /// Who.
        phone: &'static str,
        /// The number.
        number: &'static str,
    },
    /// Dials with an INVITE without offer.
    CallWithoutOffer {
        /// Who.
        phone: &'static str,
        /// The number.
        number: &'static str,
    },
    /// Dials with an offer that media refuses.
    CallWithoutAudio {
        /// Who.
        phone: &'static str,
        /// The number.
        number: &'static str,
    },
    /// Lifts.
    Answer(&'static str),
    /// Hangs up, cancels or refuses everything.
    HangUp(&'static str),
    /// Holds, resumes: a re-INVITE with this direction.
    Offer(&'static str, Direction),
    /// A re-INVITE without offer.
    AskForOffer(&'static str),
    /// Blind transfer.
    Refer {
        /// Who.
        phone: &'static str,
        /// The whole `Refer-To`.
        to: &'static str,
    },
    /// Attended transfer: a REFER that names the phone's newest call, in the one before; or in the newest one, naming the one that rings there.
    ReferToCall(&'static str),
    /// An INVITE that shall take the place of a phone's newest call.
    Replace {
        /// Who.
        phone: &'static str,
        /// Whose call.
        of: &'static str,
        /// Only if it has not been answered.
        early_only: bool,
    },
    /// Presses a key (SIP INFO).
    Press(&'static str, char),
    /// Wants something in the app, of the youngest call they see there; without any, only dialling comes to something.
    Want(UserId, Want),
    /// Registers (again).
    Register(&'static str),
    /// Takes the registration back.
    Unregister(&'static str),
    /// The phone's connection breaks; the switchboard notices later.
    Disconnect {
        /// Who.
        phone: &'static str,
        /// How much later, in milliseconds.
        noticed_after_ms: u64,
    },
    /// The phone connects and registers again.
    Reconnect(&'static str),
    /// The same, after it was switched off and on, or its page was loaded again: it registers with a new Call-ID.
    StartAnew(&'static str),
    /// The phone's router forgets it and gives it another port; the phone registers a while later, as if nothing had happened.
    Rebind(&'static str),
    /// Media of a leg fails: the n-th one that is alive, if there are so many.
    FailMedia(usize),
    /// A device is deleted.
    RemoveDevice(&'static str),
    /// The switchboard is told to drain.
    Drain,
    /// The switchboard ends without a word, and begins again with what it has remembered of desk share. Who has a connection notices.
    Restart,
}

/// What a person wants in the app. Phones are theirs.
#[derive(Clone, Copy, Debug)]
pub enum Want {
    /// To call a number.
    Dial {
        /// By this phone.
        by: &'static str,
        /// The number.
        number: &'static str,
    },
    /// To answer at this phone.
    Answer(&'static str),
    /// To decline.
    Decline,
    /// To hold.
    Hold,
    /// To talk again.
    Resume,
    /// To send keys.
    Keys(&'static str),
    /// To hand over to this number.
    Transfer(&'static str),
    /// To connect the others of their two youngest calls.
    Connect,
    /// To go on at this phone.
    Move(&'static str),
    /// To hang up.
    HangUp,
    /// To park it.
    Park,
    /// To have at this phone what is parked first.
    Unpark(&'static str),
    /// To answer at this phone what rings at colleagues for longest.
    PickUp(&'static str),
    /// To have it recorded, or not any more.
    Record(bool),
}

impl World {
    /// Lets somebody want something in the app; what came of it. Without a call of theirs: [`Objection::NoSuchCall`].
    ///
    /// # Panics
    ///
    /// As [`World::control`].
    pub fn want(&mut self, user: UserId, want: Want) -> Controlled {
        let youngest = self.calls_of(user).last().map(|view| view.call);
        let call = youngest.ok_or(Objection::NoSuchCall);
        let action = match want {
            Want::Dial { by, number } => Action::Dial {
                device: self.phone(by).device,
                number: number.to_owned(),
            },
            Want::Answer(at) => Action::Answer {
                call: call?,
                device: self.phone(at).device,
            },
            Want::Decline => Action::Decline { call: call? },
            Want::Hold => Action::Hold { call: call? },
            Want::Resume => Action::Resume { call: call? },
            Want::Keys(digits) => Action::SendDigits {
                call: call?,
                digits: digits.to_owned(),
            },
            Want::Transfer(number) => Action::Transfer {
                call: call?,
                number: number.to_owned(),
            },
            Want::Connect => Action::Connect {
                call: self
                    .calls_of(user)
                    .iter()
                    .rev()
                    .nth(1)
                    .map(|view| view.call)
                    .ok_or(Objection::NoSuchCall)?,
                with: call?,
            },
            Want::Move(to) => Action::Move {
                call: call?,
                to: self.phone(to).device,
            },
            Want::HangUp => Action::HangUp { call: call? },
            Want::Record(is_on) => Action::Record { call: call?, is_on },
            Want::Park => Action::Park { call: call?, slot: None },
            Want::Unpark(at) => Action::Unpark {
                slot: self.parked().first().map(|parked| parked.slot).ok_or(Objection::NoSuchCall)?,
                device: self.phone(at).device,
            },
            Want::PickUp(at) => Action::PickUp {
                call: self
                    .pick_ups_of(user)
                    .first()
                    .map(|ringing| ringing.call)
                    .ok_or(Objection::NoSuchCall)?,
                device: self.phone(at).device,
            },
        };
        self.control(user, action)
    }

    pub(super) fn carry_out(&mut self, act: Act) {
        let now = self.now;
        match act {
            Act::Call { phone, number } => self.call(phone, number, Some(describe(Direction::SendRecv)), Vec::new()),
            Act::CallWithoutOffer { phone, number } => self.call(phone, number, None, Vec::new()),
            Act::CallWithoutAudio { phone, number } => self.call(phone, number, Some(unacceptable()), Vec::new()),
            Act::Replace { phone, of, early_only } => {
                if let Some(named) = self.phone(of).replaces() {
                    let named = if early_only { named + ";early-only" } else { named };
                    let headers = vec![("Replaces".to_owned(), named)];
                    self.call(phone, "somebody", Some(describe(Direction::SendRecv)), headers);
                }
            }
            Act::Answer(phone) => self.phone_mut(phone).answer(now),
            Act::HangUp(phone) => self.phone_mut(phone).hang_up(now),
            Act::Offer(phone, direction) => self.phone_mut(phone).reoffer(Some(describe(direction)), now),
            Act::AskForOffer(phone) => self.phone_mut(phone).reoffer(None, now),
            Act::Refer { phone, to } => self.send_in_dialog(phone, "REFER", &format!("Refer-To: {to}\r\n"), ""),
            Act::ReferToCall(phone) => {
                let index = self.index(phone);
                if let Some(PhoneOutput::Send { flow, bytes }) = self.phones[index].refer_to_dialog() {
                    self.send_to_core(index, flow, &bytes);
                }
            }
            Act::Press(phone, key) => {
                let kind = "Content-Type: application/dtmf-relay\r\n";
                self.send_in_dialog(phone, "INFO", kind, &format!("Signal={key}\r\nDuration=160\r\n"));
            }
            Act::Want(user, want) => {
                // What comes of it shows.
                let _ = self.want(user, want);
            }
            Act::Register(phone) => self.phone_mut(phone).register(60, now),
            Act::Unregister(phone) => {
                // From behind a port that the switchboard may not have heard of yet.
                self.has_lost_touch |= self.phone(phone).way == Way::Nat;
                self.phone_mut(phone).register(0, now);
            }
            Act::Disconnect { phone, noticed_after_ms } => self.disconnect(phone, noticed_after_ms),
            Act::Reconnect(phone) => self.connect(phone),
            Act::StartAnew(phone) => {
                self.phone_mut(phone).start_anew();
                self.connect(phone);
            }
            Act::Rebind(phone) => self.rebind(phone),
            Act::FailMedia(index) => {
                if let Some(leg) = self.media.legs().get(index).copied() {
                    let event = MediaEvent::LegFailed {
                        leg,
                        reason: Failure::IceFailed,
                    };
                    self.core.handle(Input::Media(event), now);
                }
            }
            Act::RemoveDevice(name) => {
                self.directory.devices.retain(|device| device.sip_user != name);
                // It cannot come back to be told.
                self.has_lost_touch |= self.away.contains_key(&self.index(name));
                self.core.handle(Input::Directory(Arc::new(self.directory.clone())), now);
            }
            Act::Drain => self.core.handle(Input::Drain, now),
            Act::Restart => self.restart(),
        }
    }

    fn call(&mut self, phone: &str, number: &str, offer: Option<String>, headers: Vec<(String, String)>) {
        let now = self.now;
        self.phone_mut(phone).call(number, offer, headers, now);
    }

    fn restart(&mut self) {
        let seats = self.seats();
        let config = Config::new("farend", "farend/sim");
        self.core = Core::new(config, Arc::new(self.directory.clone()), seats, self.rng.random(), self.now);
        self.media = Media::default();
        self.connections.clear();
        self.queue
            .retain(|due| matches!(due.what, What::PhoneDoes(..) | What::Refresh(_) | What::Act(_)));
        for phone in &mut self.phones {
            phone.lose_switchboard(self.now);
        }
    }

    fn send_in_dialog(&mut self, phone: &str, method: &str, lines: &str, content: &str) {
        let index = self.index(phone);
        if let Some(PhoneOutput::Send { flow, bytes }) = self.phones[index].send_in_dialog(method, lines, content) {
            self.send_to_core(index, flow, &bytes);
        }
    }

    fn index(&self, name: &str) -> usize {
        self.phones
            .iter()
            .position(|phone| phone.name == name)
            .expect("the scenario names a phone of the company")
    }

    /// A phone gets its way to the switchboard: where it uses connections, a new one.
    fn connect(&mut self, name: &str) {
        let index = self.index(name);
        let now = self.now;
        let (net, host) = (
            u8::try_from(index / 200).unwrap_or_default(),
            10 + u8::try_from(index % 200).unwrap_or_default(),
        );
        let old = self.phones[index].flow;
        let way = self.phones[index].way;
        let flow = match way {
            Way::Udp | Way::Nat => flow(Transport::Udp, SocketAddr::from(([10, 0, net, host], 5060)), 0),
            Way::Tcp | Way::Wss => {
                self.connection += 1;
                let port = 40_000 + u16::try_from(self.connection).unwrap_or_default();
                let transport = if way == Way::Tcp { Transport::Tcp } else { Transport::Wss };
                let flow = flow(transport, SocketAddr::from(([10, 0, net, host], port)), self.connection);
                self.connections.insert(flow, index);
                let device = Some(self.phones[index].device).filter(|_| way == Way::Wss);
                self.core.handle(Input::FlowOpened { flow, device, page: None }, now);
                flow
            }
        };
        if way == Way::Nat && self.phones[index].outside.is_none() {
            self.phones[index].outside = Some(self.port_outside(host));
        }
        let is_known = self.directory.devices.iter().any(|device| device.id == self.phones[index].device);
        let is_late = self.away.remove(&index).is_some_and(|since| now - since > AWAY_MAX);
        self.has_lost_touch |= is_late || self.phones[index].has_left || (!is_known && !self.phones[index].calls.is_empty());
        if let Some(old) = old.filter(|old| *old != mirror(flow)) {
            let noticed_after = Duration::from_millis(self.rng.random_range(0..20_000));
            self.schedule(now + noticed_after, What::FlowClosed(mirror(old)));
        }
        let phone = &mut self.phones[index];
        phone.connected(mirror(flow), now);
        if phone.kind == DeviceKind::DeskPhone && !std::mem::replace(&mut phone.refreshes, true) {
            self.schedule(now + REFRESH, What::Refresh(index));
        }
    }

    fn port_outside(&mut self, host: u8) -> SocketAddr {
        self.connection += 1;
        SocketAddr::from(([192, 0, 2, host], 1_024 + u16::try_from(self.connection).unwrap_or_default()))
    }

    fn rebind(&mut self, name: &'static str) {
        let index = self.index(name);
        if self.phones[index].outside.is_none() {
            return;
        }
        let host = 10 + u8::try_from(index % 200).unwrap_or_default();
        self.phones[index].outside = Some(self.port_outside(host));
        let later_ms = self.rng.random_range(0..10_000);
        self.plan(later_ms, Act::Register(name));
        // Where messages get lost, it may register too late for a hang-up that went to the old port.
        self.has_lost_touch |= self.network.loss_percent > 0 || self.phones[index].has_left;
    }

    /// A phone's connection breaks. What is under way is lost.
    fn disconnect(&mut self, name: &str, noticed_after_ms: u64) {
        let index = self.index(name);
        let phone = &mut self.phones[index];
        if !matches!(phone.way, Way::Tcp | Way::Wss) {
            return;
        }
        let Some(flow) = phone.flow.take() else { return };
        self.away.insert(index, self.now);
        phone.lost_flow = Some(flow);
        phone.agent.flow_closed(flow, self.now);
        let lost = mirror(flow);
        self.queue
            .retain(|due| !matches!(&due.what, What::ToCore { flow, .. } if *flow == lost));
        self.schedule(self.now + Duration::from_millis(noticed_after_ms), What::FlowClosed(lost));
    }
}
