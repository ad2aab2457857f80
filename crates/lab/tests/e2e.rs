//! The acceptance stories, told with the built program and real browsers and phones.

#[path = "e2e/instruments.rs"]
mod instruments;
