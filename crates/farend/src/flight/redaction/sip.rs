//! A SIP message without what is nobody's business; see [`super`].

use super::{Masks, REDACTED};
use crate::flight::glance::phrase;

/// Headers that say nothing of people.
const PASSED: [&str; 36] = [
    "via",
    "v",
    "cseq",
    "call-id",
    "i",
    "max-forwards",
    "content-type",
    "c",
    "expires",
    "min-expires",
    "supported",
    "k",
    "require",
    "proxy-require",
    "unsupported",
    "allow",
    "allow-events",
    "u",
    "accept",
    "accept-encoding",
    "accept-language",
    "event",
    "o",
    "subscription-state",
    "rseq",
    "rack",
    "session-expires",
    "x",
    "min-se",
    "retry-after",
    "recv-info",
    "info-package",
    "x-farend-call",
    "date",
    "timestamp",
    "mime-version",
];
/// Headers that hold addresses.
const ADDRESSES: [&str; 21] = [
    "from",
    "f",
    "to",
    "t",
    "contact",
    "m",
    "route",
    "record-route",
    "path",
    "service-route",
    "p-asserted-identity",
    "p-preferred-identity",
    "p-called-party-id",
    "p-associated-uri",
    "remote-party-id",
    "refer-to",
    "r",
    "referred-by",
    "b",
    "diversion",
    "history-info",
];
/// Headers of free text.
const TEXTS: [&str; 5] = ["reason", "warning", "error-info", "user-agent", "server"];
/// Headers of which only the scheme is shown.
const CREDENTIALS: [&str; 6] = [
    "authorization",
    "proxy-authorization",
    "www-authenticate",
    "proxy-authenticate",
    "authentication-info",
    "proxy-authentication-info",
];
/// Parameters of an address that say nothing of people.
const PARAMETERS: [&str; 11] = [
    "tag",
    "expires",
    "q",
    "reg-id",
    "lr",
    "transport",
    "ob",
    "user",
    "maddr",
    "ttl",
    "alias",
];
/// Lines of a description that stay as they are.
const LINES: [&str; 5] = ["v", "c", "t", "m", "b"];
/// Attributes of a description that stay as they are.
const ATTRIBUTES: [&str; 26] = [
    "rtpmap",
    "fmtp",
    "ptime",
    "maxptime",
    "sendrecv",
    "sendonly",
    "recvonly",
    "inactive",
    "rtcp",
    "rtcp-mux",
    "rtcp-rsize",
    "rtcp-fb",
    "candidate",
    "end-of-candidates",
    "setup",
    "mid",
    "ice-ufrag",
    "ice-options",
    "ice-lite",
    "fingerprint",
    "extmap",
    "extmap-allow-mixed",
    "group",
    "ssrc-group",
    "msid-semantic",
    "bundle-only",
];

/// The message as it may be shown. What is no SIP message is not shown at all.
pub(crate) fn message(bytes: &[u8], masks: &mut Masks) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches(['\r', '\n']);
    let (head, body) = text
        .split_once("\r\n\r\n")
        .or_else(|| text.split_once("\n\n"))
        .unwrap_or((text, ""));
    let head = unfolded(head);
    let mut lines = head.lines();
    let Some(first) = lines.next().and_then(|line| first_line(line, masks)) else {
        return unreadable(bytes).into_bytes();
    };
    let (mut shown, mut content_type) = (first, String::new());
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        let (name, value) = (name.trim(), value.trim());
        let lower = name.to_ascii_lowercase();
        if lower == "content-type" || lower == "c" {
            content_type = value.to_ascii_lowercase();
        }
        if lower != "content-length" && lower != "l" {
            shown += &header(name, &lower, value, masks);
        }
    }
    let body = shown_body(&content_type, body, masks);
    format!("{shown}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn unreadable(bytes: &[u8]) -> String {
    format!("[{} bytes that are no SIP message]", bytes.len())
}

/// Header fields may go on in the next line (RFC 3261 section 7.3.1).
fn unfolded(head: &str) -> String {
    let mut lines = String::with_capacity(head.len());
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            lines.push(' ');
            lines += line.trim();
        } else {
            lines.push('\n');
            lines += line.trim_end();
        }
    }
    lines.trim_start().to_owned()
}

fn first_line(line: &str, masks: &mut Masks) -> Option<String> {
    if let Some(rest) = line.strip_prefix("SIP/2.0 ") {
        let status: u16 = rest.get(..3)?.parse().ok()?;
        // The peer's own words may name whoever was called.
        return Some(format!("SIP/2.0 {status} {}", phrase(status)));
    }
    let mut parts = line.split(' ');
    let (method, target, version) = (parts.next()?, parts.next()?, parts.next_back()?);
    let is_method = method.len() <= 32 && method.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_method && version == "SIP/2.0").then(|| format!("{method} {} {version}", uri(target, masks)))
}

fn header(name: &str, lower: &str, value: &str, masks: &mut Masks) -> String {
    let is_known = [&PASSED[..], &ADDRESSES, &TEXTS].iter().any(|names| names.contains(&lower));
    if is_known || CREDENTIALS.contains(&lower) {
        return format!("\r\n{name}: {}", shown_value(lower, value, masks));
    }
    // The name of a header may say as much as its value.
    format!("\r\nX-Left-Out: {} bytes", name.len() + value.len())
}

