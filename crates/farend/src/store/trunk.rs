//! Trunks and their accounts.

mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use model::TrunkId;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Row as _};
use switchboard::directory::{self, Account};
use switchboard::trunks::Place;

use super::audit::{Deed, Facts, facts};
use super::{Store, StoreError, id, key};

/// Trunks at most.
pub const TRUNKS_MAX: usize = 100;
/// Accounts of a trunk at most.
pub const ACCOUNTS_MAX: usize = 200;

/// A trunk as it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// Whether calls go by it.
    pub enabled: bool,
    /// The provider whose facts it was made of.
    pub profile: Option<String>,
    /// What the switchboard is told. The passwords in it are for nobody else.
    pub terms: directory::Trunk,
}

impl Store {
    /// All trunks, by key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn trunks(&self) -> Result<Vec<Trunk>, StoreError> {
        let rows = sqlx::query("SELECT * FROM trunk_accounts ORDER BY trunk_id, position")
            .fetch_all(&self.pool)
            .await?;
        let mut accounts: BTreeMap<i64, Vec<Account>> = BTreeMap::new();
        for row in &rows {
            accounts.entry(row.try_get("trunk_id")?).or_default().push(account(row)?);
        }
        let rows = sqlx::query("SELECT * FROM trunks ORDER BY id").fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let accounts = accounts.remove(&row.try_get("id")?).unwrap_or_default();
                trunk(row, accounts)
            })
            .collect()
    }

    /// One trunk.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn trunk(&self, trunk_id: TrunkId) -> Result<Trunk, StoreError> {
        let trunks = self.trunks().await?;
        trunks
            .into_iter()
            .find(|trunk| trunk.terms.id == trunk_id)
            .ok_or(StoreError::NotFound("trunk"))
    }

    /// Adds a trunk and gives back its key; the one in `new` is not looked at.
    ///
    /// # Errors
    /// [`StoreError::Taken`] for the name of another trunk, [`StoreError::TooMany`].
    pub async fn add_trunk(&self, new: &Trunk) -> Result<TrunkId, StoreError> {
        let mut tx = self.change().await?;
        super::room(&mut tx, "SELECT COUNT(*) AS n FROM trunks", "trunks", TRUNKS_MAX).await?;
        let insert = sqlx::query(
            "INSERT INTO trunks (name, enabled, profile, host, port, transport, from_address, trust, domain, srtp, ping_seconds, networks, \
             identity, outgoing, incoming, number, stun, forwarded, echo_number) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id",
        );
        let row = bind(insert, new).fetch_one(&mut *tx).await?;
        let added = TrunkId(id(row.try_get("id")?));
        write_accounts(&mut tx, added, &new.terms.accounts).await?;
        tx.done(Deed::of("trunk.added", &new.terms.name, told(new))).await?;
        Ok(added)
    }

    /// Writes a trunk anew.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Taken`].
    pub async fn change_trunk(&self, changed: &Trunk) -> Result<(), StoreError> {
        let before = self.trunk(changed.terms.id).await?;
        let mut tx = self.change().await?;
        let update = sqlx::query(
            "UPDATE trunks SET name = $1, enabled = $2, profile = $3, host = $4, port = $5, transport = $6, from_address = $7, trust = $8, \
             domain = $9, srtp = $10, ping_seconds = $11, networks = $12, identity = $13, outgoing = $14, incoming = $15, number = $16, \
             stun = $17, forwarded = $18, echo_number = $19 WHERE id = $20",
        );
        let update = bind(update, changed).bind(key(changed.terms.id.0)).execute(&mut *tx).await?;
        if update.rows_affected() == 0 {
            return Err(StoreError::NotFound("trunk"));
        }
        let delete = sqlx::query("DELETE FROM trunk_accounts WHERE trunk_id = $1").bind(key(changed.terms.id.0));
        delete.execute(&mut *tx).await?;
        write_accounts(&mut tx, changed.terms.id, &changed.terms.accounts).await?;
        let passwords = |trunk: &Trunk| {
            trunk
                .terms
                .accounts
                .iter()
                .map(|account| account.password.clone())
                .collect::<Vec<_>>()
        };
        let deed = Deed::changed("trunk.changed", &changed.terms.name, &told(&before), &told(changed));
        let has_new_password = passwords(&before) != passwords(changed);
        tx.done(if has_new_password { deed.with("password", "changed") } else { deed })
            .await
    }

    /// Removes a trunk with its accounts and the numbers that are only reached by it; routes lose it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_trunk(&self, trunk_id: TrunkId) -> Result<(), StoreError> {
        let gone = self.trunk(trunk_id).await?;
        let mut tx = self.change().await?;
        super::remove(&mut tx, "DELETE FROM trunks WHERE id = $1", "trunk", trunk_id.0).await?;
        tx.done(Deed::of("trunk.removed", &gone.terms.name, told(&gone))).await
    }
}

