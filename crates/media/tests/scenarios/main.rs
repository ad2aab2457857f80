//! Calls in simulated time: an [`media::engine::Engine`] between phones that we simulate and browsers that str0m simulates.

#![allow(unreachable_pub, reason = "modules of one test program")]
#![allow(clippy::unwrap_used, reason = "tests, and what helps them")]

mod browser;
mod browsers;
mod conferences;
mod counted;
mod dtmf;
mod fax;
mod limits;
mod losses;
mod moving;
mod nats;
mod outside;
mod phone;
mod phones;
mod recording;
mod relay;
mod sdp;
mod secure;
mod sounds;
mod strangers;
mod tones;
mod transcoding;
mod world;
