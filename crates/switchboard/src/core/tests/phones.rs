//! What desk phones need: keep-alive behind NAT, encryption where they can, one ring for one phone.

use std::time::{Duration, Instant};

use model::control::{Command, Event as Report, Peer, Srtp};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Anna's desk phone has registered over this flow.
fn at_desk(bench: &mut Bench, flow: Flow, contact: &str) {
    bench.open(flow, ANNA_DESK);
    bench.register(flow, "101-desk", &format!("Contact: {contact}\r\n"));
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK"]);
    bench.outputs.clear();
}

/// The response to a request of ours.
fn respond(bench: &mut Bench, flow: Flow, request: &str, status: &str) {
    let headers = headers(request);
    let message = format!(
        "SIP/2.0 {status}\r\nVia: {}\r\nFrom: {}\r\nTo: {};tag=p\r\nCall-ID: {}\r\nCSeq: {}\r\nContent-Length: 0\r\n\r\n",
        headers["Via"], headers["From"], headers["To"], headers["Call-ID"], headers["CSeq"]
    );
    let bytes = message.as_bytes();
    bench.handle(Input::Received { flow, bytes });
}

fn pings(bench: &mut Bench) -> Vec<String> {
    let mut messages = bench.messages();
    messages.retain(|message| message.starts_with("OPTIONS "));
    // What is repeated is the same question.
    messages.dedup_by_key(|message| {
        header(message, "CSeq")
            .map(str::to_owned)
            .zip(header(message, "Call-ID").map(str::to_owned))
    });
    messages
}

fn is_registered(bench: &Bench) -> bool {
    bench.core.figures().registrations == 1
}

#[test]
fn the_way_to_a_phone_behind_nat_is_kept_open() {
    let mut bench = Bench::new();
    from_home(&mut bench, home(), ("a@192.168.1.20", INSIDE, INSIDE));
    for _ in 0..2 {
        bench.after(25 * SECOND);
        let asked = pings(&mut bench);
        assert_eq!(asked.len(), 1, "{asked:#?}");
        assert!(
            asked[0].starts_with("OPTIONS sip:101-desk@192.168.1.20:5060 SIP/2.0"),
            "{}",
            asked[0]
        );
        respond(&mut bench, home(), &asked[0], "481 Whatever");
    }
    assert!(is_registered(&bench));
    // It has left: nobody is asked any more.
    bench.register(home(), "101-desk", "Contact: *\r\nExpires: 0\r\n");
    bench.messages();
    bench.after(60 * SECOND);
    assert_eq!(pings(&mut bench), [""; 0]);
    bench.after(60 * SECOND);
    assert_eq!(bench.core.figures().transactions, 0);
}

#[test]
fn phones_that_can_be_reached_anyway_are_left_alone() {
    for (flow, contact) in [
        (udp(3), "<sip:101-desk@10.0.0.3:5060>"),
        (flow(Transport::Tcp, 3, 3), "<sip:101-desk@192.168.1.20:5060>"),
    ] {
        let mut bench = Bench::new();
        at_desk(&mut bench, flow, contact);
        bench.after(50 * SECOND);
        assert_eq!(pings(&mut bench), [""; 0]);
    }
}

#[test]
fn a_phone_that_falls_silent_is_given_up_but_not_one_that_never_answers() {
    for answers in [true, false] {
        let mut bench = Bench::new();
        at_desk(&mut bench, udp(3), "<sip:101-desk@192.168.1.20:5060>");
        bench.after(25 * SECOND);
        let first = pings(&mut bench).remove(0);
        if answers {
            respond(&mut bench, udp(3), &first, "200 OK");
        }
        // It registers once more, and is never heard of again.
        bench.register(udp(3), "101-desk", "Contact: <sip:101-desk@192.168.1.20:5060>\r\n");
        bench.outputs.clear();
        bench.after(54 * SECOND);
        let told = bench.rest().iter().any(|output| output.contains("Unregistered"));
        assert_eq!((told, is_registered(&bench)), (answers, !answers));
    }
}

