//! Passwords of people: argon2id, a few at a time, off the threads that serve requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Argon2, Params};
use tokio::sync::Semaphore;

use super::StoreError;

/// Passwords hashed at the same time: each takes 19 MiB and a core.
const RUNNING_MAX: usize = 2;
/// Passwords that may wait; further ones are refused at once.
const WAITING_MAX: usize = 64;

/// How expensive a hash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// 19 MiB and two passes, as OWASP recommends.
    Strong,
    /// As little as the algorithm allows; for tests.
    Weak,
}

#[derive(Debug)]
pub(super) struct Hasher {
    params: Params,
    running: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// Checked for unknown users, so that they take as long as known ones.
    dummy: String,
}

impl Hasher {
    pub(super) fn new(cost: Cost) -> Result<Self, StoreError> {
        let params = match cost {
            Cost::Strong => Params::DEFAULT,
            Cost::Weak => Params::new(Params::MIN_M_COST, 1, 1, None).map_err(|e| StoreError::Hashing(e.to_string()))?,
        };
        let dummy = hash(&params, "nobody has this password")?;
        Ok(Self {
            params,
            running: Arc::new(Semaphore::new(RUNNING_MAX)),
            waiting: Arc::default(),
            dummy,
        })
    }

    /// Of a password or a PIN, which somebody else has looked at.
    pub(super) async fn hash(&self, password: &str) -> Result<String, StoreError> {
        let (params, password) = (self.params.clone(), password.to_owned());
        self.work(move || hash(&params, &password)).await?
    }

    /// Checks a password; without a hash (unknown user) it takes as long, and is wrong.
    pub(super) async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, StoreError> {
        let known = stored.is_some();
        let (stored, password) = (stored.unwrap_or(&self.dummy).to_owned(), password.to_owned());
        let matches = self.work(move || verify(&password, &stored)).await?;
        Ok(known && matches)
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
        let place = Place::take(&self.waiting)?;
        let permit = Arc::clone(&self.running).acquire_owned().await.map_err(|_| StoreError::Busy)?;
        // The job goes on when its client goes away, so it is the job that holds the place.
        let job = move || {
            let done = job();
            drop((permit, place));
            done
        };
        tokio::task::spawn_blocking(job)
            .await
            .map_err(|e| StoreError::Hashing(e.to_string()))
    }
}

/// A place in the queue, given back when dropped (also when the client goes away while waiting).
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Result<Self, StoreError> {
        let place = Self(Arc::clone(waiting));
        if waiting.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            Err(StoreError::Busy)
        } else {
            Ok(place)
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(params: &Params, password: &str) -> Result<String, StoreError> {
    let argon2 = Argon2::from(params.clone());
    let hash: PasswordHash = argon2
        .hash_password(password.as_bytes())
        .map_err(|e| StoreError::Hashing(e.to_string()))?;
    Ok(hash.to_string())
}

fn verify(password: &str, stored: &str) -> bool {
    // The parameters are those of the stored hash.
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn a_job_whose_client_has_gone_keeps_its_place_until_it_ends() {
        let hasher = Arc::new(Hasher::new(Cost::Weak).unwrap());
        let ((begun, begins), (go, goes)) = (channel(), channel::<()>());
        let client = tokio::spawn({
            let hasher = Arc::clone(&hasher);
            async move {
                let job = move || {
                    begun.send(()).unwrap();
                    goes.recv().unwrap();
                };
                hasher.work(job).await.unwrap();
            }
        });
        tokio::task::spawn_blocking(move || begins.recv().unwrap()).await.unwrap();
        client.abort();
        assert!(client.await.unwrap_err().is_cancelled());
        assert_eq!(hasher.running.available_permits(), RUNNING_MAX - 1);
        assert_eq!(hasher.waiting.load(Ordering::Relaxed), 1);
        go.send(()).unwrap();
        let permits = u32::try_from(RUNNING_MAX).unwrap();
        let _all = hasher.running.acquire_many(permits).await.unwrap();
    }
}
