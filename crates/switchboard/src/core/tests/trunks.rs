//! Providers: registering there, calling out, being called, and being called by somebody who only says that they are one.

use std::time::Duration;

use model::TrunkId;
use model::control::{Command, Direction, Event as Report, Peer, Srtp};
use numbers::{Class, Country, Locality};

use super::*;
use crate::directory::{Calling, Inbound, Limits, Network, NumberPlan, Route, RouteId, Target};
use crate::testing::trunk;
use crate::trunks::{LineId, LineState, Located, Server, Trouble};

pub(super) const FIRST: TrunkId = TrunkId(1);
pub(super) const SECOND: TrunkId = TrunkId(2);

pub(super) fn line(trunk: TrunkId) -> LineId {
    LineId { trunk, account: 0 }
}

pub(super) fn company() -> Directory {
    let mut company = directory();
    let classes = [Class::Free, Class::Local, Class::National, Class::Mobile];
    company.users[0].calling = Calling {
        classes: classes.into_iter().collect(),
        ..Calling::default()
    };
    company.trunks = vec![trunk(FIRST, "one"), trunk(SECOND, "two")];
    let germany: Country = "DE".parse().unwrap();
    company.plan = Some(NumberPlan {
        here: Locality::new(germany).with_area("89").unwrap(),
        routes: vec![Route {
            id: RouteId(1),
            name: "all".to_owned(),
            prefix: String::new(),
            classes: crate::directory::Classes::ALL,
            cost: 0,
            trunks: vec![FIRST, SECOND],
        }],
        inbound: vec![Inbound {
            trunk: None,
            block: "+4989123450(100-199)".parse().unwrap(),
            target: Target::Extension,
        }],
        emergency: Some(SECOND),
        limits: Limits::default(),
    });
    company
}

/// The provider's server, as DNS has it.
pub(super) fn server(trunk: TrunkId) -> Server {
    let host = 100 + u8::try_from(trunk.0).unwrap();
    Server {
        transport: Transport::Udp,
        address: SocketAddr::from(([10, 0, 0, host], 5060)),
        name: "example.com".to_owned(),
    }
}

pub(super) fn provider(trunk: TrunkId) -> Flow {
    Flow {
        local: SocketAddr::from(([10, 0, 0, 1], 5060)),
        ..udp(100 + u8::try_from(trunk.0).unwrap())
    }
}

