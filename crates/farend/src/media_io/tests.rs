//! Running threads: legs move between them, and a panic of one ends what it has.

use std::sync::mpsc;
use std::time::Duration;

use model::LegId;
use model::control::{Command, Event, Failure, Source};

use super::testing::{Phone, own_ports, phone};
use super::*;

const LONG: Duration = Duration::from_secs(20);
/// A refused offer of this leg is more than a thread can bear.
const FATAL: LegId = LegId(99);
/// Of the first thread.
const FIRST: CallId = CallId(0);
/// Of the second.
const SECOND: CallId = CallId(1);

struct Reporter(mpsc::Sender<Event>);

impl Reports for Reporter {
    fn report(&self, event: Event) -> Result<(), Event> {
        assert!(!matches!(event, Event::OfferRefused { leg: FATAL, .. }), "as wanted");
        self.0.send(event).map_err(|error| error.0)
    }

    fn wake(&self) {}
}

struct Running {
    media: MediaThreads,
    joins: Joins,
    events: mpsc::Receiver<Event>,
}

impl Running {
    fn start() -> Self {
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let settings = Settings {
            udp: any,
            addresses: Arc::new(Addresses {
                interfaces: vec![any.ip()],
                udp_port: 8802,
                tcp_port: 8802,
                ..Addresses::default()
            }),
            stun: tokio::sync::mpsc::channel(1).0,
            rtp_ports: own_ports(),
            rtp_address: any.ip(),
            threads: 2,
            legs_max: 8,
            recorder: None,
            capture: None,
            relay: Arc::new(relay::Config {
                realm: "farend".to_owned(),
                secret: relay::Secret::new([42; 32]),
                quotas: relay::Quotas::new(1, 1),
            }),
        };
        let (reporter, events) = mpsc::channel();
        let (media, joins) = MediaThreads::start(&settings, || Box::new(Reporter(reporter.clone()))).unwrap();
        Self { media, joins, events }
    }

    fn command(&self, call: CallId, command: Command) {
        self.media.command(call, command).unwrap();
        self.media.wake(call);
    }

    /// The next event that is not about how things are going.
    fn event(&self) -> Event {
        loop {
            match self.events.recv_timeout(LONG).unwrap() {
                Event::Measured { .. } | Event::Connected { .. } | Event::OfferReceived { .. } => {}
                event => return event,
            }
        }
    }

    /// A phone that hears itself.
    fn phone(&self, call: CallId, leg: LegId) -> Phone {
        let mut answered = Phone::new();
        let (peer, offer) = (phone(), answered.offer());
        self.command(call, Command::ReceiveOffer { call, leg, peer, offer });
        self.command(call, Command::AnswerOffer { leg, toward: None });
        let Event::OfferAnswered { answer, .. } = self.event() else {
            panic!("no answer")
        };
        answered.aim(&answer);
        self.command(call, Command::Hear { leg, source: Source::Echo });
        answered
    }

    fn join(&self, from: CallId, leg: LegId, call: CallId) {
        self.command(from, Command::Join { leg, call });
        assert_eq!(self.event(), Event::Joined { leg });
    }
}

/// A phone talks and hears all of it.
fn talk(phone: &mut Phone, packets: usize) {
    let heard = phone.received.len() + packets;
    phone.socket.set_nonblocking(false).unwrap();
    phone.socket.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    (0..packets).for_each(|_| phone.talk());
    let begun = Instant::now();
    while !phone.has_heard(heard) {
        assert!(begun.elapsed() < LONG, "it hears nothing");
    }
}

#[test]
fn a_panic_ends_the_legs_that_a_thread_has_wherever_they_began() {
    let running = Running::start();
    let [mut stays, mut comes, goes] =
        [(FIRST, LegId(1)), (SECOND, LegId(2)), (FIRST, LegId(3))].map(|(call, leg)| running.phone(call, leg));
    talk(&mut stays, 1);
    talk(&mut comes, 1);
    running.join(SECOND, LegId(2), FIRST);
    running.join(FIRST, LegId(3), SECOND);
    talk(&mut stays, 20);
    talk(&mut comes, 20);

    let (peer, offer) = (phone(), "not a description".to_owned());
    running.command(
        SECOND,
        Command::ReceiveOffer {
            call: SECOND,
            leg: FATAL,
            peer,
            offer,
        },
    );
    for leg in [LegId(3), FATAL] {
        let reason = Failure::ThreadLost;
        assert_eq!(running.event(), Event::LegFailed { leg, reason });
    }
    for phone in [&mut stays, &mut comes] {
        talk(phone, 20);
        phone.assert_continuous();
    }
    drop(goes);
    // The thread goes on, and its ports are where they belong.
    let mut new = running.phone(SECOND, LegId(4));
    talk(&mut new, 1);
    for (call, leg) in [(FIRST, LegId(1)), (FIRST, LegId(2)), (SECOND, LegId(4))] {
        running.command(call, Command::Close { leg });
        assert!(matches!(running.event(), Event::Closed { leg: closed, .. } if closed == leg));
    }
    assert_eq!(running.media.sum(|figures| &figures.panics), 1);
    running.media.stop();
    running.joins.into_iter().for_each(|thread| thread.join().unwrap());
}
