use std::time::Instant;

use super::*;
use crate::resolve::testing::DnsServer;

/// A provider as RFC 3263 has it: TLS before TCP, two servers for each, one of them with IPv6.
const WHOLE: &[&str] = &[
    "example.com 300 NAPTR 20 0 s SIP+D2U _sip._udp.example.com.",
    "example.com 300 NAPTR 10 2 s SIP+D2T _sip._tcp.example.com.",
    "example.com 300 NAPTR 10 1 s SIPS+D2T _sips._tcp.example.com.",
    "example.com 300 NAPTR 5 0 s SIP+D2S _sip._sctp.example.com.",
    "_sips._tcp.example.com 120 SRV 10 0 5061 one.example.com.",
    "_sips._tcp.example.com 120 SRV 20 0 5071 two.example.com.",
    "_sip._tcp.example.com 120 SRV 10 0 5060 two.example.com.",
    "_sip._udp.example.com 120 SRV 10 0 5060 one.example.com.",
    "one.example.com 60 A 192.0.2.1",
    "one.example.com 90 AAAA 2001:db8::1",
    "two.example.com 90 A 192.0.2.2",
    "example.com 30 A 192.0.2.99",
];

fn place(text: &str) -> Place {
    let (text, transport) = match text.split_once(' ') {
        Some((text, "udp")) => (text, Some(Transport::Udp)),
        Some((text, "tcp")) => (text, Some(Transport::Tcp)),
        Some((text, "tls")) => (text, Some(Transport::Tls)),
        Some((_, other)) => panic!("{other}"),
        None => (text, None),
    };
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().unwrap())),
        Some(_) | None => (text, None),
    };
    Place {
        host: host.to_owned(),
        port,
        transport,
        from: None,
    }
}

fn words(servers: &[Server]) -> String {
    let words = servers
        .iter()
        .map(|server| format!("{:?} {}", server.transport, server.address).to_lowercase());
    words.collect::<Vec<_>>().join(", ")
}

async fn ask(dns: &Dns, text: &str) -> Result<Located, Trouble> {
    locate(dns, &place(text), |_, _| true, 1).await
}

async fn found(zone: &[&str], text: &str) -> String {
    let server = DnsServer::start().await;
    server.says(zone);
    match ask(&server.dns(), text).await {
        Ok(located) => words(&located.servers),
        Err(trouble) => trouble.code().to_owned(),
    }
}

#[tokio::test]
async fn every_way_to_write_a_provider_leads_to_its_servers() {
    let table = [
        ("198.51.100.1", "udp 198.51.100.1:5060"),
        ("198.51.100.1 tls", "tls 198.51.100.1:5061"),
        ("198.51.100.1:5070 tcp", "tcp 198.51.100.1:5070"),
        ("[2001:db8::9]", "udp [2001:db8::9]:5060"),
        ("[2001:db8::9]:5070 tcp", "tcp [2001:db8::9]:5070"),
        ("example.com:5070", "udp 192.0.2.99:5070"),
        ("example.com:5070 tls", "tls 192.0.2.99:5070"),
        (
            "example.com",
            "tls 192.0.2.1:5061, tls [2001:db8::1]:5061, tls 192.0.2.2:5071, tcp 192.0.2.2:5060",
        ),
        (
            "example.com.",
            "tls 192.0.2.1:5061, tls [2001:db8::1]:5061, tls 192.0.2.2:5071, tcp 192.0.2.2:5060",
        ),
        ("example.com udp", "udp 192.0.2.1:5060, udp [2001:db8::1]:5060"),
        ("example.com tcp", "tcp 192.0.2.2:5060"),
        ("one.example.com", "udp 192.0.2.1:5060, udp [2001:db8::1]:5060"),
        ("two.example.com tls", "tls 192.0.2.2:5061"),
        ("nowhere.example.com", "unknown-name"),
        ("nowhere.example.com:5060", "unknown-name"),
        ("nowhere.example.com tcp", "unknown-name"),
    ];
    for (text, servers) in table {
        assert_eq!(found(WHOLE, text).await, servers, "{text}");
    }
}

