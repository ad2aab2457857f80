//! Star codes: what is dialled for which feature.

mod clash;

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::{AnyConnection, Row as _};
use switchboard::directory::Feature;

use super::audit::{Deed, facts};
use super::name::FeatureCode;
use super::{Store, StoreError, extension, plan, setting};

pub use self::clash::{Clash, Dialable, clash};

impl Store {
    /// Star codes and what they do, in the order of [`Feature::ALL`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn features(&self) -> Result<Vec<(String, Feature)>, StoreError> {
        feature_codes(&mut *self.pool.acquire().await?).await
    }

    /// Gives a feature another code; `None`: its usual one. What the usual ones were is not dialled any more.
    ///
    /// # Errors
    /// [`StoreError::Code`] when something else is dialled so.
    pub async fn set_feature_code(&self, feature: Feature, code: Option<&FeatureCode>) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let codes = feature_codes(&mut tx).await?;
        let before = codes.iter().find(|(_, known)| *known == feature).map(|(code, _)| code.clone());
        let wanted = code.map_or(feature.usual_code(), FeatureCode::as_str);
        let (extensions, site) = (extension::all(&mut tx).await?, plan::load_site(&mut tx).await?);
        let here = site.stored_locality()?;
        let known = Dialable {
            codes: &codes,
            extensions: &extensions,
            here: here.as_ref(),
        };
        if let Some(clash) = clash(feature, wanted, known) {
            return Err(StoreError::Code(clash));
        }
        if before.as_deref() == Some(wanted) {
            return Ok(());
        }
        let name = setting_of(feature);
        match code {
            Some(_) => setting::upsert(&mut tx, &name, wanted).await?,
            None => setting::forget(&mut tx, &name).await?,
        }
        let deed = Deed::changed(
            "feature.changed",
            feature.title(),
            &facts(json!({ "code": before })),
            &facts(json!({ "code": wanted })),
        );
        tx.done(deed).await
    }
}

/// The setting that holds a feature's code.
fn setting_of(feature: Feature) -> String {
    format!("feature.{}", feature.name())
}

/// Star codes and what they do, within a transaction.
pub(super) async fn feature_codes(tx: &mut AnyConnection) -> Result<Vec<(String, Feature)>, StoreError> {
    let rows = sqlx::query("SELECT name, value FROM settings WHERE name LIKE 'feature.%'");
    let mut changed = BTreeMap::new();
    for row in &rows.fetch_all(tx).await? {
        changed.insert(row.try_get::<String, _>("name")?, row.try_get::<String, _>("value")?);
    }
    let code = |feature: Feature| {
        let changed = changed.remove(&setting_of(feature));
        (changed.unwrap_or_else(|| feature.usual_code().to_owned()), feature)
    };
    Ok(Feature::ALL.into_iter().map(code).collect())
}
