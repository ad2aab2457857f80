//! One media thread: wait, read, let the engine work, report.

mod connections;
mod moving;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use doctor::stun::server::{Responder, is_question};
use media::audio::tones::Plan;
use media::engine::{Arrival, Config, Counters, Engine, Outbox as _, Path};
use media::sounds::Library;
use model::LegId;
use model::control::{Command, Event, Failure};
use rand::Rng;

use super::connection::{Connection, Speaks};
use super::mappings::Mappings;
use super::relaying::{Known, Relaying};
use super::whereabouts::Whereabouts;
use super::wires::{TOKEN_CONNECTIONS, TOKEN_UDP, Wires};
use super::{Figures, Reports, StunServers, ToMedia, worker_of};
use crate::datagrams::{Batch, DATAGRAM_BYTES_MAX, Route};
use crate::mailbox::Mailbox;
use crate::poller::Ready;
use crate::reach::Answer;
pub(super) use moving::Departure;

/// Under load a round begins at most this often: several packets share one wake-up.
const ROUND_MIN: Duration = Duration::from_micros(150);

/// Rounds without a pause that show load: a single call's packets never follow each other that closely.
const BUSY_ROUNDS: u32 = 3;

/// Where all that is said is mixed, packets gather for so long: a quarter of a frame, so that nobody's seem to jitter.
const GATHER: Duration = Duration::from_millis(5);

/// So long after a packet has been forwarded, the thread has no time for that: the next one is for somebody who waits for it.
const FORWARDS_FOR: Duration = Duration::from_secs(1);

/// System calls on one socket before the next socket has its turn.
const READS_MAX: u32 = 64;

/// How often figures are published.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);

/// Messages taken out of the inbox in one round.
const MESSAGES_MAX: usize = 1024;

/// Where packets are received.
struct Buffers {
    /// Those of the one UDP port.
    shared: Batch,
    /// One of a pool port.
    port: Box<[u8]>,
}

pub(super) struct Thread {
    config: Config,
    /// Whose tones callers hear.
    tones: Plan,
    /// What can be played to a leg.
    sounds: Arc<Library>,
    engine: Engine,
    wires: Wires,
    inbox: Receiver<ToMedia>,
    others: Arc<[Mailbox<ToMedia>]>,
    relaying: Arc<Relaying>,
    /// Whom TURN clients may reach.
    known: Known,
    whereabouts: Whereabouts,
    /// Legs here whose ICE user name fragment names another thread.
    guests: BTreeMap<LegId, Box<str>>,
    reports: Box<dyn Reports>,
    stun: tokio::sync::mpsc::Sender<Answer>,
    stun_servers: Arc<StunServers>,
    mappings: Mappings,
    /// Tells whoever asks the one UDP port who they are.
    responder: Responder,
    /// Events that signalling could not take yet.
    unreported: VecDeque<Event>,
    /// Legs that live in the engine, should it have to be rebuilt.
    legs: BTreeSet<LegId>,
    figures: Arc<Figures>,
    published: Instant,
    ready: Vec<Ready>,
    busy_rounds: u32,
    /// When a packet went to another thread last.
    forwarded_at: Option<Instant>,
}

/// What a thread has to do with others.
pub(super) struct Links {
    pub(super) inbox: Receiver<ToMedia>,
    /// All media threads, this one included.
    pub(super) others: Arc<[Mailbox<ToMedia>]>,
    pub(super) relaying: Arc<Relaying>,
    pub(super) reports: Box<dyn Reports>,
    /// Where STUN servers' answers go.
    pub(super) stun: tokio::sync::mpsc::Sender<Answer>,
    pub(super) figures: Arc<Figures>,
}

impl Thread {
    pub(super) fn new(config: Config, wires: Wires, links: Links) -> Self {
        let Links {
            inbox,
            others,
            relaying,
            reports,
            stun,
            figures,
        } = links;
        let now = wires.now;
        let whereabouts = Whereabouts::new(config.worker, others.len());
        Self {
            engine: Engine::new(config.clone(), rand::rng().random(), now),
            known: Known::new(&config.addresses),
            config,
            tones: Plan::default(),
            sounds: Arc::default(),
            wires,
            inbox,
            others,
            relaying,
            whereabouts,
            guests: BTreeMap::new(),
            reports,
            stun,
            stun_servers: Arc::default(),
            mappings: Mappings::default(),
            responder: Responder::default(),
            unreported: VecDeque::new(),
            legs: BTreeSet::new(),
            figures,
            published: now,
            ready: Vec::new(),
            busy_rounds: 0,
            forwarded_at: None,
        }
    }

