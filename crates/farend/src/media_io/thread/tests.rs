//! Threads whose rounds are counted out by the test, over real sockets: each has a UDP port of its own here, so that the test is the kernel that
//! chooses who gets a packet.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc;

use media::addresses::Addresses;
use model::control::Source;
use model::{AnnouncementId, CallId, Channel, RecordingId, Sound, Track};
use relay::stun::{Class, Message};

use super::*;
use crate::datagrams::{Datagrams, Fragmentation};
use crate::mailbox::mailbox;
use crate::media_io::testing::{Credentials, OFFER, Phone, browser, pair, phone};
use crate::media_io::{Accepted, INBOX_MESSAGES_MAX};
use crate::poller::Poller;
use crate::recording::queue::queue;

const LEG: LegId = LegId(7);
const OTHER: LegId = LegId(8);
/// Of the first thread.
const FIRST: CallId = CallId(0);
/// Of the second.
const SECOND: CallId = CallId(1);
const LONG: Duration = Duration::from_secs(20);

struct Reporter(mpsc::Sender<Event>);

impl Reports for Reporter {
    fn report(&self, event: Event) -> Result<(), Event> {
        self.0.send(event).map_err(|error| error.0)
    }

    fn wake(&self) {}
}

struct Bench {
    threads: Vec<(Thread, Buffers)>,
    mailboxes: Arc<[Mailbox<ToMedia>]>,
    /// The one UDP port, of each thread.
    udp: Vec<SocketAddr>,
    events: Receiver<Event>,
}

impl Bench {
    /// Two threads with a pair of RTP ports each.
    fn new() -> Self {
        Self::with_room(INBOX_MESSAGES_MAX)
    }

    /// As [`Self::new`]; so many messages wait for one at most.
    fn with_room(messages_max: usize) -> Self {
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let pollers = [Poller::new().unwrap(), Poller::new().unwrap()];
        let (mailboxes, inboxes): (Vec<_>, Vec<_>) = pollers.iter().map(|poller| mailbox(messages_max, poller.waker())).unzip();
        let mailboxes: Arc<[_]> = mailboxes.into();
        let relaying = Arc::new(Relaying::new(Arc::new(relay::Config {
            realm: "farend".to_owned(),
            secret: relay::Secret::new([42; 32]),
            quotas: relay::Quotas::new(1, 1),
        })));
        let (reporter, events) = mpsc::channel();
        let (mut threads, mut udp) = (Vec::new(), Vec::new());
        for (worker, (poller, inbox)) in (0..).zip(pollers.into_iter().zip(inboxes)) {
            let datagrams = Datagrams::bind(any, false, Fragmentation::Forbidden).unwrap();
            udp.push(datagrams.local_addr().unwrap());
            let ports = pair(worker);
            let config = Config {
                worker,
                addresses: Arc::new(Addresses {
                    interfaces: vec![any.ip()],
                    udp_port: 8802,
                    tcp_port: 8802,
                    ..Addresses::default()
                }),
                rtp_ports: vec![ports.port],
                legs_max: 4,
            };
            let links = Links {
                inbox,
                others: Arc::clone(&mailboxes),
                relaying: Arc::clone(&relaying),
                reports: Box::new(Reporter(reporter.clone())),
                stun: tokio::sync::mpsc::channel(1).0,
                figures: Arc::default(),
            };
            let wires = Wires::new(worker, poller, datagrams, vec![ports], Instant::now()).unwrap();
            let thread = Thread::new(config, wires, links);
            let buffers = thread.buffers();
            threads.push((thread, buffers));
        }
        Self {
            threads,
            mailboxes,
            udp,
            events,
        }
    }

    /// One round of a thread, which finds something to do or does not.
    fn round(&mut self, worker: usize) {
        let (thread, buffers) = &mut self.threads[worker];
        thread.wires.poller.waker().wake();
        assert!(thread.round(buffers).unwrap());
    }

