//! Readiness of many sockets for one thread: level-triggered epoll and a waker.
//!
//! Level-triggered because a packet then costs one `recv` and not a second one that only says "nothing more".

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fmt, io};

use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};

/// Events taken out of the kernel at once.
const EVENTS_MAX: usize = 256;

/// The waker's token; sockets use any other.
const TOKEN_WAKER: u64 = u64::MAX;

/// What a wait found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ready {
    /// The token given with the socket.
    pub(crate) token: u64,
    /// There is something to read, or the peer is gone.
    pub(crate) readable: bool,
    /// There is room to write.
    pub(crate) writable: bool,
}

/// Waits for sockets.
#[derive(Debug)]
pub(crate) struct Poller {
    epoll: OwnedFd,
    waker: Waker,
}

/// Wakes a [`Poller`] from another thread. Waking twice before it wakes costs nothing.
#[derive(Clone)]
pub(crate) struct Waker {
    eventfd: Arc<OwnedFd>,
    pending: Arc<AtomicBool>,
}

impl Poller {
    /// # Errors
    ///
    /// When the kernel refuses another descriptor.
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let eventfd = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?;
        // Edge-triggered: every write is told once, and nobody has to read.
        epoll::add(&epoll, &eventfd, EventData::new_u64(TOKEN_WAKER), EventFlags::IN | EventFlags::ET)?;
        let waker = Waker {
            eventfd: Arc::new(eventfd),
            pending: Arc::new(AtomicBool::new(false)),
        };
        Ok(Self { epoll, waker })
    }

    pub(crate) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Watches a socket for reading, and for writing when asked.
    pub(crate) fn add(&self, socket: &impl AsFd, token: u64, writable: bool) -> io::Result<()> {
        debug_assert_ne!(token, TOKEN_WAKER, "that token is the waker's");
        epoll::add(&self.epoll, socket, EventData::new_u64(token), flags(writable)).map_err(Into::into)
    }

    /// Starts or stops watching for writing.
    pub(crate) fn set_writable(&self, socket: &impl AsFd, token: u64, writable: bool) -> io::Result<()> {
        epoll::modify(&self.epoll, socket, EventData::new_u64(token), flags(writable)).map_err(Into::into)
    }

    /// Forgets a socket. One that is closed is forgotten by the kernel.
    pub(crate) fn remove(&self, socket: &impl AsFd) {
        if let Err(error) = epoll::delete(&self.epoll, socket) {
            tracing::debug!(%error, "a socket was not watched");
        }
    }

    /// Waits until something is ready, somebody wakes us, or the time is up; appends to `ready`.
    ///
    /// # Errors
    ///
    /// Those of `epoll_wait`, except an interruption by a signal, which is an early return.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>, ready: &mut Vec<Ready>) -> io::Result<()> {
        let timeout = timeout.map(|t| Timespec {
            tv_sec: i64::try_from(t.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(t.subsec_nanos()),
        });
        let mut events = [const { MaybeUninit::uninit() }; EVENTS_MAX];
        let found = match epoll::wait(&self.epoll, &mut events, timeout.as_ref()) {
            Ok((found, _rest)) => found,
            Err(rustix::io::Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for event in found {
            let (token, flags) = (event.data.u64(), event.flags);
            if token == TOKEN_WAKER {
                // Before the queues are read, so that what is sent from now on wakes again. A swap, not a store: it must also see what was sent
                // before the last wake that found the flag set.
                self.waker.pending.swap(false, Ordering::AcqRel);
                continue;
            }
            ready.push(Ready {
                token,
                readable: flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR),
                writable: flags.intersects(EventFlags::OUT),
            });
        }
        Ok(())
    }
}

fn flags(writable: bool) -> EventFlags {
    if writable {
        EventFlags::IN | EventFlags::OUT
    } else {
        EventFlags::IN
    }
}

impl Waker {
    /// Makes the poller's current or next wait return.
    pub(crate) fn wake(&self) {
        if !self.pending.swap(true, Ordering::AcqRel)
            && let Err(error) = rustix::io::write(&*self.eventfd, &1u64.to_ne_bytes())
        {
            tracing::error!(%error, "cannot wake a thread");
        }
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;
    use std::time::Instant;

    const LONG: Duration = Duration::from_secs(5);

    fn wait(poller: &mut Poller) -> Vec<Ready> {
        let mut ready = Vec::new();
        poller.wait(Some(LONG), &mut ready).unwrap();
        ready
    }

    #[test]
    fn a_wake_before_the_wait_is_not_lost() {
        let mut poller = Poller::new().unwrap();
        let waker = poller.waker();
        for _ in 0..2 {
            waker.wake();
            waker.wake();
            let begun = Instant::now();
            assert_eq!(wait(&mut poller), []);
            assert!(begun.elapsed() < LONG, "the wake was lost");
            // Two wakes are one.
            let mut ready = Vec::new();
            poller.wait(Some(Duration::ZERO), &mut ready).unwrap();
            assert!(!waker.pending.load(Ordering::Acquire));
        }
    }

    #[test]
    fn a_socket_with_two_packets_is_ready_until_both_are_read() {
        let mut poller = Poller::new().unwrap();
        let (a, b) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        poller.add(&a, 7, false).unwrap();
        for _ in 0..2 {
            b.send_to(b"x", a.local_addr().unwrap()).unwrap();
        }
        for _ in 0..2 {
            assert_eq!(
                wait(&mut poller),
                [Ready {
                    token: 7,
                    readable: true,
                    writable: false
                }]
            );
            a.recv(&mut [0; 8]).unwrap();
        }
        let mut ready = Vec::new();
        poller.wait(Some(Duration::ZERO), &mut ready).unwrap();
        assert_eq!(ready, []);
    }
}
