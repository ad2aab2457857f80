//! Media without I/O: WebRTC and RTP legs, SDP, jitter buffer, codecs, mixer, tones, recordings, statistics.
//!
//! Packets, commands and `now` go in; packets, events and the next deadline come out. One [`engine::Engine`] runs per
//! media thread and holds all legs of its calls. The only place that holds a str0m `Rtc`.

pub mod addresses;
pub mod audio;
mod bridge;
pub mod dtmf;
pub mod engine;
mod leg;
pub mod mixer;
pub mod recorder;
pub mod rtp;
pub mod sdp;
pub mod sounds;
pub mod stun;
