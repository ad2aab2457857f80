//! What each key may hold.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::host::is_host;
use model::{NotAStunServer, StunServer};
use toml::de::DeValue;

use super::reader::{Document, Section, Wrong, article};
use super::{
    CONNECTIONS_MAX, Check, Config, Database, Limits, Listen, Log, LogFormat, LogLevel, PortRange, Public, Recordings, Stun, StunMode,
    TlsFiles, Web,
};

const SECTIONS: [&str; 9] = ["listen", "public", "stun", "tls", "web", "recordings", "check", "limits", "log"];

/// More witnesses say nothing more, and browsers ask all of them.
const STUN_PORTS_MAX: usize = 4;

/// Reads the whole document; mistakes stay in it.
pub(super) fn config(document: &mut Document<'_>, base: &Path, default: Config) -> Config {
    let listen = listen(document, &default.listen);
    let public = public(document);
    let stun = stun(document, &public);
    let tls = tls(document, base);
    let web = web(document);
    let recordings = recordings(document, base);
    let check = check(document, &listen);
    let limits = limits(document);
    let log = log(document);
    let mut root = document.root();
    let data_dir = root.read(document, "data_dir", default.data_dir, |v| path(v, base));
    let database = root.read(document, "database", default.database, database);
    root.finish(document, &SECTIONS);
    Config {
        data_dir,
        database,
        listen,
        public,
        stun,
        tls,
        web,
        recordings,
        check,
        limits,
        log,
    }
}

fn listen(document: &mut Document<'_>, default: &Listen) -> Listen {
    let mut section = document.section("listen");
    let portal = section.take(document, "portal", |v| address(v, "0.0.0.0:8802"));
    let media = section.take(document, "media", |v| address(v, "0.0.0.0:8802"));
    let sip = section.take(document, "sip", |v| address(v, "0.0.0.0:5060"));
    let sips = section.take(document, "sips", |v| address(v, "0.0.0.0:5061"));
    let ports = section.take(document, "rtp_ports", rtp_ports);
    section.finish(document, &[]);
    let value = |found: &Option<(SocketAddr, Range<usize>)>, default| found.as_ref().map_or(default, |found| found.0);
    let listen = Listen {
        portal: value(&portal, default.portal),
        media: value(&media, default.media),
        sip: value(&sip, default.sip),
        sips: value(&sips, default.sips),
        rtp_ports: ports.as_ref().map_or(default.rtp_ports, |found| found.0),
    };
    let place = |found: Option<(SocketAddr, Range<usize>)>| found.map(|found| found.1);
    let places = [
        ("portal", place(portal)),
        ("media", place(media)),
        ("sip", place(sip)),
        ("sips", place(sips)),
        ("rtp_ports", ports.map(|found| found.1)),
    ];
    for (one, other, protocol) in clashes(&listen) {
        // Where only one of them stands in the file, the other has its default.
        let mut told = places.iter().rev().filter(|(key, _)| [one, other].contains(key));
        if let Some((key, at)) = told.find_map(|(key, at)| Some((key, at.as_ref()?))) {
            let second = if *key == one { other } else { one };
            let wrong = Wrong::new(
                format!("takes a {protocol} port that listen.{second} takes too"),
                "choose another port",
            );
            document.wrong(at, format!("listen.{key}"), wrong);
        }
    }
    listen
}

/// Keys that want the same port, and of which protocol.
fn clashes(listen: &Listen) -> Vec<(&'static str, &'static str, &'static str)> {
    let same_ip = |a: IpAddr, b: IpAddr| {
        let is_all = |all: IpAddr, one: IpAddr| all.is_unspecified() && (all.is_ipv6() || one.is_ipv4());
        a == b || is_all(a, b) || is_all(b, a)
    };
    // Port 0 is any free one.
    let same = |a: SocketAddr, b: SocketAddr| a.port() != 0 && a.port() == b.port() && same_ip(a.ip(), b.ip());
    let in_range = |a: SocketAddr| {
        let ports = listen.rtp_ports;
        (ports.first..=ports.last).contains(&a.port()) && same_ip(a.ip(), listen.sip.ip())
    };
    let all = [
        (("portal", "sip", "TCP"), same(listen.portal, listen.sip)),
        (("portal", "sips", "TCP"), same(listen.portal, listen.sips)),
        (("sip", "sips", "TCP"), same(listen.sip, listen.sips)),
        (("media", "sip", "UDP"), same(listen.media, listen.sip)),
        (("media", "rtp_ports", "UDP"), in_range(listen.media)),
        (("sip", "rtp_ports", "UDP"), in_range(listen.sip)),
    ];
    all.into_iter().filter(|(_, is_clash)| *is_clash).map(|(clash, _)| clash).collect()
}

