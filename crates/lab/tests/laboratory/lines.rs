//! Does a bad line do what it was asked to, measured with packets that are sent through it?

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use lab::net::{Counters, Direction, Lab, Line, Loss, Network};
use lab::process::report;
use lab::world::in_namespaces;

/// The host that answers.
const ECHO: &str = "198.51.100.1:4000";
/// A packet that has not come after this time beyond what the line takes does not come.
const PATIENCE: Duration = Duration::from_millis(300);
/// How exact half of all packets have to be. The machine that measures is the one that is measured.
const TOLERANCE: Duration = Duration::from_millis(2);

/// What has become of probes.
struct Probed {
    sent: usize,
    /// There and back again, shortest first.
    round_trips: Vec<Duration>,
    in_order: bool,
}

#[test]
fn packets_take_the_delay_that_was_set_and_none_is_lost() {
    in_namespaces(|folder| {
        let line = Line {
            delay_ms: 32.5,
            ..Line::PERFECT
        };
        let network = Lab::new().home_line(line).start(folder).unwrap();
        let probed = probe(&network, 2000, Duration::from_millis(1));
        assert_eq!(probed.round_trips.len(), probed.sent);
        assert!(probed.in_order);
        probed.assert_typical(Duration::from_millis(65));

        network.home_line().unwrap().set(Line::PERFECT);
        probe(&network, 1000, Duration::from_millis(1)).assert_typical(Duration::ZERO);
    });
}

#[test]
fn each_direction_loses_its_own_share() {
    in_namespaces(|folder| {
        let network = Lab::new().home_line(Line::PERFECT).start(folder).unwrap();
        let line = network.home_line().unwrap();
        line.set_one(
            Direction::Up,
            Line {
                loss: Loss::Random { share: 0.1 },
                ..Line::PERFECT
            },
        );
        line.set_one(
            Direction::Down,
            Line {
                loss: Loss::Bursts { share: 0.2, frames: 3.0 },
                ..Line::PERFECT
            },
        );
        let before = [Direction::Up, Direction::Down].map(|direction| line.counters(direction));
        let probed = probe(&network, 4000, Duration::from_micros(250));
        let [up, down] = [Direction::Up, Direction::Down].map(|direction| line.counters(direction));
        assert_close(share_lost(before[0], up), 0.1, 0.03);
        assert_close(share_lost(before[1], down), 0.2, 0.06);
        assert_close(probed.round_trips.len() as f64 / probed.sent as f64, 0.9 * 0.8, 0.06);
    });
}

#[test]
fn jitter_spreads_packets_and_mixes_them_only_when_told_to() {
    in_namespaces(|folder| {
        let network = Lab::new().home_line(Line::PERFECT).start(folder).unwrap();
        for reorders in [false, true] {
            let line = Line {
                delay_ms: 20.0,
                jitter_ms: 10.0,
                reorders,
                ..Line::PERFECT
            };
            network.home_line().unwrap().set_one(Direction::Up, line);
            // So seldom that the order is kept without bunching.
            let seldom = probe(&network, 50, Duration::from_millis(25));
            let (first, last) = (seldom.round_trips[2], seldom.round_trips[47]);
            assert!(first < Duration::from_millis(17), "{first:?}");
            assert!(last > Duration::from_millis(23), "{last:?}");
            let often = probe(&network, 500, Duration::from_millis(1));
            assert_eq!(often.in_order, !reorders);
        }
    });
}

