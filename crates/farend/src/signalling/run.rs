//! The thread itself.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwapOption;
use model::UserId;
use rand::Rng as _;
use sip::{Flow, Transport};
use switchboard::core::{Action, Config, Core, Input, Objection, Output, Seats};
use switchboard::directory::Directory;
use tokio::sync::watch;

use super::deliveries::Deliveries;
use super::flows::{Flows, Sent};
use super::mirror::Mirror;
use super::tickets::{Asker, Tickets};
use super::{Figures, FlowSender, INBOX_MESSAGES_MAX, Outbound, Outlets, Signal, Signalling};
use crate::datagrams::{Batch, Datagrams, Route};
use crate::doctor::{Door, Strangers};
use crate::flight::Flights;
use crate::mailbox::mailbox;
use crate::media_io::MediaThreads;
use crate::poller::Poller;
use crate::sip_io::lines::Way;

const TOKEN_UDP: u64 = 0;

/// Reads of the UDP socket before timers and messages have their turn; each brings several datagrams.
const DATAGRAM_READS_MAX: u32 = 64;

/// Messages taken before datagrams have their turn.
const MESSAGES_MAX: u32 = 1024;

/// Datagrams that wait for room in the kernel's buffer; more are lost, as on a full wire.
const UNSENT_MAX: usize = 4096;

/// Timers that are due within so short a time share a wake-up. They are for lost messages and dead peers: none is in a hurry.
const TIMERS_EVERY: Duration = Duration::from_millis(10);

/// How often figures are published.
const PUBLISH_EVERY: Duration = Duration::from_millis(500);

/// What the loop is made of.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) config: Config,
    pub(crate) directory: Arc<Directory>,
    pub(crate) seats: Seats,
    pub(crate) udp: Datagrams,
    /// Told who sends datagrams.
    pub(crate) strangers: Arc<Strangers>,
    /// What is told of every call.
    pub(crate) flights: Flights,
}

struct Loop<O> {
    core: Core,
    udp: Datagrams,
    strangers: Arc<Strangers>,
    poller: Poller,
    inbox: Receiver<Signal>,
    /// A directory that was left for us.
    handed_over: Arc<ArcSwapOption<Directory>>,
    flows: Flows,
    flows_max: usize,
    media: MediaThreads,
    deliveries: Deliveries,
    /// Datagrams that the kernel could not take yet.
    unsent: VecDeque<(Flow, Vec<u8>)>,
    mirror: Mirror,
    outlets: O,
    flights: Flights,
    tickets: Tickets,
    figures: Arc<Figures>,
    published: Instant,
    /// Not before.
    timers_due: Instant,
}

/// The way into a loop that is not running yet, so that media threads can be told about it first.
#[derive(Debug)]
pub(crate) struct Prepared {
    poller: Poller,
    inbox: Receiver<Signal>,
    pub(crate) signalling: Signalling,
}

#[cfg(test)]
impl Prepared {
    /// What the loop would get, for a test that stands in for it.
    pub(crate) fn unattended(self) -> (Signalling, Receiver<Signal>) {
        (self.signalling, self.inbox)
    }
}

/// Makes the mailbox.
///
/// # Errors
///
/// When the kernel refuses another descriptor.
pub(crate) fn prepare() -> anyhow::Result<Prepared> {
    let poller = Poller::new()?;
    let (mailbox, inbox) = mailbox(INBOX_MESSAGES_MAX, poller.waker());
    Ok(Prepared {
        poller,
        inbox,
        signalling: Signalling {
            mailbox,
            figures: Arc::default(),
            directory: Arc::default(),
        },
    })
}

