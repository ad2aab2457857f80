//! Ways round the permissions. Anna may call national numbers; nobody may call other countries. Whatever is sent, providers get no INVITE that
//! who is responsible could not have dialled.

use super::dialogs::{Dialog, invite_among};
use super::trunks::{FIRST, Scene, company, incoming, provider};
use super::*;

/// Another country's number, in the words of phones.
const DEAR: &str = "00431234567";
/// A number that Anna may call.
const CHEAP: &str = "030556677";

const ANNA: (u8, &str) = (2, "101-web");
const BEN: (u8, &str) = (3, "102-web");

fn of((host, user): (u8, &str)) -> (Flow, &str) {
    (wss(host), user)
}

/// Nothing has gone out, whatever came before.
fn nothing_is_carried(scene: &mut Scene, what: &str) {
    assert_eq!(scene.carried(), [""; 0], "{what}");
    scene.bench.outputs.clear();
}

fn refer(target: &str) -> String {
    format!("Refer-To: <{target}>\r\n")
}

/// Ways to write a number that is dear.
fn dear_targets() -> Vec<String> {
    let forms = [
        format!("sip:{DEAR}@farend"),
        format!("sip:{DEAR}@10.0.0.101:5060;transport=udp;lr"),
        "sip:+431234567@one.example.com;user=phone".to_owned(),
        "sips:+431234567@farend".to_owned(),
        "tel:+43-1-234567".to_owned(),
        format!("sip:*31*{DEAR}@farend"),
        "sip:%2B431234567@farend".to_owned(),
        format!("sip:{CHEAP};phone-context=+43@farend"),
        format!("sip:{DEAR}@farend?Route=%3Csip:10.0.0.101;lr%3E&P-Asserted-Identity=%3Csip:102@farend%3E"),
        format!("sip:{DEAR}@farend;method=INVITE"),
    ];
    forms.into()
}

#[test]
fn by_the_address_of_a_call() {
    for target in dear_targets() {
        let mut scene = Scene::of(company());
        for lines in [
            "",
            "Route: <sip:10.0.0.101;lr>\r\n",
            "P-Asserted-Identity: <sip:102@farend>\r\nP-Preferred-Identity: <sip:102@farend>\r\nDiversion: <sip:102@farend>\r\n",
        ] {
            let lines = format!("Contact: <sip:{DEAR}@10.0.0.101>\r\n{lines}Content-Type: application/sdp\r\n");
            scene.bench.request(wss(2), "INVITE", &target, "101-web", &lines, "v=0\r\n");
            scene
                .carried()
                .iter()
                .for_each(|line| assert!(line.contains("4930556677"), "{target}: {line}"));
            scene.bench.outputs.clear();
        }
    }
}

#[test]
fn by_a_transfer_within_a_call() {
    for target in dear_targets() {
        let mut scene = Scene::of(company());
        let (mut anna, _) = scene.talk(of(ANNA), "102", wss(3));
        scene.request_within(&mut anna, "REFER", &refer(&target), "");
        scene
            .carried()
            .iter()
            .for_each(|line| assert!(line.contains("4930556677"), "{target}: {line}"));
    }
    let mut scene = Scene::of(company());
    let (mut anna, _) = scene.talk(of(ANNA), "102", wss(3));
    scene.request_within(&mut anna, "REFER", &refer(&format!("sip:{CHEAP}@farend")), "");
    assert_eq!(
        scene.carried(),
        ["INVITE sip:4930556677@one.example.com SIP/2.0"],
        "she may do that"
    );
}

#[test]
fn who_transfers_is_responsible_not_who_is_handed_over() {
    let cheap = refer(&format!("sip:{CHEAP}@farend"));
    let mut scene = Scene::of(company());
    let (_, mut ben) = scene.talk(of(ANNA), "102", wss(3));
    scene.request_within(&mut ben, "REFER", &cheap, "");
    nothing_is_carried(&mut scene, "Ben may not call the world");
    let mut scene = Scene::of(company());
    let (mut world, _) = scene.answer_the_world("4989123450101", wss(2));
    scene.request_within(&mut world, "REFER", &cheap, "");
    nothing_is_carried(&mut scene, "the world may not hand calls on");
    let mut scene = Scene::of(company());
    let (mut ben, _) = scene.talk(of(BEN), "101", wss(2));
    let lines = format!("{cheap}Referred-By: <sip:101@farend>\r\n");
    scene.request_within(&mut ben, "REFER", &lines, "");
    nothing_is_carried(&mut scene, "whoever is said to have asked for it");
}

#[test]
fn by_a_transfer_outside_of_calls() {
    let mut scene = Scene::of(company());
    for target in dear_targets().into_iter().chain([format!("sip:{CHEAP}@farend")]) {
        for event in ["", "Target-Dialog: x;local-tag=1;remote-tag=2\r\n"] {
            let lines = format!("Contact: <sip:101-web@10.0.0.2>\r\n{}{event}", refer(&target));
            scene.bench.request(wss(2), "REFER", "sip:102@farend", "101-web", &lines, "");
            nothing_is_carried(&mut scene, &target);
        }
    }
}

