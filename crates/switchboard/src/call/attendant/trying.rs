//! Whom the caller of a menu has chosen: their phones ring, they answer, or they do not.

use model::control::Source;
use model::{LegId, Prompt};

use super::{Attendant, Stage, Trial};
use crate::call::fork::{Fork, Forked, Verdict};
use crate::call::leg::{Leg, Parting, Told};
use crate::call::{ANSWERING_MAX, Command, Effects, Listening, News, Plan, Service, State, Turn, talk};
use crate::core::{JournalEntry, Outcome, Party, Side};

/// The call of a team, or of somebody who forwards, rings somebody else.
pub(in crate::call) fn turned(mut attendant: Box<Attendant>, turn: Turn, fx: &mut Effects<'_>) -> State {
    match attendant.take_stage(fx) {
        Stage::Ringing { trial, mut fork } => {
            let forked = fork.turn(turn, fx);
            // Whom they have heard may ring no more.
            attendant.caller.hear(fork.sound(), fx);
            attendant.ring_on(trial, fork, forked, fx)
        }
        stage @ (Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } | Stage::Connecting { .. }) => {
            attendant.stage = stage;
            State::Attending(attendant)
        }
    }
}

impl Attendant {
    /// What the number comes to that they have chosen.
    pub(super) fn chosen(mut self: Box<Self>, trial: Trial, plan: Plan, fx: &mut Effects<'_>) -> State {
        match plan {
            Plan::Ring { called, branches, pace } => {
                let from = self.caller.party.clone();
                fx.push(Command::Journal(JournalEntry::Started {
                    call: trial.story,
                    caller: from.clone(),
                    called: called.clone(),
                }));
                let side = match self.caller.side {
                    Side::Caller => Side::Called,
                    Side::Called => Side::Caller,
                };
                let fork = Box::new(Fork::start(from, called, (branches, pace), side, Some(self.caller.id), fx));
                self.caller.hear(fork.sound(), fx);
                self.stage = Stage::Ringing { trial, fork };
                State::Attending(self)
            }
            Plan::Serve { called, feature } => self.go_on_to(feature, called, fx),
            Plan::Refuse { cause, .. } => match cause.status {
                480 | 408 | 433 => self.regret(Prompt::NobodyAnswers, fx),
                486 | 603 => self.regret(Prompt::LineBusy, fx),
                _ => self.regret(Prompt::TryAgain, fx),
            },
        }
    }

    /// They come to another menu, or to what somebody's rules lead to.
    fn go_on_to(self: Box<Self>, service: Service, called: Party, fx: &mut Effects<'_>) -> State {
        fx.push(Command::Record(JournalEntry::Transferred {
            call: *fx.story,
            by: self.at.clone(),
            to: called.clone(),
        }));
        match service {
            Service::Menu(menu) => self.enter(menu, fx),
            service @ (Service::EchoTest | Service::Music | Service::Settling | Service::Confirmation | Service::Rejection) => {
                talk::serve(self.caller, Listening { service, called }, fx)
            }
        }
    }

    pub(super) fn ring_on(mut self: Box<Self>, trial: Trial, mut fork: Box<Fork>, forked: Forked, fx: &mut Effects<'_>) -> State {
        match forked {
            Forked::Nothing | Forked::Rang => {}
            Forked::Previewed(_) => {
                self.caller.hear(fork.sound(), fx);
                fork.hear(Source::Leg(self.caller.id), fx);
            }
            Forked::Answered(target) if target.is_established() => return self.connect(trial, *target, fx),
            Forked::Answered(target) => {
                let until = fx.now + ANSWERING_MAX;
                self.stage = Stage::Connecting { trial, target, until };
                return State::Attending(self);
            }
            Forked::Served(service) => {
                trial.end(Outcome::NoAnswer, "nobody answered, and it went on", fx);
                fx.push(Command::GivenUp { counted: trial.counted });
                self.caller.hear(Source::Nothing, fx);
                return self.go_on_to(service, nobody_in_person(fork.called), fx);
            }
            Forked::Failed(verdict) => {
                trial.end(verdict.outcome(), verdict.cause().text, fx);
                fx.push(Command::GivenUp { counted: trial.counted });
                return self.regret(in_words(verdict), fx);
            }
        }
        self.stage = Stage::Ringing { trial, fork };
        State::Attending(self)
    }

