//! Forwards as the database keeps them.

use std::collections::BTreeMap;

use model::UserId;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use switchboard::directory::{Callers, DoNotDisturb, During, Forward, Reaching, TimeProfileId, When};

use super::{FORWARDS_MAX, after_s};
use crate::store::{StoreError, id, key};

/// What becomes of calls to a person.
pub(super) async fn load(connection: &mut AnyConnection, user: UserId) -> Result<Reaching, StoreError> {
    let query = sqlx::query("SELECT do_not_disturb, disturbed_by, rejects_anonymous FROM users WHERE id = $1").bind(key(user.0));
    let person = query.fetch_optional(&mut *connection).await?.ok_or(StoreError::NotFound("user"))?;
    let query = sqlx::query("SELECT * FROM forwards WHERE user_id = $1 ORDER BY position").bind(key(user.0));
    let forwards = query.fetch_all(connection).await?.iter().map(forward).collect::<Result<_, _>>()?;
    reaching(&person, forwards)
}

/// The same of everybody.
pub(super) async fn load_all(connection: &mut AnyConnection) -> Result<BTreeMap<UserId, Reaching>, StoreError> {
    let rows = sqlx::query("SELECT * FROM forwards ORDER BY user_id, position")
        .fetch_all(&mut *connection)
        .await?;
    let mut forwards: BTreeMap<i64, Vec<Forward>> = BTreeMap::new();
    for row in &rows {
        forwards.entry(row.try_get("user_id")?).or_default().push(forward(row)?);
    }
    let query = sqlx::query("SELECT id, do_not_disturb, disturbed_by, rejects_anonymous FROM users");
    let people = query.fetch_all(connection).await?;
    let person = |row: &AnyRow| {
        let user: i64 = row.try_get("id")?;
        Ok((UserId(id(user)), reaching(row, forwards.remove(&user).unwrap_or_default())?))
    };
    people.iter().map(person).collect()
}

/// Writes all forwards of a person anew.
pub(super) async fn write_forwards(tx: &mut AnyConnection, user: UserId, forwards: &[Forward]) -> Result<(), StoreError> {
    if forwards.len() > FORWARDS_MAX {
        return Err(StoreError::TooMany {
            what: "forwards",
            max: FORWARDS_MAX,
        });
    }
    let delete = sqlx::query("DELETE FROM forwards WHERE user_id = $1").bind(key(user.0));
    delete.execute(&mut *tx).await?;
    for (position, forward) in (0_i64..).zip(forwards) {
        if let Some(during) = forward.during {
            let query = sqlx::query("SELECT id FROM time_profiles WHERE id = $1").bind(key(during.profile.0));
            let found = query.fetch_optional(&mut *tx).await?;
            found.map(drop).ok_or(StoreError::NotFound("time profile"))?;
        }
        let insert = sqlx::query(
            "INSERT INTO forwards (user_id, position, is_on, in_case, after_s, callers, numbers, profile_id, profile_open, target) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(key(user.0))
        .bind(position)
        .bind(i64::from(forward.is_on))
        .bind(case_word(forward.when))
        .bind(after_s(forward.when).map(i64::from))
        .bind(callers_word(&forward.from))
        .bind(numbers(&forward.from))
        .bind(forward.during.map(|during| key(during.profile.0)))
        .bind(forward.during.map(|during| i64::from(during.is_open)))
        .bind(&forward.to);
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

pub(super) fn case_word(when: When) -> &'static str {
    match when {
        When::Always => "always",
        When::Busy => "busy",
        When::NoAnswer { .. } => "no_answer",
        When::Unreachable => "unreachable",
    }
}

pub(super) fn callers_word(from: &Callers) -> &'static str {
    match from {
        Callers::Anybody => "anybody",
        Callers::Inside => "inside",
        Callers::Outside => "outside",
        Callers::Anonymous => "anonymous",
        Callers::These(_) => "these",
    }
}

fn numbers(from: &Callers) -> String {
    match from {
        Callers::These(numbers) => numbers.join(" "),
        Callers::Anybody | Callers::Inside | Callers::Outside | Callers::Anonymous => String::new(),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn reaching(person: &AnyRow, forwards: Vec<Forward>) -> Result<Reaching, StoreError> {
    Ok(Reaching {
        forwards,
        do_not_disturb: DoNotDisturb {
            is_on: person.try_get::<i64, _>("do_not_disturb")? != 0,
            except: words(person.try_get("disturbed_by")?),
        },
        rejects_anonymous: person.try_get::<i64, _>("rejects_anonymous")? != 0,
    })
}

fn forward(row: &AnyRow) -> Result<Forward, StoreError> {
    let after: Option<i64> = row.try_get("after_s")?;
    let when = match (row.try_get("in_case")?, after) {
        ("always", None) => When::Always,
        ("busy", None) => When::Busy,
        ("no_answer", Some(after)) => When::NoAnswer {
            after_s: u16::try_from(after).map_err(|_| StoreError::Strange("time of a forward"))?,
        },
        ("unreachable", None) => When::Unreachable,
        _ => return Err(StoreError::Strange("case of a forward")),
    };
    let from = match row.try_get("callers")? {
        "anybody" => Callers::Anybody,
        "inside" => Callers::Inside,
        "outside" => Callers::Outside,
        "anonymous" => Callers::Anonymous,
        "these" => Callers::These(words(row.try_get("numbers")?)),
        _ => return Err(StoreError::Strange("caller of a forward")),
    };
    let (profile, is_open): (Option<i64>, Option<i64>) = (row.try_get("profile_id")?, row.try_get("profile_open")?);
    Ok(Forward {
        is_on: row.try_get::<i64, _>("is_on")? != 0,
        when,
        from,
        during: profile.zip(is_open).map(|(profile, is_open)| During {
            profile: TimeProfileId(id(profile)),
            is_open: is_open != 0,
        }),
        to: row.try_get("target")?,
    })
}
