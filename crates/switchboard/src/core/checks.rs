//! Self-tests of trunks: between a test's steps and the lines, requests and errands that carry them out.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use model::{CallId, TrunkId};
use sip::Flow;
use sip::message::Registration;

use super::admission::MAX_FORWARDS;
use super::calls::Entry;
use super::trunks::Response;
use super::{Core, LiveEvent, Output, Party};
use crate::call::{Branch, Call, Cause, Echoed};
use crate::dialplan::way_of_test;
use crate::directory::Trunk;
use crate::trunks::{
    Check, CheckId, CheckNews, CheckWant, Errand, Finding, LineId, LineState, Retrieved, StepKind, StepState, Trying, words,
};

/// Tests at once.
pub(super) const CHECKS_MAX: usize = 4;

/// Tests under way, one for each trunk at most.
#[derive(Debug, Default)]
pub(super) struct Checks {
    running: BTreeMap<TrunkId, Running>,
    ids: u64,
}

#[derive(Debug)]
struct Running {
    id: CheckId,
    check: Check,
    /// Its echo call, and to whom.
    call: Option<(CallId, String)>,
}

impl Checks {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.running.values().filter_map(|running| running.check.deadline()).min()
    }

    /// Whether this line's registration is what a test looks at now.
    fn is_about(&self, line: LineId) -> bool {
        let current = self.running.get(&line.trunk).and_then(|running| running.check.current());
        current == Some(StepKind::Registration { account: line.account })
    }
}

impl Core {
    /// An administrator wants to know what works.
    pub(super) fn test_trunk(&mut self, id: TrunkId, echo_number: Option<String>, now: Instant) {
        let directory = self.directory.shared();
        let trunk = directory.trunks.iter().find(|trunk| trunk.id == id);
        let why = match trunk {
            None => Some(words::trunk_off()),
            // The one that runs goes on telling.
            Some(_) if self.checks.running.contains_key(&id) => return,
            Some(_) if self.checks.running.len() >= CHECKS_MAX => Some(words::too_many_tests()),
            Some(_) => None,
        };
        if let Some(why) = why {
            return self.tell(LiveEvent::TrunkNotTested { trunk: id, why });
        }
        if let Some(trunk) = trunk {
            self.checks.ids += 1;
            let running = Running {
                id: CheckId(self.checks.ids),
                check: Check::new(trunk, echo_number, now),
                call: None,
            };
            self.checks.running.insert(id, running);
            self.attend_to_check(trunk, now);
        }
    }

    /// The shell has been where it was sent.
    pub(super) fn check_brought(&mut self, id: TrunkId, check: CheckId, retrieved: Retrieved, now: Instant) {
        if self.checks.running.get(&id).is_some_and(|running| running.id == check) {
            self.check_hears(id, retrieved.into(), now);
        }
    }

    pub(super) fn checks_time_out(&mut self, now: Instant) {
        let due = self
            .checks
            .running
            .iter()
            .filter(|(_, running)| running.check.deadline().is_some_and(|due| due <= now));
        for id in due.map(|(id, _)| *id).collect::<Vec<_>>() {
            if let Some(running) = self.checks.running.get_mut(&id) {
                running.check.handle_timeout(now);
            }
            self.check_goes_on(id, now);
        }
    }

    /// A trunk is another one now, or gone: what its test has found so far does not hold.
    pub(super) fn end_check(&mut self, id: TrunkId, now: Instant) {
        if let Some(running) = self.checks.running.remove(&id) {
            self.hang_up_echo(running.call.map(|(id, _)| id), now);
            let why = words::trunk_changed();
            self.tell(LiveEvent::TrunkNotTested { trunk: id, why });
        }
    }

    /// OPTIONS of a test was answered, or not.
    pub(super) fn check_answered(&mut self, id: TrunkId, check: CheckId, flow: Flow, response: &Response, now: Instant) {
        let server = flow.peer;
        let finding = match (response.status, response.round_trip) {
            (408, None) => Finding::of(&crate::trunks::Trouble::Silent { server }).judged(StepState::Failed),
            (status, round_trip) => {
                let state = if status == 503 { StepState::Warning } else { StepState::Passed };
                words::options_answered(server, status, &response.reason, round_trip.unwrap_or_default()).judged(state)
            }
        };
        let (about, judgement) = (StepKind::Options, finding);
        self.check_brought(id, check, Retrieved::Judged { about, judgement }, now);
    }

