//! Scenarios are put together from parts that many of them share.
//!
//! `{{name}}` stands for a text of that name, else for the file `parts/name.xml`; `{{name key=value other='two words'}}` gives the part texts of
//! its own, and `{{name?otherwise}}` says what stands there when there is no such text. A line of nothing but a text that is empty goes away.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, ensure};

use super::scenarios;

/// Parts in parts: deeper than that is a circle.
const DEPTH_MAX: usize = 8;

/// The whole scenario, as SIPp reads it.
pub(super) fn expand(scenario: &str, texts: &[(&str, &str)]) -> anyhow::Result<String> {
    let path = scenarios().join(format!("{scenario}.xml"));
    let source = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let texts: Vec<(String, String)> = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let script = fill(&source, &texts, 0).with_context(|| scenario.to_owned())?;
    Ok(refer_to_variables(&script))
}

fn fill(source: &str, texts: &[(String, String)], depth: usize) -> anyhow::Result<String> {
    ensure!(depth <= DEPTH_MAX, "parts go round in circles");
    let mut filled = String::new();
    for line in source.lines() {
        let whole = fill_line(line, texts, depth)?;
        let is_one = line.trim().starts_with("{{") && line.trim().ends_with("}}");
        if !(is_one && whole.trim().is_empty()) {
            filled.push_str(&whole);
            filled.push('\n');
        }
    }
    Ok(filled)
}

fn fill_line(line: &str, texts: &[(String, String)], depth: usize) -> anyhow::Result<String> {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, from)) = rest.split_once("{{") {
        let (what, after) = from.split_once("}}").with_context(|| format!("no end in {line}"))?;
        filled.push_str(before);
        filled.push_str(fill_one(what.trim(), texts, depth)?.trim_end_matches('\n'));
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn fill_one(what: &str, texts: &[(String, String)], depth: usize) -> anyhow::Result<String> {
    // A question mark behind a space is part of a text.
    let default = what.split_once('?').filter(|(name, _)| !name.contains(' '));
    let (name, otherwise) = default.map_or((what, None), |(name, text)| (name, Some(text)));
    // The innermost counts.
    if let Some((_, text)) = texts.iter().rev().find(|(known, _)| known == name) {
        return Ok(text.clone());
    }
    if let Some(otherwise) = otherwise {
        return Ok(otherwise.to_owned());
    }
    let (name, own) = what.split_once(' ').unwrap_or((what, ""));
    let path = scenarios().join("parts").join(format!("{name}.xml"));
    let part = fs::read_to_string(&path).with_context(|| format!("{{{{{name}}}}} is neither a text nor a part"))?;
    let mut inner = texts.to_vec();
    inner.extend(own_texts(own)?);
    fill(&part, &inner, depth + 1).with_context(|| name.to_owned())
}

/// `key=value other='two words'`.
fn own_texts(mut rest: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    while !rest.trim().is_empty() {
        let (name, after) = rest.trim_start().split_once('=').with_context(|| format!("no value in {rest}"))?;
        let (value, after) = match after.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').with_context(|| format!("no end in {after}"))?,
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        texts.push((name.to_owned(), value.to_owned()));
        rest = after;
    }
    Ok(texts)
}

/// SIPp refuses variables that nothing reads; those of parts are not read everywhere.
fn refer_to_variables(script: &str) -> String {
    let assigned = script.split("assign_to=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let names: BTreeSet<&str> = assigned.flat_map(|names| names.split(',')).collect();
    if names.is_empty() {
        return script.to_owned();
    }
    let all: Vec<&str> = names.into_iter().collect();
    script.replace("</scenario>", &format!("<Reference variables=\"{}\"/>\n</scenario>", all.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(source: &str) -> String {
        let texts = [("user".to_owned(), "101-desk".to_owned()), ("none".to_owned(), String::new())];
        fill(source, &texts, 0).unwrap()
    }

    #[test]
    fn texts_are_put_in_and_empty_lines_of_them_go() {
        assert_eq!(
            filled("From: <sip:{{user}}@farend>\n{{none}}\nExpires: {{expires?60}}"),
            "From: <sip:101-desk@farend>\nExpires: 60\n"
        );
    }

    #[test]
    fn texts_of_a_part_are_its_own() {
        let texts = own_texts("method=REFER cseq=3 text='two words'").unwrap();
        let pairs: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(pairs, [("method", "REFER"), ("cseq", "3"), ("text", "two words")]);
        assert!(own_texts("method").is_err());
    }

    #[test]
    fn what_is_neither_text_nor_part_is_an_error() {
        assert!(fill("{{nowhere to be found}}", &[], 0).is_err());
    }

    #[test]
    fn variables_that_nothing_reads_are_named_once() {
        let script = refer_to_variables("<ereg assign_to=\"a\"/><ereg assign_to=\"b,a\"/></scenario>");
        assert!(script.ends_with("<Reference variables=\"a,b\"/>\n</scenario>"), "{script}");
    }
}
