//! The dialog event package (RFC 4235): lamps.

use lab::stage::{Player, Stage, played};
use serde_json::json;

const TEXTS: [(&str, &str); 4] = [
    ("to", "102"),
    ("event", "dialog"),
    ("accept", "application/dialog-info+xml"),
    ("type", "application/dialog-info.xml"),
];

/// One subscription is told at most every 200 ms; clocks and traces are not that exact.
const INTERVAL_MIN_MS: u64 = 195;

fn watches(stage: &Stage<'_>, scenario: &str, to: &str) -> Player {
    let mut texts = TEXTS.to_vec();
    texts.push(("to", to));
    let watcher = stage.phone("103-desk").plays(scenario, &texts);
    watcher.receives("NOTIFY");
    watcher
}

/// Waits until a watcher is told of a state, by the version of the document.
fn is_told(watcher: &Player, version: usize) {
    watcher.receives_where(&format!("version {version}"), |message| {
        message.starts_with("NOTIFY") && message.contains(&format!("version=\"{version}\""))
    });
}

/// Ben's phone is there before anybody watches: that he comes is told as well.
fn ben_waits(stage: &Stage<'_>) -> Player {
    stage.registered("102-desk").plays("phone/answers_on_cue", &[])
}

/// Anna calls, Ben lifts, Anna hangs up, each as soon as the watcher has been told of the step before.
fn call_while_watched(stage: &Stage<'_>, watcher: &Player, number: &str, ben: Player) {
    let anna = stage.phone("101-desk").plays("phone/calls_and_hangs_up", &[("to", number)]);
    is_told(watcher, 1);
    ben.cue("");
    is_told(watcher, 2);
    anna.cue("");
    anna.ends();
    ben.ends();
}

/// Sections 6.1 and 3.10: each step of the call follows at once when the one before is told, and yet is told at intervals.
#[test]
fn a_call_is_told_from_ringing_to_its_end_and_the_subscription_ends() {
    played(|stage| {
        let ben = ben_waits(stage);
        let watcher = watches(stage, "rfc4235/watches", "102");
        call_while_watched(stage, &watcher, "102", ben);
        is_told(&watcher, 3);
        let times_ms: Vec<u64> = (0..4).map(|version| watcher.time_of(&format!("version=\"{version}\""))).collect();
        for pair in times_ms.windows(2) {
            assert!(pair[1] - pair[0] >= INTERVAL_MIN_MS, "NOTIFYs at {times_ms:?} ms");
        }
        watcher.ends();
    });
}

/// Sections 3.7.1 and 4.1.6.
#[test]
fn a_caller_is_the_initiator_and_renders_nothing_while_holding() {
    played(|stage| {
        let ben = ben_waits(stage);
        let watcher = watches(stage, "rfc4235/watches_caller", "101");
        let anna = stage.phone("101-desk").plays("rfc5359/holds", &[("to", "102")]);
        is_told(&watcher, 1);
        ben.cue("");
        for version in 2..=4 {
            is_told(&watcher, version);
            anna.cue("");
        }
        watcher.ends();
        anna.ends();
        ben.ends();
    });
}

/// Section 6.2.
#[test]
fn a_teams_line_is_watched_like_a_shared_one() {
    played(|stage| {
        let admin = stage.server.sign_in("admin").unwrap();
        let ben = stage.server.sign_in("102").unwrap().fetch("/api/v1/me").unwrap()["id"].clone();
        let team = json!({
            "name": "Repairs", "extension": "210", "has_line": true,
            "members": [{"user_id": ben, "device_id": null, "rings": true}],
        });
        admin.post("/api/v1/teams", &team).unwrap();
        let ben = ben_waits(stage);
        let watcher = watches(stage, "rfc4235/watches_line", "210");
        call_while_watched(stage, &watcher, "210", ben);
        watcher.ends();
    });
}

/// Section 6.3.
#[test]
fn who_is_no_colleague_does_not_see_with_whom() {
    played(|stage| {
        crate::forget_colleagues(stage);
        let ben = ben_waits(stage);
        let watcher = watches(stage, "rfc4235/watches_stranger", "102");
        call_while_watched(stage, &watcher, "102", ben);
        watcher.ends();
    });
}

/// RFC 6665 section 4.4.3.
#[test]
fn the_state_can_be_fetched_once() {
    played(|stage| {
        stage.phone("103-desk").plays("rfc4235/fetches", &TEXTS).ends();
    });
}

/// RFC 6665 section 4.2.1.
#[test]
fn a_subscription_that_cannot_be_is_refused_with_what_could_be() {
    played(|stage| {
        let refused = |changed: (&str, &str), expires: &str, status: &str, says: &str| {
            let mut texts = TEXTS.to_vec();
            texts.extend([changed, ("expires", expires), ("status", status), ("says", says)]);
            stage.phone("103-desk").plays("rfc4235/refused", &texts).ends();
        };
        refused(("event", "weather"), "600", "489", "Allow-Events:.*dialog");
        refused(("event", "dialog"), "30", "423", "Min-Expires: *60");
        refused(("accept", "text/plain"), "600", "406", "Accept: *application/dialog-info");
        refused(("to", "199"), "600", "404", "SIP/2.0 404");
    });
}
