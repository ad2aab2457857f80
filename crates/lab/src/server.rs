//! `target/release/farend demo`, as a person starts it, and its REST interface.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use ureq::tls::{TlsConfig, TlsProvider};
use ureq::{Agent, Body, http};

use crate::process::{Process, run};
use crate::wait;
use crate::world::{World, repository};

/// Everybody's password.
pub const PASSWORD: &str = "wire-lamp-orchard-29";
/// Every desk phone's secret.
pub const SIP_SECRET: &str = "desk-secret-7731-kl";
/// Everybody's PIN.
pub const PIN: &str = "805217";
/// The one port.
pub const PORT: u16 = 8802;
/// SIP from desk phones.
pub const SIP_PORT: u16 = 5060;
/// The same over TLS.
pub const SIP_TLS_PORT: u16 = 5061;
/// From start to the first answer.
const READY_LIMIT: Duration = Duration::from_secs(30);
/// A call that has ended is in the journal within this time.
const JOURNAL_LIMIT: Duration = Duration::from_secs(5);
/// Answers over REST take no longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// A running server with the demo company.
#[derive(Debug)]
pub struct Farend {
    process: Process,
    folder: PathBuf,
    bind: String,
    config: String,
}

/// Somebody who is signed in to the REST interface.
#[derive(Debug)]
pub struct Session {
    agent: Agent,
    origin: String,
    token: String,
}

impl Farend {
    /// Starts the demo company as `make run` does, reachable from the office alone.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub fn start(world: &World) -> anyhow::Result<Farend> {
        Farend::start_in(world.folder(), "127.0.0.1", "")
    }

    /// Starts it so that it is reachable at an address, from home too.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub fn start_on(world: &World, bind: &str) -> anyhow::Result<Farend> {
        Farend::start_in(world.folder(), bind, "")
    }

    /// Starts it with a configuration file of this text.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub fn start_with(world: &World, config: &str) -> anyhow::Result<Farend> {
        Farend::start_in(world.folder(), "127.0.0.1", config)
    }

    /// Starts it so that it is reachable at an address, with a configuration file of this text.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub fn start_on_with(world: &World, bind: &str, config: &str) -> anyhow::Result<Farend> {
        Farend::start_in(world.folder(), bind, config)
    }

    /// Starts it on the test's own computer, bound to an address, with a configuration file of this text unless that is empty.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub fn start_in(folder: &Path, bind: &str, config: &str) -> anyhow::Result<Farend> {
        let mut server = Farend {
            process: spawn(folder, bind, config)?,
            folder: folder.to_owned(),
            bind: bind.to_owned(),
            config: config.to_owned(),
        };
        server.wait_until_ready();
        Ok(server)
    }

    /// Starts it again with the same data, after it has ended.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        ensure!(!self.process.is_running(), "the server is still running");
        self.process = spawn(&self.folder, &self.bind, &self.config)?;
        self.wait_until_ready();
        Ok(())
    }

    #[track_caller]
    fn wait_until_ready(&mut self) {
        let address = format!("{}/healthz", self.origin());
        let agent = agent();
        wait::until_true("the server serves", READY_LIMIT, || {
            assert!(
                self.process.is_running(),
                "the server has ended instead of serving:\n{}",
                self.process.output()
            );
            agent.get(&address).call().is_ok_and(|answer| answer.status() == 200)
        });
    }

    /// The page's address from the office.
    pub fn origin(&self) -> String {
        let host = if ["127.0.0.1", "0.0.0.0", "::"].contains(&self.bind.as_str()) {
            "localhost"
        } else {
            &self.bind
        };
        format!("https://{host}:{PORT}")
    }

    /// Whether the page loads.
    pub fn serves_its_page(&self) -> bool {
        let page = agent().get(format!("{}/", self.origin())).call();
        page.is_ok_and(|mut page| page.status() == 200 && page.body_mut().read_to_string().is_ok_and(|text| text.contains("</html>")))
    }

    /// Signs in.
    ///
    /// # Errors
    ///
    /// When the server does not let us in.
    pub fn sign_in(&self, name: &str) -> anyhow::Result<Session> {
        let mut session = Session {
            agent: agent(),
            origin: self.origin(),
            token: String::new(),
        };
        let answer = session.post("/api/v1/session", &json!({"name": name, "password": PASSWORD}))?;
        session.token = answer["token"]
            .as_str()
            .with_context(|| format!("no token in {answer}"))?
            .to_owned();
        Ok(session)
    }

    /// The figures of `/metrics`; a series with labels counts under its whole name.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub fn metrics(&self) -> anyhow::Result<BTreeMap<String, f64>> {
        let text = agent()
            .get(format!("{}/metrics", self.origin()))
            .call()?
            .body_mut()
            .read_to_string()?;
        let figures = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let (name, figure) = line.rsplit_once(' ')?;
            Some((name.to_owned(), figure.parse().ok()?))
        });
        Ok(figures.collect())
    }

    /// The sum of all series of a figure.
    ///
    /// # Errors
    ///
    /// When there is no such figure.
    pub fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let figures = self.metrics()?;
        let series: Vec<f64> = figures
            .iter()
            .filter(|(series, _)| series.split('{').next() == Some(name))
            .map(|(_, figure)| *figure)
            .collect();
        ensure!(
            !series.is_empty(),
            "no figure {name} among {:?}",
            figures.keys().collect::<Vec<_>>()
        );
        Ok(series.iter().sum())
    }

    /// The program.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What SQLite says about its own files; `ok` for each when they are whole.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub fn database_integrity(&self) -> anyhow::Result<Vec<String>> {
        let mut verdicts = Vec::new();
        for entry in fs::read_dir(self.data())? {
            let path = entry?.path();
            let start = fs::read(&path).unwrap_or_default();
            if start.starts_with(b"SQLite format 3\0") {
                verdicts.push(
                    run(Command::new("sqlite3").arg(&path).arg("PRAGMA integrity_check"))?
                        .trim()
                        .to_owned(),
                );
            }
        }
        ensure!(!verdicts.is_empty(), "no database in {}", self.data().display());
        Ok(verdicts)
    }
}

