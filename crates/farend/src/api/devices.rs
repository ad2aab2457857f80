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
use super::json::{Body, Path};
use super::problem::{Fields, Problem, ProblemDocument};
use super::types::{Device, DeviceKind};
use crate::store::name::{Label, SipUser};
use crate::store::{self, Secret};

/// Some devices.
#[derive(Serialize, ToSchema)]
pub(super) struct Devices {
    devices: Vec<Device>,
}

/// A device to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewDevice {
    user_id: u64,
    kind: DeviceKind,
    #[schema(example = "Desk phone")]
    label: String,
    /// Letters, digits, dots, dashes, underscores; unique.
    #[schema(example = "101-desk")]
    sip_user: String,
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

/// Devices: all for administrators, one's own for others.
#[utoipa::path(get, path = "/devices", tag = "devices", responses(
    (status = 200, description = "The devices that one may see", body = Devices),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>, who: SessionUser) -> Result<Json<Devices>, Problem> {
    let picture = api.live().picture();
    let visible = if who.is_administrator() { None } else { Some(who.user.id) };
    let devices = api.store().devices(visible).await?;
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
        user: UserId(new.user_id),
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
