//! Name-addresses, lists and parameters as phones write them.

use std::borrow::Cow;

use crate::agent::NameAddr;

/// One `name-addr` or `addr-spec` with its header parameters (RFC 3261 section 25.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// The display name, unquoted; empty when there is none.
    pub(crate) display: Cow<'a, str>,
    /// The URI without angle brackets.
    pub(crate) uri: &'a str,
    /// What follows: `;tag=…`.
    pub(crate) params: Params<'a>,
}

impl<'a> Address<'a> {
    /// Reads one address. Unquoted display names may hold anything but `<`, commas included.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (display, rest) = if text.starts_with('"') {
            let end = end_of_quoted(text)?;
            let rest = text.get(end + 1..)?;
            match rest.find('<') {
                // Some phones go on after the closing quote: `"Anna" Home <sip:…>`.
                Some(open) if !rest.get(..open)?.trim().is_empty() => {
                    (Cow::Borrowed(text.get(..end + 1 + open)?.trim()), rest.get(open..)?)
                }
                Some(_) | None => (unquote(text.get(1..end)?), rest.trim_start()),
            }
        } else if let Some(open) = text.find('<') {
            let (display, rest) = text.split_at(open);
            (Cow::Borrowed(display.trim()), rest)
        } else {
            // Without angle brackets all parameters belong to the header, and a comma or question mark is not allowed.
            let (uri, params) = text.split_at(text.find(';').unwrap_or(text.len()));
            let uri = uri.trim_end();
            return is_addr_spec(uri).then_some(Self {
                display: Cow::Borrowed(""),
                uri,
                params: Params::new(params),
            });
        };
        let rest = rest.strip_prefix('<')?;
        let (uri, params) = rest.split_once('>')?;
        let params = params.trim_start();
        if !is_uri_shaped(uri) || !(params.is_empty() || params.starts_with(';')) {
            return None;
        }
        Some(Self {
            display,
            uri,
            params: Params::new(params),
        })
    }

    /// Without parameters, for the outside.
    pub(crate) fn name_addr(&self) -> NameAddr {
        NameAddr {
            display: self.display.clone().into_owned(),
            uri: self.uri.to_owned(),
        }
    }
}

/// Within angle brackets.
fn is_uri_shaped(uri: &str) -> bool {
    uri.contains(':') && !uri.contains(|c: char| c == '<' || c == '"' || c.is_whitespace())
}

/// Without angle brackets, where a comma or question mark would be ambiguous (RFC 3261 section 20).
fn is_addr_spec(uri: &str) -> bool {
    is_uri_shaped(uri) && !uri.contains([',', '?', '>'])
}

/// Parameters: `;name`, `;name=token`, `;name="quoted"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Params<'a>(&'a str);

impl<'a> Params<'a> {
    /// Of text that begins with `;` or is empty.
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The value as written (quotes included): empty for a parameter that stands alone, `None` for one that is absent.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The value without quotes.
    pub(crate) fn unquoted(&self, name: &str) -> Option<Cow<'a, str>> {
        self.value(name)
            .map(|value| match value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) {
                Some(inner) => unquote(inner),
                None => Cow::Borrowed(value),
            })
    }

    /// All of them, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        split_outside_quotes(self.0, b';')
            .map(str::trim)
            .filter(|param| !param.is_empty())
            .map(|param| {
                let (name, value) = param.split_once('=').unwrap_or((param, ""));
                (name.trim_end(), value.trim_start())
            })
    }
}

/// The items of a comma-separated list of addresses. An item that cannot be an address of its own is taken as the
/// beginning of an unquoted display name with a comma (`Bell, Alexander <sip:…>`).
pub(crate) fn split_addresses(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut start = 0;
    let mut pending = 0;
    for item in split_outside_quotes(text, b',') {
        let end = start + item.len();
        let whole = text.get(pending..end).unwrap_or(item);
        if whole.contains('<') || whole.contains(':') || whole.trim() == "*" || end == text.len() {
            items.push(whole.trim());
            pending = end + 1;
        }
        start = end + 1;
    }
    items.retain(|item| !item.is_empty());
    items
}

/// Splits at `separator`, but not inside `"…"` or `<…>`.
pub(crate) fn split_outside_quotes(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
        let end = current.bytes().position(|byte| {
            if escaped {
                escaped = false;
                return false;
            }
            match byte {
                b'\\' if quoted => escaped = true,
                b'"' if !bracketed => quoted = !quoted,
                b'<' if !quoted => bracketed = true,
                b'>' if !quoted => bracketed = false,
                _ => return byte == separator && !quoted && !bracketed,
            }
            false
        });
        match end {
            Some(end) => {
                rest = current.get(end + 1..);
                current.get(..end)
            }
            None => rest.take(),
        }
    })
}

/// The index of the closing quote of a text that begins with one.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().enumerate().skip(1).find_map(|(index, byte)| {
        if escaped {
            escaped = false;
            return None;
        }
        escaped = byte == b'\\';
        (byte == b'"').then_some(index)
    })
}

/// Resolves backslashes.
pub(crate) fn unquote(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    Cow::Owned(out)
}
