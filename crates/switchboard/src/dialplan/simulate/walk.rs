//! The way of one call, as `core/forwarding.rs` and `core/teams.rs` go it.

use model::{TeamId, UserId};

use super::{Case, Event, Passed, Step, Who};
use crate::call::Cause;
use crate::dialplan::reaching::{ANONYMITY_DISALLOWED, Incoming, NOT_TO_BE_DISTURBED, is_heard, is_of_whoever_is_called, rules};
use crate::dialplan::{Destination, Dialler, Original, emergency_number, find};
use crate::directory::{Lookup, MemberKind, Rings, Team, User, WallClock, When, WhileBusy};

/// Teams that one call comes to at most.
const TEAMS_MAX: usize = 5;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) number: String,
    pub(crate) user: Option<UserId>,
    pub(crate) original: Option<Original>,
}

/// Whether somebody could answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    Free,
    /// On a call, with all phones.
    Busy,
    /// No phone is there.
    Away,
}

/// A call on its way.
pub(crate) struct Walk<'a> {
    directory: &'a Lookup,
    caller: &'a Caller,
    clock: WallClock,
    whereabouts: &'a dyn Fn(UserId) -> Whereabouts,
    /// Whose rules may be told; `None`: everybody's.
    reader: Option<UserId>,
    pub(super) steps: Vec<Step>,
    after_s: u32,
    through: Vec<UserId>,
    teams: Vec<TeamId>,
}

/// Whether the call has come to somebody.
type Found = Result<(), Cause>;

impl<'a> Walk<'a> {
    pub(super) fn new(directory: &'a Lookup, caller: &'a Caller, clock: WallClock, whereabouts: &'a dyn Fn(UserId) -> Whereabouts) -> Self {
        Self {
            directory,
            caller,
            clock,
            whereabouts,
            reader: None,
            steps: Vec::new(),
            after_s: 0,
            through: Vec::new(),
            teams: Vec::new(),
        }
    }

    /// The same, for somebody to read who may know their own rules alone.
    pub(super) fn for_reader(mut self, reader: Option<UserId>) -> Self {
        self.reader = reader;
        self
    }

    /// Somebody is called.
    pub(super) fn call(&mut self, user: UserId) {
        let found = self.directory.user(user).map(|person| self.person(person));
        if let Some(Err(Cause { status, text })) = found {
            self.tell(Event::Refused { status, why: text });
        }
    }

    /// What somebody's other rules would come to, if the call came to their phones.
    pub(super) fn otherwise(&self, person: &User) -> Vec<Step> {
        let leading = |case| {
            let mut rules = rules(self.directory, person, case, self.incoming(), self.clock);
            rules.find(|(_, leads)| leads.is_ok()).map(|(rule, _)| rule.to.clone())
        };
        let incoming = self.incoming();
        let comes_through = !person.reaching.refuses(&incoming) && !person.reaching.is_undisturbed_by(&incoming);
        if !comes_through || self.caller.user == Some(person.id) || leading(Case::Always).is_some() {
            return Vec::new();
        }
        let cases = [Case::Busy, Case::Unreachable].into_iter();
        let steps = cases.filter_map(|case| {
            let (by, to) = (who(person), leading(case)?);
            let event = Event::Otherwise { by, case, to };
            Some(Step { after_s: 0, event })
        });
        steps.collect()
    }

