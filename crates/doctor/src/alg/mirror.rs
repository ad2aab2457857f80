//! A SIP message that is sent back as it has arrived, so that whoever sent it sees what routers have made of it.
//!
//! ```text
//!   PC ── OPTIONS sip:mirror@… ──► router (ALG?) ──► server's SIP port
//!   PC ◄── 200, and inside of it, in hexadecimal, what has arrived ──┘
//! ```
//!
//! No router looks for addresses in hexadecimal, so the copy comes back unharmed. The request is padded: the answer is never longer than it,
//! so nobody can use the mirror to flood somebody else.

use std::fmt::Write as _;
use std::net::{SocketAddr, SocketAddrV4};

/// What the request line of a question begins with.
const QUESTION: &[u8] = b"OPTIONS sip:mirror@";
/// The header that makes the request longer than its answer. It is not sent back.
const PADDING: &str = "X-Padding: ";
/// So long is a question, in bytes: with IP and UDP headers it fits into one frame, also where PPPoE or DS-Lite take some of it.
const QUESTION_BYTES: usize = 1_420;
/// What is longer is no question of ours.
const QUESTION_BYTES_MAX: usize = 1_500;

/// A message that asks a server what has arrived of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    bytes: Vec<u8>,
    /// Of this question alone; in a header that no router has a reason to touch.
    token: String,
}

/// What has become of a question on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reflection {
    /// Lines that have arrived otherwise than they were sent, in the order of the message.
    pub changes: Vec<Change>,
    /// Where the server has seen the question come from.
    pub seen_as: Option<SocketAddr>,
}

/// One line of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As it was sent; `None`: it was added on the way.
    pub sent: Option<String>,
    /// As it has arrived; `None`: it was taken out.
    pub arrived: Option<String>,
}

impl Question {
    /// A question from `local` to the SIP port of `server`: by IPv4, whose addresses routers translate. `token` is to be random: an answer
    /// proves by it that it is one to this question.
    #[must_use]
    pub fn new(local: SocketAddrV4, server: SocketAddrV4, token: u64) -> Self {
        let (token, host) = (format!("{token:016x}"), local.ip());
        let body = format!(
            "v=0\r\no=- {port} 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n",
            port = local.port(),
        );
        let head = format!(
            "{question}{server} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{token};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:mirror@{host}:{port}>;tag=1\r\n\
             To: <sip:mirror@{server}>\r\n\
             Call-ID: {token}@{host}\r\n\
             CSeq: 1 OPTIONS\r\n\
             Contact: <sip:mirror@{host}:{port}>\r\n\
             Subject: {token}\r\n\
             Content-Type: application/sdp\r\n",
            question = String::from_utf8_lossy(QUESTION),
            port = local.port(),
        );
        let tail = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let padding = QUESTION_BYTES.saturating_sub(head.len() + PADDING.len() + 2 + tail.len());
        let bytes = format!("{head}{PADDING}{}\r\n{tail}", "-".repeat(padding)).into_bytes();
        Self { bytes, token }
    }

    /// What is to be sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads an answer; `None` when it is not one to this question.
    #[must_use]
    pub fn read(&self, answer: &[u8]) -> Option<Reflection> {
        let (head, body) = split(answer)?;
        if !head.starts_with("SIP/2.0 200 ") {
            return None;
        }
        let arrived = String::from_utf8(from_hex(body.trim_ascii_end())?).ok()?;
        let is_ours = lines(&arrived).any(|line| line.strip_prefix("Subject: ") == Some(self.token.as_str()));
        if !is_ours {
            return None;
        }
        let sent = String::from_utf8_lossy(&self.bytes);
        let seen_as = head.split("\r\n").find_map(|line| line.strip_prefix("X-Seen-As: ")?.parse().ok());
        Some(Reflection {
            changes: differences(&lines(&sent).collect::<Vec<_>>(), &lines(&arrived).collect::<Vec<_>>()),
            seen_as,
        })
    }
}

/// For the server: the answer to a question; `None` when it is none, and the message is to be handled like any other.
#[must_use]
pub fn reflect(message: &[u8], source: SocketAddr) -> Option<Vec<u8>> {
    if !message.starts_with(QUESTION) || message.len() > QUESTION_BYTES_MAX {
        return None;
    }
    let text = std::str::from_utf8(message).ok()?;
    let (head, _) = split(message)?;
    let mut answer = String::from("SIP/2.0 200 OK\r\n");
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        // Without these nobody finds the way back to who has asked.
        let value = header(head, name)?;
        let _infallible = write!(answer, "{name}: {value}\r\n");
    }
    let _infallible = write!(answer, "X-Seen-As: {source}\r\nContent-Type: text/plain\r\n");
    let mut copy = String::new();
    for line in lines(text) {
        line.bytes().chain(*b"\r\n").for_each(|byte| {
            let _infallible = write!(copy, "{byte:02x}");
        });
    }
    let _infallible = write!(answer, "Content-Length: {}\r\n\r\n{copy}", copy.len());
    (answer.len() <= message.len()).then(|| answer.into_bytes())
}

/// All but the padding.
fn lines(message: &str) -> impl Iterator<Item = &str> {
    let lines = message.strip_suffix("\r\n").unwrap_or(message).split("\r\n");
    lines.filter(|line| !line.starts_with(PADDING.trim_end()))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim_end().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// Head and body.
fn split(message: &[u8]) -> Option<(&str, &[u8])> {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((std::str::from_utf8(&message[..end]).ok()?, &message[end + 4..]))
}

fn from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}

