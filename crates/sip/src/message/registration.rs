//! What a registrar answers to REGISTER.

use std::time::Duration;

use super::address::{Address, split_addresses, split_outside_quotes};
use super::fields::{contact, delta_seconds};
use super::{Contact, UriParts, explanation};
use crate::agent::Header;

/// What the response to a REGISTER says (RFC 3261 section 10.2); read from the headers of [`crate::agent::Event::Responded`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// All bindings of the address of record, ours among others. What is no address is left out.
    pub contacts: Vec<Contact>,
    /// `Expires`, in seconds: for contacts that say nothing themselves.
    pub expires_s: Option<u32>,
    /// `Min-Expires` of a 423, in seconds: what to ask for next time (section 10.2.8).
    pub min_expires_s: Option<u32>,
    /// `Service-Route`s in their order, with brackets: the routes of later calls (RFC 3608 section 5).
    pub service_routes: Vec<String>,
    /// As in [`crate::agent::Event::Refused`].
    pub retry_after: Option<Duration>,
    /// As in [`crate::agent::Event::Refused`].
    pub warning: Option<String>,
}

impl Registration {
    /// Reads the headers of a response.
    #[must_use]
    pub fn read(headers: &[Header]) -> Self {
        let values = |wanted: &'static str| {
            let named = headers.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
            named.map(|(_, value)| value.as_str())
        };
        let seconds = |name| values(name).find_map(delta_seconds);
        let items = |name| values(name).flat_map(|value| split_outside_quotes(value, b','));
        let addresses = values("Contact").flat_map(split_addresses).filter_map(Address::parse);
        let routes = values("Service-Route").flat_map(split_addresses);
        Self {
            contacts: addresses.map(|address| contact(&address)).collect(),
            expires_s: seconds("Expires"),
            min_expires_s: seconds("Min-Expires"),
            service_routes: routes.map(str::to_owned).collect(),
            retry_after: values("Retry-After").find_map(explanation::retry_after),
            warning: explanation::text(items("Warning"), items("Reason")),
        }
    }

    /// How long the binding of `uri`, our `Contact`, lives, in seconds; `None` where it is not among the bindings, or nothing is said.
    #[must_use]
    pub fn granted_s(&self, uri: &str) -> Option<u32> {
        let ours = UriParts::split(uri)?;
        let is_ours = |contact: &&Contact| UriParts::split(&contact.uri).is_some_and(|theirs| theirs.is_equivalent(&ours));
        self.contacts.iter().find(is_ours)?.expires.or(self.expires_s)
    }
}
