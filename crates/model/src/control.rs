//! What signalling asks of media ([`Command`]) and what media reports back ([`Event`]).
//!
//! Commands are carried out in order per call; every command that promises an answer gets exactly one event
//! (named with the command), also when the leg is gone: then it is [`Event::LegFailed`].
//! A reply may come late or for a call that is over: both sides ignore what they no longer know.

mod about;

use std::net::IpAddr;
use std::sync::Arc;

use crate::quality::LegReport;
use crate::{CallId, LegId, Sound, Track, TrunkId};

/// A session description as text (RFC 8866). Only `media` looks inside.
pub type Sdp = String;

/// What kind of party a leg talks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A browser: ICE, DTLS-SRTP, rtcp-mux, over UDP or through the one TCP port.
    Browser {
        /// How it has reached us: what it is offered follows from that.
        reached: Reached,
    },
    /// A desk phone or trunk: plain RTP or SDES-SRTP.
    Phone {
        /// The address of ours that this phone can reach; goes into `c=`.
        local: IpAddr,
        /// Where its signalling comes from: media is accepted from there as well as from its SDP's address.
        signalling: IpAddr,
        /// Whether SRTP is used.
        srtp: Srtp,
        /// The trunk whose provider it is: its own STUN server says what our port looks like from there.
        trunk: Option<TrunkId>,
    },
}

/// How a browser has reached us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Our address at the end of its connection: through a router's port forward, the one behind the router.
    pub local: IpAddr,
    /// Its address as we see it.
    pub peer: IpAddr,
    /// Where its page was loaded from, if it has said so.
    pub page: Option<Page>,
}

/// Host and port of a page's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// A name in lower case, or an address without brackets.
    pub host: Arc<str>,
    /// The port as seen from where the browser is.
    pub port: u16,
}

/// Whether a phone leg is encrypted (SDES, RFC 4568).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Srtp {
    /// Plain RTP only.
    Never,
    /// As the peer offers; plain RTP in our own offers.
    Accepted,
    /// We offer SRTP; only SRTP is accepted.
    Required,
}

/// What a leg hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nothing is sent.
    Nothing,
    /// The other leg of the same call (relayed as is where the codecs agree, else transcoded).
    Leg(LegId),
    /// Itself: the echo test.
    Echo,
    /// The ring-back tone.
    RingBack,
    /// The busy tone.
    Busy,
    /// The tone that says that the call cannot be carried now.
    Congestion,
    /// The tone that says that the call cannot succeed at all.
    SpecialInformation,
    /// Music on hold.
    Music,
    /// The tone that asks for keys.
    Prompt,
    /// It is done.
    Confirmation,
    /// It cannot be done.
    Rejection,
    /// A tone of our own; what comes back is listened to ([`Event::Listened`]).
    Probe,
    /// Itself, as with [`Self::Echo`]; what it says is listened to for the tone of a browser's check ([`Event::Listened`]), and its figures come as often.
    Mirror,
    /// The conference of its call: all legs of the same call that hear it, themselves excepted. Those who listen only are not heard by the others.
    Conference {
        /// Whether it listens only.
        is_muted: bool,
    },
}

/// A tone that all who are in a conference hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chime {
    /// Somebody has come.
    Entered,
    /// Somebody has left.
    Left,
}

/// What a leg that hears [`Source::Probe`] or [`Source::Mirror`] has sent us since, in milliseconds of sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Louder than silence, whatever it is.
    pub sound_ms: u32,
    /// The tone that is listened for, and hardly anything else.
    pub tone_ms: u32,
}

/// Direction of a leg's media as its peer wants it (RFC 3264 section 5.1), seen from the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Talks and listens.
    SendRecv,
    /// Talks only: we are put on hold by a peer that plays its own music, or by one that just stopped listening.
    SendOnly,
    /// Listens only.
    RecvOnly,
    /// Neither.
    Inactive,
}

/// One DTMF key (RFC 4733 events 0 to 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digit(u8);

impl Digit {
    const KEYS: &'static [u8; 16] = b"0123456789*#ABCD";

    /// From an RFC 4733 event code.
    #[must_use]
    pub fn from_event(code: u8) -> Option<Self> {
        (code < 16).then_some(Self(code))
    }

