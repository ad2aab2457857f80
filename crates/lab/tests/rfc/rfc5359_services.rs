//! Service examples (RFC 5359) that decide where a call goes: forwarding, find-me, screening, pick-up, redial, click to dial.

use lab::company::id_of;
use lab::stage::{Player, Stage, played};
use serde_json::{Value, json};

use crate::{ANNA_HZ, BEN_HZ, CLEO_HZ};

fn forwards(stage: &Stage<'_>, when: &str, after_s: Option<u32>) {
    let forward = json!({
        "is_on": true, "when": when, "after_s": after_s, "from": "anybody", "numbers": [], "during": null, "to": "103",
    });
    reached(stage, &json!({"forwards": [forward]}));
}

/// What becomes of calls to Ben, where it is not as usual.
fn reached(stage: &Stage<'_>, different: &Value) {
    let mut reaching = json!({"forwards": [], "do_not_disturb": {"is_on": false, "except": []}, "rejects_anonymous": false});
    for (name, value) in different.as_object().unwrap() {
        reaching[name] = value.clone();
    }
    stage.server.sign_in("102").unwrap().put("/api/v1/me/reaching", &reaching).unwrap();
}

/// Anna and Cleo talk, and Anna hangs up.
fn talk_and_end(anna: Player, cleo: Player) {
    anna.talks();
    anna.says(ANNA_HZ);
    cleo.says(CLEO_HZ);
    anna.voice.hears(CLEO_HZ);
    cleo.voice.hears(ANNA_HZ);
    anna.cue("");
    anna.ends();
    cleo.ends();
}

/// Section 2.7.
#[test]
fn all_calls_are_forwarded() {
    played(|stage| {
        forwards(stage, "always", None);
        let cleo = stage.registered("103-desk").plays("phone/answers", &[]);
        talk_and_end(stage.phone("101-desk").plays("rfc5359/forwarded", &[("to", "102")]), cleo);
    });
}

