//! A provider's server that says nothing to a call, while another one of its servers lives.

use std::time::Duration;

use model::TrunkId;
use model::control::{Command, Event as Report};

use super::trunks::{FIRST, SECOND, Scene, company, line, provider, server};
use super::*;
use crate::trunks::{Located, Server};

const SILENCE: Duration = Duration::from_secs(2);
const MOMENT: Duration = Duration::from_millis(100);

/// The way to the provider's second server.
fn other_way() -> Flow {
    Flow {
        local: provider(FIRST).local,
        ..udp(111)
    }
}

/// The first trunk has two servers and uses the first one; the second trunk is as it is, where there is one.
fn scene(trunks: usize) -> Scene {
    let mut company = company();
    company.trunks.truncate(trunks);
    let mut scene = Scene::of(company);
    let second = Server {
        address: other_way().peer,
        ..server(FIRST)
    };
    let found = Ok(Located {
        servers: vec![server(FIRST), second],
        records: crate::trunks::Records::Service,
        fresh_for: Duration::from_secs(600),
    });
    let line = line(FIRST);
    scene.bench.handle(Input::Located { line, found });
    scene
}

/// The shell has opened the way that the line wants.
fn connected(scene: &mut Scene, trunk: TrunkId, flow: Flow) {
    let wanted = scene
        .bench
        .outputs
        .iter()
        .any(|output| matches!(output, Output::ConnectLine { line, server, .. } if line.trunk == trunk && server.address == flow.peer));
    assert!(wanted, "{:?}", scene.bench.outputs);
    let line = line(trunk);
    scene.bench.handle(Input::LineConnected { line, flow });
}

/// Media makes the offer for a further way: the call's second, and so on.
fn offer_again(scene: &mut Scene, way: usize) {
    let legs: Vec<_> = scene
        .media()
        .into_iter()
        .filter_map(|command| match command {
            Command::MakeOffer { leg, .. } => Some(leg),
            _ => None,
        })
        .collect();
    assert_eq!(legs.len(), way, "{legs:?}");
    let leg = legs[way - 1];
    let offer = "v=0\r\n".to_owned();
    scene.bench.handle(Input::Media(Report::OfferMade { leg, offer }));
}

fn invites_over(scene: &Scene, flow: Flow) -> usize {
    let is_invite = |output: &&Output| matches!(output, Output::Send { flow: by, bytes } if *by == flow && bytes.starts_with(b"INVITE"));
    scene.bench.outputs.iter().filter(is_invite).count()
}

#[test]
fn a_call_follows_its_line_to_the_next_server() {
    let mut scene = scene(1);
    assert!(scene.dial("030556677").starts_with("INVITE sip:4930556677@one.example.com"));
    scene.bench.after(SILENCE);
    connected(&mut scene, FIRST, other_way());
    offer_again(&mut scene, 2);
    assert_eq!(invites_over(&scene, other_way()), 0, "not before the server has taken us");
    let question = scene.sent("OPTIONS");
    scene.respond_by(other_way(), &question, "200 OK", "", "");
    let register = scene.sent("REGISTER");
    scene.bench.after(MOMENT);
    let seen = register.replace(";rport", ";rport=4711;received=198.51.100.7");
    scene.respond_by(other_way(), &seen, "200 OK", "Expires: 300\r\n", "");
    assert_eq!(invites_over(&scene, other_way()), 1);
    let invite = scene.sent("INVITE");
    assert!(invite.starts_with("INVITE sip:4930556677@one.example.com"), "{invite}");
    assert_eq!(header(&invite, "Contact"), Some("<sip:49891234500@198.51.100.7:4711>"));
    scene.respond_by(other_way(), &invite, "486 Busy Here", "", "");
    assert_eq!(scene.refusal(), "SIP/2.0 486 Busy Here");
    // From now on calls go there at once.
    scene.dial("030556678");
    scene.bench.after(Duration::from_millis(600));
    assert_eq!(invites_over(&scene, other_way()), 1, "the first repetition");
}

#[test]
fn a_line_that_finds_no_other_server_leaves_the_call_to_the_next_trunk() {
    let mut scene = scene(2);
    scene.dial("030556677");
    scene.bench.after(SILENCE);
    connected(&mut scene, FIRST, other_way());
    offer_again(&mut scene, 2);
    scene.bench.after(SILENCE);
    offer_again(&mut scene, 3);
    assert_eq!((invites_over(&scene, other_way()), invites_over(&scene, provider(SECOND))), (0, 1));
}

#[test]
fn a_server_that_says_408_itself_is_not_left() {
    let mut scene = scene(2);
    let invite = scene.dial("030556677");
    scene.respond_by(provider(FIRST), &invite, "408 Request Timeout", "", "");
    offer_again(&mut scene, 2);
    scene.bench.after(Duration::ZERO);
    offer_again(&mut scene, 3);
    assert_eq!(invites_over(&scene, provider(SECOND)), 1);
    let moves = |output: &Output| matches!(output, Output::ConnectLine { .. });
    assert!(!scene.bench.outputs.iter().any(moves), "{:?}", scene.bench.outputs);
}

#[test]
fn who_gives_up_while_the_line_moves_calls_nobody() {
    let mut scene = scene(1);
    scene.dial("030556677");
    scene.bench.after(SILENCE);
    connected(&mut scene, FIRST, other_way());
    offer_again(&mut scene, 2);
    let question = scene.sent("OPTIONS");
    scene.respond_by(other_way(), &question, "200 OK", "", "");
    let register = scene.sent("REGISTER");
    scene.bench.handle(Input::EndCalls);
    scene.respond_by(other_way(), &register, "200 OK", "Expires: 300\r\n", "");
    scene.bench.after(SILENCE);
    assert_eq!(invites_over(&scene, other_way()), 0);
    assert_eq!(scene.bench.core.figures().calls, 0);
}
