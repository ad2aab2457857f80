//! A provider with a STUN server of its own, and a company that knows no other one.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use lab::net::addresses::{ITSP, OFFICE_PUBLIC, SECOND_ROUTER, SECOND_ROUTER_PUBLIC, STUN_PORT, WORLD};
use lab::net::{Nat, Office};
use lab::process::run;
use lab::tone::DESK_PHONE_HZ;
use lab::world::in_namespaces;
use lab::{Baresip, Lab, wait};
use serde_json::{Value, json};

use super::company::{ACCOUNT, Company, desk_phone};

const SOON: Duration = Duration::from_secs(10);
/// A silent server is noticed after one round of requests at the latest: 5 s of rest and 6 s of repetitions.
const NOTICED_LIMIT: Duration = Duration::from_secs(20);
/// A tone is heard for so long without a break.
const HEARD_SECONDS: f64 = 0.8;
/// Ports of the server.
const RTP_PORTS: std::ops::RangeInclusive<u16> = 30_000..=30_999;

#[test]
fn a_providers_own_stun_server_is_enough_and_its_silence_is_told() {
    in_namespaces(|folder| {
        // No port is the same outside: without a server that tells it there is no sound.
        let (mut company, trunk) = found(folder, Nat::Remapping.into());
        let mut stun = company.network.start_itsp_stun(folder).unwrap();
        let in_force = once_in_force(&company, trunk, "own");
        assert_eq!(
            (&in_force["own"], &in_force["public"]),
            (&json!(true), &json!(OFFICE_PUBLIC)),
            "{in_force}"
        );
        let audio = they_call_each_other(&mut company);
        assert_eq!(audio.ip(), IpAddr::V4(OFFICE_PUBLIC));
        assert!(
            !RTP_PORTS.contains(&audio.port()) && RTP_PORTS.contains(&(audio.port() ^ 0x0fff)),
            "{audio} is not what the router makes of a port"
        );
        stun.kill();
        let in_force = once_in_force(&company, trunk, "own_silent");
        assert_eq!(in_force["state"], "silent", "{in_force}");
    });
}

#[test]
fn a_provider_behind_a_second_router_is_told_that_ones_address() {
    in_namespaces(|folder| {
        let (mut company, trunk) = found(folder, Office::StunOverSecondRouter);
        // Its media come by the same way as its SIP.
        let mut route = company.network.server().command("ip");
        run(route.args(["route", "replace", &WORLD.to_string(), "via", &SECOND_ROUTER.to_string()])).unwrap();
        let stun = company.network.start_itsp_stun(folder).unwrap();
        let in_force = once_in_force(&company, trunk, "own");
        assert_eq!(in_force["public"], json!(SECOND_ROUTER_PUBLIC), "{in_force}");
        assert_eq!(they_call_each_other(&mut company).ip(), IpAddr::V4(SECOND_ROUTER_PUBLIC));
        drop(stun);
    });
}

/// A company behind such a router, with a trunk that is up and names the provider's server; the configuration names none.
fn found(folder: &Path, office: Office) -> (Company, u64) {
    let company = Company::found_in(folder, Lab::new().office(office), "");
    let mut trunk = company.provider.trunk(ACCOUNT);
    trunk["stun"] = json!(format!("{ITSP}:{STUN_PORT}"));
    let trunk = company.add_trunk(&trunk);
    company.use_trunk(trunk);
    company.permit("101", &["national"]);
    company.line_once_up(trunk);
    (company, trunk)
}

/// Waits until this is the reason why a trunk's STUN server is in force.
#[track_caller]
fn once_in_force(company: &Company, trunk: u64, code: &str) -> Value {
    let mut in_force = Value::Null;
    wait::until_true_seldom(&format!("the STUN server in force is {code}"), NOTICED_LIMIT, || {
        in_force = company.admin.fetch(&format!("/api/v1/trunks/{trunk}")).unwrap()["stun_in_force"].take();
        let is_settled = code != "own" || in_force["state"] == "answering";
        in_force["code"] == code && is_settled
    });
    in_force
}

/// A desk phone calls the world, and is called by it. Where the first call's audio is awaited, as the provider was told.
fn they_call_each_other(company: &mut Company) -> SocketAddr {
    let phone = Baresip::start_on(company.network.desk_phone(), desk_phone("101-desk", "192.168.10.20")).unwrap();
    phone.dial("030123456").unwrap();
    phone.wait_for("the world answers", SOON, "CALL_ESTABLISHED");
    they_hear_each_other(&phone, company.provider.world());
    company.provider.world().hang_up().unwrap();
    phone.wait_for("the call is over", SOON, "CALL_CLOSED");

    let world = company.provider.world();
    phone.forget_recordings().unwrap();
    world.forget_recordings().unwrap();
    world.forget_events();
    world.dial("+4989123101").unwrap();
    phone.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
    phone.answer().unwrap();
    world.wait_for("the call is answered", SOON, "CALL_ESTABLISHED");
    they_hear_each_other(&phone, world);
    phone.hang_up().unwrap();
    world.wait_for("the world's call is over", SOON, "CALL_CLOSED");

    let invites = company.provider.heard("INVITE");
    let ours = invites.iter().find(|invite| invite.from.contains(ACCOUNT));
    ours.and_then(|invite| invite.audio).expect("an INVITE of ours with a description")
}

fn they_hear_each_other(one: &Baresip, other: &Baresip) {
    let hears = |phone: &Baresip| phone.heard().is_ok_and(|heard| heard.has_steady(DESK_PHONE_HZ, HEARD_SECONDS));
    wait::until_true_seldom("both phones steadily hear each other's tone", SOON, || hears(one) && hears(other));
}
