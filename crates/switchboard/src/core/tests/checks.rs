//! Tests of trunks, with a provider that answers in SIP.

use std::time::Duration;

use model::control;
use sip::Transport;

use super::trunks::{FIRST, Scene, company, line, provider, server};
use super::*;
use crate::trunks::{CheckId, CheckReport, Errand, Finding, Judgement, Located, Opening, Records, Retrieved, StepKind, StepState};

const MOMENT: Duration = Duration::from_millis(30);
const REGISTRATION: StepKind = StepKind::Registration { account: 0 };

impl Scene {
    fn test(&mut self) {
        self.bench.handle(Input::TestTrunk {
            trunk: FIRST,
            echo_number: None,
        });
    }

    /// What the shell is sent for last.
    fn errand(&mut self) -> (CheckId, Errand) {
        let errands = self.bench.outputs.extract_if(.., |output| matches!(output, Output::Errand { .. }));
        let Some(Output::Errand { check, errand, .. }) = errands.last() else {
            panic!("no errand")
        };
        (check, errand)
    }

    fn retrieve(&mut self, check: CheckId, retrieved: Retrieved) {
        self.bench.now += MOMENT;
        self.bench.handle(Input::Retrieved {
            trunk: FIRST,
            check,
            retrieved,
        });
    }

    /// The shell finds the server and a way to it.
    fn find_the_way(&mut self) -> CheckId {
        let (check, errand) = self.errand();
        assert!(matches!(errand, Errand::Locate { .. }), "{errand:?}");
        let found = Located {
            servers: vec![server(FIRST)],
            fresh_for: Duration::from_secs(60),
            records: Records::Service,
        };
        self.retrieve(check, Retrieved::Located(Ok(found)));
        let (_, errand) = self.errand();
        assert!(
            matches!(&errand, Errand::Open { server: opened, .. } if *opened == server(FIRST)),
            "{errand:?}"
        );
        let opening = Opening {
            local: provider(FIRST).local,
            flow: Some(provider(FIRST)),
            security: None,
        };
        self.retrieve(check, Retrieved::Opened(Ok(opening)));
        check
    }

    /// The provider answers our youngest request of a method.
    fn answer(&mut self, method: &str, status: &str, lines: &str) {
        let request = self.sent(method);
        self.bench.now += MOMENT;
        self.respond(FIRST, &request, status, lines, "");
    }

    /// The first trunk's line renews its registration by itself: the request, at the moment when it goes out.
    fn until_renewal(&mut self) -> String {
        loop {
            let due = self.bench.core.poll_timeout().expect("something is due");
            self.bench.after(due.saturating_duration_since(self.bench.now));
            let messages = self.bench.messages();
            if let Some(renewal) = messages
                .into_iter()
                .find(|message| message.starts_with("REGISTER sip:one.example.com"))
            {
                return renewal;
            }
        }
    }

    /// The shell judges STUN and router.
    fn judge_the_rest(&mut self, check: CheckId) {
        for about in [StepKind::Stun, StepKind::Router] {
            let finding = Finding::new("judged", "judged", Vec::new());
            let judgement = Judgement {
                state: StepState::Passed,
                finding,
            };
            self.retrieve(check, Retrieved::Judged { about, judgement });
        }
    }

    /// How the test stands, as was told last.
    fn told(&self) -> &CheckReport {
        let mut told = self.bench.outputs.iter().rev().filter_map(|output| match output {
            Output::Event(LiveEvent::TrunkTested { report, .. }) => Some(report),
            _ => None,
        });
        told.next().expect("it was told")
    }

    fn found(&self, kind: StepKind) -> (StepState, &Finding) {
        let step = self.told().steps.iter().find(|step| step.kind == kind).expect("a step");
        (step.state, step.finding.as_ref().expect("a finding"))
    }

    fn is_up(&self) -> bool {
        self.bench.core.trunks.way_of(line(FIRST)).is_some()
    }
}

fn value<'a>(finding: &'a Finding, name: &str) -> &'a str {
    let value = finding.values.iter().find(|(known, _)| *known == name);
    &value.unwrap_or_else(|| panic!("no {name}: {finding:?}")).1
}

#[test]
fn a_trunk_that_works_passes_with_what_its_provider_says() {
    let mut scene = Scene::new();
    scene.test();
    let check = scene.find_the_way();
    scene.answer("OPTIONS", "200 OK", "");
    let (state, options) = scene.found(StepKind::Options);
    assert_eq!(
        (state, options.code, value(options, "round_trip_ms")),
        (StepState::Passed, "options_answered", "30")
    );
    scene.answer("REGISTER", "200 OK", "Contact: <sip:49891234500@10.0.0.1:5060>;expires=300\r\n");
    let (state, registered) = scene.found(REGISTRATION);
    assert_eq!((state, registered.code), (StepState::Passed, "registered"));
    assert_eq!(value(registered, "expires_seconds"), "300");
    assert_eq!(value(registered, "contacts"), "sip:49891234500@10.0.0.1:5060");
    scene.judge_the_rest(check);
    assert!(!scene.told().is_running && scene.is_up());
    assert_eq!(scene.found(StepKind::EchoCall).0, StepState::LeftOut);
    assert_eq!(scene.bench.core.checks.deadline(), None, "nothing is left");
}

