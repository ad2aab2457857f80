//! Teams and their members.

use std::collections::BTreeMap;

use model::{DeviceId, TeamId, UserId};
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Row as _};
use switchboard::directory::{BusyWhen, Member, MemberKind, Night, Order, Overflow, Team, TimeProfileId};

use super::audit::{Deed, Facts, facts};
use super::calling::{parse_windows, window_words};
use super::extension::{self, Owner};
use super::{Store, StoreError, id, key};

/// Teams at most.
pub const TEAMS_MAX: usize = 500;
/// Members of a team at most.
pub const MEMBERS_MAX: usize = 100;

impl Store {
    /// All teams, by extension.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn teams(&self) -> Result<Vec<Team>, StoreError> {
        load_all(&mut *self.pool.acquire().await?).await
    }

    /// One team.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn team(&self, team: TeamId) -> Result<Team, StoreError> {
        load(&mut *self.pool.acquire().await?, team).await
    }

    /// Adds a team and gives back its key; the one in `new` is not looked at.
    ///
    /// # Errors
    /// [`StoreError::Taken`], [`StoreError::EmergencyNumber`] or [`StoreError::FeatureCode`] for its extension, [`StoreError::TooMany`],
    /// [`StoreError::NotFound`] for an unknown member or time profile.
    pub async fn add_team(&self, new: &Team) -> Result<TeamId, StoreError> {
        let mut tx = self.change().await?;
        super::room(&mut tx, "SELECT COUNT(*) AS n FROM teams", "teams", TEAMS_MAX).await?;
        extension::check(&mut tx, &new.extension, Owner::Nobody).await?;
        check_night(&mut tx, new).await?;
        let insert = sqlx::query(
            "INSERT INTO teams (name, extension, has_line, ring_order, turn_s, busy_when, overflow_after_s, overflow_number, night_day, \
             night_number, night_profile_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        );
        let added = TeamId(id(bind(insert, new).fetch_one(&mut *tx).await?.try_get("id")?));
        write_members(&mut tx, added, &new.members).await?;
        tx.done(Deed::of("team.added", &new.name, told(new))).await?;
        Ok(added)
    }

    /// Changes a team as it is now, so that two who change it at the same time do not undo each other's work; an error of `change` leaves it as
    /// it is.
    ///
    /// # Errors
    /// As [`Store::add_team`], and [`StoreError::NotFound`] for an unknown team.
    pub async fn change_team<E>(
        &self,
        id: TeamId,
        change: impl FnOnce(Team) -> Result<Team, E> + Send,
    ) -> Result<Result<Team, E>, StoreError> {
        let mut tx = self.change().await?;
        let before = load(&mut tx, id).await?;
        let changed = match change(before.clone()) {
            Ok(changed) => Team { id, ..changed },
            Err(why) => return Ok(Err(why)),
        };
        extension::check(&mut tx, &changed.extension, Owner::Team(id)).await?;
        check_night(&mut tx, &changed).await?;
        let update = sqlx::query(
            "UPDATE teams SET name = $1, extension = $2, has_line = $3, ring_order = $4, turn_s = $5, busy_when = $6, overflow_after_s = $7, \
             overflow_number = $8, night_day = $9, night_number = $10, night_profile_id = $11 WHERE id = $12",
        );
        bind(update, &changed).bind(key(id.0)).execute(&mut *tx).await?;
        let delete = sqlx::query("DELETE FROM team_members WHERE team_id = $1").bind(key(id.0));
        delete.execute(&mut *tx).await?;
        write_members(&mut tx, id, &changed.members).await?;
        let deed = Deed::changed("team.changed", &changed.name, &told(&before), &told(&changed));
        tx.done(deed).await?;
        Ok(Ok(changed))
    }

    /// Removes a team.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_team(&self, team: TeamId) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let gone = load(&mut tx, team).await?;
        super::remove(&mut tx, "DELETE FROM teams WHERE id = $1", "team", team.0).await?;
        tx.done(Deed::of("team.removed", &gone.name, told(&gone))).await
    }
}

