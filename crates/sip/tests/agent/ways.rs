//! How a trunk is reached, and how it reaches us: routes and our `Contact`.

use std::net::SocketAddr;
use std::time::Duration;

use sip::agent::{CONTACT_ADDRESSES_MAX, DialogId, Event, Invite, OutgoingRequest, RequestId};
use sip::{Flow, Transport};

use crate::trunk::{credentials, register};
use crate::world::{ANNA, BEN, Network, World, address, flow, invite, of, response_to, sdp, udp, values};

const SECOND: Duration = Duration::from_secs(1);
const PUBLIC: &str = "203.0.113.5:40000";

fn set(world: &mut World, who: usize, flow: Flow, to: Option<&str>) {
    let to: Option<SocketAddr> = to.map(|to| to.parse().unwrap());
    world.tell(who, |agent, _| agent.set_contact_address(flow, to));
}

/// The `Contact` of the last message that begins like that.
fn contact(world: &World, who: usize, beginning: &str) -> String {
    values(&world.last_sent(who, beginning), "Contact").join(", ")
}

fn reoffered(events: &[(usize, Event)]) -> RequestId {
    let mut requests = events.iter().filter_map(|(_, event)| match event {
        Event::Reoffered { request, .. } => Some(*request),
        _ => None,
    });
    requests.next().unwrap()
}

#[test]
fn our_contact_on_a_flow_is_what_it_was_set_to() {
    let mut world = World::new(1, Network::GOOD);
    let (to_ben, to_anna) = (udp(ANNA, BEN), udp(BEN, ANNA));
    set(&mut world, ANNA, to_ben, Some(PUBLIC));
    set(&mut world, BEN, to_anna, Some("[2001:db8::7]:5060"));
    let call = Invite {
        contact_user: Some("0301234".to_owned()),
        ..invite(to_ben)
    };
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    let called = world.answer_next();
    world.run(SECOND);
    assert_eq!(contact(&world, ANNA, "INVITE"), "<sip:0301234@203.0.113.5:40000>");
    assert_eq!(contact(&world, BEN, "SIP/2.0 180"), "<sip:102@[2001:db8::7]:5060>");
    assert_eq!(contact(&world, BEN, "SIP/2.0 200"), "<sip:102@[2001:db8::7]:5060>");
    // Inside the dialog, both ways, and it may change meanwhile.
    set(&mut world, ANNA, to_ben, Some("203.0.113.5:40001"));
    world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("hold")), now));
    let request = reoffered(&world.run(SECOND));
    assert_eq!(contact(&world, ANNA, "INVITE"), "<sip:0301234@203.0.113.5:40001>");
    world.tell(BEN, |agent, now| agent.respond(request, 200, Vec::new(), Some(sdp("held")), now));
    world.run(SECOND);
    world.tell(BEN, |agent, now| agent.reoffer(called, Some(sdp("resume")), now));
    let request = reoffered(&world.run(SECOND));
    world.tell(ANNA, |agent, now| {
        agent.respond(request, 200, Vec::new(), Some(sdp("resumed")), now);
    });
    assert_eq!(contact(&world, ANNA, "SIP/2.0 200"), "<sip:0301234@203.0.113.5:40001>");
    world.run(SECOND);
    // Outside of dialogs.
    world.tell(ANNA, |agent, now| agent.request(register("secret"), now));
    world.tell(ANNA, |agent, now| agent.options(to_ben, "sip:192.0.2.2", now));
    assert_eq!(contact(&world, ANNA, "REGISTER"), "<sip:101@203.0.113.5:40001>");
    assert_eq!(contact(&world, ANNA, "OPTIONS"), "<sip:203.0.113.5:40001>");
    // Other flows, and this one afterwards, carry our own address.
    let other = flow(ANNA, BEN, Transport::Tcp, 1);
    assert_eq!(world.agents[ANNA].contact_uri(other, ""), "sip:192.0.2.1:5060;transport=tcp");
    set(&mut world, ANNA, to_ben, None);
    set(&mut world, BEN, to_anna, None);
    assert_eq!(world.agents[ANNA].contact_uri(to_ben, "101"), "sip:101@192.0.2.1:5060");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.run(40 * SECOND);
    world.assert_nothing_left();
}

#[test]
fn a_flow_that_closes_takes_its_contact_address_with_it() {
    let mut world = World::new(1, Network::GOOD);
    let way = flow(ANNA, BEN, Transport::Tls, 1);
    set(&mut world, ANNA, way, Some(PUBLIC));
    assert_eq!(world.agents[ANNA].statistics().contact_addresses, 1);
    assert_eq!(
        world.agents[ANNA].contact_uri(way, "101"),
        "sip:101@203.0.113.5:40000;transport=tls"
    );
    world.close(1, &[(ANNA, way)]);
    assert_eq!(world.agents[ANNA].contact_uri(way, "101"), "sip:101@192.0.2.1:5060;transport=tls");
    world.assert_nothing_left();
}

