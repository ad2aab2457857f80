//! A company in Munich behind a router, and its provider.

use std::env;
use std::path::Path;
use std::time::Duration;

use lab::baresip::Setup;
use lab::net::{Lab, Network};
use lab::server::Session;
use lab::{Farend, Provider, wait};
use serde_json::{Value, json};

/// The account by which the company is called: the number +4989123101 rings at 101.
pub(crate) const ACCOUNT: &str = "4989123";
/// A line goes up within this time, where nothing is in its way.
pub(crate) const UP_LIMIT: Duration = Duration::from_secs(20);
pub(crate) const CONFIG: &str = r#"
[stun]
servers = ["198.51.100.10:3478", "198.51.100.20:3478"]
"#;

/// The company, its network and its provider. The administrator is signed in.
#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) network: Network,
    pub(crate) provider: Provider,
    pub(crate) server: Farend,
    pub(crate) admin: Session,
}

impl Company {
    /// Everything but a trunk: both routers are port-restricted, and nothing is forwarded but TCP 8802.
    pub(crate) fn found(folder: &Path) -> Company {
        Self::found_in(folder, Lab::new(), CONFIG)
    }

    /// The same in another network, with another configuration.
    pub(crate) fn found_in(folder: &Path, lab: Lab, config: &str) -> Company {
        let network = lab.start(folder).unwrap();
        let provider = Provider::start(&network).unwrap();
        let log = env::var("FAREND_LAB_LOG").map(|level| format!("\n[log]\nlevel = {level:?}\n"));
        let config = format!("{config}{}", log.unwrap_or_default());
        let server = Farend::start_in(folder, "0.0.0.0", &config).unwrap();
        let admin = server.sign_in("admin").unwrap();
        let munich = json!({
            "country": "DE", "area": "89", "outside": null, "emergency_trunk_id": null, "time_zone": "Europe/Berlin",
            "limits": {"calls_per_minute_max": 30, "costly_calls_max": 5, "costly_minutes_per_day_max": 300},
        });
        admin.put("/api/v1/number-plan", &munich).unwrap();
        Company {
            network,
            provider,
            server,
            admin,
        }
    }

    /// Adds a trunk, by its key.
    pub(crate) fn add_trunk(&self, trunk: &Value) -> u64 {
        self.admin.post("/api/v1/trunks", trunk).unwrap()["id"].as_u64().unwrap()
    }

    /// Lets calls go out by a trunk and come in to the company's numbers.
    pub(crate) fn use_trunk(&self, trunk: u64) {
        let route = json!({"name": "everything", "trunks": [trunk]});
        self.admin.post("/api/v1/routes", &route).unwrap();
        let numbers = json!({"trunk_id": trunk, "block": format!("+{ACCOUNT}(100-199)"), "target": "extension"});
        self.admin.post("/api/v1/numbers", &numbers).unwrap();
    }

    /// Which classes of numbers somebody may call.
    pub(crate) fn permit(&self, extension: &str, classes: &[&str]) {
        let users = self.admin.fetch("/api/v1/users").unwrap();
        let user = users["users"]
            .as_array()
            .unwrap()
            .iter()
            .find(|user| user["extension"] == extension);
        let path = format!("/api/v1/users/{}/calling", user.unwrap()["id"]);
        let calling = json!({"classes": classes, "windows": [], "number": null, "hidden": false, "location": null});
        self.admin.put(&path, &calling).unwrap();
    }

    /// The only line of a trunk.
    pub(crate) fn line(&self, trunk: u64) -> Value {
        let trunk = self.admin.fetch(&format!("/api/v1/trunks/{trunk}")).unwrap();
        let [line] = trunk["lines"].as_array().unwrap().as_slice() else {
            panic!("one account has one line: {trunk}")
        };
        line.clone()
    }

    /// Waits until a trunk's line is up, and gives it.
    #[track_caller]
    pub(crate) fn line_once_up(&self, trunk: u64) -> Value {
        self.line_once(trunk, "is up", UP_LIMIT, |line| line["state"] == "up")
    }

    /// Waits until a trunk's line is as it should be, and gives it.
    #[track_caller]
    pub(crate) fn line_once(&self, trunk: u64, what: &str, limit: Duration, is_right: impl Fn(&Value) -> bool) -> Value {
        let mut line = Value::Null;
        wait::until_true_seldom(&format!("the trunk's line {what}"), limit, || {
            line = self.line(trunk);
            is_right(&line)
        });
        line
    }
}

/// A phone in the office, at one of its addresses.
pub(crate) const fn desk_phone(sip_user: &'static str, address: &'static str) -> Setup {
    Setup {
        server: "192.168.10.10",
        address,
        interface: "lan",
        ..Setup::of(sip_user)
    }
}
