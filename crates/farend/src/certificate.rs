//! The server's certificate: given files, read again when they change, or one of our own made on the first start.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use std::{fs, io};

use anyhow::Context as _;
use arc_swap::ArcSwap;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config::TlsFiles;

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// The administrator's.
    Given { certificate: PathBuf, key: PathBuf },
    /// Ours, kept in the data directory.
    SelfSigned { certificate: PathBuf, key: PathBuf },
}

/// The certificate in use; TLS handshakes read it, [`Certificate::reload`] replaces it.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: ArcSwap<Files>,
    current: ArcSwap<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    key: Arc<CertifiedKey>,
    modified: [Option<SystemTime>; 2],
}

impl Files {
    /// The given pair, or our own in `data_dir`.
    pub(crate) fn new(given: Option<(PathBuf, PathBuf)>, data_dir: &Path) -> Self {
        match given {
            Some((certificate, key)) => Self::Given { certificate, key },
            None => Self::SelfSigned {
                certificate: data_dir.join("certificate.pem"),
                key: data_dir.join("certificate-key.pem"),
            },
        }
    }

    fn paths(&self) -> (&Path, &Path) {
        match self {
            Self::Given { certificate, key } | Self::SelfSigned { certificate, key } => (certificate, key),
        }
    }

    fn modified(&self) -> [Option<SystemTime>; 2] {
        let (certificate, key) = self.paths();
        [certificate, key].map(|path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok())
    }
}

impl Certificate {
    /// Loads the certificate; makes one for `names` when there is none and none was given.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or does not hold what it should; the message names it.
    pub(crate) fn load(files: Files, names: &[String]) -> anyhow::Result<Self> {
        if let Files::SelfSigned { certificate, key } = &files
            && !(certificate.exists() && key.exists())
        {
            make_self_signed(certificate, key, names)?;
        }
        let current = ArcSwap::from_pointee(read(&files)?);
        Ok(Self {
            files: ArcSwap::from_pointee(files),
            current,
        })
    }

    /// Whether it is one that browsers will warn about.
    pub(crate) fn is_self_signed(&self) -> bool {
        matches!(**self.files.load(), Files::SelfSigned { .. })
    }

    /// The server's own one, as browsers are shown it: without those that vouch for it.
    pub(crate) fn end_entity(&self) -> CertificateDer<'static> {
        let loaded = self.current.load();
        // None is loaded without one.
        loaded.key.cert.first().cloned().unwrap_or_else(|| CertificateDer::from(Vec::new()))
    }

    /// From now on the certificate is in these files; [`Certificate::reload`] reads them.
    pub(crate) fn look_at(&self, files: Files) {
        self.files.store(Arc::new(files));
    }

    /// Reads the files again when they have changed (or always, with `force`); true when the certificate was replaced.
    ///
    /// # Errors
    ///
    /// As [`Certificate::load`]; the old certificate stays in use.
    pub(crate) fn reload(&self, force: bool) -> anyhow::Result<bool> {
        let files = self.files.load();
        if !force && files.modified() == self.current.load().modified {
            return Ok(false);
        }
        self.current.store(Arc::new(read(&files)?));
        Ok(true)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.load().key))
    }
}

/// A TLS configuration that always presents the certificate in use.
///
/// # Errors
///
/// When the cryptography library refuses its own defaults.
pub(crate) fn tls(certificate: Arc<Certificate>, protocols: &[&str]) -> anyhow::Result<Arc<rustls::ServerConfig>> {
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context("TLS 1.2 and 1.3 are not available")?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Ok(Arc::new(config))
}

/// How many certificates a text in PEM has; `None` when one cannot be read.
pub(crate) fn count(pem: &str) -> Option<usize> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    certificates.ok().map(|certificates| certificates.len())
}

/// Whether given files can be used.
///
/// # Errors
///
/// As [`Certificate::load`].
pub(crate) fn check(given: &TlsFiles) -> anyhow::Result<()> {
    read(&Files::Given {
        certificate: given.certificate.clone(),
        key: given.key.clone(),
    })
    .map(drop)
}

