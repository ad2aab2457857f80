//! Checks before any call: what a browser finds out by each way alone, with nothing but a link.

use std::path::Path;

use lab::net::addresses::{OFFICE_PUBLIC, PBX};
use lab::net::{Host, Nat, Network};
use lab::server::{PORT, Session};
use lab::tone::BROWSER_HZ;
use lab::world::in_namespaces;
use lab::{Authority, Browser, Farend, Lab};
use serde_json::{Value, json};

const SCRIPT: &str = include_str!("check.js");

/// The players.
struct Stage {
    network: Network,
    authority: Authority,
    // Until the story ends.
    _server: Farend,
    admin: Session,
}

impl Stage {
    fn set(folder: &Path, lab: Lab) -> Stage {
        let network = lab.start(folder).unwrap();
        let authority = Authority::new(folder).unwrap();
        let tls = authority.server_config(PBX, OFFICE_PUBLIC).unwrap();
        let stun = r#"[stun]
servers = ["198.51.100.10:3478", "198.51.100.20:3478"]"#;
        let config = format!("[public]\nhost = {PBX:?}\n\n{stun}\n{tls}");
        let server = Farend::start_in(folder, "0.0.0.0", &config).unwrap();
        let admin = server.sign_in("admin").unwrap();
        Stage {
            network,
            authority,
            _server: server,
            admin,
        }
    }

    /// A browser on a computer, with the company's page in it and a link of its own.
    fn guest(&self, host: &Host, name: &str) -> Guest {
        let browser = Browser::open_trusting(&self.authority, host, name, BROWSER_HZ, &[]).unwrap();
        browser.visit(&format!("https://{PBX}:{PORT}/")).unwrap();
        let made = self.admin.post("/api/v1/check/links", &json!({ "label": name })).unwrap();
        let url = made["url"].as_str().unwrap();
        let token = url.strip_prefix("/check#").unwrap().to_owned();
        Guest { browser, token }
    }
}

struct Guest {
    browser: Browser,
    token: String,
}

impl Guest {
    /// An echo by one way alone.
    fn echo(&self, way: &str) -> Value {
        self.browser.evaluate(&format!("({SCRIPT})({way:?}, {:?})", self.token)).unwrap()
    }

    /// It has sound in both directions, by that way and no other.
    #[track_caller]
    fn hears_itself(&self, way: &str, pair: &str, served: &str) {
        let echo = self.echo(way);
        assert_eq!(
            (&echo["isConnected"], &echo["isToneBack"]),
            (&json!(true), &json!(true)),
            "{way}: {echo}"
        );
        assert!(echo["pair"].as_str().is_some_and(|told| told.ends_with(pair)), "{way}: {echo}");
        let seen = &echo["seen"];
        assert_eq!(
            (&seen["is_connected"], &seen["is_tone_heard"], &seen["way"]),
            (&json!(true), &json!(true), &json!(served)),
            "{way}: {echo}"
        );
        assert!(seen["packets"].as_u64().is_some_and(|packets| packets >= 30), "{way}: {echo}");
        assert!(echo["last"]["packets"].as_u64() >= seen["packets"].as_u64(), "{way}: {echo}");
    }

    /// Nothing comes about by that way.
    #[track_caller]
    fn hears_nothing(&self, way: &str) {
        let echo = self.echo(way);
        assert_eq!(
            (&echo["isConnected"], &echo["seen"]["is_tone_heard"]),
            (&json!(false), &json!(false)),
            "{way}: {echo}"
        );
    }
}

/// The ways over the one forwarded port work everywhere.
fn by_the_one_port(guest: &Guest) {
    guest.hears_itself("tcp", "/tcp/", "tcp");
    guest.hears_itself("tls", "relay/udp/tls", "relay");
}

#[test]
fn behind_a_symmetric_router_a_guest_hears_the_tone_by_the_one_port_alone() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new().home(Nat::Symmetric));
        let guest = stage.guest(stage.network.home_pc(), "home");
        guest.hears_nothing("udp");
        by_the_one_port(&guest);
    });
}

/// Asks the servers of a check, in the words of the guide: who has answered with what.
const CANDIDATES: &str = "async (token) => {
    const page = await (await fetch('/api/v1/check', { headers: { 'Farend-Check': token } })).json();
    const pc = new RTCPeerConnection({ iceServers: [{ urls: page.stun }] });
    const found = [];
    pc.onicecandidate = ({ candidate }) => {
        if (candidate?.type === 'srflx') found.push({ url: candidate.url, address: candidate.address, port: candidate.port });
    };
    pc.createDataChannel('check');
    await pc.setLocalDescription();
    await new Promise((done) => setTimeout(done, 3000));
    pc.close();
    return { stun: page.stun, seen_as: page.seen_as, found };
}";

#[test]
fn in_the_office_our_own_ports_answer_a_browser_that_asks_who_it_is() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new());
        let guest = stage.guest(stage.network.office_pc(), "office");
        let asked = guest.browser.evaluate(&format!("({CANDIDATES})({:?})", guest.token)).unwrap();
        let own: Vec<String> = [8802, 8803, 8804].map(|port| format!("stun:{PBX}:{port}")).into();
        let told: Vec<&str> = asked["stun"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(told[..3], own[..], "{asked}");
        assert_eq!(told.len(), 5, "{asked}");
        assert_eq!(asked["seen_as"], "192.168.10.30");
    });
}
