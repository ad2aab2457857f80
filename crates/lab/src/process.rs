//! Programs that run beside a test and end with it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context;

use crate::wait;

/// A running program; it is killed when this value goes.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Process {
    /// Starts a program whose output goes to `<folder>/<name>.log`.
    ///
    /// # Errors
    ///
    /// When the program or its log file cannot be started.
    pub fn start(mut command: Command, name: &str, folder: &Path) -> anyhow::Result<Process> {
        let log = folder.join(format!("{name}.log"));
        let output = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .with_context(|| log.display().to_string())?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {name} ({})", command.get_program().display()))?;
        Ok(Process {
            child,
            name: name.to_owned(),
            log,
        })
    }

    /// Takes care of a program that was started elsewhere and writes `<folder>/<name>.log`.
    pub fn adopt(child: Child, name: &str, folder: &Path) -> Process {
        Process {
            child,
            name: name.to_owned(),
            log: folder.join(format!("{name}.log")),
        }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the program has written so far.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Whether the program has not ended.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until the program ends by itself.
    ///
    /// # Panics
    ///
    /// When it does not within `limit`.
    #[track_caller]
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        let what = format!("{} has ended", self.name);
        wait::until(&what, limit, || self.child.try_wait().ok().flatten())
    }

    /// Sends a signal by its name, such as `TERM`.
    ///
    /// # Errors
    ///
    /// When it cannot be sent.
    pub fn signal(&self, signal: &str) -> anyhow::Result<()> {
        // The shell has its own `kill` on every machine.
        run(Command::new("sh")
            .args(["-c", r#"kill -s "$1" "$2""#, "sh", signal])
            .arg(self.id().to_string()))
        .map(|_| ())
    }

    /// Sends a signal to the program and all processes that it has begun.
    ///
    /// # Errors
    ///
    /// When it cannot be sent.
    pub fn signal_all(&self, signal: &str) -> anyhow::Result<()> {
        let mut family = vec![self.id().to_string()];
        let mut known = 0;
        while let Some(id) = family.get(known).cloned() {
            let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
            family.extend(children.split_whitespace().map(str::to_owned));
            known += 1;
        }
        run(Command::new("sh")
            .args(["-c", r#"signal="$1"; shift; kill -s "$signal" "$@""#, "sh", signal])
            .args(family))
        .map(|_| ())
    }

    /// Ends the program at once, without a chance to tidy up.
    pub fn kill(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Resident memory in KiB.
    ///
    /// # Errors
    ///
    /// When the process is gone.
    pub fn resident_kib(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        line.split_whitespace()
            .nth(1)
            .context("no figure")?
            .parse()
            .context("VmRSS is no number")
    }

    /// Open file descriptors.
    ///
    /// # Errors
    ///
    /// When the process is gone.
    pub fn open_files(&self) -> anyhow::Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.id()))?.count())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let output = self.output();
            let from = output.char_indices().rev().nth(LOG_SHOWN_CHARS_MAX).map_or(0, |(at, _)| at);
            report(&format!("---- the end of {}:\n{}", self.log.display(), &output[from..]));
        }
    }
}

/// This much of each program's log is shown when a test fails.
const LOG_SHOWN_CHARS_MAX: usize = 4000;

/// Runs a short command to its end and gives its standard output.
///
/// # Errors
///
/// When it cannot be started or fails; with what it wrote.
pub fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    anyhow::ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Tells the person who reads the test's output something.
#[expect(clippy::print_stderr, reason = "a test's output is where its reader looks")]
pub fn report(text: &str) {
    eprintln!("{text}");
}
