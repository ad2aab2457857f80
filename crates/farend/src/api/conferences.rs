//! Two calls become one: attended transfers, and conferences with all who are in them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{LegId, UserId};
use serde::{Deserialize, Serialize};
use switchboard::core::{self, Action, MemberDeed};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::calls::Party;
use super::guard::SessionUser;
use super::json::{Body, Path};
use super::live::TimedConference;
use super::live_calls::{TransferTarget, call_of, done, number};
use super::problem::{Problem, ProblemDocument};
use crate::store::RunId;

/// A conference, as all who are in it see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Conference {
    /// As in `/calls`.
    call: String,
    /// The room whose it is; null: it was made of running calls.
    #[schema(required)]
    room_id: Option<u64>,
    /// Nobody else comes in.
    is_locked: bool,
    /// In the order in which they have come; without members it is over, or one is not in it any more.
    members: Vec<Member>,
}

/// The conferences that one is in.
#[derive(Serialize, ToSchema)]
pub(super) struct Conferences {
    conferences: Vec<Conference>,
}

/// Somebody in a conference.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ConferenceMember)]
pub(super) struct Member {
    /// Names them.
    leg: u64,
    party: Party,
    presence: Presence,
    /// Whether they lead.
    is_host: bool,
    /// They are not heard.
    is_muted: bool,
    /// They want to speak.
    hand_is_up: bool,
    /// Since when they are there.
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    /// Whether it is oneself.
    is_me: bool,
    /// By which phone, where it is oneself.
    #[schema(required)]
    device_id: Option<u64>,
}

/// How far somebody is on their way into a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Presence {
    /// Their phone rings.
    Invited,
    /// They wait, with music, to be let in.
    Waiting,
    Present,
    /// They hold.
    Away,
}

/// Another call of one's own.
#[derive(Deserialize, ToSchema)]
pub(super) struct OtherCall {
    /// As in `/calls`.
    with: String,
}

/// Whether somebody is not heard.
#[derive(Deserialize, ToSchema)]
pub(super) struct Muted {
    is_on: bool,
}

/// Whether somebody wants to speak.
#[derive(Deserialize, ToSchema)]
pub(super) struct Hand {
    is_up: bool,
}

/// Whether nobody else comes in.
#[derive(Deserialize, ToSchema)]
pub(super) struct Lock {
    is_locked: bool,
}

/// The conferences that one is in, or waits to be let into.
#[utoipa::path(get, path = "/me/conferences", tag = "live", operation_id = "conferences", responses(
    (status = 200, description = "Oldest first", body = Conferences),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>, who: SessionUser) -> Json<Conferences> {
    let picture = api.live().picture();
    let own = picture.conferences.values().filter(|conference| conference.has(who.user.id));
    Json(Conferences {
        conferences: own
            .map(|conference| Conference::seen_by(who.user.id, api.0.parts.run, conference))
            .collect(),
    })
}

