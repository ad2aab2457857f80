//! Many talk: in a room that has a number, or in a call that others have come into.
//!
//! ```text
//!  one of us ────► Arriving ──audio up──► Waiting (lobby, music) ⇄ Present (away while they hold)
//!                     │                       ▲        no host is there, or it is locked
//!  anybody else ──────┴──► AtTheDoor ── PIN ──┘
//!                              └── three wrong ones ──► hung up
//!  removed by a host ► Removed (they are told) ──played, too slow──► hung up
//!  invited: their phones ring ──first 2xx──► Arriving ──► as above
//! ```
//!
//! What a member does changes where they are; then [`Conference::rearrange`] lets everybody hear what they should, the same way for all
//! changes. Of a conference without a room two are left: they talk as in any other call.
//!
//! For the journal each member's part is a call of its own, by their story: "I called room 800, for twelve minutes".

mod deeds;
mod door;
mod making;
mod reach;

use std::time::{Duration, Instant};

use model::control::{self, Chime, Source};
use model::quality::LegReport;
use model::{CallId, LegId, Prompt, UserId};

pub(crate) use self::door::Pin;
pub(crate) use self::making::{Invite, Leaver};

use self::door::{Door, Knock};
use super::fork::{Fork, Forked};
use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Caller, Cause, Command, Effects, Happening, News, State, Turn, talk};
use crate::core::{JournalEntry, Outcome, Party, Side};
use crate::directory::Room;

/// Who is in a conference at most, whatever its room says.
pub(crate) const MEMBERS_MAX: usize = 64;
/// How long it may take to tell somebody that they were removed.
const REMOVED_MAX: Duration = Duration::from_secs(5);
/// Why they are in it no more.
const REMOVED: &str = "removed from the conference";
/// Who is asked for a room's PIN at the same time, at most.
const AT_THE_DOOR_MAX: usize = 16;

/// See the module.
#[derive(Debug)]
pub(super) struct Conference {
    /// What everybody has at the other end.
    pub(super) venue: Party,
    room: Option<Room>,
    /// Who has made it; nobody has made a room's.
    maker: Option<Party>,
    is_locked: bool,
    /// In the order in which they have come.
    pub(super) members: Vec<Member>,
    pub(super) invitations: Vec<Invitation>,
    /// To be heard by all.
    bell: Option<Chime>,
    /// To be said to these, once they hear what they should.
    words: Vec<(LegId, Prompt)>,
}

/// Somebody who is in it, or on their way.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) leg: Leg,
    pub(super) stage: Stage,
    is_host: bool,
    is_muted: bool,
    hand_is_up: bool,
    /// A host has let them in, or they were in before.
    is_admitted: bool,
    /// Why they wait, as they were told.
    told: Option<Prompt>,
    /// When they have called, or were called.
    pub(super) begun: Instant,
    since: Instant,
    /// The call by which the journal knows their part; `None`: theirs is told with the others'.
    story: Option<CallId>,
}

/// How far a member is.
#[derive(Debug)]
pub(super) enum Stage {
    /// Their audio is being set up.
    Arriving { until: Instant, pin: Option<Pin> },
    /// They are asked for the PIN.
    AtTheDoor(Door),
    /// They hear music.
    Waiting,
    /// They are in it.
    Present,
    /// They are in it no more, and hear so before they are hung up.
    Removed { until: Instant },
}

/// Somebody whose phones ring.
#[derive(Debug)]
pub(super) struct Invitation {
    /// Names them until they have answered.
    name: LegId,
    pub(super) fork: Fork,
    story: CallId,
    /// A host has called them: they come in although it is locked.
    is_admitted: bool,
    since: Instant,
}

/// Somebody who comes to a room.
#[derive(Debug)]
pub(crate) struct Newcomer {
    pub(crate) caller: Caller,
    pub(crate) is_host: bool,
    /// What they are asked for.
    pub(crate) pin: Option<Pin>,
    /// The call by which the journal knows their part.
    pub(crate) story: CallId,
}

/// The end of somebody's part, as the journal is told it once their last figures are there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Epilogue {
    pub(super) story: CallId,
    pub(super) outcome: Outcome,
    pub(super) reason: &'static str,
    pub(super) until: Instant,
}

/// The conference of a room in which nobody is yet.
fn empty(room: &Room) -> Box<Conference> {
    Box::new(Conference {
        venue: venue(room),
        room: Some(room.clone()),
        maker: None,
        is_locked: false,
        members: Vec::new(),
        invitations: Vec::new(),
        bell: None,
        words: Vec::new(),
    })
}

