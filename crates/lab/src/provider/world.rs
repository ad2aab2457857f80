//! The world behind a provider: one phone, to which every number leads.

use std::ops::Deref;

use super::Site;
use crate::baresip::{Baresip, Setup};
use crate::net::Host;

/// The number from which it calls. All others lead to it, too.
pub const NUMBER: &str = "+4930123456";
/// It answers at once.
const PLAIN: Setup = Setup {
    address: "198.51.100.62",
    interface: "wan",
    registers_every_s: 0,
    sip_port: 5060,
    answers: true,
    ..Setup::of(NUMBER)
};

/// The world's phone. It is a [`Baresip`] in all other respects.
#[derive(Debug)]
pub struct World {
    phone: Baresip,
    host: Host,
}

impl World {
    pub(super) fn start(host: &Host) -> anyhow::Result<World> {
        Ok(World {
            phone: Baresip::start_on(host, PLAIN)?,
            host: host.clone(),
        })
    }

    /// From now on it speaks encrypted alone (SDES), or in the open alone.
    ///
    /// # Errors
    ///
    /// When the phone does not come up again.
    pub fn set_encrypts(&mut self, encrypts: bool) -> anyhow::Result<()> {
        self.phone.process().kill();
        self.phone = Baresip::start_on(&self.host, Setup { encrypts, ..PLAIN })?;
        Ok(())
    }

    /// From now on it answers at once, or lets everybody wait.
    ///
    /// # Errors
    ///
    /// When the phone does not come up again.
    pub fn set_answers(&mut self, answers: bool) -> anyhow::Result<()> {
        self.phone.process().kill();
        self.phone = Baresip::start_on(&self.host, Setup { answers, ..PLAIN })?;
        Ok(())
    }

    /// Its phone goes: something else may take its place, at port 5060.
    pub fn leave(&mut self) -> &Host {
        self.phone.process().kill();
        &self.host
    }

    /// From now on it sends back whatever it hears.
    ///
    /// # Errors
    ///
    /// When the phone does not come up again.
    pub fn echo(&mut self) -> anyhow::Result<()> {
        self.phone.process().kill();
        self.phone = Baresip::start_on(&self.host, Setup { echoes: true, ..PLAIN })?;
        Ok(())
    }

    /// Dials a number of a customer of the provider's first server, such as `+4989123101`.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn dial(&self, number: &str) -> anyhow::Result<()> {
        self.dial_by(Site::First, number)
    }

    /// Dials a number of a customer by one of the provider's servers.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn dial_by(&self, site: Site, number: &str) -> anyhow::Result<()> {
        self.phone.dial_uri(&format!("sip:{number}@{}", site.address()))
    }
}

impl Deref for World {
    type Target = Baresip;

    fn deref(&self) -> &Baresip {
        &self.phone
    }
}
