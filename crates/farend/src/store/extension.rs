//! Internal numbers are one space: a person's, a team's and a feature's number are never the same, and none of them hides an emergency number.

use model::{TeamId, UserId};
use sqlx::{AnyConnection, Row as _};

use super::{StoreError, directory, id, plan};

/// Whose number it may be already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Of somebody new, or of something else.
    Nobody,
    /// A person's.
    Person(UserId),
    /// A team's.
    Team(TeamId),
}

/// Whether somebody may have this number.
///
/// # Errors
/// [`StoreError::Taken`], [`StoreError::FeatureCode`], [`StoreError::EmergencyNumber`].
pub(super) async fn check(tx: &mut AnyConnection, extension: &str, owner: Owner) -> Result<(), StoreError> {
    plan::no_emergency_extension(tx, extension).await?;
    if directory::feature_codes(tx).await?.iter().any(|(code, _)| code == extension) {
        return Err(StoreError::FeatureCode(extension.to_owned()));
    }
    is_free(tx, extension, owner).await
}

/// Whether nobody else has this number.
///
/// # Errors
/// [`StoreError::Taken`].
pub(super) async fn is_free(tx: &mut AnyConnection, extension: &str, owner: Owner) -> Result<(), StoreError> {
    let people = sqlx::query("SELECT id FROM users WHERE extension = $1").bind(extension.to_owned());
    let person = people.fetch_optional(&mut *tx).await?.map(|row| row.try_get("id")).transpose()?;
    let teams = sqlx::query("SELECT id FROM teams WHERE extension = $1").bind(extension.to_owned());
    let team = teams.fetch_optional(&mut *tx).await?.map(|row| row.try_get("id")).transpose()?;
    let owners = [
        person.map(|row| Owner::Person(UserId(id(row)))),
        team.map(|row| Owner::Team(TeamId(id(row)))),
    ];
    if owners.into_iter().flatten().all(|found| found == owner) {
        Ok(())
    } else {
        Err(StoreError::Taken { field: "extension" })
    }
}
