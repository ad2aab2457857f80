//! Conference rooms: whoever calls the number and knows the PIN is in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::UserId;
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, RoomId};
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::json::{Body, Path, present};
use super::problem::{Fields, Problem, ProblemDocument};
use super::types::people;
use crate::store::name::{Extension, Label, Pin};
use crate::store::{HOSTS_MAX, StoreError};

/// How many may be in a room.
const MEMBERS: std::ops::RangeInclusive<u16> = 2..=64;
/// Unless somebody has decided otherwise.
const MEMBERS_USUAL: u16 = 20;

/// All rooms, by extension.
#[derive(Serialize, ToSchema)]
pub(super) struct Rooms {
    rooms: Vec<Room>,
}

/// A conference room.
#[derive(Serialize, ToSchema)]
pub(super) struct Room {
    id: u64,
    /// Shown on displays.
    name: String,
    /// The number; none of anybody else's.
    extension: String,
    /// What is asked of everybody but the hosts; null: people of ours come in without, others not at all. Only administrators and hosts see it;
    /// null for everybody else.
    #[schema(required)]
    pin: Option<String>,
    /// Who leads, without a PIN.
    host_ids: Vec<u64>,
    /// Whether all others wait with music until a host is there.
    waits_for_host: bool,
    /// Whether a tone tells that somebody comes or goes.
    has_tones: bool,
    /// Who is in it at most.
    members_max: u16,
}

/// A room to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewRoom {
    name: String,
    extension: String,
    /// 4 to 12 digits.
    pin: Option<String>,
    #[serde(default)]
    host_ids: Vec<u64>,
    #[serde(default)]
    waits_for_host: bool,
    /// True unless said otherwise.
    #[schema(nullable = false)]
    has_tones: Option<bool>,
    /// 2 to 64; 20 unless said otherwise.
    #[schema(nullable = false)]
    members_max: Option<u16>,
}

/// What is to be changed about a room; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct ChangedRoom {
    #[schema(nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    extension: Option<String>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pin: Option<Option<String>>,
    #[schema(nullable = false)]
    host_ids: Option<Vec<u64>>,
    #[schema(nullable = false)]
    waits_for_host: Option<bool>,
    #[schema(nullable = false)]
    has_tones: Option<bool>,
    #[schema(nullable = false)]
    members_max: Option<u16>,
}

/// All rooms.
#[utoipa::path(get, path = "/rooms", tag = "rooms", responses(
    (status = 200, description = "All rooms, by extension", body = Rooms),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>, who: SessionUser) -> Result<Json<Rooms>, Problem> {
    let rooms = api.store().rooms().await?;
    Ok(Json(Rooms {
        rooms: rooms.into_iter().map(|room| Room::seen_by(&who, room)).collect(),
    }))
}

/// Adds a room.
#[utoipa::path(post, path = "/rooms", tag = "rooms", request_body = NewRoom, responses(
    (status = 201, description = "Added", body = Room),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`, `too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, who: SessionUser, Body(new): Body<NewRoom>) -> Result<(StatusCode, Json<Room>), Problem> {
    let blank = directory::Room {
        id: RoomId(0),
        name: String::new(),
        extension: String::new(),
        pin: None,
        hosts: Vec::new(),
        waits_for_host: false,
        has_tones: true,
        members_max: MEMBERS_USUAL,
    };
    let changed = ChangedRoom {
        name: Some(new.name),
        extension: Some(new.extension),
        pin: Some(new.pin),
        host_ids: Some(new.host_ids),
        waits_for_host: Some(new.waits_for_host),
        has_tones: new.has_tones,
        members_max: new.members_max,
    };
    let mut room = changed.parse(blank)?;
    room.id = api.store().add_room(&room).await.map_err(unknown_host)?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(Room::seen_by(&who, room))))
}

/// Changes a room.
#[utoipa::path(patch, path = "/rooms/{id}", tag = "rooms", params(("id" = u64, Path)), request_body = ChangedRoom, responses(
    (status = 200, description = "Changed", body = Room),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(
    State(api): State<Api>,
    who: SessionUser,
    Path(id): Path<u64>,
    Body(changed): Body<ChangedRoom>,
) -> Result<Json<Room>, Problem> {
    let change = |room| changed.parse(room);
    let room = api.store().change_room(RoomId(id), change).await.map_err(unknown_host)??;
    api.directory_changed().await?;
    Ok(Json(Room::seen_by(&who, room)))
}

/// Removes a room.
#[utoipa::path(delete, path = "/rooms/{id}", tag = "rooms", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_room(RoomId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown_host(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound("user") => Problem::invalid_field("host_ids", "there is no such user"),
        other => other.into(),
    }
}

impl ChangedRoom {
    fn parse(self, before: directory::Room) -> Result<directory::Room, Problem> {
        let (mut fields, mut room) = (Fields::default(), before);
        if let Some(name) = fields.check_some("name", self.name.as_deref().map(Label::parse)) {
            name.as_str().clone_into(&mut room.name);
        }
        if let Some(extension) = fields.check_some("extension", self.extension.as_deref().map(Extension::parse)) {
            extension.as_str().clone_into(&mut room.extension);
        }
        if let Some(pin) = self.pin {
            let pin = fields.check_some("pin", pin.as_deref().map(Pin::parse));
            room.pin = pin.map(|pin| pin.as_str().to_owned());
        }
        if let Some(hosts) = fields.check_some("host_ids", self.host_ids.as_deref().map(|ids| people(ids, HOSTS_MAX))) {
            room.hosts = hosts;
        }
        if let Some(members_max) = fields.check_some("members_max", self.members_max.map(members_max)) {
            room.members_max = members_max;
        }
        room.waits_for_host = self.waits_for_host.unwrap_or(room.waits_for_host);
        room.has_tones = self.has_tones.unwrap_or(room.has_tones);
        fields.finish()?;
        Ok(room)
    }
}

fn members_max(wanted: u16) -> Result<u16, String> {
    let why = || format!("use {} to {}", MEMBERS.start(), MEMBERS.end());
    MEMBERS.contains(&wanted).then_some(wanted).ok_or_else(why)
}

impl Room {
    fn seen_by(reader: &SessionUser, room: directory::Room) -> Self {
        let sees_pin = reader.is_administrator() || room.hosts.contains(&reader.user.id);
        Self {
            id: room.id.0,
            name: room.name,
            extension: room.extension,
            pin: room.pin.filter(|_| sees_pin),
            host_ids: room.hosts.into_iter().map(|UserId(host)| host).collect(),
            waits_for_host: room.waits_for_host,
            has_tones: room.has_tones,
            members_max: room.members_max,
        }
    }
}
