//! `Referred-By` (RFC 3892): what a referrer says of themselves. Identity is who has signed the call, so it changes nothing, and is not handed on.

use lab::stage::played;
use lab::wire::header;

/// Sections 7.1 and 7.2: whoever it names, the target sees whom it gets, and the journal who has really handed over.
#[test]
fn a_referrer_is_who_has_signed_and_not_who_is_named() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers_and_hangs_up", &[]);
        let forged = "Referred-By: <sip:admin@farend>;cid=\"20398823.2UWQFN309shb3@farend\"";
        let texts = [("to", "102"), ("refer_to", "<sip:103@farend>"), ("referred_by", forged)];
        let anna = stage.phone("101-desk").plays("rfc3515/accepted", &texts);
        anna.talks();
        anna.cue("");
        let invite = cleo.receives("INVITE");
        assert!(header(&invite, "From").unwrap().contains("sip:102@"), "{invite}");
        assert_eq!(header(&invite, "Referred-By"), None, "{invite}");
        anna.ends();
        cleo.cue("");
        cleo.ends();
        ben.ends();
        let call = stage.server.sign_in("103").unwrap().call_once("answered");
        assert!(call.to_string().contains("101") && !call.to_string().contains("admin"), "{call}");
    });
}

/// Section 7.3.
#[test]
fn a_target_that_insists_on_a_signed_referrer_is_a_target_that_refuses() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("rfc3892/target_insists", &[]);
        let texts = [
            ("to", "102"),
            ("refer_to", "<sip:103@farend>"),
            ("referred_by", "Referred-By: <sip:101@farend>"),
        ];
        let anna = stage.phone("101-desk").plays("rfc3892/referrer", &texts);
        cleo.ends();
        anna.ends();
        ben.ends();
    });
}
