//! Short numbers: emergencies, services, and the prefixes that choose a carrier.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::class::Class;

/// Emergency numbers where nothing is known about a country: those that mobile phones know everywhere (3GPP TS 22.101 section 10.1).
const EMERGENCY_ANYWHERE: [&str; 2] = ["112", "911"];

/// Prefixes that choose a carrier for one call, by country; a trunk has one carrier, so they mean nothing.
const CARRIERS: [(&str, &[&str]); 5] = [
    ("DE", &["0100xx", "010xx"]),
    ("AT", &["10xx"]),
    ("CH", &["107xx", "108xx"]),
    ("FR", &["16xx"]),
    ("US", &["101xxxx"]),
];

type ByCountry<T> = BTreeMap<&'static str, Vec<T>>;

static EMERGENCY: LazyLock<ByCountry<&'static str>> = LazyLock::new(|| {
    rows(include_str!("../data/emergency.tsv"))
        .map(|mut columns| (columns.next().unwrap_or_default(), columns.next().unwrap_or_default()))
        .map(|(country, numbers)| (country, numbers.split(' ').collect()))
        .collect()
});

static SERVICES: LazyLock<ByCountry<(&'static str, Class)>> = LazyLock::new(|| {
    let mut services = ByCountry::new();
    for mut columns in rows(include_str!("../data/services.tsv")) {
        let (country, pattern) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let class = columns.next().and_then(|class| class.parse().ok()).unwrap_or(Class::Premium);
        services.entry(country).or_insert_with(Vec::new).push((pattern, class));
    }
    services
});

fn rows(table: &'static str) -> impl Iterator<Item = std::str::Split<'static, char>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t'))
}

/// The emergency number that this is in a country.
pub(crate) fn emergency(country: &str, digits: &str) -> Option<&'static str> {
    let numbers = EMERGENCY.get(country).map_or(EMERGENCY_ANYWHERE.as_slice(), Vec::as_slice);
    numbers.iter().find(|number| **number == digits).copied()
}

/// The class of the service that has this short number in a country.
pub(crate) fn service(country: &str, digits: &str) -> Option<Class> {
    let (_, class) = SERVICES.get(country)?.iter().find(|(pattern, _)| fits(pattern, digits))?;
    Some(*class)
}

/// Whether the services of a country are known here at all.
pub(crate) fn knows_services(country: &str) -> bool {
    SERVICES.contains_key(country)
}

/// What follows the prefix that chooses a carrier.
pub(crate) fn strip_carrier<'a>(country: &str, digits: &'a str) -> Option<&'a str> {
    let (_, patterns) = CARRIERS.iter().find(|(known, _)| *known == country)?;
    patterns.iter().find_map(|pattern| {
        let (prefix, rest) = digits.split_at_checked(pattern.len())?;
        fits(pattern, prefix).then_some(rest)
    })
}

fn fits(pattern: &str, digits: &str) -> bool {
    pattern.len() == digits.len()
        && pattern.bytes().zip(digits.bytes()).all(|(wanted, digit)| match wanted {
            b'x' => digit.is_ascii_digit(),
            _ => wanted == digit,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    #[test]
    fn tables_name_countries_numbers_and_classes() {
        for mut columns in rows(include_str!("../data/emergency.tsv")) {
            let (country, numbers) = (columns.next().expect("a country"), columns.next().expect("numbers"));
            assert!(plan::of_country(country).is_some(), "{country}");
            assert!(
                numbers
                    .split(' ')
                    .all(|number| fits(&"x".repeat(number.len()), number) && number.len() > 1),
                "{country}"
            );
            assert_eq!(columns.next(), None, "{country}");
        }
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for columns in rows(include_str!("../data/services.tsv")) {
            let columns: Vec<&str> = columns.collect();
            let [country, pattern, class, what] = columns[..] else {
                panic!("four columns: {columns:?}")
            };
            assert!(plan::of_country(country).is_some(), "{country}");
            assert!(pattern.bytes().all(|byte| byte == b'x' || byte.is_ascii_digit()), "{pattern}");
            assert!(class.parse::<Class>().is_ok() && !what.is_empty(), "{columns:?}");
            let some = pattern.replace('x', "9");
            let is_hidden = seen.iter().any(|(other, earlier)| *other == country && fits(earlier, &some));
            assert!(!is_hidden, "an earlier row hides {country} {pattern}");
            seen.push((country, pattern));
        }
    }

    #[test]
    fn emergency_numbers_depend_on_the_country() {
        for (country, digits, is_one) in [
            ("DE", "110", true),
            ("DE", "911", false),
            ("US", "911", true),
            ("FR", "15", true),
            ("CH", "144", true),
            ("GB", "999", true),
            ("GN", "112", true),
            ("GN", "110", false),
        ] {
            assert_eq!(emergency(country, digits), is_one.then_some(digits), "{country} {digits}");
        }
    }

    #[test]
    fn the_choice_of_a_carrier_is_taken_off() {
        for (country, digits, rest) in [
            ("DE", "010330891234", Some("0891234")),
            ("DE", "0100330891234", Some("0891234")),
            ("DE", "0101", None),
            ("US", "101032112125550123", Some("12125550123")),
            ("GB", "0103301234", None),
        ] {
            assert_eq!(strip_carrier(country, digits), rest, "{country} {digits}");
        }
    }
}
