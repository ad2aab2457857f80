//! coturn as a STUN server.

use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use super::addresses::STUN_PORT;
use super::namespace::Namespace;
use crate::process::Process;
use crate::wait;

/// From start to the first answer.
const READY_LIMIT: Duration = Duration::from_secs(10);
/// One question is waited for so long.
const PATIENCE: Duration = Duration::from_millis(50);
/// A binding request without attributes (RFC 8489, section 5).
pub(super) const BINDING_REQUEST: [u8; 20] = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/// Starts a server; with two addresses it discovers NAT behaviour as well (RFC 5780).
pub(super) fn start(internet: &Namespace, name: &str, addresses: &[Ipv4Addr], folder: &Path) -> anyhow::Result<Process> {
    let own = folder.join(name);
    fs::create_dir_all(&own)?;
    let mut command = internet.command("turnserver");
    command.args([
        "-n",
        "--stun-only",
        "--no-cli",
        "--no-tls",
        "--no-dtls",
        "--no-tcp",
        "--log-file=stdout",
    ]);
    command.args(["--relay-threads=1", &format!("--listening-port={STUN_PORT}")]);
    command.args(addresses.iter().map(|address| format!("--listening-ip={address}")));
    command.arg(format!("--userdb={}", own.join("users.db").display()));
    command.arg(format!("--pidfile={}", own.join("pid").display()));
    Process::start(command, name, folder)
}

/// Waits until all addresses answer.
pub(super) fn wait_until_ready(internet: &Namespace, addresses: &[Ipv4Addr]) -> anyhow::Result<()> {
    let socket = internet.within(|| UdpSocket::bind("0.0.0.0:0"))??;
    socket.set_read_timeout(Some(PATIENCE))?;
    for address in addresses {
        wait::until_true(&format!("the STUN server at {address} answers"), READY_LIMIT, || {
            let mut answer = [0; 512];
            socket.send_to(&BINDING_REQUEST, (*address, STUN_PORT)).is_ok()
                && socket.recv_from(&mut answer).is_ok_and(|(_, from)| from.ip() == *address)
        });
    }
    Ok(())
}
