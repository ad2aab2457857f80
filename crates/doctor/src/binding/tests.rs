use super::*;

const HERE: &str = "192.168.1.2";
const PUBLIC: &str = "203.0.113.1:8802";
const A: &str = "198.51.100.1:3478";
const B: &str = "198.51.100.2:3478";

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A keeper, a clock, and servers that answer at once.
struct Desk {
    keeper: Keeper,
    begun: Instant,
    now: Instant,
    public: SocketAddr,
    dead: Vec<SocketAddr>,
    /// Milliseconds and destination of every request.
    sent: Vec<(u128, SocketAddr)>,
    events: Vec<Event>,
}

impl Desk {
    #[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
    fn new(servers: &[&str]) -> Self {
        let now = Instant::now();
        let mut desk = Self {
            keeper: Keeper::new(Settings::default(), [7; 32]),
            begun: now,
            now,
            public: addr(PUBLIC),
            dead: Vec::new(),
            sent: Vec::new(),
            events: Vec::new(),
        };
        desk.keeper
            .set_servers(&servers.iter().map(|server| addr(server)).collect::<Vec<_>>(), now);
        desk
    }

    fn drain(&mut self) {
        loop {
            while let Some(event) = self.keeper.poll_event() {
                self.events.push(event);
            }
            let Some(Transmit { to, packet }) = self.keeper.poll_transmit() else {
                break;
            };
            self.sent.push(((self.now - self.begun).as_millis(), to));
            if !self.dead.contains(&to) {
                let answer = Message::read(&packet).unwrap().answer(self.public);
                assert!(self.keeper.receive(to, HERE.parse().unwrap(), &answer.to_bytes(), self.now));
            }
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        self.drain();
        while let Some(due) = self.keeper.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.keeper.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn sent_to(&self, server: &str) -> Vec<u128> {
        let server = addr(server);
        self.sent.iter().filter(|(_, to)| *to == server).map(|(at, _)| *at).collect()
    }

    fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}

fn mapped(server: &str, public: &str) -> Event {
    Event::Mapped {
        server: addr(server),
        local: HERE.parse().unwrap(),
        public: addr(public),
    }
}

#[test]
fn the_first_answer_is_told_and_kept() {
    let mut desk = Desk::new(&[A]);
    desk.run(Duration::ZERO);
    assert_eq!(desk.take_events(), [mapped(A, PUBLIC)]);
    let binding = desk.keeper.bindings().next().unwrap();
    assert_eq!(
        (binding.server, binding.public, binding.confirmed_at),
        (addr(A), addr(PUBLIC), desk.now)
    );
    desk.run(Duration::from_secs(60));
    assert_eq!(desk.take_events(), [], "the same again is no news");
    let sent = desk.sent_to(A);
    assert!((13..=16).contains(&sent.len()), "about every four and a half seconds: {sent:?}");
    assert!(sent.windows(2).all(|pair| pair[1] - pair[0] <= 5_100), "{sent:?}");
}

#[test]
fn mappings_that_live_short_are_kept_alive_and_no_others_cost_more() {
    let lifetime = |at_least_s: u64, less_than_s: u64| Lifetime {
        at_least: (at_least_s > 0).then_some(Duration::from_secs(at_least_s)),
        less_than: (less_than_s > 0).then_some(Duration::from_secs(less_than_s)),
        unknown: None,
    };
    for (known, gap_ms) in [
        (vec![], 4_500),
        (vec![lifetime(0, 0)], 4_500),
        (vec![lifetime(298, 0)], 4_500),
        (vec![lifetime(8, 14)], 4_500),
        (vec![lifetime(0, 9)], 2_000),
        (vec![lifetime(6, 9)], 3_000),
        (vec![lifetime(2, 3)], 2_000),
        (vec![lifetime(118, 179), lifetime(6, 9)], 3_000),
    ] {
        let mut desk = Desk::new(&[A]);
        desk.keeper.keep_alive([lifetime(0, 9)]);
        desk.keeper.keep_alive(known.iter().copied());
        desk.run(Duration::from_secs(60));
        let gaps: Vec<u128> = desk.sent_to(A).windows(2).map(|pair| pair[1] - pair[0]).collect();
        let is_right = |gap: &u128| (gap_ms * 7 / 8..=gap_ms * 9 / 8 + 1).contains(gap);
        assert!(gaps.len() > 10 && gaps.iter().all(is_right), "{known:?}: {gaps:?}");
    }
}

#[test]
fn what_a_server_does_is_told_for_each() {
    let mut desk = Desk::new(&[A, B]);
    let standings = |desk: &Desk| desk.keeper.servers().map(|(_, standing)| standing).collect::<Vec<_>>();
    assert_eq!(standings(&desk), [Standing::Asking, Standing::Asking]);
    desk.dead = vec![addr(A), addr(B)];
    let request = Message::read(&desk.keeper.poll_transmit().unwrap().packet).unwrap();
    let class = Class::Error(401);
    let refusal = Message { class, ..request }.to_bytes();
    assert!(desk.keeper.receive(addr(A), HERE.parse().unwrap(), &refusal, desk.now));
    assert_eq!(standings(&desk), [Standing::Refusing { code: 401 }, Standing::Asking]);
    desk.run(Duration::from_secs(60));
    assert_eq!(
        standings(&desk),
        [Standing::Silent, Standing::Silent],
        "an old refusal says nothing"
    );
    desk.dead.clear();
    desk.run(Duration::from_secs(60));
    assert_eq!(standings(&desk), [Standing::Answering, Standing::Answering]);
}

#[test]
fn servers_are_asked_one_after_the_other() {
    let mut desk = Desk::new(&[A, B]);
    desk.run(Duration::from_secs(5));
    let (a, b) = (desk.sent_to(A), desk.sent_to(B));
    assert_eq!((a[..2].to_vec(), b[..2].to_vec()), (vec![0, 2_250], vec![0, 4_500]));
}

#[test]
fn a_silent_server_is_told_once_and_asked_rarely_while_another_answers() {
    let mut desk = Desk::new(&[A, B]);
    desk.dead = vec![addr(A)];
    desk.run(Duration::from_secs(64));
    assert_eq!(desk.sent_to(A)[..6], [0, 100, 300, 700, 1_500, 2_500]);
    assert_eq!(desk.take_events(), [mapped(B, PUBLIC), Event::Silent { server: addr(A) }]);
    desk.run(Duration::from_secs(3_600));
    assert_eq!(desk.take_events(), []);
    let rare = desk.sent_to(A).len();
    assert!((150..=190).contains(&rare), "three packets a minute: {rare}");
    desk.dead.clear();
    desk.run(Duration::from_secs(61));
    assert_eq!(desk.take_events(), [mapped(A, PUBLIC)]);
}

#[test]
fn a_server_whose_last_tries_were_lost_just_before_the_network_came_back_is_asked_again_soon() {
    for lost_ms in (0..6_000).step_by(50) {
        let mut desk = Desk::new(&[A, B]);
        desk.run(Duration::from_secs(10));
        desk.dead = vec![addr(A), addr(B)];
        desk.run(Duration::from_secs(20));
        desk.dead = vec![addr(A)];
        // One is heard again a little earlier than the other.
        desk.run(Duration::from_millis(lost_ms));
        desk.dead.clear();
        desk.keeper.ask_now(desk.now);
        desk.run(Duration::from_secs(6));
        let standing: Vec<_> = desk.keeper.servers().map(|(_, standing)| standing).collect();
        assert_eq!(standing, [Standing::Answering; 2], "{lost_ms} ms");
    }
}

#[test]
fn when_all_are_silent_all_are_tried_often() {
    let mut desk = Desk::new(&[A, B]);
    desk.run(Duration::from_secs(10));
    desk.take_events();
    desk.dead = vec![addr(A), addr(B)];
    desk.run(Duration::from_secs(30));
    let mut events = desk.take_events();
    events.sort_by_key(|event| format!("{event:?}"));
    assert_eq!(events, [Event::Silent { server: addr(A) }, Event::Silent { server: addr(B) }]);
    assert_eq!(desk.keeper.bindings().count(), 2, "the addresses may still be right");
    desk.dead.clear();
    desk.public = addr("203.0.113.2:8802");
    desk.run(Duration::from_secs(6));
    let mut events = desk.take_events();
    events.sort_by_key(|event| format!("{event:?}"));
    assert_eq!(events, [mapped(A, "203.0.113.2:8802"), mapped(B, "203.0.113.2:8802")]);
}

#[test]
fn a_change_that_one_server_sees_is_asked_of_the_others_at_once() {
    let mut desk = Desk::new(&[A, B]);
    desk.run(Duration::from_secs(60));
    desk.take_events();
    desk.public = addr("203.0.113.2:9000");
    desk.sent.clear();
    desk.run(Duration::from_secs(5));
    let first = desk.sent[0].0;
    assert_eq!(desk.take_events().len(), 2);
    assert!(desk.sent[1].0 <= first + 1_000, "{:?}", desk.sent);
}

#[test]
fn servers_that_see_different_addresses_do_not_chase_each_other() {
    let mut desk = Desk::new(&[A, B]);
    desk.run(Duration::from_secs(10));
    desk.sent.clear();
    // A router that maps every packet anew.
    for second in 0..60 {
        desk.public.set_port(10_000 + second);
        desk.run(Duration::from_secs(1));
    }
    assert!(desk.sent.len() <= 122, "at most one request a second each: {}", desk.sent.len());
}

#[test]
fn what_a_silent_server_said_is_forgotten_when_another_sees_a_change() {
    let mut desk = Desk::new(&[A, B]);
    desk.run(Duration::from_secs(10));
    desk.dead = vec![addr(A)];
    desk.run(Duration::from_secs(20));
    assert_eq!(desk.keeper.bindings().count(), 2);
    desk.public = addr("203.0.113.2:8802");
    desk.run(Duration::from_secs(10));
    let publics: Vec<_> = desk.keeper.bindings().map(|binding| binding.public).collect();
    assert_eq!(publics, [addr("203.0.113.2:8802")]);
    assert_eq!(
        desk.keeper.servers().collect::<Vec<_>>(),
        [(addr(A), Standing::Silent), (addr(B), Standing::Answering)]
    );
}

#[test]
fn a_late_answer_counts_and_a_doubled_one_is_swallowed() {
    let mut desk = Desk::new(&[A]);
    let request = desk.keeper.poll_transmit().unwrap();
    desk.dead = vec![addr(A)];
    desk.run(Duration::from_secs(6));
    assert_eq!(desk.take_events(), [Event::Silent { server: addr(A) }]);
    let answer = Message::read(&request.packet).unwrap().answer(addr(PUBLIC)).to_bytes();
    let local = HERE.parse().unwrap();
    assert!(desk.keeper.receive(addr(A), local, &answer, desk.now));
    desk.drain();
    assert_eq!(desk.take_events(), [mapped(A, PUBLIC)]);
    assert!(desk.keeper.receive(addr(A), local, &answer, desk.now));
    desk.drain();
    assert_eq!(desk.take_events(), []);
}

#[test]
fn only_the_asked_servers_answers_with_the_right_id_count() {
    let mut desk = Desk::new(&[A]);
    let local = HERE.parse().unwrap();
    let request = Message::read(&desk.keeper.poll_transmit().unwrap().packet).unwrap();
    let answer = request.answer(addr(PUBLIC));
    assert!(!desk.keeper.receive(addr(B), local, &answer.to_bytes(), desk.now), "from elsewhere");
    let mut guessed = answer.clone();
    guessed.id.0[11] ^= 1;
    desk.keeper.receive(addr(A), local, &guessed.to_bytes(), desk.now);
    let mut nonsense = answer.clone();
    (nonsense.xor_mapped, nonsense.mapped) = (Some(addr("0.0.0.0:5")), None);
    desk.keeper.receive(addr(A), local, &nonsense.to_bytes(), desk.now);
    assert!(
        !desk.keeper.receive(addr(A), local, &request.to_bytes(), desk.now),
        "an ICE check is not ours"
    );
    assert!(!desk.keeper.receive(addr(A), local, b"RTP", desk.now));
    assert_eq!(desk.keeper.bindings().count(), 0);
    let mapped_ipv6 = addr("[::ffff:198.51.100.1]:3478");
    assert!(desk.keeper.receive(mapped_ipv6, local, &answer.to_bytes(), desk.now));
    assert_eq!(desk.keeper.bindings().count(), 1);
}

#[test]
fn an_error_counts_as_silence_and_is_told_once() {
    let mut desk = Desk::new(&[A]);
    for round in 0..3 {
        while let Some(request) = desk.keeper.poll_transmit() {
            let refusal = Message {
                class: Class::Error(420),
                ..Message::read(&request.packet).unwrap()
            };
            assert!(desk.keeper.receive(addr(A), HERE.parse().unwrap(), &refusal.to_bytes(), desk.now));
        }
        let told = std::iter::from_fn(|| desk.keeper.poll_event()).collect::<Vec<_>>();
        let expected = [Event::Refused {
            server: addr(A),
            code: 420,
        }];
        assert_eq!(told, expected[..usize::from(round == 0)]);
        desk.now = desk.keeper.poll_timeout().unwrap();
        desk.keeper.handle_timeout(desk.now);
    }
}

#[test]
fn servers_come_and_go() {
    let mut desk = Desk::new(&[A, B]);
    desk.run(Duration::from_secs(1));
    desk.take_events();
    let c = "[2001:db8::1]:3478";
    desk.keeper.set_servers(&[addr(B), addr(c), addr(B)], desk.now);
    desk.run(Duration::ZERO);
    assert_eq!(desk.take_events(), [mapped(c, PUBLIC)]);
    assert_eq!(
        desk.keeper.bindings().map(|binding| binding.server).collect::<Vec<_>>(),
        [addr(B), addr(c)]
    );
    desk.keeper.set_servers(&[], desk.now);
    assert_eq!((desk.keeper.poll_timeout(), desk.keeper.bindings().count()), (None, 0));
}

#[test]
fn at_most_eight_servers_are_asked_and_none_that_cannot_be() {
    let impossible = ["0.0.0.0:3478", "198.51.100.1:0", "224.0.0.1:3478", "255.255.255.255:3478"];
    let many: Vec<_> = (0..=SERVERS_MAX).map(|number| format!("198.51.100.{}:3478", number + 1)).collect();
    let all: Vec<&str> = impossible.into_iter().chain(many.iter().map(String::as_str)).collect();
    let mut desk = Desk::new(&all);
    desk.run(Duration::ZERO);
    let asked: Vec<_> = desk.sent.iter().map(|(_, to)| to.to_string()).collect();
    assert_eq!(asked, many[..SERVERS_MAX]);
}

#[test]
fn when_the_network_changes_all_are_asked_but_not_twice() {
    let mut desk = Desk::new(&[A, B]);
    desk.run(Duration::from_secs(2));
    desk.sent.clear();
    desk.keeper.ask_now(desk.now);
    desk.keeper.ask_now(desk.now);
    desk.run(Duration::from_millis(500));
    desk.keeper.ask_now(desk.now);
    desk.run(Duration::ZERO);
    assert_eq!(desk.sent.len(), 2);
}
