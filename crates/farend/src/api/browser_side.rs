//! What a browser says of its own side of a running call.

use axum::extract::State;
use axum::http::StatusCode;
use doctor::evidence;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::json::{Body, Path};
use super::live_calls::call_of;
use super::problem::{Problem, ProblemDocument};

/// How a browser's side of a call is; what is left out is as it should be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BrowserSide {
    /// Its person has muted themselves in the app.
    #[serde(default)]
    is_muted_in_app: bool,
    /// Its person holds the call.
    #[serde(default)]
    is_held: bool,
    #[serde(default)]
    microphone: MicrophoneState,
    /// The output device is gone, or refuses to play.
    #[serde(default)]
    is_output_lost: bool,
    /// No packet of the other side's sound has arrived for a while, though it is not on hold here.
    #[serde(default)]
    is_deaf: bool,
}

/// What a microphone does.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MicrophoneState {
    #[default]
    Unknown,
    Works,
    /// The system, or a switch on the headset.
    MutedBySystem,
    /// Unplugged, or the permission was withdrawn.
    Ended,
    /// Nothing but digital silence.
    Zero,
}

impl From<MicrophoneState> for evidence::Microphone {
    fn from(state: MicrophoneState) -> Self {
        match state {
            MicrophoneState::Unknown => Self::Unknown,
            MicrophoneState::Works => Self::Works,
            MicrophoneState::MutedBySystem => Self::MutedBySystem,
            MicrophoneState::Ended => Self::Ended,
            MicrophoneState::Zero => Self::Zero,
        }
    }
}

/// Says how one's browser is in a call: whenever that changes.
#[utoipa::path(post, path = "/me/live-calls/{call}/browser", tag = "live", operation_id = "browser_says", params(("call" = String, Path)), request_body = BrowserSide, responses(
    (status = 204, description = "Noted, where it is a call of one's own that somebody talks in"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "`busy`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn say(
    State(api): State<Api>,
    who: SessionUser,
    Path(call): Path<String>,
    Body(side): Body<BrowserSide>,
) -> Result<StatusCode, Problem> {
    let call = call_of(&api, &call)?;
    let picture = api.live().picture();
    let calls = picture.calls.get(&who.user.id);
    if !calls.is_some_and(|calls| calls.iter().any(|known| known.view.call == call)) {
        return Err(Problem::not_found("call"));
    }
    let side = evidence::BrowserSide {
        is_muted_in_app: side.is_muted_in_app,
        is_held: side.is_held,
        microphone: side.microphone.into(),
        is_output_lost: side.is_output_lost,
        is_deaf: side.is_deaf,
    };
    let is_taken = api.live().watching().browser_says(call, who.user.id, side);
    is_taken.then_some(StatusCode::NO_CONTENT).ok_or_else(Problem::busy)
}
