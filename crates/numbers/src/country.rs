//! Countries, as far as telephony is concerned.

use std::fmt;
use std::str::FromStr;

use crate::plan::{self, Plan};

/// A country or territory with a numbering plan of its own, by ISO 3166-1 alpha-2.
#[derive(Clone, Copy)]
pub struct Country(&'static Plan);

/// There is no such country, or it has no numbering plan of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no country “{0}”: write the two letters of ISO 3166, such as DE or US")]
pub struct UnknownCountry(String);

impl Country {
    /// The two letters, in capitals.
    pub fn letters(&self) -> &'static str {
        self.0.letters
    }

    /// The calling code, without `+`.
    pub fn calling_code(&self) -> u16 {
        self.0.calling_code
    }

    /// What is dialled before a number in the same country: `0` nearly everywhere, nothing in Italy.
    pub fn national_prefix(&self) -> Option<&'static str> {
        self.0.national_prefix
    }

    /// What is dialled before the calling code of another country: `00` nearly everywhere, `011` in North America.
    pub fn international_prefix(&self) -> &'static str {
        self.0.international_prefix()
    }

    pub(crate) fn plan(&self) -> &'static Plan {
        self.0
    }
}

impl PartialEq for Country {
    fn eq(&self, other: &Self) -> bool {
        self.letters() == other.letters()
    }
}

impl Eq for Country {}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(text: &str) -> Result<Self, UnknownCountry> {
        let letters = text.trim().to_ascii_uppercase();
        plan::of_country(&letters)
            .map(Self)
            .ok_or_else(|| UnknownCountry(text.chars().take(20).collect()))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letters())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
