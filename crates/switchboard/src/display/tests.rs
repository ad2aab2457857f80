use std::net::SocketAddr;

use sip::Transport;

use super::*;
use crate::testing;

const LOBBY: DeviceId = DeviceId(3);
const CODE: Option<&str> = Some("*9419");
const SECOND: Duration = Duration::from_secs(1);

/// Displays whose requests are numbered, and what is sent.
struct Bench {
    displays: Displays,
    now: Instant,
    requests: u64,
}

impl Bench {
    fn new() -> Self {
        let mut displays = Displays::default();
        let now = testing::start();
        displays.want(LOBBY, Showing::Nobody, now);
        Self {
            displays,
            now,
            requests: 0,
        }
    }

    fn register(&mut self, user_agent: &str, allow: Option<&str>, call_id: &str) {
        let reach = Reach {
            flow: Flow {
                transport: Transport::Udp,
                local: SocketAddr::from(([192, 0, 2, 1], 5060)),
                peer: SocketAddr::from(([192, 0, 2, 9], 5060)),
                connection: 0,
            },
            target: "sip:lobby@192.0.2.9".to_owned(),
            call_id: call_id.to_owned(),
            user_agent: user_agent.to_owned(),
            allow: allow.map(str::to_owned),
        };
        self.displays.registered(LOBBY, reach, self.now);
    }

    /// What goes out now, if anything.
    fn sent(&mut self) -> Option<(RequestId, Notice)> {
        let (device, _, notice) = self.displays.next(CODE, self.now)?;
        self.requests += 1;
        let request = RequestId(self.requests);
        self.displays.sent(device, request);
        assert_eq!(self.displays.next(CODE, self.now), None, "one at a time");
        Some((request, notice))
    }

    fn text(&mut self) -> Option<(RequestId, String)> {
        let (request, notice) = self.sent()?;
        Some((request, String::from_utf8(notice.body.bytes).unwrap()))
    }
}

fn anna() -> Showing {
    Showing::Person {
        name: "Anna".to_owned(),
        extension: "101".to_owned(),
    }
}

#[test]
fn a_phone_is_told_once_it_is_there_and_whenever_something_changes() {
    let mut bench = Bench::new();
    assert_eq!((bench.sent(), bench.displays.deadline()), (None, None));
    bench.register("baresip v3", Some("INVITE, MESSAGE"), "a");
    let (request, text) = bench.text().unwrap();
    assert_eq!(text, "Nobody is logged on: dial *9419");
    // Meanwhile two others have come and gone; only what holds in the end is told.
    bench.displays.want(LOBBY, anna(), bench.now);
    bench.displays.want(LOBBY, Showing::Mobile, bench.now);
    assert_eq!(bench.sent(), None);
    assert_eq!(bench.displays.answered(request, 200, bench.now), Some(LOBBY));
    let (request, text) = bench.text().unwrap();
    assert_eq!(text, "Cancel mobility: dial *9419");
    bench.displays.answered(request, 200, bench.now);
    // A refresh is no reason to say it again; a restart of the phone is.
    bench.register("baresip v3", Some("INVITE, MESSAGE"), "a");
    assert_eq!(bench.sent(), None);
    bench.register("baresip v3", Some("INVITE, MESSAGE"), "b");
    assert!(bench.sent().is_some());
}

#[test]
fn what_gets_lost_is_said_again_later_and_later() {
    let mut bench = Bench::new();
    bench.register("baresip", None, "a");
    for pause_s in [4, 8, 16, 32, 64, 128, 256, 300, 300] {
        let (request, _) = bench.text().unwrap();
        let status = if pause_s == 8 { 503 } else { 408 };
        bench.displays.answered(request, status, bench.now);
        assert_eq!(bench.displays.deadline(), Some(bench.now + pause_s * SECOND));
        bench.now += (pause_s - 1) * SECOND;
        assert_eq!(bench.sent(), None);
        bench.now += SECOND;
    }
    let (request, _) = bench.text().unwrap();
    bench.displays.answered(request, 408, bench.now);
    // It lives: it is told at once.
    bench.register("baresip", None, "a");
    assert!(bench.sent().is_some());
}

#[test]
fn a_refusal_moves_on_to_the_next_way() {
    for status in [405, 415, 489, 501] {
        let mut bench = Bench::new();
        bench.register("snomD785/10.1.175.16", None, "a");
        let (request, notice) = bench.sent().unwrap();
        assert_eq!(notice.method, "NOTIFY");
        bench.displays.answered(request, status, bench.now);
        let (request, notice) = bench.sent().unwrap();
        assert_eq!(notice.method, "MESSAGE");
        bench.displays.answered(request, status, bench.now);
        assert_eq!((bench.sent(), bench.displays.deadline()), (None, None));
        // It has been given a new firmware, perhaps.
        bench.register("snomD785/10.1.200.1", None, "b");
        assert_eq!(bench.sent().map(|(_, notice)| notice.method), Some("NOTIFY"));
    }
}