#[test]
fn a_line_of_udp_that_is_down_is_asked_by_the_way_that_was_found_and_a_refusal_is_not_repeated_within_a_minute() {
    let mut scene = Scene::new();
    scene.test();
    scene.find_the_way();
    scene.answer("OPTIONS", "200 OK", "");
    scene.answer("REGISTER", "403 Forbidden", "");
    let (state, refused) = scene.found(REGISTRATION);
    assert_eq!(
        (state, refused.code, value(refused, "status")),
        (StepState::Failed, "wrong-password", "403")
    );
    let check = scene.errand().0;
    scene.judge_the_rest(check);
    assert!(!scene.is_up() && !scene.told().is_running);

    scene.bench.after(Duration::from_secs(20));
    scene.bench.outputs.clear();
    scene.test();
    let check = scene.find_the_way();
    scene.answer("OPTIONS", "403 Forbidden", "");
    assert_eq!(scene.found(StepKind::Options).0, StepState::Passed, "whatever it says, it lives");
    let (state, refused) = scene.found(REGISTRATION);
    assert_eq!((state, refused.code), (StepState::Failed, "wrong-password"));
    assert!(value(refused, "wait_seconds").parse::<u64>().unwrap() <= 40, "{refused:?}");
    assert!(
        scene.bench.messages().iter().all(|message| !message.starts_with("REGISTER")),
        "the provider is spared"
    );
    scene.judge_the_rest(check);
}

#[test]
fn a_renewal_that_is_under_way_is_not_doubled() {
    let mut scene = Scene::new();
    let renewal = scene.until_renewal();
    scene.bench.outputs.clear();
    scene.test();
    scene.find_the_way();
    scene.answer("OPTIONS", "200 OK", "");
    assert!(scene.bench.messages().iter().all(|message| !message.starts_with("REGISTER")));
    scene.respond(FIRST, &renewal, "200 OK", "Expires: 300\r\n", "");
    assert_eq!(scene.found(REGISTRATION).0, StepState::Passed);
}

#[test]
fn silence_is_told_and_the_test_goes_on() {
    let mut scene = Scene::new();
    scene.test();
    scene.find_the_way();
    scene.bench.after(Duration::from_secs(7));
    let (state, silent) = scene.found(StepKind::Options);
    assert_eq!((state, silent.code), (StepState::Failed, "silent"));
    assert!(scene.told().is_running);
}

#[test]
fn a_trunk_that_is_changed_ends_its_test_and_one_that_is_off_has_none() {
    let mut scene = Scene::new();
    scene.test();
    let check = scene.errand().0;
    let mut changed = company();
    changed.trunks.remove(0);
    scene.bench.outputs.clear();
    scene.bench.handle(Input::Directory(Arc::new(changed)));
    let not_tested = |scene: &Scene| {
        let told = scene.bench.outputs.iter().rev().find_map(|output| match output {
            Output::Event(LiveEvent::TrunkNotTested { why, .. }) => Some(why.code),
            _ => None,
        });
        told.expect("it was told")
    };
    assert_eq!(not_tested(&scene), "trunk_changed");
    scene.test();
    assert_eq!(not_tested(&scene), "trunk_off");
    scene.bench.outputs.clear();
    scene.retrieve(
        check,
        Retrieved::Located(Err(crate::trunks::Trouble::UnknownName { host: String::new() })),
    );
    assert!(scene.bench.outputs.is_empty(), "late, and for nobody");
}

#[test]
fn tests_at_once_are_few() {
    let mut changed = company();
    let trunks = (1..).take(super::super::checks::CHECKS_MAX + 1).map(model::TrunkId);
    changed.trunks = trunks.clone().map(|id| testing::trunk(id, "one")).collect();
    let mut scene = Scene::of(changed);
    for trunk in trunks {
        scene.bench.handle(Input::TestTrunk { trunk, echo_number: None });
    }
    let refused = scene.bench.outputs.iter().filter_map(|output| match output {
        Output::Event(LiveEvent::TrunkNotTested { why, .. }) => Some(why.code),
        _ => None,
    });
    assert_eq!(refused.collect::<Vec<_>>(), ["too_many_tests"]);
}

