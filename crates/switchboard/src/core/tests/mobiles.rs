//! Mobiles of people, by a trunk.

use std::time::Duration;

use numbers::Class;

use super::dialogs::invite_among;
use super::trunks::{FIRST, Scene, company, incoming, provider};
use super::*;
use crate::directory::{Classes, Mobile};

const TO_MOBILE: &str = "INVITE sip:491712345678@one.example.com SIP/2.0";

/// Ben has a mobile that rings after ten seconds, and may call such numbers.
/// Ben can be reached by his mobile alone.
pub(super) fn bens_mobile_alone(change: impl FnOnce(&mut Directory)) -> Scene {
    let mut company = with_bens_mobile(|_| ());
    change(&mut company);
    let mut scene = Scene::of(company);
    scene.close_bens_browser();
    scene
}

fn bens_mobile(change: impl FnOnce(&mut User)) -> Scene {
    Scene::of(with_bens_mobile(change))
}

fn with_bens_mobile(change: impl FnOnce(&mut User)) -> Directory {
    let mut company = company();
    let ben = &mut company.users[1];
    ben.calling.classes = [Class::Mobile].into_iter().collect();
    ben.mobile = Some(Mobile {
        number: "0171 2345678".to_owned(),
        delay_s: 10,
    });
    change(ben);
    company
}

impl Scene {
    /// Ben's browser is gone.
    fn close_bens_browser(&mut self) {
        self.bench.handle(Input::FlowClosed { flow: wss(3) });
        self.bench.after(Duration::from_secs(60));
        self.bench.outputs.clear();
    }

    /// The time to ring is over.
    fn ring_out(&mut self) {
        self.bench.outputs.clear();
        self.bench.after(Duration::from_secs(40));
    }
}

#[test]
fn a_mobile_rings_after_its_delay_as_its_person_and_the_journal_shows_the_person() {
    let mut scene = bens_mobile(|_| ());
    scene.bench.invite(wss(2), "101-web", "102");
    let invite = invite_among(&scene.settle());
    scene.reply(wss(3), &invite, "180 Ringing", "", "");
    scene.bench.after(Duration::from_millis(9_999));
    assert_eq!(scene.carried(), [""; 0]);
    scene.bench.after(Duration::from_millis(1));
    let invite = scene
        .settle()
        .into_iter()
        .rfind(|message| message.starts_with(TO_MOBILE))
        .expect("an INVITE");
    let from = header(&invite, "From").and_then(|from| from.split(';').next());
    assert_eq!(from, Some("<sip:4989123450102@one.example.com>"));
    scene.reply(
        provider(FIRST),
        &invite,
        "200 OK",
        "Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n",
        "v=0\r\n",
    );
    let sent = scene.settle();
    assert!(
        sent.iter()
            .any(|message| message.starts_with("CANCEL") || message.starts_with("BYE")),
        "the browser stops ringing: {sent:?}"
    );
    assert!(
        sent.iter()
            .any(|message| message.starts_with("SIP/2.0 200") && message.contains(" INVITE\r\n")),
        "{sent:?}"
    );
    let rest = scene.bench.rest();
    assert!(
        rest.iter()
            .any(|output| output.contains("Started")
                && output.contains("called: Party { user: Some(UserId(2)), device: None, number: \"102\"")),
        "{rest:?}"
    );
    assert!(
        rest.iter()
            .any(|output| output.contains("UserState { user: UserId(2), state: OnACall }")),
        "{rest:?}"
    );
}

#[test]
fn a_mobile_rings_at_once_where_nothing_else_does() {
    let mut scene = bens_mobile(|_| ());
    scene.close_bens_browser();
    scene.bench.invite(wss(2), "101-web", "102");
    assert_eq!(scene.carried(), [TO_MOBILE]);
}

#[test]
fn a_mobile_rings_with_its_persons_permissions_alone() {
    for classes in [Classes::default(), [Class::National, Class::International].into_iter().collect()] {
        let mut scene = bens_mobile(|ben| ben.calling.classes = classes);
        scene.bench.invite(wss(2), "101-web", "102");
        scene.ring_out();
        assert_eq!(scene.carried(), [""; 0]);
        scene.close_bens_browser();
        scene.bench.invite(wss(2), "101-web", "102");
        assert_eq!(scene.refusal(), "SIP/2.0 480 Temporarily Unavailable");
    }
}

#[test]
fn a_mobile_is_neither_an_emergency_nor_a_colleague() {
    for number in ["112", "0112", "115", "101", "*43", "nonsense", ""] {
        let mut scene = bens_mobile(|ben| {
            ben.calling.classes = Classes::ALL;
            ben.mobile = Some(Mobile {
                number: number.to_owned(),
                delay_s: 0,
            });
        });
        scene.bench.invite(wss(2), "101-web", "102");
        assert_eq!(scene.carried(), [""; 0], "{number}");
    }
}

#[test]
fn a_mobile_that_calls_is_not_called() {
    for (caller, rings) in [("491712345678", false), ("491712345679", true)] {
        let mut scene = bens_mobile(|_| ());
        scene.close_bens_browser();
        let lines = "Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n";
        let uri = "sip:4989123450102@10.0.0.1";
        scene.bench.request(provider(FIRST), "INVITE", uri, caller, lines, "v=0\r\n");
        assert_eq!(scene.carried().len(), usize::from(rings));
    }
}

#[test]
fn whoever_talks_by_their_mobile_is_on_a_call() {
    let mut scene = bens_mobile(|ben| ben.while_busy = WhileBusy::RingOthers);
    scene.close_bens_browser();
    incoming(&mut scene, provider(FIRST), "4989123450102");
    let invite = invite_among(&scene.settle());
    assert!(invite.starts_with(TO_MOBILE), "{invite}");
    scene.reply(
        provider(FIRST),
        &invite,
        "200 OK",
        "Contact: <sip:p@10.0.0.101>\r\nContent-Type: application/sdp\r\n",
        "v=0\r\n",
    );
    scene.settle();
    scene.bench.invite(wss(2), "101-web", "102");
    assert_eq!(scene.refusal(), "SIP/2.0 486 Busy Here");
}

#[test]
fn being_called_often_is_no_fraud_but_a_costly_mobile_is_watched() {
    let mut scene = bens_mobile(|_| ());
    scene.close_bens_browser();
    for call in 1..=15 {
        scene.bench.invite(wss(2), "101-web", "102");
        assert_eq!(scene.carried().len(), call, "all of them within a second");
    }
    let mut scene = bens_mobile(|ben| {
        ben.calling.classes = Classes::ALL;
        ben.mobile = Some(Mobile {
            number: "0043 664 1234567".to_owned(),
            delay_s: 0,
        });
    });
    for _ in 0..6 {
        scene.bench.invite(wss(2), "101-web", "102");
    }
    assert_eq!(scene.carried().len(), guard::COSTLY_PER_MINUTE_MAX);
    assert!(
        scene
            .bench
            .rest()
            .iter()
            .any(|output| output.contains("Suspected { user: UserId(2)"))
    );
}
