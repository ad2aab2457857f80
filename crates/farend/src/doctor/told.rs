//! Findings as people and programs are told them: by the API and by `farend doctor --json` alike.

use doctor::evidence::{Evidence, UnixMs};
use doctor::finding::{self, Fact, Rule, What};
use doctor::words;
use model::Language;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::store::Kept;

/// Something that is wrong, or was.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Finding {
    /// The same for the same fault of the same subject.
    #[schema(example = "rf_stun_silent|server")]
    pub(crate) id: String,
    /// The rule that it breaks.
    #[schema(example = "R-f")]
    pub(crate) rule: &'static str,
    /// For programs: never changes.
    #[schema(example = "rf_stun_silent")]
    pub(crate) fault: String,
    pub(crate) severity: Severity,
    pub(crate) culprit: Culprit,
    /// In words.
    #[schema(example = "a firewall")]
    culprit_text: &'static str,
    confidence: Confidence,
    subject: Subject,
    /// In words.
    #[schema(example = "the server")]
    subject_text: String,
    /// What is wrong, in one sentence.
    pub(crate) sentence: String,
    /// By what it was seen.
    pub(crate) evidence: Vec<Seen>,
    /// What works all the same.
    pub(crate) possible: String,
    /// What to do, step by step.
    pub(crate) fix: Vec<String>,
    /// How to look whether that has helped.
    pub(crate) retest: String,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    /// Null: it is still so.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    cleared_at: Option<OffsetDateTime>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingSeverity)]
pub(crate) enum Severity {
    /// Good to know; calls have audio.
    Note,
    /// Calls have audio, but not as they could.
    Warning,
    /// Somebody has no audio, or cannot call.
    Problem,
}

/// Whose doing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Culprit {
    OfficeRouter,
    HomeRouter,
    Provider,
    StunServer,
    Firewall,
    Computer,
    Headset,
    DeskPhone,
    Configuration,
    Nobody,
    Unknown,
}

/// How sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingConfidence)]
enum Confidence {
    Low,
    Medium,
    High,
}

/// Whom a finding is about. What it does not have is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FindingSubject)]
struct Subject {
    kind: SubjectKind,
    /// Of a trunk, a person or a phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Of a person; empty for a guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<String>,
    /// By which the server sees a network.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// A phone's device.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<u64>,
    /// A call's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    /// Whose sound is missing in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    leg: Option<u64>,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingSubjectKind)]
enum SubjectKind {
    /// Everybody.
    #[default]
    Server,
    Trunk,
    /// A person in one network.
    Network,
    /// A person, wherever they are.
    Person,
    /// A desk phone.
    Phone,
    Call,
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = FindingEvidence)]
pub(crate) struct Seen {
    /// In words.
    pub(crate) text: String,
    /// For programs.
    #[schema(value_type = String, example = "stun_address")]
    what: What,
    #[schema(example = "198.51.100.2")]
    value: String,
    /// Null for what is configured.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    at: Option<OffsetDateTime>,
}

/// A rule of home working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DoctorRule)]
pub(crate) struct RuleText {
    #[schema(example = "R-e")]
    id: &'static str,
    title: &'static str,
    /// What it asks for, and why.
    text: &'static str,
    /// How farend looks whether it is kept, and what it does where it is not.
    farend: &'static str,
}

impl RuleText {
    /// All of them, in the order of the guide.
    pub(crate) fn all(language: Language) -> Vec<Self> {
        let rule = |rule: Rule| {
            let words::RuleText { title, text, farend } = words::rule(rule, language);
            Self {
                id: rule.id(),
                title,
                text,
                farend,
            }
        };
        Rule::ALL.map(rule).into()
    }
}