/// Starts the thread; the receiver is closed when it has ended, whatever ended it.
///
/// # Errors
///
/// When the socket cannot be watched or the thread not be started.
pub(crate) fn start(
    prepared: Prepared,
    setup: Setup,
    media: MediaThreads,
    outlets: impl Outlets,
) -> anyhow::Result<(JoinHandle<()>, watch::Receiver<()>)> {
    let Prepared { poller, inbox, signalling } = prepared;
    let Setup {
        config,
        directory,
        seats,
        udp,
        strangers,
        flights,
    } = setup;
    poller.add(&udp, TOKEN_UDP, false)?;
    let (now, flows_max) = (Instant::now(), config.flows_max);
    let looping = Loop {
        core: Core::new(config, directory, seats, rand::rng().random(), now),
        udp,
        strangers,
        poller,
        inbox,
        handed_over: signalling.directory,
        flows: Flows::default(),
        flows_max,
        deliveries: Deliveries::new(media.count()),
        media,
        unsent: VecDeque::new(),
        mirror: Mirror::new(now),
        outlets,
        flights,
        tickets: Tickets::default(),
        figures: signalling.figures,
        published: now,
        timers_due: now,
    };
    Ok(watched("signalling", move || looping.run())?)
}

/// A thread, and a receiver that is closed when it has ended, by a panic too.
fn watched(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<(JoinHandle<()>, watch::Receiver<()>)> {
    let (lives, ended) = watch::channel(());
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        // Dropped also when the work panics.
        let _lives = lives;
        work();
    })?;
    Ok((thread, ended))
}

impl<O: Outlets> Loop<O> {
    fn run(mut self) {
        let (mut ready, mut batch) = (Vec::new(), self.udp.batch());
        loop {
            let now = Instant::now();
            let due = self
                .core
                .poll_timeout()
                .map_or(PUBLISH_EVERY, |at| at.max(self.timers_due).saturating_duration_since(now));
            let pause = if self.deliveries.waits() {
                Duration::from_millis(1)
            } else {
                PUBLISH_EVERY
            };
            ready.clear();
            if let Err(error) = self.poller.wait(Some(due.min(pause)), &mut ready) {
                tracing::error!(%error, "the signalling loop cannot wait for its socket");
                return;
            }
            let now = Instant::now();
            if !self.messages(now) {
                return;
            }
            for socket in &ready {
                if socket.writable {
                    self.send_unsent();
                }
                if socket.readable {
                    self.datagrams(&mut batch, now);
                }
            }
            if self.core.poll_timeout().is_some_and(|at| at.max(self.timers_due) <= now) {
                self.timers_due = now + TIMERS_EVERY;
                self.core.handle_timeout(now);
                self.drain();
            }
            self.deliveries.deliver(&self.media);
            if now.saturating_duration_since(self.published) >= PUBLISH_EVERY {
                self.publish(now);
            }
        }
    }

    fn publish(&mut self, now: Instant) {
        self.published = now;
        self.figures.publish(&self.core.figures());
    }