fn read(files: &Files) -> anyhow::Result<Loaded> {
    let modified = files.modified();
    let (certificate, key) = files.paths();
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| {
            format!(
                "cannot read a certificate from {}: it must be PEM, the server's own certificate first",
                certificate.display()
            )
        })?;
    anyhow::ensure!(
        !chain.is_empty(),
        "{} holds no certificate: expected a block that begins with -----BEGIN CERTIFICATE-----",
        certificate.display()
    );
    let private = PrivateKeyDer::from_pem_file(key).with_context(|| {
        format!(
            "cannot read a private key from {}: it must be PEM, without a passphrase",
            key.display()
        )
    })?;
    let signing = aws_lc_rs::sign::any_supported_type(&private)
        .with_context(|| format!("the private key in {} is of an unknown kind", key.display()))?;
    let certified = CertifiedKey::new(chain, signing);
    certified.keys_match().with_context(|| {
        format!(
            "the private key in {} does not belong to the certificate in {}",
            key.display(),
            certificate.display()
        )
    })?;
    Ok(Loaded {
        key: Arc::new(certified),
        modified,
    })
}

/// Makes a P-256 certificate for ten years and keeps it, its key readable by nobody else.
fn make_self_signed(certificate: &Path, key: &Path, names: &[String]) -> anyhow::Result<()> {
    let pair = rcgen::KeyPair::generate().context("cannot make a key")?;
    let mut params = rcgen::CertificateParams::new(names.to_vec()).context("a name of this machine cannot stand in a certificate")?;
    params.distinguished_name.push(rcgen::DnType::CommonName, "farend");
    params.use_authority_key_identifier_extension = true;
    params.extended_key_usages.push(rcgen::ExtendedKeyUsagePurpose::ServerAuth);
    let now = time::OffsetDateTime::now_utc();
    (params.not_before, params.not_after) = (now - time::Duration::days(1), now + time::Duration::days(3650));
    let signed = params.self_signed(&pair).context("cannot sign the certificate")?;
    write_private(key, pair.serialize_pem().as_bytes()).with_context(|| format!("cannot write {}", key.display()))?;
    fs::write(certificate, signed.pem()).with_context(|| format!("cannot write {}", certificate.display()))?;
    tracing::info!(certificate = %certificate.display(), "made a self-signed certificate");
    Ok(())
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The names and addresses by which browsers may reach us.
pub(crate) fn own_names(public_host: Option<&str>) -> Vec<String> {
    let mut names = vec!["localhost".to_owned()];
    names.extend(public_host.map(str::to_owned));
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    names.extend(
        interfaces
            .iter()
            .map(if_addrs::Interface::ip)
            .filter(|ip| !matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local()))
            .map(|ip| ip.to_string()),
    );
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        vec!["localhost".into(), "192.0.2.1".into()]
    }

    #[test]
    fn a_self_signed_certificate_is_made_once_and_its_key_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let files = Files::new(None, dir.path());
        let first = Certificate::load(files.clone(), &names()).unwrap();
        let second = Certificate::load(files.clone(), &names()).unwrap();
        assert_eq!(first.current.load().key.cert, second.current.load().key.cert);
        assert!(first.is_self_signed());
        let mode = fs::metadata(files.paths().1).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_changed_file_is_read_again_and_a_broken_one_keeps_the_old() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (ours, theirs) = (Files::new(None, dir.path()), Files::new(None, other.path()));
        let certificate = Certificate::load(ours.clone(), &names()).unwrap();
        let before = certificate.current.load().key.cert.clone();
        assert!(!certificate.reload(false).unwrap());

        Certificate::load(theirs.clone(), &names()).unwrap();
        fs::copy(theirs.paths().0, ours.paths().0).unwrap();
        let error = certificate.reload(true).unwrap_err().to_string();
        assert!(error.contains("does not belong to the certificate"), "{error}");
        assert_eq!(certificate.current.load().key.cert, before);

        fs::copy(theirs.paths().1, ours.paths().1).unwrap();
        assert!(certificate.reload(true).unwrap());
        assert_ne!(certificate.current.load().key.cert, before);
    }

    #[test]
    fn a_file_without_a_certificate_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let (certificate, key) = (dir.path().join("c.pem"), dir.path().join("k.pem"));
        fs::write(&certificate, "hello").unwrap();
        fs::write(&key, "hello").unwrap();
        let error = Certificate::load(Files::new(Some((certificate.clone(), key)), dir.path()), &names()).unwrap_err();
        assert!(format!("{error:#}").contains(certificate.to_str().unwrap()), "{error:#}");
    }
}
