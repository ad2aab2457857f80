//! How a provider's server proves over TLS who it is, and in which words it fails to.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};
use sha2::{Digest as _, Sha256};
use switchboard::trunks::Trust;
use time::OffsetDateTime;

/// Configurations that are kept: more are made anew.
const CONFIGS_MAX: usize = 32;
/// Names of a certificate that are told: there may be hundreds.
const NAMES_MAX: usize = 8;
/// Of what a peer makes us say, in characters.
const WORDS_MAX: usize = 500;

/// One TLS configuration for each kind of trust, made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Trusts {
    /// The one that was made first is given up first.
    configs: Mutex<VecDeque<(Trust, Arc<ClientConfig>)>>,
}

impl Trusts {
    /// # Errors
    ///
    /// In words, when the authority's certificate cannot be used.
    pub(super) fn config(&self, trust: &Trust) -> Result<Arc<ClientConfig>, String> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, config)) = configs.iter().find(|(known, _)| known == trust) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(config(trust)?);
        if configs.len() >= CONFIGS_MAX {
            configs.pop_front();
        }
        configs.push_back((trust.clone(), Arc::clone(&config)));
        Ok(config)
    }
}

fn config(trust: &Trust) -> Result<ClientConfig, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = match trust {
        Trust::Public => builder.with_root_certificates(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }),
        Trust::Authority(pem) => builder.with_root_certificates(authority(pem)?),
        Trust::Pinned(sha256) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned { sha256: *sha256, provider })),
    };
    Ok(builder.with_no_client_auth())
}

fn authority(pem: &str) -> Result<RootCertStore, String> {
    let unusable =
        |error: &dyn std::fmt::Display| format!("the authority's certificate that this trunk shall trust cannot be used: {error}");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.is_empty() {
        return Err(unusable(&"it has no block that begins with -----BEGIN CERTIFICATE-----"));
    }
    Ok(roots)
}

/// Believes one certificate, whatever it says, as long as the server has its key.
#[derive(Debug)]
struct Pinned {
    sha256: [u8; 32],
    provider: Arc<CryptoProvider>,
}

/// The server has shown another certificate than the pinned one.
#[derive(Debug, thiserror::Error)]
#[error("its certificate is not the pinned one: the SHA-256 of this one is {}", fingerprint(.0))]
struct NotPinned([u8; 32]);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let seen: [u8; 32] = Sha256::digest(end_entity).into();
        if seen == self.sha256 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::Other(OtherError(Arc::new(NotPinned(seen)))).into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// As `openssl x509 -fingerprint -sha256` writes it.
fn fingerprint(sha256: &[u8; 32]) -> String {
    let bytes: Vec<String> = sha256.iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

/// Why a handshake has failed, as the rest of a sentence.
pub(super) fn why(error: &io::Error) -> String {
    let words = match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => why_not(error),
        None => match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                "it closed the connection in the handshake: check port and transport".to_owned()
            }
            _ => error.to_string(),
        },
    };
    words.chars().filter(|character| !character.is_control()).take(WORDS_MAX).collect()
}

fn why_not(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::InvalidMessage(_) => "what it answers is not TLS: check port and transport".to_owned(),
        Error::AlertReceived(alert) => format!("it refuses the handshake ({alert:?})"),
        other => other.to_string(),
    }
}

fn certificate(error: &CertificateError) -> String {
    let day = |time: &UnixTime| {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        OffsetDateTime::from_unix_timestamp(seconds).map_or_else(|_| "an unknown day".to_owned(), |time| time.date().to_string())
    };
    match error {
        CertificateError::Expired => "its certificate has expired".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => format!("its certificate has expired on {}", day(not_after)),
        CertificateError::NotValidYet => "its certificate is not valid yet: check this machine's clock".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!(
                "its certificate is not valid before {}: check this machine's clock",
                day(not_before)
            )
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            format!("its certificate is not for {}, but for {}", expected.to_str(), names(presented))
        }
        CertificateError::UnknownIssuer => {
            "its certificate comes from itself or from an authority that is not trusted: give this trunk the \
             authority's certificate, or pin the server's"
                .to_owned()
        }
        CertificateError::BadSignature => {
            "its certificate is not signed with the key of the authority that it names: compare the authority's \
             certificate with the provider's"
                .to_owned()
        }
        CertificateError::Revoked => "its certificate has been revoked".to_owned(),
        CertificateError::Other(other) => match other.0.downcast_ref::<NotPinned>() {
            Some(not_pinned) => not_pinned.to_string(),
            None => format!("its certificate cannot be checked ({other}): if it has signed itself, pin it"),
        },
        other => format!("its certificate cannot be used ({other:?})"),
    }
}

/// The library tells names as `DnsName("example.com")`.
fn names(presented: &[String]) -> String {
    let name = |told: &String| {
        let name = told.strip_prefix("DnsName(\"").and_then(|rest| rest.strip_suffix("\")"));
        name.unwrap_or(told).to_owned()
    };
    match presented.len() {
        0 => "no name at all".to_owned(),
        known if known > NAMES_MAX => {
            let first: Vec<_> = presented.iter().take(NAMES_MAX).map(name).collect();
            format!("{} and {} others", first.join(", "), known - NAMES_MAX)
        }
        _ => presented.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}
