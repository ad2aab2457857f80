//! What a server has heard, as its log says it.

use std::net::SocketAddr;

/// A request, as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Such as `INVITE`.
    pub method: String,
    /// The Request-URI.
    pub target: String,
    /// The address in `To`.
    pub to: String,
    /// The address in `From`.
    pub from: String,
    /// How and from where it came: `udp:198.51.100.2:5060`.
    pub by: String,
    /// Its Call-ID.
    pub call: String,
    /// The number in `CSeq`.
    pub sequence: u32,
    /// `Contact` as a whole; `<null>` without one.
    pub contact: String,
    /// Where audio is awaited, as its description says.
    pub audio: Option<SocketAddr>,
}

impl Request {
    /// All requests in a log, in order.
    pub(super) fn all_in(log: &str) -> Vec<Request> {
        log.lines().filter_map(Request::read).collect()
    }

    fn read(line: &str) -> Option<Request> {
        let (_, line) = line.split_once(": heard ")?;
        let (words, rest) = line.split_once(" contact ")?;
        let (contact, description) = rest.split_once(" sdp ")?;
        let words: Vec<&str> = words.split(' ').collect();
        let [method, target, "to", to, "from", from, "by", by, "call", call, "cseq", sequence] = words[..] else {
            return None;
        };
        Some(Request {
            method: method.to_owned(),
            target: target.to_owned(),
            to: to.to_owned(),
            from: from.to_owned(),
            by: by.to_owned(),
            call: call.to_owned(),
            sequence: sequence.parse().ok()?,
            contact: contact.trim().to_owned(),
            audio: audio(description),
        })
    }
}

/// Out of the lines `c=` and `m=` of a description.
fn audio(description: &str) -> Option<SocketAddr> {
    let behind = |beginning: &str| description.split_once(beginning)?.1.split_whitespace().next();
    Some(SocketAddr::new(
        behind("c=IN IP4 ")?.parse().ok()?,
        behind("m=audio ")?.parse().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_found_among_other_lines() {
        let log = " 0(7) WARNING: tls [tls_init.c:1]: something\n\
                    1(8) NOTICE: <script>: heard INVITE sip:+4930123456@itsp.example.test to sip:+4930123456@itsp.example.test from \
                   sip:+4989123100@itsp.example.test by udp:198.51.100.2:5060 call abc@farend cseq 7 contact <sip:4989123@192.0.2.1> sdp \
                   c=IN IP4 198.51.100.2 m=audio 31439 RTP/AVP 8 0\n\
                    1(8) NOTICE: <script>: heard BYE sip:a@b to sip:a@b from sip:c@d by udp:198.51.100.2:5060 call abc@farend cseq 8 contact \
                   <null> sdp <null> <null>\n";
        let requests = Request::all_in(log);
        assert_eq!(requests.len(), 2);
        assert_eq!((requests[1].method.as_str(), requests[1].audio), ("BYE", None));
        let request = &requests[0];
        assert_eq!((request.method.as_str(), request.sequence), ("INVITE", 7));
        assert_eq!(
            (request.by.as_str(), request.call.as_str()),
            ("udp:198.51.100.2:5060", "abc@farend")
        );
        assert_eq!(request.contact, "<sip:4989123@192.0.2.1>");
        assert_eq!(request.audio, Some("198.51.100.2:31439".parse().unwrap()));
    }
}