    /// From the key's character, as in SIP INFO bodies.
    #[must_use]
    pub fn from_char(key: char) -> Option<Self> {
        let key = u8::try_from(key.to_ascii_uppercase()).ok()?;
        let code = Self::KEYS.iter().position(|k| *k == key)?;
        u8::try_from(code).ok().map(Self)
    }

    /// The RFC 4733 event code.
    #[must_use]
    pub fn event(self) -> u8 {
        self.0
    }

    /// The key's character.
    #[must_use]
    pub fn char(self) -> char {
        char::from(Self::KEYS[usize::from(self.0)])
    }
}

/// What signalling asks of media.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A peer's offer: creates the leg, or renegotiates it (hold, codec, ICE restart).
    /// Answer: [`Event::OfferReceived`] or [`Event::OfferRefused`].
    ReceiveOffer {
        /// The call that the leg belongs to.
        call: CallId,
        /// The leg.
        leg: LegId,
        /// Who is at its far end (ignored when the leg exists).
        peer: Peer,
        /// The offer.
        offer: Sdp,
    },
    /// Answers the offer received last. Answer: [`Event::OfferAnswered`], or [`Event::OfferRefused`] when there is none
    /// or the transport cannot take it.
    AnswerOffer {
        /// The leg.
        leg: LegId,
        /// Choose this leg's codec when both have it, so that nothing has to be transcoded.
        toward: Option<LegId>,
    },
    /// Drops the offer received or made last; the state before it holds (RFC 3264 section 8). No answer.
    RejectOffer {
        /// The leg.
        leg: LegId,
    },
    /// Creates the leg, or renegotiates it, with an offer of ours. Answer: [`Event::OfferMade`], or
    /// [`Event::OfferRefused`] ([`Refusal::Full`]) when no port or leg is free.
    MakeOffer {
        /// The call that the leg belongs to.
        call: CallId,
        /// The leg.
        leg: LegId,
        /// Who is at its far end (ignored when the leg exists).
        peer: Peer,
        /// Offer this leg's codecs first.
        toward: Option<LegId>,
        /// The direction offered, seen from the peer.
        direction: Direction,
    },
    /// Renegotiates the leg with an offer of ours that leaves no choice: the codecs of `toward` alone, so that nothing has to be transcoded
    /// between the two. Answer: [`Event::OfferMade`], or [`Event::OfferRefused`] when one of them has no agreement.
    NarrowOffer {
        /// The leg.
        leg: LegId,
        /// Whose codecs are offered.
        toward: LegId,
    },
    /// The peer's answer to [`Command::MakeOffer`] or [`Command::NarrowOffer`]. Answer: [`Event::AnswerAccepted`] or [`Event::AnswerRefused`].
    AcceptAnswer {
        /// The leg.
        leg: LegId,
        /// The answer.
        answer: Sdp,
    },
    /// A trickled ICE candidate (`candidate:…`, RFC 8840). No answer.
    AddCandidate {
        /// The leg.
        leg: LegId,
        /// The candidate attribute's value, without `a=`.
        candidate: String,
    },
    /// From now on the leg hears this. Two of them make a bridge. No answer.
    Hear {
        /// The leg.
        leg: LegId,
        /// What it hears.
        source: Source,
    },
    /// The leg belongs to this call from now on, and moves to that call's thread. Answer: [`Event::Joined`]. Commands that follow are given to
    /// the new call and carried out there, after the leg has arrived: the shell sees to that.
    Join {
        /// The leg.
        leg: LegId,
        /// Its new call.
        call: CallId,
    },
    /// Plays this to all who hear the same conference as this leg. No answer.
    Chime {
        /// The leg.
        leg: LegId,
        /// What.
        chime: Chime,
    },
    /// Plays these to the leg once, one after the other, in place of what it hears; then it hears its source again. Another one, or
    /// [`Command::Hear`], ends it; so does one without sounds. Answer: none when it was ended so, else [`Event::Played`].
    Play {
        /// The leg.
        leg: LegId,
        /// Names it in the answer.
        number: u32,
        /// What, in this order. One that is not there is left out.
        sounds: Arc<[Sound]>,
    },
    /// From now on what the leg's peer says goes into this recording as well, or (`None`) into none. It keeps that when it joins another
    /// call. No answer.
    Record {
        /// The leg.
        leg: LegId,
        /// Where to.
        into: Option<Track>,
    },
    /// Plays a DTMF key to the peer (RFC 4733 where negotiated, else in band). No answer.
    SendDigit {
        /// The leg.
        leg: LegId,
        /// The key.
        digit: Digit,
        /// How long it is pressed, in milliseconds.
        duration_ms: u16,
    },
    /// Ends the leg and frees its ports. Answer: [`Event::Closed`], the last word about this leg.
    Close {
        /// The leg.
        leg: LegId,
    },
}

