//! All calls that are recorded now, and which messages and legs are whose.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use model::{CallId, DeviceId, LegId, TrunkId};
use sip::Transport;
use time::OffsetDateTime;

use super::glance::Glance;
use super::note::{Note, What};
use super::track::Track;

/// Calls that are followed at once; with 64 kB each, and most of them far less.
pub(super) const TRACKS_MAX: usize = 2_000;
/// Messages that wait until it is known whose they are.
const PENDING_MAX: usize = 2_048;
/// How long they do.
const PENDING_FOR: Duration = Duration::from_secs(10);
/// After the end of a call its last answers still come.
const LINGERS_FOR: Duration = Duration::from_secs(2);
/// A call of which nothing was heard for so long has lost the note of its end.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3_600);
/// Where phones are, as far as they are remembered for captures.
const PLACES_MAX: usize = 20_000;

struct Pending {
    at: Instant,
    glance: Glance,
    is_inbound: bool,
    transport: Transport,
}

/// See the module.
#[derive(Default)]
pub(super) struct Book {
    tracks: BTreeMap<CallId, Track>,
    legs: HashMap<LegId, CallId>,
    dialogs: HashMap<u64, LegId>,
    pending: VecDeque<Pending>,
    places: HashMap<DeviceId, SocketAddr>,
    /// Calls for which there was no room.
    pub(super) refused: u64,
}

impl Book {
    /// Takes a note. `call_id`: the recorder's name of a Call-ID.
    pub(super) fn take(&mut self, note: Note, call_id: impl Fn(&str) -> u64) {
        let Note { at, what } = note;
        match what {
            What::Message {
                glance,
                is_inbound,
                transport,
            } => self.message(Pending {
                at,
                glance,
                is_inbound,
                transport,
            }),
            What::Dialog(began) => {
                self.open(began.call, at);
                if let Some(device) = began.device
                    && self.places.len() < PLACES_MAX
                {
                    self.places.insert(device, began.flow.peer);
                }
                if let Some(track) = self.tracks.get_mut(&began.call) {
                    track.dialog(&began);
                    self.legs.insert(began.leg, began.call);
                    self.dialogs.insert(call_id(&began.call_id), began.leg);
                    self.find_owners();
                }
            }
            What::Made { call, leg, kind } => {
                self.open(call, at);
                if let Some(track) = self.tracks.get_mut(&call) {
                    track.made(leg, kind);
                    self.legs.insert(leg, call);
                }
            }
            What::Joined { leg, call } => self.joined(leg, call, at),
            What::Hears { leg, hears } => self.on(leg, at, |track| track.hears(at, leg, hears)),
            What::Port { leg, port } => self.on(leg, at, |track| track.has_port(leg, port)),
            What::Marked { leg, kind, text } => self.on(leg, at, |track| track.mark(at, Some(leg), kind, text)),
            What::MarkedCall(mark) => {
                let (call, leg, kind, text) = *mark;
                if let Some(track) = self.tracks.get_mut(&call) {
                    track.mark(at, leg, kind, &text);
                }
            }
            What::Measured { leg, reading } => self.on(leg, at, |track| track.measured(at, leg, &reading)),
            What::Began(began) => {
                let (call, caller, called) = *began;
                self.open(call, at);
                if let Some(track) = self.tracks.get_mut(&call) {
                    track.began(caller, called);
                }
            }
            What::Ended { call, reason } => {
                if let Some(track) = self.tracks.get_mut(&call) {
                    track.mark(at, None, super::story::MarkKind::Ended, reason);
                    track.ended = Some(at);
                }
            }
        }
    }

    /// Begins to follow a call, unless that is done already.
    fn open(&mut self, call: CallId, at: Instant) {
        if self.tracks.contains_key(&call) {
            return;
        }
        if self.tracks.len() >= TRACKS_MAX {
            self.refused += 1;
            return;
        }
        let begun_at = OffsetDateTime::from(SystemTime::now()) - at.elapsed();
        self.tracks.insert(call, Track::new(call, at, begun_at));
    }

    fn on(&mut self, leg: LegId, at: Instant, act: impl FnOnce(&mut Track)) {
        let call = self.legs.get(&leg);
        if let Some(track) = call.and_then(|call| self.tracks.get_mut(call)) {
            track.touched = at;
            act(track);
        }
    }

