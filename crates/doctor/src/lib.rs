//! What stands between us and the world: our public addresses, kept up to date, and how the routers on the way behave.
//!
//! ```text
//!  servers, packets, now ──► binding::Keeper ──► requests, next deadline, "our public address is …"
//!                     └────► nat::Probe ──────► requests, next deadline ──► Evidence ──► Verdict (a pure function)
//!                                 both speak stun
//! ```
//!
//! What all of that, desk phones, browsers' checks and calls show is put together as [`evidence`], from which [`rules`] conclude what is wrong
//! ([`finding`]), in [`words`] for people, and [`history`] says when it began and ended.
//!
//! [`alg`] judges whether a router rewrites SIP, by what providers answer.
//!
//! Nothing here opens a socket, reads a clock or looks a name up: the program does, for its server and for `farend nat` alike.

pub mod alg;
pub mod binding;
pub mod evidence;
pub mod finding;
pub mod history;
pub mod nat;
pub mod pace;
pub mod plan;
pub mod rules;
pub mod stun;
pub mod verdict;
pub mod words;

mod address;
