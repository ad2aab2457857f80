//! `farend recording …`

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use switchboard::directory::RecordingOf;
use time::format_description::well_known::Rfc3339;

use super::place::{Place, explain};
use crate::api::recording_file_name;
use crate::recording::vault::Vault;
use crate::store::{Listening, Recording, RecordingFilter, RecordingSettings, Store, Word as _};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Lists recordings, newest first
    #[command(after_help = "Example:\n  farend recording list --limit 20 --json")]
    List {
        /// At most so many
        #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
        limit: u16,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Writes a recording to a file that any player plays; the audit log tells of it
    #[command(after_help = "Example:\n  farend recording export 12-3 --to call.ogg")]
    Export {
        /// Its id, as `farend recording list` shows it
        id: String,
        /// The file; named by time and number unless given
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// Deletes a recording for good; the audit log tells of it
    #[command(after_help = "Example:\n  farend recording delete 12-3")]
    Delete {
        /// Its id, as `farend recording list` shows it
        id: String,
        #[command(flatten)]
        place: Place,
    },
    /// Shows how recording is done, and which calls are recorded by rule
    #[command(after_help = "Example:\n  farend recording rules --json")]
    Rules {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::List { limit, json, place } => {
            let recordings = place.open().await?.recordings(&RecordingFilter::default(), limit).await?;
            if json {
                return super::print_json(&json!({ "recordings": recordings.iter().map(as_json).collect::<Vec<_>>() }));
            }
            super::print(&recordings.iter().map(as_line).collect::<String>())
        }
        Command::Export { id, to, place } => {
            let store = place.open().await?;
            let recording = find(&store, &id).await?;
            let zone = crate::clock::zone(store.site().await?.time_zone.as_deref()).unwrap_or_else(|_unknown| TimeZone::system());
            let file = to.unwrap_or_else(|| recording_file_name(&recording, &zone).into());
            let vault = vault(&place, &store).await?;
            export(&store, &vault, &recording, &file).await?;
            super::print(&format!("Wrote {}.\n", file.display()))
        }
        Command::Delete { id, place } => {
            let store = place.open().await?;
            let recording = find(&store, &id).await?;
            let run = store.newest_run().await?;
            ensure!(
                !run.is_some_and(|run| recording.is_being_made(run)),
                "recording {id} is being made; delete it when its call has ended"
            );
            let vault = vault(&place, &store).await?;
            store.note_deletion(recording.name).await.map_err(explain)?;
            vault.remove(&recording).context("cannot remove the file of the recording")?;
            store.forget_recording(recording.name).await.map_err(explain)?;
            super::print(&format!("Deleted {id}.\n"))
        }
        Command::Rules { json, place } => {
            let settings = place.open().await?.recording_settings().await?;
            if json {
                return super::print_json(&rules_as_json(&settings));
            }
            super::print(&rules_as_text(&settings))
        }
    }
}

async fn find(store: &Store, id: &str) -> anyhow::Result<Recording> {
    let unknown = || format!("there is no recording {id}; `farend recording list` shows all");
    let name = id.parse().ok().with_context(unknown)?;
    store.recording(name).await.with_context(unknown)
}

async fn vault(place: &Place, store: &Store) -> anyhow::Result<Vault> {
    Ok(Vault::open(&place.data_dir()?, place.recordings_key_file()?.as_deref(), store).await?)
}

/// Nothing of it is written without a line in the audit log; and whatever goes wrong, no half of it is left.
async fn export(store: &Store, vault: &Vault, recording: &Recording, file: &Path) -> anyhow::Result<()> {
    let opened = vault.read(recording).context("the recording cannot be read")?;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut made = made.with_context(|| format!("cannot make {}; give a file that is not there yet with --to", file.display()))?;
    let write = async {
        store.note_listening(recording, Listening::Exported).await?;
        for part in opened.audio(0..opened.audio_bytes()) {
            made.write_all(&part?)?;
        }
        anyhow::Ok(made.sync_all()?)
    };
    write.await.inspect_err(|_| {
        let _half = std::fs::remove_file(file);
    })
}

fn as_json(recording: &Recording) -> Value {
    let party = |party: &crate::store::journal::Party| json!({ "user_id": party.user.map(|user| user.0), "number": party.number, "name": party.name });
    json!({
        "id": recording.name.to_string(), "call_id": recording.call_id, "started_at": recording.started_at.format(&Rfc3339).unwrap_or_default(),
        "duration_ms": recording.duration_ms, "state": recording.stage.word(), "stopped": recording.stopped.map(crate::store::Word::word),
        "by": if recording.is_by_rule { "rule" } else { "button" }, "own": party(&recording.own), "other": party(&recording.other),
        "bytes": recording.bytes, "delete_after": recording.delete_after.format(&Rfc3339).unwrap_or_default(),
    })
}

fn as_line(recording: &Recording) -> String {
    let started_at = recording.started_at.replace_nanosecond(0).unwrap_or(recording.started_at);
    let seconds = recording.duration_ms.div_ceil(1_000);
    format!(
        "{:<10} {} {:>4}:{:02} {:<10} {} - {}\n",
        recording.name.to_string(),
        started_at.format(&Rfc3339).unwrap_or_default(),
        seconds / 60,
        seconds % 60,
        recording.stage.word(),
        recording.own.number,
        recording.other.number,
    )
}

fn whose(of: RecordingOf) -> (&'static str, Option<u64>) {
    match of {
        RecordingOf::Everybody => ("everybody", None),
        RecordingOf::Person(user) => ("person", Some(user.0)),
        RecordingOf::Team(team) => ("team", Some(team.0)),
        RecordingOf::Trunk(trunk) => ("trunk", Some(trunk.0)),
    }
}

fn rules_as_json(settings: &RecordingSettings) -> Value {
    let rules = settings.rules.iter().map(|rule| {
        let (whose, id) = whose(rule.whose);
        json!({ "whose": whose, "id": id, "calls": rule.calls.word(), "announced": rule.announced.word() })
    });
    json!({
        "announced": settings.announced.word(), "keep_days": settings.keep_days, "quota_mib": settings.quota_mib,
        "rules": rules.collect::<Vec<_>>(),
    })
}

fn rules_as_text(settings: &RecordingSettings) -> String {
    let (announced, days, mib) = (settings.announced.word(), settings.keep_days, settings.quota_mib);
    let mut text = format!("The button is announced: {announced}. Kept for {days} days, in {mib} MiB at most.\n");
    for (number, rule) in (1..).zip(&settings.rules) {
        let (whose, id) = whose(rule.whose);
        let id = id.map_or_else(String::new, |id| format!(" {id}"));
        text += &format!(
            "{number}. {whose}{id}: {}, announced: {}\n",
            rule.calls.word(),
            rule.announced.word()
        );
    }
    text
}
