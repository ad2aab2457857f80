//! Texts with places for facts, which read well without them, too.
//!
//! ```text
//!   {person}            the value
//!   {person|Somebody}   the value, or these words where it is not known
//!   [ at {address}]     all of it, or nothing where a value in it is not known
//!   {section_tls}       a section of the configuration: [tls]
//! ```

use std::collections::BTreeSet;

use model::Language;

use crate::finding::{Finding, What};

/// A name that people have chosen can be long; a sentence stays one that is read at a glance.
const VALUE_CHARS_MAX: usize = 40;
/// Of several values so many are named.
const VALUES_MAX: usize = 3;

/// Puts values in.
pub(super) fn fill(template: &str, known: &dyn Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(start) = rest.find(['[', '{']) {
        filled.push_str(&rest[..start]);
        let (open, close) = if rest[start..].starts_with('[') { ('[', ']') } else { ('{', '}') };
        let inner_from = start + open.len_utf8();
        let Some(length) = rest[inner_from..].find(close) else {
            rest = &rest[start..];
            break;
        };
        let inner = &rest[inner_from..inner_from + length];
        rest = &rest[inner_from + length + close.len_utf8()..];
        if open == '{' {
            filled.push_str(&place(inner, known).unwrap_or_default());
        } else if is_known(inner, known) {
            filled.push_str(&fill(inner, known));
        }
    }
    filled.push_str(rest);
    filled
}

fn place(inner: &str, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match inner.split_once('|') {
        Some((name, otherwise)) => Some(known(name).unwrap_or_else(|| otherwise.to_owned())),
        None => known(inner),
    }
}

/// Whether all places of a part have values.
fn is_known(part: &str, known: &dyn Fn(&str) -> Option<String>) -> bool {
    let places = part.split('{').skip(1).filter_map(|place| place.split('}').next());
    places.into_iter().all(|inner| place(inner, known).is_some())
}

/// The value of a place: that of the facts with this name, each once.
pub(super) fn known(finding: &Finding, language: Language, name: &str) -> Option<String> {
    if name == "culprit" {
        return Some(super::culprit(finding.culprit, language).to_owned());
    }
    // A section of the configuration, whose brackets mean something else here.
    if let Some(section) = name.strip_prefix("section_") {
        return Some(format!("[{section}]"));
    }
    let what = named(name)?;
    let facts = finding
        .evidence
        .iter()
        .filter(|fact| fact.what == what && !fact.value.trim().is_empty());
    let mut seen = BTreeSet::new();
    let values: Vec<String> = facts
        .map(|fact| shortened(&super::value(fact, language)))
        .filter(|value| seen.insert(value.clone()))
        .collect();
    let more = if values.len() > VALUES_MAX { ", …" } else { "" };
    (!values.is_empty()).then(|| format!("{}{more}", values[..values.len().min(VALUES_MAX)].join(", ")))
}

fn named(name: &str) -> Option<What> {
    Some(match name {
        "stun_address" => What::StunAddress,
        "page_address" => What::PageAddress,
        "page_host" => What::PageHost,
        "local_address" => What::LocalAddress,
        "received" => What::ReceivedAddress,
        "media_address" => What::MediaAddress,
        "peer" => What::PeerAddress,
        "interface" => What::Interface,
        "server" => What::StunServer,
        "state" => What::StunState,
        "trunk" => What::Trunk,
        "person" => What::Person,
        "phone" => What::Phone,
        "port" => What::Port,
        "device" => What::SoundDevice,
        "level" => What::Level,
        "browser" => What::Browser,
        "missing" => What::Missing,
        "names" => What::CertificateNames,
        "date" => What::Date,
        "time" => What::Time,
        "jitter" => What::Jitter,
        "loss" => What::Loss,
        "bandwidth" => What::Bandwidth,
        "ports" => What::MappedPorts,
        "count" => What::Count,
        "way" => What::Way,
        "setting" => What::Setting,
        "number" => What::Number,
        _ => return None,
    })
}

fn shortened(value: &str) -> String {
    let value: String = value.chars().filter(|char| !char.is_control()).collect();
    if value.chars().count() <= VALUE_CHARS_MAX {
        return value;
    }
    let kept: String = value.chars().take(VALUE_CHARS_MAX - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> String {
        fill(template, &|name| (name == "person").then(|| "Anna [1] {x}".to_owned()))
    }

    #[test]
    fn values_stand_in_their_places_and_what_is_not_known_is_left_out() {
        for (template, expected) in [
            ("plain", "plain"),
            ("{person} is here", "Anna [1] {x} is here"),
            ("{person|Somebody} is here", "Anna [1] {x} is here"),
            ("{peer|somewhere} it is", "somewhere it is"),
            ("here[ at {peer}]!", "here!"),
            ("here[ with {person}]!", "here with Anna [1] {x}!"),
            ("here[ with {person} at {peer|home}]!", "here with Anna [1] {x} at home!"),
            ("here[ with {person} at {peer}]!", "here!"),
            ("{peer}", ""),
            ("broken {person", "broken {person"),
        ] {
            assert_eq!(filled(template), expected, "{template}");
        }
    }

    #[test]
    fn a_long_name_is_cut_at_forty_characters() {
        assert_eq!(shortened(&"ä".repeat(VALUE_CHARS_MAX)), "ä".repeat(VALUE_CHARS_MAX));
        assert_eq!(
            shortened(&"ä".repeat(VALUE_CHARS_MAX + 1)),
            format!("{}…", "ä".repeat(VALUE_CHARS_MAX - 1))
        );
        assert_eq!(shortened("two\nlines"), "twolines");
    }
}
