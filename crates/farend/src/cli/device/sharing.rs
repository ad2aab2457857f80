//! Who may log on at a phone, as the command line says it.

use std::collections::BTreeSet;

use switchboard::directory::LogOn;

use crate::cli::place::user;
use crate::store::Store;

/// Opens a phone to everybody.
const EVERYBODY: &str = "everybody";

/// Of `everybody`, or of extensions and logins.
pub(super) async fn parse(store: &Store, open_to: &[String]) -> anyhow::Result<LogOn> {
    if open_to == [EVERYBODY] {
        return Ok(LogOn::Everybody);
    }
    let mut people = BTreeSet::new();
    for name in open_to {
        people.insert(user(store, name).await?.id);
    }
    Ok(LogOn::People(people))
}

pub(super) fn as_json(shared: &LogOn) -> serde_json::Value {
    match shared {
        LogOn::Everybody => serde_json::json!(EVERYBODY),
        LogOn::People(people) => people.iter().map(|user| user.0).collect(),
    }
}
