//! What a check by somebody of the company leaves for the administrator: one finding for what stands in the way, and none where nothing does.
//!
//! Everybody checks once in a story: what was found of others stays, so that all that is told is compared each time.

use std::time::Duration;

use lab::findings::{NOTICED_LIMIT, mended, open, router_known};
use lab::net::addresses::{HOME_ROUTER, PBX, PROXY_PORT, SERVER, SERVER_VPN};
use lab::net::{Home, Host, Line, Loss, Nat};
use lab::server::Session;
use lab::tone::BROWSER_HZ;
use lab::world::in_namespaces;
use lab::{Browser, Lab, wait};

use crate::page::Visitor;
use crate::stage::{SERVERS, Stage};

/// So long somebody speaks who tries a microphone.
const SENTENCE: Duration = Duration::from_secs(1);

/// A finding: whose network, which fault, whose doing.
type Told = (&'static str, &'static str, &'static str);

/// So far away that people talk at the same time, in one direction.
const FAR_AWAY: Line = Line {
    delay_ms: 250.0,
    ..Line::PERFECT
};

/// Of what goes by UDP too much is missing; TCP makes it good.
const LOSSY: Line = Line {
    loss: Loss::Random { share: 0.1 },
    ..Line::PERFECT
};

#[test]
fn a_symmetric_router_and_blocked_udp_at_home_are_told_and_a_usual_router_is_not() {
    in_namespaces(|folder| {
        let mut stage = Stage::set(folder, Lab::new(), SERVERS);
        router_known(&stage.admin);
        let cleo = Visitor::signed_in(browser_on(stage.network.home_pc(), "usual", &[]), "103");
        cleo.checks_the_line();

        stage.network.set_home(Home::Behind(Nat::Symmetric)).unwrap();
        let anna = cleo.makes_room_for("101");
        anna.checks_the_line();
        let symmetric = ("101", "rj_symmetric", "home_router");
        are_told(&stage.admin, &[symmetric]);

        stage.network.set_home(Home::Behind(Nat::UdpBlocked)).unwrap();
        let ben = anna.makes_room_for("102");
        ben.checks_the_line();
        are_told(&stage.admin, &[symmetric, ("102", "rj_udp_blocked", "home_router")]);
    });
}

#[test]
fn a_line_that_is_too_slow_and_a_home_where_no_sound_gets_through_are_told() {
    in_namespaces(|folder| {
        let mut stage = Stage::set(folder, Lab::new().home_line(Line::PERFECT), SERVERS);
        router_known(&stage.admin);
        let anna = Visitor::signed_in(browser_on(stage.network.home_pc(), "usual", &[]), "101");
        stage.network.home_line().unwrap().set(FAR_AWAY);
        anna.checks_the_line();
        let poor = ("101", "p3_line_poor", "home_router");
        are_told(&stage.admin, &[poor]);
        drop(anna);

        stage.network.home_line().unwrap().set(Line::PERFECT);
        stage.network.set_home(Home::TlsOnly).unwrap();
        stage.network.let_pages_only_through_proxy();
        let proxy = format!("--proxy-server=http://{HOME_ROUTER}:{PROXY_PORT}");
        let ben = Visitor::signed_in(browser_on(stage.network.home_pc(), "by-proxy", &[&proxy]), "102");
        ben.checks_the_line();
        are_told(&stage.admin, &[poor, ("102", "rj_no_way", "home_router")]);
    });
}

#[test]
fn a_line_that_loses_sound_is_told_until_a_check_finds_it_well() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new().home_line(Line::PERFECT), SERVERS);
        router_known(&stage.admin);
        let anna = Visitor::signed_in(browser_on(stage.network.home_pc(), "usual", &[]), "101");
        stage.network.home_line().unwrap().set(LOSSY);
        anna.checks_the_line();
        are_told(&stage.admin, &[("101", "p3_line_poor", "home_router")]);

        stage.network.home_line().unwrap().set(Line::PERFECT);
        anna.starts_anew();
        anna.checks_the_line();
        mended(&stage.admin);
    });
}

#[test]
fn a_tunnel_through_a_line_that_is_too_slow_is_told() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new().home_line(FAR_AWAY), SERVERS);
        router_known(&stage.admin);
        let _tunnel = stage.network.dig_tunnel(FAR_AWAY).unwrap();
        stage.network.names().set_split(PBX, SERVER_VPN, SERVER);
        let cleo = Visitor::signed_in(browser_on(stage.network.home_pc(), "by-tunnel", &[]), "103");
        cleo.checks_the_line();
        are_told(&stage.admin, &[("103", "p2_vpn_poor", "computer")]);
    });
}

