//! REGISTER and other requests outside of calls.

use super::*;

const CONTACT: &str = "Contact: <sip:x@y.invalid;transport=ws>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\nSupported: path, outbound\r\n";

#[test]
fn a_browser_phone_registers_by_its_session() {
    let mut bench = Bench::new();
    bench.open(wss(2), ANNA_WEB);
    bench.register(wss(2), "101-web", CONTACT);
    let messages = bench.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].starts_with("SIP/2.0 200 OK"));
    let headers = headers(&messages[0]);
    assert_eq!(
        headers.get("Contact"),
        Some(&"<sip:x@y.invalid;transport=ws>;expires=600;+sip.instance=\"<urn:uuid:1>\";reg-id=1")
    );
    assert_eq!(headers.get("Require"), Some(&"outbound"));
    let state = UserState::Available;
    let events = [
        Output::Event(LiveEvent::Registered {
            device: ANNA_WEB,
            from: wss(2).peer,
            transport: Transport::Wss,
            is_behind_nat: true,
        }),
        Output::Event(LiveEvent::UserState { user: UserId(1), state }),
    ];
    assert_eq!(bench.rest(), events.map(|event| format!("{event:?}")));
}

#[test]
fn a_phone_registers_only_its_own_name() {
    let mut bench = Bench::new();
    bench.open(wss(2), ANNA_WEB);
    for stranger in ["102-web", "101-desk", "101", "nobody"] {
        bench.register(wss(2), stranger, CONTACT);
        assert_eq!(bench.lines(), ["SIP/2.0 403 Forbidden"], "{stranger}");
    }
    assert_eq!(bench.core.figures().registrations, 0);
}

#[test]
fn whoever_has_proved_nothing_is_challenged_known_or_not() {
    let mut bench = Bench::new();
    for user in ["101-desk", "101-web", "nobody"] {
        bench.register(udp(3), user, "Contact: <sip:a@10.0.0.3>\r\n");
        let messages = bench.messages();
        assert!(messages[0].starts_with("SIP/2.0 401 "), "{user}");
        assert!(messages[0].contains("algorithm=MD5"));
    }
    bench.invite(udp(3), "101-desk", "102");
    assert_eq!(bench.lines(), ["SIP/2.0 401 Unauthorized"]);
    assert_eq!(bench.rest(), [""; 0]);
}

#[test]
fn refusals_say_what_to_do() {
    let mut bench = Bench::new();
    bench.open(wss(2), ANNA_WEB);
    bench.register(wss(2), "101-web", "Contact: <sip:a@b>;expires=10\r\n");
    let messages = bench.messages();
    assert!(messages[0].starts_with("SIP/2.0 423 "));
    assert_eq!(header(&messages[0], "Min-Expires"), Some("30"));
    for (lines, status) in [
        ("Contact: *\r\n", "400"),
        ("Contact: *\r\nExpires: 60\r\n", "400"),
        ("Contact: *\r\nExpires: 0\r\n", "200"),
        ("", "200"),
    ] {
        bench.register(wss(2), "101-web", lines);
        assert!(bench.lines()[0].starts_with(&format!("SIP/2.0 {status} ")), "{lines}");
    }
}

#[test]
fn other_requests_are_answered_politely() {
    let mut bench = Bench::new();
    bench.open(wss(2), ANNA_WEB);
    for (method, status) in [
        ("OPTIONS", "200"),
        ("SUBSCRIBE", "404"),
        ("PUBLISH", "489"),
        ("MESSAGE", "405"),
        ("REFER", "403"),
    ] {
        bench.request(wss(2), method, "sip:farend", "101-web", "Event: presence\r\n", "");
        assert!(bench.lines()[0].starts_with(&format!("SIP/2.0 {status} ")), "{method}");
    }
    for (method, status) in [("OPTIONS", "200"), ("SUBSCRIBE", "401"), ("MESSAGE", "401")] {
        bench.request(udp(3), method, "sip:farend", "101-desk", "Event: presence\r\n", "");
        assert!(bench.lines()[0].starts_with(&format!("SIP/2.0 {status} ")), "{method}");
    }
}

/// Anna opens the app on five more computers: there is no room for the first one.
fn five_other_browsers(bench: &mut Bench) {
    for host in 3..8 {
        bench.after(std::time::Duration::from_millis(1));
        bench.open(wss(host), ANNA_WEB);
        let contact = format!("Contact: <sip:c@d.invalid>;+sip.instance=\"{host}\";reg-id=1\r\n");
        bench.register(wss(host), "101-web", &contact);
    }
}

