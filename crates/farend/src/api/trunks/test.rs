//! The self-test of a trunk, step by step.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::TrunkId;
use serde::{Deserialize, Serialize};
use switchboard::trunks::{self, CheckReport, StepKind};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::tested::Tested;
use crate::api::Api;
use crate::api::json::{Body, Path};
use crate::api::problem::{Problem, ProblemDocument};

/// How a trunk is to be tested.
#[derive(Deserialize, ToSchema)]
pub(crate) struct WantedTest {
    /// A number that answers with an echo, as people dial it; null: no call.
    #[schema(required)]
    echo_number: Option<String>,
}

/// The last test of a trunk, or the one that is running.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrunkTest {
    /// Whether more is to come.
    running: bool,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    steps: Vec<TrunkTestStep>,
}

/// A step of a trunk's test.
#[derive(Serialize, ToSchema)]
struct TrunkTestStep {
    step: StepName,
    /// The account's user; only of registrations.
    #[schema(required)]
    account: Option<String>,
    result: StepResult,
    /// Names the sentence, for programs: stable.
    #[schema(example = "name_found")]
    code: &'static str,
    /// The sentence, for people; empty until there is one.
    text: String,
    /// What goes into the sentence.
    values: BTreeMap<&'static str, String>,
    #[schema(required)]
    took_ms: Option<u64>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrunkTestStepName)]
enum StepName {
    Name,
    Connection,
    Options,
    Registration,
    Stun,
    Router,
    EchoCall,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrunkTestResult)]
enum StepResult {
    Waiting,
    Running,
    Passed,
    /// It works, but not well or not for long.
    Warning,
    Failed,
    LeftOut,
}

/// The last test of a trunk.
#[utoipa::path(get, path = "/trunks/{id}/test", tag = "trunks", operation_id = "test", params(("id" = u64, Path)), responses(
    (status = 200, description = "The last test, or the one that is running", body = TrunkTest),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: no such trunk, or it has not been tested since the server began",
     body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(crate) async fn show(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<TrunkTest>, Problem> {
    let test = api.live().tests().last(TrunkId(id)).ok_or_else(|| Problem::not_found("test"))?;
    Ok(Json(TrunkTest::of(test)))
}

/// Tests a trunk as it is configured, without disturbing calls. Ask for the test until it does not run any more.
#[utoipa::path(post, path = "/trunks/{id}/test", tag = "trunks", operation_id = "begin_test", params(("id" = u64, Path)), request_body = WantedTest, responses(
    (status = 202, description = "It begins", body = TrunkTest),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`busy`: a test of this trunk is running", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(crate) async fn begin(
    State(api): State<Api>,
    Path(id): Path<u64>,
    Body(wanted): Body<WantedTest>,
) -> Result<(StatusCode, Json<TrunkTest>), Problem> {
    let echo_number = wanted.echo_number.map(|number| crate::api::types::dialled(&number)).transpose();
    let echo_number = echo_number.map_err(|message| Problem::invalid_field("echo_number", message))?;
    let trunk = api.store().trunk(TrunkId(id)).await?.terms;
    let test = Tested {
        started_at: OffsetDateTime::now_utc(),
        accounts: trunk.accounts.iter().map(|account| account.user.clone()).collect(),
        report: CheckReport::before(&trunk),
    };
    let tests = api.live().tests();
    tests.begin(trunk.id, test.clone()).map_err(|_busy| Problem::being_tested())?;
    if !api.0.parts.tester.ask(trunk.id, echo_number) {
        tests.forget(trunk.id);
        return Err(Problem::busy());
    }
    Ok((StatusCode::ACCEPTED, Json(TrunkTest::of(test))))
}

impl TrunkTest {
    fn of(test: Tested) -> Self {
        let Tested {
            started_at,
            accounts,
            report,
        } = test;
        Self {
            running: report.is_running,
            started_at,
            steps: report.steps.into_iter().map(|step| TrunkTestStep::of(step, &accounts)).collect(),
        }
    }
}

impl TrunkTestStep {
    fn of(step: trunks::Step, accounts: &[String]) -> Self {
        let result = StepResult::from(step.state);
        let (name, account) = match step.kind {
            StepKind::Name => (StepName::Name, None),
            StepKind::Connection => (StepName::Connection, None),
            StepKind::Options => (StepName::Options, None),
            StepKind::Registration { account } => (StepName::Registration, accounts.get(usize::from(account)).cloned()),
            StepKind::Stun => (StepName::Stun, None),
            StepKind::Router => (StepName::Router, None),
            StepKind::EchoCall => (StepName::EchoCall, None),
        };
        let unfound = if result == StepResult::Running { "running" } else { "waiting" };
        let (code, text, values) = match step.finding {
            Some(finding) => (finding.code, finding.text, finding.values.into_iter().collect()),
            None => (unfound, String::new(), BTreeMap::new()),
        };
        Self {
            step: name,
            account,
            result,
            code,
            text,
            values,
            took_ms: step.took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}

impl From<trunks::StepState> for StepResult {
    fn from(state: trunks::StepState) -> Self {
        match state {
            trunks::StepState::Waiting => Self::Waiting,
            trunks::StepState::Running => Self::Running,
            trunks::StepState::Passed => Self::Passed,
            trunks::StepState::Warning => Self::Warning,
            trunks::StepState::Failed => Self::Failed,
            trunks::StepState::LeftOut => Self::LeftOut,
        }
    }
}
