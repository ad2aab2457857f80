//! The server under test: `farend demo` with data and ports of its own.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tempfile::TempDir;

use crate::figures::{self, ByThread};
use crate::web::Web;

/// A phone call takes two pairs.
const RTP_PORTS: &str = "34000-36999";
/// Everybody's password and every phone's secret.
pub(crate) const PASSWORD: &str = "bench-orchard-lamp-58";
pub(crate) const SIP_SECRET: &str = "bench-desk-secret-4471";

const START_TIME_MAX: Duration = Duration::from_secs(60);
const STOP_TIME_MAX: Duration = Duration::from_secs(30);
/// After a load: the journal is written, memory is given back.
const SETTLE_TIME: Duration = Duration::from_millis(1500);

pub(crate) struct Server {
    child: Child,
    sip: SocketAddr,
    folder: TempDir,
    web: Web,
}

impl Server {
    /// Starts it and waits until it serves.
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("farend.toml");
        fs::write(&config, format!("[listen]\nrtp_ports = \"{RTP_PORTS}\"\n"))?;
        let log = File::create(folder.path().join("farend.log"))?;
        // The lab, a demo, or another benchmark may run beside us.
        let portal = free_port(20_802, 0)?;
        let sip = free_port(20_060, 1)?;
        let child = Command::new(program)
            .args([
                "demo",
                "--bind",
                "127.0.0.1",
                "--port",
                &portal.to_string(),
                "--sip-port",
                &sip.to_string(),
            ])
            .arg("--data")
            .arg(folder.path().join("data"))
            .arg("--config")
            .arg(&config)
            .env("FAREND_DEMO_PASSWORD", PASSWORD)
            .env("FAREND_DEMO_SIP_SECRET", SIP_SECRET)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut server = Self {
            child,
            sip: SocketAddr::from((Ipv4Addr::LOCALHOST, sip)),
            folder,
            web: Web::new(portal)?,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while self.web.fetch("/healthz").is_err() {
            ensure!(
                self.child.try_wait()?.is_none(),
                "the server has ended instead of serving:\n{}",
                self.log()
            );
            ensure!(begun.elapsed() < START_TIME_MAX, "the server does not serve:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Where phones register.
    pub(crate) fn sip(&self) -> SocketAddr {
        self.sip
    }

    /// The pages and what browsers connect to.
    pub(crate) fn web(&self) -> &Web {
        &self.web
    }

    /// Where files of a run may lie.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// CPU time so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        figures::cpu(self.child.id())
    }

    /// CPU time so far for the watch over sound, the flight recorder and the doctor, as the server counts it: up to a second old.
    pub(crate) fn evidence_cpu(&self) -> anyhow::Result<Duration> {
        let figures = self.web.fetch("/metrics")?;
        let parts: Vec<f64> = figures
            .lines()
            .filter(|line| line.starts_with("farend_evidence_cpu_seconds_total{"))
            .map(|line| Ok(line.rsplit(' ').next().context("an empty line")?.parse()?))
            .collect::<anyhow::Result<_>>()?;
        ensure!(parts.len() == 3, "/metrics does not say what evidence costs:\n{figures}");
        Ok(Duration::from_secs_f64(parts.iter().sum()))
    }

    /// CPU time so far, thread by thread.
    pub(crate) fn cpu_by_thread(&self) -> anyhow::Result<ByThread> {
        figures::cpu_by_thread(self.child.id())
    }

    /// Resident memory in KiB.
    pub(crate) fn resident_kib(&self) -> anyhow::Result<f64> {
        figures::resident_kib(self.child.id())
    }

    /// Lets it finish what a load has left to do.
    pub(crate) fn settle(&self) {
        std::thread::sleep(SETTLE_TIME);
    }

    /// Asks it to end, as an operator does, and sees that it does.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().to_string();
        Command::new("sh").args(["-c", r#"kill -s TERM "$1""#, "sh", &pid]).status()?;
        let begun = Instant::now();
        while begun.elapsed() < STOP_TIME_MAX {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("the server did not end within {} s", STOP_TIME_MAX.as_secs())
    }

    /// The end of what it has written.
    pub(crate) fn log(&self) -> String {
        let text = fs::read_to_string(self.folder.path().join("farend.log"))
            .context("no log")
            .unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// The first port from here on that is free, for UDP and TCP, together with so many after it.
fn free_port(from: u16, more: u16) -> anyhow::Result<u16> {
    let is_free = |port: u16| {
        let at = (Ipv4Addr::LOCALHOST, port);
        TcpListener::bind(at).is_ok() && UdpSocket::bind(at).is_ok()
    };
    (from..from + 1000)
        .step_by(10)
        .find(|port| (0..=more).all(|n| is_free(port + n)))
        .context("no free ports")
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
