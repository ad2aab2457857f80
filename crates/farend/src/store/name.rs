//! Names and numbers of people and devices, checked once where they come in.

use std::fmt;

use rand::Rng as _;

/// Digits of a PIN: as many as people remember and phones take.
const PIN_DIGITS_MIN: usize = 4;
const PIN_DIGITS_MAX: usize = 12;

/// Why a name was refused, as a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameError(&'static str);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:expr, $message:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Checks what somebody typed.
            ///
            /// # Errors
            /// With a sentence that says what would be right.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> Option<String> = $check;
                check(text).map(Self).ok_or(NameError($message))
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

macro_rules! shown {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// What a person signs in with besides the extension. Begins with a letter, so that it is never somebody's extension; lower case.
    Login,
    |text| {
        let text = text.trim().to_lowercase();
        let mut chars = text.chars();
        let begins = chars.next().is_some_and(|c| c.is_ascii_lowercase());
        let goes_on = chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@".contains(c));
        (begins && goes_on && text.len() <= 64).then_some(text)
    },
    "use a letter first, then letters, digits, dots, dashes, underscores or @, 64 at most"
);
shown!(Login);

name!(
    /// An internal number.
    Extension,
    |text| {
        let text = text.trim();
        ((1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
    },
    "use digits only, 15 at most"
);
shown!(Extension);

name!(
    /// The user part of a device's SIP address, unique in the whole company.
    SipUser,
    |text| {
        let text = text.trim();
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        ((1..=64).contains(&text.len()) && plain).then(|| text.to_owned())
    },
    "use letters, digits, dots, dashes or underscores, 64 at most"
);
shown!(SipUser);

name!(
    /// A name or label for people to read.
    Label,
    |text| {
        let text = text.trim();
        ((1..=80).contains(&text.chars().count()) && !text.chars().any(char::is_control)).then(|| text.to_owned())
    },
    "use 1 to 80 characters"
);
shown!(Label);

name!(
    /// A star code, or another short number, that a feature has.
    FeatureCode,
    |text| {
        let text = text.trim();
        let can_be_dialled = text.bytes().all(|b| b.is_ascii_digit() || b"*#".contains(&b));
        ((2..=10).contains(&text.len()) && can_be_dialled).then(|| text.to_owned())
    },
    "use 2 to 10 of the digits, * and #"
);
shown!(FeatureCode);

name!(
    /// A password that somebody chose.
    Password,
    |text| ((8..=256).contains(&text.len())).then(|| text.to_owned()),
    "use 8 characters at least and 256 at most"
);

impl Password {
    /// One for the demo company: whatever was asked for, however weak.
    #[must_use]
    pub fn for_demo(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A PIN, with which somebody logs on at a shared phone.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

impl Pin {
    /// Checks what somebody chose.
    ///
    /// # Errors
    /// With a sentence that says what would be right.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if !(PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NameError("use 4 to 12 digits"));
        }
        if is_trivial(text.as_bytes()) {
            return Err(NameError(
                "this is one of the first that anybody would try: use digits without a pattern",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// One for the demo company: whatever can be dialled, however weak.
    ///
    /// # Errors
    /// When it is not 4 to 12 digits.
    pub fn for_demo(text: &str) -> Result<Self, NameError> {
        let can_be_dialled = (PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        can_be_dialled.then(|| Self(text.to_owned())).ok_or(NameError("use 4 to 12 digits"))
    }

    /// A new one of six digits.
    #[must_use]
    pub fn random() -> Self {
        loop {
            let digits = format!("{:06}", rand::rng().random_range(0..1_000_000_u32));
            if let Ok(pin) = Self::parse(&digits) {
                return pin;
            }
        }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// One digit again and again, up or down by ones or twos (1234, 8642), or the same two digits again and again (1212).
fn is_trivial(digits: &[u8]) -> bool {
    let step = |pair: &[u8]| (10 + pair[1] - pair[0]) % 10;
    let is_even = |wanted| digits.windows(2).all(|pair| step(pair) == wanted);
    [0, 1, 2, 8, 9].into_iter().any(is_even) || digits.iter().skip(2).eq(digits.iter().take(digits.len() - 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_that_anybody_would_try_are_refused() {
        for trivial in ["1111", "000000", "1234", "4321", "7890", "2468", "1212", "909090"] {
            let why = Pin::parse(trivial).unwrap_err().to_string();
            assert!(why.contains("anybody would try"), "{trivial}: {why}");
        }
        for wrong in ["", "123", "1234567890123", "12a4", "１２４８"] {
            assert_eq!(Pin::parse(wrong).unwrap_err().to_string(), "use 4 to 12 digits", "{wrong}");
        }
        for good in ["1248", "0815", "4826", "112358", "739105826401"] {
            assert_eq!(Pin::parse(good).unwrap().as_str(), good);
        }
        assert_eq!(Pin::random().as_str().len(), 6);
        assert!(Pin::for_demo("1234").is_ok() && Pin::for_demo("12").is_err());
    }
}
