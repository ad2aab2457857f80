//! The numbering plans of the world, from libphonenumber's data.
//!
//! A plan is read when it is first asked for, and kept: there are some 250.

mod ranges;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use phonenumber::Metadata;
use phonenumber::metadata::{DATABASE, Descriptor};

use ranges::{Fit, Ranges};

/// Digits of a calling code at most.
const CALLING_CODE_DIGITS_MAX: usize = 3;
/// How the library calls what belongs to no country: satellites, universal free numbers.
const NO_COUNTRY: &str = "001";
/// The calling code that North America and the Caribbean share.
pub(crate) const NANP: u16 = 1;

/// What a range of numbers is for, cheap ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The called party pays.
    Free,
    /// Lines at a place.
    Fixed,
    /// No place, but a usual price: internet lines, company numbers.
    Nomadic,
    /// Mobile phones and their mail boxes.
    Mobile,
    /// Premium and shared-cost services, personal numbers, pagers.
    Premium,
}

/// What a whole national number is, by its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// A number of this kind.
    As(Kind),
    /// Too short or too long, but it begins as numbers of this kind do: the most expensive one that is possible.
    Beginning(Kind),
    /// Nothing in the plan begins like it.
    Nowhere,
}

/// The numbering plan of a country or territory.
pub(crate) struct Plan {
    pub(crate) letters: &'static str,
    pub(crate) calling_code: u16,
    pub(crate) national_prefix: Option<&'static str>,
    /// Whether numbers without their area code can be dialled at all.
    pub(crate) has_local_numbers: bool,
    source: &'static Metadata,
    /// How the international prefix is written.
    international: String,
    ranges: OnceLock<PlanRanges>,
}

struct PlanRanges {
    international: Option<Ranges>,
    leading: Option<Ranges>,
    kinds: Vec<(Kind, Ranges)>,
}

struct World {
    /// The main country of a calling code comes first.
    by_code: BTreeMap<u16, Vec<Plan>>,
    places: BTreeMap<&'static str, (u16, usize)>,
}

static WORLD: LazyLock<World> = LazyLock::new(World::read);

pub(crate) fn load() {
    for plan in WORLD.by_code.values().flatten() {
        plan.ranges();
    }
}

pub(crate) fn of_country(letters: &str) -> Option<&'static Plan> {
    let (code, place) = WORLD.places.get(letters)?;
    WORLD.by_code.get(code)?.get(*place)
}

/// The calling code of an international number's digits, the plans that share it and the national number; `None` for calling codes nobody has.
pub(crate) fn split(digits: &str) -> Option<(u16, &'static [Plan], &str)> {
    (1..=CALLING_CODE_DIGITS_MAX.min(digits.len())).find_map(|len| {
        let (code, national) = digits.split_at_checked(len)?;
        let code = code.parse().ok()?;
        let plans = WORLD.by_code.get(&code)?;
        Some((code, plans.as_slice(), national))
    })
}

impl World {
    fn read() -> Self {
        let mut by_code = BTreeMap::new();
        let mut places = BTreeMap::new();
        for code in 1..1000 {
            let Some(found) = DATABASE.by_code(&code) else { continue };
            let plans: Vec<Plan> = found.into_iter().map(Plan::of).collect();
            for (place, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.letters != NO_COUNTRY) {
                places.insert(plan.letters, (code, place));
            }
            by_code.insert(code, plans);
        }
        Self { by_code, places }
    }
}

impl Plan {
    fn of(source: &'static Metadata) -> Self {
        let pattern = source.international_prefix().map_or("", |pattern| pattern.as_str());
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // "8~10" marks where one waits for a tone.
        let preferred = source.preferred_international_prefix().unwrap_or_default().replace('~', "");
        let international = [preferred.as_str(), pattern]
            .into_iter()
            .find(|text| is_digits(text))
            .unwrap_or("00");
        let descriptors = source.descriptors();
        Self {
            letters: source.id(),
            calling_code: source.country_code(),
            national_prefix: source.national_prefix(),
            has_local_numbers: [descriptors.fixed_line(), descriptors.mobile()]
                .into_iter()
                .flatten()
                .any(|kind| !kind.possible_local_length().is_empty()),
            international: international.to_owned(),
            source,
            ranges: OnceLock::new(),
        }
    }

    /// Whether this belongs to no country.
    pub(crate) fn is_worldwide(&self) -> bool {
        self.letters == NO_COUNTRY
    }

    pub(crate) fn international_prefix(&self) -> &str {
        &self.international
    }

