//! What phones show of others: lamps beside keys (RFC 4235), presence (RFC 3856), waiting messages (RFC 3842).
//!
//! ```text
//!  SUBSCRIBE ──► what it is about, whether its phone may ──► Lamp ──► NOTIFY with the whole state
//!  a person's calls, a team's, a slot: changed ──► stale ──► gathered for a moment ──► one NOTIFY at a time, always the newest state
//! ```
//!
//! Every NOTIFY has the whole state (`state="full"`), so that none depends on the one before.

mod bodies;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{DeviceId, TeamId, UserId};
use sip::agent::{Body, Event, Header, RequestId, WatchId, Watched};
use sip::message::Request;

use super::requests::{header, reason};
use super::{Core, LiveEvent, ParkedCall};
use crate::directory::{Directory, Feature, MemberKind};
use bodies::Dialog;

/// Subscriptions of one phone at most: the keys of a phone with three extension modules.
pub(super) const WATCHES_PER_DEVICE_MAX: usize = 250;
/// Changes that follow each other this closely are told together.
const GATHERING: Duration = Duration::from_millis(50);
/// The same subscription is told at most this often.
const INTERVAL_MIN: Duration = Duration::from_millis(200);
/// Dialogs in one document at most.
const DIALOGS_MAX: usize = 8;

/// What a subscription is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Object {
    /// A person's calls, or whether they are there.
    Person(UserId),
    /// The calls to a team.
    Team(TeamId),
    /// A place where a call can be parked.
    Slot(u8),
}

/// In which words it is told (`Event`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Package {
    /// `dialog`: RFC 4235.
    Dialog,
    /// `presence`: RFC 3856.
    Presence,
    /// `message-summary`: RFC 3842.
    Messages,
}

/// All subscriptions.
#[derive(Debug, Default)]
pub(super) struct Lamps {
    lamps: BTreeMap<WatchId, Lamp>,
    of: BTreeMap<Object, BTreeSet<WatchId>>,
    due: BTreeSet<(Instant, WatchId)>,
    /// What has changed since it was looked at last.
    touched: BTreeSet<Object>,
    parked: Arc<[ParkedCall]>,
}

/// A subscription.
#[derive(Debug)]
struct Lamp {
    object: Object,
    package: Package,
    /// Who watches.
    device: DeviceId,
    /// As the watched is named in the subscription.
    entity: String,
    /// Of the next document.
    version: u32,
    /// A NOTIFY is under way.
    is_telling: bool,
    /// What it has been told is not true any more.
    is_stale: bool,
    told_at: Option<Instant>,
    /// As it stands in [`Lamps::due`].
    due: Option<Instant>,
}

impl Package {
    fn of(message: &Request) -> Option<Self> {
        let event = message.header("Event")?.split(';').next()?.trim().to_ascii_lowercase();
        match event.as_str() {
            "dialog" => Some(Self::Dialog),
            "presence" => Some(Self::Presence),
            "message-summary" => Some(Self::Messages),
            _ => None,
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Dialog => "application/dialog-info+xml",
            Self::Presence => "application/pidf+xml",
            Self::Messages => "application/simple-message-summary",
        }
    }
}

impl Lamps {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    pub(super) fn len(&self) -> usize {
        self.lamps.len()
    }

    fn add(&mut self, id: WatchId, lamp: Lamp) {
        self.of.entry(lamp.object).or_default().insert(id);
        self.lamps.insert(id, lamp);
    }

    fn remove(&mut self, id: WatchId) {
        let Some(lamp) = self.lamps.remove(&id) else { return };
        if let Some(due) = lamp.due {
            self.due.remove(&(due, id));
        }
        if let Some(watches) = self.of.get_mut(&lamp.object) {
            watches.remove(&id);
            if watches.is_empty() {
                self.of.remove(&lamp.object);
            }
        }
    }

