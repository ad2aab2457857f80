//! The examples of the RFCs that telephone systems live by, played by SIPp against the built server; `docs/rfc-examples.md` lists them.

#![allow(clippy::unwrap_used, reason = "an example that cannot go on has failed, and the place says why")]

#[path = "rfc/rfc3515.rs"]
mod rfc3515;
