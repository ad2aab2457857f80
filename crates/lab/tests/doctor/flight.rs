//! What is left of a call for whoever has to find out why it sounded as it did.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use lab::baresip::Setup;
use lab::company::BEN;
use lab::listening::{browser_hears, desk_phone_hears};
use lab::server::{PASSWORD, PIN, SIP_SECRET};
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::{Value, json};

/// A flight is written soon after its call.
const KEPT_LIMIT: Duration = Duration::from_secs(10);
/// The tones of both ends are far louder than this, in dBov.
const LOUD_DBOV: i64 = -50;

#[test]
fn a_call_leaves_its_ladder_its_levels_and_a_capture_of_both_directions() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let admin = server.sign_in("admin").unwrap();
        let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);

        let call = admin.fetch("/api/v1/calls?all=true").unwrap()["calls"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let capture = admin.post("/api/v1/captures", &json!({"call": call, "seconds": 3})).unwrap();
        let capture = format!("/api/v1/captures/{}/pcapng", capture["id"]);
        let mut file = Vec::new();
        wait::until_true("the capture is done", KEPT_LIMIT, || {
            let (status, bytes) = admin.download(&capture).unwrap();
            file = bytes;
            status == 200
        });
        // They have talked long enough for levels of both ends.
        let path = format!("/api/v1/calls/{call}/flight");
        wait::until_true("the running call has levels", KEPT_LIMIT, || {
            let flight = admin.fetch(&path).unwrap();
            received_levels(&flight).len() == 2
        });
        anna.hang_up();
        anna.wait_until_idle();
        wait::until_true("the flight has an end", KEPT_LIMIT, || {
            !admin.fetch(&path).unwrap()["ended_at_ms"].is_null()
        });

        let flight = admin.fetch(&path).unwrap();
        assert_ladder(&flight);
        let marks: BTreeSet<_> = flight["marks"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|mark| mark["kind"].as_str())
            .collect();
        assert!(
            marks.is_superset(&BTreeSet::from(["answered", "connected", "ended", "way"])),
            "{marks:?}"
        );
        for (leg, loudest) in received_levels(&flight) {
            assert!(loudest > LOUD_DBOV, "leg {leg}: {loudest} dBov in {flight}");
        }
        assert_both_directions(&file);
        let hers = server.sign_in("101").unwrap().fetch(&path).unwrap();
        assert!(hers["ladder"].as_array().unwrap().is_empty() && !hers["series"].as_array().unwrap().is_empty());

        let (status, bundle) = admin.download(&format!("/api/v1/calls/{call}/bundle")).unwrap();
        assert_eq!(status, 200);
        let text = unzipped(world.folder(), &bundle);
        assert!(text.contains("INVITE") && text.contains("person-1"), "{text}");
        for secret in ["Anna", "Ben", "102-desk", PASSWORD, SIP_SECRET, PIN] {
            assert!(!text.contains(secret), "{secret} is in the bundle:\n{text}");
            let is_in = file.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!is_in, "{secret} is in the capture");
        }
    });
}

/// The loudest of what has come from each leg.
fn received_levels(flight: &Value) -> Vec<(u64, i64)> {
    let series = flight["series"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|series| series["direction"] == "received");
    let loudest = series.filter_map(|series| {
        let levels = series["level_dbov"].as_array()?.iter().filter_map(Value::as_i64);
        Some((series["leg"].as_u64()?, levels.max()?))
    });
    loudest.collect()
}

/// From INVITE to the answer to BYE, of the browser and of the desk phone.
fn assert_ladder(flight: &Value) {
    let ladder = flight["ladder"].as_array().unwrap();
    for leg in flight["legs"].as_array().unwrap() {
        let (id, kind) = (&leg["leg"], leg["kind"].as_str().unwrap_or_default());
        let messages: Vec<_> = ladder
            .iter()
            .filter(|message| &message["leg"] == id)
            .filter_map(|message| message["what"].as_str())
            .collect();
        // Ben's browser is not there.
        let all = ["INVITE", "200 OK", "ACK", "BYE"];
        assert!(all.iter().all(|what| messages.contains(what)), "{kind}: {messages:?}");
        let last = messages.iter().rposition(|what| *what == "200 OK");
        assert!(
            last > messages.iter().position(|what| *what == "BYE"),
            "BYE is answered: {messages:?}"
        );
    }
    let kinds: BTreeSet<_> = flight["legs"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|leg| leg["kind"].as_str())
        .collect();
    assert_eq!(kinds, BTreeSet::from(["browser", "phone"]));
}

/// The capture opens, and has RTP from and to the pool of ports.
fn assert_both_directions(file: &[u8]) {
    assert_eq!(file.get(..4), Some(&[0x0a, 0x0d, 0x0d, 0x0a][..]), "no pcapng");
    let (mut from_us, mut to_us, mut at) = (0, 0, 0);
    while let Some(head) = file.get(at..at + 8) {
        let kind = u32::from_le_bytes(head[..4].try_into().unwrap());
        let length = u32::from_le_bytes(head[4..].try_into().unwrap()) as usize;
        if kind == 6 {
            let frame = &file[at + 28..at + length - 4];
            let port = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
            // IPv4 with UDP.
            if frame[0] == 0x45 && frame[9] == 17 {
                from_us += u32::from((30_000..31_000).contains(&port(20)) && port(20) % 2 == 0);
                to_us += u32::from((30_000..31_000).contains(&port(22)) && port(22) % 2 == 0);
            }
        }
        at += length.max(12);
    }
    assert!(from_us > 100 && to_us > 100, "{from_us} packets from the RTP port, {to_us} to it");
}

fn unzipped(folder: &std::path::Path, bundle: &[u8]) -> String {
    let file = folder.join("bundle.zip");
    std::fs::write(&file, bundle).unwrap();
    let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nfor n in z.namelist(): print(n); print(z.read(n).decode())";
    let read = Command::new("python3").args(["-c", script]).arg(&file).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).unwrap()
}
