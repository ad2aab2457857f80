//! Many calls at once through a trunk, and nothing left behind.

use std::env;
use std::time::Duration;

use lab::process::report;
use lab::server::Session;
use lab::sipp::{self, CARRIER, Outcome, Phone};
use lab::{Farend, isolated};
use serde_json::json;

use crate::load::{Residue, hire};

/// Memory may grow by this share between the first calls and the last.
const GROWTH_MAX: f64 = 1.05;

/// The size of a load.
struct Load {
    people: usize,
    calls: usize,
    talk: Duration,
    per_second: u32,
    config: &'static str,
}

/// What `make test` has time for: 300 calls, 100 at once. With `FAREND_LAB_LOAD=full` (`make soak`) 1,000 at once, for half an hour.
fn load() -> Load {
    match env::var("FAREND_LAB_LOAD").as_deref() {
        Ok("full") => Load {
            people: 200,
            calls: 36_000,
            talk: Duration::from_secs(50),
            per_second: 20,
            config: "[listen]\nrtp_ports = \"30000-34999\"\n",
        },
        Ok(_) | Err(_) => Load {
            people: 20,
            calls: 300,
            talk: Duration::from_secs(2),
            per_second: 50,
            config: "",
        },
    }
}

#[test]
fn many_calls_go_through_a_trunk_and_leave_nothing_behind() {
    isolated(|world| {
        let load = load();
        let mut server = Farend::start_on_with(world, "0.0.0.0", load.config).unwrap();
        let mut carrier = sipp::carry(world).unwrap();
        let callers = customers(&server.sign_in("admin").unwrap(), load.people);

        // A first round, so that pools and caches have their size: nothing waits for the last transactions here, which would only add to it.
        let warm = load.calls.min(2_000);
        let first = sipp::call_again(world, &callers, warm, load.talk, load.per_second).unwrap();
        assert_eq!(first.outcome().unwrap(), all(warm));
        let before_kib = server.process().resident_kib().unwrap();

        let calls = sipp::call_again(world, &callers, load.calls, load.talk, load.per_second).unwrap();
        assert_eq!(calls.outcome().unwrap(), all(load.calls));
        let after = Residue::once_idle(&mut server);
        report(&format!(
            "memory: {before_kib} KiB after {warm} calls, {} KiB after {} more",
            after.resident_kib, load.calls
        ));
        assert!(
            after.resident_kib as f64 <= GROWTH_MAX * before_kib as f64,
            "memory grew from {before_kib} to {} KiB",
            after.resident_kib
        );
        assert!(carrier.is_running(), "the carrier has ended:\n{}", carrier.output());
    });
}

fn all(calls: usize) -> Outcome {
    Outcome {
        successful: calls as u64,
        failed: 0,
    }
}

/// A company with a trunk that knows us by our address, and people who call Berlin.
fn customers(admin: &Session, people: usize) -> Vec<Phone> {
    let plan = json!({
        "country": "DE", "area": "89", "outside": null, "emergency_trunk_id": null, "time_zone": null,
        "limits": {"calls_per_minute_max": 10_000, "costly_calls_max": 5, "costly_minutes_per_day_max": 300},
    });
    admin.put("/api/v1/number-plan", &plan).unwrap();
    let (host, port) = CARRIER;
    let trunk = json!({"name": "carrier", "host": host, "port": port, "transport": "udp", "srtp": "off", "number": "+4989123100"});
    let trunk = admin.post("/api/v1/trunks", &trunk).unwrap();
    admin
        .post("/api/v1/routes", &json!({"name": "everything", "trunks": [trunk["id"]]}))
        .unwrap();
    let (mut callers, _) = hire(admin, people);
    for caller in &mut callers {
        "030123456".clone_into(&mut caller.dials);
    }
    callers
}