    fn joined(&mut self, leg: LegId, call: CallId, at: Instant) {
        let from = self.legs.get(&leg).copied().filter(|from| *from != call);
        let Some(moved) = from
            .and_then(|from| self.tracks.get_mut(&from))
            .and_then(|track| track.leaves(leg, at))
        else {
            return;
        };
        self.open(call, at);
        if let Some(track) = self.tracks.get_mut(&call) {
            track.arrives(moved, at);
            self.legs.insert(leg, call);
        }
    }

    fn message(&mut self, message: Pending) {
        if let Some(message) = self.owned(message) {
            if self.pending.len() >= PENDING_MAX {
                self.pending.pop_front();
            }
            self.pending.push_back(message);
        }
    }

    /// Gives a message to its leg, or back.
    fn owned(&mut self, message: Pending) -> Option<Pending> {
        let Some(leg) = self.dialogs.get(&message.glance.call_id).copied() else {
            return Some(message);
        };
        let Pending {
            at,
            glance,
            is_inbound,
            transport,
        } = message;
        self.on(leg, at, |track| track.message(at, leg, &glance, is_inbound, transport));
        None
    }

    fn find_owners(&mut self) {
        for message in std::mem::take(&mut self.pending) {
            if let Some(still_nobodys) = self.owned(message) {
                self.pending.push_back(still_nobodys);
            }
        }
    }

    /// The calls that are over, or (at the end of the program) all.
    pub(super) fn take_finished(&mut self, now: Instant, all: bool) -> Vec<Track> {
        let pending_since = now.checked_sub(PENDING_FOR);
        while self.pending.front().is_some_and(|message| Some(message.at) < pending_since) {
            self.pending.pop_front();
        }
        let is_over = |track: &Track| {
            let lingers = |at: Instant| now.saturating_duration_since(at) < LINGERS_FOR;
            all || track.ended.is_some_and(|at| !lingers(at)) || now.saturating_duration_since(track.touched) >= FORGOTTEN_AFTER
        };
        let over: Vec<_> = self
            .tracks
            .values()
            .filter(|track| is_over(track))
            .map(|track| track.call)
            .collect();
        if over.is_empty() {
            return Vec::new();
        }
        let finished: Vec<_> = over.iter().filter_map(|call| self.tracks.remove(call)).collect();
        self.legs.retain(|_, call| self.tracks.contains_key(call));
        self.dialogs.retain(|_, leg| self.legs.contains_key(leg));
        finished
    }

    /// One that runs.
    pub(super) fn track(&self, call: CallId) -> Option<&Track> {
        self.tracks.get(&call)
    }

    /// How many run.
    pub(super) fn len(&self) -> usize {
        self.tracks.len()
    }

    /// A phone has registered from there.
    pub(super) fn place(&mut self, device: DeviceId, from: SocketAddr) {
        if self.places.len() < PLACES_MAX || self.places.contains_key(&device) {
            self.places.insert(device, from);
        }
    }

    /// Where a phone was seen last.
    pub(super) fn place_of(&self, device: DeviceId) -> Option<SocketAddr> {
        self.places.get(&device).copied()
    }

    /// Whose message it is.
    pub(super) fn leg_of(&self, call_id: u64) -> Option<LegId> {
        self.dialogs.get(&call_id).copied()
    }

    /// The legs, with their RTP ports, that somebody wants to look at.
    pub(super) fn legs_of(&self, whose: Whose) -> Vec<(LegId, Option<u16>)> {
        let tracks = self.tracks.values().filter(|track| match whose {
            Whose::Call(call) => track.call == call,
            Whose::Device(_) | Whose::Trunk(_) => true,
        });
        let legs = tracks.flat_map(Track::present).filter(|leg| match whose {
            Whose::Call(_) => true,
            Whose::Device(device) => leg.device == Some(device),
            Whose::Trunk(trunk) => leg.trunk == Some(trunk),
        });
        legs.map(|leg| (leg.id, leg.port)).collect()
    }
}

/// Of what a capture is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Call(CallId),
    Device(DeviceId),
    Trunk(TrunkId),
}

#[cfg(test)]
mod tests {
    use switchboard::core::{DialogBegan, Party};
    use switchboard::directory::Directory;

    use super::super::glance::{Kind, Method};
    use super::*;

    const CALL: CallId = CallId(1);

    fn note(at: Instant, what: What) -> Note {
        Note { at, what }
    }

