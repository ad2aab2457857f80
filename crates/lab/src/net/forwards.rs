//! What becomes of the one port that the office's router is to forward.

use std::net::Ipv4Addr;

use super::network::Network;
use crate::server::PORT;

impl Network {
    /// From now on the office's router refuses the port by itself, from inside and from outside.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn stop_forwarding(&self) -> anyhow::Result<()> {
        self.instead_of_forwarding(
            "redirect",
            &format!("chain own {{ type filter hook input priority -10; tcp dport {PORT} reject with tcp reset; }}"),
        )
    }

    /// From now on the office's router forwards the port to another computer of the office.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn forward_elsewhere(&self, host: Ipv4Addr) -> anyhow::Result<()> {
        self.instead_of_forwarding(&format!("dnat to {host}"), "")
    }

    /// It forwards the port to the server again.
    ///
    /// # Errors
    ///
    /// When it has not done anything else with it.
    pub fn forward_again(&self) -> anyhow::Result<()> {
        self.computers.office_router.add_rules("delete table ip forward\n")
    }

    /// The first rule that translates an address counts.
    fn instead_of_forwarding(&self, translation: &str, more: &str) -> anyhow::Result<()> {
        let public = self.office_public();
        self.computers.office_router.add_rules(&format!(
            "table ip forward {{
               chain arriving {{ type nat hook prerouting priority -101; ip daddr {public} tcp dport {PORT} {translation}; }}
               {more}
             }}\n"
        ))
    }
}
