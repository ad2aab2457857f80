//! A TURN client (RFC 8656) that does whatever it is told to, over the one port. It shares no line with the server's own TURN.
//!
//! Messages of one connection are looked at in their order. So what an answered request finds unchanged, everything before it has not changed:
//! a test that wants to know that nothing came of a packet sends the packet, then a request, and waits for the answer.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use rustls::{ClientConnection, StreamOwned};

mod message;

use message::Signature;
pub use message::{Attribute, Message, Method};

use crate::net::Host;
use crate::server::{PORT, Session};
use crate::tls;

/// An answer takes no longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// The protocol number of UDP.
const UDP: u8 = 17;

/// What carries the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// TCP alone.
    Tcp,
    /// TLS over TCP.
    Tls,
}

/// What somebody signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// `EXPIRY:USER`, the expiry in seconds since 1970.
    pub username: String,
    /// What only the server can make of it.
    pub password: String,
}

/// What a request came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was granted.
    Granted(Message),
    /// It was refused, with this code.
    Refused(u16),
    /// The server has ended the connection.
    Closed,
}

/// A connection.
#[derive(Debug)]
pub struct Turn {
    stream: Stream,
    credential: Credential,
    realm: Vec<u8>,
    nonce: Vec<u8>,
    transactions: u32,
    /// Packets of peers and what else came unasked.
    unasked: usize,
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Credential {
    /// The one that the server issues to somebody who is signed in.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub fn of(session: &Session) -> anyhow::Result<Credential> {
        let issued = session.fetch("/api/v1/me/relay")?;
        let word = |key: &str| {
            issued[key]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("no {key} in {issued}"))
        };
        Ok(Credential {
            username: word("username")?,
            password: word("credential")?,
        })
    }

    /// The same user's with another time of expiry in the name, and the password of this one: nobody but the server could make the right one.
    ///
    /// # Errors
    ///
    /// When the name is no `EXPIRY:USER`.
    pub fn expiring_at(&self, unix_s: u64) -> anyhow::Result<Credential> {
        let (_, user) = self.username.split_once(':').context("no colon in the user's name")?;
        Ok(Credential {
            username: format!("{unix_s}:{user}"),
            password: self.password.clone(),
        })
    }
}

impl Answer {
    /// The code of a refusal.
    pub fn refusal(&self) -> Option<u16> {
        match self {
            Answer::Refused(code) => Some(*code),
            Answer::Granted(_) | Answer::Closed => None,
        }
    }

    /// Whether it was granted.
    pub fn is_granted(&self) -> bool {
        matches!(self, Answer::Granted(_))
    }
}

impl Turn {
    /// Connects from a host to the one port of the server at an address.
    ///
    /// # Errors
    ///
    /// When the server does not take the connection.
    pub fn connect(host: &Host, server: IpAddr, carrier: Carrier, credential: &Credential) -> anyhow::Result<Turn> {
        let stream = host.within(|| TcpStream::connect((server, PORT)))?.context("the one port")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        Ok(Turn {
            stream: match carrier {
                Carrier::Tcp => Stream::Tcp(stream),
                Carrier::Tls => Stream::Tls(Box::new(tls::client(stream)?)),
            },
            credential: credential.clone(),
            realm: Vec::new(),
            nonce: Vec::new(),
            transactions: 0,
            unasked: 0,
        })
    }

    /// Signs with another credential from now on.
    pub fn sign_with(&mut self, credential: &Credential) {
        self.credential = credential.clone();
    }

    /// Signs with another connection's nonce from now on.
    pub fn borrow_nonce_of(&mut self, other: &Turn) {
        self.nonce.clone_from(&other.nonce);
    }

