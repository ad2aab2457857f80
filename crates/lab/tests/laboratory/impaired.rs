//! A bad line: how much later a voice arrives through it, and how much of it the listener's browser makes up.
//!
//! A browser at home talks with one in the office, through the server: once over a perfect line and once over a bad one, in a new call each,
//! since a browser's jitter buffer forgets slowly. What is more than over the perfect line has been added by the line.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lab::mouth_to_ear::{Listened, converse, open_voice_on};
use lab::net::addresses::{HOME_ROUTER, OFFICE_ROUTER, PBX};
use lab::net::{Direction, Host, Lab, Line, Loss, Nat, Network, TcpCounters};
use lab::process::{report, run};
use lab::server::PORT;
use lab::world::in_namespaces;
use lab::{Browser, Farend};

const CONFIG: &str = r#"
[public]
host = "pbx.example.test"

[stun]
servers = ["198.51.100.10:3478", "198.51.100.20:3478"]
"#;
/// 65 ms there and back again, and three of a hundred packets lost each way.
const BAD: Line = Line {
    delay_ms: 32.5,
    loss: Loss::Random { share: 0.03 },
    ..Line::PERFECT
};
/// So long a browser gets to know the line before it counts.
const WARM_UP_SECONDS: u32 = 15;
/// So long it counts at full length (`make lab`), and in a short run.
const SECONDS: u32 = 30;
const SECONDS_SHORT: u32 = 12;
/// In a short run one rare stall, which a browser's jitter buffer remembers for half a minute, may be all that there is.
const SHORT_LEEWAY: f64 = 1.6;
/// What the line may add at most, half of the time, in milliseconds.
const ADDED_OVER_TCP_MS_MAX: f64 = 250.0;
const ADDED_OVER_UDP_MS_MAX: f64 = 120.0;
/// How much may be made up over TCP, which loses nothing and is late.
const CONCEALED_OVER_TCP_MAX: f64 = 0.025;

/// Whether the test has all the time that it needs: `make lab` says so.
fn is_at_full_length() -> bool {
    std::env::var_os("FAREND_LAB_RUNS").is_some()
}

fn leeway() -> f64 {
    if is_at_full_length() { 1.0 } else { SHORT_LEEWAY }
}

fn seconds() -> u32 {
    if is_at_full_length() { SECONDS } else { SECONDS_SHORT }
}

/// Two people who can call each other.
struct Talkers {
    network: Network,
    _server: Farend,
    at_home: Browser,
    in_office: Browser,
}

/// One call over one line.
struct Talk {
    protocol: String,
    at_home: Listened,
    in_office: Listened,
    /// Of both ends of the line.
    tcp: [TcpCounters; 2],
    frames_lost: u64,
}

#[test]
fn over_tcp_a_bad_line_adds_no_more_than_a_quarter_of_a_second() {
    in_namespaces(|folder| {
        let talkers = Talkers::meet(folder, Nat::UdpBlocked);
        let [good, bad] = [Line::PERFECT, BAD].map(|line| talkers.talk_over(line));
        keep(folder, "TCP", &good, &bad);
        for (good, bad) in good.listeners().into_iter().zip(bad.listeners()) {
            let added_ms = bad.1.delay_ms(0.5) - good.1.delay_ms(0.5);
            assert!(added_ms <= ADDED_OVER_TCP_MS_MAX * leeway(), "{added_ms} ms more {}", bad.0);
            assert!(bad.1.concealed_share <= CONCEALED_OVER_TCP_MAX * leeway(), "{}: {}", bad.0, bad.1);
        }
        assert_eq!([good.protocol, bad.protocol], ["tcp", "tcp"]);
    });
}

#[test]
fn over_udp_a_bad_line_adds_no_more_than_an_eighth_of_a_second() {
    in_namespaces(|folder| {
        let talkers = Talkers::meet(folder, Nat::FullCone);
        let [good, bad] = [Line::PERFECT, BAD].map(|line| talkers.talk_over(line));
        keep(folder, "UDP", &good, &bad);
        for (good, bad) in good.listeners().into_iter().zip(bad.listeners()) {
            let added_ms = bad.1.delay_ms(0.5) - good.1.delay_ms(0.5);
            assert!(added_ms <= ADDED_OVER_UDP_MS_MAX * leeway(), "{added_ms} ms more {}", bad.0);
        }
        assert_eq!([good.protocol, bad.protocol], ["udp", "udp"]);
    });
}

