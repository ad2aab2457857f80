//! Notices that one direction of a running call has no sound, and where it is lost: within three seconds, and never without reason.
//!
//! ```text
//!                     from a leg                                     to a leg
//!   microphone ─► sender ─► network ─► address ─► decryption ─► decoding ═► network ─► output
//!   (its browser)  (RTCP, quiet ms)    (what was refused, by cause)          (its RTCP, its browser)
//! ```
//!
//! A call's [`Watch`] gets a report of each leg every second, and what browsers say of themselves. It costs the same for each, however long
//! the call is. What is not known makes no trouble: a phone that may have paused because nobody speaks is waited for until its RTCP tells.

mod inward;
mod outward;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Instant;

use model::LegId;
use model::quality::LegReport;

use self::inward::Inward;
use self::outward::Outward;
use crate::evidence::{BrowserSide, PeerKind, Stage};

/// Legs of one call that are watched: as many as a conference has members.
pub const LEGS_MAX: usize = 64;

/// Who a report is about, and how they take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The leg.
    pub leg: LegId,
    /// By what it takes part.
    pub kind: PeerKind,
    /// It talks: answered, and neither side holds.
    pub is_talking: bool,
    /// The leg that hears it, and that it hears; `None`: all the others of a conference.
    pub with: Option<LegId>,
}

/// A direction without sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Whose sound is missing; `None`: that of all the others of a conference.
    pub from: Option<LegId>,
    /// Who does not hear it; `None`: all the others of a conference.
    pub to: Option<LegId>,
    /// Where it is lost.
    pub stage: Stage,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A direction has no sound from now on. Where the stage of one that has none becomes clearer, it is first `Ended`.
    Raised(Silence),
    /// It has sound again, or nobody is to be heard any more.
    Ended(Silence),
}

/// What is concluded from what is known of a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// There is sound, or there should be none.
    Fine,
    /// It cannot be told yet: what was concluded before stands.
    Unclear,
    /// There is none.
    Lost(Stage),
}

/// One call.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    legs: BTreeMap<LegId, Watched>,
}

#[derive(Clone, Debug)]
struct Watched {
    part: Part,
    browser: BrowserSide,
    inward: Inward,
    outward: Outward,
    /// What was told of sound from it, and to it.
    from_it: Option<Silence>,
    to_it: Option<Silence>,
}

impl Watch {
    /// A leg has been measured.
    pub fn measured(&mut self, part: Part, report: &LegReport, now: Instant) -> Vec<News> {
        if !self.legs.contains_key(&part.leg) && self.legs.len() >= LEGS_MAX {
            return Vec::new();
        }
        let watched = self.legs.entry(part.leg).or_insert_with(|| Watched::new(part));
        watched.take_part(part);
        watched.inward.measured(part, report, now);
        watched.outward.measured(part, report, now);
        watched.judge(now)
    }

    /// A browser says how its side is. Before its leg was measured for the first time nobody knows whose it is.
    pub fn told(&mut self, leg: LegId, browser: BrowserSide, now: Instant) -> Vec<News> {
        let Some(watched) = self.legs.get_mut(&leg) else {
            return Vec::new();
        };
        watched.browser = browser;
        watched.judge(now)
    }

    /// A leg is gone.
    pub fn left(&mut self, leg: LegId) -> Vec<News> {
        let gone = self.legs.remove(&leg);
        let silences = gone.map(|gone| [gone.from_it, gone.to_it]);
        silences.into_iter().flatten().flatten().map(News::Ended).collect()
    }

    /// What a browser has said last.
    #[must_use]
    pub fn browser(&self, leg: LegId) -> Option<BrowserSide> {
        self.legs.get(&leg).map(|watched| watched.browser)
    }
}

impl Watched {
    fn new(part: Part) -> Self {
        Self {
            part,
            browser: BrowserSide::default(),
            inward: Inward::default(),
            outward: Outward::default(),
            from_it: None,
            to_it: None,
        }
    }

    /// Who talks to somebody else now begins anew.
    fn take_part(&mut self, part: Part) {
        if self.part.with != part.with {
            self.inward.begin_again();
            self.outward.begin_again();
        }
        self.part = part;
    }

    fn judge(&mut self, now: Instant) -> Vec<News> {
        let mut news = Vec::new();
        let Part { leg, with, .. } = self.part;
        let verdict = self.inward.judge(self.browser, now);
        let silence = |stage| Silence {
            from: Some(leg),
            to: with,
            stage,
        };
        settle(&mut self.from_it, verdict, silence, &mut news);
        let verdict = self.outward.judge(self.browser, now);
        let silence = |stage| Silence {
            from: with,
            to: Some(leg),
            stage,
        };
        settle(&mut self.to_it, verdict, silence, &mut news);
        news
    }
}

/// What there is to tell, once something else is concluded.
fn settle(told: &mut Option<Silence>, verdict: Verdict, silence: impl Fn(Stage) -> Silence, news: &mut Vec<News>) {
    let now = match verdict {
        Verdict::Fine => None,
        Verdict::Unclear => return,
        Verdict::Lost(stage) => Some(silence(stage)),
    };
    if *told != now {
        news.extend(told.take().map(News::Ended));
        news.extend(now.map(News::Raised));
        *told = now;
    }
}
