//! Codes of colleagues, down to the messages: what a caller of the world is to them.

use super::trunks::{FIRST, Scene, company, incoming, provider};
use super::*;

fn scene() -> Scene {
    let mut company = company();
    company.features = Feature::ALL.map(|feature| (feature.usual_code().to_owned(), feature)).into();
    company.users[1].calling = company.users[0].calling.clone();
    Scene::of(company)
}

/// What becomes of a call by Ben's browser.
fn dial(scene: &mut Scene, number: &str) -> Vec<String> {
    scene.bench.outputs.clear();
    scene.bench.invite(wss(3), "102-web", number);
    scene.offer_all();
    let mut lines = scene.bench.lines();
    lines.retain(|line| !line.starts_with("ACK"));
    lines
}

#[test]
fn whoever_has_called_from_the_world_is_called_with_ones_own_permissions() {
    let mut scene = scene();
    incoming(&mut scene, provider(FIRST), "4989123450102");
    assert_eq!(dial(&mut scene, "*69"), ["INVITE sip:4930556677@one.example.com SIP/2.0"]);
}

#[test]
fn whoever_does_not_show_their_number_cannot_be_called() {
    let mut scene = scene();
    incoming(&mut scene, provider(FIRST), "4989123450102");
    scene.bench.request(
        provider(FIRST),
        "INVITE",
        "sip:4989123450102@10.0.0.1",
        "hidden",
        "Contact: <sip:p@10.0.0.101>\r\nPrivacy: id\r\nContent-Type: application/sdp\r\n",
        "v=0\r\n",
    );
    scene.bench.outputs.clear();
    scene.bench.invite(wss(3), "102-web", "*69");
    let messages = scene.bench.messages();
    let refusal = messages.iter().find(|message| message.starts_with("SIP/2.0 403")).unwrap();
    assert!(
        header(refusal, "Reason").is_some_and(|reason| reason.contains("does not show their number")),
        "{refusal}"
    );
}

#[test]
fn what_a_caller_of_the_world_shows_is_called_only_where_it_is_a_number_of_somebody() {
    for shown in ["*21030556677", "%2A21030556677", "*78", "#31#030556677", "112", "+49112", "1-1-0"] {
        let mut scene = scene();
        let uri = "sip:4989123450102@10.0.0.1";
        let lines = "Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n";
        scene.bench.request(provider(FIRST), "INVITE", uri, shown, lines, "v=0\r\n");
        scene.bench.outputs.clear();
        scene.bench.invite(wss(3), "102-web", "*69");
        let outputs = scene.bench.outputs.iter();
        let settled = outputs.filter(|output| matches!(output, Output::Settle { .. })).count();
        assert_eq!(settled, 0, "{shown}");
        let messages = scene.bench.messages();
        let refusal = messages.iter().find(|message| message.starts_with("SIP/2.0 403"));
        let refusal = refusal.unwrap_or_else(|| panic!("{shown}: {messages:?}"));
        assert!(
            header(refusal, "Reason").is_some_and(|reason| reason.contains("no number that can be called")),
            "{shown}: {refusal}"
        );
    }
}

#[test]
fn the_world_dials_no_codes() {
    let mut scene = scene();
    for number in ["**102", "*8", "*70", "*701", "*37102", "*80102", "*66", "*69"] {
        incoming(&mut scene, provider(FIRST), number);
        assert_eq!(scene.bench.lines(), ["SIP/2.0 404 Not Found"], "{number}");
    }
}
