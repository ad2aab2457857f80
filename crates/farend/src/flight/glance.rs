//! What the recorder sees of a SIP message: what it is, and which dialog's. Never a body, an address or a credential.

use std::hash::{BuildHasher, RandomState};

/// A request's method, as far as calls have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Invite,
    Ack,
    Bye,
    Cancel,
    Prack,
    Update,
    Info,
    Refer,
    Notify,
    Message,
    /// One that belongs to no call: REGISTER, OPTIONS, SUBSCRIBE, PUBLISH.
    Elsewhere,
    Other,
}

impl Method {
    fn parse(word: &[u8]) -> Self {
        match word {
            b"INVITE" => Self::Invite,
            b"ACK" => Self::Ack,
            b"BYE" => Self::Bye,
            b"CANCEL" => Self::Cancel,
            b"PRACK" => Self::Prack,
            b"UPDATE" => Self::Update,
            b"INFO" => Self::Info,
            b"REFER" => Self::Refer,
            b"NOTIFY" => Self::Notify,
            b"MESSAGE" => Self::Message,
            b"REGISTER" | b"OPTIONS" | b"SUBSCRIBE" | b"PUBLISH" => Self::Elsewhere,
            _ => Self::Other,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Prack => "PRACK",
            Self::Update => "UPDATE",
            Self::Info => "INFO",
            Self::Refer => "REFER",
            Self::Notify => "NOTIFY",
            Self::Message => "MESSAGE",
            Self::Elsewhere | Self::Other => "another request",
        }
    }
}

/// Request or response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    /// With this status.
    Response(u16),
}

/// One message, at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glance {
    /// Of its Call-ID.
    pub(super) call_id: u64,
    pub(super) kind: Kind,
    /// A response's is that of its request.
    pub(super) method: Method,
    pub(super) cseq: u32,
    pub(super) bytes: u32,
}

/// Looks at a message; allocates nothing. `None` for what is no SIP message, or belongs to no call.
pub(super) fn glance(message: &[u8], keys: &RandomState) -> Option<Glance> {
    let mut lines = message
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = lines.by_ref().find(|line| !line.is_empty())?;
    let kind = match first.strip_prefix(b"SIP/2.0 ") {
        Some(rest) => Kind::Response(number(rest).and_then(|status| u16::try_from(status).ok())?),
        None => Kind::Request,
    };
    let (mut call_id, mut cseq) = (None, None);
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some((name, value)) = field(line) else { continue };
        if call_id.is_none() && (name.eq_ignore_ascii_case(b"Call-ID") || name.eq_ignore_ascii_case(b"i")) {
            call_id = Some(value);
        } else if cseq.is_none() && name.eq_ignore_ascii_case(b"CSeq") {
            cseq = Some(value);
        }
        if call_id.is_some() && cseq.is_some() {
            break;
        }
    }
    let (call_id, cseq) = (call_id?, cseq?);
    let method = Method::parse(cseq.rsplit(u8::is_ascii_whitespace).next()?);
    (method != Method::Elsewhere).then(|| Glance {
        call_id: hash(keys, call_id),
        kind,
        method,
        cseq: number(cseq).unwrap_or(0),
        bytes: u32::try_from(message.len()).unwrap_or(u32::MAX),
    })
}

/// The name by which the recorder knows a Call-ID.
pub(super) fn hash(keys: &RandomState, call_id: &[u8]) -> u64 {
    keys.hash_one(call_id)
}

/// Name and value of a header field (RFC 3261 section 7.3.1).
pub(super) fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()))
}

fn number(text: &[u8]) -> Option<u32> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&text[..digits]).ok()?.parse().ok()
}

/// What a status means (RFC 3261 section 21). A peer's own words are not kept: they may name numbers.
pub(super) fn phrase(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        200 => "OK",
        202 => "Accepted",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        415 => "Unsupported Media Type",
        422 => "Session Interval Too Small",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        484 => "Address Incomplete",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_shows_what_it_is_and_whose() {
        let keys = RandomState::new();
        let invite = b"INVITE sip:102@farend SIP/2.0\r\nVia: SIP/2.0/UDP a\r\ni : abc@host \r\nCSEQ: 7 INVITE\r\nAuthorization: Digest x\r\n\r\nCall-ID: body";
        let seen = glance(invite, &keys).unwrap();
        assert_eq!((seen.kind, seen.method, seen.cseq), (Kind::Request, Method::Invite, 7));
        let answer = b"SIP/2.0 486 Busy\r\nCall-ID: abc@host\r\nCSeq: 7 INVITE\r\n\r\n";
        let other = glance(answer, &keys).unwrap();
        assert_eq!((other.kind, other.method), (Kind::Response(486), Method::Invite));
        assert_eq!(seen.call_id, other.call_id);
        assert_eq!(seen.call_id, hash(&keys, b"abc@host"));
    }

    #[test]
    fn what_belongs_to_no_call_and_rubbish_are_not_seen() {
        let keys = RandomState::new();
        for message in [
            &b""[..],
            b"\r\n\r\n",
            b"\xff\xfe\x00",
            b"REGISTER sip:farend SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 REGISTER\r\n\r\n",
            b"SIP/2.0 200 OK\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n",
            b"SIP/2.0 99999999 OK\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n\r\n",
            b"INVITE sip:a SIP/2.0\r\nCall-ID: a\r\n\r\nCSeq: 1 INVITE",
        ] {
            assert_eq!(glance(message, &keys), None);
        }
    }
}
