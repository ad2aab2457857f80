//! The journal as its reader sees it: who the other one was, and what became of it from this side.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use model::{DeviceId, UserId};
use serde::{Deserialize, Serialize};
use switchboard::core;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::json::UrlQuery;
use super::problem::{Problem, ProblemDocument};
use crate::store::RecordingName;
use crate::store::journal::{self, Cursor, Quality, State as CallState};

/// Calls of one answer unless asked otherwise, and at most.
const LIMIT: u16 = 50;
const LIMIT_MAX: u16 = 200;

/// Which part of the journal.
#[derive(Deserialize)]
pub(super) struct Selection {
    limit: Option<u16>,
    before: Option<String>,
    all: Option<bool>,
}

/// A page of the journal, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Calls {
    calls: Vec<Call>,
    /// To be given as `before` for older calls; null at the end.
    #[schema(required)]
    next: Option<String>,
}

/// A call as its reader sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct Call {
    /// Unique for ever.
    id: String,
    direction: Direction,
    /// The other party; for `internal` calls the called one.
    peer: Party,
    /// Who dialled.
    caller: Party,
    /// Who was dialled.
    called: Party,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    answered_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    ended_at: Option<OffsetDateTime>,
    /// From answer to end; null when nobody talked, or still does.
    #[schema(required)]
    duration_seconds: Option<u64>,
    outcome: Outcome,
    /// Who or what ended it, in a few words.
    #[schema(required)]
    end_reason: Option<String>,
    /// The reader's device that took part.
    #[schema(required)]
    device_label: Option<String>,
    #[schema(required)]
    quality: Option<Quality>,
    /// Whether it was a call for help.
    emergency: bool,
    /// Its newest recording that the reader may hear.
    #[schema(required)]
    recording_id: Option<String>,
    /// Where who called for help was then: for administrators. Null for other calls, and where nobody has told.
    #[schema(required)]
    location: Option<String>,
}

/// Seen from the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Direction {
    /// The reader dialled.
    Outgoing,
    /// The reader was dialled, or got the call by transfer.
    Incoming,
    /// Between others.
    Internal,
}

/// Somebody in a call.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Party {
    #[schema(required)]
    name: Option<String>,
    number: String,
    /// Where it was one of ours.
    #[schema(required)]
    user_id: Option<u64>,
}

/// What became of a call, seen from the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// It rings now.
    Ringing,
    /// They talk now.
    Running,
    /// They talked.
    Answered,
    /// The reader was called and did not answer.
    Missed,
    /// The caller gave up.
    Cancelled,
    /// The called one was busy.
    Busy,
    /// Nobody answered in time.
    NoAnswer,
    /// The called one declined.
    Refused,
    /// It could not be connected.
    Failed,
    /// Somebody else answered.
    #[expect(dead_code, reason = "comes with teams; clients know it already")]
    AnsweredElsewhere,
    /// The server stopped in the middle of it.
    Interrupted,
}

/// One's own journal, newest first; with `all` everybody's.
#[utoipa::path(get, path = "/calls", tag = "calls", params(
    ("limit" = Option<u16>, Query, description = "Calls of one answer: 1 to 200, 50 unless given"),
    ("before" = Option<String>, Query, description = "`next` of an earlier answer"),
    ("all" = Option<bool>, Query, description = "Everybody's calls; only for administrators"),
), responses(
    (status = 200, description = "A page of the journal", body = Calls),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`not-permitted`: `all` is for administrators", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(api): State<Api>,
    who: SessionUser,
    UrlQuery(selection): UrlQuery<Selection>,
) -> Result<Json<Calls>, Problem> {
    let all = selection.all.unwrap_or(false);
    if all && !who.is_administrator() {
        return Err(Problem::not_permitted());
    }
    let limit = selection.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::invalid_field("limit", format!("use 1 to {LIMIT_MAX}")));
    }
    let before = selection
        .before
        .as_deref()
        .map(|text| Cursor::parse(text).ok_or_else(|| Problem::invalid_field("before", "use `next` of an earlier answer")));
    let of = if all { None } else { Some(who.user.id) };
    let page = api.store().calls(of, before.transpose()?.as_ref(), limit).await?;
    let visible = if all { None } else { Some(who.user.id) };
    let labels: BTreeMap<DeviceId, (Option<UserId>, String)> = api
        .store()
        .devices(visible)
        .await?
        .into_iter()
        .map(|device| (device.id, (device.user, device.label)))
        .collect();
    let mut recordings = super::recordings::of_calls(&api, &who, &page.calls).await?;
    let calls = page
        .calls
        .into_iter()
        .map(|mut call| {
            call.location = call.location.filter(|_| who.is_administrator());
            let recording = recordings.remove(&call.id);
            Call::seen_by(who.user.id, call, &labels, recording)
        })
        .collect();
    Ok(Json(Calls {
        calls,
        next: page.next.map(|cursor| cursor.text()),
    }))
}

