//! Signalling load by SIPp, with the laboratory's scenarios: registrations with digest, and calls through the server.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::server::{SIP_SECRET, Server};

const REGISTER: &str = include_str!("../../lab/src/sipp/register.xml");
const CALLER: &str = include_str!("../../lab/src/sipp/caller.xml");
const CALLEE: &str = include_str!("../../lab/src/sipp/callee.xml");

/// The demo's desk phones: 101 calls, 103 is called.
const CALLER_USER: &str = "101-desk";
const CALLEE_USER: &str = "103-desk";
const CALLEE_NUMBER: &str = "103";
const CALLER_PORT: u16 = 15_080;
const CALLEE_PORT: u16 = 15_070;
/// A run takes no longer beyond its own time.
const MARGIN: Duration = Duration::from_secs(90);

/// So much is told of what SIPp complains about.
const COMPLAINT_CHARS_MAX: usize = 1000;

/// How a run came out.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) failed: u64,
    /// What SIPp first complained about; empty when it did not.
    pub(crate) complaint: String,
}

/// The called phone registers, again and again.
pub(crate) fn register(server: &Server, times: usize, per_second: u32) -> anyhow::Result<Outcome> {
    let run = Run::new(server, "register", REGISTER, CALLEE_USER)?;
    let (times_text, rate) = (times.to_string(), per_second.to_string());
    let child = run.start(CALLEE_PORT, &["-m", &times_text, "-r", &rate, "-l", "500"])?;
    run.wait(child, times, per_second)
}

/// The called phone answers as long as this value lives.
pub(crate) fn answer(server: &Server) -> anyhow::Result<Answering> {
    let run = Run::new(server, "callee", CALLEE, CALLEE_USER)?;
    Ok(Answering(run.start(CALLEE_PORT, &["-aa", "-mp", "20000"])?))
}

pub(crate) struct Answering(Child);

impl Drop for Answering {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Calls that are answered at once and end at once. SIPp's clock is too coarse to tell how long their set-up takes.
pub(crate) fn call(server: &Server, times: usize, per_second: u32) -> anyhow::Result<Outcome> {
    // Signalling and its ports only: nobody talks.
    let silent: String = CALLER
        .lines()
        .filter(|line| !line.contains("rtp_stream="))
        .map(|line| format!("{line}\n"))
        .collect();
    let run = Run::new(
        server,
        "caller",
        &silent.replace("[rtpstream_audio_port]", "[media_port]"),
        CALLER_USER,
    )?;
    let (times_text, rate) = (times.to_string(), per_second.to_string());
    // The digest covers the address that is called, which SIPp does not know by itself.
    let dialled = format!("{CALLEE_NUMBER}@farend");
    let arguments = [
        "-m",
        &times_text,
        "-r",
        &rate,
        "-l",
        "1000",
        "-d",
        "0",
        "-mp",
        "21000",
        "-auth_uri",
        &dialled,
    ];
    let child = run.start(CALLER_PORT, &arguments)?;
    run.wait(child, times, per_second)
}

struct Run {
    name: &'static str,
    server: SocketAddr,
    folder: PathBuf,
}

impl Run {
    fn new(server: &Server, name: &'static str, scenario: &str, user: &str) -> anyhow::Result<Self> {
        let run = Self {
            name,
            server: server.sip(),
            folder: server.folder().to_owned(),
        };
        // SIPp resolves no field inside of another keyword, but keywords inside of a field.
        fs::write(
            run.path("xml"),
            scenario.replace("[authentication username=[field0] password=[field1]]", "[field1]"),
        )?;
        let proof = format!("[authentication username={user} password={SIP_SECRET}]");
        fs::write(run.path("csv"), format!("SEQUENTIAL\n{user};{proof};{CALLEE_NUMBER}\n"))?;
        Ok(run)
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name))
    }

    fn start(&self, port: u16, arguments: &[&str]) -> anyhow::Result<Child> {
        let mut command = Command::new("sipp");
        command
            .current_dir(&self.folder)
            .arg(self.server.to_string())
            .args([
                "-i",
                "127.0.0.1",
                "-mi",
                "127.0.0.1",
                "-p",
                &port.to_string(),
                "-nostdin",
                "-buff_size",
                "4194304",
            ])
            .args(["-trace_err", "-error_file"])
            .arg(self.path("errors"))
            .args(["-trace_stat", "-fd", "1", "-stf"])
            .arg(self.path("statistics"))
            .arg("-sf")
            .arg(self.path("xml"))
            .arg("-inf")
            .arg(self.path("csv"))
            .args(arguments)
            // It draws screens where it believes in a terminal.
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().context("cannot start sipp; install Debian's sip-tester")
    }

    fn wait(&self, mut child: Child, times: usize, per_second: u32) -> anyhow::Result<Outcome> {
        let limit = MARGIN + Duration::from_secs_f64(times as f64 / f64::from(per_second));
        let begun = Instant::now();
        while child.try_wait()?.is_none() {
            if begun.elapsed() > limit {
                let _ = child.kill();
                bail!("SIPp ({}) did not end within {} s", self.name, limit.as_secs());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let text = fs::read_to_string(self.path("statistics")).context("SIPp left no statistics")?;
        let mut rows = text.lines().filter(|row| !row.is_empty());
        let column = rows
            .next()
            .and_then(|names| names.split(';').position(|name| name == "SuccessfulCall(C)"))
            .context("no sums in SIPp's statistics")?;
        let successful: u64 = rows
            .next_back()
            .and_then(|row| row.split(';').nth(column))
            .and_then(|field| field.parse().ok())
            .context("no sums")?;
        let complaints = fs::read_to_string(self.path("errors")).unwrap_or_default();
        Ok(Outcome {
            failed: (times as u64).saturating_sub(successful),
            complaint: complaints.chars().take(COMPLAINT_CHARS_MAX).collect(),
        })
    }
}
