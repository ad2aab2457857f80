//! One call: a state machine with typed inputs and exact commands. It knows neither SIP messages nor SDP.
//!
//! ```text
//!  INVITE ──► Ringing ──first 2xx──► Answering ──both up──► Talking ──REFER──► Transferring ──2xx──► HandingOver
//!    │           │                       │                   │  ▲  ▲                │   │               │  │
//!    │           │                       │                   │  │  └──── failed ────┘   │   failed      │  │
//!    │           │                       │                   │  └────── handed over ────┼───────────────┘  │
//!    │ *43       │                       │                   │                          ▼ transferor gone  ▼
//!    ▼           ▼                       ▼                   ▼                      Farewell (busy tone, then hang-up)
//!  Greeting ─► Serving ────────────────────────────────────► Ending (last figures of the legs) ──► Over
//! ```
//!
//! A room's call is a Conference from its beginning, and Talking becomes one where others come into it (`conference.rs`).
//! Two calls become one where a leg goes from one to the other (`joining.rs`): that is how an attended transfer ends.
//! Talking ⇄ Moving, while another phone is on its way into the call (`moving.rs`); Lifting comes first where somebody dials in the app
//! (`lifting.rs`): after that it is Ringing. The code for desk share has a state of its own, `LoggingOn` (`logon.rs`), and so have menus: Serving
//! becomes Attending there, and that becomes Talking (`attendant.rs`).
//!
//! A leg that is no longer wanted is parted from at once; only its media's last word ([`News::Closed`]) is waited for.
//! Whatever else comes for it is late, and ignored here once for all states.

mod attendant;
mod conference;
mod echo;
mod fork;
mod interface;
mod joining;
mod leg;
mod lifting;
mod line;
mod logon;
mod looking;
mod moving;
mod parking;
mod picking;
mod recording;
mod setup;
mod talk;
#[cfg(test)]
mod tests;
mod transfer;
mod views;

use std::mem;
use std::time::{Duration, Instant};

use model::control::{self, Failure};
use model::quality::LegReport;
use model::{CallId, DeviceId, LegId};
use sip::agent::RequestId;

pub(crate) use self::attendant::{Page, Trial};
pub(crate) use self::conference::{Invite, Leaver, Newcomer, Pin};
pub(crate) use self::echo::{EchoEnd, Echoed, TONE_MS_MIN};
pub(crate) use self::interface::{
    Branch, Caller, Cause, Command, Failing, Handover, HangUp, Lack, Listening, Move, Mover, News, Pace, Plan, Reserve, Service, Turn,
};
pub(crate) use self::joining::Joiner;
pub(crate) use self::lifting::CameTo;
pub(crate) use self::line::Search;
pub(crate) use self::logon::{EXTENSION_CHARS_MAX, PIN_CHARS_MAX, Question};
pub(crate) use self::parking::Slot;
pub(crate) use self::picking::Picker;
pub(crate) use self::recording::{Recording, Step, Talker};
pub(crate) use self::views::Seen;

use self::attendant::Attendant;
use self::conference::{Conference, Epilogue};
use self::echo::Echo;
use self::fork::Fork;
use self::leg::{Leg, Parting};
use self::lifting::Lifting;
use self::logon::LogOn;
use self::moving::Moving;
use self::parking::Parked;
use self::talk::Farewell;
use self::transfer::Transfer;
use crate::core::{JournalEntry, Outcome, Party, Side};

/// Phones of one user that ring in a call.
pub(crate) const BRANCHES_MAX: usize = 32;
/// Reports in one journal entry: enough for seven transfers.
const REPORTS_MAX: usize = 16;
/// Legs whose media's last word is waited for; reached only when media never answers.
const CLOSING_MAX: usize = 256;
/// How long an answered call may take until both sides have audio: longer than a lost ACK needs.
const ANSWERING_MAX: Duration = Duration::from_secs(15);
/// How long we wait for the last figures of a call's legs.
const FIGURES_MAX: Duration = Duration::from_secs(2);
/// How long somebody hears the busy tone before we hang up.
const FAREWELL_MAX: Duration = Duration::from_secs(4);

