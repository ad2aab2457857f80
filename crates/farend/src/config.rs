//! The configuration file: what must exist before the administration pages can.
//!
//! Everything is read into types that cannot hold nonsense; every mistake is told at once, with file, line and key,
//! what is wrong and what to write. `docs/configuration.md` lists the keys.

mod reader;
mod value;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::StunServer;
pub(crate) use reader::{Document, Section, Wrong, article};
pub(crate) use value::{count, list, one_of, text};

/// What `limits.connections` may be at most.
pub(crate) const CONNECTIONS_MAX: usize = 1_000_000;

/// All settings of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where certificate, database and voicemail live.
    pub data_dir: PathBuf,
    /// Which database.
    pub database: Database,
    /// Which addresses and ports are opened.
    pub listen: Listen,
    /// How the world sees this server.
    pub public: Public,
    /// How the public address is found.
    pub stun: Stun,
    /// The certificate's files; `None` means a self-signed one in the data directory.
    pub tls: Option<TlsFiles>,
    /// The web app's surroundings.
    pub web: Web,
    /// Where recordings are kept.
    pub recordings: Recordings,
    /// What browsers' checks find here.
    pub check: Check,
    /// Upper bounds.
    pub limits: Limits,
    /// What is logged, and how.
    pub log: Log,
}

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file in the data directory.
    Sqlite,
    /// A `postgres://` URL. May hold a password: never logged.
    Postgres(String),
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite => f.write_str("Sqlite"),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// Which addresses and ports are opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// TCP: web app, WebSocket, TURN, media over TCP.
    pub portal: SocketAddr,
    /// UDP: WebRTC media.
    pub media: SocketAddr,
    /// UDP and TCP: SIP.
    pub sip: SocketAddr,
    /// TLS: SIP.
    pub sips: SocketAddr,
    /// UDP ports for RTP towards phones and trunks.
    pub rtp_ports: PortRange,
}

/// A range of UDP ports: begins even, ends odd, so that every RTP port has its RTCP port above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    /// The first RTP port; even.
    pub first: u16,
    /// The last RTCP port; odd.
    pub last: u16,
}

impl PortRange {
    /// The even ports of the range.
    pub fn rtp(self) -> impl Iterator<Item = u16> {
        (self.first..=self.last).step_by(2)
    }
}

/// How the world sees this server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Public {
    /// The name in the page's address.
    pub host: Option<String>,
    /// Public addresses, where they are known and fixed: browsers outside are offered them for media over TCP.
    pub addresses: Vec<IpAddr>,
}

/// How the public address is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stun {
    /// When STUN is used.
    pub mode: StunMode,
    /// Whom to ask.
    pub servers: Vec<StunServer>,
}

/// When STUN is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StunMode {
    /// When our own addresses are private.
    #[default]
    Automatic,
    /// Whatever our own addresses are.
    Always,
    /// Never: the addresses stand in the file.
    Static,
    /// For the address only; the router is known to keep port numbers.
    PortPreserving,
    /// Never.
    Off,
}

/// The certificate's files (PEM).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, leaf first.
    pub certificate: PathBuf,
    /// The leaf's key.
    pub key: PathBuf,
}

/// The web app's surroundings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Web {
    /// Further origins whose pages may open `/sip` and `/api/v1/events`, as browsers write them: `https://intranet.example.com`.
    pub allowed_origins: Vec<String>,
}

/// Where recordings are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recordings {
    /// The file of their key; `None` means `recordings.key` in the data directory.
    pub key_file: Option<PathBuf>,
}

/// What browsers' checks find here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Further UDP ports that answer STUN binding requests, beside that of `listen.media`.
    pub stun_ports: Vec<u16>,
}

/// Upper bounds. Whatever is above is refused politely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// TCP connections, in all.
    pub connections_max: usize,
    /// TCP connections from one address.
    pub connections_per_address_max: usize,
    /// Calls at the same time.
    pub calls_max: usize,
    /// Registered contacts.
    pub registrations_max: usize,
    /// How long running calls may go on after SIGTERM.
    pub drain_max: Duration,
}

/// What is logged, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// From which level on.
    pub level: LogLevel,
}

/// For people or for machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// A line of text.
    #[default]
    Text,
    /// A line of JSON.
    Json,
}

/// The least important level that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Someone must act.
    Error,
    /// An operator may look.
    Warn,
    /// Life of a call.
    #[default]
    Info,
    /// Decisions; shows numbers and addresses.
    Debug,
    /// Packets.
    Trace,
}

impl LogLevel {
    /// As in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl Default for Listen {
    fn default() -> Self {
        let any = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self {
            portal: SocketAddr::new(any, 8802),
            media: SocketAddr::new(any, 8802),
            sip: SocketAddr::new(any, 5060),
            sips: SocketAddr::new(any, 5061),
            rtp_ports: PortRange {
                first: 30_000,
                last: 30_999,
            },
        }
    }
}

impl Default for Check {
    fn default() -> Self {
        Self {
            stun_ports: vec![8803, 8804],
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 8_192,
            connections_per_address_max: 1024,
            calls_max: 2_000,
            registrations_max: 10_000,
            drain_max: Duration::from_secs(60),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("/var/lib/farend"),
            database: Database::Sqlite,
            listen: Listen::default(),
            public: Public::default(),
            stun: Stun::default(),
            tls: None,
            web: Web::default(),
            recordings: Recordings::default(),
            check: Check::default(),
            limits: Limits::default(),
            log: Log::default(),
        }
    }
}

impl Config {
    /// Reads and checks a file. Relative paths in it are relative to its folder.
    ///
    /// # Errors
    /// [`ConfigError`] names everything that is wrong.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        Self::read_over(file, &Self::default())
    }

    /// As [`Config::read`], with other defaults for the keys that the file does not have.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn read_over(file: &Path, defaults: &Self) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|cause| ConfigError::Unreadable {
            file: file.to_owned(),
            cause,
        })?;
        Self::parse(file, &text, defaults)
    }

    /// Checks the text of a file; `file` is for messages and relative paths.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] lists everything that is wrong, in the order of the lines.
    pub fn parse(file: &Path, text: &str, defaults: &Self) -> Result<Self, ConfigError> {
        let mut document = Document::parse(text);
        let base = file.parent().unwrap_or(Path::new(""));
        let config = value::config(&mut document, base, defaults.clone());
        document.finish().map_err(|mistakes| ConfigError::Wrong {
            file: file.to_owned(),
            mistakes,
        })?;
        Ok(config)
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {cause}; give the path of an existing file with --config", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It says something that makes no sense.
    #[error("{}", lines(file, mistakes))]
    Wrong {
        /// Which.
        file: PathBuf,
        /// All of it; at least one.
        mistakes: Vec<Mistake>,
    },
}

/// One mistake in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The key with its section, e.g. `listen.portal`; empty when the text is not TOML there.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What to write.
    pub remedy: String,
}

fn lines(file: &Path, mistakes: &[Mistake]) -> String {
    let line = |m: &Mistake| {
        let key = if m.key.is_empty() { String::new() } else { format!("{}: ", m.key) };
        format!("{}:{}: {key}{}; {}", file.display(), m.line, m.problem, m.remedy)
    };
    mistakes.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
