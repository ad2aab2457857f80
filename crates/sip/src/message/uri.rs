//! SIP and tel addresses, split but not judged.

use std::borrow::Cow;

/// The parts of a URI, as they stand in the message (RFC 3261 section 19.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UriParts<'a> {
    /// `sip`, `sips`, `tel`, …; as written.
    pub scheme: &'a str,
    /// The user part without a password, still escaped. For `tel:` the number.
    pub user: Option<&'a str>,
    /// The host; IPv6 addresses keep their brackets. Empty for `tel:`.
    pub host: &'a str,
    /// The port, where given.
    pub port: Option<u16>,
    /// URI parameters with their leading semicolon, or nothing.
    pub params: &'a str,
    /// Embedded headers without the question mark.
    pub headers: Option<&'a str>,
}

impl<'a> UriParts<'a> {
    /// Splits a URI; `None` when there is no scheme or the port is no number.
    #[must_use]
    pub fn split(uri: &'a str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':')?;
        if scheme.is_empty() || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) {
            return None;
        }
        if scheme.eq_ignore_ascii_case("tel") {
            let (number, params) = split_at_first(rest, b";");
            return Some(Self {
                scheme,
                user: Some(number),
                host: "",
                port: None,
                params,
                headers: None,
            });
        }
        // The user part may hold `;` and `?`, so the last `@` before any embedded header decides. A raw `@` inside
        // a header is illegal, and inside a user part too: the first one wins.
        let (user, rest) = match rest.split_once('@') {
            Some((user, rest)) => (Some(user.split_once(':').map_or(user, |(user, _)| user)), rest),
            None => (None, rest),
        };
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, Some(headers)),
            None => (rest, None),
        };
        let (host_port, params) = split_at_first(rest, b";");
        let (host, port) = split_port(host_port)?;
        Some(Self {
            scheme,
            user,
            host,
            port,
            params,
            headers,
        })
    }

    /// Whether this is a `sip:` or `sips:` URI.
    #[must_use]
    pub fn is_sip(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("sip") || self.scheme.eq_ignore_ascii_case("sips")
    }

    /// The user part with its escapes resolved, e.g. `#31#` for `%2331%23`.
    #[must_use]
    pub fn user_unescaped(&self) -> Option<Cow<'a, str>> {
        self.user.map(unescape)
    }

    /// Whether both name the same resource (RFC 3261 section 19.1.4). Registrars write down what they were told in their own way, so beyond
    /// that: a port that is the default is as good as none, and so is the transport that is the default.
    #[must_use]
    pub fn is_equivalent(&self, other: &Self) -> bool {
        let same_param = |name: &str, default: &str| {
            let value = |uri: &Self| uri.param(name).unwrap_or(default).to_ascii_lowercase();
            value(self) == value(other)
        };
        let conflicts = super::address::Params::new(self.params)
            .iter()
            .any(|(name, value)| other.param(name).is_some_and(|theirs| !theirs.eq_ignore_ascii_case(value)));
        self.scheme.eq_ignore_ascii_case(other.scheme)
            && self.user_unescaped() == other.user_unescaped()
            && self.host.eq_ignore_ascii_case(other.host)
            && self.port.or(self.default_port()) == other.port.or(other.default_port())
            && same_param("transport", "udp")
            && ["user", "ttl", "method", "maddr"].iter().all(|name| same_param(name, ""))
            && !conflicts
            && self.headers == other.headers
    }

    /// RFC 3261 section 19.1.2.
    fn default_port(&self) -> Option<u16> {
        let tls = self.scheme.eq_ignore_ascii_case("sips") || self.param("transport").is_some_and(|name| name.eq_ignore_ascii_case("tls"));
        self.is_sip().then_some(if tls { 5061 } else { 5060 })
    }

    /// The value of a URI parameter: empty when it stands alone, `None` when absent. Names compare without case.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'a str> {
        super::address::Params::new(self.params).value(name)
    }
}

/// Escapes what may not stand in the user part of a SIP address (RFC 3261 section 25.1).
pub(crate) fn escape_user(user: &str) -> String {
    let mut out = String::with_capacity(user.len());
    for byte in user.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => out.push(char::from(byte)),
            b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Splits at the first of `stops`, which stays with the second half.
fn split_at_first<'a>(text: &'a str, stops: &[u8]) -> (&'a str, &'a str) {
    let at = text.bytes().position(|b| stops.contains(&b)).unwrap_or(text.len());
    text.split_at(at)
}

/// Splits `host[:port]`, with brackets around IPv6 addresses.
pub(super) fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let after_host = if text.starts_with('[') {
        text.find(']')? + 1
    } else {
        text.find(':').unwrap_or(text.len())
    };
    let (host, rest) = text.split_at(after_host);
    match rest.strip_prefix(':') {
        Some(port) => Some((host, Some(port.trim().parse().ok()?))),
        None if rest.is_empty() => Some((host, None)),
        None => None,
    }
}

/// Resolves `%hh`; a broken escape stays as it is, and what is no UTF-8 then becomes replacement characters.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |index: usize| bytes.get(index).and_then(|&b| char::from(b).to_digit(16));
        if byte == b'%'
            && let (Some(high), Some(low)) = (hex(at + 1), hex(at + 2))
            && let Ok(value) = u8::try_from(high * 16 + low)
        {
            out.push(value);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}