/// A company whose people have phones and whose trunks are up.
pub(super) struct Scene {
    pub(super) bench: Bench,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::of(company())
    }

    pub(super) fn of(company: Directory) -> Self {
        let trunks: Vec<TrunkId> = company.trunks.iter().map(|trunk| trunk.id).collect();
        let bench = Bench::of(Config::new("farend", "farend/test"), company, testing::start());
        let mut scene = Self { bench };
        scene.bench.drain();
        for (host, device, user) in [(2, ANNA_WEB, "101-web"), (3, BEN_WEB, "102-web")] {
            scene.bench.open(wss(host), device);
            scene
                .bench
                .register(wss(host), user, &format!("Contact: <sip:{user}@10.0.0.{host};transport=ws>\r\n"));
        }
        for trunk in trunks {
            scene.come_up(trunk);
        }
        scene.bench.outputs.clear();
        scene
    }

    fn locate(&mut self, trunk: TrunkId) {
        let (line, found) = (
            line(trunk),
            Ok(Located {
                servers: vec![server(trunk)],
                fresh_for: Duration::from_secs(600),
                records: crate::trunks::Records::Service,
            }),
        );
        self.bench.handle(Input::Located { line, found });
        let flow = provider(trunk);
        self.bench.handle(Input::LineConnected { line, flow });
    }

    fn come_up(&mut self, trunk: TrunkId) {
        self.locate(trunk);
        let register = self.sent("REGISTER");
        self.respond(trunk, &register, "200 OK", "Expires: 300\r\n", "");
    }

    /// The youngest request of this method that we have sent; all messages are gone then.
    pub(super) fn sent(&mut self, method: &str) -> String {
        let mut sent = self.bench.messages();
        sent.retain(|message| message.starts_with(method));
        sent.pop().unwrap_or_else(|| panic!("no {method}: {:?}", self.bench.outputs))
    }

    pub(super) fn respond(&mut self, trunk: TrunkId, request: &str, status: &str, lines: &str, body: &str) {
        self.respond_by(provider(trunk), request, status, lines, body);
    }

    pub(super) fn respond_by(&mut self, flow: Flow, request: &str, status: &str, lines: &str, body: &str) {
        let mut copied = String::new();
        for line in request.lines().take_while(|line| !line.is_empty()) {
            let name = line.split(':').next().unwrap_or_default();
            if ["Via", "From", "Call-ID", "CSeq"].contains(&name) {
                copied += &format!("{line}\r\n");
            } else if name == "To" {
                copied += &format!("{line};tag=provider\r\n");
            }
        }
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let length = body.len();
        let message = format!("SIP/2.0 {status}\r\n{copied}{lines}{kind}Content-Length: {length}\r\n\r\n{body}");
        let bytes = message.as_bytes();
        self.bench.handle(Input::Received { flow, bytes });
    }

    pub(super) fn media(&mut self) -> Vec<Command> {
        calls::medias(&self.bench)
    }

    /// Anna dials; our INVITE to the provider, once media has made its offer.
    pub(super) fn dial(&mut self, number: &str) -> String {
        self.bench.outputs.clear();
        self.bench.invite(wss(2), "101-web", number);
        self.offer_all();
        self.sent("INVITE")
    }

    pub(super) fn offer_all(&mut self) {
        for command in self.media() {
            match command {
                Command::ReceiveOffer { leg, .. } => {
                    let direction = Direction::SendRecv;
                    self.bench.handle(Input::Media(Report::OfferReceived { leg, direction }));
                }
                Command::MakeOffer { leg, .. } => {
                    let offer = "v=0\r\n".to_owned();
                    self.bench.handle(Input::Media(Report::OfferMade { leg, offer }));
                }
                _ => {}
            }
        }
    }

    /// What became of the caller's INVITE.
    pub(super) fn refusal(&mut self) -> String {
        let lines = self.bench.lines();
        let refusal = lines
            .into_iter()
            .rev()
            .find(|line| line.starts_with("SIP/2.0 ") && !line.contains(" 1"));
        refusal.unwrap_or_default()
    }

    fn state(&self, trunk: TrunkId) -> Option<LineState> {
        let reports = self.bench.outputs.iter().rev().filter_map(|output| match output {
            Output::Event(LiveEvent::Line { line, report }) if line.trunk == trunk => Some(report.state.clone()),
            _ => None,
        });
        reports.into_iter().next()
    }
}

#[test]
fn a_line_registers_with_its_password_and_once_more_when_its_address_turns_out_to_be_another() {
    let mut scene = Scene {
        bench: Bench::of(Config::new("farend", "farend/test"), company(), testing::start()),
    };
    scene.bench.drain();
    scene.locate(FIRST);
    let register = scene.sent("REGISTER");
    assert!(register.starts_with("REGISTER sip:one.example.com SIP/2.0"), "{register}");
    assert_eq!(header(&register, "To"), Some("<sip:49891234500@one.example.com>"));
    assert_eq!(header(&register, "Contact"), Some("<sip:49891234500@10.0.0.1:5060>"));
    let challenge = "WWW-Authenticate: Digest realm=\"one\", nonce=\"n\", qop=\"auth\"\r\n";
    scene.respond(FIRST, &register, "401 Unauthorized", challenge, "");
    let again = scene.sent("REGISTER");
    assert!(
        again.contains("Authorization: Digest username=\"49891234500\", realm=\"one\""),
        "{again}"
    );
    let seen = again.replace(";rport", ";rport=4711;received=198.51.100.7");
    scene.respond(FIRST, &seen, "200 OK", "Expires: 300\r\n", "");
    assert!(matches!(scene.state(FIRST), Some(LineState::Up { .. })));
    scene.bench.after(Duration::from_millis(1));
    let moved = scene.sent("REGISTER");
    assert_eq!(header(&moved, "Contact"), Some("<sip:49891234500@198.51.100.7:4711>"));
    assert_eq!(header(&moved, "Call-ID"), header(&register, "Call-ID"), "one registration");
    assert!(moved.contains("nc=00000002"), "without another challenge: {moved}");
}

