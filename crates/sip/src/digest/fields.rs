//! The `name=value` lists of challenges and credentials.

use std::borrow::Cow;

use crate::message::{split_outside_quotes, unquote};

/// The parameters of one `Digest` challenge or of `Digest` credentials, split once.
#[derive(Clone, Debug)]
pub(super) struct DigestFields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> DigestFields<'a> {
    /// `None` for another scheme; `Basic` would hand out the password.
    pub(super) fn read(value: &'a str) -> Option<Self> {
        let (scheme, rest) = value.split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        Some(Self::list(rest))
    }

    /// A list without a scheme before it, as in `Authentication-Info`.
    pub(super) fn list(text: &'a str) -> Self {
        let fields = split_outside_quotes(text, b',').filter_map(|field| field.split_once('='));
        Self(fields.map(|(name, value)| (name.trim(), value.trim())).collect())
    }

    /// A value without its quotes.
    pub(super) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.0.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
            Some(inner) => unquote(inner),
            None => Cow::Borrowed(value),
        })
    }
}