/// See the module.
#[derive(Debug)]
pub(crate) struct Call {
    id: CallId,
    /// The call by which the journal knows it: another one after a conference of which two are left.
    story: CallId,
    /// How long phones ring: the called user's, and a transfer target's.
    ring_max: Duration,
    state: State,
    closing: Vec<Closing>,
    reports: Vec<(LegId, Side, Box<LegReport>)>,
    /// Of an echo call.
    echoed: Option<Echoed>,
}

#[derive(Debug)]
enum State {
    /// The caller's own phone is called first.
    Lifting(Box<Lifting>),
    /// The called user's phones ring.
    Ringing { caller: Leg, fork: Fork },
    /// One has answered; audio of both is being set up.
    Answering { caller: Leg, called: Leg, until: Instant },
    /// A feature code is being answered.
    Greeting { caller: Leg, to: Listening, until: Instant },
    /// A feature code is being heard.
    Serving { caller: Leg, to: Listening },
    /// Two talk (or one holds the other).
    Talking { pair: [Leg; 2] },
    /// They talk on, while another phone is on its way to take one's place.
    Moving(Box<Moving>),
    /// One waits with music for somebody to take the call.
    Parked(Box<Parked>),
    /// The phones of a transfer's target ring; the transferee hears it.
    Transferring { transfer: Box<Transfer>, fork: Fork },
    /// The target has answered; its audio is being set up.
    HandingOver {
        transfer: Box<Transfer>,
        target: Leg,
        until: Instant,
    },
    /// Many talk, or wait until they may.
    Conference(Box<Conference>),
    /// Somebody hears an attendant's menu, or waits for whom they have chosen there.
    Attending(Box<Attendant>),
    /// Somebody logs on to a shared phone, or off.
    LoggingOn(Box<LogOn>),
    /// The test of a trunk listens for its own tone.
    Echoing(Box<Echo>),
    /// Somebody who is left alone hears the busy tone.
    Farewell(Box<Farewell>),
    /// Nobody is left; the last figures are on their way.
    Ending {
        outcome: Outcome,
        reason: &'static str,
        until: Instant,
    },
    /// The journal has nothing to tell of it: the caller's own phone was not lifted, or it was a conference, whose members' parts are told.
    Unmade { until: Instant },
    /// All is told.
    Over,
}

/// A leg whose media is asked to close. `talked`: its figures belong into the journal. `epilogue`: that of its part in a conference.
#[derive(Clone, Copy, Debug)]
struct Closing {
    leg: LegId,
    talked: Option<Side>,
    epilogue: Option<Epilogue>,
}

/// What happens to a call.
#[derive(Debug)]
enum Happening {
    News(LegId, News),
    TimeOut,
}

/// Where states put what they command.
pub(super) struct Effects<'a> {
    call: CallId,
    story: &'a mut CallId,
    ring_max: Duration,
    now: Instant,
    commands: &'a mut Vec<Command>,
    closing: &'a mut Vec<Closing>,
}

impl Effects<'_> {
    fn push(&mut self, command: Command) {
        self.commands.push(command);
    }

    fn media(&mut self, command: control::Command) {
        self.commands.push(Command::Media(command));
    }

    fn close_media(&mut self, leg: LegId, talked: Option<Side>) {
        if self.closing.len() >= CLOSING_MAX {
            let forgotten = self.closing.remove(0);
            self.commands.extend(forgotten.epilogue.map(|epilogue| epilogue.told(Vec::new())));
        }
        let epilogue = None;
        self.closing.push(Closing { leg, talked, epilogue });
        self.media(control::Command::Close { leg });
    }

    /// The part of somebody is over whose leg has just been closed: the journal is told with its last figures.
    fn tell_story(&mut self, leg: LegId, story: CallId, outcome: Outcome, reason: &'static str) {
        let epilogue = Epilogue {
            story,
            outcome,
            reason,
            until: self.now + FIGURES_MAX,
        };
        match self.closing.iter_mut().find(|closing| closing.leg == leg) {
            Some(closing) => closing.epilogue = Some(epilogue),
            None => self.push(epilogue.told(Vec::new())),
        }
    }

    /// The response to a wish to hand somebody over, where it has come by REFER.
    fn respond(&mut self, request: Option<RequestId>, cause: Cause) {
        if let Some(request) = request {
            self.push(Command::Respond { request, cause, sdp: None });
        }
    }

    fn unmade(&self) -> State {
        State::Unmade {
            until: self.now + FIGURES_MAX,
        }
    }

    fn ending(&self, outcome: Outcome, reason: &'static str) -> State {
        State::Ending {
            outcome,
            reason,
            until: self.now + FIGURES_MAX,
        }
    }
}

