//! Captures of SIP and RTP on demand.

use std::time::{Instant, SystemTime};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use model::{DeviceId, TrunkId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::flights::{file, reason};
use super::guard::SessionUser;
use super::json::{Body, Path};
use super::problem::{Problem, ProblemDocument};
use crate::flight::capture::{Capture, End, NotBegun, SECONDS_MAX, Wanted, Whose};
use crate::flight::redaction::Masks;
use crate::store::{Hears, Insight};

/// Of what a capture is made: one of `call`, `device` and `trunk`.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewCapture {
    /// A running call, as in `/calls`.
    call: Option<String>,
    /// A phone: its calls and registrations.
    device: Option<u64>,
    /// A trunk: its calls.
    trunk: Option<u64>,
    /// 1 to 600.
    seconds: u32,
    /// What is said is in it too; only for those who may hear everybody's recordings. Browsers' audio stays encrypted.
    #[serde(default)]
    with_audio: bool,
    /// Names and numbers are shown; secrets never are.
    #[serde(default)]
    unmasked: bool,
    /// Why; needed with `with_audio` and `unmasked`.
    reason: Option<String>,
}

/// Captures, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct CaptureList {
    captures: Vec<CaptureView>,
}

/// Why a capture has ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CaptureEnd {
    /// Its time was over.
    Time,
    /// The file was large enough.
    Size,
    /// Somebody has ended it.
    Asked,
    /// It could not be written.
    Disk,
}

/// A capture.
#[derive(Serialize, ToSchema)]
#[schema(as = Capture)]
pub(super) struct CaptureView {
    id: u64,
    /// Of what, for people.
    of: String,
    #[serde(with = "time::serde::rfc3339")]
    begun_at: OffsetDateTime,
    seconds: u32,
    with_audio: bool,
    unmasked: bool,
    /// Null while it runs.
    #[schema(required)]
    ended: Option<CaptureEnd>,
    bytes: u64,
    packets: u64,
    /// Packets for which there was no room.
    dropped: u64,
}

impl From<Capture> for CaptureView {
    fn from(capture: Capture) -> Self {
        let Capture {
            id,
            wanted,
            begun_at,
            end,
            bytes,
            packets,
            dropped,
        } = capture;
        Self {
            id,
            of: wanted.label,
            begun_at,
            seconds: wanted.seconds,
            with_audio: wanted.with_audio,
            unmasked: wanted.is_open,
            ended: end.map(|end| match end {
                End::Time => CaptureEnd::Time,
                End::Size => CaptureEnd::Size,
                End::Asked => CaptureEnd::Asked,
                End::Disk => CaptureEnd::Disk,
            }),
            bytes,
            packets,
            dropped,
        }
    }
}

/// All captures of the last day.
#[utoipa::path(get, path = "/captures", tag = "calls", operation_id = "captures", responses(
    (status = 200, description = "The newest first", body = CaptureList),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Json<CaptureList> {
    let captures = api.flights().captures().list();
    Json(CaptureList {
        captures: captures.into_iter().map(CaptureView::from).collect(),
    })
}

/// Begins a capture. One runs at a time.
#[utoipa::path(post, path = "/captures", tag = "calls", operation_id = "begin_capture", request_body = NewCapture, responses(
    (status = 201, description = "It runs", body = CaptureView),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`not-permitted`: also when one may not hear what is said", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: no such call runs", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`capture-runs`: another one has to end first", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn begin(
    State(api): State<Api>,
    who: SessionUser,
    Body(new): Body<NewCapture>,
) -> Result<(StatusCode, Json<CaptureView>), Problem> {
    if !(1..=SECONDS_MAX).contains(&new.seconds) {
        return Err(Problem::invalid_field("seconds", format!("use 1 to {SECONDS_MAX}")));
    }
    let reason = reason(new.reason.as_deref(), new.with_audio || new.unmasked)?;
    if new.with_audio && api.store().recording_permission(who.user.id).await?.hears != Hears::All {
        return Err(Problem::not_permitted());
    }
    let (whose, label) = whose(&api, &new)?;
    let wanted = Wanted {
        whose,
        label,
        seconds: new.seconds,
        with_audio: new.with_audio,
        is_open: new.unmasked,
    };
    if api.flights().captures().is_running() {
        return Err(Problem::capture_runs());
    }
    // Nothing is captured without its line in the audit log.
    let insight = Insight::CaptureBegun;
    api.store()
        .note_insight(insight, &wanted.label, new.unmasked, new.with_audio, reason)
        .await?;
    let flights = api.flights();
    let masks = Masks::new(&flights.directory(), new.unmasked);
    let capture = flights.captures().begin(wanted, masks, Instant::now()).map_err(|why| match why {
        NotBegun::Busy => Problem::capture_runs(),
        NotBegun::Disk(error) => {
            tracing::error!(%error, "a capture cannot be written");
            Problem::failed()
        }
    })?;
    Ok((StatusCode::CREATED, Json(capture.into())))
}

fn whose(api: &Api, new: &NewCapture) -> Result<(Whose, String), Problem> {
    match (&new.call, new.device, new.trunk) {
        (Some(call), None, None) => {
            let running = api.flights().running(call).ok_or_else(|| Problem::not_found("running call"))?;
            Ok((Whose::Call(running), format!("call {call}")))
        }
        (None, Some(device), None) => Ok((Whose::Device(DeviceId(device)), format!("phone {device}"))),
        (None, None, Some(trunk)) => Ok((Whose::Trunk(TrunkId(trunk)), format!("trunk {trunk}"))),
        _ => Err(Problem::invalid_field("call", "name one call, device or trunk")),
    }
}

/// The file of a capture that is done.
#[utoipa::path(get, path = "/captures/{id}/pcapng", tag = "calls", operation_id = "capture_file", params(("id" = u64, Path)), responses(
    (status = 200, description = "The file", content_type = "application/x-pcapng"),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: also while it runs", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn download(State(api): State<Api>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let flights = api.flights().clone();
    let found = flights.captures().list().into_iter().find(|capture| capture.id == id);
    let found = found.ok_or_else(|| Problem::not_found("capture"))?;
    let Wanted {
        label,
        is_open,
        with_audio,
        ..
    } = &found.wanted;
    let read = tokio::task::spawn_blocking(move || flights.captures().read(id)).await;
    match read {
        Ok(Ok(Some(bytes))) => {
            // Nobody gets it without the line in the log.
            api.store()
                .note_insight(Insight::CaptureTaken, label, *is_open, *with_audio, None)
                .await?;
            Ok(file(bytes, "application/x-pcapng", &format!("farend-capture-{id}.pcapng")))
        }
        Ok(Ok(None)) => Err(Problem::not_found("capture")),
        Ok(Err(error)) => {
            tracing::error!(%error, "a capture cannot be read");
            Err(Problem::failed())
        }
        Err(_panicked) => Err(Problem::failed()),
    }
}

/// Ends a capture that runs, or deletes one that is done.
#[utoipa::path(delete, path = "/captures/{id}", tag = "calls", operation_id = "remove_capture", params(("id" = u64, Path)), responses(
    (status = 204, description = "It has ended, or is gone"),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    let gone = api.flights().captures().remove(id, SystemTime::now());
    let gone = gone.ok_or_else(|| Problem::not_found("capture"))?;
    let Wanted {
        label,
        is_open,
        with_audio,
        ..
    } = &gone.wanted;
    api.store()
        .note_insight(Insight::CaptureDeleted, label, *is_open, *with_audio, None)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
