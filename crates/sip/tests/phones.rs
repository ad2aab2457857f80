//! Messages in the shape in which real phones send them, and the liberties that they take.
#![allow(clippy::unwrap_used, reason = "a test may")]

use sip::Transport;
use sip::message::{Contact, ContactError, Contacts, Fault, Garbage, Parsed, Request, parse};

/// `tests/phones/*.sip`; the line ends on the wire are CRLF.
macro_rules! phone {
    ($name:literal) => {
        include_str!(concat!("phones/", $name, ".sip")).replace('\n', "\r\n")
    };
}

fn request_over(bytes: &[u8], transport: Transport) -> Request {
    match parse(bytes, transport) {
        Parsed::Request(request) => *request,
        other => panic!("{other:?}\n{}", String::from_utf8_lossy(bytes)),
    }
}

fn request(text: &str) -> Request {
    request_over(text.as_bytes(), Transport::Udp)
}

fn fault(text: &str, transport: Transport) -> Fault {
    match parse(text.as_bytes(), transport) {
        Parsed::Salvaged(salvage) => salvage.fault(),
        other => panic!("{other:?}\n{text}"),
    }
}

fn only_contact(request: &Request) -> Contact {
    match request.contacts() {
        Ok(Contacts::List(mut contacts)) if contacts.len() == 1 => contacts.remove(0),
        other => panic!("{other:?}"),
    }
}

/// A plain request to take liberties with.
const PLAIN: &str = "REGISTER sip:farend SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.20:5060;branch=z9hG4bK1;rport\r\n\
                     From: \"Anna\" <sip:101@farend>;tag=1\r\nTo: <sip:101@farend>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\
                     Max-Forwards: 70\r\nContact: <sip:101@192.168.1.20:5060>\r\nExpires: 60\r\nContent-Length: 0\r\n\r\n";

#[test]
fn registrations_of_real_phones_are_read() {
    let uuid = |uuid: &str| Some(format!("<urn:uuid:{uuid}>"));
    let table = [
        (
            phone!("yealink-register"),
            Transport::Udp,
            "sip:101-desk@192.168.1.20:5060;line=39f0a1b2c3d4e5f",
            (None, uuid("5ec01f2a-1111-4a2b-8c3d-805ec0a1b2c3"), Some(1), None),
            ("Anna Büro", Some(3600)),
        ),
        (
            phone!("snom-register"),
            Transport::Tls,
            "sip:101-desk@192.168.1.21:2054;transport=tls;line=8cpv1m0y",
            (None, uuid("41f58f2c-2222-4b3c-9d4e-000413a1b2c3"), Some(1), Some(1000)),
            ("Anna", Some(600)),
        ),
        (
            phone!("polycom-register"),
            Transport::Udp,
            "sip:101-desk@192.168.1.23",
            (None, None, None, None),
            ("101", Some(3600)),
        ),
        (
            phone!("cisco-register"),
            Transport::Tcp,
            "sip:5e6f7a8b-9c0d-1e2f-3a4b-5c6d7e8f9a0b@192.168.1.24:51234;transport=tcp",
            (None, uuid("00000000-0000-0000-0000-00175a1b2c3d"), None, None),
            ("", Some(3600)),
        ),
        (
            phone!("linphone-register"),
            Transport::Tcp,
            "sip:101-desk@192.168.1.26:49876;transport=tcp",
            (None, uuid("7c1d2e3f-3333-4c4d-8e5f-6a7b8c9d0e1f"), None, None),
            ("Anna", Some(3600)),
        ),
        (
            phone!("jssip-register"),
            Transport::Wss,
            "sip:8h2j3k4l@3k4l5m6n7o8p.invalid;transport=ws",
            (Some(600), uuid("b3f1c2d4-4444-4d5e-9f6a-7b8c9d0e1f2a"), Some(1), None),
            ("Anna", Some(600)),
        ),
    ];
    for (text, transport, uri, (expires, instance, reg_id, q), (display, header_expires)) in table {
        let request = request_over(text.as_bytes(), transport);
        assert_eq!(request.method(), "REGISTER");
        assert_eq!(
            only_contact(&request),
            Contact {
                uri: uri.to_owned(),
                expires,
                instance,
                reg_id,
                q
            },
            "{text}"
        );
        assert_eq!(
            (request.from().display.as_str(), request.expires()),
            (display, header_expires),
            "{text}"
        );
        assert!(request.to_user().is_some_and(|user| user.starts_with("101-")), "{text}");
        assert_eq!(request.has_authorization(), text.contains("Authorization:"));
        assert_eq!(request.user_agent(), request.header("User-Agent"));
        assert_eq!(request.to_bytes(), text.as_bytes(), "sound messages stay as they are");
    }
}