    /// Handles messages of other threads; false when told to stop.
    fn messages(&mut self, now: Instant) -> bool {
        for _ in 0..MESSAGES_MAX {
            let Ok(signal) = self.inbox.try_recv() else { return true };
            // Before the signal, whatever it is: it was sent with this directory in force, and the message that tells of it may not have found room.
            if let Some(directory) = self.handed_over.swap(None) {
                self.core.handle(Input::Directory(directory), now);
            }
            match signal {
                Signal::FlowOpened {
                    flow,
                    device,
                    page,
                    sender,
                } => {
                    let is_full = self.core.figures().flows >= self.flows_max;
                    self.core.handle(Input::FlowOpened { flow, device, page }, now);
                    self.flow_opened(flow, sender, is_full);
                }
                Signal::FlowClosed { flow } => {
                    self.flows.close(flow);
                    self.core.handle(Input::FlowClosed { flow }, now);
                }
                Signal::Received { flow, bytes } => {
                    self.flights.message(&flow, true, &bytes, now);
                    self.core.handle(Input::Received { flow, bytes: &bytes }, now);
                }
                Signal::Connected { instead_of, flow, sender } => {
                    self.flows.open(flow, sender);
                    self.core.handle(Input::Connected { instead_of, flow }, now);
                }
                Signal::ConnectFailed { instead_of } => self.core.handle(Input::ConnectFailed { instead_of }, now),
                Signal::Located { line, found } => self.core.handle(Input::Located { line, found }, now),
                Signal::LineConnected { line, flow, sender } => {
                    if let Some(sender) = sender {
                        self.flows.open(flow, sender);
                    }
                    self.core.handle(Input::LineConnected { line, flow }, now);
                }
                Signal::LineNotConnected { line, trouble } => self.core.handle(Input::LineNotConnected { line, trouble }, now),
                Signal::TestTrunk { trunk, echo_number } => self.core.handle(Input::TestTrunk { trunk, echo_number }, now),
                Signal::AskPhones => self.core.handle(Input::AskPhones, now),
                Signal::Retrieved { trunk, check, retrieved } => self.core.handle(Input::Retrieved { trunk, check, retrieved }, now),
                Signal::Control { user, action, answer } => self.control(user, action, answer, now),
                Signal::Settled { ticket, is_done } => self.core.handle(Input::Settled { ticket, is_done }, now),
                Signal::PinChecked { ticket, is_right } => self.core.handle(Input::PinChecked { ticket, is_right }, now),
                Signal::RecordingStopped { recording, trouble } => self.core.handle(Input::RecordingStopped { recording, trouble }, now),
                Signal::Media(event) => {
                    self.deliveries.heard(&event);
                    self.flights.event(&event, now);
                    self.core.handle(Input::Media(event), now);
                }
                // Taken above.
                Signal::Directory => {}
                Signal::Clock(clock) => self.core.handle(Input::Clock(clock), now),
                Signal::Drain { done } => {
                    self.core.handle(Input::Drain, now);
                    self.publish(now);
                    // Whoever asked may have gone meanwhile.
                    let _gone = done.send(());
                }
                Signal::EndCalls => self.core.handle(Input::EndCalls, now),
                Signal::Stop => return false,
            }
            self.drain();
        }
        // The waker has been taken: come back at once for what is left.
        self.poller.waker().wake();
        true
    }

    fn control(&mut self, user: UserId, action: Action, answer: Asker, now: Instant) {
        match self.tickets.take(answer) {
            Ok(ticket) => self.core.handle(Input::Control { ticket, user, action }, now),
            Err(answer) => {
                // Whoever asked may have gone meanwhile.
                let _gone = answer.send(Err(Objection::Busy));
            }
        }
    }

    /// A connection that the core cannot remember would be served without its device, and never be closed: it is refused.
    fn flow_opened(&mut self, flow: Flow, sender: FlowSender, is_full: bool) {
        if is_full {
            // A task that has ended meanwhile needs no telling.
            let _ended = sender.try_send(Outbound::Full);
        } else {
            self.flows.open(flow, sender);
        }
    }

    fn datagrams(&mut self, batch: &mut Batch, now: Instant) {
        for _ in 0..DATAGRAM_READS_MAX {
            match self.udp.receive(batch) {
                Ok(more) => {
                    for (Route { source, destination }, bytes) in batch.packets() {
                        self.strangers.knocked(Door::SipUdp, source.ip());
                        let flow = Flow {
                            transport: Transport::Udp,
                            local: destination,
                            peer: source,
                            connection: 0,
                        };
                        if let Some(answer) = self.mirror.reflect(bytes, source, now) {
                            self.send(flow, answer);
                            continue;
                        }
                        self.flights.message(&flow, true, bytes, now);
                        self.core.handle(Input::Received { flow, bytes }, now);
                        self.drain();
                    }
                    if !more {
                        return;
                    }
                }
                // ICMP errors of earlier packets surface here; the socket goes on.
                Err(error) => tracing::debug!(%error, "SIP over UDP"),
            }
        }
    }

