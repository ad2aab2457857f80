//! `Replaces` (RFC 3891): an INVITE takes the place of a dialog.

use lab::stage::{Stage, played};

use crate::{ANNA_HZ, BEN_HZ, CLEO_HZ};

fn refuses(stage: &Stage<'_>, sip_user: &str, replaces: &str, status: &str) {
    let headers = format!("Replaces: {replaces}");
    let texts = [("to", "102"), ("headers", headers.as_str()), ("status", status)];
    stage.phone(sip_user).plays("rfc3891/refused", &texts).ends();
}

/// Section 3: the dialog is confirmed.
#[test]
fn a_confirmed_dialog_is_replaced_and_ended() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("rfc3891/replaced", &[]);
        let anna = stage.phone("101-desk").plays("phone/calls", &[("to", "102")]);
        ben.talks();
        anna.says(ANNA_HZ);
        ben.voice.hears(ANNA_HZ);
        let headers = format!("Require: replaces\nReplaces: {}", ben.dialog());
        let other = stage
            .phone("102-desk")
            .plays("rfc3891/replaces", &[("to", "102"), ("headers", &headers)]);
        other.says(BEN_HZ);
        ben.ends();
        anna.voice.hears(BEN_HZ);
        other.voice.hears(ANNA_HZ);
        other.cue("");
        other.ends();
        anna.ends();
    });
}

/// Section 3: what is refused, and how; the call that is meant goes on.
#[test]
fn what_cannot_be_replaced_is_refused() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let anna = stage.phone("101-desk").plays("phone/calls_and_hangs_up", &[("to", "102")]);
        ben.talks();
        let dialog = ben.dialog();
        refuses(stage, "102-desk", "nobody@lab;to-tag=a;from-tag=b", "481");
        refuses(stage, "102-desk", &dialog.replace(";to-tag=", ";to-tag=x"), "481");
        refuses(stage, "102-desk", &dialog.replace(";from-tag=", ";from-tag=x"), "481");
        refuses(stage, "102-desk", &format!("{dialog};early-only"), "486");
        refuses(stage, "102-desk", &format!("{dialog}\nReplaces: {dialog}"), "400");
        refuses(stage, "102-desk", dialog.split(';').next().unwrap(), "400");
        // Section 5: only who might take part in it anyway.
        refuses(stage, "103-desk", &dialog, "403");
        ben.says(BEN_HZ);
        anna.voice.hears(BEN_HZ);
        anna.cue("");
        anna.ends();
        ben.ends();
        refuses(stage, "102-desk", &dialog, "481");
    });
}

/// Section 7.1: an early dialog of the phone that has begun it is nobody else's.
#[test]
fn an_early_dialog_that_a_phone_has_begun_is_not_replaced() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers_on_cue", &[]);
        let anna = stage.phone("101-desk").plays("phone/calls_and_hangs_up", &[("to", "102")]);
        anna.receives("SIP/2.0 180");
        refuses(stage, "101-desk", &anna.dialog(), "481");
        ben.cue("");
        anna.talks();
        anna.cue("");
        anna.ends();
        ben.ends();
    });
}

/// Section 7.2: a call is picked up by the dialog of the phone that rings; `early-only` is fine there.
#[test]
fn an_early_dialog_is_replaced_by_a_colleague_who_may_pick_it_up() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/is_cancelled", &[]);
        let anna = stage.phone("101-desk").plays("phone/calls", &[("to", "102")]);
        anna.receives("SIP/2.0 180");
        let headers = format!("Replaces: {};early-only", ben.dialog());
        let texts = [("to", "102"), ("headers", headers.as_str()), ("status", "403")];
        let cleo = stage.phone("103-desk");
        crate::forget_colleagues(stage);
        cleo.plays("rfc3891/refused", &texts).ends();
        crate::make_colleagues(stage);
        let cleo = cleo.plays("rfc3891/replaces", &texts);
        ben.ends();
        anna.talks();
        anna.says(ANNA_HZ);
        cleo.says(CLEO_HZ);
        anna.voice.hears(CLEO_HZ);
        cleo.voice.hears(ANNA_HZ);
        cleo.cue("");
        cleo.ends();
        anna.ends();
    });
}