impl Talkers {
    fn meet(folder: &Path, home: Nat) -> Talkers {
        let network = Lab::new()
            .home(home)
            .office(Nat::FullCone)
            .home_line(Line::PERFECT)
            .start(folder)
            .unwrap();
        for (host, router) in [(network.home_pc(), HOME_ROUTER), (network.server(), OFFICE_ROUTER)] {
            let mut ip = host.command("ip");
            // What most computers have, whatever this machine prefers.
            run(ip.args(["route", "replace", "default", "congctl", "cubic", "via", &router.to_string()])).unwrap();
        }
        let server = Farend::start_in(folder, "0.0.0.0", CONFIG).unwrap();
        let [at_home, in_office] = [(network.home_pc(), "home", "101"), (network.office_pc(), "office", "102")]
            .map(|(host, name, extension)| sign_in(host, name, extension));
        Talkers {
            network,
            _server: server,
            at_home,
            in_office,
        }
    }

    /// A call over a line, from the dialling to the end.
    fn talk_over(&self, line: Line) -> Talk {
        let cable = self.network.home_line().unwrap();
        cable.set(line);
        self.at_home.dial("102").unwrap();
        self.in_office.wait_until_it_rings();
        self.in_office.answer();
        self.at_home.wait_until_talking();
        self.in_office.wait_until_talking();
        converse(&self.at_home, &self.in_office, WARM_UP_SECONDS).unwrap();
        let ends = [self.network.home_pc(), self.network.server()];
        let counted = || {
            let lost = [Direction::Up, Direction::Down].map(|direction| cable.counters(direction).lost);
            (ends.map(|host| TcpCounters::of(host).unwrap()), lost.iter().sum::<u64>())
        };
        let (tcp_before, lost_before) = counted();
        let [at_home, in_office] = converse(&self.at_home, &self.in_office, seconds()).unwrap();
        let (tcp, lost) = counted();
        let talk = Talk {
            protocol: self.at_home.media_path().unwrap().protocol,
            at_home,
            in_office,
            tcp: [tcp[0] - tcp_before[0], tcp[1] - tcp_before[1]],
            frames_lost: lost - lost_before,
        };
        self.at_home.hang_up();
        self.at_home.wait_until_idle();
        self.in_office.wait_until_idle();
        talk
    }
}

fn sign_in(host: &Host, name: &str, extension: &str) -> Browser {
    let browser = open_voice_on(host, name).unwrap();
    browser.sign_in(&format!("https://{PBX}:{PORT}"), extension).unwrap();
    browser
}

impl Talk {
    fn listeners(&self) -> [(&'static str, &Listened); 2] {
        [("to home", &self.at_home), ("to the office", &self.in_office)]
    }
}

/// Writes the rows of one protocol, and the table of all that were ever kept to `impaired/impaired.md` beside the test's folder.
fn keep(folder: &Path, protocol: &str, good: &Talk, bad: &Talk) {
    let mut rows = String::new();
    for (good_talk, bad_talk) in good.listeners().into_iter().zip(bad.listeners()) {
        for (line, to, listened) in [("perfect", good_talk.0, good_talk.1), ("bad", bad_talk.0, bad_talk.1)] {
            // Writing to a string cannot fail.
            let _ = writeln!(
                rows,
                "| {protocol} | {to} | {line} | {:.0} | {:.0} | {:+.0} | {:.2} % | {:.2} % | {:.0} | {} of {} |",
                listened.delay_ms(0.5),
                listened.delay_ms(0.95),
                listened.delay_ms(0.5) - good_talk.1.delay_ms(0.5),
                listened.concealed_share * 100.0,
                listened.silent_share * 100.0,
                listened.buffer_ms,
                listened.heard(),
                listened.said(),
            );
            report(&format!("{protocol} {to}, {line} line: {listened}"));
        }
    }
    for (name, talk) in [("perfect", good), ("bad", bad)] {
        report(&format!(
            "{protocol}, {name} line: {} frames lost, TCP at home and at the server {:?}",
            talk.frames_lost, talk.tcp
        ));
    }
    let folder = folder.with_file_name("impaired");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{protocol}.rows")), rows).unwrap();
    let rows: String = ["UDP", "TCP"]
        .iter()
        .map(|protocol| fs::read_to_string(folder.join(format!("{protocol}.rows"))).unwrap_or_default())
        .collect();
    let table = folder.join("impaired.md");
    fs::write(
        &table,
        format!(
            "A browser at home and one in the office LAN, relayed by the server. The bad line of the home: {} ms there and back again, 3 % of all \
             packets lost in each direction. Delay from mouth to ear in milliseconds, both browsers' audio engines included; concealed is what \
             the listener's browser made up.\n\n\
             | Way | Direction | Line | p50 | p95 | added p50 | concealed | of it silent | jitter buffer, ms | bursts heard |\n\
             |---|---|---|---|---|---|---|---|---|---|\n{rows}",
            2.0 * BAD.delay_ms
        ),
    )
    .unwrap();
    report(&format!("the table is {}", table.display()));
}
