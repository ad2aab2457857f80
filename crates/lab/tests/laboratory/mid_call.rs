//! The network fails in mid-call: the call survives, and the sound is back at both ends within three seconds.
//!
//! One story per test. Browser, server and phone run on from run to run; each run signs in anew and makes one call. How many runs there are
//! says `FAREND_LAB_RUNS`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use std::{env, fmt};

use lab::Lab;
use lab::net::Network;
use lab::process::report;
use lab::wait;
use lab::world::in_namespaces;

use crate::ears::Ears;
use crate::gaps::{Run, Runs};
use crate::stage::Stage;

/// The sound is back within this time in 95 of 100 runs.
const AWAY_MAX: Duration = Duration::from_secs(3);
/// Nobody hears that a better way was taken.
const UNHEARD_MAX: Duration = Duration::from_millis(100);
/// A call has both tones for so long before something happens, and again after it.
const STEADY_BEFORE: Duration = Duration::from_millis(600);
const STEADY_AFTER: Duration = Duration::from_secs(2);
/// What happens is heard within this time, if ever.
const EFFECT_LIMIT: Duration = Duration::from_secs(4);
const RECOVERY_LIMIT: Duration = Duration::from_secs(20);
/// Between the loss of one network and the next one.
const CHANGE: Duration = Duration::from_millis(300);
/// How long the WebSocket is cut.
const CUT: Duration = Duration::from_secs(20);
/// A way over UDP that has come back is used within this time.
const BACK_TO_UDP_MAX: Duration = Duration::from_secs(15);
const SOON: Duration = Duration::from_secs(10);

/// What happens in mid-call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Story {
    HomeAddress,
    WiFiThenMobile,
    MobileThenNoWiFi,
    UdpBlocked,
    UdpBack,
    OfficeAddress,
    WebSocketCut,
}

impl Story {
    pub(crate) const ALL: [Story; 7] = [
        Story::HomeAddress,
        Story::WiFiThenMobile,
        Story::MobileThenNoWiFi,
        Story::UdpBlocked,
        Story::UdpBack,
        Story::OfficeAddress,
        Story::WebSocketCut,
    ];

    /// How long the sound may be away.
    pub(crate) fn away_max(self) -> Duration {
        match self {
            Story::HomeAddress
            | Story::WiFiThenMobile
            | Story::MobileThenNoWiFi
            | Story::UdpBlocked
            | Story::OfficeAddress
            | Story::WebSocketCut => AWAY_MAX,
            Story::UdpBack => UNHEARD_MAX,
        }
    }
}

impl fmt::Display for Story {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Story::HomeAddress => "the home's public address changes",
            Story::WiFiThenMobile => "Wi-Fi is lost, the mobile network comes 0.3 s later",
            Story::MobileThenNoWiFi => "the mobile network comes, Wi-Fi is lost 0.3 s later",
            Story::UdpBlocked => "UDP becomes blocked",
            Story::UdpBack => "UDP works again",
            Story::OfficeAddress => "the office's public address changes",
            Story::WebSocketCut => "the WebSocket is cut for 20 s",
        })
    }
}

#[test]
fn mid_call_the_home_may_get_another_address() {
    every_call_survives(|stage| interrupted(stage, Story::HomeAddress, Network::change_home_address));
}

#[test]
fn mid_call_wi_fi_may_be_lost_before_the_mobile_network_comes() {
    every_call_survives(|stage| {
        interrupted(stage, Story::WiFiThenMobile, |network| {
            network.lose_wi_fi()?;
            wait::pass(CHANGE);
            network.join_mobile_network()
        })
    });
}

#[test]
fn mid_call_the_mobile_network_may_come_before_wi_fi_is_lost() {
    every_call_survives(|stage| {
        interrupted(stage, Story::MobileThenNoWiFi, |network| {
            network.join_mobile_network()?;
            wait::pass(CHANGE);
            network.lose_wi_fi()
        })
    });
}

#[test]
fn mid_call_udp_may_become_blocked_and_work_again() {
    every_call_survives(|stage| {
        assert_eq!(way(stage), "UDP", "before UDP is blocked");
        let blocked = interrupted(stage, Story::UdpBlocked, Network::block_udp_at_home);
        assert_eq!(way(stage), "TCP", "while UDP is blocked");
        let mut ears = Ears::open(&stage.at_home, &stage.phone);
        stage.network.mend_home_router().unwrap();
        ears.listen_until("the call goes over UDP again", BACK_TO_UDP_MAX, || way(stage) == "UDP");
        let changed = ears.elapsed();
        ears.listen(changed + STEADY_AFTER, STEADY_AFTER, changed + RECOVERY_LIMIT);
        let back = Run::of("TCP", &way(stage), ears.away());
        blocked.into_iter().chain([(Story::UdpBack, back)]).collect()
    });
}

