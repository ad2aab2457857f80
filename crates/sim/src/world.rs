//! The world: what happens when.

mod act;
mod company;
mod tapes;

use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::control::{Command as MediaCommand, Event as MediaEvent, Source};
use model::{DeviceId, LegId, UserId};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use sip::agent::Output as PhoneOutput;
use sip::{Flow, Transport};
use switchboard::core::{
    Action, CallView, CloseReason, Config, Controlled, Core, Figures, Input, JournalEntry, LiveEvent, NewRecording, Output, ParkedCall,
    Remembered, RingingCall, Seats, Setting, Ticket,
};
use switchboard::directory::{DeviceKind, Directory, WallClock};

pub use self::act::{Act, Want};
use self::tapes::Told;
use crate::phone::Plan;
use crate::{Board, Media, Network, Phone};

/// How often desk phones register again.
const REFRESH: Duration = Duration::from_secs(40);

/// Longer than any of SIP's timers after a call: 64 T1 each for a lost BYE and for the flow of a lost connection.
const CLOSING_MS: u64 = 110_000;

#[derive(Debug)]
enum What {
    ToCore {
        flow: Flow,
        bytes: Vec<u8>,
    },
    ToPhone {
        phone: usize,
        flow: Flow,
        bytes: Vec<u8>,
    },
    Media(MediaEvent),
    /// The end of what is played to a leg, by its number.
    PlayEnds(LegId, u32),
    FlowClosed(Flow),
    PhoneDoes(usize, Plan),
    Refresh(usize),
    Act(Act),
}

#[derive(Debug)]
struct Due {
    at: Instant,
    order: u64,
    what: What,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    /// The earliest is the greatest, as `BinaryHeap` wants it.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

/// A NOTIFY's way there and its answer's way back.
const BOARD_ANSWERS_AFTER: Duration = Duration::from_millis(20);

/// See the module.
#[derive(Debug)]
pub struct World {
    /// The switchboard.
    pub core: Core,
    /// Its media.
    pub media: Media,
    /// Everybody's phones.
    pub phones: Vec<Phone>,
    /// What came of what people wanted done with their calls.
    pub controlled: Vec<(Ticket, Controlled)>,
    /// Settings that people have changed by codes.
    pub settled: Vec<(UserId, Setting)>,
    /// What was recorded, and when that ended.
    pub recordings: Vec<(NewRecording, Option<Instant>)>,
    /// Which legs know that they are recorded.
    told: BTreeMap<LegId, Told>,
    /// What is to be remembered for the next run.
    pub remembered: Vec<Remembered>,
    /// PINs that the shell was asked about.
    pub pins_checked: u32,
    /// What did not hold of desk share after a step: a defect of the switchboard.
    pub faults: Vec<String>,
    /// What the journal was told.
    pub journal: Vec<JournalEntry>,
    /// What watchers were told.
    pub events: Vec<LiveEvent>,
    /// Connections that the switchboard closed.
    pub closed: Vec<(Flow, CloseReason)>,
    /// Phones with lamps.
    pub boards: Vec<Board>,
    /// What the network does.
    pub network: Network,
    /// Media answers after at most so many milliseconds.
    pub media_delay_ms_max: u64,
    /// Whether a phone was away for longer than calls wait, so that it may mean other calls than the switchboard.
    pub has_lost_touch: bool,
    /// The seed's randomness.
    pub rng: SmallRng,
    directory: Directory,
    begin: Instant,
    now: Instant,
    queue: BinaryHeap<Due>,
    order: u64,
    tickets: u64,
    last: BTreeMap<Flow, Instant>,
    /// Connections as the switchboard sees them, with their phones.
    connections: BTreeMap<Flow, usize>,
    connection: u64,
    /// Since when phones have been without connection.
    away: BTreeMap<usize, Instant>,
    media_last: Instant,
    is_closing_time: bool,
    trace: Option<Vec<String>>,
}

impl World {
    /// A company of three with a desk phone and a browser phone each; nobody is registered yet.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with(company::directory(), Seats::default(), seed)
    }

