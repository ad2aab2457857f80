//! Desk share: who sits where. Every person who shares a phone has their number at exactly one place: at that phone, or in their browser.
//!
//! A person's browsers:
//!
//! ```text
//!             one registers (with a Call-ID that was not given up)
//!   Absent ──────────────────────────────────────────────────────────► Present
//!     ▲ ▲ ▲                                                             │ │  ▲
//!     │ │ └──────────── the last one is gone ───────────────────────────┘ │  │ one registers
//!     │ └── Cancel mobility, or their log-on at a phone: all are given up ┘  │
//!     └──────────────── 60 s ────────────────── Awaited ─────────────────────┘
//!                                    (after a restart, where the number was with them)
//! ```
//!
//! A shared phone, and what its code (`*9419`) does there:
//!
//! ```text
//!   Nobody ──── somebody logs on with their PIN ────► Person ──── code, or log-off ────► Nobody
//!     │ ▲                                             (code while their number is mobile: it comes back, "Cancel mobility")
//!     │ └──── code: its owner is back ───── LoggedOff
//!     └────── code, while its owner sits there ──► LoggedOff
//! ```
//!
//! At a phone whose guest is `Nobody` sits its owner, unless they sit elsewhere. Whoever sits at a phone, but has a browser that is not
//! `Absent`, is *mobile*: the phone is vacated, and has nobody meanwhile.

mod fault;
mod news;
#[cfg(test)]
mod tests;
pub(crate) mod throttle;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::time::{Duration, Instant};

use model::{DeviceId, UserId};

use crate::core::{Guest, PersonSeat, Remembered, Seats};
use crate::directory::{Device, Directory, LogOn};

/// How long browsers have to come back after a restart, until their person's number goes to the shared phone.
pub(crate) const RETURN_MAX: Duration = Duration::from_secs(60);
/// Registrations of one person's browsers that are remembered, and such that were given up; the youngest.
pub(crate) const REGISTRATIONS_MAX: usize = 32;
/// Of a longer Call-ID only the beginning counts.
const CALL_ID_BYTES_MAX: usize = 128;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Seating {
    phones: BTreeMap<DeviceId, Phone>,
    people: BTreeMap<UserId, Person>,
    /// At which phone a person sits, mobile or not; and the other way round. These follow from `phones`.
    desks: BTreeMap<UserId, DeviceId>,
    sitters: BTreeMap<DeviceId, UserId>,
    /// Whoever has a phone that is shared, or is logged on at one.
    sharers: BTreeSet<UserId>,
    /// Until when browsers that were registered in the last run are waited for.
    return_by: Option<Instant>,
    /// What has been told of phones and people.
    told: BTreeMap<DeviceId, Seat>,
    remembered: BTreeMap<UserId, PersonSeat>,
    changes: Vec<Change>,
}

#[derive(Debug)]
struct Phone {
    owner: Option<UserId>,
    open_to: LogOn,
    guest: Guest,
    /// As it is remembered for the next run.
    remembered: Guest,
}

#[derive(Debug, Default)]
struct Person {
    browsers: Browsers,
    /// The Call-IDs by which they have registered since the number came to them.
    registrations: Vec<String>,
    /// Those by which it does not come back to them.
    given_up: Vec<String>,
}

/// A person's browsers, all of them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Browsers {
    /// None is registered.
    #[default]
    Absent,
    /// They were registered in the run before.
    Awaited,
    /// One is.
    Present,
}

/// Who has a shared phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seat {
    /// Whose number it has.
    pub(crate) person: Option<UserId>,
    /// Who would sit there, but has their number in the browser.
    pub(crate) mobile: Option<UserId>,
}

/// Where somebody's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// At this shared phone.
    Phone(DeviceId),
    /// With their browser, and whatever phones they do not share.
    Browser,
    /// With the phones that they do not share, if they have any: another one has their shared phone, or they have logged off.
    Elsewhere,
}

/// What follows from a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// For the next run.
    Remember(Remembered),
    /// Somebody else has the phone, or nobody.
    Seated { device: DeviceId, seat: Seat },
    /// The registrations of their browsers are to be removed.
    GiveUp { user: UserId },
    /// Their number is somewhere else, perhaps.
    Moved { user: UserId },
}

/// What the code for desk share comes to at a phone, dialled alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialled {
    /// Whoever had it is logged off.
    LoggedOff,
    /// Its owner, or the one who was mobile, is back.
    Back,
    /// Who wants to log on?
    AsksWho,
    /// It is not shared.
    NotShared,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// They have no shared phone.
    #[error("they share no phone")]
    NoPhone,
    /// Another one has it.
    #[error("somebody else is logged on at their phone")]
    Taken,
    /// They may not use that phone.
    #[error("they may not log on at this phone")]
    NotPermitted,
}

