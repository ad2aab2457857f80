//! `farend nat` at home: does it name the router that is there, and nothing that it cannot know?

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use lab::net::Network;
use lab::net::addresses::{ITSP, OFFICE_PUBLIC, SERVER, STUN_ONE, STUN_PORT, STUN_TWO};
use lab::process::{report, run};
use lab::server::program;
use lab::world::in_namespaces;
use lab::{Farend, Home, Lab, Nat, wait};
use serde_json::Value;

use crate::stage::CONFIG;

/// However silent everything is.
const LIMIT: Duration = Duration::from_secs(5);
/// For a router that forgets after 20 s.
const LIFETIME_LIMIT: Duration = Duration::from_secs(40);
/// From start or wish to a verdict: changes settle, and a probe takes its time.
const DISCOVERY_LIMIT: Duration = Duration::from_secs(12);

/// A home, and what is to be said about it: outcome, type by a server that discovers behaviour, type by two that do not.
const HOMES: [(Home, &str, &str, &str); 9] = [
    (Home::Behind(Nat::Open), "not-symmetric", "open-internet", "no-nat"),
    (Home::Behind(Nat::FullCone), "not-symmetric", "full-cone", "cone"),
    (
        Home::Behind(Nat::AddressRestricted),
        "not-symmetric",
        "address-restricted-cone",
        "cone",
    ),
    (Home::Behind(Nat::PortRestricted), "not-symmetric", "port-restricted-cone", "cone"),
    (Home::Behind(Nat::Remapping), "not-symmetric", "port-restricted-cone", "cone"),
    (Home::Behind(Nat::Symmetric), "symmetric", "symmetric", "symmetric"),
    (Home::Carrier(Nat::PortRestricted), "not-symmetric", "port-restricted-cone", "cone"),
    (Home::Carrier(Nat::Symmetric), "symmetric", "symmetric", "symmetric"),
    (Home::Behind(Nat::UdpBlocked), "udp-blocked", "udp-blocked", "udp-blocked"),
];

/// What `farend nat` says of the home, with these servers; never later than promised.
fn asked(network: &Network, servers: &[String]) -> Value {
    asked_within(LIMIT, network, servers, &[])
}

fn asked_within(limit: Duration, network: &Network, servers: &[String], further: &[&str]) -> Value {
    let mut command = network.home_pc().command(program().unwrap().to_str().unwrap());
    command.args(["nat", "--json"]).args(further);
    command.args(servers.iter().flat_map(|server| ["--stun", server]));
    let begun = Instant::now();
    let said = run(&mut command).unwrap();
    assert!(begun.elapsed() < limit, "it took {:?}", begun.elapsed());
    serde_json::from_str(&said).unwrap()
}

fn at(address: Ipv4Addr) -> String {
    format!("{address}:{STUN_PORT}")
}

#[test]
fn farend_nat_names_every_router_and_claims_no_more_than_it_knows() {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        // A second server without behaviour discovery.
        let _plain = network.start_itsp_stun(folder).unwrap();
        let (discovering, plain) = ([at(STUN_ONE), at(STUN_TWO)], [at(STUN_TWO), at(ITSP)]);
        for (home, outcome, discovered, compared) in HOMES {
            network.set_home(home).unwrap();
            let said = asked(&network, &discovering);
            assert_eq!(
                (&said["outcome"], &said["rfc3489_type"]),
                (&outcome.into(), &discovered.into()),
                "{home}: {said}"
            );
            let said = asked(&network, &plain);
            assert_eq!(
                (&said["outcome"], &said["rfc3489_type"]),
                (&outcome.into(), &compared.into()),
                "{home}: {said}"
            );
            let is_plain = outcome == "not-symmetric";
            assert!(!is_plain || said["filtering"] == "unknown", "nobody can know that: {said}");
            report(&format!("{home}: {}", said["sentence"]));
        }
        network.set_home(Home::Behind(Nat::Remapping)).unwrap();
        assert_eq!(asked(&network, &discovering)["port_preserved"], false);
    });
}

#[test]
fn farend_nat_measures_how_long_a_router_remembers_a_silent_socket() {
    in_namespaces(|folder| {
        let network = Lab::new().home(Nat::PortRestricted).start(folder).unwrap();
        network.forget_udp_after(Duration::from_secs(20)).unwrap();
        let said = asked_within(LIFETIME_LIMIT, &network, &[at(STUN_ONE), at(STUN_TWO)], &["--lifetime"]);
        let (at_least_s, less_than_s) = (&said["mapping_lifetime"]["at_least_s"], &said["mapping_lifetime"]["less_than_s"]);
        assert!(at_least_s.as_u64().is_some_and(|seconds| (15..=20).contains(&seconds)), "{said}");
        assert!(less_than_s.as_u64().is_some_and(|seconds| (21..=30).contains(&seconds)), "{said}");
        report(&format!(
            "a router that forgets after 20 s: at least {at_least_s} s, less than {less_than_s} s"
        ));
    });
}

