//! Our numbers, and where calls to them go.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::TrunkId;
use serde::{Deserialize, Serialize};
use switchboard::directory::Target;
use utoipa::ToSchema;

use super::Api;
use super::json::{Body, Path};
use super::problem::{Fields, Problem, ProblemDocument};
use crate::store::{InboundNumber, NumberId, StoreError};

/// Of a target at most.
const TARGET_CHARS_MAX: usize = 16;

/// All our numbers.
#[derive(Serialize, ToSchema)]
pub(super) struct Numbers {
    numbers: Vec<Number>,
}

/// Where calls to some of our numbers go.
#[derive(Serialize, ToSchema)]
#[schema(as = InboundNumber)]
pub(super) struct Number {
    id: u64,
    /// Only by this trunk; null: by any.
    #[schema(required)]
    trunk_id: Option<u64>,
    /// A number, or a block of them.
    #[schema(example = "+498912345(00-99)")]
    block: String,
    /// `extension`: to the extension behind the block's head. Otherwise a number of ours: an extension or a feature code.
    target: String,
}

/// A number or a block of numbers to be added.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewInboundNumber)]
pub(super) struct NewNumber {
    /// Only by this trunk; null: by any.
    trunk_id: Option<u64>,
    /// A number such as `+4989123450`, or a block of them: the head, and the first and the last extension behind it.
    #[schema(example = "+498912345(00-99)")]
    block: String,
    /// `extension`: to the extension behind the block's head. Otherwise a number of ours: an extension or a feature code.
    #[schema(example = "extension")]
    target: String,
}

/// All our numbers.
#[utoipa::path(get, path = "/numbers", tag = "numbers", responses(
    (status = 200, description = "All our numbers", body = Numbers),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Numbers>, Problem> {
    let numbers = api.store().numbers().await?;
    Ok(Json(Numbers {
        numbers: numbers.into_iter().map(Number::of).collect(),
    }))
}

/// Adds a number or a block of numbers. Inside a larger block it is an exception: the smaller one counts. Blocks that overlap otherwise are
/// refused.
#[utoipa::path(post, path = "/numbers", tag = "numbers", request_body = NewNumber, responses(
    (status = 201, description = "Added", body = Number),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`overlap`, `too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewNumber>) -> Result<(StatusCode, Json<Number>), Problem> {
    let mut number = new.parse()?;
    number.id = api.store().add_number(&number).await.map_err(|error| match error {
        StoreError::NotFound("trunk") => Problem::invalid_field("trunk_id", "there is no such trunk"),
        other => other.into(),
    })?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(Number::of(number))))
}

/// Removes a number or a block of numbers.
#[utoipa::path(delete, path = "/numbers/{id}", tag = "numbers", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_number(NumberId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

impl NewNumber {
    fn parse(self) -> Result<InboundNumber, Problem> {
        let mut fields = Fields::default();
        let block = fields.check("block", self.block.replace(' ', "").parse());
        let target = fields.check("target", target(self.target.trim()));
        let (Some(block), Some(target)) = (block, target) else {
            return Err(fields.problem());
        };
        Ok(InboundNumber {
            id: NumberId(0),
            trunk: self.trunk_id.map(TrunkId),
            block,
            target,
        })
    }
}

fn target(text: &str) -> Result<Target, &'static str> {
    let is_dialled = |byte: u8| byte.is_ascii_digit() || b"*#".contains(&byte);
    match text {
        "extension" => Ok(Target::Extension),
        number if (1..=TARGET_CHARS_MAX).contains(&number.len()) && number.bytes().all(is_dialled) => Ok(Target::Number(number.to_owned())),
        _ => Err("write extension, or a number of ours such as 101 or *43"),
    }
}

impl Number {
    fn of(number: InboundNumber) -> Self {
        Self {
            id: number.id.0,
            trunk_id: number.trunk.map(|trunk| trunk.0),
            block: number.block.to_string(),
            target: match number.target {
                Target::Extension => "extension".to_owned(),
                Target::Number(number) => number,
            },
        }
    }
}
