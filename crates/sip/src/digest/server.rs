//! The side that challenges.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Instant;

use super::algorithm::{Algorithm, Counted, Exchange, Hash, Protected, hex};
use super::fields::DigestFields;
use super::nonce::{Nonces, Use};
use crate::agent::{Ha1, Proof};
use crate::message::{Request, UriParts};

/// Makers of phones that choose among several challenges, by the beginning of their `User-Agent`; and we ourselves.
const CHOOSERS: [&str; 3] = ["Linphone", "belle-sip", "farend/"];

/// Challenges, and checks the answers.
#[derive(Debug)]
pub(crate) struct Guard {
    realm: String,
    nonces: Nonces,
}

/// `Authorization`, as far as the check needs it.
struct Given<'a> {
    username: Cow<'a, str>,
    uri: Cow<'a, str>,
    nonce: Cow<'a, str>,
    response: String,
    algorithm: Algorithm,
    /// `nc` and `cnonce`; `None` where the phone knows no `qop`.
    counted: Option<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Guard {
    /// For one realm. `seed` makes nonces and dummy hashes unpredictable to others.
    pub(crate) fn new(realm: &str, seed: [u8; 32], now: Instant) -> Self {
        Self {
            realm: realm.to_owned(),
            nonces: Nonces::new(seed, now),
        }
    }

    /// The values of the `WWW-Authenticate` headers for a request: MD5, and before it SHA-256 (RFC 8760 section 2.3) where
    /// the peer is known to choose between several. Most phones are not: some give up at a challenge with an algorithm
    /// unknown to them, others look at the first challenge alone.
    pub(crate) fn challenges(
        &mut self,
        request: &Request,
        peer: IpAddr,
        stale: bool,
        now: Instant,
    ) -> impl Iterator<Item = String> + use<> {
        let nonce = self.nonces.issue(peer, now);
        let stale = if stale { ", stale=true" } else { "" };
        let realm = crate::message::quoted(&self.realm).trim_end().to_owned();
        let chooses = self.given(request).is_some_and(|given| given.algorithm.hash == Hash::Sha256)
            || request
                .user_agent()
                .is_some_and(|agent| CHOOSERS.iter().any(|maker| agent.starts_with(maker)));
        let hashes = if chooses { &[Hash::Sha256, Hash::Md5][..] } else { &[Hash::Md5] };
        hashes.iter().map(move |&hash| {
            let algorithm = Algorithm { hash, session: false }.name();
            format!("Digest realm={realm}, nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{stale}")
        })
    }

    /// Checks a request's `Authorization`. Whether the user is known shows neither in the answer nor in the effort. Only over a nonce
    /// that was issued to this very peer a password can be wrong: nobody can lock others out under a forged address.
    pub(crate) fn check(&mut self, request: &Request, peer: IpAddr, ha1: impl FnOnce(&str) -> Option<Ha1>, now: Instant) -> Proof {
        let Some(given) = self.given(request) else {
            return Proof::Missing { stale: false };
        };
        let Some(nonce) = self.nonces.recognise(&given.nonce, peer, now) else {
            return Proof::Missing { stale: true };
        };
        // The dummy is always made, and always the same for the same name: an unknown user costs what a known one does.
        let dummy = self.dummy(&given.username);
        let known = ha1(&given.username);
        let is_known = known.is_some();
        let ha1 = known.unwrap_or(dummy);
        let exchange = Exchange {
            method: request.method(),
            uri: &given.uri,
            nonce: &given.nonce,
            counted: given.counted.as_ref().map(|(count, cnonce)| Counted {
                count,
                cnonce,
                protected: Protected::Line,
            }),
        };
        let secret = match given.algorithm.hash {
            Hash::Md5 => &ha1.md5,
            Hash::Sha256 | Hash::Sha512Trunc256 => &ha1.sha256,
        };
        let expected = exchange.response(given.algorithm, secret);
        let is_right = same(&expected, &given.response) & is_known & names_no_other_user(&given.uri, request.request_uri());
        if !is_right {
            return Proof::Wrong;
        }
        // Without qop there is no count: such a nonce is good for once.
        let count = given
            .counted
            .as_ref()
            .map_or(Some(1), |(count, _)| u32::from_str_radix(count, 16).ok());
        match self.nonces.spend(nonce, count.unwrap_or(0), now) {
            Use::First => Proof::Given {
                username: given.username.into_owned(),
            },
            Use::Stale => Proof::Missing { stale: true },
        }
    }

    /// The credentials for our realm, if they are complete and of a kind that we offer.
    fn given<'a>(&self, request: &'a Request) -> Option<Given<'a>> {
        let values = request.headers("Authorization").chain(request.headers("Proxy-Authorization"));
        values.filter_map(DigestFields::read).find_map(|fields| {
            if fields.value("realm")? != self.realm {
                return None;
            }
            let algorithm = Algorithm::read(fields.value("algorithm").as_deref())?;
            if algorithm.session || algorithm.hash == Hash::Sha512Trunc256 {
                return None;
            }
            let counted = match fields.value("qop") {
                Some(qop) if qop.eq_ignore_ascii_case("auth") => Some((fields.value("nc")?, fields.value("cnonce")?)),
                Some(_) => return None,
                None => None,
            };
            Some(Given {
                username: fields.value("username")?,
                uri: fields.value("uri")?,
                nonce: fields.value("nonce")?,
                response: fields.value("response")?.to_ascii_lowercase(),
                algorithm,
                counted,
            })
        })
    }

    /// What an unknown user's password would hash to.
    fn dummy(&self, username: &str) -> Ha1 {
        let sha256 = hex(&self.nonces.keyed("dummy", username));
        Ha1 {
            md5: sha256.get(..32).unwrap_or_default().to_owned(),
            sha256,
        }
    }
}

fn same(expected: &str, given: &str) -> bool {
    use subtle::ConstantTimeEq;
    expected.as_bytes().ct_eq(given.as_bytes()).into()
}

/// Whether the digest covers the number that is dialled, or none at all. Host and port may differ: an ALG on the way rewrites them in the
/// request line only. A digest over the server alone (SIPp) is good as well: nonce, count and method keep it from being used twice.
fn names_no_other_user(digest_uri: &str, request_uri: &str) -> bool {
    let user = |uri| UriParts::split(uri).and_then(|parts| parts.user_unescaped());
    let covered = user(digest_uri);
    covered.is_none() || covered == user(request_uri)
}

#[cfg(test)]
mod tests;