    /// Rounds of both threads until it holds.
    fn until(&mut self, mut holds: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(begun.elapsed() < LONG, "it does not come about");
            self.round(0);
            self.round(1);
        }
    }

    /// All that is under way arrives.
    fn settle(&mut self) {
        for _ in 0..6 {
            self.round(0);
            self.round(1);
        }
    }

    fn command(&mut self, call: CallId, command: Command) {
        let worker = worker_of(call, self.mailboxes.len());
        self.mailboxes[worker].send(ToMedia::Command(command)).unwrap();
    }

    /// What has been reported.
    fn events(&mut self) -> Vec<Event> {
        self.settle();
        self.events.try_iter().collect()
    }

    fn legs(&self) -> [usize; 2] {
        [0, 1].map(|worker: usize| self.threads[worker].0.engine.legs())
    }

    fn ports_free(&self) -> [usize; 2] {
        [0, 1].map(|worker: usize| self.threads[worker].0.engine.ports_free())
    }

    /// Answers an offer.
    fn answer(&mut self, call: CallId, leg: LegId, peer: model::control::Peer, offer: String) -> String {
        self.command(call, Command::ReceiveOffer { call, leg, peer, offer });
        self.command(call, Command::AnswerOffer { leg, toward: None });
        let events = self.events().into_iter();
        let mut answer = events.filter_map(|event| match event {
            Event::OfferAnswered { answer, .. } => Some(answer),
            _ => None,
        });
        answer.next_back().expect("answered")
    }

    /// A phone that hears itself.
    fn phone(&mut self, call: CallId, leg: LegId) -> Phone {
        let mut phone_of_leg = Phone::new();
        let answer = self.answer(call, leg, phone(), phone_of_leg.offer());
        phone_of_leg.aim(&answer);
        self.command(call, Command::Hear { leg, source: Source::Echo });
        self.settle();
        phone_of_leg
    }

    fn browser(&mut self, call: CallId) -> Credentials {
        Credentials::of(&self.answer(call, LEG, browser(), OFFER.to_owned()))
    }

    fn join(&mut self, from: CallId, leg: LegId, call: CallId) {
        self.command(from, Command::Join { leg, call });
    }

    /// A check from this socket, which comes in at a thread, is answered.
    fn is_answered(&mut self, socket: &UdpSocket, worker: usize, check: &[u8]) {
        socket.send_to(check, self.udp[worker]).unwrap();
        let mut buffer = [0; 1_500];
        self.until(|| socket.recv(&mut buffer).is_ok_and(|length| is_success(&buffer[..length], check[8])));
    }

    /// A check through a connection is answered.
    fn is_answered_by_tcp(&mut self, client: &mut Client, check: &[u8]) {
        client.say(&(check.len() as u16).to_be_bytes());
        client.say(check);
        self.until(|| client.has_answer(check[8]));
    }

    /// A connection that the portal brings to a thread.
    fn connect(&mut self, worker: usize) -> Client {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.set_nonblocking(true).unwrap();
        let client = Client {
            stream: client,
            read: Vec::new(),
        };
        let (stream, peer) = listener.accept().unwrap();
        let accepted = Accepted {
            local: stream.local_addr().unwrap(),
            stream,
            tls: None,
            peer,
            read: Vec::new(),
            permit: Box::new(()),
        };
        self.mailboxes[worker].send(ToMedia::IceTcp(accepted)).unwrap();
        client
    }

    fn connections(&self) -> [usize; 2] {
        [0, 1].map(|worker: usize| self.threads[worker].0.wires.connections.len())
    }

    fn guests(&self) -> [usize; 2] {
        [0, 1].map(|worker: usize| self.threads[worker].0.guests.len())
    }

    fn unknown_sources(&self) -> u64 {
        self.threads.iter().map(|(thread, _)| thread.engine.counters().unknown_source).sum()
    }
}

/// A browser's end of a connection.
struct Client {
    stream: TcpStream,
    /// What has not been looked at.
    read: Vec<u8>,
}

impl Client {
    fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Looks at the frames that have come; whether one of them is the answer to a check.
    fn has_answer(&mut self, transaction: u8) -> bool {
        let mut buffer = [0; 1_500];
        if let Ok(length) = self.stream.read(&mut buffer) {
            assert!(length > 0, "it was closed");
            self.read.extend(&buffer[..length]);
        }
        while let Some(frame) = self.next_frame() {
            if is_success(&frame, transaction) {
                return true;
            }
        }
        false
    }

    fn next_frame(&mut self) -> Option<Vec<u8>> {
        let length = usize::from(u16::from_be_bytes(*self.read.first_chunk()?));
        let frame = self.read.get(2..2 + length)?.to_vec();
        self.read.drain(..2 + length);
        Some(frame)
    }
}

fn is_success(packet: &[u8], transaction: u8) -> bool {
    Message::parse(packet).is_ok_and(|message| *message.transaction() == [transaction; 12] && message.class() == Class::Success)
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    socket
}

