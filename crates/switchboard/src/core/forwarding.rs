//! Calls to people: refused, forwarded, not disturbing, or ringing; and where they go that nobody answers.
//!
//! ```text
//!  somebody's number ──► no number? 433 ──► always ──► not to be disturbed? 480 ──► on a call ──► their phones ring ──► in vain ──► 480, 486
//!                                             │                                         │                                 │
//!                                             └──────── a rule that fits, and leads somewhere: at most five in a call ────┘
//! ```

use std::time::{Duration, Instant};

use model::{CallId, LegId, UserId};

use super::admission::Asked;
use super::hunts::{Hunt, Quarry, onward};
use super::ringing::Reach;
use super::{Core, JournalEntry, Output, Party};
use crate::call::{Cause, Lack, Pace, Plan, Turn};
use crate::dialplan::{self, ANONYMITY_DISALLOWED, Case, Incoming, NOT_TO_BE_DISTURBED, is_of_whoever_is_called};
use crate::directory::{User, When};

/// A call that somebody has forwarded.
#[derive(Clone, Debug)]
pub(super) struct Forwarded {
    by: Party,
    to: Party,
}

impl Asked {
    /// As somebody's rules see it.
    pub(super) fn incoming(&self) -> Incoming<'_> {
        Incoming {
            number: &self.number,
            user: self.for_whom,
            original: self.original,
            through: &self.through,
        }
    }

    /// What is asked for by somebody who forwards the call.
    fn forwarded_by(&self, user: UserId, case: Case) -> Self {
        let through: Vec<UserId> = self.through.iter().copied().chain([user]).collect();
        Self {
            responsible: Some(user),
            is_of_place: false,
            original: self.original.map(|original| original.forwarded(case.diverted(), through.len())),
            through,
            ..self.clone()
        }
    }
}

impl Core {
    /// What a call to somebody comes to.
    pub(super) fn plan_person(&mut self, call: CallId, user: UserId, asked: &Asked, now: Instant) -> Plan {
        let directory = self.directory.shared();
        let Some(person) = directory.users.iter().find(|person| person.id == user) else {
            return Plan::Refuse {
                called: nobody(),
                cause: dialplan::Denial::NoSuchNumber.cause(),
            };
        };
        let called = party(person);
        // Nobody forwards what they call themselves.
        if asked.for_whom == Some(user) {
            return self.plan_phones(call, called, user, (asked, Pace::default()), now);
        }
        let incoming = asked.incoming();
        if person.reaching.refuses(&incoming) {
            let cause = ANONYMITY_DISALLOWED;
            return Plan::Refuse { called, cause };
        }
        if let Some(plan) = self.forward(call, person, Case::Always, asked, now) {
            return plan.to(called);
        }
        if person.reaching.is_undisturbed_by(&incoming) {
            let cause = NOT_TO_BE_DISTURBED;
            return Plan::Refuse { called, cause };
        }
        if self.is_on_a_call(user, call)
            && let Some(plan) = self.forward(call, person, Case::Busy, asked, now)
        {
            return plan.to(called);
        }
        let pace = self.pace_of(person, asked);
        match self.plan_phones(call, called.clone(), user, (asked, pace), now) {
            plan @ Plan::Ring { .. } => {
                if pace.goes_on {
                    let quarry = Quarry::Person(user);
                    let asked = asked.clone();
                    self.hunts.running.insert(call, Hunt { quarry, asked });
                }
                plan
            }
            plan @ Plan::Serve { .. } => plan,
            plan @ Plan::Refuse { cause: Cause::BUSY, .. } => plan,
            plan @ Plan::Refuse { .. } => match self.forward(call, person, Case::Unreachable, asked, now) {
                Some(onward) => onward.to(called),
                None => plan,
            },
        }
    }

    /// Their phones ring, whatever they have said.
    fn plan_phones(&mut self, call: CallId, called: Party, user: UserId, (asked, pace): (&Asked, Pace), now: Instant) -> Plan {
        let cause = match self.reach_person(call, &called, user, asked, now) {
            Reach::Rings(branches) => return Plan::Ring { called, branches, pace },
            Reach::Busy => Cause::BUSY,
            Reach::Nobody if asked.for_whom == Some(user) => Cause {
                status: 482,
                text: "this is your own number, and no other phone of yours is registered",
            },
            Reach::Nobody => Cause {
                status: 480,
                text: "no phone is registered for this number",
            },
        };
        Plan::Refuse { called, cause }
    }

