//! Digest credentials as simple phones give them: MD5, `qop=auth`, one request for each challenge (RFC 7616, RFC 8760).

use md5::{Digest as _, Md5};

use crate::wire::status;

/// Whom the credentials are for.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The digest user name.
    pub user: &'a str,
    /// Its password.
    pub password: &'a str,
}

/// The header line that answers a 401 or 407 in a request with this method and Request-URI; none where nothing is asked for.
pub fn answer(response: &str, account: Account<'_>, method: &str, target: &str) -> Option<String> {
    let (challenge, answer) = match status(response)? {
        401 => ("www-authenticate", "Authorization"),
        407 => ("proxy-authenticate", "Proxy-Authorization"),
        _ => return None,
    };
    let challenges = response.lines().filter_map(|line| line.split_once(':'));
    let mut ours = challenges.filter(|(name, _)| name.trim().eq_ignore_ascii_case(challenge));
    let (_, challenge) = ours.find(|(_, value)| !value.contains("SHA-256"))?;
    let parameter = |name: &str| {
        let (_, rest) = challenge.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let (realm, nonce) = (parameter("realm")?, parameter("nonce")?);
    let Account { user, password } = account;
    let secret = hash(&format!("{user}:{realm}:{password}"));
    let what = hash(&format!("{method}:{target}"));
    let proof = hash(&format!("{secret}:{nonce}:00000001:0a4f113b:auth:{what}"));
    let opaque = parameter("opaque")
        .map(|opaque| format!(", opaque=\"{opaque}\""))
        .unwrap_or_default();
    Some(format!(
        "{answer}: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\", response=\"{proof}\", algorithm=MD5, qop=auth, \
         nc=00000001, cnonce=\"0a4f113b\"{opaque}\r\n"
    ))
}

fn hash(text: &str) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
