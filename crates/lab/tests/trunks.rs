//! Calls to and from the world: a real provider (Kamailio), a real telephone behind it, and routers between.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "trunks/calls.rs"]
mod calls;
#[path = "trunks/company.rs"]
mod company;
#[path = "trunks/failover.rs"]
mod failover;
#[path = "trunks/fax.rs"]
mod fax;
#[path = "trunks/fraud.rs"]
mod fraud;
#[path = "trunks/intruder.rs"]
mod intruder;
#[path = "trunks/lines.rs"]
mod lines;
#[path = "trunks/naptr.rs"]
mod naptr;
#[path = "trunks/router.rs"]
mod router;
#[path = "trunks/second_router.rs"]
mod second_router;
#[path = "trunks/selftest.rs"]
mod selftest;
#[path = "trunks/stun.rs"]
mod stun;
