//! `farend doctor --call ID`: what the flight recorder has kept of a call, as text.

use anyhow::Context as _;

use crate::flight::keeper::unpacked;
use crate::flight::text::{self, Signs};
use crate::store::Store;

/// Prints the flight of a call that is over. `json`: as REST gives it.
pub(in crate::cli) async fn print(store: &Store, call: &str, json: bool) -> anyhow::Result<()> {
    let kept = store.flight(call).await?;
    let kept = kept.with_context(|| {
        format!("nothing is kept of call {call}: give its name as in the journal, such as 3-17, within 14 days, when it has ended")
    })?;
    let story = unpacked(&kept).with_context(|| format!("what is kept of call {call} cannot be read: a newer farend has written it"))?;
    if json {
        return crate::cli::print_json(&serde_json::to_value(&story)?);
    }
    crate::cli::print(&text::flight(&story, signs()))
}

/// Blocks where the terminal's language is written in UTF-8.
fn signs() -> Signs {
    let language = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
    let is_utf8 = language.is_some_and(|language| language.to_ascii_lowercase().replace('-', "").contains("utf8"));
    if is_utf8 { Signs::Unicode } else { Signs::Ascii }
}
