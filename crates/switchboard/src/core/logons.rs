//! Calls to the code for desk share, and whose PIN it was.
//!
//! A wrong PIN, one that nobody has looked at because of too many before it, and one of an extension that nobody has: all of them are told at
//! the same moment, when the time for an answer is over.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use model::{CallId, DeviceId, LegId, UserId};

use super::admission::Wanted;
use super::calls::Signalling;
use super::{Core, Output, Party, Ticket};
use crate::call::{Call, Cause, EXTENSION_CHARS_MAX, News, PIN_CHARS_MAX, Question};
use crate::directory::Feature;
use crate::seats::Dialled;
use crate::seats::throttle::Throttle;

/// How long the answer to [`Output::CheckPin`] may take.
const ANSWER_MAX: Duration = Duration::from_secs(3);
/// PINs that are looked at together: looking at one costs the shell a tenth of a second on purpose.
const CHECKS_MAX: usize = 16;
/// PINs that wait for their verdict, looked at or not.
const WAITING_MAX: usize = 256;
/// Phones at which a person has logged on rightly before, as far as they are remembered.
const KNOWN_MAX: usize = 8;

/// PINs that are being looked at, and who guesses too much.
#[derive(Debug, Default)]
pub(super) struct PinChecks {
    waiting: BTreeMap<Ticket, Waiting>,
    due: BTreeSet<(Instant, Ticket)>,
    tickets: u64,
    throttle: Throttle,
    /// Where people have logged on rightly before.
    known: BTreeMap<UserId, Vec<DeviceId>>,
}

#[derive(Debug)]
struct Waiting {
    leg: LegId,
    device: DeviceId,
    extension: String,
    is_known: bool,
    due: Instant,
    /// Whose PIN is looked at; `None`: nobody's, the verdict is clear.
    user: Option<UserId>,
    is_admitted: bool,
}

/// What was dialled: the code, and what came behind it.
#[derive(PartialEq, Eq)]
pub(super) struct Code {
    extension: Option<String>,
    pin: Option<String>,
}

impl PinChecks {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Of people who are gone, and of phones that are shared no more, nothing is remembered.
    pub(super) fn retain(&mut self, is_of_use: impl Fn(UserId, DeviceId) -> bool) {
        for (user, devices) in &mut self.known {
            devices.retain(|device| is_of_use(*user, *device));
        }
        self.known.retain(|_, devices| !devices.is_empty());
    }

    fn knows(&self, user: UserId, device: DeviceId) -> bool {
        self.known.get(&user).is_some_and(|devices| devices.contains(&device))
    }

    fn learn(&mut self, user: UserId, device: DeviceId) {
        let devices = self.known.entry(user).or_default();
        devices.retain(|known| *known != device);
        if devices.len() >= KNOWN_MAX {
            devices.remove(0);
        }
        devices.push(device);
    }

    fn take(&mut self, ticket: Ticket) -> Option<Waiting> {
        let waiting = self.waiting.remove(&ticket)?;
        self.due.remove(&(waiting.due, ticket));
        Some(waiting)
    }
}

impl Core {
    /// Whether somebody dials the code for desk share, alone or with their extension and PIN behind it.
    pub(super) fn desk_share_dialled(&self, dialled: &str) -> Option<Code> {
        let number = numbers::normalise(dialled)?;
        let code = self.directory.feature(&number).filter(|code| code.feature == Feature::DeskShare)?;
        let (extension, pin) = match code.rest.as_str() {
            "" => (None, None),
            rest => match rest.trim_end_matches('#').split_once(['*', '#']) {
                Some((extension, pin)) => (Some(extension.to_owned()), Some(pin.to_owned())),
                None => (Some(rest.trim_end_matches('#').to_owned()), None),
            },
        };
        Some(Code { extension, pin })
    }

