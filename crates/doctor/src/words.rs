//! Findings in words: English and German, plain words first.

mod date;

use model::Language;

pub(crate) use date::date;

use crate::finding::{Culprit, Finding, Rule};

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

/// A finding in words.
#[must_use]
pub fn explain(finding: &Finding, language: Language) -> Explained {
    let _ = (finding, language);
    Explained {
        sentence: String::new(),
        evidence: Vec::new(),
        possible: String::new(),
        fix: Vec::new(),
        retest: String::new(),
    }
}

/// A rule in words.
#[must_use]
pub fn rule(rule: Rule, language: Language) -> RuleText {
    let _ = (rule, language);
    RuleText {
        title: "",
        text: "",
        farend: "",
    }
}

/// A culprit in words ("the office router").
#[must_use]
pub fn culprit(culprit: Culprit, language: Language) -> &'static str {
    let _ = (culprit, language);
    ""
}
