//! Service examples (RFC 5359) that begin in a call: hold, transfer, conference, park.

use lab::company::{call_in, control};
use lab::stage::played;
use lab::tone::OTHER_BROWSER_HZ;
use lab::wire::header;
use serde_json::json;

use crate::{ANNA_HZ, BEN_HZ, CLEO_HZ};

/// Sections 2.1 and 2.3: who is held hears music and nothing of the other side.
#[test]
fn a_call_is_held_with_music_and_taken_back() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let anna = stage.phone("101-desk").plays("rfc5359/holds", &[("to", "102")]);
        anna.talks();
        anna.says(ANNA_HZ);
        ben.says(BEN_HZ);
        anna.voice.hears(BEN_HZ);
        ben.voice.hears(ANNA_HZ);
        anna.cue("");
        ben.voice.hears_music(&[ANNA_HZ, BEN_HZ]);
        anna.cue("");
        ben.voice.hears(ANNA_HZ);
        anna.voice.hears(BEN_HZ);
        anna.cue("");
        anna.ends();
        ben.ends();
    });
}

/// Section 2.2.
#[test]
fn a_held_party_waits_while_another_one_is_asked() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers", &[]);
        let first = stage.phone("101-desk").plays("rfc5359/holds", &[("to", "102")]);
        first.talks();
        first.cue("");
        first.says(ANNA_HZ);
        ben.voice.hears_music(&[ANNA_HZ, BEN_HZ]);
        let second = stage.phone("101-desk").plays("phone/calls_and_hangs_up", &[("to", "103")]);
        second.talks();
        second.says(ANNA_HZ);
        cleo.says(CLEO_HZ);
        cleo.voice.hears(ANNA_HZ);
        second.voice.hears(CLEO_HZ);
        second.cue("");
        second.ends();
        cleo.ends();
        first.cue("");
        ben.voice.hears(ANNA_HZ);
        first.cue("");
        first.ends();
        ben.ends();
    });
}

/// Section 2.4: the transferor leaves at once.
#[test]
fn a_caller_is_handed_over_without_asking() {
    played(|stage| {
        let cleo = stage.registered("103-desk").plays("phone/answers_on_cue", &[]);
        let ben = stage
            .registered("102-desk")
            .plays("rfc5359/transfers", &[("refer_to", "<sip:103@farend>")]);
        let anna = stage.phone("101-desk").plays("phone/calls_and_hangs_up", &[("to", "102")]);
        anna.says(ANNA_HZ);
        ben.voice.hears(ANNA_HZ);
        ben.cue("");
        ben.ends();
        let invite = cleo.receives("INVITE");
        assert!(header(&invite, "From").unwrap().contains("sip:101@"), "{invite}");
        cleo.cue("");
        cleo.talks();
        cleo.says(CLEO_HZ);
        anna.voice.hears(CLEO_HZ);
        cleo.voice.hears(ANNA_HZ);
        anna.cue("");
        anna.ends();
        cleo.ends();
    });
}

/// Section 2.5: the first dialog's REFER names the second one.
#[test]
fn two_calls_are_connected_after_asking() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers_and_hangs_up", &[]);
        let first = stage.phone("101-desk").plays("rfc5359/connects", &[("to", "102")]);
        first.talks();
        first.cue("");
        first.receives_where("the answer to its hold", |message| message.contains("a=recvonly"));
        let second = stage.phone("101-desk").plays("phone/calls", &[("to", "103")]);
        second.talks();
        cleo.says(CLEO_HZ);
        second.voice.hears(CLEO_HZ);
        first.cue(&second.dialog().replace(';', "%3B").replace('=', "%3D").replace('@', "%40"));
        first.ends();
        second.ends();
        ben.says(BEN_HZ);
        ben.voice.hears(CLEO_HZ);
        cleo.voice.hears(BEN_HZ);
        cleo.cue("");
        cleo.ends();
        ben.ends();
    });
}

/// Section 2.10: the one in the middle joins their two calls.
#[test]
fn a_third_party_is_added() {
    played(|stage| {
        let of_anna = stage.server.sign_in("101").unwrap();
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers_and_hangs_up", &[]);
        let first = stage.phone("101-desk").plays("rfc5359/holds", &[("to", "102")]);
        first.talks();
        first.cue("");
        let held = call_in(&of_anna, "holding");
        let second = stage.phone("101-desk").plays("phone/calls", &[("to", "103")]);
        second.talks();
        let talking = call_in(&of_anna, "talking");
        control(&of_anna, &talking, "confer", &json!({"with": held["call"]})).unwrap();
        // Two calls have become one: the phone's second one ends, and it takes back the first one.
        second.ends();
        first.cue("");
        call_in(&of_anna, "conferring");
        ben.says(BEN_HZ);
        cleo.says(CLEO_HZ);
        first.says(ANNA_HZ);
        ben.voice.hears_together(&[ANNA_HZ, CLEO_HZ], &[BEN_HZ]);
        cleo.voice.hears_together(&[ANNA_HZ, BEN_HZ], &[CLEO_HZ]);
        first.voice.hears_together(&[BEN_HZ, CLEO_HZ], &[ANNA_HZ]);
        first.cue("");
        first.ends();
        // Two are left: an ordinary call.
        ben.voice.hears(CLEO_HZ);
        cleo.cue("");
        cleo.ends();
        ben.ends();
    });
}

/// Section 2.11: the third one comes by itself, into a room.
#[test]
fn a_third_party_joins() {
    played(|stage| {
        let admin = stage.server.sign_in("admin").unwrap();
        let room = json!({
            "name": "Open door", "extension": "810", "pin": null, "host_ids": [],
            "waits_for_host": false, "has_tones": false, "members_max": 10,
        });
        admin.post("/api/v1/rooms", &room).unwrap();
        let tones = [ANNA_HZ, BEN_HZ, CLEO_HZ];
        let members = ["101-desk", "102-desk", "103-desk"].map(|sip_user| {
            let member = stage.phone(sip_user).plays("phone/calls_and_hangs_up", &[("to", "810")]);
            member.talks();
            member
        });
        for (member, tone_hz) in members.iter().zip(tones) {
            member.says(tone_hz);
        }
        for (member, own_hz) in members.iter().zip(tones) {
            let others: Vec<f64> = tones.into_iter().filter(|tone_hz| *tone_hz != own_hz).collect();
            member.voice.hears_together(&others, &[own_hz]);
        }
        for member in members {
            member.cue("");
            member.ends();
        }
    });
}

/// Section 2.15.
#[test]
fn a_call_is_parked_and_taken_at_another_phone() {
    played(|stage| {
        let ben = stage.registered("102-desk").plays("rfc5359/parks", &[]);
        let anna = stage.phone("101-desk").plays("phone/calls", &[("to", "102")]);
        ben.talks();
        anna.says(ANNA_HZ);
        ben.cue("");
        ben.ends();
        anna.voice.hears_music(&[ANNA_HZ, OTHER_BROWSER_HZ]);
        let cleo = stage.phone("103-desk").plays("phone/calls_and_hangs_up", &[("to", "*703")]);
        cleo.talks();
        cleo.says(CLEO_HZ);
        cleo.voice.hears(ANNA_HZ);
        anna.voice.hears(CLEO_HZ);
        cleo.cue("");
        cleo.ends();
        anna.ends();
    });
}
