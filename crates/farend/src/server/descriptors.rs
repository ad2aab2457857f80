//! Open files, sockets above all: systems give a program 1,024 of them unless it asks for more, and the RTP ports alone may be as many.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use switchboard::core::{LINE_CONNECTIONS_MAX, LINES_MAX};

use crate::config::Config;

/// Connections of ours to providers.
const TO_PROVIDERS: u64 = (LINES_MAX * LINE_CONNECTIONS_MAX) as u64;
/// Beside ports and connections: database, log, wake-ups of threads, certificates while they are read.
const OTHERS: u64 = 256;

/// Asks for as many as the system allows, and says what to do where that is not enough.
pub(super) fn provide(config: &Config) {
    let (Some(limit), needed) = (raised(), needed(config)) else {
        return;
    };
    if limit < needed {
        tracing::warn!(
            limit,
            needed,
            "too few files may be open for `listen.rtp_ports`, `limits.connections` and connections to providers: at the limit connections fail; write LimitNOFILE={needed} \
             into the service's unit, or start with `ulimit -n {needed}`"
        );
    }
}

/// What the configuration may come to need.
fn needed(config: &Config) -> u64 {
    let ports = config.listen.rtp_ports;
    let ports = u64::from(ports.last.saturating_sub(ports.first)) + 1;
    ports + config.limits.connections_max as u64 + TO_PROVIDERS + OTHERS
}

/// How many files may be open, now that we have asked for all; `None` without a limit.
fn raised() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
    getrlimit(Resource::Nofile).current
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_port_and_every_connection_is_a_file() {
        assert_eq!(needed(&Config::default()), 1_000 + 8_192 + 2 * 512 + OTHERS);
    }

    #[test]
    fn all_that_the_system_allows_is_asked_for() {
        assert_eq!(raised(), getrlimit(Resource::Nofile).maximum);
    }
}