fn shown_value(lower: &str, value: &str, masks: &mut Masks) -> String {
    if PASSED.contains(&lower) {
        return value.to_owned();
    }
    if ADDRESSES.contains(&lower) {
        return addresses(value, masks);
    }
    if TEXTS.contains(&lower) {
        return masks.text(value);
    }
    // The scheme tells which digest was spoken, and nothing else.
    let scheme = value
        .split(' ')
        .next()
        .filter(|word| word.eq_ignore_ascii_case("digest"))
        .unwrap_or_default();
    format!("{scheme} {REDACTED}").trim_start().to_owned()
}

/// A list of addresses (RFC 3261 section 20.10).
fn addresses(value: &str, masks: &mut Masks) -> String {
    let shown: Vec<_> = split_outside(value, ',').map(|one| address(one.trim(), masks)).collect();
    shown.join(", ")
}

fn address(one: &str, masks: &mut Masks) -> String {
    if one == "*" {
        return one.to_owned();
    }
    let begin = split_outside(one, '<').next().map_or(0, str::len);
    let (Some(inner), true) = (one.get(begin + 1..), begin < one.len()) else {
        let mut parts = one.splitn(2, ';');
        let spec = uri(parts.next().unwrap_or_default(), masks);
        return spec + &parameters(parts.next().unwrap_or_default());
    };
    let (spec, rest) = inner.split_once('>').unwrap_or((inner, ""));
    let display = one[..begin].trim().trim_matches('"').replace("\\\"", "'").replace('\\', "");
    let display = if display.is_empty() {
        String::new()
    } else {
        format!("\"{}\" ", masks.name(&display).replace('"', "'"))
    };
    format!("{display}<{}>{}", uri(spec, masks), parameters(rest.trim_start_matches([';', ' '])))
}

/// Those that say nothing of people, each with its `;`.
fn parameters(list: &str) -> String {
    let is_known = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default().trim();
        PARAMETERS.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    let known = list.split(';').map(str::trim).filter(is_known);
    known.fold(String::new(), |shown, parameter| shown + ";" + parameter)
}

/// A SIP or tel URI: the user part becomes a pseudonym, a password and headers go.
fn uri(text: &str, masks: &mut Masks) -> String {
    let text = text.trim();
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    let rest = rest.split('?').next().unwrap_or_default();
    if scheme.eq_ignore_ascii_case("tel") {
        let number = rest.split(';').next().unwrap_or_default();
        return format!("{scheme}:{}", masks.number(number));
    }
    if !(scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips")) {
        return REDACTED.to_owned();
    }
    // A user part may hold `;` and anything escaped; the host begins behind the last `@`.
    let (user, host) = match rest.rsplit_once('@') {
        Some((user, host)) => (Some(user.split([':', ';']).next().unwrap_or_default()), host),
        None => (None, rest),
    };
    let (host, further) = host.split_once(';').unwrap_or((host, ""));
    let user = user.map_or_else(String::new, |user| masks.account(user) + "@");
    format!("{scheme}:{user}{host}{}", parameters(further))
}

/// Splits where the separator stands neither in quotes nor in angle brackets.
fn split_outside(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped, mut depth) = (false, false, 0_u32);
    text.split(move |c: char| {
        let splits = c == separator && !is_quoted && depth == 0;
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '<' if !is_quoted => depth += 1,
            '>' if !is_quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        splits
    })
}

fn shown_body(content_type: &str, body: &str, masks: &mut Masks) -> String {
    if body.is_empty() {
        return String::new();
    }
    if content_type.starts_with("application/sdp") {
        return body.lines().map(|line| description_line(line.trim_end()) + "\r\n").collect();
    }
    if content_type.starts_with("message/sipfrag") {
        // How a transfer goes on; further lines are not needed.
        return body
            .lines()
            .next()
            .and_then(|line| first_line(line.trim_end(), masks))
            .unwrap_or_default()
            + "\r\n";
    }
    // Among them pressed keys (RFC 6086): they may be a PIN.
    format!("[{} bytes redacted]", body.len())
}

fn description_line(line: &str) -> String {
    let Some((kind, value)) = line.split_once('=') else {
        return REDACTED.to_owned();
    };
    match kind {
        kind if LINES.contains(&kind) => line.to_owned(),
        "s" => "s=-".to_owned(),
        // The first word is a user's name on their computer (RFC 8866 section 5.2).
        "o" => value
            .split_once(' ')
            .map_or_else(|| "o=-".to_owned(), |(_, rest)| format!("o=- {rest}")),
        "a" => attribute(value),
        _ => format!("{kind}={REDACTED}"),
    }
}

fn attribute(value: &str) -> String {
    let (name, rest) = value.split_once(':').unwrap_or((value, ""));
    if ATTRIBUTES.contains(&name) {
        return format!("a={value}");
    }
    if name == "crypto" {
        let suite: Vec<_> = rest.split(' ').take(2).collect();
        return format!("a=crypto:{} inline:{REDACTED}", suite.join(" "));
    }
    format!("a={name}:{REDACTED}")
}

