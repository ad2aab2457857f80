use std::net::Ipv4Addr;
use std::sync::mpsc::Receiver;

use model::TrunkId;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::certificate::{self, Certificate, Files};
use crate::datagrams::{Datagrams, Fragmentation};
use crate::portal::limits::Limits;
use crate::resolve::testing::DnsServer;
use crate::signalling::{FlowSender, Outbound, prepare};
use crate::sip_io::Connections;

const LINE: LineId = LineId {
    trunk: TrunkId(1),
    account: 0,
};
const OPTIONS: &[u8] = b"OPTIONS sip:line@192.0.2.1 SIP/2.0\r\nContent-Length: 0\r\n\r\n";

/// Lines, and what they tell the loop.
struct Scene {
    lines: Arc<Lines>,
    inbox: Receiver<Signal>,
    dns: DnsServer,
}

impl Scene {
    async fn new() -> Self {
        Self::with_sip_at("0.0.0.0:5060".parse().unwrap()).await
    }

    async fn with_sip_at(sip_udp: SocketAddr) -> Self {
        let dns = DnsServer::start().await;
        let (signalling, inbox) = prepare().unwrap().unattended();
        let streams = Streams {
            signalling,
            connections: Connections::default(),
            limits: Limits::new(10, 10),
            refused: Arc::default(),
            strangers: Arc::default(),
        };
        let lines = Arc::new(Lines::new(dns.dns(), streams, sip_udp));
        Self { lines, inbox, dns }
    }

    fn signal(&self) -> Signal {
        tokio::task::block_in_place(|| self.inbox.recv_timeout(Duration::from_secs(10))).unwrap()
    }

    fn connect(&self, way: Way) {
        tokio::spawn(Arc::clone(&self.lines).connect(LINE, way));
    }

