//! International numbers.

use std::fmt;
use std::str::FromStr;

/// Digits of an international number at most (ITU-T E.164 section 6.1).
pub const DIGITS_MAX: usize = 15;
/// Digits at least: a calling code, and more of a number than nothing.
pub const DIGITS_MIN: usize = 4;

/// An international number (ITU-T E.164): calling code and national number, digits only.
///
/// That it has the right shape is certain; whether somebody answers there is not our business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164 {
    /// ASCII digits, then zero bytes.
    digits: [u8; DIGITS_MAX],
    len: u8,
}

/// Why a text is no international number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum E164Error {
    /// Something else than digits after an optional `+`.
    #[error("an international number is + and digits")]
    NotDigits,
    /// No calling code begins with 0.
    #[error("an international number begins with a country's calling code, which never begins with 0")]
    LeadingZero,
    /// Fewer digits than [`DIGITS_MIN`].
    #[error("an international number has at least {DIGITS_MIN} digits")]
    TooShort,
    /// More digits than [`DIGITS_MAX`].
    #[error("an international number has at most {DIGITS_MAX} digits")]
    TooLong,
}

impl E164 {
    /// The number with these digits, which begin with the calling code.
    ///
    /// # Errors
    /// When no international number has such digits.
    pub fn from_digits(digits: &str) -> Result<Self, E164Error> {
        let bytes = digits.as_bytes();
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(E164Error::NotDigits);
        }
        if bytes.first() == Some(&b'0') {
            return Err(E164Error::LeadingZero);
        }
        match bytes.len() {
            ..DIGITS_MIN => Err(E164Error::TooShort),
            DIGITS_MIN..=DIGITS_MAX => {
                let mut kept = [0; DIGITS_MAX];
                kept[..bytes.len()].copy_from_slice(bytes);
                Ok(Self {
                    digits: kept,
                    len: bytes.len() as u8,
                })
            }
            _ => Err(E164Error::TooLong),
        }
    }

    /// All digits, calling code first, without `+`.
    pub fn digits(&self) -> &str {
        std::str::from_utf8(&self.digits[..usize::from(self.len)]).expect("only ASCII digits are put in")
    }
}

impl FromStr for E164 {
    type Err = E164Error;

    /// Reads `+4989123456`; the `+` may be missing.
    fn from_str(text: &str) -> Result<Self, E164Error> {
        Self::from_digits(text.strip_prefix('+').unwrap_or(text))
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.digits())
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_an_international_number_is_one() {
        for (text, outcome) in [
            ("+4989123456", Ok("+4989123456")),
            ("4989123456", Ok("+4989123456")),
            ("+390212345", Ok("+390212345")),
            ("+123456789012345", Ok("+123456789012345")),
            ("+1234567890123456", Err(E164Error::TooLong)),
            ("+4911", Ok("+4911")),
            ("+491", Err(E164Error::TooShort)),
            ("+", Err(E164Error::TooShort)),
            ("", Err(E164Error::TooShort)),
            ("+0891234", Err(E164Error::LeadingZero)),
            ("++491234", Err(E164Error::NotDigits)),
            ("+49 89 1", Err(E164Error::NotDigits)),
            ("+49٣٤٥٦", Err(E164Error::NotDigits)),
        ] {
            assert_eq!(text.parse::<E164>().map(|n| n.to_string()), outcome.map(str::to_owned), "{text}");
        }
    }
}
