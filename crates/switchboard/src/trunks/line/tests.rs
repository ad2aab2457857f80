use std::collections::VecDeque;
use std::net::SocketAddr;

use rand::Rng as _;
use sip::Transport;

use super::*;
use crate::testing::start;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const EXPIRES: Duration = Duration::from_secs(600);
/// How long the agent waits for a response.
const SILENCE: Duration = Duration::from_secs(6);

/// What a provider's server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Serve,
    Refuse(u16),
    /// Takes connections and answers nothing.
    Nothing,
    /// Closes the port.
    Gone,
}

/// A provider, its DNS and the network before them, around one line.
struct World {
    now: Instant,
    line: Line,
    transport: Transport,
    /// By number: server `n` has the address `192.0.2.n`.
    servers: Vec<Does>,
    /// What DNS tells; `None`: it is silent.
    dns: Option<Vec<usize>>,
    pending: VecDeque<(Instant, News)>,
    connections: u64,
    registers: Vec<(Instant, usize)>,
    unregisters: Vec<usize>,
}

fn server(number: usize, transport: Transport) -> Server {
    Server {
        transport,
        address: address(number),
        name: "sip.example.com".to_owned(),
    }
}

fn address(number: usize) -> SocketAddr {
    format!("192.0.2.{number}:5060").parse().unwrap()
}

fn number(address: SocketAddr) -> usize {
    (1..9).find(|n| self::address(*n) == address).unwrap()
}

impl World {
    fn registering(transport: Transport, servers: &[Does]) -> Self {
        Self::new(
            Terms {
                host: "example.com".to_owned(),
                expires: Some(EXPIRES),
                ping_every: Some(30 * SECOND),
            },
            transport,
            servers,
            7,
        )
    }

    fn new(terms: Terms, transport: Transport, servers: &[Does], seed: u64) -> Self {
        let now = start();
        Self {
            now,
            line: Line::new(terms, seed, now),
            transport,
            servers: [&[Does::Gone], servers].concat(),
            dns: Some((1..=servers.len()).collect()),
            pending: VecDeque::new(),
            connections: 0,
            registers: Vec::new(),
            unregisters: Vec::new(),
        }
    }

    fn later(&mut self, delay: Duration, news: News) {
        let at = self.now + delay;
        let index = self.pending.partition_point(|(due, _)| *due <= at);
        self.pending.insert(index, (at, news));
    }

    fn does(&self, flow: Flow) -> Does {
        self.servers[number(flow.peer)]
    }

    fn carry_out(&mut self, want: Want) {
        let soon = SECOND / 50;
        match want {
            Want::Locate => match self.dns.clone() {
                Some(numbers) => {
                    let servers = numbers.into_iter().map(|n| server(n, self.transport)).collect();
                    self.later(
                        soon,
                        News::Located {
                            servers,
                            fresh_for: MINUTE,
                        },
                    );
                }
                None => {
                    let host = "example.com".to_owned();
                    self.later(5 * SECOND, News::NotLocated(Trouble::NameServerSilent { host }));
                }
            },
            Want::Connect(server) => {
                let is_gone = self.servers[number(server.address)] == Does::Gone;
                if is_gone && self.transport.is_reliable() {
                    let server = server.address;
                    return self.later(soon, News::NotConnected(Trouble::ConnectionRefused { server }));
                }
                self.connections += u64::from(self.transport.is_reliable());
                let flow = Flow {
                    transport: self.transport,
                    local: "198.51.100.1:5060".parse().unwrap(),
                    peer: server.address,
                    connection: if self.transport.is_reliable() { self.connections } else { 0 },
                };
                self.later(soon, News::Connected(flow));
            }
            Want::Register { flow, expires } => {
                self.registers.push((self.now, number(flow.peer)));
                let refused = |status, after| {
                    let reason = "no".to_owned();
                    let news = News::NotRegistered {
                        flow,
                        status,
                        reason,
                        retry_after: None,
                    };
                    (after, news)
                };
                let (after, news) = match self.does(flow) {
                    Does::Serve => (soon, News::Registered { flow, expires }),
                    Does::Refuse(status) => refused(status, soon),
                    Does::Nothing | Does::Gone => refused(408, SILENCE),
                };
                self.later(after, news);
            }
            Want::Unregister { flow } => self.unregisters.push(number(flow.peer)),
            Want::Ping { flow } => {
                let (after, status) = match self.does(flow) {
                    Does::Serve | Does::Refuse(400..=499) => (soon, Some(200)),
                    Does::Refuse(status) => (soon, Some(status)),
                    Does::Nothing | Does::Gone => (SILENCE, None),
                };
                self.later(after, News::Pinged { flow, status });
            }
        }
    }

