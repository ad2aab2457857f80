//! What comes in SIP INFO: keys, and ICE candidates that a browser's library has found late.

use model::control::Digit;
use sip::agent::Body;

use super::sessions::is_of_type;

/// A key in a SIP INFO: `application/dtmf-relay` (`Signal=5`, `Duration=160`) or `application/dtmf` (`5`).
pub(super) fn pressed(body: &Body) -> Option<(Digit, u16)> {
    const DURATION_MS: u16 = 160;
    let text = std::str::from_utf8(&body.bytes).ok()?;
    let field = |name: &str| {
        let mut fields = text.lines().filter_map(|line| line.split_once('='));
        fields
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let (key, duration_ms) = if is_of_type(body, "application/dtmf-relay") {
        (
            field("Signal")?,
            field("Duration").and_then(|value| value.parse().ok()).unwrap_or(DURATION_MS),
        )
    } else if is_of_type(body, "application/dtmf") {
        (field("Signal").unwrap_or(text.trim()), DURATION_MS)
    } else {
        return None;
    };
    let mut characters = key.chars();
    let key = characters.next().filter(|_| characters.next().is_none())?;
    Some((Digit::from_char(key)?, duration_ms.clamp(40, 2_000)))
}

/// Candidates of one message; a browser on many networks finds two or three at a time.
const CANDIDATES_MAX: usize = 16;

/// The candidates of a trickled description (RFC 8840 section 9.3), without `a=`.
pub(super) fn candidates(body: &Body) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(&body.bytes) else {
        return Vec::new();
    };
    if !is_of_type(body, "application/trickle-ice-sdpfrag") {
        return Vec::new();
    }
    let lines = text.lines().filter_map(|line| line.trim_end().strip_prefix("a="));
    let candidates = lines.filter(|attribute| attribute.starts_with("candidate:"));
    candidates.take(CANDIDATES_MAX).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(content_type: &str, text: &str) -> Option<(char, u16)> {
        let body = Body {
            content_type: content_type.to_owned(),
            bytes: text.into(),
        };
        pressed(&body).map(|(digit, duration_ms)| (digit.char(), duration_ms))
    }

    #[test]
    fn keys_are_understood_in_both_ways_of_info() {
        assert_eq!(keys("application/dtmf-relay", "Signal=5\r\nDuration=250\r\n"), Some(('5', 250)));
        assert_eq!(keys("Application/DTMF-Relay; x=y", "signal= *\nduration= 9999"), Some(('*', 2_000)));
        assert_eq!(keys("application/dtmf-relay", "Signal=#"), Some(('#', 160)));
        assert_eq!(keys("application/dtmf", "d\r\n"), Some(('D', 160)));
        assert_eq!(keys("application/dtmf", "55"), None);
        assert_eq!(keys("application/dtmf-relay", "Duration=250"), None);
        assert_eq!(keys("text/plain", "5"), None);
    }
    #[test]
    fn candidates_are_taken_from_a_trickled_description_alone() {
        let fragment = |content_type: &str, text: &str| {
            candidates(&Body {
                content_type: content_type.to_owned(),
                bytes: text.into(),
            })
        };
        let text = "a=ice-ufrag:8hhY\r\na=ice-pwd:x\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\na=end-of-candidates\r\n";
        let found = ["candidate:1 1 udp 1 192.0.2.1 5000 typ host"];
        assert_eq!(fragment("application/trickle-ice-sdpfrag", text), found);
        assert_eq!(fragment("application/sdp", text), [""; 0]);
        let many = "a=candidate:1\n".repeat(100);
        assert_eq!(fragment("application/trickle-ice-sdpfrag", &many).len(), CANDIDATES_MAX);
    }
}
