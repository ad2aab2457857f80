//! What is written, reduced to what can be keyed.

/// Characters of a number at most; what is longer is not a number.
pub const CHARS_MAX: usize = 64;

/// A number as people, phones and address books write it, reduced to what counts: no visual separators
/// (RFC 3966 section 5.1.1), no scheme, host or parameters, plain digits for those of other scripts and widths, small letters.
/// `None` when nothing sensible is left. What is reduced already stays as it is.
pub fn normalise(dialled: &str) -> Option<String> {
    let dialled = unescape(user_part(dialled.trim()));
    let plain = dialled.chars().map(narrow).flat_map(char::to_lowercase);
    let number: String = plain.filter(|c| !is_separator(*c)).collect();
    let is_sensible = !number.is_empty()
        && number.chars().count() <= CHARS_MAX
        && number.chars().all(|c| c.is_alphanumeric() || matches!(c, '*' | '#' | '+' | '_'));
    is_sensible.then_some(number)
}

/// `101` of `sip:101;x=y@farend;transport=ws?Replaces=…`, `tel:101;phone-context=…` or plain `101`.
fn user_part(uri: &str) -> &str {
    let rest = match uri.split_once(':') {
        Some((scheme, rest))
            if ["sip", "sips", "tel", "callto"]
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known)) =>
        {
            rest
        }
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

/// Brackets, dots, strokes and spaces of every kind, and the marks without width that come along when a number is copied from an address book.
fn is_separator(c: char) -> bool {
    match c {
        '-' | '.' | '(' | ')' | '/' | '[' | ']' | '\u{ad}' | '\u{b7}' | '\u{2212}' | '\u{2060}' | '\u{feff}' => true,
        // Hyphens and dashes; marks of width and direction.
        '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_whitespace(),
    }
}

/// The plain form of wide signs and letters, and of the digits of other scripts.
fn narrow(c: char) -> char {
    /// The zeros of decimal digits that keyboards and address books in use write.
    const ZEROS: [char; 14] = [
        '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}',
        '\u{ed0}', '\u{ff10}',
    ];
    let digit = ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    });
    match c {
        _ if digit.is_some() => digit.unwrap_or(c),
        // The wide forms of printable ASCII lie in the same order.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xff01 + 0x21).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("callto:+49301234", "+49301234"),
            ("sip:102:secret@farend", "102"),
            ("sip:102@farend?Replaces=abc%3Bto-tag%3D1", "102"),
            ("100%", ""),
            ("", ""),
            ("sip:@farend", ""),
            ("drop table; --", "droptable"),
            ("\u{202a}+49\u{a0}89\u{202f}12\u{2011}34\u{202c}", "+49891234"),
            ("＋４９（０）８９－１２３４", "+490891234"),
            ("٠٨٩ ١٢٣٤", "0891234"),
            ("०८९ १२३४", "0891234"),
            ("0800\u{2013}FLOWERS", "0800flowers"),
            ("[089] 12·34", "0891234"),
            ("ÄNNE", "änne"),
            // Its small letter is a letter and a mark, which no number has.
            ("İzmir", ""),
        ] {
            assert_eq!(normalise(written).unwrap_or_default(), meant, "{written}");
            assert_eq!(normalise(meant).unwrap_or_default(), meant, "{meant}");
        }
        assert_eq!(normalise(&"1".repeat(CHARS_MAX + 1)), None);
        assert!(normalise(&"1".repeat(CHARS_MAX)).is_some());
    }
}
