//! What must hold after every step, whatever it was.

use std::collections::BTreeSet;

use model::UserId;

use super::{Browsers, Place, Seating};
use crate::core::Guest;

impl Seating {
    /// The first thing that does not hold, in words for whoever has to mend it; `None`: all is well.
    pub(crate) fn fault(&self) -> Option<String> {
        let mut people: BTreeSet<UserId> = self.people.keys().chain(self.desks.keys()).copied().collect();
        people.extend(self.phones.values().filter_map(|phone| phone.owner));
        let mut faults = people.into_iter().filter_map(|user| self.fault_of(user));
        faults.next().or_else(|| self.fault_of_phones())
    }

    /// Whoever shares a phone has exactly one place, and that place knows of them.
    fn fault_of(&self, user: UserId) -> Option<String> {
        let seated = |wanted: fn(super::Seat) -> Option<UserId>| -> Vec<_> {
            self.phones().filter(|device| wanted(self.seat(*device)) == Some(user)).collect()
        };
        let (at, vacated) = (seated(|seat| seat.person), seated(|seat| seat.mobile));
        let is_guest = self.phones.values().any(|phone| phone.guest == Guest::Person(user));
        let is_expected = self
            .phones
            .values()
            .any(|phone| phone.owner == Some(user) && phone.guest == Guest::Nobody);
        let is_well = match self.place(user) {
            None => at.is_empty() && vacated.is_empty() && !is_guest && !is_expected,
            Some(Place::Phone(device)) => at == [device] && vacated.is_empty(),
            Some(Place::Browser) => at.is_empty() && vacated.len() <= 1,
            Some(Place::Elsewhere) => at.is_empty() && vacated.is_empty() && !is_guest && !is_expected,
        };
        if !is_well {
            return Some(format!(
                "{user} has {:?}, sits at {at:?}, has vacated {vacated:?}",
                self.place(user)
            ));
        }
        let person = self.people.get(&user)?;
        if let Some(call_id) = person.registrations.iter().find(|call_id| person.given_up.contains(call_id)) {
            return Some(format!("{user} has registered by {call_id}, which was given up"));
        }
        let is_here = person.browsers == Browsers::Present;
        (is_here && person.registrations.is_empty()).then(|| format!("{user} is here by no registration"))
    }

    /// Nobody is logged on at two phones, and what the next run will be told is what holds.
    fn fault_of_phones(&self) -> Option<String> {
        let mut guests = BTreeSet::new();
        for (device, phone) in &self.phones {
            if let Guest::Person(user) = phone.guest
                && !guests.insert(user)
            {
                return Some(format!("{user} is logged on at {device} and elsewhere"));
            }
            if phone.guest == Guest::LoggedOff && phone.owner.is_none() {
                return Some(format!("{device} has no owner that could have logged off"));
            }
            if phone.remembered != phone.guest || self.told.get(device) != Some(&self.seat(*device)) {
                return Some(format!("nobody was told who is at {device}"));
            }
        }
        None
    }
}
