//! Calls that wait for somebody: parked ones, those that ring at others of one's group, and people to be called back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{DeviceId, UserId};
use serde::{Deserialize, Serialize};
use switchboard::core::Action;
use switchboard::directory::Directory;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::calls::Party;
use super::guard::SessionUser;
use super::json::{Body, Path};
use super::live::{TimedParked, TimedRinging};
use super::live_calls::{AtDevice, TransferTarget, ask, done, number};
use super::problem::{Problem, ProblemDocument};
use crate::store::RunId;

/// A call that is parked.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct ParkedCall {
    /// As in `/calls`.
    call: String,
    slot: u8,
    /// Who waits.
    party: Party,
    /// Who has parked it.
    by: Party,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
}

/// A call that rings at somebody else of one's group, and that one may answer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct RingingCall {
    /// As in `/calls`.
    call: String,
    /// At whom.
    at_user_id: u64,
    /// Who calls.
    from: Party,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
}

/// Those whom one is to call once they are free.
#[derive(Serialize, ToSchema)]
pub(super) struct CallBacks {
    call_backs: Vec<CallBack>,
}

/// Somebody whom one is to call once they are free.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct CallBack {
    user_id: u64,
    name: String,
    number: String,
}

/// Where to park a call.
#[derive(Deserialize, ToSchema)]
pub(super) struct ParkAt {
    /// 1 to 9; null: in the first slot that is free.
    slot: Option<u8>,
}

/// Parks a call: its other party hears music until somebody takes it.
#[utoipa::path(post, path = "/me/live-calls/{call}/park", tag = "live", params(("call" = String, Path)), request_body = ParkAt, responses(
    (status = 204, description = "Parked"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`: the slot is taken, or all of them are", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn park(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(ParkAt { slot }): Body<ParkAt>,
) -> Result<StatusCode, Problem> {
    done(&api, &who, &call, |call| Action::Park { call, slot }).await
}

/// Takes a parked call by one of one's phones.
#[utoipa::path(post, path = "/me/parked/{slot}/take", tag = "live", operation_id = "take_parked", params(("slot" = u8, Path)),
    request_body = AtDevice, responses(
    (status = 204, description = "The phone answers by itself, or rings"),
    (status = 404, description = "`not-found`: nothing is parked there, no such phone", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`, `device-unreachable`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn take_parked(
    State(api): State<Api>,
    who: SessionUser,
    Path(slot): Path<u8>,
    Body(at): Body<AtDevice>,
) -> Result<StatusCode, Problem> {
    let device = DeviceId(at.device_id);
    ask(&api, &who, Action::Unpark { slot, device }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers a call that rings at somebody else of one's group, at one of one's phones.
#[utoipa::path(post, path = "/me/pick-ups/{call}/answer", tag = "live", operation_id = "pick_up", params(("call" = String, Path)),
    request_body = AtDevice, responses(
    (status = 204, description = "The phone answers by itself, or rings"),
    (status = 404, description = "`not-found`: no such call, no such phone", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`, `device-unreachable`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn pick_up(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(at): Body<AtDevice>,
) -> Result<StatusCode, Problem> {
    let device = DeviceId(at.device_id);
    done(&api, &who, &call, |call| Action::PickUp { call, device }).await
}

/// Those whom one is to call once they are free.
#[utoipa::path(get, path = "/me/call-backs", tag = "live", operation_id = "call_backs", responses(
    (status = 200, description = "Those whom one waits for", body = CallBacks),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn call_backs(State(api): State<Api>, who: SessionUser) -> Json<CallBacks> {
    let picture = api.live().picture();
    let wanted = picture.call_backs.get(&who.user.id).map_or(&[][..], |wanted| wanted);
    Json(CallBacks {
        call_backs: CallBack::all(wanted, &api.live().directory()),
    })
}

/// Wants to be called once somebody is free, and then they are.
#[utoipa::path(post, path = "/me/call-backs", tag = "live", operation_id = "call_back", request_body = TransferTarget, responses(
    (status = 204, description = "Noted; it lasts two hours"),
    (status = 403, description = "`refused`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn call_back(State(api): State<Api>, who: SessionUser, Body(wanted): Body<TransferTarget>) -> Result<StatusCode, Problem> {
    let number = number(&wanted.number)?;
    ask(&api, &who, Action::CallBack { number }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Does not want that any more.
#[utoipa::path(delete, path = "/me/call-backs/{number}", tag = "live", operation_id = "no_call_back", params(("number" = String, Path)), responses(
    (status = 204, description = "Forgotten"),
    (status = 403, description = "`refused`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn no_call_back(State(api): State<Api>, who: SessionUser, Path(text): Path<String>) -> Result<StatusCode, Problem> {
    let number = number(&text)?;
    ask(&api, &who, Action::NoCallBack { number }).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl ParkedCall {
    pub(super) fn all(run: RunId, parked: &[TimedParked]) -> Vec<Self> {
        parked.iter().map(|parked| Self::of(run, parked)).collect()
    }

    fn of(run: RunId, parked: &TimedParked) -> Self {
        let view = &parked.view;
        Self {
            call: run.call(view.call),
            slot: view.slot,
            party: Party::now(&view.party),
            by: Party::now(&view.by),
            since: parked.since,
        }
    }
}

impl RingingCall {
    pub(super) fn all(run: RunId, calls: &[TimedRinging]) -> Vec<Self> {
        calls.iter().map(|ringing| Self::of(run, ringing)).collect()
    }

    fn of(run: RunId, ringing: &TimedRinging) -> Self {
        let view = &ringing.view;
        Self {
            call: run.call(view.call),
            at_user_id: view.at.0,
            from: Party::now(&view.from),
            since: ringing.since,
        }
    }
}

impl CallBack {
    /// Those who have a number; whoever was removed is nobody.
    pub(super) fn all(wanted: &[UserId], directory: &Directory) -> Vec<Self> {
        let person = |id: &UserId| {
            let user = directory.users.iter().find(|user| user.id == *id)?;
            Some(Self {
                user_id: id.0,
                name: user.name.clone(),
                number: user.extension.clone()?,
            })
        };
        wanted.iter().filter_map(person).collect()
    }
}
