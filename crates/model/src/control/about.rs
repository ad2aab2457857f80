//! Which leg a command or an event is about.

use super::{Command, Event};
use crate::LegId;

impl Command {
    /// The leg that it is for.
    #[must_use]
    pub fn leg(&self) -> LegId {
        match self {
            Self::ReceiveOffer { leg, .. }
            | Self::AnswerOffer { leg, .. }
            | Self::RejectOffer { leg }
            | Self::MakeOffer { leg, .. }
            | Self::NarrowOffer { leg, .. }
            | Self::AcceptAnswer { leg, .. }
            | Self::AddCandidate { leg, .. }
            | Self::Hear { leg, .. }
            | Self::Join { leg, .. }
            | Self::Chime { leg, .. }
            | Self::Play { leg, .. }
            | Self::Record { leg, .. }
            | Self::SendDigit { leg, .. }
            | Self::Close { leg } => *leg,
        }
    }

    /// Whether it promises exactly one event.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        match self {
            Self::ReceiveOffer { .. }
            | Self::AnswerOffer { .. }
            | Self::MakeOffer { .. }
            | Self::NarrowOffer { .. }
            | Self::AcceptAnswer { .. }
            | Self::Join { .. }
            | Self::Close { .. } => true,
            Self::RejectOffer { .. }
            | Self::AddCandidate { .. }
            | Self::Hear { .. }
            | Self::Chime { .. }
            | Self::Play { .. }
            | Self::Record { .. }
            | Self::SendDigit { .. } => false,
        }
    }
}

impl Event {
    /// The leg that it is about; `None` when it is about a call.
    #[must_use]
    pub fn leg(&self) -> Option<LegId> {
        match self {
            Self::OfferReceived { leg, .. }
            | Self::OfferRefused { leg, .. }
            | Self::OfferAnswered { leg, .. }
            | Self::OfferMade { leg, .. }
            | Self::AnswerAccepted { leg, .. }
            | Self::Narrowed { leg }
            | Self::AnswerRefused { leg, .. }
            | Self::Connected { leg }
            | Self::DigitReceived { leg, .. }
            | Self::Listened { leg, .. }
            | Self::Joined { leg }
            | Self::Played { leg, .. }
            | Self::Measured { leg, .. }
            | Self::LegFailed { leg, .. }
            | Self::Closed { leg, .. } => Some(*leg),
            Self::Speaking { .. } => None,
        }
    }
}
