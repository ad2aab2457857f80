//! Media without audio: it answers every command that promises an answer, some time later.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::control::{Chime, Command, Digit, Direction, Event, Failure, Refusal, Source};
use model::{CallId, LegId, Sound, Track};

/// What a leg is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offer {
    Settled,
    /// Theirs waits for our answer.
    Received,
    /// Ours waits for theirs.
    Made,
}

/// One leg.
#[derive(Clone, Debug)]
struct Leg {
    /// Whose it is: media of other calls is somewhere else.
    call: CallId,
    offer: Offer,
    hears: Source,
    digits: String,
    track: Option<Track>,
    /// Its peer does not hold us.
    listens: bool,
    /// The same by their offer that waits for our answer.
    offers_to_listen: bool,
    /// What is played in place of that, and its number; nothing once it is over.
    playing: (Arc<[Sound]>, u32),
}

/// How long each sound takes.
pub const SOUND: Duration = Duration::from_millis(1_500);

/// See the module.
#[derive(Debug, Default)]
pub struct Media {
    legs: BTreeMap<LegId, Leg>,
    /// Chimes, and by whose leg they were asked for, oldest first.
    pub chimes: Vec<(LegId, Chime)>,
    /// What was to be played, and to whose leg, oldest first.
    pub spoken: Vec<(LegId, Sound)>,
    /// Commands that make no sense: a defect of the switchboard.
    pub complaints: Vec<String>,
    /// It does not say when a sound was played to its end.
    pub tells_nothing_of_sounds: bool,
}

/// A session description of this world: who made it, and the direction as its maker wants it.
#[must_use]
pub fn describe(direction: Direction) -> String {
    let word = match direction {
        Direction::SendRecv => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::RecvOnly => "recvonly",
        Direction::Inactive => "inactive",
    };
    format!("v=0\r\na={word}\r\n")
}

/// A session description that media refuses.
#[must_use]
pub fn unacceptable() -> String {
    "v=0\r\nm=video\r\n".to_owned()
}

fn direction(sdp: &str) -> Option<Direction> {
    match sdp.split_once("a=")?.1.trim_end() {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    }
}

fn listens(direction: Direction) -> bool {
    match direction {
        Direction::SendRecv | Direction::RecvOnly => true,
        Direction::SendOnly | Direction::Inactive => false,
    }
}

impl Media {
    /// Legs that are alive.
    #[must_use]
    pub fn legs(&self) -> Vec<LegId> {
        self.legs.keys().copied().collect()
    }

    /// What a leg hears; `None` when it is gone.
    #[must_use]
    pub fn hears(&self, leg: LegId) -> Option<Source> {
        self.legs.get(&leg).map(|leg| leg.hears)
    }

    /// Where to a leg's peer is recorded.
    #[must_use]
    pub fn track(&self, leg: LegId) -> Option<Track> {
        self.legs.get(&leg)?.track
    }

    /// What is played to a leg now.
    #[must_use]
    pub fn plays(&self, leg: LegId) -> &[Sound] {
        self.legs.get(&leg).map_or(&[], |leg| &leg.playing.0)
    }

    /// Whether a leg's peer hears what is played to it.
    pub(crate) fn listens(&self, leg: LegId) -> bool {
        self.legs.get(&leg).is_some_and(|leg| leg.listens)
    }

    /// What begins to be played to a leg now, or goes on: its number, and how long it takes. While nobody listens nothing does.
    pub(crate) fn play_of(&self, leg: LegId) -> Option<(u32, Duration)> {
        let (sounds, number) = &self.legs.get(&leg).filter(|leg| leg.listens)?.playing;
        let length = u32::try_from(sounds.len()).ok().filter(|length| *length > 0)?;
        Some((*number, SOUND * length))
    }

    /// It is over, unless something else has ended it before.
    pub(crate) fn end_play(&mut self, leg: LegId, number: u32) -> Option<Event> {
        let (sounds, playing) = &mut self.legs.get_mut(&leg).filter(|leg| leg.listens)?.playing;
        if *playing != number || sounds.is_empty() {
            return None;
        }
        *sounds = Arc::default();
        (!self.tells_nothing_of_sounds).then_some(Event::Played { leg, number })
    }

    /// Keys played to a leg's peer so far.
    #[must_use]
    pub fn digits(&self, leg: LegId) -> &str {
        self.legs.get(&leg).map_or("", |leg| &leg.digits)
    }

    /// Whether the first one hears what the second one says.
    #[must_use]
    pub fn is_heard_by(&self, listener: LegId, talker: LegId) -> bool {
        let (Some(to), Some(from)) = (self.legs.get(&listener), self.legs.get(&talker)) else {
            return false;
        };
        match (to.hears, from.hears) {
            _ if listener == talker || to.call != from.call => false,
            (Source::Leg(other), _) => other == talker,
            (Source::Conference { .. }, Source::Conference { is_muted }) => !is_muted,
            _ => false,
        }
    }

