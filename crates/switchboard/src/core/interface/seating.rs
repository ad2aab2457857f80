//! Desk share, as the shell remembers it from one run to the next.

use model::{DeviceId, UserId};

/// Everything about desk share that a restart must not change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    /// Shared phones at which something else holds than their owner's number.
    pub phones: Vec<PhoneSeat>,
    /// People whose number is with their browser.
    pub people: Vec<PersonSeat>,
}

/// Who is logged on at a shared phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneSeat {
    /// The phone.
    pub device: DeviceId,
    /// Who.
    pub guest: Guest,
}

/// Who is logged on at a shared phone by code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guest {
    /// Nobody: it is its owner's, where it has one.
    Nobody,
    /// This person.
    Person(UserId),
    /// Nobody, and its owner has logged off as well.
    LoggedOff,
}

/// Where somebody's number is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonSeat {
    /// Whose.
    pub user: UserId,
    /// Whether it is with their browser; otherwise with their shared phone.
    pub is_mobile: bool,
    /// Registrations of browser phones by which the number does not come back to the browser, since they were given up for the shared phone
    /// (their Call-IDs); the youngest last.
    pub given_up: Vec<String>,
}

/// A change to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// Of a phone.
    Phone(PhoneSeat),
    /// Of a person.
    Person(PersonSeat),
}
