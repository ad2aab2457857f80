//! Blocks of own numbers: a head, and the extensions behind it (DDI).

use std::fmt;
use std::str::FromStr;

use crate::e164::{DIGITS_MAX, E164, E164Error};

/// Numbers with a common head, from one extension to another, or a single number.
///
/// As text `+4420794601(00-19)`: twenty numbers. Extensions of several lengths are in one block: `+498912345(0-99)` has the ten from 0 to 9 and
/// the hundred from 00 to 99. A single number is written as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Block {
    head: E164,
    /// Both empty for a single number; else shorter ones come first, and equally long ones in their order.
    first: Digits,
    last: Digits,
}

/// An extension behind a head: some digits, leading zeros count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Digits {
    len: u32,
    value: u64,
}

/// The entry that counts for a number: the smallest block that it is in. Blocks that clash have no order.
pub fn innermost<T>(entries: impl IntoIterator<Item = T>, block_of: impl Fn(&T) -> Block, number: &E164) -> Option<T> {
    let around = entries.into_iter().filter(|entry| block_of(entry).contains(number));
    around.reduce(|found, next| {
        if block_of(&found).is_around(&block_of(&next)) {
            next
        } else {
            found
        }
    })
}

/// Why a text is no [`Block`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// What stands before the extensions is no number.
    #[error("“{head}” is no head of numbers: {why}")]
    Head {
        /// What was written.
        head: String,
        /// What is wrong with it.
        why: E164Error,
    },
    /// The extensions are no range of digits.
    #[error("“{0}” are no extensions: write the first and the last one, such as (000-999)")]
    Extensions(String),
    /// The last extension comes before the first.
    #[error("“{0}” has the last extension before the first")]
    Backwards(String),
    /// Head and extensions make more digits than an international number has.
    #[error("head and extensions have more than {DIGITS_MAX} digits together")]
    TooLong,
}

impl Block {
    /// Whether a number is in the block.
    pub fn contains(&self, number: &E164) -> bool {
        self.extension(number).is_some()
    }

    /// The extension that a number of the block leads to; empty for a single number.
    pub fn extension_of(&self, number: &E164) -> Option<String> {
        self.extension(number).map(str::to_owned)
    }

    /// The number by which an extension is reached directly, if it has one in the block.
    pub fn number_of(&self, extension: &str) -> Option<E164> {
        let number = E164::from_digits(&format!("{}{extension}", self.head.digits())).ok()?;
        self.contains(&number).then_some(number)
    }

    /// The number, where it is but one.
    pub fn only_number(&self) -> Option<E164> {
        (self.last == Digits::NONE).then_some(self.head)
    }

    fn extension<'a>(&self, number: &'a E164) -> Option<&'a str> {
        let rest = number.digits().strip_prefix(self.head.digits())?;
        let extension = Digits::read(rest)?;
        (self.first <= extension && extension <= self.last).then_some(rest)
    }

    /// Whether all numbers of the other block are in this one, and more: the other one may be an exception.
    pub fn is_around(&self, other: &Self) -> bool {
        self.holds(other) && !other.holds(self)
    }

    /// Whether some number is in both, and neither of them is an exception inside the other.
    pub fn clashes(&self, other: &Self) -> bool {
        self.overlaps(other) && !self.is_around(other) && !other.is_around(self)
    }

    fn holds(&self, other: &Self) -> bool {
        (1..=DIGITS_MAX as u32).all(|len| match (self.numbers_of(len), other.numbers_of(len)) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some((first, last)), Some((other_first, other_last))) => first <= other_first && other_last <= last,
        })
    }

    /// Whether some number is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (head, other_head) = (self.head.digits(), other.head.digits());
        if !head.starts_with(other_head) && !other_head.starts_with(head) {
            return false;
        }
        (1..=DIGITS_MAX as u32).any(|len| match (self.numbers_of(len), other.numbers_of(len)) {
            (Some((first, last)), Some((other_first, other_last))) => first <= other_last && other_first <= last,
            (Some(_) | None, _) => false,
        })
    }

    /// The first and the last number with so many digits.
    fn numbers_of(&self, len: u32) -> Option<(u64, u64)> {
        let head = Digits::read(self.head.digits())?;
        let len = len.checked_sub(head.len)?;
        if !(self.first.len..=self.last.len).contains(&len) {
            return None;
        }
        let scale = 10_u64.pow(len);
        let first = if len == self.first.len { self.first.value } else { 0 };
        let last = if len == self.last.len { self.last.value } else { scale - 1 };
        Some((head.value * scale + first, head.value * scale + last))
    }
}

