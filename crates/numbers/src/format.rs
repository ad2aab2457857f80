//! How providers want numbers written, and how they write them.

use std::fmt;
use std::str::FromStr;

use crate::e164::{E164, E164Error};
use crate::locality::Locality;
use crate::plan::{self, NANP, Plan};
use crate::short;
use crate::text::normalise;

/// International prefix of most of the world.
const DOUBLE_ZERO: &str = "00";
/// International prefix of North America.
const NANP_INTERNATIONAL: &str = "011";
/// Digits of a North American number without the calling code.
const NANP_DIGITS: usize = 10;

/// A way to write numbers. Examples are for a company in Munich, or in New York for the last two.
///
/// What a format cannot say so that it would be read as the same number again is written with the international prefix, or with `+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// `+4989123456`.
    Plus,
    /// `4989123456`.
    Digits,
    /// `004989123456`, with 00 everywhere.
    DoubleZero,
    /// `004989123456`, with the international prefix of the country: 011 in North America.
    International,
    /// `089123456`; other countries with the international prefix.
    National,
    /// `89123456`; other countries with the international prefix.
    NationalBare,
    /// `123456` in the own area, `030123456` in others; other countries with the international prefix.
    Local,
    /// `12125550123`; outside of North America 011 and the number.
    Nanp11,
    /// `2125550123`; outside of North America 011 and the number.
    Nanp10,
}

/// No format has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no number format “{0}”: write plus, digits, double-zero, international, national, national-bare, local, nanp-11 or nanp-10"
)]
pub struct UnknownFormat(String);

/// Why what a provider wrote is no number of the world.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing but digits and a plus can be read; callers without a number have a name here.
    #[error("this is no number")]
    NotANumber,
    /// An emergency or service number of the country, which has no international form.
    #[error("{0} is a short number")]
    Short(String),
    /// The digits make no international number.
    #[error(transparent)]
    Number(#[from] E164Error),
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 9] = [
        Self::Plus,
        Self::Digits,
        Self::DoubleZero,
        Self::International,
        Self::National,
        Self::NationalBare,
        Self::Local,
        Self::Nanp11,
        Self::Nanp10,
    ];

    /// Writes a number for a provider at a place.
    pub fn write(self, number: &E164, here: &Locality) -> String {
        let means_the_same = |text: &String| self.read(text, here) == Ok(*number);
        let international = || format!("{}{}", here.country().international_prefix(), number.digits());
        Some(self.short(number, here))
            .filter(means_the_same)
            .or_else(|| Some(international()).filter(means_the_same))
            .unwrap_or_else(|| number.to_string())
    }

    fn short(self, number: &E164, here: &Locality) -> String {
        let (plan, digits) = (here.country().plan(), number.digits());
        let national = digits.strip_prefix(&plan.calling_code.to_string());
        let local = here
            .area()
            .and_then(|area| national?.strip_prefix(area))
            .filter(|rest| !rest.is_empty());
        let nanp = digits.strip_prefix('1');
        match (self, national) {
            (Self::Plus, _) => number.to_string(),
            (Self::Digits, _) => digits.to_owned(),
            (Self::DoubleZero, _) => format!("{DOUBLE_ZERO}{digits}"),
            (Self::Nanp11 | Self::Nanp10, _) => match nanp {
                Some(rest) if self == Self::Nanp10 => rest.to_owned(),
                Some(_) => digits.to_owned(),
                None => format!("{NANP_INTERNATIONAL}{digits}"),
            },
            (Self::International, _) | (Self::National | Self::NationalBare | Self::Local, None) => {
                format!("{}{digits}", plan.international_prefix())
            }
            (Self::NationalBare, Some(national)) => national.to_owned(),
            (Self::National, Some(national)) => with_national_prefix(plan, national),
            (Self::Local, Some(national)) => local.map_or_else(|| with_national_prefix(plan, national), str::to_owned),
        }
    }

    /// Reads a number as a provider with this format writes it, or sloppily: `+` always begins an international number, the international
    /// prefix too, and a national prefix or a missing one is understood wherever it can be.
    ///
    /// # Errors
    /// When it is no international number: a name such as `anonymous`, a short number, too few or too many digits.
    pub fn read(self, text: &str, here: &Locality) -> Result<E164, ReadError> {
        let text = normalise(text).ok_or(ReadError::NotANumber)?;
        if let Some(digits) = text.strip_prefix('+') {
            return Ok(E164::from_digits(digits)?);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ReadError::NotANumber);
        }
        let country = here.country().letters();
        if short::emergency(country, &text).is_some() || short::service(country, &text).is_some() {
            return Err(ReadError::Short(text));
        }
        let plan = here.country().plan();
        if let Some(number) = self.after_international(&text, plan) {
            return Ok(number);
        }
        let digits = match self {
            Self::Nanp11 | Self::Nanp10 if text.len() == NANP_DIGITS => format!("{NANP}{text}"),
            Self::Nanp11 | Self::Nanp10 => text,
            Self::Plus | Self::Digits | Self::DoubleZero | Self::International => complete(&text, plan),
            Self::National => national(&text, here),
            Self::NationalBare => bare(&text, plan),
            Self::Local => local(&text, here),
        };
        Ok(E164::from_digits(&digits)?)
    }

    /// The number after an international prefix.
    fn after_international(self, text: &str, plan: &Plan) -> Option<E164> {
        let after = |prefix: &str| E164::from_digits(text.strip_prefix(prefix)?).ok();
        let by_plan = || plan.after_international(text).find_map(|rest| E164::from_digits(rest).ok());
        match self {
            Self::Nanp11 | Self::Nanp10 => after(NANP_INTERNATIONAL),
            Self::DoubleZero => after(DOUBLE_ZERO).or_else(by_plan),
            Self::Plus | Self::Digits | Self::International | Self::National | Self::NationalBare | Self::Local => by_plan(),
        }
    }

    /// Its name in files and interfaces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plus => "plus",
            Self::Digits => "digits",
            Self::DoubleZero => "double-zero",
            Self::International => "international",
            Self::National => "national",
            Self::NationalBare => "national-bare",
            Self::Local => "local",
            Self::Nanp11 => "nanp-11",
            Self::Nanp10 => "nanp-10",
        }
    }
}

