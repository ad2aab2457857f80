//! Who may call whom, and what a call is: registrar, devices, dial plan, the call state machine.

pub mod core;
pub mod directory;
