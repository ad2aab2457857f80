//! Databases of earlier versions are brought up to date with everything that is in them.

use std::path::Path;

use farend::config::Database;
use farend::store::{Cost, Store};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, Connection as _, Executor as _, SqlSafeStr as _};

/// As they were before phones could be nobody's.
const BEFORE_SHARING: [(i64, &str); 6] = [
    (1, include_str!("../../migrations/0001_first.sql")),
    (2, include_str!("../../migrations/0002_trunks.sql")),
    (3, include_str!("../../migrations/0003_trunk_stun.sql")),
    (4, include_str!("../../migrations/0004_trunk_echo_number.sql")),
    (5, include_str!("../../migrations/0005_emergency_calls.sql")),
    (6, include_str!("../../migrations/0006_forwarded.sql")),
];

/// What somebody had then: two people, of whose phones the youngest was removed.
const COMPANY: &str = "
    INSERT INTO users (login, name, extension, role, password_hash, created_at) VALUES
        ('anna', 'Anna', '101', 'user', 'x', 1), ('ben', 'Ben', '102', 'administrator', 'x', 2);
    INSERT INTO devices (user_id, kind, label, sip_user, ha1_md5, ha1_sha256, created_at) VALUES
        (1, 'browser', 'Browser', '101-web', NULL, NULL, 3), (2, 'desk_phone', 'Desk', '102-desk', 'a', 'b', 4),
        (1, 'desk_phone', 'Gone', '101-gone', NULL, NULL, 5);
    DELETE FROM devices WHERE sip_user = '101-gone';";

/// A database of then, at a URL, whose keys count up as the words say.
async fn make(url: &str, key: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.expect("connected");
    let migrations = BEFORE_SHARING.iter().map(|(version, sql)| {
        let sql = sqlx::AssertSqlSafe(sql.replace("{id},", &format!("{key},"))).into_sql_str();
        Migration::new(*version, "then".into(), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    migrator.run(&mut connection).await.expect("made");
    connection.execute(COMPANY).await.expect("filled");
    connection.close().await.expect("closed");
}

async fn keeps_everything(store: Store) {
    let devices = store.devices(None).await.expect("devices");
    let told: Vec<_> = devices
        .iter()
        .map(|device| {
            (
                device.id.0,
                device.user.map(|user| user.0),
                device.sip_user.as_str(),
                device.ha1.is_some(),
            )
        })
        .collect();
    assert_eq!(told, [(1, Some(1), "101-web", false), (2, Some(2), "102-desk", true)]);
    super::sharing::adds_a_phone_with_the_key(&store, 4).await;
    // Whose owner goes, goes.
    store.remove_user(model::UserId(1)).await.expect("removed");
    assert_eq!(store.devices(None).await.expect("devices").len(), 2);
}

pub(crate) async fn from_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("farend.db");
    make(
        &format!("sqlite://{}?mode=rwc", file.display()),
        "INTEGER PRIMARY KEY AUTOINCREMENT",
    )
    .await;
    let opened = Store::open_with(&Database::Sqlite, folder.path(), Cost::Weak).await;
    keeps_everything(opened.expect("brought up to date")).await;
}

pub(crate) async fn from_postgres(url: String) {
    make(&url, "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY").await;
    let opened = Store::open_with(&Database::Postgres(url), Path::new("/nonexistent"), Cost::Weak).await;
    keeps_everything(opened.expect("brought up to date")).await;
}