    fn message(call_id: u64, kind: Kind, method: Method, is_inbound: bool) -> What {
        What::Message {
            glance: Glance {
                call_id,
                kind,
                method,
                cseq: 1,
                bytes: 400,
            },
            is_inbound,
            transport: Transport::Udp,
        }
    }

    fn dialog(call: CallId, leg: u64, call_id: &str) -> What {
        What::Dialog(Box::new(DialogBegan {
            call,
            leg: LegId(leg),
            call_id: call_id.to_owned(),
            flow: sip::Flow {
                transport: Transport::Udp,
                local: "10.0.0.1:5060".parse().unwrap(),
                peer: "10.0.0.9:5060".parse().unwrap(),
                connection: 0,
            },
            user: None,
            device: Some(DeviceId(3)),
            trunk: None,
        }))
    }

    fn began() -> What {
        let party = |number: &str| Party {
            user: None,
            device: None,
            number: number.to_owned(),
            name: String::new(),
        };
        What::Began(Box::new((CALL, party("101"), party("102"))))
    }

    fn number(text: &str) -> u64 {
        text.parse().unwrap()
    }

    #[test]
    fn a_message_finds_its_leg_also_when_it_came_first() {
        let (mut book, at) = (Book::default(), Instant::now());
        book.take(note(at, message(7, Kind::Request, Method::Invite, true)), number);
        book.take(note(at, message(8, Kind::Request, Method::Invite, true)), number);
        book.take(note(at, began()), number);
        book.take(note(at, dialog(CALL, 2, "7")), number);
        book.take(note(at, message(7, Kind::Response(180), Method::Invite, false)), number);
        let story = book.track(CALL).unwrap().story("1-1".to_owned(), &Directory::default());
        let ladder: Vec<_> = story.ladder.iter().map(|step| (step.what.as_str(), step.to.as_str())).collect();
        assert_eq!(ladder, [("INVITE", "farend"), ("180 Ringing", "101")]);
    }

    #[test]
    fn a_call_waits_for_its_last_answers_and_then_is_handed_out() {
        let (mut book, at) = (Book::default(), Instant::now());
        book.take(note(at, dialog(CALL, 2, "7")), number);
        book.take(note(at, began()), number);
        book.take(
            note(
                at,
                What::Ended {
                    call: CALL,
                    reason: "caller hung up",
                },
            ),
            number,
        );
        assert!(book.take_finished(at + Duration::from_secs(1), false).is_empty());
        book.take(note(at, message(7, Kind::Response(200), Method::Bye, true)), number);
        let finished = book.take_finished(at + LINGERS_FOR, false);
        assert_eq!(finished.len(), 1);
        assert_eq!(
            (book.len(), book.legs.len(), book.dialogs.len()),
            (0, 0, 0),
            "nothing is left behind"
        );
    }

    #[test]
    fn a_leg_that_joins_another_call_is_followed_there() {
        let (mut book, at) = (Book::default(), Instant::now());
        book.take(note(at, dialog(CALL, 2, "7")), number);
        book.take(note(at, dialog(CallId(5), 6, "9")), number);
        book.take(
            note(
                at,
                What::Joined {
                    leg: LegId(2),
                    call: CallId(5),
                },
            ),
            number,
        );
        book.take(note(at, message(7, Kind::Request, Method::Bye, true)), number);
        assert_eq!(book.legs_of(Whose::Call(CallId(5))).len(), 2);
        assert!(book.legs_of(Whose::Call(CALL)).is_empty());
        let story = book.track(CallId(5)).unwrap().story("1-5".to_owned(), &Directory::default());
        assert_eq!(story.ladder.len(), 1);
    }

    #[test]
    fn further_calls_are_counted_when_there_is_no_room() {
        let (mut book, at) = (Book::default(), Instant::now());
        for call in 0..TRACKS_MAX as u64 + 3 {
            book.take(note(at, dialog(CallId(call), 10_000 + call, &call.to_string())), number);
        }
        assert_eq!((book.len(), book.refused), (TRACKS_MAX, 3));
        for call_id in 0..2 * PENDING_MAX as u64 {
            book.take(note(at, message(1 << 32 | call_id, Kind::Request, Method::Notify, true)), number);
        }
        assert_eq!(book.pending.len(), PENDING_MAX);
        assert_eq!(book.take_finished(at, true).len(), TRACKS_MAX);
        book.take_finished(at + PENDING_FOR + Duration::from_secs(1), false);
        assert!(book.pending.is_empty());
    }
}
