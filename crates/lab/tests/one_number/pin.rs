//! Somebody guesses PINs.

use lab::baresip::Setup;
use lab::server::PIN;
use lab::{Baresip, Farend, isolated};

use crate::desk_share::SHARED;
use lab::company::{ANNA, SOON, number_comes_to, place, share};

const GUESSES_MAX: u32 = 5;

#[test]
fn after_five_guesses_the_phone_is_throttled_and_the_rightful_person_is_not() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        share(&server.sign_in("admin").unwrap(), "101-desk");
        let guessing = Baresip::start(world, Setup { sip_port: 5090, ..SHARED }).unwrap();
        let own = Baresip::start(world, ANNA).unwrap();
        let session = server.sign_in("101").unwrap();
        let log_on = |phone: &Baresip, code: &str| {
            phone.forget_events();
            phone.dial(code).unwrap();
            phone.wait_for("the code's call is over", SOON, "CALL_CLOSED");
        };
        // Anna has logged off, so that only a PIN gives her the phone.
        log_on(&own, "*9419");
        for guess in 0..GUESSES_MAX {
            log_on(&guessing, &format!("*9419101*{}", 9_000 + guess));
        }
        log_on(&guessing, &format!("*9419101*{PIN}"));
        assert_eq!(place(&session), "nowhere", "the right PIN comes too late here");
        log_on(&own, &format!("*9419101*{PIN}"));
        number_comes_to(&session, "desk_phone", SOON);
    });
}
