//! What a host's TCP has had to do about losses, by the kernel's own counters.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Sub;

use anyhow::Context;

use super::host::Host;

/// Counted for all connections of a host since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpCounters {
    /// Segments sent, the repeated ones included.
    pub segments: u64,
    /// Segments sent again.
    pub repeated: u64,
    /// Segments sent again although they had arrived.
    pub repeated_in_vain: u64,
    /// Times that nothing had been heard for a whole retransmission time-out.
    pub timeouts: u64,
    /// The last segment sent again to learn sooner whether it had arrived (TLP, RFC 8985, section 7).
    pub probes: u64,
    /// Repeated segments that were lost again.
    pub lost_again: u64,
}

impl TcpCounters {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// When the kernel has no such counters.
    pub fn of(host: &Host) -> anyhow::Result<TcpCounters> {
        let text = host.within(|| {
            let files = ["snmp", "netstat"].map(|file| fs::read_to_string(format!("/proc/thread-self/net/{file}")));
            files.into_iter().collect::<Result<String, _>>()
        })??;
        let all = parse(&text);
        let counter = |name: &str| all.get(name).copied().with_context(|| format!("the kernel does not count {name}"));
        Ok(TcpCounters {
            segments: counter("Tcp:OutSegs")?,
            repeated: counter("Tcp:RetransSegs")?,
            repeated_in_vain: counter("TcpExt:TCPDSACKRecv")?,
            timeouts: counter("TcpExt:TCPTimeouts")?,
            probes: counter("TcpExt:TCPLossProbes")?,
            lost_again: counter("TcpExt:TCPLostRetransmit")?,
        })
    }
}

impl Sub for TcpCounters {
    type Output = TcpCounters;

    fn sub(self, before: TcpCounters) -> TcpCounters {
        TcpCounters {
            segments: self.segments - before.segments,
            repeated: self.repeated - before.repeated,
            repeated_in_vain: self.repeated_in_vain - before.repeated_in_vain,
            timeouts: self.timeouts - before.timeouts,
            probes: self.probes - before.probes,
            lost_again: self.lost_again - before.lost_again,
        }
    }
}

/// Pairs of lines that begin with the same word: names, and figures below them.
fn parse(text: &str) -> BTreeMap<String, u64> {
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.chunks_exact(2).flat_map(|pair| {
        let group = pair[0].split(' ').next().unwrap_or_default();
        let both = pair[0].split(' ').zip(pair[1].split(' ')).skip(1);
        both.filter_map(move |(name, figure)| Some((format!("{group}{name}"), figure.parse().ok()?)))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_above_figures() {
        let all = parse("Tcp: MaxConn OutSegs\nTcp: -1 42\nTcpExt: TCPTimeouts\nTcpExt: 3\n");
        assert_eq!(
            all.into_iter().collect::<Vec<_>>(),
            [("Tcp:OutSegs".to_owned(), 42), ("TcpExt:TCPTimeouts".to_owned(), 3)]
        );
    }
}
