//! What an administrator takes out of the server to send it to somebody: whatever is secret or somebody's number is planted wherever it comes
//! in, and looked for in every file that leaves, as whoever gets it unpacks it.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Instant;

use data_encoding::{BASE64, HEXLOWER};
use doctor::evidence::{Evidence, Person, Trunk, UnixMs};
use doctor::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};
use farend::doctor::Report;
use farend::flight::Flights;
use farend::store::Kept;
use model::DeviceId;
use serde_json::{Value, json};
use sip::{Flow, Transport};
use switchboard::core::{LiveEvent, Output};

use super::company::{Company, PASSWORD};
use super::flights::call_of;

const SIP_SECRET: &str = "canary-sip-secret-72";
const TRUNK_PASSWORD: &str = "canary-trunk-password-74";
const NAME: &str = "Canarina Displayname";
const NUMBER: &str = "+4930555018081";
const DIALLED: &str = "0049305550182";
const MOBILE: &str = "+491705550183";

/// Secrets that never leave, and names and numbers that do so only for a reason.
struct Planted {
    company: Company,
    admin: String,
    call: String,
    secrets: Vec<String>,
}

/// A company, a call and a registration full of them.
async fn planted() -> Planted {
    let company = Company::with_sip_secret(SIP_SECRET).await;
    let (admin, anna) = (company.sign_in("admin").await, company.sign_in("101").await);
    let works = async |method: &str, path: &str, body: Value| {
        let answer = company.ask(&admin, method, path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    };
    let link = works("POST", "/api/v1/check/links", json!({ "label": "Help desk" })).await;
    let check_token = link["url"].as_str().expect("a path").trim_start_matches("/check#").to_owned();
    let accounts = json!([{ "user": "4989123450", "password": TRUNK_PASSWORD, "expires_seconds": 600 }]);
    let trunk = json!({ "name": "A provider", "host": "sip.example.com", "transport": "tls", "outgoing": "digits", "number": "+4989123450",
                        "accounts": accounts });
    works("POST", "/api/v1/trunks", trunk).await;
    let user = company.user("anna").await;
    works("PATCH", &format!("/api/v1/users/{user}"), json!({ "name": NAME })).await;
    company
        .flights
        .follow(Arc::new(company.store.directory().await.expect("a directory")));
    company.doctor.publish(report());
    let call = call_of(&company, (NUMBER, NAME)).await;
    let mut secrets = vec![SIP_SECRET.to_owned(), TRUNK_PASSWORD.to_owned(), PASSWORD.to_owned()];
    secrets.extend([admin.clone(), anna, check_token]);
    Planted {
        company,
        admin,
        call,
        secrets,
    }
}

/// What the doctor knows names people and numbers too.
fn report() -> Report {
    let finding = Finding::new(
        Fault::H2MobileNoRoute,
        Subject::Person {
            extension: "101".to_owned(),
        },
        Severity::Warning,
        Culprit::Configuration,
        Confidence::High,
    );
    let finding = finding.with(What::Person, NAME, None).with(What::Number, MOBILE, None);
    let evidence = Evidence {
        people: vec![Person {
            extension: "101".to_owned(),
            name: NAME.to_owned(),
            mobile: Some(MOBILE.to_owned()),
            ..Person::default()
        }],
        trunks: vec![Trunk {
            name: "A provider".to_owned(),
            error: Some(format!("403 {NAME} <sip:{NUMBER}@example.com> password={TRUNK_PASSWORD}")),
            ..Trunk::default()
        }],
        ..Evidence::default()
    };
    Report {
        looked_at: Some(UnixMs(5_000)),
        open: vec![Kept {
            row: 1,
            finding,
            since: UnixMs(1_000),
            last_seen_at: UnixMs(5_000),
            cleared_at: None,
        }],
        evidence: Arc::new(evidence),
        ..Report::default()
    }
}

/// A phone registers and calls a number, while a capture of it runs.
fn talk(flights: &Flights, device: DeviceId, secrets: &[String]) {
    let flow = Flow {
        transport: Transport::Wss,
        local: ([10, 0, 0, 1], 8802).into(),
        peer: ([10, 0, 0, 2], 50_000).into(),
        connection: 2,
    };
    let registered = LiveEvent::Registered {
        device,
        from: flow.peer,
        transport: flow.transport,
        is_behind_nat: false,
    };
    flights.output(&Output::Event(registered), Instant::now());
    let hidden = secrets.join(" ");
    let body = format!("v=0\r\no={NUMBER} 1 1 IN IP4 10.0.0.2\r\ns={NAME}\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{SIP_SECRET}\r\n");
    for (number, method, body) in [(1, "REGISTER", ""), (2, "INVITE", body.as_str())] {
        let message = format!(
            "{method} sip:{DIALLED}@farend SIP/2.0\r\nVia: SIP/2.0/WSS anna.invalid;branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
             From: \"{NAME}\" <sip:101-web:{SIP_SECRET}@farend>;tag=anna\r\nTo: <sip:{DIALLED}@farend>\r\nCall-ID: c{number}\r\n\
             CSeq: {number} {method}\r\nContact: <sip:101-web@anna.invalid;transport=ws>\r\n\
             Authorization: Digest username=\"101-web\", nonce=\"n\", response=\"{SIP_SECRET}\"\r\nCookie: {hidden}\r\nX-Any: {hidden}\r\n\
             Sec-WebSocket-Protocol: {hidden}\r\nP-Asserted-Identity: <tel:{NUMBER}>\r\nRemote-Party-ID: <tel:{MOBILE}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        flights.message(&flow, true, message.as_bytes(), Instant::now());
    }
    let _over = flights.round(false);
}

/// The files of an archive (APPNOTE.TXT 6.3), unpacked, with their names.
fn unpacked(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let number = |at: usize, bytes: usize| {
        archive[at..at + bytes]
            .iter()
            .rev()
            .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let (mut files, mut at) = (Vec::new(), 0);
    while archive[at..].starts_with(b"PK\x03\x04") {
        let (packed, size, name, extra) = (number(at + 18, 4), number(at + 22, 4), number(at + 26, 2), number(at + 28, 2));
        let (name_at, content_at) = (at + 30, at + 30 + name + extra);
        let mut content = Vec::new();
        let mut unpacker = flate2::read::DeflateDecoder::new(&archive[content_at..content_at + packed]);
        unpacker.read_to_end(&mut content).expect("it can be unpacked");
        assert_eq!(content.len(), size);
        let name = String::from_utf8(archive[name_at..name_at + name].to_vec()).expect("a name");
        files.push((name, content));
        at = content_at + packed;
    }
    assert_eq!(number(archive.len() - 12, 2), files.len(), "as the directory of the archive counts");
    files
}

/// Whether something is in there, as it is or hidden a little.
fn has(content: &[u8], canary: &str) -> bool {
    let content = content.to_ascii_lowercase();
    let disguises = [
        canary.to_owned(),
        canary.trim_start_matches('+').to_owned(),
        canary.replace(' ', "%20").replace('+', "%2B"),
        canary.replace(' ', "+"),
        HEXLOWER.encode(canary.as_bytes()),
        BASE64.encode(canary.as_bytes()).trim_end_matches('=').to_owned(),
    ];
    disguises.iter().any(|disguise| {
        let disguise = disguise.to_ascii_lowercase();
        content.windows(disguise.len()).any(|window| window == disguise.as_bytes())
    })
}

/// Everything that leaves, unpacked.
async fn leaves(planted: &Planted, query: &str, capture: Value) -> Vec<(String, Vec<u8>)> {
    let Planted {
        company,
        admin,
        call,
        secrets,
    } = planted;
    let ask = async |method: &str, path: &str, body: Value| {
        let answer = company.ask(admin, method, path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer
    };
    let bundle = ask("GET", &format!("/api/v1/calls/{call}/bundle{query}"), Value::Null).await;
    let mut files = unpacked(&bundle.bytes);
    let begun = ask("POST", "/api/v1/captures", capture.clone()).await.json();
    let device = DeviceId(capture["device"].as_u64().expect("a device"));
    talk(&company.flights, device, secrets);
    let path = format!("/api/v1/captures/{}", begun["id"].to_string().trim_matches('"'));
    ask("DELETE", &path, Value::Null).await;
    let file = ask("GET", &format!("{path}/pcapng"), Value::Null).await.bytes;
    assert!(has(&file, "INVITE") && has(&file, "REGISTER"), "the capture is not empty");
    files.push(("capture".to_owned(), file));
    files
}

#[tokio::test]
async fn nothing_secret_and_nobodys_number_is_in_what_an_administrator_takes_out() {
    let planted = planted().await;
    let device = planted.company.device("101-web").await;
    let files = leaves(&planted, "", json!({ "device": device, "seconds": 60 })).await;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "flight.json",
        "ladder.txt",
        "configuration.json",
        "log.txt",
        "about.json",
        "findings.md",
        "plan.svg",
        "evidence.json",
        "capture",
    ];
    assert_eq!(names, expected);
    for (name, content) in &files {
        for canary in planted.secrets.iter().map(String::as_str).chain([NAME, NUMBER, DIALLED, MOBILE]) {
            assert!(!has(content, canary), "{canary} is in {name}: {}", String::from_utf8_lossy(content));
        }
    }
}

#[tokio::test]
async fn whoever_says_why_takes_out_names_and_numbers_and_still_nothing_secret() {
    let planted = planted().await;
    let device = planted.company.device("101-web").await;
    let capture = json!({ "device": device, "seconds": 60, "unmasked": true, "reason": "ticket 12" });
    let files = leaves(&planted, "?unmasked=true&reason=ticket%2012", capture).await;
    let is_somewhere = |canary: &str| files.iter().any(|(_, content)| has(content, canary));
    assert!([NAME, NUMBER, DIALLED, MOBILE].into_iter().all(is_somewhere));
    for (name, content) in &files {
        for secret in &planted.secrets {
            assert!(!has(content, secret), "{secret} is in {name}");
        }
    }
}
