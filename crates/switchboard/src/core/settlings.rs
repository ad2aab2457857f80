//! Codes by which people change what becomes of calls to them.
//!
//! ```text
//!  *21102 ──answered──► Output::Settle ──► Input::Settled, or five seconds later ──► the tone that says yes, or no; then it is hung up
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use model::{CallId, LegId, UserId};

use super::admission::Asked;
use super::{Core, Output, Party, Setting, Ticket};
use crate::call::{News, Plan, Service};
use crate::dialplan::{self, Denial, Incoming, Passed};
use crate::directory::{Callers, Feature, StarCode, User, When};

/// How long the answer to [`Output::Settle`] may take.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// How long it rings before a call is forwarded that nobody answers, unless its person has said otherwise.
const NO_ANSWER_AFTER_S: u16 = 20;

/// Changes that calls ask for. No call has more than one.
#[derive(Debug, Default)]
pub(super) struct Settlings {
    /// Of calls that are being answered.
    dialled: BTreeMap<CallId, (UserId, Setting)>,
    /// Of calls that wait for the shell.
    waiting: BTreeMap<Ticket, Waiting>,
    due: BTreeSet<(Instant, Ticket)>,
    tickets: u64,
}

#[derive(Debug)]
struct Waiting {
    leg: LegId,
    due: Instant,
    /// What the display shows once it is done.
    done: &'static str,
}

impl Settlings {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The call is forgotten.
    pub(super) fn call_over(&mut self, call: CallId) {
        self.dialled.remove(&call);
    }
}

impl Core {
    /// What somebody's own call comes to: a code that changes a setting of theirs, or anything else.
    pub(super) fn plan_dialled(&mut self, call: CallId, dialled: &str, asked: &Asked, now: Instant) -> Plan {
        let directory = self.directory.shared();
        let themselves = asked
            .for_whom
            .filter(|user| asked.original.is_none() && asked.responsible == Some(*user));
        let person = themselves.and_then(|user| directory.users.iter().find(|person| person.id == user));
        let code = self.feature_dialled(dialled);
        let (Some(person), Some(code)) = (person, code.filter(|code| changed_by(code.feature).is_some())) else {
            return self.plan(call, dialled, asked, now);
        };
        let called = Party {
            user: None,
            device: None,
            number: numbers::normalise(dialled).unwrap_or_default(),
            name: code.feature.title().to_owned(),
        };
        let feature = match self.setting(person, &code) {
            Ok(setting) => {
                self.settlings.dialled.insert(call, (person.id, setting));
                Service::Settling
            }
            Err(why) => {
                tracing::info!(%call, user = %person.id, reason = why.text(), "a forward is not set by its code");
                Service::Rejection
            }
        };
        Plan::Serve { called, feature }
    }

    /// What a code changes.
    fn setting(&self, person: &User, code: &StarCode) -> Result<Setting, Passed> {
        let reaching = &person.reaching;
        let when = match changed_by(code.feature) {
            Some(Changed::Forward(When::NoAnswer { after_s })) => {
                let rules = reaching.forwards.iter();
                let plain = rules.filter(|rule| rule.from == Callers::Anybody && rule.during.is_none());
                let mut own = plain.filter_map(|rule| match rule.when {
                    When::NoAnswer { after_s } => Some(after_s),
                    When::Always | When::Busy | When::Unreachable => None,
                });
                When::NoAnswer {
                    after_s: own.next().unwrap_or(after_s),
                }
            }
            Some(Changed::Forward(when)) => when,
            Some(Changed::DoNotDisturb) => return Ok(Setting::DoNotDisturb(!reaching.do_not_disturb.is_on)),
            Some(Changed::RejectAnonymous) => return Ok(Setting::RejectAnonymous(!reaching.rejects_anonymous)),
            None => return Err(Passed::Code),
        };
        // As mobile networks have it, too: *21*NUMBER#.
        let number = code.rest.trim_start_matches('*').trim_end_matches('#');
        if number.is_empty() {
            return Ok(Setting::Forward { when, to: None });
        }
        let nobody = Incoming {
            number: "",
            user: None,
            original: None,
            through: &[],
        };
        match dialplan::leads(&self.directory, person, nobody, number, self.clock) {
            // It may be called when it is needed.
            Ok(()) | Err(Passed::Denied(Denial::NotPermitted { at_another_time: true, .. })) => {}
            Err(why) => return Err(why),
        }
        let to = Some(number.to_owned());
        Ok(Setting::Forward { when, to })
    }

