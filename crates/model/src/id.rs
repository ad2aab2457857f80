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
