//! Header access shared by requests and responses.

use super::address::{Address, Params, split_addresses, split_outside_quotes, unquote};
use super::contact::{Contact, ContactError, Contacts};
use super::via::Via;
use crate::agent::{Body, NameAddr};

/// `CSeq` (RFC 3261 section 20.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CSeq<'a> {
    /// The number, below 2³¹.
    pub(crate) number: u32,
    /// The method.
    pub(crate) method: &'a str,
}

/// `RAck` (RFC 3262 section 7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RAck<'a> {
    /// The acknowledged `RSeq`.
    pub(crate) rseq: u32,
    /// The number of the acknowledged response's `CSeq`.
    pub(crate) cseq: u32,
    /// Its method.
    pub(crate) method: &'a str,
}

/// Who refreshes a session (RFC 4028).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refresher {
    /// The one who sent the request.
    Uac,
    /// The one who answered it.
    Uas,
}

/// `Session-Expires` (RFC 4028 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionExpires {
    /// Seconds.
    pub(crate) seconds: u32,
    /// Who refreshes, where it is said.
    pub(crate) refresher: Option<Refresher>,
}

/// The header fields of a message, after repair: unfolded and valid UTF-8.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) headers: &'a sipx_sip::Headers,
    pub(super) body: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn header(self, name: &str) -> Option<&'a str> {
        self.headers(name).next()
    }

    pub(super) fn headers<'n>(self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.headers
            .iter()
            .filter(move |h| h.name().canonical().eq_ignore_ascii_case(name.as_bytes()))
            .map(text)
    }

    /// All fields with their canonical names, in order.
    pub(super) fn all(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.headers
            .iter()
            .map(|h| (std::str::from_utf8(h.name().canonical()).unwrap_or_default(), text(h)))
    }

    pub(super) fn address(self, name: &str) -> Option<Address<'a>> {
        Address::parse(self.header(name)?)
    }

    pub(super) fn name_addr(self, name: &str) -> NameAddr {
        self.address(name).map_or_else(
            || NameAddr {
                display: String::new(),
                uri: String::new(),
            },
            |address| address.name_addr(),
        )
    }

    pub(super) fn tag(self, name: &str) -> Option<&'a str> {
        self.address(name)?.params.value("tag").filter(|tag| !tag.is_empty())
    }

    pub(super) fn user(self, name: &str) -> Option<String> {
        super::UriParts::split(self.address(name)?.uri)?
            .user_unescaped()
            .map(std::borrow::Cow::into_owned)
    }

    pub(super) fn vias(self) -> impl Iterator<Item = Via<'a>> {
        self.list("Via").filter_map(Via::parse)
    }

    pub(super) fn cseq(self) -> Option<CSeq<'a>> {
        let (number, method) = self.header("CSeq")?.split_once([' ', '\t'])?;
        Some(CSeq {
            number: number.parse().ok().filter(|&n| n < 1 << 31)?,
            method: method.trim(),
        })
    }

    pub(super) fn rack(self) -> Option<RAck<'a>> {
        let mut words = self.header("RAck")?.split_ascii_whitespace();
        let (rseq, cseq) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some(RAck {
            rseq,
            cseq,
            method: words.next()?,
        })
    }

    pub(super) fn seconds(self, name: &str) -> Option<u32> {
        delta_seconds(self.header(name)?.split(';').next()?)
    }

    pub(super) fn session_expires(self) -> Option<SessionExpires> {
        let value = self.header("Session-Expires")?;
        let (seconds, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        let refresher = match Params::new(params).value("refresher") {
            Some(who) if who.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(who) if who.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) | None => None,
        };
        Some(SessionExpires {
            seconds: delta_seconds(seconds)?,
            refresher,
        })
    }

    /// The items of a comma-separated header, over all its lines.
    pub(super) fn list<'n>(self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.headers(name)
            .flat_map(|value| split_outside_quotes(value, b','))
            .map(str::trim)
            .filter(|item| !item.is_empty())
    }

    pub(super) fn lists_token(self, name: &str, token: &str) -> bool {
        self.list(name).any(|item| item.eq_ignore_ascii_case(token))
    }

    pub(super) fn contacts(self) -> Result<Contacts, ContactError> {
        let mut list = Vec::new();
        let mut star = false;
        for item in self.headers("Contact").flat_map(split_addresses) {
            if item == "*" {
                star = true;
                continue;
            }
            if list.len() == Contacts::MAX {
                return Err(ContactError::TooMany);
            }
            list.push(contact(&Address::parse(item).ok_or(ContactError::NoAddress)?));
        }
        match (star, list.is_empty()) {
            (true, true) => Ok(Contacts::All),
            (true, false) => Err(ContactError::StarAmongOthers),
            (false, true) => Ok(Contacts::None),
            (false, false) => Ok(Contacts::List(list)),
        }
    }

    /// The URI of the first `Contact`: the remote target of a dialog.
    pub(super) fn target(self) -> Option<&'a str> {
        let first = split_addresses(self.header("Contact")?).into_iter().next()?;
        Address::parse(first).map(|address| address.uri).filter(|uri| !uri.is_empty())
    }

    pub(super) fn body(self) -> Option<Body> {
        (!self.body.is_empty()).then(|| Body {
            content_type: self.header("Content-Type").unwrap_or_default().to_owned(),
            bytes: self.body.to_vec(),
        })
    }
}

