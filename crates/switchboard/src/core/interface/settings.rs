//! Settings that people change by codes.

/// A change of somebody's setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The plain rule for this case (for anybody, at any time) goes to this number; `None`: is off.
    Forward {
        /// The case.
        when: crate::directory::When,
        /// The number, as it was dialled.
        to: Option<String>,
    },
    /// Whether they are not to be disturbed.
    DoNotDisturb(bool),
    /// Whether calls without a number are refused.
    RejectAnonymous(bool),
}
