//! What the server's doctor says, as an administrator reads it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::net::Host;
use crate::process::report;
use crate::server::{PORT, Session, visit};
use crate::wait;

/// A finding is there so soon after its fault.
pub const NOTICED_LIMIT: Duration = Duration::from_secs(15);

/// It is gone so soon after its fault was mended and everything was looked at anew: a finding that flickers stays open for ten seconds.
pub const CLEARED_LIMIT: Duration = Duration::from_secs(30);

/// The router has been looked at, and what there is has been judged more than twice.
pub const SETTLED_LIMIT: Duration = Duration::from_secs(20);

/// What is open now.
///
/// # Panics
///
/// When the server does not answer.
#[must_use]
pub fn open(admin: &Session) -> Vec<Value> {
    let now = admin.fetch("/api/v1/doctor").expect("the server answers");
    now["findings"].as_array().expect("a list").clone()
}

/// The names of their faults, in alphabetic order.
#[must_use]
pub fn faults(open: &[Value]) -> Vec<String> {
    let mut faults: Vec<String> = open
        .iter()
        .map(|finding| finding["fault"].as_str().expect("a name").to_owned())
        .collect();
    faults.sort();
    faults
}

/// All that were ever told, those that are over too: the names of their faults, in the order in which they were.
///
/// # Panics
///
/// When the server does not answer.
#[must_use]
pub fn ever(admin: &Session) -> Vec<String> {
    let history = admin.fetch("/api/v1/doctor/history").expect("the server answers");
    let newest_first = history["findings"].as_array().expect("a list").iter().rev();
    newest_first
        .map(|finding| finding["fault"].as_str().expect("a name").to_owned())
        .collect()
}

/// Waits until this fault is told, as that culprit's doing, and nothing else; gives it.
#[track_caller]
pub fn only(admin: &Session, fault: &str, culprit: &str) -> Value {
    let mut seen = Vec::new();
    let begun = Instant::now();
    wait::until_true_seldom(&format!("{fault} is found"), NOTICED_LIMIT, || {
        seen = open(admin);
        faults(&seen).iter().any(|found| found == fault)
    });
    report(&format!("{fault} after {:.1} s", begun.elapsed().as_secs_f32()));
    assert_eq!(faults(&seen), [fault], "{seen:#?}");
    assert_eq!(seen[0]["culprit"], culprit, "{:#}", seen[0]);
    seen.remove(0)
}

/// Everything was mended: has it looked at anew, and waits until nothing is open.
#[track_caller]
pub fn mended(admin: &Session) {
    let mut seen = Vec::new();
    let mut is_asked = false;
    wait::until_true_seldom("everything is right again", CLEARED_LIMIT, || {
        // The last time may be a moment ago.
        is_asked = is_asked || retest(admin);
        seen = open(admin);
        is_asked && seen.is_empty()
    });
}

/// Has everything looked at anew; false when that was done a moment ago.
#[must_use]
pub fn retest(admin: &Session) -> bool {
    admin.post("/api/v1/doctor/retest", &json!({})).is_ok()
}

/// Waits until the doctor has looked at a server whose STUN servers answer, and at the router; nothing was found.
#[track_caller]
pub fn healthy(admin: &Session) {
    router_known(admin);
    none(admin);
}

/// Waits until it is known how the office's router behaves.
///
/// # Panics
///
/// When nobody finds out.
#[track_caller]
pub fn router_known(admin: &Session) {
    wait::until_true_seldom("the router is known", SETTLED_LIMIT, || {
        let evidence = admin.fetch("/api/v1/doctor/evidence").expect("the server answers");
        !evidence["server"]["nat"].as_array().is_none_or(Vec::is_empty)
    });
}

/// Nothing is open, and nothing becomes so in three more looks.
#[track_caller]
pub fn none(admin: &Session) {
    let mut looks = Vec::new();
    wait::until_true_seldom("the doctor has looked three times more", SETTLED_LIMIT, || {
        let now = admin.fetch("/api/v1/doctor").expect("the server answers");
        assert_eq!(now["findings"], json!([]), "{now:#}");
        if !looks.contains(&now["looked_at"]) {
            looks.push(now["looked_at"].clone());
        }
        looks.len() > 3
    });
}

/// Somebody signs in on this computer, as a browser does, at a page of this host.
///
/// # Panics
///
/// When the server does not let them in.
#[track_caller]
pub fn comes(host: &Host, page: &str, name: &str) {
    let origin = format!("https://{page}:{PORT}");
    let came = host.within(|| visit(&origin, name)).expect("the computer is there");
    came.unwrap_or_else(|error| panic!("{name} does not get in at {origin}: {error:#}"));
}
