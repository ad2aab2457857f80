//! Keeps what the media threads can play up to date with the database: encoded for every codec beforehand, away from all calls.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use media::sounds::{Clip as Encoded, Library};
use model::Sound;
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::{clip, prompts};
use crate::store::{Store, StoreError};

/// How long a database that does not answer is left alone.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Hands out what can be played, now and whenever it is told that something may have changed. Runs until the program ends.
pub(crate) async fn keep(store: Store, changed: Arc<Notify>, hand_out: impl Fn(&Arc<Library>)) {
    let mut shelf = Shelf::default();
    loop {
        match shelf.follow(&store).await {
            Ok(Some(library)) => hand_out(&library),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "announcements and prompts could not be read; trying again");
                sleep(AGAIN_AFTER).await;
                continue;
            }
        }
        changed.notified().await;
    }
}

/// What was handed out last.
#[derive(Default)]
struct Shelf {
    version: Option<u64>,
    /// By the file it was made of, so that only what is new is encoded.
    clips: BTreeMap<Sound, (Mark, Arc<Encoded>)>,
}

/// Tells one file from another.
type Mark = [u8; 32];

impl Shelf {
    /// What can be played, if it is not what it was.
    async fn follow(&mut self, store: &Store) -> Result<Option<Arc<Library>>, StoreError> {
        // The version first: what changes meanwhile is looked at once more.
        let version = store.sounds_version().await?;
        if self.version == Some(version) {
            return Ok(None);
        }
        let mut clips = BTreeMap::new();
        for (language, prompt) in prompts::all() {
            let own = || prompts::own(prompt, language).into_owned();
            let ogg = store.replaced_prompt(prompt, language).await?.unwrap_or_else(own);
            self.put(&mut clips, Sound::Prompt { prompt, language }, ogg).await;
        }
        for announcement in store.announcements().await? {
            match store.announcement_audio(announcement.id).await {
                Ok(ogg) => self.put(&mut clips, Sound::Announcement(announcement.id), ogg).await,
                // Removed meanwhile.
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.clips = clips;
        self.version = Some(version);
        let clips = self.clips.iter().map(|(sound, (_, clip))| (*sound, Arc::clone(clip)));
        Ok(Some(Arc::new(clips.collect())))
    }

    /// One sound: the clip that is there already, or a new one.
    async fn put(&self, clips: &mut BTreeMap<Sound, (Mark, Arc<Encoded>)>, sound: Sound, ogg: Vec<u8>) {
        let mark: Mark = Sha256::digest(&ogg).into();
        let known = self.clips.get(&sound).filter(|(known, _)| *known == mark);
        if let Some(known) = known.cloned() {
            clips.insert(sound, known);
            return;
        }
        let work = move || clip::decode(&ogg, || false).map(|samples| Encoded::encode(samples.as_slice()));
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(encoded)) => {
                clips.insert(sound, (mark, Arc::new(encoded)));
            }
            // It was one of ours when it was written.
            Ok(Err(error)) => tracing::error!(?sound, %error, "a sound cannot be played"),
            Err(error) => tracing::error!(?sound, %error, "a sound cannot be played"),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{Language, Prompt};

    use super::*;
    use crate::sounds::{Clip, Samples};

    #[tokio::test]
    async fn what_can_be_played_follows_the_database_and_only_what_is_new_is_encoded() {
        let store = Store::in_memory().await.unwrap();
        let mut shelf = Shelf::default();
        let first = shelf.follow(&store).await.unwrap().expect("everything is new");
        for (language, prompt) in prompts::all() {
            let clip = first.clip(Sound::Prompt { prompt, language }).expect("there");
            assert!(clip.frames() > 20, "{prompt:?} {language:?}");
        }
        assert!(shelf.follow(&store).await.unwrap().is_none());

        let clip = Clip::of(&Samples::new(vec![9_000; 16_000])).unwrap();
        let added = store.add_announcement("Holidays", &clip).await.unwrap();
        let welcome = Sound::Prompt {
            prompt: Prompt::Welcome,
            language: Language::German,
        };
        store.replace_prompt(Prompt::Welcome, Language::German, Some(&clip)).await.unwrap();
        let second = shelf.follow(&store).await.unwrap().expect("something is new");
        assert_eq!(second.clip(Sound::Announcement(added.id)).map(|clip| clip.frames()), Some(51));
        assert_eq!(second.clip(welcome).map(|clip| clip.frames()), Some(51));
        let other = Sound::Prompt {
            prompt: Prompt::Closed,
            language: Language::German,
        };
        assert!(Arc::ptr_eq(first.clip(other).unwrap(), second.clip(other).unwrap()), "as it was");

        store.remove_announcement(added.id).await.unwrap();
        let third = shelf.follow(&store).await.unwrap().expect("something is gone");
        assert!(third.clip(Sound::Announcement(added.id)).is_none());
    }
}
