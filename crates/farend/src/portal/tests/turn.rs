//! TURN and ICE-TCP through the portal into running media threads: plain, inside TLS, behind ssltcp.

use model::control::{Command, Event};
use model::{CallId, LegId};
use relay::stun::{Class, Message, Writer, attribute, method};
use tokio::io::{AsyncRead, AsyncWrite};

use super::*;
use crate::media_io::testing::{Credentials, OFFER, browser};

const MEDIA: &str = "127.0.0.1:8802";
const CHANNEL: u16 = 0x4000;
const LONG: Duration = Duration::from_secs(20);

impl Running {
    /// A browser's leg on the media thread of this call.
    async fn leg(&mut self, call: u64) -> Credentials {
        let (call, leg) = (CallId(call), LegId(call));
        let peer = browser();
        let offer = OFFER.to_owned();
        for command in [
            Command::ReceiveOffer { call, leg, peer, offer },
            Command::AnswerOffer { leg, toward: None },
        ] {
            self.media.command(call, command).unwrap();
        }
        self.media.wake(call);
        loop {
            if let Event::OfferAnswered { answer, .. } = self.events.recv().await.unwrap() {
                return Credentials::of(&answer);
            }
        }
    }

    /// A leg moves to the thread of another call.
    async fn joins(&mut self, from: u64, leg: u64, to: u64) {
        let (from, leg, call) = (CallId(from), LegId(leg), CallId(to));
        self.media.command(from, Command::Join { leg, call }).unwrap();
        self.media.wake(from);
        while self.events.recv().await.unwrap() != (Event::Joined { leg }) {}
    }

    async fn plain(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn turn<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, user: &str) -> Turn<S> {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs();
        Turn {
            stream,
            credential: self.relay.secret.issue(user, now + 600).unwrap(),
            nonce: Vec::new(),
            count: 0,
        }
    }
}

/// A TURN client.
struct Turn<S> {
    stream: S,
    credential: relay::Credential,
    nonce: Vec<u8>,
    count: u8,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Turn<S> {
    /// The next message on the stream: STUN or ChannelData, without padding.
    async fn next(&mut self) -> Vec<u8> {
        let mut unit = vec![0; 4];
        tokio::time::timeout(LONG, self.stream.read_exact(&mut unit))
            .await
            .unwrap()
            .unwrap();
        let length = usize::from(u16::from_be_bytes([unit[2], unit[3]]));
        let (whole, padded) = if unit[0] & 0x40 == 0 {
            (20 + length, 20 + length)
        } else {
            (4 + length, 4 + length.next_multiple_of(4))
        };
        unit.resize(padded, 0);
        self.stream.read_exact(&mut unit[4..]).await.unwrap();
        unit.truncate(whole);
        unit
    }

    /// A request and its response's code; 0 for success.
    async fn try_ask(&mut self, method: u16, write: impl Fn(&mut Writer<'_>)) -> u16 {
        self.count += 1;
        let mut out = Vec::new();
        let mut request = Writer::new(&mut out, Class::Request, method, &[self.count; 12]);
        write(&mut request);
        if !self.nonce.is_empty() {
            request
                .attribute(attribute::USERNAME, self.credential.username.as_bytes())
                .attribute(attribute::REALM, b"farend")
                .attribute(attribute::NONCE, &self.nonce)
                .integrity(&self.credential.key("farend"));
        }
        self.stream.write_all(&out).await.unwrap();
        loop {
            let unit = self.next().await;
            let Ok(response) = Message::parse(&unit) else { continue };
            if *response.transaction() != [self.count; 12] {
                continue;
            }
            if let Some(nonce) = response.find(attribute::NONCE) {
                self.nonce = nonce.value.to_vec();
            }
            return response
                .find(attribute::ERROR_CODE)
                .map_or(0, |error| u16::from(error.value[2]) * 100 + u16::from(error.value[3]));
        }
    }

    async fn allocate(&mut self) -> u16 {
        let transport = |request: &mut Writer<'_>| {
            request.attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        };
        assert_eq!(self.try_ask(method::ALLOCATE, transport).await, 401);
        self.try_ask(method::ALLOCATE, transport).await
    }

    async fn bind(&mut self) -> u16 {
        self.try_ask(method::CHANNEL_BIND, |request| {
            request
                .attribute(attribute::CHANNEL_NUMBER, &[0x40, 0, 0, 0])
                .xor_address(attribute::XOR_PEER_ADDRESS, MEDIA.parse().unwrap());
        })
        .await
    }

    /// A connectivity check through the relay, and its answer.
    async fn is_answered(&mut self, leg: &Credentials, transaction: u8) {
        let packet = leg.check(transaction);
        let mut framed = CHANNEL.to_be_bytes().to_vec();
        framed.extend((packet.len() as u16).to_be_bytes());
        framed.extend(packet);
        self.stream.write_all(&framed).await.unwrap();
        loop {
            let unit = self.next().await;
            if unit[..2] == CHANNEL.to_be_bytes()
                && let Ok(response) = Message::parse(&unit[4..])
                && *response.transaction() == [transaction; 12]
            {
                assert_eq!(response.class(), Class::Success);
                let seen = response.find(attribute::XOR_MAPPED_ADDRESS).unwrap();
                let seen = response.xor_address(seen.value).unwrap();
                assert!(relay::Relayed::is_virtual(seen.ip()), "{seen}");
                return;
            }
        }
    }
}

/// A check in an ICE-TCP frame, and its answer.
async fn answers_over_ice_tcp<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, leg: &Credentials) {
    let packet = leg.check(7);
    stream
        .write_all(&[&(packet.len() as u16).to_be_bytes()[..], &packet].concat())
        .await
        .unwrap();
    loop {
        let length = tokio::time::timeout(LONG, stream.read_u16()).await.unwrap().unwrap();
        let mut frame = vec![0; usize::from(length)];
        stream.read_exact(&mut frame).await.unwrap();
        let message = Message::parse(&frame).unwrap();
        if *message.transaction() == [7; 12] {
            assert_eq!(message.class(), Class::Success);
            return;
        }
    }
}

