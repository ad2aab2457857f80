//! The table: facts, each with where it was found and when (all read in November 2026).
//!
//! * **E.180-2**: ITU-T Recommendation E.180, supplement 2 (01/1994), as the annex to ITU Operational Bulletin 781 (1 February 2003,
//!   `tones-0203.pdf`) brought it up to date; read by way of `indications.conf.sample` of Asterisk, which names that annex for these countries.
//! * **E.180**: the recommendation itself (11/1988), clause on the special information tone: 950, 1,400 and 1,800 Hz, 330 ms each, then 1 s of
//!   silence. It holds where a country says nothing else.
//! * **SIN 350**: British Telecommunications, Supplier Information Note 350, by way of the same file.
//! * **Asterisk**: that file where it names no source.

use super::super::tone::{Cadence, both, sound};
use super::Country;

/// E.180.
const SPECIAL_INFORMATION: Cadence = Cadence::of([sound(950.0, 330, 0), sound(1_400.0, 330, 0), sound(1_800.0, 330, 1_000)]);

/// Germany first: the default.
pub const COUNTRIES: [Country; 9] = [
    // E.180-2, 02/2003.
    Country {
        code: "DE",
        ring_back: Cadence::of([sound(425.0, 1_000, 4_000)]),
        busy: Cadence::of([sound(425.0, 480, 480)]),
        congestion: Cadence::of([sound(425.0, 240, 240)]),
        special_information: SPECIAL_INFORMATION,
    },
    // E.180-2, 02/2003; its special information tone is a little higher than E.180's.
    Country {
        code: "AT",
        ring_back: Cadence::of([sound(420.0, 1_000, 5_000)]),
        busy: Cadence::of([sound(420.0, 400, 400)]),
        congestion: Cadence::of([sound(420.0, 200, 200)]),
        special_information: Cadence::of([sound(950.0, 330, 0), sound(1_450.0, 330, 0), sound(1_850.0, 330, 1_000)]),
    },
    // E.180-2, 02/2003.
    Country {
        code: "CH",
        ring_back: Cadence::of([sound(425.0, 1_000, 4_000)]),
        busy: Cadence::of([sound(425.0, 500, 500)]),
        congestion: Cadence::of([sound(425.0, 200, 200)]),
        special_information: SPECIAL_INFORMATION,
    },
    // E.180-2, 02/2003; congestion is not in it: Asterisk, twice as fast as busy.
    Country {
        code: "FR",
        ring_back: Cadence::of([sound(440.0, 1_500, 3_500)]),
        busy: Cadence::of([sound(440.0, 500, 500)]),
        congestion: Cadence::of([sound(440.0, 250, 250)]),
        special_information: SPECIAL_INFORMATION,
    },
    // SIN 350; the second sound of congestion is 6 dB louder in the network, which is left out here.
    Country {
        code: "GB",
        ring_back: Cadence::of([both(400.0, 450.0, 400, 200), both(400.0, 450.0, 400, 2_000)]),
        busy: Cadence::of([sound(400.0, 375, 375)]),
        congestion: Cadence::of([sound(400.0, 400, 350), sound(400.0, 225, 525)]),
        special_information: Cadence::of([sound(950.0, 330, 15), sound(1_400.0, 330, 15), sound(1_800.0, 330, 1_000)]),
    },
    // Asterisk: North America's precise tone plan. The special information tone is E.180's, for those of North America tell reasons by their lengths.
    Country {
        code: "US",
        ring_back: Cadence::of([both(440.0, 480.0, 2_000, 4_000)]),
        busy: Cadence::of([both(480.0, 620.0, 500, 500)]),
        congestion: Cadence::of([both(480.0, 620.0, 250, 250)]),
        special_information: SPECIAL_INFORMATION,
    },
    // E.180-2, 02/2003.
    Country {
        code: "IT",
        ring_back: Cadence::of([sound(425.0, 1_000, 4_000)]),
        busy: Cadence::of([sound(425.0, 500, 500)]),
        congestion: Cadence::of([sound(425.0, 200, 200)]),
        special_information: SPECIAL_INFORMATION,
    },
    // Asterisk; the special information tone is E.180's.
    Country {
        code: "ES",
        ring_back: Cadence::of([sound(425.0, 1_500, 3_000)]),
        busy: Cadence::of([sound(425.0, 200, 200)]),
        congestion: Cadence::of([sound(425.0, 200, 200), sound(425.0, 200, 200), sound(425.0, 200, 600)]),
        special_information: SPECIAL_INFORMATION,
    },
    // E.180-2, 02/2003.
    Country {
        code: "NL",
        ring_back: Cadence::of([sound(425.0, 1_000, 4_000)]),
        busy: Cadence::of([sound(425.0, 500, 500)]),
        congestion: Cadence::of([sound(425.0, 250, 250)]),
        special_information: SPECIAL_INFORMATION,
    },
];
