//! Phones that can be told nothing while they run. What they show is the label of their line, as they were provisioned: the desk share of such
//! a phone is seen in the app alone.

use super::Notice;

/// Nothing is sent.
pub(super) const NOTICE: Option<Notice> = None;
