//! Keeps what the media threads can play up to date with the database: encoded for every codec beforehand, away from all calls.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::sounds::{Clip as Encoded, Library};
use model::Sound;
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{NotAudio, clip, prompts};
use crate::store::{Store, StoreError};

/// How long a database that does not answer is left alone.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How long a thread that does not keep up is left alone.
const OWED_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Hands out what can be played, now and whenever it is told that something may have changed. `hand_out` says whether everybody has taken it,
/// and is asked again until that is so. Runs until the program ends.
pub(crate) async fn keep(mut shelf: Shelf, store: Store, changed: Arc<Notify>, hand_out: impl Fn(&Arc<Library>) -> bool) {
    let mut owed = None;
    loop {
        let mut again_after = None;
        match shelf.follow(&store).await {
            Ok(Some(library)) => owed = Some(library),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "announcements and prompts could not be read; trying again");
                again_after = Some(AGAIN_AFTER);
            }
        }
        owed = owed.filter(|library| !hand_out(library));
        if owed.is_some() {
            again_after = Some(OWED_AGAIN_AFTER);
        }
        match again_after {
            // Whether something has changed by then or not.
            Some(time) => {
                let _either = timeout(time, changed.notified()).await;
            }
            None => changed.notified().await,
        }
    }
}

/// What was handed out last.
#[derive(Default)]
pub(crate) struct Shelf {
    version: Option<u64>,
    clips: BTreeMap<Sound, Kept>,
}

/// A sound, and the file it was made of, so that only what is new is encoded.
#[derive(Clone)]
struct Kept {
    mark: Mark,
    clip: Arc<Encoded>,
}

/// Tells one file from another.
type Mark = [u8; 32];

impl Shelf {
    /// With the prompts on it, and without announcements, which may be an hour long: no call may begin before, as people would be recorded
    /// without being told, and a menu would be silent. All processors work on it.
    pub(crate) async fn with_prompts(store: &Store) -> Result<(Self, Arc<Library>), StoreError> {
        let begun = Instant::now();
        let mut encoding = JoinSet::new();
        for source in prompts_in(store).await? {
            encoding.spawn_blocking(move || (source.sound, source.encode(None)));
        }
        let mut shelf = Self::default();
        while let Some(encoded) = encoding.join_next().await {
            match encoded {
                Ok((sound, Some(kept))) => drop(shelf.clips.insert(sound, kept)),
                Ok((_, None)) => {}
                Err(error) => tracing::error!(%error, "a prompt cannot be played"),
            }
        }
        tracing::debug!(duration_ms = begun.elapsed().as_millis(), "prompts can be played");
        let library = shelf.library();
        Ok((shelf, library))
    }

