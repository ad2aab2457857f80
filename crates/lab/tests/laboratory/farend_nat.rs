//! `farend nat` at home: does it name the router that is there, and nothing that it cannot know?

use std::time::{Duration, Instant};

use lab::net::Network;
use lab::net::addresses::{ITSP, STUN_ONE, STUN_PORT, STUN_TWO};
use lab::process::{Process, report, run};
use lab::server::program;
use lab::world::in_namespaces;
use lab::{Home, Lab, Nat, wait};
use serde_json::Value;

/// However silent everything is.
const LIMIT: Duration = Duration::from_secs(5);

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
    let mut command = network.home_pc().command(program().unwrap().to_str().unwrap());
    command.args(["nat", "--json"]);
    command.args(servers.iter().flat_map(|server| ["--stun", server]));
    let begun = Instant::now();
    let said = run(&mut command).unwrap();
    assert!(begun.elapsed() < LIMIT, "it took {:?}", begun.elapsed());
    serde_json::from_str(&said).unwrap()
}

fn at(address: std::net::Ipv4Addr) -> String {
    format!("{address}:{STUN_PORT}")
}

/// A second server without behaviour discovery, at the ITSP.
fn another_plain_server(network: &Network) -> Process {
    let folder = network.itsp().folder().join("stun-plain");
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = network.itsp().command("turnserver");
    command.args([
        "-n",
        "--stun-only",
        "--no-cli",
        "--no-tls",
        "--no-dtls",
        "--no-tcp",
        "--log-file=stdout",
    ]);
    command.args([format!("--listening-ip={ITSP}"), format!("--listening-port={STUN_PORT}")]);
    command.args([
        format!("--userdb={}", folder.join("users.db").display()),
        format!("--pidfile={}", folder.join("pid").display()),
    ]);
    let server = Process::start(command, "stun-plain", &folder).unwrap();
    let up = Duration::from_secs(10);
    wait::until_true_seldom("the second plain STUN server answers", up, || {
        let said = asked(network, &[at(ITSP)]);
        said["public_addresses"].as_array().is_some_and(|seen| !seen.is_empty())
    });
    server
}

#[test]
fn farend_nat_names_every_router_and_claims_no_more_than_it_knows() {
    in_namespaces(|folder| {
        let mut network = Lab::new().start(folder).unwrap();
        let _plain = another_plain_server(&network);
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
