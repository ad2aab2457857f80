//! Connections over real sockets of this machine.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use super::queue::AGE_MAX;
use super::*;
use crate::certificate::{self, Certificate, Files};

const AUDIO: u8 = 0x80;
const CONTROL: u8 = 0x16;

struct Pair {
    connection: Connection,
    client: TcpStream,
    now: Instant,
    counters: Counters,
}

fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (listener.accept().unwrap().0, client)
}

fn accepted(stream: TcpStream, tls: Option<Box<rustls::ServerConnection>>, read: &[u8]) -> Accepted {
    Accepted {
        peer: stream.peer_addr().unwrap(),
        local: stream.local_addr().unwrap(),
        stream,
        tls,
        read: read.to_vec(),
        permit: Box::new(()),
    }
}

impl Pair {
    fn new(read: &[u8]) -> Self {
        let (stream, client) = sockets();
        Self::of(accepted(stream, None, read), client)
    }

    fn of(accepted: Accepted, client: TcpStream) -> Self {
        let now = Instant::now();
        Self {
            connection: Connection::new(accepted, Speaks::IceTcp, now).unwrap(),
            client,
            now,
            counters: Counters::default(),
        }
    }

    /// Sends a packet of this size whose first byte says what it is.
    fn send(&mut self, first: u8, bytes: usize) -> io::Result<bool> {
        let packet = vec![first; bytes];
        let source = self.connection.local;
        self.connection.send(source, &packet, self.now, &mut self.counters)
    }

    /// Takes all frames that have been read.
    fn frames(&mut self) -> Vec<Vec<u8>> {
        let unread = std::mem::take(&mut self.connection.unread);
        let peers = Peers::default();
        let (mut at, mut frames) = (0, Vec::new());
        let mut around = Surroundings {
            peers: &peers,
            now: self.now,
            unix_s: 0,
            counters: &mut self.counters,
        };
        while let Some(taken) = self.connection.take(&unread, at, &mut around).unwrap() {
            at = taken.end;
            frames.extend(taken.packet.map(|packet| unread[packet.range].to_vec()));
        }
        self.connection.unread = unread[at..].to_vec();
        frames
    }
}

#[test]
fn what_the_portal_has_read_comes_first() {
    let mut pair = Pair::new(&[0]);
    pair.client.write_all(&[3, b'a', b'b', b'c', 0, 1, b'z', 0]).unwrap();
    let mut frames = Vec::new();
    while frames.len() < 2 {
        pair.connection.read(pair.now).unwrap();
        frames.extend(pair.frames());
    }
    assert_eq!(frames, [b"abc".to_vec(), b"z".to_vec()]);
    assert_eq!(pair.connection.unread, [0]);
}

#[test]
fn a_connection_without_a_call_or_a_peer_is_stale() {
    let mut pair = Pair::new(&[]);
    let begin = pair.now;
    let at = |seconds| begin + Duration::from_secs(seconds);
    let connection = &mut pair.connection;
    let (early, used, unused, silent) = (at(9), at(15), at(25), at(30));
    assert!(!connection.is_stale(false, early), "the answer may be on its way");
    assert!(!connection.is_stale(true, used));
    assert!(connection.is_stale(false, unused), "its call has ended 10 s ago");
    assert!(connection.is_stale(true, silent), "the peer is gone");
    connection.read(silent).unwrap();
    assert!(!connection.is_stale(true, silent));
}

#[test]
fn the_socket_is_tuned_for_media() {
    let pair = Pair::new(&[]);
    let socket = socket2::SockRef::from(pair.connection.stream());
    assert!(socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap());
    assert_eq!(socket.tcp_notsent_lowat().unwrap(), 1024);
    assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(20)));
    assert!(socket.tcp_thin_linear_timeouts().unwrap());
}

/// Fills the way to the client, which does not read, with audio.
fn fill(pair: &mut Pair) -> usize {
    let mut sent = 0;
    while !pair.connection.waits_for_room {
        assert!(pair.send(AUDIO, 1200).unwrap());
        sent += 1;
    }
    sent
}

#[test]
fn a_peer_that_does_not_read_loses_audio_and_gets_whole_frames_afterwards() {
    let mut pair = Pair::new(&[]);
    let before = fill(&mut pair);
    // Now every 20 ms of a second; the kernel has no room.
    for _ in 0..50 {
        pair.now += Duration::from_millis(20);
        assert!(pair.send(AUDIO, 1200).unwrap());
    }
    assert!(pair.send(CONTROL, 100).unwrap());
    let left_out = usize::try_from(pair.connection.take_left_out()).unwrap();
    let waiting = AGE_MAX.as_millis() as usize / 20;
    assert!((50 - waiting - 1..=50 - waiting + 1).contains(&left_out), "{left_out} of 50");

    let expected = (before + 50 - left_out) * 1202 + 102;
    let (mut stream, mut buffer) = (Vec::new(), [0; 65_536]);
    while stream.len() < expected {
        let bytes = pair.client.read(&mut buffer).unwrap();
        stream.extend_from_slice(&buffer[..bytes]);
        pair.connection.flush(pair.now).unwrap();
    }
    assert!(!pair.connection.waits_for_room);
    let (audio, control) = stream.split_at(expected - 102);
    assert!(
        audio
            .chunks(1202)
            .all(|frame| frame[..2] == 1200u16.to_be_bytes() && frame[2..] == [AUDIO; 1200])
    );
    assert_eq!((&control[..2], &control[2..]), (&100u16.to_be_bytes()[..], &[CONTROL; 100][..]));
}

