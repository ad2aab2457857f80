//! The core: the signalling loop's state, without its I/O.
//!
//! Owns the [`sip::Agent`], the registrar and all calls. [`Input`]s go in with `now`, [`Output`]s are drained until `None`.
//!
//! ```text
//!  bytes ──► Agent ──events──► identity ──► registrar          (core/identity.rs, core/requests.rs)
//!                                      └──► plan ──► Call      (core/admission.rs, core/calls.rs)
//!  media's events ───────────────────────────────► Call ──commands──► Agent, media, journal
//!  what a call or the registrar changes ──► who is free, who is not (core/watch.rs)
//!                                      └──► whose phone it is, what it shows (core/seating.rs, core/logons.rs)
//! ```

mod admission;
mod callback;
mod calls;
mod checks;
mod codes;
mod conferences;
mod control;
mod detours;
mod emergency;
mod flows;
mod forwarding;
mod guard;
mod hunts;
mod identity;
mod info;
mod interface;
mod joining;
mod lamps;
mod logons;
mod menus;
mod moves;
mod outside;
mod parking;
mod pickup;
mod pings;
mod recordings;
mod redial;
mod replacing;
mod requests;
mod ringing;
mod seating;
mod sessions;
mod settlings;
mod suspects;
mod teams;
#[cfg(test)]
mod tests;
mod trunks;
mod views;
mod watch;
mod ways;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use sip::agent::{Agent, Event};
use sip::{Flow, Transport};

pub use self::guard::Suspicion;
pub use self::interface::{
    Action, Attendance, CallState, CallView, CloseReason, ConferenceView, Config, Controlled, DialogBegan, Echo, Figures, Guest, Input,
    JournalEntry, LineCall, LiveEvent, MemberDeed, MemberView, Named, NewRecording, Objection, Outcome, Output, ParkedCall, Party,
    PersonSeat, PhoneDisplay, PhoneSeat, PhoneWay, RecordingState, RecordingTrouble, Remembered, RingingCall, Seats, Setting, Side, Talks,
    Ticket, TransferEnd, UserState,
};
pub use self::trunks::{LINE_CONNECTIONS_MAX, LINES_MAX};

use self::callback::CallBacks;
use self::calls::Calls;
use self::checks::Checks;
use self::conferences::Conferences;
use self::detours::Detours;
use self::flows::Flows;
use self::guard::Guard;
use self::hunts::Hunts;
use self::lamps::Lamps;
use self::logons::PinChecks;
use self::parking::Slots;
use self::pickup::PickUps;
use self::pings::Pings;
use self::recordings::Recordings;
use self::redial::Recents;
use self::settlings::Settlings;
use self::suspects::Suspects;
use self::teams::Teams;
use self::trunks::{Response, Trunks};
use self::views::Views;
use self::watch::Watch;
use self::ways::Ways;
use crate::directory::{Device, Directory, Lookup, WallClock};
use crate::display::Displays;
use crate::registrar::{Binding, Change, Registrar};
use crate::seats::Seating;
use crate::trunks::{Located, News};

/// See the module.
#[derive(Debug)]
pub struct Core {
    config: Config,
    directory: Lookup,
    agent: Agent,
    registrar: Registrar,
    flows: Flows,
    suspects: Suspects,
    pings: Pings,
    ways: Ways,
    calls: Calls,
    trunks: Trunks,
    detours: Detours,
    checks: Checks,
    guard: Guard,
    teams: Teams,
    hunts: Hunts,
    pick_ups: PickUps,
    slots: Slots,
    conferences: Conferences,
    call_backs: CallBacks,
    recents: Recents,
    recordings: Recordings,
    clock: WallClock,
    watch: Watch,
    views: Views,
    seating: Seating,
    pin_checks: PinChecks,
    settlings: Settlings,
    displays: Displays,
    lamps: Lamps,
    random: StdRng,
    is_draining: bool,
    refused: u64,
    outputs: VecDeque<Output>,
}

impl Core {
    /// A switchboard that knows the directory, with nobody registered. The seed makes tags, nonces and branches.
    #[must_use]
    pub fn new(config: Config, directory: Arc<Directory>, seats: Seats, seed: [u8; 32], now: Instant) -> Self {
        let mut core = Self {
            agent: Agent::new(config.agent.clone(), seed, now),
            registrar: Registrar::new(config.registrations_max),
            flows: Flows::new(config.flows_max),
            suspects: Suspects::default(),
            pings: Pings::new(config.registrations_max),
            ways: Ways::default(),
            calls: Calls::default(),
            trunks: Trunks::default(),
            detours: Detours::default(),
            checks: Checks::default(),
            guard: Guard::default(),
            teams: Teams::default(),
            hunts: Hunts::default(),
            pick_ups: PickUps::new(&directory),
            slots: Slots::default(),
            conferences: Conferences::default(),
            call_backs: CallBacks::default(),
            recents: Recents::default(),
            recordings: Recordings::default(),
            clock: WallClock::default(),
            watch: Watch::default(),
            views: Views::default(),
            seating: Seating::new(seats, &directory, now),
            pin_checks: PinChecks::default(),
            settlings: Settlings::default(),
            displays: Displays::default(),
            lamps: Lamps::default(),
            random: StdRng::from_seed(seed),
            directory: Lookup::new(directory),
            is_draining: false,
            refused: 0,
            outputs: VecDeque::new(),
            config,
        };
        core.trunks_changed(&Directory::default(), now);
        core.seats_follow_directory(now);
        core
    }

