//! A connection's bytes: as they are, or inside TLS. Nothing here waits.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustls::ServerConnection;
use socket2::{SockRef, TcpKeepalive};

/// What one read takes at most, in bytes.
const READ_BYTES: usize = 16 * 1024;

/// Bytes that the kernel may hold unsent before we keep the rest: two or three packets of G.711, whose age the queue knows and the kernel does not.
pub(super) const UNSENT_BYTES_MAX: u32 = 512;

/// A peer that acknowledges nothing for so long is gone. ICE has found another way by then, or none.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(20);

/// A connection on which nothing is said is asked for a sign of life after this time, and then as often as this.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(15);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(5);

/// The socket and, inside TLS, its session.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    tls: Option<Box<ServerConnection>>,
}

/// What became of bytes to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// So many are on their way.
    Bytes(usize),
    /// There is no room now.
    NoRoom,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, tls: Option<Box<ServerConnection>>) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        tune(&stream)?;
        Ok(Self { stream, tls })
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Appends what has come.
    ///
    /// # Errors
    ///
    /// When the peer has closed or broken the connection; what came before that has been appended.
    pub(super) fn read(&mut self, unread: &mut Vec<u8>) -> io::Result<()> {
        match &mut self.tls {
            None => read_plain(&mut self.stream, unread),
            Some(tls) => read_tls(tls, &mut self.stream, unread),
        }
    }

    /// Writes as much as there is room for. What TLS has encrypted cannot be taken back: so one frame after the other, each only when the one
    /// before has left.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<Written> {
        if !self.has_room()? {
            return Ok(Written::NoRoom);
        }
        match &mut self.tls {
            None => match self.stream.write(bytes) {
                Ok(0) if !bytes.is_empty() => Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => Ok(Written::Bytes(written)),
                Err(error) if is_temporary(&error) => Ok(Written::NoRoom),
                Err(error) => Err(error),
            },
            Some(tls) => {
                // Its buffer takes all of a frame, since it is empty: the flush before has said so.
                let written = tls.writer().write(bytes)?;
                self.flush()?;
                Ok(Written::Bytes(written))
            }
        }
    }

    /// Writes what TLS has encrypted; false when something of it is left.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    pub(super) fn flush(&mut self) -> io::Result<bool> {
        let Some(tls) = &mut self.tls else { return Ok(true) };
        while tls.wants_write() {
            match tls.write_tls(&mut self.stream) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(_) => {}
                Err(error) if is_temporary(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Whether the kernel has sent nearly all that it was given. A write alone would not tell: the kernel appends to a packet that it has not sent
    /// yet however much is unsent.
    fn has_room(&self) -> io::Result<bool> {
        let mut sockets = [PollFd::new(&self.stream, PollFlags::OUT)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        match poll(&mut sockets, Some(&at_once)) {
            // An error is told by the write.
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}

/// For packets that want to be there at once, or not at all.
fn tune(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    socket.set_tcp_nodelay(true)?;
    // The kernel tells of room while less than half of this is unsent.
    socket.set_tcp_notsent_lowat(2 * UNSENT_BYTES_MAX)?;
    // A few packets a second give TCP no other sign of a loss than time: do not double it with every loss.
    socket.set_tcp_thin_linear_timeouts(true)?;
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED_MAX))?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE_AFTER).with_interval(KEEPALIVE_EVERY))
}

fn read_plain(stream: &mut TcpStream, unread: &mut Vec<u8>) -> io::Result<()> {
    let filled = unread.len();
    unread.resize(filled + READ_BYTES, 0);
    let read = stream.read(&mut unread[filled..]);
    unread.truncate(filled + read.as_ref().map_or(0, |bytes| *bytes));
    match read {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(_) => Ok(()),
        Err(error) if is_temporary(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

fn read_tls(tls: &mut ServerConnection, stream: &mut TcpStream, unread: &mut Vec<u8>) -> io::Result<()> {
    let ended = match tls.read_tls(stream) {
        Ok(bytes) => bytes == 0,
        Err(error) if is_temporary(&error) => false,
        Err(error) => return Err(error),
    };
    let processed = tls.process_new_packets();
    if processed.is_err() {
        // The alert, if there is room for it: the connection ends anyway.
        let _alert = tls.write_tls(stream);
    }
    let state = processed.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let filled = unread.len();
    unread.resize(filled + state.plaintext_bytes_to_read(), 0);
    tls.reader().read_exact(&mut unread[filled..])?;
    if ended || state.peer_has_closed() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn is_temporary(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
