//! Canaries: whatever is secret or somebody's number is planted in a call between real parts, and looked for in everything that leaves.

use std::time::{Instant, SystemTime};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use model::DeviceId;
use model::control::{Command, Direction, Event};
use sip::{Flow, Transport};
use switchboard::core::{Config, Core, Input, Output, Seats};
use time::OffsetDateTime;

use super::capture::tap::{Tap, WireTap};
use super::capture::{Wanted, Whose};
use super::redaction::Masks;
use super::story::{MarkKind, Story};
use super::{Flights, bundle, keeper};
use crate::store::name::{Password, Pin};
use crate::store::{DemoSecrets, Secret, Store};

const PASSWORD: &str = "canary-password-71";
const SIP_SECRET: &str = "canary-sip-secret-72";
const PIN: &str = "738173";
/// Each is planted somewhere below.
const CANARIES: [&str; 19] = [
    PASSWORD,
    SIP_SECRET,
    PIN,
    "canary-trunk-password-74",
    "canarysessiontoken75",
    "canary-cookie-76",
    "canarychecktoken77",
    "canarydigestresponse78",
    "canarynonce79",
    "Canarina Displayname",
    "+4930555018081",
    "0049305550182",
    "canary-uri-password-83",
    "canaryicepassword84",
    "canarysrtpkey85",
    "canaryturncredential86",
    "Signal=8",
    "canary-sdp-user-88",
    "canary-header-89",
];

struct Scene {
    core: Core,
    flights: Flights,
    now: Instant,
    sent: u32,
    /// What the core has sent and nobody has looked at.
    messages: Vec<(Flow, String)>,
    wires: WireTap,
}

fn wss(host: u8) -> Flow {
    Flow {
        transport: Transport::Wss,
        local: ([10, 0, 0, 1], 8802).into(),
        peer: ([10, 0, 0, host], 50_000).into(),
        connection: host.into(),
    }
}

const DESCRIPTION: &str = "v=0\r\no=canary-sdp-user-88 1 1 IN IP4 10.0.0.2\r\ns=Canarina Displayname\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\n\
    m=audio 30000 UDP/TLS/RTP/SAVPF 8\r\na=ice-pwd:canaryicepassword84\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:canarysrtpkey85\r\n\
    a=x-turn:canaryturncredential86\r\na=rtpmap:8 PCMA/8000\r\n";

impl Scene {
    fn receive(&mut self, flow: Flow, message: &str) {
        self.flights.message(&flow, true, message.as_bytes(), self.now);
        let bytes = message.as_bytes();
        self.core.handle(Input::Received { flow, bytes }, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.core.poll_output() {
            self.flights.output(&output, self.now);
            match output {
                Output::Send { flow, bytes } => {
                    self.flights.message(&flow, false, &bytes, self.now);
                    self.messages.push((flow, String::from_utf8(bytes).unwrap()));
                }
                Output::Media { command, .. } => self.media(&command),
                _ => {}
            }
        }
    }

    fn media(&mut self, command: &Command) {
        let (direction, description) = (Direction::SendRecv, DESCRIPTION.to_owned());
        let event = match command {
            Command::ReceiveOffer { leg, .. } => Event::OfferReceived { leg: *leg, direction },
            Command::MakeOffer { leg, .. } => Event::OfferMade {
                leg: *leg,
                offer: description,
            },
            Command::AnswerOffer { leg, .. } => Event::OfferAnswered {
                leg: *leg,
                answer: description,
            },
            Command::AcceptAnswer { leg, .. } => Event::AnswerAccepted { leg: *leg, direction },
            Command::Close { leg } => Event::Closed {
                leg: *leg,
                report: Box::default(),
            },
            _ => return,
        };
        self.flights.event(&event, self.now);
        self.core.handle(Input::Media(event), self.now);
        self.drain();
    }

    /// A request of Anna's with canaries in whatever header can hold one.
    fn request(&mut self, method: &str, uri: &str, dialog: &str, further: &str, body: &str) {
        self.sent += 1;
        let (number, length) = (self.sent, body.len());
        // That of the INVITE, which is the first request.
        let number_of_transaction = if method == "ACK" { 1 } else { number };
        let message = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WSS anna.invalid;branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
             From: \"Canarina Displayname\" <sip:101-web:canary-uri-password-83@farend>;tag=anna\r\n{dialog}\r\n\
             CSeq: {number_of_transaction} {method}\r\nContact: <sip:101-web@anna.invalid;transport=ws>\r\n\
             Authorization: Digest username=\"101-web\", nonce=\"canarynonce79\", response=\"canarydigestresponse78\"\r\n\
             Cookie: farend_session=canary-cookie-76\r\nX-Session: canarysessiontoken75\r\nFarend-Check: canarychecktoken77\r\n\
             X-canary-header-89: 1\r\nX-Trunk: canary-trunk-password-74\r\nX-Plain: {PASSWORD} {SIP_SECRET} {PIN}\r\n\
             P-Asserted-Identity: <tel:+4930555018081>\r\n{further}Content-Length: {length}\r\n\r\n{body}"
        );
        self.receive(wss(2), &message);
    }

