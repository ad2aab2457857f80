//! One party's connection to a call: how its signalling and its media get along.
//!
//! ```text
//!  they call   with offer     Reading ──answer()──────────────────► Answering ──────────── 200 ──► Established
//!                             Reading ──preview()─► Previewing ─ 183 ─► Previewed ──answer()─ 200 ──► Established
//!              without        Delayed ──answer()──► Proposing ── 200 ──► Unanswered ── ACK ──► Accepting ──► Established
//!  we call     Offering ── INVITE ──► Invited ── 2xx ──► Accepting ──► Established     (183 with a description: Invited, but heard)
//!
//!  Established: Settled ── re-INVITE ──► Reading ──► Answering ── 200 ──► Settled
//!               Settled ── re-INVITE without offer ──► Proposing ── 200 ──► Unanswered ── ACK ──► Accepting ──► Settled
//!               Settled ──narrow()──► Narrowing ── our re-INVITE ──► Reoffered ── 200 ──► Judging ──► Settled
//! ```
//!
//! The leg tells its call only what changes the call: [`Told`].

use std::time::{Duration, Instant};

use model::LegId;
use model::control::{self, Digit, Direction, Failure, Peer, Reached, Sdp, Source};
use sip::agent::RequestId;

use super::{Cause, Command, Effects, HangUp, News, Plan};
use crate::core::{Party, Side};

/// How long media may take to answer before we stop waiting.
pub(super) const MEDIA_REPLY_MAX: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) party: Party,
    pub(super) side: Side,
    peer: Peer,
    session: Session,
    direction: Direction,
    hears: Source,
    /// Our answer, when it has gone out before they were answered.
    preview: Option<Sdp>,
    /// Early answers of theirs that media has not judged yet; its replies come in order.
    unjudged: u8,
}

#[derive(Clone, Copy, Debug)]
enum Session {
    /// They called with an offer; media reads it.
    Reading,
    /// They shall hear something before they are answered; media works out the answer.
    Previewing,
    /// They have our answer, but nobody has answered.
    Previewed,
    /// They called without an offer: ours comes with the answer.
    Delayed,
    /// Answered; media works out the answer.
    Answering,
    /// Answered without an offer of theirs; media makes ours.
    Proposing,
    /// 200 with our offer is out; the ACK brings the answer.
    Unanswered,
    /// We call; media makes the offer.
    Offering,
    /// INVITE is out.
    Invited,
    /// Their answer to our offer is with media.
    Accepting,
    /// Signalling and media are up.
    Established(Negotiation),
}

/// A change of the media of an established leg. `due`: when media's reply is overdue.
#[derive(Clone, Copy, Debug)]
enum Negotiation {
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

/// How far signalling is: decides how we part.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Their INVITE waits for our answer.
    Unanswered,
    /// They do not know of our call yet.
    Unheard,
    /// There is something to hang up.
    InDialog,
}

/// What a leg tells its call.
#[derive(Debug)]
pub(super) enum Told {
    /// Nothing that matters to the call.
    Nothing,
    /// The offer for our INVITE is there.
    Offered { offer: Sdp },
    /// Their phone rings.
    Rang,
    /// They can be heard, or can hear, before there is an answer.
    Previewed,
    /// They have lifted; media reads their answer.
    Answered,
    /// Signalling and media are up.
    Established,
    /// The peer's direction may have changed: hold, resume.
    Renegotiated,
    /// They take G.711 alone from now on, and whom they hear sends something else.
    Narrowed,
    /// They refused our INVITE; nothing is left to be said to them.
    Lost { status: u16 },
    /// The leg cannot live on: it is to be hung up with this.
    Broken(Cause),
    /// They left; nothing is left to be said to them.
    Left(HangUp),
    /// They want the other party to be handed over.
    Refer { request: RequestId, plan: Plan },
    /// They pressed a key.
    Pressed { digit: Digit, duration_ms: u16 },
}

/// How we part from a leg.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parting {
    /// They have left already.
    Left,
    /// An ordinary hang-up.
    HangUp,
    /// Something that they should know.
    Because(Cause),
}

impl Leg {
    /// The leg of somebody who calls us. `None` for an INVITE without offer.
    pub(super) fn inbound(id: LegId, party: Party, peer: Peer, offer: Option<Sdp>, fx: &mut Effects<'_>) -> Self {
        let session = match offer {
            Some(offer) => {
                fx.media(control::Command::ReceiveOffer {
                    call: fx.call,
                    leg: id,
                    peer: peer.clone(),
                    offer,
                });
                Session::Reading
            }
            None => Session::Delayed,
        };
        Self::new(id, party, Side::Caller, peer, session)
    }

