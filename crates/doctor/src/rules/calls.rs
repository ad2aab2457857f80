//! Troubles of calls that count now: those that go on, and those of calls that have ended a moment ago.

use super::place;
use crate::evidence::{Call, CallLeg, Evidence, Locality, PeerKind, Stage, Trouble, UserNetwork};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

/// For so long a call that has ended is told about: who has had no audio looks for the reason at once.
const ENDED_FRESH_MS: u64 = 10 * 60 * 1000;
/// A trouble that was over sooner has been mended by itself; people say "hello?" and go on.
const LASTED_MIN_MS: u64 = 3_000;

/// A trouble that counts.
pub(super) struct Seen<'a> {
    pub(super) call: &'a Call,
    pub(super) trouble: &'a Trouble,
    /// Whose sound is missing.
    pub(super) from: &'a CallLeg,
    /// Who should hear it, where that is one.
    pub(super) to: Option<&'a CallLeg>,
}

/// All that count, in the order of the evidence.
pub(super) fn troubles(evidence: &Evidence) -> Vec<Seen<'_>> {
    let mut all = Vec::new();
    for call in &evidence.calls {
        for trouble in call.troubles.iter().filter(|trouble| counts(evidence, call, trouble)) {
            let Some(from) = call.legs.iter().find(|leg| leg.leg == trouble.from_leg) else {
                continue;
            };
            let to = hearer(call, trouble);
            all.push(Seen { call, trouble, from, to });
        }
    }
    all
}

fn counts(evidence: &Evidence, call: &Call, trouble: &Trouble) -> bool {
    let Some(ended_at) = call.ended_at else {
        return trouble.until.is_none();
    };
    let lasted_ms = trouble.until.unwrap_or(ended_at).since(trouble.since);
    lasted_ms >= LASTED_MIN_MS && evidence.taken_at.since(ended_at) < ENDED_FRESH_MS
}

/// Who should hear it: whom the trouble names, or the other one of two.
fn hearer<'a>(call: &'a Call, trouble: &Trouble) -> Option<&'a CallLeg> {
    if let Some(to) = trouble.to_leg {
        return call.legs.iter().find(|leg| leg.leg == to);
    }
    match &call.legs[..] {
        [a, b] => Some(if a.leg == trouble.from_leg { b } else { a }),
        _ => None,
    }
}

impl Seen<'_> {
    /// The side where the sound is lost: the hearer's for what is lost on the way to them, otherwise that of whoever is not heard.
    pub(super) fn guilty(&self) -> &CallLeg {
        match self.trouble.stage {
            Stage::NetworkOut | Stage::Output => self.to.unwrap_or(self.from),
            Stage::Microphone
            | Stage::Sender
            | Stage::SilentAudio
            | Stage::NetworkIn
            | Stage::WrongAddress
            | Stage::Decryption
            | Stage::Decoding => self.from,
        }
    }

    /// With what all findings of calls show.
    pub(super) fn finding(&self, fault: Fault, severity: Severity, culprit: Culprit, confidence: Confidence) -> Finding {
        let subject = Subject::Call {
            id: self.call.id,
            leg: self.trouble.from_leg,
        };
        let guilty = self.guilty();
        Finding::new(fault, subject, severity, culprit, confidence)
            .with_known(What::Person, Some(place::label(&guilty.name, &guilty.party)), None)
            .with(What::Stage, stage_code(self.trouble.stage), Some(self.trouble.since))
            .with_known(What::Trunk, guilty.trunk.as_deref(), None)
    }
}

/// Whose equipment sends what a leg's peer sends.
pub(super) fn equipment(leg: &CallLeg) -> Culprit {
    match leg.kind {
        PeerKind::Browser => Culprit::Computer,
        PeerKind::Phone => Culprit::DeskPhone,
        PeerKind::Trunk => Culprit::Provider,
    }
}

/// Where a person is now: the network in which they were seen last.
pub(super) fn current_network<'a>(evidence: &'a Evidence, extension: &str) -> Option<&'a UserNetwork> {
    let theirs = evidence
        .networks
        .iter()
        .filter(|network| !extension.is_empty() && network.extension == extension);
    theirs.max_by_key(|network| network.seen_at)
}

/// Whether a leg is known to be in the office's own network.
pub(super) fn is_in_the_office(evidence: &Evidence, leg: &CallLeg) -> bool {
    match leg.kind {
        PeerKind::Browser => current_network(evidence, &leg.party).is_some_and(|network| network.locality == Locality::Lan),
        PeerKind::Phone => {
            let mut phones = evidence.phones.iter().filter(|phone| phone.extension == leg.party).peekable();
            phones.peek().is_some() && phones.all(|phone| !phone.is_outside)
        }
        PeerKind::Trunk => false,
    }
}

/// For programs, and for tables of words: never changes.
pub(super) fn stage_code(stage: Stage) -> &'static str {
    match stage {
        Stage::Microphone => "microphone",
        Stage::Sender => "sender",
        Stage::SilentAudio => "silent_audio",
        Stage::NetworkIn => "network_in",
        Stage::WrongAddress => "wrong_address",
        Stage::Decryption => "decryption",
        Stage::Decoding => "decoding",
        Stage::NetworkOut => "network_out",
        Stage::Output => "output",
    }
}