    /// The company of three, to be changed before it is given to [`World::with`].
    #[must_use]
    pub fn company() -> Directory {
        company::directory()
    }

    /// Another company, and what is remembered of its desk share; nobody is registered yet.
    #[must_use]
    pub fn with(directory: Directory, seats: Seats, seed: u64) -> Self {
        let begin = start();
        let mut rng = SmallRng::seed_from_u64(seed);
        let core = Core::new(
            Config::new("farend", "farend/sim"),
            Arc::new(directory.clone()),
            seats,
            rng.random(),
            begin,
        );
        let phones = company::phones(&directory, &mut rng, begin);
        Self {
            core,
            media: Media::default(),
            controlled: Vec::new(),
            settled: Vec::new(),
            recordings: Vec::new(),
            told: BTreeMap::new(),
            remembered: Vec::new(),
            pins_checked: 0,
            faults: Vec::new(),
            phones,
            journal: Vec::new(),
            events: Vec::new(),
            closed: Vec::new(),
            boards: Vec::new(),
            network: Network::calm(),
            media_delay_ms_max: 2,
            has_lost_touch: false,
            rng,
            directory,
            begin,
            now: begin,
            queue: BinaryHeap::new(),
            order: 0,
            tickets: 0,
            last: BTreeMap::new(),
            connections: BTreeMap::new(),
            connection: 0,
            away: BTreeMap::new(),
            media_last: begin,
            is_closing_time: false,
            trace: None,
        }
    }

    /// A company whose phones are all registered, and a second has passed.
    #[must_use]
    pub fn registered(seed: u64) -> Self {
        Self::registered_with(seed, |_| {})
    }

    /// The same, after something has been changed about the phones.
    #[must_use]
    pub fn registered_with(seed: u64, prepare: impl FnOnce(&mut Self)) -> Self {
        let mut world = Self::new(seed);
        prepare(&mut world);
        for name in company::PHONES {
            world.act(Act::Reconnect(name));
        }
        world.run_ms(1_000);
        world
    }

    /// One more browser in which somebody has the app; `of` is the one that they have already.
    pub fn add_browser(&mut self, name: &str, of: &str) {
        let (device, sip_user) = (self.phone(of).device, self.phone(of).sip_user.clone());
        let mut browser = Phone::new(name, device, DeviceKind::Browser, "", self.rng.random(), self.now);
        browser.sip_user = sip_user;
        browser.instance = 1_000 + u64::try_from(self.phones.len()).unwrap_or_default();
        self.phones.push(browser);
    }

    /// What a next run would be told of desk share.
    #[must_use]
    pub fn seats(&self) -> Seats {
        let (mut phones, mut people) = (BTreeMap::new(), BTreeMap::new());
        for remembered in &self.remembered {
            match remembered {
                Remembered::Phone(seat) => drop(phones.insert(seat.device, seat.clone())),
                Remembered::Person(seat) => drop(people.insert(seat.user, seat.clone())),
            }
        }
        Seats {
            phones: phones.into_values().collect(),
            people: people.into_values().collect(),
        }
    }

    /// Writes down every message and media command from now on.
    pub fn record(&mut self) {
        self.trace = Some(Vec::new());
    }

    /// What was written down.
    #[must_use]
    pub fn trace(&self) -> String {
        self.trace.as_deref().unwrap_or_default().join("\n")
    }

