//! In which language prompts are spoken, and those that administrators have replaced.

use model::{Language, Prompt};
use numbers::Country;
use serde_json::json;
use sqlx::{AnyConnection, Row as _};

use super::audit::{Deed, facts};
use super::{Store, StoreError, announcement, plan, setting};
use crate::sounds::Clip;

/// The setting that names the language; without it the country counts.
const LANGUAGE: &str = "prompt_language";
/// Where prompts are German unless somebody has decided otherwise.
const GERMAN: [&str; 3] = ["DE", "AT", "CH"];

impl Store {
    /// In which language prompts are spoken: as decided, else by the country of the number plan.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn language(&self) -> Result<Language, StoreError> {
        let decided = self.setting(LANGUAGE).await?;
        match decided.as_deref().and_then(Language::from_code) {
            Some(language) => Ok(language),
            None => Ok(usual_language(self.site().await?.country)),
        }
    }

    /// Decides it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_language(&self, wanted: Language) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let before = stored_language(&mut tx).await?;
        setting::upsert(&mut tx, LANGUAGE, wanted.code()).await?;
        let (before, after) = (
            facts(json!({ "language": before.code() })),
            facts(json!({ "language": wanted.code() })),
        );
        let deed = Deed::changed("prompts.language_changed", "prompts", &before, &after);
        tx.done(deed).await
    }

    /// The prompts that were replaced, and how long they are now, in milliseconds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn replaced_prompts(&self) -> Result<Vec<(Prompt, Language, u32)>, StoreError> {
        let rows = sqlx::query("SELECT name, language, duration_ms FROM prompts ORDER BY language, name")
            .fetch_all(&self.pool)
            .await?;
        let strange = || StoreError::Strange("prompt");
        let replaced = |row: &sqlx::any::AnyRow| {
            // One that a later program knew is none here.
            let (Some(prompt), Some(language)) = (
                Prompt::from_name(row.try_get("name")?),
                Language::from_code(row.try_get("language")?),
            ) else {
                return Ok(None);
            };
            let duration_ms = u32::try_from(row.try_get::<i64, _>("duration_ms")?).map_err(|_| strange())?;
            Ok(Some((prompt, language, duration_ms)))
        };
        rows.iter().filter_map(|row| replaced(row).transpose()).collect()
    }

    /// What is said in place of a prompt, Ogg Opus; `None`: the prompt itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn replaced_prompt(&self, prompt: Prompt, language: Language) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query("SELECT audio FROM prompts WHERE name = $1 AND language = $2")
            .bind(prompt.name())
            .bind(language.code());
        let row = query.fetch_optional(&self.pool).await?;
        Ok(row.map(|row| row.try_get("audio")).transpose()?)
    }

    /// Says something else in place of a prompt; `None`: the prompt itself again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn replace_prompt(&self, prompt: Prompt, language: Language, clip: Option<&Clip>) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let delete = sqlx::query("DELETE FROM prompts WHERE name = $1 AND language = $2")
            .bind(prompt.name())
            .bind(language.code());
        let was_there = delete.execute(&mut *tx).await?.rows_affected() > 0;
        if let Some(clip) = clip {
            let insert = sqlx::query("INSERT INTO prompts (name, language, duration_ms, audio) VALUES ($1, $2, $3, $4)")
                .bind(prompt.name())
                .bind(language.code())
                .bind(i64::from(clip.duration_ms))
                .bind(clip.ogg.clone());
            insert.execute(&mut *tx).await?;
        } else if !was_there {
            return Ok(());
        }
        announcement::count_up(&mut tx).await?;
        let action = if clip.is_some() { "prompt.replaced" } else { "prompt.restored" };
        let deed = Deed::new(action, prompt.name()).with("language", language.code());
        tx.done(deed).await
    }
}

async fn stored_language(tx: &mut AnyConnection) -> Result<Language, StoreError> {
    let query = sqlx::query("SELECT value FROM settings WHERE name = $1").bind(LANGUAGE);
    let row = query.fetch_optional(&mut *tx).await?;
    let decided: Option<String> = row.map(|row| row.try_get("value")).transpose()?;
    match decided.as_deref().and_then(Language::from_code) {
        Some(language) => Ok(language),
        None => Ok(usual_language(plan::load_site(tx).await?.country)),
    }
}

fn usual_language(country: Option<Country>) -> Language {
    if country.is_some_and(|country| GERMAN.contains(&country.letters())) {
        Language::German
    } else {
        Language::English
    }
}
