//! Announcements that administrators have uploaded.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use model::AnnouncementId;
use serde::{Deserialize, Serialize};
use switchboard::directory::Menu;
use utoipa::ToSchema;

use super::Api;
use super::json::{Body, Path};
use super::problem::{Problem, ProblemDocument};
use super::upload::{AudioFile, Heard, Upload};
use crate::store;
use crate::store::announcements_of;
use crate::store::name::Label;

/// All announcements, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct Announcements {
    announcements: Vec<Announcement>,
}

/// An announcement.
#[derive(Serialize, ToSchema)]
pub(super) struct Announcement {
    id: u64,
    name: String,
    duration_ms: u32,
    /// The names of the menus that play it.
    used_by: Vec<String>,
}

/// An announcement's new name.
#[derive(Deserialize, ToSchema)]
pub(super) struct RenamedAnnouncement {
    name: String,
}

/// All announcements.
#[utoipa::path(get, path = "/announcements", tag = "menus", operation_id = "announcements", responses(
    (status = 200, description = "All announcements, by name", body = Announcements),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Announcements>, Problem> {
    let (announcements, menus) = (api.store().announcements().await?, api.store().menus().await?);
    Ok(Json(Announcements {
        announcements: announcements.into_iter().map(|it| Announcement::of(it, &menus)).collect(),
    }))
}

/// Adds an announcement: WAV, MP3, FLAC, Ogg (Vorbis or Opus) or AAC (M4A) of 20 MB and ten minutes at most.
///
/// The file is the body, of any content type beginning with `audio/`, and `name` stands in the query; or both are fields of a form
/// (`multipart/form-data`: `name` and `file`). It is kept in mono, at a level of our own.
#[utoipa::path(post, path = "/announcements", tag = "menus", operation_id = "add_announcement",
    params(("name" = Option<String>, Query, description = "Unless it is a field of the form")),
    request_body(content((AudioFile = "multipart/form-data"), (String = "audio/*"))), responses(
    (status = 201, description = "Added", body = Announcement),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 413, description = "`too-large`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`, `not-audio`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, upload: Upload) -> Result<(StatusCode, Json<Announcement>), Problem> {
    let name = parse_name(upload.name.as_deref().unwrap_or_default())?;
    let clip = api.uploads().clip(upload).await?;
    let added = api.store().add_announcement(name.as_str(), &clip).await?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(Announcement::of(added, &[]))))
}

/// Gives an announcement another name.
#[utoipa::path(patch, path = "/announcements/{id}", tag = "menus", operation_id = "rename_announcement", params(("id" = u64, Path)),
    request_body = RenamedAnnouncement, responses(
    (status = 200, description = "Changed", body = Announcement),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn rename(
    State(api): State<Api>,
    Path(id): Path<u64>,
    Body(wanted): Body<RenamedAnnouncement>,
) -> Result<Json<Announcement>, Problem> {
    let name = parse_name(&wanted.name)?;
    let renamed = api.store().rename_announcement(AnnouncementId(id), name.as_str()).await?;
    api.directory_changed().await?;
    told(&api, renamed).await
}

/// Gives an announcement another sound; the file is sent as for a new one.
#[utoipa::path(put, path = "/announcements/{id}/audio", tag = "menus", operation_id = "replace_announcement", params(("id" = u64, Path)),
    request_body(content((AudioFile = "multipart/form-data"), (String = "audio/*"))), responses(
    (status = 200, description = "Changed", body = Announcement),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 413, description = "`too-large`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`not-audio`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn replace(State(api): State<Api>, Path(id): Path<u64>, upload: Upload) -> Result<Json<Announcement>, Problem> {
    let clip = api.uploads().clip(upload).await?;
    let replaced = api.store().replace_announcement(AnnouncementId(id), &clip).await?;
    api.directory_changed().await?;
    told(&api, replaced).await
}

/// The sound of an announcement. Knows `Range`.
#[utoipa::path(get, path = "/announcements/{id}/audio", tag = "menus", operation_id = "announcement_audio", params(("id" = u64, Path)), responses(
    (status = 200, description = "Ogg Opus", body = String, content_type = "audio/ogg"),
    (status = 206, description = "The part that was asked for", body = String, content_type = "audio/ogg"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 416, description = "Nothing of it is there"),
))]
pub(super) async fn hear(State(api): State<Api>, Path(id): Path<u64>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    Ok(Heard::new(api.store().announcement_audio(AnnouncementId(id)).await?, &headers))
}

/// Removes an announcement that no menu plays.
#[utoipa::path(delete, path = "/announcements/{id}", tag = "menus", operation_id = "remove_announcement", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`in-use`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_announcement(AnnouncementId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn told(api: &Api, announcement: store::Announcement) -> Result<Json<Announcement>, Problem> {
    Ok(Json(Announcement::of(announcement, &api.store().menus().await?)))
}

fn parse_name(name: &str) -> Result<Label, Problem> {
    Label::parse(name).map_err(|why| Problem::invalid_field("name", why.to_string()))
}

impl Announcement {
    fn of(announcement: store::Announcement, menus: &[Menu]) -> Self {
        let plays = |menu: &&Menu| announcements_of(menu).any(|played| played == announcement.id);
        Self {
            id: announcement.id.0,
            name: announcement.name,
            duration_ms: announcement.duration_ms,
            used_by: menus.iter().filter(plays).map(|menu| menu.name.clone()).collect(),
        }
    }
}