#[test]
fn a_displaced_browser_cannot_take_the_phone_back() {
    let mut bench = Bench::new();
    bench.open(wss(2), ANNA_WEB);
    bench.register(wss(2), "101-web", "Contact: <sip:a@b.invalid>;+sip.instance=\"2\";reg-id=1\r\n");
    five_other_browsers(&mut bench);
    let closes = |output: &Output| matches!(output, Output::CloseFlow { flow, reason: CloseReason::SignedInElsewhere } if *flow == wss(2));
    assert_eq!(bench.outputs.iter().filter(|output| closes(output)).count(), 1);
    bench.messages();
    bench.register(wss(2), "101-web", "Contact: <sip:a@b.invalid>\r\n");
    assert_eq!(bench.lines(), ["SIP/2.0 403 Forbidden"]);
    bench.invite(wss(2), "101-web", "*43");
    assert_eq!(bench.lines(), ["SIP/2.0 403 Forbidden"]);
}

#[test]
fn who_is_displaced_is_told_at_once_and_keeps_the_running_call() {
    let mut bench = Bench::new();
    bench.open(wss(2), ANNA_WEB);
    bench.register(wss(2), "101-web", "Contact: <sip:a@b.invalid>;+sip.instance=\"2\";reg-id=1\r\n");
    bench.invite(wss(2), "101-web", "*43");
    bench.outputs.clear();
    five_other_browsers(&mut bench);
    let told = bench.rest();
    let displaced = format!("{:?}", Output::Event(LiveEvent::Displaced { device: ANNA_WEB }));
    assert!(told.contains(&displaced), "{told:?}");
    assert!(!told.iter().any(|output| output.contains("CloseFlow")), "{told:?}");
    bench.register(wss(2), "101-web", "Contact: <sip:a@b.invalid>;+sip.instance=\"1\";reg-id=1\r\n");
    let refusal = bench.messages().pop().unwrap();
    assert!(refusal.starts_with("SIP/2.0 403 "));
    assert_eq!(header(&refusal, "Reason"), Some("SIP;cause=403;text=\"signed in elsewhere\""));
    assert_eq!(bench.core.figures().calls, 1);
}

#[test]
fn passwords_sent_under_a_forged_address_lock_nobody_out() {
    let mut bench = Bench::new();
    let forged = "Digest username=\"101-desk\", realm=\"farend\", nonce=\"0123\", uri=\"sip:farend\", response=\"0123\"";
    for _ in 0..100 {
        bench.register(
            udp(3),
            "101-desk",
            &format!("Contact: <sip:a@10.0.0.3>\r\nAuthorization: {forged}\r\n"),
        );
        assert_eq!(bench.lines(), ["SIP/2.0 401 Unauthorized"]);
    }
    assert_eq!((bench.core.figures().suspects, bench.core.figures().transactions), (0, 0));
}

#[test]
fn a_changed_password_ends_the_registration() {
    let mut bench = Bench::new();
    bench.open(wss(2), ANNA_WEB);
    bench.register(wss(2), "101-web", CONTACT);
    let mut changed = directory();
    changed.devices[0].ha1 = Some(Ha1::new("101-web", "farend", "new"));
    bench.handle(Input::Directory(Arc::new(changed)));
    assert_eq!(bench.core.figures().registrations, 0);
}

#[test]
fn at_its_limits_the_core_still_serves_whom_it_knows() {
    let mut config = Config::new("farend", "farend/test");
    (config.flows_max, config.registrations_max) = (2, 1);
    let mut bench = Bench::with(config);
    for host in 2..5 {
        bench.open(wss(host), ANNA_WEB);
    }
    bench.open(wss(9), BEN_WEB);
    assert_eq!((bench.core.figures().flows, bench.core.figures().refused), (2, 2));
    bench.register(wss(2), "101-web", CONTACT);
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK"]);
    bench.handle(Input::FlowClosed { flow: wss(3) });
    bench.open(wss(9), BEN_WEB);
    bench.register(wss(9), "102-web", CONTACT);
    assert_eq!(bench.lines(), ["SIP/2.0 503 Service Unavailable"]);
}