    /// Asks for an allocation for UDP by IPv4 and IPv6.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub fn allocate(&mut self) -> anyhow::Result<Answer> {
        self.allocate_as(&[Attribute::RequestedTransport(UDP), Attribute::AlsoIpv6])
    }

    /// Asks for an allocation of a certain kind: once without a signature, to learn realm and nonce, then with one.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub fn allocate_as(&mut self, attributes: &[Attribute]) -> anyhow::Result<Answer> {
        match self.ask_unsigned(Method::Allocate, attributes)? {
            Answer::Refused(401) => self.ask(Method::Allocate, attributes),
            other => Ok(other),
        }
    }

    /// Asks without a signature; keeps the realm and the nonce of the answer.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub fn ask_unsigned(&mut self, method: Method, attributes: &[Attribute]) -> anyhow::Result<Answer> {
        self.transactions += 1;
        let request = message::request(method, self.transactions, attributes, None);
        self.exchange(&request)
    }

    /// Asks with a signature.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub fn ask(&mut self, method: Method, attributes: &[Attribute]) -> anyhow::Result<Answer> {
        self.transactions += 1;
        let signature = Signature {
            username: &self.credential.username,
            password: &self.credential.password,
            realm: &self.realm,
            nonce: &self.nonce,
        };
        let request = message::request(method, self.transactions, attributes, Some(&signature));
        self.exchange(&request)
    }

    /// Sends a packet to a peer, which nobody answers.
    ///
    /// # Errors
    ///
    /// When the connection has ended.
    pub fn send_to(&mut self, peer: SocketAddr, packet: &[u8]) -> anyhow::Result<()> {
        self.transactions += 1;
        let attributes = [Attribute::Peer(peer), Attribute::Data(packet.to_vec())];
        let indication = message::indication(Method::Send, self.transactions, &attributes);
        self.write(&indication)
    }

    /// Sends a packet on a channel, which nobody answers.
    ///
    /// # Errors
    ///
    /// When the connection has ended.
    pub fn send_on(&mut self, channel: u16, packet: &[u8]) -> anyhow::Result<()> {
        self.write(&message::channel_data(channel, packet))
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    ///
    /// When the connection has ended.
    pub fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(bytes)?;
        Ok(self.stream.flush()?)
    }

    /// Whether the server ends the connection instead of saying anything more.
    ///
    /// # Errors
    ///
    /// When it does neither for a long time.
    pub fn is_closed(&mut self) -> anyhow::Result<bool> {
        Ok(self.next()?.is_none())
    }

    /// How many packets of peers have come while answers were waited for.
    pub fn unasked(&self) -> usize {
        self.unasked
    }

    fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        if self.write(request).is_err() {
            return Ok(Answer::Closed);
        }
        loop {
            let Some(message) = self.next()? else {
                return Ok(Answer::Closed);
            };
            if !message.is_response() || message.transaction() != Some(self.transactions) {
                self.unasked += 1;
                continue;
            }
            if let Some(realm) = message.realm() {
                self.realm = realm.to_vec();
            }
            if let Some(nonce) = message.nonce() {
                self.nonce = nonce.to_vec();
            }
            return Ok(message.error().map_or(Answer::Granted(message), Answer::Refused));
        }
    }

    /// The next unit of the stream, ChannelData too; none when the server has ended the connection.
    fn next(&mut self) -> anyhow::Result<Option<Message>> {
        let mut unit = vec![0; 4];
        if !self.fill(&mut unit)? {
            return Ok(None);
        }
        let length = usize::from(u16::from_be_bytes([unit[2], unit[3]]));
        let whole = match unit[0] >> 6 {
            0 => message::HEADER_BYTES + length,
            1 => 4 + length.next_multiple_of(4),
            _ => bail!("the server says what is no TURN: {unit:?}"),
        };
        unit.resize(whole.max(message::HEADER_BYTES), 0);
        if !self.fill(&mut unit[4..whole])? {
            return Ok(None);
        }
        Ok(Some(Message::new(unit)))
    }

    /// False when the server has ended the connection.
    fn fill(&mut self, room: &mut [u8]) -> anyhow::Result<bool> {
        match self.stream.read_exact(room) {
            Ok(()) => Ok(true),
            Err(error) => match error.kind() {
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => Ok(false),
                _ => Err(anyhow!("no answer from the server: {error}")),
            },
        }
    }
}

impl Read for Stream {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.read(room),
            Stream::Tls(stream) => stream.read(room),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.write(bytes),
            Stream::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.flush(),
            Stream::Tls(stream) => stream.flush(),
        }
    }
}
