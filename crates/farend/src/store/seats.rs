//! Desk share, from one run to the next.

mod writer;

use model::{DeviceId, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use switchboard::core::{Guest, PersonSeat, PhoneSeat, Remembered, Seats};
use time::OffsetDateTime;

use super::audit::{Author, Deed, Via};
use super::{Store, StoreError, id, key};

pub use writer::SeatWriter;

/// Registrations of one person that are remembered at most; the youngest count.
const GIVEN_UP_MAX: usize = 32;
/// No Call-ID of a browser is longer.
const CALL_ID_BYTES_MAX: usize = 512;

impl Store {
    /// What desk share has remembered.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn seats(&self) -> Result<Seats, StoreError> {
        let phones = sqlx::query("SELECT device_id, guest_id FROM phone_seats ORDER BY device_id");
        let people = sqlx::query("SELECT user_id, is_mobile, given_up FROM person_seats ORDER BY user_id");
        let (phones, people) = (phones.fetch_all(&self.pool).await?, people.fetch_all(&self.pool).await?);
        Ok(Seats {
            phones: phones.iter().map(phone_seat).collect::<Result<_, _>>()?,
            people: people.iter().map(person_seat).collect::<Result<_, _>>()?,
        })
    }

    /// Remembers a change of desk share. Who has logged on or off by code stands in the audit log as well.
    ///
    /// # Errors
    /// When the database does not answer, or the phone or the person is no more.
    pub async fn remember(&self, change: &Remembered, now: OffsetDateTime) -> Result<(), StoreError> {
        match change {
            Remembered::Phone(seat) => self.remember_phone(seat, now).await,
            Remembered::Person(seat) => self.remember_person(seat).await,
        }
    }

    async fn remember_phone(&self, seat: &PhoneSeat, now: OffsetDateTime) -> Result<(), StoreError> {
        let mut tx = self.change_besides().await?;
        let query = sqlx::query("SELECT guest_id FROM phone_seats WHERE device_id = $1").bind(key(seat.device.0));
        let row = query.fetch_optional(&mut *tx).await?;
        // None: as its owner has it. Some(None): nobody, for its owner has logged off.
        let before: Option<Option<i64>> = row.map(|row| row.try_get("guest_id")).transpose()?;
        let upsert = "INSERT INTO phone_seats (device_id, guest_id) VALUES ($1, $2) \
                      ON CONFLICT (device_id) DO UPDATE SET guest_id = excluded.guest_id";
        let write = match seat.guest {
            Guest::Nobody => sqlx::query("DELETE FROM phone_seats WHERE device_id = $1").bind(key(seat.device.0)),
            Guest::Person(user) => sqlx::query(upsert).bind(key(seat.device.0)).bind(Some(key(user.0))),
            Guest::LoggedOff => sqlx::query(upsert).bind(key(seat.device.0)).bind(None::<i64>),
        };
        write.execute(&mut *tx).await?;
        let query = sqlx::query("SELECT sip_user, user_id FROM devices WHERE id = $1").bind(key(seat.device.0));
        let row = query.fetch_optional(&mut *tx).await?.ok_or(StoreError::NotFound("device"))?;
        let (phone, owner): (String, Option<i64>) = (row.try_get("sip_user")?, row.try_get("user_id")?);
        let person = |user: i64| UserId(id(user));
        let (action, who) = match (seat.guest, before) {
            (Guest::Person(user), Some(Some(guest))) if user == person(guest) => return tx.kept().await,
            (Guest::Person(user), _) => ("phone.logged_on", Some(user)),
            (Guest::Nobody | Guest::LoggedOff, Some(Some(guest))) => ("phone.logged_off", Some(person(guest))),
            (Guest::LoggedOff, None) => ("phone.logged_off", owner.map(person)),
            (Guest::Nobody, Some(None)) => ("phone.logged_on", owner.map(person)),
            // It has been so before: by the removal of whoever was there, for one.
            (Guest::Nobody, None) | (Guest::LoggedOff, Some(None)) => return tx.kept().await,
        };
        let author = Author {
            user: who,
            name: name(&mut tx, who).await?,
            via: Via::Phone,
            at: now,
        };
        tx.done_by(&author, Deed::new(action, phone)).await
    }

    async fn remember_person(&self, seat: &PersonSeat) -> Result<(), StoreError> {
        if !seat.is_mobile && seat.given_up.is_empty() {
            let delete = sqlx::query("DELETE FROM person_seats WHERE user_id = $1").bind(key(seat.user.0));
            delete.execute(&self.pool).await?;
            return Ok(());
        }
        let from = seat.given_up.len().saturating_sub(GIVEN_UP_MAX);
        let call_ids: Vec<&String> = seat.given_up.iter().skip(from).filter(|id| id.len() <= CALL_ID_BYTES_MAX).collect();
        let upsert = sqlx::query(
            "INSERT INTO person_seats (user_id, is_mobile, given_up) VALUES ($1, $2, $3) \
             ON CONFLICT (user_id) DO UPDATE SET is_mobile = excluded.is_mobile, given_up = excluded.given_up",
        )
        .bind(key(seat.user.0))
        .bind(i64::from(seat.is_mobile))
        .bind(serde_json::to_string(&call_ids).unwrap_or_default());
        upsert.execute(&self.pool).await?;
        Ok(())
    }
}

/// What a person is called; empty where nobody is known.
async fn name(tx: &mut AnyConnection, user: Option<UserId>) -> Result<String, StoreError> {
    let Some(user) = user else { return Ok(String::new()) };
    let query = sqlx::query("SELECT name FROM users WHERE id = $1").bind(key(user.0));
    let row = query.fetch_optional(tx).await?;
    Ok(row.map(|row| row.try_get("name")).transpose()?.unwrap_or_default())
}

fn phone_seat(row: &AnyRow) -> Result<PhoneSeat, StoreError> {
    let guest: Option<i64> = row.try_get("guest_id")?;
    Ok(PhoneSeat {
        device: DeviceId(id(row.try_get("device_id")?)),
        guest: guest.map_or(Guest::LoggedOff, |user| Guest::Person(UserId(id(user)))),
    })
}

fn person_seat(row: &AnyRow) -> Result<PersonSeat, StoreError> {
    let given_up: &str = row.try_get("given_up")?;
    Ok(PersonSeat {
        user: UserId(id(row.try_get("user_id")?)),
        is_mobile: row.try_get::<i64, _>("is_mobile")? != 0,
        given_up: serde_json::from_str(given_up).map_err(|_| StoreError::Strange("registration that was given up"))?,
    })
}
