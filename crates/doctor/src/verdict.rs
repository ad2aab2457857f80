//! What a browser's check comes to, in one word and one sentence for a lay person. The reasons are findings; this only weighs them.

use model::Language;
use serde::{Deserialize, Serialize};

use crate::evidence::{Check, Way};
use crate::finding::{Finding, Severity};

/// What a check comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Calls will sound as they should.
    Good,
    /// Calls have audio, but not as they could.
    Fair,
    /// Somebody will hear nothing, or cannot call.
    Poor,
    /// Too little was measured.
    Unknown,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Good, Self::Fair, Self::Poor, Self::Unknown];

    /// As in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
            Self::Unknown => "unknown",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }

    /// For a check with these findings. What was not measured is never taken for good.
    #[must_use]
    pub fn of(check: &Check, findings: &[Finding]) -> Self {
        let worst = findings.iter().map(|finding| finding.severity).max();
        let is_connected = check.ways.iter().any(|test| test.is_connected);
        match worst {
            Some(Severity::Problem) => Self::Poor,
            // Without a way there is no audio, also when nobody can say why.
            _ if !check.ways.is_empty() && !is_connected => Self::Poor,
            _ if !is_connected => Self::Unknown,
            Some(Severity::Warning) => Self::Fair,
            Some(Severity::Note) | None if has_only_tcp(check) => Self::Fair,
            Some(Severity::Note) | None => Self::Good,
        }
    }

    /// What that means for whoever has run the check, in one sentence.
    #[must_use]
    pub fn headline(self, check: &Check, language: Language) -> &'static str {
        let has_no_way = !check.ways.is_empty() && check.ways.iter().all(|test| !test.is_connected);
        match (self, language) {
            (Self::Good, Language::English) => "All is well: calls from here will be heard, and you will hear the others.",
            (Self::Good, Language::German) => "Alles in Ordnung: Von hier aus ist man bei Anrufen zu hören und hört die anderen.",
            (Self::Fair, Language::English) if has_only_tcp(check) => {
                "Calls work from here, by a detour: they may sound a little later than they could."
            }
            (Self::Fair, Language::German) if has_only_tcp(check) => {
                "Anrufe gehen von hier, auf einem Umweg: Der Ton kommt vielleicht etwas später als nötig."
            }
            (Self::Fair, Language::English) => "Calls work from here, but something could be better.",
            (Self::Fair, Language::German) => "Anrufe gehen von hier, aber etwas könnte besser sein.",
            (Self::Poor, Language::English) if has_no_way => {
                "Calls from here will have no sound: nothing gets through to the telephone system."
            }
            (Self::Poor, Language::German) if has_no_way => "Anrufe von hier bleiben stumm: Es kommt nichts bis zur Telefonanlage durch.",
            (Self::Poor, Language::English) => "Calls from here will not work yet: something has to be put right first.",
            (Self::Poor, Language::German) => "Anrufe gehen von hier noch nicht: Erst muss etwas in Ordnung gebracht werden.",
            (Self::Unknown, Language::English) => "Too little could be measured to say how calls from here will sound.",
            (Self::Unknown, Language::German) => "Es ließ sich zu wenig messen, um zu sagen, wie Anrufe von hier klingen.",
        }
    }
}

/// UDP was tried and came to nothing, while another way did.
fn has_only_tcp(check: &Check) -> bool {
    let is_connected = |way| check.ways.iter().find(|test| test.way == way).map(|test| test.is_connected);
    is_connected(Way::Udp) == Some(false) && check.ways.iter().any(|test| test.is_connected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::WayTest;
    use crate::finding::{Confidence, Culprit, Fault, Subject};

    fn check(ways: &[(Way, bool)]) -> Check {
        let test = |(way, is_connected): &(Way, bool)| WayTest {
            way: *way,
            is_connected: *is_connected,
            took_ms: 100,
            echo: None,
        };
        Check {
            ways: ways.iter().map(test).collect(),
            ..Check::default()
        }
    }

    fn finding(severity: Severity) -> Finding {
        Finding {
            fault: Fault::P3LinePoor,
            subject: Subject::Server,
            severity,
            culprit: Culprit::Unknown,
            confidence: Confidence::High,
            evidence: Vec::new(),
        }
    }

    #[test]
    fn a_verdict_is_as_bad_as_the_worst_finding() {
        let udp = check(&[(Way::Udp, true), (Way::Tcp, true)]);
        for (severity, verdict) in [
            (Severity::Note, Verdict::Good),
            (Severity::Warning, Verdict::Fair),
            (Severity::Problem, Verdict::Poor),
        ] {
            let findings = [finding(Severity::Note), finding(severity)];
            assert_eq!(Verdict::of(&udp, &findings), verdict);
        }
        assert_eq!(Verdict::of(&udp, &[]), Verdict::Good);
    }

    #[test]
    fn a_detour_is_fair_and_no_way_at_all_is_poor() {
        let detour = check(&[(Way::Udp, false), (Way::Tcp, true), (Way::Tls, true)]);
        assert_eq!(Verdict::of(&detour, &[finding(Severity::Note)]), Verdict::Fair);
        let none = check(&[(Way::Udp, false), (Way::Tcp, false), (Way::Tls, false)]);
        assert_eq!(Verdict::of(&none, &[]), Verdict::Poor);
    }

    #[test]
    fn what_was_not_measured_is_not_good() {
        assert_eq!(Verdict::of(&Check::default(), &[]), Verdict::Unknown);
        assert_eq!(Verdict::of(&Check::default(), &[finding(Severity::Warning)]), Verdict::Unknown);
        assert_eq!(Verdict::of(&Check::default(), &[finding(Severity::Problem)]), Verdict::Poor);
        // UDP was not tried: nothing says that it fails.
        assert_eq!(Verdict::of(&check(&[(Way::Tcp, true)]), &[]), Verdict::Good);
    }

    #[test]
    fn every_verdict_has_a_sentence_in_each_language_and_a_word() {
        for verdict in Verdict::ALL {
            let sentences = Language::ALL.map(|language| verdict.headline(&Check::default(), language));
            assert!(sentences[0] != sentences[1] && sentences.iter().all(|sentence| sentence.ends_with('.')));
            assert_eq!(Verdict::from_word(verdict.word()), Some(verdict));
        }
        assert_eq!(Verdict::from_word("fine"), None);
    }
}
