//! Somebody is handed over: the transferor leaves, the transferee is connected to the target. Blind (RFC 5589 section 6), or after the transferor
//! has called the target by a call of their own (section 7; `joining.rs`).
//!
//! ```text
//!  Talking ──► Transferring ──2xx──► HandingOver ──up──► Talking (the transferor is told, and hung up)
//!                  │  ▲  └── in vain ──┬──┘
//!                  │  │                ├─ the transferor is there ──► Talking, as before
//!    transferee    │  └── rings at ◄───┤
//!    leaves        ▼      theirs       └─ that was in vain as well ──► Farewell
//!                Ending
//! ```

use std::time::Instant;

use model::control::Source;
use sip::agent::RequestId;

use super::fork::{Fork, Forked, Verdict};
use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Branch, Cause, Command, Effects, Happening, Listening, Pace, State, Turn, talk};
use crate::core::{JournalEntry, Outcome, Party, Side, TransferEnd};

/// Somebody is handed over.
#[derive(Debug)]
pub(super) struct Transfer {
    /// As long as they have not left.
    pub(super) transferor: Option<Leg>,
    pub(super) transferee: Leg,
    pub(super) by: Party,
    manner: Manner,
    /// Whether the call had been answered before.
    is_answered: bool,
}

/// How somebody is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// To somebody whom nobody has asked.
    Blind,
    /// To somebody who has talked to the transferor.
    Attended,
    /// To somebody whom the transferor has called, and who has not answered yet.
    AttendedEarly,
    /// Nobody has handed them over: the phone has left that their talk was to move from.
    Moved,
    /// Back to the transferor, who had left: the target has not answered.
    Returning,
}

/// A transfer that has come to nothing, and why.
#[derive(Clone, Copy, Debug)]
struct Failed {
    cause: Cause,
    end: TransferEnd,
    /// Of a call that nobody has answered.
    outcome: Outcome,
}

impl Failed {
    fn of(verdict: Verdict) -> Self {
        Self {
            cause: verdict.cause(),
            end: verdict.end(),
            outcome: verdict.outcome(),
        }
    }

    fn because(cause: Cause) -> Self {
        Self {
            cause,
            end: TransferEnd::Failed,
            outcome: Outcome::Failed,
        }
    }
}

impl Transfer {
    pub(super) fn new(transferor: Leg, transferee: Leg, manner: Manner) -> Self {
        Self {
            by: transferor.party.clone(),
            transferor: Some(transferor),
            transferee,
            manner,
            is_answered: manner != Manner::AttendedEarly,
        }
    }

    /// How the call has ended, where it ends with this: `unanswered`, where it has not been answered before.
    pub(super) fn outcome(&self, unanswered: Outcome) -> Outcome {
        if self.is_answered { Outcome::Answered } else { unanswered }
    }

    /// Whoever has asked for it learns how it has ended: once.
    fn tell(&self, to: &Party, end: TransferEnd, fx: &mut Effects<'_>) {
        let is_transfer = match self.manner {
            Manner::Blind | Manner::Attended | Manner::AttendedEarly => true,
            Manner::Moved | Manner::Returning => false,
        };
        if let Some(user) = self.by.user.filter(|_| is_transfer) {
            fx.push(Command::Transferred {
                user,
                party: self.transferee.party.clone(),
                to: to.clone(),
                end,
            });
        }
    }

    fn notify(&mut self, cause: Cause, fx: &mut Effects<'_>) {
        if let Some(transferor) = &mut self.transferor {
            transferor.notify(cause, fx);
        }
    }

    /// It has succeeded: the transferor is told and let go, the transferee learns to whom they talk.
    pub(super) fn succeed(mut self, to: &Party, fx: &mut Effects<'_>) -> Leg {
        self.notify(Cause::OK, fx);
        self.tell(to, TransferEnd::Connected, fx);
        if let Some(leg) = self.transferor {
            leg.close(Parting::HangUp, fx);
        }
        introduce(&self.transferee, &self.by, to, fx);
        self.transferee
    }

