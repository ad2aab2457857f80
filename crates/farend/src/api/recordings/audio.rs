//! The sound of a recording, decrypted while it goes out, and how loud it is.

use std::ops::Range;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::heard_by;
use super::range::{Wanted, wanted};
use crate::api::Api;
use crate::api::guard::SessionUser;
use crate::api::json::{Path, UrlQuery};
use crate::api::problem::{Problem, ProblemDocument};
use crate::recording::vault::{Ending, Opened, PEAK_STEP_MS, VaultError};
use crate::store::{Listening, Recording, RecordingStage};

/// Decrypted at once: a quarter of a minute.
const STEP_BYTES: u64 = 64 * 1024;
/// Points of a curve at most: more than a screen has.
const PEAKS_MAX: usize = 4_000;

/// How the sound is wanted.
#[derive(Deserialize)]
pub(in crate::api) struct How {
    download: Option<u8>,
}

/// How loud a recording is.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Peaks {
    /// From one point to the next.
    step_ms: u64,
    /// Of the person for whom it was made: 0 to 255, 4,000 points at most.
    own: Vec<u8>,
    /// Of everybody else.
    others: Vec<u8>,
}

/// The sound: Ogg Opus, the person for whom it was made on the left, everybody else on the right. Knows `Range`.
#[utoipa::path(get, path = "/recordings/{id}/audio", tag = "recordings", operation_id = "audio", params(
    ("id" = String, Path),
    ("download" = Option<u8>, Query, description = "1: as a file to be kept"),
), responses(
    (status = 200, description = "All of it", content_type = "audio/ogg"),
    (status = 206, description = "The part that was asked for", content_type = "audio/ogg"),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: also when one may not hear it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 416, description = "Nothing of it is there"),
    (status = 503, description = "`recordings-locked`: their key is missing", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn play(
    State(api): State<Api>,
    who: SessionUser,
    Path(id): Path<String>,
    UrlQuery(how): UrlQuery<How>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let recording = heard_by(&api, &who, &id).await?;
    let opened = open(&api, &recording).await?;
    let is_download = how.download == Some(1);
    note(
        &api,
        &who,
        &recording,
        if is_download { Listening::Downloaded } else { Listening::Heard },
    )
    .await?;
    let length = opened.audio_bytes();
    let asked = headers.get(RANGE).and_then(|header| header.to_str().ok());
    let (status, range) = match wanted(asked, length) {
        Wanted::Whole => (StatusCode::OK, 0..length),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Nothing => {
            let content_range = HeaderValue::from_str(&format!("bytes */{length}")).expect("digits");
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, content_range)]).into_response());
        }
    };
    let mut response = (status, sound(opened, range.clone())).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("audio/ogg"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    if status == StatusCode::PARTIAL_CONTENT {
        let content_range = format!("bytes {}-{}/{length}", range.start, range.end - 1);
        headers.insert(CONTENT_RANGE, HeaderValue::from_str(&content_range).expect("digits"));
    }
    let zone = crate::clock::zone(api.store().site().await?.time_zone.as_deref()).unwrap_or_else(|_unknown| TimeZone::system());
    let kind = if is_download { "attachment" } else { "inline" };
    let disposition = format!("{kind}; filename=\"{}\"", file_name(&recording, &zone));
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).expect("letters and digits"),
    );
    Ok(response)
}

/// How loud it is, for a picture of it.
#[utoipa::path(get, path = "/recordings/{id}/peaks", tag = "recordings", operation_id = "peaks", params(("id" = String, Path)), responses(
    (status = 200, description = "Both channels", body = Peaks),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: also when one may not hear it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "`recordings-locked`: their key is missing", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn peaks(State(api): State<Api>, who: SessionUser, Path(id): Path<String>) -> Result<Json<Peaks>, Problem> {
    let recording = heard_by(&api, &who, &id).await?;
    let opened = open(&api, &recording).await?;
    let peaks = blocking(move || opened.peaks()).await?;
    Ok(Json(Peaks::of(&peaks)))
}

async fn open(api: &Api, recording: &Recording) -> Result<Opened, Problem> {
    let (vault, file) = (api.0.parts.recordings.clone(), recording.clone());
    let opened = blocking(move || vault.read(&file)).await?;
    let is_missed = opened.ending() == Ending::Open && recording.stage != RecordingStage::Running;
    if is_missed {
        tracing::warn!(recording = %recording.name, "the end of a recording is missing: something has changed its file");
    }
    Ok(opened)
}

