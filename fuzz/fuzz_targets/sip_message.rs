//! One datagram or WebSocket message: whatever it is, it is taken, refused or dropped, and what is taken can be used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::Transport;
use sip::message::{Parsed, parse};

fuzz_target!(|bytes: &[u8]| {
    for transport in [Transport::Udp, Transport::Tcp, Transport::Wss] {
        farend_fuzz::use_up(&parse(bytes, transport));
    }
    if let Parsed::Request(request) = parse(bytes, Transport::Udp) {
        let again = parse(&request.to_bytes(), Transport::Udp);
        assert!(
            matches!(again, Parsed::Request(_)),
            "what we pass on is understood again: {again:?}"
        );
    }
});