#[test]
fn what_answers_show_is_told_for_each_line() {
    let mut scene = Scene::new();
    let renewal = scene.until_renewal();
    scene.bench.now += MOMENT;
    scene.respond(
        FIRST,
        &renewal,
        "200 OK",
        "Contact: <sip:49891234500@198.51.100.7:5060>;expires=300\r\n",
        "",
    );
    let measure = scene.bench.outputs.iter().find_map(|output| match output {
        Output::Event(LiveEvent::LineMeasured { line: of, measure }) if *of == line(FIRST) => Some(measure),
        _ => None,
    });
    let measure = measure.expect("it was told");
    assert_eq!((measure.round_trip, measure.flow.transport), (MOMENT, Transport::Udp));
    assert_eq!(measure.mirror.sent_by, provider(FIRST).local);
    let (ours, listed) = measure.contacts.clone().unwrap();
    assert_eq!(ours, "sip:49891234500@10.0.0.1:5060");
    assert_eq!(listed, ["sip:49891234500@198.51.100.7:5060"]);
}

/// A test whose turn is the echo call to this number.
fn before_the_echo_call(number: &str) -> Scene {
    let mut scene = Scene::new();
    scene.bench.handle(Input::TestTrunk {
        trunk: FIRST,
        echo_number: Some(number.to_owned()),
    });
    let check = scene.find_the_way();
    scene.answer("OPTIONS", "200 OK", "");
    scene.answer("REGISTER", "200 OK", "Expires: 300\r\n");
    scene.bench.outputs.clear();
    scene.judge_the_rest(check);
    scene
}

#[test]
fn an_echo_call_goes_out_by_the_trunk_and_its_tone_is_listened_for() {
    let mut scene = before_the_echo_call("030 123456");
    scene.offer_all();
    let invite = scene.sent("INVITE");
    assert!(invite.starts_with("INVITE sip:4930123456@one.example.com SIP/2.0\r\n"), "{invite}");
    scene.respond(FIRST, &invite, "200 OK", "Contact: <sip:echo@10.0.0.101>\r\n", "v=0\r\n");
    let accept = scene.media().into_iter().find_map(|command| match command {
        control::Command::AcceptAnswer { leg, .. } => Some(leg),
        _ => None,
    });
    let leg = accept.expect("media has the answer");
    let direction = control::Direction::SendRecv;
    scene.bench.handle(Input::Media(control::Event::AnswerAccepted { leg, direction }));
    let source = control::Source::Probe;
    assert!(scene.media().contains(&control::Command::Hear { leg, source }));
    let heard = control::Heard {
        sound_ms: 1_200,
        tone_ms: 1_100,
    };
    scene.bench.handle(Input::Media(control::Event::Listened { leg, heard }));
    assert!(
        scene.bench.lines().iter().any(|line| line.starts_with("BYE ")),
        "it hangs up by itself"
    );
    scene.bench.handle(Input::Media(control::Event::Closed {
        leg,
        report: Box::default(),
    }));
    let (state, echo) = scene.found(StepKind::EchoCall);
    assert_eq!(
        (state, echo.code, value(echo, "number")),
        (StepState::Passed, "echo_heard", "030 123456")
    );
    assert!(!scene.told().is_running);
    assert_eq!(scene.bench.core.figures().calls, 0);
}

#[test]
fn a_refused_echo_call_tells_the_status() {
    let mut scene = before_the_echo_call("030 123456");
    scene.offer_all();
    let invite = scene.sent("INVITE");
    scene.respond(FIRST, &invite, "486 Busy Here", "", "");
    scene.bench.after(Duration::from_secs(3));
    let (state, echo) = scene.found(StepKind::EchoCall);
    assert_eq!(
        (state, echo.code, value(echo, "status")),
        (StepState::Failed, "echo_refused", "486")
    );
}

#[test]
fn no_test_calls_emergency_services_or_rubbish() {
    for number in ["112", "0112", "*43", "1"] {
        let mut scene = before_the_echo_call(number);
        let (state, echo) = scene.found(StepKind::EchoCall);
        assert_eq!((state, echo.code), (StepState::LeftOut, "no_such_number"), "{number}");
        scene.offer_all();
        assert!(scene.bench.messages().iter().all(|message| !message.starts_with("INVITE")));
    }
}

#[test]
fn a_trunk_that_is_changed_hangs_its_echo_call_up() {
    let mut scene = before_the_echo_call("030 123456");
    scene.offer_all();
    let invite = scene.sent("INVITE");
    scene.respond(FIRST, &invite, "180 Ringing", "", "");
    let mut changed = company();
    changed.trunks[0].srtp = control::Srtp::Accepted;
    scene.bench.outputs.clear();
    scene.bench.handle(Input::Directory(Arc::new(changed)));
    assert!(scene.bench.lines().iter().any(|line| line.starts_with("CANCEL ")));
    scene.bench.after(Duration::from_secs(3));
    assert_eq!(scene.bench.core.figures().calls, 0);
}