/// Files are read away from the tasks that serve.
async fn blocking<T: Send + 'static>(read: impl FnOnce() -> Result<T, VaultError> + Send + 'static) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(read).await;
    done.map_err(|panic| VaultError::Unreadable(std::io::Error::other(panic)))
        .flatten()
        .map_err(Problem::from)
}

/// Nobody listens without a line in the audit log.
async fn note(api: &Api, who: &SessionUser, recording: &Recording, listening: Listening) -> Result<(), Problem> {
    let (act, now) = ((who.user.id, recording.name, listening), OffsetDateTime::now_utc());
    if api.0.heard.is_new(act, now) {
        api.store().note_listening(recording, listening).await?;
        api.0.heard.note(act, now);
    }
    Ok(())
}

/// Decrypts as fast as it is taken: a player that pauses holds a file open, and nothing else.
fn sound(opened: Opened, range: Range<u64>) -> Body {
    let opened = Arc::new(opened);
    Body::from_stream(stream::try_unfold(range, move |rest| {
        let opened = Arc::clone(&opened);
        async move {
            if rest.is_empty() {
                return Ok(None);
            }
            let step = rest.start..rest.end.min(rest.start + STEP_BYTES);
            let next = step.end..rest.end;
            let read = move || opened.audio(step).collect::<Result<Vec<_>, _>>();
            let parts = tokio::task::spawn_blocking(read).await;
            let parts = parts
                .map_err(std::io::Error::other)?
                .inspect_err(|error| tracing::error!(%error, "a recording cannot be heard to its end"));
            Ok::<_, std::io::Error>(Some((Bytes::from(parts.map_err(std::io::Error::other)?.concat()), next)))
        }
    }))
}

/// `YYYY-MM-DD_HHMM_NUMBER.ogg`, by the clock on the wall.
pub(crate) fn file_name(recording: &Recording, zone: &TimeZone) -> String {
    let begun = Timestamp::from_second(recording.started_at.unix_timestamp()).unwrap_or_default();
    let begun = begun.to_zoned(zone.clone()).strftime("%Y-%m-%d_%H%M");
    let number: String = recording
        .other
        .number
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '+')
        .take(40)
        .collect();
    let number = if number.is_empty() { "unknown" } else { &number };
    format!("{begun}_{number}.ogg")
}

impl Peaks {
    /// The loudest of as many as make one point.
    fn of(peaks: &[[u8; 2]]) -> Self {
        let together = peaks.len().div_ceil(PEAKS_MAX).max(1);
        let loudest = |channel: usize| -> Vec<u8> {
            let of = |steps: &[[u8; 2]]| steps.iter().map(|step| step[channel]).max().unwrap_or(0);
            peaks.chunks(together).map(of).collect()
        };
        Self {
            step_ms: PEAK_STEP_MS * together as u64,
            own: loudest(0),
            others: loudest(1),
        }
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        tracing::error!(%error, "a recording cannot be heard");
        match error {
            VaultError::NoKey(_) | VaultError::OtherKey => Self::recordings_locked(),
            VaultError::Unreadable(error) if error.kind() == std::io::ErrorKind::NotFound => Self::not_found("recording"),
            VaultError::NotOurs | VaultError::Damaged { .. } | VaultError::Unreadable(_) => Self::failed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_recording_has_no_more_points_than_a_screen() {
        let peaks: Vec<[u8; 2]> = (0..12_001_u32).map(|step| [(step % 251) as u8, 7]).collect();
        let told = Peaks::of(&peaks);
        assert_eq!((told.step_ms, told.own.len(), told.others.len()), (400, 3_001, 3_001));
        assert_eq!((told.own[0], told.own[1], told.others[9]), (3, 7, 7));
        assert_eq!(Peaks::of(&[]).step_ms, 100);
    }

    #[test]
    fn a_copy_is_named_by_time_and_number() {
        let mut recording = crate::recording::keeper::tests::recording(1);
        recording.other.number = "+49 89/12345\"".to_owned();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(file_name(&recording, &zone), "2026-11-26_1300_+498912345.ogg");
        recording.other.number = String::new();
        assert_eq!(file_name(&recording, &TimeZone::UTC), "2026-11-26_1200_unknown.ogg");
    }
}
