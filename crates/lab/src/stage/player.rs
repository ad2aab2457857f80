//! One SIPp with its scenario.

use std::fmt::Write as _;
use std::net::UdpSocket;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{fs, io};

use anyhow::Context;

use super::{LOOPBACK, Phone, Voice, script};
use crate::process::{Process, report};
use crate::server::SIP_PORT;
use crate::wait;
use crate::wire::{header, status};
use crate::world::{Place, World};

/// A message that has to come comes within this time.
const MESSAGE_LIMIT: Duration = Duration::from_secs(10);
/// SIPp's own limit for that: it shall say what it has waited for before anybody else gives up.
const RECEIVE_LIMIT_MS: &str = "9000";
/// A scenario is over within this time after its story's last cue.
const END_LIMIT: Duration = Duration::from_secs(20);
/// Stands before each message in SIPp's trace.
const RULE: &str = "-----------------------------------------------";
/// What a scenario waits for.
const CUE: &str = "CUE";

/// A scenario that is played, and what the phone says and hears meanwhile.
#[derive(Debug)]
pub struct Player {
    name: String,
    folder: PathBuf,
    process: Process,
    port: u16,
    /// Its own tag, in every dialog of the scenario.
    tag: String,
    cues: AtomicU32,
    /// Its mouth and its ear.
    pub voice: Voice,
}

impl Player {
    pub(super) fn start(world: &World, phone: &Phone<'_>, scenario: &str, texts: &[(&str, &str)]) -> anyhow::Result<Player> {
        let folder = world.folder().to_owned();
        let (user, port) = (phone.sip_user, phone.port);
        let voice = Voice::start()?;
        // A phone may play one scenario after the other.
        let taken = |name: &str| folder.join(format!("{name}.xml")).exists();
        let name = (1..)
            .map(|count| format!("{}-{user}-{count}", scenario.replace('/', "-")))
            .find(|name| !taken(name))
            .context("no name is left")?;
        let tag = format!("tag-{name}");
        let audio = voice.port().to_string();
        let mut all = vec![("user", user), ("secret", phone.secret), ("tag", &tag), ("audio", &audio)];
        all.extend(texts);
        fs::write(folder.join(format!("{name}.xml")), script::expand(scenario, &all)?)?;
        let mut command = world.command(Place::Office, "sipp");
        command
            .current_dir(&folder)
            .arg(format!("{LOOPBACK}:{SIP_PORT}"))
            .args([
                "-i",
                LOOPBACK,
                "-p",
                &port.to_string(),
                "-mi",
                LOOPBACK,
                "-nostdin",
                "-m",
                "1",
                "-l",
                "1",
            ])
            .args(["-mp", &(20_000 + 4 * port % 40_000).to_string()])
            .args(["-cid_str", &format!("{name}@lab"), "-recv_timeout", RECEIVE_LIMIT_MS])
            .args(["-trace_err", "-error_file", &format!("{name}.errors")])
            .args(["-trace_msg", "-message_file", &format!("{name}.messages")])
            .args(["-sf", &format!("{name}.xml")])
            // It draws screens where it believes in a terminal.
            .env("TERM", "dumb");
        let process = Process::start(command, &name, &folder)?;
        Ok(Player {
            name,
            folder,
            process,
            port,
            tag,
            cues: AtomicU32::new(0),
            voice,
        })
    }

    /// The messages that have come, in order, cues left out.
    pub fn received(&self) -> Vec<String> {
        let trace = self.messages();
        let received = trace.split(RULE).filter(|entry| entry.contains(" message received ["));
        received
            .filter_map(|entry| entry.split_once(":\n\n").map(|(_, message)| message.trim_start().to_owned()))
            .filter(|message| !message.starts_with(CUE))
            .collect()
    }

    /// Waits for a message that begins like this, such as `SIP/2.0 200` or `NOTIFY`, and gives the first one.
    ///
    /// # Panics
    ///
    /// When none comes in time.
    #[track_caller]
    pub fn receives(&self, start: &str) -> String {
        self.receives_where(start, |message| message.starts_with(start))
    }

    /// Waits for a message of which something is true.
    ///
    /// # Panics
    ///
    /// When none comes in time.
    #[track_caller]
    pub fn receives_where(&self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        wait::until(&format!("{} has received {what}", self.name), MESSAGE_LIMIT, || {
            self.received().into_iter().find(|message| is_it(message))
        })
    }

    /// When the first message with these words has come, in milliseconds of the day.
    ///
    /// # Panics
    ///
    /// When it has not come.
    #[track_caller]
    pub fn time_of(&self, words: &str) -> u64 {
        let trace = self.messages();
        let mut received = trace.split(RULE).filter(|entry| entry.contains(" message received ["));
        let entry = received.find(|entry| entry.contains(words)).expect("it has come");
        // `2026-11-26 17:51:10.793562`
        let clock = entry.split_whitespace().nth(1).expect("a time stands first");
        let parts: Vec<f64> = clock.split(':').filter_map(|part| part.parse().ok()).collect();
        let [hours, minutes, seconds] = parts[..] else {
            panic!("no time: {clock}");
        };
        (((hours * 60.0 + minutes) * 60.0 + seconds) * 1000.0) as u64
    }

