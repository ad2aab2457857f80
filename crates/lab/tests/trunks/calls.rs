//! From a browser at home to the world and back, by every transport.

use std::time::Duration;

use lab::net::addresses::OFFICE_PUBLIC;
use lab::provider::WORLD_NUMBER;
use lab::server::{PORT, Session};
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, Sound};
use lab::world::in_namespaces;
use lab::{Browser, wait};
use serde_json::{Value, json};

use super::company::{ACCOUNT, Company};

const SOON: Duration = Duration::from_secs(10);
/// Each side hears the other one's tone for so long without a break.
const HEARD_SECONDS: f64 = 0.8;

/// How a trunk speaks to the provider.
#[derive(Clone, Copy, Debug)]
struct Manner {
    transport: &'static str,
    srtp: &'static str,
    /// Whether the world speaks encrypted, and nothing else.
    encrypts: bool,
}

const MANNERS: [Manner; 5] = [
    Manner {
        transport: "udp",
        srtp: "off",
        encrypts: false,
    },
    Manner {
        transport: "tcp",
        srtp: "off",
        encrypts: false,
    },
    Manner {
        transport: "tls",
        srtp: "off",
        encrypts: false,
    },
    // Who would rather be encrypted takes what there is.
    Manner {
        transport: "tls",
        srtp: "preferred",
        encrypts: false,
    },
    Manner {
        transport: "tls",
        srtp: "mandatory",
        encrypts: true,
    },
];

#[test]
fn a_browser_at_home_and_the_world_call_each_other_by_every_transport() {
    in_namespaces(|folder| {
        let mut company = Company::found(folder);
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.use_trunk(trunk);
        company.permit("101", &["national"]);
        let anna = at_home(&company);
        let journal = company.server.sign_in("101").unwrap();
        let mut encrypts = false;
        for manner in MANNERS {
            lab::process::report(&format!("{manner:?}"));
            if encrypts != manner.encrypts {
                encrypts = manner.encrypts;
                company.provider.world().set_encrypts(encrypts).unwrap();
            }
            let change = json!({"transport": manner.transport, "srtp": manner.srtp});
            company.admin.patch(&format!("/api/v1/trunks/{trunk}"), &change).unwrap();
            let line = company.line_once_up(trunk);
            assert_eq!(line["server"]["transport"], manner.transport, "{line}");
            call_out(&mut company, &anna, &journal);
            call_in(&mut company, &anna, &journal);
        }
    });
}

/// Anna's browser at home.
pub(crate) fn at_home(company: &Company) -> Browser {
    let anna = Browser::open_on(company.network.home_pc(), "anna", BROWSER_HZ, &[]).unwrap();
    anna.sign_in(&format!("https://{OFFICE_PUBLIC}:{PORT}"), "101").unwrap();
    anna.evaluate("lab.open_ear()").unwrap();
    anna
}

/// Anna calls, and the world hangs up.
pub(crate) fn call_out(company: &mut Company, anna: &Browser, journal: &Session) {
    let world = company.provider.world();
    world.forget_events();
    world.forget_recordings().unwrap();
    anna.dial("030 123456").unwrap();
    let called = world.wait_for("the world's phone answers", SOON, "CALL_ESTABLISHED");
    let caller = called["peeruri"].as_str().unwrap();
    assert!(caller.contains("+4989123101"), "who calls? {called}");
    anna.wait_until_talking();
    they_hear_each_other(company, anna);
    company.provider.world().hang_up().unwrap();
    anna.wait_until_idle();
    assert_journal(journal, "outgoing");
}

/// The world calls Anna, and she hangs up.
pub(crate) fn call_in(company: &mut Company, anna: &Browser, journal: &Session) {
    let world = company.provider.world();
    world.forget_events();
    world.forget_recordings().unwrap();
    world.dial("+4989123101").unwrap();
    anna.wait_until_it_rings();
    anna.answer();
    world.wait_for("the call is answered", SOON, "CALL_ESTABLISHED");
    anna.wait_until_talking();
    they_hear_each_other(company, anna);
    anna.hang_up();
    company.provider.world().wait_for("the world's call is over", SOON, "CALL_CLOSED");
    anna.wait_until_idle();
    assert_journal(journal, "incoming");
}

/// Waits until each side has steadily heard the other one's tone.
fn they_hear_each_other(company: &mut Company, anna: &Browser) {
    let world = company.provider.world();
    let mut at_home = Sound::default();
    anna.heard().unwrap();
    wait::until_true_seldom("home and world steadily hear each other's tone", SOON, || {
        let more = anna.heard().unwrap();
        at_home.rate_hz = more.rate_hz;
        at_home.samples.extend(more.samples);
        at_home.has_steady(DESK_PHONE_HZ, HEARD_SECONDS) && world.heard().is_ok_and(|heard| heard.has_steady(BROWSER_HZ, HEARD_SECONDS))
    });
}

fn assert_journal(journal: &Session, direction: &str) {
    let mut call = Value::Null;
    wait::until_true("the call is in the journal", SOON, || {
        call = journal.call_once("answered");
        call["direction"] == direction && call["ended_at"].is_string()
    });
    assert_eq!(call["peer"]["number"], WORLD_NUMBER, "{call}");
    let legs = call["quality"]["legs"].as_array().unwrap();
    assert_eq!(legs.len(), 2, "{call}");
}
