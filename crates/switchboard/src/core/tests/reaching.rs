//! What callers and providers are told of calls that are forwarded or not wanted.

use std::time::Duration;

use numbers::Class;

use super::dialogs::invite_among;
use super::trunks::{FIRST, Scene, company, provider};
use super::*;
use crate::directory::{Callers, Forward, Forwarded, Room, RoomId, When};

fn rule(when: When, to: &str) -> Forward {
    Forward {
        is_on: true,
        when,
        from: Callers::Anybody,
        during: None,
        to: to.to_owned(),
    }
}

/// Ben has these rules, and may call mobiles.
fn ben_forwards(rules: &[(When, &str)], change: impl FnOnce(&mut Directory)) -> Scene {
    let mut company = company();
    company.users[1].calling.classes = [Class::Mobile].into_iter().collect();
    company.users[1].reaching.forwards = rules.iter().map(|(when, to)| rule(*when, to)).collect();
    company.features.push(("*26".to_owned(), Feature::DoNotDisturb));
    change(&mut company);
    Scene::of(company)
}

const MOBILE: &str = "0171 2345678";
const TO_MOBILE: &str = "INVITE sip:491712345678@one.example.com SIP/2.0";

/// The world calls Ben.
fn outsider(scene: &mut Scene, lines: &str) {
    let uri = "sip:4989123450102@10.0.0.1";
    let lines = format!("Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n{lines}");
    scene.bench.request(provider(FIRST), "INVITE", uri, "4930777777", &lines, "v=0\r\n");
}

#[test]
fn who_calls_is_told_that_it_is_forwarded_and_who_answers() {
    let mut company = directory();
    let cleo = User {
        id: UserId(3),
        name: "Cleo".to_owned(),
        extension: Some("103".to_owned()),
        ..company.users[0].clone()
    };
    let web = Device {
        id: DeviceId(4),
        user: Some(UserId(3)),
        sip_user: "103-web".to_owned(),
        ..company.devices[2].clone()
    };
    company.users.push(cleo);
    company.devices.push(web);
    company.users[1].reaching.forwards = vec![rule(When::Always, "103")];
    let mut scene = Scene::of(company);
    scene.bench.open(wss(4), DeviceId(4));
    scene
        .bench
        .register(wss(4), "103-web", "Contact: <sip:103-web@10.0.0.4;transport=ws>\r\n");
    scene.bench.outputs.clear();
    scene.bench.invite(wss(2), "101-web", "102");
    let sent = scene.settle();
    assert!(sent.iter().any(|message| message.starts_with("SIP/2.0 181 ")), "{sent:?}");
    let invite = invite_among(&sent);
    scene.accept(wss(4), &invite);
    let sent = scene.settle();
    let answer = sent
        .iter()
        .find(|message| message.starts_with("SIP/2.0 200") && message.contains(" INVITE\r\n"));
    let answer = answer.expect("an answer");
    assert_eq!(header(answer, "P-Asserted-Identity"), Some("\"Cleo\" <sip:103@farend>"));
}

#[test]
fn a_forward_to_the_world_is_theirs_who_forwards() {
    for (when, reason, wait_s) in [
        (When::Always, "unconditional", 0),
        (When::NoAnswer { after_s: 7 }, "no-answer", 7),
        (When::Unreachable, "unavailable", 0),
    ] {
        let mut scene = ben_forwards(&[(when, MOBILE)], |company| {
            company.trunks[0].forwarded = Forwarded::OriginalWithDiversion;
        });
        if when == When::Unreachable {
            scene.bench.handle(Input::FlowClosed { flow: wss(3) });
            scene.bench.after(Duration::from_secs(60));
            scene.bench.outputs.clear();
        }
        outsider(&mut scene, "");
        let mut sent = scene.settle();
        scene.bench.after(Duration::from_secs(wait_s));
        sent.extend(scene.settle());
        let invite = sent.iter().rfind(|message| message.starts_with(TO_MOBILE));
        let invite = invite.unwrap_or_else(|| panic!("no INVITE: {when:?}: {sent:?}"));
        let diversion = format!("<sip:4989123450102@one.example.com>;reason={reason};counter=1");
        assert_eq!(header(invite, "Diversion"), Some(diversion.as_str()));
        assert!(header(invite, "From").is_some_and(|from| from.contains("4930777777")), "{invite}");
    }
}

