//! Waiting messages (RFC 3842). There is no voicemail yet, so there are none.

use lab::stage::played;

const TEXTS: [(&str, &str); 4] = [
    ("to", "103"),
    ("event", "message-summary"),
    ("accept", "application/simple-message-summary"),
    ("type", "application/simple-message-summary"),
];

/// Section 4.1.
#[test]
fn the_summary_comes_at_once_and_with_every_refresh() {
    played(|stage| {
        stage.phone("103-desk").plays("rfc3842/own_messages", &TEXTS).ends();
    });
}

/// Section 6: nobody learns of the messages of others.
#[test]
fn the_messages_of_others_are_not_told() {
    played(|stage| {
        let mut texts = TEXTS.to_vec();
        texts.extend([("expires", "600"), ("status", "404"), ("says", "SIP/2.0 404")]);
        stage.phone("102-desk").plays("rfc4235/refused", &texts).ends();
    });
}
