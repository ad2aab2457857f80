//! One ICE-TCP connection: RFC 4571 frames, read and written without waiting.

use std::collections::VecDeque;
use std::io::{self, IoSlice, Read, Write};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::IceConnection;

/// A frame's size at most, in bytes; media and DTLS stay below the MTU.
pub(crate) const FRAME_BYTES_MAX: usize = 2048;

/// What one read takes at most, in bytes.
const READ_BYTES: usize = 16 * 1024;

/// Packets waiting for a peer that does not read: about a third of a second. Audio is dropped rather than delayed.
const QUEUE_PACKETS_MAX: usize = 16;

/// So long a connection may live without a call that uses it: the answer to an offer may still be on its way.
const UNUSED_MAX: Duration = Duration::from_secs(10);

/// So long a peer may be silent. Browsers ask for consent every 5 s (RFC 7675 §5.1).
const SILENT_MAX: Duration = Duration::from_secs(30);

/// The connection and what is half read or half written.
pub(super) struct Connection {
    stream: std::net::TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) local: SocketAddr,
    /// What has been read and not been taken as frames.
    pub(super) unread: Vec<u8>,
    /// Frames that wait for room; the first may be half written.
    queue: VecDeque<Vec<u8>>,
    /// How much of the first queued frame is written.
    written: usize,
    /// When the peer last said something.
    heard: Instant,
    /// When a call last used it.
    used: Instant,
    _permit: Box<dyn std::any::Any + Send>,
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It is on its way.
    Whole,
    /// It waits: watch for room.
    Queued,
    /// The queue is full, or the packet too large.
    Dropped,
    /// The connection is gone.
    Broken,
}

impl Connection {
    pub(super) fn new(accepted: IceConnection, now: Instant) -> io::Result<Self> {
        let IceConnection {
            stream,
            peer,
            local,
            read,
            permit,
        } = accepted;
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            peer,
            local,
            unread: read,
            queue: VecDeque::new(),
            written: 0,
            heard: now,
            used: now,
            _permit: permit,
        })
    }

    pub(super) fn stream(&self) -> &std::net::TcpStream {
        &self.stream
    }

    /// Reads what is there; whole frames are then in [`Connection::unread`].
    ///
    /// # Errors
    ///
    /// When the peer has closed or the connection is broken.
    pub(super) fn read(&mut self, now: Instant) -> io::Result<()> {
        self.heard = now;
        let filled = self.unread.len();
        self.unread.resize(filled + READ_BYTES, 0);
        let read = self.stream.read(&mut self.unread[filled..]);
        self.unread.truncate(filled + read.as_ref().map_or(0, |bytes| *bytes));
        match read {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => Ok(()),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether nobody needs it any more; to be asked every now and then, with whether a call uses it.
    pub(super) fn is_stale(&mut self, used: bool, now: Instant) -> bool {
        if used {
            self.used = now;
        }
        now.saturating_duration_since(self.used) >= UNUSED_MAX || now.saturating_duration_since(self.heard) >= SILENT_MAX
    }

    /// Sends one packet as a frame.
    pub(super) fn send(&mut self, packet: &[u8]) -> Sent {
        let Ok(length) = u16::try_from(packet.len()) else {
            return Sent::Dropped;
        };
        let header = length.to_be_bytes();
        if !self.queue.is_empty() {
            if self.queue.len() >= QUEUE_PACKETS_MAX {
                return Sent::Dropped;
            }
            self.queue.push_back([&header, packet].concat());
            return Sent::Queued;
        }
        match self.stream.write_vectored(&[IoSlice::new(&header), IoSlice::new(packet)]) {
            Ok(bytes) if bytes == header.len() + packet.len() => Sent::Whole,
            Ok(bytes) => self.hold_back(&header, packet, bytes),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.hold_back(&header, packet, 0),
            Err(_) => Sent::Broken,
        }
    }

    fn hold_back(&mut self, header: &[u8; 2], packet: &[u8], written: usize) -> Sent {
        self.queue.push_back([header, packet].concat());
        self.written = written;
        Sent::Queued
    }

    /// Goes on writing; true when nothing waits any more.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    pub(super) fn flush(&mut self) -> io::Result<bool> {
        while let Some(frame) = self.queue.front() {
            match self.stream.write(&frame[self.written..]) {
                Ok(bytes) => self.written += bytes,
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => return Ok(false),
                Err(error) => return Err(error),
            }
            if self.written == frame.len() {
                self.queue.pop_front();
                self.written = 0;
            }
        }
        Ok(true)
    }
}