#[test]
fn a_rule_that_its_owner_may_not_dial_is_passed_over() {
    for number in ["030556677", "112", "+431234567", "999"] {
        let mut scene = ben_forwards(&[(When::Always, number)], |_| ());
        scene.bench.invite(wss(2), "101-web", "102");
        let sent = scene.settle();
        assert!(
            sent.iter().any(|message| message.starts_with("INVITE sip:102-web@")),
            "{number}: Ben's phone rings: {sent:?}"
        );
        assert!(!sent.iter().any(|message| message.starts_with("SIP/2.0 181 ")), "{sent:?}");
    }
}

#[test]
fn nobody_forwards_to_a_room() {
    let room = |company: &mut Directory| {
        company.features.push(("*21".to_owned(), Feature::ForwardAlways));
        company.rooms = vec![Room {
            id: RoomId(1),
            name: "Meeting room".to_owned(),
            extension: "150".to_owned(),
            pin: None,
            hosts: Vec::new(),
            waits_for_host: false,
            has_tones: false,
            members_max: 10,
        }];
    };
    let mut scene = ben_forwards(&[(When::Always, "150")], room);
    scene.bench.invite(wss(2), "101-web", "102");
    let sent = scene.settle();
    assert!(sent.iter().any(|message| message.starts_with("INVITE sip:102-web@")), "{sent:?}");
    for (code, is_set) in [("*21150", false), ("*21101", true)] {
        let mut scene = ben_forwards(&[], room);
        scene.bench.invite(wss(3), "102-web", code);
        scene.settle();
        let settles = scene.bench.outputs.iter().any(|output| matches!(output, Output::Settle { .. }));
        assert_eq!(settles, is_set, "{code}");
    }
}

#[test]
fn who_calls_from_the_mobile_that_a_rule_leads_to_reaches_the_phones() {
    let mut scene = ben_forwards(&[(When::Always, MOBILE)], |_| ());
    let lines = "Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n";
    let uri = "sip:4989123450102@10.0.0.1";
    scene
        .bench
        .request(provider(FIRST), "INVITE", uri, "491712345678", lines, "v=0\r\n");
    let sent = scene.settle();
    assert!(
        sent.iter().any(|message| message.starts_with("INVITE sip:102-web@")),
        "the phone rings: {sent:?}"
    );
}

#[test]
fn the_guard_counts_whoever_forwards() {
    let mut scene = ben_forwards(&[(When::Always, MOBILE)], |_| ());
    for _ in 0..11 {
        scene.bench.invite(wss(2), "101-web", "102");
    }
    assert_eq!(scene.carried().len(), 10);
    let rest = scene.bench.rest();
    assert!(
        rest.iter().any(|output| output.contains("Suspected { user: UserId(2)")),
        "Ben, not Anna: {rest:?}"
    );
    scene.bench.outputs.clear();
    scene.bench.invite(wss(3), "102-web", "01712345678");
    assert_eq!(scene.carried(), [TO_MOBILE], "he may call as before");
}

#[test]
fn calls_without_a_number_are_refused_where_they_are_not_wanted() {
    const HIDDEN: &str = "P-Asserted-Identity: <sip:4930777777@one.example.com>\r\nPrivacy: id\r\n";
    for (lines, is_refused) in [(HIDDEN, true), ("", false)] {
        let mut scene = ben_forwards(&[], |company| company.users[1].reaching.rejects_anonymous = true);
        outsider(&mut scene, lines);
        let sent = scene.settle();
        let is_told = sent.iter().any(|message| message.starts_with("SIP/2.0 433 Anonymity Disallowed"));
        assert_eq!(is_told, is_refused, "{sent:?}");
    }
}

#[test]
fn who_is_not_to_be_disturbed_says_so() {
    let mut scene = ben_forwards(&[], |company| {
        company.users[1].reaching.do_not_disturb.is_on = true;
        company.users[1].reaching.do_not_disturb.except = vec!["+49 30 777777".to_owned()];
    });
    scene.bench.invite(wss(2), "101-web", "102");
    let sent = scene.settle();
    let refusal = sent.iter().find(|message| message.starts_with("SIP/2.0 480")).expect("a refusal");
    assert!(header(refusal, "Reason").is_some_and(|reason| reason.contains("does not want to be disturbed")));
    outsider(&mut scene, "");
    assert!(scene.settle().iter().any(|message| message.starts_with("INVITE sip:102-web@")));
}

