//! Challenges, from both sides: one agent registers and calls through the other.

use std::time::Duration;

use md5::{Digest, Md5};
use sip::agent::{Credentials, DialogId, Event, Ha1, OutgoingRequest, Proof};

use crate::world::{ANNA, BEN, Network, World, invite, number_of, of, person, response_to, sdp, udp, values};

const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn credentials(password: &str) -> Option<Credentials> {
    Some(Credentials {
        username: "trunk".to_owned(),
        password: password.to_owned(),
        realm: None,
    })
}

fn known(user: &str) -> Option<Ha1> {
    (user == "trunk").then(|| Ha1::new("trunk", "farend", "secret"))
}

pub(crate) fn register(password: &str) -> OutgoingRequest {
    OutgoingRequest {
        flow: udp(ANNA, BEN),
        method: "REGISTER".to_owned(),
        target: "sip:farend".to_owned(),
        routes: Vec::new(),
        from: person("101"),
        to: person("101"),
        headers: vec![("Expires".to_owned(), "300".to_owned())],
        body: None,
        credentials: credentials(password),
        contact_user: None,
        series: None,
        response_max: None,
    }
}

/// Ben's registrar, until nothing more happens; the final status at Anna's.
pub(crate) fn serve(world: &mut World) -> u16 {
    let mut status = 0;
    while let Some((who, event)) = world.until_event(40 * SECOND) {
        match event {
            Event::Requested { request, flow, message } => {
                let proof = world.tell(who, |agent, now| agent.prove(&message, flow, known, now));
                world.tell(who, |agent, now| match proof {
                    Proof::Given { .. } => agent.respond(request, 200, Vec::new(), None, now),
                    Proof::Missing { stale } => agent.challenge(request, stale, now),
                    Proof::Wrong => agent.challenge(request, false, now),
                });
            }
            Event::Responded { status: s, .. } => status = s,
            other => panic!("{other:?}"),
        }
    }
    status
}

#[test]
fn a_challenged_registration_is_repeated_with_credentials_once() {
    let mut world = World::new(1, Network::GOOD);
    world.tell(ANNA, |agent, now| agent.request(register("secret"), now));
    assert_eq!(serve(&mut world), 200);
    assert_eq!(world.count_sent(ANNA, "REGISTER"), 2);
    world.tell(ANNA, |agent, now| agent.request(register("wrong"), now));
    assert_eq!(serve(&mut world), 401);
    assert_eq!(world.count_sent(ANNA, "REGISTER"), 4);
    world.assert_nothing_left();
}

#[test]
fn a_challenged_invite_is_repeated_with_credentials() {
    for (password, answered) in [("secret", true), ("wrong", false)] {
        let mut world = World::new(1, Network::GOOD);
        let mut call = invite(udp(ANNA, BEN));
        call.credentials = credentials(password);
        let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
        let mut called: Vec<DialogId> = Vec::new();
        let mut heard = Vec::new();
        while let Some((who, event)) = world.until_event(SECOND) {
            match event {
                Event::Invited { dialog, flow, message } => {
                    let proof = world.tell(who, |agent, now| agent.prove(&message, flow, known, now));
                    world.tell(who, |agent, now| match proof {
                        Proof::Given { .. } => agent.answer(dialog, sdp("answer"), Vec::new(), now),
                        Proof::Missing { .. } | Proof::Wrong => agent.challenge_invite(dialog, false, now),
                    });
                    called.push(dialog);
                }
                event => heard.push((who, event)),
            }
        }
        assert_eq!(called.len(), 2);
        let at_anna = of(ANNA, &heard);
        if answered {
            assert!(matches!(at_anna[..], [Event::Answered { .. }]), "{heard:?}");
            world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
        } else {
            assert!(matches!(at_anna[..], [Event::Refused { status: 401, .. }]), "{heard:?}");
        }
        world.assert_nothing_left();
    }
}

#[test]
fn requests_inside_a_challenged_call_carry_credentials() {
    let mut world = World::new(1, Network::GOOD);
    let mut call = invite(udp(ANNA, BEN));
    call.credentials = credentials("secret");
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    let first = world.invited();
    world.tell(BEN, |agent, now| agent.challenge_invite(first, false, now));
    world.answer_next();
    world.run(SECOND);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.run(SECOND);
    for method in ["ACK sip:102", "BYE"] {
        let message = world
            .sent
            .iter()
            .rev()
            .find(|(who, m)| *who == ANNA && m.starts_with(method))
            .unwrap();
        assert!(message.1.contains("Authorization: Digest username=\"trunk\""), "{}", message.1);
    }
    world.assert_nothing_left();
}

