//! The portal on a real socket: what each kind of first bytes gets.

mod turn;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use futures_util::{SinkExt as _, StreamExt as _};
use media::addresses::Addresses;
use model::control;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::limits::{Limits, Permit};
use super::{Endpoints, PORTAL_PROTOCOLS, Portal};
use crate::certificate::{self, Certificate, Files};
use crate::media_io::testing::own_ports;
use crate::media_io::{MediaThreads, Reports, Settings};

/// Where the media threads' events go.
struct Reporter(mpsc::UnboundedSender<control::Event>);

impl Reports for Reporter {
    fn report(&self, event: control::Event) -> Result<(), control::Event> {
        self.0.send(event).map_err(|error| error.0)
    }

    fn wake(&self) {}
}

struct Running {
    address: SocketAddr,
    portal: Arc<Portal>,
    media: MediaThreads,
    events: mpsc::UnboundedReceiver<control::Event>,
    relay: Arc<relay::Config>,
    _folder: tempfile::TempDir,
    _stop: watch::Sender<bool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.media.stop();
    }
}

async fn start(opening_time_max: Duration, per_address_max: usize) -> Running {
    start_with(opening_time_max, per_address_max, 1).await
}

async fn start_with(opening_time_max: Duration, per_address_max: usize, threads: u8) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Arc::new(Certificate::load(Files::new(None, folder.path()), &["localhost".into()]).unwrap());
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let relay = Arc::new(relay::Config {
        realm: "farend".to_owned(),
        secret: relay::Secret::new([42; 32]),
        quotas: relay::Quotas::new(1, 2),
    });
    let settings = Settings {
        udp: any,
        addresses: Arc::new(Addresses {
            interfaces: vec![any.ip()],
            udp_port: 8802,
            tcp_port: 8802,
            ..Addresses::default()
        }),
        stun: mpsc::channel(1).0,
        rtp_ports: own_ports(),
        rtp_address: any.ip(),
        threads,
        legs_max: 4,
        recorder: None,
        capture: None,
        relay: Arc::clone(&relay),
    };
    let (reporter, events) = mpsc::unbounded_channel();
    let (media, _joins) = MediaThreads::start(&settings, || Box::new(Reporter(reporter.clone()))).unwrap();
    let app = Router::new()
        .route(
            "/who",
            get(|axum::Extension(at): axum::Extension<Endpoints>| async move { at.peer.to_string() }),
        )
        .route("/echo", axum::routing::any(echo));
    let portal = Arc::new(Portal {
        tls: TlsAcceptor::from(certificate::tls(certificate, &PORTAL_PROTOCOLS).unwrap()),
        app,
        media: media.clone(),
        limits: Limits::new(per_address_max, 100),
        figures: Arc::default(),
        opening_time_max,
    });
    let listener = TcpListener::bind(any).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(Arc::clone(&portal).serve(listener, stopped));
    Running {
        address,
        portal,
        media,
        events,
        relay,
        _folder: folder,
        _stop: stop,
    }
}

/// A WebSocket that gives back its first message, and keeps its place until the peer has closed it.
async fn echo(axum::Extension(permit): axum::Extension<Arc<Permit>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|mut socket| async move {
        while let Some(Ok(message @ Message::Text(_))) = socket.recv().await {
            socket.send(message).await.unwrap();
        }
        drop(permit);
    })
}

/// Everything the server says until it closes.
async fn answer(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    // A reset instead of a clean end is as good an end.
    let _reset = stream.read_to_end(&mut said).await;
    said
}

#[derive(Debug)]
struct TrustAnything(rustls::crypto::CryptoProvider);

impl rustls::client::danger::ServerCertVerifier for TrustAnything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

async fn tls(address: SocketAddr) -> tokio_rustls::client::TlsStream<TcpStream> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(provider.clone()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(TrustAnything(provider)))
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(ServerName::try_from("localhost").unwrap(), stream)
        .await
        .unwrap()
}

#[tokio::test]
async fn https_reaches_the_application_which_knows_who_asks() {
    let running = start(Duration::from_secs(10), 10).await;
    let mut stream = tls(running.address).await;
    let me = stream.get_ref().0.local_addr().unwrap();
    stream
        .write_all(b"GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
    assert!(said.ends_with(&me.to_string()), "{said}");
    assert_eq!(running.portal.figures.http.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn who_comes_by_ipv4_is_seen_by_ipv4_also_where_the_port_is_bound_to_ipv6() {
    let running = start(Duration::from_secs(10), 10).await;
    let listener = TcpListener::bind("[::]:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(Arc::clone(&running.portal).serve(listener, stopped));
    for (server, peer) in [("127.0.0.1", "127.0.0.1:"), ("[::1]", "[::1]:")] {
        let mut stream = tls(format!("{server}:{port}").parse().unwrap()).await;
        stream
            .write_all(b"GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert!(said.contains(&format!("\r\n\r\n{peer}")), "{said}");
    }
}

#[tokio::test]
async fn plain_http_is_redirected() {
    let running = start(Duration::from_secs(10), 10).await;
    let said = answer(running.address, b"GET /call?to=102 HTTP/1.1\r\nHost: pbx.example.com:8802\r\n\r\n").await;
    let said = String::from_utf8(said).unwrap();
    assert!(said.starts_with("HTTP/1.1 308 "), "{said}");
    assert!(
        said.contains("\r\nlocation: https://pbx.example.com:8802/call?to=102\r\n"),
        "{said}"
    );
}

#[tokio::test]
async fn what_nobody_knows_is_closed_and_counted() {
    let running = start(Duration::from_secs(10), 10).await;
    let stranger = [
        0x00, 0x14, 0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    for bytes in [&[0xff; 16][..], &[0x80; 72], &stranger, b"get / http"] {
        assert_eq!(answer(running.address, bytes).await, b"", "{bytes:02x?}");
    }
    assert_eq!(running.portal.figures.failed.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn a_silent_connection_is_closed_before_and_inside_tls() {
    let running = start(Duration::from_millis(300), 10).await;
    assert_eq!(answer(running.address, b"").await, b"");
    let mut stream = tls(running.address).await;
    let mut said = Vec::new();
    let _no_close_notify = stream.read_to_end(&mut said).await;
    assert_eq!(said, b"");
    assert_eq!(running.portal.limits.open(), 0);
}

#[tokio::test]
async fn one_address_cannot_take_all_places() {
    let running = start(Duration::from_secs(10), 2).await;
    let _first = TcpStream::connect(running.address).await.unwrap();
    let _second = TcpStream::connect(running.address).await.unwrap();
    assert_eq!(answer(running.address, b"GET / HTTP/1.1\r\n\r\n").await, b"");
    assert_eq!(running.portal.figures.refused.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_websocket_keeps_its_place_until_it_ends() {
    let running = start(Duration::from_secs(10), 1).await;
    let (mut socket, _) = tokio_tungstenite::client_async("ws://localhost/echo", tls(running.address).await)
        .await
        .unwrap();
    // An answer has come by the upgraded connection: what served HTTP on it has ended.
    socket.send("hello".into()).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), "hello".into());
    assert_eq!(running.portal.limits.open(), 1);
    assert_eq!(answer(running.address, b"GET / HTTP/1.1\r\n\r\n").await, b"");
    assert_eq!(running.portal.figures.refused.load(Ordering::Relaxed), 1);

    socket.close(None).await.unwrap();
    while socket.next().await.is_some() {}
    assert_eq!(running.portal.limits.open(), 0);
}
