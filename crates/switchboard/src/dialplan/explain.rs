//! What would happen if somebody dialled a number: the decision that a call would take, for people to read.

use std::sync::Arc;

use numbers::{Class, Dialled, understand};

use super::{Denial, Destination, Dialler, HIDE, Outside, find};
use crate::directory::{Directory, Feature, Lookup, MemberKind, Order, Overflow, Team, WallClock};

/// What a dialled number comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What the number means; `None` where it is a feature code, or the company has no number plan.
    pub means: Option<Dialled>,
    /// What it costs, at most; `None` for what cannot be called.
    pub class: Option<Class>,
    /// Where it leads.
    pub leads: Leads,
}

/// Where a dialled number leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To somebody's phones.
    Person {
        /// Their number.
        extension: String,
        /// Their name.
        name: String,
    },
    /// To a team.
    Team(TeamLead),
    /// To an attendant's menu.
    Menu {
        /// Its number.
        extension: String,
        /// Its name.
        name: String,
    },
    /// To a conference room.
    Room {
        /// Its number.
        extension: String,
        /// Its name.
        name: String,
    },
    /// To a feature code.
    Feature(Feature),
    /// To the world, if a trunk of these is up.
    Outside(Box<Outside>),
    /// Nowhere.
    Nowhere(Denial),
}

/// What a call to a team comes to, as far as it does not depend on who is there and free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamLead {
    /// Its number.
    pub extension: String,
    /// Its name.
    pub name: String,
    /// The number that has its calls at this time, while the team does not work.
    pub night: Option<String>,
    /// Otherwise: who rings when.
    pub order: Order,
    /// The names of the members that ring, in the team's order.
    pub members: Vec<String>,
    /// Where the call goes when they do not answer.
    pub overflow: Option<Overflow>,
}

impl TeamLead {
    fn of(team: &Team, directory: &Lookup, clock: WallClock) -> Self {
        let name = |member: MemberKind| match member {
            MemberKind::Person(user) => directory.user(user).map(|user| user.name.clone()),
            MemberKind::Device(device) => directory.device(device).map(|device| device.label.clone()),
        };
        Self {
            extension: team.extension.clone(),
            name: team.name.clone(),
            night: team.night_number(&directory.directory().time_profiles, clock).map(str::to_owned),
            order: team.order,
            members: team.ringing_members().filter_map(name).collect(),
            overflow: team.overflow.clone(),
        }
    }
}

/// Nobody has this extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody has this extension")]
pub struct NobodyCalls;

/// What happens when `extension` dials this at that time. The same function decides about calls.
///
/// # Errors
///
/// When nobody has the extension.
pub fn explain(directory: &Arc<Directory>, extension: &str, dialled: &str, clock: WallClock) -> Result<Explanation, NobodyCalls> {
    let lookup = Lookup::new(Arc::clone(directory));
    let caller = lookup.user_at(&extension.to_lowercase()).ok_or(NobodyCalls)?;
    let dialler = Dialler {
        user: Some(caller),
        original: None,
    };
    let leads = match find(&lookup, dialler, dialled, clock) {
        Destination::User(user) => Leads::Person {
            extension: user.extension.clone().unwrap_or_default(),
            name: user.name.clone(),
        },
        Destination::Team(team) => Leads::Team(TeamLead::of(team, &lookup, clock)),
        Destination::Room(room) => Leads::Room {
            extension: room.extension.clone(),
            name: room.name.clone(),
        },
        Destination::Menu(menu) => Leads::Menu {
            extension: menu.extension.clone(),
            name: menu.name.clone(),
        },
        Destination::Feature(code) => Leads::Feature(code.feature),
        Destination::Outside(outside) => Leads::Outside(outside),
        Destination::Denied(denial) => Leads::Nowhere(denial),
    };
    let means = match (&leads, &directory.plan) {
        (Leads::Feature(_), _) | (_, None) => None,
        (
            Leads::Person { .. } | Leads::Team(_) | Leads::Room { .. } | Leads::Menu { .. } | Leads::Outside(_) | Leads::Nowhere(_),
            Some(plan),
        ) => {
            let number = numbers::normalise(dialled).unwrap_or_default();
            let number = number.strip_prefix(HIDE).unwrap_or(&number);
            Some(understand(number, &plan.here, |extension| lookup.is_extension(extension)))
        }
    };
    let class = match (&means, &directory.plan) {
        (Some(means), Some(plan)) => means.class(&plan.here),
        (None, _) | (_, None) => None,
    };
    Ok(Explanation { means, class, leads })
}
