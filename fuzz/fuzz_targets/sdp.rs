//! Session descriptions: read, and offered to a phone's leg and a browser's.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::sdp::Description;
use media_world::{World, browser, phone};
use model::LegId;
use model::control::{Command, Direction, Srtp};

#[path = "../src/media_world.rs"]
mod media_world;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let Ok(description) = Description::parse(&text) else { return };
    let mut world = World::new();
    // A browser's leg costs a millisecond; only what looks like one of its offers is worth that.
    let peer = if text.contains("a=fingerprint") {
        browser()
    } else {
        phone(Srtp::Accepted)
    };
    let leg = LegId(1);
    world.command(Command::ReceiveOffer {
        call: world.call,
        leg,
        peer: peer.clone(),
        offer: text.clone(),
    });
    for event in world.command(Command::AnswerOffer { leg, toward: None }) {
        if let model::control::Event::OfferAnswered { answer, .. } = event {
            let answer = Description::parse(&answer).expect("what we write, we can read");
            assert_eq!(
                answer.media.len(),
                description.media.len(),
                "one m-line for each (RFC 3264 section 6)"
            );
        }
    }
    let leg = LegId(2);
    world.command(Command::MakeOffer {
        call: world.call,
        leg,
        peer,
        toward: None,
        direction: Direction::SendRecv,
    });
    world.command(Command::AcceptAnswer { leg, answer: text });
    world.command(Command::Close { leg: LegId(1) });
    world.command(Command::Close { leg });
    assert_eq!(
        (world.engine.legs(), world.engine.ports_free()),
        (0, world.ports),
        "nothing is left behind"
    );
});
