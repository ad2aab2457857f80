//! Anna's phones, and those of the others.

use std::time::Duration;

use lab::baresip::Setup;
use lab::server::Session;
use lab::tone::OTHER_DESK_PHONE_HZ;
use lab::{Baresip, wait};
use serde_json::{Value, json};

pub(crate) const SOON: Duration = Duration::from_secs(10);

/// Anna's desk phone.
pub(crate) const ANNA: Setup = Setup {
    control_port: 4445,
    tone_hz: OTHER_DESK_PHONE_HZ,
    ..Setup::of("101-desk")
};
/// Ben's.
pub(crate) const BEN: Setup = Setup::of("102-desk");

/// A device by its SIP user name, as its owner sees it.
pub(crate) fn device(session: &Session, sip_user: &str) -> Value {
    let answer = session.fetch("/api/v1/devices").unwrap();
    let mut devices = answer["devices"].as_array().unwrap().iter();
    devices.find(|device| device["sip_user"] == sip_user).unwrap().clone()
}

/// A device's key.
pub(crate) fn id_of(session: &Session, sip_user: &str) -> u64 {
    device(session, sip_user)["id"].as_u64().unwrap()
}

/// Makes a person's desk phone a shared one: its owner needs no code.
pub(crate) fn share(admin: &Session, sip_user: &str) {
    let path = format!("/api/v1/devices/{}", id_of(admin, sip_user));
    admin
        .patch(&path, &json!({"shared": {"open_to": "everybody", "people": []}}))
        .unwrap();
}

/// Where somebody's number is: `browser` or `desk_phone`.
pub(crate) fn place(session: &Session) -> String {
    let place = session.fetch("/api/v1/me/place").unwrap();
    place["at"].as_str().unwrap().to_owned()
}

/// Waits until somebody's number is there.
#[track_caller]
pub(crate) fn number_comes_to(session: &Session, at: &str, limit: Duration) {
    wait::until_true_seldom(&format!("the number is at the {at}"), limit, || place(session) == at);
}

/// Somebody's calls, as the app sees them.
pub(crate) fn live_calls(session: &Session) -> Vec<Value> {
    let answer = session.fetch("/api/v1/me/live-calls").unwrap();
    answer["calls"].as_array().unwrap().clone()
}

/// Somebody's only call, once it is in a state.
#[track_caller]
pub(crate) fn call_once(session: &Session, state: &str) -> Value {
    let mut calls = Vec::new();
    wait::until_true(&format!("the only call is {state}"), SOON, || {
        calls = live_calls(session);
        calls.len() == 1 && calls[0]["state"] == state
    });
    calls.remove(0)
}

/// Does something with a call.
pub(crate) fn control(session: &Session, call: &Value, what: &str, with: &Value) -> anyhow::Result<Value> {
    let call = call["call"].as_str().unwrap();
    session.post(&format!("/api/v1/me/live-calls/{call}/{what}"), with)
}

/// A number rings at a phone; then the caller gives up.
#[track_caller]
pub(crate) fn rings_at(caller: &Baresip, number: &str, phone: &Baresip) {
    caller.dial(number).unwrap();
    phone.wait_for("the number rings at the phone", SOON, "CALL_INCOMING");
    caller.hang_up().unwrap();
    phone.wait_for("it rings no more", SOON, "CALL_CLOSED");
    caller.wait_for("the caller has given up", SOON, "CALL_CLOSED");
    caller.forget_events();
    phone.forget_events();
}