fn spawn(folder: &Path, bind: &str, config: &str) -> anyhow::Result<Process> {
    let mut command = Command::new(program()?);
    command
        .args([
            "demo",
            "--bind",
            bind,
            "--port",
            &PORT.to_string(),
            "--sip-port",
            &SIP_PORT.to_string(),
            "--data",
        ])
        .arg(folder.join("data"))
        .env("FAREND_DEMO_PASSWORD", PASSWORD)
        .env("FAREND_DEMO_SIP_SECRET", SIP_SECRET)
        .env("FAREND_DEMO_PIN", PIN);
    if !config.is_empty() {
        let file = folder.join("farend.toml");
        fs::write(&file, config)?;
        command.arg("--config").arg(file);
    }
    Process::start(command, "farend", folder)
}

/// The built program: `FAREND_BIN`, or where `make build` puts it.
///
/// # Errors
///
/// When it is not there.
pub fn program() -> anyhow::Result<PathBuf> {
    let built = repository().join("target/release/farend");
    let path = env::var_os("FAREND_BIN").map_or(built, PathBuf::from);
    path.canonicalize()
        .with_context(|| format!("{} is not there: run `make build`, or set FAREND_BIN", path.display()))
}

/// A client that accepts the demo's self-signed certificate and takes every status for an answer.
fn agent() -> Agent {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(provider)
        .disable_verification(true)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(ANSWER_LIMIT))
        .http_status_as_error(false)
        .build()
        .into()
}

/// Signs somebody in at a page, as a browser does: by a cookie, which it shows with its next request.
///
/// # Errors
///
/// When the server cannot be reached, or does not let them in.
pub fn visit(origin: &str, name: &str) -> anyhow::Result<()> {
    let agent = agent();
    let credentials = json!({"name": name, "password": PASSWORD});
    let answer = agent
        .post(format!("{origin}/api/v1/session"))
        .header("Origin", origin)
        .send_json(&credentials)?;
    ensure!(answer.status() == 200, "signing in is answered by {}", answer.status());
    let cookie = answer.headers().get("set-cookie").context("no cookie")?.to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let answer = agent.get(format!("{origin}/api/v1/me")).header("Cookie", cookie).call()?;
    ensure!(answer.status() == 200, "the cookie is answered by {}", answer.status());
    Ok(())
}