#[test]
fn farend_nat_says_whether_a_router_rewrites_sip_and_shows_what() {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        let _server = Farend::start_in(network.server().folder(), "0.0.0.0", CONFIG).unwrap();
        let asked = |network: &Network| -> Value {
            let mut command = network.home_pc().command(program().unwrap().to_str().unwrap());
            command.args(["nat", "--json", "--alg", &OFFICE_PUBLIC.to_string()]);
            let said: Value = serde_json::from_str(&run(&mut command).unwrap()).unwrap();
            said["sip_alg"].clone()
        };
        let closed = asked(&network);
        assert_eq!(closed["outcome"], "unknown", "the port is not open from there: {closed}");
        network.forward_sip().unwrap();
        let plain = asked(&network);
        assert_eq!(
            (&plain["outcome"], &plain["changes"]),
            (&"untouched".into(), &serde_json::json!([])),
            "{plain}"
        );
        network.start_sip_helper_at_home().unwrap();
        let helped = asked(&network);
        assert_eq!(helped["outcome"], "rewritten", "{helped}");
        let is_contact = |change: &Value| {
            change["sent"]
                .as_str()
                .is_some_and(|sent| sent.starts_with("Contact: <sip:mirror@192.168.1.50:"))
        };
        assert!(helped["changes"].as_array().unwrap().iter().any(is_contact), "{helped}");
        report(&format!("with a SIP helper: {}", helped["sentence"]));
    });
}

#[test]
fn the_server_says_by_itself_that_the_office_router_is_symmetric() {
    in_namespaces(|folder| {
        let mut network = Lab::new().office(Nat::Symmetric).start(folder).unwrap();
        let server = Farend::start_in(network.server().folder(), "0.0.0.0", CONFIG).unwrap();
        let admin = server.sign_in("admin").unwrap();
        let says = |outcome: &str, public: Ipv4Addr| {
            let picture = admin.fetch("/api/v1/network").unwrap();
            let nat = &picture["nat"][0];
            let is_said = nat["family"] == "ipv4" && nat["outcome"] == outcome && nat["public_addresses"] == serde_json::json!([public]);
            is_said.then_some(picture)
        };
        let picture = wait::until("the server says what its router is", DISCOVERY_LIMIT, || {
            says("symmetric", OFFICE_PUBLIC)
        });
        assert_eq!(picture["nat"][0]["rfc3489_type"], "symmetric", "{picture}");
        let servers = picture["stun"]["servers"].as_array().unwrap();
        let answers = |server: &Value| server["state"] == "answering" && server["round_trip_ms"].as_f64().is_some();
        assert!(servers.len() == 2 && servers.iter().all(answers), "{picture}");
        assert_eq!(picture["interfaces"][0], SERVER.to_string(), "{picture}");
        // Another router; an administrator does not want to wait.
        network.set_office(Nat::PortRestricted.into()).unwrap();
        admin.post("/api/v1/network/probe", &Value::Null).unwrap();
        let again = admin.post("/api/v1/network/probe", &Value::Null).unwrap_err().to_string();
        assert!(again.contains("429") && again.contains("too-soon"), "{again}");
        wait::until("the server has looked again", DISCOVERY_LIMIT, || {
            says("not-symmetric", OFFICE_PUBLIC)
        });
    });
}

#[test]
fn farend_nat_with_silent_servers_ends_and_says_that_it_does_not_know() {
    in_namespaces(|folder| {
        let mut network = Lab::new().home(Nat::PortRestricted).start(folder).unwrap();
        network.stun_one().kill();
        network.stun_two().kill();
        // A dead server and a fire wall look alike, unless a host says that nobody is there.
        let dead = asked(&network, &[at(STUN_ONE), at(STUN_TWO)]);
        let is_unsure = dead["confidence"] == "low" && dead["sentence"].as_str().unwrap().contains("these servers are down");
        assert!(dead["outcome"] == "unknown" || is_unsure, "{dead}");
        // Nobody has this address, and nobody says so.
        let silent = asked(&network, &[format!("198.51.100.77:{STUN_PORT}")]);
        assert_eq!(silent["outcome"], "unknown", "{silent}");
    });
}
