//! Tables, and how they came to be: every change is a numbered file that is never edited again.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::{Dialect, Store, StoreError};

const MIGRATIONS: [(i64, &str, &str); 13] = [
    (1, "first", include_str!("../../migrations/0001_first.sql")),
    (2, "trunks", include_str!("../../migrations/0002_trunks.sql")),
    (3, "trunk stun", include_str!("../../migrations/0003_trunk_stun.sql")),
    (4, "trunk echo number", include_str!("../../migrations/0004_trunk_echo_number.sql")),
    (5, "emergency calls", include_str!("../../migrations/0005_emergency_calls.sql")),
    (6, "forwarded", include_str!("../../migrations/0006_forwarded.sql")),
    (7, "one number", include_str!("../../migrations/0007_one_number.sql")),
    (8, "call features", include_str!("../../migrations/0008_call_features.sql")),
    (9, "recordings", include_str!("../../migrations/0009_recordings.sql")),
    (10, "menus", include_str!("../../migrations/0010_menus.sql")),
    (11, "findings", include_str!("../../migrations/0011_findings.sql")),
    (12, "checks", include_str!("../../migrations/0012_checks.sql")),
    (13, "flights", include_str!("../../migrations/0013_flights.sql")),
];

impl Store {
    /// Brings the tables up to date; runs once however many processes start at the same time.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
            let sql = sqlx::AssertSqlSafe(for_dialect(sql, self.dialect)).into_sql_str();
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
        });
        Migrator::with_migrations(migrations.collect())
            .run(&self.pool)
            .await
            .map_err(StoreError::Migration)?;
        Ok(())
    }
}

fn for_dialect(sql: &str, dialect: Dialect) -> String {
    let (id, blob) = match dialect {
        Dialect::Sqlite => ("INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB"),
        Dialect::Postgres => ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BYTEA"),
    };
    sql.replace("{id},", &format!("{id},")).replace("{blob}", blob)
}
