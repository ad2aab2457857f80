//! Findings in words: English and German, plain words first.
//!
//! Texts stand in tables, one for each language; [`template`] puts facts into them, and leaves out what is not known.

mod date;
mod english;
mod german;
mod template;

#[cfg(test)]
mod tests;

use model::Language;

pub(crate) use date::date;

use crate::finding::{Culprit, Fact, Fault, Finding, Rule};

/// A finding as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Culprit, what is wrong and what it means, in one sentence.
    pub sentence: String,
    /// By what it was seen: one line for each fact.
    pub evidence: Vec<String>,
    /// What works all the same.
    pub possible: String,
    /// What to do, step by step.
    pub fix: Vec<String>,
    /// How to look whether that has helped.
    pub retest: String,
}

/// A rule as people read it: what it asks for, and what farend does about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The rule in a few words.
    pub title: &'static str,
    /// What it asks for, and why.
    pub text: &'static str,
    /// How farend looks whether it is kept, and what it does where it is not.
    pub farend: &'static str,
}

/// The texts of a fault, with places for facts: see [`template`].
struct Text {
    sentence: &'static str,
    possible: &'static str,
    fix: &'static [&'static str],
    retest: &'static str,
}

/// A finding in words.
#[must_use]
pub fn explain(finding: &Finding, language: Language) -> Explained {
    let text = match language {
        Language::English => english::text(finding),
        Language::German => german::text(finding),
    };
    let fill = |template: &str| template::fill(template, &|name| template::known(finding, language, name));
    Explained {
        sentence: capitalized(&fill(text.sentence)),
        evidence: finding.evidence.iter().map(|fact| line(fact, language)).collect(),
        possible: fill(text.possible),
        fix: text.fix.iter().map(|step| fill(step)).collect(),
        retest: fill(text.retest),
    }
}

/// One fact as a line: what it is, and its value.
#[must_use]
pub fn line(fact: &Fact, language: Language) -> String {
    let name = match language {
        Language::English => english::what(fact.what),
        Language::German => german::what(fact.what),
    };
    format!("{name}: {}", value(fact, language))
}

/// A value as people read it: codes become words.
fn value(fact: &Fact, language: Language) -> String {
    let word = match language {
        Language::English => english::code(&fact.value),
        Language::German => german::code(&fact.value),
    };
    word.map_or_else(|| fact.value.clone(), str::to_owned)
}

/// A rule in words.
#[must_use]
pub fn rule(rule: Rule, language: Language) -> RuleText {
    match language {
        Language::English => english::rule(rule),
        Language::German => german::rule(rule),
    }
}

/// A culprit in words ("the office router").
#[must_use]
pub fn culprit(culprit: Culprit, language: Language) -> &'static str {
    match language {
        Language::English => english::culprit(culprit),
        Language::German => german::culprit(culprit),
    }
}

/// What a check or a call without any finding comes to, in a sentence for whoever has made it.
#[must_use]
pub fn all_is_well(language: Language) -> &'static str {
    match language {
        Language::English => "Your audio will work here: nothing that was tested stands in its way.",
        Language::German => "Ihr Ton wird hier funktionieren: Nichts von dem, was geprüft wurde, steht ihm im Weg.",
    }
}

/// Sentences may begin with a culprit or a name.
fn capitalized(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A certificate is told about in three ways.
fn is_certificate(finding: &Finding, state: &str) -> bool {
    finding.fault == Fault::P3CertificateExpiring && finding.value(crate::finding::What::Setting) == Some(state)
}