#[test]
fn a_call_goes_out_in_the_providers_words() {
    let mut scene = Scene::new();
    let invite = scene.dial("(0)30-55.66-77");
    assert!(invite.starts_with("INVITE sip:4930556677@one.example.com SIP/2.0"), "{invite}");
    assert_eq!(
        header(&invite, "From").map(|from| from.split(';').next().unwrap_or_default()),
        Some("<sip:4989123450101@one.example.com>")
    );
    assert_eq!(header(&invite, "P-Asserted-Identity"), Some("<sip:4989123450101@one.example.com>"));
    assert_eq!(header(&invite, "Contact"), Some("<sip:49891234500@10.0.0.1:5060>"));
    assert!(!invite.contains("X-Farend"), "{invite}");
    let hidden = Scene::new().dial("*31*030556677");
    assert!(header(&hidden, "From").is_some_and(|from| from.starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>")));
    assert_eq!(header(&hidden, "Privacy"), Some("id"));
    assert_eq!(header(&hidden, "P-Asserted-Identity"), Some("<sip:4989123450101@one.example.com>"));
}

#[test]
fn what_one_provider_does_not_carry_another_one_does() {
    for (status, carried) in [
        ("503 Service Unavailable", true),
        ("500 Oops", true),
        ("403 Forbidden", true),
        ("486 Busy Here", false),
        ("404 Not Found", false),
    ] {
        let mut scene = Scene::new();
        let invite = scene.dial("030556677");
        scene.respond(FIRST, &invite, "100 Trying", "", "");
        scene.bench.outputs.clear();
        scene.respond(FIRST, &invite, status, "", "");
        if carried {
            scene.offer_all();
            let second = scene.sent("INVITE");
            assert!(second.starts_with("INVITE sip:4930556677@two.example.com SIP/2.0"), "{second}");
            scene.respond(SECOND, &second, status, "", "");
            assert_eq!(scene.refusal(), "SIP/2.0 503 Service Unavailable");
        } else {
            assert_eq!(scene.refusal(), format!("SIP/2.0 {status}"));
        }
    }
}

#[test]
fn a_provider_that_seems_to_have_forgotten_us_is_registered_with_again_but_not_hammered() {
    for (status, is_doubtful) in [
        ("403 Forbidden", true),
        ("404 Not Found", true),
        ("480 Temporarily Unavailable", true),
        ("486 Busy Here", false),
        ("500 Oops", false),
    ] {
        let mut company = company();
        company.trunks.truncate(1);
        let mut scene = Scene::of(company);
        // Six calls in a hundred seconds: those at 0 and 60 are doubted.
        let mut registered = 0;
        for _ in 0..6 {
            let invite = scene.dial("030556677");
            scene.respond(FIRST, &invite, status, "", "");
            scene.bench.after(Duration::from_millis(1));
            let registers = scene.bench.messages().into_iter().filter(|message| message.starts_with("REGISTER"));
            for register in registers.collect::<Vec<_>>() {
                registered += 1;
                scene.respond(FIRST, &register, "200 OK", "Expires: 300\r\n", "");
            }
            scene.bench.after(Duration::from_secs(20));
        }
        assert_eq!(registered, if is_doubtful { 2 } else { 0 }, "{status}");
        assert!(
            matches!(scene.state(FIRST), None | Some(LineState::Up { .. })),
            "calls still find a way"
        );
    }
}

#[test]
fn a_silent_provider_costs_four_seconds() {
    let mut scene = Scene::new();
    scene.dial("030556677");
    scene.bench.outputs.clear();
    scene.bench.after(Duration::from_secs(4));
    scene.offer_all();
    assert!(scene.sent("INVITE").starts_with("INVITE sip:4930556677@two.example.com SIP/2.0"));
}

#[test]
fn a_line_that_is_down_is_passed_over() {
    let mut scene = Scene::new();
    scene.bench.after(Duration::from_secs(200));
    let renewal = scene.sent("REGISTER sip:one");
    scene.respond(FIRST, &renewal, "403 Forbidden", "", "");
    assert!(matches!(scene.state(FIRST), Some(LineState::Waiting { .. })));
    assert!(scene.dial("030556677").starts_with("INVITE sip:4930556677@two.example.com"));
}

#[test]
fn an_announcement_is_heard_before_the_answer() {
    let mut scene = Scene::new();
    let invite = scene.dial("030556677");
    scene.bench.outputs.clear();
    scene.respond(FIRST, &invite, "183 Session Progress", "Contact: <sip:p@10.0.0.101>\r\n", "v=0\r\n");
    let commands = scene.media();
    let [Command::AcceptAnswer { leg: called, .. }] = &commands[..] else {
        panic!("{commands:?}")
    };
    let (called, direction) = (*called, Direction::SendRecv);
    scene.bench.outputs.clear();
    scene.bench.handle(Input::Media(Report::AnswerAccepted { leg: called, direction }));
    let commands = scene.media();
    let [Command::AnswerOffer { leg: caller, .. }, Command::Hear { .. }, Command::Hear { .. }] = &commands[..] else {
        panic!("{commands:?}")
    };
    let (caller, answer) = (*caller, "v=0\r\no=ours\r\n".to_owned());
    scene.bench.handle(Input::Media(Report::OfferAnswered { leg: caller, answer }));
    let messages = scene.bench.messages();
    assert!(
        messages.iter().any(|m| m.starts_with("SIP/2.0 183") && m.ends_with("o=ours\r\n")),
        "{messages:?}"
    );
    scene.respond(FIRST, &invite, "200 OK", "Contact: <sip:p@10.0.0.101>\r\n", "v=0\r\n");
    scene.bench.handle(Input::Media(Report::AnswerAccepted { leg: called, direction }));
    let messages = scene.bench.messages();
    assert!(
        messages.iter().any(|m| m.starts_with("SIP/2.0 200") && m.ends_with("o=ours\r\n")),
        "{messages:?}"
    );
}

#[test]
fn permissions_decide_however_the_number_is_written() {
    for (uri, expected) in [
        ("sip:00431-234567@farend", "403 Forbidden"),
        ("sip:+431234567@farend", "403 Forbidden"),
        ("sip:+431234567@one.example.com", "403 Forbidden"),
        ("sip:00431234567@10.0.0.101:5060;transport=udp;lr", "403 Forbidden"),
        ("tel:+43-1-234567", "403 Forbidden"),
        ("sip:*31*00431234567@farend", "403 Forbidden"),
        ("sip:%30%30431234567@farend", "403 Forbidden"),
        ("sip:0900123456@farend", "403 Forbidden"),
        ("sip:+881612345678@farend", "403 Forbidden"),
        ("sip:00@farend", "484 Address Incomplete"),
    ] {
        let mut scene = Scene::new();
        let lines = "Contact: <sip:101-web@10.0.0.2>\r\nRoute: <sip:10.0.0.101;lr>\r\nContent-Type: application/sdp\r\n";
        scene.bench.request(wss(2), "INVITE", uri, "101-web", lines, "v=0\r\n");
        assert_eq!(scene.refusal(), format!("SIP/2.0 {expected}"), "{uri}");
        assert!(scene.media().is_empty(), "{uri}");
    }
    let mut scene = Scene::new();
    scene.bench.invite(wss(3), "102-web", "030556677");
    assert!(scene.refusal().starts_with("SIP/2.0 403"), "Ben may not call the world at all");
}

#[test]
fn emergency_calls_go_out_whoever_calls_and_by_any_trunk() {
    let mut scene = Scene::new();
    scene.bench.invite(wss(3), "102-web", "112");
    scene.offer_all();
    assert!(scene.sent("INVITE").starts_with("INVITE sip:112@two.example.com"));
    let mut company = company();
    let plan = company.plan.as_mut().unwrap();
    (plan.emergency, plan.routes) = (None, Vec::new());
    let mut scene = Scene::of(company);
    scene.bench.invite(wss(3), "102-web", "110");
    scene.offer_all();
    assert!(scene.sent("INVITE").starts_with("INVITE sip:110@one.example.com"));
}

#[test]
fn a_burst_of_costly_calls_is_stopped_and_somebody_is_told() {
    let mut company = company();
    company.users[0].calling.classes = crate::directory::Classes::ALL;
    let mut scene = Scene::of(company);
    let mut carried = 0;
    for number in 0..20 {
        scene.bench.outputs.clear();
        scene.bench.sent += 1_000;
        scene.bench.request(
            wss(2),
            "INVITE",
            &format!("sip:00431234{number:03}@farend"),
            &format!("x{number}"),
            "Contact: <sip:101-web@10.0.0.2>\r\nContent-Type: application/sdp\r\n",
            "v=0\r\n",
        );
        carried += scene
            .media()
            .iter()
            .filter(|command| matches!(command, Command::MakeOffer { .. }))
            .count();
        scene.bench.after(Duration::from_millis(500));
    }
    assert_eq!(carried, 4);
}

/// An INVITE as a provider sends it.
pub(super) fn incoming(scene: &mut Scene, flow: Flow, number: &str) {
    scene.bench.outputs.clear();
    scene.bench.request(
        flow,
        "INVITE",
        &format!("sip:{number}@10.0.0.1"),
        "4930556677",
        "Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n",
        "v=0\r\n",
    );
}

#[test]
fn a_call_from_outside_rings_whoever_has_the_number() {
    let mut scene = Scene::new();
    incoming(&mut scene, provider(FIRST), "4989123450102");
    let commands = scene.media();
    let [Command::ReceiveOffer { peer, .. }, Command::MakeOffer { .. }] = &commands[..] else {
        panic!("{commands:?}")
    };
    assert!(
        matches!(
            peer,
            Peer::Phone {
                srtp: Srtp::Never,
                trunk: Some(FIRST),
                ..
            }
        ),
        "its own STUN server counts: {peer:?}"
    );
    scene.offer_all();
    let invite = scene.sent("INVITE");
    assert!(invite.starts_with("INVITE sip:102-web@10.0.0.3"), "{invite}");
    assert!(
        header(&invite, "From").is_some_and(|from| from.contains("<sip:+4930556677@farend>")),
        "{invite}"
    );
}

#[test]
fn a_provider_reaches_our_numbers_and_nothing_else() {
    for number in ["102", "*43", "4930556677", "112", "4989123450999", "00431234567"] {
        let mut scene = Scene::new();
        incoming(&mut scene, provider(FIRST), number);
        assert_eq!(scene.refusal(), "SIP/2.0 404 Not Found", "{number}");
    }
}

#[test]
fn nobody_else_is_taken_for_a_provider() {
    let mut scene = Scene::new();
    let stranger = Flow {
        local: provider(FIRST).local,
        ..udp(77)
    };
    incoming(&mut scene, stranger, "4989123450102");
    assert_eq!(scene.refusal(), "SIP/2.0 401 Unauthorized");
    let mut company = company();
    company.trunks[0].networks = vec![Network {
        address: [10, 0, 0, 64].into(),
        prefix_bits: 26,
    }];
    let mut scene = Scene::of(company);
    incoming(&mut scene, stranger, "4989123450102");
    assert_eq!(scene.media().len(), 2, "the administrator has said so");
}

#[test]
fn a_phone_at_a_providers_address_is_still_a_phone() {
    let mut scene = Scene::new();
    let there = Flow {
        transport: Transport::Tcp,
        connection: 7,
        ..provider(FIRST)
    };
    scene.bench.open(there, ANNA_DESK);
    incoming(&mut scene, there, "102");
    assert_eq!(scene.refusal(), "SIP/2.0 404 Not Found", "who has not registered is the provider");
    scene.bench.register(there, "101-desk", "Contact: <sip:101-desk@10.0.0.101>\r\n");
    incoming(&mut scene, there, "102");
    assert_eq!(scene.media().len(), 2);
}

#[test]
fn a_trunk_that_is_taken_away_unregisters_and_an_unchanged_one_goes_on() {
    let mut scene = Scene::new();
    let mut company = company();
    company.trunks.remove(0);
    scene.bench.handle(Input::Directory(Arc::new(company)));
    let messages = scene.bench.messages();
    let [farewell] = &messages[..] else { panic!("{messages:?}") };
    assert!(farewell.starts_with("REGISTER sip:one.example.com") && farewell.contains("Expires: 0\r\n"));
    assert!(scene.dial("030556677").starts_with("INVITE sip:4930556677@two.example.com"));
}

#[test]
fn a_wrong_password_is_told_once_and_clearly() {
    let mut scene = Scene::new();
    scene.bench.after(Duration::from_secs(200));
    let renewal = scene.sent("REGISTER sip:one");
    scene.bench.outputs.clear();
    scene.respond(FIRST, &renewal, "403 Forbidden", "", "");
    let troubles: Vec<Trouble> = scene
        .bench
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::Event(LiveEvent::Line { report, .. }) => report.trouble.clone(),
            _ => None,
        })
        .collect();
    let [trouble] = &troubles[..] else { panic!("{troubles:?}") };
    assert_eq!(trouble.to_string(), "the provider refuses user name or password (403 Forbidden)");
}

