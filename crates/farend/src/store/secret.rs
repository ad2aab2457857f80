//! Secrets that the program makes up: session tokens, SIP secrets, first passwords.

use std::fmt;

use rand::Rng as _;
use sip::agent::Ha1;

use super::name::SipUser;

/// The digest realm and the host part of our SIP addresses.
pub const REALM: &str = "farend";

/// Letters and digits that cannot be mistaken for each other when typed into a desk phone.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// 20 of 32 letters are 100 bits.
const LETTERS: usize = 20;

/// A secret to be shown once. Never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one of 100 random bits.
    #[must_use]
    pub fn random() -> Self {
        let mut rng = rand::rng();
        Self(
            (0..LETTERS)
                .map(|_| char::from(ALPHABET[rng.random_range(0..ALPHABET.len())]))
                .collect(),
        )
    }

    /// One that somebody chose.
    #[must_use]
    pub fn chosen(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps of it.
    pub(super) fn ha1(&self, sip_user: &SipUser) -> Ha1 {
        Ha1::new(sip_user.as_str(), REALM, &self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