#[test]
fn many_phones_are_asked_a_few_at_a_time() {
    let mut bench = Bench::new();
    let phone = |n: u16| Flow {
        peer: SocketAddr::from(([10, 0, 9, 9], n)),
        ..udp(9)
    };
    for n in 0..200 {
        bench.core.pings_for_test(ANNA_DESK, phone(n + 1), bench.now);
    }
    bench.now += 25 * SECOND;
    bench.core.handle_timeout(bench.now);
    // None of them is registered: the first turn has looked at as many as allowed.
    assert_eq!(bench.core.pings_len(), 200 - 64);
    assert_eq!(bench.core.poll_timeout(), Some(bench.core.poll_timeout().unwrap().min(bench.now)));
    bench.after(SECOND);
    assert_eq!(bench.core.pings_len(), 0);
}

/// A REGISTER of Anna's desk phone at home, with this `Call-ID`, `Via` and `Contact`.
fn from_home(bench: &mut Bench, flow: Flow, (call_id, via, contact): (&str, &str, &str)) {
    bench.open(flow, ANNA_DESK);
    bench.sent += 1;
    let number = bench.sent;
    let message = format!(
        "REGISTER sip:farend SIP/2.0\r\nVia: SIP/2.0/UDP {via};rport;branch=z9hG4bKhome{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:101-desk@farend>;tag=t\r\nTo: <sip:101-desk@farend>\r\nCall-ID: {call_id}\r\nCSeq: {number} REGISTER\r\n\
         Contact: <sip:101-desk@{contact}>\r\nContent-Length: 0\r\n\r\n"
    );
    let bytes = message.as_bytes();
    bench.handle(Input::Received { flow, bytes });
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK"]);
}

/// The ways to phones that were told.
fn ways(bench: &mut Bench) -> Vec<PhoneWay> {
    let told = std::mem::take(&mut bench.outputs).into_iter().filter_map(|output| match output {
        Output::Event(LiveEvent::PhoneWay { device: ANNA_DESK, way }) => Some(*way),
        _ => None,
    });
    told.collect()
}

fn home() -> Flow {
    Flow {
        peer: "198.51.100.7:41000".parse().unwrap(),
        ..udp(3)
    }
}

const INSIDE: &str = "192.168.1.20:5060";
const OUTSIDE: &str = "198.51.100.7:41000";

#[test]
fn what_a_phone_names_as_its_own_is_told_once() {
    let mut bench = Bench::new();
    for _ in 0..2 {
        from_home(&mut bench, home(), ("a@192.168.1.20", INSIDE, INSIDE));
    }
    let inside = Some("192.168.1.20".parse().unwrap());
    let (via, contact, call_id) = (inside, inside, inside);
    let named = Named { via, contact, call_id };
    let way = |named| PhoneWay {
        flow: home(),
        named,
        echo: None,
        unanswered_since: None,
        display: PhoneDisplay::Unknown,
    };
    assert_eq!(ways(&mut bench), [way(named)]);
    // Nothing is to be found out: its addresses have come through.
    bench.after(25 * SECOND);
    assert!(pings(&mut bench)[0].contains("\r\nTo: <sip:101-desk@192.168.1.20:5060>\r\n"));
    bench.outputs.clear();
    from_home(&mut bench, home(), ("b", "phone.invalid", "phone.invalid:5060"));
    let named = Named::default();
    assert_eq!(ways(&mut bench), [way(named)]);
}

#[test]
fn a_router_that_rewrites_what_a_phone_repeats_is_caught() {
    let mut bench = Bench::new();
    from_home(&mut bench, home(), ("a@192.168.1.20", OUTSIDE, OUTSIDE));
    assert_eq!(ways(&mut bench).len(), 1);
    // By the port that it is seen at first, then by the usual one.
    for (port, is_rewritten) in [(41_000, false), (5_060, true), (5_060, true), (5_060, false), (41_000, false)] {
        bench.after(25 * SECOND);
        let asked = pings(&mut bench).remove(0);
        assert!(asked.starts_with("OPTIONS sip:101-desk@198.51.100.7:41000 "), "{asked}");
        let to = format!("<sip:101-desk@192.168.1.20:{port}>");
        assert_eq!(headers(&asked)["To"], to);
        let answered = if is_rewritten {
            asked.replace(&to, "<sip:101-desk@198.51.100.7:41000>")
        } else {
            asked
        };
        respond(&mut bench, home(), &answered, "200 OK");
        from_home(&mut bench, home(), ("a@192.168.1.20", OUTSIDE, OUTSIDE));
    }
    let echo = Echo {
        named: "192.168.1.20".parse().unwrap(),
        instead: home().peer.ip(),
    };
    let told: Vec<_> = ways(&mut bench).into_iter().map(|way| way.echo).collect();
    assert_eq!(told, [Some(echo), None]);
}