fn of_realm(realm: &str) -> Option<Credentials> {
    credentials("secret").map(|credentials| Credentials {
        realm: Some(realm.to_owned()),
        ..credentials
    })
}

/// How many requests of Anna carry credentials.
fn signed(world: &World) -> usize {
    world
        .sent
        .iter()
        .filter(|(_, message)| message.contains("uthorization: Digest"))
        .count()
}

#[test]
fn a_challenge_of_another_realm_goes_up_as_it_is() {
    for (realm, status, requests) in [("provider", 401, 1), ("farend", 200, 2)] {
        let mut world = World::new(1, Network::GOOD);
        let request = OutgoingRequest {
            credentials: of_realm(realm),
            ..register("")
        };
        world.tell(ANNA, |agent, now| agent.request(request, now));
        assert_eq!(serve(&mut world), status);
        assert_eq!((world.count_sent(ANNA, "REGISTER"), signed(&world)), (requests, requests - 1));
        world.assert_nothing_left();
    }
    let mut world = World::new(1, Network::GOOD);
    let mut call = invite(udp(ANNA, BEN));
    call.credentials = of_realm("provider");
    world.tell(ANNA, |agent, now| agent.invite(call, now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.challenge_invite(called, false, now));
    let events = world.run(SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Refused { status: 401, .. }]), "{events:?}");
    assert_eq!((world.count_sent(ANNA, "INVITE"), signed(&world)), (1, 0));
    world.assert_nothing_left();
}

#[test]
fn the_realm_that_challenges_a_call_first_is_its_realm() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let mut call = invite(udp(ANNA, BEN));
    call.credentials = credentials("secret");
    world.tell(ANNA, |agent, now| agent.invite(call, now));
    let challenge = |world: &mut World, status: &str, line: &str| {
        let invite = world.last_sent(ANNA, "INVITE");
        world.inject(ANNA, udp(ANNA, BEN), &response_to(&invite, status, "t", &format!("{line}\n"), ""));
    };
    let proxy = "Proxy-Authenticate: Digest realm=\"one\", nonce=\"1\", qop=\"auth\"";
    challenge(&mut world, "407 Proxy Authentication Required", proxy);
    let second = world.last_sent(ANNA, "INVITE");
    assert!(values(&second, "Proxy-Authorization")[0].contains("realm=\"one\""));
    // The same realm may ask as a server as well, another one may not.
    let server = "WWW-Authenticate: Digest realm=\"one\", nonce=\"2\", qop=\"auth\"";
    challenge(&mut world, "401 Unauthorized", server);
    let third = world.last_sent(ANNA, "INVITE");
    let signatures = [values(&third, "Proxy-Authorization")[0], values(&third, "Authorization")[0]];
    assert!(
        signatures[0].contains("nc=00000002") && signatures[1].contains("nc=00000001"),
        "{third}"
    );
    assert!(world.events.is_empty());
    challenge(&mut world, "407 Proxy Authentication Required", &proxy.replace("one", "two"));
    assert!(matches!(world.events.pop_front(), Some((ANNA, Event::Refused { status: 407, .. }))));
    assert_eq!(world.count_sent(ANNA, "INVITE"), 3);
    world.assert_nothing_left();
}

#[test]
fn a_challenged_prack_is_repeated_with_credentials() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let mut call = invite(udp(ANNA, BEN));
    call.credentials = credentials("secret");
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    let answer = |world: &mut World, to: &str, status: &str, lines: &str, body: &str| {
        let request = world.last_sent(ANNA, to);
        world.inject(ANNA, udp(ANNA, BEN), &response_to(&request, status, "t", lines, body));
    };
    // A peer that takes each nonce once, and does not say that it is stale.
    let challenge = |nonce: u8| format!("WWW-Authenticate: Digest realm=\"one\", nonce=\"{nonce}\", qop=\"auth\"\n");
    answer(&mut world, "INVITE", "401 Unauthorized", &challenge(1), "");
    let early = "Contact: <sip:102@192.0.2.2>\nRequire: 100rel\nRSeq: 7\n";
    answer(&mut world, "INVITE", "180 Ringing", early, "");
    let first = world.last_sent(ANNA, "PRACK");
    assert!(values(&first, "Authorization")[0].contains("nonce=\"1\""), "{first}");
    answer(&mut world, "PRACK", "401 Unauthorized", &challenge(2), "");
    let second = world.last_sent(ANNA, "PRACK");
    assert!(values(&second, "Authorization")[0].contains("nonce=\"2\""), "{second}");
    assert_eq!((number_of(&first), number_of(&second)), (3, 4));
    assert_eq!(values(&second, "RAck"), ["7 2 INVITE"]);
    // A wrong password is not tried for ever.
    answer(&mut world, "PRACK", "401 Unauthorized", &challenge(3), "");
    assert_eq!(world.count_sent(ANNA, "PRACK"), 2);
    let described = "Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n";
    answer(&mut world, "INVITE", "200 OK", described, "answer");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    assert_eq!(number_of(&world.last_sent(ANNA, "BYE")), 5);
    world.assert_nothing_left();
}

