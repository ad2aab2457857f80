//! Browser phones and desk phones.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{DeviceId, UserId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::json::{Body, Path, present};
use super::problem::{Fields, Problem, ProblemDocument};
use super::types::{Device, DeviceKind, Rings, Sharing, delay_s};
use crate::store::name::{Label, SipUser};
use crate::store::{self, DeviceChange, Secret};

/// Some devices.
#[derive(Serialize, ToSchema)]
pub(super) struct Devices {
    devices: Vec<Device>,
}

/// A device to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewDevice {
    /// Whose it is; null: it belongs to a place or to a team.
    user_id: Option<u64>,
    kind: DeviceKind,
    /// A shared phone: who may log on there.
    shared: Option<Sharing>,
    #[schema(example = "Desk phone")]
    label: String,
    /// Letters, digits, dots, dashes, underscores; unique.
    #[schema(example = "101-desk")]
    sip_user: String,
}

/// What is to be changed about a device; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct ChangedDevice {
    #[schema(nullable = false)]
    label: Option<String>,
    /// Null makes it nobody's. For administrators.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u64>)]
    user_id: Option<Option<u64>>,
    /// Null shares it no more. For administrators.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Sharing>)]
    shared: Option<Option<Sharing>>,
    #[schema(nullable = false)]
    rings: Option<Rings>,
    /// With `after`; 300 at most.
    #[schema(nullable = false)]
    rings_after_s: Option<u16>,
}

/// A device that has been added.
#[derive(Serialize, ToSchema)]
pub(super) struct AddedDevice {
    device: Device,
    /// To be typed into the phone; shown this once.
    secret: String,
}

/// A new secret.
#[derive(Serialize, ToSchema)]
pub(super) struct NewSecret {
    /// To be typed into the phone; shown this once.
    secret: String,
}

/// Devices: all for administrators; for others their own, and the shared phone that they are logged on at.
#[utoipa::path(get, path = "/devices", tag = "devices", responses(
    (status = 200, description = "The devices that one may see", body = Devices),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>, who: SessionUser) -> Result<Json<Devices>, Problem> {
    let picture = api.live().picture();
    let mut devices = api.store().devices(None).await?;
    if !who.is_administrator() {
        let seats = picture.seats_of(who.user.id);
        devices.retain(|device| device.user == Some(who.user.id) || seats.contains(&device.id));
    }
    Ok(Json(Devices {
        devices: devices.into_iter().map(|device| Device::of(device, &picture)).collect(),
    }))
}

/// Adds a device; its secret is made up and shown once.
#[utoipa::path(post, path = "/devices", tag = "devices", request_body = NewDevice, responses(
    (status = 201, description = "Added", body = AddedDevice),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: no such user", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewDevice>) -> Result<(StatusCode, Json<AddedDevice>), Problem> {
    let mut fields = Fields::default();
    let label = fields.check("label", Label::parse(&new.label));
    let sip_user = fields.check("sip_user", SipUser::parse(&new.sip_user));
    let (Some(label), Some(sip_user)) = (label, sip_user) else {
        return Err(fields.problem());
    };
    let secret = Secret::random();
    let new = store::NewDevice {
        user: new.user_id.map(UserId),
        shared: new.shared.map(Sharing::log_on),
        kind: new.kind.into(),
        label,
        sip_user,
    };
    let device = api.store().add_device(&new, &secret, OffsetDateTime::now_utc()).await?;
    api.directory_changed().await?;
    let device = Device::of(device, &api.live().picture());
    Ok((
        StatusCode::CREATED,
        Json(AddedDevice {
            device,
            secret: secret.reveal().to_owned(),
        }),
    ))
}

/// Changes a device. Owners may change its label and how it rings, administrators everything.
#[utoipa::path(patch, path = "/devices/{id}", tag = "devices", params(("id" = u64, Path)), request_body = ChangedDevice, responses(
    (status = 200, description = "Changed", body = Device),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: no such device that one may see, no such user", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(
    State(api): State<Api>,
    who: SessionUser,
    Path(id): Path<u64>,
    Body(changed): Body<ChangedDevice>,
) -> Result<Json<Device>, Problem> {
    let before = api.store().device(DeviceId(id)).await?;
    if !who.is_administrator() {
        if before.user != Some(who.user.id) {
            return Err(Problem::not_found("device"));
        }
        if changed.user_id.is_some() || changed.shared.is_some() {
            return Err(Problem::not_permitted());
        }
    }
    let change = changed.parse(&before)?;
    let device = api.store().change_device(before.id, &change).await?;
    api.directory_changed().await?;
    Ok(Json(Device::of(device, &api.live().picture())))
}

impl ChangedDevice {
    fn parse(self, before: &store::Device) -> Result<DeviceChange, Problem> {
        let mut fields = Fields::default();
        let label = fields.check_some("label", self.label.as_deref().map(Label::parse));
        let after_s = fields.check_some("rings_after_s", self.rings_after_s.map(delay_s));
        fields.finish()?;
        let (rings, before_s) = Rings::of(before.rings);
        let is_changed = self.rings.is_some() || after_s.is_some();
        let rings = self.rings.unwrap_or(rings).after(after_s.unwrap_or(before_s));
        Ok(DeviceChange {
            label,
            user: self.user_id.map(|user| user.map(UserId)),
            shared: self.shared.map(|shared| shared.map(Sharing::log_on)),
            rings: is_changed.then_some(rings),
        })
    }
}

/// Removes a device.
#[utoipa::path(delete, path = "/devices/{id}", tag = "devices", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_device(DeviceId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a device another secret; the old one is void at once.
#[utoipa::path(post, path = "/devices/{id}/secret", tag = "devices", params(("id" = u64, Path)), responses(
    (status = 200, description = "The new secret", body = NewSecret),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn renew_secret(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<NewSecret>, Problem> {
    let secret = Secret::random();
    api.store().set_secret(DeviceId(id), &secret).await?;
    api.directory_changed().await?;
    Ok(Json(NewSecret {
        secret: secret.reveal().to_owned(),
    }))
}
