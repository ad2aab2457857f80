//! What administrators decide about recordings: settings, rules, and who may record and hear.

use std::collections::BTreeMap;

use model::{TeamId, TrunkId, UserId};
use serde_json::{Value, json};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use switchboard::directory::{Announced, RecordedCalls, RecordingOf, RecordingRule, RecordingRuleId, Recordings};

use super::words::Word;
use crate::store::audit::{Deed, Facts, facts};
use crate::store::{Store, StoreError, id, key};

/// Rules at most.
pub const RECORDING_RULES_MAX: usize = 50;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Whose recordings somebody may hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hears {
    /// Nobody's.
    #[default]
    None,
    /// Those that were made for them.
    Own,
    /// Everybody's.
    All,
}

/// What somebody may do with recordings. Being an administrator permits nothing here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordingPermission {
    /// Whether they may record their calls.
    pub may_record: bool,
    /// What they may hear.
    pub hears: Hears,
}

/// How recording is done in this company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingSettings {
    /// How people are told when somebody has pressed the button.
    pub announced: Announced,
    /// How long recordings are kept, in days.
    pub keep_days: u16,
    /// How much space they may take, in MiB.
    pub quota_mib: u32,
    /// Calls that are recorded without a button; the first rule that fits counts.
    pub rules: Vec<RecordingRule>,
}

impl Store {
    /// How recording is done.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recording_settings(&self) -> Result<RecordingSettings, StoreError> {
        load(&mut *self.pool.acquire().await?).await
    }

    /// The same, as the switchboard needs it.
    pub(in crate::store) async fn recordings_of_directory(&self) -> Result<Recordings, StoreError> {
        let settings = self.recording_settings().await?;
        Ok(Recordings {
            announced: settings.announced,
            rules: settings.rules,
        })
    }

    /// Decides how recording is done. How long they are kept counts for all recordings, also for those that are there. Keys of rules are given
    /// anew; those in `wanted` are not looked at.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] names whose calls a rule is about, where there is no such person, team or trunk; [`StoreError::TooMany`].
    pub async fn set_recording_settings(&self, wanted: &RecordingSettings) -> Result<(), StoreError> {
        if wanted.rules.len() > RECORDING_RULES_MAX {
            return Err(StoreError::TooMany {
                what: "recording rules",
                max: RECORDING_RULES_MAX,
            });
        }
        let mut tx = self.change().await?;
        let before = load(&mut tx).await?;
        let update = sqlx::query("UPDATE recording_settings SET announced = $1, keep_days = $2, quota_mib = $3 WHERE id = 1")
            .bind(wanted.announced.word())
            .bind(i64::from(wanted.keep_days))
            .bind(i64::from(wanted.quota_mib));
        update.execute(&mut *tx).await?;
        sqlx::query("DELETE FROM recording_rules").execute(&mut *tx).await?;
        for (position, rule) in (0_i64..).zip(&wanted.rules) {
            add_rule(&mut tx, position, rule).await?;
        }
        if before.keep_days != wanted.keep_days {
            let update = sqlx::query("UPDATE recordings SET delete_after = started_at + $1").bind(i64::from(wanted.keep_days) * DAY_MS);
            update.execute(&mut *tx).await?;
        }
        let (before, after) = (told(&before), told(wanted));
        if before == after {
            return Ok(());
        }
        tx.done(Deed::changed("recording_settings.changed", "recording", &before, &after))
            .await
    }

    /// What a person may do with recordings.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn recording_permission(&self, user: UserId) -> Result<RecordingPermission, StoreError> {
        self.user(user).await?;
        load_permission(&mut *self.pool.acquire().await?, user).await
    }

    /// The same of everybody for whom somebody has decided.
    pub(in crate::store) async fn recording_permissions(&self) -> Result<BTreeMap<UserId, RecordingPermission>, StoreError> {
        let rows = sqlx::query("SELECT user_id, may_record, hears FROM recording_permissions");
        let rows = rows.fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| Ok((UserId(id(row.try_get("user_id")?)), permission(row)?)))
            .collect()
    }

    /// Decides what a person may do with recordings.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_recording_permission(&self, user: UserId, wanted: RecordingPermission) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let known = crate::store::user::load(&mut tx, user).await?;
        let before = load_permission(&mut tx, user).await?;
        if before == wanted {
            return Ok(());
        }
        let upsert = sqlx::query(
            "INSERT INTO recording_permissions (user_id, may_record, hears) VALUES ($1, $2, $3) \
             ON CONFLICT (user_id) DO UPDATE SET may_record = excluded.may_record, hears = excluded.hears",
        )
        .bind(key(user.0))
        .bind(i64::from(wanted.may_record))
        .bind(wanted.hears.word());
        upsert.execute(&mut *tx).await?;
        let told =
            |permission: RecordingPermission| facts(json!({ "may_record": permission.may_record, "hears": permission.hears.word() }));
        tx.done(Deed::changed("user.recording_changed", known, &told(before), &told(wanted)))
            .await
    }

    /// Who may hear a recording that was made for `own`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hearers(&self, own: Option<UserId>) -> Result<Vec<UserId>, StoreError> {
        let query = sqlx::query("SELECT user_id FROM recording_permissions WHERE hears = 'all' OR (hears = 'own' AND user_id = $1)");
        let rows = query.bind(own.map(|user| key(user.0))).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(UserId(id(row.try_get("user_id")?)))).collect()
    }
}

