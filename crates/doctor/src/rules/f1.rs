//! F1: the app can control a desk phone, without a microphone at the computer.
//!
//! Asks for: who has chosen a phone, and whether that is registered. Not registered follows with high confidence, for the registrar is
//! ours; that the phone is broken does not: it may have no power or no network. Concludes nothing about phones that nobody controls
//! (somebody may have put them away), nor about one that is not in the evidence.

use super::place;
use crate::evidence::{DeskPhone, Evidence};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

/// A phone that registers anew, or whose address changes, is away for a moment.
const AWAY_MIN_MS: u64 = 3_000;

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let is_away = |phone: &&DeskPhone| phone.transport.is_none() && evidence.taken_at.since(phone.since) >= AWAY_MIN_MS;
    let away = evidence.phones.iter().filter(is_away);
    away.filter_map(|phone| {
        let person = evidence.people.iter().find(|person| person.controls_phone == Some(phone.device))?;
        let subject = Subject::Phone { device: phone.device };
        let finding = Finding::new(
            Fault::F1PhoneOffline,
            subject,
            Severity::Problem,
            Culprit::DeskPhone,
            Confidence::High,
        )
        .with_known(What::Phone, Some(&phone.name), Some(phone.since))
        .with_known(What::Person, Some(place::label(&person.name, &person.extension)), None)
        .with_known(What::PeerAddress, phone.address, None);
        Some(finding)
    })
    .collect()
}
