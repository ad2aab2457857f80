//! A DNS server of the tests' own.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{CNAME, NAPTR, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

use super::dns::Dns;

/// What it answers to one question.
#[derive(Clone, Debug)]
enum Answer {
    /// These records, with a TTL in seconds.
    Records(u32, Vec<RData>),
    /// This error.
    Error(ResponseCode),
    /// Nothing.
    Silence,
}

#[derive(Debug, Default)]
struct Zone {
    answers: BTreeMap<(String, RecordType), Answer>,
    is_mute: bool,
    /// How many questions came.
    asked: usize,
}

/// Answers what it has been told, and NXDOMAIN to all else.
pub(crate) struct DnsServer {
    address: SocketAddr,
    zone: Arc<Mutex<Zone>>,
}

impl DnsServer {
    pub(crate) async fn start() -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let zone = Arc::new(Mutex::new(Zone::default()));
        let answering = Arc::clone(&zone);
        tokio::spawn(async move {
            let mut buffer = [0; 1_500];
            while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                let answer = answer(&mut answering.lock().unwrap(), query);
                if let Some(answer) = answer {
                    socket.send_to(&answer.to_vec().unwrap(), peer).await.unwrap();
                }
            }
        });
        Self { address, zone }
    }

    /// Asks this server alone.
    pub(crate) fn dns(&self) -> Dns {
        let mut connection = ConnectionConfig::udp();
        connection.port = self.address.port();
        let server = NameServerConfig::new(self.address.ip(), true, vec![connection]);
        Dns::of(ResolverConfig::from_name_servers(vec![server]))
    }

    fn zone(&self) -> MutexGuard<'_, Zone> {
        self.zone.lock().unwrap()
    }

    /// From now on there are these records. Each is a line: name, TTL in seconds, type, data as in a zone file; data `!` is silence, and
    /// `!NOTIMP` an error.
    pub(crate) fn says(&self, lines: &[&str]) {
        let mut answers: BTreeMap<(String, RecordType), Answer> = BTreeMap::new();
        for line in lines {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [name, ttl, kind, data @ ..] = fields.as_slice() else {
                panic!("{line}")
            };
            let key = (format!("{name}."), kind.parse().unwrap());
            let ttl = ttl.parse().unwrap();
            match data {
                ["!"] => drop(answers.insert(key, Answer::Silence)),
                ["!NOTIMP"] => drop(answers.insert(key, Answer::Error(ResponseCode::NotImp))),
                data => match answers.entry(key).or_insert(Answer::Records(ttl, Vec::new())) {
                    Answer::Records(_, records) => records.push(record(kind, data)),
                    Answer::Error(_) | Answer::Silence => panic!("{line}"),
                },
            }
        }
        self.zone().answers = answers;
    }

    pub(crate) fn mute(&self, is_mute: bool) {
        self.zone().is_mute = is_mute;
    }

    pub(crate) fn asked(&self) -> usize {
        self.zone().asked
    }
}

fn record(kind: &str, data: &[&str]) -> RData {
    let name = |text: &str| Name::from_ascii(text).unwrap();
    let number = |text: &str| text.parse().unwrap();
    match (kind, data) {
        ("A", [ip]) => RData::A(ip.parse().unwrap()),
        ("AAAA", [ip]) => RData::AAAA(ip.parse().unwrap()),
        ("CNAME", [host]) => RData::CNAME(CNAME(name(host))),
        ("SRV", [priority, weight, port, host]) => RData::SRV(SRV::new(number(priority), number(weight), number(port), name(host))),
        ("NAPTR", [order, preference, flags, services, replacement]) => {
            let bytes = |text: &str| text.as_bytes().into();
            let (flags, services) = (bytes(flags), bytes(services));
            RData::NAPTR(NAPTR::new(
                number(order),
                number(preference),
                flags,
                services,
                bytes(""),
                name(replacement),
            ))
        }
        _ => panic!("{kind} {data:?}"),
    }
}

fn answer(zone: &mut Zone, query: Message) -> Option<Message> {
    zone.asked += 1;
    if zone.is_mute {
        return None;
    }
    let question = query.queries[0].clone();
    let mut name = question.name().to_ascii().to_lowercase();
    let mut answer = query.into_response();
    loop {
        let records = match zone.answers.get(&(name.clone(), question.query_type())) {
            Some(Answer::Silence) => return None,
            Some(Answer::Error(code)) => {
                answer.metadata.response_code = *code;
                return Some(answer);
            }
            Some(Answer::Records(ttl, records)) => Some((*ttl, records)),
            None => None,
        };
        let owner = Name::from_ascii(&name).unwrap();
        if let Some((ttl, records)) = records {
            answer.add_answers(records.iter().map(|data| Record::from_rdata(owner.clone(), ttl, data.clone())));
            return Some(answer);
        }
        match zone.answers.get(&(name.clone(), RecordType::CNAME)) {
            Some(Answer::Records(ttl, records)) => {
                answer.add_answers(records.iter().map(|data| Record::from_rdata(owner.clone(), *ttl, data.clone())));
                let RData::CNAME(CNAME(target)) = &records[0] else {
                    panic!("{records:?}")
                };
                name = target.to_ascii();
            }
            Some(Answer::Error(_) | Answer::Silence) | None => {
                if !zone.answers.keys().any(|(known, _)| *known == name) {
                    answer.metadata.response_code = ResponseCode::NXDomain;
                }
                return Some(answer);
            }
        }
    }
}
