//! `farend nat` against STUN servers on the loopback interface.

use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::time::{Duration, Instant};

use doctor::stun::{Class, Message};
use serde_json::Value;

/// What the command may take, however silent the world is.
const TIME_MAX: Duration = Duration::from_secs(5);
const KEYS: [&str; 9] = [
    "confidence",
    "filtering",
    "hairpin",
    "mapping",
    "outcome",
    "port_preserved",
    "public_addresses",
    "rfc3489_type",
    "sentence",
];

/// Exit status, standard output and standard error.
fn nat(arguments: &[&str]) -> (Option<i32>, String, String) {
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_farend"));
    let output = command.arg("nat").args(arguments).output().expect("the program starts");
    assert!(begun.elapsed() < TIME_MAX, "{:?}", begun.elapsed());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn json(arguments: &[&str]) -> Value {
    let (status, out, err) = nat(&[arguments, &["--json"]].concat());
    assert_eq!((status, err.as_str()), (Some(0), ""));
    serde_json::from_str(&out).expect("JSON")
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// The one sentence of a command that fails.
fn fails(arguments: &[&str]) -> String {
    let (status, out, err) = nat(arguments);
    assert!(status.is_some_and(|status| status > 0) && out.is_empty(), "{status:?} {out}");
    err
}

fn bind(ip: &str) -> UdpSocket {
    UdpSocket::bind((ip, 0)).expect("a port")
}

fn address(socket: &UdpSocket) -> String {
    socket.local_addr().expect("bound").to_string()
}

/// A plain server that says what `see` makes of who asks. Ends with the test's process.
fn plain(ip: &str, see: impl Fn(SocketAddr) -> SocketAddr + Send + 'static) -> String {
    let socket = bind(ip);
    let address = address(&socket);
    std::thread::spawn(move || {
        let mut buffer = [0; 1_500];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
            let request = Message::read(&buffer[..length]).expect("a request");
            socket.send_to(&request.answer(see(peer)).to_bytes(), peer).expect("sent");
        }
    });
    address
}

/// A server that knows RFC 5780, on two addresses and two ports.
fn rfc5780() -> String {
    let sockets: [[UdpSocket; 2]; 2] = two_by_two();
    let main = address(&sockets[0][0]);
    for ip in 0..2 {
        for port in 0..2 {
            let answering = [0, 1].map(|i| [0, 1].map(|p| sockets[i][p].try_clone().expect("another handle")));
            std::thread::spawn(move || {
                let mut buffer = [0; 1_500];
                while let Ok((length, peer)) = answering[ip][port].recv_from(&mut buffer) {
                    let request = Message::read(&buffer[..length]).expect("a request");
                    let mut answer = request.answer(peer);
                    answer.other_address = answering[1 - ip][1 - port].local_addr().ok();
                    let from = &answering[ip ^ usize::from(request.change.ip)][port ^ usize::from(request.change.port)];
                    from.send_to(&answer.to_bytes(), peer).expect("sent");
                }
            });
        }
    }
    main
}

/// Two ports that are free on two addresses.
fn two_by_two() -> [[UdpSocket; 2]; 2] {
    let on = |ip: &str, port: u16| UdpSocket::bind((ip, port)).ok();
    let pair = || {
        let first = bind("127.0.0.1");
        let other = on("127.0.0.2", first.local_addr().ok()?.port())?;
        Some([first, other])
    };
    let ([a, c], [b, d]) = std::iter::repeat_with(|| Some((pair()?, pair()?)))
        .flatten()
        .next()
        .expect("for ever");
    [[a, b], [c, d]]
}

#[test]
fn without_a_nat_a_server_that_knows_rfc_5780_sees_the_open_internet() {
    let found = json(&["--stun", &rfc5780()]);
    assert_eq!(keys(&found), KEYS);
    assert_eq!(found["outcome"], "not-symmetric");
    assert_eq!(found["rfc3489_type"], "open-internet");
    assert_eq!(found["mapping"], "endpoint-independent");
    assert_eq!(found["filtering"], "endpoint-independent");
    assert_eq!(found["port_preserved"], true);
    assert_eq!(found["public_addresses"], serde_json::json!(["127.0.0.1"]));
    assert_eq!((&found["hairpin"], &found["confidence"]), (&Value::Null, &"high".into()));
}

#[test]
fn people_get_a_sentence_and_a_table() {
    let server = plain("127.0.0.1", |peer| peer);
    let (status, out, _) = nat(&["--stun", &server, "--bind", "127.0.0.1"]);
    assert_eq!(status, Some(0));
    assert!(
        out.starts_with("No NAT: this computer has the address 127.0.0.1.\n\nOutcome     not-symmetric (confidence: high)\n"),
        "{out}"
    );
    let line = out.lines().find(|line| line.starts_with(&server)).expect("a line for the server");
    assert!(line.contains(" 3 of 3 ") && line.ends_with(" ms"), "{line}");
}

#[test]
fn two_servers_that_see_different_ports_make_a_symmetric_nat_and_equal_ones_do_not() {
    let seen_as = |ip, port: u16| plain(ip, move |_| SocketAddr::from(([203, 0, 113, 1], port)));
    let (a, b, c) = (
        seen_as("127.0.0.1", 1_000),
        seen_as("127.0.0.2", 2_000),
        seen_as("127.0.0.3", 1_000),
    );
    let found = json(&["--stun", &a, "--stun", &b]);
    assert_eq!((&found["outcome"], &found["mapping"]), (&"symmetric".into(), &"unknown".into()));
    let found = json(&["--stun", &a, "--stun", &c]);
    assert_eq!(
        (&found["outcome"], &found["rfc3489_type"], &found["filtering"], &found["confidence"]),
        (&"not-symmetric".into(), &"cone".into(), &"unknown".into(), &"medium".into())
    );
    assert_eq!(json(&["--stun", &a])["outcome"], "unknown");
}

#[test]
fn when_all_are_silent_it_ends_in_time_and_has_done_its_job() {
    let mute = ["127.0.0.1", "127.0.0.2"].map(bind);
    let [a, b] = mute.each_ref().map(address);
    // The hosts refuse TCP: they are there, but are their servers?
    let found = json(&["--stun", &a, "--stun", &b]);
    assert_eq!((&found["outcome"], &found["confidence"]), (&"udp-blocked".into(), &"low".into()));
    assert!(
        found["sentence"]
            .as_str()
            .is_some_and(|sentence| sentence.contains("or these servers are down"))
    );
    // One takes TCP: it lives.
    let _lives = std::net::TcpListener::bind(&a).expect("the same port by TCP");
    let found = json(&["--stun", &a, "--stun", &b]);
    assert_eq!((&found["outcome"], &found["confidence"]), (&"udp-blocked".into(), &"high".into()));
}

#[test]
fn a_host_that_refuses_is_no_blocked_udp() {
    let closed = address(&bind("127.0.0.1"));
    let (status, out, _) = nat(&["--stun", &closed]);
    assert_eq!(status, Some(0));
    assert!(out.contains("Outcome     unknown") && out.contains("refuses"), "{out}");
}

/// A server that answers with an error.
fn refusing() -> String {
    let socket = bind("127.0.0.1");
    let server = address(&socket);
    std::thread::spawn(move || {
        let mut buffer = [0; 1_500];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
            let request = Message::read(&buffer[..length]).expect("a request");
            let class = Class::Error(500);
            socket.send_to(&Message { class, ..request }.to_bytes(), peer).expect("sent");
        }
    });
    server
}