/// Waits until something has come about on another thread.
async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, waiting).await.unwrap();
}

#[tokio::test]
async fn a_browser_behind_tls_alone_reaches_its_leg() {
    let mut running = start(Duration::from_secs(10), 10).await;
    let leg = running.leg(0).await;
    let mut turn = running.turn(tls(running.address).await, "7");
    assert_eq!(turn.allocate().await, 0);
    assert_eq!(turn.bind().await, 0);
    turn.is_answered(&leg, 100).await;
    assert_eq!(running.portal.figures.turn_tls.load(Ordering::Relaxed), 1);
    assert_eq!(running.media.allocations(), 1);
    drop(turn);
    until(|| running.portal.limits.open() == 0 && running.media.allocations() == 0).await;
}

#[tokio::test]
async fn turn_without_tls_does_the_same() {
    let mut running = start(Duration::from_secs(10), 10).await;
    let leg = running.leg(0).await;
    let mut turn = running.turn(running.plain().await, "7");
    assert_eq!(turn.allocate().await, 0);
    assert_eq!(turn.bind().await, 0);
    turn.is_answered(&leg, 100).await;
    assert_eq!(running.portal.figures.turn_tcp.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_client_finds_its_leg_on_whichever_thread() {
    let mut running = start_with(Duration::from_secs(10), 10, 3).await;
    let mut legs = Vec::new();
    for call in 0..3 {
        legs.push(running.leg(call).await);
        assert!(legs[call as usize].ufrag.starts_with(&format!("{call:02x}")));
    }
    let mut turn = running.turn(tls(running.address).await, "7");
    assert_eq!(turn.allocate().await, 0);
    assert_eq!(turn.bind().await, 0);
    for (transaction, leg) in [0, 1, 2, 1, 0].into_iter().enumerate() {
        turn.is_answered(&legs[leg], 100 + transaction as u8).await;
        assert_eq!(
            turn.try_ask(method::REFRESH, |_| {}).await,
            0,
            "the allocation has moved with its connection"
        );
    }
    assert_eq!((running.media.allocations(), running.portal.limits.open()), (1, 1));
}

#[tokio::test]
async fn a_leg_that_moves_takes_its_client_and_connections_along() {
    let mut running = start_with(Duration::from_secs(10), 10, 2).await;
    let leg = running.leg(0).await;
    let mut turn = running.turn(tls(running.address).await, "7");
    assert_eq!(turn.allocate().await, 0);
    assert_eq!(turn.bind().await, 0);
    turn.is_answered(&leg, 100).await;
    let mut stream = running.plain().await;
    answers_over_ice_tcp(&mut stream, &leg).await;
    for call in 1..=3 {
        running.joins(call - 1, 0, call).await;
        turn.is_answered(&leg, 100 + call as u8).await;
        assert_eq!(turn.try_ask(method::REFRESH, |_| {}).await, 0, "with its allocation");
        answers_over_ice_tcp(&mut stream, &leg).await;
        answers_over_ice_tcp(&mut running.plain().await, &leg).await;
    }
    assert_eq!(running.media.allocations(), 1);
}

#[tokio::test]
async fn what_is_sent_at_once_is_taken_in_order_wherever_the_connection_goes() {
    let mut running = start_with(Duration::from_secs(10), 10, 2).await;
    let legs = [running.leg(0).await, running.leg(1).await];
    let mut turn = running.turn(tls(running.address).await, "7");
    assert_eq!(turn.allocate().await, 0);
    assert_eq!(turn.bind().await, 0);
    let mut bytes = Vec::new();
    for transaction in 100..110u8 {
        let packet = legs[usize::from(transaction) % 2].check(transaction);
        bytes.extend(CHANNEL.to_be_bytes());
        bytes.extend((packet.len() as u16).to_be_bytes());
        bytes.extend(packet);
    }
    turn.stream.write_all(&bytes).await.unwrap();
    let mut answered = Vec::new();
    while answered.len() < 10 {
        let unit = turn.next().await;
        if let Some(response) = unit.get(4..).and_then(|packet| Message::parse(packet).ok())
            && response.class() == Class::Success
        {
            answered.push(response.transaction()[0]);
        }
    }
    assert_eq!(answered, (100..110).collect::<Vec<_>>());
}

#[tokio::test]
async fn quotas_hold_over_all_connections() {
    let running = start_with(Duration::from_secs(10), 10, 2).await;
    let mut clients = Vec::new();
    for (user, code) in [("7", 0), ("7", 486), ("8", 0), ("9", 486)] {
        let mut turn = running.turn(running.plain().await, user);
        assert_eq!(turn.allocate().await, code, "{user}");
        clients.push(turn);
    }
    clients.remove(0);
    until(|| running.media.allocations() == 1).await;
    let mut turn = running.turn(running.plain().await, "9");
    assert_eq!(turn.allocate().await, 0);
}

#[tokio::test]
async fn nobody_but_our_media_is_reached_through_the_portal() {
    let running = start(Duration::from_secs(10), 10).await;
    let mut turn = running.turn(running.plain().await, "7");
    assert_eq!(turn.allocate().await, 0);
    for other in ["127.0.0.1:8801", "127.0.0.2:8802", "10.0.0.1:8802", "169.254.169.254:80"] {
        let code = turn
            .try_ask(method::CHANNEL_BIND, |request| {
                request
                    .attribute(attribute::CHANNEL_NUMBER, &[0x40, 1, 0, 0])
                    .xor_address(attribute::XOR_PEER_ADDRESS, other.parse().unwrap());
            })
            .await;
        assert_eq!(code, 403, "{other}");
    }
}

#[tokio::test]
async fn what_is_not_turn_any_more_is_closed() {
    let running = start(Duration::from_secs(10), 10).await;
    let mut turn = running.turn(tls(running.address).await, "7");
    assert_eq!(turn.allocate().await, 0);
    turn.stream.write_all(&[0xff; 8]).await.unwrap();
    let mut rest = Vec::new();
    let _reset = tokio::time::timeout(LONG, turn.stream.read_to_end(&mut rest)).await.unwrap();
    until(|| running.portal.limits.open() == 0 && running.media.allocations() == 0).await;
}

#[tokio::test]
async fn ice_tcp_is_answered_plain_inside_tls_and_behind_ssltcp() {
    let mut running = start(Duration::from_secs(10), 10).await;
    let leg = running.leg(0).await;
    answers_over_ice_tcp(&mut running.plain().await, &leg).await;
    answers_over_ice_tcp(&mut tls(running.address).await, &leg).await;

    let mut stream = running.plain().await;
    let mut hello = [0; 72];
    hello[..5].copy_from_slice(&[0x80, 0x46, 0x01, 0x03, 0x01]);
    stream.write_all(&hello).await.unwrap();
    let mut answer = [0; 79];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer[..5], [0x16, 0x03, 0x01, 0x00, 0x4a]);
    answers_over_ice_tcp(&mut stream, &leg).await;
    let figures = &running.portal.figures;
    let counted = [&figures.ice_tcp, &figures.ice_tls, &figures.ssl_tcp].map(|figure| figure.load(Ordering::Relaxed));
    assert_eq!(counted, [1, 1, 1]);
}

#[tokio::test]
async fn behind_ssltcp_there_is_ice_tcp_and_nothing_else() {
    let running = start(Duration::from_secs(10), 10).await;
    let mut hello = vec![0; 72];
    hello[..5].copy_from_slice(&[0x80, 0x46, 0x01, 0x03, 0x01]);
    hello.extend(b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(answer(running.address, &hello).await.len(), 79);
    assert_eq!(running.portal.figures.failed.load(Ordering::Relaxed), 1);
}