#[tokio::test]
async fn what_is_missing_or_declined_leads_on_and_silence_does_not() {
    let a = "sip.example.com 60 A 192.0.2.1";
    let table: &[(&str, &[&str], &str)] = &[
        ("no records of any service", &[a], "udp 192.0.2.1:5060"),
        (
            "no NAPTR: all that SRV has",
            &[
                a,
                "_sips._tcp.sip.example.com 60 SRV 0 0 5061 sip.example.com.",
                "_sip._udp.sip.example.com 60 SRV 0 0 5080 sip.example.com.",
            ],
            "udp 192.0.2.1:5080, tls 192.0.2.1:5061",
        ),
        (
            "NAPTR for others only",
            &[a, "sip.example.com 60 NAPTR 1 1 s SIP+D2S _sip._sctp.sip.example.com."],
            "udp 192.0.2.1:5060",
        ),
        (
            "NAPTR whose first service is missing",
            &[
                a,
                "sip.example.com 60 NAPTR 1 1 s SIPS+D2T _sips._tcp.sip.example.com.",
                "sip.example.com 60 NAPTR 2 1 s SIP+D2T _sip._tcp.sip.example.com.",
                "_sip._tcp.sip.example.com 60 SRV 0 0 5060 sip.example.com.",
            ],
            "tcp 192.0.2.1:5060",
        ),
        (
            "NAPTR to a service of another name",
            &[
                "sip.example.com 60 NAPTR 1 1 s SIP+D2T _sip._tcp.example.net.",
                "_sip._tcp.example.net 60 SRV 0 0 5062 edge.example.net.",
                "edge.example.net 60 A 192.0.2.7",
            ],
            "tcp 192.0.2.7:5062",
        ),
        ("UDP declined", &[a, "_sip._udp.sip.example.com 60 SRV 0 0 0 ."], "unknown-name"),
        (
            "a target without address",
            &[a, "_sip._udp.sip.example.com 60 SRV 0 0 5060 gone.example.com."],
            "unknown-name",
        ),
        (
            "one of two targets without address",
            &[
                a,
                "_sip._udp.sip.example.com 60 SRV 1 0 5060 gone.example.com.",
                "_sip._udp.sip.example.com 60 SRV 2 0 5060 sip.example.com.",
            ],
            "udp 192.0.2.1:5060",
        ),
        (
            "a name server that knows no SRV",
            &[a, "_sip._udp.sip.example.com 60 SRV !NOTIMP"],
            "udp 192.0.2.1:5060",
        ),
        ("NAPTR is never answered", &[a, "sip.example.com 60 NAPTR !"], "udp 192.0.2.1:5060"),
        (
            "SRV is never answered",
            &[a, "_sip._udp.sip.example.com 60 SRV !"],
            "name-server-silent",
        ),
        ("AAAA is never answered", &[a, "sip.example.com 60 AAAA !"], "udp 192.0.2.1:5060"),
        (
            "the addresses of all targets are never answered",
            &[
                a,
                "_sip._udp.sip.example.com 60 SRV 0 0 5060 mute.example.com.",
                "mute.example.com 60 A !",
            ],
            "name-server-silent",
        ),
        (
            "a name server that is dead",
            &[
                "sip.example.com 60 NAPTR !",
                "sip.example.com 60 A !",
                "sip.example.com 60 AAAA !",
                "_sip._udp.sip.example.com 60 SRV !",
                "_sip._tcp.sip.example.com 60 SRV !",
                "_sips._tcp.sip.example.com 60 SRV !",
            ],
            "name-server-silent",
        ),
    ];
    let begun = Instant::now();
    let answers = join_all(table.iter().map(|(_, zone, _)| found(zone, "sip.example.com"))).await;
    assert!(
        begun.elapsed() < ALTOGETHER_MAX + Duration::from_millis(500),
        "{:?}",
        begun.elapsed()
    );
    for ((what, _, expected), answer) in table.iter().zip(answers) {
        assert_eq!(answer, *expected, "{what}");
    }
}

#[tokio::test]
async fn servers_of_other_transports_and_without_route_are_left_out() {
    let server = DnsServer::start().await;
    server.says(WHOLE);
    let dns = server.dns();
    let only_v6 = locate(&dns, &place("example.com"), |_, server| server.is_ipv6(), 1).await.unwrap();
    assert_eq!(words(&only_v6.servers), "tls [2001:db8::1]:5061");
    assert_eq!(
        only_v6.servers[0].name, "example.com",
        "certificates name the domain, not the target"
    );
    assert_eq!(
        locate(&dns, &place("two.example.com"), |_, server| server.is_ipv6(), 1).await,
        Err(Trouble::NoRoute {
            server: "192.0.2.2:5060".parse().unwrap()
        })
    );
}

#[tokio::test]
async fn what_is_found_holds_as_long_as_the_shortest_ttl_and_is_not_asked_again_before() {
    let server = DnsServer::start().await;
    server.says(WHOLE);
    let dns = server.dns();
    let seconds = |located: Located| located.fresh_for.as_secs_f64().round();
    assert_eq!(seconds(ask(&dns, "example.com").await.unwrap()), 60.0, "the A record");
    assert_eq!(seconds(ask(&dns, "example.com tcp").await.unwrap()), 90.0);
    assert_eq!(seconds(ask(&dns, "example.com:5060").await.unwrap()), 30.0);
    ask(&dns, "one.example.com:5060").await.unwrap();
    let asked = server.asked();
    ask(&dns, "one.example.com:5061 tls").await.unwrap();
    assert_eq!(server.asked(), asked);
    server.says(&["short.example.com 20 CNAME long.example.com.", "long.example.com 3600 A 192.0.2.1"]);
    assert_eq!(seconds(ask(&dns, "short.example.com:5060").await.unwrap()), 20.0, "the CNAME");
}

#[tokio::test]
async fn a_change_is_seen_when_the_ttl_is_over() {
    let server = DnsServer::start().await;
    let dns = server.dns();
    server.says(&["sip.example.com 1 A 192.0.2.1"]);
    let begun = Instant::now();
    let before = ask(&dns, "sip.example.com:5060").await.unwrap();
    server.says(&["sip.example.com 1 A 192.0.2.2"]);
    while ask(&dns, "sip.example.com:5060").await.unwrap().servers == before.servers {
        assert!(begun.elapsed() < Duration::from_millis(2_500), "{:?}", begun.elapsed());
        tokio::task::yield_now().await;
    }
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    // Without TTL at once.
    server.says(&["other.example.com 0 A 192.0.2.1"]);
    ask(&dns, "other.example.com:5060").await.unwrap();
    server.says(&["other.example.com 0 A 192.0.2.2"]);
    assert_eq!(
        words(&ask(&dns, "other.example.com:5060").await.unwrap().servers),
        "udp 192.0.2.2:5060"
    );
}

#[tokio::test]
async fn a_name_server_that_comes_back_is_used_at_once() {
    let server = DnsServer::start().await;
    server.says(WHOLE);
    let dns = server.dns();
    server.mute(true);
    let trouble = ask(&dns, "example.com").await.unwrap_err();
    assert_eq!(trouble.code(), "name-server-silent");
    server.mute(false);
    let begun = Instant::now();
    assert!(ask(&dns, "example.com").await.is_ok());
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}