    /// Lets time pass.
    fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        loop {
            while let Some(want) = self.line.poll_want() {
                self.carry_out(want);
            }
            let news = self.pending.front().map(|(at, _)| *at);
            let next = [news, self.line.deadline()].into_iter().flatten().min().filter(|at| *at <= end);
            let Some(next) = next else { break };
            self.now = self.now.max(next);
            match self.pending.pop_front_if(|(at, _)| *at <= next) {
                Some((_, news)) => self.line.handle(news, self.now),
                None => self.line.handle_timeout(self.now),
            }
        }
        self.now = end;
    }

    /// Runs until the line is up; how long that took.
    fn until_up(&mut self, patience: Duration) -> Duration {
        let begun = self.now;
        while self.used().is_none() {
            assert!(self.now - begun < patience, "not up after {patience:?}: {:?}", self.line);
            self.run(SECOND / 10);
        }
        self.now - begun
    }

    /// The server that is used.
    fn used(&self) -> Option<usize> {
        let flow = self.line.flow()?;
        Some(number(flow.peer))
    }

    /// The servers close their connections.
    fn close_connections(&mut self) {
        if let Some(flow) = self.line.flow() {
            self.line.handle(News::Closed(flow), self.now);
        }
    }
}

#[test]
fn a_registration_is_renewed_in_time_for_ever() {
    for transport in [Transport::Udp, Transport::Tcp, Transport::Tls] {
        let mut world = World::registering(transport, &[Does::Serve]);
        assert!(world.until_up(SECOND) < SECOND);
        world.run(24 * HOUR);
        assert_eq!(world.used(), Some(1));
        let gaps = world.registers.windows(2).map(|pair| pair[1].0 - pair[0].0);
        assert!(gaps.clone().all(|gap| gap >= EXPIRES / 2 && gap <= EXPIRES * 3 / 4));
        assert!(gaps.count() > 190);
    }
}

#[test]
fn a_silent_server_is_left_for_the_next_one_and_taken_again_when_it_answers() {
    for transport in [Transport::Udp, Transport::Tcp] {
        for broken in [Does::Nothing, Does::Gone, Does::Refuse(503)] {
            let mut world = World::registering(transport, &[broken, Does::Serve]);
            assert!(world.until_up(10 * SECOND) <= SILENCE + SECOND, "{broken:?}");
            assert_eq!(world.used(), Some(2));
            world.run(10 * MINUTE);
            assert_eq!(world.used(), Some(2));
            world.servers[1] = Does::Serve;
            world.run(2 * MINUTE);
            assert_eq!(world.used(), Some(1), "{broken:?}");
            assert_eq!(world.unregisters, [2]);
            assert!(world.line.trouble().is_none());
        }
    }
}

#[test]
fn a_server_that_falls_silent_is_left_after_two_questions() {
    let mut world = World::registering(Transport::Udp, &[Does::Serve, Does::Serve]);
    world.until_up(SECOND);
    world.run(10 * MINUTE);
    world.servers[1] = Does::Nothing;
    // The next question is due within half a minute, and the one after it soon.
    world.run(30 * SECOND + 2 * SILENCE + PING_AGAIN + SECOND);
    assert_eq!(world.used(), Some(2));
}

#[test]
fn a_server_that_is_silent_to_a_call_is_left_at_once() {
    let mut world = World::registering(Transport::Udp, &[Does::Serve, Does::Serve]);
    world.until_up(SECOND);
    world.run(MINUTE);
    world.servers[1] = Does::Nothing;
    assert_eq!(world.line.next_server(), Some(&server(2, Transport::Udp)));
    let flow = world.line.flow().unwrap();
    world.line.handle(News::Unanswered(flow), world.now);
    assert_eq!(world.used(), Some(1), "it stays until the other one has answered");
    world.run(SECOND);
    assert_eq!(world.used(), Some(2));
    // Another call over the old way is no news.
    world.line.handle(News::Unanswered(flow), world.now);
    assert_eq!(
        (world.used(), world.line.next_server()),
        (Some(2), Some(&server(1, Transport::Udp)))
    );
    world.servers[1] = Does::Serve;
    world.run(2 * MINUTE);
    assert_eq!(world.used(), Some(1));
}

