//! Calls that run now, and what their people want done with them: by their desk phone, from the app.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{CallId, DeviceId};
use serde::{Deserialize, Serialize};
use switchboard::core::{self, Action, Objection};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::calls::Party;
use super::guard::SessionUser;
use super::json::{Body, Path};
use super::live::{TimedCall, TimedLineCall};
use super::problem::{Problem, ProblemDocument};
use super::recordings::RecordingTrouble;
use super::types::dialled;
use crate::store::RunId;

/// Keys of one request at most.
const DIGITS_MAX: usize = 32;

/// One's calls that run now.
#[derive(Serialize, ToSchema)]
pub(super) struct LiveCalls {
    calls: Vec<LiveCall>,
}

/// A call that runs now, as one of those in it sees it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct LiveCall {
    /// As in `/calls`.
    call: String,
    side: Side,
    state: CallState,
    /// One's phones that are in it, or ring.
    device_ids: Vec<u64>,
    /// Who is at the other end.
    other: Party,
    /// The team that was called.
    #[schema(required)]
    team_id: Option<u64>,
    #[serde(with = "time::serde::rfc3339")]
    begun_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    answered_at: Option<OffsetDateTime>,
    recording: CallRecording,
}

/// Whether a call is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct CallRecording {
    state: CallRecordingState,
    /// A rule records it: nobody can end it.
    is_by_rule: bool,
    /// One can end it: it is one's own, and no rule's.
    may_end: bool,
    /// With `stopped`: why.
    #[schema(required)]
    trouble: Option<RecordingTrouble>,
}

/// Whether a call is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CallRecordingState {
    Off,
    /// Those in it are being told.
    Announcing,
    On,
    /// It was, until that was not possible any more.
    Stopped,
}

/// Whether a call is to be recorded.
#[derive(Deserialize, ToSchema)]
pub(super) struct RecordWish {
    is_on: bool,
}

/// Somebody on a team's line.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct LineCall {
    /// As in `/calls`.
    call: String,
    /// `holding`: any member may take it.
    state: CallState,
    /// The member who talks or holds.
    #[schema(required)]
    by_user_id: Option<u64>,
    /// By this phone.
    #[schema(required)]
    device_id: Option<u64>,
    /// Who is at the other end.
    other: Party,
    #[serde(with = "time::serde::rfc3339")]
    begun_at: OffsetDateTime,
}

/// Which end of a call one is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Side {
    Caller,
    Called,
}

/// What a call is doing, for one of those in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LiveCallState)]
enum CallState {
    /// One's own phone is called first.
    Lifting,
    /// The other party's phone rings.
    Dialling,
    /// One's own rings.
    Ringing,
    Talking,
    /// One holds the other party.
    Holding,
    /// The other party holds.
    Held,
    /// One talks while another phone of one's own is called to take over.
    Moving,
    /// One is in a conference.
    Conferring,
    /// One waits, with music, to be let into a conference.
    Waiting,
}

/// A call to be made by a phone: it is called first, or lifts by itself.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewLiveCall {
    device_id: u64,
    /// As one would dial it.
    #[schema(example = "102")]
    number: String,
}

/// A call that has begun.
#[derive(Serialize, ToSchema)]
pub(super) struct BegunCall {
    /// As in `/calls`.
    call: String,
}

/// At which phone.
#[derive(Deserialize, ToSchema)]
pub(super) struct AtDevice {
    pub(super) device_id: u64,
}

/// Keys for the other party.
#[derive(Deserialize, ToSchema)]
pub(super) struct Digits {
    /// 1 to 32 of `0-9*#A-D`.
    #[schema(example = "1#")]
    digits: String,
}

/// A number to be called.
#[derive(Deserialize, ToSchema)]
pub(super) struct TransferTarget {
    /// As one would dial it.
    pub(super) number: String,
}

/// One's calls that run now, oldest first.
#[utoipa::path(get, path = "/me/live-calls", tag = "live", responses(
    (status = 200, description = "One's calls", body = LiveCalls),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>, who: SessionUser) -> Json<LiveCalls> {
    let picture = api.live().picture();
    let calls = picture.calls.get(&who.user.id);
    let calls = calls.into_iter().flat_map(|calls| calls.iter());
    Json(LiveCalls {
        calls: calls.map(|call| LiveCall::of(api.0.parts.run, call)).collect(),
    })
}