    /// What is alive in the switchboard.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.core.figures()
    }

    /// A phone by its name.
    ///
    /// # Panics
    ///
    /// When there is none: a mistake in the scenario.
    #[must_use]
    pub fn phone(&self, name: &str) -> &Phone {
        self.phones
            .iter()
            .find(|phone| phone.name == name)
            .expect("the scenario names a phone of the company")
    }

    /// A phone by its name, to change its habits.
    ///
    /// # Panics
    ///
    /// When there is none: a mistake in the scenario.
    pub fn phone_mut(&mut self, name: &str) -> &mut Phone {
        self.phones
            .iter_mut()
            .find(|phone| phone.name == name)
            .expect("the scenario names a phone of the company")
    }

    /// What the legs that are alive hear, in the order of their legs.
    #[must_use]
    pub fn heard(&self) -> Vec<(LegId, Source)> {
        self.media
            .legs()
            .into_iter()
            .filter_map(|leg| Some((leg, self.media.hears(leg)?)))
            .collect()
    }

    /// Does something now.
    pub fn act(&mut self, act: Act) {
        self.note(|| format!("{act:?}"));
        self.carry_out(act);
        self.settle();
    }

    /// Somebody wants something done with their calls; what came of it.
    ///
    /// # Panics
    ///
    /// When there is not exactly one answer: a defect of the switchboard.
    pub fn control(&mut self, user: UserId, action: Action) -> Controlled {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.note(|| format!("{user} wants {action:?}"));
        self.core.handle(Input::Control { ticket, user, action }, self.now);
        self.settle();
        let mut answers = self.controlled.iter().filter(|(answered, _)| *answered == ticket);
        match (answers.next(), answers.next()) {
            (Some((_, result)), None) => *result,
            other => panic!("one answer: {other:?}"),
        }
    }

    /// Somebody's calls, as they were told last.
    #[must_use]
    pub fn calls_of(&self, user: UserId) -> Arc<[CallView]> {
        let told = self.events.iter().rev().find_map(|event| match event {
            LiveEvent::Calls { user: of, calls } if *of == user => Some(Arc::clone(calls)),
            _ => None,
        });
        told.unwrap_or_default()
    }

    /// What somebody may answer for others, as they were told last.
    #[must_use]
    pub fn pick_ups_of(&self, user: UserId) -> Arc<[RingingCall]> {
        let told = self.events.iter().rev().find_map(|event| match event {
            LiveEvent::PickUps { user: of, calls } if *of == user => Some(Arc::clone(calls)),
            _ => None,
        });
        told.unwrap_or_default()
    }

    /// What is parked, as everybody was told last.
    #[must_use]
    pub fn parked(&self) -> Arc<[ParkedCall]> {
        let told = self.events.iter().rev().find_map(|event| match event {
            LiveEvent::Parked(calls) => Some(Arc::clone(calls)),
            _ => None,
        });
        told.unwrap_or_default()
    }

    /// Gives the switchboard an input of one's own.
    pub fn input(&mut self, input: Input<'_>) {
        self.core.handle(input, self.now);
        self.settle();
    }

    /// Does something later.
    pub fn plan(&mut self, after_ms: u64, act: Act) {
        self.schedule(self.now + Duration::from_millis(after_ms), What::Act(act));
    }

    /// One more phone with lamps, of this device; gives its place among the boards.
    pub fn add_board(&mut self, device: DeviceId) -> usize {
        let port = u16::try_from(20_000 + self.boards.len()).unwrap_or_default();
        self.connection += 1;
        let flow = flow(Transport::Wss, SocketAddr::from(([10, 1, 0, 1], port)), self.connection);
        let (device, page) = (Some(device), None);
        self.connections.insert(flow, usize::MAX);
        self.core.handle(Input::FlowOpened { flow, device, page }, self.now);
        self.boards.push(Board::new(flow));
        self.settle();
        self.boards.len() - 1
    }

    /// A board watches a number: `event` is `dialog`, `presence` or `message-summary`.
    pub fn watch(&mut self, board: usize, number: &str, event: &str, expires_s: u32) {
        let bytes = self.boards[board].subscribe(number, event, expires_s);
        let flow = self.boards[board].flow;
        self.core.handle(Input::Received { flow, bytes: &bytes }, self.now);
        self.settle();
    }

    /// What the clock on the wall says from now on.
    pub fn set_clock(&mut self, clock: WallClock) {
        self.core.handle(Input::Clock(clock), self.now);
        self.settle();
    }

    /// Administrators change something.
    pub fn change(&mut self, change: impl FnOnce(&mut Directory)) {
        change(&mut self.directory);
        self.core.handle(Input::Directory(Arc::new(self.directory.clone())), self.now);
        self.settle();
    }

    /// Lets time pass.
    pub fn run_ms(&mut self, duration_ms: u64) {
        let end = self.now + Duration::from_millis(duration_ms);
        while let Some(at) = self.next().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.step();
        }
        self.now = end;
    }

    /// Lets time pass until every timer of SIP has run out; phones register no more.
    pub fn close_down(&mut self) {
        self.is_closing_time = true;
        self.run_ms(CLOSING_MS);
    }

    fn next(&self) -> Option<Instant> {
        let timers = self.phones.iter().filter_map(|phone| phone.agent.poll_timeout());
        let queue = self.queue.peek().map(|due| due.at);
        timers.chain(queue).chain(self.core.poll_timeout()).min()
    }

    fn step(&mut self) {
        if self.core.poll_timeout().is_some_and(|at| at <= self.now) {
            self.core.handle_timeout(self.now);
        }
        for phone in &mut self.phones {
            if phone.agent.poll_timeout().is_some_and(|at| at <= self.now) {
                phone.agent.handle_timeout(self.now);
            }
        }
        if self.queue.peek().is_some_and(|due| due.at <= self.now)
            && let Some(due) = self.queue.pop()
        {
            self.happen(due.what);
        }
        self.settle();
        let is_shared = self.directory.devices.iter().any(|device| device.shared.is_some());
        if let Some(fault) = Some(&self.core).filter(|_| is_shared).and_then(Core::seating_fault) {
            self.faults.push(fault);
        }
    }

    fn happen(&mut self, what: What) {
        self.note(|| match &what {
            What::ToCore { flow, bytes } => format!("{} ► {}", flow.peer, first_line(bytes)),
            What::ToPhone { flow, bytes, .. } => format!("{} ◄ {}", flow.local, first_line(bytes)),
            other => format!("{other:?}"),
        });
        match what {
            What::ToCore { flow, bytes } => {
                if !flow.transport.is_reliable() || self.connections.contains_key(&flow) {
                    self.core.handle(Input::Received { flow, bytes: &bytes }, self.now);
                }
            }
            What::ToPhone { phone, flow, bytes } => self.arrive(phone, flow, &bytes),
            What::Media(event) => self.core.handle(Input::Media(event), self.now),
            What::PlayEnds(leg, number) => {
                let sounds = self.media.plays(leg).to_vec();
                let event = self.media.end_play(leg, number);
                if self.media.plays(leg).is_empty() {
                    self.has_been_told(leg, &sounds);
                }
                if let Some(event) = event {
                    self.report(event);
                }
            }
            What::FlowClosed(flow) => {
                if self.connections.remove(&flow).is_some() {
                    self.core.handle(Input::FlowClosed { flow }, self.now);
                }
            }
            What::PhoneDoes(phone, plan) => self.phones[phone].carry_out(plan, self.now),
            What::Refresh(_) if self.is_closing_time => {}
            What::Refresh(phone) => {
                self.phones[phone].register(60, self.now);
                self.schedule(self.now + REFRESH, What::Refresh(phone));
            }
            What::Act(act) => self.carry_out(act),
        }
    }

    fn arrive(&mut self, index: usize, flow: Flow, bytes: &[u8]) {
        let phone = &mut self.phones[index];
        if phone.flow != Some(flow) {
            return;
        }
        let (message, reply) = phone.incoming(bytes);
        if let Some(message) = message {
            phone.agent.receive(flow, &message, self.now);
        }
        self.phones[index].obey(self.now);
        if let Some(bytes) = reply {
            self.send_to_core(index, flow, &bytes);
        }
    }

    /// Takes everything that the core and the phones want until nobody wants anything.
    fn settle(&mut self) {
        while let Some(output) = self.core.poll_output() {
            self.take(output);
        }
        for index in 0..self.phones.len() {
            while let Some(output) = self.phones[index].agent.poll_output() {
                match output {
                    PhoneOutput::Send { flow, bytes } => {
                        let bytes = self.phones[index].outgoing(bytes);
                        self.send_to_core(index, flow, &bytes);
                    }
                    PhoneOutput::Connect { instead_of, .. } => {
                        self.phones[index].agent.connect_failed(instead_of, self.now);
                    }
                    PhoneOutput::Event(event) => {
                        if let Some((after, plan)) = self.phones[index].react(event, self.now) {
                            self.schedule(self.now + after, What::PhoneDoes(index, plan));
                        }
                    }
                }
            }
        }
        if let Some(output) = self.core.poll_output() {
            self.take(output);
            return self.settle();
        }
        for (leg, other) in self.media.strangers() {
            self.media.complaints.push(format!("{leg} hears {other}, which is in another call"));
        }
        self.check_recordings();
    }

    fn take(&mut self, output: Output) {
        match output {
            Output::Send { flow, bytes } => {
                if !self.send_to_board(flow, &bytes) {
                    self.send_to_phone(flow, &bytes);
                }
            }
            Output::Connect { instead_of, .. } => self.core.handle(Input::ConnectFailed { instead_of }, self.now),
            Output::Locate { .. } | Output::ConnectLine { .. } | Output::Errand { .. } => unreachable!("this company has no trunk"),
            Output::CloseFlow { flow, reason } => {
                self.closed.push((flow, reason));
                let phone = self.connections.get(&flow).copied().filter(|index| *index < self.phones.len());
                if let Some(index) = phone {
                    let phone = &mut self.phones[index];
                    if phone.flow == Some(mirror(flow)) {
                        phone.flow = None;
                        phone.agent.flow_closed(mirror(flow), self.now);
                    }
                    self.schedule(self.now, What::FlowClosed(flow));
                }
            }
            Output::Media { call, command } => {
                self.note(|| format!("    media: {call}: {command:?}"));
                self.check_track(&command);
                self.is_being_told(&command);
                let played_to = match &command {
                    MediaCommand::Play { leg, .. } | MediaCommand::AnswerOffer { leg, .. } | MediaCommand::AcceptAnswer { leg, .. } => {
                        Some(*leg)
                    }
                    _ => None,
                };
                let answer = self.media.command(call, command);
                self.misses_words(played_to);
                if let Some((leg, (number, length))) = played_to.and_then(|leg| Some((leg, self.media.play_of(leg)?))) {
                    self.schedule(self.now + length, What::PlayEnds(leg, number));
                }
                if let Some(event) = answer {
                    self.report(event);
                }
            }
            Output::DialogBegan(_) => {}
            Output::Journal(entry) => {
                self.note(|| format!("    {entry:?}"));
                self.journal.push(entry);
            }
            Output::Event(event) => {
                self.lamps_go_stale(&event);
                self.events.push(event);
            }
            Output::Controlled { ticket, result } => self.controlled.push((ticket, result)),
            Output::CheckPin { ticket, user, pin } => {
                self.pins_checked += 1;
                let is_right = company::pin_of(user) == pin;
                self.core.handle(Input::PinChecked { ticket, is_right }, self.now);
            }
            Output::Settle { ticket, user, setting } => {
                self.settled.push((user, setting));
                self.core.handle(Input::Settled { ticket, is_done: true }, self.now);
            }
            Output::BeginRecording(recording) => {
                self.note(|| format!("    {recording:?}"));
                self.begin_recording(*recording);
            }
            Output::EndRecording { recording } => {
                self.note(|| format!("    {recording:?} ends"));
                self.end_recording(recording);
            }
            Output::Remember(remembered) => self.remembered.push(remembered),
        }
    }

    /// Media reports: in order, as its threads do, but late.
    fn report(&mut self, event: MediaEvent) {
        let delay = Duration::from_millis(self.rng.random_range(0..=self.media_delay_ms_max));
        self.media_last = self.media_last.max(self.now + delay);
        self.schedule(self.media_last, What::Media(event));
    }

    /// A flow of a phone, as the switchboard sees it.
    fn seen(&self, phone: usize, flow: Flow) -> Flow {
        let flow = mirror(flow);
        let peer = self.phones[phone].outside.unwrap_or(flow.peer);
        Flow { peer, ..flow }
    }

    fn send_to_core(&mut self, phone: usize, from: Flow, bytes: &[u8]) {
        let flow = self.seen(phone, from);
        let is_broken = flow.transport.is_reliable() && !self.connections.contains_key(&flow);
        if is_broken || self.phones[phone].flow != Some(from) {
            return;
        }
        for at in self.network.arrivals(flow, self.now, &mut self.last, &mut self.rng) {
            self.schedule(
                at,
                What::ToCore {
                    flow,
                    bytes: bytes.to_vec(),
                },
            );
        }
    }

    fn send_to_phone(&mut self, to: Flow, bytes: &[u8]) {
        let reaches = |index: &usize| self.phones[*index].flow.is_some_and(|flow| self.seen(*index, flow) == to);
        let Some(phone) = (0..self.phones.len()).find(reaches) else {
            return;
        };
        let Some(flow) = self.phones[phone].flow else { return };
        for at in self.network.arrivals(flow, self.now, &mut self.last, &mut self.rng) {
            self.schedule(
                at,
                What::ToPhone {
                    phone,
                    flow,
                    bytes: bytes.to_vec(),
                },
            );
        }
    }

    fn send_to_board(&mut self, flow: Flow, bytes: &[u8]) -> bool {
        let now = self.now;
        let Some(board) = self.boards.iter_mut().find(|board| board.flow == flow) else {
            return false;
        };
        if let Some(bytes) = board.take(bytes, now) {
            self.schedule(now + BOARD_ANSWERS_AFTER, What::ToCore { flow, bytes });
        }
        true
    }

    fn lamps_go_stale(&mut self, event: &LiveEvent) {
        let LiveEvent::Calls { user, .. } = event else { return };
        let person = self.directory.users.iter().find(|known| known.id == *user);
        if let Some(extension) = person.and_then(|user| user.extension.clone()) {
            let now = self.now;
            self.boards.iter_mut().for_each(|board| board.changed(&extension, now));
        }
    }

    fn schedule(&mut self, at: Instant, what: What) {
        self.order += 1;
        self.queue.push(Due {
            at,
            order: self.order,
            what,
        });
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:9.3} {}", (self.now - self.begin).as_secs_f64(), line()));
        }
    }
}

fn first_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let cseq = text.lines().find(|line| line.starts_with("CSeq")).unwrap_or_default();
    format!("{} ({cseq})", text.lines().next().unwrap_or_default())
}

fn flow(transport: Transport, peer: SocketAddr, connection: u64) -> Flow {
    let port = if transport == Transport::Udp { 5060 } else { 8802 };
    Flow {
        transport,
        local: SocketAddr::from(([10, 0, 0, 1], port)),
        peer,
        connection,
    }
}

/// The same flow as the other side sees it.
fn mirror(flow: Flow) -> Flow {
    Flow {
        local: flow.peer,
        peer: flow.local,
        ..flow
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an Instant can be made in no other way; where it begins does not matter"
)]
fn start() -> Instant {
    Instant::now()
}
