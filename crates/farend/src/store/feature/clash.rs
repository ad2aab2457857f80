//! Why a feature cannot have a code.

use numbers::{Dialled, Locality, understand};
use switchboard::directory::{Feature, Takes};

/// Before a number: it is kept from whom one calls.
const HIDE: &str = "*31*";

/// Why a feature cannot have a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Clash {
    /// Numbers may stand behind it, so it must not look like the beginning of a number.
    #[error("something may be dialled behind this code, so it has to begin with * or #")]
    LikeANumber,
    /// It is another feature's.
    #[error("{code} is the code of \u{201c}{}\u{201d}", feature.title())]
    Feature {
        /// Whose.
        feature: Feature,
        /// The code.
        code: String,
    },
    /// What may be dialled behind it would be another feature's code.
    #[error("{other}, the code of \u{201c}{}\u{201d}, begins with {code}, behind which something may be dialled", feature.title())]
    Hides {
        /// The code.
        code: String,
        /// Whose would be hidden.
        feature: Feature,
        /// That one's code.
        other: String,
    },
    /// It would be another feature's code with something behind it.
    #[error("{code} begins with {other}, the code of \u{201c}{}\u{201d}, behind which something may be dialled", feature.title())]
    HiddenBy {
        /// The code.
        code: String,
        /// Whose hides it.
        feature: Feature,
        /// That one's code.
        other: String,
    },
    /// Numbers are hidden with `*31*`.
    #[error("*31* before a number hides one's own, and {code} would get in its way")]
    HidesNumber {
        /// The code.
        code: String,
    },
    /// It is somebody's number.
    #[error("{code} is the number of {owner}")]
    Extension {
        /// The code.
        code: String,
        /// A person, a team, a room or a menu.
        owner: String,
    },
    /// Whoever calls for help gets help.
    #[error("{code} is an emergency number here")]
    Emergency {
        /// The code.
        code: String,
    },
}

/// What else can be dialled.
#[derive(Clone, Copy, Debug)]
pub struct Dialable<'a> {
    /// All codes; the feature's own counts as none.
    pub codes: &'a [(String, Feature)],
    /// Numbers of people, teams, rooms and menus, and whose they are.
    pub extensions: &'a [(String, String)],
    /// Where we are; `None`: no number means anything there.
    pub here: Option<&'a Locality>,
}

/// Why the feature cannot have this code, if it cannot.
#[must_use]
pub fn clash(feature: Feature, code: &str, known: Dialable<'_>) -> Option<Clash> {
    let is_open = feature.takes() != Takes::Nothing;
    if is_open && !code.starts_with(['*', '#']) {
        return Some(Clash::LikeANumber);
    }
    if code.starts_with(HIDE) || (is_open && HIDE.starts_with(code)) {
        return Some(Clash::HidesNumber { code: code.to_owned() });
    }
    let others = known.codes.iter().filter(|(_, other)| *other != feature);
    let code = code.to_owned();
    for (other, whose) in others {
        let (feature, other) = (*whose, other.clone());
        if other == code {
            return Some(Clash::Feature { feature, code });
        }
        if is_open && other.starts_with(&code) {
            return Some(Clash::Hides { code, feature, other });
        }
        if feature.takes() != Takes::Nothing && code.starts_with(&other) {
            return Some(Clash::HiddenBy { code, feature, other });
        }
    }
    if let Some((_, owner)) = known.extensions.iter().find(|(number, _)| *number == code) {
        let owner = owner.clone();
        return Some(Clash::Extension { code, owner });
    }
    let is_emergency = |here| matches!(understand(&code, here, |_| false), Dialled::Emergency(_));
    known.here.is_some_and(is_emergency).then_some(Clash::Emergency { code })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Vec<(String, Feature)> {
        Feature::ALL.map(|feature| (feature.usual_code().to_owned(), feature)).to_vec()
    }

    fn found(feature: Feature, code: &str) -> Option<Clash> {
        let extensions = [("101".to_owned(), "Anna".to_owned()), ("800".to_owned(), "Meeting room".to_owned())];
        let here = Locality::new("DE".parse().expect("a country"));
        clash(
            feature,
            code,
            Dialable {
                codes: &usual(),
                extensions: &extensions,
                here: Some(&here),
            },
        )
    }

    #[test]
    fn the_usual_codes_get_along_with_each_other() {
        for feature in Feature::ALL {
            assert_eq!(found(feature, feature.usual_code()), None, "{feature:?}");
        }
    }

    #[test]
    fn a_code_is_one_features() {
        let code = "*44".to_owned();
        assert_eq!(
            found(Feature::EchoTest, "*44"),
            Some(Clash::Feature {
                feature: Feature::Music,
                code
            })
        );
        assert_eq!(found(Feature::EchoTest, "*45"), None);
    }

    #[test]
    fn what_is_dialled_behind_a_code_is_not_another_code() {
        // *3 alone is a conference, and *37 calls back: nothing stands behind *3.
        assert_eq!(found(Feature::Conference, "*6"), None);
        let hides = found(Feature::Park, "*6");
        let Some(Clash::Hides { code, feature, other }) = hides else {
            panic!("{hides:?}")
        };
        assert!(code == "*6" && other.starts_with("*6"), "{feature:?}");
        // Slot 3 could not be reached any more.
        assert_eq!(
            found(Feature::Music, "*703"),
            Some(Clash::HiddenBy {
                code: "*703".to_owned(),
                feature: Feature::Park,
                other: "*70".to_owned()
            })
        );
    }

    #[test]
    fn hiding_ones_number_goes_before() {
        for (feature, code) in [
            (Feature::Park, "*31"),
            (Feature::Park, "*3"),
            (Feature::Music, "*31*"),
            (Feature::Music, "*31*1"),
        ] {
            assert_eq!(found(feature, code), Some(Clash::HidesNumber { code: code.to_owned() }));
        }
        assert_eq!(found(Feature::Music, "*31"), None, "nothing stands behind it");
    }

    #[test]
    fn nobodys_number_is_a_code_and_help_is_reached() {
        let owner = found(Feature::Music, "800").expect("taken").to_string();
        assert_eq!(owner, "800 is the number of Meeting room");
        assert_eq!(found(Feature::Music, "112"), Some(Clash::Emergency { code: "112".to_owned() }));
        assert_eq!(found(Feature::Music, "99"), None);
        assert_eq!(found(Feature::Park, "99"), Some(Clash::LikeANumber), "it would hide 991");
    }
}
