//! The self-test of a trunk, step by step, without its messages: what is looked at next, how long that may take, and what came of it.
//!
//! ```text
//!  name ─► connection ─► OPTIONS ─► registration (one for each account) ─► STUN ─► router ─► echo call
//!    │ each: wanted ([`Want`]) ─► answered ([`News`]) or late ─► the next one
//!    └ a step that needs what an earlier one did not find is left out, and says so
//! ```
//!
//! Nothing here changes how the trunk is used: registrations are renewed by their own lines, and calls go on.

mod interface;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub use self::interface::{CheckId, CheckReport, Errand, Finding, Judgement, Opening, Retrieved, Security, Step, StepKind, StepState};
pub(crate) use self::interface::{News, Want};
use super::{Located, Server};
use crate::directory::Trunk;

/// Accounts whose registrations are renewed in one test; the others are left out.
pub const ACCOUNTS_MAX: usize = 16;
/// A certificate that ends within so many days is told.
const CERTIFICATE_DAYS_MIN: i64 = 21;

/// See the module.
#[derive(Debug)]
pub(crate) struct Check {
    host: String,
    steps: Vec<Step>,
    /// The step under way, since when, and until when it may take.
    current: Option<(usize, Instant, Instant)>,
    servers: Vec<Server>,
    opening: Option<Opening>,
    /// As people dial it.
    echo_number: Option<String>,
    wants: VecDeque<Want>,
    /// Something has changed since the report was read last.
    is_news: bool,
}

impl StepKind {
    /// Longer than whoever carries it out takes.
    fn time_max(self) -> Duration {
        Duration::from_secs(match self {
            Self::Name | Self::Stun | Self::Router => 6,
            Self::Connection | Self::Options => 10,
            Self::Registration { .. } => 35,
            Self::EchoCall => 20,
        })
    }
}

impl CheckReport {
    /// The report of a test of this trunk that is about to begin.
    #[must_use]
    pub fn before(trunk: &Trunk) -> Self {
        Self {
            is_running: true,
            steps: steps(trunk),
        }
    }

    /// The report of a test that cannot begin, or go on.
    #[must_use]
    pub fn without(mut self, why: &Finding) -> Self {
        self.is_running = false;
        for step in &mut self.steps {
            if matches!(step.state, StepState::Waiting | StepState::Running) {
                (step.state, step.finding) = (StepState::LeftOut, Some(why.clone()));
            }
        }
        self
    }
}

fn steps(trunk: &Trunk) -> Vec<Step> {
    let accounts = (0..).zip(&trunk.accounts).map(|(account, _)| StepKind::Registration { account });
    let registrations: Vec<StepKind> = accounts.take(ACCOUNTS_MAX + 1).collect();
    let registrations = if registrations.is_empty() {
        vec![StepKind::Registration { account: 0 }]
    } else {
        registrations
    };
    [StepKind::Name, StepKind::Connection, StepKind::Options]
        .into_iter()
        .chain(registrations)
        .chain([StepKind::Stun, StepKind::Router, StepKind::EchoCall])
        .map(|kind| Step {
            kind,
            state: StepState::Waiting,
            finding: None,
            took: None,
        })
        .collect()
}

impl Check {
    /// Begins at once. `echo_number`: whom an echo call goes to, as people dial it; `None`: no call is made.
    pub(crate) fn new(trunk: &Trunk, echo_number: Option<String>, now: Instant) -> Self {
        let mut check = Self {
            host: trunk.place.host.clone(),
            steps: steps(trunk),
            current: None,
            servers: Vec::new(),
            opening: None,
            echo_number,
            wants: VecDeque::new(),
            is_news: true,
        };
        check.go_on(now);
        check
    }

    /// The next thing to do; drain until `None` after every input.
    pub(crate) fn poll_want(&mut self) -> Option<Want> {
        self.wants.pop_front()
    }

    /// The report, if it has changed since it was taken last.
    pub(crate) fn take_report(&mut self) -> Option<CheckReport> {
        std::mem::take(&mut self.is_news).then(|| self.report())
    }

