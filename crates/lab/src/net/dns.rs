//! A name server with a handful of names, which may have other addresses for those who ask from the office (split DNS).

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;

use super::addresses::{NAME_SERVER, OFFICE_PUBLIC, OFFICE_PUBLIC_CHANGED, OFFICE_SPARE, SECOND_ROUTER_PUBLIC, SERVER_WAN};
use super::namespace::Namespace;

/// Answers may be kept for so long.
const TTL_SECONDS: u32 = 1;
/// Longer questions are no questions.
const QUESTION_BYTES_MAX: usize = 512;
/// The name stands behind the header.
const HEADER_BYTES: usize = 12;
const TYPE_A: [u8; 2] = [0, 1];
const TYPE_AAAA: [u8; 2] = [0, 28];
const TYPE_SRV: [u8; 2] = [0, 33];
const TYPE_NAPTR: [u8; 2] = [0, 35];
const NO_SUCH_NAME: u8 = 3;

/// Names and their addresses, which can be changed at any time.
#[derive(Clone, Debug, Default)]
pub struct Names {
    zone: Arc<Mutex<Zone>>,
    silent: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Zone {
    addresses: BTreeMap<String, Addresses>,
    services: BTreeMap<String, Vec<Service>>,
    pointers: BTreeMap<String, Vec<Pointer>>,
}

/// By which service a provider would like to be spoken to (NAPTR with the flag `s`, RFC 3263 section 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The least is tried first.
    pub order: u16,
    /// Such as `SIP+D2T`.
    pub service: &'static str,
    /// The service's name, such as `_sip._tcp.example.test`.
    pub target: String,
}

/// One of the servers of a service, such as `_sip._tcp.example.test` (RFC 2782). All of a priority have the same weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The least is tried first.
    pub priority: u16,
    /// Where it listens.
    pub port: u16,
    /// A name with an address.
    pub target: &'static str,
}

/// Who gets which address.
#[derive(Clone, Copy, Debug, Default)]
struct Addresses {
    everywhere: Option<Ipv4Addr>,
    in_office: Option<Ipv4Addr>,
    /// The same one everywhere: nobody translates it.
    v6: Option<Ipv6Addr>,
}

impl Names {
    /// Gives a name an address.
    pub fn set(&self, name: &str, address: Ipv4Addr) {
        self.set_split(name, address, address);
    }

    /// Gives a name an address, and another one for those who ask from the office.
    pub fn set_split(&self, name: &str, everywhere: Ipv4Addr, in_office: Ipv4Addr) {
        let mut zone = self.zone();
        let addresses = zone.addresses.entry(name.to_owned()).or_default();
        (addresses.everywhere, addresses.in_office) = (Some(everywhere), Some(in_office));
    }

    /// Gives a name an IPv6 address, beside an IPv4 one if it has that.
    pub fn set_v6(&self, name: &str, address: Ipv6Addr) {
        self.zone().addresses.entry(name.to_owned()).or_default().v6 = Some(address);
    }

    /// Says where a service is, and nowhere else any more.
    pub fn set_services(&self, name: &str, services: &[Service]) {
        self.zone().services.insert(name.to_owned(), services.to_vec());
    }

    /// Says by which services a name is reached, and by no others any more.
    pub fn set_pointers(&self, name: &str, pointers: &[Pointer]) {
        self.zone().pointers.insert(name.to_owned(), pointers.to_vec());
    }

    /// From now on nobody gets an answer, or everybody does again.
    pub fn set_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    /// Starts to answer.
    pub(super) fn serve(&self, internet: &Namespace) -> anyhow::Result<()> {
        let bind = || UdpSocket::bind((NAME_SERVER, 53));
        let socket = internet.within(bind)?.context("the name server cannot listen")?;
        let names = self.clone();
        internet.spawn(move || {
            let mut question = [0; QUESTION_BYTES_MAX];
            while let Ok((length, asker)) = socket.recv_from(&mut question) {
                let in_office =
                    matches!(asker.ip(), IpAddr::V4(ip) if [OFFICE_PUBLIC, OFFICE_PUBLIC_CHANGED, OFFICE_SPARE, SECOND_ROUTER_PUBLIC, SERVER_WAN].contains(&ip));
                if names.silent.load(Ordering::Relaxed) {
                    continue;
                }
                if let Some(answer) = names.answer(&question[..length], in_office) {
                    // An asker that is gone needs no answer.
                    let _ = socket.send_to(&answer, asker);
                }
            }
        });
        Ok(())
    }