    /// Somebody has dialled the code at this phone. What needs no PIN is done at once.
    pub(super) fn log_on_dialled(&mut self, wanted: Wanted<'_>, device: DeviceId, code: Code, now: Instant) {
        if !self.seating.is_shared(device) {
            let cause = Cause {
                status: 403,
                text: "this phone is not shared: nobody logs on at it",
            };
            return self.refuse(wanted.dialog, cause, now);
        }
        let question = match code {
            Code {
                extension: Some(extension),
                pin: Some(pin),
            } => Question::IsRight { extension, pin },
            Code {
                extension: Some(extension),
                pin: None,
            } => Question::Pin { extension },
            Code { extension: None, .. } => match self.seating.dialled(device) {
                Dialled::LoggedOff | Dialled::Back => Question::Nothing,
                Dialled::AsksWho | Dialled::NotShared => Question::Who,
            },
        };
        let called = Party {
            user: None,
            device: None,
            // The digits behind the code are nobody's business.
            number: self.desk_share_code().unwrap_or_default().to_owned(),
            name: "Desk share".to_owned(),
        };
        let id = CallId(self.calls.id());
        let leg = self.calls.add_leg(id, &wanted.caller, wanted.flow, Signalling::Done);
        self.dialog_begins(leg, wanted.dialog);
        let message = wanted.message;
        let caller = self.caller(leg, wanted);
        let mut commands = Vec::new();
        let call = Call::log_on(id, caller, called, question, now, &mut commands);
        self.launch((id, call), vec![leg], message, commands, now);
        self.seats_changed(now);
    }

    /// Somebody has entered an extension and a PIN.
    pub(super) fn check_pin(&mut self, leg: LegId, extension: &str, pin: String, now: Instant) {
        let Some(device) = self.calls.legs.get(&leg).and_then(|entry| entry.device) else {
            return;
        };
        let extension: String = extension.to_lowercase().chars().take(EXTENSION_CHARS_MAX).collect();
        let user = self.directory.user_at(&extension).map(|user| user.id);
        let sits_here = |user| self.seating.owner(device) == Some(user) || self.seating.desk(user) == Some(device);
        let is_home = |user| sits_here(user) || self.pin_checks.knows(user, device);
        let is_known = user.is_some_and(is_home);
        let checks = &mut self.pin_checks;
        if checks.waiting.len() >= WAITING_MAX {
            return self.deliver(leg, News::PinJudged { is_right: false }, now);
        }
        let is_busy = checks.waiting.values().filter(|waiting| waiting.user.is_some()).count() >= CHECKS_MAX;
        let is_admitted = !is_busy && checks.throttle.admits(device, &extension, is_known, now);
        let is_a_pin = pin.len() <= PIN_CHARS_MAX && pin.bytes().all(|byte| byte.is_ascii_digit());
        let user = user.filter(|user| is_admitted && is_a_pin && self.seating.is_open_to(device, *user));
        checks.tickets += 1;
        let (ticket, due) = (Ticket(checks.tickets), now + ANSWER_MAX);
        checks.due.insert((due, ticket));
        checks.waiting.insert(
            ticket,
            Waiting {
                leg,
                device,
                extension,
                is_known,
                due,
                user,
                is_admitted,
            },
        );
        if let Some(user) = user {
            self.outputs.push_back(Output::CheckPin { ticket, user, pin });
        }
    }

    /// The shell has looked.
    pub(super) fn pin_checked(&mut self, ticket: Ticket, is_right: bool, now: Instant) {
        let Some(waiting) = self.pin_checks.waiting.get_mut(&ticket) else {
            return;
        };
        let (leg, device) = (waiting.leg, waiting.device);
        match waiting.user.take() {
            Some(user) if is_right && self.seating.log_on(device, user).is_ok() => {
                self.pin_looked_at(ticket, now);
                self.pin_checks.learn(user, device);
                self.seats_changed(now);
                self.deliver(leg, News::PinJudged { is_right: true }, now);
            }
            // The verdict comes when it would have come anyway.
            Some(_) | None => {}
        }
    }

    /// Tells those for whom the time is over.
    pub(super) fn pins_time_out(&mut self, now: Instant) {
        while let Some((_, ticket)) = self.pin_checks.due.first().copied().filter(|(due, _)| *due <= now) {
            let Some(waiting) = self.pin_checks.waiting.get(&ticket) else {
                self.pin_checks.due.pop_first();
                continue;
            };
            let (leg, was_looked_at) = (waiting.leg, waiting.user.is_none());
            if was_looked_at {
                self.pin_checks.take(ticket);
            } else {
                tracing::warn!("a PIN was not checked in time");
                self.pin_looked_at(ticket, now);
            }
            self.deliver(leg, News::PinJudged { is_right: false }, now);
        }
    }

    /// Forgets a guess that was right, or that nobody has looked at: it does not count.
    fn pin_looked_at(&mut self, ticket: Ticket, now: Instant) {
        let checks = &mut self.pin_checks;
        if let Some(waiting) = checks.take(ticket).filter(|waiting| waiting.is_admitted) {
            let Waiting {
                device,
                extension,
                is_known,
                ..
            } = waiting;
            checks.throttle.was_right(device, &extension, is_known, now);
        }
    }
}
