//! What farend itself says, in which language, and what is said in its place.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use model::{Language, Prompt};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::json::{Body, Path};
use super::problem::{Problem, ProblemDocument};
use super::upload::{AudioFile, Heard, Upload};
use crate::sounds::prompts;

/// A language in which prompts are spoken (ISO 639-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LanguageCode {
    /// English.
    En,
    /// German.
    De,
}

/// Everything that farend says.
#[derive(Serialize, ToSchema)]
pub(super) struct Prompts {
    /// In which one prompts are spoken, unless a menu says otherwise.
    language: LanguageCode,
    /// All prompts in all languages.
    prompts: Vec<SpokenPrompt>,
}

/// A prompt in one language.
#[derive(Serialize, ToSchema)]
pub(super) struct SpokenPrompt {
    #[schema(example = "nobody_answers")]
    name: &'static str,
    language: LanguageCode,
    /// What the program's own one says.
    text: &'static str,
    /// Of what is heard now.
    duration_ms: u32,
    /// Whether something that was uploaded is heard in its place.
    is_replaced: bool,
}

/// The language in which prompts are spoken.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct PromptLanguage {
    language: LanguageCode,
}

/// Everything that farend says, in both languages.
#[utoipa::path(get, path = "/prompts", tag = "menus", operation_id = "prompts", responses(
    (status = 200, description = "All prompts in all languages", body = Prompts),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Prompts>, Problem> {
    let (language, replaced) = (api.store().language().await?, api.store().replaced_prompts().await?);
    let spoken = |(language, prompt): (Language, Prompt)| {
        let replaced = replaced
            .iter()
            .find(|(name, spoken, _)| (*name, *spoken) == (prompt, language))
            .map(|(.., duration_ms)| *duration_ms);
        SpokenPrompt {
            name: prompt.name(),
            language: language.into(),
            text: prompts::text(prompt, language),
            duration_ms: replaced.unwrap_or_else(|| prompts::duration_ms(prompt, language)),
            is_replaced: replaced.is_some(),
        }
    };
    Ok(Json(Prompts {
        language: language.into(),
        prompts: prompts::all().map(spoken).collect(),
    }))
}

/// Decides in which language prompts are spoken.
#[utoipa::path(put, path = "/prompts/language", tag = "menus", operation_id = "choose_prompt_language", request_body = PromptLanguage, responses(
    (status = 200, description = "Changed", body = PromptLanguage),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn choose_language(State(api): State<Api>, Body(wanted): Body<PromptLanguage>) -> Result<Json<PromptLanguage>, Problem> {
    api.store().set_language(wanted.language.into()).await?;
    api.directory_changed().await?;
    Ok(Json(wanted))
}

/// Has something else said in place of a prompt; the file is sent as for an announcement.
#[utoipa::path(put, path = "/prompts/{language}/{name}/audio", tag = "menus", operation_id = "replace_prompt",
    params(("language" = String, Path), ("name" = String, Path)),
    request_body(content((AudioFile = "multipart/form-data"), (String = "audio/*"))), responses(
    (status = 204, description = "Replaced"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 413, description = "`too-large`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`not-audio`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn replace(
    State(api): State<Api>,
    Path((language, name)): Path<(String, String)>,
    upload: Upload,
) -> Result<StatusCode, Problem> {
    let (prompt, language) = named(&language, &name)?;
    let clip = api.uploads().prompt(upload).await?;
    api.store().replace_prompt(prompt, language, Some(&clip)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has the program's own prompt said again.
#[utoipa::path(delete, path = "/prompts/{language}/{name}/audio", tag = "menus", operation_id = "restore_prompt",
    params(("language" = String, Path), ("name" = String, Path)), responses(
    (status = 204, description = "The program's own again"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn restore(State(api): State<Api>, Path((language, name)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let (prompt, language) = named(&language, &name)?;
    api.store().replace_prompt(prompt, language, None).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is heard where this prompt is played. Knows `Range`.
#[utoipa::path(get, path = "/prompts/{language}/{name}/audio", tag = "menus", operation_id = "prompt_audio",
    params(("language" = String, Path), ("name" = String, Path)), responses(
    (status = 200, description = "Ogg Opus", body = String, content_type = "audio/ogg"),
    (status = 206, description = "The part that was asked for", body = String, content_type = "audio/ogg"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 416, description = "Nothing of it is there"),
))]
pub(super) async fn hear(
    State(api): State<Api>,
    Path((language, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let (prompt, language) = named(&language, &name)?;
    let replaced = api.store().replaced_prompt(prompt, language).await?;
    let ogg = replaced.unwrap_or_else(|| prompts::own(prompt, language).into_owned());
    Ok(Heard::new(ogg, &headers))
}

fn named(language: &str, name: &str) -> Result<(Prompt, Language), Problem> {
    let (prompt, language) = (Prompt::from_name(name), Language::from_code(language));
    prompt.zip(language).ok_or_else(|| Problem::not_found("prompt"))
}

impl From<Language> for LanguageCode {
    fn from(language: Language) -> Self {
        match language {
            Language::English => Self::En,
            Language::German => Self::De,
        }
    }
}

impl From<LanguageCode> for Language {
    fn from(code: LanguageCode) -> Self {
        match code {
            LanguageCode::En => Self::English,
            LanguageCode::De => Self::German,
        }
    }
}
