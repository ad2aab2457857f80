//! A TCP or TLS stream, in pieces whose length the first byte says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::Transport;
use sip::framing::{Frame, StreamFramer};
use sip::message::parse;

fuzz_target!(|bytes: &[u8]| {
    let Some((&piece_len, stream)) = bytes.split_first() else { return };
    let whole = frames(stream, stream.len().max(1));
    let pieces = frames(stream, usize::from(piece_len).max(1));
    // A ping that comes in halves is a pong and a ping; the messages must be the same.
    assert_eq!(messages(&whole), messages(&pieces), "how a stream is cut makes no difference");
    for message in messages(&whole) {
        farend_fuzz::use_up(&parse(message, Transport::Tcp));
    }
});

fn frames(stream: &[u8], piece_len: usize) -> Vec<Frame> {
    let mut framer = StreamFramer::new();
    let mut frames = Vec::new();
    for piece in stream.chunks(piece_len) {
        framer.push(piece);
        while let Ok(Some(frame)) = framer.poll() {
            frames.push(frame);
        }
    }
    frames
}

fn messages(frames: &[Frame]) -> Vec<&[u8]> {
    frames
        .iter()
        .filter_map(|frame| match frame {
            Frame::Message(message) => Some(message.as_slice()),
            Frame::KeepAlive(_) => None,
        })
        .collect()
}