    /// What follows the international prefix; where the prefix also chooses a carrier, there may be two ways to see it.
    pub(crate) fn after_international<'a>(&self, digits: &'a str) -> impl Iterator<Item = &'a str> {
        let prefix = self.ranges().international.as_ref();
        let rest = prefix.and_then(|prefix| prefix.strip(digits));
        let plain = digits.strip_prefix(&self.international).filter(|plain| rest != Some(plain));
        rest.into_iter().chain(plain).filter(|rest| !rest.starts_with('0'))
    }

    /// What follows the national prefix.
    pub(crate) fn strip_national<'a>(&self, digits: &'a str) -> Option<&'a str> {
        digits.strip_prefix(self.national_prefix?)
    }

    /// Whether national numbers that begin like this belong to this plan and not to another one with the same calling code.
    pub(crate) fn leads(&self, national: &str) -> bool {
        self.ranges()
            .leading
            .as_ref()
            .is_some_and(|leading| leading.strip(national).is_some())
    }

    /// What a national number is.
    pub(crate) fn listed(&self, national: &str) -> Listed {
        let (mut whole, mut beginning) = (None, None);
        for (kind, ranges) in &self.ranges().kinds {
            match ranges.fit(national) {
                Fit::Whole => whole = whole.max(Some(*kind)),
                Fit::Beginning => beginning = beginning.max(Some(*kind)),
                Fit::Not => {}
            }
        }
        match (whole, beginning) {
            (Some(kind), _) => Listed::As(kind),
            (None, Some(kind)) => Listed::Beginning(kind),
            (None, None) => Listed::Nowhere,
        }
    }

    /// Whether the plan has this as a whole national number.
    pub(crate) fn has(&self, national: &str) -> bool {
        let mut ranges = self.ranges().kinds.iter();
        ranges.any(|(_, ranges)| ranges.fit(national) == Fit::Whole)
    }

    fn ranges(&self) -> &PlanRanges {
        self.ranges.get_or_init(|| {
            let descriptors = self.source.descriptors();
            // In North America nobody can tell mobiles from lines, and they cost the same.
            let mobile = if self.calling_code == NANP { Kind::Fixed } else { Kind::Mobile };
            let kinds: [(Kind, Option<&'static Descriptor>); 10] = [
                (Kind::Free, descriptors.toll_free()),
                (Kind::Fixed, descriptors.fixed_line()),
                (Kind::Nomadic, descriptors.voip()),
                (Kind::Nomadic, descriptors.uan()),
                (mobile, descriptors.mobile()),
                (mobile, descriptors.voicemail()),
                (Kind::Premium, descriptors.premium_rate()),
                (Kind::Premium, descriptors.shared_cost()),
                (Kind::Premium, descriptors.personal_number()),
                (Kind::Premium, descriptors.pager()),
            ];
            PlanRanges {
                international: self.source.international_prefix().and_then(|p| Ranges::new(p.as_str(), &[])),
                leading: self.source.leading_digits().and_then(|p| Ranges::new(p.as_str(), &[])),
                kinds: kinds
                    .into_iter()
                    .filter_map(|(kind, ranges)| {
                        let ranges = ranges?;
                        Some((kind, Ranges::new(ranges.national_number().as_str(), ranges.possible_length())?))
                    })
                    .collect(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_of_every_plan_can_be_read() {
        for plan in WORLD.by_code.values().flatten() {
            let descriptors = plan.source.descriptors();
            let expected = [
                descriptors.toll_free(),
                descriptors.fixed_line(),
                descriptors.voip(),
                descriptors.uan(),
                descriptors.mobile(),
                descriptors.voicemail(),
                descriptors.premium_rate(),
                descriptors.shared_cost(),
                descriptors.personal_number(),
                descriptors.pager(),
            ];
            assert_eq!(plan.ranges().kinds.len(), expected.iter().flatten().count(), "{}", plan.letters);
            assert_eq!(
                plan.ranges().international.is_some(),
                plan.source.international_prefix().is_some(),
                "{}",
                plan.letters
            );
            for descriptor in expected.into_iter().flatten() {
                let Some(example) = descriptor.example() else { continue };
                assert!(matches!(plan.listed(example), Listed::As(_)), "{} {example}", plan.letters);
                assert_ne!(
                    plan.listed(&example[..example.len() - 1]),
                    Listed::Nowhere,
                    "{} {example}",
                    plan.letters
                );
            }
        }
    }

    #[test]
    fn prefixes_are_those_of_the_country() {
        for (letters, national, international) in [
            ("DE", Some("0"), "00"),
            ("IT", None, "00"),
            ("US", Some("1"), "011"),
            ("RU", Some("8"), "810"),
            ("AU", Some("0"), "0011"),
            ("HU", Some("06"), "00"),
            ("BR", Some("0"), "00"),
        ] {
            let plan = of_country(letters).expect("a country");
            assert_eq!(
                (plan.national_prefix, plan.international_prefix()),
                (national, international),
                "{letters}"
            );
        }
        let brazil = of_country("BR").expect("a country");
        assert_eq!(brazil.after_international("001449").collect::<Vec<_>>(), ["49", "1449"]);
        assert!(of_country("001").is_none() && of_country("de").is_none() && of_country("XX").is_none());
    }
}
