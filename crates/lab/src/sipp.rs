//! SIPp: desk phones by the hundred.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::process::Process;
use crate::server::SIP_PORT;
use crate::world::{OFFICE_ADDRESS, Place, World};

const REGISTER: &str = include_str!("sipp/register.xml");
const CALLER: &str = include_str!("sipp/caller.xml");
const CALLEE: &str = include_str!("sipp/callee.xml");
/// One period of the digital milliwatt, 1 kHz in PCMU (ITU-T G.711 table 6).
const MILLIWATT_PCMU: [u8; 8] = [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e];
/// Seconds of it in a file that is played again and again.
const TONE_SECONDS: usize = 10;
/// The port at which the answering phones listen, and register from.
const CALLEE_PORT: u16 = 5070;
/// The port of the calling phones.
const CALLER_PORT: u16 = 5080;
/// The carrier is not at the phones' address: who calls from there would be taken for the carrier.
pub const CARRIER: (&str, u16) = (OFFICE_ADDRESS, 5090);
/// Where the phones are, and the server.
const LOOPBACK: &str = "127.0.0.1";
/// What happens before and after the calls' own time takes no longer.
const MARGIN: Duration = Duration::from_secs(60);

/// One phone and whom it calls.
#[derive(Clone, Debug)]
pub struct Phone {
    /// SIP user name.
    pub sip_user: String,
    /// For the digest.
    pub secret: String,
    /// The number that it dials, where it dials.
    pub dials: String,
}

/// How a load came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Scenarios that went as written.
    pub successful: u64,
    /// Scenarios that did not.
    pub failed: u64,
}

/// The phones that will answer register from their port, `times` registrations in all, in turn.
///
/// # Errors
///
/// When SIPp cannot be started.
pub fn register(world: &World, phones: &[Phone], times: usize, per_second: u32) -> anyhow::Result<Outcome> {
    let run = Run::new(world, "sipp-register", REGISTER, phones)?;
    let mut process = run.start(
        world,
        (LOOPBACK, CALLEE_PORT),
        &["-m", &times.to_string(), "-r", &per_second.to_string(), "-l", "200"],
    )?;
    let limit = MARGIN + Duration::from_secs(times as u64 / u64::from(per_second));
    process.wait(limit);
    run.outcome()
}

/// Starts the phones that answer, at the port from which they have registered.
///
/// # Errors
///
/// When SIPp cannot be started.
pub fn answer(world: &World, phones: &[Phone]) -> anyhow::Result<Process> {
    // Keep-alive requests of the server (OPTIONS) are answered beside the calls.
    Run::new(world, "sipp-callee", CALLEE, phones)?.start(world, (LOOPBACK, CALLEE_PORT), &["-rtp_echo", "-mp", "20000", "-aa"])
}

/// Starts a provider's server at [`CARRIER`] that answers every call and sends back what it hears.
///
/// # Errors
///
/// When SIPp cannot be started.
pub fn carry(world: &World) -> anyhow::Result<Process> {
    Run::new(world, "sipp-carrier", CALLEE, &[])?.start(world, CARRIER, &["-rtp_echo", "-mp", "20000", "-aa"])
}

/// Every phone calls once and talks for some time; new calls at this rate.
///
/// # Errors
///
/// When SIPp cannot be started.
pub fn call(world: &World, phones: &[Phone], talk: Duration, per_second: u32) -> anyhow::Result<Call> {
    call_again(world, phones, phones.len(), talk, per_second)
}

/// The phones call in turn, `calls` times in all, however many calls of theirs are still running.
///
/// # Errors
///
/// When SIPp cannot be started.
pub fn call_again(world: &World, phones: &[Phone], calls: usize, talk: Duration, per_second: u32) -> anyhow::Result<Call> {
    let run = Run::new(world, "sipp-caller", CALLER, phones)?;
    let tone: Vec<u8> = MILLIWATT_PCMU.iter().copied().cycle().take(8000 * TONE_SECONDS).collect();
    fs::write(world.folder().join("tone.pcmu"), tone)?;
    let (limit, talk_ms) = (calls.to_string(), talk.as_millis().to_string());
    let rate = per_second.to_string();
    let process = run.start(
        world,
        (LOOPBACK, CALLER_PORT),
        &["-m", &limit, "-l", &limit, "-r", &rate, "-d", &talk_ms, "-mp", "21000"],
    )?;
    let limit = MARGIN + talk + Duration::from_secs(calls as u64 / u64::from(per_second));
    Ok(Call { run, process, limit })
}

/// Calls that are running.
#[derive(Debug)]
pub struct Call {
    run: Run,
    process: Process,
    limit: Duration,
}

impl Call {
    /// Waits until all calls have ended.
    ///
    /// # Errors
    ///
    /// When SIPp left no statistics.
    pub fn outcome(mut self) -> anyhow::Result<Outcome> {
        self.process.wait(self.limit);
        self.run.outcome()
    }
}

/// One SIPp with its files.
#[derive(Debug)]
struct Run {
    name: &'static str,
    folder: PathBuf,
}

impl Run {
    fn new(world: &World, name: &'static str, scenario: &str, phones: &[Phone]) -> anyhow::Result<Run> {
        let run = Run {
            name,
            folder: world.folder().to_owned(),
        };
        fs::write(run.path("xml"), scenario)?;
        let rows: String = phones
            .iter()
            .map(|phone| {
                let Phone { sip_user, secret, dials } = phone;
                format!("{sip_user};[authentication username={sip_user} password={secret}];{dials}\n")
            })
            .collect();
        if !rows.is_empty() {
            fs::write(run.path("csv"), format!("SEQUENTIAL\n{rows}"))?;
        }
        Ok(run)
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name))
    }

    fn start(&self, world: &World, (address, port): (&str, u16), arguments: &[&str]) -> anyhow::Result<Process> {
        let mut command = world.command(Place::Office, "sipp");
        command
            .current_dir(&self.folder)
            .arg(format!("{LOOPBACK}:{SIP_PORT}"))
            .args([
                "-i",
                address,
                "-p",
                &port.to_string(),
                "-mi",
                address,
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
            .args(arguments)
            // It draws screens where it believes in a terminal.
            .env("TERM", "dumb");
        let rows = self.path("csv");
        if rows.exists() {
            command.arg("-inf").arg(rows);
        }
        Process::start(command, self.name, &self.folder)
    }

    fn outcome(&self) -> anyhow::Result<Outcome> {
        let outcome = read_statistics(&self.path("statistics"))?;
        if outcome.failed > 0 {
            crate::process::report(
                &fs::read_to_string(self.path("errors"))
                    .unwrap_or_default()
                    .chars()
                    .take(4000)
                    .collect::<String>(),
            );
        }
        Ok(outcome)
    }
}

/// The last row of SIPp's statistics holds the sums.
fn read_statistics(path: &Path) -> anyhow::Result<Outcome> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut rows = text.lines().filter(|row| !row.is_empty());
    let names: Vec<&str> = rows.next().context("no statistics")?.split(';').collect();
    let last: Vec<&str> = rows.next_back().context("empty statistics")?.split(';').collect();
    let figure = |name: &str| {
        let column = names
            .iter()
            .position(|one| *one == name)
            .with_context(|| format!("no {name} in SIPp's statistics"))?;
        last.get(column).context("a short row")?.parse().context("no number")
    };
    Ok(Outcome {
        successful: figure("SuccessfulCall(C)")?,
        failed: figure("FailedCall(C)")?,
    })
}
