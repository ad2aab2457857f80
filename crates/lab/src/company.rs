//! Anna's phones, and those of the others.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

use std::time::Duration;

use crate::baresip::Setup;
use crate::server::Session;
use crate::tone::OTHER_DESK_PHONE_HZ;
use crate::{Baresip, wait};
use serde_json::{Value, json};

/// Steps of a story take no longer.
pub const SOON: Duration = Duration::from_secs(10);

/// Anna's desk phone.
pub const ANNA: Setup = Setup {
    control_port: 4445,
    tone_hz: OTHER_DESK_PHONE_HZ,
    ..Setup::of("101-desk")
};
/// Ben's.
pub const BEN: Setup = Setup::of("102-desk");

/// Cleo's.
pub const CLEO: Setup = Setup {
    control_port: 4446,
    tone_hz: OTHER_DESK_PHONE_HZ,
    ..Setup::of("103-desk")
};

/// A device by its SIP user name, as its owner sees it.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
pub fn device(session: &Session, sip_user: &str) -> Value {
    let answer = session.fetch("/api/v1/devices").unwrap();
    let mut devices = answer["devices"].as_array().unwrap().iter();
    devices.find(|device| device["sip_user"] == sip_user).unwrap().clone()
}

/// A device's key.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
pub fn id_of(session: &Session, sip_user: &str) -> u64 {
    device(session, sip_user)["id"].as_u64().unwrap()
}

/// Makes a person's desk phone a shared one: its owner needs no code.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
pub fn share(admin: &Session, sip_user: &str) {
    let path = format!("/api/v1/devices/{}", id_of(admin, sip_user));
    admin
        .patch(&path, &json!({"shared": {"open_to": "everybody", "people": []}}))
        .unwrap();
}

/// Where somebody's number is: `browser` or `desk_phone`.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
pub fn place(session: &Session) -> String {
    let place = session.fetch("/api/v1/me/place").unwrap();
    place["at"].as_str().unwrap().to_owned()
}

/// Waits until somebody's number is there.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
#[track_caller]
pub fn number_comes_to(session: &Session, at: &str, limit: Duration) {
    wait::until_true_seldom(&format!("the number is at the {at}"), limit, || place(session) == at);
}

/// Somebody's calls, as the app sees them.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
pub fn live_calls(session: &Session) -> Vec<Value> {
    let answer = session.fetch("/api/v1/me/live-calls").unwrap();
    answer["calls"].as_array().unwrap().clone()
}

/// Somebody's only call, once it is in a state.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
#[track_caller]
pub fn call_once(session: &Session, state: &str) -> Value {
    let mut calls = Vec::new();
    wait::until_true(&format!("the only call is {state}"), SOON, || {
        calls = live_calls(session);
        calls.len() == 1 && calls[0]["state"] == state
    });
    calls.remove(0)
}

/// The one of somebody's calls that is in a state, once it is.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
#[track_caller]
pub fn call_in(session: &Session, state: &str) -> Value {
    let mut found = None;
    wait::until_true(&format!("a call is {state}"), SOON, || {
        found = live_calls(session).into_iter().find(|call| call["state"] == state);
        found.is_some()
    });
    found.unwrap()
}

/// Does something with a call.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
pub fn control(session: &Session, call: &Value, what: &str, with: &Value) -> anyhow::Result<Value> {
    let call = call["call"].as_str().unwrap();
    session.post(&format!("/api/v1/me/live-calls/{call}/{what}"), with)
}

/// A number rings at a phone; then the caller gives up.
///
/// # Panics
///
/// When the server, or the phone, does not do as it should.
#[track_caller]
pub fn rings_at(caller: &Baresip, number: &str, phone: &Baresip) {
    caller.dial(number).unwrap();
    phone.wait_for("the number rings at the phone", SOON, "CALL_INCOMING");
    caller.hang_up().unwrap();
    phone.wait_for("it rings no more", SOON, "CALL_CLOSED");
    caller.wait_for("the caller has given up", SOON, "CALL_CLOSED");
    caller.forget_events();
    phone.forget_events();
}
