//! A call of our own, to a number that answers with an echo: what the test of a trunk ends with. One leg, and nobody who talks.
//!
//! ```text
//!  Calling ── 2xx, media up ──► Listening ── our tone for a second, or time is over ──► Ending
//! ```

use std::time::{Duration, Instant};

use model::control::{Heard, Source};
use model::quality::LegReport;

use super::leg::{Leg, Parting, Told};
use super::{Branch, Cause, Command, Effects, Happening, News, Reserve, State};
use crate::core::{JournalEntry, Outcome, Party, Side};

/// From the beginning to the end.
const CALL_MAX: Duration = Duration::from_secs(15);
/// From the answer on.
const LISTEN_MAX: Duration = Duration::from_secs(6);
/// So much of our tone is no accident.
pub(crate) const TONE_MS_MIN: u32 = 1_000;

/// An echo call under way.
#[derive(Debug)]
pub(super) struct Echo {
    from: Party,
    leg: Leg,
    /// Other ways to carry the same call, in this order.
    reserves: Vec<Reserve>,
    until: Instant,
}

/// How an echo call has ended, and what was heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Echoed {
    pub(crate) end: EchoEnd,
    pub(crate) heard: Heard,
    /// Of the leg that was answered.
    pub(crate) report: Option<Box<LegReport>>,
}

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EchoEnd {
    /// Nobody answered in time.
    #[default]
    Unanswered,
    /// The provider refused it.
    Refused {
        /// With this.
        status: u16,
    },
    /// It broke off before there was sound.
    Broken(Cause),
    /// It was answered.
    Answered,
}

pub(super) fn call(from: Party, branch: Branch, fx: &mut Effects<'_>) -> State {
    let Branch {
        leg,
        party,
        peer,
        reserves,
        ..
    } = branch;
    fx.push(Command::Journal(JournalEntry::Started {
        call: fx.call,
        caller: from.clone(),
        called: party.clone(),
    }));
    State::Echoing(Box::new(Echo {
        from,
        leg: Leg::outbound(leg, party, Side::Called, peer, None, fx),
        reserves,
        until: fx.now + CALL_MAX,
    }))
}

impl Echo {
    pub(super) fn deadline(&self) -> Instant {
        self.until
    }

    pub(super) fn leg(&self) -> &Leg {
        &self.leg
    }

    pub(super) fn into_leg(self) -> Leg {
        self.leg
    }

    pub(super) fn holds_in_reserve(&self, leg: model::LegId) -> bool {
        self.reserves.iter().any(|reserve| reserve.leg == leg)
    }
}

pub(super) fn echoing(mut echo: Box<Echo>, happening: Happening, echoed: &mut Echoed, fx: &mut Effects<'_>) -> State {
    let told = match happening {
        Happening::TimeOut if fx.now >= echo.until => return hang_up(*echo, echoed, fx),
        Happening::TimeOut => match echo.leg.handle_timeout(fx) {
            Some(cause) => Told::Broken(cause),
            None => Told::Nothing,
        },
        Happening::News(leg, News::Listened { heard }) if leg == echo.leg.id => {
            echoed.heard = heard;
            if heard.tone_ms >= TONE_MS_MIN {
                return hang_up(*echo, echoed, fx);
            }
            Told::Nothing
        }
        Happening::News(leg, news) if leg == echo.leg.id => echo.leg.handle(news, None, fx),
        Happening::News(..) => Told::Nothing,
    };
    match told {
        Told::Offered { offer } => {
            let (leg, from, to) = (echo.leg.id, echo.from.clone(), echo.leg.party.clone());
            fx.push(Command::Invite { leg, from, to, offer });
        }
        Told::Established => {
            echoed.end = EchoEnd::Answered;
            fx.push(Command::Journal(JournalEntry::Answered {
                call: fx.call,
                device: None,
            }));
            echo.leg.hear(Source::Probe, fx);
            echo.until = echo.until.min(fx.now + LISTEN_MAX);
        }
        Told::Lost { status } => return refused(*echo, status, echoed, fx),
        Told::Broken(cause) => {
            if echoed.end != EchoEnd::Answered {
                echoed.end = EchoEnd::Broken(cause);
            }
            echo.leg.close(Parting::Because(cause), fx);
            return fx.ending(Outcome::Failed, cause.text);
        }
        Told::Left(_) => {
            echo.leg.close(Parting::Left, fx);
            return fx.ending(Outcome::Answered, "the echo hung up");
        }
        Told::Refer { request, .. } => fx.respond(request, Cause::PENDING),
        Told::Nothing | Told::Rang | Told::Previewed | Told::Answered | Told::Renegotiated | Told::Narrowed | Told::Pressed { .. } => {}
    }
    State::Echoing(echo)
}

/// By the next way, if there is one and it may do better.
fn refused(mut echo: Echo, status: u16, echoed: &mut Echoed, fx: &mut Effects<'_>) -> State {
    echoed.end = EchoEnd::Refused { status };
    let party = echo.leg.party.clone();
    echo.leg.close(Parting::Left, fx);
    let next = echo.reserves.iter().position(|reserve| reserve.after.covers(status));
    match next {
        Some(index) => {
            // Those before it have been passed over for good.
            echo.reserves.drain(..index);
            let Reserve { leg, peer, .. } = echo.reserves.remove(0);
            echo.leg = Leg::outbound(leg, party, Side::Called, peer, None, fx);
            State::Echoing(Box::new(echo))
        }
        None => fx.ending(Outcome::Failed, "the provider refused the echo call"),
    }
}

fn hang_up(echo: Echo, echoed: &Echoed, fx: &mut Effects<'_>) -> State {
    echo.leg.close(Parting::HangUp, fx);
    match echoed.end {
        EchoEnd::Answered => fx.ending(Outcome::Answered, "the test of the trunk is over"),
        EchoEnd::Unanswered | EchoEnd::Refused { .. } | EchoEnd::Broken(_) => fx.ending(Outcome::NoAnswer, "nobody answered"),
    }
}
