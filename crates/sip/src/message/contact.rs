//! The `Contact` header of a REGISTER.

/// What a message says about where to reach its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contacts {
    /// No `Contact` header.
    None,
    /// `*`: all bindings (RFC 3261 section 10.2.2).
    All,
    /// One or several.
    List(Vec<Contact>),
}

/// One `Contact`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The URI, without angle brackets.
    pub uri: String,
    /// The `expires` parameter, in seconds.
    pub expires: Option<u32>,
    /// `+sip.instance` without quotes (RFC 5626 section 4.1).
    pub instance: Option<String>,
    /// `reg-id` (RFC 5626 section 4.2).
    pub reg_id: Option<u32>,
    /// `q`, in thousandths.
    pub q: Option<u16>,
}

/// Why a `Contact` header could not be used: answer 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// An item is no address.
    #[error("a Contact is no address")]
    NoAddress,
    /// `*` beside other contacts.
    #[error("Contact * stands beside others")]
    StarAmongOthers,
    /// More than [`Contacts::MAX`].
    #[error("more than {} contacts", Contacts::MAX)]
    TooMany,
}

impl Contacts {
    /// Contacts in one message at most.
    pub const MAX: usize = 16;
}
