//! Whoever has found a colleague on a call is called once both are free.

use lab::baresip::Setup;
use lab::listening::desk_phone_hears;
use lab::tone::{DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::{Baresip, Farend, isolated};

use lab::company::{ANNA, BEN, CLEO, SOON};

#[test]
fn both_phones_ring_once_the_busy_one_is_free() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let of_anna = server.sign_in("101").unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        let cleo = Baresip::start(world, CLEO).unwrap();
        let anna = Baresip::start(
            world,
            Setup {
                control_port: 4447,
                ..ANNA
            },
        )
        .unwrap();

        cleo.dial("102").unwrap();
        ben.wait_for("Ben's phone rings", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        cleo.wait_for("Ben is on a call", SOON, "CALL_ESTABLISHED");
        anna.dial("*37102").unwrap();
        anna.wait_for("it is noted, with a tone", SOON, "CALL_ESTABLISHED");
        anna.wait_for("that is all", SOON, "CALL_CLOSED");
        let wishes = of_anna.fetch("/api/v1/me/call-backs").unwrap();
        assert_eq!(wishes["call_backs"][0]["number"], "102", "{wishes}");
        assert!(!anna.was_called());

        anna.forget_events();
        ben.forget_events();
        ben.hang_up().unwrap();
        cleo.wait_for("Ben is free", SOON, "CALL_CLOSED");
        anna.wait_for("Anna's phone rings", SOON, "CALL_INCOMING");
        anna.answer().unwrap();
        ben.wait_for("Ben's phone rings", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        ben.wait_for("both talk", SOON, "CALL_ESTABLISHED");
        desk_phone_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        let wishes = of_anna.fetch("/api/v1/me/call-backs").unwrap();
        assert_eq!(wishes["call_backs"].as_array().map(Vec::len), Some(0), "{wishes}");
        anna.hang_up().unwrap();
    });
}
