//! What STUN servers answer, or who pretends to be one: read, and given to the keeper and the probe as answers to what they asked.
#![no_main]

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use doctor::binding::{Keeper, Settings};
use doctor::nat::{Local, Probe, verdict};
use doctor::stun::Message;
use libfuzzer_sys::fuzz_target;

/// Where the transaction id stands.
const ID: std::ops::Range<usize> = 8..20;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = Message::read(bytes) {
        assert_eq!(Message::read(&message.to_bytes()), Ok(message), "what is read can be written");
    }
    let (begun, here) = (Instant::now(), IpAddr::from([192, 168, 1, 2]));
    let servers = [
        SocketAddr::from(([198, 51, 100, 10], 3478)),
        SocketAddr::from(([198, 51, 100, 20], 3478)),
    ];

    let mut keeper = Keeper::new(Settings::default(), [1; 32]);
    keeper.set_servers(&servers, begun);
    for _ in 0..16 {
        while let Some(transmit) = keeper.poll_transmit() {
            keeper.receive(transmit.to, here, &answer(bytes, &transmit.packet), begun);
        }
        while keeper.poll_event().is_some() {}
        keeper.handle_timeout(keeper.poll_timeout().expect("there are servers"));
    }

    let local = Local {
        first: 5_000,
        second: Some(5_002),
    };
    let mut probe = Probe::new(&servers, local, [1; 32], begun);
    let mut sent = 0;
    while let Some(now) = probe.poll_timeout() {
        while let Some(transmit) = probe.poll_transmit() {
            sent += 1;
            probe.receive(transmit.socket, transmit.to, here, &answer(bytes, &transmit.packet), now);
        }
        probe.handle_timeout(now);
        assert!(now - begun <= Duration::from_secs(5) && sent < 2_000, "there is an end");
    }
    assert!(!verdict(&probe.evidence()).to_string().is_empty());
});

/// The bytes as an answer to this request.
fn answer(bytes: &[u8], request: &[u8]) -> Vec<u8> {
    let mut answer = bytes.to_vec();
    if let Some(id) = answer.get_mut(ID) {
        id.copy_from_slice(&request[ID]);
    }
    answer
}