/// The next whole frame in `bytes` from `at`: its packet's place. `Ok(None)` when more must be read first.
///
/// # Errors
///
/// When the frame is larger than [`FRAME_BYTES_MAX`]: this is not our protocol.
pub(super) fn next_frame(bytes: &[u8], at: usize) -> io::Result<Option<Range<usize>>> {
    let Some(header) = bytes.get(at..at + 2) else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([header[0], header[1]]));
    if length > FRAME_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let packet = at + 2..at + 2 + length;
    Ok((packet.end <= bytes.len()).then_some(packet))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    fn pair(read: &[u8]) -> (Connection, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, peer) = listener.accept().unwrap();
        let local = stream.local_addr().unwrap();
        let accepted = IceConnection {
            stream,
            peer,
            local,
            read: read.to_vec(),
            permit: Box::new(()),
        };
        (Connection::new(accepted, Instant::now()).unwrap(), client)
    }

    #[test]
    fn frames_survive_any_cut() {
        let (mut connection, mut client) = pair(&[0]);
        client.write_all(&[3, b'a', b'b', b'c', 0, 0, 0, 1, b'z']).unwrap();
        let whole = [0, 3, b'a', b'b', b'c', 0, 0, 0, 1, b'z'];
        while connection.unread.len() < whole.len() {
            connection.read(Instant::now()).unwrap();
        }
        assert_eq!(connection.unread, whole);
        for cut in 0..whole.len() {
            let (mut at, mut frames) = (0, Vec::new());
            while let Some(frame) = next_frame(&whole[..cut], at).unwrap() {
                at = frame.end;
                frames.push(frame);
            }
            assert_eq!(
                frames,
                [2..5, 7..7, 9..10].into_iter().filter(|frame| frame.end <= cut).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_connection_without_a_call_or_a_peer_is_stale() {
        let (mut connection, _client) = pair(&[]);
        let at = |seconds| connection.heard + Duration::from_secs(seconds);
        let (early, used, unused, silent) = (at(9), at(15), at(25), at(30));
        assert!(!connection.is_stale(false, early), "the answer may be on its way");
        assert!(!connection.is_stale(true, used));
        assert!(connection.is_stale(false, unused), "its call has ended 10 s ago");
        assert!(connection.is_stale(true, silent), "the peer is gone");
        connection.read(silent).unwrap();
        assert!(!connection.is_stale(true, silent));
    }

    #[test]
    fn a_frame_too_large_is_not_our_protocol() {
        assert_eq!(next_frame(&[0xff, 0xff], 0).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_peer_that_does_not_read_loses_packets_and_gets_whole_frames_afterwards() {
        let (mut connection, mut client) = pair(&[]);
        let packet = [7; 1200];
        let mut accepted = 0;
        while connection.send(&packet) != Sent::Dropped {
            accepted += 1;
        }
        assert_eq!(connection.queue.len(), QUEUE_PACKETS_MAX);
        let mut stream = Vec::new();
        let mut buffer = [0; 65_536];
        let mut flushed = false;
        while !flushed || stream.len() < accepted * 1202 {
            let bytes = client.read(&mut buffer).unwrap();
            stream.extend_from_slice(&buffer[..bytes]);
            flushed = connection.flush().unwrap();
        }
        assert!(
            stream
                .chunks(1202)
                .all(|frame| frame[..2] == 1200u16.to_be_bytes() && frame[2..] == packet)
        );
    }
}
