//! baresip: a desk phone that plays a tone and records what it hears.

mod growth;

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};

pub use self::growth::Growth;
use crate::net::Host;
use crate::process::Process;
use crate::server::{SIP_PORT, SIP_SECRET, SIP_TLS_PORT};
use crate::tone::{DESK_PHONE_HZ, Sound};
use crate::wait;
use crate::world::{OFFICE_ADDRESS, Place, World};

/// The modules of the phone, where Debian puts them.
const MODULES: &str = "/usr/lib/baresip/modules";
/// From start to the control port.
const READY_LIMIT: Duration = Duration::from_secs(10);
/// From start to the first registration.
const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
/// Answers to commands take no longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// The tone is long enough for every test.
const TONE_SECONDS: u32 = 300;

/// How a phone is set up.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// SIP user name, e.g. `102-desk`.
    pub sip_user: &'static str,
    /// The server's address.
    pub server: &'static str,
    /// The phone's own address.
    pub address: &'static str,
    /// Its network card.
    pub interface: &'static str,
    /// `udp`, `tcp` or `tls`.
    pub transport: &'static str,
    /// The codecs that it offers.
    pub codec: Codec,
    /// Whether it answers by itself.
    pub answers: bool,
    /// Seconds between registrations; 0 for a phone without a server.
    pub registers_every_s: u16,
    /// A port for control, and another one for each phone of a test.
    pub control_port: u16,
    /// The phone's own SIP port; 0 for any.
    pub sip_port: u16,
    /// Whether its sound is encrypted (SDES), or there is no call.
    pub encrypts: bool,
    /// Whether it sends back what it hears, instead of its tone.
    pub echoes: bool,
    /// Its tone.
    pub tone_hz: f64,
}

/// A phone's codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// PCMU and PCMA.
    G711,
    /// G.722.
    G722,
    /// Opus.
    Opus,
}

impl Setup {
    /// A phone with G.711 over UDP that waits for somebody to press its keys.
    pub const fn of(sip_user: &'static str) -> Setup {
        Setup {
            sip_user,
            server: "127.0.0.1",
            address: OFFICE_ADDRESS,
            interface: "office0",
            transport: "udp",
            codec: Codec::G711,
            answers: false,
            registers_every_s: 30,
            control_port: 4444,
            sip_port: 0,
            encrypts: false,
            echoes: false,
            tone_hz: DESK_PHONE_HZ,
        }
    }
}

/// A running phone.
#[derive(Debug)]
pub struct Baresip {
    process: Process,
    control: TcpStream,
    answers: Receiver<Value>,
    events: Arc<Mutex<Vec<(Instant, Value)>>>,
    recordings: PathBuf,
}

impl Baresip {
    /// Starts a phone in the office and waits until the server knows it.
    ///
    /// # Errors
    ///
    /// When it does not come up or is not let in.
    pub fn start(world: &World, setup: Setup) -> anyhow::Result<Baresip> {
        Baresip::start_on(world.host(Place::Office), setup)
    }

    /// Starts a phone at a place of the laboratory and waits until the server knows it.
    ///
    /// # Errors
    ///
    /// When it does not come up or is not let in.
    pub fn start_on(host: &Host, setup: Setup) -> anyhow::Result<Baresip> {
        let folder = host.folder().join(setup.sip_user);
        let recordings = folder.join("recordings");
        fs::create_dir_all(&recordings)?;
        Sound::sine(setup.tone_hz, TONE_SECONDS, setup.codec.rate_hz()).write(&folder.join("tone.wav"))?;
        fs::write(folder.join("config"), config(setup))?;
        fs::write(folder.join("accounts"), account(setup))?;
        fs::write(folder.join("contacts"), "")?;
        let mut command = host.command("baresip");
        // The phone cuts long paths of recordings short, so they are relative to its folder.
        command.current_dir(&folder).args(["-f", ".", "-v", "-s"]);
        let process = Process::start(command, setup.sip_user, host.folder())?;
        let control = wait::until("the phone can be controlled", READY_LIMIT, || {
            host.within(|| TcpStream::connect(("127.0.0.1", setup.control_port))).ok()?.ok()
        });
        let (sender, answers) = channel();
        let events = Arc::new(Mutex::new(Vec::new()));
        let (stream, kept) = (control.try_clone()?, Arc::clone(&events));
        std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            while let Ok(message) = read_netstring(&mut stream) {
                if message["event"] == true {
                    kept.lock()
                        .expect("nobody panics while holding the events")
                        .push((Instant::now(), message));
                } else if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let phone = Baresip {
            process,
            control,
            answers,
            events,
            recordings,
        };
        if setup.registers_every_s > 0 {
            // Its event may have come before anybody listened.
            wait::until_true("the phone is registered", REGISTERED_LIMIT, || {
                phone.process.output().contains("[1 binding]")
            });
        }
        Ok(phone)
    }

    /// Dials a number.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn dial(&self, number: &str) -> anyhow::Result<()> {
        self.command("dial", &format!("sip:{number}@farend"))
    }

