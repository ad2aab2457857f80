use super::*;

const SERVER: &str = "198.51.100.10:3478";
const OTHER: &str = "198.51.100.20:3478";

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
fn beginning() -> Instant {
    Instant::now()
}

/// How the server sees a socket.
fn public(socket: usize) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 1], 50_000 + u16::try_from(socket).unwrap()))
}

fn mapped(index: usize) -> usize {
    MAPPED_FIRST + index
}

/// A packet that was sent, and when.
struct Sent {
    at: Duration,
    socket: usize,
    to: SocketAddr,
    request: Message,
}

impl Sent {
    /// The socket that the answer shall go to.
    fn answered_at(&self) -> usize {
        self.request.response_port.map_or(self.socket, |port| usize::from(port) - 50_000)
    }

    fn answer(&self) -> Message {
        self.request.answer(public(self.socket))
    }
}

/// Runs a probe against one who says which socket gets which answer from where, if any.
fn run(servers: &[SocketAddr], mut answer: impl FnMut(&Sent) -> Option<(usize, SocketAddr, Message)>) -> (Lifetime, Vec<Sent>) {
    let begun = beginning();
    let mut probe = Probe::new(servers, [1; 32], begun);
    let (mut sent, mut now) = (Vec::new(), begun);
    while let Some(due) = probe.poll_timeout() {
        while let Some(Transmit { socket, to, packet }) = probe.poll_transmit() {
            let request = Message::read(&packet).unwrap();
            let at = now - begun;
            let packet = Sent { at, socket, to, request };
            if let Some((socket, from, message)) = answer(&packet) {
                probe.receive(socket, from, &message.to_bytes(), now);
            }
            sent.push(packet);
        }
        let due = probe.poll_timeout().unwrap_or(due);
        assert!(due >= now, "time goes on");
        now = due;
        probe.handle_timeout(now);
    }
    assert!(now - begun <= PROBE_MAX);
    (probe.found(), sent)
}

/// A router whose mappings all live.
fn faithful(sent: &Sent) -> Option<(usize, SocketAddr, Message)> {
    Some((sent.answered_at(), sent.to, sent.answer()))
}

/// A router where these do not.
fn without(dead: impl Fn(usize) -> bool) -> impl Fn(&Sent) -> Option<(usize, SocketAddr, Message)> {
    move |sent| faithful(sent).filter(|(socket, ..)| sent.request.response_port.is_none() || !dead(*socket))
}

#[test]
fn nothing_touches_a_mapping_before_its_time() {
    let (found, sent) = run(&[addr(SERVER)], faithful);
    assert_eq!(found.at_least, Some(IDLE_TIMES[IDLE_TIMES.len() - 1]));
    for (index, idle) in IDLE_TIMES.into_iter().enumerate() {
        let made = sent.iter().filter(|sent| sent.socket == mapped(index)).map(|sent| sent.at);
        assert_eq!(made.collect::<Vec<_>>(), [Duration::ZERO], "once, and silent from then on");
        let tried = sent
            .iter()
            .filter(|sent| sent.request.response_port == Some(public(mapped(index)).port()));
        assert!(tried.map(|sent| sent.at).eq([idle]), "{idle:?}");
    }
}

#[test]
fn asked_from_inside_a_mapping_is_left_alone_until_its_time() {
    let (found, sent) = run(&[addr(SERVER)], |sent| Some((sent.socket, sent.to, sent.answer())));
    assert_eq!(found.unknown, Some(Unknown::LooksAlike));
    for (index, idle) in IDLE_TIMES.into_iter().enumerate() {
        let asked = sent.iter().filter(|sent| sent.socket == mapped(index)).map(|sent| sent.at);
        assert!(asked.eq([Duration::ZERO, idle]), "{idle:?}");
    }
}

#[test]
fn one_that_is_gone_while_an_older_one_lives_leaves_nothing_known() {
    let (found, _) = run(&[addr(SERVER)], without(|socket| socket == mapped(3)));
    assert_eq!((found.at_least, found.less_than), (None, None));
    assert_eq!(found.unknown, Some(Unknown::Contradiction));
}

#[test]
fn two_that_are_gone_end_it() {
    let (found, sent) = run(&[addr(SERVER)], without(|socket| socket >= mapped(3)));
    assert_eq!((found.at_least_s(), found.less_than_s()), (Some(18), Some(29)));
    assert!(sent.iter().all(|sent| sent.at < Duration::from_secs(32)));
}

#[test]
fn the_last_one_is_confirmed_by_a_spare() {
    let last = IDLE_TIMES.len() - 1;
    let (found, _) = run(&[addr(SERVER)], without(|socket| socket >= mapped(last)));
    assert_eq!((found.at_least_s(), found.less_than_s()), (Some(178), Some(299)));
}

#[test]
fn an_answer_that_another_socket_gets_does_not_show_that_a_mapping_lives() {
    // Its port has gone to the socket that asks, and to the control: a router gives ports again.
    for stranger in [ASKING, CONTROL] {
        let (found, _) = run(&[addr(SERVER)], |sent| {
            let (socket, from, message) = faithful(sent)?;
            let is_given_again = sent.request.response_port.is_some() && socket >= mapped(2);
            Some((if is_given_again { stranger } else { socket }, from, message))
        });
        assert_eq!((found.at_least_s(), found.less_than_s()), (Some(13), Some(19)), "{stranger}");
    }
}

#[test]
fn an_answer_from_elsewhere_does_not_count() {
    let (found, _) = run(&[addr(SERVER)], |sent| Some((sent.answered_at(), addr(OTHER), sent.answer())));
    assert_eq!(found.unknown, Some(Unknown::NoServer));
}

#[test]
fn noise_and_requests_are_not_ours() {
    let begun = beginning();
    let mut probe = Probe::new(&[addr(SERVER)], [1; 32], begun);
    let Transmit { packet, .. } = probe.poll_transmit().unwrap();
    for packet in [&packet[..], b"noise"] {
        assert!(!probe.receive(CONTROL, addr(SERVER), packet, begun));
    }
    assert!(!probe.receive(
        SOCKETS,
        addr(SERVER),
        &Message::request(crate::stun::TransactionId([9; 12])).answer(public(0)).to_bytes(),
        begun
    ));
}

#[test]
fn when_the_control_is_lost_as_well_it_is_unclear() {
    // Until the mappings are there all is well; then the server sends nowhere else any more.
    let is_late = |sent: &Sent| sent.at > Duration::from_secs(5) && sent.request.response_port.is_some();
    let (found, _) = run(&[addr(SERVER)], |sent| faithful(sent).filter(|_| !is_late(sent)));
    assert_eq!(found.unknown, Some(Unknown::Lossy));
}

#[test]
fn many_servers_are_not_all_asked_and_silence_costs_little() {
    let many: Vec<SocketAddr> = (1..=12).map(|number| SocketAddr::from(([192, 0, 2, number], 3478))).collect();
    let (found, sent) = run(&many, |_| None);
    assert_eq!(found.unknown, Some(Unknown::NoServer));
    assert!(sent.iter().all(|sent| many[..SERVERS_MAX].contains(&sent.to)));
    assert_eq!(sent.len(), SERVERS_MAX * 20);
}
