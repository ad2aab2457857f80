//! What a doctor is worth: what was broken against what was said.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use doctor::finding::{Fault, Subject};
use doctor::rules::diagnose;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::company::Company;
use super::draw::company;
use super::inject::{Truth, companions, inject, is_early, is_either_or, is_observable};
use super::measure::evidence;

/// So many faults are tried for one that this company can have.
const TRIES: usize = 40;

/// A company, and what is wrong with it.
pub struct Story {
    pub company: Company,
    pub truths: Vec<Truth>,
}

/// The company of a seed with up to two faults.
pub fn story(seed: u64) -> Story {
    let random = &mut SmallRng::seed_from_u64(seed ^ 0x6661_756c_7473);
    let count = random.random_range(0..=2_usize);
    let mut faults: Vec<Fault> = Vec::new();
    let mut told = Story {
        company: company(seed),
        truths: Vec::new(),
    };
    for _ in 0..TRIES {
        if faults.len() == count {
            break;
        }
        let fault = *Fault::ALL.choose(random).expect("there are some");
        let clashes = |known: &Fault| *known == fault || is_either_or(*known, fault);
        if faults.iter().any(clashes) {
            continue;
        }
        let mut wished = [faults.clone(), vec![fault]].concat();
        wished.sort_by_key(|fault| !is_early(*fault));
        if let Some(broken) = broken(seed, &wished) {
            (told, faults) = (broken, wished);
        }
    }
    told
}

/// The company of a seed with just these faults, if it can have them.
pub fn broken(seed: u64, faults: &[Fault]) -> Option<Story> {
    let random = &mut SmallRng::seed_from_u64(seed ^ 0x6272_6f6b_656e);
    let mut company = company(seed);
    let mut truths = Vec::new();
    for fault in faults {
        let truth = inject(&mut company, *fault, random)?;
        truths.extend(companions(&truth));
        truths.push(truth);
    }
    Some(Story { company, truths })
}

/// Whether one fault makes another one of the same company invisible, or is said in its place. What is hidden may be said, and need not.
///
/// | This | hides | because |
/// |---|---|---|
/// | no way to the internet | all about STUN, routers, providers' lines | nobody out there can be asked |
/// | STUN silent, refused, without DNS or route | single servers, the NAT, which public address it is | nobody answers |
/// | no way for audio, UDP blocked | a symmetric NAT, a poor line there | nothing gets through that could show it |
/// | a browser that cannot | everything that it would have looked at | it cannot |
/// | no microphone, or none allowed | a mute or silent one | there is nothing to listen to |
/// | a fault of somebody's network or computer | the same in a call of theirs | it is the same |
/// | a router that rewrites a phone's SIP | that it is not encrypted | the cure is the same |
pub fn is_hidden(by: &Truth, truth: &Truth) -> bool {
    use Fault as F;
    let is_same = by.subject == truth.subject;
    match by.fault {
        F::RaNoRoute => matches!(
            truth.fault,
            F::N2StunServerDead
                | F::N3OwnStunDead
                | F::RePublicAddressDiffers
                | F::ReTrunkLeavesElsewhere
                | F::RfStunNoDns
                | F::RfStunNoRoute
                | F::RfStunRefused
                | F::RfStunSilent
                | F::RgSymmetric
                | F::RhAlgOffice
                | F::RiOwnStunElsewhere
                | F::RdStunMissing
                | F::RaCarrierNat
                | F::N1ForwardElsewhere
                | F::N1ForwardMissing
                | F::N1ForwardUnproven
                | F::P3CertificateName
        ),
        F::RfStunNoDns | F::RfStunNoRoute | F::RfStunRefused | F::RfStunSilent => matches!(
            truth.fault,
            F::N2StunServerDead
                | F::N3OwnStunDead
                | F::RePublicAddressDiffers
                | F::ReTrunkLeavesElsewhere
                | F::RgSymmetric
                | F::RiOwnStunElsewhere
                | F::N1ForwardElsewhere
                | F::N1ForwardMissing
        ),
        F::RjNoWay | F::RjUdpBlocked => is_same && matches!(truth.fault, F::RjSymmetric | F::RjUdpBlocked | F::P3LinePoor),
        F::F2BrowserUnfit => is_same && matches!(truth.subject, Subject::Network { .. }),
        F::RlNoMicrophone | F::RlMicrophoneDenied => {
            is_same && matches!(truth.fault, F::RlMicrophoneMuted | F::RlMicrophoneSilent | F::RlMicrophoneDenied)
        }
        F::RlMicrophoneMuted => is_same && truth.fault == F::RlMicrophoneSilent,
        F::RlNoSpeaker => is_same && truth.fault == F::RlSpeakerUnheard,
        F::RhAlgHome => is_same && truth.fault == F::H1PhonePlain,
        F::RgSymmetric => truth.fault == F::RgCallLost,
        F::ReTrunkLeavesElsewhere | F::RiOwnStunElsewhere | F::RePublicAddressDiffers => truth.fault == F::ReCallWrongAddress,
        _ => false,
    }
}

