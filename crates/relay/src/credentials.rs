//! Credentials that expire and belong to one user: `EXPIRY:USER`, and a password that only the server can make.
//!
//! The scheme that TURN servers and their applications have agreed upon: the server keeps no list of passwords, it computes them anew.

use std::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, Mac as _};
use md5::{Digest as _, Md5};
use sha1::Sha1;

/// A user's name in bytes, at most.
pub const USER_BYTES_MAX: usize = 64;

/// Digits of a time in seconds since 1970, at most.
const EXPIRY_DIGITS_MAX: usize = 12;

/// What makes this server's passwords.
#[derive(Clone)]
pub struct Secret([u8; 32]);

/// What a client signs in with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// `EXPIRY:USER`, the expiry in seconds since 1970.
    pub username: String,
    /// Base64 of HMAC-SHA1 over the user name.
    pub password: String,
}

/// What a user name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Username<'a> {
    pub(crate) expires_unix_s: u64,
    pub(crate) user: &'a str,
}

/// The key of a long-term credential (RFC 8489 section 9.2.2).
pub(crate) type Key = [u8; 16];

impl Secret {
    /// From 32 bytes that nobody else knows.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A credential of this user until then; `None` when the user's name is empty or longer than [`USER_BYTES_MAX`].
    #[must_use]
    pub fn issue(&self, user: &str, expires_unix_s: u64) -> Option<Credential> {
        let username = format!("{expires_unix_s}:{user}");
        Username::parse(&username)?;
        Some(Credential {
            password: self.password(&username),
            username,
        })
    }

    /// The key that whoever holds the credential of this user name has.
    pub(crate) fn key(&self, username: &str, realm: &str) -> Key {
        key(username, realm, &self.password(username))
    }

    fn password(&self, username: &str) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(username.as_bytes());
        BASE64.encode(&mac.finalize().into_bytes())
    }
}

impl<'a> Username<'a> {
    /// `None` when it is none of ours.
    pub(crate) fn parse(username: &'a str) -> Option<Self> {
        let (expiry, user) = username.split_once(':')?;
        let digits = (1..=EXPIRY_DIGITS_MAX).contains(&expiry.len()) && expiry.bytes().all(|c| c.is_ascii_digit());
        let named = (1..=USER_BYTES_MAX).contains(&user.len());
        (digits && named).then_some(Self {
            expires_unix_s: expiry.parse().ok()?,
            user,
        })
    }
}

impl Credential {
    /// The key for `MESSAGE-INTEGRITY` in this realm.
    #[must_use]
    pub fn key(&self, realm: &str) -> [u8; 16] {
        key(&self.username, realm, &self.password)
    }
}

fn key(username: &str, realm: &str, password: &str) -> Key {
    let mut digest = Md5::new();
    for part in [username, ":", realm, ":", password] {
        digest.update(part.as_bytes());
    }
    digest.finalize().into()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_as_the_rfc_computes_it() {
        // RFC 8489 section 9.2.2: MD5("user:realm:pass").
        let key = key("user", "realm", "pass");
        assert_eq!(data_encoding::HEXLOWER.encode(&key), "8493fbc53ba582fb4c044c456bdc40eb");
    }

    #[test]
    fn a_credential_fits_the_key_that_the_server_computes() {
        let secret = Secret::new([7; 32]);
        let credential = secret.issue("4711", 1_800_000_000).unwrap();
        assert_eq!(credential.username, "1800000000:4711");
        assert_eq!(credential.key("farend"), secret.key("1800000000:4711", "farend"));
        assert_ne!(credential.key("farend"), secret.key("1800000000:4712", "farend"));
        assert_ne!(credential.key("farend"), Secret::new([8; 32]).key("1800000000:4711", "farend"));
    }

    #[test]
    fn user_names_that_are_not_ours_say_nothing() {
        let long = format!("1:{}", "x".repeat(USER_BYTES_MAX + 1));
        for username in ["", ":", "1:", ":x", "1", "+1:x", "-1:x", " 1:x", "0x1:y", "1234567890123:x", &long] {
            assert_eq!(Username::parse(username), None, "{username}");
        }
        let longest = format!("999999999999:{}", "x".repeat(USER_BYTES_MAX));
        assert!(Username::parse(&longest).is_some());
        let with_colon = Username::parse("1:a:b").unwrap();
        assert_eq!((with_colon.expires_unix_s, with_colon.user), (1, "a:b"));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let credential = Secret::new([7; 32]).issue("1", 2).unwrap();
        assert!(!format!("{credential:?}").contains(&credential.password));
        assert_eq!(format!("{:?}", Secret::new([7; 32])), "Secret");
    }
}
