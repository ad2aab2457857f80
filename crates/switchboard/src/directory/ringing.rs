//! How people are reached: by which of their phones, after how long, and when they are busy.

use std::collections::BTreeSet;

use model::UserId;

/// How a device takes part when its person is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rings {
    /// After this many seconds; 0: at once.
    After {
        /// Seconds.
        delay_s: u16,
    },
    /// Silent: it is called, and answers by itself, once its person answers in the app.
    WhenAnswered,
    /// Never; it can dial, and calls can be moved to it.
    Never,
}

impl Default for Rings {
    /// At once.
    fn default() -> Self {
        Self::After { delay_s: 0 }
    }
}

/// What becomes of a call to somebody who is on another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhileBusy {
    /// All their phones ring, the busy one too (call waiting).
    #[default]
    CallWaiting,
    /// Their phones that are free ring; with none, the caller hears busy.
    RingOthers,
    /// The caller hears busy.
    Busy,
}

/// A mobile that rings as well, by a trunk, with its person's permissions (one number).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mobile {
    /// As its person would dial it.
    pub number: String,
    /// After this many seconds.
    pub delay_s: u16,
}

/// Who may log on at a shared phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogOn {
    /// Everybody who has a PIN.
    Everybody,
    /// These people.
    People(BTreeSet<UserId>),
}