    fn drain(&mut self) {
        let now = Instant::now();
        while let Some(output) = self.core.poll_output() {
            self.flights.output(&output, now);
            match output {
                Output::Send { flow, bytes } => {
                    self.flights.message(&flow, false, &bytes, now);
                    self.send(flow, bytes);
                }
                Output::Connect { instead_of, peer } => self.outlets.connect(instead_of, peer),
                Output::Locate { line, place } => self.outlets.locate(line, place),
                Output::ConnectLine { line, server, trust, from } => self.outlets.connect_line(line, Way { server, trust, from }),
                Output::Errand { trunk, check, errand } => self.outlets.run_errand(trunk, check, errand),
                Output::Controlled { ticket, result } => self.tickets.answer(ticket, result),
                Output::CheckPin { ticket, user, pin } => self.outlets.check_pin(ticket, user, pin),
                Output::Settle { ticket, user, setting } => self.outlets.settle(ticket, user, setting),
                Output::BeginRecording(recording) => self.outlets.begin_recording(SystemTime::now(), *recording),
                Output::EndRecording { recording } => self.outlets.end_recording(SystemTime::now(), recording),
                Output::Remember(change) => self.outlets.remember(SystemTime::now(), change),
                Output::CloseFlow { flow, reason } => {
                    if self.flows.send(flow, Outbound::Close(reason)) == Sent::TooSlow {
                        tracing::debug!(%flow, "closed without a word: its queue is full");
                    }
                }
                Output::Media { call, command } => {
                    self.deliveries.take(call, command);
                    while let Some(event) = self.deliveries.poll_failed() {
                        self.core.handle(Input::Media(event), Instant::now());
                    }
                }
                // The recorder has been told.
                Output::DialogBegan(_) => {}
                Output::Journal(entry) => self.outlets.journal(SystemTime::now(), entry),
                Output::Event(event) => self.outlets.live(event),
            }
        }
        self.deliveries.deliver(&self.media);
    }

    fn send(&mut self, flow: Flow, bytes: Vec<u8>) {
        if flow.transport == Transport::Udp {
            if self.unsent.is_empty() {
                self.send_datagram(flow, bytes);
            } else {
                self.hold_back(flow, bytes);
            }
            return;
        }
        match self.flows.send(flow, Outbound::Message(bytes)) {
            Sent::Yes => {}
            Sent::NoSuchFlow => tracing::debug!(%flow, "a message for a connection that is gone"),
            Sent::TooSlow => {
                self.figures.dropped.fetch_add(1, Ordering::Relaxed);
                tracing::debug!(%flow, "a SIP peer does not read what it is sent: disconnected");
            }
        }
    }

    fn send_datagram(&mut self, flow: Flow, bytes: Vec<u8>) {
        match self.udp.send(flow.local.ip(), flow.peer, &bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                if let Err(error) = self.poller.set_writable(&self.udp, TOKEN_UDP, true) {
                    tracing::error!(%error, "cannot wait for room in the SIP socket");
                }
                self.hold_back(flow, bytes);
            }
            Err(error) => {
                self.figures.dropped.fetch_add(1, Ordering::Relaxed);
                tracing::debug!(%flow, %error, "a SIP datagram could not be sent");
            }
        }
    }

    fn hold_back(&mut self, flow: Flow, bytes: Vec<u8>) {
        if self.unsent.len() < UNSENT_MAX {
            self.unsent.push_back((flow, bytes));
        } else {
            self.figures.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn send_unsent(&mut self) {
        let held = std::mem::take(&mut self.unsent);
        for (flow, bytes) in held {
            self.send(flow, bytes);
        }
        if self.unsent.is_empty()
            && let Err(error) = self.poller.set_writable(&self.udp, TOKEN_UDP, false)
        {
            tracing::error!(%error, "cannot stop waiting for room in the SIP socket");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_of_a_thread_is_noticed_and_so_is_its_panic() {
        for panics in [false, true] {
            let (thread, mut ended) = watched("ends", move || assert!(!panics, "as wanted")).unwrap();
            assert!(ended.changed().await.is_err());
            assert_eq!(thread.join().is_err(), panics);
        }
    }
}
