//! REFER (RFC 3515), inside a call: the phone hands its other party over.

use lab::stage::played;

/// Ben says this, and Cleo that.
const BEN_HZ: f64 = 1000.0;
const CLEO_HZ: f64 = 1500.0;

/// Section 4.1.
#[test]
fn a_refer_is_accepted_and_told_until_it_has_ended() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers_and_hangs_up", &[]);
        let anna = stage.phone("101-desk").plays("rfc3515/accepted", &[("to", "102"), ("target", "103")]);
        anna.talks();
        anna.cue("");
        ben.says(BEN_HZ);
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
