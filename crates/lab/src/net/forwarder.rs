//! A cable between two computers that delays and loses: each end is a TAP interface, and a thread of the test carries frames from one to the
//! other. A TAP without offloads gets from the kernel what a network card would put on the wire, with checksums and no longer than the MTU.

use std::os::fd::AsFd;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;
use tun_rs::{DeviceBuilder, Layer, SyncDevice};

use super::line::{Counters, Line, Way};
use super::namespace::Namespace;
use crate::process::run;

/// An Ethernet frame with an MTU of 1500 and a VLAN tag is shorter.
const FRAME_BYTES_MAX: usize = 2048;
/// So often the thread looks whether anybody still holds the cable.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// So many frames wait at an end while the thread does not get the machine.
const FRAMES_WAITING_MAX: u32 = 4096;
/// So many frames are taken from one end before the other has its turn.
const FRAMES_AT_ONCE_MAX: usize = 64;
const SEED_UP: u64 = 0x7570;
const SEED_DOWN: u64 = 0x646F_776E;

/// A direction of the home's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From home.
    Up,
    /// To home.
    Down,
}

/// The cable; it is unplugged when the last copy of this value goes.
#[derive(Clone, Debug)]
pub struct Cable {
    ways: Arc<Mutex<Ways>>,
}

#[derive(Debug)]
struct Ways {
    up: Way,
    down: Way,
}

impl Cable {
    /// Lays a cable between two computers, as an interface of the same name on both.
    pub(super) fn lay(home: &Namespace, router: &Namespace, interface: &str, line: Line) -> anyhow::Result<Cable> {
        let (inside, outside) = (end_on(home, interface)?, end_on(router, interface)?);
        let ways = Arc::new(Mutex::new(Ways {
            up: Way::new(line, SEED_UP),
            down: Way::new(line, SEED_DOWN),
        }));
        let held = Arc::downgrade(&ways);
        std::thread::Builder::new().name("line".to_owned()).spawn(move || {
            hurry();
            carry(&held, &inside, &outside);
        })?;
        Ok(Cable { ways })
    }

    /// Makes both directions like this, for what comes from now on.
    pub fn set(&self, line: Line) {
        self.set_one(Direction::Up, line);
        self.set_one(Direction::Down, line);
    }

    /// Makes one direction like this, for what comes from now on.
    pub fn set_one(&self, direction: Direction, line: Line) {
        locked(&self.ways).of(direction).line = line;
    }

    /// What has become of the frames since the cable was laid.
    pub fn counters(&self, direction: Direction) -> Counters {
        locked(&self.ways).of(direction).counters
    }
}

impl Ways {
    fn of(&mut self, direction: Direction) -> &mut Way {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }
}

/// A thread that has panicked while it held the lock has said so; what the lock protects is whole.
fn locked(ways: &Mutex<Ways>) -> MutexGuard<'_, Ways> {
    ways.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end_on(host: &Namespace, interface: &str) -> anyhow::Result<SyncDevice> {
    let made = host.within(|| {
        let device = DeviceBuilder::new()
            .name(interface)
            .layer(Layer::L2)
            .enable(false)
            .with(|device| {
                device.tx_queue_len(FRAMES_WAITING_MAX);
            })
            .build_sync()?;
        device.set_nonblocking(true)?;
        Ok::<_, std::io::Error>(device)
    });
    made?.context("a bad line needs /dev/net/tun: the kernel's module tun, and in a container the device")
}

/// The thread comes before everything else on a busy machine, where that is allowed: a late frame would count as the product's delay.
fn hurry() {
    let me = nix::unistd::gettid().to_string();
    // Without it the line is late now and then.
    let _ = run(Command::new("chrt").args(["--fifo", "--pid", "1", &me]));
}

/// Carries frames until nobody holds the cable any more.
fn carry(held: &Weak<Mutex<Ways>>, home: &SyncDevice, router: &SyncDevice) {
    let mut frame = vec![0; FRAME_BYTES_MAX];
    while let Some(ways) = held.upgrade() {
        let next = {
            let mut ways = locked(&ways);
            let now = Instant::now();
            take(home, &mut ways.up, &mut frame, now);
            take(router, &mut ways.down, &mut frame, now);
            put(router, &mut ways.up);
            put(home, &mut ways.down);
            [ways.up.next_due(), ways.down.next_due()].into_iter().flatten().min()
        };
        drop(ways);
        wait(home, router, next);
    }
}

/// What waits at an end goes on its way.
fn take(end: &SyncDevice, way: &mut Way, frame: &mut [u8], now: Instant) {
    for _ in 0..FRAMES_AT_ONCE_MAX {
        // Nothing there, or the interface is down.
        let Ok(length) = end.recv(frame) else { return };
        way.accept(&frame[..length], now);
    }
}

/// What has arrived comes out.
fn put(end: &SyncDevice, way: &mut Way) {
    while let Some(frame) = way.due(Instant::now()) {
        // An interface that is down takes nothing, like a real one.
        let _ = end.send(&frame);
    }
}

fn wait(home: &SyncDevice, router: &SyncDevice, next: Option<Instant>) {
    let limit = next.map_or(LOOK_EVERY, |due| due.saturating_duration_since(Instant::now()).min(LOOK_EVERY));
    let mut ends = [home, router].map(|end| PollFd::new(end.as_fd(), PollFlags::POLLIN));
    // Interrupted or over: either way it is time to look.
    let _ = ppoll(&mut ends, Some(TimeSpec::from_duration(limit)), None);
}
