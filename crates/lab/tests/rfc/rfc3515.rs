//! REFER (RFC 3515): a phone hands its other party over.

use lab::stage::played;

use crate::{BEN_HZ, CLEO_HZ};

const TO_CLEO: (&str, &str) = ("refer_to", "<sip:103@farend>");

/// Section 4.1.
#[test]
fn a_refer_is_accepted_and_told_until_it_has_ended() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers_and_hangs_up", &[]);
        let anna = stage.phone("101-desk").plays("rfc3515/accepted", &[("to", "102"), TO_CLEO]);
        anna.talks();
        ben.says(BEN_HZ);
        anna.voice.hears(BEN_HZ);
        anna.cue("");
        cleo.talks();
        cleo.says(CLEO_HZ);
        anna.ends();
        ben.voice.hears(CLEO_HZ);
        cleo.voice.hears(BEN_HZ);
        cleo.cue("");
        cleo.ends();
        ben.ends();
    });
}

/// Section 2.4.5.
#[test]
fn a_target_that_refuses_is_told_and_the_call_goes_on() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/refuses", &[]);
        let anna = stage.phone("101-desk").plays("rfc3515/target_refuses", &[("to", "102"), TO_CLEO]);
        cleo.ends();
        ben.says(BEN_HZ);
        anna.voice.hears(BEN_HZ);
        anna.cue("");
        anna.ends();
        ben.ends();
    });
}

/// Section 4.2.
#[test]
fn a_second_refer_is_told_apart_and_waits_for_the_first_one() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let desk = stage.registered("103-desk");
        let cleo = desk.plays("phone/refuses_on_cue", &[]);
        let anna = stage.phone("101-desk").plays("rfc3515/two_refers", &[("to", "102"), TO_CLEO]);
        anna.receives("SIP/2.0 491");
        cleo.cue("");
        cleo.ends();
        let cleo = desk.plays("phone/answers_and_hangs_up", &[]);
        anna.cue("");
        anna.ends();
        cleo.cue("");
        cleo.ends();
        ben.ends();
    });
}

/// Section 2.4.2.
#[test]
fn a_refer_that_names_no_single_target_is_refused() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let anna = stage.phone("101-desk").plays("rfc3515/refused", &[("to", "102")]);
        anna.ends();
        ben.ends();
    });
}

/// Section 2.4.1.
#[test]
fn a_refer_outside_of_a_call_is_refused() {
    played(|stage| {
        stage.phone("101-desk").plays("rfc3515/outside", &[("to", "102")]).ends();
    });
}

/// Section 2.4.4.
#[test]
fn a_refers_subscription_can_be_prolonged_and_ended() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers_on_cue", &[]);
        let anna = stage.phone("101-desk").plays("rfc3515/unsubscribes", &[("to", "102"), TO_CLEO]);
        anna.receives_where("the last NOTIFY", |message| message.contains("Subscription-State: terminated"));
        cleo.cue("");
        anna.ends();
        drop((ben, cleo));
    });
}

/// RFC 4488.
#[test]
fn a_refer_that_wants_no_subscription_gets_none() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers_and_hangs_up", &[]);
        let anna = stage.phone("101-desk").plays("rfc3515/untold", &[("to", "102")]);
        anna.ends();
        cleo.cue("");
        cleo.ends();
        ben.ends();
    });
}
