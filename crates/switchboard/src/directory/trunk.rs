//! Trunks as administrators configure them.

use std::fmt;
use std::net::{AddrParseError, IpAddr};
use std::str::FromStr;
use std::time::Duration;

use model::control::Srtp;
use model::{StunServer, TrunkId};
use numbers::{E164, Format};

use crate::trunks::{Place, Trust};

/// Calls to and from the world by one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// The key.
    pub id: TrunkId,
    /// For people.
    pub name: String,
    /// Where its servers are looked for: the registrar, or an outbound proxy.
    pub place: Place,
    /// The STUN server of the provider's own: what it sees of our media goes before what the system's servers see.
    pub stun: Option<StunServer>,
    /// How they prove over TLS who they are.
    pub trust: Trust,
    /// The host part of addresses: `sip:…@domain`.
    pub domain: String,
    /// Who we are to the provider; empty when it knows us by our address alone.
    pub accounts: Vec<Account>,
    /// Whether audio is encrypted.
    pub srtp: Srtp,
    /// How often OPTIONS asks whether the provider lives; `None`: never.
    pub ping_every: Option<Duration>,
    /// Addresses that calls may come from, besides the provider's servers as DNS tells them.
    pub networks: Vec<Network>,
    /// Where the caller's number is told.
    pub identity: IdentityHeader,
    /// Whose number that is when a call of the world is handed on to the world.
    pub forwarded: Forwarded,
    /// How numbers are written to the provider.
    pub outgoing: Format,
    /// How the provider writes numbers.
    pub incoming: Format,
    /// The number shown for people who have none of their own.
    pub number: Option<E164>,
    /// A number that answers with an echo, as people dial it: for the trunk's test.
    pub echo_number: Option<String>,
}

/// An account at a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The user part of its address, e.g. `4989123450`.
    pub user: String,
    /// The digest user name, where it is another.
    pub auth_user: Option<String>,
    /// The password.
    pub password: String,
    /// The only realm whose challenges are answered; `None`: the first that challenges.
    pub realm: Option<String>,
    /// The user part of our `Contact`, by which providers address incoming calls; `None`: as `user`.
    pub contact_user: Option<String>,
    /// How long registrations shall last; `None`: it does not register.
    pub expires: Option<Duration>,
}

impl Account {
    /// The user part of our `Contact`.
    #[must_use]
    pub fn contact_user(&self) -> &str {
        self.contact_user.as_deref().unwrap_or(&self.user)
    }
}

impl fmt::Debug for Account {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("user", &self.user)
            .field("auth_user", &self.auth_user)
            .field("realm", &self.realm)
            .field("contact_user", &self.contact_user)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Addresses with a prefix in common (RFC 4632).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// Any address in it.
    pub address: IpAddr,
    /// How many leading bits count.
    pub prefix_bits: u8,
}

/// By which header field a provider is told who calls. `From` carries the number in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdentityHeader {
    /// `From` alone.
    From,
    /// `P-Asserted-Identity` (RFC 3325): the provider trusts us.
    #[default]
    Asserted,
    /// `P-Preferred-Identity` (RFC 3325): it checks.
    Preferred,
    /// `From` is the account, `P-Preferred-Identity` the caller.
    AccountFrom,
}

/// Who calls, to a provider, when somebody of ours hands a call of the world on to the world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forwarded {
    /// Who hands it on: every provider takes that.
    #[default]
    Own,
    /// The caller of the world, and `Diversion` (RFC 5806) tells who has handed it on: for providers that let such calls pass.
    OriginalWithDiversion,
}

impl Network {
    /// Whether the address is in it. IPv4 and IPv6 never match, but IPv4 in IPv6 form is IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let shared = |ours: u128, theirs: u128, bits: u32| {
            let free = bits.saturating_sub(u32::from(self.prefix_bits));
            ours.checked_shr(free) == theirs.checked_shr(free)
        };
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => shared(ours.to_bits().into(), theirs.to_bits().into(), 32),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => shared(ours.to_bits(), theirs.to_bits(), 128),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// Why a text is no [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a network is an address, with / and the number of leading bits that count: 192.0.2.0/24 or 2001:db8::/32")]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    /// Reads `192.0.2.0/24`; an address alone is a network of one.
    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_: AddrParseError| NotANetwork)?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= bits_max).ok_or(NotANetwork)?,
            None => bits_max,
        };
        Ok(Self { address, prefix_bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_read_as_it_is_written() {
        for (text, written) in [
            ("192.0.2.0/24", Some("192.0.2.0/24")),
            ("192.0.2.1", Some("192.0.2.1/32")),
            ("2001:db8::/32", Some("2001:db8::/32")),
            ("2001:db8::1", Some("2001:db8::1/128")),
            ("192.0.2.0/33", None),
            ("192.0.2.0/", None),
            ("192.0.2.0/-1", None),
            ("example.com/24", None),
            ("", None),
        ] {
            let network = text.parse::<Network>().map(|network| network.to_string());
            assert_eq!(network.ok().as_deref(), written, "{text}");
        }
    }

    #[test]
    fn an_accounts_password_is_not_shown() {
        let account = Account {
            user: "4989123450".to_owned(),
            auth_user: None,
            password: "correct horse".to_owned(),
            realm: None,
            contact_user: None,
            expires: None,
        };
        assert!(!format!("{account:?}").contains("horse"));
    }

    #[test]
    fn a_network_contains_what_shares_its_prefix() {
        for (network, prefix_bits, address, expected) in [
            ("192.0.2.0", 24, "192.0.2.255", true),
            ("192.0.2.0", 24, "192.0.3.0", false),
            ("192.0.2.1", 32, "192.0.2.1", true),
            ("192.0.2.1", 32, "192.0.2.2", false),
            ("192.0.2.1", 0, "198.51.100.1", true),
            ("192.0.2.0", 24, "::ffff:192.0.2.7", true),
            ("192.0.2.0", 0, "2001:db8::1", false),
            ("2001:db8::", 32, "2001:db8:ffff::1", true),
            ("2001:db8::", 48, "2001:db8:1::1", false),
            ("2001:db8::", 0, "fe80::1", true),
        ] {
            let network = Network {
                address: network.parse().unwrap(),
                prefix_bits,
            };
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{network:?} {address}");
        }
    }
}
