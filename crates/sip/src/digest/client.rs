//! The side that is challenged.

use super::algorithm::{Algorithm, Counted, Exchange, Protected};
use super::fields::DigestFields;
use crate::agent::Credentials;
use crate::message::{Request, Response, quoted};

/// Challenges looked at in one response at most.
const CHALLENGES_MAX: usize = 8;
/// Challenges answered at most until a request gets through: a peer may find one nonce after the other stale.
const IN_A_ROW_MAX: u8 = 4;
/// Header of the challenge, of its answer, and of what is said once the answer was right.
const KINDS: [(&str, &str, &str); 2] = [
    ("WWW-Authenticate", "Authorization", "Authentication-Info"),
    ("Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info"),
];

/// Why a challenge cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientError {
    /// No challenge of our realm, or none with an algorithm and quality of protection that we know.
    #[error("no challenge that we can answer")]
    NoneUsable,
    /// The peer challenges again although the nonce was fresh, or again and again: the password is wrong.
    #[error("the peer refuses the password")]
    Refused,
}

/// Answers challenges of one realm: keeps nonces and their counts, so that later requests need no challenge.
#[derive(Clone, Debug)]
pub(crate) struct Answerer {
    /// `None`: none has been met yet, the first one will be it.
    realm: Option<String>,
    /// As in [`KINDS`].
    held: [Option<Challenge>; 2],
    /// Challenges since a request got through.
    in_a_row: u8,
}

#[derive(Clone, Debug)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// `None`: the formula of RFC 2069.
    qop: Option<Qop>,
    /// Answers so far.
    uses: u32,
    /// With a session algorithm, the client nonce of the first answer: it is part of the key (RFC 7616 section 3.4.2). Peers that take the
    /// one of each answer for it are content, too, as it stays the same.
    session_cnonce: Option<String>,
    /// A request with this nonce got through.
    accepted: bool,
}

/// In the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Qop {
    AuthInt,
    Auth,
}

impl Answerer {
    /// Answers challenges of `realm` alone; without one, of the first realm that it meets.
    pub(crate) fn new(realm: Option<String>) -> Self {
        Self {
            realm,
            held: [None, None],
            in_a_row: 0,
        }
    }

    /// Takes the challenges of a 401 or 407 to `request`; of several the strongest algorithm.
    ///
    /// # Errors
    ///
    /// When none can be answered, or when `request` has already answered with a nonce that never got through.
    pub(crate) fn challenged(&mut self, request: &Request, response: &Response) -> Result<(), ClientError> {
        if self.realm.is_none() {
            let mut met = KINDS.iter().flat_map(|(header, ..)| usable(response, header));
            self.realm = met.next().map(|(challenge, _)| challenge.realm);
        }
        let realm = self.realm.as_deref().ok_or(ClientError::NoneUsable)?;
        let mut refused = self.in_a_row >= IN_A_ROW_MAX;
        let mut taken = false;
        for ((challenge_header, answer_header, _), slot) in KINDS.iter().zip(&mut self.held) {
            let offered = usable(response, challenge_header).filter(|(challenge, _)| challenge.realm == realm);
            let best = offered.max_by_key(|(challenge, _)| (challenge.algorithm.hash, challenge.qop));
            let Some((challenge, stale)) = best else { continue };
            refused |= !stale && slot.as_ref().is_some_and(|held| held.fails(request, answer_header));
            *slot = Some(challenge);
            taken = true;
        }
        if !taken {
            return Err(ClientError::NoneUsable);
        }
        if refused {
            // What comes later begins anew: the password may be right by then.
            (self.held, self.in_a_row) = ([None, None], 0);
            return Err(ClientError::Refused);
        }
        self.in_a_row += 1;
        Ok(())
    }

