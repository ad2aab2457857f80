//! Calls of the world that are handed on to the world: whose number the provider is told.

use super::dialogs::{Dialog, invite_among};
use super::trunks::{FIRST, Scene, company, provider};
use super::*;
use crate::directory::{Forwarded, IdentityHeader};

const REFER: &str = "Refer-To: <sip:030556677@farend>\r\n";

fn scene(forwarded: Forwarded, change: impl FnOnce(&mut Directory)) -> Scene {
    let mut company = company();
    company.trunks[0].forwarded = forwarded;
    change(&mut company);
    Scene::of(company)
}

/// The world has called Anna, and she has answered: her side of it.
fn answered(scene: &mut Scene, lines: &str) -> Dialog {
    let uri = "sip:4989123450101@10.0.0.1";
    let lines = format!("Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n{lines}");
    scene.bench.request(provider(FIRST), "INVITE", uri, "4930777777", &lines, "v=0\r\n");
    let (_, anna) = scene.answered(provider(FIRST), wss(2));
    anna
}

/// The INVITE by which the call goes out again, once Anna has handed it on.
fn handed_on(scene: &mut Scene, anna: &mut Dialog, refer: &str) -> String {
    let invite = invite_among(&scene.within(anna, "REFER", refer, ""));
    assert!(invite.starts_with("INVITE sip:4930556677@one.example.com"), "{invite}");
    invite
}

fn from(invite: &str) -> &str {
    header(invite, "From")
        .and_then(|from| from.split(";tag").next())
        .unwrap_or_default()
}

#[test]
fn usually_the_provider_is_told_who_hands_the_call_on() {
    let mut scene = scene(Forwarded::Own, |_| ());
    let mut anna = answered(&mut scene, "");
    let invite = handed_on(&mut scene, &mut anna, REFER);
    assert_eq!(from(&invite), "<sip:4989123450101@one.example.com>");
    assert_eq!(header(&invite, "P-Asserted-Identity"), Some("<sip:4989123450101@one.example.com>"));
    assert_eq!(header(&invite, "Diversion"), None);
}

#[test]
fn with_diversion_it_is_told_the_caller_and_who_hands_the_call_on() {
    const ORIGINAL: &str = "<sip:4930777777@one.example.com>";
    for (identity, from_expected, header_expected) in [
        (IdentityHeader::From, ORIGINAL, None),
        (IdentityHeader::Asserted, ORIGINAL, Some("P-Asserted-Identity")),
        (IdentityHeader::Preferred, ORIGINAL, Some("P-Preferred-Identity")),
        (
            IdentityHeader::AccountFrom,
            "<sip:49891234500@one.example.com>",
            Some("P-Preferred-Identity"),
        ),
    ] {
        let mut scene = scene(Forwarded::OriginalWithDiversion, |company| company.trunks[0].identity = identity);
        let mut anna = answered(&mut scene, "");
        let invite = handed_on(&mut scene, &mut anna, REFER);
        assert_eq!(from(&invite), from_expected, "{identity:?}");
        for name in ["P-Asserted-Identity", "P-Preferred-Identity"] {
            let expected = (header_expected == Some(name)).then_some(ORIGINAL);
            assert_eq!(header(&invite, name), expected, "{identity:?}");
        }
        let diversion = "<sip:4989123450101@one.example.com>;reason=deflection;counter=1";
        assert_eq!(header(&invite, "Diversion"), Some(diversion), "{identity:?}");
        assert_eq!(header(&invite, "Privacy"), None);
    }
}

#[test]
fn who_hides_from_us_is_hidden_from_the_next_one() {
    let mut scene = scene(Forwarded::OriginalWithDiversion, |_| ());
    let mut anna = answered(
        &mut scene,
        "P-Asserted-Identity: <sip:4930777777@one.example.com>\r\nPrivacy: id\r\n",
    );
    let invite = handed_on(&mut scene, &mut anna, REFER);
    assert!(!invite.contains("4930777777"), "{invite}");
    assert_eq!(from(&invite), "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
    assert_eq!(header(&invite, "Privacy"), Some("id"));
    assert_eq!(header(&invite, "P-Asserted-Identity"), Some("<sip:4989123450101@one.example.com>"));
}

#[test]
fn who_hands_on_and_hides_is_hidden_in_the_diversion() {
    let mut scene = scene(Forwarded::OriginalWithDiversion, |company| {
        company.users[0].calling.is_hidden = true;
    });
    let mut anna = answered(&mut scene, "");
    let invite = handed_on(&mut scene, &mut anna, REFER);
    assert_eq!(from(&invite), "<sip:4930777777@one.example.com>");
    let diversion = "<sip:4989123450101@one.example.com>;reason=deflection;counter=1;privacy=full";
    assert_eq!(header(&invite, "Diversion"), Some(diversion));
}

#[test]
fn calls_of_colleagues_and_calls_for_help_are_not_diverted() {
    let mut scene = scene(Forwarded::OriginalWithDiversion, |company| {
        company.plan.as_mut().unwrap().emergency = Some(FIRST);
    });
    let mut anna = answered(&mut scene, "");
    let invite = invite_among(&scene.within(&mut anna, "REFER", "Refer-To: <sip:112@farend>\r\n", ""));
    assert!(invite.starts_with("INVITE sip:112@one.example.com"), "{invite}");
    assert_eq!(
        (from(&invite), header(&invite, "Diversion")),
        ("<sip:4989123450101@one.example.com>", None)
    );

    let mut scene = forwarding::scene(Forwarded::OriginalWithDiversion, |_| ());
    let (mut anna, _ben) = scene.talk((wss(2), "101-web"), "102", wss(3));
    let invite = handed_on(&mut scene, &mut anna, REFER);
    assert_eq!(
        (from(&invite), header(&invite, "Diversion")),
        ("<sip:4989123450101@one.example.com>", None)
    );
}
