//! The `name=value` lists of challenges and credentials.

use std::borrow::Cow;

use crate::message::{split_outside_quotes, unquote};

/// The parameters of one `Digest` challenge or of `Digest` credentials.
#[derive(Clone, Copy, Debug)]
pub(super) struct DigestFields<'a>(&'a str);

impl<'a> DigestFields<'a> {
    /// `None` for another scheme; `Basic` would hand out the password.
    pub(super) fn read(value: &'a str) -> Option<Self> {
        let (scheme, rest) = value.split_once([' ', '\t'])?;
        scheme.eq_ignore_ascii_case("Digest").then_some(Self(rest))
    }

    /// A value without its quotes.
    pub(super) fn value(self, name: &str) -> Option<Cow<'a, str>> {
        split_outside_quotes(self.0, b',').find_map(|field| {
            let (found, value) = field.split_once('=')?;
            if !found.trim().eq_ignore_ascii_case(name) {
                return None;
            }
            let value = value.trim();
            Some(match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
                Some(inner) => unquote(inner),
                None => Cow::Borrowed(value),
            })
        })
    }
}
