//! Providers, and what stands on the way to them.

use std::time::Duration;

use lab::findings::{ever, mended, none, only};
use lab::net::addresses::{ITSP, OFFICE_PUBLIC, SECOND_ROUTER, SECOND_ROUTER_PUBLIC, SERVER};
use lab::process::run;
use lab::tone::DESK_PHONE_HZ;
use lab::world::in_namespaces;
use lab::{Baresip, Lab, wait};
use serde_json::{Value, json};

use crate::company::{ACCOUNT, CONFIG, Company, desk_phone};

const SOON: Duration = Duration::from_secs(10);
/// A tone is heard for so long without a break.
const HEARD_SECONDS: f64 = 0.8;

fn with_own_stun(company: &Company) -> Value {
    let mut trunk = company.provider.trunk(ACCOUNT);
    trunk["stun"] = json!(format!("{ITSP}:3478"));
    trunk
}

#[test]
fn a_router_that_rewrites_sip_to_the_provider_is_told() {
    in_namespaces(|folder| {
        let company = Company::found(folder);
        none(&company.admin);
        company.network.start_sip_helper().unwrap();
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.line_once_up(trunk);
        only(&company.admin, "rh_alg_office", "office_router");
    });
}

#[test]
fn a_providers_own_stun_server_that_is_dead_is_told_until_it_is_back() {
    in_namespaces(|folder| {
        let company = Company::found(folder);
        let mut stun = company.network.start_itsp_stun(folder).unwrap();
        let trunk = company.add_trunk(&with_own_stun(&company));
        company.line_once_up(trunk);
        none(&company.admin);
        stun.signal("STOP").unwrap();
        only(&company.admin, "n3_own_stun_dead", "provider");
        stun.signal("CONT").unwrap();
        mended(&company.admin);
        stun.kill();
    });
}

#[test]
fn a_providers_own_stun_server_by_another_router_than_its_sip_is_told() {
    in_namespaces(|folder| {
        // The STUN server of this provider is none of its own hosts: only its SIP goes by the second router.
        let company = Company::found_in(folder, Lab::new(), CONFIG);
        let mut trunk = company.provider.trunk(ACCOUNT);
        trunk["stun"] = json!("198.51.100.11:3478");
        let trunk = company.add_trunk(&trunk);
        company.line_once_up(trunk);
        none(&company.admin);
        leaves_by_second_router(&company, trunk);
        only(&company.admin, "ri_own_stun_elsewhere", "office_router");
    });
}

#[test]
fn a_call_whose_sound_from_the_provider_is_lost_is_told_until_it_comes_again() {
    in_namespaces(|folder| {
        let company = Company::found(folder);
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.use_trunk(trunk);
        company.permit("101", &["national"]);
        company.line_once_up(trunk);
        let phone = Baresip::start_on(company.network.desk_phone(), desk_phone("101-desk", "192.168.10.20")).unwrap();
        phone.dial("030123456").unwrap();
        phone.wait_for("the world answers", SOON, "CALL_ESTABLISHED");
        wait::until_true_seldom("the world is heard", SOON, || {
            phone.heard().is_ok_and(|heard| heard.has_steady(DESK_PHONE_HZ, HEARD_SECONDS))
        });
        none(&company.admin);
        let world = company.network.world();
        let lost = format!(
            "table ip lost {{ chain out {{ type filter hook output priority 0; ip daddr {OFFICE_PUBLIC} meta l4proto udp drop; }}; }}"
        );
        run(world.command("nft").arg(lost)).unwrap();
        let found = only(&company.admin, "rg_call_lost", "office_router");
        assert!(found["evidence"].to_string().contains(ACCOUNT), "{found:#}");
        run(world.command("nft").args(["delete", "table", "ip", "lost"])).unwrap();
        mended(&company.admin);
        assert_eq!(ever(&company.admin), ["rg_call_lost"]);
    });
}

#[test]
fn a_provider_who_sees_us_at_another_address_than_the_one_that_we_tell_for_sound_is_told() {
    in_namespaces(|folder| {
        let company = Company::found(folder);
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.line_once_up(trunk);
        none(&company.admin);
        leaves_by_second_router(&company, trunk);
        let found = only(&company.admin, "re_trunk_leaves_elsewhere", "office_router");
        let values = found["evidence"].to_string();
        for address in [OFFICE_PUBLIC, SECOND_ROUTER_PUBLIC] {
            assert!(values.contains(&address.to_string()), "{found:#}");
        }
    });
}

/// What goes to the provider leaves by the second router from now on: the line registers anew, and is seen by that router's address.
fn leaves_by_second_router(company: &Company, trunk: u64) {
    let mut route = company.network.server().command("ip");
    run(route.args(["route", "replace", &ITSP.to_string(), "via", &SECOND_ROUTER.to_string()])).unwrap();
    let anew = json!({"from_address": SERVER.to_string()});
    company.admin.patch(&format!("/api/v1/trunks/{trunk}"), &anew).unwrap();
    company.line_once_up(trunk);
}
