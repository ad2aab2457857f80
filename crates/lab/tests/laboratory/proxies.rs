//! Homes from which nothing leads out but a proxy: the sound gets through too.

use lab::browser::MediaPath;
use lab::net::addresses::{HOME_ROUTER, OFFICE_PUBLIC, PBX, PROXY_PORT};
use lab::process::report;
use lab::tone::BROWSER_HZ;
use lab::world::in_namespaces;
use lab::{Authority, Browser, Home, Lab};

use crate::stage::{CONFIG, Stage};

#[test]
fn through_a_proxy_that_connects_to_everybody_there_is_audio_over_ice_tcp() {
    call_from(Home::ConnectProxyOnly, |path| {
        assert_eq!((path.protocol.as_str(), path.relayed_over.as_deref()), ("tcp", None), "{path:?}");
    });
}

#[test]
fn through_a_proxy_that_lets_only_tls_through_there_is_audio_over_turn_in_tls() {
    call_from(Home::TlsOnly, |path| {
        assert_eq!(path.relayed_over.as_deref(), Some("tls"), "{path:?}");
    });
}

/// Makes a call from home, and looks at how its sound has travelled.
fn call_from(home: Home, look: impl FnOnce(&MediaPath)) {
    in_namespaces(|folder| {
        let network = Lab::new().home(home).start(folder).unwrap();
        let authority = Authority::new(folder).unwrap();
        let proxy = format!("--proxy-server=http://{HOME_ROUTER}:{PROXY_PORT}");
        let browser = Browser::open_trusting(&authority, network.home_pc(), "home", BROWSER_HZ, &[&proxy]).unwrap();
        let tls = authority.server_config(PBX, OFFICE_PUBLIC).unwrap();
        let cell = Stage::set_with(network, browser, &format!("{CONFIG}{tls}")).play(home);
        report(&format!("{home}: {cell}"));
        look(&cell.heard.unwrap().path);
    });
}