    /// The first message to somebody that begins so.
    fn find(&self, host: u8, begins: &str) -> String {
        let found = self
            .messages
            .iter()
            .find(|(flow, text)| *flow == wss(host) && text.starts_with(begins));
        found
            .map(|(_, text)| text.clone())
            .unwrap_or_else(|| panic!("no {begins} in {:#?}", self.messages))
    }
}

fn line<'a>(message: &'a str, name: &str) -> &'a str {
    message
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_else(|| panic!("no {name} in {message}"))
}

/// Anna calls Ben, who answers; she presses a key, hands him over to a number in the world, dials another one, and hangs up.
fn call(scene: &mut Scene) {
    let sdp = "Content-Type: application/sdp\r\n";
    for (host, user) in [(2, "101-web"), (3, "102-web")] {
        let message = format!(
            "REGISTER sip:farend SIP/2.0\r\nVia: SIP/2.0/WSS h{host}.invalid;branch=z9hG4bKr{host}\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@farend>;tag=r\r\nTo: <sip:{user}@farend>\r\nCall-ID: r{host}\r\nCSeq: 1 REGISTER\r\n\
             Contact: <sip:{user}@h{host}.invalid;transport=ws>\r\nContent-Length: 0\r\n\r\n"
        );
        scene.receive(wss(host), &message);
    }
    scene.request("INVITE", "sip:102@farend", "To: <sip:102@farend>\r\nCall-ID: one", sdp, DESCRIPTION);
    let invite = scene.find(3, "INVITE");
    let parts = ["Via:", "From:", "Call-ID:", "CSeq:"].map(|name| line(&invite, name)).join("\r\n");
    let to = line(&invite, "To:");
    let answer = format!(
        "SIP/2.0 200 Canarina Displayname\r\n{parts}\r\n{to};tag=ben\r\nContact: <sip:102-web@h3.invalid;transport=ws>\r\n{sdp}Content-Length: {}\r\n\r\n{DESCRIPTION}",
        DESCRIPTION.len()
    );
    scene.receive(wss(3), &answer);
    let answered = scene.find(2, "SIP/2.0 200 OK\r\nVia: SIP/2.0/WSS anna.invalid");
    let dialog = format!("{}\r\nCall-ID: one", line(&answered, "To:"));
    let target = line(&answered, "Contact:").split(['<', '>']).nth(1).unwrap().to_owned();
    scene.request("ACK", &target, &dialog, "", "");
    scene.request(
        "INFO",
        &target,
        &dialog,
        "Content-Type: application/dtmf-relay\r\n",
        "Signal=8\r\nDuration=160\r\n",
    );
    scene.request("REFER", &target, &dialog, "Refer-To: <sip:0049305550182@farend>\r\n", "");
    scene.request(
        "INVITE",
        "sip:0049305550182@farend",
        "To: <sip:0049305550182@farend>\r\nCall-ID: two",
        sdp,
        DESCRIPTION,
    );
    scene.request("BYE", &target, &dialog, "", "");
}

/// Both forms that leave: a bundle's texts, and the bytes of a capture.
async fn leaves(is_open: bool) -> (Vec<u8>, Story) {
    let store = Store::in_memory().await.unwrap();
    let secrets = DemoSecrets {
        password: Some(Password::for_demo(PASSWORD)),
        sip_secret: Some(Secret::chosen(SIP_SECRET)),
        pin: Some(Pin::parse(PIN).unwrap()),
    };
    store.seed_demo(&secrets, OffsetDateTime::now_utc()).await.unwrap();
    let run = store.begin_run(OffsetDateTime::now_utc()).await.unwrap();
    let directory = std::sync::Arc::new(store.directory().await.unwrap());
    let device = |name: &str| directory.devices.iter().find(|device| device.sip_user == name).unwrap().id;
    let (anna, ben): (DeviceId, DeviceId) = (device("101-web"), device("102-web"));
    let (folder, tap, now) = (tempfile::tempdir().unwrap(), Tap::new(), Instant::now());
    let flights = Flights::new(run, directory.clone(), tap.clone(), folder.path(), serde_json::Value::Null);
    let mut config = Config::new("farend", "farend/test");
    config.run = run.number();
    let mut scene = Scene {
        core: Core::new(config, directory.clone(), Seats::default(), [7; 32], now),
        flights: flights.clone(),
        now,
        sent: 0,
        messages: Vec::new(),
        wires: WireTap::new(tap),
    };
    let wanted = Wanted {
        whose: Whose::Device(anna),
        label: "phone".to_owned(),
        seconds: 60,
        with_audio: false,
        is_open,
    };
    let masks = Masks::new(&directory, is_open);
    let capture = flights.captures().begin(wanted, masks, now).unwrap();
    for (host, device) in [(2, anna), (3, ben)] {
        let (flow, device) = (wss(host), Some(device));
        scene.core.handle(Input::FlowOpened { flow, device, page: None }, now);
    }
    call(&mut scene);
    // A key in the audio, on its way from the media thread (RFC 4733).
    let mut packet = vec![0x80, 101, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];
    packet.extend(b"Signal=8");
    scene.wires.sent(
        media::engine::Path::Rtp { port: 30_000 },
        ([10, 0, 0, 1], 0).into(),
        ([10, 0, 0, 3], 4).into(),
        &packet,
    );
    let call = scene
        .messages
        .iter()
        .find_map(|(_, text)| text.lines().find_map(|line| line.strip_prefix("X-Farend-Call: ")));
    let call = call.expect("the call's name").to_owned();
    let number = run.parse_call(&call).unwrap();
    flights.mark(
        number,
        None,
        MarkKind::Trouble,
        "password=canary-trunk-password-74 for +4930555018081",
    );
    let mut story = flights.story(&call).unwrap();
    story = keeper::unpacked(&keeper::packed(&story)).unwrap();
    // The capture is written, and ended.
    let seen = flights.0.tap.take();
    assert!(seen.len() > 10, "{} packets", seen.len());
    {
        let book = flights.book();
        let call_id = |bytes: &[u8]| super::glance::glance(bytes, &flights.0.keys).map(|glance| glance.call_id);
        flights.captures().round(seen, &book, call_id, (now, SystemTime::now()));
    }
    flights.captures().remove(capture.id, SystemTime::now());
    let mut bytes = flights.captures().read(capture.id).unwrap().unwrap();
    let extra = bundle::Extra {
        name: "evidence.json",
        content: bundle::Content::Json(serde_json::json!({
            "name": "Canarina Displayname", "number": "+4930555018081", "secret": SIP_SECRET, "token": "canarysessiontoken75",
            "note": format!("pin={PIN} password: {PASSWORD}"),
        })),
    };
    let texts = bundle::texts(story.clone(), vec![extra], flights.configuration(), &directory, is_open);
    for (name, text) in texts {
        bytes.extend(name.as_bytes());
        bytes.extend(text.as_bytes());
    }
    (bytes, story)
}

