//! Requests to providers.

use std::time::Duration;

use sip::Flow;
use sip::agent::{Credentials, NameAddr, OutgoingRequest, SeriesId};

use super::super::requests::header;
use super::RESPONSE_MAX;
use crate::directory::{Account, Trunk};

pub(super) fn registration(trunk: &Trunk, account: &Account, flow: Flow, expires: Duration, series: Option<SeriesId>) -> OutgoingRequest {
    OutgoingRequest {
        headers: vec![header("Expires", &expires.as_secs().to_string())],
        contact_user: Some(account.contact_user().to_owned()),
        series,
        ..request("REGISTER", trunk, account_address(trunk, Some(account)), Some(account), flow)
    }
}

/// OPTIONS, to see whether the provider lives.
pub(super) fn question(trunk: &Trunk, flow: Flow) -> OutgoingRequest {
    let account = trunk.accounts.first();
    OutgoingRequest {
        headers: vec![header("Accept", "application/sdp")],
        ..request("OPTIONS", trunk, account_address(trunk, account), None, flow)
    }
}

fn request(method: &str, trunk: &Trunk, who: NameAddr, account: Option<&Account>, flow: Flow) -> OutgoingRequest {
    let to = if method == "REGISTER" { who.clone() } else { domain(trunk) };
    OutgoingRequest {
        flow,
        method: method.to_owned(),
        target: format!("sip:{}", trunk.domain),
        routes: Vec::new(),
        from: who,
        to,
        headers: Vec::new(),
        body: None,
        credentials: account.map(credentials),
        contact_user: None,
        series: None,
        response_max: Some(RESPONSE_MAX),
    }
}

fn account_address(trunk: &Trunk, account: Option<&Account>) -> NameAddr {
    match account {
        Some(account) => NameAddr {
            display: String::new(),
            uri: format!("sip:{}@{}", account.user, trunk.domain),
        },
        None => domain(trunk),
    }
}

fn domain(trunk: &Trunk) -> NameAddr {
    NameAddr {
        display: String::new(),
        uri: format!("sip:{}", trunk.domain),
    }
}

pub(in crate::core) fn credentials(account: &Account) -> Credentials {
    Credentials {
        username: account.auth_user.clone().unwrap_or_else(|| account.user.clone()),
        password: account.password.clone(),
        realm: account.realm.clone(),
    }
}