/// Ben's phone dials a code; the ticket by which the shell is asked.
fn asked_to_settle(scene: &mut Scene) -> Ticket {
    scene.bench.invite(wss(3), "102-web", "*26");
    scene.settle();
    let asked = scene.bench.outputs.iter().find_map(|output| match output {
        Output::Settle { ticket, user, setting } => Some((*ticket, *user, setting.clone())),
        Output::Send { .. }
        | Output::Connect { .. }
        | Output::Locate { .. }
        | Output::ConnectLine { .. }
        | Output::CloseFlow { .. }
        | Output::Media { .. }
        | Output::DialogBegan(_)
        | Output::Journal(_)
        | Output::Errand { .. }
        | Output::Controlled { .. }
        | Output::CheckPin { .. }
        | Output::Remember(_)
        | Output::BeginRecording(_)
        | Output::EndRecording { .. }
        | Output::Event(_) => None,
    });
    let (ticket, user, setting) = asked.expect("the shell is asked");
    assert_eq!((user, setting), (UserId(2), Setting::DoNotDisturb(true)));
    ticket
}

fn hears(scene: &mut Scene, source: model::control::Source) -> bool {
    let is_it =
        |command: &model::control::Command| matches!(command, model::control::Command::Hear { source: heard, .. } if *heard == source);
    scene.media().iter().any(is_it)
}

#[test]
fn a_setting_is_confirmed_once_it_is_committed() {
    use model::control::Source;
    for is_done in [true, false] {
        let mut scene = ben_forwards(&[], |_| ());
        let ticket = asked_to_settle(&mut scene);
        assert!(!hears(&mut scene, Source::Confirmation) && !hears(&mut scene, Source::Rejection));
        scene.bench.handle(Input::Settled { ticket, is_done });
        assert_eq!(hears(&mut scene, Source::Confirmation), is_done);
        assert_eq!(hears(&mut scene, Source::Rejection), !is_done);
    }
}

#[test]
fn a_setting_that_is_not_committed_in_time_is_not_confirmed() {
    use model::control::Source;
    let mut scene = ben_forwards(&[], |_| ());
    let ticket = asked_to_settle(&mut scene);
    scene.bench.after(Duration::from_millis(4_999));
    assert!(!hears(&mut scene, Source::Rejection));
    scene.bench.after(Duration::from_millis(1));
    assert!(hears(&mut scene, Source::Rejection));
    scene.bench.outputs.clear();
    scene.bench.handle(Input::Settled { ticket, is_done: true });
    assert!(!hears(&mut scene, Source::Confirmation), "too late");
}

#[test]
fn a_call_that_was_handed_over_while_it_rings_is_forwarded_for_the_one_who_waits() {
    let mut scene = ben_forwards(&[(When::NoAnswer { after_s: 7 }, MOBILE)], |company| {
        company.trunks[0].forwarded = Forwarded::OriginalWithDiversion;
    });
    scene.answer_the_world("4989123450101", wss(2));
    scene.bench.invite(wss(2), "101-web", "102");
    scene.settle();
    let calls: Vec<_> = scene.bench.core.calls.calls.keys().copied().collect();
    let [talk, rings] = calls[..] else { panic!("{calls:?}") };
    let connect = Action::Connect { call: talk, with: rings };
    assert_eq!(scene.control(UserId(1), connect), Ok(Some(rings)));
    scene.bench.after(Duration::from_secs(7));
    let sent = scene.settle();
    let invite = sent.iter().find(|message| message.starts_with(TO_MOBILE));
    let invite = invite.unwrap_or_else(|| panic!("no INVITE: {sent:?}"));
    assert!(header(invite, "From").is_some_and(|from| from.contains("4930556677")), "{invite}");
    assert!(
        header(invite, "Diversion").is_some_and(|diversion| diversion.contains("4989123450102")),
        "{invite}"
    );
}