/// Calls a number by one of one's phones.
#[utoipa::path(post, path = "/me/live-calls", tag = "live", request_body = NewLiveCall, responses(
    (status = 202, description = "The phone is called", body = BegunCall),
    (status = 403, description = "`refused`: the number may not be called", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: no such phone of one's own", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`device-unreachable`, `not-now`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "`busy`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn dial(
    State(api): State<Api>,
    who: SessionUser,
    Body(new): Body<NewLiveCall>,
) -> Result<(StatusCode, Json<BegunCall>), Problem> {
    let action = Action::Dial {
        device: DeviceId(new.device_id),
        number: number(&new.number)?,
    };
    let begun = ask(&api, &who, action).await?.ok_or_else(Problem::busy)?;
    let call = api.0.parts.run.call(begun);
    Ok((StatusCode::ACCEPTED, Json(BegunCall { call })))
}

/// Answers a call that rings, at one of one's phones.
#[utoipa::path(post, path = "/me/live-calls/{call}/answer", tag = "live", params(("call" = String, Path)), request_body = AtDevice, responses(
    (status = 204, description = "The phone answers by itself, or rings"),
    (status = 404, description = "`not-found`: no such call, no such phone", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`, `device-unreachable`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn answer(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(at): Body<AtDevice>,
) -> Result<StatusCode, Problem> {
    let device = DeviceId(at.device_id);
    done(&api, &who, &call, |call| Action::Answer { call, device }).await
}

/// Declines a call that rings.
#[utoipa::path(post, path = "/me/live-calls/{call}/decline", tag = "live", params(("call" = String, Path)), responses(
    (status = 204, description = "Declined"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn decline(State(api): State<Api>, who: SessionUser, Path(call): Path<String>) -> Result<StatusCode, Problem> {
    done(&api, &who, &call, |call| Action::Decline { call }).await
}

/// Puts the other party on hold.
#[utoipa::path(post, path = "/me/live-calls/{call}/hold", tag = "live", params(("call" = String, Path)), responses(
    (status = 204, description = "They hear music"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn hold(State(api): State<Api>, who: SessionUser, Path(call): Path<String>) -> Result<StatusCode, Problem> {
    done(&api, &who, &call, |call| Action::Hold { call }).await
}

/// Talks again; another call on the same phone is put on hold first.
#[utoipa::path(post, path = "/me/live-calls/{call}/resume", tag = "live", params(("call" = String, Path)), responses(
    (status = 204, description = "They talk again"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn resume(State(api): State<Api>, who: SessionUser, Path(call): Path<String>) -> Result<StatusCode, Problem> {
    done(&api, &who, &call, |call| Action::Resume { call }).await
}

/// Sends keys to the other party.
#[utoipa::path(post, path = "/me/live-calls/{call}/digits", tag = "live", params(("call" = String, Path)), request_body = Digits, responses(
    (status = 204, description = "Sent"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn send_digits(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(Digits { digits }): Body<Digits>,
) -> Result<StatusCode, Problem> {
    let is_key = |byte: u8| byte.is_ascii_digit() || b"*#ABCD".contains(&byte);
    if !(1..=DIGITS_MAX).contains(&digits.len()) || !digits.bytes().all(is_key) {
        return Err(Problem::invalid_field(
            "digits",
            format!("use 1 to {DIGITS_MAX} of 0 to 9, *, # and A to D"),
        ));
    }
    done(&api, &who, &call, |call| Action::SendDigits { call, digits }).await
}

/// Hands the other party over to a number.
#[utoipa::path(post, path = "/me/live-calls/{call}/transfer", tag = "live", params(("call" = String, Path)), request_body = TransferTarget, responses(
    (status = 204, description = "Handed over"),
    (status = 403, description = "`refused`: the number may not be called", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn transfer(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(target): Body<TransferTarget>,
) -> Result<StatusCode, Problem> {
    let number = number(&target.number)?;
    done(&api, &who, &call, |call| Action::Transfer { call, number }).await
}

/// Moves a call to another phone of one's own; it stays where it is until that one answers.
#[utoipa::path(post, path = "/me/live-calls/{call}/move", tag = "live", operation_id = "move", params(("call" = String, Path)), request_body = AtDevice, responses(
    (status = 204, description = "The other phone is called, or the call is there"),
    (status = 404, description = "`not-found`: no such call, no such phone", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`, `device-unreachable`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn move_to(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(at): Body<AtDevice>,
) -> Result<StatusCode, Problem> {
    let to = DeviceId(at.device_id);
    done(&api, &who, &call, |call| Action::Move { call, to }).await
}

/// Takes a call that another member of one's team holds.
#[utoipa::path(post, path = "/me/live-calls/{call}/take", tag = "live", params(("call" = String, Path)), request_body = AtDevice, responses(
    (status = 204, description = "The phone is called, or talks"),
    (status = 404, description = "`not-found`: no such call, no such phone", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`, `device-unreachable`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn take(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(at): Body<AtDevice>,
) -> Result<StatusCode, Problem> {
    let device = DeviceId(at.device_id);
    done(&api, &who, &call, |call| Action::TakeHeld { call, device }).await
}

/// Hangs up.
#[utoipa::path(post, path = "/me/live-calls/{call}/hang-up", tag = "live", params(("call" = String, Path)), responses(
    (status = 204, description = "Hung up"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn hang_up(State(api): State<Api>, who: SessionUser, Path(call): Path<String>) -> Result<StatusCode, Problem> {
    done(&api, &who, &call, |call| Action::HangUp { call }).await
}

/// Records the call from now on, or not any more. Those in it are told first, as an administrator has decided.
#[utoipa::path(post, path = "/me/live-calls/{call}/record", tag = "live", params(("call" = String, Path)), request_body = RecordWish, responses(
    (status = 204, description = "They are being told, or it is not recorded any more"),
    (status = 403, description = "`refused`: one may not record, or a rule wants it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn record(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(RecordWish { is_on }): Body<RecordWish>,
) -> Result<StatusCode, Problem> {
    done(&api, &who, &call, |call| Action::Record { call, is_on }).await
}

/// Has something done with a call of this run; others are over.
pub(super) async fn done(api: &Api, who: &SessionUser, call: &str, action: impl FnOnce(CallId) -> Action) -> Result<StatusCode, Problem> {
    ask(api, who, action(call_of(api, call)?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The call of a name, where it is one of this run.
pub(super) fn call_of(api: &Api, name: &str) -> Result<CallId, Problem> {
    api.0.parts.run.parse_call(name).ok_or_else(|| Problem::not_found("call"))
}

pub(super) async fn ask(api: &Api, who: &SessionUser, action: Action) -> Result<Option<CallId>, Problem> {
    let answer = api.0.parts.control.ask(who.user.id, action).await;
    answer.map_err(|objection| match objection {
        Objection::NoSuchCall => Problem::not_found("call"),
        Objection::NoSuchDevice => Problem::not_found("device"),
        Objection::DeviceUnreachable => Problem::device_unreachable(),
        Objection::NotNow => Problem::not_now(),
        Objection::Refused(why) => Problem::refused(why),
        Objection::Busy => Problem::busy(),
    })
}

/// A number as people dial it.
pub(super) fn number(text: &str) -> Result<String, Problem> {
    dialled(text).map_err(|message| Problem::invalid_field("number", message))
}

impl LiveCall {
    pub(super) fn of(run: RunId, call: &TimedCall) -> Self {
        let view = &call.view;
        Self {
            call: run.call(view.call),
            side: view.side.into(),
            state: view.state.into(),
            device_ids: view.devices.iter().map(|device| device.0).collect(),
            other: Party::now(&view.other),
            team_id: view.team.map(|team| team.0),
            begun_at: call.begun_at,
            answered_at: call.answered_at,
            recording: CallRecording::of(view.recording),
        }
    }
}

impl CallRecording {
    fn of(state: core::RecordingState) -> Self {
        let recording = |state| Self {
            state,
            is_by_rule: false,
            may_end: false,
            trouble: None,
        };
        match state {
            core::RecordingState::Off => recording(CallRecordingState::Off),
            core::RecordingState::Announcing { may_end } => Self {
                may_end,
                ..recording(CallRecordingState::Announcing)
            },
            core::RecordingState::On { is_by_rule, may_end } => Self {
                is_by_rule,
                may_end,
                ..recording(CallRecordingState::On)
            },
            core::RecordingState::Stopped(trouble) => Self {
                trouble: Some(trouble.into()),
                ..recording(CallRecordingState::Stopped)
            },
        }
    }
}

impl LineCall {
    pub(super) fn of(run: RunId, call: &TimedLineCall) -> Self {
        let view = &call.view;
        Self {
            call: run.call(view.call),
            state: view.state.into(),
            by_user_id: view.by.map(|user| user.0),
            device_id: view.device.map(|device| device.0),
            other: Party::now(&view.other),
            begun_at: call.begun_at,
        }
    }
}

impl From<core::Side> for Side {
    fn from(side: core::Side) -> Self {
        match side {
            core::Side::Caller => Self::Caller,
            core::Side::Called => Self::Called,
        }
    }
}

impl From<core::CallState> for CallState {
    fn from(state: core::CallState) -> Self {
        match state {
            core::CallState::Lifting => Self::Lifting,
            core::CallState::Dialling => Self::Dialling,
            core::CallState::Ringing => Self::Ringing,
            core::CallState::Talking => Self::Talking,
            core::CallState::Holding => Self::Holding,
            core::CallState::Held => Self::Held,
            core::CallState::Moving => Self::Moving,
            core::CallState::Conferring => Self::Conferring,
            core::CallState::Waiting => Self::Waiting,
        }
    }
}
