//! Rule R-i with a real provider: it is reached over a second router by static routes, and browsers come through the first one.

use lab::net::addresses::{OFFICE_PUBLIC, SECOND_ROUTER_PUBLIC, SERVER};
use lab::world::in_namespaces;
use lab::{Lab, Office};
use serde_json::{Value, json};

use super::calls::{at_home, call_in, call_out};
use super::company::{ACCOUNT, CONFIG, Company};

#[test]
fn home_and_world_have_sound_when_the_provider_is_behind_a_second_router() {
    in_namespaces(|folder| {
        let mut company = Company::found_in(folder, Lab::new().office(Office::StunOverSecondRouter), CONFIG);
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.use_trunk(trunk);
        company.permit("101", &["national"]);
        let anna = at_home(&company);
        let journal = company.server.sign_in("101").unwrap();
        for from in [Value::Null, json!(SERVER.to_string())] {
            company
                .admin
                .patch(&format!("/api/v1/trunks/{trunk}"), &json!({"from_address": from}))
                .unwrap();
            company.line_once_up(trunk);
            call_out(&mut company, &anna, &journal);
            call_in(&mut company, &anna, &journal);
        }
        let ways = company.provider.heard("REGISTER");
        assert!(
            ways.iter().all(|way| way.by.contains(&SECOND_ROUTER_PUBLIC.to_string())),
            "{ways:?}"
        );
        let last = &ways[ways.len() - 1];
        assert!(
            last.contact.contains(&SECOND_ROUTER_PUBLIC.to_string()) && !last.contact.contains(&OFFICE_PUBLIC.to_string()),
            "{last:?}"
        );
    });
}