    /// The call of a leg; `None` when it is gone.
    #[must_use]
    pub fn call_of(&self, leg: LegId) -> Option<CallId> {
        self.legs.get(&leg).map(|leg| leg.call)
    }

    /// Legs that hear one of another call, with that one: there should be none once everything is carried out.
    #[must_use]
    pub fn strangers(&self) -> Vec<(LegId, LegId)> {
        let pairs = self.legs.iter().filter_map(|(id, leg)| match leg.hears {
            Source::Leg(other) => Some((*id, leg.call, other)),
            _ => None,
        });
        let strange = pairs.filter(|(_, call, other)| self.call_of(*other).is_some_and(|theirs| theirs != *call));
        strange.map(|(leg, _, other)| (leg, other)).collect()
    }

    /// Carries out a command for a call and says what is to be reported some time later.
    pub fn command(&mut self, call: CallId, command: Command) -> Option<Event> {
        self.check_call(call, &command);
        match command {
            Command::ReceiveOffer { leg, offer, .. } => Some(self.receive_offer(call, leg, &offer)),
            Command::AnswerOffer { leg, toward } => {
                self.check_neighbour(leg, toward);
                if let Some(entry) = self.legs.get_mut(&leg) {
                    entry.listens = entry.offers_to_listen;
                }
                Some(self.turn(
                    leg,
                    Offer::Received,
                    Event::OfferAnswered {
                        leg,
                        answer: describe(Direction::SendRecv),
                    },
                ))
            }
            Command::NarrowOffer { leg, toward } => {
                self.check_neighbour(leg, Some(toward));
                let entry = self.legs.entry(leg).or_insert_with(|| Leg::new(call));
                entry.offer = Offer::Made;
                Some(Event::OfferMade {
                    leg,
                    offer: describe(Direction::SendRecv),
                })
            }
            Command::RejectOffer { leg } => {
                let expected = if self.legs.get(&leg).is_some_and(|leg| leg.offer == Offer::Made) {
                    Offer::Made
                } else {
                    Offer::Received
                };
                let _ = self.turn(leg, expected, Event::Connected { leg });
                None
            }
            Command::MakeOffer { leg, toward, .. } => {
                self.check_neighbour(leg, toward);
                let entry = self.legs.entry(leg).or_insert_with(|| Leg::new(call));
                entry.offer = Offer::Made;
                Some(Event::OfferMade {
                    leg,
                    offer: describe(Direction::SendRecv),
                })
            }
            Command::AcceptAnswer { leg, answer } => Some(match direction(&answer) {
                Some(direction) => {
                    if let Some(entry) = self.legs.get_mut(&leg) {
                        entry.listens = listens(direction);
                    }
                    self.turn(leg, Offer::Made, Event::AnswerAccepted { leg, direction })
                }
                None => Event::AnswerRefused {
                    leg,
                    reason: Refusal::NotAcceptable,
                },
            }),
            Command::Join { leg, call } => Some(self.join(leg, call)),
            Command::Chime { leg, chime } => {
                self.chime(leg, chime);
                None
            }
            Command::Play { leg, number, sounds } => {
                self.speak(leg, number, sounds);
                None
            }
            Command::Record { leg, into } => {
                self.record(leg, into);
                None
            }
            Command::AddCandidate { .. } => None,
            Command::Hear { leg, source } => {
                self.hear(leg, source);
                None
            }
            Command::SendDigit { leg, digit, .. } => {
                self.play(leg, digit);
                None
            }
            Command::Close { leg } => {
                if self.legs.remove(&leg).is_none() {
                    self.complaints.push(format!("{leg} was closed twice, or never existed"));
                }
                Some(Event::Closed {
                    leg,
                    report: Box::default(),
                })
            }
        }
    }

    /// A command goes to where its leg is.
    fn check_call(&mut self, call: CallId, command: &Command) {
        let named = match command {
            Command::ReceiveOffer { call, .. } | Command::MakeOffer { call, .. } => Some(*call),
            _ => None,
        };
        let leg = command_leg(command);
        let wrong = named.into_iter().chain(self.call_of(leg)).find(|known| *known != call);
        if let Some(known) = wrong {
            self.complaints
                .push(format!("a command for {leg} of {known} came for {call}: {command:?}"));
        }
    }