type Query<'q> = sqlx::query::Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// All columns but the key, in the order of the statements.
fn bind<'q>(query: Query<'q>, trunk: &'q Trunk) -> Query<'q> {
    let Trunk { enabled, profile, terms } = trunk;
    let networks: Vec<String> = terms.networks.iter().map(ToString::to_string).collect();
    query
        .bind(&terms.name)
        .bind(i64::from(*enabled))
        .bind(profile.as_deref())
        .bind(&terms.place.host)
        .bind(terms.place.port.map(i64::from))
        .bind(terms.place.transport.map(words::transport))
        .bind(terms.place.from.map(|from| from.to_string()))
        .bind(words::trust(&terms.trust))
        .bind(&terms.domain)
        .bind(words::srtp(terms.srtp))
        .bind(terms.ping_every.map(seconds))
        .bind(networks.join(" "))
        .bind(words::identity(terms.identity))
        .bind(terms.outgoing.name())
        .bind(terms.incoming.name())
        .bind(terms.number.map(|number| number.to_string()))
        .bind(terms.stun.as_ref().map(ToString::to_string))
        .bind(words::forwarded(terms.forwarded))
        .bind(terms.echo_number.as_deref())
}

/// Passwords are not told.
fn told(trunk: &Trunk) -> Facts {
    let Trunk { enabled, profile, terms } = trunk;
    let networks: Vec<String> = terms.networks.iter().map(ToString::to_string).collect();
    let account = |account: &Account| {
        json!({
            "user": account.user, "auth_user": account.auth_user, "realm": account.realm, "contact_user": account.contact_user,
            "expires_s": account.expires.map(seconds),
        })
    };
    facts(json!({
        "name": terms.name, "enabled": enabled, "profile": profile, "host": terms.place.host, "port": terms.place.port,
        "transport": terms.place.transport.map(words::transport), "from": terms.place.from.map(|from| from.to_string()),
        "trust": words::trust(&terms.trust), "domain": terms.domain, "srtp": words::srtp(terms.srtp), "ping_s": terms.ping_every.map(seconds),
        "networks": networks, "identity": words::identity(terms.identity), "outgoing": terms.outgoing.name(), "incoming": terms.incoming.name(),
        "number": terms.number.map(|number| number.to_string()), "stun": terms.stun.as_ref().map(ToString::to_string),
        "forwarded": words::forwarded(terms.forwarded), "echo_number": terms.echo_number,
        "accounts": terms.accounts.iter().map(account).collect::<Vec<_>>(),
    }))
}

async fn write_accounts(tx: &mut AnyConnection, trunk: TrunkId, accounts: &[Account]) -> Result<(), StoreError> {
    for (position, account) in (0_i64..).zip(accounts) {
        let insert = sqlx::query(
            "INSERT INTO trunk_accounts (trunk_id, position, user_name, auth_user, password, realm, contact_user, expires_seconds) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(key(trunk.0))
        .bind(position)
        .bind(&account.user)
        .bind(account.auth_user.as_deref())
        .bind(&account.password)
        .bind(account.realm.as_deref())
        .bind(account.contact_user.as_deref())
        .bind(account.expires.map(seconds));
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn duration(seconds: Option<i64>) -> Option<Duration> {
    seconds.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs)
}

fn account(row: &AnyRow) -> Result<Account, StoreError> {
    Ok(Account {
        user: row.try_get("user_name")?,
        auth_user: row.try_get("auth_user")?,
        password: row.try_get("password")?,
        realm: row.try_get("realm")?,
        contact_user: row.try_get("contact_user")?,
        expires: duration(row.try_get("expires_seconds")?),
    })
}

fn trunk(row: &AnyRow, accounts: Vec<Account>) -> Result<Trunk, StoreError> {
    let strange = StoreError::Strange;
    let port: Option<i64> = row.try_get("port")?;
    let transport: Option<&str> = row.try_get("transport")?;
    let from: Option<&str> = row.try_get("from_address")?;
    let number: Option<&str> = row.try_get("number")?;
    let stun: Option<&str> = row.try_get("stun")?;
    let text = |column: &'static str| row.try_get::<&str, _>(column);
    let place = Place {
        host: row.try_get("host")?,
        port: port.map(u16::try_from).transpose().map_err(|_| strange("port of a trunk"))?,
        transport: transport.map(words::parse_transport).transpose()?,
        from: from.map(str::parse).transpose().map_err(|_| strange("address of a trunk"))?,
    };
    let networks = text("networks")?.split_whitespace().map(str::parse);
    let terms = directory::Trunk {
        id: TrunkId(id(row.try_get("id")?)),
        name: row.try_get("name")?,
        place,
        stun: stun.map(str::parse).transpose().map_err(|_| strange("STUN server of a trunk"))?,
        trust: words::parse_trust(text("trust")?)?,
        domain: row.try_get("domain")?,
        accounts,
        srtp: words::parse_srtp(text("srtp")?)?,
        ping_every: duration(row.try_get("ping_seconds")?),
        networks: networks.collect::<Result<_, _>>().map_err(|_| strange("network of a trunk"))?,
        identity: words::parse_identity(text("identity")?)?,
        forwarded: words::parse_forwarded(text("forwarded")?)?,
        outgoing: text("outgoing")?.parse().map_err(|_| strange("number format"))?,
        incoming: text("incoming")?.parse().map_err(|_| strange("number format"))?,
        number: number.map(str::parse).transpose().map_err(|_| strange("number of a trunk"))?,
        echo_number: row.try_get("echo_number")?,
    };
    Ok(Trunk {
        enabled: row.try_get::<i64, _>("enabled")? != 0,
        profile: row.try_get("profile")?,
        terms,
    })
}