fn with_national_prefix(plan: &Plan, national: &str) -> String {
    format!("{}{national}", plan.national_prefix.unwrap_or_default())
}

/// The digits of an international number that should have been written with its calling code.
fn complete(text: &str, plan: &Plan) -> String {
    if text.starts_with('0') || plan::split(text).is_none() {
        bare(text, plan)
    } else {
        text.to_owned()
    }
}

/// The same of one that should have been written with the national prefix.
fn national(text: &str, here: &Locality) -> String {
    let plan = here.country().plan();
    let code = plan.calling_code.to_string();
    let has_calling_code = || text.strip_prefix(&code).is_some_and(|rest| plan.has(rest));
    match plan.strip_national(text) {
        Some(national) => format!("{code}{national}"),
        None if plan.has(text) => format!("{code}{text}"),
        None if has_calling_code() => text.to_owned(),
        None => format!("{code}{text}"),
    }
}

/// The same of one that should have been written without.
fn bare(text: &str, plan: &Plan) -> String {
    let national = match plan.strip_national(text) {
        Some(national) if !plan.has(text) => national,
        Some(_) | None => text,
    };
    format!("{}{national}", plan.calling_code)
}

/// The same of one that should have been written without its area code.
fn local(text: &str, here: &Locality) -> String {
    match here.area() {
        Some(area) if here.country().plan().strip_national(text).is_none() => format!("{}{area}{text}", here.country().calling_code()),
        Some(_) | None => national(text, here),
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == text)
            .ok_or_else(|| UnknownFormat(text.chars().take(20).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MUNICH: &str = "DE area=89";
    const ROME: &str = "IT area=06";
    const NEW_YORK: &str = "US area=212";

    fn place(text: &str) -> Locality {
        text.parse().expect("a locality")
    }

    #[test]
    fn providers_get_what_they_want() {
        use Format::*;
        for (here, number, format, written) in [
            (MUNICH, "+4989123456", Plus, "+4989123456"),
            (MUNICH, "+4989123456", Digits, "4989123456"),
            (MUNICH, "+4989123456", DoubleZero, "004989123456"),
            (MUNICH, "+4989123456", International, "004989123456"),
            (MUNICH, "+4989123456", National, "089123456"),
            (MUNICH, "+4989123456", NationalBare, "89123456"),
            (MUNICH, "+4989123456", Local, "123456"),
            (MUNICH, "+4930123456", Local, "030123456"),
            (MUNICH, "+12125550123", National, "0012125550123"),
            (MUNICH, "+12125550123", NationalBare, "0012125550123"),
            (MUNICH, "+12125550123", Local, "0012125550123"),
            (MUNICH, "+12125550123", Nanp11, "12125550123"),
            (MUNICH, "+4989123456", Nanp10, "0114989123456"),
            ("DE", "+4989123456", Local, "089123456"),
            (ROME, "+390612345678", National, "0612345678"),
            (ROME, "+390612345678", NationalBare, "0612345678"),
            (ROME, "+390612345678", Local, "12345678"),
            (ROME, "+393331234567", National, "3331234567"),
            (ROME, "+4989123456", National, "004989123456"),
            (NEW_YORK, "+12125550123", Plus, "+12125550123"),
            (NEW_YORK, "+12125550123", International, "01112125550123"),
            (NEW_YORK, "+12125550123", DoubleZero, "0012125550123"),
            (NEW_YORK, "+12125550123", National, "12125550123"),
            (NEW_YORK, "+12125550123", NationalBare, "2125550123"),
            (NEW_YORK, "+12125550123", Local, "5550123"),
            (NEW_YORK, "+12125550123", Nanp11, "12125550123"),
            (NEW_YORK, "+12125550123", Nanp10, "2125550123"),
            (NEW_YORK, "+4989123456", Nanp11, "0114989123456"),
            (NEW_YORK, "+4989123456", National, "0114989123456"),
            ("AU", "+4989123456", National, "00114989123456"),
            ("RU", "+74951234567", National, "84951234567"),
            ("HU", "+3612345678", National, "0612345678"),
        ] {
            let number = number.parse().expect("a number");
            assert_eq!(format.write(&number, &place(here)), written, "{number} as {format} from {here}");
        }
    }

    #[test]
    fn what_would_be_read_as_another_number_is_written_in_full() {
        for (here, number, format, written) in [
            // Would be an emergency, a service, a number of another area.
            (MUNICH, "+4989110", Format::Local, "004989110"),
            (MUNICH, "+4989116117", Format::Local, "004989116117"),
            (MUNICH, "+498903012345", Format::Local, "00498903012345"),
            (MUNICH, "+49004123456", Format::NationalBare, "0049004123456"),
            ("RU", "+7101234567", Format::National, "8107101234567"),
        ] {
            let number = number.parse().expect("a number");
            assert_eq!(format.write(&number, &place(here)), written, "{number} as {format} from {here}");
        }
    }

    #[test]
    fn sloppy_providers_are_understood() {
        use Format::*;
        for (here, text, formats, number) in [
            (MUNICH, "+4989123456", Format::ALL.as_slice(), "+4989123456"),
            (MUNICH, "sip:+4989123456@192.0.2.1;user=phone", &Format::ALL, "+4989123456"),
            (
                MUNICH,
                "004989123456",
                &[Plus, Digits, DoubleZero, International, National, NationalBare, Local],
                "+4989123456",
            ),
            (
                MUNICH,
                "4989123456",
                &[Plus, Digits, DoubleZero, International, National],
                "+4989123456",
            ),
            (
                MUNICH,
                "089123456",
                &[Plus, Digits, DoubleZero, International, National, NationalBare, Local],
                "+4989123456",
            ),
            (MUNICH, "123456", &[Local], "+4989123456"),
            (MUNICH, "2125550123", &[Nanp10, Nanp11], "+12125550123"),
            (
                ROME,
                "0612345678",
                &[Plus, Digits, DoubleZero, International, National, NationalBare],
                "+390612345678",
            ),
            (NEW_YORK, "01149 89 123456", &Format::ALL, "+4989123456"),
            (NEW_YORK, "2125550123", &[National, NationalBare, Nanp10, Nanp11], "+12125550123"),
            (
                NEW_YORK,
                "12125550123",
                &[Plus, Digits, National, NationalBare, Local, Nanp11],
                "+12125550123",
            ),
            (NEW_YORK, "004989123456", &[DoubleZero], "+4989123456"),
        ] {
            for format in formats {
                assert_eq!(
                    format.read(text, &place(here)).map(|n| n.to_string()),
                    Ok(number.to_owned()),
                    "{text} as {format}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_number_of_the_world_is_told_apart() {
        for (text, error) in [
            ("anonymous", ReadError::NotANumber),
            ("", ReadError::NotANumber),
            ("*31#", ReadError::NotANumber),
            ("110", ReadError::Short("110".to_owned())),
            ("116117", ReadError::Short("116117".to_owned())),
            ("+49", E164Error::TooShort.into()),
            ("1234567890123456", E164Error::TooLong.into()),
        ] {
            assert_eq!(Format::Plus.read(text, &place(MUNICH)), Err(error), "{text}");
        }
    }

    #[test]
    fn names_lead_back() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        assert!("e164".parse::<Format>().is_err());
    }
}