    /// It has failed: the talk goes on. Where the transferor has left, their phones ring; and where that has been in vain as well, the
    /// transferee hears the busy tone.
    fn fail(mut self: Box<Self>, to: Party, failed: Failed, fx: &mut Effects<'_>) -> State {
        self.notify(failed.cause, fx);
        self.tell(&to, failed.end, fx);
        if let Some(transferor) = self.transferor {
            // Who has called one and talks to another has come to that one by this call.
            if !self.is_answered {
                let (call, party) = (*fx.story, self.transferee.party.clone());
                let device = party.device;
                fx.push(Command::Journal(JournalEntry::Answered { call, device }));
                fx.push(Command::Record(JournalEntry::Transferred { call, by: to, to: party }));
            }
            return talk::bridge([transferor, self.transferee], fx);
        }
        match self.manner {
            Manner::Blind | Manner::Attended | Manner::AttendedEarly if self.by.user.is_some() && self.by.user != to.user => {
                self.come_back(&to, fx)
            }
            Manner::Blind | Manner::Attended | Manner::AttendedEarly | Manner::Moved | Manner::Returning => {
                let outcome = self.outcome(failed.outcome);
                let reason = "the transfer failed and the transferor had left";
                talk::part(self.transferee, to, outcome, reason, fx)
            }
        }
    }

    /// Nobody rings yet: whose phones do is what [`Turn::Divert`] tells.
    fn come_back(mut self: Box<Self>, from: &Party, fx: &mut Effects<'_>) -> State {
        self.manner = Manner::Returning;
        let waiting = &self.transferee.party;
        let who = if waiting.name.is_empty() { &waiting.number } else { &waiting.name };
        let shown = Party {
            name: format!("Returned from {}: {who}", from.number),
            ..waiting.clone()
        };
        let side = match self.transferee.side {
            Side::Caller => Side::Called,
            Side::Called => Side::Caller,
        };
        let phones = (Vec::new(), Pace::default());
        let fork = Fork::start(shown, self.by.clone(), phones, side, Some(self.transferee.id), fx);
        self.transferee.hear(Source::RingBack, fx);
        fx.push(Command::Return {
            to: self.by.clone(),
            party: self.transferee.party.clone(),
        });
        State::Transferring { transfer: self, fork }
    }

    /// The transferee has left: there is nobody to hand over.
    fn abandon(mut self: Box<Self>, to: &Party, parting: Parting, reason: &'static str, fx: &mut Effects<'_>) -> State {
        self.notify(Cause::TERMINATED, fx);
        self.tell(to, TransferEnd::PartyLeft, fx);
        let outcome = self.outcome(Outcome::Cancelled);
        if let Some(leg) = self.transferor {
            leg.close(Parting::HangUp, fx);
        }
        self.transferee.close(parting, fx);
        fx.ending(outcome, reason)
    }

    /// It ends from our side; what is left of it.
    pub(super) fn stop(self: Box<Self>, to: &Party, fx: &mut Effects<'_>) -> Vec<Leg> {
        self.tell(to, TransferEnd::Failed, fx);
        self.transferor.into_iter().chain([self.transferee]).collect()
    }

    /// Takes what concerns the transferor, who may leave at any time without disturbing the transfer. What does not
    /// concern them is handed back.
    fn hear_transferor(&mut self, happening: Happening, fx: &mut Effects<'_>) -> Option<Happening> {
        let Some(leg) = &mut self.transferor else {
            return Some(happening);
        };
        let (told, rest) = match happening {
            Happening::News(id, news) if id == leg.id => (leg.handle(news, Some(self.transferee.id), fx), None),
            Happening::News(..) => (Told::Nothing, Some(happening)),
            Happening::TimeOut => (leg.handle_timeout(fx).map_or(Told::Nothing, Told::Broken), Some(happening)),
        };
        let parting = match told {
            Told::Left(how) => how.parting(),
            Told::Broken(cause) => Parting::Because(cause),
            Told::Refer { request, .. } => {
                fx.respond(request, Cause::PENDING);
                return rest;
            }
            Told::Nothing
            | Told::Offered { .. }
            | Told::Rang
            | Told::Previewed
            | Told::Answered
            | Told::Established
            | Told::Renegotiated
            | Told::Lost { .. }
            | Told::Narrowed
            | Told::Pressed { .. } => return rest,
        };
        if let Some(leg) = self.transferor.take() {
            leg.close(parting, fx);
        }
        rest
    }
}

