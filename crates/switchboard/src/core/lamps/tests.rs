use super::bodies::{Dialog, dialog_info, message_summary, presence};
use crate::core::{CallState, CallView, ParkedCall, Party, Side, UserState};
use crate::testing;
use model::CallId;

fn party(name: &str, number: &str) -> Party {
    Party {
        user: None,
        device: None,
        number: number.to_owned(),
        name: name.to_owned(),
    }
}

fn view(side: Side, state: CallState) -> CallView {
    CallView {
        recording: crate::core::RecordingState::Off,
        call: CallId(7),
        side,
        state,
        devices: Vec::new(),
        other: party("Müller & <Söhne>", "+4930123456"),
        team: None,
        begun: testing::start(),
        answered: None,
    }
}

#[test]
fn a_ringing_phone_in_the_words_of_rfc_4235() {
    let dialogs = [Dialog::of(&view(Side::Called, CallState::Ringing), "Ben \"B\"", true)];
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
        <dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"3\" state=\"full\" entity=\"sip:102@farend\">\r\n\
        <dialog id=\"call-7\" direction=\"recipient\">\r\n<state>early</state>\r\n\
        <local><identity display=\"Ben &quot;B&quot;\">sip:102@farend</identity><target uri=\"sip:102@farend\">\
        <param pname=\"+sip.rendering\" pvalue=\"yes\"/></target></local>\r\n\
        <remote><identity display=\"Müller &amp; &lt;Söhne&gt;\">sip:+4930123456@farend</identity><target uri=\"sip:+4930123456@farend\"/></remote>\r\n\
        </dialog>\r\n</dialog-info>\r\n";
    assert_eq!(dialog_info("sip:102@farend", 3, &dialogs), expected);
}

#[test]
fn every_state_of_a_call_has_its_word() {
    for (state, word, rendering) in [
        (CallState::Lifting, "trying", "yes"),
        (CallState::Dialling, "early", "yes"),
        (CallState::Ringing, "early", "yes"),
        (CallState::Talking, "confirmed", "yes"),
        (CallState::Holding, "confirmed", "no"),
        (CallState::Held, "confirmed", "yes"),
        (CallState::Moving, "confirmed", "yes"),
        (CallState::Conferring, "confirmed", "yes"),
        (CallState::Waiting, "confirmed", "yes"),
    ] {
        let text = dialog_info("sip:102@farend", 0, &[Dialog::of(&view(Side::Caller, state), "Ben", false)]);
        assert!(text.contains(&format!("<state>{word}</state>")), "{state:?}: {text}");
        assert!(text.contains(&format!("pvalue=\"{rendering}\"")), "{state:?}: {text}");
        assert!(text.contains("direction=\"initiator\"") && !text.contains("<remote>"), "{text}");
    }
}

#[test]
fn a_parked_call_is_shown_with_who_waits() {
    let parked = ParkedCall {
        call: CallId(9),
        slot: 3,
        party: party("Anna", "101"),
        by: party("Ben", "102"),
        since: testing::start(),
    };
    let text = dialog_info("sip:*703@farend", 0, &[Dialog::parked(&parked)]);
    assert!(
        text.contains("<state>confirmed</state>") && text.contains("sip:101@farend"),
        "{text}"
    );
}

#[test]
fn what_may_not_stand_in_xml_is_left_out() {
    let strange = Dialog::of(&view(Side::Called, CallState::Ringing), "a\u{0}\u{1b}b\u{fffe}", false);
    assert!(dialog_info("sip:102@farend", 0, &[strange]).contains("display=\"ab\""));
}

#[test]
fn presence_is_open_or_closed_with_a_note() {
    for (state, basic, note) in [
        (UserState::Offline, "closed", "Offline"),
        (UserState::Available, "open", "Available"),
        (UserState::Ringing, "open", "Ringing"),
        (UserState::OnACall, "open", "On a call"),
    ] {
        let text = presence("sip:102@farend", state);
        assert!(
            text.contains(&format!("<basic>{basic}</basic>")) && text.contains(&format!("<note>{note}</note>")),
            "{text}"
        );
    }
}

#[test]
fn no_message_waits() {
    let expected = "Messages-Waiting: no\r\nMessage-Account: sip:102@farend\r\nVoice-Message: 0/0 (0/0)\r\n";
    assert_eq!(message_summary("sip:102@farend"), expected);
}
