//! Names and addresses of machines, as people write them.

use std::net::IpAddr;

/// Whether a text is a name of DNS (RFC 1123 section 2.1, and underscores) or an address without brackets.
#[must_use]
pub fn is_host(name: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    name.parse::<IpAddr>().is_ok() || (name.len() <= 253 && name.split('.').all(label))
}