#[test]
fn a_line_with_a_rate_passes_that_much_and_its_queue_is_bounded() {
    in_namespaces(|folder| {
        const BYTES: usize = 500_000;
        let network = Lab::new().home_line(Line::PERFECT).start(folder).unwrap();
        let line = Line {
            delay_ms: 5.0,
            rate_kbit: Some(4000),
            queue_ms: 80.0,
            ..Line::PERFECT
        };
        network.home_line().unwrap().set(line);
        // TCP hands over segments that are longer than any frame, and half made checksums, wherever nobody stops it.
        let listener = network.internet().within(|| TcpListener::bind(ECHO).unwrap()).unwrap();
        let mut client = network.home_pc().within(|| TcpStream::connect(ECHO).unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let begun = Instant::now();
        let writer = std::thread::spawn(move || client.write_all(&vec![7; BYTES]).unwrap());
        let mut received = vec![0; BYTES];
        server.read_exact(&mut received).unwrap();
        writer.join().unwrap();
        let took = begun.elapsed().as_secs_f64();
        assert!(received.iter().all(|byte| *byte == 7));
        // Headers cost 4 %, and what the queue has thrown away is sent again.
        assert!((1.0..1.6).contains(&took), "{took} s");

        let probed = probe(&network, 2000, Duration::from_micros(200));
        let longest = probed.round_trips.last().unwrap();
        assert!(*longest < PATIENCE, "the queue is no longer than 80 ms: {longest:?}");
    });
}

#[test]
fn thousands_of_packets_a_second_keep_their_time() {
    in_namespaces(|folder| {
        let line = Line {
            delay_ms: 20.0,
            ..Line::PERFECT
        };
        let network = Lab::new().home_line(line).start(folder).unwrap();
        let probed = probe(&network, 10_000, Duration::from_micros(200));
        assert_eq!(probed.round_trips.len(), probed.sent);
        probed.assert_typical(Duration::from_millis(40));
    });
}

impl Probed {
    #[track_caller]
    fn assert_typical(&self, expected: Duration) {
        let at = |share: f64| self.round_trips[(self.round_trips.len() as f64 * share) as usize];
        let (least, typical) = (self.round_trips[0], at(0.5));
        report(&format!(
            "round trips, expected {expected:?}: {least:?} {typical:?} p95 {:?} p99 {:?}",
            at(0.95),
            at(0.99)
        ));
        assert!(least >= expected, "{least:?}");
        assert!(typical <= expected + TOLERANCE, "{typical:?} for {expected:?}");
    }
}

/// Sends probes from the home to the internet, where they are sent back, and times them.
fn probe(network: &Network, count: usize, every: Duration) -> Probed {
    let echo = network.internet().within(|| UdpSocket::bind(ECHO).unwrap()).unwrap();
    echo.set_read_timeout(Some(PATIENCE)).unwrap();
    let home = network.home_pc().within(|| UdpSocket::bind("0.0.0.0:0").unwrap()).unwrap();
    home.connect(ECHO).unwrap();
    std::thread::scope(|scope| {
        let echoing = scope.spawn(|| {
            let mut bytes = [0; 512];
            while let Ok((length, from)) = echo.recv_from(&mut bytes) {
                echo.send_to(&bytes[..length], from).unwrap();
            }
        });
        let begun = Instant::now();
        let socket = &home;
        let receiving = scope.spawn(move || receive(socket, begun));
        for number in 0..count {
            let due = every * u32::try_from(number).unwrap();
            if let Some(early) = due.checked_sub(begun.elapsed()) {
                std::thread::park_timeout(early);
            }
            let sent_us = u64::try_from(begun.elapsed().as_micros()).unwrap();
            let bytes = [u64::try_from(number).unwrap().to_be_bytes(), sent_us.to_be_bytes()].concat();
            home.send(&bytes).unwrap();
        }
        let mut arrived = receiving.join().unwrap();
        echoing.join().unwrap();
        let in_order = arrived.is_sorted_by_key(|(number, _)| *number);
        arrived.sort_by_key(|(_, took)| *took);
        Probed {
            sent: count,
            round_trips: arrived.into_iter().map(|(_, took)| took).collect(),
            in_order,
        }
    })
}

/// Number and round trip of every probe until none comes any more.
fn receive(home: &UdpSocket, begun: Instant) -> Vec<(u64, Duration)> {
    home.set_read_timeout(Some(PATIENCE * 2)).unwrap();
    let mut arrived = Vec::new();
    let mut bytes = [0; 16];
    while home.recv(&mut bytes).is_ok() {
        let (number, sent) = bytes.split_at(8);
        let [number, sent] = [number, sent].map(|word| u64::from_be_bytes(word.try_into().unwrap()));
        arrived.push((number, begun.elapsed().saturating_sub(Duration::from_micros(sent))));
    }
    arrived
}

fn share_lost(before: Counters, after: Counters) -> f64 {
    (after.lost - before.lost) as f64 / (after.accepted - before.accepted) as f64
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected} ± {tolerance}");
}