#[test]
fn the_kernel_is_given_no_more_than_it_sends() {
    let mut pair = Pair::new(&[]);
    socket2::SockRef::from(&pair.client).set_recv_buffer_size(4096).unwrap();
    let mut sent = 0;
    while !pair.connection.waits_for_room {
        assert!(pair.send(AUDIO, 160).unwrap());
        sent += 162;
    }
    // All but the last has gone to the kernel, and nearly all of that to the client: what is read now is what had been sent.
    pair.client.set_nonblocking(true).unwrap();
    let mut buffer = vec![0; 1 << 22];
    let received = pair.client.read(&mut buffer).unwrap();
    let unsent = sent - 162 - received;
    assert!(unsent <= 512 + 162, "{unsent} bytes were with the kernel");
}

#[test]
fn a_peer_that_reads_no_answers_is_given_up() {
    let mut pair = Pair::new(&[]);
    fill(&mut pair);
    let mut sent = 0;
    let error = loop {
        match pair.send(CONTROL, 1200) {
            Ok(_) => sent += 1202,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    assert!(sent <= queue::QUEUE_BYTES_MAX, "{sent}");
}

#[test]
fn a_packet_too_long_for_a_frame_is_not_sent() {
    let mut pair = Pair::new(&[]);
    assert!(!pair.send(AUDIO, 65_536).unwrap());
}

/// Both ends of a TLS connection, after the handshake and with what the client has said behind it.
fn inside_tls(said: &[u8]) -> (Pair, rustls::StreamOwned<rustls::ClientConnection, TcpStream>) {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Arc::new(Certificate::load(Files::new(None, folder.path()), &["localhost".into()]).unwrap());
    let pem = std::fs::read(folder.path().join("certificate.pem")).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    use rustls::pki_types::pem::PemObject as _;
    roots.add(rustls::pki_types::CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut server = rustls::ServerConnection::new(certificate::tls(certificate, &[]).unwrap()).unwrap();

    let (mut stream, socket) = sockets();
    let said = said.to_vec();
    let client = std::thread::spawn(move || {
        let mut client = rustls::StreamOwned::new(client, socket);
        while client.conn.is_handshaking() {
            client.conn.complete_io(&mut client.sock).unwrap();
        }
        client.write_all(&said).unwrap();
        client
    });
    while server.is_handshaking() {
        server.complete_io(&mut stream).unwrap();
    }
    let client = client.join().unwrap();
    let socket = client.sock.try_clone().unwrap();
    (Pair::of(accepted(stream, Some(Box::new(server)), &[]), socket), client)
}

#[test]
fn frames_go_both_ways_inside_tls() {
    let (mut pair, mut client) = inside_tls(&[0, 3, b'a', b'b', b'c']);
    let mut frames = Vec::new();
    while frames.is_empty() {
        pair.connection.read(pair.now).unwrap();
        frames = pair.frames();
    }
    assert_eq!(frames, [b"abc".to_vec()]);
    for _ in 0..3 {
        assert!(pair.send(AUDIO, 160).unwrap());
    }
    let mut received = vec![0; 3 * 162];
    client.read_exact(&mut received).unwrap();
    assert!(
        received
            .chunks(162)
            .all(|frame| frame[..2] == [0, 160] && frame[2..] == [AUDIO; 160])
    );
    client.conn.send_close_notify();
    client.flush().unwrap();
    let ended = loop {
        if let Err(error) = pair.connection.read(pair.now) {
            break error;
        }
    };
    assert_eq!(ended.kind(), io::ErrorKind::UnexpectedEof);
}

#[test]
fn inside_tls_audio_that_is_late_is_left_out_before_it_is_encrypted() {
    let (mut pair, mut client) = inside_tls(&[]);
    let before = fill(&mut pair);
    for _ in 0..50 {
        pair.now += Duration::from_millis(20);
        assert!(pair.send(AUDIO, 1200).unwrap());
    }
    let left_out = usize::try_from(pair.connection.take_left_out()).unwrap();
    assert!(left_out > 40, "{left_out} of 50");
    let expected = (before + 50 - left_out) * 1202;
    let reading = std::thread::spawn(move || {
        let mut received = vec![0; expected];
        client.read_exact(&mut received).unwrap();
        received
    });
    while !reading.is_finished() {
        pair.connection.flush(pair.now).unwrap();
        std::thread::yield_now();
    }
    let received = reading.join().unwrap();
    assert!(
        received
            .chunks(1202)
            .all(|frame| frame[..2] == 1200u16.to_be_bytes() && frame[2..] == [AUDIO; 1200])
    );
}

#[test]
fn what_is_no_tls_ends_the_connection() {
    let (mut pair, _client) = inside_tls(&[]);
    pair.client.write_all(&[0xff; 64]).unwrap();
    let error = loop {
        if let Err(error) = pair.connection.read(pair.now) {
            break error;
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}

#[test]
fn a_turn_client_may_wait_for_a_call_as_long_as_it_has_an_allocation() {
    let config = Arc::new(relay::Config {
        realm: "farend".to_owned(),
        secret: relay::Secret::new([1; 32]),
        quotas: relay::Quotas::new(1, 1),
    });
    let (stream, _client) = sockets();
    let accepted = accepted(stream, None, &[]);
    let now = Instant::now();
    let client = relay::Client::new(config, relay::Relayed::numbered(1), accepted.peer, [1; 32], now);
    let mut connection = Connection::new(accepted, Speaks::Turn(Box::new(client)), now).unwrap();
    assert!(!connection.is_stale(false, now + Duration::from_secs(9)));
    assert!(
        connection.is_stale(false, now + Duration::from_secs(10)),
        "ten seconds without an allocation"
    );
}