    /// What is told to the app concerns lamps as well.
    pub(super) fn note(&mut self, event: &LiveEvent) {
        match event {
            LiveEvent::Calls { user, .. } | LiveEvent::UserState { user, .. } => {
                self.touched.insert(Object::Person(*user));
            }
            LiveEvent::TeamLine { team, .. } => {
                self.touched.insert(Object::Team(*team));
            }
            LiveEvent::Parked(parked) => {
                let before = std::mem::replace(&mut self.parked, Arc::clone(parked));
                let slots = before.iter().chain(parked.iter()).map(|call| Object::Slot(call.slot));
                self.touched.extend(slots);
            }
            LiveEvent::Registered { .. }
            | LiveEvent::Unregistered { .. }
            | LiveEvent::PhoneWay { .. }
            | LiveEvent::Displaced { .. }
            | LiveEvent::Line { .. }
            | LiveEvent::LineClosed { .. }
            | LiveEvent::LineMeasured { .. }
            | LiveEvent::TrunkTested { .. }
            | LiveEvent::TrunkNotTested { .. }
            | LiveEvent::Suspected { .. }
            | LiveEvent::EmergencyCalled { .. }
            | LiveEvent::Conference { .. }
            | LiveEvent::Speaking { .. }
            | LiveEvent::PickUps { .. }
            | LiveEvent::CallBacks { .. }
            | LiveEvent::Transferred { .. }
            | LiveEvent::Seated { .. }
            | LiveEvent::Measured { .. } => {}
        }
    }

    /// Plans to tell what has changed.
    pub(super) fn gather(&mut self, now: Instant) {
        for object in std::mem::take(&mut self.touched) {
            self.change(object, now);
        }
    }

    /// Something has changed: its subscribers are told in a moment, or when what is under way to them has arrived.
    fn change(&mut self, object: Object, now: Instant) {
        for id in self.of.get(&object).into_iter().flatten() {
            let Some(lamp) = self.lamps.get_mut(id) else { continue };
            lamp.is_stale = true;
            lamp.plan(*id, now, &mut self.due);
        }
    }
}

impl Lamp {
    /// Decides when it is told next.
    fn plan(&mut self, id: WatchId, now: Instant, due: &mut BTreeSet<(Instant, WatchId)>) {
        if self.is_telling || !self.is_stale || self.due.is_some() {
            return;
        }
        let earliest = self.told_at.map_or(now, |told_at| told_at + INTERVAL_MIN);
        let at = earliest.max(now + GATHERING);
        self.due = Some(at);
        due.insert((at, id));
    }
}

impl Core {
    /// SUBSCRIBE outside of dialogs, from a device that has proved itself.
    pub(super) fn subscribed(&mut self, request: RequestId, device: DeviceId, message: &Request, now: Instant) {
        let refusal = match self.object_of(device, message) {
            Ok((package, object)) => match self.obstacle_to_watching(device, (package, object), message, now) {
                None => return self.begin_to_watch(request, device, (package, object), message, now),
                Some(refusal) => refusal,
            },
            Err(refusal) => refusal,
        };
        let (status, headers) = refusal;
        self.agent.respond(request, status, headers, None, now);
    }

    fn obstacle_to_watching(
        &mut self,
        device: DeviceId,
        (package, object): (Package, Object),
        message: &Request,
        now: Instant,
    ) -> Option<(u16, Vec<Header>)> {
        let accepts = message.header("Accept").is_none_or(|accept| {
            let mut types = accept.split(',').map(|known| known.split(';').next().unwrap_or_default().trim());
            types.any(|known| known.eq_ignore_ascii_case(package.content_type()) || known == "*/*")
        });
        if !accepts {
            return Some((406, vec![header("Accept", package.content_type())]));
        }
        let own = self.lamps.lamps.values().filter(|lamp| lamp.device == device).count();
        if own >= WATCHES_PER_DEVICE_MAX && !self.forget_oldest(device, (package, object), now) {
            self.refused += 1;
            return Some((403, vec![reason(403, "this phone has too many subscriptions")]));
        }
        None
    }

    /// A phone that has started anew knows nothing of what it had subscribed to: the oldest subscription to the same makes place. `false`: there
    /// is none.
    fn forget_oldest(&mut self, device: DeviceId, (package, object): (Package, Object), now: Instant) -> bool {
        let is_same = |lamp: &Lamp| (lamp.device, lamp.package, lamp.object) == (device, package, object);
        let Some(oldest) = self.lamps.lamps.iter().find(|(_, lamp)| is_same(lamp)).map(|(id, _)| *id) else {
            return false;
        };
        self.agent.end_watch(oldest, None, "rejected", now);
        self.lamps.remove(oldest);
        true
    }