#[test]
fn what_a_phone_has_made_of_its_texts_is_known() {
    let mut bench = Bench::new();
    let state = |bench: &Bench| bench.displays.state(LOBBY);
    let answer = |bench: &mut Bench, status| {
        let (request, _) = bench.text().unwrap();
        bench.displays.answered(request, status, bench.now);
        bench.now = bench.displays.deadline().unwrap_or(bench.now);
    };
    assert_eq!(state(&bench), PhoneDisplay::Unknown);
    bench.register("baresip", None, "a");
    assert_eq!(state(&bench), PhoneDisplay::Unknown);
    answer(&mut bench, 200);
    bench.displays.want(LOBBY, anna(), bench.now);
    answer(&mut bench, 200);
    assert_eq!(state(&bench), PhoneDisplay::Shown);
    // Once may be an accident.
    bench.displays.want(LOBBY, Showing::Mobile, bench.now);
    answer(&mut bench, 500);
    assert_eq!(state(&bench), PhoneDisplay::Shown);
    answer(&mut bench, 500);
    assert_eq!(state(&bench), PhoneDisplay::Outdated);
    answer(&mut bench, 200);
    assert_eq!(state(&bench), PhoneDisplay::Shown);
    bench.displays.want(LOBBY, anna(), bench.now);
    answer(&mut bench, 405);
    assert_eq!(state(&bench), PhoneDisplay::Refused);
    bench.displays.gone(LOBBY);
    assert_eq!(state(&bench), PhoneDisplay::Unknown);
    bench.register("Old phone", Some("INVITE, ACK, BYE, CANCEL"), "b");
    assert_eq!(state(&bench), PhoneDisplay::Refused);
}

#[test]
fn phones_that_know_no_way_are_left_alone() {
    let mut bench = Bench::new();
    bench.register("Old phone", Some("INVITE, ACK, BYE, CANCEL"), "a");
    assert_eq!((bench.sent(), bench.displays.deadline()), (None, None));
    bench.register("Yealink SIP-T46S 66.86.0.15", Some("INVITE, MESSAGE"), "b");
    assert_eq!(bench.sent().map(|(_, notice)| notice.method), Some("MESSAGE"));
}

#[test]
fn a_phone_that_has_left_is_told_nothing_and_late_answers_change_nothing() {
    let mut bench = Bench::new();
    bench.register("baresip", None, "a");
    let (request, _) = bench.text().unwrap();
    bench.displays.gone(LOBBY);
    assert_eq!(bench.displays.answered(request, 408, bench.now), None);
    assert_eq!(bench.displays.deadline(), None);
    bench.register("baresip", None, "a");
    assert!(bench.sent().is_some());
    assert_eq!(bench.displays.retain(|_| false), [LOBBY]);
    assert!(bench.displays.phones.is_empty() && bench.displays.requests.is_empty() && bench.displays.due.is_empty());
}

#[test]
fn snom_and_yealink_get_documents_with_a_key_that_dials_the_code() {
    let key = snom::notice(&Showing::Mobile, CODE);
    let document = String::from_utf8(key.body.bytes).unwrap();
    assert_eq!(key.body.content_type, "application/snomxml");
    assert!(
        document.contains("<Label>Cancel mobility</Label><URL>phone://mb_exit#numberdial=*9419</URL>"),
        "{document}"
    );
    let key = yealink::notice(&Showing::Nobody, CODE);
    let document = String::from_utf8(key.body.bytes).unwrap();
    assert_eq!(key.headers[0].1, "Yealink-xml");
    assert!(document.contains("<Label>Log on</Label><URI>Dial:*9419</URI>"), "{document}");
    assert!(document.contains("Timeout=\"0\""), "{document}");
    // A name cannot break out.
    let evil = Showing::Person {
        name: "</Title><\"&\u{7}\r\n".to_owned(),
        extension: "101".to_owned(),
    };
    for notice in [snom::notice(&evil, CODE), yealink::notice(&evil, CODE)] {
        let document = String::from_utf8(notice.body.bytes).unwrap();
        assert!(
            document.contains("<Title>&lt;/Title&gt;&lt;&quot;&amp; (101)</Title>"),
            "{document}"
        );
        assert!(!document.contains("Dial"), "{document}");
    }
    let text = message::notice(&evil, CODE).body.bytes;
    assert_eq!(String::from_utf8(text).unwrap(), "</Title><\"& (101)");
}