    /// The leg of somebody whom we call. `toward`: whose codecs come first in the offer.
    pub(super) fn outbound(id: LegId, party: Party, side: Side, peer: Peer, toward: Option<LegId>, fx: &mut Effects<'_>) -> Self {
        fx.media(control::Command::MakeOffer {
            call: fx.call,
            leg: id,
            peer: peer.clone(),
            toward,
            direction: Direction::SendRecv,
        });
        Self::new(id, party, side, peer, Session::Offering)
    }

    fn new(id: LegId, party: Party, side: Side, peer: Peer, session: Session) -> Self {
        Self {
            id,
            party,
            side,
            peer,
            session,
            direction: Direction::SendRecv,
            hears: Source::Nothing,
            preview: None,
            unjudged: 0,
        }
    }

    pub(super) fn is_established(&self) -> bool {
        matches!(self.session, Session::Established(_))
    }

    /// Whether they hear, or will hear, something before they are answered.
    pub(super) fn is_previewed(&self) -> bool {
        matches!(self.session, Session::Previewing | Session::Previewed)
    }

    /// Whether media knows this leg already, so that another one can ask for its codecs.
    pub(super) fn has_media(&self) -> bool {
        !matches!(self.session, Session::Delayed)
    }

    /// The peer has put us on hold (RFC 3264 section 8.4).
    pub(super) fn holds(&self) -> bool {
        match self.direction {
            Direction::SendOnly | Direction::Inactive => true,
            Direction::SendRecv | Direction::RecvOnly => false,
        }
    }

    fn listens(&self) -> bool {
        match self.direction {
            Direction::SendRecv | Direction::RecvOnly => true,
            Direction::SendOnly | Direction::Inactive => false,
        }
    }

    /// Lets the leg hear `source`, or nothing while its peer does not listen. Commands only what changes.
    pub(super) fn hear(&mut self, source: Source, fx: &mut Effects<'_>) {
        let source = if self.listens() { source } else { Source::Nothing };
        if source != self.hears {
            self.hears = source;
            fx.media(control::Command::Hear { leg: self.id, source });
        }
    }

    pub(super) fn hears(&self, source: Source) -> bool {
        self.hears == source
    }

    pub(super) fn send_digit(&self, digit: Digit, duration_ms: u16, fx: &mut Effects<'_>) {
        fx.media(control::Command::SendDigit {
            leg: self.id,
            digit,
            duration_ms,
        });
    }

    /// Lets somebody who called us hear something before the answer; 183 goes out once media has the description. Without an offer of
    /// theirs there is no way to.
    pub(super) fn preview(&mut self, toward: Option<LegId>, fx: &mut Effects<'_>) {
        match self.session {
            Session::Reading => {
                fx.media(control::Command::AnswerOffer { leg: self.id, toward });
                self.session = Session::Previewing;
            }
            Session::Delayed
            | Session::Previewing
            | Session::Previewed
            | Session::Answering
            | Session::Proposing
            | Session::Unanswered
            | Session::Offering
            | Session::Invited
            | Session::Accepting
            | Session::Established(_) => {}
        }
    }

    /// Answers somebody who called us; 200 goes out once media has the description.
    pub(super) fn answer(&mut self, toward: Option<LegId>, fx: &mut Effects<'_>) {
        match self.session {
            // Media is at it: its answer goes out as the final one.
            Session::Previewing => self.session = Session::Answering,
            Session::Previewed => {
                if let Some(sdp) = self.preview.take() {
                    fx.push(Command::Answer { leg: self.id, sdp });
                }
                self.session = Session::Established(Negotiation::Settled);
            }
            Session::Reading => {
                fx.media(control::Command::AnswerOffer { leg: self.id, toward });
                self.session = Session::Answering;
            }
            Session::Delayed => {
                self.make_offer(toward, fx);
                self.session = Session::Proposing;
            }
            Session::Answering
            | Session::Proposing
            | Session::Unanswered
            | Session::Offering
            | Session::Invited
            | Session::Accepting
            | Session::Established(_) => {}
        }
    }