/// What came of a story.
pub struct Outcome {
    pub found: BTreeSet<Truth>,
    pub missed: BTreeSet<Truth>,
    pub invented: BTreeSet<Truth>,
}

pub fn outcome(story: &Story) -> Outcome {
    let findings = diagnose(&evidence(&story.company));
    let said: Vec<Truth> = findings
        .into_iter()
        .map(|finding| Truth {
            fault: finding.fault,
            subject: finding.subject,
        })
        .collect();
    let (hidden, due): (Vec<&Truth>, Vec<&Truth>) = story.truths.iter().partition(|truth| {
        let others = story.truths.iter().filter(|other| other != truth);
        !is_observable(&story.company, truth) || others.into_iter().any(|other| is_hidden(other, truth))
    });
    let is_in = |truth: &Truth, of: &[&Truth]| of.contains(&truth);
    let missed = due.iter().filter(|truth| !said.contains(truth)).map(|truth| (*truth).clone());
    let found = said.iter().filter(|truth| is_in(truth, &due)).cloned();
    let mut invented: BTreeSet<Truth> = said
        .iter()
        .filter(|truth| !is_in(truth, &due) && !is_in(truth, &hidden))
        .cloned()
        .collect();
    // The same thing said twice is once too often.
    for (index, truth) in said.iter().enumerate() {
        if said[..index].contains(truth) {
            invented.insert(truth.clone());
        }
    }
    Outcome {
        found: found.collect(),
        missed: missed.collect(),
        invented,
    }
}

/// Over many stories.
#[derive(Default)]
pub struct Score {
    rows: BTreeMap<Fault, Row>,
}

#[derive(Default)]
struct Row {
    found: usize,
    missed: Vec<u64>,
    invented: Vec<u64>,
}

impl Score {
    pub fn of(seeds: impl Iterator<Item = u64>) -> Self {
        let mut score = Self::default();
        for seed in seeds {
            score.add(seed, &outcome(&story(seed)));
        }
        score
    }

    pub fn add(&mut self, seed: u64, outcome: &Outcome) {
        for truth in &outcome.found {
            self.rows.entry(truth.fault).or_default().found += 1;
        }
        for truth in &outcome.missed {
            self.rows.entry(truth.fault).or_default().missed.push(seed);
        }
        for truth in &outcome.invented {
            self.rows.entry(truth.fault).or_default().invented.push(seed);
        }
    }

    fn sums(&self) -> (usize, usize, usize) {
        let rows = || self.rows.values();
        (
            rows().map(|row| row.found).sum(),
            rows().map(|row| row.missed.len()).sum(),
            rows().map(|row| row.invented.len()).sum(),
        )
    }

    /// Of what was said, how much is true.
    #[allow(clippy::cast_precision_loss, reason = "a few thousand")]
    pub fn precision(&self) -> f64 {
        let (found, _, invented) = self.sums();
        found as f64 / (found + invented).max(1) as f64
    }

    /// Of what is true and can be seen, how much was said.
    #[allow(clippy::cast_precision_loss, reason = "a few thousand")]
    pub fn recall(&self) -> f64 {
        let (found, missed, _) = self.sums();
        found as f64 / (found + missed).max(1) as f64
    }

    /// How many faults there were to find.
    pub fn due(&self) -> usize {
        let (found, missed, _) = self.sums();
        found + missed
    }

    pub fn kinds(&self) -> usize {
        self.rows.values().filter(|row| row.found + row.missed.len() > 0).count()
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, missed, invented) = self.sums();
        let (precision, recall) = (self.precision(), self.recall());
        writeln!(
            f,
            "precision {precision:.4}, recall {recall:.4}: {found} found, {missed} missed, {invented} invented"
        )?;
        for (fault, row) in self
            .rows
            .iter()
            .filter(|(_, row)| !row.missed.is_empty() || !row.invented.is_empty())
        {
            let few = |seeds: &[u64]| seeds.iter().take(4).copied().collect::<Vec<_>>();
            writeln!(
                f,
                "  {fault:?}: {} found, {} missed {:?}, {} invented {:?}",
                row.found,
                row.missed.len(),
                few(&row.missed),
                row.invented.len(),
                few(&row.invented)
            )?;
        }
        Ok(())
    }
}