impl Digits {
    const NONE: Self = Self { len: 0, value: 0 };

    /// At most as many as an international number has.
    fn read(text: &str) -> Option<Self> {
        if text.len() > DIGITS_MAX || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let value = text.bytes().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        Some(Self {
            len: text.len() as u32,
            value,
        })
    }
}

impl FromStr for Block {
    type Err = BlockError;

    fn from_str(text: &str) -> Result<Self, BlockError> {
        let (head, extensions) = match text.split_once('(') {
            Some((head, extensions)) => (head, Some(extensions)),
            None => (text, None),
        };
        let head: E164 = head.parse().map_err(|why| BlockError::Head {
            head: head.chars().take(20).collect(),
            why,
        })?;
        let Some(extensions) = extensions else {
            let (first, last) = (Digits::NONE, Digits::NONE);
            return Ok(Self { head, first, last });
        };
        let wrong = || BlockError::Extensions(extensions.trim_end_matches(')').chars().take(40).collect());
        let (first, last) = extensions
            .strip_suffix(')')
            .and_then(|range| range.split_once('-'))
            .ok_or_else(wrong)?;
        let read = |digits: &str| Digits::read(digits).filter(|digits| digits.len > 0).ok_or_else(wrong);
        let (first, last) = (read(first)?, read(last)?);
        if first > last {
            return Err(BlockError::Backwards(extensions.trim_end_matches(')').to_owned()));
        }
        if head.digits().len() + last.len as usize > DIGITS_MAX {
            return Err(BlockError::TooLong);
        }
        Ok(Self { head, first, last })
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.head)?;
        if self.last == Digits::NONE {
            return Ok(());
        }
        write!(f, "({}-{})", self.first, self.last)
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0len$}", self.value, len = self.len as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(text: &str) -> Block {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn numbers_of_a_block_lead_to_extensions() {
        for (text, number, extension) in [
            ("+4420794601(00-19)", "+442079460100", Some("00")),
            ("+4420794601(00-19)", "+442079460119", Some("19")),
            ("+4420794601(00-19)", "+442079460120", None),
            ("+4420794601(00-19)", "+44207946010", None),
            ("+498912345(0-99)", "+4989123450", Some("0")),
            ("+498912345(0-99)", "+49891234500", Some("00")),
            ("+498912345(0-99)", "+49891234599", Some("99")),
            ("+498912345(0-99)", "+498912345999", None),
            ("+498912345(0-99)", "+498912345", None),
            ("+498912345(0-99)", "+4989123460", None),
            ("+498912345(5-049)", "+4989123454", None),
            ("+498912345(5-049)", "+49891234577", Some("77")),
            ("+498912345(5-049)", "+498912345050", None),
            ("+498912345", "+498912345", Some("")),
            ("+498912345", "+4989123450", None),
        ] {
            let number = number.parse().expect("a number");
            assert_eq!(block(text).extension_of(&number).as_deref(), extension, "{number} in {text}");
            assert_eq!(block(text).contains(&number), extension.is_some());
            assert_eq!(block(text).to_string(), text);
        }
    }

    #[test]
    fn an_exception_is_inside_and_smaller() {
        for (one, other, is_around, clashes) in [
            ("+498912345(100-199)", "+498912345150", true, false),
            ("+498912345(100-199)", "+4989123451(50-59)", true, false),
            ("+498912345(0-999)", "+498912345(00-99)", true, false),
            ("+498912345(100-199)", "+498912345(150-249)", false, true),
            ("+498912345(100-199)", "+4989123451(00-99)", false, true),
            ("+498912345150", "+49891234515(0-0)", false, true),
            ("+498912345(5-049)", "+498912345(6-9)", true, false),
            ("+498912345(100-199)", "+498912345200", false, false),
            ("+498912345(100-199)", "+49301234567", false, false),
        ] {
            let (one, other) = (block(one), block(other));
            assert_eq!(one.is_around(&other), is_around, "{one} {other}");
            assert!(!other.is_around(&one), "{other} {one}");
            assert_eq!((one.clashes(&other), other.clashes(&one)), (clashes, clashes), "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_block_is_refused_with_the_reason() {
        for (text, message) in [
            (
                "089",
                "“089” is no head of numbers: an international number begins with a country's calling code, which never begins with 0",
            ),
            (
                "+498912345(0",
                "“0” are no extensions: write the first and the last one, such as (000-999)",
            ),
            (
                "+498912345()",
                "“” are no extensions: write the first and the last one, such as (000-999)",
            ),
            (
                "+498912345(-9)",
                "“-9” are no extensions: write the first and the last one, such as (000-999)",
            ),
            (
                "+498912345(a-9)",
                "“a-9” are no extensions: write the first and the last one, such as (000-999)",
            ),
            ("+498912345(9-0)", "“9-0” has the last extension before the first"),
            ("+498912345(00-9)", "“00-9” has the last extension before the first"),
            ("+49891234567(00000-99999)", "head and extensions have more than 15 digits together"),
        ] {
            assert_eq!(text.parse::<Block>().expect_err(text).to_string(), message);
        }
    }

    /// Blocks that are close to each other, and numbers that are close to them.
    fn near() -> impl Strategy<Value = (Block, Block, E164)> {
        let block = || {
            ("[12]{0,2}", "[0-2]{1,3}", "[0-2]{1,3}").prop_filter_map("backwards", |(head, first, last)| {
                format!("+4989{head}({first}-{last})").parse::<Block>().ok()
            })
        };
        let number = "[0-2]{1,5}".prop_map(|rest| format!("+4989{rest}").parse().expect("a number"));
        (block(), block(), number)
    }

    proptest! {
        #[test]
        fn who_shares_a_number_overlaps((one, other, number) in near()) {
            prop_assert_eq!(one.to_string().parse(), Ok(one));
            prop_assert!(one.overlaps(&one));
            prop_assert_eq!(one.overlaps(&other), other.overlaps(&one));
            if one.contains(&number) && other.contains(&number) {
                prop_assert!(one.overlaps(&other));
            }
        }

        #[test]
        fn who_is_around_has_all_that_the_other_one_has((one, other, number) in near()) {
            if one.is_around(&other) {
                prop_assert!(one.overlaps(&other) && !other.is_around(&one) && !one.clashes(&other));
                prop_assert!(one.contains(&number) || !other.contains(&number));
            }
        }

        #[test]
        fn the_smallest_block_counts((one, other, number) in near()) {
            prop_assume!(!one.clashes(&other));
            let counts = innermost([one, other], |block| *block, &number);
            prop_assert_eq!(counts, innermost([other, one], |block| *block, &number));
            match counts {
                Some(block) => for each in [one, other] {
                    prop_assert!(!each.contains(&number) || each == block || each.is_around(&block));
                },
                None => prop_assert!(!one.contains(&number) && !other.contains(&number)),
            }
        }

        #[test]
        fn who_overlaps_shares_a_number((one, other, _) in near()) {
            if !one.overlaps(&other) {
                return Ok(());
            }
            let shares_one = (4..=9).any(|len| match (one.numbers_of(len), other.numbers_of(len)) {
                (Some((first, _)), Some((other_first, _))) => {
                    let number = first.max(other_first).to_string().parse().expect("a number");
                    one.contains(&number) && other.contains(&number)
                }
                _ => false,
            });
            prop_assert!(shares_one);
        }
    }
}
