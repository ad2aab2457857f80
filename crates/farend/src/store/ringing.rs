//! How people are reached besides their phones: when they are busy, and on their mobile.

use std::collections::BTreeMap;

use model::UserId;
use serde_json::json;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use switchboard::directory::{Mobile, WhileBusy};

use super::audit::{Deed, Facts, facts};
use super::{Store, StoreError, id, key};

/// How long a phone, a mobile or an overflow may wait before it rings, in seconds.
pub const RINGS_AFTER_S_MAX: u16 = 300;

/// What a person has decided about being called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ringing {
    /// What becomes of a second call.
    pub while_busy: WhileBusy,
    /// The mobile that rings as well.
    pub mobile: Option<Mobile>,
}

impl Store {
    /// What a person has decided about being called.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn ringing(&self, user: UserId) -> Result<Ringing, StoreError> {
        let query = sqlx::query("SELECT while_busy, mobile_number, mobile_delay_s FROM users WHERE id = $1").bind(key(user.0));
        let row = query.fetch_optional(&self.pool).await?;
        row.as_ref().map(ringing).ok_or(StoreError::NotFound("user"))?
    }

    /// The same of everybody.
    pub(super) async fn ringings(&self) -> Result<BTreeMap<UserId, Ringing>, StoreError> {
        let query = sqlx::query("SELECT id, while_busy, mobile_number, mobile_delay_s FROM users");
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((UserId(id(row.try_get("id")?)), ringing(row)?))).collect()
    }

    /// Decides it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_ringing(&self, user: UserId, wanted: &Ringing) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let known = super::user::load(&mut tx, user).await?;
        let query = sqlx::query("SELECT while_busy, mobile_number, mobile_delay_s FROM users WHERE id = $1").bind(key(user.0));
        let before = ringing(&query.fetch_one(&mut *tx).await?)?;
        if before == *wanted {
            return Ok(());
        }
        let update = sqlx::query("UPDATE users SET while_busy = $1, mobile_number = $2, mobile_delay_s = $3 WHERE id = $4")
            .bind(word(wanted.while_busy))
            .bind(wanted.mobile.as_ref().map(|mobile| mobile.number.as_str()))
            .bind(wanted.mobile.as_ref().map(|mobile| i64::from(mobile.delay_s)))
            .bind(key(user.0));
        update.execute(&mut *tx).await?;
        tx.done(Deed::changed("user.ringing_changed", known, &told(&before), &told(wanted)))
            .await
    }
}

fn word(while_busy: WhileBusy) -> &'static str {
    match while_busy {
        WhileBusy::CallWaiting => "call_waiting",
        WhileBusy::RingOthers => "ring_others",
        WhileBusy::Busy => "busy",
    }
}

fn told(ringing: &Ringing) -> Facts {
    let mobile = ringing.mobile.as_ref();
    facts(json!({
        "while_busy": word(ringing.while_busy), "mobile": mobile.map(|mobile| &mobile.number), "mobile_delay_s": mobile.map(|mobile| mobile.delay_s),
    }))
}

fn ringing(row: &AnyRow) -> Result<Ringing, StoreError> {
    let while_busy = match row.try_get("while_busy")? {
        "call_waiting" => WhileBusy::CallWaiting,
        "ring_others" => WhileBusy::RingOthers,
        "busy" => WhileBusy::Busy,
        _ => return Err(StoreError::Strange("answer to a second call")),
    };
    let number: Option<String> = row.try_get("mobile_number")?;
    let delay: Option<i64> = row.try_get("mobile_delay_s")?;
    let mobile = number.zip(delay).map(|(number, delay)| {
        let delay_s = u16::try_from(delay).map_err(|_| StoreError::Strange("delay of a mobile"))?;
        Ok::<_, StoreError>(Mobile { number, delay_s })
    });
    Ok(Ringing {
        while_busy,
        mobile: mobile.transpose()?,
    })
}
