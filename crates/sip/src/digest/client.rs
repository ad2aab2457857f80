//! The side that is challenged.

use super::algorithm::{Algorithm, Counted, Exchange};
use super::fields::DigestFields;
use crate::agent::Credentials;
use crate::message::{Request, Response, quoted};

/// Challenges looked at in one response at most.
const CHALLENGES_MAX: usize = 8;

/// Why a challenge cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientError {
    /// No challenge, or none with an algorithm and quality of protection that we know.
    #[error("no challenge that we can answer")]
    NoneUsable,
    /// The peer challenges again although the nonce was fresh: the password is wrong.
    #[error("the peer refuses the password")]
    Refused,
}

/// Answers challenges of one peer: keeps nonces and their counts, so that later requests need no challenge.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answerer {
    server: Option<Challenge>,
    proxy: Option<Challenge>,
}

#[derive(Clone, Debug)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// `None`: the formula of RFC 2069, without counts.
    uses: Option<u32>,
}

impl Answerer {
    /// Takes the challenges of a 401 or 407 to `request`; of several the strongest algorithm.
    ///
    /// # Errors
    ///
    /// When none can be answered, or when `request` has already answered with a fresh nonce.
    pub(crate) fn challenged(&mut self, request: &Request, response: &Response) -> Result<(), ClientError> {
        let kinds = [
            ("WWW-Authenticate", "Authorization", &mut self.server),
            ("Proxy-Authenticate", "Proxy-Authorization", &mut self.proxy),
        ];
        let mut taken = false;
        for (challenge_header, answer_header, slot) in kinds {
            let fields = response.headers(challenge_header).flat_map(split_challenges).take(CHALLENGES_MAX);
            let offered = fields.filter_map(|fields| Some((Challenge::read(&fields)?, is_stale(&fields))));
            let Some((challenge, stale)) = offered.max_by_key(|(challenge, _)| challenge.algorithm.hash) else {
                continue;
            };
            if !stale && answered_freshly(request, answer_header, &challenge.realm) {
                return Err(ClientError::Refused);
            }
            *slot = Some(challenge);
            taken = true;
        }
        if taken { Ok(()) } else { Err(ClientError::NoneUsable) }
    }

    /// The headers for the next request; empty before the first challenge. `cnonce` must be new each time.
    pub(crate) fn authorization(
        &mut self,
        credentials: &Credentials,
        method: &str,
        uri: &str,
        cnonce: &str,
    ) -> Vec<(&'static str, String)> {
        [("Authorization", &mut self.server), ("Proxy-Authorization", &mut self.proxy)]
            .into_iter()
            .filter_map(|(name, slot)| Some((name, slot.as_mut()?.answer(credentials, method, uri, cnonce))))
            .collect()
    }
}

impl Challenge {
    fn read(fields: &DigestFields<'_>) -> Option<Self> {
        let algorithm = Algorithm::read(fields.value("algorithm").as_deref())?;
        let uses = match fields.value("qop") {
            Some(qop) => qop.split(',').any(|q| q.trim().eq_ignore_ascii_case("auth")).then_some(Some(0))?,
            None if algorithm.session => return None,
            None => None,
        };
        Some(Self {
            realm: fields.value("realm")?.into_owned(),
            nonce: fields.value("nonce")?.into_owned(),
            opaque: fields.value("opaque").map(std::borrow::Cow::into_owned),
            algorithm,
            uses,
        })
    }

    fn answer(&mut self, credentials: &Credentials, method: &str, uri: &str, cnonce: &str) -> String {
        let Credentials { username, password } = credentials;
        let ha1 = self.algorithm.hash.of(&[username, &self.realm, password]);
        self.uses = self.uses.map(|uses| uses.saturating_add(1));
        let count = self.uses.map(|uses| format!("{uses:08x}"));
        let counted = count.as_deref().map(|count| Counted { count, cnonce });
        let response = Exchange {
            method,
            uri,
            nonce: &self.nonce,
            counted,
        }
        .response(self.algorithm, &ha1);
        let mut out = format!(
            "Digest username={}, realm={}, nonce={}, uri=\"{uri}\", response=\"{response}\", algorithm={}",
            quoted(username).trim_end(),
            quoted(&self.realm).trim_end(),
            quoted(&self.nonce).trim_end(),
            self.algorithm.name(),
        );
        if let Some(opaque) = &self.opaque {
            out.push_str(&format!(", opaque=\"{}\"", opaque.replace('\\', "\\\\").replace('"', "\\\"")));
        }
        if let Some(count) = count {
            out.push_str(&format!(", qop=auth, nc={count}, cnonce=\"{cnonce}\""));
        }
        out
    }
}

/// One header line usually holds one challenge; RFC 7235 peers put several behind each other.
fn split_challenges(value: &str) -> impl Iterator<Item = DigestFields<'_>> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for item in crate::message::split_outside_quotes(value, b',') {
        let word = item.trim_start();
        let begins_challenge = word.split_once([' ', '\t']).is_some_and(|(scheme, rest)| {
            !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !rest.trim_start().starts_with('=')
        });
        if begins_challenge || starts.is_empty() {
            starts.push(at + item.len() - word.len());
        }
        at += item.len() + 1;
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([value.len()]).collect();
    starts
        .into_iter()
        .zip(ends)
        .filter_map(move |(start, end)| DigestFields::read(value.get(start..end)?.trim_end_matches([',', ' ', '\t'])))
}

fn is_stale(fields: &DigestFields<'_>) -> bool {
    fields.value("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true"))
}

/// Whether the request has answered a challenge of this realm with the first use of a nonce.
fn answered_freshly(request: &Request, header: &str, realm: &str) -> bool {
    request.headers(header).filter_map(DigestFields::read).any(|fields| {
        let first_use = fields.value("nc").is_none_or(|count| u32::from_str_radix(&count, 16) == Ok(1));
        first_use && fields.value("realm").is_some_and(|given| given == realm)
    })
}

#[cfg(test)]
mod tests;