    /// Takes note that a request got through, and of the nonce that the peer wants to see next (RFC 7616 section 3.5).
    pub(crate) fn accepted(&mut self, response: &Response) {
        self.in_a_row = 0;
        for ((.., info), slot) in KINDS.iter().zip(&mut self.held) {
            let Some(held) = slot else { continue };
            held.accepted = true;
            let next = response.header(info).and_then(|info| DigestFields::list(info).value("nextnonce"));
            // With a session algorithm the first nonce is part of the key: peers disagree about what a next one changes.
            if let Some(next) = next.filter(|next| !held.algorithm.session && *next != held.nonce) {
                (held.nonce, held.uses) = (next.into_owned(), 0);
            }
        }
    }

    /// The headers for the next request; empty before the first challenge. `cnonce` must be new each time.
    pub(crate) fn authorization(
        &mut self,
        credentials: &Credentials,
        (method, uri, body): (&str, &str, &[u8]),
        cnonce: &str,
    ) -> Vec<(&'static str, String)> {
        KINDS
            .iter()
            .zip(&mut self.held)
            .filter_map(|((_, name, _), slot)| Some((*name, slot.as_mut()?.answer(credentials, (method, uri, body), cnonce))))
            .collect()
    }
}

impl Challenge {
    fn read(fields: &DigestFields<'_>) -> Option<Self> {
        let algorithm = Algorithm::read(fields.value("algorithm").as_deref())?;
        let qop = match fields.value("qop") {
            Some(offered) => Some(Qop::best_of(&offered)?),
            None if algorithm.session => return None,
            None => None,
        };
        Some(Self {
            realm: fields.value("realm")?.into_owned(),
            nonce: fields.value("nonce")?.into_owned(),
            opaque: fields.value("opaque").map(std::borrow::Cow::into_owned),
            algorithm,
            qop,
            uses: 0,
            session_cnonce: None,
            accepted: false,
        })
    }

    /// Whether `request`, which was not let through, has answered this challenge, and nothing that did ever got through.
    fn fails(&self, request: &Request, answer_header: &str) -> bool {
        let mut answers = request.headers(answer_header).filter_map(DigestFields::read);
        !self.accepted && answers.any(|answer| answer.value("nonce").is_some_and(|nonce| nonce == self.nonce))
    }

    fn answer(&mut self, credentials: &Credentials, (method, uri, body): (&str, &str, &[u8]), cnonce: &str) -> String {
        let Credentials { username, password, .. } = credentials;
        let ha1 = self.algorithm.hash.of(&[username, &self.realm, password]);
        self.uses = self.uses.saturating_add(1);
        let count = format!("{:08x}", self.uses);
        let cnonce = if self.algorithm.session {
            self.session_cnonce.get_or_insert_with(|| cnonce.to_owned())
        } else {
            cnonce
        };
        let protected = self.qop.map(|qop| match qop {
            Qop::Auth => Protected::Line,
            Qop::AuthInt => Protected::LineAndBody(body),
        });
        let counted = protected.map(|protected| Counted {
            count: &count,
            cnonce,
            protected,
        });
        let exchange = Exchange {
            method,
            uri,
            nonce: &self.nonce,
            counted,
        };
        let response = exchange.response(self.algorithm, &ha1);
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
        if let Some(protected) = protected {
            out.push_str(&format!(", qop={}, nc={count}, cnonce=\"{cnonce}\"", protected.qop()));
        }
        out
    }
}

impl Qop {
    /// `auth` where it is offered: bodies change on the way where routers have a SIP helper.
    fn best_of(offered: &str) -> Option<Self> {
        let offers = |wanted: &str| offered.split(',').any(|qop| qop.trim().eq_ignore_ascii_case(wanted));
        match (offers("auth"), offers("auth-int")) {
            (true, _) => Some(Self::Auth),
            (false, true) => Some(Self::AuthInt),
            (false, false) => None,
        }
    }
}

/// The challenges of one header that we can answer, and whether they say that only the nonce was stale.
fn usable<'a>(response: &'a Response, header: &'a str) -> impl Iterator<Item = (Challenge, bool)> + 'a {
    let offered = response.headers(header).flat_map(split_challenges).take(CHALLENGES_MAX);
    offered.filter_map(|fields| Some((Challenge::read(&fields)?, is_stale(&fields))))
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

#[cfg(test)]
mod tests;
