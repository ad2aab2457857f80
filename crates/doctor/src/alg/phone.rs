//! Whether something rewrites the SIP of a desk phone: what its own messages and its answers show.
//!
//! Addresses of inside that have come through show that nobody looks for them. That a phone names its public address shows nothing: it may have
//! it from STUN, or from an earlier answer of ours. Proof is an address of inside that we have named in a question, and that its answer, which
//! has to repeat it, names as the public one.

use std::fmt;
use std::net::IpAddr;

/// What is known of a phone's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Nobody on the way can read them (TLS).
    pub is_encrypted: bool,
    /// Where they come from.
    pub source: IpAddr,
    /// The address that its `Via` names; `None`: a name.
    pub via: Option<IpAddr>,
    /// The address that its `Contact` names; `None`: a name.
    pub contact: Option<IpAddr>,
    /// An address that we have named, and what came back instead.
    pub echo: Option<(IpAddr, IpAddr)>,
}

/// What that comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Messages arrive as they were sent.
    Untouched,
    /// Nobody on the way can read them.
    Encrypted,
    /// Something on the way rewrites them.
    Rewritten(Sign),
    /// It cannot be told.
    Unknown,
}

/// What has been rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What we have named.
    pub named: IpAddr,
    /// What the answer repeats.
    pub instead: IpAddr,
}

/// Judges one phone.
#[must_use]
pub fn judge(evidence: &Evidence) -> Verdict {
    let source = evidence.source.to_canonical();
    let is_other = |address: Option<IpAddr>| address.is_some_and(|address| address.to_canonical() != source);
    match evidence.echo {
        _ if evidence.is_encrypted => Verdict::Encrypted,
        Some((named, instead)) if instead.to_canonical() == source && named.to_canonical() != source => {
            Verdict::Rewritten(Sign { named, instead })
        }
        Some(_) | None if is_other(evidence.via) && is_other(evidence.contact) => Verdict::Untouched,
        Some(_) | None => Verdict::Unknown,
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "To: {} → {}", self.named, self.instead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Of a phone at 192.168.1.20 behind 198.51.100.7.
    fn verdict(change: impl Fn(&mut Evidence)) -> Verdict {
        let inside = Some(ip("192.168.1.20"));
        let mut evidence = Evidence {
            is_encrypted: false,
            source: ip("198.51.100.7"),
            via: inside,
            contact: inside,
            echo: None,
        };
        change(&mut evidence);
        judge(&evidence)
    }

    #[test]
    fn addresses_of_inside_that_come_through_show_that_nobody_looks_for_them() {
        assert_eq!(verdict(|_| ()), Verdict::Untouched);
        assert_eq!(verdict(|e| e.source = ip("::ffff:198.51.100.7")), Verdict::Untouched);
        assert_eq!(verdict(|e| e.is_encrypted = true), Verdict::Encrypted);
    }

    #[test]
    fn a_public_address_alone_is_no_sign_since_the_phone_may_know_it() {
        let public = Some(ip("198.51.100.7"));
        for change in [
            &(|e: &mut Evidence| (e.via, e.contact) = (public, public)) as &dyn Fn(&mut Evidence),
            &|e| e.contact = public,
            &|e| e.via = public,
            &|e| e.via = None,
            &|e| (e.via, e.contact) = (None, None),
        ] {
            assert_eq!(verdict(change), Verdict::Unknown);
        }
    }

    #[test]
    fn an_address_of_inside_that_comes_back_as_the_public_one_is_proof() {
        let (named, instead) = (ip("192.168.1.20"), ip("198.51.100.7"));
        let found = verdict(|e| (e.via, e.contact, e.echo) = (Some(instead), Some(instead), Some((named, instead))));
        assert_eq!(found, Verdict::Rewritten(Sign { named, instead }));
        assert_eq!(Sign { named, instead }.to_string(), "To: 192.168.1.20 → 198.51.100.7");
        assert_eq!(
            verdict(|e| (e.is_encrypted, e.echo) = (true, Some((named, instead)))),
            Verdict::Encrypted
        );
        assert_eq!(
            verdict(|e| e.echo = Some((named, ip("203.0.113.9")))),
            Verdict::Untouched,
            "no router of theirs"
        );
    }
}
