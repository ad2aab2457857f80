//! `Replaces`: the name of a dialog whose place another one takes (RFC 3891), in an INVITE or inside the URI of a `Refer-To`.

use super::address::{Params, split_outside_quotes};
use super::uri::UriParts;

/// What is compared is never longer than this, in bytes: nobody's Call-ID is.
const PART_BYTES_MAX: usize = 256;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// The dialog's Call-ID.
    pub call_id: String,
    /// The tag at the receiver's side.
    pub to_tag: String,
    /// The tag at the other side; `0` stands for none as well (RFC 2543 peers).
    pub from_tag: String,
    /// Only an early dialog may be replaced.
    pub early_only: bool,
}

/// Something that should name a dialog, and does not: 400 (RFC 3891 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplacesError {
    /// There are several.
    #[error("there is more than one Replaces")]
    Several,
    /// Call-ID and tags are not there once each, or are nonsense.
    #[error("Replaces names no dialog")]
    NoDialog,
    /// The URI's headers are not escaped as they must be (RFC 3261 section 19.1.1).
    #[error("the escapes in Refer-To make no sense")]
    Escapes,
}

impl Replaces {
    /// Of a header's value.
    ///
    /// # Errors
    ///
    /// See [`ReplacesError::NoDialog`].
    pub fn parse(value: &str) -> Result<Self, ReplacesError> {
        let (call_id, params) = value.split_at(value.find(';').ok_or(ReplacesError::NoDialog)?);
        let params = Params::new(params);
        let call_id = call_id.trim();
        let is_call_id =
            (1..=PART_BYTES_MAX).contains(&call_id.len()) && call_id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
        if !is_call_id {
            return Err(ReplacesError::NoDialog);
        }
        Ok(Self {
            call_id: call_id.to_owned(),
            to_tag: tag(&params, "to-tag")?,
            from_tag: tag(&params, "from-tag")?,
            early_only: params.value("early-only").is_some(),
        })
    }

    /// Of an INVITE's header fields, one for each line; `None` where there is none.
    pub(super) fn of_lines<'a>(mut lines: impl Iterator<Item = &'a str>) -> Result<Option<Self>, ReplacesError> {
        let Some(line) = lines.next() else { return Ok(None) };
        if lines.next().is_some() || split_outside_quotes(line, b',').count() > 1 {
            return Err(ReplacesError::Several);
        }
        Self::parse(line).map(Some)
    }

    /// Of the headers inside a `Refer-To`'s URI: an attended transfer (RFC 5589 section 7). `None` where there is none.
    ///
    /// # Errors
    ///
    /// See [`ReplacesError`].
    pub fn embedded(refer_to: &str) -> Result<Option<Self>, ReplacesError> {
        // Who leaves the user out may have an `@` in the Call-ID.
        let headers = UriParts::split(refer_to).and_then(|parts| parts.headers);
        let headers = headers.or_else(|| refer_to.split_once('?').map(|(_, headers)| headers));
        let fields = headers.into_iter().flat_map(|headers| headers.split('&'));
        let mut values = fields.filter_map(|field| {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            let is_it = unescape(name).is_some_and(|name| name.eq_ignore_ascii_case("replaces"));
            is_it.then_some(value)
        });
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(ReplacesError::Several);
        }
        let value = unescape(value).ok_or(ReplacesError::Escapes)?;
        Self::parse(&value).map(Some)
    }

    /// Whether a dialog with these names is meant, as its receiver knows it.
    pub(crate) fn names(&self, call_id: &str, remote_tag: &str) -> bool {
        let has_no_tag = remote_tag.is_empty() && self.from_tag == "0";
        self.call_id == call_id && (self.from_tag == remote_tag || has_no_tag)
    }
}

/// A tag that is there exactly once, and can be one.
fn tag(params: &Params<'_>, name: &str) -> Result<String, ReplacesError> {
    let mut values = params
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(tag), None) if (1..=PART_BYTES_MAX).contains(&tag.len()) && tag.bytes().all(is_token) => Ok(tag.to_owned()),
        _ => Err(ReplacesError::NoDialog),
    }
}

