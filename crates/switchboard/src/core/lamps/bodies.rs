//! The documents that NOTIFYs carry.

use std::fmt::Write as _;

use crate::core::{CallState, CallView, LineCall, ParkedCall, Party, Side, UserState};

/// One call of whoever is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialog {
    id: String,
    state: DialogState,
    /// They have called, or were called.
    direction: &'static str,
    /// They hold the other party (RFC 4235 section 4.1.6, RFC 3840 `+sip.rendering`).
    is_held: bool,
    local_name: String,
    /// Who is at the other end; `None`: that is not shown.
    remote: Option<(String, String)>,
}

/// As RFC 4235 section 3.7.1 names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DialogState {
    Trying,
    Early,
    Confirmed,
}

impl DialogState {
    fn name(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Early => "early",
            Self::Confirmed => "confirmed",
        }
    }

    fn of(state: CallState) -> Self {
        match state {
            CallState::Lifting => Self::Trying,
            CallState::Dialling | CallState::Ringing => Self::Early,
            CallState::Talking | CallState::Holding | CallState::Held | CallState::Moving | CallState::Conferring | CallState::Waiting => {
                Self::Confirmed
            }
        }
    }
}

impl Dialog {
    /// A person's call.
    pub(super) fn of(view: &CallView, own_name: &str, shows_whom: bool) -> Self {
        Self {
            id: view.call.to_string(),
            state: DialogState::of(view.state),
            direction: match view.side {
                Side::Caller => "initiator",
                Side::Called => "recipient",
            },
            is_held: view.state == CallState::Holding,
            local_name: own_name.to_owned(),
            remote: shows_whom.then(|| named(&view.other)),
        }
    }

    /// A call on a team's line: whom the team talks to is shown to its members alone, in the app.
    pub(super) fn on_line(call: &LineCall) -> Self {
        Self {
            id: call.call.to_string(),
            state: DialogState::of(call.state),
            direction: "recipient",
            is_held: call.state == CallState::Holding,
            local_name: String::new(),
            remote: None,
        }
    }

    /// A parked call.
    pub(super) fn parked(call: &ParkedCall) -> Self {
        Self {
            id: call.call.to_string(),
            state: DialogState::Confirmed,
            direction: "recipient",
            is_held: false,
            local_name: String::new(),
            remote: Some(named(&call.party)),
        }
    }
}

fn named(party: &Party) -> (String, String) {
    (party.name.clone(), party.number.clone())
}

/// RFC 4235 section 4: everything that the watched does, as a whole.
pub(super) fn dialog_info(entity: &str, version: u32, dialogs: &[Dialog]) -> String {
    let entity = escaped(entity);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
         <dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{version}\" state=\"full\" entity=\"{entity}\">\r\n"
    );
    for dialog in dialogs {
        let Dialog { id, direction, .. } = dialog;
        let state = dialog.state.name();
        let rendering = if dialog.is_held { "no" } else { "yes" };
        let local = escaped(&dialog.local_name);
        let _infallible = write!(
            text,
            "<dialog id=\"{id}\" direction=\"{direction}\">\r\n<state>{state}</state>\r\n\
             <local><identity display=\"{local}\">{entity}</identity><target uri=\"{entity}\">\
             <param pname=\"+sip.rendering\" pvalue=\"{rendering}\"/></target></local>\r\n"
        );
        if let Some((name, number)) = &dialog.remote {
            let (name, host) = (escaped(name), entity.rsplit_once('@').map_or("", |(_, host)| host));
            let uri = format!("sip:{}@{host}", escaped(number));
            let _infallible = write!(
                text,
                "<remote><identity display=\"{name}\">{uri}</identity><target uri=\"{uri}\"/></remote>\r\n"
            );
        }
        text.push_str("</dialog>\r\n");
    }
    text.push_str("</dialog-info>\r\n");
    text
}

/// RFC 3863, with what most phones read of it: open or closed, and a note.
pub(super) fn presence(entity: &str, state: UserState) -> String {
    let (basic, note) = match state {
        UserState::Offline => ("closed", "Offline"),
        UserState::Available => ("open", "Available"),
        UserState::Ringing => ("open", "Ringing"),
        UserState::OnACall => ("open", "On a call"),
    };
    let entity = escaped(entity);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"{entity}\">\r\n\
         <tuple id=\"farend\"><status><basic>{basic}</basic></status><contact>{entity}</contact><note>{note}</note></tuple>\r\n</presence>\r\n"
    )
}

/// RFC 3842 section 3.5: there is no voicemail yet, and so no message.
pub(super) fn message_summary(account: &str) -> String {
    format!("Messages-Waiting: no\r\nMessage-Account: {account}\r\nVoice-Message: 0/0 (0/0)\r\n")
}

/// For attributes and text of XML 1.0: what means something there is named, what may not stand there is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c if c.is_control() => {}
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}