fn venue(room: &Room) -> Party {
    Party {
        user: None,
        device: None,
        number: room.extension.clone(),
        name: room.name.clone(),
    }
}

pub(super) fn conferring(mut conference: Box<Conference>, happening: Happening, fx: &mut Effects<'_>) -> State {
    match happening {
        Happening::News(leg, news) => match conference.members.iter().position(|member| member.leg.id == leg) {
            Some(index) => conference.member_hears(index, news, fx),
            None => conference.invited_hears(leg, news, fx),
        },
        Happening::TimeOut => conference.time_out(fx),
    }
    conference.settle(fx)
}

/// The call of a team that was invited rings somebody else; a person to whom it has come is not asked where it shall go on.
pub(super) fn turned(mut conference: Box<Conference>, turn: Turn, fx: &mut Effects<'_>) -> State {
    let turn = match turn {
        Turn::Divert { branches, pace } if !pace.is_team => {
            let pace = pace.going_nowhere_else();
            Turn::Divert { branches, pace }
        }
        turn @ (Turn::Ring { .. } | Turn::Stay { .. } | Turn::Divert { .. } | Turn::Serve { .. } | Turn::Nobody) => turn,
    };
    if let Some(index) = conference.invitations.iter().position(|invitation| invitation.fork.is_team()) {
        let forked = conference.invitations[index].fork.turn(turn, fx);
        conference.invitation_told(index, forked, fx);
    }
    conference.settle(fx)
}

/// The server ends it.
pub(super) fn end(mut conference: Box<Conference>, cause: Cause, fx: &mut Effects<'_>) -> State {
    while !conference.members.is_empty() {
        conference.leave(0, Parting::Because(cause), cause.text, fx);
    }
    conference.call_off(Parting::Because(cause), fx);
    fx.unmade()
}

impl Conference {
    /// Somebody comes to the room, which may be another one since the last has come.
    pub(super) fn enter(&mut self, room: Room, newcomer: Newcomer, fx: &mut Effects<'_>) {
        let Newcomer {
            caller,
            is_host,
            pin,
            story,
        } = newcomer;
        fx.push(Command::Journal(JournalEntry::Started {
            call: story,
            caller: caller.party.clone(),
            called: venue(&room),
        }));
        self.room = Some(room);
        let mut leg = Leg::inbound(caller.leg, caller.party, caller.peer, caller.offer, fx);
        leg.answer(None, fx);
        let stage = Stage::Arriving {
            until: fx.now + ANSWERING_MAX,
            pin,
        };
        self.members.push(Member::new(leg, stage, is_host, Some(story), fx.now));
    }

    /// Whether there is room for another one. Those at the door do not count: they may be anybody.
    pub(super) fn has_room_for(&self, needs_pin: bool) -> bool {
        let at_the_door = self.members.iter().filter(|member| member.is_unproved()).count();
        if needs_pin {
            return at_the_door < AT_THE_DOOR_MAX;
        }
        let members_max = self.room.as_ref().map_or(MEMBERS_MAX, |room| room.members_max.into());
        self.members.len() - at_the_door + self.invitations.len() < members_max.min(MEMBERS_MAX)
    }

    /// All legs that are alive.
    pub(super) fn legs(&self) -> impl Iterator<Item = &Leg> {
        let ringing = self.invitations.iter().flat_map(|invitation| &invitation.fork.branches);
        self.members.iter().map(|member| &member.leg).chain(ringing)
    }

    /// The legs of those who are in it, rather than on their way or in the lobby.
    pub(super) fn present(&self) -> impl Iterator<Item = &Leg> {
        let present = self.members.iter().filter(|member| member.stage.is_present());
        present.map(|member| &member.leg)
    }