    fn connected(&self) -> (Flow, Option<FlowSender>) {
        match self.signal() {
            Signal::LineConnected { line, flow, sender } => {
                assert_eq!(line, LINE);
                (flow, sender)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn way(transport: Transport, address: SocketAddr, trust: Trust) -> Way {
    Way {
        server: Server {
            transport,
            address,
            name: "sip.example.com".to_owned(),
        },
        trust,
        from: None,
    }
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A message comes and goes, and the provider closes the connection.
async fn talk(scene: &Scene, transport: Transport, mut provider: impl AsyncRead + AsyncWrite + Unpin) -> Flow {
    let (flow, sender) = scene.connected();
    assert_eq!(flow.transport, transport);
    let sender = sender.unwrap();
    sender.try_send(Outbound::Message(b"REGISTER".to_vec())).unwrap();
    let mut received = [0; 8];
    provider.read_exact(&mut received).await.unwrap();
    assert_eq!(&received, b"REGISTER");
    provider.write_all(b"\r\n\r\n").await.unwrap();
    provider.write_all(OPTIONS).await.unwrap();
    match scene.signal() {
        Signal::Received { flow: by, bytes } => assert_eq!((by, bytes), (flow, OPTIONS.to_vec())),
        other => panic!("{other:?}"),
    }
    let mut pong = [0; 2];
    provider.read_exact(&mut pong).await.unwrap();
    assert_eq!(&pong, b"\r\n");
    provider.shutdown().await.unwrap();
    match scene.signal() {
        Signal::FlowClosed { flow: closed } => assert_eq!(closed, flow),
        other => panic!("{other:?}"),
    }
    flow
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_both_ways_over_tcp_from_the_address_that_was_asked_for() {
    let scene = Scene::new().await;
    let (listener, address) = listener().await;
    let from = "127.0.0.9".parse().unwrap();
    scene.connect(Way {
        from: Some(from),
        ..way(Transport::Tcp, address, Trust::Public)
    });
    let (provider, peer) = listener.accept().await.unwrap();
    let flow = talk(&scene, Transport::Tcp, provider).await;
    assert_eq!((flow.local, flow.peer, peer.ip()), (peer, address, from));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_over_udp_is_the_one_that_answers_come_by() {
    for (bound, provider) in [("0.0.0.0:0", "127.0.0.1:0"), ("[::]:0", "127.0.0.1:0"), ("[::]:0", "[::1]:0")] {
        let socket = Datagrams::bind(bound.parse().unwrap(), false, Fragmentation::Allowed).unwrap();
        let scene = Scene::with_sip_at(socket.local_addr().unwrap()).await;
        let provider = UdpSocket::bind(provider).await.unwrap();
        scene.connect(way(Transport::Udp, provider.local_addr().unwrap(), Trust::Public));
        let (flow, sender) = scene.connected();
        assert!(sender.is_none());
        socket.send(flow.local.ip(), flow.peer, b"OPTIONS").unwrap();
        let (length, source) = provider.recv_from(&mut [0; 16]).await.unwrap();
        assert_eq!((length, source), (7, flow.local));
        provider.send_to(b"SIP/2.0 200 OK", source).await.unwrap();
        let (mut batch, mut seen) = (socket.batch(), Vec::new());
        while seen.is_empty() {
            socket.receive(&mut batch).unwrap();
            seen.extend(batch.packets().map(|(route, _)| (route.destination, route.source, 0)));
        }
        assert_eq!(seen, [(flow.local, flow.peer, flow.connection)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_refuses_and_what_has_no_way_says_so() {
    let scene = Scene::new().await;
    let (listener, address) = listener().await;
    drop(listener);
    let trouble = async |way: Way| scene.lines.open(&way).await.err();
    assert_eq!(
        trouble(way(Transport::Tcp, address, Trust::Public)).await,
        Some(Trouble::ConnectionRefused { server: address })
    );
    let from_elsewhere = Way {
        from: Some("192.0.2.1".parse().unwrap()),
        ..way(Transport::Tls, address, Trust::Public)
    };
    assert_eq!(trouble(from_elsewhere).await, Some(Trouble::NoRoute { server: address }));
    let ipv6 = "[::1]:5060".parse().unwrap();
    assert_eq!(
        trouble(way(Transport::Udp, ipv6, Trust::Public)).await,
        Some(Trouble::NoRoute { server: ipv6 }),
        "our socket for datagrams is one of IPv4"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_ends_when_the_loop_lets_go_of_it() {
    let scene = Scene::new().await;
    let (listener, address) = listener().await;
    scene.connect(way(Transport::Tcp, address, Trust::Public));
    let (mut provider, _) = listener.accept().await.unwrap();
    let (_, sender) = scene.connected();
    drop(sender);
    assert_eq!(provider.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_asked_for_last_is_told() {
    let scene = Scene::new().await;
    scene.dns.mute(true);
    let place = |host: &str| Place {
        host: host.to_owned(),
        port: None,
        transport: None,
        from: None,
    };
    let first = Arc::clone(&scene.lines).locate(LINE, place("sip.example.com"));
    let second = Arc::clone(&scene.lines).locate(LINE, place("127.0.0.7"));
    tokio::join!(first, second);
    match scene.signal() {
        Signal::Located { line, found } => {
            assert_eq!(line, LINE);
            assert_eq!(found.unwrap().servers[0].address, "127.0.0.7:5060".parse().unwrap());
        }
        other => panic!("{other:?}"),
    }
    assert!(scene.inbox.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_finds_its_servers_by_dns() {
    let scene = Scene::new().await;
    scene.dns.says(&[
        "_sip._tcp.example.com 60 SRV 1 0 5070 sip.example.com.",
        "sip.example.com 60 A 127.0.0.7",
        "sip.example.com 60 AAAA ::1",
    ]);
    let place = Place {
        host: "example.com".to_owned(),
        port: None,
        transport: None,
        from: Some("127.0.0.1".parse().unwrap()),
    };
    tokio::spawn(Arc::clone(&scene.lines).locate(LINE, place));
    let Signal::Located { found, .. } = scene.signal() else {
        panic!("nothing else was asked")
    };
    let server = Server {
        transport: Transport::Tcp,
        address: "127.0.0.7:5070".parse().unwrap(),
        name: "example.com".to_owned(),
    };
    assert_eq!(found.unwrap().servers, [server], "an IPv4 address of ours leads to no IPv6");
}

// --- TLS -------------------------------------------------------------------------------------------------------------------------------------

/// An authority of the tests' own.
struct Authority {
    pem: Arc<str>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem().into();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    fn trust(&self) -> Trust {
        Trust::Authority(Arc::clone(&self.pem))
    }

    /// A provider's certificate and key, in PEM; `by`: signed by nobody else when `None`.
    fn certify(by: Option<&Self>, name: &str, until: OffsetDateTime) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (OffsetDateTime::UNIX_EPOCH, until);
        let certificate = match by {
            Some(authority) => params.signed_by(&key, &authority.issuer),
            None => params.self_signed(&key),
        };
        (certificate.unwrap().pem(), key.serialize_pem())
    }
}

/// A provider's TLS server; its certificate lies in a folder.
struct Provider {
    listener: TcpListener,
    address: SocketAddr,
    acceptor: TlsAcceptor,
    sha256: [u8; 32],
    _folder: tempfile::TempDir,
}

impl Provider {
    async fn new((certificate, key): (String, String)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(None, folder.path());
        std::fs::write(folder.path().join("certificate.pem"), &certificate).unwrap();
        std::fs::write(folder.path().join("certificate-key.pem"), key).unwrap();
        let loaded = Arc::new(Certificate::load(files, &[]).unwrap());
        let der = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
        let (listener, address) = listener().await;
        Self {
            listener,
            address,
            acceptor: TlsAcceptor::from(certificate::tls(loaded, &["sip"]).unwrap()),
            sha256: Sha256::digest(&der).into(),
            _folder: folder,
        }
    }

    /// Serves one connection, and tells what the line hears of it.
    async fn meets(&self, scene: &Scene, trust: Trust) -> Result<(), Trouble> {
        scene.connect(way(Transport::Tls, self.address, trust));
        let (stream, _) = self.listener.accept().await.unwrap();
        match self.acceptor.accept(stream).await {
            Ok(stream) => {
                // With TLS 1.3 the server believes in the connection before the client does.
                let mut stream = stream;
                match scene.signal() {
                    Signal::LineConnected { flow, sender, .. } => {
                        assert_eq!((flow.transport, flow.peer), (Transport::Tls, self.address));
                        sender.unwrap().try_send(Outbound::Message(b"hi".to_vec())).unwrap();
                        let mut received = [0; 2];
                        stream.read_exact(&mut received).await.unwrap();
                        assert_eq!(&received, b"hi");
                        assert!(matches!(scene.signal(), Signal::FlowClosed { .. }));
                        Ok(())
                    }
                    Signal::LineNotConnected { trouble, .. } => Err(trouble),
                    other => panic!("{other:?}"),
                }
            }
            Err(_) => match scene.signal() {
                Signal::LineNotConnected { trouble, .. } => Err(trouble),
                other => panic!("{other:?}"),
            },
        }
    }
}

fn later() -> OffsetDateTime {
    OffsetDateTime::now_utc() + time::Duration::days(30)
}

fn words(met: Result<(), Trouble>) -> String {
    match met {
        Ok(()) => "good".to_owned(),
        Err(Trouble::Tls { why, .. }) => why,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_both_ways_over_tls() {
    let scene = Scene::new().await;
    let authority = Authority::new("One");
    let provider = Provider::new(Authority::certify(Some(&authority), "sip.example.com", later())).await;
    scene.connect(way(Transport::Tls, provider.address, authority.trust()));
    let (stream, _) = provider.listener.accept().await.unwrap();
    let stream = provider.acceptor.accept(stream).await.unwrap();
    talk(&scene, Transport::Tls, stream).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_believed_or_refused_in_words() {
    let scene = Scene::new().await;
    let (authority, other, namesake) = (Authority::new("One"), Authority::new("Two"), Authority::new("One"));
    let provider = async |by: Option<&Authority>, name: &str, until| Provider::new(Authority::certify(by, name, until)).await;

    let good = provider(Some(&authority), "sip.example.com", later()).await;
    assert_eq!(words(good.meets(&scene, authority.trust()).await), "good");
    assert_eq!(words(good.meets(&scene, Trust::Pinned(good.sha256)).await), "good");
    let unknown = "its certificate comes from itself or from an authority that is not trusted: give this trunk the authority's certificate, \
                   or pin the server's";
    assert_eq!(words(good.meets(&scene, Trust::Public).await), unknown);
    assert_eq!(words(good.meets(&scene, other.trust()).await), unknown);
    assert_eq!(
        words(good.meets(&scene, namesake.trust()).await),
        "its certificate is not signed with the key of the authority that it names: compare the authority's certificate with the provider's"
    );
    let seen: Vec<_> = good.sha256.iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(
        words(good.meets(&scene, Trust::Pinned([7; 32])).await),
        format!(
            "its certificate is not the pinned one: the SHA-256 of this one is {}",
            seen.join(":")
        )
    );

    let misnamed = provider(Some(&authority), "target.example.net", later()).await;
    assert_eq!(
        words(misnamed.meets(&scene, authority.trust()).await),
        "its certificate is not for sip.example.com, but for target.example.net"
    );
    assert_eq!(words(misnamed.meets(&scene, Trust::Pinned(misnamed.sha256)).await), "good");

    let wildcard = provider(Some(&authority), "*.example.com", later()).await;
    assert_eq!(words(wildcard.meets(&scene, authority.trust()).await), "good");

    let day = OffsetDateTime::from_unix_timestamp(1_600_000_000).unwrap();
    let expired = provider(Some(&authority), "sip.example.com", day).await;
    assert_eq!(
        words(expired.meets(&scene, authority.trust()).await),
        "its certificate has expired on 2020-09-13"
    );
    let own = provider(None, "sip.example.com", later()).await;
    assert_eq!(words(own.meets(&scene, Trust::Public).await), unknown);
    assert_eq!(words(own.meets(&scene, Trust::Pinned(own.sha256)).await), "good");

    let broken = Trust::Authority("no certificate".into());
    assert_eq!(
        words(scene.lines.open(&way(Transport::Tls, good.address, broken)).await.map(drop)),
        "the authority's certificate that this trunk shall trust cannot be used: it has no block that begins with -----BEGIN CERTIFICATE-----"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_told_from_one_that_is_silent() {
    let scene = Scene::new().await;
    let open = async |address| scene.lines.open(&way(Transport::Tls, address, Trust::Public)).await.map(drop);
    let (talks, talking) = listener().await;
    let (hangs_up, hanging) = listener().await;
    let (_accepts, silent) = listener().await;
    let servers = tokio::spawn(async move {
        let (mut stream, _) = talks.accept().await.unwrap();
        stream.write_all(b"SIP/2.0 400 Bad Request\r\n\r\n").await.unwrap();
        let (mut other, _) = hangs_up.accept().await.unwrap();
        // What is unread when a connection is closed would reset it.
        let _hello = other.read(&mut [0; 4096]).await.unwrap();
        stream
    });
    let (talked, hung_up, said_nothing) = tokio::join!(open(talking), open(hanging), open(silent));
    assert_eq!(words(talked), "what it answers is not TLS: check port and transport");
    assert_eq!(
        words(hung_up),
        "it closed the connection in the handshake: check port and transport"
    );
    assert_eq!(said_nothing, Err(Trouble::Silent { server: silent }));
    servers.await.unwrap();
}

#[test]
fn configurations_are_kept_and_bounded() {
    let trusts = Trusts::default();
    let first = trusts.config(&Trust::Public).unwrap();
    assert!(Arc::ptr_eq(&first, &trusts.config(&Trust::Public).unwrap()));
    for pin in 0..40 {
        trusts.config(&Trust::Pinned([pin; 32])).unwrap();
    }
    assert!(
        !Arc::ptr_eq(&first, &trusts.config(&Trust::Public).unwrap()),
        "given up for newer ones"
    );
    assert!(Arc::weak_count(&first) == 0 && Arc::strong_count(&first) == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_is_opened_to_look_tells_what_it_is_like_and_is_closed() {
    let (scene, authority) = (Scene::new().await, Authority::new("Looking"));
    let provider = Provider::new(Authority::certify(Some(&authority), "sip.example.com", later())).await;
    let way = way(Transport::Tls, provider.address, authority.trust());
    let opened = tokio::spawn({
        let lines = Arc::clone(&scene.lines);
        async move { lines.open_once(&way).await }
    });
    let (stream, peer) = provider.listener.accept().await.unwrap();
    let mut stream = provider.acceptor.accept(stream).await.unwrap();
    let opening = opened.await.unwrap().unwrap();
    assert_eq!((opening.local, opening.flow), (peer, None));
    let security = opening.security.unwrap();
    assert_eq!(
        (security.version.as_str(), security.names),
        ("TLS 1.3", vec!["sip.example.com".to_owned()])
    );
    assert_eq!(security.ends_on, later().date().to_string());
    let days_left = (later() - OffsetDateTime::now_utc()).whole_days();
    assert!(
        (days_left - 1..=days_left).contains(&security.days_left),
        "{} days",
        security.days_left
    );
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0, "nothing is said, and it is closed");
    assert!(scene.inbox.try_recv().is_err(), "the loop hears nothing of it");
}
