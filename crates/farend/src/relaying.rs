//! TURN's secret and its limits.
//!
//! The secret is kept in the database: an app that is open while the server starts anew goes on with the credential that it has, also where there is
//! no other way to us than TURN. It is worth little: whoever has it can send packets to our media, as anybody can by UDP.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use rand::RngCore as _;
use relay::Quotas;

use crate::store::{REALM, Store, StoreError};

/// The setting that holds the secret.
const SETTING: &str = "relay_secret";

/// Allocations of one person: each call asks for one by TLS and one by TCP from every network interface, and a call may be waiting.
pub(crate) const ALLOCATIONS_PER_USER_MAX: usize = 32;

/// The secret of TURN's credentials.
#[derive(Debug)]
pub(crate) struct RelaySecret {
    pub(crate) secret: relay::Secret,
    /// When it is new: what is to be kept.
    new: Option<String>,
}

impl RelaySecret {
    /// The one of the database, or a new one. Writes nothing: see [`Self::keep`].
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn find(store: &Store) -> Result<Self, StoreError> {
        let kept = store.setting(SETTING).await?;
        let known = kept
            .and_then(|text| HEXLOWER.decode(text.as_bytes()).ok())
            .and_then(|bytes| bytes.try_into().ok());
        let (bytes, new) = known.map_or_else(
            || {
                let mut bytes = [0; 32];
                rand::rng().fill_bytes(&mut bytes);
                (bytes, Some(HEXLOWER.encode(&bytes)))
            },
            |bytes| (bytes, None),
        );
        Ok(Self {
            secret: relay::Secret::new(bytes),
            new,
        })
    }

    /// Writes a new one into the database.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn keep(&self, store: &Store) -> Result<(), StoreError> {
        match &self.new {
            Some(text) => store.note(SETTING, text).await,
            None => Ok(()),
        }
    }

    /// What TURN clients share.
    pub(crate) fn config(&self, allocations_max: usize) -> Arc<relay::Config> {
        Arc::new(relay::Config {
            realm: REALM.to_owned(),
            secret: self.secret.clone(),
            quotas: Quotas::new(ALLOCATIONS_PER_USER_MAX, allocations_max),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_credential_survives_the_start_of_another_run() {
        let store = Store::in_memory().await.unwrap();
        let issue = |found: &RelaySecret| found.secret.issue("7", 1).unwrap();
        let first = RelaySecret::find(&store).await.unwrap();
        assert_ne!(issue(&first), issue(&RelaySecret::find(&store).await.unwrap()), "not kept yet");
        first.keep(&store).await.unwrap();
        let second = RelaySecret::find(&store).await.unwrap();
        assert_eq!(issue(&first), issue(&second));
        assert!(second.new.is_none());
    }

    #[tokio::test]
    async fn what_is_no_secret_is_replaced() {
        let store = Store::in_memory().await.unwrap();
        for text in ["", "abc", "zz", &"ab".repeat(31)] {
            store.set_setting(SETTING, text).await.unwrap();
            assert!(RelaySecret::find(&store).await.unwrap().new.is_some(), "{text}");
        }
    }
}
