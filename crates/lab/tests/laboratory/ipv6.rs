//! Offices and homes that have IPv6: routed, with a fire wall in each router that lets in nothing but answers, and TCP 8802 to the server.

use std::net::IpAddr;
use std::time::Duration;

use lab::browser::MediaPath;
use lab::net::Wall;
use lab::net::addresses::{PBX, PBX_V6_ONLY, SERVER_V6};
use lab::process::report;
use lab::world::in_namespaces;
use lab::{Browser, Lab, Nat};

use crate::stage::{Heard, Stage};

/// The first sound comes within this time, as in every cell of the matrix.
const FIRST_SOUND_MAX: Duration = Duration::from_millis(1500);
/// And within this time where UDP is selected.
const FIRST_SOUND_OVER_UDP_MAX: Duration = Duration::from_millis(500);

#[test]
fn over_ipv6_alone_there_is_audio_by_udp_and_by_tcp_where_udp_is_blocked() {
    in_namespaces(|folder| {
        let mut network = Lab::new().ipv6(Wall::LetsOut, Wall::LetsOut).start(folder).unwrap();
        network.lose_ipv4_at_home().unwrap();
        let mut stage = Stage::set(network);
        let literal = format!("[{SERVER_V6}]");
        for (home, office, protocol, host) in [
            (Wall::LetsOut, Wall::LetsOut, "udp", PBX_V6_ONLY),
            (Wall::LetsOut, Wall::LetsOut, "udp", literal.as_str()),
            (Wall::NoUdp, Wall::LetsOut, "tcp", PBX_V6_ONLY),
            (Wall::LetsOut, Wall::NoUdp, "tcp", literal.as_str()),
            (Wall::NoUdp, Wall::NoUdp, "tcp", PBX),
        ] {
            stage.network.set_ipv6(home, office).unwrap();
            let heard = stage.call(&stage.at_home, host);
            report(&format!("{home:?} × {office:?} by {host}: {heard:?}"));
            let limit = if protocol == "udp" {
                FIRST_SOUND_OVER_UDP_MAX
            } else {
                FIRST_SOUND_MAX
            };
            heard.assert_direct(protocol, |ip| ip == SERVER_V6);
            heard.assert_within(limit);
        }
    });
}

#[test]
fn a_call_is_set_up_by_ipv4_as_fast_when_ipv6_leads_nowhere() {
    in_namespaces(|folder| {
        let network = Lab::new().ipv6(Wall::LetsOut, Wall::LetsOut).start(folder).unwrap();
        let mut stage = Stage::set(network);
        let heard = stage.call(&stage.at_home, PBX);
        report(&format!("both work: {heard:?}"));
        heard.assert_direct("udp", |ip| ip == SERVER_V6);
        heard.assert_within(FIRST_SOUND_OVER_UDP_MAX);

        stage.network.lose_ipv6_at_home().unwrap();
        // A browser that comes now knows nothing of what has worked before.
        stage.at_home = Browser::open_on(stage.network.home_pc(), "later", lab::tone::BROWSER_HZ, &[]).unwrap();
        let heard = stage.call(&stage.at_home, PBX);
        report(&format!("IPv6 leads nowhere: {heard:?}"));
        heard.assert_direct("udp", |ip| ip.is_ipv4());
        heard.assert_within(FIRST_SOUND_OVER_UDP_MAX);

        stage.network.set_home(Nat::UdpBlocked.into()).unwrap();
        // The router has lost its accident with its other rules.
        stage.network.lose_ipv6_at_home().unwrap();
        let heard = stage.call(&stage.at_home, PBX);
        report(&format!("nor does UDP: {heard:?}"));
        heard.assert_direct("tcp", |ip| ip.is_ipv4());
        heard.assert_within(FIRST_SOUND_MAX);
    });
}

impl Heard {
    #[track_caller]
    fn assert_direct(&self, expected: &str, is_right: impl FnOnce(IpAddr) -> bool) {
        let MediaPath {
            protocol,
            relayed_over,
            server_ip,
            ..
        } = &self.path;
        assert_eq!((protocol.as_str(), relayed_over), (expected, &None), "{:?}", self.path);
        assert!(server_ip.is_some_and(is_right), "{:?}", self.path);
    }

    #[track_caller]
    fn assert_within(&self, limit: Duration) {
        assert!(self.at_phone.max(self.in_page) <= limit, "{self:?}");
    }
}
