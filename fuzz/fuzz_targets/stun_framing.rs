//! STUN wherever it comes in: on the SIP port, in a SIP stream, on the media port, in frames of ICE-TCP.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media_world::{World, browser};
use model::LegId;
use model::control::{Command, Direction};
use sip::framing::{StreamFramer, StunRequest};

#[path = "../src/media_world.rs"]
mod media_world;

fuzz_target!(|bytes: &[u8]| {
    let peer = ([192, 0, 2, 1], 40_000).into();
    if let Some(request) = StunRequest::read(bytes) {
        let response = request.response(peer);
        assert!(
            response.len() % 4 == 0 && response[4..20] == bytes[4..20],
            "an answer to this request"
        );
        assert_eq!(StunRequest::read(&response), None, "or two servers would never stop");
    }
    let mut framer = StreamFramer::new();
    framer.push(bytes);
    while let Ok(Some(_)) = framer.poll() {}

    let Some(ufrag) = media::stun::local_ufrag(bytes) else { return };
    let _ = media::stun::worker_of_ufrag(ufrag);
    // Once with the packet as it is, once as if it were for a leg that exists.
    let mut world = World::new();
    let leg = LegId(1);
    world.command(Command::MakeOffer {
        call: world.call,
        leg,
        peer: browser(),
        toward: None,
        direction: Direction::SendRecv,
    });
    world.ice(bytes);
    world.pass(500);
    world.command(Command::Close { leg });
    assert_eq!(world.engine.legs(), 0, "nothing is left behind");
});
