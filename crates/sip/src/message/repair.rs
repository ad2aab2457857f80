//! Repairs of what has only one sensible meaning, before the library sees it.

use std::borrow::Cow;

/// A Request-URI with the characters escaped that phones forget to escape.
pub(super) fn request_uri(uri: &str) -> Cow<'_, str> {
    if uri.contains('#') {
        Cow::Owned(uri.replace('#', "%23"))
    } else {
        Cow::Borrowed(uri)
    }
}