/// The ways in which a text may hide.
fn disguises(canary: &str) -> Vec<String> {
    let mut all = vec![
        canary.to_owned(),
        canary.to_lowercase(),
        canary.to_uppercase(),
        HEXLOWER.encode(canary.as_bytes()),
    ];
    all.push(canary.bytes().map(|byte| format!("%{byte:02X}")).collect());
    all.push(canary.replace(' ', "%20").replace('+', "%2B").replace('=', "%3D"));
    all.push(canary.trim_start_matches('+').to_owned());
    for shift in 0..3 {
        // What stands before it shifts its letters: only the inner ones are the same.
        let shifted = [&vec![b'x'; shift][..], canary.as_bytes()].concat();
        for encoded in [BASE64.encode(&shifted), BASE64URL_NOPAD.encode(&shifted)] {
            let inner = encoded.trim_end_matches('=');
            all.push(inner[(shift * 8).div_ceil(6)..inner.len() - 2].to_owned());
        }
    }
    all
}

#[tokio::test]
async fn no_canary_leaves_the_server() {
    let (bytes, _story) = leaves(false).await;
    let lower = bytes.to_ascii_lowercase();
    for canary in CANARIES {
        for disguise in disguises(canary) {
            let is_in = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
            assert!(!is_in(&bytes, disguise.as_bytes()), "{canary} as {disguise}");
            assert!(
                !is_in(&lower, disguise.to_ascii_lowercase().as_bytes()) || disguise.len() < 8,
                "{canary} as {disguise}"
            );
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    for gone in ["101-web", "102-web", "sip:102@", "sip:101@", "Anna", "Ben"] {
        assert!(!text.contains(gone), "{gone}");
    }
    assert!(
        text.contains("INVITE sip:number-") && text.contains("person-1"),
        "the story is still there"
    );
}

#[tokio::test]
async fn whoever_asks_for_names_and_numbers_gets_them_and_no_secret() {
    let (bytes, _story) = leaves(true).await;
    let text = String::from_utf8_lossy(&bytes);
    for there in ["0049305550182", "+4930555018081", "Canarina Displayname"] {
        assert!(text.contains(there), "{there}");
    }
    for canary in CANARIES
        .iter()
        .filter(|canary| !canary.contains("305550") && **canary != "Canarina Displayname")
    {
        assert!(!text.contains(canary), "{canary}");
    }
}

#[tokio::test]
async fn a_call_between_real_parts_has_its_ladder() {
    let (_bytes, story) = leaves(false).await;
    let of = |leg: usize| {
        let id = Some(story.legs[leg].leg);
        let messages = story.ladder.iter().filter(|message| message.leg == id);
        messages.map(|message| message.what.as_str()).collect::<Vec<_>>()
    };
    for what in ["INVITE", "200 OK", "ACK", "INFO", "REFER", "BYE"] {
        assert!(of(0).contains(&what), "{what} of Anna: {:?}", of(0));
    }
    for what in ["INVITE", "200 OK", "ACK", "BYE"] {
        assert!(of(1).contains(&what), "{what} of Ben: {:?}", of(1));
    }
    assert_eq!((story.legs[0].party.as_str(), story.legs[1].party.as_str()), ("101", "102"));
}
