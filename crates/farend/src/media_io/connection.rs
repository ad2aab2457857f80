//! One connection of the one port that carries media: ICE-TCP frames, or a TURN client; as it is, or inside TLS. Read and written without waiting.

mod framing;
mod queue;
mod socket;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::{Duration, Instant};

use media::engine::Path;
use relay::{Counters, Peers, What, World};

use super::Accepted;
pub(crate) use framing::FRAME_BYTES_MAX;
use framing::{next_frame, write_frame};
use queue::{Full, Kind, Queue};
use socket::{Socket, Written};

/// So long a connection may live without a call that uses it: the answer to an offer may still be on its way. A TURN client: without an allocation.
const UNUSED_MAX: Duration = Duration::from_secs(10);

/// So long a peer may be silent. Browsers ask for consent every 5 s (RFC 7675 §5.1). A TURN client with an allocation may wait for a call for
/// longer: keep-alives of TCP tell when it is gone.
const SILENT_MAX: Duration = Duration::from_secs(30);

/// How often a connection may turn to a call of another thread: it serves one call, mostly.
const MOVES_MAX: u32 = 32;

/// What a connection speaks.
#[derive(Debug)]
pub(super) enum Speaks {
    /// Packets in frames.
    IceTcp,
    /// TURN.
    Turn(Box<relay::Client>),
}

/// The connection and what is half read or half written.
pub(crate) struct Connection {
    socket: Socket,
    speaks: Speaks,
    pub(super) peer: SocketAddr,
    pub(super) local: SocketAddr,
    /// What has been read and not been taken.
    pub(super) unread: Vec<u8>,
    queue: Queue,
    /// Whether the poller tells when there is room.
    pub(super) waits_for_room: bool,
    /// When the peer last said something.
    heard: Instant,
    /// When a call last used it.
    used: Instant,
    moves: u32,
    _permit: Box<dyn std::any::Any + Send>,
}

/// What stood first in what was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// The first byte behind it.
    pub(super) end: usize,
    /// A packet for the engine: where it is, by which address of ours and from whom it came.
    pub(super) packet: Option<Incoming>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Incoming {
    pub(super) range: Range<usize>,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
}

/// What a connection needs to know of the world while it reads.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) peers: &'a Peers,
    pub(super) now: Instant,
    pub(super) unix_s: u64,
    pub(super) counters: &'a mut Counters,
}

impl Connection {
    pub(super) fn new(accepted: Accepted, speaks: Speaks, now: Instant) -> io::Result<Self> {
        let Accepted {
            stream,
            tls,
            peer,
            local,
            read,
            permit,
        } = accepted;
        Ok(Self {
            socket: Socket::new(stream, tls)?,
            speaks,
            peer,
            local,
            unread: read,
            queue: Queue::default(),
            waits_for_room: false,
            heard: now,
            used: now,
            moves: 0,
            _permit: permit,
        })
    }

    pub(super) fn stream(&self) -> &std::net::TcpStream {
        self.socket.stream()
    }

    /// The way of its packets, for the engine.
    pub(super) fn path(&self, connection: u64) -> Path {
        match self.speaks {
            Speaks::IceTcp => Path::Tcp { connection },
            Speaks::Turn(_) => Path::Relayed { connection },
        }
    }

    pub(super) fn is_turn(&self) -> bool {
        matches!(self.speaks, Speaks::Turn(_))
    }

    /// Reads what is there; it is then in [`Connection::unread`].
    ///
    /// # Errors
    ///
    /// When the peer has closed or the connection is broken; what came before that is to be taken all the same.
    pub(super) fn read(&mut self, now: Instant) -> io::Result<()> {
        self.heard = now;
        self.socket.read(&mut self.unread)
    }

