//! A browser's TURN client, as much as tests need, and the world around it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use relay::stun::{Class, Message, Writer, attribute, method};
use relay::{Client, Config, Counters, Credential, Peers, Quotas, Refusal, Relayed, Secret, Step, Violation, What, World};

pub(crate) const REALM: &str = "farend";

/// Seconds since 1970, when a test begins.
pub(crate) const BEGIN_UNIX_S: u64 = 1_800_000_000;

/// Our media, by one IPv4 and one IPv6 address.
pub(crate) const MEDIA: &str = "192.0.2.10:8802";
pub(crate) const MEDIA_V6: &str = "[2001:db8::10]:8802";

pub(crate) fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

pub(crate) fn config() -> Arc<Config> {
    config_with(Quotas::new(2, 3))
}

pub(crate) fn config_with(quotas: Quotas) -> Arc<Config> {
    Arc::new(Config {
        realm: REALM.to_owned(),
        secret: Secret::new([42; 32]),
        quotas,
    })
}

/// A credential of user 7 for an hour.
pub(crate) fn credential(config: &Config) -> Credential {
    config.secret.issue("7", BEGIN_UNIX_S + 3600).expect("a name")
}

/// A response, read as far as tests look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) bytes: Vec<u8>,
}

impl Response {
    pub(crate) fn message(&self) -> Message<'_> {
        Message::parse(&self.bytes).expect("a message")
    }

    /// 0 for success.
    pub(crate) fn code(&self) -> u16 {
        let message = self.message();
        match message.find(attribute::ERROR_CODE) {
            Some(error) => {
                assert_eq!(message.class(), Class::Error);
                u16::from(error.value[2]) * 100 + u16::from(error.value[3])
            }
            None => {
                assert_eq!(message.class(), Class::Success);
                0
            }
        }
    }

    pub(crate) fn number(&self, kind: u16) -> u32 {
        u32::from_be_bytes(
            self.message()
                .find(kind)
                .expect("the attribute")
                .value
                .try_into()
                .expect("four bytes"),
        )
    }

    pub(crate) fn addresses(&self, kind: u16) -> Vec<SocketAddr> {
        let message = self.message();
        let addresses = message.attributes().filter(|attribute| attribute.kind == kind);
        addresses
            .map(|address| message.xor_address(address.value).expect("an address"))
            .collect()
    }
}

/// One client of the server, and its clocks.
pub(crate) struct Turn {
    pub(crate) client: Client,
    pub(crate) config: Arc<Config>,
    pub(crate) credential: Credential,
    pub(crate) peers: Peers,
    pub(crate) begin: Instant,
    pub(crate) now: Instant,
    pub(crate) counters: Counters,
    nonce: Vec<u8>,
    transaction: u8,
}

impl Turn {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    #[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
    pub(crate) fn with(config: Arc<Config>) -> Self {
        let now = Instant::now();
        Self {
            client: Client::new(
                Arc::clone(&config),
                Relayed::numbered(5),
                address("198.51.100.7:50000"),
                [1; 32],
                now,
            ),
            credential: credential(&config),
            config,
            peers: Peers::new([address(MEDIA), address(MEDIA_V6)]),
            begin: now,
            now,
            counters: Counters::default(),
            nonce: Vec::new(),
            transaction: 0,
        }
    }

    pub(crate) fn allocated() -> Self {
        let mut turn = Self::new();
        assert_eq!(turn.allocate().code(), 0);
        turn
    }

