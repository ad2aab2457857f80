//! Walks a TOML document key by key, collecting mistakes with their lines instead of stopping at the first.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Mistake;

/// Mistakes told at most; a file with more is not a configuration.
const MISTAKES_MAX: usize = 20;

/// What is wrong with a value and what to write instead.
pub(crate) struct Wrong {
    pub(crate) problem: String,
    pub(crate) remedy: String,
}

impl Wrong {
    pub(crate) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}

/// The document and what was found wrong in it so far.
pub(crate) struct Document<'a> {
    text: &'a str,
    root: DeTable<'a>,
    mistakes: Vec<Mistake>,
}

/// One table of the document while it is read. Keys that nobody asked for are mistakes.
pub(crate) struct Section<'a> {
    name: &'static str,
    table: DeTable<'a>,
    known: Vec<&'static str>,
    present: Vec<&'static str>,
}

impl<'a> Document<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut document = Self {
            text,
            root: root.into_inner(),
            mistakes: Vec::new(),
        };
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let wrong = Wrong::new(
                error.message().lines().collect::<Vec<_>>().join(", "),
                "see https://toml.io for how TOML is written",
            );
            document.wrong(&span, String::new(), wrong);
        }
        document
    }

    /// The keys outside of any table. To be called last: what [`Document::section`] has not taken is a mistake.
    pub(crate) fn root(&mut self) -> Section<'a> {
        Section {
            name: "",
            table: std::mem::take(&mut self.root),
            known: Vec::new(),
            present: Vec::new(),
        }
    }

    /// The table `[name]`, empty when the file does not have it.
    pub(crate) fn section(&mut self, name: &'static str) -> Section<'a> {
        let table = match self.root.remove_entry(name) {
            None => DeTable::new(),
            Some((key, value)) => match value.into_inner() {
                DeValue::Table(table) => table,
                other @ (DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Array(_)) => {
                    let wrong = Wrong::new(
                        format!("is {}, not a table", article(&other)),
                        format!("write [{name}] on a line of its own"),
                    );
                    self.wrong(&key.span(), name.to_owned(), wrong);
                    DeTable::new()
                }
            },
        };
        Section {
            name,
            table,
            known: Vec::new(),
            present: Vec::new(),
        }
    }

    /// Adds a mistake at a place.
    pub(crate) fn wrong(&mut self, span: &Range<usize>, key: String, wrong: Wrong) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        self.mistakes.push(Mistake {
            line,
            key,
            problem: wrong.problem,
            remedy: wrong.remedy,
        });
    }

    /// All mistakes, in the order of the lines.
    pub(crate) fn finish(mut self) -> Result<(), Vec<Mistake>> {
        if self.mistakes.is_empty() {
            return Ok(());
        }
        self.mistakes.sort_by_key(|mistake| mistake.line);
        self.mistakes.truncate(MISTAKES_MAX);
        Err(self.mistakes)
    }
}

impl<'a> Section<'a> {
    /// Reads a key; `default` when it is absent or wrong.
    pub(crate) fn read<T>(
        &mut self,
        document: &mut Document<'a>,
        key: &'static str,
        default: T,
        parse: impl FnOnce(&DeValue<'a>) -> Result<T, Wrong>,
    ) -> T {
        self.take(document, key, parse).map_or(default, |found| found.0)
    }

    /// Reads a key and tells where it stands; `None` when it is absent or wrong.
    pub(crate) fn take<T>(
        &mut self,
        document: &mut Document<'a>,
        key: &'static str,
        parse: impl FnOnce(&DeValue<'a>) -> Result<T, Wrong>,
    ) -> Option<(T, Range<usize>)> {
        self.known.push(key);
        let (at, value): (Spanned<_>, Spanned<_>) = self.table.remove_entry(key)?;
        self.present.push(key);
        match parse(value.get_ref()) {
            Ok(parsed) => Some((parsed, at.span())),
            Err(wrong) => {
                document.wrong(&at.span(), self.full(key), wrong);
                None
            }
        }
    }

    /// Whether a key that was read stood in the file, right or wrong.
    pub(crate) fn was_present(&self, key: &str) -> bool {
        self.present.contains(&key)
    }

    /// Whatever is left was not asked for.
    pub(crate) fn finish(self, document: &mut Document<'a>, further: &[&str]) {
        for (key, _) in self.table.iter() {
            let known: Vec<&str> = self.known.iter().copied().chain(further.iter().copied()).collect();
            let remedy = match nearest(key.get_ref(), &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("remove it, or use one of: {}", known.join(", ")),
            };
            document.wrong(&key.span(), self.full(key.get_ref()), Wrong::new("unknown key", remedy));
        }
    }

    fn full(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }
}

/// A value's type with its article, for messages.
pub(crate) fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The known key that was probably meant: at most two letters differ.
fn nearest<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let best = known.iter().map(|k| (distance(key, k), *k)).min()?;
    (best.0 <= 2).then_some(best.1)
}

/// Levenshtein distance in bytes; keys are short and ASCII.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}
