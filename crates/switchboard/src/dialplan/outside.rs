//! The way to a number of the world: permission, routes, and what each provider is told.

use model::TrunkId;
use numbers::{Class, Dialled, E164, Locality, innermost};

use super::Denial;
use crate::directory::{
    Account, Directory, Forwarded, IdentityHeader, Inbound, NumberPlan, Route, RouteId, Target, Trunk, User, WallClock,
};

/// Trunks that one call is offered to at most.
const WAYS_MAX: usize = 8;

/// A number of the world, and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// What was dialled.
    pub dialled: Dialled,
    /// What it costs.
    pub class: Class,
    /// By which trunks, best first; never empty.
    pub ways: Vec<Way>,
}

/// A trunk that may carry the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The trunk.
    pub trunk: TrunkId,
    /// Which of its accounts speaks for the caller.
    pub account: u16,
    /// The route that names it; `None` for emergency calls that have none.
    pub route: Option<RouteId>,
    /// The number as the provider wants it.
    pub number: String,
    /// Who calls, as the provider is told.
    pub identity: Identity,
}

/// Who calls, to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The display name in `From`.
    pub display: String,
    /// The address in `From`.
    pub from: String,
    /// Header fields that say more: `P-Asserted-Identity`, `Privacy`.
    pub headers: Vec<(String, String)>,
}

/// Who of the world is to talk, when somebody of ours hands their call on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    /// Their number; `None`: they hide it, or it is no number.
    number: Option<E164>,
    diverted: Diverted,
    /// How many people have handed it on.
    count: usize,
}

/// Why a call is handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Diverted {
    /// Somebody has handed it over.
    ByHand,
    /// They forward all calls.
    Unconditionally,
    /// They are on a call.
    WhileBusy,
    /// They have not answered.
    Unanswered,
    /// No phone of theirs is there.
    Unavailable,
}

impl Original {
    /// As displays show who calls.
    pub(crate) fn of(number: &str) -> Self {
        Self {
            number: number.parse().ok(),
            diverted: Diverted::ByHand,
            count: 1,
        }
    }

    /// The same, forwarded once more, or for the first time.
    pub(crate) fn forwarded(self, diverted: Diverted, count: usize) -> Self {
        Self { diverted, count, ..self }
    }
}

