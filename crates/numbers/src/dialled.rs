//! What somebody dialled.
//!
//! ```text
//!   as written ── normalise ──► emergency? ──► extension? ──► after the outside line's prefix ─┐ the first reading that a
//!                                                             as it stands ────────────────────┘ numbering plan knows
//! ```

use crate::class::Class;
use crate::e164::{E164, E164Error};
use crate::format::Format;
use crate::locality::Locality;
use crate::plan::{self, NANP};
use crate::short;
use crate::text::normalise;

/// Digits that a number of the world has at least without its calling code; what is shorter is a mistyped extension.
const NATIONAL_DIGITS_MIN: usize = 4;
/// The same where nothing but its length tells a number of the world from a mistyped extension: no prefix, or one that is no zero.
const BARE_DIGITS_MIN: usize = 6;
/// Digits of a short number at most, where we do not know the short numbers of a country: all begin with 1 (ITU-T E.129).
const SHORT_DIGITS_MAX: usize = 6;
/// Digits of a North American number, beyond which the letters of a word do not count.
const NANP_DIGITS: usize = 10;

/// What a dialled number means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialled {
    /// An extension, as the company writes it.
    Internal(String),
    /// An emergency number of the country.
    Emergency(&'static str),
    /// A short number that exists within the country only.
    Service {
        /// As it is dialled.
        digits: String,
        /// What it costs.
        class: Class,
    },
    /// A number of the world.
    World(E164),
    /// Nothing that can be called.
    Unknown(Why),
}

/// Why a number means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Letters or signs where digits belong.
    #[error("this is no number")]
    NotANumber,
    /// Begins or ends like a feature code, but is none.
    #[error("no function has this code")]
    NoSuchCode,
    /// Neither an extension nor long enough for anything else.
    #[error("nobody inside has this number, and for outside it is too short")]
    TooShort,
    /// Longer than any number is.
    #[error("this number is too long")]
    TooLong,
    /// A number without area code, and we do not know our own.
    #[error("the area code is missing")]
    AreaMissing,
    /// No number of the country begins like this.
    #[error("this is no number of the country: the prefix is missing, or a digit")]
    PrefixMissing,
}

impl Dialled {
    /// What it costs from here, at most; `None` for what cannot be called.
    pub fn class(&self, here: &Locality) -> Option<Class> {
        match self {
            Self::Internal(_) => Some(Class::Internal),
            Self::Emergency(_) => Some(Class::Emergency),
            Self::Service { class, .. } => Some(*class),
            Self::World(number) => Some(Class::of(number, here)),
            Self::Unknown(_) => None,
        }
    }

    /// What a provider is asked for: short numbers as they are, others in its format; `None` for what does not go outside.
    pub fn written(&self, format: Format, here: &Locality) -> Option<String> {
        match self {
            Self::Emergency(digits) => Some((*digits).to_owned()),
            Self::Service { digits, .. } => Some(digits.clone()),
            Self::World(number) => Some(format.write(number, here)),
            Self::Internal(_) | Self::Unknown(_) => None,
        }
    }
}

/// What somebody dialled, as people, phones and address books write it. Who is internal is asked with the number as [`normalise`] leaves it.
///
/// Emergency numbers come before everything else, with and without the prefix of an outside line: an extension `112`, or `0112` where `0` is that
/// prefix, cannot be reached. Then come extensions, even those that look like numbers of the world. Our own numbers, dialled in full, lead to their
/// extensions.
///
/// Where an outside line has a prefix, a number that begins with it is read without it, as long as a numbering plan knows what is left; otherwise
/// it is read as it stands.
pub fn understand(dialled: &str, here: &Locality, is_internal: impl Fn(&str) -> bool) -> Dialled {
    let Some(text) = normalise(dialled) else {
        return Dialled::Unknown(Why::NotANumber);
    };
    let without_prefix = here
        .outside()
        .and_then(|prefix| text.strip_prefix(prefix))
        .filter(|rest| !rest.is_empty());
    let emergency = [Some(text.as_str()), without_prefix]
        .into_iter()
        .flatten()
        .find_map(|text| emergency(text, here));
    if let Some(number) = emergency {
        return Dialled::Emergency(number);
    }
    if is_internal(&text) {
        return Dialled::Internal(text);
    }
    let as_it_stands = || Reading::of(&text, here, here.outside().is_none());
    let reading = match without_prefix.map(|rest| Reading::of(rest, here, true)) {
        Some(inside) if inside.is_listed => inside,
        Some(inside) => {
            let whole = as_it_stands();
            let is_nothing = matches!(inside.means, Dialled::Unknown(_));
            if whole.is_listed || is_nothing { whole } else { inside }
        }
        None => as_it_stands(),
    };
    match reading.means {
        Dialled::World(number) => match here.extension_of(&number).filter(|extension| is_internal(extension)) {
            Some(extension) => Dialled::Internal(extension),
            None => Dialled::World(number),
        },
        means => means,
    }
}

