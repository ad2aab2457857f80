//! Challenges, from both sides: one agent registers and calls through the other.

use std::time::Duration;

use sip::agent::{Credentials, DialogId, Event, Ha1, OutgoingRequest, Proof};

use crate::world::{ANNA, BEN, Network, World, invite, of, person, sdp, udp};

const SECOND: Duration = Duration::from_secs(1);

fn credentials(password: &str) -> Option<Credentials> {
    Some(Credentials {
        username: "trunk".to_owned(),
        password: password.to_owned(),
    })
}

fn known(user: &str) -> Option<Ha1> {
    (user == "trunk").then(|| Ha1::new("trunk", "farend", "secret"))
}

fn register(password: &str) -> OutgoingRequest {
    OutgoingRequest {
        flow: udp(ANNA, BEN),
        method: "REGISTER".to_owned(),
        target: "sip:farend".to_owned(),
        from: person("101"),
        to: person("101"),
        headers: vec![("Expires".to_owned(), "300".to_owned())],
        body: None,
        credentials: credentials(password),
    }
}

/// Ben's registrar, until nothing more happens; the final status at Anna's.
fn serve(world: &mut World) -> u16 {
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