impl Session {
    /// GET a path such as `/api/v1/me`.
    ///
    /// # Errors
    ///
    /// When the answer is no success.
    pub fn fetch(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.origin));
        read(path, request.header("Authorization", format!("Bearer {}", self.token)).call()?)
    }

    /// What a path gives, whatever the status: status and body.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub fn download(&self, path: &str) -> anyhow::Result<(u16, Vec<u8>)> {
        let request = self.agent.get(format!("{}{path}", self.origin));
        let mut answer = request.header("Authorization", format!("Bearer {}", self.token)).call()?;
        Ok((answer.status().as_u16(), answer.body_mut().read_to_vec()?))
    }

    /// POST a body to a path.
    ///
    /// # Errors
    ///
    /// When the answer is no success.
    pub fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.agent.post(format!("{}{path}", self.origin));
        read(
            path,
            request.header("Authorization", format!("Bearer {}", self.token)).send_json(body)?,
        )
    }

    /// PUT a body at a path.
    ///
    /// # Errors
    ///
    /// When the answer is no success.
    pub fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.agent.put(format!("{}{path}", self.origin));
        read(
            path,
            request.header("Authorization", format!("Bearer {}", self.token)).send_json(body)?,
        )
    }

    /// PATCH what a path names.
    ///
    /// # Errors
    ///
    /// When the answer is no success.
    pub fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.agent.patch(format!("{}{path}", self.origin));
        read(
            path,
            request.header("Authorization", format!("Bearer {}", self.token)).send_json(body)?,
        )
    }

    /// How a person of ours who is in one's conference is called in paths, by their extension.
    ///
    /// # Panics
    ///
    /// When they are in none.
    #[track_caller]
    pub fn member_of_conference(&self, extension: &str) -> u64 {
        let answer = self.fetch("/api/v1/me/conferences").expect("one's conferences");
        let conferences = answer["conferences"].as_array().expect("a list").iter();
        let mut members = conferences.flat_map(|conference| conference["members"].as_array().into_iter().flatten());
        let member = members.find(|member| member["party"]["number"] == extension);
        member
            .and_then(|member| member["leg"].as_u64())
            .unwrap_or_else(|| panic!("{extension} is in no conference: {answer}"))
    }

    /// The journal, youngest call first.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn journal(&self) -> anyhow::Result<Vec<Value>> {
        let answer = self.fetch("/api/v1/calls?limit=50")?;
        answer["calls"].as_array().cloned().with_context(|| format!("no calls in {answer}"))
    }

    /// The youngest call of the journal, as soon as it has an outcome such as `answered`: the journal is written beside the calls.
    #[track_caller]
    pub fn call_once(&self, outcome: &str) -> Value {
        let mut youngest = Value::Null;
        wait::until_true(&format!("the youngest call of the journal is {outcome}"), JOURNAL_LIMIT, || {
            youngest = self.journal().expect("the server answers").into_iter().next().unwrap_or_default();
            youngest["outcome"] == outcome
        });
        youngest
    }

    /// Whether the phone with this SIP user name is registered.
    ///
    /// # Errors
    ///
    /// When there is no such phone.
    pub fn is_registered(&self, sip_user: &str) -> anyhow::Result<bool> {
        let answer = self.fetch("/api/v1/devices")?;
        let devices = answer["devices"].as_array().context("no devices")?;
        let device = devices
            .iter()
            .find(|device| device["sip_user"] == sip_user)
            .with_context(|| format!("no {sip_user} in {answer}"))?;
        Ok(device["registered"] == true)
    }
}

fn read(path: &str, mut answer: http::Response<Body>) -> anyhow::Result<Value> {
    let text = answer.body_mut().read_to_string()?;
    ensure!(answer.status().is_success(), "{path}: {} {text}", answer.status());
    if text.is_empty() {
        Ok(Value::Null)
    } else {
        Ok(serde_json::from_str(&text)?)
    }
}
