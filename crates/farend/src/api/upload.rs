//! Sound files that come in, as the body itself or as a field of a form, and those that go out.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, IF_RANGE, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::Api;
use super::json::UrlQuery;
use super::problem::Problem;
use super::recordings::range::{Wanted, wanted};
use crate::sounds::{Clip, FILE_BYTES_MAX, NotAudio, Samples};

/// Of a whole request: a form has some lines around the file.
pub(super) const BODY_BYTES_MAX: usize = FILE_BYTES_MAX + 16 * 1024;
/// Files that are being read at the same time.
const READ_MAX: usize = 2;
/// How long one may take to read: ten minutes of MP3 take two seconds.
const READING_TIME_MAX: Duration = Duration::from_secs(30);
/// How long what is said in place of a prompt may be.
const PROMPT_MS_MAX: u32 = 60_000;

/// A sound file as a form.
#[derive(ToSchema)]
pub(super) struct AudioFile {
    /// For administrators.
    #[allow(dead_code, reason = "describes the form")]
    name: Option<String>,
    /// The file.
    #[schema(value_type = String, format = Binary)]
    #[allow(dead_code, reason = "describes the form")]
    file: Vec<u8>,
}

/// A sound file that came in.
pub(super) struct Upload {
    /// What it shall be called, where that was said.
    pub(super) name: Option<String>,
    file: Bytes,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

impl FromRequest<Api> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let UrlQuery(Named { name }) = UrlQuery::from_request_parts(&mut parts, api).await?;
        let kind = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let kind = kind.trim().to_ascii_lowercase();
        let is_form = kind.starts_with("multipart/form-data");
        // Ogg and MPEG-4 have names of their own; browsers that do not know a file say octet-stream.
        let is_file = ["audio/", "application/ogg", "video/ogg", "video/mp4", "application/octet-stream"]
            .iter()
            .any(|known| kind.starts_with(known));
        let request = Request::from_parts(parts, body);
        if is_form {
            return Self::of_form(request, api, name).await;
        }
        if !is_file {
            return Err(Problem::not_audio(&NotAudio::Unknown));
        }
        let file = Bytes::from_request(request, api).await.map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(failed) if failed.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::too_large(FILE_BYTES_MAX)
            }
            other => Problem::invalid(format!("The body cannot be read: {}.", other.body_text())),
        })?;
        Ok(Self { name, file })
    }
}

impl Upload {
    async fn of_form(request: Request<Body>, api: &Api, name: Option<String>) -> Result<Self, Problem> {
        let form = Multipart::from_request(request, api).await;
        let mut form = form.map_err(|rejection| Problem::invalid(format!("The form cannot be read: {}.", rejection.body_text())))?;
        let (mut name, mut file) = (name, None);
        while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
            match field.name() {
                Some("name") => name = Some(field.text().await.map_err(|error| unreadable(&error))?),
                Some("file") => file = Some(field.bytes().await.map_err(|error| unreadable(&error))?),
                Some(_) | None => {}
            }
        }
        let file = file.ok_or_else(|| Problem::invalid_field("file", "choose a file"))?;
        Ok(Self { name, file })
    }
}

fn unreadable(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large(FILE_BYTES_MAX);
    }
    Problem::invalid(format!("The form cannot be read: {}.", error.body_text()))
}

/// Where files become clips, a few at a time.
#[derive(Debug)]
pub(super) struct Desk(Semaphore);

impl Default for Desk {
    fn default() -> Self {
        Self(Semaphore::new(READ_MAX))
    }
}

impl Desk {
    /// Reads a file and makes it what is played to callers.
    ///
    /// # Errors
    /// `not-audio` with why, `too-large`.
    pub(super) async fn clip(&self, upload: Upload) -> Result<Clip, Problem> {
        self.read(upload, |_| Ok(())).await
    }

    /// The same for what is said in place of a prompt.
    ///
    /// # Errors
    /// As [`Desk::clip`].
    pub(super) async fn prompt(&self, upload: Upload) -> Result<Clip, Problem> {
        let is_short = |samples: &Samples| {
            let too_long = NotAudio::PromptTooLong {
                seconds_max: PROMPT_MS_MAX / 1_000,
            };
            (samples.duration_ms() <= PROMPT_MS_MAX).then_some(()).ok_or(too_long)
        };
        self.read(upload, is_short).await
    }

    async fn read(&self, upload: Upload, check: fn(&Samples) -> Result<(), NotAudio>) -> Result<Clip, Problem> {
        if upload.file.len() > FILE_BYTES_MAX {
            return Err(Problem::too_large(FILE_BYTES_MAX));
        }
        // Never closed.
        let Ok(_permit) = self.0.acquire().await else {
            return Err(Problem::busy());
        };
        let deadline = Instant::now() + READING_TIME_MAX;
        let work = move || {
            let samples = Samples::read(upload.file, || Instant::now() > deadline)?;
            check(&samples)?;
            Clip::of(&samples.levelled())
        };
        let clip = tokio::task::spawn_blocking(work).await.map_err(|panicked| {
            tracing::error!(error = %panicked, "a sound file could not be read");
            Problem::not_audio(&NotAudio::Damaged)
        })?;
        clip.map_err(|why| Problem::not_audio(&why))
    }
}

/// A sound file that goes out, or the part of it that was asked for.
pub(super) struct Heard {
    ogg: Vec<u8>,
    wanted: Wanted,
}

impl Heard {
    /// `headers` are those of the request.
    pub(super) fn new(ogg: Vec<u8>, headers: &HeaderMap) -> Self {
        // It may be replaced at any time, and nothing tells which one a client has a part of.
        let range = headers.get(RANGE).filter(|_| !headers.contains_key(IF_RANGE));
        let wanted = wanted(range.and_then(|header| header.to_str().ok()), ogg.len() as u64);
        Self { ogg, wanted }
    }
}

impl IntoResponse for Heard {
    fn into_response(self) -> Response {
        let length = self.ogg.len();
        let headers = [
            (CONTENT_TYPE, "audio/ogg"),
            (CACHE_CONTROL, "no-cache, private"),
            (ACCEPT_RANGES, "bytes"),
        ];
        match self.wanted {
            Wanted::Whole => (headers, self.ogg).into_response(),
            Wanted::Part(range) => {
                let content_range = [(CONTENT_RANGE, format!("bytes {}-{}/{length}", range.start, range.end - 1))];
                // Within the file, which is in memory.
                let part = Bytes::from(self.ogg).slice(range.start as usize..range.end as usize);
                (StatusCode::PARTIAL_CONTENT, headers, content_range, part).into_response()
            }
            Wanted::Nothing => {
                let content_range = [(CONTENT_RANGE, format!("bytes */{length}"))];
                (StatusCode::RANGE_NOT_SATISFIABLE, content_range).into_response()
            }
        }
    }
}