#[test]
fn a_phone_whose_way_comes_into_doubt_is_asked_at_once_by_both_ports_and_then_no_more_than_others() {
    let mut bench = Bench::new();
    from_home(&mut bench, home(), ("a@192.168.1.20", INSIDE, INSIDE));
    bench.after(10 * SECOND);
    assert_eq!(pings(&mut bench), [""; 0]);
    from_home(&mut bench, home(), ("a@192.168.1.20", OUTSIDE, OUTSIDE));
    for port in [41_000, 5_060] {
        bench.after(SECOND);
        let asked = pings(&mut bench).remove(0);
        assert_eq!(headers(&asked)["To"], format!("<sip:101-desk@192.168.1.20:{port}>"));
        respond(&mut bench, home(), &asked, "200 OK");
    }
    bench.after(24 * SECOND);
    assert_eq!(pings(&mut bench), [""; 0]);
    bench.after(SECOND);
    let asked = pings(&mut bench).remove(0);
    respond(&mut bench, home(), &asked, "200 OK");
    // That it is in doubt is nothing new.
    from_home(&mut bench, home(), ("a@192.168.1.20", OUTSIDE, OUTSIDE));
    bench.after(20 * SECOND);
    assert_eq!(pings(&mut bench), [""; 0]);
}

#[test]
fn a_phone_that_answers_otherwise_than_it_should_proves_nothing() {
    for instead in ["sip:101-desk@192.168.1.99", "sip:101-desk@farend", "tel:101", ""] {
        let mut bench = Bench::new();
        from_home(&mut bench, home(), ("a@192.168.1.20", OUTSIDE, OUTSIDE));
        bench.after(25 * SECOND);
        let asked = pings(&mut bench).remove(0);
        let answered = asked.replace("sip:101-desk@192.168.1.20:41000", instead);
        assert_ne!(answered, asked);
        respond(&mut bench, home(), &answered, "200 OK");
        assert_eq!(ways(&mut bench).last().and_then(|way| way.echo), None, "{instead}");
    }
}

#[test]
fn our_own_router_is_not_taken_for_that_of_a_phone() {
    let mut bench = Bench::new();
    let ours = home().local.ip();
    from_home(&mut bench, home(), (&format!("a@{ours}"), OUTSIDE, OUTSIDE));
    bench.after(25 * SECOND);
    assert_eq!(headers(&pings(&mut bench)[0])["To"], "<sip:101-desk@198.51.100.7:41000>");
}

/// Since when the desk phone is silent, as it was told, in seconds since `begin`.
fn silences(bench: &mut Bench, begin: Instant) -> Vec<Option<u64>> {
    let told = ways(bench).into_iter();
    told.map(|way| Some(way.unanswered_since?.duration_since(begin).as_secs()))
        .collect()
}

#[test]
fn a_phone_that_was_off_is_silent_until_it_is_back() {
    let mut bench = Bench::new();
    let begin = bench.now;
    let registers = |bench: &mut Bench| from_home(bench, home(), ("a@192.168.1.20", INSIDE, INSIDE));
    registers(&mut bench);
    bench.after(25 * SECOND);
    let asked = pings(&mut bench).remove(0);
    respond(&mut bench, home(), &asked, "200 OK");
    registers(&mut bench);
    assert_eq!(silences(&mut bench, begin), [None]);
    // It falls silent, and is given up.
    bench.after(34 * SECOND);
    assert_eq!(silences(&mut bench, begin), [Some(50)]);
    assert!(is_registered(&bench));
    bench.after(9 * SECOND);
    assert!(!is_registered(&bench));
    bench.outputs.clear();
    registers(&mut bench);
    assert_eq!(silences(&mut bench, begin), [None], "it may only have been off");
    bench.after(25 * SECOND);
    let asked = pings(&mut bench).pop().expect("it is asked");
    respond(&mut bench, home(), &asked, "200 OK");
    assert_eq!(silences(&mut bench, begin), []);
}