    /// Takes news. `toward`: the leg that this one talks to.
    pub(super) fn handle(&mut self, news: News, toward: Option<LegId>, fx: &mut Effects<'_>) -> Told {
        if let (1.., News::AnswerAccepted { .. } | News::AnswerRefused { .. }) = (self.unjudged, &news) {
            return self.judged(&news);
        }
        match (self.session, news) {
            (Session::Reading | Session::Previewing | Session::Answering, News::OfferReceived { direction }) => {
                self.direction = direction;
                Told::Nothing
            }
            (Session::Previewing, News::OfferAnswered { answer }) => {
                self.preview = Some(answer.clone());
                fx.push(Command::Preview { leg: self.id, sdp: answer });
                self.session = Session::Previewed;
                Told::Previewed
            }
            (Session::Previewing | Session::Previewed, news) => self.unexpected(&news, fx),
            (Session::Reading, news) => self.unexpected(&news, fx),

            (Session::Delayed, news) => self.unexpected(&news, fx),

            (Session::Answering, News::OfferAnswered { answer }) => {
                fx.push(Command::Answer { leg: self.id, sdp: answer });
                self.session = Session::Established(Negotiation::Settled);
                Told::Established
            }
            (Session::Answering, news) => self.unexpected(&news, fx),

            (Session::Proposing, News::OfferMade { offer }) => {
                fx.push(Command::Answer { leg: self.id, sdp: offer });
                self.session = Session::Unanswered;
                Told::Nothing
            }
            (Session::Proposing, news) => self.unexpected(&news, fx),

            (Session::Unanswered, News::Confirmed { sdp: Some(answer) }) => {
                self.accept(answer, fx);
                self.session = Session::Accepting;
                Told::Nothing
            }
            (Session::Unanswered, News::Confirmed { sdp: None }) => Told::Broken(Cause::NO_ANSWER_IN_ACK),
            (Session::Unanswered, news) => self.unexpected(&news, fx),

            (Session::Offering, News::OfferMade { offer }) => {
                self.session = Session::Invited;
                Told::Offered { offer }
            }
            (Session::Offering, news) => self.unexpected(&news, fx),

            (Session::Invited, News::Rang) => Told::Rang,
            (Session::Invited, News::Previewed { answer }) => {
                self.accept(answer, fx);
                self.unjudged = self.unjudged.saturating_add(1);
                Told::Nothing
            }
            (Session::Invited, News::Answered { sdp: Some(answer) }) => {
                self.accept(answer, fx);
                self.session = Session::Accepting;
                Told::Answered
            }
            (Session::Invited, News::Answered { sdp: None }) => Told::Broken(Cause::NO_ANSWER_IN_OK),
            (Session::Invited, news) => self.unexpected(&news, fx),

            (Session::Accepting, News::AnswerAccepted { direction }) => {
                self.direction = direction;
                self.session = Session::Established(Negotiation::Settled);
                Told::Established
            }
            (Session::Accepting, news) => self.unexpected(&news, fx),

            (Session::Established(_), News::Narrowed) => Told::Narrowed,
            (Session::Established(_), News::Referred { request, plan }) => Told::Refer { request, plan },
            (Session::Established(negotiation), news) => self.renegotiate(negotiation, news, toward, fx),
        }
    }

    /// What media makes of an early answer. One that makes no sense is no reason to hang up: the final one may.
    fn judged(&mut self, news: &News) -> Told {
        self.unjudged -= 1;
        match (news, self.session) {
            (News::AnswerAccepted { direction }, Session::Invited) => {
                self.direction = *direction;
                Told::Previewed
            }
            _ => Told::Nothing,
        }
    }