/// What media reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The offer can be answered.
    OfferReceived {
        /// The leg.
        leg: LegId,
        /// What the peer wants now: this is how hold and resume show.
        direction: Direction,
    },
    /// The offer cannot become media: refuse the request (488 for [`Refusal::NotAcceptable`], 400 for
    /// [`Refusal::Malformed`], 503 for [`Refusal::Full`]). A leg that existed before lives on unchanged.
    OfferRefused {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: Refusal,
    },
    /// The answer to send.
    OfferAnswered {
        /// The leg.
        leg: LegId,
        /// The answer.
        answer: Sdp,
    },
    /// The offer to send.
    OfferMade {
        /// The leg.
        leg: LegId,
        /// The offer.
        offer: Sdp,
    },
    /// The answer is in force.
    AnswerAccepted {
        /// The leg.
        leg: LegId,
        /// What the peer wants.
        direction: Direction,
    },
    /// The leg has agreed upon G.711 alone, as fax machines and modems do, and the phone that it hears sends something else. That phone shall
    /// be asked to do likewise ([`Command::NarrowOffer`]): what is transcoded carries no fax. Comes unasked.
    Narrowed {
        /// The leg.
        leg: LegId,
    },
    /// The answer makes no sense: hang up.
    AnswerRefused {
        /// The leg.
        leg: LegId,
        /// Why.
        reason: Refusal,
    },
    /// The first packet of media arrived (for a browser: ICE and DTLS are done).
    Connected {
        /// The leg.
        leg: LegId,
    },
    /// A key was pressed (once per press, at its end). Also told when it has been relayed to the other leg.
    DigitReceived {
        /// The leg.
        leg: LegId,
        /// The key.
        digit: Digit,
        /// How long, in milliseconds.
        duration_ms: u16,
    },
    /// What has come of the tone that is listened for; a few times a second while there are packets.
    Listened {
        /// The leg.
        leg: LegId,
        /// Since it has heard the tone.
        heard: Heard,
    },
    /// All that [`Command::Play`] has asked for was played to its end.
    Played {
        /// The leg.
        leg: LegId,
        /// As it was named.
        number: u32,
    },
    /// The leg has arrived at the thread of its new call ([`Command::Join`]).
    Joined {
        /// The leg.
        leg: LegId,
    },
    /// How loud those are who are heard in a conference: three times a second while it is somebody, and once when nobody is any more.
    Speaking {
        /// The call.
        call: CallId,
        /// The loudest first, at most five, in dBov.
        levels: Vec<(LegId, i8)>,
    },
    /// Running statistics, every second.
    Measured {
        /// The leg.
        leg: LegId,
        /// Figures since the leg began.
        report: Box<LegReport>,
    },
    /// Media has stopped for good: consent lost, DTLS failed, or the leg was never known. `Close` it.
    LegFailed {
        /// The leg.
        leg: LegId,
        /// Why, for the log and the journal.
        reason: Failure,
    },
    /// The leg is gone.
    Closed {
        /// The leg.
        leg: LegId,
        /// Its final figures.
        report: Box<LegReport>,
    },
}

/// Why a session description was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not parse, or contradicts itself.
    Malformed,
    /// No audio codec, transport or encryption in common.
    NotAcceptable,
    /// No port or no session is free.
    Full,
    /// There was no offer to answer, or no offer of ours is outstanding.
    OutOfTurn,
}

/// Why a leg's media failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No ICE candidate pair worked, or consent expired (RFC 7675).
    IceFailed,
    /// The DTLS handshake failed, or the fingerprint did not match (RFC 8827).
    DtlsFailed,
    /// The media thread had to be rebuilt.
    ThreadLost,
    /// No such leg.
    Unknown,
}