#[test]
fn microphones_that_are_missing_forbidden_or_silent_and_loudspeakers_that_are_not_heard_are_told() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new(), SERVERS);
        let (admin, pc) = (&stage.admin, stage.network.office_pc());
        router_known(admin);
        Visitor::signed_in(browser_on(pc, "usual", &[]), "101").checks_everything();

        let bare = Browser::open_without_sound_on(pc, "bare").unwrap();
        Visitor::signed_in(bare, "102").checks(|browser| {
            for answer in ["Go on without", "Play the sound", "I hear nothing", "Skip"] {
                browser.click("button", answer);
            }
        });
        let mut told = vec![("102", "rl_no_microphone", "headset"), ("102", "rl_no_speaker", "headset")];
        are_told(admin, &told);

        let forbidden = browser_on(pc, "forbidden", &["--use-fake-ui-for-media-stream=deny"]);
        Visitor::signed_in(forbidden, "103").checks(|browser| {
            for answer in ["Go on without", "Skip all questions"] {
                browser.click("button", answer);
            }
        });
        told.push(("103", "rl_microphone_denied", "computer"));
        are_told(admin, &told);

        let silent = Browser::open_on(pc, "silent", 0.0, &[]).unwrap();
        Visitor::signed_in(silent, "101").checks(|browser| {
            wait::until_true_seldom("the microphone is open", NOTICED_LIMIT, || {
                browser.reads("Nothing is to be heard yet.")
            });
            wait::pass(SENTENCE);
            for answer in [
                "I have spoken",
                "Play the sound",
                "I hear nothing",
                "Record",
                "I hear nothing",
                "Skip",
            ] {
                browser.click("button", answer);
            }
        });
        told.extend([("101", "rl_microphone_silent", "headset"), ("101", "rl_speaker_unheard", "headset")]);
        are_told(admin, &told);
    });
}

/// Until it is repaired: the track of a microphone that the system, or a switch on the headset, mutes.
const MUTED: &str = "if (!localStorage.getItem('repaired'))
    Object.defineProperty(MediaStreamTrack.prototype, 'muted', { get: () => true, configurable: true });";

#[test]
fn a_microphone_that_the_system_mutes_is_told_until_a_check_finds_it_well() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new(), SERVERS);
        let admin = &stage.admin;
        router_known(admin);
        let browser = browser_on(stage.network.office_pc(), "muted", &[]);
        browser.prepare(MUTED).unwrap();
        let anna = Visitor::signed_in(browser, "101");
        anna.checks(|browser| {
            wait::until_true_seldom("the page says why nothing is heard", NOTICED_LIMIT, || {
                browser.reads("The microphone is muted by the computer or by a switch on the headset.")
            });
            for answer in ["I have spoken", "Skip all questions"] {
                browser.click("button", answer);
            }
        });
        are_told(admin, &[("101", "rl_microphone_muted", "computer")]);

        anna.browser.evaluate("localStorage.setItem('repaired', 'yes')").unwrap();
        anna.starts_anew();
        anna.checks_everything();
        mended(admin);
    });
}

/// Every clock of a page is ten minutes late.
const LATE: &str = "(() => {
    const Right = Date, late_ms = 600_000;
    window.Date = class extends Right {
        constructor(...given) { given.length ? super(...given) : super(Right.now() - late_ms); }
        static now() { return Right.now() - late_ms; }
    };
})()";

/// As in a browser that is too old, or whose administrator wants no calls.
const UNFIT: &str = "delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection;";

#[test]
fn a_clock_on_which_three_people_disagree_and_a_browser_that_cannot_telephone_are_told() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new(), SERVERS);
        let admin = &stage.admin;
        router_known(admin);
        let browser = browser_on(stage.network.office_pc(), "usual", &[]);
        browser.prepare(LATE).unwrap();
        let mut somebody = Visitor::signed_in(browser, "101");
        somebody.checks_the_line();
        for another in ["102", "103"] {
            somebody = somebody.makes_room_for(another);
            somebody.checks_the_line();
        }
        are_told(admin, &[("", "p3_clock_wrong", "configuration")]);

        somebody.browser.prepare(UNFIT).unwrap();
        somebody.starts_anew();
        somebody.checks_the_line();
        are_told(
            admin,
            &[("", "p3_clock_wrong", "configuration"), ("103", "f2_browser_unfit", "computer")],
        );
    });
}

fn browser_on(host: &Host, name: &str, options: &[&str]) -> Browser {
    Browser::open_on(host, name, BROWSER_HZ, options).unwrap()
}

/// Waits until these are told; nothing else is.
#[track_caller]
fn are_told(admin: &Session, expected: &[Told]) {
    let mut seen = Vec::new();
    wait::until_true_seldom(&format!("{expected:?} are found"), NOTICED_LIMIT, || {
        seen = open(admin);
        expected
            .iter()
            .all(|(_, fault, _)| seen.iter().any(|found| found["fault"] == *fault))
    });
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut told: Vec<_> = seen
        .iter()
        .map(|found| (word(&found["subject"]["extension"]), word(&found["fault"]), word(&found["culprit"])))
        .collect();
    told.sort();
    let mut expected: Vec<_> = expected
        .iter()
        .map(|(whose, fault, culprit)| ((*whose).to_owned(), (*fault).to_owned(), (*culprit).to_owned()))
        .collect();
    expected.sort();
    assert_eq!(told, expected, "{seen:#?}");
}