impl Finding {
    /// In words; `evidence` tells what people and phones are called.
    pub(crate) fn of(kept: &Kept, evidence: &Evidence, language: Language) -> Self {
        let found = &kept.finding;
        let explained = words::explain(found, language);
        // One line for each fact.
        let facts = found.evidence.iter().enumerate();
        let subject = Subject::of(&found.subject, evidence);
        Self {
            id: id(found),
            rule: found.fault.rule().id(),
            fault: word(&found.fault),
            severity: found.severity.into(),
            culprit: found.culprit.into(),
            culprit_text: words::culprit(found.culprit, language),
            confidence: found.confidence.into(),
            subject_text: subject.text(language),
            subject,
            sentence: explained.sentence,
            evidence: facts.map(|(index, fact)| Seen::of(fact, explained.evidence.get(index))).collect(),
            possible: explained.possible,
            fix: explained.fix,
            retest: explained.retest,
            since: moment(kept.since),
            last_seen_at: moment(kept.last_seen_at),
            cleared_at: kept.cleared_at.map(moment),
        }
    }
}

impl Seen {
    fn of(fact: &Fact, text: Option<&String>) -> Self {
        Self {
            text: text.unwrap_or(&fact.value).clone(),
            what: fact.what,
            value: fact.value.clone(),
            at: fact.at.map(moment),
        }
    }
}

impl Subject {
    fn of(subject: &finding::Subject, evidence: &Evidence) -> Self {
        let person = |extension: &str| {
            let mut people = evidence.people.iter();
            people
                .find(|person| person.extension == extension)
                .map(|person| person.name.clone())
        };
        match subject {
            finding::Subject::Server => Self::default(),
            finding::Subject::Trunk { name } => Self {
                kind: SubjectKind::Trunk,
                name: Some(name.clone()),
                ..Self::default()
            },
            finding::Subject::Network { extension, address } => Self {
                kind: SubjectKind::Network,
                name: person(extension),
                extension: Some(extension.clone()),
                address: Some(address.clone()),
                ..Self::default()
            },
            finding::Subject::Person { extension } => Self {
                kind: SubjectKind::Person,
                name: person(extension),
                extension: Some(extension.clone()),
                ..Self::default()
            },
            finding::Subject::Phone { device } => {
                let phone = evidence.phones.iter().find(|phone| phone.device == *device);
                Self {
                    kind: SubjectKind::Phone,
                    name: phone.map(|phone| phone.name.clone()),
                    extension: phone.map(|phone| phone.extension.clone()),
                    device: Some(*device),
                    ..Self::default()
                }
            }
            finding::Subject::Call { id, leg } => Self {
                kind: SubjectKind::Call,
                id: Some(*id),
                leg: Some(*leg),
                ..Self::default()
            },
        }
    }

    fn text(&self, language: Language) -> String {
        let german = language == Language::German;
        let pick = |english: &str, in_german: &str| if german { in_german.to_owned() } else { english.to_owned() };
        let extension = self.extension.as_deref().filter(|extension| !extension.is_empty());
        let called = match (&self.name, extension) {
            (Some(name), Some(extension)) => format!("{name} ({extension})"),
            (Some(name), None) => name.clone(),
            (None, Some(extension)) => extension.to_owned(),
            (None, None) => pick("a guest", "Gast"),
        };
        match self.kind {
            SubjectKind::Server => pick("the server", "der Server"),
            SubjectKind::Trunk => format!("{} {called}", pick("trunk", "Amtsleitung")),
            SubjectKind::Network => match self.address.as_deref().filter(|address| !address.is_empty()) {
                Some(address) => format!("{called} {} {address}", pick("at", "bei")),
                None => called,
            },
            SubjectKind::Person => called,
            SubjectKind::Phone if self.name.is_none() && extension.is_none() => pick("a desk phone", "Tischtelefon"),
            SubjectKind::Phone => format!("{} {called}", pick("desk phone", "Tischtelefon")),
            SubjectKind::Call => format!("{} {}", pick("call", "Gespräch"), self.id.unwrap_or_default()),
        }
    }
}

