//! Calling again whom one has called last, and whoever has called last.

use lab::listening::desk_phone_hears;
use lab::tone::{DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::{Baresip, Farend, isolated};

use lab::company::{ANNA, BEN, SOON, rings_at};

#[test]
fn the_last_number_is_dialled_again_and_the_last_call_returned() {
    isolated(|world| {
        let _server = Farend::start(world).unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        let anna = Baresip::start(world, ANNA).unwrap();
        rings_at(&anna, "102", &ben);

        anna.dial("*66").unwrap();
        ben.wait_for("Anna calls Ben again", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        anna.wait_for("both talk", SOON, "CALL_ESTABLISHED");
        desk_phone_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        anna.hang_up().unwrap();
        ben.wait_for("the call is over", SOON, "CALL_CLOSED");
        anna.forget_events();
        ben.forget_events();

        ben.dial("*69").unwrap();
        anna.wait_for("Ben calls back who has called him", SOON, "CALL_INCOMING");
        anna.answer().unwrap();
        ben.wait_for("both talk", SOON, "CALL_ESTABLISHED");
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        ben.hang_up().unwrap();
    });
}
