//! Internal numbers are one space: a person's, a team's, a room's, a menu's and a feature's number are never the same,
//! and none of them hides an emergency number.

use model::{TeamId, UserId};
use sqlx::{AnyConnection, Row as _};
use switchboard::directory::{MenuId, RoomId};

use super::{StoreError, feature, id, plan};

/// Whose number it may be already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Of somebody new, or of something else.
    Nobody,
    /// A person's.
    Person(UserId),
    /// A team's.
    Team(TeamId),
    /// A room's.
    Room(RoomId),
    /// A menu's.
    Menu(MenuId),
}

/// Whether somebody may have this number.
///
/// # Errors
/// [`StoreError::Taken`], [`StoreError::FeatureCode`], [`StoreError::EmergencyNumber`].
pub(super) async fn check(tx: &mut AnyConnection, extension: &str, owner: Owner) -> Result<(), StoreError> {
    plan::no_emergency_extension(tx, extension).await?;
    if feature::feature_codes(tx).await?.iter().any(|(code, _)| code == extension) {
        return Err(StoreError::FeatureCode(extension.to_owned()));
    }
    is_free(tx, extension, owner).await
}

/// Whether nobody else has this number.
///
/// # Errors
/// [`StoreError::Taken`].
pub(super) async fn is_free(tx: &mut AnyConnection, extension: &str, owner: Owner) -> Result<(), StoreError> {
    let of = async |tx: &mut AnyConnection, statement: &'static str| {
        let row = sqlx::query(statement).bind(extension.to_owned()).fetch_optional(tx).await?;
        row.map(|row| Ok(id(row.try_get("id")?))).transpose()
    };
    let person: Result<Option<u64>, StoreError> = of(tx, "SELECT id FROM users WHERE extension = $1").await;
    let team: Result<Option<u64>, StoreError> = of(tx, "SELECT id FROM teams WHERE extension = $1").await;
    let room: Result<Option<u64>, StoreError> = of(tx, "SELECT id FROM rooms WHERE extension = $1").await;
    let menu: Result<Option<u64>, StoreError> = of(tx, "SELECT id FROM menus WHERE extension = $1").await;
    let owners = [
        person?.map(|person| Owner::Person(UserId(person))),
        team?.map(|team| Owner::Team(TeamId(team))),
        room?.map(|room| Owner::Room(RoomId(room))),
        menu?.map(|menu| Owner::Menu(MenuId(menu))),
    ];
    if owners.into_iter().flatten().all(|found| found == owner) {
        Ok(())
    } else {
        Err(StoreError::Taken { field: "extension" })
    }
}

/// Numbers of people, teams, rooms and menus, and the names of those.
pub(super) async fn all(tx: &mut AnyConnection) -> Result<Vec<(String, String)>, StoreError> {
    let query = sqlx::query(
        "SELECT extension, name FROM users WHERE extension IS NOT NULL UNION SELECT extension, name FROM teams \
         UNION SELECT extension, name FROM rooms UNION SELECT extension, name FROM menus ORDER BY extension",
    );
    let rows = query.fetch_all(tx).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("extension")?, row.try_get("name")?)))
        .collect()
}
