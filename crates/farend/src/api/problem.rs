//! Errors as RFC 9457 problem documents, with a stable `code` for programs and a sentence for people.

use std::fmt::Display;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::sounds::NotAudio;
use crate::store::{Clash, StoreError};

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    reason: Option<NotAudioReason>,
    retry_after: Option<Duration>,
}

/// One field of the request that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Its name in the request's body or query.
    pub field: String,
    /// What would be right, as a sentence for the person who typed it.
    pub message: String,
}

/// Why a file cannot be played to callers, for programs: stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum NotAudioReason {
    /// No kind of file that can be read.
    UnknownFormat,
    /// Moving pictures.
    Video,
    /// A known kind of file, with sound in it that cannot be read.
    UnknownCodec,
    /// Nothing to hear.
    Silent,
    /// More channels than can be mixed.
    TooManyChannels,
    /// Longer than ten minutes.
    TooLong,
    /// Longer than what is said in place of a prompt may be: a minute.
    PromptTooLong,
    /// Larger than 20 MB.
    TooLarge,
    /// It cannot be read to its end.
    Broken,
    /// It takes too long to read.
    TooSlow,
}

/// The document's shape.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDocument<'a> {
    /// Always `about:blank`: `code` says which problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'a str,
    /// The status code.
    status: u16,
    /// What is wrong and what to do, for people.
    detail: &'a str,
    /// Which problem it is, for programs: stable.
    code: &'a str,
    /// The fields that cannot be used; only with `invalid` and `taken`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// Why it is none; only with `not-audio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<NotAudioReason>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            reason: None,
            retry_after: None,
        }
    }

    /// The stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Name or password is wrong; which of them is not told.
    #[must_use]
    pub fn wrong_password() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "wrong-password", "Name or password is wrong.")
    }

    /// Too many wrong passwords.
    #[must_use]
    pub fn locked_out(wait: Duration) -> Self {
        let problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "locked-out",
            "Too many wrong passwords. Wait, then try again.",
        );
        Self {
            retry_after: Some(wait),
            ..problem
        }
    }

    /// No session, or one that is over.
    #[must_use]
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", "Sign in first.")
    }

    /// The link to a check is over, or never was one.
    #[must_use]
    pub fn no_such_link() -> Self {
        let detail = "This link is over: it worked for a day. Ask for a new one.";
        Self::new(StatusCode::UNAUTHORIZED, "no-such-link", detail)
    }

    /// The session's user may not do this.
    #[must_use]
    pub fn not_permitted() -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-permitted", "You may not do this. Ask an administrator.")
    }

    /// The request came from a page of another site.
    #[must_use]
    pub fn foreign_origin() -> Self {
        let detail = "The request comes from a page of another site. Add that site to [web] allowed_origins if it is yours.";
        Self::new(StatusCode::FORBIDDEN, "foreign-origin", detail)
    }

    /// There is no such thing.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("There is no such {what}."))
    }

    /// The request itself makes no sense.
    #[must_use]
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", detail)
    }

    /// Some fields of the request cannot be used.
    #[must_use]
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some fields cannot be used.");
        Self { errors, ..problem }
    }

    /// A file is not what can be played to callers: why, in words.
    #[must_use]
    pub fn not_audio(why: &NotAudio) -> Self {
        let detail = format!("This cannot be used: {why}.");
        Self {
            reason: Some(why.into()),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not-audio", detail)
        }
    }

    /// The body is larger than can be taken.
    #[must_use]
    pub fn too_large(bytes_max: usize) -> Self {
        let detail = format!("This file is too large: {} MB at most.", bytes_max / 1_000_000);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
    }

    /// One field of the request cannot be used.
    #[must_use]
    pub fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError {
            field: field.to_owned(),
            message: message.into(),
        }])
    }

    /// The same, where the sentence says by itself which field it is about: people see it even where the field is not shown.
    #[must_use]
    pub(super) fn told_field(field: &str, sentence: &str) -> Self {
        let problem = Self::invalid_field(field, sentence);
        Self {
            detail: sentence.to_owned(),
            ..problem
        }
    }

    fn taken(field: &str) -> Self {
        let problem = Self::new(StatusCode::CONFLICT, "taken", "Somebody else has that already. Choose another one.");
        let errors = vec![FieldError {
            field: field.to_owned(),
            message: "Somebody else has that already.".to_owned(),
        }];
        Self { errors, ..problem }
    }

    /// A feature's code is dialled for something else.
    fn code_taken(why: &str) -> Self {
        let problem = Self::new(StatusCode::CONFLICT, "taken", format!("{why}. Choose another code."));
        let errors = vec![FieldError {
            field: "code".to_owned(),
            message: why.to_owned(),
        }];
        Self { errors, ..problem }
    }

    /// The request did not come to its end.
    #[must_use]
    pub fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            "The request took too long to arrive. Try again.",
        )
    }

    /// That was asked for a moment ago.
    #[must_use]
    pub fn too_soon(wait: Duration) -> Self {
        let problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-soon",
            "That was asked for a moment ago. Wait, then try again.",
        );
        Self {
            retry_after: Some(wait),
            ..problem
        }
    }

    /// No STUN server can be asked.
    #[must_use]
    pub fn nobody_to_ask() -> Self {
        let detail = "No STUN server can be asked. Look at mode and servers below [stun] in the configuration.";
        Self::new(StatusCode::CONFLICT, "nobody-to-ask", detail)
    }

    /// A test of this trunk is running.
    #[must_use]
    pub fn being_tested() -> Self {
        let detail = "This trunk is being tested. Wait until that test is over.";
        Self::new(StatusCode::CONFLICT, "busy", detail)
    }

    /// The call is not in a state in which that can be done.
    #[must_use]
    pub fn not_now() -> Self {
        let detail = "That cannot be done with this call just now. Look at what it is doing, then try again.";
        Self::new(StatusCode::CONFLICT, "not-now", detail)
    }

    /// The phone is not registered.
    #[must_use]
    pub fn device_unreachable() -> Self {
        let detail = "This phone cannot be reached. See whether it is switched on and has a network.";
        Self::new(StatusCode::CONFLICT, "device-unreachable", detail)
    }

    /// The number leads nowhere, or may not be called: why, in words.
    #[must_use]
    pub fn refused(why: &str) -> Self {
        let mut letters = why.trim_end_matches('.').chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
        Self::new(StatusCode::FORBIDDEN, "refused", format!("{first}{}.", letters.as_str()))
    }

    /// The key of the recordings is missing.
    #[must_use]
    pub fn recordings_locked() -> Self {
        let detail = "The key of the recordings is missing, so they cannot be heard. The server's log says where it should be.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "recordings-locked", detail)
    }

    /// Only one capture runs at a time.
    #[must_use]
    pub(super) fn capture_runs() -> Self {
        let detail = "Another capture runs. Wait until it has ended, or end it.";
        Self::new(StatusCode::CONFLICT, "capture-runs", detail)
    }

    /// It should have worked; the log says why it has not.
    #[must_use]
    pub(super) fn failed() -> Self {
        let detail = "The server could not do it. Try again; if it stays so, the server's log says why.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", detail)
    }

    /// Try again in a moment.
    #[must_use]
    pub fn busy() -> Self {
        let problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "The server is busy. Try again in a moment.",
        );
        Self {
            retry_after: Some(Duration::from_secs(1)),
            ..problem
        }
    }
}

