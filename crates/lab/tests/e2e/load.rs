//! Many phones at once, and nothing left behind.

use std::env;
use std::time::Duration;

use lab::process::report;
use lab::server::{SIP_SECRET, Session};
use lab::sipp::{self, Outcome, Phone};
use lab::{Farend, isolated, wait};
use serde_json::{Value, json};

/// The size of a load.
struct Load {
    registrations: usize,
    calls: usize,
    talk: Duration,
    calls_per_second: u32,
    /// A phone needs a port for RTP and one for RTCP.
    config: &'static str,
}

/// What `make test` has time for, and with `FAREND_LAB_LOAD=full` (`make soak`) what the product promises.
fn load() -> Load {
    match env::var("FAREND_LAB_LOAD").as_deref() {
        Ok("full") => Load {
            registrations: 2000,
            calls: 500,
            talk: Duration::from_secs(60),
            calls_per_second: 50,
            config: "[listen]\nrtp_ports = \"30000-32767\"\n",
        },
        Ok(_) | Err(_) => Load {
            registrations: 2000,
            calls: 100,
            talk: Duration::from_secs(15),
            calls_per_second: 50,
            config: "",
        },
    }
}

#[test]
fn many_phones_register_and_call_and_leave_nothing_behind() {
    isolated(|world| {
        let load = load();
        let mut server = Farend::start_with(world, load.config).unwrap();
        let (callers, callees) = hire(&server.sign_in("admin").unwrap(), load.calls);

        let registered = sipp::register(world, &callees, load.registrations, 500).unwrap();
        assert_eq!(
            registered,
            Outcome {
                successful: load.registrations as u64,
                failed: 0
            }
        );

        let mut answering = sipp::answer(world, &callees).unwrap();
        // A first round, so that pools and caches have their size.
        let warm = sipp::call(world, &callers, Duration::from_secs(1), load.calls_per_second).unwrap();
        assert_eq!(
            warm.outcome().unwrap(),
            Outcome {
                successful: load.calls as u64,
                failed: 0
            }
        );
        let before = Residue::once_idle(&mut server);

        let calls = sipp::call(world, &callers, load.talk, load.calls_per_second).unwrap();
        assert_eq!(
            calls.outcome().unwrap(),
            Outcome {
                successful: load.calls as u64,
                failed: 0
            }
        );
        assert!(answering.is_running());
        answering.signal("USR1").unwrap();
        answering.wait(Duration::from_secs(20));

        let after = Residue::once_idle(&mut server);
        report(&format!("before the calls {before:?}\nafter the calls  {after:?}"));
        assert!(
            after.resident_kib as f64 <= 1.05 * before.resident_kib as f64,
            "memory grew from {} to {} KiB",
            before.resident_kib,
            after.resident_kib
        );
        // Connections of our own questions to the server close a little later.
        wait::until_true("no more files are open than before", IDLE_LIMIT, || {
            server.process().open_files().unwrap() <= before.open_files
        });
        every_call_was_heard(&server.sign_in("admin").unwrap(), &load);
    });
}

/// New people with a desk phone each: those who call, and those who are called.
pub(crate) fn hire(admin: &Session, calls: usize) -> (Vec<Phone>, Vec<Phone>) {
    let mut phones: Vec<Phone> = (0..2 * calls).map(|at| person(admin, 2000 + at)).collect();
    let callees = phones.split_off(calls);
    for (caller, callee) in phones.iter_mut().zip(&callees) {
        caller.dials = callee.sip_user.trim_end_matches("-load").to_owned();
    }
    (phones, callees)
}

fn person(admin: &Session, extension: usize) -> Phone {
    let login = format!("load{extension}");
    let user = json!({"login": login, "name": format!("Load {extension}"), "extension": extension.to_string(), "role": "user", "password": format!("{login}-a-long-one")});
    let user = admin.post("/api/v1/users", &user).unwrap();
    let sip_user = format!("{extension}-load");
    let device = json!({"user_id": user["id"], "kind": "desk_phone", "label": "SIPp", "sip_user": sip_user});
    let device = admin.post("/api/v1/devices", &device).unwrap();
    Phone {
        sip_user,
        secret: device["secret"].as_str().unwrap_or(SIP_SECRET).to_owned(),
        dials: String::new(),
    }
}

/// What must be nothing when nobody talks.
const OF_CALLS: [&str; 4] = ["farend_calls", "farend_legs", "farend_sip_dialogs", "farend_sip_transactions"];
/// Transactions end within 32 seconds (RFC 3261, timers B, F, H, J).
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// What a server holds when nobody talks.
#[derive(Debug)]
pub(crate) struct Residue {
    open_files: usize,
    pub(crate) resident_kib: u64,
}

impl Residue {
    pub(crate) fn once_idle(server: &mut Farend) -> Residue {
        for figure in OF_CALLS {
            wait::until_true(&format!("{figure} is 0"), IDLE_LIMIT, || server.metric(figure).unwrap() == 0.0);
        }
        let process = server.process();
        Residue {
            open_files: process.open_files().unwrap(),
            resident_kib: process.resident_kib().unwrap(),
        }
    }
}

/// What the callers' SIPp sends of the 50 packets a second; it plays a file by the clock.
const PLAYED_MIN: f64 = 0.95;
/// What the callees' SIPp sends back: its one socket for all calls overflows now and then when the machine is busy.
const ECHOED_MIN: f64 = 0.8;
/// What the server passes on of what it has received. The last packets of a call may come after it has ended.
const RELAYED_MIN: f64 = 0.998;

/// Each long call is in the journal, the caller's sound came in, came out, and came back.
fn every_call_was_heard(admin: &Session, load: &Load) {
    let expected = 50.0 * load.talk.as_secs_f64();
    let mut cursor = String::new();
    let mut heard = 0;
    while heard < load.calls {
        let page = admin.fetch(&format!("/api/v1/calls?all=true&limit=50{cursor}")).unwrap();
        for call in page["calls"].as_array().unwrap().iter().take(load.calls - heard) {
            assert_eq!(call["outcome"], "answered", "{call}");
            let [caller, called] = call["quality"]["legs"].as_array().expect("legs").as_slice() else {
                panic!("a call has two legs: {call}")
            };
            let packets = |leg: &Value, way: &str| leg[way]["packets"].as_f64().expect("a figure");
            assert!(
                packets(caller, "received") >= PLAYED_MIN * expected,
                "of {expected} packets: {call}"
            );
            assert!(
                packets(called, "received") >= ECHOED_MIN * expected,
                "of {expected} packets: {call}"
            );
            for (from, to) in [(caller, called), (called, caller)] {
                assert!(
                    packets(to, "sent") >= RELAYED_MIN * packets(from, "received") - 2.0,
                    "the server lost packets: {call}"
                );
            }
            heard += 1;
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(heard, load.calls);
}
