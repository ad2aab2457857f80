//! What is known about the life of mappings.

use std::fmt;
use std::time::Duration;

/// How long an idle mapping lives, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lifetime {
    /// So long one was left alone, and was alive.
    pub at_least: Option<Duration>,
    /// So long two were left alone at most, and were gone.
    pub less_than: Option<Duration>,
    /// Why neither is known.
    pub unknown: Option<Unknown>,
}

/// Why nothing is known about the life of mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// It has not been found out yet.
    NotYet,
    /// No server answers.
    NoServer,
    /// The servers do not know RESPONSE-PORT, and no mapping got another port: it may be the old one, or a new one that looks like it.
    LooksAlike,
    /// Too much was lost on the way.
    Lossy,
    /// One mapping was gone, and another one of the same age or older lived.
    Contradiction,
    /// The public address has changed meanwhile, or there are several.
    Unsteady,
}

impl Lifetime {
    /// In whole seconds, never more than is known.
    #[must_use]
    pub fn at_least_s(&self) -> Option<u64> {
        Some(self.at_least?.as_secs())
    }

    /// In whole seconds, never less than is known.
    #[must_use]
    pub fn less_than_s(&self) -> Option<u64> {
        let less_than = self.less_than?;
        Some(less_than.as_secs() + u64::from(less_than.subsec_nanos() > 0))
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at_least, less_than) = (self.at_least_s(), self.less_than_s());
        match (at_least, less_than) {
            (Some(at_least), Some(less_than)) => write!(f, "an idle mapping lives at least {at_least} s and less than {less_than} s"),
            (Some(at_least), None) => write!(f, "an idle mapping lives at least {at_least} s"),
            (None, Some(less_than)) => write!(f, "an idle mapping lives less than {less_than} s"),
            (None, None) => write!(
                f,
                "how long an idle mapping lives is not known: {}",
                self.unknown.unwrap_or(Unknown::NotYet)
            ),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotYet => "it has not been found out yet",
            Self::NoServer => "no server answers",
            Self::LooksAlike => "the servers do not know RESPONSE-PORT, and the router gave the same ports again or kept them",
            Self::Lossy => "too much got lost on the way",
            Self::Contradiction => "one was gone while an older one lived",
            Self::Unsteady => "the public address changed meanwhile, or there are several",
        })
    }
}