    fn join(&mut self, leg: LegId, call: CallId) -> Event {
        match self.legs.get_mut(&leg) {
            Some(entry) => {
                entry.call = call;
                Event::Joined { leg }
            }
            None => {
                self.complaints.push(format!("{leg} shall go to {call}, but does not exist"));
                Event::LegFailed {
                    leg,
                    reason: Failure::Unknown,
                }
            }
        }
    }

    fn receive_offer(&mut self, call: CallId, leg: LegId, offer: &str) -> Event {
        let Some(direction) = direction(offer) else {
            self.legs.entry(leg).or_insert_with(|| Leg::new(call));
            return Event::OfferRefused {
                leg,
                reason: Refusal::NotAcceptable,
            };
        };
        let entry = self.legs.entry(leg).or_insert_with(|| Leg::new(call));
        if entry.offer != Offer::Settled {
            self.complaints.push(format!("{leg} got an offer while another one is open"));
        }
        entry.offer = Offer::Received;
        entry.offers_to_listen = listens(direction);
        Event::OfferReceived { leg, direction }
    }

    /// Ends a negotiation, if it is that one's turn.
    fn turn(&mut self, leg: LegId, expected: Offer, event: Event) -> Event {
        match self.legs.get_mut(&leg) {
            Some(entry) if entry.offer == expected => {
                entry.offer = Offer::Settled;
                event
            }
            Some(_) => Event::OfferRefused {
                leg,
                reason: Refusal::OutOfTurn,
            },
            None => {
                self.complaints.push(format!("{leg} does not exist: no {event:?}"));
                Event::LegFailed {
                    leg,
                    reason: Failure::Unknown,
                }
            }
        }
    }

    fn chime(&mut self, leg: LegId, chime: Chime) {
        match self.legs.get(&leg).map(|entry| entry.hears) {
            Some(Source::Conference { .. }) => self.chimes.push((leg, chime)),
            other => self.complaints.push(format!("{leg} shall ring a chime, but hears {other:?}")),
        }
    }

    fn hear(&mut self, leg: LegId, source: Source) {
        if let Source::Leg(other) = source
            && (!self.legs.contains_key(&other) || self.call_of(other) != self.call_of(leg))
        {
            self.complaints
                .push(format!("{leg} shall hear {other}, which does not exist in its call"));
        }
        match self.legs.get_mut(&leg) {
            Some(entry) => {
                entry.hears = source;
                entry.playing.0 = Arc::default();
            }
            None => self.complaints.push(format!("{leg} shall hear {source:?}, but does not exist")),
        }
    }

    fn record(&mut self, leg: LegId, into: Option<Track>) {
        match self.legs.get_mut(&leg) {
            Some(entry) if entry.track == into => self.complaints.push(format!("{leg} is recorded by {into:?} as before")),
            Some(entry) => entry.track = into,
            None => self.complaints.push(format!("{leg} shall be recorded, but does not exist")),
        }
    }

    fn speak(&mut self, leg: LegId, number: u32, sounds: Arc<[Sound]>) {
        match self.legs.get_mut(&leg) {
            Some(entry) => {
                self.spoken.extend(sounds.iter().map(|sound| (leg, *sound)));
                entry.playing = (sounds, number);
            }
            None => self.complaints.push(format!("{leg} shall be told {sounds:?}, but does not exist")),
        }
    }

    fn play(&mut self, leg: LegId, digit: Digit) {
        match self.legs.get_mut(&leg) {
            Some(entry) => entry.digits.push(digit.char()),
            None => self.complaints.push(format!("{leg} shall play a key, but does not exist")),
        }
    }

    fn check_neighbour(&mut self, leg: LegId, toward: Option<LegId>) {
        if let Some(other) = toward.filter(|other| !self.legs.contains_key(other)) {
            self.complaints
                .push(format!("{leg} shall agree with {other}, which does not exist"));
        }
    }
}

/// The leg that a command is about.
fn command_leg(command: &Command) -> LegId {
    match command {
        Command::ReceiveOffer { leg, .. }
        | Command::AnswerOffer { leg, .. }
        | Command::RejectOffer { leg }
        | Command::MakeOffer { leg, .. }
        | Command::NarrowOffer { leg, .. }
        | Command::AcceptAnswer { leg, .. }
        | Command::AddCandidate { leg, .. }
        | Command::Hear { leg, .. }
        | Command::Join { leg, .. }
        | Command::Chime { leg, .. }
        | Command::Play { leg, .. }
        | Command::Record { leg, .. }
        | Command::SendDigit { leg, .. }
        | Command::Close { leg } => *leg,
    }
}

impl Leg {
    fn new(call: CallId) -> Self {
        Self {
            call,
            offer: Offer::Settled,
            hears: Source::Nothing,
            digits: String::new(),
            track: None,
            listens: true,
            offers_to_listen: true,
            playing: (Arc::default(), 0),
        }
    }
}
