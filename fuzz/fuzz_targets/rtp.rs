//! RTP and RTCP, plain and through a running leg that echoes. The input is a row of packets: port, length, bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media_world::{PHONE_ANSWER, World, phone};
use model::LegId;
use model::control::{Command, Direction, Source, Srtp};

#[path = "../src/media_world.rs"]
mod media_world;

fuzz_target!(|bytes: &[u8]| {
    let mut world = World::new();
    let leg = LegId(1);
    world.command(Command::MakeOffer {
        call: world.call,
        leg,
        peer: phone(Srtp::Never),
        toward: None,
        direction: Direction::SendRecv,
    });
    world.command(Command::AcceptAnswer {
        leg,
        answer: PHONE_ANSWER.to_owned(),
    });
    world.command(Command::Hear { leg, source: Source::Echo });
    let mut rest = bytes;
    while let [port, length, after @ ..] = rest {
        let (packet, after) = after.split_at(usize::from(*length).min(after.len()));
        rest = after;
        let _ = media::rtp::Packet::parse(packet).inspect(|parsed| assert!(parsed.start <= parsed.end && parsed.end <= packet.len()));
        if let Ok(compound) = media::audio::rtcp::parse(packet) {
            compound.packets().for_each(|packet| drop(format!("{packet:?}")));
        }
        world.datagram(u16::from(*port) & 1, packet);
        world.pass(20);
    }
    world.command(Command::Close { leg });
    assert_eq!(
        (world.engine.legs(), world.engine.ports_free()),
        (0, world.ports),
        "nothing is left behind"
    );
});