    /// Calls another phone without a server.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn dial_address(&self, sip_user: &str, sip_port: u16) -> anyhow::Result<()> {
        self.dial_uri(&format!("sip:{sip_user}@{OFFICE_ADDRESS}:{sip_port}"))
    }

    /// Calls an address as it is written.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn dial_uri(&self, uri: &str) -> anyhow::Result<()> {
        self.command("dial", uri)
    }

    /// Takes the ringing call.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn answer(&self) -> anyhow::Result<()> {
        self.command("accept", "")
    }

    /// Ends the call.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn hang_up(&self) -> anyhow::Result<()> {
        self.command("hangup", "")
    }

    /// Holds the call, or takes it back.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn hold(&self, hold: bool) -> anyhow::Result<()> {
        self.command(if hold { "hold" } else { "resume" }, "")
    }

    /// Mutes its microphone: it goes on sending, silence.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn mute(&self) -> anyhow::Result<()> {
        self.command("mute", "")
    }

    /// Presses a key during a call.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn press(&self, digit: char) -> anyhow::Result<()> {
        self.command("sndcode", &digit.to_string())
    }

    /// Sends the other side to another number.
    ///
    /// # Errors
    ///
    /// When the phone refuses.
    pub fn transfer(&self, number: &str) -> anyhow::Result<()> {
        self.command("transfer", &format!("sip:{number}@farend"))
    }

    /// Waits for an event such as `CALL_INCOMING` that nobody has waited for yet, and gives it.
    #[track_caller]
    pub fn wait_for(&self, what: &str, limit: Duration, event: &str) -> Value {
        self.wait_for_timed(what, limit, event).1
    }

    /// Waits like [`Baresip::wait_for`], and says when the event came.
    #[track_caller]
    pub fn wait_for_timed(&self, what: &str, limit: Duration, event: &str) -> (Instant, Value) {
        wait::until(what, limit, || {
            let mut events = self.events.lock().ok()?;
            let at = events.iter().position(|(_, one)| one["type"] == event)?;
            Some(events.remove(at))
        })
    }

    /// Forgets the events up to now.
    pub fn forget_events(&self) {
        self.events.lock().expect("nobody panics while holding the events").clear();
    }

    /// The keys that the other side has pressed, in order, as far as nobody has asked yet.
    pub fn pressed_by_other(&self) -> String {
        let mut events = self.events.lock().expect("nobody panics while holding the events");
        let mut keys = String::new();
        events.retain(|(_, event)| {
            let starts = event["type"] == "CALL_DTMF_START";
            if starts {
                keys.push_str(event["param"].as_str().unwrap_or("?"));
            }
            !starts
        });
        keys
    }

    /// Whether somebody has sent it this text by MESSAGE; it prints those that it gets.
    pub fn was_told(&self, text: &str) -> bool {
        self.process.output().contains(text)
    }

    /// Whether it has been called since nobody has waited for it.
    pub fn was_called(&self) -> bool {
        let events = self.events.lock().expect("nobody panics while holding the events");
        events.iter().any(|(_, event)| event["type"] == "CALL_INCOMING")
    }

    /// What the phone has heard in its youngest call, up to now.
    ///
    /// # Errors
    ///
    /// When there was no call yet.
    pub fn heard(&self) -> anyhow::Result<Sound> {
        Sound::read(&self.youngest_recording()?)
    }

    /// Watches the recording of the youngest call grow.
    ///
    /// # Errors
    ///
    /// When there was no call yet.
    pub fn watch(&self) -> anyhow::Result<Growth> {
        Ok(Growth::watch(self.youngest_recording()?))
    }

    fn youngest_recording(&self) -> anyhow::Result<PathBuf> {
        let recordings = fs::read_dir(&self.recordings)?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        recordings
            .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .max()
            .context("no recording yet")
    }

    /// Removes the recordings of calls that are over.
    ///
    /// # Errors
    ///
    /// When they cannot be removed.
    pub fn forget_recordings(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.recordings)? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    /// The program.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    fn command(&self, command: &str, params: &str) -> anyhow::Result<()> {
        while self.answers.try_recv().is_ok() {}
        let message = json!({"command": command, "params": params, "token": command}).to_string();
        (&self.control).write_all(format!("{}:{message},", message.len()).as_bytes())?;
        let answer = self
            .answers
            .recv_timeout(ANSWER_LIMIT)
            .with_context(|| format!("the phone does not answer to {command}"))?;
        if answer["ok"] == true {
            Ok(())
        } else {
            Err(anyhow!("the phone refuses {command} {params}: {answer}"))
        }
    }
}