    /// What can be played, if it is not what it was.
    async fn follow(&mut self, store: &Store) -> Result<Option<Arc<Library>>, StoreError> {
        // The version first: what changes meanwhile is looked at once more.
        let version = store.sounds_version().await?;
        if self.version == Some(version) {
            return Ok(None);
        }
        let mut clips = BTreeMap::new();
        for source in prompts_in(store).await? {
            self.put(&mut clips, source).await;
        }
        for announcement in store.announcements().await? {
            let sound = Sound::Announcement(announcement.id);
            match store.announcement_audio(announcement.id).await {
                Ok(ogg) => self.put(&mut clips, Source::of(sound, ogg)).await,
                // Removed meanwhile.
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.clips = clips;
        self.version = Some(version);
        Ok(Some(self.library()))
    }

    /// One sound after the other: calls need the processors.
    async fn put(&self, clips: &mut BTreeMap<Sound, Kept>, source: Source) {
        let (sound, known) = (source.sound, self.clips.get(&source.sound).cloned());
        match tokio::task::spawn_blocking(move || source.encode(known.as_ref())).await {
            Ok(Some(kept)) => drop(clips.insert(sound, kept)),
            Ok(None) => {}
            Err(error) => tracing::error!(?sound, %error, "a sound cannot be played"),
        }
    }

    fn library(&self) -> Arc<Library> {
        let clips = self.clips.iter().map(|(sound, kept)| (*sound, Arc::clone(&kept.clip)));
        Arc::new(clips.collect())
    }
}

/// Where a sound comes from.
struct Source {
    sound: Sound,
    /// The first one that can be read is it.
    files: Vec<Cow<'static, [u8]>>,
}

impl Source {
    fn of(sound: Sound, ogg: Vec<u8>) -> Self {
        Self {
            sound,
            files: vec![Cow::Owned(ogg)],
        }
    }

    /// The clip that is there already, or a new one.
    fn encode(&self, known: Option<&Kept>) -> Option<Kept> {
        for ogg in &self.files {
            let mark: Mark = Sha256::digest(ogg).into();
            if let Some(known) = known.filter(|known| known.mark == mark) {
                return Some(known.clone());
            }
            let samples = clip::decode(ogg, || false).and_then(|samples| {
                let is_nothing = samples.as_slice().is_empty();
                if is_nothing { Err(NotAudio::NoSound) } else { Ok(samples) }
            });
            match samples {
                Ok(samples) => {
                    let clip = Arc::new(Encoded::encode(samples.as_slice()));
                    return Some(Kept { mark, clip });
                }
                // It was one of ours when it was written.
                Err(error) => tracing::error!(sound = ?self.sound, %error, "a sound cannot be played"),
            }
        }
        None
    }
}

/// All prompts: what is said in place of each, where there is something, and the program's own.
async fn prompts_in(store: &Store) -> Result<Vec<Source>, StoreError> {
    let mut sources = Vec::new();
    for (language, prompt) in prompts::all() {
        let replaced = store.replaced_prompt(prompt, language).await?;
        sources.push(Source {
            sound: Sound::Prompt { prompt, language },
            files: replaced
                .map(Cow::Owned)
                .into_iter()
                .chain([prompts::own(prompt, language)])
                .collect(),
        });
    }
    Ok(sources)
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

    #[tokio::test]
    async fn prompts_can_be_played_before_everything_else() {
        let store = Store::in_memory().await.unwrap();
        let clip = Clip::of(&Samples::new(vec![9_000; 16_000])).unwrap();
        let added = store.add_announcement("Holidays", &clip).await.unwrap();
        let (mut shelf, first) = Shelf::with_prompts(&store).await.unwrap();
        for (language, prompt) in prompts::all() {
            assert!(first.clip(Sound::Prompt { prompt, language }).is_some(), "{prompt:?} {language:?}");
        }
        let announcement = Sound::Announcement(added.id);
        assert!(first.clip(announcement).is_none());
        let second = shelf.follow(&store).await.unwrap().expect("more than the prompts");
        assert!(second.clip(announcement).is_some());
        let recorded = Sound::Prompt {
            prompt: Prompt::Recorded,
            language: Language::German,
        };
        assert!(
            Arc::ptr_eq(first.clip(recorded).unwrap(), second.clip(recorded).unwrap()),
            "not encoded again"
        );
    }

    #[tokio::test]
    async fn what_cannot_be_read_in_place_of_a_prompt_does_not_take_the_prompt_away() {
        let store = Store::in_memory().await.unwrap();
        let recorded = Sound::Prompt {
            prompt: Prompt::Recorded,
            language: Language::English,
        };
        let (_, own) = Shelf::with_prompts(&store).await.unwrap();
        let good = Clip::of(&Samples::new(vec![9_000; 16_000])).unwrap().ogg;
        for ogg in [b"no sound".to_vec(), good[..60].to_vec()] {
            let damaged = Clip { ogg, duration_ms: 1_000 };
            store
                .replace_prompt(Prompt::Recorded, Language::English, Some(&damaged))
                .await
                .unwrap();
            let (_, library) = Shelf::with_prompts(&store).await.unwrap();
            let frames = |library: &Library| library.clip(recorded).map(|clip| clip.frames());
            assert_eq!(frames(&library), frames(&own));
        }
    }

    #[tokio::test]
    async fn who_does_not_keep_up_is_handed_it_again() {
        let store = Store::in_memory().await.unwrap();
        let (shelf, _) = Shelf::with_prompts(&store).await.unwrap();
        let (told, mut handed) = tokio::sync::mpsc::unbounded_channel();
        // Has room the second time.
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let hand_out = move |library: &Arc<Library>| {
            told.send(Arc::clone(library)).unwrap();
            asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 0
        };
        let keeping = tokio::spawn(keep(shelf, store, Arc::default(), hand_out));
        let (first, second) = (handed.recv().await.unwrap(), handed.recv().await.unwrap());
        assert!(Arc::ptr_eq(&first, &second));
        keeping.abort();
    }
}