#[test]
fn a_call_that_gets_lost_does_not_take_the_line_from_others() {
    for other in [Does::Nothing, Does::Gone, Does::Refuse(503)] {
        let mut world = World::registering(Transport::Udp, &[Does::Serve, other]);
        world.until_up(SECOND);
        let flow = world.line.flow().unwrap();
        for _ in 0..20 {
            world.line.handle(News::Unanswered(flow), world.now);
            assert_eq!(world.line.flow(), Some(flow));
            world.run(SECOND);
            assert_eq!(world.line.flow(), Some(flow));
        }
    }
}

#[test]
fn the_only_server_is_not_left_for_a_call() {
    let mut world = World::registering(Transport::Udp, &[Does::Serve]);
    world.until_up(SECOND);
    assert_eq!(world.line.next_server(), None);
    let flow = world.line.flow().unwrap();
    world.line.handle(News::Unanswered(flow), world.now);
    assert_eq!(world.line.flow(), Some(flow));
}

#[test]
fn a_connection_that_is_closed_is_opened_again_at_once() {
    let mut world = World::registering(Transport::Tls, &[Does::Serve, Does::Serve]);
    world.until_up(SECOND);
    world.run(MINUTE);
    world.close_connections();
    assert!(world.until_up(SECOND) < SECOND);
    assert_eq!((world.used(), world.connections), (Some(1), 2));
}

#[test]
fn a_provider_that_starts_anew_is_found_again_within_half_a_minute() {
    for (transport, seed) in [Transport::Udp, Transport::Tcp]
        .into_iter()
        .flat_map(|t| (0..50).map(move |seed| (t, seed)))
    {
        let terms = Terms {
            host: "example.com".to_owned(),
            expires: Some(EXPIRES),
            ping_every: Some(30 * SECOND),
        };
        let mut world = World::new(terms, transport, &[Does::Serve], seed);
        world.until_up(SECOND);
        world.run(MINUTE + SECOND * u32::try_from(seed).unwrap());
        world.servers[1] = Does::Gone;
        world.close_connections();
        world.run(20 * SECOND);
        world.servers[1] = Does::Serve;
        world.until_up(32 * SECOND);
    }
}

#[test]
fn a_wrong_password_is_one_clear_trouble_and_is_not_hammered() {
    let mut world = World::registering(Transport::Udp, &[Does::Refuse(401), Does::Refuse(401)]);
    world.run(HOUR);
    let expected = Trouble::WrongPassword {
        status: 401,
        reason: "no".to_owned(),
    };
    assert_eq!(world.line.trouble(), Some(&expected));
    assert!(matches!(world.line.state(), LineState::Waiting { .. }));
    assert!(
        world.registers.iter().all(|(_, server)| *server == 1),
        "the account is the same everywhere"
    );
    assert!((4..=8).contains(&world.registers.len()), "{}", world.registers.len());
    let gaps: Vec<Duration> = world.registers.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(gaps.iter().all(|gap| *gap >= 30 * SECOND) && gaps[3] > 2 * gaps[0], "{gaps:?}");
    world.run(24 * HOUR);
    assert!(world.registers.len() < 110, "{}", world.registers.len());
}

#[test]
fn a_provider_that_is_gone_is_asked_less_and_less_but_never_given_up() {
    let mut world = World::registering(Transport::Udp, &[Does::Nothing, Does::Nothing, Does::Nothing]);
    world.run(24 * HOUR);
    assert_eq!(world.line.trouble(), Some(&Trouble::Silent { server: address(3) }));
    assert!((500..3_600).contains(&world.registers.len()), "{}", world.registers.len());
    world.servers[2] = Does::Serve;
    world.until_up(5 * MINUTE);
    assert_eq!(world.used(), Some(2));
}

