//! The data files: regions and rules of each country.

use std::sync::LazyLock;

use crate::Region;
use crate::rule::Rule;

const FILES: [(&str, &str); 8] = [
    ("AT", include_str!("../data/AT.tsv")),
    ("CH", include_str!("../data/CH.tsv")),
    ("DE", include_str!("../data/DE.tsv")),
    ("ES", include_str!("../data/ES.tsv")),
    ("FR", include_str!("../data/FR.tsv")),
    ("GB", include_str!("../data/GB.tsv")),
    ("IT", include_str!("../data/IT.tsv")),
    ("US", include_str!("../data/US.tsv")),
];

/// A country's file.
#[derive(Debug)]
pub(crate) struct Country {
    /// ISO 3166-1.
    pub(crate) code: &'static str,
    pub(crate) regions: Vec<Region>,
    pub(crate) entries: Vec<Entry>,
}

/// A line about a holiday.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Without the country; `None`: everywhere.
    parts: Option<Vec<&'static str>>,
    pub(crate) rule: Rule,
    pub(crate) name: &'static str,
    from: i32,
    to: i32,
}

impl Entry {
    /// Whether it counts there in that year.
    pub(crate) fn counts_for(&self, part: &str, year: i32) -> bool {
        let is_there = self.parts.as_ref().is_none_or(|parts| parts.contains(&part));
        is_there && (self.from..=self.to).contains(&year)
    }
}

/// All countries.
pub(crate) fn countries() -> &'static [Country] {
    static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
        let country = |(code, text): &(&'static str, &'static str)| read(code, text).ok();
        FILES.iter().filter_map(country).collect()
    });
    &COUNTRIES
}

/// Reads a file.
///
/// # Errors
///
/// The line that means nothing.
fn read(code: &'static str, text: &'static str) -> Result<Country, &'static str> {
    let mut country = Country {
        code,
        regions: Vec::new(),
        entries: Vec::new(),
    };
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&'static str> = line.split('\t').collect();
        match fields[..] {
            ["region", code, name] => country.regions.push(Region { code, name }),
            ["day", parts, rule, name] => country.entries.push(entry(parts, rule, name, "-").ok_or(line)?),
            ["day", parts, rule, name, years] => country.entries.push(entry(parts, rule, name, years).ok_or(line)?),
            _ => return Err(line),
        }
    }
    Ok(country)
}

fn entry(parts: &'static str, rule: &str, name: &'static str, years: &str) -> Option<Entry> {
    let (from, to) = years.split_once('-')?;
    let year = |text: &str, open| if text.is_empty() { Some(open) } else { text.parse().ok() };
    Some(Entry {
        parts: (parts != "*").then(|| parts.split(' ').collect()),
        rule: Rule::read(rule)?,
        name,
        from: year(from, i32::MIN)?,
        to: year(to, i32::MAX)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_means_something_and_every_part_is_a_region() {
        for (code, text) in FILES {
            let country = read(code, text).unwrap_or_else(|line| panic!("{code}: {line}"));
            assert!(
                text.contains("Source: ") && text.contains("202"),
                "{code}: where from, and of when?"
            );
            assert!(!country.regions.is_empty() && country.entries.len() >= 10, "{code}");
            for region in &country.regions {
                assert!(region.code == code || region.code.starts_with(&format!("{code}-")), "{region:?}");
            }
            for part in country.entries.iter().flat_map(|entry| entry.parts.iter().flatten()) {
                let code = format!("{code}-{part}");
                assert!(country.regions.iter().any(|region| region.code == code), "{code} has no name");
            }
        }
    }
}
