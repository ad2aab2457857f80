//! Where somebody dials.

use std::fmt;
use std::str::FromStr;

use crate::block::{Block, BlockError, innermost};
use crate::country::{Country, UnknownCountry};
use crate::e164::E164;

/// Digits of an area code at most.
pub const AREA_DIGITS_MAX: usize = 6;
/// Digits of the prefix for an outside line at most.
pub const OUTSIDE_DIGITS_MAX: usize = 3;
/// Blocks of own numbers at most.
pub const BLOCKS_MAX: usize = 100;
/// Exceptions inside them at most.
pub const EXCEPTIONS_MAX: usize = 1_000;

/// The place of a site or trunk in the telephone world: what a number without its country, its area or its prefix means there.
///
/// As text: the country, then in any order what else is known, such as `DE area=89 outside=0 own=+498912345(0-99)`. An exception inside a block
/// names the extension that it leads to: `own=+49891234555=101`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locality {
    country: Country,
    area: Option<String>,
    outside: Option<String>,
    blocks: Vec<Block>,
    /// Own numbers that lead elsewhere than their blocks say.
    exceptions: Vec<(Block, String)>,
}

/// Why a text is no [`Locality`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalityError {
    /// Nothing was written.
    #[error("the country is missing: begin with the two letters of ISO 3166, such as DE or US")]
    NoCountry,
    /// The country does not exist.
    #[error(transparent)]
    Country(#[from] UnknownCountry),
    /// The area code is none.
    #[error("“{0}” is no area code: write 1 to {AREA_DIGITS_MAX} digits")]
    Area(String),
    /// The area code was written with the prefix that is dialled before it.
    #[error("“{written}” begins with the prefix {prefix}, which is no part of the area code: write {meant}")]
    AreaWithPrefix {
        /// What was written.
        written: String,
        /// The national prefix of the country.
        prefix: &'static str,
        /// What is left without the prefix.
        meant: String,
    },
    /// The outside line's prefix is none.
    #[error("“{0}” is no prefix for an outside line: write 1 to {OUTSIDE_DIGITS_MAX} digits")]
    Outside(String),
    /// A block of own numbers is none.
    #[error("own numbers: {0}")]
    Block(#[from] BlockError),
    /// More than [`BLOCKS_MAX`].
    #[error("there are more than {BLOCKS_MAX} blocks of own numbers")]
    TooManyBlocks,
    /// More than [`EXCEPTIONS_MAX`].
    #[error("there are more than {EXCEPTIONS_MAX} exceptions inside blocks of own numbers")]
    TooManyExceptions,
    /// Two blocks have a number in common, and neither is an exception inside the other.
    #[error("{0} and {1} have numbers in common, and neither is a part of the other")]
    Overlap(Block, Block),
    /// A word is not understood.
    #[error("“{0}” is not understood: write area=89, outside=0 or own=+498912345(0-99)")]
    Word(String),
    /// Something that there is one of was written twice.
    #[error("“{0}” was given twice")]
    Twice(&'static str),
}

impl Locality {
    /// A place of which only the country is known.
    pub fn new(country: Country) -> Self {
        Self {
            country,
            area: None,
            outside: None,
            blocks: Vec::new(),
            exceptions: Vec::new(),
        }
    }

    /// The same with an area code, which is written without the national prefix: `89` in Germany, but `02` in Italy.
    ///
    /// # Errors
    /// When this can be no area code in the country.
    pub fn with_area(mut self, area: &str) -> Result<Self, LocalityError> {
        if !is_digits(area, AREA_DIGITS_MAX) {
            return Err(LocalityError::Area(shown(area)));
        }
        let plan = self.country.plan();
        if let (Some(prefix), Some(rest)) = (plan.national_prefix, plan.strip_national(area))
            && prefix == "0"
        {
            return Err(LocalityError::AreaWithPrefix {
                written: area.to_owned(),
                prefix,
                meant: rest.to_owned(),
            });
        }
        self.area = Some(area.to_owned());
        Ok(self)
    }

    /// The same with a prefix that is dialled for an outside line.
    ///
    /// # Errors
    /// When it is not [`OUTSIDE_DIGITS_MAX`] digits at most.
    pub fn with_outside(mut self, prefix: &str) -> Result<Self, LocalityError> {
        if !is_digits(prefix, OUTSIDE_DIGITS_MAX) {
            return Err(LocalityError::Outside(shown(prefix)));
        }
        self.outside = Some(prefix.to_owned());
        Ok(self)
    }

    /// The same with one more block of own numbers. Where it is inside another one, or another one inside it, the smaller one counts.
    ///
    /// # Errors
    /// When there are too many, or when it overlaps another one otherwise.
    pub fn with_block(mut self, block: Block) -> Result<Self, LocalityError> {
        self.check(block)?;
        if self.blocks.len() == BLOCKS_MAX {
            return Err(LocalityError::TooManyBlocks);
        }
        self.blocks.push(block);
        Ok(self)
    }

    /// The same with own numbers that lead to this extension, whatever the block around them says.
    ///
    /// # Errors
    /// As [`Locality::with_block`].
    pub fn with_exception(mut self, block: Block, extension: &str) -> Result<Self, LocalityError> {
        self.check(block)?;
        if self.exceptions.len() == EXCEPTIONS_MAX {
            return Err(LocalityError::TooManyExceptions);
        }
        self.exceptions.push((block, extension.to_owned()));
        Ok(self)
    }

    fn check(&self, block: Block) -> Result<(), LocalityError> {
        match self.own().find(|(other, _)| other.clashes(&block)) {
            Some((other, _)) => Err(LocalityError::Overlap(other, block)),
            None => Ok(()),
        }
    }

    /// All own numbers, and where they lead; `None`: to what stands behind the head.
    fn own(&self) -> impl Iterator<Item = (Block, Option<&str>)> {
        let blocks = self.blocks.iter().map(|block| (*block, None));
        blocks.chain(self.exceptions.iter().map(|(block, extension)| (*block, Some(extension.as_str()))))
    }

    /// The country.
    pub fn country(&self) -> Country {
        self.country
    }

    /// The area code, without the national prefix.
    pub fn area(&self) -> Option<&str> {
        self.area.as_deref()
    }

    /// What is dialled for an outside line.
    pub fn outside(&self) -> Option<&str> {
        self.outside.as_deref()
    }

    /// The own numbers.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The extension that one of our own numbers leads to.
    pub fn extension_of(&self, number: &E164) -> Option<String> {
        match innermost(self.own(), |(block, _)| *block, number)? {
            (_, Some(extension)) => Some(extension.to_owned()),
            (block, None) => block.extension_of(number),
        }
    }
}

fn is_digits(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// As much of a wrong text as a message needs.
fn shown(text: &str) -> String {
    text.chars().take(20).collect()
}

impl FromStr for Locality {
    type Err = LocalityError;

    fn from_str(text: &str) -> Result<Self, LocalityError> {
        let mut words = text.split_whitespace();
        let country = words.next().ok_or(LocalityError::NoCountry)?;
        let mut locality = Self::new(country.parse()?);
        for word in words {
            locality = match word.split_once('=') {
                Some(("area", _)) if locality.area.is_some() => return Err(LocalityError::Twice("area")),
                Some(("outside", _)) if locality.outside.is_some() => return Err(LocalityError::Twice("outside")),
                Some(("area", area)) => locality.with_area(area)?,
                Some(("outside", prefix)) => locality.with_outside(prefix)?,
                Some(("own", block)) => match block.split_once('=') {
                    Some((block, extension)) if !extension.is_empty() => locality.with_exception(block.parse()?, extension)?,
                    Some(_) => return Err(LocalityError::Word(shown(word))),
                    None => locality.with_block(block.parse()?)?,
                },
                Some(_) | None => return Err(LocalityError::Word(shown(word))),
            };
        }
        Ok(locality)
    }
}

impl fmt::Display for Locality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.country)?;
        if let Some(area) = &self.area {
            write!(f, " area={area}")?;
        }
        if let Some(prefix) = &self.outside {
            write!(f, " outside={prefix}")?;
        }
        self.blocks.iter().try_for_each(|block| write!(f, " own={block}"))?;
        let mut exceptions = self.exceptions.iter();
        exceptions.try_for_each(|(block, extension)| write!(f, " own={block}={extension}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locality_is_read_and_written() {
        for text in [
            "DE",
            "DE area=89",
            "IT area=02",
            "US area=212 outside=9",
            "DE area=89 outside=0 own=+498912345(0-99) own=+49301234567",
            "DE own=+498912345(00-99) own=+4989123455(0-9) own=+49891234550=101 own=+49891234567=*43",
        ] {
            assert_eq!(text.parse::<Locality>().map(|here| here.to_string()), Ok(text.to_owned()));
        }
        let here: Locality = " de  outside=0\tarea=89 ".parse().expect("in any order");
        assert_eq!(here.to_string(), "DE area=89 outside=0");
    }

    #[test]
    fn what_is_wrong_is_said_with_the_remedy() {
        for (text, message) in [
            (
                "",
                "the country is missing: begin with the two letters of ISO 3166, such as DE or US",
            ),
            (
                "XX",
                "there is no country “XX”: write the two letters of ISO 3166, such as DE or US",
            ),
            (
                "DE area=089",
                "“089” begins with the prefix 0, which is no part of the area code: write 89",
            ),
            ("DE area=", "“” is no area code: write 1 to 6 digits"),
            ("DE area=1234567", "“1234567” is no area code: write 1 to 6 digits"),
            ("DE outside=*9", "“*9” is no prefix for an outside line: write 1 to 3 digits"),
            ("DE 89", "“89” is not understood: write area=89, outside=0 or own=+498912345(0-99)"),
            ("DE area=89 area=30", "“area” was given twice"),
            ("DE outside=0 outside=0", "“outside” was given twice"),
            (
                "DE own=+498912345(10-29) own=+498912345(20-39)",
                "+498912345(10-29) and +498912345(20-39) have numbers in common, and neither is a part of the other",
            ),
            (
                "DE own=+498912345(0-9) own=+4989123450=101 own=+4989123450=102",
                "+4989123450 and +4989123450 have numbers in common, and neither is a part of the other",
            ),
            (
                "DE own=+4989123450=",
                "“own=+4989123450=” is not understood: write area=89, outside=0 or own=+498912345(0-99)",
            ),
        ] {
            let error = text.parse::<Locality>().expect_err(text);
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn own_blocks_are_bounded() {
        let mut here: Locality = "DE".parse().expect("a locality");
        for block in 0..BLOCKS_MAX {
            here = here.with_block(format!("+4989{block:05}").parse().expect("a block")).expect("room");
        }
        let one_more = here.clone().with_block("+498999999".parse().expect("a block"));
        assert_eq!(one_more, Err(LocalityError::TooManyBlocks));
        for number in 0..EXCEPTIONS_MAX {
            let number = format!("+4930{number:05}").parse().expect("a block");
            here = here.with_exception(number, "101").expect("room");
        }
        let one_more = here.with_exception("+493099999".parse().expect("a block"), "101");
        assert_eq!(one_more, Err(LocalityError::TooManyExceptions));
    }
}
