//! End-to-end tests of the built program with the real things: Chromium, baresip, SIPp, Kamailio, network namespaces.
//!
//! A test is a story told in a [`World`]: a network of its own in which `farend demo` runs, with every port free and nothing left behind when
//! the test ends, however it ends. Browsers and phones are controlled from outside, as people would: by accessible role and name, by key
//! press. What each side hears is recorded and looked at with [`tone`].
//!
//! ```text
//!   office (where the test runs)                    home
//!   ┌──────────────────────────────────┐            ┌──────────────────────┐
//!   │ farend  baresip  SIPp  Chromium  │─ 192.168.77 ─│ Chromium             │
//!   │                      .1          │            │  .2   (fire wall)    │
//!   └──────────────────────────────────┘            └──────────────────────┘
//! ```
//!
//! What must also hold behind routers of every kind is told in the laboratory of [`net`]; calls to and from the world, with a [`provider`] in it.

pub mod authority;
pub mod baresip;
pub mod browser;
pub mod company;
pub mod digest;
pub mod fax;
pub mod findings;
pub mod gap;
pub mod listening;
pub mod mouth_to_ear;
pub mod net;
pub mod process;
pub mod provider;
pub mod recorded;
pub mod server;
pub mod sipp;
pub mod stage;
mod tls;
pub mod tone;
pub mod turn;
pub mod wait;
pub mod wire;
pub mod world;

pub use authority::Authority;
pub use baresip::Baresip;
pub use browser::Browser;
pub use net::{Home, Lab, Nat, Office};
pub use provider::Provider;
pub use server::Farend;
pub use world::{World, isolated};
