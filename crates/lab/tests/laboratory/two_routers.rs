//! Rule R-i: the ITSP is reached by the one router, or over a second one with static routes. Home and ITSP have audio at the same time, and a running
//! call survives a change from the one to the other.

use std::time::Duration;

use lab::baresip::Setup;
use lab::net::addresses::ITSP;
use lab::process::report;
use lab::tone::BROWSER_HZ;
use lab::world::in_namespaces;
use lab::{Browser, Lab, wait};

use crate::ears::Ears;
use crate::stage::{CONFIG, Stage};

/// A phone of the company at the ITSP's host.
const PEER: Setup = Setup {
    server: "198.51.100.2",
    address: "198.51.100.60",
    interface: "wan",
    sip_port: 5060,
    ..Setup::of("103-desk")
};
/// The sound is back within this time after a change.
const AWAY_MAX: Duration = Duration::from_secs(3);
/// What a change does is heard within this time: addresses are looked at every few seconds.
const EFFECT_LIMIT: Duration = Duration::from_secs(12);
const STEADY: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_secs(10);

#[test]
fn home_and_itsp_have_audio_over_one_router_and_over_two() {
    change_routers(CONFIG);
}

#[test]
fn home_and_itsp_have_audio_over_one_router_and_over_two_when_the_itsp_has_its_own_stun_server() {
    change_routers(&CONFIG.replace(r#""198.51.100.10:3478", "198.51.100.20:3478""#, &format!(r#""{ITSP}:3478""#)));
}

fn change_routers(config: &str) {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        network.forward_sip().unwrap();
        let itsp_stun = network.start_itsp_stun(folder).unwrap();
        let browser = Browser::open_on(network.home_pc(), "home", BROWSER_HZ, &[]).unwrap();
        let place = network.itsp().clone();
        let mut stage = Stage::set_with_phone(network, browser, config, &place, PEER);
        Stage::sign_in(&stage.at_home);
        stage.dial(&stage.at_home, "103");
        wait::until_true("the peer hears something", SOON, || stage.phone.heard().is_ok());
        Ears::open(&stage.at_home, &stage.phone).listen(STEADY, STEADY, LIMIT);
        for over_second in [true, false] {
            let mut ears = Ears::open(&stage.at_home, &stage.phone);
            stage.network.route_over_second_router(over_second).unwrap();
            ears.listen(EFFECT_LIMIT, STEADY, LIMIT);
            let away = ears.away();
            report(&format!(
                "static routes over the second router {over_second}: {away:?}, {:?}",
                stage.at_home.media_path()
            ));
            assert!(away.in_page.max(away.at_phone) <= AWAY_MAX, "{away:?}");
            // A new call in the new situation has audio too.
            stage.hang_up(&stage.at_home);
            stage.dial(&stage.at_home, "103");
            wait::until_true("the peer hears something", SOON, || stage.phone.heard().is_ok());
            Ears::open(&stage.at_home, &stage.phone).listen(STEADY, STEADY, LIMIT);
        }
        stage.hang_up(&stage.at_home);
        drop(itsp_stun);
    });
}