/// The same for the same fault of the same subject.
pub(crate) fn id(found: &finding::Finding) -> String {
    let subject = match &found.subject {
        finding::Subject::Server => "server".to_owned(),
        finding::Subject::Trunk { name } => format!("trunk:{name}"),
        finding::Subject::Network { extension, address } => format!("network:{extension}@{address}"),
        finding::Subject::Person { extension } => format!("person:{extension}"),
        finding::Subject::Phone { device } => format!("phone:{device}"),
        finding::Subject::Call { id, leg } => format!("call:{id}/{leg}"),
    };
    format!("{}|{subject}", word(&found.fault))
}

/// A name of the evidence, as JSON has it.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn moment(at: UnixMs) -> OffsetDateTime {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000);
    moment.unwrap_or(OffsetDateTime::UNIX_EPOCH)
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

impl From<finding::Culprit> for Culprit {
    fn from(culprit: finding::Culprit) -> Self {
        match culprit {
            finding::Culprit::OfficeRouter => Self::OfficeRouter,
            finding::Culprit::HomeRouter => Self::HomeRouter,
            finding::Culprit::Provider => Self::Provider,
            finding::Culprit::StunServer => Self::StunServer,
            finding::Culprit::Firewall => Self::Firewall,
            finding::Culprit::Computer => Self::Computer,
            finding::Culprit::Headset => Self::Headset,
            finding::Culprit::DeskPhone => Self::DeskPhone,
            finding::Culprit::Configuration => Self::Configuration,
            finding::Culprit::Nobody => Self::Nobody,
            finding::Culprit::Unknown => Self::Unknown,
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

#[cfg(test)]
mod tests {
    use doctor::evidence::Person;
    use doctor::finding::{Fault, Subject as About};

    use super::*;

    fn kept(fault: Fault, subject: About) -> Kept {
        Kept {
            row: 1,
            finding: finding::Finding {
                fault,
                subject,
                severity: finding::Severity::Note,
                culprit: finding::Culprit::HomeRouter,
                confidence: finding::Confidence::High,
                evidence: vec![Fact {
                    what: What::StunAddress,
                    value: "198.51.100.2".to_owned(),
                    at: None,
                }],
            },
            since: UnixMs(1_000),
            last_seen_at: UnixMs(2_000),
            cleared_at: None,
        }
    }

    #[test]
    fn a_finding_says_whom_it_is_about_in_words_and_by_a_name_that_stays() {
        let evidence = Evidence {
            people: vec![Person {
                extension: "101".to_owned(),
                name: "Anna".to_owned(),
                ..Person::default()
            }],
            ..Evidence::default()
        };
        let network = || About::Network {
            extension: "101".to_owned(),
            address: "203.0.113.7".to_owned(),
        };
        for (subject, id, english, german) in [
            (About::Server, "rj_symmetric|server", "the server", "der Server"),
            (
                network(),
                "rj_symmetric|network:101@203.0.113.7",
                "Anna (101) at 203.0.113.7",
                "Anna (101) bei 203.0.113.7",
            ),
            (About::Phone { device: 7 }, "rj_symmetric|phone:7", "a desk phone", "Tischtelefon"),
        ] {
            let kept = kept(Fault::RjSymmetric, subject);
            let [in_english, in_german] = [Language::English, Language::German].map(|language| Finding::of(&kept, &evidence, language));
            assert_eq!((in_english.id.as_str(), in_english.subject_text.as_str()), (id, english));
            assert_eq!(in_german.subject_text, german);
        }
        let told = serde_json::to_value(Finding::of(&kept(Fault::RjSymmetric, network()), &evidence, Language::English)).unwrap();
        assert_eq!(told["subject"]["name"], "Anna");
        assert_eq!(told["subject"].get("device"), None);
        assert_eq!(
            (&told["since"], &told["cleared_at"]),
            (&"1970-01-01T00:00:01Z".into(), &serde_json::Value::Null)
        );
        assert_eq!(
            (&told["rule"], &told["evidence"][0]["what"]),
            (&"R-j".into(), &"stun_address".into())
        );
    }
}
