//! What a dialled number comes to: one decision, for calls and for the page that explains them.
//!
//! ```text
//!  feature code ──► extension or emergency? ──► number of the world ──► permission ──► routes ──► ways, best first
//! ```

mod explain;
mod outside;
mod reaching;
mod simulate;

use numbers::{Class, Dialled, Why, normalise, understand};

use crate::call::Cause;
use crate::directory::{Lookup, Menu, Room, StarCode, Team, User, WallClock};

pub use self::explain::{Explanation, Leads, NobodyCalls, TeamLead, explain};
pub use self::outside::{Identity, Outside, Way};
pub(crate) use self::outside::{Original, caller_number, lead_in, way_of_test};
pub(crate) use self::reaching::{ANONYMITY_DISALLOWED, Incoming, NOT_TO_BE_DISTURBED, is_of_whoever_is_called, leads, rules};
pub use self::reaching::{Case, Passed};
pub use self::simulate::{Event, NobodyCalled, Step, Who, simulate};
#[cfg(test)]
pub(crate) use self::simulate::{Whereabouts, foretell};

use self::outside::Calls;

/// Before a number: the caller's is not shown this time.
const HIDE: &str = "*31*";

/// Where a number leads.
#[derive(Debug)]
pub(crate) enum Destination<'a> {
    /// To somebody's phones.
    User(&'a User),
    /// To a team.
    Team(&'a Team),
    /// To a conference room.
    Room(&'a Room),
    /// To an attendant's menu.
    Menu(&'a Menu),
    /// To a feature code.
    Feature(StarCode),
    /// To the world.
    Outside(Box<Outside>),
    /// Nowhere.
    Denied(Denial),
}

/// Why a dialled number leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Nobody and nothing has it.
    NoSuchNumber,
    /// It is no number of the world either.
    Meaningless(Why),
    /// The caller may not.
    NotPermitted {
        /// What the number is.
        class: Class,
        /// At another time it is allowed.
        at_another_time: bool,
    },
    /// No trunk is meant for it.
    NoRoute {
        /// What the number is.
        class: Class,
    },
}

impl Denial {
    /// The SIP status that the caller is told, and the words.
    pub(crate) fn cause(self) -> Cause {
        let status = match self {
            Self::NoSuchNumber => 404,
            Self::Meaningless(_) => 484,
            Self::NotPermitted { .. } => 403,
            Self::NoRoute { .. } => 503,
        };
        Cause { status, text: self.text() }
    }

    /// In words for the caller, the journal and the administrator.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NoSuchNumber => "nobody has this number",
            Self::Meaningless(Why::NotANumber) => "this is no number",
            Self::Meaningless(Why::NoSuchCode) => "no function has this code",
            Self::Meaningless(Why::TooShort) => "nobody inside has this number, and for outside it is too short",
            Self::Meaningless(Why::TooLong) => "this number is too long",
            Self::Meaningless(Why::AreaMissing) => "the area code is missing",
            Self::Meaningless(Why::PrefixMissing) => "this is no number of the country: the prefix is missing, or a digit",
            Self::NotPermitted { at_another_time: true, .. } => "such numbers may not be called at this time",
            Self::NotPermitted {
                class,
                at_another_time: false,
            } => match class {
                Class::Internal | Class::Emergency => "this number may not be called",
                Class::Free => "free numbers may not be called from this extension",
                Class::Local => "local numbers may not be called from this extension",
                Class::National => "national numbers may not be called from this extension",
                Class::Mobile => "mobile numbers may not be called from this extension",
                Class::International => "international numbers may not be called from this extension",
                Class::Premium => "premium numbers may not be called from this extension",
            },
            Self::NoRoute { .. } => "no route leads to this number",
        }
    }
}

/// Who dials.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dialler<'a> {
    /// Whose permissions count; without anybody's, only what is inside can be reached.
    pub(crate) user: Option<&'a User>,
    /// For whom of the world, where it is a call of theirs that is handed on.
    pub(crate) original: Option<Original>,
}

/// Looks up what somebody dialled. Feature codes come first: an extension cannot hide one.
pub(crate) fn find<'a>(directory: &'a Lookup, dialler: Dialler<'_>, dialled: &str, clock: WallClock) -> Destination<'a> {
    let Some(number) = normalise(dialled) else {
        return Destination::Denied(Denial::NoSuchNumber);
    };
    if let Some(code) = directory.feature(&number) {
        return Destination::Feature(code);
    }
    let inside = |number: &str| {
        let person = directory.user_at(number).map(Destination::User);
        let team = || directory.team_at(number).map(Destination::Team);
        let room = || directory.room_at(number).map(Destination::Room);
        let menu = || directory.menu_at(number).map(Destination::Menu);
        person
            .or_else(team)
            .or_else(room)
            .or_else(menu)
            .unwrap_or(Destination::Denied(Denial::NoSuchNumber))
    };
    let (Some(plan), Some(user)) = (&directory.directory().plan, dialler.user) else {
        return inside(&number);
    };
    let (is_hidden, number) = match number.strip_prefix(HIDE) {
        Some(rest) => (true, rest),
        None => (user.calling.is_hidden, number.as_str()),
    };
    match understand(number, &plan.here, |extension| directory.is_extension(extension)) {
        Dialled::Internal(extension) => inside(&extension),
        Dialled::Unknown(why) => Destination::Denied(Denial::Meaningless(why)),
        dialled @ (Dialled::Emergency(_) | Dialled::Service { .. } | Dialled::World(_)) => {
            let calls = Calls {
                user,
                is_hidden,
                original: dialler.original,
            };
            match outside::reach(directory.directory(), plan, calls, dialled, clock) {
                Ok(outside) => Destination::Outside(Box::new(outside)),
                Err(denial) => Destination::Denied(denial),
            }
        }
    }
}

/// The emergency number that this is, if it is one.
pub(crate) fn emergency_number(directory: &Lookup, dialled: &str) -> Option<&'static str> {
    let plan = directory.directory().plan.as_ref()?;
    let number = normalise(dialled).filter(|number| directory.feature(number).is_none())?;
    let number = number.strip_prefix(HIDE).unwrap_or(&number);
    match understand(number, &plan.here, |extension| directory.is_extension(extension)) {
        Dialled::Emergency(digits) => Some(digits),
        Dialled::Internal(_) | Dialled::Service { .. } | Dialled::World(_) | Dialled::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::UserId;

    use super::*;
    use crate::directory::{Calling, Directory, Feature, Reaching, WhileBusy};

    #[test]
    fn a_number_leads_to_a_user_a_feature_or_nowhere() {
        let user = User {
            id: UserId(1),
            name: "Anna".to_owned(),
            extension: Some("101".to_owned()),
            calling: Calling::default(),
            while_busy: WhileBusy::default(),
            mobile: None,
            reaching: Reaching::default(),
            may_record: false,
        };
        let directory = Lookup::new(Arc::new(Directory {
            users: vec![user],
            features: vec![("*43".to_owned(), Feature::EchoTest)],
            ..Directory::default()
        }));
        let clock = WallClock::default();
        assert!(matches!(find(&directory, Dialler::default(), "101", clock), Destination::User(user) if user.name == "Anna"));
        assert!(matches!(
            find(&directory, Dialler::default(), "*43", clock),
            Destination::Feature(StarCode {
                feature: Feature::EchoTest,
                ..
            })
        ));
        assert!(matches!(
            find(&directory, Dialler::default(), "10", clock),
            Destination::Denied(Denial::NoSuchNumber)
        ));
    }
}
