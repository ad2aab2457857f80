//! The reader. One pass over the lines; session-level values are handed down to the m-lines at the end.

use std::net::IpAddr;

use model::control::Direction;

use super::{ATTRIBUTES_MAX, Crypto, Description, FORMATS_MAX, MEDIA_MAX, Media, ParseError, RtpMap, Setup, TEXT_BYTES_MAX};

/// What can stand before the first m-line and holds for all of them.
#[derive(Default)]
struct Session {
    /// Identifiers of the BUNDLE group (RFC 9143).
    bundle: Vec<String>,
    ice_lite: bool,
    connection: Option<IpAddr>,
    direction: Option<Direction>,
    ice_ufrag: Option<String>,
    ice_password: Option<String>,
    fingerprints: Vec<(String, Vec<u8>)>,
    setup: Option<Setup>,
    extensions: Vec<(u8, String)>,
}

/// An m-line as it is being read.
struct Draft {
    media: Media,
    direction: Option<Direction>,
}

pub(super) fn parse(text: &str) -> Result<Description, ParseError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(ParseError::TooLong);
    }
    let mut session = Session::default();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut versioned = false;
    for (index, line) in text.lines().enumerate() {
        let malformed = ParseError::Line { number: index + 1 };
        let line = line.trim_end();
        if line.is_empty() {
            continue;
        }
        let (kind, value) = line.split_once('=').ok_or(malformed)?;
        if !versioned {
            if (kind, value) != ("v", "0") {
                return Err(ParseError::NoVersion);
            }
            versioned = true;
            continue;
        }
        match kind {
            "m" => {
                if drafts.len() == MEDIA_MAX {
                    return Err(ParseError::TooManyMedia);
                }
                drafts.push(media_line(value).ok_or(malformed)?);
            }
            "c" => {
                let address = connection(value).ok_or(malformed)?;
                match drafts.last_mut() {
                    Some(draft) => draft.media.connection = address,
                    None => session.connection = address,
                }
            }
            "a" => {
                let (name, value) = value.split_once(':').unwrap_or((value, ""));
                match drafts.last_mut() {
                    Some(draft) => media_attribute(draft, name, value).ok_or(malformed)?,
                    None => session_attribute(&mut session, name, value).ok_or(malformed)?,
                }
            }
            // Everything else (o, s, t, b, i …) has no meaning for us; RFC 8866 asks to ignore what is unknown.
            other if other.len() == 1 => {}
            _ => return Err(malformed),
        }
    }
    if drafts.is_empty() {
        return Err(if versioned { ParseError::NoMedia } else { ParseError::NoVersion });
    }
    Ok(Description {
        media: drafts.into_iter().map(|draft| inherit(draft, &session)).collect(),
    })
}

/// Gives an m-line what stood at session level and what it does not say itself.
fn inherit(draft: Draft, session: &Session) -> Media {
    let mut media = draft.media;
    media.direction = draft.direction.or(session.direction).unwrap_or(Direction::SendRecv);
    media.connection = media.connection.or(session.connection);
    media.ice_ufrag = media.ice_ufrag.or_else(|| session.ice_ufrag.clone());
    media.ice_password = media.ice_password.or_else(|| session.ice_password.clone());
    media.setup = media.setup.or(session.setup);
    media.bundled = media.mid.as_ref().is_some_and(|mid| session.bundle.contains(mid));
    media.ice_lite = session.ice_lite;
    if media.fingerprints.is_empty() {
        media.fingerprints.clone_from(&session.fingerprints);
    }
    if media.extensions.is_empty() {
        media.extensions.clone_from(&session.extensions);
    }
    media
}

/// `audio 49170 RTP/AVP 0 8`, also `audio 49170/2 …`.
fn media_line(value: &str) -> Option<Draft> {
    let mut words = value.split_ascii_whitespace();
    let kind = words.next()?.to_owned();
    let port = words.next()?;
    let port = port.split_once('/').map_or(port, |(port, _)| port).parse().ok()?;
    let protocol = words.next()?.to_owned();
    let formats: Vec<String> = words.map(str::to_owned).collect();
    if formats.is_empty() || formats.len() > FORMATS_MAX {
        return None;
    }
    let media = Media {
        kind,
        port,
        protocol,
        formats,
        connection: None,
        direction: Direction::SendRecv,
        maps: Vec::new(),
        packet_ms: None,
        rtcp: None,
        rtcp_mux: false,
        crypto: Vec::new(),
        mid: None,
        ice_ufrag: None,
        ice_password: None,
        candidates: Vec::new(),
        fingerprints: Vec::new(),
        setup: None,
        extensions: Vec::new(),
        ssrc: None,
        bundled: false,
        ice_lite: false,
    };
    Some(Draft { media, direction: None })
}

