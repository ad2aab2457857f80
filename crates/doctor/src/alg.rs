//! Whether something on the way rewrites SIP messages: an application layer gateway (ALG) in a router.
//!
//! A response repeats the `Via` of its request, and the server adds where it saw the request come from (RFC 3261 section 18.2.1, RFC 3581). That is a
//! mirror. Some gateways change our request and leave the response alone, so the change comes back. Better ones, such as Linux's
//! `nf_nat_sip`, change the response back again, `received` included: then all looks right, and just that cannot be, for a server outside
//! can never have seen an address from inside.
//!
//! ```text
//!  we: Via 192.168.1.10 ──► ALG: Via 198.51.100.2 ──► server: nothing to add, or received=198.51.100.2
//!  we: 192.168.1.10, or nothing, as "received"? ◄── ALG ◄──┘           without an ALG: received=198.51.100.2
//! ```

pub mod mirror;
pub mod phone;

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// What one request and its response show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Nobody on the way can read the messages (TLS).
    pub is_encrypted: bool,
    /// The server that has answered.
    pub server: SocketAddr,
    /// Whether that address exists only inside of networks (RFC 1918 and the like): then the router may not be on the way.
    pub is_server_inside: bool,
    /// Our address, as the request named it in its `Via`.
    pub local: SocketAddr,
    /// Whether that one exists only inside.
    pub is_local_inside: bool,
    /// What the world sees instead of it, as STUN servers say; `None`: not known.
    pub public: Option<IpAddr>,
    /// What the response repeats as our address, where that is something else.
    pub sent_by_instead: Option<String>,
    /// Where the server says that it saw the request come from.
    pub received: Option<IpAddr>,
    /// And from which port; a server that tells it has to tell the address as well, if it is not ours.
    pub rport: Option<u16>,
    /// Whether the `Call-ID` has come back as it went out.
    pub is_call_id_same: bool,
    /// For a registration: our `Contact`, and the contacts that the registrar lists, as `host:port`.
    pub contacts: Option<Contacts>,
}

/// What became of our `Contact`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contacts {
    /// As we wrote it.
    pub ours: SocketAddr,
    /// As the registrar lists them; what is no address with a port is left out.
    pub listed: Vec<SocketAddr>,
}

/// What has been rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Our address in `Via` has come back as another one.
    SentBy {
        /// That one.
        instead: String,
    },
    /// The `Call-ID` has come back as another one.
    CallId,
    /// The server says that it saw our address of inside.
    ReceivedInside {
        /// What it must have seen.
        public: IpAddr,
    },
    /// The server found nothing to correct in our address, which is not the one that it saw.
    NothingReceived {
        /// What it must have seen.
        public: IpAddr,
    },
    /// The registrar lists our public address, which we have never written.
    Contact {
        /// What it lists.
        listed: SocketAddr,
    },
}

/// Why it cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The server is inside, too: the way to it may be another one.
    ServerInside,
    /// Nobody has told our public address, so that what the server says may be right.
    NoPublicAddress,
    /// The server does not say where it saw us.
    ServerSilent,
}

/// What the evidence comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Messages arrive as they were sent.
    Untouched,
    /// Nobody on the way can read them.
    Encrypted,
    /// Something on the way rewrites them.
    Rewritten(Sign),
    /// It cannot be told.
    Unknown(Doubt),
}

/// Looks into the mirror.
#[must_use]
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.is_encrypted {
        return Verdict::Encrypted;
    }
    if let Some(instead) = &evidence.sent_by_instead {
        return Verdict::Rewritten(Sign::SentBy { instead: instead.clone() });
    }
    if !evidence.is_call_id_same {
        return Verdict::Rewritten(Sign::CallId);
    }
    if let Some(sign) = contact_sign(evidence) {
        return Verdict::Rewritten(sign);
    }
    let ours = evidence.local.ip().to_canonical();
    match evidence.received.filter(|received| *received != ours) {
        // The server has seen through a router, and says so.
        Some(_) => Verdict::Untouched,
        None if evidence.is_server_inside => Verdict::Unknown(Doubt::ServerInside),
        None => unseen(evidence, ours),
    }
}

