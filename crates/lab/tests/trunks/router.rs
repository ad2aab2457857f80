//! A router that means well: it rewrites SIP on its way (ALG).

use std::time::Duration;

use lab::net::addresses::{OFFICE_PUBLIC, SERVER};
use lab::server::SIP_PORT;
use lab::tone::DESK_PHONE_HZ;
use lab::world::in_namespaces;
use lab::{Baresip, wait};

use super::company::{ACCOUNT, Company, desk_phone};

const SOON: Duration = Duration::from_secs(10);
/// A tone is heard for so long without a break.
const HEARD_SECONDS: f64 = 0.8;

#[test]
fn a_router_that_rewrites_sip_keeps_nobody_from_registering_and_calling() {
    in_namespaces(|folder| {
        let mut company = Company::found(folder);
        company.network.start_sip_helper().unwrap();
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.use_trunk(trunk);
        company.permit("101", &["national"]);
        company.line_once_up(trunk);
        // What farend did not know yet when it registered for the first time, the router knew.
        let first = &company.provider.heard("REGISTER")[0];
        assert!(
            first.contact.contains(&format!("@{OFFICE_PUBLIC}:{SIP_PORT}")) && !first.contact.contains(&SERVER.to_string()),
            "the router has not rewritten {first:?}"
        );
        let phone = Baresip::start_on(company.network.desk_phone(), desk_phone("101-desk", "192.168.10.20")).unwrap();

        let world = company.provider.world();
        phone.dial("030123456").unwrap();
        phone.wait_for("the world answers", SOON, "CALL_ESTABLISHED");
        they_hear_each_other(&phone, world);
        world.hang_up().unwrap();
        phone.wait_for("the call is over", SOON, "CALL_CLOSED");

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
    });
}

fn they_hear_each_other(one: &Baresip, other: &Baresip) {
    let hears = |phone: &Baresip| phone.heard().is_ok_and(|heard| heard.has_steady(DESK_PHONE_HZ, HEARD_SECONDS));
    wait::until_true_seldom("both phones steadily hear each other's tone", SOON, || hears(one) && hears(other));
}
