use super::*;
use crate::nat::{Dependence, Outcome, Reason, Verdict, verdict};

const LOCAL: Local = Local {
    first: 5_000,
    second: Some(5_002),
};
const A: &str = "198.51.100.10:3478";
const B: &str = "198.51.100.20:3478";
const PUBLIC: &str = "203.0.113.1:5000";

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn here() -> IpAddr {
    "192.168.1.2".parse().unwrap()
}

#[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
fn beginning() -> Instant {
    Instant::now()
}

fn drain(probe: &mut Probe) -> Vec<Transmit> {
    std::iter::from_fn(|| probe.poll_transmit()).collect()
}

/// Runs a probe against one who answers, or not.
fn run(probe: &mut Probe, begun: Instant, mut answer: impl FnMut(&Transmit) -> Option<(SocketAddr, Message)>) -> (Vec<Transmit>, Duration) {
    let (mut sent, mut now) = (Vec::new(), begun);
    while let Some(due) = probe.poll_timeout() {
        assert!(due >= now, "time goes on");
        now = due;
        probe.handle_timeout(now);
        for transmit in drain(probe) {
            if let Some((from, message)) = answer(&transmit) {
                assert!(probe.receive(transmit.socket, from, here(), &message.to_bytes(), now));
            }
            sent.push(transmit);
        }
    }
    (sent, now - begun)
}

fn plain(transmit: &Transmit) -> Option<(SocketAddr, Message)> {
    let request = Message::read(&transmit.packet).unwrap();
    Some((transmit.to, request.answer(addr(PUBLIC))))
}

#[test]
fn silence_is_over_in_time_and_asks_often_enough_to_mean_something() {
    let begun = beginning();
    let mut probe = Probe::new(&[addr(A), addr(B)], LOCAL, [1; 32], begun);
    let first = drain(&mut probe);
    assert_eq!(first.iter().map(|transmit| transmit.to).collect::<Vec<_>>(), [addr(A), addr(B)]);
    let (sent, time) = run(&mut probe, begun, |_| None);
    assert_eq!((sent.len(), time), (34, PROBE_MAX), "seventeen more each");
    assert_eq!(probe.poll_timeout(), None);
    let Verdict { reason, .. } = verdict(&probe.evidence());
    assert_eq!(reason, Reason::AllSilent { servers: 2, by_tcp: false });
}

#[test]
fn a_server_without_route_is_not_waited_for() {
    let begun = beginning();
    let mut probe = Probe::new(&[addr(A)], LOCAL, [1; 32], begun);
    drain(&mut probe);
    probe.note(addr(A), Reach::NoRoute, begun);
    assert_eq!(probe.poll_timeout(), None);
    assert_eq!(verdict(&probe.evidence()).reason, Reason::NoRoute);
}

#[test]
fn an_answer_counts_from_its_server_with_its_id_on_its_socket() {
    let begun = beginning();
    let mut probe = Probe::new(&[addr(A)], LOCAL, [1; 32], begun);
    let transmit = drain(&mut probe).remove(0);
    let (_, answer) = plain(&transmit).unwrap();
    probe.receive(Socket::First, addr(B), here(), &answer.to_bytes(), begun);
    assert!(!probe.receive(Socket::Second, addr(A), here(), &answer.to_bytes(), begun));
    let mut guessed = answer.clone();
    guessed.id.0[0] ^= 1;
    assert!(!probe.receive(Socket::First, addr(A), here(), &guessed.to_bytes(), begun));
    let mut nonsense = answer.clone();
    (nonsense.xor_mapped, nonsense.mapped) = (Some(addr("224.0.0.1:5")), None);
    probe.receive(Socket::First, addr(A), here(), &nonsense.to_bytes(), begun);
    assert!(!probe.receive(Socket::First, addr(A), here(), b"noise", begun));
    assert_eq!(probe.evidence().destinations[0].count.answered, 0);
    assert!(probe.receive(Socket::First, addr(A), here(), &answer.to_bytes(), begun));
    assert!(
        !probe.receive(Socket::First, addr(A), here(), &answer.to_bytes(), begun),
        "a doubled answer counts once"
    );
    assert_eq!(probe.evidence().destinations[0].count.answered, 1);
}

