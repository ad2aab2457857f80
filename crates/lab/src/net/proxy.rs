//! The HTTP proxy of a company that lets nobody out otherwise (CONNECT, RFC 9110, section 9.3.6).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, ensure};

use super::addresses::PROXY_PORT;
use super::namespace::Namespace;

/// A request's head is shorter.
const HEAD_BYTES_MAX: u64 = 16 * 1024;
/// How a TLS connection begins: a handshake record of SSL 3 or TLS. libwebrtc's pretended hello is one of SSL 2.
const TLS_BEGINS: [u8; 2] = [0x16, 0x03];
/// Type, version and length of a record of TLS (RFC 8446, section 5.1).
const RECORD_HEAD_BYTES: usize = 5;
/// What the first record of a browser names that wants a page or a WebSocket (ALPN, RFC 7301).
const OF_A_PAGE: &[u8] = b"http/1.1";

/// A running proxy.
#[derive(Clone, Debug, Default)]
pub(super) struct Proxy {
    tls_only: Arc<AtomicBool>,
    pages_only: Arc<AtomicBool>,
}

impl Proxy {
    /// Starts on a router.
    pub(super) fn serve(&self, router: &Namespace) -> anyhow::Result<()> {
        let bind = || TcpListener::bind((Ipv4Addr::UNSPECIFIED, PROXY_PORT));
        let listener = router.within(bind)?.context("the proxy cannot listen")?;
        let (proxy, inside) = (self.clone(), router.clone());
        router.spawn(move || {
            for client in listener.incoming().flatten() {
                let proxy = proxy.clone();
                inside.spawn(move || proxy.tunnel(&client));
            }
        });
        Ok(())
    }

    /// From the next connection on, whether only TLS gets through.
    pub(super) fn set_tls_only(&self, tls_only: bool) {
        self.tls_only.store(tls_only, Ordering::Relaxed);
    }

    /// From the next connection on, whether of TLS only pages get through.
    pub(super) fn set_pages_only(&self, pages_only: bool) {
        self.pages_only.store(pages_only, Ordering::Relaxed);
    }

    /// Errors of one connection end that connection.
    fn tunnel(&self, client: &TcpStream) -> anyhow::Result<()> {
        client.set_nodelay(true)?;
        let mut reader = BufReader::new(client.try_clone()?);
        let target = read_target(&mut reader)?;
        let Ok(server) = TcpStream::connect(&target) else {
            (&*client).write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")?;
            return Ok(());
        };
        server.set_nodelay(true)?;
        (&*client).write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
        if self.tls_only.load(Ordering::Relaxed) {
            let hello = first_record(&mut reader)?;
            let is_of_page = hello.windows(OF_A_PAGE.len()).any(|part| part == OF_A_PAGE);
            ensure!(is_of_page || !self.pages_only.load(Ordering::Relaxed), "no page");
            (&server).write_all(&hello)?;
        }
        std::thread::scope(|scope| {
            scope.spawn(|| pass(&mut &server, client));
            pass(&mut reader, &server);
        });
        Ok(())
    }
}

/// The `host:port` of a CONNECT request.
fn read_target(reader: &mut impl BufRead) -> anyhow::Result<String> {
    let mut head = reader.take(HEAD_BYTES_MAX);
    let mut request = String::new();
    head.read_line(&mut request)?;
    let mut line = String::new();
    while head.read_line(&mut line)? > 2 {
        line.clear();
    }
    let mut words = request.split_whitespace();
    ensure!(words.next() == Some("CONNECT"), "only CONNECT: {request}");
    Ok(words.next().context("CONNECT to where?")?.to_owned())
}

/// The first record of a connection, which has to be one of TLS.
fn first_record(reader: &mut impl Read) -> anyhow::Result<Vec<u8>> {
    let mut record = vec![0; RECORD_HEAD_BYTES];
    reader.read_exact(&mut record[..TLS_BEGINS.len()])?;
    ensure!(record[..TLS_BEGINS.len()] == TLS_BEGINS, "no TLS");
    reader.read_exact(&mut record[TLS_BEGINS.len()..])?;
    let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(RECORD_HEAD_BYTES + length, 0);
    reader.read_exact(&mut record[RECORD_HEAD_BYTES..])?;
    Ok(record)
}

/// Passes bytes on until one side ends, and then ends the other.
fn pass(from: &mut impl Read, to: &TcpStream) {
    // How a connection ends does not matter.
    let _ = io::copy(from, &mut &*to);
    let _ = to.shutdown(Shutdown::Both);
}