#[cfg(test)]
mod tests {
    use switchboard::directory::Directory;

    use super::*;

    fn shown(text: &str, is_open: bool) -> String {
        let mut masks = Masks::new(&Directory::default(), is_open);
        String::from_utf8(message(text.as_bytes(), &mut masks)).unwrap()
    }

    const INVITE: &str = "INVITE sip:0301234567;phone-context=x@farend;user=phone SIP/2.0\r\n\
        Via: SIP/2.0/TLS 10.0.0.9:5061;branch=z9hG4bK776;rport\r\n\
        From: \"Zed, \\\"the\\\" Canary\" <sip:102-desk:pa55@farend>;tag=1;x-secret=1\r\n\
        To: sip:0301234567@farend\r\n\
        Call-ID: c1\r\nCSeq: 1 INVITE\r\n\
        Contact: <sip:102-desk@10.0.0.9:5061;transport=tls>;+sip.instance=\"<urn:uuid:1>\"\r\n\
        Authorization: Digest username=\"102-desk\",\r\n response=\"beef\"\r\n\
        X-Account-Code: 998877\r\n\
        Refer-To: <sip:0309999999@farend?Replaces=abc>\r\n\
        Content-Type: application/sdp\r\nContent-Length: 999\r\n\r\n\
        v=0\r\no=canary 1 1 IN IP4 10.0.0.9\r\ns=Canary\r\ni=secret\r\nc=IN IP4 10.0.0.9\r\nm=audio 4000 RTP/SAVP 8\r\n\
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEYKEYKEY\r\na=ice-pwd:PWDPWD\r\na=rtpmap:8 PCMA/8000\r\na=label:zed\r\n";

    #[test]
    fn a_message_shows_its_way_but_neither_people_nor_secrets() {
        let text = shown(INVITE, false);
        for gone in [
            "0301234567",
            "0309999999",
            "102",
            "Canary",
            "canary",
            "pa55",
            "beef",
            "998877",
            "KEYKEY",
            "PWDPWD",
            "x-secret",
            "zed",
            "i=secret",
            "uuid",
        ] {
            assert!(!text.contains(gone), "{gone} is in\n{text}");
        }
        for there in [
            "INVITE sip:number-1@farend;user=phone SIP/2.0\r\n",
            "Via: SIP/2.0/TLS 10.0.0.9:5061;branch=z9hG4bK776;rport\r\n",
            "From: \"person-1\" <sip:account-1@farend>;tag=1\r\n",
            "To: sip:number-1@farend\r\n",
            "Contact: <sip:account-1@10.0.0.9:5061;transport=tls>\r\n",
            "Authorization: Digest [redacted]\r\n",
            "X-Left-Out: 20 bytes\r\n",
            "Refer-To: <sip:number-2@farend>\r\n",
            "o=- 1 1 IN IP4 10.0.0.9\r\n",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[redacted]\r\n",
            "a=rtpmap:8 PCMA/8000\r\n",
        ] {
            assert!(text.contains(there), "{there} is not in\n{text}");
        }
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
    }

    #[test]
    fn open_captures_show_numbers_and_still_no_secret() {
        let text = shown(INVITE, true);
        for there in ["0301234567", "102-desk@farend", "Canary"] {
            assert!(text.contains(there), "{there} is not in\n{text}");
        }
        for gone in ["pa55", "beef", "KEYKEY", "PWDPWD"] {
            assert!(!text.contains(gone), "{gone} is in\n{text}");
        }
    }

    #[test]
    fn keys_and_other_bodies_are_left_out() {
        let info = "INFO sip:a@b SIP/2.0\r\nCall-ID: 1\r\nCSeq: 2 INFO\r\nContent-Type: application/dtmf-relay\r\nContent-Length: 22\r\n\r\nSignal=5\r\nDuration=160";
        let text = shown(info, true);
        assert!(!text.contains("Signal") && text.contains("bytes redacted]"), "{text}");
        let fragment = "NOTIFY sip:a@b SIP/2.0\r\nContent-Type: message/sipfrag;version=2.0\r\n\r\nSIP/2.0 486 Zed is busy\r\nTo: <sip:0301234567@x>\r\n";
        assert!(shown(fragment, false).ends_with("\r\n\r\nSIP/2.0 486 Busy Here\r\n"));
    }

    #[test]
    fn rubbish_is_not_shown() {
        for rubbish in [
            "",
            "GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n",
            "\u{0}\u{1}password",
            "SIP/2.0 4\u{e9}\u{e9} x",
        ] {
            let text = shown(rubbish, true);
            assert!(text.starts_with('[') && text.ends_with("no SIP message]"), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_arrives_can_make_it_fail(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            message(&bytes, &mut Masks::new(&Directory::default(), false));
            let mut framed = b"INVITE sip:a@b SIP/2.0\r\nFrom: ".to_vec();
            framed.extend(&bytes);
            message(&framed, &mut Masks::new(&Directory::default(), false));
        }
    }
}