#[test]
fn by_replacing_calls() {
    let mut scene = Scene::of(company());
    let (mut anna, _) = scene.talk(of(ANNA), CHEAP, provider(FIRST));
    for number in [DEAR, CHEAP, "102"] {
        let target = format!("sip:{number}@farend?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2");
        scene.request_within(&mut anna, "REFER", &refer(&target), "");
        nothing_is_carried(&mut scene, &target);
    }
    // Ben may not call the world: neither may he take over a call of somebody who may.
    let (call, from, to) = anna.identifiers();
    let tag = |field: &str| field.split(";tag=").nth(1).unwrap_or_default().to_owned();
    for replaces in [
        format!("{call};to-tag={};from-tag={}", tag(&to), tag(&from)),
        format!("{call};to-tag={};from-tag={}", tag(&from), tag(&to)),
    ] {
        for number in ["101", CHEAP, DEAR] {
            let uri = format!("sip:{number}@farend");
            let lines = format!("Contact: <sip:102-web@10.0.0.3>\r\nReplaces: {replaces}\r\nContent-Type: application/sdp\r\n");
            scene.bench.request(wss(3), "INVITE", &uri, "102-web", &lines, "v=0\r\n");
            nothing_is_carried(&mut scene, &uri);
        }
    }
    assert_eq!(scene.bench.core.figures().calls, 1, "Anna still talks");
}

#[test]
fn by_digits_behind_feature_codes() {
    for code in ["*43", "*44", "*31*", "*31#", "#31#", "*9419", "**", "*21*", "*43*"] {
        for number in [DEAR, "+431234567"] {
            let mut scene = Scene::of(company());
            scene.bench.invite(wss(2), "101-web", &format!("{code}{number}"));
            nothing_is_carried(&mut scene, code);
        }
    }
}

#[test]
fn by_keys_in_calls() {
    let keys = |scene: &mut Scene, dialog: &mut Dialog| {
        for number in [DEAR, CHEAP] {
            for key in ["*", "1", "#"]
                .into_iter()
                .chain(number.split("").filter(|key| !key.is_empty()))
                .chain(["#"])
            {
                scene.request_within(
                    dialog,
                    "INFO",
                    "Content-Type: application/dtmf-relay\r\n",
                    &format!("Signal={key}\r\nDuration=100\r\n"),
                );
            }
            scene.request_within(dialog, "INFO", "Content-Type: application/dtmf\r\n", number);
        }
    };
    let mut scene = Scene::of(company());
    let mut echo = scene.served(of(ANNA), "*43");
    keys(&mut scene, &mut echo);
    nothing_is_carried(&mut scene, "the echo test");
    let mut scene = Scene::of(company());
    let (mut anna, mut ben) = scene.talk(of(ANNA), "102", wss(3));
    keys(&mut scene, &mut anna);
    keys(&mut scene, &mut ben);
    nothing_is_carried(&mut scene, "a call inside");
    let mut scene = Scene::of(company());
    let (mut world, mut anna) = scene.answer_the_world("4989123450101", wss(2));
    keys(&mut scene, &mut world);
    keys(&mut scene, &mut anna);
    nothing_is_carried(&mut scene, "a call from outside");
}

#[test]
fn by_phones_that_send_calls_elsewhere() {
    for status in [
        "300 Multiple Choices",
        "301 Moved Permanently",
        "302 Moved Temporarily",
        "305 Use Proxy",
        "380 Alternative Service",
    ] {
        for number in [DEAR, CHEAP] {
            for from_outside in [true, false] {
                let mut scene = Scene::of(company());
                // Anna's phone is called: by the world, and by Ben, who may not call the world.
                if from_outside {
                    incoming(&mut scene, provider(FIRST), "4989123450101");
                } else {
                    scene.bench.invite(wss(3), "102-web", "101");
                }
                let invite = invite_among(&scene.settle());
                let lines = format!("Contact: <sip:{number}@farend>, <sip:{number}@10.0.0.101;transport=udp>;q=0.5, <tel:{number}>\r\n");
                scene.reply(wss(2), &invite, status, &lines, "");
                scene.bench.after(std::time::Duration::from_secs(5));
                nothing_is_carried(&mut scene, status);
            }
        }
    }
}

#[test]
fn by_contacts_at_a_providers() {
    for contact in [
        format!("<sip:{DEAR}@10.0.0.101:5060>"),
        format!("<sip:{DEAR}@one.example.com;user=phone>"),
        "<tel:+431234567>".to_owned(),
    ] {
        let mut scene = Scene::of(company());
        scene.bench.register(wss(2), "101-web", &format!("Contact: {contact}\r\n"));
        incoming(&mut scene, provider(FIRST), "4989123450101");
        nothing_is_carried(&mut scene, &contact);
        scene.bench.invite(wss(3), "102-web", "101");
        nothing_is_carried(&mut scene, &contact);
    }
}
