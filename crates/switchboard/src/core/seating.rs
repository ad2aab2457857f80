//! Desk share among phones, calls and displays: whose phone a device is, and what follows when that changes.

use std::time::Instant;

use model::{DeviceId, UserId};
use sip::Flow;
use sip::agent::{NameAddr, OutgoingRequest, RequestId};
use sip::message::Request;

use super::{Action, Controlled, Core, LiveEvent, Objection, Output, Party};
use crate::call::Cause;
use crate::directory::{Device, DeviceKind, Feature};
use crate::display::{Reach, Showing};
use crate::seats::{Change, Place, Refusal};

/// How long a phone may take to say that it has got what it is to show: as long as a datagram is repeated (64 T1).
const NOTICE_MAX: std::time::Duration = std::time::Duration::from_secs(32);

impl Core {
    /// Whose number a device has: its owner's; of a shared phone, that of whoever is logged on there.
    #[must_use]
    pub fn person_at(&self, device: DeviceId) -> Option<UserId> {
        let device = self.directory.device(device)?;
        match device.shared {
            Some(_) => self.seating.seat(device.id).person,
            None => device.user,
        }
    }

    /// The first thing about desk share that does not hold, in words for whoever has to mend it; `None`: all is well. For tests, after each
    /// step.
    #[must_use]
    pub fn seating_fault(&self) -> Option<String> {
        let users = || self.directory.directory().users.iter().map(|user| user.id);
        let misplaced = users().find(|user| {
            let with_browser = self.has_browser(*user);
            match self.seating.place(*user) {
                Some(Place::Browser) | None => false,
                Some(Place::Phone(_) | Place::Elsewhere) => with_browser,
            }
        });
        let unreachable = users().find(|user| {
            let is_here = |device: &Device| !self.registrar.contacts(device.id).is_empty();
            let own = self.directory.directory().devices.iter().filter(|device| match device.kind {
                DeviceKind::Browser => device.user == Some(*user),
                DeviceKind::DeskPhone => self.person_at(device.id) == Some(*user),
            });
            own.into_iter().any(is_here) && !self.devices_at(*user).into_iter().any(is_here)
        });
        let words = |user: Option<UserId>, words: &str| user.map(|user| format!("{user} {words}"));
        self.seating
            .fault()
            .or_else(|| words(misplaced, "has a browser, but not their number there"))
            .or_else(|| words(unreachable, "has a phone, but is called nowhere"))
    }

    /// The phones that ring when somebody is called. Where their number is with a browser that has no way to us at the moment, the phone that
    /// it would come back to: better there than nowhere.
    pub(super) fn devices_at(&self, user: UserId) -> Vec<&Device> {
        let desk = self.seating.desk(user);
        let has_number = |device: &&Device| device.shared.is_none() || self.person_at(device.id) == Some(user);
        let mut devices: Vec<&Device> = self.directory.devices_of(user).filter(has_number).collect();
        let is_away = matches!(self.seating.place(user), Some(Place::Browser))
            && devices.iter().all(|device| self.registrar.contacts(device.id).is_empty());
        if let Some(desk) = desk.and_then(|device| self.directory.device(device))
            && (is_away || self.person_at(desk.id) == Some(user))
            && !devices.iter().any(|device| device.id == desk.id)
        {
            devices.push(desk);
        }
        devices
    }

    /// Whether somebody has the app open in a browser, or had it a moment ago.
    fn has_browser(&self, user: UserId) -> bool {
        let mut browsers = self.directory.devices_of(user).filter(|device| device.kind == DeviceKind::Browser);
        browsers.any(|device| self.registrar.is_present(device.id))
    }

    /// Who calls from a phone that has nobody: the place where it stands. Its owner tells where that is.
    pub(super) fn party_of_place(&self, device: DeviceId) -> Option<Party> {
        let device = self.directory.device(device)?;
        let owner = device.user.and_then(|user| self.directory.user(user));
        let number = owner.and_then(|owner| owner.extension.clone());
        Some(Party {
            user: None,
            device: Some(device.id),
            number: number.unwrap_or_else(|| device.sip_user.clone()),
            name: device.label.clone(),
        })
    }

