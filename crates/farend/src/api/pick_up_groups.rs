//! Pick-up groups: people who may answer each other's ringing calls; and where calls are parked.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::UserId;
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, PickUpGroupId};
use utoipa::ToSchema;

use super::Api;
use super::json::{Body, Path};
use super::problem::{Fields, Problem, ProblemDocument};
use super::types::people;
use crate::store::name::Label;
use crate::store::{PICK_UP_MEMBERS_MAX, StoreError};

/// Slots for parked calls: one digit names one.
const SLOTS: std::ops::RangeInclusive<u8> = 1..=9;
/// When a parked call rings again, in seconds.
const RINGS_BACK_AFTER_S: std::ops::RangeInclusive<u16> = 10..=3_600;

/// All pick-up groups.
#[derive(Serialize, ToSchema)]
pub(super) struct PickUpGroups {
    pick_up_groups: Vec<PickUpGroup>,
}

/// People who may answer each other's ringing calls.
#[derive(Serialize, ToSchema)]
pub(super) struct PickUpGroup {
    id: u64,
    name: String,
    member_ids: Vec<u64>,
}

/// A group to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewPickUpGroup {
    name: String,
    #[serde(default)]
    member_ids: Vec<u64>,
}

/// What is to be changed about a group; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct ChangedPickUpGroup {
    #[schema(nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    member_ids: Option<Vec<u64>>,
}

/// Where calls are parked.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Parking {
    /// How many slots there are, numbered from 1; 9 at most.
    slots: u8,
    /// After so many seconds a parked call rings at whoever has parked it: 10 to 3600.
    rings_back_after_s: u16,
}

/// All pick-up groups.
#[utoipa::path(get, path = "/pick-up-groups", tag = "pick_up", responses(
    (status = 200, description = "All groups", body = PickUpGroups),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<PickUpGroups>, Problem> {
    let groups = api.store().pick_up_groups().await?;
    Ok(Json(PickUpGroups {
        pick_up_groups: groups.into_iter().map(PickUpGroup::of).collect(),
    }))
}

/// Adds a pick-up group.
#[utoipa::path(post, path = "/pick-up-groups", tag = "pick_up", request_body = NewPickUpGroup, responses(
    (status = 201, description = "Added", body = PickUpGroup),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewPickUpGroup>) -> Result<(StatusCode, Json<PickUpGroup>), Problem> {
    let blank = directory::PickUpGroup {
        id: PickUpGroupId(0),
        name: String::new(),
        members: Vec::new(),
    };
    let changed = ChangedPickUpGroup {
        name: Some(new.name),
        member_ids: Some(new.member_ids),
    };
    let mut group = changed.parse(blank)?;
    group.id = api.store().add_pick_up_group(&group).await.map_err(unknown_member)?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(PickUpGroup::of(group))))
}

/// Changes a pick-up group.
#[utoipa::path(patch, path = "/pick-up-groups/{id}", tag = "pick_up", params(("id" = u64, Path)), request_body = ChangedPickUpGroup, responses(
    (status = 200, description = "Changed", body = PickUpGroup),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(
    State(api): State<Api>,
    Path(id): Path<u64>,
    Body(changed): Body<ChangedPickUpGroup>,
) -> Result<Json<PickUpGroup>, Problem> {
    let change = |group| changed.parse(group);
    let group = api
        .store()
        .change_pick_up_group(PickUpGroupId(id), change)
        .await
        .map_err(unknown_member)??;
    api.directory_changed().await?;
    Ok(Json(PickUpGroup::of(group)))
}

/// Removes a pick-up group; its members stay.
#[utoipa::path(delete, path = "/pick-up-groups/{id}", tag = "pick_up", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_pick_up_group(PickUpGroupId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where calls are parked.
#[utoipa::path(get, path = "/parking", tag = "pick_up", operation_id = "parking", responses(
    (status = 200, description = "Slots, and when they ring back", body = Parking),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show_parking(State(api): State<Api>) -> Result<Json<Parking>, Problem> {
    Ok(Json(Parking::of(api.store().parking().await?)))
}

/// Decides where calls are parked. Calls that are parked in a slot that is no more stay there until they are taken.
#[utoipa::path(put, path = "/parking", tag = "pick_up", operation_id = "change_parking", request_body = Parking, responses(
    (status = 200, description = "Changed", body = Parking),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change_parking(State(api): State<Api>, Body(wanted): Body<Parking>) -> Result<Json<Parking>, Problem> {
    let parking = wanted.parse()?;
    api.store().set_parking(parking).await?;
    api.directory_changed().await?;
    Ok(Json(Parking::of(parking)))
}

fn unknown_member(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound("user") => Problem::invalid_field("member_ids", "there is no such user"),
        other => other.into(),
    }
}

impl ChangedPickUpGroup {
    fn parse(self, before: directory::PickUpGroup) -> Result<directory::PickUpGroup, Problem> {
        let (mut fields, mut group) = (Fields::default(), before);
        if let Some(name) = fields.check_some("name", self.name.as_deref().map(Label::parse)) {
            name.as_str().clone_into(&mut group.name);
        }
        let members = self.member_ids.as_deref().map(|ids| people(ids, PICK_UP_MEMBERS_MAX));
        if let Some(members) = fields.check_some("member_ids", members) {
            group.members = members;
        }
        fields.finish()?;
        Ok(group)
    }
}

impl PickUpGroup {
    fn of(group: directory::PickUpGroup) -> Self {
        Self {
            id: group.id.0,
            name: group.name,
            member_ids: group.members.into_iter().map(|UserId(member)| member).collect(),
        }
    }
}

impl Parking {
    fn of(parking: directory::Parking) -> Self {
        Self {
            slots: parking.slots,
            rings_back_after_s: parking.rings_back_after_s,
        }
    }

    fn parse(&self) -> Result<directory::Parking, Problem> {
        let mut fields = Fields::default();
        if !SLOTS.contains(&self.slots) {
            fields.note("slots", format!("use {} to {}", SLOTS.start(), SLOTS.end()));
        }
        if !RINGS_BACK_AFTER_S.contains(&self.rings_back_after_s) {
            let (from, to) = (RINGS_BACK_AFTER_S.start(), RINGS_BACK_AFTER_S.end());
            fields.note("rings_back_after_s", format!("use {from} to {to} seconds"));
        }
        fields.finish()?;
        Ok(directory::Parking {
            slots: self.slots,
            rings_back_after_s: self.rings_back_after_s,
        })
    }
}
