//! The office's way to the internet.

use lab::findings::{comes, healthy, mended, none, only, retest};
use lab::net::addresses::{OFFICE_PUBLIC, PBX, SECOND_ROUTER_PUBLIC};
use lab::net::{Nat, Office, Verdict};
use lab::process::run;
use lab::server::SIP_PORT;
use lab::world::in_namespaces;
use lab::{Lab, findings};

use crate::stage::{SERVERS, Stage};

#[test]
fn a_healthy_company_has_no_finding_and_a_dead_server_is_told_from_a_wall_and_from_a_lost_route() {
    in_namespaces(|folder| {
        let mut stage = Stage::set(folder, Lab::new(), SERVERS);
        stage.people_come();
        healthy(&stage.admin);

        stage.network.stun_two().signal("STOP").unwrap();
        let found = only(&stage.admin, "n2_stun_server_dead", "stun_server");
        assert!(found["sentence"].as_str().is_some_and(|sentence| !sentence.is_empty()), "{found:#}");
        stage.network.stun_two().signal("CONT").unwrap();
        mended(&stage.admin);

        stage.network.wall_off_stun(Verdict::Drop).unwrap();
        only(&stage.admin, "rf_stun_silent", "firewall");
        stage.network.tear_down_wall().unwrap();
        mended(&stage.admin);

        stage.network.wall_off_stun(Verdict::Reject).unwrap();
        only(&stage.admin, "rf_stun_refused", "firewall");
        stage.network.tear_down_wall().unwrap();
        mended(&stage.admin);

        stage.network.lose_route().unwrap();
        only(&stage.admin, "ra_no_route", "configuration");
        stage.network.restore_route().unwrap();
        mended(&stage.admin);
    });
}

#[test]
fn without_stun_servers_one_is_missing() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new(), "");
        only(&stage.admin, "rd_stun_missing", "configuration");
    });
}

#[test]
fn servers_that_dns_does_not_know_are_told_and_once_it_does_all_is_well() {
    in_namespaces(|folder| {
        let stage = Stage::set(
            folder,
            Lab::new(),
            r#""stun-three.example.test:3478", "stun-four.example.test:3478""#,
        );
        only(&stage.admin, "rf_stun_no_dns", "configuration");
        for (name, address) in [
            ("stun-three.example.test", [198_u8, 51, 100, 10]),
            ("stun-four.example.test", [198, 51, 100, 20]),
        ] {
            stage.network.names().set(name, address.into());
        }
        mended(&stage.admin);
    });
}

#[test]
fn stun_by_a_second_router_sees_another_address_than_the_one_by_which_people_come() {
    in_namespaces(|folder| {
        // The name leads to the public address inside as well: where the LAN has an address of its own for it, nobody here knows the public one.
        let mut stage = Stage::set(folder, Lab::new().hairpin(), SERVERS);
        comes(stage.network.home_pc(), PBX, "101");
        healthy(&stage.admin);
        stage.network.route_over_second_router(true).unwrap();
        let found = only(&stage.admin, "re_public_address_differs", "office_router");
        let values = found["evidence"].to_string();
        for address in [OFFICE_PUBLIC, SECOND_ROUTER_PUBLIC] {
            assert!(values.contains(&address.to_string()), "{found:#}");
        }
        stage.network.route_over_second_router(false).unwrap();
        mended(&stage.admin);
    });
}

#[test]
fn a_symmetric_router_at_the_office_is_told_until_it_is_none() {
    in_namespaces(|folder| {
        let mut stage = Stage::set(folder, Lab::new(), SERVERS);
        healthy(&stage.admin);
        stage.network.set_office(Office::Behind(Nat::Symmetric)).unwrap();
        lab::wait::until_true_seldom("it may be looked at", findings::SETTLED_LIMIT, || retest(&stage.admin));
        only(&stage.admin, "rg_symmetric", "office_router");
        stage.network.set_office(Office::Behind(Nat::PortRestricted)).unwrap();
        mended(&stage.admin);
    });
}

#[test]
fn browsers_at_the_wan_interface_are_told() {
    in_namespaces(|folder| {
        let mut stage = Stage::set(folder, Lab::new(), SERVERS);
        comes(stage.network.office_pc(), PBX, "102");
        none(&stage.admin);
        stage.network.set_office(Office::ServerWithWan).unwrap();
        comes(stage.network.home_pc(), PBX, "101");
        only(&stage.admin, "rb_web_on_wan", "configuration");
    });
}

#[test]
fn a_forwarded_sip_port_is_told_when_a_stranger_has_found_it() {
    in_namespaces(|folder| {
        let mut stage = Stage::set(folder, Lab::new(), SERVERS);
        stage.people_come();
        healthy(&stage.admin);
        stage.network.forward_sip().unwrap();
        let knock = format!("echo hello > /dev/udp/{OFFICE_PUBLIC}/{SIP_PORT}");
        run(stage.network.world().command("bash").args(["-c", &knock])).unwrap();
        let found = only(&stage.admin, "rc_unneeded_forward", "office_router");
        assert!(found["evidence"].to_string().contains(&format!("UDP {SIP_PORT}")), "{found:#}");
    });
}