/// `IN IP4 192.0.2.1`, with a multicast suffix or a name instead of the address. `Some(None)` for a name.
fn connection(value: &str) -> Option<Option<IpAddr>> {
    let mut words = value.split_ascii_whitespace();
    let (net, family, address) = (words.next()?, words.next()?, words.next()?);
    if net != "IN" || !matches!(family, "IP4" | "IP6") {
        return None;
    }
    let address = address.split_once('/').map_or(address, |(address, _)| address);
    Some(address.parse().ok())
}

fn session_attribute(session: &mut Session, name: &str, value: &str) -> Option<()> {
    if let Some(direction) = direction(name) {
        session.direction = Some(direction);
        return Some(());
    }
    match name {
        "group" => {
            if let Some(mids) = value.strip_prefix("BUNDLE") {
                session.bundle = mids.split_ascii_whitespace().take(MEDIA_MAX).map(str::to_owned).collect();
            }
        }
        "ice-lite" => session.ice_lite = true,
        "ice-ufrag" => session.ice_ufrag = Some(ice_text(value)?),
        "ice-pwd" => session.ice_password = Some(ice_text(value)?),
        "fingerprint" => push(&mut session.fingerprints, fingerprint(value)?),
        "setup" => session.setup = setup(value),
        "extmap" => {
            if let Some(extension) = extension(value) {
                push(&mut session.extensions, extension);
            }
        }
        _ => {}
    }
    Some(())
}

fn media_attribute(draft: &mut Draft, name: &str, value: &str) -> Option<()> {
    if let Some(direction) = direction(name) {
        draft.direction = Some(direction);
        return Some(());
    }
    let media = &mut draft.media;
    match name {
        "rtpmap" => {
            if let Some(map) = rtp_map(value) {
                push(&mut media.maps, map);
            }
        }
        "ptime" => media.packet_ms = value.trim().parse().ok(),
        "rtcp" => media.rtcp = Some(rtcp(value)?),
        "rtcp-mux" => media.rtcp_mux = true,
        "crypto" => {
            if let Some(crypto) = crypto(value) {
                push(&mut media.crypto, crypto);
            }
        }
        "mid" => media.mid = Some(token(value)?),
        "ice-ufrag" => media.ice_ufrag = Some(ice_text(value)?),
        "ice-pwd" => media.ice_password = Some(ice_text(value)?),
        "candidate" => push(&mut media.candidates, format!("candidate:{value}")),
        "fingerprint" => push(&mut media.fingerprints, fingerprint(value)?),
        "setup" => media.setup = setup(value),
        "extmap" => {
            if let Some(extension) = extension(value) {
                push(&mut media.extensions, extension);
            }
        }
        "ssrc" if media.ssrc.is_none() => {
            media.ssrc = value.split_ascii_whitespace().next().and_then(|ssrc| ssrc.parse().ok());
        }
        _ => {}
    }
    Some(())
}

fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() < ATTRIBUTES_MAX {
        list.push(item);
    }
}

fn direction(name: &str) -> Option<Direction> {
    match name {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    }
}

fn setup(value: &str) -> Option<Setup> {
    match value.trim() {
        "active" => Some(Setup::Active),
        "passive" => Some(Setup::Passive),
        "actpass" => Some(Setup::ActPass),
        _ => None,
    }
}

/// `0 PCMU/8000` or `111 opus/48000/2`.
fn rtp_map(value: &str) -> Option<RtpMap> {
    let (payload_type, rest) = value.split_once(' ')?;
    let payload_type = payload_type.parse().ok().filter(|pt| *pt < 128)?;
    let mut parts = rest.trim().split('/');
    let encoding = parts.next().filter(|name| !name.is_empty() && name.len() <= 64)?.to_owned();
    let clock = parts.next()?.parse().ok()?;
    let channels = parts.next().map_or(Some(1), |channels| channels.parse().ok())?;
    Some(RtpMap {
        payload_type,
        encoding,
        clock,
        channels,
    })
}

/// `53020` or `53020 IN IP4 192.0.2.1`.
fn rtcp(value: &str) -> Option<(u16, Option<IpAddr>)> {
    let (port, rest) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
    let address = if rest.is_empty() { None } else { connection(rest)? };
    Some((port.parse().ok()?, address))
}

/// `1 AES_CM_128_HMAC_SHA1_80 inline:PS1u…|2^20|1:4 UNENCRYPTED_SRTP`.
fn crypto(value: &str) -> Option<Crypto> {
    let mut words = value.split_ascii_whitespace();
    let tag = words.next()?.parse().ok()?;
    let suite = words.next()?.to_owned();
    let keys = words.next()?;
    let mut has_extras = words.next().is_some() || keys.contains(';');
    let mut parts = keys.strip_prefix("inline:")?.split('|');
    let key = parts.next()?.to_owned();
    // A lifetime needs nothing of us (no call lasts 2^31 packets); a master key identifier would change the packets.
    has_extras |= parts.any(|part| part.contains(':'));
    Some(Crypto {
        tag,
        suite,
        key,
        has_extras,
    })
}

