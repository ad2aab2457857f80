//! What somebody has said about the calls to them, applied to one call: the same decisions for calls and for the page that foretells them.

use model::UserId;
use numbers::{Dialled, E164, normalise};

use super::outside::{Diverted, Original};
use super::{Denial, Destination, Dialler, emergency_number, find};
use crate::call::Cause;
use crate::directory::{Callers, Feature, Forward, Lookup, Reaching, User, WallClock, When};

/// How often one call is forwarded at most.
pub(crate) const FORWARDS_MAX: usize = 5;

/// Calls without a number are not welcome (RFC 5079).
pub(crate) const ANONYMITY_DISALLOWED: Cause = Cause {
    status: 433,
    text: "calls without a number are not accepted here",
};
/// They have asked for silence.
pub(crate) const NOT_TO_BE_DISTURBED: Cause = Cause {
    status: 480,
    text: "does not want to be disturbed",
};

/// Whose call it is, and where it has been.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'a> {
    /// The caller's number: an extension, or of the world as E.164 with `+`.
    pub(crate) number: &'a str,
    /// The caller, where they are one of ours.
    pub(crate) user: Option<UserId>,
    /// The caller, where they are of the world.
    pub(crate) original: Option<Original>,
    /// Who has forwarded it, in this order.
    pub(crate) through: &'a [UserId],
}

/// In which case a rule is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    /// In any.
    Always,
    /// They are on a call, or have declined.
    Busy,
    /// Nobody has answered in time.
    NoAnswer,
    /// No phone of theirs is there.
    Unreachable,
}

/// Why a rule that fits is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// The call has been forwarded often enough.
    TooOften,
    /// It has been there before.
    InACircle,
    /// It leads to whoever forwards.
    ToOneself,
    /// It leads to the mobile, or the home, that calls.
    ToTheCaller,
    /// Nobody has asked for help.
    Emergency,
    /// It is a code that is of no use to a caller.
    Code,
    /// It is a conference room: people come to one themselves.
    Room,
    /// Whoever forwards may not call that number, or nobody has it.
    Denied(Denial),
}

impl Passed {
    /// In words for the log and for people.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::TooOften => "the call has been forwarded five times already",
            Self::InACircle => "the call has been there before",
            Self::ToOneself => "it leads back to the one who forwards",
            Self::ToTheCaller => "it leads to the one who calls",
            Self::Emergency => "no call is forwarded to an emergency number",
            Self::Code => "no call is forwarded to this code",
            Self::Room => "no call is forwarded to a conference room",
            Self::Denied(denial) => denial.text(),
        }
    }
}

impl Incoming<'_> {
    /// Whether nobody can tell who it is.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.original.is_some() && !self.number.bytes().any(|byte| byte.is_ascii_digit())
    }

    fn is_among(&self, numbers: &[String]) -> bool {
        let own = normalise(self.number);
        own.is_some() && numbers.iter().any(|number| normalise(number) == own)
    }

    fn is_of(&self, callers: &Callers) -> bool {
        match callers {
            Callers::Anybody => true,
            Callers::Inside => self.original.is_none(),
            Callers::Outside => self.original.is_some(),
            Callers::Anonymous => self.is_anonymous(),
            Callers::These(numbers) => self.is_among(numbers),
        }
    }
}

impl Case {
    /// As the next provider is told (RFC 5806 section 4).
    pub(crate) fn diverted(self) -> Diverted {
        match self {
            Self::Always => Diverted::Unconditionally,
            Self::Busy => Diverted::WhileBusy,
            Self::NoAnswer => Diverted::Unanswered,
            Self::Unreachable => Diverted::Unavailable,
        }
    }

    pub(crate) fn covers(self, when: When) -> bool {
        match when {
            When::Always => self == Self::Always,
            When::Busy => self == Self::Busy,
            When::NoAnswer { .. } => self == Self::NoAnswer,
            When::Unreachable => self == Self::Unreachable,
        }
    }
}