async fn load_all(connection: &mut AnyConnection) -> Result<Vec<Team>, StoreError> {
    let rows = sqlx::query("SELECT * FROM team_members ORDER BY team_id, position")
        .fetch_all(&mut *connection)
        .await?;
    let mut members: BTreeMap<i64, Vec<Member>> = BTreeMap::new();
    for row in &rows {
        members.entry(row.try_get("team_id")?).or_default().push(member(row)?);
    }
    let rows = sqlx::query("SELECT * FROM teams ORDER BY LENGTH(extension), extension")
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| team(row, members.remove(&row.try_get("id")?).unwrap_or_default()))
        .collect()
}

async fn load(connection: &mut AnyConnection, wanted: TeamId) -> Result<Team, StoreError> {
    let teams = load_all(connection).await?;
    teams.into_iter().find(|team| team.id == wanted).ok_or(StoreError::NotFound("team"))
}

/// Whether there is the time profile by which its night service goes.
async fn check_night(tx: &mut AnyConnection, team: &Team) -> Result<(), StoreError> {
    match team.night.as_ref().and_then(|night| night.hours) {
        Some(profile) => super::time_profile::exists(tx, profile).await,
        None => Ok(()),
    }
}

type Query<'q> = sqlx::query::Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// All columns but the key, in the order of the statements.
fn bind<'q>(query: Query<'q>, team: &'q Team) -> Query<'q> {
    let (order, turn_s) = order_word(team.order);
    let (overflow, night) = (team.overflow.as_ref(), team.night.as_ref());
    query
        .bind(&team.name)
        .bind(&team.extension)
        .bind(i64::from(team.has_line))
        .bind(order)
        .bind(i64::from(turn_s))
        .bind(busy_word(team.busy_when))
        .bind(overflow.map(|overflow| i64::from(overflow.after_s)))
        .bind(overflow.map(|overflow| overflow.number.as_str()))
        .bind(night.map(|night| window_words(&night.day)))
        .bind(night.map(|night| night.number.as_str()))
        .bind(night.and_then(|night| night.hours).map(|profile| key(profile.0)))
}