    /// News of somebody whom they have chosen.
    pub(super) fn target_hears(mut self: Box<Self>, leg: LegId, news: News, fx: &mut Effects<'_>) -> State {
        let caller = self.caller.id;
        match self.take_stage(fx) {
            Stage::Ringing { trial, mut fork } => {
                let forked = fork.handle(leg, news, fx);
                self.ring_on(trial, fork, forked, fx)
            }
            Stage::Connecting { trial, mut target, until } if target.id == leg => match target.handle(news, Some(caller), fx) {
                Told::Established => self.connect(trial, *target, fx),
                Told::Left(how) => self.lose(trial, *target, how.parting(), fx),
                Told::Lost { .. } => self.lose(trial, *target, Parting::Left, fx),
                Told::Broken(cause) => self.lose(trial, *target, Parting::Because(cause), fx),
                Told::Nothing
                | Told::Offered { .. }
                | Told::Rang
                | Told::Previewed
                | Told::Answered
                | Told::Renegotiated
                | Told::Refer { .. }
                | Told::Narrowed
                | Told::Pressed { .. } => {
                    self.stage = Stage::Connecting { trial, target, until };
                    State::Attending(self)
                }
            },
            stage @ (Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } | Stage::Connecting { .. }) => {
                self.stage = stage;
                State::Attending(self)
            }
        }
    }

    /// Somebody has answered, and is no more.
    pub(super) fn lose(self: Box<Self>, trial: Trial, target: Leg, parting: Parting, fx: &mut Effects<'_>) -> State {
        target.close(parting, fx);
        trial.end(Outcome::Failed, "called party hung up at once", fx);
        fx.push(Command::GivenUp { counted: trial.counted });
        self.regret(Prompt::NobodyAnswers, fx)
    }

    /// They talk. The journal knows the call by whom it has come to from now on.
    fn connect(self: Box<Self>, trial: Trial, mut target: Leg, fx: &mut Effects<'_>) -> State {
        let Self { caller, at, .. } = *self;
        let device = target.party.device;
        fx.push(Command::Journal(JournalEntry::Answered { call: trial.story, device }));
        fx.push(Command::Record(JournalEntry::Transferred {
            call: *fx.story,
            by: at,
            to: nobody_in_person(target.party.clone()),
        }));
        fx.push(Command::Record(JournalEntry::Ended {
            call: *fx.story,
            outcome: Outcome::Answered,
            reason: "it went on as another call",
            legs: Vec::new(),
        }));
        *fx.story = trial.story;
        if std::mem::take(&mut target.has_picked_up) {
            let (leg, party) = (target.id, caller.party.clone());
            fx.push(Command::Identify { leg, party });
        }
        fx.push(Command::Identify {
            leg: caller.id,
            party: target.party.clone(),
        });
        talk::bridge([caller, target], fx)
    }
}

impl Trial {
    pub(super) fn end(self, outcome: Outcome, reason: &'static str, fx: &mut Effects<'_>) {
        fx.push(Command::Record(JournalEntry::Ended {
            call: self.story,
            outcome,
            reason,
            legs: Vec::new(),
        }));
    }
}

/// What a caller is told of those who have not answered.
fn in_words(verdict: Verdict) -> Prompt {
    match verdict {
        Verdict::Busy | Verdict::Declined => Prompt::LineBusy,
        Verdict::Unreachable | Verdict::NotCarried | Verdict::NoSuchNumber | Verdict::NoAnswer | Verdict::Unsuitable => {
            Prompt::NobodyAnswers
        }
    }
}

/// For an entry that shall not stand in their own journal: there the call does already.
fn nobody_in_person(party: Party) -> Party {
    Party {
        user: None,
        device: None,
        ..party
    }
}