    pub(crate) fn report(&self) -> CheckReport {
        CheckReport {
            is_running: !self.is_over(),
            steps: self.steps.clone(),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.current.is_none()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.current.map(|(_, _, until)| until)
    }

    /// What is being looked at.
    pub(crate) fn current(&self) -> Option<StepKind> {
        self.current.map(|(index, _, _)| self.steps[index].kind)
    }

    /// The way that the connection step has found.
    pub(crate) fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    /// Gives the current step up if it takes too long.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        let Some((index, _, until)) = self.current else { return };
        if until <= now {
            let kind = self.steps[index].kind;
            if kind == StepKind::EchoCall {
                self.wants.push_back(Want::HangUp);
            }
            self.finish(StepState::Failed, words::too_slow(kind.time_max()), now);
        }
    }

    /// Takes what has been found. What is not about the current step comes late, and does not count.
    pub(crate) fn handle(&mut self, news: News, now: Instant) {
        let Some((index, _, _)) = self.current else { return };
        if self.steps[index].kind != news.about() {
            return;
        }
        match news {
            News::Located(found) => self.located(found, now),
            News::Opened(found) => self.opened(found, now),
            News::Judged { judgement, .. } => self.finish(judgement.state, judgement.finding, now),
        }
    }

    fn located(&mut self, found: Result<Located, super::Trouble>, now: Instant) {
        match found {
            Ok(located) if located.servers.is_empty() => {
                let host = self.host.clone();
                self.finish(StepState::Failed, Finding::of(&super::Trouble::UnknownName { host }), now);
            }
            Ok(located) => {
                let finding = words::name_found(&self.host, &located);
                self.servers = located.servers;
                self.finish(StepState::Passed, finding, now);
            }
            Err(trouble) => self.finish(StepState::Failed, Finding::of(&trouble), now),
        }
    }

    fn opened(&mut self, found: Result<Opening, super::Trouble>, now: Instant) {
        match found {
            Ok(opening) => {
                let days_left = opening.security.as_ref().map(|security| security.days_left);
                let (state, finding) = match (self.servers.first(), days_left) {
                    (Some(server), Some(..CERTIFICATE_DAYS_MIN)) => (StepState::Warning, words::certificate_ends(server, &opening)),
                    (Some(server), _) => (StepState::Passed, words::connected(server, &opening)),
                    (None, _) => (StepState::LeftOut, words::no_server()),
                };
                self.opening = Some(opening);
                self.finish(state, finding, now);
            }
            Err(trouble) => self.finish(StepState::Failed, Finding::of(&trouble), now),
        }
    }

    /// Notes how the current step has ended, and goes on with the next one.
    fn finish(&mut self, state: StepState, finding: Finding, now: Instant) {
        if let Some((index, begun, _)) = self.current.take() {
            let step = &mut self.steps[index];
            step.took = (state != StepState::LeftOut).then(|| now.saturating_duration_since(begun));
            (step.state, step.finding) = (state, Some(finding));
        }
        self.go_on(now);
    }

    /// Begins the next step that can be; those that cannot are left out.
    fn go_on(&mut self, now: Instant) {
        self.is_news = true;
        while let Some(index) = self.steps.iter().position(|step| step.state == StepState::Waiting) {
            let kind = self.steps[index].kind;
            match self.want(kind) {
                Ok(want) => {
                    self.steps[index].state = StepState::Running;
                    self.current = Some((index, now, now + kind.time_max()));
                    return self.wants.push_back(want);
                }
                Err(why) => {
                    self.steps[index].state = StepState::LeftOut;
                    self.steps[index].finding = Some(why);
                }
            }
        }
    }

    /// What a step begins with, or why it is left out.
    fn want(&self, kind: StepKind) -> Result<Want, Finding> {
        match kind {
            StepKind::Name => Ok(Want::Locate),
            StepKind::Connection => self.servers.first().cloned().map(Want::Open).ok_or_else(words::no_server),
            StepKind::Options => Ok(Want::Ask),
            StepKind::Registration { account } if usize::from(account) >= ACCOUNTS_MAX => Err(words::too_many_accounts()),
            StepKind::Registration { account } => Ok(Want::Renew { account }),
            StepKind::Stun => Ok(Want::JudgeStun),
            StepKind::Router => Ok(Want::JudgeRouter),
            StepKind::EchoCall => self.echo_number.clone().map(Want::Call).ok_or_else(words::no_echo_number),
        }
    }
}