    /// What somebody is told at a phone that has nobody.
    pub(super) fn nobody_here(&self, device: DeviceId) -> Cause {
        let text = if self.seating.is_shared(device) {
            "nobody is logged on at this phone: log on by its code, usually *9419, or call an emergency number"
        } else {
            "this phone belongs to nobody: it can call emergency numbers alone"
        };
        Cause { status: 403, text }
    }

    /// Why a browser cannot register: the person has brought the number to their shared phone since.
    pub(super) fn is_given_up(&self, device: DeviceId, call_id: &str) -> bool {
        let device = self.directory.device(device).filter(|device| device.kind == DeviceKind::Browser);
        let user = device.and_then(|device| device.user);
        user.is_some_and(|user| self.seating.is_given_up(user, call_id))
    }

    /// A phone has registered, anew or again: a browser takes its person's number; a shared phone shows whose it has.
    pub(super) fn arrived(&mut self, device: DeviceId, flow: Flow, message: &Request, now: Instant) {
        let Some(kind) = self.directory.device(device).map(|device| device.kind) else {
            return;
        };
        match kind {
            DeviceKind::Browser => {
                if let Some(user) = self.person_at(device) {
                    self.seating.browser_registered(user, message.call_id());
                    self.seats_changed(now);
                }
            }
            DeviceKind::DeskPhone => {
                let binding = self.registrar.contacts(device).iter().find(|binding| binding.flow == flow);
                if let Some(binding) = binding.filter(|_| self.seating.is_shared(device)) {
                    let reach = Reach {
                        flow,
                        target: binding.uri.clone(),
                        call_id: message.call_id().to_owned(),
                        user_agent: message.header("User-Agent").unwrap_or_default().to_owned(),
                        allow: allowed(message),
                    };
                    self.displays.registered(device, reach, now);
                    self.signs_changed(device);
                    self.show_on_displays(now);
                }
            }
        }
    }

    /// A phone is registered no more.
    pub(super) fn left(&mut self, device: DeviceId, now: Instant) {
        self.displays.gone(device);
        let browser = self.directory.device(device).filter(|device| device.kind == DeviceKind::Browser);
        if let Some(user) = browser.and_then(|device| device.user)
            && !self.has_browser(user)
        {
            self.seating.browsers_gone(user);
            self.seats_changed(now);
        }
    }

    /// Carries out what follows from a change of seats.
    pub(super) fn seats_changed(&mut self, now: Instant) {
        let mut given_up = Vec::new();
        for change in self.seating.take_changes() {
            match change {
                Change::Remember(remembered) => self.outputs.push_back(Output::Remember(remembered)),
                Change::Seated { device, seat } => {
                    self.tell(LiveEvent::Seated {
                        device,
                        user: seat.person,
                        mobile: seat.mobile,
                    });
                    self.display(device, now);
                }
                Change::GiveUp { user } => given_up.push(user),
                Change::Moved { user } => self.user_changed(user),
            }
        }
        for user in given_up {
            let browsers = self.directory.devices_of(user).filter(|device| device.kind == DeviceKind::Browser);
            for browser in browsers.map(|device| device.id).collect::<Vec<_>>() {
                let changes = self.registrar.remove(browser);
                self.registrations_changed(changes, now);
            }
        }
        self.show_on_displays(now);
    }

    /// People, phones or the code are others.
    pub(super) fn seats_follow_directory(&mut self, now: Instant) {
        let directory = self.directory.shared();
        self.seating.directory_changed(&directory);
        for user in directory.users.iter().map(|user| user.id) {
            if !self.has_browser(user) {
                self.seating.browsers_gone(user);
            }
        }
        let seating = &self.seating;
        let gone = self.displays.retain(|device| seating.is_shared(device));
        let lookup = &self.directory;
        self.pin_checks
            .retain(|user, device| seating.is_shared(device) && lookup.user(user).is_some());
        for device in gone {
            self.signs_changed(device);
        }
        for device in self.seating.phones().collect::<Vec<_>>() {
            self.display(device, now);
        }
        self.seats_changed(now);
    }