    /// How long somebody's phones ring before the call goes elsewhere, and whether it goes elsewhere when they all refuse.
    fn pace_of(&self, person: &User, asked: &Asked) -> Pace {
        let leading = |case| {
            let rules = dialplan::rules(&self.directory, person, case, asked.incoming(), self.clock);
            rules.filter(|(_, leads)| leads.is_ok()).map(|(rule, _)| rule)
        };
        let overflow = leading(Case::NoAnswer).find_map(|rule| match rule.when {
            When::NoAnswer { after_s } => Some(Duration::from_secs(after_s.into())),
            When::Always | When::Busy | When::Unreachable => None,
        });
        let goes_on = overflow.is_some() || leading(Case::Busy).chain(leading(Case::Unreachable)).next().is_some();
        Pace {
            overflow,
            goes_on,
            ..Pace::default()
        }
    }

    /// Where somebody forwards a call to: the first rule that fits and leads somewhere.
    fn forward(&mut self, call: CallId, person: &User, case: Case, asked: &Asked, now: Instant) -> Option<Plan> {
        let skipped = |to: &str, reason: &str| {
            tracing::info!(%call, user = %person.id, ?case, reason, "a rule for forwarding leads nowhere");
            tracing::debug!(%call, to, "the number");
        };
        let rules = dialplan::rules(&self.directory, person, case, asked.incoming(), self.clock);
        let mut numbers = Vec::new();
        for (rule, leads) in rules {
            match leads {
                Ok(()) => numbers.push(rule.to.clone()),
                Err(why) => skipped(&rule.to, why.text()),
            }
        }
        let onward = asked.forwarded_by(person.id, case);
        for number in numbers {
            let earlier = self.hunts.forwarded.len();
            let plan = self.plan(call, &number, &onward, now);
            let to = match &plan {
                Plan::Refuse { cause, .. } if !is_of_whoever_is_called(*cause) => {
                    skipped(&number, cause.text);
                    self.hunts.forwarded.truncate(earlier);
                    continue;
                }
                Plan::Ring { called, .. } | Plan::Serve { called, .. } | Plan::Refuse { called, .. } => called.clone(),
            };
            let by = party(person);
            self.hunts.forwarded.insert(earlier, (call, Forwarded { by, to }));
            return Some(plan);
        }
        None
    }

    /// A call that somebody does not answer, by their rules.
    pub(super) fn turn_of_person(&mut self, id: CallId, (user, asked): (UserId, Asked), lack: Lack, now: Instant) -> Turn {
        let case = match lack {
            Lack::Overflow => Some(Case::NoAnswer),
            Lack::Busy => Some(Case::Busy),
            Lack::Unreachable => Some(Case::Unreachable),
            // A person has no turns.
            Lack::TurnOver | Lack::Refusal => None,
        };
        let directory = self.directory.shared();
        let person = directory.users.iter().find(|person| person.id == user);
        let earlier = self.hunts.forwarded.len();
        let plan = person
            .zip(case)
            .and_then(|(person, case)| self.forward(id, person, case, &asked, now));
        onward(plan).unwrap_or_else(|| {
            self.hunts.forwarded.truncate(earlier);
            let quarry = Quarry::Person(user);
            self.hunts.running.insert(id, Hunt { quarry, asked });
            Turn::Nobody
        })
    }

    /// The call is not made after all.
    pub(super) fn forget_forwards(&mut self, id: CallId) {
        self.hunts.forwarded.retain(|(call, _)| *call != id);
    }

    /// Tells the journal who has forwarded a call, and the caller that it is being forwarded.
    pub(super) fn tell_of_forwards(&mut self, id: CallId, now: Instant) {
        let forwarded: Vec<_> = self.hunts.forwarded.extract_if(.., |(call, _)| *call == id).collect();
        if forwarded.is_empty() {
            return;
        }
        let call = self.calls.calls.get(&id).map_or(id, |entry| entry.call.story());
        for (_, Forwarded { by, to }) in forwarded {
            self.outputs.push_back(Output::Journal(JournalEntry::Forwarded { call, by, to }));
        }
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        entry.is_forwarded = true;
        let waiting: Option<LegId> = entry.call.waiting_caller();
        if let Some(dialog) = waiting.and_then(|leg| self.calls.dialog_of(leg)) {
            self.agent.ring(dialog, 181, None, Vec::new(), now);
        }
    }
}

fn party(person: &User) -> Party {
    Party {
        user: Some(person.id),
        device: None,
        number: person.extension.clone().unwrap_or_default(),
        name: person.name.clone(),
    }
}

fn nobody() -> Party {
    Party {
        user: None,
        device: None,
        number: String::new(),
        name: String::new(),
    }
}
