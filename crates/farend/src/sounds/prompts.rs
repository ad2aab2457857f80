//! What the program itself says, made by `scripts/prompts.sh` (see `prompts/README.md`) and carried within it.

use std::borrow::Cow;

use model::{Language, Prompt};
use rust_embed::RustEmbed;

use super::{Clip, clip};

/// The texts: name, language, what is said.
const TEXTS: &str = include_str!("../../prompts/prompts.tsv");

#[derive(RustEmbed)]
#[folder = "prompts/"]
struct Files;

/// All prompts in all languages.
pub fn all() -> impl Iterator<Item = (Language, Prompt)> {
    Language::ALL
        .into_iter()
        .flat_map(|language| Prompt::ALL.into_iter().map(move |prompt| (language, prompt)))
}

/// What a prompt says.
#[must_use]
pub fn text(prompt: Prompt, language: Language) -> &'static str {
    let row = |line: &'static str| {
        let mut parts = line.splitn(3, '\t');
        let is_it = parts.next() == Some(prompt.name()) && parts.next() == Some(language.code());
        is_it.then(|| parts.next()).flatten()
    };
    TEXTS.lines().find_map(row).unwrap_or_default()
}

/// The program's own sound of a prompt, Ogg Opus.
#[must_use]
pub fn own(prompt: Prompt, language: Language) -> Cow<'static, [u8]> {
    let file = Files::get(&format!("{}/{}.ogg", language.code(), prompt.name()));
    file.map(|file| file.data).unwrap_or_default()
}

/// How long that is.
#[must_use]
pub fn duration_ms(prompt: Prompt, language: Language) -> u32 {
    clip::duration_ms(&own(prompt, language)).unwrap_or(0)
}

/// The same as a clip.
#[must_use]
pub fn own_clip(prompt: Prompt, language: Language) -> Clip {
    Clip {
        ogg: own(prompt, language).into_owned(),
        duration_ms: duration_ms(prompt, language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sounds::RATE_HZ;

    /// Milliseconds that a letter takes to say.
    const LETTER_MS: std::ops::Range<usize> = 40..130;
    const FRAME: usize = RATE_HZ as usize / 50;
    const FRAME_MS: usize = 20;

    fn decibels(power: f64) -> f64 {
        10.0 * (power / f64::from(1 << 30)).log10()
    }

    #[test]
    fn every_prompt_is_spoken_in_every_language_as_it_should_be() {
        for (language, prompt) in all() {
            let name = format!("{}/{}", language.code(), prompt.name());
            let clip = own_clip(prompt, language);
            let samples = clip.samples().unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(samples.duration_ms(), clip.duration_ms, "{name}");
            let letters = text(prompt, language).chars().count();
            let plausible = LETTER_MS.start * letters..LETTER_MS.end * letters;
            assert!(
                letters > 5 && plausible.contains(&(clip.duration_ms as usize)),
                "{name}: {} ms",
                clip.duration_ms
            );

            let peak = samples.as_slice().iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
            assert!(peak < 32_700, "{name} clips");
            let power = |frame: &[i16]| frame.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / frame.len() as f64;
            let powers: Vec<f64> = samples.as_slice().chunks_exact(FRAME).map(power).collect();
            let loudest = powers.iter().copied().fold(0.0, f64::max);
            let is_speech = |power: &f64| *power > loudest / 1_000.0;
            let speech: Vec<f64> = powers.iter().copied().filter(is_speech).collect();
            let level = decibels(speech.iter().sum::<f64>() / speech.len() as f64);
            assert!((-20.0..-16.0).contains(&level), "{name}: {level} dBFS");
            let before = powers.iter().position(is_speech).unwrap_or(powers.len()) * FRAME_MS;
            let after = powers.iter().rev().position(is_speech).unwrap_or(powers.len()) * FRAME_MS;
            assert!(before < 150 && after < 150, "{name}: {before} and {after} ms of silence");
        }
    }

    #[test]
    fn the_table_names_no_prompt_that_is_never_said() {
        let rows: Vec<&str> = TEXTS.lines().skip(1).collect();
        assert_eq!(rows.len(), all().count());
        for row in rows {
            let known =
                all().any(|(language, prompt)| row == format!("{}\t{}\t{}", prompt.name(), language.code(), text(prompt, language)));
            assert!(known, "{row}");
        }
    }
}