    pub(super) fn seats_time_out(&mut self, now: Instant) {
        self.seating.handle_timeout(now);
        self.seats_changed(now);
    }

    /// What somebody wants done with their number.
    pub(super) fn seat_action(&mut self, user: UserId, action: &Action, now: Instant) -> Controlled {
        let done = match action {
            Action::CancelMobility => self.seating.cancel_mobility(user),
            Action::LogOff => self.seating.log_off(user),
            Action::Dial { .. }
            | Action::Answer { .. }
            | Action::Decline { .. }
            | Action::Hold { .. }
            | Action::Resume { .. }
            | Action::SendDigits { .. }
            | Action::Transfer { .. }
            | Action::Move { .. }
            | Action::TakeHeld { .. }
            | Action::Connect { .. }
            | Action::Confer { .. }
            | Action::Invite { .. }
            | Action::Member { .. }
            | Action::Lock { .. }
            | Action::Record { .. }
            | Action::Park { .. }
            | Action::Unpark { .. }
            | Action::PickUp { .. }
            | Action::CallBack { .. }
            | Action::NoCallBack { .. }
            | Action::HangUp { .. } => return Err(Objection::NotNow),
        };
        self.seats_changed(now);
        match done {
            Ok(()) => Ok(None),
            Err(Refusal::NoPhone) => Err(Objection::NoSuchDevice),
            Err(Refusal::Taken | Refusal::NotPermitted) => Err(Objection::NotNow),
        }
    }

    /// The code for desk share, as people dial it.
    pub(super) fn desk_share_code(&self) -> Option<&str> {
        let features = &self.directory.directory().features;
        let desk_share = features.iter().find(|(_, feature)| *feature == Feature::DeskShare);
        desk_share.map(|(code, _)| code.as_str())
    }

    /// What a shared phone is to show now.
    fn display(&mut self, device: DeviceId, now: Instant) {
        let seat = self.seating.seat(device);
        let person = seat.person.and_then(|user| self.directory.user(user));
        let showing = match (person, seat.mobile) {
            (Some(user), _) => Showing::Person {
                name: user.name.clone(),
                extension: user.extension.clone().unwrap_or_default(),
            },
            (None, Some(_)) => Showing::Mobile,
            (None, None) => Showing::Nobody,
        };
        self.displays.want(device, showing, now);
        self.signs_changed(device);
    }

    /// Sends what phones are to show.
    pub(super) fn show_on_displays(&mut self, now: Instant) {
        if self.displays.deadline().is_none_or(|due| due > now) {
            return;
        }
        let code = self.desk_share_code().map(str::to_owned);
        while let Some((device, reach, notice)) = self.displays.next(code.as_deref(), now) {
            let realm = &self.config.agent.realm;
            let request = OutgoingRequest {
                flow: reach.flow,
                method: notice.method.to_owned(),
                target: reach.target.clone(),
                routes: Vec::new(),
                from: NameAddr {
                    display: String::new(),
                    uri: format!("sip:{}@{realm}", code.as_deref().unwrap_or("farend")),
                },
                to: NameAddr {
                    display: String::new(),
                    uri: reach.target,
                },
                headers: notice.headers,
                body: Some(notice.body),
                credentials: None,
                contact_user: None,
                series: None,
                response_max: Some(NOTICE_MAX),
            };
            let request = self.agent.request(request, now);
            self.displays.sent(device, request);
        }
    }

    /// Whether this was the answer to a display's request.
    pub(super) fn display_answered(&mut self, request: RequestId, status: u16, now: Instant) -> bool {
        let Some(device) = self.displays.answered(request, status, now) else {
            return false;
        };
        self.signs_changed(device);
        self.show_on_displays(now);
        true
    }
}

/// The methods of all `Allow` lines; `None` where there is none.
fn allowed(message: &Request) -> Option<String> {
    let lines: Vec<&str> = message.headers("Allow").collect();
    (!lines.is_empty()).then(|| lines.join(","))
}
