//! Providers, and what stands on the way to them.

use lab::Lab;
use lab::findings::{mended, none, only};
use lab::net::addresses::ITSP;
use lab::world::in_namespaces;
use serde_json::{Value, json};

use crate::company::{ACCOUNT, CONFIG, Company};

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
        let mut route = company.network.server().command("ip");
        lab::process::run(route.args([
            "route",
            "replace",
            &ITSP.to_string(),
            "via",
            &lab::net::addresses::SECOND_ROUTER.to_string(),
        ]))
        .unwrap();
        only(&company.admin, "ri_own_stun_elsewhere", "office_router");
    });
}