#[test]
fn an_error_of_a_server_is_no_silence() {
    assert_eq!(json(&["--stun", &refusing()])["outcome"], "unknown");
}

#[test]
fn the_life_of_mappings_is_told_when_it_is_asked_for() {
    let server = refusing();
    let found = json(&["--stun", &server, "--lifetime"]);
    assert_eq!(
        found["mapping_lifetime"],
        serde_json::json!({ "at_least_s": null, "less_than_s": null })
    );
    let (status, out, err) = nat(&["--stun", &server, "--lifetime"]);
    assert_eq!((status, err.as_str()), (Some(0), ""), "no progress without a terminal");
    assert!(
        out.contains("\nLifetime    how long an idle mapping lives is not known: no server answers\n"),
        "{out}"
    );
}

#[test]
fn both_families_are_looked_at_apart() {
    let (ipv4, ipv6) = (plain("127.0.0.1", |peer| peer), plain("::1", |peer| peer));
    let found = json(&["--stun", &ipv6, "--stun", &ipv4]);
    assert_eq!(found["public_addresses"], serde_json::json!(["127.0.0.1"]));
    assert_eq!(found["ipv6"]["public_addresses"], serde_json::json!(["::1"]));
    assert_eq!(keys(&found["ipv6"]), KEYS);
    let found = json(&["--stun", &ipv6, "--stun", &ipv4, "--bind", "::1"]);
    assert_eq!(
        (keys(&found), &found["public_addresses"]),
        (KEYS.to_vec(), &serde_json::json!(["::1"]))
    );
}

#[test]
fn servers_come_from_the_configuration_unless_named() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().to_str().expect("a path").to_owned();
    let missing = fails(&["--config", &path]);
    assert!(
        missing.ends_with(&format!(
            "{path} names no STUN servers; name one with --stun HOST:PORT, better two on different hosts\n"
        )),
        "{missing}"
    );
    let server = plain("127.0.0.1", |peer| peer);
    write!(file, "[stun]\nservers = [\"{server}\"]\n").expect("written");
    assert_eq!(json(&["--config", &path])["outcome"], "not-symmetric");
}

#[test]
fn what_cannot_be_done_is_said_with_the_remedy() {
    let server = plain("127.0.0.1", |peer| peer);
    for (arguments, expected) in [
        (
            vec!["--stun", "stun.example.com:http"],
            "write name and port, e.g. stun.example.com:3478",
        ),
        (
            vec!["--stun", &server, "--bind", "192.0.2.77"],
            "give an address of this computer with --bind, or none",
        ),
        (vec!["--stun", &server, "--bind", "::1"], "check --bind and the servers"),
        (["--stun", &server].repeat(9), "9 STUN servers are too many; name at most 8"),
        (vec!["--stun", "nowhere.invalid"], "nowhere.invalid"),
    ] {
        let error = fails(&arguments);
        assert!(error.contains(expected), "{error}");
    }
}