/// The server does not tell of another address than ours.
fn unseen(evidence: &Evidence, ours: IpAddr) -> Verdict {
    match evidence.public.filter(|public| *public != ours) {
        None if evidence.is_local_inside => Verdict::Unknown(Doubt::NoPublicAddress),
        // Nothing is translated on the way.
        None => Verdict::Untouched,
        Some(public) if evidence.received.is_some() => Verdict::Rewritten(Sign::ReceivedInside { public }),
        Some(public) if evidence.rport.is_some() => Verdict::Rewritten(Sign::NothingReceived { public }),
        Some(_) => Verdict::Unknown(Doubt::ServerSilent),
    }
}

/// Our binding is not there, but one that has our public address. A registrar that writes its own address into contacts is none of the router's.
fn contact_sign(evidence: &Evidence) -> Option<Sign> {
    let Contacts { ours, listed } = evidence.contacts.as_ref()?;
    let public = evidence.received.or(evidence.public)?;
    if listed.contains(ours) || ours.ip().to_canonical() == public {
        return None;
    }
    let listed = *listed.iter().find(|contact| contact.ip().to_canonical() == public)?;
    Some(Sign::Contact { listed })
}

impl Verdict {
    /// For programs: never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Untouched => "router_untouched",
            Self::Encrypted => "router_encrypted",
            Self::Rewritten(_) => "sip_alg",
            Self::Unknown(_) => "router_unknown",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untouched => f.write_str("SIP messages arrive as they were sent: no router on the way rewrites them"),
            Self::Encrypted => f.write_str("SIP is encrypted by TLS, so no router on the way can rewrite it"),
            Self::Rewritten(sign) => write!(
                f,
                "something on the way rewrites SIP messages: {sign}. It is a SIP ALG in the router, mostly: switch that off there, or use TLS"
            ),
            Self::Unknown(doubt) => write!(f, "whether a router on the way rewrites SIP messages cannot be told: {doubt}"),
        }
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SentBy { instead } => write!(f, "our address has come back as {instead}"),
            Self::CallId => f.write_str("the Call-ID has come back as another one"),
            Self::ReceivedInside { public } => {
                write!(
                    f,
                    "the provider seems to have seen our address of inside, while the world sees us as {public}"
                )
            }
            Self::NothingReceived { public } => {
                write!(
                    f,
                    "the provider found nothing to correct in our address, although the world sees us as {public}"
                )
            }
            Self::Contact { listed } => write!(f, "the registrar lists us at {listed}, which we have never written"),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServerInside => "the provider's server has an address of inside, so the router may not be on the way",
            Self::NoPublicAddress => "no STUN server has told our public address",
            Self::ServerSilent => "the provider does not tell which address it sees us at",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it is, how it differs from [`behind_a_router`], and what that means.
    type Case<'a> = (&'a str, &'a dyn Fn(&mut Evidence), Verdict);

    const INSIDE: &str = "192.168.1.10:5060";
    const PUBLIC: &str = "198.51.100.2";

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Behind a router that leaves SIP alone.
    fn behind_a_router() -> Evidence {
        Evidence {
            is_encrypted: false,
            server: "203.0.113.5:5060".parse().unwrap(),
            is_server_inside: false,
            local: INSIDE.parse().unwrap(),
            is_local_inside: true,
            public: Some(ip(PUBLIC)),
            sent_by_instead: None,
            received: Some(ip(PUBLIC)),
            rport: Some(41_000),
            is_call_id_same: true,
            contacts: None,
        }
    }

    fn contacts(ours: &str, listed: &[&str]) -> Option<Contacts> {
        Some(Contacts {
            ours: ours.parse().unwrap(),
            listed: listed.iter().map(|address| address.parse().unwrap()).collect(),
        })
    }

    #[test]
    fn what_comes_back_tells_who_has_touched_it() {
        let public = ip(PUBLIC);
        let changed = |change: &dyn Fn(&mut Evidence)| {
            let mut evidence = behind_a_router();
            change(&mut evidence);
            judge(&evidence)
        };
        let cases: [Case<'_>; 16] = [
            ("a router that leaves SIP alone", &|_| {}, Verdict::Untouched),
            ("no STUN, but the provider sees through", &|e| e.public = None, Verdict::Untouched),
            ("TLS", &|e| (e.is_encrypted, e.received) = (true, None), Verdict::Encrypted),
            (
                "Linux changes received back",
                &|e| (e.received, e.rport) = (Some(ip("192.168.1.10")), Some(5060)),
                Verdict::Rewritten(Sign::ReceivedInside { public }),
            ),
            (
                "the server had nothing to add",
                &|e| (e.received, e.rport) = (None, Some(5060)),
                Verdict::Rewritten(Sign::NothingReceived { public }),
            ),
            (
                "the same without STUN: it may be a line of one's own to the provider",
                &|e| (e.received, e.public) = (None, None),
                Verdict::Unknown(Doubt::NoPublicAddress),
            ),
            (
                "a server that tells nothing",
                &|e| (e.received, e.rport) = (None, None),
                Verdict::Unknown(Doubt::ServerSilent),
            ),
            (
                "a provider inside",
                &|e| (e.received, e.is_server_inside) = (None, true),
                Verdict::Unknown(Doubt::ServerInside),
            ),
            (
                "a public address of our own",
                &|e| {
                    e.local = "198.51.100.2:5060".parse().unwrap();
                    (e.is_local_inside, e.received, e.public) = (false, None, None);
                },
                Verdict::Untouched,
            ),
            (
                "one that the server repeats",
                &|e| {
                    e.local = "198.51.100.2:5060".parse().unwrap();
                    (e.is_local_inside, e.received) = (false, Some(ip("198.51.100.2")));
                },
                Verdict::Untouched,
            ),
            (
                "one that changes the request alone",
                &|e| e.sent_by_instead = Some("198.51.100.2:5060".to_owned()),
                Verdict::Rewritten(Sign::SentBy {
                    instead: "198.51.100.2:5060".to_owned(),
                }),
            ),
            (
                "one that changes the Call-ID",
                &|e| e.is_call_id_same = false,
                Verdict::Rewritten(Sign::CallId),
            ),
            (
                "one that changes the Contact alone",
                &|e| e.contacts = contacts(INSIDE, &["198.51.100.2:41000"]),
                Verdict::Rewritten(Sign::Contact {
                    listed: "198.51.100.2:41000".parse().unwrap(),
                }),
            ),
            (
                "our binding beside an older one",
                &|e| e.contacts = contacts(INSIDE, &["198.51.100.2:41000", INSIDE]),
                Verdict::Untouched,
            ),
            (
                "a registrar that writes its own address",
                &|e| e.contacts = contacts(INSIDE, &["203.0.113.5:5060"]),
                Verdict::Untouched,
            ),
            (
                "the Contact that the provider has told us",
                &|e| e.contacts = contacts("198.51.100.2:41000", &["198.51.100.2:41001"]),
                Verdict::Untouched,
            ),
        ];
        for (what, change, expected) in cases {
            assert_eq!(changed(change), expected, "{what}");
        }
    }

    #[test]
    fn the_sentence_names_culprit_evidence_and_remedy() {
        let verdict = Verdict::Rewritten(Sign::ReceivedInside { public: ip(PUBLIC) });
        let sentence = verdict.to_string();
        assert!(
            ["SIP ALG in the router", PUBLIC, "switch that off", "use TLS"]
                .iter()
                .all(|part| sentence.contains(part)),
            "{sentence}"
        );
        assert_eq!(verdict.code(), "sip_alg");
    }
}
