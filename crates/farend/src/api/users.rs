//! People.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::UserId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::json::{Body, Path, present};
use super::problem::{Fields, Problem, ProblemDocument};
use super::types::{Device, Role, User};
use crate::store::name::{Extension, Label, Login, Password};
use crate::store::{self, UserChange};

/// Everybody.
#[derive(Serialize, ToSchema)]
pub(super) struct Users {
    users: Vec<User>,
}

/// A person to be added. With an extension comes a browser phone.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewUser {
    /// Begins with a letter; letters, digits, dots, dashes, underscores, @.
    login: String,
    name: String,
    extension: Option<String>,
    role: Role,
    /// 8 characters at least.
    password: String,
}

/// What is to be changed about a person; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct ChangedUser {
    #[serde(default)]
    #[schema(nullable = false)]
    login: Option<String>,
    #[serde(default)]
    #[schema(nullable = false)]
    name: Option<String>,
    /// Null takes the number away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    extension: Option<Option<String>>,
    #[serde(default)]
    #[schema(nullable = false)]
    role: Option<Role>,
    /// Ends all sessions of this person.
    #[serde(default)]
    #[schema(nullable = false)]
    password: Option<String>,
}

/// Everybody, by extension.
#[utoipa::path(get, path = "/users", tag = "users", responses(
    (status = 200, description = "Everybody; devices only for administrators and of oneself", body = Users),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>, who: SessionUser) -> Result<Json<Users>, Problem> {
    let picture = api.live().picture();
    let mut devices: BTreeMap<UserId, Vec<Device>> = BTreeMap::new();
    let visible = if who.is_administrator() { None } else { Some(who.user.id) };
    for device in api.store().devices(visible).await? {
        if let Some(owner) = device.user {
            devices.entry(owner).or_default().push(Device::of(device, &picture));
        }
    }
    let user = |user: store::User| {
        let visible = who.is_administrator() || user.id == who.user.id;
        let devices = visible.then(|| devices.remove(&user.id).unwrap_or_default());
        User::of(user, devices, &picture)
    };
    Ok(Json(Users {
        users: api.store().users().await?.into_iter().map(user).collect(),
    }))
}

/// One person.
#[utoipa::path(get, path = "/users/{id}", tag = "users", params(("id" = u64, Path)), responses(
    (status = 200, description = "The person; devices only for administrators and of oneself", body = User),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, who: SessionUser, Path(id): Path<u64>) -> Result<Json<User>, Problem> {
    let user = api.store().user(UserId(id)).await?;
    let devices = who.is_administrator() || user.id == who.user.id;
    Ok(Json(view(&api, user, devices).await?))
}

/// Adds a person.
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser, responses(
    (status = 201, description = "Added", body = User),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewUser>) -> Result<(StatusCode, Json<User>), Problem> {
    let mut fields = Fields::default();
    let login = fields.check("login", Login::parse(&new.login));
    let name = fields.check("name", Label::parse(&new.name));
    let extension = fields.check_some("extension", new.extension.as_deref().map(Extension::parse));
    let password = fields.check("password", Password::parse(&new.password));
    let (Some(login), Some(name), Some(password), true) = (login, name, password, extension.is_some() || new.extension.is_none()) else {
        return Err(fields.problem());
    };
    let new = store::NewUser {
        login,
        name,
        extension,
        role: new.role.into(),
        password,
    };
    let user = api.store().add_user(&new, OffsetDateTime::now_utc()).await?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(view(&api, user, true).await?)))
}

/// Changes a person.
#[utoipa::path(patch, path = "/users/{id}", tag = "users", params(("id" = u64, Path)), request_body = ChangedUser, responses(
    (status = 200, description = "Changed", body = User),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`, `last-administrator`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(State(api): State<Api>, Path(id): Path<u64>, Body(changed): Body<ChangedUser>) -> Result<Json<User>, Problem> {
    let mut fields = Fields::default();
    let login = fields.check_some("login", changed.login.as_deref().map(Login::parse));
    let name = fields.check_some("name", changed.name.as_deref().map(Label::parse));
    let extension = match &changed.extension {
        Some(Some(number)) => fields.check("extension", Extension::parse(number)).map(Some),
        Some(None) => Some(None),
        None => None,
    };
    let password = fields.check_some("password", changed.password.as_deref().map(Password::parse));
    fields.finish()?;
    let new_password = password.is_some();
    let change = UserChange {
        login,
        name,
        extension,
        role: changed.role.map(Into::into),
        password,
    };
    let user = api.store().change_user(UserId(id), &change, OffsetDateTime::now_utc()).await?;
    if new_password {
        api.live().sessions_ended(user.id, None);
    }
    api.directory_changed().await?;
    Ok(Json(view(&api, user, true).await?))
}

/// Removes a person with all devices and sessions.
#[utoipa::path(delete, path = "/users/{id}", tag = "users", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`last-administrator`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_user(UserId(id)).await?;
    api.live().sessions_ended(UserId(id), None);
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn view(api: &Api, user: store::User, with_devices: bool) -> Result<User, Problem> {
    let picture = api.live().picture();
    let devices = if with_devices {
        let devices = api.store().devices(Some(user.id)).await?;
        Some(devices.into_iter().map(|device| Device::of(device, &picture)).collect())
    } else {
        None
    };
    Ok(User::of(user, devices, &picture))
}
