//! What each key of a profile may hold.

use std::ops::RangeInclusive;

use numbers::{Country, Format};
use toml::de::DeValue;

use super::{Profile, Source};
use crate::config::{Document, Section, Wrong, article, count, list, one_of, text};

const FACT: &str = "write { value = …, source = \"where it was found\", date = \"2026-10\" }";
const TRANSPORTS: [(&str, &str); 3] = [("udp", "udp"), ("tcp", "tcp"), ("tls", "tls")];
const SRTP: [(&str, &str); 3] = [("off", "off"), ("preferred", "preferred"), ("mandatory", "mandatory")];
const IDENTITIES: [(&str, &str); 4] = [
    ("from", "from"),
    ("asserted", "asserted"),
    ("preferred", "preferred"),
    ("account_from", "account_from"),
];
const AUTHENTICATIONS: [(&str, &str); 2] = [("account", "account"), ("address", "address")];

/// Reads the whole document; mistakes stay in it.
pub(super) fn profile(document: &mut Document<'_>) -> Profile {
    let mut root = document.root();
    let name = root.take(document, "name", |value| words(value, "Example Telecom"));
    if name.is_none() && !root.was_present("name") {
        document.wrong(
            &(0..0),
            "name".to_owned(),
            Wrong::new("is missing", "write name = \"Example Telecom\""),
        );
    }
    let country = root.take(document, "country", country).map(|found| found.0);
    let note = root.take(document, "note", |value| words(value, "…")).map(|found| found.0);
    let mut profile = Profile {
        name: name.map_or_else(String::new, |found| found.0),
        country,
        note,
        ..Profile::default()
    };
    let mut facts = Facts {
        document,
        root,
        profile: &mut profile,
    };
    facts.read();
    let Facts { document, root, .. } = facts;
    root.finish(document, &[]);
    profile
}

struct Facts<'f, 'd, 'a> {
    document: &'d mut Document<'a>,
    root: Section<'a>,
    profile: &'f mut Profile,
}

impl<'a> Facts<'_, '_, 'a> {
    fn read(&mut self) {
        self.profile.host = self.fact("host", |value| words(value, "sip.example.com"));
        self.profile.domain = self.fact("domain", |value| words(value, "example.com"));
        self.profile.dns = self.fact("dns", truth);
        self.profile.port = self.fact("port", |value| count(value, 1, 65_535));
        self.profile.tls_port = self.fact("tls_port", |value| count(value, 1, 65_535));
        self.profile.transports = self.fact("transports", |value| {
            list(value, r#"["udp", "tls"]"#, |one| one_of(one, &TRANSPORTS))
        });
        self.profile.stun = self.fact("stun", |value| words(value, "stun.example.com:3478"));
        self.profile.srtp = self.fact("srtp", |value| one_of(value, &SRTP));
        self.profile.outgoing = self.fact("outgoing", format);
        self.profile.incoming = self.fact("incoming", format);
        self.profile.identity = self.fact("identity", |value| one_of(value, &IDENTITIES));
        self.profile.authentication = self.fact("authentication", |value| one_of(value, &AUTHENTICATIONS));
        self.profile.auth_user = self.fact("auth_user", |value| words(value, "the customer number"));
        self.profile.realm = self.fact("realm", |value| words(value, "example.com"));
        self.profile.expires_seconds = self.fact("expires_seconds", |value| count(value, 60, 86_400));
        self.profile.ddi_digits = self.fact("ddi_digits", |value| count(value, 1, 6));
        self.profile.access = self.fact("access", |value| words(value, "only from its own lines"));
    }

    /// A value with source and date.
    fn fact<T>(&mut self, key: &'static str, parse: impl FnOnce(&DeValue<'a>) -> Result<T, Wrong>) -> Option<T> {
        let found = self.root.take(self.document, key, |value| {
            let table = value
                .as_table()
                .ok_or_else(|| Wrong::new(format!("is {}, not a fact", article(value)), FACT))?;
            let part = |name: &'static str| table.get(name).map(|part| part.get_ref());
            let missing = |name: &str| Wrong::new(format!("has no {name}"), FACT);
            if let Some((unknown, _)) = table
                .iter()
                .find(|(name, _)| !["value", "source", "date"].contains(&name.get_ref().as_ref()))
            {
                return Err(Wrong::new(format!("has an unknown {}", unknown.get_ref()), FACT));
            }
            let source = part("source").and_then(DeValue::as_str).filter(|source| !source.trim().is_empty());
            let date = part("date").and_then(DeValue::as_str).filter(|date| is_month(date));
            let source = Source {
                source: source.ok_or_else(|| missing("source"))?.to_owned(),
                date: date.ok_or_else(|| missing("date"))?.to_owned(),
            };
            Ok((parse(part("value").ok_or_else(|| missing("value"))?)?, source))
        });
        let ((value, source), _) = found?;
        self.profile.sources.insert(key, source);
        Some(value)
    }
}

/// `2026-10`.
fn is_month(text: &str) -> bool {
    const MONTHS: RangeInclusive<u8> = 1..=12;
    let Some((year, month)) = text.split_once('-') else { return false };
    let is_digits = |part: &str, len| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(year, 4) && is_digits(month, 2) && month.parse().is_ok_and(|month| MONTHS.contains(&month))
}

fn words(value: &DeValue<'_>, example: &str) -> Result<String, Wrong> {
    match text(value, example)?.trim() {
        "" => Err(Wrong::new(
            "is empty",
            format!("write a text in quotes, e.g. \"{example}\", or leave the key out"),
        )),
        given => Ok(given.to_owned()),
    }
}

fn truth(value: &DeValue<'_>) -> Result<bool, Wrong> {
    let wrong = || Wrong::new(format!("is {}, not true or false", article(value)), "write true or false");
    value.as_bool().ok_or_else(wrong)
}

fn country(value: &DeValue<'_>) -> Result<String, Wrong> {
    let country: Result<Country, _> = text(value, "DE")?.parse();
    country
        .map(|country| country.letters().to_owned())
        .map_err(|error| Wrong::new(error.to_string(), "or leave the key out"))
}

fn format(value: &DeValue<'_>) -> Result<&'static str, Wrong> {
    let names = Format::ALL.map(|format| (format.name(), format.name()));
    one_of(value, &names)
}