impl Seating {
    /// As it was when the last run ended. [`Seating::take_changes`] tells what is different by now.
    pub(crate) fn new(seats: Seats, directory: &Directory, now: Instant) -> Self {
        let mut seating = Self::default();
        for person in seats.people {
            if person.is_mobile {
                seating.return_by = Some(now + RETURN_MAX);
            }
            let known = Person {
                browsers: if person.is_mobile { Browsers::Awaited } else { Browsers::Absent },
                registrations: Vec::new(),
                given_up: person.given_up.clone(),
            };
            seating.people.insert(person.user, known);
            seating.remembered.insert(person.user, person);
        }
        let guests = seats.phones.into_iter().map(|phone| (phone.device, phone.guest)).collect();
        seating.adopt(directory, &guests);
        seating
    }

    /// People and phones are others.
    pub(crate) fn directory_changed(&mut self, directory: &Directory) {
        let guests = self.phones.iter().map(|(device, phone)| (*device, phone.remembered)).collect();
        self.adopt(directory, &guests);
    }

    /// Takes over what still makes sense.
    fn adopt(&mut self, directory: &Directory, guests: &BTreeMap<DeviceId, Guest>) {
        let users: BTreeSet<UserId> = directory.users.iter().map(|user| user.id).collect();
        let old = mem::take(&mut self.phones);
        let mut seated = BTreeSet::new();
        for device in &directory.devices {
            let remembered = guests.get(&device.id).copied().unwrap_or(Guest::Nobody);
            let Some(open_to) = device.shared.clone() else {
                if remembered != Guest::Nobody {
                    self.remember_phone(device.id, Guest::Nobody);
                }
                continue;
            };
            let owner = device.user.filter(|owner| users.contains(owner));
            let has_its_owner = old.get(&device.id).is_none_or(|phone| phone.owner == owner);
            let guest = match remembered {
                Guest::Person(user) if users.contains(&user) && may_use(device, user) && seated.insert(user) => Guest::Person(user),
                Guest::LoggedOff if owner.is_some() && has_its_owner => Guest::LoggedOff,
                Guest::Nobody | Guest::Person(_) | Guest::LoggedOff => Guest::Nobody,
            };
            let phone = Phone {
                owner,
                open_to,
                guest,
                remembered,
            };
            self.phones.insert(device.id, phone);
        }
        let phones = &self.phones;
        self.told.retain(|device, _| phones.contains_key(device));
        self.people.retain(|user, _| users.contains(user));
        self.remembered.retain(|user, _| users.contains(user));
        self.settle();
    }