    /// Runs until told to stop. A panic ends the calls of this thread and nothing else.
    pub(super) fn run(mut self) {
        loop {
            let round = catch_unwind(AssertUnwindSafe(|| self.rounds()));
            match round {
                Ok(Ok(())) => return,
                Ok(Err(error)) => {
                    tracing::error!(%error, worker = self.config.worker, "the media thread cannot wait for its sockets");
                    self.rebuild();
                }
                Err(_panic) => {
                    tracing::error!(
                        worker = self.config.worker,
                        legs = self.legs.len(),
                        "a media thread panicked: its calls end, the thread goes on"
                    );
                    self.rebuild();
                }
            }
        }
    }

    fn rebuild(&mut self) {
        self.figures.panics.fetch_add(1, Ordering::Relaxed);
        self.forget_guests();
        // Some may be away with legs of other threads.
        self.config.rtp_ports = self.wires.even_ports();
        self.engine = Engine::new(self.config.clone(), rand::rng().random(), Instant::now());
        self.engine.change_tones(self.tones);
        self.engine.change_sounds(Arc::clone(&self.sounds));
        let lost = std::mem::take(&mut self.legs);
        self.unreported.extend(lost.into_iter().map(|leg| Event::LegFailed {
            leg,
            reason: Failure::ThreadLost,
        }));
        self.mappings = Mappings::default();
        for id in self.wires.connections.keys().copied().collect::<Vec<_>>() {
            drop(self.wires.release(id));
        }
    }

    fn buffers(&self) -> Buffers {
        Buffers {
            shared: self.wires.udp.batch(),
            port: vec![0; DATAGRAM_BYTES_MAX].into_boxed_slice(),
        }
    }

    fn rounds(&mut self) -> std::io::Result<()> {
        // Not a part of the thread, so that a panic cannot leave it behind in pieces.
        let mut buffers = self.buffers();
        while self.round(&mut buffers)? {}
        Ok(())
    }

    /// Waits for something to do and does it; false when told to stop.
    fn round(&mut self, buffers: &mut Buffers) -> std::io::Result<bool> {
        let began = Instant::now();
        let timeout = if self.unreported.is_empty() {
            let next = [self.engine.poll_timeout(), self.mappings.due()];
            let next = next
                .into_iter()
                .flatten()
                .min()
                .map_or(PUBLISH_EVERY, |at| at.saturating_duration_since(began));
            next.min(PUBLISH_EVERY)
        } else {
            Duration::from_millis(1)
        };
        let mut ready = std::mem::take(&mut self.ready);
        ready.clear();
        self.wires.poller.wait(Some(timeout), &mut ready)?;
        let now = Instant::now();
        self.wires.now = now;
        if !self.messages(now) {
            return Ok(false);
        }
        for socket in &ready {
            self.socket(*socket, buffers, now);
        }
        self.busy_rounds = if ready.is_empty() { 0 } else { self.busy_rounds.saturating_add(1) };
        self.ready = ready;
        if self.engine.poll_timeout().is_some_and(|at| at <= now) {
            self.engine.handle_timeout(now, &mut self.wires);
        }
        self.mappings.handle_timeout(&mut self.wires, now);
        self.close_broken(now);
        self.send_ports_home();
        self.report();
        self.publish(now);
        self.pace(began, now);
        Ok(true)
    }

    /// Under load, lets packets gather for a moment instead of waking up for each; `now` is when the round had something to do.
    fn pace(&mut self, began: Instant, now: Instant) {
        if let Some(until) = self.gathers_until(now) {
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
            return;
        }
        let spent = began.elapsed();
        if spent >= ROUND_MIN {
            self.busy_rounds = 0;
        } else if self.busy_rounds > BUSY_ROUNDS {
            std::thread::sleep(ROUND_MIN - spent);
        }
    }

