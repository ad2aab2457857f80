use proptest::prelude::*;

use super::*;
use crate::message::{Contacts, Parsed, parse};

fn flow(transport: Transport) -> Flow {
    Flow {
        transport,
        local: "192.0.2.10:5060".parse().unwrap(),
        peer: "198.51.100.7:40000".parse().unwrap(),
        connection: 0,
    }
}

fn who(display: &str, uri: &str) -> NameAddr {
    NameAddr {
        display: display.to_owned(),
        uri: uri.to_owned(),
    }
}

fn reparsed(request: &Request) -> Request {
    match parse(&request.to_bytes(), Transport::Udp) {
        Parsed::Request(request) => *request,
        other => panic!("{other:?}"),
    }
}

fn received(via: &str, to: &str) -> Request {
    let text = format!(
        "INVITE sip:103@farend SIP/2.0\r\nVia: {via}\r\nVia: SIP/2.0/UDP proxy.example.com;branch=z9hG4bK2\r\n\
         Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nFrom: \"Anna\" <sip:101@farend>;tag=1\r\nTo: {to}\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n\r\n"
    );
    match parse(text.as_bytes(), Transport::Udp) {
        Parsed::Request(request) => *request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn request_goes_out_in_one_known_shape() {
    let request = RequestBuilder::new("INVITE", "sip:103@192.0.2.20:5060")
        .unwrap()
        .via(flow(Transport::Wss), "z9hG4bKabc")
        .max_forwards(70)
        .route("<sip:p1;lr>")
        .from(&who("Anna \"A\"", "sip:101@farend"), "t1")
        .to(&who("", "sip:103@farend"), None)
        .call_id("c1")
        .cseq(3)
        .contact("sip:192.0.2.10:5060")
        .header("Alert-Info", "<x>;info=alert-internal")
        .body(Some(&Body {
            content_type: "application/sdp".to_owned(),
            bytes: b"v=0\r\n".to_vec(),
        }))
        .finish();
    let expected = "INVITE sip:103@192.0.2.20:5060 SIP/2.0\r\nVia: SIP/2.0/WSS 192.0.2.10:5060;rport;branch=z9hG4bKabc\r\n\
                    Max-Forwards: 70\r\nRoute: <sip:p1;lr>\r\nFrom: \"Anna \\\"A\\\"\" <sip:101@farend>;tag=t1\r\n\
                    To: <sip:103@farend>\r\nCall-ID: c1\r\nCSeq: 3 INVITE\r\nContact: <sip:192.0.2.10:5060>\r\n\
                    Alert-Info: <x>;info=alert-internal\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n";
    assert_eq!(String::from_utf8(request.to_bytes()).unwrap(), expected);
}

#[test]
fn second_try_keeps_everything_but_what_must_change() {
    let first = RequestBuilder::new("REGISTER", "sip:farend")
        .unwrap()
        .via(flow(Transport::Udp), "z9hG4bK1")
        .from(&who("", "sip:a@farend"), "t")
        .to(&who("", "sip:a@farend"), None)
        .call_id("c")
        .cseq(1)
        .header("Authorization", "Digest old")
        .header("Expires", "60")
        .finish();
    let second = RequestBuilder::again(&first)
        .via(flow(Transport::Udp), "z9hG4bK2")
        .cseq(2)
        .header("Authorization", "Digest new")
        .finish();
    let second = reparsed(&second);
    assert_eq!(second.cseq().unwrap().number, 2);
    assert_eq!(second.vias().map(|via| via.branch()).collect::<Vec<_>>(), [Some("z9hG4bK2")]);
    assert_eq!(second.headers("Authorization").collect::<Vec<_>>(), ["Digest new"]);
    assert_eq!((second.expires(), second.call_id(), second.from_tag()), (Some(60), "c", Some("t")));
    assert_eq!(second.headers("Content-Length").count(), 1);
}

#[test]
fn response_goes_back_to_where_the_request_came_from() {
    let peer = "198.51.100.7:40000".parse().unwrap();
    let table = [
        (
            "SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1;rport",
            "SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1;received=198.51.100.7;rport=40000",
        ),
        (
            "SIP/2.0/UDP 10.0.0.2;rport=1;received=9.9.9.9;branch=x",
            "SIP/2.0/UDP 10.0.0.2;branch=x;received=198.51.100.7;rport=40000",
        ),
        (
            "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK1",
            "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK1",
        ),
        (
            "SIP / 2.0 / UDP 198.51.100.7 ;branch=x , SIP/2.0/TCP y",
            "SIP / 2.0 / UDP 198.51.100.7;branch=x, SIP/2.0/TCP y",
        ),
        (
            "SIP/2.0/WSS abc.invalid;branch=z9hG4bK1;alias",
            "SIP/2.0/WSS abc.invalid;branch=z9hG4bK1;alias;received=198.51.100.7",
        ),
    ];
    for (via, expected) in table {
        let response = ResponseBuilder::new(&received(via, "<sip:103@farend>"), 180, peer, Some("t2")).finish();
        let text = String::from_utf8(response.to_bytes()).unwrap();
        assert!(text.starts_with(&format!("SIP/2.0 180 Ringing\r\nVia: {expected}\r\n")), "{text}");
    }
}

#[test]
fn response_tags_only_an_untagged_to() {
    let peer = "198.51.100.7:40000".parse().unwrap();
    let via = "SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1";
    let tag = |to: &str| {
        let response = ResponseBuilder::new(&received(via, to), 200, peer, Some("ours")).finish();
        response.to_tag().map(str::to_owned)
    };
    assert_eq!(tag("<sip:103@farend>").as_deref(), Some("ours"));
    assert_eq!(tag("sip:103@farend").as_deref(), Some("ours"));
    assert_eq!(tag("<sip:103@farend>;TAG=theirs").as_deref(), Some("theirs"));
    assert_eq!(tag("\"x;tag=y\" <sip:103@farend>").as_deref(), Some("ours"));
}

#[test]
fn dialog_response_carries_the_route_contact_and_body() {
    let request = received("SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1", "<sip:103@farend>");
    let body = Body {
        content_type: "application/sdp".to_owned(),
        bytes: b"v=0".to_vec(),
    };
    let response = ResponseBuilder::new(&request, 200, "198.51.100.7:1".parse().unwrap(), Some("t"))
        .reason("Fine\r\nX: injected")
        .record_routes(&request)
        .contact("sip:192.0.2.10")
        .header("Session-Expires", "1800;refresher=uac")
        .body(Some(&body))
        .finish();
    assert_eq!(response.record_routes().collect::<Vec<_>>(), ["<sip:p1;lr>", "<sip:p2;lr>"]);
    assert_eq!((response.target(), response.body()), (Some("sip:192.0.2.10"), Some(body)));
    assert_eq!((response.reason(), response.header("X")), ("Fine  X: injected", None));
    assert_eq!(response.session_expires().map(|s| s.seconds), Some(1800));
    assert_eq!(response.vias().count(), 2);
}

#[test]
fn impossible_statuses_become_500() {
    let request = received("SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1", "<sip:103@farend>");
    for status in [0, 99, 700] {
        let response = ResponseBuilder::new(&request, status, "198.51.100.7:1".parse().unwrap(), None).finish();
        assert_eq!(response.status(), 500);
    }
}

#[test]
fn target_that_is_no_address_is_refused() {
    for uri in ["", "103", "sip:", "sip:a b", "sip:a@b\r\nX: y"] {
        assert!(RequestBuilder::new("INVITE", uri).is_err(), "{uri}");
    }
    assert_eq!(
        RequestBuilder::new("INVITE", "sip:*72#@b").unwrap().finish().request_uri(),
        "sip:*72%23@b"
    );
}

proptest! {
    #[test]
    fn what_is_built_is_read_back(
        display in "\\PC{0,20}",
        user in "[a-zA-Z0-9_.!~*'()&=+$,;?/-]{1,12}",
        tag in "[a-zA-Z0-9.-]{1,12}",
        call_id in "[a-zA-Z0-9.@-]{1,20}",
        number in 0u32..1 << 31,
        value in "\\PC{0,40}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let uri = format!("sip:{user}@farend");
        let body = Body { content_type: "application/octet-stream".to_owned(), bytes: body };
        let request = RequestBuilder::new("MESSAGE", &uri)
            .unwrap()
            .via(flow(Transport::Udp), "z9hG4bK1")
            .from(&who(&display, &uri), &tag)
            .to(&who(&display, &uri), None)
            .call_id(&call_id)
            .cseq(number)
            .contact(&uri)
            .header("Subject", &value)
            .body(Some(&body))
            .finish();
        let read = reparsed(&request);
        prop_assert_eq!(read.request_uri(), &uri);
        prop_assert_eq!(read.from(), who(&display, &uri));
        prop_assert_eq!((read.from_tag(), read.to_tag()), (Some(tag.as_str()), None));
        prop_assert_eq!(read.call_id(), &call_id);
        prop_assert_eq!(read.cseq().unwrap().number, number);
        prop_assert_eq!(read.header("Subject").unwrap(), value.trim_matches([' ', '\t']));
        prop_assert!(matches!(read.contacts(), Ok(Contacts::List(contacts)) if contacts[0].uri == uri));
        prop_assert_eq!(read.body().map(|b| b.bytes).unwrap_or_default(), body.bytes);
        prop_assert_eq!(read.to_bytes(), request.to_bytes());
    }

    #[test]
    fn nothing_in_a_value_becomes_a_header_of_its_own(value in any::<String>(), display in any::<String>(), tag in any::<String>()) {
        let request = received("SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1", "<sip:103@farend>");
        let response = ResponseBuilder::new(&request, 200, "198.51.100.7:1".parse().unwrap(), Some(&tag))
            .reason(&display)
            .contact(&value)
            .header("X", &value)
            .header(&display, &value)
            .finish();
        let text = response.to_bytes();
        let lines = text.split(|&b| b == b'\n').count();
        // Status, two Vias, From, To, Call-ID, CSeq, Contact, X, perhaps the last one, Content-Length, blank line and what follows.
        prop_assert!((12..=13).contains(&lines));
        prop_assert_eq!(text.iter().filter(|&&b| b == b'\r').count(), lines - 1);
    }
}
