//! What the agent costs: CPU microseconds for a registration with digest, and for a call through a back-to-back agent.
//!
//! `cargo bench -p sip --bench agent`

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark measures and prints"
)]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip::agent::{Agent, Body, Config, Credentials, DialogId, Event, Ha1, Invite, NameAddr, OutgoingRequest, Output, Proof};
use sip::{Flow, Transport};

fn main() {
    // `cargo test --all-targets` starts it too, without this argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (server, total) = registrations(20_000);
    println!("registration with digest: {server:.1} us in the server, {total:.1} us with the phone");
    let (server, total) = calls(10_000);
    println!("call, INVITE to BYE:      {server:.1} us in the server (both legs), {total:.1} us with the phones");
}

struct Side {
    agent: Agent,
    busy: Duration,
}

fn side(seed: u8, now: Instant) -> Side {
    let config = Config {
        realm: "farend".to_owned(),
        product: "farend/bench".to_owned(),
        transactions_max: 1_000_000,
        dialogs_max: 1_000_000,
        session_expires: Duration::from_secs(1800),
        udp_request_bytes_max: 1300,
    };
    Side {
        agent: Agent::new(config, [seed; 32], now),
        busy: Duration::ZERO,
    }
}

impl Side {
    fn tell<T>(&mut self, act: impl FnOnce(&mut Agent) -> T) -> T {
        let start = Instant::now();
        let result = act(&mut self.agent);
        self.busy += start.elapsed();
        result
    }
}

fn address(index: usize) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, u8::try_from(index).unwrap()], 5060))
}

fn flow(from: usize, to: usize) -> Flow {
    Flow {
        transport: Transport::Udp,
        local: address(from),
        peer: address(to),
        connection: 0,
    }
}

/// Hands bytes over until nothing moves; events go to `on_event`.
fn pump(sides: &mut [Side], now: Instant, mut on_event: impl FnMut(&mut [Side], usize, Event)) {
    loop {
        let mut moved = false;
        for from in 0..sides.len() {
            while let Some(output) = sides[from].tell(Agent::poll_output) {
                moved = true;
                match output {
                    Output::Send { flow, bytes } => {
                        let to = (0..sides.len()).find(|&to| address(to) == flow.peer).unwrap();
                        let arrives = Flow {
                            local: flow.peer,
                            peer: flow.local,
                            ..flow
                        };
                        sides[to].tell(|agent| agent.receive(arrives, &bytes, now));
                    }
                    Output::Event(event) => on_event(sides, from, event),
                    Output::Connect { .. } => panic!("nothing is that large"),
                }
            }
        }
        if !moved {
            return;
        }
    }
}

fn pass(sides: &mut [Side], now: Instant) {
    for side in sides {
        side.tell(|agent| agent.handle_timeout(now));
    }
}

fn person(user: &str) -> NameAddr {
    NameAddr {
        display: String::new(),
        uri: format!("sip:{user}@farend"),
    }
}

/// CPU time of this thread: others on the same machine do not count.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

/// CPU microseconds each: the server's share, and all.
fn report(sides: &[Side], server: usize, count: u32, cpu: Duration) -> (f64, f64) {
    let all: Duration = sides.iter().map(|side| side.busy).sum();
    let each = cpu.as_secs_f64() * 1e6 / f64::from(count);
    (each * sides[server].busy.as_secs_f64() / all.as_secs_f64(), each)
}

