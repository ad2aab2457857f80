//! Snom phones show XML documents of their "minibrowser" that a NOTIFY brings (service.snom.com, "Via SIP NOTIFY"). They take them from the
//! server that they are registered with. Not tried on a real phone yet.

use sip::agent::Body;

use super::{Notice, Showing, escaped};

/// How long a document is shown that asks for nothing, in milliseconds.
const GLANCE_MS: u32 = 5_000;

/// By its `User-Agent`, in small letters: `snomD785/10.1.175.16`.
pub(super) fn is_made_by(user_agent: &str) -> bool {
    user_agent.starts_with("snom")
}

pub(super) fn notice(showing: &Showing, code: Option<&str>) -> Notice {
    let text = escaped(&showing.text());
    let ending = match (showing.key(), code) {
        (Some(key), Some(code)) => format!(
            "<SoftKeyItem><Name>F1</Name><Label>{key}</Label><URL>phone://mb_exit#numberdial={}</URL></SoftKeyItem>",
            escaped(code)
        ),
        (Some(_), None) => String::new(),
        (None, _) => format!("<fetch mil=\"{GLANCE_MS}\">phone://mb_exit</fetch>"),
    };
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SnomIPPhoneText><Title>{text}</Title><Text>{text}</Text>{ending}</SnomIPPhoneText>\n"
    );
    Notice {
        method: "NOTIFY",
        headers: vec![
            ("Event".to_owned(), "xml".to_owned()),
            ("Subscription-State".to_owned(), "active;expires=30000".to_owned()),
        ],
        body: Body {
            content_type: "application/snomxml".to_owned(),
            bytes: document.into_bytes(),
        },
    }
}