    /// What follows from the steps since the last time.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        mem::take(&mut self.changes)
    }

    /// Whether people log on to and off from it.
    pub(crate) fn is_shared(&self, device: DeviceId) -> bool {
        self.phones.contains_key(&device)
    }

    /// The shared phones.
    pub(crate) fn phones(&self) -> impl Iterator<Item = DeviceId> {
        self.phones.keys().copied()
    }

    /// Who has a shared phone.
    pub(crate) fn seat(&self, device: DeviceId) -> Seat {
        let Some(user) = self.sitters.get(&device).copied() else {
            return Seat::default();
        };
        match self.is_with_browser(user) {
            true => Seat {
                person: None,
                mobile: Some(user),
            },
            false => Seat {
                person: Some(user),
                mobile: None,
            },
        }
    }

    /// Where somebody's number is. `None`: they share no phone, and all their phones have it.
    pub(crate) fn place(&self, user: UserId) -> Option<Place> {
        if !self.shares_a_phone(user) {
            return None;
        }
        Some(match self.desk(user) {
            _ if self.is_with_browser(user) => Place::Browser,
            Some(device) => Place::Phone(device),
            None => Place::Elsewhere,
        })
    }

    /// The shared phone that they have, or would have if they were not mobile.
    pub(crate) fn desk(&self, user: UserId) -> Option<DeviceId> {
        self.desks.get(&user).copied()
    }

    /// Whose shared phone it is without a code.
    pub(crate) fn owner(&self, device: DeviceId) -> Option<UserId> {
        self.phones.get(&device)?.owner
    }

    /// Whether the number does not come to a browser by this registration, since it was given up for the shared phone. Once the number is at no
    /// phone any more, it does.
    pub(crate) fn is_given_up(&self, user: UserId, call_id: &str) -> bool {
        let is_at_no_phone = matches!(self.place(user), None | Some(Place::Elsewhere));
        let call_id = bounded(call_id);
        let person = self.people.get(&user).filter(|_| !is_at_no_phone);
        person.is_some_and(|person| person.given_up.iter().any(|given_up| given_up == call_id))
    }

    /// Whether somebody may log on at a phone with their PIN.
    pub(crate) fn is_open_to(&self, device: DeviceId, user: UserId) -> bool {
        let Some(phone) = self.phones.get(&device) else { return false };
        phone.owner == Some(user) || permits(&phone.open_to, user)
    }

    /// A browser of theirs has registered, anew or again.
    pub(crate) fn browser_registered(&mut self, user: UserId, call_id: &str) {
        let person = self.people.entry(user).or_default();
        let call_id = bounded(call_id);
        person.given_up.retain(|given_up| given_up != call_id);
        // The youngest last: what is refreshed is not forgotten.
        person.registrations.retain(|known| known != call_id);
        push_bounded(&mut person.registrations, call_id.to_owned());
        if mem::replace(&mut person.browsers, Browsers::Present) != Browsers::Present {
            self.settle_person(user);
        }
    }

    /// None of their browsers is registered any more.
    pub(crate) fn browsers_gone(&mut self, user: UserId) {
        if let Some(person) = self.people.get_mut(&user)
            && person.browsers == Browsers::Present
        {
            person.browsers = Browsers::Absent;
            self.settle_person(user);
        }
    }

    /// The code for desk share was dialled at a phone, without anything behind it.
    pub(crate) fn dialled(&mut self, device: DeviceId) -> Dialled {
        let Some(phone) = self.phones.get(&device) else {
            return Dialled::NotShared;
        };
        let Seat { person, .. } = self.seat(device);
        // Without a PIN only its owner comes back: anybody may stand at a phone where somebody was a guest.
        let back = match (person, phone.owner) {
            (Some(user), _) => {
                self.leave(device, user);
                self.settle();
                return Dialled::LoggedOff;
            }
            (None, Some(owner)) => owner,
            (None, None) => return Dialled::AsksWho,
        };
        self.bring(back, device);
        Dialled::Back
    }

    /// Somebody has logged on with their PIN.
    ///
    /// # Errors
    ///
    /// When they may not.
    pub(crate) fn log_on(&mut self, device: DeviceId, user: UserId) -> Result<(), Refusal> {
        if !self.is_open_to(device, user) {
            return Err(Refusal::NotPermitted);
        }
        self.bring(user, device);
        Ok(())
    }

    /// Brings somebody's number to their shared phone. Nothing happens where it is there already.
    ///
    /// # Errors
    ///
    /// When there is none for them.
    pub(crate) fn cancel_mobility(&mut self, user: UserId) -> Result<(), Refusal> {
        let is_free = |phone: &Phone| phone.owner == Some(user) && !matches!(phone.guest, Guest::Person(_));
        let own = self.phones.iter().find(|(_, phone)| is_free(phone)).map(|(device, _)| *device);
        match self.desk(user).or(own) {
            Some(device) => self.bring(user, device),
            None if self.shares_a_phone(user) => return Err(Refusal::Taken),
            None => return Err(Refusal::NoPhone),
        }
        Ok(())
    }

    /// Logs somebody off from their shared phone.
    ///
    /// # Errors
    ///
    /// When they have none.
    pub(crate) fn log_off(&mut self, user: UserId) -> Result<(), Refusal> {
        let device = self.desk(user).ok_or(Refusal::NoPhone)?;
        self.leave(device, user);
        self.settle();
        Ok(())
    }

    /// When [`Seating::handle_timeout`] wants to be called next.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.return_by
    }

    /// Waits no longer for browsers that have not come back.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        if self.return_by.is_none_or(|due| due > now) {
            return;
        }
        self.return_by = None;
        for person in self.people.values_mut().filter(|person| person.browsers == Browsers::Awaited) {
            person.browsers = Browsers::Absent;
        }
        self.settle();
    }

    /// Their number comes to this phone, from wherever it is.
    fn bring(&mut self, user: UserId, device: DeviceId) {
        for phone in self.phones.values_mut().filter(|phone| phone.guest == Guest::Person(user)) {
            phone.guest = Guest::Nobody;
        }
        if let Some(phone) = self.phones.get_mut(&device) {
            phone.guest = Guest::Nobody;
            self.sit();
            if self.desk(user) != Some(device)
                && let Some(phone) = self.phones.get_mut(&device)
            {
                phone.guest = Guest::Person(user);
            }
        }
        let person = self.people.entry(user).or_default();
        for call_id in mem::take(&mut person.registrations) {
            push_bounded(&mut person.given_up, call_id);
        }
        if mem::take(&mut person.browsers) == Browsers::Present {
            self.changes.push(Change::GiveUp { user });
        }
        self.settle();
    }

    fn leave(&mut self, device: DeviceId, user: UserId) {
        if let Some(phone) = self.phones.get_mut(&device) {
            phone.guest = if phone.owner == Some(user) {
                Guest::LoggedOff
            } else {
                Guest::Nobody
            };
        }
    }

    fn is_with_browser(&self, user: UserId) -> bool {
        self.people.get(&user).is_some_and(|person| person.browsers != Browsers::Absent)
    }

    fn shares_a_phone(&self, user: UserId) -> bool {
        self.sharers.contains(&user)
    }
}

/// Whether somebody may use a shared phone.
fn may_use(device: &Device, user: UserId) -> bool {
    device.user == Some(user) || device.shared.as_ref().is_some_and(|open_to| permits(open_to, user))
}

fn permits(open_to: &LogOn, user: UserId) -> bool {
    match open_to {
        LogOn::Everybody => true,
        LogOn::People(people) => people.contains(&user),
    }
}

fn bounded(call_id: &str) -> &str {
    let mut end = call_id.len().min(CALL_ID_BYTES_MAX);
    while !call_id.is_char_boundary(end) {
        end -= 1;
    }
    &call_id[..end]
}

fn push_bounded(call_ids: &mut Vec<String>, call_id: String) {
    if call_ids.len() >= REGISTRATIONS_MAX {
        call_ids.remove(0);
    }
    call_ids.push(call_id);
}
