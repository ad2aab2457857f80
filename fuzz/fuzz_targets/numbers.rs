//! What people dial and providers write: the first byte chooses the place, the rest is the text.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use numbers::{Block, Dialled, E164, Format, Locality, normalise, understand};

/// Places with every kind of prefix.
static PLACES: LazyLock<Vec<Locality>> = LazyLock::new(|| {
    let places = [
        "DE area=89 outside=0 own=+498912345(0-999)",
        "AT area=1",
        "CH",
        "FR area=1 outside=0",
        "IT area=06",
        "GB area=20 outside=9",
        "US area=212 outside=9",
        "RU area=495",
        "AU area=2",
        "BR area=11",
        "GN",
    ];
    places.iter().map(|text| text.parse().expect("a locality")).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let Some((place, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let here = &PLACES[usize::from(*place) % PLACES.len()];

    if let Some(reduced) = normalise(text) {
        assert_eq!(normalise(&reduced), Some(reduced), "what is reduced stays");
    }
    let dialled = understand(text, here, |_| false);
    assert!(!matches!(dialled, Dialled::Internal(_)), "nobody is internal");
    assert_eq!(dialled.class(here).is_some(), !matches!(dialled, Dialled::Unknown(_)));
    let read = Format::ALL.into_iter().filter_map(|format| format.read(text, here).ok());
    let world = if let Dialled::World(number) = dialled { Some(number) } else { None };
    for number in read.chain(world).chain(text.parse::<E164>().ok()) {
        for format in Format::ALL {
            let written = format.write(&number, here);
            assert_eq!(format.read(&written, here), Ok(number), "{written} as {format}");
        }
    }
    if let Ok(block) = text.parse::<Block>() {
        assert_eq!(block.to_string().parse(), Ok(block));
    }
    if let Ok(locality) = text.parse::<Locality>() {
        assert_eq!(locality.to_string().parse(), Ok(locality));
    }
});