    fn renegotiate(&mut self, negotiation: Negotiation, news: News, toward: Option<LegId>, fx: &mut Effects<'_>) -> Told {
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
                self.direction = direction;
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
                self.direction = direction;
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
                self.direction = direction;
                self.settle(Negotiation::Settled);
                Told::Renegotiated
            }
            // It was we who wanted a change: what was agreed before is still good.
            (Negotiation::Judging { .. }, News::AnswerRefused { .. }) => self.settle(Negotiation::Settled),
            (Negotiation::Judging { .. }, news) => self.unexpected(&news, fx),
        }
    }

    /// Asks the phone to speak what `toward` takes and nothing else, unless something else is going on or it holds us.
    pub(super) fn narrow(&mut self, toward: LegId, fx: &mut Effects<'_>) {
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

    /// News that this state does not wait for: late, out of turn, or good in every state.
    fn unexpected(&self, news: &News, fx: &mut Effects<'_>) -> Told {
        match *news {
            News::Reoffered { request, .. } | News::Referred { request, .. } => {
                fx.push(Command::Respond {
                    request,
                    cause: Cause::PENDING,
                    sdp: None,
                });
                Told::Nothing
            }
            News::Refused { status } => Told::Lost { status },
            News::HungUp { how } => Told::Left(how),
            News::Pressed { digit, duration_ms } => Told::Pressed { digit, duration_ms },
            News::OfferRefused { reason } | News::AnswerRefused { reason } => Told::Broken(Cause::refused_offer(reason)),
            News::MediaFailed { reason } => Told::Broken(Cause::failed_media(reason)),
            News::Removed => Told::Broken(Cause::DEVICE_REMOVED),
            News::Closed { .. } => Told::Broken(Cause::failed_media(Failure::ThreadLost)),
            News::Rang
            | News::Previewed { .. }
            | News::Answered { .. }
            | News::Confirmed { .. }
            | News::OfferReceived { .. }
            | News::OfferAnswered { .. }
            | News::OfferMade { .. }
            | News::Narrowed
            | News::Reanswered { .. }
            | News::ReofferRefused
            | News::Listened { .. }
            // Media relays them by itself; who else waits for them has seen them.
            | News::Keyed { .. }
            | News::PinJudged { .. }
            | News::AnswerAccepted { .. } => Told::Nothing,
        }
    }

    /// When media's reply is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.session {
            Session::Established(
                Negotiation::Reading { due, .. }
                | Negotiation::Answering { due, .. }
                | Negotiation::Proposing { due, .. }
                | Negotiation::Accepting { due }
                | Negotiation::Narrowing { due }
                | Negotiation::Judging { due },
            ) => Some(due),
            Session::Established(Negotiation::Settled | Negotiation::Unanswered | Negotiation::Reoffered)
            | Session::Reading
            | Session::Previewing
            | Session::Previewed
            | Session::Delayed
            | Session::Answering
            | Session::Proposing
            | Session::Unanswered
            | Session::Offering
            | Session::Invited
            | Session::Accepting => None,
        }
    }

    /// Gives up waiting for media where it is overdue: the request is refused, or the leg cannot live on.
    pub(super) fn handle_timeout(&mut self, fx: &mut Effects<'_>) -> Option<Cause> {
        if self.deadline().is_none_or(|due| due > fx.now) {
            return None;
        }
        let Some(request) = self.pending_request() else {
            return Some(Cause::MEDIA_SILENT);
        };
        fx.push(Command::Respond {
            request,
            cause: Cause::MEDIA_SILENT,
            sdp: None,
        });
        self.session = Session::Established(Negotiation::Settled);
        None
    }

    /// Ends the leg: signalling at once, media as soon as it can tell its last figures.
    pub(super) fn close(self, parting: Parting, fx: &mut Effects<'_>) {
        if let Some(request) = self.pending_request() {
            fx.push(Command::Respond {
                request,
                cause: Cause::TERMINATED,
                sdp: None,
            });
        }
        match (parting, self.stage()) {
            (Parting::Left, _) | (_, Stage::Unheard) => {}
            (Parting::HangUp, Stage::Unanswered) => {
                fx.push(Command::Refuse {
                    leg: self.id,
                    cause: Cause::TERMINATED,
                });
            }
            (Parting::Because(cause), Stage::Unanswered) => fx.push(Command::Refuse { leg: self.id, cause }),
            (Parting::HangUp, Stage::InDialog) => fx.push(Command::HangUp { leg: self.id, cause: None }),
            (Parting::Because(cause), Stage::InDialog) => {
                fx.push(Command::HangUp {
                    leg: self.id,
                    cause: Some(cause),
                });
            }
        }
        if self.has_media() {
            fx.close_media(self.id, self.is_established().then_some(self.side));
        }
    }

    fn stage(&self) -> Stage {
        match self.session {
            Session::Reading | Session::Previewing | Session::Previewed | Session::Delayed | Session::Answering | Session::Proposing => {
                Stage::Unanswered
            }
            Session::Offering => Stage::Unheard,
            Session::Unanswered | Session::Invited | Session::Accepting | Session::Established(_) => Stage::InDialog,
        }
    }

    fn pending_request(&self) -> Option<RequestId> {
        match self.session {
            Session::Established(
                Negotiation::Reading { request, .. } | Negotiation::Answering { request, .. } | Negotiation::Proposing { request, .. },
            ) => Some(request),
            Session::Established(
                Negotiation::Settled
                | Negotiation::Unanswered
                | Negotiation::Accepting { .. }
                | Negotiation::Narrowing { .. }
                | Negotiation::Reoffered
                | Negotiation::Judging { .. },
            )
            | Session::Reading
            | Session::Previewing
            | Session::Previewed
            | Session::Delayed
            | Session::Answering
            | Session::Proposing
            | Session::Unanswered
            | Session::Offering
            | Session::Invited
            | Session::Accepting => None,
        }
    }

    /// A browser that has changed its network has another way to us.
    fn locate(&mut self, now_at: Option<Reached>) {
        if let (Peer::Browser { reached }, Some(now_at)) = (&mut self.peer, now_at) {
            *reached = now_at;
        }
    }

    fn make_offer(&self, toward: Option<LegId>, fx: &mut Effects<'_>) {
        fx.media(control::Command::MakeOffer {
            call: fx.call,
            leg: self.id,
            peer: self.peer.clone(),
            toward,
            direction: Direction::SendRecv,
        });
    }

    fn accept(&self, answer: Sdp, fx: &mut Effects<'_>) {
        fx.media(control::Command::AcceptAnswer { leg: self.id, answer });
    }
}