impl Codec {
    fn rate_hz(self) -> u32 {
        match self {
            Codec::G711 => 8000,
            Codec::G722 => 16_000,
            Codec::Opus => 48_000,
        }
    }

    fn module(self) -> &'static str {
        match self {
            Codec::G711 => "g711.so",
            Codec::G722 => "g722.so",
            Codec::Opus => "opus.so",
        }
    }
}

fn config(setup: Setup) -> String {
    // The Opus of this phone is stereo; every other source is a file with the codec's own rate.
    let source = match setup.codec {
        // Both ends of one bridge.
        _ if setup.echoes => "aubridge,nobody".to_owned(),
        Codec::G711 | Codec::G722 => "aufile,tone.wav".to_owned(),
        Codec::Opus => format!("ausine,{}", setup.tone_hz),
    };
    format!(
        "poll_method epoll
sip_listen {address}:{sip_port}
net_interface {interface}
call_local_timeout 120
call_max_calls 4
audio_source {source}
audio_player aubridge,nobody
audio_alert aubridge,nobody
audio_level no
rtcp_mux no
jitter_buffer_delay 2-10
rtp_stats yes
module_path {MODULES}
module {codec}
module srtp.so
module sndfile.so
module aufile.so
module ausine.so
module aubridge.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path recordings
menu_bell no
statmode_default off
ringback_disabled yes
",
        codec = setup.codec.module(),
        control = setup.control_port,
        sip_port = setup.sip_port,
        address = setup.address,
        interface = setup.interface,
    )
}

fn account(setup: Setup) -> String {
    let answers = if setup.answers { "auto" } else { "manual" };
    let encrypts = if setup.encrypts { ";mediaenc=srtp-mand" } else { "" };
    let (user, every) = (setup.sip_user, setup.registers_every_s);
    if every == 0 {
        return format!("<sip:{user}@{}>;regint=0;answermode={answers}{encrypts}\n", setup.address);
    }
    let transport = setup.transport;
    let port = if transport == "tls" { SIP_TLS_PORT } else { SIP_PORT };
    format!(
        "<sip:{user}@farend>;outbound=\"sip:{server}:{port};transport={transport}\";auth_user={user};auth_pass={SIP_SECRET};regint={every};answermode={answers}{encrypts}\n",
        server = setup.server,
    )
}

/// The control port's messages: `length:json,`.
fn read_netstring(stream: &mut impl Read) -> anyhow::Result<Value> {
    let mut length = 0_usize;
    loop {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        match byte[0] {
            digit @ b'0'..=b'9' => {
                length = length
                    .checked_mul(10)
                    .and_then(|length| length.checked_add(usize::from(digit - b'0')))
                    .context("too long")?;
            }
            b':' => break,
            other => bail!("{other} in the length of a message"),
        }
    }
    anyhow::ensure!(length < 1 << 20, "a message of {length} bytes");
    let mut message = vec![0; length + 1];
    stream.read_exact(&mut message)?;
    message.pop();
    Ok(serde_json::from_slice(&message)?)
}
