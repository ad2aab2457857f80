//! A set of numbers, as an automaton over their digits.

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, MatchKind};

/// Numbers of some kind.
pub(crate) struct Ranges {
    automaton: dense::DFA<Vec<u32>>,
    /// How many digits they have; any number when it is empty.
    lengths: &'static [u16],
}

/// How a number stands to a set of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is one of them.
    Whole,
    /// One of them begins with it, or it begins with one of them.
    Beginning,
    /// Neither.
    Not,
}

impl Ranges {
    /// The numbers that a regular expression of the library's data matches, with one of these lengths; `None` for something else than that.
    pub(crate) fn new(pattern: &str, lengths: &'static [u16]) -> Option<Self> {
        let automaton = dense::Builder::new()
            .configure(dense::Config::new().start_kind(StartKind::Anchored).match_kind(MatchKind::All))
            .syntax(syntax::Config::new().unicode(false).utf8(false).ignore_whitespace(true))
            .thompson(thompson::Config::new().utf8(false))
            .build(pattern)
            .ok()?;
        automaton.universal_start_state(Anchored::Yes)?;
        Some(Self { automaton, lengths })
    }

    /// Whether this is one of the numbers.
    pub(crate) fn fit(&self, digits: &str) -> Fit {
        let (mut state, mut has_passed_one) = (self.start(), false);
        for byte in digits.bytes() {
            state = self.automaton.next_state(state, byte);
            // The automaton is one byte late.
            has_passed_one |= self.automaton.is_match_state(state);
            if self.automaton.is_dead_state(state) {
                return if has_passed_one { Fit::Beginning } else { Fit::Not };
            }
        }
        let is_one = self.automaton.is_match_state(self.automaton.next_eoi_state(state));
        if is_one && (self.lengths.is_empty() || self.lengths.iter().any(|len| usize::from(*len) == digits.len())) {
            Fit::Whole
        } else {
            Fit::Beginning
        }
    }

    /// What follows the shortest one of them.
    pub(crate) fn strip<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let mut state = self.start();
        for (at, byte) in digits.bytes().enumerate() {
            state = self.automaton.next_state(state, byte);
            if self.automaton.is_match_state(state) {
                return digits.get(at..);
            }
        }
        let is_one = self.automaton.is_match_state(self.automaton.next_eoi_state(state));
        is_one.then_some("")
    }

    fn start(&self) -> regex_automata::util::primitives::StateID {
        self.automaton
            .universal_start_state(Anchored::Yes)
            .expect("asked for when it was built")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_a_beginning_or_none() {
        let ranges = Ranges::new(r"1 (?:5|6[02])\d{2} | 7\d{2,4}", &[4, 3, 5]).expect("a pattern");
        for (number, fit) in [
            ("1523", Fit::Whole),
            ("16023", Fit::Whole),
            ("712", Fit::Whole),
            ("71234", Fit::Whole),
            ("", Fit::Beginning),
            ("1", Fit::Beginning),
            ("160", Fit::Beginning),
            ("15234", Fit::Beginning),
            ("712345", Fit::Beginning),
            ("7123456789", Fit::Beginning),
            ("161", Fit::Not),
            ("2", Fit::Not),
        ] {
            assert_eq!(ranges.fit(number), fit, "{number}");
        }
        let short = Ranges::new(r"7\d+", &[4]).expect("a pattern");
        assert_eq!((short.fit("712"), short.fit("7123")), (Fit::Beginning, Fit::Whole));
    }

    #[test]
    fn a_prefix_is_taken_off() {
        let prefix = Ranges::new("00(?:1[245]|31)|011", &[]).expect("a pattern");
        for (digits, rest) in [
            ("001449", Some("49")),
            ("0031", Some("")),
            ("0119", Some("9")),
            ("0013", None),
            ("", None),
        ] {
            assert_eq!(prefix.strip(digits), rest, "{digits}");
        }
    }
}