#[test]
fn connections_that_lead_nowhere_are_closed() {
    let mut company = company();
    company.trunks.truncate(1);
    company.trunks[0].place.transport = Some(Transport::Tcp);
    let mut bench = Bench::of(Config::new("farend", "farend/test"), company, testing::start());
    bench.drain();
    let server = |host: u8| Server {
        transport: Transport::Tcp,
        address: SocketAddr::from(([10, 0, 0, host], 5060)),
        name: "example.com".to_owned(),
    };
    let found = Ok(Located {
        servers: vec![server(101), server(102)],
        fresh_for: Duration::from_secs(600),
        records: crate::trunks::Records::Service,
    });
    bench.handle(Input::Located { line: line(FIRST), found });
    let first = flow(Transport::Tcp, 101, 1);
    bench.handle(Input::LineConnected {
        line: line(FIRST),
        flow: first,
    });
    // It says nothing, and the second one has its turn.
    bench.after(Duration::from_secs(7));
    let closed = |bench: &Bench, wanted: Flow| {
        let closes = |output: &Output| matches!(output, Output::CloseFlow { flow, .. } if *flow == wanted);
        bench.outputs.iter().any(closes)
    };
    assert!(closed(&bench, first));
    let late = flow(Transport::Tcp, 101, 2);
    bench.handle(Input::LineConnected {
        line: line(FIRST),
        flow: late,
    });
    assert!(closed(&bench, late), "nobody waits for it any more");
    let second = flow(Transport::Tcp, 102, 3);
    bench.handle(Input::LineConnected {
        line: line(FIRST),
        flow: second,
    });
    assert!(!closed(&bench, second));
}