/// An emergency number, however an address book has decorated it: `+49 112`.
fn emergency(text: &str, here: &Locality) -> Option<&'static str> {
    let country = here.country();
    let with_calling_code = || {
        let rest = text.strip_prefix('+')?.strip_prefix(&country.calling_code().to_string())?;
        // Two digits may be the beginning of anything.
        short::emergency(country.letters(), rest).filter(|number| number.len() > 2)
    };
    short::emergency(country.letters(), text).or_else(with_calling_code)
}

/// One way to read a number.
struct Reading {
    means: Dialled,
    /// Whether a numbering plan knows it.
    is_listed: bool,
}

impl Reading {
    fn unknown(why: Why) -> Self {
        Self {
            means: Dialled::Unknown(why),
            is_listed: false,
        }
    }

    fn service(digits: &str, class: Class, is_listed: bool) -> Self {
        let digits = digits.to_owned();
        Self {
            means: Dialled::Service { digits, class },
            is_listed,
        }
    }

    /// A number of the world, whose calling code and national number these are.
    fn world(calling_code: u16, national: &str) -> Self {
        if national.len() < NATIONAL_DIGITS_MIN {
            return Self::unknown(Why::TooShort);
        }
        Self::from_digits(&format!("{calling_code}{national}"))
    }

    fn from_digits(digits: &str) -> Self {
        match E164::from_digits(digits) {
            Ok(number) => Self {
                means: Dialled::World(number),
                is_listed: is_listed(digits),
            },
            Err(E164Error::TooLong) => Self::unknown(Why::TooLong),
            Err(E164Error::TooShort) => Self::unknown(Why::TooShort),
            Err(E164Error::NotDigits | E164Error::LeadingZero) => Self::unknown(Why::NotANumber),
        }
    }

