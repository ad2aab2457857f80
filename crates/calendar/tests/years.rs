//! Years as they were, and as they will be.

use calendar::{Date, holidays, is_holiday, regions};

fn days(region: &str, year: i32) -> Vec<String> {
    let mut days: Vec<String> = holidays(region, year)
        .into_iter()
        .map(|holiday| Date::of(holiday.day).to_string()[5..].to_owned())
        .collect();
    days.dedup();
    days
}

fn day(text: &str) -> u32 {
    let date: Date = text.parse().expect("a date");
    date.number().expect("a day")
}

#[test]
fn germany() {
    let everywhere = ["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"];
    assert_eq!(days("DE", 2026), everywhere);
    assert_eq!(days("DE-HE", 2026).len(), 10);
    assert_eq!(
        days("DE-BY", 2026),
        [
            "01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "05-25", "06-04", "08-15", "10-03", "11-01", "12-25", "12-26"
        ]
    );
    assert_eq!(days("DE-BY-E", 2026).len(), 12);
    // As the Länder count them for 2026.
    for (land, count) in [
        ("BW", 12),
        ("BY-A", 14),
        ("BE", 10),
        ("BB", 12),
        ("HB", 10),
        ("HH", 10),
        ("MV", 11),
        ("NI", 10),
        ("NW", 11),
        ("RP", 11),
        ("SL", 12),
        ("SN", 11),
        ("ST", 11),
        ("SH", 10),
        ("TH", 11),
    ] {
        assert_eq!(days(&format!("DE-{land}"), 2026).len(), count, "{land}");
    }
    assert_eq!(
        is_holiday("DE-HH", day("2017-10-31")),
        Some("Reformationstag"),
        "five hundred years of it"
    );
    assert_eq!(is_holiday("DE-HE", day("2017-10-31")), Some("Reformationstag"));
    assert_eq!(is_holiday("DE-HE", day("2018-10-31")), None);
    assert_eq!(is_holiday("DE-BE", day("2018-03-08")), None);
    assert_eq!(is_holiday("DE-BE", day("2025-05-08")), Some("Tag der Befreiung"));
    assert_eq!(is_holiday("DE-SN", day("2025-11-19")), Some("Buß- und Bettag"));
}

#[test]
fn austria() {
    assert_eq!(
        days("AT", 2025),
        [
            "01-01", "01-06", "04-21", "05-01", "05-29", "06-09", "06-19", "08-15", "10-26", "11-01", "12-08", "12-25", "12-26"
        ]
    );
}

#[test]
fn switzerland() {
    assert_eq!(days("CH", 2026), ["01-01", "05-14", "08-01", "12-25"]);
    assert_eq!(
        days("CH-ZH", 2026),
        ["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "08-01", "12-25", "12-26"]
    );
    assert_eq!(
        days("CH-GE", 2026),
        ["01-01", "04-03", "04-06", "05-14", "05-25", "08-01", "09-10", "12-25", "12-31"]
    );
    assert_eq!(is_holiday("CH-GL", day("2026-04-09")), Some("Näfelser Fahrt"), "not in Holy Week");
    assert_eq!(is_holiday("CH-VD", day("2026-09-21")), Some("Lundi du Jeûne"));
}

#[test]
fn france() {
    let everywhere = [
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25",
    ];
    assert_eq!(days("FR", 2026), everywhere);
    assert_eq!(days("FR-57", 2026).len(), 13);
}

#[test]
fn the_united_kingdom() {
    // As gov.uk lists them, with the days at weekends that have a substitute.
    assert_eq!(
        days("GB-EAW", 2022),
        [
            "01-01", "01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-25", "12-26", "12-27"
        ]
    );
    assert_eq!(days("GB-SCT", 2022)[..4], ["01-01", "01-02", "01-03", "01-04"]);
    assert_eq!(days("GB-SCT", 2023)[..3], ["01-01", "01-02", "01-03"]);
    assert_eq!(is_holiday("GB-EAW", day("2023-01-03")), None);
    assert_eq!(
        days("GB-NIR", 2026),
        [
            "01-01", "03-17", "04-03", "04-06", "05-04", "05-25", "07-12", "07-13", "08-31", "12-25", "12-26", "12-28"
        ]
    );
    assert_eq!(days("GB-EAW", 2021)[6..], ["12-25", "12-26", "12-27", "12-28"]);
}

#[test]
fn the_united_states() {
    assert_eq!(
        days("US", 2026),
        [
            "01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "07-04", "09-07", "10-12", "11-11", "11-26", "12-25"
        ]
    );
    assert_eq!(is_holiday("US", day("2021-12-31")), Some("New Year's Day"), "of the next year");
    assert_eq!(is_holiday("US", day("2020-06-19")), None);
    assert_eq!(is_holiday("US", day("2023-01-02")), Some("New Year's Day"));
}

#[test]
fn italy_and_spain() {
    assert_eq!(is_holiday("IT", day("2025-10-04")), None);
    assert_eq!(is_holiday("IT", day("2026-10-04")), Some("San Francesco d'Assisi"));
    assert_eq!(days("IT-BZ", 2026).len(), days("IT", 2026).len() + 1);
    assert_eq!(
        days("ES", 2026),
        [
            "01-01", "01-06", "04-03", "05-01", "08-15", "10-12", "11-01", "12-06", "12-08", "12-25"
        ]
    );
}

#[test]
fn regions_have_one_code_each_and_nobody_knows_others() {
    let codes: Vec<&str> = regions().map(|region| region.code).collect();
    for (index, code) in codes.iter().enumerate() {
        assert!(!codes[..index].contains(code), "{code}");
        assert!(holidays(code, 2026).len() >= 4, "{code}");
    }
    assert!(codes.len() > 50, "{}", codes.len());
    for unknown in ["", "XX", "DE-XX", "de-by", "DE-", "-"] {
        assert_eq!(holidays(unknown, 2026), [], "{unknown}");
    }
    assert_eq!(is_holiday("DE-BY", 0), Some("Neujahr"));
    assert_eq!(is_holiday("DE-BY", u32::MAX), None);
}
