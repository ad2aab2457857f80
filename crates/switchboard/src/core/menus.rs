//! Attendants' menus: which one it is, whether it is open, and what a number comes to that a caller has chosen there.
//!
//! Whoever hears a menu may be anybody: they reach people, teams, rooms and menus of ours, with nobody's permissions, and no codes. What
//! happens then is as for any call of theirs: forwards go with the permissions of whoever forwards.

use std::sync::Arc;
use std::time::Instant;

use model::{CallId, LegId, Prompt, Sound, control};

use super::admission::Asked;
use super::{Core, Output, Party};
use crate::call::{Branch, Call, Cause, Command, News, Page, Plan, Trial};
use crate::dialplan::{self, Denial, Destination, Dialler};
use crate::directory::{MenuId, Room};

impl Core {
    /// Somebody comes to a menu, or it begins again.
    pub(super) fn open_menu(&mut self, leg: LegId, menu: MenuId, now: Instant) {
        let page = self.page(menu).map(Box::new);
        self.deliver(leg, News::MenuOpened { page }, now);
    }

    /// Says one of our prompts to somebody, in the company's language.
    pub(super) fn say(&mut self, call: CallId, leg: LegId, prompt: Prompt) {
        let language = self.directory.directory().language;
        let sounds = [Sound::Prompt { prompt, language }].into();
        self.play(call, leg, sounds);
    }

    /// Plays something to somebody; how it is named.
    pub(super) fn play(&mut self, call: CallId, leg: LegId, sounds: Arc<[Sound]>) -> u32 {
        let number = self.calls.plays(leg);
        let command = control::Command::Play { leg, number, sounds };
        self.outputs.push_back(Output::Media { call, command });
        number
    }

    /// A menu as it is now.
    fn page(&self, menu: MenuId) -> Option<Page> {
        let menu = self.directory.menu(menu)?;
        Some(Page {
            language: menu.language.unwrap_or(self.directory.directory().language),
            is_open: menu.is_open(&self.directory, self.clock),
            extensions: self.directory.numbers(),
            menu: menu.clone(),
        })
    }

    /// Somebody who hears a menu has chosen a number.
    pub(super) fn choose(&mut self, call: CallId, leg: LegId, number: &str, now: Instant) {
        let Some((_, caller)) = self.calls.calls.get(&call).and_then(|entry| entry.call.attended()) else {
            return;
        };
        let (caller, original) = (caller.clone(), self.original(leg, caller));
        let trial = Trial {
            story: CallId(self.calls.id()),
            counted: self.guard.counted(call),
        };
        let plan = match dialplan::find(&self.directory, Dialler::default(), number, self.clock) {
            Destination::Room(room) => {
                let room = room.clone();
                match self.attended_to_room(call, &caller, room, now) {
                    Ok(()) => return,
                    Err(cause) => Plan::Refuse {
                        called: nobody(number),
                        cause,
                    },
                }
            }
            Destination::User(_) | Destination::Team(_) | Destination::Menu(_) => {
                let asked = Asked {
                    responsible: None,
                    is_of_place: false,
                    for_whom: caller.user,
                    number: caller.number.clone(),
                    original,
                    without: vec![caller.device],
                    teams: Vec::new(),
                    through: Vec::new(),
                };
                self.plan_trial(call, (caller, trial), number, &asked, now)
            }
            Destination::Feature(_) | Destination::Outside(_) | Destination::Denied(_) => Plan::Refuse {
                called: nobody(number),
                cause: Denial::NoSuchNumber.cause(),
            },
        };
        self.deliver(leg, News::Chosen { trial, plan }, now);
    }

    /// What the number comes to. That nobody is there stands in the journal as a call of its own.
    fn plan_trial(&mut self, call: CallId, (caller, trial): (Party, Trial), number: &str, asked: &Asked, now: Instant) -> Plan {
        let plan = self.plan(call, number, asked, now);
        match &plan {
            Plan::Ring { branches, .. } => self.calls.include(call, branches.iter().flat_map(Branch::legs)),
            Plan::Serve { .. } => {}
            Plan::Refuse { called, cause } => {
                self.hunts.forwarded_as(call, trial.story);
                self.journal_refusal(trial.story, (caller, called.clone()), None, *cause, now);
                self.give_up(call, trial.counted);
            }
        }
        plan
    }

    /// Whoever was chosen in a menu does not answer, and nobody looks for anybody else.
    pub(super) fn give_up(&mut self, call: CallId, counted: usize) {
        self.hunts.end(call);
        self.guard.withdraw(call, counted);
    }

    /// Somebody goes from a menu into a room: who is not one of us is asked for its PIN there.
    fn attended_to_room(&mut self, call: CallId, caller: &Party, room: Room, now: Instant) -> Result<(), Cause> {
        let pin = self.pin_for(&room, caller.user, now)?;
        let running = self.way_into(&room, pin.is_some())?;
        let release = |call: &mut Call, into, commands: &mut Vec<Command>| call.release_attended(into, now, commands);
        let goes = self.send_to_room(call, (room, running), pin, release, now);
        if goes { Ok(()) } else { Err(Cause::BUSY) }
    }
}

fn nobody(number: &str) -> Party {
    Party {
        user: None,
        device: None,
        number: number.to_owned(),
        name: String::new(),
    }
}