#[test]
fn invites_of_real_phones_are_read() {
    let table = [
        (phone!("grandstream-invite"), Transport::Udp, "*72#", "sip:*72%23@farend"),
        (phone!("baresip-invite"), Transport::Udp, "103", "sip:103@farend"),
        (phone!("sipjs-invite"), Transport::Wss, "*43", "sip:*43@farend"),
    ];
    for (text, transport, dialled, request_uri) in table {
        let request = request_over(text.as_bytes(), transport);
        assert_eq!(request.request_user().as_deref(), Some(dialled), "{text}");
        assert_eq!(request.to_user().as_deref(), Some(dialled), "{text}");
        assert_eq!(request.request_uri(), request_uri);
        let body = request.body().unwrap();
        assert_eq!(body.content_type, "application/sdp");
        assert!(body.bytes.starts_with(b"v=0\r\n") && body.bytes.ends_with(b"\r\n"));
    }
}

#[test]
fn star_contact_means_all() {
    let request = request(&PLAIN.replace("<sip:101@192.168.1.20:5060>", "*"));
    assert_eq!(request.contacts(), Ok(Contacts::All));
}

#[test]
fn star_beside_others_and_too_many_contacts_are_errors() {
    let both = PLAIN.replace("Contact: ", "Contact: *, ");
    assert_eq!(request(&both).contacts(), Err(ContactError::StarAmongOthers));
    let list = |count: usize| vec!["<sip:a@b>"; count].join(", ");
    let most = PLAIN.replace("<sip:101@192.168.1.20:5060>", &list(Contacts::MAX));
    assert!(matches!(request(&most).contacts(), Ok(Contacts::List(contacts)) if contacts.len() == Contacts::MAX));
    let more = PLAIN.replace("<sip:101@192.168.1.20:5060>", &list(Contacts::MAX + 1));
    assert_eq!(request(&more).contacts(), Err(ContactError::TooMany));
}

#[test]
fn display_names_are_taken_as_they_come() {
    let table = [
        ("Anna Müller <sip:101@farend>", "Anna Müller"),
        ("Müller, Anna <sip:101@farend>", "Müller, Anna"),
        ("\"Müller, Anna\" <sip:101@farend>", "Müller, Anna"),
        ("\"Anna \\\"Ann\\\" M\"<sip:101@farend>", "Anna \"Ann\" M"),
        ("\"Anna <home>\" <sip:101@farend>", "Anna <home>"),
        ("\"Anna\" Home <sip:101@farend>", "\"Anna\" Home"),
        ("\"\" <sip:101@farend>", ""),
        ("Anna's phone (2) <sip:101@farend>", "Anna's phone (2)"),
        ("<sip:101@farend>", ""),
        ("sip:101@farend", ""),
        ("佐藤 <sip:101@farend>", "佐藤"),
    ];
    for (from, display) in table {
        let request = request(&PLAIN.replace("\"Anna\" <sip:101@farend>", from));
        assert_eq!(request.from().display, display, "{from}");
        assert_eq!(request.from().uri, "sip:101@farend", "{from}");
    }
}

#[test]
fn comma_in_an_unquoted_contact_name_is_no_separator() {
    let text = PLAIN.replace(
        "<sip:101@192.168.1.20:5060>",
        "Müller, Anna <sip:101@192.168.1.20>;expires=5, <sip:x@y>",
    );
    let Ok(Contacts::List(contacts)) = request(&text).contacts() else {
        panic!()
    };
    assert_eq!(
        contacts.iter().map(|c| (c.uri.as_str(), c.expires)).collect::<Vec<_>>(),
        [("sip:101@192.168.1.20", Some(5)), ("sip:x@y", None)]
    );
}