    fn incoming(&self) -> Incoming<'_> {
        Incoming {
            number: &self.caller.number,
            user: self.caller.user,
            original: self.caller.original,
            through: &self.through,
        }
    }

    fn tell(&mut self, event: Event) {
        let after_s = self.after_s;
        self.steps.push(Step { after_s, event });
    }

    /// Somebody whose rules are not for this reader: as far as that goes, their phones ring.
    fn foreign_person(&mut self, person: &User) -> Found {
        let phones = self.directory.devices_of(person.id).filter(|device| device.rings != Rings::Never);
        let (phones, mobile) = (phones.count(), false);
        let who = who(person);
        self.tell(Event::Rings { who, phones, mobile });
        Ok(())
    }

    fn person(&mut self, person: &User) -> Found {
        if self.caller.user == Some(person.id) {
            return Err(Cause {
                status: 482,
                text: "this is the caller's own number",
            });
        }
        if self.reader.is_some_and(|reader| reader != person.id) {
            return self.foreign_person(person);
        }
        if person.reaching.refuses(&self.incoming()) {
            return Err(ANONYMITY_DISALLOWED);
        }
        if let Some(found) = self.forward(person, Case::Always) {
            return found;
        }
        if person.reaching.is_undisturbed_by(&self.incoming()) {
            return Err(NOT_TO_BE_DISTURBED);
        }
        let whereabouts = (self.whereabouts)(person.id);
        if whereabouts == Whereabouts::Busy {
            if let Some(found) = self.forward(person, Case::Busy) {
                return found;
            }
            if person.while_busy != WhileBusy::CallWaiting {
                return Err(Cause::BUSY);
            }
        }
        let phones = self.directory.devices_of(person.id).filter(|device| device.rings != Rings::Never);
        let (phones, mobile) = (phones.count(), person.mobile.is_some());
        if whereabouts == Whereabouts::Away || (phones == 0 && !mobile) {
            return self.forward(person, Case::Unreachable).unwrap_or(Err(Cause {
                status: 480,
                text: "no phone is registered for this number",
            }));
        }
        let who = who(person);
        self.tell(Event::Rings { who, phones, mobile });
        self.ring(person);
        Ok(())
    }

    /// Somebody's phones ring in vain.
    fn ring(&mut self, person: &User) {
        let (begun, ring_max) = (self.after_s, self.ring_max_s());
        let after_s =
            rules(self.directory, person, Case::NoAnswer, self.incoming(), self.clock).find_map(|(rule, leads)| match rule.when {
                When::NoAnswer { after_s } if leads.is_ok() => Some(u32::from(after_s)),
                When::NoAnswer { .. } | When::Always | When::Busy | When::Unreachable => None,
            });
        self.after_s = begun + after_s.unwrap_or(ring_max).min(ring_max);
        if self.forward(person, Case::NoAnswer).is_some_and(|found| found.is_ok()) {
            return;
        }
        self.after_s = begun + ring_max;
        self.tell(Event::Unanswered);
    }

    fn ring_max_s(&self) -> u32 {
        u32::from(self.directory.directory().ring_seconds_max.max(1))
    }

    /// Goes where the first rule leads that fits and leads somewhere; `None`: there is none.
    fn forward(&mut self, person: &User, case: Case) -> Option<Found> {
        let directory = self.directory;
        let (number, through) = (self.caller.number.clone(), self.through.clone());
        let incoming = Incoming {
            number: &number,
            through: &through,
            ..self.incoming()
        };
        let rules: Vec<_> = rules(directory, person, case, incoming, self.clock).collect();
        for (rule, leads) in rules {
            let (told, to) = (self.steps.len(), rule.to.clone());
            let begun = self.after_s;
            let why = match leads {
                Err(why) => why.text(),
                Ok(()) => {
                    let by = who(person);
                    self.tell(Event::Forwarded { by, case, to: to.clone() });
                    self.through.push(person.id);
                    let found = self.number(&to, Some(person));
                    match found {
                        Err(cause) if !is_of_whoever_is_called(cause) => {
                            self.steps.truncate(told);
                            (self.through, self.after_s) = (through.clone(), begun);
                            cause.text
                        }
                        Ok(()) | Err(_) => return Some(found),
                    }
                }
            };
            let by = who(person);
            self.tell(Event::PassedOver { by, case, to, why });
        }
        None
    }

    /// A number is called, with somebody's permissions.
    fn number(&mut self, number: &str, responsible: Option<&User>) -> Found {
        let dialler = Dialler {
            user: responsible,
            original: self.caller.original,
        };
        match find(self.directory, dialler, number, self.clock) {
            Destination::Denied(denial) => return Err(denial.cause()),
            Destination::User(user) => return self.person(user),
            Destination::Team(team) => return self.team(team, responsible),
            // Whoever calls it themselves comes to it, and nobody else.
            Destination::Room(_) if !self.through.is_empty() || !self.teams.is_empty() => {
                return Err(Cause {
                    status: 501,
                    text: Passed::Room.text(),
                });
            }
            Destination::Room(room) => {
                let room = Who {
                    name: room.name.clone(),
                    number: room.extension.clone(),
                };
                self.tell(Event::Room { room });
            }
            Destination::Menu(menu) => {
                let is_open = menu.is_open(self.directory, self.clock);
                let menu = Who {
                    name: menu.name.clone(),
                    number: menu.extension.clone(),
                };
                self.tell(Event::Menu { menu, is_open });
            }
            Destination::Feature(code) if is_heard(code.feature) => {
                let title = code.feature.title();
                self.tell(Event::Heard { title });
            }
            Destination::Feature(_) => {
                return Err(Cause {
                    status: 501,
                    text: Passed::Code.text(),
                });
            }
            Destination::Outside(outside) => {
                let number = outside.ways.first().map(|way| way.number.clone()).unwrap_or_default();
                self.tell(Event::Outside { number });
            }
        }
        Ok(())
    }

    fn team(&mut self, team: &Team, responsible: Option<&User>) -> Found {
        if self.teams.contains(&team.id) || self.teams.len() >= TEAMS_MAX {
            return Err(Cause {
                status: 482,
                text: "the teams hand this call on in a circle",
            });
        }
        self.teams.push(team.id);
        if let Some(number) = team.night_number(&self.directory.directory().time_profiles, self.clock) {
            return self.hand_on(team, number, responsible, true);
        }
        let incoming = self.incoming();
        let is_veiled = |user: UserId| self.reader.is_some_and(|reader| reader != user);
        let rings = |user: UserId| {
            let person = self.directory.user(user)?;
            let is_there = (self.whereabouts)(user) == Whereabouts::Free && self.caller.user != Some(user);
            let is_responsible = responsible.is_some_and(|person| person.id == user);
            let rings = is_there && !is_responsible && (is_veiled(user) || !person.reaching.is_undisturbed_by(&incoming));
            rings.then(|| person.name.clone())
        };
        let members = team.ringing_members().filter_map(|member| match member {
            MemberKind::Person(user) => rings(user),
            MemberKind::Device(device) => self.directory.device(device).map(|device| device.label.clone()),
        });
        let members: Vec<String> = members.collect();
        let overflow = team.overflow.as_ref();
        if members.is_empty() {
            let cause = Cause {
                status: 480,
                text: "no phone of this team can be reached",
            };
            return overflow.map_or(Err(cause), |overflow| {
                self.hand_on(team, &overflow.number, responsible, false).map_err(|_| cause)
            });
        }
        let (begun, ring_max) = (self.after_s, self.ring_max_s());
        let who = Who {
            name: team.name.clone(),
            number: team.extension.clone(),
        };
        self.tell(Event::TeamRings { team: who, members });
        if let Some(overflow) = overflow {
            self.after_s = begun + u32::from(overflow.after_s).min(ring_max);
            if self.hand_on(team, &overflow.number, responsible, false).is_ok() {
                return Ok(());
            }
        }
        self.after_s = begun + ring_max;
        self.tell(Event::Unanswered);
        Ok(())
    }

    fn hand_on(&mut self, team: &Team, number: &str, responsible: Option<&User>, is_night: bool) -> Found {
        let told = self.steps.len();
        let who = Who {
            name: team.name.clone(),
            number: team.extension.clone(),
        };
        let to = number.to_owned();
        self.tell(Event::HandedOn { team: who, to, is_night });
        let found = match emergency_number(self.directory, number) {
            None => self.number(number, responsible),
            Some(_) => Err(Cause {
                status: 403,
                text: Passed::Emergency.text(),
            }),
        };
        if found.is_err() {
            self.steps.truncate(told);
        }
        found
    }
}

fn who(person: &User) -> Who {
    Who {
        name: person.name.clone(),
        number: person.extension.clone().unwrap_or_default(),
    }
}