#[test]
fn retry_after_is_obeyed_within_reason() {
    let mut world = World::registering(Transport::Udp, &[Does::Nothing]);
    world.run(SECOND / 10);
    let flow = Flow {
        transport: Transport::Udp,
        local: "198.51.100.1:5060".parse().unwrap(),
        peer: address(1),
        connection: 0,
    };
    for (asked, least, most) in [(300 * SECOND, 300 * SECOND, 300 * SECOND), (48 * HOUR, HOUR, HOUR)] {
        let mut line = Line::new(world.line.terms.clone(), 1, world.now);
        let located = News::Located {
            servers: vec![server(1, Transport::Udp)],
            fresh_for: MINUTE,
        };
        line.handle(located, world.now);
        line.handle(News::Connected(flow), world.now);
        let refusal = News::NotRegistered {
            flow,
            status: 503,
            reason: "busy".to_owned(),
            retry_after: Some(asked),
        };
        line.handle(refusal, world.now);
        let LineState::Waiting { until } = line.state() else {
            panic!("{line:?}")
        };
        assert!(until >= world.now + least && until <= world.now + most);
    }
}

#[test]
fn names_that_move_are_followed_without_a_moment_without_a_way() {
    for transport in [Transport::Udp, Transport::Tls] {
        let mut world = World::registering(transport, &[Does::Serve, Does::Serve, Does::Serve]);
        world.dns = Some(vec![1]);
        world.until_up(SECOND);
        world.dns = Some(vec![3, 2]);
        for _ in 0..6_000 {
            world.run(SECOND / 10);
            assert!(world.used().is_some());
        }
        assert_eq!(world.used(), Some(3));
        assert_eq!(world.unregisters, [1]);
    }
}

#[test]
fn silent_dns_takes_nothing_away_that_was_known() {
    let mut world = World::registering(Transport::Udp, &[Does::Serve]);
    world.dns = None;
    world.run(10 * MINUTE);
    let host = "example.com".to_owned();
    assert_eq!(world.line.trouble(), Some(&Trouble::NameServerSilent { host }));
    world.dns = Some(vec![1]);
    world.until_up(5 * MINUTE);
    world.dns = None;
    world.run(10 * HOUR);
    assert_eq!(world.used(), Some(1));
    world.servers[1] = Does::Nothing;
    world.run(10 * MINUTE);
    world.servers[1] = Does::Serve;
    world.until_up(5 * MINUTE);
}

#[test]
fn without_registration_options_tell_whether_the_provider_lives() {
    let terms = |ping_every| Terms {
        host: "example.com".to_owned(),
        expires: None,
        ping_every,
    };
    let mut world = World::new(terms(Some(30 * SECOND)), Transport::Udp, &[Does::Nothing, Does::Serve], 1);
    world.until_up(10 * SECOND);
    assert_eq!(world.used(), Some(2));
    assert!(world.registers.is_empty());
    let mut world = World::new(terms(None), Transport::Udp, &[Does::Nothing], 1);
    world.until_up(SECOND);
    world.run(HOUR);
    assert_eq!(world.used(), Some(1), "nobody has said that it is to be watched");
}

#[test]
fn whatever_happens_the_line_comes_up_when_all_is_well_again() {
    for seed in 0..500 {
        let mut random = StdRng::seed_from_u64(seed);
        let transport = [Transport::Udp, Transport::Tcp, Transport::Tls][random.random_range(0..3)];
        let expires = random.random_bool(0.7).then_some(EXPIRES);
        let terms = Terms {
            host: "example.com".to_owned(),
            expires,
            ping_every: Some(30 * SECOND),
        };
        let mut world = World::new(terms, transport, &[Does::Serve; 3], seed);
        for _ in 0..40 {
            let server = random.random_range(1..=3);
            world.servers[server] = match random.random_range(0..6) {
                0 => Does::Refuse(503),
                1 => Does::Refuse(403),
                2 => Does::Nothing,
                3 => Does::Gone,
                _ => Does::Serve,
            };
            if random.random_bool(0.3) {
                let known = (1..=3).filter(|_| random.random_bool(0.6)).collect();
                world.dns = random.random_bool(0.8).then_some(known);
            }
            if random.random_bool(0.3) && transport.is_reliable() {
                world.close_connections();
            }
            world.run(SECOND * random.random_range(0..200));
        }
        world.servers = vec![Does::Serve; 4];
        world.dns = Some(vec![1, 2, 3]);
        world.until_up(40 * MINUTE);
        world.run(15 * MINUTE);
        assert_eq!(world.used(), Some(1), "seed {seed}: {:?}", world.line);
    }
}