#[test]
fn latin1_names_are_read_as_such() {
    let mut bytes = PLAIN.replace("Anna", "M\u{7f}ller").into_bytes();
    bytes.iter_mut().filter(|b| **b == 0x7f).for_each(|b| *b = 0xfc);
    assert_eq!(request_over(&bytes, Transport::Udp).from().display, "Müller");
}

#[test]
fn compact_forms_bare_line_feeds_and_folding_change_nothing() {
    let plain = request(PLAIN);
    let compact = PLAIN
        .replace("Via:", "v:")
        .replace("From:", "f:")
        .replace("To:", "t :")
        .replace("Call-ID:", "I:")
        .replace("Contact:", "m:")
        .replace("Content-Length:", "l:");
    let folded = PLAIN.replace(": ", ":\r\n\t ").replace(";tag", "\r\n ;tag");
    let line_feeds = PLAIN.replace("\r\n", "\n");
    let leading = format!("\r\n\r\n{PLAIN}");
    let cramped = PLAIN.replace(": ", ":").replace("\r\nCSeq", " \t\r\nCSeq");
    for text in [compact, folded, line_feeds, leading, cramped] {
        let request = request(&text);
        let headers = |request: &Request| {
            request
                .all_headers()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.replace(' ', "")))
                .collect::<Vec<_>>()
        };
        assert_eq!(headers(&request), headers(&plain), "{text}");
        assert_eq!(request.from(), plain.from());
    }
}

#[test]
fn what_is_optional_may_be_missing() {
    for (line, transport) in [
        ("Max-Forwards: 70\r\n", Transport::Udp),
        ("Content-Length: 0\r\n", Transport::Udp),
        ("Content-Length: 0\r\n", Transport::Wss),
        ("Content-Length: 0\r\n", Transport::Tcp),
        (";branch=z9hG4bK1;rport", Transport::Udp),
        (";tag=1", Transport::Udp),
        ("Contact: <sip:101@192.168.1.20:5060>\r\n", Transport::Udp),
        ("Expires: 60\r\n", Transport::Udp),
    ] {
        let text = PLAIN.replace(line, "");
        assert_ne!(text, PLAIN);
        request_over(text.as_bytes(), transport);
    }
}

#[test]
fn body_without_content_length_runs_to_the_end_of_a_datagram_but_not_of_a_stream() {
    let text = PLAIN.replace("Content-Length: 0\r\n", "Content-Type: text/plain\r\n") + "hello";
    assert_eq!(request(&text).body().unwrap().bytes, b"hello");
    assert_eq!(request_over(text.as_bytes(), Transport::Wss).body().unwrap().bytes, b"hello");
    assert_eq!(fault(&text, Transport::Tcp), Fault::Missing("Content-Length"));
}

#[test]
fn bytes_behind_the_body_are_ignored() {
    let text = format!("{PLAIN}\0\0rubbish");
    assert_eq!(request(&text).body(), None);
}

