//! Conferences that are made of running calls, and become ordinary calls again.

use model::{CallId, LegId, Prompt};
use sip::agent::RequestId;

use super::door::{Door, Pin};
use super::{Conference, Invitation, Member, Stage};
use crate::call::fork::Fork;
use crate::call::joining::Joiner;
use crate::call::leg::{Leg, Parting};
use crate::call::{Branch, Cause, Command, Effects, Pace, State, talk};
use crate::core::{JournalEntry, Outcome, Party, Side};
use crate::directory::Room;

/// Whom somebody calls into a conference.
#[derive(Debug)]
pub(crate) struct Invite {
    /// The leg of whoever calls them.
    pub(crate) by: LegId,
    /// Names them until they have answered.
    pub(crate) name: LegId,
    /// The call by which the journal knows their part.
    pub(crate) story: CallId,
    pub(crate) called: Party,
    pub(crate) phones: (Vec<Branch>, Pace),
}

/// A party on its way into a conference, with the call by which the journal knows it.
#[derive(Debug)]
pub(crate) struct Leaver {
    joiner: [Joiner; 1],
    story: CallId,
    /// Who has handed them over, or taken them along; `None`: it was their own phone that was called first.
    by: Option<Party>,
}

impl Leaver {
    /// Sends a leg to the call `into`.
    pub(in crate::call) fn set_out(leg: Leg, into: CallId, by: Option<Party>, fx: &mut Effects<'_>) -> Self {
        Self {
            joiner: [Joiner::set_out(leg, into, fx)],
            story: *fx.story,
            by,
        }
    }

    /// It has arrived somewhere else than in a conference.
    pub(in crate::call) fn into_leg(self) -> (Leg, CallId) {
        let [joiner] = self.joiner;
        (joiner.into_leg(), self.story)
    }
}

impl AsRef<[Joiner]> for Leaver {
    fn as_ref(&self) -> &[Joiner] {
        &self.joiner
    }
}

impl Conference {
    /// Two who talk become a conference, made by the one whose leg is `by`.
    pub(in crate::call) fn of_pair(pair: [Leg; 2], by: LegId, fx: &mut Effects<'_>) -> Box<Self> {
        let venue = Party {
            user: None,
            device: None,
            number: String::new(),
            name: "Conference".to_owned(),
        };
        let maker = pair.iter().find(|leg| leg.id == by).map(|leg| leg.party.clone());
        let (story, now) = (*fx.story, fx.now);
        let members = pair.map(|leg| {
            let is_maker = leg.id == by;
            let mut member = Member::new(leg, Stage::Present, is_maker, (!is_maker).then_some(story), now);
            member.is_admitted = true;
            member
        });
        let mut conference = Box::new(Self {
            venue,
            room: None,
            maker,
            is_locked: false,
            members: members.into(),
            invitations: Vec::new(),
            bell: None,
            words: Vec::new(),
        });
        for index in 0..conference.members.len() {
            conference.introduce(index, fx);
        }
        conference.rearrange(fx);
        conference
    }

    /// A party of another call comes in.
    pub(in crate::call) fn admit(&mut self, leaver: Leaver, fx: &mut Effects<'_>) {
        let Leaver {
            joiner: [joiner], story, ..
        } = leaver;
        let leg = joiner.into_leg();
        let is_host = self.is_host(leg.party.user);
        let mut member = Member::new(leg, Stage::Waiting, is_host, Some(story), fx.now);
        member.is_admitted = self.room.is_none();
        self.members.push(member);
        self.introduce(self.members.len() - 1, fx);
    }

    /// Somebody comes to the room whose phone is up already: it was called first, or they were handed over.
    pub(super) fn welcome(&mut self, room: Room, leaver: Leaver, pin: Option<Pin>, fx: &mut Effects<'_>) {
        let (call, to) = (leaver.story, super::venue(&room));
        match leaver.by.clone() {
            Some(by) => fx.push(Command::Journal(JournalEntry::Transferred { call, by, to })),
            None => {
                let caller = leaver.joiner[0].party().clone();
                fx.push(Command::Journal(JournalEntry::Started { call, caller, called: to }));
                fx.push(Command::Journal(JournalEntry::Answered { call, device: None }));
            }
        }
        self.room = Some(room);
        self.admit(leaver, fx);
        if let Some((pin, member)) = pin.zip(self.members.last_mut()) {
            member.stage = Stage::AtTheDoor(Door::new(pin, fx.now));
            self.words.push((member.leg.id, Prompt::EnterPin));
        }
    }