#[test]
fn a_phone_that_registers_and_never_answers_again_is_silent_all_the_while() {
    let mut bench = Bench::new();
    let begin = bench.now;
    let registers = |bench: &mut Bench| from_home(bench, home(), ("a@192.168.1.20", INSIDE, INSIDE));
    registers(&mut bench);
    bench.after(25 * SECOND);
    let asked = pings(&mut bench).remove(0);
    respond(&mut bench, home(), &asked, "200 OK");
    let mut told = silences(&mut bench, begin);
    for _ in 0..8 {
        registers(&mut bench);
        bench.after(30 * SECOND);
        told.extend(silences(&mut bench, begin));
    }
    // Before it has ever answered nothing is said; then it is silent, returns, and is silent from the beginning.
    assert_eq!(told, [None, Some(50), None, Some(50)]);
    registers(&mut bench);
    bench.after(25 * SECOND);
    let asked = pings(&mut bench).pop().expect("it is asked again");
    respond(&mut bench, home(), &asked, "200 OK");
    assert_eq!(silences(&mut bench, begin), [None]);
}

#[test]
fn a_phone_that_has_never_answered_is_not_called_silent() {
    let mut bench = Bench::new();
    let begin = bench.now;
    let mut told = Vec::new();
    for _ in 0..4 {
        from_home(&mut bench, home(), ("a@192.168.1.20", INSIDE, INSIDE));
        bench.after(40 * SECOND);
        told.extend(silences(&mut bench, begin));
    }
    assert_eq!(told, [None]);
}

fn offers(bench: &Bench) -> Vec<(model::LegId, Srtp)> {
    let offer = |output: &Output| match output {
        Output::Media {
            command:
                Command::MakeOffer {
                    leg,
                    peer: Peer::Phone { srtp, .. },
                    ..
                },
            ..
        } => Some((*leg, *srtp)),
        _ => None,
    };
    bench.outputs.iter().filter_map(offer).collect()
}

/// Ben calls Anna; the INVITE to her desk phone after media has made the offer.
fn ring(bench: &mut Bench, expected: Srtp) -> (model::LegId, String) {
    let made = offers(bench);
    let [(leg, srtp)] = made[..] else { panic!("{made:?}") };
    assert_eq!(srtp, expected);
    bench.outputs.clear();
    let offer = "v=0\r\n".to_owned();
    bench.handle(Input::Media(Report::OfferMade { leg, offer }));
    let invite = bench.messages().pop().unwrap();
    assert!(invite.starts_with("INVITE "), "{invite}");
    (leg, invite)
}

fn ben_calls(bench: &mut Bench) {
    bench.open(wss(4), BEN_WEB);
    bench.invite(wss(4), "102-web", "101");
}

#[test]
fn a_phone_over_tls_is_offered_srtp_and_plain_rtp_only_if_it_refuses_that() {
    for (status, again) in [
        ("488 Not Acceptable Here", true),
        ("606 Not Acceptable", true),
        ("486 Busy Here", false),
        ("603 Decline", false),
    ] {
        let mut bench = Bench::new();
        let tls = flow(Transport::Tls, 3, 3);
        at_desk(&mut bench, tls, "<sip:101-desk@10.0.0.3:5061;transport=tls>");
        ben_calls(&mut bench);
        assert_eq!(bench.core.figures().legs, 3);
        let (_, invite) = ring(&mut bench, Srtp::Required);
        respond(&mut bench, tls, &invite, status);
        if again {
            let (_, second) = ring(&mut bench, Srtp::Accepted);
            respond(&mut bench, tls, &second, status);
        }
        assert_eq!(offers(&bench), []);
        let refusal = bench.messages().into_iter().find(|message| message.contains("SIP/2.0 ")).unwrap();
        assert!(refusal.starts_with("ACK ") || refusal.starts_with("SIP/2.0 "), "{refusal}");
        bench.after(3 * SECOND);
        assert_eq!((bench.core.figures().calls, bench.core.figures().legs), (0, 0));
    }
}