#[test]
fn mid_call_the_office_may_get_another_address() {
    every_call_survives(|stage| {
        stage.at_home.forget_names().unwrap();
        interrupted(stage, Story::OfficeAddress, Network::change_office_address)
    });
}

#[test]
fn mid_call_the_web_socket_may_be_cut_for_twenty_seconds() {
    every_call_survives(|stage| {
        assert_eq!(way(stage), "UDP", "before the WebSocket is cut");
        let mut ears = Ears::open(&stage.at_home, &stage.phone);
        stage.network.cut_tcp_at_home().unwrap();
        ears.listen(CUT, STEADY_AFTER, CUT + RECOVERY_LIMIT);
        stage.network.mend_home_router().unwrap();
        stage.at_home.wait_until_ready();
        let ready = ears.elapsed();
        ears.listen(ready + STEADY_AFTER, STEADY_AFTER, ready + RECOVERY_LIMIT);
        let cut = Run::of("UDP", &way(stage), ears.away());
        hold_and_resume(stage);
        vec![(Story::WebSocketCut, cut)]
    });
}

/// One accident, and what both ends hear of it.
fn interrupted(stage: &mut Stage, story: Story, accident: impl FnOnce(&mut Network) -> anyhow::Result<()>) -> Vec<(Story, Run)> {
    let before = way(stage);
    let mut ears = Ears::open(&stage.at_home, &stage.phone);
    accident(&mut stage.network).unwrap();
    ears.listen(EFFECT_LIMIT, STEADY_AFTER, RECOVERY_LIMIT);
    vec![(story, Run::of(&before, &way(stage), ears.away()))]
}

/// The other end hears that it is held and taken back: so the dialog is in order.
fn hold_and_resume(stage: &Stage) {
    stage.at_home.hold();
    let mut ears = Ears::open(&stage.at_home, &stage.phone);
    wait::until_true("the desk phone no longer hears the browser", SOON, || !ears.phone_hears());
    stage.at_home.resume();
    ears.listen(Duration::ZERO, STEADY_BEFORE, RECOVERY_LIMIT);
}

/// Plays a story as often as `FAREND_LAB_RUNS` says, once by default, each time with a new call that has to end as calls do.
fn every_call_survives(story: impl Fn(&mut Stage) -> Vec<(Story, Run)>) {
    let runs = env::var("FAREND_LAB_RUNS").map_or(1, |runs| runs.parse().expect("FAREND_LAB_RUNS is a number"));
    in_namespaces(|folder| {
        let network = Lab::new().start(folder).unwrap();
        let mut stage = Stage::set(network);
        let mut all = Runs::default();
        for number in 1..=runs {
            match catch_unwind(AssertUnwindSafe(|| one_call(&mut stage, &story))) {
                Ok(played) => all.add(played),
                Err(panic) => {
                    stage.at_home.keep_evidence(&format!("run-{number}"));
                    let words = panic.downcast::<String>().map_or_else(|_| "see the log".to_owned(), |words| *words);
                    report(&format!("run {number}: {words}"));
                    all.add_failure(words);
                    // There may be no call.
                    let _ = stage.phone.hang_up();
                }
            }
            stage.network.restore_home().unwrap();
            wait::until_true("the browser is on line again", RECOVERY_LIMIT, || {
                stage
                    .at_home
                    .evaluate("fetch('/healthz').then(({ ok }) => ok)")
                    .is_ok_and(|ok| ok == true)
            });
        }
        report(&all.to_string());
        all.keep(folder).unwrap();
        let broken = all.broken();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    });
}

fn one_call(stage: &mut Stage, story: impl Fn(&mut Stage) -> Vec<(Story, Run)>) -> Vec<(Story, Run)> {
    Stage::sign_in(&stage.at_home);
    stage.dial(&stage.at_home, "102");
    let recording = || stage.phone.heard().is_ok();
    wait::until_true("the desk phone hears something", SOON, recording);
    Ears::open(&stage.at_home, &stage.phone).listen(STEADY_BEFORE, STEADY_BEFORE, RECOVERY_LIMIT);
    let played = story(stage);
    stage.hang_up(&stage.at_home);
    played
}

/// How the sound travels now.
fn way(stage: &Stage) -> String {
    match stage.at_home.media_path() {
        Ok(path) if path.local_kind == "relay" => "relay".to_owned(),
        Ok(path) => path.protocol.to_uppercase(),
        Err(_) => "none".to_owned(),
    }
}
