//! Sees whether a host sends what it must not.

use std::process::Command;

use anyhow::Context;

use super::host::Host;
use crate::process::run;

/// Counts the UDP packets that begin with certain bytes and that a host sends to anybody, itself included.
#[derive(Debug)]
pub struct Watch {
    host: Host,
}

impl Watch {
    /// Begins to count, on a host that has no other watch.
    ///
    /// # Errors
    ///
    /// When the kernel refuses the rules.
    pub fn on(host: &Host, beginning: [u8; 8]) -> anyhow::Result<Watch> {
        let beginning = u64::from_be_bytes(beginning);
        // The packet's bytes follow the eight of the UDP header.
        let rules = format!(
            "table inet watch {{
               counter seen {{}}
               chain leaving {{ type filter hook output priority raw; meta l4proto udp @th,64,64 {beginning:#018x} counter name seen; }}
             }}"
        );
        run(host.command("nft").arg(rules))?;
        Ok(Watch { host: host.clone() })
    }

    /// How many there have been.
    ///
    /// # Errors
    ///
    /// When the kernel does not tell.
    pub fn seen(&self) -> anyhow::Result<u64> {
        let mut list: Command = self.host.command("nft");
        let text = run(list.args(["list", "counter", "inet", "watch", "seen"]))?;
        let after = text.split("packets ").nth(1).context("no counter")?;
        let figure = after.split_whitespace().next().context("no figure")?;
        Ok(figure.parse()?)
    }
}
