//! One way alone: what a browser's check takes out of both descriptions, so that nothing but the way which it asks about can come about.
//!
//! | Way | of the browser's candidates | of ours |
//! |---|---|---|
//! | UDP | UDP, but no relay | UDP |
//! | TCP | none: it is the browser that dials | TCP |
//! | TLS | those of the relay | UDP: the far end of the virtual relay |

/// A way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Directly over UDP.
    Udp,
    /// ICE-TCP to the one TCP port.
    Tcp,
    /// TURN inside TLS on the one TCP port.
    Tls,
}

impl Way {
    /// A browser's offer, with the candidates of this way alone.
    #[must_use]
    pub fn of_offer(self, offer: &str) -> String {
        keep(offer, |candidate| match self {
            Self::Udp => candidate.is_udp && !candidate.is_relay,
            Self::Tcp => false,
            Self::Tls => candidate.is_relay,
        })
    }

    /// Our answer, likewise.
    #[must_use]
    pub fn of_answer(self, answer: &str) -> String {
        keep(answer, |candidate| match self {
            Self::Udp | Self::Tls => candidate.is_udp,
            Self::Tcp => !candidate.is_udp,
        })
    }
}

/// What matters of a candidate (RFC 8839 section 5.1).
struct Candidate {
    is_udp: bool,
    is_relay: bool,
}

/// The description with the candidates that are wanted. One that makes no sense is not.
fn keep(description: &str, is_wanted: impl Fn(&Candidate) -> bool) -> String {
    let stays = |line: &&str| match line.strip_prefix("a=candidate:") {
        Some(value) => candidate(value).is_some_and(|candidate| is_wanted(&candidate)),
        None => true,
    };
    // Whatever their lines end with, ours end as RFC 8866 says.
    description.lines().filter(stays).fold(String::new(), |mut text, line| {
        text.push_str(line.trim_end());
        text.push_str("\r\n");
        text
    })
}

/// `foundation component transport priority address port typ type …`
fn candidate(value: &str) -> Option<Candidate> {
    let mut words = value.split_ascii_whitespace();
    let is_udp = words.nth(2)?.eq_ignore_ascii_case("udp");
    let kind = (words.nth(3)? == "typ").then(|| words.next())??;
    Some(Candidate {
        is_udp,
        is_relay: kind == "relay",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n\
        a=candidate:1 1 udp 2122260223 0c1f.local 50000 typ host generation 0\r\n\
        a=candidate:2 1 UDP 1686052607 198.51.100.100 50000 typ srflx raddr 0.0.0.0 rport 0\r\n\
        a=candidate:3 1 udp 41885439 198.18.0.1 50001 typ relay raddr 0.0.0.0 rport 0\r\n\
        a=candidate:4 1 tcp 1518280447 192.168.1.50 9 typ host tcptype active\r\n\
        a=candidate:5 nonsense\r\n\
        a=mid:0\r\n";
    const ANSWER: &str = "v=0\na=candidate:1 1 udp 2130706431 192.168.10.10 8802 typ host\n\
        a=candidate:2 1 udp 1694498815 198.51.100.2 8802 typ srflx raddr 0.0.0.0 rport 0\n\
        a=candidate:3 1 tcp 1526726655 198.51.100.2 8802 typ host tcptype passive\n";

    /// Numbers of the candidates that have stayed; everything else has to.
    fn left(description: &str) -> Vec<u32> {
        assert!(
            description.starts_with("v=0\r\n") && description.ends_with("\r\n"),
            "{description:?}"
        );
        let candidates = description.lines().filter_map(|line| line.strip_prefix("a=candidate:"));
        candidates.filter_map(|value| value.split(' ').next()?.parse().ok()).collect()
    }

    #[test]
    fn a_way_leaves_nothing_of_the_others() {
        assert_eq!(left(&Way::Udp.of_offer(OFFER)), [1, 2]);
        assert_eq!(left(&Way::Tcp.of_offer(OFFER)), [0; 0]);
        assert_eq!(left(&Way::Tls.of_offer(OFFER)), [3]);
        assert_eq!(left(&Way::Udp.of_answer(ANSWER)), [1, 2]);
        assert_eq!(left(&Way::Tcp.of_answer(ANSWER)), [3]);
        assert_eq!(left(&Way::Tls.of_answer(ANSWER)), [1, 2]);
        for way in [Way::Udp, Way::Tcp, Way::Tls] {
            assert!(way.of_offer(OFFER).contains("m=audio 9") && way.of_offer(OFFER).contains("a=mid:0"));
        }
    }
}
