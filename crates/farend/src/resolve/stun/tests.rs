use std::time::Instant;

use super::*;
use crate::resolve::testing::DnsServer;

const WITHIN: Duration = Duration::from_millis(1_200);

/// No answer is kept: everything is asked anew.
const ZONE: &[&str] = &[
    "stun.example.com 0 A 192.0.2.1",
    "stun.example.com 0 AAAA 2001:db8::1",
    "_stun._udp.stun.example.com 0 SRV 0 0 0 .",
    "one.example.com 0 A 192.0.2.2",
    "company.example.com 0 A 192.0.2.99",
    "_stun._udp.company.example.com 0 SRV 20 0 3478 one.example.com.",
    "_stun._udp.company.example.com 0 SRV 10 0 19302 stun.example.com.",
    "halfmute.example.com 0 A 192.0.2.1",
    "halfmute.example.com 0 AAAA !",
    "_stun._udp.halfmute.example.com 0 SRV !",
    "mute.example.com 0 A !",
    "mute.example.com 0 AAAA !",
    "_stun._udp.mute.example.com 0 SRV !",
];

struct Scene {
    server: DnsServer,
    resolver: Resolver,
}

impl Scene {
    async fn new() -> Self {
        let server = DnsServer::start().await;
        server.says(ZONE);
        let resolver = Resolver::with(server.dns());
        Self { server, resolver }
    }

    async fn resolve(&self, server: &str) -> Result<Vec<String>, String> {
        let found = self.resolver.resolve(&server.parse().unwrap(), WITHIN).await;
        let found = found.map(|addresses| addresses.iter().map(ToString::to_string).collect());
        found.map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn names_with_and_without_port_are_found() {
    let dns = Scene::new().await;
    let found = |addresses: &[&str]| Ok(addresses.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(
        dns.resolve("stun.example.com:3479").await,
        found(&["192.0.2.1:3479", "[2001:db8::1]:3479"])
    );
    assert_eq!(dns.resolve("one.example.com").await, found(&["192.0.2.2:3478"]), "no SRV record");
    assert_eq!(
        dns.resolve("stun.example.com").await,
        found(&["192.0.2.1:3478", "[2001:db8::1]:3478"]),
        "an SRV record that says no"
    );
    assert_eq!(
        dns.resolve("company.example.com").await,
        found(&["192.0.2.1:19302", "[2001:db8::1]:19302", "192.0.2.2:3478"]),
        "the SRV record's hosts, the best first"
    );
    assert_eq!(dns.resolve("company.example.com:3478").await, found(&["192.0.2.99:3478"]));
    assert_eq!(dns.resolve("198.51.100.1").await, found(&["198.51.100.1:3478"]));
    assert_eq!(
        dns.resolve("nowhere.example.com:3478").await,
        Err("there is no address of nowhere.example.com:3478; check the name".to_owned())
    );
}

#[tokio::test]
async fn silence_ends_in_time_and_takes_nothing_else_with_it() {
    let dns = Scene::new().await;
    let begun = Instant::now();
    let (silent, half) = tokio::join!(dns.resolve("mute.example.com"), dns.resolve("halfmute.example.com"));
    assert!(begun.elapsed() < WITHIN + Duration::from_millis(600), "{:?}", begun.elapsed());
    assert!(silent.is_err_and(|error| error.starts_with("no DNS server answers for mute.example.com; ")));
    assert_eq!(half, Ok(vec!["192.0.2.1:3478".to_owned()]));
}

#[tokio::test]
async fn what_was_known_stays_known_when_dns_dies() {
    let dns = Scene::new().await;
    let before = dns.resolve("stun.example.com:3478").await;
    assert!(before.is_ok());
    dns.server.mute(true);
    assert_eq!(dns.resolve("stun.example.com:3478").await, before);
    assert!(dns.resolve("one.example.com:3478").await.is_err());
}
