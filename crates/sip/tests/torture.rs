//! RFC 4475 section 3, message by message, as `tests/rfc4475/index.toml` wants it.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::net::SocketAddr;

use sip::Transport;
use sip::framing::{Frame, FramingError, StreamFramer};
use sip::message::{Contacts, Parsed, Request, Response, parse};

struct Case {
    file: String,
    start: String,
    valid: bool,
    datagram: String,
    status: u16,
    stream: String,
    answers: Vec<i64>,
    bytes: Vec<u8>,
}

fn cases() -> Vec<Case> {
    let index: toml::Table = include_str!("rfc4475/index.toml").parse().unwrap();
    let text = |entry: &toml::Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let messages = index["message"].as_array().unwrap();
    messages
        .iter()
        .map(|entry| Case {
            file: text(entry, "file"),
            start: text(entry, "start"),
            valid: entry["valid"].as_bool().unwrap(),
            datagram: text(entry, "datagram"),
            status: entry
                .get("status")
                .map_or(0, |status| u16::try_from(status.as_integer().unwrap()).unwrap()),
            stream: text(entry, "stream"),
            answers: entry["answers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|a| a.as_integer().unwrap())
                .collect(),
            bytes: bytes(&text(entry, "file")),
        })
        .collect()
}

fn bytes(file: &str) -> Vec<u8> {
    let path = format!("{}/tests/rfc4475/{file}", env!("CARGO_MANIFEST_DIR"));
    #[allow(clippy::disallowed_methods, reason = "a test may read its vectors")]
    std::fs::read(path).unwrap()
}

fn taken(file: &str) -> Box<Request> {
    match parse(&bytes(&format!("{file}.dat")), Transport::Udp) {
        Parsed::Request(request) => request,
        other => panic!("{file}: {other:?}"),
    }
}

fn peer() -> SocketAddr {
    "203.0.113.9:5062".parse().unwrap()
}

/// What became of a message, in the words of the index.
fn outcome(parsed: &Parsed) -> (&'static str, u16, String) {
    match parsed {
        Parsed::Request(request) => ("taken", 0, request.method().to_owned()),
        Parsed::Response(response) => ("taken", 0, response.status().to_string()),
        Parsed::Salvaged(salvage) => ("refused", salvage.status(), salvage.method().to_owned()),
        Parsed::Garbage(_) => ("dropped", 0, String::new()),
        Parsed::KeepAlive(_) => ("keep-alive", 0, String::new()),
    }
}

#[test]
fn index_names_all_49_messages_once() {
    let mut files: Vec<String> = cases().into_iter().map(|case| case.file).collect();
    files.sort_unstable();
    files.dedup();
    assert_eq!(files.len(), 49);
}

#[test]
fn nothing_valid_is_refused_and_every_refusal_is_among_the_answers() {
    for case in cases() {
        assert!(!case.valid || case.datagram == "taken", "{}", case.file);
        let is_request = !case.start.starts_with(|c: char| c.is_ascii_digit());
        assert_eq!(case.answers.is_empty(), !is_request, "{}", case.file);
        assert!(
            case.datagram != "refused" || case.answers.contains(&i64::from(case.status)),
            "{}",
            case.file
        );
    }
}

#[test]
fn datagrams_and_websocket_messages_meet_their_fate() {
    for case in cases() {
        for transport in [Transport::Udp, Transport::Wss] {
            let (fate, status, start) = outcome(&parse(&case.bytes, transport));
            assert_eq!((fate, status), (case.datagram.as_str(), case.status), "{} {transport:?}", case.file);
            assert!(fate == "dropped" || start == case.start, "{}: {start}", case.file);
        }
    }
}

#[test]
fn refusals_carry_what_the_peer_needs_to_match_them() {
    for case in cases().iter().filter(|case| case.datagram == "refused") {
        let Parsed::Salvaged(salvage) = parse(&case.bytes, Transport::Udp) else {
            panic!("{}", case.file)
        };
        let refusal = salvage.refusal(peer(), "farend/test");
        assert_eq!(
            refusal,
            salvage.refusal(peer(), "farend/test"),
            "{}: a retransmission gets the same answer",
            case.file
        );
        let text = String::from_utf8(refusal.clone()).unwrap();
        let (status_line, rest) = text.split_once("\r\n").unwrap();
        assert!(
            status_line.starts_with(&format!("SIP/2.0 {} ", case.status)),
            "{}: {status_line}",
            case.file
        );
        assert!(
            status_line.len() > "SIP/2.0 400 ".len(),
            "{}: a reason phrase that helps",
            case.file
        );
        assert!(
            rest.contains("\r\nContent-Length: 0\r\n") && rest.ends_with("\r\n\r\n"),
            "{}",
            case.file
        );
        // These have a broken Via, no dialog fields or an absurd CSeq themselves; of the others the answer is sound.
        if ![
            "badinv01.dat",
            "insuf.dat",
            "badvers.dat",
            "scalar02.dat",
            "badaspec.dat",
            "quotbal.dat",
            "badbranch.dat",
        ]
        .contains(&case.file.as_str())
        {
            let Parsed::Response(response) = parse(&refusal, Transport::Udp) else {
                panic!("{}: {text}", case.file)
            };
            assert_eq!(response.status(), case.status);
            assert!(response.header("To").is_some_and(|to| to.contains(";tag=")), "{}", case.file);
            assert!(
                response.header("Via").is_some_and(|via| via.contains(";received=203.0.113.9")),
                "{}",
                case.file
            );
            let call_id = case.file.trim_end_matches(".dat");
            assert!(response.call_id().starts_with(call_id), "{}: {}", case.file, response.call_id());
        }
    }
}

/// Feeds the stream in pieces, and gives back the fates and whether it ended in an error.
fn over_stream(bytes: &[u8], piece_len: usize) -> (Vec<(&'static str, u16)>, Option<FramingError>) {
    let mut framer = StreamFramer::new();
    let mut fates = Vec::new();
    for piece in bytes.chunks(piece_len) {
        framer.push(piece);
        loop {
            match framer.poll() {
                Ok(Some(Frame::Message(message))) => {
                    let (fate, status, _) = outcome(&parse(&message, Transport::Tcp));
                    fates.push((fate, status));
                }
                Ok(Some(Frame::KeepAlive(_))) => {}
                Ok(None) => break,
                Err(error) => return (fates, Some(error)),
            }
        }
    }
    (fates, None)
}

#[test]
fn streams_meet_their_fate_however_they_are_cut() {
    for case in cases() {
        let fate = (case.datagram.as_str(), case.status);
        let (expected, error) = match case.stream.as_str() {
            "taken" | "refused" | "dropped" => (vec![fate], None),
            "twice" => (vec![fate, ("taken", 0)], Some(FramingError::NoSip)),
            "waits" => (vec![], None),
            "closes" => (vec![("refused", 400)], Some(FramingError::ContentLength)),
            other => panic!("{}: {other}", case.file),
        };
        for piece_len in [usize::MAX, 1000, 100, 7, 1] {
            let (fates, closed) = over_stream(&case.bytes, piece_len.min(case.bytes.len()));
            assert_eq!((fates, closed), (expected.clone(), error), "{} in pieces of {piece_len}", case.file);
        }
    }
}

#[test]
fn tortuous_invite_is_read_as_it_is_meant() {
    let request = taken("wsinv");
    assert_eq!(request.request_uri(), "sip:vivekg@chair-dnrc.example.com;unknownparam");
    assert_eq!(request.from().display, r#"J Rosenberg \""#);
    assert_eq!(request.from().uri, "sip:jdrosen@example.com");
    assert_eq!(request.to_user().as_deref(), Some("vivekg"));
    assert_eq!(request.header("Max-Forwards"), Some("0068"));
    assert_eq!(request.header("Subject"), Some(""));
    assert_eq!(
        request.header("newfangledheader"),
        Some("newfangled value continued newfangled value")
    );
    assert_eq!(request.headers("Via").count(), 2);
    let Ok(Contacts::List(contacts)) = request.contacts() else {
        panic!("{:?}", request.contacts())
    };
    assert_eq!((contacts[0].uri.as_str(), contacts[0].q), ("sip:jdrosen@example.com", Some(330)));
    let body = request.body().unwrap();
    assert_eq!((body.content_type.as_str(), body.bytes.len()), ("application/sdp", 150));
}

#[test]
fn wide_range_of_characters_survives() {
    let request = taken("intmeth");
    assert_eq!(request.to().display, "BEL:\u{7} NUL:\0 DEL:\u{7f}");
    assert_eq!(
        request.request_user().as_deref(),
        Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
    );
    assert_eq!(request.from().display, "token1~` token2'+_ token3*%!.-");
    assert_eq!(request.header("extensionHeader-!.%*+_`'~"), Some("\u{feff}大停電"));
    assert_eq!(request.call_id(), r#"intmeth.word%ZK-!.*_+'@word`~)(><:\/"][?}{"#);
}

#[test]
fn escapes_mean_what_they_mean_and_no_more() {
    assert_eq!(taken("esc01").request_user().as_deref(), Some("sips:user@example.com"));
    assert_eq!(taken("esc01").to_user().as_deref(), Some("user"));
    assert_eq!(taken("escnull").to_user().as_deref(), Some("null-\0-null"));
    let not_escaped = taken("esc02");
    assert_eq!(not_escaped.from().display, "%Z%45");
    let Ok(Contacts::List(contacts)) = not_escaped.contacts() else {
        panic!()
    };
    let uris: Vec<_> = contacts.iter().map(|contact| contact.uri.as_str()).collect();
    assert_eq!(uris, ["sip:alias1@host1.example.com", "sip:alias3@host3.example.com"]);
}

#[test]
fn names_lists_and_long_values_are_read() {
    assert_eq!(taken("lwsdisp").from().display, "caller");
    assert_eq!(taken("longreq").headers("Via").count(), 34);
    assert_eq!(taken("semiuri").request_user().as_deref(), Some("user;par=u@example.net"));
    assert_eq!(taken("transports").headers("Via").count(), 5);
    assert_eq!(taken("baddn").from().display, "Bell, Alexander");
    assert_eq!(taken("baddn").to().display, "Watson, Thomas");
    assert_eq!(taken("mpart01").body().unwrap().bytes.len(), 553);
    assert_eq!(taken("dblreq").body(), None);
}

#[test]
fn contact_parameters_belong_to_whom_they_should() {
    let contact = |file: &str| match taken(file).contacts() {
        Ok(Contacts::List(mut contacts)) => contacts.remove(0).uri,
        other => panic!("{other:?}"),
    };
    assert_eq!(contact("cparam01"), "sip:+19725552222@gw1.example.net");
    assert_eq!(contact("cparam02"), "sip:+19725552222@gw1.example.net;unknownparam");
    assert_eq!(contact("regescrt"), "sip:user@example.com?Route=%3Csip:sip.example.com%3E");
}

#[test]
fn reason_phrases_may_be_foreign_or_absent() {
    let response = |file: &str| -> Box<Response> {
        match parse(&bytes(file), Transport::Udp) {
            Parsed::Response(response) => response,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(response("unreason.dat").reason(), "= 2**3 * 5**2 но сто девяносто девять - простое");
    assert_eq!(
        (response("noreason.dat").status(), response("noreason.dat").reason().to_owned()),
        (100, String::new())
    );
}

#[test]
fn old_invite_without_branch_tag_and_contact_is_taken() {
    let request = taken("inv2543");
    assert_eq!(request.request_user().as_deref(), Some("UserB"));
    assert_eq!(request.contacts(), Ok(Contacts::None));
    assert!(request.body().is_some());
}
