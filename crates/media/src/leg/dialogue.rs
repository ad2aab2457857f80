//! A leg's offers and answers (RFC 3264), apart from how the packets travel.
//!
//! ```text
//!            ┌── receive_offer ──► Theirs ── answered ──┐
//!   Nothing ─┤                        └── rejected ─────┼──► Nothing (with or without an agreement)
//!            └── offered ────────► Ours ── accepted ────┘
//! ```
//! The agreement in force changes only at [`Dialogue::settle`], once the transport has followed what was answered or accepted.

use model::control::{Direction, Refusal};

use crate::audio::codec::Codec;
use crate::sdp::negotiate::{Formats, mirrored, narrowed};
use crate::sdp::write::{Line, Origin};
use crate::sdp::{Description, Media};

/// What both sides have agreed upon.
#[derive(Clone, Debug)]
pub(crate) struct Agreement {
    /// The first codec is what we send by choice.
    pub(crate) formats: Formats,
    /// As the peer wants it.
    pub(crate) direction: Direction,
    /// How much audio the peer likes in a packet, in milliseconds.
    pub(crate) packet_ms: u16,
}

/// An exchange that is under way.
#[derive(Debug, Default)]
enum Pending {
    #[default]
    Nothing,
    Theirs(Box<Theirs>),
    Ours {
        formats: Formats,
        direction: Direction,
    },
}

#[derive(Debug)]
struct Theirs {
    offer: Description,
    line: usize,
    formats: Formats,
}

/// The audio line of a peer's offer or answer, with what we make of it. It is in force after [`Dialogue::settle`].
pub(crate) struct Settled {
    /// The peer's line.
    pub(crate) media: Media,
    /// What was agreed.
    pub(crate) agreement: Agreement,
    /// The m-lines from now on, where they change.
    lines: Option<Vec<Line>>,
    /// What our offer said, if it was ours.
    answered: Option<(Formats, Direction)>,
}

/// Offers and answers of one leg.
#[derive(Debug)]
pub(crate) struct Dialogue {
    origin: Origin,
    lines: Vec<Line>,
    pending: Pending,
    agreed: Option<Agreement>,
    /// What our last offer said, for a second answer to it: after a provisional one, or of another fork.
    answered: Option<(Formats, Direction)>,
}

impl Dialogue {
    /// Nothing has been said yet. `session` goes into `o=`.
    pub(crate) fn new(session: u64) -> Self {
        Self {
            origin: Origin { session, version: 0 },
            lines: vec![Line::Audio],
            pending: Pending::Nothing,
            agreed: None,
            answered: None,
        }
    }

    /// What is in force.
    pub(crate) fn agreed(&self) -> Option<&Agreement> {
        self.agreed.as_ref()
    }

    /// The formats agreed upon, else those that the peer offers.
    pub(crate) fn formats(&self) -> Option<&Formats> {
        match (&self.agreed, &self.pending) {
            (Some(agreed), _) => Some(&agreed.formats),
            (None, Pending::Theirs(theirs)) => Some(&theirs.formats),
            (None, Pending::Nothing | Pending::Ours { .. }) => None,
        }
    }

    /// The m-lines of our next description.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The numbers of our next description.
    pub(crate) fn next_origin(&mut self) -> Origin {
        self.origin.version += 1;
        self.origin
    }

    /// Remembers a peer's offer whose audio is at `line`. Tells what the peer wants.
    pub(crate) fn receive_offer(&mut self, offer: Description, line: usize) -> Direction {
        let formats = Formats::of_offer(&offer.media[line]);
        let direction = offer.media[line].direction_wanted();
        self.pending = Pending::Theirs(Box::new(Theirs { offer, line, formats }));
        direction
    }