    /// How long packets may gather because nobody waits for any of them; `None` when somebody does.
    fn gathers_until(&mut self, now: Instant) -> Option<Instant> {
        let has_forwarded = self.forwarded_at.is_some_and(|at| now.saturating_duration_since(at) < FORWARDS_FOR);
        if has_forwarded || !self.engine.only_mixes() {
            return None;
        }
        let due = self.engine.poll_timeout();
        Some(due.map_or(now + GATHER, |due| due.min(now + GATHER)))
    }

    /// Handles messages; false when told to stop.
    fn messages(&mut self, now: Instant) -> bool {
        for _ in 0..MESSAGES_MAX {
            let Ok(message) = self.inbox.try_recv() else { return true };
            match message {
                ToMedia::Command(command) => self.command(command, now),
                ToMedia::IceTcp(accepted) => self.adopt(Connection::new(accepted, Speaks::IceTcp, now), now),
                ToMedia::Turn(accepted) => {
                    let client = Box::new(self.relaying.client(accepted.peer, now));
                    self.adopt(Connection::new(accepted, Speaks::Turn(client), now), now);
                }
                ToMedia::Moved(connection) => self.adopt(Ok(*connection), now),
                ToMedia::Forwarded {
                    source,
                    destination,
                    mut packet,
                    hops,
                } => self.media_datagram(Route { source, destination }, &mut packet, hops, now),
                ToMedia::Leg(departure) => self.arrive(*departure, now),
                ToMedia::Ports(pair) => self.take_ports(pair),
                ToMedia::Whereabouts(news) => self.whereabouts.follow(&news),
                ToMedia::Addresses(addresses) => {
                    self.known.learn(&addresses);
                    self.mappings.ask_now(&mut self.wires, now);
                    self.config.addresses = Arc::clone(&addresses);
                    self.engine.change_addresses(addresses);
                }
                ToMedia::Tones(tones) => {
                    self.tones = tones;
                    self.engine.change_tones(tones);
                }
                ToMedia::Sounds(sounds) => {
                    self.sounds = Arc::clone(&sounds);
                    self.engine.change_sounds(sounds);
                }
                ToMedia::StunServers(servers) => {
                    self.stun_servers = servers;
                    self.mappings.follow(&mut self.engine, &self.stun_servers, &mut self.wires, now);
                }
                ToMedia::Stop => return false,
            }
        }
        // The waker has been taken: come back at once for what is left.
        self.wires.poller.waker().wake();
        true
    }

    fn command(&mut self, command: Command, now: Instant) {
        let leg = command.leg();
        match command {
            Command::Join { leg, call } if worker_of(call, self.others.len()) != usize::from(self.config.worker) => {
                let worker = u8::try_from(worker_of(call, self.others.len())).expect("the number of threads is a u8");
                self.depart(leg, call, worker, now);
                return;
            }
            Command::ReceiveOffer { .. } | Command::MakeOffer { .. } => {
                self.legs.insert(leg);
            }
            Command::AnswerOffer { .. }
            | Command::RejectOffer { .. }
            | Command::NarrowOffer { .. }
            | Command::AcceptAnswer { .. }
            | Command::AddCandidate { .. }
            | Command::Hear { .. }
            | Command::Join { .. }
            | Command::Chime { .. }
            | Command::Play { .. }
            | Command::Record { .. }
            | Command::SendDigit { .. }
            | Command::Close { .. } => {}
        }
        self.engine.command(command, now, &mut self.wires);
        self.note_name(leg);
    }

    fn socket(&mut self, socket: Ready, buffers: &mut Buffers, now: Instant) {
        match socket.token {
            TOKEN_UDP => self.read_udp(&mut buffers.shared, now),
            token if token >= TOKEN_CONNECTIONS => {
                let id = token - TOKEN_CONNECTIONS;
                if socket.writable {
                    self.wires.flush(id);
                }
                if socket.readable {
                    self.read_connection(id, now);
                }
            }
            token => self.read_port(u16::try_from(token).expect("pool tokens are port numbers"), &mut buffers.port, now),
        }
    }

    fn read_udp(&mut self, batch: &mut Batch, now: Instant) {
        for _ in 0..READS_MAX {
            let Ok(more) = self.wires.udp.receive(batch) else { return };
            for (route, packet) in batch.packets() {
                self.datagram(route, packet, now);
            }
            if !more {
                return;
            }
        }
    }

