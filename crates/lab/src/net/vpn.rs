//! A tunnel from the PC at home to the server itself, as a road warrior has one. How packets get through it is nobody's business here: for
//! both ends it is an interface with a name and a network of its own.

use super::addresses::{HOME_PC_VPN, SERVER_VPN};
use super::forwarder::Cable;
use super::line::Line;
use super::namespace::{Namespace, configure_here};
use super::network::Network;

/// As WireGuard's are called.
const TUNNEL: &str = "wg0";

impl Network {
    /// Digs it, with a line of its own, for as long as somebody holds the result.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub fn dig_tunnel(&self, line: Line) -> anyhow::Result<Cable> {
        let home = &self.computers.home_pc;
        let cable = Cable::lay(home, &Namespace::here()?, TUNNEL, line)?;
        let up = |address| {
            [
                format!("address add {address}/24 dev {TUNNEL}"),
                format!("link set {TUNNEL} addrgenmode none up"),
            ]
        };
        configure_here(&up(SERVER_VPN))?;
        home.configure(&up(HOME_PC_VPN))?;
        Ok(cable)
    }
}
