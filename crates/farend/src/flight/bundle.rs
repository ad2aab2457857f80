//! The support bundle of a call: one zip that can be sent to whoever helps. What is in it has gone through [`super::redaction`].

use serde_json::{Value, json};
use switchboard::directory::Directory;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use tracing::Level;

use super::archive::Archive;
use super::lines::{self, Line};
use super::redaction::Masks;
use super::story::Story;
use super::text::{self, Signs};
use crate::config::{Config, Database};

/// Lines of trouble so long before and after a call are in its bundle too.
const AROUND: Duration = Duration::seconds(10);

/// What others add: findings, evidence, the network plan.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Extra {
    /// The file's name in the bundle.
    pub(crate) name: &'static str,
    pub(crate) content: Content,
}

/// Of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    Json(Value),
    Text(String),
}

/// Puts it together. `is_open`: names and numbers are shown; secrets never are.
pub(crate) fn bundle(story: Story, extras: Vec<Extra>, configuration: &Value, directory: &Directory, is_open: bool) -> Vec<u8> {
    let mut archive = Archive::default();
    for (name, content) in texts(story, extras, configuration, directory, is_open) {
        archive.add(&name, content.as_bytes());
    }
    archive.finish()
}

/// Its files.
pub(super) fn texts(
    story: Story,
    extras: Vec<Extra>,
    configuration: &Value,
    directory: &Directory,
    is_open: bool,
) -> Vec<(String, String)> {
    let mut masks = Masks::new(directory, is_open);
    let lines = lines_of(&story);
    let mut story = story;
    masks.story(&mut story);
    let mut files = vec![
        ("flight.json".to_owned(), pretty(&serde_json::to_value(&story).unwrap_or_default())),
        ("ladder.txt".to_owned(), text::flight(&story, Signs::Ascii)),
        ("configuration.json".to_owned(), pretty(configuration)),
        ("log.txt".to_owned(), lines.iter().map(|line| log_line(line, &mut masks)).collect()),
        ("about.json".to_owned(), pretty(&about(is_open))),
    ];
    for Extra { name, content } in extras {
        let content = match content {
            Content::Json(mut value) => {
                masks.json(&mut value);
                pretty(&value)
            }
            Content::Text(text) => masks.text(&text),
        };
        files.push((name.to_owned(), content));
    }
    files
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn about(is_open: bool) -> Value {
    json!({
        "program": "farend", "version": env!("CARGO_PKG_VERSION"), "system": std::env::consts::OS, "architecture": std::env::consts::ARCH,
        "made_at": OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
        "names_and_numbers": if is_open { "shown" } else { "masked: the same pseudonym is the same person or number throughout" },
    })
}

/// Lines that name the call or one of its legs; and whatever went wrong meanwhile without naming a call.
fn lines_of(story: &Story) -> Vec<Line> {
    let call = story.call.split_once('-').map(|(_run, call)| format!("call-{call}"));
    let legs: Vec<_> = story.legs.iter().map(|leg| format!("leg-{}", leg.leg)).collect();
    let from = story.begun_at - AROUND;
    let until = story
        .ended_at_ms
        .map(|ms| story.begun_at + Duration::milliseconds(ms.into()) + AROUND);
    lines::which(|line| {
        let is_meanwhile = line.at >= from && until.is_none_or(|until| line.at <= until);
        let is_named = (line.call.is_some() && line.call == call) || line.leg.as_ref().is_some_and(|leg| legs.contains(leg));
        is_meanwhile && (is_named || (line.call.is_none() && line.level <= Level::WARN))
    })
}

fn log_line(line: &Line, masks: &mut Masks) -> String {
    let at = line.at.format(&Rfc3339).unwrap_or_default();
    format!("{at} {:>5} {}\n", line.level, masks.text(&line.text))
}

/// What of the configuration helps whoever helps: nothing that opens anything.
pub(crate) fn configuration(config: &Config) -> Value {
    json!({
        "database": match &config.database { Database::Sqlite => "sqlite", Database::Postgres(_) => "postgres" },
        "listen": {
            "portal": config.listen.portal.to_string(), "media": config.listen.media.to_string(),
            "sip": config.listen.sip.to_string(), "sips": config.listen.sips.to_string(),
            "rtp_ports": format!("{}-{}", config.listen.rtp_ports.first, config.listen.rtp_ports.last),
        },
        "public": { "host": config.public.host, "addresses": config.public.addresses.iter().map(ToString::to_string).collect::<Vec<_>>() },
        "stun": {
            "mode": format!("{:?}", config.stun.mode),
            "servers": config.stun.servers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        },
        "certificate": if config.tls.is_some() { "own" } else { "self-signed" },
        "calls_max": config.limits.calls_max,
    })
}