    /// Calls somebody in.
    pub(in crate::call) fn invite(&mut self, invite: Invite, fx: &mut Effects<'_>) {
        let Invite {
            by,
            name,
            story,
            called,
            phones,
        } = invite;
        let Some(inviter) = self.members.iter().find(|member| member.leg.id == by) else {
            return;
        };
        let (from, is_admitted) = (inviter.leg.party.clone(), inviter.is_host || self.room.is_none());
        fx.push(Command::Journal(JournalEntry::Started {
            call: story,
            caller: from.clone(),
            called: called.clone(),
        }));
        let fork = Fork::start(from, called, phones, Side::Called, None, fx);
        self.invitations.push(Invitation {
            name,
            fork,
            story,
            is_admitted,
            since: fx.now,
        });
    }

    /// The phones that ring.
    pub(in crate::call) fn forks(&self) -> impl Iterator<Item = &Fork> {
        self.invitations.iter().map(|invitation| &invitation.fork)
    }

    /// The phones of whom a phone is one.
    pub(in crate::call) fn fork_with(&mut self, is_theirs: impl Fn(&Party) -> bool) -> Option<&mut Fork> {
        let forks = self.invitations.iter_mut().map(|invitation| &mut invitation.fork);
        let mut fitting = forks.filter(|fork| {
            let ringing = fork.branches.iter().map(|branch| &branch.party);
            is_theirs(&fork.called) || ringing.chain(fork.silent().map(|(_, party)| party)).any(&is_theirs)
        });
        fitting.next()
    }

    /// Whether a team is being called in: its turns are told to one only.
    pub(in crate::call) fn calls_a_team(&self) -> bool {
        self.story_of_team().is_some()
    }

    /// The call by which the journal knows a team that is being called in.
    pub(in crate::call) fn story_of_team(&self) -> Option<CallId> {
        let mut invitations = self.invitations.iter();
        let team = invitations.find(|invitation| invitation.fork.is_team());
        team.map(|invitation| invitation.story)
    }
}

/// Two are left: they talk as in any other call, which the journal knows as that of the first of them.
pub(super) fn part_as_pair(conference: Conference, fx: &mut Effects<'_>) -> State {
    let Conference { members, maker, .. } = conference;
    // A story that ends here is told as ended; what it costs does not end.
    for story in members.iter().filter_map(|member| member.story) {
        fx.push(Command::CountsHere { story });
    }
    let mut stories = members.iter().filter_map(|member| member.story);
    if let Some(story) = stories.next() {
        *fx.story = story;
    }
    for story in stories {
        fx.push(Command::Journal(JournalEntry::Ended {
            call: story,
            outcome: Outcome::Answered,
            reason: "it went on as another call",
            legs: Vec::new(),
        }));
    }
    let legs: Vec<Leg> = members.into_iter().map(|member| member.leg).collect();
    let Ok([a, b]) = <[Leg; 2]>::try_from(legs) else {
        return fx.unmade();
    };
    let is_maker = |leg: &Leg| {
        maker
            .as_ref()
            .is_some_and(|maker| maker.user.is_some() && maker.user == leg.party.user)
    };
    if let Some(by) = maker.clone().filter(|_| !is_maker(&a) && !is_maker(&b)) {
        fx.push(Command::Journal(JournalEntry::Transferred {
            call: *fx.story,
            by,
            to: b.party.clone(),
        }));
    }
    for (leg, other) in [(&a, &b), (&b, &a)] {
        fx.push(Command::Identify {
            leg: leg.id,
            party: other.party.clone(),
        });
    }
    talk::bridge([a, b], fx)
}

/// Takes `leg` out of a pair for another call; whoever it has talked to is hung up: they have it there, or have handed it over by `request`.
pub(super) fn release(pair: [Leg; 2], leg: LegId, into: CallId, request: Option<RequestId>, fx: &mut Effects<'_>) -> Leaver {
    let [a, b] = pair;
    let (leaver, mut stays) = if a.id == leg { (a, b) } else { (b, a) };
    let leaver = Leaver::set_out(leaver, into, Some(stays.party.clone()), fx);
    stays.may_refer(request, fx);
    stays.notify(Cause::OK, fx);
    stays.close(Parting::HangUp, fx);
    leaver
}
