//! Repairs of what has only one sensible meaning, before the library sees it.

use std::borrow::Cow;

use bytes::Bytes;

/// A message whose head is unfolded, ends its lines in CRLF and is valid UTF-8.
pub(super) struct Repaired {
    /// Head, blank line and body in one piece.
    pub(super) message: Bytes,
    /// The head's length without the blank line.
    pub(super) head_len: usize,
}

impl Repaired {
    /// The head without the blank line.
    pub(super) fn head(&self) -> &str {
        self.message
            .get(..self.head_len)
            .and_then(|head| std::str::from_utf8(head).ok())
            .unwrap_or_default()
    }

    /// The start line.
    pub(super) fn start_line(&self) -> &str {
        self.head().lines().next().unwrap_or_default()
    }
}

/// Repairs a message that begins with its start line. A datagram that ends after a header line but before the blank
/// line counts as whole.
pub(super) fn repair(bytes: &[u8]) -> Repaired {
    let (head, body) = match head_end(bytes, 0) {
        Some((head_len, body_at)) => bytes.split_at_checked(head_len).zip(bytes.get(body_at..)),
        None => None,
    }
    .map_or((bytes, &[][..]), |((head, _), body)| (head, body));
    let mut message = Vec::with_capacity(bytes.len() + 16);
    unfold_into(head, &mut message);
    if let Err(not_utf8) = std::str::from_utf8(&message) {
        message = latin1_where_broken(&message, not_utf8.valid_up_to());
    }
    if let Some(escaped) = request_line(&message) {
        message = escaped;
    }
    // A head that breaks off within a line stays without its end: the library then says what is wrong.
    let whole = head.ends_with(b"\n");
    let head_len = message.len();
    if whole {
        message.extend_from_slice(b"\r\n");
        message.extend_from_slice(body);
    }
    Repaired {
        message: Bytes::from(message),
        head_len,
    }
}

/// The end of the head, its last line break included, and the beginning of the body behind the blank line. Looks from `from` on.
pub(crate) fn head_end(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(found) = bytes.get(at..)?.iter().position(|&b| b == b'\n') {
        at += found + 1;
        match bytes.get(at..)? {
            [b'\n', ..] => return Some((at, at + 1)),
            [b'\r', b'\n', ..] => return Some((at, at + 2)),
            _ => {}
        }
    }
    None
}

/// Copies head lines: a line that begins with white space joins the one before it (RFC 3261 section 7.3.1), bare line
/// feeds become CRLF.
pub(crate) fn unfold_into(head: &[u8], out: &mut Vec<u8>) {
    for line in head.split_inclusive(|&b| b == b'\n') {
        let ended = line.ends_with(b"\n");
        let line = line
            .strip_suffix(b"\n")
            .map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        if matches!(line, [b' ' | b'\t', ..]) && out.ends_with(b"\r\n") {
            out.truncate(out.len() - 2);
            out.push(b' ');
            out.extend_from_slice(line.trim_ascii_start());
        } else {
            out.extend_from_slice(line);
        }
        if ended {
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// The header fields of an unfolded head, as far as they have a colon: name and trimmed value.
pub(crate) fn header_lines(head: &str) -> impl Iterator<Item = (&str, &str)> {
    head.lines().skip(1).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim_end(), value.trim()))
    })
}

/// Old phones write names in Latin-1: bytes that are no UTF-8 are taken as that.
fn latin1_where_broken(text: &[u8], valid_len: usize) -> Vec<u8> {
    let (valid, mut rest) = text.split_at(valid_len);
    let mut out = Vec::with_capacity(text.len() + 16);
    out.extend_from_slice(valid);
    while !rest.is_empty() {
        let good = match std::str::from_utf8(rest) {
            Ok(_) => rest.len(),
            Err(error) => error.valid_up_to(),
        };
        let (valid, broken) = rest.split_at(good);
        out.extend_from_slice(valid);
        rest = match broken.split_first() {
            Some((&byte, after)) => {
                out.extend_from_slice(char::from(byte).encode_utf8(&mut [0; 2]).as_bytes());
                after
            }
            None => broken,
        };
    }
    out
}

/// The head with its Request-URI escaped, when that is needed.
fn request_line(head: &[u8]) -> Option<Vec<u8>> {
    let end = head.iter().position(|&b| b == b'\r')?;
    let (line, rest) = head.split_at(end);
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let (method, uri, version) = (words.next()?, words.next()?, words.next()?);
    let Cow::Owned(escaped) = request_uri(uri) else { return None };
    // Whatever follows the third word stays, so that the library still refuses it.
    let tail: String = words.flat_map(|word| [" ", word]).collect();
    let mut out = [method, " ", &escaped, " ", version, &tail].concat().into_bytes();
    out.extend_from_slice(rest);
    Some(out)
}

/// A URI with the characters of its user part escaped that phones forget to escape, `#` above all (`*43#`).
pub(super) fn request_uri(uri: &str) -> Cow<'_, str> {
    let forgotten = |b: u8| matches!(b, b'#' | b'^' | b'|' | b'{' | b'}' | b'[' | b']') || !b.is_ascii();
    let Some((user, host)) = uri.split_once('@').filter(|(user, _)| user.bytes().any(forgotten)) else {
        return Cow::Borrowed(uri);
    };
    let mut out = String::with_capacity(uri.len() + 8);
    for byte in user.bytes() {
        if forgotten(byte) {
            out.push_str(&format!("%{byte:02X}"));
        } else {
            out.push(char::from(byte));
        }
    }
    out.push('@');
    out.push_str(host);
    Cow::Owned(out)
}
