//! Calls in simulated time: an [`media::engine::Engine`] between phones that we simulate and browsers that str0m simulates.

#![allow(unreachable_pub, reason = "modules of one test program")]

mod browser;
mod browsers;
mod dtmf;
mod limits;
mod phone;
mod phones;
mod secure;
mod sdp;
mod transcoding;
mod world;
