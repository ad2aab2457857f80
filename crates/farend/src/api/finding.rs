//! Findings of the doctor as clients see them: words are made here, in the language of whoever reads.

use doctor::evidence::UnixMs;
use doctor::finding::{self, Subject};
use doctor::words::{self, Explained};
use model::Language;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Something that is wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Finding {
    /// The same for the same fault of the same subject.
    #[schema(example = "rj_udp_blocked|network:101:198.51.100.7")]
    id: String,
    #[schema(example = "R-j")]
    rule: &'static str,
    #[schema(example = "rj_udp_blocked")]
    fault: String,
    severity: Severity,
    #[schema(example = "home_router")]
    culprit: String,
    culprit_text: &'static str,
    confidence: Confidence,
    subject: FindingSubject,
    /// Whom it is about, for people.
    subject_text: String,
    /// What is wrong and what it means, in one sentence.
    sentence: String,
    evidence: Vec<FindingFact>,
    /// What works all the same.
    possible: String,
    /// What to do, step by step.
    fix: Vec<String>,
    /// How to look whether that has helped.
    retest: String,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    /// When it had gone; null while it has not.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    cleared_at: Option<OffsetDateTime>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingSeverity)]
pub(super) enum Severity {
    /// Calls have audio.
    Note,
    /// Calls have audio, by luck or later than they could.
    Warning,
    /// Somebody has no audio, or cannot call.
    Problem,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingConfidence)]
pub(super) enum Confidence {
    Low,
    Medium,
    High,
}

/// Whom, or what, a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct FindingSubject {
    /// `server`, `trunk`, `network`, `person`, `phone` or `call`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    extension: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    device: Option<u64>,
    /// A call's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    leg: Option<u64>,
}

/// One thing that was seen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FindingFact {
    /// As people read it.
    text: String,
    what: String,
    value: String,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    at: Option<OffsetDateTime>,
}

impl Finding {
    /// One that was seen at that moment alone.
    pub(super) fn of(finding: &finding::Finding, language: Language, at: OffsetDateTime) -> Self {
        let Explained {
            sentence,
            evidence,
            possible,
            fix,
            retest,
        } = words::explain(finding, language);
        let fact = |(index, fact): (usize, &finding::Fact)| FindingFact {
            text: evidence.get(index).cloned().unwrap_or_default(),
            what: word(&fact.what),
            value: fact.value.clone(),
            at: fact.at.and_then(moment),
        };
        let subject = FindingSubject::of(&finding.subject);
        Self {
            id: format!("{}|{}", word(&finding.fault), subject.key()),
            rule: finding.fault.rule().id(),
            fault: word(&finding.fault),
            severity: finding.severity.into(),
            culprit: word(&finding.culprit),
            culprit_text: words::culprit(finding.culprit, language),
            confidence: finding.confidence.into(),
            subject_text: subject.text(language),
            subject,
            sentence,
            evidence: finding.evidence.iter().enumerate().map(fact).collect(),
            possible,
            fix,
            retest,
            since: at,
            last_seen_at: at,
            cleared_at: None,
        }
    }
}

impl FindingSubject {
    fn of(subject: &Subject) -> Self {
        let none = Self::default();
        match subject.clone() {
            Subject::Server => Self { kind: "server", ..none },
            Subject::Trunk { name } => Self {
                kind: "trunk",
                name: Some(name),
                ..none
            },
            Subject::Network { extension, address } => Self {
                kind: "network",
                extension: Some(extension),
                address: Some(address),
                ..none
            },
            Subject::Person { extension } => Self {
                kind: "person",
                extension: Some(extension),
                ..none
            },
            Subject::Phone { device } => Self {
                kind: "phone",
                device: Some(device),
                ..none
            },
            Subject::Call { id, leg } => Self {
                kind: "call",
                id: Some(id),
                leg: Some(leg),
                ..none
            },
        }
    }

    /// The parts that there are, one after the other.
    fn parts(&self) -> Vec<String> {
        let texts = [&self.name, &self.extension, &self.address].into_iter().flatten().cloned();
        let numbers = [self.device, self.id, self.leg]
            .into_iter()
            .flatten()
            .map(|number| number.to_string());
        texts.chain(numbers).collect()
    }

    fn key(&self) -> String {
        std::iter::once(self.kind.to_owned())
            .chain(self.parts())
            .collect::<Vec<_>>()
            .join(":")
    }

    fn text(&self, language: Language) -> String {
        let parts: Vec<String> = self.parts().into_iter().filter(|part| !part.is_empty()).collect();
        match (self.kind, language) {
            ("server", Language::English) => "the server".to_owned(),
            ("server", Language::German) => "der Server".to_owned(),
            (_, Language::English | Language::German) => parts.join(", "),
        }
    }
}

/// The name of one of `doctor`'s words, as in its JSON.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn moment(at: UnixMs) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000).ok()
}

impl From<finding::Severity> for Severity {
    fn from(severity: finding::Severity) -> Self {
        match severity {
            finding::Severity::Note => Self::Note,
            finding::Severity::Warning => Self::Warning,
            finding::Severity::Problem => Self::Problem,
        }
    }
}

impl From<finding::Confidence> for Confidence {
    fn from(confidence: finding::Confidence) -> Self {
        match confidence {
            finding::Confidence::Low => Self::Low,
            finding::Confidence::Medium => Self::Medium,
            finding::Confidence::High => Self::High,
        }
    }
}
