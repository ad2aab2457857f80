//! Raw SIP on every transport: whatever bytes, and what comes back.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use rustls::{ClientConnection, StreamOwned};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Message, WebSocket};

use crate::server::{PORT, SIP_PORT};
use crate::tls;

/// Reads wait in steps of this.
const READ_STEP: Duration = Duration::from_millis(20);
/// From where datagrams are sent: answers go to the port in Via, which is mostly this one.
const UDP_SOURCE: &str = "127.0.0.2:5060";

/// How bytes get to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// UDP 5060.
    Udp,
    /// TCP 5060.
    Tcp,
    /// The WebSocket at `/sip` of the one port.
    WebSocket,
}

/// A way to the server, connected.
#[derive(Debug)]
pub struct Wire {
    socket: Socket,
    /// What has come of a message that is not complete.
    rest: Vec<u8>,
}

#[derive(Debug)]
enum Socket {
    Udp(UdpSocket),
    Tcp(TcpStream),
    Web(Box<WebSocket<StreamOwned<ClientConnection, TcpStream>>>),
}

/// What came within a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// One message.
    Message(String),
    /// Nothing.
    Nothing,
    /// The server has ended the connection.
    Closed,
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    ///
    /// When the server does not take the connection.
    pub fn connect(transport: Transport) -> anyhow::Result<Wire> {
        let socket = match transport {
            Transport::Udp => {
                let socket = UdpSocket::bind(UDP_SOURCE)?;
                socket.connect(("127.0.0.1", SIP_PORT))?;
                socket.set_read_timeout(Some(READ_STEP))?;
                Socket::Udp(socket)
            }
            Transport::Tcp => Socket::Tcp(tcp(SIP_PORT)?),
            Transport::WebSocket => Socket::Web(Box::new(web_socket()?)),
        };
        Ok(Wire { socket, rest: Vec::new() })
    }

    /// Sends bytes as they are: one datagram, one part of a stream, one binary frame.
    ///
    /// # Errors
    ///
    /// When the connection has ended.
    pub fn send(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        match &mut self.socket {
            Socket::Udp(socket) => socket.send(bytes).map(|_| ())?,
            Socket::Tcp(stream) => stream.write_all(bytes)?,
            Socket::Web(socket) => socket.send(Message::binary(bytes.to_vec()))?,
        }
        Ok(())
    }

    /// The next message, if one comes within `limit`.
    ///
    /// # Errors
    ///
    /// When reading fails otherwise than by the end of the connection.
    pub fn receive(&mut self, limit: Duration) -> anyhow::Result<Received> {
        let begun = Instant::now();
        loop {
            if let Some(message) = self.first_of_rest() {
                return Ok(Received::Message(message));
            }
            match self.read()? {
                Received::Nothing if begun.elapsed() >= limit => return Ok(Received::Nothing),
                Received::Nothing => {}
                Received::Message(text) if matches!(self.socket, Socket::Tcp(_)) => self.rest.extend_from_slice(text.as_bytes()),
                Received::Message(text) => return Ok(Received::Message(text)),
                Received::Closed => return Ok(Received::Closed),
            }
        }
    }

    /// Says that nothing more will be sent.
    pub fn finish(&mut self) {
        match &mut self.socket {
            Socket::Udp(_) => {}
            // The server may have been quicker.
            Socket::Tcp(stream) => drop(stream.shutdown(Shutdown::Write)),
            Socket::Web(socket) => drop(socket.close(None)),
        }
    }

    fn read(&mut self) -> anyhow::Result<Received> {
        let mut bytes = [0; 65_536];
        let read = match &mut self.socket {
            Socket::Udp(socket) => socket.recv(&mut bytes),
            Socket::Tcp(stream) => match stream.read(&mut bytes) {
                Ok(0) => return Ok(Received::Closed),
                other => other,
            },
            Socket::Web(socket) => {
                return match socket.read() {
                    Ok(Message::Binary(bytes)) => Ok(Received::Message(String::from_utf8_lossy(&bytes).into_owned())),
                    Ok(Message::Text(text)) => Ok(Received::Message(text.to_string())),
                    Ok(Message::Close(_)) => Ok(Received::Closed),
                    Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => Ok(Received::Nothing),
                    Err(tungstenite::Error::Io(error)) => classify(&error),
                    Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed | tungstenite::Error::Protocol(_)) => {
                        Ok(Received::Closed)
                    }
                    Err(other) => Err(other.into()),
                };
            }
        };
        match read {
            Ok(length) => Ok(Received::Message(String::from_utf8_lossy(&bytes[..length]).into_owned())),
            Err(error) => classify(&error),
        }
    }

    /// Cuts one message off a stream.
    fn first_of_rest(&mut self) -> Option<String> {
        while self.rest.starts_with(b"\r\n") {
            self.rest.drain(..2);
        }
        let head = self.rest.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let text = String::from_utf8_lossy(&self.rest[..head]).into_owned();
        let body: usize = header(&text, "Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0);
        (self.rest.len() >= head + body).then(|| {
            let message: Vec<u8> = self.rest.drain(..head + body).collect();
            String::from_utf8_lossy(&message).into_owned()
        })
    }
}

/// The status code of a response.
pub fn status(message: &str) -> Option<u16> {
    message.strip_prefix("SIP/2.0 ")?.split(' ').next()?.parse().ok()
}

/// The value of a header, by its long name.
pub fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn classify(error: &std::io::Error) -> anyhow::Result<Received> {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::WouldBlock | Kind::TimedOut | Kind::Interrupted => Ok(Received::Nothing),
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof => Ok(Received::Closed),
        other => Err(anyhow!("reading from the server: {other}")),
    }
}

fn tcp(port: u16) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).with_context(|| format!("TCP {port}"))?;
    stream.set_read_timeout(Some(READ_STEP))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn web_socket() -> anyhow::Result<WebSocket<StreamOwned<ClientConnection, TcpStream>>> {
    let stream = TcpStream::connect(("127.0.0.1", PORT))?;
    stream.set_nodelay(true)?;
    let mut request = format!("wss://localhost:{PORT}/sip").into_client_request()?;
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", HeaderValue::from_static("sip"));
    request
        .headers_mut()
        .insert("Origin", HeaderValue::from_str(&format!("https://localhost:{PORT}"))?);
    let (socket, _) = tungstenite::client(request, tls::client(stream)?).map_err(|error| anyhow!("/sip: {error}"))?;
    // Only now, or the handshake would be cut into pieces.
    socket.get_ref().sock.set_read_timeout(Some(READ_STEP))?;
    Ok(socket)
}
