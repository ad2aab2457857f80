use lab::mouth_to_ear::{converse, open_voice_on};
use lab::net::{Lab, Line, Loss, Nat};
use lab::net::addresses::PBX;
use lab::process::report;
use lab::server::PORT;
use lab::world::in_namespaces;
use lab::Farend;

const CONFIG: &str = r#"
[public]
host = "pbx.example.test"
addresses = ["198.51.100.2"]

[stun]
servers = ["198.51.100.10:3478", "198.51.100.20:3478"]
"#;

fn measure(nat: Nat) {
    in_namespaces(|folder| {
        let network = Lab::new().home(nat).office(Nat::FullCone).home_line(Line::PERFECT).start(folder).unwrap();
        let _server = Farend::start_in(folder, "0.0.0.0", CONFIG).unwrap();
        let home = open_voice_on(network.home_pc(), "home").unwrap();
        let office = open_voice_on(network.office_pc(), "office").unwrap();
        let origin = format!("https://{PBX}:{PORT}");
        home.sign_in(&origin, "101").unwrap();
        office.sign_in(&origin, "102").unwrap();
        home.dial("102").unwrap();
        office.wait_until_it_rings();
        office.answer();
        home.wait_until_talking();
        office.wait_until_talking();
        report(&format!("{:?}", home.media_path()));
        let bad = Line { delay_ms: 32.5, loss: Loss::Random { share: 0.03 }, ..Line::PERFECT };
        let seconds = std::env::var("SECS").ok().and_then(|s| s.parse().ok()).unwrap_or(30);
        for line in [Line::PERFECT, bad, Line { loss: Loss::Never, ..bad }, Line::PERFECT] {
            network.home_line().unwrap().set(line);
            converse(&home, &office, 10).unwrap();
            let [at_home, at_office] = converse(&home, &office, seconds).unwrap();
            report(&format!("{line:?}\n  home   {at_home}\n  office {at_office}"));
        }
    });
}

#[test]
fn tcp() {
    measure(Nat::UdpBlocked);
}

#[test]
fn udp() {
    measure(Nat::FullCone);
}
