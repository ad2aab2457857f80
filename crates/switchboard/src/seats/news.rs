//! What follows from who logged on where, and what is different from what was told before.

use std::collections::BTreeSet;
use std::mem;

use model::{DeviceId, UserId};

use super::{Browsers, Change, Seating};
use crate::core::{Guest, PersonSeat, PhoneSeat, Remembered};

impl Seating {
    /// Who sits where: guests first, then owners, at one phone each.
    pub(super) fn sit(&mut self) {
        self.desks.clear();
        let guests = self.phones.iter().filter_map(|(device, phone)| match phone.guest {
            Guest::Person(user) => Some((user, *device)),
            Guest::Nobody | Guest::LoggedOff => None,
        });
        let owners = self.phones.iter().filter_map(|(device, phone)| match phone.guest {
            Guest::Nobody => Some((phone.owner?, *device)),
            Guest::Person(_) | Guest::LoggedOff => None,
        });
        for (user, device) in guests.chain(owners) {
            self.desks.entry(user).or_insert(device);
        }
        let owners = self.phones.values().filter_map(|phone| phone.owner);
        self.sharers = self.desks.keys().copied().chain(owners).collect();
        self.sitters = self.desks.iter().map(|(user, device)| (*device, *user)).collect();
    }

    /// Brings everything up to date that follows from who logged on where, and tells what is different.
    pub(super) fn settle(&mut self) {
        self.sit();
        for device in self.phones.keys().copied().collect::<Vec<_>>() {
            self.tell_seat(device);
        }
        for user in self.people.keys().copied().collect::<Vec<_>>() {
            self.remember_person(user);
        }
    }

    /// The same when it was only a person's browsers.
    pub(super) fn settle_person(&mut self, user: UserId) {
        if let Some(device) = self.desk(user) {
            self.tell_seat(device);
        }
        self.remember_person(user);
    }

    fn tell_seat(&mut self, device: DeviceId) {
        let seat = self.seat(device);
        let old = self.told.insert(device, seat);
        if old != Some(seat) {
            self.changes.push(Change::Seated { device, seat });
            let old = old.unwrap_or_default();
            let concerned: BTreeSet<UserId> = [old.person, old.mobile, seat.person, seat.mobile].into_iter().flatten().collect();
            self.changes.extend(concerned.into_iter().map(|user| Change::Moved { user }));
        }
        let Some(phone) = self.phones.get_mut(&device) else { return };
        let guest = phone.guest;
        if mem::replace(&mut phone.remembered, guest) != guest {
            self.remember_phone(device, guest);
        }
    }

    pub(super) fn remember_phone(&mut self, device: DeviceId, guest: Guest) {
        let seat = PhoneSeat { device, guest };
        self.changes.push(Change::Remember(Remembered::Phone(seat)));
    }

    fn remember_person(&mut self, user: UserId) {
        let (shares, is_with_browser) = (self.shares_a_phone(user), self.is_with_browser(user));
        let Some(person) = self.people.get_mut(&user) else { return };
        if !shares {
            person.given_up.clear();
        }
        let seat = PersonSeat {
            user,
            is_mobile: shares && is_with_browser,
            given_up: person.given_up.clone(),
        };
        let is_forgettable = !seat.is_mobile && seat.given_up.is_empty();
        if is_forgettable && person.browsers == Browsers::Absent && person.registrations.is_empty() {
            self.people.remove(&user);
        }
        let old = match is_forgettable {
            true => self.remembered.remove(&user),
            false => self.remembered.insert(user, seat.clone()),
        };
        let is_known = match &old {
            Some(old) => *old == seat,
            None => is_forgettable,
        };
        if !is_known {
            self.changes.push(Change::Remember(Remembered::Person(seat)));
        }
    }
}