    fn datagram(&mut self, route: Route, packet: &mut [u8], now: Instant) {
        if is_stun_answer(packet) && self.stun_servers.asked.contains(&route.source) {
            let answer = Answer {
                from: route.source,
                local: route.destination.ip(),
                packet: packet.to_vec(),
            };
            // Whoever asked asks again.
            let _full = self.stun.try_send(answer);
            return;
        }
        if is_question(packet) {
            // A browser's check, or anybody: no leg's.
            if let Some(answer) = self.responder.answer(packet, route.source, now) {
                self.wires.send(Path::Udp, route.destination, route.source, &answer);
            }
            return;
        }
        self.media_datagram(route, packet, 0, now);
    }

    /// A packet of the one UDP port, after it has been forwarded so often.
    fn media_datagram(&mut self, Route { source, destination }: Route, packet: &mut [u8], hops: u8, now: Instant) {
        let Some(owner) = self.whereabouts.owner(source, packet, hops) else {
            let arrival = Arrival {
                path: Path::Udp,
                source,
                destination,
            };
            self.engine.receive(arrival, packet, now, &mut self.wires);
            return;
        };
        self.forwarded_at = Some(now);
        let forwarded = ToMedia::Forwarded {
            source,
            destination,
            packet: packet.to_vec(),
            hops: hops + 1,
        };
        if self.others[usize::from(owner)].send(forwarded).is_err() {
            self.wires.dropped += 1;
        }
    }

    fn read_port(&mut self, port: u16, buffer: &mut [u8], now: Instant) {
        let Some((received, destination)) = self.wires.port(port).map(|socket| (socket.recv_from(buffer), socket.local_addr())) else {
            return;
        };
        let (Ok((length, source)), Ok(destination)) = (received, destination) else {
            return;
        };
        if is_stun_answer(&buffer[..length]) && self.stun_servers.asked.contains(&source) {
            let route = (source, destination.ip());
            let answer = (route, &buffer[..length]);
            self.mappings.answered(port, answer, &self.stun_servers, &mut self.engine, now);
            return;
        }
        let arrival = Arrival {
            path: Path::Rtp { port },
            source,
            destination,
        };
        self.engine.receive(arrival, &mut buffer[..length], now, &mut self.wires);
    }

    fn report(&mut self) {
        let mut reported = false;
        while let Some(event) = self.unreported.pop_front().or_else(|| self.engine.poll_event()) {
            if let Event::Closed { leg, .. } = &event {
                self.legs.remove(leg);
            }
            if let Err(event) = self.reports.report(event) {
                self.unreported.push_front(event);
                break;
            }
            reported = true;
        }
        if reported {
            self.reports.wake();
        }
    }

    fn publish(&mut self, now: Instant) {
        if now.saturating_duration_since(self.published) < PUBLISH_EVERY {
            return;
        }
        self.published = now;
        self.mappings.follow(&mut self.engine, &self.stun_servers, &mut self.wires, now);
        self.close_stale(now);
        let set = |figure: &AtomicU64, value: usize| figure.store(value as u64, Ordering::Relaxed);
        set(&self.figures.legs, self.engine.legs());
        set(&self.figures.ports_free, self.engine.ports_free());
        set(&self.figures.tcp_connections, self.wires.connections.len());
        self.publish_connections();
        let Counters {
            unknown_source,
            unused_port,
            stranger,
            malformed,
            unauthenticated,
            unknown_payload_type,
            late,
        } = self.engine.counters();
        let dropped = unknown_source + unused_port + stranger + malformed + unauthenticated + unknown_payload_type;
        self.figures.packets_dropped.store(dropped, Ordering::Relaxed);
        self.figures.tcp_late.store(late, Ordering::Relaxed);
        self.figures.sends_dropped.store(self.wires.dropped, Ordering::Relaxed);
    }
}

/// Whether this is a response to a binding request (RFC 8489 section 5): 0x0101, or 0x0111 for an error.
fn is_stun_answer(packet: &[u8]) -> bool {
    matches!(packet, [0x01, 0x01 | 0x11, ..])
}

#[cfg(test)]
mod tests;