async fn load(connection: &mut AnyConnection) -> Result<RecordingSettings, StoreError> {
    let row = sqlx::query("SELECT announced, keep_days, quota_mib FROM recording_settings WHERE id = 1");
    let row = row.fetch_one(&mut *connection).await?;
    let rules = sqlx::query("SELECT * FROM recording_rules ORDER BY position")
        .fetch_all(connection)
        .await?;
    Ok(RecordingSettings {
        announced: Announced::parse(row.try_get("announced")?)?,
        keep_days: u16::try_from(row.try_get::<i64, _>("keep_days")?).map_err(|_| StoreError::Strange("number of days"))?,
        quota_mib: u32::try_from(row.try_get::<i64, _>("quota_mib")?).map_err(|_| StoreError::Strange("quota"))?,
        rules: rules.iter().map(rule).collect::<Result<_, _>>()?,
    })
}

async fn load_permission(connection: &mut AnyConnection, user: UserId) -> Result<RecordingPermission, StoreError> {
    let query = sqlx::query("SELECT may_record, hears FROM recording_permissions WHERE user_id = $1").bind(key(user.0));
    query
        .fetch_optional(connection)
        .await?
        .as_ref()
        .map_or_else(|| Ok(RecordingPermission::default()), permission)
}

fn permission(row: &AnyRow) -> Result<RecordingPermission, StoreError> {
    Ok(RecordingPermission {
        may_record: row.try_get::<i64, _>("may_record")? != 0,
        hears: Hears::parse(row.try_get("hears")?)?,
    })
}

fn rule(row: &AnyRow) -> Result<RecordingRule, StoreError> {
    let of = |column| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.map(id));
    let whose = match (of("user_id")?, of("team_id")?, of("trunk_id")?) {
        (None, None, None) => RecordingOf::Everybody,
        (Some(user), None, None) => RecordingOf::Person(UserId(user)),
        (None, Some(team), None) => RecordingOf::Team(TeamId(team)),
        (None, None, Some(trunk)) => RecordingOf::Trunk(TrunkId(trunk)),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => return Err(StoreError::Strange("recording rule")),
    };
    Ok(RecordingRule {
        id: RecordingRuleId(id(row.try_get("id")?)),
        whose,
        calls: RecordedCalls::parse(row.try_get("calls")?)?,
        announced: Announced::parse(row.try_get("announced")?)?,
    })
}

async fn add_rule(tx: &mut AnyConnection, position: i64, rule: &RecordingRule) -> Result<(), StoreError> {
    let (user, team, trunk) = match rule.whose {
        RecordingOf::Everybody => (None, None, None),
        RecordingOf::Person(user) => {
            crate::store::user::load(tx, user).await?;
            (Some(user.0), None, None)
        }
        RecordingOf::Team(team) => {
            let query = sqlx::query("SELECT id FROM teams WHERE id = $1").bind(key(team.0));
            query.fetch_optional(&mut *tx).await?.ok_or(StoreError::NotFound("team"))?;
            (None, Some(team.0), None)
        }
        RecordingOf::Trunk(trunk) => {
            crate::store::trunk_exists(tx, trunk).await?;
            (None, None, Some(trunk.0))
        }
    };
    let insert =
        sqlx::query("INSERT INTO recording_rules (position, user_id, team_id, trunk_id, calls, announced) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(position)
            .bind(user.map(key))
            .bind(team.map(key))
            .bind(trunk.map(key))
            .bind(rule.calls.word())
            .bind(rule.announced.word());
    insert.execute(tx).await?;
    Ok(())
}

fn told(settings: &RecordingSettings) -> Facts {
    let rule = |rule: &RecordingRule| -> Value {
        let (whose, whose_id) = match rule.whose {
            RecordingOf::Everybody => ("everybody", None),
            RecordingOf::Person(user) => ("person", Some(user.0)),
            RecordingOf::Team(team) => ("team", Some(team.0)),
            RecordingOf::Trunk(trunk) => ("trunk", Some(trunk.0)),
        };
        json!({ "whose": whose, "id": whose_id, "calls": rule.calls.word(), "announced": rule.announced.word() })
    };
    facts(json!({
        "announced": settings.announced.word(), "keep_days": settings.keep_days, "quota_mib": settings.quota_mib,
        "rules": settings.rules.iter().map(rule).collect::<Vec<_>>(),
    }))
}
