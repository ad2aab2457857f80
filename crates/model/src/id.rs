//! Identities. Numbers are never reused while the program runs.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// One call: everything between the first dialled digit and the last hang-up.
    CallId, "call-"
);
id!(
    /// One party's connection to a call: signalling dialog and media together.
    LegId, "leg-"
);
/// Calls and legs of browsers' checks have this bit in their numbers, and those of the switchboard, which counts from one, never will.
const OF_CHECKS: u64 = 1 << 62;

impl CallId {
    /// What holds the leg of a check: no call, only the place where legs are.
    #[must_use]
    pub fn of_check(number: u64) -> Self {
        Self(OF_CHECKS | number)
    }
}

impl LegId {
    /// The leg of a check.
    #[must_use]
    pub fn of_check(number: u64) -> Self {
        Self(OF_CHECKS | number)
    }

    /// The number that the leg of a check was made of.
    #[must_use]
    pub fn check_number(self) -> u64 {
        self.0 & !OF_CHECKS
    }

    /// Whether it is the leg of a check, of which signalling knows nothing.
    #[must_use]
    pub fn is_of_check(self) -> bool {
        self.0 & OF_CHECKS != 0
    }
}

id!(
    /// A person (the database's key).
    UserId, "user-"
);
id!(
    /// A browser phone or a desk phone (the database's key).
    DeviceId, "device-"
);
id!(
    /// A trunk: calls to and from the world by one provider (the database's key).
    TrunkId, "trunk-"
);
id!(
    /// A team: one number, several people or devices (the database's key).
    TeamId, "team-"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legs_of_checks_are_told_from_those_of_calls() {
        assert!(LegId::of_check(0).is_of_check() && LegId::of_check(7).is_of_check());
        assert!(!LegId(1).is_of_check() && !LegId(u64::from(u32::MAX)).is_of_check());
        assert_ne!(LegId::of_check(1), LegId::of_check(2));
        assert_ne!(CallId::of_check(1), CallId(1));
    }
}
