//! What leaves the server in bundles and captures says nothing that is nobody's business. All of it is decided here.
//!
//! Secrets (passwords, tokens, credentials, keys of SRTP and ICE, pressed keys) never leave. Names and numbers become pseudonyms that are the
//! same within one bundle, so that its story stays readable; unless somebody has asked for them, with a reason. Addresses and ports stay: they
//! are what has to be looked at.
//!
//! SIP is read by a list of what may pass, not of what may not: a header, a parameter or a line of a description that is unknown here is left
//! out.

mod sip;

use std::collections::BTreeMap;

use serde_json::Value;
use switchboard::directory::Directory;

use super::story::Story;

pub(crate) use sip::message;

/// In place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";
/// Digits in a row that are taken for a number wherever they stand.
const DIGITS_MIN: usize = 6;
/// Pseudonyms at most; further ones have none of their own.
const PSEUDONYMS_MAX: usize = 10_000;
/// Shorter words of names are everyday words.
const NAME_CHARS_MIN: usize = 3;

/// Words before `=` or `:` that announce a secret.
const SECRETS: [&str; 14] = [
    "password",
    "passwd",
    "secret",
    "token",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "nonce",
    "cnonce",
    "response",
    "pin",
    "ha1",
    "session",
];

/// The pseudonyms of one bundle or capture.
#[derive(Debug, Default)]
pub(crate) struct Masks {
    is_open: bool,
    /// Names and numbers that are masked wherever they stand as words, in lower case.
    known: BTreeMap<String, Kind>,
    given: BTreeMap<String, String>,
    numbers: usize,
    people: usize,
    accounts: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Person,
    Account,
}

impl Masks {
    /// With everybody's names and numbers. `is_open`: they are shown all the same; secrets are not.
    pub(crate) fn new(directory: &Directory, is_open: bool) -> Self {
        let mut masks = Self {
            is_open,
            ..Self::default()
        };
        for user in &directory.users {
            masks.know(&user.name, Kind::Person);
            masks.know(user.extension.as_deref().unwrap_or_default(), Kind::Number);
        }
        for device in &directory.devices {
            masks.know(&device.sip_user, Kind::Account);
        }
        for team in &directory.teams {
            masks.know(&team.extension, Kind::Number);
        }
        masks
    }

    /// Names and numbers of a call's parties too.
    pub(crate) fn know_parties(&mut self, story: &Story) {
        for leg in &story.legs {
            self.know(&leg.name, Kind::Person);
            self.know(&leg.party, Kind::Number);
        }
    }

    fn know(&mut self, text: &str, kind: Kind) {
        let text = text.trim().to_lowercase();
        if kind == Kind::Person {
            for word in text.split_whitespace().filter(|word| word.chars().count() >= NAME_CHARS_MIN) {
                self.known.insert(word.to_owned(), kind);
            }
        }
        if !text.is_empty() {
            self.known.insert(text, kind);
        }
    }

    /// A number: dialled, or somebody's.
    pub(crate) fn number(&mut self, number: &str) -> String {
        self.give(number, Kind::Number)
    }

    /// Somebody's name.
    pub(crate) fn name(&mut self, name: &str) -> String {
        self.give(name, Kind::Person)
    }

    /// The user part of a SIP address: a number, or an account.
    fn account(&mut self, user: &str) -> String {
        let is_number = |c: char| c.is_ascii_digit() || "+*#-.()".contains(c);
        let kind = if user.chars().all(is_number) { Kind::Number } else { Kind::Account };
        self.give(user, kind)
    }

    fn give(&mut self, text: &str, kind: Kind) -> String {
        if self.is_open || text.is_empty() {
            return text.to_owned();
        }
        let key = text.trim().to_lowercase();
        if let Some(given) = self.given.get(&key) {
            return given.clone();
        }
        let (word, count) = match kind {
            Kind::Number => ("number", &mut self.numbers),
            Kind::Person => ("person", &mut self.people),
            Kind::Account => ("account", &mut self.accounts),
        };
        if self.given.len() >= PSEUDONYMS_MAX {
            return word.to_owned();
        }
        *count += 1;
        let given = format!("{word}-{count}");
        self.given.insert(key, given.clone());
        given
    }