    /// When [`conferring`] wants to hear of the time.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let members = self.members.iter().filter_map(|member| member.stage.deadline());
        let ringing = self.invitations.iter().map(|invitation| invitation.fork.deadline());
        members.chain(ringing).min()
    }

    fn member_hears(&mut self, index: usize, news: News, fx: &mut Effects<'_>) {
        let member = &mut self.members[index];
        if let (Stage::Removed { .. }, News::Played) = (&member.stage, &news) {
            return self.leave(index, Parting::HangUp, REMOVED, fx);
        }
        let knock = match news {
            News::Keyed { digit } => member.stage.door().map(|door| door.keyed(digit, door::KeysBy::Audio, fx.now)),
            News::Played => member.stage.door().map(|door| door.played(fx.now)),
            news => match member.leg.handle(news, None, fx) {
                Told::Established => return self.arrived(index, fx),
                Told::Pressed { digit, .. } => member.stage.door().map(|door| door.keyed(digit, door::KeysBy::Signalling, fx.now)),
                Told::Left(how) => {
                    let reason = talk::who_left(&member.leg, how);
                    return self.leave(index, how.parting(), reason, fx);
                }
                Told::Lost { .. } => return self.leave(index, Parting::Left, Cause::LEFT.text, fx),
                Told::Broken(cause) => return self.leave(index, Parting::Because(cause), cause.text, fx),
                Told::Refer { request, .. } => {
                    fx.respond(request, Cause::NOBODY_TO_TRANSFER);
                    None
                }
                Told::Nothing
                | Told::Offered { .. }
                | Told::Rang
                | Told::Previewed
                | Told::Answered
                | Told::Renegotiated
                | Told::Narrowed => None,
            },
        };
        self.knocked(index, knock, fx);
    }

    /// Somebody's audio is up.
    fn arrived(&mut self, index: usize, fx: &mut Effects<'_>) {
        let member = &mut self.members[index];
        let Stage::Arriving { pin, .. } = &mut member.stage else { return };
        member.stage = match pin.take() {
            Some(pin) => {
                self.words.push((member.leg.id, Prompt::EnterPin));
                Stage::AtTheDoor(Door::new(pin, fx.now))
            }
            None => Stage::Waiting,
        };
        member.since = fx.now;
        let is_invited = member.leg.side == Side::Called;
        if let Some(call) = member.story {
            let device = member.leg.party.device.filter(|_| is_invited);
            fx.push(Command::Journal(JournalEntry::Answered { call, device }));
        }
        if is_invited {
            self.introduce(index, fx);
        }
    }

    /// Shows somebody where they are.
    fn introduce(&self, index: usize, fx: &mut Effects<'_>) {
        fx.push(Command::Identify {
            leg: self.members[index].leg.id,
            party: self.venue.clone(),
        });
    }

    /// Somebody at the door has pressed a key, or taken too long.
    fn knocked(&mut self, index: usize, knock: Option<Knock>, fx: &mut Effects<'_>) {
        match knock {
            None | Some(Knock::Outside) => {}
            Some(Knock::Wrong) => {
                self.words.push((self.members[index].leg.id, Prompt::WrongPin));
                fx.push(Command::WrongPin);
            }
            Some(Knock::Again) => self.words.push((self.members[index].leg.id, Prompt::EnterPin)),
            Some(Knock::In) if self.has_room_for(false) => self.members[index].stage = Stage::Waiting,
            Some(Knock::In) => self.leave(index, Parting::Because(Cause::ROOM_FULL), Cause::ROOM_FULL.text, fx),
            Some(Knock::Away) => self.leave(index, Parting::HangUp, "the PIN was wrong", fx),
        }
    }

    fn invited_hears(&mut self, leg: LegId, news: News, fx: &mut Effects<'_>) {
        let is_theirs = |fork: &Fork| fork.branches.iter().any(|branch| branch.id == leg) || fork.holds_in_reserve(leg);
        if let Some(index) = self.invitations.iter().position(|invitation| is_theirs(&invitation.fork)) {
            let forked = self.invitations[index].fork.handle(leg, news, fx);
            self.invitation_told(index, forked, fx);
        }
    }

    fn invitation_told(&mut self, index: usize, forked: Forked, fx: &mut Effects<'_>) {
        let (outcome, reason) = match forked {
            Forked::Nothing | Forked::Rang | Forked::Previewed(_) => return,
            Forked::Answered(leg) => {
                let invitation = self.invitations.remove(index);
                let stage = Stage::Arriving {
                    until: fx.now + ANSWERING_MAX,
                    pin: None,
                };
                let is_host = self.is_host(leg.party.user);
                let mut member = Member::new(*leg, stage, is_host, Some(invitation.story), fx.now);
                (member.is_admitted, member.begun) = (invitation.is_admitted, invitation.since);
                return self.members.push(member);
            }
            Forked::Served(_) => (Outcome::Failed, "a code or a menu cannot come into a conference"),
            Forked::Failed(verdict) => (verdict.outcome(), verdict.cause().text),
        };
        let invitation = self.invitations.remove(index);
        invitation.tell(outcome, reason, fx);
    }

    /// Whether somebody leads the room.
    fn is_host(&self, user: Option<UserId>) -> bool {
        let hosts = self.room.as_ref().map_or(&[][..], |room| &room.hosts);
        user.is_some_and(|user| hosts.contains(&user))
    }

    fn time_out(&mut self, fx: &mut Effects<'_>) {
        for index in (0..self.invitations.len()).rev() {
            if self.invitations[index].fork.deadline() <= fx.now {
                let forked = self.invitations[index].fork.handle_timeout(fx);
                self.invitation_told(index, forked, fx);
            }
        }
        for index in (0..self.members.len()).rev() {
            let member = &mut self.members[index];
            if let Some(cause) = member.leg.handle_timeout(fx) {
                self.leave(index, Parting::Because(cause), cause.text, fx);
                continue;
            }
            if member.stage.deadline().is_none_or(|due| due > fx.now) {
                continue;
            }
            let was_removed = member.stage.is_removed();
            match member.stage.door().map(|door| door.timed_out(fx.now)) {
                Some(knock) => self.knocked(index, Some(knock), fx),
                None if was_removed => self.leave(index, Parting::HangUp, REMOVED, fx),
                None => self.leave(index, Parting::Because(Cause::MEDIA_SILENT), Cause::MEDIA_SILENT.text, fx),
            }
        }
    }

    /// A host does not want somebody in it. Who can hear it is told so first.
    fn remove(&mut self, index: usize, fx: &mut Effects<'_>) {
        let member = &mut self.members[index];
        if !member.is_inside() || member.leg.holds() {
            return self.leave(index, Parting::HangUp, REMOVED, fx);
        }
        if member.stage.is_present() {
            self.bell = Some(Chime::Left);
        }
        let until = fx.now + REMOVED_MAX;
        member.stage = Stage::Removed { until };
        self.words.push((member.leg.id, Prompt::Removed));
    }

    /// Somebody is in it no more.
    fn leave(&mut self, index: usize, parting: Parting, reason: &'static str, fx: &mut Effects<'_>) {
        let member = self.members.remove(index);
        if member.stage.is_present() {
            self.bell = Some(Chime::Left);
        }
        let outcome = match (&member.stage, parting) {
            (Stage::Arriving { .. }, Parting::Left) => Outcome::Cancelled,
            (Stage::Arriving { .. }, Parting::HangUp | Parting::Because(_)) => Outcome::Failed,
            (Stage::AtTheDoor(_) | Stage::Waiting | Stage::Present | Stage::Removed { .. }, _) => Outcome::Answered,
        };
        let (leg, story) = (member.leg.id, member.story);
        member.leg.close(parting, fx);
        if let Some(story) = story {
            fx.tell_story(leg, story, outcome, reason);
        }
    }

    /// Nobody is called any more.
    fn call_off(&mut self, parting: Parting, fx: &mut Effects<'_>) {
        for mut invitation in std::mem::take(&mut self.invitations) {
            invitation.fork.cancel(parting, fx);
            invitation.tell(Outcome::Cancelled, "the conference was over", fx);
        }
    }

    /// Whether everybody but the hosts has to wait now.
    fn waits(&self) -> bool {
        let waits = self.room.as_ref().is_some_and(|room| room.waits_for_host && !room.hosts.is_empty());
        waits && !self.members.iter().any(|member| member.is_host && member.is_inside())
    }

    /// Lets in who may be in, sends those to the lobby who may not, and lets everybody hear what they should.
    fn rearrange(&mut self, fx: &mut Effects<'_>) {
        let (waits, is_locked) = (self.waits(), self.is_locked);
        for member in &mut self.members {
            let may_be_in = member.is_host || (!waits && (!is_locked || member.is_admitted));
            match member.stage {
                Stage::Waiting if may_be_in => {
                    member.stage = Stage::Present;
                    (member.since, member.is_admitted, member.told) = (fx.now, true, None);
                    self.bell = Some(Chime::Entered);
                }
                Stage::Present if !may_be_in => {
                    member.stage = Stage::Waiting;
                    member.since = fx.now;
                }
                Stage::Arriving { .. } | Stage::AtTheDoor(_) | Stage::Waiting | Stage::Present | Stage::Removed { .. } => {}
            }
            if let (Stage::Waiting, why) = (&member.stage, if waits { Prompt::WaitForHost } else { Prompt::ConferenceLocked })
                && member.told.replace(why) != Some(why)
            {
                self.words.push((member.leg.id, why));
            }
            if member.leg.is_established() {
                let source = member.source();
                member.leg.hear(source, fx);
            }
        }
        self.greet_the_first();
        self.ring_the_bell(fx);
        for (leg, prompt) in std::mem::take(&mut self.words) {
            if self.members.iter().any(|member| member.leg.id == leg && !member.leg.holds()) {
                fx.push(Command::Tell { leg, prompt });
            }
        }
    }

    /// Whoever comes into an empty room hears so, where comings and goings are heard.
    fn greet_the_first(&mut self) {
        let has_tones = self.room.as_ref().is_some_and(|room| room.has_tones);
        let mut present = self.members.iter().filter(|member| member.stage.is_present());
        if let (true, Some(Chime::Entered), Some(first), None) = (has_tones, self.bell, present.next(), present.next()) {
            self.words.push((first.leg.id, Prompt::FirstInConference));
        }
    }

    fn ring_the_bell(&mut self, fx: &mut Effects<'_>) {
        let bell = self.bell.take().filter(|_| self.room.as_ref().is_some_and(|room| room.has_tones));
        let hears = |member: &&Member| member.stage.is_present() && !member.leg.holds();
        if let (Some(chime), Some(member)) = (bell, self.members.iter().find(hears)) {
            fx.media(control::Command::Chime { leg: member.leg.id, chime });
        }
    }

    /// What the call is after a change.
    pub(super) fn settle(mut self: Box<Self>, fx: &mut Effects<'_>) -> State {
        self.rearrange(fx);
        let is_over = match (&self.room, self.members.len()) {
            (_, 0) | (None, 1) => true,
            (Some(_), _) | (None, _) => false,
        };
        if is_over {
            self.call_off(Parting::HangUp, fx);
            if !self.members.is_empty() {
                self.leave(0, Parting::HangUp, "everybody else had left", fx);
            }
            return fx.unmade();
        }
        if self.is_a_pair() {
            return making::part_as_pair(*self, fx);
        }
        State::Conference(self)
    }

    /// Whether two talk and nothing else is under way. Who is muted relies on that.
    fn is_a_pair(&self) -> bool {
        let talk = |member: &Member| member.stage.is_present() && !member.is_muted;
        self.room.is_none() && self.invitations.is_empty() && self.members.len() == 2 && self.members.iter().all(talk)
    }
}

