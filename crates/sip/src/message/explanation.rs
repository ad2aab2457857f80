//! Why a request was refused, and when to come back, as far as the peer says so.

use std::time::Duration;

use super::address::Params;
use super::fields::delta_seconds;
use super::unquote;

/// The longest `Retry-After` that counts.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);
/// Characters of an explanation at most.
const CHARS_MAX: usize = 200;

/// Of `Retry-After`; parameters or a comment may follow the number: `18000;duration=3600`, `120 (in a meeting)`.
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    let seconds = delta_seconds(value.split([';', '(']).next()?)?;
    Some(Duration::from_secs(seconds.into()).min(RETRY_AFTER_MAX))
}

/// The first text of the items of `Warning`, or else of `Reason`.
pub(super) fn text<'a>(mut warnings: impl Iterator<Item = &'a str>, mut reasons: impl Iterator<Item = &'a str>) -> Option<String> {
    let text = warnings.find_map(warning_text).or_else(|| reasons.find_map(reason_text))?;
    let text: String = text.chars().filter(|c| !c.is_control()).take(CHARS_MAX).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `399 gw.example.com "Trunk is not provisioned"`, with or without the quotes.
fn warning_text(warning: &str) -> Option<String> {
    let (_code, rest) = warning.trim().split_once([' ', '\t'])?;
    let (_agent, text) = rest.trim_start().split_once([' ', '\t'])?;
    Some(unquoted(text.trim()))
}

/// `Q.850;cause=21;text="Call Rejected"`.
fn reason_text(reason: &str) -> Option<String> {
    let (_protocol, params) = reason.split_at(reason.find(';')?);
    Params::new(params).unquoted("text").map(std::borrow::Cow::into_owned)
}

fn unquoted(text: &str) -> String {
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) => unquote(inner).into_owned(),
        None => text.to_owned(),
    }
}