    /// Takes one input. Drain [`Core::poll_output`] afterwards.
    pub fn handle(&mut self, input: Input<'_>, now: Instant) {
        match input {
            Input::FlowOpened { flow, device, page } => {
                if !self.flows.open(flow, device, page) {
                    self.refused += 1;
                }
            }
            Input::FlowClosed { flow } => self.flow_closed(flow, now),
            Input::Received { flow, bytes } => self.agent.receive(flow, bytes, now),
            Input::Connected { instead_of, flow } => self.agent.connected(instead_of, flow, now),
            Input::ConnectFailed { instead_of } => self.agent.connect_failed(instead_of, now),
            Input::Located { line, found } => {
                let news = match found {
                    Ok(Located { servers, fresh_for, .. }) => News::Located { servers, fresh_for },
                    Err(trouble) => News::NotLocated(trouble),
                };
                self.line_hears(line, news, now);
            }
            Input::LineConnected { line, flow } => {
                self.line_hears(line, News::Connected(flow), now);
                self.line_moved(line, now);
            }
            Input::LineNotConnected { line, trouble } => self.line_hears(line, News::NotConnected(trouble), now),
            Input::TestTrunk { trunk, echo_number } => self.test_trunk(trunk, echo_number, now),
            Input::AskPhones => self.pings.ask_all(now),
            Input::Retrieved { trunk, check, retrieved } => self.check_brought(trunk, check, retrieved, now),
            Input::Control { ticket, user, action } => {
                let result = self.control(user, action, now);
                self.outputs.push_back(Output::Controlled { ticket, result });
            }
            Input::PinChecked { ticket, is_right } => self.pin_checked(ticket, is_right, now),
            Input::Settled { ticket, is_done } => self.settled(ticket, is_done, now),
            Input::RecordingStopped { recording, trouble } => self.recording_stopped(recording, trouble, now),
            Input::Media(event) => self.media_reports(event, now),
            Input::Directory(directory) => self.directory_changed(directory, now),
            Input::Clock(clock) => self.clock = clock,
            Input::Drain => self.is_draining = true,
            Input::EndCalls => self.end_calls(now),
        }
        self.pump(now);
        self.call_backs_follow(now);
    }

