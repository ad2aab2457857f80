//! Desk phones at home, behind a router: in the open, through a router that rewrites SIP, and cut off.

use std::time::{Duration, Instant};

use lab::baresip::Setup;
use lab::findings::{NOTICED_LIMIT, comes, faults, healthy, mended, none, only, open, retest};
use lab::net::addresses::{HOME_PC, OFFICE_PUBLIC, PBX};
use lab::process::{report, run};
use lab::world::in_namespaces;
use lab::{Baresip, Lab, wait};
use serde_json::Value;

use crate::simple_phone::SimplePhone;
use crate::stage::{SERVERS, Stage};

/// Phones are asked 25 s after their last sign of life.
const ASKED_LIMIT: Duration = Duration::from_secs(30);
/// An answer is waited for so long.
const ANSWER_LIMIT: Duration = Duration::from_secs(8);
/// What is over stays for ten seconds more.
const OVER_LIMIT: Duration = Duration::from_secs(20);
/// That a phone at home is not encrypted is told all the time.
const PLAIN: &str = "h1_phone_plain";

/// Ben's desk phone at home, over UDP.
const BEN: &str = "102-desk";
/// The same, as it should be.
const ENCRYPTED: Setup = Setup {
    server: "198.51.100.2",
    address: "192.168.1.50",
    interface: "lan",
    transport: "tls",
    encrypts: true,
    ..Setup::of(BEN)
};

/// Anna comes from home, and all is well: the office's router lets SIP in.
fn at_home(folder: &std::path::Path) -> (Stage, SimplePhone) {
    let mut stage = Stage::set(folder, Lab::new(), SERVERS);
    stage.network.forward_sip().unwrap();
    stage.network.forward_sip_tls().unwrap();
    comes(stage.network.home_pc(), PBX, "101");
    healthy(&stage.admin);
    let mut phone = SimplePhone::on(stage.network.home_pc(), HOME_PC, OFFICE_PUBLIC, BEN);
    phone.register();
    only(&stage.admin, PLAIN, "configuration");
    (stage, phone)
}

/// Waits until the server has asked the phone once more.
#[track_caller]
fn asked(phone: &SimplePhone) {
    let before = phone.answered();
    wait::until_true_seldom("the phone is asked", ASKED_LIMIT, || phone.answered() > before);
}

/// Waits until this is told besides, and nothing else; gives it.
#[track_caller]
fn besides(stage: &Stage, fault: &str, culprit: &str, limit: Duration) -> Value {
    let begun = Instant::now();
    let mut seen = Vec::new();
    wait::until_true_seldom(&format!("{fault} is found"), limit, || {
        seen = open(&stage.admin);
        faults(&seen).iter().any(|found| found == fault)
    });
    report(&format!("{fault} after {:.1} s", begun.elapsed().as_secs_f32()));
    assert_eq!(faults(&seen), [PLAIN, fault], "{seen:#?}");
    let found = seen.into_iter().find(|finding| finding["fault"] == fault).unwrap();
    assert_eq!(found["culprit"], culprit, "{found:#}");
    found
}

#[track_caller]
fn plain_alone(stage: &Stage) {
    wait::until_true_seldom("nothing else is told any more", OVER_LIMIT, || {
        faults(&open(&stage.admin)) == [PLAIN]
    });
}

#[test]
fn a_phone_in_the_open_is_told_and_a_router_at_home_that_rewrites_its_sip_besides() {
    in_namespaces(|folder| {
        let (stage, mut phone) = at_home(folder);
        stage.network.start_sip_helper_at_home().unwrap();
        phone.register();
        asked(&phone);
        let found = besides(&stage, "rh_alg_home", "home_router", NOTICED_LIMIT);
        assert!(found["evidence"].to_string().contains("192.168.1.50 → 198.51.100.100"), "{found:#}");

        // What was registered through the router is known by another address, and stays for a while unless it is taken back through it.
        phone.unregister();
        stage.network.stop_sip_helper_at_home().unwrap();
        phone.register();
        plain_alone(&stage);

        // It was no stranger who came in by the forwarded port, though nobody is there now.
        phone.unregister();
        mended(&stage.admin);
        none(&stage.admin);

        let _encrypted = Baresip::start_on(stage.network.home_pc(), ENCRYPTED).unwrap();
        none(&stage.admin);
    });
}

#[test]
fn a_phone_at_home_that_does_not_answer_any_more_is_told_until_it_is_back() {
    in_namespaces(|folder| {
        let (stage, mut phone) = at_home(folder);
        asked(&phone);
        let home = stage.network.home_pc();
        let cut = "table ip cut {
            chain in { type filter hook input priority 0; udp sport 5060 drop; }
            chain out { type filter hook output priority 0; udp dport 5060 drop; }
        }";
        run(home.command("nft").arg(cut)).unwrap();
        // Nobody can know it before the next question has been in vain.
        besides(
            &stage,
            "h1_phone_unreachable",
            "home_router",
            ASKED_LIMIT + ANSWER_LIMIT + NOTICED_LIMIT,
        );
        run(home.command("nft").args(["delete", "table", "ip", "cut"])).unwrap();
        phone.register();
        plain_alone(&stage);

        // Whoever looks anew does not wait for the next question.
        asked(&phone);
        run(home.command("nft").arg(cut)).unwrap();
        wait::until_true_seldom("it is looked at anew", NOTICED_LIMIT, || retest(&stage.admin));
        besides(&stage, "h1_phone_unreachable", "home_router", NOTICED_LIMIT);
    });
}