fn registrations(count: u32) -> (f64, f64) {
    let start = cpu();
    let mut now = Instant::now();
    let mut sides = [side(1, now), side(2, now)];
    let ha1 = Ha1::new("101-desk", "farend", "secret");
    for _ in 0..count {
        let register = OutgoingRequest {
            flow: flow(0, 1),
            method: "REGISTER".to_owned(),
            target: "sip:farend".to_owned(),
            routes: Vec::new(),
            from: person("101-desk"),
            to: person("101-desk"),
            headers: vec![("Expires".to_owned(), "300".to_owned())],
            body: None,
            credentials: Some(Credentials {
                username: "101-desk".to_owned(),
                password: "secret".to_owned(),
                realm: None,
            }),
            contact_user: None,
            series: None,
            response_max: None,
        };
        sides[0].tell(|agent| agent.request(register, now));
        let mut registered = false;
        pump(&mut sides, now, |sides, who, event| match event {
            Event::Requested {
                request, message, flow, ..
            } => {
                let proof = sides[who].tell(|agent| agent.prove(&message, flow, |_| Some(ha1.clone()), now));
                sides[who].tell(|agent| match proof {
                    Proof::Given { .. } => {
                        let contact = ("Contact".to_owned(), "<sip:101-desk@192.0.2.0>;expires=300".to_owned());
                        agent.respond(request, 200, vec![contact], None, now);
                    }
                    Proof::Missing { .. } | Proof::Wrong => agent.challenge(request, false, now),
                });
            }
            Event::Responded { status, .. } => registered = status == 200,
            other => panic!("{other:?}"),
        });
        assert!(registered);
        now += Duration::from_millis(10);
        pass(&mut sides, now);
    }
    report(&sides, 1, count, cpu() - start)
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8 0 101\r\n\
    a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\n";

fn sdp() -> Body {
    Body {
        content_type: "application/sdp".to_owned(),
        bytes: SDP.as_bytes().to_vec(),
    }
}

fn call(from: usize, to: usize) -> Invite {
    Invite {
        flow: flow(from, to),
        target: format!("sip:102@{}", address(to)),
        routes: Vec::new(),
        from: person("101"),
        to: person("102"),
        body: Some(sdp()),
        headers: Vec::new(),
        credentials: None,
        contact_user: None,
        first_response_max: None,
    }
}

/// Phone 0 calls phone 2 through the server, 1.
fn calls(count: u32) -> (f64, f64) {
    let start = cpu();
    let mut now = Instant::now();
    let mut sides = [side(1, now), side(2, now), side(3, now)];
    for _ in 0..count {
        let caller = sides[0].tell(|agent| agent.invite(call(0, 1), now));
        let mut legs: Option<(DialogId, DialogId)> = None;
        let mut hang_up = false;
        pump(&mut sides, now, |sides, who, event| match (who, event) {
            (1, Event::Invited { dialog, .. }) => {
                legs = Some((dialog, sides[1].tell(|agent| agent.invite(call(1, 2), now))));
            }
            (2, Event::Invited { dialog, .. }) => {
                sides[2].tell(|agent| agent.ring(dialog, 180, None, Vec::new(), now));
                sides[2].tell(|agent| agent.answer(dialog, sdp(), Vec::new(), now));
            }
            (1, Event::Progressed { .. }) => {
                sides[1].tell(|agent| agent.ring(legs.unwrap().0, 180, None, Vec::new(), now));
            }
            (1, Event::Answered { .. }) => sides[1].tell(|agent| agent.answer(legs.unwrap().0, sdp(), Vec::new(), now)),
            (1, Event::Confirmed { .. }) => hang_up = true,
            (0, Event::Answered { .. } | Event::Progressed { .. }) | (2, Event::Confirmed { .. }) => {}
            (_, other) => panic!("{other:?}"),
        });
        assert!(hang_up);
        sides[0].tell(|agent| agent.hang_up(caller, None, now));
        pump(&mut sides, now, |sides, who, event| match (who, event) {
            (1, Event::Ended { .. }) => sides[1].tell(|agent| agent.hang_up(legs.unwrap().1, None, now)),
            (2, Event::Ended { .. }) => {}
            (_, other) => panic!("{other:?}"),
        });
        now += Duration::from_millis(10);
        pass(&mut sides, now);
    }
    report(&sides, 1, count, cpu() - start)
}
