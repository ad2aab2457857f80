//! INVITEs and what they come to.

use model::control::{Command, Direction, Event as Report, Peer, Reached};

use super::*;
use crate::call::BRANCHES_MAX;
use crate::registrar::{Contact, Registration, Wish};

/// Anna and Ben are registered in their browsers.
fn company() -> Bench {
    company_with(Config::new("farend", "farend/test"))
}

fn company_with(config: Config) -> Bench {
    let mut bench = Bench::with(config);
    for (host, device, user) in [(2, ANNA_WEB, "101-web"), (3, BEN_WEB, "102-web")] {
        bench.open(wss(host), device);
        bench.register(wss(host), user, &format!("Contact: <sip:{user}@10.0.0.{host};transport=ws>\r\n"));
    }
    bench.outputs.clear();
    bench
}

pub(super) fn medias(bench: &Bench) -> Vec<Command> {
    let command = |output: &Output| match output {
        Output::Media { command, .. } => Some(command.clone()),
        Output::Send { .. }
        | Output::Connect { .. }
        | Output::Locate { .. }
        | Output::ConnectLine { .. }
        | Output::CloseFlow { .. }
        | Output::DialogBegan(_)
        | Output::Journal(_)
        | Output::Errand { .. }
        | Output::Controlled { .. }
        | Output::CheckPin { .. }
        | Output::Settle { .. }
        | Output::Remember(_)
        | Output::BeginRecording(_)
        | Output::EndRecording { .. }
        | Output::Event(_) => None,
    };
    bench.outputs.iter().filter_map(command).collect()
}

#[test]
fn the_caller_is_who_the_session_says_not_what_from_claims() {
    let mut bench = company();
    bench.invite(wss(2), "102-web", "102");
    let commands = medias(&bench);
    let [
        Command::ReceiveOffer { leg: caller, peer, .. },
        Command::MakeOffer { leg: called, toward, .. },
    ] = &commands[..]
    else {
        panic!("{commands:?}")
    };
    let browser = Peer::Browser {
        reached: Reached {
            local: [10, 0, 0, 1].into(),
            peer: [10, 0, 0, 2].into(),
            page: None,
        },
    };
    assert_eq!((peer, *toward), (&browser, Some(*caller)));
    bench.outputs.clear();
    let direction = Direction::SendRecv;
    bench.handle(Input::Media(Report::OfferReceived { leg: *caller, direction }));
    let offer = "v=0\r\no=ours\r\n".to_owned();
    bench.handle(Input::Media(Report::OfferMade { leg: *called, offer }));
    let messages = bench.messages();
    assert!(
        messages[0].starts_with("INVITE sip:102-web@10.0.0.3;transport=ws SIP/2.0"),
        "{}",
        messages[0]
    );
    let headers = headers(&messages[0]);
    assert!(headers["From"].starts_with("\"Anna\" <sip:101@farend>"), "{}", headers["From"]);
    assert!(headers["To"].starts_with("\"Ben\" <sip:102@farend>"), "{}", headers["To"]);
    assert!(messages[0].ends_with("o=ours\r\n"));
}

#[test]
fn what_cannot_be_called_is_refused_with_a_reason() {
    let mut bench = company();
    for (number, status, text) in [
        ("999", "404 Not Found", "nobody has this number"),
        ("%20", "404 Not Found", "nobody has this number"),
        (
            "101",
            "482 Loop Detected",
            "this is your own number, and no other phone of yours is registered",
        ),
    ] {
        bench.invite(wss(2), "101-web", number);
        let messages = bench.messages();
        let refusal = messages.last().unwrap();
        assert!(refusal.starts_with(&format!("SIP/2.0 {status}")), "{refusal}");
        let reason = format!("SIP;cause={};text=\"{text}\"", &status[..3]);
        assert_eq!(header(refusal, "Reason"), Some(reason.as_str()));
        assert!(matches!(
            &bench.outputs[..],
            [
                Output::Journal(JournalEntry::Started { .. }),
                Output::Journal(JournalEntry::Ended {
                    outcome: Outcome::Failed,
                    ..
                })
            ]
        ));
        bench.outputs.clear();
    }
    assert_eq!(bench.core.figures().calls, 0);
}

#[test]
fn no_more_calls_than_allowed() {
    let mut config = Config::new("farend", "farend/test");
    config.calls_max = 1;
    let mut bench = company_with(config);
    bench.invite(wss(2), "101-web", "*43");
    assert_eq!(bench.core.figures().calls, 1);
    bench.lines();
    bench.invite(wss(3), "102-web", "*43");
    let messages = bench.messages();
    let refusal = messages.last().unwrap();
    assert!(refusal.starts_with("SIP/2.0 503 "));
    assert!(header(refusal, "Retry-After").is_some());
    assert_eq!(bench.core.figures().refused, 1);
}

