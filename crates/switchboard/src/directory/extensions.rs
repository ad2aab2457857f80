//! The numbers of a company that consist of digits: what callers may dial in a menu.

use std::collections::BTreeSet;
use std::ops::Bound;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extensions(BTreeSet<String>);

impl Extensions {
    /// Whether this is one.
    pub(crate) fn contain(&self, number: &str) -> bool {
        self.0.contains(number)
    }

    /// Whether one begins with this, and is longer.
    pub(crate) fn begin_with(&self, typed: &str) -> bool {
        let longer = (Bound::Excluded(typed), Bound::Unbounded);
        let next = self.0.range::<str, _>(longer).next();
        next.is_some_and(|number| number.starts_with(typed))
    }
}

impl FromIterator<String> for Extensions {
    /// Whatever has other characters than digits cannot be dialled by keys.
    fn from_iter<I: IntoIterator<Item = String>>(numbers: I) -> Self {
        let is_dialled = |number: &String| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        Self(numbers.into_iter().filter(is_dialled).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_may_be_the_beginning_of_another_one() {
        let numbers = ["10", "101", "2", "anna", "*9"].map(str::to_owned);
        let extensions: Extensions = numbers.into_iter().collect();
        assert!(extensions.contain("10") && extensions.contain("2") && !extensions.contain("anna"));
        for (typed, begins) in [
            ("", true),
            ("1", true),
            ("10", true),
            ("101", false),
            ("2", false),
            ("a", false),
            ("*", false),
        ] {
            assert_eq!(extensions.begin_with(typed), begins, "{typed:?}");
        }
    }
}