    /// Whoever has dialled a code is on the line: the shell has to commit it.
    pub(super) fn settle(&mut self, call: CallId, leg: LegId, now: Instant) {
        let settlings = &mut self.settlings;
        let Some((user, setting)) = settlings.dialled.remove(&call) else {
            return;
        };
        settlings.tickets += 1;
        let (ticket, due) = (Ticket(settlings.tickets), now + ANSWER_MAX);
        let done = done(&setting);
        settlings.waiting.insert(ticket, Waiting { leg, due, done });
        settlings.due.insert((due, ticket));
        self.outputs.push_back(Output::Settle { ticket, user, setting });
    }

    /// The shell has committed it, or has not.
    pub(super) fn settled(&mut self, ticket: Ticket, is_done: bool, now: Instant) {
        let Some(Waiting { leg, due, done }) = self.settlings.waiting.remove(&ticket) else {
            return;
        };
        self.settlings.due.remove(&(due, ticket));
        let shown = Party {
            user: None,
            device: None,
            number: String::new(),
            name: if is_done { done } else { "Not changed" }.to_owned(),
        };
        if let Some(dialog) = self.calls.dialog_of(leg) {
            let who = self.name_addr(&shown);
            self.agent.identify(dialog, &who, now);
        }
        self.deliver(leg, News::Settled { is_done }, now);
    }

    /// Tells those for whom the time is over.
    pub(super) fn settlings_time_out(&mut self, now: Instant) {
        while let Some((_, ticket)) = self.settlings.due.first().copied().filter(|(due, _)| *due <= now) {
            tracing::warn!("a setting that was changed by a code was not committed in time");
            self.settled(ticket, false, now);
        }
    }
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Changed {
    Forward(When),
    DoNotDisturb,
    RejectAnonymous,
}

/// `None`: it changes no setting.
fn changed_by(feature: Feature) -> Option<Changed> {
    match feature {
        Feature::ForwardAlways => Some(Changed::Forward(When::Always)),
        Feature::ForwardBusy => Some(Changed::Forward(When::Busy)),
        Feature::ForwardNoAnswer => Some(Changed::Forward(When::NoAnswer {
            after_s: NO_ANSWER_AFTER_S,
        })),
        Feature::ForwardUnreachable => Some(Changed::Forward(When::Unreachable)),
        Feature::DoNotDisturb => Some(Changed::DoNotDisturb),
        Feature::RejectAnonymous => Some(Changed::RejectAnonymous),
        Feature::EchoTest
        | Feature::Music
        | Feature::DeskShare
        | Feature::TakeCall
        | Feature::SendCall
        | Feature::Conference
        | Feature::PickUp
        | Feature::PickUpGroup
        | Feature::Park
        | Feature::CallBack
        | Feature::Intercom
        | Feature::Redial
        | Feature::ReturnCall => None,
    }
}

/// For displays.
fn done(setting: &Setting) -> &'static str {
    match setting {
        Setting::Forward { to: Some(_), .. } => "Forwarding on",
        Setting::Forward { to: None, .. } => "Forwarding off",
        Setting::DoNotDisturb(true) => "Do not disturb: on",
        Setting::DoNotDisturb(false) => "Do not disturb: off",
        Setting::RejectAnonymous(true) => "Anonymous calls: refused",
        Setting::RejectAnonymous(false) => "Anonymous calls: welcome",
    }
}
