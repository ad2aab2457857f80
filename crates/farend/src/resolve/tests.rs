use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::A;
use hickory_resolver::proto::rr::{Name, Record};
use tokio::net::UdpSocket;

use super::*;

const WITHIN: Duration = Duration::from_millis(1_200);

/// A DNS server with a few names; those that begin with "mute" it never answers, nor anything while `is_mute`.
struct Dns {
    resolver: Resolver,
    is_mute: Arc<AtomicBool>,
}

impl Dns {
    async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let port = socket.local_addr().unwrap().port();
        let is_mute = Arc::new(AtomicBool::new(false));
        let mute = Arc::clone(&is_mute);
        tokio::spawn(async move {
            let mut buffer = [0; 1_500];
            while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                if let Some(answer) = answer(query).filter(|_| !mute.load(Ordering::Relaxed)) {
                    socket.send_to(&answer.to_vec().unwrap(), peer).await.unwrap();
                }
            }
        });
        let mut connection = ConnectionConfig::udp();
        connection.port = port;
        let server = NameServerConfig::new(Ipv4Addr::LOCALHOST.into(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().timeout = REPEAT;
        builder.options_mut().attempts = ATTEMPTS;
        // Everything is asked anew.
        builder.options_mut().cache_size = 0;
        let resolver = Resolver {
            dns: Some(builder.build().unwrap()),
            known: Mutex::default(),
        };
        Self { resolver, is_mute }
    }

    async fn resolve(&self, server: &str) -> Result<Vec<String>, String> {
        let found = self.resolver.resolve(&server.parse().unwrap(), WITHIN).await;
        let found = found.map(|addresses| addresses.iter().map(ToString::to_string).collect());
        found.map_err(|error| error.to_string())
    }
}

fn answer(query: Message) -> Option<Message> {
    let question = query.queries[0].clone();
    let name = question.name().to_ascii();
    let record = |data| Record::from_rdata(question.name().clone(), 60, data);
    let target = |text: &str| Name::from_ascii(text).unwrap();
    let records = match (name.as_str(), question.query_type()) {
        ("stun.example.com." | "halfmute.example.com.", RecordType::A) => vec![record(RData::A(A::new(192, 0, 2, 1)))],
        ("stun.example.com.", RecordType::AAAA) => vec![record(RData::AAAA("2001:db8::1".parse().unwrap()))],
        ("one.example.com.", RecordType::A) => vec![record(RData::A(A::new(192, 0, 2, 2)))],
        ("_stun._udp.company.example.com.", RecordType::SRV) => vec![
            record(RData::SRV(SRV::new(20, 0, 3_478, target("one.example.com.")))),
            record(RData::SRV(SRV::new(10, 0, 19_302, target("stun.example.com.")))),
        ],
        ("company.example.com.", RecordType::A) => vec![record(RData::A(A::new(192, 0, 2, 99)))],
        ("_stun._udp.stun.example.com.", RecordType::SRV) => vec![record(RData::SRV(SRV::new(0, 0, 0, target("."))))],
        ("halfmute.example.com.", RecordType::AAAA) | ("_stun._udp.halfmute.example.com.", RecordType::SRV) => return None,
        (name, _) if name.contains("mute") => return None,
        _ => Vec::new(),
    };
    let mut answer = query.into_response();
    if records.is_empty() {
        answer.metadata.response_code = ResponseCode::NXDomain;
    }
    answer.add_answers(records);
    Some(answer)
}

#[tokio::test]
async fn names_with_and_without_port_are_found() {
    let dns = Dns::start().await;
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
    let dns = Dns::start().await;
    let begun = Instant::now();
    let (silent, half) = tokio::join!(dns.resolve("mute.example.com"), dns.resolve("halfmute.example.com"));
    assert!(begun.elapsed() < WITHIN + Duration::from_millis(600), "{:?}", begun.elapsed());
    assert!(silent.is_err_and(|error| error.starts_with("no DNS server answers for mute.example.com; ")));
    assert_eq!(half, Ok(vec!["192.0.2.1:3478".to_owned()]));
}

#[tokio::test]
async fn what_was_known_stays_known_when_dns_dies() {
    let dns = Dns::start().await;
    let before = dns.resolve("stun.example.com:3478").await;
    assert!(before.is_ok());
    dns.is_mute.store(true, Ordering::Relaxed);
    assert_eq!(dns.resolve("stun.example.com:3478").await, before);
    assert!(dns.resolve("one.example.com:3478").await.is_err());
}