    /// Lets time-outs happen that are due. Drain [`Core::poll_output`] afterwards.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.agent.handle_timeout(now);
        let changes = self.registrar.handle_timeout(now);
        self.registrations_changed(changes, now);
        self.suspects.handle_timeout(now);
        self.ping_phones(now);
        self.lines_time_out(now);
        self.detours_time_out(now);
        self.checks_time_out(now);
        self.calls_time_out(now);
        self.pins_time_out(now);
        self.settlings_time_out(now);
        self.seats_time_out(now);
        self.lamps_time_out(now);
        self.call_backs_time_out(now);
        self.pump(now);
        self.call_backs_follow(now);
    }

    /// When [`Core::handle_timeout`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let deadlines = [
            self.agent.poll_timeout(),
            self.registrar.deadline(),
            self.suspects.deadline(),
            self.pings.deadline(),
            self.trunks.deadline(),
            self.detours.deadline(),
            self.checks.deadline(),
            self.calls.deadline(),
            self.pin_checks.deadline(),
            self.settlings.deadline(),
            self.seating.deadline(),
            self.displays.deadline(),
            self.lamps.deadline(),
            self.call_backs.deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// The next thing to do; `None` when all is done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What is alive right now.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let agent = self.agent.statistics();
        Figures {
            calls: self.calls.len(),
            legs: self.calls.legs_len(),
            dialogs: agent.dialogs,
            transactions: agent.transactions,
            registrations: self.registrar.len(),
            flows: self.flows.len(),
            suspects: self.suspects.len(),
            watches: self.lamps.len(),
            refused: self.refused + agent.refused_full,
        }
    }

    /// Carries out what the agent wants until it wants nothing more, then closes what nobody uses.
    fn pump(&mut self, now: Instant) {
        while let Some(output) = self.agent.poll_output() {
            match output {
                sip::agent::Output::Send { flow, bytes } => self.outputs.push_back(Output::Send { flow, bytes }),
                sip::agent::Output::Connect { instead_of, peer } => {
                    self.outputs.push_back(Output::Connect { instead_of, peer });
                }
                sip::agent::Output::Event(event) => self.route(event, now),
            }
        }
        self.lamps.gather(now);
        for flow in self.flows.take_closable() {
            self.outputs.push_back(Output::CloseFlow {
                flow,
                reason: if flow.transport == Transport::Wss {
                    CloseReason::SignedInElsewhere
                } else {
                    CloseReason::NotNeeded
                },
            });
        }
    }

    fn route(&mut self, event: Event, now: Instant) {
        match event {
            Event::Requested { request, flow, message } => self.requested(request, flow, &message, now),
            Event::Invited { dialog, flow, message } => self.invited(dialog, flow, &message, now),
            Event::Progressed { .. }
            | Event::Answered { .. }
            | Event::Refused { .. }
            | Event::Confirmed { .. }
            | Event::Reoffered { .. }
            | Event::ReofferEnded { .. }
            | Event::Referred { .. }
            | Event::Informed { .. }
            | Event::RecordingAsked { .. }
            | Event::Ended { .. } => self.session_reports(event, now),
            Event::Rewatched { .. } | Event::Notified { .. } | Event::Unwatched { .. } => self.watch_reports(&event, now),
            Event::Pinged { request, status, to, .. } => self.pinged(request, status.map(|_| to.as_str()), now),
            Event::Responded {
                request,
                status,
                reason,
                headers,
                seen_as,
                round_trip,
                mirror,
            } => {
                if self.display_answered(request, status, now) {
                    return;
                }
                let response = Response {
                    status,
                    reason,
                    headers,
                    seen_as,
                    round_trip,
                    mirror,
                };
                self.line_responded(request, &response, now);
            }
        }
    }

    fn flow_closed(&mut self, flow: Flow, now: Instant) {
        self.agent.flow_closed(flow, now);
        let devices = self.flows.close(flow);
        let kinds = devices.into_iter().filter_map(|id| Some((id, self.directory.device(id)?.kind)));
        let changes = self.registrar.flow_closed(flow, kinds, now);
        self.registrations_changed(changes, now);
        self.lines_lose(flow, now);
    }

    fn registrations_changed(&mut self, changes: Vec<Change>, now: Instant) {
        for change in changes {
            match change {
                Change::Registered { device, from } => {
                    let contact = self.registrar.contacts(device).first();
                    self.tell(LiveEvent::Registered {
                        device,
                        from,
                        // One that is away for a moment has come by a browser's connection.
                        transport: contact.map_or(Transport::Wss, |contact| contact.flow.transport),
                        is_behind_nat: contact.is_some_and(Binding::is_behind_nat),
                    });
                    self.device_changed(device);
                }
                Change::Unregistered { device } => {
                    self.way_ends(device);
                    self.tell(LiveEvent::Unregistered { device });
                    self.left(device, now);
                    self.device_changed(device);
                }
                Change::Returned { device, from, to } => {
                    self.agent.move_dialogs(from, to, Some(device.0), now);
                    self.calls.move_legs(device, from, to, &mut self.flows);
                    // Over other connections more than one phone may come: a base station's.
                    if from.transport == Transport::Wss {
                        self.flows.displace(from);
                    }
                }
                Change::Displaced { device, flow } => {
                    self.flows.displace(flow);
                    self.tell(LiveEvent::Displaced { device });
                }
            }
        }
    }

    fn directory_changed(&mut self, directory: Arc<Directory>, now: Instant) {
        let old = std::mem::replace(&mut self.directory, Lookup::new(directory));
        for device in &old.directory().devices {
            let new = self.directory.device(device.id);
            // A shared phone stays where it is, whoever is its owner.
            let has_same_person = |new: &Device| new.user == device.user || (new.shared.is_some() && device.shared.is_some());
            let is_same = new.is_some_and(|new| has_same_person(new) && new.sip_user == device.sip_user);
            if !is_same {
                self.device_removed(device.id, now);
            } else if new.is_some_and(|new| new.ha1 != device.ha1) {
                let changes = self.registrar.remove(device.id);
                self.registrations_changed(changes, now);
            }
        }
        self.seats_follow_directory(now);
        self.trunks_changed(old.directory(), now);
        let directory = &self.directory;
        self.pings.retain(|device| directory.device(device).is_some());
        self.guard.retain(|user| directory.user(user).is_some());
        self.recents.retain(|user| directory.user(user).is_some());
        self.teams_changed();
        self.lamps_follow_directory(old.directory(), now);
        self.pick_ups_follow_directory();
        self.call_backs_follow_directory();
        for user in old.directory().users.iter().map(|user| user.id) {
            self.user_changed(user);
        }
        for user in self.directory.directory().users.iter().map(|user| user.id).collect::<Vec<_>>() {
            self.user_changed(user);
        }
    }

    fn device_removed(&mut self, device: model::DeviceId, now: Instant) {
        self.calls_lose_device(device, now);
        let changes = self.registrar.remove(device);
        self.registrations_changed(changes, now);
        for flow in self.flows.of_device(device) {
            self.outputs.push_back(Output::CloseFlow {
                flow,
                reason: CloseReason::DeviceRemoved,
            });
        }
    }

    fn tell(&mut self, event: LiveEvent) {
        self.lamps.note(&event);
        self.outputs.push_back(Output::Event(event));
    }
}
