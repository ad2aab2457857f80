//! At which rates a conference works: no better than anybody can hear.

use super::index;
use crate::audio::codec::{Codec, Rate};

const RATES: [Rate; 3] = [Rate::Narrow, Rate::Wide, Rate::Full];

/// What somebody hears and sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Party {
    pub(super) hears: Option<Codec>,
    pub(super) talks: Option<Codec>,
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// At which rate those who hear Opus are served.
    opus: Rate,
    /// Which rates are needed.
    needed: [bool; 3],
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            opus: Rate::Narrow,
            needed: [false; 3],
        }
    }
}

impl Plan {
    /// Opus is served at the rate of the best voice that any who hears it hears: a browser among desk phones needs no 48 kHz for that.
    pub(super) fn of(parties: impl Iterator<Item = Party> + Clone) -> Self {
        let talks = |rate: Rate| {
            parties
                .clone()
                .filter(move |party| party.talks.is_some_and(|codec| codec.rate() == rate))
        };
        let hears_opus = |party: &Party| party.hears == Some(Codec::Opus);
        let listeners = parties.clone().filter(hears_opus).count();
        // Somebody hears a voice of that rate which is not their own.
        let is_heard = |rate: Rate| match (talks(rate).count(), listeners) {
            (0, _) | (_, 0) => false,
            (1, 1) => !talks(rate).any(|party| hears_opus(&party)),
            _ => true,
        };
        let opus = RATES.into_iter().rev().find(|rate| is_heard(*rate)).unwrap_or(Rate::Narrow);
        let mut plan = Self { opus, needed: [false; 3] };
        for codec in parties.filter_map(|party| party.hears) {
            plan.needed[index(plan.encoder_rate(codec))] = true;
        }
        plan
    }

    /// The rates at which somebody hears.
    pub(super) fn rates(&self) -> impl Iterator<Item = Rate> + use<> {
        let needed = self.needed;
        RATES.into_iter().filter(move |rate| needed[index(*rate)])
    }

    /// The rate at which a codec is encoded.
    pub(super) fn encoder_rate(&self, codec: Codec) -> Rate {
        match codec {
            Codec::Opus => self.opus,
            Codec::G722 | Codec::Pcma | Codec::Pcmu => codec.rate(),
        }
    }

    /// The rate to which a codec is decoded: Opus decodes to any, the less the cheaper.
    pub(super) fn decoder_rate(&self, codec: Codec) -> Rate {
        match codec {
            Codec::Opus => self.rates().last().unwrap_or(Rate::Narrow),
            Codec::G722 | Codec::Pcma | Codec::Pcmu => codec.rate(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(codecs: &[Codec]) -> Plan {
        Plan::of(codecs.iter().map(|codec| Party {
            hears: Some(*codec),
            talks: Some(*codec),
        }))
    }

    fn rates(plan: Plan) -> Vec<Rate> {
        plan.rates().collect()
    }

    #[test]
    fn nobody_pays_for_more_than_somebody_else_hears() {
        use Codec::{G722, Opus, Pcma, Pcmu};
        use Rate::{Full, Narrow, Wide};
        assert_eq!(rates(of(&[Pcmu, Pcma, Pcmu])), [Narrow]);
        assert_eq!(rates(of(&[Pcmu, G722])), [Narrow, Wide]);
        // One browser among desk phones neither hears nor is heard better than they.
        assert_eq!(rates(of(&[Opus, Pcmu, Pcma])), [Narrow]);
        assert_eq!(of(&[Opus, Pcmu]).decoder_rate(Opus), Narrow);
        assert_eq!(rates(of(&[Opus, G722])), [Wide]);
        assert_eq!(rates(of(&[Opus, Opus, Pcmu])), [Narrow, Full]);
        assert_eq!(of(&[Opus, Opus, Pcmu]).decoder_rate(Opus), Full);
        assert_eq!(rates(of(&[Opus])), [Narrow]);
        assert_eq!(rates(of(&[])), []);
    }

    #[test]
    fn who_listens_only_hears_the_best_voice_there_is() {
        let listener = Party {
            hears: Some(Codec::Opus),
            talks: Some(Codec::Pcmu),
        };
        let talker = Party {
            hears: Some(Codec::Pcmu),
            talks: Some(Codec::Opus),
        };
        assert_eq!(Plan::of([listener, talker].into_iter()).encoder_rate(Codec::Opus), Rate::Full);
    }
}
