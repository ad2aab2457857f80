//! Phones that take a SIP MESSAGE (RFC 3428) show its text. Tried with baresip 1.0: its REGISTER allows MESSAGE, and it prints
//! who wrote and what.

use sip::agent::Body;

use super::{Notice, Showing};

pub(super) fn notice(showing: &Showing, code: Option<&str>) -> Notice {
    let text: String = showing.text().chars().filter(|character| !character.is_control()).collect();
    let text = match (showing.key(), code) {
        (Some(_), Some(code)) => format!("{text}: dial {code}"),
        (None, _) | (_, None) => text,
    };
    Notice {
        method: "MESSAGE",
        headers: Vec::new(),
        body: Body {
            content_type: "text/plain;charset=UTF-8".to_owned(),
            bytes: text.into_bytes(),
        },
    }
}
