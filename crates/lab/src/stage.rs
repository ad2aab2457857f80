//! A stage on which SIPp plays the phones of an example: one SIPp for each dialog, each with its scenario of `crates/lab/sipp`.
//!
//! ```text
//!  scenario.xml + parts/*.xml ──► Script ──► SIPp ◄── SIP ──► farend
//!                                             ▲                  ▲
//!                story ── CUE (a datagram) ───┘      Voice ◄ RTP ┘
//! ```
//!
//! Scenarios say what is sent and what has to come, word by word; a story says when: a scenario waits for a `CUE`, which may bring a text such as
//! the tags of another dialog. What SIPp cannot do, to hear, is done by a [`Voice`] at the port that the scenario names in its descriptions.

mod player;
mod register;
mod script;
mod voice;

use std::cell::Cell;
use std::path::PathBuf;

pub use self::player::Player;
pub use self::voice::Voice;
use crate::digest::Account;
use crate::server::{Farend, SIP_SECRET};
use crate::world::{World, isolated, repository};

/// Where the phones are, and the server.
const LOOPBACK: &str = "127.0.0.1";
/// The first phone's port; the next ones follow.
const FIRST_PORT: u16 = 5100;

/// A server, and phones played by SIPp.
#[derive(Debug)]
pub struct Stage<'a> {
    world: &'a World,
    /// The demo company.
    pub server: Farend,
    ports: Cell<u16>,
}

/// A desk phone at a port of its own.
#[derive(Clone, Copy, Debug)]
pub struct Phone<'a> {
    stage: &'a Stage<'a>,
    sip_user: &'a str,
    secret: &'a str,
    port: u16,
}

/// Plays an example with the demo company, in namespaces of its own.
///
/// # Panics
///
/// When the example does, and when the server does not start.
pub fn played(example: impl FnOnce(&Stage<'_>)) {
    isolated(|world| {
        let server = Farend::start(world).expect("the server starts");
        example(&Stage {
            world,
            server,
            ports: Cell::new(FIRST_PORT),
        });
    });
}

/// Where the scenarios are.
pub fn scenarios() -> PathBuf {
    repository().join("crates/lab/sipp")
}

impl<'a> Stage<'a> {
    /// The network, for who else plays.
    pub fn world(&self) -> &World {
        self.world
    }

    /// A phone that calls and is not called: it has not registered.
    pub fn phone(&'a self, sip_user: &'a str) -> Phone<'a> {
        self.phone_with(sip_user, SIP_SECRET)
    }

    /// A phone of the demo company that has registered, so that it can be called.
    ///
    /// # Panics
    ///
    /// When it is refused.
    #[track_caller]
    pub fn registered(&'a self, sip_user: &'a str) -> Phone<'a> {
        self.registered_with(sip_user, SIP_SECRET)
    }

    /// A phone with a secret of its own that has registered.
    ///
    /// # Panics
    ///
    /// When it is refused.
    #[track_caller]
    pub fn registered_with(&'a self, sip_user: &'a str, secret: &'a str) -> Phone<'a> {
        let phone = self.phone_with(sip_user, secret);
        let account = Account {
            user: sip_user,
            password: secret,
        };
        register::register(phone.port, account).expect("the phone is let in");
        phone
    }

    fn phone_with(&'a self, sip_user: &'a str, secret: &'a str) -> Phone<'a> {
        let port = self.ports.get();
        self.ports.set(port + 1);
        Phone {
            stage: self,
            sip_user,
            secret,
            port,
        }
    }
}

impl Phone<'_> {
    /// Begins to play a scenario such as `rfc3515/referrer`, in which `{{name}}` stands for these texts.
    ///
    /// # Panics
    ///
    /// When SIPp cannot be started.
    #[track_caller]
    pub fn plays(&self, scenario: &str, texts: &[(&str, &str)]) -> Player {
        Player::start(self.stage.world, self, scenario, texts).expect("SIPp starts")
    }
}