    /// A registrar has said yes.
    pub(super) fn check_registered(
        &mut self,
        (line, flow): (LineId, Flow),
        told: &Registration,
        expires: Duration,
        response: &Response,
        now: Instant,
    ) {
        if !self.checks.is_about(line) {
            return;
        }
        let granted = words::Granted {
            server: flow.peer,
            expires,
            contacts: told.contacts.iter().map(|contact| contact.uri.clone()).collect(),
            seen_as: response.seen_as,
            round_trip: response.round_trip,
        };
        self.check_judges_line(line, words::registered(&granted), StepState::Passed, now);
    }

    /// A line may have come to its end with the registration that a test waits for.
    pub(super) fn check_sees(&mut self, line: LineId, now: Instant) {
        if !self.checks.is_about(line) {
            return;
        }
        let Some(known) = self.trunks.line(line) else { return };
        if let (LineState::Waiting { .. }, Some(trouble)) = (known.state(), known.trouble()) {
            let finding = Finding::of(trouble);
            self.check_judges_line(line, finding, StepState::Failed, now);
        }
    }

    fn check_judges_line(&mut self, line: LineId, finding: Finding, state: StepState, now: Instant) {
        let news = CheckNews::Judged {
            about: StepKind::Registration { account: line.account },
            judgement: finding.judged(state),
        };
        self.check_hears(line.trunk, news, now);
    }

    fn check_hears(&mut self, id: TrunkId, news: CheckNews, now: Instant) {
        if let Some(running) = self.checks.running.get_mut(&id) {
            running.check.handle(news, now);
        }
        self.check_goes_on(id, now);
    }

    fn check_goes_on(&mut self, id: TrunkId, now: Instant) {
        let directory = self.directory.shared();
        match directory.trunks.iter().find(|trunk| trunk.id == id) {
            Some(trunk) => self.attend_to_check(trunk, now),
            None => self.end_check(id, now),
        }
    }

    /// Carries out what a test wants, and tells what it has found.
    fn attend_to_check(&mut self, trunk: &Trunk, now: Instant) {
        while let Some(Running { id, check, .. }) = self.checks.running.get_mut(&trunk.id)
            && let Some(want) = check.poll_want()
        {
            let id = *id;
            if let Some(news) = self.grant_to_check(trunk, id, want, now)
                && let Some(running) = self.checks.running.get_mut(&trunk.id)
            {
                running.check.handle(news, now);
            }
        }
        let Some(running) = self.checks.running.get_mut(&trunk.id) else {
            return;
        };
        let (report, is_over) = (running.check.take_report(), running.check.is_over());
        if is_over {
            self.checks.running.remove(&trunk.id);
        }
        if let Some(report) = report {
            self.tell(LiveEvent::TrunkTested { trunk: trunk.id, report });
        }
    }

    /// What is there at once is given back.
    fn grant_to_check(&mut self, trunk: &Trunk, check: CheckId, want: CheckWant, now: Instant) -> Option<CheckNews> {
        let first = LineId {
            trunk: trunk.id,
            account: 0,
        };
        let errand = match want {
            CheckWant::Locate => Errand::Locate {
                line: first,
                place: trunk.place.clone(),
            },
            CheckWant::Open(server) => Errand::Open {
                server,
                trust: trunk.trust.clone(),
                from: trunk.place.from,
            },
            CheckWant::Ask => return self.ask_for_check(trunk, first, check, now),
            CheckWant::Renew { account } => return self.renew_for_check(LineId { trunk: trunk.id, account }, now),
            CheckWant::Call(number) => {
                let finding = self.call_echo(trunk, number, now).err()?;
                return Some(CheckNews::Judged {
                    about: StepKind::EchoCall,
                    judgement: finding.judged(StepState::LeftOut),
                });
            }
            CheckWant::HangUp => {
                let call = self.checks.running.get_mut(&trunk.id).and_then(|running| running.call.take());
                self.hang_up_echo(call.map(|(id, _)| id), now);
                return None;
            }
            CheckWant::JudgeStun => Errand::Stun {
                local: self.end_of_check(first).map(|local| local.ip()),
                own: trunk.stun.clone(),
            },
            CheckWant::JudgeRouter => Errand::Router {
                measures: self.trunks.measures(trunk.id),
            },
        };
        self.outputs.push_back(Output::Errand {
            trunk: trunk.id,
            check,
            errand,
        });
        None
    }

