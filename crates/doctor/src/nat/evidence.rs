//! What a probe has seen. Times are counted from its beginning.

use std::net::SocketAddr;
use std::ops::AddAssign;
use std::time::Duration;

/// Everything that a verdict rests on; about one address family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Whom the first socket has asked, and what they saw.
    pub destinations: Vec<Destination>,
    /// What the second socket has found out about the filter; `None` without a server that knows RFC 5780.
    pub filter: Option<FilterEvidence>,
    /// Packets to our own public addresses, and how many came back in.
    pub hairpin: Count,
    /// Plain requests of the second socket beside that: how much gets lost on the way.
    pub control: Count,
}

/// One address and port that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Which.
    pub address: SocketAddr,
    /// How we came to it.
    pub origin: Origin,
    /// Requests and answers.
    pub count: Count,
    /// Our own end of it.
    pub local: Option<SocketAddr>,
    /// How it sees us; more than one when that has changed.
    pub publics: Vec<SocketAddr>,
    /// When the first and the last answer came.
    pub answered_at: Option<(Duration, Duration)>,
    /// The shortest time from request to answer.
    pub round_trip: Option<Duration>,
    /// Whether a router has changed an answer on its way.
    pub is_altered: bool,
    /// What else is known, where it does not answer.
    pub reach: Reach,
}

/// How we came to a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was named to us.
    Named,
    /// A server has told us: its other address or port (RFC 5780).
    Told,
    /// The port above the one that was named: with luck the other port of the server.
    Guessed,
}

/// What is known about a destination apart from its answers; what tells more is greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nothing.
    #[default]
    Unknown,
    /// Its host answers by TCP: it accepts or refuses.
    ByTcp,
    /// Its host says that nothing listens on the UDP port, or the server answers with an error.
    Refused,
    /// The system has no way there.
    NoRoute,
}

/// What the second socket has found out about the filter, with one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterEvidence {
    /// The server's address that the second socket sends to: the only one.
    pub server: SocketAddr,
    /// Answers asked for from the same address and its other port.
    pub other_port: Count,
    /// Answers asked for from its other address and other port.
    pub other_address: Count,
    /// Both have reached the first socket, whose packets have opened the filter before: the server does as it is asked.
    pub is_proven: bool,
    /// The server has answered from where it was asked, instead of from elsewhere.
    pub is_ignored: bool,
}

/// How many were sent, and how many of them were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Sent.
    pub asked: u32,
    /// Answered.
    pub answered: u32,
}

/// A silence that happens by chance less often than this counts.
const CHANCE_MAX: f64 = 1e-7;

impl Count {
    /// Whether that nothing came back means something, on a way where `control` was asked and answered: loss alone would have to
    /// be improbable. Every way is taken to be a little worse than it seems.
    #[must_use]
    pub fn is_silent(self, control: Self) -> bool {
        let lost = f64::from(control.asked.saturating_sub(control.answered));
        let loss = (lost + 1.0) / (f64::from(control.asked) + 2.0);
        self.answered == 0 && loss.powf(f64::from(self.asked)) < CHANCE_MAX
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.asked += other.asked;
        self.answered += other.answered;
    }
}

impl FilterEvidence {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(server: SocketAddr) -> Self {
        Self {
            server,
            other_port: Count::default(),
            other_address: Count::default(),
            is_proven: false,
            is_ignored: false,
        }
    }
}

impl Destination {
    /// One that has not been asked yet.
    #[must_use]
    pub fn new(address: SocketAddr, origin: Origin) -> Self {
        Self {
            address,
            origin,
            count: Count::default(),
            local: None,
            publics: Vec::new(),
            answered_at: None,
            round_trip: None,
            is_altered: false,
            reach: Reach::Unknown,
        }
    }

    /// How it sees us, when it has seen us always in the same way.
    #[must_use]
    pub fn public(&self) -> Option<SocketAddr> {
        match self.publics[..] {
            [public] => Some(public),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(asked: u32, answered: u32) -> Count {
        Count { asked, answered }
    }

    #[test]
    fn silence_means_something_when_the_way_is_good_enough() {
        for (asked, control, is_silent) in [
            (12, count(12, 12), true),
            (12, count(12, 10), true),
            (12, count(12, 8), false),
            (20, count(12, 8), true),
            (3, count(12, 12), false),
            (12, count(0, 0), false),
            (0, count(12, 12), false),
        ] {
            assert_eq!(count(asked, 0).is_silent(control), is_silent, "{asked} of {control:?}");
        }
        assert!(!count(12, 1).is_silent(count(12, 12)));
    }
}
