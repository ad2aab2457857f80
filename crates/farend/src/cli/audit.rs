//! `farend audit`

use clap::Args;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::place::Place;
use crate::store::{AuditEntry, Via};

#[derive(Args)]
pub(super) struct Audit {
    /// Lines at most, newest first
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    /// Only lines older than the one with this number
    #[arg(long, value_name = "ID")]
    before: Option<u64>,
    /// Prints JSON, with what exactly was changed
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(audit: Audit) -> anyhow::Result<()> {
    let entries = audit.place.open().await?.audit(audit.before, audit.limit).await?;
    if audit.json {
        let entries = entries.iter().map(as_json).collect::<anyhow::Result<Vec<_>>>()?;
        return super::print_json(&json!({ "entries": entries }));
    }
    let lines = entries.iter().map(as_line).collect::<anyhow::Result<String>>()?;
    super::print(&lines)
}

fn as_json(entry: &AuditEntry) -> anyhow::Result<serde_json::Value> {
    let author = &entry.author;
    Ok(json!({
        "id": entry.id, "at": author.at.format(&Rfc3339)?, "by_user_id": author.user.map(|user| user.0), "by_name": author.name,
        "via": via(author.via), "action": entry.action, "subject": entry.subject, "details": entry.details,
    }))
}

fn as_line(entry: &AuditEntry) -> anyhow::Result<String> {
    let author = &entry.author;
    let at = author.at.replace_nanosecond(0)?.format(&Rfc3339)?;
    Ok(format!(
        "{at}  {:<8} {:<12} {:<20} {:<24} {}\n",
        entry.id,
        via(author.via),
        author.name,
        entry.action,
        entry.subject
    ))
}

fn via(via: Via) -> &'static str {
    match via {
        Via::App => "app",
        Via::Api => "api",
        Via::Phone => "phone",
        Via::CommandLine => "command_line",
    }
}
