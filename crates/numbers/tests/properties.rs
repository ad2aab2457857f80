//! What holds for every number, place and format, and for every text that anybody may send.

use std::collections::BTreeSet;

use numbers::{Block, Class, Dialled, E164, Format, Locality, normalise, understand};
use phonenumber::metadata::DATABASE;
use proptest::prelude::*;

/// Places with every kind of prefix: none, 0, 1, 8, 06; one or several international ones; with and without areas and outside lines.
const PLACES: [&str; 16] = [
    "DE area=89 outside=0 own=+498912345(0-999)",
    "DE",
    "AT area=1",
    "CH area=44 outside=0",
    "FR area=1",
    "IT area=06",
    "IT",
    "GB area=20 outside=9",
    "US area=212 outside=9",
    "CA area=416",
    "RU area=495",
    "HU area=1",
    "AU area=2",
    "BR area=11",
    "JP area=3 outside=0",
    "GN",
];

fn places() -> Vec<Locality> {
    PLACES.iter().map(|text| text.parse().expect("a locality")).collect()
}

/// One number of every kind that the numbering plans of the world give an example of.
fn examples() -> BTreeSet<E164> {
    let mut examples = BTreeSet::new();
    for plan in (1..1000).filter_map(|code| DATABASE.by_code(&code)).flatten() {
        let kinds = plan.descriptors();
        let kinds = [
            kinds.fixed_line(),
            kinds.mobile(),
            kinds.toll_free(),
            kinds.premium_rate(),
            kinds.shared_cost(),
            kinds.personal_number(),
            kinds.voip(),
            kinds.uan(),
        ];
        for national in kinds.into_iter().flatten().filter_map(|kind| kind.example()) {
            examples.extend(E164::from_digits(&format!("{}{national}", plan.country_code())));
        }
    }
    examples
}

#[test]
fn numbers_of_the_world_come_back_from_every_format_at_every_place() {
    let examples = examples();
    assert!(examples.len() > 900, "{}", examples.len());
    for here in places() {
        for number in &examples {
            for format in Format::ALL {
                let written = format.write(number, &here);
                assert_eq!(format.read(&written, &here), Ok(*number), "{written} as {format} at {here}");
            }
        }
    }
}

#[test]
fn numbers_of_the_world_are_understood_with_and_without_prefixes() {
    // In Brazil two digits after 00 choose a carrier, so 00 alone may mean two numbers.
    for here in places().into_iter().filter(|here| here.country().letters() != "BR") {
        let (country, outside) = (here.country(), here.outside().unwrap_or_default());
        for number in examples() {
            let digits = number.digits();
            let mut ways = vec![number.to_string(), format!("{outside}{number}")];
            ways.push(format!("{outside}{}{digits}", country.international_prefix()));
            if let Some(national) = digits.strip_prefix(&country.calling_code().to_string()) {
                ways.push(format!("{outside}{}{national}", country.national_prefix().unwrap_or_default()));
            }
            for way in ways {
                assert_eq!(understand(&way, &here, |_| false), Dialled::World(number), "{way} at {here}");
            }
        }
    }
}

fn digits() -> impl Strategy<Value = String> {
    prop_oneof![
        "[1-9][0-9]{3,14}",
        // Close to home, and close to prefixes.
        "(49|43|41|33|39|44|1|7|36|61|55|81)[0-9]{3,12}",
        "(4989|4989110|49890|39060|1212|10|78|710|44209|3612)[0-9]{1,8}",
    ]
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,80}",
        "[0-9+*#() ./a-z-]{0,40}",
        "(sip:|tel:|sips:)?[+]?[0-9%A-F]{0,30}(@.{0,10})?(;.{0,10})?",
        "(0|00|011|9|90|900|01033|010|1010321|\\+49|\\+1|\\+)?[0-9]{0,20}",
        "[٠-٩０-９०-९（）＋\u{200b}-\u{200f}\u{2010}-\u{2015}]{0,30}",
        // Long ones.
        "[0-9]{1,9}".prop_map(|text| text.repeat(500)),
        "\\PC{1,9}".prop_map(|text| text.repeat(500)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_number_comes_back_from_every_format(digits in digits(), here in prop::sample::select(places())) {
        let Ok(number) = E164::from_digits(&digits) else { return Ok(()) };
        for format in Format::ALL {
            let written = format.write(&number, &here);
            prop_assert_eq!(format.read(&written, &here), Ok(number), "{} as {}", written, format);
        }
    }

    #[test]
    fn no_text_does_harm(text in texts(), here in prop::sample::select(places())) {
        let reduced = normalise(&text);
        if let Some(reduced) = &reduced {
            prop_assert_eq!(normalise(reduced), Some(reduced.clone()), "what is reduced stays");
        }
        let dialled = understand(&text, &here, |_| false);
        prop_assert!(!matches!(dialled, Dialled::Internal(_)), "nobody is internal");
        prop_assert_eq!(dialled.class(&here).is_some(), !matches!(dialled, Dialled::Unknown(_)));
        prop_assert_eq!(reduced.map(|reduced| understand(&reduced, &here, |_| false)).unwrap_or(dialled.clone()), dialled.clone());
        for format in Format::ALL {
            let _ = format.read(&text, &here);
            if let (Dialled::World(number), Some(written)) = (&dialled, dialled.written(format, &here)) {
                prop_assert_eq!(format.read(&written, &here), Ok(*number));
            }
        }
        let _ = text.parse::<Locality>();
        let _ = text.parse::<Block>();
        let _ = text.parse::<E164>();
    }

    #[test]
    fn extensions_win_over_all_but_emergencies(text in texts(), here in prop::sample::select(places())) {
        match understand(&text, &here, |_| true) {
            Dialled::Internal(extension) => prop_assert_eq!(Some(extension), normalise(&text)),
            Dialled::Emergency(number) => prop_assert_eq!(understand(number, &here, |_| true), Dialled::Emergency(number)),
            Dialled::Unknown(_) => prop_assert_eq!(normalise(&text), None),
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn a_wider_area_never_makes_a_number_more_expensive(digits in digits()) {
        let Ok(number) = E164::from_digits(&digits) else { return Ok(()) };
        let (with, without) = ("DE area=89".parse().expect("a place"), "DE".parse().expect("a place"));
        let (with, without) = (Class::of(&number, &with), Class::of(&number, &without));
        prop_assert!(with == without || (with, without) == (Class::Local, Class::National), "{with} {without}");
    }
}