impl Member {
    fn new(leg: Leg, stage: Stage, is_host: bool, story: Option<CallId>, since: Instant) -> Self {
        Self {
            leg,
            stage,
            is_host,
            is_muted: false,
            hand_is_up: false,
            is_admitted: false,
            told: None,
            begun: since,
            since,
            story,
        }
    }

    /// The call by which the journal knows their part, where it is one of its own.
    pub(super) fn story(&self) -> Option<CallId> {
        self.story
    }

    /// They have been answered, and have proved what they had to.
    fn is_inside(&self) -> bool {
        match self.stage {
            Stage::Waiting | Stage::Present => true,
            Stage::Arriving { .. } | Stage::AtTheDoor(_) | Stage::Removed { .. } => false,
        }
    }

    /// They still have to show that they may come in.
    fn is_unproved(&self) -> bool {
        match &self.stage {
            Stage::Arriving { pin, .. } => pin.is_some(),
            Stage::AtTheDoor(_) => true,
            Stage::Waiting | Stage::Present | Stage::Removed { .. } => false,
        }
    }

    /// What they hear unless they hold.
    fn source(&self) -> Source {
        match &self.stage {
            Stage::Arriving { .. } | Stage::Removed { .. } => Source::Nothing,
            Stage::AtTheDoor(door) => door.source(),
            Stage::Waiting => Source::Music,
            Stage::Present => Source::Conference { is_muted: self.is_muted },
        }
    }
}

impl Stage {
    fn is_present(&self) -> bool {
        matches!(self, Self::Present)
    }

    fn is_removed(&self) -> bool {
        matches!(self, Self::Removed { .. })
    }

    fn door(&mut self) -> Option<&mut Door> {
        match self {
            Self::AtTheDoor(door) => Some(door),
            Self::Arriving { .. } | Self::Waiting | Self::Present | Self::Removed { .. } => None,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Arriving { until, .. } | Self::Removed { until } => Some(*until),
            Self::AtTheDoor(door) => Some(door.deadline()),
            Self::Waiting | Self::Present => None,
        }
    }
}

impl Epilogue {
    pub(super) fn told(self, legs: Vec<(LegId, Side, Box<LegReport>)>) -> Command {
        Command::Journal(JournalEntry::Ended {
            call: self.story,
            outcome: self.outcome,
            reason: self.reason,
            legs,
        })
    }
}

impl Invitation {
    fn tell(self, outcome: Outcome, reason: &'static str, fx: &mut Effects<'_>) {
        fx.push(Command::Journal(JournalEntry::Ended {
            call: self.story,
            outcome,
            reason,
            legs: Vec::new(),
        }));
    }
}