    /// What agreeing to the offer received last means, `preferred` codecs first; else the one in force stays first. The offer is
    /// gone afterwards.
    ///
    /// # Errors
    ///
    /// [`Refusal::OutOfTurn`] when no offer waits.
    pub(crate) fn answer(&mut self, preferred: &[Codec]) -> Result<Settled, Refusal> {
        let Pending::Theirs(theirs) = std::mem::take(&mut self.pending) else {
            return Err(Refusal::OutOfTurn);
        };
        let Theirs { offer, line, mut formats } = *theirs;
        match &self.agreed {
            _ if !preferred.is_empty() => formats.prefer(preferred),
            Some(agreed) => formats.prefer(&agreed.formats.chosen().map(|format| format.codec).into_iter().collect::<Vec<_>>()),
            None => {}
        }
        let lines = offer
            .media
            .iter()
            .enumerate()
            .map(|(index, media)| if index == line { Line::Audio } else { Line::refusal(media) })
            .collect();
        let media = offer.media.into_iter().nth(line).expect("`line` was found in this offer");
        let agreement = Agreement {
            formats,
            direction: media.direction_wanted(),
            packet_ms: packet_ms(&media),
        };
        Ok(Settled {
            media,
            agreement,
            lines: Some(lines),
            answered: None,
        })
    }

    /// Puts into force what [`Self::answer`] or [`Self::accept`] gave.
    pub(crate) fn settle(&mut self, settled: &mut Settled) {
        if let Some(lines) = settled.lines.take() {
            self.lines = lines;
        }
        self.answered = settled.answered.take();
        self.agreed = Some(settled.agreement.clone());
    }

    /// Forgets the offer received or made last.
    pub(crate) fn reject(&mut self) {
        self.pending = Pending::Nothing;
    }

    /// Notes what an offer of ours says. `direction` as seen from the peer.
    pub(crate) fn offered(&mut self, formats: Formats, direction: Direction) {
        self.pending = Pending::Ours { formats, direction };
        // Whatever answer comes now is one to this offer.
        self.answered = None;
    }

    /// Whether an offer of the peer waits for our answer.
    pub(crate) fn owes_answer(&self) -> bool {
        matches!(self.pending, Pending::Theirs(_))
    }

    /// Whether an answer could be taken now.
    pub(crate) fn awaits_answer(&self) -> bool {
        matches!(self.pending, Pending::Ours { .. }) || self.answered.is_some()
    }

    /// What the peer's answer to our offer means. When it is refused, the offer is gone, unless it had an answer before.
    ///
    /// # Errors
    ///
    /// [`Refusal::OutOfTurn`] without an offer, [`Refusal::Malformed`] when the m-lines do not match it,
    /// [`Refusal::NotAcceptable`] when no codec is left or audio was refused.
    pub(crate) fn accept(&mut self, answer: Description, acceptable: impl Fn(&Media) -> bool) -> Result<Settled, Refusal> {
        let (offered, direction) = match std::mem::take(&mut self.pending) {
            Pending::Ours { formats, direction } => (formats, direction),
            Pending::Nothing => self.answered.clone().ok_or(Refusal::OutOfTurn)?,
            theirs @ Pending::Theirs(_) => {
                self.pending = theirs;
                return Err(Refusal::OutOfTurn);
            }
        };
        if answer.media.len() != self.lines.len() {
            return Err(Refusal::Malformed);
        }
        let line = self
            .lines
            .iter()
            .position(|line| *line == Line::Audio)
            .expect("every description of ours has an audio line");
        let media = answer.media.into_iter().nth(line).expect("as many lines as ours");
        if media.kind != "audio" {
            return Err(Refusal::Malformed);
        }
        let formats = offered.of_answer(&media);
        if media.port == 0 || formats.codecs.is_empty() || !acceptable(&media) {
            return Err(Refusal::NotAcceptable);
        }
        let agreement = Agreement {
            formats,
            direction: narrowed(direction, media.direction_wanted()),
            packet_ms: packet_ms(&media),
        };
        Ok(Settled {
            media,
            agreement,
            lines: None,
            answered: Some((offered, direction)),
        })
    }

    /// How we write the direction that the peer wants or is offered.
    pub(crate) fn written(direction: Direction) -> Direction {
        mirrored(direction)
    }
}

/// The peer's `ptime`, within what we can do: whole frames of 20 ms.
fn packet_ms(media: &Media) -> u16 {
    match media.packet_ms {
        Some(40..60) => 40,
        Some(60..) => 60,
        Some(_) | None => 20,
    }
}
