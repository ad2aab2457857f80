//! Tests of trunks in simulated time.

use std::net::SocketAddr;

use sip::Transport;

use super::*;
use crate::testing::start;
use crate::trunks::{Records, Trouble};

const MOMENT: Duration = Duration::from_millis(40);

struct Scene {
    check: Check,
    now: Instant,
}

fn address() -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 5], 5061))
}

fn server() -> Server {
    Server {
        transport: Transport::Tls,
        address: address(),
        name: "sip.example.com".to_owned(),
    }
}

fn located() -> Result<Located, Trouble> {
    Ok(Located {
        servers: vec![server()],
        fresh_for: Duration::from_secs(60),
        records: Records::Service,
    })
}

fn opening(days_left: i64) -> Opening {
    Opening {
        local: SocketAddr::from(([192, 168, 1, 10], 40_000)),
        flow: None,
        security: Some(Security {
            version: "TLS 1.3".to_owned(),
            names: vec!["sip.example.com".to_owned()],
            ends_on: "2027-01-31".to_owned(),
            days_left,
        }),
    }
}

impl Scene {
    fn with_accounts(accounts: usize) -> Self {
        let mut trunk = crate::testing::trunk(model::TrunkId(1), "one");
        let account = trunk.accounts[0].clone();
        trunk.accounts = vec![account; accounts];
        let now = start();
        let check = Check::new(&trunk, None, now);
        Self { check, now }
    }

    /// The only thing that is wanted now.
    fn wanted(&mut self) -> Option<Want> {
        let want = self.check.poll_want();
        assert_eq!(self.check.poll_want(), None);
        want
    }

    fn tell(&mut self, news: News) {
        self.now += MOMENT;
        self.check.handle(news, self.now);
    }

    fn judge(&mut self, about: StepKind, state: StepState) {
        let judgement = Finding::new("seen", "seen", Vec::new()).judged(state);
        self.tell(News::Judged { about, judgement });
    }

    fn step(&self, kind: StepKind) -> Step {
        let mut steps = self.check.report().steps;
        steps.retain(|step| step.kind == kind);
        steps.pop().unwrap()
    }

    /// State and code.
    fn found(&self, kind: StepKind) -> (StepState, &'static str) {
        let step = self.step(kind);
        (step.state, step.finding.map(|finding| finding.code).unwrap_or_default())
    }
}

#[test]
fn every_step_has_its_turn_after_the_one_before() {
    let mut scene = Scene::with_accounts(2);
    assert_eq!(scene.wanted(), Some(Want::Locate));
    assert_eq!(scene.step(StepKind::Name).state, StepState::Running);
    assert_eq!(scene.step(StepKind::EchoCall).state, StepState::Waiting);
    scene.tell(News::Located(located()));
    assert_eq!(scene.wanted(), Some(Want::Open(server())));
    scene.tell(News::Opened(Ok(opening(200))));
    assert_eq!(scene.wanted(), Some(Want::Ask));
    scene.judge(StepKind::Options, StepState::Passed);
    for account in 0..2 {
        assert_eq!(scene.wanted(), Some(Want::Renew { account }));
        scene.judge(StepKind::Registration { account }, StepState::Passed);
    }
    assert_eq!(scene.wanted(), Some(Want::JudgeStun));
    scene.judge(StepKind::Stun, StepState::LeftOut);
    assert_eq!(scene.wanted(), Some(Want::JudgeRouter));
    scene.judge(StepKind::Router, StepState::Warning);
    assert_eq!(scene.found(StepKind::Name), (StepState::Passed, "name_found"));
    assert_eq!(scene.found(StepKind::Connection), (StepState::Passed, "connected"));
    assert_eq!(scene.step(StepKind::Options).took, Some(MOMENT));
    assert_eq!(scene.step(StepKind::Stun).took, None, "what was not looked at took no time");
    assert!(scene.check.take_report().is_some());
    assert_eq!(scene.check.take_report(), None, "nothing has changed since");
}

#[test]
fn what_nothing_leads_to_is_left_out_and_the_rest_is_looked_at() {
    let mut scene = Scene::with_accounts(1);
    let host = "sip.example.com".to_owned();
    scene.wanted();
    scene.tell(News::Located(Err(Trouble::UnknownName { host })));
    assert_eq!(scene.found(StepKind::Name), (StepState::Failed, "unknown-name"));
    assert_eq!(scene.found(StepKind::Connection), (StepState::LeftOut, "no_server"));
    assert_eq!(scene.wanted(), Some(Want::Ask), "the line may be up by what was known before");
}

#[test]
fn a_step_that_takes_too_long_has_failed_and_what_comes_late_does_not_count() {
    let mut scene = Scene::with_accounts(1);
    scene.wanted();
    let due = scene.check.deadline().unwrap();
    scene.check.handle_timeout(due - MOMENT);
    assert_eq!(scene.step(StepKind::Name).state, StepState::Running);
    scene.check.handle_timeout(due);
    assert_eq!(scene.found(StepKind::Name), (StepState::Failed, "too_slow"));
    scene.tell(News::Located(located()));
    assert_eq!(scene.found(StepKind::Name), (StepState::Failed, "too_slow"));
    assert_eq!(scene.check.current(), Some(StepKind::Options));
}

#[test]
fn a_silent_world_ends_a_test_in_time() {
    let mut scene = Scene::with_accounts(40);
    let begun = scene.now;
    let mut steps = 0;
    while let Some(due) = scene.check.deadline() {
        scene.check.handle_timeout(due);
        scene.now = due;
        steps += 1;
        assert!(steps < 30, "no end");
    }
    assert!(scene.check.is_over() && !scene.check.report().is_running);
    assert!(scene.now - begun < Duration::from_secs(660));
    let last = u16::try_from(ACCOUNTS_MAX).unwrap();
    assert_eq!(
        scene.found(StepKind::Registration { account: last }),
        (StepState::LeftOut, "too_many_accounts")
    );
}

#[test]
fn a_certificate_is_warned_of_three_weeks_before_its_end() {
    for (days_left, expected) in [
        (200, (StepState::Passed, "connected")),
        (21, (StepState::Passed, "connected")),
        (20, (StepState::Warning, "certificate_ends")),
        (0, (StepState::Warning, "certificate_ends")),
        (-1, (StepState::Warning, "certificate_expired")),
    ] {
        let mut scene = Scene::with_accounts(1);
        scene.tell(News::Located(located()));
        scene.tell(News::Opened(Ok(opening(days_left))));
        assert_eq!(scene.found(StepKind::Connection), expected, "{days_left} days");
        let values = scene.step(StepKind::Connection).finding.unwrap().values;
        assert!(values.contains(&("days", days_left.to_string())), "{values:?}");
    }
}

#[test]
fn a_test_that_cannot_go_on_keeps_what_it_has_found() {
    let mut scene = Scene::with_accounts(1);
    scene.tell(News::Located(located()));
    let report = scene.check.report().without(&words::trunk_changed());
    let states: Vec<StepState> = report.steps.iter().map(|step| step.state).collect();
    assert!(!report.is_running);
    assert_eq!(states[0], StepState::Passed);
    assert!(states[1..].iter().all(|state| *state == StepState::LeftOut), "{states:?}");
}
