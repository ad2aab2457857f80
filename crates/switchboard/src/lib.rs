//! Who may call whom, and what a call is: registrar, devices, dial plan, the call state machine.
//!
//! [`core::Core`] routes: SIP from [`sip::Agent`] goes to the registrar or to a call, media's events go to their call.
//! It never looks into a session description.

mod call;
pub mod core;
pub mod dialplan;
pub mod directory;
mod display;
mod registrar;
mod seats;
mod teams;
pub mod trunks;

#[cfg(test)]
mod testing {
    use std::time::{Duration, Instant};

    use model::TrunkId;
    use model::control::Srtp;
    use numbers::Format;
    use sip::Transport;

    use crate::directory::{Account, Forwarded, IdentityHeader, Trunk};
    use crate::trunks::{Place, Trust};

    /// A trunk with one account, over UDP.
    pub(crate) fn trunk(id: TrunkId, name: &str) -> Trunk {
        Trunk {
            id,
            name: name.to_owned(),
            place: Place {
                host: format!("{name}.example.com"),
                port: None,
                transport: Some(Transport::Udp),
                from: None,
            },
            stun: None,
            trust: Trust::Public,
            domain: format!("{name}.example.com"),
            accounts: vec![Account {
                user: "49891234500".to_owned(),
                auth_user: None,
                password: "secret".to_owned(),
                realm: None,
                contact_user: None,
                expires: Some(Duration::from_secs(300)),
            }],
            srtp: Srtp::Never,
            ping_every: None,
            networks: Vec::new(),
            identity: IdentityHeader::Asserted,
            forwarded: Forwarded::Own,
            outgoing: Format::Digits,
            incoming: Format::Digits,
            number: None,
            echo_number: None,
        }
    }

    /// Where a scenario's time begins.
    #[expect(clippy::disallowed_methods, reason = "an Instant can be made in no other way")]
    pub(crate) fn start() -> Instant {
        Instant::now()
    }
}