impl Call {
    /// A call to somebody's phones.
    pub(crate) fn ring(
        id: CallId,
        caller: Caller,
        called: Party,
        phones: (Vec<Branch>, Pace),
        ring_max: Duration,
        now: Instant,
        commands: &mut Vec<Command>,
    ) -> Self {
        let mut call = Self::new(id, ring_max);
        call.state = setup::ring(caller, called, phones, &mut call.effects(now, commands));
        call
    }

    /// A call to a feature code, or to a menu: phones ring for its caller for `ring_max`.
    pub(crate) fn serve(
        id: CallId,
        caller: Caller,
        called: Party,
        feature: Service,
        ring_max: Duration,
        now: Instant,
        commands: &mut Vec<Command>,
    ) -> Self {
        let mut call = Self::new(id, ring_max);
        call.state = setup::serve(caller, called, feature, &mut call.effects(now, commands));
        call
    }

    /// A call that somebody dials in the app: their phone comes first. `called`: as far as it is known by now.
    pub(crate) fn lift(
        id: CallId,
        by: Party,
        branches: Vec<Branch>,
        (called, number): (Party, String),
        ring_max: Duration,
        now: Instant,
        commands: &mut Vec<Command>,
    ) -> Self {
        let mut call = Self::new(id, ring_max);
        call.state = lifting::lift(by, branches, called, number, &mut call.effects(now, commands));
        call
    }

    /// A call to the code for desk share. What is asked is told by [`Command::CheckPin`].
    pub(crate) fn log_on(id: CallId, caller: Caller, called: Party, question: Question, now: Instant, commands: &mut Vec<Command>) -> Self {
        let mut call = Self::new(id, Duration::ZERO);
        call.state = logon::call(caller, called, question, &mut call.effects(now, commands));
        call
    }

    /// A call of our own that listens for its echo; [`Command::Echoed`] tells what has become of it.
    pub(crate) fn echo(id: CallId, from: Party, branch: Branch, now: Instant, commands: &mut Vec<Command>) -> Self {
        let mut call = Self::new(id, Duration::ZERO);
        call.echoed = Some(Echoed::default());
        call.state = echo::call(from, branch, &mut call.effects(now, commands));
        call
    }

    fn new(id: CallId, ring_max: Duration) -> Self {
        Self {
            id,
            story: id,
            ring_max,
            state: State::Over,
            closing: Vec::new(),
            reports: Vec::new(),
            echoed: None,
        }
    }

    fn effects<'a>(&'a mut self, now: Instant, commands: &'a mut Vec<Command>) -> Effects<'a> {
        self.parts(now, commands).1
    }