    /// What a SUBSCRIBE is about; else how it is refused.
    fn object_of(&self, device: DeviceId, message: &Request) -> Result<(Package, Object), (u16, Vec<Header>)> {
        let package =
            Package::of(message).ok_or_else(|| (489, vec![header("Allow-Events", "dialog, presence, message-summary, refer")]))?;
        let nobody = || (404, vec![reason(404, "there is nothing to watch at this number")]);
        let number = message
            .request_user()
            .and_then(|user| numbers::normalise(&user))
            .ok_or_else(nobody)?;
        let device_user = self.person_at(device);
        let person = || {
            let user = self.directory.user_at(&number).map(|user| user.id);
            user.or_else(|| self.directory.device_named(&number).and_then(|device| self.person_at(device.id)))
        };
        let object = match package {
            // Nobody's messages but one's own.
            Package::Messages => person().filter(|user| Some(*user) == device_user).map(Object::Person),
            Package::Presence => person().map(Object::Person),
            Package::Dialog => person()
                .map(Object::Person)
                .or_else(|| self.directory.team_at(&number).map(|team| Object::Team(team.id)))
                .or_else(|| self.slot_named(&number)),
        };
        object.map(|object| (package, object)).ok_or_else(nobody)
    }

    /// The slot that `*703` names.
    fn slot_named(&self, number: &str) -> Option<Object> {
        let code = self.directory.feature(number).filter(|code| code.feature == Feature::Park)?;
        let slot = code.rest.parse().ok()?;
        (1..=self.directory.directory().parking.slots)
            .contains(&slot)
            .then_some(Object::Slot(slot))
    }

    fn begin_to_watch(
        &mut self,
        request: RequestId,
        device: DeviceId,
        (package, object): (Package, Object),
        message: &Request,
        now: Instant,
    ) {
        let (id, is_last) = match self.agent.watch(request, Some(device.0), now) {
            Watched::Begun(id) => (id, false),
            Watched::Once(id) => (id, true),
            Watched::Refused => return,
        };
        let entity = format!("sip:{}@{}", message.request_user().unwrap_or_default(), self.config.agent.realm);
        let lamp = Lamp {
            object,
            package,
            device,
            entity,
            version: 0,
            is_telling: false,
            is_stale: true,
            told_at: None,
            due: None,
        };
        self.lamps.add(id, lamp);
        self.tell_whole(id, is_last, now);
    }

    /// What the agent says of subscriptions.
    pub(super) fn watch_reports(&mut self, event: &Event, now: Instant) {
        match event {
            Event::Rewatched { watch, is_last } => self.tell_whole(*watch, *is_last, now),
            Event::Notified { watch } => {
                if let Some(lamp) = self.lamps.lamps.get_mut(watch) {
                    lamp.is_telling = false;
                    lamp.plan(*watch, now, &mut self.lamps.due);
                }
            }
            Event::Unwatched { watch } => self.lamps.remove(*watch),
            Event::Requested { .. }
            | Event::Invited { .. }
            | Event::Progressed { .. }
            | Event::Answered { .. }
            | Event::Refused { .. }
            | Event::Confirmed { .. }
            | Event::Reoffered { .. }
            | Event::ReofferEnded { .. }
            | Event::Referred { .. }
            | Event::Informed { .. }
            | Event::RecordingAsked { .. }
            | Event::Pinged { .. }
            | Event::Responded { .. }
            | Event::Ended { .. } => {}
        }
    }

    /// Tells everything now, or as soon as what is under way has arrived.
    fn tell_whole(&mut self, id: WatchId, is_last: bool, now: Instant) {
        if let Some(lamp) = self.lamps.lamps.get_mut(&id) {
            lamp.is_stale = true;
        }
        if is_last {
            let body = self.document(id);
            self.agent.end_watch(id, body.as_ref(), "timeout", now);
            self.lamps.remove(id);
        } else {
            self.tell_lamp(id, now);
        }
    }

    fn tell_lamp(&mut self, id: WatchId, now: Instant) {
        let Some(body) = self.document(id) else { return };
        let is_told = self.agent.notify(id, &body, now);
        if let Some(lamp) = self.lamps.lamps.get_mut(&id)
            && is_told
        {
            lamp.version = lamp.version.wrapping_add(1);
            (lamp.is_telling, lamp.is_stale, lamp.told_at) = (true, false, Some(now));
        }
    }

