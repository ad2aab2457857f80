//! A provider that tells by DNS how it would like to be spoken to (NAPTR).

use lab::Provider;
use lab::provider::{SERVED_NAMES, Site, Transport};
use lab::world::in_namespaces;
use serde_json::Value;

use super::calls::{at_home, call_in, call_out};
use super::company::{ACCOUNT, Company};

#[test]
fn a_provider_is_spoken_to_as_its_name_wishes() {
    in_namespaces(|folder| {
        let mut company = Company::found(folder);
        let name = SERVED_NAMES[2];
        for transport in [Transport::Udp, Transport::Tcp, Transport::Tls] {
            Provider::set_servers(&company.network, transport, name, &[Site::First]);
        }
        Provider::set_wishes(&company.network, name, &[Transport::Tls, Transport::Tcp, Transport::Udp]);
        let mut trunk = company.provider.trunk(ACCOUNT);
        // The name and nothing else.
        (trunk["host"], trunk["transport"]) = (name.into(), Value::Null);
        let trunk = company.add_trunk(&trunk);
        company.use_trunk(trunk);
        company.permit("101", &["national"]);
        let anna = at_home(&company);
        let journal = company.server.sign_in("101").unwrap();
        // Nobody has to do anything when the wish changes.
        for wish in [Transport::Tls, Transport::Tcp] {
            let others = [Transport::Tls, Transport::Tcp, Transport::Udp]
                .into_iter()
                .filter(|other| *other != wish);
            Provider::set_wishes(&company.network, name, &[wish].into_iter().chain(others).collect::<Vec<_>>());
            company.line_once(trunk, "is spoken to as the provider wishes", super::lines::BACK_LIMIT, |line| {
                line["state"] == "up" && line["server"]["transport"] == wish.name()
            });
            call_out(&mut company, &anna, &journal);
            call_in(&mut company, &anna, &journal);
        }
    });
}