#[test]
fn draining_refuses_new_calls_but_not_registrations() {
    let mut bench = company();
    bench.handle(Input::Drain);
    bench.invite(wss(2), "101-web", "*43");
    assert_eq!(bench.lines(), ["SIP/2.0 503 Service Unavailable"]);
    bench.register(wss(2), "101-web", "Contact: <sip:a@b;transport=ws>\r\n");
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK"]);
}

#[test]
fn a_call_that_shall_take_the_place_of_none_is_refused() {
    let one = "Replaces: x;to-tag=1;from-tag=2\r\n";
    for (replaces, answer) in [
        (one.to_owned(), "SIP/2.0 481 Call/Transaction Does Not Exist"),
        (one.repeat(2), "SIP/2.0 400 Bad Request"),
        ("Replaces: x;to-tag=1\r\n".to_owned(), "SIP/2.0 400 Bad Request"),
        (format!("Require: replaces\r\n{one}"), "SIP/2.0 481 Call/Transaction Does Not Exist"),
    ] {
        let mut bench = company();
        let lines = format!("Contact: <sip:a@b>\r\n{replaces}");
        bench.request(wss(2), "INVITE", "sip:102@farend", "101-web", &lines, "");
        assert_eq!(bench.lines(), [answer], "{replaces}");
        assert_eq!(bench.core.figures().calls, 0);
    }
}

#[test]
fn media_of_calls_that_are_gone_is_ignored() {
    let mut bench = company();
    for leg in [model::LegId(0), model::LegId(77)] {
        bench.handle(Input::Media(Report::OfferMade { leg, offer: String::new() }));
        bench.handle(Input::Media(Report::Measured {
            leg,
            report: Box::default(),
        }));
    }
    assert_eq!(bench.rest(), [""; 0]);
}

#[test]
fn only_so_many_phones_ring_at_once() {
    let mut bench = company();
    let mut crowded = directory();
    for id in 10..14 {
        let device = Device {
            id: DeviceId(id),
            sip_user: format!("102-{id}"),
            kind: DeviceKind::DeskPhone,
            ..crowded.devices[2].clone()
        };
        crowded.devices.push(device);
    }
    bench.handle(Input::Directory(Arc::new(crowded)));
    for device in (10..14).map(DeviceId) {
        let contact = |n: u32| Contact {
            uri: format!("sip:{n}@10.0.0.9"),
            expires_s: None,
            instance: None,
            reg_id: None,
        };
        let registration = Registration {
            device,
            kind: DeviceKind::DeskPhone,
            flow: udp(9),
            call_id: "x",
            cseq: 1,
            wish: Wish::Change((0..10).map(contact).collect()),
        };
        bench.core.registrar.register(&registration, bench.now).unwrap();
    }
    bench.invite(wss(2), "101-web", "102");
    let offers = medias(&bench)
        .iter()
        .filter(|command| matches!(command, Command::MakeOffer { .. }))
        .count();
    assert_eq!(offers, BRANCHES_MAX);
    assert_eq!(bench.core.figures().legs, BRANCHES_MAX + 1);
}

#[test]
fn candidates_that_come_later_reach_the_callers_media() {
    let mut bench = company();
    bench.invite(wss(2), "101-web", "*43");
    let [Command::ReceiveOffer { leg, .. }, ..] = &medias(&bench)[..] else {
        panic!("{:?}", medias(&bench))
    };
    let (leg, direction) = (*leg, Direction::SendRecv);
    bench.handle(Input::Media(Report::OfferReceived { leg, direction }));
    let answer = "v=0\r\n".to_owned();
    bench.handle(Input::Media(Report::OfferAnswered { leg, answer }));
    let messages = bench.messages();
    let answered = messages
        .iter()
        .find(|message| message.starts_with("SIP/2.0 200"))
        .expect("an answer");
    assert_eq!(header(answered, "Recv-Info"), Some("trickle-ice"));
    let (from, to) = (header(answered, "From").unwrap(), header(answered, "To").unwrap());
    let (call, peer) = (header(answered, "Call-ID").unwrap(), wss(2).peer);
    let body = "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n";
    let info = format!(
        "INFO sip:farend SIP/2.0\r\nVia: SIP/2.0/WSS {peer};rport;branch=z9hG4bKinfo\r\nMax-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\n\
         Call-ID: {call}\r\nCSeq: 900 INFO\r\nInfo-Package: trickle-ice\r\nContent-Type: application/trickle-ice-sdpfrag\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    bench.outputs.clear();
    bench.handle(Input::Received {
        flow: wss(2),
        bytes: info.as_bytes(),
    });
    let candidate = "candidate:1 1 udp 1 192.0.2.1 5000 typ host".to_owned();
    assert_eq!(medias(&bench), [Command::AddCandidate { leg, candidate }]);
    assert_eq!(bench.lines(), ["SIP/2.0 200 OK"]);
}
