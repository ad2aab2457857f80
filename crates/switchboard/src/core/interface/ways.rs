//! What a desk phone's messages show of the way between it and us.

use std::net::IpAddr;
use std::time::Instant;

use sip::Flow;

/// The way to a desk phone, as its REGISTER and its answers show it. What it means is for others to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneWay {
    /// How its REGISTER has come.
    pub flow: Flow,
    /// Which addresses that names as the phone's own.
    pub named: Named,
    /// What a router has made of an address that we named in a question.
    pub echo: Option<Echo>,
    /// Since when it has left questions unanswered; only for phones that have answered such before, from there.
    pub unanswered_since: Option<Instant>,
    /// Whether it shows what it is to show of its desk share.
    pub display: PhoneDisplay,
}

/// What a shared phone has made of the texts for its display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhoneDisplay {
    /// It is to show nothing, or has not answered yet.
    #[default]
    Unknown,
    /// It has taken one.
    Shown,
    /// It takes no kind of them.
    Refused,
    /// It shows a person whose number has gone to a browser: it has failed to take the text that says so, more than once.
    Outdated,
}

/// The addresses that a REGISTER names as its sender's own; `None` for names, and for what is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// In the `Via`.
    pub via: Option<IpAddr>,
    /// In the first `Contact`.
    pub contact: Option<IpAddr>,
    /// Behind the `@` of the `Call-ID`.
    pub call_id: Option<IpAddr>,
}

/// A question named an address, and the answer names the public one of the phone's router instead. The phone has to repeat what it was asked
/// (RFC 3261 section 8.2.6.2), so somebody on the way has rewritten it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// The address that we named: one of inside that we have from the phone itself.
    pub named: IpAddr,
    /// What came back.
    pub instead: IpAddr,
}
