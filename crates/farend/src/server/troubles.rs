//! What the watch over calls' sound has noticed, carried to the doctor and into the flight recorder.

use std::sync::Arc;

use doctor::evidence::{Call, Stage, Trouble};
use model::{CallId, LegId};
use tokio::sync::broadcast::error::RecvError;

use crate::doctor::Doctor;
use crate::flight::Flights;
use crate::flight::story::MarkKind;
use crate::watching::Watching;

/// Calls whose troubles are remembered, so that each is marked once. The oldest is forgotten first.
const CALLS_MAX: usize = 1_000;

/// Carries on until nobody watches any more.
pub(super) async fn carry(watching: Watching, doctor: Doctor, flights: Flights) {
    let mut news = watching.evidence();
    let mut marked = Marked::default();
    loop {
        let calls = match news.recv().await {
            Ok(call) => vec![call],
            // What was missed is in what is known by now.
            Err(RecvError::Lagged(_)) => watching.calls(),
            Err(RecvError::Closed) => return,
        };
        watching.spent().on(|| {
            for call in calls {
                for (leg, kind, stage) in marked.news(&call) {
                    flights.mark(CallId(call.id), leg, kind, stage_word(stage));
                }
                doctor.call(Arc::unwrap_or_clone(call));
            }
        });
    }
}

/// Which troubles are known.
#[derive(Debug, Default)]
struct Marked {
    /// In the order of their first trouble.
    calls: std::collections::VecDeque<(u64, Vec<Trouble>)>,
}

impl Marked {
    /// What has begun or ended in a call since the last time.
    fn news(&mut self, call: &Call) -> Vec<(Option<LegId>, MarkKind, Stage)> {
        let known = self.calls.iter_mut().find(|(id, _)| *id == call.id);
        let before = match &known {
            Some((_, troubles)) => troubles.as_slice(),
            None if call.troubles.is_empty() => return Vec::new(),
            None => &[],
        };
        let is_same = |one: &Trouble, other: &Trouble| (one.from_leg, one.to_leg, one.since) == (other.from_leg, other.to_leg, other.since);
        let mut news = Vec::new();
        for trouble in &call.troubles {
            let old = before.iter().find(|old| is_same(old, trouble));
            // Nobody in particular: all the others of a conference.
            let leg = (trouble.from_leg != 0).then_some(LegId(trouble.from_leg));
            if old.is_none_or(|old| old.stage != trouble.stage) {
                news.push((leg, MarkKind::Trouble, trouble.stage));
            }
            if trouble.until.is_some() && old.is_none_or(|old| old.until.is_none()) {
                news.push((leg, MarkKind::TroubleEnd, trouble.stage));
            }
        }
        match known {
            Some((_, troubles)) => troubles.clone_from(&call.troubles),
            None => {
                if self.calls.len() == CALLS_MAX {
                    self.calls.pop_front();
                }
                self.calls.push_back((call.id, call.troubles.clone()));
            }
        }
        news
    }
}

/// Where sound is lost, for a line of the flight.
fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Microphone => "microphone",
        Stage::Sender => "nothing is sent",
        Stage::SilentAudio => "silence is sent",
        Stage::NetworkIn => "nothing arrives here",
        Stage::WrongAddress => "from another address",
        Stage::Decryption => "cannot be decrypted",
        Stage::Decoding => "cannot be decoded",
        Stage::NetworkOut => "nothing arrives there",
        Stage::Output => "cannot be played there",
    }
}

#[cfg(test)]
mod tests {
    use doctor::evidence::UnixMs;

    use super::*;

    fn trouble(stage: Stage, until: Option<i64>) -> Trouble {
        Trouble {
            from_leg: 7,
            to_leg: None,
            stage,
            since: UnixMs(1_000),
            until: until.map(UnixMs),
        }
    }

    fn call(id: u64, troubles: &[Trouble]) -> Call {
        Call {
            id,
            troubles: troubles.to_vec(),
            ..Call::default()
        }
    }

    #[test]
    fn each_trouble_is_marked_once_when_it_begins_is_better_known_and_ends() {
        let mut marked = Marked::default();
        let leg = Some(LegId(7));
        assert_eq!(marked.news(&call(1, &[])), []);
        let lost = trouble(Stage::NetworkIn, None);
        assert_eq!(marked.news(&call(1, &[lost])), [(leg, MarkKind::Trouble, Stage::NetworkIn)]);
        assert_eq!(marked.news(&call(1, &[lost])), []);
        let known = trouble(Stage::Sender, None);
        assert_eq!(marked.news(&call(1, &[known])), [(leg, MarkKind::Trouble, Stage::Sender)]);
        let ended = trouble(Stage::Sender, Some(9_000));
        assert_eq!(marked.news(&call(1, &[ended])), [(leg, MarkKind::TroubleEnd, Stage::Sender)]);
        assert_eq!(marked.news(&call(1, &[ended])), []);
    }

    #[test]
    fn only_the_latest_calls_with_troubles_are_remembered() {
        let mut marked = Marked::default();
        let lost = [trouble(Stage::NetworkIn, None)];
        for id in 0..=CALLS_MAX as u64 {
            assert_eq!(marked.news(&call(id, &lost)).len(), 1);
        }
        assert_eq!(marked.calls.len(), CALLS_MAX);
        assert_eq!(marked.news(&call(0, &lost)).len(), 1, "it was forgotten");
    }
}
