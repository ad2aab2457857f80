//! What a dialled number means.

use crate::directory::{Feature, Lookup, User};

/// Characters of a number at most; what is longer is not a number.
const NUMBER_CHARS_MAX: usize = 64;

/// Where a number leads.
#[derive(Debug)]
pub(crate) enum Destination<'a> {
    /// To somebody's phones.
    User(&'a User),
    /// To a feature code.
    Feature(Feature),
    /// Nowhere.
    Unknown,
}

/// Looks a normalised number up. Feature codes come first: an extension cannot hide one.
pub(crate) fn find<'a>(directory: &'a Lookup, number: &str) -> Destination<'a> {
    match (directory.feature(number), directory.user_at(number)) {
        (Some(feature), _) => Destination::Feature(feature),
        (None, Some(user)) => Destination::User(user),
        (None, None) => Destination::Unknown,
    }
}

/// A number as people, phones and address books write it, reduced to what counts: no visual separators
/// (RFC 3966 section 5.1.1), no scheme, host or parameters. `None` when nothing sensible is left.
pub(crate) fn normalise(dialled: &str) -> Option<String> {
    let dialled = unescape(user_part(dialled.trim()));
    let number: String = dialled
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}'))
        .collect();
    let is_sensible = !number.is_empty()
        && number.chars().count() <= NUMBER_CHARS_MAX
        && number.chars().all(|c| c.is_alphanumeric() || matches!(c, '*' | '#' | '+' | '_'));
    is_sensible.then(|| number.to_lowercase())
}

/// `101` of `sip:101;x=y@farend;transport=ws?Replaces=…`, `tel:101;phone-context=…` or plain `101`.
fn user_part(uri: &str) -> &str {
    let rest = match uri.split_once(':') {
        Some((scheme, rest)) if ["sip", "sips", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => rest,
        _ => uri,
    };
    let user = rest.split_once('@').map_or(rest, |(user, _)| user);
    user.split([';', '?', ':']).next().unwrap_or(user)
}

fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = if *byte == b'%' { text.get(at + 1..at + 3) } else { None };
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                plain.push(value);
                at += 3;
            }
            None => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Whether a `Refer-To` names a dialog to be replaced: an attended transfer (RFC 3891, RFC 5589 section 7).
pub(crate) fn asks_for_replacement(refer_to: &str) -> bool {
    let Some((_, headers)) = refer_to.split_once('?') else {
        return false;
    };
    headers
        .split('&')
        .filter_map(|header| header.split('=').next())
        .any(|name| name.eq_ignore_ascii_case("replaces"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::UserId;

    use super::*;
    use crate::directory::Directory;

    #[test]
    fn numbers_are_understood_however_they_are_written() {
        for (written, meant) in [
            ("101", "101"),
            (" 1 0-1 ", "101"),
            ("(0)30/12.34-5", "03012345"),
            ("sip:101@farend", "101"),
            ("SIP:101@farend;transport=ws", "101"),
            ("sip:%2A43@farend", "*43"),
            ("sip:*44%23", "*44#"),
            ("tel:+49-30-1234;phone-context=x", "+49301234"),
            ("sip:102:secret@farend", "102"),
            ("sip:102@farend?Replaces=abc%3Bto-tag%3D1", "102"),
            ("100%", ""),
            ("", ""),
            ("sip:@farend", ""),
            ("drop table; --", "droptable"),
        ] {
            assert_eq!(normalise(written).unwrap_or_default(), meant, "{written}");
        }
        assert_eq!(normalise(&"1".repeat(NUMBER_CHARS_MAX + 1)), None);
        assert!(normalise(&"1".repeat(NUMBER_CHARS_MAX)).is_some());
    }

    #[test]
    fn an_attended_transfer_is_told_from_a_blind_one() {
        assert!(asks_for_replacement("sip:102@farend?Replaces=abc%3Bto-tag%3D1"));
        assert!(asks_for_replacement("sip:102@farend?Subject=x&replaces=abc"));
        assert!(!asks_for_replacement("sip:102@farend?Subject=Replaces"));
        assert!(!asks_for_replacement("sip:102@farend"));
    }

    #[test]
    fn a_number_leads_to_a_user_a_feature_or_nowhere() {
        let user = User {
            id: UserId(1),
            name: "Anna".to_owned(),
            extension: Some("101".to_owned()),
        };
        let directory = Lookup::new(Arc::new(Directory {
            users: vec![user],
            features: vec![("*43".to_owned(), Feature::EchoTest)],
            ..Directory::default()
        }));
        assert!(matches!(find(&directory, "101"), Destination::User(user) if user.name == "Anna"));
        assert!(matches!(find(&directory, "*43"), Destination::Feature(Feature::EchoTest)));
        assert!(matches!(find(&directory, "10"), Destination::Unknown));
    }
}
