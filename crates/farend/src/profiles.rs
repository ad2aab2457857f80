//! What is known about providers: files of facts, each with its source and its date. What nobody knows is absent.
//!
//! Ours are in the program (`crates/farend/profiles/`); administrators put their own into `profiles/` of the data folder, where one with the
//! name of one of ours replaces it.

mod value;

use std::collections::BTreeMap;
use std::path::Path;

use rust_embed::RustEmbed;
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::{ConfigError, Document};

/// The folder of an administrator's own profiles, in the data folder.
pub(crate) const OWN_DIR: &str = "profiles";
/// Own profiles at most.
const OWN_MAX: usize = 200;
/// Bytes of one at most.
const BYTES_MAX: u64 = 64 * 1024;
const SUFFIX: &str = ".toml";

#[derive(RustEmbed)]
#[folder = "profiles"]
struct Shipped;

/// A provider, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = TrunkProfile)]
pub(crate) struct Profile {
    /// The name of its file.
    pub(crate) id: String,
    /// For people.
    pub(crate) name: String,
    /// The two letters of ISO 3166; null: anywhere.
    #[schema(required)]
    pub(crate) country: Option<String>,
    /// What an administrator has to know.
    #[schema(required)]
    pub(crate) note: Option<String>,
    /// Registrar or proxy. What stands between < and > has to be replaced.
    #[schema(required)]
    pub(crate) host: Option<String>,
    /// The host part of addresses, where it is another.
    #[schema(required)]
    pub(crate) domain: Option<String>,
    /// Whether DNS says server, transport and port (NAPTR, SRV).
    #[schema(required)]
    pub(crate) dns: Option<bool>,
    #[schema(required)]
    pub(crate) port: Option<u16>,
    #[schema(required)]
    pub(crate) tls_port: Option<u16>,
    /// udp, tcp, tls.
    #[schema(required)]
    pub(crate) transports: Option<Vec<&'static str>>,
    /// The STUN server of the provider's own.
    #[schema(required)]
    pub(crate) stun: Option<String>,
    /// off, preferred or mandatory.
    #[schema(required)]
    pub(crate) srtp: Option<&'static str>,
    /// How numbers are written to it.
    #[schema(required)]
    pub(crate) outgoing: Option<&'static str>,
    /// How it writes numbers.
    #[schema(required)]
    pub(crate) incoming: Option<&'static str>,
    /// Where the caller's number is told: from, asserted, preferred or account_from.
    #[schema(required)]
    pub(crate) identity: Option<&'static str>,
    /// account, or address: it knows us by our address.
    #[schema(required)]
    pub(crate) authentication: Option<&'static str>,
    /// What the digest user name is, in words.
    #[schema(required)]
    pub(crate) auth_user: Option<String>,
    #[schema(required)]
    pub(crate) realm: Option<String>,
    #[schema(required)]
    pub(crate) expires_seconds: Option<u32>,
    /// Digits of extensions behind a head.
    #[schema(required)]
    pub(crate) ddi_digits: Option<u8>,
    /// From which networks it can be used, in words.
    #[schema(required)]
    pub(crate) access: Option<String>,
    /// Where each of these facts was found.
    pub(crate) sources: BTreeMap<&'static str, Source>,
}

/// Where a fact was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FactSource)]
pub(crate) struct Source {
    /// In words, or an address.
    pub(crate) source: String,
    /// When it was looked at: year and month.
    #[schema(example = "2026-10")]
    pub(crate) date: String,
}

/// Profiles that can be used, and what is wrong with others.
#[derive(Debug, Default)]
pub(crate) struct Profiles {
    /// By the names of their files.
    pub(crate) profiles: BTreeMap<String, Profile>,
    /// With file, line, key and remedy.
    pub(crate) mistakes: Vec<String>,
}

