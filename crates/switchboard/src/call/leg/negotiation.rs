//! Changes of the media of an established leg: hold, other codecs, another way to a browser.
//!
//! ```text
//!  Settled ── re-INVITE ──► Reading ──► Answering ── 200 ──► Settled
//!  Settled ── re-INVITE without offer ──► Proposing ── 200 ──► Unanswered ── ACK ──► Accepting ──► Settled
//!  Settled ──narrow()──► Narrowing ── our re-INVITE ──► Reoffered ── 200 ──► Judging ──► Settled
//! ```

use std::time::{Duration, Instant};

use model::LegId;
use model::control::{self, Direction};
use sip::agent::RequestId;

use super::{Leg, Session, Told};
use crate::call::{Cause, Command, Effects, News};

/// How long media may take to answer before we stop waiting.
const MEDIA_REPLY_MAX: Duration = Duration::from_secs(5);

/// See the module. `due`: when media's reply is overdue.
#[derive(Clone, Copy, Debug)]
pub(super) enum Negotiation {
    Settled,
    Reading {
        request: RequestId,
        due: Instant,
    },
    Answering {
        request: RequestId,
        direction: Direction,
        due: Instant,
    },
    Proposing {
        request: RequestId,
        due: Instant,
    },
    Unanswered,
    Accepting {
        due: Instant,
    },
    /// Media makes an offer of ours.
    Narrowing {
        due: Instant,
    },
    /// Our re-INVITE is out.
    Reoffered,
    /// Their answer to it is with media.
    Judging {
        due: Instant,
    },
}

impl Negotiation {
    /// When media's reply is overdue.
    pub(super) fn due(self) -> Option<Instant> {
        match self {
            Self::Reading { due, .. }
            | Self::Answering { due, .. }
            | Self::Proposing { due, .. }
            | Self::Accepting { due }
            | Self::Narrowing { due }
            | Self::Judging { due } => Some(due),
            Self::Settled | Self::Unanswered | Self::Reoffered => None,
        }
    }

    /// The request of theirs that waits for our response.
    pub(super) fn request(self) -> Option<RequestId> {
        match self {
            Self::Reading { request, .. } | Self::Answering { request, .. } | Self::Proposing { request, .. } => Some(request),
            Self::Settled | Self::Unanswered | Self::Accepting { .. } | Self::Narrowing { .. } | Self::Reoffered | Self::Judging { .. } => {
                None
            }
        }
    }
}

impl Leg {
    /// Takes news while the leg is established.
    pub(super) fn renegotiate(&mut self, negotiation: Negotiation, news: News, toward: Option<LegId>, fx: &mut Effects<'_>) -> Told {
        let due = fx.now + MEDIA_REPLY_MAX;
        match (negotiation, news) {
            (
                Negotiation::Settled,
                News::Reoffered {
                    request,
                    offer: Some(offer),
                    reached,
                },
            ) => {
                self.locate(reached);
                let peer = self.peer.clone();
                fx.media(control::Command::ReceiveOffer {
                    call: fx.call,
                    leg: self.id,
                    peer,
                    offer,
                });
                self.settle(Negotiation::Reading { request, due })
            }
            (
                Negotiation::Settled,
                News::Reoffered {
                    request,
                    offer: None,
                    reached,
                },
            ) => {
                self.locate(reached);
                self.make_offer(toward, fx);
                self.settle(Negotiation::Proposing { request, due })
            }
            (Negotiation::Settled, news) => self.unexpected(&news, fx),

            (Negotiation::Reading { request, .. }, News::OfferReceived { direction }) => {
                fx.media(control::Command::AnswerOffer { leg: self.id, toward });
                self.settle(Negotiation::Answering { request, direction, due })
            }
            (Negotiation::Reading { request, .. }, News::OfferRefused { reason }) => {
                fx.push(Command::Respond {
                    request,
                    cause: Cause::refused_offer(reason),
                    sdp: None,
                });
                self.settle(Negotiation::Settled)
            }
            (Negotiation::Reading { .. }, news) => self.unexpected(&news, fx),

            (Negotiation::Answering { request, direction, .. }, News::OfferAnswered { answer }) => {
                fx.push(Command::Respond {
                    request,
                    cause: Cause::OK,
                    sdp: Some(answer),
                });
                self.redirect(direction);
                self.settle(Negotiation::Settled);
                Told::Renegotiated
            }
            (Negotiation::Answering { .. }, news) => self.unexpected(&news, fx),

            (Negotiation::Proposing { request, .. }, News::OfferMade { offer }) => {
                fx.push(Command::Respond {
                    request,
                    cause: Cause::OK,
                    sdp: Some(offer),
                });
                self.settle(Negotiation::Unanswered)
            }
            (Negotiation::Proposing { .. }, news) => self.unexpected(&news, fx),

            (Negotiation::Unanswered, News::Confirmed { sdp: Some(answer) }) => {
                self.accept(answer, fx);
                self.settle(Negotiation::Accepting { due })
            }
            (Negotiation::Unanswered, News::Confirmed { sdp: None }) => Told::Broken(Cause::NO_ANSWER_IN_ACK),
            (Negotiation::Unanswered, news) => self.unexpected(&news, fx),

            (Negotiation::Accepting { .. }, News::AnswerAccepted { direction }) => {
                self.redirect(direction);
                self.settle(Negotiation::Settled);
                Told::Renegotiated
            }
            (Negotiation::Accepting { .. }, news) => self.unexpected(&news, fx),

            (Negotiation::Narrowing { .. }, News::OfferMade { offer }) => {
                fx.push(Command::Reoffer { leg: self.id, offer });
                self.settle(Negotiation::Reoffered)
            }
            (Negotiation::Narrowing { .. }, News::OfferRefused { .. }) => self.settle(Negotiation::Settled),
            (Negotiation::Narrowing { .. }, news) => self.unexpected(&news, fx),

            (Negotiation::Reoffered, News::Reanswered { answer: Some(answer) }) => {
                self.accept(answer, fx);
                self.settle(Negotiation::Judging { due })
            }
            (Negotiation::Reoffered, News::Reanswered { answer: None } | News::ReofferRefused) => {
                fx.media(control::Command::RejectOffer { leg: self.id });
                self.settle(Negotiation::Settled)
            }
            (Negotiation::Reoffered, news) => self.unexpected(&news, fx),

            (Negotiation::Judging { .. }, News::AnswerAccepted { direction }) => {
                self.redirect(direction);
                self.settle(Negotiation::Settled);
                Told::Renegotiated
            }
            // It was we who wanted a change: what was agreed before is still good.
            (Negotiation::Judging { .. }, News::AnswerRefused { .. }) => self.settle(Negotiation::Settled),
            (Negotiation::Judging { .. }, news) => self.unexpected(&news, fx),
        }
    }

    /// Asks the phone to speak what `toward` takes and nothing else, unless something else is going on or it holds us.
    pub(in crate::call) fn narrow(&mut self, toward: LegId, fx: &mut Effects<'_>) {
        if let Session::Established(Negotiation::Settled) = self.session
            && !self.holds()
        {
            fx.media(control::Command::NarrowOffer { leg: self.id, toward });
            let due = fx.now + MEDIA_REPLY_MAX;
            self.settle(Negotiation::Narrowing { due });
        }
    }

    fn settle(&mut self, negotiation: Negotiation) -> Told {
        self.session = Session::Established(negotiation);
        Told::Nothing
    }
}