    pub(super) fn lamps_time_out(&mut self, now: Instant) {
        let due: Vec<(Instant, WatchId)> = self.lamps.due.iter().take_while(|(due, _)| *due <= now).copied().collect();
        for (at, id) in due {
            self.lamps.due.remove(&(at, id));
            if let Some(lamp) = self.lamps.lamps.get_mut(&id) {
                lamp.due = None;
            }
            self.tell_lamp(id, now);
        }
    }

    /// The directory is another one: what is gone cannot be watched, and where names or groups are others, so is what is shown.
    pub(super) fn lamps_follow_directory(&mut self, before: &Directory, now: Instant) {
        let is_gone = |lamp: &Lamp| {
            self.directory.device(lamp.device).is_none()
                || match lamp.object {
                    Object::Person(user) => self.directory.user(user).is_none(),
                    Object::Team(team) => self.directory.team(team).is_none(),
                    Object::Slot(slot) => slot > self.directory.directory().parking.slots,
                }
        };
        let gone: Vec<WatchId> = self
            .lamps
            .lamps
            .iter()
            .filter(|(_, lamp)| is_gone(lamp))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            self.agent.end_watch(id, None, "noresource", now);
            self.lamps.remove(id);
        }
        let directory = self.directory.directory();
        let is_shown_alike = before.pick_up_groups == directory.pick_up_groups && before.teams == directory.teams;
        let names: BTreeMap<UserId, &str> = before.users.iter().map(|user| (user.id, user.name.as_str())).collect();
        let is_same = |object: &Object| match object {
            Object::Person(id) => self.directory.user(*id).map(|user| user.name.as_str()) == names.get(id).copied(),
            Object::Team(_) | Object::Slot(_) => true,
        };
        let others: Vec<Object> = self
            .lamps
            .of
            .keys()
            .filter(|object| !is_shown_alike || !is_same(object))
            .copied()
            .collect();
        for object in others {
            self.lamps.change(object, now);
        }
    }

    /// The state that a subscription is to be told.
    fn document(&self, id: WatchId) -> Option<Body> {
        let lamp = self.lamps.lamps.get(&id)?;
        let text = match (lamp.package, lamp.object) {
            (Package::Dialog, object) => {
                let dialogs = self.dialogs_of(object, lamp);
                bodies::dialog_info(&lamp.entity, lamp.version, &dialogs)
            }
            (Package::Presence, Object::Person(user)) => bodies::presence(&lamp.entity, self.state_of(user)),
            (Package::Messages, Object::Person(_)) => bodies::message_summary(&lamp.entity),
            (Package::Presence | Package::Messages, Object::Team(_) | Object::Slot(_)) => return None,
        };
        Some(Body {
            content_type: lamp.package.content_type().to_owned(),
            bytes: text.into_bytes(),
        })
    }

    fn dialogs_of(&self, object: Object, lamp: &Lamp) -> Vec<Dialog> {
        match object {
            Object::Person(user) => {
                let shows_whom = self.may_see_whom(lamp.device, user);
                let own = self.directory.user(user).map(|user| user.name.clone()).unwrap_or_default();
                let views = self.watch.calls_of(user).filter_map(|call| self.calls.calls.get(&call));
                let views = views.flat_map(|entry| entry.views.iter().filter(|(of, _)| *of == user));
                let dialogs = views.map(|(_, view)| Dialog::of(view, &own, shows_whom));
                dialogs.take(DIALOGS_MAX).collect()
            }
            Object::Team(team) => {
                let calls = self.teams.line(team);
                calls.iter().map(Dialog::on_line).take(DIALOGS_MAX).collect()
            }
            Object::Slot(slot) => {
                let parked = self.lamps.parked.iter().filter(|call| call.slot == slot);
                parked.map(Dialog::parked).collect()
            }
        }
    }

    /// Whether this phone may show with whom somebody talks: its person's own calls, and those of their groups and teams.
    fn may_see_whom(&self, device: DeviceId, user: UserId) -> bool {
        let Some(watcher) = self.person_at(device) else { return false };
        let directory = self.directory.directory();
        let both = |members: &[UserId]| members.contains(&watcher) && members.contains(&user);
        let in_team = |members: &[crate::directory::Member]| {
            let has = |user| members.iter().any(|member| member.kind == MemberKind::Person(user));
            has(watcher) && has(user)
        };
        watcher == user
            || directory.pick_up_groups.iter().any(|group| both(&group.members))
            || directory.teams.iter().any(|team| in_team(&team.members))
    }
}