fn failed(leg: LegId, reason: Failure) -> Event {
    Event::LegFailed { leg, reason }
}

fn is_closed(event: &Event, closed: LegId) -> bool {
    matches!(event, Event::Closed { leg, .. } if *leg == closed)
}

#[test]
fn a_phones_ports_go_with_its_leg_and_come_home_without_it() {
    let mut bench = Bench::new();
    let mut phone = bench.phone(FIRST, LEG);
    let mut heard = 0;
    for (from, to, at) in [(0, 1, [0, 1]), (1, 2, [1, 0]), (2, 3, [0, 1])] {
        for _ in 0..5 {
            phone.talk();
            heard += 1;
            bench.until(|| phone.has_heard(heard));
        }
        bench.events();
        bench.join(CallId(from), LEG, CallId(to));
        bench.round((from % 2) as usize);
        assert_eq!(bench.legs(), [0, 0], "on its way");
        phone.talk();
        phone.talk();
        heard += 2;
        bench.until(|| phone.has_heard(heard));
        assert_eq!((bench.events(), bench.legs()), (vec![Event::Joined { leg: LEG }], at));
    }
    phone.assert_continuous();
    assert_eq!(bench.ports_free(), [0, 1]);
    bench.command(CallId(3), Command::Close { leg: LEG });
    let events = bench.events();
    let [Event::Closed { report, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((report.received.packets, report.sent.packets, report.received.lost), (21, 21, 0));
    assert_eq!((bench.legs(), bench.ports_free()), ([0, 0], [1, 1]));
    // It can be used again.
    let mut phone = bench.phone(FIRST, OTHER);
    phone.talk();
    bench.until(|| phone.has_heard(1));
}

#[test]
fn checks_and_media_find_a_leg_that_has_moved_wherever_they_come_in() {
    let mut bench = Bench::new();
    let credentials = bench.browser(FIRST);
    assert!(credentials.ufrag.starts_with("00"));
    // Each comes in at the same thread always, as the kernel does it.
    let known = [socket(), socket()];
    for (worker, socket) in known.iter().enumerate() {
        bench.is_answered(socket, worker, &credentials.check(worker as u8));
    }
    bench.join(FIRST, LEG, SECOND);
    assert_eq!(
        (bench.events(), bench.legs(), bench.guests()),
        (vec![Event::Joined { leg: LEG }], [0, 1], [0, 1])
    );
    for (worker, socket) in known.iter().enumerate() {
        // No check has told them yet.
        socket.send_to(&[0x80; 40], bench.udp[worker]).unwrap();
    }
    bench.settle();
    assert_eq!(bench.unknown_sources(), 0);
    let new = [socket(), socket()];
    for (worker, socket) in known.iter().enumerate().chain(new.iter().enumerate()) {
        bench.is_answered(socket, worker, &credentials.check(20 + worker as u8));
    }
    // It restarts ICE: the new name is this thread's, and the old one means nothing.
    let offer = OFFER.replace("ice-ufrag:abcd", "ice-ufrag:efgh");
    let answer = bench.answer(SECOND, LEG, browser(), offer);
    let renamed = Credentials {
        peer: "efgh",
        ..Credentials::of(&answer)
    };
    assert!(renamed.ufrag.starts_with("01"));
    assert_eq!(bench.guests(), [0, 0]);
    for (worker, socket) in new.iter().enumerate() {
        let check = renamed.check(40 + worker as u8);
        bench.is_answered(socket, worker, &check);
        assert_eq!(
            bench.threads[worker]
                .0
                .whereabouts
                .owner_of_connection(&credentials.check(1))
                .is_none(),
            worker == 0
        );
    }
    bench.command(SECOND, Command::Close { leg: LEG });
    assert!(is_closed(bench.events().last().unwrap(), LEG));
}

#[test]
fn a_leg_that_ends_away_from_home_is_forgotten_everywhere() {
    let mut bench = Bench::new();
    let credentials = bench.browser(FIRST);
    bench.join(FIRST, LEG, SECOND);
    bench.settle();
    let owner = |bench: &Bench, worker: usize| bench.threads[worker].0.whereabouts.owner_of_connection(&credentials.check(1));
    assert_eq!((owner(&bench, 0), owner(&bench, 1)), (Some(1), None));
    bench.command(SECOND, Command::Close { leg: LEG });
    bench.settle();
    assert_eq!((owner(&bench, 0), owner(&bench, 1)), (None, Some(0)), "as its name says");
    assert_eq!((bench.legs(), bench.guests()), ([0, 0], [0, 0]));
}

#[test]
fn connections_go_with_their_leg_and_new_ones_follow_it() {
    let mut bench = Bench::new();
    let credentials = bench.browser(FIRST);
    let mut first = bench.connect(0);
    bench.is_answered_by_tcp(&mut first, &credentials.check(1));
    let id = *bench.threads[0].0.wires.connections.keys().next().unwrap();
    bench.join(FIRST, LEG, SECOND);
    bench.settle();
    assert_eq!(bench.connections(), [0, 1]);
    assert!(bench.threads[1].0.engine.knows_connection(id), "under its number");
    bench.is_answered_by_tcp(&mut first, &credentials.check(2));
    // The portal goes by the name.
    let mut second = bench.connect(0);
    bench.is_answered_by_tcp(&mut second, &credentials.check(3));
    assert_eq!(bench.connections(), [0, 2]);
    bench.join(SECOND, LEG, FIRST);
    bench.settle();
    assert_eq!((bench.connections(), bench.guests()), ([2, 0], [0, 0]), "home again");
    for (client, transaction) in [(&mut first, 4), (&mut second, 5)] {
        bench.is_answered_by_tcp(client, &credentials.check(transaction));
    }
    drop(first);
    drop(second);
    bench.settle();
    assert_eq!((bench.connections(), bench.legs()), ([0, 0], [1, 0]));
}

#[test]
fn what_a_connection_has_said_half_arrives_with_the_rest() {
    let mut bench = Bench::new();
    let credentials = bench.browser(FIRST);
    let mut client = bench.connect(0);
    bench.is_answered_by_tcp(&mut client, &credentials.check(1));
    let check = credentials.check(2);
    client.say(&(check.len() as u16).to_be_bytes());
    client.say(&check[..30]);
    bench.settle();
    bench.join(FIRST, LEG, SECOND);
    bench.settle();
    client.say(&check[30..]);
    bench.until(|| client.has_answer(2));
}

#[test]
fn a_leg_whose_new_thread_does_not_keep_up_ends_and_leaves_nothing_behind() {
    let mut bench = Bench::with_room(8);
    let mut phone = bench.phone(FIRST, LEG);
    phone.talk();
    bench.until(|| phone.has_heard(1));
    bench.events();
    while bench.mailboxes[1]
        .send(ToMedia::Command(Command::RejectOffer { leg: OTHER }))
        .is_ok()
    {}
    bench.join(FIRST, LEG, SECOND);
    bench.round(0);
    let events: Vec<Event> = bench.events.try_iter().collect();
    assert_eq!(events[0], failed(LEG, Failure::ThreadLost), "whoever waits for it is told first");
    assert!(is_closed(events.last().unwrap(), LEG));
    assert!(bench.threads[0].0.legs.is_empty());
    bench.settle();
    assert_eq!((bench.legs(), bench.ports_free()), ([0, 0], [1, 1]));
}

#[test]
fn a_leg_that_is_unknown_is_told_to_be() {
    let mut bench = Bench::new();
    bench.join(FIRST, LEG, SECOND);
    assert_eq!(bench.events(), [failed(LEG, Failure::Unknown)]);
}

#[test]
fn a_thread_that_is_lost_takes_the_legs_along_that_it_has_and_gives_ports_back() {
    let mut bench = Bench::new();
    let (mut stays, _goes) = (bench.phone(SECOND, OTHER), bench.phone(FIRST, LEG));
    bench.join(SECOND, OTHER, FIRST);
    bench.join(FIRST, LEG, SECOND);
    bench.events();
    assert_eq!((bench.legs(), bench.ports_free()), ([1, 1], [0, 0]));
    bench.threads[1].0.rebuild();
    assert_eq!(bench.events(), [failed(LEG, Failure::ThreadLost)]);
    assert_eq!(
        (bench.legs(), bench.ports_free()),
        ([1, 0], [1, 0]),
        "the lost leg's port is at home, the other one away"
    );
    stays.talk();
    bench.until(|| stays.has_heard(1));
    bench.command(FIRST, Command::Close { leg: OTHER });
    assert!(is_closed(bench.events().last().unwrap(), OTHER));
    assert_eq!(bench.ports_free(), [1, 1]);
    let mut phone = bench.phone(SECOND, LEG);
    phone.talk();
    bench.until(|| phone.has_heard(1));
}

#[test]
fn a_recorded_leg_is_heard_by_the_recorder_at_whatever_thread_it_is() {
    let mut bench = Bench::new();
    let (tap, tapped) = queue(16);
    for (thread, _) in &mut bench.threads {
        thread.wires.recorder = Some(tap.clone());
    }
    let mut phone = bench.phone(FIRST, LEG);
    phone.talk();
    bench.until(|| phone.has_heard(1));
    assert!(tapped.take().is_none(), "not asked for yet");
    let track = Track {
        recording: RecordingId(3),
        channel: Channel::Own,
    };
    bench.command(
        FIRST,
        Command::Record {
            leg: LEG,
            into: Some(track),
        },
    );
    bench.settle();
    phone.talk();
    bench.until(|| phone.has_heard(2));
    bench.join(FIRST, LEG, SECOND);
    bench.settle();
    phone.talk();
    bench.until(|| phone.has_heard(3));
    for _ in 0..2 {
        let packet = tapped.take().unwrap();
        assert_eq!((packet.track, packet.said().leg), (track, LEG));
    }
    bench.command(SECOND, Command::Record { leg: LEG, into: None });
    bench.settle();
    phone.talk();
    bench.until(|| phone.has_heard(4));
    assert!(tapped.take().is_none());
}

#[test]
fn sounds_are_there_in_a_thread_that_was_lost_and_goes_on() {
    let mut bench = Bench::new();
    let sound = Sound::Announcement(AnnouncementId(4));
    // So long that it is not over before the test has looked.
    let library = Arc::new(Library::new([(sound, vec![0; 16_000 * 60])]));
    let is_played = |bench: &mut Bench| {
        let _phone = bench.phone(FIRST, LEG);
        bench.command(
            FIRST,
            Command::Play {
                leg: LEG,
                number: 1,
                sounds: [sound].into(),
            },
        );
        let events = bench.events();
        bench.command(FIRST, Command::Close { leg: LEG });
        bench.settle();
        // What is not there is over at once.
        !events.contains(&Event::Played { leg: LEG, number: 1 })
    };
    assert!(!is_played(&mut bench));
    bench.mailboxes[0].send(ToMedia::Sounds(library)).unwrap();
    bench.settle();
    assert!(is_played(&mut bench));
    bench.threads[0].0.rebuild();
    assert!(is_played(&mut bench));
}

#[test]
fn packets_gather_where_all_is_mixed_and_nobody_waits_for_them() {
    let mut bench = Bench::new();
    let gathers = |bench: &mut Bench, now: Instant| {
        let until = bench.threads[0].0.gathers_until(now);
        until.map(|until| until.saturating_duration_since(now))
    };
    let (_phone, now) = (bench.phone(FIRST, LEG), Instant::now());
    assert_eq!(gathers(&mut bench, now), None, "it hears itself");
    let source = Source::Conference { is_muted: false };
    bench.command(FIRST, Command::Hear { leg: LEG, source });
    bench.round(0);
    let now = Instant::now();
    assert!(gathers(&mut bench, now).is_some_and(|time| time <= GATHER));
    let frame_due = bench.threads[0].0.engine.poll_timeout().unwrap();
    assert_eq!(gathers(&mut bench, frame_due), Some(Duration::ZERO), "a frame is never late for it");
    bench.threads[0].0.forwarded_at = Some(now);
    assert_eq!(gathers(&mut bench, now), None, "packets of other threads come in here");
    assert!(gathers(&mut bench, now + FORWARDS_FOR).is_some());
}

#[test]
fn whoever_asks_the_one_port_hears_who_they_are_and_disturbs_nobody() {
    use doctor::stun::{Message as Stun, TransactionId};

    let mut bench = Bench::new();
    let asking = socket();
    let request = Stun::request(TransactionId([5; 12]));
    asking.send_to(&request.to_bytes(), bench.udp[0]).unwrap();
    let mut answer = None;
    bench.until(|| {
        let mut buffer = [0; 200];
        answer = asking.recv(&mut buffer).ok().and_then(|length| Stun::read(&buffer[..length]).ok());
        answer.is_some()
    });
    let answer = answer.unwrap();
    assert_eq!((answer.id, answer.xor_mapped), (request.id, Some(asking.local_addr().unwrap())));
    assert_eq!(bench.unknown_sources(), 0);
}
