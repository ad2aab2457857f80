//! What would happen to a call to somebody at some time, for people to read: by the same rules as calls.
//!
//! It is not known here who will be there and free. The story told is that of a call that nobody answers, to people who are; what becomes of it
//! otherwise is added in a line for each case.

mod walk;
mod words;

use std::sync::Arc;

use model::UserId;
use numbers::{Dialled, understand};

use super::Original;
use super::reaching::{Case, Passed};
use crate::directory::{Directory, Lookup, Reaching, WallClock};

pub(crate) use self::walk::Whereabouts;

use self::walk::{Caller, Walk};

/// One line of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Seconds since the call has come.
    pub after_s: u32,
    /// What happens.
    pub event: Event,
}

/// Somebody, or a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Their name.
    pub name: String,
    /// Their number.
    pub number: String,
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody's phones ring.
    Rings {
        /// Whose.
        who: Who,
        /// How many there are.
        phones: usize,
        /// Whether their mobile rings as well.
        mobile: bool,
    },
    /// A team's phones ring.
    TeamRings {
        /// Which team's.
        team: Who,
        /// The names of those who ring, as the team orders them.
        members: Vec<String>,
    },
    /// A rule applies.
    Forwarded {
        /// Whose.
        by: Who,
        /// In which case.
        case: Case,
        /// Where to, as the rule has it.
        to: String,
    },
    /// A rule fits, and leads nowhere.
    PassedOver {
        /// Whose.
        by: Who,
        /// In which case.
        case: Case,
        /// Where to.
        to: String,
        /// Why not.
        why: &'static str,
    },
    /// A team hands its calls on: at night, or because nobody answers.
    HandedOn {
        /// Which team.
        team: Who,
        /// Where to.
        to: String,
        /// Whether it does not work at this time.
        is_night: bool,
    },
    /// It goes out.
    Outside {
        /// To this number, as the first provider is told.
        number: String,
    },
    /// The caller is in a conference room.
    Room {
        /// Which.
        room: Who,
    },
    /// The caller hears an attendant's menu, or that it is closed.
    Menu {
        /// Which.
        menu: Who,
        /// Whether it is open.
        is_open: bool,
    },
    /// The caller hears something.
    Heard {
        /// What.
        title: &'static str,
    },
    /// The caller is refused.
    Refused {
        /// With this SIP status.
        status: u16,
        /// Why.
        why: &'static str,
    },
    /// Nobody has answered: the caller is told so.
    Unanswered,
    /// What would become of it in another case.
    Otherwise {
        /// Whose rule.
        by: Who,
        /// In which case.
        case: Case,
        /// Where to.
        to: String,
    },
}

/// There is no such person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such person")]
pub struct NobodyCalled;

/// What would become of a call to somebody. `from`: an extension, or a number of the world as people dial it; `None`: without a number.
/// `reaching`: as if they had said this. `reader`: who reads it, where they may know no rules but their own.
///
/// # Errors
///
/// When the person is not in the directory.
pub fn simulate(
    directory: &Arc<Directory>,
    user: UserId,
    from: Option<&str>,
    clock: WallClock,
    reaching: Option<&Reaching>,
    reader: Option<UserId>,
) -> Result<Vec<Step>, NobodyCalled> {
    let mut directory = Arc::clone(directory);
    if let Some(reaching) = reaching {
        let changed = Arc::make_mut(&mut directory);
        let person = changed.users.iter_mut().find(|person| person.id == user).ok_or(NobodyCalled)?;
        person.reaching = reaching.clone();
    }
    let lookup = Lookup::new(directory);
    let person = lookup.user(user).ok_or(NobodyCalled)?;
    let mut steps = foretell(&lookup, user, (from, clock), &|_| Whereabouts::Free, reader);
    let caller = caller(&lookup, from);
    steps.extend(Walk::new(&lookup, &caller, clock, &|_| Whereabouts::Free).otherwise(person));
    Ok(steps)
}

/// The story, where it is known who is there and free.
pub(crate) fn foretell(
    lookup: &Lookup,
    user: UserId,
    (from, clock): (Option<&str>, WallClock),
    whereabouts: &dyn Fn(UserId) -> Whereabouts,
    reader: Option<UserId>,
) -> Vec<Step> {
    let caller = caller(lookup, from);
    let mut walk = Walk::new(lookup, &caller, clock, whereabouts).for_reader(reader);
    walk.call(user);
    walk.steps
}

/// Whoever has this number.
fn caller(lookup: &Lookup, from: Option<&str>) -> Caller {
    let outside = |number: &str| Caller {
        number: number.to_owned(),
        user: None,
        original: Some(Original::of(number)),
    };
    let Some(number) = from.and_then(numbers::normalise) else {
        return outside("anonymous");
    };
    let number = match &lookup.directory().plan {
        None => number,
        Some(plan) => match understand(&number, &plan.here, |extension| lookup.is_extension(extension)) {
            Dialled::Internal(extension) => extension,
            Dialled::World(world) => world.to_string(),
            Dialled::Emergency(_) | Dialled::Service { .. } | Dialled::Unknown(_) => number,
        },
    };
    match lookup.is_extension(&number) {
        true => Caller {
            user: lookup.user_at(&number).map(|user| user.id),
            original: None,
            number,
        },
        false => outside(&number),
    }
}