/// Connects the other parties of two calls with each other, and leaves both.
#[utoipa::path(post, path = "/me/live-calls/{call}/connect", tag = "live", params(("call" = String, Path)), request_body = OtherCall, responses(
    (status = 204, description = "They talk with each other, or will once the other one answers"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn connect(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(other): Body<OtherCall>,
) -> Result<StatusCode, Problem> {
    let with = call_of(&api, &other.with)?;
    done(&api, &who, &call, |call| Action::Connect { call, with }).await
}

/// Makes two calls one conference, or puts a call's other party into the conference that the other call is.
#[utoipa::path(post, path = "/me/live-calls/{call}/confer", tag = "live", params(("call" = String, Path)), request_body = OtherCall, responses(
    (status = 204, description = "All hear each other"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn confer(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(other): Body<OtherCall>,
) -> Result<StatusCode, Problem> {
    let with = call_of(&api, &other.with)?;
    done(&api, &who, &call, |call| Action::Confer { call, with }).await
}

/// Calls somebody into a conference; a call of two becomes one.
#[utoipa::path(post, path = "/me/live-calls/{call}/invite", tag = "live", params(("call" = String, Path)), request_body = TransferTarget, responses(
    (status = 204, description = "Their phone is called"),
    (status = 403, description = "`refused`: the number may not be called", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn invite(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(target): Body<TransferTarget>,
) -> Result<StatusCode, Problem> {
    let number = number(&target.number)?;
    done(&api, &who, &call, |call| Action::Invite { call, number }).await
}

/// Takes somebody's voice, or gives it back: one's own, or as a host anybody's.
#[utoipa::path(post, path = "/me/live-calls/{call}/members/{leg}/mute", tag = "live", params(("call" = String, Path), ("leg" = u64, Path)),
    request_body = Muted, responses(
    (status = 204, description = "Not heard, or heard again"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn mute(
    State(api): State<Api>,
    who: SessionUser,
    Path(member): Path<(String, u64)>,
    Body(Muted { is_on }): Body<Muted>,
) -> Result<StatusCode, Problem> {
    member_done(&api, &who, member, MemberDeed::Mute { is_on }).await
}

/// Wants to speak, or does not any more: one's own hand.
#[utoipa::path(post, path = "/me/live-calls/{call}/members/{leg}/hand", tag = "live", params(("call" = String, Path), ("leg" = u64, Path)),
    request_body = Hand, responses(
    (status = 204, description = "Raised, or lowered"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn raise_hand(
    State(api): State<Api>,
    who: SessionUser,
    Path(member): Path<(String, u64)>,
    Body(Hand { is_up }): Body<Hand>,
) -> Result<StatusCode, Problem> {
    member_done(&api, &who, member, MemberDeed::RaiseHand { is_up }).await
}

/// Hangs somebody up, as a host.
#[utoipa::path(post, path = "/me/live-calls/{call}/members/{leg}/remove", tag = "live", operation_id = "remove_member",
    params(("call" = String, Path), ("leg" = u64, Path)), responses(
    (status = 204, description = "Hung up"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, who: SessionUser, Path(member): Path<(String, u64)>) -> Result<StatusCode, Problem> {
    member_done(&api, &who, member, MemberDeed::Remove).await
}

/// Lets somebody in who waits, as a host.
#[utoipa::path(post, path = "/me/live-calls/{call}/members/{leg}/admit", tag = "live", params(("call" = String, Path), ("leg" = u64, Path)), responses(
    (status = 204, description = "In"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn admit(State(api): State<Api>, who: SessionUser, Path(member): Path<(String, u64)>) -> Result<StatusCode, Problem> {
    member_done(&api, &who, member, MemberDeed::Admit).await
}

/// Lets nobody else in, or everybody who may again, as a host.
#[utoipa::path(post, path = "/me/live-calls/{call}/lock", tag = "live", params(("call" = String, Path)), request_body = Lock, responses(
    (status = 204, description = "Locked, or open again"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`not-now`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn lock(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(Lock { is_locked }): Body<Lock>,
) -> Result<StatusCode, Problem> {
    done(&api, &who, &call, |call| Action::Lock { call, is_locked }).await
}

async fn member_done(api: &Api, who: &SessionUser, (call, leg): (String, u64), deed: MemberDeed) -> Result<StatusCode, Problem> {
    let member = LegId(leg);
    done(api, who, &call, |call| Action::Member { call, member, deed }).await
}

impl Conference {
    /// As somebody sees it; whoever is not in it, or not any more, sees nobody, and whoever waits to be let in sees hosts alone.
    pub(super) fn seen_by(reader: UserId, run: RunId, conference: &TimedConference) -> Self {
        let view = &conference.view;
        let members = if conference.has(reader) { &view.members[..] } else { &[] };
        Self {
            call: run.call(view.call),
            room_id: view.room.map(|room| room.0),
            is_locked: view.is_locked,
            members: members
                .iter()
                .zip(&conference.since)
                .filter(|(member, _)| view.shows(reader, member))
                .map(|(member, since)| Member::seen_by(reader, member, *since))
                .collect(),
        }
    }
}

impl Member {
    fn seen_by(reader: UserId, member: &core::MemberView, since: OffsetDateTime) -> Self {
        let is_me = member.party.user == Some(reader);
        Self {
            leg: member.leg.0,
            party: Party::now(&member.party),
            presence: member.presence.into(),
            is_host: member.is_host,
            is_muted: member.is_muted,
            hand_is_up: member.hand_is_up,
            since,
            is_me,
            device_id: member.party.device.filter(|_| is_me).map(|device| device.0),
        }
    }
}

impl From<core::Attendance> for Presence {
    fn from(presence: core::Attendance) -> Self {
        match presence {
            core::Attendance::Invited => Self::Invited,
            core::Attendance::Waiting => Self::Waiting,
            core::Attendance::Present => Self::Present,
            core::Attendance::Away => Self::Away,
        }
    }
}