fn public(document: &mut Document<'_>) -> Public {
    let mut section = document.section("public");
    let public = Public {
        host: section.take(document, "host", host).map(|found| found.0),
        addresses: section.read(document, "addresses", Vec::new(), |v| list(v, r#"["203.0.113.7"]"#, ip)),
    };
    section.finish(document, &[]);
    public
}

fn stun(document: &mut Document<'_>, public: &Public) -> Stun {
    let mut section = document.section("stun");
    let mode = section.take(document, "mode", stun_mode);
    let servers = section.read(document, "servers", Vec::new(), |v| {
        list(v, r#"["stun.example.com:3478"]"#, stun_server)
    });
    if let Some((StunMode::Static, at)) = &mode
        && public.addresses.is_empty()
    {
        let wrong = Wrong::new(
            "\"static\" needs public addresses",
            r#"write addresses = ["203.0.113.7"] under [public]"#,
        );
        document.wrong(at, "stun.mode".to_owned(), wrong);
    }
    section.finish(document, &[]);
    Stun {
        mode: mode.map_or(StunMode::default(), |found| found.0),
        servers,
    }
}

fn tls(document: &mut Document<'_>, base: &Path) -> Option<TlsFiles> {
    let mut section = document.section("tls");
    let certificate = section.take(document, "certificate", |v| path(v, base));
    let key = section.take(document, "key", |v| path(v, base));
    let files = match (certificate, key) {
        (Some((certificate, _)), Some((key, _))) => Some(TlsFiles { certificate, key }),
        (Some((_, at)), None) => {
            alone(document, &section, &at, "certificate", "key");
            None
        }
        (None, Some((_, at))) => {
            alone(document, &section, &at, "key", "certificate");
            None
        }
        (None, None) => None,
    };
    section.finish(document, &[]);
    files
}

/// One of the two files is missing (unless it is there but wrong, which has been told).
fn alone(document: &mut Document<'_>, section: &Section<'_>, at: &Range<usize>, present: &str, missing: &'static str) {
    if section.was_present(missing) {
        return;
    }
    let wrong = Wrong::new(
        format!("stands alone, without tls.{missing}"),
        format!("write {missing} = \"/etc/farend/{missing}.pem\" too"),
    );
    document.wrong(at, format!("tls.{present}"), wrong);
}

fn web(document: &mut Document<'_>) -> Web {
    let mut section = document.section("web");
    let example = r#"["https://intranet.example.com"]"#;
    let web = Web {
        allowed_origins: section.read(document, "allowed_origins", Vec::new(), |v| list(v, example, origin)),
    };
    section.finish(document, &[]);
    web
}

fn recordings(document: &mut Document<'_>, base: &Path) -> Recordings {
    let mut section = document.section("recordings");
    let recordings = Recordings {
        key_file: section.take(document, "key_file", |v| path(v, base)).map(|found| found.0),
    };
    section.finish(document, &[]);
    recordings
}

fn check(document: &mut Document<'_>, listen: &Listen) -> Check {
    let mut section = document.section("check");
    let is_taken = |port: u16| {
        let (first, last) = (listen.rtp_ports.first, listen.rtp_ports.last);
        port == listen.media.port() || port == listen.sip.port() || (first..=last).contains(&port)
    };
    let ports = section.take(document, "stun_ports", |v| {
        let ports: Vec<u16> = list(v, "[8803, 8804]", |v| count(v, 1, u64::from(u16::MAX)))?;
        if ports.len() > STUN_PORTS_MAX {
            let problem = format!("names more than {STUN_PORTS_MAX} ports");
            return Err(Wrong::new(problem, "write [8803, 8804]"));
        }
        match ports.iter().find(|port| is_taken(**port)) {
            Some(port) => Err(Wrong::new(
                format!("names port {port}, which is taken by a key of [listen]"),
                "choose another port",
            )),
            None => Ok(ports),
        }
    });
    section.finish(document, &[]);
    // Those of the defaults that are taken find that out when they are opened, and are left out.
    Check {
        stun_ports: ports.map_or_else(|| Check::default().stun_ports, |found| found.0),
    }
}

fn limits(document: &mut Document<'_>) -> Limits {
    let default = Limits::default();
    let mut section = document.section("limits");
    let drain_max_s = default.drain_max.as_secs();
    let limits = Limits {
        connections_max: section.read(document, "connections", default.connections_max, |v| {
            count(v, 16, CONNECTIONS_MAX as u64)
        }),
        connections_per_address_max: section.read(document, "connections_per_address", default.connections_per_address_max, |v| {
            count(v, 4, 1_000_000)
        }),
        calls_max: section.read(document, "calls", default.calls_max, |v| count(v, 1, 100_000)),
        registrations_max: section.read(document, "registrations", default.registrations_max, |v| count(v, 1, 1_000_000)),
        drain_max: Duration::from_secs(section.read(document, "drain_seconds", drain_max_s, |v| count(v, 0, 86_400))),
    };
    section.finish(document, &[]);
    limits
}

fn log(document: &mut Document<'_>) -> Log {
    let mut section = document.section("log");
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let levels = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace].map(|l| (l.as_str(), l));
    let log = Log {
        format: section.read(document, "format", LogFormat::default(), |v| one_of(v, &formats)),
        level: section.read(document, "level", LogLevel::default(), |v| one_of(v, &levels)),
    };
    section.finish(document, &[]);
    log
}

fn stun_mode(value: &DeValue<'_>) -> Result<StunMode, Wrong> {
    let modes = [
        ("automatic", StunMode::Automatic),
        ("always", StunMode::Always),
        ("static", StunMode::Static),
        ("port-preserving", StunMode::PortPreserving),
        ("off", StunMode::Off),
    ];
    one_of(value, &modes)
}

pub(crate) fn text<'v>(value: &'v DeValue<'_>, example: &str) -> Result<&'v str, Wrong> {
    let expected = || {
        Wrong::new(
            format!("is {}, not a text", article(value)),
            format!("write a text in quotes, e.g. \"{example}\""),
        )
    };
    value.as_str().ok_or_else(expected)
}

pub(crate) fn one_of<T: Copy>(value: &DeValue<'_>, choices: &[(&str, T)]) -> Result<T, Wrong> {
    let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let given = text(value, choices.first().map_or("", |c| c.0))?;
    let chosen = choices.iter().find(|(name, _)| *name == given);
    chosen
        .map(|(_, choice)| *choice)
        .ok_or_else(|| Wrong::new(format!("{given:?} is not a choice"), format!("write one of {}", names.join(", "))))
}

pub(crate) fn count<T: TryFrom<u64>>(value: &DeValue<'_>, min: u64, max: u64) -> Result<T, Wrong> {
    let remedy = || format!("write a whole number from {min} to {max}");
    let integer = value
        .as_integer()
        .ok_or_else(|| Wrong::new(format!("is {}, not a whole number", article(value)), remedy()))?;
    let given = u64::from_str_radix(integer.as_str(), integer.radix())
        .ok()
        .filter(|n| (min..=max).contains(n));
    let fits = given.and_then(|n| T::try_from(n).ok());
    fits.ok_or_else(|| Wrong::new(format!("{} is out of range", integer.as_str()), remedy()))
}

pub(crate) fn list<T>(value: &DeValue<'_>, example: &str, item: impl Fn(&DeValue<'_>) -> Result<T, Wrong>) -> Result<Vec<T>, Wrong> {
    let expected = || {
        Wrong::new(
            format!("is {}, not a list", article(value)),
            format!("write a list, e.g. {example}"),
        )
    };
    let items = value.as_array().ok_or_else(expected)?;
    items.iter().map(|entry| item(entry.get_ref())).collect()
}

fn path(value: &DeValue<'_>, base: &Path) -> Result<PathBuf, Wrong> {
    let given = text(value, "/var/lib/farend")?;
    if given.is_empty() {
        return Err(Wrong::new("is empty", "write a path, e.g. \"/var/lib/farend\""));
    }
    Ok(base.join(given))
}

fn database(value: &DeValue<'_>) -> Result<Database, Wrong> {
    let remedy = "write \"sqlite\" or \"postgres://user:password@host/database\"";
    match text(value, "sqlite")? {
        "sqlite" => Ok(Database::Sqlite),
        url if url.starts_with("postgres://") || url.starts_with("postgresql://") => Ok(Database::Postgres(url.to_owned())),
        // Not repeated: it may hold a password.
        _ => Err(Wrong::new("is neither \"sqlite\" nor the URL of a PostgreSQL database", remedy)),
    }
}

fn address(value: &DeValue<'_>, example: &str) -> Result<SocketAddr, Wrong> {
    let given = text(value, example)?;
    let wrong = || {
        Wrong::new(
            format!("{given:?} is not an address"),
            format!("write an IP address and a port, e.g. \"{example}\" or \"[::]:8802\""),
        )
    };
    given.parse().map_err(|_| wrong())
}

fn ip(value: &DeValue<'_>) -> Result<IpAddr, Wrong> {
    let given = text(value, "203.0.113.7")?;
    given.parse().map_err(|_| {
        Wrong::new(
            format!("{given:?} is not an IP address"),
            "write it like \"203.0.113.7\" or \"2001:db8::7\"",
        )
    })
}

fn host(value: &DeValue<'_>) -> Result<String, Wrong> {
    let given = text(value, "pbx.example.com")?;
    let remedy = "write the name alone, without https:// and port, e.g. \"pbx.example.com\"";
    if is_host(given) {
        Ok(given.to_ascii_lowercase())
    } else {
        Err(Wrong::new(format!("{given:?} is not a host name"), remedy))
    }
}

fn stun_server(value: &DeValue<'_>) -> Result<StunServer, Wrong> {
    let given = text(value, "stun.example.com:3478")?;
    given
        .parse()
        .map_err(|wrong: NotAStunServer| Wrong::new(wrong.to_string(), "write name and port, e.g. \"stun.example.com:3478\""))
}

fn origin(value: &DeValue<'_>) -> Result<String, Wrong> {
    let given = text(value, "https://intranet.example.com")?;
    let rest = given.strip_prefix("https://").or_else(|| given.strip_prefix("http://"));
    let plain = rest.is_some_and(|rest| {
        let (host, port) = rest
            .rsplit_once(':')
            .map_or((rest, true), |(host, port)| (host, port.parse::<u16>().is_ok()));
        port && is_host(host)
    });
    let wrong = || {
        Wrong::new(
            format!("{given:?} is not an origin"),
            "write scheme and host without a path, e.g. \"https://intranet.example.com\"",
        )
    };
    if plain { Ok(given.to_ascii_lowercase()) } else { Err(wrong()) }
}

fn rtp_ports(value: &DeValue<'_>) -> Result<PortRange, Wrong> {
    let given = text(value, "30000-30999")?;
    let remedy = "write first and last, e.g. \"30000-30999\": the first even, the last odd, both from 1024 to 65535";
    let range = given
        .split_once('-')
        .and_then(|(first, last)| Some((first.trim().parse().ok()?, last.trim().parse().ok()?)));
    let Some((first, last)): Option<(u16, u16)> = range else {
        return Err(Wrong::new(format!("{given:?} is not a range of ports"), remedy));
    };
    let problem = if first < 1024 {
        format!("{first} is below 1024")
    } else if !first.is_multiple_of(2) {
        format!("the first port, {first}, is odd")
    } else if last.is_multiple_of(2) {
        format!("the last port, {last}, is even, so its RTP stream has no RTCP port above it")
    } else if last < first {
        format!("{last} is below {first}, so there is not one pair")
    } else {
        return Ok(PortRange { first, last });
    };
    Err(Wrong::new(problem, remedy))
}