impl Reaching {
    /// Whether a call is refused because nobody can tell whose it is.
    pub(crate) fn refuses(&self, incoming: &Incoming<'_>) -> bool {
        self.rejects_anonymous && incoming.is_anonymous()
    }

    /// Whether no phone shall ring for it.
    pub(crate) fn is_undisturbed_by(&self, incoming: &Incoming<'_>) -> bool {
        self.do_not_disturb.is_on && !incoming.is_among(&self.do_not_disturb.except)
    }
}

/// Somebody's rules for a case that fit a call at this time, in their order, and why one of them leads nowhere.
pub(crate) fn rules<'a>(
    directory: &'a Lookup,
    person: &'a User,
    case: Case,
    incoming: Incoming<'a>,
    clock: WallClock,
) -> impl Iterator<Item = (&'a Forward, Result<(), Passed>)> {
    let fits = move |rule: &&Forward| {
        let is_time = rule.during.is_none_or(|during| {
            let profile = directory.time_profile(during.profile);
            profile.is_some_and(|profile| profile.is_open(clock) == during.is_open)
        });
        rule.is_on && case.covers(rule.when) && is_time && incoming.is_of(&rule.from)
    };
    let rules = person.reaching.forwards.iter().filter(fits);
    rules.map(move |rule| (rule, leads(directory, person, incoming, &rule.to, clock)))
}

/// Whether a call may be forwarded there.
///
/// # Errors
///
/// When it leads nowhere, whoever is there and free.
pub(crate) fn leads(directory: &Lookup, person: &User, incoming: Incoming<'_>, to: &str, clock: WallClock) -> Result<(), Passed> {
    if incoming.through.len() >= FORWARDS_MAX {
        return Err(Passed::TooOften);
    }
    if emergency_number(directory, to).is_some() {
        return Err(Passed::Emergency);
    }
    let dialler = Dialler {
        user: Some(person),
        original: incoming.original,
    };
    match find(directory, dialler, to, clock) {
        Destination::Denied(denial) => Err(Passed::Denied(denial)),
        Destination::User(user) if user.id == person.id => Err(Passed::ToOneself),
        Destination::User(user) if incoming.user == Some(user.id) => Err(Passed::ToTheCaller),
        Destination::User(user) if incoming.through.contains(&user.id) => Err(Passed::InACircle),
        Destination::Feature(code) if !is_heard(code.feature) => Err(Passed::Code),
        Destination::Room(_) => Err(Passed::Room),
        Destination::Outside(outside) if calls(&outside.dialled, incoming.number) => Err(Passed::ToTheCaller),
        Destination::User(_) | Destination::Team(_) | Destination::Menu(_) | Destination::Feature(_) | Destination::Outside(_) => Ok(()),
    }
}

/// Whether this calls whoever has that number.
pub(crate) fn calls(dialled: &Dialled, number: &str) -> bool {
    match dialled {
        Dialled::World(world) => number.parse::<E164>() == Ok(*world),
        Dialled::Internal(_) | Dialled::Emergency(_) | Dialled::Service { .. } | Dialled::Unknown(_) => false,
    }
}

/// Whether it is the answer of whoever a rule leads to, rather than a rule that leads nowhere now.
pub(crate) fn is_of_whoever_is_called(cause: Cause) -> bool {
    matches!(cause.status, 433 | 480 | 486 | 603)
}

/// Whether a code lets one who calls it hear something, and nothing else.
pub(super) fn is_heard(feature: Feature) -> bool {
    match feature {
        Feature::EchoTest | Feature::Music => true,
        Feature::DeskShare
        | Feature::TakeCall
        | Feature::SendCall
        | Feature::Conference
        | Feature::PickUp
        | Feature::PickUpGroup
        | Feature::Park
        | Feature::CallBack
        | Feature::Intercom
        | Feature::Redial
        | Feature::ReturnCall
        | Feature::ForwardAlways
        | Feature::ForwardBusy
        | Feature::ForwardNoAnswer
        | Feature::ForwardUnreachable
        | Feature::DoNotDisturb
        | Feature::RejectAnonymous => false,
    }
}
