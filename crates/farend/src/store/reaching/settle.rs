//! Settings that people change by codes at their phones.

use std::mem::discriminant;

use model::UserId;
use switchboard::core::Setting;
use switchboard::directory::{Callers, Forward, Reaching, When};
use time::OffsetDateTime;

use super::{FORWARDS_MAX, rows, told, write};
use crate::store::audit::{Author, Deed, Via};
use crate::store::{Store, StoreError};

/// Why a setting was not changed.
#[derive(Debug, thiserror::Error)]
pub enum Unsettled {
    /// The person has as many forwards as there may be.
    #[error("there are {FORWARDS_MAX} forwards already")]
    TooManyForwards,
    /// The database has refused, or does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Changes a setting as somebody wants who has dialled a code.
    ///
    /// # Errors
    /// [`Unsettled`].
    pub async fn settle(&self, user: UserId, setting: &Setting, now: OffsetDateTime) -> Result<(), Unsettled> {
        let mut tx = self.change().await?;
        let known = crate::store::user::load(&mut tx, user).await?;
        let before = rows::load(&mut tx, user).await?;
        let after = changed(before.clone(), setting)?;
        if before == after {
            return Ok(());
        }
        write(&mut tx, user, &after).await?;
        let author = Author {
            user: Some(user),
            name: known.name.clone(),
            via: Via::Phone,
            at: now,
        };
        let deed = Deed::changed("user.reaching_changed", known, &told(&before), &told(&after));
        Ok(tx.done_by(&author, deed).await?)
    }
}

/// What becomes of calls once a setting is changed.
fn changed(mut reaching: Reaching, setting: &Setting) -> Result<Reaching, Unsettled> {
    match setting {
        Setting::Forward { when, to } => forward(&mut reaching.forwards, *when, to.as_deref())?,
        Setting::DoNotDisturb(is_on) => reaching.do_not_disturb.is_on = *is_on,
        Setting::RejectAnonymous(rejects) => reaching.rejects_anonymous = *rejects,
    }
    Ok(reaching)
}

/// Finds the plain rule for the case, for anybody at any time, and turns it on or off. How long it waits is the app's business: a rule that is there
/// keeps that.
fn forward(forwards: &mut Vec<Forward>, when: When, to: Option<&str>) -> Result<(), Unsettled> {
    let is_plain =
        |rule: &Forward| discriminant(&rule.when) == discriminant(&when) && rule.from == Callers::Anybody && rule.during.is_none();
    match (forwards.iter().position(is_plain), to) {
        (Some(place), Some(to)) => {
            forwards[place].is_on = true;
            to.clone_into(&mut forwards[place].to);
        }
        // Where it led stays, to be turned on again.
        (Some(place), None) => forwards[place].is_on = false,
        (None, Some(_)) if forwards.len() >= FORWARDS_MAX => return Err(Unsettled::TooManyForwards),
        (None, Some(to)) => forwards.push(Forward {
            is_on: true,
            when,
            from: Callers::Anybody,
            during: None,
            to: to.to_owned(),
        }),
        (None, None) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(when: When, from: Callers, to: &str) -> Forward {
        Forward {
            is_on: true,
            when,
            from,
            during: None,
            to: to.to_owned(),
        }
    }

    fn dialled(reaching: Reaching, when: When, to: Option<&str>) -> Result<Reaching, Unsettled> {
        let to = to.map(str::to_owned);
        changed(reaching, &Setting::Forward { when, to })
    }

    #[test]
    fn a_code_changes_the_plain_rule_and_no_other() {
        let special = rule(When::NoAnswer { after_s: 10 }, Callers::Outside, "103");
        let before = Reaching {
            forwards: vec![special.clone(), rule(When::NoAnswer { after_s: 45 }, Callers::Anybody, "102")],
            ..Reaching::default()
        };
        let no_answer = When::NoAnswer { after_s: 20 };
        let on = dialled(before, no_answer, Some("104")).unwrap();
        let plain = rule(When::NoAnswer { after_s: 45 }, Callers::Anybody, "104");
        assert_eq!(on.forwards, [special.clone(), plain.clone()]);
        let off = dialled(on, no_answer, None).unwrap();
        assert_eq!(
            off.forwards,
            [
                special.clone(),
                Forward {
                    is_on: false,
                    ..plain.clone()
                }
            ]
        );
        let more = dialled(off, When::Always, Some("105")).unwrap();
        assert_eq!(more.forwards[2], rule(When::Always, Callers::Anybody, "105"));
    }

    #[test]
    fn what_is_not_there_is_turned_off_and_there_is_an_end_to_rules() {
        let nothing = dialled(Reaching::default(), When::Busy, None).unwrap();
        assert_eq!(nothing, Reaching::default());
        let full = Reaching {
            forwards: vec![rule(When::Always, Callers::Inside, "102"); FORWARDS_MAX],
            ..Reaching::default()
        };
        assert!(matches!(dialled(full, When::Always, Some("103")), Err(Unsettled::TooManyForwards)));
    }

    #[test]
    fn switches_are_switched() {
        let quiet = changed(Reaching::default(), &Setting::DoNotDisturb(true)).unwrap();
        assert!(quiet.do_not_disturb.is_on && !quiet.rejects_anonymous);
        let all = changed(quiet, &Setting::RejectAnonymous(true)).unwrap();
        assert!(all.do_not_disturb.is_on && all.rejects_anonymous);
    }
}