    /// Takes what stands first in `unread` from `at`. `Ok(None)` when more must be read first. Replies are queued: flush.
    ///
    /// # Errors
    ///
    /// When this is not our protocol, or the peer does not read.
    pub(super) fn take(&mut self, unread: &[u8], at: usize, around: &mut Surroundings<'_>) -> io::Result<Option<Taken>> {
        let (peer, local) = (self.peer, self.local);
        match &mut self.speaks {
            Speaks::IceTcp => Ok(next_frame(unread, at)?.map(|range| Taken {
                end: range.end,
                packet: Some(Incoming {
                    range,
                    source: peer,
                    destination: local,
                }),
            })),
            Speaks::Turn(client) => take_turn(client, &mut self.queue, unread, at, around),
        }
    }

    /// Whether nobody needs it any more; to be asked every now and then, with whether a call uses it.
    pub(super) fn is_stale(&mut self, used: bool, now: Instant) -> bool {
        if used {
            self.used = now;
        }
        match &mut self.speaks {
            Speaks::IceTcp => {
                now.saturating_duration_since(self.used) >= UNUSED_MAX || now.saturating_duration_since(self.heard) >= SILENT_MAX
            }
            Speaks::Turn(client) => {
                client.handle_timeout(now);
                let idle = client.idle_since().map(|since| now.saturating_duration_since(since));
                idle.is_some_and(|idle| idle >= UNUSED_MAX)
            }
        }
    }

    /// Sends one packet of ours from `source`; the rest goes on by [`Connection::flush`] when there is room. False when a TURN client does not want it.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    pub(super) fn send(&mut self, source: SocketAddr, packet: &[u8], now: Instant, counters: &mut Counters) -> io::Result<bool> {
        let mut wanted = true;
        let pushed = match &mut self.speaks {
            Speaks::IceTcp => self.queue.push(Kind::of(packet), now, |out| {
                wanted = write_frame(packet, out);
                wanted
            }),
            Speaks::Turn(client) => self.queue.push(Kind::of(packet), now, |out| {
                wanted = client.frame_to_client(source, packet, now, counters, out);
                wanted
            }),
        };
        pushed.map_err(does_not_read)?;
        if !self.waits_for_room {
            self.flush(now)?;
        }
        Ok(wanted)
    }

    /// Goes on writing; afterwards [`Connection::waits_for_room`] says whether something is left.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    pub(super) fn flush(&mut self, now: Instant) -> io::Result<()> {
        self.waits_for_room = true;
        loop {
            if !self.socket.flush()? {
                return Ok(());
            }
            let Some(front) = self.queue.front(now) else { break };
            match self.socket.write(front)? {
                Written::Bytes(bytes) => self.queue.wrote(bytes),
                Written::NoRoom => return Ok(()),
            }
        }
        self.waits_for_room = false;
        Ok(())
    }

    /// Packets left out because they had waited too long, since this was asked last.
    pub(super) fn take_left_out(&mut self) -> u64 {
        self.queue.take_left_out()
    }

    /// It turns to the leg of another thread. False when it has done so too often.
    pub(super) fn moves(&mut self) -> bool {
        self.moves += 1;
        self.moves <= MOVES_MAX
    }
}

fn take_turn(
    client: &mut relay::Client,
    queue: &mut Queue,
    unread: &[u8],
    at: usize,
    around: &mut Surroundings<'_>,
) -> io::Result<Option<Taken>> {
    let mut world = World {
        peers: around.peers,
        now: around.now,
        unix_s: around.unix_s,
        counters: &mut *around.counters,
    };
    let mut step = Ok(None);
    let pushed = queue.push(Kind::Control, around.now, |reply| {
        step = client.receive(&unread[at..], &mut world, reply);
        matches!(&step, Ok(Some(step)) if step.what == What::Reply)
    });
    pushed.map_err(does_not_read)?;
    let step = step.map_err(|violation| io::Error::new(io::ErrorKind::InvalidData, violation))?;
    Ok(step.map(|step| Taken {
        end: at + step.consumed,
        packet: match step.what {
            What::Data { peer, relayed, packet } => Some(Incoming {
                range: at + packet.start..at + packet.end,
                source: relayed,
                destination: peer,
            }),
            What::Reply | What::Nothing => None,
        },
    }))
}

fn does_not_read(Full: Full) -> io::Error {
    io::Error::new(io::ErrorKind::WouldBlock, "the peer does not read")
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("peer", &self.peer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