fn md5(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a request is signed with its body, by the formula of RFC 7616 section 3.4.
fn is_signed_with_body(request: &str) -> bool {
    let answer = values(request, "Authorization")[0].replace('"', "");
    let field = |name: &str| {
        let mut fields = answer.trim_start_matches("Digest ").split(", ");
        fields.find_map(|field| field.strip_prefix(&format!("{name}="))).unwrap().to_owned()
    };
    let method = request.split(' ').next().unwrap();
    let body = request.split("\r\n\r\n").nth(1).unwrap();
    let ha1 = md5("trunk:provider:secret");
    let ha2 = md5(&format!("{method}:{}:{}", field("uri"), md5(body)));
    let response = md5(&format!("{ha1}:n:{}:{}:auth-int:{ha2}", field("nc"), field("cnonce")));
    (field("qop"), field("response")) == ("auth-int".to_owned(), response)
}

#[test]
fn bodies_are_signed_where_the_peer_insists() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let mut call = invite(udp(ANNA, BEN));
    call.credentials = of_realm("provider");
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    let answer = |world: &mut World, to: &str, status: &str, lines: &str, body: &str| {
        let request = world.last_sent(ANNA, to);
        world.inject(ANNA, udp(ANNA, BEN), &response_to(&request, status, "t", lines, body));
    };
    let challenge = "WWW-Authenticate: Digest realm=\"provider\", nonce=\"n\", qop=\"auth-int\"\n";
    answer(&mut world, "INVITE", "401 Unauthorized", challenge, "");
    assert!(is_signed_with_body(&world.last_sent(ANNA, "INVITE")));
    let described = "Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n";
    answer(&mut world, "INVITE", "200 OK", described, "answer");
    assert!(is_signed_with_body(&world.last_sent(ANNA, "ACK sip:102@192.0.2.2 ")));
    world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("hold")), now));
    let hold = world.last_sent(ANNA, "INVITE");
    assert!(hold.ends_with("\r\n\r\nhold") && is_signed_with_body(&hold), "{hold}");
    answer(&mut world, "INVITE", "200 OK", described, "held");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    assert!(is_signed_with_body(&world.last_sent(ANNA, "BYE")));
    answer(&mut world, "BYE", "200 OK", "", "");
    world.assert_nothing_left();
}

#[test]
fn refusals_tell_what_an_administrator_wants_to_read() {
    let long = format!("Warning: 399 gw \"{}\"\n", "é".repeat(300));
    let cut = "é".repeat(200);
    let cases = [
        ("Retry-After: 120 (maintenance)\n", Some(120), None),
        ("Retry-After: 18000;duration=3600\n", Some(18_000), None),
        ("Retry-After: 99999999999\n", Some(24 * 3600), None),
        ("Retry-After: soon\n", None, None),
        (
            "Warning: 399 gw.example.com \"Trunk \\\"A\\\" is not provisioned\", 399 b \"more\"\n",
            None,
            Some("Trunk \"A\" is not provisioned"),
        ),
        ("Warning: 399 gw no credit left\n", None, Some("no credit left")),
        (
            "Reason: SIP;cause=403, Q.850;cause=21;text=\"Call \tRejected\"\n",
            None,
            Some("Call Rejected"),
        ),
        (
            "Reason: Q.850;cause=21;text=\"second\"\nWarning: 399 gw \"first\"\n",
            None,
            Some("first"),
        ),
        ("Warning: 399\nReason: Q.850;cause=21\n", None, None),
        (long.as_str(), None, Some(cut.as_str())),
    ];
    for (lines, seconds, text) in cases {
        let mut world = World::new(1, Network::GOOD);
        world.cut_off();
        world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
        let sent = world.last_sent(ANNA, "INVITE");
        world.inject(ANNA, udp(ANNA, BEN), &response_to(&sent, "503 Service Unavailable", "t", lines, ""));
        let Some((ANNA, Event::Refused { retry_after, warning, .. })) = world.events.pop_front() else {
            panic!("{lines}")
        };
        assert_eq!(
            (retry_after, warning.as_deref()),
            (seconds.map(Duration::from_secs), text),
            "{lines}"
        );
        world.assert_nothing_left();
    }
}
