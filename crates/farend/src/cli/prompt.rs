//! `farend prompt …`

use std::path::PathBuf;

use clap::Subcommand;
use model::{Language, Prompt};
use serde_json::json;

use super::announcement::clip;
use super::place::{Place, explain};
use crate::sounds::prompts;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Lists what farend says
    #[command(after_help = "Example:\n  farend prompt list --json")]
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Has a file played in place of a prompt
    #[command(after_help = "Example:\n  farend prompt replace welcome de welcome.wav")]
    Replace {
        /// Which one; `farend prompt list` shows all
        #[arg(value_parser = prompt)]
        name: Prompt,
        /// en or de
        #[arg(value_parser = language)]
        language: Language,
        /// WAV, MP3, FLAC, Ogg or AAC (M4A)
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Has farend's own prompt said again
    #[command(after_help = "Example:\n  farend prompt restore welcome de")]
    Restore {
        /// Which one
        #[arg(value_parser = prompt)]
        name: Prompt,
        /// en or de
        #[arg(value_parser = language)]
        language: Language,
        #[command(flatten)]
        place: Place,
    },
    /// Chooses the language in which prompts are spoken
    #[command(after_help = "Example:\n  farend prompt language de")]
    Language {
        /// en or de
        #[arg(value_parser = language)]
        language: Language,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::List { json, place } => list(json, &place).await,
        Command::Replace {
            name,
            language,
            file,
            place,
        } => {
            let store = place.open().await?;
            let clip = clip(&file)?;
            store.replace_prompt(name, language, Some(&clip)).await.map_err(explain)?;
            super::print(&format!("{} is said in place of {}.\n", file.display(), name.name()))
        }
        Command::Restore { name, language, place } => {
            let store = place.open().await?;
            store.replace_prompt(name, language, None).await.map_err(explain)?;
            super::print(&format!("“{}” is said again.\n", prompts::text(name, language)))
        }
        Command::Language { language, place } => {
            let store = place.open().await?;
            store.set_language(language).await.map_err(explain)?;
            super::print(&format!("Prompts are spoken in {}.\n", language.code()))
        }
    }
}

async fn list(json: bool, place: &Place) -> anyhow::Result<()> {
    let store = place.open().await?;
    let (language, replaced) = (store.language().await?, store.replaced_prompts().await?);
    let is_replaced = |prompt, language| replaced.iter().any(|(name, spoken, _)| (*name, *spoken) == (prompt, language));
    if json {
        let as_json = |(language, prompt): (Language, Prompt)| {
            json!({
                "name": prompt.name(), "language": language.code(), "text": prompts::text(prompt, language),
                "is_replaced": is_replaced(prompt, language),
            })
        };
        let prompts: Vec<_> = prompts::all().map(as_json).collect();
        return super::print_json(&json!({ "language": language.code(), "prompts": prompts }));
    }
    let as_line = |(language, prompt): (Language, Prompt)| {
        let mark = if is_replaced(prompt, language) { "replaced" } else { "" };
        let line = format!(
            "{:<20} {} {mark:<9} {}",
            prompt.name(),
            language.code(),
            prompts::text(prompt, language)
        );
        format!("{}\n", line.trim_end())
    };
    super::print(&prompts::all().map(as_line).collect::<String>())
}

fn prompt(name: &str) -> Result<Prompt, String> {
    Prompt::from_name(name).ok_or_else(|| "there is no such prompt; `farend prompt list` shows all".to_owned())
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "write en or de".to_owned())
}