    /// The answer to one question (RFC 1035, section 4.1).
    fn answer(&self, question: &[u8], in_office: bool) -> Option<Vec<u8>> {
        let (name, end) = name_at(question, HEADER_BYTES)?;
        let kind: [u8; 2] = question.get(end..end + 2)?.try_into().ok()?;
        let zone = self.zone();
        let records = zone.records(&name, kind, in_office);
        let mut answer = question.get(..end + 4)?.to_vec();
        // An authoritative answer with recursion, one question, some answers or none, nothing else.
        answer[2] = 0x84 | (question[2] & 1);
        answer[3] = 0x80 | if zone.knows(&name) { 0 } else { NO_SUCH_NAME };
        answer[4..HEADER_BYTES].copy_from_slice(&[0, 1, 0, records.len() as u8, 0, 0, 0, 0]);
        for record in records {
            // A pointer to the question's name, its type, class IN.
            answer.extend([0xC0, HEADER_BYTES as u8, kind[0], kind[1], 0, 1]);
            answer.extend(TTL_SECONDS.to_be_bytes());
            answer.extend([0, record.len() as u8]);
            answer.extend(record);
        }
        Some(answer)
    }

    fn zone(&self) -> MutexGuard<'_, Zone> {
        self.zone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Zone {
    /// The data of a name's records of a kind.
    fn records(&self, name: &str, kind: [u8; 2], in_office: bool) -> Vec<Vec<u8>> {
        let known = self.addresses.get(name).copied().unwrap_or_default();
        match kind {
            TYPE_A => {
                let v4 = if in_office { known.in_office } else { known.everywhere };
                v4.iter().map(|v4| v4.octets().to_vec()).collect()
            }
            TYPE_AAAA => known.v6.iter().map(|v6| v6.octets().to_vec()).collect(),
            TYPE_SRV => self.services.get(name).into_iter().flatten().map(Service::record).collect(),
            TYPE_NAPTR => self.pointers.get(name).into_iter().flatten().map(Pointer::record).collect(),
            _ => Vec::new(),
        }
    }

    /// A name below which there are others exists, too (RFC 8020).
    fn knows(&self, name: &str) -> bool {
        let mut names = self.addresses.keys().chain(self.services.keys()).chain(self.pointers.keys());
        names.any(|known| known.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    }
}

impl Service {
    fn record(&self) -> Vec<u8> {
        const WEIGHT: u16 = 1;
        let mut record: Vec<u8> = [self.priority, WEIGHT, self.port]
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .collect();
        write_name(&mut record, self.target);
        record
    }
}

impl Pointer {
    /// RFC 3403 section 4.1: order, preference, flags, service, no regular expression, replacement.
    fn record(&self) -> Vec<u8> {
        const PREFERENCE: u16 = 10;
        let mut record: Vec<u8> = [self.order, PREFERENCE].iter().flat_map(|word| word.to_be_bytes()).collect();
        for text in ["s", self.service, ""] {
            record.push(text.len() as u8);
            record.extend(text.as_bytes());
        }
        write_name(&mut record, &self.target);
        record
    }
}

fn write_name(record: &mut Vec<u8>, name: &str) {
    for label in name.split('.') {
        record.push(label.len() as u8);
        record.extend(label.as_bytes());
    }
    record.push(0);
}

/// The name at a place, in small letters, and where it ends.
fn name_at(message: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        let label = message.get(at..at + length)?;
        labels.push(String::from_utf8_lossy(label).to_lowercase());
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: &str, kind: u8) -> Vec<u8> {
        let mut question = vec![7, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            question.push(label.len() as u8);
            question.extend(label.as_bytes());
        }
        question.extend([0, 0, kind, 0, 1]);
        question
    }

    #[test]
    fn a_name_has_one_address_in_the_office_and_another_one_elsewhere() {
        let names = Names::default();
        names.set_split("pbx.example.test", OFFICE_PUBLIC, Ipv4Addr::new(192, 168, 10, 10));
        let answer = names.answer(&question("PBX.example.test", 1), false).unwrap();
        assert_eq!((answer[3] & 15, answer[7]), (0, 1));
        assert_eq!(answer[answer.len() - 4..], OFFICE_PUBLIC.octets());
        let answer = names.answer(&question("pbx.example.test", 1), true).unwrap();
        assert_eq!(answer[answer.len() - 4..], [192, 168, 10, 10]);
    }

    #[test]
    fn a_name_may_have_an_ipv6_address_and_no_other() {
        let names = Names::default();
        let address: Ipv6Addr = "2001:db8:a::10".parse().unwrap();
        names.set_v6("pbx-six.example.test", address);
        let answer = names.answer(&question("pbx-six.example.test", 28), true).unwrap();
        assert_eq!((answer[3] & 15, answer[7]), (0, 1));
        assert_eq!(answer[answer.len() - 18..answer.len() - 16], [0, 16]);
        assert_eq!(answer[answer.len() - 16..], address.octets());
        let answer = names.answer(&question("pbx-six.example.test", 1), true).unwrap();
        assert_eq!((answer[3] & 15, answer[7]), (0, 0));
    }

    #[test]
    fn a_service_has_servers_which_change() {
        let names = Names::default();
        let service = |priority, target| Service {
            priority,
            port: 5060,
            target,
        };
        let ask = || names.answer(&question("_sip._tcp.lines.example.test", 33), true).unwrap();
        names.set_services(
            "_sip._tcp.lines.example.test",
            &[service(10, "one.example.test"), service(20, "two.example.test")],
        );
        let answer = ask();
        assert_eq!((answer[3] & 15, answer[7]), (0, 2));
        let first = answer.windows(8).position(|bytes| bytes == [0, 10, 0, 1, 0x13, 0xC4, 3, b'o']);
        assert!(first.is_some(), "{answer:?}");
        let parent = names.answer(&question("lines.example.test", 33), true).unwrap();
        assert_eq!((parent[3] & 15, parent[7]), (0, 0));
        names.set_services("_sip._tcp.lines.example.test", &[service(10, "two.example.test")]);
        assert_eq!(ask()[7], 1);
    }

    #[test]
    fn a_name_may_say_how_it_would_like_to_be_spoken_to() {
        let names = Names::default();
        let pointer = Pointer {
            order: 10,
            service: "SIPS+D2T",
            target: "_sips._tcp.itsp.test".to_owned(),
        };
        names.set_pointers("itsp.test", &[pointer]);
        let answer = names.answer(&question("itsp.test", 35), true).unwrap();
        assert_eq!((answer[3] & 15, answer[7]), (0, 1));
        let record = b"\0\x0a\0\x0a\x01s\x08SIPS+D2T\0\x05_sips\x04_tcp\x04itsp\x04test\0";
        assert!(answer.ends_with(record), "{answer:?}");
    }

    #[test]
    fn other_types_have_no_answer_and_other_names_do_not_exist() {
        let names = Names::default();
        names.set("pbx.example.test", OFFICE_PUBLIC);
        let answer = names.answer(&question("pbx.example.test", 28), false).unwrap();
        assert_eq!((answer[3] & 15, answer[7]), (0, 0));
        let answer = names.answer(&question("www.example.test", 1), false).unwrap();
        assert_eq!((answer[3] & 15, answer[7]), (NO_SUCH_NAME, 0));
        assert_eq!(names.answer(&[0; 13], false), None);
    }
}