impl From<&NotAudio> for NotAudioReason {
    fn from(why: &NotAudio) -> Self {
        match why {
            NotAudio::Unknown => Self::UnknownFormat,
            NotAudio::Video => Self::Video,
            NotAudio::UnknownCodec => Self::UnknownCodec,
            NotAudio::NoSound => Self::Silent,
            NotAudio::TooManyChannels => Self::TooManyChannels,
            NotAudio::TooLong { .. } => Self::TooLong,
            NotAudio::PromptTooLong { .. } => Self::PromptTooLong,
            NotAudio::TooLarge => Self::TooLarge,
            NotAudio::Damaged => Self::Broken,
            NotAudio::TooSlow => Self::TooSlow,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken { field } => Self::taken(field),
            StoreError::NotFound(what) => Self::not_found(what),
            StoreError::LastAdministrator => {
                let detail = "This is the last administrator. Make somebody else an administrator first.";
                Self::new(StatusCode::CONFLICT, "last-administrator", detail)
            }
            StoreError::Overlap(other) => {
                let detail = format!(
                    "Some of these numbers are in {other} already. Remove that entry first, or write numbers that are not in it, or only a part of it."
                );
                Self::new(StatusCode::CONFLICT, "overlap", detail)
            }
            StoreError::EmergencyNumber(number) => Self::invalid_field(
                "extension",
                format!("{number} is an emergency number here, so nobody could reach this extension; choose another one"),
            ),
            StoreError::FeatureCode(number) => {
                Self::invalid_field("extension", format!("{number} is the number of a feature; choose another one"))
            }
            StoreError::Dangling(dangling) => super::menus::dangling(&dangling, &[]),
            StoreError::Code(clash @ Clash::LikeANumber) => Self::invalid_field("code", clash.to_string()),
            StoreError::Code(clash) => Self::code_taken(&clash.to_string()),
            StoreError::InUse(what) => {
                let detail = format!("This {what} is in use. Change what needs it first.");
                Self::new(StatusCode::CONFLICT, "in-use", detail)
            }
            StoreError::PinIsExtension => Self::invalid_field("pin", "use other digits than those of the extension"),
            StoreError::InTeam => Self::invalid_field("user_id", error.to_string()),
            StoreError::OnlyDeskPhones => Self::invalid_field(
                "kind",
                "a browser phone belongs to one person; only desk phones can be shared, or nobody's",
            ),
            StoreError::TooMany { what, max } => {
                let detail = format!("There are {max} {what} already, and there can be no more. Remove one first.");
                Self::new(StatusCode::CONFLICT, "too-many", detail)
            }
            StoreError::Busy => Self::busy(),
            StoreError::Unavailable(_)
            | StoreError::DataDir { .. }
            | StoreError::Migration(_)
            | StoreError::Hashing(_)
            | StoreError::Strange(_) => {
                tracing::error!(%error, "a request failed");
                Self::failed()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = ProblemDocument {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            errors: &self.errors,
            reason: self.reason,
        };
        let mut response = (self.status, axum::Json(&document)).into_response();
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = self.retry_after {
            // Rounded up: coming back too early only costs another refusal.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

/// Collects what is wrong with the fields of a request, so that all of it can be told at once.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<FieldError>);

impl Fields {
    /// Notes the error and goes on.
    pub(super) fn check<T>(&mut self, field: &str, parsed: Result<T, impl Display>) -> Option<T> {
        parsed.map_err(|error| self.note(field, error.to_string())).ok()
    }

    /// Notes what is wrong.
    pub(super) fn note(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// As [`Fields::check`], for a field that may be absent.
    pub(super) fn check_some<T>(&mut self, field: &str, parsed: Option<Result<T, impl Display>>) -> Option<T> {
        parsed.and_then(|parsed| self.check(field, parsed))
    }

    /// What was found wrong, if anything.
    pub(super) fn problem(self) -> Problem {
        Problem::invalid_fields(self.0)
    }

    /// # Errors
    /// When anything was wrong.
    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.problem()) }
    }
}
