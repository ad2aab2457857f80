//! Who may call whom, and what a call is: registrar, devices, dial plan, the call state machine.
//!
//! [`core::Core`] routes: SIP from [`sip::Agent`] goes to the registrar or to a call, media's events go to their call.
//! It never looks into a session description.

mod call;
pub mod core;
pub mod dialplan;
pub mod directory;
mod registrar;
pub mod trunks;

#[cfg(test)]
mod testing {
    use std::time::Instant;

    /// Where a scenario's time begins.
    #[expect(clippy::disallowed_methods, reason = "an Instant can be made in no other way")]
    pub(crate) fn start() -> Instant {
        Instant::now()
    }
}
