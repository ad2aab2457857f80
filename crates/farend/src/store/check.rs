//! What browsers' checks have found, kept for the help desk.

use doctor::evidence::UserNetwork;
use doctor::finding::Finding;
use doctor::verdict::Verdict;
use model::UserId;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use time::{Duration, OffsetDateTime};

use super::audit::Deed;
use super::{Store, StoreError, id, key, millis, moment};

/// Checks kept at most; the oldest give way.
pub const CHECKS_MAX: usize = 2_000;
/// Of these, by one link: whoever runs it all day pushes out their own.
const OF_ONE_LINK_MAX: i64 = 50;
/// Likewise for one person.
const OF_ONE_USER_MAX: i64 = 100;
/// How long they are kept.
const KEPT: Duration = Duration::days(90);

/// Who has run a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedBy {
    /// Whose results these are.
    pub user: Option<UserId>,
    /// The link that it came by, and its label.
    pub link: Option<(u64, String)>,
}

/// A check that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCheck {
    /// Who.
    pub by: CheckedBy,
    /// When.
    pub at: OffsetDateTime,
    /// Where, and what was found.
    pub network: UserNetwork,
    /// What it comes to.
    pub verdict: Verdict,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// A check as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct DoneCheck {
    /// The key; later checks have greater ones.
    pub id: u64,
    /// All of it.
    pub check: NewCheck,
}

const CHECKS: &str = "SELECT id, at, user_id, link_id, label, network, verdict, findings FROM checks";

impl Store {
    /// Keeps a check; what is too old or too much is forgotten. One that came by a link is noted in the audit log, as the doing of whoever acts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_check(&self, new: &NewCheck) -> Result<u64, StoreError> {
        let mut tx = self.change_besides().await?;
        let insert = sqlx::query(
            "INSERT INTO checks (at, user_id, link_id, label, network, address, verdict, findings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(millis(new.at))
        .bind(new.by.user.map(|user| key(user.0)))
        .bind(new.by.link.as_ref().map(|(link, _)| key(*link)))
        .bind(new.by.link.as_ref().map(|(_, label)| label.clone()))
        .bind(json(&new.network)?)
        .bind(new.network.address.map(|address| address.to_string()).unwrap_or_default())
        .bind(new.verdict.word())
        .bind(json(&new.findings)?);
        let added: i64 = insert.fetch_one(&mut *tx).await?.try_get("id")?;
        let prune = sqlx::query("DELETE FROM checks WHERE at < $1 OR id <= (SELECT id FROM checks ORDER BY id DESC LIMIT 1 OFFSET $2)");
        let prune = prune
            .bind(millis(new.at - KEPT))
            .bind(i64::try_from(CHECKS_MAX).unwrap_or(i64::MAX));
        prune.execute(&mut *tx).await?;
        let prune = match (&new.by.link, new.by.user) {
            (Some((link, _)), _) => Some((
                "DELETE FROM checks WHERE link_id = $1 AND id <= (SELECT id FROM checks WHERE link_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
                *link,
                OF_ONE_LINK_MAX,
            )),
            (None, Some(user)) => Some((
                "DELETE FROM checks WHERE user_id = $1 AND id <= (SELECT id FROM checks WHERE user_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
                user.0,
                OF_ONE_USER_MAX,
            )),
            (None, None) => None,
        };
        if let Some((statement, of, max)) = prune {
            sqlx::query(statement).bind(key(of)).bind(max).execute(&mut *tx).await?;
        }
        match &new.by.link {
            Some((_, label)) => {
                let deed = Deed::new("check_link.used", label)
                    .with("check", added)
                    .with("extension", new.network.extension.as_str())
                    .with("verdict", new.verdict.word());
                tx.done(deed).await?;
            }
            None => tx.kept().await?,
        }
        Ok(id(added))
    }

    /// One check.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn check(&self, check: u64) -> Result<DoneCheck, StoreError> {
        let query = sqlx::AssertSqlSafe(format!("{CHECKS} WHERE id = $1"));
        let row = sqlx::query(query).bind(key(check)).fetch_optional(&self.pool).await?;
        done(&row.ok_or(StoreError::NotFound("check"))?)
    }

    /// The last check of each person in each network, and of each link, since then; the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest_checks(&self, since: OffsetDateTime) -> Result<Vec<DoneCheck>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!(
            "{CHECKS} WHERE at >= $1 AND id IN (SELECT MAX(id) FROM checks GROUP BY user_id, CASE WHEN user_id IS NULL THEN link_id END, address) \
             ORDER BY id DESC"
        ));
        let rows = sqlx::query(query).bind(millis(since)).fetch_all(&self.pool).await?;
        rows.iter().map(done).collect()
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Strange("check"))
}

fn done(row: &AnyRow) -> Result<DoneCheck, StoreError> {
    let user: Option<i64> = row.try_get("user_id")?;
    let link: Option<i64> = row.try_get("link_id")?;
    let label: Option<String> = row.try_get("label")?;
    let (network, findings): (&str, &str) = (row.try_get("network")?, row.try_get("findings")?);
    let check = NewCheck {
        by: CheckedBy {
            user: user.map(|user| UserId(id(user))),
            link: link.map(|link| (id(link), label.unwrap_or_default())),
        },
        at: moment(row.try_get("at")?),
        network: serde_json::from_str(network).map_err(|_| StoreError::Strange("check"))?,
        verdict: Verdict::from_word(row.try_get("verdict")?).ok_or(StoreError::Strange("check"))?,
        // What an older program has found may have names that are gone: the check itself is still worth something.
        findings: serde_json::from_str(findings).unwrap_or_default(),
    };
    Ok(DoneCheck {
        id: id(row.try_get("id")?),
        check,
    })
}