    /// Any text: secrets, known names and whatever looks like a number are masked.
    pub(crate) fn text(&mut self, text: &str) -> String {
        let text = without_secrets(text);
        if self.is_open {
            return text;
        }
        let text = self.without_numbers(&text);
        self.without_known(&text)
    }

    fn without_numbers(&mut self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(first) = rest.chars().next() {
            let length = number_at(rest, before);
            if length > 0 {
                masked += &self.number(&rest[..length]);
                before = Some('0');
                rest = &rest[length..];
            } else {
                masked.push(first);
                before = Some(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        masked
    }

    fn without_known(&mut self, text: &str) -> String {
        let lower = text.to_lowercase();
        // Where lower case has another length, places in one are not places in the other: nothing is known then, so everything is.
        if lower.len() != text.len() && self.known.keys().any(|known| lower.contains(known)) {
            return REDACTED.to_owned();
        }
        let mut longest_first: Vec<(String, Kind)> = self
            .known
            .iter()
            .filter(|(known, _)| lower.contains(known.as_str()))
            .map(|(known, kind)| (known.clone(), *kind))
            .collect();
        longest_first.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
        let mut text = text.to_owned();
        for (known, kind) in longest_first {
            text = self.replace_word(&text, &known, kind);
        }
        text
    }

    fn replace_word(&mut self, text: &str, word: &str, kind: Kind) -> String {
        let lower = text.to_lowercase();
        if lower.len() != text.len() {
            return text.to_owned();
        }
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for (at, _) in lower.match_indices(word) {
            let is_inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let end = at + word.len();
            if at < done || is_inside(lower[..at].chars().next_back()) || is_inside(lower[end..].chars().next()) {
                continue;
            }
            // Pseudonyms of ours are not masked again.
            if lower[..at].ends_with("number-") || lower[..at].ends_with("person-") || lower[..at].ends_with("account-") {
                continue;
            }
            masked += &text[done..at];
            masked += &self.give(word, kind);
            done = end;
        }
        masked + &text[done..]
    }

    /// JSON: values under the names of what is somebody's become pseudonyms, other texts are masked as texts.
    pub(crate) fn json(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields.iter_mut() {
                    self.field(name, value);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.json(value)),
            Value::String(text) => *text = self.text(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn field(&mut self, name: &str, value: &mut Value) {
        match (name, &mut *value) {
            (name, value) if is_secret(name) => *value = Value::from(REDACTED),
            ("extension" | "number" | "mobile" | "party" | "dialled", Value::String(text)) => *text = self.number(text),
            ("name" | "label" | "user", Value::String(text)) => *text = self.name(text),
            ("account" | "sip_user", Value::String(text)) => *text = self.account(text),
            (_, value) => self.json(value),
        }
    }

    /// A call's story: who they are becomes pseudonyms.
    pub(crate) fn story(&mut self, story: &mut Story) {
        self.know_parties(story);
        let names: Vec<_> = story.legs.iter().map(|leg| (leg.name.clone(), leg.party.clone())).collect();
        for leg in &mut story.legs {
            leg.party = self.number(&leg.party);
            leg.name = self.name(&leg.name);
        }
        for message in &mut story.ladder {
            for end in [&mut message.from, &mut message.to] {
                for (name, number) in &names {
                    let (who, is_number) = if name.is_empty() { (number, true) } else { (name, false) };
                    if let Some(rest) = end.strip_prefix(who.as_str()).filter(|_| !who.is_empty()) {
                        let given = if is_number { self.number(who) } else { self.name(who) };
                        *end = format!("{given}{rest}");
                        break;
                    }
                }
            }
        }
        for mark in &mut story.marks {
            mark.text = self.text(&mark.text);
        }
    }
}

fn is_secret(word: &str) -> bool {
    SECRETS.iter().any(|secret| word.eq_ignore_ascii_case(secret))
}

/// How many bytes at the beginning of a text are a number. One that begins with `+` or `0` may have signs between its digits.
fn number_at(text: &str, before: Option<char>) -> usize {
    if before.is_some_and(char::is_alphanumeric) {
        return 0;
    }
    let is_written_out = text.starts_with(['+', '0']);
    let (mut digits, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            digits += 1;
            end = at + 1;
        } else if !(at == 0 && c == '+' || is_written_out && " -/()".contains(c)) {
            break;
        }
    }
    if digits >= DIGITS_MIN { end } else { 0 }
}

/// Whatever stands behind a word that announces a secret.
fn without_secrets(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['=', ':']) {
        let word_begins = rest[..at]
            .trim_end_matches(['"', ' '])
            .rfind(|c: char| !c.is_ascii_alphanumeric())
            .map_or(0, |begin| begin + 1);
        let word = rest[word_begins..at].trim_end_matches(['"', ' ']);
        let (head, tail) = rest.split_at(at + 1);
        clean += head;
        rest = tail;
        let is_announced = is_secret(word) || word.rsplit('_').next().is_some_and(is_secret);
        if is_announced {
            let value = tail.trim_start();
            let value = &value[..secret_length(value)];
            let end = tail.len() - tail.trim_start().len() + value.len();
            clean += REDACTED;
            rest = &tail[end..];
        }
    }
    clean + rest
}

/// A quoted text, or up to the next space. Credentials of HTTP and SIP go on to the line's end.
fn secret_length(value: &str) -> usize {
    let lower = value.to_ascii_lowercase();
    if ["basic ", "bearer ", "digest "].iter().any(|scheme| lower.starts_with(scheme)) {
        return value.find('\n').unwrap_or(value.len());
    }
    match value.strip_prefix('"') {
        Some(quoted) => quoted.find('"').map_or(value.len(), |end| end + 2),
        None => value.find([' ', ',', ';', '&', '\n', '}', ')']).unwrap_or(value.len()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use switchboard::directory::Directory;

    use super::*;

    fn masks() -> Masks {
        let mut masks = Masks::new(&Directory::default(), false);
        masks.know("Anna Example", Kind::Person);
        masks.know("102", Kind::Number);
        masks
    }

    #[test]
    fn texts_keep_their_sense_and_lose_whose_they_are() {
        for (text, expected) in [
            (
                "Anna Example calls 102 from 10.0.0.5:50600",
                "person-1 calls number-1 from 10.0.0.5:50600",
            ),
            ("ANNA is busy", "person-1 is busy"),
            ("dialled +49 30 123 456-78, twice", "dialled number-1, twice"),
            ("0301234567 and 0301234567", "number-1 and number-1"),
            ("took 12345 ms, port 31020", "took 12345 ms, port 31020"),
            ("password=hunter2 is wrong", "password=[redacted] is wrong"),
            ("Authorization: Digest username=\"x\", response=\"y\"", "Authorization:[redacted]"),
            ("{\"token\": \"abc def\", \"a\": 1}", "{\"token\":[redacted], \"a\": 1}"),
            ("room 1102 and 102a", "room 1102 and 102a"),
        ] {
            assert_eq!(masks().text(text), expected);
        }
    }

    #[test]
    fn whoever_asks_for_names_gets_them_but_no_secret() {
        let mut masks = Masks::new(&Directory::default(), true);
        assert_eq!(
            masks.text("Anna calls 0301234567, pin=4711"),
            "Anna calls 0301234567, pin=[redacted]"
        );
        assert_eq!(masks.number("102"), "102");
    }

    #[test]
    fn json_is_masked_by_the_names_of_its_fields() {
        let mut value =
            json!({ "people": [{ "extension": "77", "name": "Zoë", "note": "call 0301234567" }], "secret": { "a": 1 }, "rtt": 12 });
        masks().json(&mut value);
        assert_eq!(
            value,
            json!({ "people": [{ "extension": "number-1", "name": "person-1", "note": "call number-2" }], "secret": REDACTED, "rtt": 12 })
        );
    }

    #[test]
    fn pseudonyms_are_bounded() {
        let mut masks = masks();
        for number in 0..=PSEUDONYMS_MAX {
            masks.number(&number.to_string());
        }
        assert_eq!(masks.number("one more"), "number");
        assert_eq!(masks.given.len(), PSEUDONYMS_MAX);
    }
}
