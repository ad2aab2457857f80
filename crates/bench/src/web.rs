//! The portal as a browser sees it, as far as a load needs it: sign-in, and the WebSocket for SIP.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use tungstenite::WebSocket;
use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::HeaderValue;

/// A TLS connection to the portal.
pub(crate) type Stream = StreamOwned<ClientConnection, TcpStream>;

const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

pub(crate) struct Web {
    port: u16,
    tls: Arc<ClientConfig>,
}

impl Web {
    pub(crate) fn new(port: u16) -> anyhow::Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
            .with_no_client_auth();
        Ok(Self { port, tls: Arc::new(tls) })
    }

    /// GET; the body of a success.
    pub(crate) fn fetch(&self, path: &str) -> anyhow::Result<String> {
        self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n",
            self.port
        ))
    }

    /// Signs in and gives the session's token.
    pub(crate) fn sign_in(&self, name: &str, password: &str) -> anyhow::Result<String> {
        let body = format!(r#"{{"name":"{name}","password":"{password}"}}"#);
        let answer = self.exchange(&format!(
            "POST /api/v1/session HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        ))?;
        let (_, after) = answer.split_once(r#""token":""#).with_context(|| format!("no token in {answer}"))?;
        let (token, _) = after.split_once('"').context("an endless token")?;
        Ok(token.to_owned())
    }

    /// The WebSocket of a browser phone that is signed in.
    pub(crate) fn sip(&self, token: &str) -> anyhow::Result<WebSocket<Stream>> {
        let mut request = format!("wss://localhost:{}/sip", self.port).into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static("sip"));
        headers.insert("Origin", HeaderValue::from_str(&format!("https://localhost:{}", self.port))?);
        headers.insert("Cookie", HeaderValue::from_str(&format!("farend_session={token}"))?);
        let (socket, _) = tungstenite::client(request, self.connect()?).map_err(|error| anyhow!("/sip: {error}"))?;
        // Only now, or the handshake would be cut into pieces.
        socket.get_ref().sock.set_nonblocking(true)?;
        Ok(socket)
    }

    fn connect(&self) -> anyhow::Result<Stream> {
        let connection = ClientConnection::new(Arc::clone(&self.tls), ServerName::try_from("localhost")?)?;
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
        Ok(StreamOwned::new(connection, stream))
    }

    fn exchange(&self, request: &str) -> anyhow::Result<String> {
        let mut stream = self.connect()?;
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            // The peer may end TCP without ending TLS.
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {}
            Err(error) => return Err(error.into()),
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").context("no HTTP")?;
        ensure!(head.split(' ').nth(1).is_some_and(|status| status.starts_with('2')), "{answer}");
        Ok(body.to_owned())
    }
}

/// The demo signs its certificate itself.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