impl Diverted {
    /// The `reason` of RFC 5806 section 4. A transfer is nearest to a deflection.
    fn reason(self) -> &'static str {
        match self {
            Self::ByHand => "deflection",
            Self::Unconditionally => "unconditional",
            Self::WhileBusy => "user-busy",
            Self::Unanswered => "no-answer",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Who calls, as far as it is not the trunk's matter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls<'a> {
    /// With whose permissions.
    pub(super) user: &'a User,
    /// Whether their number is not shown.
    pub(super) is_hidden: bool,
    /// For whom, where it is not themselves.
    pub(super) original: Option<Original>,
}

/// How somebody reaches a number outside.
///
/// # Errors
///
/// When they may not call it, or nothing leads there.
pub(super) fn reach(
    directory: &Directory,
    plan: &NumberPlan,
    calls: Calls<'_>,
    dialled: Dialled,
    clock: WallClock,
) -> Result<Outside, Denial> {
    let Some(class) = dialled.class(&plan.here) else {
        return Err(Denial::NoSuchNumber);
    };
    if !calls.user.calling.permits(class, &directory.time_profiles, clock) {
        let at_another_time = calls.user.calling.classes.has(class);
        return Err(Denial::NotPermitted { class, at_another_time });
    }
    // Whoever helps has to know who asks for it.
    let calls = if class == Class::Emergency {
        Calls {
            is_hidden: false,
            original: None,
            ..calls
        }
    } else {
        calls
    };
    let mut ways: Vec<Way> = Vec::new();
    for (trunk, route) in candidates(directory, plan, &dialled, class) {
        let Some(number) = dialled.written(trunk.outgoing, &plan.here) else {
            continue;
        };
        if ways.len() < WAYS_MAX && !ways.iter().any(|way| way.trunk == trunk.id) {
            let (account, identity) = identity(plan, trunk, calls);
            ways.push(Way {
                trunk: trunk.id,
                account,
                route,
                number,
                identity,
            });
        }
    }
    if ways.is_empty() {
        return Err(Denial::NoRoute { class });
    }
    Ok(Outside { dialled, class, ways })
}

/// The way by one trunk for nobody in particular: its test. `None`: what was dialled is no number that the provider could be given, or one of
/// emergency.
pub(crate) fn way_of_test(plan: &NumberPlan, trunk: &Trunk, dialled: &str) -> Option<(Class, Way)> {
    let dialled = numbers::understand(&numbers::normalise(dialled)?, &plan.here, |_| false);
    let class = dialled.class(&plan.here).filter(|class| *class != Class::Emergency)?;
    let number = dialled.written(trunk.outgoing, &plan.here)?;
    let nobody = User::nobody();
    let calls = Calls {
        user: &nobody,
        is_hidden: false,
        original: None,
    };
    let (account, identity) = identity(plan, trunk, calls);
    let way = Way {
        trunk: trunk.id,
        account,
        route: None,
        number,
        identity,
    };
    Some((class, way))
}

/// Trunks that may carry the call, best first.
fn candidates<'a>(
    directory: &'a Directory,
    plan: &'a NumberPlan,
    dialled: &Dialled,
    class: Class,
) -> impl Iterator<Item = (&'a Trunk, Option<RouteId>)> {
    let digits = match dialled {
        Dialled::World(number) => number.digits().to_owned(),
        // Short numbers are numbers of the country: routes with its prefix are for them, too.
        Dialled::Service { .. } | Dialled::Emergency(_) => plan.here.country().calling_code().to_string(),
        Dialled::Internal(_) | Dialled::Unknown(_) => String::new(),
    };
    let mut routes: Vec<&Route> = plan
        .routes
        .iter()
        .filter(|route| digits.starts_with(&route.prefix) && (route.classes.has(class) || class == Class::Emergency))
        .collect();
    routes.sort_by_key(|route| (std::cmp::Reverse(route.prefix.len()), route.cost));
    let is_emergency = class == Class::Emergency;
    let first = plan.emergency.filter(|_| is_emergency).map(|trunk| (trunk, None));
    let routed = routes
        .into_iter()
        .flat_map(|route| route.trunks.iter().map(|trunk| (*trunk, Some(route.id))));
    // Better by any trunk than not at all.
    let last = directory.trunks.iter().filter(move |_| is_emergency).map(|trunk| (trunk.id, None));
    let ids = first.into_iter().chain(routed).chain(last);
    ids.filter_map(|(id, route)| Some((directory.trunks.iter().find(|trunk| trunk.id == id)?, route)))
}

/// By which account, and as whom.
fn identity(plan: &NumberPlan, trunk: &Trunk, calls: Calls<'_>) -> (u16, Identity) {
    let number = number_of(plan, trunk, calls.user);
    let own = |account: &Account| trunk.incoming.read(&account.user, &plan.here).ok().filter(|_| number.is_some()) == number;
    let account = trunk.accounts.iter().position(own).unwrap_or(0);
    let user = trunk.accounts.get(account).map(|account| account.user.clone());
    let address = |user: &str| format!("sip:{user}@{}", trunk.domain);
    let written = |number: E164| trunk.outgoing.write(&number, &plan.here);
    let own = number
        .map(written)
        .or_else(|| user.clone())
        .unwrap_or_else(|| "anonymous".to_owned());
    let original = match trunk.forwarded {
        Forwarded::Own => None,
        Forwarded::OriginalWithDiversion => calls.original,
    };
    let (shown, is_hidden) = match original {
        None => (own.clone(), calls.is_hidden),
        Some(Original { number: Some(number), .. }) => (written(number), false),
        // The provider knows us at least.
        Some(Original { number: None, .. }) => (own.clone(), true),
    };
    let (display, from) = match (trunk.identity, is_hidden) {
        (IdentityHeader::AccountFrom, _) => (String::new(), address(user.as_deref().unwrap_or(&own))),
        (IdentityHeader::From | IdentityHeader::Asserted | IdentityHeader::Preferred, true) => {
            ("Anonymous".to_owned(), "sip:anonymous@anonymous.invalid".to_owned())
        }
        (IdentityHeader::From | IdentityHeader::Asserted | IdentityHeader::Preferred, false) => (String::new(), address(&shown)),
    };
    let header = match trunk.identity {
        // Who hides must still be known to the provider.
        IdentityHeader::From => is_hidden.then_some("P-Preferred-Identity"),
        IdentityHeader::Asserted => Some("P-Asserted-Identity"),
        IdentityHeader::Preferred | IdentityHeader::AccountFrom => Some("P-Preferred-Identity"),
    };
    let told = header.map(|name| (name.to_owned(), format!("<{}>", address(&shown))));
    let privacy = is_hidden.then(|| ("Privacy".to_owned(), "id".to_owned()));
    let diversion = original.map(|original| ("Diversion".to_owned(), diversion(&address(&own), original, calls.is_hidden)));
    let identity = Identity {
        display,
        from,
        headers: told.into_iter().chain(privacy).chain(diversion).collect(),
    };
    (u16::try_from(account).unwrap_or(0), identity)
}

/// Who has handed a call on (RFC 5806 section 4).
fn diversion(by: &str, original: Original, is_hidden: bool) -> String {
    let privacy = if is_hidden { ";privacy=full" } else { "" };
    let Original { diverted, count, .. } = original;
    format!("<{by}>;reason={};counter={count}{privacy}", diverted.reason())
}

/// The number that a person has at a trunk: their own, the one by which they are called from outside, or the trunk's.
fn number_of(plan: &NumberPlan, trunk: &Trunk, caller: &User) -> Option<E164> {
    let extension = caller.extension.as_deref();
    let direct = || {
        let extension = extension?;
        let mut entries = plan.inbound.iter().filter(|entry| entry.trunk.is_none_or(|id| id == trunk.id));
        entries.find_map(|entry| {
            let number = match &entry.target {
                Target::Extension => entry.block.number_of(extension),
                Target::Number(number) => (number == extension).then(|| entry.block.only_number()).flatten(),
            };
            // By whichever trunk: a number that leads to somebody else is nobody's to show.
            number.filter(|number| counting(plan.inbound.iter(), number).is_some_and(|counts| std::ptr::eq(counts, entry)))
        })
    };
    let account = || {
        let account = trunk.accounts.first()?;
        trunk.incoming.read(&account.user, &plan.here).ok()
    };
    caller.calling.number.or_else(direct).or(trunk.number).or_else(account)
}

/// What a number of ours that a provider has called leads to: what is to be dialled inside.
pub(crate) fn lead_in(plan: &NumberPlan, trunk: &Trunk, called: &str) -> Option<String> {
    let number = trunk.incoming.read(called, &plan.here).ok()?;
    let entries = plan.inbound.iter().filter(|entry| entry.trunk.is_none_or(|id| id == trunk.id));
    let entry = counting(entries, &number)?;
    match &entry.target {
        Target::Extension => entry.block.extension_of(&number),
        Target::Number(inside) => Some(inside.clone()),
    }
}

/// The entry that counts for a number of ours.
fn counting<'a>(entries: impl Iterator<Item = &'a Inbound>, number: &E164) -> Option<&'a Inbound> {
    innermost(entries, |entry| entry.block, number)
}

/// A caller's number as a provider writes it, for displays: international where it can be.
pub(crate) fn caller_number(here: &Locality, trunk: &Trunk, written: &str) -> String {
    match trunk.incoming.read(written, here) {
        Ok(number) => number.to_string(),
        Err(_) => written.chars().filter(|c| !c.is_control()).take(32).collect(),
    }
}
