//! Whether our public addresses lead back to us: a connection to the one TCP port of each, and a look at the certificate there.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use doctor::evidence::{ForwardProbe, ProbeOutcome};
use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

/// How often an address is looked at.
const EVERY: Duration = Duration::from_secs(30 * 60);

/// The same while one that has led to us before does not: a router may only be starting anew.
const EVERY_IN_DOUBT: Duration = Duration::from_secs(60);

/// A connection with its handshake may take so long.
const PATIENCE: Duration = Duration::from_secs(3);

/// Addresses that are looked at.
const ADDRESSES_MAX: usize = 8;

/// What is known of our public addresses.
#[derive(Debug, Default)]
pub(super) struct Forwards {
    known: BTreeMap<SocketAddr, ForwardProbe>,
    /// The latest probe of each address that has reached us.
    reached: BTreeMap<SocketAddr, ForwardProbe>,
    asked: BTreeMap<SocketAddr, Instant>,
    asking: JoinSet<ForwardProbe>,
}

impl Forwards {
    /// These are our public addresses, and this is our certificate: those that were not looked at lately are.
    pub(super) fn follow(&mut self, publics: &[IpAddr], port: u16, ours: &CertificateDer<'static>, now: Instant) {
        let addresses: Vec<_> = publics.iter().take(ADDRESSES_MAX).map(|ip| SocketAddr::new(*ip, port)).collect();
        self.known.retain(|address, _| addresses.contains(address));
        self.reached.retain(|address, _| addresses.contains(address));
        self.asked.retain(|address, _| addresses.contains(address));
        for address in addresses {
            let every = if self.is_in_doubt(address) { EVERY_IN_DOUBT } else { EVERY };
            if self.asked.get(&address).is_none_or(|asked| now.duration_since(*asked) >= every) {
                self.asked.insert(address, now);
                let ours = ours.clone();
                self.asking.spawn(async move {
                    ForwardProbe {
                        address,
                        outcome: probe(address, &ours).await,
                        at: super::now(),
                    }
                });
            }
        }
    }

    /// All of them are to be looked at again.
    pub(super) fn again(&mut self) {
        self.asked.clear();
    }

    /// For the evidence: the latest probe of each address, and before it the latest that has reached us.
    pub(super) fn told(&self) -> Vec<ForwardProbe> {
        let is_older = |reached: &&ForwardProbe| self.known.get(&reached.address) != Some(*reached);
        let reached = self.reached.values().filter(is_older);
        reached.chain(self.known.values()).cloned().collect()
    }

    /// Whether an address has led to us, and does not any more.
    fn is_in_doubt(&self, address: SocketAddr) -> bool {
        self.reached.contains_key(&address) && self.known.get(&address).is_some_and(|probe| probe.outcome != ProbeOutcome::Ours)
    }

    fn note(&mut self, probe: ForwardProbe) {
        if probe.outcome == ProbeOutcome::Ours {
            self.reached.insert(probe.address, probe.clone());
        }
        self.known.insert(probe.address, probe);
    }

    /// Returns when something has been found out; never, while nobody is asked.
    pub(super) async fn changed(&mut self) {
        loop {
            match self.asking.join_next().await {
                Some(Ok(probe)) if self.asked.contains_key(&probe.address) => {
                    self.note(probe);
                    return;
                }
                Some(Ok(_) | Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }
}

async fn probe(address: SocketAddr, ours: &CertificateDer<'static>) -> ProbeOutcome {
    let seen = Arc::new(Seen::default());
    let look = async {
        let stream = TcpStream::connect(address).await?;
        let config = config(&seen).map_err(std::io::Error::other)?;
        let name = ServerName::IpAddress(address.ip().into());
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.map(drop)
    };
    let ended = timeout(PATIENCE, look).await;
    let certificate = seen.certificate.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (certificate, ended) {
        (Some(certificate), _) if certificate == *ours => ProbeOutcome::Ours,
        (Some(_), _) => ProbeOutcome::SomebodyElse,
        (None, Ok(Err(error))) => match error.kind() {
            ErrorKind::ConnectionRefused => ProbeOutcome::Refused,
            // It speaks, though no TLS.
            ErrorKind::InvalidData => ProbeOutcome::SomebodyElse,
            _ => ProbeOutcome::Silent,
        },
        (None, Ok(Ok(())) | Err(_)) => ProbeOutcome::Silent,
    }
}

fn config(seen: &Arc<Seen>) -> Result<ClientConfig, Error> {
    let verifier = Curious {
        seen: Arc::clone(seen),
        provider: Arc::new(aws_lc_rs::default_provider()),
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&verifier.provider)).with_safe_default_protocol_versions()?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(builder.with_no_client_auth())
}

#[derive(Debug, Default)]
struct Seen {
    certificate: Mutex<Option<CertificateDer<'static>>>,
}

/// Looks at the certificate; whose it is, is what is to be found out. Nothing is said over the connection.
#[derive(Debug)]
struct Curious {
    seen: Arc<Seen>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Curious {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.seen.certificate.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.clone().into_owned());
        Ok(ServerCertVerified::assertion())
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use doctor::evidence::UnixMs;

    use super::*;
    use crate::certificate::{self, Certificate, Files};

    async fn serve(certificate: &Arc<Certificate>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(certificate::tls(Arc::clone(certificate), &[]).unwrap());
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let _ended = acceptor.accept(stream).await;
        });
        address
    }

    #[test]
    fn an_address_that_has_led_to_us_once_is_remembered_as_such() {
        let probe = |outcome, at| ForwardProbe {
            address: "203.0.113.7:8802".parse().unwrap(),
            outcome,
            at: UnixMs(at),
        };
        let (ours, refused, ours_again) = (
            probe(ProbeOutcome::Ours, 1),
            probe(ProbeOutcome::Refused, 2),
            probe(ProbeOutcome::Ours, 3),
        );
        let mut forwards = Forwards::default();
        forwards.note(ours.clone());
        assert_eq!(forwards.told(), std::slice::from_ref(&ours));
        forwards.note(refused.clone());
        assert!(forwards.is_in_doubt(refused.address));
        assert_eq!(forwards.told(), [ours, refused]);
        forwards.note(ours_again.clone());
        assert!(!forwards.is_in_doubt(ours_again.address));
        assert_eq!(forwards.told(), [ours_again]);
    }

    #[tokio::test]
    async fn our_own_certificate_tells_that_it_is_us() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let load = |folder: &std::path::Path| Arc::new(Certificate::load(Files::new(None, folder), &["pbx".to_owned()]).unwrap());
        let (ours, theirs) = (load(folder.path()), load(other.path()));
        let own = ours.end_entity();
        assert_eq!(probe(serve(&ours).await, &own).await, ProbeOutcome::Ours);
        assert_eq!(probe(serve(&theirs).await, &own).await, ProbeOutcome::SomebodyElse);
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert_eq!(probe(closed, &own).await, ProbeOutcome::Refused);
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = plain.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = plain.accept().await.unwrap();
            stream.write_all(b"SSH-2.0-example\r\n").await.unwrap();
            std::future::pending::<()>().await;
        });
        assert_eq!(probe(address, &own).await, ProbeOutcome::SomebodyElse);
    }
}
