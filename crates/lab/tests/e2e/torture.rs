//! The messages of RFC 4475, sent at the running server: what is right gets its answer, what is wrong the right refusal or none, and the
//! server goes on.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use lab::wire::{Received, Transport, Wire, header, status};
use lab::world::repository;
use lab::{Farend, isolated};

/// The answer to a request that anybody may ask comes within this time.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// One message, and what must become of it: the rows of `crates/sip/tests/rfc4475/index.toml`.
struct Case {
    file: String,
    bytes: Vec<u8>,
    answers: Vec<u16>,
    stream: String,
}

impl Case {
    /// Some of the messages share a branch: sent soon after each other, one would be taken for the other one's retransmission.
    fn make_branch_unique(&mut self, number: usize, seen: &mut BTreeSet<Vec<u8>>) {
        const MARK: &[u8] = b"branch=z9hG4bK";
        let Some(at) = self.bytes.windows(MARK.len()).position(|bytes| bytes == MARK) else {
            return;
        };
        let end = at
            + self.bytes[at..]
                .iter()
                .position(|byte| b";, \r\n\t".contains(byte))
                .unwrap_or_default();
        if !seen.insert(self.bytes[at..end].to_vec()) {
            self.bytes.splice(end..end, format!("-{number}").into_bytes());
        }
    }
}

fn cases() -> Vec<Case> {
    let folder = repository().join("crates/sip/tests/rfc4475");
    let index: toml::Table = fs::read_to_string(folder.join("index.toml")).unwrap().parse().unwrap();
    let messages = index["message"].as_array().unwrap();
    let cases: Vec<Case> = messages
        .iter()
        .map(|message| {
            let file = message["file"].as_str().unwrap().to_owned();
            let answers = message["answers"].as_array().unwrap();
            Case {
                bytes: fs::read(folder.join(&file)).unwrap(),
                answers: answers
                    .iter()
                    .map(|status| u16::try_from(status.as_integer().unwrap()).unwrap())
                    .collect(),
                stream: message["stream"].as_str().unwrap().to_owned(),
                file,
            }
        })
        .collect();
    assert!(cases.len() >= 40, "the whole corpus, not {}", cases.len());
    cases
}

#[test]
fn torture_messages_over_udp() {
    torture(Transport::Udp);
}

#[test]
fn torture_messages_over_tcp() {
    torture(Transport::Tcp);
}

#[test]
fn torture_messages_over_web_socket() {
    torture(Transport::WebSocket);
}

fn torture(transport: Transport) {
    isolated(|world| {
        let mut server = Farend::start(world).unwrap();
        let mut wire = Wire::connect(transport).unwrap();
        let (mut earlier, mut branches) = (BTreeSet::new(), BTreeSet::new());
        let mut wrong = Vec::new();
        for (number, mut case) in cases().into_iter().enumerate() {
            case.make_branch_unique(number, &mut branches);
            let case = &case;
            let got = exchange(&mut wire, transport, case, number, &earlier);
            if let Err(complaint) = judge(transport, case, &got) {
                wrong.push(format!("{}: {complaint}", case.file));
            }
            if got.closed || (transport == Transport::Tcp && case.stream == "waits") {
                wire = Wire::connect(transport).unwrap();
            }
            earlier.extend(call_id(&String::from_utf8_lossy(&case.bytes)));
            assert!(server.process().is_running(), "{} has ended the server", case.file);
        }
        assert!(
            wrong.is_empty(),
            "{} of the messages went wrong over {transport:?}:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        // Not only alive: it does its work.
        assert!(server.sign_in("101").is_ok());
    });
}

/// What came back for one message.
struct Got {
    statuses: Vec<u16>,
    closed: bool,
}

/// Sends a message and behind it a question that is always answered: with its answer, whatever came of the message has come.
fn exchange(wire: &mut Wire, transport: Transport, case: &Case, number: usize, earlier: &BTreeSet<String>) -> Got {
    let probe = format!("probe-{number}@lab");
    let mut got = Got {
        statuses: Vec::new(),
        closed: false,
    };
    let incomplete = transport == Transport::Tcp && case.stream == "waits";
    // A connection that ends while we write is seen when we read.
    let _ = wire.send(&case.bytes);
    if incomplete {
        // Whatever follows would be part of the message that never ends.
        wire.finish();
    } else {
        let _ = wire.send(options(transport, &probe).as_bytes());
    }
    let begun = Instant::now();
    let mut answered = incomplete;
    while begun.elapsed() < ANSWER_LIMIT {
        match wire.receive(Duration::from_millis(100)).unwrap() {
            Received::Closed => {
                got.closed = true;
                break;
            }
            Received::Message(message) if header(&message, "Call-ID") == Some(&probe) => {
                assert_eq!(status(&message), Some(200), "the question behind {}:\n{message}", case.file);
                answered = true;
            }
            Received::Message(message) => {
                let late = call_id(&message).is_some_and(|call| earlier.contains(&call));
                got.statuses.extend(status(&message).filter(|status| *status >= 200 && !late));
            }
            Received::Nothing => {}
        }
        let complete = case.answers.is_empty() || !got.statuses.is_empty();
        if answered && complete && !incomplete {
            break;
        }
    }
    assert!(
        answered || got.closed,
        "after {} the server answers no more over {transport:?}",
        case.file
    );
    got
}

fn judge(transport: Transport, case: &Case, got: &Got) -> Result<(), String> {
    let statuses = &got.statuses;
    if let Some(odd) = statuses
        .iter()
        .find(|status| !(case.answers.contains(status) || case.stream == "closes" && **status == 400))
    {
        return Err(format!("answered {odd}, wanted one of {:?}", case.answers));
    }
    let stream = if transport == Transport::Tcp {
        case.stream.as_str()
    } else {
        "taken"
    };
    match stream {
        "waits" if !statuses.is_empty() => Err(format!("answered {statuses:?} to a message that is not complete")),
        "waits" => Ok(()),
        "closes" if !got.closed => Err("the connection stays open, though nobody knows where the next message begins".to_owned()),
        "twice" if statuses.len() < 2 => Err(format!("two requests, but only {statuses:?}")),
        _ if got.closed && !matches!(stream, "closes" | "twice") => Err("the connection was closed".to_owned()),
        _ if statuses.is_empty() && !case.answers.is_empty() => Err(format!("no answer, wanted one of {:?}", case.answers)),
        _ => Ok(()),
    }
}

fn options(transport: Transport, call: &str) -> String {
    let via = match transport {
        Transport::Udp => "UDP 127.0.0.2:5060",
        Transport::Tcp => "TCP 127.0.0.1:5060",
        Transport::WebSocket => "WSS lab.invalid",
    };
    format!(
        "OPTIONS sip:farend SIP/2.0\r\nVia: SIP/2.0/{via};rport;branch=z9hG4bK-{call}\r\nMax-Forwards: 70\r\nFrom: <sip:lab@farend>;tag=lab\r\n\
         To: <sip:farend>\r\nCall-ID: {call}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:lab@127.0.0.2>\r\nContent-Length: 0\r\n\r\n"
    )
}

/// The Call-ID, also of a message that no parser takes.
fn call_id(message: &str) -> Option<String> {
    header(message, "Call-ID").or_else(|| header(message, "i")).map(str::to_owned)
}