/// Rings the target's phones.
pub(super) fn ring(
    mut transferor: Leg,
    mut transferee: Leg,
    request: Option<RequestId>,
    called: Party,
    phones: (Vec<Branch>, Pace),
    fx: &mut Effects<'_>,
) -> State {
    transferor.may_refer(request, fx);
    let from = transferee.party.clone();
    let fork = Fork::start(from, called, phones, transferor.side, Some(transferee.id), fx);
    transferor.hear(Source::Nothing, fx);
    transferee.hear(Source::RingBack, fx);
    let transfer = Box::new(Transfer::new(transferor, transferee, Manner::Blind));
    State::Transferring { transfer, fork }
}

/// Hands over to a feature code: there is nothing to wait for.
pub(super) fn serve(mut transferor: Leg, transferee: Leg, request: Option<RequestId>, to: Listening, fx: &mut Effects<'_>) -> State {
    transferor.may_refer(request, fx);
    let transferee = Transfer::new(transferor, transferee, Manner::Blind).succeed(&to.called, fx);
    talk::serve(transferee, to, fx)
}

/// The phone has left that a talk was to move from.
pub(super) fn go_on_without(mover: Party, transferee: Leg) -> Box<Transfer> {
    Box::new(Transfer {
        transferor: None,
        transferee,
        by: mover,
        manner: Manner::Moved,
        is_answered: true,
    })
}

pub(super) fn transferring(mut transfer: Box<Transfer>, mut fork: Fork, happening: Happening, fx: &mut Effects<'_>) -> State {
    let transferee = transfer.transferee.id;
    let told = match transfer.hear_transferor(happening, fx) {
        None => Told::Nothing,
        Some(Happening::News(leg, news)) if leg == transferee => transfer.transferee.handle(news, None, fx),
        Some(Happening::News(leg, news)) => {
            let forked = fork.handle(leg, news, fx);
            return ring_on(transfer, fork, forked, fx);
        }
        Some(Happening::TimeOut) if fx.now >= fork.deadline() => {
            let forked = fork.handle_timeout(fx);
            return ring_on(transfer, fork, forked, fx);
        }
        Some(Happening::TimeOut) => transfer.transferee.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
    };
    match transferee_told(&transfer.transferee, &told, fx) {
        Ok(()) => {
            transfer.transferee.hear(fork.sound(), fx);
            State::Transferring { transfer, fork }
        }
        Err((parting, reason)) => {
            fork.cancel(Parting::HangUp, fx);
            transfer.abandon(&fork.called, parting, reason, fx)
        }
    }
}

/// The call rings somebody else.
pub(super) fn turned(transfer: Box<Transfer>, mut fork: Fork, turn: Turn, fx: &mut Effects<'_>) -> State {
    let forked = fork.turn(turn, fx);
    ring_on(transfer, fork, forked, fx)
}

fn ring_on(mut transfer: Box<Transfer>, mut fork: Fork, forked: Forked, fx: &mut Effects<'_>) -> State {
    match forked {
        Forked::Nothing => {}
        Forked::Rang => transfer.notify(Cause::RINGING, fx),
        Forked::Previewed(_) => {
            transfer.notify(Cause::RINGING, fx);
            transfer.transferee.hear(fork.sound(), fx);
            fork.hear(Source::Leg(transfer.transferee.id), fx);
        }
        // Somebody has picked it up: they are there already.
        Forked::Answered(mut target) if target.is_established() => {
            if std::mem::take(&mut target.has_picked_up) {
                let (leg, party) = (target.id, transfer.transferee.party.clone());
                fx.push(Command::Identify { leg, party });
            }
            return connect(transfer, *target, fx);
        }
        Forked::Answered(target) => {
            let until = fx.now + ANSWERING_MAX;
            return State::HandingOver {
                transfer,
                target: *target,
                until,
            };
        }
        Forked::Served(service) => {
            if !transfer.is_answered {
                fx.push(Command::Journal(JournalEntry::Answered {
                    call: *fx.story,
                    device: None,
                }));
            }
            let transferee = transfer.succeed(&fork.called, fx);
            let called = fork.called;
            return talk::serve(transferee, Listening { service, called }, fx);
        }
        Forked::Failed(verdict) => return transfer.fail(fork.called, Failed::of(verdict), fx),
    }
    State::Transferring { transfer, fork }
}