/// Section 2.8.
#[test]
fn calls_are_forwarded_while_busy() {
    played(|stage| {
        forwards(stage, "busy", None);
        let ben = stage.registered("102-desk").plays("phone/refuses", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers", &[]);
        let anna = stage.phone("101-desk").plays("rfc5359/forwarded", &[("to", "102")]);
        ben.ends();
        talk_and_end(anna, cleo);
    });
}

/// Section 2.9.
#[test]
fn calls_are_forwarded_when_nobody_answers() {
    played(|stage| {
        forwards(stage, "no_answer", Some(1));
        let ben = stage.registered("102-desk").plays("phone/stops_ringing", &[]);
        let cleo = stage.registered("103-desk").plays("phone/answers", &[]);
        let anna = stage.phone("101-desk").plays("rfc5359/forwarded", &[("to", "102")]);
        ben.ends();
        talk_and_end(anna, cleo);
    });
}

/// Section 2.12: one phone after the other, until somebody is found.
#[test]
fn somebody_is_found_at_their_other_phone() {
    played(|stage| {
        let admin = stage.server.sign_in("admin").unwrap();
        let of_ben = stage.server.sign_in("102").unwrap();
        let ben = of_ben.fetch("/api/v1/me").unwrap()["id"].clone();
        let device = json!({"user_id": ben, "kind": "desk_phone", "label": "Attic", "sip_user": "102-attic"});
        let device = admin.post("/api/v1/devices", &device).unwrap();
        let secret = device["secret"].as_str().unwrap();
        let path = format!("/api/v1/devices/{}", id_of(&of_ben, "102-attic"));
        of_ben.patch(&path, &json!({"rings": "after", "rings_after_s": 1})).unwrap();

        let desk = stage.registered("102-desk").plays("phone/is_cancelled", &[]);
        let attic = stage.registered_with("102-attic", secret).plays("phone/answers", &[]);
        let anna = stage.phone("101-desk").plays("phone/calls_and_hangs_up", &[("to", "102")]);
        desk.ends();
        attic.says(BEN_HZ);
        anna.voice.hears(BEN_HZ);
        anna.cue("");
        anna.ends();
        attic.ends();
    });
}

/// Section 2.13: by who calls.
#[test]
fn calls_to_somebody_are_screened() {
    played(|stage| {
        reached(stage, &json!({"do_not_disturb": {"is_on": true, "except": ["103"]}}));
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let texts = [("to", "102"), ("status", "480")];
        stage.phone("101-desk").plays("rfc5359/refused", &texts).ends();
        let cleo = stage.phone("103-desk").plays("phone/calls_and_hangs_up", &[("to", "102")]);
        ben.says(BEN_HZ);
        cleo.voice.hears(BEN_HZ);
        cleo.cue("");
        cleo.ends();
        ben.ends();
    });
}

/// Section 2.14: by what the caller may dial.
#[test]
fn calls_of_somebody_are_screened() {
    played(|stage| {
        let admin = stage.server.sign_in("admin").unwrap();
        let mut plan = admin.fetch("/api/v1/number-plan").unwrap();
        plan["country"] = json!("DE");
        plan["area"] = json!("30");
        admin.put("/api/v1/number-plan", &plan).unwrap();
        let id = stage.server.sign_in("101").unwrap().fetch("/api/v1/me").unwrap()["id"].clone();
        let path = format!("/api/v1/users/{id}/calling");
        let mut calling = admin.fetch(&path).unwrap();
        calling["classes"] = json!(["free", "local"]);
        admin.put(&path, &calling).unwrap();
        stage
            .phone("101-desk")
            .plays("rfc5359/refused", &[("to", "00012025550100"), ("status", "403")])
            .ends();
    });
}

/// Section 2.16.
#[test]
fn a_ringing_call_is_picked_up() {
    played(|stage| {
        crate::make_colleagues(stage);
        let ben = stage.registered("102-desk").plays("phone/is_cancelled", &[]);
        let anna = stage.phone("101-desk").plays("phone/calls", &[("to", "102")]);
        ben.receives("INVITE");
        let cleo = stage.phone("103-desk").plays("phone/calls_and_hangs_up", &[("to", "**102")]);
        ben.ends();
        cleo.talks();
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

/// Section 2.17: whoever found somebody busy is called once both are free.
#[test]
fn a_busy_number_is_called_again_once_it_is_free() {
    played(|stage| {
        let ben_at_desk = stage.registered("102-desk");
        let ben = ben_at_desk.plays("phone/answers", &[]);
        let cleo = stage.phone("103-desk").plays("phone/calls_and_hangs_up", &[("to", "102")]);
        ben.talks();
        cleo.talks();
        let anna = stage.registered("101-desk");
        let noted = anna.plays("phone/calls", &[("to", "*37102")]);
        noted.talks();
        noted.ends();
        let anna = anna.plays("phone/answers_and_hangs_up", &[]);
        cleo.cue("");
        cleo.ends();
        ben.ends();
        let ben = ben_at_desk.plays("phone/answers", &[]);
        anna.talks();
        ben.talks();
        anna.says(ANNA_HZ);
        ben.says(BEN_HZ);
        anna.voice.hears(BEN_HZ);
        ben.voice.hears(ANNA_HZ);
        anna.cue("");
        anna.ends();
        ben.ends();
    });
}

/// Section 2.18.
#[test]
fn a_number_that_is_clicked_is_dialled_at_the_desk_phone() {
    played(|stage| {
        let of_anna = stage.server.sign_in("101").unwrap();
        let anna = stage.registered("101-desk").plays("phone/is_asked_to_answer", &[]);
        let ben = stage.registered("102-desk").plays("phone/answers", &[]);
        let wanted = json!({"device_id": id_of(&of_anna, "101-desk"), "number": "102"});
        of_anna.post("/api/v1/me/live-calls", &wanted).unwrap();
        ben.talks();
        anna.says(ANNA_HZ);
        ben.says(BEN_HZ);
        anna.voice.hears(BEN_HZ);
        ben.voice.hears(ANNA_HZ);
        anna.cue("");
        anna.ends();
        ben.ends();
    });
}