/// RFC 8445 section 5.3: ice-char, 4 to 256 of them.
fn ice_text(value: &str) -> Option<String> {
    let value = value.trim();
    let fits = (4..=256).contains(&value.len())
        && value
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'-' | b'_' | b'='));
    fits.then(|| value.to_owned())
}

/// An RFC 8866 token of bearable length.
fn token(value: &str) -> Option<String> {
    let value = value.trim();
    let fits = (1..=64).contains(&value.len()) && value.bytes().all(|c| c.is_ascii_graphic());
    fits.then(|| value.to_owned())
}

/// `sha-256 AB:CD:…`.
fn fingerprint(value: &str) -> Option<(String, Vec<u8>)> {
    let (hash, digest) = value.trim().split_once(' ')?;
    if digest.len() > 200 {
        return None;
    }
    let digest: Option<Vec<u8>> = digest.trim().split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    Some((hash.to_ascii_lowercase(), digest?))
}

/// `1 urn:…`, `1/recvonly urn:…`.
fn extension(value: &str) -> Option<(u8, String)> {
    let mut words = value.split_ascii_whitespace();
    let id = words.next()?;
    let id = id.split_once('/').map_or(id, |(id, _)| id).parse().ok()?;
    Some((id, words.next()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\n\
        m=audio 4000 RTP/AVP 9 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendonly\r\na=rtcp:4003\r\n";

    #[test]
    fn session_values_hold_for_every_media_line() {
        let text = PHONE.replace("t=0 0\r\n", "t=0 0\r\na=inactive\r\na=setup:active\r\n") + "m=video 0 RTP/AVP 31\r\n";
        let description = Description::parse(&text).unwrap();
        assert_eq!(description.media[0].direction, Direction::SendOnly);
        assert_eq!(description.media[1].direction, Direction::Inactive);
        assert_eq!(description.media[1].setup, Some(Setup::Active));
        assert_eq!(description.media[1].connection, "192.0.2.5".parse().ok());
        assert_eq!(description.media[0].rtcp, Some((4003, None)));
    }

    #[test]
    fn old_style_hold_is_seen() {
        let description = Description::parse(
            &PHONE
                .replace("c=IN IP4 192.0.2.5", "c=IN IP4 0.0.0.0")
                .replace("a=sendonly\r\n", ""),
        )
        .unwrap();
        assert_eq!(description.media[0].direction_wanted(), Direction::SendOnly);
    }

    #[test]
    fn what_is_no_description_is_refused_with_its_place() {
        assert_eq!(Description::parse(""), Err(ParseError::NoVersion));
        assert_eq!(Description::parse("hello"), Err(ParseError::Line { number: 1 }));
        assert_eq!(Description::parse("v=1\r\n"), Err(ParseError::NoVersion));
        assert_eq!(Description::parse("v=0\r\ns=-\r\n"), Err(ParseError::NoMedia));
        assert_eq!(
            Description::parse("v=0\r\nm=audio x RTP/AVP 0\r\n"),
            Err(ParseError::Line { number: 2 })
        );
        assert_eq!(
            Description::parse(&format!("v=0\r\n{}", "m=audio 1 RTP/AVP 0\r\n".repeat(MEDIA_MAX + 1))),
            Err(ParseError::TooManyMedia)
        );
        assert_eq!(Description::parse(&"v".repeat(TEXT_BYTES_MAX + 1)), Err(ParseError::TooLong));
    }

    #[test]
    fn attributes_beyond_the_limit_are_forgotten() {
        let text = format!(
            "{PHONE}{}",
            "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n".repeat(ATTRIBUTES_MAX + 9)
        );
        assert_eq!(Description::parse(&text).unwrap().media[0].candidates.len(), ATTRIBUTES_MAX);
    }

    #[test]
    fn a_crypto_line_with_a_master_key_identifier_is_marked() {
        let lifetime = crypto("1 AES_CM_128_HMAC_SHA1_80 inline:abc|2^20").unwrap();
        assert!(!lifetime.has_extras && lifetime.key == "abc");
        assert!(crypto("1 AES_CM_128_HMAC_SHA1_80 inline:abc|2^20|1:4").unwrap().has_extras);
        assert!(crypto("1 AES_CM_128_HMAC_SHA1_80 inline:abc UNENCRYPTED_SRTP").unwrap().has_extras);
    }
}