#[test]
fn what_an_administrator_says_about_srtp_counts_more() {
    for srtp in [Srtp::Never, Srtp::Required] {
        let mut config = Config::new("farend", "farend/test");
        config.srtp = srtp;
        let mut bench = Bench::with(config);
        let tls = flow(Transport::Tls, 3, 3);
        at_desk(&mut bench, tls, "<sip:101-desk@10.0.0.3:5061;transport=tls>");
        ben_calls(&mut bench);
        let (_, invite) = ring(&mut bench, srtp);
        respond(&mut bench, tls, &invite, "488 Not Acceptable Here");
        assert_eq!(offers(&bench), []);
    }
}

#[test]
fn two_ways_to_one_phone_ring_once_the_newest_first() {
    let mut bench = Bench::new();
    let ways = [flow(Transport::Tcp, 3, 31), flow(Transport::Tcp, 3, 32)];
    for (way, reg_id) in ways.iter().zip(1..) {
        bench.after(SECOND);
        let contact = format!("<sip:101-desk@10.0.0.3;transport=tcp>;+sip.instance=\"<urn:uuid:1>\";reg-id={reg_id}");
        at_desk(&mut bench, *way, &contact);
    }
    ben_calls(&mut bench);
    let made = offers(&bench);
    let [(leg, _)] = made[..] else { panic!("{made:?}") };
    bench.outputs.clear();
    bench.handle(Input::Media(Report::OfferMade {
        leg,
        offer: "v=0\r\n".to_owned(),
    }));
    let sent = |bench: &Bench| -> Vec<Flow> {
        let flow = |output: &Output| match output {
            Output::Send { flow, bytes } if bytes.starts_with(b"INVITE ") => Some(*flow),
            _ => None,
        };
        bench.outputs.iter().filter_map(flow).collect()
    };
    assert_eq!(sent(&bench), [ways[1]]);
    let invite = bench.messages().pop().unwrap();
    bench.outputs.clear();
    // Nothing comes back that way.
    respond(&mut bench, ways[1], &invite, "408 Request Timeout");
    let made = offers(&bench);
    let [(leg, _)] = made[..] else { panic!("{made:?}") };
    bench.outputs.clear();
    bench.handle(Input::Media(Report::OfferMade {
        leg,
        offer: "v=0\r\n".to_owned(),
    }));
    assert_eq!(sent(&bench), [ways[0]]);
    let invite = bench.messages().pop().unwrap();
    respond(&mut bench, ways[0], &invite, "486 Busy Here");
    let lines = bench.lines();
    assert!(lines.iter().any(|line| line.starts_with("SIP/2.0 486 ")), "{lines:?}");
}

#[test]
fn phones_at_home_are_asked_at_once_when_somebody_wants_to_know_and_no_faster_than_they_can_answer() {
    let mut bench = Bench::new();
    from_home(&mut bench, home(), ("a@192.168.1.20", INSIDE, INSIDE));
    bench.after(5 * SECOND);
    bench.handle(Input::AskPhones);
    bench.after(2 * SECOND);
    let asked = pings(&mut bench);
    assert_eq!(asked.len(), 1, "{asked:?}");
    respond(&mut bench, home(), &asked[0], "200 OK");
    bench.outputs.clear();

    // It has gone since. Asking once more while it may still answer changes nothing.
    bench.handle(Input::AskPhones);
    for _ in 0..3 {
        bench.after(2 * SECOND);
        bench.handle(Input::AskPhones);
    }
    assert_eq!(pings(&mut bench).len(), 1);
    assert!(ways(&mut bench).is_empty(), "it has time to answer");
    bench.after(5 * SECOND);
    let told = ways(&mut bench);
    assert!(told.iter().any(|way| way.unanswered_since.is_some()), "{told:?}");
    assert!(is_registered(&bench), "once may be an accident");
}
