//! What becomes of calls to people: forwards, do not disturb, calls without a number.

mod rows;
mod settle;

use std::collections::BTreeMap;

use model::UserId;
use serde_json::json;
use sqlx::AnyConnection;
use switchboard::directory::{Callers, Forward, Reaching, When};

use self::rows::{callers_word, case_word, write_forwards};
use super::audit::{Deed, Facts, facts};
use super::{Store, StoreError, key};

pub use self::settle::Unsettled;

/// Forwards of a person at most.
pub const FORWARDS_MAX: usize = 20;
/// Callers that a forward, or do not disturb, names at most.
pub const CALLERS_MAX: usize = 50;

impl Store {
    /// What becomes of calls to a person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn reaching(&self, user: UserId) -> Result<Reaching, StoreError> {
        rows::load(&mut *self.pool.acquire().await?, user).await
    }

    /// The same of everybody.
    pub(super) async fn reachings(&self) -> Result<BTreeMap<UserId, Reaching>, StoreError> {
        rows::load_all(&mut *self.pool.acquire().await?).await
    }

    /// Decides it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown person or time profile, [`StoreError::TooMany`].
    pub async fn set_reaching(&self, user: UserId, wanted: &Reaching) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let known = super::user::load(&mut tx, user).await?;
        let before = rows::load(&mut tx, user).await?;
        if before == *wanted {
            return Ok(());
        }
        write(&mut tx, user, wanted).await?;
        tx.done(Deed::changed("user.reaching_changed", known, &told(&before), &told(wanted)))
            .await
    }
}

async fn write(tx: &mut AnyConnection, user: UserId, wanted: &Reaching) -> Result<(), StoreError> {
    let update = sqlx::query("UPDATE users SET do_not_disturb = $1, disturbed_by = $2, rejects_anonymous = $3 WHERE id = $4")
        .bind(i64::from(wanted.do_not_disturb.is_on))
        .bind(wanted.do_not_disturb.except.join(" "))
        .bind(i64::from(wanted.rejects_anonymous))
        .bind(key(user.0));
    update.execute(&mut *tx).await?;
    write_forwards(tx, user, &wanted.forwards).await
}

/// For the log: a rule in a line each, as people would say it.
fn told(reaching: &Reaching) -> Facts {
    facts(json!({
        "forwards": reaching.forwards.iter().map(rule).collect::<Vec<_>>(), "do_not_disturb": reaching.do_not_disturb.is_on,
        "disturbed_by": reaching.do_not_disturb.except, "rejects_anonymous": reaching.rejects_anonymous,
    }))
}

fn rule(forward: &Forward) -> serde_json::Value {
    let numbers: &[String] = match &forward.from {
        Callers::These(numbers) => numbers,
        Callers::Anybody | Callers::Inside | Callers::Outside | Callers::Anonymous => &[],
    };
    json!({
        "is_on": forward.is_on, "when": case_word(forward.when), "after_s": after_s(forward.when), "from": callers_word(&forward.from),
        "numbers": numbers, "to": forward.to,
        "during": forward.during.map(|during| json!({ "profile_id": during.profile.0, "is_open": during.is_open })),
    })
}

fn after_s(when: When) -> Option<u16> {
    match when {
        When::NoAnswer { after_s } => Some(after_s),
        When::Always | When::Busy | When::Unreachable => None,
    }
}
