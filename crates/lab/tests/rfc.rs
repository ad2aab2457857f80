//! The examples of the RFCs that telephone systems live by, played by SIPp against the built server; `docs/rfc-examples.md` lists them.

#![allow(clippy::unwrap_used, reason = "an example that cannot go on has failed, and the place says why")]

use lab::stage::Stage;
use serde_json::{Value, json};

#[path = "rfc/rfc3515.rs"]
mod rfc3515;
#[path = "rfc/rfc3842.rs"]
mod rfc3842;
#[path = "rfc/rfc3891.rs"]
mod rfc3891;
#[path = "rfc/rfc3892.rs"]
mod rfc3892;
#[path = "rfc/rfc4235.rs"]
mod rfc4235;
#[path = "rfc/rfc5359_calls.rs"]
mod rfc5359_calls;
#[path = "rfc/rfc5359_services.rs"]
mod rfc5359_services;
#[path = "rfc/table.rs"]
mod table;

/// What the phones of an example say: each its own tone, in hertz.
const ANNA_HZ: f64 = 440.0;
/// Ben's.
const BEN_HZ: f64 = 1000.0;
/// Cleo's.
const CLEO_HZ: f64 = 1500.0;

/// The demo company's pick-up group has nobody in it any more.
fn forget_colleagues(stage: &Stage<'_>) {
    set_colleagues(stage, &[]);
}

/// Everybody may pick up everybody's calls.
fn make_colleagues(stage: &Stage<'_>) {
    let users = stage.server.sign_in("admin").unwrap().fetch("/api/v1/users").unwrap();
    let everybody: Vec<Value> = users["users"].as_array().unwrap().iter().map(|user| user["id"].clone()).collect();
    set_colleagues(stage, &everybody);
}

fn set_colleagues(stage: &Stage<'_>, members: &[Value]) {
    let admin = stage.server.sign_in("admin").unwrap();
    let groups = admin.fetch("/api/v1/pick-up-groups").unwrap();
    for group in groups["pick_up_groups"].as_array().unwrap() {
        let path = format!("/api/v1/pick-up-groups/{}", group["id"]);
        admin.patch(&path, &json!({"member_ids": members})).unwrap();
    }
    for team in admin.fetch("/api/v1/teams").unwrap()["teams"].as_array().unwrap() {
        let members: Vec<Value> = members
            .iter()
            .map(|user| json!({"user_id": user, "device_id": null, "rings": true}))
            .collect();
        let path = format!("/api/v1/teams/{}", team["id"]);
        admin.patch(&path, &json!({"members": members})).unwrap();
    }
}