#[test]
fn the_second_socket_talks_to_one_server_only() {
    let begun = beginning();
    let other = addr("198.51.100.11:3479");
    let mut probe = Probe::new(&[addr(A), addr(B)], LOCAL, [1; 32], begun);
    let (sent, _) = run(&mut probe, begun, |transmit| {
        let (_, mut answer) = plain(transmit)?;
        let change = Message::read(&transmit.packet).unwrap().change;
        if transmit.to == addr(A) {
            answer.other_address = Some(other);
        }
        let ip = if change.ip { other.ip() } else { transmit.to.ip() };
        let port = if change.port { other.port() } else { transmit.to.port() };
        // The filter in front of the second socket lets in nobody else.
        (transmit.socket == Socket::First || !change.port).then_some((SocketAddr::new(ip, port), answer))
    });
    let mut second: Vec<_> = sent.iter().filter(|t| t.socket == Socket::Second).map(|t| t.to).collect();
    second.sort();
    second.dedup();
    assert_eq!(second, [addr(A), addr(PUBLIC)], "its server and our own address");
    assert_eq!(verdict(&probe.evidence()).filtering, Dependence::AddressAndPortDependent);
}

#[test]
fn without_a_second_socket_nothing_is_said_about_filter_and_hairpin() {
    let begun = beginning();
    let local = Local { second: None, ..LOCAL };
    let mut probe = Probe::new(&[addr(A), addr(B)], local, [1; 32], begun);
    let (sent, time) = run(&mut probe, begun, plain);
    assert!(sent.iter().all(|transmit| transmit.socket == Socket::First) && time < Duration::from_secs(1));
    let verdict = verdict(&probe.evidence());
    assert_eq!(
        (verdict.outcome(), verdict.filtering, verdict.hairpin),
        (Outcome::NotSymmetric, Dependence::Unknown, None)
    );
}

#[test]
fn an_other_address_that_is_none_is_not_asked() {
    for other in [
        "198.51.100.10:3479",
        "198.51.100.11:3478",
        "[2001:db8::1]:3479",
        "0.0.0.0:3479",
        "198.51.100.11:0",
    ] {
        let begun = beginning();
        let mut probe = Probe::new(&[addr(A), addr(B)], LOCAL, [1; 32], begun);
        run(&mut probe, begun, |transmit| {
            let (from, mut answer) = plain(transmit)?;
            answer.other_address = (from == addr(A)).then(|| addr(other));
            Some((from, answer))
        });
        assert_eq!(probe.evidence().destinations.len(), 2, "{other}");
    }
}

#[test]
fn at_most_eight_servers_are_asked_and_none_twice() {
    let many: Vec<SocketAddr> = (0..=SERVERS_MAX)
        .flat_map(|number| {
            let server: SocketAddr = format!("198.51.100.{}:3478", number + 1).parse().unwrap();
            [server, server]
        })
        .collect();
    let begun = beginning();
    let mut probe = Probe::new(&many, LOCAL, [1; 32], begun);
    assert_eq!(drain(&mut probe).len(), SERVERS_MAX);
    // Each tells of another one: even then there is an end.
    let mut number = 0_u8;
    let (sent, time) = run(&mut probe, begun, |transmit| {
        number = number.wrapping_add(1);
        let (from, mut answer) = plain(transmit)?;
        answer.other_address = Some(SocketAddr::from(([192, 0, 2, number], 4_000)));
        Some((from, answer))
    });
    assert_eq!(probe.evidence().destinations.len(), 4 * SERVERS_MAX);
    assert!(sent.len() < 1_000 && time <= PROBE_MAX, "{} in {time:?}", sent.len());
}

#[test]
fn an_error_is_no_silence() {
    let begun = beginning();
    let mut probe = Probe::new(&[addr(A), addr(B)], LOCAL, [1; 32], begun);
    run(&mut probe, begun, |transmit| {
        let (from, answer) = plain(transmit)?;
        let class = Class::Error(500);
        Some((from, Message { class, ..answer }))
    });
    assert_eq!(verdict(&probe.evidence()).reason, Reason::Refused);
}