    /// Our end of the way to the provider.
    fn end_of_check(&self, first: LineId) -> Option<SocketAddr> {
        let running = self.checks.running.get(&first.trunk)?;
        let way = self.trunks.way_of(first).map(|(_, flow)| flow.local);
        way.or_else(|| Some(running.check.opening()?.local))
    }

    /// OPTIONS over a line that is up; over UDP there is a way without one.
    fn ask_for_check(&mut self, trunk: &Trunk, first: LineId, check: CheckId, now: Instant) -> Option<CheckNews> {
        let own = self.trunks.way_of(first);
        let found = || Some((first, self.checks.running.get(&trunk.id)?.check.opening()?.flow?));
        let Some((line, flow)) = own.or_else(found) else {
            return Some(CheckNews::Judged {
                about: StepKind::Options,
                judgement: words::no_way().judged(StepState::LeftOut),
            });
        };
        self.question_for_check(trunk, line, flow, check, now);
        None
    }

    /// A call of one leg by this trunk, with nobody's permissions but the administrator's who tests it.
    fn call_echo(&mut self, trunk: &Trunk, number: String, now: Instant) -> Result<(), Finding> {
        let directory = self.directory.shared();
        let plan = directory.plan.as_ref().ok_or_else(words::no_country)?;
        let (class, way) = way_of_test(plan, trunk, &number).ok_or_else(|| words::no_such_number(&number))?;
        if self.is_draining || self.calls.len() >= self.config.calls_max {
            return Err(words::limited("too many calls are running"));
        }
        let id = CallId(self.calls.id());
        let party = |number: String, name: &str| Party {
            user: None,
            device: None,
            number,
            name: name.to_owned(),
        };
        let (from, called) = (party(String::new(), "Test of a trunk"), party(number.clone(), "Echo"));
        let mut reserves = Vec::new();
        self.legs_by(id, &called, trunk, &way, &mut reserves);
        let admitted = self.guard.admit_test(id, class, &plan.limits, self.clock, now);
        if let Err(suspicion) = admitted {
            reserves.iter().for_each(|reserve| self.calls.remove_leg(reserve.leg));
            return Err(words::limited(suspicion.text()));
        }
        let Some(branch) = Branch::of(called, Duration::ZERO, reserves) else {
            return Err(words::no_line());
        };
        let legs = branch.legs().collect();
        if let Some(running) = self.checks.running.get_mut(&trunk.id) {
            running.call = Some((id, number));
        }
        let mut commands = Vec::new();
        let call = Call::echo(id, from, branch, now, &mut commands);
        self.calls.calls.insert(id, Entry::new(call, legs, MAX_FORWARDS, now));
        self.carry_out(id, commands, now);
        Ok(())
    }

    fn hang_up_echo(&mut self, call: Option<CallId>, now: Instant) {
        let Some(id) = call else { return };
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let mut commands = Vec::new();
        entry.call.end(Cause::OK, now, &mut commands);
        self.carry_out(id, commands, now);
    }

    /// An echo call is over.
    pub(super) fn check_echoed(&mut self, call: CallId, echoed: &Echoed, now: Instant) {
        let of = self.checks.running.iter().find_map(|(trunk, running)| {
            let (_, number) = running.call.as_ref().filter(|(id, _)| *id == call)?;
            Some((*trunk, number.clone()))
        });
        if let Some((trunk, number)) = of {
            let judgement = words::echoed(&number, echoed);
            let about = StepKind::EchoCall;
            self.check_hears(trunk, CheckNews::Judged { about, judgement }, now);
        }
    }

    fn renew_for_check(&mut self, line: LineId, now: Instant) -> Option<CheckNews> {
        let (finding, state) = match self.trunks.try_now(line, now) {
            Some(Trying::UnderWay) => {
                self.attend_to(line, now);
                return None;
            }
            Some(Trying::NotYet(until)) => {
                let trouble = self.trunks.line(line).and_then(|line| line.trouble().cloned())?;
                (
                    words::refused_lately(&trouble, until.saturating_duration_since(now)),
                    StepState::Failed,
                )
            }
            Some(Trying::NotRegistering) => (words::does_not_register(), StepState::LeftOut),
            None => (words::trunk_off(), StepState::LeftOut),
        };
        Some(CheckNews::Judged {
            about: StepKind::Registration { account: line.account },
            judgement: finding.judged(state),
        })
    }
}
