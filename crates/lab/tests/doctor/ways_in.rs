//! How people come in: the forwarded port, the names on the certificate, the way round by the router.

use std::io::Write;
use std::net::TcpListener;
use std::thread;

use lab::findings::{SETTLED_LIMIT, comes, healthy, mended, none, only, retest};
use lab::net::addresses::{OFFICE_PC, OFFICE_PUBLIC, PBX, SERVER, STUN_ONE, STUN_TWO};
use lab::net::{Host, Network};
use lab::process::run;
use lab::server::{PORT, Session};
use lab::world::in_namespaces;
use lab::{Authority, Lab, wait};

use crate::stage::{SERVERS, Stage};

/// From a carrier's router, behind which nobody is reached (RFC 6598).
const OF_A_CARRIER: &str = "100.64.0.77/24";

#[test]
fn a_port_that_is_not_forwarded_or_leads_elsewhere_is_told_and_so_is_who_comes_round_by_the_router() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new().hairpin(), SERVERS);
        let (admin, network) = (&stage.admin, &stage.network);
        healthy(admin);

        network.stop_forwarding().unwrap();
        looked_at_anew(admin);
        let found = only(admin, "n1_forward_missing", "office_router");
        assert!(
            found["evidence"].to_string().contains(&format!("{OFFICE_PUBLIC}:{PORT}")),
            "{found:#}"
        );
        network.forward_again().unwrap();
        mended(admin);

        be_another_server(network.office_pc());
        network.forward_elsewhere(OFFICE_PC).unwrap();
        looked_at_anew(admin);
        let found = only(admin, "n1_forward_elsewhere", "office_router");
        assert!(
            found["evidence"].to_string().contains(&format!("{OFFICE_PUBLIC}:{PORT}")),
            "{found:#}"
        );
        network.forward_again().unwrap();
        mended(admin);

        comes(network.office_pc(), PBX, "102");
        let found = only(admin, "p1_lan_by_router", "configuration");
        assert_eq!(found["subject"]["extension"], "102", "{found:#}");
    });
}

#[test]
fn a_lost_route_a_carriers_address_an_unproven_forward_and_a_name_that_no_certificate_has_are_told() {
    in_namespaces(|folder| {
        let tls = Authority::new(folder).unwrap().server_config(PBX, SERVER).unwrap();
        let stage = Stage::set_with(folder, Lab::new(), SERVERS, &tls);
        let (admin, network) = (&stage.admin, &stage.network);
        healthy(admin);

        for server in [STUN_ONE, STUN_TWO] {
            ip(network, &format!("route add unreachable {server}"));
        }
        only(admin, "rf_stun_no_route", "configuration");
        for server in [STUN_ONE, STUN_TWO] {
            ip(network, &format!("route del unreachable {server}"));
        }
        mended(admin);

        ip(network, "address flush dev wan");
        ip(network, &format!("address add {OF_A_CARRIER} dev wan"));
        ip(network, "link set wan up");
        only(admin, "ra_carrier_nat", "provider");
        ip(network, "link set wan down");
        mended(admin);

        comes(network.office_pc(), &SERVER.to_string(), "102");
        only(admin, "n1_forward_unproven", "office_router");
        comes(network.home_pc(), PBX, "101");
        mended(admin);
        none(admin);

        // What people type who know no name.
        comes(network.home_pc(), &OFFICE_PUBLIC.to_string(), "101");
        let found = only(admin, "p3_certificate_name", "configuration");
        assert!(found["evidence"].to_string().contains(&OFFICE_PUBLIC.to_string()), "{found:#}");
    });
}

/// Something else listens at the port, and it speaks no TLS.
fn be_another_server(host: &Host) {
    let listener = host.within(|| TcpListener::bind(("0.0.0.0", PORT))).unwrap().unwrap();
    thread::spawn(move || {
        for caller in listener.incoming() {
            // Whoever is gone already needs no greeting.
            let _ = caller.and_then(|mut caller| caller.write_all(b"SSH-2.0-example\r\n"));
        }
    });
}

fn looked_at_anew(admin: &Session) {
    wait::until_true_seldom("it may be looked at", SETTLED_LIMIT, || retest(admin));
}

fn ip(network: &Network, what: &str) {
    run(network.server().command("ip").args(what.split(' '))).unwrap();
}
