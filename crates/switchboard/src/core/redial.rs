//! Whom people have called last, and who has called them last: for redial and return call. Kept in memory, one of each for a person.

use std::collections::BTreeMap;

use model::UserId;

use super::Core;
use crate::call::Cause;
use crate::dialplan;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Recents(BTreeMap<UserId, Recent>);

#[derive(Debug, Default)]
struct Recent {
    dialled: Option<String>,
    caller: Option<LastCaller>,
}

/// Who has called last.
#[derive(Clone, Debug, PartialEq, Eq)]
enum LastCaller {
    Number(String),
    /// They do not show their number.
    Hidden,
}

impl LastCaller {
    /// A caller of the world who shows nothing is a word such as `anonymous`.
    fn of(number: &str) -> Self {
        if number.contains(|c: char| c.is_ascii_digit()) {
            Self::Number(number.to_owned())
        } else {
            Self::Hidden
        }
    }
}

impl Recents {
    /// Somebody has called them.
    pub(super) fn called(&mut self, user: UserId, number: &str) {
        self.0.entry(user).or_default().caller = Some(LastCaller::of(number));
    }

    /// Of people who are gone, nothing is remembered.
    pub(super) fn retain(&mut self, is_here: impl Fn(UserId) -> bool) {
        self.0.retain(|user, _| is_here(*user));
    }
}

impl Core {
    /// Somebody has called this number. Codes are no numbers.
    pub(super) fn remember_dialled(&mut self, user: Option<UserId>, dialled: &str) {
        let number = numbers::normalise(dialled).filter(|number| self.directory.feature(number).is_none());
        if let (Some(user), Some(number)) = (user, number) {
            self.recents.0.entry(user).or_default().dialled = Some(number);
        }
    }

    /// The number that somebody has called last.
    pub(super) fn dialled_last(&self, user: UserId) -> Result<String, Cause> {
        let recent = self.recents.0.get(&user).and_then(|recent| recent.dialled.clone());
        recent.ok_or(Cause {
            status: 404,
            text: "you have not called any number yet",
        })
    }

    /// The number of whoever has called somebody last.
    pub(super) fn called_last_by(&self, user: UserId) -> Result<String, Cause> {
        match self.recents.0.get(&user).and_then(|recent| recent.caller.clone()) {
            Some(LastCaller::Number(number)) if self.calls_a_person(&number) => Ok(number),
            Some(LastCaller::Number(_)) => Err(Cause {
                status: 403,
                text: "whoever has called last shows no number that can be called",
            }),
            Some(LastCaller::Hidden) => Err(Cause {
                status: 403,
                text: "whoever has called last does not show their number",
            }),
            None => Err(Cause {
                status: 404,
                text: "nobody has called you yet",
            }),
        }
    }

    /// Whether dialling what a caller shows does no more than call somebody: callers of the world show whatever they like.
    fn calls_a_person(&self, shown: &str) -> bool {
        let is_code = |number: &str| number.contains(['*', '#']) || self.directory.feature(number).is_some();
        numbers::normalise(shown).is_some_and(|number| !is_code(&number)) && dialplan::emergency_number(&self.directory, shown).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_who_shows_no_digit_shows_nothing() {
        for (number, shown) in [
            ("+4930556677", true),
            ("102", true),
            ("anonymous", false),
            ("", false),
            ("Restricted", false),
        ] {
            assert_eq!(LastCaller::of(number) != LastCaller::Hidden, shown, "{number}");
        }
    }

    #[test]
    fn of_people_who_are_gone_nothing_is_kept() {
        let mut recents = Recents::default();
        for user in 1..=3 {
            recents.called(UserId(user), "102");
            recents.called(UserId(user), "103");
        }
        assert_eq!(recents.0.len(), 3);
        recents.retain(|user| user == UserId(2));
        assert_eq!(recents.0.keys().copied().collect::<Vec<_>>(), [UserId(2)]);
    }
}