pub(super) fn handing_over(
    mut transfer: Box<Transfer>,
    mut target: Leg,
    until: Instant,
    happening: Happening,
    fx: &mut Effects<'_>,
) -> State {
    let transferee = transfer.transferee.id;
    let told = match transfer.hear_transferor(happening, fx) {
        None => Told::Nothing,
        Some(Happening::News(leg, news)) if leg == transferee => transfer.transferee.handle(news, None, fx),
        Some(Happening::News(leg, news)) if leg == target.id => {
            return match target.handle(news, Some(transferee), fx) {
                Told::Established => connect(transfer, target, fx),
                Told::Left(how) => lose(transfer, target, how.parting(), Cause::LEFT, fx),
                Told::Lost { .. } => lose(transfer, target, Parting::Left, Cause::LEFT, fx),
                Told::Broken(cause) => lose(transfer, target, Parting::Because(cause), cause, fx),
                Told::Nothing
                | Told::Offered { .. }
                | Told::Rang
                | Told::Previewed
                | Told::Answered
                | Told::Renegotiated
                | Told::Refer { .. }
                | Told::Narrowed
                | Told::Pressed { .. } => State::HandingOver { transfer, target, until },
            };
        }
        Some(Happening::News(..)) => Told::Nothing,
        Some(Happening::TimeOut) if fx.now >= until => {
            let cause = Cause::MEDIA_SILENT;
            return lose(transfer, target, Parting::Because(cause), cause, fx);
        }
        Some(Happening::TimeOut) => transfer.transferee.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
    };
    match transferee_told(&transfer.transferee, &told, fx) {
        Ok(()) => {
            let heard = Source::Leg(target.id);
            let is_heard = transfer.transferee.hears(heard);
            transfer.transferee.hear(if is_heard { heard } else { Source::RingBack }, fx);
            State::HandingOver { transfer, target, until }
        }
        Err((parting, reason)) => {
            let to = target.party.clone();
            target.close(Parting::HangUp, fx);
            transfer.abandon(&to, parting, reason, fx)
        }
    }
}

/// The target is up.
fn connect(transfer: Box<Transfer>, target: Leg, fx: &mut Effects<'_>) -> State {
    if !transfer.is_answered {
        let device = target.party.device;
        fx.push(Command::Journal(JournalEntry::Answered { call: *fx.story, device }));
    }
    // Whoever was called by the transferor does not know yet that it is somebody else who waits.
    if transfer.manner == Manner::AttendedEarly {
        fx.push(Command::Identify {
            leg: target.id,
            party: transfer.transferee.party.clone(),
        });
    }
    let transferee = transfer.succeed(&target.party, fx);
    talk::bridge([transferee, target], fx)
}

/// Whether the transferee stays; else how they part and why.
fn transferee_told(transferee: &Leg, told: &Told, fx: &mut Effects<'_>) -> Result<(), (Parting, &'static str)> {
    match *told {
        Told::Left(how) => Err((how.parting(), talk::who_left(transferee, how))),
        Told::Broken(cause) => Err((Parting::Because(cause), cause.text)),
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::PENDING);
            Ok(())
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Renegotiated
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => Ok(()),
    }
}

/// Tells the other party, and the journal, who has taken over. For another phone of the same person there is nothing to tell.
pub(super) fn introduce(other: &Leg, by: &Party, to: &Party, fx: &mut Effects<'_>) {
    if by.user.is_some() && by.user == to.user {
        return;
    }
    fx.push(Command::Identify {
        leg: other.id,
        party: to.clone(),
    });
    fx.push(Command::Journal(JournalEntry::Transferred {
        call: *fx.story,
        by: by.clone(),
        to: to.clone(),
    }));
}

/// The target has answered, and is no more.
fn lose(transfer: Box<Transfer>, target: Leg, parting: Parting, cause: Cause, fx: &mut Effects<'_>) -> State {
    let to = target.party.clone();
    target.close(parting, fx);
    transfer.fail(to, Failed::because(cause), fx)
}
