//! Early media: descriptions before the answer, from several forks, and how they change.

use std::fmt::Write as _;

use sip::agent::Event;

use crate::world::{ANNA, BEN, Network, World, invite, response_to, text, udp};

/// A provisional response with a description, reliable with an `RSeq`.
fn progress(invite: &str, status: &str, tag: &str, rseq: Option<u32>, body: &str) -> String {
    let mut lines = "Contact: <sip:102@192.0.2.2>\n".to_owned();
    if let Some(rseq) = rseq {
        write!(lines, "Require: 100rel\nRSeq: {rseq}\n").unwrap();
    }
    if !body.is_empty() {
        lines.push_str("Content-Type: application/sdp\n");
    }
    response_to(invite, status, tag, &lines, body)
}

/// Fork, status and body of everything that has been told.
fn told(world: &mut World) -> Vec<(u32, u16, String)> {
    let events = world.events.drain(..);
    events
        .map(|(_, event)| match event {
            Event::Progressed { fork, status, body, .. } => (fork, status, text(body.as_ref())),
            Event::Answered { fork, body, .. } => (fork, 200, text(body.as_ref())),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn every_description_of_every_fork_is_told_with_its_fork() {
    for reliable in [false, true] {
        let mut world = World::new(1, Network::GOOD);
        world.cut_off();
        let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
        let sent = world.last_sent(ANNA, "INVITE");
        let script = [
            ("183 Session Progress", "gateway", 1, "announcement"),
            ("180 Ringing", "phone", 7, ""),
            ("183 Session Progress", "gateway", 2, "ringing"),
            ("183 Session Progress", "phone", 8, "early"),
            ("180 Ringing", "gateway", 3, ""),
            ("183 Session Progress", "gateway", 4, "announcement"),
        ];
        for (status, tag, rseq, body) in script {
            let response = progress(&sent, status, tag, reliable.then_some(rseq), body);
            world.inject(ANNA, udp(ANNA, BEN), &response);
            if reliable {
                // What comes again has been told already.
                world.inject(ANNA, udp(ANNA, BEN), &response);
            }
        }
        let lines = "Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n";
        world.inject(ANNA, udp(ANNA, BEN), &response_to(&sent, "200 OK", "phone", lines, "answer"));
        let expected = [
            (0, 183, "announcement"),
            (1, 180, ""),
            (0, 183, "ringing"),
            (1, 183, "early"),
            (0, 180, ""),
            (0, 183, "announcement"),
            (1, 200, "answer"),
        ];
        assert_eq!(
            told(&mut world),
            expected.map(|(fork, status, body)| (fork, status, body.to_owned()))
        );
        assert_eq!(world.count_sent(ANNA, "PRACK"), if reliable { script.len() } else { 0 });
        world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
        world.assert_nothing_left();
    }
}

#[test]
fn forks_keep_their_numbers_when_others_end() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let sent = world.last_sent(ANNA, "INVITE");
    for (status, tag) in [
        ("180 Ringing", "a"),
        ("180 Ringing", "b"),
        ("199 Early Dialog Terminated", "a"),
        ("180 Ringing", "c"),
        ("180 Ringing", "b"),
    ] {
        world.inject(ANNA, udp(ANNA, BEN), &progress(&sent, status, tag, None, ""));
    }
    // It answers without a word before.
    let lines = "Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n";
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&sent, "200 OK", "d", lines, "answer"));
    let forks: Vec<_> = told(&mut world).into_iter().map(|(fork, ..)| fork).collect();
    assert_eq!(forks, [0, 1, 2, 1, 3]);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}