    fn parts<'a>(&'a mut self, now: Instant, commands: &'a mut Vec<Command>) -> (&'a mut State, Effects<'a>) {
        let fx = Effects {
            call: self.id,
            story: &mut self.story,
            ring_max: self.ring_max,
            now,
            commands,
            closing: &mut self.closing,
        };
        (&mut self.state, fx)
    }

    /// Takes news about one leg.
    pub(crate) fn handle(&mut self, leg: LegId, news: News, now: Instant, commands: &mut Vec<Command>) {
        if let Some(index) = self.closing.iter().position(|closing| closing.leg == leg) {
            return self.hear_last(index, news, now, commands);
        }
        self.happen(Happening::News(leg, news), now, commands);
    }

    /// Calls a phone that shall answer by itself, once more or for the first time, beside those that ring. `false`: none rings.
    pub(crate) fn call_again(&mut self, device: DeviceId, branches: Vec<Branch>, now: Instant, commands: &mut Vec<Command>) -> bool {
        let user = branches.first().and_then(|branch| branch.party.user);
        let (state, mut fx) = self.parts(now, commands);
        let fork = match state {
            State::Ringing { fork, .. } | State::Transferring { fork, .. } => Some(fork),
            State::Moving(moving) => moving.fork_mut(),
            State::Attending(attendant) => attendant.fork_mut(),
            State::Parked(parked) => user.and_then(|user| parked.rung_at(user)),
            State::Conference(conference) => {
                conference.fork_with(|party| party.device == Some(device) || party.user.is_some() && party.user == user)
            }
            State::Lifting(_)
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::HandingOver { .. }
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        };
        let Some(fork) = fork else { return false };
        fork.call_again(device, branches, &mut fx);
        true
    }

    /// Lets time-outs happen that are due.
    pub(crate) fn handle_timeout(&mut self, now: Instant, commands: &mut Vec<Command>) {
        self.happen(Happening::TimeOut, now, commands);
    }

    /// Takes the reply to [`Command::Next`]. Where nobody rings any more, it comes too late.
    pub(crate) fn turn(&mut self, turn: Turn, now: Instant, commands: &mut Vec<Command>) {
        let state = mem::replace(&mut self.state, State::Over);
        let mut fx = self.effects(now, commands);
        self.state = match state {
            State::Ringing { caller, fork } => setup::turned(caller, fork, turn, &mut fx),
            State::Transferring { transfer, fork } => transfer::turned(transfer, fork, turn, &mut fx),
            State::Conference(conference) => conference::turned(conference, turn, &mut fx),
            State::Attending(attendant) => attendant::turned(attendant, turn, &mut fx),
            state @ (State::Lifting(_)
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::HandingOver { .. }
            | State::Parked(_)
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over) => state,
        };
        self.finish(now, commands);
    }

    /// Ends it from our side, wherever it is.
    pub(crate) fn end(&mut self, cause: Cause, now: Instant, commands: &mut Vec<Command>) {
        let state = mem::replace(&mut self.state, State::Over);
        let mut fx = self.effects(now, commands);
        let (outcome, legs) = match state {
            State::Lifting(lifting) => {
                for leg in lifting.into_legs() {
                    leg.close(Parting::Because(cause), &mut fx);
                }
                self.state = fx.unmade();
                return self.finish(now, commands);
            }
            State::Conference(conference) => {
                self.state = conference::end(conference, cause, &mut fx);
                return self.finish(now, commands);
            }
            State::Moving(moving) => (Outcome::Answered, moving.into_legs()),
            State::Parked(parked) => (Outcome::Answered, parked.into_legs()),
            State::Ringing { caller, fork } => (Outcome::Failed, fork.into_legs().into_iter().chain([caller]).collect()),
            State::Answering { caller, called, .. } => (Outcome::Failed, vec![caller, called]),
            State::Greeting { caller, .. } => (Outcome::Failed, vec![caller]),
            State::Serving { caller, .. } => (Outcome::Answered, vec![caller]),
            State::Talking { pair } => (Outcome::Answered, pair.into()),
            State::Transferring { transfer, fork } => {
                let outcome = transfer.outcome(Outcome::Failed);
                let legs = transfer.stop(&fork.called, &mut fx);
                (outcome, legs.into_iter().chain(fork.into_legs()).collect())
            }
            State::HandingOver { transfer, target, .. } => {
                let outcome = transfer.outcome(Outcome::Failed);
                let legs = transfer.stop(&target.party, &mut fx);
                (outcome, legs.into_iter().chain([target]).collect::<Vec<_>>())
            }
            State::LoggingOn(log_on) => {
                let outcome = if log_on.was_answered() {
                    Outcome::Answered
                } else {
                    Outcome::Failed
                };
                (outcome, vec![log_on.into_leg()])
            }
            State::Attending(attendant) => (Outcome::Answered, attendant.stop(cause, &mut fx)),
            State::Echoing(echo) => (Outcome::Failed, vec![echo.into_leg()]),
            State::Farewell(farewell) => (farewell.outcome, vec![farewell.leg]),
            State::Ending { .. } | State::Unmade { .. } | State::Over => {
                self.state = state;
                return;
            }
        };
        for leg in legs {
            leg.close(Parting::Because(cause), &mut fx);
        }
        self.state = fx.ending(outcome, cause.text);
        self.finish(now, commands);
    }

    fn happen(&mut self, happening: Happening, now: Instant, commands: &mut Vec<Command>) {
        let state = mem::replace(&mut self.state, State::Over);
        let mut echoed = self.echoed.clone().unwrap_or_default();
        let is_echo = matches!(state, State::Echoing(_));
        let mut fx = self.effects(now, commands);
        self.state = match state {
            State::Lifting(lifting) => lifting::lifting(lifting, happening, &mut fx),
            State::Ringing { caller, fork } => setup::ringing(caller, fork, happening, &mut fx),
            State::Answering { caller, called, until } => setup::answering(caller, called, until, happening, &mut fx),
            State::Greeting { caller, to, until } => setup::greeting(caller, to, until, happening, &mut fx),
            State::Serving { caller, to } => talk::serving(caller, to, happening, &mut fx),
            State::Talking { pair } => talk::talking(pair, happening, &mut fx),
            State::Moving(moving) => moving::moving(moving, happening, &mut fx),
            State::Parked(parked) => parking::parked(parked, happening, &mut fx),
            State::Transferring { transfer, fork } => transfer::transferring(transfer, fork, happening, &mut fx),
            State::HandingOver { transfer, target, until } => transfer::handing_over(transfer, target, until, happening, &mut fx),
            State::Conference(conference) => conference::conferring(conference, happening, &mut fx),
            State::LoggingOn(log_on) => logon::logging_on(log_on, happening, &mut fx),
            State::Attending(attendant) => attendant::attending(attendant, happening, &mut fx),
            State::Echoing(echo) => echo::echoing(echo, happening, &mut echoed, &mut fx),
            State::Farewell(farewell) => talk::farewell(farewell, happening, &mut fx),
            State::Ending { outcome, reason, until } => State::Ending { outcome, reason, until },
            State::Unmade { until } => State::Unmade { until },
            State::Over => State::Over,
        };
        if is_echo {
            self.echoed = Some(echoed);
        }
        self.finish(now, commands);
    }

    /// News for a leg that is closing: only media's last word counts.
    fn hear_last(&mut self, index: usize, news: News, now: Instant, commands: &mut Vec<Command>) {
        if let News::Closed { report } = news {
            self.record(index, report, commands);
        } else if matches!(news, News::MediaFailed { reason: Failure::Unknown }) {
            // Media has lost the leg before: there will be no figures.
            let lost = self.closing.swap_remove(index);
            commands.extend(lost.epilogue.map(|epilogue| epilogue.told(Vec::new())));
        } else {
            return;
        }
        self.finish(now, commands);
    }

    fn record(&mut self, index: usize, report: Box<LegReport>, commands: &mut Vec<Command>) {
        let Closing { leg, talked, epilogue } = self.closing.swap_remove(index);
        if let Some(epilogue) = epilogue {
            let figures = talked.map(|side| (leg, side, report));
            commands.push(epilogue.told(figures.into_iter().collect()));
        } else if let Some(side) = talked
            && self.reports.len() < REPORTS_MAX
        {
            self.reports.push((leg, side, report));
        }
    }

    /// Writes the last journal entry once all figures are there, or were waited for long enough.
    fn finish(&mut self, now: Instant, commands: &mut Vec<Command>) {
        for closing in &mut self.closing {
            let overdue = closing.epilogue.take_if(|epilogue| epilogue.until <= now);
            commands.extend(overdue.map(|epilogue| epilogue.told(Vec::new())));
        }
        if let State::Ending { outcome, reason, until } = self.state
            && (self.closing.is_empty() || now >= until)
        {
            let mut legs = mem::take(&mut self.reports);
            legs.sort_by_key(|(leg, side, _)| (*side == Side::Called, *leg));
            if let Some(mut echoed) = self.echoed.take() {
                echoed.report = legs.first().map(|(_, _, report)| report.clone());
                commands.push(Command::Echoed(Box::new(echoed)));
            }
            commands.push(Command::Journal(JournalEntry::Ended {
                call: self.story,
                outcome,
                reason,
                legs,
            }));
            self.state = State::Over;
        }
        if let State::Unmade { until } = self.state
            && (self.closing.is_empty() || now >= until)
        {
            self.state = State::Over;
        }
    }
}
