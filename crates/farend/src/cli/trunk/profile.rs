//! What is known about a provider, for a trunk that is made by the command line.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use model::control::Srtp;
use sip::Transport;
use switchboard::directory::IdentityHeader;

use crate::profiles::{self, Profile};
use crate::store::Trunk;

/// The profile with this name, ours or one of the data folder's.
///
/// # Errors
///
/// When there is none, with the names of all.
pub(super) fn find(data_dir: &Path, id: &str) -> anyhow::Result<Profile> {
    let mut read = profiles::read(&data_dir.join(profiles::OWN_DIR));
    if let Some(profile) = read.profiles.remove(id) {
        return Ok(profile);
    }
    let known: Vec<String> = read.profiles.into_keys().collect();
    bail!("no profile has the name {id}; known are {}", known.join(", "))
}

/// The provider's host, where it is the same for all customers.
///
/// # Errors
///
/// When it has to be written, with what the provider's looks like.
pub(super) fn host(profile: &Profile) -> anyhow::Result<&str> {
    let host = profile.host.as_deref();
    let host = host.with_context(|| format!("the profile {} knows no host: write it behind the name of the trunk", profile.id))?;
    anyhow::ensure!(
        !host.contains(['<', '>']),
        "the host of {} has to be completed: write it behind the name of the trunk, as {host}",
        profile.name
    );
    Ok(host)
}

/// Facts fill what is usual otherwise. What names host and account is given by then.
///
/// # Errors
///
/// When the profile's STUN server or a word in it cannot be used.
pub(super) fn fill(trunk: &mut Trunk, profile: &Profile) -> anyhow::Result<()> {
    trunk.profile = Some(profile.id.clone());
    let terms = &mut trunk.terms;
    if let Some(domain) = &profile.domain {
        anyhow::ensure!(
            model::host::is_host(domain),
            "the domain of {} has to be completed, as {domain}: add this trunk by the administration page",
            profile.name
        );
        terms.domain = domain.to_ascii_lowercase();
    }
    terms.place.transport = transport(profile);
    terms.place.port = match terms.place.transport {
        None if profile.dns == Some(true) => None,
        Some(Transport::Tls) => profile.tls_port,
        None | Some(Transport::Udp | Transport::Tcp | Transport::Wss) => profile.port,
    };
    if terms.stun.is_none() {
        let stun = profile.stun.as_deref().map(str::parse).transpose();
        terms.stun = stun.with_context(|| format!("the profile {} cannot be used", profile.id))?;
    }
    match profile.srtp {
        Some("off") => terms.srtp = Srtp::Never,
        Some("preferred") => terms.srtp = Srtp::Accepted,
        Some("mandatory") => terms.srtp = Srtp::Required,
        Some(_) | None => {}
    }
    match profile.identity {
        Some("from") => terms.identity = IdentityHeader::From,
        Some("asserted") => terms.identity = IdentityHeader::Asserted,
        Some("preferred") => terms.identity = IdentityHeader::Preferred,
        Some("account_from") => terms.identity = IdentityHeader::AccountFrom,
        Some(_) | None => {}
    }
    if let Some(outgoing) = profile.outgoing {
        terms.outgoing = outgoing.parse()?;
        terms.incoming = terms.outgoing;
    }
    if let Some(incoming) = profile.incoming {
        terms.incoming = incoming.parse()?;
    }
    for account in &mut terms.accounts {
        account.realm.clone_from(&profile.realm);
        if let Some(seconds) = profile.expires_seconds {
            account.expires = Some(Duration::from_secs(seconds.into()));
        }
    }
    Ok(())
}

/// The only transport of a provider; with several, or none known, DNS decides.
fn transport(profile: &Profile) -> Option<Transport> {
    match profile.transports.as_deref() {
        Some(["udp"]) => Some(Transport::Udp),
        Some(["tcp"]) => Some(Transport::Tcp),
        Some(["tls"]) => Some(Transport::Tls),
        Some(_) | None => None,
    }
}