/// Line by line: what is between two lines that have stayed the same was changed, added or taken out.
fn differences(sent: &[&str], arrived: &[&str]) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut at, mut seen) = (0, 0);
    while at < sent.len() || seen < arrived.len() {
        if sent.get(at) == arrived.get(seen) {
            (at, seen) = (at + 1, seen + 1);
            continue;
        }
        // The next line that has stayed; without one everything to the end has changed.
        let (next_sent, next_arrived) = (at..sent.len())
            .find_map(|line| {
                let again = (seen..arrived.len()).find(|other| arrived[*other] == sent[line])?;
                Some((line, again))
            })
            .unwrap_or((sent.len(), arrived.len()));
        while at < next_sent || seen < next_arrived {
            let take = |index: &mut usize, end: usize, lines: &[&str]| {
                (*index < end).then(|| {
                    *index += 1;
                    lines[*index - 1].to_owned()
                })
            };
            changes.push(Change {
                sent: take(&mut at, next_sent, sent),
                arrived: take(&mut seen, next_arrived, arrived),
            });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "203.0.113.5:5060";
    const SOURCE: &str = "198.51.100.7:41000";

    fn question() -> Question {
        Question::new("192.168.1.50:5060".parse().unwrap(), SERVER.parse().unwrap(), 0x0123_4567_89ab_cdef)
    }

    /// What comes back of the question when a router makes this of it.
    fn reflection(router: impl Fn(String) -> String) -> Option<Reflection> {
        let question = question();
        let arrived = router(String::from_utf8(question.bytes().to_vec()).unwrap());
        question.read(&reflect(arrived.as_bytes(), SOURCE.parse().unwrap())?)
    }

    #[test]
    fn a_router_that_leaves_it_alone_changes_nothing() {
        let seen = reflection(|message| message).unwrap();
        assert_eq!((seen.changes, seen.seen_as), (Vec::new(), Some(SOURCE.parse().unwrap())));
    }

    #[test]
    fn every_line_that_was_rewritten_is_told_with_what_it_was() {
        let seen = reflection(|message| {
            message
                .replace("192.168.1.50:5060", SOURCE)
                .replace("IP4 192.168.1.50", "IP4 198.51.100.7")
        })
        .unwrap();
        let changed: Vec<_> = seen.changes.iter().map(|change| change.arrived.as_deref().unwrap()).collect();
        assert_eq!(changed.len(), 5, "{changed:#?}");
        assert!(changed[0].starts_with("Via: SIP/2.0/UDP 198.51.100.7:41000;"), "{}", changed[0]);
        assert_eq!(seen.changes[2].sent.as_deref(), Some("Contact: <sip:mirror@192.168.1.50:5060>"));
        assert_eq!(changed[4], "c=IN IP4 198.51.100.7");
    }

    #[test]
    fn lines_that_were_added_or_taken_out_are_told_as_such() {
        let added = reflection(|message| message.replace("Max-Forwards: 70\r\n", "Max-Forwards: 70\r\nRoute: <sip:alg>\r\n")).unwrap();
        let (sent, arrived) = (None, Some("Route: <sip:alg>".to_owned()));
        assert_eq!(added.changes, [Change { sent, arrived }]);
        let taken = reflection(|message| message.replace("Max-Forwards: 70\r\n", "")).unwrap();
        let (sent, arrived) = (Some("Max-Forwards: 70".to_owned()), None);
        assert_eq!(taken.changes, [Change { sent, arrived }]);
    }

    #[test]
    fn the_answer_is_never_longer_than_the_question() {
        let long = "255.255.255.255:65535".parse().unwrap();
        let question = Question::new(long, long, u64::MAX);
        assert_eq!(question.bytes().len(), QUESTION_BYTES);
        let answer = reflect(question.bytes(), long.into()).expect("there is room for the longest addresses");
        assert!(answer.len() <= question.bytes().len(), "{}", answer.len());
        let text = String::from_utf8(question.bytes().to_vec()).unwrap();
        let unpadded: String = text
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with(PADDING.trim_end()))
            .collect();
        assert_eq!(reflect(unpadded.as_bytes(), long.into()), None, "a short question has no answer");
    }

    #[test]
    fn nothing_else_is_reflected_or_read() {
        let source = SOURCE.parse().unwrap();
        for message in [
            &b""[..],
            b"OPTIONS sip:101@farend SIP/2.0\r\n\r\n",
            b"OPTIONS sip:mirror@",
            b"OPTIONS sip:mirror@x SIP/2.0\r\nVia: \xff\r\n\r\n",
            b"OPTIONS sip:mirror@x SIP/2.0\r\n\r\n",
        ] {
            assert_eq!(reflect(message, source), None);
        }
        let too_long = [question().bytes(), &[b'x'; 200]].concat();
        assert_eq!(reflect(&too_long, source), None);
        let another = Question::new("192.168.1.50:5060".parse().unwrap(), SERVER.parse().unwrap(), 7);
        let answer = reflect(another.bytes(), source).unwrap();
        assert_eq!(question().read(&answer), None, "an answer to another question");
        for answer in [
            &b""[..],
            b"SIP/2.0 404 Not Found\r\n\r\n",
            b"SIP/2.0 200 OK\r\n\r\nzz",
            b"SIP/2.0 200 OK\r\n\r\n4",
        ] {
            assert_eq!(question().read(answer), None);
        }
    }
}
