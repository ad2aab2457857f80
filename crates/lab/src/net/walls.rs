//! What can stand in the way of the office's STUN: fire walls on its router, and a route that is gone.

use super::addresses::{OFFICE_ROUTER, STUN_PORT};
use super::namespace::configure_here;
use super::network::Network;

/// What a fire wall does with packets to STUN servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They are gone.
    Drop,
    /// Whoever sends them is told that the port is closed (ICMP).
    Reject,
}

impl Network {
    /// From now on the office's router lets no STUN out.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn wall_off_stun(&self, verdict: Verdict) -> anyhow::Result<()> {
        let verdict = match verdict {
            Verdict::Drop => "drop",
            Verdict::Reject => "reject with icmp type port-unreachable",
        };
        self.computers.office_router.add_rules(&format!(
            "table ip wall {{ chain passing {{ type filter hook forward priority -10; udp dport {STUN_PORT} {verdict}; }}; }}\n"
        ))
    }

    /// It does again.
    ///
    /// # Errors
    ///
    /// When there was no wall.
    pub fn tear_down_wall(&self) -> anyhow::Result<()> {
        self.computers.office_router.add_rules("delete table ip wall\n")
    }

    /// The server has no way out of its LAN any more.
    ///
    /// # Errors
    ///
    /// When it had none.
    pub fn lose_route(&self) -> anyhow::Result<()> {
        configure_here(&["route del default"])
    }

    /// It has its way through the office's router again.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn restore_route(&self) -> anyhow::Result<()> {
        configure_here(&[format!("route replace default via {OFFICE_ROUTER}")])
    }
}
