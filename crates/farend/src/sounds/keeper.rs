//! Keeps what the media threads can play up to date with the database.

use model::Sound;

use super::{Clip, Samples, prompts};
use crate::store::{Store, StoreError};

/// Everything that can be played, as samples.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn load(store: &Store) -> Result<Vec<(Sound, Samples)>, StoreError> {
    let mut clips = Vec::new();
    for (language, prompt) in prompts::all() {
        let own = || prompts::own(prompt, language).into_owned();
        let ogg = store.replaced_prompt(prompt, language).await?.unwrap_or_else(own);
        clips.push((Sound::Prompt { prompt, language }, ogg));
    }
    for announcement in store.announcements().await? {
        let ogg = store.announcement_audio(announcement.id).await?;
        clips.push((Sound::Announcement(announcement.id), ogg));
    }
    let unpack = |(sound, ogg): (Sound, Vec<u8>)| {
        let clip = Clip { ogg, duration_ms: 0 };
        clip.samples().ok().map(|samples| (sound, samples))
    };
    Ok(clips.into_iter().filter_map(unpack).collect())
}