async fn write_members(tx: &mut AnyConnection, team: TeamId, members: &[Member]) -> Result<(), StoreError> {
    if members.len() > MEMBERS_MAX {
        return Err(StoreError::TooMany {
            what: "members",
            max: MEMBERS_MAX,
        });
    }
    for (position, member) in (0_i64..).zip(members) {
        let (exists, member_id, what) = match member.kind {
            MemberKind::Person(user) => ("SELECT id FROM users WHERE id = $1", user.0, "user"),
            // Somebody's own phone is in the team with its person.
            MemberKind::Device(device) => ("SELECT id FROM devices WHERE id = $1 AND user_id IS NULL", device.0, "device"),
        };
        let found = sqlx::query(exists).bind(key(member_id)).fetch_optional(&mut *tx).await?;
        found.map(drop).ok_or(StoreError::NotFound(what))?;
        let (user, device) = match member.kind {
            MemberKind::Person(user) => (Some(key(user.0)), None),
            MemberKind::Device(device) => (None, Some(key(device.0))),
        };
        let insert = sqlx::query("INSERT INTO team_members (team_id, position, user_id, device_id, rings) VALUES ($1, $2, $3, $4, $5)")
            .bind(key(team.0))
            .bind(position)
            .bind(user)
            .bind(device)
            .bind(i64::from(member.rings));
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

/// Whether a phone of nobody is a member of a team.
pub(super) async fn has_device(tx: &mut AnyConnection, device: DeviceId) -> Result<bool, StoreError> {
    let query = sqlx::query("SELECT team_id FROM team_members WHERE device_id = $1 LIMIT 1").bind(key(device.0));
    Ok(query.fetch_optional(tx).await?.is_some())
}

fn order_word(order: Order) -> (&'static str, u16) {
    match order {
        Order::All => ("all", 0),
        Order::InTurn { turn_s } => ("in_turn", turn_s),
        Order::LongestIdle { turn_s } => ("longest_idle", turn_s),
    }
}

fn busy_word(busy_when: BusyWhen) -> &'static str {
    match busy_when {
        BusyWhen::All => "all",
        BusyWhen::First => "first",
    }
}

fn told(team: &Team) -> Facts {
    let (order, turn_s) = order_word(team.order);
    let member = |member: &Member| match member.kind {
        MemberKind::Person(user) => json!({ "user_id": user.0, "rings": member.rings }),
        MemberKind::Device(device) => json!({ "device_id": device.0, "rings": member.rings }),
    };
    facts(json!({
        "name": team.name, "extension": team.extension, "has_line": team.has_line, "order": order, "turn_s": turn_s,
        "members": team.members.iter().map(member).collect::<Vec<_>>(), "busy_when": busy_word(team.busy_when),
        "overflow": team.overflow.as_ref().map(|overflow| json!({ "after_s": overflow.after_s, "number": overflow.number })),
        "night": team.night.as_ref().map(|night| json!({
            "day": window_words(&night.day), "profile_id": night.hours.map(|profile| profile.0), "number": night.number,
        })),
    }))
}

fn seconds(seconds: i64) -> Result<u16, StoreError> {
    u16::try_from(seconds).map_err(|_| StoreError::Strange("time of a team"))
}

fn member(row: &AnyRow) -> Result<Member, StoreError> {
    let (user, device): (Option<i64>, Option<i64>) = (row.try_get("user_id")?, row.try_get("device_id")?);
    let kind = match (user, device) {
        (Some(user), None) => MemberKind::Person(UserId(id(user))),
        (None, Some(device)) => MemberKind::Device(DeviceId(id(device))),
        (Some(_), Some(_)) | (None, None) => return Err(StoreError::Strange("member of a team")),
    };
    Ok(Member {
        kind,
        rings: row.try_get::<i64, _>("rings")? != 0,
    })
}

fn team(row: &AnyRow, members: Vec<Member>) -> Result<Team, StoreError> {
    let turn_s = seconds(row.try_get("turn_s")?)?;
    let order = match row.try_get("ring_order")? {
        "all" => Order::All,
        "in_turn" => Order::InTurn { turn_s },
        "longest_idle" => Order::LongestIdle { turn_s },
        _ => return Err(StoreError::Strange("order of a team")),
    };
    let busy_when = match row.try_get("busy_when")? {
        "all" => BusyWhen::All,
        "first" => BusyWhen::First,
        _ => return Err(StoreError::Strange("way of a team to be busy")),
    };
    let (after, number): (Option<i64>, Option<String>) = (row.try_get("overflow_after_s")?, row.try_get("overflow_number")?);
    let overflow = after.zip(number).map(|(after, number)| {
        let after_s = seconds(after)?;
        Ok::<_, StoreError>(Overflow { after_s, number })
    });
    let (day, number): (Option<&str>, Option<String>) = (row.try_get("night_day")?, row.try_get("night_number")?);
    let profile: Option<i64> = row.try_get("night_profile_id")?;
    let night = day.zip(number).map(|(day, number)| {
        Ok::<_, StoreError>(Night {
            day: parse_windows(day)?,
            hours: profile.map(|profile| TimeProfileId(id(profile))),
            number,
        })
    });
    Ok(Team {
        id: TeamId(id(row.try_get("id")?)),
        name: row.try_get("name")?,
        extension: row.try_get("extension")?,
        has_line: row.try_get::<i64, _>("has_line")? != 0,
        order,
        members,
        busy_when,
        overflow: overflow.transpose()?,
        night: night.transpose()?,
    })
}