#[test]
fn broken_requests_are_refused_for_what_is_wrong_with_them() {
    let table = [
        (PLAIN.replace("sip:farend SIP/2.0", "SIP/2.0"), Fault::RequestLine),
        (PLAIN.replace("sip:farend SIP/2.0", "sip: SIP/2.0"), Fault::RequestUri),
        (PLAIN.replace("sip:farend SIP/2.0", "http://farend SIP/2.0"), Fault::UriScheme),
        (PLAIN.replace("sip:farend SIP/2.0", "sip:farend SIP/3.0"), Fault::Version),
        (PLAIN.replace("Expires: 60", "Expires 60"), Fault::HeaderLine),
        (
            PLAIN.replace("From: \"Anna\" <sip:101@farend>;tag=1\r\n", ""),
            Fault::Missing("From"),
        ),
        (PLAIN.replace("To: <sip:101@farend>\r\n", ""), Fault::Missing("To")),
        (PLAIN.replace("Call-ID: c\r\n", ""), Fault::Missing("Call-ID")),
        (PLAIN.replace("CSeq: 1 REGISTER", "CSeq: 1 INVITE"), Fault::CSeqMethod),
        (
            PLAIN.replace("CSeq: 1 REGISTER", "CSeq: 2147483648 REGISTER"),
            Fault::Malformed("CSeq"),
        ),
        (PLAIN.replace("<sip:101@192.168.1.20:5060>", "101"), Fault::Malformed("Contact")),
        (
            PLAIN.replace("Max-Forwards: 70", "Max-Forwards: 256"),
            Fault::Malformed("Max-Forwards"),
        ),
        (PLAIN.replace("Content-Length: 0", "Content-Length: 5"), Fault::BodyTruncated),
        (PLAIN.replace("Content-Length: 0", "Content-Length: 65000"), Fault::BodyTruncated),
        (PLAIN.replace("Content-Length: 0", "Content-Length: 65535"), Fault::BodyTooLarge),
        (
            PLAIN.replace("Content-Length: 0", "Content-Length: 99999999999999999999"),
            Fault::Malformed("Content-Length"),
        ),
        (PLAIN.replace("\r\nTo:", "\rTo:"), Fault::HeaderLine),
        (PLAIN.replace("Content-Length: 0\r\n\r\n", "Content-Le"), Fault::HeadTruncated),
    ];
    for (text, expected) in table {
        assert_eq!(fault(&text, Transport::Udp), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_answered_is_dropped_with_its_cause() {
    let table = [
        (String::from("hello"), Garbage::NoSip),
        (String::from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Garbage::NoSip),
        (PLAIN.replace("Via", "Bia"), Garbage::Unanswerable(Fault::Missing("Via"))),
        (PLAIN.replace("CSeq", "XSeq"), Garbage::Unanswerable(Fault::Missing("CSeq"))),
        (
            PLAIN.replace("REGISTER", "ACK").replace("To: <", "To: "),
            Garbage::Ack(Fault::Malformed("To")),
        ),
        (
            PLAIN.replace("REGISTER sip:farend SIP/2.0", "SIP/2.0 2000 OK"),
            Garbage::Response(Fault::RequestLine),
        ),
        (
            PLAIN.replace("REGISTER sip:farend SIP/2.0", "SIP/2.0 200 OK").replace("Via", "Bia"),
            Garbage::Response(Fault::Missing("Via")),
        ),
    ];
    for (text, expected) in table {
        match parse(text.as_bytes(), Transport::Udp) {
            Parsed::Garbage(garbage) => assert_eq!(garbage, expected, "{text}"),
            other => panic!("{other:?}\n{text}"),
        }
    }
}

#[test]
fn limits_hold_and_what_is_just_within_them_passes() {
    use sip::message::{HEADER_BYTES_MAX, HEADERS_MAX, MESSAGE_BYTES_MAX};
    let with = |extra: &str| PLAIN.replace("Content-Length: 0\r\n", &format!("{extra}Content-Length: 0\r\n"));
    let own_headers = request(PLAIN).all_headers().count();
    let headers = |count: usize| with(&"X: 1\r\n".repeat(count - own_headers));
    request(&headers(HEADERS_MAX));
    assert_eq!(fault(&headers(HEADERS_MAX + 1), Transport::Udp), Fault::TooLarge);

    let long = |length: usize| with(&format!("X: {}\r\n", "1".repeat(length - 3)));
    request(&long(HEADER_BYTES_MAX));
    assert_eq!(fault(&long(HEADER_BYTES_MAX + 1), Transport::Udp), Fault::TooLarge);

    let large = |length: usize| {
        let head = PLAIN.replace("Content-Length: 0\r\n", "");
        let body = "b".repeat(length - head.len());
        head + &body
    };
    assert!(request(&large(MESSAGE_BYTES_MAX)).body().is_some());
    assert_eq!(fault(&large(MESSAGE_BYTES_MAX + 1), Transport::Udp), Fault::TooLarge);
}
