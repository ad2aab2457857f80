//! Keys that come in SIP INFO.

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
}