#[test]
fn contact_addresses_are_bounded() {
    let mut world = World::new(1, Network::GOOD);
    let way = |connection: usize| flow(ANNA, BEN, Transport::Tcp, u64::try_from(connection).unwrap());
    for connection in 0..=CONTACT_ADDRESSES_MAX {
        set(&mut world, ANNA, way(connection), Some(PUBLIC));
    }
    assert_eq!(world.agents[ANNA].statistics().contact_addresses, CONTACT_ADDRESSES_MAX);
    assert!(world.agents[ANNA].contact_uri(way(CONTACT_ADDRESSES_MAX), "").contains("192.0.2.1"));
    // Those that there are may still change.
    set(&mut world, ANNA, way(0), Some("203.0.113.6:1"));
    assert!(world.agents[ANNA].contact_uri(way(0), "").contains("203.0.113.6:1"));
}

/// An INVITE by way of two proxies, of which the test is the first.
fn call_by_proxies(world: &mut World) -> (DialogId, String) {
    world.cut_off();
    let call = Invite {
        target: "sip:+4930123@provider.example".to_owned(),
        routes: vec!["sip:192.0.2.2;lr".to_owned(), "<sip:core.example;lr>".to_owned()],
        credentials: credentials("secret"),
        ..invite(udp(ANNA, BEN))
    };
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    (caller, world.last_sent(ANNA, "INVITE"))
}

const ROUTES: [&str; 2] = ["<sip:192.0.2.2;lr>", "<sip:core.example;lr>"];

fn respond(world: &mut World, request: &str, status: &str, lines: &str, body: &str) {
    world.inject(ANNA, udp(ANNA, BEN), &response_to(request, status, "t", lines, body));
}

#[test]
fn what_belongs_to_an_invite_takes_its_routes() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, first) = call_by_proxies(&mut world);
    assert!(first.starts_with("INVITE sip:+4930123@provider.example SIP/2.0\r\n"), "{first}");
    assert_eq!(values(&first, "Route"), ROUTES);
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n";
    respond(&mut world, &first, "401 Unauthorized", challenge, "");
    let second = world.last_sent(ANNA, "INVITE");
    assert!(second.contains("uri=\"sip:+4930123@provider.example\""), "{second}");
    respond(&mut world, &second, "100 Trying", "", "");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    respond(&mut world, &second, "487 Request Terminated", "", "");
    for beginning in ["ACK", "INVITE", "CANCEL"] {
        let message = world.last_sent(ANNA, beginning);
        assert!(
            message.starts_with(&format!("{beginning} sip:+4930123@provider.example SIP/2.0\r\n")),
            "{message}"
        );
        assert_eq!(values(&message, "Route"), ROUTES, "{message}");
    }
    world.assert_nothing_left();
}

#[test]
fn requests_inside_a_dialog_follow_what_was_recorded() {
    let recorded = "Record-Route: <sip:edge.example;lr>, <sip:192.0.2.2;lr>\n";
    for (lines, routes) in [(recorded, &["<sip:192.0.2.2;lr>", "<sip:edge.example;lr>"][..]), ("", &[])] {
        let mut world = World::new(1, Network::GOOD);
        let (caller, sent) = call_by_proxies(&mut world);
        let lines = format!("Contact: <sip:gw@198.51.100.7>\nRequire: 100rel\nRSeq: 1\nContent-Type: application/sdp\n{lines}");
        respond(&mut world, &sent, "183 Session Progress", &lines, "early");
        let answer = lines.replace("Require: 100rel\nRSeq: 1\n", "");
        respond(&mut world, &sent, "200 OK", &answer, "answer");
        world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
        for beginning in ["PRACK", "ACK", "BYE"] {
            let message = world.last_sent(ANNA, beginning);
            assert!(
                message.starts_with(&format!("{beginning} sip:gw@198.51.100.7 SIP/2.0\r\n")),
                "{message}"
            );
            assert_eq!(values(&message, "Route"), routes, "{message}");
        }
        world.assert_nothing_left();
    }
}

#[test]
fn an_unwanted_answer_is_ended_by_the_recorded_way() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, sent) = call_by_proxies(&mut world);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let lines = "Contact: <sip:gw@198.51.100.7>\nRecord-Route: <sip:192.0.2.2;lr>\nContent-Type: application/sdp\n";
    respond(&mut world, &sent, "200 OK", lines, "answer");
    for beginning in ["ACK", "BYE"] {
        assert_eq!(values(&world.last_sent(ANNA, beginning), "Route"), ["<sip:192.0.2.2;lr>"]);
    }
    world.assert_nothing_left();
}

#[test]
fn a_registration_goes_by_its_routes_and_no_more_than_sixteen() {
    let mut world = World::new(1, Network::GOOD);
    let request = OutgoingRequest {
        routes: (0..20).map(|hop| format!("<sip:{hop}.example;lr>")).collect(),
        ..register("secret")
    };
    world.tell(ANNA, |agent, now| agent.request(request, now));
    let sent = world.last_sent(ANNA, "REGISTER");
    let routes = values(&sent, "Route");
    assert_eq!(
        (routes.len(), routes[0], routes[15]),
        (16, "<sip:0.example;lr>", "<sip:15.example;lr>")
    );
    // It goes where the flow leads.
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Requested { flow, .. }] if flow.peer == address(ANNA)));
    world.run(40 * SECOND);
    world.assert_nothing_left();
}