/// Ours, and those of an administrator in a folder that need not exist. Reads files.
pub(crate) fn read(own: &Path) -> Profiles {
    let mut read = Profiles::default();
    for file in Shipped::iter() {
        let text = Shipped::get(&file).map(|file| String::from_utf8_lossy(&file.data).into_owned());
        read.add(Path::new(&*file), &text.unwrap_or_default());
    }
    let Ok(folder) = std::fs::read_dir(own) else { return read };
    let mut files: Vec<_> = folder.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(SUFFIX));
    files.sort();
    for file in files.iter().take(OWN_MAX) {
        let is_small = std::fs::metadata(file).is_ok_and(|metadata| metadata.len() <= BYTES_MAX);
        match std::fs::read_to_string(file) {
            Ok(text) if is_small => read.add(file, &text),
            Ok(_) => read.mistakes.push(format!("{}: is larger than {BYTES_MAX} bytes", file.display())),
            Err(error) => read.mistakes.push(format!("{}: cannot be read: {error}", file.display())),
        }
    }
    read
}

impl Profiles {
    fn add(&mut self, file: &Path, text: &str) {
        match parse(file, text) {
            Ok(profile) => {
                self.profiles.insert(profile.id.clone(), profile);
            }
            Err(error) => self.mistakes.extend(error.to_string().lines().map(str::to_owned)),
        }
    }
}

/// # Errors
/// [`ConfigError::Wrong`] with everything that is wrong.
fn parse(file: &Path, text: &str) -> Result<Profile, ConfigError> {
    let mut document = Document::parse(text);
    let mut profile = value::profile(&mut document);
    document.finish().map_err(|mistakes| ConfigError::Wrong {
        file: file.to_owned(),
        mistakes,
    })?;
    profile.id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_are_shipped_can_be_used_and_every_fact_has_a_source() {
        let read = read(Path::new("/nonexistent"));
        assert_eq!(read.mistakes, Vec::<String>::new());
        assert_eq!(read.profiles.len(), Shipped::iter().count());
        assert!(read.profiles.contains_key("generic"));
        for profile in read.profiles.values() {
            let facts = serde_json::to_value(profile).unwrap();
            let known = facts.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
            let names: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
            let without = ["id", "name", "country", "note", "sources"];
            for name in names.into_iter().filter(|name| !without.contains(name)) {
                let source = &profile.sources[name];
                assert!(!source.source.is_empty() && source.date == "2026-10", "{}: {name}", profile.id);
            }
        }
    }

    #[test]
    fn mistakes_name_line_key_and_remedy() {
        let text = "name = \"X\"\nhost = \"sip.example.com\"\nport = { value = 99999, source = \"s\", date = \"2026-10\" }\n\
                    stun = { value = \"stun.example.com\", date = \"2026-10\" }\nsrpt = 1\n\
                    srtp = { value = \"sometimes\", source = \"s\", date = \"2026-10\" }\nrealm = { value = \"x\", source = \"s\", date = \"lately\" }\n";
        let mistakes = parse(Path::new("x.toml"), text).unwrap_err().to_string();
        assert_eq!(
            mistakes.lines().collect::<Vec<_>>(),
            [
                "x.toml:2: host: is a text, not a fact; write { value = …, source = \"where it was found\", date = \"2026-10\" }",
                "x.toml:3: port: 99999 is out of range; write a whole number from 1 to 65535",
                "x.toml:4: stun: has no source; write { value = …, source = \"where it was found\", date = \"2026-10\" }",
                "x.toml:5: srpt: unknown key; did you mean `srtp`?",
                "x.toml:6: srtp: \"sometimes\" is not a choice; write one of \"off\", \"preferred\", \"mandatory\"",
                "x.toml:7: realm: has no date; write { value = …, source = \"where it was found\", date = \"2026-10\" }",
            ]
        );
        assert!(
            parse(Path::new("x.toml"), "")
                .unwrap_err()
                .to_string()
                .starts_with("x.toml:1: name: is missing; ")
        );
    }

    #[test]
    fn an_administrators_own_profile_goes_before_ours() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("generic.toml"), "name = \"House provider\"\n").unwrap();
        std::fs::write(folder.path().join("broken.toml"), "nome = \"x\"\n").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "no profile").unwrap();
        let read = read(folder.path());
        assert_eq!(read.profiles["generic"].name, "House provider");
        assert!(!read.profiles.contains_key("broken"));
        assert_eq!(
            read.mistakes.len(),
            2,
            "the name is missing, and the key is unknown: {:?}",
            read.mistakes
        );
    }
}