/// RFC 3261 section 25.1.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Resolves `%hh`; `None` where an escape is broken, or what comes out is no visible ASCII.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '%' => {
                let (high, low) = (chars.next()?.to_digit(16)?, chars.next()?.to_digit(16)?);
                char::from_u32(high * 16 + low)?
            }
            c => c,
        };
        (c.is_ascii_graphic() || c == ' ').then(|| out.push(c))?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(call_id: &str, to_tag: &str, from_tag: &str) -> Replaces {
        Replaces {
            call_id: call_id.to_owned(),
            to_tag: to_tag.to_owned(),
            from_tag: from_tag.to_owned(),
            early_only: false,
        }
    }

    #[test]
    fn a_dialog_is_named_by_call_id_and_tags_in_any_order() {
        let expected = named("98asjd8@192.0.2.7", "12345", "54321");
        for value in [
            "98asjd8@192.0.2.7;to-tag=12345;from-tag=54321",
            " 98asjd8@192.0.2.7 ; from-tag=54321 ;TO-TAG=12345;x=y",
        ] {
            assert_eq!(Replaces::parse(value), Ok(expected.clone()), "{value}");
        }
        let early = Replaces::parse("a;to-tag=1;from-tag=2;early-only").unwrap();
        assert!(early.early_only);
    }

    #[test]
    fn what_names_no_dialog_is_refused() {
        let long = "x".repeat(PART_BYTES_MAX + 1);
        for value in [
            "",
            "a",
            ";to-tag=1;from-tag=2",
            "a;to-tag=1",
            "a;from-tag=2",
            "a;to-tag=1;from-tag=2;from-tag=3",
            "a;to-tag=;from-tag=2",
            "a;to-tag=\"1\";from-tag=2",
            "a b;to-tag=1;from-tag=2",
            "a;to-tag=1;from-tag=2,b;to-tag=3;from-tag=4",
            &format!("{long};to-tag=1;from-tag=2"),
            &format!("a;to-tag={long};from-tag=2"),
        ] {
            assert_eq!(Replaces::parse(value), Err(ReplacesError::NoDialog), "{value}");
        }
    }

    #[test]
    fn it_stands_escaped_in_a_refer_to_as_phones_write_it() {
        let expected = named("a@b", "1", "2");
        for uri in [
            "sip:103@farend?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2",
            "sip:103@farend;user=phone?Subject=Replaces&replaces=a%40b%3bfrom-tag%3d2%3bto-tag%3d1",
            "sip:103@farend?Require=replaces&%52eplaces=a@b;to-tag=1;from-tag=2",
            "sip:farend?Replaces=a@b%3Bto-tag%3D1%3Bfrom-tag%3D2",
        ] {
            assert_eq!(Replaces::embedded(uri), Ok(Some(expected.clone())), "{uri}");
        }
        for uri in [
            "sip:103@farend",
            "sip:103@farend?Subject=Replaces",
            "sip:103@farend?",
            "tel:103",
            "",
            "?",
            "sip:Replaces@farend?a=b",
        ] {
            assert_eq!(Replaces::embedded(uri), Ok(None), "{uri}");
        }
    }

    #[test]
    fn rubbish_in_a_refer_to_is_told_from_no_dialog() {
        use ReplacesError::{Escapes, NoDialog, Several};
        for (uri, why) in [
            (
                "sip:1@f?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=b%3Bto-tag%3D1%3Bfrom-tag%3D2",
                Several,
            ),
            ("sip:1@f?Replaces=a%3", Escapes),
            ("sip:1@f?Replaces=a%zz", Escapes),
            ("sip:1@f?Replaces=a%0D%0AX: y%3Bto-tag%3D1%3Bfrom-tag%3D2", Escapes),
            ("sip:1@f?Replaces=a%FF%3Bto-tag%3D1%3Bfrom-tag%3D2", Escapes),
            ("sip:1@f?Replaces", NoDialog),
            ("sip:1@f?Replaces=", NoDialog),
            ("sip:1@f?Replaces=a%3Bto-tag%3D1", NoDialog),
        ] {
            assert_eq!(Replaces::embedded(uri), Err(why), "{uri}");
        }
    }

    #[test]
    fn a_tag_of_zero_stands_for_none() {
        let zero = named("a", "1", "0");
        assert!(zero.names("a", "") && zero.names("a", "0") && !zero.names("a", "1") && !zero.names("b", ""));
        assert!(!named("a", "1", "2").names("a", ""));
    }
}
