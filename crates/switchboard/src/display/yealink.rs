//! Yealink phones show XML documents that a NOTIFY of their own event brings ("XML Browser Developer's Guide"), once "XML SIP Notify" is
//! switched on in them. Not tried on a real phone yet.

use sip::agent::Body;

use super::{Notice, Showing, escaped};

/// How long a document is shown that asks for nothing, in seconds; 0 is for ever.
const GLANCE_S: u32 = 5;

/// By its `User-Agent`, in small letters: `Yealink SIP-T46S 66.86.0.15`.
pub(super) fn is_made_by(user_agent: &str) -> bool {
    user_agent.starts_with("yealink")
}

pub(super) fn notice(showing: &Showing, code: Option<&str>) -> Notice {
    let text = escaped(&showing.text());
    let key = showing.key().zip(code).map(|(key, code)| {
        format!(
            "<SoftKey index=\"1\"><Label>{key}</Label><URI>Dial:{}</URI></SoftKey>\
             <SoftKey index=\"4\"><Label>Exit</Label><URI>SoftKey:Exit</URI></SoftKey>",
            escaped(code)
        )
    });
    let timeout_s = if key.is_some() { 0 } else { GLANCE_S };
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<YealinkIPPhoneTextScreen Beep=\"no\" Timeout=\"{timeout_s}\">\
         <Title>{text}</Title><Text>{text}</Text>{}</YealinkIPPhoneTextScreen>\n",
        key.unwrap_or_default()
    );
    Notice {
        method: "NOTIFY",
        headers: vec![
            ("Event".to_owned(), "Yealink-xml".to_owned()),
            ("Subscription-State".to_owned(), "terminated".to_owned()),
        ],
        body: Body {
            content_type: "application/xml".to_owned(),
            bytes: document.into_bytes(),
        },
    }
}
