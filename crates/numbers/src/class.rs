//! What a number costs, at most.

use std::fmt;
use std::str::FromStr;

use crate::e164::E164;
use crate::locality::Locality;
use crate::plan::{self, Kind, Listed, NANP, Plan};

/// Calling code of universal free numbers.
const UNIVERSAL_FREE: u16 = 800;
/// Exchange of premium services in every area of North America.
const NANP_PREMIUM_EXCHANGE: &str = "976";

/// What a call costs, as far as a number tells; permissions rest on it.
///
/// The order is that of price. Where a number may be of two classes, it is of the more expensive one: a permission that is too narrow costs a
/// question, one that is too wide costs money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Within the company.
    Internal,
    /// Always allowed.
    Emergency,
    /// The called party pays.
    Free,
    /// In the own area.
    Local,
    /// In the own country.
    National,
    /// Mobile phones of the own country.
    Mobile,
    /// Other countries; in North America all other countries with +1, the Caribbean among them.
    International,
    /// Premium and shared-cost services, directory enquiries, personal numbers, pagers, satellites, worldwide services, and whatever no
    /// numbering plan knows: fraud likes ranges that nobody has.
    Premium,
}

/// No class has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no class “{0}”: write internal, emergency, free, local, national, mobile, international or premium")]
pub struct UnknownClass(String);

impl Class {
    /// Every class, cheap ones first.
    pub const ALL: [Self; 8] = [
        Self::Internal,
        Self::Emergency,
        Self::Free,
        Self::Local,
        Self::National,
        Self::Mobile,
        Self::International,
        Self::Premium,
    ];

    /// What a number is, seen from a place.
    pub fn of(number: &E164, here: &Locality) -> Self {
        let Some((code, plans, national)) = plan::split(number.digits()) else {
            return Self::Premium;
        };
        if plans.iter().all(Plan::is_worldwide) {
            return if code == UNIVERSAL_FREE { Self::Free } else { Self::Premium };
        }
        if code == NANP && national.get(3..6) == Some(NANP_PREMIUM_EXCHANGE) {
            return Self::Premium;
        }
        let home = here.country().plan();
        let at_home = (code == home.calling_code).then(|| home.listed(national));
        if let Some(Listed::As(kind)) = at_home {
            return Self::at_home(kind, national, here);
        }
        let (mut whole, mut beginning) = (None, None);
        for plan in plans.iter().filter(|plan| plan.letters != home.letters) {
            match plan.listed(national) {
                Listed::As(kind) => whole = whole.max(Some(kind)),
                // Who has the prefix has the number, however long it is.
                Listed::Beginning(kind) if plan.leads(national) => whole = whole.max(Some(kind)),
                Listed::Beginning(kind) => beginning = beginning.max(Some(kind)),
                Listed::Nowhere => {}
            }
        }
        match (whole, at_home, beginning) {
            (Some(kind), ..) => Self::abroad(kind),
            (None, Some(Listed::Beginning(kind)), None) => Self::at_home(kind, national, here),
            (None, Some(Listed::Beginning(kind)), Some(other)) => Self::at_home(kind.max(other), national, here),
            (None, _, Some(kind)) => Self::abroad(kind),
            (None, _, None) => Self::Premium,
        }
    }

    fn at_home(kind: Kind, national: &str, here: &Locality) -> Self {
        match kind {
            Kind::Free => Self::Free,
            Kind::Fixed if here.area().is_some_and(|area| national.starts_with(area)) => Self::Local,
            Kind::Fixed | Kind::Nomadic => Self::National,
            Kind::Mobile => Self::Mobile,
            Kind::Premium => Self::Premium,
        }
    }

    /// What is free in its country need not be from here.
    fn abroad(kind: Kind) -> Self {
        match kind {
            Kind::Free | Kind::Fixed | Kind::Nomadic | Kind::Mobile => Self::International,
            Kind::Premium => Self::Premium,
        }
    }

    /// Its name in files and interfaces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Emergency => "emergency",
            Self::Free => "free",
            Self::Local => "local",
            Self::National => "national",
            Self::Mobile => "mobile",
            Self::International => "international",
            Self::Premium => "premium",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Class {
    type Err = UnknownClass;

    fn from_str(text: &str) -> Result<Self, UnknownClass> {
        Self::ALL
            .into_iter()
            .find(|class| class.name() == text)
            .ok_or_else(|| UnknownClass(text.chars().take(20).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(here: &str, number: &str) -> Class {
        Class::of(&number.parse().expect("a number"), &here.parse().expect("a locality"))
    }

    #[test]
    fn names_lead_back_and_the_order_is_that_of_price() {
        for pair in Class::ALL.windows(2) {
            assert!(pair[0] < pair[1], "{pair:?}");
        }
        for class in Class::ALL {
            assert_eq!(class.name().parse(), Ok(class));
        }
        assert!("cheap".parse::<Class>().is_err());
    }

    #[test]
    fn what_no_plan_knows_is_taken_for_expensive() {
        for number in ["+2101234567", "+888123456", "+49012345678", "+15550001234", "+4400000000"] {
            for here in ["DE", "US", "GB"] {
                assert_eq!(class(here, number), Class::Premium, "{number} from {here}");
            }
        }
    }

    #[test]
    fn a_wrong_length_keeps_the_class_of_the_prefix() {
        assert_eq!(class("DE", "+49171123"), Class::Mobile);
        assert_eq!(class("DE", "+491711234567890"), Class::Mobile);
        assert_eq!(class("DE", "+499001"), Class::Premium);
        assert_eq!(class("GB area=20", "+44207946"), Class::Local);
        assert_eq!(class("GB", "+4420794609581"), Class::National);
        assert_eq!(class("DE", "+442079460"), Class::International);
        assert_eq!(class("DE", "+44909"), Class::Premium);
        assert_eq!(class("US", "+180955501"), Class::International);
    }
}
