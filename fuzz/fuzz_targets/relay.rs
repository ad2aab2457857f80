//! A TURN client's stream. Each part of the input is a kind and a length: bytes as they are, or the attributes of a request that is then signed
//! as a browser would, so that what lies behind the credentials is reached, too.
#![no_main]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use relay::stun::{Class, Message, Writer, attribute, method};
use relay::{Client, Config, Counters, Credential, Peers, Quotas, Relayed, Secret, What, World};

const REALM: &str = "farend";
const NOW_UNIX_S: u64 = 1_800_000_000;

fuzz_target!(|input: &[u8]| {
    let mut scene = Scene::new();
    let mut rest = input;
    while let Some((&[kind, length], parts)) = rest.split_first_chunk::<2>() {
        let (part, next) = parts.split_at(usize::from(length).min(parts.len()));
        rest = next;
        match kind {
            1..=4 => scene.request(
                [method::ALLOCATE, method::REFRESH, method::CREATE_PERMISSION, method::CHANNEL_BIND][usize::from(kind) - 1],
                part,
            ),
            5 => scene.packet(part),
            6 => scene.now += Duration::from_secs(u64::from(length)),
            _ => scene.stream(part),
        }
    }
});

struct Scene {
    client: Client,
    credential: Credential,
    nonce: Vec<u8>,
    peers: Peers,
    media: SocketAddr,
    began: Instant,
    now: Instant,
    counters: Counters,
    unread: Vec<u8>,
    /// The framing is lost: a shell closes now.
    closed: bool,
}

impl Scene {
    fn new() -> Self {
        let config = Arc::new(Config {
            realm: REALM.to_owned(),
            secret: Secret::new([1; 32]),
            quotas: Quotas::new(1, 1),
        });
        let (now, media) = (Instant::now(), SocketAddr::from(([192, 0, 2, 10], 8802)));
        let mut scene = Self {
            credential: config.secret.issue("7", NOW_UNIX_S + 3600).expect("a name"),
            client: Client::new(
                config,
                Relayed::numbered(1),
                SocketAddr::from(([198, 51, 100, 7], 4711)),
                [1; 32],
                now,
            ),
            nonce: Vec::new(),
            peers: Peers::new([media]),
            media,
            began: now,
            now,
            counters: Counters::default(),
            unread: Vec::new(),
            closed: false,
        };
        // The first request is refused and tells the nonce.
        scene.request(method::ALLOCATE, &[]);
        scene
    }

    fn request(&mut self, method: u16, attributes: &[u8]) {
        let mut bytes = Vec::new();
        let mut request = Writer::new(&mut bytes, Class::Request, method, &[7; 12]);
        let mut rest = attributes;
        while let Some((&[high, low, length], values)) = rest.split_first_chunk::<3>() {
            let (value, next) = values.split_at(usize::from(length).min(values.len()));
            rest = next;
            request.attribute(u16::from_be_bytes([high, low]), value);
        }
        if !self.nonce.is_empty() {
            request
                .attribute(attribute::USERNAME, self.credential.username.as_bytes())
                .attribute(attribute::REALM, REALM.as_bytes())
                .attribute(attribute::NONCE, &self.nonce)
                .integrity(&self.credential.key(REALM));
        }
        self.unread.clear();
        self.stream(&bytes);
    }

    fn stream(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
        while !self.closed {
            let (mut reply, left) = (Vec::new(), self.unread.len());
            let mut world = World {
                peers: &self.peers,
                now: self.now,
                unix_s: NOW_UNIX_S + (self.now - self.began).as_secs(),
                counters: &mut self.counters,
            };
            let step = match self.client.receive(&self.unread, &mut world, &mut reply) {
                Ok(Some(step)) => step,
                Ok(None) => {
                    assert!(left < relay::UNIT_BYTES_MAX, "what is waited for has a bound");
                    return;
                }
                Err(_) => {
                    self.closed = true;
                    return;
                }
            };
            assert!(step.consumed > 0 && step.consumed <= left);
            match step.what {
                What::Reply => self.learn(&reply),
                What::Data { peer, relayed, packet } => {
                    assert_eq!(peer, self.media, "nobody else is reached");
                    assert!(Relayed::is_virtual(relayed.ip()) && packet.end <= step.consumed);
                }
                What::Nothing => assert!(reply.is_empty()),
            }
            self.unread.drain(..step.consumed);
        }
    }

    fn learn(&mut self, reply: &[u8]) {
        let response = Message::parse(reply).expect("our own responses are well-formed");
        assert!(matches!(response.class(), Class::Success | Class::Error));
        if let Some(nonce) = response.find(attribute::NONCE) {
            self.nonce = nonce.value.to_vec();
        }
    }

    fn packet(&mut self, packet: &[u8]) {
        let mut out = Vec::new();
        if self
            .client
            .frame_to_client(self.media, packet, self.now, &mut self.counters, &mut out)
        {
            assert!(out.len() % 4 == 0 && out.windows(packet.len().max(1)).any(|window| window == packet || packet.is_empty()));
        }
    }
}
