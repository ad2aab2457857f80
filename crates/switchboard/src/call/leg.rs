//! One party's connection to a call: how its signalling and its media get along.
//!
//! ```text
//!  they call   with offer     Reading ──answer()──────────────────► Answering ──────────── 200 ──► Established
//!                             Reading ──preview()─► Previewing ─ 183 ─► Previewed ──answer()─ 200 ──► Established
//!              without        Delayed ──answer()──► Proposing ── 200 ──► Unanswered ── ACK ──► Accepting ──► Established
//!  we call     Offering ── INVITE ──► Invited ── 2xx ──► Accepting ──► Established     (183 with a description: Invited, but heard)
//! ```
//!
//! The leg tells its call only what changes the call: [`Told`].

mod negotiation;

use std::time::Instant;

use model::LegId;
use model::control::{self, Digit, Direction, Failure, Peer, Reached, Sdp, Source};
use sip::agent::RequestId;

use self::negotiation::Negotiation;
use super::{Cause, Command, Effects, Handover, HangUp, News};
use crate::core::{Party, Side};

/// See the module.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) party: Party,
    pub(super) side: Side,
    peer: Peer,
    session: Session,
    direction: Direction,
    /// Their person holds the other party from the app, and this phone does not know.
    is_parked: bool,
    hears: Source,
    /// They have answered a call that was not for them: both parties are still to be told whom they talk to.
    pub(super) has_picked_up: bool,
    /// They wait for news of a transfer that they have asked for by REFER.
    is_referring: bool,
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
    Refer { request: Option<RequestId>, to: Handover },
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

impl HangUp {
    /// How we part from somebody who leaves like this.
    pub(super) fn parting(self) -> Parting {
        match self {
            Self::Bye | Self::Cancel | Self::TimedOut | Self::FlowLost => Parting::Left,
            Self::Asked => Parting::HangUp,
        }
    }
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
            is_parked: false,
            hears: Source::Nothing,
            has_picked_up: false,
            is_referring: false,
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

    /// Whether it goes by a provider.
    pub(super) fn is_outside(&self) -> bool {
        matches!(self.peer, Peer::Phone { trunk: Some(_), .. })
    }

    /// Whether media knows this leg already, so that another one can ask for its codecs.
    pub(super) fn has_media(&self) -> bool {
        !matches!(self.session, Session::Delayed)
    }

    /// They hold the other party: by their phone, or from the app.
    pub(super) fn holds(&self) -> bool {
        self.is_parked || self.holds_us()
    }

    /// Their phone has put us on hold (RFC 3264 section 8.4).
    pub(super) fn holds_us(&self) -> bool {
        match self.direction {
            Direction::SendOnly | Direction::Inactive => true,
            Direction::SendRecv | Direction::RecvOnly => false,
        }
    }

    /// Takes the direction that they want now. Who ends the hold at the phone itself has ended it for good.
    fn redirect(&mut self, direction: Direction) {
        let held = self.holds_us();
        self.direction = direction;
        if held && !self.holds_us() {
            self.is_parked = false;
        }
    }

    fn listens(&self) -> bool {
        !self.holds()
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

    /// They will hand the other party over. Who has asked by REFER is told how that goes on.
    pub(super) fn may_refer(&mut self, request: Option<RequestId>, fx: &mut Effects<'_>) {
        fx.respond(request, Cause::ACCEPTED);
        self.is_referring = request.is_some();
    }

    /// How the transfer goes on that they have asked for; 200 and above end it.
    pub(super) fn notify(&mut self, cause: Cause, fx: &mut Effects<'_>) {
        if self.is_referring {
            fx.push(Command::NotifyRefer { leg: self.id, cause });
            self.is_referring = cause.status < 200;
        }
    }

    pub(super) fn send_digit(&self, digit: Digit, duration_ms: u16, fx: &mut Effects<'_>) {
        fx.media(control::Command::SendDigit {
            leg: self.id,
            digit,
            duration_ms,
        });
    }

    /// Tells somebody who waits for an answer that it rings: by a tone where their phone is up already.
    pub(super) fn ring(&mut self, fx: &mut Effects<'_>) {
        if self.is_established() {
            self.hear(Source::RingBack, fx);
        } else {
            fx.push(Command::Ring { leg: self.id });
        }
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
            (Session::Established(_), News::Referred { request, to }) => Told::Refer { request, to },
            (Session::Established(_), News::Parked { is_on }) => {
                self.is_parked = is_on;
                Told::Renegotiated
            }
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

    /// News that this state does not wait for: late, out of turn, or good in every state.
    fn unexpected(&self, news: &News, fx: &mut Effects<'_>) -> Told {
        match *news {
            News::Reoffered { request, .. }
            | News::Referred {
                request: Some(request), ..
            } => {
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
            | News::Referred { request: None, .. }
            | News::Parked { .. }
            | News::Planned { .. }
            | News::Listened { .. }
            | News::Played
            // Media relays them by itself; who else waits for them has seen them.
            | News::Keyed { .. }
            | News::PinJudged { .. }
            | News::MenuOpened { .. }
            | News::Chosen { .. }
            | News::Settled { .. }
            | News::AnswerAccepted { .. } => Told::Nothing,
        }
    }

    /// When media's reply is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.negotiation().and_then(Negotiation::due)
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

    /// The request of theirs that waits for our response.
    fn pending_request(&self) -> Option<RequestId> {
        self.negotiation().and_then(Negotiation::request)
    }

    fn negotiation(&self) -> Option<Negotiation> {
        match self.session {
            Session::Established(negotiation) => Some(negotiation),
            Session::Reading
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
