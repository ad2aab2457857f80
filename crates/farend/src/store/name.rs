//! Names and numbers of people and devices, checked once where they come in.

use std::fmt;

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
