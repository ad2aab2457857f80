//! The doctor: for each fault exactly the right finding, with the right culprit, and none for a healthy company.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "doctor/check.rs"]
mod check;
#[path = "doctor/checked.rs"]
mod checked;
#[path = "trunks/company.rs"]
#[allow(dead_code, reason = "the trunks' own tests use the rest")]
mod company;
#[path = "doctor/flight.rs"]
mod flight;
#[path = "doctor/in_call.rs"]
mod in_call;
#[path = "doctor/in_call_phones.rs"]
mod in_call_phones;
#[path = "doctor/office.rs"]
mod office;
#[path = "doctor/page.rs"]
mod page;
#[path = "doctor/people.rs"]
mod people;
#[path = "doctor/phones_at_home.rs"]
mod phones_at_home;
#[path = "doctor/providers.rs"]
mod providers;
#[path = "doctor/simple_phone.rs"]
mod simple_phone;
#[path = "doctor/stage.rs"]
mod stage;
#[path = "doctor/ways_in.rs"]
mod ways_in;
