//! How people are reached besides their phones.

use axum::Json;
use axum::extract::State;
use model::UserId;
use serde::{Deserialize, Serialize};
use switchboard::directory;
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::json::{Body, Path};
use super::problem::{Fields, Problem, ProblemDocument};
use super::types::{delay_s, dialled};
use crate::store;

/// How somebody is reached.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Ringing {
    while_busy: WhileBusy,
    /// A mobile that rings as well; null: none.
    #[schema(required)]
    mobile: Option<Mobile>,
}

/// What becomes of a second call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WhileBusy {
    /// All phones ring, the busy one too.
    CallWaiting,
    /// The phones that are free ring; with none, the caller hears busy.
    RingOthers,
    /// The caller hears busy.
    Busy,
}

/// A mobile.
#[derive(Serialize, Deserialize, ToSchema)]
struct Mobile {
    /// As its person would dial it.
    #[schema(example = "0170 1234567")]
    number: String,
    /// It rings after so many seconds; 300 at most.
    delay_s: u16,
}

/// How one is reached oneself.
#[utoipa::path(get, path = "/me/ringing", tag = "me", operation_id = "ringing", responses(
    (status = 200, description = "Second calls and mobile", body = Ringing),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show_own(State(api): State<Api>, who: SessionUser) -> Result<Json<Ringing>, Problem> {
    show(&api, who.user.id).await
}

/// Decides it.
#[utoipa::path(put, path = "/me/ringing", tag = "me", operation_id = "change_ringing", request_body = Ringing, responses(
    (status = 200, description = "Changed", body = Ringing),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change_own(State(api): State<Api>, who: SessionUser, Body(changed): Body<Ringing>) -> Result<Json<Ringing>, Problem> {
    change(&api, who.user.id, changed).await
}

/// How a person is reached.
#[utoipa::path(get, path = "/users/{id}/ringing", tag = "users", operation_id = "ringing", params(("id" = u64, Path)), responses(
    (status = 200, description = "Second calls and mobile", body = Ringing),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show_of(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<Ringing>, Problem> {
    show(&api, UserId(id)).await
}

/// Decides how a person is reached.
#[utoipa::path(put, path = "/users/{id}/ringing", tag = "users", operation_id = "change_ringing", params(("id" = u64, Path)),
    request_body = Ringing, responses(
    (status = 200, description = "Changed", body = Ringing),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change_of(State(api): State<Api>, Path(id): Path<u64>, Body(changed): Body<Ringing>) -> Result<Json<Ringing>, Problem> {
    change(&api, UserId(id), changed).await
}

async fn show(api: &Api, user: UserId) -> Result<Json<Ringing>, Problem> {
    Ok(Json(Ringing::of(api.store().ringing(user).await?)))
}

async fn change(api: &Api, user: UserId, changed: Ringing) -> Result<Json<Ringing>, Problem> {
    let ringing = changed.parse()?;
    api.store().set_ringing(user, &ringing).await?;
    api.directory_changed().await?;
    Ok(Json(Ringing::of(ringing)))
}

impl Ringing {
    fn parse(self) -> Result<store::Ringing, Problem> {
        let mut fields = Fields::default();
        let mobile = self.mobile.and_then(|mobile| {
            let number = fields.check("mobile.number", dialled(&mobile.number));
            let delay_s = fields.check("mobile.delay_s", delay_s(mobile.delay_s));
            Some(directory::Mobile {
                number: number?,
                delay_s: delay_s?,
            })
        });
        fields.finish()?;
        Ok(store::Ringing {
            while_busy: self.while_busy.into(),
            mobile,
        })
    }

    fn of(ringing: store::Ringing) -> Self {
        Self {
            while_busy: ringing.while_busy.into(),
            mobile: ringing.mobile.map(|mobile| Mobile {
                number: mobile.number,
                delay_s: mobile.delay_s,
            }),
        }
    }
}

impl From<WhileBusy> for directory::WhileBusy {
    fn from(while_busy: WhileBusy) -> Self {
        match while_busy {
            WhileBusy::CallWaiting => Self::CallWaiting,
            WhileBusy::RingOthers => Self::RingOthers,
            WhileBusy::Busy => Self::Busy,
        }
    }
}

impl From<directory::WhileBusy> for WhileBusy {
    fn from(while_busy: directory::WhileBusy) -> Self {
        match while_busy {
            directory::WhileBusy::CallWaiting => Self::CallWaiting,
            directory::WhileBusy::RingOthers => Self::RingOthers,
            directory::WhileBusy::Busy => Self::Busy,
        }
    }
}