/// A header's value: repair has unfolded it and made it UTF-8, so this neither copies nor fails.
fn text(header: &sipx_sip::Header) -> &str {
    std::str::from_utf8(header.raw_value())
        .unwrap_or_default()
        .trim_matches([' ', '\t'])
}

/// Seconds as phones write them; what is too large for 32 bits is as large as can be (RFC 3261 section 20.19).
pub(super) fn delta_seconds(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u32::MAX))
}

pub(super) fn contact(address: &Address<'_>) -> Contact {
    let params = address.params;
    Contact {
        uri: address.uri.to_owned(),
        expires: params.value("expires").and_then(delta_seconds),
        instance: params.unquoted("+sip.instance").map(|i| unquote(&i).into_owned()),
        reg_id: params.value("reg-id").and_then(|id| id.parse().ok()),
        q: params.value("q").and_then(per_mille),
    }
}

/// `qvalue`: 0 to 1 with up to three decimals.
fn per_mille(text: &str) -> Option<u16> {
    let q: f32 = text.parse().ok()?;
    (0.0..=1.0).contains(&q).then(|| (q * 1000.0).round() as u16)
}

/// The accessors that requests and responses have in common.
macro_rules! common_accessors {
    () => {
        /// The first value of a header by its full name, unfolded and trimmed.
        #[must_use]
        pub fn header(&self, name: &str) -> Option<&str> {
            self.fields().header(name)
        }

        /// All values of a header by its full name, one for each line of the message.
        pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
            self.fields().headers(name)
        }

        /// `From`, without its tag.
        #[must_use]
        pub fn from(&self) -> crate::agent::NameAddr {
            self.fields().name_addr("From")
        }

        /// `To`, without its tag.
        #[must_use]
        pub fn to(&self) -> crate::agent::NameAddr {
            self.fields().name_addr("To")
        }

        /// The first `P-Asserted-Identity` (RFC 3325): who a trusted peer says it is.
        #[must_use]
        pub fn asserted(&self) -> Option<crate::agent::NameAddr> {
            let value = self.header("P-Asserted-Identity")?;
            let first = crate::message::address::split_addresses(value).into_iter().next()?;
            Some(crate::message::Address::parse(first)?.name_addr())
        }

        /// The unescaped user part of `To`.
        #[must_use]
        pub fn to_user(&self) -> Option<String> {
            self.fields().user("To")
        }

        /// The unescaped user part of `From`.
        #[must_use]
        pub fn from_user(&self) -> Option<String> {
            self.fields().user("From")
        }

        /// `Call-ID`.
        #[must_use]
        pub fn call_id(&self) -> &str {
            self.header("Call-ID").unwrap_or_default()
        }

        /// `Contact`.
        ///
        /// # Errors
        ///
        /// When it is no list of addresses.
        pub fn contacts(&self) -> Result<crate::message::Contacts, crate::message::ContactError> {
            self.fields().contacts()
        }

        /// `Expires`, in seconds.
        #[must_use]
        pub fn expires(&self) -> Option<u32> {
            self.fields().seconds("Expires")
        }

        /// The body with its type; `None` when empty.
        #[must_use]
        pub fn body(&self) -> Option<crate::agent::Body> {
            self.fields().body()
        }

        /// All header fields with their canonical names, in order.
        pub fn all_headers(&self) -> impl Iterator<Item = (&str, &str)> {
            self.fields().all()
        }

        /// The topmost `Via`.
        pub(crate) fn top_via(&self) -> Option<crate::message::Via<'_>> {
            self.fields().vias().next()
        }

        /// All `Via`s, topmost first.
        pub(crate) fn vias(&self) -> impl Iterator<Item = crate::message::Via<'_>> {
            self.fields().vias()
        }

        /// `CSeq`; present in every message that [`crate::message::parse`] lets through.
        pub(crate) fn cseq(&self) -> Option<crate::message::CSeq<'_>> {
            self.fields().cseq()
        }

        /// The tag of `From`; RFC 2543 peers may have none.
        pub(crate) fn from_tag(&self) -> Option<&str> {
            self.fields().tag("From")
        }

        /// The tag of `To`.
        pub(crate) fn to_tag(&self) -> Option<&str> {
            self.fields().tag("To")
        }

        /// The URI of the first `Contact`.
        pub(crate) fn target(&self) -> Option<&str> {
            self.fields().target()
        }

        /// `Record-Route`: one item each, with brackets and parameters, in the order of the message.
        pub(crate) fn record_routes(&self) -> impl Iterator<Item = &str> {
            self.fields().list("Record-Route")
        }

        /// `Route`: one item each, with brackets and parameters, in the order of the message.
        pub(crate) fn routes(&self) -> impl Iterator<Item = &str> {
            self.fields().list("Route")
        }

        /// The items of any comma-separated header.
        pub(crate) fn list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
            self.fields().list(name)
        }

        /// `RSeq` (RFC 3262).
        pub(crate) fn rseq(&self) -> Option<u32> {
            self.fields().seconds("RSeq")
        }

        /// `RAck` (RFC 3262).
        pub(crate) fn rack(&self) -> Option<crate::message::RAck<'_>> {
            self.fields().rack()
        }

        /// `Session-Expires` (RFC 4028).
        pub(crate) fn session_expires(&self) -> Option<crate::message::SessionExpires> {
            self.fields().session_expires()
        }

        /// `Min-SE`, in seconds (RFC 4028).
        pub(crate) fn min_se(&self) -> Option<u32> {
            self.fields().seconds("Min-SE")
        }

        /// Whether `Require` names this option.
        pub(crate) fn requires(&self, option: &str) -> bool {
            self.fields().lists_token("Require", option)
        }

        /// Whether `Supported` or `Require` names this option.
        pub(crate) fn supports(&self, option: &str) -> bool {
            self.fields().lists_token("Supported", option) || self.requires(option)
        }

        /// Whether `Allow-Events` lists this event (RFC 6665 section 8.2.2).
        pub(crate) fn lists_event(&self, event: &str) -> bool {
            self.fields().lists_token("Allow-Events", event)
        }

        /// Whether `Allow` names this method; `false` without the header.
        pub(crate) fn allows(&self, method: &str) -> bool {
            self.fields().lists_token("Allow", method)
        }

        /// The URI of `Refer-To`, with its parameters and embedded headers; `None` where there is none, or several (RFC 3515 section 2.4.2).
        #[must_use]
        pub fn refer_to(&self) -> Option<&str> {
            let mut values = self.headers("Refer-To").flat_map(crate::message::address::split_addresses);
            let (Some(value), None) = (values.next(), values.next()) else {
                return None;
            };
            // Some phones leave the brackets out although the URI has embedded headers: take it as it stands.
            crate::message::Address::parse(value).map_or(Some(value), |address| Some(address.uri))
        }

        /// `Replaces` (RFC 3891): the dialog whose place this one shall take.
        ///
        /// # Errors
        ///
        /// When it names none, or there are several.
        pub fn replaces(&self) -> Result<Option<crate::message::Replaces>, crate::message::ReplacesError> {
            crate::message::Replaces::of_lines(self.headers("Replaces"))
        }
    };
}
pub(super) use common_accessors;