impl Call {
    fn seen_by(
        reader: UserId,
        call: journal::Call,
        labels: &BTreeMap<DeviceId, (Option<UserId>, String)>,
        recording: Option<RecordingName>,
    ) -> Self {
        let (direction, peer) = side(reader, &call);
        let missed_by_reader = direction == Direction::Incoming && call.answered_at.is_none();
        let device = match direction {
            Direction::Outgoing => call.caller_device,
            Direction::Incoming | Direction::Internal => call.answered_device,
        };
        let own =
            |(user, label): &(Option<UserId>, String)| (direction == Direction::Internal || *user == Some(reader)).then(|| label.clone());
        let duration = call
            .answered_at
            .zip(call.ended_at)
            .map(|(from, to)| (to - from).as_seconds_f64().round().max(0.0));
        Self {
            direction,
            peer: Party::of(peer),
            caller: Party::of(&call.caller),
            called: Party::of(&call.called),
            started_at: call.started_at,
            answered_at: call.answered_at,
            ended_at: call.ended_at,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "rounded, not negative, and shorter than ages"
            )]
            duration_seconds: duration.map(|seconds| seconds as u64),
            outcome: outcome(call.state, missed_by_reader),
            end_reason: call.end_reason,
            device_label: device.and_then(|device| labels.get(&device)).and_then(own),
            quality: call.quality,
            emergency: call.is_emergency,
            recording_id: recording.map(|name| name.to_string()),
            location: call.location,
            id: call.id,
        }
    }
}

/// On which side the reader was, and who was on the other.
fn side(reader: UserId, call: &journal::Call) -> (Direction, &journal::Party) {
    if call.caller.user == Some(reader) {
        return (Direction::Outgoing, &call.called);
    }
    if call.called.user == Some(reader) {
        return (Direction::Incoming, &call.caller);
    }
    match call.transfers.iter().find(|transfer| transfer.to.user == Some(reader)) {
        // Whoever handed the call over has left it: the other one stayed.
        Some(transfer) if transfer.by_number == call.caller.number => (Direction::Incoming, &call.called),
        Some(_) => (Direction::Incoming, &call.caller),
        None => (Direction::Internal, &call.called),
    }
}

fn outcome(state: CallState, missed_by_reader: bool) -> Outcome {
    match state {
        CallState::Ringing => Outcome::Ringing,
        CallState::Running => Outcome::Running,
        CallState::Answered => Outcome::Answered,
        CallState::Refused => Outcome::Refused,
        CallState::Interrupted => Outcome::Interrupted,
        CallState::NoAnswer | CallState::Busy | CallState::Cancelled | CallState::Failed if missed_by_reader => Outcome::Missed,
        CallState::NoAnswer => Outcome::NoAnswer,
        CallState::Busy => Outcome::Busy,
        CallState::Cancelled => Outcome::Cancelled,
        CallState::Failed => Outcome::Failed,
    }
}

impl Party {
    pub(super) fn of(party: &journal::Party) -> Self {
        let name = Some(party.name.clone()).filter(|name| !name.is_empty());
        Self {
            name,
            number: party.number.clone(),
            user_id: party.user.map(|user| user.0),
        }
    }

    /// Of a call that runs now.
    pub(super) fn now(party: &core::Party) -> Self {
        Self {
            name: Some(party.name.clone()).filter(|name| !name.is_empty()),
            number: party.number.clone(),
            user_id: party.user.map(|user| user.0),
        }
    }
}