    /// With a channel to our media.
    pub(crate) fn with_channel() -> Self {
        let mut turn = Self::allocated();
        assert_eq!(turn.bind(0x4000, MEDIA).code(), 0);
        turn
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    /// Gives bytes to the server; what they come to, and the reply.
    pub(crate) fn step(&mut self, bytes: &[u8]) -> (Result<Option<Step>, Violation>, Vec<u8>) {
        let mut reply = Vec::new();
        let mut world = World {
            peers: &self.peers,
            now: self.now,
            unix_s: BEGIN_UNIX_S + (self.now - self.begin).as_secs(),
            counters: &mut self.counters,
        };
        let step = self.client.receive(bytes, &mut world, &mut reply);
        (step, reply)
    }

    /// One message that must be taken whole; what it comes to, with no reply.
    pub(crate) fn what(&mut self, bytes: &[u8]) -> What {
        let (step, reply) = self.step(bytes);
        let step = step.expect("no violation").expect("a whole message");
        assert_eq!((step.consumed, reply), (bytes.len(), Vec::new()));
        step.what
    }

    /// One message that must be answered.
    pub(crate) fn reply(&mut self, bytes: &[u8]) -> Response {
        let (step, reply) = self.step(bytes);
        let expected = Step {
            consumed: bytes.len(),
            what: What::Reply,
        };
        assert_eq!(step, Ok(Some(expected)));
        let response = Response { bytes: reply };
        assert_eq!(
            response.message().transaction()[0],
            self.transaction,
            "the response is to this request"
        );
        response
    }

    /// A packet of our media on its way to the client.
    pub(crate) fn deliver(&mut self, peer: &str, packet: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let framed = self
            .client
            .frame_to_client(address(peer), packet, self.now, &mut self.counters, &mut out);
        assert_eq!(framed, !out.is_empty(), "all or nothing");
        framed.then_some(out)
    }

    pub(crate) fn refused(&self) -> Vec<(Refusal, u64)> {
        let counts = Refusal::ALL.map(|cause| (cause, self.counters.refused(cause)));
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// A request without credentials.
    pub(crate) fn bare(&mut self, method: u16, write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
        self.transaction += 1;
        let mut out = Vec::new();
        write(&mut Writer::new(&mut out, Class::Request, method, &[self.transaction; 12]));
        out
    }

    /// A request as a browser makes it, with the last nonce.
    pub(crate) fn signed(&mut self, method: u16, write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
        let (credential, nonce) = (self.credential.clone(), self.nonce.clone());
        self.bare(method, |request| {
            write(request);
            request
                .attribute(attribute::USERNAME, credential.username.as_bytes())
                .attribute(attribute::REALM, REALM.as_bytes())
                .attribute(attribute::NONCE, &nonce)
                .integrity(&credential.key(REALM));
        })
    }

    /// A request as a browser makes it: after 401 or 438 with the nonce of that, once more. Responses to what is signed must be signed.
    pub(crate) fn ask(&mut self, method: u16, write: impl Fn(&mut Writer<'_>)) -> Response {
        let request = if self.nonce.is_empty() {
            self.bare(method, &write)
        } else {
            self.signed(method, &write)
        };
        let response = self.reply(&request);
        if !matches!(response.code(), 401 | 438) {
            assert!(response.code() == 400 || response.message().is_authentic(&self.credential.key(REALM)));
            return response;
        }
        assert_eq!(response.message().text(attribute::REALM), Some(REALM));
        self.nonce = response.message().find(attribute::NONCE).expect("a nonce").value.to_vec();
        let again = self.signed(method, &write);
        self.reply(&again)
    }

    pub(crate) fn allocate(&mut self) -> Response {
        self.ask(method::ALLOCATE, |request| {
            request.attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        })
    }

    pub(crate) fn refresh(&mut self, lifetime_s: u32) -> Response {
        self.ask(method::REFRESH, |request| {
            request.number(attribute::LIFETIME, lifetime_s);
        })
    }

    pub(crate) fn permit(&mut self, peers: &[&str]) -> Response {
        self.ask(method::CREATE_PERMISSION, |request| {
            for peer in peers {
                request.xor_address(attribute::XOR_PEER_ADDRESS, address(peer));
            }
        })
    }

    pub(crate) fn bind(&mut self, number: u16, peer: &str) -> Response {
        self.ask(method::CHANNEL_BIND, |request| {
            let [high, low] = number.to_be_bytes();
            request.attribute(attribute::CHANNEL_NUMBER, &[high, low, 0, 0]);
            request.xor_address(attribute::XOR_PEER_ADDRESS, address(peer));
        })
    }
}

/// A Send indication.
pub(crate) fn send(peer: &str, packet: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Writer::new(&mut out, Class::Indication, method::SEND, &[9; 12])
        .xor_address(attribute::XOR_PEER_ADDRESS, address(peer))
        .attribute(attribute::DATA, packet);
    out
}

/// ChannelData of a stream.
pub(crate) fn channel_data(number: u16, packet: &[u8]) -> Vec<u8> {
    let mut out = number.to_be_bytes().to_vec();
    out.extend((packet.len() as u16).to_be_bytes());
    out.extend(packet);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}
