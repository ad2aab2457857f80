//! What has to be done every now and then while the server runs.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::MissedTickBehavior;

use super::Api;
use crate::store::StoreError;

/// A crash makes calls seem to end at most this much too early; the command line's changes are noticed after at most this time.
const EVERY: Duration = Duration::from_secs(10);

/// Tells the database that the server lives, notices what the command line changed, ends old sessions. Never returns.
pub async fn keep_house(api: Api) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        ticks.tick().await;
        match round(&api).await {
            Ok(()) if failing => {
                failing = false;
                tracing::info!("the database answers again");
            }
            Ok(()) => {}
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "the database does not answer; trying again every ten seconds");
            }
            Err(_) => {}
        }
    }
}

async fn round(api: &Api) -> Result<(), StoreError> {
    let now = OffsetDateTime::now_utc();
    api.store().keep_alive(api.0.parts.run, now).await?;
    api.live().follow_directory(api.store()).await?;
    for session in api.store().remove_expired_sessions(now).await? {
        api.live().session_ended(session);
    }
    Ok(())
}
