//! Who may call whom, and what a call is: registrar, devices, dial plan, the call state machine.
//!
//! [`core::Core`] routes: SIP from [`sip::Agent`] goes to the registrar or to a call, media's events go to their call.
//! It never looks into a session description.

mod call;
pub mod core;
mod dialplan;
pub mod directory;
mod registrar;