    /// Waits until its call is answered, by itself or by the other side.
    ///
    /// # Panics
    ///
    /// When it is not in time.
    #[track_caller]
    pub fn talks(&self) {
        self.receives_where("an answer, or the ACK of its own", |message| {
            message.starts_with("ACK")
                || status(message) == Some(200) && header(message, "CSeq").is_some_and(|cseq| cseq.ends_with("INVITE"))
        });
    }

    /// Lets the scenario go on that waits for a cue, and tells it something.
    ///
    /// # Panics
    ///
    /// When the scenario is in no dialog, or its SIPp cannot be reached.
    #[track_caller]
    pub fn cue(&self, text: &str) {
        let number = self.cues.fetch_add(1, Ordering::Relaxed);
        let call = self.call_id();
        let cue = format!(
            "{CUE} sip:{LOOPBACK} SIP/2.0\r\nVia: SIP/2.0/UDP {LOOPBACK}:9;branch=z9hG4bK-cue-{number}\r\nFrom: <sip:story@lab>;tag=story\r\n\
             To: <sip:player@lab>\r\nCall-ID: {call}\r\nCSeq: {number} {CUE}\r\nX-Cue: {text}\r\nContent-Length: 0\r\n\r\n"
        );
        let sent = UdpSocket::bind((LOOPBACK, 0)).and_then(|socket| socket.send_to(cue.as_bytes(), (LOOPBACK, self.port)));
        sent.expect("SIPp listens");
    }

    /// Its dialog in the words of `Replaces` (RFC 3891 section 6.1).
    ///
    /// # Panics
    ///
    /// When it is in none within the time for a message.
    #[track_caller]
    pub fn dialog(&self) -> String {
        let tag = wait::until(&format!("{} is in a dialog", self.name), MESSAGE_LIMIT, || {
            self.received().iter().rev().find_map(|message| self.tag_of_other(message))
        });
        format!("{};to-tag={tag};from-tag={}", self.call_id(), self.tag)
    }

    /// Begins to say a tone to where the youngest description says that it is heard.
    ///
    /// # Panics
    ///
    /// When no description comes in time.
    #[track_caller]
    pub fn says(&self, tone_hz: f64) {
        let port = wait::until(&format!("{} is told where to send audio", self.name), MESSAGE_LIMIT, || {
            self.received().iter().rev().find_map(|message| audio_port(message))
        });
        self.voice.says(port, tone_hz);
    }

    /// Waits until the scenario is over, as it was written.
    ///
    /// # Panics
    ///
    /// When it went otherwise.
    #[track_caller]
    pub fn ends(mut self) {
        let status = self.process.wait(END_LIMIT);
        if status.success() {
            return;
        }
        let mut complaint = format!("{} did not go as written ({status})", self.name);
        for file in ["errors", "messages"] {
            let text = fs::read_to_string(self.folder.join(format!("{}.{file}", self.name))).unwrap_or_default();
            let _ = write!(complaint, "\n---- {file}\n{text}");
        }
        report(&complaint);
        panic!("{} did not go as written", self.name);
    }

    fn messages(&self) -> String {
        match fs::read(self.folder.join(format!("{}.messages", self.name))) {
            Ok(trace) => String::from_utf8_lossy(&trace).replace("\r\n", "\n"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => panic!("the trace of {}: {error}", self.name),
        }
    }

    #[track_caller]
    fn call_id(&self) -> String {
        wait::until(&format!("{} is in a call", self.name), MESSAGE_LIMIT, || {
            let trace = self.messages();
            trace.split(RULE).find_map(|entry| {
                let (_, message) = entry.split_once(":\n\n")?;
                header(message.trim_start(), "Call-ID").map(str::to_owned)
            })
        })
    }

    /// The server's tag: in `From` where it has begun the dialog, in `To` where it has answered.
    fn tag_of_other(&self, message: &str) -> Option<String> {
        let name = if message.starts_with("INVITE") { "From" } else { "To" };
        // A challenge begins no dialog.
        if status(message).is_some_and(|status| status >= 300) {
            return None;
        }
        let (_, tag) = header(message, name)?.split_once(";tag=")?;
        let tag = tag.split(';').next()?;
        (tag != self.tag).then(|| tag.to_owned())
    }
}

/// The port of the first audio line of a description.
fn audio_port(message: &str) -> Option<u16> {
    let (_, rest) = message.split_once("\nm=audio ")?;
    rest.split(' ').next()?.parse().ok().filter(|port| *port > 0)
}
