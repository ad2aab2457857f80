//! The self-test of a trunk, with a real provider: what works passes, and what does not is named.

use std::time::Duration;

use lab::net::addresses::{ITSP, OFFICE_PUBLIC, SERVER};
use lab::process::report;
use lab::wait;
use lab::world::in_namespaces;
use serde_json::{Value, json};

use super::company::{ACCOUNT, Company};

/// A test of a trunk that answers takes a second; silence is waited for.
const TEST_LIMIT: Duration = Duration::from_secs(60);
/// What is seen of the router follows the first registrations and STUN answers.
const SEEN_LIMIT: Duration = Duration::from_secs(30);

#[test]
fn every_step_of_a_trunk_that_works_passes_and_what_does_not_work_is_named() {
    in_namespaces(|folder| {
        let mut company = Company::found(folder);
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.line_once_up(trunk);
        public_address_is_known(&company);
        let steps = test(&company, trunk);
        assert_eq!(step(&steps, "echo_call")["code"], "no_echo_number", "{steps}");
        for name in ["name", "connection", "options", "registration", "stun", "router"] {
            assert_eq!(step(&steps, name)["result"], "passed", "{steps}");
        }
        assert_eq!(step(&steps, "name")["values"]["servers"], format!("UDP {ITSP}:5060"), "{steps}");
        assert_eq!(step(&steps, "registration")["account"], ACCOUNT, "{steps}");
        let contacts = step(&steps, "registration")["values"]["contacts"].as_str().unwrap_or_default();
        assert!(contacts.contains(&OFFICE_PUBLIC.to_string()), "{steps}");
        assert_eq!(step(&steps, "stun")["values"]["public"], OFFICE_PUBLIC.to_string(), "{steps}");
        assert_eq!(step(&steps, "router")["code"], "router_untouched", "{steps}");
        assert_eq!(company.line(trunk)["alg"], Value::Null);

        // The world's phone answers with a tone of its own, then with an echo.
        let steps = test_with_call(&company, trunk, Some("030 123456"));
        let echo = step(&steps, "echo_call");
        assert_eq!(
            (&echo["result"], &echo["code"]),
            (&json!("failed"), &json!("echo_not_ours")),
            "{echo}"
        );
        company.provider.world().echo().unwrap();
        let steps = test_with_call(&company, trunk, Some("030 123456"));
        let echo = step(&steps, "echo_call");
        assert_eq!((&echo["result"], &echo["code"]), (&json!("passed"), &json!("echo_heard")), "{echo}");
        report(&format!("{echo}"));

        let tls = json!({"transport": "tls"});
        company.admin.patch(&format!("/api/v1/trunks/{trunk}"), &tls).unwrap();
        company.line_once_up(trunk);
        let steps = test(&company, trunk);
        let connection = step(&steps, "connection");
        assert_eq!(
            (&connection["result"], &connection["values"]["tls"]),
            (&json!("passed"), &json!("TLS 1.3")),
            "{steps}"
        );
        assert_eq!(step(&steps, "router")["code"], "router_encrypted", "{steps}");

        for (account, change, name, code) in [
            (
                "4989124",
                json!({"accounts": [{"user": "4989124", "password": "not-it", "expires_seconds": 60}]}),
                "registration",
                "wrong-password",
            ),
            ("4989125", json!({"host": "nowhere.example.test"}), "name", "unknown-name"),
            (
                "4989126",
                json!({"transport": "tcp", "port": 5999}),
                "connection",
                "connection-refused",
            ),
        ] {
            let mut broken = company.provider.trunk(account);
            for (key, value) in change.as_object().unwrap() {
                broken[key] = value.clone();
            }
            let trunk = company.add_trunk(&broken);
            let steps = test(&company, trunk);
            let failed = step(&steps, name);
            assert_eq!((&failed["result"], &failed["code"]), (&json!("failed"), &json!(code)), "{steps}");
            report(&format!("{name}: {}", failed["text"]));
        }
        // One that was refused is not asked again at once: once without a password, once with the wrong one.
        let asked = company
            .provider
            .heard("REGISTER")
            .into_iter()
            .filter(|request| request.to.contains("4989124"));
        assert!(asked.count() <= 4, "the provider is hammered");
    });
}

#[test]
fn a_router_that_rewrites_sip_is_named_by_the_line_and_by_the_test() {
    in_namespaces(|folder| {
        let company = Company::found(folder);
        company.network.start_sip_helper().unwrap();
        let trunk = company.add_trunk(&company.provider.trunk(ACCOUNT));
        company.line_once_up(trunk);
        public_address_is_known(&company);
        let line = company.line_once(trunk, "shows the router", SEEN_LIMIT, |line| !line["alg"].is_null());
        assert_eq!(line["alg"]["code"], "sip_alg", "{line}");
        report(&format!("{line}"));
        let steps = test(&company, trunk);
        let router = step(&steps, "router");
        assert_eq!(
            (&router["result"], &router["code"]),
            (&json!("warning"), &json!("sip_alg")),
            "{steps}"
        );
        report(&format!("{router}"));
    });
}

/// Waits until STUN has told the public address of the office.
fn public_address_is_known(company: &Company) {
    wait::until_true_seldom("the public address is known", SEEN_LIMIT, || {
        let network = company.admin.fetch("/api/v1/network").unwrap();
        let known = network["public_addresses"].as_array().unwrap();
        known.iter().any(|known| known["local"] == SERVER.to_string())
    });
}

/// Tests a trunk, and gives the steps once all are done.
fn test(company: &Company, trunk: u64) -> Value {
    test_with_call(company, trunk, None)
}

/// The same with an echo call to a number.
fn test_with_call(company: &Company, trunk: u64, number: Option<&str>) -> Value {
    let path = format!("/api/v1/trunks/{trunk}/test");
    company.admin.post(&path, &json!({"echo_number": number})).unwrap();
    let mut test = Value::Null;
    wait::until_true_seldom("the test is over", TEST_LIMIT, || {
        test = company.admin.fetch(&path).unwrap();
        test["running"] == false
    });
    test["steps"].clone()
}

/// The only step of this name.
fn step<'a>(steps: &'a Value, name: &str) -> &'a Value {
    let mut named = steps.as_array().unwrap().iter().filter(|step| step["step"] == name);
    let step = named.next().unwrap_or_else(|| panic!("no step {name}: {steps}"));
    assert!(named.next().is_none(), "{steps}");
    step
}