    /// Reads what is neither an emergency nor an extension. `has_line` tells whether it is meant for outside for sure.
    fn of(text: &str, here: &Locality, has_line: bool) -> Self {
        if text.contains(['*', '#']) {
            return Self::unknown(Why::NoSuchCode);
        }
        let (has_plus, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let Some(digits) = keyed(rest, here, has_plus) else {
            return Self::unknown(Why::NotANumber);
        };
        // What follows a plus is international, unless it cannot be: "+0049…", "+089…".
        if has_plus && !digits.starts_with('0') {
            Self::international(&digits, here)
        } else {
            Self::of_digits(&digits, here, has_line)
        }
    }

    fn of_digits(digits: &str, here: &Locality, has_line: bool) -> Self {
        let country = here.country();
        if let Some(class) = short::service(country.letters(), digits) {
            return Self::service(digits, class, true);
        }
        let with_prefix = |digits: &str| Self::with_prefix(digits, here);
        let after_carrier = short::strip_carrier(country.letters(), digits).and_then(with_prefix);
        if let Some(reading) = after_carrier.filter(|reading| reading.is_listed) {
            return reading;
        }
        with_prefix(digits).unwrap_or_else(|| Self::bare(digits, here, has_line))
    }

    /// Reads a number that begins with the international or the national prefix.
    fn with_prefix(digits: &str, here: &Locality) -> Option<Self> {
        let plan = here.country().plan();
        let mut abroad: Vec<Self> = plan
            .after_international(digits)
            .map(|rest| Self::international(rest, here))
            .collect();
        if !abroad.is_empty() {
            let known = abroad.iter().position(|reading| reading.is_listed).unwrap_or(0);
            return Some(abroad.swap_remove(known));
        }
        let national = plan.strip_national(digits)?;
        let is_told_from_extensions = digits.starts_with('0') || national.len() >= BARE_DIGITS_MIN;
        is_told_from_extensions.then(|| Self::world(plan.calling_code, national))
    }

    /// Reads a number without any prefix: one of the own area, one where there is no national prefix, or a short one.
    fn bare(digits: &str, here: &Locality, has_line: bool) -> Self {
        let plan = here.country().plan();
        let code = plan.calling_code;
        let is_whole = plan.has(digits);
        if is_whole && (plan.national_prefix.is_none() || code == NANP) {
            return Self::world(code, digits);
        }
        if let Some(area) = here.area().filter(|_| plan.has_local_numbers) {
            let local = Self::world(code, &format!("{area}{digits}"));
            if (local.is_listed && has_line) || digits.len() >= BARE_DIGITS_MIN {
                return local;
            }
        }
        // As address books write that have lost the plus.
        let after_code = digits.strip_prefix(&code.to_string());
        if let Some(national) = after_code.filter(|national| plan.has(national)) {
            return Self::world(code, national);
        }
        if is_whole {
            return Self::world(code, digits);
        }
        if !short::knows_services(plan.letters) && digits.starts_with('1') && (3..=SHORT_DIGITS_MAX).contains(&digits.len()) {
            return Self::service(digits, Class::Premium, false);
        }
        match digits.len() {
            ..BARE_DIGITS_MIN => Self::unknown(Why::TooShort),
            _ if plan.national_prefix.is_none() => Self::world(code, digits),
            _ if plan.has_local_numbers && here.area().is_none() => Self::unknown(Why::AreaMissing),
            _ => Self::unknown(Why::PrefixMissing),
        }
    }

    /// Reads a number that begins with a calling code; "(0)" after it, as in `+49 (0)89`, goes away.
    fn international(digits: &str, here: &Locality) -> Self {
        let Some((code, plans, national)) = plan::split(digits) else {
            return Self::from_digits(digits);
        };
        let whole = Self::world(code, national);
        if whole.is_listed {
            return whole;
        }
        let country = here.country();
        let service = short::service(country.letters(), national).filter(|_| code == country.calling_code());
        if let Some(class) = service {
            return Self::service(national, class, true);
        }
        let without_prefix = plans
            .first()
            .and_then(|plan| Some((plan.national_prefix?, plan.strip_national(national)?)));
        match without_prefix.map(|(prefix, national)| (prefix, Self::world(code, national))) {
            // No national number begins with 0 where 0 is the prefix; elsewhere the plan decides.
            Some((prefix, repaired)) if prefix == "0" || repaired.is_listed => repaired,
            Some(_) | None => whole,
        }
    }
}

/// Whether a numbering plan knows an international number.
fn is_listed(digits: &str) -> bool {
    plan::split(digits).is_some_and(|(_, plans, national)| plans.iter().any(|plan| plan.has(national)))
}

/// The digits of a number in which a word may stand (`1800flowers`): at least three digits come first.
fn keyed(text: &str, here: &Locality, has_plus: bool) -> Option<String> {
    let head = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if head == text.len() {
        return Some(text.to_owned());
    }
    if head < 3 {
        return None;
    }
    let mut digits: String = text.chars().map(key).collect::<Option<_>>()?;
    // In North America what is too long for a number is there for the eye only.
    let is_nanp = if has_plus {
        digits.starts_with('1')
    } else {
        here.country().calling_code() == NANP
    };
    if is_nanp {
        digits.truncate(NANP_DIGITS + usize::from(digits.starts_with('1')));
    }
    Some(digits)
}

/// The key that has a letter (ITU-T E.161).
fn key(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        'a'..='c' => Some('2'),
        'd'..='f' => Some('3'),
        'g'..='i' => Some('4'),
        'j'..='l' => Some('5'),
        'm'..='o' => Some('6'),
        'p'..='s' => Some('7'),
        't'..='v' => Some('8'),
        'w'..='z' => Some('9'),
        _ => None,
    }
}
